/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_RANDOM_RULES_H
#define TW_TEST_RANDOM_RULES_H

/*
 * Random rule sets and edits for the tests of spellings. All live in the arena. `hostile`: ids and
 * comments try to end the comment, the string or the scalar that they stand in.
 */

#include "test_random.h"

#include "mem.h"
#include "twoway/edit.h"

/* 1 to 4 sets, ACLs first; names are unique; each list by number. */
const struct tw_rule_set *random_sets(
	struct test_random *random, struct tw_arena *arena, bool hostile, size_t *ret_n);
const struct tw_edit *random_edits(
	struct test_random *random, struct tw_arena *arena, bool hostile, size_t *ret_n);

#endif
