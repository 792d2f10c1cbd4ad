/* SPDX-License-Identifier: Apache-2.0 */
#include "mend.h"

tw_status tw_fix_plan_new(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, unsigned rank, bool review,
	struct tw_diags *ret_diags, struct tw_fix_plan **ret)
{
	(void)mem, (void)net, (void)options, (void)rank, (void)review, (void)ret_diags, (void)ret;
	return TW_EBUG;
}

void tw_fix_plan_free(struct tw_fix_plan *plan)
{
	(void)plan;
}
