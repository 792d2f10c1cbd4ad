/* SPDX-License-Identifier: Apache-2.0 */
/* Single points: the label that a diagram gives to one, and the smallest one of a set. */

#include "node.h"

static struct tw_addr value_of(const struct tw_point *point, unsigned level)
{
	switch (level) {
	case TW_FIELD_FAMILY:
		return (struct tw_addr){0, point->family};
	case TW_FIELD_PROTOCOL:
		return (struct tw_addr){0, point->protocol};
	case TW_FIELD_FROM:
		return point->from;
	case TW_FIELD_TO:
		return point->to;
	case TW_FIELD_CLIENT:
		return (struct tw_addr){0, point->client};
	default:
		return (struct tw_addr){0, point->service};
	}
}

static void set_value(struct tw_point *point, unsigned level, struct tw_addr value)
{
	switch (level) {
	case TW_FIELD_FAMILY:
		/* The interval of family 4 begins at 0. */
		point->family = value.lo <= TW_IPV4 ? TW_IPV4 : TW_IPV6;
		break;
	case TW_FIELD_PROTOCOL:
		point->protocol = (uint8_t)value.lo;
		break;
	case TW_FIELD_FROM:
		point->from = value;
		break;
	case TW_FIELD_TO:
		point->to = value;
		break;
	case TW_FIELD_CLIENT:
		point->client = (uint16_t)value.lo;
		break;
	default:
		point->service = (uint16_t)value.lo;
		break;
	}
}

uint16_t tw_partition_label(
	const struct tw_space *space, tw_set partition, const struct tw_point *point)
{
	while (partition >= TW_TERMINALS) {
		const struct tw_node *node = tw_node_at(space, partition);
		struct tw_addr value = value_of(point, node->level);
		uint32_t lo = 0, hi = node->n - 1;

		/* The first edge whose last value is not below ours; the last edge holds the rest.
		 */
		while (lo < hi) {
			uint32_t middle = lo + (hi - lo) / 2;

			if (tw_key_cmp(tw_node_last(space, node, middle), value) < 0)
				lo = middle + 1;
			else
				hi = middle;
		}
		partition = tw_node_kid(space, node, lo);
	}
	return (uint16_t)partition;
}

bool tw_set_has(struct tw_space *space, tw_set set, const struct tw_point *point)
{
	return tw_partition_label(space, set, point) != 0;
}

bool tw_set_witness(struct tw_space *space, tw_set set, struct tw_point *ret)
{
	struct tw_point point = {.family = TW_IPV4};

	if (set == TW_EMPTY)
		return false;
	/* A node is never the same everywhere, so some edge leads on to points of the set. */
	while (set >= TW_TERMINALS) {
		const struct tw_node *node = tw_node_at(space, set);
		uint32_t i = 0;

		while (i + 1 < node->n && tw_node_kid(space, node, i) == TW_EMPTY)
			i++;
		if (i > 0)
			set_value(&point, node->level,
				tw_addr_next(tw_node_last(space, node, i - 1)));
		set = tw_node_kid(space, node, i);
	}
	*ret = point;
	return true;
}
