/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on one diagram: the points of a label, new names for labels, a field forgotten, all
 * fields but one forgotten, both ends exchanged. Like ops.c one recursion per node, remembered in
 * the cache.
 */

#include "node.h"
#include "ops.h"

struct map {
	enum tw_op op;
	uint32_t arg; /* WHERE: the label; RELABEL: 0; FORGET, PROJECT: the field; MIRROR: 0 */
	const uint16_t *table; /* RELABEL */
	size_t n;
};

static tw_set map(struct tw_space *space, const struct map *m, tw_set a);

static tw_set map_label(const struct map *m, tw_set label)
{
	if (m->op == TW_OP_WHERE)
		return label == m->arg;
	if (m->op == TW_OP_RELABEL)
		return label < m->n ? m->table[label] : 0;
	return label;
}

/* The same node with other children. */
static tw_set map_kids(struct tw_space *space, const struct map *m, tw_set a)
{
	struct tw_node node = *tw_node_at(space, a);
	size_t base = space->edge.n;

	for (uint32_t i = 0; i < node.n; i++) {
		tw_set kid = map(space, m, tw_node_kid(space, &node, i));

		if (space->status != TW_OK ||
			!tw_edge_push(space, base, tw_node_last(space, &node, i), kid))
			break;
	}
	return tw_node_make(space, node.level, node.wide, base);
}

/* The union of the children, of PROJECT of what becomes of them. */
static tw_set unite_kids(struct tw_space *space, const struct map *m, tw_set a)
{
	struct tw_job job = {.op = TW_OP_UNION};
	struct tw_node node = *tw_node_at(space, a);
	tw_set all = TW_EMPTY;

	for (uint32_t i = 0; i < node.n && space->status == TW_OK; i++) {
		tw_set kid = tw_node_kid(space, &node, i);

		if (m->op == TW_OP_PROJECT)
			kid = map(space, m, kid);
		if (space->status == TW_OK)
			all = tw_apply(space, &job, all, kid);
	}
	return all;
}

/* The value of a child of a FROM node at one value of TO: cursor `at` in it, if it has that level.
 */
static tw_set value_at(const struct tw_space *space, tw_set kid, uint32_t at)
{
	if (tw_node_level(space, kid) != TW_FIELD_TO)
		return kid;
	return tw_node_kid(space, tw_node_at(space, kid), at);
}

/* Where the next elementary interval of all TO children ends; moves the cursors behind it. */
static struct tw_addr next_cut(
	const struct tw_space *space, const struct tw_node *from, uint32_t *at)
{
	struct tw_addr last = tw_level_max(TW_FIELD_TO, from->wide);

	for (int moving = 0; moving < 2; moving++) {
		for (uint32_t i = 0; i < from->n; i++) {
			tw_set kid = tw_node_kid(space, from, i);
			struct tw_addr end;

			if (tw_node_level(space, kid) != TW_FIELD_TO)
				continue;
			end = tw_node_last(space, tw_node_at(space, kid), at[i]);
			if (!moving && tw_key_cmp(end, last) < 0)
				last = end;
			else if (moving && tw_key_cmp(end, last) == 0)
				at[i]++;
		}
	}
	return last;
}

/* A FROM node seen from the other end: for each interval of TO, a TO node over the old FROM. */
static tw_set mirror_from(struct tw_space *space, tw_set a)
{
	struct tw_node node = *tw_node_at(space, a);
	struct tw_addr max = tw_level_max(TW_FIELD_TO, node.wide), last;
	size_t base = space->edge.n, size = node.n * sizeof(uint32_t);
	uint32_t *at = tw_mem_alloc(space->mem, size);

	if (!at)
		return tw_space_fail(space, TW_ENOMEM);
	memset(at, 0, size);
	do {
		size_t inner = space->edge.n;
		uint32_t i;
		tw_set kid;

		for (i = 0; i < node.n; i++) {
			kid = value_at(space, tw_node_kid(space, &node, i), at[i]);
			if (!tw_edge_push(space, inner, tw_node_last(space, &node, i), kid))
				break;
		}
		last = next_cut(space, &node, at);
		kid = tw_node_make(space, TW_FIELD_TO, node.wide, inner);
		if (space->status != TW_OK || !tw_edge_push(space, base, last, kid))
			break;
	} while (tw_key_cmp(last, max) < 0);
	tw_mem_release(space->mem, at, size);
	return tw_node_make(space, TW_FIELD_FROM, node.wide, base);
}

