/* SPDX-License-Identifier: Apache-2.0 */
/* FINDING of contract section 4, as JSON. */

#include "report_out.h"

static void write_related(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_finding *finding)
{
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < finding->related_n; i++) {
		tw_jsonw_object(w, false);
		tw_json_key_str(w, "message", finding->related[i].message);
		tw_jsonw_key(w, "location");
		tw_json_location(doc, w, finding->related[i].span);
		tw_jsonw_end_object(w);
	}
	tw_jsonw_end_array(w);
}

/* A finding says whom it hurts and how much; the rest stands in its flows. */
static void write_clients(struct tw_jsonw *w, const struct tw_finding *finding)
{
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < finding->clients_n; i++) {
		const struct tw_client_result *it = &finding->client[i];
		tw_jsonw_object(w, true);
		tw_json_key_str(w, "id", it->client->id);
		tw_json_key_str(w, "level", tw_level_name(it->level));
		tw_json_key_uint(w, "passing", it->passing);
		tw_json_key_uint(w, "total", it->total);
		if (it->leg_total > 0) {
			tw_jsonw_key(w, "leg");
			tw_jsonw_object(w, true);
			tw_json_key_uint(w, "passing", it->leg_passing);
			tw_json_key_uint(w, "total", it->leg_total);
			tw_jsonw_end_object(w);
		}
		tw_jsonw_end_object(w);
	}
	tw_jsonw_end_array(w);
}

static void write_suppressed(
	struct tw_doc *doc, struct tw_jsonw *w, const struct tw_finding *finding)
{
	if (!finding->suppressed) {
		tw_jsonw_null(w);
		return;
	}
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "reason", finding->suppressed_reason);
	tw_json_key_str(w, "until", finding->suppressed_until);
	tw_jsonw_key(w, "location");
	tw_json_location(doc, w, finding->suppressed_span);
	tw_jsonw_end_object(w);
}

static void write_near_miss(
	struct tw_doc *doc, struct tw_jsonw *w, const struct tw_near_miss *near_miss)
{
	if (near_miss->rule == NULL) {
		tw_jsonw_null(w);
		return;
	}
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "rule", near_miss->rule);
	tw_json_key_str(w, "message", near_miss->message);
	tw_jsonw_key(w, "location");
	tw_json_location(doc, w, near_miss->span);
	tw_jsonw_end_object(w);
}

static void write_reach(struct tw_jsonw *w, const struct tw_finding *finding)
{
	tw_jsonw_key(w, "affects");
	tw_jsonw_object(w, true);
	tw_json_key_uint(w, "subnets", finding->subnets);
	tw_json_key_uint(w, "interfaces", finding->interfaces);
	tw_jsonw_key(w, "examples");
	tw_json_strings(w, finding->example, finding->examples_n);
	tw_json_key_str(w, "suffers", finding->suffers);
	tw_jsonw_end_object(w);
	tw_jsonw_key(w, "cause");
	tw_jsonw_object(w, true);
	tw_json_key_str(w, "component", finding->cause_component);
	tw_json_key_str(w, "list", finding->cause_list);
	tw_json_key_str(w, "rule", finding->cause_rule);
	tw_jsonw_end_object(w);
}

void tw_json_finding(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_finding *finding)
{
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "code", finding->code);
	tw_json_key_str(w, "name", finding->name);
	tw_json_key_str(w, "level", tw_level_name(finding->level));
	tw_json_key_str(w, "message", finding->message);
	tw_jsonw_key(w, "location");
	tw_json_location(doc, w, finding->span);
	tw_jsonw_key(w, "related");
	write_related(doc, w, finding);
	tw_jsonw_key(w, "flows");
	tw_json_strings(w, finding->flow, finding->flows_n);
	tw_json_key_str(w, "direction", finding->direction);
	tw_jsonw_key(w, "clients");
	write_clients(w, finding);
	write_reach(w, finding);
	tw_jsonw_key(w, "suppressed");
	write_suppressed(doc, w, finding);
	tw_jsonw_key(w, "fixes");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < finding->fixes_n; i++)
		tw_json_fix(doc, w, &finding->fix[i]);
	tw_jsonw_end_array(w);
	tw_json_key_str(w, "fingerprint", finding->fingerprint);
	tw_json_key_str(w, "label", finding->label);
	tw_jsonw_key(w, "near_miss");
	write_near_miss(doc, w, &finding->near_miss);
	tw_jsonw_key(w, "notes");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < finding->notes_n; i++)
		tw_jsonw_str(w, finding->note[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_end_object(w);
}
