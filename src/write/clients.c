/* SPDX-License-Identifier: Apache-2.0 */
/* The table of clients: who picks which source ports, and how we know. */

#include "report_out.h"
#include "say.h"

struct list {
	const struct tw_client *built_in, *extra;
	size_t built_ins, extras;
};

static const struct tw_client *list_get(const struct list *list, size_t i)
{
	return i < list->built_ins ? &list->built_in[i] : &list->extra[i - list->built_ins];
}

static void draw_table(struct tw_paint *paint, const struct list *list)
{
	static const struct tw_table_column columns[] = {
		{.title = "client"},
		{.title = "name", .wrap = true, .least = 24, .keep = 2},
		{.title = "ports", .wrap = true, .least = 11},
		{.title = "count", .right = true, .keep = 4},
		{.title = "picks", .keep = 3},
		{.title = "source", .clip = true, .least = 12, .keep = 1},
	};
	struct tw_table table;

	tw_table_init(&table, paint->arena->mem, columns, TW_COUNT(columns));
	for (size_t i = 0; i < list->built_ins + list->extras; i++) {
		const struct tw_client *client = list_get(list, i);
		struct tw_table_cell cell[TW_COUNT(columns)] = {
			{client->id, TW_HUE_STRONG},
			{client->title, TW_HUE_NONE},
			{tw_say_ports(paint, client->range, client->ranges, TW_CLIENT_RANGES),
				TW_HUE_NONE},
			{tw_say_number(paint, tw_client_total(client)), TW_HUE_NONE},
			{tw_picks_name(client->picks), TW_HUE_NONE},
			{client->source, TW_HUE_DIM},
		};
		tw_table_row(&table, cell);
	}
	tw_table_draw(&table, paint, 0, true);
	tw_table_fini(&table);
}

/* One paragraph a client that has a note: "linux: ..." */
static void draw_notes(struct tw_paint *paint, const struct list *list, bool references)
{
	tw_paint_newline(paint);
	for (size_t i = 0; i < list->built_ins + list->extras; i++) {
		const struct tw_client *client = list_get(list, i);
		const char *reference = references ? client->reference : "";
		if (*client->note == '\0' && *reference == '\0')
			continue;
		paint->indent = 2;
		tw_paint_hue(paint, TW_HUE_STRONG);
		tw_paint_words(paint, client->id);
		tw_paint_str(paint, ":");
		tw_paint_hue(paint, TW_HUE_NONE);
		tw_paint_gap(paint, 1);
		tw_paint_words(paint, client->note);
		if (*reference != '\0') {
			tw_paint_gap(paint, 1);
			tw_paint_words(paint, tw_paint_kept(paint, tw_arena_printf(paint->arena,
									   "[%s]", reference)));
		}
		tw_paint_newline(paint);
	}
}

static void write_text(struct tw_paint *paint, const struct list *list)
{
	draw_table(paint, list);
	draw_notes(paint, list, paint->verbose);
	tw_paint_newline(paint);
	paint->indent = 0;
	tw_paint_words(paint,
		"picks: how a client walks its range. even: each port equally likely; "
		"linux-connect: in steps, so attempts that get no reply come in runs; "
		"unpublished: nobody says. `-v` names the sources.");
	tw_paint_newline(paint);
}

static void write_concise(struct tw_paint *paint, const struct list *list)
{
	for (size_t i = 0; i < list->built_ins + list->extras; i++) {
		const struct tw_client *client = list_get(list, i);
		const char *ports =
			tw_say_ports(paint, client->range, client->ranges, TW_CLIENT_RANGES);
		tw_paint_str(paint,
			tw_paint_kept(paint,
				tw_arena_printf(paint->arena, "%s: %s (%u) %s", client->id, ports,
					tw_client_total(client), tw_picks_name(client->picks))));
		tw_paint_newline(paint);
	}
}

static void write_json(struct tw_paint *paint, const struct list *list)
{
	struct tw_jsonw w;

	tw_json_begin(&w, paint->buf);
	tw_jsonw_key(&w, "clients");
	tw_jsonw_array(&w, false);
	for (size_t i = 0; i < list->built_ins + list->extras; i++)
		tw_json_client(&w, list_get(list, i), true);
	tw_jsonw_end_array(&w);
	tw_json_finish(&w);
}

tw_status tw_write_clients(struct tw_mem *mem, const struct tw_client *extra, size_t extras,
	const struct tw_style *style, struct tw_sink sink)
{
	struct list list = {.extra = extra, .extras = extras};
	struct tw_arena arena;
	struct tw_paint paint;
	struct tw_buf buf;

	list.built_in = tw_clients(&list.built_ins);
	tw_arena_init(&arena, mem);
	tw_buf_init(&buf, mem);
	tw_paint_init(&paint, &buf, &arena, style);
	switch (style->format) {
	case TW_FORMAT_TEXT:
		write_text(&paint, &list);
		break;
	case TW_FORMAT_CONCISE:
		paint.color = false;
		write_concise(&paint, &list);
		break;
	case TW_FORMAT_JSON:
		write_json(&paint, &list);
		break;
	}
	tw_arena_fini(&arena);
	return tw_sink_flush(sink, &buf);
}
