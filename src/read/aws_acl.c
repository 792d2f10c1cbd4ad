/* SPDX-License-Identifier: Apache-2.0 */

/*
 * describe-network-acls. SPEC: cli-network-acls
 *
 * One entry at a time; an entry that cannot be understood is an error with its place, because a
 * list without it would be another list.
 */

#include "aws.h"

struct entry {
	struct tw_rule rule;
	enum tw_list list;
};

static tw_status read_number(struct tw_aws *aws, uint32_t entry, struct tw_rule *rule)
{
	int64_t number;
	bool found;

	/* SPEC: nacl-rule-number-range. 32767 and 32768 are the implicit denies. */
	TW_TRY(tw_get_int_of(aws->d, entry, "RuleNumber", true, "a rule number", 1, TW_IMPLICIT_V6,
		&found, &number));
	rule->number = (uint32_t)number;
	rule->id = number >= TW_IMPLICIT_V4
			   ? "*"
			   : tw_arena_printf(&aws->net->arena, "%u", (unsigned)number);
	return rule->id ? TW_OK : TW_ENOMEM;
}

static tw_status read_egress(struct tw_aws *aws, uint32_t entry, enum tw_list *ret)
{
	bool found, egress;

	TW_TRY(tw_get_bool(aws->d, entry, "Egress", true, &found, &egress));
	*ret = egress ? TW_EGRESS : TW_INGRESS;
	return TW_OK;
}

static tw_status read_action(struct tw_aws *aws, uint32_t entry, struct tw_rule *rule)
{
	uint32_t node = tw_node_member(aws->d, entry, "RuleAction");

	if (node == TW_NODE_NONE)
		return tw_node_lacks(aws->d, entry, "RuleAction");
	if (tw_node_kind(aws->d, node) == TW_NODE_STRING) {
		struct tw_sv text = tw_node_text(aws->d, node);
		if (!text.p)
			return TW_ENOMEM;
		if (tw_aws_is(text, "allow") || tw_aws_is(text, "deny")) {
			rule->action = tw_aws_is(text, "allow") ? TW_ALLOW : TW_DENY;
			return TW_OK;
		}
	}
	return tw_node_unexpected(aws->d, node, "\"allow\" or \"deny\"");
}

/* SPEC: nacl-field-cidr-xor */
static tw_status read_cidr(struct tw_aws *aws, uint32_t entry, struct tw_rule *rule)
{
	uint32_t v4 = tw_aws_member(aws, entry, "CidrBlock");
	uint32_t v6 = tw_aws_member(aws, entry, "Ipv6CidrBlock");

	if (v4 != TW_NODE_NONE && v6 != TW_NODE_NONE)
		return tw_node_error(aws->d, entry,
			"%s: has both \"CidrBlock\" and \"Ipv6CidrBlock\"; an entry has one of "
			"them",
			tw_node_path(aws->d, entry));
	if (v4 == TW_NODE_NONE && v6 == TW_NODE_NONE)
		return tw_node_error(aws->d, entry,
			"%s: has neither \"CidrBlock\" nor \"Ipv6CidrBlock\"; an entry has one "
			"of them",
			tw_node_path(aws->d, entry));
	if (v4 != TW_NODE_NONE)
		TW_TRY(tw_aws_cidr(aws, v4, TW_IPV4, false, &rule->peer));
	else
		TW_TRY(tw_aws_cidr(aws, v6, TW_IPV6, false, &rule->peer));
	rule->family = rule->peer.family;
	return TW_OK;
}

static tw_status read_protocol(struct tw_aws *aws, uint32_t entry, struct tw_rule *rule)
{
	uint32_t node = tw_node_member(aws->d, entry, "Protocol");

	if (node == TW_NODE_NONE)
		return tw_node_lacks(aws->d, entry, "Protocol");
	return tw_aws_protocol(aws, node, &rule->protocol);
}

