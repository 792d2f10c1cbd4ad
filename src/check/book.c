/* SPDX-License-Identifier: Apache-2.0 */
/* Chapters that are kept, and whether they still hold: see book.h. */
#include "book.h"

tw_status tw_book_new(struct tw_mem *mem, struct tw_book **ret)
{
	struct tw_book *book = tw_mem_alloc(mem, sizeof(*book));
	if (!book)
		return TW_ENOMEM;
	*book = (struct tw_book){.mem = mem};
	tw_status status = tw_space_new(mem, 0, &book->space);
	if (status == TW_OK)
		status = tw_recent_new(book->space, &book->lists);
	if (status != TW_OK) {
		tw_book_free(book);
		return status;
	}
	*ret = book;
	return TW_OK;
}

static void drop(struct tw_book *book, size_t at)
{
	if (!book->chapter[at])
		return;
	tw_chapter_free(book->mem, book->chapter[at]);
	tw_mem_release(book->mem, book->chapter[at], sizeof(*book->chapter[at]));
	book->chapter[at] = NULL;
}

void tw_book_free(struct tw_book *book)
{
	if (!book)
		return;
	for (size_t i = 0; i < book->chapters; i++)
		drop(book, i);
	tw_mem_release(book->mem, book->chapter, book->chapters * sizeof(*book->chapter));
	tw_recent_free(book->lists);
	tw_space_free(book->space);
	tw_mem_release(book->mem, book, sizeof(*book));
}

/* What is asked of the network as a whole: who is behind a list, and ways by NAT gateways. */
static bool is_another(const struct tw_net *a, const struct tw_net *b)
{
	for (size_t i = 0; i < a->vpcs; i++)
		if (a->vpc[i].nat_is_open != b->vpc[i].nat_is_open)
			return true;
	for (size_t i = 0; i < a->acls; i++)
		if (tw_acl_names_ipv6(&a->acl[i]) != tw_acl_names_ipv6(&b->acl[i]))
			return true;
	return false;
}

tw_status tw_book_open(struct tw_book *book, struct tw_arena *arena, const struct tw_net *net,
	uint8_t **ret_changes)
{
	uint8_t *changes = TW_NEW_ARRAY(arena, uint8_t, net->acls + 1);
	if (!changes)
		return TW_ENOMEM;
	bool all = !book->net || is_another(book->net, net);
	for (size_t i = 0; i < net->acls; i++)
		changes[i] =
			all ? TW_TRAFFIC_ALL : tw_acl_changes(&book->net->acl[i], &net->acl[i]);
	*ret_changes = changes;
	return TW_OK;
}

const struct tw_chapter *tw_book_find(const struct tw_book *book, const uint8_t *changes, size_t at)
{
	const struct tw_chapter *chapter = at < book->chapters ? book->chapter[at] : NULL;
	for (size_t i = 0; chapter && i < chapter->read.n; i++)
		if (chapter->read.v[i].traffic & changes[chapter->read.v[i].acl])
			return NULL;
	return chapter;
}

static tw_status make_room(struct tw_book *book, size_t n)
{
	size_t room = book->chapters;
	void *v = book->chapter;
	if (n <= room)
		return TW_OK;
	TW_TRY(tw_vec_grow(book->mem, &v, room, &room, sizeof(*book->chapter), n - room));
	book->chapter = v;
	memset(book->chapter + book->chapters, 0, (room - book->chapters) * sizeof(*book->chapter));
	book->chapters = room;
	return TW_OK;
}

tw_status tw_book_keep(struct tw_book *book, size_t at, struct tw_chapter *chapter)
{
	TW_TRY(make_room(book, at + 1));
	if (!book->chapter[at])
		book->chapter[at] = tw_mem_alloc(book->mem, sizeof(*book->chapter[at]));
	else
		tw_chapter_free(book->mem, book->chapter[at]);
	if (!book->chapter[at])
		return TW_ENOMEM;
	*book->chapter[at] = *chapter;
	*chapter = (struct tw_chapter){.assumptions = 0};
	return TW_OK;
}
