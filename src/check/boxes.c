/* SPDX-License-Identifier: Apache-2.0 */
/* From sets to what people read: port lists, boxes; CIDR blocks are in blocks.c. */
#include "results.h"

tw_status tw_set_ports(struct tw_results *results, tw_set set, enum tw_field field,
	struct tw_arena *arena, struct tw_port_list *ret)
{
	struct tw_space *space = results->judge->space;
	struct tw_intervals intervals = {0};
	TW_TRY(tw_set_project(space, set, field, &intervals));
	struct tw_port_list list = {
		TW_NEW_ARRAY(arena, struct tw_ports, intervals.n + 1), intervals.n};
	for (size_t i = 0; list.v && i < intervals.n; i++)
		list.v[i] = (struct tw_ports){
			(uint16_t)intervals.v[i].first.lo, (uint16_t)intervals.v[i].last.lo};
	tw_intervals_free(space, &intervals);
	if (!list.v)
		return TW_ENOMEM;
	*ret = list;
	return TW_OK;
}

/* ICMP type * 256 + code intervals as boxes of types and codes. */
tw_status tw_icmp_ranges(struct tw_arena *arena, struct tw_port_list list,
	const struct tw_icmp_range **ret, size_t *ret_n)
{
	struct tw_icmp_range *out = TW_NEW_ARRAY(arena, struct tw_icmp_range, list.n * 3 + 1);
	size_t n = 0;
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < list.n; i++) {
		unsigned lo = list.v[i].lo, hi = list.v[i].hi;
		while (lo <= hi) {
			unsigned type = lo >> 8, last = hi >> 8;
			struct tw_icmp_range r = {(uint8_t)type, (uint8_t)type, (uint8_t)lo, 255};
			if (type == last)
				r.code_hi = (uint8_t)hi;
			else if ((lo & 255) ==
				 0) /* whole types in one go, up to the last whole one */
				r.type_hi = (uint8_t)((hi & 255) == 255 ? last : last - 1);
			out[n++] = r;
			lo = ((unsigned)r.type_hi << 8 | r.code_hi) + 1;
		}
	}
	*ret = out;
	*ret_n = n;
	return TW_OK;
}

struct collect {
	struct tw_results *results;
	const struct tw_outcome *outcome;
	TW_VEC(struct tw_flow_box) box;
};

/* One interval of initiators: the responders that share their services are one box each. */
static tw_status boxes_of_service(struct collect *c, tw_set set, tw_set services)
{
	struct tw_results *r = c->results;
	struct tw_flow_box box = {0};
	struct tw_port_list list;
	TW_TRY(tw_blocks_of(r, set, TW_FIELD_FROM, 0, &box.from, &box.from_n, NULL));
	TW_TRY(tw_blocks_of(r, set, TW_FIELD_TO, 0, &box.to, &box.to_n, NULL));
	if (c->outcome->reply_kind == TW_REPLY_PORTS) {
		TW_TRY(tw_set_ports(r, services, TW_FIELD_SERVICE, r->arena, &list));
		box.service = list.v;
		box.service_n = list.n;
	} else if (c->outcome->reply_kind == TW_REPLY_ICMP ||
		   c->outcome->reply_kind == TW_REPLY_NONE_EXPECTED) {
		TW_TRY(tw_set_ports(r, services, TW_FIELD_SERVICE, r->arena, &list));
		TW_TRY(tw_icmp_ranges(r->arena, list, &box.icmp, &box.icmp_n));
	}
	return TW_VEC_PUSH(r->mem, &c->box, box);
}

/* The points of a set in group i of a split of it. */
static tw_set group_at(struct tw_space *space, tw_set set, tw_set split,
	const struct tw_residuals *groups, size_t i)
{
	if (groups->n == 1)
		return set;
	return tw_set_intersect(space, set, tw_partition_where(space, split, (uint16_t)(i + 1)));
}

/*
 * The canonical slicing: initiators with the same responders and services stand together, then
 * responders with the same services. Each group is a product of three lists, so boxes are disjoint.
 */
