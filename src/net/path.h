/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_PATH_H
#define TW_NET_PATH_H

/*
 * Paths: from A to B, the filters that a request meets, and those that its reply meets.
 *
 * DOC: An end of a flow is made of sites. A site is a set of addresses that filters and routes
 * treat alike: the interfaces of one subnet with the same groups, the rest of a subnet, or the
 * addresses outside of every known VPC. Between two sites there is one path, but routes may cut the
 * outside into parts with a path each, and addresses that AWS never filters are a part of their
 * own. So asking for the paths between two sites gives disjoint sets of (from, to) pairs, each with
 * its crossings.
 *
 * Order on the way (SPEC: path-same-vpc, path-sg-nacl-order): group of A, list of A's subnet,
 * route, list of B's subnet, group of B; the reply meets the lists again from the other side, and
 * the groups let it pass by state (SPEC: sg-reply-passes). In one subnet no list is asked (SPEC:
 * path-same-subnet).
 */

#include "net.h"

/* What is known of a thing that a path depends on. */
enum tw_knowledge {
	TW_KNOWN,
	TW_ASSUMED,  /* its kind is in no input: AWS default */
	TW_NOT_KNOWN /* its kind is there, the object is not */
};

enum tw_site_kind { TW_SITE_INTERFACES, TW_SITE_SUBNET, TW_SITE_ACL, TW_SITE_OUTSIDE };

struct tw_site {
	enum tw_site_kind kind;
	uint32_t vpc, subnet; /* TW_MISSING if none */
	uint32_t acl, table;  /* TW_MISSING unless the state is TW_KNOWN */
	enum tw_knowledge acl_state, groups_state, table_state;
	const uint32_t *groups; /* sorted; TW_SITE_INTERFACES only */
	size_t groups_n;
	enum tw_platform platform;
	enum tw_interface_type type;
	bool public_v4; /* has a public IPv4 address */
	const uint32_t *interfaces;
	size_t interfaces_n;
	const struct tw_range *address; /* sorted by family and address, disjoint */
	size_t addresses_n;
	const struct tw_site
		*part; /* a joined site: what it stands for, else n 0 (check/situation.h) */
	size_t parts;
};

struct tw_sites {
	struct tw_site *v;
	size_t n, room;
};

enum tw_crossing_kind { TW_CROSS_ACL, TW_CROSS_GROUPS };

/* One filter on a path. `state` TW_ASSUMED lets all pass, TW_NOT_KNOWN leaves it open. */
struct tw_crossing {
	enum tw_crossing_kind kind;
	struct tw_view view;
	enum tw_knowledge state;
	uint32_t acl;
	uint32_t subnet;
	const struct tw_site *site; /* for its groups */
	bool tracked;		    /* a reply that passes a group by state: nothing is asked */
};

/* Assumptions that a path rests on, as bits; their texts are in the report. */
enum {
	TW_ASSUME_NO_ACLS = 1 << 0,
	TW_ASSUME_NO_GROUPS = 1 << 1,
	TW_ASSUME_NO_ROUTES = 1 << 2,
	TW_ASSUME_NO_INTERFACE = 1 << 3, /* an address without an interface: judged by ACLs alone */
	TW_ASSUME_BEYOND_NAT = 1 << 4,	 /* what lies behind a NAT gateway is not judged */
	TW_ASSUME_BEYOND_VPC = 1 << 5,	 /* behind a peering, transit or virtual gateway */
	TW_ASSUME_MANAGED =
		1 << 6, /* interfaces of gateways and load balancers are no endpoints yet */
	TW_ASSUME_NO_SUBNETS = 1 << 7,
	TW_ASSUME_NO_INTERFACES = 1 << 8,
	TW_ASSUME_UNATTACHED = 1 << 9,
	TW_ASSUME_EXEMPT_ECS = 1 << 10, /* exempt by an address that no source read confirms */
	TW_ASSUME_EXEMPT_KMS = 1 << 11,
	TW_ASSUME_UNFRAGMENTED = 1 << 12,
	TW_ASSUMPTIONS = 13
};

#define TW_CROSSINGS 8

struct tw_path {
	tw_set domain; /* (from, to) pairs; other fields free */
	const struct tw_site *from, *to;
	struct tw_crossing crossing[TW_CROSSINGS]; /* requests first, as met */
	size_t crossings;
	bool same_subnet;
	uint32_t route_table;	      /* the initiator's, TW_MISSING if none decides */
	const struct tw_route *route; /* the one that the request takes, or NULL */
	/* Something other than a filter decides: the request cannot go (`blocked`) or it is
	 * unknown. */
	const char *reason; /* code of contract section 4, or NULL */
	const char *reason_text, *reason_component;
	struct tw_span reason_span;
	bool blocked;
	bool unknown_beyond; /* complete is not proved: something behind is not judged */
	const char *exempt;  /* SPEC id if AWS never filters this traffic */
	unsigned assumptions;
};

struct tw_paths {
	struct tw_path *v;
	size_t n, room;
};

/* Sets that paths and levels share; valid until the space is reset. */
struct tw_world {
	tw_set public_from, public_to; /* public addresses, of the initiator, of the responder */
};

TW_NODISCARD tw_status tw_world_build(
	const struct tw_net *net, struct tw_space *space, struct tw_world *ret);

/* The (from, to) pairs with `from` (or `to`) among the ranges. */
tw_set tw_ranges_set(
	struct tw_space *space, enum tw_field field, const struct tw_range *range, size_t n);

/*
 * The paths from one site to another, appended to `ret`, which is drawn from net->mem. Domains are
 * disjoint and together all pairs (from, to). `arena` holds what the paths point to.
 */
TW_NODISCARD tw_status tw_paths_between(const struct tw_net *net, struct tw_space *space,
	const struct tw_world *world, struct tw_arena *arena, const struct tw_site *from,
	const struct tw_site *to, struct tw_paths *ret);

/*
 * Whom a site can talk to when filters are left aside: the pairs (site, peer) if `out`, else (peer,
 * site), that are not stopped by a route and not answered by AWS itself. Its own subnet is left
 * out.
 */
TW_NODISCARD tw_status tw_reach(const struct tw_net *net, struct tw_space *space,
	const struct tw_world *world, struct tw_arena *arena, const struct tw_site *site, bool out,
	tw_set *ret);

#endif
