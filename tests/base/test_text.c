/* SPDX-License-Identifier: Apache-2.0 */

/* Views of bytes, and strict numbers. */

#include "test_alloc.h"

#include "text.h"

static void views_compare_by_bytes(void **state)
{
	(void)state;
	assert_true(tw_sv_eq(tw_sv_of("acl"), TW_SV("acl")));
	assert_false(tw_sv_eq(TW_SV("acl"), TW_SV("acl-1")));
	assert_false(tw_sv_eq(TW_SV("acl"), TW_SV("ACL")));
	assert_true(tw_sv_eq(tw_sv_of(NULL), TW_SV("")));
	assert_true(tw_sv_eq((struct tw_sv){NULL, 0}, TW_SV("")));
	assert_true(tw_sv_is(TW_SV("acl"), "acl"));
	assert_false(tw_sv_is(TW_SV("a\0b"), "a"));
	assert_true(tw_sv_is((struct tw_sv){NULL, 0}, ""));
}

static void the_shorter_prefix_comes_first(void **state)
{
	(void)state;
	assert_int_equal(tw_sv_cmp(TW_SV("a"), TW_SV("b")), -1);
	assert_int_equal(tw_sv_cmp(TW_SV("b"), TW_SV("a")), 1);
	assert_int_equal(tw_sv_cmp(TW_SV("a"), TW_SV("ab")), -1);
	assert_int_equal(tw_sv_cmp(TW_SV("ab"), TW_SV("a")), 1);
	assert_int_equal(tw_sv_cmp(TW_SV("ab"), TW_SV("ab")), 0);
	assert_int_equal(tw_sv_cmp(TW_SV(""), TW_SV("")), 0);
	assert_int_equal(tw_sv_cmp((struct tw_sv){NULL, 0}, TW_SV("a")), -1);
	/* Bytes are unsigned: U+00E9 comes behind "z". */
	assert_int_equal(tw_sv_cmp(TW_SV("\xc3\xa9"), TW_SV("z")), 1);
}

static void prefixes(void **state)
{
	(void)state;
	assert_true(tw_sv_starts(TW_SV("acl-1"), "acl-"));
	assert_true(tw_sv_starts(TW_SV("acl-"), "acl-"));
	assert_true(tw_sv_starts(TW_SV("acl-"), ""));
	assert_false(tw_sv_starts(TW_SV("acl"), "acl-"));
	assert_false(tw_sv_starts(TW_SV("xacl-"), "acl-"));
}

static bool uint_is(const char *text, uint64_t max, uint64_t expected)
{
	uint64_t n = expected + 1;

	return tw_parse_uint(tw_sv_of(text), max, &n) && n == expected;
}

static bool uint_bad(struct tw_sv text, uint64_t max)
{
	uint64_t n = 4711;

	return !tw_parse_uint(text, max, &n) && n == 4711;
}

static void numbers_without_sign(void **state)
{
	static const char *const bad[] = {"", " ", "-1", "+1", " 1", "1 ", "01", "00", "0x1", "1.0",
		"1e3", "1,000", "a", "65536", "65540", "655360", "99999999999999999999999", "/",
		":"};

	(void)state;
	assert_true(uint_is("0", 65535, 0));
	assert_true(uint_is("0", 0, 0));
	assert_true(uint_is("443", 65535, 443));
	assert_true(uint_is("65535", 65535, 65535));
	assert_true(uint_is("18446744073709551615", UINT64_MAX, UINT64_MAX));
	for (size_t i = 0; i < TW_COUNT(bad); i++)
		if (!uint_bad(tw_sv_of(bad[i]), 65535))
			fail_msg("\"%s\" was taken for a number", bad[i]);
	assert_true(uint_bad(TW_SV("18446744073709551616"), UINT64_MAX));
	assert_true(uint_bad(TW_SV("18446744073709551620"), UINT64_MAX));
	assert_true(uint_bad(TW_SV("184467440737095516150"), UINT64_MAX));
	assert_true(uint_bad(TW_SV("1\0"), 65535));
	assert_true(uint_bad((struct tw_sv){NULL, 0}, 65535));
	assert_true(uint_bad(TW_SV("1"), 0));
}

static bool int_is(const char *text, int64_t min, int64_t max, int64_t expected)
{
	int64_t n = expected ^ 1;

	return tw_parse_int(tw_sv_of(text), min, max, &n) && n == expected;
}

static bool int_bad(const char *text, int64_t min, int64_t max)
{
	int64_t n = 4711;

	return !tw_parse_int(tw_sv_of(text), min, max, &n) && n == 4711;
}

static void numbers_with_sign(void **state)
{
	(void)state;
	assert_true(int_is("-1", -1, 65535, -1));
	assert_true(int_is("0", -1, 65535, 0));
	assert_true(int_is("-0", -1, 65535, 0));
	assert_true(int_is("65535", -1, 65535, 65535));
	assert_true(int_is("9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX));
	assert_true(int_is("-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN));
	assert_true(int_is("-9223372036854775807", INT64_MIN, INT64_MAX, INT64_MIN + 1));
	assert_true(int_bad("-2", -1, 65535));
	assert_true(int_bad("65536", -1, 65535));
	assert_true(int_bad("4", 5, 6));
	assert_true(int_bad("9223372036854775808", INT64_MIN, INT64_MAX));
	assert_true(int_bad("-9223372036854775809", INT64_MIN, INT64_MAX));
	assert_true(int_bad("-", INT64_MIN, INT64_MAX));
	assert_true(int_bad("", INT64_MIN, INT64_MAX));
	assert_true(int_bad("--1", INT64_MIN, INT64_MAX));
	assert_true(int_bad("+1", INT64_MIN, INT64_MAX));
	assert_true(int_bad("-01", INT64_MIN, INT64_MAX));
	assert_true(int_bad(NULL, INT64_MIN, INT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_compare_by_bytes),
		cmocka_unit_test(the_shorter_prefix_comes_first),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(numbers_without_sign),
		cmocka_unit_test(numbers_with_sign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
