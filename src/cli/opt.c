/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the command line, and what is said when it cannot be read. */

#include "opt.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

#define WORD_MAX    63
#define MESSAGE_MAX 4096

/* Edits that turn one word into the other: insert, delete, replace. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t corner = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t change = corner + (a[i] != b[j]);
			corner = row[j + 1];
			size_t least = corner < row[j] ? corner + 1 : row[j] + 1;
			row[j + 1] = change < least ? change : least;
		}
	}
	return row[n];
}

const char *nearest_within(const char *word, const char *const *list, size_t n, size_t slips)
{
	size_t best = SIZE_MAX, length = strlen(word);
	const char *found = NULL;

	if (length == 0 || length > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (strlen(list[i]) > WORD_MAX)
			continue;
		size_t d = distance(word, list[i]);
		/* The beginning of a word is as good as one slip. */
		if (d > 1 && length >= 3 && strncmp(list[i], word, length) == 0)
			d = 1;
		if (d < best) {
			best = d;
			found = list[i];
		}
	}
	return best <= slips ? found : NULL;
}

const char *nearest_word(const char *word, const char *const *list, size_t n)
{
	return nearest_within(word, list, n, (strlen(word) + 2) / 3);
}

int usage_error(const struct command *command, const char *format, ...)
{
	char text[MESSAGE_MAX]; /* what does not fit is cut off */
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	print_line(stderr, "twoway: error: ", text);
	fprintf(stderr, "Try `twoway %s%s--help`.\n", command != NULL ? command->name : "",
		command != NULL ? " " : "");
	return EXIT_USAGE;
}

/* `--name` or `-n`, for messages. */
static const char *opt_text(const struct opt *opt, char buf[WORD_MAX])
{
	snprintf(buf, WORD_MAX, "--%s", opt->name);
	return buf;
}

static void unknown_option(const struct command *command, const char *given, size_t n)
{
	const char *names[OPT_IDS];
	char word[WORD_MAX + 1] = "";
	size_t count = 0;

	for (const struct opt *opt = NULL; (opt = opt_next(command, opt)) != NULL;)
		names[count++] = opt->name;
	if (n > 2 && n - 2 <= WORD_MAX)
		memcpy(word, given + 2, n - 2);
	const char *near = nearest_word(word, names, count);
	if (near != NULL)
		usage_error(
			command, "unknown option %.*s; did you mean --%s?", (int)n, given, near);
	else
		usage_error(command, "unknown option %.*s", (int)n, given);
}

/* Whether `word` is one of the blank-separated choices. */
static bool is_choice(const char *choices, const char *word)
{
	size_t n = strchr(word, ' ') == NULL ? strlen(word) : 0;

	for (const char *p = choices; n > 0 && (p = strstr(p, word)) != NULL; p += n) {
		if ((p == choices || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' '))
			return true;
	}
	return false;
}

static bool take(struct args *args, const struct opt *opt, const char *value)
{
	char buf[WORD_MAX];
	const char *name = opt_text(opt, buf);

	if (opt->kind == OPT_CHOICE && !is_choice(opt->choices, value)) {
		usage_error(args->command, "%s cannot be \"%s\"; it is one of: %s", name, value,
			opt->choices);
		return false;
	}
	if (opt->id == OPT_CLIENT) {
		if (args->clients == OPT_REPEAT) {
			usage_error(
				args->command, "%s is given too often; write %s a,b,c", name, name);
			return false;
		}
		args->client[args->clients++] = value;
	} else if (args->value[opt->id] != NULL && opt->kind != OPT_FLAG) {
		usage_error(args->command, "%s is given twice", name);
		return false;
	}
	args->value[opt->id] = value;
	return true;
}

struct reader {
	struct args *args;
	char **argv;
	size_t argc, next;
};

/* The value of an option that is not attached to it. */
static bool take_next(struct reader *reader, const struct opt *opt)
{
	char buf[WORD_MAX];

	if (reader->next == reader->argc) {
		usage_error(reader->args->command, "%s needs a value: %s", opt_text(opt, buf),
			opt->value);
		return false;
	}
	return take(reader->args, opt, reader->argv[reader->next++]);
}

/* `--name`, `--name=value` */
static bool read_long(struct reader *reader, const char *word)
{
	const struct command *command = reader->args->command;
	const char *equals = strchr(word, '=');
	size_t n = equals != NULL ? (size_t)(equals - word) : strlen(word);
	const struct opt *opt = NULL;

	while ((opt = opt_next(command, opt)) != NULL) {
		if (strlen(opt->name) == n - 2 && strncmp(opt->name, word + 2, n - 2) == 0)
			break;
	}
	if (opt == NULL) {
		unknown_option(command, word, n);
		return false;
	}
	if (opt->kind == OPT_FLAG && equals != NULL) {
		usage_error(command, "--%s takes no value", opt->name);
		return false;
	}
	if (opt->kind == OPT_FLAG)
		return take(reader->args, opt, "");
	return equals != NULL ? take(reader->args, opt, equals + 1) : take_next(reader, opt);
}

/* `-v`, `-vq`, `-o json`, `-ojson` */
static bool read_short(struct reader *reader, const char *word)
{
	const struct command *command = reader->args->command;

	for (const char *p = word + 1; *p != '\0'; p++) {
		const struct opt *opt = NULL;
		while ((opt = opt_next(command, opt)) != NULL && opt->letter != *p)
			;
		if (opt == NULL) {
			usage_error(command, "unknown option -%c in \"%s\"", *p, word);
			return false;
		}
		if (opt->kind != OPT_FLAG)
			return p[1] != '\0' ? take(reader->args, opt, p + 1)
					    : take_next(reader, opt);
		if (!take(reader->args, opt, ""))
			return false;
	}
	return true;
}

static bool check_operands(const struct args *args)
{
	const struct command *command = args->command;

	if (args->value[OPT_HELP] != NULL)
		return true;
	if (args->operands < command->operands_min) {
		if (command->operands_min > 1)
			usage_error(command,
				"%s needs %zu inputs, %s, and got %zu; each is a file, a folder, "
				"or - for standard input",
				command->name, command->operands_min, command->operands,
				args->operands);
		else
			usage_error(command,
				"%s needs an input: a file, a folder, or - for standard input",
				command->name);
		return false;
	}
	if (args->operands > command->operands_max) {
		usage_error(command, "\"%s\" is one argument too many for %s",
			args->operand[command->operands_max], command->name);
		return false;
	}
	return true;
}

bool args_parse(const struct command *command, char **argv, size_t argc, struct args *ret)
{
	struct reader reader = {.args = ret, .argv = argv, .argc = argc};
	bool more = true;

	*ret = (struct args){.command = command, .operand = argv};
	while (reader.next < argc) {
		char *word = argv[reader.next++];
		if (!more || word[0] != '-' || word[1] == '\0') {
			ret->operand[ret->operands++] = word;
		} else if (strcmp(word, "--") == 0) {
			more = false;
		} else if (!(word[1] == '-' ? read_long(&reader, word)
					    : read_short(&reader, word))) {
			return false;
		}
	}
	return check_operands(ret);
}
