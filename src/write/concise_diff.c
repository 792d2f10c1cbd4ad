/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line a change: `path:line:column: kind sentence`, at the rule that decides now, and how those
 * clients fared and fare for whom it is a change.
 */

#include "report_out.h"
#include "say.h"

/* The one whose numbers are not what they were. */
static bool is_changed(const struct tw_change *change, size_t i)
{
	const struct tw_client_result *a = &change->before.client[i], *b = &change->after.client[i];

	return a->passing != b->passing || a->undecided != b->undecided || a->total != b->total ||
	       (a->verdict == TW_BLOCKED) != (b->verdict == TW_BLOCKED);
}

static bool decides(const struct tw_client_result *client)
{
	return client->level == TW_LEVEL_ERROR || client->asked;
}

/* Clients that decide the verdict, if it is a change for any of them; else the others. */
static bool is_told(const struct tw_change *change, size_t i)
{
	if (!is_changed(change, i))
		return false;
	for (size_t k = 0; k < change->clients_n && !decides(&change->after.client[i]); k++)
		if (decides(&change->after.client[k]) && is_changed(change, k))
			return false;
	return true;
}

static bool same_side(const struct tw_client_result *a, const struct tw_client_result *b)
{
	return a->passing == b->passing && a->undecided == b->undecided && a->total == b->total &&
	       a->verdict == b->verdict;
}

static bool goes_with(const struct tw_change *change, size_t i, size_t k)
{
	return same_side(&change->before.client[i], &change->before.client[k]) &&
	       same_side(&change->after.client[i], &change->after.client[k]);
}

/* "linux, macos": those that fare as the client does. */
static const char *ids_text(struct tw_paint *paint, const struct tw_change *change, size_t i)
{
	const char *ids = change->after.client[i].client->id;

	for (size_t k = i + 1; k < change->clients_n; k++)
		if (is_told(change, k) && goes_with(change, i, k))
			ids = tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s, %s", ids,
							   change->after.client[k].client->id));
	return ids;
}

static const char *side_text(struct tw_paint *paint, const struct tw_client_result *client)
{
	if (client->verdict == TW_BLOCKED)
		return "blocked";
	if (client->undecided > 0)
		return tw_paint_kept(
			paint, tw_arena_printf(paint->arena, "%s (%s unknown)",
				       tw_say_share(paint, client->passing, client->total),
				       tw_say_number(paint, client->undecided)));
	return tw_say_share(paint, client->passing, client->total);
}

/* "11,848 -> 16,384 of 16,384 replies return for windows, macos" */
static void draw_numbers(struct tw_paint *paint, const struct tw_client_result *before,
	const struct tw_client_result *after)
{
	bool counts = before->verdict != TW_BLOCKED && after->verdict != TW_BLOCKED;

	if (counts && before->total == after->total && before->undecided == 0)
		tw_paint_str(paint, tw_say_number(paint, before->passing));
	else
		tw_paint_str(paint, side_text(paint, before));
	tw_paint_str(paint, " -> ");
	tw_paint_str(paint, side_text(paint, after));
}

/* All of them: "...; blocked -> 28,232 of 28,232 for linux" */
static void draw_clients(struct tw_paint *paint, const struct tw_change *change)
{
	bool first = true;

	for (size_t i = 0; i < change->clients_n; i++) {
		bool told = !is_told(change, i);
		for (size_t k = 0; !told && k < i; k++)
			told = is_told(change, k) && goes_with(change, i, k);
		if (told)
			continue;
		tw_paint_str(paint, first ? ": " : "; ");
		draw_numbers(paint, &change->before.client[i], &change->after.client[i]);
		tw_paint_str(paint, first ? " replies return for " : " for ");
		tw_paint_str(paint, ids_text(paint, change, i));
		first = false;
	}
}

void tw_concise_diff(struct tw_doc *doc)
{
	struct tw_paint *paint = &doc->paint;

	paint->color = false;
	for (size_t i = 0; i < doc->difference->changes; i++) {
		const struct tw_change *change = &doc->difference->change[i];
		struct tw_span span =
			change->after.span.file != 0 ? change->after.span : change->before.span;

		tw_concise_place(doc, span);
		tw_paint_str(paint, tw_change_name(change->kind));
		tw_paint_str(paint, " ");
		tw_paint_str(paint, change->sentence);
		if (change->after.verdict != TW_BLOCKED)
			draw_clients(paint, change);
		tw_paint_newline(paint);
	}
}