/* A function of TO alone: the same edges one level higher. */
static tw_set mirror_to(struct tw_space *space, tw_set a)
{
	struct tw_node node = *tw_node_at(space, a);
	size_t base = space->edge.n;

	for (uint32_t i = 0; i < node.n; i++) {
		if (!tw_edge_push(space, base, tw_node_last(space, &node, i),
			    tw_node_kid(space, &node, i)))
			break;
	}
	return tw_node_make(space, TW_FIELD_FROM, node.wide, base);
}

static tw_set map_node(struct tw_space *space, const struct map *m, tw_set a)
{
	unsigned level = tw_node_level(space, a);

	if (m->op == TW_OP_FORGET && level == m->arg)
		return unite_kids(space, m, a);
	/* Families are told apart, as addresses belong to them. */
	if (m->op == TW_OP_PROJECT && level != TW_FIELD_FAMILY && level < m->arg)
		return unite_kids(space, m, a);
	if (m->op == TW_OP_MIRROR && level == TW_FIELD_FROM)
		return mirror_from(space, a);
	if (m->op == TW_OP_MIRROR && level == TW_FIELD_TO)
		return mirror_to(space, a);
	return map_kids(space, m, a);
}

static tw_set map(struct tw_space *space, const struct map *m, tw_set a)
{
	unsigned level = tw_node_level(space, a);
	struct tw_cached *slot;
	tw_set result;

	if (level == TW_FIELDS)
		return map_label(m, a);
	if (m->op == TW_OP_PROJECT && level > m->arg)
		return 1; /* a node is never empty */
	if ((m->op == TW_OP_FORGET && level > m->arg) ||
		(m->op == TW_OP_MIRROR && level > TW_FIELD_TO))
		return a;
	slot = tw_cache_slot(space, m->op, a, m->arg);
	if (tw_cache_has(space, slot, m->op, a, m->arg))
		return slot->result;
	result = map_node(space, m, a);
	tw_cache_keep(space, m->op, a, m->arg, result);
	return result;
}

tw_set tw_set_forget(struct tw_space *space, tw_set set, enum tw_field field)
{
	struct map m = {.op = TW_OP_FORGET, .arg = field};

	if (space->status != TW_OK)
		return TW_EMPTY;
	/* Addresses belong to their family: no point of the other one agrees in all other fields.
	 */
	return field == TW_FIELD_FAMILY ? set : map(space, &m, set);
}

tw_set tw_set_values(struct tw_space *space, tw_set set, enum tw_field field)
{
	struct map m = {.op = TW_OP_PROJECT, .arg = field};

	return space->status == TW_OK ? map(space, &m, set) : TW_EMPTY;
}

tw_set tw_set_mirror(struct tw_space *space, tw_set set)
{
	struct map m = {.op = TW_OP_MIRROR};

	return space->status == TW_OK ? map(space, &m, set) : TW_EMPTY;
}

tw_set tw_partition_where(struct tw_space *space, tw_set partition, uint16_t label)
{
	struct map m = {.op = TW_OP_WHERE, .arg = label};

	return space->status == TW_OK ? map(space, &m, partition) : TW_EMPTY;
}

tw_set tw_partition_relabel(
	struct tw_space *space, tw_set partition, const uint16_t *table, size_t n)
{
	struct map m = {.op = TW_OP_RELABEL, .table = table, .n = n};

	if (space->status != TW_OK)
		return TW_EMPTY;
	/* The table is new: what an earlier one gave means nothing. */
	tw_cache_ticket(space, TW_OP_RELABEL);
	return map(space, &m, partition);
}
