/* SPDX-License-Identifier: Apache-2.0 */

/* The test allocator itself: it must see every misuse that other tests rely on it to see. */

#include "test_alloc.h"

#include "mem.h"

static void a_clean_run_has_no_fault(void **state)
{
	struct test_alloc alloc;
	char *p;

	(void)state;
	test_alloc_init(&alloc);
	p = alloc.hooks.alloc(alloc.hooks.ctx, 3);
	assert_non_null(p);
	memcpy(p, "abc", 3);
	p = alloc.hooks.resize(alloc.hooks.ctx, p, 3, 5);
	assert_memory_equal(p, "abc", 3);
	assert_int_equal((unsigned char)p[4], 0xa5);
	assert_int_equal(alloc.blocks, 1);
	assert_int_equal(alloc.bytes, 5);
	assert_non_null(test_alloc_fault(&alloc));
	alloc.hooks.release(alloc.hooks.ctx, p, 5);
	assert_null(test_alloc_fault(&alloc));
	assert_int_equal(alloc.blocks, 0);
	assert_int_equal(alloc.bytes, 0);
	assert_int_equal(alloc.requests, 2);
}

static void a_wrong_size_is_seen(void **state)
{
	struct test_alloc alloc;
	char *p;

	(void)state;
	test_alloc_init(&alloc);
	p = alloc.hooks.alloc(alloc.hooks.ctx, 3);
	alloc.hooks.release(alloc.hooks.ctx, p, 4);
	assert_non_null(alloc.fault);
	assert_int_equal(alloc.blocks, 1);
	test_alloc_clear(&alloc);
	assert_non_null(test_alloc_fault(&alloc));

	test_alloc_init(&alloc);
	p = alloc.hooks.alloc(alloc.hooks.ctx, 3);
	assert_null(alloc.hooks.resize(alloc.hooks.ctx, p, 2, 9));
	assert_non_null(alloc.fault);
	test_alloc_clear(&alloc);
}

static void requests_fail_once_or_from_then_on(void **state)
{
	struct test_alloc alloc;
	void *p[4];

	(void)state;
	test_alloc_init(&alloc);
	test_alloc_fail(&alloc, 2, false);
	for (int i = 0; i < 4; i++)
		p[i] = alloc.hooks.alloc(alloc.hooks.ctx, 1);
	assert_true(p[0] != NULL && p[1] == NULL && p[2] != NULL && p[3] != NULL);
	assert_int_equal(alloc.failed, 1);
	test_alloc_clear(&alloc);

	test_alloc_init(&alloc);
	test_alloc_fail(&alloc, 2, true);
	for (int i = 0; i < 4; i++)
		p[i] = alloc.hooks.alloc(alloc.hooks.ctx, 1);
	assert_true(p[0] != NULL && p[1] == NULL && p[2] == NULL && p[3] == NULL);
	assert_int_equal(alloc.failed, 3);
	test_alloc_clear(&alloc);
}

/* Draws ctx blocks, and gives them back. */
static tw_status draw(struct tw_mem *mem, void *ctx)
{
	void *p[8] = {NULL};
	size_t n = *(size_t *)ctx;
	tw_status status = TW_OK;

	for (size_t i = 0; i < n && status == TW_OK; i++) {
		p[i] = tw_mem_alloc(mem, i);
		status = p[i] != NULL ? TW_OK : TW_ENOMEM;
	}
	for (size_t i = 0; i < n; i++)
		tw_mem_release(mem, p[i], i);
	return status;
}

struct counted {
	size_t blocks, runs;
};

static tw_status draw_counted(struct tw_mem *mem, void *ctx)
{
	struct counted *counted = ctx;

	counted->runs++;
	return draw(mem, &counted->blocks);
}

static void the_sweep_meets_every_allocation(void **state)
{
	struct counted counted = {5, 0};

	(void)state;
	assert_int_equal(tw_oom_sweep(draw_counted, &counted), TW_OK);
	/* Each of 5 allocations alone and with the rest, and the run that went well. */
	assert_int_equal(counted.runs, 2 * 5 + 1);
	counted = (struct counted){0, 0};
	assert_int_equal(tw_oom_sweep(draw_counted, &counted), TW_OK);
	assert_int_equal(counted.runs, 1);
}

static tw_status end_otherwise(struct tw_mem *mem, void *ctx)
{
	TW_TRY(draw(mem, ctx));
	return TW_ELIMIT;
}

static void the_sweep_returns_the_last_status(void **state)
{
	size_t blocks = 3;

	(void)state;
	assert_int_equal(tw_oom_sweep(end_otherwise, &blocks), TW_ELIMIT);
}

/* ---- functions that a sweep must object to ---- */

static tw_status hide_failure(struct tw_mem *mem, void *ctx)
{
	(void)draw(mem, ctx);
	return TW_OK;
}

static tw_status always_enomem(struct tw_mem *mem, void *ctx)
{
	(void)mem;
	(void)ctx;
	return TW_ENOMEM;
}

static tw_status leak_on_failure(struct tw_mem *mem, void *ctx)
{
	void *first = tw_mem_alloc(mem, 1), *second;

	(void)ctx;
	if (first == NULL)
		return TW_ENOMEM;
	second = tw_mem_alloc(mem, 1);
	if (second == NULL)
		return TW_ENOMEM;
	tw_mem_release(mem, first, 1);
	tw_mem_release(mem, second, 1);
	return TW_OK;
}

static tw_status wrong_size(struct tw_mem *mem, void *ctx)
{
	void *p = tw_mem_alloc(mem, 9);

	(void)ctx;
	if (p == NULL)
		return TW_ENOMEM;
	tw_mem_release(mem, p, 8);
	return TW_OK;
}

static void the_sweep_sees_what_is_wrong(void **state)
{
	static const struct {
		tw_oom_fn fn;
		const char *why;
	} bad[] = {
		{hide_failure, "allocation 1 failing: status \"success\", not out of memory"},
		{always_enomem, "allocation 1 failing: out of memory without an injected failure"},
		{leak_on_failure, "allocation 2 failing: blocks were not released (1 blocks, "},
		{wrong_size, "allocation 2 failing: a block was handed back with a size that "},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(bad); i++) {
		tw_status status = TW_EBUG;
		size_t blocks = 2;
		char why[256] = "";

		assert_false(test_oom_try(bad[i].fn, &blocks, &status, why, sizeof(why)));
		assert_int_equal(status, TW_EBUG);
		if (strncmp(why, bad[i].why, strlen(bad[i].why)) != 0)
			fail_msg("\"%s\" instead of \"%s\"", why, bad[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clean_run_has_no_fault),
		cmocka_unit_test(a_wrong_size_is_seen),
		cmocka_unit_test(requests_fail_once_or_from_then_on),
		cmocka_unit_test(the_sweep_meets_every_allocation),
		cmocka_unit_test(the_sweep_returns_the_last_status),
		cmocka_unit_test(the_sweep_sees_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
