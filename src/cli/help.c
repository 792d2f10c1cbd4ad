/* SPDX-License-Identifier: Apache-2.0 */
/* The help, printed from the tables. */

#include <stdio.h>
#include <string.h>

#include "opt.h"

#define WIDTH  80
#define COLUMN 26 /* where explanations begin */

/* Words wrapped at WIDTH; `column` is where the first one goes, `indent` where lines begin. */
static void print_wrapped(const char *text, size_t column, size_t indent)
{
	bool first = true;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");
		if (!first && column + 1 + n > WIDTH) {
			printf("\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)n, text);
		column += n;
		text += n;
		text += strspn(text, " ");
		first = false;
	}
	putchar('\n');
}

static void print_option(const struct opt *opt)
{
	char left[64];
	int n;

	n = snprintf(left, sizeof(left), "  %c%c%s--%s%s%s", opt->letter != '\0' ? '-' : ' ',
		opt->letter != '\0' ? opt->letter : ' ', opt->letter != '\0' ? ", " : "  ",
		opt->name, opt->value != NULL ? " " : "", opt->value != NULL ? opt->value : "");
	fputs(left, stdout);
	if (n + 2 > COLUMN) {
		printf("\n%*s", COLUMN, "");
		n = COLUMN;
	}
	printf("%*s", COLUMN - n, "");
	print_wrapped(opt->help, COLUMN, COLUMN);
}

static void print_command(const struct command *command)
{
	printf("usage: twoway %s [OPTION]...%s%s\n\n", command->name,
		*command->operands != '\0' ? " " : "", command->operands);
	print_wrapped(command->about, 0, 0);
	fputs("\nOptions:\n", stdout);
	for (const struct opt *opt = NULL; (opt = opt_next(command, opt)) != NULL;)
		print_option(opt);
	fputs("\nSee twoway(1).\n", stdout);
}

void print_help(const struct command *command)
{
	if (command != NULL) {
		print_command(command);
		return;
	}
	fputs("usage: twoway COMMAND [OPTION]... [INPUT]...\n\n", stdout);
	print_wrapped("Proves offline, for every packet, whether network flows complete in both "
		      "directions through AWS network ACLs and security groups.",
		0, 0);
	fputs("\nCommands:\n", stdout);
	for (size_t i = 0; i < commands_count; i++)
		printf("  %-10s%s\n", commands[i].name, commands[i].summary);
	fputs("\nOptions:\n"
	      "  -h, --help      print this help; behind a command, the help for it\n"
	      "  -V, --version   print the version\n"
	      "\nSee twoway(1).\n",
		stdout);
}
