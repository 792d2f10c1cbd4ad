/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling a plan (plan.h): which boxes there are, where they begin and end in each field, and which
 * of them hold a whole field. One block of memory for all arrays, kept for the next list.
 */

#include "plan.h"

/* Hands out parts of the block; first run without a block, to learn the size. */
struct carver {
	char *block;
	size_t used;
};

static void *carve(struct carver *c, size_t count, size_t size)
{
	void *p = c->block ? c->block + c->used : NULL;

	c->used += (count * size + 15) / 16 * 16;
	return p;
}

static void carve_all(struct tw_plan *plan, struct carver *c, size_t n)
{
	size_t words = plan->words;

	plan->label = carve(c, n, sizeof(*plan->label));
	plan->box = carve(c, n, sizeof(*plan->box));
	plan->sort = carve(c, 2 * n, sizeof(*plan->sort));
	plan->spare = carve(c, 2 * n, sizeof(*plan->spare));
	for (unsigned i = TW_FIELD_PROTOCOL; i < TW_FIELDS; i++) {
		struct tw_plan_level *level = &plan->level[i];

		level->cut = carve(c, 2 * n + 1, sizeof(*level->cut));
		level->event = carve(c, 2 * n, sizeof(*level->event));
		level->enter = carve(c, n, sizeof(*level->enter));
		level->leave = carve(c, n, sizeof(*level->leave));
		level->partial = carve(c, words, sizeof(uint64_t));
		level->whole = carve(c, words, sizeof(uint64_t));
		level->live = carve(c, words, sizeof(uint64_t));
		level->agenda = carve(c, plan->event_words, sizeof(uint64_t));
		plan->sub[i] = carve(c, words, sizeof(uint64_t));
	}
	plan->sub[TW_FIELDS] = carve(c, words, sizeof(uint64_t));
}

/* Room for n boxes. */
static bool reserve(struct tw_plan *plan, size_t n)
{
	struct carver sizing = {NULL, 0}, carver = {NULL, 0};

	plan->words = n / 64 + 1;
	plan->event_words = n / 32 + 1;
	carve_all(plan, &sizing, n);
	if (sizing.used > plan->block_size) {
		void *block = tw_mem_alloc(plan->space->mem, sizing.used);

		if (!block)
			return false;
		if (plan->block)
			tw_mem_release(plan->space->mem, plan->block, plan->block_size);
		plan->block = block;
		plan->block_size = sizing.used;
	}
	carver.block = plan->block;
	carve_all(plan, &carver, n);
	return true;
}

static bool box_is_empty(const struct tw_box *box)
{
	for (unsigned field = TW_FIELD_PROTOCOL; field < TW_FIELDS; field++) {
		struct tw_range range;

		if (!tw_box_field(box, field, &range))
			return true;
	}
	return false;
}

static void collect(struct tw_plan *plan, const struct tw_box_list *list)
{
	plan->n = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct tw_box *box = tw_box_list_at(list, i);

		if (box->family != plan->family || box_is_empty(box))
			continue;
		plan->box[plan->n] = box;
		plan->label[plan->n++] = list->labelled ? list->labelled[i].label : 1;
	}
}

/* Stable merge sort by key: insertion in runs of eight, then merges. */
static struct tw_sort *sort(struct tw_sort *v, struct tw_sort *spare, size_t n)
{
	enum { RUN = 8 };

	for (size_t begin = 0; begin < n; begin += RUN) {
		size_t end = begin + RUN < n ? begin + RUN : n;

		for (size_t i = begin + 1; i < end; i++) {
			struct tw_sort item = v[i];
			size_t j = i;

			for (; j > begin && tw_key_cmp(v[j - 1].key, item.key) > 0; j--)
				v[j] = v[j - 1];
			v[j] = item;
		}
	}
	for (size_t width = RUN; width < n; width *= 2) {
		struct tw_sort *swap = v;

		for (size_t begin = 0; begin < n; begin += 2 * width) {
			size_t middle = begin + width < n ? begin + width : n;
			size_t end = begin + 2 * width < n ? begin + 2 * width : n;
			size_t a = begin, b = middle;

			for (size_t i = begin; i < end; i++) {
				bool first = b == end ||
					     (a < middle && tw_key_cmp(v[a].key, v[b].key) <= 0);

				spare[i] = first ? v[a++] : v[b++];
			}
		}
		v = spare;
		spare = swap;
	}
	return v;
}

