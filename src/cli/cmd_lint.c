/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway lint`: not built yet. */
#include "cli.h"

int cmd_lint(const struct args *args)
{
	return usage_error(args->command, "lint is not built yet");
}
