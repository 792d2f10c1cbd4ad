/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What mends a finding, for people:
 *
 *	help: add inbound rule: allow TCP 1024-65535 from 0.0.0.0/0   [fix, safe]
 *	   |
 *	   + acl-1 ingress rule 120: allow TCP 1024-65535 from 0.0.0.0/0
 *	   |
 *	   = opens: what else it lets in
 *	   = proved: complete for linux, windows; no flow is worse off
 *	   = or [review]: add inbound rule: allow TCP 32768-60999 from 0.0.0.0/0
 */

#include "excerpt.h"
#include "say.h"
#include "spell.h"

/* A lint's edit of a rule that does nothing changes no packet: there is nothing to see below. */
static const char *applicability_words(const struct tw_fix *fix)
{
	bool opens = fix->opens && *fix->opens;

	switch (fix->applicability) {
	case TW_FIX_SAFE:
		return opens ? "safe: no new exposure, see below" : "safe: the same packets pass";
	case TW_FIX_REVIEW:
		return opens ? "review: see what it opens" : "review: other packets pass then";
	default:
		return "placeholder: a value is missing";
	}
}

static const char *printed(struct tw_paint *paint, const char *format, ...) TW_PRINTF(2, 3);
static const char *printed(struct tw_paint *paint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const char *text = tw_paint_kept(paint, tw_arena_vprintf(paint->arena, format, args));
	va_end(args);
	return text;
}

/* "= text", further lines under its first letter. */
static void draw_line(
	struct tw_paint *paint, size_t gutter, const char *mark, enum tw_hue hue, const char *text)
{
	tw_paint_gap(paint, gutter + 1);
	tw_paint_hue(paint, hue);
	tw_paint_str(paint, mark);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_gap(paint, 1);
	paint->indent = gutter + 3;
	tw_paint_words(paint, text);
	tw_paint_newline(paint);
}

static void draw_note(struct tw_paint *paint, size_t gutter, const char *text)
{
	draw_line(paint, gutter, "=", TW_HUE_FRAME, text);
}

static const char *say_edit(struct tw_paint *paint, const struct tw_edit *edit)
{
	const struct tw_entry *entry = &edit->entry;
	const char *text = tw_paint_kept(paint, tw_entry_text(paint->arena, entry));

	if (entry->group)
		return printed(
			paint, "%s %s rule: %s", entry->component, tw_spell_list(entry), text);
	return printed(paint, "%s %s rule %u: %s", entry->component, tw_spell_list(entry),
		(unsigned)entry->number, text);
}

static void draw_edits(struct tw_paint *paint, const struct tw_fix *fix, size_t gutter)
{
	static const char *const marks[] = {[TW_ADD] = "+", [TW_REPLACE] = "~", [TW_REMOVE] = "-"};

	tw_excerpt_bar(paint, gutter);
	for (size_t i = 0; i < fix->edits; i++)
		draw_line(paint, gutter, marks[fix->edit[i].operation],
			fix->edit[i].operation == TW_REMOVE ? TW_HUE_ERROR : TW_HUE_GOOD,
			say_edit(paint, &fix->edit[i]));
	tw_excerpt_bar(paint, gutter);
}

/* Of a fix that was judged, flow by flow; a lint's edit is about packets alone. */
static void draw_proof(struct tw_paint *paint, const struct tw_finding *finding,
	const struct tw_fix *fix, size_t gutter)
{
	const char *clients = "";

	if (fix->complete_for_n == 0 && !(fix->opens && *fix->opens))
		return;
	for (size_t i = 0; i < fix->complete_for_n; i++)
		clients =
			printed(paint, "%s%s%s", clients, i > 0 ? ", " : "", fix->complete_for[i]);
	const char *what = fix->complete_for_n > 0
				   ? printed(paint, "all replies return for %s", clients)
			   : finding->clients_n > 0
				   ? "this list drops them no more; the flow is complete only with "
				     "what mends the other findings"
				   : "";
	draw_note(paint, gutter,
		printed(paint, "proved: %s%s%s", what, *what ? "; " : "",
			fix->worse == 0 ? "no flow is worse off" : ""));
}

static void draw_others(struct tw_paint *paint, const struct tw_finding *finding, size_t gutter)
{
	static const char *const words[] = {[TW_FIX_SAFE] = "safe",
		[TW_FIX_REVIEW] = "review",
		[TW_FIX_PLACEHOLDER] = "placeholder"};

	for (size_t i = 1; i < finding->fixes_n; i++) {
		const struct tw_fix *fix = &finding->fix[i];
		draw_note(paint, gutter,
			printed(paint, "or [%s]: %s%s%s", words[fix->applicability], fix->title,
				fix->opens && *fix->opens ? "; opens: " : "",
				fix->opens ? fix->opens : ""));
	}
}

void tw_text_fixes(struct tw_doc *doc, const struct tw_finding *finding, size_t gutter)
{
	struct tw_paint *paint = &doc->paint;
	const struct tw_fix *fix = finding->fix;

	if (finding->fixes_n == 0)
		return;
	paint->indent = 2;
	tw_paint_hue(paint, TW_HUE_GOOD);
	tw_paint_str(paint, "help");
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_str(paint, ": ");
	tw_paint_words(
		paint, printed(paint, "%s   [fix, %s]", fix->title, applicability_words(fix)));
	tw_paint_newline(paint);
	draw_edits(paint, fix, gutter);
	if (fix->opens && *fix->opens)
		draw_note(paint, gutter, printed(paint, "opens: %s", fix->opens));
	draw_proof(paint, finding, fix, gutter);
	draw_others(paint, finding, gutter);
}
