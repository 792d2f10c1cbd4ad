/* SPDX-License-Identifier: Apache-2.0 */
/* The plan: from flows to what each list must let pass. */
#include "demand.h"

#include "judge.h"

const struct tw_ports tw_usual_clients = {32768, 65535};

tw_status tw_plan_guard(struct tw_plan *plan, const struct tw_guard *guard, size_t *ret)
{
	TW_TRY(TW_VEC_PUSH(plan->mem, &plan->guard, *guard));
	*ret = plan->guard.n - 1;
	return TW_OK;
}

tw_status tw_plan_note(struct tw_plan *plan, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const char *text = tw_arena_vprintf(plan->arena, format, args);
	va_end(args);
	if (!text)
		return TW_ENOMEM;
	for (size_t i = 0; i < plan->note.n; i++) /* what holds for both families is told once */
		if (strcmp(plan->note.v[i], text) == 0)
			return TW_OK;
	return TW_VEC_PUSH(plan->mem, &plan->note, text);
}

static tw_status add(struct tw_plan *plan, size_t guard, const struct tw_plan_flow *flow,
	enum tw_why why, int16_t protocol, struct tw_ports ports)
{
	struct tw_demand demand = {.egress = flow->outbound == (why == TW_WHY_REQUEST),
		.why = why,
		.box = {flow->peer, protocol, ports, TW_COVER_MUST},
		.flow = flow->name,
		.exact = flow->exact,
		.needed = ports,
		.section = flow->section,
		.span = flow->span};

	if (why == TW_WHY_REPLY && flow->clients == 0 && tw_protocol_has_ports(protocol))
		demand.needed = tw_usual_clients;

	return TW_VEC_PUSH(plan->mem, &plan->guard.v[guard].demand, demand);
}

/* The answers to the types of a range that have one. */
static tw_status add_icmp_replies(
	struct tw_plan *plan, size_t guard, const struct tw_plan_flow *flow)
{
	const struct tw_service *service = &flow->service;
	enum tw_family family = service->protocol == TW_PROTOCOL_ICMPV6 ? TW_IPV6 : TW_IPV4;

	for (unsigned type = service->ports.lo >> 8; type <= service->ports.hi >> 8; type++) {
		uint16_t answer;
		if (!tw_icmp_answer(family, TW_ICMP(type, 0), &answer))
			continue;
		TW_TRY(add(plan, guard, flow, TW_WHY_REPLY, service->protocol,
			(struct tw_ports){answer, answer}));
	}
	return TW_OK;
}

/* ICMP of the other family, and nothing else, cannot be meant. */
static bool is_of_family(int protocol, uint8_t family)
{
	if (!tw_cover_is_icmp(protocol))
		return true;
	return (protocol == TW_PROTOCOL_ICMP) == (family == TW_IPV4);
}

tw_status tw_plan_flow(struct tw_plan *plan, size_t guard, const struct tw_plan_flow *flow)
{
	int16_t protocol = flow->service.protocol;

	if (!is_of_family(protocol, flow->peer.family))
		return TW_OK;
	TW_TRY(add(plan, guard, flow, TW_WHY_REQUEST, protocol, flow->service.ports));
	if (plan->guard.v[guard].group) /* SPEC: sg-reply-passes */
		return TW_OK;
	if (tw_cover_is_icmp(protocol))
		return add_icmp_replies(plan, guard, flow);
	if (!tw_protocol_has_ports(protocol))
		return add(plan, guard, flow, TW_WHY_REPLY, protocol, (struct tw_ports){0, 65535});
	for (size_t i = 0; i < flow->replies; i++)
		TW_TRY(add(plan, guard, flow, TW_WHY_REPLY, protocol, flow->reply[i]));
	return TW_OK;
}
