/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The network between, a second time: see merge.c. What stands in every answer about a kind is
 * compared even where it is "no"; states are not compared, and the first one that was told stays.
 */

#include "merge.h"

tw_status tw_merge_refs(
	const struct tw_merge *m, struct tw_refs *old, struct tw_refs now, const char *what)
{
	bool same = true;

	if (!old->n)
		*old = now;
	else if (now.n)
		TW_TRY(tw_texts_same(m->net->mem, old->id, old->n, now.id, now.n, &same));
	return same ? TW_OK : tw_contradiction(m, what);
}

/* What the model keeps and no verdict reads is filled, and never compared. */
static void fill_text(const char **old, const char *now)
{
	if (!*old)
		*old = now;
}

static void fill_refs(struct tw_refs *old, struct tw_refs now)
{
	if (!old->n)
		*old = now;
}

static void merge_state(const char **old, bool *old_gone, const char *now, bool now_gone)
{
	if (*old)
		return;
	*old = now;
	*old_gone = now_gone;
}

tw_status tw_merge_nat(
	struct tw_net *net, struct tw_diags *diags, struct tw_nat *old, const struct tw_nat *nat)
{
	struct tw_merge m = {net, diags, TW_KIND_NAT_GATEWAY, &old->object, &nat->object};

	tw_merge_object(&m);
	merge_state(&old->state, &old->gone, nat->state, nat->gone);
	TW_TRY(tw_merge_text(&m, &old->vpc_id, nat->vpc_id, "a VPC"));
	TW_TRY(tw_merge_text(&m, &old->subnet_id, nat->subnet_id, "a subnet"));
	fill_text(&old->table_id, nat->table_id);
	if (old->private != nat->private)
		return tw_contradiction(&m, "a connectivity type");
	if (old->regional != nat->regional)
		return tw_contradiction(&m, "an availability mode");
	return tw_merge_prefixes(&m, &old->addresses, nat->addresses, "addresses");
}

tw_status tw_merge_peering(struct tw_net *net, struct tw_diags *diags, struct tw_peering *old,
	const struct tw_peering *peering)
{
	struct tw_merge m = {net, diags, TW_KIND_PEERING, &old->object, &peering->object};

	tw_merge_object(&m);
	if (!old->status)
		old->status = peering->status;
	for (int i = 0; i < 2; i++) {
		struct tw_peering_side *side = &old->side[i];
		const struct tw_peering_side *now = &peering->side[i];
		TW_TRY(tw_merge_text(&m, &side->vpc_id, now->vpc_id, "a VPC"));
		fill_text(&side->owner, now->owner);
		TW_TRY(tw_merge_text(&m, &side->region, now->region, "a region"));
		TW_TRY(tw_merge_prefixes(&m, &side->cidrs, now->cidrs, "CIDR blocks"));
	}
	return TW_OK;
}

/* ---- transit gateways ------------------------------------------------------------------------ */

tw_status tw_merge_transit(struct tw_net *net, struct tw_diags *diags,
	struct tw_transit_gateway *old, const struct tw_transit_gateway *transit)
{
	struct tw_merge m = {net, diags, TW_KIND_TRANSIT_GATEWAY, &old->object, &transit->object};

	tw_merge_object(&m);
	fill_text(&old->association_table_id, transit->association_table_id);
	fill_text(&old->propagation_table_id, transit->propagation_table_id);
	if (old->references != transit->references)
		return tw_contradiction(&m, "a support for references to security groups");
	return TW_OK;
}

/* What describe-transit-gateway-vpc-attachments alone tells. */
static tw_status merge_served(
	const struct tw_merge *m, struct tw_attachment *old, const struct tw_attachment *attachment)
{
	if (!attachment->subnets_known)
		return TW_OK;
	if (!old->subnets_known) {
		old->subnets_known = true;
		old->subnets = attachment->subnets;
		old->appliance_mode = attachment->appliance_mode;
		old->references = attachment->references;
		return TW_OK;
	}
	if (old->references != attachment->references)
		return tw_contradiction(m, "a support for references to security groups");
	return tw_merge_refs(m, &old->subnets, attachment->subnets, "subnets");
}

/* What describe-transit-gateway-attachments alone tells: an association, or that there is none. */
static tw_status merge_association(
	const struct tw_merge *m, struct tw_attachment *old, const struct tw_attachment *attachment)
{
	bool both = old->table_id && attachment->table_id;

	if (!attachment->association_known)
		return TW_OK;
	if (!old->association_known) {
		old->association_known = true;
		old->table_id = attachment->table_id;
		return TW_OK;
	}
	if (both ? strcmp(old->table_id, attachment->table_id) != 0
		 : old->table_id != attachment->table_id)
		return tw_contradiction(m, "a route table");
	return TW_OK;
}

