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
