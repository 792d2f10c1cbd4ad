/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gateways, balancers and what else stands on the way of others. It is not worked out whom such a
 * change touches: if one of them is not what it was, everybody is asked again.
 */
#include "diffing.h"
#include "order.h"

#include "same.h"

/* Comparing fails only for want of memory; the first failure is kept. */
struct comparing {
	struct tw_mem *mem;
	tw_status status;
};

static bool settled(struct comparing *c, tw_status status, bool same)
{
	if (c->status == TW_OK)
		c->status = status;
	return status == TW_OK && same;
}

/* In any order. */
static bool same_blocks(struct comparing *c, struct tw_prefixes a, struct tw_prefixes b)
{
	bool same = false;
	tw_status status = tw_prefixes_same(c->mem, a, b, &same);
	return settled(c, status, same);
}

static bool same_ids(
	struct comparing *c, const char *const *a, size_t a_n, const char *const *b, size_t b_n)
{
	bool same = false;
	tw_status status = tw_texts_same(c->mem, a, a_n, b, b_n, &same);
	return settled(c, status, same);
}

static bool same_refs(struct comparing *c, struct tw_refs a, struct tw_refs b)
{
	return same_ids(c, a.id, a.n, b.id, b.n);
}

static bool same_vpc(struct comparing *c, const struct tw_vpc *a, const struct tw_vpc *b)
{
	return same_blocks(c, a->cidrs, b->cidrs) && a->access_block == b->access_block &&
	       a->nat_is_open == b->nat_is_open &&
	       (a->gateway == TW_MISSING) == (b->gateway == TW_MISSING);
}

static bool same_internet_gateway(struct comparing *c, const struct tw_internet_gateway *a,
	const struct tw_internet_gateway *b)
{
	return a->egress_only == b->egress_only &&
	       same_ids(c, a->vpc_ids, a->vpc_ids_n, b->vpc_ids, b->vpc_ids_n);
}

static bool same_prefix_list(
	struct comparing *c, const struct tw_prefix_list *a, const struct tw_prefix_list *b)
{
	return a->family == b->family && a->entries_known == b->entries_known &&
	       same_blocks(c, a->cidrs, b->cidrs);
}

static bool same_nat(struct comparing *c, const struct tw_nat *a, const struct tw_nat *b)
{
	return tw_same_text(a->vpc_id, b->vpc_id) && tw_same_text(a->subnet_id, b->subnet_id) &&
	       a->private == b->private && a->regional == b->regional && a->gone == b->gone &&
	       tw_same_text(a->table_id, b->table_id) && same_blocks(c, a->addresses, b->addresses);
}

static bool same_peering(
	struct comparing *c, const struct tw_peering *a, const struct tw_peering *b)
{
	bool same = tw_same_text(a->status, b->status);
	for (int i = 0; i < 2; i++)
		same &= tw_same_text(a->side[i].vpc_id, b->side[i].vpc_id) &&
			same_blocks(c, a->side[i].cidrs, b->side[i].cidrs);
	return same;
}

static bool same_transit(
	struct comparing *c, const struct tw_transit_gateway *a, const struct tw_transit_gateway *b)
{
	(void)c;
	return a->references == b->references &&
	       tw_same_text(a->association_table_id, b->association_table_id) &&
	       tw_same_text(a->propagation_table_id, b->propagation_table_id);
}

static bool same_attachment(
	struct comparing *c, const struct tw_attachment *a, const struct tw_attachment *b)
{
	return tw_same_text(a->gateway_id, b->gateway_id) && a->type == b->type &&
	       tw_same_text(a->resource_id, b->resource_id) &&
	       same_refs(c, a->subnets, b->subnets) && a->subnets_known == b->subnets_known &&
	       a->gone == b->gone && tw_same_text(a->table_id, b->table_id) &&
	       a->association_known == b->association_known &&
	       a->appliance_mode == b->appliance_mode && a->references == b->references;
}

static bool same_transit_table(
	struct comparing *c, const struct tw_transit_table *a, const struct tw_transit_table *b)
{
	bool same = false;
	tw_status status =
		tw_transit_routes_same(c->mem, a->route, a->routes_n, b->route, b->routes_n, &same);
	return settled(c, status, same) && tw_same_text(a->gateway_id, b->gateway_id) &&
	       a->routes_known == b->routes_known && a->propagated_known == b->propagated_known &&
	       same_refs(c, a->propagations, b->propagations);
}

