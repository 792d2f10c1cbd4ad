/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text report of `check`: the findings, the table of flows, what was assumed and judged, and
 * the count that people look at first, as the last line.
 */

#include "report_out.h"
#include "say.h"

#define COMPLETE_MAX 20 /* complete flows listed without -v */

void tw_text_assumptions(struct tw_doc *doc)
{
	struct tw_paint *paint = &doc->paint;

	for (size_t i = 0; i < doc->report->assumptions_n; i++) {
		/* True of every run: said in the JSON and with -v, not each time. */
		if (!doc->style->verbose &&
			strcmp(doc->report->assumption[i].id, "unfragmented") == 0)
			continue;
		paint->indent = 2;
		tw_paint_str(paint, "assumed: ");
		tw_paint_words(paint, doc->report->assumption[i].message);
		tw_paint_newline(paint);
	}
	for (size_t i = 0; i < doc->report->notes_n; i++) {
		paint->indent = 2;
		tw_paint_str(paint, "note: ");
		tw_paint_words(paint, doc->report->note[i]);
		tw_paint_newline(paint);
	}
}

static bool is_shown(const struct tw_doc *doc, const struct tw_finding *finding)
{
	return doc->style->verbose || (!finding->suppressed && finding->level > TW_LEVEL_NOTE);
}

/* Errors first; of one level in the order of the input, which programs get for all of them. */
static void draw_findings(struct tw_doc *doc)
{
	const struct tw_report *report = doc->report;

	for (int level = TW_LEVEL_ERROR; level >= (int)TW_LEVEL_NONE; level--)
		for (size_t i = 0; i < report->findings_n; i++)
			if ((int)report->finding[i].level == level &&
				is_shown(doc, &report->finding[i]))
				tw_text_finding(doc, &report->finding[i]);
}

/* A flow that is as it should be. */
static bool is_well(const struct tw_flow *flow)
{
	if (flow->expect != NULL && strcmp(flow->expect, "never") == 0)
		return flow->satisfied == 1;
	return flow->verdict == TW_COMPLETE && flow->satisfied != 0;
}

static const char *request_word(const struct tw_flow *flow)
{
	if (strcmp(flow->request, "all") == 0)
		return "ok";
	return strcmp(flow->request, "none") == 0 ? "denied" : flow->request;
}

/* The share of the client that decides and gets least. */
static const char *reply_words(struct tw_doc *doc, const struct tw_flow *flow)
{
	const struct tw_client_result *worst = tw_worst_client(flow->client, flow->clients_n);

	/* What must never pass is not waited for. */
	if (strcmp(flow->request, "none") == 0 ||
		(flow->expect != NULL && strcmp(flow->expect, "never") == 0))
		return "-";
	if (worst == NULL || worst->total == 0 || worst->verdict == TW_UNKNOWN)
		return tw_verdict_name(worst != NULL ? worst->verdict : flow->verdict);
	return tw_say_percent(&doc->paint, worst->passing, worst->total);
}

static const char *direction_words(struct tw_doc *doc, const struct tw_flow *flow)
{
	struct tw_paint *paint = &doc->paint;

	return tw_paint_kept(
		paint, tw_arena_printf(paint->arena, "%s -> %s", tw_say_peer(paint, &flow->from),
			       tw_say_peer(paint, &flow->to)));
}

static void draw_flows(struct tw_doc *doc, bool complete_too)
{
	static const struct tw_table_column columns[] = {
		{.title = "flow", .clip = true, .least = 12},
		{.title = "direction", .clip = true, .least = 14, .keep = 2},
		{.title = "service", .clip = true, .least = 8, .keep = 4},
		{.title = "request", .keep = 1},
		{.title = "reply", .right = true, .keep = 3},
		{.title = "verdict"},
	};
	struct tw_table table;
	bool all_pass = true;

	/* Where every request passes, the column would say nothing and take room. */
	for (size_t i = 0; i < doc->report->flows_n; i++)
		all_pass = all_pass && strcmp(doc->report->flow[i].request, "all") == 0;
	tw_table_init(&table, doc->paint.arena->mem, columns, TW_COUNT(columns));
	for (size_t i = 0; i < doc->report->flows_n; i++) {
		const struct tw_flow *flow = &doc->report->flow[i];
		bool well = is_well(flow);
		if (well && !complete_too)
			continue;
		/* What breaks an intent may be complete. */
		enum tw_hue hue = well			 ? TW_HUE_GOOD
				  : flow->satisfied == 0 ? TW_HUE_ERROR
							 : tw_paint_verdict_hue(flow->verdict);
		struct tw_table_cell cell[TW_COUNT(columns)] = {
			{flow->name != NULL ? flow->name : flow->id, TW_HUE_NONE},
			{direction_words(doc, flow), TW_HUE_NONE},
			{flow->service_text, TW_HUE_NONE},
			{all_pass ? "" : request_word(flow), TW_HUE_NONE},
			{reply_words(doc, flow), TW_HUE_NONE},
			{tw_say_flow_verdict(flow), hue},
		};
		tw_table_row(&table, cell);
	}
	bool any = table.cell.n > 0;
	tw_table_draw(&table, &doc->paint, 0, true);
	tw_table_fini(&table);
	if (any)
		tw_paint_newline(&doc->paint);
}

