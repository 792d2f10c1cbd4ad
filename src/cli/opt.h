/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CLI_OPT_H
#define TW_CLI_OPT_H

/*
 * The command line: one table of commands, each with its table of options. The same tables parse
 * the arguments, print the help and write the completions, so that these cannot differ; a test
 * compares them with the manual.
 *
 * Options may stand anywhere behind the command; `--` ends them. Values are `--name value`,
 * `--name=value`, `-n value` or `-nvalue`.
 */

#include <stdbool.h>
#include <stddef.h>

#define OPT_REPEAT 16 /* how often --client may be given */

enum opt_id {
	OPT_INTENTS,
	OPT_CLIENT,
	OPT_SOURCE_PORTS,
	OPT_FROM,
	OPT_TO,
	OPT_PORT,
	OPT_PROTOCOL,
	OPT_ALL,
	OPT_AS,
	OPT_APPLY,
	OPT_REVIEW,
	OPT_RANK,
	OPT_QUOTA,
	OPT_COMPLIANCE,
	OPT_FILTERS,
	OPT_EXIT_CODE,
	OPT_FORMAT,
	OPT_FAIL_ON,
	OPT_TODAY,
	OPT_INPUT_TYPE,
	OPT_VERBOSE,
	OPT_QUIET,
	OPT_COLOR,
	OPT_ASCII,
	OPT_WIDTH,
	OPT_HELP,
	OPT_IDS
};

/* What a shell can offer for the value of an option. */
enum opt_kind { OPT_FLAG, OPT_TEXT, OPT_FILE, OPT_CHOICE, OPT_CLIENTS };

struct opt {
	enum opt_id id;
	unsigned commands; /* bits of the commands that have it */
	char letter;	   /* or '\0' */
	const char *name;
	enum opt_kind kind;
	const char *value;   /* "FILE"; NULL for a flag */
	const char *choices; /* "text concise json" */
	const char *help;
};

struct args;

struct command {
	const char *name;
	unsigned bit;
	const char *operands; /* "INPUT..." */
	const char *summary;  /* one line */
	const char *about;    /* a few sentences, below the usage */
	enum opt_kind operand_kind;
	size_t operands_min, operands_max;
	int (*run)(const struct args *args);
};

/* What was given. Values point into argv. */
struct args {
	const struct command *command;
	const char *value[OPT_IDS]; /* NULL: not given; flags are "" */
	const char *client[OPT_REPEAT];
	size_t clients;
	char **operand; /* the operands, moved to the front of argv */
	size_t operands;
};

extern const struct command commands[];
extern const size_t commands_count;

/* By name; NULL if there is none. */
const struct command *command_find(const char *name);
/*
 * Reads the arguments behind the command. On false a message and a hint have been printed: the
 * program ends with EXIT_USAGE.
 */
bool args_parse(const struct command *command, char **argv, size_t argc, struct args *ret);
/* The options of a command in order: the one behind `after`, or with NULL the first; NULL at the
 * end. */
const struct opt *opt_next(const struct command *command, const struct opt *after);

/* The nearest of `n` words, if near enough for a "did you mean"; else NULL. */
const char *nearest_word(const char *word, const char *const *list, size_t n);
/* The same, with at most so many letters wrong. */
const char *nearest_within(const char *word, const char *const *list, size_t n, size_t slips);
/* Prints "twoway: error: ..." and how to get help for the command (or NULL); returns EXIT_USAGE. */
__attribute__((format(printf, 2, 3))) int usage_error(
	const struct command *command, const char *format, ...);

/* Help for one command, or for all with NULL; to standard output. */
void print_help(const struct command *command);
/* Completions for "bash", "zsh" or "fish"; false for another shell. */
bool print_completion(const char *shell);

#endif
