/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway diff`: which flows a change of the network makes, breaks or mends. */

#include <stdio.h>
#include <string.h>

#include "cli.h"

/* The second network beside the first: its own input, in the same memory, and files of both are
 * told apart by their numbers. */
static tw_status open_beside(const struct session *first, struct session *ret)
{
	*ret = (struct session){.mem = first->mem, .sources = first->sources};
	tw_status status = tw_diags_new(ret->mem, &ret->diags);
	if (status == TW_OK)
		status = tw_input_new(ret->mem, ret->sources, ret->diags, &ret->input);
	return status;
}

static void close_beside(struct session *second)
{
	tw_input_free(second->input);
	tw_diags_free(second->diags);
}

/* Reads one operand; what is wrong is said at once, so that both networks are told about. */
static int read_one(struct session *session, const struct args *args, size_t operand)
{
	struct args one = *args;

	one.operand = args->operand + operand;
	one.operands = 1;
	tw_status status = session_read(session, &one);
	if (status == TW_OK)
		return EXIT_CLEAN;
	return status == TW_EINVAL ? EXIT_USAGE : explain(session, session->diags, status, args);
}

static tw_status write_difference(struct session *old, struct session *new,
	const struct tw_difference *difference, const struct tw_style *style)
{
	size_t olds = tw_input_files(old->input), news = tw_input_files(new->input);

	return tw_write_diff(old->mem, difference, olds > 0 ? tw_input_file(old->input, 0) : NULL,
		olds, news > 0 ? tw_input_file(new->input, 0) : NULL, news, old->sources, style,
		sink_out());
}

static int compare(struct session *old, struct session *new, const struct args *args,
	const struct tw_diff_options *options, const struct tw_style *style)
{
	struct tw_difference *difference = NULL;
	struct tw_diags *diags = NULL;
	int code;

	tw_status status = tw_diags_new(old->mem, &diags);
	if (status == TW_OK)
		status = tw_diff(old->mem, tw_input_net(old->input), tw_input_net(new->input),
			options, diags, &difference);
	if (status != TW_OK) {
		code = explain(old, diags, status, args);
		tw_diags_free(diags);
		return code;
	}
	if (args->value[OPT_QUIET] == NULL) {
		session_complain(old, old->diags, args);
		session_complain(new, new->diags, args);
	}
	status = write_difference(old, new, difference, style);
	code = args->value[OPT_EXIT_CODE] != NULL && difference->changes > 0 ? EXIT_FOUND
									     : EXIT_CLEAN;
	code = written(old, args, status, code);
	tw_difference_free(difference);
	tw_diags_free(diags);
	return code;
}

static int run(struct session *old, struct session *new, const struct args *args,
	const struct tw_style *style)
{
	const struct tw_client *client[CLIENTS_MAX];
	struct client_ranges ranges;
	struct tw_diff_options options = {
		.client = client, .filters = args->value[OPT_FILTERS] != NULL};
	int before = read_one(old, args, 0), after = read_one(new, args, 1);

	if (before != EXIT_CLEAN || after != EXIT_CLEAN)
		return before > after ? before : after;
	options.intents = tw_input_intents(new->input);
	if (options.intents == NULL)
		options.intents = tw_input_intents(old->input);
	if (!find_clients(args, options.intents, &ranges, client, &options.clients))
		return EXIT_USAGE;
	return compare(old, new, args, &options, style);
}

int cmd_diff(const struct args *args)
{
	struct session old, new = {0};
	struct tw_style style;

	if (!style_from(args, &style))
		return EXIT_USAGE;
	if (strcmp(args->operand[0], "-") == 0 && strcmp(args->operand[1], "-") == 0)
		return usage_error(args->command, "only one of OLD and NEW can be standard input");
	tw_status status = session_open(&old);
	if (status != TW_OK) {
		fprintf(stderr, "twoway: error: %s\n", tw_status_text(status));
		return tw_status_exit(status);
	}
	status = open_beside(&old, &new);
	int code =
		status == TW_OK ? run(&old, &new, args, &style) : explain(&old, NULL, status, args);
	close_beside(&new);
	session_close(&old);
	return code;
}
