/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway check`: judge every flow, report what breaks. */

#include "cli.h"

static int judge(struct session *session, const struct args *args, struct tw_check_options *options,
	const struct tw_style *style)
{
	struct tw_report *report = NULL;
	struct tw_diags *diags = NULL;

	tw_status status = tw_diags_new(session->mem, &diags);
	if (status == TW_OK)
		status = tw_check(
			session->mem, tw_input_net(session->input), options, diags, &report);
	int code = tell_findings(session, args, style, status, report, diags);
	tw_diags_free(diags);
	return code;
}

int cmd_check(const struct args *args)
{
	const struct tw_client *client[CLIENTS_MAX];
	struct client_ranges ranges;
	struct tw_check_options options = {.client = client};
	struct session session;
	struct tw_style style;
	int code = EXIT_USAGE;

	if (!style_from(args, &style) || !find_today(args, &options))
		return EXIT_USAGE;
	if (!session_begin(&session, args, &code))
		return code;
	options.intents = tw_input_intents(session.input);
	options.diags = session.diags;
	options.sources = session.sources;
	options.details = style.format == TW_FORMAT_JSON;
	/* What makes the run fail is shown. */
	style.verbose |= fail_level(args) == TW_LEVEL_NOTE;
	if (find_clients(args, options.intents, &ranges, client, &options.clients))
		code = judge(&session, args, &options, &style);
	session_close(&session);
	return code;
}
