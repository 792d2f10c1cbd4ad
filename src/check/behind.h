/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_BEHIND_H
#define TW_CHECK_BEHIND_H

/*
 * Behind a load balancer: the flows that its nodes start themselves, to targets when it ends the
 * client's flow, and to every target to see whether it is healthy. SPEC: path-alb, nlb-off-source,
 * nlb-sg
 */

#include "ask.h"
#include "balancer.h"

struct tw_behind {
	uint32_t balancer;
	uint32_t listener;  /* TW_MISSING: health checks of the group, whoever listens */
	uint32_t group;	    /* the target group */
	const char *after;  /* id of the flow that it follows, or NULL */
	const char *origin; /* "asked", "inferred" */
	enum tw_level cap;
	bool each; /* every target is a path of its own; else equal ones are judged together */
};

/*
 * Judges the flow to the targets of one group, finds what it loses, and keeps it. Nothing happens
 * if no target is known (lambda functions, load balancers as targets).
 */
TW_NODISCARD tw_status tw_judge_behind(struct tw_results *results, const struct tw_behind *behind);
/* Everything that follows a flow to the nodes among `to`: the targets of each listener that hears
 * it. */
TW_NODISCARD tw_status tw_judge_after(struct tw_results *results, const struct tw_sites *to,
	const struct tw_service *service, size_t services, const char *after);
/* The same for every listener, as `check` infers it. */
TW_NODISCARD tw_status tw_judge_balancer(struct tw_results *results, uint32_t balancer);

/* What flows call a load balancer: its name, or what tells it from another one of that name. */
const char *tw_balancer_label(const struct tw_net *net, const struct tw_balancer *balancer);

#endif
