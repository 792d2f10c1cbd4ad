/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICMP: types and codes that say less than people think (TW404), and the path-MTU message that must
 * come in wherever TCP goes to other networks (TW409).
 */
#include "lint.h"

static uint8_t icmp_of(uint8_t family)
{
	return family == TW_IPV4 ? TW_PROTOCOL_ICMP : TW_PROTOCOL_ICMPV6;
}

/* True if the list may let some of these types pass, from or to anybody. */
static bool may_pass(
	const struct tw_lint *lint, enum tw_list list, uint8_t family, unsigned lo, unsigned hi)
{
	struct tw_space *space = lint->results->judge->space;
	tw_set set = tw_lint_packets(lint, list, family, icmp_of(family),
		(struct tw_ports){TW_ICMP(lo, 0), TW_ICMP(hi, 255)});
	return !tw_set_is_subset(space, set, lint->list[list].compiled->deny);
}

/* SPEC: pmtud-v4, pmtud-v6 */
static tw_set path_mtu(const struct tw_lint *lint, enum tw_list list, uint8_t family)
{
	uint16_t message = family == TW_IPV4 ? TW_ICMP(3, 4) : TW_ICMP(2, 0);
	return tw_lint_packets(
		lint, list, family, icmp_of(family), (struct tw_ports){message, message});
}

/* ---- TW404 ----------------------------------------------------------------------------------- */

/* What is wrong with the type and code of a rule; NULL if nothing is. */
static const char *trap(const struct tw_lint *lint, enum tw_list list, const struct tw_rule *rule,
	struct tw_entry *entry)
{
	enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
	struct tw_space *space = lint->results->judge->space;
	bool v6 = rule->family == TW_IPV6;
	/* SPEC: nacl-field-icmp */
	if (rule->icmp_any_type_code) {
		entry->icmp_type = entry->icmp_code = -1;
		return "names a code of every type, and AWS does not say what that matches: -1 is "
		       "every type, and its code is -1 too";
	}
	if (rule->every_port || rule->ports.lo != rule->ports.hi)
		return NULL;
	entry->icmp_code = -1;
	if (!v6 && rule->ports.lo == TW_ICMP(3, 0) && rule->action == TW_ALLOW) {
		tw_set rest = tw_set_intersect(space, path_mtu(lint, list, TW_IPV4),
			tw_lint_packets_of(lint, list, rule, TW_PROTOCOL_ICMP,
				(struct tw_ports){TW_ICMP(3, 4), TW_ICMP(3, 4)}));
		return tw_set_is_empty(
			       tw_set_intersect(space, rest, lint->list[list].compiled->allow))
			       ? "is code 0 alone, \"network unreachable\": an omitted code became "
				 "0; "
				 "port unreachable is code 3, and the path-MTU message code 4"
			       : NULL;
	}
	if (v6 && rule->ports.lo == TW_ICMP(0, 0)) {
		entry->icmp_type = -1;
		return "is type 0, which is no message of ICMPv6: an omitted type became 0";
	}
	if (!v6 && rule->ports.lo == TW_ICMP(0, 0) && rule->action == TW_ALLOW &&
		!may_pass(lint, other, TW_IPV4, 8, 8)) {
		entry->icmp_type = -1;
		return "is the echo reply alone, and nothing here lets an echo request pass the "
		       "other way: an omitted type became 0";
	}
	return NULL;
}

static tw_status code_trap(struct tw_lint *lint, enum tw_list list, size_t at)
{
	const struct tw_rule *rule = &lint->list[list].rules.rule[at];
	struct tw_entry entry = tw_lint_entry(lint, rule, list);
	struct tw_finding_draft *f;
	if (rule->implicit || rule->protocol != icmp_of(rule->family))
		return TW_OK;
	const char *why = trap(lint, list, rule, &entry);
	if (!why)
		return tw_space_status(lint->results->judge->space);
	const char *text = tw_lint_rule_text(lint, list, at);
	const char *message =
		text ? tw_arena_printf(lint->results->arena, "%s %s", text, why) : NULL;
	TW_TRY(tw_lint_tell(lint, "TW404", TW_LEVEL_WARNING, list, (uint32_t)at,
		"type and code are matched exactly", message, &f));
	return tw_lint_fix_replace(lint, f, list, at, entry, false, TW_EMPTY);
}

/* ---- TW409 ----------------------------------------------------------------------------------- */

