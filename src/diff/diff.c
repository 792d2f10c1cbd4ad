/* SPDX-License-Identifier: Apache-2.0 */
/* The entry of the floor: two networks in one space, and what differs, in order. */
#include <stdlib.h>

#include "diffing.h"

/* What a caller holds is the first member. */
struct difference {
	struct tw_difference public;
	struct tw_mem *mem;
	struct tw_arena arena;
};

const char *tw_change_name(enum tw_change_kind kind)
{
	static const char *const names[] = {
		"appears", "vanishes", "breaks", "mends", "clients", "one-way", "unknown"};
	return names[kind];
}

void tw_difference_free(struct tw_difference *difference)
{
	if (!difference)
		return;
	struct difference *one = (struct difference *)(void *)difference;
	tw_arena_fini(&one->arena);
	tw_mem_release(one->mem, one, sizeof(*one));
}

/* ---- two sides --------------------------------------------------------------------------------
 */

static tw_status open_side(struct tw_diffing *d, const struct tw_net *net, struct tw_results *ret)
{
	*ret = (struct tw_results){.mem = d->mem,
		.arena = d->arena,
		.work = d->arena,
		.net = net,
		.options = &d->check};
	ret->subnet_judged = TW_NEW_ARRAY(d->arena, bool, net->subnets + 1);
	ret->interface_judged = TW_NEW_ARRAY(d->arena, bool, net->interfaces + 1);
	ret->acl_judged = TW_NEW_ARRAY(d->arena, bool, net->acls + 1);
	if (!ret->subnet_judged || !ret->interface_judged || !ret->acl_judged)
		return TW_ENOMEM;
	return tw_judge_new_in(d->mem, net, d->space, &ret->judge);
}

static void close_sides(struct tw_diffing *d)
{
	for (int age = 0; age < TW_AGES; age++) {
		tw_judge_free(d->side[age].judge);
		TW_VEC_FREE(d->mem, &d->side[age].client);
	}
	tw_space_free(d->space);
	TW_VEC_FREE(d->mem, &d->change);
	TW_VEC_FREE(d->mem, &d->same);
	TW_VEC_FREE(d->mem, &d->differs);
}

/* ---- what differs -----------------------------------------------------------------------------
 */

static tw_status compare_kind(struct tw_diffing *d, enum tw_kind kind, size_t *ret_n)
{
	struct tw_pairs pairs = TW_VEC_EMPTY;
	tw_status status = tw_pair_up(d, kind, kind == TW_KIND_ACL, &pairs);
	*ret_n += pairs.n;
	for (size_t i = 0; status == TW_OK && i < pairs.n; i++) {
		bool same = false, reads_same = false;
		const char *id = tw_pair_id(d, kind, &pairs.v[i]);
		status = tw_pair_compare(d, kind, &pairs.v[i], &same, &reads_same);
		if (status == TW_OK && same && !reads_same)
			status = TW_VEC_PUSH(d->mem, &d->same, id);
		if (status != TW_OK || same)
			continue;
		status = TW_VEC_PUSH(d->mem, &d->differs, id);
		if (status == TW_OK)
			status = tw_diff_alone(d, kind, &pairs.v[i]);
	}
	TW_VEC_FREE(d->mem, &pairs);
	return status;
}

static tw_status compare(struct tw_diffing *d, struct tw_difference *ret)
{
	TW_TRY(compare_kind(d, TW_KIND_ACL, &ret->components));
	TW_TRY(compare_kind(d, TW_KIND_GROUP, &ret->components));
	return tw_space_status(d->space);
}

/* ---- order ------------------------------------------------------------------------------------
 */

static int rank(const struct tw_change *change)
{
	static const int ranks[] = {[TW_CHANGE_VANISHES] = 0,
		[TW_CHANGE_BREAKS] = 1,
		[TW_CHANGE_ONE_WAY] = 2,
		[TW_CHANGE_CLIENTS] = 3,
		[TW_CHANGE_UNKNOWN] = 4,
		[TW_CHANGE_APPEARS] = 5,
		[TW_CHANGE_MENDS] = 6};
	return ranks[change->kind] + (change->slight ? 100 : 0);
}

static int cmp_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int cmp_blocks(const struct tw_prefix *a, size_t a_n, const struct tw_prefix *b, size_t b_n)
{
	for (size_t i = 0; i < a_n && i < b_n; i++) {
		int cmp = tw_addr_cmp(a[i].addr, b[i].addr);
		cmp = cmp ? cmp : a[i].len - b[i].len;
		if (cmp)
			return cmp;
	}
	return (a_n > b_n) - (a_n < b_n);
}

