/* SPDX-License-Identifier: Apache-2.0 */
/* Small names of edits. */
#include "twoway/edit.h"

const char *tw_operation_name(enum tw_operation operation)
{
	static const char *const names[] = {"add", "replace", "remove"};
	return names[operation];
}

const char *tw_applicability_name(enum tw_applicability applicability)
{
	static const char *const names[] = {"safe", "review", "placeholder"};
	return names[applicability];
}
