/* SPDX-License-Identifier: Apache-2.0 */

/* UTF-8 by RFC 3629, checked for every code point and every short sequence; widths. */

#include "test_alloc.h"

#include "text.h"

/* An encoder written from the table of RFC 3629 section 3. */
static size_t encode(uint32_t code, unsigned char *byte)
{
	if (code <= 0x7f) {
		byte[0] = (unsigned char)code;
		return 1;
	}
	if (code <= 0x7ff) {
		byte[0] = (unsigned char)(0xc0 | code >> 6);
		byte[1] = (unsigned char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code <= 0xffff) {
		byte[0] = (unsigned char)(0xe0 | code >> 12);
		byte[1] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
		byte[2] = (unsigned char)(0x80 | (code & 0x3f));
		return 3;
	}
	byte[0] = (unsigned char)(0xf0 | code >> 18);
	byte[1] = (unsigned char)(0x80 | (code >> 12 & 0x3f));
	byte[2] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
	byte[3] = (unsigned char)(0x80 | (code & 0x3f));
	return 4;
}

static bool is_scalar(uint32_t code)
{
	return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

static void every_code_point_is_read_back(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < 0x200000; code++) {
		unsigned char byte[8] = {0};
		size_t length = encode(code, byte);
		uint32_t got = 0xffffffff;
		size_t n = tw_utf8_next((const char *)byte, length, &got);

		if (is_scalar(code) ? n != length || got != code : n != 0)
			fail_msg("U+%04X: length %zu, U+%04X", code, n, got);
		/* One byte short, or the last byte no continuation: malformed. */
		if (length > 1) {
			assert_int_equal(tw_utf8_next((const char *)byte, length - 1, &got), 0);
			byte[length - 1] = 'x';
			assert_int_equal(tw_utf8_next((const char *)byte, length, &got), 0);
		}
	}
}

/* The grammar of RFC 3629 section 4, byte by byte: how long a valid sequence is, or 0. */
static size_t by_grammar(const unsigned char *b)
{
	bool tail1 = b[1] >= 0x80 && b[1] <= 0xbf, tail2 = b[2] >= 0x80 && b[2] <= 0xbf;
	bool tail3 = b[3] >= 0x80 && b[3] <= 0xbf;

	if (b[0] <= 0x7f)
		return 1;
	if (b[0] >= 0xc2 && b[0] <= 0xdf)
		return tail1 ? 2 : 0;
	if (b[0] == 0xe0)
		return b[1] >= 0xa0 && b[1] <= 0xbf && tail2 ? 3 : 0;
	if (b[0] == 0xed)
		return b[1] >= 0x80 && b[1] <= 0x9f && tail2 ? 3 : 0;
	if (b[0] >= 0xe1 && b[0] <= 0xef)
		return tail1 && tail2 ? 3 : 0;
	if (b[0] == 0xf0)
		return b[1] >= 0x90 && b[1] <= 0xbf && tail2 && tail3 ? 4 : 0;
	if (b[0] >= 0xf1 && b[0] <= 0xf3)
		return tail1 && tail2 && tail3 ? 4 : 0;
	if (b[0] == 0xf4)
		return b[1] >= 0x80 && b[1] <= 0x8f && tail2 && tail3 ? 4 : 0;
	return 0;
}

static void every_sequence_agrees_with_the_grammar(void **state)
{
	static const unsigned char third[] = {0x00, 0x7f, 0x80, 0x9f, 0xbf, 0xc0, 0xff};

	(void)state;
	for (unsigned first = 0; first < 0x10000; first++) {
		for (size_t i = 0; i < sizeof(third) * sizeof(third); i++) {
			unsigned char b[4] = {(unsigned char)(first >> 8), (unsigned char)first,
				third[i / sizeof(third)], third[i % sizeof(third)]};
			uint32_t code;

			if (tw_utf8_next((const char *)b, 4, &code) != by_grammar(b))
				fail_msg("%02x %02x %02x %02x", b[0], b[1], b[2], b[3]);
		}
	}
}

static void expect_width(const char *text, size_t expected)
{
	size_t width = tw_text_width(text, strlen(text));

	if (width != expected)
		fail_msg("\"%s\" takes %zu columns, not %zu", text, width, expected);
}

static void text_takes_columns(void **state)
{
	(void)state;
	assert_int_equal(tw_text_width(NULL, 0), 0);
	expect_width("acl-1 ~", 7);
	expect_width("caf\xc3\xa9", 4);		     /* U+00E9 */
	expect_width("cafe\xcc\x81", 4);	     /* e and U+0301 */
	expect_width("\xe6\x97\xa5\xe6\x9c\xac", 4); /* two ideographs */
	expect_width("\xed\x95\x9c", 2);	     /* a Hangul syllable */
	expect_width("\xef\xbc\xa1", 2);	     /* fullwidth A */
	expect_width("\xef\xbd\xb1", 1);	     /* halfwidth Katakana */
	expect_width("\xf0\x9f\x98\x80", 2);	     /* U+1F600 */
	expect_width("\xe2\x9c\x93", 1);	     /* a check mark */
	expect_width("\xe2\x94\x82\xe2\x96\x88", 2); /* box drawing, a full block */
	expect_width("a\xe2\x80\x8b"
		     "b",
		2);					     /* zero-width space */
	expect_width("\xd7\x90\xd6\xb7", 1);		     /* a Hebrew letter with a point */
	expect_width("\xe0\xb8\x81\xe0\xb8\xb4", 1);	     /* a Thai letter with a vowel */
	expect_width("\xff\xfe", 2);			     /* malformed bytes */
	expect_width("\xe6\x97", 2);			     /* cut off */
	expect_width("a\tb\x1b\x7f", 2);		     /* controls */
	expect_width("\xc2\xa0\xc3\x97\xc2\xad", 2);	     /* NBSP, a times sign, soft hyphen */
	expect_width("\xf0\xa0\x80\x80\xf3\xa0\x84\x80", 2); /* plane 2, variation selector */
	expect_width("\xf4\x8f\xbf\xbf", 1);		     /* U+10FFFF, behind all tables */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_is_read_back),
		cmocka_unit_test(every_sequence_agrees_with_the_grammar),
		cmocka_unit_test(text_takes_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
