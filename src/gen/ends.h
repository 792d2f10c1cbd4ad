/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_GEN_ENDS_H
#define TW_GEN_ENDS_H

/*
 * Ends: who stands at the two sides of the intents, which of them are ours, and which network ACLs
 * and security groups guard them.
 */

#include "demand.h"
#include "select.h"

struct tw_gen_end {
	const char *name;
	struct tw_ranges exact;	      /* its addresses */
	const struct tw_prefix *peer; /* as rules name it: the internet is 0.0.0.0/0 and ::/0 */
	size_t peers;
	bool internet;
	bool ours;
	const uint32_t *subnet; /* known subnets that it stands in, sorted */
	size_t subnets;
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
	const size_t *of; /* end of intent i: of[2 * i] from, of[2 * i + 1] to */
	struct tw_gen_unit *unit;
	size_t units;
};

/* TW_EINVAL after diagnostics. Makes the guards: ACLs first, then groups. */
TW_NODISCARD tw_status tw_gen_ends(struct tw_plan *plan, struct tw_gen_ends *ret);
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

/* never.c: path-MTU messages for whoever speaks TCP or UDP; after all flows are in the plan. */
TW_NODISCARD tw_status tw_plan_mtu(struct tw_plan *plan, const struct tw_gen_ends *ends);
/* never.c: what must not pass and would. After the messages. */
TW_NODISCARD tw_status tw_plan_nevers(struct tw_plan *plan, const struct tw_gen_ends *ends);
/* Some packet is of both services. */
bool tw_gen_services_share(const struct tw_service *a, const struct tw_service *b);

#endif
