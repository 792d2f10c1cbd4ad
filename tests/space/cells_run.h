/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_CELLS_RUN_H
#define TW_TEST_CELLS_RUN_H

/*
 * A small machine that runs a program of set operations twice, in a space and on cells, and
 * compares. The property tests feed it random numbers, the fuzzer its bytes.
 */

#include "cells.h"

struct cells_program {
	unsigned (*next)(void *ctx, unsigned n); /* a number below n */
	void *ctx;
	unsigned steps;
};

/* NULL, or what went apart. A status that is not TW_OK ends the program without a complaint. */
const char *cells_run(struct tw_space *space, const struct cells_program *program);

#endif
