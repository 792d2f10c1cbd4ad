/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Where the targets of target groups are: an instance's primary address, an address and the
 * interface that has it. Interfaces are sorted once by instance and once by address, so that ten
 * thousand target groups find theirs among a hundred thousand interfaces by halving.
 */

#include <stdlib.h>

#include "addresses.h"
#include "order.h"
#include "pending.h"

/* An interface by what it is looked up with. */
struct entry {
	const char *instance_id;
	struct tw_prefix prefix;
	const char *vpc_id;
	bool primary;
	uint32_t interface;
};
typedef TW_VEC(struct entry) entry_vec;

struct finder {
	struct tw_net *net;
	entry_vec by_instance, by_address;
	bool lengths[2][129]; /* of the blocks that interfaces have, by family: IPv4, IPv6 */
};

/* Absent texts first. */
/* The interface of device 0 comes first, then the others in the order of the input. */
static int cmp_instances(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int c = strcmp(left->instance_id, right->instance_id);

	if (!c)
		c = tw_order_text(left->vpc_id, right->vpc_id);
	if (!c)
		c = right->primary - left->primary;
	return c ? c : (left->interface > right->interface) - (left->interface < right->interface);
}

static int cmp_addresses(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int c = tw_prefix_cmp(left->prefix, right->prefix);

	if (!c)
		c = tw_order_text(left->vpc_id, right->vpc_id);
	return c ? c : (left->interface > right->interface) - (left->interface < right->interface);
}

