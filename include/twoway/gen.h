/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_GEN_H
#define TWOWAY_GEN_H

#include "twoway/check.h"

/**
 * Gen: from intents, or from a pattern by name, the complete and minimal rules: network ACLs and
 * security groups, both directions, replies included.
 */

#ifdef __cplusplus
extern "C" {
#endif

struct tw_gen_options {
	/** Intents to make rules for; or NULL with `pattern`. */
	const struct tw_intents *intents;
	/** Where subnets and interfaces that intents name are looked up; may be empty. */
	const struct tw_net *net;
	/** "web-server", "ssh", "outbound-api", "load-balanced", "three-tier", "nat". */
	const char *const *pattern;
	size_t patterns;
	/** Blocks for patterns: who calls, who is called. n 0: 0.0.0.0/0. */
	const struct tw_prefix *from, *to;
	size_t from_n, to_n;
	/** Whose ports replies go to, where no intent says; n 0: 1024-65535. */
	const struct tw_client *const *client;
	size_t clients;
	/** Entries of a list and family, the default deny included: 0 is 20. SPEC: quota-nacl-rules
	 */
	unsigned quota;
};

struct tw_gen_result {
	const struct tw_rule_set *set; /**< ACLs first, then groups; by name */
	size_t sets;
	/** What the reply ranges let in besides the replies, and other things to know. The
	 * diagnostics have them as notes, too, for formats that have no room for them. */
	const char *const *note;
	size_t notes;
	bool exact; /**< fewer allow rules, behind the denies that there are, are proved impossible
		     */
};

/** The names of patterns, and a line on each. */
struct tw_gen_pattern {
	const char *name, *about;
};
const struct tw_gen_pattern *tw_gen_patterns(size_t *ret_count);

/**
 * TW_EINVAL: an intent cannot be turned into rules, or the quota cannot be kept (the diagnostic
 * says how many rules the best list has), or there is no pattern of that name. The result points
 * into the intents and the options: free it before them, with tw_gen_free.
 */
TW_NODISCARD tw_status tw_gen(struct tw_mem *mem, const struct tw_gen_options *options,
	struct tw_diags *ret_diags, struct tw_gen_result **ret);
void tw_gen_free(struct tw_gen_result *result);

#ifdef __cplusplus
}
#endif
#endif
