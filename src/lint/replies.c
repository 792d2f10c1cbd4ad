/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules for replies that nobody waits for: TW203 where no peer of the rule is ever asked or asks
 * (rule 12 of the inference), TW303 where only some of its peers do. Where groups, intents or
 * targets name a service that the range may carry, nothing is said: the rule may be there for it.
 */
#include "lint.h"

/* The peers of a reply rule, at FROM: those that it answers, and the others. */
struct served {
	tw_set yes, no;
	bool public; /* of the others */
};

static struct served serve(const struct tw_lint *lint, enum tw_list list, size_t rule)
{
	struct tw_space *space = lint->results->judge->space;
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	struct served s = {TW_EMPTY, TW_EMPTY, false};
	for (size_t i = 0; i < lint->atoms.n; i++) {
		const struct tw_atom *atom = &lint->atoms.v[i];
		if (atom->family != one->family || atom->protocol != one->protocol ||
			!tw_lint_decides_at(lint, atom, list, rule))
			continue;
		if (tw_lint_serves(lint, i, list)) {
			s.yes = tw_set_union(space, s.yes, atom->peers);
		} else {
			s.no = tw_set_union(space, s.no, atom->peers);
			s.public |= atom->public;
		}
	}
	return s;
}

/* ---- TW203 ----------------------------------------------------------------------------------- */

static const char *asks(enum tw_list list)
{
	return list == TW_INGRESS ? "lets out" : "lets in";
}

static tw_status tell_idle(
	struct tw_lint *lint, enum tw_list list, size_t rule, bool public, bool *const found[2])
{
	struct tw_results *r = lint->results;
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
	struct tw_finding_draft *f;
	const char *text = tw_lint_rule_text(lint, list, rule);
	const char *what = tw_what_text(r->arena, (uint8_t)one->protocol, NULL, 0);
	const char *message = text && what
				      ? tw_arena_printf(r->arena,
						"%s is for replies that nobody waits for: no %s "
						"rule %s a %s request of a service",
						text, tw_list_name(other), asks(list), what)
				      : NULL;
	TW_TRY(tw_lint_tell(lint, "TW203",
		list == TW_INGRESS && public ? TW_LEVEL_WARNING : TW_LEVEL_NOTE, list,
		(uint32_t)rule, "serves no flow", message, &f));
	struct tw_edit edit[8];
	size_t n = 0;
	edit[n++] = (struct tw_edit){TW_REMOVE, tw_lint_entry(lint, one, list), one->span};
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < lint->list[k].rules.n; i++) {
			const struct tw_rule *more = &lint->list[k].rules.rule[i];
			if (!found[k][i] || more == one || n == TW_COUNT(edit))
				continue;
			edit[n++] = (struct tw_edit){
				TW_REMOVE, tw_lint_entry(lint, more, (enum tw_list)k), more->span};
			TW_TRY(tw_lint_relate(lint, f, (enum tw_list)k, i,
				"and this one: rules for replies do not answer each other"));
		}
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < lint->list[k].rules.n; i++)
			if (found[k][i])
				lint->list[k].fate[i] = TW_LINT_IDLE;
	if (list == TW_INGRESS && public)
		TW_TRY(tw_lint_note(
			lint, f, "a rule for replies lets any packet to these ports in"));
	const char *title = n > 1 ? "remove the rules for replies that serve no flow" : NULL;
	return tw_lint_fix(lint, f, title, false, TW_EMPTY, edit, n);
}

