/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Minimal rule lists: cases worked out by hand, and the bare set cover against all choices, one by
 * one. Larger ones are compared by oracle_cover.py, through the program.
 */
#include "test_alloc.h"

#include <stdio.h>

#include "cover.h"

struct world {
	struct tw_mem *mem;
	struct tw_arena arena;
};

static void begin(struct world *w)
{
	assert_int_equal(tw_mem_new(NULL, 0, &w->mem), TW_OK);
	tw_arena_init(&w->arena, w->mem);
}

static void end(struct world *w)
{
	tw_arena_fini(&w->arena);
	assert_int_equal(tw_mem_used(w->mem), 0);
	tw_mem_free(w->mem);
}

static struct tw_cover_box box(
	const char *cidr, int protocol, unsigned lo, unsigned hi, enum tw_cover_part part)
{
	struct tw_cover_box out = {
		.protocol = (int16_t)protocol, .ports = {(uint16_t)lo, (uint16_t)hi}, .part = part};

	assert_int_equal(tw_prefix_parse(cidr, strlen(cidr), &out.cidr), TW_PREFIX_OK);
	return out;
}

/* "10.0.0.0/8 6 80-443", in the order of the call's result. */
static void assert_cover(
	const struct tw_cover_box *in, size_t n, const char *const *expected, size_t expected_n)
{
	struct world w;
	struct tw_cover cover;
	char text[128], block[TW_PREFIX_TEXT];

	begin(&w);
	assert_int_equal(tw_cover(&w.arena, in, n, &cover), TW_OK);
	assert_true(cover.exact && cover.whole);
	assert_int_equal(cover.n, expected_n);
	for (size_t i = 0; i < expected_n; i++) {
		bool found = false;
		for (size_t k = 0; k < cover.n; k++) {
			const struct tw_cover_box *rule = &cover.rule[k];
			snprintf(text, sizeof(text), "%s %d %u-%u",
				tw_prefix_text(rule->cidr, block), rule->protocol,
				(unsigned)rule->ports.lo, (unsigned)rule->ports.hi);
			found |= strcmp(text, expected[i]) == 0;
		}
		if (!found)
			fail_msg("%s is not among the rules", expected[i]);
	}
	end(&w);
}
#define COVER(in, ...)                                                                             \
	assert_cover((in), TW_COUNT(in), (const char *const[]){__VA_ARGS__},                       \
		TW_COUNT(((const char *const[]){__VA_ARGS__})))

static void test_joins(void **state)
{
	(void)state;
	const struct tw_cover_box halves[] = {box("10.0.0.0/9", 6, 80, 80, TW_COVER_MUST),
		box("10.128.0.0/9", 6, 80, 80, TW_COVER_MUST)};
	COVER(halves, "10.0.0.0/8 6 80-80");
	const struct tw_cover_box ports[] = {box("10.0.0.0/8", 6, 80, 81, TW_COVER_MUST),
		box("10.0.0.0/8", 6, 82, 90, TW_COVER_MUST),
		box("10.1.0.0/16", 6, 85, 85, TW_COVER_MUST)};
	COVER(ports, "10.0.0.0/8 6 80-90");
	const struct tw_cover_box all[] = {box("::/0", -1, 0, 65535, TW_COVER_MUST),
		box("2001:db8::/32", 17, 53, 53, TW_COVER_MUST)};
	COVER(all, "::/0 -1 0-65535");
}

/* An L of two rules stays two, and each keeps what somebody asked for. */
static void test_overlap(void **state)
{
	(void)state;
	const struct tw_cover_box in[] = {box("0.0.0.0/0", 6, 32768, 65535, TW_COVER_MUST),
		box("10.0.0.0/8", 6, 1024, 65535, TW_COVER_MUST)};
	COVER(in, "0.0.0.0/0 6 32768-65535", "10.0.0.0/8 6 1024-65535");
	const struct tw_cover_box step[] = {box("0.0.0.0/0", 6, 1024, 65535, TW_COVER_MUST),
		box("10.0.0.0/8", 6, 1000, 1023, TW_COVER_MUST)};
	COVER(step, "0.0.0.0/0 6 1024-65535", "10.0.0.0/8 6 1000-1023");
}

static void test_bounds(void **state)
{
	(void)state;
	/* One deny of two ports that nobody misses between. */
	const struct tw_cover_box may[] = {box("10.0.0.0/8", 6, 22, 22, TW_COVER_MUST),
		box("10.0.0.0/8", 6, 25, 25, TW_COVER_MUST),
		box("10.0.0.0/8", 6, 20, 30, TW_COVER_MAY)};
	COVER(may, "10.0.0.0/8 6 22-25");
	const struct tw_cover_box not [] = {box("10.0.0.0/8", 6, 22, 22, TW_COVER_MUST),
		box("10.0.0.0/8", 6, 25, 25, TW_COVER_MUST),
		box("10.0.0.0/8", 6, 20, 30, TW_COVER_MAY),
		box("10.3.0.0/16", 6, 24, 24, TW_COVER_NOT)};
	COVER(not, "10.0.0.0/8 6 22-22", "10.0.0.0/8 6 25-25");
}