/* The first entry that is not less than `key`. */
static size_t lower_bound(
	const entry_vec *entries, const struct entry *key, int (*cmp)(const void *a, const void *b))
{
	size_t lo = 0, hi = entries->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (cmp(&entries->v[mid], key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* ---- instances ------------------------------------------------------------------------------- */

static struct tw_prefix host_of(struct tw_prefixes all, uint8_t family)
{
	const struct tw_prefix *found = NULL;

	for (size_t i = 0; i < all.n; i++) {
		if (all.v[i].family != family || all.v[i].len != (family == TW_IPV4 ? 32 : 128))
			continue;
		/* The primary IPv4 address is the first; which IPv6 address is, nothing says. */
		if (family == TW_IPV4)
			return all.v[i];
		if (found)
			return (struct tw_prefix){0};
		found = &all.v[i];
	}
	return found ? *found : (struct tw_prefix){0};
}

static void find_instance(
	const struct finder *f, const struct tw_target_group *group, struct tw_member *member)
{
	struct entry key = {.instance_id = member->id,
		.vpc_id = group->vpc_id,
		.primary = true,
		.interface = 0};
	size_t at = lower_bound(&f->by_instance, &key, cmp_instances);

	if (at == f->by_instance.n || strcmp(f->by_instance.v[at].instance_id, member->id) != 0)
		return;
	if (group->vpc_id && tw_order_text(f->by_instance.v[at].vpc_id, group->vpc_id) != 0)
		return;
	member->interface = f->by_instance.v[at].interface;
	member->address = host_of(f->net->interface[member->interface].addresses, group->family);
}

/* ---- addresses ------------------------------------------------------------------------------- */

static struct tw_prefix cut(struct tw_prefix prefix, uint8_t len)
{
	struct tw_prefix outer = prefix;

	outer.len = len;
	outer.addr = tw_prefix_range(outer).first;
	return outer;
}

/* In a VPC's own blocks nobody else's interface is meant. */
static bool is_own(
	const struct finder *f, const struct tw_target_group *group, struct tw_prefix address)
{
	if (group->vpc == TW_MISSING)
		return false;
	const struct tw_prefixes *cidrs = &f->net->vpc[group->vpc].cidrs;
	for (size_t i = 0; i < cidrs->n; i++)
		if (tw_prefix_contains(cidrs->v[i], address))
			return true;
	return false;
}

/* The interface of the group's VPC with this block; else of another VPC, if only one has it. */
static uint32_t find_block(const struct finder *f, const struct tw_target_group *group,
	struct tw_prefix block, bool own)
{
	struct entry key = {.prefix = block, .vpc_id = group->vpc_id};
	size_t at = lower_bound(&f->by_address, &key, cmp_addresses);

	if (group->vpc_id && at < f->by_address.n &&
		!tw_prefix_cmp(f->by_address.v[at].prefix, block) &&
		!tw_order_text(f->by_address.v[at].vpc_id, group->vpc_id))
		return f->by_address.v[at].interface;
	key.vpc_id = NULL;
	at = lower_bound(&f->by_address, &key, cmp_addresses);
	if (own || at == f->by_address.n || tw_prefix_cmp(f->by_address.v[at].prefix, block))
		return TW_MISSING;
	if (at + 1 < f->by_address.n && !tw_prefix_cmp(f->by_address.v[at + 1].prefix, block))
		return TW_MISSING;
	return f->by_address.v[at].interface;
}

/* The address itself, else a delegated block that it is of, the longest first. */
static void find_address(
	const struct finder *f, const struct tw_target_group *group, struct tw_member *member)
{
	struct tw_prefix address;

	if (tw_prefix_parse(member->id, strlen(member->id), &address) != TW_PREFIX_OK ||
		strchr(member->id, '/'))
		return;
	member->address = address;
	const bool *lengths = f->lengths[address.family == TW_IPV6];
	bool own = is_own(f, group, address);
	for (int len = address.len; len >= 0 && member->interface == TW_MISSING; len--)
		if (lengths[len])
			member->interface = find_block(f, group, cut(address, (uint8_t)len), own);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static tw_status add_interface(struct finder *f, uint32_t index)
{
	const struct tw_interface *one = &f->net->interface[index];
	struct entry entry = {.instance_id = one->instance_id,
		.vpc_id = one->vpc_id,
		.primary = one->primary,
		.interface = index};

	if (one->instance_id)
		TW_TRY(TW_VEC_PUSH(f->net->mem, &f->by_instance, entry));
	for (size_t i = 0; i < one->addresses.n; i++) {
		entry.prefix = one->addresses.v[i];
		f->lengths[entry.prefix.family == TW_IPV6][entry.prefix.len] = true;
		TW_TRY(TW_VEC_PUSH(f->net->mem, &f->by_address, entry));
	}
	return TW_OK;
}

static tw_status fill(struct finder *f)
{
	for (uint32_t i = 0; i < f->net->interfaces; i++)
		TW_TRY(add_interface(f, i));
	if (f->by_instance.n)
		qsort(f->by_instance.v, f->by_instance.n, sizeof(struct entry), cmp_instances);
	if (f->by_address.n)
		qsort(f->by_address.v, f->by_address.n, sizeof(struct entry), cmp_addresses);
	return TW_OK;
}

/* Functions and load balancers as targets have no address that the input tells. */
static tw_status link_members(const struct finder *f, struct tw_target_group *group)
{
	struct tw_member *member = TW_NEW_ARRAY(&f->net->arena, struct tw_member, group->members_n);

	if (!member)
		return TW_ENOMEM;
	for (size_t i = 0; i < group->members_n; i++) {
		member[i] = group->member[i];
		member[i].interface = TW_MISSING;
		member[i].address = (struct tw_prefix){0};
		if (group->type == TW_TARGET_INSTANCES)
			find_instance(f, group, &member[i]);
		else if (group->type == TW_TARGET_ADDRESSES)
			find_address(f, group, &member[i]);
	}
	group->member = member;
	return TW_OK;
}

tw_status tw_link_targets(struct tw_net *net)
{
	struct finder f = {.net = net};
	tw_status status = TW_OK;
	size_t members = 0;

	for (size_t i = 0; i < net->target_groups; i++)
		members += net->target_group[i].members_n;
	if (!members)
		return TW_OK;
	status = fill(&f);
	for (size_t i = 0; i < net->target_groups && status == TW_OK; i++)
		status = link_members(&f, &net->target_group[i]);
	TW_VEC_FREE(net->mem, &f.by_instance);
	TW_VEC_FREE(net->mem, &f.by_address);
	return status;
}
