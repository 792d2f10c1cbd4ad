/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_WRITE_PASSAGE_H
#define TW_WRITE_PASSAGE_H

/*
 * Long ways in words: what stands between the filters, what a packet becomes there, and which leg
 * of a flow loses what. A leg is the stretch on which a packet keeps its ports: leg 0 has those of
 * the client, each NAT gateway begins another one.
 */

#include "say.h"

/* "NAT gateway", "network ACL"; the word of the report where it is new. */
const char *tw_hop_kind_words(const struct tw_hop *hop);
/* A route or a gateway: it takes part in no filtering, and one line says it. */
bool tw_hop_is_brief(const struct tw_hop *hop);
/* Where a leg ends and the next one begins, seen by the request. */
bool tw_hop_translates(const struct tw_region *region, const struct tw_hop *hop);
/* Whether the reason of the region is this hop: a missing route, a gateway that is not known. */
bool tw_hop_is_reason(const struct tw_region *region, const struct tw_hop *hop);
/* The first hop that drops something; NULL if none does. */
const struct tw_hop *tw_first_loss(const struct tw_region *region);
bool tw_same_blocks(const struct tw_prefix *a, size_t a_n, const struct tw_prefix *b, size_t b_n);
/* Addresses without the length that says nothing: "10.0.0.9", "10.0.0.0/24 and 3 more". */
const char *tw_say_addresses(struct tw_paint *paint, const struct tw_prefix *prefix, size_t n);
/* "becomes 10.0.0.9, ports 1024-65535"; NULL where the packet stays what it is. */
const char *tw_say_becomes(
	struct tw_paint *paint, const struct tw_region *region, const struct tw_hop *hop);
/* "loses 31,744 of 64,512 ports: 1024-32767"; NULL where nothing is lost, or has no ports. */
const char *tw_say_loss(struct tw_paint *paint, const struct tw_hop *hop);
/* What travels on a leg: "tcp to port 443", with its address where there are several legs. */
const char *tw_say_leg(
	struct tw_paint *paint, const struct tw_region *region, unsigned leg, bool reply);

/*
 * The part of leg 0 in what a client gets: results are products over the legs that lose something.
 * False if the report does not let it be told.
 */
bool tw_own_ports(const struct tw_region *region, const struct tw_client_result *client,
	uint64_t *ret_passing, uint64_t *ret_total);
/* One line a leg, and how they go together; nothing where there is one leg. */
void tw_paint_legs(struct tw_paint *paint, const struct tw_region *region);

#endif
