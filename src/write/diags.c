/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics of reading, one line each, for standard error:
 *
 *	net/acl.json:12:5: error: the rule number 100 occurs twice in egress
 *	net/acl.json:3:5: note: the first one is here
 *
 * Notes are left out unless `verbose`. Lines are not wrapped, so that editors find the place.
 */

#include <inttypes.h>

#include "report_out.h"

static void draw_line(struct tw_doc *doc, const char *path, struct tw_span span,
	enum tw_level level, const char *message, unsigned code)
{
	struct tw_paint *paint = &doc->paint;
	struct tw_place place;

	tw_paint_hue(paint, TW_HUE_STRONG);
	if (span.file != 0) {
		tw_status status = tw_sources_place(doc->sources, span, &place);
		if (status != TW_OK) {
			tw_paint_status(paint, status);
			return;
		}
		tw_paint_str(paint, place.path);
		tw_paint_str(paint,
			tw_paint_kept(paint, tw_arena_printf(paint->arena, ":%" PRIu32 ":%" PRIu32,
						     place.line, place.column)));
	} else {
		tw_paint_str(paint, path != NULL ? path : "twoway");
	}
	tw_paint_str(paint, ": ");
	tw_paint_hue(paint, tw_paint_level_hue(level));
	tw_paint_str(paint, tw_level_name(level));
	tw_paint_str(paint, ": ");
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_str(paint, message);
	if (code != 0)
		tw_paint_str(paint,
			tw_paint_kept(paint, tw_arena_printf(paint->arena, " [TW%u]", code)));
	tw_paint_newline(paint);
}

static void draw_diags(struct tw_doc *doc, const struct tw_diags *diags)
{
	struct tw_paint *paint = &doc->paint;

	for (size_t i = 0; i < tw_diags_count(diags); i++) {
		const struct tw_diag *diag = tw_diags_get(diags, i);
		if (diag->level <= TW_LEVEL_NOTE && !doc->style->verbose)
			continue;
		draw_line(doc, diag->path, diag->span, diag->level, diag->message, diag->code);
		if (diag->other.file != 0)
			draw_line(doc, NULL, diag->other, TW_LEVEL_NOTE,
				diag->other_message != NULL ? diag->other_message : "see here", 0);
	}
	if (tw_diags_dropped(diags) > 0) {
		tw_paint_str(paint,
			tw_paint_kept(paint, tw_arena_printf(paint->arena,
						     "twoway: note: %zu more messages not shown",
						     tw_diags_dropped(diags))));
		tw_paint_newline(paint);
	}
}

tw_status tw_write_diags(struct tw_mem *mem, const struct tw_diags *diags,
	struct tw_sources *sources, const struct tw_style *style, struct tw_sink sink)
{
	struct tw_doc doc = {.sources = sources, .style = style};
	struct tw_arena arena;
	struct tw_buf buf;

	tw_arena_init(&arena, mem);
	tw_buf_init(&buf, mem);
	tw_paint_init(&doc.paint, &buf, &arena, style);
	draw_diags(&doc, diags);
	tw_arena_fini(&arena);
	return tw_sink_flush(sink, &buf);
}
