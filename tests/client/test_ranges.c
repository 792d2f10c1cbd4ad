/* SPDX-License-Identifier: Apache-2.0 */

/* Clients of one's own: text to ranges, what is refused, and that ranges stay sorted and apart. */

#include "test_alloc.h"

#include <stdio.h>
#include <stdlib.h>

#include "ranges.h"
#include "test_random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_ranges(const struct tw_client *c, const struct tw_ports *want, size_t n)
{
	assert_int_equal(c->ranges, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(c->range[i].lo, want[i].lo);
		assert_int_equal(c->range[i].hi, want[i].hi);
	}
}

static void test_good(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		struct tw_ports range[3];
	} row[] = {
		{"40000-44999", 1, {{40000, 44999}}},
		{"1024-2047,4096", 2, {{1024, 2047}, {4096, 4096}}},
		{"4096", 1, {{4096, 4096}}},
		{"1-65535", 1, {{1, 65535}}},
		{"65535", 1, {{65535, 65535}}},
		{"5000-6000,1000-2000", 2, {{1000, 2000}, {5000, 6000}}},
		{"1000-2000,2001-3000", 1, {{1000, 3000}}},
		{"1000-2000,1500-1600", 1, {{1000, 2000}}},
		{"1-2,5-6,3-4", 1, {{1, 6}}},
		{"10,8,6,7,9,20,65535", 3, {{6, 10}, {20, 20}, {65535, 65535}}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct tw_client c;

		if (!tw_client_from_range(row[i].text, &c))
			fail_msg("refused: %s", row[i].text);
		assert_ptr_equal(c.id, row[i].text); /* the caller keeps it */
		assert_int_equal(c.picks, TW_PICKS_UNPUBLISHED);
		assert_string_equal(c.source, "command line");
		assert_string_equal(c.note, "");
		assert_string_equal(c.reference, "");
		assert_non_null(c.title);
		assert_ranges(&c, row[i].range, row[i].n);
	}
}

static void test_bad(void **state)
{
	static const char *const row[] = {"", "0", "0-65535", "0-1", "65536", "1-65536", "5-4", "-",
		"-5", "5-", "5--6", "5-6-7", "1,", ",1", "1,,2", "1, 2", " 1", "1 ", "a", "1-b",
		"+1", "0x10", "01-02", "linux", "99999999999999999999", "1024-2047;4096",
		/* 17 ranges that do not touch */
		"1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33"};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct tw_client c = {.id = "before"};

		if (tw_client_from_range(row[i], &c))
			fail_msg("accepted: %s", row[i]);
		assert_string_equal(c.id, "before");
	}
}

static void test_ports_may_begin_at_zero(void **state)
{
	struct tw_ports ports = {1, 1};

	(void)state;
	assert_true(tw_ports_parse(TW_SV("0-65535"), &ports));
	assert_int_equal(ports.lo, 0);
	assert_int_equal(ports.hi, 65535);
	assert_true(tw_ports_parse(TW_SV("0"), &ports));
	assert_int_equal(ports.hi, 0);
	assert_false(tw_ports_parse((struct tw_sv){NULL, 0}, &ports));
}

static void test_room(void **state)
{
	struct tw_client c = {.id = "room"}, before;

	(void)state;
	for (uint16_t i = 0; i < TW_CLIENT_RANGES; i++)
		assert_true(tw_client_add(
			&c, (struct tw_ports){(uint16_t)(100 + 10 * i), (uint16_t)(101 + 10 * i)}));
	before = c;
	assert_false(tw_client_add(&c, (struct tw_ports){5000, 5000}));
	assert_false(tw_client_add(&c, (struct tw_ports){105, 105}));
	assert_memory_equal(&c, &before, sizeof(c));
	/* What touches ranges needs no room; what joins two makes some. */
	assert_true(tw_client_add(&c, (struct tw_ports){102, 109}));
	assert_int_equal(c.ranges, TW_CLIENT_RANGES - 1);
	assert_true(tw_client_add(&c, (struct tw_ports){5000, 5000}));
	assert_true(tw_client_add(&c, (struct tw_ports){1, 65535}));
	assert_int_equal(c.ranges, 1);
}

/* Ranges in any order against a plain set of ports. */
static void test_random_adds(void **state)
{
	bool *has = malloc(65536 * sizeof(*has));
	struct test_random random;

	(void)state;
	assert_non_null(has);
	test_random_init(&random, "client ranges");
	for (int round = 0; round < 300; round++) {
		struct tw_client c = {.id = "random"};
		size_t pieces = 1 + (size_t)test_random_below(&random, TW_CLIENT_RANGES);
		/* In a short line ranges often touch at both ends. */
		uint32_t line = test_random_below(&random, 2) > 0 ? 40 : 65535;
		uint32_t total = 0;

		memset(has, 0, 65536 * sizeof(*has));
		for (size_t i = 0; i < pieces; i++) {
			uint32_t lo = 1 + (uint32_t)test_random_below(&random, line);
			uint32_t hi = lo + (uint32_t)test_random_below(&random, line / 8);

			hi = hi > 65535 ? 65535 : hi;
			for (uint32_t p = lo; p <= hi; p++)
				has[p] = true;
			assert_true(
				tw_client_add(&c, (struct tw_ports){(uint16_t)lo, (uint16_t)hi}));
		}
		for (uint32_t p = 0; p < 65536; p++)
			total += has[p];
		assert_int_equal(tw_client_total(&c), total);
		for (size_t i = 0; i < c.ranges; i++) {
			for (uint32_t p = c.range[i].lo; p <= c.range[i].hi; p++)
				assert_true(has[p]);
			if (i > 0)
				assert_true(c.range[i - 1].hi + 1 < c.range[i].lo);
		}
	}
	free(has);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_ports_may_begin_at_zero),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_random_adds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
