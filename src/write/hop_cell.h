/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_WRITE_HOP_CELL_H
#define TW_WRITE_HOP_CELL_H

/*
 * What is said about one hop in a drawing: its name, what it does, the rules that decide and where
 * they stand, broken into lines of a given width.
 */

#include "report_out.h"

#define TW_CELL_LINES 48

struct tw_cell_line {
	struct tw_sv text;
	enum tw_hue hue;
	const char *tail; /* at the right end of the line, or NULL */
	enum tw_hue tail_hue;
};

struct tw_hop_cell {
	struct tw_cell_line line[TW_CELL_LINES];
	size_t n;
};

/* A cell for `hop`, which is one of the region's; no lines for NULL. */
void tw_cell_fill(struct tw_hop_cell *cell, struct tw_doc *doc, const struct tw_region *region,
	const struct tw_hop *hop, size_t width);
/* A cell of plain words. */
void tw_cell_words(
	struct tw_hop_cell *cell, struct tw_paint *paint, const char *words, size_t width);
/* Paints line i from the present column on, `width` columns. */
void tw_cell_draw(struct tw_paint *paint, const struct tw_hop_cell *cell, size_t i, size_t width);

#endif
