/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON reader: what it takes and how that looks; sizes, edges, hostile texts, lack of memory.
 */

#include "test_document.h"

#include <stdio.h>
#include <stdlib.h>

static void shape_of_a_document(void **state)
{
	static const char text[] = "{\n  \"a\": [1, \"x\"],\n  \"b\": {}\n}\n";
	/* By counting bytes in the text above. */
	static const struct tw_node expected[] = {
		{.begin = 0, .end = 32, .next = 7, .kind = TW_NODE_OBJECT, .count = 2},
		{.begin = 4, .end = 7, .next = 2, .kind = TW_NODE_STRING},
		{.begin = 9, .end = 17, .next = 5, .kind = TW_NODE_ARRAY, .count = 2},
		{.begin = 10, .end = 11, .next = 4, .kind = TW_NODE_NUMBER},
		{.begin = 13, .end = 16, .next = 5, .kind = TW_NODE_STRING},
		{.begin = 21, .end = 24, .next = 6, .kind = TW_NODE_STRING},
		{.begin = 26, .end = 28, .next = 7, .kind = TW_NODE_OBJECT},
	};
	struct reading r;

	(void)state;
	reading_begin(&r, JSON, text, sizeof(text) - 1);
	assert_int_equal(r.status, TW_OK);
	assert_int_equal(r.d->n, TW_COUNT(expected));
	for (uint32_t i = 0; i < r.d->n; i++) {
		const struct tw_node *node = &r.d->node[i];

		/* The brace that closes the root is two bytes before the end. */
		assert_int_equal(node->begin, expected[i].begin);
		assert_int_equal(node->end, i ? expected[i].end : sizeof(text) - 2);
		assert_int_equal(node->next, expected[i].next);
		assert_int_equal(node->kind, expected[i].kind);
		assert_int_equal(node->count, expected[i].count);
		assert_false(node->escaped);
	}
	assert_int_equal(r.d->room, r.d->n);
	reading_end(&r);
}

static void scalars_at_the_root(void **state)
{
	static const struct {
		const char *text;
		enum tw_node_kind kind;
	} cases[] = {
		{"null", TW_NODE_NULL},
		{" true ", TW_NODE_TRUE},
		{"\tfalse\r\n", TW_NODE_FALSE},
		{"0", TW_NODE_NUMBER},
		{"-0", TW_NODE_NUMBER},
		{"10", TW_NODE_NUMBER},
		{"0.0", TW_NODE_NUMBER},
		{"-1.50e-007", TW_NODE_NUMBER},
		{"0E+0", TW_NODE_NUMBER},
		{"1e5", TW_NODE_NUMBER},
		{"123456789012345678901234567890", TW_NODE_NUMBER},
		{"1e99999", TW_NODE_NUMBER},
		{"\"\"", TW_NODE_STRING},
		{"[]", TW_NODE_ARRAY},
		{"{ }", TW_NODE_OBJECT},
		{"\xef\xbb\xbf[]", TW_NODE_ARRAY},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(cases); i++) {
		struct reading r;

		reading_begin(&r, JSON, cases[i].text, strlen(cases[i].text));
		assert_int_equal(r.status, TW_OK);
		assert_int_equal(r.d->n, 1);
		assert_int_equal(tw_node_kind(r.d, 0), cases[i].kind);
		reading_end(&r);
	}
}

static void strings_are_decoded(void **state)
{
#define CASE(json, text)                                                                           \
	{                                                                                          \
		json, text, sizeof(text) - 1                                                       \
	}
	static const struct {
		const char *json, *text;
		size_t n;
	} cases[] = {
		CASE("\"plain\"", "plain"),
		CASE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"),
		CASE("\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac"),
		CASE("\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"),
		CASE("\"\\uD800\\uDC00\\udbff\\udfff\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"),
		CASE("\"\\ud7ff\\ue000\\uffff\"", "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"),
		CASE("\"a\\u0000b\"", "a\0b"),
		CASE("\"\\u007f\\u0080\\u07ff\\u0800\"", "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80"),
		CASE("\"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xf4\x8f\xbf\xbf\"",
			"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xf4\x8f\xbf\xbf"),
	};
#undef CASE

	(void)state;
	for (size_t i = 0; i < TW_COUNT(cases); i++) {
		struct reading r;

		reading_begin(&r, JSON, cases[i].json, strlen(cases[i].json));
		assert_int_equal(r.status, TW_OK);
		expect_text(r.d, TW_NODE_ROOT, cases[i].text, cases[i].n);
		reading_end(&r);
	}
}

