/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_WAY_H
#define TW_NET_WAY_H

/*
 * Ways: one direction of a path while it is walked. A way is a set of (from, to) pairs that travel
 * together and the steps they have taken; at every fork it becomes several ways. Between the files
 * way*.c and path.c only.
 *
 * Pairs are always those that were asked for. Where a translator has replaced an address, the way's
 * look says what the packet carries, and the destination that routes look at is the look's.
 */

#include "path.h"
#include "routes.h"
#include "vec.h"
#include "world.h"

/* More subnets and gateways than any real way has: routes that lead in a circle end here. */
#define TW_WAY_DEPTH 12
/* More ways than anybody can read: what is beyond them is not judged. */
#define TW_WAYS 1000

/* Steps share their past, so that a fork costs nothing. */
struct tw_step {
	const struct tw_step *before;
	struct tw_crossing crossing;
};

/* A subnet, with its list and its routes, where packets leave and enter. */
struct tw_stop {
	uint32_t vpc, subnet, acl, table;
	const char *zone; /* or NULL */
	enum tw_knowledge acl_state, table_state;
	enum tw_role role;
	const struct tw_site *site; /* of the end, to name it in crossings */
};

/* How the outside was reached: a reply comes back through the same gateway. */
enum tw_exit {
	TW_EXIT_NONE,
	TW_EXIT_GATEWAY, /* of a VPC: internet gateway, virtual gateway, ... */
	TW_EXIT_ATTACHMENT
};

struct tw_way {
	tw_set domain;
	const struct tw_step *last;
	bool lost;    /* nothing arrives */
	bool unknown; /* something on the way is not known or not judged */
	bool opaque;  /* ... and may change packets, or bring them by another way: no list beyond
			  it decides for sure */
	const char *code, *text, *component; /* why lost or unknown */
	struct tw_span span;
	struct tw_look look[TW_LOOKS];
	struct tw_stop translator[TW_LOOKS]; /* of looks that a NAT gateway has made */
	bool translated[TW_LOOKS];
	bool private[TW_LOOKS]; /* the translator's address is not published */
	unsigned at, looks;	/* the look now, and how many there are */
	unsigned legs;
	enum tw_exit exit;
	enum tw_target gateway; /* what was left by */
	uint32_t exit_vpc, exit_attachment;
	uint64_t trail;	       /* which gateways were passed, whatever their order */
	bool direct;	       /* never left its subnet */
	struct tw_stop target; /* behind a balancer that hands packets on */
	const struct tw_site *target_site;
	bool handed; /* a balancer has handed the packet on */
	unsigned assumptions;
	const char *by, *choice;
	unsigned depth;
	bool left; /* has left its first subnet */
	/* Attachments by which a transit gateway was entered, and the look then: coming back is a
	 * circle. */
	uint32_t entered[TW_WAY_DEPTH];
	unsigned entered_as[TW_WAY_DEPTH], entries;
};

struct tw_walk {
	const struct tw_net *net;
	struct tw_space *space;
	const struct tw_world *world;
	struct tw_arena *arena;
	const struct tw_site *from, *to;
	enum tw_direction direction;
	TW_VEC(struct tw_way) done; /* drawn from net->mem */
};

/* ---- way.c: subnets and routes ----------------------------------------------------------------
 */

struct tw_stop tw_stop_of_site(const struct tw_site *site);
struct tw_stop tw_stop_of_subnet(const struct tw_net *net, uint32_t subnet, enum tw_role role);
/* The VPC's id, which may be all that the input says of it; or NULL. */
const char *tw_stop_vpc_id(const struct tw_net *net, const struct tw_stop *place);
/* Where this direction ends: the other end, or the translator that must be passed first. NULL:
 * outside of every known subnet. */
const struct tw_stop *tw_way_goal(
	const struct tw_walk *walk, const struct tw_way *way, struct tw_stop *room);

/* Starts at an end: its groups, then its subnet. */
TW_NODISCARD tw_status tw_way_start(
	struct tw_walk *walk, struct tw_way way, const struct tw_site *site);
