/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses, CIDR blocks and ranges of both families as numbers of two 64-bit words. Everything
 * here is arithmetic on values; the text of addresses is in addr_text.c.
 */

#include "node.h"

int tw_addr_cmp(struct tw_addr a, struct tw_addr b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	if (a.lo != b.lo)
		return a.lo < b.lo ? -1 : 1;
	return 0;
}

struct tw_addr tw_addr_max(enum tw_family family)
{
	if (family == TW_IPV6)
		return (struct tw_addr){UINT64_MAX, UINT64_MAX};
	return (struct tw_addr){0, UINT32_MAX};
}

struct tw_addr tw_addr_next(struct tw_addr a)
{
	a.lo++;
	if (a.lo == 0)
		a.hi++;
	return a;
}

struct tw_addr tw_addr_prev(struct tw_addr a)
{
	if (a.lo == 0)
		a.hi--;
	a.lo--;
	return a;
}

/* The number of address bits behind a prefix of this length. */
static unsigned host_bits(uint8_t family, unsigned len)
{
	unsigned bits = family == TW_IPV6 ? 128 : 32;

	return len < bits ? bits - len : 0;
}

/* A number of `bits` ones. */
static struct tw_addr ones(unsigned bits)
{
	if (bits >= 128)
		return (struct tw_addr){UINT64_MAX, UINT64_MAX};
	if (bits > 64)
		return (struct tw_addr){UINT64_MAX >> (128 - bits), UINT64_MAX};
	if (bits == 0)
		return (struct tw_addr){0, 0};
	return (struct tw_addr){0, UINT64_MAX >> (64 - bits)};
}

struct tw_range tw_prefix_range(struct tw_prefix prefix)
{
	struct tw_addr host = ones(host_bits(prefix.family, prefix.len));
	struct tw_range range = {.family = prefix.family};

	range.first.hi = prefix.addr.hi & ~host.hi;
	range.first.lo = prefix.addr.lo & ~host.lo;
	range.last.hi = prefix.addr.hi | host.hi;
	range.last.lo = prefix.addr.lo | host.lo;
	return range;
}

bool tw_prefix_contains(struct tw_prefix outer, struct tw_prefix inner)
{
	struct tw_range range = tw_prefix_range(outer);

	return outer.family == inner.family && outer.len <= inner.len &&
	       tw_addr_cmp(range.first, inner.addr) <= 0 &&
	       tw_addr_cmp(inner.addr, range.last) <= 0;
}

/* Zero bits at the low end of an address, at most `width`. */
static unsigned low_zeros(struct tw_addr a, unsigned width)
{
	if (a.lo != 0)
		return (unsigned)__builtin_ctzll(a.lo);
	return a.hi != 0 ? 64 + (unsigned)__builtin_ctzll(a.hi) : width;
}

/* The number of bits up to the highest one. */
static unsigned bit_length(struct tw_addr a)
{
	if (a.hi != 0)
		return 128 - (unsigned)__builtin_clzll(a.hi);
	return a.lo != 0 ? 64 - (unsigned)__builtin_clzll(a.lo) : 0;
}

/* The largest number of host bits of a block that begins at `first` and ends at or before `last`.
 */
static unsigned block_bits(struct tw_addr first, struct tw_addr last, unsigned width)
{
	unsigned aligned = low_zeros(first, width), fits;
	struct tw_addr more = {last.hi - first.hi - (last.lo < first.lo), last.lo - first.lo};

	fits = bit_length(more);
	if (tw_addr_cmp(more, ones(fits)) < 0)
		fits--;
	return aligned < fits ? aligned : fits;
}

size_t tw_range_prefixes(struct tw_range range, struct tw_prefix *out, size_t room)
{
	unsigned width = range.family == TW_IPV6 ? 128 : 32;
	struct tw_addr first = range.first;
	size_t n = 0;

	if (tw_addr_cmp(range.first, range.last) > 0)
		return 0;
	for (;;) {
		unsigned bits = block_bits(first, range.last, width);
		struct tw_addr host = ones(bits);
		struct tw_addr end = {first.hi | host.hi, first.lo | host.lo};

		if (n < room)
			out[n] = (struct tw_prefix){.addr = first,
				.family = range.family,
				.len = (uint8_t)(width - bits)};
		n++;
		if (tw_addr_cmp(end, range.last) >= 0)
			return n;
		first = tw_addr_next(end);
	}
}
