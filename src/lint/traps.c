/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that do not say what their author meant: ports on a protocol that has none (TW401), 0-0 for
 * all ports (TW402), ICMP of the other address family (TW413), a well-known number under the wrong
 * protocol or with two digits exchanged (TW414), and one fixed port on both ends (TW410).
 */
#include "lint.h"

static const char *acl_rule(const struct tw_lint *lint, enum tw_list list, size_t rule)
{
	return tw_lint_rule_text(lint, list, rule);
}

/* SPEC: nacl-ports-ignored */
static tw_status ignored_ports(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	struct tw_arena *arena = lint->results->arena;
	struct tw_finding_draft *f;
	if (!one->ignores_ports)
		return TW_OK;
	const char *text = acl_rule(lint, list, rule);
	const char *ports = tw_ports_text(arena, &one->ignored, 1, 1);
	const char *message =
		text && ports
			? tw_arena_printf(arena,
				  "%s gives ports %s, which AWS ignores: it %s every port%s", text,
				  ports, one->action == TW_ALLOW ? "lets pass" : "shuts",
				  one->protocol < 0 ? " of every protocol" : "")
			: NULL;
	TW_TRY(tw_lint_tell(lint, "TW401", TW_LEVEL_WARNING, list, (uint32_t)rule,
		"ports count for TCP and UDP only", message, &f));
	struct tw_entry entry = tw_lint_entry(lint, one, list);
	if (one->protocol >= 0)
		return TW_OK;
	entry.protocol = TW_PROTOCOL_TCP;
	entry.ports = one->ignored;
	return tw_lint_fix_replace(lint, f, list, rule, entry, false, TW_EMPTY);
}

static tw_status port_zero(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	struct tw_finding_draft *f;
	const char *told;
	if (!tw_protocol_has_ports(one->protocol) || one->every_port || one->ports.lo != 0 ||
		one->ports.hi != 0)
		return TW_OK;
	const char *text = acl_rule(lint, list, rule);
	const char *message =
		text ? tw_arena_printf(lint->results->arena,
			       "%s is about port 0 alone, which nobody uses; all ports "
			       "are 0-65535",
			       text)
		     : NULL;
	enum tw_level level =
		tw_lint_loss(lint, list, (uint8_t)one->protocol, TW_LEVEL_WARNING, &told);
	TW_TRY(tw_lint_tell(lint, "TW402", level, list, (uint32_t)rule,
		"0-0 is one port, not all of them", message, &f));
	TW_TRY(tw_lint_refer(lint, f, told));
	struct tw_entry entry = tw_lint_entry(lint, one, list);
	entry.ports = (struct tw_ports){0, 65535};
	return tw_lint_fix_replace(lint, f, list, rule, entry, false, TW_EMPTY);
}

/* SPEC: nacl-proto1-v6-cidr, nacl-proto58-v4-packet */
static tw_status foreign_icmp(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	bool v6 = one->family == TW_IPV6;
	struct tw_finding_draft *f;
	if (one->protocol != (v6 ? TW_PROTOCOL_ICMP : TW_PROTOCOL_ICMPV6))
		return TW_OK;
	const char *text = acl_rule(lint, list, rule);
	const char *message =
		text ? tw_arena_printf(lint->results->arena,
			       "%s is %s on an %s block: no such packet is on the way, "
			       "and AWS does not say what it does",
			       text, v6 ? "ICMP for IPv4" : "ICMPv6", v6 ? "IPv6" : "IPv4")
		     : NULL;
	TW_TRY(tw_lint_tell(lint, "TW413", TW_LEVEL_WARNING, list, (uint32_t)rule,
		v6 ? "IPv6 has protocol 58" : "IPv4 has protocol 1", message, &f));
	struct tw_entry entry = tw_lint_entry(lint, one, list);
	entry.protocol = v6 ? TW_PROTOCOL_ICMPV6 : TW_PROTOCOL_ICMP;
	/* Type numbers differ between the two: echo is the one that people mean. */
	if (v6 && (entry.icmp_type == 8 || entry.icmp_type == 0)) {
		entry.icmp_type = entry.icmp_type == 8 ? 128 : 129;
	} else {
		entry.icmp_type = entry.icmp_code = -1;
	}
	return tw_lint_fix_replace(lint, f, list, rule, entry, false, TW_EMPTY);
}

