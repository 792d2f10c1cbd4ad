/* SPDX-License-Identifier: Apache-2.0 */
/* Equal situations are decided once: joining sites, and the paths between joined ones. */
#include "situation.h"

#include "addresses.h"
#include "order.h"

#include <stdlib.h>

/* A site with what it is compared by: groups by what they compile to. */
struct compared {
	const struct tw_site *site;
	struct tw_compiled groups;
	size_t at;
	size_t members; /* of its class, at the first one; else 0 */
	bool starts;
	bool joinable;
	bool named; /* hops name its groups, so equal ones must be the same ones */
	bool zones; /* a transit gateway picks its subnet by the zone */
	bool alone; /* its subnet is treated like no other: a gateway sits in it */
};

static bool has_missing_group(const struct tw_site *site)
{
	for (size_t i = 0; i < site->groups_n; i++)
		if (site->groups[i] == TW_MISSING)
			return true;
	return false;
}

static tw_status compare_by(
	struct tw_results *r, const struct tw_site *site, bool starts, struct compared *ret)
{
	const struct tw_net *net = r->net;
	struct tw_crossing crossing = {.kind = TW_CROSS_GROUPS,
		.site = site,
		.state = site->groups_state,
		.view = {starts ? TW_EGRESS : TW_INGRESS, TW_REQUEST}};
	bool interfaces = site->kind == TW_SITE_INTERFACES;
	ret->site = site;
	ret->starts = starts;
	ret->joinable = (interfaces || site->kind == TW_SITE_SUBNET) && site->vpc != TW_MISSING;
	ret->named = r->apart || r->named;
	/* A group that the input lacks has a name all the same. */
	if (ret->named && has_missing_group(site))
		ret->joinable = false;
	ret->alone = site->subnet == TW_MISSING || net->subnet[site->subnet].hosts_gateway;
	ret->zones = net->attachments > 0;
	return interfaces ? tw_judge_crossing(r->judge, &crossing, &ret->groups) : TW_OK;
}

/* Routes treat the subnets of two sites alike. */
static int cmp_place(const struct compared *x, const struct compared *y)
{
	int d = tw_order(x->alone, y->alone);
	if (d == 0 && x->alone)
		d = tw_order(x->site->subnet, y->site->subnet);
	return d == 0 && x->zones ? tw_order_text(x->site->zone, y->site->zone) : d;
}

static int cmp_groups(const struct compared *x, const struct compared *y)
{
	const struct tw_site *a = x->site, *b = y->site;
	int d = tw_order(x->groups.allow, y->groups.allow);
	d = d ? d : tw_order(x->groups.unknown, y->groups.unknown);
	if (d != 0 || !x->named)
		return d;
	d = tw_order(a->groups_n, b->groups_n);
	for (size_t i = 0; d == 0 && i < a->groups_n; i++)
		d = tw_order(a->groups[i], b->groups[i]);
	return d;
}

/* 0 if one site may stand for both. */
static int cmp_class(const struct compared *x, const struct compared *y)
{
	const struct tw_site *a = x->site, *b = y->site;
	int d = tw_order(x->joinable, y->joinable);
	if (d != 0 || !x->joinable)
		return d ? d : tw_order(x->at, y->at);
	d = tw_order(a->kind, b->kind);
	d = d ? d : tw_order(a->vpc, b->vpc);
	d = d ? d : tw_order(a->acl, b->acl);
	d = d ? d : tw_order(a->table, b->table);
	d = d ? d : tw_order(a->acl_state, b->acl_state);
	d = d ? d : tw_order(a->table_state, b->table_state);
	d = d ? d : tw_order(a->groups_state, b->groups_state);
	d = d ? d : tw_order(a->type, b->type);
	d = d ? d : tw_order(a->public_v4, b->public_v4);
	d = d || !x->starts ? d : tw_order(a->platform, b->platform);
	d = d ? d : cmp_groups(x, y);
	return d ? d : cmp_place(x, y);
}

static int cmp_compared(const void *left, const void *right)
{
	const struct compared *x = left, *y = right;
	int d = cmp_class(x, y);
	return d ? d : tw_order(x->at, y->at);
}

static int cmp_first(const void *left, const void *right)
{
	const struct compared *x = left, *y = right;
	/* The first of each class in the order of sites, whoever it stands for behind all. */
	int d = tw_order(x->members == 0, y->members == 0);
	return d ? d : tw_order(x->at, y->at);
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
		for (size_t k = 0; k < part[i].addresses_n; k++)
			address[addresses++] = part[i].address[k];
		for (size_t k = 0; k < part[i].interfaces_n; k++)
			interface[interfaces++] = part[i].interfaces[k];
	}
	/* Of one subnet: a gateway that sits there, too, reaches it past no list. */
	for (size_t i = 1; i < n; i++)
		if (part[i].subnet != ret->subnet)
			ret->subnet = TW_MISSING;
	ret->address = address;
	ret->addresses_n = tw_ranges_join(address, addresses);
	ret->interfaces = interface;
	ret->interfaces_n = interfaces;
	ret->part = part;
	ret->parts = n;
	return TW_OK;
}

