/* SPDX-License-Identifier: Apache-2.0 */
/* REGION, LEG, HOP and the witness of contract section 4, as JSON. */

#include "report_out.h"

void tw_json_icmp(
	struct tw_jsonw *w, const struct tw_icmp_range *range, size_t n, bool null_if_none)
{
	if (null_if_none && range == NULL) {
		tw_jsonw_null(w);
		return;
	}
	tw_jsonw_array(w, true);
	for (size_t i = 0; i < n; i++) {
		tw_jsonw_object(w, true);
		tw_jsonw_key(w, "type");
		tw_jsonw_array(w, true);
		tw_jsonw_uint(w, range[i].type_lo);
		tw_jsonw_uint(w, range[i].type_hi);
		tw_jsonw_end_array(w);
		tw_jsonw_key(w, "code");
		tw_jsonw_array(w, true);
		tw_jsonw_uint(w, range[i].code_lo);
		tw_jsonw_uint(w, range[i].code_hi);
		tw_jsonw_end_array(w);
		tw_jsonw_end_object(w);
	}
	tw_jsonw_end_array(w);
}

void tw_json_box(struct tw_jsonw *w, const struct tw_flow_box *box)
{
	tw_jsonw_object(w, false);
	tw_jsonw_key(w, "from");
	tw_json_prefixes(w, box->from, box->from_n);
	tw_jsonw_key(w, "to");
	tw_json_prefixes(w, box->to, box->to_n);
	tw_jsonw_key(w, "service_ports");
	tw_json_ports(w, box->service, box->service_n, true);
	tw_jsonw_key(w, "icmp");
	tw_json_icmp(w, box->icmp, box->icmp_n, true);
	tw_jsonw_end_object(w);
}

void tw_json_boxes(struct tw_jsonw *w, const struct tw_flow_box *box, size_t n)
{
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < n; i++)
		tw_json_box(w, &box[i]);
	tw_jsonw_end_array(w);
}

static void write_reply(struct tw_jsonw *w, const struct tw_region *region)
{
	tw_jsonw_object(w, false);
	switch (region->reply_kind) {
	case TW_REPLY_PORTS:
		tw_json_key_str(w, "kind", "ports");
		tw_jsonw_key(w, "returns");
		tw_json_ports(w, region->returns, region->returns_n, false);
		tw_jsonw_key(w, "undecided");
		tw_json_ports(w, region->undecided, region->undecided_n, false);
		break;
	case TW_REPLY_ICMP:
		tw_json_key_str(w, "kind", "icmp");
		tw_jsonw_key(w, "returns");
		tw_json_icmp(w, region->icmp_returns, region->icmp_returns_n, false);
		break;
	case TW_REPLY_WHOLE:
		tw_json_key_str(w, "kind", "whole");
		tw_jsonw_key(w, "returns");
		tw_jsonw_bool(w, region->whole_returns);
		break;
	case TW_REPLY_NONE_EXPECTED:
		tw_json_key_str(w, "kind", "none-expected");
		break;
	}
	tw_jsonw_end_object(w);
}

static void write_leg(struct tw_jsonw *w, const struct tw_region *region, const struct tw_leg *leg)
{
	tw_jsonw_object(w, false);
	tw_json_key_uint(w, "leg", leg->leg);
	tw_json_key_str(w, "at", leg->at);
	tw_json_key_str(w, "kind", leg->kind);
	tw_json_key_str(w, "client", leg->client != NULL ? leg->client->id : NULL);
	tw_jsonw_key(w, "from");
	tw_json_prefixes(w, leg->from, leg->from_n);
	tw_jsonw_key(w, "to");
	tw_json_prefixes(w, leg->to, leg->to_n);
	tw_json_key_str(w, "protocol", region->protocol_text);
	tw_jsonw_key(w, "service_ports");
	tw_json_ports(w, leg->service, leg->service_n, true);
	tw_jsonw_key(w, "returns");
	tw_json_ports(w, leg->returns, leg->returns_n, false);
	tw_jsonw_key(w, "undecided");
	tw_json_ports(w, leg->undecided, leg->undecided_n, false);
	if (strcmp(leg->kind, "translated") == 0) {
		tw_json_key_uint(w, "passing", leg->passing);
		tw_json_key_uint(w, "total", leg->total);
	}
	tw_jsonw_end_object(w);
}

static void write_rule(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_rule_ref *rule)
{
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "component", rule->component);
	tw_json_key_str(w, "rule", rule->rule);
	tw_json_key_str(w, "action", rule->action);
	tw_jsonw_key(w, "ports");
	tw_json_ports(w, rule->ports, rule->ports_n, true);
	tw_jsonw_key(w, "icmp");
	tw_json_icmp(w, rule->icmp, rule->icmp_n, true);
	tw_jsonw_key(w, "location");
	tw_json_location(doc, w, rule->span);
	tw_json_key_str(w, "text", rule->text);
	tw_jsonw_end_object(w);
}

