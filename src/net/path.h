/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_PATH_H
#define TW_NET_PATH_H

/*
 * Paths: from A to B, everything that a request meets, and everything that its reply meets.
 *
 * DOC: An end of a flow is made of sites. A site is a set of addresses that filters and routes
 * treat alike: the interfaces of one subnet with the same groups, the rest of a subnet, the nodes
 * of a load balancer in a subnet, or the addresses outside of every known VPC. The request is
 * walked from site to site by the routes, the reply is walked back by its own routes, and each
 * crossing says what is met and how the packet looks there. Routes cut the pairs of addresses into
 * paths with disjoint domains; where a gateway may choose (zones, targets, addresses), the paths of
 * one domain are alternatives.
 *
 * Order on the way (SPEC: path-same-vpc, path-sg-nacl-order): group of A, list of A's subnet,
 * route, list of B's subnet, group of B; the reply meets the lists again from the other side, and
 * the groups let it pass by state (SPEC: sg-reply-passes). In one subnet no list is asked (SPEC:
 * path-same-subnet). docs/paths.md has the rules for gateways.
 */

#include "addresses.h"
#include "net.h"

/* What is known of a thing that a path depends on. */
enum tw_knowledge {
	TW_KNOWN,
	TW_ASSUMED,  /* its kind is in no input: AWS default */
	TW_NOT_KNOWN /* its kind is there, the object is not */
};

enum tw_site_kind {
	TW_SITE_INTERFACES,
	TW_SITE_SUBNET,
	TW_SITE_ACL,
	TW_SITE_BALANCER, /* nodes of one load balancer in one of its subnets */
	TW_SITE_OUTSIDE
};

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
	bool only_acl;	/* nothing says that its addresses lie behind the ACL: there is no other */
	const uint32_t *interfaces;
	size_t interfaces_n;
	const struct tw_range *address; /* sorted by family and address, disjoint */
	size_t addresses_n;
	const char *zone; /* of its subnet, or NULL */
	/*
	 * It was asked for by these public addresses, a /32 each: who sits inside sends to them, by
	 * the internet (path_public.c). `called_only`: by nothing else.
	 */
	const struct tw_range *called;
	size_t called_n;
	bool called_only;
	uint32_t balancer; /* TW_SITE_BALANCER: its index, else TW_MISSING */
	const struct tw_site
		*part; /* a joined site: what it stands for, else n 0 (check/situation.h) */
	size_t parts;
};

struct tw_sites {
	struct tw_site *v;
	size_t n, room;
};

/*
 * How packets look on a part of the way. Look 0 is the initiator's own packet; a translator makes
 * another one of it. A field that is not replaced is the asked one.
 */
struct tw_look {
	struct tw_ranges from;	 /* the translator's addresses; n 0: the initiator's own */
	struct tw_range to;	 /* the target; family 0: as asked */
	bool embedded;		 /* NAT64: `to` is the IPv4 address inside 64:ff9b::/96 */
	struct tw_ports service; /* the target's port; hi 0: as asked */
	unsigned leg; /* whose client port it is: 0 the initiator's, else a translator's */
	const struct tw_client *client; /* the translator as a client, of its first look */
	const char *at;			/* the translator's id */
};
#define TW_LOOKS 4

enum tw_crossing_kind {
	TW_CROSS_ACL,
	TW_CROSS_GROUPS,
	TW_CROSS_ROUTE, /* a route is taken, or missed */
	TW_CROSS_PLACE	/* a gateway that carries, translates or ends */
};

/* Whose subnet a list guards: it decides what a loss there is called. */
enum tw_role { TW_ROLE_END, TW_ROLE_NAT, TW_ROLE_BALANCER, TW_ROLE_ATTACHMENT };

/* One thing on a path. A filter with `state` TW_ASSUMED lets all pass, TW_NOT_KNOWN leaves it open.
 */
