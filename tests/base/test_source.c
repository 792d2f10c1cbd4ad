/* SPDX-License-Identifier: Apache-2.0 */

/* Sources: files, lines and columns, also against a slow count from the first byte. */

#include "test_alloc.h"

#include "text.h"
#include "twoway/source.h"
#include "test_random.h"

static struct tw_sources *one_file(struct tw_mem *mem, const char *bytes, size_t size)
{
	struct tw_sources *sources = NULL;
	uint32_t file = 0;

	assert_int_equal(tw_sources_new(mem, &sources), TW_OK);
	assert_int_equal(tw_sources_add(sources, "acl.json", bytes, size, &file), TW_OK);
	assert_int_equal(file, 1);
	return sources;
}

static void files_count_from_1(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_sources *sources = NULL;
	char path[] = "a.json", bytes[] = "{}", *own;
	struct tw_place place;
	const char *text;
	uint32_t file = 0;
	size_t size = 4711;

	(void)state;
	assert_int_equal(tw_sources_new(mem, &sources), TW_OK);
	assert_int_equal(tw_sources_count(sources), 0);
	assert_null(tw_sources_path(sources, 0));
	assert_null(tw_sources_path(sources, 1));
	assert_null(tw_sources_bytes(sources, 1, &size));
	assert_int_equal(size, 4711);
	assert_int_equal(tw_sources_add(sources, path, bytes, 2, &file), TW_OK);
	assert_int_equal(file, 1);
	path[0] = bytes[0] = 'x';
	own = tw_mem_alloc(mem, 5);
	memcpy(own, "12345", 5);
	assert_int_equal(tw_sources_adopt(sources, "b.json", own, 5, &file), TW_OK);
	assert_int_equal(file, 2);
	assert_int_equal(tw_sources_add(sources, "empty", NULL, 0, &file), TW_OK);
	assert_int_equal(tw_sources_adopt(sources, "none", NULL, 0, &file), TW_OK);
	assert_int_equal(tw_sources_count(sources), 4);
	assert_string_equal(tw_sources_path(sources, 1), "a.json");
	assert_memory_equal(tw_sources_bytes(sources, 1, &size), "{}", 2);
	assert_int_equal(size, 2);
	assert_ptr_equal(tw_sources_bytes(sources, 2, &size), own);
	assert_int_equal(size, 5);
	for (file = 3; file <= 4; file++) {
		assert_non_null(tw_sources_bytes(sources, file, &size));
		assert_int_equal(size, 0);
		assert_int_equal(
			tw_sources_place(sources, (struct tw_span){file, 0, 0}, &place), TW_OK);
		assert_int_equal(place.line, 1);
		assert_int_equal(place.column, 1);
		assert_int_equal(tw_sources_line(sources, file, 1, &text, &size), TW_OK);
		assert_int_equal(size, 0);
		assert_int_equal(tw_sources_line(sources, file, 2, &text, &size), TW_EINVAL);
	}
	tw_sources_free(sources);
	tw_sources_free(NULL);
	test_mem_free(&alloc, mem);
}

static void short_files_are_copied_whole(void **state)
{
	static const char text[] = "{\"a\": 1}";
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		struct tw_sources *sources = one_file(mem, text, n);
		size_t size = 4711;

		assert_memory_equal(tw_sources_bytes(sources, 1, &size), text, n);
		assert_int_equal(size, n);
		tw_sources_free(sources);
	}
	test_mem_free(&alloc, mem);
}

static void too_large_a_file_is_refused(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_sources *sources = NULL;
	uint32_t file = 4711;
	char byte = 'x';

	(void)state;
	assert_int_equal(tw_sources_new(mem, &sources), TW_OK);
	/* The size is refused before a byte is looked at. */
	assert_int_equal(tw_sources_add(sources, "x", &byte, UINT32_MAX, &file), TW_ELIMIT);
	assert_int_equal(
		tw_sources_adopt(sources, "x", &byte, (size_t)UINT32_MAX + 1, &file), TW_ELIMIT);
	assert_int_equal(file, 4711);
	assert_int_equal(tw_sources_count(sources), 0);
	tw_sources_free(sources);
	test_mem_free(&alloc, mem);
}

