/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of routes in the order in which they decide: see routes.h. */
#include "routes.h"

#include <stdlib.h>

/* The entries of a prefix list; *ret_known false if the input lacks them. */
static struct tw_prefixes entries_of(const struct tw_net *net, const char *id, bool *ret_known)
{
	uint32_t list = tw_net_find(net, TW_KIND_PREFIX_LIST, id);

	*ret_known = list != TW_MISSING && net->prefix_list[list].entries_known;
	return *ret_known ? net->prefix_list[list].cidrs : (struct tw_prefixes){NULL, 0};
}

static int cmp_block(const struct tw_routed *a, const struct tw_routed *b)
{
	if (a->to.len != b->to.len)
		return a->to.len > b->to.len ? -1 : 1;
	if (a->to.family != b->to.family)
		return a->to.family < b->to.family ? -1 : 1;
	return tw_addr_cmp(a->to.addr, b->to.addr);
}

static int cmp_entry(const void *a, const void *b)
{
	const struct tw_routed *left = a, *right = b;
	int d = cmp_block(left, right);

	if (d)
		return d;
	if (left->weak != right->weak)
		return left->weak ? 1 : -1;
	return (left->order > right->order) - (left->order < right->order);
}

/* Blocks of one length are disjoint, so that dead ends may stand first among them. */
static int cmp_run(const void *a, const void *b)
{
	const struct tw_routed *left = a, *right = b;

	if (left->to.len != right->to.len)
		return left->to.len > right->to.len ? -1 : 1;
	if (left->dead_end != right->dead_end)
		return left->dead_end ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

/* Longest prefix first; of equal blocks the one that decides is kept. */
static void sort(struct tw_routing *routing)
{
	size_t kept = 0;

	for (size_t i = 0; i < routing->n; i++)
		routing->v[i].order = (uint32_t)i;
	if (routing->n > 1)
		qsort(routing->v, routing->n, sizeof(*routing->v), cmp_entry);
	for (size_t i = 0; i < routing->n; i++)
		if (kept == 0 || cmp_block(&routing->v[kept - 1], &routing->v[i]) != 0)
			routing->v[kept++] = routing->v[i];
	routing->n = kept;
	if (kept > 1)
		qsort(routing->v, kept, sizeof(*routing->v), cmp_run);
}

static bool is_dead_end(const struct tw_net *net, const struct tw_routed *routed)
{
	uint32_t at = routed->propagated;

	if (routed->transit && (routed->transit->blackhole || routed->transit->attachments.n != 1))
		return false;
	if (routed->transit)
		at = routed->transit->attachments.at[0];
	if (at == TW_MISSING || net->attachment[at].gone || net->attachment[at].vpc == TW_MISSING)
		return false;
	const struct tw_vpc *vpc = &net->vpc[net->attachment[at].vpc];
	for (size_t i = 0; i < vpc->cidrs.n; i++)
		if (tw_prefix_contains(vpc->cidrs.v[i], routed->to))
			return true;
	return false;
}

/* Numbers the runs of dead ends. */
static void number_runs(struct tw_net *net, struct tw_routing *routing)
{
	for (size_t i = 0, end; i < routing->n; i = end) {
		for (end = i; end < routing->n && routing->v[end].dead_end &&
			      routing->v[end].to.len == routing->v[i].to.len;)
			end++;
		if (end > i) {
			routing->v[i].run = net->dead_runs++;
			routing->v[i].run_n = (uint32_t)(end - i);
		} else {
			end = i + 1;
		}
	}
}

static tw_status reserve(struct tw_arena *arena, size_t n, struct tw_routing *ret)
{
	*ret = (struct tw_routing){.v = TW_NEW_ARRAY(arena, struct tw_routed, n + 1)};
	return ret->v ? TW_OK : TW_ENOMEM;
}

static tw_status routing_of(
	const struct tw_net *net, struct tw_arena *arena, uint32_t table, struct tw_routing *ret)
{
	const struct tw_route_table *t = &net->table[table];
	struct tw_routing routing;
	size_t room = 0;
	bool known;

	for (size_t i = 0; i < t->routes_n; i++)
		room += t->route[i].prefix_list ? entries_of(net, t->route[i].prefix_list, &known).n
						: 1;
	TW_TRY(reserve(arena, room, &routing));
	for (size_t i = 0; i < t->routes_n; i++) {
		const struct tw_route *r = &t->route[i];
		struct tw_prefixes list = {NULL, 0};
		if (!r->prefix_list) {
			routing.v[routing.n++] = (struct tw_routed){.to = r->to, .route = r};
			continue;
		}
		list = entries_of(net, r->prefix_list, &known);
		/* The one that proves least: anything but an endpoint. */
		if (!known && (!routing.unknown || r->target != TW_TARGET_ENDPOINT))
			routing.unknown = r;
		for (size_t k = 0; k < list.n; k++)
			routing.v[routing.n++] = (struct tw_routed){.to = list.v[k], .route = r};
	}
	sort(&routing);
	*ret = routing;
	return TW_OK;
}

/* The blocks that a VPC's attachment makes known to a table. */
static struct tw_prefixes blocks_of(const struct tw_net *net, uint32_t attachment)
{
	uint32_t vpc = attachment == TW_MISSING ? TW_MISSING : net->attachment[attachment].vpc;

	return vpc == TW_MISSING ? (struct tw_prefixes){NULL, 0} : net->vpc[vpc].cidrs;
}

static tw_status routing_of_transit(
	const struct tw_net *net, struct tw_arena *arena, uint32_t table, struct tw_routing *ret)
{
	const struct tw_transit_table *t = &net->transit_table[table];
	struct tw_routing routing;
	size_t room = 0;
	bool known;

	for (size_t i = 0; i < t->routes_n; i++)
		room += t->route[i].prefix_list ? entries_of(net, t->route[i].prefix_list, &known).n
						: 1;
	for (size_t i = 0; i < t->propagations.n; i++)
		room += blocks_of(net, t->propagations.at[i]).n;
	TW_TRY(reserve(arena, room, &routing));
	routing.open = !t->routes_known || !t->propagated_known;
	for (size_t i = 0; i < t->routes_n; i++) {
		const struct tw_transit_route *r = &t->route[i];
		struct tw_routed one = {.to = r->to, .transit = r, .weak = r->propagated};
		struct tw_prefixes list = {&one.to, 1};
		if (r->prefix_list) {
			list = entries_of(net, r->prefix_list, &known);
			routing.open |= !known;
		}
		for (size_t k = 0; k < list.n; k++) {
			one.to = list.v[k];
			routing.v[routing.n++] = one;
		}
	}
	for (size_t i = 0; i < t->propagations.n; i++) {
		uint32_t attachment = t->propagations.at[i];
		struct tw_prefixes blocks = blocks_of(net, attachment);
		/* A VPN's routes come from the other side: nobody knows them here. */
		routing.open |= blocks.n == 0;
		for (size_t k = 0; k < blocks.n; k++)
			routing.v[routing.n++] = (struct tw_routed){
				.to = blocks.v[k], .propagated = attachment, .weak = true};
	}
	for (size_t i = 0; i < routing.n; i++)
		routing.v[i].dead_end = is_dead_end(net, &routing.v[i]);
	sort(&routing);
	*ret = routing;
	return TW_OK;
}

tw_status tw_link_routing(struct tw_net *net)
{
	struct tw_routing *routing = TW_NEW_ARRAY(&net->arena, struct tw_routing, net->tables + 1);
	struct tw_routing *transit =
		TW_NEW_ARRAY(&net->arena, struct tw_routing, net->transit_tables + 1);

	if (!routing || !transit)
		return TW_ENOMEM;
	for (uint32_t i = 0; i < net->tables; i++)
		TW_TRY(routing_of(net, &net->arena, i, &routing[i]));
	for (uint32_t i = 0; i < net->transit_tables; i++)
		TW_TRY(routing_of_transit(net, &net->arena, i, &transit[i]));
	for (uint32_t i = 0; i < net->transit_tables; i++)
		number_runs(net, &transit[i]);
	net->routing = routing;
	net->transit_routing = transit;
	return TW_OK;
}
