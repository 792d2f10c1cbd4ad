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

/* The same for subnets and the interfaces in them. */
static tw_status list_residents(struct tw_net *net)
{
	size_t total = 0, begin = 0;

	for (size_t i = 0; i < net->interfaces; i++)
		if (net->interface[i].subnet != TW_MISSING) {
			net->subnet[net->interface[i].subnet].interfaces_n++;
			total++;
		}
	uint32_t *resident = TW_NEW_ARRAY(&net->arena, uint32_t, total);
	uint32_t **next = TW_NEW_ARRAY(&net->arena, uint32_t *, net->subnets);
	if (!resident || !next)
		return TW_ENOMEM;
	for (size_t i = 0; i < net->subnets; i++) {
		net->subnet[i].interfaces = next[i] = resident + begin;
		begin += net->subnet[i].interfaces_n;
	}
	for (uint32_t i = 0; i < net->interfaces; i++)
		if (net->interface[i].subnet != TW_MISSING)
			*next[net->interface[i].subnet]++ = i;
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
