/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_MERGE_H
#define TW_NET_MERGE_H

/* Between the files that merge (merge.c, merge_between.c): one object that was read twice. */

#include "pending.h"

struct tw_merge {
	struct tw_net *net;
	struct tw_diags *diags;
	enum tw_kind kind;
	struct tw_object *old;
	const struct tw_object *now;
};

/* The error that names both places; returns TW_EPARSE. `what`: "a VPC", "CIDR blocks". */
TW_NODISCARD tw_status tw_contradiction(const struct tw_merge *m, const char *what);
/* Fills the name and the tags, which are not compared. */
void tw_merge_object(const struct tw_merge *m);
/* One text: fills *old, or compares. */
TW_NODISCARD tw_status tw_merge_text(
	const struct tw_merge *m, const char **old, const char *now, const char *what);
/* The same for blocks in any order. */
TW_NODISCARD tw_status tw_merge_prefixes(const struct tw_merge *m, struct tw_prefixes *old,
	struct tw_prefixes now, const char *what);
/* And for what it names, in any order (merge_between.c). */
TW_NODISCARD tw_status tw_merge_refs(
	const struct tw_merge *m, struct tw_refs *old, struct tw_refs now, const char *what);

#endif
