/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_BASE_TEXT_H
#define TW_BASE_TEXT_H

/* Text: views of bytes, checked numbers, and an output buffer whose first failure sticks. */

#include "mem.h"

/* A view of bytes owned by somebody else; not NUL-terminated. */
struct tw_sv {
	const char *p;
	size_t n;
};

#define TW_SV(literal) ((struct tw_sv){(literal), sizeof(literal) - 1})
struct tw_sv tw_sv_of(const char *s); /* NULL gives an empty view */
bool tw_sv_eq(struct tw_sv a, struct tw_sv b);
bool tw_sv_is(struct tw_sv a, const char *s);
/* -1, 0 or 1 by bytes, a shorter prefix first. */
int tw_sv_cmp(struct tw_sv a, struct tw_sv b);
bool tw_sv_starts(struct tw_sv a, const char *prefix);

/* Decimal digits only: no sign, no blanks, no leading zero but "0" itself; at most max. */
bool tw_parse_uint(struct tw_sv text, uint64_t max, uint64_t *ret);
/* The same with an optional leading '-'. */
bool tw_parse_int(struct tw_sv text, int64_t min, int64_t max, int64_t *ret);

/* Output buffer. After a failure all calls do nothing, and tw_buf_status tells. */
struct tw_buf {
	struct tw_mem *mem;
	char *p;
	size_t n, room;
	tw_status status;
};

void tw_buf_init(struct tw_buf *buf, struct tw_mem *mem);
void tw_buf_fini(struct tw_buf *buf);
tw_status tw_buf_status(const struct tw_buf *buf);
void tw_buf_put(struct tw_buf *buf, const char *p, size_t n);
void tw_buf_puts(struct tw_buf *buf, const char *s);
void tw_buf_putc(struct tw_buf *buf, char c);
void tw_buf_fill(struct tw_buf *buf, const char *s, size_t times);
void tw_buf_printf(struct tw_buf *buf, const char *format, ...) TW_PRINTF(2, 3);
void tw_buf_vprintf(struct tw_buf *buf, const char *format, va_list args) TW_PRINTF(2, 0);
/* 28232 as "28,232". */
void tw_buf_thousands(struct tw_buf *buf, uint64_t n);
/*
 * part of whole as a percentage, from integers, rounded half up to `decimals` places, but never
 * rounded to 0 or 100 when it is neither: "58.03", "<0.01", ">99.99", without a sign behind it. No
 * float anywhere. A share of nothing is "-"; more than all, or over 9 decimals, is TW_EBUG.
 */
void tw_buf_percent(struct tw_buf *buf, uint64_t part, uint64_t whole, unsigned decimals);
/* The bytes so far with a NUL behind them, or NULL after a failure. */
const char *tw_buf_text(struct tw_buf *buf);

/* One UTF-8 code point at p (n > 0 bytes left): its length 1-4, or 0 if malformed. */
size_t tw_utf8_next(const char *p, size_t n, uint32_t *ret_code_point);
/* Columns that text takes in a terminal: code points, combining marks 0, wide ones 2. */
size_t tw_text_width(const char *p, size_t n);

#endif
