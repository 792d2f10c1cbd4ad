/* SPDX-License-Identifier: Apache-2.0 */
/* Cleaning, wrapping, cutting, excerpts, tables, shares: the tools that reports are made with. */

#include "test_alloc.h"
#include "excerpt.h"
#include "say.h"

struct scene {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_arena arena;
	struct tw_buf buf;
	struct tw_paint paint;
};

static void begin(struct scene *scene, unsigned width, bool ascii, bool color)
{
	struct tw_style style = {.width = width, .ascii = ascii, .color = color};

	test_alloc_init(&scene->alloc);
	scene->mem = test_mem_new(&scene->alloc);
	tw_arena_init(&scene->arena, scene->mem);
	tw_buf_init(&scene->buf, scene->mem);
	tw_paint_init(&scene->paint, &scene->buf, &scene->arena, &style);
}

static void end(struct scene *scene, const char *expected)
{
	assert_int_equal(tw_buf_status(&scene->buf), TW_OK);
	assert_string_equal(tw_buf_text(&scene->buf), expected);
	tw_buf_fini(&scene->buf);
	tw_arena_fini(&scene->arena);
	test_mem_free(&scene->alloc, scene->mem);
}

static void check_clean(bool ascii, const char *text, const char *expected)
{
	struct scene scene;

	begin(&scene, 200, ascii, false);
	tw_paint_str(&scene.paint, text);
	assert_int_equal(tw_clean_width(ascii, text, strlen(text)), scene.paint.column);
	end(&scene, expected);
}

static void hostile_text_is_shown_not_obeyed(void **state)
{
	(void)state;
	check_clean(false, "a\x1b]0;evil\x07z", "a\\x1b]0;evil\\x07z");
	check_clean(false, "two\nlines\ttab\rreturn\x7f", "two\\nlines\\ttab\\rreturn\\x7f");
	check_clean(false, "c1 \xc2\x9b csi", "c1 \\u009b csi");
	check_clean(false, "evil\xe2\x80\xaetxt.exe", "evil\\u202etxt.exe");
	check_clean(false, "zero\xe2\x80\x8bwidth\xef\xbb\xbf", "zero\\u200bwidth\\ufeff");
	check_clean(false, "tag\xf3\xa0\x81\x81", "tag\\U000e0041");
	check_clean(false, "bad \xff\xc3(", "bad \\xff\\xc3(");
	check_clean(false, "caf\xc3\xa9 \xe4\xb8\xad", "caf\xc3\xa9 \xe4\xb8\xad");
	check_clean(
		true, "caf\xc3\xa9 \xe2\x80\xa6 \xf0\x9f\x92\xa9", "caf\\u00e9 ... \\U0001f4a9");
}

static tw_status gather(void *ctx, const char *bytes, size_t size)
{
	tw_buf_put(ctx, bytes, size);
	return TW_OK;
}

/* Longer than what is handed on at a time. */
static void a_line_is_cleaned_in_pieces(void **state)
{
	struct scene scene;
	char text[1001], expected[4001];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		const char *shown = i % 3 == 0 ? "\\x1b" : "a";
		text[i] = i % 3 == 0 ? '\x1b' : 'a';
		memcpy(expected + n, shown, strlen(shown) + 1);
		n += strlen(shown);
	}
	text[1000] = '\0';
	begin(&scene, 80, false, false);
	assert_int_equal(tw_write_clean(text, false, (struct tw_sink){gather, &scene.buf}), TW_OK);
	end(&scene, expected);
}

static void words_wrap_at_the_width(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 40, false, false);
	scene.paint.indent = 4;
	tw_paint_str(&scene.paint, "note:");
	tw_paint_gap(&scene.paint, 1);
	tw_paint_words(&scene.paint,
		"one two three four five six seven eight nine ten eleven twelve   thirteen");
	tw_paint_newline(&scene.paint);
	end(&scene, "note: one two three four five six seven\n"
		    "    eight nine ten eleven twelve\n"
		    "    thirteen\n");
}

static void long_words_go_on_below(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 40, false, false);
	scene.paint.indent = 2;
	tw_paint_words(
		&scene.paint, "at 0123456789012345678901234567890123456789012345678901234567");
	tw_paint_newline(&scene.paint);
	end(&scene, "at 0123456789012345678901234567890123456\n"
		    "  789012345678901234567\n");
}

static void cut_text_ends_in_an_ellipsis(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 80, false, false);
	tw_paint_clip(&scene.paint, TW_SV("0123456789"), 10);
	tw_paint_newline(&scene.paint);
	tw_paint_clip(&scene.paint, TW_SV("0123456789x"), 10);
	tw_paint_newline(&scene.paint);
	/* Wide characters are never halved. */
	tw_paint_clip(&scene.paint, TW_SV("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"), 4);
	tw_paint_newline(&scene.paint);
	end(&scene, "0123456789\n012345678\xe2\x80\xa6\n\xe4\xb8\xad\xe2\x80\xa6\n");
	begin(&scene, 80, true, false);
	tw_paint_clip(&scene.paint, TW_SV("0123456789x"), 10);
	end(&scene, "0123456...");
}

