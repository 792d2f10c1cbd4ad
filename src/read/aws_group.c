/* SPDX-License-Identifier: Apache-2.0 */

/*
 * describe-security-groups and describe-security-group-rules. SPEC: cli-security-groups,
 * cli-security-group-rules
 *
 * A permission with several peers is several rules; its id is its place in the answer until a row
 * of the other command names it. Both commands fill a rule through the same functions here, so that
 * the two readings of one rule compare equal.
 */

#include "aws.h"

/* The four kinds of peers, in the order in which an answer prints them. SPEC: sg-peer-exactly-one
 */
static const struct peer_kind {
	const char *list, *member;
	uint8_t family; /* 0: a reference */
} peer_kinds[] = {
	{"IpRanges", "CidrIp", TW_IPV4},
	{"Ipv6Ranges", "CidrIpv6", TW_IPV6},
	{"PrefixListIds", "PrefixListId", 0},
	{"UserIdGroupPairs", "GroupId", 0},
};

/* ---- protocol and ports ---------------------------------------------------------------------- */

static tw_status read_ports(struct tw_aws *aws, uint32_t object, struct tw_rule *rule)
{
	int64_t from = 0, to = 0;
	tw_status worst = TW_OK;
	bool found;

	TW_AWS_STEP(worst, tw_get_int_of(aws->d, object, "FromPort", true, "a port", 0, UINT16_MAX,
				   &found, &from));
	TW_AWS_STEP(worst, tw_get_int_of(aws->d, object, "ToPort", true, "a port", 0, UINT16_MAX,
				   &found, &to));
	if (worst == TW_OK && from > to)
		return tw_node_error(aws->d, object, "%s: FromPort %d is above ToPort %d",
			tw_node_path(aws->d, object), (int)from, (int)to);
	rule->ports = (struct tw_ports){(uint16_t)from, (uint16_t)to};
	rule->every_port = from == 0 && to == UINT16_MAX;
	return worst;
}

/* FromPort is the type, ToPort the code. ICMPv6 may leave both out: all types. */
static tw_status read_icmp(struct tw_aws *aws, uint32_t object, struct tw_rule *rule)
{
	bool required = rule->protocol == TW_PROTOCOL_ICMP, found;
	int64_t type = -1, code = -1;
	tw_status worst = TW_OK;

	TW_AWS_STEP(worst, tw_get_int_of(aws->d, object, "FromPort", required,
				   "an ICMP type (-1: any)", -1, 255, &found, &type));
	TW_AWS_STEP(worst, tw_get_int_of(aws->d, object, "ToPort", required,
				   "an ICMP code (-1: any)", -1, 255, &found, &code));
	if (worst == TW_OK)
		tw_aws_icmp(rule, type, code);
	if (rule->icmp_any_type_code)
		rule->maybe_reason = "sg-ports";
	return worst;
}

/* SPEC: sg-ports, sg-ports-ignored, cli-sg-minus1-absent, cli-sgr-minus1 */
static tw_status read_service(struct tw_aws *aws, uint32_t object, struct tw_rule *rule)
{
	uint32_t node = tw_node_member(aws->d, object, "IpProtocol");

	if (node == TW_NODE_NONE)
		return tw_node_lacks(aws->d, object, "IpProtocol");
	TW_TRY(tw_aws_protocol(aws, node, &rule->protocol));
	switch (rule->protocol) {
	case TW_PROTOCOL_TCP:
	case TW_PROTOCOL_UDP:
		return read_ports(aws, object, rule);
	case TW_PROTOCOL_ICMP:
	case TW_PROTOCOL_ICMPV6:
		return read_icmp(aws, object, rule);
	default:
		tw_aws_every_port(rule);
		return tw_aws_ignored(aws, object, "FromPort", "ToPort", rule);
	}
}

/* ---- peers ----------------------------------------------------------------------------------- */

