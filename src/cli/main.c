/* SPDX-License-Identifier: Apache-2.0 */
/* The program: finds the command, reads its arguments, runs it. */

#define _XOPEN_SOURCE 700

#include <signal.h>
#include <unistd.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

static bool is_either(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static int unknown_command(const char *word)
{
	const char *names[16];
	size_t n = 0;

	if (word[0] == '-')
		return usage_error(NULL, "unknown option %s before the command", word);
	for (size_t i = 0; i < commands_count; i++)
		names[n++] = commands[i].name;
	const char *near = nearest_word(word, names, n);
	if (near != NULL)
		return usage_error(
			NULL, "\"%s\" is no command of twoway; did you mean %s?", word, near);
	/* Somebody who hands over a file wants it judged. */
	if (access(word, F_OK) == 0)
		return usage_error(NULL,
			"\"%s\" is no command of twoway; did you mean twoway check %s?", word,
			word);
	return usage_error(NULL, "\"%s\" is no command of twoway", word);
}

int cmd_help(const struct args *args)
{
	const struct command *command = NULL;

	if (args->operands > 0) {
		command = command_find(args->operand[0]);
		if (command == NULL)
			return unknown_command(args->operand[0]);
	}
	print_help(command);
	return finish_output(EXIT_CLEAN);
}

/* Options that stand in place of a command. */
static int run_global(char **argv, size_t argc)
{
	if (is_either(argv[0], "--version", "-V")) {
		printf("twoway %s\n", tw_version());
		return finish_output(EXIT_CLEAN);
	}
	if (is_either(argv[0], "--help", "-h")) {
		print_help(NULL);
		return finish_output(EXIT_CLEAN);
	}
	/* Hidden: how the files in completions/ are made. */
	if (strcmp(argv[0], "--dump-completion") == 0 && argc == 2) {
		if (!print_completion(argv[1]))
			return usage_error(NULL, "completions exist for bash, zsh and fish");
		return finish_output(EXIT_CLEAN);
	}
	return unknown_command(argv[0]);
}

int main(int argc, char **argv)
{
	struct args args;

	open_standard_streams();
	/* A reader that goes away is an error like a full disk: it is told, and the status is 2. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* and so is a limit of the shell's */
	if (argc < 2)
		return usage_error(NULL, "no command");
	const struct command *command = command_find(argv[1]);
	if (command == NULL)
		return run_global(argv + 1, (size_t)argc - 1);
	if (!args_parse(command, argv + 2, (size_t)argc - 2, &args))
		return EXIT_USAGE;
	if (args.value[OPT_HELP] != NULL) {
		print_help(command);
		return finish_output(EXIT_CLEAN);
	}
	return command->run(&args);
}
