/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: opened empty, filled flow by flow, closed into sorted arrays that are never changed
 * again. */
#include <stdlib.h>

#include "report.h"

/* What a caller holds is the first member. */
struct report {
	struct tw_report public;
	struct tw_mem *mem;
	struct tw_arena arena, scratch;
	struct tw_finding *finding; /* those of `public` */
};

tw_status tw_report_open(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_check_options *options, bool details, struct tw_space *space,
	struct tw_results *ret)
{
	struct report *report = tw_mem_alloc(mem, sizeof(*report));
	if (!report)
		return TW_ENOMEM;
	*report = (struct report){.mem = mem};
	tw_arena_init(&report->arena, mem);
	tw_arena_init(&report->scratch, mem);
	tw_status status = tw_results_open(mem, net, options, &report->arena, space, ret);
	if (status != TW_OK) {
		tw_results_close(ret);
		tw_report_free(&report->public);
		return status;
	}
	ret->report = &report->public;
	ret->judge->lent = space != NULL;
	ret->details = ret->apart = details;
	ret->work = details ? &report->arena : &report->scratch;
	return TW_OK;
}

struct tw_arena *tw_report_arena(struct tw_report *report)
{
	return &((struct report *)(void *)report)->arena;
}

struct tw_finding *tw_report_findings(struct tw_report *report)
{
	return ((struct report *)(void *)report)->finding;
}

void tw_report_free(struct tw_report *report)
{
	if (!report)
		return;
	struct report *r = (struct report *)(void *)report;
	tw_arena_fini(&r->arena);
	tw_arena_fini(&r->scratch);
	tw_mem_release(r->mem, r, sizeof(*r));
}

/* ---- order ------------------------------------------------------------------------------------
 */

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct tw_flow *)a)->id, ((const struct tw_flow *)b)->id);
}

/* qsort has no context: the path travels with the finding. */
struct placed {
	const char *path;
	size_t draft;
	struct tw_finding finding;
};

static int by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int cmp = strcmp(x->path, y->path);
	if (cmp == 0)
		cmp = (x->finding.span.begin > y->finding.span.begin) -
		      (x->finding.span.begin < y->finding.span.begin);
	if (cmp == 0)
		cmp = strcmp(x->finding.code, y->finding.code);
	return cmp != 0 ? cmp : strcmp(x->finding.message, y->finding.message);
}

static tw_status sort_findings(struct tw_results *r)
{
	size_t n = r->finding.n;
	struct placed *placed = TW_NEW_ARRAY(r->arena, struct placed, n + 1);
	struct tw_finding *out = TW_NEW_ARRAY(r->arena, struct tw_finding, n + 1);
	if (!placed || !out)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		placed[i].draft = i;
		placed[i].finding = r->finding.v[i].finding;
		uint32_t file = placed[i].finding.span.file;
		placed[i].path = file == 0 || !r->options->sources
					 ? ""
					 : tw_sources_path(r->options->sources, file);
	}
	qsort(placed, n, sizeof(*placed), by_place);
	struct tw_needs *needs = TW_NEW_ARRAY(r->arena, struct tw_needs, n + 1);
	if (!needs)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		out[i] = placed[i].finding;
		if (r->keep_needs)
			TW_TRY(tw_needs_keep(r, &r->finding.v[placed[i].draft], &needs[i]));
	}
	r->needs = needs;
	r->report->finding = out;
	((struct report *)(void *)r->report)->finding = out;
	r->report->findings_n = n;
	return TW_OK;
}

/* ---- sums -------------------------------------------------------------------------------------
 */

static void count_flow(struct tw_summary *sum, const struct tw_flow *flow)
{
	sum->flows++;
	sum->complete += flow->verdict == TW_COMPLETE;
	sum->partial += flow->verdict == TW_PARTIAL;
	sum->one_way += flow->verdict == TW_ONE_WAY;
	sum->blocked += flow->verdict == TW_BLOCKED;
	sum->unknown += flow->verdict == TW_UNKNOWN;
	sum->violated += flow->expect && strcmp(flow->expect, "never") == 0 && flow->satisfied == 0;
}

static void count_finding(struct tw_summary *sum, const struct tw_finding *finding)
{
	if (finding->suppressed) {
		sum->suppressed++;
		return;
	}
	sum->errors += finding->level == TW_LEVEL_ERROR;
	sum->warnings += finding->level == TW_LEVEL_WARNING;
	sum->notes += finding->level == TW_LEVEL_NOTE;
}