static void test_icmp(void **state)
{
	(void)state;
	const struct tw_cover_box type[] = {
		box("10.0.0.0/8", 1, TW_ICMP(8, 0), TW_ICMP(8, 0), TW_COVER_MUST),
		box("10.0.0.0/8", 1, TW_ICMP(8, 0), TW_ICMP(8, 255), TW_COVER_MUST)};
	COVER(type, "10.0.0.0/8 1 2048-2303");
	const struct tw_cover_box codes[] = {
		box("10.0.0.0/8", 1, TW_ICMP(3, 3), TW_ICMP(3, 3), TW_COVER_MUST),
		box("10.0.0.0/8", 1, TW_ICMP(3, 4), TW_ICMP(3, 4), TW_COVER_MUST)};
	COVER(codes, "10.0.0.0/8 1 771-771", "10.0.0.0/8 1 772-772");
}

/* No rule says "type 8, but not code 0". */
static void test_not_whole(void **state)
{
	(void)state;
	const struct tw_cover_box in[] = {
		box("10.0.0.0/8", 1, TW_ICMP(8, 0), TW_ICMP(8, 255), TW_COVER_MUST),
		box("10.0.0.0/8", 1, TW_ICMP(8, 0), TW_ICMP(8, 0), TW_COVER_NOT)};
	struct world w;
	struct tw_cover cover;
	begin(&w);
	assert_int_equal(tw_cover(&w.arena, in, 2, &cover), TW_OK);
	assert_false(cover.whole);
	assert_int_equal(cover.n, 0);
	end(&w);
}

/* ---- the bare problem ------------------------------------------------------------------------ */

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* The size of the smallest choice, by trying all. */
static size_t try_all(const uint64_t *cell, size_t cells, size_t candidates)
{
	size_t best = candidates;

	for (uint64_t choice = 0; choice < (uint64_t)1 << candidates; choice++) {
		size_t n = 0;
		bool good = true;
		for (size_t i = 0; i < candidates; i++)
			n += choice >> i & 1;
		for (size_t i = 0; i < cells && good; i++)
			good = (cell[i] & choice) != 0;
		best = good && n < best ? n : best;
	}
	return best;
}

static size_t solve(
	struct tw_mem *mem, const uint64_t *cell, size_t cells, size_t candidates, bool *ret_exact)
{
	const struct tw_cells in = {cell, cells, candidates, 1};
	bool chosen[64];
	uint64_t choice = 0;
	size_t n = 0;

	assert_int_equal(tw_set_cover(mem, &in, chosen, ret_exact), TW_OK);
	for (size_t i = 0; i < candidates; i++) {
		choice |= (uint64_t)chosen[i] << i;
		n += chosen[i];
	}
	for (size_t i = 0; i < cells; i++)
		assert_true((cell[i] & choice) != 0);
	return n;
}

static void test_all_choices(void **state)
{
	(void)state;
	uint64_t seed = 20261128, cell[40];
	struct world w;

	begin(&w);
	for (int round = 0; round < 600; round++) {
		size_t candidates = 1 + next(&seed) % 13, cells = 1 + next(&seed) % 40;
		bool exact;
		for (size_t i = 0; i < cells; i++) {
			uint64_t all = ((uint64_t)1 << candidates) - 1;
			cell[i] = next(&seed) & next(&seed) & all;
			if (cell[i] == 0)
				cell[i] = (uint64_t)1 << next(&seed) % candidates;
		}
		size_t n = solve(w.mem, cell, cells, candidates, &exact);
		assert_true(exact);
		assert_int_equal(n, try_all(cell, cells, candidates));
	}
	end(&w);
}

/* 400 cells with three of 60 candidates each: too hard to finish, and it says so. */
static void test_cut_off(void **state)
{
	(void)state;
	enum { CELLS = 400, CANDIDATES = 60 };
	uint64_t seed = 7, cell[CELLS];
	struct world w;
	bool exact = true;

	begin(&w);
	for (size_t i = 0; i < CELLS; i++) {
		cell[i] = 0;
		while (__builtin_popcountll(cell[i]) < 3)
			cell[i] |= (uint64_t)1 << next(&seed) % CANDIDATES;
	}
	size_t n = solve(w.mem, cell, CELLS, CANDIDATES, &exact);
	assert_false(exact);
	assert_true(n > 20 && n < CANDIDATES);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_joins),
		cmocka_unit_test(test_overlap), cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_icmp), cmocka_unit_test(test_not_whole),
		cmocka_unit_test(test_all_choices), cmocka_unit_test(test_cut_off)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
