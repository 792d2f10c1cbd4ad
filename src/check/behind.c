/* SPDX-License-Identifier: Apache-2.0 */
/* Flows that a load balancer's nodes start: see behind.h. */
#include "behind.h"

#include <stdlib.h>

#include "index.h"
#include "site.h"

static const char *name_of(const struct tw_object *object)
{
	return object->name ? object->name : object->id;
}

/* Two accounts or regions may use one name: then the ARN. */
const char *tw_balancer_label(const struct tw_net *net, const struct tw_balancer *balancer)
{
	const char *name = balancer->object.name;
	size_t begin = 0, end = name ? tw_index_named(net, name, &begin) : 0, same = 0;

	for (size_t i = begin; i < end; i++)
		same += net->index->named[i].kind == TW_KIND_LOAD_BALANCER;
	return same == 1 ? name : balancer->object.id;
}

/* ---- the flow in words ----------------------------------------------------------------------- */

static const char *called(struct tw_results *r, const char *what, const struct tw_object *object)
{
	return tw_arena_printf(r->arena, "%s %s", what, name_of(object));
}

/* The nodes: their subnets' blocks, unless the input names their addresses. */
static tw_status nodes_of(
	struct tw_results *r, const struct tw_balancer *balancer, struct tw_peer *ret)
{
	const struct tw_net *net = r->net;
	const char **ids = TW_NEW_ARRAY(r->arena, const char *, 1);
	size_t n = 0;

	for (size_t i = 0; i < balancer->zones_n; i++) {
		const struct tw_balancer_zone *zone = &balancer->zone[i];
		if (zone->subnet != TW_MISSING)
			n += zone->addresses.n + net->subnet[zone->subnet].cidrs.n;
	}
	struct tw_prefix *address = TW_NEW_ARRAY(r->arena, struct tw_prefix, n + 1);
	if (!ids || !address)
		return TW_ENOMEM;
	n = 0;
	for (size_t i = 0; i < balancer->zones_n; i++) {
		const struct tw_balancer_zone *zone = &balancer->zone[i];
		if (zone->subnet == TW_MISSING)
			continue;
		struct tw_prefixes own =
			zone->addresses.n > 0 ? zone->addresses : net->subnet[zone->subnet].cidrs;
		for (size_t k = 0; k < own.n; k++)
			if (own.v[k].family == TW_IPV4 || balancer->dualstack)
				address[n++] = own.v[k];
	}
	ids[0] = balancer->object.id;
	*ret = (struct tw_peer){.name = called(r, "load balancer", &balancer->object),
		.ids = ids,
		.ids_n = 1,
		.address = address,
		.addresses_n = n};
	return ret->name ? TW_OK : TW_ENOMEM;
}

static tw_status targets_of(
	struct tw_results *r, const struct tw_target_group *group, struct tw_peer *ret)
{
	const char **ids = TW_NEW_ARRAY(r->arena, const char *, group->members_n + 1);
	struct tw_prefix *address = TW_NEW_ARRAY(r->arena, struct tw_prefix, group->members_n + 1);
	size_t n = 0;

	if (!ids || !address)
		return TW_ENOMEM;
	for (size_t i = 0; i < group->members_n; i++) {
		ids[i] = group->member[i].id;
		if (group->member[i].address.family != 0)
			address[n++] = group->member[i].address;
	}
	*ret = (struct tw_peer){.name = called(r, "target group", &group->object),
		.ids = ids,
		.ids_n = group->members_n,
		.address = address,
		.addresses_n = n};
	return ret->name ? TW_OK : TW_ENOMEM;
}

static tw_status describe(struct tw_results *r, const struct tw_behind *b, struct tw_flow *flow)
{
	struct tw_arena *arena = r->arena;
	const struct tw_net *net = r->net;
	const char *balancer = tw_balancer_label(net, &net->balancer[b->balancer]);
	const char *group = name_of(&net->target_group[b->group].object);
	const struct tw_object *source = b->listener != TW_MISSING
						 ? &net->listener[b->listener].object
						 : &net->target_group[b->group].object;
	struct tw_evidence *evidence = TW_NEW(arena, struct tw_evidence);
	const char *port =
		b->listener == TW_MISSING
			? "health"
			: tw_arena_printf(arena, "%u", (unsigned)net->listener[b->listener].port);

	if (!evidence || !port)
		return TW_ENOMEM;
	flow->purpose = b->listener != TW_MISSING ? "targets" : "health-check";
	flow->origin = b->origin;
	flow->satisfied = -1;
	flow->via = b->after;
	/* Behind the flow that it follows, in the order of ids. */
	flow->id = tw_arena_printf(arena, "%s/%s/%s", b->after ? b->after : balancer, port, group);
	flow->because = b->listener != TW_MISSING
				? tw_arena_printf(arena, "listener %s of %s", port, balancer)
				: tw_arena_printf(arena, "health checks of target group %s", group);
	evidence->text =
		b->listener != TW_MISSING
			? tw_arena_printf(arena, "forwards to target group %s", group)
			: tw_arena_printf(arena, "checks the health of the targets of %s", group);
	if (!flow->id || !flow->because || !evidence->text)
		return TW_ENOMEM;
	evidence->component = balancer;
	evidence->rule = NULL;
	evidence->span = source->span;
	flow->evidence = evidence;
	flow->evidence_n = 1;
	TW_TRY(nodes_of(r, &net->balancer[b->balancer], &flow->from));
	return targets_of(r, &net->target_group[b->group], &flow->to);
}

