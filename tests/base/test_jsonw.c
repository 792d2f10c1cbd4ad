/* SPDX-License-Identifier: Apache-2.0 */

/* The JSON writer: layout, escapes, and that misuse cannot make bad JSON unseen. */

#include "test_alloc.h"

#include "jsonw.h"

struct fixture {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_buf buf;
	struct tw_jsonw w;
};

static void begin(struct fixture *f)
{
	f->mem = test_mem_new(&f->alloc);
	tw_buf_init(&f->buf, f->mem);
	tw_jsonw_init(&f->w, &f->buf);
}

static void end(struct fixture *f)
{
	tw_buf_fini(&f->buf);
	test_mem_free(&f->alloc, f->mem);
}

static void expect(struct fixture *f, const char *expected)
{
	assert_int_equal(tw_buf_status(&f->buf), TW_OK);
	assert_string_equal(tw_buf_text(&f->buf), expected);
	end(f);
}

static void one_member_a_line(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	tw_jsonw_object(&f.w, false);
	tw_jsonw_key(&f.w, "a");
	tw_jsonw_uint(&f.w, 1);
	tw_jsonw_key(&f.w, "b");
	tw_jsonw_array(&f.w, false);
	tw_jsonw_str(&f.w, "x");
	tw_jsonw_null(&f.w);
	tw_jsonw_str(&f.w, NULL);
	tw_jsonw_object(&f.w, false);
	tw_jsonw_key(&f.w, "c");
	tw_jsonw_bool(&f.w, true);
	tw_jsonw_end_object(&f.w);
	tw_jsonw_end_array(&f.w);
	tw_jsonw_key(&f.w, "d");
	tw_jsonw_bool(&f.w, false);
	tw_jsonw_end_object(&f.w);
	expect(&f, "{\n"
		   "  \"a\": 1,\n"
		   "  \"b\": [\n"
		   "    \"x\",\n"
		   "    null,\n"
		   "    null,\n"
		   "    {\n"
		   "      \"c\": true\n"
		   "    }\n"
		   "  ],\n"
		   "  \"d\": false\n"
		   "}");
}

static void tight_containers_are_one_line(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	tw_jsonw_array(&f.w, false);
	tw_jsonw_object(&f.w, true);
	tw_jsonw_key(&f.w, "a");
	tw_jsonw_uint(&f.w, 1);
	tw_jsonw_key(&f.w, "b");
	/* Inside a tight one, all are tight. */
	tw_jsonw_array(&f.w, false);
	tw_jsonw_uint(&f.w, 1);
	tw_jsonw_array(&f.w, true);
	tw_jsonw_uint(&f.w, 2);
	tw_jsonw_uint(&f.w, UINT64_MAX);
	tw_jsonw_end_array(&f.w);
	tw_jsonw_end_array(&f.w);
	tw_jsonw_key(&f.w, "c");
	tw_jsonw_null(&f.w);
	tw_jsonw_end_object(&f.w);
	tw_jsonw_uint(&f.w, 3);
	tw_jsonw_end_array(&f.w);
	expect(&f, "[\n"
		   "  {\"a\": 1, \"b\": [1, [2, 18446744073709551615]], \"c\": null},\n"
		   "  3\n"
		   "]");
}

static void empty_containers(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	tw_jsonw_object(&f.w, false);
	tw_jsonw_key(&f.w, "a");
	tw_jsonw_array(&f.w, false);
	tw_jsonw_end_array(&f.w);
	tw_jsonw_key(&f.w, "b");
	tw_jsonw_object(&f.w, true);
	tw_jsonw_end_object(&f.w);
	tw_jsonw_end_object(&f.w);
	expect(&f, "{\n  \"a\": [],\n  \"b\": {}\n}");
	begin(&f);
	tw_jsonw_array(&f.w, false);
	tw_jsonw_end_array(&f.w);
	expect(&f, "[]");
}

static void expect_escaped(const char *p, size_t n, const char *expected)
{
	struct fixture f;

	begin(&f);
	tw_jsonw_strn(&f.w, p, n);
	expect(&f, expected);
}

#define EXPECT_ESCAPED(literal, expected) expect_escaped((literal), sizeof(literal) - 1, (expected))

