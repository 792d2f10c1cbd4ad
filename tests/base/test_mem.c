/* SPDX-License-Identifier: Apache-2.0 */

/* The memory account: bytes, peak and limit, sizes of 0, and allocators that refuse. */

#include "test_alloc.h"

#include "mem.h"

static void bytes_and_peak_are_counted(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	size_t own = alloc.bytes;
	void *a, *b;

	(void)state;
	assert_int_equal(tw_mem_used(mem), 0);
	a = tw_mem_alloc(mem, 100);
	b = tw_mem_alloc(mem, 50);
	assert_int_equal(tw_mem_used(mem), 150);
	assert_int_equal(alloc.bytes - own, 150);
	a = tw_mem_resize(mem, a, 100, 10);
	assert_int_equal(tw_mem_used(mem), 60);
	assert_int_equal(tw_mem_peak(mem), 150);
	b = tw_mem_resize(mem, b, 50, 200);
	assert_int_equal(tw_mem_used(mem), 210);
	assert_int_equal(tw_mem_peak(mem), 210);
	tw_mem_release(mem, a, 10);
	tw_mem_release(mem, b, 200);
	tw_mem_release(mem, NULL, 0);
	assert_int_equal(tw_mem_used(mem), 0);
	assert_int_equal(tw_mem_peak(mem), 210);
	test_mem_free(&alloc, mem);
}

static void size_0_gives_a_pointer_of_its_own(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	char *a, *b, *c;

	(void)state;
	a = tw_mem_alloc(mem, 0);
	b = tw_mem_alloc(mem, 0);
	assert_non_null(a);
	assert_non_null(b);
	assert_ptr_not_equal(a, b);
	a = tw_mem_resize(mem, a, 0, 4);
	memcpy(a, "abc", 4);
	a = tw_mem_resize(mem, a, 4, 0);
	assert_non_null(a);
	c = tw_mem_resize(mem, NULL, 0, 7);
	assert_non_null(c);
	tw_mem_release(mem, a, 0);
	tw_mem_release(mem, b, 0);
	tw_mem_release(mem, c, 7);
	test_mem_free(&alloc, mem);
}

static void the_limit_refuses(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem;
	void *a, *b;

	(void)state;
	test_alloc_init(&alloc);
	assert_int_equal(tw_mem_new(&alloc.hooks, 100, &mem), TW_OK);
	assert_null(tw_mem_alloc(mem, 101));
	a = tw_mem_alloc(mem, 60);
	assert_non_null(a);
	assert_null(tw_mem_alloc(mem, 41));
	b = tw_mem_alloc(mem, 40);
	assert_non_null(b);
	assert_null(tw_mem_alloc(mem, 0));
	assert_null(tw_mem_resize(mem, a, 60, 61));
	assert_null(tw_mem_alloc(mem, SIZE_MAX));
	assert_int_equal(tw_mem_used(mem), 100);
	b = tw_mem_resize(mem, b, 40, 39);
	a = tw_mem_resize(mem, a, 60, 61);
	assert_non_null(a);
	assert_int_equal(tw_mem_peak(mem), 100);
	tw_mem_release(mem, a, 61);
	tw_mem_release(mem, b, 39);
	test_mem_free(&alloc, mem);
}

static void absurd_sizes_are_refused_without_asking(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	void *p = tw_mem_alloc(mem, 1);
	size_t requests = alloc.requests;

	(void)state;
	assert_null(tw_mem_alloc(mem, SIZE_MAX));
	assert_null(tw_mem_alloc(mem, (size_t)PTRDIFF_MAX + 1));
	assert_null(tw_mem_resize(mem, p, 1, SIZE_MAX));
	assert_int_equal(alloc.requests, requests);
	tw_mem_release(mem, p, 1);
	test_mem_free(&alloc, mem);
}

static void a_refusal_leaves_the_block_alone(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	char *p = tw_mem_alloc(mem, 4);

	(void)state;
	memcpy(p, "abc", 4);
	test_alloc_fail(&alloc, 1, true);
	assert_null(tw_mem_resize(mem, p, 4, 400));
	assert_null(tw_mem_alloc(mem, 4));
	assert_string_equal(p, "abc");
	assert_int_equal(tw_mem_used(mem), 4);
	tw_mem_release(mem, p, 4);
	test_mem_free(&alloc, mem);
}

static void an_account_can_be_refused(void **state)
{
	struct test_alloc alloc;
	struct tw_alloc half;
	struct tw_mem *mem = NULL;

	(void)state;
	test_alloc_init(&alloc);
	test_alloc_fail(&alloc, 1, true);
	assert_int_equal(tw_mem_new(&alloc.hooks, 0, &mem), TW_ENOMEM);
	half = alloc.hooks;
	half.resize = NULL;
	assert_int_equal(tw_mem_new(&half, 0, &mem), TW_EINVAL);
	assert_null(mem);
	assert_null(test_alloc_fault(&alloc));
	tw_mem_free(NULL);
}

static void without_hooks_the_c_library_serves(void **state)
{
	struct tw_mem *mem;
	char *p;

	(void)state;
	assert_int_equal(tw_mem_new(NULL, 0, &mem), TW_OK);
	p = tw_mem_alloc(mem, 4);
	assert_non_null(p);
	memcpy(p, "abc", 4);
	p = tw_mem_resize(mem, p, 4, 100000);
	assert_string_equal(p, "abc");
	tw_mem_release(mem, p, 100000);
	assert_int_equal(tw_mem_used(mem), 0);
	tw_mem_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_and_peak_are_counted),
		cmocka_unit_test(size_0_gives_a_pointer_of_its_own),
		cmocka_unit_test(the_limit_refuses),
		cmocka_unit_test(absurd_sizes_are_refused_without_asking),
		cmocka_unit_test(a_refusal_leaves_the_block_alone),
		cmocka_unit_test(an_account_can_be_refused),
		cmocka_unit_test(without_hooks_the_c_library_serves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
