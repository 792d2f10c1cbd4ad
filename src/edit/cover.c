/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Minimal rule lists.
 *
 * DOC: The ports of each protocol are cut at every boundary that occurs, into atoms that are in or
 * out as a whole; one more atom stands for the protocols that nobody names. The addresses are cut
 * by a binary tree at every block that occurs. Of each node of the tree the atoms are known that
 * may be in on all of its block: of a leaf by looking, of others as what both halves have. So the
 * largest rules are found at the nodes: a run of atoms that the parent does not have as well.
 * Only these are candidates, since any other rule lies inside one of them. What must be in, leaf
 * by leaf and atom by atom, are the cells of a set cover (set_cover.c). In the end rules that
 * overlap are cut back to what only they hold, for people's sake; their number stays.
 */
#include "cover.h"

#include "filter.h"

#include "vec.h"

#define NO_NODE UINT32_MAX

/* A protocol that has rules of its own, and its atoms [first, first + n). */
struct layer {
	int16_t protocol;
	size_t first, n;
};

struct node {
	struct tw_prefix cidr;
	uint32_t parent, child[2]; /* NO_NODE */
	size_t candidates_begin, candidates_n;
};

struct candidate {
	uint32_t node;
	int16_t protocol; /* -1: all atoms */
	size_t first, last;
};

/* A leaf's atom that must be in: the finest grain. */
struct grain {
	uint32_t node;
	uint32_t atom;
	uint32_t held; /* chosen rules that hold it */
};

struct work {
	struct tw_mem *mem;
	struct tw_arena arena;
	const struct tw_cover_box *box;
	size_t boxes;
	struct tw_ports *atom; /* atom 0: the protocols that nobody names */
	size_t atoms, words;
	TW_VEC(struct layer) layer;
	TW_VEC(struct node) node;
	TW_VEC(uint64_t) may; /* node by node, `words` each */
	uint64_t *mask;	      /* box by box */
	TW_VEC(struct candidate) candidate;
	TW_VEC(struct grain) grain;
	TW_VEC(uint64_t) cell; /* sets of candidates, each once */
	bool whole;
};

bool tw_cover_is_icmp(int protocol)
{
	return protocol == TW_PROTOCOL_ICMP || protocol == TW_PROTOCOL_ICMPV6;
}

static bool has(const uint64_t *set, size_t i)
{
	return (set[i / 64] >> (i % 64) & 1) != 0;
}

static void put(uint64_t *set, size_t i)
{
	set[i / 64] |= (uint64_t)1 << (i % 64);
}

static bool has_all(const uint64_t *set, size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++)
		if (!has(set, i))
			return false;
	return true;
}

static struct tw_ports ports_of(const struct tw_cover_box *box)
{
	if (tw_protocol_has_ports(box->protocol) || tw_cover_is_icmp(box->protocol))
		return box->ports;
	return (struct tw_ports){0, 65535};
}

/* ---- atoms ----------------------------------------------------------------------------------- */

static tw_status find_layers(struct work *w)
{
	for (size_t i = 0; i < w->boxes; i++) {
		bool known = w->box[i].protocol < 0;
		for (size_t k = 0; k < w->layer.n && !known; k++)
			known = w->layer.v[k].protocol == w->box[i].protocol;
		struct layer layer = {.protocol = w->box[i].protocol};
		if (!known)
			TW_TRY(TW_VEC_PUSH(w->mem, &w->layer, layer));
	}
	return TW_OK;
}

static void mark_bounds(bool *begins, int protocol, struct tw_ports ports)
{
	begins[ports.lo] = begins[(size_t)ports.hi + 1] = true;
	if (!tw_cover_is_icmp(protocol))
		return;
	begins[ports.lo & 0xff00] = begins[((size_t)ports.hi | 0xff) + 1] = true;
}

/* `begins`: room for 65537 flags. */
static tw_status cut_layer(struct work *w, struct layer *layer, bool *begins)
{
	size_t n = 0;

	memset(begins, 0, 65537);
	begins[0] = true;
	for (size_t i = 0; i < w->boxes; i++)
		if (w->box[i].protocol == layer->protocol)
			mark_bounds(begins, layer->protocol, ports_of(&w->box[i]));
	for (size_t port = 0; port < 65536; port++)
		n += begins[port];
	struct tw_ports *atoms = TW_NEW_ARRAY(&w->arena, struct tw_ports, w->atoms + n);
	if (!atoms)
		return TW_ENOMEM;
	if (w->atoms > 0)
		memcpy(atoms, w->atom, w->atoms * sizeof(*atoms));
	layer->first = w->atoms;
	layer->n = n;
	for (size_t port = 0; port < 65536; port++) {
		if (begins[port])
			atoms[w->atoms++].lo = (uint16_t)port;
		atoms[w->atoms - 1].hi = (uint16_t)port;
	}
	w->atom = atoms;
	return TW_OK;
}

