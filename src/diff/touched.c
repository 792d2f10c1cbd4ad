/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change can touch: interfaces and subnets whose filters, routes or own fields are not what
 * they were. Who is touched in one network is touched in the other, so that both are asked about
 * the same packets. What stands on the way of others touches all of its VPC, or everybody where
 * other VPCs send their packets through it.
 */
#include "diffing.h"
#include "order.h"

#include "same.h"

/* Walks over the objects of a kind that both networks have, with their indexes. */
typedef tw_status (*same_fn)(struct tw_diffing *d, const uint32_t at[TW_AGES], bool *ret);

static tw_status flags_of(struct tw_diffing *d, size_t old, size_t new, bool *ret[TW_AGES])
{
	ret[TW_OLD] = TW_NEW_ARRAY(d->arena, bool, old + 1);
	ret[TW_NEW] = TW_NEW_ARRAY(d->arena, bool, new + 1);
	return ret[TW_OLD] && ret[TW_NEW] ? TW_OK : TW_ENOMEM;
}

tw_status tw_touched_open(struct tw_diffing *d, struct tw_touched *ret)
{
	const struct tw_net *a = d->side[TW_OLD].net, *b = d->side[TW_NEW].net;
	*ret = (struct tw_touched){0};
	TW_TRY(flags_of(d, a->vpcs, b->vpcs, ret->vpc));
	TW_TRY(flags_of(d, a->acls, b->acls, ret->acl));
	TW_TRY(flags_of(d, a->groups, b->groups, ret->group));
	TW_TRY(flags_of(d, a->tables, b->tables, ret->table));
	TW_TRY(flags_of(d, a->subnets, b->subnets, ret->subnet));
	return flags_of(d, a->interfaces, b->interfaces, ret->interface);
}

/* ---- object by object -------------------------------------------------------------------------
 */

static const char *acl_id(const struct tw_net *net, uint32_t at)
{
	return at != TW_MISSING ? net->acl[at].object.id : NULL;
}

static const char *table_id(const struct tw_net *net, uint32_t at)
{
	return at != TW_MISSING ? net->table[at].object.id : NULL;
}

static const char *vpc_id(const struct tw_net *net, uint32_t at)
{
	return at != TW_MISSING ? net->vpc[at].object.id : NULL;
}

static bool has_ordinary(const struct tw_net *net, const struct tw_subnet *subnet)
{
	for (size_t i = 0; i < subnet->interfaces_n; i++)
		if (net->interface[subnet->interfaces[i]].type == TW_INTERFACE_ORDINARY)
			return true;
	return false;
}

static tw_status same_subnet(struct tw_diffing *d, const uint32_t at[TW_AGES], bool *ret)
{
	const struct tw_net *old = d->side[TW_OLD].net, *new = d->side[TW_NEW].net;
	const struct tw_subnet *a = &old->subnet[at[TW_OLD]], *b = &new->subnet[at[TW_NEW]];
	TW_TRY(tw_prefixes_same(d->mem, a->cidrs, b->cidrs, ret));
	/* An ACL that stands alone in its network may have got another id: it is compared itself.
	 */
	bool lone =
		old->acls == 1 && new->acls == 1 && a->acl != TW_MISSING && b->acl != TW_MISSING;
	*ret &= a->access_block == b->access_block &&
		(lone || tw_same_text(acl_id(old, a->acl), acl_id(new, b->acl))) &&
		tw_same_text(table_id(old, a->table), table_id(new, b->table)) &&
		tw_same_text(vpc_id(old, a->vpc), vpc_id(new, b->vpc)) &&
		tw_same_text(a->zone, b->zone) && a->hosts_gateway == b->hosts_gateway &&
		has_ordinary(old, a) == has_ordinary(new, b);
	return TW_OK;
}

static enum tw_platform platform_of(const struct tw_net *net, const struct tw_interface *one)
{
	return one->instance != TW_MISSING ? net->instance[one->instance].platform
					   : TW_PLATFORM_UNKNOWN;
}

