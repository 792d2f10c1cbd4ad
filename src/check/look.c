/* SPDX-License-Identifier: Apache-2.0 */
/* Packets as they look behind a translator: see look.h. */
#include "look.h"

bool tw_look_is_plain(const struct tw_look *look)
{
	return look->from.n == 0 && look->to.family == 0 && look->service.hi == 0 &&
	       !look->embedded;
}

/* ---- NAT64: between 64:ff9b::a.b.c.d and a.b.c.d. SPEC: nat-nat64 ------------------------------
 */

struct mapping {
	struct tw_mem *mem;
	bool out; /* from IPv6 to IPv4 */
	TW_VEC(struct tw_box) box;
};

static tw_status map_box(void *ctx, const struct tw_box *box)
{
	struct mapping *m = ctx;
	struct tw_box mapped = tw_box_all(m->out ? TW_IPV4 : TW_IPV6);
	uint64_t hi = m->out ? 0 : TW_NAT64_HI;

	mapped.protocol_lo = box->protocol_lo;
	mapped.protocol_hi = box->protocol_hi;
	mapped.client = box->client;
	mapped.service = box->service;
	mapped.to.first = (struct tw_addr){hi, box->to.first.lo};
	mapped.to.last = (struct tw_addr){hi, box->to.last.lo};
	if (box->family != (m->out ? TW_IPV6 : TW_IPV4))
		return TW_OK;
	return TW_VEC_PUSH(m->mem, &m->box, mapped);
}

/* The set in the other family; the initiator's address is free, as the translator replaces it. */
static tw_status map_family(struct tw_judge *judge, tw_set set, bool out, tw_set *ret)
{
	struct mapping m = {.mem = judge->mem, .out = out};
	tw_status status;

	set = tw_set_forget(judge->space, set, TW_FIELD_FROM);
	if (out) { /* nothing else is embedded */
		struct tw_box inside = tw_box_all(TW_IPV6);
		inside.to.first = (struct tw_addr){TW_NAT64_HI, 0};
		inside.to.last = (struct tw_addr){TW_NAT64_HI, UINT32_MAX};
		set = tw_set_intersect(judge->space, set, tw_set_box(judge->space, &inside));
	}
	status = tw_set_each_box(judge->space, set, map_box, &m);
	if (status == TW_OK)
		*ret = tw_set_boxes(judge->space, m.box.v, m.box.n);
	TW_VEC_FREE(judge->mem, &m.box);
	return status == TW_OK ? tw_space_status(judge->space) : status;
}

/* ---- images and answers -----------------------------------------------------------------------
 */

static tw_set service_of(struct tw_space *space, struct tw_ports ports)
{
	struct tw_box box[2] = {tw_box_all(TW_IPV4), tw_box_all(TW_IPV6)};

	box[0].service = box[1].service = ports;
	return tw_set_boxes(space, box, TW_COUNT(box));
}

tw_status tw_look_seen(struct tw_judge *judge, const struct tw_look *look, tw_set set, tw_set *ret)
{
	struct tw_space *space = judge->space;

	if (look->embedded)
		TW_TRY(map_family(judge, set, true, &set));
	if (look->from.n > 0)
		set = tw_set_intersect(space, tw_set_forget(space, set, TW_FIELD_FROM),
			tw_ranges_set(space, TW_FIELD_FROM, look->from.v, look->from.n));
	if (look->to.family != 0)
		set = tw_set_intersect(space, tw_set_forget(space, set, TW_FIELD_TO),
			tw_ranges_set(space, TW_FIELD_TO, &look->to, 1));
	if (look->service.hi != 0)
		set = tw_set_intersect(space, tw_set_forget(space, set, TW_FIELD_SERVICE),
			service_of(space, look->service));
	*ret = set;
	return tw_space_status(space);
}

tw_status tw_look_asked(struct tw_judge *judge, const struct tw_look *look, tw_set set, tw_set *ret)
{
	struct tw_space *space = judge->space;

	if (look->service.hi != 0)
		set = tw_set_forget(space,
			tw_set_intersect(space, set, service_of(space, look->service)),
			TW_FIELD_SERVICE);
	if (look->to.family != 0)
		set = tw_set_forget(space,
			tw_set_intersect(
				space, set, tw_ranges_set(space, TW_FIELD_TO, &look->to, 1)),
			TW_FIELD_TO);
	if (look->from.n > 0)
		set = tw_set_forget(space,
			tw_set_intersect(space, set,
				tw_ranges_set(space, TW_FIELD_FROM, look->from.v, look->from.n)),
			TW_FIELD_FROM);
	if (look->embedded)
		TW_TRY(map_family(judge, set, false, &set));
	*ret = set;
	return tw_space_status(space);
}

struct tw_point tw_look_point(const struct tw_look *look, struct tw_point point)
{
	if (look->embedded) {
		point.family = TW_IPV4;
		point.to.hi = 0;
	}
	if (look->from.n > 0)
		point.from = look->from.v[0].first;
	if (look->to.family != 0)
		point.to = look->to.first;
	if (look->service.hi != 0)
		point.service = look->service.lo;
	return point;
}
