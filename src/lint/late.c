/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that come too late: one before them decides all that they name, and not as they would. Each
 * has two cures, and one of them may undo what works: `fix` puts an allow before a deny, and so do
 * people. So they are tried in front, and check says what breaks. All late denies are tried at
 * once, for the price of one more check, whatever the size of the network: a loss names the first
 * rule that makes it. Where several of an ACL come too late, and where allows let pass what must
 * not, which may be several, they are tried one by one.
 */
#include <stdio.h>

#include "number.h"
#include "patch.h"
#include "twoway/intents.h"

#include "lint.h"

enum {
	LATE_MOST = 1000, /* no list of AWS has more than 40 rules */
	SINGLES_MOST = 10 /* tried one by one, which costs a check each */
};

void tw_lint_late_close(struct tw_lint *lint)
{
	TW_VEC_FREE(lint->results->mem, &lint->late);
}

const struct tw_lint_late *tw_lint_late(const struct tw_lint *lint, enum tw_list list, size_t rule)
{
	for (size_t i = 0; i < lint->late.n; i++) {
		const struct tw_lint_late *one = &lint->late.v[i];
		if (one->acl == lint->acl && one->list == list && one->rule == rule)
			return one;
	}
	return NULL;
}

/* ---- which they are -------------------------------------------------------------------------- */

/* The numbers that others of the list were given, as rules. */
static tw_status given(struct tw_lint *lint, enum tw_list list, struct tw_rules *ret)
{
	struct tw_rule *rule = TW_NEW_ARRAY(lint->results->work, struct tw_rule, lint->late.n + 1);
	size_t n = 0;
	if (!rule)
		return TW_ENOMEM;
	for (size_t i = 0; i < lint->late.n; i++)
		if (lint->late.v[i].acl == lint->acl && lint->late.v[i].list == list)
			rule[n++].number = lint->late.v[i].number;
	*ret = (struct tw_rules){rule, n};
	return TW_OK;
}

tw_status tw_lint_late_add(struct tw_lint *lint, enum tw_list list)
{
	struct tw_rules rules = lint->list[list].rules;
	for (size_t i = 0; i < rules.n && lint->late.n < LATE_MOST; i++) {
		struct tw_lint_late one = {
			.acl = lint->acl, .list = list, .rule = i, .action = rules.rule[i].action};
		struct tw_rules others;
		TW_TRY(tw_lint_first_against(lint, list, i, &one.before));
		if (one.before == SIZE_MAX)
			continue;
		TW_TRY(given(lint, list, &others));
		unsigned before = rules.rule[one.before].number;
		/* At the top it is the first to be blamed; what stands between changes nothing. */
		one.number = (uint16_t)tw_number_free(rules, others, 0, rules.rule[0].number);
		if (one.number == 0)
			one.number = (uint16_t)tw_number_free(rules, others, 0, before);
		one.full = tw_number_free(rules, (struct tw_rules){0}, 0, before) == 0;
		TW_TRY(TW_VEC_PUSH(lint->results->mem, &lint->late, one));
	}
	return TW_OK;
}

/* ---- trials ---------------------------------------------------------------------------------- */

struct trial {
	struct tw_patch *patch;
	struct tw_report *report;
};

static void end_trial(struct trial *trial)
{
	tw_report_free(trial->report);
	tw_patch_free(trial->patch);
}

/* What check says with these rules in front. */
static tw_status try_in_front(
	struct tw_lint *lint, struct tw_lint_late *const *late, size_t n, struct trial *ret)
{
	struct tw_results *r = lint->results;
	struct tw_edit *edit = TW_NEW_ARRAY(r->work, struct tw_edit, n * 2);
	if (!edit)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct tw_acl *acl = &r->net->acl[late[i]->acl];
		const struct tw_rule *one = &acl->list[late[i]->list].rule[late[i]->rule];
		struct tw_entry entry = tw_entry_of_rule(one, acl->object.id, late[i]->list);
		edit[2 * i] = (struct tw_edit){TW_REMOVE, entry, one->span};
		entry.number = late[i]->number;
		edit[2 * i + 1] = (struct tw_edit){TW_ADD, entry, TW_NO_SPAN};
	}
	struct trial trial = {NULL, NULL};
	tw_status status = tw_patch_new(r->mem, r->net, edit, n * 2, &trial.patch);
	if (status == TW_OK)
		status = tw_check(
			r->mem, tw_patch_net(trial.patch), r->options, lint->diags, &trial.report);
	if (status == TW_OK)
		*ret = trial;
	else
		end_trial(&trial);
	return status;
}

/* True if check tells it only with the rules in front. */
static bool is_new(const struct tw_lint *lint, const struct tw_finding *finding)
{
	const struct tw_report *base = lint->check;
	if (finding->suppressed || finding->level < TW_LEVEL_WARNING)
		return false;
	for (size_t i = 0; i < base->findings_n; i++)
		if (strcmp(base->finding[i].fingerprint, finding->fingerprint) == 0 &&
			base->finding[i].level >= finding->level)
			return false;
	return true;
}

