/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule that comes too late, tried in front: does the network still do what it must? `fix` puts an
 * allow before a deny, and so do people: then the advice to move the deny back would undo it. The
 * list is tried as it would be, and check is asked (book.h keeps that cheap).
 */
#include "needs.h"
#include "number.h"
#include "patch.h"

#include "lint.h"

/* A list of AWS has at most 40 rules; of lists beyond it nobody waits for each rule's trial. */
enum { TRIALS_MOST = 200 };

void tw_lint_moved_close(struct tw_lint *lint)
{
	tw_book_free(lint->book);
	tw_report_free(lint->base);
}

/* What check says of the network as it is, with what it was found out by. */
static tw_status open_book(struct tw_lint *lint)
{
	struct tw_results *r = lint->results;
	const struct tw_needs *needs;
	if (lint->base)
		return TW_OK;
	if (!lint->book)
		TW_TRY(tw_book_new(r->mem, &lint->book));
	return tw_check_needs(
		r->mem, r->net, r->options, lint->book, true, lint->diags, &lint->base, &needs);
}

static bool is_known(const struct tw_report *base, const struct tw_finding *finding)
{
	for (size_t i = 0; i < base->findings_n; i++)
		if (strcmp(base->finding[i].fingerprint, finding->fingerprint) == 0 &&
			base->finding[i].level >= finding->level)
			return true;
	return false;
}

/* A deny must not lose what is needed, an allow must not let pass what is never to pass: what else
 * is said of a flow that nobody had before is no reason against it. */
static bool counts(const struct tw_finding *finding, enum tw_action action)
{
	if (finding->suppressed || finding->level < TW_LEVEL_WARNING)
		return false;
	return action == TW_DENY ? finding->code[2] == '1' || finding->code[2] == '6'
				 : strcmp(finding->code, "TW602") == 0;
}

/* The loudest finding that only the trial has, or NULL. */
static const struct tw_finding *worst_new(
	const struct tw_report *base, const struct tw_report *after, enum tw_action action)
{
	const struct tw_finding *worst = NULL;
	for (size_t i = 0; i < after->findings_n; i++) {
		const struct tw_finding *one = &after->finding[i];
		if (counts(one, action) && (!worst || one->level > worst->level) &&
			!is_known(base, one))
			worst = one;
	}
	return worst;
}

static tw_status judge(struct tw_lint *lint, const struct tw_net *net, enum tw_action action,
	struct tw_lint_moved *ret)
{
	struct tw_results *r = lint->results;
	struct tw_report *after;
	const struct tw_needs *needs;
	TW_TRY(tw_check_needs(
		r->mem, net, r->options, lint->book, false, lint->diags, &after, &needs));
	const struct tw_finding *worst = worst_new(lint->base, after, action);
	tw_status status = TW_OK;
	if (worst) {
		ret->level = worst->level;
		ret->code = tw_arena_str(r->arena, worst->code);
		status = ret->code ? TW_OK : TW_ENOMEM;
	}
	ret->tried = status == TW_OK;
	tw_report_free(after);
	return status;
}

tw_status tw_lint_move(struct tw_lint *lint, enum tw_list list, size_t rule, size_t before,
	struct tw_lint_moved *ret)
{
	struct tw_results *r = lint->results;
	struct tw_rules rules = lint->list[list].rules;
	const struct tw_rule *one = &rules.rule[rule];
	struct tw_edit edit[2] = {{TW_REMOVE, tw_lint_entry(lint, one, list), one->span}};
	struct tw_patch *patch;
	*ret = (struct tw_lint_moved){.number = (uint16_t)tw_number_free(rules,
					      (struct tw_rules){0}, 0, rules.rule[before].number)};
	if (ret->number == 0 || lint->trials == TRIALS_MOST)
		return TW_OK;
	lint->trials++;
	edit[1] = (struct tw_edit){TW_ADD, edit[0].entry, TW_NO_SPAN};
	edit[1].entry.number = ret->number;
	TW_TRY(open_book(lint));
	TW_TRY(tw_patch_new(r->mem, r->net, edit, 2, &patch));
	tw_status status = judge(lint, tw_patch_net(patch), one->action, ret);
	tw_patch_free(patch);
	return status;
}