/* Ids of the clients that decide somewhere and get every reply wherever they do. */
static const char *served_clients(struct tw_doc *doc)
{
	const struct tw_report *report = doc->report;
	struct tw_paint *paint = &doc->paint;
	const char *list = "";

	for (size_t c = 0; c < report->clients_n; c++) {
		bool decides = false, whole = true;
		for (size_t i = 0; i < report->flows_n; i++) {
			const struct tw_flow *flow = &report->flow[i];
			for (size_t k = 0; k < flow->clients_n; k++) {
				const struct tw_client_result *it = &flow->client[k];
				if (it->level != TW_LEVEL_ERROR ||
					strcmp(it->client->id, report->client[c]->id) != 0)
					continue;
				decides = true;
				whole = whole && it->passing == it->total;
			}
		}
		if (!decides || !whole)
			continue;
		list = tw_paint_kept(
			paint, tw_arena_printf(paint->arena, "%s%s%s", list,
				       *list != '\0' ? ", " : "", report->client[c]->id));
	}
	return list;
}

/* "2 flows, all complete. "; where a part of the requests is denied, what is complete is said. */
static const char *say_complete(struct tw_paint *paint, size_t n, size_t part)
{
	const char *flows = tw_say_count(paint, n, "flow");

	if (n == 0)
		return "";
	if (part == 0)
		return tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s, %s. ", flows,
						    n == 1 ? "complete" : "all complete"));
	if (n == 1)
		return tw_paint_kept(
			paint, tw_arena_printf(paint->arena,
				       "%s: what passes is answered; requests are denied in part. ",
				       flows));
	return tw_paint_kept(
		paint, tw_arena_printf(paint->arena,
			       "%s: what passes is answered; requests are denied in part for %s. ",
			       flows, tw_say_number(paint, part)));
}

/* "2 flows, all complete. All replies return for: linux, windows." */
static void draw_clean(struct tw_doc *doc)
{
	struct tw_paint *paint = &doc->paint;
	const char *clients = served_clients(doc);
	size_t n = doc->report->flows_n, never = 0, part = 0;

	for (size_t i = 0; i < n; i++) {
		const struct tw_flow *flow = &doc->report->flow[i];
		bool complete = flow->verdict == TW_COMPLETE;
		never += !complete;
		part += complete && strcmp(flow->request, "some") == 0;
	}
	const char *shut = "", *served = "";
	if (never > 0)
		shut = tw_paint_kept(paint,
			tw_arena_printf(paint->arena, "%s that must never pass %s shut. ",
				tw_say_count(paint, never, "flow"), never == 1 ? "is" : "are"));
	if (*clients != '\0')
		served = tw_paint_kept(paint,
			tw_arena_printf(paint->arena, "All replies return for: %s.", clients));
	paint->indent = 2;
	tw_paint_hue(paint, TW_HUE_GOOD);
	tw_paint_words(paint, say_complete(paint, n - never, part));
	tw_paint_words(paint, shut);
	tw_paint_words(paint, served);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
}

static void draw_counts(struct tw_doc *doc)
{
	const struct tw_summary *summary = &doc->report->summary;
	struct tw_paint *paint = &doc->paint;
	bool hidden = !doc->style->verbose;

	paint->indent = 2;
	tw_paint_hue(paint, summary->errors > 0	    ? TW_HUE_ERROR
			    : summary->warnings > 0 ? TW_HUE_WARNING
						    : TW_HUE_GOOD);
	const char *notes = "", *suppressed = "";
	if (summary->notes > 0)
		notes = tw_paint_kept(paint, tw_arena_printf(paint->arena, ", %s%s",
						     tw_say_count(paint, summary->notes, "note"),
						     hidden ? " (shown with -v)" : ""));
	if (summary->suppressed > 0)
		suppressed = tw_paint_kept(
			paint, tw_arena_printf(paint->arena, ", %s suppressed%s",
				       tw_say_count(paint, summary->suppressed, "finding"),
				       hidden ? " (shown with -v)" : ""));
	tw_paint_words(paint,
		tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s, %s%s%s",
					     tw_say_count(paint, summary->errors, "error"),
					     tw_say_count(paint, summary->warnings, "warning"),
					     notes, suppressed)));
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
}

void tw_text_check(struct tw_doc *doc)
{
	const struct tw_report *report = doc->report;
	struct tw_paint *paint = &doc->paint;
	size_t well = 0;

	draw_findings(doc);
	for (size_t i = 0; i < report->flows_n; i++)
		well += is_well(&report->flow[i]);
	bool list_well = doc->style->verbose || (well <= COMPLETE_MAX && !doc->style->brief);
	draw_flows(doc, list_well);
	if (!list_well && well > 0 && well < report->flows_n) {
		paint->indent = 2;
		tw_paint_words(paint, tw_say_count(paint, well, "flow"));
		tw_paint_words(paint, " more, as they should be (listed with -v)");
		tw_paint_newline(paint);
	}
	if (report->flows_n == 0 && !report->no_flows) {
		tw_paint_str(paint, "No flow to judge.");
		tw_paint_newline(paint);
	} else if (report->flows_n > 0 && well == report->flows_n) {
		draw_clean(doc);
	}
	tw_text_assumptions(doc);
	if (report->judged != NULL) {
		paint->indent = 2;
		tw_paint_words(paint, report->judged);
		tw_paint_newline(paint);
	}
	if (report->today != NULL) {
		tw_paint_str(paint, "today: ");
		tw_paint_words(paint, report->today);
		tw_paint_newline(paint);
	}
	draw_counts(doc);
}
