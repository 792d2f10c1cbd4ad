/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The space itself: its life, its nodes, and the table that finds a node again when the same one is
 * asked for. node.h describes the diagrams and their invariants.
 */

#include "node.h"

enum {
	CACHE_BITS = 14,
	CACHE_SLOTS = 1 << CACHE_BITS,
	FIRST_SLOTS = 1 << 11,
	DEFAULT_LIMIT = 16 * 1000 * 1000
};

tw_set tw_space_fail(struct tw_space *space, tw_status status)
{
	if (space->status == TW_OK)
		space->status = status;
	return TW_EMPTY;
}

tw_status tw_space_new(struct tw_mem *mem, uint32_t node_limit, struct tw_space **ret)
{
	struct tw_space *space = tw_mem_alloc(mem, sizeof(*space));

	if (!space)
		return TW_ENOMEM;
	memset(space, 0, sizeof(*space));
	space->mem = mem;
	space->limit = node_limit ? node_limit : DEFAULT_LIMIT;
	/* Ids are 32 bits, the lowest of them labels; half the ids are more than memory has. */
	if (space->limit > UINT32_MAX / 2)
		space->limit = UINT32_MAX / 2;
	space->slot = tw_mem_alloc(mem, FIRST_SLOTS * sizeof(*space->slot));
	space->cache = tw_mem_alloc(mem, CACHE_SLOTS * sizeof(*space->cache));
	if (space->slot)
		space->slots = FIRST_SLOTS;
	if (!space->slot || !space->cache) {
		tw_space_free(space);
		return TW_ENOMEM;
	}
	memset(space->slot, 0, space->slots * sizeof(*space->slot));
	memset(space->cache, 0, CACHE_SLOTS * sizeof(*space->cache));
	for (int op = 0; op < TW_OPS; op++)
		tw_cache_ticket(space, (enum tw_op)op);
	*ret = space;
	return TW_OK;
}

void tw_space_free(struct tw_space *space)
{
	if (!space)
		return;
	tw_plan_free(space);
	TW_VEC_FREE(space->mem, &space->node);
	TW_VEC_FREE(space->mem, &space->word);
	TW_VEC_FREE(space->mem, &space->edge);
	if (space->slot)
		tw_mem_release(space->mem, space->slot, space->slots * sizeof(*space->slot));
	if (space->cache)
		tw_mem_release(space->mem, space->cache, CACHE_SLOTS * sizeof(*space->cache));
	tw_mem_release(space->mem, space, sizeof(*space));
}

tw_status tw_space_status(const struct tw_space *space)
{
	return space->status;
}

struct tw_mem *tw_space_mem(const struct tw_space *space)
{
	return space->mem;
}

uint64_t tw_space_resets(const struct tw_space *space)
{
	return space->resets;
}

size_t tw_space_nodes(const struct tw_space *space)
{
	return space->node.n;
}

/*
 * Costs as much as there are nodes: they leave the table newest first, so that a slot that becomes
 * free never stands in the probe path of a node that is still in it.
 */
void tw_space_reset(struct tw_space *space)
{
	size_t mask = space->slots - 1;

	if (space->node.n > space->slots / 16) {
		memset(space->slot, 0, space->slots * sizeof(*space->slot));
		space->node.n = 0;
	}
	while (space->node.n > 0) {
		uint32_t id = (uint32_t)(TW_TERMINALS + --space->node.n);
		size_t i = space->node.v[space->node.n].hash & mask;

		while (space->slot[i] != id)
			i = (i + 1) & mask;
		space->slot[i] = 0;
	}
	space->word.n = 0;
	space->edge.n = 0;
	space->status = TW_OK;
	space->resets++;
	for (int op = 0; op < TW_OPS; op++)
		tw_cache_ticket(space, (enum tw_op)op);
}