/* Leaves a subnet for the goal: its egress list, unless the goal is there too, then routes. */
TW_NODISCARD tw_status tw_way_leave(
	struct tw_walk *walk, struct tw_way way, const struct tw_stop *place);
/* The same behind the list: what the subnet's table says. */
TW_NODISCARD tw_status tw_way_route(
	struct tw_walk *walk, struct tw_way way, const struct tw_stop *place);
/* The goal is reached from the VPC's router (or, `direct`, from within its subnet). */
TW_NODISCARD tw_status tw_way_arrive(struct tw_walk *walk, struct tw_way way, bool direct);
/* The goal is reached from outside, by the gateway through which `exit` left. */
TW_NODISCARD tw_status tw_way_enter(
	struct tw_walk *walk, struct tw_way way, const struct tw_way *exit);
/* The outside is reached; what is beyond is nobody's list. */
TW_NODISCARD tw_status tw_way_exit(
	struct tw_walk *walk, struct tw_way way, enum tw_target gateway, uint32_t vpc);
/* The way ends here, for this reason. */
TW_NODISCARD tw_status tw_way_lose(
	struct tw_walk *walk, struct tw_way way, const char *code, const char *text);
/* Something here is not known: the way goes on to its goal, and proves nothing. */
void tw_way_doubt(struct tw_way *way, const char *code, const char *text);

/* The pairs of the way whose destination, as the packet carries it, lies in the block. */
tw_set tw_way_towards(struct tw_walk *walk, const struct tw_way *way, struct tw_prefix block);
/* Plain arithmetic: false if no destination of the way lies in the block. */
bool tw_way_may_reach(const struct tw_walk *walk, const struct tw_way *way, struct tw_prefix block);
/* Destinations are as asked for. */
bool tw_way_is_plain(const struct tw_walk *walk, const struct tw_way *way);
/* The pairs whose destination is a public address. */
tw_set tw_way_public(struct tw_walk *walk, const struct tw_way *way);
/* The way is walked; empty ones are dropped. */
TW_NODISCARD tw_status tw_way_end(struct tw_walk *walk, const struct tw_way *way);
/* The part of a way that has this domain. */
struct tw_way tw_way_part(const struct tw_way *way, tw_set domain);

TW_NODISCARD tw_status tw_way_cross(
	struct tw_walk *walk, struct tw_way *way, struct tw_crossing crossing);
TW_NODISCARD tw_status tw_way_cross_list(
	struct tw_walk *walk, struct tw_way *way, const struct tw_stop *place, enum tw_list list);
TW_NODISCARD tw_status tw_way_cross_groups(
	struct tw_walk *walk, struct tw_way *way, const struct tw_site *site, enum tw_list list);
/* A gateway, by kind and id. */
TW_NODISCARD tw_status tw_way_cross_place(struct tw_walk *walk, struct tw_way *way,
	const char *kind, const char *id, struct tw_span span);

/* ---- way_gateway.c, way_nat.c, way_transit.c, way_balancer.c: what routes lead to --------------
 */

TW_NODISCARD tw_status tw_way_gateway(struct tw_walk *walk, struct tw_way way,
	const struct tw_stop *place, const struct tw_route *route);
TW_NODISCARD tw_status tw_way_nat(struct tw_walk *walk, struct tw_way way,
	const struct tw_stop *place, const struct tw_route *route);
TW_NODISCARD tw_status tw_way_peering(struct tw_walk *walk, struct tw_way way,
	const struct tw_stop *place, const struct tw_route *route);
TW_NODISCARD tw_status tw_way_transit(struct tw_walk *walk, struct tw_way way,
	const struct tw_stop *place, const struct tw_route *route);
/* Into a transit gateway from one of its attachments. */
TW_NODISCARD tw_status tw_way_from_attachment(
	struct tw_walk *walk, struct tw_way way, uint32_t attachment);
/* The nodes of a load balancer are reached: listeners, and targets that packets are handed to. */
TW_NODISCARD tw_status tw_way_balancer(struct tw_walk *walk, struct tw_way way);
/* The reply's way from a target back to the nodes. */
TW_NODISCARD tw_status tw_way_from_target(struct tw_walk *walk, struct tw_way *way);

#endif
