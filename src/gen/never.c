/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must not pass. Mostly it does not pass because nothing lets it; where an allow rule would,
 * a deny is put in front.
 *
 * DOC: Two things let in more than was asked for: a reply range, and `internet`, which is
 * 0.0.0.0/0 in a rule. A deny for a never takes that away again, unless a wanted flow needs some of
 * it as its reply: a port that a declared client picks, or one of 32768-65535 where nobody is
 * declared. Then only the group can stop the requests, which it does, since it lets no reply range
 * in; a note says so. Path-MTU messages are wanted, but not by name: a never goes first.
 */
#include "ends.h"
#include "text.h"

/* A never as one list sees it. */
struct view {
	struct tw_plan *plan;
	const struct tw_intent *never;
	const char *flow;
	const struct tw_gen_end *own, *peer;
	size_t guard;
	bool egress;
};

/* What two blocks share; false if nothing. */
static bool meet(struct tw_prefix a, struct tw_prefix b, struct tw_prefix *ret)
{
	if (tw_prefix_contains(a, b))
		*ret = b;
	else if (tw_prefix_contains(b, a))
		*ret = a;
	else
		return false;
	return true;
}

/* What a never's service and a demand share; false if nothing. */
static bool meet_services(const struct tw_service *service, int16_t protocol, struct tw_ports ports,
	struct tw_cover_box *ret)
{
	if (service->protocol >= 0 && protocol >= 0) {
		if (service->protocol != protocol)
			return false;
		ret->ports.lo = service->ports.lo > ports.lo ? service->ports.lo : ports.lo;
		ret->ports.hi = service->ports.hi < ports.hi ? service->ports.hi : ports.hi;
		ret->protocol = protocol;
		return ret->ports.lo <= ret->ports.hi;
	}
	ret->protocol = protocol >= 0 ? protocol : service->protocol;
	ret->ports = protocol >= 0 ? ports : service->ports;
	return true;
}

static tw_status push(struct view *v, bool bound, struct tw_cover_box box)
{
	struct tw_guard *guard = &v->plan->guard.v[v->guard];
	struct tw_demand demand = {.egress = v->egress,
		.why = TW_WHY_NEVER,
		.box = box,
		.flow = v->flow,
		.section = 100,
		.span = v->never->span};

	return bound ? TW_VEC_PUSH(v->plan->mem, &guard->bound, demand)
		     : TW_VEC_PUSH(v->plan->mem, &guard->demand, demand);
}

/* A wanted reply that a deny of this service would cut; or a request to another end behind the same
 * list, which cannot tell them apart: for the same end it would be a contradiction. */
static bool is_needed(
	const struct view *v, const struct tw_service *service, const struct tw_demand *demand)
{
	struct tw_cover_box shared;

	return demand->egress == v->egress &&
	       (demand->why == TW_WHY_REPLY || demand->why == TW_WHY_REQUEST) &&
	       meet_services(service, demand->box.protocol, demand->needed, &shared) &&
	       tw_gen_ranges_share(demand->exact, v->peer->exact, demand->box.cidr.family);
}

/* Denies what the never and this demand share. */
static tw_status deny_share(struct view *v, const struct tw_service *service,
	const struct tw_demand *demand, const struct tw_prefix *block, size_t blocks)
{
	struct tw_cover_box box = {.part = TW_COVER_MUST};
	struct tw_cover_box wanted = demand->box;

	if (!meet_services(service, wanted.protocol, wanted.ports, &box))
		return TW_OK;
	for (size_t i = 0; i < blocks; i++)
		if (block[i].family == wanted.cidr.family && meet(block[i], wanted.cidr, &box.cidr))
			TW_TRY(push(v, false, box));
	return TW_OK;
}

