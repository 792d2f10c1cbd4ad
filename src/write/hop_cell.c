/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a hop: built as lines first, because two hops stand side by side in a drawing. */

#include "hop_cell.h"

#include <inttypes.h>

#include "passage.h"

#define RULES_MAX     3 /* rules told without -v */
#define RULES_VERBOSE 6
#define RULE_LINES    3

static void add_line(struct tw_hop_cell *cell, struct tw_sv text, enum tw_hue hue)
{
	if (cell->n < TW_CELL_LINES)
		cell->line[cell->n++] = (struct tw_cell_line){.text = text, .hue = hue};
}

/* At most `most` lines; the last one is cut where the text is longer. */
static void add_text(struct tw_hop_cell *cell, struct tw_paint *paint, const char *s, size_t width,
	size_t most, enum tw_hue hue)
{
	struct tw_sv rest = tw_sv_of(s);

	for (size_t i = 0; i < most && rest.n > 0; i++) {
		size_t skip = 0, n = rest.n;
		if (i + 1 < most)
			n = tw_clean_line(paint->ascii, rest.p, rest.n, width, &skip);
		add_line(cell, (struct tw_sv){rest.p, n}, hue);
		rest.p += n + skip;
		rest.n -= n + skip;
	}
}

/* A filter of a kind that no input contains lets everything pass, as an assumption. */
static bool is_assumed(const struct tw_hop *hop)
{
	return hop->component == NULL && hop->action == TW_HOP_NONE &&
	       strcmp(hop->kind, "exempt") != 0 && strcmp(hop->kind, "subnet") != 0;
}

static const char *action_word(const struct tw_hop *hop)
{
	if (!hop->reached)
		return "not reached";
	switch (hop->action) {
	case TW_HOP_ALLOW:
		return "ALLOW";
	case TW_HOP_DENY:
		/* No rule denies here: nothing leads on. */
		return strcmp(hop->kind, "route") == 0 ? "NO WAY" : "DENY";
	case TW_HOP_MIXED:
		return "IN PART";
	case TW_HOP_TRACKED:
		return "TRACKED";
	case TW_HOP_NONE:
		return is_assumed(hop) ? "ASSUMED" : "NOT ASKED";
	case TW_HOP_UNKNOWN:
		break;
	}
	return "UNKNOWN";
}

static enum tw_hue action_hue(const struct tw_hop *hop)
{
	if (!hop->reached)
		return TW_HUE_DIM;
	switch (hop->action) {
	case TW_HOP_ALLOW:
	case TW_HOP_TRACKED:
		return TW_HUE_GOOD;
	case TW_HOP_DENY:
		return TW_HUE_ERROR;
	case TW_HOP_MIXED:
	case TW_HOP_UNKNOWN:
		return TW_HUE_WARNING;
	case TW_HOP_NONE:
		break;
	}
	return TW_HUE_NONE;
}

/* "acl-1 ingress"; a subnet by its id, or "subnet-1 and 29 more". */
static const char *hop_title(struct tw_paint *paint, const struct tw_hop *hop)
{
	const char *title = hop->component != NULL ? hop->component : tw_hop_kind_words(hop);

	if (strcmp(hop->kind, "subnet") == 0 && hop->subnets_n > 0)
		title = tw_say_subnets(paint, hop);
	return tw_paint_kept(
		paint, tw_arena_printf(paint->arena, "%s%s%s", title, hop->list != NULL ? " " : "",
			       hop->list != NULL ? hop->list : ""));
}

