/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Painting text: cleaning, columns, wrapping, colour. Cleaning is by code point: what moves the
 * cursor, turns the writing direction or is no UTF-8 is shown as an escape that a person can read.
 */

#include "paint.h"

#include <inttypes.h>
#include <stdio.h>

/* Typographic signs that our own messages may hold, for terminals without them. */
static const struct {
	uint32_t code_point;
	const char *ascii;
} plain_signs[] = {
	{0xd7, "x"},
	{0x2013, "-"},
	{0x2014, "-"},
	{0x2018, "'"},
	{0x2019, "'"},
	{0x201c, "\""},
	{0x201d, "\""},
	{0x2026, "..."},
	{0x2192, "->"},
};

static const char *const glyph_utf8[] = {
#define TW_GLYPH_UTF8(name, utf8, ascii) utf8,
	TW_GLYPHS(TW_GLYPH_UTF8)
#undef TW_GLYPH_UTF8
};

static const char *const glyph_ascii[] = {
#define TW_GLYPH_ASCII(name, utf8, ascii) ascii,
	TW_GLYPHS(TW_GLYPH_ASCII)
#undef TW_GLYPH_ASCII
};

static const char *const hue_code[] = {
	[TW_HUE_NONE] = "\x1b[0m",
	[TW_HUE_ERROR] = "\x1b[1;31m",
	[TW_HUE_WARNING] = "\x1b[1;33m",
	[TW_HUE_NOTE] = "\x1b[1;36m",
	[TW_HUE_GOOD] = "\x1b[32m",
	[TW_HUE_FRAME] = "\x1b[34m",
	[TW_HUE_STRONG] = "\x1b[1m",
	[TW_HUE_DIM] = "\x1b[2m",
};

static void unit_set(struct tw_unit *unit, const char *text, size_t n, size_t width)
{
	memcpy(unit->text, text, n);
	unit->n = n;
	unit->width = width;
}

static void unit_escape(struct tw_unit *unit, char kind, int digits, uint32_t value)
{
	char text[sizeof(unit->text)];
	int n = snprintf(text, sizeof(text), "\\%c%0*" PRIx32, kind, digits, value);

	unit_set(unit, text, (size_t)n, (size_t)n);
}