/* Sorts the sites by class; the parts of each class stand together in `part`. */
static size_t classify(struct compared *v, size_t n, struct tw_site *part)
{
	size_t classes = 0;
	if (n > 1)
		qsort(v, n, sizeof(*v), cmp_compared);
	for (size_t begin = 0, end; begin < n; begin = end, classes++) {
		for (end = begin + 1; end < n && cmp_class(&v[begin], &v[end]) == 0;)
			end++;
		for (size_t i = begin; i < end; i++)
			part[i] = *v[i].site;
		v[begin].members = end - begin;
		v[begin].site = &part[begin];
	}
	if (n > 1)
		qsort(v, n, sizeof(*v), cmp_first);
	return classes;
}

tw_status tw_situations_of(
	struct tw_results *results, const struct tw_sites *sites, bool starts, struct tw_sites *ret)
{
	size_t n = sites->n;
	struct tw_site *part = TW_NEW_ARRAY(results->work, struct tw_site, n + 1);
	struct compared *v = TW_NEW_ARRAY(results->work, struct compared, n + 1);
	if (!part || !v)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		v[i].at = i;
		TW_TRY(compare_by(results, &sites->v[i], starts, &v[i]));
	}
	size_t classes = classify(v, n, part);
	struct tw_site *out = TW_NEW_ARRAY(results->work, struct tw_site, classes + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < classes; i++)
		TW_TRY(join(results, &part[v[i].site - part], v[i].members, &out[i]));
	*ret = (struct tw_sites){out, classes, 0};
	return TW_OK;
}

static const struct tw_site *parts_of(const struct tw_site *site, size_t *ret_n)
{
	*ret_n = site->parts > 0 ? site->parts : 1;
	return site->parts > 0 ? site->part : site;
}

/* The pairs of two sites that sit in one subnet, and some subnet that holds such a pair. */
static tw_set neighbours(struct tw_space *space, const struct tw_site *from,
	const struct tw_site *to, uint32_t *ret_subnet)
{
	size_t n, m;
	const struct tw_site *a = parts_of(from, &n), *b = parts_of(to, &m);
	tw_set set = TW_EMPTY;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++) {
			if (a[i].subnet == TW_MISSING || a[i].subnet != b[k].subnet)
				continue;
			*ret_subnet = a[i].subnet;
			set = tw_set_union(space, set,
				tw_set_intersect(space,
					tw_ranges_set(space, TW_FIELD_FROM, a[i].address,
						a[i].addresses_n),
					tw_ranges_set(space, TW_FIELD_TO, b[k].address,
						b[k].addresses_n)));
		}
	return set;
}

/* The site as if it lay in one subnet: what goes for one of its subnets goes for each. */
static struct tw_site *settled(struct tw_results *r, const struct tw_site *site, uint32_t subnet)
{
	struct tw_site *one = TW_NEW(r->work, struct tw_site);
	if (one) {
		*one = *site;
		one->subnet = subnet;
	}
	return one;
}

/* The paths of the pairs `near`, behind those that are there. */
static tw_status near_paths(struct tw_results *r, const struct tw_site *from,
	const struct tw_site *to, uint32_t subnet, tw_set near, struct tw_paths *ret)
{
	struct tw_judge *judge = r->judge;
	const struct tw_site *a = settled(r, from, subnet), *b = settled(r, to, subnet);
	size_t kept = ret->n;
	if (!a || !b)
		return TW_ENOMEM;
	TW_TRY(tw_paths_between(judge->net, judge->space, &judge->world, r->work, a, b, ret));
	for (size_t i = kept; i < ret->n; i++) {
		struct tw_path path = ret->v[i];
		path.domain = tw_set_intersect(judge->space, path.domain, near);
		/* What AWS answers itself is told already. */
		if (!path.exempt && !tw_set_is_empty(path.domain))
			ret->v[kept++] = path;
	}
	ret->n = kept;
	return tw_space_status(judge->space);
}

tw_status tw_situation_paths(struct tw_results *results, const struct tw_site *from,
	const struct tw_site *to, struct tw_paths *ret)
{
	struct tw_judge *judge = results->judge;
	size_t before = ret->n, kept = before;
	TW_TRY(tw_paths_between(
		judge->net, judge->space, &judge->world, results->work, from, to, ret));
	if (from->parts == 0 && to->parts == 0)
		return TW_OK;
	uint32_t subnet = TW_MISSING;
	tw_set near = neighbours(judge->space, from, to, &subnet);
	for (size_t i = before; i < ret->n; i++)
		if (ret->v[i].exempt)
			near = tw_set_subtract(judge->space, near, ret->v[i].domain);
	if (tw_set_is_empty(near))
		return tw_space_status(judge->space);
	for (size_t i = before; i < ret->n; i++) {
		struct tw_path path = ret->v[i];
		if (!path.exempt)
			path.domain = tw_set_subtract(judge->space, path.domain, near);
		if (!tw_set_is_empty(path.domain))
			ret->v[kept++] = path;
	}
	ret->n = kept;
	return near_paths(results, from, to, subnet, near, ret);
}
