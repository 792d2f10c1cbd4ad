/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A security group is intent: a narrow rule of it says which flow its owner wants. Rule 4, where
 * interfaces and groups are known; and TW109, where no ACL on the way lets such a flow through.
 */
#include "ask.h"
#include "addresses.h"
#include "balancer.h"
#include "index.h"
#include "site.h"

/* The service that a narrow rule asks for: a port range, or echo. False: it asks for nothing. */
static bool service_of(const struct tw_rule *rule, struct tw_service *ret)
{
	if (tw_group_rule_is_open(rule))
		return false;
	*ret = (struct tw_service){.protocol = rule->protocol, .ports = rule->ports};
	if (tw_protocol_has_ports(rule->protocol))
		return rule->ports.hi > 0;
	uint16_t echo = rule->protocol == TW_PROTOCOL_ICMP ? TW_ICMP(8, 0) : TW_ICMP(128, 0);
	if (rule->protocol != TW_PROTOCOL_ICMP && rule->protocol != TW_PROTOCOL_ICMPV6)
		return false;
	struct tw_ports codes = {echo, (uint16_t)(echo + 255)};
	if (!rule->every_port && rule->ports.hi < codes.hi)
		codes.hi = rule->ports.hi; /* what is not let in here is nobody's wish */
	ret->ports = codes;
	return rule->every_port || (rule->ports.lo <= echo && echo <= rule->ports.hi);
}

/* Whether an interface is an end: an endpoint's answers, and starts nothing. */
static bool is_end(struct tw_results *r, const struct tw_interface *one, bool answers)
{
	if (one->type == TW_INTERFACE_ORDINARY)
		return true;
	if (one->type == TW_INTERFACE_ENDPOINT && r->net->holds[TW_KIND_ENDPOINT])
		return answers;
	/* A load balancer's flows are those of its nodes: see below, and behind.c. */
	if (one->type != TW_INTERFACE_LOAD_BALANCER || !r->net->holds[TW_KIND_LOAD_BALANCER])
		r->assumptions |= TW_ASSUME_MANAGED;
	return false;
}

/* The load balancers that carry the group answer as their nodes. */
static tw_status add_balancers(
	struct tw_results *r, const struct tw_group *group, struct tw_sites *ret, size_t *ret_n)
{
	const struct tw_net *net = r->net;
	uint32_t at = (uint32_t)(group - net->group);
	for (uint32_t i = 0; i < net->balancers; i++)
		for (size_t k = 0; k < net->balancer[i].groups.n && !net->balancer[i].gone; k++)
			if (net->balancer[i].groups.at[k] == at) {
				TW_TRY(tw_sites_of_balancer(net, r->work, i, ret));
				(*ret_n)++;
			}
	return TW_OK;
}

/* The near end: members that start flows, or that answer. */
static tw_status members_of(struct tw_results *r, const struct tw_group *group, bool answers,
	struct tw_sites *ret, size_t *ret_n)
{
	uint32_t *list = TW_NEW_ARRAY(r->work, uint32_t, group->members_n + 1);
	size_t n = 0;
	if (!list)
		return TW_ENOMEM;
	for (size_t i = 0; i < group->members_n; i++)
		if (is_end(r, &r->net->interface[group->members[i]], answers))
			list[n++] = group->members[i];
	*ret_n = n;
	if (n > 0)
		TW_TRY(tw_sites_of_interfaces(r->net, r->work, list, n, ret));
	return answers ? add_balancers(r, group, ret, ret_n) : TW_OK;
}

static bool meets(const struct tw_vpc *vpc, const struct tw_range *range, size_t n)
{
	for (size_t i = 0; i < vpc->cidrs.n; i++) {
		struct tw_range block = tw_prefix_range(vpc->cidrs.v[i]);
		for (size_t k = 0; k < n; k++)
			if (block.family == range[k].family &&
				tw_addr_cmp(block.first, range[k].last) <= 0 &&
				tw_addr_cmp(range[k].first, block.last) <= 0)
				return true;
	}
	return false;
}

/*
 * Peers in other VPCs that a block names: whoever sits there. A block that holds many VPCs names
 * the organisation, not a peer: it is permission, and costs a walk for each of its subnets.
 */