static tw_status mask_boxes(struct work *w)
{
	w->words = (w->atoms + 63) / 64;
	w->mask = TW_NEW_ARRAY(&w->arena, uint64_t, w->boxes * w->words + 1);
	if (!w->mask)
		return TW_ENOMEM;
	for (size_t i = 0; i < w->boxes; i++) {
		uint64_t *mask = w->mask + i * w->words;
		struct tw_ports ports = ports_of(&w->box[i]);
		for (size_t k = 0; k < w->layer.n; k++) {
			const struct layer *layer = &w->layer.v[k];
			for (size_t a = layer->first; a < layer->first + layer->n; a++)
				if (w->box[i].protocol < 0 ||
					(w->box[i].protocol == layer->protocol &&
						w->atom[a].lo >= ports.lo &&
						w->atom[a].hi <= ports.hi))
					put(mask, a);
		}
		if (w->box[i].protocol < 0)
			put(mask, 0);
	}
	return TW_OK;
}

static tw_status cut_ports(struct work *w)
{
	bool *begins = TW_NEW_ARRAY(&w->arena, bool, 65537);

	w->atom = TW_NEW_ARRAY(&w->arena, struct tw_ports, 1);
	if (!begins || !w->atom)
		return TW_ENOMEM;
	w->atom[0] = (struct tw_ports){0, 65535};
	w->atoms = 1;
	TW_TRY(find_layers(w));
	for (size_t i = 0; i < w->layer.n; i++)
		TW_TRY(cut_layer(w, &w->layer.v[i], begins));
	return mask_boxes(w);
}

/* ---- the tree of addresses ------------------------------------------------------------------- */

/* What holds for a whole block: atoms that must, may and must not be in. */
struct state {
	uint64_t *part[3]; /* by enum tw_cover_part */
};

static bool new_state(struct work *w, const struct state *from, struct state *ret)
{
	for (size_t i = 0; i < 3; i++) {
		ret->part[i] = TW_NEW_ARRAY(&w->arena, uint64_t, w->words);
		if (!ret->part[i])
			return false;
		if (from)
			memcpy(ret->part[i], from->part[i], w->words * sizeof(uint64_t));
	}
	return true;
}

static struct tw_prefix half_of(struct tw_prefix cidr, unsigned which)
{
	unsigned width = cidr.family == TW_IPV4 ? 32 : 128, bit = width - 1 - cidr.len;

	if (which != 0 && bit < 64)
		cidr.addr.lo |= (uint64_t)1 << bit;
	else if (which != 0)
		cidr.addr.hi |= (uint64_t)1 << (bit - 64);
	cidr.len++;
	return cidr;
}

static tw_status add_node(struct work *w, struct tw_prefix cidr, uint32_t parent, uint32_t *ret)
{
	struct node node = {.cidr = cidr, .parent = parent, .child = {NO_NODE, NO_NODE}};

	*ret = (uint32_t)w->node.n;
	TW_TRY(TW_VEC_PUSH(w->mem, &w->node, node));
	TW_TRY(TW_VEC_RESERVE(w->mem, &w->may, w->words));
	memset(w->may.v + w->may.n, 0, w->words * sizeof(uint64_t));
	w->may.n += w->words;
	return TW_OK;
}

static uint64_t *may_of(struct work *w, uint32_t node)
{
	return w->may.v + (size_t)node * w->words;
}

static tw_status finish_leaf(struct work *w, uint32_t node, const struct state *state)
{
	uint64_t *may = may_of(w, node);

	for (size_t i = 0; i < w->words; i++) {
		uint64_t not = state->part[TW_COVER_NOT][i];
		may[i] = (state->part[TW_COVER_MUST][i] | state->part[TW_COVER_MAY][i]) & ~not ;
	}
	for (size_t a = 0; a < w->atoms; a++) {
		struct grain grain = {node, (uint32_t)a, 0};
		if (has(state->part[TW_COVER_MUST], a) && has(may, a))
			TW_TRY(TW_VEC_PUSH(w->mem, &w->grain, grain));
	}
	return TW_OK;
}

