/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Interfaces: where they are, what guards them, whose they are; and for every group the interfaces
 * that carry it. Linear in interfaces times groups per interface, for a hundred thousand of them.
 */

#include <stdlib.h>

#include "pending.h"

struct carried {
	uint32_t group;
	const char *id;
};

static int cmp_carried(const void *a, const void *b)
{
	const struct carried *left = a, *right = b;

	if (left->group != right->group)
		return left->group < right->group ? -1 : 1;
	return strcmp(left->id, right->id);
}

typedef TW_VEC(struct carried) carried_vec;

/* Looks the groups up, sorted by index and each once. */
static tw_status link_groups(
	struct tw_net *net, struct tw_interface *interface, struct carried *carried)
{
	size_t n = interface->groups_n, kept = 0;
	uint32_t *index = TW_NEW_ARRAY(&net->arena, uint32_t, n);
	const char **ids = TW_NEW_ARRAY(&net->arena, const char *, n);

	if (!index || !ids)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		carried[i].id = interface->group_ids[i];
		carried[i].group = tw_net_find(net, TW_KIND_GROUP, carried[i].id);
	}
	if (n > 1)
		qsort(carried, n, sizeof(*carried), cmp_carried);
	for (size_t i = 0; i < n; i++) {
		if (i && !strcmp(carried[i].id, carried[i - 1].id))
			continue;
		index[kept] = carried[i].group;
		ids[kept++] = carried[i].id;
	}
	interface->groups = index;
	interface->group_ids = ids;
	interface->groups_n = kept;
	return TW_OK;
}

static tw_status link_one(struct tw_net *net, struct tw_interface *interface, carried_vec *carried)
{
	interface->subnet = tw_net_find(net, TW_KIND_SUBNET, interface->subnet_id);
	if (!interface->vpc_id && interface->subnet != TW_MISSING)
		interface->vpc_id = net->subnet[interface->subnet].vpc_id;
	interface->vpc = tw_net_find(net, TW_KIND_VPC, interface->vpc_id);
	interface->instance = tw_net_find(net, TW_KIND_INSTANCE, interface->instance_id);
	/* An association that stands at the interface alone is that of its primary address. */
	if (interface->public_addresses.n && !interface->published.n && interface->addresses.n)
		interface->published = (struct tw_prefixes){interface->addresses.v, 1};
	if (!interface->groups_n)
		return TW_OK;
	TW_TRY(TW_VEC_RESERVE(net->mem, carried, interface->groups_n));
	return link_groups(net, interface, carried->v);
}

/* Counting sort: one array for all groups, a slice for each. */
static tw_status list_members(struct tw_net *net)
{
	size_t total = 0, begin = 0;

	for (size_t i = 0; i < net->interfaces; i++)
		for (size_t j = 0; j < net->interface[i].groups_n; j++)
			if (net->interface[i].groups[j] != TW_MISSING) {
				net->group[net->interface[i].groups[j]].members_n++;
				total++;
			}
	uint32_t *member = TW_NEW_ARRAY(&net->arena, uint32_t, total);
	uint32_t **next = tw_mem_alloc(net->mem, net->groups * sizeof(*next));
	if (!member || !next) {
		if (next)
			tw_mem_release(net->mem, next, net->groups * sizeof(*next));
		return TW_ENOMEM;
	}
	for (size_t i = 0; i < net->groups; i++) {
		net->group[i].members = next[i] = member + begin;
		begin += net->group[i].members_n;
	}
	for (uint32_t i = 0; i < net->interfaces; i++)
		for (size_t j = 0; j < net->interface[i].groups_n; j++)
			if (net->interface[i].groups[j] != TW_MISSING)
				*next[net->interface[i].groups[j]]++ = i;
	tw_mem_release(net->mem, next, net->groups * sizeof(*next));
	return TW_OK;
}

/* Things listed by their owner: one array, a slice for each owner. */
struct slices {
	uint32_t *thing;
	uint32_t *begin; /* of owner i; begin[owners] is the end of all */
};

static tw_status slice(struct tw_net *net, size_t owners, size_t things,
	uint32_t (*owner)(const struct tw_net *net, uint32_t thing), struct slices *ret)
{
	struct slices s = {TW_NEW_ARRAY(&net->arena, uint32_t, things),
		TW_NEW_ARRAY(&net->arena, uint32_t, owners + 2)};

	if (!s.thing || !s.begin)
		return TW_ENOMEM;
	/* Counted two behind, so that filling leaves every begin where it belongs. */
	for (uint32_t i = 0; i < things; i++)
		if (owner(net, i) != TW_MISSING)
			s.begin[owner(net, i) + 2]++;
	for (size_t i = 2; i < owners + 2; i++)
		s.begin[i] += s.begin[i - 1];
	for (uint32_t i = 0; i < things; i++)
		if (owner(net, i) != TW_MISSING)
			s.thing[s.begin[owner(net, i) + 1]++] = i;
	*ret = s;
	return TW_OK;
}

static uint32_t subnet_of(const struct tw_net *net, uint32_t interface)
{
	return net->interface[interface].subnet;
}

static uint32_t vpc_of(const struct tw_net *net, uint32_t subnet)
{
	return net->subnet[subnet].vpc;
}

/* The interfaces of each subnet, the subnets of each VPC. */
static tw_status list_residents(struct tw_net *net)
{
	struct slices s;

	TW_TRY(slice(net, net->subnets, net->interfaces, subnet_of, &s));
	for (size_t i = 0; i < net->subnets; i++) {
		net->subnet[i].interfaces = s.thing + s.begin[i];
		net->subnet[i].interfaces_n = s.begin[i + 1] - s.begin[i];
	}
	TW_TRY(slice(net, net->vpcs, net->subnets, vpc_of, &s));
	for (size_t i = 0; i < net->vpcs; i++) {
		net->vpc[i].subnets = s.thing + s.begin[i];
		net->vpc[i].subnets_n = s.begin[i + 1] - s.begin[i];
	}
	return TW_OK;
}

tw_status tw_link_interfaces(struct tw_net *net)
{
	carried_vec carried = TW_VEC_EMPTY;
	tw_status status = TW_OK;

	for (size_t i = 0; i < net->interfaces && status == TW_OK; i++)
		status = link_one(net, &net->interface[i], &carried);
	TW_VEC_FREE(net->mem, &carried);
	if (status == TW_OK)
		status = list_members(net);
	return status == TW_OK ? list_residents(net) : status;
}