static void colour_ends_with_the_line(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 40, false, true);
	tw_paint_hue(&scene.paint, TW_HUE_GOOD);
	tw_paint_str(&scene.paint, "good news");
	tw_paint_newline(&scene.paint);
	tw_paint_str(&scene.paint, "more");
	tw_paint_hue(&scene.paint, TW_HUE_NONE);
	tw_paint_str(&scene.paint, " plain");
	tw_paint_newline(&scene.paint);
	end(&scene, "\x1b[32mgood news\x1b[0m\n\x1b[32mmore\x1b[0m plain\n");
}

static void check_excerpt(unsigned width, const char *text, const char *needle, const char *label,
	const char *expected)
{
	struct scene scene;
	struct tw_sources *sources;
	uint32_t file;
	const char *at = strstr(text, needle);

	begin(&scene, width, false, false);
	assert_non_null(at);
	assert_int_equal(tw_sources_new(scene.mem, &sources), TW_OK);
	assert_int_equal(tw_sources_add(sources, "f", text, strlen(text), &file), TW_OK);
	uint32_t first = (uint32_t)(at - text);
	struct tw_span span = {file, first, first + (uint32_t)strlen(needle)};
	size_t gutter = tw_excerpt_digits(&scene.paint, sources, span);
	tw_excerpt_draw(&scene.paint, sources, span, gutter, '^', TW_HUE_NONE, label);
	tw_sources_free(sources);
	end(&scene, expected);
}

static void excerpts_point_at_the_span(void **state)
{
	(void)state;
	check_excerpt(80, "a\nfrom_port = 443\nb", "443", "too narrow",
		"2 | from_port = 443\n"
		"  |             ^^^ too narrow\n");
	/* Tabs count as columns, deep indentation is shortened. */
	check_excerpt(80, "\t\tx:\ty z\n", "y", NULL,
		"1 |     x:  y z\n"
		"  |         ^\n");
	/* Line ten needs a wider gutter. */
	check_excerpt(80, "\n\n\n\n\n\n\n\n\nten", "ten", "here",
		"10 | ten\n"
		"   | ^^^ here\n");
	/* Wide characters take two columns. */
	check_excerpt(80, "\xe4\xb8\xad\xe4\xb8\xad = 1", "= 1", "here",
		"1 | \xe4\xb8\xad\xe4\xb8\xad = 1\n"
		"  |      ^^^ here\n");
	/* Nothing to point at, at the end of the file. */
	check_excerpt(80, "abc", "", "empty",
		"1 | abc\n"
		"  | ^ empty\n");
}

static void long_lines_are_cut_around_the_span(void **state)
{
	char line[4001], needle[] = "NEEDLE";

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	memcpy(line + 3000, needle, sizeof(needle) - 1);
	check_excerpt(40, line, needle, "here",
		"1 | \xe2\x80\xa6xxxxxxxxxNEEDLExxxxxxxxxxxxxxxxxxx\xe2\x80\xa6\n"
		"  |           ^^^^^^ here\n");
}

/* A lone bracket says nothing, so the span is folded into one line. */
static void blocks_are_folded(void **state)
{
	(void)state;
	check_excerpt(80, "[\n    {\n      \"a\": 1,\n      \"b\": 2\n    },\n    3\n]",
		"{\n      \"a\": 1,\n      \"b\": 2\n    }", "this entry",
		"2 |     { \"a\": 1, \"b\": 2 }\n"
		"  |     ^^^^^^^^^^^^^^^^^^ this entry\n");
	/* A first line with words stands for the block. */
	check_excerpt(80, "resource \"x\" {\n  a = 1\n}\n", "resource \"x\" {\n  a = 1\n}", "this",
		"1 | resource \"x\" {\n"
		"  | ^^^^^^^^^^^^^^ this\n");
}

static void labels_that_do_not_fit_go_below(void **state)
{
	(void)state;
	check_excerpt(40, "0123456789012345678901234567", "0123456789012345678901234567",
		"this rule drops the replies",
		"1 | 0123456789012345678901234567\n"
		"  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
		"  | this rule drops the replies\n");
}

/* A span whose end is not shown gives up marks for the label. */
static void marks_make_room_where_they_are_vague(void **state)
{
	(void)state;
	check_excerpt(40, "0123456789012345678901234567890123456789",
		"0123456789012345678901234567890123456789", "this rule drops it",
		"1 | 01234567890123456789012345678901234\xe2\x80\xa6\n"
		"  | ^^^^^^^^^^^^^^^^^ this rule drops it\n");
	check_excerpt(40, "0123456789012345678901234567890123456789",
		"0123456789012345678901234567890123456789",
		"a label that needs nearly a whole line",
		"1 | 01234567890123456789012345678901234\xe2\x80\xa6\n"
		"  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
		"  | a label that needs nearly a whole\n"
		"    line\n");
}