static bool same_endpoint(
	struct comparing *c, const struct tw_endpoint *a, const struct tw_endpoint *b)
{
	return a->type == b->type && tw_same_text(a->service, b->service) &&
	       tw_same_text(a->vpc_id, b->vpc_id) && same_refs(c, a->subnets, b->subnets) &&
	       same_refs(c, a->interfaces, b->interfaces) && same_refs(c, a->groups, b->groups) &&
	       same_refs(c, a->tables, b->tables) && a->gone == b->gone;
}

static bool same_balancer(
	struct comparing *c, const struct tw_balancer *a, const struct tw_balancer *b)
{
	bool same = a->type == b->type && a->internet_facing == b->internet_facing &&
		    a->dualstack == b->dualstack && a->gone == b->gone &&
		    tw_same_text(a->vpc_id, b->vpc_id) && a->zones_n == b->zones_n &&
		    same_refs(c, a->groups, b->groups);
	for (size_t i = 0; same && i < a->zones_n; i++)
		same = tw_same_text(a->zone[i].subnet_id, b->zone[i].subnet_id) &&
		       same_blocks(c, a->zone[i].addresses, b->zone[i].addresses);
	return same;
}

static bool same_listener(
	struct comparing *c, const struct tw_listener *a, const struct tw_listener *b)
{
	return tw_same_text(a->balancer_id, b->balancer_id) && a->port == b->port &&
	       a->protocol == b->protocol && same_refs(c, a->targets, b->targets);
}

static bool same_target_group(
	struct comparing *c, const struct tw_target_group *a, const struct tw_target_group *b)
{
	bool same = false;
	tw_status status =
		tw_members_same(c->mem, a->member, a->members_n, b->member, b->members_n, &same);
	return settled(c, status, same) && a->protocol == b->protocol && a->type == b->type &&
	       a->port == b->port && tw_same_text(a->vpc_id, b->vpc_id) && a->family == b->family &&
	       a->health_off == b->health_off && a->health_port == b->health_port &&
	       a->health_protocol == b->health_protocol && a->preserve == b->preserve &&
	       same_refs(c, a->balancers, b->balancers) && a->members_known == b->members_known;
}

/* Each of one network is in the other, and the same. */
#define SAME_ALL(KIND, array, count, compare)                                                      \
	do {                                                                                       \
		bool all = old->count == new->count;                                               \
		for (size_t i = 0; all && i < old->count; i++) {                                   \
			uint32_t at = tw_net_find(new, KIND, old->array[i].object.id);             \
			all = at != TW_MISSING &&                                                  \
			      compare(&comparing, &old->array[i], &new->array[at]);                \
		}                                                                                  \
		if (!all)                                                                          \
			return comparing.status;                                                   \
	} while (0)

tw_status tw_elsewhere_same(struct tw_diffing *d, bool *ret)
{
	const struct tw_net *old = d->side[TW_OLD].net, *new = d->side[TW_NEW].net;
	struct comparing comparing = {d->mem, TW_OK};
	*ret = false;
	for (int kind = 0; kind < TW_KINDS; kind++)
		if (old->holds[kind] != new->holds[kind] ||
			old->incomplete[kind] != new->incomplete[kind])
			return TW_OK;
	SAME_ALL(TW_KIND_VPC, vpc, vpcs, same_vpc);
	SAME_ALL(TW_KIND_INTERNET_GATEWAY, gateway, gateways, same_internet_gateway);
	SAME_ALL(TW_KIND_PREFIX_LIST, prefix_list, prefix_lists, same_prefix_list);
	SAME_ALL(TW_KIND_NAT_GATEWAY, nat, nats, same_nat);
	SAME_ALL(TW_KIND_PEERING, peering, peerings, same_peering);
	SAME_ALL(TW_KIND_TRANSIT_GATEWAY, transit, transits, same_transit);
	SAME_ALL(TW_KIND_ATTACHMENT, attachment, attachments, same_attachment);
	SAME_ALL(TW_KIND_TRANSIT_TABLE, transit_table, transit_tables, same_transit_table);
	SAME_ALL(TW_KIND_ENDPOINT, endpoint, endpoints, same_endpoint);
	SAME_ALL(TW_KIND_LOAD_BALANCER, balancer, balancers, same_balancer);
	SAME_ALL(TW_KIND_LISTENER, listener, listeners, same_listener);
	SAME_ALL(TW_KIND_TARGET_GROUP, target_group, target_groups, same_target_group);
	*ret = true;
	return TW_OK;
}
