/* SPDX-License-Identifier: Apache-2.0 */

/* Growable arrays: growth, overflow, and that a refused growth changes nothing. */

#include "test_alloc.h"

#include "vec.h"

static void pushed_elements_stay(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	TW_VEC(size_t) numbers = TW_VEC_EMPTY;
	TW_VEC(const char *) names = TW_VEC_EMPTY;
	size_t before;

	(void)state;
	before = alloc.requests;
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(TW_VEC_PUSH(mem, &numbers, i * i), TW_OK);
	assert_int_equal(numbers.n, 10000);
	/* Doubling from 8 to 16384: 12 requests. */
	assert_int_equal(alloc.requests - before, 12);
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(numbers.v[i], i * i);
	assert_int_equal(TW_VEC_PUSH(mem, &names, "one"), TW_OK);
	assert_string_equal(names.v[0], "one");
	TW_VEC_FREE(mem, &numbers);
	TW_VEC_FREE(mem, &names);
	assert_null(numbers.v);
	TW_VEC_FREE(mem, &numbers);
	test_mem_free(&alloc, mem);
}

struct wide_element {
	uint64_t a, b, c;
};

static void structs_can_be_pushed(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	TW_VEC(struct wide_element) items = TW_VEC_EMPTY;

	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(
			TW_VEC_PUSH(mem, &items, (struct wide_element){i, i + 1, i + 2}), TW_OK);
	assert_int_equal(items.v[99].c, 101);
	TW_VEC_FREE(mem, &items);
	test_mem_free(&alloc, mem);
}

static void reserved_room_is_enough(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	TW_VEC(uint16_t) ports = TW_VEC_EMPTY;
	size_t requests;

	(void)state;
	assert_int_equal(TW_VEC_RESERVE(mem, &ports, 0), TW_OK);
	assert_null(ports.v);
	assert_int_equal(TW_VEC_RESERVE(mem, &ports, 1000), TW_OK);
	assert_true(ports.room >= 1000);
	requests = alloc.requests;
	for (uint16_t i = 0; i < 1000; i++)
		assert_int_equal(TW_VEC_PUSH(mem, &ports, i), TW_OK);
	assert_int_equal(alloc.requests, requests);
	TW_VEC_FREE(mem, &ports);
	test_mem_free(&alloc, mem);
}

static void overflow_is_out_of_memory(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	TW_VEC(uint64_t) numbers = TW_VEC_EMPTY;
	size_t requests;

	(void)state;
	assert_int_equal(TW_VEC_PUSH(mem, &numbers, 7), TW_OK);
	requests = alloc.requests;
	assert_int_equal(TW_VEC_RESERVE(mem, &numbers, SIZE_MAX), TW_ENOMEM);
	assert_int_equal(TW_VEC_RESERVE(mem, &numbers, SIZE_MAX / 8 + 1), TW_ENOMEM);
	assert_int_equal(TW_VEC_RESERVE(mem, &numbers, PTRDIFF_MAX / 8), TW_ENOMEM);
	assert_int_equal(alloc.requests, requests);
	assert_int_equal(numbers.n, 1);
	assert_int_equal(numbers.room, 8);
	assert_int_equal(numbers.v[0], 7);
	TW_VEC_FREE(mem, &numbers);
	test_mem_free(&alloc, mem);
}

static tw_status build(struct tw_mem *mem, void *ctx)
{
	TW_VEC(int) numbers = TW_VEC_EMPTY;
	tw_status status = TW_OK;

	(void)ctx;
	for (int i = 0; i < 1000 && status == TW_OK; i++) {
		status = TW_VEC_PUSH(mem, &numbers, i);
		assert_int_equal(numbers.n, status == TW_OK ? i + 1 : i);
	}
	for (size_t i = 0; i < numbers.n; i++)
		assert_int_equal(numbers.v[i], i);
	TW_VEC_FREE(mem, &numbers);
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
		cmocka_unit_test(pushed_elements_stay),
		cmocka_unit_test(structs_can_be_pushed),
		cmocka_unit_test(reserved_room_is_enough),
		cmocka_unit_test(overflow_is_out_of_memory),
		cmocka_unit_test(out_of_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
