/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules as YAML for CloudFormation. SPEC: cfn-network-acl-entry, cfn-sg-rule-standalone
 *
 * Scalars that are not known to be harmless stand in double quotes with JSON's escapes, which YAML
 * shares. References are written in full (Ref: X), so that any YAML reader takes them.
 */

#include "spell.h"

/* ---- lines ----------------------------------------------------------------------------------- */

static void put_key(struct tw_spell *s, size_t margin, const char *key)
{
	tw_buf_fill(s->buf, " ", margin);
	tw_buf_puts(s->buf, key);
	tw_buf_puts(s->buf, ":\n");
}

/* `value` is YAML already. */
static void put(struct tw_spell *s, size_t margin, const char *key, const char *value)
{
	tw_buf_fill(s->buf, " ", margin);
	tw_buf_puts(s->buf, key);
	tw_buf_puts(s->buf, ": ");
	tw_buf_puts(s->buf, value);
	tw_buf_putc(s->buf, '\n');
}

static void put_int(struct tw_spell *s, size_t margin, const char *key, int value)
{
	put(s, margin, key, tw_spell_kept(s, tw_arena_printf(s->arena, "%d", value)));
}

static void put_bool(struct tw_spell *s, size_t margin, const char *key, bool value)
{
	put(s, margin, key, value ? "true" : "false");
}

/* Ids of AWS are harmless: "acl-0f5c". "null", "1e3" and "a: b" are not. */
static bool is_id(const char *text)
{
	static const char *const kinds[] = {"acl-", "sg-", "subnet-", "vpc-"};
	size_t n = 0;

	for (size_t i = 0; i < TW_COUNT(kinds); i++)
		if (strncmp(text, kinds[i], strlen(kinds[i])) == 0)
			n = strlen(kinds[i]);
	if (n == 0 || !text[n])
		return false;
	for (const char *c = text + n; *c; c++)
		if (!(*c >= '0' && *c <= '9') && !(*c >= 'a' && *c <= 'z'))
			return false;
	return true;
}

static void put_text(struct tw_spell *s, size_t margin, const char *key, const char *text)
{
	put(s, margin, key, is_id(text) ? text : tw_spell_quoted(s, text));
}

static void put_ref(struct tw_spell *s, size_t margin, const char *key, const char *logical)
{
	put(s, margin, key, tw_spell_kept(s, tw_arena_printf(s->arena, "{Ref: %s}", logical)));
}

/* Colons make a block of IPv6 look like other things. */
static void put_cidr(
	struct tw_spell *s, size_t margin, const char *v4, const char *v6, struct tw_prefix prefix)
{
	char text[TW_PREFIX_TEXT];

	tw_prefix_text(prefix, text);
	if (prefix.family == TW_IPV6)
		put(s, margin, v6, tw_spell_quoted(s, text));
	else
		put(s, margin, v4, text);
}

static void begin_resource(struct tw_spell *s, const char *logical, const char *type)
{
	put_key(s, 2, logical);
	put(s, 4, "Type", type);
	put_key(s, 4, "Properties");
}

/* A logical id: letters and digits, and no other resource has it. */
static const char *logical_id(
	struct tw_spell *s, const char *stem, const struct tw_entry *entry, size_t ordinal)
{
	const char *base = tw_arena_printf(s->arena, "%s%s%zu", stem,
		entry->egress ? "Egress" : "Ingress", entry->group ? ordinal : entry->number);

	return tw_spell_unique(s, "resource", tw_spell_kept(s, base), "N");
}

/* ---- rules ----------------------------------------------------------------------------------- */

/* What names an ACL or a group: an id, or the logical id of a resource of the same template. */
struct owner {
	const char *id, *logical;
};

static void put_owner(struct tw_spell *s, const char *key, const struct owner *owner)
{
	if (owner->logical)
		put_ref(s, 6, key, owner->logical);
	else
		put_text(s, 6, key, owner->id);
}

static void write_acl_rule(struct tw_spell *s, const struct tw_entry *entry,
	const struct owner *owner, const char *logical)
{
	begin_resource(s, logical, "AWS::EC2::NetworkAclEntry");
	put_owner(s, "NetworkAclId", owner);
	put_int(s, 6, "RuleNumber", entry->number);
	put_int(s, 6, "Protocol", entry->protocol);
	put(s, 6, "RuleAction", entry->allow ? "allow" : "deny");
	put_bool(s, 6, "Egress", entry->egress);
	put_cidr(s, 6, "CidrBlock", "Ipv6CidrBlock", entry->cidr);
	if (tw_protocol_has_ports(entry->protocol)) {
		put_key(s, 6, "PortRange");
		put_int(s, 8, "From", entry->ports.lo);
		put_int(s, 8, "To", entry->ports.hi);
	}
	if (tw_entry_has_icmp(entry)) {
		put_key(s, 6, "Icmp");
		put_int(s, 8, "Type", entry->icmp_type);
		put_int(s, 8, "Code", entry->icmp_type < 0 ? -1 : entry->icmp_code);
	}
}