/* Why no rule stands here. */
static const char *hop_remark(const struct tw_hop *hop)
{
	if (!hop->reached || hop->rules_n > 0)
		return NULL;
	switch (hop->action) {
	case TW_HOP_TRACKED:
		return "passes by state, whatever the rules say";
	case TW_HOP_DENY:
		return "no rule lets it pass";
	case TW_HOP_UNKNOWN:
		return "not in the input";
	case TW_HOP_NONE:
		if (strcmp(hop->kind, "subnet") == 0)
			return hop->subnets_n > 0 ? "both ends in one of them: no network "
						    "ACL is asked"
						  : "same subnet: no network ACL is asked";
		if (strcmp(hop->kind, "exempt") == 0)
			return "network ACLs never filter this";
		return "not in the input, lets everything pass";
	case TW_HOP_ALLOW:
	case TW_HOP_MIXED:
		break;
	}
	return NULL;
}

static void add_place(
	struct tw_hop_cell *cell, struct tw_doc *doc, struct tw_span span, size_t width)
{
	struct tw_paint *paint = &doc->paint;
	struct tw_place place;

	if (span.file == 0)
		return;
	tw_status status = tw_sources_place(doc->sources, span, &place);
	if (status != TW_OK) {
		tw_paint_status(paint, status);
		return;
	}
	add_text(cell, paint,
		tw_paint_kept(paint,
			tw_arena_printf(paint->arena, "%s:%" PRIu32, place.path, place.line)),
		width, RULE_LINES, TW_HUE_DIM);
}

static void add_rule(struct tw_hop_cell *cell, struct tw_doc *doc, const struct tw_hop *hop,
	const struct tw_rule_ref *rule, size_t width)
{
	struct tw_paint *paint = &doc->paint;
	const char *text = rule->text != NULL ? rule->text : rule->action;

	if (hop->component != NULL && strcmp(rule->component, hop->component) != 0)
		add_text(cell, paint, rule->component, width, 1, TW_HUE_NONE);
	if (strcmp(hop->kind, "route") != 0)
		text = tw_paint_kept(
			paint, tw_arena_printf(paint->arena, "%s %s", rule->rule, text));
	add_text(cell, paint, text, width, RULE_LINES, TW_HUE_NONE);
	add_place(cell, doc, rule->span, width);
}

/* What a brief hop does with the packet, at the end of its line; NULL if it just carries it. */
static const char *brief_word(const struct tw_region *region, const struct tw_hop *hop)
{
	if (!hop->reached)
		return "not reached";
	if (!tw_hop_is_reason(region, hop))
		return NULL;
	return region->verdict == TW_UNKNOWN ? "UNKNOWN" : "NO WAY";
}

/* Routes and gateways: "rtb-1  0.0.0.0/0 -> nat-1", on one line where it fits. */
static void fill_brief(struct tw_hop_cell *cell, struct tw_doc *doc, const struct tw_region *region,
	const struct tw_hop *hop, size_t width)
{
	struct tw_paint *paint = &doc->paint;
	const char *name = hop->component != NULL ? hop->component : tw_hop_kind_words(hop);
	const char *text = hop->component != NULL ? tw_hop_kind_words(hop) : "";
	const char *tail = brief_word(region, hop), *becomes = tw_say_becomes(paint, region, hop);

	if (strcmp(hop->kind, "route") == 0 && hop->rules_n > 0 && hop->rule[0].text != NULL)
		text = hop->rule[0].text;
	if (!hop->reached)
		text = "";
	const char *line = tw_paint_kept(
		paint, tw_arena_printf(paint->arena, "%s%s%s", name, *text ? "  " : "", text));
	size_t room = width - (tail != NULL ? strlen(tail) + 1 : 0);
	if (tw_clean_width(paint->ascii, line, strlen(line)) <= room) {
		add_line(cell, tw_sv_of(line), TW_HUE_NONE);
	} else {
		add_line(cell, tw_sv_of(name), TW_HUE_NONE);
		add_text(cell, paint, text, width, RULE_LINES, TW_HUE_NONE);
	}
	cell->line[0].tail = tail;
	cell->line[0].tail_hue = hop->reached ? TW_HUE_WARNING : TW_HUE_DIM;
	if (becomes != NULL)
		add_text(cell, paint, becomes, width, RULE_LINES, TW_HUE_STRONG);
	if (!hop->reached)
		return;
	bool reason = tw_hop_is_reason(region, hop);
	if (reason && region->reason.message != NULL)
		add_text(cell, paint, region->reason.message, width, RULE_LINES, TW_HUE_WARNING);
	if (hop->rules_n > 0 && (reason || paint->verbose))
		add_place(cell, doc, hop->rule[0].span, width);
}

