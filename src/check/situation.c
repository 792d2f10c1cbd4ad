/* SPDX-License-Identifier: Apache-2.0 */
/* Equal situations are decided once: joining sites, and the paths between joined ones. */
#include "situation.h"

#include "addresses.h"

/* What tells two sites apart for a filter; groups by what they compile to. */
struct key {
	struct tw_compiled groups;
};

static tw_status key_of(
	struct tw_results *r, const struct tw_site *site, bool starts, struct key *ret)
{
	*ret = (struct key){{0}};
	if (site->kind != TW_SITE_INTERFACES)
		return TW_OK;
	struct tw_crossing crossing = {.kind = TW_CROSS_GROUPS,
		.site = site,
		.state = site->groups_state,
		.view = {starts ? TW_EGRESS : TW_INGRESS, TW_REQUEST}};
	return tw_judge_crossing(r->judge, &crossing, &ret->groups);
}

/* Carry the very same groups, for those who will name them. */
static bool same_groups(const struct tw_site *a, const struct tw_site *b)
{
	return a->groups_n == b->groups_n &&
	       (a->groups_n == 0 ||
		       memcmp(a->groups, b->groups, a->groups_n * sizeof(*a->groups)) == 0);
}

/*
 * Routes treat the subnets of two sites alike: no gateway sits in either, and where a transit
 * gateway picks its subnet by the zone, it is the same zone.
 */
static bool travels_alike(
	const struct tw_net *net, const struct tw_site *a, const struct tw_site *b)
{
	if (a->subnet == TW_MISSING || b->subnet == TW_MISSING || a->subnet == b->subnet)
		return a->subnet == b->subnet;
	if (net->subnet[a->subnet].hosts_gateway || net->subnet[b->subnet].hosts_gateway)
		return false;
	if (net->attachments == 0)
		return true;
	return a->zone && b->zone ? strcmp(a->zone, b->zone) == 0 : a->zone == b->zone;
}

static bool is_alike(const struct tw_site *a, const struct tw_site *b, const struct key *x,
	const struct key *y, bool starts)
{
	return a->kind == TW_SITE_INTERFACES && b->kind == TW_SITE_INTERFACES && a->vpc == b->vpc &&
	       a->vpc != TW_MISSING && a->acl == b->acl && a->table == b->table &&
	       a->acl_state == b->acl_state && a->table_state == b->table_state &&
	       a->groups_state == b->groups_state && a->type == b->type &&
	       a->public_v4 == b->public_v4 && (!starts || a->platform == b->platform) &&
	       x->groups.allow == y->groups.allow && x->groups.unknown == y->groups.unknown;
}

/* One site for all parts; a single part stays as it is. */
static tw_status join(struct tw_results *r, struct tw_site *part, size_t n, struct tw_site *ret)
{
	size_t addresses = 0, interfaces = 0;
	*ret = part[0];
	if (n == 1)
		return TW_OK;
	for (size_t i = 0; i < n; i++) {
		addresses += part[i].addresses_n;
		interfaces += part[i].interfaces_n;
	}
	struct tw_range *address = TW_NEW_ARRAY(r->work, struct tw_range, addresses + 1);
	uint32_t *interface = TW_NEW_ARRAY(r->work, uint32_t, interfaces + 1);
	if (!address || !interface)
		return TW_ENOMEM;
	addresses = interfaces = 0;
	for (size_t i = 0; i < n; i++) {
		memcpy(address + addresses, part[i].address,
			part[i].addresses_n * sizeof(*address));
		memcpy(interface + interfaces, part[i].interfaces,
			part[i].interfaces_n * sizeof(*interface));
		addresses += part[i].addresses_n;
		interfaces += part[i].interfaces_n;
	}
	ret->subnet = TW_MISSING;
	ret->address = address;
	ret->addresses_n = tw_ranges_join(address, addresses);
	ret->interfaces = interface;
	ret->interfaces_n = interfaces;
	ret->part = part;
	ret->parts = n;
	return TW_OK;
}

