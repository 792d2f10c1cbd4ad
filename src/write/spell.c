/* SPDX-License-Identifier: Apache-2.0 */
/* Not built yet. */
#include <string.h>

#include "twoway/write.h"

bool tw_spelling_parse(const char *text, enum tw_spelling *ret)
{
	(void)text, (void)ret;
	return false;
}

tw_status tw_write_edits(struct tw_mem *mem, const struct tw_edit *edit, size_t n,
	enum tw_spelling spelling, struct tw_sink sink)
{
	(void)mem, (void)edit, (void)n, (void)spelling, (void)sink;
	return TW_EBUG;
}

tw_status tw_write_rule_sets(struct tw_mem *mem, const struct tw_rule_set *set, size_t n,
	enum tw_spelling spelling, struct tw_sink sink)
{
	(void)mem, (void)set, (void)n, (void)spelling, (void)sink;
	return TW_EBUG;
}
