/* SPDX-License-Identifier: Apache-2.0 */
/* `fix`: the report of check, and for each finding that rules can mend what mends it. */
#include "mend.h"

tw_status tw_mender_open(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *diags, struct tw_mender *ret)
{
	*ret = (struct tw_mender){.mem = mem,
		.check = options->check,
		.diags = diags,
		.quota = options->quota > 0 ? options->quota : TW_QUOTA_DEFAULT,
		.original = net,
		.now.net = net};
	tw_arena_init(&ret->work, mem);
	return tw_book_new(mem, &ret->book);
}

void tw_mender_close(struct tw_mender *m)
{
	TW_VEC_FREE(m->mem, &m->given);
	tw_book_free(m->book);
	tw_arena_fini(&m->work);
}

void tw_mender_tidy(struct tw_mender *m)
{
	enum { NODES = 100000 };
	if (tw_space_nodes(m->book->space) > NODES)
		tw_space_reset(m->book->space);
}

const char *tw_unmendable(struct tw_arena *arena, const struct tw_finding *finding)
{
	if (strcmp(finding->code, "TW602") != 0)
		return "no rule of a network ACL mends it";
	if (!finding->cause_rule)
		return "fix does not close what must never pass";
	return tw_arena_printf(arena,
		"fix does not close what must never pass: remove or narrow what lets it through, "
		"first %s rule %s",
		finding->cause_list, finding->cause_rule);
}

const char *tw_refusal(const struct tw_mender *m)
{
	return m->refusal ? m->refusal : "no edit of the list was proved to help";
}

/* Why nothing is offered, as one more note. */
static tw_status say_why(struct tw_mender *m, struct tw_finding *finding, const char *why)
{
	if (!why)
		return TW_ENOMEM;
	const char **note = TW_NEW_ARRAY(m->arena, const char *, finding->notes_n + 1);
	if (!note)
		return TW_ENOMEM;
	if (finding->notes_n > 0)
		memcpy(note, finding->note, finding->notes_n * sizeof(*note));
	note[finding->notes_n] = tw_arena_printf(m->arena, "no fix: %s", why);
	finding->note = note;
	return note[finding->notes_n++] ? TW_OK : TW_ENOMEM;
}

/* Fixes of several findings can be made together: no number is offered for two rules. */
static tw_status note_numbers(struct tw_mender *m, const struct tw_fix *fix)
{
	for (size_t i = 0; i < fix->edits; i++)
		if (fix->edit[i].operation == TW_ADD)
			TW_TRY(TW_VEC_PUSH(m->mem, &m->given, fix->edit[i]));
	return TW_OK;
}

tw_status tw_mend_beside(
	struct tw_mender *m, size_t finding, const struct tw_fix **ret, size_t *ret_n)
{
	TW_TRY(tw_mend(m, finding, ret, ret_n));
	for (size_t i = 0; i < *ret_n; i++)
		TW_TRY(note_numbers(m, &(*ret)[i]));
	return TW_OK;
}

static tw_status fix_all(struct tw_mender *m, struct tw_finding *finding, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (finding[i].suppressed)
			continue;
		if (m->now.needs[i].n == 0) {
			if (strcmp(finding[i].code, "TW602") == 0)
				TW_TRY(say_why(
					m, &finding[i], tw_unmendable(m->arena, &finding[i])));
			continue;
		}
		TW_TRY(tw_mend_beside(m, i, &finding[i].fix, &finding[i].fixes_n));
		if (finding[i].fixes_n == 0)
			TW_TRY(say_why(m, &finding[i], tw_refusal(m)));
	}
	return TW_OK;
}

tw_status tw_fixes(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *ret_diags, struct tw_report **ret)
{
	struct tw_mender m;
	struct tw_report *report = NULL;
	tw_status status = tw_mender_open(mem, net, options, ret_diags, &m);
	if (status == TW_OK)
		status = tw_check_needs(
			mem, net, &m.check, m.book, true, ret_diags, &report, &m.now.needs);
	if (status == TW_OK) {
		m.arena = tw_report_arena(report);
		m.check.details = false; /* nobody sees the trials */
		m.now.report = report;
		/* The report is ours until it is handed over. */
		struct tw_finding *finding = tw_report_findings(report);
		status = fix_all(&m, finding, report->findings_n);
	}
	tw_mender_close(&m);
	if (status != TW_OK)
		tw_report_free(report);
	else
		*ret = report;
	return status;
}