static void strings_are_escaped(void **state)
{
	(void)state;
	EXPECT_ESCAPED("", "\"\"");
	EXPECT_ESCAPED("a/b 'c'", "\"a/b 'c'\"");
	EXPECT_ESCAPED("\"\\", "\"\\\"\\\\\"");
	EXPECT_ESCAPED("a\b\f\n\r\tz", "\"a\\b\\f\\n\\r\\tz\"");
	EXPECT_ESCAPED("\0\x01\x1f\x20\x7f", "\"\\u0000\\u0001\\u001f \\u007f\"");
	EXPECT_ESCAPED("\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\"\\u0080\\u009b\\u009f\xc2\xa0\"");
	EXPECT_ESCAPED("\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\"");
	EXPECT_ESCAPED("a\xff"
		       "b",
		"\"a\xef\xbf\xbd"
		"b\"");
	EXPECT_ESCAPED("\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	EXPECT_ESCAPED("\xe6\x97", "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	EXPECT_ESCAPED("\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void keys_are_escaped(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	tw_jsonw_object(&f.w, true);
	tw_jsonw_key(&f.w, "a\"\n\xff");
	tw_jsonw_str(&f.w, "");
	tw_jsonw_end_object(&f.w);
	expect(&f, "{\"a\\\"\\n\xef\xbf\xbd\": \"\"}");
}

static void depth_is_bounded(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	for (int i = 0; i < TW_JSONW_DEPTH; i++)
		tw_jsonw_array(&f.w, true);
	for (int i = 0; i < TW_JSONW_DEPTH; i++)
		tw_jsonw_end_array(&f.w);
	assert_int_equal(f.buf.n, 2 * TW_JSONW_DEPTH);
	assert_int_equal(tw_buf_status(&f.buf), TW_OK);
	end(&f);
	begin(&f);
	for (int i = 0; i <= TW_JSONW_DEPTH; i++)
		tw_jsonw_array(&f.w, true);
	assert_int_equal(tw_buf_status(&f.buf), TW_EBUG);
	end(&f);
}

static void value_without_key(struct tw_jsonw *w)
{
	tw_jsonw_object(w, false);
	tw_jsonw_uint(w, 1);
}

static void container_without_key(struct tw_jsonw *w)
{
	tw_jsonw_object(w, false);
	tw_jsonw_array(w, false);
}

static void key_without_value(struct tw_jsonw *w)
{
	tw_jsonw_object(w, false);
	tw_jsonw_key(w, "a");
	tw_jsonw_end_object(w);
}

static void key_after_key(struct tw_jsonw *w)
{
	tw_jsonw_object(w, false);
	tw_jsonw_key(w, "a");
	tw_jsonw_key(w, "b");
}

static void key_in_array(struct tw_jsonw *w)
{
	tw_jsonw_array(w, true);
	tw_jsonw_key(w, "a");
}

static void key_at_the_top(struct tw_jsonw *w)
{
	tw_jsonw_key(w, "a");
}

static void closed_too_often(struct tw_jsonw *w)
{
	tw_jsonw_array(w, true);
	tw_jsonw_end_array(w);
	tw_jsonw_end_array(w);
}

static void closed_as_the_other_kind(struct tw_jsonw *w)
{
	tw_jsonw_array(w, true);
	tw_jsonw_end_object(w);
}

static void two_values_at_the_top(struct tw_jsonw *w)
{
	tw_jsonw_uint(w, 1);
	tw_jsonw_uint(w, 2);
}

static void misuse_is_a_fault_of_ours(void **state)
{
	static void (*const misuse[])(struct tw_jsonw *) = {value_without_key,
		container_without_key, key_without_value, key_after_key, key_in_array,
		key_at_the_top, closed_too_often, closed_as_the_other_kind, two_values_at_the_top};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(misuse); i++) {
		struct fixture f;

		begin(&f);
		misuse[i](&f.w);
		if (tw_buf_status(&f.buf) != TW_EBUG)
			fail_msg("misuse %zu was not seen", i);
		end(&f);
	}
}

static tw_status build(struct tw_mem *mem, void *ctx)
{
	struct tw_buf buf;
	struct tw_jsonw w;
	tw_status status;

	(void)ctx;
	tw_buf_init(&buf, mem);
	tw_jsonw_init(&w, &buf);
	tw_jsonw_array(&w, false);
	for (int i = 0; i < 50; i++) {
		tw_jsonw_object(&w, i % 2 == 0);
		tw_jsonw_key(&w, "key");
		tw_jsonw_str(&w, "some \"text\"");
		tw_jsonw_end_object(&w);
	}
	tw_jsonw_end_array(&w);
	status = tw_buf_status(&buf);
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
		cmocka_unit_test(one_member_a_line),
		cmocka_unit_test(tight_containers_are_one_line),
		cmocka_unit_test(empty_containers),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(keys_are_escaped),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(misuse_is_a_fault_of_ours),
		cmocka_unit_test(out_of_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
