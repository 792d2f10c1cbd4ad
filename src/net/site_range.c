/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Addresses become sites: who has them, in which subnet the others lie, and which lie outside.
 */

#include "index.h"
#include "site.h"

#include <stdlib.h>

const char *tw_range_say(struct tw_arena *arena, struct tw_range range)
{
	char first[TW_PREFIX_TEXT], last[TW_PREFIX_TEXT];
	struct tw_prefix prefix;
	enum tw_family family = range.family == TW_IPV6 ? TW_IPV6 : TW_IPV4;

	tw_addr_text(range.first, family, first);
	if (tw_addr_cmp(range.first, range.last) == 0)
		return tw_arena_str(arena, first);
	if (tw_range_prefixes(range, &prefix, 1) == 1)
		return tw_arena_str(arena, tw_prefix_text(prefix, last));
	return tw_arena_printf(arena, "%s to %s", first, tw_addr_text(range.last, family, last));
}

/* ---- one address in two VPCs ----------------------------------------------------------------- */

/* Addresses that a VPC has, because it, a subnet or an interface says so. */
struct claim {
	struct tw_range range;
	const char *vpc_id;
};

struct claims {
	struct claim *v;
	size_t n, room;
};

static int cmp_claim(const void *a, const void *b)
{
	const struct claim *left = a, *right = b;
	int d = tw_range_cmp(&left->range, &right->range);

	return d ? d : strcmp(left->vpc_id, right->vpc_id);
}

static tw_status claim(struct tw_picked *picked, struct tw_ranges asked, struct tw_prefixes of,
	const char *vpc_id, struct claims *ret)
{
	for (size_t i = 0; vpc_id && i < of.n; i++) {
		struct tw_range range = tw_prefix_range(of.v[i]);
		struct claim one = {range, vpc_id};
		if (tw_ranges_meet(asked, range))
			TW_TRY(TW_VEC_PUSH(picked->net->mem, ret, one));
	}
	return TW_OK;
}

static tw_status collect_claims(
	struct tw_picked *picked, struct tw_ranges asked, struct claims *ret)
{
	const struct tw_net *net = picked->net;

	const struct tw_index *index = net->index;

	for (size_t i = 0; i < net->vpcs; i++)
		TW_TRY(claim(picked, asked, net->vpc[i].cidrs, net->vpc[i].object.id, ret));
	/* What lies in a VPC whose blocks are known lies in one of them. */
	for (size_t i = 0; i < index->stray_subnets; i++) {
		const struct tw_subnet *s = &net->subnet[index->stray_subnet[i]];
		TW_TRY(claim(picked, asked, s->cidrs, s->vpc_id, ret));
	}
	for (size_t i = 0; i < index->stray_interfaces; i++) {
		const struct tw_interface *one = &net->interface[index->stray_interface[i]];
		TW_TRY(claim(picked, asked, one->addresses, one->vpc_id, ret));
	}
	return TW_OK;
}

/* "vpc-1, vpc-2", each once: the VPCs that have some of `range`. */
static tw_status list_vpcs(struct tw_picked *picked, const struct claims *claims,
	struct tw_range range, const char **ret)
{
	const char *list = "";
	struct tw_ranges one = {&range, 1};

	for (size_t i = 0; i < claims->n; i++) {
		bool seen = !tw_ranges_meet(one, claims->v[i].range);
		for (size_t k = 0; k < i && !seen; k++)
			seen = strcmp(claims->v[k].vpc_id, claims->v[i].vpc_id) == 0 &&
			       tw_ranges_meet(one, claims->v[k].range);
		if (!seen)
			list = tw_arena_printf(picked->arena, "%s%s%s", list, *list ? ", " : "",
				claims->v[i].vpc_id);
		if (!list)
			return TW_ENOMEM;
	}
	*ret = list;
	return TW_OK;
}

static tw_status refuse_doubt(struct tw_picked *picked, struct tw_ranges asked,
	const struct claims *claims, struct tw_range both)
{
	struct tw_ranges doubt;
	const char *text, *list;

	TW_TRY(tw_ranges_intersect(picked->arena, (struct tw_ranges){&both, 1}, asked, &doubt));
	if (doubt.n > 0)
		both = doubt.v[0];
	text = tw_range_say(picked->arena, both);
	if (!text)
		return TW_ENOMEM;
	TW_TRY(list_vpcs(picked, claims, both, &list));
	return TW_REFUSED(picked,
		"several VPCs have %s: %s; put the VPC in front, as in "
		"%.*s/%s, or name an interface or subnet",
		text, list, (int)strcspn(list, ","), list, text);
}