/* The scan of strings works on words of eight bytes: each byte must be seen at each place. */
static void special_bytes_at_every_place(void **state)
{
	static const struct {
		const char *in, *out;
	} part[] = {{"\\n", "\n"}, {"\xc3\xa9", "\xc3\xa9"}, {"\\\"", "\""}, {"\x7f", "\x7f"}};
	static const char wrong[] = "\x01\x1f\n\xff\x80\\";

	(void)state;
	for (size_t length = 0; length < 40; length++) {
		for (size_t at = 0; at <= length; at++) {
			char text[80], expected[80];
			struct reading r;
			int n;

			for (size_t i = 0; i < TW_COUNT(part); i++) {
				n = snprintf(text, sizeof(text), "\"%.*s%s%.*s\"", (int)at,
					"0123456789012345678901234567890123456789", part[i].in,
					(int)(length - at),
					"!#abcdefghijklmnopqrstuvwxyz[]^_`{|}~ !#$");
				reading_begin(&r, JSON, text, (size_t)n);
				assert_int_equal(r.status, TW_OK);
				n = snprintf(expected, sizeof(expected), "%.*s%s%.*s", (int)at,
					"0123456789012345678901234567890123456789", part[i].out,
					(int)(length - at),
					"!#abcdefghijklmnopqrstuvwxyz[]^_`{|}~ !#$");
				expect_text(r.d, TW_NODE_ROOT, expected, (size_t)n);
				reading_end(&r);
			}
			for (size_t i = 0; wrong[i]; i++) {
				struct tw_place place;

				memset(text, 'x', sizeof(text));
				text[0] = text[length + 2] = '"';
				text[at + 1] = wrong[i];
				reading_begin(&r, JSON, text, length + 3);
				/* A backslash before x, or one that takes the closing quote away.
				 */
				assert_int_equal(r.status, TW_EPARSE);
				assert_int_equal(tw_sources_place(r.sources,
							 tw_diags_get(r.diags, 0)->span, &place),
					TW_OK);
				if (wrong[i] != '\\' || at != length)
					assert_int_equal(place.column, at + 2);
				reading_end(&r);
			}
		}
	}
}

static void blanks_of_every_width(void **state)
{
	static const char blank[] = " \t\n\r";

	(void)state;
	for (size_t width = 0; width < 40; width++) {
		for (size_t i = 0; i < width * 4 + 1; i++) {
			char text[64];
			struct reading r;

			memset(text, ' ', sizeof(text));
			text[0] = '[';
			if (width)
				text[1 + i / 4] = blank[i % 4];
			text[width + 1] = '7';
			text[width + 2] = ']';
			reading_begin(&r, JSON, text, width + 3);
			assert_int_equal(r.status, TW_OK);
			assert_int_equal(r.d->node[1].begin, width + 1);
			reading_end(&r);
			/* No other byte below '!' is a blank. */
			text[width + 1] = '\v';
			reading_begin(&r, JSON, text, width + 3);
			assert_int_equal(r.status, TW_EPARSE);
			reading_end(&r);
		}
	}
}

/* ---- sizes ----------------------------------------------------------------------------------- */

static char *nested(size_t depth, size_t *ret_n)
{
	char *text = malloc(2 * depth);

	assert_non_null(text);
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	*ret_n = 2 * depth;
	return text;
}

static void depth_has_a_limit(void **state)
{
	struct reading r;
	size_t n;
	char *text = nested(TW_DOCUMENT_DEPTH, &n);

	(void)state;
	expect_read(JSON, text, n);
	free(text);
	text = nested(TW_DOCUMENT_DEPTH + 1, &n);
	reading_begin(&r, JSON, text, n);
	expect_diag(&r, 0, 1, 129, "objects and arrays are nested more than 128 deep here");
	reading_end(&r);
	free(text);
	text = nested(10000, &n);
	reading_begin(&r, JSON, text, n);
	expect_diag(&r, 0, 1, 129, "objects and arrays are nested more than 128 deep here");
	reading_end(&r);
	reading_begin(&r, JSON, text, 100);
	expect_diag(&r, 0, 1, 101,
		"the file ends, but the array that begins at line 1 is not closed: "
		"expected a value or \"]\"");
	expect_other(&r, 0, 1, 100);
	reading_end(&r);
	free(text);
}

