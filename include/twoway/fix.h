/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_FIX_H
#define TWOWAY_FIX_H

#include "twoway/check.h"

/**
 * Fix: for every finding of tw_check that rules of a network ACL can mend, the smallest edits that
 * restore exactly the wanted flows. Each was applied to a copy of the model and proved there.
 */

#ifdef __cplusplus
extern "C" {
#endif

struct tw_fix_options {
	struct tw_check_options check;
	/** Entries of a list and family, the default deny included: 0 is 20. SPEC: quota-nacl-rules
	 */
	unsigned quota;
	/* What follows is about plans. */
	/** Findings below this level are left alone; TW_LEVEL_NONE: warning. */
	enum tw_level least;
	/**
	 * 0: the first alternative of each finding that is allowed, and what shows only then is
	 * mended in its turn, until nothing is left that can be. Another rank: that alternative of
	 * each finding, as tw_fixes offers it, or the first where there are not so many; and no
	 * more.
	 */
	unsigned rank;
	bool review; /**< take fixes that need a review, too */
};

/** The report of tw_check, and to be freed like it, with `fix` filled in its findings. Errors too.
 */
TW_NODISCARD tw_status tw_fixes(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *ret_diags, struct tw_report **ret);

/** A finding that stays. */
struct tw_fix_left {
	const char *code, *message;
	enum tw_level level;
	struct tw_span span; /**< the rule that a person must look at */
	const char *why;     /**< nothing was done about it, one sentence */
};

/**
 * What mends all findings together: each fix proved on top of those before it. No edit can be left
 * out without a finding coming back, or a flow getting worse.
 */
struct tw_fix_plan {
	const struct tw_edit *edit; /**< in the order in which they must be made; adds come first */
	size_t edits;
	size_t mended; /**< findings of the report that are gone once all edits are made */
	const struct tw_fix_left *left;
	size_t left_n;
	const char *const *text;    /**< each edit in words, with its list and number */
	enum tw_level found, worst; /**< the highest level of a finding before and afterwards */
};

/**
 * Nothing to mend is a plan without edits. Errors as of tw_check. Free it before the network, with
 * tw_fix_plan_free.
 */
TW_NODISCARD tw_status tw_fix_plan_new(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *ret_diags, struct tw_fix_plan **ret);
void tw_fix_plan_free(struct tw_fix_plan *plan);

#ifdef __cplusplus
}
#endif
#endif
