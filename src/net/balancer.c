/* SPDX-License-Identifier: Apache-2.0 */
/* Load balancers as ends: see balancer.h. */
#include "balancer.h"

#include <stdlib.h>

#include "site.h"

const char *tw_balancer_name(const struct tw_balancer *balancer)
{
	return balancer->object.name ? balancer->object.name : balancer->object.id;
}

bool tw_listener_is_tcp(enum tw_listener_protocol protocol)
{
	return protocol != TW_LISTENER_UDP && protocol != TW_LISTENER_QUIC &&
	       protocol != TW_LISTENER_GENEVE;
}

bool tw_listener_is_udp(enum tw_listener_protocol protocol)
{
	return protocol == TW_LISTENER_UDP || protocol == TW_LISTENER_TCP_UDP ||
	       protocol == TW_LISTENER_QUIC || protocol == TW_LISTENER_TCP_QUIC;
}

bool tw_balancer_preserves(const struct tw_balancer *balancer, const struct tw_listener *listener,
	const struct tw_target_group *group)
{
	(void)listener;
	if (balancer->type != TW_BALANCER_NETWORK)
		return false;
	if (group->vpc != TW_MISSING && balancer->vpc != TW_MISSING && group->vpc != balancer->vpc)
		return false;
	/* It cannot be turned off for UDP. */
	if (tw_listener_is_udp(group->protocol) || group->type == TW_TARGET_ALB)
		return true;
	if (group->preserve != TW_UNSAID)
		return group->preserve == TW_SAID_YES;
	return group->type == TW_TARGET_INSTANCES;
}

uint16_t tw_member_port(const struct tw_target_group *group, const struct tw_member *member)
{
	return member->port ? member->port : group->port;
}

static int cmp_index(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* Sorted, as every site's groups are. */
static tw_status groups_of(
	struct tw_arena *arena, const struct tw_balancer *balancer, struct tw_site *site)
{
	uint32_t *v = TW_NEW_ARRAY(arena, uint32_t, balancer->groups.n + 1);

	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < balancer->groups.n; i++)
		v[i] = balancer->groups.at[i];
	if (balancer->groups.n > 1)
		qsort(v, balancer->groups.n, sizeof(*v), cmp_index);
	site->groups = v;
	site->groups_n = balancer->groups.n;
	return TW_OK;
}

static tw_status nodes_of(const struct tw_net *net, struct tw_arena *arena,
	const struct tw_balancer *balancer, const struct tw_balancer_zone *zone,
	struct tw_site *site)
{
	struct tw_prefixes own =
		zone->addresses.n > 0 ? zone->addresses : net->subnet[zone->subnet].cidrs;
	struct tw_range *v = TW_NEW_ARRAY(arena, struct tw_range, own.n + 1);
	size_t n = 0;

	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < own.n; i++)
		if (own.v[i].family == TW_IPV4 || balancer->dualstack)
			v[n++] = tw_prefix_range(own.v[i]);
	if (n == 0) { /* a subnet whose blocks are not known: any address */
		struct tw_box all = tw_box_all(TW_IPV4);
		v[n] = all.from;
		v[n++].family = TW_IPV4;
	}
	site->address = v;
	site->addresses_n = tw_ranges_join(v, n);
	return TW_OK;
}

tw_status tw_sites_of_balancer(
	const struct tw_net *net, struct tw_arena *arena, uint32_t balancer, struct tw_sites *ret)
{
	const struct tw_balancer *b = &net->balancer[balancer];

	for (size_t i = 0; i < b->zones_n; i++) {
		uint32_t subnet = b->zone[i].subnet;
		struct tw_site site;
		if (subnet == TW_MISSING)
			continue;
		TW_TRY(tw_site_of_subnet(net, arena, subnet, &site));
		site.kind = TW_SITE_BALANCER;
		site.type = TW_INTERFACE_LOAD_BALANCER;
		site.balancer = balancer;
		site.public_v4 = b->internet_facing;
		site.groups_state = net->holds[TW_KIND_GROUP] ? TW_KNOWN : TW_ASSUMED;
		TW_TRY(groups_of(arena, b, &site));
		TW_TRY(nodes_of(net, arena, b, &b->zone[i], &site));
		TW_TRY(tw_sites_add(arena, ret, &site));
	}
	return TW_OK;
}

tw_status tw_site_of_member(const struct tw_net *net, struct tw_arena *arena,
	const struct tw_target_group *group, const struct tw_member *member, struct tw_sites *ret)
{
	struct tw_sites sites = TW_VEC_EMPTY;

	if (member->address.family == 0)
		return TW_OK;
	struct tw_range range = tw_prefix_range(member->address);
	if (member->interface != TW_MISSING) {
		struct tw_part part = {member->interface, {&range, 1}};
		TW_TRY(tw_sites_of_parts(net, arena, &part, 1, &sites));
	} else {
		TW_TRY(tw_sites_of_ranges(net, arena, group->vpc, &range, 1, &sites));
	}
	for (size_t i = 0; i < sites.n; i++)
		if (sites.v[i].kind != TW_SITE_OUTSIDE) {
			struct tw_range *own = TW_NEW(arena, struct tw_range);
			if (!own)
				return TW_ENOMEM;
			*own = range;
			sites.v[i].address = own;
			sites.v[i].addresses_n = 1;
			return tw_sites_add(arena, ret, &sites.v[i]);
		}
	return TW_OK;
}