/* A deny may be as wide as the never, and for the internet as wide as 0.0.0.0/0. */
static tw_status bound_deny(struct view *v, const struct tw_service *service, uint8_t family)
{
	for (size_t i = 0; i < v->peer->peers; i++) {
		struct tw_cover_box box = {.cidr = v->peer->peer[i],
			.protocol = service->protocol,
			.ports = service->ports,
			.part = TW_COVER_MAY};
		if (box.cidr.family == family)
			TW_TRY(push(v, true, box));
	}
	return TW_OK;
}

/* No deny may hold what a wanted flow needs as its reply, whoever it comes from; nor requests that
 * this very never cannot be told from. */
static tw_status spare_needed(struct view *v, const struct tw_service *service, uint8_t family)
{
	struct tw_guard *guard = &v->plan->guard.v[v->guard];

	for (size_t i = 0; i < guard->demand.n; i++) {
		const struct tw_demand *demand = &guard->demand.v[i];
		struct tw_cover_box box = {.part = TW_COVER_NOT};
		const struct tw_prefix *block;
		size_t blocks;
		if (demand->egress != v->egress || demand->box.cidr.family != family ||
			(demand->why != TW_WHY_REPLY && !is_needed(v, service, demand)) ||
			!meet_services(service, demand->box.protocol, demand->needed, &box))
			continue;
		TW_TRY(tw_gen_prefixes(v->plan, demand->exact, &block, &blocks));
		for (size_t k = 0; k < blocks; k++) {
			box.cidr = block[k];
			if (box.cidr.family == family)
				TW_TRY(push(v, true, box));
		}
	}
	return TW_OK;
}

/* "1 of 28,232", in the plan's work arena; NULL: out of memory. */
static const char *say_share(struct tw_plan *plan, struct tw_ports part, struct tw_ports whole)
{
	struct tw_buf buf;

	tw_buf_init(&buf, plan->mem);
	tw_buf_thousands(&buf, (uint64_t)part.hi - part.lo + 1);
	tw_buf_puts(&buf, " of ");
	tw_buf_thousands(&buf, (uint64_t)whole.hi - whole.lo + 1);
	const char *text = tw_buf_text(&buf);
	const char *kept = text ? tw_arena_str(&plan->work, text) : NULL;
	tw_buf_fini(&buf);
	return kept;
}

static tw_status tell_one(
	struct view *v, const struct tw_service *service, const struct tw_demand *demand)
{
	const struct tw_guard *guard = &v->plan->guard.v[v->guard];
	struct tw_cover_box shared;
	char buf[TW_SERVICE_TEXT];
	const char *what = tw_service_text(service, buf);

	if (demand->why == TW_WHY_REQUEST)
		return tw_plan_note(v->plan,
			"never `%s` (%s): network ACL %s lets some of it %s, because `%s` of "
			"another end in the same subnets needs it. The security groups stop the "
			"requests",
			v->flow, what, guard->name, v->egress ? "out" : "in", demand->flow);
	if (!tw_protocol_has_ports(demand->box.protocol) ||
		!meet_services(service, demand->box.protocol, demand->box.ports, &shared))
		return tw_plan_note(v->plan,
			"never `%s` (%s): network ACL %s lets some of it %s, because it looks like "
			"replies of `%s`; a deny would cut them. The security groups stop the "
			"requests",
			v->flow, what, guard->name, v->egress ? "out" : "in", demand->flow);
	const char *share = say_share(v->plan, shared.ports, demand->box.ports);
	if (!share)
		return TW_ENOMEM;
	return tw_plan_note(v->plan,
		"never `%s` (%s): network ACL %s lets it %s at %s %s ports that replies of `%s` go "
		"to; a deny would cut them. The security groups stop the requests",
		v->flow, what, guard->name, v->egress ? "out" : "in", share,
		demand->box.protocol == TW_PROTOCOL_TCP ? "TCP" : "UDP", demand->flow);
}

/* Whether what is told of `first` says what there is to say of `then`, too. */
static bool says_as_much(const struct tw_demand *first, const struct tw_demand *then)
{
	return first->why == then->why && first->box.protocol == then->box.protocol &&
	       first->box.ports.lo <= then->box.ports.lo &&
	       first->box.ports.hi >= then->box.ports.hi;
}

