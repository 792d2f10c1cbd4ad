/* SPDX-License-Identifier: Apache-2.0 */
/* Ignores: a finding that somebody answers for, with a reason and perhaps an end. TW902, TW903. */
#include "report.h"

static bool covers_component(const struct tw_results *r, const struct tw_ignore *ignore,
	const struct tw_finding_draft *f)
{
	if (!ignore->at)
		return true;
	if (f->finding.cause_component && strcmp(ignore->at, f->finding.cause_component) == 0)
		return true;
	for (size_t i = 0; i < f->twin.n; i++)
		if (strcmp(ignore->at, r->net->acl[f->twin.v[i]].object.id) == 0)
			return true;
	return false;
}

static bool covers_flow(const struct tw_ignore *ignore, const struct tw_finding_draft *f)
{
	if (!ignore->flow)
		return true;
	for (size_t i = 0; i < f->flow.n; i++)
		if (strcmp(ignore->flow, f->flow.v[i]) == 0)
			return true;
	return false;
}

static bool covers(const struct tw_results *r, const struct tw_ignore *ignore,
	const struct tw_finding_draft *f)
{
	return strcmp(ignore->code, f->code) == 0 && covers_component(r, ignore, f) &&
	       covers_flow(ignore, f);
}

/* "2027-01-31" has passed; both are whole days, and the last day still counts. */
static tw_status is_past(struct tw_results *r, const struct tw_ignore *ignore, bool *ret)
{
	const struct tw_check_options *o = r->options;
	*ret = false;
	if (!ignore->until || o->year == 0)
		return TW_OK;
	r->today_mattered = true;
	const char *today = tw_arena_printf(r->arena, "%04d-%02d-%02d", o->year, o->month, o->day);
	if (!today)
		return TW_ENOMEM;
	*ret = strcmp(today, ignore->until) > 0;
	return TW_OK;
}

static tw_status tell(struct tw_results *r, const struct tw_ignore *ignore, const char *code,
	enum tw_level level, const char *text)
{
	const struct tw_code *row = tw_code_find(code);
	struct tw_finding_draft f = {.code = code, .level = level, .cause = {.acl = TW_MISSING}};
	if (!row)
		return TW_EBUG;
	const char *key = tw_arena_printf(r->arena, "%s|%s|%s|%s", code, ignore->code,
		ignore->at ? ignore->at : "", ignore->flow ? ignore->flow : "");
	if (!key || !text)
		return TW_ENOMEM;
	f.finding = (struct tw_finding){.code = code,
		.name = row->name,
		.level = level,
		.message = text,
		.span = ignore->span,
		.label = "this ignore"};
	f.finding.fingerprint = tw_arena_printf(
		r->arena, "%016llx", (unsigned long long)tw_hash(key, strlen(key), 0));
	if (!f.finding.fingerprint)
		return TW_ENOMEM;
	return TW_VEC_PUSH(r->mem, &r->finding, f);
}

static tw_status apply(struct tw_results *r, const struct tw_ignore *ignore, size_t findings)
{
	if (!ignore->reason || ignore->reason[0] == 0)
		return tell(r, ignore, "TW902", TW_LEVEL_WARNING,
			tw_arena_printf(r->arena,
				"this ignore of %s gives no reason, so it hides nothing: say why "
				"in `reason:`",
				ignore->code));
	bool past, hides = false;
	TW_TRY(is_past(r, ignore, &past));
	for (size_t i = 0; i < findings; i++) {
		struct tw_finding_draft *f = &r->finding.v[i];
		if (!covers(r, ignore, f))
			continue;
		hides = true;
		if (past || f->finding.suppressed)
			continue;
		f->finding.suppressed = true;
		f->finding.suppressed_reason = ignore->reason;
		f->finding.suppressed_until = ignore->until;
		f->finding.suppressed_span = ignore->span;
	}
	if (hides)
		return TW_OK;
	for (size_t i = 0; ignore->flow && i < findings; i++)
		if (covers_flow(ignore, &r->finding.v[i]))
			return tell(r, ignore, "TW903", TW_LEVEL_WARNING,
				tw_arena_printf(r->arena,
					"this ignore of %s hides nothing: `%s` has %s",
					ignore->code, ignore->flow, r->finding.v[i].code));
	return tell(r, ignore, "TW903", TW_LEVEL_WARNING,
		tw_arena_printf(
			r->arena, "this ignore of %s hides nothing: remove it", ignore->code));
}

tw_status tw_apply_ignores(struct tw_results *results)
{
	if (!results->options->intents)
		return TW_OK;
	struct tw_intents_view view = tw_intents_view(results->options->intents);
	size_t findings = results->finding.n;
	/* Each command minds its own codes: what the other one finds is no business of it. */
	for (size_t i = 0; i < view.ignores; i++)
		if (tw_code_is_lint(view.ignore[i].code) == (results->judged != NULL))
			TW_TRY(apply(results, &view.ignore[i], findings));
	return TW_OK;
}
