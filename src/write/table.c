/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Table layout. Widths start at the widest cell; what is too much is taken from the widest columns
 * that may shrink, and when none may any more, the least needed column is left out.
 */

#include "table.h"

#define BETWEEN 2 /* blanks between columns */

void tw_table_init(struct tw_table *table, struct tw_mem *mem, const struct tw_table_column *column,
	size_t columns)
{
	memset(table, 0, sizeof(*table));
	table->mem = mem;
	table->column = column;
	table->columns = columns;
}

void tw_table_fini(struct tw_table *table)
{
	TW_VEC_FREE(table->mem, &table->cell);
}

void tw_table_row(struct tw_table *table, const struct tw_table_cell *cell)
{
	if (table->status == TW_OK)
		table->status = TW_VEC_RESERVE(table->mem, &table->cell, table->columns);
	if (table->status != TW_OK)
		return;
	for (size_t i = 0; i < table->columns; i++)
		table->cell.v[table->cell.n++] = cell[i];
}

static size_t text_width(const struct tw_paint *paint, const char *s)
{
	struct tw_sv text = tw_sv_of(s);

	return tw_clean_width(paint->ascii, text.p, text.n);
}

/* Widest column that may still become narrower, or TW_TABLE_COLUMNS. */
static size_t find_shrinkable(const struct tw_table *table, const size_t *width)
{
	size_t best = TW_TABLE_COLUMNS;

	for (size_t c = 0; c < table->columns; c++) {
		const struct tw_table_column *column = &table->column[c];
		if ((!column->wrap && !column->clip) || width[c] <= column->least || width[c] == 0)
			continue;
		if (best == TW_TABLE_COLUMNS || width[c] > width[best])
			best = c;
	}
	return best;
}

static size_t find_droppable(const struct tw_table *table, const size_t *width)
{
	size_t best = TW_TABLE_COLUMNS;

	for (size_t c = 0; c < table->columns; c++) {
		if (table->column[c].keep == 0 || width[c] == 0)
			continue;
		if (best == TW_TABLE_COLUMNS || table->column[c].keep < table->column[best].keep)
			best = c;
	}
	return best;
}

static size_t total_width(const struct tw_table *table, const size_t *width)
{
	size_t total = 0;

	for (size_t c = 0; c < table->columns; c++)
		total += width[c] > 0 ? width[c] + (total > 0 ? BETWEEN : 0) : 0;
	return total;
}

/* As wide as the widest cell; 0 for a column without any text. */
static void measure(const struct tw_table *table, const struct tw_paint *paint, bool titles,
	size_t natural[TW_TABLE_COLUMNS])
{
	for (size_t c = 0; c < table->columns; c++)
		natural[c] = 0;
	for (size_t i = 0; i < table->cell.n; i++) {
		size_t c = i % table->columns, w = text_width(paint, table->cell.v[i].text);
		if (w > natural[c])
			natural[c] = w;
	}
	for (size_t c = 0; titles && c < table->columns; c++) {
		size_t w = text_width(paint, table->column[c].title);
		if (natural[c] > 0 && w > natural[c])
			natural[c] = w;
	}
}

/* A column of width 0 is not drawn. */
static void lay_out(const struct tw_table *table, const struct tw_paint *paint, size_t room,
	bool titles, size_t width[TW_TABLE_COLUMNS])
{
	size_t natural[TW_TABLE_COLUMNS];

	measure(table, paint, titles, natural);
	memcpy(width, natural, table->columns * sizeof(width[0]));
	for (size_t total; (total = total_width(table, width)) > room;) {
		size_t c = find_shrinkable(table, width), over = total - room;
		if (c < TW_TABLE_COLUMNS) {
			/* Not all from one column, so that two wide ones share the loss. */
			size_t most = (width[c] - table->column[c].least) / 2 + 1;
			width[c] -= over < most ? over : most;
			continue;
		}
		c = find_droppable(table, width);
		if (c == TW_TABLE_COLUMNS)
			break;
		natural[c] = 0;
		memcpy(width, natural, table->columns * sizeof(width[0]));
	}
}

static void draw_cell(struct tw_paint *paint, const struct tw_table_column *column, size_t at,
	size_t width, struct tw_sv text)
{
	size_t w = tw_clean_width(paint->ascii, text.p, text.n);

	tw_paint_to(paint, at + (column->right && w < width ? width - w : 0));
	tw_paint_clip(paint, text, width);
}

/* One row, on as many lines as its longest wrapping cell needs. */
static void draw_row(const struct tw_table *table, struct tw_paint *paint, size_t margin,
	const size_t *width, const struct tw_table_cell *cell)
{
	struct tw_sv rest[TW_TABLE_COLUMNS];
	bool more = true;

	for (size_t c = 0; c < table->columns; c++)
		rest[c] = tw_sv_of(cell[c].text);
	while (more) {
		size_t at = margin;
		more = false;
		for (size_t c = 0; c < table->columns; c++) {
			struct tw_sv line = rest[c];
			size_t skip = 0;
			if (width[c] == 0)
				continue;
			if (table->column[c].wrap && line.n > 0)
				line.n = tw_clean_line(
					paint->ascii, line.p, line.n, width[c], &skip);
			if (line.n > 0) {
				tw_paint_hue(paint, cell[c].hue);
				draw_cell(paint, &table->column[c], at, width[c], line);
				tw_paint_hue(paint, TW_HUE_NONE);
			}
			if (line.n + skip > 0) {
				rest[c].p += line.n + skip;
				rest[c].n -= line.n + skip;
			}
			more = more || rest[c].n > 0;
			at += width[c] + BETWEEN;
		}
		tw_paint_newline(paint);
	}
}

void tw_table_draw(const struct tw_table *table, struct tw_paint *paint, size_t margin, bool titles)
{
	struct tw_table_cell head[TW_TABLE_COLUMNS];
	size_t width[TW_TABLE_COLUMNS];

	tw_paint_status(paint, table->status);
	if (tw_buf_status(paint->buf) != TW_OK || table->cell.n == 0)
		return;
	lay_out(table, paint, paint->width - margin, titles, width);
	for (size_t c = 0; c < table->columns; c++)
		head[c] = (struct tw_table_cell){table->column[c].title, TW_HUE_DIM};
	if (titles)
		draw_row(table, paint, margin, width, head);
	for (size_t i = 0; i < table->cell.n; i += table->columns)
		draw_row(table, paint, margin, width, &table->cell.v[i]);
}
