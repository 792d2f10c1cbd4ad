/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load balancers: flows to their nodes, and those that the nodes start to targets. Nodes may have
 * any address of their subnets, as interfaces there do, so each balancer is asked about on its own.
 */
#include "whole.h"

#include "balancer.h"
#include "behind.h"

/* One balancer, by index in each network. */
struct nodes {
	struct whole *w;
	uint32_t at[TW_AGES];
	struct tw_sites sites[TW_AGES];
	const char *name;
	bool touched; /* or one of its targets is: they answer to whoever calls it */
};

static tw_status where_of(struct nodes *n, struct tw_where **ret)
{
	*ret = TW_NEW(n->w->d->arena, struct tw_where);
	if (!*ret)
		return TW_ENOMEM;
	**ret = (struct tw_where){.public_from = n->w->public_from, .inside = n->w->inside};
	return TW_OK;
}

/* ---- who calls it -----------------------------------------------------------------------------
 */

static tw_status compare_callers(struct nodes *n, const struct quarter *from)
{
	struct round round = {0};
	struct tw_where *where;
	tw_status status = TW_OK;
	TW_TRY(where_of(n, &where));
	where->from_vpc = from->vpc_id;
	where->to = n->name;
	for (int age = 0; age < TW_AGES; age++) {
		const struct ends *ends = &from->side[age];
		if (status == TW_OK)
			status = tw_round_ask(n->w, &round, age, &ends->touched, &n->sites[age],
				&tw_every_service);
		if (status == TW_OK && n->touched)
			status = tw_round_ask(
				n->w, &round, age, &ends->rest, &n->sites[age], &tw_every_service);
	}
	return tw_round_end(n->w, &round, where, status);
}

/* ---- whom it calls ----------------------------------------------------------------------------
 */

static const struct tw_target_group *group_of(const struct nodes *n, int age, const char *id)
{
	const struct tw_net *net = n->w->d->side[age].net;
	uint32_t at = tw_net_find(net, TW_KIND_TARGET_GROUP, id);
	return at != TW_MISSING ? &net->target_group[at] : NULL;
}

static struct tw_service service_of(
	const struct tw_target_group *group, const struct tw_member *member, bool health)
{
	uint16_t port = health && group->health_port != 0 ? group->health_port
							  : tw_member_port(group, member);
	bool udp = !health && !tw_listener_is_tcp(group->protocol);
	return (struct tw_service){
		.protocol = udp ? TW_PROTOCOL_UDP : TW_PROTOCOL_TCP, .ports = {port, port}};
}

static bool same_target(const struct tw_target_group *group, size_t i, size_t k, bool health)
{
	const struct tw_member *a = &group->member[i], *b = &group->member[k];
	struct tw_service x = service_of(group, a, health), y = service_of(group, b, health);
	return tw_addr_cmp(a->address.addr, b->address.addr) == 0 &&
	       a->address.family == b->address.family && x.protocol == y.protocol &&
	       x.ports.lo == y.ports.lo;
}

/* One target; its health is asked about where that is another port. */
static tw_status ask_target(struct nodes *n, struct round *round, int age,
	const struct tw_target_group *group, size_t i)
{
	struct tw_diffing *d = n->w->d;
	const struct tw_member *member = &group->member[i];
	struct tw_service first = service_of(group, member, false);
	for (int health = 0; health < 2; health++) {
		struct tw_service *service = TW_NEW(d->arena, struct tw_service);
		struct tw_sites *to = TW_NEW(d->arena, struct tw_sites);
		bool told = health && group->health_off;
		if (!service || !to)
			return TW_ENOMEM;
		*service = service_of(group, member, health);
		told |= health && service->protocol == first.protocol &&
			service->ports.lo == first.ports.lo;
		for (size_t k = 0; !told && k < i; k++)
			told = same_target(group, i, k, health);
		if (told)
			continue;
		TW_TRY(tw_site_of_member(d->side[age].net, d->arena, group, member, to));
		TW_TRY(tw_round_ask(n->w, round, age, &n->sites[age], to, service));
	}
	return TW_OK;
}

