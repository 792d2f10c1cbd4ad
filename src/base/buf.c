/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The output buffer: writers put text into it without looking at a status each time, because the
 * first failure sticks and is asked for once at the end. Numbers for people (thousands, percent)
 * are made here, from integers only.
 */

#include <inttypes.h>
#include <stdio.h>

#include "text.h"
#include "vec.h"

#define DECIMALS_MAX 9

void tw_buf_init(struct tw_buf *buf, struct tw_mem *mem)
{
	*buf = (struct tw_buf){.mem = mem};
}

void tw_buf_fini(struct tw_buf *buf)
{
	tw_mem_release(buf->mem, buf->p, buf->room);
	*buf = (struct tw_buf){.mem = buf->mem};
}

tw_status tw_buf_status(const struct tw_buf *buf)
{
	return buf->status;
}

/* Room for `more` bytes behind the last one; false once anything has failed. */
static bool reserve(struct tw_buf *buf, size_t more)
{
	void *p = buf->p;

	if (buf->status != TW_OK)
		return false;
	if (more <= buf->room - buf->n)
		return true;
	buf->status = tw_vec_grow(buf->mem, &p, buf->n, &buf->room, 1, more);
	buf->p = p;
	return buf->status == TW_OK;
}

void tw_buf_put(struct tw_buf *buf, const char *p, size_t n)
{
	if (n == 0 || !reserve(buf, n))
		return;
	memcpy(buf->p + buf->n, p, n);
	buf->n += n;
}

void tw_buf_puts(struct tw_buf *buf, const char *s)
{
	tw_buf_put(buf, s, strlen(s));
}

void tw_buf_putc(struct tw_buf *buf, char c)
{
	if (!reserve(buf, 1))
		return;
	buf->p[buf->n++] = c;
}

void tw_buf_fill(struct tw_buf *buf, const char *s, size_t times)
{
	size_t n = strlen(s);

	if (n == 0)
		return;
	for (; times > 0 && buf->status == TW_OK; times--)
		tw_buf_put(buf, s, n);
}

void tw_buf_printf(struct tw_buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tw_buf_vprintf(buf, format, args);
	va_end(args);
}

void tw_buf_vprintf(struct tw_buf *buf, const char *format, va_list args)
{
	va_list again;
	int n;

	if (!reserve(buf, 1))
		return;
	va_copy(again, args);
	n = vsnprintf(buf->p + buf->n, buf->room - buf->n, format, again);
	va_end(again);
	if (n < 0) {
		buf->status = TW_ELIMIT;
		return;
	}
	if ((size_t)n >= buf->room - buf->n) {
		if (!reserve(buf, (size_t)n + 1))
			return;
		vsnprintf(buf->p + buf->n, (size_t)n + 1, format, args);
	}
	buf->n += (size_t)n;
}

void tw_buf_thousands(struct tw_buf *buf, uint64_t n)
{
	char digits[24];
	int count = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	for (int i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			tw_buf_putc(buf, ',');
		tw_buf_putc(buf, digits[i]);
	}
}

/*
 * One step of a long division: the next decimal digit of rest / whole, where rest < whole. Adding
 * ten times instead of multiplying cannot overflow, so all of 64 bits may be used.
 */
static unsigned next_digit(uint64_t *rest, uint64_t whole)
{
	uint64_t sum = 0;
	unsigned digit = 0;

	for (int i = 0; i < 10; i++) {
		if (sum >= whole - *rest) {
			sum -= whole - *rest;
			digit++;
		} else {
			sum += *rest;
		}
	}
	*rest = sum;
	return digit;
}

void tw_buf_percent(struct tw_buf *buf, uint64_t part, uint64_t whole, unsigned decimals)
{
	uint64_t scale = 1, value, rest;
	const char *bound = "";

	if (whole == 0) {
		tw_buf_putc(buf, '-');
		return;
	}
	if (part > whole || decimals > DECIMALS_MAX) {
		if (buf->status == TW_OK)
			buf->status = TW_EBUG;
		return;
	}
	/* `value` counts units of the last decimal; `scale` of them are one per cent. */
	value = part == whole;
	rest = part % whole;
	for (unsigned i = 0; i < 2 + decimals; i++) {
		value = value * 10 + next_digit(&rest, whole);
		scale *= i >= 2 ? 10 : 1;
	}
	if (rest >= whole - rest)
		value++;
	if (value == 0 && part > 0) {
		bound = "<";
		value = 1;
	} else if (value == 100 * scale && part < whole) {
		bound = ">";
		value--;
	}
	tw_buf_printf(buf, "%s%" PRIu64, bound, value / scale);
	if (decimals > 0)
		tw_buf_printf(buf, ".%0*" PRIu64, (int)decimals, value % scale);
}

const char *tw_buf_text(struct tw_buf *buf)
{
	if (!reserve(buf, 1))
		return NULL;
	buf->p[buf->n] = '\0';
	return buf->p;
}
