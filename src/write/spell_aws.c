/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules as commands of the AWS CLI, for any shell of the POSIX kind.
 *
 * Words that a shell could read in another way stand in single quotes, in which it reads nothing.
 * An id that the AWS CLI itself would take for a file to read or a page to fetch is no id of AWS:
 * its command is written as a comment.
 */

#include "spell.h"

#define WIDTH 80

struct command {
	struct tw_spell *s;
	const char *margin;
	size_t column;
	bool off; /* written as a comment */
};

static bool is_plain(const char *text)
{
	static const char also[] = ":/._-";

	for (; *text; text++)
		if (!(*text >= '0' && *text <= '9') && !(*text >= 'a' && *text <= 'z') &&
			!(*text >= 'A' && *text <= 'Z') && !strchr(also, *text))
			return false;
	return true;
}

/* For the inside of single quotes. */
static void put_inside(struct tw_buf *buf, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			tw_buf_puts(buf, "'\\''");
		else
			tw_buf_putc(buf, *text);
	}
}

static const char *shell_word(struct tw_spell *s, const char *text)
{
	const char *clean = tw_spell_clean(s, text);
	struct tw_buf buf;

	if (*clean && is_plain(clean))
		return clean;
	tw_buf_init(&buf, s->buf->mem);
	tw_buf_putc(&buf, '\'');
	put_inside(&buf, clean);
	tw_buf_putc(&buf, '\'');
	return tw_spell_keep(s, &buf);
}

/* ---- commands of several lines --------------------------------------------------------------- */

static void begin(struct command *c, const char *text)
{
	tw_buf_puts(c->s->buf, c->margin);
	tw_buf_puts(c->s->buf, c->off ? "# " : "");
	tw_buf_puts(c->s->buf, text);
	c->column = strlen(c->margin) + (c->off ? 2 : 0) + strlen(text);
}

/* One piece that stays on one line. */
static void put(struct command *c, const char *text)
{
	size_t width = tw_text_width(text, strlen(text));

	if (c->column + 1 + width + 2 > WIDTH) {
		tw_buf_puts(c->s->buf, c->off ? "\n# " : " \\\n");
		tw_buf_puts(c->s->buf, c->margin);
		tw_buf_puts(c->s->buf, "  ");
		c->column = strlen(c->margin) + (c->off ? 4 : 2);
	} else {
		tw_buf_putc(c->s->buf, ' ');
		c->column++;
	}
	tw_buf_puts(c->s->buf, text);
	c->column += width;
}

static void end(struct command *c)
{
	tw_buf_putc(c->s->buf, '\n');
}

static void put_printf(struct command *c, const char *format, ...) TW_PRINTF(2, 3);
static void put_printf(struct command *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(c, tw_spell_kept(c->s, tw_arena_vprintf(c->s->arena, format, args)));
	va_end(args);
}

/* An option whose value is a word of the shell already. A value like an option needs the `=`. */
static void put_option(struct command *c, const char *option, const char *word)
{
	put_printf(c, word[0] == '-' || (word[0] == '\'' && word[1] == '-') ? "%s=%s" : "%s %s",
		option, word);
}

static const char *acl_protocol(struct tw_spell *s, int16_t protocol)
{
	/* The command has no name for ICMPv6. */
	return protocol == TW_PROTOCOL_ICMPV6 ? "58" : tw_spell_group_protocol(s, protocol);
}

/* SPEC: nacl-field-portrange, nacl-field-icmp, proto-spelling */
static void put_acl_rule(struct command *c, const struct tw_entry *entry)
{
	char cidr[TW_PREFIX_TEXT];

	put_printf(c, "--protocol %s", acl_protocol(c->s, entry->protocol));
	if (tw_protocol_has_ports(entry->protocol))
		put_printf(c, "--port-range From=%u,To=%u", (unsigned)entry->ports.lo,
			(unsigned)entry->ports.hi);
	if (tw_entry_has_icmp(entry))
		put_printf(c, "--icmp-type-code Type=%d,Code=%d", entry->icmp_type,
			entry->icmp_type < 0 ? -1 : entry->icmp_code);
	put_printf(c, entry->cidr.family == TW_IPV6 ? "--ipv6-cidr-block %s" : "--cidr-block %s",
		tw_prefix_text(entry->cidr, cidr));
	put_printf(c, "--rule-action %s", entry->allow ? "allow" : "deny");
}

