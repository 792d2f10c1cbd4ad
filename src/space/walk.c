/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a set: its boxes, the values of one field, the labels of a partition. Levels that a
 * diagram skips come out as their whole domain, so what is visited depends on the set alone.
 */

#include "node.h"
#include "ops.h"

/* ---- boxes ---------------------------------------------------------------------------------- */

struct box_walk {
	const struct tw_space *space;
	tw_box_visitor visit;
	void *ctx;
	struct tw_box box;
};

static void set_field(struct tw_box *box, unsigned level, struct tw_addr first, struct tw_addr last)
{
	struct tw_range range = {first, last, box->family};
	struct tw_ports ports = {(uint16_t)first.lo, (uint16_t)last.lo};

	switch (level) {
	case TW_FIELD_PROTOCOL:
		box->protocol_lo = (uint8_t)first.lo;
		box->protocol_hi = (uint8_t)last.lo;
		break;
	case TW_FIELD_FROM:
		box->from = range;
		break;
	case TW_FIELD_TO:
		box->to = range;
		break;
	case TW_FIELD_CLIENT:
		box->client = ports;
		break;
	default:
		box->service = ports;
		break;
	}
}

static tw_status each_box(struct box_walk *walk, unsigned level, tw_set set)
{
	struct tw_addr first = {0, 0};
	bool wide = tw_level_is_wide(level, walk->box.family);
	struct tw_node node;

	if (set == TW_EMPTY)
		return TW_OK;
	if (level == TW_FIELDS)
		return walk->visit(walk->ctx, &walk->box);
	if (tw_node_level(walk->space, set) != level) {
		set_field(&walk->box, level, first, tw_level_max(level, wide));
		return each_box(walk, level + 1, set);
	}
	node = *tw_node_at(walk->space, set);
	for (uint32_t i = 0; i < node.n; i++) {
		struct tw_addr last = tw_node_last(walk->space, &node, i);

		set_field(&walk->box, level, first, last);
		TW_TRY(each_box(walk, level + 1, tw_node_kid(walk->space, &node, i)));
		first = tw_addr_next(last);
	}
	return TW_OK;
}

tw_status tw_set_each_box(struct tw_space *space, tw_set set, tw_box_visitor visit, void *ctx)
{
	struct box_walk walk = {space, visit, ctx, {0}};

	TW_TRY(space->status);
	for (unsigned family = TW_IPV4; family <= TW_IPV6; family += TW_IPV6 - TW_IPV4) {
		walk.box.family = (uint8_t)family;
		TW_TRY(each_box(&walk, TW_FIELD_PROTOCOL, tw_family_kid(space, set, family)));
	}
	return TW_OK;
}

/* ---- one field ------------------------------------------------------------------------------ */

static tw_status add_interval(struct tw_space *space, struct tw_intervals *to, struct tw_addr first,
	struct tw_addr last, unsigned family)
{
	struct tw_range range = {first, last, (uint8_t)family};

	if (TW_VEC_PUSH(space->mem, to, range) != TW_OK)
		(void)tw_space_fail(space, TW_ENOMEM);
	return space->status;
}

/* The values of `field` in a set that constrains only this field below the family. */
static tw_status add_values(struct tw_space *space, tw_set set, unsigned field, unsigned family,
	struct tw_intervals *to)
{
	struct tw_addr first = {0, 0};
	struct tw_node node;

	if (set == TW_EMPTY)
		return TW_OK;
	if (set < TW_TERMINALS)
		return add_interval(space, to, first,
			tw_level_max(field, tw_level_is_wide(field, family)), family);
	node = *tw_node_at(space, set);
	for (uint32_t i = 0; i < node.n; i++) {
		struct tw_addr last = tw_node_last(space, &node, i);

		if (tw_node_kid(space, &node, i) != TW_EMPTY)
			TW_TRY(add_interval(space, to, first, last, family));
		first = tw_addr_next(last);
	}
	return TW_OK;
}

static tw_status project(
	struct tw_space *space, tw_set set, enum tw_field field, struct tw_intervals *to)
{
	bool addresses = field == TW_FIELD_FROM || field == TW_FIELD_TO;
	tw_set kid[2];

