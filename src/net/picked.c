/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From everything that was picked to sites that do not overlap: subnets give way to the interfaces
 * in them, doubles are dropped, addresses are cut, and what has no known addresses takes the rest.
 */

#include "site.h"

#include <stdlib.h>

#include "balancer.h"
#include "index.h"

void tw_picked_init(struct tw_picked *picked, const struct tw_net *net, struct tw_arena *arena,
	struct tw_diags *diags, struct tw_span span)
{
	*picked = (struct tw_picked){.net = net, .arena = arena, .diags = diags, .span = span};
}

void tw_picked_fini(struct tw_picked *picked)
{
	struct tw_mem *mem = picked->net->mem;

	TW_VEC_FREE(mem, &picked->interface);
	TW_VEC_FREE(mem, &picked->subnet);
	TW_VEC_FREE(mem, &picked->acl);
	TW_VEC_FREE(mem, &picked->balancer);
	TW_VEC_FREE(mem, &picked->range);
	TW_VEC_FREE(mem, &picked->called);
	TW_VEC_FREE(mem, &picked->id);
}

static int cmp_index(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static void sort_once(struct tw_indexes *indexes)
{
	size_t kept = 0;

	if (indexes->n > 1)
		qsort(indexes->v, indexes->n, sizeof(*indexes->v), cmp_index);
	for (size_t i = 0; i < indexes->n; i++)
		if (kept == 0 || indexes->v[kept - 1] != indexes->v[i])
			indexes->v[kept++] = indexes->v[i];
	indexes->n = kept;
}

/* ---- subnets --------------------------------------------------------------------------------- */

/* Adds the ordinary interfaces of a subnet; true if there is one. */
static tw_status pick_residents(struct tw_picked *picked, uint32_t subnet, bool *ret_any)
{
	const struct tw_subnet *s = &picked->net->subnet[subnet];
	bool any = false;

	for (size_t i = 0; i < s->interfaces_n; i++) {
		uint32_t index = s->interfaces[i];
		if (picked->net->interface[index].type != TW_INTERFACE_ORDINARY) {
			picked->managed = true;
			continue;
		}
		any = true;
		TW_TRY(TW_VEC_PUSH(picked->net->mem, &picked->interface, index));
	}
	*ret_any = any;
	return TW_OK;
}

/* Leaves in picked->subnet those without ordinary interfaces, and in picked->acl those without
 * subnets. */
static tw_status expand(struct tw_picked *picked)
{
	size_t kept = 0;

	sort_once(&picked->acl);
	for (size_t i = 0; i < picked->acl.n; i++) {
		const struct tw_acl *acl = &picked->net->acl[picked->acl.v[i]];
		for (size_t k = 0; k < acl->subnets_n; k++)
			TW_TRY(TW_VEC_PUSH(picked->net->mem, &picked->subnet, acl->subnets[k]));
		if (acl->subnets_n == 0)
			picked->acl.v[kept++] = picked->acl.v[i];
	}
	picked->acl.n = kept;
	sort_once(&picked->subnet);
	kept = 0;
	for (size_t i = 0; i < picked->subnet.n; i++) {
		bool any;
		TW_TRY(pick_residents(picked, picked->subnet.v[i], &any));
		if (!any)
			picked->subnet.v[kept++] = picked->subnet.v[i];
	}
	picked->subnet.n = kept;
	sort_once(&picked->interface);
	return TW_OK;
}

/* A subnet as a whole, but for the addresses of its managed interfaces. */
static tw_status add_subnet(struct tw_picked *picked, uint32_t subnet, struct tw_sites *sites)
{
	struct tw_site site;
	struct tw_ranges rest;

	TW_TRY(tw_site_of_subnet(picked->net, picked->arena, subnet, &site));
	TW_TRY(tw_subnet_rest(picked->net, picked->arena, subnet, NULL, &rest));
	site.address = rest.v;
	site.addresses_n = rest.n;
	return rest.n > 0 ? tw_sites_add(picked->arena, sites, &site) : TW_OK;
}

/* ---- what has no known addresses ------------------------------------------------------------- */

static bool alike(const struct tw_site *a, const struct tw_site *b)
{
	return a->vpc == b->vpc && a->acl == b->acl && a->acl_state == b->acl_state &&
	       a->table == b->table && a->table_state == b->table_state;
}

static tw_status refuse_apart(struct tw_picked *picked, const char *one, const char *other)
{
	return TW_REFUSED(picked,
		"%s and %s differ, but the input does not say which addresses they "
		"have: name one of them, or add the output of describe-subnets",
		one, other);
}

/* Adds a site of unknown addresses, or makes it one with the last one. */
static tw_status join_open(struct tw_picked *picked, const struct tw_site *site, const char *id,
	struct tw_sites *open, const char **first_id)
{
	if (open->n == 0) {
		*first_id = id;
		return tw_sites_add(picked->arena, open, site);
	}
	struct tw_site *last = &open->v[open->n - 1];
	if (alike(last, site)) {
		last->kind = TW_SITE_ACL;
		last->subnet = TW_MISSING;
		return TW_OK;
	}
	if (picked->diags)
		return refuse_apart(picked, *first_id, id);
	return tw_sites_add(picked->arena, open, site);
}

static tw_status open_sites(struct tw_picked *picked, struct tw_sites *ret)
{
	const struct tw_net *net = picked->net;
	const char *first = NULL;
	struct tw_site site;

	for (size_t i = 0; i < picked->subnet.n; i++) {
		uint32_t index = picked->subnet.v[i];
		if (net->subnet[index].cidrs.n > 0)
			continue;
		TW_TRY(tw_site_of_subnet(net, picked->arena, index, &site));
		TW_TRY(join_open(picked, &site, net->subnet[index].object.id, ret, &first));
	}
	for (size_t i = 0; i < picked->acl.n; i++) {
		uint32_t index = picked->acl.v[i];
		TW_TRY(tw_site_of_acl(net, picked->arena, index, &site));
		TW_TRY(join_open(picked, &site, net->acl[index].object.id, ret, &first));
	}
	return TW_OK;
}

/* Their addresses are among those that nothing else here has. */
static tw_status add_open(struct tw_picked *picked, struct tw_sites *sites)
{
	struct tw_sites open = TW_VEC_EMPTY;
	struct tw_ranges all, taken = {NULL, 0};
	struct tw_range *v;
	size_t n = 0;

	TW_TRY(open_sites(picked, &open));
	if (open.n == 0)
		return TW_OK;
	for (size_t i = 0; i < sites->n; i++)
		n += sites->v[i].addresses_n;
	v = TW_NEW_ARRAY(picked->arena, struct tw_range, n);
	if (!v)
		return TW_ENOMEM;
	n = 0;
	for (size_t i = 0; i < sites->n; i++)
		for (size_t k = 0; k < sites->v[i].addresses_n; k++)
			v[n++] = sites->v[i].address[k];
	taken = (struct tw_ranges){v, tw_ranges_join(v, n)};
	TW_TRY(tw_ranges_all(picked->arena, &all));
	TW_TRY(tw_ranges_subtract(picked->arena, all, taken, &all));
	for (size_t i = 0; i < open.n; i++) {
		struct tw_ranges own = {open.v[i].address, open.v[i].addresses_n};
		TW_TRY(tw_ranges_intersect(picked->arena, all, own, &own));
		open.v[i].address = own.v;
		open.v[i].addresses_n = own.n;
		TW_TRY(tw_sites_add(picked->arena, sites, &open.v[i]));
	}
	return TW_OK;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static tw_status make_parts(struct tw_picked *picked, struct tw_parts *parts)
{
	for (size_t i = 0; i < picked->interface.n; i++) {
		struct tw_part part = {picked->interface.v[i], {NULL, 0}};
		TW_TRY(TW_VEC_PUSH(picked->net->mem, parts, part));
	}
	return TW_OK;
}

static tw_status add_outside(
	struct tw_picked *picked, struct tw_ranges outside, struct tw_sites *sites)
{
	struct tw_ranges internet;

	if (picked->internet) {
		internet = picked->net->index->internet;
		TW_TRY(tw_ranges_union(picked->arena, outside, internet, &outside));
	}
	if (outside.n == 0)
		return TW_OK;
	struct tw_site site = tw_site_nowhere(TW_SITE_OUTSIDE, outside);
	return tw_sites_add(picked->arena, sites, &site);
}

static tw_status build(struct tw_picked *picked, struct tw_parts *parts, struct tw_sites *sites)
{
	bool *whole =
		TW_NEW_ARRAY(picked->arena, bool, picked->subnet.n ? picked->net->subnets : 0);
	struct tw_ranges outside = {NULL, 0};

	if (!whole)
		return TW_ENOMEM;
	for (size_t i = 0; i < picked->subnet.n; i++)
		whole[picked->subnet.v[i]] = true;
	TW_TRY(make_parts(picked, parts));
	if (picked->range.n > 0)
		TW_TRY(tw_picked_cut(
			picked, picked->subnet.n ? whole : NULL, parts, sites, &outside));
	TW_TRY(tw_sites_of_parts(picked->net, picked->arena, parts->v, parts->n, sites));
	for (size_t i = 0; i < picked->subnet.n; i++)
		if (picked->net->subnet[picked->subnet.v[i]].cidrs.n > 0)
			TW_TRY(add_subnet(picked, picked->subnet.v[i], sites));
	sort_once(&picked->balancer);
	for (size_t i = 0; i < picked->balancer.n; i++)
		TW_TRY(tw_sites_of_balancer(
			picked->net, picked->arena, picked->balancer.v[i], sites));
	TW_TRY(add_outside(picked, outside, sites));
	return add_open(picked, sites);
}

static bool has_public(const struct tw_interface *interface, struct tw_range address)
{
	for (size_t i = 0; i < interface->public_addresses.n; i++)
		if (tw_ranges_meet((struct tw_ranges){&address, 1},
			    tw_prefix_range(interface->public_addresses.v[i])))
			return true;
	return false;
}

/* Remembers by which public addresses a site is called. */
static tw_status call(struct tw_picked *picked, struct tw_site *site, bool only)
{
	struct tw_range *v = TW_NEW_ARRAY(picked->arena, struct tw_range, picked->called.n);
	size_t n = 0;

	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < picked->called.n; i++) {
		bool own = false, seen = false;
		for (size_t k = 0; k < n; k++)
			seen |= tw_addr_cmp(v[k].first, picked->called.v[i].first) == 0;
		for (size_t k = 0; k < site->interfaces_n; k++)
			own |= has_public(
				&picked->net->interface[site->interfaces[k]], picked->called.v[i]);
		if (own && !seen)
			v[n++] = picked->called.v[i];
	}
	site->called = v;
	site->called_n = n;
	site->called_only = only && n > 0;
	return TW_OK;
}

tw_status tw_picked_sites(struct tw_picked *picked, struct tw_sites *ret)
{
	struct tw_parts parts = TW_VEC_EMPTY;
	struct tw_sites sites = TW_VEC_EMPTY;
	bool only = picked->interface.n == picked->called.n && picked->range.n == 0 &&
		    picked->subnet.n == 0 && picked->acl.n == 0;

	TW_TRY(expand(picked));
	tw_status status = build(picked, &parts, &sites);
	for (size_t i = 0; status == TW_OK && picked->called.n > 0 && i < sites.n; i++)
		if (sites.v[i].kind == TW_SITE_INTERFACES)
			status = call(picked, &sites.v[i], only);
	TW_VEC_FREE(picked->net->mem, &parts);
	if (status == TW_OK)
		*ret = sites;
	return status;
}

tw_status tw_sites_of_ranges(const struct tw_net *net, struct tw_arena *arena, uint32_t vpc,
	const struct tw_range *range, size_t n, struct tw_sites *ret)
{
	struct tw_picked picked;
	struct tw_sites sites = TW_VEC_EMPTY;

	tw_picked_init(&picked, net, arena, NULL, TW_NO_SPAN);
	picked.vpc_id = vpc != TW_MISSING ? net->vpc[vpc].object.id : NULL;
	tw_status status = TW_VEC_RESERVE(net->mem, &picked.range, n);
	if (status == TW_OK) {
		if (n > 0)
			memcpy(picked.range.v, range, n * sizeof(*range));
		picked.range.n = n;
		status = tw_picked_sites(&picked, &sites);
	}
	tw_picked_fini(&picked);
	if (status == TW_OK)
		*ret = sites;
	return status;
}
