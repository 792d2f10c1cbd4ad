/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sites: interfaces that filters and routes treat alike, the rest of a subnet, and anybody behind
 * an ACL. What belongs together is found by one sort, so a hundred thousand interfaces are no
 * matter.
 */

#include "site.h"

#include <stdlib.h>

#include "order.h"

tw_status tw_sites_add(struct tw_arena *arena, struct tw_sites *sites, const struct tw_site *site)
{
	if (sites->n == sites->room) {
		size_t room = sites->room ? 2 * sites->room : 8;
		struct tw_site *v = TW_NEW_ARRAY(arena, struct tw_site, room);
		if (!v)
			return TW_ENOMEM;
		if (sites->n > 0)
			memcpy(v, sites->v, sites->n * sizeof(*v));
		sites->v = v;
		sites->room = room;
	}
	sites->v[sites->n++] = *site;
	return TW_OK;
}

enum tw_knowledge tw_knowledge_of(const struct tw_net *net, enum tw_kind kind, uint32_t index)
{
	if (index != TW_MISSING)
		return TW_KNOWN;
	return net->holds[kind] ? TW_NOT_KNOWN : TW_ASSUMED;
}

struct tw_site tw_site_nowhere(enum tw_site_kind kind, struct tw_ranges address)
{
	struct tw_site site = {.kind = kind,
		.vpc = TW_MISSING,
		.subnet = TW_MISSING,
		.acl = TW_MISSING,
		.table = TW_MISSING,
		.balancer = TW_MISSING,
		.acl_state = TW_ASSUMED,
		.groups_state = TW_ASSUMED,
		.table_state = TW_ASSUMED,
		.address = address.v,
		.addresses_n = address.n};
	return site;
}

/* What the subnet says of ACL and routes; a subnet that is not in the model says nothing. */
static void settle_in(const struct tw_net *net, uint32_t subnet, struct tw_site *site)
{
	const struct tw_subnet *s = subnet != TW_MISSING ? &net->subnet[subnet] : NULL;

	site->subnet = subnet;
	if (s && s->vpc != TW_MISSING)
		site->vpc = s->vpc;
	site->zone = s ? s->zone : NULL;
	site->acl = s ? s->acl : TW_MISSING;
	site->table = s ? s->table : TW_MISSING;
	site->acl_state = tw_knowledge_of(net, TW_KIND_ACL, site->acl);
	site->table_state = tw_knowledge_of(net, TW_KIND_ROUTE_TABLE, site->table);
}

bool tw_acl_names_ipv6(const struct tw_acl *acl)
{
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < acl->list[list].n; i++)
			if (!acl->list[list].rule[i].implicit &&
				acl->list[list].rule[i].family != TW_IPV4)
				return true;
	return false;
}

/*
 * Addresses behind an ACL when the input does not say which: every IPv4 address, and every IPv6
 * address if some rule of the ACL speaks of IPv6. A VPC without IPv6 is the common case, and
 * nothing else hints at one.
 */
static tw_status unknown_addresses(
	const struct tw_net *net, struct tw_arena *arena, uint32_t acl, struct tw_ranges *ret)
{
	TW_TRY(tw_ranges_all(arena, ret));
	if (acl != TW_MISSING && !tw_acl_names_ipv6(&net->acl[acl]))
		ret->n = 1; /* IPv4 comes first */
	return TW_OK;
}

tw_status tw_site_of_subnet(
	const struct tw_net *net, struct tw_arena *arena, uint32_t subnet, struct tw_site *ret)
{
	struct tw_prefixes cidrs = net->subnet[subnet].cidrs;
	struct tw_ranges address;

	if (cidrs.n > 0)
		TW_TRY(tw_ranges_of_prefixes(arena, cidrs.v, cidrs.n, &address));
	else
		TW_TRY(unknown_addresses(net, arena, net->subnet[subnet].acl, &address));
	*ret = tw_site_nowhere(TW_SITE_SUBNET, address);
	settle_in(net, subnet, ret);
	return TW_OK;
}

tw_status tw_site_of_acl(
	const struct tw_net *net, struct tw_arena *arena, uint32_t acl, struct tw_site *ret)
{
	struct tw_ranges address;

	TW_TRY(unknown_addresses(net, arena, acl, &address));
	*ret = tw_site_nowhere(TW_SITE_ACL, address);
	ret->vpc = net->acl[acl].vpc;
	ret->acl = acl;
	ret->acl_state = TW_KNOWN;
	return TW_OK;
}

tw_status tw_subnet_rest(const struct tw_net *net, struct tw_arena *arena, uint32_t subnet,
	const struct tw_ranges *within, struct tw_ranges *ret)
{
	const struct tw_subnet *s = &net->subnet[subnet];
	struct tw_ranges rest, used;
	size_t n = 0;

	TW_TRY(tw_ranges_of_prefixes(arena, s->cidrs.v, s->cidrs.n, &rest));
	if (within)
		TW_TRY(tw_ranges_intersect(arena, rest, *within, &rest));
	for (size_t i = 0; i < s->interfaces_n; i++)
		n += net->interface[s->interfaces[i]].addresses.n;
	struct tw_range *v = TW_NEW_ARRAY(arena, struct tw_range, n);
	if (!v)
		return TW_ENOMEM;
	n = 0;
	for (size_t i = 0; i < s->interfaces_n; i++) {
		struct tw_prefixes own = net->interface[s->interfaces[i]].addresses;
		for (size_t k = 0; k < own.n; k++) {
			struct tw_range range = tw_prefix_range(own.v[k]);
			if (!within || tw_ranges_meet(*within, range))
				v[n++] = range;
		}
	}
	used = (struct tw_ranges){v, tw_ranges_join(v, n)};
	return tw_ranges_subtract(arena, rest, used, ret);
}

