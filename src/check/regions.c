/* SPDX-License-Identifier: Apache-2.0 */
/* Regions and paths of a flow, from its outcomes, in the order that the contract asks for. */
#include "look.h"
#include "order.h"
#include "results.h"

#include <stdlib.h>

static int severity(const struct tw_outcome *o)
{
	static const int rank[] = {[TW_ONE_WAY] = 0,
		[TW_UNKNOWN] = 1,
		[TW_PARTIAL] = 2,
		[TW_COMPLETE] = 3,
		[TW_BLOCKED] = 4};
	return rank[o->verdict];
}

/* An outcome with what it is sorted by, and what tells most ways apart. */
struct ranked {
	const struct tw_outcome *outcome;
	struct tw_point point;
	uint64_t way;
	size_t at;
};

static int cmp_ranked(const void *left, const void *right)
{
	const struct ranked *x = left, *y = right;
	const struct tw_outcome *a = x->outcome, *b = y->outcome;
	int cmp = severity(a) - severity(b);
	if (cmp == 0)
		cmp = a->family - b->family;
	if (cmp == 0)
		cmp = a->protocol - b->protocol;
	if (cmp == 0)
		cmp = tw_addr_cmp(x->point.from, y->point.from);
	if (cmp == 0)
		cmp = tw_addr_cmp(x->point.to, y->point.to);
	if (cmp == 0)
		cmp = (x->point.service > y->point.service) - (x->point.service < y->point.service);
	return cmp ? cmp : (x->at > y->at) - (x->at < y->at);
}

static const char *const request_names[] = {"deny", "allow", "unknown"};

/* Assumptions of a path as ids; the report lists their texts once. */
static tw_status list_assumptions(
	struct tw_results *results, unsigned bits, struct tw_region *region)
{
	const char **ids = TW_NEW_ARRAY(results->arena, const char *, TW_ASSUMPTIONS);
	if (!ids)
		return TW_ENOMEM;
	for (unsigned i = 0; i < TW_ASSUMPTIONS; i++)
		if (bits >> i & 1)
			ids[region->assumptions_n++] = tw_assumption_id(i);
	region->assumption = ids;
	return TW_OK;
}

/* Protocols without ports stand together: "protocol/0-5, protocol/7-16". */
static tw_status protocol_text(
	struct tw_results *results, const struct tw_outcome *o, struct tw_region *region)
{
	struct tw_port_list list;
	TW_TRY(tw_set_ports(results, o->set, TW_FIELD_PROTOCOL, results->arena, &list));
	if (list.n == 1 && list.v[0].lo == list.v[0].hi)
		region->protocol_text =
			tw_what_text(results->arena, (uint8_t)list.v[0].lo, NULL, 0);
	else
		region->protocol_text = tw_arena_printf(results->arena, "protocol/%s",
			tw_ports_text(results->arena, list.v, list.n, UINT8_MAX));
	return region->protocol_text ? TW_OK : TW_ENOMEM;
}

static tw_status blocks_of_ranges(struct tw_results *results, struct tw_ranges ranges,
	const struct tw_prefix **ret, size_t *ret_n)
{
	size_t n = 0, k = 0;
	for (size_t i = 0; i < ranges.n; i++)
		n += tw_range_prefixes(ranges.v[i], NULL, 0);
	struct tw_prefix *out = TW_NEW_ARRAY(results->arena, struct tw_prefix, n + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < ranges.n; i++)
		k += tw_range_prefixes(ranges.v[i], out + k, n - k);
	*ret = out;
	*ret_n = n;
	return TW_OK;
}

static tw_status keep_ports(struct tw_results *results, struct tw_port_list list,
	const struct tw_ports **ret, size_t *ret_n)
{
	struct tw_ports *out = TW_NEW_ARRAY(results->arena, struct tw_ports, list.n + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < list.n; i++)
		out[i] = list.v[i];
	*ret = out;
	*ret_n = list.n;
	return TW_OK;
}

/* One leg as the packets of its look carry it. */
static tw_status leg_of(
	struct tw_results *results, const struct tw_outcome *o, unsigned at, struct tw_leg *leg)
{
	const struct tw_outcome_leg *from = &o->leg[at];
	const struct tw_look *look = from->look ? from->look : &o->path->look[0];
	struct tw_port_list service;
	tw_set seen;
	*leg = (struct tw_leg){.leg = at,
		.at = look->at,
		.kind = at == 0 ? "initiator" : "translated",
		.client = from->look ? look->client : NULL,
		.passing = from->passing,
		.total = from->total};
	TW_TRY(tw_look_seen(results->judge, look, o->set, &seen));
	if (look->from.n > 0)
		TW_TRY(blocks_of_ranges(results, look->from, &leg->from, &leg->from_n));
	else
		TW_TRY(tw_blocks_of(
			results, seen, TW_FIELD_FROM, 0, &leg->from, &leg->from_n, NULL));
	TW_TRY(tw_blocks_of(results, seen, TW_FIELD_TO, 0, &leg->to, &leg->to_n, NULL));
	if (o->reply_kind != TW_REPLY_PORTS)
		return TW_OK;
	TW_TRY(tw_set_ports(results, seen, TW_FIELD_SERVICE, results->arena, &service));
	leg->service = service.v;
	leg->service_n = service.n;
	TW_TRY(keep_ports(results, from->returns, &leg->returns, &leg->returns_n));
	return keep_ports(results, from->undecided, &leg->undecided, &leg->undecided_n);
}

