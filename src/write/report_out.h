/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_WRITE_REPORT_OUT_H
#define TW_WRITE_REPORT_OUT_H

/* What every writer of a report is given, and the writers behind tw_write_check and tw_write_trace.
 */

#include "filter.h"
#include "jsonw.h"
#include "paint.h"

struct tw_doc {
	struct tw_paint paint;
	const struct tw_report *report;
	const struct tw_difference *difference; /* in place of a report */
	const struct tw_input_file *input;
	size_t inputs;
	const struct tw_input_file *new_input; /* of a difference; `input` is the old one */
	size_t new_inputs;
	struct tw_sources *sources;
	const struct tw_style *style;
};

void tw_text_check(struct tw_doc *doc);
void tw_text_trace(struct tw_doc *doc);
void tw_concise_check(struct tw_doc *doc);
void tw_concise_trace(struct tw_doc *doc);
void tw_json_report(struct tw_doc *doc);
void tw_text_diff(struct tw_doc *doc);
void tw_concise_diff(struct tw_doc *doc);
void tw_json_diff(struct tw_doc *doc);

/* Parts of text reports. */

/* "path:line:column: ", or "-: ". */
void tw_concise_place(struct tw_doc *doc, struct tw_span span);
/* One finding: head, excerpt, notes, clients; ends with an empty line. */
void tw_text_finding(struct tw_doc *doc, const struct tw_finding *finding);
/* The first fix of a finding in full, the others in a line each; nothing if there is none. */
void tw_text_fixes(struct tw_doc *doc, const struct tw_finding *finding, size_t gutter);
/* "assumed: ..." for each assumption. */
void tw_text_assumptions(struct tw_doc *doc);
/* Who starts and who answers, in words. */
struct tw_ends {
	const char *from, *to;
};
/* One region with its drawing, its port strip and its witness. */
void tw_text_region(struct tw_doc *doc, const struct tw_ends *ends, const struct tw_region *region);
/* The hops of a region in both directions. */
void tw_draw_region(struct tw_doc *doc, const struct tw_ends *ends, const struct tw_region *region);
/* Which of the 64K ports return, and which of them each client uses. */
void tw_draw_strip(struct tw_paint *paint, const struct tw_region *region);

/* Parts of JSON reports. */

/* A port or client list: [[lo, hi], ...], null if `null_if_none` and v is NULL. */
void tw_json_ports(struct tw_jsonw *w, const struct tw_ports *ports, size_t n, bool null_if_none);
void tw_json_location(struct tw_doc *doc, struct tw_jsonw *w, struct tw_span span);
void tw_json_inputs(struct tw_jsonw *w, const struct tw_input_file *input, size_t n);
void tw_json_assumptions(
	struct tw_doc *doc, struct tw_jsonw *w, const struct tw_assumption *assumption, size_t n);
/* The boxes of a region or a change. */
void tw_json_boxes(struct tw_jsonw *w, const struct tw_flow_box *box, size_t n);
/* Null for none. */
void tw_json_witness(struct tw_jsonw *w, const struct tw_witness *witness);
void tw_json_client(struct tw_jsonw *w, const struct tw_client *client, bool full);
void tw_json_client_result(struct tw_jsonw *w, const struct tw_client_result *client);
void tw_json_reason(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_reason *reason);
void tw_json_flow(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_flow *flow);
void tw_json_region(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_region *region);
void tw_json_finding(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_finding *finding);
void tw_json_fix(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_fix *fix);
void tw_json_box(struct tw_jsonw *w, const struct tw_flow_box *box);
void tw_json_icmp(
	struct tw_jsonw *w, const struct tw_icmp_range *range, size_t n, bool null_if_none);
/* Addresses as CIDR blocks. */
void tw_json_prefixes(struct tw_jsonw *w, const struct tw_prefix *prefix, size_t n);
void tw_json_strings(struct tw_jsonw *w, const char *const *text, size_t n);
/* A key and what follows it. */
void tw_json_key_str(struct tw_jsonw *w, const char *key, const char *value);
void tw_json_key_uint(struct tw_jsonw *w, const char *key, uint64_t value);
/* {"schema": ..., "version": ..., the rest is the caller's. */
void tw_json_begin(struct tw_jsonw *w, struct tw_buf *buf);
/* Closes the object and ends the line. */
void tw_json_finish(struct tw_jsonw *w);

/* Hands the buffer over, or says why there is nothing to hand over; frees it either way. */
TW_NODISCARD tw_status tw_sink_flush(struct tw_sink sink, struct tw_buf *buf);

#endif
