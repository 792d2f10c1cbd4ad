/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_GEN_H
#define TWOWAY_GEN_H

#include "twoway/check.h"

/**
 * Gen: from intents, or from patterns by name, the complete and minimal rules: network ACLs and
 * security groups, both directions, replies included.
 *
 * With intents, one network ACL for each set of subnets in which the same ends stand, and one group
 * for each end of one's own (docs/gen.md says whose an end is). With patterns, one network ACL and
 * one group for patterns of one subnet together, or those of one pattern of several subnets.
 */

#ifdef __cplusplus
extern "C" {
#endif

struct tw_gen_options {
	/** Intents to make rules for (`pattern` is not looked at then); or NULL. */
	const struct tw_intents *intents;
	/**
	 * Where subnets and interfaces that intents name are looked up. Needed with intents, if
	 * only an empty one, as of an input that nothing was added to; without them it may be NULL.
	 */
	const struct tw_net *net;
	/** Names out of tw_gen_patterns, each once. Those of several subnets stand alone. */
	const char *const *pattern;
	size_t patterns;
	/**
	 * CIDR blocks for patterns: who calls, n 0: 0.0.0.0/0; and who is called, n 0: 0.0.0.0/0.
	 * Of a pattern of several subnets `to` is the blocks of these, n 0: examples, and a note.
	 */
	const struct tw_prefix *from, *to;
	size_t from_n, to_n;
	/** Whose ports replies go to where no intent says, together; n 0: 1024-65535. */
	const struct tw_client *const *client;
	size_t clients;
	/**
	 * Entries that a list may have in each direction and family, the default deny included; 0:
	 * 20. SPEC: quota-nacl-rules
	 */
	unsigned quota;
};

struct tw_gen_result {
	/** ACLs first, then groups, in a stable order. A list without entries lets nothing pass. */
	const struct tw_rule_set *set;
	size_t sets;
	/**
	 * What the reply ranges let in besides the replies, who loses replies, what was taken for
	 * granted: one line each. Also in the diagnostics, as notes, for formats without room for
	 * them.
	 */
	const char *const *note;
	size_t notes;
	/** Fewer allow rules, behind the denies that there are, are proved impossible in each list.
	 */
	bool exact;
};

/** The names of patterns ("web-server", "ssh", ...), and a line on each. */
struct tw_gen_pattern {
	const char *name, *about;
};
/** All there are; static. */
const struct tw_gen_pattern *tw_gen_patterns(size_t *ret_count);

/**
 * Makes the rules. TW_EINVAL after diagnostics with places: an intent cannot be turned into rules,
 * the quota cannot be kept (they say how many rules the best list has), or there is no such
 * pattern. TW_ENOMEM, TW_ELIMIT. On failure *ret is not set, and nothing is left to free.
 *
 * The result points into the intents, the net and the options: free it before them, with
 * tw_gen_free. tw_write_gen and tw_write_rule_sets (write.h) spell it.
 */
TW_NODISCARD tw_status tw_gen(struct tw_mem *mem, const struct tw_gen_options *options,
	struct tw_diags *ret_diags, struct tw_gen_result **ret);
/** NULL is fine. */
void tw_gen_free(struct tw_gen_result *result);

#ifdef __cplusplus
}
#endif
#endif
