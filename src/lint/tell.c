/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings of lint, and fixes for them. A fix is tried on a copy of the list before it is offered:
 * one that does not do what it says is never shown.
 */
#include "lint.h"

#include "number.h"
#include "patch.h"

/* ---- findings -------------------------------------------------------------------------------- */

/* Rules with equal words are told apart by their order, so that fingerprints differ. */
static tw_status set_peer(struct tw_lint *lint, struct tw_finding_draft *f, uint32_t rule)
{
	struct tw_results *r = lint->results;
	size_t before = 0;
	const char *own =
		rule == TW_MISSING
			? ""
			: tw_rule_text(r->arena,
				  &r->net->acl[f->cause.acl].list[f->cause.list].rule[rule],
				  f->cause.list);
	if (!own)
		return TW_ENOMEM;
	/* One ACL after the other: its own findings are the last ones. */
	for (size_t i = r->finding.n; i > 0 && r->finding.v[i - 1].cause.acl == f->cause.acl; i--) {
		const struct tw_finding_draft *one = &r->finding.v[i - 1];
		if (one->cause.list != f->cause.list || one->cause.family != f->cause.family ||
			one->cause.protocol != f->cause.protocol ||
			strcmp(one->code, f->code) != 0 || one->cause.rules != f->cause.rules)
			continue;
		if (rule == TW_MISSING) {
			before++;
			continue;
		}
		const char *text = tw_rule_text(r->arena,
			&r->net->acl[f->cause.acl].list[f->cause.list].rule[one->cause.rule[0]],
			f->cause.list);
		if (!text)
			return TW_ENOMEM;
		before += strcmp(text, own) == 0;
	}
	if (before == 0)
		return TW_OK;
	f->peer = tw_arena_printf(r->arena, "again %zu", before);
	return f->peer ? TW_OK : TW_ENOMEM;
}

tw_status tw_lint_tell(struct tw_lint *lint, const char *code, enum tw_level level,
	enum tw_list list, uint32_t rule, const char *label, const char *message,
	struct tw_finding_draft **ret)
{
	struct tw_results *r = lint->results;
	struct tw_finding_draft f = {.code = code,
		.level = level,
		.cause = {.acl = lint->acl, .list = list, .direction = TW_REQUEST}};
	if (!message)
		return TW_ENOMEM;
	if (rule != TW_MISSING) {
		const struct tw_rule *one = &lint->list[list].rules.rule[rule];
		if (one->implicit)
			return TW_EBUG;
		f.cause.rule[f.cause.rules++] = rule;
		f.cause.family = one->family;
		f.cause.protocol = one->protocol < 0 ? 0 : (uint8_t)one->protocol;
	}
	f.finding.message = message;
	f.finding.label = label;
	TW_TRY(set_peer(lint, &f, rule));
	TW_TRY(TW_VEC_PUSH(r->mem, &r->finding, f));
	*ret = &r->finding.v[r->finding.n - 1];
	return TW_OK;
}

tw_status tw_lint_tell_group(struct tw_lint *lint, const char *code, enum tw_level level,
	uint32_t group, enum tw_list list, uint32_t rule, const char *label, const char *message,
	struct tw_finding_draft **ret)
{
	struct tw_results *r = lint->results;
	const struct tw_group *g = &r->net->group[group];
	struct tw_finding_draft f = {
		.code = code, .level = level, .cause = {.acl = TW_MISSING, .list = list}};
	if (!message)
		return TW_ENOMEM;
	f.finding.message = message;
	f.finding.label = label;
	f.finding.span = g->object.span;
	f.finding.cause_component = g->object.id;
	f.finding.cause_list = tw_list_name(list);
	const char *what = "";
	if (rule != TW_MISSING) {
		const struct tw_rule *one = &g->list[list].rule[rule];
		f.finding.cause_rule = one->id;
		if (one->span.file != 0)
			f.finding.span = one->span;
		what = one->id;
	}
	f.peer = tw_arena_printf(r->arena, "%s|%s", g->object.id, what);
	if (!f.peer)
		return TW_ENOMEM;
	TW_TRY(TW_VEC_PUSH(r->mem, &r->finding, f));
	*ret = &r->finding.v[r->finding.n - 1];
	return TW_OK;
}

