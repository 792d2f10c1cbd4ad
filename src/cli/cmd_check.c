/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway check`: judge every flow, report what breaks. */

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"

static bool is_day(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* "2027-01-31" */
static bool parse_date(const char *text, struct tw_check_options *options)
{
	static const char shape[] = "dddd-dd-dd";
	int n[3] = {0, 0, 0}, part = 0;

	if (strlen(text) != strlen(shape))
		return false;
	for (size_t i = 0; shape[i] != '\0'; i++) {
		if (shape[i] == '-') {
			if (text[i] != '-')
				return false;
			part++;
			continue;
		}
		if (text[i] < '0' || text[i] > '9')
			return false;
		n[part] = n[part] * 10 + (text[i] - '0');
	}
	options->year = n[0];
	options->month = n[1];
	options->day = n[2];
	return n[0] > 0 && is_day(n[0], n[1], n[2]);
}

static bool set_day(time_t when, struct tw_check_options *options)
{
	struct tm day;

	if (gmtime_r(&when, &day) == NULL)
		return false;
	options->year = day.tm_year + 1900;
	options->month = day.tm_mon + 1;
	options->day = day.tm_mday;
	return true;
}

/* --today, SOURCE_DATE_EPOCH, the clock (in UTC); in this order. */
bool find_today(const struct args *args, struct tw_check_options *options)
{
	const char *today = args->value[OPT_TODAY], *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;

	if (today != NULL) {
		if (parse_date(today, options))
			return true;
		usage_error(
			args->command, "--today is a day such as 2027-01-31, not \"%s\"", today);
		return false;
	}
	if (epoch != NULL && *epoch != '\0') {
		long long seconds = strtoll(epoch, &end, 10);
		bool digits = *epoch >= '0' && *epoch <= '9' && *end == '\0';
		/* Up to the end of the year 9999. */
		if (digits && seconds <= 253402300799LL && set_day((time_t)seconds, options))
			return true;
		usage_error(args->command,
			"SOURCE_DATE_EPOCH is a number of seconds since 1970, not \"%s\"", epoch);
		return false;
	}
	return set_day(time(NULL), options);
}

/* From this level on findings make the exit status 1. */
enum tw_level fail_level(const struct args *args)
{
	const char *text = args->value[OPT_FAIL_ON];

	for (int level = TW_LEVEL_NOTE; text != NULL && level <= TW_LEVEL_ERROR; level++) {
		if (strcmp(text, tw_level_name((enum tw_level)level)) == 0)
			return (enum tw_level)level;
	}
	return TW_LEVEL_ERROR;
}

static int judge(struct session *session, const struct args *args, struct tw_check_options *options,
	const struct tw_style *style)
{
	const struct tw_input *input = session->input;
	struct tw_report *report = NULL;
	struct tw_diags *diags = NULL;
	size_t files = tw_input_files(input);
	int code;

	tw_status status = tw_diags_new(session->mem, &diags);
	if (status == TW_OK)
		status = tw_check(session->mem, tw_input_net(input), options, diags, &report);
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
	tw_status status = session_open(&session);
	if (status != TW_OK) {
		fprintf(stderr, "twoway: error: %s\n", tw_status_text(status));
		return tw_status_exit(status);
	}
	status = session_read(&session, args);
	if (status == TW_OK) {
		options.intents = tw_input_intents(session.input);
		options.diags = session.diags;
		options.sources = session.sources;
		options.details = style.format == TW_FORMAT_JSON;
		/* What makes the run fail is shown. */
		style.verbose |= fail_level(args) == TW_LEVEL_NOTE;
		if (find_clients(args, options.intents, &ranges, client, &options.clients))
			code = judge(&session, args, &options, &style);
	} else if (status != TW_EINVAL) {
		code = explain(&session, session.diags, status, args);
	}
	session_close(&session);
	return code;
}
