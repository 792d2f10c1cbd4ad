/* SPDX-License-Identifier: Apache-2.0 */
/* Not built yet. */
#include "twoway/gen.h"

const struct tw_gen_pattern *tw_gen_patterns(size_t *ret_count)
{
	*ret_count = 0;
	return NULL;
}

tw_status tw_gen(struct tw_mem *mem, const struct tw_gen_options *options,
	struct tw_diags *ret_diags, struct tw_gen_result **ret)
{
	(void)mem, (void)options, (void)ret_diags, (void)ret;
	return TW_EBUG;
}

void tw_gen_free(struct tw_gen_result *result)
{
	(void)result;
}