/* Public peers with whom TCP can talk: something passes each way. At FROM. */
static tw_set talks_with(const struct tw_lint *lint, uint8_t family)
{
	struct tw_space *space = lint->results->judge->space;
	tw_set peers = TW_EMPTY;
	for (size_t i = 0; i < lint->atoms.n; i++) {
		const struct tw_atom *atom = &lint->atoms.v[i];
		if (atom->family == family && atom->protocol == TW_PROTOCOL_TCP && atom->public &&
			atom->allowed[TW_INGRESS].n > 0 && atom->allowed[TW_EGRESS].n > 0)
			peers = tw_set_union(space, peers, atom->peers);
	}
	peers = tw_set_intersect(space, peers, lint->results->judge->world.public_from);
	peers = tw_set_forget(space, peers, TW_FIELD_PROTOCOL);
	peers = tw_set_forget(space, peers, TW_FIELD_CLIENT);
	return tw_set_forget(space, peers, TW_FIELD_SERVICE);
}

/* The deny that drops it, if somebody wrote one. */
static uint32_t denied_by(const struct tw_lint *lint, tw_set dropped)
{
	const struct tw_lint_list *l = &lint->list[TW_INGRESS];
	for (size_t i = 0; i < l->rules.n; i++)
		if (!l->rules.rule[i].implicit &&
			!tw_set_is_empty(tw_set_intersect(
				lint->results->judge->space, dropped, l->decides[i])))
			return (uint32_t)i;
	return TW_MISSING;
}

/* Once per ACL: IPv4 speaks first. A rule of type 3 code 0 has said it already (TW404). */
static tw_status path_mtu_blocked(struct tw_lint *lint, uint8_t family, bool *ret_told)
{
	struct tw_results *r = lint->results;
	struct tw_space *space = r->judge->space;
	tw_set wanted = tw_set_intersect(
		space, talks_with(lint, family), path_mtu(lint, TW_INGRESS, family));
	tw_set dropped = tw_set_intersect(space, wanted, lint->list[TW_INGRESS].compiled->deny);
	TW_TRY(tw_space_status(space));
	struct tw_rules rules = lint->list[TW_INGRESS].rules;
	for (size_t i = 0; i < rules.n; i++)
		if (rules.rule[i].protocol == TW_PROTOCOL_ICMP && family == TW_IPV4 &&
			!rules.rule[i].every_port && rules.rule[i].ports.lo == TW_ICMP(3, 0) &&
			rules.rule[i].ports.hi == TW_ICMP(3, 0))
			return TW_OK;
	if (tw_set_is_empty(dropped))
		return TW_OK;
	struct tw_finding_draft *f;
	uint32_t deny = denied_by(lint, dropped);
	const char *message = tw_arena_printf(r->arena,
		"%s lets no path-MTU message in (%s): where a smaller link is on the way, large "
		"packets vanish, and connections hang once they carry data",
		r->net->acl[lint->acl].object.id,
		family == TW_IPV4 ? "ICMP type 3 code 4" : "ICMPv6 type 2");
	TW_TRY(tw_lint_tell(lint, "TW409", TW_LEVEL_NOTE, TW_INGRESS, deny,
		deny == TW_MISSING ? "no inbound rule of it lets the message pass"
				   : "the message is dropped here",
		message, &f));
	*ret_told = true;
	struct tw_entry entry = {.component = r->net->acl[lint->acl].object.id,
		.allow = true,
		.protocol = icmp_of(family),
		.cidr = {.family = family},
		.ports = {0, 65535},
		.icmp_type = family == TW_IPV4 ? 3 : 2,
		.icmp_code = family == TW_IPV4 ? 4 : 0};
	uint32_t behind = deny == TW_MISSING ? 0 : rules.rule[deny].number;
	for (size_t i = 0; deny == TW_MISSING && i < rules.n; i++)
		if (!rules.rule[i].implicit)
			behind = rules.rule[i].number;
	if (deny != TW_MISSING)
		return TW_OK;
	return tw_lint_fix_add(lint, f, TW_INGRESS, behind, entry, wanted);
}

tw_status tw_lint_icmp(struct tw_lint *lint)
{
	bool told = false;
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < lint->list[list].rules.n; i++)
			TW_TRY(code_trap(lint, (enum tw_list)list, i));
	TW_TRY(path_mtu_blocked(lint, TW_IPV4, &told));
	return told ? TW_OK : path_mtu_blocked(lint, TW_IPV6, &told);
}
