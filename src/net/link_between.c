/* SPDX-License-Identifier: Apache-2.0 */

/*
 * NAT gateways, peering connections, transit gateways and endpoints: ids become indexes. And the
 * subnets that these and load balancers name are part of the network, whether or not anything
 * describes them: their lists are on the way.
 */

#include "pending.h"

/* ---- subnets that are named ------------------------------------------------------------------ */

static tw_status imply_refs(
	struct tw_net *net, const struct tw_refs *subnets, const char *vpc_id, struct tw_span span)
{
	for (size_t i = 0; i < subnets->n; i++)
		TW_TRY(tw_net_imply_subnet(net, subnets->id[i], vpc_id, span));
	return TW_OK;
}

static tw_status imply_zones(struct tw_net *net, const struct tw_balancer *balancer)
{
	for (size_t i = 0; i < balancer->zones_n; i++)
		if (balancer->zone[i].subnet_id)
			TW_TRY(tw_net_imply_subnet(net, balancer->zone[i].subnet_id,
				balancer->vpc_id, balancer->object.span));
	return TW_OK;
}

/* The subnet of an object that is gone may be gone, too. */
tw_status tw_imply_between(struct tw_net *net)
{
	for (size_t i = 0; i < net->nats; i++) {
		const struct tw_nat *nat = &net->nat[i];
		if (nat->subnet_id && !nat->gone)
			TW_TRY(tw_net_imply_subnet(
				net, nat->subnet_id, nat->vpc_id, nat->object.span));
	}
	for (size_t i = 0; i < net->attachments; i++) {
		const struct tw_attachment *one = &net->attachment[i];
		if (one->type == TW_ATTACHED_VPC && !one->gone)
			TW_TRY(imply_refs(net, &one->subnets, one->resource_id, one->object.span));
	}
	for (size_t i = 0; i < net->endpoints; i++) {
		const struct tw_endpoint *one = &net->endpoint[i];
		if (!one->gone)
			TW_TRY(imply_refs(net, &one->subnets, one->vpc_id, one->object.span));
	}
	for (size_t i = 0; i < net->balancers; i++)
		if (!net->balancer[i].gone)
			TW_TRY(imply_zones(net, &net->balancer[i]));
	return TW_OK;
}

/* ---- indexes --------------------------------------------------------------------------------- */

tw_status tw_link_refs(struct tw_net *net, enum tw_kind kind, struct tw_refs *refs)
{
	if (!refs->n)
		return TW_OK;
	refs->at = TW_NEW_ARRAY(&net->arena, uint32_t, refs->n);
	if (!refs->at)
		return TW_ENOMEM;
	for (size_t i = 0; i < refs->n; i++)
		refs->at[i] = tw_net_find(net, kind, refs->id[i]);
	return TW_OK;
}

static void link_nats_and_peerings(struct tw_net *net)
{
	for (size_t i = 0; i < net->nats; i++) {
		struct tw_nat *nat = &net->nat[i];
		nat->subnet = tw_net_find(net, TW_KIND_SUBNET, nat->subnet_id);
		if (!nat->vpc_id && nat->subnet != TW_MISSING)
			nat->vpc_id = net->subnet[nat->subnet].vpc_id;
		nat->vpc = tw_net_find(net, TW_KIND_VPC, nat->vpc_id);
		nat->table = tw_net_find(net, TW_KIND_ROUTE_TABLE, nat->table_id);
	}
	for (size_t i = 0; i < net->peerings; i++)
		for (int side = 0; side < 2; side++) {
			struct tw_peering_side *one = &net->peering[i].side[side];
			one->vpc = tw_net_find(net, TW_KIND_VPC, one->vpc_id);
		}
}

static tw_status link_attachments(struct tw_net *net)
{
	for (size_t i = 0; i < net->attachments; i++) {
		struct tw_attachment *one = &net->attachment[i];
		one->gateway = tw_net_find(net, TW_KIND_TRANSIT_GATEWAY, one->gateway_id);
		one->table = tw_net_find(net, TW_KIND_TRANSIT_TABLE, one->table_id);
		if (one->type == TW_ATTACHED_VPC)
			one->vpc = tw_net_find(net, TW_KIND_VPC, one->resource_id);
		TW_TRY(tw_link_refs(net, TW_KIND_SUBNET, &one->subnets));
	}
	return TW_OK;
}

static tw_status link_transit_table(struct tw_net *net, struct tw_transit_table *table)
{
	struct tw_transit_route *route;

	TW_TRY(tw_link_refs(net, TW_KIND_ATTACHMENT, &table->propagations));
	if (!table->routes_n)
		return TW_OK;
	route = TW_NEW_ARRAY(&net->arena, struct tw_transit_route, table->routes_n);
	if (!route)
		return TW_ENOMEM;
	memcpy(route, table->route, table->routes_n * sizeof(*route));
	for (size_t i = 0; i < table->routes_n; i++)
		TW_TRY(tw_link_refs(net, TW_KIND_ATTACHMENT, &route[i].attachments));
	table->route = route;
	return TW_OK;
}

static tw_status link_endpoint(struct tw_net *net, struct tw_endpoint *endpoint)
{
	endpoint->vpc = tw_net_find(net, TW_KIND_VPC, endpoint->vpc_id);
	TW_TRY(tw_link_refs(net, TW_KIND_SUBNET, &endpoint->subnets));
	TW_TRY(tw_link_refs(net, TW_KIND_INTERFACE, &endpoint->interfaces));
	TW_TRY(tw_link_refs(net, TW_KIND_GROUP, &endpoint->groups));
	return tw_link_refs(net, TW_KIND_ROUTE_TABLE, &endpoint->tables);
}

tw_status tw_link_between(struct tw_net *net)
{
	link_nats_and_peerings(net);
	TW_TRY(link_attachments(net));
	for (size_t i = 0; i < net->transit_tables; i++)
		TW_TRY(link_transit_table(net, &net->transit_table[i]));
	for (size_t i = 0; i < net->endpoints; i++)
		TW_TRY(link_endpoint(net, &net->endpoint[i]));
	return TW_OK;
}