/* ---- TW414 ----------------------------------------------------------------------------------- */

static const struct {
	uint8_t protocol;
	uint16_t port;
	uint8_t meant_protocol;
	uint16_t meant;
	const char *name;
} slips[] = {
	{TW_PROTOCOL_TCP, 67, TW_PROTOCOL_UDP, 67, "DHCP"},
	{TW_PROTOCOL_TCP, 68, TW_PROTOCOL_UDP, 68, "DHCP"},
	{TW_PROTOCOL_TCP, 69, TW_PROTOCOL_UDP, 69, "TFTP"},
	{TW_PROTOCOL_TCP, 123, TW_PROTOCOL_UDP, 123, "NTP"},
	{TW_PROTOCOL_TCP, 161, TW_PROTOCOL_UDP, 161, "SNMP"},
	{TW_PROTOCOL_TCP, 162, TW_PROTOCOL_UDP, 162, "SNMP traps"},
	{TW_PROTOCOL_TCP, 500, TW_PROTOCOL_UDP, 500, "IKE"},
	{TW_PROTOCOL_TCP, 4500, TW_PROTOCOL_UDP, 4500, "IPsec through NAT"},
	{TW_PROTOCOL_UDP, 22, TW_PROTOCOL_TCP, 22, "SSH"},
	{TW_PROTOCOL_UDP, 25, TW_PROTOCOL_TCP, 25, "SMTP"},
	{TW_PROTOCOL_UDP, 80, TW_PROTOCOL_TCP, 80, "HTTP"},
	{TW_PROTOCOL_UDP, 587, TW_PROTOCOL_TCP, 587, "mail submission"},
	{TW_PROTOCOL_UDP, 3306, TW_PROTOCOL_TCP, 3306, "MySQL"},
	{TW_PROTOCOL_UDP, 5432, TW_PROTOCOL_TCP, 5432, "PostgreSQL"},
	{TW_PROTOCOL_UDP, 6379, TW_PROTOCOL_TCP, 6379, "Redis"},
	{TW_PROTOCOL_TCP, 433, TW_PROTOCOL_TCP, 443, "HTTPS"},
	{TW_PROTOCOL_TCP, 8433, TW_PROTOCOL_TCP, 8443, "HTTPS"},
	{TW_PROTOCOL_TCP, 3398, TW_PROTOCOL_TCP, 3389, "RDP"},
	{TW_PROTOCOL_TCP, 3360, TW_PROTOCOL_TCP, 3306, "MySQL"},
	{TW_PROTOCOL_TCP, 5423, TW_PROTOCOL_TCP, 5432, "PostgreSQL"},
	{TW_PROTOCOL_TCP, 6739, TW_PROTOCOL_TCP, 6379, "Redis"},
};

/* Silent where the right one passes too: then this rule says what it says on purpose. */
static tw_status likely_slip(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	struct tw_space *space = lint->results->judge->space;
	struct tw_arena *arena = lint->results->arena;
	size_t i = 0;
	if (!tw_lint_is_sure(one) || one->action != TW_ALLOW || one->ports.lo != one->ports.hi)
		return TW_OK;
	while (i < TW_COUNT(slips) &&
		(slips[i].protocol != one->protocol || slips[i].port != one->ports.lo))
		i++;
	if (i == TW_COUNT(slips))
		return TW_OK;
	tw_set right = tw_lint_packets_of(lint, list, one, slips[i].meant_protocol,
		(struct tw_ports){slips[i].meant, slips[i].meant});
	if (!tw_set_is_subset(space, right, lint->list[list].compiled->deny))
		return tw_space_status(space);
	struct tw_finding_draft *f;
	const char *text = acl_rule(lint, list, rule);
	const char *meant = slips[i].meant_protocol == TW_PROTOCOL_TCP ? "tcp" : "udp";
	const char *message =
		text ? tw_arena_printf(arena,
			       "%s looks like a slip for %s/%u (%s), which nothing lets "
			       "pass here",
			       text, meant, slips[i].meant, slips[i].name)
		     : NULL;
	TW_TRY(tw_lint_tell(lint, "TW414", TW_LEVEL_NOTE, list, (uint32_t)rule,
		"the usual one is another", message, &f));
	struct tw_entry entry = tw_lint_entry(lint, one, list);
	entry.protocol = slips[i].meant_protocol;
	entry.ports = (struct tw_ports){slips[i].meant, slips[i].meant};
	return tw_lint_fix_replace(lint, f, list, rule, entry, false, right);
}

