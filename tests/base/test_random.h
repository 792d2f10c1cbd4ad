/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_RANDOM_H
#define TW_TEST_RANDOM_H

/*
 * For the tests of all floors: numbers that look random and can be had again. The seed is printed;
 * the environment variable TW_SEED sets it, else it is the time.
 */

#include <stdint.h>

struct test_random {
	uint64_t state;
};

/* Takes a seed and prints it together with `what`, the name of the test. */
void test_random_init(struct test_random *random, const char *what);
uint64_t test_random_u64(struct test_random *random);
/* A number from 0 to n - 1; n > 0. */
uint64_t test_random_below(struct test_random *random, uint64_t n);

#endif