/* Whose group is whose only interfaces say. */
static tw_status tell_unseen(struct tw_plan *plan)
{
	if (plan->options->net->holds[TW_KIND_INTERFACE])
		return TW_OK;
	return tw_plan_note(plan,
		"without network interfaces in its input, `check` does not know where these "
		"security groups are, and finds such a never violated");
}

/* Of the flows whose replies forbid the deny: the first one for each protocol and range of ports.
 */
static tw_status tell_needed(struct view *v, const struct tw_service *service, uint8_t family)
{
	const struct tw_guard *guard = &v->plan->guard.v[v->guard];
	bool any = false;

	for (size_t i = 0; i < guard->demand.n; i++) {
		const struct tw_demand *then = &guard->demand.v[i];
		bool told = false;
		if (then->box.cidr.family != family || !is_needed(v, service, then))
			continue;
		for (size_t k = 0; k < i && !told; k++) {
			const struct tw_demand *first = &guard->demand.v[k];
			told = first->box.cidr.family == family && is_needed(v, service, first) &&
			       says_as_much(first, then);
		}
		if (!told)
			TW_TRY(tell_one(v, service, then));
		any = true;
	}
	return any ? tell_unseen(v->plan) : TW_OK;
}

/* A request of the never that a group lets pass in this direction, within `service`. */
static bool group_lets(const struct tw_plan *plan, const struct tw_gen_end *own,
	const struct tw_gen_end *other, bool egress, const struct tw_service *service, size_t *at,
	struct tw_service *ret)
{
	const struct tw_guard *guard = &plan->guard.v[own->group];

	for (; *at < guard->demand.n; ++*at) {
		const struct tw_demand *demand = &guard->demand.v[*at];
		struct tw_range block = tw_prefix_range(demand->box.cidr);
		struct tw_cover_box shared;
		if (demand->egress != egress || demand->why != TW_WHY_REQUEST ||
			!tw_ranges_meet(other->exact, block) ||
			!meet_services(service, demand->box.protocol, demand->box.ports, &shared))
			continue;
		++*at;
		*ret = (struct tw_service){.protocol = shared.protocol, .ports = shared.ports};
		return true;
	}
	return false;
}

/* Some address is in both lists and in the block. */
static bool share_block(struct tw_ranges a, struct tw_ranges b, struct tw_prefix block)
{
	struct tw_range range = tw_prefix_range(block);

	for (size_t i = 0; i < a.n; i++) {
		size_t begin, end = tw_ranges_slice(b, a.v[i], &begin);
		for (; begin < end; begin++) {
			struct tw_range both = a.v[i];
			if (tw_addr_cmp(b.v[begin].first, both.first) > 0)
				both.first = b.v[begin].first;
			if (tw_addr_cmp(b.v[begin].last, both.last) < 0)
				both.last = b.v[begin].last;
			if (tw_ranges_meet((struct tw_ranges){&both, 1}, range))
				return true;
		}
	}
	return false;
}

/* What the list must let pass must be stopped by a group, and those are wide where they say
 * internet. */
static tw_status check_needed(
	struct view *v, const struct tw_service *service, const struct tw_demand *needed)
{
	const struct tw_guard *group = &v->plan->guard.v[v->own->group];
	struct tw_cover_box first, second;