/* Without the group that it belongs to. `first` begins the first line, in place of blanks. */
static void group_properties(
	struct tw_spell *s, size_t margin, const char *first, const struct tw_entry *entry)
{
	size_t peer = tw_spell_peer_set(s, entry->peer_group);

	tw_buf_puts(s->buf, first);
	put(s, *first ? 0 : margin, "IpProtocol",
		tw_spell_quoted(s, tw_spell_group_protocol(s, entry->protocol)));
	if (tw_protocol_has_ports(entry->protocol)) {
		put_int(s, margin, "FromPort", entry->ports.lo);
		put_int(s, margin, "ToPort", entry->ports.hi);
	} else if (tw_entry_has_icmp(entry)) {
		put_int(s, margin, "FromPort", entry->icmp_type);
		put_int(s, margin, "ToPort", entry->icmp_type < 0 ? -1 : entry->icmp_code);
	}
	const char *key = entry->egress ? "DestinationSecurityGroupId" : "SourceSecurityGroupId";
	if (peer < s->sets)
		put(s, margin, key,
			tw_spell_kept(
				s, tw_arena_printf(s->arena, "{\"Fn::GetAtt\": [%s, GroupId]}",
					   s->ident[peer])));
	else if (entry->peer_group)
		put_text(s, margin, key, entry->peer_group);
	else
		put_cidr(s, margin, "CidrIp", "CidrIpv6", entry->cidr);
}

static void write_group_rule(struct tw_spell *s, const struct tw_entry *entry,
	const struct owner *owner, const char *logical)
{
	begin_resource(s, logical,
		entry->egress ? "AWS::EC2::SecurityGroupEgress" : "AWS::EC2::SecurityGroupIngress");
	if (owner->logical)
		put(s, 6, "GroupId",
			tw_spell_kept(
				s, tw_arena_printf(s->arena, "{\"Fn::GetAtt\": [%s, GroupId]}",
					   owner->logical)));
	else
		put_text(s, 6, "GroupId", owner->id);
	group_properties(s, 6, "", entry);
}

/* ---- edits ----------------------------------------------------------------------------------- */

void tw_spell_cloudformation_edits(struct tw_spell *s, const struct tw_edit *edit, size_t n)
{
	bool begun = false;

	for (size_t i = 0; i < n; i++) {
		const struct tw_entry *entry = &edit[i].entry;
		struct owner owner = {.id = entry->component};
		bool removal = edit[i].operation == TW_REMOVE;
		if (!removal && !begun)
			tw_buf_puts(s->buf, "Resources:\n");
		begun = begun || !removal;
		size_t margin = begun ? 2 : 0;
		tw_spell_comment(s, margin, entry->comment);
		if (removal) {
			tw_spell_comment(s, margin,
				tw_spell_kept(s, tw_arena_printf(s->arena,
							 "Drop the resource that makes %s.",
							 tw_spell_whole_rule(s, entry))));
			continue;
		}
		if (edit[i].operation == TW_REPLACE)
			tw_spell_replaced(s, margin, entry, "id");
		const char *logical =
			logical_id(s, tw_spell_ident(s, entry->component, '\0'), entry, i + 1);
		if (entry->group)
			write_group_rule(s, entry, &owner, logical);
		else
			write_acl_rule(s, entry, &owner, logical);
	}
}

/* ---- rule sets ------------------------------------------------------------------------------- */

static void put_vpc(struct tw_spell *s, const struct tw_rule_set *set)
{
	if (set->vpc_id)
		put_text(s, 6, "VpcId", set->vpc_id);
	else
		put_ref(s, 6, "VpcId", "VpcId");
}

static void put_name(struct tw_spell *s, const struct tw_rule_set *set)
{
	put_key(s, 6, "Tags");
	put(s, 8, "- Key", "Name");
	put(s, 10, "Value", tw_spell_quoted(s, tw_spell_ident(s, set->name, '-')));
}