static int cmp_boxes(const struct tw_change *a, const struct tw_change *b)
{
	for (size_t i = 0; i < a->boxes_n && i < b->boxes_n; i++) {
		const struct tw_flow_box *x = &a->box[i], *y = &b->box[i];
		int cmp = cmp_blocks(x->from, x->from_n, y->from, y->from_n);
		cmp = cmp ? cmp : cmp_blocks(x->to, x->to_n, y->to, y->to_n);
		if (!cmp && x->service_n > 0 && y->service_n > 0)
			cmp = x->service[0].lo - y->service[0].lo;
		if (!cmp && x->icmp_n > 0 && y->icmp_n > 0)
			cmp = x->icmp[0].type_lo - y->icmp[0].type_lo;
		if (cmp)
			return cmp;
	}
	return (a->boxes_n > b->boxes_n) - (a->boxes_n < b->boxes_n);
}

static int cmp_change(const void *left, const void *right)
{
	const struct tw_change *a = left, *b = right;
	int cmp = rank(a) - rank(b);
	cmp = cmp ? cmp : cmp_text(a->component, b->component);
	cmp = cmp ? cmp : cmp_text(a->list, b->list);
	cmp = cmp ? cmp : a->family - b->family;
	cmp = cmp ? cmp : a->protocol - b->protocol;
	cmp = cmp ? cmp : cmp_boxes(a, b);
	return cmp ? cmp : cmp_text(a->sentence, b->sentence);
}

static int cmp_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static tw_status keep_strings(
	struct tw_diffing *d, const char **v, size_t n, const char *const **ret)
{
	const char **out = TW_NEW_ARRAY(d->arena, const char *, n + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		out[i] = v[i];
	if (n > 1)
		qsort(out, n, sizeof(*out), cmp_strings);
	*ret = out;
	return TW_OK;
}

static tw_status list_assumptions(struct tw_diffing *d, struct tw_difference *ret)
{
	struct tw_assumption *out = TW_NEW_ARRAY(d->arena, struct tw_assumption, TW_ASSUMPTIONS);
	unsigned bits = d->side[TW_OLD].assumptions | d->side[TW_NEW].assumptions;
	if (!out)
		return TW_ENOMEM;
	for (unsigned i = 0; i < TW_ASSUMPTIONS; i++)
		if (bits >> i & 1)
			out[ret->assumptions_n++] = (struct tw_assumption){
				tw_assumption_id(i), tw_assumption_text(i), TW_NO_SPAN};
	ret->assumption = out;
	return TW_OK;
}

static tw_status finish(struct tw_diffing *d, struct tw_difference *ret)
{
	struct tw_change *out = TW_NEW_ARRAY(d->arena, struct tw_change, d->change.n + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < d->change.n; i++)
		out[i] = d->change.v[i];
	if (d->change.n > 1)
		qsort(out, d->change.n, sizeof(*out), cmp_change);
	ret->change = out;
	ret->changes = d->change.n;
	ret->sames = d->same.n;
	ret->differs_n = d->differs.n;
	TW_TRY(keep_strings(d, d->same.v, d->same.n, &ret->same));
	TW_TRY(keep_strings(d, d->differs.v, d->differs.n, &ret->differs));
	return list_assumptions(d, ret);
}

tw_status tw_diff(struct tw_mem *mem, const struct tw_net *before, const struct tw_net *after,
	const struct tw_diff_options *options, struct tw_diags *ret_diags,
	struct tw_difference **ret)
{
	(void)ret_diags; /* nothing in a readable network is beyond comparing */
	struct difference *one = tw_mem_alloc(mem, sizeof(*one));
	if (!one)
		return TW_ENOMEM;
	*one = (struct difference){.mem = mem};
	tw_arena_init(&one->arena, mem);
	struct tw_diffing d = {.mem = mem,
		.arena = &one->arena,
		.check = {.client = options->client, .clients = options->clients},
		.options = options};
	tw_status status = tw_space_new(mem, 0, &d.space);
	if (status == TW_OK)
		status = open_side(&d, before, &d.side[TW_OLD]);
	if (status == TW_OK)
		status = open_side(&d, after, &d.side[TW_NEW]);
	if (status == TW_OK)
		status = compare(&d, &one->public);
	if (status == TW_OK)
		status = finish(&d, &one->public);
	close_sides(&d);
	if (status != TW_OK) {
		tw_difference_free(&one->public);
		return status;
	}
	*ret = &one->public;
	return TW_OK;
}
