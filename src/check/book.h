/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_BOOK_H
#define TW_CHECK_BOOK_H

/*
 * A book keeps what was found out about a network, for others that differ from it in a few lists of
 * ACLs: the chapters of its report, and the sets that they were made of. `fix` judges every edit
 * that it tries this way: a thousand instances and one rule more cost as much as the few flows that
 * meet the rule.
 */

#include "chapter.h"
#include "recent.h"

struct tw_book {
	struct tw_mem *mem;
	struct tw_space *space;	       /* what it knows is not computed again; it may be reset */
	struct tw_recent_lists *lists; /* compiled in it */
	const struct tw_net *net;      /* that the chapters are about; NULL: there are none yet */
	struct tw_chapter **chapter;   /* by number, NULL: not written */
	size_t chapters;
};

TW_NODISCARD tw_status tw_book_new(struct tw_mem *mem, struct tw_book **ret);
void tw_book_free(struct tw_book *book);

/*
 * Opens the book for a report about a network: which lists are others, by ACL, in `arena`. All are,
 * if something has changed that chapters do not note.
 */
TW_NODISCARD tw_status tw_book_open(struct tw_book *book, struct tw_arena *arena,
	const struct tw_net *net, uint8_t **ret_changes);
/* A chapter that still holds, or NULL. */
const struct tw_chapter *tw_book_find(
	const struct tw_book *book, const uint8_t *changes, size_t at);
/* Takes the chapter over; it is empty then. Its texts must live as long as the book is used. */
TW_NODISCARD tw_status tw_book_keep(struct tw_book *book, size_t at, struct tw_chapter *chapter);

#endif
