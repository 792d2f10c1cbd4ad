/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The failing allocator. Each block has a head with its size and a mark, and is chained, so that a
 * wrong size, a foreign pointer and a leak can be told apart.
 */

#include <stdio.h>
#include <stdlib.h>

#include "test_alloc.h"

#define MARK_ALIVE 0x616c6976u
#define JUNK	   0xa5

struct test_block {
	struct test_block *older, *newer;
	size_t size;
	uint32_t mark;
	_Alignas(16) unsigned char bytes[];
};

static void note(struct test_alloc *alloc, const char *fault)
{
	if (alloc->fault == NULL)
		alloc->fault = fault;
}

static bool must_fail(struct test_alloc *alloc)
{
	alloc->requests++;
	if (alloc->fail_at == 0 || alloc->requests < alloc->fail_at)
		return false;
	if (alloc->requests > alloc->fail_at && !alloc->fail_on)
		return false;
	alloc->failed++;
	return true;
}

static struct test_block *block_of(void *p)
{
	return (struct test_block *)(void *)((char *)p - offsetof(struct test_block, bytes));
}

static void *add_block(struct test_alloc *alloc, size_t size)
{
	struct test_block *block = malloc(sizeof(*block) + size);

	if (block == NULL)
		return NULL;
	block->older = alloc->newest;
	block->newer = NULL;
	block->size = size;
	block->mark = MARK_ALIVE;
	if (alloc->newest != NULL)
		alloc->newest->newer = block;
	alloc->newest = block;
	alloc->blocks++;
	alloc->bytes += size;
	memset(block->bytes, JUNK, size);
	return block->bytes;
}

static void drop_block(struct test_alloc *alloc, struct test_block *block)
{
	if (block->older != NULL)
		block->older->newer = block->newer;
	if (block->newer != NULL)
		block->newer->older = block->older;
	else
		alloc->newest = block->older;
	alloc->blocks--;
	alloc->bytes -= block->size;
	block->mark = 0;
	memset(block->bytes, JUNK, block->size);
	free(block);
}

/* False if `p` is no block of `size` bytes; then the best one can do is to leave it alone. */
static bool is_block(struct test_alloc *alloc, void *p, size_t size)
{
	if (p == NULL) {
		note(alloc, "NULL was handed back as a block");
		return false;
	}
	if (block_of(p)->mark != MARK_ALIVE) {
		note(alloc, "a pointer was handed back that is no living block");
		return false;
	}
	if (block_of(p)->size != size) {
		note(alloc, "a block was handed back with a size that it was not asked for with");
		return false;
	}
	return true;
}

static void *hook_alloc(void *ctx, size_t size)
{
	struct test_alloc *alloc = ctx;

	if (size == 0)
		note(alloc, "0 bytes were asked for");
	return must_fail(alloc) ? NULL : add_block(alloc, size);
}

static void *hook_resize(void *ctx, void *p, size_t old_size, size_t new_size)
{
	struct test_alloc *alloc = ctx;
	void *moved;

	if (new_size == 0)
		note(alloc, "0 bytes were asked for");
	if (!is_block(alloc, p, old_size) || must_fail(alloc))
		return NULL;
	moved = add_block(alloc, new_size);
	if (moved == NULL)
		return NULL;
	memcpy(moved, p, old_size < new_size ? old_size : new_size);
	drop_block(alloc, block_of(p));
	return moved;
}

static void hook_release(void *ctx, void *p, size_t size)
{
	struct test_alloc *alloc = ctx;

	if (is_block(alloc, p, size))
		drop_block(alloc, block_of(p));
}

void test_alloc_init(struct test_alloc *alloc)
{
	*alloc = (struct test_alloc){.hooks = {hook_alloc, hook_resize, hook_release, alloc}};
}

void test_alloc_fail(struct test_alloc *alloc, size_t nth, bool on)
{
	alloc->fail_at = nth > 0 ? alloc->requests + nth : 0;
	alloc->fail_on = on;
}

const char *test_alloc_fault(const struct test_alloc *alloc)
{
	if (alloc->fault != NULL)
		return alloc->fault;
	return alloc->blocks > 0 ? "blocks were not released" : NULL;
}

void test_alloc_clear(struct test_alloc *alloc)
{
	while (alloc->newest != NULL)
		drop_block(alloc, alloc->newest);
}

struct tw_mem *test_mem_new(struct test_alloc *alloc)
{
	struct tw_mem *mem = NULL;

	test_alloc_init(alloc);
	assert_int_equal(tw_mem_new(&alloc->hooks, 0, &mem), TW_OK);
	assert_non_null(mem);
	return mem;
}

void test_mem_free(struct test_alloc *alloc, struct tw_mem *mem)
{
	const char *fault;

	assert_int_equal(tw_mem_used(mem), 0);
	tw_mem_free(mem);
	fault = test_alloc_fault(alloc);
	if (fault != NULL)
		fail_msg("%s (%zu blocks, %zu bytes alive)", fault, alloc->blocks, alloc->bytes);
}

struct run {
	bool failed; /* the injected failure was met */
	tw_status status;
	char fault[160]; /* empty if all went as it must */
};

/* One run with request number n failing, and with `on` all later ones. */
static struct run run_failing(tw_oom_fn fn, void *ctx, size_t n, bool on)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct run run = {.failed = false};
	const char *fault;
	uint64_t used;

	test_alloc_fail(&alloc, n, on);
	run.status = fn(mem, ctx);
	run.failed = alloc.failed > 0;
	used = tw_mem_used(mem);
	tw_mem_free(mem);
	fault = test_alloc_fault(&alloc);
	if (fault != NULL)
		snprintf(run.fault, sizeof(run.fault), "%s (%zu blocks, %zu bytes alive)", fault,
			alloc.blocks, alloc.bytes);
	else if (used != 0)
		snprintf(run.fault, sizeof(run.fault), "%ju bytes are still accounted for",
			(uintmax_t)used);
	else if (run.failed && run.status != TW_ENOMEM)
		snprintf(run.fault, sizeof(run.fault), "status \"%s\", not out of memory",
			tw_status_text(run.status));
	else if (!run.failed && run.status == TW_ENOMEM)
		snprintf(run.fault, sizeof(run.fault), "out of memory without an injected failure");
	test_alloc_clear(&alloc);
	return run;
}

bool test_oom_try(tw_oom_fn fn, void *ctx, tw_status *ret_status, char *ret_why, size_t size)
{
	for (size_t n = 1;; n += n < 1000 ? 1 : n / 100) {
		for (int on = 0; on <= 1; on++) {
			struct run run = run_failing(fn, ctx, n, on == 1);

			if (run.fault[0] != '\0') {
				snprintf(ret_why, size, "allocation %zu%s failing: %s", n,
					on == 1 ? " and all later" : "", run.fault);
				return false;
			}
			if (!run.failed) {
				*ret_status = run.status;
				return true;
			}
		}
	}
}

tw_status tw_oom_sweep(tw_oom_fn fn, void *ctx)
{
	tw_status status = TW_EBUG;
	char why[256];

	if (!test_oom_try(fn, ctx, &status, why, sizeof(why)))
		fail_msg("%s", why);
	return status;
}
