/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From intents to the plan: each flow, as the network ACLs and groups of both its ends see it, and
 * path-MTU messages for whoever speaks TCP or UDP.
 */
#include "ends.h"
#include "world.h"

/* Whose ports replies go to: of the intent, of the name, of --client, or anybody's. */
static tw_status find_clients(struct tw_plan *plan, const struct tw_intent *intent,
	const struct tw_gen_end *from, struct tw_plan_flow *flow)
{
	const struct tw_gen_options *options = plan->options;

	if (intent->clients > 0)
		return tw_plan_replies(plan, intent->client, intent->clients, flow);
	if (from->client)
		return tw_plan_replies(plan, &from->client, 1, flow);
	return tw_plan_replies(plan, options->client, options->clients, flow);
}

/* Replies that go to declared clients only are worth a word. */
static tw_status find_narrow(struct tw_plan *plan, const struct tw_intent *intent,
	const struct tw_gen_end *from, const struct tw_plan_flow *flow)
{
	struct tw_plan_flow *kept = TW_NEW(&plan->work, struct tw_plan_flow);
	struct tw_ranges public;
	bool ports = false;

	for (size_t i = 0; i < intent->services; i++)
		ports |= tw_protocol_has_ports(intent->service[i].protocol);
	if (!kept)
		return TW_ENOMEM;
	if (!ports)
		return TW_OK;
	*kept = *flow;
	TW_TRY(tw_public_ranges(&plan->work, &public));
	bool outside = tw_gen_ranges_share(from->exact, public, TW_IPV4) ||
		       tw_gen_ranges_share(from->exact, public, TW_IPV6);
	enum tw_initiator who = from->ours ? TW_BY_UNKNOWN : outside ? TW_BY_PUBLIC : TW_BY_PRIVATE;
	return tw_plan_narrow(plan, kept, who, from->internet);
}

/* Every service to or from every block of the peer, in the families that the guard has. */
static tw_status add_flow(struct tw_plan *plan, size_t guard, const struct tw_intent *intent,
	const struct tw_gen_end *peer, const bool has[2], struct tw_plan_flow *flow)
{
	for (size_t i = 0; i < peer->peers; i++) {
		uint8_t family = peer->peer[i].family;
		if (!has[family == TW_IPV6])
			continue;
		flow->peer = peer->peer[i];
		for (size_t k = 0; k < intent->services; k++) {
			flow->service = intent->service[k];
			TW_TRY(tw_plan_flow(plan, guard, flow));
		}
	}
	return TW_OK;
}

/* One direction: `own` is ours, `peer` the other end. */
static tw_status add_side(struct tw_plan *plan, const struct tw_gen_ends *ends,
	const struct tw_intent *intent, size_t own, size_t other, struct tw_plan_flow *flow)
{
	const struct tw_gen_end *end = &ends->end[own], *peer = &ends->end[other];
	const bool end_has[] = {tw_gen_end_has(end, TW_IPV4), tw_gen_end_has(end, TW_IPV6)};

	flow->exact = peer->exact;
	for (size_t i = 0; i < ends->units; i++) {
		const struct tw_gen_unit *unit = &ends->unit[i];
		const bool has[] = {end_has[0] && tw_gen_unit_has(unit, TW_IPV4),
			end_has[1] && tw_gen_unit_has(unit, TW_IPV6)};
		if (tw_gen_unit_holds(unit, own) && !tw_gen_unit_encloses(unit, peer))
			TW_TRY(add_flow(plan, unit->guard, intent, peer, has, flow));
	}
	return add_flow(plan, end->group, intent, peer, end_has, flow);
}

static tw_status refuse_foreign(struct tw_plan *plan, const struct tw_intent *intent,
	const struct tw_gen_end *from, const struct tw_gen_end *to)
{
	TW_TRY(tw_diag_add(plan->diags, TW_LEVEL_ERROR, 0, intent->span,
		"intent `%s`: neither %s nor %s is yours, so no network ACL guards them; an end is "
		"yours if it is a subnet of the input or, without subnets in the input, a private "
		"CIDR block",
		intent->name, from->name, to->name));
	return TW_EINVAL;
}

static tw_status refuse_apart(struct tw_plan *plan, const struct tw_intent *intent,
	const struct tw_gen_end *from, const struct tw_gen_end *to)
{
	TW_TRY(tw_diag_add(plan->diags, TW_LEVEL_ERROR, 0, intent->span,
		"intent `%s`: no packet of it exists, since %s and %s share no address family that "
		"the service has",
		intent->name, from->name, to->name));
	return TW_EINVAL;
}

/* Some service has a family that both ends have. */
static bool exists(
	const struct tw_intent *intent, const struct tw_gen_end *from, const struct tw_gen_end *to)
{
	bool v4 = tw_gen_end_has(from, TW_IPV4) && tw_gen_end_has(to, TW_IPV4);
	bool v6 = tw_gen_end_has(from, TW_IPV6) && tw_gen_end_has(to, TW_IPV6);

	for (size_t i = 0; i < intent->services; i++) {
		int protocol = intent->service[i].protocol;
		if ((v4 && protocol != TW_PROTOCOL_ICMPV6) || (v6 && protocol != TW_PROTOCOL_ICMP))
			return true;
	}
	return false;
}