/* Several legs are told apart; a single one is the region itself. */
static tw_status list_legs(
	struct tw_results *results, const struct tw_outcome *o, struct tw_region *region)
{
	if (o->legs < 2)
		return TW_OK;
	struct tw_leg *leg = TW_NEW_ARRAY(results->arena, struct tw_leg, o->legs);
	if (!leg)
		return TW_ENOMEM;
	for (unsigned i = 0; i < o->legs; i++)
		TW_TRY(leg_of(results, o, i, &leg[i]));
	region->leg = leg;
	region->legs_n = o->legs;
	return TW_OK;
}

/* Nobody whose request is stopped gets a reply. Many regions are stopped alike. */
static tw_status stopped_clients(
	struct tw_results *results, const struct tw_levels *levels, struct tw_region *region)
{
	if (results->stopped_levels != levels) {
		struct tw_client_result *v =
			TW_NEW_ARRAY(results->arena, struct tw_client_result, levels->n + 1);
		if (!v)
			return TW_ENOMEM;
		for (size_t i = 0; i < levels->n; i++)
			v[i] = (struct tw_client_result){.client = levels->v[i].client,
				.level = levels->v[i].level,
				.asked = levels->v[i].asked,
				.verdict = TW_BLOCKED,
				.total = tw_client_total(levels->v[i].client)};
		results->stopped = v;
		results->stopped_levels = levels;
	}
	region->client = results->stopped;
	region->clients_n = levels->n;
	return TW_OK;
}

static tw_status region_of(
	struct tw_results *results, const struct tw_outcome *o, struct tw_region *region)
{
	*region = (struct tw_region){.family = o->family,
		.protocol = o->protocol,
		.request = request_names[o->request],
		.verdict = o->verdict};
	region->client = o->client;
	region->clients_n = o->clients_n;
	const struct tw_path *path = o->path;
	if (tw_outcome_has_reason(o))
		region->reason = (struct tw_reason){
			path->reason, path->reason_text, path->reason_component, path->reason_span};
	else if (o->request == TW_DENY)
		region->reason = (struct tw_reason){
			.code = "filter", .message = "a filter denies the request"};
	else if (o->verdict == TW_UNKNOWN)
		region->reason = tw_unknown_reason(path);
	if (path->blocked && !path->exempt)
		region->request = "deny";
	else if (path->unknown_request && o->request == TW_ALLOW)
		region->request = "unknown";
	if (o->verdict == TW_BLOCKED && o->reply_kind == TW_REPLY_PORTS)
		TW_TRY(stopped_clients(results, o->levels, region));
	TW_TRY(protocol_text(results, o, region));
	TW_TRY(tw_region_boxes(results, o, region));
	TW_TRY(tw_region_reply(results, o, region));
	TW_TRY(list_assumptions(results, path->assumptions, region));
	TW_TRY(list_legs(results, o, region));
	if (!results->details)
		return TW_OK;
	TW_TRY(tw_hops_of(results, o, &region->hop, &region->hops_n));
	return tw_witness_of(results, o, &region->witness);
}

/* Two outcomes travel the same way if they meet the same filters. */
static bool same_way(const struct tw_path *a, const struct tw_path *b)
{
	if (a == b)
		return true;
	if (a->crossings != b->crossings || a->exempt != b->exempt || a->by != b->by ||
		a->same_subnet != b->same_subnet || a->reason != b->reason ||
		a->looks != b->looks || a->choice != b->choice)
		return false;
	for (size_t i = 0; i < a->crossings; i++)
		if (a->crossing[i].kind != b->crossing[i].kind ||
			a->crossing[i].acl != b->crossing[i].acl ||
			a->crossing[i].subnet != b->crossing[i].subnet ||
			a->crossing[i].site != b->crossing[i].site ||
			!tw_same_text(a->crossing[i].place, b->crossing[i].place) ||
			!tw_same_text(a->crossing[i].rule, b->crossing[i].rule))
			return false;
	return true;
}

