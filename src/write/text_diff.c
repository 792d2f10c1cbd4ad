/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of `diff`: the changes of each component, worst first, each with whom it concerns, the
 * share of replies before and after, the rules that decide and a packet to try; what only reads
 * differently; and the count that people look at first, as the last line.
 */

#include "excerpt.h"
#include "report_out.h"
#include "say.h"

enum {
	CHANGES_MAX = 12, /* of a component, without -v */
	BLOCKS_MAX = 3,	  /* addresses of one end on a line */
	BOXES_MAX = 4,
	NAMED_MAX = 16, /* of a named end, more blocks say nothing */
	MARGIN = 13
};

static const struct {
	const char *mark, *word, *one, *many;
	enum tw_hue hue;
} kinds[] = {
	[TW_CHANGE_APPEARS] = {"+", "appears", "appears", "appear", TW_HUE_GOOD},
	[TW_CHANGE_VANISHES] = {"-", "vanishes", "vanishes", "vanish", TW_HUE_ERROR},
	[TW_CHANGE_BREAKS] = {"!", "breaks", "breaks", "break", TW_HUE_ERROR},
	[TW_CHANGE_MENDS] = {"~", "mends", "mends", "mend", TW_HUE_GOOD},
	[TW_CHANGE_CLIENTS] = {"~", "clients", "has other clients", "have other clients",
		TW_HUE_WARNING},
	[TW_CHANGE_ONE_WAY] = {"!", "one-way", "is one-way", "are one-way", TW_HUE_WARNING},
	[TW_CHANGE_UNKNOWN] = {"?", "unknown", "is left open", "are left open", TW_HUE_WARNING},
};

static void begin_row(struct tw_paint *paint, const char *title)
{
	paint->indent = MARGIN;
	tw_paint_to(paint, 2);
	tw_paint_hue(paint, TW_HUE_DIM);
	tw_paint_str(paint, title);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_to(paint, MARGIN);
}

/* ---- which packets ----------------------------------------------------------------------------
 */

static const char *box_service(
	struct tw_paint *paint, const struct tw_change *change, const struct tw_flow_box *box)
{
	const char *ports;

	if (box->service_n == 1 && box->service[0].lo == 0 && box->service[0].hi == 65535)
		return change->protocol_text;
	if (box->service_n > 0)
		ports = tw_say_ports(paint, box->service, box->service_n, BOXES_MAX);
	else if (box->icmp_n > 0)
		ports = tw_say_icmp(paint, box->icmp, box->icmp_n, BOXES_MAX);
	else
		return change->protocol_text;
	return tw_paint_kept(
		paint, tw_arena_printf(paint->arena, "%s/%s", change->protocol_text, ports));
}

static bool is_everybody(const struct tw_prefix *block, size_t n)
{
	return n == 1 && block[0].len == 0;
}

/* An end of a box: its addresses, or the name of it where any address is meant. */
static const char *box_end(
	struct tw_paint *paint, const char *name, const struct tw_prefix *block, size_t n)
{
	const char *blocks = tw_say_prefixes(paint, block, n, BLOCKS_MAX);

	if (is_everybody(block, n) || n > NAMED_MAX)
		return name;
	if (strncmp(name, blocks, strlen(blocks)) == 0)
		return blocks;
	if (strchr(name, '/') != NULL) /* the name is a list of addresses, of all boxes */
		return blocks;
	return tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s (%s)", name, blocks));
}

static const char *box_text(
	struct tw_paint *paint, const struct tw_change *change, const struct tw_flow_box *box)
{
	return tw_paint_kept(paint,
		tw_arena_printf(paint->arena, "%s  %s -> %s", box_service(paint, change, box),
			box_end(paint, change->from, box->from, box->from_n),
			box_end(paint, change->to, box->to, box->to_n)));
}

static void draw_boxes(struct tw_doc *doc, const struct tw_change *change)
{
	struct tw_paint *paint = &doc->paint;
	size_t shown = change->boxes_n;

	if (!doc->style->verbose && shown > BOXES_MAX)
		shown = BOXES_MAX - 1;
	paint->indent = MARGIN;
	for (size_t i = 0; i < shown; i++) {
		tw_paint_to(paint, MARGIN);
		tw_paint_words(paint, box_text(paint, change, &change->box[i]));
		tw_paint_newline(paint);
	}
	if (shown == change->boxes_n)
		return;
	tw_paint_to(paint, MARGIN);
	tw_paint_words(paint,
		tw_paint_kept(paint, tw_arena_printf(paint->arena, "and %zu more (listed with -v)",
					     change->boxes_n - shown)));
	tw_paint_newline(paint);
}