static void write_subnets(struct tw_jsonw *w, const struct tw_hop *hop)
{
	tw_jsonw_key(w, "subnets");
	tw_jsonw_array(w, true);
	for (size_t i = 0; i < hop->subnets_n; i++)
		tw_jsonw_str(w, hop->subnets[i]);
	tw_jsonw_end_array(w);
}

static void write_hop(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_hop *hop)
{
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "direction", hop->reply ? "reply" : "request");
	tw_json_key_uint(w, "leg", hop->leg);
	tw_json_key_str(w, "component", hop->component);
	tw_json_key_str(w, "kind", hop->kind);
	tw_json_key_str(w, "list", hop->list);
	tw_json_key_str(w, "subnet", hop->subnet);
	tw_jsonw_key(w, "seen");
	tw_jsonw_object(w, true);
	tw_jsonw_key(w, "from");
	tw_json_prefixes(w, hop->from, hop->from_n);
	tw_jsonw_key(w, "to");
	tw_json_prefixes(w, hop->to, hop->to_n);
	tw_jsonw_key(w, "ports");
	tw_json_ports(w, hop->ports, hop->ports_n, true);
	tw_jsonw_end_object(w);
	tw_json_key_str(w, "action", tw_hop_action_name(hop->action));
	tw_jsonw_key(w, "rules");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < hop->rules_n; i++)
		write_rule(doc, w, &hop->rule[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_key(w, "reached");
	tw_jsonw_bool(w, hop->reached);
	if (hop->subnets_n > 0)
		write_subnets(w, hop);
	tw_jsonw_end_object(w);
}

/* One packet. For ICMP the two "ports" are type * 256 + code of the reply and of the request. */
static void write_packet(struct tw_jsonw *w, const struct tw_witness *witness, bool reply)
{
	enum tw_family family = witness->family == 6 ? TW_IPV6 : TW_IPV4;
	struct tw_addr from = reply ? witness->to : witness->from;
	struct tw_addr to = reply ? witness->from : witness->to;
	uint16_t source = reply ? witness->service : witness->client;
	uint16_t target = reply ? witness->client : witness->service;
	bool ports = tw_protocol_has_ports(witness->protocol);
	bool icmp =
		witness->protocol == (family == TW_IPV6 ? TW_PROTOCOL_ICMPV6 : TW_PROTOCOL_ICMP);
	char text[TW_PREFIX_TEXT];

	tw_jsonw_object(w, false);
	tw_json_key_uint(w, "protocol", witness->protocol);
	tw_json_key_str(w, "from", tw_addr_text(from, family, text));
	tw_json_key_str(w, "to", tw_addr_text(to, family, text));
	tw_jsonw_key(w, "source_port");
	if (ports)
		tw_jsonw_uint(w, source);
	else
		tw_jsonw_null(w);
	tw_jsonw_key(w, "destination_port");
	if (ports)
		tw_jsonw_uint(w, target);
	else
		tw_jsonw_null(w);
	tw_jsonw_key(w, "icmp");
	if (icmp) {
		tw_jsonw_object(w, true);
		tw_json_key_uint(w, "type", target >> 8);
		tw_json_key_uint(w, "code", target & 0xff);
		tw_jsonw_end_object(w);
	} else {
		tw_jsonw_null(w);
	}
	tw_json_key_str(w, "text", reply ? witness->reply_text : witness->request_text);
	tw_json_key_str(w, "fate", reply ? witness->reply_fate : witness->request_fate);
	tw_jsonw_end_object(w);
}

void tw_json_witness(struct tw_jsonw *w, const struct tw_witness *witness)
{
	if (witness == NULL) {
		tw_jsonw_null(w);
		return;
	}
	tw_jsonw_object(w, false);
	tw_jsonw_key(w, "request");
	write_packet(w, witness, false);
	tw_jsonw_key(w, "reply");
	if (witness->reply)
		write_packet(w, witness, true);
	else
		tw_jsonw_null(w);
	tw_jsonw_end_object(w);
}

void tw_json_region(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_region *region)
{
	tw_jsonw_object(w, false);
	tw_json_key_uint(w, "family", region->family);
	tw_json_key_str(w, "protocol", region->protocol_text);
	tw_jsonw_key(w, "boxes");
	tw_json_boxes(w, region->box, region->boxes_n);
	tw_json_key_str(w, "request", region->request);
	tw_jsonw_key(w, "reason");
	tw_json_reason(doc, w, &region->reason);
	tw_jsonw_key(w, "reply");
	write_reply(w, region);
	tw_json_key_str(w, "verdict", tw_verdict_name(region->verdict));
	tw_jsonw_key(w, "clients");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < region->clients_n; i++)
		tw_json_client_result(w, &region->client[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_key(w, "legs");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < region->legs_n; i++)
		write_leg(w, region, &region->leg[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_key(w, "hops");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < region->hops_n; i++)
		write_hop(doc, w, &region->hop[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_key(w, "witness");
	tw_json_witness(w, region->witness);
	tw_jsonw_key(w, "assumptions");
	tw_json_strings(w, region->assumption, region->assumptions_n);
	tw_jsonw_end_object(w);
}