	set = tw_set_values(space, set, field);
	TW_TRY(space->status);
	kid[0] = tw_family_kid(space, set, TW_IPV4);
	kid[1] = tw_family_kid(space, set, TW_IPV6);
	if (field == TW_FIELD_FAMILY) {
		for (unsigned i = 0; i < 2; i++) {
			struct tw_addr family = {0, i ? TW_IPV6 : TW_IPV4};

			if (kid[i] != TW_EMPTY)
				TW_TRY(add_interval(
					space, to, family, family, (unsigned)family.lo));
		}
		return TW_OK;
	}
	if (!addresses) {
		set = tw_set_union(space, kid[0], kid[1]);
		TW_TRY(space->status);
		return add_values(space, set, field, 0, to);
	}
	TW_TRY(add_values(space, kid[0], field, TW_IPV4, to));
	return add_values(space, kid[1], field, TW_IPV6, to);
}

tw_status tw_set_project(
	struct tw_space *space, tw_set set, enum tw_field field, struct tw_intervals *ret)
{
	struct tw_intervals found = {NULL, 0, 0};
	tw_status status = space->status;

	if (status == TW_OK)
		status = project(space, set, field, &found);
	if (status != TW_OK) {
		tw_intervals_free(space, &found);
		return status;
	}
	*ret = found;
	return TW_OK;
}

void tw_intervals_free(struct tw_space *space, struct tw_intervals *intervals)
{
	TW_VEC_FREE(space->mem, intervals);
}

/* ---- labels --------------------------------------------------------------------------------- */

/* Small diagrams are simply walked; a large one needs to know which nodes it has seen. */
enum { SMALL_WALK = 2000 };

enum { LABEL_WORDS = TW_TERMINALS / 64 };

/* Few of all labels occur: a word of them means something once its bit in `used` is set. */
struct label_walk {
	const struct tw_space *space;
	uint64_t *seen; /* nodes; NULL while the walk is small */
	size_t steps;
	uint64_t used[LABEL_WORDS / 64];
	uint64_t label[LABEL_WORDS];
};

static void note_label(struct label_walk *walk, tw_set label)
{
	size_t word = label / 64;
	uint64_t bit = (uint64_t)1 << word % 64;

	if (!(walk->used[word / 64] & bit))
		walk->label[word] = 0;
	walk->used[word / 64] |= bit;
	walk->label[word] |= (uint64_t)1 << label % 64;
}

static void try_labels(struct label_walk *walk, tw_set set)
{
	if (set < TW_TERMINALS) {
		note_label(walk, set);
		return;
	}
	const struct tw_node *node = tw_node_at(walk->space, set);
	walk->steps += node->n;
	for (uint32_t i = 0; i < node->n && walk->steps <= SMALL_WALK; i++)
		try_labels(walk, tw_node_kid(walk->space, node, i));
}

static void find_labels(struct label_walk *walk, tw_set set)
{
	uint32_t bit = set - TW_TERMINALS;

	if (set < TW_TERMINALS) {
		note_label(walk, set);
		return;
	}
	if (walk->seen[bit / 64] >> bit % 64 & 1)
		return;
	walk->seen[bit / 64] |= (uint64_t)1 << bit % 64;
	for (uint32_t i = 0; i < tw_node_at(walk->space, set)->n; i++)
		find_labels(walk, tw_node_kid(walk->space, tw_node_at(walk->space, set), i));
}

/* The labels of one word, behind the n that are written. Returns how many that makes. */
static size_t write_labels(
	const struct label_walk *walk, size_t word, uint16_t *out, size_t room, size_t n)
{
	for (uint64_t left = walk->label[word]; left; left &= left - 1, n++)
		if (n < room)
			out[n] = (uint16_t)(word * 64 + (size_t)__builtin_ctzll(left));
	return n;
}

size_t tw_partition_labels(struct tw_space *space, tw_set partition, uint16_t *out, size_t room)
{
	struct label_walk walk;
	size_t n = 0, size = (space->node.n / 64 + 1) * sizeof(uint64_t);

	if (space->status != TW_OK)
		return 0;
	walk.space = space;
	walk.seen = NULL;
	walk.steps = 0;
	memset(walk.used, 0, sizeof(walk.used));
	try_labels(&walk, partition);
	if (walk.steps > SMALL_WALK) {
		walk.seen = tw_mem_alloc(space->mem, size);
		if (!walk.seen) {
			tw_space_fail(space, TW_ENOMEM);
			return 0;
		}
		memset(walk.seen, 0, size);
		find_labels(&walk, partition);
		tw_mem_release(space->mem, walk.seen, size);
	}
	for (size_t i = 0; i < TW_COUNT(walk.used); i++)
		for (uint64_t left = walk.used[i]; left; left &= left - 1)
			n = write_labels(
				&walk, i * 64 + (size_t)__builtin_ctzll(left), out, room, n);
	return n;
}
