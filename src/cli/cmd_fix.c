/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway fix`: mend what check finds. */

#include <stdio.h>

#include "cli.h"

static int mend(struct session *session, const struct args *args, struct tw_fix_options *options,
	const struct tw_style *style)
{
	const struct tw_input *input = session->input;
	struct tw_report *report = NULL;
	struct tw_diags *diags = NULL;
	size_t files = tw_input_files(input);
	int code;

	tw_status status = tw_diags_new(session->mem, &diags);
	if (status == TW_OK)
		status = tw_fixes(session->mem, tw_input_net(input), options, diags, &report);
	if (status != TW_OK) {
		code = explain(session, diags, status, args);
		tw_diags_free(diags);
		return code;
	}
	status = tw_write_check(session->mem, report, files > 0 ? tw_input_file(input, 0) : NULL,
		files, session->sources, style, sink_out());
	for (size_t i = 0; i < report->findings_n; i++)
		for (size_t k = 0; k < report->finding[i].fixes_n; k++) {
			const struct tw_fix *f = &report->finding[i].fix[k];
			printf("%s fix %u [%s] %s\n   opens: %s\n   complete for:",
				report->finding[i].code, f->rank,
				tw_applicability_name(f->applicability), f->title, f->opens);
			for (size_t c = 0; c < f->complete_for_n; c++)
				printf(" %s", f->complete_for[c]);
			printf("\n   numbers:");
			for (size_t c = 0; c < f->edits; c++)
				printf(" %u", f->edit[c].entry.number);
			printf("\n");
		}
	code = tw_report_worst(report) >= fail_level(args) ? EXIT_FOUND : EXIT_CLEAN;
	if (status == TW_EIO)
		code = EXIT_USAGE;
	else if (status != TW_OK)
		code = explain(session, NULL, status, args);
	tw_report_free(report);
	tw_diags_free(diags);
	return code;
}

int cmd_fix(const struct args *args)
{
	const struct tw_client *client[CLIENTS_MAX];
	struct client_ranges ranges;
	struct tw_fix_options options = {.check.client = client};
	struct session session;
	struct tw_style style;
	int code = EXIT_USAGE;

	if (!style_from(args, &style) || !find_today(args, &options.check))
		return EXIT_USAGE;
	tw_status status = session_open(&session);
	if (status != TW_OK) {
		fprintf(stderr, "twoway: error: %s\n", tw_status_text(status));
		return tw_status_exit(status);
	}
	status = session_read(&session, args);
	if (status == TW_OK) {
		options.check.intents = tw_input_intents(session.input);
		options.check.diags = session.diags;
		options.check.sources = session.sources;
		options.check.details = style.format == TW_FORMAT_JSON;
		if (find_clients(args, options.check.intents, &ranges, client,
			    &options.check.clients))
			code = mend(&session, args, &options, &style);
	} else if (status != TW_EINVAL) {
		code = explain(&session, session.diags, status, args);
	}
	session_close(&session);
	return code;
}
