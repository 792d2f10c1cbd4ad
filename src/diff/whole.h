/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_DIFF_WHOLE_H
#define TW_DIFF_WHOLE_H

/* Between whole.c and nodes.c: whom the two networks are asked about, round by round. */

#include "ask.h"
#include "diffing.h"

/* The sites of one network: those who are touched, and the others. */
struct ends {
	struct tw_sites touched, rest;
};

/* One end of what is asked about: all sites of a VPC, or with an id of NULL the outside. */
struct quarter {
	const char *vpc_id;
	struct ends side[TW_AGES];
};

struct whole {
	struct tw_diffing *d;
	const struct tw_touched *touched;
	struct tw_site *outside;
	tw_set itself;			/* an address to itself: that stays in the machine */
	tw_set public_from;		/* the internet of both networks */
	const struct tw_levels *inside; /* of callers without public addresses */
	TW_VEC(struct quarter) quarter;
};

/* Both networks' answers about the same pairs. What was found points to the paths of the questions,
 * so these are kept until the end; the rest of a round ends with it. */
struct asked {
	struct tw_question question;
	int age;
};
struct round {
	TW_VEC(struct asked) asked;
	struct tw_outcomes outcomes[TW_AGES];
};
/* Asks for all that goes from some sites to others in one network; nothing if there is none. */
TW_NODISCARD tw_status tw_round_ask(struct whole *w, struct round *round, int age,
	const struct tw_sites *from, const struct tw_sites *to, const struct tw_service *service);
/* Judges what was asked, and refines the answers against each other, if `status` is TW_OK; ends the
 * round. */
TW_NODISCARD tw_status tw_round_end(
	struct whole *w, struct round *round, const struct tw_where *where, tw_status status);
/* Every protocol and port. */
extern const struct tw_service tw_every_service;

/* nodes.c: flows to load balancers, and those that they start to their targets. */
TW_NODISCARD tw_status tw_diff_nodes(struct whole *w);

#endif
