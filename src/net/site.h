/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_SITE_H
#define TW_NET_SITE_H

/*
 * How a selection becomes sites, between select*.c and site*.c: first everything that was asked for
 * is put together and doubles are dropped, then it is cut into sites, so that these cannot overlap.
 */

#include "addresses.h"
#include "report_diag.h"
#include "select.h"
#include "vec.h"

/* An interface with some of its addresses. */
struct tw_part {
	uint32_t interface;
	struct tw_ranges address; /* n 0: all of them */
};

struct tw_parts {
	struct tw_part *v;
	size_t n, room;
};

struct tw_indexes {
	uint32_t *v;
	size_t n, room;
};

/* What was asked for. The vectors are drawn from net->mem: tw_picked_fini. */
struct tw_picked {
	const struct tw_net *net;
	struct tw_arena *arena;
	struct tw_diags *diags; /* NULL: nobody to ask back, take every possible place */
	struct tw_span span;
	struct tw_indexes interface, subnet, acl, balancer;
	TW_VEC(struct tw_range) range;
	TW_VEC(struct tw_range) called; /* public addresses of some of the interfaces */
	const char *vpc_id;		/* `range` is in this VPC; NULL: in any */
	bool must_be_inside;		/* an address that the VPC lacks is an error */
	TW_VEC(const char *) id;
	bool internet, managed;
};

/* `return TW_REFUSED(picked, "...", ...)`: the selection cannot be made, and why. */
#define TW_REFUSED(picked, ...)                                                                    \
	(tw_diag_add((picked)->diags, TW_LEVEL_ERROR, 0, (picked)->span, __VA_ARGS__) == TW_OK     \
			? TW_EINVAL                                                                \
			: TW_ENOMEM)

void tw_picked_init(struct tw_picked *picked, const struct tw_net *net, struct tw_arena *arena,
	struct tw_diags *diags, struct tw_span span);
void tw_picked_fini(struct tw_picked *picked);
/* The sites of all that was picked, in `arena`; may be none. Picked vectors are used up. */
TW_NODISCARD tw_status tw_picked_sites(struct tw_picked *picked, struct tw_sites *ret);

/* Site by site, in `arena`. */
TW_NODISCARD tw_status tw_sites_add(
	struct tw_arena *arena, struct tw_sites *sites, const struct tw_site *site);
/* Groups parts into sites and adds them; sorts the parts. One part per interface. */
TW_NODISCARD tw_status tw_sites_of_parts(const struct tw_net *net, struct tw_arena *arena,
	struct tw_part *part, size_t n, struct tw_sites *sites);
/* The addresses of a subnet in `within` (NULL: all) that no interface has. */
TW_NODISCARD tw_status tw_subnet_rest(const struct tw_net *net, struct tw_arena *arena,
	uint32_t subnet, const struct tw_ranges *within, struct tw_ranges *ret);
/* A site that is no subnet of the model, all states open. */
struct tw_site tw_site_nowhere(enum tw_site_kind kind, struct tw_ranges address);
/* What is known of an object of a kind, given its index. */
enum tw_knowledge tw_knowledge_of(const struct tw_net *net, enum tw_kind kind, uint32_t index);

/* site_range.c: cuts picked->range into parts and sites; what is in no subnet goes to ret_outside.
 */
TW_NODISCARD tw_status tw_picked_cut(struct tw_picked *picked, const bool *whole_subnet,
	struct tw_parts *parts, struct tw_sites *sites, struct tw_ranges *ret_outside);
/* "10.0.0.5", "10.0.0.0/24" or "10.0.0.1 to 10.0.0.9", in `arena`; NULL: out of memory. */
const char *tw_range_say(struct tw_arena *arena, struct tw_range range);

#endif
