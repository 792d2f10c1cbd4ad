/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drawing of a region: the request goes down on the left, its reply comes up on the right, and
 * what both meet stands in one row.
 *
 *	 REQUEST                                REPLY
 *	 web                                            no reply arrives
 *	 v
 *	 +- acl-1 egress          ALLOW         acl-1 ingress         DENY  x
 *	 |  100 tcp 443 to 0.0.0.0/0            * deny everything           |
 *	 v                                                                  ^
 *	 internet ---------------------------------------------------------+
 *
 * A terminal too narrow for two columns shows the request first and the reply below it.
 */

#include "hop_cell.h"
#include "passage.h"

#define BAR_LEFT   1
#define CELL_LEFT  4
#define TWO_SIDES  56  /* columns that two sides need */
#define WIDE_LIMIT 120 /* wider is harder to read */

/* Without hops: what travels on `leg` from here down, and up to here. */
struct row {
	const struct tw_hop *request, *reply;
	unsigned leg;
	bool down;  /* the request arrives here */
	bool up;    /* the reply arrives here, from below */
	bool up_on; /* and goes on upwards */
};

struct drawing {
	struct row *row;
	size_t rows;
	bool arrives; /* the request reaches the other end */
	bool sent;    /* so there is a reply */
	bool returns; /* which comes out at the top */
};

static bool same_subnets(const struct tw_hop *a, const struct tw_hop *b)
{
	bool same = tw_same_text(a->subnet, b->subnet) && a->subnets_n == b->subnets_n;

	for (size_t i = 0; same && i < a->subnets_n; i++)
		same = strcmp(a->subnets[i], b->subnets[i]) == 0;
	return same;
}

static bool same_place(const struct tw_hop *a, const struct tw_hop *b)
{
	return tw_same_text(a->kind, b->kind) && tw_same_text(a->component, b->component) &&
	       same_subnets(a, b);
}

static bool found_later(
	const struct tw_hop *hop, const struct tw_hop *const *list, size_t from, size_t n)
{
	for (size_t i = from; i < n; i++) {
		if (same_place(hop, list[i]))
			return true;
	}
	return false;
}

/*
 * Requests in order, replies from the last to the first, side by side where they meet one place.
 * Where a leg begins, a row of its own says what travels on it.
 */
static void pair_hops(struct drawing *d, const struct tw_region *region,
	const struct tw_hop *const *down, size_t downs, const struct tw_hop *const *up, size_t ups)
{
	size_t i = 0, j = 0;

	d->row[d->rows++] = (struct row){0};
	while (i < downs || j < ups) {
		struct row *row = &d->row[d->rows++];
		bool left = i < downs, right = j < ups;
		if (left && right && !same_place(down[i], up[j])) {
			if (found_later(down[i], up, j + 1, ups))
				left = false;
			else
				right = false;
		}
		row->request = left ? down[i++] : NULL;
		row->reply = right ? up[j++] : NULL;
		if (left && tw_hop_translates(region, row->request))
			d->row[d->rows++] = (struct row){.leg = row->request->leg + 1};
	}
}

static bool drops(const struct tw_hop *hop)
{
	return hop != NULL && hop->reached && hop->action == TW_HOP_DENY;
}

static void follow_packets(struct drawing *d, const struct tw_region *region)
{
	bool alive = true;

	for (size_t i = 0; i < d->rows; i++) {
		d->row[i].down = alive;
		alive = alive && !drops(d->row[i].request);
	}
	d->arrives = alive && strcmp(region->request, "deny") != 0;
	d->sent = d->arrives && region->reply_kind != TW_REPLY_NONE_EXPECTED;
	alive = d->sent;
	for (size_t i = d->rows; i-- > 0;) {
		d->row[i].up = alive;
		alive = alive && !drops(d->row[i].reply);
		d->row[i].up_on = alive;
	}
	d->returns = alive;
}