static tw_status same_interface(struct tw_diffing *d, const uint32_t at[TW_AGES], bool *ret)
{
	const struct tw_net *old = d->side[TW_OLD].net, *new = d->side[TW_NEW].net;
	const struct tw_interface *a = &old->interface[at[TW_OLD]];
	const struct tw_interface *b = &new->interface[at[TW_NEW]];
	bool groups, addresses, public;
	TW_TRY(tw_texts_same(
		d->mem, a->group_ids, a->groups_n, b->group_ids, b->groups_n, &groups));
	TW_TRY(tw_prefixes_same(d->mem, a->addresses, b->addresses, &addresses));
	TW_TRY(tw_prefixes_same(d->mem, a->public_addresses, b->public_addresses, &public));
	*ret = groups && addresses && public && a->type == b->type && a->forwards == b->forwards &&
	       tw_same_text(a->subnet_id, b->subnet_id) && tw_same_text(a->vpc_id, b->vpc_id) &&
	       platform_of(old, a) == platform_of(new, b);
	return TW_OK;
}

static tw_status same_table(struct tw_diffing *d, const uint32_t at[TW_AGES], bool *ret)
{
	return tw_routes_same(d->mem, &d->side[TW_OLD].net->table[at[TW_OLD]],
		&d->side[TW_NEW].net->table[at[TW_NEW]], ret);
}

static const char *id_of(const struct tw_net *net, enum tw_kind kind, uint32_t i)
{
	switch (kind) {
	case TW_KIND_SUBNET:
		return net->subnet[i].object.id;
	case TW_KIND_INTERFACE:
		return net->interface[i].object.id;
	case TW_KIND_VPC:
		return net->vpc[i].object.id;
	default:
		return net->table[i].object.id;
	}
}

/* Flags what only one network has, and what is not the same in both. */
static tw_status flag_kind(struct tw_diffing *d, enum tw_kind kind, const size_t n[TW_AGES],
	same_fn same, bool *flags[TW_AGES])
{
	const struct tw_net *old = d->side[TW_OLD].net, *new = d->side[TW_NEW].net;
	for (uint32_t i = 0; i < n[TW_NEW]; i++)
		flags[TW_NEW][i] |= tw_net_find(old, kind, id_of(new, kind, i)) == TW_MISSING;
	for (uint32_t i = 0; i < n[TW_OLD]; i++) {
		uint32_t at[TW_AGES] = {i, tw_net_find(new, kind, id_of(old, kind, i))};
		bool alike = false;
		if (at[TW_NEW] != TW_MISSING)
			TW_TRY(same(d, at, &alike));
		flags[TW_OLD][i] |= !alike;
		if (!alike && at[TW_NEW] != TW_MISSING)
			flags[TW_NEW][at[TW_NEW]] = true;
	}
	return TW_OK;
}

/* What is flagged in one network is flagged in the other. */
static void level(struct tw_diffing *d, enum tw_kind kind, size_t n, bool *flags[TW_AGES])
{
	const struct tw_net *old = d->side[TW_OLD].net, *new = d->side[TW_NEW].net;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = tw_net_find(new, kind, id_of(old, kind, i));
		if (at == TW_MISSING)
			continue;
		flags[TW_OLD][i] |= flags[TW_NEW][at];
		flags[TW_NEW][at] = flags[TW_OLD][i];
	}
}

/* ---- spreading --------------------------------------------------------------------------------
 */

/* Nodes of a balancer, a gateway or an attachment: what it does there, it does to others. */
static bool carries_others(const struct tw_net *net, uint32_t subnet)
{
	if (net->subnet[subnet].hosts_gateway)
		return true;
	for (size_t i = 0; i < net->balancers; i++)
		for (size_t k = 0; k < net->balancer[i].zones_n; k++)
			if (net->balancer[i].zone[k].subnet == subnet)
				return true;
	return false;
}

static void spread(struct tw_diffing *d, int age, struct tw_touched *t)
{
	const struct tw_net *net = d->side[age].net;
	for (uint32_t i = 0; i < net->subnets; i++) {
		const struct tw_subnet *s = &net->subnet[i];
		t->subnet[age][i] |= (s->acl != TW_MISSING && t->acl[age][s->acl]) ||
				     (s->table != TW_MISSING && t->table[age][s->table]);
	}
	for (uint32_t i = 0; i < net->interfaces; i++) {
		const struct tw_interface *one = &net->interface[i];
		bool touched = one->subnet != TW_MISSING && t->subnet[age][one->subnet];
		for (size_t k = 0; k < one->groups_n; k++)
			touched |= one->groups[k] != TW_MISSING && t->group[age][one->groups[k]];
		t->interface[age][i] |= touched;
	}
}