/* Ports of TCP and UDP. 0 to 0 is port 0 alone, not all of them. */
static tw_status read_ports(struct tw_aws *aws, uint32_t entry, struct tw_rule *rule)
{
	int64_t from = 0, to = 0;
	tw_status worst = TW_OK;
	uint32_t range;
	bool found;

	TW_TRY(tw_get_object(aws->d, entry, "PortRange", false, &range));
	if (range == TW_NODE_NONE) {
		/* SPEC: nacl-missing-portrange */
		tw_aws_every_port(rule);
		return tw_aws_warn(aws, entry,
			"%s without \"PortRange\", which AWS requires: read as all ports",
			rule->protocol == TW_PROTOCOL_TCP ? "TCP" : "UDP");
	}
	TW_AWS_STEP(worst,
		tw_get_int_of(aws->d, range, "From", true, "a port", 0, UINT16_MAX, &found, &from));
	TW_AWS_STEP(worst,
		tw_get_int_of(aws->d, range, "To", true, "a port", 0, UINT16_MAX, &found, &to));
	if (worst == TW_OK && from > to)
		return tw_node_error(aws->d, range, "%s: From %d is above To %d",
			tw_node_path(aws->d, range), (int)from, (int)to);
	rule->ports = (struct tw_ports){(uint16_t)from, (uint16_t)to};
	rule->every_port = from == 0 && to == UINT16_MAX;
	return worst;
}

static tw_status read_icmp(struct tw_aws *aws, uint32_t entry, struct tw_rule *rule)
{
	int64_t type = -1, code = -1;
	tw_status worst = TW_OK;
	uint32_t object;
	bool found;

	TW_TRY(tw_get_object(aws->d, entry, "IcmpTypeCode", false, &object));
	if (object == TW_NODE_NONE) {
		tw_aws_every_port(rule);
		return tw_aws_warn(aws, entry,
			"ICMP without \"IcmpTypeCode\", which AWS requires: read as all types");
	}
	TW_AWS_STEP(worst, tw_get_int_of(aws->d, object, "Type", true, "an ICMP type (-1: any)", -1,
				   255, &found, &type));
	TW_AWS_STEP(worst, tw_get_int_of(aws->d, object, "Code", true, "an ICMP code (-1: any)", -1,
				   255, &found, &code));
	if (worst == TW_OK)
		tw_aws_icmp(rule, type, code);
	return worst;
}

/* What an entry says about ports depends on protocol and family. SPEC: nacl-ports-ignored */
static tw_status read_service(struct tw_aws *aws, uint32_t entry, struct tw_rule *rule)
{
	tw_status status = TW_OK;

	switch (rule->protocol) {
	case TW_PROTOCOL_TCP:
	case TW_PROTOCOL_UDP:
		return read_ports(aws, entry, rule);
	case TW_PROTOCOL_ICMP:
		status = read_icmp(aws, entry, rule);
		if (rule->family == TW_IPV6) {
			rule->maybe = true;
			rule->maybe_reason = "nacl-proto1-v6-cidr";
		}
		return status;
	case TW_PROTOCOL_ICMPV6:
		if (rule->family == TW_IPV6)
			return read_icmp(aws, entry, rule);
		/* SPEC: nacl-proto58-v4-cidr; what such an IPv4 packet meets is not documented. */
		tw_aws_every_port(rule);
		rule->maybe = true;
		rule->maybe_reason = "nacl-proto58-v4-packet";
		return TW_OK;
	default:
		tw_aws_every_port(rule);
		return TW_OK;
	}
}

/* SPEC: nacl-implicit-deny-v4, nacl-implicit-deny-v6 */
static tw_status check_implicit(struct tw_aws *aws, uint32_t entry, struct tw_rule *rule)
{
	if (rule->number < TW_IMPLICIT_V4)
		return TW_OK;
	if (rule->action != TW_DENY || rule->protocol != TW_PROTOCOL_ALL || rule->peer.len != 0)
		return tw_node_error(aws->d, entry,
			"%s: rule number %u is AWS's own deny of everything and can say nothing "
			"else; "
			"the highest number of a rule is 32766",
			tw_node_path(aws->d, entry), (unsigned)rule->number);
	rule->implicit = true;
	rule->number = rule->family == TW_IPV4 ? TW_IMPLICIT_V4 : TW_IMPLICIT_V6;
	return TW_OK;
}