static void add_rules(
	struct tw_hop_cell *cell, struct tw_doc *doc, const struct tw_hop *hop, size_t width)
{
	struct tw_paint *paint = &doc->paint;
	size_t most = paint->verbose ? RULES_VERBOSE : RULES_MAX;
	size_t shown = hop->rules_n > most ? most : hop->rules_n;

	for (size_t i = 0; i < shown; i++)
		add_rule(cell, doc, hop, &hop->rule[i], width);
	if (shown < hop->rules_n)
		add_text(cell, paint,
			tw_paint_kept(paint, tw_arena_printf(paint->arena, "and %zu more rules",
						     hop->rules_n - shown)),
			width, 1, TW_HUE_DIM);
}

static void fill_filter(struct tw_hop_cell *cell, struct tw_doc *doc,
	const struct tw_region *region, const struct tw_hop *hop, size_t width)
{
	struct tw_paint *paint = &doc->paint;
	const char *remark = hop_remark(hop), *subnets = tw_say_subnets(paint, hop);

	add_line(cell, tw_sv_of(hop_title(paint, hop)), TW_HUE_STRONG);
	cell->line[0].tail = action_word(hop);
	cell->line[0].tail_hue = action_hue(hop);
	if (subnets != NULL && strcmp(hop->kind, "subnet") != 0)
		add_text(cell, paint, subnets, width, 1, TW_HUE_DIM);
	if (remark != NULL)
		add_text(cell, paint, remark, width, RULE_LINES, TW_HUE_NONE);
	if (!hop->reached)
		return;
	const char *loss = tw_say_loss(paint, hop);
	if (loss != NULL)
		add_text(cell, paint, loss, width, RULE_LINES, action_hue(hop));
	bool reason = tw_hop_is_reason(region, hop) && region->reason.message != NULL;
	if (reason)
		add_text(cell, paint, region->reason.message, width, RULE_LINES, TW_HUE_ERROR);
	/* That no route matches is the reason already. */
	if (reason && strcmp(hop->rule[0].rule, "none") == 0)
		add_place(cell, doc, hop->rule[0].span, width);
	else
		add_rules(cell, doc, hop, width);
}

void tw_cell_fill(struct tw_hop_cell *cell, struct tw_doc *doc, const struct tw_region *region,
	const struct tw_hop *hop, size_t width)
{
	cell->n = 0;
	if (hop == NULL)
		return;
	if (tw_hop_is_brief(hop))
		fill_brief(cell, doc, region, hop, width);
	else
		fill_filter(cell, doc, region, hop, width);
}

void tw_cell_words(
	struct tw_hop_cell *cell, struct tw_paint *paint, const char *words, size_t width)
{
	cell->n = 0;
	add_text(cell, paint, words, width, RULE_LINES, TW_HUE_NONE);
}

void tw_cell_draw(struct tw_paint *paint, const struct tw_hop_cell *cell, size_t i, size_t width)
{
	if (i >= cell->n)
		return;
	const struct tw_cell_line *line = &cell->line[i];
	struct tw_sv tail = tw_sv_of(line->tail);
	size_t taken = tail.n > 0 ? tail.n + 1 : 0;
	size_t from = paint->column + paint->gap;
	tw_paint_hue(paint, line->hue);
	tw_paint_clip(paint, line->text, width > taken ? width - taken : 0);
	if (tail.n > 0) {
		tw_paint_to(paint, from + width - tail.n);
		tw_paint_hue(paint, line->tail_hue);
		tw_paint_sv(paint, tail);
	}
	tw_paint_hue(paint, TW_HUE_NONE);
}
