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

static bool holds(const char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

/* A client that makes the finding as loud as it is. */
static bool is_own(const struct tw_finding *finding, const struct tw_client_result *client)
{
	for (size_t i = 0; i < finding->clients_n; i++)
		if (finding->client[i].passing < finding->client[i].total &&
			finding->client[i].level > client->level)
			return false;
	return client->passing < client->total;
}

/* Of these clients, those that the fix completes, or not. */
static const char *own_clients(struct tw_paint *paint, const struct tw_finding *finding,
	const struct tw_fix *fix, bool complete)
{
	const char *list = "";

	for (size_t i = 0; i < finding->clients_n; i++) {
		const struct tw_client_result *it = &finding->client[i];
		if (is_own(finding, it) &&
			holds(fix->complete_for, fix->complete_for_n, it->client->id) == complete)
			list = printed(
				paint, "%s%s%s", list, *list != '\0' ? ", " : "", it->client->id);
	}
	return list;
}

/* The other one loses something of the same flow, and of a client that this fix leaves. */
static bool is_of_the_rest(
	const struct tw_finding *finding, const struct tw_fix *fix, const struct tw_finding *other)
{
	bool flow = false, client = false;

	if (other == finding || other->suppressed || other->cause_component == NULL)
		return false;
	for (size_t i = 0; i < finding->flows_n; i++)
		flow = flow || holds(other->flow, other->flows_n, finding->flow[i]);
	for (size_t i = 0; i < finding->clients_n; i++)
		for (size_t k = 0; k < other->clients_n; k++)
			client = client ||
				 (is_own(finding, &finding->client[i]) &&
					 finding->client[i].client == other->client[k].client &&
					 !holds(fix->complete_for, fix->complete_for_n,
						 finding->client[i].client->id));
	return flow && client;
}

/* "TW101 at acl-1, TW103 at acl-2"; or empty. */
static const char *say_rest(
	struct tw_doc *doc, const struct tw_finding *finding, const struct tw_fix *fix)
{
	const char *list = "";

	for (size_t i = 0; i < doc->report->findings_n; i++) {
		const struct tw_finding *other = &doc->report->finding[i];
		if (!is_of_the_rest(finding, fix, other))
			continue;
		const char *one = printed(&doc->paint, "%s at %s%s%s", other->code,
			other->cause_component, other->cause_list ? " " : "",
			other->cause_list ? other->cause_list : "");
		if (strstr(list, one) == NULL)
			list = printed(&doc->paint, "%s%s%s", list, *list != '\0' ? ", " : "", one);
	}
	return list;
}

/*
 * For whom the flows are complete then. A flow may lose at another list, too: a list of clients
 * without those that the finding is about would read as if they were forgotten.
 */
static const char *say_complete(
	struct tw_doc *doc, const struct tw_finding *finding, const struct tw_fix *fix)
{
	struct tw_paint *paint = &doc->paint;
	const char *missing = own_clients(paint, finding, fix, false), *clients = "";

	if (*missing == '\0') {
		for (size_t i = 0; i < fix->complete_for_n; i++)
			clients = printed(
				paint, "%s%s%s", clients, i > 0 ? ", " : "", fix->complete_for[i]);
		return *clients != '\0' ? printed(paint, "all replies return for %s; ", clients)
					: "";
	}
	clients = own_clients(paint, finding, fix, true);
	const char *rest = say_rest(doc, finding, fix);
	const char *what = *clients != '\0' ? printed(paint, "all replies return for %s", clients)
					    : "this list drops them no more";
	if (*rest == '\0')
		return printed(paint, "%s; ", what);
	return printed(paint, "%s; for %s the flow is complete only with what mends %s; ", what,
		missing, rest);
}

/* Of a fix that was judged, flow by flow; a lint's edit is about packets alone. */
static void draw_proof(struct tw_doc *doc, const struct tw_finding *finding,
	const struct tw_fix *fix, size_t gutter)
{
	if (fix->complete_for_n == 0 && !(fix->opens && *fix->opens))
		return;
	draw_note(&doc->paint, gutter,
		printed(&doc->paint, "proved: %s%s", say_complete(doc, finding, fix),
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
	draw_proof(doc, finding, fix, gutter);
	draw_others(paint, finding, gutter);
}
