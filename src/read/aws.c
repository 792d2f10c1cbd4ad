/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Documents of answers: which `aws` command wrote what is told by the keys at the top, never by the
 * file's name. One object may hold several answers, and an array may hold several objects (pages).
 */

#include "wrapped.h"

#define HARMLESS ((int)TW_LATERS) /* recognised, and nothing is missed without it */
#define MODELLED (-1)

static const struct answer {
	const char *key, *command;
	int later;	   /* MODELLED, HARMLESS or enum tw_aws_later */
	enum tw_kind kind; /* if modelled */
	tw_aws_fn read;
	const char *id; /* an element must have this to be taken for one: the key says too little */
} answers[] = {
	{"NetworkAcls", "describe-network-acls", MODELLED, TW_KIND_ACL, tw_aws_acl, NULL},
	{"SecurityGroups", "describe-security-groups", MODELLED, TW_KIND_GROUP, tw_aws_group, NULL},
	{"SecurityGroupRules", "describe-security-group-rules", MODELLED, TW_KIND_GROUP,
		tw_aws_group_rule, NULL},
	{"Subnets", "describe-subnets", MODELLED, TW_KIND_SUBNET, tw_aws_subnet, NULL},
	{"Vpcs", "describe-vpcs", MODELLED, TW_KIND_VPC, tw_aws_vpc, NULL},
	{"NetworkInterfaces", "describe-network-interfaces", MODELLED, TW_KIND_INTERFACE,
		tw_aws_interface, NULL},
	{"Reservations", "describe-instances", MODELLED, TW_KIND_INSTANCE, tw_aws_reservation,
		NULL},
	{"Instances", "describe-instances", MODELLED, TW_KIND_INSTANCE, tw_aws_instance,
		"InstanceId"},
	{"RouteTables", "describe-route-tables", MODELLED, TW_KIND_ROUTE_TABLE, tw_aws_table, NULL},
	{"InternetGateways", "describe-internet-gateways", MODELLED, TW_KIND_INTERNET_GATEWAY,
		tw_aws_gateway, NULL},
	{"EgressOnlyInternetGateways", "describe-egress-only-internet-gateways", MODELLED,
		TW_KIND_INTERNET_GATEWAY, tw_aws_egress_gateway, NULL},
	{"PrefixLists", "describe-managed-prefix-lists", MODELLED, TW_KIND_PREFIX_LIST,
		tw_aws_prefix_list, NULL},

	{"NatGateways", "describe-nat-gateways", MODELLED, TW_KIND_NAT_GATEWAY, tw_aws_nat, NULL},
	{"VpcPeeringConnections", "describe-vpc-peering-connections", MODELLED, TW_KIND_PEERING,
		tw_aws_peering, NULL},
	{"VpcEndpoints", "describe-vpc-endpoints", MODELLED, TW_KIND_ENDPOINT, tw_aws_endpoint,
		NULL},
	{"TransitGateways", "describe-transit-gateways", MODELLED, TW_KIND_TRANSIT_GATEWAY,
		tw_aws_transit, NULL},
	{"TransitGatewayVpcAttachments", "describe-transit-gateway-vpc-attachments", MODELLED,
		TW_KIND_ATTACHMENT, tw_aws_vpc_attachment, NULL},
	{"TransitGatewayAttachments", "describe-transit-gateway-attachments", MODELLED,
		TW_KIND_ATTACHMENT, tw_aws_attachment, NULL},
	{"TransitGatewayPeeringAttachments", "describe-transit-gateway-peering-attachments",
		MODELLED, TW_KIND_ATTACHMENT, tw_aws_peering_attachment, NULL},
	{"TransitGatewayRouteTables", "describe-transit-gateway-route-tables", MODELLED,
		TW_KIND_TRANSIT_TABLE, tw_aws_transit_table, NULL},
	{"TransitGatewayStaticRoutes", "search-transit-gateway-routes", MODELLED,
		TW_KIND_TRANSIT_TABLE, tw_aws_static_routes, NULL},
	{"TransitGatewayPropagations", "get-transit-gateway-route-table-propagations", MODELLED,
		TW_KIND_TRANSIT_TABLE, tw_aws_propagations, NULL},
	{"LoadBalancers", "describe-load-balancers", MODELLED, TW_KIND_LOAD_BALANCER,
		tw_aws_balancer, NULL},
	{"Listeners", "describe-listeners", MODELLED, TW_KIND_LISTENER, tw_aws_listener,
		"LoadBalancerArn"},
	{"LoadBalancerListeners", "describe-listeners", MODELLED, TW_KIND_LISTENER,
		tw_aws_listeners_of, NULL},
	{"Rules", "describe-rules", MODELLED, TW_KIND_LISTENER, tw_aws_listener_rule, "RuleArn"},
	{"TargetGroups", "describe-target-groups", MODELLED, TW_KIND_TARGET_GROUP,
		tw_aws_target_group, "TargetGroupArn"},
	{"LoadBalancerTargetHealth", "describe-target-health", MODELLED, TW_KIND_TARGET_GROUP,
		tw_aws_health_of, NULL},

	{.key = "LoadBalancerDescriptions", .later = TW_LATER_CLASSIC_BALANCERS},

	{.key = "Addresses", .later = HARMLESS},
	{.key = "AvailabilityZones", .later = HARMLESS},
	{.key = "CustomerGateways", .later = HARMLESS},
	{.key = "DBInstances", .later = HARMLESS},
	{.key = "DhcpOptions", .later = HARMLESS},
	{.key = "DirectConnectGateways", .later = HARMLESS},
	{.key = "DirectConnectGatewayAssociations", .later = HARMLESS},
	{.key = "DomainStatusList", .later = HARMLESS},
	{.key = "FlowLogs", .later = HARMLESS},
	{.key = "Images", .later = HARMLESS, .id = "ImageId"},
	{.key = "InstanceStatuses", .later = HARMLESS},
	{.key = "KeyPairs", .later = HARMLESS},
	{.key = "LoadBalancerAttributes", .later = HARMLESS},
	{.key = "PlacementGroups", .later = HARMLESS},
	{.key = "Regions", .later = HARMLESS, .id = "RegionName"},
	{.key = "ServiceDetails", .later = HARMLESS},
	{.key = "ServiceNames", .later = HARMLESS},
	{.key = "Snapshots", .later = HARMLESS, .id = "SnapshotId"},
	{.key = "Tags", .later = HARMLESS, .id = "ResourceId"},
	{.key = "VirtualInterfaces", .later = HARMLESS},
	{.key = "Volumes", .later = HARMLESS, .id = "VolumeId"},
	{.key = "VpnConnections", .later = HARMLESS},
	{.key = "VpnGateways", .later = HARMLESS},
};

