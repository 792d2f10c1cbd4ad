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

static int cmp_text(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int cmp_entry(const void *a, const void *b)
{
	const struct tw_routed *left = a, *right = b;
	int d = cmp_block(left, right);

	if (d)
		return d;
	if (left->weak != right->weak)
		return left->weak ? 1 : -1;
	d = cmp_text(left->target, right->target); /* which of two is told, not which counts */
	if (d)
		return d;
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

static bool names(const struct tw_refs *refs, const char *id)
{
	for (size_t i = 0; i < refs->n; i++)
		if (refs->id && cmp_text(refs->id[i], id) == 0)
			return true;
	return false;
}

/* Both lead to the same place. */
static bool same_way(const struct tw_routed *a, const struct tw_routed *b)
{
	const struct tw_transit_route *left = a->transit, *right = b->transit;

	if (a->route)
		return a->route->blackhole == b->route->blackhole &&
		       a->route->target == b->route->target && cmp_text(a->target, b->target) == 0;
	bool dead = left && left->blackhole;
	if (dead || (right && right->blackhole))
		return dead && right && right->blackhole;
	if ((left ? left->attachments.n : 1) != (right ? right->attachments.n : 1))
		return false;
	if (!left || !right)
		return cmp_text(a->target, b->target) == 0;
	for (size_t i = 0; i < left->attachments.n; i++)
		if (!left->attachments.id || !names(&right->attachments, left->attachments.id[i]))
			return false;
	return true;
}

/* Keeps the first of a block; another one that is no weaker and leads elsewhere ties with it. */
static void keep(struct tw_routing *routing, size_t *kept, const struct tw_routed *one)
{
	struct tw_routed *last = *kept ? &routing->v[*kept - 1] : NULL;

	if (!last || cmp_block(last, one) != 0) {
		routing->v[(*kept)++] = *one;
		return;
	}
	if (last->weak != one->weak || same_way(last, one))
		return;
	last->tied = true;
	last->dead_end = false; /* the other one may lead further */
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
		keep(routing, &kept, &routing->v[i]);
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

/* How little is proved where a list's entries are not known; equal ones by name. */
static int doubt_of(const struct tw_route *route)
{
	switch (route->target) {
	case TW_TARGET_ENDPOINT:
		return 0;
	case TW_TARGET_INTERFACE:
	case TW_TARGET_OTHER:
		return 2;
	default:
		return 1;
	}
}

static bool proves_less(const struct tw_route *route, const struct tw_route *than)
{
	int d = than ? doubt_of(route) - doubt_of(than) : 1;

	return d > 0 || (d == 0 && cmp_text(route->prefix_list, than->prefix_list) < 0);
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
			routing.v[routing.n++] = (struct tw_routed){.to = r->to,
				.route = r,
				.target = r->target_id,
				.weak = r->propagated};
			continue;
		}
		list = entries_of(net, r->prefix_list, &known);
		if (!known && proves_less(r, routing.unknown))
			routing.unknown = r;
		for (size_t k = 0; k < list.n; k++)
			routing.v[routing.n++] = (struct tw_routed){
				.to = list.v[k], .route = r, .target = r->target_id};
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

/* The first in the order of ids, so that the order of the input tells nothing. */
static const char *first_of(const struct tw_refs *attachments)
{
	const char *first = NULL;

	for (size_t i = 0; i < attachments->n && attachments->id; i++)
		if (!first || cmp_text(attachments->id[i], first) < 0)
			first = attachments->id[i];
	return first;
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
		struct tw_routed one = {.to = r->to,
			.transit = r,
			.target = first_of(&r->attachments),
			.weak = r->propagated};
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
			routing.v[routing.n++] = (struct tw_routed){.to = blocks.v[k],
				.propagated = attachment,
				.target = net->attachment[attachment].object.id,
				.weak = true};
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