/* False if memory ran out. */
static bool plan(struct tw_paint *paint, const struct tw_region *region, struct drawing *d)
{
	const struct tw_hop **down =
		TW_NEW_ARRAY(paint->arena, const struct tw_hop *, region->hops_n);
	const struct tw_hop **up =
		TW_NEW_ARRAY(paint->arena, const struct tw_hop *, region->hops_n);
	size_t downs = 0, ups = 0, total = 0;

	*d = (struct drawing){
		.row = TW_NEW_ARRAY(paint->arena, struct row, 2 * region->hops_n + 1)};
	if (down == NULL || up == NULL || d->row == NULL) {
		tw_paint_status(paint, TW_ENOMEM);
		return false;
	}
	for (size_t i = 0; i < region->hops_n; i++)
		total += region->hop[i].reply;
	for (size_t i = 0; i < region->hops_n; i++) {
		if (region->hop[i].reply)
			up[total - 1 - ups++] = &region->hop[i];
		else
			down[downs++] = &region->hop[i];
	}
	pair_hops(d, region, down, downs, up, ups);
	follow_packets(d, region);
	return true;
}

/* What the initiator sees in the end. */
static const char *reply_outcome(const struct drawing *d, const struct tw_region *region)
{
	if (!d->arrives)
		return "no reply is sent";
	if (!d->sent)
		return "no reply is expected";
	switch (region->verdict) {
	case TW_COMPLETE:
		return "the reply arrives";
	case TW_PARTIAL:
		return "some replies arrive";
	case TW_UNKNOWN:
		return "unknown";
	case TW_ONE_WAY:
	case TW_BLOCKED:
		break;
	}
	return "no reply arrives";
}

static void paint_mark(struct tw_paint *paint, enum tw_glyph glyph, bool dead)
{
	tw_paint_hue(paint, dead ? TW_HUE_ERROR : TW_HUE_FRAME);
	tw_paint_glyph(paint, glyph);
	tw_paint_hue(paint, TW_HUE_NONE);
}

/* The left bar beside line i of a hop. */
static void paint_left(struct tw_paint *paint, const struct row *row, size_t i)
{
	bool dead = drops(row->request);

	tw_paint_to(paint, BAR_LEFT);
	if (!row->down)
		return;
	if (i > 0 || row->request == NULL) {
		if (!dead)
			paint_mark(paint, TW_GLYPH_BAR, false);
		return;
	}
	paint_mark(paint, dead ? TW_GLYPH_CROSS : TW_GLYPH_TEE_RIGHT, dead);
	paint_mark(paint, TW_GLYPH_DASH, dead);
}

/* The right bar, which ends in column `at`. */
static void paint_right(struct tw_paint *paint, const struct row *row, size_t i, size_t at)
{
	bool first = i == 0 && row->reply != NULL;
	bool dead = drops(row->reply);

	if (!row->up)
		return;
	if (!first) {
		tw_paint_to(paint, at);
		paint_mark(paint, TW_GLYPH_BAR, false);
		return;
	}
	tw_paint_to(paint, at - 1);
	paint_mark(paint, TW_GLYPH_DASH, dead);
	paint_mark(paint, dead ? TW_GLYPH_CROSS : TW_GLYPH_TEE_LEFT, dead);
}

static void draw_top(struct tw_doc *doc, const struct tw_ends *ends, const struct tw_region *region,
	const struct drawing *d, size_t width, size_t right)
{
	struct tw_paint *paint = &doc->paint;
	struct tw_sv outcome = tw_sv_of(reply_outcome(d, region));
	bool up = d->returns && region->verdict != TW_ONE_WAY;
	size_t end = width - 2;

	tw_paint_to(paint, BAR_LEFT);
	tw_paint_hue(paint, TW_HUE_DIM);
	tw_paint_str(paint, "REQUEST");
	tw_paint_to(paint, right);
	tw_paint_str(paint, "REPLY");
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
	tw_paint_to(paint, BAR_LEFT);
	tw_paint_clip(paint, tw_sv_of(ends->from), right - 4);
	tw_paint_to(paint, end - (up ? 2 : 0) + (up ? 0 : 1) - outcome.n);
	tw_paint_hue(paint, tw_paint_verdict_hue(region->verdict));
	tw_paint_sv(paint, outcome);
	tw_paint_hue(paint, TW_HUE_NONE);
	if (up) {
		tw_paint_to(paint, end);
		paint_mark(paint, TW_GLYPH_UP, false);
	}
	tw_paint_newline(paint);
}

