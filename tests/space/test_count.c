/* SPDX-License-Identifier: Apache-2.0 */
/* Exact counts: arithmetic against schoolbook cases, text against numbers worked out elsewhere. */

#include "test_alloc.h"
#include "test_random.h"

#include "twoway/space.h"

static struct tw_count of(uint64_t n)
{
	return (struct tw_count){{n}};
}

static struct tw_count power_of_two(unsigned n)
{
	struct tw_count count = {{0}};

	count.w[n / 64] = (uint64_t)1 << n % 64;
	return count;
}

static void is_text(struct tw_count count, const char *want)
{
	char buf[TW_COUNT_TEXT];

	assert_string_equal(tw_count_text(&count, buf), want);
}

static void text(void **state)
{
	struct tw_count most = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};

	(void)state;
	is_text(of(0), "0");
	is_text(of(7), "7");
	is_text(of(28232), "28232");
	is_text(of(999999999), "999999999");
	is_text(of(1000000000), "1000000000");
	is_text(of(1000000001), "1000000001");
	is_text(of(UINT64_MAX), "18446744073709551615");
	is_text(power_of_two(64), "18446744073709551616");
	is_text(power_of_two(128), "340282366920938463463374607431768211456");
	is_text(power_of_two(298), "50925899408362152156711142210234454026286709841648406265903511"
				   "2338595324940834176545849344");
	is_text(most, "21359870359209100823950217061695521146027045223566527699470416"
		      "07822219725780640550022962086936575");
}

static void order(void **state)
{
	struct tw_count a = power_of_two(256), b = power_of_two(255);

	(void)state;
	assert_int_equal(tw_count_cmp(&a, &b), 1);
	assert_int_equal(tw_count_cmp(&b, &a), -1);
	assert_int_equal(tw_count_cmp(&a, &a), 0);
	tw_count_add(&b, &b);
	assert_int_equal(tw_count_cmp(&a, &b), 0);
}

static void carries(void **state)
{
	struct tw_count a = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, 0}}, b = of(1);
	struct tw_count want = power_of_two(256), square;

	(void)state;
	tw_count_add(&a, &b);
	assert_int_equal(tw_count_cmp(&a, &want), 0);
	for (unsigned i = 0; i < 320; i++) {
		for (unsigned j = 0; i + j < 320; j += 7) {
			a = power_of_two(i);
			b = power_of_two(j);
			want = power_of_two(i + j);
			tw_count_mul(&a, &b);
			assert_int_equal(tw_count_cmp(&a, &want), 0);
		}
	}
	/* (2^160 - 1)^2 = 2^320 - 2^161 + 1 */
	square = (struct tw_count){{UINT64_MAX, UINT64_MAX, UINT32_MAX, 0, 0}};
	tw_count_mul(&square, &square);
	assert_int_equal(square.w[0], 1);
	assert_int_equal(square.w[1], 0);
	assert_int_equal(square.w[2], UINT64_MAX << 33);
	assert_int_equal(square.w[3], UINT64_MAX);
	assert_int_equal(square.w[4], UINT64_MAX);
}

/* (a + b) * c = a * c + b * c, and a * b = b * a, for numbers of 140 bits. */
static void laws(void **state)
{
	struct test_random random;

	(void)state;
	test_random_init(&random, "space count");
	for (int run = 0; run < 5000; run++) {
		struct tw_count v[3], sum, parts, other;

		for (int i = 0; i < 3; i++)
			v[i] = (struct tw_count){{test_random_u64(&random),
				test_random_u64(&random), test_random_below(&random, 4096)}};
		sum = v[0];
		tw_count_add(&sum, &v[1]);
		tw_count_mul(&sum, &v[2]);
		parts = v[0];
		tw_count_mul(&parts, &v[2]);
		other = v[2];
		tw_count_mul(&other, &v[1]);
		tw_count_add(&parts, &other);
		assert_int_equal(tw_count_cmp(&sum, &parts), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(order),
		cmocka_unit_test(carries),
		cmocka_unit_test(laws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
