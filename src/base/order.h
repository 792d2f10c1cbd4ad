/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_BASE_ORDER_H
#define TW_BASE_ORDER_H

/* Comparing numbers and texts that may be absent, for sorting and for telling apart. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline int tw_order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* -1, 0, 1: a / b against c / d, exactly; 0 / 0 counts as 1. */
static inline int tw_share_cmp(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	/* Compares whole parts, then turns both remainders over: no product can overflow. */
	for (bool turned = false;; turned = !turned) {
		uint64_t left = b == 0 ? 1 : a / b, right = d == 0 ? 1 : c / d;
		uint64_t left_rest = b == 0 ? 0 : a % b, right_rest = d == 0 ? 0 : c % d;
		int sign = turned ? -1 : 1;
		if (left != right)
			return left < right ? -sign : sign;
		if (left_rest == 0 || right_rest == 0)
			return left_rest == right_rest ? 0 : left_rest == 0 ? -sign : sign;
		a = b;
		b = left_rest;
		c = d;
		d = right_rest;
	}
}

/* Absent texts first. */
static inline int tw_order_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

/* Equal, or both absent. */
static inline bool tw_same_text(const char *a, const char *b)
{
	return tw_order_text(a, b) == 0;
}

/* Both there, and equal. */
static inline bool tw_known_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

#endif