static tw_status read_entry(struct tw_aws *aws, uint32_t node, struct entry *ret)
{
	struct entry entry = {.rule = {.span = tw_node_span(aws->d, node)}};
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_object(aws, node));
	TW_AWS_STEP(worst, read_number(aws, node, &entry.rule));
	TW_AWS_STEP(worst, read_egress(aws, node, &entry.list));
	TW_AWS_STEP(worst, read_action(aws, node, &entry.rule));
	tw_status cidr = read_cidr(aws, node, &entry.rule);
	TW_AWS_STEP(worst, cidr);
	tw_status protocol = read_protocol(aws, node, &entry.rule);
	TW_AWS_STEP(worst, protocol);
	if (cidr == TW_OK && protocol == TW_OK)
		TW_AWS_STEP(worst, read_service(aws, node, &entry.rule));
	if (worst == TW_OK)
		TW_TRY(check_implicit(aws, node, &entry.rule));
	*ret = entry;
	return worst;
}

tw_status tw_aws_acl_entry(
	struct tw_aws *aws, uint32_t node, struct tw_rule *ret, enum tw_list *ret_list)
{
	struct entry entry;

	TW_TRY(read_entry(aws, node, &entry));
	*ret = entry.rule;
	*ret_list = entry.list;
	return TW_OK;
}

static tw_status read_entries(struct tw_aws *aws, uint32_t array, struct tw_acl *acl)
{
	struct tw_document *d = aws->d;
	size_t room = tw_node_count(d, array), n[2] = {0, 0};
	struct tw_rule *rule[2];
	tw_status worst = TW_OK;

	for (int i = 0; i < 2; i++) {
		rule[i] = TW_NEW_ARRAY(&aws->net->arena, struct tw_rule, room);
		if (!rule[i])
			return TW_ENOMEM;
	}
	for (uint32_t node = tw_node_first(d, array); node != TW_NODE_NONE;
		node = tw_node_after(d, array, node)) {
		struct entry entry;
		tw_status status = read_entry(aws, node, &entry);
		TW_AWS_STEP(worst, status);
		if (status == TW_OK)
			rule[entry.list][n[entry.list]++] = entry.rule;
	}
	for (int i = 0; i < 2; i++)
		acl->list[i] = (struct tw_rules){rule[i], n[i]};
	return worst;
}

static tw_status read_associations(
	struct tw_aws *aws, uint32_t array, struct tw_link **ret, size_t *ret_n)
{
	struct tw_document *d = aws->d;
	struct tw_link *link =
		TW_NEW_ARRAY(&aws->net->arena, struct tw_link, tw_node_count(d, array));
	tw_status worst = TW_OK;
	size_t n = 0;

	if (!link)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(d, array); node != TW_NODE_NONE;
		node = tw_node_after(d, array, node)) {
		tw_status status = tw_aws_object(aws, node);
		if (status == TW_OK)
			status = tw_aws_id(aws, node, "SubnetId", &link[n].id);
		TW_AWS_STEP(worst, status);
		if (status == TW_OK)
			link[n++].span = tw_node_span(d, node);
	}
	*ret = link;
	*ret_n = n;
	return worst;
}

tw_status tw_aws_acl(struct tw_aws *aws, uint32_t element)
{
	struct tw_document *d = aws->d;
	struct tw_acl acl = {.object = {.span = tw_node_span(d, element)}};
	uint32_t associations = TW_NODE_NONE, entries = TW_NODE_NONE, tags = TW_NODE_NONE;
	struct tw_link *link = NULL;
	tw_status worst = TW_OK;
	size_t links = 0;
	bool found;

	TW_TRY(tw_aws_id(aws, element, "NetworkAclId", &acl.object.id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "VpcId", &acl.vpc_id));
	TW_AWS_STEP(worst, tw_get_bool(d, element, "IsDefault", false, &found, &acl.is_default));
	TW_AWS_STEP(worst, tw_get_array(d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &acl.object));
	TW_AWS_STEP(worst, tw_get_array(d, element, "Associations", false, &associations));
	if (associations != TW_NODE_NONE) {
		acl.associations_known = true;
		TW_AWS_STEP(worst, read_associations(aws, associations, &link, &links));
	}
	acl.list_span = acl.object.span;
	TW_AWS_STEP(worst, tw_get_array(d, element, "Entries", false, &entries));
	if (entries != TW_NODE_NONE) {
		acl.entries_known = true;
		acl.list_span = tw_node_span(d, entries);
		TW_AWS_STEP(worst, read_entries(aws, entries, &acl));
	}
	TW_AWS_STEP(worst, tw_net_add_acl(aws->net, aws->diags, &acl, link, links));
	return worst;
}