/* Numbers the elementary intervals and lays the events out in their order. */
static void lay_out(struct tw_plan_level *level, const struct tw_sort *v, size_t n)
{
	level->cut[0] = (struct tw_addr){0, 0};
	level->cuts = 1;
	level->events = (uint32_t)n;
	for (uint32_t i = 0; i < n; i++) {
		if (tw_key_cmp(v[i].key, level->cut[level->cuts - 1]) != 0)
			level->cut[level->cuts++] = v[i].key;
		level->event[i] = (struct tw_event){level->cuts - 1, v[i].box};
		*(v[i].leaving ? &level->leave[v[i].box] : &level->enter[v[i].box]) = i;
	}
}

static void fill_level(struct tw_plan *plan, unsigned field)
{
	struct tw_plan_level *level = &plan->level[field];
	struct tw_addr max = tw_level_max(field, tw_level_is_wide(field, plan->family));
	struct tw_addr zero = {0, 0};
	size_t n = 0;

	memset(level->partial, 0, plan->words * sizeof(uint64_t));
	for (uint32_t i = 0; i < plan->n; i++) {
		struct tw_range range;

		(void)tw_box_field(plan->box[i], field, &range);
		if (tw_key_cmp(range.first, zero) == 0 && tw_key_cmp(range.last, max) == 0)
			continue;
		level->partial[i / 64] |= (uint64_t)1 << i % 64;
		plan->sort[n++] = (struct tw_sort){range.first, i, false};
		level->leave[i] = UINT32_MAX;
		if (tw_key_cmp(range.last, max) < 0)
			plan->sort[n++] = (struct tw_sort){tw_addr_next(range.last), i, true};
	}
	lay_out(level, sort(plan->sort, plan->spare, n), n);
}

static bool first_slots(struct tw_plan *plan)
{
	enum { FIRST_SLOTS = 512 };

	if (!plan->slot) {
		plan->slot = tw_mem_alloc(plan->space->mem, FIRST_SLOTS * sizeof(*plan->slot));
		if (!plan->slot)
			return false;
		plan->slot_room = FIRST_SLOTS;
	}
	plan->slots = FIRST_SLOTS;
	memset(plan->slot, 0, plan->slots * sizeof(*plan->slot));
	plan->state.n = 0;
	plan->key.n = 0;
	return true;
}

bool tw_plan_fill(
	struct tw_space *space, const struct tw_box_list *list, unsigned family, uint16_t otherwise)
{
	struct tw_plan *plan = space->plan;

	if (!plan) {
		plan = tw_mem_alloc(space->mem, sizeof(*plan));
		if (!plan)
			return false;
		memset(plan, 0, sizeof(*plan));
		plan->space = space;
		space->plan = plan;
	}
	plan->family = family;
	plan->otherwise = otherwise;
	if (!reserve(plan, list->n) || !first_slots(plan))
		return false;
	collect(plan, list);
	for (unsigned i = TW_FIELD_PROTOCOL; i < TW_FIELDS; i++)
		fill_level(plan, i);
	/* From the last level upwards: whole here and below. */
	for (unsigned i = TW_FIELDS; i-- > TW_FIELD_PROTOCOL;) {
		struct tw_plan_level *level = &plan->level[i];

		for (size_t w = 0; w < plan->words; w++) {
			level->whole[w] = ~level->partial[w];
			if (i + 1 < TW_FIELDS)
				level->whole[w] &= plan->level[i + 1].whole[w];
		}
	}
	return true;
}

void tw_plan_free(struct tw_space *space)
{
	struct tw_plan *plan = space->plan;

	if (!plan)
		return;
	TW_VEC_FREE(space->mem, &plan->state);
	TW_VEC_FREE(space->mem, &plan->key);
	if (plan->slot)
		tw_mem_release(space->mem, plan->slot, plan->slot_room * sizeof(*plan->slot));
	if (plan->block)
		tw_mem_release(space->mem, plan->block, plan->block_size);
	tw_mem_release(space->mem, plan, sizeof(*plan));
	space->plan = NULL;
}
