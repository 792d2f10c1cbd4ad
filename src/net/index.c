/* SPDX-License-Identifier: Apache-2.0 */
/* Sorted lists for questions: see index.h. */
#include "index.h"

#include <stdlib.h>

#include "find.h"
#include "world.h"

static int cmp_named(const void *a, const void *b)
{
	const struct tw_named_object *left = a, *right = b;
	int d = strcmp(left->name, right->name);

	if (d)
		return d;
	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return (left->at > right->at) - (left->at < right->at);
}

static tw_status list_named(struct tw_net *net, struct tw_index *index)
{
	size_t n = 0;

	for (size_t k = 0; k < TW_END_KINDS; k++)
		for (size_t i = 0; i < tw_object_count(net, tw_end_kinds[k]); i++)
			n += tw_object_at(net, tw_end_kinds[k], i)->name != NULL;
	index->named = TW_NEW_ARRAY(&net->arena, struct tw_named_object, n + 1);
	if (!index->named)
		return TW_ENOMEM;
	for (size_t k = 0; k < TW_END_KINDS; k++)
		for (uint32_t i = 0; i < tw_object_count(net, tw_end_kinds[k]); i++) {
			const char *name = tw_object_at(net, tw_end_kinds[k], i)->name;
			if (name)
				index->named[index->nameds++] =
					(struct tw_named_object){name, tw_end_kinds[k], i};
		}
	if (n > 1)
		qsort(index->named, n, sizeof(*index->named), cmp_named);
	return TW_OK;
}

/* An interface with the key that it is sorted by: qsort has no context. */
struct keyed {
	const char *id;
	uint32_t interface;
};

static int cmp_keyed(const void *a, const void *b)
{
	const struct keyed *left = a, *right = b;
	int d = strcmp(left->id, right->id);

	return d ? d : (left->interface > right->interface) - (left->interface < right->interface);
}

static tw_status list_instances(struct tw_net *net, struct tw_index *index)
{
	size_t size = net->interfaces * sizeof(struct keyed), n = 0;
	struct keyed *keyed = tw_mem_alloc(net->mem, size);

	if (!keyed)
		return TW_ENOMEM;
	for (uint32_t i = 0; i < net->interfaces; i++)
		if (net->interface[i].instance_id)
			keyed[n++] = (struct keyed){net->interface[i].instance_id, i};
	if (n > 1)
		qsort(keyed, n, sizeof(*keyed), cmp_keyed);
	index->by_instance = TW_NEW_ARRAY(&net->arena, uint32_t, n + 1);
	for (size_t i = 0; index->by_instance && i < n; i++)
		index->by_instance[i] = keyed[i].interface;
	index->by_instances = n;
	tw_mem_release(net->mem, keyed, size);
	return index->by_instance ? TW_OK : TW_ENOMEM;
}

static int cmp_public(const void *a, const void *b)
{
	const struct tw_public *left = a, *right = b;
	int d = tw_prefix_cmp(left->address, right->address);

	return d ? d : (left->interface > right->interface) - (left->interface < right->interface);
}

static tw_status list_publics(struct tw_net *net, struct tw_index *index)
{
	size_t n = 0;

	for (size_t i = 0; i < net->interfaces; i++)
		n += net->interface[i].public_addresses.n;
	index->public = TW_NEW_ARRAY(&net->arena, struct tw_public, n + 1);
	if (!index->public)
		return TW_ENOMEM;
	for (uint32_t i = 0; i < net->interfaces; i++)
		for (size_t k = 0; k < net->interface[i].public_addresses.n; k++)
			index->public[index->publics++] =
				(struct tw_public){net->interface[i].public_addresses.v[k], i};
	if (n > 1)
		qsort(index->public, n, sizeof(*index->public), cmp_public);
	return TW_OK;
}

static bool is_stray(const struct tw_net *net, uint32_t vpc)
{
	return vpc == TW_MISSING || net->vpc[vpc].cidrs.n == 0;
}

static bool is_lost(const struct tw_net *net, const struct tw_interface *one)
{
	return one->subnet == TW_MISSING || is_stray(net, net->subnet[one->subnet].vpc);
}

static tw_status list_strays(struct tw_net *net, struct tw_index *index)
{
	size_t n = 0, m = 0;

	for (size_t i = 0; i < net->interfaces; i++)
		n += is_lost(net, &net->interface[i]);
	for (size_t i = 0; i < net->subnets; i++)
		m += is_stray(net, net->subnet[i].vpc);
	index->stray_interface = TW_NEW_ARRAY(&net->arena, uint32_t, n + 1);
	index->stray_subnet = TW_NEW_ARRAY(&net->arena, uint32_t, m + 1);
	if (!index->stray_interface || !index->stray_subnet)
		return TW_ENOMEM;
	for (uint32_t i = 0; i < net->interfaces; i++)
		if (is_lost(net, &net->interface[i]))
			index->stray_interface[index->stray_interfaces++] = i;
	for (uint32_t i = 0; i < net->subnets; i++)
		if (is_stray(net, net->subnet[i].vpc))
			index->stray_subnet[index->stray_subnets++] = i;
	return TW_OK;
}

static tw_status list_settled(struct tw_net *net, struct tw_index *index)
{
	size_t n = 0;

	for (size_t i = 0; i < net->vpcs; i++)
		n += net->vpc[i].subnets_n > 0 ? net->vpc[i].cidrs.n : 0;
	struct tw_range *v = TW_NEW_ARRAY(&net->arena, struct tw_range, n + 1);
	if (!v)
		return TW_ENOMEM;
	n = 0;
	for (size_t i = 0; i < net->vpcs; i++)
		for (size_t k = 0; net->vpc[i].subnets_n > 0 && k < net->vpc[i].cidrs.n; k++)
			v[n++] = tw_prefix_range(net->vpc[i].cidrs.v[k]);
	index->settled = (struct tw_ranges){v, tw_ranges_join(v, n)};
	return TW_OK;
}

tw_status tw_link_index(struct tw_net *net)
{
	struct tw_index *index = TW_NEW(&net->arena, struct tw_index);

	if (!index)
		return TW_ENOMEM;
	TW_TRY(list_named(net, index));
	TW_TRY(list_instances(net, index));
	TW_TRY(list_publics(net, index));
	TW_TRY(list_strays(net, index));
	TW_TRY(list_settled(net, index));
	TW_TRY(tw_internet_ranges(net, &net->arena, &index->internet));
	net->index = index;
	return TW_OK;
}

size_t tw_index_named(const struct tw_net *net, const char *name, size_t *ret_begin)
{
	const struct tw_index *index = net->index;
	size_t lo = 0, hi = index->nameds;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(index->named[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret_begin = lo;
	while (lo < index->nameds && strcmp(index->named[lo].name, name) == 0)
		lo++;
	return lo;
}

size_t tw_index_instance(const struct tw_net *net, const char *id, size_t *ret_begin)
{
	const struct tw_index *index = net->index;
	size_t lo = 0, hi = index->by_instances;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(net->interface[index->by_instance[mid]].instance_id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret_begin = lo;
	while (lo < index->by_instances &&
		strcmp(net->interface[index->by_instance[lo]].instance_id, id) == 0)
		lo++;
	return lo;
}

size_t tw_index_public(const struct tw_net *net, struct tw_prefix address, size_t *ret_begin)
{
	const struct tw_index *index = net->index;
	size_t lo = 0, hi = index->publics;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (tw_prefix_cmp(index->public[mid].address, address) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret_begin = lo;
	while (lo < index->publics && tw_prefix_cmp(index->public[lo].address, address) == 0)
		lo++;
	return lo;
}
