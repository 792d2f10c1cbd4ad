/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Route tables of transit gateways: search-transit-gateway-routes prints all routes of one table,
 * without its id; snapshots hold the static routes and the propagations of all tables instead.
 * SPEC: cli-tgw-routes
 */

#include <stdlib.h>

#include "aws.h"

tw_status tw_aws_transit_table(struct tw_aws *aws, uint32_t element)
{
	struct tw_transit_table table = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t tags = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "TransitGatewayRouteTableId", &table.object.id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "TransitGatewayId", &table.gateway_id));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &table.object));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_transit_table(aws->net, aws->diags, &table));
	return worst;
}

/* ---- routes ---------------------------------------------------------------------------------- */

static tw_status read_destination(struct tw_aws *aws, uint32_t node, struct tw_transit_route *route)
{
	uint32_t block = tw_aws_member(aws, node, "DestinationCidrBlock");
	uint32_t list = tw_aws_member(aws, node, "PrefixListId");

	/* A route of a prefix list is printed with the block of each entry, too. */
	if (block != TW_NODE_NONE)
		return tw_aws_any_cidr(aws, block, false, &route->to);
	if (list != TW_NODE_NONE)
		return tw_aws_id(aws, node, "PrefixListId", &route->prefix_list);
	return tw_node_error(aws->d, node,
		"%s: expected \"DestinationCidrBlock\" or \"PrefixListId\"",
		tw_node_path(aws->d, node));
}

static int cmp_ids(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

/* AWS promises no order of equal-cost ways: sorted, two readings of one route are the same. */
static tw_status read_ways(struct tw_aws *aws, uint32_t node, struct tw_refs *ret)
{
	struct tw_refs ways = {NULL, NULL, 0};

	TW_TRY(tw_aws_refs(
		aws, node, "TransitGatewayAttachments", "TransitGatewayAttachmentId", &ways));
	if (ways.n > 1) {
		const char **ids = TW_NEW_ARRAY(&aws->net->arena, const char *, ways.n);
		if (!ids)
			return TW_ENOMEM;
		memcpy(ids, ways.id, ways.n * sizeof(*ids));
		qsort(ids, ways.n, sizeof(*ids), cmp_ids);
		ways.id = ids;
	}
	*ret = ways;
	return TW_OK;
}

/* *ret_counts false: the route is no more. */
static tw_status read_route(
	struct tw_aws *aws, uint32_t node, struct tw_transit_route *ret, bool *ret_counts)
{
	static const struct tw_aws_choice types[] = {{"static", 0}, {"propagated", 1}};
	struct tw_transit_route route = {.span = tw_node_span(aws->d, node)};
	const char *state = NULL;
	tw_status worst = TW_OK;
	int propagated = 0;
	bool gone = false;

	TW_TRY(tw_aws_object(aws, node));
	TW_AWS_STEP(worst, read_destination(aws, node, &route));
	TW_AWS_STEP(worst, read_ways(aws, node, &route.attachments));
	TW_AWS_STEP(
		worst, tw_aws_choose(aws, node, "Type", types, TW_COUNT(types), 0, &propagated));
	TW_AWS_STEP(worst, tw_aws_state(aws, node, "State", &state, &gone));
	route.propagated = propagated != 0;
	route.blackhole = state && !strcmp(state, "blackhole");
	*ret_counts = !gone;
	*ret = route;
	return worst;
}

static tw_status read_routes(struct tw_aws *aws, uint32_t array, struct tw_transit_table *table)
{
	struct tw_document *d = aws->d;
	struct tw_transit_route *route =
		TW_NEW_ARRAY(&aws->net->arena, struct tw_transit_route, tw_node_count(d, array));
	tw_status worst = TW_OK;

	if (!route)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(d, array); node != TW_NODE_NONE;
		node = tw_node_after(d, array, node)) {
		bool counts = false;
		tw_status status = read_route(aws, node, &route[table->routes_n], &counts);
		TW_AWS_STEP(worst, status);
		table->routes_n += status == TW_OK && counts;
	}
	table->route = route;
	return worst;
}