	if (!meet_services(service, needed->box.protocol, needed->needed, &first))
		return TW_OK;
	struct tw_service narrow = {.protocol = first.protocol, .ports = first.ports};
	for (size_t i = 0; i < group->demand.n; i++) {
		const struct tw_demand *demand = &group->demand.v[i];
		if (demand->egress != v->egress || demand->why != TW_WHY_REQUEST ||
			!meet_services(&narrow, demand->box.protocol, demand->box.ports, &second) ||
			!share_block(needed->exact, v->peer->exact, demand->box.cidr))
			continue;
		struct tw_service open = {.protocol = second.protocol, .ports = second.ports}, any;
		size_t at = 0;
		if (v->peer->ours &&
			!group_lets(v->plan, v->peer, v->own, !v->egress, &open, &at, &any))
			continue;
		TW_TRY(tw_diag_add_pair(v->plan->diags, TW_LEVEL_ERROR, 0, v->never->span,
			needed->span, "needed here",
			"never `%s` cannot be kept: network ACL %s must let it pass for `%s`, and "
			"security group %s lets it pass for `%s`, since `internet` is 0.0.0.0/0 "
			"and ::/0 in a rule; name the callers of `%s` by CIDR block",
			v->flow, v->plan->guard.v[v->guard].name, needed->flow, group->name,
			demand->flow, demand->flow));
		return TW_EINVAL;
	}
	return TW_OK;
}

static tw_status deny_service(struct view *v, const struct tw_service *service, uint8_t family)
{
	struct tw_guard *guard = &v->plan->guard.v[v->guard];
	const struct tw_prefix *block;
	size_t blocks, before = guard->demand.n;
	bool needed = false;

	for (size_t i = 0; i < before; i++) {
		const struct tw_demand *demand = &guard->demand.v[i];
		if (demand->box.cidr.family != family || !is_needed(v, service, demand))
			continue;
		TW_TRY(check_needed(v, service, demand));
		needed = true;
	}
	TW_TRY(tw_gen_prefixes(v->plan, v->peer->exact, &block, &blocks));
	for (size_t i = 0; i < before; i++) {
		struct tw_demand demand = guard->demand.v[i];
		if (demand.egress != v->egress || demand.box.cidr.family != family ||
			demand.why == TW_WHY_NEVER || (needed && demand.why != TW_WHY_REQUEST))
			continue;
		TW_TRY(deny_share(v, service, &demand, block, blocks));
	}
	if (needed)
		TW_TRY(tell_needed(v, service, family));
	if (guard->demand.n == before)
		return TW_OK;
	TW_TRY(bound_deny(v, service, family));
	return spare_needed(v, service, family);
}

static tw_status deny_in(struct view *v)
{
	for (size_t i = 0; i < v->never->services; i++)
		for (uint8_t family = TW_IPV4; family <= TW_IPV6; family += 2)
			TW_TRY(deny_service(v, &v->never->service[i], family));
	return TW_OK;
}

/* In one subnet only groups can stop a request, and theirs are wide where they say internet. */
static tw_status check_groups(struct tw_plan *plan, const struct tw_intent *never,
	const struct tw_gen_end *from, const struct tw_gen_end *to)
{
	struct tw_service in, out;

	for (size_t i = 0; i < never->services; i++) {
		for (size_t at = 0;
			group_lets(plan, to, from, false, &never->service[i], &at, &in);) {
			size_t egress = 0;
			if (!group_lets(plan, from, to, true, &in, &egress, &out))
				continue;
			TW_TRY(tw_diag_add(plan->diags, TW_LEVEL_ERROR, 0, never->span,
				"never `%s` cannot be kept: %s and %s share a subnet, where no "
				"network ACL is asked, and a flow with `internet` makes both their "
				"security groups let it pass; put them into different subnets",
				never->name, from->name, to->name));
			return TW_EINVAL;
		}
	}
	return TW_OK;
}