/* Contract section 1: hits of several VPCs are not guessed at. */
static tw_status ask_which_vpc(struct tw_picked *picked, struct tw_ranges asked)
{
	struct claims claims = TW_VEC_EMPTY;
	tw_status status = collect_claims(picked, asked, &claims);

	if (status == TW_OK && claims.n > 1)
		qsort(claims.v, claims.n, sizeof(*claims.v), cmp_claim);
	size_t widest = 0; /* the claim that reaches farthest so far */
	for (size_t i = 1; status == TW_OK && i < claims.n; i++) {
		const struct claim *old = &claims.v[widest], *new = &claims.v[i];
		struct tw_range both = {new->range.first, new->range.last, new->range.family};
		bool meet = old->range.family == both.family &&
			    tw_addr_cmp(both.first, old->range.last) <= 0;
		if (meet && tw_addr_cmp(old->range.last, both.last) < 0)
			both.last = old->range.last;
		if (meet && strcmp(old->vpc_id, new->vpc_id) != 0 && tw_ranges_meet(asked, both))
			status = refuse_doubt(picked, asked, &claims, both);
		if (!meet || tw_addr_cmp(new->range.last, old->range.last) > 0)
			widest = i;
	}
	TW_VEC_FREE(picked->net->mem, &claims);
	return status;
}

/* ---- cutting --------------------------------------------------------------------------------- */

struct cut {
	struct tw_picked *picked;
	struct tw_ranges asked, single; /* `single`: asked for as one address */
	const bool *whole;		/* subnets that are picked as a whole already */
	bool *taken;			/* interfaces that are parts already */
	struct tw_parts *parts;
	struct tw_sites *sites;
	TW_VEC(struct tw_range) placed; /* of `asked`: at an interface or in a subnet */
};

static bool in_vpc(const struct cut *c, const char *vpc_id)
{
	const char *asked = c->picked->vpc_id;

	return !asked || (vpc_id && strcmp(asked, vpc_id) == 0);
}

static tw_status place(struct cut *c, struct tw_ranges ranges)
{
	for (size_t i = 0; i < ranges.n; i++)
		TW_TRY(TW_VEC_PUSH(c->picked->net->mem, &c->placed, ranges.v[i]));
	return TW_OK;
}

/* The addresses of one interface that are asked for. */
static tw_status cut_interface(struct cut *c, uint32_t index)
{
	const struct tw_interface *i = &c->picked->net->interface[index];
	struct tw_part part = {.interface = index};
	struct tw_ranges own;
	bool any = false;

	for (size_t k = 0; k < i->addresses.n && !any; k++)
		any = tw_ranges_meet(c->asked, tw_prefix_range(i->addresses.v[k]));
	if (!any)
		return TW_OK;
	TW_TRY(tw_ranges_of_prefixes(c->picked->arena, i->addresses.v, i->addresses.n, &own));
	TW_TRY(tw_ranges_intersect(c->picked->arena, own, c->asked, &part.address));
	TW_TRY(place(c, part.address));
	if (c->taken[index])
		return TW_OK;
	if (i->type != TW_INTERFACE_ORDINARY) {
		c->picked->managed = true;
		TW_TRY(tw_ranges_intersect(
			c->picked->arena, part.address, c->single, &part.address));
		if (part.address.n == 0)
			return TW_OK;
	}
	TW_TRY(TW_VEC_PUSH(c->picked->net->mem, &c->picked->id, i->object.id));
	return TW_VEC_PUSH(c->picked->net->mem, c->parts, part);
}

static tw_status cut_subnet(struct cut *c, uint32_t index)
{
	const struct tw_subnet *s = &c->picked->net->subnet[index];
	struct tw_ranges here, rest;
	struct tw_site site;
	bool any = false;

	for (size_t k = 0; k < s->cidrs.n && !any; k++)
		any = tw_ranges_meet(c->asked, tw_prefix_range(s->cidrs.v[k]));
	if (!any)
		return TW_OK;
	TW_TRY(tw_ranges_of_prefixes(c->picked->arena, s->cidrs.v, s->cidrs.n, &here));
	TW_TRY(tw_ranges_intersect(c->picked->arena, here, c->asked, &here));
	TW_TRY(place(c, here));
	if (c->whole && c->whole[index])
		return TW_OK;
	TW_TRY(tw_subnet_rest(c->picked->net, c->picked->arena, index, &here, &rest));
	if (rest.n == 0)
		return TW_OK;
	TW_TRY(tw_site_of_subnet(c->picked->net, c->picked->arena, index, &site));
	site.address = rest.v;
	site.addresses_n = rest.n;
	return tw_sites_add(c->picked->arena, c->sites, &site);
}