/* ---- whom it concerns -------------------------------------------------------------------------
 */

static const char *share_text(struct tw_paint *paint, const struct tw_client_result *client)
{
	if (client->verdict == TW_BLOCKED)
		return "blocked";
	if (client->undecided > 0 && client->passing == 0)
		return "unknown";
	return tw_say_percent(paint, client->passing, client->total);
}

/* The client that decides; else the first whose count changes. */
static bool is_told(const struct tw_doc *doc, const struct tw_change *change, size_t i)
{
	const struct tw_client_result *a = &change->before.client[i];
	const struct tw_client_result *b = &change->after.client[i];

	if (doc->style->verbose || b->level == TW_LEVEL_ERROR || b->asked)
		return true;
	for (size_t k = 0; k < change->clients_n; k++)
		if (change->after.client[k].level == TW_LEVEL_ERROR &&
			(change->after.client[k].passing != change->before.client[k].passing ||
				change->after.client[k].verdict !=
					change->before.client[k].verdict))
			return false; /* those that decide tell it all */
	return a->passing != b->passing;
}

static bool fares_like(const struct tw_change *change, size_t i, size_t k)
{
	const struct tw_client_result *a = change->before.client, *b = change->after.client;

	return a[i].passing == a[k].passing && a[i].total == a[k].total &&
	       b[i].passing == b[k].passing && b[i].total == b[k].total &&
	       a[i].verdict == a[k].verdict && b[i].verdict == b[k].verdict;
}

/* Shares of nothing but all say it: "blocked -> 100.00 %" for everybody is one line. */
static bool goes_with(struct tw_paint *paint, const struct tw_change *change, size_t i, size_t k)
{
	return fares_like(change, i, k) ||
	       (strcmp(share_text(paint, &change->before.client[i]),
			share_text(paint, &change->before.client[k])) == 0 &&
		       strcmp(share_text(paint, &change->after.client[i]),
			       share_text(paint, &change->after.client[k])) == 0);
}

/* "0.00 % -> blocked" reads like a loss: those who decide had nothing, and get nothing. */
static void draw_one_way(struct tw_doc *doc, const struct tw_change *change)
{
	struct tw_paint *paint = &doc->paint;
	const char *ids = NULL;

	for (size_t i = 0; i < change->clients_n; i++)
		if (is_told(doc, change, i))
			ids = tw_paint_kept(paint,
				tw_arena_printf(paint->arena, "%s%s%s", ids ? ids : "",
					ids ? ", " : "", change->after.client[i].client->id));
	begin_row(paint, "request");
	tw_paint_words(
		paint, tw_paint_kept(paint,
			       tw_arena_printf(paint->arena,
				       change->after.verdict == TW_BLOCKED
					       ? "passed without a reply%s%s%s, is blocked now"
					       : "was blocked, passes now without a reply%s%s%s",
				       ids ? " (" : "", ids ? ids : "", ids ? ")" : "")));
	tw_paint_newline(paint);
}

static void draw_clients(struct tw_doc *doc, const struct tw_change *change)
{
	struct tw_paint *paint = &doc->paint;
	bool titled = false;

	if (change->kind == TW_CHANGE_ONE_WAY && !doc->style->verbose) {
		draw_one_way(doc, change);
		return;
	}
	for (size_t i = 0; i < change->clients_n; i++) {
		bool told = !is_told(doc, change, i);
		for (size_t k = 0; !told && k < i; k++)
			told = is_told(doc, change, k) && goes_with(paint, change, i, k);
		if (told)
			continue;
		const char *ids = change->after.client[i].client->id;
		for (size_t k = i + 1; k < change->clients_n; k++)
			if (is_told(doc, change, k) && goes_with(paint, change, i, k))
				ids = tw_paint_kept(
					paint, tw_arena_printf(paint->arena, "%s, %s", ids,
						       change->after.client[k].client->id));
		begin_row(paint, titled ? "" : "replies");
		titled = true;
		tw_paint_words(
			paint, tw_paint_kept(paint,
				       tw_arena_printf(paint->arena, "%s -> %s (%s)",
					       share_text(paint, &change->before.client[i]),
					       share_text(paint, &change->after.client[i]), ids)));
		tw_paint_newline(paint);
	}
}

/* ---- why --------------------------------------------------------------------------------------
 */

