/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text report of `trace`: for each region the drawing of its hops, the strip of ports, the
 * clients and one packet to try; then what was assumed, and the verdict in words as the last line.
 */

#include "excerpt.h"
#include "passage.h"
#include "paths.h"

#define REGIONS_MAX 4 /* regions drawn without --all */
#define TARGETS_MAX 3 /* named in a title */

static void draw_title(struct tw_doc *doc, const struct tw_flow *flow)
{
	struct tw_paint *paint = &doc->paint;

	paint->indent = 2;
	tw_paint_hue(paint, TW_HUE_STRONG);
	if (flow->name != NULL) {
		tw_paint_words(paint, flow->name);
		tw_paint_gap(paint, 2);
	}
	const char *to = tw_say_peer(paint, &flow->to);
	/* A target group says less than those in it. */
	if (flow->via != NULL && flow->to.name != NULL && flow->to.ids_n > 0)
		to = tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s (%s)", to,
						  tw_say_ids(paint, &flow->to, TARGETS_MAX)));
	tw_paint_words(paint, tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s -> %s",
							   tw_say_peer(paint, &flow->from), to)));
	tw_paint_gap(paint, 2);
	tw_paint_words(paint, flow->service_text);
	tw_paint_gap(paint, 2);
	tw_paint_hue(paint, tw_paint_verdict_hue(flow->verdict));
	tw_paint_words(paint, tw_say_flow_verdict(flow));
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
	tw_paint_newline(paint);
}

/* One end of a region: its blocks, or its name with the first of many. */
static const char *say_end(
	struct tw_paint *paint, const struct tw_peer *peer, const struct tw_prefix *block, size_t n)
{
	enum { FEW = 3 };
	const char *blocks = tw_say_prefixes(paint, block, n, n > FEW ? 1 : FEW);

	if (n <= FEW || peer->name == NULL)
		return blocks;
	return tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s (%s)", peer->name, blocks));
}

/* Which packets a region is about. */
static void draw_region_title(struct tw_doc *doc, const struct tw_flow *flow,
	const struct tw_region *region, size_t i, size_t n)
{
	struct tw_paint *paint = &doc->paint;
	const struct tw_flow_box *box = region->boxes_n > 0 ? &region->box[0] : NULL;
	const char *more = "";

	if (n < 2 || box == NULL)
		return;
	if (region->boxes_n > 1)
		more = tw_paint_kept(
			paint, tw_arena_printf(paint->arena, " (and %zu more such blocks)",
				       region->boxes_n - 1));
	paint->indent = 2;
	tw_paint_words(paint,
		tw_paint_kept(paint, tw_arena_printf(paint->arena,
					     "packets %zu of %zu, IPv%u %s from %s to %s%s: ",
					     i + 1, n, region->family, region->protocol_text,
					     say_end(paint, &flow->from, box->from, box->from_n),
					     say_end(paint, &flow->to, box->to, box->to_n), more)));
	tw_paint_hue(paint, tw_paint_verdict_hue(region->verdict));
	tw_paint_words(paint, tw_say_verdict(region->verdict));
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
	tw_paint_newline(paint);
}

/* What stands in the way when it is not a filter. */
static void draw_reason(struct tw_doc *doc, const struct tw_reason *reason, bool reply)
{
	struct tw_paint *paint = &doc->paint;

	if (reason->code == NULL || strcmp(reason->code, "filter") == 0)
		return;
	paint->indent = 9;
	tw_paint_gap(paint, 1);
	tw_paint_hue(paint, TW_HUE_WARNING);
	tw_paint_str(paint, reply ? "no way back:" : "reason:");
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_gap(paint, 1);
	tw_paint_words(paint, reason->message != NULL ? reason->message : reason->code);
	if (reason->component != NULL) {
		tw_paint_words(paint, tw_paint_kept(paint, tw_arena_printf(paint->arena, " (%s)",
								   reason->component)));
	}
	if (reason->span.file != 0) {
		tw_paint_gap(paint, 1);
		tw_excerpt_place(paint, doc->sources, reason->span);
	}
	tw_paint_newline(paint);
	tw_paint_newline(paint);
}

