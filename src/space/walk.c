/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a set: its boxes, the values of one field, the labels of a partition. Levels that a
 * diagram skips come out as their whole domain, so what is visited depends on the set alone.
 */

#include "node.h"

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

	/* From the last level up, so that what is left to unite stays small. */
	for (unsigned other = TW_FIELD_SERVICE; other > TW_FIELD_FAMILY; other--) {
		if (other != field)
			set = tw_set_forget(space, set, (enum tw_field)other);
	}
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

struct label_walk {
	const struct tw_space *space;
	uint64_t *seen; /* nodes; NULL while the walk is small */
	size_t steps;
	/* Labels by bit. Most lists have a few dozen of 65,536, and clearing and reading all words
	 * was a tenth of `fix`: only words whose bit is set in `used` mean anything. */
	uint64_t used[TW_TERMINALS / 64 / 64];
	uint64_t label[TW_TERMINALS / 64];
};

static bool test_and_set(uint64_t *word, uint32_t bit)
{
	bool was = word[bit / 64] >> bit % 64 & 1;

	word[bit / 64] |= (uint64_t)1 << bit % 64;
	return was;
}

static void note_label(struct label_walk *walk, uint32_t label)
{
	if (!test_and_set(walk->used, label / 64))
		walk->label[label / 64] = 0;
	test_and_set(walk->label, label);
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
	if (set < TW_TERMINALS) {
		note_label(walk, set);
		return;
	}
	if (test_and_set(walk->seen, set - TW_TERMINALS))
		return;
	for (uint32_t i = 0; i < tw_node_at(walk->space, set)->n; i++)
		find_labels(walk, tw_node_kid(walk->space, tw_node_at(walk->space, set), i));
}

/* Writes the labels of one word; returns how many there are now. */
static size_t write_labels(
	const struct label_walk *walk, size_t at, uint16_t *out, size_t room, size_t n)
{
	for (uint64_t word = walk->label[at], bit = 0; word; word >>= 1, bit++) {
		if (!(word & 1))
			continue;
		if (n < room)
			out[n] = (uint16_t)(at * 64 + bit);
		n++;
	}
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
		for (uint64_t word = walk.used[i], bit = 0; word; word >>= 1, bit++)
			if (word & 1)
				n = write_labels(&walk, i * 64 + bit, out, room, n);
	return n;
}