/* Some block of a VPC holds an address that is asked for. */
static bool is_asked(const struct cut *c, const struct tw_vpc *vpc)
{
	for (size_t i = 0; i < vpc->cidrs.n; i++)
		if (tw_ranges_meet(c->asked, tw_prefix_range(vpc->cidrs.v[i])))
			return true;
	return false;
}

/* ---- in no subnet ---------------------------------------------------------------------------- */

/* True if the model may lack subnets of a VPC, so that an address of it may lie in one of those. */
static bool may_lack_subnets(const struct tw_net *net, const struct tw_vpc *vpc)
{
	if (net->incomplete[TW_KIND_SUBNET])
		return true;
	for (size_t i = 0; i < net->subnets; i++) {
		const struct tw_subnet *s = &net->subnet[i];
		if (s->cidrs.n == 0 && (!s->vpc_id || strcmp(s->vpc_id, vpc->object.id) == 0))
			return true;
	}
	return false;
}

/* Addresses of a VPC that may be in a subnet which the input lacks: its ACL is not known. */
static tw_status cut_unknown_subnets(struct cut *c, struct tw_ranges *rest)
{
	const struct tw_net *net = c->picked->net;
	struct tw_arena *arena = c->picked->arena;

	for (uint32_t i = 0; i < net->vpcs && rest->n > 0; i++) {
		struct tw_ranges block, here;
		if (!in_vpc(c, net->vpc[i].object.id) || !is_asked(c, &net->vpc[i]))
			continue;
		TW_TRY(tw_ranges_of_prefixes(
			arena, net->vpc[i].cidrs.v, net->vpc[i].cidrs.n, &block));
		TW_TRY(tw_ranges_intersect(arena, *rest, block, &here));
		if (here.n == 0 || !may_lack_subnets(net, &net->vpc[i]))
			continue;
		struct tw_site site = tw_site_nowhere(TW_SITE_SUBNET, here);
		site.vpc = i;
		site.acl_state = tw_knowledge_of(net, TW_KIND_ACL, TW_MISSING);
		site.table_state = tw_knowledge_of(net, TW_KIND_ROUTE_TABLE, TW_MISSING);
		TW_TRY(tw_sites_add(arena, c->sites, &site));
		TW_TRY(tw_ranges_subtract(arena, *rest, block, rest));
	}
	return TW_OK;
}

/* Addresses that lie in some VPC: in a block of a known one, else by their being private. */
static tw_status inside_ranges(const struct cut *c, struct tw_ranges rest, struct tw_ranges *ret)
{
	static const char *const private[] = {
		"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"};
	const struct tw_net *net = c->picked->net;
	struct tw_arena *arena = c->picked->arena;
	struct tw_ranges all = {NULL, 0}, block;
	struct tw_prefix prefix[TW_COUNT(private)];

	for (size_t i = 0; i < net->vpcs; i++) {
		struct tw_prefixes cidrs = net->vpc[i].cidrs;
		if (!in_vpc(c, net->vpc[i].object.id))
			continue;
		TW_TRY(tw_ranges_of_prefixes(arena, cidrs.v, cidrs.n, &block));
		TW_TRY(tw_ranges_union(arena, all, block, &all));
	}
	if (all.n == 0) {
		for (size_t i = 0; i < TW_COUNT(private); i++)
			if (tw_prefix_parse(private[i], strlen(private[i]), &prefix[i]) !=
				TW_PREFIX_OK)
				return TW_EBUG;
		TW_TRY(tw_ranges_of_prefixes(arena, prefix, TW_COUNT(private), &all));
	}
	return tw_ranges_intersect(arena, rest, all, ret);
}

/*
 * No subnet is known by its addresses, so only the ACLs are there to tell who guards an address of
 * a VPC. One ACL is taken to guard them all, which the report says; of several, nobody can tell
 * which.
 */
static tw_status cut_by_acl(struct cut *c, struct tw_ranges *rest)
{
	const struct tw_net *net = c->picked->net;
	struct tw_arena *arena = c->picked->arena;
	struct tw_ranges inside;
	struct tw_site site;

	TW_TRY(inside_ranges(c, *rest, &inside));
	if (inside.n == 0)
		return TW_OK;
	if (net->acls > 1) {
		if (!c->picked->diags)
			return TW_OK;
		const char *text = tw_range_say(arena, inside.v[0]);
		if (!text)
			return TW_ENOMEM;
		return TW_REFUSED(c->picked,
			"cannot tell which network ACL guards %s: name its subnet, or add "
			"the output of describe-subnets",
			text);
	}
	TW_TRY(tw_site_of_acl(net, arena, 0, &site));
	site.address = inside.v;
	site.addresses_n = inside.n;
	site.only_acl = true;
	TW_TRY(tw_sites_add(arena, c->sites, &site));
	return tw_ranges_subtract(arena, *rest, inside, rest);
}

