/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Views of bytes, and numbers read from them. Numbers are read strictly: "010", "+1", " 1" and "1 "
 * mean different things to different tools, so they mean nothing here.
 */

#include "text.h"

struct tw_sv tw_sv_of(const char *s)
{
	return s != NULL ? (struct tw_sv){s, strlen(s)} : (struct tw_sv){"", 0};
}

bool tw_sv_eq(struct tw_sv a, struct tw_sv b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool tw_sv_is(struct tw_sv a, const char *s)
{
	return tw_sv_eq(a, tw_sv_of(s));
}

int tw_sv_cmp(struct tw_sv a, struct tw_sv b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

	if (order != 0)
		return order < 0 ? -1 : 1;
	return (a.n > b.n) - (a.n < b.n);
}

bool tw_sv_starts(struct tw_sv a, const char *prefix)
{
	struct tw_sv b = tw_sv_of(prefix);

	return a.n >= b.n && tw_sv_eq((struct tw_sv){a.p, b.n}, b);
}

bool tw_parse_uint(struct tw_sv text, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;

	if (text.n == 0 || (text.n > 1 && text.p[0] == '0'))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned digit = (unsigned)(unsigned char)text.p[i] - '0';

		if (digit > 9 || n > max / 10 || digit > max - n * 10)
			return false;
		n = n * 10 + digit;
	}
	*ret = n;
	return true;
}

bool tw_parse_int(struct tw_sv text, int64_t min, int64_t max, int64_t *ret)
{
	bool minus = text.n > 0 && text.p[0] == '-';
	int64_t value;
	uint64_t n;

	if (minus)
		text = (struct tw_sv){text.p + 1, text.n - 1};
	if (!tw_parse_uint(text, minus ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX, &n))
		return false;
	/* -(n - 1) - 1, because INT64_MIN has no positive counterpart. */
	value = minus && n > 0 ? -(int64_t)(n - 1) - 1 : (int64_t)n;
	if (value < min || value > max)
		return false;
	*ret = value;
	return true;
}
