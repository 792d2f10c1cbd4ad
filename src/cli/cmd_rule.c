/* SPDX-License-Identifier: Apache-2.0 */
/* `twoway rule`: what a finding code means. */

#include <stdio.h>
#include <string.h>

#include "cli.h"

#define CODES_MAX 128

/* "tw101" and "101" are understood too. */
static const struct tw_code *find_code(const char *text)
{
	char code[32];

	if ((text[0] == 't' || text[0] == 'T') && (text[1] == 'w' || text[1] == 'W'))
		snprintf(code, sizeof(code), "TW%s", text + 2);
	else if (text[0] >= '0' && text[0] <= '9')
		snprintf(code, sizeof(code), "TW%s", text);
	else
		snprintf(code, sizeof(code), "%s", text);
	return strlen(code) < sizeof(code) - 1 ? tw_code_find(code) : NULL;
}

static int unknown_code(const struct args *args)
{
	const char *names[2 * CODES_MAX], *given = args->operand[0];
	size_t n, count = 0;
	const struct tw_code *code = tw_codes(&n);

	for (size_t i = 0; i < n && i < CODES_MAX; i++) {
		names[count++] = code[i].code;
		names[count++] = code[i].name;
	}
	/* Of a number only one digit can be a slip: all codes look alike. */
	const char *near = strpbrk(given, "0123456789") != NULL
				   ? nearest_within(given, names, count, 1)
				   : nearest_word(given, names, count);
	if (near != NULL)
		return usage_error(args->command,
			"no finding has the code \"%s\"; did you mean %s?", given, near);
	return usage_error(args->command,
		"no finding has the code \"%s\"; `twoway rule` lists all codes", given);
}

int cmd_rule(const struct args *args)
{
	const struct tw_code *code = NULL;
	struct tw_style style;
	struct tw_mem *mem;

	if (!style_from(args, &style))
		return EXIT_USAGE;
	if (args->operands > 0) {
		code = find_code(args->operand[0]);
		if (code == NULL)
			return unknown_code(args);
	}
	tw_status status = tw_mem_new(NULL, 0, &mem);
	if (status == TW_OK) {
		status = tw_write_codes(mem, code, &style, sink_out());
		tw_mem_free(mem);
	}
	if (status != TW_OK && status != TW_EIO)
		fprintf(stderr, "twoway: error: %s\n", tw_status_text(status));
	return tw_status_exit(status);
}
