/* SPDX-License-Identifier: Apache-2.0 */
/* Not built yet. */
#include "twoway/read.h"

tw_status tw_rewrite(struct tw_mem *mem, struct tw_sources *sources, const struct tw_edit *edit,
	size_t n, struct tw_diags *ret_diags, struct tw_rewritten **ret, size_t *ret_n)
{
	(void)mem, (void)sources, (void)edit, (void)n, (void)ret_diags, (void)ret, (void)ret_n;
	return TW_EBUG;
}

void tw_rewritten_free(struct tw_mem *mem, struct tw_rewritten *file, size_t n)
{
	(void)mem, (void)file, (void)n;
}
