/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_GEN_ENDS_H
#define TW_GEN_ENDS_H

/*
 * Ends: who stands at the two sides of the intents, which of them are ours, and which network ACLs
 * and security groups guard them.
 */

#include "demand.h"
#include "select.h"
#include "world.h"

struct tw_gen_end {
	const char *name;
	struct tw_ranges exact;	      /* its addresses */
	const struct tw_prefix *peer; /* as rules name it: the internet is 0.0.0.0/0 and ::/0 */
	size_t peers;
	bool internet;
	bool ours;
	const uint32_t *subnet; /* known subnets that it stands in, sorted */
	size_t subnets;
	struct tw_sites sites;
	const struct tw_client *client; /* of its name, or NULL */
	struct tw_span span;
	size_t group; /* its guard, if ours */
};

/* What one network ACL guards: subnets that the same ends stand in, or the blocks of one end. */
struct tw_gen_unit {
	size_t guard;
	const size_t *end; /* indexes of ends in it */
	size_t ends;
	struct tw_ranges block; /* all its addresses */
	size_t subnets;		/* n 0: not known how many */
};

struct tw_gen_ends {
	struct tw_gen_end *end; /* each once */
	size_t n;
	size_t *of; /* end of intent i: of[2 * i] from, of[2 * i + 1] to */
	struct tw_exemption
		*exempt; /* of intent i: the service of AWS that it asks; text NULL: none */
	struct tw_gen_unit *unit;
	size_t units;
};

/* Resolves them, without units. TW_EINVAL after diagnostics. */
TW_NODISCARD tw_status tw_gen_ends(struct tw_plan *plan, struct tw_gen_ends *ret);
/* units.c: makes the guards: ACLs first, then groups. TW_EINVAL after diagnostics. */
TW_NODISCARD tw_status tw_gen_units(struct tw_plan *plan, struct tw_gen_ends *ends);
/* This known subnet is one of its own. */
bool tw_gen_end_stands_in(const struct tw_gen_end *end, uint32_t subnet);
/* Both have the same addresses, and are ours or not. */
bool tw_gen_end_has_blocks_of(const struct tw_gen_end *a, const struct tw_gen_end *b);
bool tw_gen_end_has(const struct tw_gen_end *end, uint8_t family);
/* This end stands in it. */
bool tw_gen_unit_holds(const struct tw_gen_unit *unit, size_t end);
/* All of the peer is in the one subnet of the unit, where no list is asked. SPEC:
 * nacl-subnet-boundary */
bool tw_gen_unit_encloses(const struct tw_gen_unit *unit, const struct tw_gen_end *peer);
bool tw_gen_unit_has(const struct tw_gen_unit *unit, uint8_t family);
/* Some address of one family in both. */
bool tw_gen_ranges_share(struct tw_ranges a, struct tw_ranges b, uint8_t family);
/* The CIDR blocks of ranges, in the plan's work arena. */
TW_NODISCARD tw_status tw_gen_prefixes(
	struct tw_plan *plan, struct tw_ranges ranges, const struct tw_prefix **ret, size_t *ret_n);

/* exempt.c: the service of AWS that all of `to` is, as every site of `from` sees it. */
TW_NODISCARD tw_status tw_gen_exempt(struct tw_plan *plan, const struct tw_gen_end *from,
	const struct tw_gen_end *to, struct tw_exemption *ret);
/* A note; for a never an error, TW_EINVAL: no rule can keep it. */
TW_NODISCARD tw_status tw_gen_tell_exempt(struct tw_plan *plan, const struct tw_intent *intent,
	const struct tw_gen_end *to, const struct tw_exemption *exempt);
/* A note where `to` may be the resolver of a VPC that the input does not have. */
TW_NODISCARD tw_status tw_gen_tell_resolver(struct tw_plan *plan, const struct tw_intent *intent,
	const struct tw_gen_end *from, const struct tw_gen_end *to);

/* never.c: path-MTU messages for whoever speaks TCP or UDP; after all flows are in the plan. */
TW_NODISCARD tw_status tw_plan_mtu(struct tw_plan *plan, const struct tw_gen_ends *ends);
/* never.c: what must not pass and would. After the messages. */
TW_NODISCARD tw_status tw_plan_nevers(struct tw_plan *plan, const struct tw_gen_ends *ends);
/* Some packet is of both services. */
bool tw_gen_services_share(const struct tw_service *a, const struct tw_service *b);

#endif
