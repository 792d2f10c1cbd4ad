/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TW304: a deny of single ports before the rule that lets replies back. It shuts the port as a
 * service, and every client that happens to pick it as its own loses the connection. Told once for
 * each list, with the price for each client. Blocks that are shut as a whole are a wanted denial
 * (rule 10 of the inference) and stay silent.
 */
#include "lint.h"

/* A deny of a few high ports. */
static bool is_narrow(const struct tw_rule *rule)
{
	return tw_lint_is_sure(rule) && rule->action == TW_DENY &&
	       tw_protocol_has_ports(rule->protocol) && !rule->every_port &&
	       rule->ports.lo >= 1024 && rule->ports.hi - rule->ports.lo + 1 < TW_NARROW_RULE;
}

/* What a wide deny behind it shuts as well is not lost by this one. */
tw_set tw_lint_hole(struct tw_lint *lint, enum tw_list list, size_t rule, tw_set packets,
	size_t from, size_t *ret_reply)
{
	struct tw_lint_list *l = &lint->list[list];
	const struct tw_rule *deny = &l->rules.rule[rule];
	struct tw_space *space = lint->results->judge->space;
	tw_set lost = TW_EMPTY;
	if (!is_narrow(deny))
		return TW_EMPTY;
	for (size_t i = from; i < l->rules.n; i++) {
		const struct tw_rule *one = &l->rules.rule[i];
		if (tw_lint_is_sure(one) && one->action == TW_DENY && !is_narrow(one))
			packets = tw_set_subtract(space, packets, l->covers[i]);
		if (!tw_lint_is_reply(lint, list, i) || one->protocol != deny->protocol)
			continue;
		tw_set part = tw_set_intersect(space, packets, l->covers[i]);
		if (!tw_set_is_empty(part) && tw_set_is_empty(lost))
			*ret_reply = i;
		lost = tw_set_union(space, lost, part);
	}
	return lost;
}

static tw_status tell_holes(struct tw_lint *lint, enum tw_list list, uint8_t protocol,
	const uint16_t *label, size_t n, tw_set lost, size_t reply)
{
	struct tw_results *r = lint->results;
	struct tw_lint_list *l = &lint->list[list];
	struct tw_finding_draft *f;
	struct tw_port_list ports;
	bool much;
	TW_TRY(tw_set_ports(r, lost, TW_FIELD_SERVICE, r->arena, &ports));
	const char *id = r->net->acl[lint->acl].object.id;
	const char *rules = tw_lint_rules_text(lint, list, label, n);
	const char *what = tw_what_text(r->arena, protocol, ports.v, ports.n);
	const char *message =
		rules && what
			? tw_arena_printf(r->arena,
				  "%s %s %s cut%s %s out of the replies that rule %s lets %s: "
				  "a client that picks such a port gets no reply",
				  id, tw_list_name(list), rules, n == 1 ? "s" : "", what,
				  l->rules.rule[reply].id, list == TW_INGRESS ? "in" : "out")
			: NULL;
	const char *told;
	enum tw_level loud = tw_lint_loss(lint, list, protocol, TW_LEVEL_WARNING, &told);
	TW_TRY(tw_lint_tell(lint, "TW304", TW_LEVEL_NOTE, list, (uint32_t)label[0] - TW_LABEL_RULE,
		"this deny is a hole for replies", message, &f));
	TW_TRY(tw_lint_price(lint, f, ports, &much));
	if (much)
		f->level = loud;
	TW_TRY(tw_lint_relate(lint, f, list, reply, "the replies that it cuts into"));
	for (size_t i = 1; i < n && i < 4; i++)
		TW_TRY(tw_lint_relate(
			lint, f, list, (size_t)label[i] - TW_LABEL_RULE, "another hole"));
	TW_TRY(tw_lint_refer(lint, f, much ? told : NULL));
	if (list == TW_INGRESS)
		TW_TRY(tw_lint_note(lint, f,
			"a security group that does not let these ports in shuts them for callers, "
			"and costs no connection"));
	if (n > 1)
		return TW_OK;
	const struct tw_rule *one = &l->rules.rule[label[0] - TW_LABEL_RULE];
	struct tw_edit edit = {TW_REMOVE, tw_lint_entry(lint, one, list), one->span};
	return tw_lint_fix(lint, f, NULL, false, lost, &edit, 1);
}

static tw_status holes(struct tw_lint *lint, enum tw_list list, uint8_t protocol)
{
	struct tw_lint_list *l = &lint->list[list];
	struct tw_space *space = lint->results->judge->space;
	uint16_t *label = TW_NEW_ARRAY(lint->results->work, uint16_t, l->rules.n + 1);
	tw_set lost = TW_EMPTY;
	size_t n = 0, reply = 0;
	if (!label)
		return TW_ENOMEM;
	for (size_t i = 0; i < l->rules.n; i++) {
		size_t behind = 0;
		if (l->rules.rule[i].protocol != protocol || l->fate[i] == TW_LINT_SHADOWED)
			continue;
		tw_set one = tw_lint_hole(lint, list, i, l->decides[i], i + 1, &behind);
		if (tw_set_is_empty(one))
			continue;
		reply = n == 0 ? behind : reply;
		label[n++] = (uint16_t)(i + TW_LABEL_RULE);
		lost = tw_set_union(space, lost, one);
		if (l->fate[i] == TW_LINT_KEPT)
			l->fate[i] = TW_LINT_HOLE;
	}
	TW_TRY(tw_space_status(space));
	return n > 0 ? tell_holes(lint, list, protocol, label, n, lost, reply) : TW_OK;
}

tw_status tw_lint_holes(struct tw_lint *lint, enum tw_list list)
{
	TW_TRY(holes(lint, list, TW_PROTOCOL_TCP));
	return holes(lint, list, TW_PROTOCOL_UDP);
}
