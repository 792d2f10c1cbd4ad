/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which subnets an outcome is about. A joined site (situation.h) stands for many, and an outcome
 * may be about the packets of some of them only: what a hop names are those that its packets touch.
 */
#include "addresses.h"
#include "results.h"

#include <stdlib.h>

static int cmp_id(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The addresses that the packets have at one end. */
static tw_status addresses_at(
	struct tw_results *r, tw_set set, enum tw_field field, struct tw_ranges *ret)
{
	struct tw_intervals list = {0};
	TW_TRY(tw_set_project(r->judge->space, set, field, &list));
	struct tw_range *v = TW_NEW_ARRAY(r->work, struct tw_range, list.n + 1);
	for (size_t i = 0; v && i < list.n; i++)
		v[i] = list.v[i];
	*ret = (struct tw_ranges){v, list.n};
	tw_intervals_free(r->judge->space, &list);
	return v ? TW_OK : TW_ENOMEM;
}

static bool touches(struct tw_ranges here, const struct tw_site *site)
{
	for (size_t i = 0; i < site->addresses_n; i++)
		if (tw_ranges_meet(here, site->address[i]))
			return true;
	return false;
}

tw_status tw_subnets_of(struct tw_results *results, const struct tw_outcome *outcome,
	const struct tw_site *site, const char *const **ret, size_t *ret_n)
{
	const struct tw_net *net = results->net;
	bool joined = site->parts > 0, from = site == outcome->path->from;
	const struct tw_site *part = joined ? site->part : site;
	size_t n = 0, kept = 0, parts = joined ? site->parts : 1;
	const char **id = TW_NEW_ARRAY(results->arena, const char *, parts + 1);
	struct tw_ranges here = {0};
	if (!id)
		return TW_ENOMEM;
	if (joined)
		TW_TRY(addresses_at(
			results, outcome->set, from ? TW_FIELD_FROM : TW_FIELD_TO, &here));
	for (size_t i = 0; i < parts; i++)
		if (part[i].subnet != TW_MISSING && (!joined || touches(here, &part[i])))
			id[n++] = net->subnet[part[i].subnet].object.id;
	if (n > 1)
		qsort(id, n, sizeof(*id), cmp_id);
	for (size_t i = 0; i < n; i++) /* interfaces of one subnet may be several parts */
		if (kept == 0 || strcmp(id[kept - 1], id[i]) != 0)
			id[kept++] = id[i];
	*ret = id;
	*ret_n = kept;
	return tw_space_status(results->judge->space);
}
