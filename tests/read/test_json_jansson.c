/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Made-up texts against jansson: valid ones must give the same values, damaged ones the same answer
 * to whether they are JSON. The texts are short and many, and made to touch all that the grammar
 * has.
 */

#include "test_document.h"
#include "test_jansson.h"
#include "test_random.h"

#include <stdio.h>

#define TEXT_MOST 8192

struct maker {
	struct test_random random;
	char text[TEXT_MOST];
	size_t n;
	unsigned depth, keys;
};

static uint64_t below(struct maker *m, uint64_t n)
{
	return test_random_below(&m->random, n);
}

static void put(struct maker *m, const char *s)
{
	size_t n = strlen(s);

	if (m->n + n > TEXT_MOST)
		return;
	memcpy(m->text + m->n, s, n);
	m->n += n;
}

static void put_blanks(struct maker *m)
{
	static const char *const blank[] = {"", "", "", " ", "\n", "\t", "\r\n", "        ",
		"\n                    ", "\n\t\t"};

	put(m, blank[below(m, TW_COUNT(blank))]);
}

static void put_string_body(struct maker *m)
{
	static const char *const part[] = {"a", "Rule", " ", "0.0.0.0/0", "\\n", "\\\"", "\\\\",
		"\\/", "\\b\\f\\r\\t", "\\u0041", "\\u00E9", "\\u20ac", "\\ud83d\\ude00",
		"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\x7f", "{}[]:,", "'", "\\u0000",
		"a long plain text of more than sixteen bytes"};

	for (uint64_t n = below(m, 6); n > 0; n--)
		put(m, part[below(m, TW_COUNT(part))]);
}

static void put_number(struct maker *m)
{
	static const char *const part[] = {"0", "-0", "1", "-7", "443", "65535", "0.5", "-1.25",
		"1e5", "1E-3", "2.5e+2", "9223372036854775807", "-9223372036854775808",
		"123456789012345678901234567890", "1e999"};

	put(m, part[below(m, TW_COUNT(part))]);
}

static void put_value(struct maker *m);

static void put_container(struct maker *m)
{
	bool object = below(m, 2);
	uint64_t n = below(m, m->depth > 3 ? 2 : below(m, 40) == 0 ? 80 : 6);

	m->depth++;
	put(m, object ? "{" : "[");
	put_blanks(m);
	for (uint64_t i = 0; i < n && m->n < TEXT_MOST / 2; i++) {
		char key[24];

		if (i) {
			put(m, ",");
			put_blanks(m);
		}
		if (object) {
			/* A number makes it unlike the others, but for one in two hundred. */
			snprintf(key, sizeof(key), "\"%u",
				below(m, 200) ? m->keys++ : (unsigned)below(m, 8));
			put(m, key);
			put_string_body(m);
			put(m, "\"");
			put_blanks(m);
			put(m, ":");
			put_blanks(m);
		}
		put_value(m);
		put_blanks(m);
	}
	put(m, object ? "}" : "]");
	m->depth--;
}

static void put_value(struct maker *m)
{
	static const char *const word[] = {"null", "true", "false"};

	switch (below(m, m->depth > 5 ? 3 : 5)) {
	case 0:
		put(m, word[below(m, TW_COUNT(word))]);
		break;
	case 1:
		put_number(m);
		break;
	case 2:
		put(m, "\"");
		put_string_body(m);
		put(m, "\"");
		break;
	default:
		put_container(m);
		break;
	}
}

static void make(struct maker *m)
{
	m->n = m->depth = m->keys = 0;
	put_blanks(m);
	put_container(m);
	put_blanks(m);
}

/* Changes one place: a byte, a piece that matters, a piece less, or a piece twice. */
static void damage(struct maker *m)
{
	static const char *const piece[] = {",", ":", "[", "]", "{", "}", "\"", "\\", "\\u",
		"\\ud800", "\\udc00", "0", "-", ".", "e", "+", "null", "tru", "'", "//", " ", "\n",
		"\t", "\x01", "\x80", "\xc0", "\xed\xa0\x80", "\xff", "\xef\xbb\xbf",
		"\"a\":", "\"a\":1,"};
	size_t at = (size_t)below(m, m->n + 1), rest = m->n - at;
	const char *p = piece[below(m, TW_COUNT(piece))];
	size_t n = strlen(p);

	switch (below(m, 4)) {
	case 0:
		if (rest)
			m->text[at] = (char)below(m, 256);
		break;
	case 1:
		if (m->n + n <= TEXT_MOST) {
			memmove(m->text + at + n, m->text + at, rest);
			memcpy(m->text + at, p, n);
			m->n += n;
		}
		break;
	case 2:
		n = 1 + (size_t)below(m, 3);
		n = n < rest ? n : rest;
		memmove(m->text + at, m->text + at + n, rest - n);
		m->n -= n;
		break;
	default:
		m->n = at;
		break;
	}
}

static enum opinion compare(struct maker *m)
{
	enum opinion opinion;
	struct reading r;

	reading_begin(&r, JSON, m->text, m->n);
	opinion = expect_same_as_jansson("made up", m->text, m->n, &r);
	reading_end(&r);
	return opinion;
}

static void made_up_texts(void **state)
{
	static struct maker m;
	unsigned valid = 0;

	(void)state;
	test_random_init(&m.random, "made_up_texts");
	for (unsigned i = 0; i < 3000; i++) {
		make(&m);
		valid += compare(&m) == OPINION_VALID;
	}
	/* Nearly all are valid; the rest has keys twice or numbers that jansson does not take. */
	assert_true(valid > 1000);
}

static void damaged_texts(void **state)
{
	static struct maker m;
	unsigned valid = 0, invalid = 0;

	(void)state;
	test_random_init(&m.random, "damaged_texts");
	for (unsigned i = 0; i < 12000; i++) {
		make(&m);
		for (uint64_t n = 1 + below(&m, 3); n > 0; n--)
			damage(&m);
		switch (compare(&m)) {
		case OPINION_VALID:
			valid++;
			break;
		case OPINION_INVALID:
			invalid++;
			break;
		case OPINION_NONE:
			break;
		}
	}
	assert_true(valid > 100 && invalid > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_up_texts),
		cmocka_unit_test(damaged_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
