/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as numbers: neighbours, prefixes and ranges, exhaustively over short prefixes. */

#include "test_alloc.h"

#include "twoway/space.h"

static struct tw_addr addr(uint64_t hi, uint64_t lo)
{
	return (struct tw_addr){hi, lo};
}

static void order_and_neighbours(void **state)
{
	const struct tw_addr sorted[] = {{0, 0}, {0, 1}, {0, UINT64_MAX}, {1, 0}, {1, 1},
		{UINT64_MAX, 0}, {UINT64_MAX, UINT64_MAX}};

	(void)state;
	for (int i = 0; i < 7; i++) {
		for (int j = 0; j < 7; j++)
			assert_int_equal(tw_addr_cmp(sorted[i], sorted[j]), (i > j) - (i < j));
		assert_int_equal(tw_addr_cmp(tw_addr_prev(tw_addr_next(sorted[i])), sorted[i]), 0);
	}
	assert_int_equal(tw_addr_cmp(tw_addr_next(addr(0, UINT64_MAX)), addr(1, 0)), 0);
	assert_int_equal(tw_addr_cmp(tw_addr_prev(addr(1, 0)), addr(0, UINT64_MAX)), 0);
	assert_int_equal(tw_addr_cmp(tw_addr_next(sorted[6]), sorted[0]), 0);
	assert_int_equal(tw_addr_cmp(tw_addr_prev(sorted[0]), sorted[6]), 0);
	assert_int_equal(tw_addr_cmp(tw_addr_max(TW_IPV4), addr(0, 0xffffffff)), 0);
	assert_int_equal(tw_addr_cmp(tw_addr_max(TW_IPV6), sorted[6]), 0);
}

/* The block of `len` bits that holds bit pattern `i` in its first bits, at either end of the word.
 */
static struct tw_prefix block(unsigned family, unsigned len, uint64_t i)
{
	struct tw_prefix prefix = {{0, 0}, (uint8_t)family, (uint8_t)len};

	if (len == 0)
		return prefix;
	if (family == TW_IPV4)
		prefix.addr.lo = i << (32 - len);
	else if (len <= 64)
		prefix.addr.hi = i << (64 - len);
	else
		prefix.addr.lo = i << (128 - len);
	return prefix;
}

static void check_pair(struct tw_prefix a, struct tw_prefix b)
{
	struct tw_range ra = tw_prefix_range(a), rb = tw_prefix_range(b);
	bool inside = ra.family == rb.family && tw_addr_cmp(ra.first, rb.first) <= 0 &&
		      tw_addr_cmp(rb.last, ra.last) <= 0;

	assert_true(tw_prefix_contains(a, b) == inside);
}

/* All pairs of prefixes of up to five bits: nested or disjoint, and contained as their ranges are.
 */
static void pairs_of_short_prefixes(void **state)
{
	(void)state;
	for (unsigned la = 0; la <= 5; la++) {
		for (uint64_t a = 0; a < 1u << la; a++) {
			for (unsigned lb = 0; lb <= 5; lb++) {
				for (uint64_t b = 0; b < 1u << lb; b++) {
					bool inside = la <= lb && b >> (lb - la) == a;

					check_pair(block(4, la, a), block(4, lb, b));
					check_pair(block(6, la, a), block(6, lb, b));
					check_pair(block(4, la, a), block(6, lb, b));
					assert_true(inside == tw_prefix_contains(block(4, la, a),
								      block(4, lb, b)));
				}
			}
		}
	}
}