bool tw_edge_grow(struct tw_space *space)
{
	/* Doubling makes the copies cheap; the first request is large enough for most nodes. */
	size_t more = space->edge.room ? space->edge.room : 256;

	if (TW_VEC_RESERVE(space->mem, &space->edge, more) == TW_OK)
		return true;
	tw_space_fail(space, TW_ENOMEM);
	return false;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static uint32_t hash_words(const uint32_t *word, size_t n, uint64_t seed)
{
	uint64_t h = seed * 0x9e3779b97f4a7c15u;
	size_t i = 0;

	for (; i + 2 <= n; i += 2) {
		h = (h ^ ((uint64_t)word[i] << 32 | word[i + 1])) * 0xd6e8feb86659fd93u;
		h ^= h >> 32;
	}
	if (i < n) {
		h = (h ^ word[i]) * 0xd6e8feb86659fd93u;
		h ^= h >> 32;
	}
	return (uint32_t)(h ^ h >> 17);
}

/* Writes the edges behind the last word that is in use. Returns the number of words, 0 on failure.
 */
static size_t write_edges(struct tw_space *space, bool wide, const struct tw_edge *edge, size_t n)
{
	size_t words = n * (wide ? 5 : 2);
	uint32_t *word;

	if (space->word.n + words > UINT32_MAX) {
		tw_space_fail(space, TW_ELIMIT);
		return 0;
	}
	if (space->word.room - space->word.n < words &&
		TW_VEC_RESERVE(space->mem, &space->word, words + space->word.room) != TW_OK) {
		tw_space_fail(space, TW_ENOMEM);
		return 0;
	}
	word = space->word.v + space->word.n;
	for (size_t i = 0; i < n; i++)
		*word++ = edge[i].kid;
	for (size_t i = 0; i < n; i++) {
		if (wide) {
			*word++ = (uint32_t)(edge[i].last.hi >> 32);
			*word++ = (uint32_t)edge[i].last.hi;
			*word++ = (uint32_t)(edge[i].last.lo >> 32);
		}
		*word++ = (uint32_t)edge[i].last.lo;
	}
	return words;
}

static bool grow_slots(struct tw_space *space)
{
	size_t slots = space->slots * 2, mask = slots - 1;
	uint32_t *slot = tw_mem_alloc(space->mem, slots * sizeof(*slot));

	if (!slot) {
		tw_space_fail(space, TW_ENOMEM);
		return false;
	}
	memset(slot, 0, slots * sizeof(*slot));
	for (size_t n = 0; n < space->node.n; n++) {
		size_t i = space->node.v[n].hash & mask;

		while (slot[i])
			i = (i + 1) & mask;
		slot[i] = (uint32_t)(TW_TERMINALS + n);
	}
	tw_mem_release(space->mem, space->slot, space->slots * sizeof(*slot));
	space->slot = slot;
	space->slots = slots;
	return true;
}

static bool same_node(const struct tw_space *space, tw_set id, const struct tw_node *b)
{
	const struct tw_node *a = tw_node_at(space, id);
	const uint32_t *word = space->word.v;

	return a->hash == b->hash && a->n == b->n && a->level == b->level && a->wide == b->wide &&
	       memcmp(word + a->at, word + b->at,
		       (size_t)a->n * (a->wide ? 5 : 2) * sizeof(*word)) == 0;
}

/* The node is already written at the end of the words: finds its twin, or keeps it. */
static tw_set find_or_add(struct tw_space *space, struct tw_node node, size_t words)
{
	size_t mask = space->slots - 1;
	size_t i = node.hash & mask;

	for (; space->slot[i]; i = (i + 1) & mask) {
		if (same_node(space, space->slot[i], &node))
			return space->slot[i];
	}
	if (space->node.n >= space->limit)
		return tw_space_fail(space, TW_ELIMIT);
	if (TW_VEC_PUSH(space->mem, &space->node, node) != TW_OK)
		return tw_space_fail(space, TW_ENOMEM);
	space->word.n += words;
	space->slot[i] = (uint32_t)(TW_TERMINALS + space->node.n - 1);
	/* The new node is in already: when the table cannot grow, the failure loses nothing. */
	if (space->node.n > space->slots / 2 && !grow_slots(space))
		return TW_EMPTY;
	return (tw_set)(TW_TERMINALS + space->node.n - 1);
}

tw_set tw_node_make(struct tw_space *space, unsigned level, bool wide, size_t base)
{
	size_t n = space->edge.n - base, words;
	const struct tw_edge *edge;
	struct tw_node node;

	space->edge.n = base;
	if (space->status != TW_OK)
		return TW_EMPTY;
	edge = space->edge.v + base;
	if (n == 1)
		return edge[0].kid;
	words = write_edges(space, wide, edge, n);
	if (words == 0)
		return TW_EMPTY;
	node = (struct tw_node){.at = (uint32_t)space->word.n,
		.n = (uint32_t)n,
		.level = (uint8_t)level,
		.wide = wide};
	node.hash = hash_words(space->word.v + node.at, words, level << 1 | wide);
	return find_or_add(space, node, words);
}

/* ---- the operation cache -------------------------------------------------------------------- */

/*
 * An entry counts only if its tag is the current ticket of its operation: a new ticket forgets all
 * results of one operation at once. When tickets run out, the cache is really emptied.
 */
void tw_cache_ticket(struct tw_space *space, enum tw_op op)
{
	if (space->last_ticket == UINT32_MAX) {
		memset(space->cache, 0, CACHE_SLOTS * sizeof(*space->cache));
		for (int i = 0; i < TW_OPS; i++)
			space->ticket[i] = (uint32_t)i + 1;
		space->last_ticket = TW_OPS;
		return;
	}
	space->ticket[op] = ++space->last_ticket;
}

struct tw_cached *tw_cache_slot(struct tw_space *space, enum tw_op op, uint32_t a, uint32_t b)
{
	uint64_t h = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15u + (uint64_t)op * 0xd6e8feb8u;

	h ^= h >> 29;
	return &space->cache[(h * 0xbf58476d1ce4e5b9u) >> (64 - CACHE_BITS)];
}
