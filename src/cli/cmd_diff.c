/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway diff`: not built yet. */
#include "cli.h"

int cmd_diff(const struct args *args)
{
	return usage_error(args->command, "diff is not built yet");
}