static void write_acl(struct command *c, enum tw_operation operation, const struct tw_entry *entry,
	const char *acl)
{
	static const char *const names[] = {[TW_ADD] = "aws ec2 create-network-acl-entry",
		[TW_REPLACE] = "aws ec2 replace-network-acl-entry",
		[TW_REMOVE] = "aws ec2 delete-network-acl-entry"};

	begin(c, names[operation]);
	put_option(c, "--network-acl-id", acl);
	put(c, entry->egress ? "--egress" : "--ingress");
	put_printf(c, "--rule-number %u", (unsigned)entry->number);
	if (operation != TW_REMOVE)
		put_acl_rule(c, entry);
	end(c);
}

/* `peer`: what names the group inside single quotes; NULL where the rule has a block. */
static const char *permission(struct tw_spell *s, const struct tw_entry *entry, const char *peer)
{
	char cidr[TW_PREFIX_TEXT];
	struct tw_buf buf;

	tw_buf_init(&buf, s->buf->mem);
	tw_buf_printf(
		&buf, "'[{\"IpProtocol\":\"%s\"", tw_spell_group_protocol(s, entry->protocol));
	if (tw_protocol_has_ports(entry->protocol))
		tw_buf_printf(&buf, ",\"FromPort\":%u,\"ToPort\":%u", (unsigned)entry->ports.lo,
			(unsigned)entry->ports.hi);
	if (tw_entry_has_icmp(entry))
		tw_buf_printf(&buf, ",\"FromPort\":%d,\"ToPort\":%d", entry->icmp_type,
			entry->icmp_type < 0 ? -1 : entry->icmp_code);
	if (peer)
		tw_buf_printf(&buf, ",\"UserIdGroupPairs\":[{\"GroupId\":%s}]}]'", peer);
	else
		tw_buf_printf(&buf,
			entry->cidr.family == TW_IPV6 ? ",\"Ipv6Ranges\":[{\"CidrIpv6\":\"%s\"}]}]'"
						      : ",\"IpRanges\":[{\"CidrIp\":\"%s\"}]}]'",
			tw_prefix_text(entry->cidr, cidr));
	return tw_spell_keep(s, &buf);
}

/* The group that a rule names: a variable of the script, or an id. */
static const char *peer_of(struct tw_spell *s, const struct tw_entry *entry)
{
	size_t set = tw_spell_peer_set(s, entry->peer_group);
	struct tw_buf buf;

	if (!entry->peer_group)
		return NULL;
	if (set < s->sets)
		return tw_spell_kept(s, tw_arena_printf(s->arena, "\"'\"$%s\"'\"", s->ident[set]));
	tw_buf_init(&buf, s->buf->mem);
	put_inside(&buf, tw_spell_quoted(s, entry->peer_group));
	return tw_spell_keep(s, &buf);
}

static void write_group(
	struct command *c, bool revoke, const struct tw_entry *entry, const char *group)
{
	begin(c, tw_spell_kept(
			 c->s, tw_arena_printf(c->s->arena, "aws ec2 %s-security-group-%s",
				       revoke ? "revoke" : "authorize", tw_spell_list(entry))));
	put_option(c, "--group-id", group);
	put_printf(c, "--ip-permissions %s", permission(c->s, entry, peer_of(c->s, entry)));
	end(c);
}

/* ---- edits ----------------------------------------------------------------------------------- */

void tw_spell_aws_edits(struct tw_spell *s, const struct tw_edit *edit, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct tw_entry *entry = &edit[i].entry;
		struct command c = {.s = s, .margin = "", .off = strstr(entry->component, "://")};
		const char *id = shell_word(s, entry->component);

		tw_spell_comment(s, 0, entry->comment);
		if (c.off)
			tw_spell_comment(s, 0, "no id of AWS, so this is no command:");
		if (!entry->group) {
			write_acl(&c, edit[i].operation, entry, id);
			continue;
		}
		write_group(&c, edit[i].operation == TW_REMOVE, entry, id);
		if (edit[i].operation == TW_REPLACE)
			tw_spell_comment(s, 0, "then revoke the rule that it takes the place of");
	}
}

/* ---- rule sets ------------------------------------------------------------------------------- */

static bool has_vpc(const struct tw_rule_set *set)
{
	return set->vpc_id && !strstr(set->vpc_id, "://");
}

static const char *vpc_word(struct tw_spell *s, const struct tw_rule_set *set)
{
	return has_vpc(set) ? shell_word(s, set->vpc_id) : "\"$VPC_ID\"";
}

static void write_head(struct tw_spell *s)
{
	bool asks = false;

	for (size_t i = 0; i < s->sets; i++)
		asks = asks || !has_vpc(&s->set[i]);
	tw_buf_puts(s->buf,
		"#!/bin/sh\n# Made by twoway gen: creates the rules below, and stops at "
		"the first error.\nset -eu\n");
	if (asks)
		tw_buf_puts(s->buf, ": \"${VPC_ID:?set it to the id of the VPC}\"\n");
}

