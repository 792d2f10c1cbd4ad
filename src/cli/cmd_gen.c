/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway gen`: rule sets for patterns by name, or for what the intents state. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

#define BLOCKS_MAX   64
#define INPUTS_MAX   1024
#define PATTERNS_MAX 16 /* that can be asked for at once, and that there are */

/* What was asked for, sorted out of the operands. */
struct wish {
	const char *pattern[PATTERNS_MAX];
	size_t patterns;
	char *input[INPUTS_MAX]; /* files and folders of a network */
	size_t inputs;
	const char
		*intents; /* --intents, FILE.yaml among the operands, or found beside the input */
	char found[PATH_ROOM];
	struct tw_prefix from[BLOCKS_MAX], to[BLOCKS_MAX];
	size_t from_n, to_n;
	unsigned quota;
	bool spelled; /* --as, and neither text nor json */
	enum tw_spelling spelling;
};

static bool is_pattern(const char *text)
{
	size_t n;
	const struct tw_gen_pattern *list = tw_gen_patterns(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, text) == 0)
			return true;
	return false;
}

static bool is_yaml(const char *text)
{
	const char *dot = strrchr(text, '.');

	return dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

/* "web-server, ssh and nat" */
static const char *list_names(const char *const *name, size_t n, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0, used = 0; i < n && used < size; i++) {
		const char *between = i == 0 ? "" : i + 1 < n ? ", " : " and ";
		used += (size_t)snprintf(buf + used, size - used, "%s%s", between, name[i]);
	}
	return buf;
}

static bool unknown_pattern(const struct args *args, const char *text)
{
	const char *names[PATTERNS_MAX];
	char all[512];
	size_t n;
	const struct tw_gen_pattern *list = tw_gen_patterns(&n);

	n = n < PATTERNS_MAX ? n : PATTERNS_MAX;
	for (size_t i = 0; i < n; i++)
		names[i] = list[i].name;
	const char *near = nearest_word(text, names, n);
	if (near != NULL)
		usage_error(args->command, "unknown pattern \"%s\"; did you mean %s?", text, near);
	else
		usage_error(args->command,
			"\"%s\" is no file or folder and no pattern; there are %s. For your own "
			"flows give --intents FILE",
			text, list_names(names, n, all, sizeof(all)));
	return false;
}

static bool refuse_mixture(const struct args *args, const struct wish *wish)
{
	if (wish->intents != NULL)
		usage_error(args->command,
			"patterns and intents do not go together: %s is a pattern, %s holds "
			"intents",
			wish->pattern[0], wish->intents);
	else
		usage_error(args->command,
			"patterns and a network do not go together: %s is a pattern, %s is input",
			wish->pattern[0], wish->input[0]);
	return false;
}

/* The twoway.yaml that check would take. */
static bool find_flows(const struct args *args, struct wish *wish)
{
	struct args reading = *args;

	if (wish->intents != NULL)
		return true;
	reading.operand = wish->input;
	reading.operands = wish->inputs;
	if (!find_intents(&reading, wish->found, sizeof(wish->found), &wish->intents))
		return false;
	if (wish->intents == NULL && wish->inputs > 0)
		usage_error(args->command,
			"no flows to make rules for: no twoway.yaml in %s, beside it or here; give "
			"--intents FILE",
			wish->input[0]);
	else if (wish->intents == NULL)
		usage_error(args->command, "give patterns, or flows with --intents FILE");
	return wish->intents != NULL;
}

/* A pattern goes by its name, a file or a folder is input; where intents are given, a folder may
 * have the name of a pattern. */
static bool sort_operands(const struct args *args, struct wish *wish)
{
	wish->intents = args->value[OPT_INTENTS];
	for (size_t i = 0; i < args->operands && wish->intents == NULL; i++)
		if (is_yaml(args->operand[i]))
			wish->intents = args->operand[i];
	for (size_t i = 0; i < args->operands; i++) {
		char *text = args->operand[i];
		bool there = strcmp(text, "-") == 0 || path_exists(text);
		bool pattern = is_pattern(text) && !(wish->intents != NULL && there);
		if (text == wish->intents)
			continue;
		if (!pattern && !there && wish->intents == NULL)
			return unknown_pattern(args, text);
		if (wish->patterns == PATTERNS_MAX || wish->inputs == INPUTS_MAX) {
			usage_error(args->command, "too many operands");
			return false;
		}
		if (pattern)
			wish->pattern[wish->patterns++] = text;
		else
			wish->input[wish->inputs++] = text;
	}
	if (wish->patterns == 0)
		return find_flows(args, wish);
	return (wish->intents == NULL && wish->inputs == 0) || refuse_mixture(args, wish);
}

/* "10.0.0.0/8,2001:db8::/32" */
static bool parse_blocks(
	const struct args *args, enum opt_id id, struct tw_prefix *block, size_t *ret_n)
{
	const char *text = args->value[id];

	for (; text != NULL && *text != '\0';) {
		size_t length = strcspn(text, ",");
		enum tw_prefix_error error = *ret_n < BLOCKS_MAX
						     ? tw_prefix_parse(text, length, &block[*ret_n])
						     : TW_PREFIX_SYNTAX;
		if (error != TW_PREFIX_OK) {
			char right[TW_PREFIX_TEXT];
			usage_error(args->command, "--%s: \"%.*s\" %s%s",
				id == OPT_FROM ? "from" : "to", (int)length, text,
				error == TW_PREFIX_HOST_BITS
					? "has bits set behind its prefix: the CIDR block is "
					: "is no CIDR block such as 203.0.113.0/24 or "
					  "2001:db8::/32",
				error == TW_PREFIX_HOST_BITS ? tw_prefix_text(block[*ret_n], right)
							     : "");
			return false;
		}
		++*ret_n;
		text += length + (text[length] == ',' ? 1 : 0);
	}
	if (args->value[id] != NULL && *ret_n == 0) {
		usage_error(
			args->command, "--%s needs a CIDR block", id == OPT_FROM ? "from" : "to");
		return false;
	}
	return true;
}

/* --as text and --as json are other words for --format. */
static bool find_spelling(const struct args *args, struct wish *wish, struct tw_style *style)
{
	const char *as = args->value[OPT_AS];

	if (as == NULL || strcmp(as, "text") == 0)
		return true;
	if (args->value[OPT_FORMAT] != NULL && strcmp(as, args->value[OPT_FORMAT]) != 0) {
		usage_error(args->command, "--as %s and --format %s exclude each other", as,
			args->value[OPT_FORMAT]);
		return false;
	}
	if (strcmp(as, "json") == 0) {
		style->format = TW_FORMAT_JSON;
		return true;
	}
	wish->spelled = true;
	return tw_spelling_parse(as, &wish->spelling);
}

static bool find_wish(const struct args *args, struct wish *wish, struct tw_style *style)
{
	if (!style_from(args, style) || !find_spelling(args, wish, style) ||
		!sort_operands(args, wish) || !find_quota(args, &wish->quota) ||
		!parse_blocks(args, OPT_FROM, wish->from, &wish->from_n) ||
		!parse_blocks(args, OPT_TO, wish->to, &wish->to_n))
		return false;
	if (wish->intents != NULL && wish->from_n + wish->to_n > 0) {
		usage_error(args->command,
			"--from and --to are for patterns: with intents, the flows say who calls");
		return false;
	}
	return true;
}

static int generate(struct session *session, const struct args *args, const struct wish *wish,
	const struct tw_gen_options *options, const struct tw_style *style)
{
	struct tw_gen_result *result = NULL;
	struct tw_diags *diags = NULL;
	int code = EXIT_CLEAN;

	tw_status status = tw_diags_new(session->mem, &diags);
	if (status == TW_OK)
		status = tw_gen(session->mem, options, diags, &result);
	if (status != TW_OK) {
		code = explain(session, diags, status, args);
		tw_diags_free(diags);
		return code;
	}
	/* Notes are part of the text; for every other way to write they go to standard error. */
	if (wish->spelled || style->format != TW_FORMAT_TEXT)
		session_tell(session, diags, args);
	status = wish->spelled ? tw_write_rule_sets(session->mem, result->set, result->sets,
					 wish->spelling, sink_out())
			       : tw_write_gen(session->mem, result, style, sink_out());
	code = written(session, args, status, EXIT_CLEAN);
	tw_gen_free(result);
	tw_diags_free(diags);
	return code;
}

/* Intents and the network that they speak of. */
static tw_status read_all(struct session *session, const struct args *args, struct wish *wish)
{
	struct args reading = *args;

	tw_input_allow_no_filters(session->input);
	if (wish->intents == NULL)
		return tw_input_finish(session->input);
	reading.operand = wish->input;
	reading.operands = wish->inputs;
	reading.value[OPT_INTENTS] = wish->intents;
	return session_read(session, &reading);
}

int cmd_gen(const struct args *args)
{
	const struct tw_client *client[CLIENTS_MAX];
	struct wish wish;
	struct client_ranges ranges;
	struct session session;
	struct tw_style style;
	int code = EXIT_USAGE;

	memset(&wish, 0, sizeof(wish));
	if (!find_wish(args, &wish, &style))
		return EXIT_USAGE;
	tw_status status = session_open(&session);
	if (status != TW_OK) {
		fprintf(stderr, "twoway: error: %s\n", tw_status_text(status));
		return tw_status_exit(status);
	}
	status = read_all(&session, args, &wish);
	if (status == TW_OK) {
		struct tw_gen_options options = {.intents = tw_input_intents(session.input),
			.net = tw_input_net(session.input),
			.pattern = wish.pattern,
			.patterns = wish.patterns,
			.from = wish.from,
			.from_n = wish.from_n,
			.to = wish.to,
			.to_n = wish.to_n,
			.client = client,
			.quota = wish.quota};
		if (find_clients(args, options.intents, &ranges, client, &options.clients))
			code = generate(&session, args, &wish, &options, &style);
	} else if (status != TW_EINVAL) {
		code = explain(&session, session.diags, status, args);
	}
	session_close(&session);
	return code;
}