static void long_tokens(void **state)
{
	size_t n = 1000000;
	char *text = malloc(n + 2);

	(void)state;
	assert_non_null(text);
	memset(text, '7', n + 2);
	expect_read(JSON, text, n + 2);
	text[0] = text[n + 1] = '"';
	expect_read(JSON, text, n + 2);
	memset(text + 1, '\\', n);
	expect_read(JSON, text, n + 2);
	text[0] = '[';
	text[n + 1] = ']';
	for (size_t i = 1; i <= n; i++)
		text[i] = i % 2 ? '0' : ',';
	text[n] = ' ';
	expect_read(JSON, text, n + 2);
	free(text);
}

/* The room for nodes is guessed from the beginning; wrong guesses must only cost time. */
static void files_that_change_their_style(void **state)
{
	size_t half = 400000, n = 2 * half;
	char *text = malloc(n);
	struct reading r;

	(void)state;
	assert_non_null(text);
	for (int dense_first = 0; dense_first < 2; dense_first++) {
		char *dense = dense_first ? text : text + half;
		char *wide = dense_first ? text + half : text;

		memset(wide, ' ', half);
		for (size_t i = 0; i < half; i++)
			dense[i] = i % 2 ? '1' : ',';
		text[0] = '[';
		if (!dense_first)
			text[1] = '1';
		text[n - 2] = ' '; /* in place of the last comma */
		text[n - 1] = ']';
		reading_begin(&r, JSON, text, n);
		assert_int_equal(r.status, TW_OK);
		assert_true(tw_node_count(r.d, TW_NODE_ROOT) >= half / 2 - 1);
		assert_int_equal(r.d->room, r.d->n);
		reading_end(&r);
	}
	free(text);
}

static void every_truncation_is_refused(void **state)
{
	static const char text[] =
		"{\"a\": [1.5e+3, true, {\"\\u0062\\ud83d\\ude00\": \"\xc3\xa9\"}], \"c\": null}";
	struct reading r;

	(void)state;
	expect_read(JSON, text, sizeof(text) - 1);
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		reading_begin(&r, JSON, text, n);
		assert_int_equal(r.status, TW_EPARSE);
		assert_int_equal(tw_diags_count(r.diags), 1);
		reading_end(&r);
	}
}

/* What a single byte can be, alone and as an element: by RFC 8259 only a digit is a value. */
static void single_bytes(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		char text[3] = {'[', (char)byte, ']'};
		bool digit = byte >= '0' && byte <= '9';
		bool blank = byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
		struct reading r;

		reading_begin(&r, JSON, text + 1, 1);
		assert_int_equal(r.status == TW_OK, digit);
		reading_end(&r);
		reading_begin(&r, JSON, text, 3);
		assert_int_equal(r.status == TW_OK, digit || blank);
		reading_end(&r);
	}
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* An object of n keys "kNNNNNNN", the last one written as `last` if that is not NULL. */
static size_t put_keys(char *text, size_t room, unsigned n, const char *last)
{
	size_t at = 0;

	for (unsigned i = 0; i < n; i++) {
		text[at++] = i ? ',' : '{';
		if (last && i == n - 1)
			at += (size_t)snprintf(text + at, room - at, "\n\"%s\":1", last);
		else
			at += (size_t)snprintf(
				text + at, room - at, "\"same-head %u same-tail\":1", i);
	}
	text[at++] = '}';
	return at;
}

