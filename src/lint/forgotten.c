/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was done for one and forgotten for the other: replies for TCP and not for UDP (TW407), rules
 * for IPv4 and not for IPv6 (TW408). Notes where check tells of the loss, or where nothing is lost
 * that somebody named.
 */
#include "lint.h"

/* ---- TW407 ----------------------------------------------------------------------------------- */

/* The first inbound reply rule of TCP that decides at this atom. */
static uint32_t tcp_reply_at(const struct tw_lint *lint, const struct tw_atom *atom)
{
	struct tw_rules rules = lint->list[TW_INGRESS].rules;
	for (size_t i = 0; i < rules.n; i++)
		if (rules.rule[i].protocol == TW_PROTOCOL_TCP &&
			tw_lint_is_reply(lint, TW_INGRESS, i) &&
			tw_lint_decides_at(lint, atom, TW_INGRESS, i))
			return (uint32_t)i;
	return TW_MISSING;
}

static bool udp_goes_out(const struct tw_lint *lint, size_t at)
{
	const struct tw_atom *atom = &lint->atoms.v[at];
	if (tw_ports_has_class(atom->bridged[TW_EGRESS], TW_CLASS_OPEN))
		return true;
	for (size_t i = 0; i < lint->list[TW_EGRESS].rules.n; i++)
		if (lint->service[at * 2 + TW_EGRESS][i].n > 0)
			return true;
	return false;
}

/* UDP goes out to public addresses, TCP gets its replies from there, UDP none. */
static tw_status udp_forgotten(struct tw_lint *lint, uint8_t family, bool *ret_told)
{
	struct tw_space *space = lint->results->judge->space;
	uint32_t rule = TW_MISSING;
	for (size_t i = 0; i < lint->atoms.n && rule == TW_MISSING; i++) {
		const struct tw_atom *udp = &lint->atoms.v[i];
		if (udp->family != family || udp->protocol != TW_PROTOCOL_UDP || !udp->public ||
			tw_atom_answers(udp, TW_INGRESS) || !udp_goes_out(lint, i))
			continue;
		tw_set peers = tw_set_forget(space, udp->peers, TW_FIELD_PROTOCOL);
		for (size_t k = 0; k < lint->atoms.n && rule == TW_MISSING; k++) {
			const struct tw_atom *tcp = &lint->atoms.v[k];
			if (tcp->family == family && tcp->protocol == TW_PROTOCOL_TCP &&
				tw_lint_serves(lint, k, TW_INGRESS) &&
				!tw_set_is_empty(tw_set_intersect(space, peers, tcp->peers)))
				rule = tcp_reply_at(lint, tcp);
		}
	}
	TW_TRY(tw_space_status(space));
	if (rule == TW_MISSING)
		return TW_OK;
	const char *told;
	(void)tw_lint_loss(lint, TW_INGRESS, TW_PROTOCOL_UDP, TW_LEVEL_NOTE, &told);
	*ret_told = true;
	if (told)
		return TW_OK;
	const struct tw_rule *one = &lint->list[TW_INGRESS].rules.rule[rule];
	struct tw_finding_draft *f;
	const char *text = tw_lint_rule_text(lint, TW_INGRESS, rule);
	const char *message =
		text ? tw_arena_printf(lint->results->arena,
			       "%s lets replies in for TCP only, and UDP goes out, too: "
			       "its answers are dropped",
			       text)
		     : NULL;
	TW_TRY(tw_lint_tell(lint, "TW407", TW_LEVEL_NOTE, TW_INGRESS, rule, "UDP has no such rule",
		message, &f));
	TW_TRY(tw_lint_note(
		lint, f, "the VPC's own DNS resolver and time service are not filtered"));
	struct tw_entry entry = tw_lint_entry(lint, one, TW_INGRESS);
	entry.protocol = TW_PROTOCOL_UDP;
	return tw_lint_fix_add(lint, f, TW_INGRESS, one->number, entry,
		tw_lint_packets_of(lint, TW_INGRESS, one, TW_PROTOCOL_UDP, one->ports));
}

/* ---- TW408 ----------------------------------------------------------------------------------- */

static bool allows(const struct tw_lint *lint, enum tw_list list, uint8_t family)
{
	struct tw_rules rules = lint->list[list].rules;
	for (size_t i = 0; i < rules.n; i++)
		if (rules.rule[i].family == family && rules.rule[i].action != TW_DENY)
			return true;
	return false;
}

/* Somebody shut IPv6 with words of his own. */
static bool shuts_v6(const struct tw_lint *lint)
{
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < lint->list[list].rules.n; i++)
			if (!lint->list[list].rules.rule[i].implicit &&
				lint->list[list].rules.rule[i].family == TW_IPV6)
				return true;
	return false;
}