static void prefix_ranges(void **state)
{
	struct tw_range range = tw_prefix_range((struct tw_prefix){{0, 0x0a000000}, TW_IPV4, 8});

	(void)state;
	assert_int_equal(tw_addr_cmp(range.first, addr(0, 0x0a000000)), 0);
	assert_int_equal(tw_addr_cmp(range.last, addr(0, 0x0affffff)), 0);
	range = tw_prefix_range((struct tw_prefix){{0, 7}, TW_IPV4, 32});
	assert_int_equal(tw_addr_cmp(range.first, range.last), 0);
	range = tw_prefix_range((struct tw_prefix){{0x20010db8u, 0}, TW_IPV6, 64});
	assert_int_equal(tw_addr_cmp(range.first, addr(0x20010db8u, 0)), 0);
	assert_int_equal(tw_addr_cmp(range.last, addr(0x20010db8u, UINT64_MAX)), 0);
	range = tw_prefix_range((struct tw_prefix){{8, 0}, TW_IPV6, 63});
	assert_int_equal(tw_addr_cmp(range.last, addr(9, UINT64_MAX)), 0);
	range = tw_prefix_range((struct tw_prefix){{8, 0}, TW_IPV6, 65});
	assert_int_equal(tw_addr_cmp(range.last, addr(8, UINT64_MAX >> 1)), 0);
	range = tw_prefix_range((struct tw_prefix){{0, 0}, TW_IPV6, 0});
	assert_int_equal(tw_addr_cmp(range.last, addr(UINT64_MAX, UINT64_MAX)), 0);
}

/* The fewest blocks for lo..hi of a line of 2^bits values, by trying all aligned blocks. */
static size_t fewest(unsigned lo, unsigned hi, unsigned bits)
{
	size_t n = 0;

	while (lo <= hi) {
		unsigned size = 1u << bits;

		while (lo % size != 0 || lo + size - 1 > hi)
			size /= 2;
		lo += size;
		n++;
	}
	return n;
}

static void check_blocks(struct tw_range range, size_t want)
{
	struct tw_prefix out[254];
	size_t n = tw_range_prefixes(range, out, 254);
	struct tw_addr at = range.first;

	assert_int_equal(n, want);
	for (size_t i = 0; i < n; i++) {
		struct tw_range part = tw_prefix_range(out[i]);

		assert_int_equal(out[i].family, range.family);
		assert_int_equal(tw_addr_cmp(part.first, at), 0);
		assert_int_equal(tw_addr_cmp(part.first, out[i].addr), 0);
		at = tw_addr_next(part.last);
	}
	assert_int_equal(tw_addr_cmp(tw_addr_prev(at), range.last), 0);
}

/* All ranges of a line of 32 values: at the low end, at the high end, across the words of IPv6. */
static void ranges_to_prefixes(void **state)
{
	(void)state;
	for (unsigned lo = 0; lo < 32; lo++) {
		for (unsigned hi = lo; hi < 32; hi++) {
			size_t n = fewest(lo, hi, 5);
			struct tw_range low = {{0, lo}, {0, hi}, TW_IPV4};
			struct tw_range high = {{0, (uint64_t)lo << 27},
				{0, ((uint64_t)hi + 1) * (1 << 27) - 1}, TW_IPV4};
			struct tw_range six = {{(uint64_t)lo << 59, 0},
				{(uint64_t)hi << 59 | UINT64_MAX >> 5, UINT64_MAX}, TW_IPV6};
			struct tw_range across = {{lo >> 2, (uint64_t)(lo & 3) << 62},
				{hi >> 2, (uint64_t)(hi & 3) << 62 | UINT64_MAX >> 2}, TW_IPV6};

			check_blocks(low, n);
			check_blocks(high, n);
			check_blocks(six, n);
			check_blocks(across, n);
		}
	}
}

static void most_prefixes(void **state)
{
	struct tw_range widest = {{0, 1}, {UINT64_MAX, UINT64_MAX - 1}, TW_IPV6};
	struct tw_range none = {{0, 2}, {0, 1}, TW_IPV4};
	struct tw_prefix out[2] = {{{0, 0}, 0, 0}, {{9, 9}, 9, 9}};

	(void)state;
	check_blocks(widest, 254);
	check_blocks((struct tw_range){{0, 1}, {0, 0xfffffffe}, TW_IPV4}, 62);
	assert_int_equal(tw_range_prefixes(widest, out, 1), 254);
	assert_int_equal(out[0].len, 128);
	assert_int_equal(out[1].family, 9);
	assert_int_equal(tw_range_prefixes(none, out, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_and_neighbours),
		cmocka_unit_test(pairs_of_short_prefixes),
		cmocka_unit_test(prefix_ranges),
		cmocka_unit_test(ranges_to_prefixes),
		cmocka_unit_test(most_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
