/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule sets in the shape in which `aws ec2 describe-network-acls` and `describe-security-groups`
 * would print them once they exist, in one object. SPEC: cli-network-acls, cli-security-groups
 *
 * Ids are made up, and the same on each run: "acl-0" or "sg-0" and the 16 hexadecimal digits of a
 * hash of the set's name; "vpc-0" and the hash of "vpc" where no VPC is known. So files that were
 * made from the same names fit together.
 */

#include "spell.h"

#include <inttypes.h>

static const char *made_id(struct tw_spell *s, const char *kind, const char *name)
{
	return tw_spell_kept(s,
		tw_arena_printf(s->arena, "%s-0%016" PRIx64, kind, tw_hash(name, strlen(name), 0)));
}

static void put_int(struct tw_jsonw *w, const char *key, int value)
{
	tw_jsonw_key(w, key);
	tw_jsonw_int(w, value);
}

/* ---- network ACLs ---------------------------------------------------------------------------- */

static void put_service(struct tw_jsonw *w, const struct tw_entry *entry)
{
	if (tw_entry_has_icmp(entry)) {
		tw_jsonw_key(w, "IcmpTypeCode");
		tw_jsonw_object(w, true);
		put_int(w, "Code", entry->icmp_type < 0 ? -1 : entry->icmp_code);
		put_int(w, "Type", entry->icmp_type);
		tw_jsonw_end_object(w);
	}
	if (tw_protocol_has_ports(entry->protocol)) {
		tw_jsonw_key(w, "PortRange");
		tw_jsonw_object(w, true);
		put_int(w, "From", entry->ports.lo);
		put_int(w, "To", entry->ports.hi);
		tw_jsonw_end_object(w);
	}
}

static void put_entry(struct tw_spell *s, struct tw_jsonw *w, const struct tw_entry *entry)
{
	char cidr[TW_PREFIX_TEXT];

	tw_jsonw_object(w, true);
	tw_json_key_str(w, entry->cidr.family == TW_IPV6 ? "Ipv6CidrBlock" : "CidrBlock",
		tw_prefix_text(entry->cidr, cidr));
	tw_jsonw_key(w, "Egress");
	tw_jsonw_bool(w, entry->egress);
	put_service(w, entry);
	tw_json_key_str(
		w, "Protocol", tw_spell_kept(s, tw_arena_printf(s->arena, "%d", entry->protocol)));
	tw_json_key_str(w, "RuleAction", entry->allow ? "allow" : "deny");
	put_int(w, "RuleNumber", entry->number);
	tw_jsonw_end_object(w);
}

/* SPEC: nacl-implicit-deny-v4, nacl-implicit-deny-v6 */
static void put_denies(
	struct tw_spell *s, struct tw_jsonw *w, const struct tw_rule_set *set, bool egress)
{
	bool v6 =
		tw_spell_has_family(set, false, TW_IPV6) || tw_spell_has_family(set, true, TW_IPV6);
	struct tw_entry deny = {
		.egress = egress, .number = 32767, .protocol = -1, .cidr = {.family = TW_IPV4}};

	put_entry(s, w, &deny);
	if (!v6)
		return;
	deny.number = 32768;
	deny.cidr.family = TW_IPV6;
	put_entry(s, w, &deny);
}

static void put_entries(struct tw_spell *s, struct tw_jsonw *w, const struct tw_rule_set *set)
{
	tw_jsonw_array(w, false);
	for (int egress = 0; egress < 2; egress++) {
		for (size_t i = 0; i < set->entries; i++)
			if (set->entry[i].egress == (egress != 0))
				put_entry(s, w, &set->entry[i]);
		put_denies(s, w, set, egress != 0);
	}
	tw_jsonw_end_array(w);
}

static const char *vpc_of(struct tw_spell *s, const struct tw_rule_set *set)
{
	return set->vpc_id ? set->vpc_id : made_id(s, "vpc", "vpc");
}

