/* SPDX-License-Identifier: Apache-2.0 */
/* What the lints ask of rules: is it one for replies, whom does it answer, what does a loss cost.
 */
#include "lint.h"

bool tw_lint_is_reply(const struct tw_lint *lint, enum tw_list list, size_t rule)
{
	const struct tw_lint_list *l = &lint->list[list];
	const struct tw_rule *one = &l->rules.rule[rule];
	return tw_lint_is_sure(one) && one->action == TW_ALLOW &&
	       tw_protocol_has_ports(one->protocol) && l->fate[rule] != TW_LINT_SHADOWED &&
	       l->fate[rule] != TW_LINT_REDUNDANT && !one->every_port &&
	       tw_ports_class(one->ports) == TW_CLASS_REPLY;
}

static tw_set packets(const struct tw_lint *lint, enum tw_list list, uint8_t protocol,
	struct tw_ports ports, struct tw_prefix peer)
{
	struct tw_box box = tw_box_all((enum tw_family)peer.family);
	box.protocol_lo = box.protocol_hi = protocol;
	box.service = ports;
	*(list == TW_INGRESS ? &box.from : &box.to) = tw_prefix_range(peer);
	return tw_set_box(lint->results->judge->space, &box);
}

tw_set tw_lint_packets(const struct tw_lint *lint, enum tw_list list, uint8_t family,
	uint8_t protocol, struct tw_ports ports)
{
	return packets(lint, list, protocol, ports, (struct tw_prefix){.family = family});
}

tw_set tw_lint_packets_of(const struct tw_lint *lint, enum tw_list list, const struct tw_rule *rule,
	uint8_t protocol, struct tw_ports ports)
{
	return packets(lint, list, protocol, ports, rule->peer);
}

bool tw_lint_decides_at(
	const struct tw_lint *lint, const struct tw_atom *atom, enum tw_list list, size_t rule)
{
	(void)lint;
	for (size_t i = 0; i < atom->parts_n[list]; i++)
		if (atom->part[list][i].label == TW_LABEL_RULE + rule)
			return true;
	return false;
}

/* 0-0, meant for all ports. */
static bool is_zero(const struct tw_rule *rule)
{
	return rule->action == TW_ALLOW && tw_protocol_has_ports(rule->protocol) &&
	       !rule->every_port && rule->ports.hi == 0;
}

/* Somebody wrote a deny for packets of this atom: what it takes away is wanted (rule 10). */
static bool is_denied(const struct tw_lint *lint, const struct tw_atom *atom, enum tw_list list)
{
	for (size_t i = 0; i < atom->parts_n[list]; i++) {
		uint16_t label = atom->part[list][i].label;
		if (label < TW_LABEL_RULE)
			continue;
		const struct tw_rule *rule = &lint->list[list].rules.rule[label - TW_LABEL_RULE];
		if (!rule->implicit && rule->action == TW_DENY)
			return true;
	}
	return false;
}

/*
 * Rule 12: a service, everything, or something unknown asks in the other direction. So does what
 * was meant to: a 0-0 rule, or a rule that a deny of somebody keeps from it.
 */
bool tw_lint_serves(const struct tw_lint *lint, size_t at, enum tw_list list)
{
	const struct tw_atom *atom = &lint->atoms.v[at];
	enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
	struct tw_rules rules = lint->list[other].rules;
	if (tw_ports_has_class(atom->bridged[other], TW_CLASS_OPEN) || is_denied(lint, atom, other))
		return true;
	for (size_t i = 0; i < rules.n; i++) {
		struct tw_ports ports;
		bool open = rules.rule[i].maybe || rules.rule[i].action == TW_ACTION_UNKNOWN;
		if (lint->service[at * 2 + (size_t)other][i].n > 0)
			return true;
		if ((open || is_zero(&rules.rule[i])) &&
			tw_rule_ports_for(&rules.rule[i], atom->protocol, &ports))
			return true;
	}
	return false;
}

static bool may_use_a_range(const struct tw_rule *rule, uint8_t protocol)
{
	struct tw_ports ports;
	return rule->protocol != TW_PROTOCOL_ALL && !tw_group_rule_is_open(rule) &&
	       tw_rule_ports_for(rule, protocol, &ports) && ports.hi >= 1024;
}