static tw_status add_intent(struct tw_plan *plan, const struct tw_gen_ends *ends,
	const struct tw_intent *intent, size_t i)
{
	size_t from = ends->of[2 * i], to = ends->of[2 * i + 1];
	const struct tw_gen_end *a = &ends->end[from], *b = &ends->end[to];
	struct tw_plan_flow flow = {.section = 100, .span = intent->span};

	if (ends->exempt[i].text)
		return tw_gen_tell_exempt(plan, intent, b, &ends->exempt[i]);
	if (!a->ours && !b->ours)
		return refuse_foreign(plan, intent, a, b);
	if (intent->never)
		return TW_OK;
	if (!exists(intent, a, b))
		return refuse_apart(plan, intent, a, b);
	TW_TRY(tw_gen_tell_resolver(plan, intent, a, b));
	flow.name = tw_arena_str(plan->arena, intent->name);
	if (!flow.name)
		return TW_ENOMEM;
	TW_TRY(find_clients(plan, intent, a, &flow));
	TW_TRY(find_narrow(plan, intent, a, &flow));
	flow.outbound = true;
	if (a->ours)
		TW_TRY(add_side(plan, ends, intent, from, to, &flow));
	flow.outbound = false;
	return b->ours ? add_side(plan, ends, intent, to, from, &flow) : TW_OK;
}

/* ---- contradictions -------------------------------------------------------------------------- */

bool tw_gen_services_share(const struct tw_service *a, const struct tw_service *b)
{
	if (a->protocol < 0 || b->protocol < 0)
		return true;
	return a->protocol == b->protocol && a->ports.lo <= b->ports.hi &&
	       b->ports.lo <= a->ports.hi;
}

static bool contradict(
	const struct tw_gen_ends *ends, const struct tw_intents_view *view, size_t a, size_t b)
{
	const struct tw_intent *wanted = &view->intent[a], *never = &view->intent[b];
	const size_t *x = &ends->of[2 * a], *y = &ends->of[2 * b];
	bool ports = false;

	for (size_t i = 0; i < wanted->services; i++)
		for (size_t k = 0; k < never->services; k++)
			ports |= tw_gen_services_share(&wanted->service[i], &never->service[k]);
	for (uint8_t family = TW_IPV4; ports && family <= TW_IPV6; family += 2)
		if (tw_gen_ranges_share(ends->end[x[0]].exact, ends->end[y[0]].exact, family) &&
			tw_gen_ranges_share(ends->end[x[1]].exact, ends->end[y[1]].exact, family))
			return true;
	return false;
}

static tw_status find_contradictions(
	struct tw_plan *plan, const struct tw_gen_ends *ends, const struct tw_intents_view *view)
{
	tw_status worst = TW_OK;

	for (size_t b = 0; b < view->intents; b++) {
		for (size_t a = 0; view->intent[b].never && a < view->intents; a++) {
			if (view->intent[a].never || !contradict(ends, view, a, b))
				continue;
			worst = TW_EINVAL;
			TW_TRY(tw_diag_add_pair(plan->diags, TW_LEVEL_ERROR, 604,
				view->intent[b].span, view->intent[a].span, "must complete",
				"intents `%s` and `%s` contradict each other: packets of both must "
				"complete and must never pass",
				view->intent[a].name, view->intent[b].name));
		}
	}
	return worst;
}

static tw_status add_intents(
	struct tw_plan *plan, const struct tw_gen_ends *ends, const struct tw_intents_view *view)
{
	tw_status worst = TW_OK;
	bool any = false;

	for (size_t i = 0; i < view->intents; i++) {
		tw_status status = add_intent(plan, ends, &view->intent[i], i);
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		worst = status != TW_OK ? status : worst;
		any |= !view->intent[i].never;
	}
	if (any || worst != TW_OK)
		return worst;
	TW_TRY(tw_diag_add(plan->diags, TW_LEVEL_ERROR, 0, TW_NO_SPAN,
		"there is nothing to generate: the intents state no flows"));
	return TW_EINVAL;
}

tw_status tw_plan_intents(struct tw_plan *plan)
{
	struct tw_intents_view view = tw_intents_view(plan->options->intents);
	struct tw_gen_ends ends;

	TW_TRY(tw_gen_ends(plan, &ends));
	/* Before the subnets: whose blocks overlap does not matter where both cannot be had. */
	TW_TRY(find_contradictions(plan, &ends, &view));
	TW_TRY(tw_gen_units(plan, &ends));
	TW_TRY(add_intents(plan, &ends, &view));
	TW_TRY(tw_plan_mtu(plan, &ends));
	TW_TRY(tw_plan_nevers(plan, &ends));
	for (size_t i = 0; i < ends.n; i++) {
		if (ends.end[i].internet)
			return tw_plan_note(plan, "`internet` is 0.0.0.0/0 and ::/0 in rules: "
						  "private addresses match them as well");
	}
	return TW_OK;
}