/* ---- TW410 ----------------------------------------------------------------------------------- */

/* Both ends use the port by their own rules: DHCP, IKE, RIP, mDNS, NetBIOS. */
static bool is_same_port_protocol(uint16_t port)
{
	static const uint16_t ports[] = {500, 4500, 67, 68, 546, 547, 520, 5353, 137, 138};
	for (size_t i = 0; i < TW_COUNT(ports); i++)
		if (ports[i] == port)
			return true;
	return false;
}

/* An inbound rule with the same port, from all that is asked. */
static size_t twin_of(const struct tw_lint *lint, const struct tw_rule *out)
{
	struct tw_rules in = lint->list[TW_INGRESS].rules;
	for (size_t i = 0; i < in.n; i++) {
		const struct tw_rule *one = &in.rule[i];
		if (tw_lint_is_sure(one) && one->action == TW_ALLOW &&
			one->protocol == TW_PROTOCOL_UDP && one->family == out->family &&
			!one->every_port && one->ports.lo == out->ports.lo &&
			one->ports.hi == out->ports.hi && tw_prefix_contains(one->peer, out->peer))
			return i;
	}
	return SIZE_MAX;
}

static tw_status fixed_port(struct tw_lint *lint, size_t rule)
{
	const struct tw_rule *out = &lint->list[TW_EGRESS].rules.rule[rule];
	struct tw_space *space = lint->results->judge->space;
	if (!tw_lint_is_sure(out) || out->action != TW_ALLOW || out->protocol != TW_PROTOCOL_UDP ||
		out->ports.lo != out->ports.hi || out->ports.lo == 0 ||
		is_same_port_protocol(out->ports.lo) ||
		tw_set_is_empty(lint->list[TW_EGRESS].decides[rule]))
		return TW_OK;
	size_t in = twin_of(lint, out);
	tw_set replies = tw_lint_packets_of(
		lint, TW_INGRESS, out, TW_PROTOCOL_UDP, (struct tw_ports){32768, 60999});
	if (in == SIZE_MAX ||
		!tw_set_is_subset(space, replies, lint->list[TW_INGRESS].compiled->deny))
		return tw_space_status(space);
	struct tw_finding_draft *f;
	const char *told;
	const char *text = acl_rule(lint, TW_INGRESS, in);
	const char *message =
		text ? tw_arena_printf(lint->results->arena,
			       "%s lets answers in to port %u only: a client that asks from any "
			       "other port%s gets none",
			       text, out->ports.lo,
			       out->ports.lo == 123 ? ", as chrony and systemd-timesyncd do," : "")
		     : NULL;
	enum tw_level level =
		tw_lint_loss(lint, TW_INGRESS, TW_PROTOCOL_UDP, TW_LEVEL_WARNING, &told);
	TW_TRY(tw_lint_tell(lint, "TW410", level, TW_INGRESS, (uint32_t)in,
		"answers go to the port that the client picked", message, &f));
	TW_TRY(tw_lint_relate(lint, f, TW_EGRESS, rule, "the questions go out here"));
	TW_TRY(tw_lint_refer(lint, f, told));
	if (out->ports.lo == 123)
		TW_TRY(tw_lint_note(lint, f, "the VPC's own time service is not filtered"));
	struct tw_entry entry = tw_lint_entry(lint, out, TW_INGRESS);
	entry.ports = (struct tw_ports){1024, 65535};
	return tw_lint_fix_add(lint, f, TW_INGRESS, lint->list[TW_INGRESS].rules.rule[in].number,
		entry, tw_lint_packets_of(lint, TW_INGRESS, out, TW_PROTOCOL_UDP, entry.ports));
}

tw_status tw_lint_traps(struct tw_lint *lint, enum tw_list list)
{
	for (size_t i = 0; i < lint->list[list].rules.n; i++) {
		if (lint->list[list].rules.rule[i].implicit)
			continue;
		TW_TRY(ignored_ports(lint, list, i));
		TW_TRY(port_zero(lint, list, i));
		TW_TRY(foreign_icmp(lint, list, i));
		TW_TRY(likely_slip(lint, list, i));
		if (list == TW_EGRESS)
			TW_TRY(fixed_port(lint, i));
	}
	return TW_OK;
}
