/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_STATIONS_H
#define TW_CHECK_STATIONS_H

/*
 * What a packet meets, before it is told. A hop for the reader has CIDR blocks, ports and every
 * rule in words; whoever only asks which rule drops something (diff, for each change and network)
 * takes the stations and has that one rule told.
 */

#include "results.h"

struct tw_station {
	struct tw_hop hop;		    /* without packets; without rules but for a route */
	const struct tw_crossing *crossing; /* of a filter; else NULL */
	tw_set seen;			    /* what reaches a filter, as it sees it */
	bool ruled;			    /* a filter that is reached, and its rules decide */
};

struct tw_stations {
	struct tw_station *v;
	size_t n, room;
};

/* Without `replies` only those of the request. From results->mem: TW_VEC_FREE. */
TW_NODISCARD tw_status tw_stations_of(struct tw_results *results, const struct tw_outcome *outcome,
	bool replies, struct tw_stations *ret);

/* The first rule of a station that allows, or that does not, in the order in which hops tell them;
 * where `ports` are not none, and the outcome has ports, one with a say on some of these. Without
 * its part. `*ret` is untouched and false returned in `ret_found` if there is none. */
TW_NODISCARD tw_status tw_station_rule(struct tw_results *results, const struct tw_outcome *outcome,
	const struct tw_station *station, bool allows, struct tw_port_list ports,
	struct tw_rule_ref *ret, bool *ret_found);

/* A rule that lets something pass, and whose it is. */
struct tw_passed {
	const struct tw_object *component;
	const struct tw_rule *rule;
};

/* All rules of a filter that surely let a part pass of what reaches it; in results->work. */
TW_NODISCARD tw_status tw_station_passed(struct tw_results *results,
	const struct tw_station *station, const struct tw_passed **ret, size_t *ret_n);

#endif
