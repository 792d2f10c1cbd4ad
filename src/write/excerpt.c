/* SPDX-License-Identifier: Apache-2.0 */
/* Source excerpts with carets. Works on a bounded window of bytes around the span, never on the
 * file. */

#include "excerpt.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#define INDENT	  4 /* columns of indentation that stay */
#define TAB	  8
#define LABEL_MIN 24 /* columns that a label wants beside the carets */

/* The part of a file that is shown. */
struct window {
	const char *bytes;
	size_t begin, end;	     /* bytes to show */
	size_t mark_begin, mark_end; /* bytes to underline */
	size_t indent;		     /* columns before them */
	bool cut;		     /* something before `begin` was left out */
	bool fold;		     /* runs of white space become one blank */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_end(char c)
{
	return c == '\n' || c == '\r';
}

size_t tw_excerpt_digits(struct tw_paint *paint, struct tw_sources *sources, struct tw_span span)
{
	struct tw_place place;
	size_t digits = 1;

	if (span.file == 0)
		return 0;
	tw_status status = tw_sources_place(sources, span, &place);
	if (status != TW_OK) {
		tw_paint_status(paint, status);
		return 0;
	}
	for (uint32_t n = place.line; n >= 10; n /= 10)
		digits++;
	return digits;
}

void tw_excerpt_place(struct tw_paint *paint, struct tw_sources *sources, struct tw_span span)
{
	struct tw_place place;

	if (span.file == 0)
		return;
	tw_status status = tw_sources_place(sources, span, &place);
	if (status != TW_OK) {
		tw_paint_status(paint, status);
		return;
	}
	tw_paint_words(
		paint, tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s:%" PRIu32 ":%" PRIu32,
						    place.path, place.line, place.column)));
}

void tw_excerpt_bar(struct tw_paint *paint, size_t gutter)
{
	tw_paint_gap(paint, gutter + 1);
	tw_paint_hue(paint, TW_HUE_FRAME);
	tw_paint_str(paint, "|");
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
}

/* Where the line of `at` begins, or as far back as `most` bytes. */
static size_t find_line_start(const char *bytes, size_t at, size_t most, bool *ret_cut)
{
	size_t begin = at;

	while (begin > 0 && !is_end(bytes[begin - 1]) && at - begin < most)
		begin--;
	*ret_cut = begin > 0 && !is_end(bytes[begin - 1]);
	while (*ret_cut && begin < at && ((unsigned char)bytes[begin] & 0xc0) == 0x80)
		begin++;
	return begin;
}

/* Whether the first line of a span has only brackets and the like while the span goes on. */
static bool opens_only(const char *bytes, size_t begin, size_t line_end, size_t end)
{
	if (end <= line_end)
		return false;
	for (size_t i = begin; i < line_end; i++) {
		if (isalnum((unsigned char)bytes[i]) || (unsigned char)bytes[i] >= 0x80)
			return false;
	}
	return true;
}

static struct window find_window(const struct tw_paint *paint, const char *bytes, size_t size,
	struct tw_span span, size_t room)
{
	struct window w = {.bytes = bytes};
	size_t at = span.begin < size ? span.begin : size, line_end = at;
	size_t span_end = span.end < size ? span.end : size;
	size_t start = find_line_start(bytes, at, 4 * room, &w.cut);

	while (line_end < size && !is_end(bytes[line_end]) && line_end - at < 4 * room)
		line_end++;
	w.fold = opens_only(bytes, at, line_end, span_end);
	w.end = line_end;
	if (w.fold)
		w.end = span_end - at < 64 * room ? span_end : at + 64 * room;
	w.begin = start;
	while (!w.cut && w.begin < at && is_blank(bytes[w.begin])) {
		w.indent += bytes[w.begin] == '\t' ? TAB - w.indent % TAB : 1;
		w.begin++;
	}
	if (w.indent > INDENT)
		w.indent = INDENT;
	/* Far to the right: begin shortly before the span instead. */
	if (tw_clean_width(paint->ascii, bytes + w.begin, at - w.begin) > room / 2) {
		w.begin = at - (at - w.begin < room / 4 ? at - w.begin : room / 4);
		while (w.begin < at && ((unsigned char)bytes[w.begin] & 0xc0) == 0x80)
			w.begin++;
		w.cut = true;
		w.indent = 0;
	} else if (w.cut) {
		w.indent = 0;
	}
	w.mark_begin = at;
	w.mark_end = span_end < w.end ? span_end : w.end;
	return w;
}

/* The next unit of a window at byte i; returns the bytes that it stands for. */
static size_t next_unit(const struct tw_paint *paint, const struct window *w, size_t i, size_t x,
	struct tw_unit *ret)
{
	size_t n = 0;

