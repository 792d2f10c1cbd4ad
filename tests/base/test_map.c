/* SPDX-License-Identifier: Apache-2.0 */

/* The hash map against plain arrays, and the hash against change. */

#include "test_alloc.h"

#include <stdio.h>

#include "map.h"
#include "test_random.h"

static void an_empty_map_has_nothing(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_map map;

	(void)state;
	tw_map_init(&map, mem);
	assert_int_equal(tw_map_get(&map, TW_SV("a")), TW_MAP_NONE);
	assert_int_equal(tw_map_get(&map, TW_SV("")), TW_MAP_NONE);
	tw_map_fini(&map);
	tw_map_fini(&map);
	test_mem_free(&alloc, mem);
}

static void keys_are_bytes(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_map map;

	(void)state;
	tw_map_init(&map, mem);
	assert_int_equal(tw_map_set(&map, TW_SV(""), 1), TW_OK);
	assert_int_equal(tw_map_set(&map, TW_SV("a"), 2), TW_OK);
	assert_int_equal(tw_map_set(&map, TW_SV("a\0"), 3), TW_OK);
	assert_int_equal(tw_map_set(&map, TW_SV("a\0b"), 0), TW_OK);
	assert_int_equal(tw_map_set(&map, TW_SV("\0\0\0\0\0\0\0\0"), 5), TW_OK);
	assert_int_equal(tw_map_set(&map, TW_SV("\0\0\0\0\0\0\0\0\0"), 6), TW_OK);
	assert_int_equal(tw_map_get(&map, (struct tw_sv){NULL, 0}), 1);
	assert_int_equal(tw_map_get(&map, TW_SV("a")), 2);
	assert_int_equal(tw_map_get(&map, TW_SV("a\0")), 3);
	assert_int_equal(tw_map_get(&map, TW_SV("a\0b")), 0);
	assert_int_equal(tw_map_get(&map, TW_SV("\0\0\0\0\0\0\0\0")), 5);
	assert_int_equal(tw_map_get(&map, TW_SV("\0\0\0\0\0\0\0\0\0")), 6);
	assert_int_equal(tw_map_get(&map, TW_SV("b")), TW_MAP_NONE);
	/* Replaced, not added. */
	assert_int_equal(tw_map_set(&map, TW_SV("a"), 4), TW_OK);
	assert_int_equal(tw_map_get(&map, TW_SV("a")), 4);
	assert_int_equal(map.n, 6);
	/* The number that means "absent" cannot be stored. */
	assert_int_equal(tw_map_set(&map, TW_SV("a"), TW_MAP_NONE), TW_EINVAL);
	assert_int_equal(tw_map_get(&map, TW_SV("a")), 4);
	tw_map_fini(&map);
	test_mem_free(&alloc, mem);
}

enum { KEYS = 20000 };

static void a_map_agrees_with_an_array(void **state)
{
	static char key[KEYS][16];
	static uint32_t value[KEYS];
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct test_random random;
	struct tw_map map;
	size_t present = 0;

	(void)state;
	test_random_init(&random, __func__);
	tw_map_init(&map, mem);
	for (size_t i = 0; i < KEYS; i++) {
		snprintf(key[i], sizeof(key[i]), "sgr-%zx", i * 7919);
		value[i] = TW_MAP_NONE;
	}
	for (size_t i = 0; i < 2 * KEYS; i++) {
		size_t k = test_random_below(&random, KEYS);
		uint32_t to = (uint32_t)test_random_below(&random, TW_MAP_NONE);

		assert_int_equal(tw_map_get(&map, tw_sv_of(key[k])), value[k]);
		present += value[k] == TW_MAP_NONE;
		value[k] = to;
		assert_int_equal(tw_map_set(&map, tw_sv_of(key[k]), to), TW_OK);
		assert_int_equal(map.n, present);
		assert_true(map.n * 4 <= map.room * 3);
	}
	for (size_t k = 0; k < KEYS; k++)
		assert_int_equal(tw_map_get(&map, tw_sv_of(key[k])), value[k]);
	tw_map_fini(&map);
	test_mem_free(&alloc, mem);
}

/* Flipping any bit of the input should flip about half of the output. */
static void every_bit_matters(void **state)
{
	unsigned char text[40];

	(void)state;
	for (size_t n = 1; n <= sizeof(text); n++) {
		memset(text, 0, sizeof(text));
		for (size_t bit = 0; bit < n * 8; bit++) {
			uint64_t before = tw_hash(text, n, 0), change;
			int ones = 0;

			text[bit / 8] ^= (unsigned char)(1u << bit % 8);
			change = before ^ tw_hash(text, n, 0);
			for (; change != 0; change &= change - 1)
				ones++;
			assert_in_range(ones, 10, 54);
		}
	}
}

/* Nothing behind the end is read, and the same bytes elsewhere hash the same. */
static void only_the_bytes_matter(void **state)
{
	unsigned char zero[48] = {0}, ones[48];

	(void)state;
	for (size_t n = 0; n < 40; n++) {
		memset(ones, 0xff, sizeof(ones));
		memset(ones + 1, 0, n);
		assert_true(tw_hash(zero, n, 7) == tw_hash(ones + 1, n, 7));
	}
}

static void length_and_seed_matter(void **state)
{
	static const char zero[64];

	(void)state;
	for (size_t n = 0; n < sizeof(zero); n++) {
		assert_int_not_equal(tw_hash(zero, n, 1), tw_hash(zero, n, 2));
		for (size_t m = 0; m < n; m++)
			assert_int_not_equal(tw_hash(zero, n, 0), tw_hash(zero, m, 0));
	}
}

/* Ids that differ only in their number must spread over the low bits, which choose the slot. */
static void neighbours_spread(void **state)
{
	unsigned hits[256] = {0}, most = 0;

	(void)state;
	for (unsigned i = 0; i < 256 * 64; i++) {
		char id[24];
		int n = snprintf(id, sizeof(id), "eni-%017x", i);
		unsigned *hit = &hits[tw_hash(id, (size_t)n, 0) & 0xff];

		most = ++*hit > most ? *hit : most;
	}
	/* 64 on average, standard deviation 8. */
	assert_in_range(most, 64, 64 + 6 * 8);
}

static tw_status build(struct tw_mem *mem, void *ctx)
{
	char(*key)[16] = ctx;
	tw_status status = TW_OK;
	struct tw_map map;
	uint32_t i;

	tw_map_init(&map, mem);
	for (i = 0; i < 500 && status == TW_OK; i++)
		status = tw_map_set(&map, tw_sv_of(key[i]), i);
	/* A refused growth loses nothing. */
	assert_int_equal(map.n, status == TW_OK ? 500 : i - 1);
	for (uint32_t k = 0; k < map.n; k++)
		assert_int_equal(tw_map_get(&map, tw_sv_of(key[k])), k);
	tw_map_fini(&map);
	return status;
}

static void out_of_memory_is_survived(void **state)
{
	static char key[500][16];

	(void)state;
	for (size_t i = 0; i < 500; i++)
		snprintf(key[i], sizeof(key[i]), "subnet-%zu", i);
	assert_int_equal(tw_oom_sweep(build, key), TW_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_has_nothing),
		cmocka_unit_test(keys_are_bytes),
		cmocka_unit_test(a_map_agrees_with_an_array),
		cmocka_unit_test(every_bit_matters),
		cmocka_unit_test(only_the_bytes_matter),
		cmocka_unit_test(length_and_seed_matter),
		cmocka_unit_test(neighbours_spread),
		cmocka_unit_test(out_of_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
