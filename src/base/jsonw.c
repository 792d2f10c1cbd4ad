/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The JSON writer. It keeps for each open container whether anything is in it yet and whether it
 * is an object, and the depth at which one-line output began.
 */

#include <inttypes.h>

#include "jsonw.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD in UTF-8 */

void tw_jsonw_init(struct tw_jsonw *w, struct tw_buf *buf)
{
	*w = (struct tw_jsonw){.buf = buf};
}

/* Always false, for its callers to return. */
static bool misuse(struct tw_jsonw *w)
{
	if (w->buf->status == TW_OK)
		w->buf->status = TW_EBUG;
	return false;
}

static void new_line(struct tw_jsonw *w)
{
	tw_buf_putc(w->buf, '\n');
	tw_buf_fill(w->buf, "  ", w->depth);
}

/*
 * What stands between two members of a container, or between its bracket and the first one. False
 * if no member (a value, or with `key` a key) may stand here.
 */
static bool separate(struct tw_jsonw *w, bool key)
{
	bool *first;

	if (w->after_key) {
		w->after_key = false;
		return !key || misuse(w);
	}
	if (w->depth == 0) {
		bool second = w->begun;

		w->begun = true;
		return !second || misuse(w);
	}
	if (w->object[w->depth - 1] != key)
		return misuse(w);
	first = &w->first[w->depth - 1];
	if (w->tight > 0) {
		tw_buf_puts(w->buf, *first ? "" : ", ");
	} else {
		tw_buf_puts(w->buf, *first ? "" : ",");
		new_line(w);
	}
	*first = false;
	return true;
}

static void open_container(struct tw_jsonw *w, bool tight, bool object)
{
	if (!separate(w, false))
		return;
	if (w->depth == TW_JSONW_DEPTH) {
		misuse(w);
		return;
	}
	tw_buf_putc(w->buf, object ? '{' : '[');
	w->first[w->depth] = true;
	w->object[w->depth++] = object;
	if (tight && w->tight == 0)
		w->tight = w->depth;
}

static void close_container(struct tw_jsonw *w, bool object)
{
	bool one_line = w->tight > 0;

	if (w->depth == 0 || w->after_key || w->object[w->depth - 1] != object) {
		misuse(w);
		return;
	}
	if (w->tight == w->depth)
		w->tight = 0;
	w->depth--;
	if (!w->first[w->depth] && !one_line)
		new_line(w);
	tw_buf_putc(w->buf, object ? '}' : ']');
}

void tw_jsonw_object(struct tw_jsonw *w, bool tight)
{
	open_container(w, tight, true);
}

void tw_jsonw_array(struct tw_jsonw *w, bool tight)
{
	open_container(w, tight, false);
}

void tw_jsonw_end_object(struct tw_jsonw *w)
{
	close_container(w, true);
}

void tw_jsonw_end_array(struct tw_jsonw *w)
{
	close_container(w, false);
}

static void put_escape(struct tw_buf *buf, uint32_t code)
{
	static const char short_form[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	const char *hit = code > 0 && code < 0x80 ? strchr(short_form, (int)code) : NULL;

	if (hit != NULL)
		tw_buf_printf(buf, "\\%c", letter[hit - short_form]);
	else
		tw_buf_printf(buf, "\\u%04x", (unsigned)code);
}

/* Controls in two bytes (0x80 to 0x9f) steer a terminal as those in one do. */
static bool needs_escape(uint32_t code)
{
	return code < 0x20 || code == '"' || code == '\\' || (code >= 0x7f && code < 0xa0);
}

static void put_string(struct tw_buf *buf, const char *p, size_t n)
{
	size_t done = 0, at = 0;

	tw_buf_putc(buf, '"');
	while (at < n) {
		uint32_t code = 0;
		size_t length = tw_utf8_next(p + at, n - at, &code);

		if (length > 0 && !needs_escape(code)) {
			at += length;
			continue;
		}
		tw_buf_put(buf, p + done, at - done);
		if (length > 0)
			put_escape(buf, code);
		else
			tw_buf_puts(buf, REPLACEMENT);
		at += length > 0 ? length : 1;
		done = at;
	}
	tw_buf_put(buf, p + done, n - done);
	tw_buf_putc(buf, '"');
}

void tw_jsonw_key(struct tw_jsonw *w, const char *key)
{
	/* At the top there is no object that a key could belong to. */
	if (w->depth == 0) {
		misuse(w);
		return;
	}
	if (!separate(w, true))
		return;
	put_string(w->buf, key, strlen(key));
	tw_buf_puts(w->buf, ": ");
	w->after_key = true;
}

void tw_jsonw_str(struct tw_jsonw *w, const char *s)
{
	if (s == NULL)
		tw_jsonw_null(w);
	else
		tw_jsonw_strn(w, s, strlen(s));
}

void tw_jsonw_strn(struct tw_jsonw *w, const char *p, size_t n)
{
	if (separate(w, false))
		put_string(w->buf, p, n);
}

void tw_jsonw_uint(struct tw_jsonw *w, uint64_t n)
{
	if (separate(w, false))
		tw_buf_printf(w->buf, "%" PRIu64, n);
}

void tw_jsonw_int(struct tw_jsonw *w, int64_t n)
{
	if (separate(w, false))
		tw_buf_printf(w->buf, "%" PRId64, n);
}

void tw_jsonw_bool(struct tw_jsonw *w, bool b)
{
	if (separate(w, false))
		tw_buf_puts(w->buf, b ? "true" : "false");
}

void tw_jsonw_null(struct tw_jsonw *w)
{
	if (separate(w, false))
		tw_buf_puts(w->buf, "null");
}
