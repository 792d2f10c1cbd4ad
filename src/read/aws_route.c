/* SPDX-License-Identifier: Apache-2.0 */

/*
 * describe-route-tables, describe-internet-gateways and describe-egress-only-internet-gateways.
 * SPEC: cli-route-tables, cli-internet-gateways
 */

#include "aws.h"

/* ---- routes ---------------------------------------------------------------------------------- */

/* The members that name a target, the more exact one first: an instance's route names both. */
static const struct {
	const char *key;
	enum tw_target target;
} targets[] = {
	{"NatGatewayId", TW_TARGET_NAT_GATEWAY},
	{"TransitGatewayId", TW_TARGET_TRANSIT_GATEWAY},
	{"VpcPeeringConnectionId", TW_TARGET_PEERING},
	{"EgressOnlyInternetGatewayId", TW_TARGET_EGRESS_ONLY},
	{"NetworkInterfaceId", TW_TARGET_INTERFACE},
	{"InstanceId", TW_TARGET_INTERFACE},
	{"LocalGatewayId", TW_TARGET_OTHER},
	{"CarrierGatewayId", TW_TARGET_OTHER},
	{"CoreNetworkArn", TW_TARGET_OTHER},
	{"OdbNetworkArn", TW_TARGET_OTHER},
	{"IpAddress", TW_TARGET_OTHER},
};

/* SPEC: cli-route-local */
static enum tw_target gateway_target(const char *id)
{
	static const struct {
		const char *prefix;
		enum tw_target target;
	} kinds[] = {
		{"igw-", TW_TARGET_INTERNET_GATEWAY},
		{"eigw-", TW_TARGET_EGRESS_ONLY},
		{"vgw-", TW_TARGET_VIRTUAL_GATEWAY},
		{"vpce-", TW_TARGET_ENDPOINT},
		{"nat-", TW_TARGET_NAT_GATEWAY},
	};

	if (!strcmp(id, "local"))
		return TW_TARGET_LOCAL;
	for (size_t i = 0; i < TW_COUNT(kinds); i++)
		if (!strncmp(id, kinds[i].prefix, strlen(kinds[i].prefix)))
			return kinds[i].target;
	return TW_TARGET_OTHER;
}

static tw_status read_target(struct tw_aws *aws, uint32_t node, struct tw_route *route)
{
	TW_TRY(tw_aws_text(aws, node, "GatewayId", &route->target_id));
	if (route->target_id) {
		route->target = gateway_target(route->target_id);
		return TW_OK;
	}
	route->target = TW_TARGET_OTHER;
	for (size_t i = 0; i < TW_COUNT(targets) && !route->target_id; i++) {
		TW_TRY(tw_aws_text(aws, node, targets[i].key, &route->target_id));
		if (route->target_id)
			route->target = targets[i].target;
	}
	return TW_OK;
}

static tw_status read_destination(struct tw_aws *aws, uint32_t node, struct tw_route *route)
{
	uint32_t v4 = tw_aws_member(aws, node, "DestinationCidrBlock");
	uint32_t v6 = tw_aws_member(aws, node, "DestinationIpv6CidrBlock");
	uint32_t list = tw_aws_member(aws, node, "DestinationPrefixListId");

	if ((v4 != TW_NODE_NONE) + (v6 != TW_NODE_NONE) + (list != TW_NODE_NONE) != 1)
		return tw_node_error(aws->d, node,
			"%s: expected exactly one of \"DestinationCidrBlock\", "
			"\"DestinationIpv6CidrBlock\" and \"DestinationPrefixListId\"",
			tw_node_path(aws->d, node));
	if (v4 != TW_NODE_NONE)
		return tw_aws_cidr(aws, v4, TW_IPV4, false, &route->to);
	if (v6 != TW_NODE_NONE)
		return tw_aws_cidr(aws, v6, TW_IPV6, false, &route->to);
	return tw_aws_id(aws, node, "DestinationPrefixListId", &route->prefix_list);
}

/* *ret_counts false: the route is not in force. */
static tw_status read_route(
	struct tw_aws *aws, uint32_t node, struct tw_route *ret, bool *ret_counts)
{
	struct tw_route route = {.span = tw_node_span(aws->d, node)};
	tw_status worst = TW_OK;
	uint32_t state, origin;

	TW_TRY(tw_aws_object(aws, node));
	state = tw_node_member(aws->d, node, "State");
	origin = tw_node_member(aws->d, node, "Origin");
	TW_AWS_STEP(worst, read_destination(aws, node, &route));
	TW_AWS_STEP(worst, read_target(aws, node, &route));
	route.blackhole = state != TW_NODE_NONE && tw_node_is(aws->d, state, "blackhole");
	route.propagated =
		origin != TW_NODE_NONE && tw_node_is(aws->d, origin, "EnableVgwRoutePropagation");
	*ret_counts = state == TW_NODE_NONE || !tw_node_is(aws->d, state, "filtered");
	if (!*ret_counts)
		TW_TRY(tw_aws_warn(aws, node, "a filtered route is read as not in force"));
	*ret = route;
	return worst;
}

