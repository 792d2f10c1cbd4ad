/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding for people: what is wrong, where it stands, what it looks like, whom it hurts.
 *
 *	error[TW101]: message
 *	  --> net/acl.json:12:5      the rule to look at: what drops the packets, or what nearly
 *	   |                         lets them through
 *	   |
 *	12 | the source line
 *	   | ^^^^^^^^^^^^^^^ label
 *	   |
 *	29 | a related line of the same file
 *	   | ---------------------------- its message
 *	  ::: other.json:3:1  a related place elsewhere
 *	   = note
 *	help: what mends it   [fix, safe]
 */

#include "excerpt.h"
#include "report_out.h"
#include "say.h"

#define RELATED_MAX 5 /* places shown without -v */

static void draw_head(struct tw_doc *doc, const struct tw_finding *finding)
{
	struct tw_paint *paint = &doc->paint;

	paint->indent = 2;
	tw_paint_hue(paint, tw_paint_level_hue(finding->level));
	tw_paint_str(paint, tw_level_name(finding->level));
	tw_paint_str(paint, "[");
	tw_paint_str(paint, finding->code);
	tw_paint_str(paint, "]");
	tw_paint_hue(paint, TW_HUE_STRONG);
	tw_paint_str(paint, finding->suppressed ? " (suppressed): " : ": ");
	tw_paint_words(paint, finding->message);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
}

/* Where to look first: the near miss, and what drops the packets behind it; else the latter. */
static struct tw_span first_span(const struct tw_finding *finding)
{
	return finding->near_miss.span.file != 0 ? finding->near_miss.span : finding->span;
}

static size_t digits_in(struct tw_doc *doc, const struct tw_finding *finding, struct tw_span span)
{
	if (span.file == 0 || span.file != first_span(finding).file)
		return 0;
	return tw_excerpt_digits(&doc->paint, doc->sources, span);
}

static size_t gutter_width(struct tw_doc *doc, const struct tw_finding *finding)
{
	size_t gutter = digits_in(doc, finding, first_span(finding));
	size_t digits = digits_in(doc, finding, finding->span);

	gutter = digits > gutter ? digits : gutter;
	for (size_t i = 0; i < finding->related_n; i++) {
		digits = digits_in(doc, finding, finding->related[i].span);
		gutter = digits > gutter ? digits : gutter;
	}
	return gutter > 0 ? gutter : 1;
}

/* "  --> path:line:column" with another arrow for second places. */
static void draw_arrow(struct tw_doc *doc, size_t gutter, const char *arrow, struct tw_span span)
{
	struct tw_paint *paint = &doc->paint;

	tw_paint_gap(paint, gutter);
	tw_paint_hue(paint, TW_HUE_FRAME);
	tw_paint_str(paint, arrow);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_gap(paint, 1);
	paint->indent = gutter + 4;
	tw_excerpt_place(paint, doc->sources, span);
}

/* A second place: an excerpt if it is in the file of the first one, else a line. */
static void draw_second(struct tw_doc *doc, const struct tw_finding *finding, struct tw_span span,
	const char *message, size_t gutter)
{
	struct tw_paint *paint = &doc->paint;

	if (span.file == first_span(finding).file) {
		tw_excerpt_bar(paint, gutter);
		tw_excerpt_draw(paint, doc->sources, span, gutter, '-', TW_HUE_NOTE, message);
		return;
	}
	draw_arrow(doc, gutter, ":::", span);
	tw_paint_gap(paint, 2);
	tw_paint_words(paint, message);
	tw_paint_newline(paint);
}

static void draw_related(struct tw_doc *doc, const struct tw_finding *finding, size_t gutter)
{
	struct tw_paint *paint = &doc->paint;
	size_t shown = finding->related_n;

	if (!paint->verbose && shown > RELATED_MAX)
		shown = RELATED_MAX;
	for (int elsewhere = 0; elsewhere < 2; elsewhere++) {
		for (size_t i = 0; i < shown; i++) {
			const struct tw_related *related = &finding->related[i];
			bool here = related->span.file == first_span(finding).file;
			if (related->span.file != 0 && here == (elsewhere == 0))
				draw_second(doc, finding, related->span, related->message, gutter);
		}
	}
	if (shown < finding->related_n) {
		tw_paint_gap(paint, gutter);
		tw_paint_str(paint, "... and ");
		tw_paint_str(paint, tw_say_count(paint, finding->related_n - shown, "place"));
		tw_paint_str(paint, " more (shown with -v)");
		tw_paint_newline(paint);
	}
}

