/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_GEN_DEMAND_H
#define TW_GEN_DEMAND_H

/*
 * The plan: what each network ACL and each security group must let pass, and why, before anybody
 * thinks about rules. Intents (stated.c) and patterns (pattern.c) fill it, rules.c makes lists of
 * it.
 */

#include "addresses.h"
#include "cover.h"
#include "filter.h"
#include "levels.h"
#include "report_diag.h"
#include "twoway/gen.h"
#include "vec.h"

/* In this order rules stand, and comments speak. */
enum tw_why {
	TW_WHY_NEVER,	/* to be denied */
	TW_WHY_REQUEST, /* what was asked for */
	TW_WHY_REPLY,	/* its answers: a range that lets other packets in, too */
	TW_WHY_MTU	/* path-MTU messages. SPEC: pmtud-v4, pmtud-v6 */
};

/* Packets that a list must let pass or deny. `box.part` of a never: TW_COVER_MUST. */
struct tw_demand {
	bool egress;
	enum tw_why why;
	struct tw_cover_box box;
	const char *flow;	/* for comments */
	struct tw_ranges exact; /* who the peer really is: `box.cidr` may stand for the internet */
	struct tw_ports needed; /* of replies: no port of these may be denied */
	unsigned section;	/* rules of a section have numbers of a hundred of their own */
	struct tw_span span;
};

/* A network ACL in the making, or a security group. */
struct tw_guard {
	const char *name, *about;
	bool group;
	const char *vpc_id;
	const char *const *subnet;
	size_t subnets;
	const struct tw_prefix *block; /* taken for subnets, if none are known */
	size_t blocks;
	struct tw_span span; /* where its end stands in the intents */
	TW_VEC(struct tw_demand) demand;
	/* What denies may hold besides, and what they must not. Parts MAY and NOT. */
	TW_VEC(struct tw_demand) bound;
};

/* One flow as one guard sees it: `peer` asks for `service`, or is asked. */
struct tw_plan_flow {
	const char *name;
	bool outbound; /* the guard's end asks */
	struct tw_prefix peer;
	struct tw_service service;
	struct tw_ranges exact;
	const struct tw_ports *reply; /* the clients' ports, sorted */
	size_t replies;
	/* Who asks; n 0: nobody says, and `reply` holds more than the usual clients need. */
	const struct tw_client *const *client;
	size_t clients;
	unsigned section;
	struct tw_span span;
};

/* A flow whose replies go to the ports of declared clients only. */
struct tw_narrow {
	const struct tw_plan_flow *flow;
	enum tw_initiator who; /* whom `check` takes its callers for, if nobody says */
	bool internet;	       /* anybody may call */
};

struct tw_plan {
	struct tw_mem *mem;
	struct tw_arena *arena; /* of the result */
	struct tw_arena work;
	struct tw_diags *diags;
	const struct tw_gen_options *options;
	TW_VEC(struct tw_guard) guard;
	TW_VEC(const char *) note;
	TW_VEC(struct tw_narrow) narrow;
	bool exact;
};

/* Of the ports that a client may have, where nobody says who asks, what the clients that decide
 * need: Linux, Windows and macOS. */
extern const struct tw_ports tw_usual_clients;

TW_NODISCARD tw_status tw_plan_guard(
	struct tw_plan *plan, const struct tw_guard *guard, size_t *ret);
/* Adds the demands of a flow: the request and its replies; a group needs the request only. */
TW_NODISCARD tw_status tw_plan_flow(
	struct tw_plan *plan, size_t guard, const struct tw_plan_flow *flow);
/* For people, each text once. */
TW_NODISCARD tw_status tw_plan_note(struct tw_plan *plan, const char *format, ...) TW_PRINTF(2, 3);

/* narrow.c: replies go to the ports of these clients; n 0: of any. */
TW_NODISCARD tw_status tw_plan_replies(struct tw_plan *plan, const struct tw_client *const *client,
	size_t n, struct tw_plan_flow *flow);
/* Keeps in mind that the flow, which must live as long as the plan, has declared clients. */
TW_NODISCARD tw_status tw_plan_narrow(struct tw_plan *plan, const struct tw_plan_flow *flow,
	enum tw_initiator who, bool internet);
TW_NODISCARD tw_status tw_plan_tell_narrow(struct tw_plan *plan);

/* pattern.c */
TW_NODISCARD tw_status tw_plan_patterns(struct tw_plan *plan);
/* stated.c */
TW_NODISCARD tw_status tw_plan_intents(struct tw_plan *plan);
/* rules.c: the rule set of a guard. TW_EINVAL after a diagnostic: the quota cannot be kept. */
TW_NODISCARD tw_status tw_rules_of(
	struct tw_plan *plan, const struct tw_guard *guard, struct tw_rule_set *ret);

#endif
