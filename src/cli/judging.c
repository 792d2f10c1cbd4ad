/* SPDX-License-Identifier: Apache-2.0 */
/* Options that the judging commands share: the day, numbers, and what counts as a bad end. */

#define _POSIX_C_SOURCE 200809L

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

bool find_number(const struct args *args, enum opt_id id, const char *rule, unsigned least,
	unsigned most, unsigned *ret)
{
	const char *text = args->value[id];
	unsigned n = 0;
	size_t i = 0;

	if (text == NULL)
		return true;
	for (; text[i] >= '0' && text[i] <= '9' && n <= most; i++)
		n = n * 10 + (unsigned)(text[i] - '0');
	if (i == 0 || text[i] != '\0' || n < least || n > most) {
		usage_error(args->command, "%s, not \"%s\"", rule, text);
		return false;
	}
	*ret = n;
	return true;
}

bool find_quota(const struct args *args, unsigned *ret)
{
	return find_number(args, OPT_QUOTA,
		"--quota is a number of rules from 2 to 1000, the default deny included", 2,
		QUOTA_MAX, ret);
}

enum tw_level fail_level(const struct args *args)
{
	const char *text = args->value[OPT_FAIL_ON];

	for (int level = TW_LEVEL_NOTE; text != NULL && level <= TW_LEVEL_ERROR; level++) {
		if (strcmp(text, tw_level_name((enum tw_level)level)) == 0)
			return (enum tw_level)level;
	}
	return TW_LEVEL_ERROR;
}

int tell_findings(struct session *session, const struct args *args, const struct tw_style *style,
	tw_status status, struct tw_report *report, const struct tw_diags *diags)
{
	if (status != TW_OK)
		return explain(session, diags, status, args);
	session_tell(session, diags, args);
	int code = write_report(session, args, report, tw_write_check, style,
		tw_report_worst(report) >= fail_level(args) ? EXIT_FOUND : EXIT_CLEAN);
	tw_report_free(report);
	return code;
}
