/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting a partition at a field, and reading a residual back as intervals: see split.h. */

#include "split.h"

#include "node.h"

struct split {
	struct tw_space *space;
	unsigned field;
	struct tw_mem *mem;
	struct tw_residuals *residuals;
};

/* The label of a residual: 1 + its index, in the order of discovery. There are few of them. */
static tw_set label_of(struct split *split, tw_set residual)
{
	struct tw_residuals *list = split->residuals;

	if (residual == TW_EMPTY)
		return TW_EMPTY;
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == residual)
			return (tw_set)(i + 1);
	if (list->n + 1 >= TW_TERMINALS)
		return tw_space_fail(split->space, TW_ELIMIT);
	if (TW_VEC_PUSH(split->mem, list, residual) != TW_OK)
		return tw_space_fail(split->space, TW_ENOMEM);
	return (tw_set)list->n;
}

static tw_set split_at(struct split *split, tw_set id)
{
	struct tw_space *space = split->space;

	if (tw_node_level(space, id) >= split->field)
		return label_of(split, id);
	struct tw_cached *slot = tw_cache_slot(space, TW_OP_SPLIT, id, 0);
	if (tw_cache_has(space, slot, TW_OP_SPLIT, id, 0))
		return slot->result;
	/* Copied: the arrays of nodes may move while children are made. */
	struct tw_node node = *tw_node_at(space, id);
	size_t base = space->edge.n;
	for (uint32_t i = 0; i < node.n && space->status == TW_OK; i++) {
		struct tw_addr last = tw_node_last(space, &node, i);
		tw_set kid = split_at(split, tw_node_kid(space, &node, i));
		if (space->status == TW_OK)
			tw_edge_push(space, base, last, kid);
	}
	tw_set result = tw_node_make(space, node.level, node.wide, base);
	tw_cache_keep(space, TW_OP_SPLIT, id, 0, result);
	return result;
}

tw_set tw_partition_split(struct tw_space *space, tw_set partition, enum tw_field field,
	struct tw_mem *mem, struct tw_residuals *ret)
{
	if (space->status != TW_OK)
		return TW_EMPTY;
	struct split split = {space, (unsigned)field, mem, ret};
	tw_cache_ticket(space, TW_OP_SPLIT);
	tw_set result = split_at(&split, partition);
	return space->status == TW_OK ? result : TW_EMPTY;
}

void tw_residuals_free(struct tw_mem *mem, struct tw_residuals *residuals)
{
	TW_VEC_FREE(mem, residuals);
}

size_t tw_partition_ports(struct tw_space *space, tw_set residual, enum tw_field field,
	struct tw_labelled_ports *out, size_t room)
{
	if (tw_node_level(space, residual) != (unsigned)field) {
		/* A label stands for one interval. A function of another field is a fault. */
		if (residual >= TW_TERMINALS) {
			tw_space_fail(space, TW_EBUG);
			return 0;
		}
		if (room > 0)
			out[0] = (struct tw_labelled_ports){{0, 65535}, (uint16_t)residual};
		return 1;
	}
	const struct tw_node *node = tw_node_at(space, residual);
	uint32_t lo = 0;
	for (uint32_t i = 0; i < node->n; i++) {
		uint16_t hi = (uint16_t)tw_node_last(space, node, i).lo;
		if (i < room)
			out[i] = (struct tw_labelled_ports){
				{(uint16_t)lo, hi}, (uint16_t)tw_node_kid(space, node, i)};
		lo = (uint32_t)hi + 1;
	}
	return node->n;
}