static tw_status add_neighbours(struct tw_results *r, const struct tw_group *group,
	const struct tw_range *range, size_t ranges, struct tw_sites *ret)
{
	enum { MOST = 8 };
	const struct tw_net *net = r->net;
	uint32_t found[MOST];
	size_t n = 0;
	for (uint32_t i = 0; i < net->vpcs; i++) {
		if (i == group->vpc || net->vpc[i].subnets_n == 0 ||
			!meets(&net->vpc[i], range, ranges))
			continue;
		if (n == MOST)
			return TW_OK;
		found[n++] = i;
	}
	for (size_t i = 0; i < n; i++) {
		struct tw_sites there = TW_VEC_EMPTY;
		TW_TRY(tw_sites_of_ranges(net, r->work, found[i], range, ranges, &there));
		for (size_t k = 0; k < there.n; k++)
			if (there.v[k].kind != TW_SITE_OUTSIDE)
				TW_TRY(tw_sites_add(r->work, ret, &there.v[k]));
	}
	return TW_OK;
}

/* Where subnets are known, nobody sits at the other addresses of a VPC. */
static tw_status leave_out_vpcs(struct tw_results *r, struct tw_sites *sites)
{
	struct tw_ranges settled = r->net->index->settled;
	size_t kept = 0;
	for (size_t i = 0; i < sites->n; i++) {
		struct tw_site *one = &sites->v[i];
		struct tw_ranges rest = {one->address, one->addresses_n};
		if (one->kind == TW_SITE_OUTSIDE)
			TW_TRY(tw_ranges_subtract(r->work, rest, settled, &rest));
		one->address = rest.v;
		one->addresses_n = rest.n;
		if (rest.n > 0 || one->kind != TW_SITE_OUTSIDE)
			sites->v[kept++] = *one;
	}
	sites->n = kept;
	return TW_OK;
}

/* The far end: the members of a referenced group, or the sites of a CIDR block's addresses. */
static tw_status peers_of(struct tw_results *r, const struct tw_group *group, enum tw_list list,
	const struct tw_rule *rule, struct tw_sites *ret)
{
	uint32_t index = rule->peer_group ? tw_net_find(r->net, TW_KIND_GROUP, rule->peer_group)
					  : TW_MISSING;
	size_t n;
	if (index != TW_MISSING)
		return members_of(r, &r->net->group[index], list == TW_EGRESS, ret, &n);
	struct tw_range all[2] = {tw_box_all(TW_IPV4).from, tw_box_all(TW_IPV6).from};
	all[0].family = TW_IPV4;
	all[1].family = TW_IPV6;
	struct tw_range block = tw_prefix_range(rule->peer);
	const struct tw_range *range = rule->peers ? rule->peers : &block;
	size_t ranges = rule->peers ? rule->peers_n : 1;
	/* An unknown set of peers is judged for every address it could have. */
	if (rule->maybe && (rule->peer_group || rule->peer_prefix_list)) {
		range = all;
		ranges = 2;
	}
	struct tw_sites sites = TW_VEC_EMPTY;
	TW_TRY(tw_sites_of_ranges(r->net, r->work, group->vpc, range, ranges, &sites));
	if (range != all)
		TW_TRY(add_neighbours(r, group, range, ranges, &sites));
	TW_TRY(leave_out_vpcs(r, &sites));
	/* Where interfaces are known, nobody sits at the other addresses of a subnet. */
	size_t kept = 0;
	for (size_t i = 0; i < sites.n; i++)
		if (sites.v[i].kind != TW_SITE_SUBNET || !r->net->holds[TW_KIND_INTERFACE])
			sites.v[kept++] = sites.v[i];
	sites.n = kept;
	*ret = sites;
	return TW_OK;
}

static tw_status name_ends(struct tw_results *r, const struct tw_group *group,
	const struct tw_rule *rule, struct tw_peer *near, struct tw_peer *far)
{
	char buf[TW_PREFIX_TEXT];
	const char **id = TW_NEW_ARRAY(r->arena, const char *, 2);
	if (!id)
		return TW_ENOMEM;
	id[0] = group->object.id;
	*near = (struct tw_peer){.name = group->object.id, .ids = id, .ids_n = 1};
	*far = (struct tw_peer){0};
	if (rule->peer_group || rule->peer_prefix_list) {
		id[1] = rule->peer_group ? rule->peer_group : rule->peer_prefix_list;
		far->name = id[1];
		far->ids = &id[1];
		far->ids_n = 1;
		return TW_OK;
	}
	struct tw_prefix *address = TW_NEW(r->arena, struct tw_prefix);
	far->name = tw_arena_str(r->arena, tw_prefix_text(rule->peer, buf));
	if (!address || !far->name)
		return TW_ENOMEM;
	*address = rule->peer;
	far->address = address;
	far->addresses_n = 1;
	return TW_OK;
}