static tw_status slice(struct collect *c)
{
	struct tw_space *space = c->results->judge->space;
	struct tw_mem *mem = c->results->mem;
	struct tw_residuals by_from = TW_VEC_EMPTY;
	tw_set from = tw_partition_split(space, c->outcome->set, TW_FIELD_TO, mem, &by_from);
	tw_status status = tw_space_status(space);
	for (size_t i = 0; status == TW_OK && i < by_from.n; i++) {
		tw_set who = group_at(space, c->outcome->set, from, &by_from, i);
		struct tw_residuals by_to = TW_VEC_EMPTY;
		tw_set to = tw_partition_split(space, who, TW_FIELD_CLIENT, mem, &by_to);
		status = tw_space_status(space);
		for (size_t k = 0; status == TW_OK && k < by_to.n; k++) {
			tw_set here = group_at(space, who, to, &by_to, k);
			status = boxes_of_service(c, here, here);
		}
		tw_residuals_free(mem, &by_to);
	}
	tw_residuals_free(mem, &by_from);
	return status;
}

tw_status tw_region_boxes(
	struct tw_results *results, const struct tw_outcome *outcome, struct tw_region *region)
{
	struct collect c = {.results = results, .outcome = outcome};
	tw_status status = slice(&c);
	struct tw_flow_box *out = NULL;
	if (status == TW_OK) {
		out = TW_NEW_ARRAY(results->arena, struct tw_flow_box, c.box.n + 1);
		if (!out)
			status = TW_ENOMEM;
		else if (c.box.n > 0)
			memcpy(out, c.box.v, c.box.n * sizeof(*out));
	}
	region->box = out;
	region->boxes_n = out ? c.box.n : 0;
	TW_VEC_FREE(results->mem, &c.box);
	return status;
}

tw_status tw_region_reply(
	struct tw_results *results, const struct tw_outcome *outcome, struct tw_region *region)
{
	region->reply_kind = outcome->reply_kind;
	region->whole_returns = outcome->reply == TW_ALLOW;
	if (outcome->reply_kind == TW_REPLY_ICMP)
		return tw_icmp_ranges(results->arena, outcome->leg[0].returns,
			&region->icmp_returns, &region->icmp_returns_n);
	if (outcome->reply_kind != TW_REPLY_PORTS)
		return TW_OK;
	struct tw_ports *returns =
		TW_NEW_ARRAY(results->arena, struct tw_ports, outcome->leg[0].returns.n + 1);
	struct tw_ports *open =
		TW_NEW_ARRAY(results->arena, struct tw_ports, outcome->leg[0].undecided.n + 1);
	if (!returns || !open)
		return TW_ENOMEM;
	for (size_t i = 0; i < outcome->leg[0].returns.n; i++)
		returns[i] = outcome->leg[0].returns.v[i];
	for (size_t i = 0; i < outcome->leg[0].undecided.n; i++)
		open[i] = outcome->leg[0].undecided.v[i];
	region->returns = returns;
	region->returns_n = outcome->leg[0].returns.n;
	region->undecided = open;
	region->undecided_n = outcome->leg[0].undecided.n;
	return TW_OK;
}

/* Whether another range has all of these ports; of equal ones the first is taken. */
static bool is_covered(const struct tw_client_result *client, size_t n, size_t at, size_t range)
{
	struct tw_ports own = client[at].client->range[range];
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < client[i].client->ranges; k++) {
			struct tw_ports one = client[i].client->range[k];
			bool first = i < at || (i == at && k < range);
			bool same = one.lo == own.lo && one.hi == own.hi;
			if (one.lo <= own.lo && own.hi <= one.hi && (!same || first))
				return true;
		}
	return false;
}

tw_set tw_clients_box(struct tw_space *space, enum tw_family family,
	const struct tw_client_result *client, size_t n)
{
	tw_set set = TW_EMPTY;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < client[i].client->ranges; k++) {
			struct tw_box box = tw_box_all(family);
			box.client = client[i].client->range[k];
			if (!is_covered(client, n, i, k))
				set = tw_set_union(space, set, tw_set_box(space, &box));
		}
	return set;
}