static void expect_place(struct tw_sources *sources, uint32_t begin, uint32_t end, uint32_t line,
	uint32_t column, uint32_t end_line, uint32_t end_column)
{
	struct tw_place place;

	assert_int_equal(tw_sources_place(sources, (struct tw_span){1, begin, end}, &place), TW_OK);
	assert_string_equal(place.path, "acl.json");
	if (place.line != line || place.column != column || place.end_line != end_line ||
		place.end_column != end_column)
		fail_msg("bytes %u-%u: %u:%u-%u:%u, not %u:%u-%u:%u", begin, end, place.line,
			place.column, place.end_line, place.end_column, line, column, end_line,
			end_column);
}

static void places_of_plain_lines(void **state)
{
	/*                         0123 4567 8 9 */
	static const char text[] = "{\r\n a\rb\n\n}";
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_sources *sources = one_file(mem, text, sizeof(text) - 1);

	(void)state;
	expect_place(sources, 0, 1, 1, 1, 1, 2);
	expect_place(sources, 1, 2, 1, 2, 1, 3);
	expect_place(sources, 2, 3, 1, 3, 2, 1);
	/* A lone carriage return is a character of its line. */
	expect_place(sources, 4, 7, 2, 2, 2, 5);
	expect_place(sources, 8, 8, 3, 1, 3, 1);
	expect_place(sources, 9, 10, 4, 1, 4, 2);
	expect_place(sources, 10, 10, 4, 2, 4, 2);
	expect_place(sources, 0, 10, 1, 1, 4, 2);
	tw_sources_free(sources);
	test_mem_free(&alloc, mem);
}

static void columns_are_utf_16_units(void **state)
{
	/* U+00E9 (2 bytes), U+65E5 (3), U+1F600 (4), a stray continuation byte, a cut-off lead. */
	static const char text[] = "\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80\x80\xe6\x97\n\xc3\xa9x";
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_sources *sources = one_file(mem, text, sizeof(text) - 1);

	(void)state;
	expect_place(sources, 0, 2, 1, 1, 1, 2);
	expect_place(sources, 2, 5, 1, 2, 1, 3);
	expect_place(sources, 5, 9, 1, 3, 1, 5);
	expect_place(sources, 9, 10, 1, 5, 1, 6);
	expect_place(sources, 10, 11, 1, 6, 1, 7);
	expect_place(sources, 11, 12, 1, 7, 1, 8);
	expect_place(sources, 13, 15, 2, 1, 2, 2);
	expect_place(sources, 15, 16, 2, 2, 2, 3);
	/* Inside a character: where it begins. */
	expect_place(sources, 6, 8, 1, 3, 1, 3);
	tw_sources_free(sources);
	test_mem_free(&alloc, mem);
}

static void places_that_are_none(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_sources *sources = one_file(mem, "abc", 3);
	struct tw_place place = {.line = 4711};

	(void)state;
	assert_int_equal(tw_sources_place(sources, TW_NO_SPAN, &place), TW_EINVAL);
	assert_int_equal(tw_sources_place(sources, (struct tw_span){2, 0, 0}, &place), TW_EINVAL);
	assert_int_equal(tw_sources_place(sources, (struct tw_span){1, 2, 1}, &place), TW_EINVAL);
	assert_int_equal(tw_sources_place(sources, (struct tw_span){1, 0, 4}, &place), TW_EINVAL);
	assert_int_equal(place.line, 4711);
	tw_sources_free(sources);
	test_mem_free(&alloc, mem);
}

static void expect_line(struct tw_sources *sources, uint32_t line, const char *expected)
{
	const char *text = NULL;
	size_t size = 4711;
	tw_status status = tw_sources_line(sources, 1, line, &text, &size);

	if (expected == NULL) {
		assert_int_equal(status, TW_EINVAL);
		assert_null(text);
		assert_int_equal(size, 4711);
		return;
	}
	assert_int_equal(status, TW_OK);
	assert_int_equal(size, strlen(expected));
	assert_memory_equal(text, expected, size);
}

static void lines_come_without_their_end(void **state)
{
	static const char text[] = "one\n\r\ntwo\r\r\nth\rree\n\nlast\r";
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_sources *sources = one_file(mem, text, sizeof(text) - 1);

	(void)state;
	expect_line(sources, 0, NULL);
	expect_line(sources, 1, "one");
	expect_line(sources, 2, "");
	expect_line(sources, 3, "two\r");
	expect_line(sources, 4, "th\rree");
	expect_line(sources, 5, "");
	expect_line(sources, 6, "last\r");
	expect_line(sources, 7, NULL);
	tw_sources_free(sources);
	sources = one_file(mem, "a\n", 2);
	expect_line(sources, 1, "a");
	expect_line(sources, 2, "");
	expect_line(sources, 3, NULL);
	tw_sources_free(sources);
	test_mem_free(&alloc, mem);
}