static tw_status say_judged(struct tw_results *r)
{
	struct tw_report *out = r->report;
	for (size_t i = 0; i < r->net->subnets; i++)
		out->subnets_judged += r->subnet_judged[i];
	for (size_t i = 0; i < r->net->interfaces; i++)
		out->interfaces_judged += r->interface_judged[i];
	out->subnets = r->net->subnets;
	out->interfaces = r->net->interfaces;
	for (size_t i = 0; i < r->net->acls; i++)
		out->open_acls += tw_acl_is_open(&r->net->acl[i]);
	if (r->judged) {
		out->judged = r->judged;
		out->no_flows = true;
		return TW_OK;
	}
	const char *text = tw_arena_printf(
		r->arena, "judged: %zu flow%s", r->flow.n, r->flow.n == 1 ? "" : "s");
	if (text && out->subnets > 0)
		text = tw_arena_printf(r->arena, "%s, %zu of %zu subnet%s", text,
			out->subnets_judged, out->subnets, out->subnets == 1 ? "" : "s");
	if (text && out->interfaces > 0)
		text = tw_arena_printf(r->arena, "%s, %zu of %zu interface%s", text,
			out->interfaces_judged, out->interfaces, out->interfaces == 1 ? "" : "s");
	if (text && out->open_acls > 0)
		text = tw_arena_printf(r->arena, "%s; %zu network ACL%s everything pass", text,
			out->open_acls, out->open_acls == 1 ? " lets" : "s let");
	out->judged = text;
	return text ? TW_OK : TW_ENOMEM;
}

static int by_client(const void *a, const void *b)
{
	const struct tw_client *x = *(const struct tw_client *const *)a;
	const struct tw_client *y = *(const struct tw_client *const *)b;
	return strcmp(x->id, y->id);
}

static tw_status list_clients(struct tw_results *r)
{
	const struct tw_client **out =
		TW_NEW_ARRAY(r->arena, const struct tw_client *, r->client.n + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < r->client.n; i++)
		out[i] = r->client.v[i];
	qsort(out, r->client.n, sizeof(*out), by_client);
	r->report->client = out;
	r->report->clients_n = r->client.n;
	return TW_OK;
}

static tw_status list_assumptions(struct tw_results *r)
{
	struct tw_assumption *out = TW_NEW_ARRAY(r->arena, struct tw_assumption, TW_ASSUMPTIONS);
	if (!out)
		return TW_ENOMEM;
	for (unsigned i = 0; i < TW_ASSUMPTIONS; i++)
		if (r->assumptions >> i & 1)
			out[r->report->assumptions_n++] = (struct tw_assumption){
				tw_assumption_id(i), tw_assumption_text(i), TW_NO_SPAN};
	r->report->assumption = out;
	return TW_OK;
}

static tw_status list_flows(struct tw_results *r)
{
	struct tw_flow *out = TW_NEW_ARRAY(r->arena, struct tw_flow, r->flow.n + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < r->flow.n; i++)
		out[i] = r->flow.v[i];
	qsort(out, r->flow.n, sizeof(*out), by_id);
	r->report->flow = out;
	r->report->flows_n = r->flow.n;
	return TW_OK;
}

static tw_status fill(struct tw_results *r)
{
	const struct tw_check_options *o = r->options;
	TW_TRY(tw_findings_finish(r));
	TW_TRY(tw_apply_ignores(r));
	TW_TRY(list_flows(r));
	TW_TRY(sort_findings(r));
	TW_TRY(list_clients(r));
	TW_TRY(list_assumptions(r));
	TW_TRY(tw_kept_clients(r));
	TW_TRY(say_judged(r));
	for (size_t i = 0; i < r->report->flows_n; i++)
		count_flow(&r->report->summary, &r->report->flow[i]);
	for (size_t i = 0; i < r->report->findings_n; i++)
		count_finding(&r->report->summary, &r->report->finding[i]);
	if (r->today_mattered && o->year > 0) {
		r->report->today =
			tw_arena_printf(r->arena, "%04d-%02d-%02d", o->year, o->month, o->day);
		if (!r->report->today)
			return TW_ENOMEM;
	}
	return TW_OK;
}

tw_status tw_report_close(struct tw_results *results, tw_status status, struct tw_report **ret)
{
	if (status == TW_OK)
		status = fill(results);
	if (status == TW_OK && results->judge)
		status = tw_space_status(results->judge->space);
	tw_results_close(results);
	if (status != TW_OK) {
		tw_report_free(results->report);
		return status;
	}
	*ret = results->report;
	return TW_OK;
}

enum tw_level tw_report_worst(const struct tw_report *report)
{
	enum tw_level worst = TW_LEVEL_NONE;
	for (size_t i = 0; i < report->findings_n; i++)
		if (!report->finding[i].suppressed && report->finding[i].level > worst)
			worst = report->finding[i].level;
	return worst;
}

bool tw_report_complete(const struct tw_report *report)
{
	for (size_t i = 0; i < report->flows_n; i++) {
		const struct tw_flow *flow = &report->flow[i];
		if (flow->verdict != TW_COMPLETE)
			return false;
		for (size_t k = 0; k < flow->clients_n; k++)
			if (flow->client[k].asked && flow->client[k].verdict != TW_COMPLETE)
				return false;
	}
	return report->flows_n > 0;
}

/* ---- small names of the public header ---------------------------------------------------------
 */

const char *tw_verdict_name(enum tw_verdict verdict)
{
	static const char *const names[] = {"complete", "partial", "one-way", "blocked", "unknown"};
	return names[verdict];
}

const char *tw_hop_action_name(enum tw_hop_action action)
{
	static const char *const names[] = {"allow", "deny", "mixed", "tracked", "none", "unknown"};
	return names[action];
}
