/* SPDX-License-Identifier: Apache-2.0 */
/* The commands and their options, as data. Texts hold no quotes: shells get them as they are. */

#include <stdint.h>
#include <string.h>

#include "cli.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	CHECK = 1,
	TRACE = 2,
	CLIENTS = 4,
	RULE = 8,
	HELP = 16,
	LINT = 32,
	FIX = 64,
	GEN = 128,
	DIFF = 256,
	READING = CHECK | TRACE | LINT | FIX | GEN | DIFF,
	JUDGING = CHECK | LINT | FIX,
	WRITING = CHECK | TRACE | LINT | FIX | GEN | DIFF | CLIENTS | RULE,
	ALL = WRITING | HELP
};

static const struct opt options[] = {
	{OPT_FROM, TRACE, '\0', "from", OPT_TEXT, "X", NULL,
		"who asks: an id, a name, an address, a CIDR block, a Name tag or `internet`"},
	{OPT_TO, TRACE, '\0', "to", OPT_TEXT, "Y", NULL,
		"who answers, in the same words; Y:443 sets the port too"},
	{OPT_PORT, TRACE, 'p', "port", OPT_TEXT, "PORT", NULL, "443 or 8000-8100"},
	{OPT_PROTOCOL, TRACE, '\0', "protocol", OPT_TEXT, "PROTOCOL", NULL,
		"tcp (default), udp, icmp/8/0, icmpv6/128, protocol/50 or all"},
	{OPT_FROM, GEN, '\0', "from", OPT_TEXT, "CIDR[,CIDR]", NULL,
		"for a pattern: who may call (default: 0.0.0.0/0)"},
	{OPT_TO, GEN, '\0', "to", OPT_TEXT, "CIDR[,CIDR]", NULL,
		"for a pattern: who is called (default: 0.0.0.0/0)"},
	{OPT_AS, FIX, '\0', "as", OPT_CHOICE, "SPELLING",
		"aws terraform terraform-inline cloudformation",
		"print only the edits, ready to run: aws, terraform, terraform-inline or "
		"cloudformation"},
	{OPT_AS, GEN, '\0', "as", OPT_CHOICE, "SPELLING",
		"text aws terraform terraform-inline cloudformation json",
		"how to write the rules: text (default), aws, terraform, terraform-inline, "
		"cloudformation or json"},
	{OPT_APPLY, FIX, '\0', "apply", OPT_FLAG, NULL, NULL,
		"write the fixes into the JSON files that were read; safe ones only"},
	{OPT_REVIEW, FIX, '\0', "review", OPT_FLAG, NULL, NULL,
		"take fixes that let something else in, too"},
	{OPT_RANK, FIX, '\0', "rank", OPT_TEXT, "N", NULL,
		"take the N-th alternative of each finding that has so many"},
	{OPT_QUOTA, LINT | FIX | GEN, '\0', "quota", OPT_TEXT, "N", NULL,
		"rules that AWS takes for each direction and family, the default deny included "
		"(default: 20)"},
	{OPT_COMPLIANCE, LINT, '\0', "compliance", OPT_FLAG, NULL, NULL,
		"tell what common compliance rules say, what is true, and what obeying costs"},
	{OPT_FILTERS, DIFF, '\0', "filters", OPT_FLAG, NULL, NULL,
		"compare network ACLs and security groups as sets of packets, without flows"},
	{OPT_EXIT_CODE, DIFF, '\0', "exit-code", OPT_FLAG, NULL, NULL,
		"end with status 1 if something changes"},
	{OPT_CLIENT, GEN, 'c', "client", OPT_CLIENTS, "ID[,ID]", NULL,
		"whose ports replies go to, where no intent says (default: 1024-65535)"},
	{OPT_CLIENT, READING & ~GEN, 'c', "client", OPT_CLIENTS, "ID[,ID]", NULL,
		"judge for these clients (ids, or ports as A-B) in place of the default ones"},
	{OPT_SOURCE_PORTS, TRACE, '\0', "source-ports", OPT_TEXT, "A-B", NULL,
		"judge for a client that picks from these ports"},
	{OPT_ALL, TRACE, 'a', "all", OPT_FLAG, NULL, NULL,
		"draw every kind of packets, not the four worst only"},
	{OPT_INTENTS, GEN, '\0', "intents", OPT_FILE, "FILE", NULL,
		"the flows that rules are made for (default: the twoway.yaml beside the input)"},
	{OPT_INTENTS, READING & ~GEN, '\0', "intents", OPT_FILE, "FILE", NULL,
		"what must work (default: the twoway.yaml beside the input)"},
	{OPT_INTENTS, CLIENTS, '\0', "intents", OPT_FILE, "FILE", NULL,
		"list the clients that this file defines, too"},
	{OPT_INPUT_TYPE, READING, '\0', "input-type", OPT_CHOICE, "TYPE", "auto aws-cli np-guard",
		"what the input is: auto (default), aws-cli or np-guard"},
	{OPT_FAIL_ON, JUDGING, '\0', "fail-on", OPT_CHOICE, "LEVEL", "error warning note",
		"end with status 1 from this level on: error (default), warning or note"},
	{OPT_TODAY, JUDGING, '\0', "today", OPT_TEXT, "DATE", NULL,
		"the day that `until` of an ignore is compared with, as 2027-01-31"},
	{OPT_FORMAT, WRITING, 'o', "format", OPT_CHOICE, "FORMAT", "text concise json",
		"how to write the result: text (default), concise or json"},
	{OPT_VERBOSE, WRITING, 'v', "verbose", OPT_FLAG, NULL, NULL,
		"show notes, suppressed findings and all flows too"},
	{OPT_QUIET, WRITING, 'q', "quiet", OPT_FLAG, NULL, NULL,
		"no notes and warnings on standard error"},
	{OPT_COLOR, WRITING, '\0', "color", OPT_CHOICE, "WHEN", "auto always never",
		"colours: auto (default), always or never"},
	{OPT_ASCII, WRITING, '\0', "ascii", OPT_FLAG, NULL, NULL,
		"draw with ASCII characters only"},
	{OPT_WIDTH, WRITING, '\0', "width", OPT_TEXT, "COLUMNS", NULL,
		"width of the text, 40 to 1000 (default: that of the terminal, or 80)"},
	{OPT_HELP, ALL, 'h', "help", OPT_FLAG, NULL, NULL, "print this help"},
};

