/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who sits behind an ACL: interfaces if the input has them, else subnets, else anybody.
 *
 * Rule 4 of the inference, read with care: where groups name services they speak in the ACL's
 * place; a group that is open names none, so there the ACL's own rules still say what is meant.
 */
#include "near.h"

#include "select.h"

enum tw_initiator tw_initiator_of(const struct tw_site *site)
{
	if (site->kind == TW_SITE_BALANCER)
		return TW_BY_LOAD_BALANCER;
	if (site->kind != TW_SITE_INTERFACES)
		return TW_BY_UNKNOWN;
	if (site->type == TW_INTERFACE_NAT_GATEWAY)
		return TW_BY_NAT_GATEWAY;
	if (site->type == TW_INTERFACE_LOAD_BALANCER)
		return TW_BY_LOAD_BALANCER;
	if (site->type == TW_INTERFACE_LAMBDA)
		return TW_BY_LAMBDA;
	if (site->platform == TW_PLATFORM_LINUX)
		return TW_BY_LINUX;
	return site->platform == TW_PLATFORM_WINDOWS ? TW_BY_WINDOWS : TW_BY_UNKNOWN;
}

bool tw_group_rule_is_open(const struct tw_rule *rule)
{
	if (rule->protocol == TW_PROTOCOL_ALL)
		return true;
	if (!tw_protocol_has_ports((uint8_t)rule->protocol))
		return false;
	enum tw_port_class class =
		tw_ports_class(rule->every_port ? (struct tw_ports){0, 65535} : rule->ports);
	return class == TW_CLASS_OPEN || class == TW_CLASS_REPLY;
}

bool tw_rule_is_wide(const struct tw_net *net, uint32_t vpc, const struct tw_rule *rule)
{
	if (vpc == TW_MISSING || rule->peer_group || rule->peer_prefix_list)
		return false;
	for (size_t i = 0; i < net->vpc[vpc].cidrs.n; i++)
		if (net->vpc[vpc].cidrs.v[i].family == rule->peer.family &&
			tw_prefix_contains(rule->peer, net->vpc[vpc].cidrs.v[i]))
			return true;
	return false;
}

bool tw_rule_is_anywhere(const struct tw_rule *rule)
{
	return !rule->peer_group && !rule->peer_prefix_list && rule->peer.len == 0;
}

/* What the open rules of a site's groups permit in one direction. */
static tw_status permitted(
	struct tw_judge *judge, const struct tw_site *site, enum tw_list list, tw_set *ret)
{
	struct tw_space *space = judge->space;
	tw_set set = TW_EMPTY;
	for (size_t i = 0; i < site->groups_n; i++) {
		if (site->groups[i] == TW_MISSING)
			continue;
		struct tw_rules rules = judge->net->group[site->groups[i]].list[list];
		for (size_t k = 0; k < rules.n; k++)
			if (tw_group_rule_is_open(&rules.rule[k]) && !rules.rule[k].maybe)
				set = tw_set_union(space, set,
					tw_rule_covers(space, &rules.rule[k],
						(struct tw_view){list, TW_REQUEST}));
	}
	*ret = set;
	return tw_space_status(space);
}

/* Inside the VPC the groups of the other end say which services exist. */
static tw_set inside(struct tw_judge *judge, uint32_t vpc)
{
	tw_set set = TW_EMPTY;
	for (size_t i = 0; vpc != TW_MISSING && i < judge->net->vpc[vpc].cidrs.n; i++) {
		struct tw_range range = tw_prefix_range(judge->net->vpc[vpc].cidrs.v[i]);
		set = tw_set_union(
			judge->space, set, tw_ranges_set(judge->space, TW_FIELD_TO, &range, 1));
	}
	return set;
}

static tw_status add_near(struct tw_judge *judge, struct tw_arena *arena,
	const struct tw_site *site, struct tw_nears *ret)
{
	struct tw_near near = {.site = site, .initiator = tw_initiator_of(site)};
	TW_TRY(tw_reach(judge->net, judge->space, &judge->world, arena, site, false, &near.in));
	TW_TRY(tw_reach(judge->net, judge->space, &judge->world, arena, site, true, &near.out));
	near.called = near.in;
	if (site->kind == TW_SITE_INTERFACES && site->groups_state == TW_KNOWN) {
		tw_set in, out;
		TW_TRY(permitted(judge, site, TW_INGRESS, &in));
		TW_TRY(permitted(judge, site, TW_EGRESS, &out));
		near.in = tw_set_intersect(judge->space, near.in, in);
		near.out = tw_set_intersect(judge->space, near.out, out);
		near.out = tw_set_subtract(judge->space, near.out, inside(judge, site->vpc));
	}
	ret->interfaces += site->interfaces_n;
	TW_TRY(tw_space_status(judge->space));
	return TW_VEC_PUSH(judge->mem, ret, near);
}

/* An ACL that no subnet is known for: any address may sit behind it. */
static tw_status add_anybody(
	struct tw_judge *judge, struct tw_arena *arena, uint32_t acl, struct tw_nears *ret)
{
	struct tw_site *site = TW_NEW(arena, struct tw_site);
	if (!site)
		return TW_ENOMEM;
	TW_TRY(tw_site_of_acl(judge->net, arena, acl, site));
	return add_near(judge, arena, site, ret);
}

static tw_status add_interfaces(struct tw_judge *judge, struct tw_arena *arena,
	const struct tw_acl *acl, struct tw_nears *ret)
{
	struct tw_sites sites = TW_VEC_EMPTY;
	size_t n = 0;
	for (size_t i = 0; i < acl->subnets_n; i++)
		n += judge->net->subnet[acl->subnets[i]].interfaces_n;
	uint32_t *list = TW_NEW_ARRAY(arena, uint32_t, n + 1);
	if (!list)
		return TW_ENOMEM;
	n = 0;
	for (size_t i = 0; i < acl->subnets_n; i++) {
		const struct tw_subnet *subnet = &judge->net->subnet[acl->subnets[i]];
		for (size_t k = 0; k < subnet->interfaces_n; k++)
			if (judge->net->interface[subnet->interfaces[k]].type ==
				TW_INTERFACE_ORDINARY)
				list[n++] = subnet->interfaces[k];
	}
	TW_TRY(tw_sites_of_interfaces(judge->net, arena, list, n, &sites));
	for (size_t i = 0; i < sites.n; i++)
		TW_TRY(add_near(judge, arena, &sites.v[i], ret));
	return TW_OK;
}

tw_status tw_nears_of(
	struct tw_judge *judge, struct tw_arena *arena, uint32_t acl, struct tw_nears *ret)
{
	const struct tw_net *net = judge->net;
	const struct tw_acl *a = &net->acl[acl];
	if (a->subnets_n == 0)
		return add_anybody(judge, arena, acl, ret);
	if (net->holds[TW_KIND_INTERFACE])
		return add_interfaces(judge, arena, a, ret);
	for (size_t i = 0; i < a->subnets_n; i++) {
		if (net->subnet[a->subnets[i]].cidrs.n == 0)
			return add_anybody(judge, arena, acl, ret);
	}
	for (size_t i = 0; i < a->subnets_n; i++) {
		struct tw_site *site = TW_NEW(arena, struct tw_site);
		if (!site)
			return TW_ENOMEM;
		TW_TRY(tw_site_of_subnet(net, arena, a->subnets[i], site));
		TW_TRY(add_near(judge, arena, site, ret));
	}
	return TW_OK;
}