static const char *made_subnet(struct tw_spell *s, struct tw_prefix block)
{
	char cidr[TW_PREFIX_TEXT];

	return made_id(s, "subnet", tw_prefix_text(block, cidr));
}

static void put_association(
	struct tw_spell *s, struct tw_jsonw *w, size_t index, const char *subnet)
{
	tw_jsonw_object(w, true);
	tw_json_key_str(w, "NetworkAclAssociationId", made_id(s, "aclassoc", subnet));
	tw_json_key_str(w, "NetworkAclId", s->ident[index]);
	tw_json_key_str(w, "SubnetId", subnet);
	tw_jsonw_end_object(w);
}

static void put_acl(struct tw_spell *s, struct tw_jsonw *w, size_t index)
{
	const struct tw_rule_set *set = &s->set[index];
	const char *name = tw_spell_ident(s, set->name, '-');

	tw_jsonw_object(w, false);
	tw_jsonw_key(w, "Associations");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < set->subnets; i++)
		put_association(s, w, index, set->subnet[i]);
	for (size_t i = 0; i < set->blocks && set->subnets == 0; i++)
		put_association(s, w, index, made_subnet(s, set->block[i]));
	tw_jsonw_end_array(w);
	tw_jsonw_key(w, "Entries");
	put_entries(s, w, set);
	tw_jsonw_key(w, "IsDefault");
	tw_jsonw_bool(w, false);
	tw_json_key_str(w, "NetworkAclId", s->ident[index]);
	tw_jsonw_key(w, "Tags");
	tw_jsonw_array(w, true);
	tw_jsonw_object(w, true);
	tw_json_key_str(w, "Key", "Name");
	tw_json_key_str(w, "Value", name);
	tw_jsonw_end_object(w);
	tw_jsonw_end_array(w);
	tw_json_key_str(w, "VpcId", vpc_of(s, set));
	tw_json_key_str(w, "OwnerId", "000000000000");
	tw_jsonw_end_object(w);
}

/* ---- security groups ------------------------------------------------------------------------- */

static void put_range(struct tw_jsonw *w, const char *list, const char *member, const char *value)
{
	tw_jsonw_key(w, list);
	tw_jsonw_array(w, true);
	if (value) {
		tw_jsonw_object(w, true);
		tw_json_key_str(w, member, value);
		tw_jsonw_end_object(w);
	}
	tw_jsonw_end_array(w);
}

static void put_permission(struct tw_spell *s, struct tw_jsonw *w, const struct tw_entry *entry)
{
	bool ports = tw_protocol_has_ports(entry->protocol), icmp = tw_entry_has_icmp(entry);
	size_t peer = tw_spell_peer_set(s, entry->peer_group);
	const char *group = peer < s->sets ? s->ident[peer] : entry->peer_group;
	char text[TW_PREFIX_TEXT];
	const char *cidr = group ? NULL : tw_prefix_text(entry->cidr, text);

	tw_jsonw_object(w, false);
	if (ports || icmp)
		put_int(w, "FromPort", ports ? entry->ports.lo : entry->icmp_type);
	tw_json_key_str(w, "IpProtocol", tw_spell_group_protocol(s, entry->protocol));
	put_range(w, "IpRanges", "CidrIp", entry->cidr.family == TW_IPV6 ? NULL : cidr);
	put_range(w, "Ipv6Ranges", "CidrIpv6", entry->cidr.family == TW_IPV6 ? cidr : NULL);
	put_range(w, "PrefixListIds", "PrefixListId", NULL);
	if (ports || icmp)
		put_int(w, "ToPort",
			ports		       ? entry->ports.hi
			: entry->icmp_type < 0 ? -1
					       : entry->icmp_code);
	put_range(w, "UserIdGroupPairs", "GroupId", group);
	tw_jsonw_end_object(w);
}

static void put_permissions(struct tw_spell *s, struct tw_jsonw *w, const char *key,
	const struct tw_rule_set *set, bool egress)
{
	tw_jsonw_key(w, key);
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < set->entries; i++)
		if (set->entry[i].egress == egress)
			put_permission(s, w, &set->entry[i]);
	tw_jsonw_end_array(w);
}

