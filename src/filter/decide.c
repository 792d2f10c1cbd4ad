/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The oracle: one packet against one list, as the specification tells it, without sets. It shares
 * no code with compile.c on purpose; tests and --self-check hold the two against each other.
 */

#include "filter.h"

enum match { NO, MAYBE, YES };

static bool peer_matches(const struct tw_rule *rule, const struct tw_packet *packet)
{
	bool matches = false;

	if (rule->peers) {
		for (size_t i = 0; i < rule->peers_n; i++)
			matches |= rule->peers[i].family == packet->family &&
				   tw_addr_cmp(rule->peers[i].first, packet->peer) <= 0 &&
				   tw_addr_cmp(packet->peer, rule->peers[i].last) <= 0;
	} else if (rule->peer.family == 0) {
		matches = true;
	} else {
		struct tw_prefix host = {
			packet->peer, packet->family, packet->family == TW_IPV4 ? 32 : 128};

		matches = tw_prefix_contains(rule->peer, host);
	}
	/* SPEC: nacl-family-separate */
	return matches && (rule->family == 0 || rule->family == packet->family);
}

static enum match rule_matches(const struct tw_rule *rule, const struct tw_packet *packet)
{
	bool v4 = packet->family == TW_IPV4;
	enum match sure = rule->maybe ? MAYBE : YES;

	if (!peer_matches(rule, packet))
		return NO;
	if (rule->protocol == TW_PROTOCOL_ALL)
		return sure; /* SPEC: nacl-ports-ignored */
	if (rule->protocol != packet->protocol)
		return NO;
	/* SPEC: nacl-proto1-v6-cidr, nacl-proto58-v4-packet: not documented. */
	if ((v4 && packet->protocol == TW_PROTOCOL_ICMPV6) ||
		(!v4 && packet->protocol == TW_PROTOCOL_ICMP))
		return MAYBE;
	switch (packet->protocol) {
	case TW_PROTOCOL_ICMP:
	case TW_PROTOCOL_ICMPV6:
		if (rule->icmp_any_type_code)
			return MAYBE;
		break; /* SPEC: nacl-icmp-type-code */
	case TW_PROTOCOL_TCP:
	case TW_PROTOCOL_UDP:
		break; /* SPEC: nacl-dst-port-only */
	default:
		return sure; /* SPEC: nacl-ports-ignored */
	}
	if (rule->every_port || (rule->ports.lo <= packet->port && packet->port <= rule->ports.hi))
		return sure;
	return NO;
}

enum tw_action tw_acl_decide(
	struct tw_rules rules, const struct tw_packet *packet, size_t *ret_rule)
{
	enum tw_action action = TW_DENY; /* SPEC: nacl-implicit-deny */
	size_t first = rules.n;		 /* the first rule that matches for sure */

	/* SPEC: nacl-first-match */
	for (size_t i = 0; i < rules.n && first == rules.n; i++) {
		if (rule_matches(&rules.rule[i], packet) == YES) {
			first = i;
			action = rules.rule[i].action;
		}
	}
	/* SPEC: unverified-default: would one of the doubtful rules before it change the outcome?
	 */
	for (size_t i = 0; i < first; i++) {
		if (rule_matches(&rules.rule[i], packet) == MAYBE &&
			rules.rule[i].action != action) {
			first = i;
			action = TW_ACTION_UNKNOWN;
		}
	}
	*ret_rule = first;
	return action;
}

enum tw_action tw_group_decide(
	struct tw_rules rules, const struct tw_packet *packet, size_t *ret_rule)
{
	size_t maybe = rules.n;

	/* SPEC: sg-allow-only-union */
	for (size_t i = 0; i < rules.n; i++) {
		enum match match = rule_matches(&rules.rule[i], packet);

		if (match == YES && rules.rule[i].action == TW_ALLOW) {
			*ret_rule = i;
			return TW_ALLOW;
		}
		if (match != NO && maybe == rules.n && rules.rule[i].action != TW_DENY)
			maybe = i;
	}
	*ret_rule = maybe;
	return maybe < rules.n ? TW_ACTION_UNKNOWN : TW_DENY;
}
