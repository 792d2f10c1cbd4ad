/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The port strip: all ports from left to right, 1,024 of them a column (2,048 or 4,096 where the
 * terminal is narrow). The first lane shows which ports get their reply, then one lane for each
 * client shows the ports that it uses, and which of those are lost. Behind a NAT gateway the same
 * follows for the ports that it picks.
 *
 *	                0         10240     20480     30720     40960     51200     61440
 *	returns         ................................................################
 *	linux                                           xxxxxxxxxxxxxxxx===========-
 */

#include <inttypes.h>
#include <stdio.h>

#include "report_out.h"
#include "say.h"

#define LABEL 14
#define PORTS 65536

/* The ports of one leg that get their reply; without legs, those of the region. */
struct lanes {
	const struct tw_ports *returns, *undecided;
	size_t returns_n, undecided_n;
};

/* How many numbers of [lo, hi] lie in `ports`. */
static uint32_t count_within(const struct tw_ports *ports, size_t n, uint32_t lo, uint32_t hi)
{
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t first = ports[i].lo > lo ? ports[i].lo : lo;
		uint32_t last = ports[i].hi < hi ? ports[i].hi : hi;
		count += first <= last ? last - first + 1 : 0;
	}
	return count;
}

/* How many numbers of [lo, hi] lie in both; both lists are sorted. */
static uint32_t count_both(const struct tw_ports *a, size_t a_n, const struct tw_ports *b,
	size_t b_n, uint32_t lo, uint32_t hi)
{
	uint32_t count = 0;

	for (size_t i = 0; i < a_n; i++) {
		uint32_t first = a[i].lo > lo ? a[i].lo : lo;
		uint32_t last = a[i].hi < hi ? a[i].hi : hi;
		if (first <= last)
			count += count_within(b, b_n, first, last);
	}
	return count;
}

static void draw_label(struct tw_paint *paint, const char *label)
{
	tw_paint_gap(paint, 1);
	tw_paint_clip(paint, tw_sv_of(label), LABEL - 1);
	tw_paint_to(paint, LABEL + 1);
}

static void draw_scale(struct tw_paint *paint, uint32_t step)
{
	for (uint32_t column = 0; column * step < PORTS; column += 10) {
		char number[16];
		int n = snprintf(number, sizeof(number), "%" PRIu32, column * step);
		if (LABEL + 1 + column + (size_t)n > paint->width)
			break;
		tw_paint_to(paint, LABEL + 1 + column);
		tw_paint_str(paint, number);
	}
	tw_paint_newline(paint);
}

static void draw_returns(
	struct tw_paint *paint, const char *label, const struct lanes *lanes, uint32_t step)
{
	draw_label(paint, label);
	for (uint32_t lo = 0; lo < PORTS; lo += step) {
		uint32_t hi = lo + step - 1;
		uint32_t open = count_within(lanes->returns, lanes->returns_n, lo, hi);
		enum tw_glyph glyph = TW_GLYPH_OPEN_HALF;
		if (count_within(lanes->undecided, lanes->undecided_n, lo, hi) > 0)
			glyph = TW_GLYPH_OPEN_UNKNOWN;
		else if (open == 0)
			glyph = TW_GLYPH_SHUT;
		else if (open == step)
			glyph = TW_GLYPH_OPEN;
		tw_paint_hue(paint, glyph == TW_GLYPH_SHUT ? TW_HUE_DIM : TW_HUE_GOOD);
		tw_paint_glyph(paint, glyph);
	}
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
}

/* What the lane of a client shows for [lo, hi]; false if the client uses no port there. */
static bool client_glyph(const struct lanes *lanes, const struct tw_client *client, uint32_t lo,
	uint32_t hi, enum tw_glyph *ret)
{
	uint32_t used = count_within(client->range, client->ranges, lo, hi);
	uint32_t back =
		count_both(client->range, client->ranges, lanes->returns, lanes->returns_n, lo, hi);
	uint32_t open = count_both(
		client->range, client->ranges, lanes->undecided, lanes->undecided_n, lo, hi);

	if (used == 0)
		return false;
	if (open > 0)
		*ret = TW_GLYPH_OPEN_UNKNOWN;
	else if (back == used)
		*ret = used == hi - lo + 1 ? TW_GLYPH_BACK : TW_GLYPH_BACK_HALF;
	else
		*ret = back == 0 ? TW_GLYPH_LOST : TW_GLYPH_BACK_SOME;
	return true;
}

