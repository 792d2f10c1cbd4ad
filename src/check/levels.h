/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_LEVELS_H
#define TW_CHECK_LEVELS_H

/*
 * Levels: which clients a flow is judged for, and how loud the loss of each is told. The table of
 * contract section 3; a client "decides" if its level is error.
 */

#include "mem.h"
#include "twoway/client.h"
#include "twoway/diag.h"

enum tw_initiator {
	TW_BY_PUBLIC,  /* public addresses, on-premises */
	TW_BY_PRIVATE, /* unknown private addresses, inbound */
	TW_BY_UNKNOWN, /* unknown instance or ACL alone, outbound */
	TW_BY_LINUX,
	TW_BY_WINDOWS,
	TW_BY_NAT_GATEWAY,
	TW_BY_LOAD_BALANCER,
	TW_BY_LAMBDA,
	TW_INITIATORS
};

struct tw_levelled {
	const struct tw_client *client;
	enum tw_level level;
	bool asked; /* named by --client or an intent */
};

struct tw_levels {
	struct tw_levelled *v; /* by falling level, then in table order */
	size_t n;
};

/* The same clients with the same levels. */
bool tw_levels_same(const struct tw_levels *a, const struct tw_levels *b);
TW_NODISCARD tw_status tw_levels_default(
	struct tw_arena *arena, enum tw_initiator initiator, struct tw_levels *ret);
/* Every client decides: what an intent, a name or --client says. Duplicates are dropped. */
TW_NODISCARD tw_status tw_levels_given(struct tw_arena *arena,
	const struct tw_client *const *client, size_t n, struct tw_levels *ret);
/* The default levels, and every other client of the built-in table as a note: for `trace`. */
TW_NODISCARD tw_status tw_levels_all(
	struct tw_arena *arena, const struct tw_levels *base, struct tw_levels *ret);
/* `base` and the clients that were named besides, as notes: for an initiator that is fixed. */
TW_NODISCARD tw_status tw_levels_named(struct tw_arena *arena, const struct tw_levels *base,
	const struct tw_client *const *client, size_t n, struct tw_levels *ret);
/* True of a gateway, a load balancer or a function: no name says from which ports they connect. */
bool tw_initiator_picks(enum tw_initiator initiator);
/* True if a platform or a service fixes the client, so that --client does not replace it. */
bool tw_initiator_is_fixed(enum tw_initiator initiator);

#endif
