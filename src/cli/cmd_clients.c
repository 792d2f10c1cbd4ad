/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway clients`: the table of who picks which source ports. */

#include <stdio.h>

#include "cli.h"

int cmd_clients(const struct args *args)
{
	const char *intents = args->value[OPT_INTENTS];
	struct tw_intents_view view = {0};
	struct session session;
	struct tw_style style;

	if (!style_from(args, &style))
		return EXIT_USAGE;
	tw_status status = session_open(&session);
	if (status != TW_OK) {
		fprintf(stderr, "twoway: error: %s\n", tw_status_text(status));
		return tw_status_exit(status);
	}
	if (intents != NULL)
		status = tw_input_add_intents(session.input, intents);
	if (status == TW_OK && intents != NULL)
		view = tw_intents_view(tw_input_intents(session.input));
	int code = EXIT_CLEAN;
	if (status == TW_OK) {
		status = tw_write_clients(
			session.mem, view.client, view.clients, &style, sink_out());
		if (status == TW_EIO)
			code = EXIT_USAGE;
		else if (status != TW_OK)
			code = explain(&session, NULL, status, args);
	} else {
		code = explain(&session, session.diags, status, args);
	}
	session_close(&session);
	return code;
}
