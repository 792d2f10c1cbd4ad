/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_ROUTES_H
#define TW_NET_ROUTES_H

/*
 * Routes as they decide: one entry for each block, the longest prefix first, a static entry before
 * a propagated one of the same block. Prefix lists count as their entries. Subnets' tables and
 * transit gateways' tables become the same thing here. The order of the input never decides: where
 * two routes of one block and one kind lead apart, nobody says which one counts.
 */

#include "net.h"

struct tw_routed {
	struct tw_prefix to;
	const struct tw_route *route;		/* of a subnet's table */
	const struct tw_transit_route *transit; /* of a transit gateway's; or */
	uint32_t propagated;			/* the attachment whose VPC has this block */
	const char *target;			/* its id, or the first attachment's; or NULL */
	bool weak;				/* propagated: loses against an equal static one */
	bool tied; /* another one of this block, no weaker, leads elsewhere */
	/*
	 * Leads to a VPC's own blocks: for whoever looks for an address outside of every known
	 * subnet it is a dead end. Hundreds of them stand in one table, so they stand together: the
	 * first of a run says how many follow, and which run of the model it is.
	 */
	bool dead_end;
	uint32_t run, run_n;
	uint32_t order; /* in the input */
};

struct tw_routing {
	struct tw_routed *v;
	size_t n;
	/* Leads to a prefix list whose entries the input lacks: it may hold any address. Of several
	 * the one that proves least: an appliance may stand inside the VPC, an endpoint is met by
	 * no list. */
	const struct tw_route *unknown;
	bool open; /* a transit table some of whose routes the input lacks */
};

/* Sorts every table once, into net->routing and net->transit_routing: a step of tw_net_finish. */
TW_NODISCARD tw_status tw_link_routing(struct tw_net *net);

#endif
