/* SPDX-License-Identifier: Apache-2.0 */
/* `trace`: one question, judged with every hop, for every client of the table. */
#include "ask.h"
#include "behind.h"
#include "report.h"
#include "report_diag.h"

static tw_status complain(struct tw_diags *diags, const char *format, const char *text)
{
	TW_TRY(tw_diag_add(diags, TW_LEVEL_ERROR, 0, TW_NO_SPAN, "%s `%s`: expected %s",
		"cannot read", text, format));
	return TW_EINVAL;
}

/* What is asked about: --protocol, --port and a port behind Y, in one service. */
static tw_status service_of(const struct tw_trace_options *o, const struct tw_selection *to,
	struct tw_arena *arena, struct tw_diags *diags, struct tw_service *ret)
{
	struct tw_service service = {.protocol = TW_PROTOCOL_TCP, .ports = {0, 65535}};
	const char *protocol = o->protocol ? o->protocol : "tcp";
	if (strcmp(protocol, "tcp") == 0 || strcmp(protocol, "udp") == 0)
		service.protocol = protocol[0] == 't' ? TW_PROTOCOL_TCP : TW_PROTOCOL_UDP;
	else if (!tw_service_parse(protocol, &service))
		return complain(diags,
			"tcp, udp, icmp, icmp/8, icmp/8/0, icmpv6/128, protocol/50 or all",
			protocol);
	if (to->has_service)
		service.ports = to->service.ports;
	if (o->port) {
		struct tw_service ports;
		const char *text = tw_arena_printf(arena, "tcp/%s", o->port);
		if (!text)
			return TW_ENOMEM;
		if (!tw_service_parse(text, &ports))
			return complain(diags, "a port, or ports as 8000-8100", o->port);
		service.ports = ports.ports;
	}
	bool has_ports = service.protocol >= 0 && tw_protocol_has_ports((uint8_t)service.protocol);
	if ((o->port || to->has_service) && !has_ports)
		return complain(diags, "tcp or udp where a port is asked for", protocol);
	*ret = service;
	return TW_OK;
}

static tw_status draft_of(struct tw_results *r, const struct tw_selection *from,
	const struct tw_selection *to, const struct tw_service *service, struct tw_draft *ret)
{
	struct tw_draft draft = {.acl = TW_MISSING, .outbound = to->internet};
	struct tw_flow *flow = &draft.flow;
	flow->origin = "asked";
	flow->purpose = "asked";
	flow->satisfied = -1;
	flow->because = "asked for";
	TW_TRY(tw_peer_of(r, from, &flow->from));
	TW_TRY(tw_peer_of(r, to, &flow->to));
	TW_TRY(tw_question_text(r, service, 1, flow));
	flow->id = tw_arena_printf(
		r->arena, "%s/%s/%s", flow->from.name, flow->to.name, flow->service_text);
	*ret = draft;
	return flow->id ? TW_OK : TW_ENOMEM;
}

static tw_status judge_question(struct tw_results *r, const struct tw_selection *from,
	const struct tw_selection *to, const struct tw_service *service)
{
	struct tw_draft draft;
	struct tw_levels levels = {0};
	TW_TRY(draft_of(r, from, to, service, &draft));
	if (from->client)
		TW_TRY(tw_levels_given(r->work, &from->client, 1, &levels));
	if (from->managed || to->managed)
		r->assumptions |= TW_ASSUME_MANAGED;
	struct tw_question q = {.from = &from->sites,
		.to = &to->sites,
		.service = service,
		.services = 1,
		.given = from->client ? &levels : NULL,
		.trace = true,
		.cap = TW_LEVEL_ERROR};
	tw_status status = tw_ask(r, &q);
	for (size_t i = 0; status == TW_OK && i < q.pieces.n; i++)
		status = tw_judge_piece(r->judge, r->work, &q.pieces.v[i], &draft.outcomes);
	if (status == TW_OK)
		status = tw_results_add_flow(r, &draft);
	if (status == TW_OK && draft.flow.verdict != TW_BLOCKED)
		status = tw_judge_after(r, &to->sites, service, 1, draft.flow.id);
	TW_VEC_FREE(r->mem, &draft.outcomes);
	tw_question_free(r, &q);
	return status;
}

static tw_status trace(
	struct tw_results *r, const struct tw_trace_options *o, struct tw_diags *diags)
{
	struct tw_selection from = {0}, to = {0};
	struct tw_service service;
	tw_status first = tw_select_text(
		r->net, o->intents, r->work, diags, TW_NO_SPAN, o->from, false, &from);
	if (first != TW_OK && first != TW_EINVAL)
		return first;
	TW_TRY(tw_select_text(r->net, o->intents, r->work, diags, TW_NO_SPAN, o->to, true, &to));
	TW_TRY(first);
	TW_TRY(service_of(o, &to, r->work, diags, &service));
	return judge_question(r, &from, &to, &service);
}

tw_status tw_trace(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_trace_options *options, struct tw_diags *ret_diags, struct tw_report **ret)
{
	struct tw_results results;
	/* Ignores are for `check`: a question is answered in full. */
	const struct tw_check_options check = {
		.client = options->client, .clients = options->clients};
	TW_TRY(tw_report_open(mem, net, &check, true, NULL, &results));
	return tw_report_close(&results, trace(&results, options, ret_diags), ret);
}
