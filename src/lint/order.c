/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of a list, exactly: rules that decide no packet (TW201), rules whose packets would meet
 * the same fate without them (TW202), and rules that lose a part of their packets to rules of the
 * other kind before them (TW205). The sets are those of the list itself: a rule is shadowed if
 * nothing of what it covers is left by the sure rules before it, whatever made it so.
 */
#include "lint.h"

/* The rules that decide a set, as labels. */
static tw_status deciders(
	struct tw_lint *lint, enum tw_list list, tw_set set, uint16_t **ret, size_t *ret_n)
{
	struct tw_results *r = lint->results;
	struct tw_space *space = r->judge->space;
	tw_set part = tw_partition_restrict(space, lint->list[list].sure, set);
	uint16_t *label = TW_NEW_ARRAY(r->work, uint16_t, lint->list[list].rules.n + 2);
	if (!label)
		return TW_ENOMEM;
	size_t n = tw_partition_labels(space, part, label, lint->list[list].rules.n + 2);
	size_t k = 0;
	for (size_t i = 0; i < n; i++)
		if (label[i] != TW_LABEL_NONE)
			label[k++] = label[i];
	*ret = label;
	*ret_n = k;
	return tw_space_status(space);
}

static const char *action_word(const struct tw_rule *rule)
{
	return rule->action == TW_ALLOW ? "allow" : "deny";
}

/* ---- TW201 ----------------------------------------------------------------------------------- */

static tw_status relate_all(struct tw_lint *lint, struct tw_finding_draft *f, enum tw_list list,
	const uint16_t *label, size_t n, const char *verb)
{
	enum { MOST = 4 };
	struct tw_results *r = lint->results;
	for (size_t i = 0; i < n && i < MOST; i++) {
		const struct tw_rule *one = &lint->list[list].rules.rule[label[i] - TW_LABEL_RULE];
		const char *text = tw_rule_text(r->arena, one, list);
		TW_TRY(tw_lint_relate(lint, f, list, (size_t)label[i] - TW_LABEL_RULE,
			text ? tw_arena_printf(r->arena, "rule %s %s: %s", one->id, verb, text)
			     : NULL));
	}
	return TW_OK;
}

static bool is_shadowed(const struct tw_lint_list *l, size_t rule)
{
	return tw_lint_is_sure(&l->rules.rule[rule]) && tw_set_is_empty(l->decides[rule]) &&
	       !tw_set_is_empty(l->covers[rule]);
}

tw_status tw_lint_first_against(struct tw_lint *lint, enum tw_list list, size_t rule, size_t *ret)
{
	struct tw_lint_list *l = &lint->list[list];
	uint16_t *label;
	size_t n = 0;
	*ret = SIZE_MAX;
	if (!is_shadowed(l, rule))
		return TW_OK;
	TW_TRY(deciders(lint, list, l->covers[rule], &label, &n));
	for (size_t i = n; i-- > 0;)
		if (l->rules.rule[label[i] - TW_LABEL_RULE].action != l->rules.rule[rule].action)
			*ret = (size_t)label[i] - TW_LABEL_RULE;
	return TW_OK;
}

/* A deny that would be a hole for replies: the price, and what does the same for nothing. */
static tw_status price_in_front(
	struct tw_lint *lint, struct tw_finding_draft *f, enum tw_list list, size_t rule)
{
	struct tw_results *r = lint->results;
	struct tw_lint_list *l = &lint->list[list];
	struct tw_port_list ports;
	size_t reply;
	bool much;
	tw_set would = tw_set_intersect(r->judge->space, l->covers[rule], l->compiled->allow);
	tw_set lost = tw_lint_hole(lint, list, rule, would, 0, &reply);
	if (tw_set_is_empty(lost))
		return tw_space_status(r->judge->space);
	TW_TRY(tw_set_ports(r, lost, TW_FIELD_SERVICE, r->arena, &ports));
	TW_TRY(tw_lint_price(lint, f, ports, &much));
	TW_TRY(tw_lint_note(lint, f,
		tw_arena_printf(r->arena,
			"there it would cut into the replies that rule %s lets %s%s",
			l->rules.rule[reply].id, list == TW_INGRESS ? "in" : "out",
			f->client.n > 0 ? ": the table says for whom" : "")));
	return list == TW_INGRESS
		       ? tw_lint_note(lint, f,
				 "a security group that does not let these ports in shuts them for "
				 "callers, and costs no connection")
		       : TW_OK;
}

/*
 * A rule that comes too late has two cures, and the wrong one undoes what works: a deny in front of
 * the allow that a flow needs, an allow in front of the deny that an intent needs (late.c).
 */
