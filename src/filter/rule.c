/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One rule as boxes: what it covers for sure, and what it covers if the reading goes its way. Also
 * which fields of a round trip a list looks at.
 */

#include "rule.h"

const char *tw_list_name(enum tw_list list)
{
	return list == TW_INGRESS ? "ingress" : "egress";
}

enum tw_field tw_view_peer_field(struct tw_view view)
{
	/* SPEC: nacl-two-lists. Requests come in from, and replies go out to, the initiator. */
	bool initiator = (view.list == TW_INGRESS) == (view.direction == TW_REQUEST);

	return initiator ? TW_FIELD_FROM : TW_FIELD_TO;
}

enum tw_field tw_view_port_field(struct tw_view view)
{
	return view.direction == TW_REQUEST ? TW_FIELD_SERVICE : TW_FIELD_CLIENT;
}

bool tw_protocol_has_ports(int protocol)
{
	return protocol == TW_PROTOCOL_TCP || protocol == TW_PROTOCOL_UDP;
}

bool tw_protocol_is_icmp(enum tw_family family, int protocol)
{
	return protocol == (family == TW_IPV4 ? TW_PROTOCOL_ICMP : TW_PROTOCOL_ICMPV6);
}

bool tw_protocol_states_icmp(enum tw_family family, int protocol)
{
	return protocol == TW_PROTOCOL_ICMP || tw_protocol_is_icmp(family, protocol);
}

/* ICMP of the other family: AWS does not say what such a rule does. */
static bool is_foreign_icmp(int protocol, enum tw_family family)
{
	return protocol == (family == TW_IPV4 ? TW_PROTOCOL_ICMPV6 : TW_PROTOCOL_ICMP);
}

/* The ports that a rule compares in this family. */
static struct tw_ports ports_of(const struct tw_rule *rule, enum tw_family family)
{
	const struct tw_ports all = {0, 65535};
	bool icmp = tw_protocol_is_icmp(family, rule->protocol);

	/* SPEC: nacl-ports-ignored, nacl-proto58-v4-cidr, sg-ports-ignored */
	if (!icmp && !tw_protocol_has_ports(rule->protocol))
		return all;
	if (rule->every_port || (icmp && rule->icmp_any_type_code))
		return all;
	return rule->ports;
}

static bool is_maybe(const struct tw_rule *rule, enum tw_family family)
{
	/* SPEC: nacl-proto1-v6-cidr, nacl-proto58-v4-packet, unverified-default */
	return rule->maybe || is_foreign_icmp(rule->protocol, family) ||
	       (rule->icmp_any_type_code && tw_protocol_is_icmp(family, rule->protocol));
}

static tw_status add_range(struct tw_mem *mem, struct tw_rule_boxes *boxes,
	const struct tw_rule *rule, struct tw_view view, uint16_t label, struct tw_range peers)
{
	enum tw_family family = peers.family == TW_IPV6 ? TW_IPV6 : TW_IPV4;
	struct tw_labelled_box item = {tw_box_all(family), label};
	struct tw_ports ports = ports_of(rule, family);

	/* SPEC: nacl-family-separate */
	if (rule->family != 0 && rule->family != family)
		return TW_OK;
	if (rule->protocol != TW_PROTOCOL_ALL)
		item.box.protocol_lo = item.box.protocol_hi = (uint8_t)rule->protocol;
	if (tw_view_peer_field(view) == TW_FIELD_FROM)
		item.box.from = peers;
	else
		item.box.to = peers;
	if (tw_view_port_field(view) == TW_FIELD_SERVICE)
		item.box.service = ports;
	else
		item.box.client = ports;
	return TW_VEC_PUSH(mem, is_maybe(rule, family) ? &boxes->maybe : &boxes->sure, item);
}

tw_status tw_rule_boxes_add(struct tw_mem *mem, struct tw_rule_boxes *boxes,
	const struct tw_rule *rule, struct tw_view view, uint16_t label)
{
	const enum tw_family families[] = {TW_IPV4, TW_IPV6};

	if (rule->peers) {
		for (size_t i = 0; i < rule->peers_n; i++)
			TW_TRY(add_range(mem, boxes, rule, view, label, rule->peers[i]));
		return TW_OK;
	}
	if (rule->peer.family != 0)
		return add_range(mem, boxes, rule, view, label, tw_prefix_range(rule->peer));
	for (size_t i = 0; i < TW_COUNT(families); i++) {
		struct tw_range all = {{0, 0}, tw_addr_max(families[i]), (uint8_t)families[i]};

		TW_TRY(add_range(mem, boxes, rule, view, label, all));
	}
	return TW_OK;
}

void tw_rule_boxes_free(struct tw_mem *mem, struct tw_rule_boxes *boxes)
{
	TW_VEC_FREE(mem, &boxes->sure);
	TW_VEC_FREE(mem, &boxes->maybe);
}
