/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_ALLOC_H
#define TW_TEST_ALLOC_H

/*
 * For the tests of all floors: an allocator that counts, that fails on request, and that knows
 * whether everything came back with the right size; and the sweep that makes every allocation of a
 * function fail in turn. New memory is filled with junk, and a block moves whenever it is resized,
 * so stale pointers and reads of fresh memory show even without a sanitizer.
 *
 * Include this file first: it brings cmocka and the headers that cmocka asks for.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "twoway/memory.h"

struct test_block;
struct test_alloc {
	struct tw_alloc hooks; /* for tw_mem_new */
	size_t blocks, bytes;  /* alive now */
	size_t requests;       /* so far, failed ones included */
	size_t fail_at;	       /* the request that fails, 1 is the first; 0: none */
	bool fail_on;	       /* all later requests fail too */
	size_t failed;	       /* requests that were made to fail */
	const char *fault;     /* the first misuse seen, or NULL */
	struct test_block *newest;
};

void test_alloc_init(struct test_alloc *alloc);
/* The nth request from now on fails, and with `on` all behind it. */
void test_alloc_fail(struct test_alloc *alloc, size_t nth, bool on);
/* NULL, or what is wrong: a block that is still alive, a size or a pointer that never was. */
const char *test_alloc_fault(const struct test_alloc *alloc);
/* Frees what a tested program left behind, so that a test of this allocator leaks nothing. */
void test_alloc_clear(struct test_alloc *alloc);

/* A memory account on `alloc`, and its end; both fail the test if anything is wrong. */
struct tw_mem *test_mem_new(struct test_alloc *alloc);
void test_mem_free(struct test_alloc *alloc, struct tw_mem *mem);

typedef tw_status (*tw_oom_fn)(struct tw_mem *mem, void *ctx);

/*
 * Runs fn with its allocation number 1, 2, 3, ... failing, once alone and once with all behind it,
 * until a run ends without an injected failure; returns what that run returned. Fails the test
 * unless every other run returned TW_ENOMEM, and if any run leaves memory behind or returns it with
 * a wrong size. Past 1,000 allocations the steps grow by 1 in 100, to keep long sweeps bearable.
 * `fn` must release all it draws from `mem`, and must judge results only after TW_OK.
 */
TW_NODISCARD tw_status tw_oom_sweep(tw_oom_fn fn, void *ctx);

/* The same without failing the test: false, and why, if anything was wrong. */
TW_NODISCARD bool test_oom_try(
	tw_oom_fn fn, void *ctx, tw_status *ret_status, char *ret_why, size_t size);

#endif