struct tw_crossing {
	enum tw_crossing_kind kind;
	struct tw_view view; /* of routes and places only the direction counts */
	enum tw_knowledge state;
	uint32_t acl;
	uint32_t subnet;
	const struct tw_site *site; /* for its groups */
	bool tracked;		    /* a reply that passes a group by state: nothing is asked */
	uint8_t look;		    /* index into the path's looks */
	enum tw_role role;
	bool lenient;		       /* what only this list would drop is unknown. SPEC:
					  nlb-preserve-lb-subnet-return */
	const struct tw_site *sponsor; /* a load balancer whose groups a rule may name instead */
	uint32_t table;		       /* ROUTE: TW_MISSING for a transit gateway's */
	const char *place;	       /* ROUTE: the table's id; PLACE: the gateway's */
	const char *place_kind;	       /* "nat-gateway", "peering-connection", ... */
	const char *text;	       /* "0.0.0.0/0 -> nat-1" */
	const char *rule;	       /* "0.0.0.0/0", "none" */
	struct tw_span span;
	bool lost; /* nothing gets beyond it */
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
	TW_ASSUME_NAT_TRANSIT = 1 << 13, /* a NAT gateway serves another VPC by a transit gateway */
	TW_ASSUME_NO_LISTENERS = 1 << 14,
	TW_ASSUME_NODES =
		1 << 15, /* a load balancer's nodes may have any address of their subnets */
	TW_ASSUME_ON_PREMISES = 1 << 16, /* beyond a VPN or Direct Connect nothing is judged */
	TW_ASSUME_WIDE = 1 << 17,	 /* wide rules are not asked about other VPCs */
	TW_ASSUME_ONLY_ACL = 1 << 18, /* an address of no known subnet lies behind the only ACL */
	TW_ASSUMPTIONS = 19
};

/* At most so many lists and groups can be at fault in one direction of a path. */
#define TW_CROSSINGS 32

struct tw_path {
	tw_set domain; /* (from, to) pairs; behind a listener, its protocol and port, too */
	const struct tw_site *from, *to;
	const struct tw_crossing *crossing; /* requests first, as met */
	size_t crossings;
	struct tw_look look[TW_LOOKS];
	unsigned looks;
	unsigned legs; /* 1, and one for each translator */
	bool same_subnet;
	/* Something other than a filter decides: the request cannot go (`blocked`), its reply has
	 * no way back (`unanswered`), or it is unknown. */
	const char *reason; /* code of contract section 4, or NULL */
	const char *reason_text, *reason_component;
	struct tw_span reason_span;
	bool blocked, unanswered;
	bool unknown_beyond;  /* complete is not proved: something behind is not judged */
	bool unknown_request; /* ... and that is on the request's own way */
	bool internet;	      /* the request leaves by an internet gateway */
	bool asymmetric;      /* the reply goes by another gateway than the request */
	const char *exempt;   /* SPEC id if AWS never filters this traffic */
	unsigned assumptions;
	/* Alternatives: what makes the choice ("target", "zone", "address"), and which one this is.
	 */
	const char *by, *choice;
	bool one_of_targets; /* the others of the group stand in other paths, or other pairs */
};

struct tw_paths {
	struct tw_path *v;
	size_t n, room;
};

/* The upper half of 64:ff9b::/96, the prefix of NAT64. SPEC: nat-nat64 */
#define TW_NAT64_HI 0x0064ff9b00000000ULL

struct tw_dead_end {
	tw_set from, to;
};

/* Sets that paths and levels share; valid until the space is reset. */
struct tw_world {
	tw_set public_from, public_to; /* public addresses, of the initiator, of the responder */
	/* By run of dead ends (routes.h): their blocks as initiators, as responders; filled when
	 * they are first met. NULL: not kept. */
	struct tw_dead_end *dead_end;
	tw_set embedded_to; /* public IPv4 addresses inside 64:ff9b::/96. SPEC: nat-nat64 */
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

/* The same from inside to the public addresses by which `to` is called, appended to `ret`: out by
 * the sender's gateway, and in again by the responder's. SPEC: igw-nat-private-addresses */
TW_NODISCARD tw_status tw_paths_to_public(const struct tw_net *net, struct tw_space *space,
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
