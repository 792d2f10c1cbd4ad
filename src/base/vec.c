/* SPDX-License-Identifier: Apache-2.0 */

/* Growing of typed arrays: the only part of vec.h that need not know the type. */

#include "vec.h"

#define ROOM_MIN 8

tw_status tw_vec_grow(
	struct tw_mem *mem, void **v, size_t n, size_t *room, size_t size, size_t more)
{
	const size_t most = PTRDIFF_MAX / size;
	size_t want;
	void *p;

	if (more <= *room - n)
		return TW_OK;
	if (more > most - n)
		return TW_ENOMEM;
	want = *room <= most / 2 ? *room * 2 : most;
	if (want < ROOM_MIN && ROOM_MIN <= most)
		want = ROOM_MIN;
	if (want < n + more)
		want = n + more;
	/* `v` points to a pointer of another type, so its bytes are copied (C17 6.5 p7). */
	memcpy(&p, v, sizeof(p));
	p = tw_mem_resize(mem, p, *room * size, want * size);
	if (p == NULL)
		return TW_ENOMEM;
	memcpy(v, &p, sizeof(p));
	*room = want;
	return TW_OK;
}
