/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_RANDOM_REPORT_H
#define TW_TEST_RANDOM_REPORT_H

/*
 * Reports with random shapes and hostile texts: control characters, terminal escapes, broken UTF-8,
 * wide and combining characters, words without end. Nothing in them makes sense; what is written
 * from them must still be orderly.
 */

#include "test_alloc.h"
#include "test_random.h"
#include "mem.h"
#include "twoway/write.h"

/* Fills `sources` with two files and gives a report whose parts live in the arena. */
const struct tw_report *random_report(
	struct test_random *random, struct tw_arena *arena, struct tw_sources *sources);

#endif
