/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway lint`: rules that are pointless, exposed or a trap. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* --quota N: a number of entries; false after a usage error. */
static bool find_quota(const struct args *args, unsigned *ret)
{
	const char *text = args->value[OPT_QUOTA];
	unsigned n = 0;

	if (text == NULL)
		return true;
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (text[i] < '0' || text[i] > '9' || n > 1000) {
			n = 0;
			break;
		}
		n = n * 10 + (unsigned)(text[i] - '0');
	}
	if (n < 2 || n > 1000) {
		usage_error(args->command,
			"--quota is a number of rules from 2 to 1000, the default deny included, "
			"not \"%s\"",
			text);
		return false;
	}
	*ret = n;
	return true;
}

static int look(struct session *session, const struct args *args,
	const struct tw_lint_options *options, const struct tw_style *style)
{
	const struct tw_input *input = session->input;
	struct tw_report *report = NULL;
	struct tw_diags *diags = NULL;
	size_t files = tw_input_files(input);
	int code;

	tw_status status = tw_diags_new(session->mem, &diags);
	if (status == TW_OK)
		status = tw_lint(session->mem, tw_input_net(input), options, diags, &report);
	if (status != TW_OK) {
		code = explain(session, diags, status, args);
		tw_diags_free(diags);
		return code;
	}
	status = tw_write_check(session->mem, report, files > 0 ? tw_input_file(input, 0) : NULL,
		files, session->sources, style, sink_out());
	code = tw_report_worst(report) >= fail_level(args) ? EXIT_FOUND : EXIT_CLEAN;
	if (status == TW_EIO)
		code = EXIT_USAGE;
	else if (status != TW_OK)
		code = explain(session, NULL, status, args);
	tw_report_free(report);
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
	tw_status status = session_open(&session);
	if (status != TW_OK) {
		fprintf(stderr, "twoway: error: %s\n", tw_status_text(status));
		return tw_status_exit(status);
	}
	status = session_read(&session, args);
	if (status == TW_OK) {
		options.check.intents = tw_input_intents(session.input);
		options.check.sources = session.sources;
		/* What makes the run fail is shown. */
		style.verbose |= fail_level(args) == TW_LEVEL_NOTE;
		/* Findings of check in check's report; here what reading had to say. */
		session_complain(&session, session.diags, args);
		if (find_clients(
			    args, options.check.intents, &ranges, client, &options.check.clients))
			code = look(&session, args, &options, &style);
	} else if (status != TW_EINVAL) {
		code = explain(&session, session.diags, status, args);
	}
	session_close(&session);
	return code;
}
