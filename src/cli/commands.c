/* SPDX-License-Identifier: Apache-2.0 */
/* The commands and their options, as data. */

#include <string.h>

#include "cli.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define OUTPUT_OPTIONS                                                                             \
	{OPT_FORMAT, 'o', "format", OPT_CHOICE, "FORMAT", "text concise json",                     \
		"how to write the result: text (default), concise or json"},                       \
		{OPT_VERBOSE, 'v', "verbose", OPT_FLAG, NULL, NULL,                                \
			"show notes, suppressed findings and all flows too"},                      \
		{OPT_QUIET, 'q', "quiet", OPT_FLAG, NULL, NULL,                                    \
			"no notes and warnings on standard error"},                                \
		{OPT_COLOR, '\0', "color", OPT_CHOICE, "WHEN", "auto always never",                \
			"colours: auto (default), always or never"},                               \
		{OPT_ASCII, '\0', "ascii", OPT_FLAG, NULL, NULL,                                   \
			"draw with ASCII characters only"},                                        \
		{OPT_WIDTH, '\0', "width", OPT_TEXT, "COLUMNS", NULL,                              \
			"width of the text, 40 to 1000 (default: the terminal's, or 80)"},         \
	{                                                                                          \
		OPT_HELP, 'h', "help", OPT_FLAG, NULL, NULL, "print this help"                     \
	}

#define INPUT_OPTIONS                                                                              \
	{OPT_INTENTS, '\0', "intents", OPT_FILE, "FILE", NULL,                                     \
		"intents to judge (default: the twoway.yaml beside the input)"},                   \
	{                                                                                          \
		OPT_INPUT_TYPE, '\0', "input-type", OPT_CHOICE, "TYPE", "auto aws-cli np-guard",   \
			"what the input is: auto (default), aws-cli or np-guard"                   \
	}

static const struct opt check_options[] = {
	INPUT_OPTIONS,
	{OPT_CLIENT, 'c', "client", OPT_CLIENTS, "ID[,ID]", NULL,
		"judge for these clients in place of the default ones"},
	{OPT_FAIL_ON, '\0', "fail-on", OPT_CHOICE, "LEVEL", "error warning note",
		"end with status 1 from this level on: error (default), warning or note"},
	{OPT_TODAY, '\0', "today", OPT_TEXT, "DATE", NULL,
		"the day that `until` of an ignore is compared with, as 2027-01-31"},
	OUTPUT_OPTIONS,
};

static const struct opt trace_options[] = {
	{OPT_FROM, '\0', "from", OPT_TEXT, "X", NULL,
		"who asks: an id, a name, an address, a CIDR block, a Name tag or `internet`"},
	{OPT_TO, '\0', "to", OPT_TEXT, "Y", NULL, "who answers; Y:443 sets the port too"},
	{OPT_PORT, 'p', "port", OPT_TEXT, "PORT", NULL, "443 or 8000-8100"},
	{OPT_PROTOCOL, '\0', "protocol", OPT_TEXT, "PROTOCOL", NULL,
		"tcp (default), udp, icmp/8/0, icmpv6/128, protocol/50 or all"},
	{OPT_CLIENT, 'c', "client", OPT_CLIENTS, "ID[,ID]", NULL,
		"judge for these clients in place of the default ones"},
	{OPT_SOURCE_PORTS, '\0', "source-ports", OPT_TEXT, "A-B", NULL,
		"judge for a client that picks from these ports"},
	{OPT_ALL, 'a', "all", OPT_FLAG, NULL, NULL, "every path and every kind of packets"},
	INPUT_OPTIONS,
	OUTPUT_OPTIONS,
};

static const struct opt clients_options[] = {
	{OPT_INTENTS, '\0', "intents", OPT_FILE, "FILE", NULL,
		"list the clients that this file defines, too"},
	OUTPUT_OPTIONS,
};

static const struct opt rule_options[] = {
	OUTPUT_OPTIONS,
};

static const struct opt help_options[] = {
	{OPT_HELP, 'h', "help", OPT_FLAG, NULL, NULL, "print this help"},
};

const struct command commands[] = {
	{"check", "INPUT...", "judge every flow and tell what breaks",
		"Reads files, folders or - for standard input as one network, judges the flows that "
		"the intents state and those that the rules themselves imply, and reports each that "
		"does not complete in both directions, with the rule that breaks it. Ends with "
		"status 1 if there is a finding at or above --fail-on, 2 if the input cannot be "
		"judged.",
		OPT_FILE, 1, SIZE_MAX, check_options, COUNT(check_options), cmd_check},
	{"trace", "INPUT... --from X --to Y", "follow one flow and its reply, hop by hop",
		"Draws the way of one request and of its reply, with the rule that decides at each "
		"hop, and shows for every client which of its ports get their reply. Ends with status "
		"0 only if the flow is complete.",
		OPT_FILE, 1, SIZE_MAX, trace_options, COUNT(trace_options), cmd_trace},
	{"clients", "", "list who picks which source ports",
		"Prints the table of clients: the ports that each picks from, how, and how that is "
		"known. Their ids are what --client takes.",
		OPT_TEXT, 0, 0, clients_options, COUNT(clients_options), cmd_clients},
	{"rule", "[CODE]", "explain a finding code, or list them",
		"Tells what a code such as TW101 means, what it looks like from outside, and what to "
		"do. Without CODE, lists all codes.",
		OPT_TEXT, 0, 1, rule_options, COUNT(rule_options), cmd_rule},
	{"help", "[COMMAND]", "print help for a command", "Prints what `COMMAND --help` prints.",
		OPT_TEXT, 0, 1, help_options, COUNT(help_options), cmd_help},
};

const size_t commands_count = COUNT(commands);

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < commands_count; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

const struct opt *command_opt(const struct command *command, enum opt_id id)
{
	for (size_t i = 0; i < command->opts; i++) {
		if (command->opt[i].id == id)
			return &command->opt[i];
	}
	return NULL;
}