static bool knows_subnet_blocks(const struct tw_net *net)
{
	for (size_t i = 0; i < net->subnets; i++)
		if (net->subnet[i].cidrs.n > 0)
			return true;
	return false;
}

static tw_status cut_rest(struct cut *c, struct tw_ranges *ret)
{
	const struct tw_net *net = c->picked->net;
	struct tw_ranges placed = {c->placed.v, tw_ranges_join(c->placed.v, c->placed.n)};
	struct tw_ranges rest;

	TW_TRY(tw_ranges_subtract(c->picked->arena, c->asked, placed, &rest));
	if (knows_subnet_blocks(net))
		TW_TRY(cut_unknown_subnets(c, &rest));
	else if (net->acls > 0)
		TW_TRY(cut_by_acl(c, &rest));
	if (c->picked->must_be_inside && rest.n > 0) {
		const char *text = tw_range_say(c->picked->arena, rest.v[0]);
		if (!text)
			return TW_ENOMEM;
		return TW_REFUSED(c->picked, "no subnet of %s has %s", c->picked->vpc_id, text);
	}
	*ret = rest;
	return TW_OK;
}

/* A known VPC is asked alone: a thousand others cost nothing. */
static tw_status cut_vpc(struct cut *c, const struct tw_vpc *vpc)
{
	const struct tw_net *net = c->picked->net;

	for (size_t i = 0; i < vpc->subnets_n; i++) {
		const struct tw_subnet *subnet = &net->subnet[vpc->subnets[i]];
		for (size_t k = 0; k < subnet->interfaces_n; k++)
			TW_TRY(cut_interface(c, subnet->interfaces[k]));
	}
	for (size_t i = 0; i < vpc->subnets_n; i++)
		TW_TRY(cut_subnet(c, vpc->subnets[i]));
	return TW_OK;
}

static tw_status cut_all(struct cut *c, struct tw_ranges *ret_outside)
{
	const struct tw_net *net = c->picked->net;

	for (size_t i = 0; i < c->parts->n; i++)
		c->taken[c->parts->v[i].interface] = true;
	uint32_t vpc = tw_net_find(net, TW_KIND_VPC, c->picked->vpc_id);
	if (vpc != TW_MISSING) {
		TW_TRY(cut_vpc(c, &net->vpc[vpc]));
		return cut_rest(c, ret_outside);
	}
	const struct tw_index *index = net->index;
	for (size_t i = 0; i < net->vpcs; i++)
		if (in_vpc(c, net->vpc[i].object.id) && is_asked(c, &net->vpc[i]))
			TW_TRY(cut_vpc(c, &net->vpc[i]));
	for (size_t i = 0; i < index->stray_interfaces; i++)
		if (in_vpc(c, net->interface[index->stray_interface[i]].vpc_id))
			TW_TRY(cut_interface(c, index->stray_interface[i]));
	for (size_t i = 0; i < index->stray_subnets; i++)
		if (in_vpc(c, net->subnet[index->stray_subnet[i]].vpc_id))
			TW_TRY(cut_subnet(c, index->stray_subnet[i]));
	return cut_rest(c, ret_outside);
}

tw_status tw_picked_cut(struct tw_picked *picked, const bool *whole_subnet, struct tw_parts *parts,
	struct tw_sites *sites, struct tw_ranges *ret_outside)
{
	struct cut c = {.picked = picked, .whole = whole_subnet, .parts = parts, .sites = sites};
	size_t n = picked->range.n, single = 0;
	struct tw_range *v = TW_NEW_ARRAY(picked->arena, struct tw_range, n);
	struct tw_range *one = TW_NEW_ARRAY(picked->arena, struct tw_range, n);

	c.taken = TW_NEW_ARRAY(picked->arena, bool, picked->net->interfaces);
	if (!v || !one || !c.taken)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		v[i] = picked->range.v[i];
		if (tw_addr_cmp(v[i].first, v[i].last) == 0)
			one[single++] = v[i];
	}
	c.asked = (struct tw_ranges){v, tw_ranges_join(v, n)};
	c.single = (struct tw_ranges){one, tw_ranges_join(one, single)};
	if (picked->diags && !picked->vpc_id)
		TW_TRY(ask_which_vpc(picked, c.asked));
	tw_status status = cut_all(&c, ret_outside);
	TW_VEC_FREE(picked->net->mem, &c.placed);
	return status;
}