static tw_status compare_targets(struct nodes *n, const char *group_id)
{
	struct round round = {0};
	struct tw_where *where;
	tw_status status = TW_OK;
	TW_TRY(where_of(n, &where));
	where->from = n->name;
	for (int age = 0; age < TW_AGES; age++) {
		const struct tw_target_group *group = group_of(n, age, group_id);
		if (!group)
			continue;
		for (size_t i = 0; status == TW_OK && i < group->members_n; i++)
			status = ask_target(n, &round, age, group, i);
		where->to_vpc = group->vpc_id ? group->vpc_id : where->to_vpc;
	}
	return tw_round_end(n->w, &round, where, status);
}

/* ---- which balancers --------------------------------------------------------------------------
 */

static bool is_touched(const struct nodes *n)
{
	const struct tw_touched *touched = n->w->touched;
	bool any = touched->everything;
	for (int age = 0; age < TW_AGES; age++) {
		const struct tw_net *net = n->w->d->side[age].net;
		if (n->at[age] == TW_MISSING)
			continue;
		const struct tw_balancer *balancer = &net->balancer[n->at[age]];
		any |= balancer->vpc != TW_MISSING && touched->vpc[age][balancer->vpc];
		for (size_t i = 0; i < balancer->zones_n; i++) {
			uint32_t at = balancer->zone[i].subnet;
			any |= at != TW_MISSING && touched->subnet[age][at];
		}
		struct tw_refs groups = balancer->targets;
		for (size_t i = 0; i < groups.n; i++) {
			if (groups.at[i] == TW_MISSING)
				continue;
			const struct tw_target_group *group = &net->target_group[groups.at[i]];
			for (size_t k = 0; k < group->members_n; k++) {
				uint32_t at = group->member[k].interface;
				any |= at != TW_MISSING && touched->interface[age][at];
			}
		}
	}
	return any;
}

static tw_status compare_balancer(struct nodes *n)
{
	struct whole *w = n->w;
	for (int age = 0; age < TW_AGES; age++) {
		const struct tw_net *net = w->d->side[age].net;
		if (n->at[age] == TW_MISSING)
			continue;
		const char *label = tw_balancer_label(net, &net->balancer[n->at[age]]);
		n->name = tw_arena_printf(w->d->arena, "load balancer %s", label);
		if (!n->name)
			return TW_ENOMEM;
		TW_TRY(tw_sites_of_balancer(net, w->d->arena, n->at[age], &n->sites[age]));
	}
	n->touched = is_touched(n);
	for (size_t i = 0; i < w->quarter.n; i++)
		TW_TRY(compare_callers(n, &w->quarter.v[i]));
	for (int age = 0; n->touched && age < TW_AGES; age++) {
		const struct tw_net *net = w->d->side[age].net;
		if (n->at[age] == TW_MISSING)
			continue;
		struct tw_refs groups = net->balancer[n->at[age]].targets;
		for (size_t i = 0; i < groups.n; i++)
			if (age == TW_OLD || !group_of(n, TW_OLD, groups.id[i]))
				TW_TRY(compare_targets(n, groups.id[i]));
	}
	return TW_OK;
}

tw_status tw_diff_nodes(struct whole *w)
{
	const struct tw_net *old = w->d->side[TW_OLD].net, *new = w->d->side[TW_NEW].net;
	for (uint32_t i = 0; i < old->balancers; i++) {
		const char *id = old->balancer[i].object.id;
		struct nodes nodes = {
			.w = w, .at = {i, tw_net_find(new, TW_KIND_LOAD_BALANCER, id)}};
		TW_TRY(compare_balancer(&nodes));
	}
	for (uint32_t i = 0; i < new->balancers; i++) {
		const char *id = new->balancer[i].object.id;
		struct nodes nodes = {.w = w, .at = {TW_MISSING, i}};
		if (tw_net_find(old, TW_KIND_LOAD_BALANCER, id) == TW_MISSING)
			TW_TRY(compare_balancer(&nodes));
	}
	return TW_OK;
}
