/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway fix`: not built yet. */
#include "cli.h"

int cmd_fix(const struct args *args)
{
	return usage_error(args->command, "fix is not built yet");
}