tw_status tw_merge_attachment(struct tw_net *net, struct tw_diags *diags, struct tw_attachment *old,
	const struct tw_attachment *attachment)
{
	struct tw_merge m = {net, diags, TW_KIND_ATTACHMENT, &old->object, &attachment->object};

	tw_merge_object(&m);
	merge_state(&old->state, &old->gone, attachment->state, attachment->gone);
	TW_TRY(tw_merge_text(&m, &old->gateway_id, attachment->gateway_id, "a transit gateway"));
	TW_TRY(tw_merge_text(&m, &old->resource_id, attachment->resource_id, "a resource"));
	if (old->type_text && attachment->type_text && old->type != attachment->type)
		return tw_contradiction(&m, "a type");
	if (!old->type_text) {
		old->type_text = attachment->type_text;
		old->type = attachment->type;
	}
	TW_TRY(merge_served(&m, old, attachment));
	return merge_association(&m, old, attachment);
}

/* ---- routes of transit gateways -------------------------------------------------------------- */

struct routes {
	struct tw_transit_route *v;
	size_t n;
};

static void add_routes(struct routes *all, const struct tw_transit_table *table, bool propagated)
{
	for (size_t i = 0; i < table->routes_n; i++)
		if (table->route[i].propagated == propagated)
			all->v[all->n++] = table->route[i];
}

static size_t count_routes(const struct tw_transit_table *table, bool propagated)
{
	size_t n = 0;

	for (size_t i = 0; i < table->routes_n; i++)
		n += table->route[i].propagated == propagated;
	return n;
}

/* The static routes, or the propagated ones, of two readings that both have all of them. */
static tw_status same_routes(struct tw_mem *mem, const struct tw_transit_table *old,
	const struct tw_transit_table *now, bool propagated, bool *ret)
{
	size_t size = (old->routes_n + now->routes_n) * sizeof(struct tw_transit_route);
	struct routes both = {tw_mem_alloc(mem, size), 0};

	if (!both.v)
		return TW_ENOMEM;
	add_routes(&both, old, propagated);
	size_t n = both.n;
	add_routes(&both, now, propagated);
	tw_status status = tw_transit_routes_same(mem, both.v, n, both.v + n, both.n - n, ret);
	tw_mem_release(mem, both.v, size);
	return status;
}

/*
 * Of one sort of routes a whole reading stays, of two that are not whole the longer one. Propagated
 * routes may be known by the propagations alone: that says nothing against routes.
 */
static tw_status choose_routes(const struct tw_merge *m, const struct tw_transit_table *old,
	const struct tw_transit_table *now, bool propagated, bool *ret_now)
{
	size_t old_n = count_routes(old, propagated), now_n = count_routes(now, propagated);
	bool old_whole = propagated ? old->propagated_known && old_n : old->routes_known;
	bool now_whole = propagated ? now->propagated_known && now_n : now->routes_known;
	bool same = true;

	*ret_now = old_whole == now_whole ? now_n > old_n : now_whole;
	if (old_whole && now_whole)
		TW_TRY(same_routes(m->net->mem, old, now, propagated, &same));
	return same ? TW_OK : tw_contradiction(m, "routes");
}

static tw_status merge_routes(
	const struct tw_merge *m, struct tw_transit_table *old, const struct tw_transit_table *now)
{
	struct routes all = {NULL, 0};
	bool fixed, learned;

	TW_TRY(choose_routes(m, old, now, false, &fixed));
	TW_TRY(choose_routes(m, old, now, true, &learned));
	if (!fixed && !learned)
		return TW_OK;
	all.v = TW_NEW_ARRAY(
		&m->net->arena, struct tw_transit_route, old->routes_n + now->routes_n);
	if (!all.v)
		return TW_ENOMEM;
	add_routes(&all, fixed ? now : old, false);
	add_routes(&all, learned ? now : old, true);
	old->route = all.v;
	old->routes_n = all.n;
	return TW_OK;
}

tw_status tw_merge_transit_table(struct tw_net *net, struct tw_diags *diags,
	struct tw_transit_table *old, const struct tw_transit_table *table)
{
	struct tw_merge m = {net, diags, TW_KIND_TRANSIT_TABLE, &old->object, &table->object};

	tw_merge_object(&m);
	TW_TRY(tw_merge_text(&m, &old->gateway_id, table->gateway_id, "a transit gateway"));
	TW_TRY(tw_merge_refs(&m, &old->propagations, table->propagations, "propagations"));
	TW_TRY(merge_routes(&m, old, table));
	old->routes_known = old->routes_known || table->routes_known;
	old->propagated_known = old->propagated_known || table->propagated_known;
	return TW_OK;
}

/* ---- endpoints ------------------------------------------------------------------------------- */

tw_status tw_merge_endpoint(struct tw_net *net, struct tw_diags *diags, struct tw_endpoint *old,
	const struct tw_endpoint *endpoint)
{
	struct tw_merge m = {net, diags, TW_KIND_ENDPOINT, &old->object, &endpoint->object};

	tw_merge_object(&m);
	merge_state(&old->state, &old->gone, endpoint->state, endpoint->gone);
	if (old->type != endpoint->type)
		return tw_contradiction(&m, "a type");
	fill_text(&old->service, endpoint->service);
	fill_text(&old->vpc_id, endpoint->vpc_id);
	fill_refs(&old->groups, endpoint->groups);
	fill_refs(&old->tables, endpoint->tables);
	TW_TRY(tw_merge_refs(&m, &old->subnets, endpoint->subnets, "subnets"));
	return tw_merge_refs(&m, &old->interfaces, endpoint->interfaces, "network interfaces");
}