/* Equal for paths of the same way. */
static uint64_t way_of(const struct tw_path *path)
{
	uint64_t way = path->crossings;
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		way = tw_hash(&c->acl, sizeof(c->acl), way);
		way = tw_hash(&c->subnet, sizeof(c->subnet), way);
		way = tw_hash(&c->site, sizeof(c->site), way);
	}
	return way;
}

static tw_status rank(
	struct tw_results *results, const struct tw_outcomes *outcomes, struct ranked **ret)
{
	struct ranked *v = TW_NEW_ARRAY(results->work, struct ranked, outcomes->n + 1);
	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < outcomes->n; i++) {
		v[i] = (struct ranked){
			.outcome = &outcomes->v[i], .way = way_of(outcomes->v[i].path), .at = i};
		tw_set_witness(results->judge->space, outcomes->v[i].set, &v[i].point);
	}
	if (outcomes->n > 1)
		qsort(v, outcomes->n, sizeof(*v), cmp_ranked);
	*ret = v;
	return tw_space_status(results->judge->space);
}

/* Moves what travels like the first one behind it, in order; returns how many those are. */
static size_t gather(struct ranked *v, size_t n, struct ranked *rest)
{
	size_t same = 0, others = 0;
	struct ranked first = v[0];
	for (size_t i = 0; i < n; i++)
		if (v[i].way == first.way && same_way(first.outcome->path, v[i].outcome->path))
			v[same++] = v[i];
		else
			rest[others++] = v[i];
	memcpy(v + same, rest, others * sizeof(*v));
	return same;
}

/* All outcomes of one way become one path. */
static tw_status path_of(
	struct tw_results *results, const struct ranked *v, size_t n, struct tw_flow_path *path)
{
	struct tw_region *region = TW_NEW_ARRAY(results->arena, struct tw_region, n);
	if (!region)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		TW_TRY(region_of(results, v[i].outcome, &region[i]));
	path->by = v[0].outcome->path->by;
	path->choice = v[0].outcome->path->choice;
	path->region = region;
	path->regions_n = path->regions_total = n;
	return TW_OK;
}

/* A region has one text for all of its protocols: those with other addresses are another one. */
static tw_status cut_by_protocol(
	struct tw_results *results, const struct tw_outcome *outcome, struct tw_outcomes *ret)
{
	struct tw_space *space = results->judge->space;
	struct tw_residuals parts = TW_VEC_EMPTY;
	if (outcome->reply_kind != TW_REPLY_WHOLE)
		return TW_VEC_PUSH(results->mem, ret, *outcome);
	tw_set split = tw_partition_split(space, outcome->set, TW_FIELD_FROM, results->mem, &parts);
	tw_status status = tw_space_status(space);
	for (size_t i = 0; status == TW_OK && i < parts.n; i++) {
		struct tw_outcome part = *outcome;
		part.set = tw_set_intersect(
			space, outcome->set, tw_partition_where(space, split, (uint16_t)(i + 1)));
		status = TW_VEC_PUSH(results->mem, ret, part);
	}
	tw_residuals_free(results->mem, &parts);
	return status == TW_OK ? tw_space_status(space) : status;
}

static tw_status paths_of(struct tw_results *results, const struct tw_outcomes *outcomes,
	const struct tw_flow_path **ret, size_t *ret_n)
{
	size_t n = outcomes->n, paths = 0;
	struct ranked *v, *rest = TW_NEW_ARRAY(results->work, struct ranked, n + 1);
	struct tw_flow_path *path = TW_NEW_ARRAY(results->arena, struct tw_flow_path, n + 1);
	if (!rest || !path)
		return TW_ENOMEM;
	TW_TRY(rank(results, outcomes, &v));
	for (size_t i = 0; i < n;) {
		size_t same = gather(v + i, n - i, rest);
		path[paths].id = tw_arena_printf(results->arena, "p%zu", paths);
		if (!path[paths].id)
			return TW_ENOMEM;
		TW_TRY(path_of(results, v + i, same, &path[paths]));
		paths++;
		i += same;
	}
	for (size_t i = 0; paths > 1 && i < paths; i++)
		if (!path[i].by)
			path[i].by = "address";
	*ret = path;
	*ret_n = paths;
	return tw_space_status(results->judge->space);
}

tw_status tw_regions_of(struct tw_results *results, const struct tw_outcomes *outcomes,
	const struct tw_flow_path **ret, size_t *ret_n)
{
	struct tw_outcomes cut = TW_VEC_EMPTY;
	tw_status status = TW_OK;
	for (size_t i = 0; status == TW_OK && i < outcomes->n; i++)
		status = cut_by_protocol(results, &outcomes->v[i], &cut);
	if (status == TW_OK)
		status = paths_of(results, &cut, ret, ret_n);
	TW_VEC_FREE(results->mem, &cut);
	return status;
}
