/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exact counts of 320 bits: two IPv6 addresses (256), two port fields (32), a protocol (8) and a
 * family (1) need 297. Arithmetic goes through 32-bit digits, which every C17 compiler can multiply
 * exactly; results wrap at 2^320, which no count of points reaches.
 */

#include "node.h"

enum { WORDS = 5, DIGITS = 10 };

int tw_count_cmp(const struct tw_count *a, const struct tw_count *b)
{
	for (int i = WORDS - 1; i >= 0; i--) {
		if (a->w[i] != b->w[i])
			return a->w[i] < b->w[i] ? -1 : 1;
	}
	return 0;
}

void tw_count_add(struct tw_count *a, const struct tw_count *b)
{
	uint64_t carry = 0;

	for (int i = 0; i < WORDS; i++) {
		uint64_t sum = a->w[i] + carry;

		carry = sum < carry;
		sum += b->w[i];
		carry += sum < b->w[i];
		a->w[i] = sum;
	}
}

static void split(const struct tw_count *count, uint32_t digit[DIGITS])
{
	for (int i = 0; i < WORDS; i++) {
		digit[2 * i] = (uint32_t)count->w[i];
		digit[2 * i + 1] = (uint32_t)(count->w[i] >> 32);
	}
}

void tw_count_mul(struct tw_count *a, const struct tw_count *b)
{
	uint32_t x[DIGITS], y[DIGITS], product[DIGITS] = {0};

	split(a, x);
	split(b, y);
	for (int i = 0; i < DIGITS; i++) {
		uint64_t carry = 0;

		for (int j = 0; i + j < DIGITS; j++) {
			carry += (uint64_t)x[i] * y[j] + product[i + j];
			product[i + j] = (uint32_t)carry;
			carry >>= 32;
		}
	}
	for (int i = 0; i < WORDS; i++)
		a->w[i] = (uint64_t)product[2 * i + 1] << 32 | product[2 * i];
}

/* Divides in place; returns the remainder. */
static uint32_t divide(uint32_t digit[DIGITS], uint32_t by)
{
	uint64_t rest = 0;

	for (int i = DIGITS - 1; i >= 0; i--) {
		rest = rest << 32 | digit[i];
		digit[i] = (uint32_t)(rest / by);
		rest %= by;
	}
	return (uint32_t)rest;
}

const char *tw_count_text(const struct tw_count *count, char buf[TW_COUNT_TEXT])
{
	uint32_t digit[DIGITS];
	size_t at = TW_COUNT_TEXT - 1, begin = 0;

	split(count, digit);
	buf[at] = '\0';
	do {
		/* 2^320 has 97 decimal digits: eleven rounds of nine. */
		uint32_t rest = divide(digit, 1000000000);

		for (int i = 0; i < 9; i++) {
			buf[--at] = (char)('0' + rest % 10);
			rest /= 10;
		}
		for (begin = 0; begin < DIGITS && digit[begin] == 0; begin++)
			;
	} while (begin < DIGITS);
	while (buf[at] == '0' && buf[at + 1] != '\0')
		at++;
	memmove(buf, buf + at, TW_COUNT_TEXT - at);
	return buf;
}