static void draw_client(struct tw_paint *paint, const char *label, const struct lanes *lanes,
	const struct tw_client *client, uint32_t step)
{
	draw_label(paint, label);
	for (uint32_t lo = 0; lo < PORTS; lo += step) {
		enum tw_glyph glyph;
		if (!client_glyph(lanes, client, lo, lo + step - 1, &glyph)) {
			tw_paint_gap(paint, 1);
			continue;
		}
		tw_paint_hue(paint, glyph == TW_GLYPH_LOST ? TW_HUE_ERROR : TW_HUE_GOOD);
		tw_paint_glyph(paint, glyph);
	}
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
}

static void draw_legend(struct tw_paint *paint, bool undecided, uint32_t step)
{
	const struct {
		enum tw_glyph glyph;
		const char *text;
	} legend[] = {
		{TW_GLYPH_BACK, "returns,"},
		{TW_GLYPH_BACK_HALF, "fewer ports,"},
		{TW_GLYPH_BACK_SOME, "in part,"},
		{TW_GLYPH_LOST, undecided ? "lost," : "lost"},
		{TW_GLYPH_OPEN_UNKNOWN, "unknown"},
	};

	tw_paint_gap(paint, 1);
	paint->indent = 1;
	tw_paint_hue(paint, TW_HUE_DIM);
	tw_paint_words(paint, "one column is ");
	tw_paint_words(paint, step == 1024   ? "1,024 ports:"
			      : step == 2048 ? "2,048 ports:"
					     : "4,096 ports:");
	size_t n = TW_COUNT(legend) - (undecided ? 0 : 1);
	for (size_t i = 0; i < n; i++) {
		/* A sign stays with its meaning. */
		if (paint->column + 3 + strlen(legend[i].text) > paint->width)
			tw_paint_newline(paint);
		tw_paint_gap(paint, 1);
		tw_paint_glyph(paint, legend[i].glyph);
		tw_paint_gap(paint, 1);
		tw_paint_str(paint, legend[i].text);
	}
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
}

/* What a translator picks: ports of its own, behind those of the client. */
static bool draw_translated(struct tw_paint *paint, const struct tw_leg *leg, uint32_t step)
{
	const struct lanes lanes = {leg->returns, leg->undecided, leg->returns_n, leg->undecided_n};

	draw_returns(paint, tw_paint_kept(paint, tw_arena_printf(paint->arena, "leg %u", leg->leg)),
		&lanes, step);
	if (leg->client != NULL)
		draw_client(paint, leg->client->id, &lanes, leg->client, step);
	return leg->undecided_n > 0;
}

void tw_draw_strip(struct tw_paint *paint, const struct tw_region *region)
{
	size_t room = paint->width - LABEL - 1, groups;
	uint32_t step = room >= 64 ? 1024 : room >= 32 ? 2048 : 4096;
	struct lanes lanes = {
		region->returns, region->undecided, region->returns_n, region->undecided_n};
	const struct tw_client_group *group =
		tw_group_clients(paint, region->client, region->clients_n, false, &groups);
	bool legs = region->legs_n > 1, undecided;

	if (legs) {
		const struct tw_leg *own = &region->leg[0];
		lanes = (struct lanes){
			own->returns, own->undecided, own->returns_n, own->undecided_n};
	}
	undecided = lanes.undecided_n > 0;
	draw_scale(paint, step);
	draw_returns(paint, legs ? "leg 0" : "returns", &lanes, step);
	for (size_t g = 0; g < groups; g++)
		draw_client(paint, group[g].ids, &lanes, group[g].first->client, step);
	for (size_t i = 1; legs && i < region->legs_n; i++)
		undecided |= draw_translated(paint, &region->leg[i], step);
	draw_legend(paint, undecided, step);
}