static bool group_names(const struct tw_lint *lint, uint32_t group, uint8_t protocol)
{
	const struct tw_group *g = &lint->results->net->group[group];
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < g->list[list].n; i++)
			if (may_use_a_range(&g->list[list].rule[i], protocol))
				return true;
	return false;
}

/* Packets that a transit gateway's attachment carries are not those that its subnet sends. */
static bool carries(const struct tw_lint *lint)
{
	const struct tw_net *net = lint->results->net;
	for (size_t i = 0; i < net->attachments; i++)
		for (size_t k = 0; k < net->attachment[i].subnets.n; k++) {
			uint32_t subnet = net->attachment[i].subnets.at[k];
			if (subnet != TW_MISSING && net->subnet[subnet].acl == lint->acl)
				return true;
		}
	return false;
}

bool tw_lint_named_elsewhere(const struct tw_lint *lint, uint8_t protocol)
{
	const struct tw_net *net = lint->results->net;
	const struct tw_acl *acl = &net->acl[lint->acl];
	char name[TW_SERVICE_TEXT];
	if (carries(lint) || tw_lint_is_shut(lint))
		return true;
	tw_protocol_text(protocol, name);
	for (size_t i = 0; i < lint->check->flows_n; i++) {
		const struct tw_flow *flow = &lint->check->flow[i];
		bool own = strcmp(flow->origin, "inferred") == 0 && flow->evidence_n > 0 &&
			   tw_net_find(net, TW_KIND_ACL, flow->evidence[0].component) != TW_MISSING;
		bool names =
			strcmp(flow->protocol, name) == 0 || strcmp(flow->protocol, "all") == 0;
		for (size_t k = 0; !own && names && k < flow->service_n; k++)
			if (flow->service[k].hi >= 1024)
				return true;
	}
	if (!net->holds[TW_KIND_INTERFACE] || acl->subnets_n == 0) {
		for (uint32_t i = 0; i < net->groups; i++)
			if (group_names(lint, i, protocol))
				return true;
		return false;
	}
	for (size_t i = 0; i < acl->subnets_n; i++) {
		const struct tw_subnet *subnet = &net->subnet[acl->subnets[i]];
		for (size_t k = 0; k < subnet->interfaces_n; k++) {
			const struct tw_interface *one = &net->interface[subnet->interfaces[k]];
			for (size_t g = 0; g < one->groups_n; g++)
				if (one->groups[g] == TW_MISSING ||
					group_names(lint, one->groups[g], protocol))
					return true;
		}
	}
	return false;
}

/* ---- what a loss costs ----------------------------------------------------------------------- */

static tw_status clients(struct tw_lint *lint, enum tw_list list, struct tw_levels *ret)
{
	const struct tw_check_options *o = &lint->options->check;
	struct tw_arena *arena = lint->results->arena;
	return o->clients > 0 ? tw_levels_given(arena, o->client, o->clients, ret)
			      : tw_levels_default(arena,
					list == TW_INGRESS ? TW_BY_UNKNOWN : TW_BY_PUBLIC, ret);
}

tw_status tw_lint_price(struct tw_lint *lint, struct tw_finding_draft *finding,
	struct tw_port_list lost, bool *ret_much)
{
	struct tw_levels levels;
	TW_TRY(clients(lint, finding->cause.list, &levels));
	*ret_much = false;
	finding->finding.clients_alone = true;
	for (size_t i = 0; i < levels.n; i++) {
		uint32_t total = tw_client_total(levels.v[i].client);
		uint32_t gone = tw_client_passing(levels.v[i].client, lost.v, lost.n);
		struct tw_client_result one = {.client = levels.v[i].client,
			.level = TW_LEVEL_NOTE,
			.verdict = gone == 0	   ? TW_COMPLETE
				   : gone == total ? TW_ONE_WAY
						   : TW_PARTIAL,
			.passing = total - gone,
			.total = total};
		/* A client whose loss is a note in a flow makes none louder here. */
		*ret_much |= (uint64_t)gone * 1000 >= total && gone > 0 &&
			     levels.v[i].level >= TW_LEVEL_WARNING;
		if (gone > 0)
			TW_TRY(TW_VEC_PUSH(lint->results->mem, &finding->client, one));
	}
	return TW_OK;
}
