/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_MEMORY_H
#define TWOWAY_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "twoway/status.h"

/**
 * Memory: where all of libtwoway's memory comes from, and how much of it there may be.
 *
 * A tw_mem is created first and freed last. Every other object of the library takes one and draws
 * from it alone (libyaml, which has no hook, is the one exception). It is not safe to share between
 * threads.
 */

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A user's allocator. `resize` behaves like realloc; all sizes are the ones asked for before, so an
 * allocator need not store them. Failing returns NULL; the library then reports TW_ENOMEM.
 */
struct tw_alloc {
	void *(*alloc)(void *ctx, size_t size);
	void *(*resize)(void *ctx, void *p, size_t old_size, size_t new_size);
	void (*release)(void *ctx, void *p, size_t size);
	void *ctx;
};

struct tw_mem;

/**
 * Creates a memory account. `alloc` NULL: the C library's. `limit` in bytes, 0: none; past it,
 * requests are refused as if memory had run out, and calls end in TW_ENOMEM.
 */
TW_NODISCARD tw_status tw_mem_new(
	const struct tw_alloc *alloc, uint64_t limit, struct tw_mem **ret);

/** Frees the account; everything drawn from it must have been freed. NULL is fine. */
void tw_mem_free(struct tw_mem *mem);

/** Bytes in use now, and at most so far. */
uint64_t tw_mem_used(const struct tw_mem *mem);
uint64_t tw_mem_peak(const struct tw_mem *mem);

#ifdef __cplusplus
}
#endif
#endif
