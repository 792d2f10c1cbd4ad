/* SPDX-License-Identifier: Apache-2.0 */
/* Rules as resources of their own, for Terraform and OpenTofu. SPEC: tf-network-acl-rule,
 * tf-vpc-sg-rule */

#include "spell_hcl.h"

/* `acl`: what names it; `stem`: begins the resource's name. */
static void write_acl_rule(
	struct tw_spell *s, const struct tw_entry *entry, const char *acl, const char *stem)
{
	struct tw_hcl h = {.s = s};
	const char *protocol = tw_hcl_acl_protocol(s, entry->protocol);
	char cidr[TW_PREFIX_TEXT];

	if (!protocol) {
		tw_spell_comment(s, 0,
			tw_spell_kept(s, tw_arena_printf(s->arena,
						 "Not written: the AWS provider takes no protocol "
						 "%d. It is %s.",
						 entry->protocol, tw_spell_whole_rule(s, entry))));
		return;
	}
	const char *name = tw_spell_kept(s, tw_arena_printf(s->arena, "%s_%s_%u", stem,
						    tw_spell_list(entry), (unsigned)entry->number));
	const char *head = tw_spell_kept(
		s, tw_arena_printf(s->arena, "resource \"aws_network_acl_rule\" \"%s\"",
			   tw_spell_unique(s, "rule", name, "_")));
	tw_hcl_raw(&h, "network_acl_id", acl);
	tw_hcl_int(&h, "rule_number", entry->number);
	tw_hcl_raw(&h, "egress", entry->egress ? "true" : "false");
	tw_hcl_text(&h, "protocol", protocol);
	tw_hcl_text(&h, "rule_action", entry->allow ? "allow" : "deny");
	tw_hcl_text(&h, entry->cidr.family == TW_IPV6 ? "ipv6_cidr_block" : "cidr_block",
		tw_prefix_text(entry->cidr, cidr));
	tw_hcl_acl_service(&h, entry);
	tw_hcl_block(&h, head);
}

void tw_hcl_group_rule(struct tw_spell *s, const struct tw_entry *entry, const char *group,
	const char *stem, size_t ordinal)
{
	struct tw_hcl h = {.s = s};
	char cidr[TW_PREFIX_TEXT];
	const char *name = tw_spell_kept(
		s, tw_arena_printf(s->arena, "%s_%s_%zu", stem, tw_spell_list(entry), ordinal));
	const char *head = tw_spell_kept(
		s, tw_arena_printf(s->arena, "resource \"aws_vpc_security_group_%s_rule\" \"%s\"",
			   tw_spell_list(entry), tw_spell_unique(s, "group rule", name, "_")));

	tw_hcl_raw(&h, "security_group_id", group);
	tw_hcl_text(&h, "ip_protocol", tw_spell_group_protocol(s, entry->protocol));
	if (tw_protocol_has_ports(entry->protocol)) {
		tw_hcl_int(&h, "from_port", entry->ports.lo);
		tw_hcl_int(&h, "to_port", entry->ports.hi);
	} else if (tw_entry_has_icmp(entry)) {
		tw_hcl_int(&h, "from_port", entry->icmp_type);
		tw_hcl_int(&h, "to_port", entry->icmp_type < 0 ? -1 : entry->icmp_code);
	}
	if (entry->peer_group)
		tw_hcl_raw(&h, "referenced_security_group_id", tw_hcl_peer(s, entry->peer_group));
	else
		tw_hcl_text(&h, entry->cidr.family == TW_IPV6 ? "cidr_ipv6" : "cidr_ipv4",
			tw_prefix_text(entry->cidr, cidr));
	tw_hcl_block(&h, head);
}

/* ---- edits ----------------------------------------------------------------------------------- */

static void write_removal(struct tw_spell *s, const struct tw_entry *entry)
{
	tw_spell_comment(s, 0,
		tw_spell_kept(s, tw_arena_printf(s->arena, "Drop the resource that makes %s.",
					 tw_spell_whole_rule(s, entry))));
}