static void draw_arrows(struct tw_paint *paint, bool down, bool up, size_t end)
{
	if (!down && !up)
		return;
	if (down) {
		tw_paint_to(paint, BAR_LEFT);
		paint_mark(paint, TW_GLYPH_DOWN, false);
	}
	if (up) {
		tw_paint_to(paint, end);
		paint_mark(paint, TW_GLYPH_UP, false);
	}
	tw_paint_newline(paint);
}

static void draw_bottom(
	struct tw_doc *doc, const struct tw_ends *ends, const struct drawing *d, size_t end)
{
	struct tw_paint *paint = &doc->paint;
	const char *name = ends->to;

	tw_paint_to(paint, BAR_LEFT);
	if (!d->arrives) {
		tw_paint_hue(paint, TW_HUE_DIM);
		tw_paint_clip(paint, tw_sv_of(name), end - 20);
		tw_paint_str(paint, " (not reached)");
		tw_paint_hue(paint, TW_HUE_NONE);
		tw_paint_newline(paint);
		return;
	}
	tw_paint_clip(paint, tw_sv_of(name), end - 6);
	if (d->sent) {
		tw_paint_gap(paint, 1);
		tw_paint_hue(paint, TW_HUE_FRAME);
		while (paint->column + paint->gap < end)
			tw_paint_glyph(paint, TW_GLYPH_DASH);
		tw_paint_glyph(paint, TW_GLYPH_CORNER);
		tw_paint_hue(paint, TW_HUE_NONE);
	}
	tw_paint_newline(paint);
}

/* Brief rows hang together with what stands above them: no arrows between. */
static bool is_brief(const struct row *row)
{
	return (row->request == NULL || tw_hop_is_brief(row->request)) &&
	       (row->reply == NULL || tw_hop_is_brief(row->reply));
}

static void fill_row(struct tw_doc *doc, const struct tw_region *region, const struct drawing *d,
	const struct row *row, size_t width, struct tw_hop_cell *left, struct tw_hop_cell *right)
{
	struct tw_paint *paint = &doc->paint;

	if (row->request == NULL && row->reply == NULL) {
		tw_cell_words(left, paint,
			row->down ? tw_say_leg(paint, region, row->leg, false) : "", width);
		tw_cell_words(right, paint,
			d->sent ? tw_say_leg(paint, region, row->leg, true) : "", width);
		return;
	}
	tw_cell_fill(left, doc, region, row->request, width);
	tw_cell_fill(right, doc, region, d->sent ? row->reply : NULL, width);
}

static void draw_row(struct tw_paint *paint, const struct row *row, const struct tw_hop_cell *left,
	const struct tw_hop_cell *right, size_t width, size_t end)
{
	for (size_t i = 0; i < left->n || i < right->n; i++) {
		paint_left(paint, row, i);
		if (i < left->n) {
			tw_paint_to(paint, CELL_LEFT);
			tw_cell_draw(paint, left, i, width);
		}
		if (i < right->n) {
			tw_paint_to(paint, end - 3 - width + 1);
			tw_cell_draw(paint, right, i, width);
		}
		paint_right(paint, row, i, end);
		tw_paint_newline(paint);
	}
}

static void draw_two_sides(struct tw_doc *doc, const struct tw_ends *ends,
	const struct tw_region *region, const struct drawing *d)
{
	struct tw_paint *paint = &doc->paint;
	size_t width = paint->width < WIDE_LIMIT ? paint->width : WIDE_LIMIT;
	size_t cell = (width - CELL_LEFT - 4 - 4) / 2, end = width - 2;
	size_t right = end - 3 - cell + 1;

	draw_top(doc, ends, region, d, width, right);
	for (size_t r = 0; r < d->rows; r++) {
		const struct row *row = &d->row[r];
		struct tw_hop_cell left_cell, right_cell;
		if (!is_brief(row))
			draw_arrows(paint, row->down, row->up_on, end);
		fill_row(doc, region, d, row, cell, &left_cell, &right_cell);
		draw_row(paint, row, &left_cell, &right_cell, cell, end);
	}
	draw_arrows(paint, d->arrives, d->sent, end);
	draw_bottom(doc, ends, d, end);
}

