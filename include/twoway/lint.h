/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_LINT_H
#define TWOWAY_LINT_H

#include "twoway/check.h"

/**
 * Lint: rules that do nothing (TW2xx), rules that are wider than any flow needs or expose a service
 * (TW3xx), limits and traps of the provider (TW4xx). Every statement is exact and respects the
 * order of rules.
 */

#ifdef __cplusplus
extern "C" {
#endif

struct tw_lint_options {
	/** As for tw_check; `details` is ignored. */
	struct tw_check_options check;
	/** Entries of a list and family, the default deny included: 0 is 20. SPEC: quota-nacl-rules
	 */
	unsigned quota;
	/** Adds TW302: what common compliance rules say, what is true, and what obeying costs. */
	bool compliance;
};

/**
 * The report has findings and no flows. To be freed like that of tw_check, and errors are the same.
 */
TW_NODISCARD tw_status tw_lint(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_lint_options *options, struct tw_diags *ret_diags, struct tw_report **ret);

#ifdef __cplusplus
}
#endif
#endif
