/* SPDX-License-Identifier: Apache-2.0 */
/* Words for ports, protocols and rules: one spelling everywhere. */
#include "results.h"
#include "twoway/intents.h"

const char *tw_ports_text(
	struct tw_arena *arena, const struct tw_ports *ports, size_t n, size_t most)
{
	char *text = tw_arena_dup(arena, "", 0);
	for (size_t i = 0; text && i < n; i++) {
		if (i == most)
			return tw_arena_printf(arena, "%s and %zu more", text, n - i);
		const char *comma = i > 0 ? ", " : "";
		if (ports[i].lo == ports[i].hi)
			text = tw_arena_printf(arena, "%s%s%u", text, comma, ports[i].lo);
		else
			text = tw_arena_printf(
				arena, "%s%s%u-%u", text, comma, ports[i].lo, ports[i].hi);
	}
	return text;
}

static const char *icmp_text(struct tw_arena *arena, const char *name, struct tw_ports p)
{
	unsigned type = p.lo >> 8;
	if (p.lo == 0 && p.hi == 65535)
		return name;
	if (type != p.hi >> 8)
		return tw_arena_printf(arena, "%s/%u-%u", name, type, (unsigned)p.hi >> 8);
	if ((p.lo & 255) == 0 && (p.hi & 255) == 255)
		return tw_arena_printf(arena, "%s/%u", name, type);
	if (p.lo == p.hi)
		return tw_arena_printf(arena, "%s/%u/%u", name, type, p.lo & 255U);
	return tw_arena_printf(arena, "%s/%u/%u-%u", name, type, p.lo & 255U, p.hi & 255U);
}

const char *tw_what_text(
	struct tw_arena *arena, uint8_t protocol, const struct tw_ports *ports, size_t n)
{
	char buf[TW_SERVICE_TEXT];
	const char *name = tw_arena_str(arena, tw_protocol_text(protocol, buf));
	if (!name || n == 0)
		return name;
	if (protocol == TW_PROTOCOL_ICMP || protocol == TW_PROTOCOL_ICMPV6)
		return icmp_text(arena, name, ports[0]);
	if (!tw_protocol_has_ports(protocol))
		return name;
	if (n == 1 && ports[0].lo == 0 && ports[0].hi == 65535)
		return tw_arena_printf(arena, "%s, any port", name);
	const char *list = tw_ports_text(arena, ports, n, 4);
	return list ? tw_arena_printf(arena, "%s/%s", name, list) : NULL;
}

static const char *peers_text(struct tw_arena *arena, const struct tw_rule *rule)
{
	char buf[TW_PREFIX_TEXT];
	if (rule->peer_group)
		return rule->peer_group;
	if (rule->peer_prefix_list)
		return rule->peer_prefix_list;
	return tw_arena_str(arena, tw_prefix_text(rule->peer, buf));
}

const char *tw_rule_text(struct tw_arena *arena, const struct tw_rule *rule, enum tw_list list)
{
	const char *way = list == TW_INGRESS ? "from" : "to";
	const char *action = rule->action == TW_ALLOW ? "allow" : "deny";
	if (rule->implicit)
		return "deny all (the default deny)";
	const char *peers = peers_text(arena, rule);
	if (!peers)
		return NULL;
	if (rule->protocol == TW_PROTOCOL_ALL)
		return tw_arena_printf(arena, "%s all %s %s", action, way, peers);
	const char *what = tw_what_text(
		arena, (uint8_t)rule->protocol, &rule->ports, rule->every_port ? 0 : 1);
	return what ? tw_arena_printf(arena, "%s %s %s %s", action, what, way, peers) : NULL;
}
