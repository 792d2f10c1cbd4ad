/* SPDX-License-Identifier: Apache-2.0 */
/* Finding codes explained: one in full, or the list of all. */

#include "report_out.h"
#include "table.h"

/*
 * Paragraphs with line breaks of their own. A line that begins with a blank stands as it is unless
 * the terminal is too narrow for it.
 */
static void draw_paragraphs(struct tw_paint *paint, const char *text)
{
	while (*text != '\0') {
		const char *end = strchr(text, '\n');
		size_t n = end != NULL ? (size_t)(end - text) : strlen(text), blanks = 0;
		while (blanks < n && text[blanks] == ' ')
			blanks++;
		const char *line =
			tw_paint_kept(paint, tw_arena_dup(paint->arena, text + blanks, n - blanks));
		paint->indent = 2 + blanks;
		tw_paint_gap(paint, 2 + blanks);
		tw_paint_words(paint, line);
		tw_paint_newline(paint);
		text += n + (end != NULL ? 1 : 0);
	}
}

static void draw_section(struct tw_paint *paint, const char *title, const char *text)
{
	tw_paint_newline(paint);
	tw_paint_hue(paint, TW_HUE_STRONG);
	tw_paint_str(paint, title);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_newline(paint);
	draw_paragraphs(paint, text);
}

static void draw_code(struct tw_paint *paint, const struct tw_code *code)
{
	tw_paint_hue(paint, TW_HUE_STRONG);
	tw_paint_str(paint, code->code);
	tw_paint_gap(paint, 1);
	tw_paint_str(paint, code->name);
	tw_paint_hue(paint, TW_HUE_NONE);
	tw_paint_gap(paint, 1);
	paint->indent = 2;
	tw_paint_words(
		paint, tw_paint_kept(paint, tw_arena_printf(paint->arena, "(%s)", code->level)));
	tw_paint_newline(paint);
	paint->indent = 2;
	tw_paint_gap(paint, 2);
	tw_paint_words(paint, code->summary);
	tw_paint_newline(paint);
	draw_section(paint, "What it means", code->meaning);
	draw_section(paint, "Example", code->example);
	draw_section(paint, "What to do", code->remedy);
}

static void draw_list(struct tw_paint *paint, const struct tw_code *code, size_t n)
{
	static const struct tw_table_column columns[] = {
		{.title = "code"},
		{.title = "name", .keep = 2},
		{.title = "level", .keep = 1},
		{.title = "meaning", .wrap = true, .least = 30},
	};
	struct tw_table table;

	tw_table_init(&table, paint->arena->mem, columns, TW_COUNT(columns));
	for (size_t i = 0; i < n; i++) {
		struct tw_table_cell cell[TW_COUNT(columns)] = {
			{code[i].code, TW_HUE_STRONG},
			{code[i].name, TW_HUE_NONE},
			{code[i].level, TW_HUE_NONE},
			{code[i].summary, TW_HUE_NONE},
		};
		tw_table_row(&table, cell);
	}
	tw_table_draw(&table, paint, 0, true);
	tw_table_fini(&table);
}

static void write_concise(struct tw_paint *paint, const struct tw_code *code, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		tw_paint_str(paint,
			tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s %s: %s",
						     code[i].code, code[i].name, code[i].summary)));
		tw_paint_newline(paint);
	}
}

static void write_json(struct tw_paint *paint, const struct tw_code *code, size_t n)
{
	struct tw_jsonw w;

	tw_json_begin(&w, paint->buf);
	tw_jsonw_key(&w, "codes");
	tw_jsonw_array(&w, false);
	for (size_t i = 0; i < n; i++) {
		tw_jsonw_object(&w, false);
		tw_json_key_str(&w, "code", code[i].code);
		tw_json_key_str(&w, "name", code[i].name);
		tw_json_key_str(&w, "level", code[i].level);
		tw_json_key_str(&w, "summary", code[i].summary);
		tw_json_key_str(&w, "meaning", code[i].meaning);
		tw_json_key_str(&w, "example", code[i].example);
		tw_json_key_str(&w, "remedy", code[i].remedy);
		tw_jsonw_end_object(&w);
	}
	tw_jsonw_end_array(&w);
	tw_json_finish(&w);
}

tw_status tw_write_codes(struct tw_mem *mem, const struct tw_code *code,
	const struct tw_style *style, struct tw_sink sink)
{
	struct tw_arena arena;
	struct tw_paint paint;
	struct tw_buf buf;
	size_t n = 1;
	const struct tw_code *list = code != NULL ? code : tw_codes(&n);

	tw_arena_init(&arena, mem);
	tw_buf_init(&buf, mem);
	tw_paint_init(&paint, &buf, &arena, style);
	switch (style->format) {
	case TW_FORMAT_TEXT:
		if (code != NULL)
			draw_code(&paint, code);
		else
			draw_list(&paint, list, n);
		break;
	case TW_FORMAT_CONCISE:
		paint.color = false;
		write_concise(&paint, list, n);
		break;
	case TW_FORMAT_JSON:
		write_json(&paint, list, n);
		break;
	}
	tw_arena_fini(&arena);
	return tw_sink_flush(sink, &buf);
}
