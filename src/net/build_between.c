/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Adding what lies between the ends, in the order of the input: as in build.c, an id that is
 * already there is merged, and indexes wait for tw_net_finish. Rules of listeners, and the
 * attributes and the health of target groups, are answers that only make sense with another one;
 * until all is read they are parts.
 */

#include "pending.h"

tw_status tw_net_add_nat(struct tw_net *net, struct tw_diags *diags, const struct tw_nat *nat)
{
	uint32_t at = tw_net_find(net, TW_KIND_NAT_GATEWAY, nat->object.id);
	struct tw_nat copy = *nat;

	if (at != TW_MISSING)
		return tw_merge_nat(net, diags, &net->nat[at], nat);
	copy.vpc = copy.subnet = copy.table = TW_MISSING;
	return tw_net_append(net, TW_KIND_NAT_GATEWAY, nat->object.id, &copy);
}

tw_status tw_net_add_peering(
	struct tw_net *net, struct tw_diags *diags, const struct tw_peering *peering)
{
	uint32_t at = tw_net_find(net, TW_KIND_PEERING, peering->object.id);
	struct tw_peering copy = *peering;

	if (at != TW_MISSING)
		return tw_merge_peering(net, diags, &net->peering[at], peering);
	copy.side[0].vpc = copy.side[1].vpc = TW_MISSING;
	return tw_net_append(net, TW_KIND_PEERING, peering->object.id, &copy);
}

tw_status tw_net_add_transit(
	struct tw_net *net, struct tw_diags *diags, const struct tw_transit_gateway *transit)
{
	uint32_t at = tw_net_find(net, TW_KIND_TRANSIT_GATEWAY, transit->object.id);

	if (at != TW_MISSING)
		return tw_merge_transit(net, diags, &net->transit[at], transit);
	return tw_net_append(net, TW_KIND_TRANSIT_GATEWAY, transit->object.id, transit);
}

tw_status tw_net_add_attachment(
	struct tw_net *net, struct tw_diags *diags, const struct tw_attachment *attachment)
{
	uint32_t at = tw_net_find(net, TW_KIND_ATTACHMENT, attachment->object.id);
	struct tw_attachment copy = *attachment;

	if (at != TW_MISSING)
		return tw_merge_attachment(net, diags, &net->attachment[at], attachment);
	copy.gateway = copy.vpc = copy.table = TW_MISSING;
	return tw_net_append(net, TW_KIND_ATTACHMENT, attachment->object.id, &copy);
}

tw_status tw_net_add_transit_table(
	struct tw_net *net, struct tw_diags *diags, const struct tw_transit_table *table)
{
	uint32_t at = tw_net_find(net, TW_KIND_TRANSIT_TABLE, table->object.id);

	if (at != TW_MISSING)
		return tw_merge_transit_table(net, diags, &net->transit_table[at], table);
	return tw_net_append(net, TW_KIND_TRANSIT_TABLE, table->object.id, table);
}

tw_status tw_net_add_endpoint(
	struct tw_net *net, struct tw_diags *diags, const struct tw_endpoint *endpoint)
{
	uint32_t at = tw_net_find(net, TW_KIND_ENDPOINT, endpoint->object.id);
	struct tw_endpoint copy = *endpoint;

	if (at != TW_MISSING)
		return tw_merge_endpoint(net, diags, &net->endpoint[at], endpoint);
	copy.vpc = TW_MISSING;
	return tw_net_append(net, TW_KIND_ENDPOINT, endpoint->object.id, &copy);
}

tw_status tw_net_add_balancer(
	struct tw_net *net, struct tw_diags *diags, const struct tw_balancer *balancer)
{
	uint32_t at = tw_net_find(net, TW_KIND_LOAD_BALANCER, balancer->object.id);
	struct tw_balancer copy = *balancer;

	if (at != TW_MISSING)
		return tw_merge_balancer(net, diags, &net->balancer[at], balancer);
	copy.vpc = TW_MISSING;
	copy.listeners = copy.targets = (struct tw_refs){NULL, NULL, 0};
	return tw_net_append(net, TW_KIND_LOAD_BALANCER, balancer->object.id, &copy);
}

tw_status tw_net_add_listener(
	struct tw_net *net, struct tw_diags *diags, const struct tw_listener *listener)
{
	uint32_t at = tw_net_find(net, TW_KIND_LISTENER, listener->object.id);
	struct tw_listener copy = *listener;

	if (!listener->balancer_id)
		return TW_VEC_PUSH(net->mem, &net->build->listener_parts, copy);
	if (at != TW_MISSING)
		return tw_merge_listener(net, diags, &net->listener[at], listener);
	copy.balancer = TW_MISSING;
	return tw_net_append(net, TW_KIND_LISTENER, listener->object.id, &copy);
}

tw_status tw_net_add_target_group(
	struct tw_net *net, struct tw_diags *diags, const struct tw_target_group *group)
{
	uint32_t at = tw_net_find(net, TW_KIND_TARGET_GROUP, group->object.id);
	struct tw_target_group copy = *group;

	if (group->part)
		return TW_VEC_PUSH(net->mem, &net->build->target_parts, copy);
	if (at != TW_MISSING)
		return tw_merge_target_group(net, diags, &net->target_group[at], group);
	copy.vpc = TW_MISSING;
	return tw_net_append(net, TW_KIND_TARGET_GROUP, group->object.id, &copy);
}
