/* SPDX-License-Identifier: Apache-2.0 */

/* Arenas: alignment, no overlap, chunk sizes, marks, and texts. */

#include "test_alloc.h"

#include "mem.h"
#include "test_random.h"

static void objects_are_aligned_and_do_not_overlap(void **state)
{
	enum { COUNT = 5000 };
	static unsigned char *object[COUNT];
	static size_t size[COUNT];
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct test_random random;
	struct tw_arena arena;

	(void)state;
	test_random_init(&random, __func__);
	tw_arena_init(&arena, mem);
	for (size_t i = 0; i < COUNT; i++) {
		uint64_t kind = test_random_below(&random, 100);

		size[i] = kind == 0 ? test_random_below(&random, 100000) : kind % 70;
		if (kind % 3 == 0) {
			object[i] = (unsigned char *)tw_arena_dup(&arena, "", 0);
			size[i] = 1;
		} else {
			object[i] = tw_arena_alloc(&arena, size[i]);
			assert_int_equal((uintptr_t)object[i] % 16, 0);
		}
		memset(object[i], (int)(i & 0xff), size[i]);
	}
	for (size_t i = 0; i < COUNT; i++)
		for (size_t j = 0; j < size[i]; j++)
			if (object[i][j] != (i & 0xff))
				fail_msg("byte %zu of object %zu was overwritten", j, i);
	tw_arena_fini(&arena);
	test_mem_free(&alloc, mem);
}

static void chunks_double_and_large_objects_get_their_own(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_arena arena;
	uint64_t used;

	(void)state;
	tw_arena_init(&arena, mem);
	assert_int_equal(tw_mem_used(mem), 0);
	assert_non_null(tw_arena_alloc(&arena, 1));
	assert_int_equal(tw_mem_used(mem), 4096);
	assert_non_null(tw_arena_alloc(&arena, 4060));
	assert_int_equal(tw_mem_used(mem), 4096 + 8192);
	used = tw_mem_used(mem);
	assert_non_null(tw_arena_alloc(&arena, 3000000));
	assert_in_range(tw_mem_used(mem) - used, 3000000, 3000064);
	used = tw_mem_used(mem);
	/* Doubling goes on where it was. */
	assert_non_null(tw_arena_alloc(&arena, 1000));
	assert_int_equal(tw_mem_used(mem) - used, 16384);
	for (int i = 0; i < 5000; i++)
		assert_non_null(tw_arena_alloc(&arena, 1000));
	/* Full chunks up to 1 MiB, and not more than one of them to spare. */
	assert_in_range(tw_mem_used(mem), 8000000, 8000000 + 2 * 1048576);
	tw_arena_fini(&arena);
	assert_int_equal(tw_mem_used(mem), 0);
	test_mem_free(&alloc, mem);
}

static void zeroed_means_zeroed(void **state)
{
	static const char zero[300];
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_arena arena;
	uint32_t *array;

	(void)state;
	tw_arena_init(&arena, mem);
	assert_memory_equal(tw_arena_zero(&arena, 300), zero, 300);
	array = TW_NEW_ARRAY(&arena, uint32_t, 75);
	assert_memory_equal(array, zero, 300);
	assert_non_null(TW_NEW_ARRAY(&arena, uint32_t, 0));
	assert_null(tw_arena_array(&arena, SIZE_MAX / 2, 4));
	assert_null(tw_arena_array(&arena, ((size_t)1 << 63) + 1, 2));
	assert_null(tw_arena_alloc(&arena, SIZE_MAX));
	assert_null(tw_arena_alloc(&arena, SIZE_MAX - 20));
	assert_null(tw_arena_alloc(&arena, PTRDIFF_MAX));
	assert_null(tw_arena_dup(&arena, "", SIZE_MAX));
	tw_arena_fini(&arena);
	test_mem_free(&alloc, mem);
}

static void texts_are_copied(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_arena arena;
	char source[] = "abcdef", *text;

	(void)state;
	tw_arena_init(&arena, mem);
	text = tw_arena_dup(&arena, source, 3);
	source[0] = 'x';
	assert_string_equal(text, "abc");
	assert_string_equal(tw_arena_dup(&arena, NULL, 0), "");
	assert_string_equal(tw_arena_str(&arena, source), "xbcdef");
	assert_string_equal(tw_arena_printf(&arena, "%s-%d", "acl", 100), "acl-100");
	text = tw_arena_printf(&arena, "%05000d", 7);
	assert_int_equal(strlen(text), 5000);
	assert_int_equal(text[4999], '7');
	assert_string_equal(tw_arena_printf(&arena, "%s", ""), "");
	tw_arena_fini(&arena);
	test_mem_free(&alloc, mem);
}

static void restoring_a_mark_gives_memory_back(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_arena_mark empty, middle;
	struct tw_arena arena;
	char *kept, *a, *b;
	uint64_t used;

	(void)state;
	tw_arena_init(&arena, mem);
	empty = tw_arena_save(&arena);
	kept = tw_arena_str(&arena, "kept");
	middle = tw_arena_save(&arena);
	used = tw_mem_used(mem);
	a = tw_arena_alloc(&arena, 64);
	for (int i = 0; i < 100; i++)
		assert_non_null(tw_arena_alloc(&arena, 1000));
	tw_arena_restore(&arena, middle);
	assert_int_equal(tw_mem_used(mem), used);
	b = tw_arena_alloc(&arena, 64);
	assert_ptr_equal(a, b);
	assert_string_equal(kept, "kept");
	tw_arena_restore(&arena, empty);
	assert_int_equal(tw_mem_used(mem), 0);
	assert_non_null(tw_arena_alloc(&arena, 1));
	tw_arena_fini(&arena);
	tw_arena_fini(&arena);
	test_mem_free(&alloc, mem);
}

static tw_status build(struct tw_mem *mem, void *ctx)
{
	struct tw_arena arena;
	tw_status status = TW_ENOMEM;

	(void)ctx;
	tw_arena_init(&arena, mem);
	if (tw_arena_alloc(&arena, 4000) != NULL && tw_arena_str(&arena, "x") != NULL &&
		tw_arena_zero(&arena, 10000) != NULL && tw_arena_array(&arena, 9, 999) != NULL &&
		tw_arena_printf(&arena, "%09000d", 1) != NULL)
		status = TW_OK;
	tw_arena_fini(&arena);
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
		cmocka_unit_test(objects_are_aligned_and_do_not_overlap),
		cmocka_unit_test(chunks_double_and_large_objects_get_their_own),
		cmocka_unit_test(zeroed_means_zeroed),
		cmocka_unit_test(texts_are_copied),
		cmocka_unit_test(restoring_a_mark_gives_memory_back),
		cmocka_unit_test(out_of_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