/* `list`: the boxes that meet the block; those that hold all of it go into the state. */
static tw_status grow(struct work *w, struct tw_prefix cidr, uint32_t parent,
	const struct state *above, const uint32_t *list, size_t n, uint32_t *ret)
{
	struct state state;
	uint32_t *rest = TW_NEW_ARRAY(&w->arena, uint32_t, n + 1), node;
	size_t left = 0;

	if (!rest || !new_state(w, above, &state))
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct tw_cover_box *box = &w->box[list[i]];
		if (!tw_prefix_contains(box->cidr, cidr)) {
			if (tw_prefix_contains(cidr, box->cidr))
				rest[left++] = list[i];
			continue;
		}
		for (size_t k = 0; k < w->words; k++)
			state.part[box->part][k] |= w->mask[(size_t)list[i] * w->words + k];
	}
	TW_TRY(add_node(w, cidr, parent, &node));
	*ret = node;
	if (left == 0)
		return finish_leaf(w, node, &state);
	for (unsigned i = 0; i < 2; i++) {
		uint32_t child;
		TW_TRY(grow(w, half_of(cidr, i), node, &state, rest, left, &child));
		w->node.v[node].child[i] = child;
	}
	const uint64_t *a = may_of(w, w->node.v[node].child[0]);
	const uint64_t *b = may_of(w, w->node.v[node].child[1]);
	for (size_t k = 0; k < w->words; k++)
		may_of(w, node)[k] = a[k] & b[k];
	return TW_OK;
}

static tw_status cut_addresses(struct work *w)
{
	struct tw_prefix all = {.family = w->box[0].cidr.family};
	uint32_t *list = TW_NEW_ARRAY(&w->arena, uint32_t, w->boxes), root;

	if (!list)
		return TW_ENOMEM;
	for (size_t i = 0; i < w->boxes; i++)
		list[i] = (uint32_t)i;
	return grow(w, all, NO_NODE, NULL, list, w->boxes, &root);
}

/* ---- candidates ------------------------------------------------------------------------------ */

/* A run of atoms as a rule, unless the parent's block may have it, too. */
static tw_status add_candidate(
	struct work *w, uint32_t node, int16_t protocol, size_t first, size_t last)
{
	struct candidate candidate = {node, protocol, first, last};
	uint32_t parent = w->node.v[node].parent;

	if (parent != NO_NODE && has_all(may_of(w, parent), first, last))
		return TW_OK;
	return TW_VEC_PUSH(w->mem, &w->candidate, candidate);
}

static tw_status runs_of_layer(struct work *w, uint32_t node, const struct layer *layer)
{
	size_t end = layer->first + layer->n;

	for (size_t a = layer->first; a < end; a++) {
		size_t first = a;
		if (!has(may_of(w, node), a))
			continue;
		while (a + 1 < end && has(may_of(w, node), a + 1))
			a++;
		TW_TRY(add_candidate(w, node, layer->protocol, first, a));
	}
	return TW_OK;
}

/* ICMP: everything, a type, or a code. */
static tw_status runs_of_icmp(struct work *w, uint32_t node, const struct layer *layer)
{
	size_t end = layer->first + layer->n, last;

	if (has_all(may_of(w, node), layer->first, end - 1))
		return add_candidate(w, node, layer->protocol, layer->first, end - 1);
	for (size_t a = layer->first; a < end; a = last + 1) {
		unsigned type = w->atom[a].lo >> 8;
		for (last = a; last + 1 < end && w->atom[last + 1].lo >> 8 == type;)
			last++;
		if (w->atom[last].hi >> 8 != type) /* types that nobody names */
			continue;
		if (has_all(may_of(w, node), a, last)) {
			TW_TRY(add_candidate(w, node, layer->protocol, a, last));
			continue;
		}
		for (size_t i = a; i <= last; i++)
			if (has(may_of(w, node), i) && w->atom[i].lo == w->atom[i].hi)
				TW_TRY(add_candidate(w, node, layer->protocol, i, i));
	}
	return TW_OK;
}

