/* SPDX-License-Identifier: Apache-2.0 */
/* What the input itself makes worth telling: TW901 from the reader, TW904 fragments, TW905
 * unjudged. */
#include "report.h"

static tw_status add(struct tw_results *r, const char *code, enum tw_level level,
	struct tw_span span, const char *message, const char *peer, const char *label)
{
	struct tw_finding_draft f = {
		.code = code, .level = level, .cause = {.acl = TW_MISSING}, .peer = peer};
	if (!message)
		return TW_ENOMEM;
	f.finding.span = span;
	f.finding.message = message;
	f.finding.label = label;
	return TW_VEC_PUSH(r->mem, &r->finding, f);
}

/* Warnings and notes of reading; errors have ended the run before. */
static tw_status from_diags(struct tw_results *r)
{
	const struct tw_diags *diags = r->options->diags;
	for (size_t i = 0; diags && i < tw_diags_count(diags); i++) {
		const struct tw_diag *d = tw_diags_get(diags, i);
		if (d->level == TW_LEVEL_ERROR)
			continue;
		const char *code = tw_arena_printf(r->arena, "TW%u", d->code != 0 ? d->code : 901);
		const char *message =
			d->path && d->span.file == 0
				? tw_arena_printf(r->arena, "%s: %s", d->path, d->message)
				: tw_arena_str(r->arena, d->message);
		if (!code)
			return TW_ENOMEM;
		TW_TRY(add(r, code, d->level, d->span, message, message, NULL));
		if (d->other.file != 0) {
			struct tw_related other = {d->other_message, d->other};
			TW_TRY(TW_VEC_PUSH(r->mem, &r->finding.v[r->finding.n - 1].related, other));
		}
	}
	return TW_OK;
}

static tw_status about_acl(struct tw_results *r, uint32_t at)
{
	const struct tw_acl *acl = &r->net->acl[at];
	const char *id = acl->object.id;
	if (!acl->entries_known)
		return add(r, "TW904", TW_LEVEL_NOTE, acl->object.span,
			tw_arena_printf(r->arena,
				"%s may be a fragment: its entries are not in the input, so "
				"nothing is said about its flows",
				id),
			id, "no entries here");
	if (r->acl_judged[at] || tw_acl_is_open(acl))
		return TW_OK;
	const char *why = acl->list[TW_INGRESS].n > 1000 || acl->list[TW_EGRESS].n > 1000
				  ? "it has far more rules than AWS allows"
				  : "no flow that it names could be told from its rules";
	if (acl->associations_known && acl->subnets_n == 0)
		why = "it guards no subnet";
	else if (r->net->holds[TW_KIND_INTERFACE]) {
		size_t residents = 0;
		for (size_t i = 0; i < acl->subnets_n; i++)
			residents += r->net->subnet[acl->subnets[i]].interfaces_n;
		why = residents == 0 ? "nobody is in its subnets"
				     : "no flow of its subnets needs it";
	}
	return add(r, "TW905", TW_LEVEL_NOTE, acl->object.span,
		tw_arena_printf(
			r->arena, "%s restricts traffic but took part in no flow: %s", id, why),
		id, "not judged");
}

tw_status tw_find_in_input(struct tw_results *results)
{
	TW_TRY(from_diags(results));
	for (uint32_t i = 0; i < results->net->acls; i++)
		TW_TRY(about_acl(results, i));
	return TW_OK;
}