void tw_spell_terraform_edits(struct tw_spell *s, const struct tw_edit *edit, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct tw_entry *entry = &edit[i].entry;
		const char *id = tw_hcl_string(s, entry->component);
		const char *stem = tw_spell_ident(s, entry->component, '_');
		if (i > 0)
			tw_buf_putc(s->buf, '\n');
		tw_spell_comment(s, 0, entry->comment);
		if (edit[i].operation == TW_REMOVE) {
			write_removal(s, entry);
			continue;
		}
		if (edit[i].operation == TW_REPLACE)
			tw_spell_replaced(s, 0, entry, "name");
		if (entry->group)
			tw_hcl_group_rule(s, entry, id, stem, i + 1);
		else
			write_acl_rule(s, entry, id, stem);
	}
}

/* ---- rule sets ------------------------------------------------------------------------------- */

void tw_hcl_begin_sets(struct tw_spell *s)
{
	bool asks = false;

	for (size_t i = 0; i < s->sets; i++) {
		const struct tw_rule_set *set = &s->set[i];
		s->ident[i] = tw_spell_unique(
			s, set->group ? "group" : "acl", tw_spell_ident(s, set->name, '_'), "_");
		asks = asks || !set->vpc_id;
	}
	if (!asks)
		return;
	tw_buf_puts(s->buf, "variable \"vpc_id\" {\n  type = string\n}\n\n");
}

void tw_hcl_vpc(struct tw_hcl *h, const struct tw_rule_set *set)
{
	tw_hcl_raw(h, "vpc_id", set->vpc_id ? tw_hcl_string(h->s, set->vpc_id) : "var.vpc_id");
}

/* SPEC: tf-network-acl, tf-security-group */
static void set_attributes(struct tw_hcl *h, const struct tw_rule_set *set)
{
	struct tw_spell *s = h->s;
	struct tw_buf list;

	if (set->group) {
		tw_hcl_text(h, "name", tw_spell_ident(s, set->name, '-'));
		tw_hcl_text(h, "description",
			tw_spell_description(s, set->about, tw_spell_ident(s, set->name, '-')));
		tw_hcl_vpc(h, set);
		return;
	}
	tw_hcl_vpc(h, set);
	if (set->subnets > 0) {
		tw_buf_init(&list, s->buf->mem);
		for (size_t i = 0; i < set->subnets; i++)
			tw_buf_printf(
				&list, "%s%s", i ? ", " : "[", tw_hcl_string(s, set->subnet[i]));
		tw_buf_putc(&list, ']');
		const char *text = tw_buf_text(&list);
		text = text ? tw_arena_dup(s->arena, list.p, list.n) : NULL;
		tw_buf_fini(&list);
		tw_hcl_raw(h, "subnet_ids", tw_spell_kept(s, text));
	}
	tw_hcl_raw(h, "tags",
		tw_spell_kept(s, tw_arena_printf(s->arena, "{ Name = \"%s\" }",
					 tw_spell_ident(s, set->name, '-'))));
}

void tw_hcl_empty_set(struct tw_spell *s, size_t index)
{
	const struct tw_rule_set *set = &s->set[index];
	struct tw_hcl h = {.s = s};

	tw_spell_comment(s, 0, set->about);
	set_attributes(&h, set);
	tw_hcl_block(&h, tw_spell_kept(s, tw_arena_printf(s->arena, "resource \"aws_%s\" \"%s\"",
						  set->group ? "security_group" : "network_acl",
						  s->ident[index])));
}

void tw_spell_terraform_sets(struct tw_spell *s)
{
	tw_hcl_begin_sets(s);
	for (size_t i = 0; i < s->sets; i++) {
		const struct tw_rule_set *set = &s->set[i];
		const char *id = tw_spell_kept(
			s, tw_arena_printf(s->arena, "aws_%s.%s.id",
				   set->group ? "security_group" : "network_acl", s->ident[i]));
		if (i > 0)
			tw_buf_putc(s->buf, '\n');
		tw_hcl_empty_set(s, i);
		for (size_t k = 0; k < set->entries; k++) {
			tw_buf_putc(s->buf, '\n');
			tw_spell_comment(s, 0, set->entry[k].comment);
			if (set->group)
				tw_hcl_group_rule(s, &set->entry[k], id, s->ident[i], k + 1);
			else
				write_acl_rule(s, &set->entry[k], id, s->ident[i]);
		}
	}
}