static tw_status advise(struct tw_lint *lint, struct tw_finding_draft *f, enum tw_list list,
	size_t rule, size_t before)
{
	struct tw_lint_list *l = &lint->list[list];
	struct tw_arena *arena = lint->results->arena;
	const struct tw_rule *one = &l->rules.rule[rule];
	const struct tw_lint_late *late = tw_lint_late(lint, list, rule);
	const char *id = l->rules.rule[before].id;
	const char *more = late && late->full	 ? ": none is free there, number the list anew"
			   : late && late->tried ? ""
						 : "; `twoway diff` says what that changes";
	if (late && late->code) {
		f->level = TW_LEVEL_NOTE;
		return tw_lint_note(lint, f,
			tw_arena_printf(arena,
				"leave it behind rule %s, or remove it: before that rule it would "
				"%s (`twoway check` would tell %s %s)",
				id,
				one->action == TW_DENY ? "deny what a flow needs"
						       : "let pass what must not",
				tw_level_name(late->level), late->code));
	}
	TW_TRY(tw_lint_note(lint, f,
		tw_arena_printf(arena,
			"if it is meant to %s, it needs a number below that of rule %s%s",
			action_word(one), id, more)));
	return one->action == TW_DENY ? price_in_front(lint, f, list, rule) : TW_OK;
}

static tw_status tell_shadowed(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	struct tw_lint_list *l = &lint->list[list];
	struct tw_finding_draft *f;
	uint16_t *label;
	size_t n;
	TW_TRY(deciders(lint, list, l->covers[rule], &label, &n));
	size_t against;
	TW_TRY(tw_lint_first_against(lint, list, rule, &against));
	const char *by = tw_lint_rules_text(lint, list, label, n);
	const char *text = tw_lint_rule_text(lint, list, rule);
	const char *message =
		by && text ? tw_arena_printf(lint->results->arena,
				     "%s never decides a packet: %s before it match%s all that it "
				     "names%s",
				     text, by, n == 1 ? "es" : "",
				     against < SIZE_MAX ? ", and not as it would" : "")
			   : NULL;
	TW_TRY(tw_lint_tell(lint, "TW201", against < SIZE_MAX ? TW_LEVEL_WARNING : TW_LEVEL_NOTE,
		list, (uint32_t)rule, "this rule is never reached", message, &f));
	TW_TRY(relate_all(lint, f, list, label, n, "comes first"));
	if (against < SIZE_MAX)
		TW_TRY(advise(lint, f, list, rule, against));
	l->fate[rule] = TW_LINT_SHADOWED;
	return tw_lint_fix_remove(lint, f, list, rule, true);
}

static tw_status shadowed(struct tw_lint *lint, enum tw_list list)
{
	struct tw_lint_list *l = &lint->list[list];
	for (size_t i = 0; i < l->rules.n; i++)
		if (is_shadowed(l, i))
			TW_TRY(tell_shadowed(lint, list, i));
	return TW_OK;
}

/* ---- TW202 ----------------------------------------------------------------------------------- */

/* Who decides the rule's packets in its place, first match among what stays behind it. */
static tw_status heirs(
	struct tw_lint *lint, enum tw_list list, size_t rule, uint16_t **ret, size_t *ret_n)
{
	struct tw_lint_list *l = &lint->list[list];
	struct tw_space *space = lint->results->judge->space;
	uint16_t *label = TW_NEW_ARRAY(lint->results->work, uint16_t, l->rules.n + 1);
	tw_set rest = l->decides[rule];
	size_t n = 0;
	if (!label)
		return TW_ENOMEM;
	for (size_t i = rule + 1; i < l->rules.n && !tw_set_is_empty(rest); i++) {
		if (l->fate[i] == TW_LINT_SHADOWED || l->fate[i] == TW_LINT_REDUNDANT)
			continue;
		tw_set part = tw_set_intersect(space, rest, l->covers[i]);
		if (tw_set_is_empty(part))
			continue;
		label[n++] = (uint16_t)(TW_LABEL_RULE + i);
		rest = tw_set_subtract(space, rest, part);
	}
	*ret = label;
	*ret_n = n;
	return tw_space_status(space);
}

static tw_status tell_redundant(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	struct tw_lint_list *l = &lint->list[list];
	struct tw_finding_draft *f;
	uint16_t *label;
	size_t n;
	TW_TRY(heirs(lint, list, rule, &label, &n));
	const char *by = n > 0 ? tw_lint_rules_text(lint, list, label, n) : "the default deny";
	const char *text = tw_lint_rule_text(lint, list, rule);
	const char *message = by && text ? tw_arena_printf(lint->results->arena,
						   "%s changes nothing: without it %s would %s the "
						   "same packets",
						   text, by, action_word(&l->rules.rule[rule]))
					 : NULL;
	TW_TRY(tw_lint_tell(lint, "TW202", TW_LEVEL_NOTE, list, (uint32_t)rule,
		"the list is the same without this rule", message, &f));
	TW_TRY(relate_all(lint, f, list, label, n, "says the same"));
	return tw_lint_fix_remove(lint, f, list, rule, true);
}

/* True if the packets that the rule decides meet the same fate by what is behind it. */
static bool is_needless(
	const struct tw_lint_list *l, struct tw_space *space, size_t rule, tw_set passes)
{
	return l->rules.rule[rule].action == TW_ALLOW
		       ? tw_set_is_subset(space, l->decides[rule], passes)
		       : tw_set_is_empty(tw_set_intersect(space, l->decides[rule], passes));
}

