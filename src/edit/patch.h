/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_EDIT_PATCH_H
#define TW_EDIT_PATCH_H

/*
 * Edits tried out: a network that differs from another in some lists of network ACLs and shares all
 * the rest with it. It is judged like any other, and must go before the network that it was made
 * from.
 */

#include "net.h"
#include "twoway/edit.h"

struct tw_patch;

/*
 * TW_EINVAL: an edit does not fit: no such ACL, a number that is taken, a rule that is not there.
 */
TW_NODISCARD tw_status tw_patch_new(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_edit *edit, size_t n, struct tw_patch **ret);
const struct tw_net *tw_patch_net(const struct tw_patch *patch);
void tw_patch_free(struct tw_patch *patch);

/* One list with the edits made that are for it; its memory is `arena`'s. */
TW_NODISCARD tw_status tw_patch_list(struct tw_arena *arena, struct tw_rules rules, const char *acl,
	enum tw_list list, const struct tw_edit *edit, size_t n, struct tw_rules *ret);

#endif
