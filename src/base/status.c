/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Statuses as text and as exit codes. Both come from the one table in status.h, so a status cannot
 * be added without them.
 */

#include "mem.h"

#define ROW(name, exit, text) [name] = {exit, text},

static const struct {
	int exit;
	const char *text;
} table[] = {TW_STATUS_TABLE(ROW)};

static bool is_known(tw_status status)
{
	/* A number from outside may be anything, and whether enums are signed is open. */
	return (size_t)status < TW_COUNT(table);
}

const char *tw_status_text(tw_status status)
{
	return is_known(status) ? table[status].text : "unknown status";
}

int tw_status_exit(tw_status status)
{
	return is_known(status) ? table[status].exit : table[TW_EBUG].exit;
}