static tw_status idle(struct tw_lint *lint, uint8_t family, uint8_t protocol)
{
	bool *found[2];
	size_t first[2] = {SIZE_MAX, SIZE_MAX};
	bool public = false;
	for (int list = 0; list < 2; list++) {
		struct tw_rules rules = lint->list[list].rules;
		found[list] = TW_NEW_ARRAY(lint->results->work, bool, rules.n + 1);
		if (!found[list])
			return TW_ENOMEM;
		for (size_t i = 0; i < rules.n; i++) {
			if (rules.rule[i].family != family || rules.rule[i].protocol != protocol ||
				!tw_lint_is_reply(lint, (enum tw_list)list, i))
				continue;
			struct served s = serve(lint, (enum tw_list)list, i);
			if (!tw_set_is_empty(s.yes) || tw_set_is_empty(s.no))
				continue;
			found[list][i] = true;
			if (first[list] == SIZE_MAX)
				first[list] = i;
			public |= list == TW_INGRESS && s.public;
		}
	}
	TW_TRY(tw_space_status(lint->results->judge->space));
	if (first[TW_INGRESS] != SIZE_MAX)
		return tell_idle(lint, TW_INGRESS, first[TW_INGRESS], public, found);
	return first[TW_EGRESS] != SIZE_MAX
		       ? tell_idle(lint, TW_EGRESS, first[TW_EGRESS], false, found)
		       : TW_OK;
}

/* ---- TW303 ----------------------------------------------------------------------------------- */

static tw_status blocks_text(
	struct tw_lint *lint, tw_set peers, const char **ret, const struct tw_prefix **ret_only)
{
	enum { MOST = 4 };
	struct tw_results *r = lint->results;
	const struct tw_prefix *block;
	char buf[TW_PREFIX_TEXT];
	const char *text = NULL;
	bool more;
	size_t n;
	TW_TRY(tw_blocks_of(r, peers, TW_FIELD_FROM, MOST, &block, &n, &more));
	for (size_t i = 0; i < n; i++) {
		text = text ? tw_arena_printf(
				      r->arena, "%s, %s", text, tw_prefix_text(block[i], buf))
			    : tw_arena_str(r->arena, tw_prefix_text(block[i], buf));
		if (!text)
			return TW_ENOMEM;
	}
	if (more)
		text = tw_arena_printf(r->arena, "%s and more", text);
	*ret = text ? text : "";
	*ret_only = n == 1 && !more ? block : NULL;
	return text || n == 0 ? TW_OK : TW_ENOMEM;
}

static tw_status wider(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	struct tw_results *r = lint->results;
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	struct served s = serve(lint, list, rule);
	if (tw_set_is_empty(s.yes) || tw_set_is_empty(s.no) || !s.public)
		return tw_space_status(r->judge->space);
	const struct tw_prefix *only;
	const char *needed;
	struct tw_finding_draft *f;
	TW_TRY(blocks_text(lint, s.yes, &needed, &only));
	const char *text = tw_lint_rule_text(lint, list, rule);
	const char *message =
		text ? tw_arena_printf(r->arena,
			       "%s is wider than any flow needs: requests go %s %s only", text,
			       list == TW_INGRESS ? "out to" : "in from", needed)
		     : NULL;
	TW_TRY(tw_lint_tell(lint, "TW303", list == TW_INGRESS ? TW_LEVEL_WARNING : TW_LEVEL_NOTE,
		list, (uint32_t)rule, "more peers than any flow has", message, &f));
	if (list == TW_INGRESS)
		TW_TRY(tw_lint_note(lint, f,
			"a rule for replies lets any packet to these ports in, from all its "
			"peers"));
	if (!only || only->len <= one->peer.len)
		return TW_OK;
	struct tw_entry entry = tw_lint_entry(lint, one, list);
	entry.cidr = *only;
	return tw_lint_fix_replace(lint, f, list, rule, entry, false, TW_EMPTY);
}

tw_status tw_lint_replies(struct tw_lint *lint)
{
	static const uint8_t families[] = {TW_IPV4, TW_IPV6};
	static const uint8_t protocols[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP};
	for (size_t p = 0; p < TW_COUNT(protocols); p++) {
		if (tw_lint_named_elsewhere(lint, protocols[p]))
			continue;
		for (size_t i = 0; i < TW_COUNT(families); i++)
			TW_TRY(idle(lint, families[i], protocols[p]));
		for (int list = 0; list < 2; list++)
			for (size_t i = 0; i < lint->list[list].rules.n; i++)
				if (lint->list[list].rules.rule[i].protocol == protocols[p] &&
					tw_lint_is_reply(lint, (enum tw_list)list, i))
					TW_TRY(wider(lint, (enum tw_list)list, i));
	}
	return TW_OK;
}