static tw_set behind(
	const struct tw_lint_list *l, struct tw_space *space, size_t rule, tw_set passes)
{
	return l->rules.rule[rule].action == TW_ALLOW
		       ? tw_set_union(space, passes, l->covers[rule])
		       : tw_set_subtract(space, passes, l->covers[rule]);
}

/*
 * From the last rule to the first: what lies behind is settled then. A rule is told if the list is
 * the same without it, and also without all others that are told (TW201 included), so that any of
 * them can go, or all. A rule that shares packets with one that may or may not match is left alone.
 */
static tw_status redundant(struct tw_lint *lint, enum tw_list list)
{
	struct tw_lint_list *l = &lint->list[list];
	struct tw_space *space = lint->results->judge->space;
	tw_set all = TW_EMPTY, kept = TW_EMPTY; /* what the rules behind let pass */
	for (size_t i = l->rules.n; i-- > 0;) {
		const struct tw_rule *one = &l->rules.rule[i];
		if (one->implicit || !tw_lint_is_sure(one))
			continue;
		bool shadowed = l->fate[i] == TW_LINT_SHADOWED;
		bool sure = tw_set_is_empty(tw_set_intersect(space, l->covers[i], l->doubtful));
		if (!shadowed && sure && is_needless(l, space, i, all) &&
			is_needless(l, space, i, kept))
			l->fate[i] = TW_LINT_REDUNDANT;
		else if (!shadowed)
			kept = behind(l, space, i, kept);
		all = behind(l, space, i, all);
	}
	TW_TRY(tw_space_status(space));
	for (size_t i = 0; i < l->rules.n; i++)
		if (l->fate[i] == TW_LINT_REDUNDANT)
			TW_TRY(tell_redundant(lint, list, i));
	return TW_OK;
}

tw_status tw_lint_order(struct tw_lint *lint, enum tw_list list)
{
	TW_TRY(shadowed(lint, list));
	return redundant(lint, list);
}

/* ---- TW205 ----------------------------------------------------------------------------------- */

/* A deny of everything from a block: a wanted denial (rule 10), not a rule that went astray. */
static bool shuts_a_block(const struct tw_rule *rule)
{
	return rule->action == TW_DENY && rule->protocol == TW_PROTOCOL_ALL && rule->peer.len > 0;
}

static bool is_catch_all(const struct tw_rule *rule)
{
	return rule->action == TW_DENY && rule->protocol == TW_PROTOCOL_ALL && rule->peer.len == 0;
}

static tw_status part_of(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	struct tw_lint_list *l = &lint->list[list];
	struct tw_space *space = lint->results->judge->space;
	const struct tw_rule *one = &l->rules.rule[rule];
	uint16_t *label;
	size_t n, k = 0;
	tw_set lost = TW_EMPTY;
	TW_TRY(deciders(
		lint, list, tw_set_subtract(space, l->covers[rule], l->decides[rule]), &label, &n));
	for (size_t i = 0; i < n; i++) {
		size_t at = (size_t)label[i] - TW_LABEL_RULE;
		const struct tw_rule *other = &l->rules.rule[at];
		/* A hole in a reply range is TW304's. */
		if (other->action == one->action || shuts_a_block(other) ||
			l->fate[at] == TW_LINT_HOLE)
			continue;
		lost = tw_set_union(
			space, lost, tw_set_intersect(space, l->covers[rule], l->decides[at]));
		label[k++] = label[i];
	}
	if (tw_set_is_empty(lost))
		return tw_space_status(space);
	const char *share;
	struct tw_finding_draft *f;
	TW_TRY(tw_lint_share_text(lint, list, lost, l->covers[rule], &share));
	const char *by = tw_lint_rules_text(lint, list, label, k);
	const char *text = tw_lint_rule_text(lint, list, rule);
	const char *message =
		by && text ? tw_arena_printf(lint->results->arena,
				     "%s does not %s all that it names: %s before it "
				     "take%s %s",
				     text, action_word(one), by, k == 1 ? "s" : "", share)
			   : NULL;
	TW_TRY(tw_lint_tell(lint, "TW205", TW_LEVEL_NOTE, list, (uint32_t)rule,
		"only a part reaches this rule", message, &f));
	return relate_all(lint, f, list, label, k, "comes first");
}

/* Rules of the same kind before it change nothing; a final deny of everything is meant so. */
tw_status tw_lint_parts(struct tw_lint *lint, enum tw_list list)
{
	struct tw_lint_list *l = &lint->list[list];
	for (size_t i = 0; i < l->rules.n; i++)
		if (tw_lint_is_sure(&l->rules.rule[i]) && l->fate[i] != TW_LINT_SHADOWED &&
			l->fate[i] != TW_LINT_REDUNDANT && !is_catch_all(&l->rules.rule[i]))
			TW_TRY(part_of(lint, list, i));
	return TW_OK;
}
