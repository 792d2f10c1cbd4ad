/* SPDX-License-Identifier: Apache-2.0 */
/* Entries and rules: the same thing before and after it is written; and words for them. */
#include "entry.h"

const char *tw_operation_name(enum tw_operation operation)
{
	static const char *const names[] = {
		[TW_ADD] = "add", [TW_REPLACE] = "replace", [TW_REMOVE] = "remove"};
	return names[operation];
}

const char *tw_applicability_name(enum tw_applicability applicability)
{
	static const char *const names[] = {[TW_FIX_SAFE] = "safe",
		[TW_FIX_REVIEW] = "review",
		[TW_FIX_PLACEHOLDER] = "placeholder"};
	return names[applicability];
}

enum tw_list tw_entry_list(const struct tw_entry *e)
{
	return e->egress ? TW_EGRESS : TW_INGRESS;
}

bool tw_entry_has_icmp(const struct tw_entry *e)
{
	/* Of a group's rule the types of both count: one that names a group has no block. */
	enum tw_family family = e->group ? TW_IPV6 : (enum tw_family)e->cidr.family;
	return tw_protocol_states_icmp(family, e->protocol);
}

tw_status tw_entry_rule(struct tw_arena *arena, const struct tw_entry *e, struct tw_rule *ret)
{
	struct tw_rule rule = {.id = tw_arena_printf(arena, "%u", e->number),
		.number = e->number,
		.action = e->allow ? TW_ALLOW : TW_DENY,
		.family = e->cidr.family,
		.protocol = e->protocol,
		.ports = {0, UINT16_MAX},
		.every_port = true,
		.peer = e->cidr};
	if (!rule.id)
		return TW_ENOMEM;
	if (tw_protocol_has_ports(e->protocol)) {
		rule.ports = e->ports;
		rule.every_port = e->ports.lo == 0 && e->ports.hi == UINT16_MAX;
	} else if (tw_entry_has_icmp(e) && e->icmp_type >= 0) {
		/* SPEC: nacl-icmp-type-code */
		bool any = e->icmp_code < 0;
		rule.ports = (struct tw_ports){TW_ICMP(e->icmp_type, any ? 0 : e->icmp_code),
			TW_ICMP(e->icmp_type, any ? 255 : e->icmp_code)};
		rule.every_port = false;
	}
	*ret = rule;
	return TW_OK;
}

struct tw_entry tw_entry_of_rule(const struct tw_rule *r, const char *component, enum tw_list list)
{
	struct tw_entry e = {.component = component,
		.egress = list == TW_EGRESS,
		.allow = r->action == TW_ALLOW,
		.number = (uint16_t)r->number,
		.protocol = r->protocol,
		.cidr = r->peer,
		.ports = {0, UINT16_MAX},
		.icmp_type = -1,
		.icmp_code = -1};
	if (tw_protocol_has_ports(r->protocol))
		e.ports = r->ports;
	else if (tw_entry_has_icmp(&e) && !r->every_port && !r->icmp_any_type_code) {
		e.icmp_type = (int16_t)(r->ports.lo >> 8);
		if (r->ports.lo == r->ports.hi)
			e.icmp_code = (int16_t)(r->ports.lo & 255);
	}
	return e;
}

bool tw_entry_equal(const struct tw_entry *a, const struct tw_entry *b)
{
	return strcmp(a->component, b->component) == 0 && a->egress == b->egress &&
	       a->allow == b->allow && a->number == b->number && a->protocol == b->protocol &&
	       a->cidr.len == b->cidr.len && a->cidr.family == b->cidr.family &&
	       tw_addr_cmp(a->cidr.addr, b->cidr.addr) == 0 && a->ports.lo == b->ports.lo &&
	       a->ports.hi == b->ports.hi && a->icmp_type == b->icmp_type &&
	       a->icmp_code == b->icmp_code;
}

int tw_edit_turn(const struct tw_edit *edit)
{
	return edit->operation == TW_ADD ? 0 : edit->operation == TW_REPLACE ? 1 : 2;
}

static const char *icmp_text(struct tw_arena *arena, const char *name, const struct tw_entry *e)
{
	if (e->icmp_type < 0 || !tw_entry_has_icmp(e))
		return tw_arena_str(arena, name);
	if (e->icmp_code < 0)
		return tw_arena_printf(arena, "%s type %d", name, e->icmp_type);
	return tw_arena_printf(arena, "%s type %d code %d", name, e->icmp_type, e->icmp_code);
}

const char *tw_traffic_text(struct tw_arena *arena, const struct tw_entry *e)
{
	const char *name = e->protocol == TW_PROTOCOL_TCP ? "TCP" : "UDP";
	if (e->protocol == TW_PROTOCOL_ALL)
		return "all traffic";
	if (e->protocol == TW_PROTOCOL_ICMP)
		return icmp_text(arena, "ICMP", e);
	if (e->protocol == TW_PROTOCOL_ICMPV6)
		return icmp_text(arena, "ICMPv6", e);
	if (!tw_protocol_has_ports(e->protocol))
		return tw_arena_printf(arena, "protocol %d", e->protocol);
	if (e->ports.lo == e->ports.hi)
		return tw_arena_printf(arena, "%s %u", name, e->ports.lo);
	if (e->ports.lo == 0 && e->ports.hi == UINT16_MAX)
		return tw_arena_printf(arena, "all %s", name);
	return tw_arena_printf(arena, "%s %u-%u", name, e->ports.lo, e->ports.hi);
}

const char *tw_entry_text(struct tw_arena *arena, const struct tw_entry *e)
{
	char buf[TW_PREFIX_TEXT];
	const char *traffic = tw_traffic_text(arena, e);
	if (!traffic)
		return NULL;
	return tw_arena_printf(arena, "%s %s %s %s", e->allow || e->group ? "allow" : "deny",
		traffic, e->egress ? "to" : "from",
		e->peer_group ? e->peer_group : tw_prefix_text(e->cidr, buf));
}

/* `number` of a rule that is added, too: else it is told where the rule is. */
static const char *edit_words(struct tw_arena *arena, const struct tw_edit *edit, bool number)
{
	const struct tw_entry *e = &edit->entry;
	const char *text = tw_entry_text(arena, e);
	const char *way = e->egress ? "outbound" : "inbound";
	if (!text)
		return NULL;
	if (edit->operation == TW_ADD && !number)
		return tw_arena_printf(arena, "add %s rule: %s", way, text);
	return tw_arena_printf(arena, "%s %s rule %u%s: %s", tw_operation_name(edit->operation),
		way, e->number, edit->operation == TW_REPLACE ? " by" : "", text);
}

const char *tw_edit_text(struct tw_arena *arena, const struct tw_edit *edit)
{
	return edit_words(arena, edit, false);
}

const char *tw_edit_line(struct tw_arena *arena, const struct tw_edit *edit)
{
	const char *text = edit_words(arena, edit, true);
	return text ? tw_arena_printf(arena, "%s: %s", edit->entry.component, text) : NULL;
}
