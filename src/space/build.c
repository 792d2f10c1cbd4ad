/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of boxes to diagrams, in one pass from the first level to the last: first match and union.
 * plan.h tells how. Nothing is folded box by box: the diagram comes out bottom-up, each node once.
 */

#include "plan.h"

static tw_set solve(struct tw_plan *plan, unsigned level, const uint64_t *live);

static unsigned lowest_bit(uint64_t word)
{
#if defined(__GNUC__) || defined(__clang__)
	return (unsigned)__builtin_ctzll(word);
#else
	unsigned n = 0;

	while (!(word >> n & 1))
		n++;
	return n;
#endif
}

static bool has_bit(const uint64_t *set, uint32_t i)
{
	return set[i / 64] >> i % 64 & 1;
}

/* The first box of a set; plan->n if there is none. */
static uint32_t first_box(const struct tw_plan *plan, const uint64_t *set)
{
	for (size_t w = 0; w < plan->words; w++) {
		if (set[w])
			return (uint32_t)(w * 64 + lowest_bit(set[w]));
	}
	return plan->n;
}

static uint16_t label_of(const struct tw_plan *plan, uint32_t box)
{
	return box < plan->n ? plan->label[box] : plan->otherwise;
}

/* ---- the memo: live boxes at a level -> node ------------------------------------------------ */

