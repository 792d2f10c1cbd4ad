/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_READ_JANSSON_H
#define TW_TEST_READ_JANSSON_H

/* jansson, a JSON reader of other people, as the judge of ours. */

#include "test_document.h"

/* What jansson makes of a text. */
enum opinion {
	OPINION_VALID,
	OPINION_INVALID,
	OPINION_NONE, /* a limit of jansson that JSON does not have: numbers out of range, NUL in
			 keys, its own depth, a byte order mark, texts of our own limit of depth */
};

/*
 * Expects that a reading ended as jansson's of the same text, and with the same values. `name` is
 * for messages. Returns jansson's opinion.
 */
enum opinion expect_same_as_jansson(
	const char *name, const char *text, size_t n, struct reading *r);

#endif