static void draw_packet(
	struct tw_paint *paint, const char *title, const char *packet, const char *fate)
{
	paint->indent = 10;
	tw_paint_gap(paint, 1);
	tw_paint_hue(paint, TW_HUE_DIM);
	tw_paint_str(paint, title);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_to(paint, 10);
	tw_paint_words(paint, packet);
	if (fate != NULL) {
		/* On a line of its own rather than broken. */
		if (paint->column + 2 + tw_clean_width(paint->ascii, fate, strlen(fate)) >
			paint->width) {
			tw_paint_newline(paint);
			tw_paint_gap(paint, 10);
		} else {
			tw_paint_gap(paint, 2);
		}
		tw_paint_words(paint, fate);
	}
	tw_paint_newline(paint);
}

static void draw_witness(struct tw_doc *doc, const struct tw_region *region)
{
	const struct tw_witness *witness = region->witness;

	if (witness == NULL || witness->request_text == NULL)
		return;
	draw_packet(&doc->paint, "example", witness->request_text, witness->request_fate);
	if (witness->reply && witness->reply_text != NULL)
		draw_packet(&doc->paint, "reply", witness->reply_text, witness->reply_fate);
}

void tw_text_region(struct tw_doc *doc, const struct tw_ends *ends, const struct tw_region *region)
{
	struct tw_paint *paint = &doc->paint;
	bool passes = strcmp(region->request, "deny") != 0;

	tw_draw_region(doc, ends, region);
	tw_paint_newline(paint);
	draw_reason(doc, &region->reason, passes && region->verdict == TW_ONE_WAY);
	if (passes)
		tw_paint_legs(paint, region);
	if (passes && region->reply_kind == TW_REPLY_PORTS) {
		tw_draw_strip(paint, region);
		tw_paint_newline(paint);
	}
	if (passes && region->clients_n > 0) {
		tw_paint_region_clients(paint, region, 1);
		tw_paint_newline(paint);
	}
	draw_witness(doc, region);
	if (region->witness != NULL)
		tw_paint_newline(paint);
}

/* The name of an end, and which of its addresses where the paths of the flow differ in them. */
static const char *say_own_end(struct tw_paint *paint, const struct tw_flow *flow,
	const struct tw_peer *peer, const struct tw_prefix *block, size_t n)
{
	const char *name = tw_say_peer(paint, peer);
	const char *address = n == 1 ? tw_say_addresses(paint, block, n) : name;

	if (flow->paths_n < 2 || strcmp(name, address) == 0)
		return name;
	return tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s (%s)", name, address));
}

static struct tw_ends ends_of(
	struct tw_paint *paint, const struct tw_flow *flow, const struct tw_region *region)
{
	const struct tw_flow_box none = {0};
	const struct tw_flow_box *box = region->boxes_n == 1 ? &region->box[0] : &none;

	return (struct tw_ends){say_own_end(paint, flow, &flow->from, box->from, box->from_n),
		say_own_end(paint, flow, &flow->to, box->to, box->to_n)};
}

static void draw_path_title(
	struct tw_paint *paint, const struct tw_flow *flow, const struct tw_flow_path *path)
{
	const char *which = tw_say_path(paint, flow, path);

	paint->indent = 2;
	tw_paint_hue(paint, TW_HUE_STRONG);
	tw_paint_words(paint, tw_paint_kept(paint, tw_arena_printf(paint->arena, "path %s%s%s",
							   path->id, *which ? ", " : "", which)));
	tw_paint_gap(paint, 2);
	tw_paint_hue(paint, tw_paint_verdict_hue(tw_path_verdict(path)));
	tw_paint_words(paint, tw_say_verdict(tw_path_verdict(path)));
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
	tw_paint_newline(paint);
}

static void draw_path(
	struct tw_doc *doc, const struct tw_flow *flow, const struct tw_flow_path *path)
{
	struct tw_paint *paint = &doc->paint;
	size_t shown = path->regions_n;

	if (!doc->style->all && shown > REGIONS_MAX)
		shown = REGIONS_MAX;
	if (flow->paths_n > 1)
		draw_path_title(paint, flow, path);
	for (size_t i = 0; i < shown; i++) {
		const struct tw_ends ends = ends_of(paint, flow, &path->region[i]);
		draw_region_title(doc, flow, &path->region[i], i, path->regions_total);
		tw_text_region(doc, &ends, &path->region[i]);
	}
	if (shown < path->regions_total) {
		paint->indent = 2;
		tw_paint_words(paint,
			tw_paint_kept(paint,
				tw_arena_printf(paint->arena,
					"%s of packets more, none worse (drawn with --all)",
					tw_say_count(paint, path->regions_total - shown, "kind"))));
		tw_paint_newline(paint);
		tw_paint_newline(paint);
	}
}

