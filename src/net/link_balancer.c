/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Load balancers: their subnets and groups, their listeners, and every target group that one of
 * these or the group itself says is behind them. The lists are made by sorting, so they cost what
 * sorting costs, however many balancers, listeners and groups there are.
 */

#include <stdlib.h>

#include "pending.h"

/* That `owner` has `id`; `order`: where it stood. */
struct pair {
	uint32_t owner;
	const char *id;
	size_t order;
};
typedef TW_VEC(struct pair) pair_vec;

static int cmp_pairs(const void *a, const void *b)
{
	const struct pair *left = a, *right = b;
	int c;

	if (left->owner != right->owner)
		return left->owner < right->owner ? -1 : 1;
	c = strcmp(left->id, right->id);
	return c ? c : (left->order > right->order) - (left->order < right->order);
}

/* ---- a listener's target groups, each once --------------------------------------------------- */

/* Keeps the order: marks what stood before, then closes the gaps. */
static tw_status drop_repeats(struct tw_net *net, struct tw_refs *refs)
{
	size_t size = refs->n * sizeof(struct pair), kept = 0;
	struct pair *pair = tw_mem_alloc(net->mem, size);
	const char **ids = TW_NEW_ARRAY(&net->arena, const char *, refs->n);

	if (pair && ids) {
		for (size_t i = 0; i < refs->n; i++)
			pair[i] = (struct pair){0, refs->id[i], i};
		qsort(pair, refs->n, sizeof(*pair), cmp_pairs);
		for (size_t i = 0; i < refs->n; i++)
			if (!i || strcmp(pair[i - 1].id, pair[i].id) != 0)
				ids[pair[i].order] = pair[i].id;
		for (size_t i = 0; i < refs->n; i++)
			if (ids[i])
				ids[kept++] = ids[i];
		refs->id = ids;
		refs->n = kept;
	}
	if (pair)
		tw_mem_release(net->mem, pair, size);
	return pair && ids ? TW_OK : TW_ENOMEM;
}

static tw_status link_listeners(struct tw_net *net)
{
	for (size_t i = 0; i < net->listeners; i++) {
		struct tw_listener *one = &net->listener[i];
		one->balancer = tw_net_find(net, TW_KIND_LOAD_BALANCER, one->balancer_id);
		if (one->targets.n > 1)
			TW_TRY(drop_repeats(net, &one->targets));
		TW_TRY(tw_link_refs(net, TW_KIND_TARGET_GROUP, &one->targets));
	}
	return TW_OK;
}

static tw_status link_target_groups(struct tw_net *net)
{
	for (size_t i = 0; i < net->target_groups; i++) {
		struct tw_target_group *group = &net->target_group[i];
		group->vpc = tw_net_find(net, TW_KIND_VPC, group->vpc_id);
		TW_TRY(tw_link_refs(net, TW_KIND_LOAD_BALANCER, &group->balancers));
	}
	return TW_OK;
}

/* ---- what a balancer has --------------------------------------------------------------------- */

static tw_status add_pair(struct tw_net *net, pair_vec *pairs, uint32_t owner, const char *id)
{
	struct pair pair = {owner, id, 0};

	return owner == TW_MISSING ? TW_OK : TW_VEC_PUSH(net->mem, pairs, pair);
}

static tw_status pair_listeners(struct tw_net *net, pair_vec *pairs)
{
	for (size_t i = 0; i < net->listeners; i++)
		TW_TRY(add_pair(net, pairs, net->listener[i].balancer, net->listener[i].object.id));
	return TW_OK;
}

static tw_status pair_targets(struct tw_net *net, pair_vec *pairs)
{
	for (size_t i = 0; i < net->listeners; i++) {
		const struct tw_listener *one = &net->listener[i];
		for (size_t j = 0; j < one->targets.n; j++)
			TW_TRY(add_pair(net, pairs, one->balancer, one->targets.id[j]));
	}
	for (size_t i = 0; i < net->target_groups; i++) {
		const struct tw_target_group *group = &net->target_group[i];
		for (size_t j = 0; j < group->balancers.n; j++)
			TW_TRY(add_pair(net, pairs, group->balancers.at[j], group->object.id));
	}
	return TW_OK;
}

/* Each owner's ids, each once and sorted: one array, a slice for each. */
static tw_status slice_pairs(struct tw_net *net, pair_vec *pairs, enum tw_kind kind, size_t offset)
{
	const char **ids = TW_NEW_ARRAY(&net->arena, const char *, pairs->n);
	uint32_t *at = TW_NEW_ARRAY(&net->arena, uint32_t, pairs->n);
	size_t n = 0;

	if (!ids || !at)
		return TW_ENOMEM;
	if (pairs->n)
		qsort(pairs->v, pairs->n, sizeof(*pairs->v), cmp_pairs);
	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *pair = &pairs->v[i];
		bool fresh = !i || pair[-1].owner != pair->owner;
		if (!fresh && !strcmp(pair[-1].id, pair->id))
			continue;
		struct tw_refs *refs =
			(struct tw_refs *)(void *)((char *)&net->balancer[pair->owner] + offset);
		if (fresh)
			*refs = (struct tw_refs){ids + n, at + n, 0};
		ids[n] = pair->id;
		at[n] = tw_net_find(net, kind, pair->id);
		refs->n++;
		n++;
	}
	return TW_OK;
}

static tw_status collect(struct tw_net *net)
{
	pair_vec pairs = TW_VEC_EMPTY;
	tw_status status = pair_listeners(net, &pairs);

	if (status == TW_OK)
		status = slice_pairs(
			net, &pairs, TW_KIND_LISTENER, offsetof(struct tw_balancer, listeners));
	pairs.n = 0;
	if (status == TW_OK)
		status = pair_targets(net, &pairs);
	if (status == TW_OK)
		status = slice_pairs(
			net, &pairs, TW_KIND_TARGET_GROUP, offsetof(struct tw_balancer, targets));
	TW_VEC_FREE(net->mem, &pairs);
	return status;
}

static tw_status link_balancer(struct tw_net *net, struct tw_balancer *balancer)
{
	struct tw_balancer_zone *zone =
		TW_NEW_ARRAY(&net->arena, struct tw_balancer_zone, balancer->zones_n);

	if (!zone)
		return TW_ENOMEM;
	balancer->vpc = tw_net_find(net, TW_KIND_VPC, balancer->vpc_id);
	for (size_t i = 0; i < balancer->zones_n; i++) {
		zone[i] = balancer->zone[i];
		zone[i].subnet = tw_net_find(net, TW_KIND_SUBNET, zone[i].subnet_id);
	}
	balancer->zone = zone;
	return tw_link_refs(net, TW_KIND_GROUP, &balancer->groups);
}

tw_status tw_link_balancers(struct tw_net *net)
{
	for (size_t i = 0; i < net->balancers; i++)
		TW_TRY(link_balancer(net, &net->balancer[i]));
	TW_TRY(link_listeners(net));
	TW_TRY(link_target_groups(net));
	return collect(net);
}
