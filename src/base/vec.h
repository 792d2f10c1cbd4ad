/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_BASE_VEC_H
#define TW_BASE_VEC_H

/*
 * A growable array of any type, drawn from a tw_mem:
 *
 *	TW_VEC(struct item) items = TW_VEC_EMPTY;
 *	TW_TRY(TW_VEC_PUSH(mem, &items, item));
 *	... items.v[i], items.n ...
 *	TW_VEC_FREE(mem, &items);
 *
 * Elements move when the array grows: keep indexes, not pointers.
 */

#include "mem.h"

#define TW_VEC(type)                                                                               \
	struct {                                                                                   \
		type *v;                                                                           \
		size_t n, room;                                                                    \
	}
#define TW_VEC_EMPTY                                                                               \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}

/* Makes room for at least `more` elements of `size` bytes behind the first n. */
TW_NODISCARD tw_status tw_vec_grow(
	struct tw_mem *mem, void **v, size_t n, size_t *room, size_t size, size_t more);

#define TW_VEC_RESERVE(mem, vec, more)                                                             \
	tw_vec_grow((mem), (void **)(void *)&(vec)->v, (vec)->n, &(vec)->room, sizeof(*(vec)->v),  \
		(more))

#define TW_VEC_PUSH(mem, vec, ...)                                                                 \
	(TW_VEC_RESERVE(mem, vec, 1) == TW_OK ? ((vec)->v[(vec)->n++] = (__VA_ARGS__), TW_OK)      \
					      : TW_ENOMEM)

#define TW_VEC_FREE(mem, vec)                                                                      \
	do {                                                                                       \
		tw_mem_release((mem), (vec)->v, (vec)->room * sizeof(*(vec)->v));                  \
		(vec)->v = NULL;                                                                   \
		(vec)->n = (vec)->room = 0;                                                        \
	} while (0)

#endif