/* ---- against a slow count ---- */

static const char *const pieces[] = {"a", "{\"a\": 1}", "\n", "\r\n", "\r", "\xc3\xa9",
	"\xe6\x97\xa5", "\xf0\x9f\x98\x80", "\x80", "\xf0\x9f\x98", "\xc3", "          ",
	"\xed\xa0\x80"};

/* Line and column of byte `at`, counted from the first byte. Pieces give the characters. */
static void slow_place(const char *bytes, size_t size, size_t at, uint32_t *line, uint32_t *column)
{
	size_t i = 0;

	*line = *column = 1;
	while (i < at) {
		uint32_t code;
		size_t length = tw_utf8_next(bytes + i, size - i, &code);

		if (length > at - i)
			return;
		if (bytes[i] == '\n') {
			++*line;
			*column = 1;
		} else {
			*column += length == 4 ? 2 : 1;
		}
		i += length > 0 ? length : 1;
	}
}

static void random_places(struct test_random *random, bool lines)
{
	enum { SIZE = 20000 };
	static char bytes[SIZE];
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_sources *sources;
	size_t size = 0;

	for (;;) {
		size_t which = test_random_below(random, TW_COUNT(pieces));
		size_t n = strlen(pieces[which]);

		if (!lines && strchr(pieces[which], '\n') != NULL)
			continue;
		if (size + n > SIZE)
			break;
		memcpy(bytes + size, pieces[which], n);
		size += n;
	}
	sources = one_file(mem, bytes, size);
	for (int i = 0; i < 300; i++) {
		size_t at = i < 20 ? size - (size_t)i : test_random_below(random, size + 1);
		uint32_t line, column;

		/* Around the ends of blocks too. */
		if (i % 3 == 1)
			at = 4096 * (1 + at % 4) - 5 + at % 11;
		slow_place(bytes, size, at, &line, &column);
		expect_place(sources, (uint32_t)at, (uint32_t)at, line, column, line, column);
	}
	tw_sources_free(sources);
	test_mem_free(&alloc, mem);
}

static void places_agree_with_a_slow_count(void **state)
{
	struct test_random random;

	(void)state;
	test_random_init(&random, __func__);
	for (int i = 0; i < 40; i++)
		random_places(&random, i % 2 == 0);
}

static tw_status build(struct tw_mem *mem, void *ctx)
{
	struct tw_sources *sources;
	struct tw_place place;
	tw_status status;
	char *own = NULL;
	uint32_t file;

	(void)ctx;
	TW_TRY(tw_sources_new(mem, &sources));
	status = tw_sources_add(sources, "first.json", "a\nb\n", 4, &file);
	for (int i = 0; i < 20 && status == TW_OK; i++) {
		own = tw_mem_alloc(mem, 3);
		if (own == NULL) {
			status = TW_ENOMEM;
			break;
		}
		memcpy(own, "x\ny", 3);
		status = tw_sources_adopt(sources, "more.json", own, 3, &file);
		/* What could not be handed over is still ours. */
		if (status != TW_OK)
			tw_mem_release(mem, own, 3);
	}
	if (status == TW_OK)
		status = tw_sources_place(sources, (struct tw_span){1, 2, 3}, &place);
	if (status == TW_OK) {
		assert_int_equal(place.line, 2);
		status = tw_sources_place(sources, (struct tw_span){5, 2, 3}, &place);
	}
	tw_sources_free(sources);
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
		cmocka_unit_test(files_count_from_1),
		cmocka_unit_test(short_files_are_copied_whole),
		cmocka_unit_test(too_large_a_file_is_refused),
		cmocka_unit_test(places_of_plain_lines),
		cmocka_unit_test(columns_are_utf_16_units),
		cmocka_unit_test(places_that_are_none),
		cmocka_unit_test(lines_come_without_their_end),
		cmocka_unit_test(places_agree_with_a_slow_count),
		cmocka_unit_test(out_of_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
