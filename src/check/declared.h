/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_DECLARED_H
#define TW_CHECK_DECLARED_H

/* What the intents say besides flows, where flows are inferred. */

#include "results.h"

/* Who connects with which client, as names say. */
struct tw_declared {
	tw_set from;
	struct tw_levels levels;
};

/*
 * Replies that stated flows ask for, and those to names whose client picks unusual ports, as a list
 * that does not know better takes them: for requests of whoever answers, to these ports.
 */
struct tw_answers {
	int16_t protocol;
	struct tw_ports ports;
	tw_set set;
};

/*
 * Of what a rule for these ports lets pass, such replies: to every range of a
 * client's ports that it holds as a whole. A rule that holds a part of one is there for something
 * else, such as a service at 50000.
 */
tw_set tw_declared_answers(struct tw_results *results, int16_t protocol, struct tw_ports ports);

/* Fills results->declared, results->answers and results->internet, which must be built anew after
 * each reset of the judge. All names and ends are known to select something. */
TW_NODISCARD tw_status tw_declared_build(struct tw_results *results);
/* Fills results->declared only; a name that selects nobody says nothing. */
TW_NODISCARD tw_status tw_declared_names(struct tw_results *results);

#endif