/* Appends the key of `live` to the keys; it counts only once a state holds it. */
static bool write_key(struct tw_plan *plan, const uint64_t *live, struct tw_state *state)
{
	uint64_t hash = state->level;
	uint64_t *key;

	if (plan->key.room - plan->key.n < 2 * plan->words &&
		TW_VEC_RESERVE(plan->space->mem, &plan->key, 2 * plan->words + plan->key.room) !=
			TW_OK) {
		tw_space_fail(plan->space, TW_ENOMEM);
		return false;
	}
	key = plan->key.v + plan->key.n;
	for (size_t w = 0; w < plan->words; w++) {
		if (!live[w])
			continue;
		*key++ = w;
		*key++ = live[w];
		hash = (hash ^ live[w] ^ (uint64_t)w << 53) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	state->key = (uint32_t)plan->key.n;
	state->key_n = (uint32_t)(key - (plan->key.v + plan->key.n));
	state->hash = (uint32_t)(hash ^ hash >> 32);
	return true;
}

static bool grow_states(struct tw_plan *plan)
{
	size_t slots = plan->slots * 2;

	if (slots > plan->slot_room) {
		struct tw_mem *mem = plan->space->mem;
		uint32_t *slot = tw_mem_alloc(mem, slots * sizeof(*slot));

		if (!slot) {
			tw_space_fail(plan->space, TW_ENOMEM);
			return false;
		}
		tw_mem_release(mem, plan->slot, plan->slot_room * sizeof(*slot));
		plan->slot = slot;
		plan->slot_room = slots;
	}
	plan->slots = slots;
	memset(plan->slot, 0, slots * sizeof(*plan->slot));
	for (uint32_t n = 0; n < plan->state.n; n++) {
		size_t i = plan->state.v[n].hash & (slots - 1);

		while (plan->slot[i])
			i = (i + 1) & (slots - 1);
		plan->slot[i] = n + 1;
	}
	return true;
}

static bool same_state(
	const struct tw_plan *plan, const struct tw_state *a, const struct tw_state *b)
{
	return a->hash == b->hash && a->level == b->level && a->key_n == b->key_n &&
	       memcmp(plan->key.v + a->key, plan->key.v + b->key, a->key_n * sizeof(uint64_t)) == 0;
}

/* Finds the state of these live boxes, or adds one. *ret_new tells; the index, or -1 on failure. */
static int64_t find_state(struct tw_plan *plan, unsigned level, const uint64_t *live, bool *ret_new)
{
	struct tw_state state = {.level = (uint8_t)level};
	size_t i;

	if (!write_key(plan, live, &state))
		return -1;
	for (i = state.hash & (plan->slots - 1); plan->slot[i]; i = (i + 1) & (plan->slots - 1)) {
		if (same_state(plan, &plan->state.v[plan->slot[i] - 1], &state)) {
			*ret_new = false;
			return plan->slot[i] - 1;
		}
	}
	/* A state may cost no node and still costs memory: the node limit holds for them too. */
	if (plan->state.n >= plan->space->limit || plan->key.n >= UINT32_MAX - 2 * plan->words) {
		tw_space_fail(plan->space, TW_ELIMIT);
		return -1;
	}
	if (TW_VEC_PUSH(plan->space->mem, &plan->state, state) != TW_OK) {
		tw_space_fail(plan->space, TW_ENOMEM);
		return -1;
	}
	plan->key.n += state.key_n;
	plan->slot[i] = (uint32_t)plan->state.n;
	if (plan->state.n > plan->slots / 2 && !grow_states(plan))
		return -1;
	*ret_new = true;
	return (int64_t)plan->state.n - 1;
}

/* ---- the sweep ------------------------------------------------------------------------------ */

/* The child for the elementary interval at which the sweep of `level` stands. */
static tw_set child(struct tw_plan *plan, unsigned level)
{
	const uint64_t *live = plan->level[level].live;
	uint64_t *sub = plan->sub[level + 1];
	uint32_t first = first_box(plan, live);
	const uint64_t *whole;

	if (first == plan->n)
		return plan->otherwise;
	if (level + 1 == TW_FIELDS || has_bit(plan->level[level + 1].whole, first))
		return plan->label[first];
	/* Behind the first box that is whole from here on, no box can match. */
	whole = plan->level[level + 1].whole;
	memset(sub, 0, plan->words * sizeof(*sub));
	for (size_t w = first / 64; w < plan->words; w++) {
		uint64_t full = live[w] & whole[w];

		if (full) {
			sub[w] = live[w] & ((full & -full) | ((full & -full) - 1));
			break;
		}
		sub[w] = live[w];
	}
	return solve(plan, level + 1, sub);
}

/* Marks the events of the live boxes, and makes the boxes that hold the whole level live. */
static void prepare(const struct tw_plan *plan, struct tw_plan_level *level, const uint64_t *live)
{
	memset(level->agenda, 0, plan->event_words * sizeof(*level->agenda));
	for (size_t w = 0; w < plan->words; w++) {
		uint64_t partial = live[w] & level->partial[w];

		level->live[w] = live[w] & ~partial;
		for (; partial; partial &= partial - 1) {
			size_t box = w * 64 + lowest_bit(partial);
			uint32_t enter = level->enter[box], leave = level->leave[box];

			level->agenda[enter / 64] |= (uint64_t)1 << enter % 64;
			if (leave != UINT32_MAX)
				level->agenda[leave / 64] |= (uint64_t)1 << leave % 64;
		}
	}
}

/* Makes the node of `field` for the boxes that are live above it. */
static tw_set sweep(struct tw_plan *plan, unsigned field, const uint64_t *live)
{
	struct tw_space *space = plan->space;
	struct tw_plan_level *level = &plan->level[field];
	bool wide = tw_level_is_wide(field, plan->family);
	size_t base = space->edge.n, words = (level->events + 63) / 64;
	uint32_t cut = 0;
	tw_set kid;

	prepare(plan, level, live);
	for (size_t w = 0; w < words; w++) {
		for (uint64_t agenda = level->agenda[w]; agenda; agenda &= agenda - 1) {
			struct tw_event event = level->event[w * 64 + lowest_bit(agenda)];

			if (event.cut != cut) {
				kid = child(plan, field);
				cut = event.cut;
				if (space->status != TW_OK ||
					!tw_edge_push(
						space, base, tw_addr_prev(level->cut[cut]), kid))
					goto out;
			}
			level->live[event.box / 64] ^= (uint64_t)1 << event.box % 64;
		}
	}
	kid = child(plan, field);
	if (space->status == TW_OK)
		(void)tw_edge_push(space, base, tw_level_max(field, wide), kid);
out:
	return tw_node_make(space, field, wide, base);
}

/* Whether a box of the set does not hold the whole level: only then the level tells them apart. */
static bool is_partial(const struct tw_plan *plan, unsigned level, const uint64_t *live)
{
	for (size_t w = 0; w < plan->words; w++) {
		if (live[w] & plan->level[level].partial[w])
			return true;
	}
	return false;
}

static tw_set solve(struct tw_plan *plan, unsigned level, const uint64_t *live)
{
	int64_t state;
	bool is_new;
	tw_set result;

	while (level < TW_FIELDS && !is_partial(plan, level, live))
		level++;
	if (level == TW_FIELDS)
		return label_of(plan, first_box(plan, live));
	state = find_state(plan, level, live, &is_new);
	if (state < 0)
		return TW_EMPTY;
	if (!is_new)
		return plan->state.v[state].result;
	result = sweep(plan, level, live);
	plan->state.v[state].result = result;
	return result;
}

static tw_set build_family(
	struct tw_space *space, const struct tw_box_list *list, unsigned family, uint16_t otherwise)
{
	struct tw_plan *plan;
	uint64_t *all;

	if (!tw_plan_fill(space, list, family, otherwise))
		return tw_space_fail(space, TW_ENOMEM);
	plan = space->plan;
	all = plan->sub[TW_FIELD_PROTOCOL];
	memset(all, 0, plan->words * sizeof(*all));
	for (uint32_t i = 0; i < plan->n; i++) {
		all[i / 64] |= (uint64_t)1 << i % 64;
		if (has_bit(plan->level[TW_FIELD_PROTOCOL].whole, i))
			break;
	}
	return solve(plan, TW_FIELD_PROTOCOL, all);
}

static tw_set build(struct tw_space *space, const struct tw_box_list *list, uint16_t otherwise)
{
	tw_set v4, v6;

	if (space->status != TW_OK)
		return TW_EMPTY;
	/* Events are numbered in 32 bits, two of each box. */
	if (list->n > UINT32_MAX / 4)
		return tw_space_fail(space, TW_ELIMIT);
	v4 = build_family(space, list, TW_IPV4, otherwise);
	if (space->status != TW_OK)
		return TW_EMPTY;
	v6 = build_family(space, list, TW_IPV6, otherwise);
	if (space->status != TW_OK)
		return TW_EMPTY;
	return tw_family_node(space, v4, v6);
}

tw_set tw_set_boxes(struct tw_space *space, const struct tw_box *boxes, size_t n)
{
	struct tw_box_list list = {.plain = boxes, .n = n};

	return n == 1 ? tw_set_box(space, boxes) : build(space, &list, 0);
}

tw_set tw_partition_first_match(
	struct tw_space *space, const struct tw_labelled_box *boxes, size_t n, uint16_t otherwise)
{
	struct tw_box_list list = {.labelled = boxes, .n = n};

	return build(space, &list, otherwise);
}
