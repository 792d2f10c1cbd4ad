/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TESTS_FUZZ_MUST_H
#define TW_TESTS_FUZZ_MUST_H

/* A promise that no input may break; a fuzz target dies loudly where one is. */

#include <stdio.h>
#include <stdlib.h>

#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "does not hold: %s\n", #condition);                        \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
