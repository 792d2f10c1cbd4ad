/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_NEAR_MISS_H
#define TW_CHECK_NEAR_MISS_H

/* What a rule of the list at fault misses of the packets behind a finding, and its words. */

#include "addresses.h"
#include "results.h"

/* How near a rule is, the nearest first. */
enum tw_nearness {
	TW_NEAR_PORTS,	   /* a reply range for these peers: it lacks ports */
	TW_NEAR_RANGE,	   /* another wide range for them */
	TW_NEAR_SERVICE,   /* it names the service's port: see tw_named_rule */
	TW_NEAR_NEIGHBOUR, /* it is for their neighbours */
	TW_NEAR_STRANGER   /* it is for somebody else: worth a note, no place to look at */
};

struct tw_miss {
	const struct tw_rule *rule;
	enum tw_nearness nearness;
	struct tw_port_list ports; /* of peers that the rule is for */
	struct tw_ranges peers;	   /* that it is not for */
	bool cut;		   /* there are more of them */
};

/* "egress rule 110 allows ...; linux picks ...: ... are missing" (near_words.c). */
TW_NODISCARD tw_status tw_miss_text(struct tw_results *results,
	const struct tw_finding_draft *finding, const struct tw_miss *miss, const char **ret);

#endif