static void put_group(struct tw_spell *s, struct tw_jsonw *w, size_t index)
{
	const struct tw_rule_set *set = &s->set[index];
	const char *name = tw_spell_ident(s, set->name, '-');

	tw_jsonw_object(w, false);
	tw_json_key_str(w, "Description", tw_spell_description(s, set->about, name));
	tw_json_key_str(w, "GroupName", name);
	put_permissions(s, w, "IpPermissions", set, false);
	tw_json_key_str(w, "OwnerId", "000000000000");
	tw_json_key_str(w, "GroupId", s->ident[index]);
	put_permissions(s, w, "IpPermissionsEgress", set, true);
	tw_json_key_str(w, "VpcId", vpc_of(s, set));
	tw_jsonw_end_object(w);
}

/* A kind of which there is none is left out: an empty list would say that there are none at all. */
static void put_kind(struct tw_spell *s, struct tw_jsonw *w, bool group, const char *key)
{
	size_t n = 0;

	for (size_t i = 0; i < s->sets; i++)
		n += s->set[i].group == group;
	if (n == 0)
		return;
	tw_jsonw_key(w, key);
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < s->sets; i++) {
		if (s->set[i].group != group)
			continue;
		if (group)
			put_group(s, w, i);
		else
			put_acl(s, w, i);
	}
	tw_jsonw_end_array(w);
}

/* ---- subnets --------------------------------------------------------------------------------- */

static void put_subnet(struct tw_spell *s, struct tw_jsonw *w, const struct tw_rule_set *set,
	struct tw_prefix block)
{
	char cidr[TW_PREFIX_TEXT];
	bool v6 = block.family == TW_IPV6;

	tw_jsonw_object(w, true);
	if (!v6)
		tw_json_key_str(w, "CidrBlock", tw_prefix_text(block, cidr));
	tw_json_key_str(w, "SubnetId", made_subnet(s, block));
	tw_json_key_str(w, "VpcId", vpc_of(s, set));
	if (v6) {
		tw_jsonw_key(w, "Ipv6CidrBlockAssociationSet");
		tw_jsonw_array(w, true);
		tw_jsonw_object(w, true);
		tw_json_key_str(w, "Ipv6CidrBlock", tw_prefix_text(block, cidr));
		tw_jsonw_key(w, "Ipv6CidrBlockState");
		tw_jsonw_object(w, true);
		tw_json_key_str(w, "State", "associated");
		tw_jsonw_end_object(w);
		tw_jsonw_end_object(w);
		tw_jsonw_end_array(w);
	}
	tw_jsonw_end_object(w);
}

/* Blocks that were taken for subnets, since readers of the ACLs have to know whom they guard. */
static void put_subnets(struct tw_spell *s, struct tw_jsonw *w)
{
	bool any = false;

	for (size_t i = 0; i < s->sets; i++)
		any |= s->set[i].subnets == 0 && s->set[i].blocks > 0;
	if (!any)
		return;
	tw_jsonw_key(w, "Subnets");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < s->sets; i++)
		for (size_t k = 0; k < s->set[i].blocks && s->set[i].subnets == 0; k++)
			put_subnet(s, w, &s->set[i], s->set[i].block[k]);
	tw_jsonw_end_array(w);
}

void tw_spell_describe_sets(struct tw_spell *s)
{
	struct tw_jsonw w;

	for (size_t i = 0; i < s->sets; i++)
		s->ident[i] = made_id(s, s->set[i].group ? "sg" : "acl", s->set[i].name);
	tw_jsonw_init(&w, s->buf);
	tw_jsonw_object(&w, false);
	put_kind(s, &w, false, "NetworkAcls");
	put_kind(s, &w, true, "SecurityGroups");
	put_subnets(s, &w);
	tw_jsonw_end_object(&w);
	tw_buf_putc(s->buf, '\n');
}