static tw_status read_routes(struct tw_aws *aws, uint32_t array, struct tw_route_table *table)
{
	struct tw_document *d = aws->d;
	struct tw_route *route;
	tw_status worst = TW_OK;

	if (array == TW_NODE_NONE)
		return TW_OK;
	route = TW_NEW_ARRAY(&aws->net->arena, struct tw_route, tw_node_count(d, array));
	if (!route)
		return TW_ENOMEM;
	table->route = route;
	for (uint32_t node = tw_node_first(d, array); node != TW_NODE_NONE;
		node = tw_node_after(d, array, node)) {
		bool counts = false;
		tw_status status = read_route(aws, node, &route[table->routes_n], &counts);
		TW_AWS_STEP(worst, status);
		if (status == TW_OK && counts)
			table->routes_n++;
	}
	return worst;
}

/* ---- tables ---------------------------------------------------------------------------------- */

struct associations {
	struct tw_link *link;
	size_t n;
	bool main;
};

/* An association is with the VPC (Main), with a subnet, or with a gateway (no subnet's table). */
static tw_status read_association(struct tw_aws *aws, uint32_t node, struct associations *list)
{
	const char *subnet_id;
	bool found, main = false;

	TW_TRY(tw_aws_object(aws, node));
	if (!tw_aws_in_force(aws, node, "AssociationState"))
		return TW_OK;
	TW_TRY(tw_get_bool(aws->d, node, "Main", false, &found, &main));
	list->main = list->main || main;
	TW_TRY(tw_aws_text(aws, node, "SubnetId", &subnet_id));
	if (subnet_id)
		list->link[list->n++] = (struct tw_link){subnet_id, tw_node_span(aws->d, node)};
	return TW_OK;
}

static tw_status read_associations(struct tw_aws *aws, uint32_t array, struct associations *list)
{
	struct tw_document *d = aws->d;
	tw_status worst = TW_OK;

	if (array == TW_NODE_NONE)
		return TW_OK;
	list->link = TW_NEW_ARRAY(&aws->net->arena, struct tw_link, tw_node_count(d, array));
	if (!list->link)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(d, array); node != TW_NODE_NONE;
		node = tw_node_after(d, array, node))
		TW_AWS_STEP(worst, read_association(aws, node, list));
	return worst;
}

tw_status tw_aws_table(struct tw_aws *aws, uint32_t element)
{
	struct tw_route_table table = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t tags = TW_NODE_NONE, array = TW_NODE_NONE, routes = TW_NODE_NONE;
	struct associations list = {NULL, 0, false};
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "RouteTableId", &table.object.id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "VpcId", &table.vpc_id));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &table.object));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Associations", false, &array));
	TW_AWS_STEP(worst, read_associations(aws, array, &list));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Routes", false, &routes));
	TW_AWS_STEP(worst, read_routes(aws, routes, &table));
	table.main = list.main;
	if (worst == TW_OK)
		TW_TRY(tw_net_add_table(aws->net, aws->diags, &table, list.link, list.n));
	return worst;
}

/* ---- internet gateways ----------------------------------------------------------------------- */

static tw_status read_gateway(
	struct tw_aws *aws, uint32_t element, const char *key, bool egress_only)
{
	struct tw_document *d = aws->d;
	struct tw_internet_gateway gateway = {
		.object = {.span = tw_node_span(d, element)}, .egress_only = egress_only};
	uint32_t tags = TW_NODE_NONE, array = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, key, &gateway.object.id));
	TW_AWS_STEP(worst, tw_get_array(d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &gateway.object));
	TW_AWS_STEP(worst, tw_get_array(d, element, "Attachments", false, &array));
	const char **ids = TW_NEW_ARRAY(&aws->net->arena, const char *,
		array == TW_NODE_NONE ? 0 : tw_node_count(d, array));
	if (!ids)
		return TW_ENOMEM;
	for (uint32_t node = array == TW_NODE_NONE ? array : tw_node_first(d, array);
		node != TW_NODE_NONE; node = tw_node_after(d, array, node)) {
		tw_status status = tw_aws_object(aws, node);
		if (status == TW_OK && !tw_aws_in_force(aws, node, "State"))
			continue;
		if (status == TW_OK)
			status = tw_aws_id(aws, node, "VpcId", &ids[gateway.vpc_ids_n]);
		TW_AWS_STEP(worst, status);
		gateway.vpc_ids_n += status == TW_OK;
	}
	gateway.vpc_ids = ids;
	if (worst == TW_OK)
		TW_TRY(tw_net_add_gateway(aws->net, aws->diags, &gateway));
	return worst;
}

tw_status tw_aws_gateway(struct tw_aws *aws, uint32_t element)
{
	return read_gateway(aws, element, "InternetGatewayId", false);
}

tw_status tw_aws_egress_gateway(struct tw_aws *aws, uint32_t element)
{
	return read_gateway(aws, element, "EgressOnlyInternetGatewayId", true);
}