static const char about_check[] =
	"Reads files, folders or - for standard input as one network, judges the flows that the "
	"intents state and those that the rules themselves imply, and reports each that does not "
	"complete in both directions, with the rule that breaks it. Ends with status 1 if there is "
	"a finding at or above --fail-on, and 2 if the input cannot be judged.";
static const char about_trace[] =
	"Draws the way of one request and of its reply, with the rule that decides at each hop, "
	"and shows for every client which of its ports get their reply. Ends with status 0 only if "
	"the flow is complete.";
static const char about_lint[] =
	"Reads the input as check does and reports rules that do nothing, rules that are wider "
	"than any flow needs, services that a reply rule lets in, and the traps and limits of "
	"AWS. It respects the order of rules.";
static const char about_fix[] =
	"For each finding of check that rules of a network ACL can mend, prints the smallest "
	"edits, proved on a copy of the network, and what else they let in. With --apply, writes "
	"them into the files.";
static const char about_gen[] =
	"Prints complete rule sets, replies included: for one or more patterns, web-server, ssh, "
	"outbound-api, load-balanced, three-tier or nat; or for the flows that the intents state. "
	"These are the file that --intents names, an operand that ends in .yaml or .yml, or the "
	"twoway.yaml beside the input. Other files and folders are the network that they speak of.";
static const char about_diff[] =
	"Compares two networks, each a file or a folder, and tells which flows appear, vanish or "
	"lose their replies, for which clients. Rules that were only rewritten are no change.";
static const char about_clients[] =
	"Prints the table of clients: the ports that each picks from, how, and how that is known. "
	"Their ids are what --client takes.";
static const char about_rule[] =
	"Tells what a code such as TW101 means, what it looks like from outside, and what to do. "
	"Without CODE, lists all codes.";

const struct command commands[] = {
	{"check", CHECK, "INPUT...", "judge every flow and tell what breaks", about_check, OPT_FILE,
		1, SIZE_MAX, cmd_check},
	{"trace", TRACE, "INPUT... --from X --to Y", "follow one flow and its reply, hop by hop",
		about_trace, OPT_FILE, 1, SIZE_MAX, cmd_trace},
	{"lint", LINT, "INPUT...", "report rules that are pointless, exposed or a trap", about_lint,
		OPT_FILE, 1, SIZE_MAX, cmd_lint},
	{"fix", FIX, "INPUT...", "mend what check finds, with proof", about_fix, OPT_FILE, 1,
		SIZE_MAX, cmd_fix},
	{"gen", GEN, "[PATTERN... | INPUT...]", "generate rule sets, replies included", about_gen,
		OPT_TEXT, 0, SIZE_MAX, cmd_gen},
	{"diff", DIFF, "OLD NEW", "tell which flows a change makes, breaks or mends", about_diff,
		OPT_FILE, 2, 2, cmd_diff},
	{"clients", CLIENTS, "", "list who picks which source ports", about_clients, OPT_TEXT, 0, 0,
		cmd_clients},
	{"rule", RULE, "[CODE]", "explain a finding code, or list them", about_rule, OPT_TEXT, 0, 1,
		cmd_rule},
	{"help", HELP, "[COMMAND]", "print help for a command",
		"Prints what `COMMAND --help` prints.", OPT_TEXT, 0, 1, cmd_help},
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

const struct opt *opt_next(const struct command *command, const struct opt *after)
{
	const struct opt *opt = after != NULL ? after + 1 : options;

	while (opt < options + COUNT(options) && (opt->commands & command->bit) == 0)
		opt++;
	return opt < options + COUNT(options) ? opt : NULL;
}