static tw_status plan_never(struct tw_plan *plan, const struct tw_gen_ends *ends, size_t i)
{
	const struct tw_intent *never = &tw_intents_view(plan->options->intents).intent[i];
	bool inbound = ends->end[ends->of[2 * i + 1]].ours;
	size_t own = ends->of[2 * i + inbound], other = ends->of[2 * i + !inbound];
	struct view v = {.plan = plan,
		.never = never,
		.flow = tw_arena_str(plan->arena, never->name),
		.own = &ends->end[own],
		.peer = &ends->end[other],
		.egress = !inbound};
	bool together = false; /* some subnet holds both */

	if (!v.flow)
		return TW_ENOMEM;
	for (size_t k = 0; k < ends->units; k++) {
		v.guard = ends->unit[k].guard;
		if (!tw_gen_unit_holds(&ends->unit[k], own))
			continue;
		if (!tw_gen_unit_encloses(&ends->unit[k], v.peer))
			TW_TRY(deny_in(&v));
		together |= tw_gen_unit_holds(&ends->unit[k], other);
	}
	if (!together)
		return TW_OK;
	TW_TRY(check_groups(
		plan, never, &ends->end[ends->of[2 * i]], &ends->end[ends->of[2 * i + 1]]));
	if (!plan->options->net->holds[TW_KIND_INTERFACE])
		TW_TRY(tw_plan_note(plan,
			"never `%s`: %s and %s stand in one subnet, where no network ACL is asked; "
			"only their security groups keep them apart",
			v.flow, v.own->name, v.peer->name));
	return tell_unseen(plan);
}

/* At whoever is asked, if that is ours: a request that stops anywhere is stopped. */
tw_status tw_plan_nevers(struct tw_plan *plan, const struct tw_gen_ends *ends)
{
	struct tw_intents_view view = tw_intents_view(plan->options->intents);
	tw_status worst = TW_OK;

	for (size_t i = 0; i < view.intents; i++) {
		tw_status status = view.intent[i].never ? plan_never(plan, ends, i) : TW_OK;
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		worst = status != TW_OK ? status : worst;
	}
	return worst;
}

/* ---- path-MTU messages ----------------------------------------------------------------------- */

static struct tw_service message_of(uint8_t family)
{
	uint16_t what = family == TW_IPV4 ? TW_ICMP(3, 4) : TW_ICMP(2, 0);
	int16_t protocol = family == TW_IPV4 ? TW_PROTOCOL_ICMP : TW_PROTOCOL_ICMPV6;

	return (struct tw_service){.protocol = protocol, .ports = {what, what}};
}

/* A never of this end that speaks of such messages in this direction. */
static const struct tw_gen_end *find_against(struct tw_plan *plan, const struct tw_gen_ends *ends,
	const size_t *end, size_t n, bool egress, uint8_t family, size_t *from)
{
	struct tw_intents_view view = tw_intents_view(plan->options->intents);
	struct tw_service message = message_of(family);

	for (size_t i = *from; i < view.intents; i++) {
		const struct tw_intent *never = &view.intent[i];
		size_t own = ends->of[2 * i + !egress], other = ends->of[2 * i + egress];
		bool ours = false, speaks = false;
		for (size_t k = 0; k < n; k++)
			ours |= end[k] == own;
		for (size_t k = 0; k < never->services; k++)
			speaks |= tw_gen_services_share(&never->service[k], &message);
		if (!never->never || !ours || !speaks || !tw_gen_end_has(&ends->end[other], family))
			continue;
		*from = i + 1;
		return &ends->end[other];
	}
	*from = view.intents;
	return NULL;
}

struct mtu {
	struct tw_plan *plan;
	const struct tw_gen_ends *ends;
	size_t guard;
	const size_t *end; /* the ends behind it */
	size_t n;
};

static tw_status add_message(
	struct mtu *m, bool egress, struct tw_prefix peer, struct tw_ranges exact)
{
	struct tw_service message = message_of(peer.family);
	struct tw_demand demand = {.egress = egress,
		.why = TW_WHY_MTU,
		.box = {peer, message.protocol, message.ports, TW_COVER_MUST},
		.flow = "path MTU",
		.exact = exact,
		.section = 100};

	return TW_VEC_PUSH(m->plan->mem, &m->plan->guard.v[m->guard].demand, demand);
}