static bool is_own_route(const struct tw_vpc *vpc, const struct tw_transit_route *route)
{
	for (size_t i = 0; route->to.family != 0 && i < vpc->cidrs.n; i++)
		if (vpc->cidrs.v[i].family == route->to.family &&
			tw_prefix_contains(vpc->cidrs.v[i], route->to))
			return true;
	return false;
}

/* Some transit gateway sends packets into the VPC that are not for it: its gateways serve others.
 */
static bool serves_others(const struct tw_net *net, uint32_t vpc)
{
	for (size_t i = 0; i < net->transit_tables; i++) {
		const struct tw_transit_table *table = &net->transit_table[i];
		for (size_t k = 0; k < table->routes_n; k++) {
			const struct tw_transit_route *route = &table->route[k];
			for (size_t j = 0; j < route->attachments.n; j++) {
				uint32_t at = route->attachments.at[j];
				if (at != TW_MISSING && net->attachment[at].vpc == vpc &&
					!is_own_route(&net->vpc[vpc], route))
					return true;
			}
		}
	}
	return false;
}

static void touch_vpc(const struct tw_net *net, int age, struct tw_touched *t, uint32_t vpc)
{
	if (vpc == TW_MISSING || serves_others(net, vpc))
		t->everything = true;
	else
		t->vpc[age][vpc] = true;
}

static void look_for_carriers(struct tw_diffing *d, int age, struct tw_touched *t)
{
	const struct tw_net *net = d->side[age].net;
	for (uint32_t i = 0; i < net->subnets; i++)
		if (t->subnet[age][i] && carries_others(net, i))
			touch_vpc(net, age, t, net->subnet[i].vpc);
	for (uint32_t i = 0; i < net->interfaces; i++)
		if (t->interface[age][i] && net->interface[i].type != TW_INTERFACE_ORDINARY)
			touch_vpc(net, age, t, net->interface[i].vpc);
	for (size_t i = 0; i < net->nats; i++)
		if (net->nat[i].table != TW_MISSING && t->table[age][net->nat[i].table])
			touch_vpc(net, age, t, net->nat[i].vpc);
	for (size_t i = 0; i < net->balancers; i++)
		for (size_t k = 0; k < net->balancer[i].groups.n; k++) {
			uint32_t group = net->balancer[i].groups.at[k];
			if (group != TW_MISSING && t->group[age][group])
				touch_vpc(net, age, t, net->balancer[i].vpc);
		}
}

/* Everybody in a VPC that is touched as a whole. */
static void fill_vpcs(struct tw_diffing *d, int age, struct tw_touched *t)
{
	const struct tw_net *net = d->side[age].net;
	for (uint32_t i = 0; i < net->subnets; i++)
		t->subnet[age][i] |=
			net->subnet[i].vpc != TW_MISSING && t->vpc[age][net->subnet[i].vpc];
	for (uint32_t i = 0; i < net->interfaces; i++)
		t->interface[age][i] |=
			net->interface[i].vpc != TW_MISSING && t->vpc[age][net->interface[i].vpc];
}

tw_status tw_touched_spread(struct tw_diffing *d, struct tw_touched *t)
{
	const struct tw_net *a = d->side[TW_OLD].net, *b = d->side[TW_NEW].net;
	bool same = false;
	TW_TRY(flag_kind(
		d, TW_KIND_ROUTE_TABLE, (size_t[]){a->tables, b->tables}, same_table, t->table));
	TW_TRY(flag_kind(
		d, TW_KIND_SUBNET, (size_t[]){a->subnets, b->subnets}, same_subnet, t->subnet));
	TW_TRY(flag_kind(d, TW_KIND_INTERFACE, (size_t[]){a->interfaces, b->interfaces},
		same_interface, t->interface));
	for (int age = 0; age < TW_AGES; age++)
		spread(d, age, t);
	level(d, TW_KIND_SUBNET, a->subnets, t->subnet);
	level(d, TW_KIND_INTERFACE, a->interfaces, t->interface);
	for (int age = 0; age < TW_AGES; age++)
		look_for_carriers(d, age, t);
	level(d, TW_KIND_VPC, a->vpcs, t->vpc);
	for (int age = 0; age < TW_AGES; age++)
		fill_vpcs(d, age, t);
	level(d, TW_KIND_SUBNET, a->subnets, t->subnet);
	level(d, TW_KIND_INTERFACE, a->interfaces, t->interface);
	TW_TRY(tw_elsewhere_same(d, &same));
	t->everything |= !same;
	return TW_OK;
}
