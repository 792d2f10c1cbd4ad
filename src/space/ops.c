/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on two diagrams: union, intersection, difference, and the two that partitions need,
 * restriction and common refinement. All are one recursion that walks both diagrams level by level;
 * they differ only in what they know without walking (`decided`). The recursion is at most
 * TW_FIELDS deep, and every pair of nodes is walked once as long as the cache remembers it.
 */

#include "node.h"
#include "ops.h"

/* Results that need no walk. `a` and `b` are both labels, or at least one of them is a node. */
static bool decided(const struct tw_job *job, tw_set a, tw_set b, tw_set *ret)
{
	bool labels = a < TW_TERMINALS && b < TW_TERMINALS;

	switch (job->op) {
	case TW_OP_UNION:
		if (a == 1 || b == 1)
			*ret = 1;
		else if (a == 0 || a == b)
			*ret = b;
		else if (b == 0 || labels)
			*ret = a;
		else
			return false;
		return true;
	case TW_OP_INTERSECT:
		if (a == 0 || b == 0)
			*ret = 0;
		else if (a == 1 || a == b)
			*ret = b;
		else if (b == 1 || labels)
			*ret = a;
		else
			return false;
		return true;
	case TW_OP_SUBTRACT:
		if (a == 0 || a == b || (b != 0 && b < TW_TERMINALS))
			*ret = 0;
		else if (b == 0)
			*ret = a;
		else
			return false;
		return true;
	case TW_OP_RESTRICT:
		if (a == 0 || b == 0)
			*ret = 0;
		else if (b < TW_TERMINALS)
			*ret = a;
		else
			return false;
		return true;
	default:
		if (!labels)
			return false;
		*ret = job->pair(job->ctx, (uint16_t)a, (uint16_t)b);
		return true;
	}
}

/* A place in the edges of one operand; `i` stays 0 for an operand that skips the level. */
struct cursor {
	tw_set id;
	bool here;
	uint32_t i;
};

static tw_set cursor_kid(const struct tw_space *space, const struct cursor *c)
{
	return c->here ? tw_node_kid(space, tw_node_at(space, c->id), c->i) : c->id;
}

/*
 * Where the next elementary interval of two operands ends; moves the cursors behind it. False when
 * that was the last one: an operand that has the level ends where the domain ends.
 */
static bool step(
	const struct tw_space *space, struct cursor *a, struct cursor *b, struct tw_addr *ret_last)
{
	struct tw_addr p = {0, 0}, q = {0, 0};
	uint32_t p_n = UINT32_MAX, q_n = UINT32_MAX;
	int order = 1;

	if (a->here) {
		const struct tw_node *node = tw_node_at(space, a->id);

		p = tw_node_last(space, node, a->i);
		p_n = node->n;
		order = -1;
	}
	if (b->here) {
		const struct tw_node *node = tw_node_at(space, b->id);

		q = tw_node_last(space, node, b->i);
		q_n = node->n;
		if (a->here)
			order = tw_key_cmp(p, q);
	}
	*ret_last = order <= 0 ? p : q;
	a->i += order <= 0;
	b->i += order >= 0;
	return a->i != p_n && b->i != q_n;
}

static tw_set walk(struct tw_space *space, const struct tw_job *job, tw_set a, tw_set b)
{
	unsigned level_a = tw_node_level(space, a), level_b = tw_node_level(space, b);
	unsigned level = level_a < level_b ? level_a : level_b;
	bool wide = tw_node_at(space, level_a == level ? a : b)->wide;
	struct cursor x = {a, level_a == level, 0}, y = {b, level_b == level, 0};
	size_t base = space->edge.n;
	bool more;

	do {
		tw_set p = cursor_kid(space, &x), q = cursor_kid(space, &y), kid;
		struct tw_addr last;

		more = step(space, &x, &y, &last);
		kid = tw_apply(space, job, p, q);
		if (space->status != TW_OK || !tw_edge_push(space, base, last, kid))
			break;
	} while (more);
	return tw_node_make(space, level, wide, base);
}

tw_set tw_apply(struct tw_space *space, const struct tw_job *job, tw_set a, tw_set b)
{
	struct tw_cached *slot;
	tw_set result;

	if (decided(job, a, b, &result))
		return result;
	/* The two operations that do not care about the order share their results. */
	if ((job->op == TW_OP_UNION || job->op == TW_OP_INTERSECT) && a > b) {
		tw_set swap = a;

		a = b;
		b = swap;
	}
	slot = tw_cache_slot(space, job->op, a, b);
	if (tw_cache_has(space, slot, job->op, a, b))
		return slot->result;
	result = walk(space, job, a, b);
	tw_cache_keep(space, job->op, a, b, result);
	return result;
}

static tw_set apply(struct tw_space *space, enum tw_op op, tw_set a, tw_set b)
{
	struct tw_job job = {.op = op};

	return space->status == TW_OK ? tw_apply(space, &job, a, b) : TW_EMPTY;
}

tw_set tw_set_all(struct tw_space *space)
{
	return space->status == TW_OK ? 1 : TW_EMPTY;
}

tw_set tw_set_union(struct tw_space *space, tw_set a, tw_set b)
{
	return apply(space, TW_OP_UNION, a, b);
}

tw_set tw_set_intersect(struct tw_space *space, tw_set a, tw_set b)
{
	return apply(space, TW_OP_INTERSECT, a, b);
}

tw_set tw_set_subtract(struct tw_space *space, tw_set a, tw_set b)
{
	return apply(space, TW_OP_SUBTRACT, a, b);
}

bool tw_set_is_empty(tw_set set)
{
	return set == TW_EMPTY;
}

bool tw_set_is_subset(struct tw_space *space, tw_set inner, tw_set outer)
{
	/* Not by an empty difference: after a failure that would be an empty set, and a wrong yes.
	 */
	return inner == TW_EMPTY || tw_set_intersect(space, inner, outer) == inner;
}

tw_set tw_partition_restrict(struct tw_space *space, tw_set partition, tw_set set)
{
	return apply(space, TW_OP_RESTRICT, partition, set);
}

tw_set tw_partition_combine(
	struct tw_space *space, tw_set a, tw_set b, tw_label_pair pair, void *ctx)
{
	struct tw_job job = {.op = TW_OP_COMBINE, .pair = pair, .ctx = ctx};

	if (space->status != TW_OK)
		return TW_EMPTY;
	/* The pair function is new: what an earlier one gave means nothing. */
	tw_cache_ticket(space, TW_OP_COMBINE);
	return tw_apply(space, &job, a, b);
}