/*
 * SPEC: sg-ref-scope. A reference across a peering counts while the peering is active; what a stale
 * one still matches, over another way between the two VPCs, is not documented.
 */
static void read_peering(struct tw_aws *aws, uint32_t object, struct tw_rule *rule)
{
	uint32_t status = tw_aws_member(aws, object, "PeeringStatus");

	if (status == TW_NODE_NONE || tw_node_is(aws->d, status, "active"))
		return;
	rule->maybe = true;
	rule->maybe_reason = "the peering with the referenced group's VPC is not active";
}

/* `object` holds the peer's `member`. */
static tw_status read_peer(struct tw_aws *aws, uint32_t object, const char *member, uint8_t family,
	bool group, struct tw_rule *rule)
{
	uint32_t node = tw_node_member(aws->d, object, member);

	if (node == TW_NODE_NONE)
		return tw_node_lacks(aws->d, object, member);
	rule->family = family;
	if (family)
		return tw_aws_cidr(aws, node, (enum tw_family)family, false, &rule->peer);
	if (!group)
		return tw_aws_id(aws, object, member, &rule->peer_prefix_list);
	read_peering(aws, object, rule);
	return tw_aws_id(aws, object, member, &rule->peer_group);
}

/* ---- describe-security-groups ---------------------------------------------------------------- */

struct list {
	struct tw_aws *aws;
	const char *name; /* "ingress" or "egress" */
	struct tw_rule *rule;
	size_t n;
};

static tw_status count_peers(struct tw_aws *aws, uint32_t permission, size_t *n)
{
	tw_status worst = TW_OK;

	for (size_t kind = 0; kind < TW_COUNT(peer_kinds); kind++) {
		uint32_t array = TW_NODE_NONE;
		TW_AWS_STEP(worst,
			tw_get_array(aws->d, permission, peer_kinds[kind].list, false, &array));
		if (array != TW_NODE_NONE)
			*n += tw_node_count(aws->d, array);
	}
	return worst;
}

static tw_status count_all(struct tw_aws *aws, uint32_t array, size_t *ret)
{
	tw_status worst = TW_OK;
	size_t n = 0;

	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node)) {
		tw_status status = tw_aws_object(aws, node);
		if (status == TW_OK)
			status = count_peers(aws, node, &n);
		TW_AWS_STEP(worst, status);
	}
	*ret = n;
	return worst;
}

/* The peers of one kind; `like` has the permission's protocol and ports. */
static tw_status read_peers(struct list *list, uint32_t permission, size_t index,
	const struct peer_kind *kind, const struct tw_rule *like)
{
	struct tw_aws *aws = list->aws;
	uint32_t array = tw_node_member(aws->d, permission, kind->list);
	tw_status worst = TW_OK;
	size_t i = 0;

	if (array == TW_NODE_NONE)
		return TW_OK;
	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node), i++) {
		struct tw_rule rule = *like;
		tw_status status = tw_aws_object(aws, node);
		if (status == TW_OK)
			status = read_peer(aws, node, kind->member, kind->family,
				kind == &peer_kinds[3], &rule);
		TW_AWS_STEP(worst, status);
		if (status != TW_OK)
			continue;
		rule.span = tw_node_span(aws->d, node);
		rule.id = tw_arena_printf(
			&aws->net->arena, "%s[%zu].%s[%zu]", list->name, index, kind->list, i);
		if (!rule.id)
			return TW_ENOMEM;
		list->rule[list->n++] = rule;
	}
	return worst;
}

static tw_status read_permission(struct list *list, uint32_t node, size_t index)
{
	struct tw_rule like = {.action = TW_ALLOW};
	tw_status worst = TW_OK;
	size_t peers = 0;

	TW_AWS_STEP(worst, read_service(list->aws, node, &like));
	TW_TRY(count_peers(list->aws, node, &peers));
	if (!peers)
		TW_TRY(tw_aws_warn(
			list->aws, node, "this permission names no peer, so it allows nothing"));
	for (size_t kind = 0; kind < TW_COUNT(peer_kinds); kind++)
		TW_AWS_STEP(worst, read_peers(list, node, index, &peer_kinds[kind], &like));
	return worst;
}

