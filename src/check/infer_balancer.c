/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load balancers: a listener is intent. Who calls it is said by the balancer's groups
 * (infer_group.c); one without groups, or with open ones, that faces the internet is called from
 * there. Behind it,
 * behind.c.
 */
#include "behind.h"
#include "index.h"
#include "site.h"

static tw_status draft_of(struct tw_results *r, const struct tw_balancer *b,
	const struct tw_listener *listener, const struct tw_service *service, size_t services,
	struct tw_draft *ret)
{
	struct tw_draft draft = {
		.protocol = (uint8_t)service[0].protocol, .acl = TW_MISSING, .balancer = true};
	const char *name = tw_balancer_label(r->net, b);
	struct tw_flow *flow = &draft.flow;
	struct tw_evidence *evidence = TW_NEW(r->arena, struct tw_evidence);
	const char **id = TW_NEW_ARRAY(r->arena, const char *, 1);
	const char *port = tw_arena_printf(r->arena, "%u", (unsigned)listener->port);

	if (!evidence || !id || !port)
		return TW_ENOMEM;
	id[0] = b->object.id;
	flow->id = tw_arena_printf(r->arena, "%s/%s", name, port);
	flow->because = tw_arena_printf(r->arena, "listener %s of %s", port, name);
	flow->origin = "inferred";
	flow->purpose = "service";
	flow->satisfied = -1;
	flow->from = (struct tw_peer){.name = "internet"};
	flow->to = (struct tw_peer){.name = name, .ids = id, .ids_n = 1};
	if (!flow->id || !flow->because)
		return TW_ENOMEM;
	*evidence = (struct tw_evidence){
		name, NULL, "faces the internet and listens here", listener->object.span};
	flow->evidence = evidence;
	flow->evidence_n = 1;
	*ret = draft;
	return tw_question_text(r, service, services, &ret->flow);
}

static tw_status infer_listener(struct tw_results *r, const struct tw_balancer *b,
	const struct tw_listener *listener, const struct tw_sites *from, const struct tw_sites *to)
{
	struct tw_service service[2];
	struct tw_draft draft;
	size_t n = 0;

	if (tw_listener_is_tcp(listener->protocol))
		service[n++] = (struct tw_service){
			.protocol = TW_PROTOCOL_TCP, .ports = {listener->port, listener->port}};
	if (tw_listener_is_udp(listener->protocol))
		service[n++] = (struct tw_service){
			.protocol = TW_PROTOCOL_UDP, .ports = {listener->port, listener->port}};
	if (n == 0 || listener->port == 0)
		return TW_OK;
	TW_TRY(draft_of(r, b, listener, service, n, &draft));
	struct tw_question q = {.from = from,
		.to = to,
		.service = service,
		.services = n,
		.inferred = true,
		.cap = TW_LEVEL_ERROR};
	tw_status status = tw_question_judge(r, &q, &draft);
	if (status == TW_OK)
		status = tw_draft_keep(r, &draft);
	tw_draft_free(r, &draft);
	tw_question_free(r, &q);
	return status;
}

static tw_status infer_callers(struct tw_results *r, uint32_t at)
{
	const struct tw_balancer *b = &r->net->balancer[at];
	struct tw_sites from = TW_VEC_EMPTY, to = TW_VEC_EMPTY;
	struct tw_ranges internet;

	internet = r->net->index->internet;
	struct tw_site outside = tw_site_nowhere(TW_SITE_OUTSIDE, internet);
	TW_TRY(tw_sites_add(r->work, &from, &outside));
	TW_TRY(tw_sites_of_balancer(r->net, r->work, at, &to));
	for (size_t i = 0; i < b->listeners.n; i++)
		TW_TRY(infer_listener(r, b, &r->net->listener[b->listeners.at[i]], &from, &to));
	return TW_OK;
}

/* A group that lets everything in names no service and no caller: the listener does. */
static bool lets_all_in(const struct tw_net *net, const struct tw_balancer *b)
{
	for (size_t i = 0; i < b->groups.n; i++) {
		if (b->groups.at[i] == TW_MISSING)
			continue;
		struct tw_rules rules = net->group[b->groups.at[i]].list[TW_INGRESS];
		for (size_t k = 0; k < rules.n; k++)
			if (tw_group_rule_is_open(&rules.rule[k]) && rules.rule[k].peer.len == 0 &&
				!rules.rule[k].peer_group && !rules.rule[k].peer_prefix_list &&
				!rules.rule[k].maybe)
				return true;
	}
	return false;
}

tw_status tw_infer_balancer(struct tw_results *results, uint32_t balancer)
{
	const struct tw_balancer *b = &results->net->balancer[balancer];

	if (b->gone || b->type == TW_BALANCER_GATEWAY)
		return TW_OK;
	if (b->internet_facing && (b->groups.n == 0 || lets_all_in(results->net, b)))
		TW_TRY(infer_callers(results, balancer));
	return tw_judge_balancer(results, balancer);
}
