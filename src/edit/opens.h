/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_EDIT_OPENS_H
#define TW_EDIT_OPENS_H

/* What edits of network ACLs let pass that did not pass before, and who stops it all the same. */

#include "net.h"
#include "twoway/edit.h"

struct tw_openings {
	const struct tw_opened *opened;
	size_t opened_n;
	const struct tw_opened_service *service;
	size_t services;
	const char *opens; /* in words, whole sentences */
	bool stopped;	   /* no group lets any of it reach a machine, or leave one */
};

/*
 * Compares the ACL lists of two networks of which `after` is a patch of `before` (patch.h). Texts
 * and arrays are `arena`'s; sets are made in `space`.
 */
TW_NODISCARD tw_status tw_opens(struct tw_arena *arena, struct tw_space *space,
	const struct tw_net *before, const struct tw_net *after, struct tw_openings *ret);

#endif
