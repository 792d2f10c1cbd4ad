/* SPDX-License-Identifier: Apache-2.0 */
/* Not built yet. */
#include "twoway/diff.h"

const char *tw_change_name(enum tw_change_kind kind)
{
	static const char *const names[] = {
		"appears", "vanishes", "breaks", "mends", "clients", "one-way", "unknown"};
	return names[kind];
}

tw_status tw_diff(struct tw_mem *mem, const struct tw_net *before, const struct tw_net *after,
	const struct tw_diff_options *options, struct tw_diags *ret_diags,
	struct tw_difference **ret)
{
	(void)mem, (void)before, (void)after, (void)options, (void)ret_diags, (void)ret;
	return TW_EBUG;
}

void tw_difference_free(struct tw_difference *difference)
{
	(void)difference;
}