static const char *const later_names[TW_LATERS] = {
	[TW_LATER_CLASSIC_BALANCERS] = "classic load balancers",
};

/* One document being read: answers that were cut short, by the kind that they hold. */
struct reading {
	struct tw_aws *aws;
	const char *path;
	struct tw_aws_found *found;
	uint32_t token[TW_KINDS]; /* node of the last NextToken, or TW_NODE_NONE */
};

static bool known_string(const struct tw_document *d, uint32_t node)
{
	return node != TW_NODE_NONE && tw_node_kind(d, node) == TW_NODE_STRING &&
	       !tw_node_is(d, node, "");
}

uint32_t tw_aws_token(const struct tw_document *d, uint32_t page)
{
	static const char *const keys[] = {"NextToken", "NextMarker"};

	for (size_t i = 0; i < TW_COUNT(keys); i++) {
		uint32_t node = tw_node_member(d, page, keys[i]);
		if (known_string(d, node))
			return node;
	}
	return TW_NODE_NONE;
}

/* Other programs print these keys too; an answer of `aws` holds objects. */
static bool is_answer(const struct tw_document *d, const struct answer *answer, uint32_t value)
{
	uint32_t first;

	if (tw_node_kind(d, value) == TW_NODE_NULL)
		return true;
	if (tw_node_kind(d, value) != TW_NODE_ARRAY)
		return false;
	first = tw_node_first(d, value);
	if (first == TW_NODE_NONE)
		return true;
	if (!strcmp(answer->key, "ServiceNames"))
		return true;
	if (tw_node_kind(d, first) != TW_NODE_OBJECT)
		return false;
	return !answer->id || tw_node_member(d, first, answer->id) != TW_NODE_NONE;
}