/* ---- whom, and on which port ----------------------------------------------------------------- */

static uint16_t port_of(const struct tw_target_group *group, const struct tw_member *member,
	const struct tw_behind *b)
{
	if (b->listener == TW_MISSING && group->health_port != 0)
		return group->health_port;
	return tw_member_port(group, member);
}

/* Health checks go by TCP, whatever the group speaks. */
static int protocol_of(const struct tw_target_group *group, const struct tw_behind *b)
{
	bool udp = b->listener != TW_MISSING && !tw_listener_is_tcp(group->protocol);

	return udp ? TW_PROTOCOL_UDP : TW_PROTOCOL_TCP;
}

/* The nodes may have any address of their subnets unless the input names them all. */
static bool nodes_are_known(const struct tw_balancer *balancer)
{
	for (size_t i = 0; i < balancer->zones_n; i++)
		if (balancer->zone[i].addresses.n == 0)
			return false;
	return true;
}

/* Every path of a question leads to targets, of which this is `choice`. */
static tw_status mark_targets(
	struct tw_results *r, const struct tw_behind *b, struct tw_paths *paths, const char *choice)
{
	bool known = nodes_are_known(&r->net->balancer[b->balancer]);

	for (size_t i = 0; i < paths->n; i++) {
		struct tw_path *path = &paths->v[i];
		path->one_of_targets = true;
		path->assumptions |= known ? 0 : TW_ASSUME_NODES;
		if (!choice)
			continue;
		path->by = "target";
		path->choice = path->choice
				       ? tw_arena_printf(r->arena, "%s, %s", choice, path->choice)
				       : choice;
		if (!path->choice)
			return TW_ENOMEM;
	}
	return TW_OK;
}

/* One question about some targets of one port; its outcomes join the draft's. */
static tw_status ask_about(struct tw_results *r, const struct tw_behind *b,
	const struct tw_sites *from, const struct tw_sites *to, const struct tw_service *service,
	const char *choice, struct tw_draft *draft)
{
	struct tw_question q = {.from = from,
		.to = to,
		.service = service,
		.services = 1,
		.trace = b->each,
		.inferred = !b->each,
		.cap = b->cap};
	tw_status status = b->each ? tw_ask(r, &q) : tw_question_judge(r, &q, draft);

	for (size_t i = 0; status == TW_OK && b->each && i < q.pieces.n; i++)
		status = tw_judge_piece(r->judge, r->work, &q.pieces.v[i], &draft->outcomes);
	if (status == TW_OK)
		status = mark_targets(r, b, &q.paths, choice);
	/* Outcomes point to the paths. */
	if (status == TW_OK)
		status = tw_results_keep_paths(r, draft, &q.paths);
	tw_question_free(r, &q);
	return status;
}

/* A path for each target. */
static tw_status ask_each(struct tw_results *r, const struct tw_behind *b,
	const struct tw_sites *from, struct tw_draft *draft)
{
	const struct tw_target_group *group = &r->net->target_group[b->group];

	for (size_t i = 0; i < group->members_n; i++) {
		const struct tw_member *member = &group->member[i];
		uint16_t port = port_of(group, member, b);
		struct tw_service service = {
			.protocol = (int16_t)protocol_of(group, b), .ports = {port, port}};
		struct tw_sites to = TW_VEC_EMPTY;
		TW_TRY(tw_site_of_member(r->net, r->work, group, member, &to));
		if (to.n == 0)
			continue;
		const char *choice = tw_arena_printf(r->arena, "%s:%u", member->id, (unsigned)port);
		if (!choice)
			return TW_ENOMEM;
		TW_TRY(ask_about(r, b, from, &to, &service, choice, draft));
	}
	return TW_OK;
}