static tw_status read_permissions(struct tw_aws *aws, uint32_t object, const char *key,
	struct list *list, struct tw_rules *ret)
{
	uint32_t array;
	tw_status worst = TW_OK;
	size_t room, index = 0;

	TW_TRY(tw_get_array(aws->d, object, key, false, &array));
	if (array == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(count_all(aws, array, &room));
	list->rule = TW_NEW_ARRAY(&aws->net->arena, struct tw_rule, room);
	if (!list->rule)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node))
		TW_AWS_STEP(worst, read_permission(list, node, index++));
	*ret = (struct tw_rules){list->rule, list->n};
	return worst;
}

tw_status tw_aws_group(struct tw_aws *aws, uint32_t element)
{
	struct tw_group group = {.object = {.span = tw_node_span(aws->d, element)}};
	struct list ingress = {.aws = aws, .name = "ingress"};
	struct list egress = {.aws = aws, .name = "egress"};
	uint32_t tags = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "GroupId", &group.object.id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "VpcId", &group.vpc_id));
	/* A Name tag wins over the group's own name. */
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "GroupName", &group.object.name));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &group.object));
	TW_AWS_STEP(worst,
		read_permissions(aws, element, "IpPermissions", &ingress, &group.list[TW_INGRESS]));
	TW_AWS_STEP(worst, read_permissions(aws, element, "IpPermissionsEgress", &egress,
				   &group.list[TW_EGRESS]));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_group(aws->net, aws->diags, &group));
	return worst;
}

/* ---- describe-security-group-rules ----------------------------------------------------------- */

static tw_status read_row_peer(struct tw_aws *aws, uint32_t row, struct tw_rule *rule)
{
	static const char *const keys[] = {
		"CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupInfo"};
	size_t kind = 0, n = 0;

	for (size_t i = 0; i < TW_COUNT(keys); i++)
		if (tw_aws_member(aws, row, keys[i]) != TW_NODE_NONE) {
			kind = i;
			n++;
		}
	if (n != 1)
		return tw_node_error(aws->d, row,
			"%s: has %s of \"CidrIpv4\", \"CidrIpv6\", \"PrefixListId\" and "
			"\"ReferencedGroupInfo\"; a rule has exactly one peer",
			tw_node_path(aws->d, row), n ? "several" : "none");
	if (kind < 3)
		return read_peer(aws, row, keys[kind], peer_kinds[kind].family, false, rule);
	uint32_t info;
	TW_TRY(tw_get_object(aws->d, row, keys[kind], true, &info));
	return read_peer(aws, info, "GroupId", 0, true, rule);
}

tw_status tw_aws_group_rule(struct tw_aws *aws, uint32_t element)
{
	struct tw_rule rule = {.action = TW_ALLOW, .span = tw_node_span(aws->d, element)};
	const char *group_id = NULL;
	tw_status worst = TW_OK;
	bool found, egress = false;

	TW_AWS_STEP(worst, tw_aws_id(aws, element, "SecurityGroupRuleId", &rule.id));
	TW_AWS_STEP(worst, tw_aws_id(aws, element, "GroupId", &group_id));
	TW_AWS_STEP(worst, tw_get_bool(aws->d, element, "IsEgress", true, &found, &egress));
	TW_AWS_STEP(worst, read_service(aws, element, &rule));
	TW_AWS_STEP(worst, read_row_peer(aws, element, &rule));
	if (worst != TW_OK)
		return worst;
	aws->net->holds[TW_KIND_GROUP] = true;
	return tw_net_add_group_rule(
		aws->net, aws->diags, group_id, egress ? TW_EGRESS : TW_INGRESS, &rule);
}