static void draw_rule(struct tw_doc *doc, const char *title, const struct tw_change_side *side)
{
	struct tw_paint *paint = &doc->paint;

	if (side->rule == NULL)
		return;
	begin_row(paint, title);
	tw_paint_words(paint, side->rule);
	if (side->span.file != 0) {
		tw_paint_newline(paint);
		tw_paint_to(paint, MARGIN);
		tw_paint_hue(paint, TW_HUE_FRAME);
		tw_excerpt_place(paint, doc->sources, side->span);
		tw_paint_hue(paint, TW_HUE_NONE);
	}
	tw_paint_newline(paint);
}

static void draw_packet(
	struct tw_paint *paint, const char *title, const char *packet, const char *fate)
{
	begin_row(paint, title);
	tw_paint_words(paint, packet);
	tw_paint_newline(paint);
	tw_paint_to(paint, MARGIN);
	tw_paint_words(paint, fate);
	tw_paint_newline(paint);
}

static void draw_change(struct tw_doc *doc, const struct tw_change *change)
{
	struct tw_paint *paint = &doc->paint;
	const struct tw_witness *witness = change->witness;

	tw_paint_hue(paint, kinds[change->kind].hue);
	tw_paint_str(paint, kinds[change->kind].mark);
	tw_paint_gap(paint, 1);
	tw_paint_str(paint, kinds[change->kind].word);
	tw_paint_hue(paint, TW_HUE_NONE);
	draw_boxes(doc, change);
	if (change->after.verdict != TW_BLOCKED || change->before.verdict != TW_COMPLETE)
		draw_clients(doc, change);
	draw_rule(doc, "old", &change->before);
	draw_rule(doc, "new", &change->after);
	if (witness != NULL && witness->request_text != NULL) {
		draw_packet(paint, "example", witness->request_text, witness->request_fate);
		if (witness->reply && witness->reply_text != NULL)
			draw_packet(paint, "reply", witness->reply_text, witness->reply_fate);
	}
	if (change->cuts != NULL) {
		begin_row(paint, "live");
		tw_paint_words(paint, change->cuts);
		tw_paint_newline(paint);
	}
	tw_paint_newline(paint);
}

/* ---- component by component -------------------------------------------------------------------
 */

static bool is_of(const struct tw_change *a, const struct tw_change *b)
{
	return tw_same_text(a->component, b->component);
}

static bool is_first(const struct tw_difference *difference, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_of(&difference->change[k], &difference->change[i]))
			return false;
	return true;
}

/* What is left out without -v, by the rule that leaves it out. */
struct hidden {
	size_t more;   /* behind the worst CHANGES_MAX of a component */
	size_t slight; /* changes of hardly anything */
};

/* All changes of the component that change i is the first of. */
static void draw_component(struct tw_doc *doc, size_t i, struct hidden *hidden)
{
	const struct tw_difference *difference = doc->difference;
	struct tw_paint *paint = &doc->paint;
	const char *name = difference->change[i].component;
	size_t shown = 0, slight = 0, more = 0;

	tw_paint_hue(paint, TW_HUE_STRONG);
	paint->indent = 2;
	tw_paint_words(paint, name != NULL ? name : "the network");
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
	for (size_t k = i; k < difference->changes; k++) {
		const struct tw_change *change = &difference->change[k];
		if (!is_of(&difference->change[i], change))
			continue;
		if (change->slight && !doc->style->verbose) {
			slight++;
		} else if (shown == CHANGES_MAX && !doc->style->verbose) {
			more++;
		} else {
			draw_change(doc, change);
			shown++;
		}
	}
	if (more > 0) {
		paint->indent = 2;
		tw_paint_words(paint, tw_say_count(paint, more, "change"));
		tw_paint_words(paint, " more (listed with -v)");
		tw_paint_newline(paint);
	}
	if (slight > 0) {
		paint->indent = 2;
		tw_paint_words(paint, tw_say_count(paint, slight, "change"));
		tw_paint_words(
			paint, " of less than one client port in a thousand (listed with -v)");
		tw_paint_newline(paint);
	}
	if (more + slight > 0)
		tw_paint_newline(paint);
	hidden->more += more;
	hidden->slight += slight;
}

/* What does something else and guards nobody: no flow of the network notices. */
static void draw_idle(struct tw_doc *doc)
{
	const struct tw_difference *difference = doc->difference;
	struct tw_paint *paint = &doc->paint;
	const struct tw_peer idle = {.ids = difference->idle, .ids_n = difference->idles};

	if (difference->idles == 0)
		return;
	paint->indent = 2;
	tw_paint_words(
		paint, tw_paint_kept(paint,
			       tw_arena_printf(paint->arena,
				       "does something else, but guards nobody: %s (see "
				       "--filters)",
				       tw_say_ids(paint, &idle,
					       doc->style->verbose ? difference->idles : 4))));
	tw_paint_newline(paint);
}

