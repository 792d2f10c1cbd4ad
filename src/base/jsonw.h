/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_BASE_JSONW_H
#define TW_BASE_JSONW_H

/*
 * A streaming JSON writer into a tw_buf: two-space indentation, one member a line; a container
 * opened with `tight` is written on one line. Strings are escaped; bytes that are not UTF-8 become
 * U+FFFD. Calls that would not make valid JSON (a value without its key, too deep, closed too
 * often) set the buffer's status to TW_EBUG. No line end is written behind the last byte.
 */

#include "text.h"

#define TW_JSONW_DEPTH 64

struct tw_jsonw {
	struct tw_buf *buf;
	unsigned depth, tight; /* tight: depth at which one-line output began, 0 if none */
	bool first[TW_JSONW_DEPTH], object[TW_JSONW_DEPTH];
	bool after_key, begun; /* begun: a value stands at the top */
};

void tw_jsonw_init(struct tw_jsonw *w, struct tw_buf *buf);
void tw_jsonw_object(struct tw_jsonw *w, bool tight);
void tw_jsonw_array(struct tw_jsonw *w, bool tight);
void tw_jsonw_end_object(struct tw_jsonw *w);
void tw_jsonw_end_array(struct tw_jsonw *w);
void tw_jsonw_key(struct tw_jsonw *w, const char *key);
void tw_jsonw_str(struct tw_jsonw *w, const char *s); /* NULL gives null */
void tw_jsonw_strn(struct tw_jsonw *w, const char *p, size_t n);
void tw_jsonw_uint(struct tw_jsonw *w, uint64_t n);
void tw_jsonw_int(struct tw_jsonw *w, int64_t n);
void tw_jsonw_bool(struct tw_jsonw *w, bool b);
void tw_jsonw_null(struct tw_jsonw *w);

#endif
