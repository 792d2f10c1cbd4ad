/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_WRITE_TABLE_H
#define TW_WRITE_TABLE_H

/*
 * Tables for a terminal: columns as wide as their contents, narrowed or left out until the table
 * fits the width. A column that may wrap continues on further lines; others are cut with an
 * ellipsis.
 */

#include "paint.h"
#include "vec.h"

#define TW_TABLE_COLUMNS 8

struct tw_table_column {
	const char *title;
	bool right;    /* numbers */
	bool wrap;     /* may become narrower and go on below */
	bool clip;     /* may become narrower and be cut */
	size_t least;  /* but not narrower than this */
	unsigned keep; /* 0: always shown; else columns go in rising order */
};

struct tw_table_cell {
	const char *text; /* NULL: empty; must live until the table is drawn */
	enum tw_hue hue;
};

struct tw_table {
	struct tw_mem *mem;
	const struct tw_table_column *column;
	size_t columns;
	TW_VEC(struct tw_table_cell) cell;
	tw_status status;
};

void tw_table_init(struct tw_table *table, struct tw_mem *mem, const struct tw_table_column *column,
	size_t columns);
void tw_table_fini(struct tw_table *table);
/* One cell for each column; failures stick until the table is drawn. */
void tw_table_row(struct tw_table *table, const struct tw_table_cell *cell);
/* Draws from column `margin` on, whole lines; `titles` false leaves the head out. */
void tw_table_draw(
	const struct tw_table *table, struct tw_paint *paint, size_t margin, bool titles);

#endif