	if (w->fold && (is_blank(w->bytes[i]) || is_end(w->bytes[i]))) {
		while (i + n < w->end && (is_blank(w->bytes[i + n]) || is_end(w->bytes[i + n])))
			n++;
		*ret = (struct tw_unit){.text = " ", .n = 1, .width = 1};
		return n;
	}
	if (w->bytes[i] == '\t') {
		size_t blanks = TAB - x % TAB;
		*ret = (struct tw_unit){.text = "        ", .n = blanks, .width = blanks};
		return 1;
	}
	return tw_clean_next(paint->ascii, w->bytes + i, w->end - i, ret);
}

/* Paints the window; gives the columns where the marks begin and end. False if its end is left out.
 */
static bool draw_line(struct tw_paint *paint, const struct window *w, size_t room,
	size_t *ret_mark_begin, size_t *ret_mark_end)
{
	const char *dots = tw_paint_glyph_text(paint, TW_GLYPH_ELLIPSIS);
	size_t dots_width = paint->ascii ? strlen(dots) : 1;
	size_t x = w->indent + (w->cut ? dots_width : 0), limit = room;
	struct tw_unit unit;

	for (size_t i = w->begin, wide = x; i < w->end;) {
		i += next_unit(paint, w, i, wide, &unit);
		wide += unit.width;
		if (wide > room) {
			limit = room - dots_width;
			break;
		}
	}
	tw_paint_gap(paint, w->indent);
	if (w->cut)
		tw_paint_glyph(paint, TW_GLYPH_ELLIPSIS);
	*ret_mark_begin = *ret_mark_end = x;
	for (size_t i = w->begin; i < w->end;) {
		if (i <= w->mark_begin)
			*ret_mark_begin = x;
		size_t n = next_unit(paint, w, i, x, &unit);
		if (x + unit.width > limit) {
			tw_paint_glyph(paint, TW_GLYPH_ELLIPSIS);
			break;
		}
		tw_paint_sv(paint, (struct tw_sv){unit.text, unit.n});
		x += unit.width;
		if (i < w->mark_end)
			*ret_mark_end = x;
		i += n;
	}
	if (w->mark_begin >= w->end)
		*ret_mark_begin = x;
	return limit == room;
}

/* Carets, and the label behind them if there is room, else below. */
static void draw_marks(struct tw_paint *paint, size_t gutter, size_t begin, size_t end, bool vague,
	char mark, enum tw_hue hue, const char *label)
{
	struct tw_sv text = tw_sv_of(label);
	size_t width = tw_clean_width(paint->ascii, text.p, text.n);
	size_t column = gutter + 3 + begin;

	/* Where the marks cannot say how far the span goes, they make room for the label. */
	if (vague && column + end - begin + 1 + width > paint->width &&
		column + 3 + 1 + width <= paint->width)
		end = begin + paint->width - column - 1 - width;
	tw_paint_gap(paint, gutter + 1);
	tw_paint_hue(paint, TW_HUE_FRAME);
	tw_paint_str(paint, "|");
	tw_paint_to(paint, column);
	tw_paint_hue(paint, hue);
	for (size_t i = begin; i < end || i == begin; i++)
		tw_paint_str(paint, (char[]){mark, '\0'});
	if (text.n == 0) {
		tw_paint_hue(paint, TW_HUE_NONE);
		tw_paint_newline(paint);
		return;
	}
	size_t left = paint->width > paint->column ? paint->width - paint->column : 0;
	if (width + 1 <= left || left >= LABEL_MIN + 8) {
		tw_paint_gap(paint, 1);
	} else {
		tw_paint_newline(paint);
		tw_paint_gap(paint, gutter + 1);
		tw_paint_hue(paint, TW_HUE_FRAME);
		tw_paint_str(paint, "|");
		tw_paint_to(paint, column + LABEL_MIN <= paint->width ? column : gutter + 3);
		tw_paint_hue(paint, hue);
	}
	paint->indent = paint->column + paint->gap;
	tw_paint_words(paint, label);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
}

void tw_excerpt_draw(struct tw_paint *paint, struct tw_sources *sources, struct tw_span span,
	size_t gutter, char mark, enum tw_hue hue, const char *label)
{
	struct tw_place place;
	char number[16];
	size_t size, begin, end, room = paint->width - gutter - 3;

	tw_status status = tw_sources_place(sources, span, &place);
	if (status != TW_OK) {
		tw_paint_status(paint, status);
		return;
	}
	const char *bytes = tw_sources_bytes(sources, span.file, &size);
	struct window w = find_window(paint, bytes, size, span, room);
	snprintf(number, sizeof(number), "%*" PRIu32, (int)gutter, place.line);
	tw_paint_hue(paint, TW_HUE_FRAME);
	tw_paint_str(paint, number);
	tw_paint_str(paint, " |");
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_gap(paint, 1);
	bool whole = draw_line(paint, &w, room, &begin, &end);
	tw_paint_newline(paint);
	draw_marks(paint, gutter, begin, end, w.fold || !whole, mark, hue, label);
}
