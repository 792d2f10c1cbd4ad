/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway lint`: rules that are pointless, exposed or a trap. */

#include "cli.h"

static int look(struct session *session, const struct args *args,
	const struct tw_lint_options *options, const struct tw_style *style)
{
	struct tw_report *report = NULL;
	struct tw_diags *diags = NULL;

	tw_status status = tw_diags_new(session->mem, &diags);
	if (status == TW_OK)
		status = tw_lint(
			session->mem, tw_input_net(session->input), options, diags, &report);
	int code = tell_findings(session, args, style, status, report, diags);
	tw_diags_free(diags);
	return code;
}

int cmd_lint(const struct args *args)
{
	const struct tw_client *client[CLIENTS_MAX];
	struct client_ranges ranges;
	struct tw_lint_options options = {
		.check = {.client = client}, .compliance = args->value[OPT_COMPLIANCE] != NULL};
	struct session session;
	struct tw_style style;
	int code = EXIT_USAGE;

	if (!style_from(args, &style) || !find_today(args, &options.check) ||
		!find_quota(args, &options.quota))
		return EXIT_USAGE;
	if (!session_begin(&session, args, &code))
		return code;
	options.check.intents = tw_input_intents(session.input);
	options.check.sources = session.sources;
	/* What makes the run fail is shown, and so is what was asked for. */
	style.verbose |= fail_level(args) == TW_LEVEL_NOTE || options.compliance;
	/* Findings of check in check's report; here what reading had to say. */
	session_complain(&session, session.diags, args);
	if (find_clients(args, options.check.intents, &ranges, client, &options.check.clients))
		code = look(&session, args, &options, &style);
	session_close(&session);
	return code;
}