static const struct answer *find_answer(const struct tw_document *d, uint32_t key)
{
	for (size_t i = 0; i < TW_COUNT(answers); i++)
		if (tw_node_is(d, key, answers[i].key))
			return &answers[i];
	return NULL;
}

/* Adds a command to the list of what a file held, once. */
static void add_detail(struct tw_buf *detail, const char *command)
{
	const char *have = detail->n ? tw_buf_text(detail) : "";

	if (!have || strstr(have, command))
		return;
	tw_buf_puts(detail, detail->n ? ", " : "");
	tw_buf_puts(detail, command);
}

static tw_status note_later(struct tw_aws *aws, const struct answer *answer, uint32_t value)
{
	if (aws->noted[answer->later])
		return TW_OK;
	aws->noted[answer->later] = true;
	return tw_diag_add(aws->diags, TW_LEVEL_NOTE, 901, tw_node_span(aws->d, value),
		"%s are not supported yet: these are left out, and what goes through them is not "
		"judged",
		later_names[answer->later]);
}

/* Rules and health are about objects of their kind; they do not list them. */
static bool lists_kind(const struct answer *answer)
{
	return answer->read != tw_aws_listener_rule && answer->read != tw_aws_health_of;
}

static tw_status read_answer(struct tw_aws *aws, const struct answer *answer, uint32_t value)
{
	if (lists_kind(answer))
		aws->net->holds[answer->kind] = true;
	if (answer->read == tw_aws_interface)
		aws->interfaces_listed = true;
	if (tw_node_kind(aws->d, value) == TW_NODE_NULL)
		return TW_OK;
	return tw_aws_each(aws, value, answer->read);
}