/* Whom the nodes ask, and on which port. */
struct asked {
	uint16_t port;
	size_t member;
};

static int cmp_asked(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;

	if (x->port != y->port)
		return x->port > y->port ? 1 : -1;
	return (x->member > y->member) - (x->member < y->member);
}

/* Targets of one port together. */
static tw_status ask_port(struct tw_results *r, const struct tw_behind *b,
	const struct tw_sites *from, const struct asked *asked, size_t n, struct tw_draft *draft)
{
	const struct tw_target_group *group = &r->net->target_group[b->group];
	struct tw_service service = {.protocol = (int16_t)protocol_of(group, b),
		.ports = {asked[0].port, asked[0].port}};
	struct tw_part *part = TW_NEW_ARRAY(r->work, struct tw_part, n);
	struct tw_sites to = TW_VEC_EMPTY;
	size_t parts = 0;

	if (!part)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct tw_member *member = &group->member[asked[i].member];
		if (member->interface == TW_MISSING) {
			TW_TRY(tw_site_of_member(r->net, r->work, group, member, &to));
			continue;
		}
		struct tw_range *address = TW_NEW(r->work, struct tw_range);
		if (!address)
			return TW_ENOMEM;
		*address = tw_prefix_range(member->address);
		part[parts++] = (struct tw_part){member->interface, {address, 1}};
	}
	TW_TRY(tw_sites_of_parts(r->net, r->work, part, parts, &to));
	return to.n > 0 ? ask_about(r, b, from, &to, &service, NULL, draft) : TW_OK;
}

static tw_status ask_together(struct tw_results *r, const struct tw_behind *b,
	const struct tw_sites *from, struct tw_draft *draft)
{
	const struct tw_target_group *group = &r->net->target_group[b->group];
	struct asked *asked = TW_NEW_ARRAY(r->work, struct asked, group->members_n + 1);
	size_t n = 0;

	if (!asked)
		return TW_ENOMEM;
	for (size_t i = 0; i < group->members_n; i++)
		if (group->member[i].address.family != 0)
			asked[n++] = (struct asked){port_of(group, &group->member[i], b), i};
	if (n > 1)
		qsort(asked, n, sizeof(*asked), cmp_asked);
	for (size_t begin = 0, end; begin < n; begin = end) {
		for (end = begin + 1; end < n && asked[end].port == asked[begin].port;)
			end++;
		TW_TRY(ask_port(r, b, from, &asked[begin], end - begin, draft));
	}
	return TW_OK;
}

/* ---- judgement --------------------------------------------------------------------------------
 */

/* The ports of all targets, joined: a group of containers may have one for each. */
static tw_status service_text(struct tw_results *r, const struct tw_behind *b, struct tw_flow *flow)
{
	enum { MOST = 8 };
	const struct tw_target_group *group = &r->net->target_group[b->group];
	bool *used = TW_NEW_ARRAY(r->work, bool, UINT16_MAX + 2);
	struct tw_service *service = TW_NEW_ARRAY(r->work, struct tw_service, group->members_n + 1);
	size_t n = 0, ports = 0;

	if (!used || !service)
		return TW_ENOMEM;
	for (size_t i = 0; i < group->members_n; i++)
		used[port_of(group, &group->member[i], b)] = true;
	for (uint32_t port = 0; port <= UINT16_MAX; port++) {
		ports += used[port];
		if (!used[port])
			continue;
		if (n > 0 && service[n - 1].ports.hi + 1U == port)
			service[n - 1].ports.hi = (uint16_t)port;
		else
			service[n++] =
				(struct tw_service){.protocol = (int16_t)protocol_of(group, b),
					.ports = {(uint16_t)port, (uint16_t)port}};
	}
	TW_TRY(tw_question_text(r, service, n > MOST ? MOST : n, flow));
	if (n > MOST)
		flow->service_text = tw_arena_printf(
			r->arena, "%s and more, %zu ports in all", flow->service_text, ports);
	return flow->service_text ? TW_OK : TW_ENOMEM;
}