/* Health checks mostly go where the targets' flow goes, and lose the same: drawn above. */
static bool is_drawn(struct tw_doc *doc, const struct tw_flow *flow)
{
	for (const struct tw_flow *it = doc->report->flow; it < flow && flow->via != NULL; it++) {
		if (it->via != NULL && tw_same_losses(&doc->paint, it, flow))
			return true;
	}
	return false;
}

static void draw_same(struct tw_paint *paint)
{
	paint->indent = 2;
	tw_paint_words(paint, "the same paths and losses as above (drawn with --all)");
	tw_paint_newline(paint);
	tw_paint_newline(paint);
}

/* The worst path is drawn; the summary has a line for each of the others. */
static void draw_paths(struct tw_doc *doc, const struct tw_flow *flow)
{
	const struct tw_flow_path **ranked = tw_paths_ranked(&doc->paint, flow);
	size_t shown = doc->style->all ? flow->paths_n : 1;

	if (ranked == NULL)
		return;
	if (!doc->style->all && is_drawn(doc, flow)) {
		draw_same(&doc->paint);
		return;
	}
	if (flow->paths_n > 1)
		tw_text_paths(doc, flow, ranked);
	for (size_t p = 0; p < shown && p < flow->paths_n; p++)
		draw_path(doc, flow, ranked[p]);
}

/* What a load balancer's nodes start themselves once a client asks them; else NULL. */
static const char *say_follows(const struct tw_flow *flow)
{
	if (flow->via == NULL)
		return NULL;
	return strcmp(flow->purpose, "health-check") == 0 ? "for health checks" : "to the targets";
}

static void draw_flow(struct tw_doc *doc, const struct tw_flow *flow)
{
	struct tw_paint *paint = &doc->paint;

	if (flow->via != NULL) {
		paint->indent = 2;
		tw_paint_words(paint, strcmp(flow->purpose, "health-check") == 0
					      ? "and the load balancer's health checks:"
					      : "then, from the load balancer to its targets:");
		tw_paint_newline(paint);
	}
	draw_title(doc, flow);
	/* What is in order behind a load balancer needs no drawing. */
	if (flow->via == NULL || flow->verdict != TW_COMPLETE || doc->style->all)
		draw_paths(doc, flow);
	/* Regions tell their reasons themselves. */
	if (flow->paths_n == 0)
		draw_reason(doc, &flow->reason, false);
}

static void draw_verdict(struct tw_doc *doc, const struct tw_flow *flow)
{
	struct tw_paint *paint = &doc->paint;
	const char *follows = say_follows(flow);

	paint->indent = 2;
	tw_paint_hue(paint, tw_paint_verdict_hue(flow->verdict));
	tw_paint_words(paint, tw_say_flow_verdict(flow));
	tw_paint_hue(paint, TW_HUE_NONE);
	if (follows != NULL) {
		tw_paint_gap(paint, 1);
		tw_paint_words(paint, follows);
	}
	if (flow->sentence != NULL) {
		tw_paint_str(paint, ":");
		tw_paint_gap(paint, 1);
		tw_paint_words(paint, flow->sentence);
	}
	tw_paint_newline(paint);
}

void tw_text_trace(struct tw_doc *doc)
{
	const struct tw_report *report = doc->report;

	for (size_t i = 0; i < report->findings_n; i++) {
		const struct tw_finding *finding = &report->finding[i];
		if (doc->style->verbose || (!finding->suppressed && finding->level > TW_LEVEL_NOTE))
			tw_text_finding(doc, finding);
	}
	for (size_t i = 0; i < report->flows_n; i++)
		draw_flow(doc, &report->flow[i]);
	tw_text_assumptions(doc);
	/* Read from the end: what was asked, then what follows it. */
	for (size_t i = 0; i < report->flows_n; i++)
		draw_verdict(doc, &report->flow[i]);
}
