/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The memory account: every byte of the library is asked for here, so a limit, the peak and the
 * injection of failures in tests need one place only. Callers know the sizes of what they hold;
 * nothing is stored beside a block.
 */

#include <assert.h>
#include <stdlib.h>

#include "mem.h"

struct tw_mem {
	struct tw_alloc alloc;
	uint64_t used, peak, limit;
};

static void *libc_alloc(void *ctx, size_t size)
{
	(void)ctx;
	return malloc(size);
}

static void *libc_resize(void *ctx, void *p, size_t old_size, size_t new_size)
{
	(void)ctx;
	(void)old_size;
	return realloc(p, new_size);
}

static void libc_release(void *ctx, void *p, size_t size)
{
	(void)ctx;
	(void)size;
	free(p);
}

/* What the allocator is asked for: never 0, because malloc(0) may answer NULL. */
static size_t asked(size_t size)
{
	return size > 0 ? size : 1;
}

/* True if `more` bytes may be added when `less` bytes go at the same time. */
static bool allowed(const struct tw_mem *mem, size_t less, size_t more)
{
	uint64_t rest;

	/* Pointer differences inside a block must be representable. */
	if (more > PTRDIFF_MAX)
		return false;
	if (mem->limit == 0)
		return true;
	rest = mem->used - less;
	return rest <= mem->limit && more <= mem->limit - rest;
}

static void account(struct tw_mem *mem, size_t less, size_t more)
{
	mem->used = mem->used - less + more;
	if (mem->used > mem->peak)
		mem->peak = mem->used;
}

tw_status tw_mem_new(const struct tw_alloc *alloc, uint64_t limit, struct tw_mem **ret)
{
	struct tw_alloc hooks = {libc_alloc, libc_resize, libc_release, NULL};
	struct tw_mem *mem;

	if (alloc != NULL)
		hooks = *alloc;
	if (hooks.alloc == NULL || hooks.resize == NULL || hooks.release == NULL)
		return TW_EINVAL;
	mem = hooks.alloc(hooks.ctx, sizeof(*mem));
	if (mem == NULL)
		return TW_ENOMEM;
	*mem = (struct tw_mem){.alloc = hooks, .limit = limit};
	*ret = mem;
	return TW_OK;
}

void tw_mem_free(struct tw_mem *mem)
{
	struct tw_alloc hooks;

	if (mem == NULL)
		return;
	hooks = mem->alloc;
	hooks.release(hooks.ctx, mem, sizeof(*mem));
}

uint64_t tw_mem_used(const struct tw_mem *mem)
{
	return mem->used;
}

uint64_t tw_mem_peak(const struct tw_mem *mem)
{
	return mem->peak;
}

void *tw_mem_alloc(struct tw_mem *mem, size_t size)
{
	size_t more = asked(size);
	void *p;

	if (!allowed(mem, 0, more))
		return NULL;
	p = mem->alloc.alloc(mem->alloc.ctx, more);
	if (p != NULL)
		account(mem, 0, more);
	return p;
}

void *tw_mem_resize(struct tw_mem *mem, void *p, size_t old_size, size_t new_size)
{
	size_t less = asked(old_size), more = asked(new_size);
	void *moved;

	if (p == NULL)
		return tw_mem_alloc(mem, new_size);
	assert(less <= mem->used);
	if (!allowed(mem, less, more))
		return NULL;
	moved = mem->alloc.resize(mem->alloc.ctx, p, less, more);
	if (moved != NULL)
		account(mem, less, more);
	return moved;
}

void tw_mem_release(struct tw_mem *mem, void *p, size_t size)
{
	size_t less = asked(size);

	if (p == NULL)
		return;
	assert(less <= mem->used);
	mem->alloc.release(mem->alloc.ctx, p, less);
	account(mem, less, 0);
}
