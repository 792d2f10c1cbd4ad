/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway gen`: not built yet. */
#include "cli.h"

int cmd_gen(const struct args *args)
{
	return usage_error(args->command, "gen is not built yet");
}
