/* SPDX-License-Identifier: Apache-2.0 */
/* Not built yet. */
#include "twoway/lint.h"

tw_status tw_lint(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_lint_options *options, struct tw_diags *ret_diags, struct tw_report **ret)
{
	(void)mem, (void)net, (void)options, (void)ret_diags, (void)ret;
	return TW_EBUG;
}