/* The rule to look at, and then what drops the packets. */
static void draw_places(struct tw_doc *doc, const struct tw_finding *finding, size_t gutter)
{
	struct tw_span first = first_span(finding);
	bool near = finding->near_miss.span.file != 0;

	if (first.file == 0)
		return;
	draw_arrow(doc, gutter, "-->", first);
	tw_paint_newline(&doc->paint);
	tw_excerpt_bar(&doc->paint, gutter);
	tw_excerpt_draw(&doc->paint, doc->sources, first, gutter, '^',
		tw_paint_level_hue(finding->level),
		near ? finding->near_miss.message : finding->label);
	if (near && finding->span.file != 0)
		draw_second(doc, finding, finding->span, finding->label, gutter);
}

static void draw_note(struct tw_paint *paint, size_t gutter, const char *text)
{
	tw_paint_gap(paint, gutter + 1);
	tw_paint_hue(paint, TW_HUE_FRAME);
	tw_paint_str(paint, "=");
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_gap(paint, 1);
	paint->indent = gutter + 3;
	tw_paint_words(paint, text);
	tw_paint_newline(paint);
}

/* Who suffers; and what is behind the list at fault, which may be somebody else. */
static void draw_affects(struct tw_doc *doc, const struct tw_finding *finding, size_t gutter)
{
	struct tw_paint *paint = &doc->paint;
	const char *subnets = "", *interfaces = "";
	bool suffers = finding->suffers != NULL;

	if (suffers)
		draw_note(paint, gutter,
			tw_paint_kept(paint,
				tw_arena_printf(paint->arena, "affects: %s", finding->suffers)));
	if (finding->subnets > 0)
		subnets = tw_say_count(paint, finding->subnets, "subnet");
	if (finding->interfaces > 0 && !suffers)
		interfaces = tw_say_count(paint, finding->interfaces, "interface");
	if (*subnets == '\0' && *interfaces == '\0')
		return;
	draw_note(paint, gutter,
		tw_paint_kept(
			paint, tw_arena_printf(paint->arena, "%s: %s%s%s%s%s",
				       suffers ? "behind the list" : "affects", subnets,
				       *subnets != '\0' && *interfaces != '\0' ? ", " : "",
				       interfaces, finding->examples_n > 0 ? ", such as " : "",
				       finding->examples_n > 0 ? finding->example[0] : "")));
}

static void draw_suppression(struct tw_doc *doc, const struct tw_finding *finding, size_t gutter)
{
	struct tw_paint *paint = &doc->paint;
	const char *reason = finding->suppressed_reason, *until = finding->suppressed_until;

	if (!finding->suppressed)
		return;
	draw_note(paint, gutter,
		tw_paint_kept(paint,
			tw_arena_printf(paint->arena, "suppressed: %s%s%s",
				reason != NULL ? reason : "", until != NULL ? ", until " : "",
				until != NULL ? until : "")));
	if (finding->suppressed_span.file != 0) {
		draw_arrow(doc, gutter, ":::", finding->suppressed_span);
		tw_paint_newline(paint);
	}
}

void tw_text_finding(struct tw_doc *doc, const struct tw_finding *finding)
{
	struct tw_paint *paint = &doc->paint;
	size_t gutter = gutter_width(doc, finding);

	draw_head(doc, finding);
	draw_places(doc, finding, gutter);
	draw_related(doc, finding, gutter);
	if (first_span(finding).file != 0 && finding->notes_n + finding->clients_n > 0)
		tw_excerpt_bar(paint, gutter);
	for (size_t i = 0; i < finding->notes_n; i++)
		draw_note(paint, gutter, finding->note[i]);
	draw_affects(doc, finding, gutter);
	draw_suppression(doc, finding, gutter);
	if (finding->clients_n > 0 && finding->notes_n + finding->subnets + finding->interfaces > 0)
		tw_excerpt_bar(paint, gutter);
	if (finding->clients_n > 0)
		tw_paint_clients(paint, finding, gutter + 3);
	tw_text_fixes(doc, finding, gutter);
	tw_paint_newline(paint);
}
