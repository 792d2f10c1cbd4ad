/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_EDIT_GUARDS_H
#define TW_EDIT_GUARDS_H

/* Who stands behind a list of a network ACL, and what of its packets gets past them. */

#include "net.h"

struct tw_guards {
	tw_set through;	       /* what a group lets through, or nobody is known to stop */
	const char *unguarded; /* why nothing is known to be stopped; or NULL */
	const char *silent;    /* an interface that takes nothing new in, in words; or NULL */
	const char *clients;   /* a NAT gateway that sends its clients' packets on; or NULL */
	bool guarded;	       /* a group is there */
	bool lets;	       /* and lets something through */
	bool inside;	       /* ... that stays in its subnet, and so meets no list */
	const char *guard;     /* a group, or such an interface: it stops what gets no further */
};

/* Of the packets `open` that the list `view.list` of the ACL lets pass. Texts are `arena`'s. */
TW_NODISCARD tw_status tw_guards_of(struct tw_arena *arena, struct tw_space *space,
	const struct tw_net *net, uint32_t acl, struct tw_view view, tw_set open,
	struct tw_guards *ret);

#endif