static void create_acl(struct tw_spell *s, const struct tw_rule_set *set, const char *ident)
{
	struct command c = {.s = s, .margin = ""};
	const char *name = tw_spell_ident(s, set->name, '-');

	begin(&c, tw_spell_kept(
			  s, tw_arena_printf(s->arena, "%s=$(aws ec2 create-network-acl", ident)));
	put_option(&c, "--vpc-id", vpc_word(s, set));
	put_printf(&c, "--tag-specifications 'ResourceType=network-acl,Tags=[{Key=Name,Value=%s}]'",
		name);
	put(&c, "--query NetworkAcl.NetworkAclId");
	put(&c, "--output text)");
	end(&c);
}

/* SPEC: sg-new-contents. The rules of the set are to be the only ones. */
static void create_group(struct tw_spell *s, const struct tw_rule_set *set, const char *ident)
{
	struct command c = {.s = s, .margin = ""};
	const char *name = tw_spell_ident(s, set->name, '-');

	begin(&c, tw_spell_kept(s,
			  tw_arena_printf(s->arena, "%s=$(aws ec2 create-security-group", ident)));
	put_printf(&c, "--group-name %s", name);
	put_option(&c, "--description", shell_word(s, tw_spell_description(s, set->about, name)));
	put_option(&c, "--vpc-id", vpc_word(s, set));
	put(&c, "--query GroupId");
	put(&c, "--output text)");
	end(&c);
	tw_spell_comment(
		s, 0, "AWS gives a new group a rule that lets everything out: away with it");
	tw_buf_printf(s->buf,
		"for rule in $(aws ec2 describe-security-group-rules \\\n"
		"  --filters \"Name=group-id,Values=$%s\" \\\n"
		"  --query 'SecurityGroupRules[?IsEgress].SecurityGroupRuleId' --output text); do\n"
		"  aws ec2 revoke-security-group-egress --group-id \"$%s\" \\\n"
		"    --security-group-rule-ids \"$rule\"\n"
		"done\n",
		ident, ident);
}

static void write_rules(struct tw_spell *s, const struct tw_rule_set *set, const char *ident)
{
	const char *id = tw_spell_kept(s, tw_arena_printf(s->arena, "\"$%s\"", ident));
	struct command c = {.s = s, .margin = ""};

	for (size_t i = 0; i < set->entries; i++) {
		tw_spell_comment(s, 0, set->entry[i].comment);
		if (set->group)
			write_group(&c, false, &set->entry[i], id);
		else
			write_acl(&c, TW_ADD, &set->entry[i], id);
	}
}

/* An ACL takes effect once a subnet is given to it, so that is left to the one who runs this. */
static void write_hint(struct tw_spell *s, const struct tw_rule_set *set, const char *ident)
{
	if (set->group)
		return;
	tw_spell_comment(
		s, 0, "To put it in force, give it the subnet; until then it filters nothing:");
	for (size_t i = 0; i < (set->subnets ? set->subnets : 1); i++)
		tw_buf_printf(s->buf,
			"# subnet=%s\n"
			"# association=$(aws ec2 describe-network-acls \\\n"
			"#   --filters \"Name=association.subnet-id,Values=$subnet\" --output text "
			"\\\n"
			"#   --query \"NetworkAcls[].Associations[?SubnetId=='$subnet']"
			".NetworkAclAssociationId\")\n"
			"# aws ec2 replace-network-acl-association --network-acl-id \"$%s\" \\\n"
			"#   --association-id \"$association\"\n",
			set->subnets ? shell_word(s, set->subnet[i]) : "subnet-...", ident);
}

void tw_spell_aws_sets(struct tw_spell *s)
{
	write_head(s);
	for (size_t i = 0; i < s->sets; i++) {
		const struct tw_rule_set *set = &s->set[i];
		const char *base = tw_spell_kept(
			s, tw_arena_printf(s->arena, "%s_%s", set->group ? "sg" : "acl",
				   tw_spell_ident(s, set->name, '_')));
		s->ident[i] = tw_spell_unique(s, "variable", base, "_");
		tw_buf_putc(s->buf, '\n');
		tw_spell_comment(s, 0, set->about);
		if (set->group)
			create_group(s, set, s->ident[i]);
		else
			create_acl(s, set, s->ident[i]);
	}
	/* Rules come behind all groups, because they may name any of them. */
	for (size_t i = 0; i < s->sets; i++) {
		tw_buf_putc(s->buf, '\n');
		write_rules(s, &s->set[i], s->ident[i]);
		write_hint(s, &s->set[i], s->ident[i]);
		tw_buf_printf(s->buf, "echo \"%s: $%s\"\n", tw_spell_ident(s, s->set[i].name, '-'),
			s->ident[i]);
	}
}
