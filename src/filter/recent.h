/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_FILTER_RECENT_H
#define TW_FILTER_RECENT_H

/*
 * Lists of ACLs that were compiled lately, by what their rules say. `fix` tries one edit after the
 * other, and all lists but one are those of the trial before; the one that is edited is compiled
 * for the proposal and for its proof. Compiling was a fifth of its time.
 */

#include "filter.h"

struct tw_recent_lists;

/* The space must outlive it; it may be reset. */
TW_NODISCARD tw_status tw_recent_new(struct tw_space *space, struct tw_recent_lists **ret);
void tw_recent_free(struct tw_recent_lists *lists);
/* As tw_compile_acl in that space. */
TW_NODISCARD tw_status tw_recent_compile(struct tw_recent_lists *lists, struct tw_rules rules,
	struct tw_view view, struct tw_compiled *ret);

#endif
