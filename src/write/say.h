/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_WRITE_SAY_H
#define TW_WRITE_SAY_H

/*
 * Small texts that several writers share. They live in the painter's arena; where memory runs out
 * they are empty, and the painter remembers why.
 */

#include "order.h"
#include "paint.h"
#include "table.h"

/* "28,232". */
const char *tw_say_number(struct tw_paint *paint, uint64_t n);
/* "1 error", "3 errors". */
const char *tw_say_count(struct tw_paint *paint, uint64_t n, const char *noun);
/* "11,848 of 28,232". */
const char *tw_say_share(struct tw_paint *paint, uint64_t part, uint64_t whole);
/* "41.97 %". */
const char *tw_say_percent(struct tw_paint *paint, uint64_t part, uint64_t whole);
/* "443, 8000-8100"; at most `most` of them, then "and 3 more". */
const char *tw_say_ports(
	struct tw_paint *paint, const struct tw_ports *ports, size_t n, size_t most);
const char *tw_say_prefixes(
	struct tw_paint *paint, const struct tw_prefix *prefix, size_t n, size_t most);
/* "8/0", "3/4, 11/0-1". */
const char *tw_say_icmp(
	struct tw_paint *paint, const struct tw_icmp_range *range, size_t n, size_t most);
/* "i-1, i-2 and 3 more". */
const char *tw_say_ids(struct tw_paint *paint, const struct tw_peer *peer, size_t most);
/* The subnet of a hop, or "subnet-1 and 29 more"; NULL if it is in none. */
const char *tw_say_subnets(struct tw_paint *paint, const struct tw_hop *hop);
/* The name of an end, else its ids, else its addresses, else "unknown addresses". */
const char *tw_say_peer(struct tw_paint *paint, const struct tw_peer *peer);
/* COMPLETE, ONE-WAY, ... */
const char *tw_say_verdict(enum tw_verdict verdict);
/* What a table says of a flow: VIOLATED and NEVER PASSES for what must never pass. */
const char *tw_say_flow_verdict(const struct tw_flow *flow);

/* The client that decides and gets the smallest share; NULL if there is none. */
const struct tw_client_result *tw_worst_client(const struct tw_client_result *client, size_t n);
/* Clients with equal ranges and an equal result are shown together, in the order of their firsts.
 */
struct tw_client_group {
	const struct tw_client_result *first;
	const char *ids; /* "windows, macos" */
};
struct tw_client_group *tw_group_clients(struct tw_paint *paint,
	const struct tw_client_result *client, size_t n, bool level, size_t *ret_n);

/* The table of clients under a finding; its title says what is counted. */
void tw_paint_clients(struct tw_paint *paint, const struct tw_finding *finding, size_t margin);
/* The table of clients of a region, with what each counts as; of several legs, it tells leg 0. */
void tw_paint_region_clients(struct tw_paint *paint, const struct tw_region *region, size_t margin);

#endif
