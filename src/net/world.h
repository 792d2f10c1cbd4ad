/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_WORLD_H
#define TW_NET_WORLD_H

/*
 * The world outside: what counts as the internet, and the addresses that AWS answers itself, as
 * seen from one subnet. SPEC: exempt-before-nacl
 */

#include "addresses.h"
#include "net.h"

struct tw_exemption {
	struct tw_range range;
	const char *id;	  /* SPEC id */
	const char *text; /* "the VPC's DNS resolver" */
	bool assumed;	  /* by an address that no source read confirms */
	bool nowhere;	  /* an address of AWS alone, which no subnet can hold */
};

#define TW_EXEMPTIONS 32

/* Those that any subnet of the VPC sees, and the subnet's own. */
TW_NODISCARD tw_status tw_exemptions(const struct tw_net *net, uint32_t vpc, uint32_t subnet,
	struct tw_exemption list[TW_EXEMPTIONS], size_t *ret_n);
/* The subnet's own alone: its router. TW_MISSING: none. */
size_t tw_router_exemptions(
	const struct tw_net *net, uint32_t subnet, struct tw_exemption *list, size_t room);

/* One IPv4 address that some VPC may have its resolver at: base + 2, and a VPC is at least a /28.
 * Which it is only the VPC says. */
bool tw_may_be_resolver(struct tw_range range);

/* Every address that is not private, link-local, loopback or multicast; in `arena`. */
TW_NODISCARD tw_status tw_public_ranges(struct tw_arena *arena, struct tw_ranges *ret);
/* The same without the blocks of known VPCs and their subnets: contract section 1, `internet`. */
TW_NODISCARD tw_status tw_internet_ranges(
	const struct tw_net *net, struct tw_arena *arena, struct tw_ranges *ret);

#endif