tw_status tw_judge_behind(struct tw_results *r, const struct tw_behind *b)
{
	struct tw_sites from = TW_VEC_EMPTY;
	struct tw_draft draft = {
		.protocol = (uint8_t)protocol_of(&r->net->target_group[b->group], b),
		.acl = TW_MISSING,
		.balancer = true,
		.health = b->listener == TW_MISSING};

	TW_TRY(tw_sites_of_balancer(r->net, r->work, b->balancer, &from));
	if (from.n == 0 || r->net->target_group[b->group].members_n == 0)
		return TW_OK;
	TW_TRY(describe(r, b, &draft.flow));
	TW_TRY(service_text(r, b, &draft.flow));
	tw_status status =
		b->each ? ask_each(r, b, &from, &draft) : ask_together(r, b, &from, &draft);
	if (status == TW_OK && draft.outcomes.n > 0) {
		draft.interfaces = (uint32_t)r->net->target_group[b->group].members_n;
		status = b->each ? tw_results_add_flow(r, &draft) : tw_draft_keep(r, &draft);
	}
	tw_draft_free(r, &draft);
	return status;
}

static bool hears(const struct tw_listener *listener, const struct tw_service *service, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool tcp = service[i].protocol == TW_PROTOCOL_TCP ||
			   service[i].protocol == TW_PROTOCOL_ALL;
		bool udp = service[i].protocol == TW_PROTOCOL_UDP ||
			   service[i].protocol == TW_PROTOCOL_ALL;
		if (service[i].ports.lo > listener->port || service[i].ports.hi < listener->port)
			continue;
		if ((tcp && tw_listener_is_tcp(listener->protocol)) ||
			(udp && tw_listener_is_udp(listener->protocol)))
			return true;
	}
	return false;
}

/* The flows to the targets of a listener, unless the client's own packets go there. */
static tw_status after_listener(
	struct tw_results *r, uint32_t balancer, uint32_t listener, const struct tw_behind *like)
{
	const struct tw_listener *l = &r->net->listener[listener];

	for (size_t i = 0; i < l->targets.n; i++) {
		struct tw_behind behind = *like;
		if (l->targets.at[i] == TW_MISSING)
			continue;
		behind.balancer = balancer;
		behind.listener = listener;
		behind.group = l->targets.at[i];
		if (!tw_balancer_preserves(
			    &r->net->balancer[balancer], l, &r->net->target_group[behind.group]))
			TW_TRY(tw_judge_behind(r, &behind));
	}
	return TW_OK;
}

/* Who is healthy: each group is asked, once, whichever listener names it. */
static tw_status health_of(
	struct tw_results *r, uint32_t balancer, const bool *wanted, const struct tw_behind *like)
{
	for (uint32_t i = 0; i < r->net->target_groups; i++) {
		struct tw_behind behind = *like;
		if (!wanted[i] || r->net->target_group[i].health_off)
			continue;
		behind.balancer = balancer;
		behind.listener = TW_MISSING;
		behind.group = i;
		TW_TRY(tw_judge_behind(r, &behind));
	}
	return TW_OK;
}

/* The targets of the listeners that hear a service, and their health. */
static tw_status after_balancer(struct tw_results *r, uint32_t balancer,
	const struct tw_service *service, size_t services, const struct tw_behind *like)
{
	const struct tw_balancer *b = &r->net->balancer[balancer];
	bool *wanted = TW_NEW_ARRAY(r->work, bool, r->net->target_groups + 1);

	if (!wanted)
		return TW_ENOMEM;
	for (size_t i = 0; i < b->listeners.n; i++) {
		const struct tw_listener *l = &r->net->listener[b->listeners.at[i]];
		if (!hears(l, service, services))
			continue;
		for (size_t k = 0; k < l->targets.n; k++)
			if (l->targets.at[k] != TW_MISSING)
				wanted[l->targets.at[k]] = true;
		TW_TRY(after_listener(r, balancer, b->listeners.at[i], like));
	}
	return health_of(r, balancer, wanted, like);
}

tw_status tw_judge_after(struct tw_results *r, const struct tw_sites *to,
	const struct tw_service *service, size_t services, const char *after)
{
	struct tw_behind like = {
		.after = after, .origin = "asked", .cap = TW_LEVEL_ERROR, .each = true};

	for (size_t i = 0; i < to->n; i++) {
		uint32_t at = to->v[i].balancer;
		bool known = to->v[i].kind != TW_SITE_BALANCER;
		for (size_t k = 0; k < i; k++) /* one site for each subnet: told once */
			known |= to->v[k].kind == TW_SITE_BALANCER && to->v[k].balancer == at;
		if (!known)
			TW_TRY(after_balancer(r, at, service, services, &like));
	}
	return TW_OK;
}

tw_status tw_judge_balancer(struct tw_results *r, uint32_t balancer)
{
	const struct tw_service all = {.protocol = TW_PROTOCOL_ALL, .ports = {0, 65535}};
	const struct tw_behind like = {.origin = "inferred", .cap = TW_LEVEL_ERROR};

	return after_balancer(r, balancer, &all, 1, &like);
}