tw_status tw_lint_relate(struct tw_lint *lint, struct tw_finding_draft *finding, enum tw_list list,
	size_t rule, const char *message)
{
	struct tw_related one = {message, lint->list[list].rules.rule[rule].span};
	if (!message)
		return TW_ENOMEM;
	if (one.span.file == 0)
		return TW_OK;
	return TW_VEC_PUSH(lint->results->mem, &finding->related, one);
}

tw_status tw_lint_note(struct tw_lint *lint, struct tw_finding_draft *finding, const char *text)
{
	return text ? tw_finding_note(lint->results, finding, text) : TW_ENOMEM;
}

/* check tells equal ACLs once: what it says of a twin, it says of this one. */
tw_status tw_lint_told(struct tw_lint *lint)
{
	const struct tw_net *net = lint->results->net;
	size_t n = lint->check->findings_n;
	lint->told = TW_NEW_ARRAY(lint->results->work, const struct tw_finding *, n + 1);
	lint->tolds = 0;
	if (!lint->told)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct tw_finding *one = &lint->check->finding[i];
		uint32_t acl = lint->about[i];
		if (one->code[2] == '1' && one->level >= TW_LEVEL_WARNING && one->direction &&
			acl != TW_MISSING && (acl == lint->acl || tw_acl_same(net, acl, lint->acl)))
			lint->told[lint->tolds++] = one;
	}
	return TW_OK;
}

/* TW101 to TW103 are TCP's, TW104 is UDP's; codes of paths are of both. */
static bool is_of(const char *code, const char *kind)
{
	bool udp = strcmp(code, "TW104") == 0, tcp = strcmp(code, "TW104") < 0;
	return strcmp(kind, "TW104") == 0 ? udp : tcp;
}

bool tw_lint_is_shut(const struct tw_lint *lint)
{
	for (size_t i = 0; i < lint->tolds; i++)
		if (strcmp(lint->told[i]->direction, "request") == 0)
			return true;
	return false;
}

enum tw_level tw_lint_loss(const struct tw_lint *lint, enum tw_list list, uint8_t protocol,
	enum tw_level level, const char **ret_code)
{
	const char *code = NULL;
	const char *other = protocol == TW_PROTOCOL_UDP ? "TW103" : "TW104";
	for (size_t i = 0; i < lint->tolds && !code; i++) {
		const struct tw_finding *one = lint->told[i];
		if (strcmp(one->direction, "reply") == 0 && one->cause_list &&
			strcmp(one->cause_list, tw_list_name(list)) == 0 &&
			!is_of(one->code, other))
			code = one->code;
	}
	if (ret_code)
		*ret_code = code;
	return code && level > TW_LEVEL_NOTE ? TW_LEVEL_NOTE : level;
}

tw_status tw_lint_refer(struct tw_lint *lint, struct tw_finding_draft *finding, const char *code)
{
	if (!code)
		return TW_OK;
	return tw_lint_note(lint, finding,
		tw_arena_printf(
			lint->results->arena, "`twoway check` tells what it costs: %s", code));
}

/* ---- edits ----------------------------------------------------------------------------------- */

struct tw_entry tw_lint_entry(
	const struct tw_lint *lint, const struct tw_rule *rule, enum tw_list list)
{
	return tw_entry_of_rule(rule, lint->results->net->acl[lint->acl].object.id, list);
}