static void tables_fit(void **state)
{
	static const struct tw_table_column columns[] = {
		{.title = "client", .wrap = true, .least = 8},
		{.title = "count", .right = true},
		{.title = "rest", .keep = 1},
	};
	const struct tw_table_cell row[2][3] = {
		{{"one two three", 0}, {"7", 0}, {"seven columns", 0}},
		{{"x", 0}, {"12,345", 0}, {NULL, 0}},
	};
	struct scene scene;
	struct tw_table table;

	(void)state;
	begin(&scene, 40, true, false);
	for (int margin = 0; margin <= 20; margin += 20) {
		tw_table_init(&table, scene.mem, columns, TW_COUNT(columns));
		tw_table_row(&table, row[0]);
		tw_table_row(&table, row[1]);
		tw_table_draw(&table, &scene.paint, (size_t)margin, true);
		tw_table_fini(&table);
	}
	end(&scene, "client          count  rest\n"
		    "one two three       7  seven columns\n"
		    "x              12,345\n"
		    "                    client         count\n"
		    "                    one two            7\n"
		    "                    three\n"
		    "                    x             12,345\n");
}

static void shares_compare_exactly(void **state)
{
	const uint64_t big = UINT64_MAX;

	(void)state;
	assert_int_equal(tw_share_cmp(1, 3, 2, 6), 0);
	assert_int_equal(tw_share_cmp(1, 3, 1, 2), -1);
	assert_int_equal(tw_share_cmp(11848, 28232, 16384, 64512), 1);
	assert_int_equal(tw_share_cmp(0, 5, 0, 7), 0);
	assert_int_equal(tw_share_cmp(0, 5, 1, big), -1);
	assert_int_equal(tw_share_cmp(big - 1, big, big, big), -1);
	assert_int_equal(tw_share_cmp(big - 2, big - 1, big - 1, big), -1);
	assert_int_equal(tw_share_cmp(big - 1, big, big - 2, big - 1), 1);
	assert_int_equal(tw_share_cmp(0, 0, 1, 1), 0);
}

/* All pairs of small fractions against cross multiplication. */
static void shares_compare_as_products(void **state)
{
	(void)state;
	for (uint64_t b = 1; b <= 14; b++)
		for (uint64_t a = 0; a <= b; a++)
			for (uint64_t d = 1; d <= 14; d++)
				for (uint64_t c = 0; c <= d; c++) {
					int sign = a * d < c * b ? -1 : a * d > c * b;
					assert_int_equal(tw_share_cmp(a, b, c, d), sign);
				}
}

static void lists_end_with_the_rest(void **state)
{
	const struct tw_ports ports[] = {{80, 80}, {443, 443}, {8000, 8100}};
	const struct tw_icmp_range icmp[] = {{8, 8, 0, 255}, {3, 3, 4, 4}};
	struct scene scene;

	(void)state;
	begin(&scene, 80, true, false);
	assert_string_equal(tw_say_ports(&scene.paint, ports, 3, 3), "80, 443, 8000-8100");
	assert_string_equal(tw_say_ports(&scene.paint, ports, 3, 2), "80, 443 and 1 more");
	assert_string_equal(tw_say_ports(&scene.paint, ports, 0, 2), "");
	assert_string_equal(tw_say_icmp(&scene.paint, icmp, 2, 3), "8, 3/4");
	assert_string_equal(tw_say_count(&scene.paint, 1, "error"), "1 error");
	assert_string_equal(tw_say_count(&scene.paint, 1234, "error"), "1,234 errors");
	assert_string_equal(tw_say_percent(&scene.paint, 64511, 64512), ">99.99 %");
	end(&scene, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_text_is_shown_not_obeyed),
		cmocka_unit_test(a_line_is_cleaned_in_pieces),
		cmocka_unit_test(words_wrap_at_the_width),
		cmocka_unit_test(long_words_go_on_below),
		cmocka_unit_test(cut_text_ends_in_an_ellipsis),
		cmocka_unit_test(colour_ends_with_the_line),
		cmocka_unit_test(excerpts_point_at_the_span),
		cmocka_unit_test(long_lines_are_cut_around_the_span),
		cmocka_unit_test(blocks_are_folded),
		cmocka_unit_test(labels_that_do_not_fit_go_below),
		cmocka_unit_test(marks_make_room_where_they_are_vague),
		cmocka_unit_test(tables_fit),
		cmocka_unit_test(shares_compare_exactly),
		cmocka_unit_test(shares_compare_as_products),
		cmocka_unit_test(lists_end_with_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