/* AWS prints a thousand routes at most, and says so if there are more. */
static tw_status note_more(struct tw_aws *aws, uint32_t page, const char *id, bool *whole)
{
	bool found, more = false;

	TW_TRY(tw_get_bool(aws->d, page, "AdditionalRoutesAvailable", false, &found, &more));
	if (!more)
		return TW_OK;
	*whole = false;
	return tw_diag_add(aws->diags, TW_LEVEL_WARNING, 901,
		tw_node_span(aws->d, tw_node_member(aws->d, page, "AdditionalRoutesAvailable")),
		"this answer was cut short: each route of %s that is missing from it is unknown; "
		"ask again with filters for a part of the routes at a time",
		id);
}

tw_status tw_aws_transit_routes(struct tw_aws *aws, const struct tw_aws_part *part)
{
	struct tw_transit_table table = {
		.object = {.id = part->id, .span = tw_node_span(aws->d, part->page)}};
	bool whole = part->whole;
	tw_status worst = TW_OK;

	TW_AWS_STEP(worst, note_more(aws, part->page, part->id, &whole));
	TW_AWS_STEP(worst, read_routes(aws, part->array, &table));
	table.routes_known = table.propagated_known = whole;
	if (worst == TW_OK)
		TW_TRY(tw_net_add_transit_table(aws->net, aws->diags, &table));
	return worst;
}

/* ---- snapshots ------------------------------------------------------------------------------- */

tw_status tw_aws_static_routes(struct tw_aws *aws, uint32_t element)
{
	struct tw_transit_table table = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t array = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "TransitGatewayRouteTableId", &table.object.id));
	table.routes_known = tw_aws_token(aws->d, element) == TW_NODE_NONE;
	TW_AWS_STEP(worst, note_more(aws, element, table.object.id, &table.routes_known));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Routes", true, &array));
	if (array != TW_NODE_NONE)
		TW_AWS_STEP(worst, read_routes(aws, array, &table));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_transit_table(aws->net, aws->diags, &table));
	return worst;
}

/* The attachments whose blocks are in the table; one that is being switched off is not. */
tw_status tw_aws_table_propagations(struct tw_aws *aws, const struct tw_aws_part *part)
{
	struct tw_document *d = aws->d;
	struct tw_transit_table table = {
		.object = {.id = part->id, .span = tw_node_span(d, part->page)},
		.propagated_known = part->whole};
	const char **ids =
		TW_NEW_ARRAY(&aws->net->arena, const char *, tw_node_count(d, part->array));
	tw_status worst = TW_OK;

	if (!ids)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(d, part->array); node != TW_NODE_NONE;
		node = tw_node_after(d, part->array, node)) {
		tw_status status = tw_aws_object(aws, node);
		uint32_t state = status == TW_OK ? tw_node_member(d, node, "State") : TW_NODE_NONE;
		if (state != TW_NODE_NONE &&
			(tw_node_is(d, state, "disabled") || tw_node_is(d, state, "disabling")))
			continue;
		if (status == TW_OK)
			status = tw_aws_id(aws, node, "TransitGatewayAttachmentId",
				&ids[table.propagations.n]);
		TW_AWS_STEP(worst, status);
		table.propagations.n += status == TW_OK;
	}
	table.propagations.id = ids;
	if (worst == TW_OK)
		TW_TRY(tw_net_add_transit_table(aws->net, aws->diags, &table));
	return worst;
}

tw_status tw_aws_propagations(struct tw_aws *aws, uint32_t element)
{
	uint32_t token = tw_aws_token(aws->d, element);
	struct tw_aws_part part = {.page = element, .whole = token == TW_NODE_NONE};

	TW_TRY(tw_aws_id(aws, element, "TransitGatewayRouteTableId", &part.id));
	TW_TRY(tw_get_array(
		aws->d, element, "TransitGatewayRouteTablePropagations", true, &part.array));
	if (token != TW_NODE_NONE)
		TW_TRY(tw_aws_cut(aws, token, TW_KIND_TRANSIT_TABLE));
	return tw_aws_table_propagations(aws, &part);
}