/* Some never forbids messages from this block. */
static tw_status is_forbidden(struct mtu *m, bool egress, struct tw_prefix peer, bool *ret)
{
	struct tw_range range = tw_prefix_range(peer);
	const struct tw_gen_end *against;
	size_t from = 0;

	*ret = false;
	while ((against = find_against(
			m->plan, m->ends, m->end, m->n, egress, peer.family, &from)) != NULL)
		*ret |= tw_ranges_meet(against->exact, range);
	return TW_OK;
}

/* What is left of the messages where a never forbids them from everywhere. */
static tw_status tell_messages(
	struct mtu *m, bool egress, uint8_t family, size_t with, size_t without)
{
	const struct tw_guard *guard = &m->plan->guard.v[m->guard];
	const char *kind = guard->group ? "security group" : "network ACL";
	const char *way = egress ? "to" : "from";

	if (with == 0)
		return tw_plan_note(m->plan,
			"%s %s: a never forbids path-MTU messages (IPv%u) %s everywhere and %s all "
			"peers of flows, so no rule lets them %s: where a smaller link is on the "
			"way, large packets vanish. A never that names its ports leaves them alone",
			kind, guard->name, (unsigned)family, way, way, egress ? "out" : "in");
	return tw_plan_note(m->plan,
		"%s %s: a never forbids path-MTU messages (IPv%u) %s everywhere, so only peers of "
		"flows%s may %s them",
		kind, guard->name, (unsigned)family, way,
		without > 0 ? " that no never speaks of" : "", egress ? "get" : "send");
}

/* From anywhere: any router on the way may send them. Where a never speaks against that, from the
 * peers only. */
static tw_status add_messages(struct mtu *m, bool egress, uint8_t family)
{
	const struct tw_guard *guard = &m->plan->guard.v[m->guard];
	struct tw_prefix anywhere = {.family = family};
	size_t n = guard->demand.n;
	size_t with = 0, without = 0; /* peers that may, and those that a never speaks of */
	bool any = false, forbidden;

	for (size_t i = 0; i < n; i++)
		any |= guard->demand.v[i].why == TW_WHY_REQUEST &&
		       guard->demand.v[i].box.cidr.family == family &&
		       tw_protocol_has_ports(guard->demand.v[i].box.protocol);
	if (!any)
		return TW_OK;
	TW_TRY(is_forbidden(m, egress, anywhere, &forbidden));
	if (!forbidden)
		return add_message(m, egress, anywhere, (struct tw_ranges){NULL, 0});
	for (size_t i = 0; i < n; i++) {
		struct tw_demand demand = m->plan->guard.v[m->guard].demand.v[i];
		if (demand.why != TW_WHY_REQUEST || demand.box.cidr.family != family ||
			!tw_protocol_has_ports(demand.box.protocol))
			continue;
		TW_TRY(is_forbidden(m, egress, demand.box.cidr, &forbidden));
		if (forbidden)
			without++;
		else
			TW_TRY(add_message(m, egress, demand.box.cidr, demand.exact));
		with += !forbidden;
	}
	return tell_messages(m, egress, family, with, without);
}

/* SPEC: pmtud-v4, pmtud-v6: lists in both directions. SPEC: pmtud-sg: groups, incoming. */
tw_status tw_plan_mtu(struct tw_plan *plan, const struct tw_gen_ends *ends)
{
	for (size_t i = 0; i < ends->units; i++) {
		struct mtu m = {
			plan, ends, ends->unit[i].guard, ends->unit[i].end, ends->unit[i].ends};
		for (int k = 0; k < 4; k++)
			TW_TRY(add_messages(&m, k >= 2, k % 2 == 0 ? TW_IPV4 : TW_IPV6));
	}
	for (size_t i = 0; i < ends->n; i++) {
		struct mtu m = {plan, ends, ends->end[i].group, &i, 1};
		if (!ends->end[i].ours)
			continue;
		TW_TRY(add_messages(&m, false, TW_IPV4));
		TW_TRY(add_messages(&m, false, TW_IPV6));
	}
	return TW_OK;
}