/* How many of the ACL's subnets have IPv6 addresses, and whether a route leads out over it. */
static size_t v6_subnets(const struct tw_lint *lint, const char **ret_first, bool *ret_routed)
{
	const struct tw_net *net = lint->results->net;
	const struct tw_acl *acl = &net->acl[lint->acl];
	size_t n = 0;
	*ret_routed = false;
	for (size_t i = 0; i < acl->subnets_n; i++) {
		const struct tw_subnet *subnet = &net->subnet[acl->subnets[i]];
		bool v6 = false;
		for (size_t k = 0; k < subnet->cidrs.n; k++)
			v6 |= subnet->cidrs.v[k].family == TW_IPV6;
		if (!v6)
			continue;
		if (n++ == 0)
			*ret_first = subnet->object.id;
		for (size_t k = 0;
			subnet->table != TW_MISSING && k < net->table[subnet->table].routes_n;
			k++) {
			const struct tw_route *route = &net->table[subnet->table].route[k];
			*ret_routed |= route->to.family == TW_IPV6 && route->to.len == 0 &&
				       !route->blackhole;
		}
	}
	return n;
}

static tw_status v6_shut(struct tw_lint *lint, bool *ret_told)
{
	const char *first = "";
	bool routed;
	size_t n = v6_subnets(lint, &first, &routed);
	bool v4 = allows(lint, TW_INGRESS, TW_IPV4) && allows(lint, TW_EGRESS, TW_IPV4);
	if (n == 0 || !v4 || shuts_v6(lint))
		return TW_OK;
	struct tw_finding_draft *f;
	*ret_told = true;
	const char *message = tw_arena_printf(lint->results->arena,
		"%s has no rule for IPv6, and %s has IPv6 addresses: nothing passes over IPv6",
		lint->results->net->acl[lint->acl].object.id, first);
	return tw_lint_tell(lint, "TW408", routed ? TW_LEVEL_WARNING : TW_LEVEL_NOTE, TW_INGRESS,
		TW_MISSING, "only the default deny is for IPv6", message, &f);
}

/* A service for everybody over IPv4 that IPv6 lacks, where IPv6 has others. */
static tw_status v6_lacks(struct tw_lint *lint)
{
	struct tw_lint_list *l = &lint->list[TW_INGRESS];
	struct tw_space *space = lint->results->judge->space;
	uint16_t *label = TW_NEW_ARRAY(lint->results->work, uint16_t, l->rules.n + 1);
	bool others = false;
	size_t n = 0;
	if (!label)
		return TW_ENOMEM;
	for (size_t i = 0; i < l->rules.n; i++) {
		const struct tw_rule *one = &l->rules.rule[i];
		if (!tw_lint_is_sure(one) || one->action != TW_ALLOW || one->peer.len != 0 ||
			one->protocol != TW_PROTOCOL_TCP || one->every_port ||
			tw_ports_class(one->ports) != TW_CLASS_SERVICE)
			continue;
		others |= one->family == TW_IPV6;
		tw_set same =
			tw_lint_packets(lint, TW_INGRESS, TW_IPV6, TW_PROTOCOL_TCP, one->ports);
		if (one->family == TW_IPV4 && tw_set_is_subset(space, same, l->compiled->deny))
			label[n++] = (uint16_t)(i + TW_LABEL_RULE);
	}
	TW_TRY(tw_space_status(space));
	if (!others || n == 0)
		return TW_OK;
	size_t rule = (size_t)label[0] - TW_LABEL_RULE;
	const struct tw_rule *one = &l->rules.rule[rule];
	struct tw_finding_draft *f;
	const char *rules = tw_lint_rules_text(lint, TW_INGRESS, label, n);
	const char *message =
		rules ? tw_arena_printf(lint->results->arena,
				"%s ingress %s let%s a service in over IPv4 that IPv6 "
				"lacks, while other services pass there",
				lint->results->net->acl[lint->acl].object.id, rules,
				n == 1 ? "s" : "")
		      : NULL;
	TW_TRY(tw_lint_tell(lint, "TW408", TW_LEVEL_NOTE, TW_INGRESS, (uint32_t)rule,
		"IPv6 has no such rule", message, &f));
	for (size_t i = 1; i < n && i < 4; i++)
		TW_TRY(tw_lint_relate(
			lint, f, TW_INGRESS, (size_t)label[i] - TW_LABEL_RULE, "and this one"));
	struct tw_entry entry = tw_lint_entry(lint, one, TW_INGRESS);
	entry.cidr = (struct tw_prefix){.family = TW_IPV6};
	return n > 1 ? TW_OK
		     : tw_lint_fix_add(lint, f, TW_INGRESS, one->number, entry,
			       tw_lint_packets(
				       lint, TW_INGRESS, TW_IPV6, TW_PROTOCOL_TCP, one->ports));
}

tw_status tw_lint_forgotten(struct tw_lint *lint)
{
	bool udp = false, v6 = false;
	TW_TRY(udp_forgotten(lint, TW_IPV4, &udp));
	if (!udp)
		TW_TRY(udp_forgotten(lint, TW_IPV6, &udp));
	TW_TRY(v6_shut(lint, &v6));
	return v6 ? TW_OK : v6_lacks(lint);
}
