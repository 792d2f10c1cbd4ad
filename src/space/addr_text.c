/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of addresses and CIDR blocks. Reading is strict: four decimal octets without leading
 * zeros (some programs take "010" for eight), or RFC 4291 text without a zone. Writing follows RFC
 * 5952: lower case, no leading zeros, the longest run of two or more zero groups shortened.
 */

#include <stdio.h>

#include "node.h"
#include "text.h"

static bool parse_v4(struct tw_sv text, uint32_t *ret)
{
	uint32_t addr = 0;

	for (int octet = 0; octet < 4; octet++) {
		size_t n = 0;
		uint64_t value;

		while (n < text.n && text.p[n] != '.')
			n++;
		if (!tw_parse_uint((struct tw_sv){text.p, n}, 255, &value))
			return false;
		addr = addr << 8 | (uint32_t)value;
		if ((octet < 3) != (n < text.n))
			return false;
		if (octet < 3) {
			text.p += n + 1;
			text.n -= n + 1;
		}
	}
	*ret = addr;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* One group of up to four hexadecimal digits at text[*at]; moves *at behind it. */
static bool parse_group(struct tw_sv text, size_t *at, uint16_t *ret)
{
	unsigned value = 0;
	size_t begin = *at;

	while (*at < text.n && *at - begin < 4 && hex_digit(text.p[*at]) >= 0)
		value = value << 4 | (unsigned)hex_digit(text.p[(*at)++]);
	*ret = (uint16_t)value;
	return *at > begin;
}

/*
 * The groups of an IPv6 address as written; *ret_gap is the number of groups before "::", or -1.
 * Returns the number of groups, or -1 if the text is none.
 */
static int parse_groups(struct tw_sv text, uint16_t group[8], int *ret_gap)
{
	int n = 0, gap = -1;
	size_t at = 0;

	if (text.n >= 2 && text.p[0] == ':' && text.p[1] == ':') {
		gap = 0;
		at = 2;
	}
	while (at < text.n) {
		size_t begin = at;
		uint32_t v4;

		if (n == 8 || !parse_group(text, &at, &group[n]))
			return -1;
		if (at < text.n && text.p[at] == '.') {
			if (n > 6 || !parse_v4((struct tw_sv){text.p + begin, text.n - begin}, &v4))
				return -1;
			group[n++] = (uint16_t)(v4 >> 16);
			group[n++] = (uint16_t)(v4 & 0xffff);
			break;
		}
		n++;
		if (at == text.n)
			break;
		if (text.p[at++] != ':' || at == text.n)
			return -1;
		if (text.p[at] == ':') {
			if (gap >= 0)
				return -1;
			gap = n;
			at++;
		}
	}
	*ret_gap = gap;
	return n;
}

static bool parse_v6(struct tw_sv text, struct tw_addr *ret)
{
	uint16_t group[8] = {0}, full[8] = {0};
	struct tw_addr addr = {0, 0};
	int gap = -1;
	int n = parse_groups(text, group, &gap);

	if (n < 0 || (gap < 0 && n != 8) || (gap >= 0 && n > 7))
		return false;
	for (int i = 0; i < n; i++)
		full[gap < 0 || i < gap ? i : 8 - n + i] = group[i];
	for (int i = 0; i < 8; i++) {
		addr.hi = addr.hi << 16 | addr.lo >> 48;
		addr.lo = addr.lo << 16 | full[i];
	}
	*ret = addr;
	return true;
}

enum tw_prefix_error tw_prefix_parse(const char *text, size_t size, struct tw_prefix *ret)
{
	struct tw_sv addr = {text, 0}, len = {NULL, 0};
	struct tw_prefix prefix = {.family = TW_IPV4, .len = 32};
	struct tw_addr written;
	uint32_t v4;
	uint64_t bits;

	while (addr.n < size && text[addr.n] != '/')
		addr.n++;
	if (addr.n < size)
		len = (struct tw_sv){text + addr.n + 1, size - addr.n - 1};
	if (parse_v4(addr, &v4)) {
		prefix.addr.lo = v4;
	} else if (parse_v6(addr, &prefix.addr)) {
		prefix.family = TW_IPV6;
		prefix.len = 128;
	} else {
		return TW_PREFIX_SYNTAX;
	}
	if (len.p) {
		if (!tw_parse_uint(len, prefix.len, &bits))
			return TW_PREFIX_LENGTH;
		prefix.len = (uint8_t)bits;
	}
	written = prefix.addr;
	prefix.addr = tw_prefix_range(prefix).first;
	*ret = prefix;
	return tw_addr_cmp(written, prefix.addr) == 0 ? TW_PREFIX_OK : TW_PREFIX_HOST_BITS;
}

static uint16_t group_of(struct tw_addr addr, int i)
{
	return (uint16_t)(i < 4 ? addr.hi >> (48 - 16 * i) : addr.lo >> (112 - 16 * i));
}

/* Finds the longest run of zero groups, the first of equals; returns its length. */
static int zero_run(struct tw_addr addr, int *ret_begin)
{
	int best = 0;

	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && group_of(addr, i + n) == 0)
			n++;
		if (n > best) {
			best = n;
			*ret_begin = i;
		}
	}
	return best;
}

/* Writes a number up to 999; returns its digits. */
static size_t put_number(char *out, unsigned n)
{
	size_t at = 0;

	if (n >= 100)
		out[at++] = (char)('0' + n / 100);
	if (n >= 10)
		out[at++] = (char)('0' + n / 10 % 10);
	out[at++] = (char)('0' + n % 10);
	return at;
}

static size_t put_v4(char *out, uint32_t addr)
{
	size_t at = 0;

	for (int shift = 24; shift >= 0; shift -= 8) {
		at += put_number(out + at, addr >> shift & 255);
		out[at++] = '.';
	}
	return at - 1;
}

const char *tw_addr_text(struct tw_addr addr, enum tw_family family, char buf[TW_PREFIX_TEXT])
{
	static const char mapped_prefix[] = "::ffff:";
	bool mapped = addr.hi == 0 && addr.lo >> 32 == 0xffff;
	int begin = 0, run;
	size_t at = 0;

	if (family != TW_IPV6 || mapped) {
		/* RFC 5952 section 5: IPv4-mapped addresses end in dotted decimal. */
		if (family == TW_IPV6) {
			at = sizeof(mapped_prefix) - 1;
			memcpy(buf, mapped_prefix, at);
		}
		at += put_v4(buf + at, (uint32_t)addr.lo);
		buf[at] = '\0';
		return buf;
	}
	run = zero_run(addr, &begin);
	for (int i = 0; i < 8; i++) {
		if (run >= 2 && i == begin) {
			buf[at++] = ':';
			i += run - 1;
			if (i == 7)
				buf[at++] = ':';
			continue;
		}
		at += (size_t)snprintf(buf + at, TW_PREFIX_TEXT - at, "%s%x", i > 0 ? ":" : "",
			(unsigned)group_of(addr, i));
	}
	buf[at] = '\0';
	return buf;
}

const char *tw_prefix_text(struct tw_prefix prefix, char buf[TW_PREFIX_TEXT])
{
	size_t at;

	tw_addr_text(prefix.addr, prefix.family == TW_IPV6 ? TW_IPV6 : TW_IPV4, buf);
	at = strlen(buf);
	buf[at++] = '/';
	at += put_number(buf + at, prefix.len);
	buf[at] = '\0';
	return buf;
}
