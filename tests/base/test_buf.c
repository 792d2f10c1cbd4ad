/* SPDX-License-Identifier: Apache-2.0 */

/* The output buffer: what is put is there, failures stick, and numbers for people. */

#include "test_alloc.h"

#include <inttypes.h>
#include <stdio.h>

#include "text.h"
#include "test_random.h"

static void what_is_put_is_there(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_buf buf;

	(void)state;
	tw_buf_init(&buf, mem);
	assert_string_equal(tw_buf_text(&buf), "");
	tw_buf_put(&buf, "abc", 2);
	tw_buf_put(&buf, NULL, 0);
	tw_buf_puts(&buf, "cd");
	tw_buf_putc(&buf, 'e');
	tw_buf_fill(&buf, "-=", 3);
	tw_buf_fill(&buf, "x", 0);
	tw_buf_fill(&buf, "", SIZE_MAX);
	tw_buf_printf(&buf, "%d%s", 12, "!");
	assert_string_equal(tw_buf_text(&buf), "abcde-=-=-=12!");
	assert_int_equal(buf.n, 14);
	tw_buf_put(&buf, "\0x", 2);
	assert_int_equal(buf.n, 16);
	assert_memory_equal(tw_buf_text(&buf), "abcde-=-=-=12!\0x", 17);
	assert_int_equal(tw_buf_status(&buf), TW_OK);
	tw_buf_fini(&buf);
	tw_buf_fini(&buf);
	test_mem_free(&alloc, mem);
}

static void printf_of_every_length_fits(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	char expected[300];

	(void)state;
	for (int n = 0; n < 260; n++) {
		struct tw_buf buf;

		tw_buf_init(&buf, mem);
		tw_buf_puts(&buf, "abc");
		tw_buf_printf(&buf, "%*s", n, "");
		tw_buf_printf(&buf, "%s", "z");
		snprintf(expected, sizeof(expected), "abc%*sz", n, "");
		assert_string_equal(tw_buf_text(&buf), expected);
		tw_buf_fini(&buf);
	}
	test_mem_free(&alloc, mem);
}

static void the_first_failure_sticks(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_buf buf;

	(void)state;
	tw_buf_init(&buf, mem);
	tw_buf_puts(&buf, "a");
	test_alloc_fail(&alloc, 1, false);
	tw_buf_fill(&buf, "b", 100);
	assert_int_equal(tw_buf_status(&buf), TW_ENOMEM);
	tw_buf_puts(&buf, "c");
	tw_buf_printf(&buf, "%d", 1);
	tw_buf_percent(&buf, 2, 1, 2);
	assert_int_equal(tw_buf_status(&buf), TW_ENOMEM);
	assert_null(tw_buf_text(&buf));
	tw_buf_fini(&buf);
	assert_int_equal(tw_buf_status(&buf), TW_OK);
	test_mem_free(&alloc, mem);
}

static void expect_thousands(struct tw_mem *mem, uint64_t n, const char *expected)
{
	struct tw_buf buf;

	tw_buf_init(&buf, mem);
	tw_buf_thousands(&buf, n);
	assert_string_equal(tw_buf_text(&buf), expected);
	tw_buf_fini(&buf);
}

static void thousands(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);

	(void)state;
	expect_thousands(mem, 0, "0");
	expect_thousands(mem, 7, "7");
	expect_thousands(mem, 999, "999");
	expect_thousands(mem, 1000, "1,000");
	expect_thousands(mem, 28232, "28,232");
	expect_thousands(mem, 100000, "100,000");
	expect_thousands(mem, 1000000, "1,000,000");
	expect_thousands(mem, UINT64_MAX, "18,446,744,073,709,551,615");
	test_mem_free(&alloc, mem);
}

static void expect_percent(
	struct tw_mem *mem, uint64_t part, uint64_t whole, unsigned decimals, const char *expected)
{
	struct tw_buf buf;

	tw_buf_init(&buf, mem);
	tw_buf_percent(&buf, part, whole, decimals);
	assert_string_equal(tw_buf_text(&buf), expected);
	tw_buf_fini(&buf);
}

static void percent_is_rounded_half_up(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);

	(void)state;
	expect_percent(mem, 16384, 28232, 2, "58.03");
	expect_percent(mem, 11848, 28232, 2, "41.97");
	expect_percent(mem, 1, 3, 2, "33.33");
	expect_percent(mem, 2, 3, 2, "66.67");
	expect_percent(mem, 1, 8, 2, "12.50");
	expect_percent(mem, 1, 800, 2, "0.13");
	expect_percent(mem, 1, 801, 2, "0.12");
	expect_percent(mem, 1, 2, 0, "50");
	expect_percent(mem, 1, 40, 0, "3");
	expect_percent(mem, 1, 8, 9, "12.500000000");
	expect_percent(mem, 1, 1600, 3, "0.063");
	test_mem_free(&alloc, mem);
}

