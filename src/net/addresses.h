/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_ADDRESSES_H
#define TW_NET_ADDRESSES_H

/*
 * Lists of addresses: sorted by family and address, disjoint and not adjacent. Sites hold their
 * addresses like this; sets of round trips (space.h) are made from them later, once per site.
 */

#include "mem.h"
#include "twoway/space.h"

struct tw_ranges {
	const struct tw_range *v;
	size_t n;
};

/* By family, address, length. */
int tw_prefix_cmp(struct tw_prefix a, struct tw_prefix b);
/* The smallest CIDR block that holds a range. */
struct tw_prefix tw_range_cover(struct tw_range range);
/* By family, then first address. */
int tw_range_cmp(const void *a, const void *b);
/* Sorts n ranges and joins what overlaps or touches, in place. Returns how many are left. */
size_t tw_ranges_join(struct tw_range *v, size_t n);
/* The ranges [*ret_begin, returned) of a list that have an address of `range`. */
size_t tw_ranges_slice(struct tw_ranges list, struct tw_range range, size_t *ret_begin);
bool tw_ranges_meet(struct tw_ranges list, struct tw_range range);

/* Results in `arena`. */
TW_NODISCARD tw_status tw_ranges_intersect(
	struct tw_arena *arena, struct tw_ranges a, struct tw_ranges b, struct tw_ranges *ret);
TW_NODISCARD tw_status tw_ranges_subtract(
	struct tw_arena *arena, struct tw_ranges a, struct tw_ranges b, struct tw_ranges *ret);
TW_NODISCARD tw_status tw_ranges_union(
	struct tw_arena *arena, struct tw_ranges a, struct tw_ranges b, struct tw_ranges *ret);
TW_NODISCARD tw_status tw_ranges_of_prefixes(
	struct tw_arena *arena, const struct tw_prefix *v, size_t n, struct tw_ranges *ret);
/* Every address of both families. */
TW_NODISCARD tw_status tw_ranges_all(struct tw_arena *arena, struct tw_ranges *ret);

#endif
