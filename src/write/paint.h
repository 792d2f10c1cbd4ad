/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_WRITE_PAINT_H
#define TW_WRITE_PAINT_H

/*
 * Painting: text for a terminal, written left to right into a tw_buf. The painter knows the column,
 * wraps words at the width, colours, and picks glyphs that the terminal has.
 *
 * Whatever comes from the input is attacker's text: everything painted is cleaned on its way (clean
 * text holds no control characters, no terminal escapes, no text that turns the writing direction).
 * Blanks are pending until something follows them, so no line ends in one.
 *
 * Failures stick in the buffer; painting functions return nothing.
 */

#include "text.h"
#include "twoway/write.h"

enum tw_hue {
	TW_HUE_NONE,
	TW_HUE_ERROR,
	TW_HUE_WARNING,
	TW_HUE_NOTE,
	TW_HUE_GOOD,
	TW_HUE_FRAME,
	TW_HUE_STRONG,
	TW_HUE_DIM
};

/* X(name, UTF-8, ASCII) */
#define TW_GLYPHS(X)                                                                               \
	X(ELLIPSIS, "\xe2\x80\xa6", "...")                                                         \
	X(BAR, "\xe2\x94\x82", "|")                                                                \
	X(DASH, "\xe2\x94\x80", "-")                                                               \
	X(TEE_RIGHT, "\xe2\x94\x9c", "+")                                                          \
	X(TEE_LEFT, "\xe2\x94\xa4", "+")                                                           \
	X(CORNER, "\xe2\x94\x98", "+")                                                             \
	X(DOWN, "\xe2\x96\xbc", "v")                                                               \
	X(UP, "\xe2\x96\xb2", "^")                                                                 \
	X(CROSS, "\xe2\x9c\x97", "x")                                                              \
	X(OPEN, "\xe2\x96\x88", "#")                                                               \
	X(OPEN_HALF, "\xe2\x96\x8c", "-")                                                          \
	X(SHUT, "\xc2\xb7", ".")                                                                   \
	X(BACK, "\xe2\x94\x81", "=")                                                               \
	X(BACK_HALF, "\xe2\x95\xb8", "-")                                                          \
	X(BACK_SOME, "\xe2\x95\x8d", "~")                                                          \
	X(LOST, "\xc3\x97", "x")                                                                   \
	X(OPEN_UNKNOWN, "?", "?")

enum tw_glyph {
#define TW_GLYPH_ENUM(name, utf8, ascii) TW_GLYPH_##name,
	TW_GLYPHS(TW_GLYPH_ENUM)
#undef TW_GLYPH_ENUM
};

struct tw_paint {
	struct tw_buf *buf;
	struct tw_arena *arena; /* for texts made on the way */
	size_t width;
	bool ascii, color, verbose;
	size_t column; /* columns written on this line, pending blanks left out */
	size_t gap;    /* pending blanks */
	size_t indent; /* where wrapped lines begin */
	enum tw_hue hue, shown;
};

/* One cleaned unit of text: what to write for the next code point or broken byte. */
struct tw_unit {
	char text[16];
	size_t n, width;
};

/* How many of the n > 0 bytes at p the unit stands for. */
size_t tw_clean_next(bool ascii, const char *p, size_t n, struct tw_unit *ret);
/* Columns of text once it is clean. */
size_t tw_clean_width(bool ascii, const char *p, size_t n);
/*
 * How many bytes of text make the next line of at most `room` columns: whole words if one fits,
 * else as much of the word as fits, at least one unit. Blanks behind it are counted in `ret_skip`.
 */
size_t tw_clean_line(bool ascii, const char *p, size_t n, size_t room, size_t *ret_skip);

void tw_paint_init(struct tw_paint *paint, struct tw_buf *buf, struct tw_arena *arena,
	const struct tw_style *style);
/* Keeps a failure of something else in the buffer. */
void tw_paint_status(struct tw_paint *paint, tw_status status);
/* The text, or "" and out of memory kept for NULL. */
const char *tw_paint_kept(struct tw_paint *paint, const char *s);
void tw_paint_hue(struct tw_paint *paint, enum tw_hue hue);
void tw_paint_newline(struct tw_paint *paint);
/* Blanks, then what follows. */
void tw_paint_gap(struct tw_paint *paint, size_t n);
/* Blanks up to a column; nothing if it is behind already. */
void tw_paint_to(struct tw_paint *paint, size_t column);
void tw_paint_glyph(struct tw_paint *paint, enum tw_glyph glyph);
void tw_paint_glyphs(struct tw_paint *paint, enum tw_glyph glyph, size_t times);
const char *tw_paint_glyph_text(const struct tw_paint *paint, enum tw_glyph glyph);
/* As it stands: never wrapped, never cut. */
void tw_paint_str(struct tw_paint *paint, const char *s);
void tw_paint_sv(struct tw_paint *paint, struct tw_sv text);
/* At most `room` columns, with an ellipsis where it was cut. */
void tw_paint_clip(struct tw_paint *paint, struct tw_sv text, size_t room);
/* Wrapped at words from here on; further lines begin at `paint->indent`. */
void tw_paint_words(struct tw_paint *paint, const char *s);

enum tw_hue tw_paint_level_hue(enum tw_level level);
enum tw_hue tw_paint_verdict_hue(enum tw_verdict verdict);

#endif