/* The list after the edits. */
tw_status tw_lint_edited(struct tw_lint *lint, enum tw_list list, const struct tw_edit *edit,
	size_t n, struct tw_compiled *ret)
{
	struct tw_results *r = lint->results;
	struct tw_rules rules;
	TW_TRY(tw_patch_list(r->work, lint->list[list].rules, r->net->acl[lint->acl].object.id,
		list, edit, n, &rules));
	return tw_compile_acl(r->judge->space, rules, lint->list[list].view, ret);
}

tw_status tw_lint_fix(struct tw_lint *lint, struct tw_finding_draft *finding, const char *title,
	bool safe, tw_set wanted, const struct tw_edit *edit, size_t n)
{
	struct tw_results *r = lint->results;
	struct tw_space *space = r->judge->space;
	bool egress = edit[0].entry.egress, same = true;
	for (int list = 0; list < 2; list++) {
		const struct tw_compiled *old = lint->list[list].compiled;
		struct tw_compiled c;
		TW_TRY(tw_lint_edited(lint, (enum tw_list)list, edit, n, &c));
		if (egress == (list == TW_EGRESS) && !tw_set_is_subset(space, wanted, c.allow))
			return tw_space_status(space);
		same &= c.allow == old->allow && c.unknown == old->unknown;
	}
	if (safe && !same)
		return tw_space_status(space);
	struct tw_fix *fix = TW_NEW(r->arena, struct tw_fix);
	struct tw_edit *edits = TW_NEW_ARRAY(r->arena, struct tw_edit, n);
	if (!fix || !edits)
		return TW_ENOMEM;
	memcpy(edits, edit, n * sizeof(*edit));
	*fix = (struct tw_fix){.title = title ? title : tw_edit_text(r->arena, edit),
		.applicability = same ? TW_FIX_SAFE : TW_FIX_REVIEW,
		.rank = 1,
		.edit = edits,
		.edits = n};
	if (!fix->title)
		return TW_ENOMEM;
	finding->finding.fix = fix;
	finding->finding.fixes_n = 1;
	return tw_space_status(space);
}

tw_status tw_lint_fix_remove(struct tw_lint *lint, struct tw_finding_draft *finding,
	enum tw_list list, size_t rule, bool safe)
{
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	struct tw_edit edit = {TW_REMOVE, tw_lint_entry(lint, one, list), one->span};
	return tw_lint_fix(lint, finding, NULL, safe, TW_EMPTY, &edit, 1);
}

tw_status tw_lint_fix_replace(struct tw_lint *lint, struct tw_finding_draft *finding,
	enum tw_list list, size_t rule, struct tw_entry entry, bool safe, tw_set wanted)
{
	struct tw_edit edit = {TW_REPLACE, entry, lint->list[list].rules.rule[rule].span};
	return tw_lint_fix(lint, finding, NULL, safe, wanted, &edit, 1);
}

/* Free numbers lie before the next rule, if there are any: else before the one after it. */
static uint16_t number_behind(const struct tw_lint *lint, enum tw_list list, uint32_t behind)
{
	struct tw_rules rules = lint->list[list].rules;
	unsigned number = 0;
	for (size_t i = 0; i < rules.n && number == 0; i++)
		if (rules.rule[i].number > behind) {
			number = tw_number_free(
				rules, (struct tw_rules){0}, behind, rules.rule[i].number);
			behind = rules.rule[i].number;
		}
	if (number == 0 && behind < TW_IMPLICIT_V4)
		number = tw_number_free(rules, (struct tw_rules){0}, behind, TW_IMPLICIT_V4);
	return (uint16_t)number;
}

tw_status tw_lint_fix_add(struct tw_lint *lint, struct tw_finding_draft *finding, enum tw_list list,
	uint32_t behind, struct tw_entry entry, tw_set wanted)
{
	entry.number = number_behind(lint, list, behind);
	if (entry.number == 0)
		return TW_OK;
	struct tw_edit edit = {TW_ADD, entry, TW_NO_SPAN};
	return tw_lint_fix(lint, finding, NULL, false, wanted, &edit, 1);
}
