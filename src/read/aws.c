/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Documents of answers: which `aws` command wrote what is told by the keys at the top, never by the
 * file's name. One object may hold several answers, and an array may hold several objects (pages).
 */

#include "aws.h"

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

	{.key = "NatGateways", .later = TW_LATER_NAT_GATEWAYS},
	{.key = "LoadBalancers", .later = TW_LATER_LOAD_BALANCERS},
	{.key = "LoadBalancerDescriptions", .later = TW_LATER_LOAD_BALANCERS},
	{.key = "LoadBalancerAttributes", .later = TW_LATER_LOAD_BALANCERS},
	{.key = "LoadBalancerListeners", .later = TW_LATER_LOAD_BALANCERS},
	{.key = "LoadBalancerTargetHealth", .later = TW_LATER_LOAD_BALANCERS},
	{.key = "Listeners", .later = TW_LATER_LOAD_BALANCERS, .id = "ListenerArn"},
	{.key = "TargetGroups", .later = TW_LATER_LOAD_BALANCERS, .id = "TargetGroupArn"},
	{.key = "TargetHealthDescriptions", .later = TW_LATER_LOAD_BALANCERS},
	{.key = "VpcEndpoints", .later = TW_LATER_ENDPOINTS},
	{.key = "VpcPeeringConnections", .later = TW_LATER_PEERINGS},
	{.key = "TransitGateways", .later = TW_LATER_TRANSIT_GATEWAYS},
	{.key = "TransitGatewayAttachments", .later = TW_LATER_TRANSIT_GATEWAYS},
	{.key = "TransitGatewayVpcAttachments", .later = TW_LATER_TRANSIT_GATEWAYS},
	{.key = "TransitGatewayPeeringAttachments", .later = TW_LATER_TRANSIT_GATEWAYS},
	{.key = "TransitGatewayRouteTables", .later = TW_LATER_TRANSIT_GATEWAYS},
	{.key = "TransitGatewayPropagations", .later = TW_LATER_TRANSIT_GATEWAYS},
	{.key = "TransitGatewayStaticRoutes", .later = TW_LATER_TRANSIT_GATEWAYS},

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
	[TW_LATER_NAT_GATEWAYS] = "NAT gateways",
	[TW_LATER_LOAD_BALANCERS] = "load balancers",
	[TW_LATER_ENDPOINTS] = "VPC endpoints",
	[TW_LATER_PEERINGS] = "VPC peering connections",
	[TW_LATER_TRANSIT_GATEWAYS] = "transit gateways",
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

/* A page that is not the last one carries one of these. SPEC: cli-network-acls */
static uint32_t find_token(const struct tw_document *d, uint32_t page)
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

static tw_status read_answer(struct tw_aws *aws, const struct answer *answer, uint32_t value)
{
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

/* ---- entries of a prefix list ---------------------------------------------------------------- */

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* "pl-0123abcd" out of the name of a file. */
static struct tw_sv id_in_path(const char *path)
{
	const char *name = strrchr(path, '/'), *at;
	size_t n = 3;

	at = strstr(name ? name + 1 : path, "pl-");
	if (!at || !is_hex(at[n]))
		return (struct tw_sv){NULL, 0};
	while (is_hex(at[n]))
		n++;
	return (struct tw_sv){at, n};
}

static bool has_entries(const struct tw_document *d, uint32_t page, uint32_t *ret)
{
	uint32_t entries = tw_node_member(d, page, "Entries"), first;

	if (entries == TW_NODE_NONE || tw_node_kind(d, entries) != TW_NODE_ARRAY)
		return false;
	*ret = entries;
	if (tw_node_member(d, page, "PrefixListId") != TW_NODE_NONE)
		return true;
	first = tw_node_first(d, entries);
	return first != TW_NODE_NONE && tw_node_member(d, first, "Cidr") != TW_NODE_NONE;
}

static tw_status read_entries(struct reading *r, uint32_t page, uint32_t entries, bool whole)
{
	struct tw_aws *aws = r->aws;
	struct tw_sv in_path = id_in_path(r->path);
	const char *id;

	add_detail(r->found->detail, "get-managed-prefix-list-entries");
	TW_TRY(tw_aws_text(aws, page, "PrefixListId", &id));
	if (!id && in_path.p) {
		id = tw_arena_dup(&aws->net->arena, in_path.p, in_path.n);
		if (!id)
			return TW_ENOMEM;
	}
	if (!id)
		return tw_node_error(aws->d, page,
			"these entries do not say of which prefix list they are: name the file "
			"after it "
			"(pl-0123abcd.json), or wrap them: {\"PrefixListId\": \"pl-0123abcd\", "
			"\"Entries\": [...]}");
	return tw_aws_prefix_entries(aws, entries, id, tw_node_span(aws->d, page), whole);
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

static tw_status read_page(struct reading *r, uint32_t page)
{
	struct tw_document *d = r->aws->d;
	uint32_t token = find_token(d, page), entries;
	tw_status worst = TW_OK;

	for (uint32_t key = tw_node_first(d, page); key != TW_NODE_NONE;
		key = tw_node_after(d, page, key))
		TW_AWS_STEP(worst, read_member(r, key, token));
	if (has_entries(d, page, &entries)) {
		r->found->recognised = r->found->supported = true;
		r->aws->net->holds[TW_KIND_PREFIX_LIST] = true;
		if (token != TW_NODE_NONE)
			r->token[TW_KIND_PREFIX_LIST] = token;
		TW_AWS_STEP(worst, read_entries(r, page, entries, token == TW_NODE_NONE));
	}
	return worst;
}

static tw_status read_pages(struct reading *r)
{
	struct tw_document *d = r->aws->d;
	tw_status worst = TW_OK;

	if (tw_node_kind(d, TW_NODE_ROOT) == TW_NODE_OBJECT)
		return read_page(r, TW_NODE_ROOT);
	if (tw_node_kind(d, TW_NODE_ROOT) != TW_NODE_ARRAY)
		return TW_OK;
	for (uint32_t page = tw_node_first(d, TW_NODE_ROOT); page != TW_NODE_NONE;
		page = tw_node_after(d, TW_NODE_ROOT, page))
		if (tw_node_kind(d, page) == TW_NODE_OBJECT)
			TW_AWS_STEP(worst, read_page(r, page));
	return worst;
}

/* A token in the last page of a kind: what is missing is unknown. */
static tw_status tell_cuts(struct reading *r)
{
	for (int kind = 0; kind < TW_KINDS; kind++) {
		uint32_t token = r->token[kind];
		if (token == TW_NODE_NONE)
			continue;
		r->aws->net->incomplete[kind] = true;
		TW_TRY(tw_diag_add(r->aws->diags, TW_LEVEL_WARNING, 901,
			tw_node_span(r->aws->d, token),
			"this answer was cut short: each %s that is missing from it is unknown; "
			"ask again "
			"without --max-items and --no-paginate",
			tw_kind_name((enum tw_kind)kind)));
	}
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
