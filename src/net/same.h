/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_SAME_H
#define TW_NET_SAME_H

/* Comparing what has no order: two readings of one object, of one network or of two. */

#include "net.h"

/* What a rule says, without its id and place: -1, 0 or 1. */
int tw_rule_content_cmp(const struct tw_rule *a, const struct tw_rule *b);
/* Pointers to the rules of a list, sorted by content; freed with tw_mem_release, n pointers. */
TW_NODISCARD tw_status tw_rules_by_content(
	struct tw_mem *mem, struct tw_rules rules, const struct tw_rule ***ret);
/* Equal as multisets; rules marked implicit do not count. */
TW_NODISCARD tw_status tw_rules_same(
	struct tw_mem *mem, struct tw_rules a, struct tw_rules b, bool *ret);
TW_NODISCARD tw_status tw_prefixes_same(
	struct tw_mem *mem, struct tw_prefixes a, struct tw_prefixes b, bool *ret);
TW_NODISCARD tw_status tw_texts_same(struct tw_mem *mem, const char *const *a, size_t a_n,
	const char *const *b, size_t b_n, bool *ret);
TW_NODISCARD tw_status tw_routes_same(struct tw_mem *mem, const struct tw_route_table *a,
	const struct tw_route_table *b, bool *ret);
/* Routes of transit gateway route tables. */
TW_NODISCARD tw_status tw_transit_routes_same(struct tw_mem *mem, const struct tw_transit_route *a,
	size_t a_n, const struct tw_transit_route *b, size_t b_n, bool *ret);
/* By id and port. */
TW_NODISCARD tw_status tw_members_same(struct tw_mem *mem, const struct tw_member *a, size_t a_n,
	const struct tw_member *b, size_t b_n, bool *ret);

#endif
