/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entrance of the floor: picks the writer for a format, and hands over what it wrote in one
 * piece, so that a failure in the middle leaves nothing half-written.
 */

#include "report_out.h"

bool tw_format_parse(const char *text, enum tw_format *ret)
{
	static const struct {
		const char *name;
		enum tw_format format;
	} formats[] = {
		{"text", TW_FORMAT_TEXT},
		{"concise", TW_FORMAT_CONCISE},
		{"json", TW_FORMAT_JSON},
	};

	for (size_t i = 0; i < TW_COUNT(formats); i++) {
		if (strcmp(text, formats[i].name) == 0) {
			*ret = formats[i].format;
			return true;
		}
	}
	return false;
}

tw_status tw_sink_flush(struct tw_sink sink, struct tw_buf *buf)
{
	tw_status status = tw_buf_status(buf);

	if (status == TW_OK && buf->n > 0)
		status = sink.write(sink.ctx, buf->p, buf->n);
	tw_buf_fini(buf);
	return status;
}

static tw_status write_doc(struct tw_doc *doc, struct tw_mem *mem, void (*text)(struct tw_doc *),
	void (*concise)(struct tw_doc *), void (*json)(struct tw_doc *), struct tw_sink sink)
{
	struct tw_arena arena;
	struct tw_buf buf;

	tw_arena_init(&arena, mem);
	tw_buf_init(&buf, mem);
	tw_paint_init(&doc->paint, &buf, &arena, doc->style);
	switch (doc->style->format) {
	case TW_FORMAT_TEXT:
		text(doc);
		break;
	case TW_FORMAT_CONCISE:
		concise(doc);
		break;
	case TW_FORMAT_JSON:
		json(doc);
		break;
	}
	tw_arena_fini(&arena);
	return tw_sink_flush(sink, &buf);
}

tw_status tw_write_check(struct tw_mem *mem, const struct tw_report *report,
	const struct tw_input_file *inputs, size_t inputs_n, struct tw_sources *sources,
	const struct tw_style *style, struct tw_sink sink)
{
	struct tw_doc doc = {.report = report,
		.input = inputs,
		.inputs = inputs_n,
		.sources = sources,
		.style = style};

	return write_doc(&doc, mem, tw_text_check, tw_concise_check, tw_json_report, sink);
}

tw_status tw_write_trace(struct tw_mem *mem, const struct tw_report *report,
	const struct tw_input_file *inputs, size_t inputs_n, struct tw_sources *sources,
	const struct tw_style *style, struct tw_sink sink)
{
	struct tw_doc doc = {.report = report,
		.input = inputs,
		.inputs = inputs_n,
		.sources = sources,
		.style = style};

	return write_doc(&doc, mem, tw_text_trace, tw_concise_trace, tw_json_report, sink);
}

tw_status tw_write_diff(struct tw_mem *mem, const struct tw_difference *difference,
	const struct tw_input_file *old_input, size_t old_inputs,
	const struct tw_input_file *new_input, size_t new_inputs, struct tw_sources *sources,
	const struct tw_style *style, struct tw_sink sink)
{
	struct tw_doc doc = {.difference = difference,
		.input = old_input,
		.inputs = old_inputs,
		.new_input = new_input,
		.new_inputs = new_inputs,
		.sources = sources,
		.style = style};

	return write_doc(&doc, mem, tw_text_diff, tw_concise_diff, tw_json_diff, sink);
}
