/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_BASE_MEM_H
#define TW_BASE_MEM_H

/*
 * Memory inside the library: accounted allocation, arenas, and the macros that every fallible
 * function uses. Nothing else in the library calls malloc.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "twoway/memory.h"

/* Returns from the calling function if `expr` is not TW_OK. */
#define TW_TRY(expr)                                                                               \
	do {                                                                                       \
		tw_status try_status_ = (expr);                                                    \
		if (try_status_ != TW_OK)                                                          \
			return try_status_;                                                        \
	} while (0)

#define TW_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* NULL when refused. `size` 0 gives a unique pointer that must be freed with size 0. */
void *tw_mem_alloc(struct tw_mem *mem, size_t size);
void *tw_mem_resize(struct tw_mem *mem, void *p, size_t old_size, size_t new_size);
void tw_mem_release(struct tw_mem *mem, void *p, size_t size);

/*
 * An arena: many small objects that die together. Chunks double from 4 KiB to 1 MiB; an object
 * larger than a chunk gets its own. Memory is not zeroed by tw_arena_alloc, and is by
 * tw_arena_zero. All results are aligned to 16 bytes, texts excepted. NULL when refused.
 */
struct tw_arena_chunk;
struct tw_arena {
	struct tw_mem *mem;
	struct tw_arena_chunk *chunk; /* newest first */
	size_t used;		      /* bytes of the newest chunk in use */
};

struct tw_arena_mark {
	struct tw_arena_chunk *chunk;
	size_t used;
};

void tw_arena_init(struct tw_arena *arena, struct tw_mem *mem);
void tw_arena_fini(struct tw_arena *arena);
void *tw_arena_alloc(struct tw_arena *arena, size_t size);
void *tw_arena_zero(struct tw_arena *arena, size_t size);
/* An array of `count` elements, zeroed; NULL on overflow too. */
void *tw_arena_array(struct tw_arena *arena, size_t count, size_t size);
/* A copy of `size` bytes with a NUL behind it. */
char *tw_arena_dup(struct tw_arena *arena, const char *p, size_t size);
char *tw_arena_str(struct tw_arena *arena, const char *s);
char *tw_arena_printf(struct tw_arena *arena, const char *format, ...) TW_PRINTF(2, 3);
char *tw_arena_vprintf(struct tw_arena *arena, const char *format, va_list args) TW_PRINTF(2, 0);
struct tw_arena_mark tw_arena_save(const struct tw_arena *arena);
void tw_arena_restore(struct tw_arena *arena, struct tw_arena_mark mark);

#define TW_NEW(arena, type)		 ((type *)tw_arena_zero((arena), sizeof(type)))
#define TW_NEW_ARRAY(arena, type, count) ((type *)tw_arena_array((arena), (count), sizeof(type)))

#endif