/* The rule is told, or the one of an equal ACL that check tells in its place. */
static bool is_blamed(const struct tw_lint *lint, const struct tw_lint_late *late,
	const struct tw_finding *finding, uint32_t acl)
{
	char number[16];
	if (acl == TW_MISSING || !finding->cause_list || !finding->cause_rule ||
		strcmp(finding->cause_list, tw_list_name(late->list)) != 0)
		return false;
	(void)snprintf(number, sizeof(number), "%u", (unsigned)late->number);
	return strcmp(finding->cause_rule, number) == 0 &&
	       (acl == late->acl || tw_acl_same(lint->results->net, acl, late->acl));
}

static tw_status blame(
	struct tw_lint *lint, struct tw_lint_late *late, const struct tw_finding *finding)
{
	if (late->code && late->level >= finding->level)
		return TW_OK;
	late->level = finding->level;
	late->code = tw_arena_str(lint->results->arena, finding->code);
	return late->code ? TW_OK : TW_ENOMEM;
}

static tw_status blame_denies(struct tw_lint *lint, struct tw_lint_late *const *late, size_t n,
	const struct tw_report *report)
{
	for (size_t i = 0; i < report->findings_n; i++) {
		const struct tw_finding *one = &report->finding[i];
		if (!one->cause_component || !is_new(lint, one))
			continue;
		uint32_t acl = tw_net_find(lint->results->net, TW_KIND_ACL, one->cause_component);
		for (size_t k = 0; k < n; k++)
			if (is_blamed(lint, late[k], one, acl))
				TW_TRY(blame(lint, late[k], one));
	}
	return TW_OK;
}

/* Another late deny of the ACL may take the blame, or the packets. */
static bool is_hidden(const struct tw_lint_late *late, struct tw_lint_late *const *all, size_t n)
{
	bool several = false;
	for (size_t i = 0; i < n; i++)
		several |= all[i] != late && all[i]->acl == late->acl;
	return several && !late->code;
}

static tw_status try_some_denies(struct tw_lint *lint, struct tw_lint_late *const *late, size_t n)
{
	struct trial trial;
	TW_TRY(try_in_front(lint, late, n, &trial));
	tw_status status = blame_denies(lint, late, n, trial.report);
	end_trial(&trial);
	return status;
}

static tw_status try_denies(struct tw_lint *lint, struct tw_lint_late *const *late, size_t n)
{
	struct tw_lint_late **hidden =
		TW_NEW_ARRAY(lint->results->work, struct tw_lint_late *, n + 1);
	size_t k = 0;
	if (!hidden)
		return TW_ENOMEM;
	if (n == 0)
		return TW_OK;
	TW_TRY(try_some_denies(lint, late, n));
	for (size_t i = 0; i < n; i++)
		if (is_hidden(late[i], late, n))
			hidden[k++] = late[i];
	for (size_t i = 0; i < k; i++) {
		hidden[i]->tried = i < SINGLES_MOST;
		if (hidden[i]->tried)
			TW_TRY(try_some_denies(lint, &hidden[i], 1));
	}
	return TW_OK;
}

/* A `never` that some packet breaks, if only with the rules in front. */
static const struct tw_finding *broken_never(
	const struct tw_lint *lint, const struct tw_report *report)
{
	for (size_t i = 0; i < report->findings_n; i++)
		if (strcmp(report->finding[i].code, "TW602") == 0 &&
			is_new(lint, &report->finding[i]))
			return &report->finding[i];
	return NULL;
}

/* What passes may pass by several: each allow by itself, if all together break an intent. */
static tw_status try_allows(struct tw_lint *lint, struct tw_lint_late *const *late, size_t n)
{
	struct trial trial;
	if (n == 0)
		return TW_OK;
	TW_TRY(try_in_front(lint, late, n, &trial));
	bool broken = broken_never(lint, trial.report) != NULL;
	end_trial(&trial);
	for (size_t i = 0; broken && i < n; i++) {
		late[i]->tried = i < SINGLES_MOST;
		if (!late[i]->tried)
			continue;
		TW_TRY(try_in_front(lint, &late[i], 1, &trial));
		const struct tw_finding *finding = broken_never(lint, trial.report);
		tw_status status = finding ? blame(lint, late[i], finding) : TW_OK;
		end_trial(&trial);
		TW_TRY(status);
	}
	return TW_OK;
}

static bool has_never(const struct tw_intents *intents)
{
	if (!intents)
		return false;
	struct tw_intents_view view = tw_intents_view(intents);
	for (size_t i = 0; i < view.intents; i++)
		if (view.intent[i].never)
			return true;
	return false;
}

tw_status tw_lint_late_try(struct tw_lint *lint)
{
	struct tw_results *r = lint->results;
	struct tw_lint_late **deny = TW_NEW_ARRAY(r->work, struct tw_lint_late *, lint->late.n + 1);
	struct tw_lint_late **allow =
		TW_NEW_ARRAY(r->work, struct tw_lint_late *, lint->late.n + 1);
	size_t denies = 0, allows = 0;
	if (!deny || !allow)
		return TW_ENOMEM;
	for (size_t i = 0; i < lint->late.n; i++) {
		struct tw_lint_late *one = &lint->late.v[i];
		/* An allow breaks nothing where nothing must never pass. */
		one->tried = one->number != 0;
		if (one->number == 0)
			continue;
		if (one->action == TW_DENY)
			deny[denies++] = one;
		else
			allow[allows++] = one;
	}
	TW_TRY(try_denies(lint, deny, denies));
	return has_never(r->options->intents) ? try_allows(lint, allow, allows) : TW_OK;
}
