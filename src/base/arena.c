/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Arenas: many small objects that die together, cut from chunks one behind the other.
 *
 * Chunks form a stack, newest first; objects are cut from the newest chunk only, so a mark is a
 * chunk and a number of bytes in it, and restoring it pops chunks. An object that does not fit
 * into the next ordinary chunk gets a chunk of just its size. What is left over of the chunk
 * before is then lost, but that is never more than the object itself takes.
 */

#include <stdio.h>

#include "mem.h"

#define CHUNK_MIN ((size_t)4 * 1024)
#define CHUNK_MAX ((size_t)1024 * 1024)
#define ALIGNMENT 16

struct tw_arena_chunk {
	struct tw_arena_chunk *older;
	size_t size; /* of the whole chunk, this head included */
	size_t next; /* size of the ordinary chunk that comes after it */
};

void tw_arena_init(struct tw_arena *arena, struct tw_mem *mem)
{
	*arena = (struct tw_arena){.mem = mem};
}

void tw_arena_fini(struct tw_arena *arena)
{
	tw_arena_restore(arena, (struct tw_arena_mark){NULL, 0});
}

/* Makes a chunk that surely holds an object of `size` bytes the newest one. */
static bool push_chunk(struct tw_arena *arena, size_t size)
{
	const size_t overhead = sizeof(struct tw_arena_chunk) + ALIGNMENT;
	size_t ordinary = arena->chunk != NULL ? arena->chunk->next : CHUNK_MIN;
	size_t next = ordinary < CHUNK_MAX ? ordinary * 2 : CHUNK_MAX;
	size_t whole = ordinary;
	struct tw_arena_chunk *chunk;

	if (size > PTRDIFF_MAX - overhead)
		return false;
	if (size + overhead > ordinary) {
		whole = size + overhead;
		next = ordinary;
	}
	chunk = tw_mem_alloc(arena->mem, whole);
	if (chunk == NULL)
		return false;
	*chunk = (struct tw_arena_chunk){arena->chunk, whole, next};
	arena->chunk = chunk;
	arena->used = sizeof(*chunk);
	return true;
}

/* Cuts an object from the newest chunk; NULL if it does not fit. `align` is a power of two. */
static void *cut(struct tw_arena *arena, size_t size, size_t align)
{
	char *begin;
	size_t left, pad;

	if (arena->chunk == NULL)
		return NULL;
	/* By address, not by offset: the user's allocator may align to less than 16 bytes. */
	begin = (char *)arena->chunk + arena->used;
	left = arena->chunk->size - arena->used;
	pad = (size_t)(-(uintptr_t)begin & (align - 1));
	if (pad > left || size > left - pad)
		return NULL;
	arena->used += pad + size;
	return begin + pad;
}

static void *take(struct tw_arena *arena, size_t size, size_t align)
{
	void *p = cut(arena, size, align);

	if (p != NULL)
		return p;
	if (!push_chunk(arena, size))
		return NULL;
	return cut(arena, size, align);
}

void *tw_arena_alloc(struct tw_arena *arena, size_t size)
{
	return take(arena, size, ALIGNMENT);
}

void *tw_arena_zero(struct tw_arena *arena, size_t size)
{
	void *p = take(arena, size, ALIGNMENT);

	if (p != NULL)
		memset(p, 0, size);
	return p;
}

void *tw_arena_array(struct tw_arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > PTRDIFF_MAX / size)
		return NULL;
	return tw_arena_zero(arena, count * size);
}

char *tw_arena_dup(struct tw_arena *arena, const char *p, size_t size)
{
	char *copy;

	if (size >= PTRDIFF_MAX)
		return NULL;
	copy = take(arena, size + 1, 1);
	if (copy == NULL)
		return NULL;
	if (size > 0)
		memcpy(copy, p, size);
	copy[size] = '\0';
	return copy;
}

char *tw_arena_str(struct tw_arena *arena, const char *s)
{
	return tw_arena_dup(arena, s, strlen(s));
}

char *tw_arena_printf(struct tw_arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = tw_arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

/* Most texts fit behind the last one, and are written there at once, without being measured. */
char *tw_arena_vprintf(struct tw_arena *arena, const char *format, va_list args)
{
	va_list again;
	size_t left = arena->chunk != NULL ? arena->chunk->size - arena->used : 0;
	char *text = left > 0 ? (char *)arena->chunk + arena->used : NULL;
	int n;

	va_copy(again, args);
	n = vsnprintf(text, left, format, again);
	va_end(again);
	if (n < 0)
		return NULL;
	if ((size_t)n < left) {
		arena->used += (size_t)n + 1;
		return text;
	}
	text = take(arena, (size_t)n + 1, 1);
	if (text != NULL)
		vsnprintf(text, (size_t)n + 1, format, args);
	return text;
}

struct tw_arena_mark tw_arena_save(const struct tw_arena *arena)
{
	return (struct tw_arena_mark){arena->chunk, arena->used};
}

void tw_arena_restore(struct tw_arena *arena, struct tw_arena_mark mark)
{
	while (arena->chunk != mark.chunk) {
		struct tw_arena_chunk *newest = arena->chunk;

		arena->chunk = newest->older;
		tw_mem_release(arena->mem, newest, newest->size);
	}
	arena->used = mark.used;
}
