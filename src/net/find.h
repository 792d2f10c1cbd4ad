/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_FIND_H
#define TW_NET_FIND_H

/* Finding objects by id, Name tag or tag pattern, for a selection. */

#include "site.h"

/* The kinds that can be an end of a flow, in the order in which an id is looked up. */
#define TW_END_KINDS 9
extern const enum tw_kind tw_end_kinds[TW_END_KINDS];

size_t tw_object_count(const struct tw_net *net, enum tw_kind kind);
const struct tw_object *tw_object_at(const struct tw_net *net, enum tw_kind kind, size_t index);

/*
 * Picks the object of one kind with this id, and what belongs to it. False in *ret_found if there
 * is none. An object that gives no end, such as a group that nobody carries, is refused: TW_EINVAL.
 */
TW_NODISCARD tw_status tw_pick_id(
	struct tw_picked *picked, enum tw_kind kind, const char *id, bool *ret_found);
/*
 * Picks everything whose Name tag this is. Of several kinds the one that sends and receives, with a
 * note; two of those, or only kinds that do not (ACL, group, VPC), are refused.
 */
TW_NODISCARD tw_status tw_pick_name(struct tw_picked *picked, const char *name, bool *ret_found);
/* Picks the instances, interfaces and subnets with such a tag; none is fine. */
TW_NODISCARD tw_status tw_pick_tag(struct tw_picked *picked, const struct tw_tag_pattern *pattern);
/* `*` is any text, `?` one character. */
bool tw_pattern_matches(const char *pattern, const char *text);

/* miss.c: says that the input has nothing of that name, and what it has. Returns TW_EINVAL. */
TW_NODISCARD tw_status tw_refuse_unknown(struct tw_picked *picked, const struct tw_intents *intents,
	const char *kind, const char *text);

#endif