static tw_status find_candidates(struct work *w)
{
	for (uint32_t node = 0; node < w->node.n; node++) {
		w->node.v[node].candidates_begin = w->candidate.n;
		if (has_all(may_of(w, node), 0, w->atoms - 1)) {
			TW_TRY(add_candidate(w, node, -1, 0, w->atoms - 1));
		} else {
			for (size_t i = 0; i < w->layer.n; i++) {
				const struct layer *layer = &w->layer.v[i];
				TW_TRY(tw_cover_is_icmp(layer->protocol)
						? runs_of_icmp(w, node, layer)
						: runs_of_layer(w, node, layer));
			}
		}
		w->node.v[node].candidates_n = w->candidate.n - w->node.v[node].candidates_begin;
	}
	return TW_OK;
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* Every candidate that holds a grain, as bits. */
static bool candidates_of(const struct work *w, const struct grain *grain, uint64_t *set)
{
	bool any = false;

	for (uint32_t at = grain->node; at != NO_NODE; at = w->node.v[at].parent) {
		const struct node *node = &w->node.v[at];
		for (size_t i = node->candidates_begin;
			i < node->candidates_begin + node->candidates_n; i++) {
			const struct candidate *one = &w->candidate.v[i];
			if (grain->atom < one->first || grain->atom > one->last)
				continue;
			put(set, i);
			any = true;
		}
	}
	return any;
}

static uint64_t hash_of(const uint64_t *set, size_t words)
{
	uint64_t hash = 1469598103934665603U;

	for (size_t i = 0; i < words; i++)
		hash = (hash ^ set[i]) * 1099511628211U + (hash >> 29);
	return hash;
}

/* Grains with the same candidates are one cell. */
static tw_status find_cells(struct work *w, size_t words, size_t *ret_cells)
{
	size_t slots = 16, cells = 0;
	uint64_t *set = TW_NEW_ARRAY(&w->arena, uint64_t, words);

	while (slots < w->grain.n * 2)
		slots *= 2;
	uint32_t *slot = TW_NEW_ARRAY(&w->arena, uint32_t, slots);
	if (!set || !slot)
		return TW_ENOMEM;
	for (size_t i = 0; i < w->grain.n; i++) {
		memset(set, 0, words * sizeof(*set));
		if (!candidates_of(w, &w->grain.v[i], set)) {
			w->whole = false;
			continue;
		}
		size_t at = (size_t)hash_of(set, words) & (slots - 1);
		while (slot[at] != 0 &&
			memcmp(w->cell.v + (slot[at] - 1) * words, set, words * sizeof(*set)) != 0)
			at = (at + 1) & (slots - 1);
		if (slot[at] != 0)
			continue;
		slot[at] = (uint32_t)++cells;
		TW_TRY(TW_VEC_RESERVE(w->mem, &w->cell, words));
		memcpy(w->cell.v + w->cell.n, set, words * sizeof(*set));
		w->cell.n += words;
	}
	*ret_cells = cells;
	return TW_OK;
}

/* ---- the rules ------------------------------------------------------------------------------- */

static bool holds(const struct work *w, const struct candidate *rule, const struct grain *grain)
{
	return grain->atom >= rule->first && grain->atom <= rule->last &&
	       tw_prefix_contains(w->node.v[rule->node].cidr, w->node.v[grain->node].cidr);
}

/* The smallest block that holds both nodes. */
static uint32_t join(const struct work *w, uint32_t a, uint32_t b)
{
	while (!tw_prefix_contains(w->node.v[a].cidr, w->node.v[b].cidr))
		a = w->node.v[a].parent;
	return a;
}

/* The part of a box that a rule holds, as a rule; false if it holds nothing of it. */
static bool clip(
	const struct work *w, const struct candidate *rule, size_t box, struct candidate *ret)
{
	const uint64_t *mask = w->mask + box * w->words;
	struct tw_prefix block = w->node.v[rule->node].cidr, other = w->box[box].cidr;
	bool inside = tw_prefix_contains(block, other);

	*ret = (struct candidate){rule->node, rule->protocol, SIZE_MAX, 0};
	if (!inside && !tw_prefix_contains(other, block))
		return false;
	for (size_t a = rule->first; a <= rule->last; a++) {
		if (!has(mask, a))
			continue;
		ret->first = a < ret->first ? a : ret->first;
		ret->last = a;
	}
	/* Every block of the input is a node: the tree was cut there. */
	for (uint32_t at = rule->node; inside && w->node.v[at].cidr.len < other.len;) {
		at = w->node.v[at].child[tw_prefix_contains(
			w->node.v[w->node.v[at].child[1]].cidr, other)];
		ret->node = at;
	}
	return ret->first != SIZE_MAX;
}

/* Something of `part` has no other rule than this one. */
static bool is_only_here(const struct work *w, const struct candidate *part)
{
	for (size_t i = 0; i < w->grain.n; i++)
		if (w->grain.v[i].held == 1 && holds(w, part, &w->grain.v[i]))
			return true;
	return false;
}

/* Cuts a rule back to the boxes that it is needed for. ICMP and all protocols keep their ports. */
static void cut_back(struct work *w, struct candidate *rule)
{
	struct candidate cut = {NO_NODE, rule->protocol, SIZE_MAX, 0}, part;

	for (size_t i = 0; i < w->boxes; i++) {
		if (w->box[i].part != TW_COVER_MUST || !clip(w, rule, i, &part) ||
			!is_only_here(w, &part))
			continue;
		cut.node = cut.node == NO_NODE ? part.node : join(w, cut.node, part.node);
		cut.first = part.first < cut.first ? part.first : cut.first;
		cut.last = part.last > cut.last ? part.last : cut.last;
	}
	if (cut.node == NO_NODE)
		return;
	if (!tw_protocol_has_ports(rule->protocol)) {
		cut.first = rule->first;
		cut.last = rule->last;
	}
	for (size_t i = 0; i < w->grain.n; i++) {
		struct grain *grain = &w->grain.v[i];
		if (holds(w, rule, grain) && !holds(w, &cut, grain))
			grain->held--;
	}
	*rule = cut;
}

static tw_status make_rules(
	struct work *w, struct tw_arena *arena, const bool *chosen, struct tw_cover *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < w->candidate.n; i++) {
		for (size_t k = 0; chosen[i] && k < w->grain.n; k++)
			w->grain.v[k].held += holds(w, &w->candidate.v[i], &w->grain.v[k]);
		n += chosen[i];
	}
	ret->rule = TW_NEW_ARRAY(arena, struct tw_cover_box, n + 1);
	if (!ret->rule)
		return TW_ENOMEM;
	for (size_t i = 0; i < w->candidate.n; i++) {
		struct candidate rule = w->candidate.v[i];
		if (!chosen[i])
			continue;
		cut_back(w, &rule);
		ret->rule[ret->n++] = (struct tw_cover_box){.cidr = w->node.v[rule.node].cidr,
			.protocol = rule.protocol,
			.ports = {w->atom[rule.first].lo, w->atom[rule.last].hi}};
		if (rule.protocol < 0)
			ret->rule[ret->n - 1].ports = (struct tw_ports){0, 65535};
	}
	return TW_OK;
}

