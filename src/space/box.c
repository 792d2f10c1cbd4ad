/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes: one interval per field. A box is the unit in which sets come in and go out. */

#include "node.h"

struct tw_box tw_box_all(enum tw_family family)
{
	struct tw_range all = {{0, 0}, tw_addr_max(family), (uint8_t)family};

	return (struct tw_box){.family = (uint8_t)family,
		.protocol_lo = 0,
		.protocol_hi = 255,
		.from = all,
		.to = all,
		.client = {0, 65535},
		.service = {0, 65535}};
}

bool tw_box_field(const struct tw_box *box, unsigned field, struct tw_range *ret)
{
	struct tw_addr max = tw_level_max(field, box->family == TW_IPV6);
	struct tw_range range = {.family = box->family};

	switch (field) {
	case TW_FIELD_PROTOCOL:
		range.first.lo = box->protocol_lo;
		range.last.lo = box->protocol_hi;
		break;
	case TW_FIELD_FROM:
		range = box->from;
		break;
	case TW_FIELD_TO:
		range = box->to;
		break;
	case TW_FIELD_CLIENT:
		range.first.lo = box->client.lo;
		range.last.lo = box->client.hi;
		break;
	case TW_FIELD_SERVICE:
		range.first.lo = box->service.lo;
		range.last.lo = box->service.hi;
		break;
	default:
		range.first.lo = range.last.lo = box->family;
		break;
	}
	if (tw_key_cmp(range.last, max) > 0)
		range.last = max;
	*ret = range;
	return tw_key_cmp(range.first, range.last) <= 0;
}

/* A node that is `kid` inside first..last and 0 outside. */
static tw_set inside(
	struct tw_space *space, unsigned level, bool wide, const struct tw_range *range, tw_set kid)
{
	struct tw_addr max = tw_level_max(level, wide), zero = {0, 0};
	size_t base = space->edge.n;
	bool ok = true;

	if (tw_key_cmp(range->first, zero) > 0)
		ok = tw_edge_push(space, base, tw_addr_prev(range->first), TW_EMPTY);
	if (ok)
		ok = tw_edge_push(space, base, range->last, kid);
	if (ok && tw_key_cmp(range->last, max) < 0)
		(void)tw_edge_push(space, base, max, TW_EMPTY);
	return tw_node_make(space, level, wide, base);
}

tw_set tw_set_box(struct tw_space *space, const struct tw_box *box)
{
	tw_set set = 1;

	if (space->status != TW_OK || (box->family != TW_IPV4 && box->family != TW_IPV6))
		return TW_EMPTY;
	for (unsigned level = TW_FIELD_SERVICE; level > TW_FIELD_FAMILY; level--) {
		struct tw_range range;

		if (!tw_box_field(box, level, &range))
			return TW_EMPTY;
		set = inside(space, level, tw_level_is_wide(level, box->family), &range, set);
		if (space->status != TW_OK)
			return TW_EMPTY;
	}
	return tw_family_node(space, box->family == TW_IPV4 ? set : TW_EMPTY,
		box->family == TW_IPV6 ? set : TW_EMPTY);
}

tw_set tw_family_node(struct tw_space *space, tw_set v4, tw_set v6)
{
	size_t base = space->edge.n;

	if (tw_edge_push(space, base, (struct tw_addr){0, TW_IPV4}, v4))
		(void)tw_edge_push(space, base, (struct tw_addr){0, TW_IPV6}, v6);
	return tw_node_make(space, TW_FIELD_FAMILY, false, base);
}