static void keys_that_stand_twice(void **state)
{
	static const unsigned counts[] = {2, 3, 63, 64, 65, 66, 1000};
	static const struct {
		const char *again, *message;
	} last[] = {
		{"same-head 0 same-tail",
			"\"same-head 0 same-tail\" stands twice in this object: keep one of them"},
		{"\\u0073ame-head\\u00200 same-tail",
			"\"same-head 0 same-tail\" stands twice in this object: keep one of them"},
	};
	size_t room = 64000;
	char *text = malloc(room);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < TW_COUNT(counts); i++) {
		struct reading r;
		size_t n = put_keys(text, room, counts[i], NULL);

		expect_read(JSON, text, n);
		for (size_t k = 0; k < TW_COUNT(last); k++) {
			n = put_keys(text, room, counts[i], last[k].again);
			reading_begin(&r, JSON, text, n);
			assert_int_equal(tw_diags_count(r.diags), 1);
			expect_diag(&r, 0, 2, 1, last[k].message);
			expect_other(&r, 0, 1, 2);
			reading_end(&r);
		}
	}
	free(text);
}

static void all_double_keys_are_told(void **state)
{
	static const char truncated[] = "{\"a\": 1, \"a\": 2,\n \"b\": {\"c\": 1, \"c\": 2}";
	static const char whole[] = "{\"a\": 1, \"a\": 2, \"b\": 1, \"a\": 3}";
	struct reading r;

	(void)state;
	/* The inner object is complete, the outer one is not. */
	reading_begin(&r, JSON, truncated, sizeof(truncated) - 1);
	assert_int_equal(tw_diags_count(r.diags), 2);
	expect_diag(&r, 0, 2, 16, "\"c\" stands twice in this object: keep one of them");
	reading_end(&r);
	reading_begin(&r, JSON, whole, sizeof(whole) - 1);
	assert_int_equal(tw_diags_count(r.diags), 2);
	expect_diag(&r, 0, 1, 10, "\"a\" stands twice in this object: keep one of them");
	expect_other(&r, 0, 1, 2);
	expect_diag(&r, 1, 1, 26, "\"a\" stands twice in this object: keep one of them");
	expect_other(&r, 1, 1, 2);
	reading_end(&r);
}

static void keys_that_only_look_equal(void **state)
{
	static const char levels[] =
		"{\"a\": {\"a\": {\"a\": 1}}, \"b\": [{\"a\": 1}, {\"a\": 2}]}";
	/* Near misses: length, last byte, case, an empty key, a NUL. */
	static const char near[] = "{\"a\":1,\"aa\":1,\"ab\":1,\"A\":1,\"\":1,\"a\\u0000\":1}";

	(void)state;
	expect_read(JSON, levels, sizeof(levels) - 1);
	expect_read(JSON, near, sizeof(near) - 1);
}

/* ---- lack of memory -------------------------------------------------------------------------- */

static void out_of_memory(void **state)
{
	static const char *const refused[] = {
		"",
		"\xff\xfe",
		"\x1f\x8b",
		"[1,]",
		"{'a': 1}",
		"[\x01]",
		"[\"\x01\"]",
		"[\"a",
		"{\"a\": [1}",
		"[1] x",
		"[\"\\ud800\"]",
		"[\"\xff\"]",
		"[01]",
		"[\xc3\xa9]",
		"{\"a\": 1, \"a\": 2}",
		"{\"a\\n\": 1, \"\\u0061\\n\": 2}",
	};
	char *many = malloc(64000);
	char *few = malloc(64000);

	(void)state;
	assert_non_null(many);
	assert_non_null(few);
	for (size_t i = 0; i < TW_COUNT(refused); i++)
		expect_oom_safe(JSON, refused[i], TW_EPARSE);
	few[put_keys(few, 64000, 30, "\\u0073")] = '\0';
	expect_oom_safe(JSON, few, TW_OK);
	many[put_keys(many, 64000, 300, "\\u0073ame-head 7 same-tail")] = '\0';
	expect_oom_safe(JSON, many, TW_EPARSE);
	many[put_keys(many, 64000, 300, "\\u0073")] = '\0';
	expect_oom_safe(JSON, many, TW_OK);
	free(many);
	free(few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shape_of_a_document),
		cmocka_unit_test(scalars_at_the_root),
		cmocka_unit_test(strings_are_decoded),
		cmocka_unit_test(special_bytes_at_every_place),
		cmocka_unit_test(blanks_of_every_width),
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(long_tokens),
		cmocka_unit_test(files_that_change_their_style),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(single_bytes),
		cmocka_unit_test(keys_that_stand_twice),
		cmocka_unit_test(all_double_keys_are_told),
		cmocka_unit_test(keys_that_only_look_equal),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
