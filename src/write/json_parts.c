/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of JSON reports that occur in many places: lists, places, clients, reasons. */

#include "report_out.h"
#include "twoway/version.h"

void tw_json_begin(struct tw_jsonw *w, struct tw_buf *buf)
{
	tw_jsonw_init(w, buf);
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "schema", "twoway/1");
	tw_json_key_str(w, "version", tw_version());
}

void tw_json_finish(struct tw_jsonw *w)
{
	tw_jsonw_end_object(w);
	tw_buf_putc(w->buf, '\n');
}

void tw_json_key_str(struct tw_jsonw *w, const char *key, const char *value)
{
	tw_jsonw_key(w, key);
	tw_jsonw_str(w, value);
}

void tw_json_key_uint(struct tw_jsonw *w, const char *key, uint64_t value)
{
	tw_jsonw_key(w, key);
	tw_jsonw_uint(w, value);
}

void tw_json_strings(struct tw_jsonw *w, const char *const *text, size_t n)
{
	tw_jsonw_array(w, true);
	for (size_t i = 0; i < n; i++)
		tw_jsonw_str(w, text[i]);
	tw_jsonw_end_array(w);
}

void tw_json_ports(struct tw_jsonw *w, const struct tw_ports *ports, size_t n, bool null_if_none)
{
	if (null_if_none && ports == NULL) {
		tw_jsonw_null(w);
		return;
	}
	tw_jsonw_array(w, true);
	for (size_t i = 0; i < n; i++) {
		tw_jsonw_array(w, true);
		tw_jsonw_uint(w, ports[i].lo);
		tw_jsonw_uint(w, ports[i].hi);
		tw_jsonw_end_array(w);
	}
	tw_jsonw_end_array(w);
}

void tw_json_prefixes(struct tw_jsonw *w, const struct tw_prefix *prefix, size_t n)
{
	char text[TW_PREFIX_TEXT];

	tw_jsonw_array(w, true);
	for (size_t i = 0; i < n; i++)
		tw_jsonw_str(w, tw_prefix_text(prefix[i], text));
	tw_jsonw_end_array(w);
}

void tw_json_location(struct tw_doc *doc, struct tw_jsonw *w, struct tw_span span)
{
	struct tw_place place;

	if (span.file == 0) {
		tw_jsonw_null(w);
		return;
	}
	tw_status status = tw_sources_place(doc->sources, span, &place);
	if (status != TW_OK) {
		tw_paint_status(&doc->paint, status);
		return;
	}
	tw_jsonw_object(w, true);
	tw_json_key_str(w, "path", place.path);
	tw_json_key_uint(w, "line", place.line);
	tw_json_key_uint(w, "column", place.column);
	tw_json_key_uint(w, "end_line", place.end_line);
	tw_json_key_uint(w, "end_column", place.end_column);
	tw_jsonw_end_object(w);
}

void tw_json_client(struct tw_jsonw *w, const struct tw_client *client, bool full)
{
	tw_jsonw_object(w, !full);
	tw_json_key_str(w, "id", client->id);
	if (full)
		tw_json_key_str(w, "title", client->title);
	tw_jsonw_key(w, "ports");
	tw_json_ports(w, client->range, client->ranges, false);
	tw_json_key_uint(w, "count", tw_client_total(client));
	tw_json_key_str(w, "picks", tw_picks_name(client->picks));
	tw_json_key_str(w, "source", client->source);
	if (full) {
		tw_json_key_str(w, "reference", client->reference);
		tw_json_key_str(w, "note", client->note);
	}
	tw_jsonw_end_object(w);
}

void tw_json_client_result(struct tw_jsonw *w, const struct tw_client_result *client)
{
	tw_jsonw_object(w, true);
	tw_json_key_str(w, "id", client->client->id);
	tw_json_key_str(w, "level", tw_level_name(client->level));
	tw_json_key_str(w, "verdict", tw_verdict_name(client->verdict));
	tw_json_key_uint(w, "passing", client->passing);
	tw_json_key_uint(w, "undecided", client->undecided);
	tw_json_key_uint(w, "total", client->total);
	tw_jsonw_key(w, "pattern");
	if (client->runs) {
		tw_jsonw_object(w, true);
		tw_json_key_str(w, "kind", "runs");
		tw_json_key_uint(w, "fail", client->run_fail);
		tw_json_key_uint(w, "ok", client->run_ok);
		tw_jsonw_end_object(w);
	} else {
		tw_jsonw_null(w);
	}
	tw_jsonw_end_object(w);
}

void tw_json_reason(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_reason *reason)
{
	if (reason->code == NULL) {
		tw_jsonw_null(w);
		return;
	}
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "code", reason->code);
	tw_json_key_str(w, "component", reason->component);
	tw_jsonw_key(w, "location");
	tw_json_location(doc, w, reason->span);
	tw_json_key_str(w, "message", reason->message);
	tw_jsonw_end_object(w);
}

void tw_json_inputs(struct tw_jsonw *w, const struct tw_input_file *input, size_t n)
{
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < n; i++) {
		tw_jsonw_object(w, true);
		tw_json_key_str(w, "path", input[i].path);
		tw_json_key_str(w, "kind", input[i].kind);
		tw_json_key_str(w, "part_of", input[i].part_of);
		tw_json_key_str(w, "detail", input[i].detail);
		tw_jsonw_end_object(w);
	}
	tw_jsonw_end_array(w);
}

void tw_json_assumptions(
	struct tw_doc *doc, struct tw_jsonw *w, const struct tw_assumption *assumption, size_t n)
{
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < n; i++) {
		tw_jsonw_object(w, false);
		tw_json_key_str(w, "id", assumption[i].id);
		tw_json_key_str(w, "message", assumption[i].message);
		tw_jsonw_key(w, "location");
		tw_json_location(doc, w, assumption[i].span);
		tw_jsonw_end_object(w);
	}
	tw_jsonw_end_array(w);
}