static tw_status cover(struct work *w, struct tw_arena *arena, struct tw_cover *ret)
{
	struct tw_cells cells = {0};

	TW_TRY(cut_ports(w));
	TW_TRY(cut_addresses(w));
	TW_TRY(find_candidates(w));
	cells.candidates = w->candidate.n;
	cells.words = (w->candidate.n + 63) / 64;
	if (w->candidate.n > 0)
		TW_TRY(find_cells(w, cells.words, &cells.cells));
	else
		w->whole = w->grain.n == 0;
	cells.bits = w->cell.v;
	bool *chosen = TW_NEW_ARRAY(&w->arena, bool, w->candidate.n + 1);
	if (!chosen)
		return TW_ENOMEM;
	ret->exact = true;
	if (cells.cells > 0)
		TW_TRY(tw_set_cover(w->mem, &cells, chosen, &ret->exact));
	ret->whole = w->whole;
	return make_rules(w, arena, chosen, ret);
}

tw_status tw_cover(
	struct tw_arena *arena, const struct tw_cover_box *box, size_t n, struct tw_cover *ret)
{
	struct work w = {.mem = arena->mem, .box = box, .boxes = n, .whole = true};
	struct tw_cover result = {.exact = true, .whole = true};
	tw_status status = TW_OK;

	tw_arena_init(&w.arena, arena->mem);
	if (n > 0)
		status = cover(&w, arena, &result);
	tw_arena_fini(&w.arena);
	TW_VEC_FREE(w.mem, &w.layer);
	TW_VEC_FREE(w.mem, &w.node);
	TW_VEC_FREE(w.mem, &w.may);
	TW_VEC_FREE(w.mem, &w.candidate);
	TW_VEC_FREE(w.mem, &w.grain);
	TW_VEC_FREE(w.mem, &w.cell);
	if (status == TW_OK)
		*ret = result;
	return status;
}
