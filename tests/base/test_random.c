/* SPDX-License-Identifier: Apache-2.0 */

/* Random numbers of tests: a counter that is scrambled, so that every seed is a good one. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "test_random.h"

void test_random_init(struct test_random *random, const char *what)
{
	const char *seed = getenv("TW_SEED");

	random->state = seed != NULL ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
	printf("%s: TW_SEED=%" PRIu64 "\n", what, random->state);
	fflush(stdout);
}

uint64_t test_random_u64(struct test_random *random)
{
	uint64_t x = random->state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
	x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
	return x ^ x >> 32;
}

uint64_t test_random_below(struct test_random *random, uint64_t n)
{
	/* The bias of a remainder is below n / 2^64, which no test here can notice. */
	return test_random_u64(random) % n;
}
