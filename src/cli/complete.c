/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completions for shells, printed from the tables of commands, options, clients and codes. The
 * files in completions/ are this output; a test compares them. Texts of the tables hold no quotes.
 */

#include <stdio.h>
#include <string.h>

#include "cli.h"

static void print_commands(void)
{
	for (size_t i = 0; i < commands_count; i++)
		printf("%s%s", i > 0 ? " " : "", commands[i].name);
}

static void print_clients(void)
{
	size_t n;
	const struct tw_client *client = tw_clients(&n);

	for (size_t i = 0; i < n; i++)
		printf("%s%s", i > 0 ? " " : "", client[i].id);
}

static void print_codes(void)
{
	size_t n;
	const struct tw_code *code = tw_codes(&n);

	for (size_t i = 0; i < n; i++)
		printf("%s%s", i > 0 ? " " : "", code[i].code);
}

/* What may stand as the value of an option, or nothing where that cannot be listed. */
static void print_values(const struct opt *opt)
{
	if (opt->kind == OPT_CHOICE)
		fputs(opt->choices, stdout);
	else if (opt->kind == OPT_CLIENTS)
		print_clients();
}

/* What may stand as an operand; nothing where it is a file or does not exist. */
static void print_operands(const struct command *command)
{
	if (strcmp(command->name, "rule") == 0)
		print_codes();
	else if (strcmp(command->name, "help") == 0)
		print_commands();
}

/* ---- bash ------------------------------------------------------------------------------------ */

static void bash_values(const struct command *command)
{
	for (const struct opt *opt = NULL; (opt = opt_next(command, opt)) != NULL;) {
		if (opt->kind == OPT_FLAG)
			continue;
		fputs("\t", stdout);
		if (opt->letter != '\0')
			printf("%s:-%c | ", command->name, opt->letter);
		printf("%s:--%s) ", command->name, opt->name);
		if (opt->kind == OPT_FILE) {
			fputs("files=yes ;;\n", stdout);
			continue;
		}
		fputs("words='", stdout);
		print_values(opt);
		fputs("' ;;\n", stdout);
	}
}

static void bash_words(const struct command *command)
{
	printf("\t%s:*)\n\t\twords='", command->name);
	const char *blank = "";
	for (const struct opt *opt = NULL; (opt = opt_next(command, opt)) != NULL;) {
		printf("%s--%s", blank, opt->name);
		blank = " ";
	}
	fputs("'\n", stdout);
	if (command->operand_kind == OPT_FILE) {
		fputs("\t\t[[ $cur == -* ]] || files=yes\n", stdout);
	} else {
		fputs("\t\t[[ $cur == -* ]] || words='", stdout);
		print_operands(command);
		fputs("'\n", stdout);
	}
	fputs("\t\t;;\n", stdout);
}

static void print_bash(void)
{
	fputs("# shellcheck shell=bash\n"
	      "# SPDX-License-Identifier: Apache-2.0\n"
	      "# Completion of twoway(1) for bash, made by twoway itself.\n"
	      "\n"
	      "_twoway() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "\tlocal command=${COMP_WORDS[1]} words='' files=''\n"
	      "\n"
	      "\tif ((COMP_CWORD == 1)); then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W '",
		stdout);
	print_commands();
	fputs(" --help --version' -- \"$cur\")\n"
	      "\t\treturn\n"
	      "\tfi\n"
	      "\t# --name=value comes as three words.\n"
	      "\tif [[ $prev == '=' ]]; then\n"
	      "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	      "\telif [[ $cur == '=' ]]; then\n"
	      "\t\tcur=''\n"
	      "\tfi\n"
	      "\tcase $command:$prev in\n",
		stdout);
	for (size_t i = 0; i < commands_count; i++)
		bash_values(&commands[i]);
	for (size_t i = 0; i < commands_count; i++)
		bash_words(&commands[i]);
	fputs("\tesac\n"
	      "\tif [[ $files ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	      "\t\tcompopt -o filenames 2>/dev/null\n"
	      "\telse\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	      "\tfi\n"
	      "}\n"
	      "complete -F _twoway twoway\n",
		stdout);
}

/* ---- zsh ------------------------------------------------------------------------------------- */

