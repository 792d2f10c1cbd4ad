/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_CODES_H
#define TW_CHECK_CODES_H

/*
 * Rows of the table of codes that stand in files of their own. The table is one array, which
 * codes.c makes of constants; what a pointer of another file holds is none in C, but the address of
 * a text in there is. So these rows hold their texts themselves.
 */

struct tw_code_row {
	char code[8], name[32], level[32], summary[100];
	char meaning[1200], example[1400], remedy[1000];
};

enum {
	TW_PATH_CODES = 9, /* TW111 to TW119 */
	TW_LINT_CODES = 25 /* TW201 to TW414 */
};

extern const struct tw_code_row tw_path_codes[TW_PATH_CODES];
extern const struct tw_code_row tw_lint_codes[TW_LINT_CODES];

#endif
