/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of `diff`: schema/diff.schema.json, docs/diff.md. */

#include "report_out.h"

static void write_side(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_change *change,
	const struct tw_change_side *side)
{
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "verdict", tw_verdict_name(side->verdict));
	tw_jsonw_key(w, "returns");
	if (change->reply_kind == TW_REPLY_PORTS)
		tw_json_ports(w, side->returns, side->returns_n, false);
	else
		tw_jsonw_null(w);
	tw_jsonw_key(w, "clients");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < change->clients_n; i++)
		tw_json_client_result(w, &side->client[i]);
	tw_jsonw_end_array(w);
	tw_json_key_str(w, "rule", side->rule);
	tw_jsonw_key(w, "location");
	tw_json_location(doc, w, side->span);
	tw_jsonw_end_object(w);
}

static void write_change(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_change *change)
{
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "kind", tw_change_name(change->kind));
	tw_jsonw_key(w, "slight");
	tw_jsonw_bool(w, change->slight);
	tw_json_key_str(w, "component", change->component);
	tw_json_key_str(w, "list", change->list);
	tw_json_key_str(w, "from", change->from);
	tw_json_key_str(w, "to", change->to);
	tw_json_key_str(w, "service", change->service_text);
	tw_json_key_uint(w, "family", change->family);
	tw_json_key_str(w, "protocol", change->protocol_text);
	tw_jsonw_key(w, "boxes");
	tw_json_boxes(w, change->box, change->boxes_n);
	tw_jsonw_key(w, "before");
	write_side(doc, w, change, &change->before);
	tw_jsonw_key(w, "after");
	write_side(doc, w, change, &change->after);
	tw_jsonw_key(w, "witness");
	tw_json_witness(w, change->witness);
	tw_json_key_str(w, "cuts", change->cuts);
	tw_json_key_str(w, "sentence", change->sentence);
	tw_jsonw_end_object(w);
}

static void write_summary(struct tw_jsonw *w, const struct tw_difference *difference)
{
	static const char *const keys[] = {
		"appears", "vanishes", "breaks", "mends", "clients", "one_way", "unknown"};
	size_t count[TW_COUNT(keys)] = {0};

	for (size_t i = 0; i < difference->changes; i++)
		count[difference->change[i].kind]++;
	tw_jsonw_object(w, false);
	tw_json_key_uint(w, "changes", difference->changes);
	for (size_t i = 0; i < TW_COUNT(keys); i++)
		tw_json_key_uint(w, keys[i], count[i]);
	tw_json_key_uint(w, "components", difference->components);
	tw_jsonw_end_object(w);
}

void tw_json_diff(struct tw_doc *doc)
{
	const struct tw_difference *difference = doc->difference;
	struct tw_jsonw w;

	tw_json_begin(&w, doc->paint.buf);
	tw_jsonw_key(&w, "filters");
	tw_jsonw_bool(&w, difference->filters);
	tw_jsonw_key(&w, "old");
	tw_json_inputs(&w, doc->input, doc->inputs);
	tw_jsonw_key(&w, "new");
	tw_json_inputs(&w, doc->new_input, doc->new_inputs);
	tw_jsonw_key(&w, "assumptions");
	tw_json_assumptions(doc, &w, difference->assumption, difference->assumptions_n);
	tw_jsonw_key(&w, "changes");
	tw_jsonw_array(&w, false);
	for (size_t i = 0; i < difference->changes; i++)
		write_change(doc, &w, &difference->change[i]);
	tw_jsonw_end_array(&w);
	tw_jsonw_key(&w, "differs");
	tw_json_strings(&w, difference->differs, difference->differs_n);
	tw_jsonw_key(&w, "idle");
	tw_json_strings(&w, difference->idle, difference->idles);
	tw_jsonw_key(&w, "same");
	tw_json_strings(&w, difference->same, difference->sames);
	tw_jsonw_key(&w, "summary");
	write_summary(&w, difference);
	tw_json_finish(&w);
}