/* ---- interfaces ------------------------------------------------------------------------------ */

/* A part with what decides its site. */
struct member {
	const struct tw_interface *interface;
	struct tw_part part;
	uint32_t vpc;
	enum tw_platform platform;
};

static struct member member_of(const struct tw_net *net, const struct tw_part *part)
{
	const struct tw_interface *interface = &net->interface[part->interface];
	struct member m = {.interface = interface,
		.part = *part,
		.vpc = interface->vpc,
		.platform = TW_PLATFORM_UNKNOWN};

	if (interface->subnet != TW_MISSING && net->subnet[interface->subnet].vpc != TW_MISSING)
		m.vpc = net->subnet[interface->subnet].vpc;
	if (interface->instance != TW_MISSING)
		m.platform = net->instance[interface->instance].platform;
	return m;
}

static bool has_public_v4(const struct tw_interface *interface)
{
	for (size_t i = 0; i < interface->public_addresses.n; i++)
		if (interface->public_addresses.v[i].family == TW_IPV4)
			return true;
	return false;
}

/* 0 if the two belong to one site. */
static int cmp_site(const struct member *a, const struct member *b)
{
	const struct tw_interface *left = a->interface, *right = b->interface;
	int d = tw_order(left->subnet, right->subnet);

	d = d ? d : tw_order(a->vpc, b->vpc);
	d = d ? d : tw_order(left->groups_n, right->groups_n);
	for (size_t i = 0; !d && i < left->groups_n; i++)
		d = tw_order(left->groups[i], right->groups[i]);
	d = d ? d : tw_order(left->type, right->type);
	d = d ? d : tw_order(a->platform, b->platform);
	return d ? d : tw_order(has_public_v4(left), has_public_v4(right));
}

static int cmp_member(const void *a, const void *b)
{
	const struct member *left = a, *right = b;
	int d = cmp_site(left, right);

	return d ? d : tw_order(left->part.interface, right->part.interface);
}

/* All addresses of n members, joined. */
static tw_status addresses_of(
	struct tw_arena *arena, const struct member *m, size_t n, struct tw_site *site)
{
	size_t room = 0, k = 0;

	for (size_t i = 0; i < n; i++)
		room += m[i].part.address.n ? m[i].part.address.n : m[i].interface->addresses.n;
	struct tw_range *v = TW_NEW_ARRAY(arena, struct tw_range, room);
	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct tw_prefixes own = m[i].interface->addresses;
		for (size_t j = 0; j < m[i].part.address.n; j++)
			v[k++] = m[i].part.address.v[j];
		for (size_t j = 0; m[i].part.address.n == 0 && j < own.n; j++)
			v[k++] = tw_prefix_range(own.v[j]);
	}
	site->address = v;
	site->addresses_n = tw_ranges_join(v, k);
	return TW_OK;
}

static tw_status add_site(const struct tw_net *net, struct tw_arena *arena, const struct member *m,
	size_t n, struct tw_sites *sites)
{
	struct tw_site site = tw_site_nowhere(TW_SITE_INTERFACES, (struct tw_ranges){NULL, 0});
	const struct tw_interface *first = m[0].interface;
	uint32_t *index = TW_NEW_ARRAY(arena, uint32_t, n);

	if (!index)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		index[i] = m[i].part.interface;
	settle_in(net, first->subnet, &site);
	site.vpc = m[0].vpc;
	site.groups = first->groups;
	site.groups_n = first->groups_n;
	site.groups_state = net->holds[TW_KIND_GROUP] ? TW_KNOWN : TW_ASSUMED;
	/* AWS gives every ordinary interface a group: if it has none here, the input left it out.
	 */
	if (first->groups_n == 0 && first->type == TW_INTERFACE_ORDINARY &&
		net->holds[TW_KIND_GROUP])
		site.groups_state = TW_NOT_KNOWN;
	site.type = first->type;
	site.platform = m[0].platform;
	site.public_v4 = has_public_v4(first);
	site.interfaces = index;
	site.interfaces_n = n;
	TW_TRY(addresses_of(arena, m, n, &site));
	return tw_sites_add(arena, sites, &site);
}

tw_status tw_sites_of_parts(const struct tw_net *net, struct tw_arena *arena, struct tw_part *part,
	size_t n, struct tw_sites *sites)
{
	size_t size = n * sizeof(struct member);
	struct member *m = tw_mem_alloc(net->mem, size);
	tw_status status = TW_OK;

	if (!m)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		m[i] = member_of(net, &part[i]);
	if (n > 1)
		qsort(m, n, sizeof(*m), cmp_member);
	for (size_t begin = 0, end; begin < n && status == TW_OK; begin = end) {
		for (end = begin + 1; end < n && cmp_site(&m[begin], &m[end]) == 0;)
			end++;
		status = add_site(net, arena, &m[begin], end - begin, sites);
	}
	tw_mem_release(net->mem, m, size);
	return status;
}

tw_status tw_sites_of_interfaces(const struct tw_net *net, struct tw_arena *arena,
	const uint32_t *interface, size_t n, struct tw_sites *ret)
{
	struct tw_picked picked;
	struct tw_sites sites = TW_VEC_EMPTY;

	tw_picked_init(&picked, net, arena, NULL, TW_NO_SPAN);
	tw_status status = TW_VEC_RESERVE(net->mem, &picked.interface, n);
	if (status == TW_OK) {
		if (n > 0)
			memcpy(picked.interface.v, interface, n * sizeof(*interface));
		picked.interface.n = n;
		status = tw_picked_sites(&picked, &sites);
	}
	tw_picked_fini(&picked);
	if (status == TW_OK)
		*ret = sites;
	return status;
}
