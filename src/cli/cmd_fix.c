/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway fix`: mend what check finds, on paper or in the files. */

#include <stdio.h>
#include <string.h>

#include "cli.h"

/* What the options ask for. */
struct wish {
	struct tw_fix_options options;
	struct tw_style style;
	enum tw_spelling spelling;
	bool spell, apply;
};

static bool parse_wish(const struct args *args, struct wish *ret)
{
	const char *as = args->value[OPT_AS];

	ret->apply = args->value[OPT_APPLY] != NULL;
	ret->options.review = args->value[OPT_REVIEW] != NULL;
	ret->spell = as != NULL;
	if (!style_from(args, &ret->style) || !find_today(args, &ret->options.check) ||
		!find_number(args, OPT_RANK, "--rank is a number from 1 to 9", 1, 9,
			&ret->options.rank) ||
		!find_quota(args, &ret->options.quota))
		return false;
	if (as != NULL &&
		(!tw_spelling_parse(as, &ret->spelling) || ret->spelling == TW_SPELL_DESCRIBE)) {
		usage_error(args->command, "unknown spelling \"%s\"", as);
		return false;
	}
	if (ret->spell && ret->apply) {
		usage_error(args->command, "--as prints edits and --apply makes them: use one");
		return false;
	}
	if ((ret->spell || ret->apply) && args->value[OPT_FORMAT] != NULL &&
		ret->style.format != TW_FORMAT_TEXT) {
		usage_error(args->command, "--format goes without --as and --apply");
		return false;
	}
	return true;
}

/* ---- what there is to mend --------------------------------------------------------------------
 */

static int print_report(
	struct session *session, const struct args *args, struct wish *wish, struct tw_diags *diags)
{
	struct tw_report *report = NULL;

	tw_status status = tw_fixes(
		session->mem, tw_input_net(session->input), &wish->options, diags, &report);
	return tell_findings(session, args, &wish->style, status, report, diags);
}

/* ---- all of it together -----------------------------------------------------------------------
 */

/* As `check --format concise` tells it, and why it stays. */
static void print_left(
	struct session *session, const struct args *args, const struct tw_fix_plan *plan, FILE *to)
{
	for (size_t i = 0; i < plan->left_n; i++) {
		const struct tw_fix_left *left = &plan->left[i];
		struct tw_place place;
		if (to == stderr && args->value[OPT_QUIET] != NULL)
			return;
		if (to == stderr)
			(void)fputs("twoway: note: ", to);
		(void)fputs("left: ", to);
		if (left->span.file != 0 &&
			tw_sources_place(session->sources, left->span, &place) == TW_OK) {
			print_text(to, place.path);
			(void)fprintf(to, ":%u:%u: ", place.line, place.column);
		}
		(void)fprintf(to, "%s %s ", tw_level_name(left->level), left->code);
		print_text(to, left->message);
		print_line(to, "; ", left->why);
	}
}

static int print_edits(struct session *session, const struct args *args, const struct wish *wish,
	const struct tw_fix_plan *plan)
{
	tw_status status =
		tw_write_edits(session->mem, plan->edit, plan->edits, wish->spelling, sink_out());

	print_left(session, args, plan, stderr);
	return written(
		session, args, status, plan->found >= fail_level(args) ? EXIT_FOUND : EXIT_CLEAN);
}

struct saving {
	const struct tw_rewritten *file;
	size_t files;
	struct tw_diags *diags;
	tw_status status;
};

/* Every file in full beside its old self, then all renamed: nothing is half-written. */
static void save(void *ctx)
{
	struct saving *saving = ctx;

	saving->status = tw_rewritten_save(saving->file, saving->files, saving->diags);
	for (size_t i = 0; i < saving->files && saving->status == TW_OK; i++)
		print_line(stdout, "wrote ", saving->file[i].path);
	(void)fflush(stdout); /* finish_output tells what is wrong with it */
}

/*
 * A signal waits until it is told which files are new: what is written beside the files would stay
 * there, and be in the way of the next run.
 */
static int make_edits(struct session *session, const struct args *args,
	const struct tw_fix_plan *plan, struct tw_diags *diags)
{
	struct tw_rewritten *file = NULL;
	size_t files = 0;
	tw_status status = TW_OK;

	if (plan->edits > 0)
		status = tw_rewrite(session->mem, session->sources, plan->edit, plan->edits, diags,
			&file, &files);
	if (status == TW_OK && files > 0) {
		struct saving saving = {file, files, diags, TW_OK};
		undisturbed(save, &saving);
		status = saving.status;
	}
	if (status != TW_OK) {
		tw_rewritten_free(session->mem, file, files);
		return explain(session, diags, status, args);
	}
	for (size_t i = 0; i < plan->edits; i++)
		print_line(stdout, "  ", plan->text[i]);
	if (plan->edits == 0)
		printf("nothing to write\n");
	print_left(session, args, plan, stdout);
	tw_rewritten_free(session->mem, file, files);
	return finish_output(plan->worst >= fail_level(args) ? EXIT_FOUND : EXIT_CLEAN);
}

static int carry_out(
	struct session *session, const struct args *args, struct wish *wish, struct tw_diags *diags)
{
	struct tw_fix_plan *plan = NULL;
	tw_status status = tw_fix_plan_new(
		session->mem, tw_input_net(session->input), &wish->options, diags, &plan);

	if (status != TW_OK)
		return explain(session, diags, status, args);
	session_tell(session, diags, args);
	int code = wish->apply ? make_edits(session, args, plan, diags)
			       : print_edits(session, args, wish, plan);
	tw_fix_plan_free(plan);
	return code;
}

static int mend(struct session *session, const struct args *args, struct wish *wish)
{
	struct tw_diags *diags = NULL;
	int code;

	tw_status status = tw_diags_new(session->mem, &diags);
	if (status != TW_OK)
		return explain(session, NULL, status, args);
	code = wish->spell || wish->apply ? carry_out(session, args, wish, diags)
					  : print_report(session, args, wish, diags);
	tw_diags_free(diags);
	return code;
}

int cmd_fix(const struct args *args)
{
	const struct tw_client *client[CLIENTS_MAX];
	struct client_ranges ranges;
	struct wish wish = {.options.check.client = client};
	struct tw_check_options *check = &wish.options.check;
	struct session session;
	int code = EXIT_USAGE;

	if (!parse_wish(args, &wish))
		return EXIT_USAGE;
	if (!session_begin(&session, args, &code))
		return code;
	check->intents = tw_input_intents(session.input);
	check->diags = session.diags;
	check->sources = session.sources;
	check->details = wish.style.format == TW_FORMAT_JSON;
	/* What makes the run end with 1 is shown. */
	wish.style.verbose |= fail_level(args) == TW_LEVEL_NOTE;
	wish.style.brief = true; /* they need no mending */
	if (fail_level(args) == TW_LEVEL_NOTE)
		wish.options.least = TW_LEVEL_NOTE;
	if (find_clients(args, check->intents, &ranges, client, &check->clients))
		code = mend(&session, args, &wish);
	session_close(&session);
	return code;
}
