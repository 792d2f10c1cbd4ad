/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules as blocks inside the resource of their ACL or group, for Terraform and OpenTofu. SPEC:
 * tf-network-acl, tf-security-group, tf-acl-cidr-validation
 *
 * Two groups whose blocks name each other would be a circle that Terraform refuses: a group that
 * names another one of the same run has its rules as resources of their own.
 */

#include "spell_hcl.h"

static void write_acl_block(struct tw_spell *s, const struct tw_entry *entry, size_t margin)
{
	struct tw_hcl h = {.s = s, .margin = margin};
	const char *protocol = tw_hcl_acl_protocol(s, entry->protocol);
	char cidr[TW_PREFIX_TEXT];

	if (!protocol) {
		tw_spell_comment(s, margin,
			tw_spell_kept(s, tw_arena_printf(s->arena,
						 "Not written: the AWS provider takes no protocol "
						 "%d. It is %s.",
						 entry->protocol, tw_spell_whole_rule(s, entry))));
		return;
	}
	tw_hcl_int(&h, "rule_no", entry->number);
	tw_hcl_text(&h, "action", entry->allow ? "allow" : "deny");
	tw_hcl_text(&h, "protocol", protocol);
	tw_hcl_text(&h, entry->cidr.family == TW_IPV6 ? "ipv6_cidr_block" : "cidr_block",
		tw_prefix_text(entry->cidr, cidr));
	tw_hcl_acl_service(&h, entry);
	tw_hcl_block(&h, tw_spell_list(entry));
}

static void write_peer(struct tw_hcl *h, const struct tw_entry *entry, bool itself)
{
	struct tw_spell *s = h->s;
	char cidr[TW_PREFIX_TEXT];
	const char *key = entry->cidr.family == TW_IPV6 ? "ipv6_cidr_blocks" : "cidr_blocks";
	const char *peer = NULL;

	if (itself) {
		tw_hcl_raw(h, "self", "true");
		return;
	}
	if (entry->peer_group) {
		key = "security_groups";
		peer = tw_hcl_peer(s, entry->peer_group);
	} else {
		peer = tw_hcl_string(s, tw_prefix_text(entry->cidr, cidr));
	}
	tw_hcl_raw(h, key, tw_spell_kept(s, tw_arena_printf(s->arena, "[%s]", peer)));
}

static void write_group_block(
	struct tw_spell *s, const struct tw_entry *entry, bool itself, size_t margin)
{
	struct tw_hcl h = {.s = s, .margin = margin};
	bool ports = tw_protocol_has_ports(entry->protocol), icmp = tw_entry_has_icmp(entry);

	tw_hcl_text(&h, "protocol", tw_spell_group_protocol(s, entry->protocol));
	tw_hcl_int(&h, "from_port", ports ? entry->ports.lo : icmp ? entry->icmp_type : 0);
	tw_hcl_int(&h, "to_port",
		ports			       ? entry->ports.hi
		: icmp && entry->icmp_type < 0 ? -1
		: icmp			       ? entry->icmp_code
					       : 0);
	write_peer(&h, entry, itself);
	tw_hcl_block(&h, tw_spell_list(entry));
}

/* ---- edits ----------------------------------------------------------------------------------- */

static void say_where(struct tw_spell *s, const struct tw_edit *edit)
{
	const struct tw_entry *entry = &edit->entry;
	const char *id = tw_spell_clean(s, entry->component);
	const char *kind = entry->group ? "aws_security_group" : "aws_network_acl";
	const char *text;

	switch (edit->operation) {
	case TW_ADD:
		text = tw_arena_printf(s->arena, "Into the %s whose id is %s:", kind, id);
		break;
	case TW_REPLACE:
		text = tw_arena_printf(s->arena,
			entry->group ? "Into the %s whose id is %s, in place of the block that has "
				       "the rule now:"
				     : "Into the %s whose id is %s, in place of its %s block with "
				       "rule_no = %u:",
			kind, id, tw_spell_list(entry), (unsigned)entry->number);
		break;
	default:
		text = tw_arena_printf(s->arena,
			"From the %s whose id is %s, drop the block of %s.", kind, id,
			tw_spell_whole_rule(s, entry));
	}
	tw_spell_comment(s, 0, tw_spell_kept(s, text));
}

void tw_spell_inline_edits(struct tw_spell *s, const struct tw_edit *edit, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct tw_entry *entry = &edit[i].entry;
		if (i > 0)
			tw_buf_putc(s->buf, '\n');
		tw_spell_comment(s, 0, entry->comment);
		say_where(s, &edit[i]);
		if (edit[i].operation == TW_REMOVE)
			continue;
		if (entry->group)
			write_group_block(s, entry, false, 0);
		else
			write_acl_block(s, entry, 0);
	}
}

/* ---- rule sets ------------------------------------------------------------------------------- */

static bool names_itself(
	const struct tw_spell *s, const struct tw_rule_set *set, const struct tw_entry *entry)
{
	size_t peer = tw_spell_peer_set(s, entry->peer_group);

	return peer < s->sets && &s->set[peer] == set;
}

static bool names_another(const struct tw_spell *s, const struct tw_rule_set *set)
{
	for (size_t i = 0; set->group && i < set->entries; i++)
		if (tw_spell_peer_set(s, set->entry[i].peer_group) < s->sets &&
			!names_itself(s, set, &set->entry[i]))
			return true;
	return false;
}

static void write_set(struct tw_spell *s, size_t index)
{
	const struct tw_rule_set *set = &s->set[index];
	struct tw_buf *buf = s->buf;

	/* The resource as it is without rules; they go in before its closing brace. */
	tw_hcl_empty_set(s, index);
	if (set->entries == 0 || tw_buf_status(buf) != TW_OK)
		return;
	buf->n -= strlen("}\n");
	for (size_t i = 0; i < set->entries; i++) {
		const struct tw_entry *entry = &set->entry[i];
		tw_buf_putc(buf, '\n');
		tw_spell_comment(s, 2, entry->comment);
		if (set->group)
			write_group_block(s, entry, names_itself(s, set, entry), 2);
		else
			write_acl_block(s, entry, 2);
	}
	tw_buf_puts(buf, "}\n");
}

static void write_apart(struct tw_spell *s, size_t index)
{
	const struct tw_rule_set *set = &s->set[index];
	const char *id = tw_spell_kept(
		s, tw_arena_printf(s->arena, "aws_security_group.%s.id", s->ident[index]));

	tw_hcl_empty_set(s, index);
	for (size_t i = 0; i < set->entries; i++) {
		tw_buf_putc(s->buf, '\n');
		tw_spell_comment(s, 0, set->entry[i].comment);
		tw_hcl_group_rule(s, &set->entry[i], id, s->ident[index], i + 1);
	}
}

void tw_spell_inline_sets(struct tw_spell *s)
{
	tw_hcl_begin_sets(s);
	for (size_t i = 0; i < s->sets; i++) {
		if (i > 0)
			tw_buf_putc(s->buf, '\n');
		if (names_another(s, &s->set[i]))
			write_apart(s, i);
		else
			write_set(s, i);
	}
}
