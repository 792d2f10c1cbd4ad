/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_CELLS_H
#define TW_TEST_CELLS_H

/*
 * A small world to judge the space by. Every field is cut at a few fixed places into cells; a set
 * whose boxes begin and end at these places is the same everywhere within a cell, so one bit for
 * each combination of cells describes it completely. Operations on these bits are plain loops: the
 * oracle of the property tests and of the fuzzer. `from` and `to` are cut alike, so that ends can
 * be exchanged.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "twoway/space.h"

enum {
	CELLS_FAMILY = 2,
	CELLS_PROTOCOL = 5,
	CELLS_ADDR = 4,
	CELLS_CLIENT = 3,
	CELLS_SERVICE = 3,
	CELLS = CELLS_FAMILY * CELLS_PROTOCOL * CELLS_ADDR * CELLS_ADDR * CELLS_CLIENT *
		CELLS_SERVICE
};

/* A combination of cells, one index per field. */
struct cell {
	unsigned v[TW_FIELDS];
};

/* A label for every combination, in field order; a set has labels 0 and 1. */
struct cells {
	uint16_t label[CELLS];
};

unsigned cells_in(unsigned field);
struct cell cell_at(unsigned index);
unsigned cell_index(struct cell cell);
/* The values of one cell of a field. */
struct tw_range cell_values(unsigned family, unsigned field, unsigned i);
/* The smallest and the largest point. */
struct tw_point cell_first(struct cell cell);
struct tw_point cell_last(struct cell cell);

/* Cells lo..hi of every field, of one family. */
struct cell_box {
	struct cell lo, hi;
};
struct tw_box cell_box_values(const struct cell_box *box);
/* The next box out of a stream of numbers, each below `n`, given by next(ctx, n). */
struct cell_box cell_box_next(unsigned (*next)(void *ctx, unsigned n), void *ctx);

void cells_paint(struct cells *cells, const struct cell_box *box, uint16_t label);
void cells_forget(struct cells *cells, unsigned field);
void cells_mirror(struct cells *cells);
/* The points of all cells that are not 0, by the rule of tw_set_count. */
struct tw_count cells_count(const struct cells *cells);

/*
 * NULL, or what of a set or partition differs from the cells: labels of smallest and largest
 * points, and (sets only) boxes, values of each field, witness, count, and whether a set made of
 * all its cells one by one is the same number.
 */
const char *cells_compare_labels(struct tw_space *space, tw_set set, const struct cells *cells);
const char *cells_compare_set(struct tw_space *space, tw_set set, const struct cells *cells);

#endif