static void write_subnets(struct tw_spell *s, size_t index)
{
	const struct tw_rule_set *set = &s->set[index];

	for (size_t i = 0; i < set->subnets; i++) {
		const char *base = tw_spell_kept(
			s, tw_arena_printf(s->arena, "%sSubnet%zu", s->ident[index], i + 1));
		begin_resource(s, tw_spell_unique(s, "resource", base, "N"),
			"AWS::EC2::SubnetNetworkAclAssociation");
		put_text(s, 6, "SubnetId", set->subnet[i]);
		put_ref(s, 6, "NetworkAclId", s->ident[index]);
	}
}

/* SPEC: cfn-network-acl, cfn-acl-association */
static void write_acl(struct tw_spell *s, size_t index)
{
	const struct tw_rule_set *set = &s->set[index];
	struct owner owner = {.logical = s->ident[index]};

	begin_resource(s, s->ident[index], "AWS::EC2::NetworkAcl");
	put_vpc(s, set);
	put_name(s, set);
	for (size_t i = 0; i < set->entries; i++) {
		tw_spell_comment(s, 2, set->entry[i].comment);
		write_acl_rule(s, &set->entry[i], &owner,
			logical_id(s, s->ident[index], &set->entry[i], i + 1));
	}
	write_subnets(s, index);
}

/* A rule that names a group of the same template is a resource of its own: two groups that name
 * each other would be a circle. */
static bool is_apart(const struct tw_spell *s, const struct tw_entry *entry)
{
	return tw_spell_peer_set(s, entry->peer_group) < s->sets;
}

/* SPEC: cfn-sg-default-egress */
static void nothing_out(struct tw_spell *s)
{
	tw_spell_comment(s, 6,
		"Without any egress here AWS would let everything out. This lets nothing out: no "
		"packet for this address leaves a machine.");
	put_key(s, 6, "SecurityGroupEgress");
	put(s, 8, "- IpProtocol", "\"-1\"");
	put(s, 10, "CidrIp", "127.0.0.1/32");
}

static void write_list(struct tw_spell *s, const struct tw_rule_set *set, bool egress)
{
	bool begun = false;

	for (size_t i = 0; i < set->entries; i++) {
		const struct tw_entry *entry = &set->entry[i];
		if (entry->egress != egress || is_apart(s, entry))
			continue;
		if (!begun)
			put_key(s, 6, egress ? "SecurityGroupEgress" : "SecurityGroupIngress");
		begun = true;
		tw_spell_comment(s, 8, entry->comment);
		group_properties(s, 10, "        - ", entry);
	}
	if (egress && !begun)
		nothing_out(s);
}

/* SPEC: cfn-security-group */
static void write_group(struct tw_spell *s, size_t index)
{
	const struct tw_rule_set *set = &s->set[index];
	struct owner owner = {.logical = s->ident[index]};
	const char *name = tw_spell_ident(s, set->name, '-');

	begin_resource(s, s->ident[index], "AWS::EC2::SecurityGroup");
	put(s, 6, "GroupDescription",
		tw_spell_quoted(s, tw_spell_description(s, set->about, name)));
	put_vpc(s, set);
	write_list(s, set, false);
	write_list(s, set, true);
	put_name(s, set);
	for (size_t i = 0; i < set->entries; i++) {
		if (!is_apart(s, &set->entry[i]))
			continue;
		tw_spell_comment(s, 2, set->entry[i].comment);
		write_group_rule(s, &set->entry[i], &owner,
			logical_id(s, s->ident[index], &set->entry[i], i + 1));
	}
}

void tw_spell_cloudformation_sets(struct tw_spell *s)
{
	bool asks = false;

	for (size_t i = 0; i < s->sets; i++) {
		const char *base = tw_spell_kept(s,
			tw_arena_printf(s->arena, "%s%s", tw_spell_ident(s, s->set[i].name, '\0'),
				s->set[i].group ? "Group" : "Acl"));
		s->ident[i] = tw_spell_unique(s, "resource", base, "N");
		asks = asks || !s->set[i].vpc_id;
	}
	tw_buf_puts(s->buf, "AWSTemplateFormatVersion: \"2010-09-09\"\n");
	if (asks)
		tw_buf_puts(s->buf, "Parameters:\n  VpcId:\n    Type: AWS::EC2::VPC::Id\n");
	tw_buf_puts(s->buf, "Resources:\n");
	for (size_t i = 0; i < s->sets; i++) {
		tw_spell_comment(s, 2, s->set[i].about);
		if (s->set[i].group)
			write_group(s, i);
		else
			write_acl(s, i);
	}
}
