/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_NEAR_H
#define TW_CHECK_NEAR_H

/*
 * The near ends of a network ACL: who sits behind it, whom they can talk to at all, and what their
 * security groups permit. Where groups are narrow they are the intent themselves (infer_group.c);
 * where they are open the ACL's rules say what is meant.
 */

#include "judge.h"

struct tw_near {
	const struct tw_site *site;
	enum tw_initiator initiator; /* when it starts flows */
	tw_set in, out;		     /* (peer, near) and (near, peer), all protocols and services */
	tw_set called;		     /* `in` by routes alone, whatever groups permit */
};

struct tw_nears {
	struct tw_near *v;
	size_t n, room;
	size_t interfaces;
};

/*
 * The near ends of one ACL, from `judge->mem`; what they point to in `arena`. Empty if nobody sits
 * behind it. Without subnets or interfaces in the input, one end with every address.
 */
TW_NODISCARD tw_status tw_nears_of(
	struct tw_judge *judge, struct tw_arena *arena, uint32_t acl, struct tw_nears *ret);

/* The client that a site is when it starts a flow. */
enum tw_initiator tw_initiator_of(const struct tw_site *site);
/* True if a group's rule permits rather than means: all protocols, or an open or reply range. */
bool tw_group_rule_is_open(const struct tw_rule *rule);
/* True if a rule's peer is a block that holds a whole block of the VPC. */
bool tw_rule_is_wide(const struct tw_net *net, uint32_t vpc, const struct tw_rule *rule);
/* ... is 0.0.0.0/0 or ::/0. */
bool tw_rule_is_anywhere(const struct tw_rule *rule);

#endif
