/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON report of `check` and `trace`: contract section 4, key for key and in its order. Keys
 * beyond it (a finding's `label` and `notes`, a flow's `sentence`, ...) come last in their object
 * and are listed in docs/json.md.
 */

#include "report_out.h"

static void write_peer(struct tw_jsonw *w, const struct tw_peer *peer)
{
	tw_jsonw_object(w, true);
	tw_json_key_str(w, "name", peer->name);
	tw_jsonw_key(w, "ids");
	tw_json_strings(w, peer->ids, peer->ids_n);
	tw_jsonw_key(w, "addresses");
	if (peer->addresses_n > 0)
		tw_json_prefixes(w, peer->address, peer->addresses_n);
	else
		tw_jsonw_null(w);
	tw_jsonw_end_object(w);
}

static void write_via(struct tw_jsonw *w, const char *after)
{
	if (!after) {
		tw_jsonw_null(w);
		return;
	}
	tw_jsonw_object(w, true);
	tw_json_key_str(w, "after", after);
	tw_jsonw_end_object(w);
}

static void write_path(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_flow_path *path)
{
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "id", path->id);
	tw_json_key_str(w, "by", path->by);
	tw_jsonw_key(w, "regions");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < path->regions_n; i++)
		tw_json_region(doc, w, &path->region[i]);
	tw_jsonw_end_array(w);
	tw_json_key_uint(w, "regions_total", path->regions_total);
	tw_json_key_str(w, "choice", path->choice);
	tw_jsonw_end_object(w);
}

static void write_evidence(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_flow *flow)
{
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < flow->evidence_n; i++) {
		tw_jsonw_object(w, false);
		tw_json_key_str(w, "component", flow->evidence[i].component);
		tw_json_key_str(w, "rule", flow->evidence[i].rule);
		tw_jsonw_key(w, "location");
		tw_json_location(doc, w, flow->evidence[i].span);
		tw_jsonw_end_object(w);
	}
	tw_jsonw_end_array(w);
}

static void write_origin(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_flow *flow)
{
	tw_json_key_str(w, "id", flow->id);
	tw_json_key_str(w, "name", flow->name);
	tw_json_key_str(w, "origin", flow->origin);
	tw_json_key_str(w, "purpose", flow->purpose);
	tw_json_key_str(w, "expect", flow->expect);
	tw_jsonw_key(w, "satisfied");
	if (flow->satisfied < 0)
		tw_jsonw_null(w);
	else
		tw_jsonw_bool(w, flow->satisfied > 0);
	tw_json_key_str(w, "because", flow->because);
	tw_jsonw_key(w, "evidence");
	write_evidence(doc, w, flow);
}

void tw_json_flow(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_flow *flow)
{
	tw_jsonw_object(w, false);
	write_origin(doc, w, flow);
	tw_jsonw_key(w, "from");
	write_peer(w, &flow->from);
	tw_jsonw_key(w, "to");
	write_peer(w, &flow->to);
	tw_json_key_str(w, "protocol", flow->protocol);
	tw_jsonw_key(w, "service_ports");
	tw_json_ports(w, flow->service, flow->service_n, true);
	tw_jsonw_key(w, "via");
	write_via(w, flow->via);
	tw_json_key_str(w, "request", flow->request);
	tw_json_key_str(w, "verdict", tw_verdict_name(flow->verdict));
	tw_jsonw_key(w, "reason");
	tw_json_reason(doc, w, &flow->reason);
	tw_jsonw_key(w, "clients");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < flow->clients_n; i++)
		tw_json_client_result(w, &flow->client[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_key(w, "paths");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < flow->paths_n; i++)
		write_path(doc, w, &flow->path[i]);
	tw_jsonw_end_array(w);
	tw_json_key_str(w, "service", flow->service_text);
	tw_json_key_str(w, "sentence", flow->sentence);
	tw_jsonw_end_object(w);
}

static void write_coverage(struct tw_jsonw *w, const struct tw_report *report)
{
	tw_jsonw_object(w, true);
	tw_jsonw_key(w, "subnets");
	tw_jsonw_array(w, true);
	tw_jsonw_uint(w, report->subnets_judged);
	tw_jsonw_uint(w, report->subnets);
	tw_jsonw_end_array(w);
	tw_jsonw_key(w, "interfaces");
	tw_jsonw_array(w, true);
	tw_jsonw_uint(w, report->interfaces_judged);
	tw_jsonw_uint(w, report->interfaces);
	tw_jsonw_end_array(w);
	tw_json_key_uint(w, "open_acls", report->open_acls);
	tw_jsonw_end_object(w);
}

static void write_summary(struct tw_jsonw *w, const struct tw_summary *summary)
{
	tw_jsonw_object(w, false);
	tw_json_key_uint(w, "flows", summary->flows);
	tw_json_key_uint(w, "complete", summary->complete);
	tw_json_key_uint(w, "partial", summary->partial);
	tw_json_key_uint(w, "one_way", summary->one_way);
	tw_json_key_uint(w, "blocked", summary->blocked);
	tw_json_key_uint(w, "unknown", summary->unknown);
	tw_json_key_uint(w, "violated", summary->violated);
	tw_json_key_uint(w, "errors", summary->errors);
	tw_json_key_uint(w, "warnings", summary->warnings);
	tw_json_key_uint(w, "notes", summary->notes);
	tw_json_key_uint(w, "suppressed", summary->suppressed);
	tw_jsonw_end_object(w);
}

void tw_json_report(struct tw_doc *doc)
{
	const struct tw_report *report = doc->report;
	struct tw_jsonw w;

	tw_json_begin(&w, doc->paint.buf);
	tw_json_key_str(&w, "today", report->today);
	tw_jsonw_key(&w, "inputs");
	tw_json_inputs(&w, doc->input, doc->inputs);
	tw_jsonw_key(&w, "assumptions");
	tw_json_assumptions(doc, &w, report->assumption, report->assumptions_n);
	tw_jsonw_key(&w, "clients");
	tw_jsonw_array(&w, false);
	for (size_t i = 0; i < report->clients_n; i++)
		tw_json_client(&w, report->client[i], false);
	tw_jsonw_end_array(&w);
	tw_jsonw_key(&w, "coverage");
	write_coverage(&w, report);
	tw_jsonw_key(&w, "flows");
	tw_jsonw_array(&w, false);
	for (size_t i = 0; i < report->flows_n; i++)
		tw_json_flow(doc, &w, &report->flow[i]);
	tw_jsonw_end_array(&w);
	tw_jsonw_key(&w, "findings");
	tw_jsonw_array(&w, false);
	for (size_t i = 0; i < report->findings_n; i++)
		tw_json_finding(doc, &w, &report->finding[i]);
	tw_jsonw_end_array(&w);
	tw_jsonw_key(&w, "summary");
	write_summary(&w, &report->summary);
	if (report->notes_n > 0) {
		tw_jsonw_key(&w, "notes");
		tw_json_strings(&w, report->note, report->notes_n);
	}
	tw_json_finish(&w);
}