static tw_status draft_of(struct tw_results *r, const struct tw_group *group, enum tw_list list,
	const struct tw_rule *rule, const struct tw_service *service, struct tw_draft *ret)
{
	struct tw_draft draft = {.protocol = (uint8_t)rule->protocol,
		.outbound = list == TW_EGRESS,
		.acl = TW_MISSING};
	struct tw_flow *flow = &draft.flow;
	TW_TRY(tw_flow_of_rule(r, group->object.id, list, rule, flow));
	TW_TRY(tw_question_text(r, service, 1, flow));
	TW_TRY(name_ends(r, group, rule, draft.outbound ? &flow->from : &flow->to,
		draft.outbound ? &flow->to : &flow->from));
	*ret = draft;
	return TW_OK;
}

/* TW109: the group asks, and every request dies at some ACL. */
static tw_status find_denied(struct tw_results *r, const struct tw_draft *draft)
{
	struct tw_cause cause[TW_CROSSINGS];
	size_t n = 0;
	for (size_t i = 0; i < draft->outcomes.n; i++)
		if (draft->outcomes.v[i].request != TW_DENY)
			return TW_OK;
	for (size_t i = 0; i < draft->outcomes.n && n == 0; i++)
		TW_TRY(tw_denials_of(r, &draft->outcomes.v[i], cause, &n));
	if (n == 0)
		return TW_OK;
	struct tw_finding_draft *finding;
	return tw_finding_add(r, "TW109", TW_LEVEL_WARNING, &cause[0], draft, &finding);
}

static tw_status judge_rule(struct tw_results *r, struct tw_draft *draft, struct tw_question *q)
{
	tw_status status = tw_question_judge(r, q, draft);
	if (status == TW_OK && draft->outcomes.n > 0)
		status = find_denied(r, draft);
	if (status == TW_OK)
		status = tw_draft_keep(r, draft);
	tw_draft_free(r, draft);
	return status;
}

static tw_status infer_rule(struct tw_results *r, const struct tw_group *group,
	const struct tw_sites *members, size_t members_n, enum tw_list list,
	const struct tw_rule *rule)
{
	struct tw_service service;
	if (!service_of(rule, &service))
		return TW_OK;
	struct tw_sites peers = TW_VEC_EMPTY;
	TW_TRY(peers_of(r, group, list, rule, &peers));
	struct tw_draft draft;
	TW_TRY(draft_of(r, group, list, rule, &service, &draft));
	draft.interfaces = (uint32_t)members_n;
	draft.wide = list == TW_INGRESS && tw_rule_is_wide(r->net, group->vpc, rule);
	struct tw_question q = {.from = list == TW_INGRESS ? &peers : members,
		.to = list == TW_INGRESS ? members : &peers,
		.service = &service,
		.services = 1,
		.inferred = true,
		.anywhere = tw_rule_is_anywhere(rule),
		.cap = TW_LEVEL_ERROR};
	if (rule->protocol == TW_PROTOCOL_UDP && list == TW_EGRESS)
		q.cap = TW_LEVEL_WARNING;
	tw_status status = judge_rule(r, &draft, &q);
	tw_question_free(r, &q);
	return status;
}

tw_status tw_infer_group(struct tw_results *results, uint32_t group)
{
	const struct tw_group *g = &results->net->group[group];
	for (int list = 0; list < 2; list++) {
		struct tw_sites members = TW_VEC_EMPTY;
		size_t n;
		TW_TRY(members_of(results, g, list == TW_INGRESS, &members, &n));
		for (size_t i = 0; n > 0 && i < g->list[list].n; i++) {
			const struct tw_rule *rule = &g->list[list].rule[i];
			/* A reference known in part stands as two rules of one id: one flow. */
			if (i > 0 && rule->maybe && strcmp(rule->id, rule[-1].id) == 0)
				continue;
			TW_TRY(infer_rule(results, g, &members, n, (enum tw_list)list, rule));
		}
	}
	return TW_OK;
}