/* Invisible, or able to reorder what a person reads. */
static bool is_deceptive(uint32_t c)
{
	return (c >= 0x80 && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

size_t tw_clean_next(bool ascii, const char *p, size_t n, struct tw_unit *ret)
{
	unsigned char byte = (unsigned char)p[0];
	uint32_t c = byte;

	if (byte >= 0x20 && byte < 0x7f) {
		unit_set(ret, p, 1, 1);
		return 1;
	}
	if (byte == '\n' || byte == '\t' || byte == '\r') {
		unit_set(ret, byte == '\n' ? "\\n" : byte == '\t' ? "\\t" : "\\r", 2, 2);
		return 1;
	}
	size_t size = byte < 0x80 ? 0 : tw_utf8_next(p, n, &c);
	if (size == 0) {
		unit_escape(ret, 'x', 2, byte);
		return 1;
	}
	if (is_deceptive(c)) {
		unit_escape(ret, c > 0xffff ? 'U' : 'u', c > 0xffff ? 8 : 4, c);
		return size;
	}
	if (!ascii) {
		unit_set(ret, p, size, tw_text_width(p, size));
		return size;
	}
	for (size_t i = 0; i < TW_COUNT(plain_signs); i++) {
		if (plain_signs[i].code_point == c) {
			unit_set(ret, plain_signs[i].ascii, strlen(plain_signs[i].ascii),
				strlen(plain_signs[i].ascii));
			return size;
		}
	}
	unit_escape(ret, c > 0xffff ? 'U' : 'u', c > 0xffff ? 8 : 4, c);
	return size;
}

size_t tw_clean_width(bool ascii, const char *p, size_t n)
{
	size_t width = 0;

	for (size_t i = 0; i < n;) {
		struct tw_unit unit;
		i += tw_clean_next(ascii, p + i, n - i, &unit);
		width += unit.width;
	}
	return width;
}

size_t tw_clean_line(bool ascii, const char *p, size_t n, size_t room, size_t *ret_skip)
{
	size_t width = 0, word_end = 0, i = 0;
	bool cut = false;

	while (i < n) {
		struct tw_unit unit;
		size_t size = tw_clean_next(ascii, p + i, n - i, &unit);
		if (p[i] == ' ' && i > 0 && p[i - 1] != ' ')
			word_end = i;
		if (width + unit.width > room && i > 0) {
			cut = true;
			break;
		}
		width += unit.width;
		i += size;
	}
	size_t end = cut && word_end > 0 ? word_end : i;
	while (end > 0 && p[end - 1] == ' ')
		end--;
	size_t next = end;
	while (next < n && p[next] == ' ')
		next++;
	*ret_skip = next - end;
	return end;
}

tw_status tw_write_clean(const char *text, bool ascii, struct tw_sink sink)
{
	char chunk[512];
	size_t n = strlen(text), used = 0;

	for (size_t i = 0; i < n;) {
		struct tw_unit unit;
		i += tw_clean_next(ascii, text + i, n - i, &unit);
		if (used + unit.n > sizeof(chunk)) {
			TW_TRY(sink.write(sink.ctx, chunk, used));
			used = 0;
		}
		memcpy(chunk + used, unit.text, unit.n);
		used += unit.n;
	}
	return used > 0 ? sink.write(sink.ctx, chunk, used) : TW_OK;
}

void tw_paint_init(struct tw_paint *paint, struct tw_buf *buf, struct tw_arena *arena,
	const struct tw_style *style)
{
	*paint = (struct tw_paint){
		.buf = buf,
		.arena = arena,
		.width = style->width == 0   ? 80
			 : style->width < 40 ? 40
					     : style->width,
		.ascii = style->ascii,
		.color = style->color,
		.verbose = style->verbose,
	};
}

void tw_paint_status(struct tw_paint *paint, tw_status status)
{
	if (paint->buf->status == TW_OK)
		paint->buf->status = status;
}

const char *tw_paint_kept(struct tw_paint *paint, const char *s)
{
	if (s == NULL)
		tw_paint_status(paint, TW_ENOMEM);
	return s != NULL ? s : "";
}

void tw_paint_hue(struct tw_paint *paint, enum tw_hue hue)
{
	paint->hue = hue;
}

static void show_hue(struct tw_paint *paint, enum tw_hue hue)
{
	if (!paint->color || paint->shown == hue)
		return;
	if (paint->shown != TW_HUE_NONE)
		tw_buf_puts(paint->buf, hue_code[TW_HUE_NONE]);
	if (hue != TW_HUE_NONE)
		tw_buf_puts(paint->buf, hue_code[hue]);
	paint->shown = hue;
}

void tw_paint_newline(struct tw_paint *paint)
{
	show_hue(paint, TW_HUE_NONE);
	tw_buf_putc(paint->buf, '\n');
	paint->column = paint->gap = 0;
}

void tw_paint_gap(struct tw_paint *paint, size_t n)
{
	paint->gap += n;
}

void tw_paint_to(struct tw_paint *paint, size_t column)
{
	if (paint->column + paint->gap < column)
		paint->gap = column - paint->column;
}

/* Clean bytes of a known width. */
static void put(struct tw_paint *paint, const char *p, size_t n, size_t width)
{
	if (paint->gap > 0) {
		if (paint->shown != paint->hue)
			show_hue(paint, TW_HUE_NONE);
		tw_buf_fill(paint->buf, " ", paint->gap);
		paint->column += paint->gap;
		paint->gap = 0;
	}
	show_hue(paint, paint->hue);
	tw_buf_put(paint->buf, p, n);
	paint->column += width;
}

const char *tw_paint_glyph_text(const struct tw_paint *paint, enum tw_glyph glyph)
{
	return paint->ascii ? glyph_ascii[glyph] : glyph_utf8[glyph];
}

void tw_paint_glyph(struct tw_paint *paint, enum tw_glyph glyph)
{
	const char *text = tw_paint_glyph_text(paint, glyph);

	put(paint, text, strlen(text), paint->ascii ? strlen(text) : 1);
}

void tw_paint_glyphs(struct tw_paint *paint, enum tw_glyph glyph, size_t times)
{
	for (size_t i = 0; i < times; i++)
		tw_paint_glyph(paint, glyph);
}

void tw_paint_sv(struct tw_paint *paint, struct tw_sv text)
{
	for (size_t i = 0; i < text.n;) {
		struct tw_unit unit;
		if (text.p[i] == ' ') {
			/* Kept pending, so that text which ends in blanks leaves none. */
			tw_paint_gap(paint, 1);
			i++;
			continue;
		}
		i += tw_clean_next(paint->ascii, text.p + i, text.n - i, &unit);
		put(paint, unit.text, unit.n, unit.width);
	}
}

void tw_paint_str(struct tw_paint *paint, const char *s)
{
	tw_paint_sv(paint, tw_sv_of(s));
}

void tw_paint_clip(struct tw_paint *paint, struct tw_sv text, size_t room)
{
	if (tw_clean_width(paint->ascii, text.p, text.n) <= room) {
		tw_paint_sv(paint, text);
		return;
	}
	size_t dots = paint->ascii ? strlen(glyph_ascii[TW_GLYPH_ELLIPSIS]) : 1;
	size_t keep = room > dots ? room - dots : 0, width = 0, i = 0;
	while (i < text.n) {
		struct tw_unit unit;
		size_t size = tw_clean_next(paint->ascii, text.p + i, text.n - i, &unit);
		if (width + unit.width > keep)
			break;
		width += unit.width;
		i += size;
	}
	tw_paint_sv(paint, (struct tw_sv){text.p, i});
	if (room >= dots)
		tw_paint_glyph(paint, TW_GLYPH_ELLIPSIS);
}

static void wrap(struct tw_paint *paint)
{
	size_t most = paint->width / 2;

	tw_paint_newline(paint);
	paint->gap = paint->indent < most ? paint->indent : most;
}

/* A word that is wider than a whole line goes on from one line to the next. */
static void put_long_word(struct tw_paint *paint, const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		struct tw_unit unit;
		i += tw_clean_next(paint->ascii, p + i, n - i, &unit);
		if (paint->column + paint->gap + unit.width > paint->width)
			wrap(paint);
		put(paint, unit.text, unit.n, unit.width);
	}
}

void tw_paint_words(struct tw_paint *paint, const char *s)
{
	struct tw_sv text = tw_sv_of(s);

	for (size_t i = 0; i < text.n;) {
		if (text.p[i] == ' ') {
			tw_paint_gap(paint, 1);
			i++;
			continue;
		}
		size_t end = i;
		while (end < text.n && text.p[end] != ' ')
			end++;
		size_t width = tw_clean_width(paint->ascii, text.p + i, end - i);
		size_t most = paint->width / 2;
		size_t line = paint->width - (paint->indent < most ? paint->indent : most);
		if (paint->column + paint->gap + width <= paint->width) {
			tw_paint_sv(paint, (struct tw_sv){text.p + i, end - i});
		} else {
			if (paint->column > 0 &&
				(width <= line || paint->column + paint->gap > most))
				wrap(paint);
			put_long_word(paint, text.p + i, end - i);
		}
		i = end;
	}
}

enum tw_hue tw_paint_level_hue(enum tw_level level)
{
	switch (level) {
	case TW_LEVEL_ERROR:
		return TW_HUE_ERROR;
	case TW_LEVEL_WARNING:
		return TW_HUE_WARNING;
	case TW_LEVEL_NOTE:
		return TW_HUE_NOTE;
	case TW_LEVEL_NONE:
		break;
	}
	return TW_HUE_NONE;
}

enum tw_hue tw_paint_verdict_hue(enum tw_verdict verdict)
{
	switch (verdict) {
	case TW_COMPLETE:
		return TW_HUE_GOOD;
	case TW_PARTIAL:
	case TW_UNKNOWN:
		return TW_HUE_WARNING;
	case TW_ONE_WAY:
	case TW_BLOCKED:
		break;
	}
	return TW_HUE_ERROR;
}
