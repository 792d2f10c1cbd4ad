/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CLI_CLI_H
#define TW_CLI_CLI_H

/* What the commands share: exit codes, output, the terminal, reading the input. */

#include <stdio.h>

#include "opt.h"
#include "twoway/twoway.h"

/* Contract, section 2. */
enum { EXIT_CLEAN = 0, EXIT_FOUND = 1, EXIT_USAGE = 2, EXIT_FAULT = 3 };

#define CLIENTS_MAX 64
#define QUOTA_MAX   1000
#define PATH_ROOM   4096 /* bytes of a path that was found */

/* ---- term.c ---------------------------------------------------------------------------------- */

/* Settings of the output from options, environment and terminal; false after a usage error. */
bool style_from(const struct args *args, struct tw_style *ret);
/* The same for standard error. */
struct tw_style style_for_errors(const struct args *args);
/* Standard output and standard error as sinks. */
struct tw_sink sink_out(void);
struct tw_sink sink_err(void);
/* Prints a text that may hold names of the input or of files: what steers a terminal is shown as an
 * escape. False: it cannot be written, which finish_output tells. A line has `before` in front. */
bool print_text(FILE *to, const char *text);
void print_line(FILE *to, const char *before, const char *text);
/* Ends a run that printed with stdio: `code`, or EXIT_USAGE if standard output could not be
 * written. */
int finish_output(int code);
/* Signals that would end the program wait until `act` has ended. */
void undisturbed(void (*act)(void *ctx), void *ctx);
/* Makes sure that 0, 1 and 2 are open, so that no file that is read can take their place. */
void open_standard_streams(void);

struct session;

/* ---- judging.c ------------------------------------------------------------------------------- */

/* --today, SOURCE_DATE_EPOCH, the clock (in UTC); in this order. False after a usage error. */
bool find_today(const struct args *args, struct tw_check_options *options);
/* A number from `least` to `most`, if the option is given; false after a usage error, which begins
 * with `rule`. */
bool find_number(const struct args *args, enum opt_id id, const char *rule, unsigned least,
	unsigned most, unsigned *ret);
/* --quota: rules of a list and family. */
bool find_quota(const struct args *args, unsigned *ret);
/* From this level on findings make the exit status 1. */
enum tw_level fail_level(const struct args *args);
/* The end of a command that looked for findings: writes and frees the report, or says why there is
 * none. Returns the exit code. */
int tell_findings(struct session *session, const struct args *args, const struct tw_style *style,
	tw_status status, struct tw_report *report, const struct tw_diags *diags);

/* ---- input.c --------------------------------------------------------------------------------- */

/* Everything that a run reads. */
struct session {
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_input *input;
};

tw_status session_open(struct session *session);
void session_close(struct session *session);
/* Reads intents and all operands. After TW_EPARSE the diagnostics say what is wrong. */
tw_status session_read(struct session *session, const struct args *args);
/* Opens and reads. False: what is wrong has been said, and nothing is open. */
bool session_begin(struct session *session, const struct args *args, int *ret_code);
/* Prints the diagnostics to standard error: errors and warnings, with -v notes too. */
void session_complain(
	const struct session *session, const struct tw_diags *diags, const struct args *args);
/* What a run that went well has to say of how it took its question, notes too; -q: nothing. */
void session_tell(
	const struct session *session, const struct tw_diags *diags, const struct args *args);
/*
 * Says why a run ends with a status that is no success, unless the diagnostics have said so;
 * returns the exit code.
 */
int explain(const struct session *session, const struct tw_diags *diags, tw_status status,
	const struct args *args);
/* Ends a run whose output was written with this status: `code`, or why there is none. */
int written(const struct session *session, const struct args *args, tw_status status, int code);
/* Writes a report to standard output; ends like `written`. */
typedef tw_status report_writer(struct tw_mem *mem, const struct tw_report *report,
	const struct tw_input_file *file, size_t files, struct tw_sources *sources,
	const struct tw_style *style, struct tw_sink sink);
int write_report(const struct session *session, const struct args *args,
	const struct tw_report *report, report_writer *write, const struct tw_style *style,
	int code);
bool path_exists(const char *path);
/* The intents file to use: --intents, or the one found beside the input; NULL for none. */
bool find_intents(const struct args *args, char *buf, size_t size, const char **ret);
/* Clients that were given as ranges, and the texts that name them. */
struct client_ranges {
	struct tw_client client[CLIENTS_MAX + 1];
	char text[CLIENTS_MAX + 1][64];
	size_t n;
};

/* Ids of --client, of the built-in table or of the intents; false after a usage error. */
bool find_clients(const struct args *args, const struct tw_intents *intents,
	struct client_ranges *ranges, const struct tw_client **ret, size_t *ret_n);

/* ---- commands -------------------------------------------------------------------------------- */

int cmd_check(const struct args *args);
int cmd_trace(const struct args *args);
int cmd_lint(const struct args *args);
int cmd_fix(const struct args *args);
int cmd_gen(const struct args *args);
int cmd_diff(const struct args *args);
int cmd_clients(const struct args *args);
int cmd_rule(const struct args *args);
int cmd_help(const struct args *args);

#endif
