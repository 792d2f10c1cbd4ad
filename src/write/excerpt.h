/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_WRITE_EXCERPT_H
#define TW_WRITE_EXCERPT_H

/*
 * Excerpts: the source line that a span begins in, and what is to be said about it underneath:
 *
 *	  --> net/acl.json:12:5
 *	   |
 *	12 |     { "CidrBlock": "0.0.0.0/0", "Egress": true, "RuleNumber": 300 }
 *	   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here
 *
 * The line is cut to the width around the span, so a file of one long line costs no more than any
 * other. Deep indentation is shortened to four columns. A span of several lines that opens with a
 *lone bracket is shown folded into one line, because the bracket alone says nothing.
 */

#include "paint.h"

/* Digits of the line number of a span; 0 for no span. */
size_t tw_excerpt_digits(struct tw_paint *paint, struct tw_sources *sources, struct tw_span span);
/* "path:line:column", wrapped if need be; nothing for no span. */
void tw_excerpt_place(struct tw_paint *paint, struct tw_sources *sources, struct tw_span span);
/* A line with nothing but the bar of the gutter. */
void tw_excerpt_bar(struct tw_paint *paint, size_t gutter);
/* The line itself, `mark` under the span, and the label (or NULL) behind or below it. */
void tw_excerpt_draw(struct tw_paint *paint, struct tw_sources *sources, struct tw_span span,
	size_t gutter, char mark, enum tw_hue hue, const char *label);

#endif
