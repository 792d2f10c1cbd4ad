/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway trace`: one request and its reply, hop by hop. */

#include <string.h>

#include "cli.h"

static bool check_options(const struct args *args)
{
	if (args->value[OPT_FROM] == NULL || args->value[OPT_TO] == NULL) {
		usage_error(args->command, "trace needs --from X and --to Y");
		return false;
	}
	if (args->clients > 0 && args->value[OPT_SOURCE_PORTS] != NULL) {
		usage_error(args->command, "--client and --source-ports exclude each other");
		return false;
	}
	return true;
}

static int follow(struct session *session, const struct args *args,
	const struct tw_trace_options *options, const struct tw_style *style)
{
	struct tw_report *report = NULL;
	struct tw_diags *diags = NULL;
	int code;

	tw_status status = tw_diags_new(session->mem, &diags);
	if (status == TW_OK)
		status = tw_trace(
			session->mem, tw_input_net(session->input), options, diags, &report);
	if (status != TW_OK) {
		code = explain(session, diags, status, args);
		tw_diags_free(diags);
		return code;
	}
	if (args->value[OPT_QUIET] == NULL)
		session_complain(session, session->diags, args);
	session_tell(session, diags, args);
	code = write_report(session, args, report, tw_write_trace, style,
		tw_report_complete(report) ? EXIT_CLEAN : EXIT_FOUND);
	tw_report_free(report);
	tw_diags_free(diags);
	return code;
}

/* The clients to judge for: --client or --source-ports. */
static bool choose_clients(const struct args *args, const struct tw_intents *intents,
	struct client_ranges *ranges, const struct tw_client **client, size_t *ret_n)
{
	const char *ports = args->value[OPT_SOURCE_PORTS];

	if (ports == NULL)
		return find_clients(args, intents, ranges, client, ret_n);
	if (!tw_client_from_range(ports, &ranges->client[0])) {
		usage_error(args->command,
			"--source-ports is a range within 1-65535 such as 40000-44999, not \"%s\"",
			ports);
		return false;
	}
	client[0] = &ranges->client[0];
	*ret_n = 1;
	return true;
}

int cmd_trace(const struct args *args)
{
	const struct tw_client *client[CLIENTS_MAX];
	struct client_ranges ranges;
	struct tw_trace_options options = {
		.from = args->value[OPT_FROM],
		.to = args->value[OPT_TO],
		.port = args->value[OPT_PORT],
		.protocol = args->value[OPT_PROTOCOL],
		.client = client,
	};
	struct session session;
	struct tw_style style;
	int code = EXIT_USAGE;

	if (!style_from(args, &style) || !check_options(args))
		return EXIT_USAGE;
	if (!session_begin(&session, args, &code))
		return code;
	options.intents = tw_input_intents(session.input);
	if (choose_clients(args, options.intents, &ranges, client, &options.clients))
		code = follow(&session, args, &options, &style);
	session_close(&session);
	return code;
}