tw_status tw_situations_of(
	struct tw_results *results, const struct tw_sites *sites, bool starts, struct tw_sites *ret)
{
	size_t n = sites->n;
	struct tw_site *out = TW_NEW_ARRAY(results->work, struct tw_site, n + 1);
	struct tw_site *part = TW_NEW_ARRAY(results->work, struct tw_site, n + 1);
	struct key *key = TW_NEW_ARRAY(results->work, struct key, n + 1);
	bool *taken = TW_NEW_ARRAY(results->work, bool, n + 1);
	if (!out || !part || !key || !taken)
		return TW_ENOMEM;
	*ret = *sites;
	if (results->details) /* regions name subnets, so they stay apart */
		return TW_OK;
	for (size_t i = 0; i < n; i++)
		TW_TRY(key_of(results, &sites->v[i], starts, &key[i]));
	size_t joined = 0;
	for (size_t i = 0; i < n; i++) {
		struct tw_site *first = part;
		if (taken[i])
			continue;
		for (size_t k = i; k < n; k++)
			if (k == i ||
				(!taken[k] &&
					travels_alike(results->net, &sites->v[i], &sites->v[k]) &&
					is_alike(&sites->v[i], &sites->v[k], &key[i], &key[k],
						starts) &&
					(!results->named ||
						same_groups(&sites->v[i], &sites->v[k])))) {
				taken[k] = true;
				*part++ = sites->v[k];
			}
		TW_TRY(join(results, first, (size_t)(part - first), &out[joined]));
		joined++;
	}
	*ret = (struct tw_sites){out, joined, 0};
	return TW_OK;
}

static const struct tw_site *parts_of(const struct tw_site *site, size_t *ret_n)
{
	*ret_n = site->parts > 0 ? site->parts : 1;
	return site->parts > 0 ? site->part : site;
}

/* The pairs of two sites that sit in one subnet, and two parts that stand for them. */
static tw_set neighbours(struct tw_space *space, const struct tw_site *from,
	const struct tw_site *to, const struct tw_site **ret_from, const struct tw_site **ret_to)
{
	size_t n, m;
	const struct tw_site *a = parts_of(from, &n), *b = parts_of(to, &m);
	tw_set set = TW_EMPTY;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++) {
			if (a[i].subnet == TW_MISSING || a[i].subnet != b[k].subnet)
				continue;
			*ret_from = &a[i];
			*ret_to = &b[k];
			set = tw_set_union(space, set,
				tw_set_intersect(space,
					tw_ranges_set(space, TW_FIELD_FROM, a[i].address,
						a[i].addresses_n),
					tw_ranges_set(space, TW_FIELD_TO, b[k].address,
						b[k].addresses_n)));
		}
	return set;
}

tw_status tw_situation_paths(struct tw_results *results, const struct tw_site *from,
	const struct tw_site *to, struct tw_paths *ret)
{
	struct tw_judge *judge = results->judge;
	size_t before = ret->n;
	TW_TRY(tw_paths_between(
		judge->net, judge->space, &judge->world, results->work, from, to, ret));
	if (from->parts == 0 && to->parts == 0)
		return TW_OK;
	const struct tw_site *a = NULL, *b = NULL;
	tw_set near = neighbours(judge->space, from, to, &a, &b);
	if (tw_set_is_empty(near))
		return tw_space_status(judge->space);
	for (size_t i = before; i < ret->n; i++)
		ret->v[i].domain = tw_set_subtract(judge->space, ret->v[i].domain, near);
	size_t own = ret->n;
	TW_TRY(tw_paths_between(judge->net, judge->space, &judge->world, results->work, a, b, ret));
	for (size_t i = own; i < ret->n; i++)
		if (ret->v[i].same_subnet)
			ret->v[i].domain = near;
	return tw_space_status(judge->space);
}