tw_status tw_aws_read_list(
	struct tw_aws *aws, const char *key, uint32_t array, struct tw_buf *detail)
{
	for (size_t i = 0; i < TW_COUNT(answers); i++) {
		if (strcmp(answers[i].key, key) != 0)
			continue;
		add_detail(detail, answers[i].command);
		return read_answer(aws, &answers[i], array);
	}
	return TW_EBUG;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static tw_status read_member(struct reading *r, uint32_t key, uint32_t token)
{
	struct tw_document *d = r->aws->d;
	const struct answer *answer = find_answer(d, key);
	uint32_t value = tw_node_value(d, key);

	if (!answer)
		return TW_OK;
	if (!is_answer(d, answer, value)) {
		if (r->found->odd == TW_NODE_NONE)
			r->found->odd = value;
		return TW_OK;
	}
	r->found->recognised = true;
	if (answer->later >= 0 && answer->later != HARMLESS && tw_node_count(d, value)) {
		add_detail(r->found->detail, later_names[answer->later]);
		return note_later(r->aws, answer, value);
	}
	r->found->supported = true;
	if (answer->later != MODELLED)
		return TW_OK;
	add_detail(r->found->detail, answer->command);
	r->token[answer->kind] = token;
	return read_answer(r->aws, answer, value);
}

static tw_status read_wrapped(struct reading *r, uint32_t page, const struct tw_wrapped *w,
	uint32_t array, uint32_t token)
{
	r->found->recognised = r->found->supported = true;
	add_detail(r->found->detail, w->command);
	if (w->holds)
		r->aws->net->holds[w->kind] = true;
	if (token != TW_NODE_NONE)
		r->token[w->kind] = token;
	return tw_wrapped_read(r->aws, w, page, array, r->path, token == TW_NODE_NONE);
}

static tw_status read_page(struct reading *r, uint32_t page)
{
	struct tw_document *d = r->aws->d;
	uint32_t token = tw_aws_token(d, page), array;
	tw_status worst = TW_OK;

	for (uint32_t key = tw_node_first(d, page); key != TW_NODE_NONE;
		key = tw_node_after(d, page, key))
		TW_AWS_STEP(worst, read_member(r, key, token));
	for (size_t i = 0; i < tw_wrapped_n; i++)
		if (tw_wrapped_is(d, page, &tw_wrapped[i], &array))
			TW_AWS_STEP(worst, read_wrapped(r, page, &tw_wrapped[i], array, token));
	return worst;
}

/* The next node that is an object, from an element of the array at the top on. */
static uint32_t page_from(const struct tw_document *d, uint32_t node)
{
	while (node != TW_NODE_NONE && tw_node_kind(d, node) != TW_NODE_OBJECT)
		node = tw_node_after(d, TW_NODE_ROOT, node);
	return node;
}

/* The object at the top, or those in the array there. */
static uint32_t first_page(const struct tw_document *d)
{
	if (tw_node_kind(d, TW_NODE_ROOT) == TW_NODE_OBJECT)
		return TW_NODE_ROOT;
	return tw_node_kind(d, TW_NODE_ROOT) == TW_NODE_ARRAY
		       ? page_from(d, tw_node_first(d, TW_NODE_ROOT))
		       : TW_NODE_NONE;
}

static uint32_t next_page(const struct tw_document *d, uint32_t page)
{
	return page == TW_NODE_ROOT ? TW_NODE_NONE
				    : page_from(d, tw_node_after(d, TW_NODE_ROOT, page));
}

static tw_status read_pages(struct reading *r)
{
	const struct tw_document *d = r->aws->d;
	tw_status worst = TW_OK;

	for (uint32_t page = first_page(d); page != TW_NODE_NONE; page = next_page(d, page))
		TW_AWS_STEP(worst, read_page(r, page));
	return worst;
}

tw_status tw_aws_each_list(
	const struct tw_document *d, const char *key, tw_aws_list_fn fn, void *ctx)
{
	uint32_t array = tw_collector_list(d, key);
	tw_status worst = TW_OK;

	if (array != TW_NODE_NONE)
		TW_AWS_STEP(worst, fn(ctx, array));
	for (uint32_t page = first_page(d); page != TW_NODE_NONE; page = next_page(d, page)) {
		array = tw_node_member(d, page, key);
		if (array != TW_NODE_NONE && tw_node_kind(d, array) == TW_NODE_ARRAY)
			TW_AWS_STEP(worst, fn(ctx, array));
	}
	return worst;
}

tw_status tw_aws_cut(struct tw_aws *aws, uint32_t token, enum tw_kind kind)
{
	aws->net->incomplete[kind] = true;
	return tw_diag_add(aws->diags, TW_LEVEL_WARNING, 901, tw_node_span(aws->d, token),
		"this answer was cut short: each %s that is missing from it is unknown; ask again "
		"without --max-items and --no-paginate",
		tw_kind_name(kind));
}

/* A token in the last page of a kind: what is missing is unknown. */
static tw_status tell_cuts(struct reading *r)
{
	for (int kind = 0; kind < TW_KINDS; kind++)
		if (r->token[kind] != TW_NODE_NONE)
			TW_TRY(tw_aws_cut(r->aws, r->token[kind], (enum tw_kind)kind));
	return TW_OK;
}

tw_status tw_aws_read(
	struct tw_aws *aws, struct tw_document *d, const char *path, struct tw_aws_found *ret)
{
	struct reading r = {.aws = aws, .path = path, .found = ret};

	for (size_t i = 0; i < TW_KINDS; i++)
		r.token[i] = TW_NODE_NONE;
	aws->d = d;
	ret->odd = TW_NODE_NONE;
	tw_status status = read_pages(&r);
	if (status == TW_OK || status == TW_EPARSE) {
		tw_status told = tell_cuts(&r);
		if (told != TW_OK)
			status = told;
	}
	aws->d = NULL;
	return status;
}