static void draw_leg_line(
	struct tw_paint *paint, const struct tw_region *region, unsigned leg, bool reply)
{
	if (region->legs_n < 2)
		return;
	tw_paint_to(paint, BAR_LEFT);
	paint_mark(paint, TW_GLYPH_BAR, false);
	tw_paint_to(paint, CELL_LEFT);
	paint->indent = CELL_LEFT;
	tw_paint_words(paint, tw_say_leg(paint, region, leg, reply));
	tw_paint_newline(paint);
}

/* One direction on its own, top to bottom. */
static void draw_one_side(struct tw_doc *doc, const struct tw_region *region, const char *title,
	const char *first, const char *last, const struct tw_hop *const *hop, size_t hops)
{
	struct tw_paint *paint = &doc->paint;
	bool alive = true;

	tw_paint_to(paint, BAR_LEFT);
	tw_paint_hue(paint, TW_HUE_DIM);
	tw_paint_str(paint, title);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
	tw_paint_to(paint, BAR_LEFT);
	tw_paint_clip(paint, tw_sv_of(first), paint->width - 2);
	tw_paint_newline(paint);
	if (hops > 0)
		draw_leg_line(paint, region, hop[0]->leg, hop[0]->reply);
	for (size_t h = 0; h < hops; h++) {
		struct row row = {.request = hop[h], .down = alive};
		struct tw_hop_cell cell;
		if (!tw_hop_is_brief(hop[h]))
			draw_arrows(paint, alive, false, 0);
		tw_cell_fill(&cell, doc, region, hop[h], paint->width - CELL_LEFT);
		for (size_t i = 0; i < cell.n; i++) {
			paint_left(paint, &row, i);
			tw_paint_to(paint, CELL_LEFT);
			tw_cell_draw(paint, &cell, i, paint->width - CELL_LEFT);
			tw_paint_newline(paint);
		}
		alive = alive && !drops(hop[h]);
		if (alive && h + 1 < hops && hop[h + 1]->leg != hop[h]->leg)
			draw_leg_line(paint, region, hop[h + 1]->leg, hop[h]->reply);
	}
	draw_arrows(paint, alive, false, 0);
	tw_paint_to(paint, BAR_LEFT);
	tw_paint_clip(paint, tw_sv_of(last), paint->width - 2);
	tw_paint_newline(paint);
}

static void draw_narrow(struct tw_doc *doc, const struct tw_ends *ends,
	const struct tw_region *region, const struct drawing *d)
{
	struct tw_paint *paint = &doc->paint;
	const struct tw_hop **list = TW_NEW_ARRAY(paint->arena, const struct tw_hop *, d->rows);
	const char *from = ends->from, *to = ends->to;
	size_t n = 0;

	if (list == NULL) {
		tw_paint_status(paint, TW_ENOMEM);
		return;
	}
	for (size_t i = 0; i < d->rows; i++) {
		if (d->row[i].request != NULL)
			list[n++] = d->row[i].request;
	}
	draw_one_side(doc, region, "REQUEST", from, d->arrives ? to : "(not reached)", list, n);
	if (!d->sent) {
		tw_paint_to(paint, BAR_LEFT);
		tw_paint_str(paint, reply_outcome(d, region));
		tw_paint_newline(paint);
		return;
	}
	n = 0;
	tw_paint_newline(paint);
	for (size_t i = d->rows; i-- > 0;) {
		if (d->row[i].reply != NULL)
			list[n++] = d->row[i].reply;
	}
	draw_one_side(doc, region, "REPLY", to, reply_outcome(d, region), list, n);
}

void tw_draw_region(struct tw_doc *doc, const struct tw_ends *ends, const struct tw_region *region)
{
	struct drawing d;

	if (!plan(&doc->paint, region, &d))
		return;
	if (doc->paint.width < TWO_SIDES)
		draw_narrow(doc, ends, region, &d);
	else
		draw_two_sides(doc, ends, region, &d);
}