static void only_nothing_is_0_and_only_all_is_100(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);

	(void)state;
	expect_percent(mem, 0, 28232, 2, "0.00");
	expect_percent(mem, 28232, 28232, 2, "100.00");
	expect_percent(mem, 0, 28232, 0, "0");
	expect_percent(mem, 28232, 28232, 0, "100");
	/* 1 of 28,232 is 0.00354 per cent. */
	expect_percent(mem, 1, 28232, 2, "<0.01");
	expect_percent(mem, 28231, 28232, 2, ">99.99");
	expect_percent(mem, 1, 64512, 0, "<1");
	expect_percent(mem, 64511, 64512, 0, ">99");
	/* Half of the last place is rounded up, so it is no longer nothing, and not all either. */
	expect_percent(mem, 1, 20000, 2, "0.01");
	expect_percent(mem, 1, 20001, 2, "<0.01");
	expect_percent(mem, 19999, 20000, 2, ">99.99");
	expect_percent(mem, 19998, 20000, 2, "99.99");
	expect_percent(mem, 1, UINT64_MAX, 2, "<0.01");
	expect_percent(mem, UINT64_MAX - 1, UINT64_MAX, 9, ">99.999999999");
	expect_percent(mem, UINT64_MAX, UINT64_MAX, 9, "100.000000000");
	expect_percent(mem, UINT64_MAX / 2, UINT64_MAX, 2, "50.00");
	test_mem_free(&alloc, mem);
}

static void a_share_that_cannot_be_is_a_fault(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_buf buf;

	(void)state;
	expect_percent(mem, 0, 0, 2, "-");
	tw_buf_init(&buf, mem);
	tw_buf_percent(&buf, 3, 2, 2);
	assert_int_equal(tw_buf_status(&buf), TW_EBUG);
	tw_buf_fini(&buf);
	tw_buf_percent(&buf, 1, 2, 10);
	assert_int_equal(tw_buf_status(&buf), TW_EBUG);
	tw_buf_fini(&buf);
	test_mem_free(&alloc, mem);
}

/* The printed hundredths h of a per cent must satisfy h - 1/2 <= 10000 * part / whole < h + 1/2. */
static void percent_agrees_with_its_definition(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct test_random random;

	(void)state;
	test_random_init(&random, __func__);
	for (int i = 0; i < 20000; i++) {
		uint64_t whole = test_random_below(&random, 1u << (1 + i % 31)) + 1;
		uint64_t part = test_random_below(&random, whole + 1), h, per_cent, rest;
		struct tw_buf buf;

		tw_buf_init(&buf, mem);
		tw_buf_percent(&buf, part, whole, 2);
		if (sscanf(tw_buf_text(&buf), "%" SCNu64 ".%2" SCNu64, &per_cent, &rest) == 2) {
			h = per_cent * 100 + rest;
			assert_true(20000 * part + whole >= 2 * h * whole);
			assert_true(20000 * part < (2 * h + 1) * whole);
			assert_true((h == 0) == (part == 0) && (h == 10000) == (part == whole));
		} else if (tw_buf_text(&buf)[0] == '<') {
			assert_true(part > 0 && 20000 * part < whole);
		} else {
			assert_true(part < whole && 20000 * (whole - part) <= whole);
		}
		tw_buf_fini(&buf);
	}
	test_mem_free(&alloc, mem);
}

static tw_status build(struct tw_mem *mem, void *ctx)
{
	struct tw_buf buf;
	tw_status status;

	(void)ctx;
	tw_buf_init(&buf, mem);
	for (int i = 0; i < 100; i++) {
		tw_buf_puts(&buf, "some text, ");
		tw_buf_printf(&buf, "%040d", i);
		tw_buf_thousands(&buf, 123456789);
		tw_buf_percent(&buf, 1, 3, 2);
	}
	status = tw_buf_status(&buf);
	assert_true((tw_buf_text(&buf) == NULL) == (status != TW_OK));
	tw_buf_fini(&buf);
	return status;
}

static void out_of_memory_is_survived(void **state)
{
	(void)state;
	assert_int_equal(tw_oom_sweep(build, NULL), TW_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_there),
		cmocka_unit_test(printf_of_every_length_fits),
		cmocka_unit_test(the_first_failure_sticks),
		cmocka_unit_test(thousands),
		cmocka_unit_test(percent_is_rounded_half_up),
		cmocka_unit_test(only_nothing_is_0_and_only_all_is_100),
		cmocka_unit_test(a_share_that_cannot_be_is_a_fault),
		cmocka_unit_test(percent_agrees_with_its_definition),
		cmocka_unit_test(out_of_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
