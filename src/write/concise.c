/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line a finding, for editors and grep: `path:line:column: level CODE message`. Never wrapped,
 * never coloured; nothing at all when all is well.
 */

#include "excerpt.h"
#include "paths.h"
#include "say.h"

void tw_concise_place(struct tw_doc *doc, struct tw_span span)
{
	struct tw_paint *paint = &doc->paint;
	struct tw_place place;

	if (span.file == 0) {
		tw_paint_str(paint, "-: ");
		return;
	}
	tw_status status = tw_sources_place(doc->sources, span, &place);
	if (status != TW_OK) {
		tw_paint_status(paint, status);
		return;
	}
	tw_paint_str(paint, place.path);
	tw_paint_str(paint,
		tw_paint_kept(paint, tw_arena_printf(paint->arena, ":%u:%u: ", (unsigned)place.line,
					     (unsigned)place.column)));
}

static void put_findings(struct tw_doc *doc)
{
	struct tw_paint *paint = &doc->paint;

	for (size_t i = 0; i < doc->report->findings_n; i++) {
		const struct tw_finding *finding = &doc->report->finding[i];
		bool quiet = finding->suppressed || finding->level <= TW_LEVEL_NOTE;
		if (quiet && !doc->style->verbose)
			continue;
		/* The rule to look at, as in the text. */
		tw_concise_place(doc, finding->near_miss.span.file != 0 ? finding->near_miss.span
									: finding->span);
		tw_paint_str(paint, tw_level_name(finding->level));
		tw_paint_str(paint, " ");
		tw_paint_str(paint, finding->code);
		tw_paint_str(paint, finding->fixes_n > 0 ? " [fix]" : "");
		tw_paint_str(paint, finding->suppressed ? " (suppressed) " : " ");
		tw_paint_str(paint, finding->message);
		tw_paint_newline(paint);
	}
}

void tw_concise_check(struct tw_doc *doc)
{
	doc->paint.color = false;
	put_findings(doc);
}

/* The rule that a region owes its verdict to: the first that drops something on its way. */
static struct tw_span deciding_span(const struct tw_region *region)
{
	for (size_t i = 0; i < region->hops_n; i++) {
		const struct tw_hop *hop = &region->hop[i];
		if (!hop->reached || (hop->action != TW_HOP_DENY && hop->action != TW_HOP_MIXED))
			continue;
		for (size_t k = 0; k < hop->rules_n; k++) {
			if (strcmp(hop->rule[k].action, "deny") == 0)
				return hop->rule[k].span;
		}
	}
	return region->reason.span;
}

/* "0 of 28,232 replies return for linux"; of several legs the share, their product is too long. */
static void put_share(struct tw_paint *paint, const struct tw_region *region,
	const struct tw_client_result *worst)
{
	bool legs = region->legs_n > 1;

	tw_paint_str(paint, ": ");
	tw_paint_str(paint, legs ? tw_say_percent(paint, worst->passing, worst->total)
				 : tw_say_share(paint, worst->passing, worst->total));
	tw_paint_str(paint, legs ? " of replies return for " : " replies return for ");
	tw_paint_str(paint, worst->client->id);
}

static void put_region(struct tw_doc *doc, const struct tw_flow *flow,
	const struct tw_flow_path *path, const struct tw_region *region)
{
	struct tw_paint *paint = &doc->paint;
	const struct tw_client_result *worst = tw_worst_client(region->client, region->clients_n);
	const char *which = flow->paths_n > 1 ? tw_say_path(paint, flow, path) : "";

	tw_concise_place(doc, deciding_span(region));
	tw_paint_str(paint, region->verdict == TW_UNKNOWN ? "warning " : "error ");
	tw_paint_str(paint, tw_verdict_name(region->verdict));
	tw_paint_str(paint, " ");
	tw_paint_str(paint, tw_say_peer(paint, &flow->from));
	tw_paint_str(paint, " -> ");
	tw_paint_str(paint, tw_say_peer(paint, &flow->to));
	tw_paint_str(paint, " ");
	tw_paint_str(paint, flow->service_text);
	if (flow->via != NULL || *which != '\0') {
		tw_paint_str(paint, " (");
		tw_paint_str(paint, flow->via != NULL ? flow->purpose : "");
		tw_paint_str(paint, flow->via != NULL && *which != '\0' ? ", " : "");
		tw_paint_str(paint, which);
		tw_paint_str(paint, ")");
	}
	if (worst != NULL && worst->total > 0)
		put_share(paint, region, worst);
	tw_paint_newline(paint);
}

void tw_concise_trace(struct tw_doc *doc)
{
	doc->paint.color = false;
	for (size_t i = 0; i < doc->report->flows_n; i++) {
		const struct tw_flow *flow = &doc->report->flow[i];
		for (size_t p = 0; p < flow->paths_n; p++) {
			const struct tw_flow_path *path = &flow->path[p];
			for (size_t r = 0; r < path->regions_n; r++) {
				if (path->region[r].verdict != TW_COMPLETE)
					put_region(doc, flow, path, &path->region[r]);
			}
		}
	}
	put_findings(doc);
}
