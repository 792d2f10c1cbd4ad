/* SPDX-License-Identifier: Apache-2.0 */
/* The text of addresses: tables of RFC 4291 and RFC 5952, and the C library as second opinion. */

#define _POSIX_C_SOURCE 200809L

#include "test_alloc.h"
#include "test_random.h"

#include <arpa/inet.h>

#include "twoway/space.h"

static enum tw_prefix_error parse(const char *text, struct tw_prefix *ret)
{
	return tw_prefix_parse(text, strlen(text), ret);
}

/* What a CIDR block reads as, written again. */
static void reads_as(const char *text, const char *want)
{
	struct tw_prefix prefix;
	char buf[TW_PREFIX_TEXT];

	assert_int_equal(parse(text, &prefix), TW_PREFIX_OK);
	assert_string_equal(tw_prefix_text(prefix, buf), want);
}

static void good_text(void **state)
{
	(void)state;
	reads_as("10.0.0.0/16", "10.0.0.0/16");
	reads_as("10.0.0.5", "10.0.0.5/32");
	reads_as("0.0.0.0/0", "0.0.0.0/0");
	reads_as("255.255.255.255", "255.255.255.255/32");
	reads_as("128.0.0.0/1", "128.0.0.0/1");
	reads_as("::", "::/128");
	reads_as("::/0", "::/0");
	reads_as("::1", "::1/128");
	reads_as("1::", "1::/128");
	reads_as("2001:db8::/32", "2001:db8::/32");
	reads_as("2001:DB8:0:0:0:0:0:0/32", "2001:db8::/32");
	reads_as("2001:0db8::0001", "2001:db8::1/128");
	reads_as("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8/128");
	reads_as("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0/128");
	reads_as("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8/128");
	reads_as("1:2:3::5:6:7:8", "1:2:3:0:5:6:7:8/128");
	reads_as("::ffff:192.0.2.1", "::ffff:192.0.2.1/128");
	reads_as("64:ff9b::192.0.2.0/120", "64:ff9b::c000:200/120");
	reads_as("fd00:ec2::254", "fd00:ec2::254/128");
	reads_as("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
}

/* RFC 5952 section 4: the longest run of zeros, the first of equals, never a single one. */
static void shortest_text(void **state)
{
	(void)state;
	reads_as("2001:0:0:1:0:0:0:1", "2001:0:0:1::1/128");
	reads_as("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1/128");
	reads_as("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1/128");
	reads_as("0:0:1:0:0:0:0:0", "0:0:1::/128");
	reads_as("0:0:0:0:1:0:0:0", "::1:0:0:0/128");
}

static void bad_text(void **state)
{
	static const char *const syntax[] = {"", "/", "/8", "10", "10.0.0", "10.0.0.0.0", "10.0.0.",
		".0.0.0", "10..0.0", "256.0.0.0", "10.0.0.010", "10.0.0.00", " 10.0.0.0",
		"10.0.0.0 ", "10.0.0.0 /8", "+1.0.0.0", "0x0a.0.0.0", "1.2.3.4:", ":",
		":::", "1:", ":1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8",
		"1::2::3", "12345::", "g::", "::1%eth0", "1.2.3.4::", "::1.2.3", "::1.2.3.4.5",
		"1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "::01.2.3.4", "::1:", "1:::2",
		"10.0.0.0\n"};
	static const char *const length[] = {"10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0/ 8", "10.0.0.0/8 ", "10.0.0.0/255.0.0.0",
		"::/129", "::/99999999999999999999"};
	struct tw_prefix prefix = {{7, 7}, 7, 7};

	(void)state;
	for (size_t i = 0; i < sizeof(syntax) / sizeof(syntax[0]); i++) {
		if (parse(syntax[i], &prefix) != TW_PREFIX_SYNTAX)
			fail_msg("\"%s\" was taken for an address", syntax[i]);
	}
	for (size_t i = 0; i < sizeof(length) / sizeof(length[0]); i++) {
		if (parse(length[i], &prefix) != TW_PREFIX_LENGTH)
			fail_msg("the length of \"%s\" was taken", length[i]);
	}
	assert_int_equal(tw_prefix_parse("10.0.0.0\0/8", 11, &prefix), TW_PREFIX_SYNTAX);
	/* Untouched by all of them. */
	assert_int_equal(prefix.family, 7);
	assert_int_equal(prefix.addr.hi, 7);
	/* Not one byte past the size is looked at. */
	assert_int_equal(tw_prefix_parse("10.0.0.0/24", 10, &prefix), TW_PREFIX_HOST_BITS);
	assert_int_equal(prefix.len, 2);
}

static void host_bits(void **state)
{
	struct tw_prefix prefix;
	char buf[TW_PREFIX_TEXT];

	(void)state;
	/* SPEC: nacl-cidr-canonical (the example of the specification) */
	assert_int_equal(parse("100.68.0.18/18", &prefix), TW_PREFIX_HOST_BITS);
	assert_string_equal(tw_prefix_text(prefix, buf), "100.68.0.0/18");
	assert_int_equal(parse("2001:db8::1/64", &prefix), TW_PREFIX_HOST_BITS);
	assert_string_equal(tw_prefix_text(prefix, buf), "2001:db8::/64");
	assert_int_equal(parse("0.0.0.1/0", &prefix), TW_PREFIX_HOST_BITS);
	assert_string_equal(tw_prefix_text(prefix, buf), "0.0.0.0/0");
}

/* Whatever we write, the C library reads as the same bytes, and so do we; for IPv4 the same text.
 */
static void against_the_c_library(void **state)
{
	struct test_random random;

	(void)state;
	test_random_init(&random, "space addr_text");
	for (int run = 0; run < 20000; run++) {
		struct tw_addr addr = {test_random_u64(&random), test_random_u64(&random)};
		struct tw_addr v4 = {0, addr.lo & 0xffffffff};
		uint64_t mask = test_random_u64(&random);
		char buf[TW_PREFIX_TEXT], libc[TW_PREFIX_TEXT];
		struct tw_prefix prefix;
		unsigned char bytes[16];

		/* Groups become zero often, for runs of all kinds. */
		for (unsigned i = 0; i < 4; i++) {
			if (mask >> i & 1)
				addr.hi &= ~(0xffffull << 16 * i);
			if (mask >> (i + 8) & 1)
				addr.lo &= ~(0xffffull << 16 * i);
		}
		tw_addr_text(addr, TW_IPV6, buf);
		assert_int_equal(inet_pton(AF_INET6, buf, bytes), 1);
		for (unsigned i = 0; i < 8; i++) {
			assert_int_equal(bytes[i], addr.hi >> (56 - 8 * i) & 255);
			assert_int_equal(bytes[i + 8], addr.lo >> (56 - 8 * i) & 255);
		}
		assert_int_equal(parse(buf, &prefix), TW_PREFIX_OK);
		assert_int_equal(tw_addr_cmp(prefix.addr, addr), 0);
		/* The C library writes ::/96 with dots, which RFC 5952 does not ask for. */
		if (addr.hi != 0 || addr.lo >> 32 != 0) {
			assert_non_null(inet_ntop(AF_INET6, bytes, libc, sizeof(libc)));
			assert_string_equal(buf, libc);
		}
		for (unsigned i = 0; i < 4; i++)
			bytes[i] = (unsigned char)(v4.lo >> (24 - 8 * i));
		assert_non_null(inet_ntop(AF_INET, bytes, libc, sizeof(libc)));
		assert_string_equal(tw_addr_text(v4, TW_IPV4, buf), libc);
	}
}

/* Random bytes near addresses: we accept nothing that the C library refuses. */
static void nothing_too_much(void **state)
{
	static const char alphabet[] = "0123456789abf:.:.::";
	struct test_random random;
	unsigned taken = 0;

	(void)state;
	test_random_init(&random, "space addr_text nothing_too_much");
	for (int run = 0; run < 300000; run++) {
		char text[24];
		size_t n = 2 + test_random_below(&random, 16);
		struct tw_prefix prefix;
		unsigned char bytes[16];
		bool ours, theirs;

		for (size_t i = 0; i < n; i++)
			text[i] = alphabet[test_random_below(&random, sizeof(alphabet) - 1)];
		text[n] = '\0';
		ours = parse(text, &prefix) == TW_PREFIX_OK;
		theirs = inet_pton(AF_INET6, text, bytes) == 1 ||
			 inet_pton(AF_INET, text, bytes) == 1;
		if (ours != theirs)
			fail_msg("\"%s\": %d, C library %d", text, ours, theirs);
		taken += ours;
	}
	assert_true(taken > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_text),
		cmocka_unit_test(shortest_text),
		cmocka_unit_test(bad_text),
		cmocka_unit_test(host_bits),
		cmocka_unit_test(against_the_c_library),
		cmocka_unit_test(nothing_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