static void zsh_option(const struct opt *opt)
{
	const char *again = opt->id == OPT_CLIENT ? "*" : "";
	bool flag = opt->kind == OPT_FLAG;

	fputs(" \\\n\t\t\t", stdout);
	if (opt->letter == '\0')
		printf("'%s--%s%s[%s]", again, opt->name, flag ? "" : "=", opt->help);
	else if (*again != '\0')
		printf("'*'{-%c+,--%s=}'[%s]", opt->letter, opt->name, opt->help);
	else
		printf("'(-%c --%s)'{-%c%s,--%s%s}'[%s]", opt->letter, opt->name, opt->letter,
			flag ? "" : "+", opt->name, flag ? "" : "=", opt->help);
	if (!flag)
		printf(":%s:", opt->name);
	if (opt->kind == OPT_FILE) {
		fputs("_files", stdout);
	} else if (opt->kind == OPT_CHOICE || opt->kind == OPT_CLIENTS) {
		fputs(opt->kind == OPT_CLIENTS ? "_sequence compadd - " : "(", stdout);
		print_values(opt);
		fputs(opt->kind == OPT_CLIENTS ? "" : ")", stdout);
	}
	fputs("'", stdout);
}

static void zsh_command(const struct command *command)
{
	printf("\t%s)\n\t\t_arguments -s -S", command->name);
	for (const struct opt *opt = NULL; (opt = opt_next(command, opt)) != NULL;)
		zsh_option(opt);
	if (command->operand_kind == OPT_FILE) {
		fputs(" \\\n\t\t\t'*:input:_files'", stdout);
	} else if (command->operands_max > 0) {
		fputs(" \\\n\t\t\t':operand:(", stdout);
		print_operands(command);
		fputs(")'", stdout);
	}
	fputs("\n\t\t;;\n", stdout);
}

static void print_zsh(void)
{
	fputs("#compdef twoway\n"
	      "# SPDX-License-Identifier: Apache-2.0\n"
	      "# Completion of twoway(1) for zsh, made by twoway itself.\n"
	      "\n"
	      "_twoway() {\n"
	      "\tlocal -a commands\n"
	      "\tcommands=(\n",
		stdout);
	for (size_t i = 0; i < commands_count; i++)
		printf("\t\t'%s:%s'\n", commands[i].name, commands[i].summary);
	fputs("\t)\n"
	      "\tif ((CURRENT == 2)); then\n"
	      "\t\t_describe -t commands command commands\n"
	      "\t\t_arguments '(- *)'{-h,--help}'[print help]' "
	      "'(- *)'{-V,--version}'[print the version]'\n"
	      "\t\treturn\n"
	      "\tfi\n"
	      "\tshift words\n"
	      "\t((CURRENT--))\n"
	      "\tcase $words[1] in\n",
		stdout);
	for (size_t i = 0; i < commands_count; i++)
		zsh_command(&commands[i]);
	fputs("\tesac\n"
	      "}\n"
	      "\n"
	      "_twoway \"$@\"\n",
		stdout);
}

/* ---- fish ------------------------------------------------------------------------------------ */

static void fish_option(const struct command *command, const struct opt *opt)
{
	printf("complete -c twoway -n '__fish_seen_subcommand_from %s'", command->name);
	if (opt->letter != '\0')
		printf(" -s %c", opt->letter);
	printf(" -l %s", opt->name);
	if (opt->kind == OPT_FILE)
		fputs(" -r -F", stdout);
	else if (opt->kind != OPT_FLAG)
		fputs(" -x", stdout);
	if (opt->kind == OPT_CHOICE || opt->kind == OPT_CLIENTS) {
		fputs(" -a '", stdout);
		print_values(opt);
		fputs("'", stdout);
	}
	printf(" -d '%s'\n", opt->help);
}

static void print_fish(void)
{
	fputs("# SPDX-License-Identifier: Apache-2.0\n"
	      "# Completion of twoway(1) for fish, made by twoway itself.\n"
	      "\n"
	      "complete -c twoway -n __fish_use_subcommand -f\n"
	      "complete -c twoway -n __fish_use_subcommand -s h -l help -d 'print help'\n"
	      "complete -c twoway -n __fish_use_subcommand -s V -l version -d 'print version'\n",
		stdout);
	for (size_t i = 0; i < commands_count; i++)
		printf("complete -c twoway -n __fish_use_subcommand -a %s -d '%s'\n",
			commands[i].name, commands[i].summary);
	for (size_t i = 0; i < commands_count; i++) {
		const struct command *command = &commands[i];
		fputs("\n", stdout);
		if (command->operand_kind != OPT_FILE) {
			printf("complete -c twoway -n '__fish_seen_subcommand_from %s' -f",
				command->name);
			if (command->operands_max > 0) {
				fputs(" -a '", stdout);
				print_operands(command);
				fputs("'", stdout);
			}
			fputs("\n", stdout);
		}
		for (const struct opt *opt = NULL; (opt = opt_next(command, opt)) != NULL;)
			fish_option(command, opt);
	}
}

bool print_completion(const char *shell)
{
	static const struct {
		const char *shell;
		void (*print)(void);
	} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shells[i].shell, shell) == 0) {
			shells[i].print();
			return true;
		}
	}
	return false;
}