static void draw_same(struct tw_doc *doc)
{
	const struct tw_difference *difference = doc->difference;
	struct tw_paint *paint = &doc->paint;
	const struct tw_peer same = {.ids = difference->same, .ids_n = difference->sames};

	if (difference->sames == 0)
		return;
	paint->indent = 2;
	tw_paint_words(
		paint, tw_paint_kept(paint,
			       tw_arena_printf(paint->arena, "written otherwise, does the same: %s",
				       tw_say_ids(paint, &same,
					       doc->style->verbose ? difference->sames : 4))));
	tw_paint_newline(paint);
}

/* The count below is of all changes: how many of them stand above, and why not the others. */
static void draw_hidden(struct tw_doc *doc, const struct hidden *hidden)
{
	struct tw_paint *paint = &doc->paint;
	size_t all = doc->difference->changes, n = hidden->more + hidden->slight;

	if (n == 0)
		return;
	paint->indent = 2;
	tw_paint_words(paint,
		tw_paint_kept(paint, tw_arena_printf(paint->arena,
					     "shown: %zu of %s; hidden (-v shows all): ", all - n,
					     tw_say_count(paint, all, "change"))));
	if (hidden->more > 0)
		tw_paint_words(paint,
			tw_paint_kept(paint, tw_arena_printf(paint->arena,
						     "%zu beyond the worst %d of a component",
						     hidden->more, CHANGES_MAX)));
	if (hidden->more > 0 && hidden->slight > 0)
		tw_paint_str(paint, ", ");
	if (hidden->slight > 0)
		tw_paint_words(
			paint, tw_paint_kept(paint,
				       tw_arena_printf(paint->arena,
					       "%zu of less than one client port in a thousand",
					       hidden->slight)));
	tw_paint_newline(paint);
}

/* "2 flows vanish, 1 appears"; "in all" where some are not shown. */
static void draw_counts(struct tw_doc *doc, const struct hidden *hidden)
{
	const struct tw_difference *difference = doc->difference;
	struct tw_paint *paint = &doc->paint;
	static const enum tw_change_kind order[] = {TW_CHANGE_VANISHES, TW_CHANGE_BREAKS,
		TW_CHANGE_ONE_WAY, TW_CHANGE_CLIENTS, TW_CHANGE_UNKNOWN, TW_CHANGE_APPEARS,
		TW_CHANGE_MENDS};
	const char *text = NULL;

	paint->indent = 2;
	for (size_t i = 0; i < TW_COUNT(order); i++) {
		size_t n = 0;
		for (size_t k = 0; k < difference->changes; k++)
			n += difference->change[k].kind == order[i];
		if (n == 0)
			continue;
		const char *verb = n == 1 ? kinds[order[i]].one : kinds[order[i]].many;
		if (text != NULL)
			text = tw_arena_printf(paint->arena, "%s, %zu %s", text, n, verb);
		else
			text = tw_arena_printf(paint->arena, "%s%s%s %s",
				hidden->more + hidden->slight > 0 ? "in all: " : "",
				tw_say_count(paint, n, difference->filters ? "set" : "flow"),
				difference->filters ? " of packets" : "", verb);
		text = tw_paint_kept(paint, text);
	}
	if (text == NULL) {
		tw_paint_hue(paint, TW_HUE_GOOD);
		text = tw_paint_kept(paint,
			tw_arena_printf(paint->arena,
				difference->differs_n == 0
					? "no change: %s do%s the same as before"
					: "no change: no flow fares otherwise (%s compared)",
				tw_say_count(paint, difference->components, "filter"),
				difference->components == 1 && difference->differs_n == 0 ? "es"
											  : ""));
	}
	tw_paint_words(paint, text);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
}

static void draw_assumptions(struct tw_doc *doc)
{
	struct tw_paint *paint = &doc->paint;

	for (size_t i = 0; i < doc->difference->assumptions_n; i++) {
		const struct tw_assumption *it = &doc->difference->assumption[i];
		if (!doc->style->verbose && strcmp(it->id, "unfragmented") == 0)
			continue;
		paint->indent = 2;
		tw_paint_str(paint, "assumed: ");
		tw_paint_words(paint, it->message);
		tw_paint_newline(paint);
	}
}

void tw_text_diff(struct tw_doc *doc)
{
	struct hidden hidden = {0};

	for (size_t i = 0; i < doc->difference->changes; i++)
		if (is_first(doc->difference, i))
			draw_component(doc, i, &hidden);
	draw_idle(doc);
	draw_same(doc);
	draw_assumptions(doc);
	draw_hidden(doc, &hidden);
	draw_counts(doc, &hidden);
}
