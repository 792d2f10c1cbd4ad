/* SPDX-License-Identifier: Apache-2.0 */
/* The entry of the floor: two networks in one space, and what differs, in order. */
#include <stdlib.h>

#include "declared.h"
#include "diffing.h"
#include "infer.h"
#include "select.h"

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
	TW_TRY(tw_results_open(d->mem, net, &d->check, d->arena, d->space, ret));
	ret->named = true;
	return tw_declared_names(ret);
}

/* Whether a name selects something in one of the networks; what is wrong goes to `diags`. */
static tw_status select_name(struct tw_diffing *d, const struct tw_net *net,
	const struct tw_named *named, struct tw_diags *diags)
{
	const struct tw_end end = {.text = named->name, .named = named, .span = named->span};
	struct tw_selection selection = {0};
	return tw_select_end(net, d->options->intents, d->arena, diags, &end, &selection);
}

/* A name whose client counts must select something, at least in one of the networks. */
static tw_status check_name(struct tw_diffing *d, const struct tw_net *before,
	const struct tw_net *after, const struct tw_named *named, struct tw_diags *diags)
{
	struct tw_diags *aside;
	TW_TRY(tw_diags_new(d->mem, &aside));
	tw_status status = select_name(d, after, named, aside);
	if (status == TW_EINVAL)
		status = select_name(d, before, named, aside);
	tw_diags_free(aside);
	return status == TW_EINVAL ? select_name(d, after, named, diags) : status;
}

static tw_status check_names(struct tw_diffing *d, const struct tw_net *before,
	const struct tw_net *after, struct tw_diags *diags)
{
	struct tw_intents_view view = tw_intents_view(d->options->intents);
	tw_status first = TW_OK;
	for (size_t i = 0; i < view.nameds; i++) {
		if (!view.named[i].client)
			continue;
		tw_status status = check_name(d, before, after, &view.named[i], diags);
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		first = first == TW_OK ? status : first;
	}
	return first;
}

static void close_sides(struct tw_diffing *d)
{
	for (int age = 0; age < TW_AGES; age++)
		tw_results_close(&d->side[age]);
	tw_space_free(d->space);
	TW_VEC_FREE(d->mem, &d->change);
	TW_VEC_FREE(d->mem, &d->same);
	TW_VEC_FREE(d->mem, &d->differs);
	TW_VEC_FREE(d->mem, &d->idle);
	TW_VEC_FREE(d->mem, &d->found);
	for (size_t i = 0; i < d->paths.n; i++)
		TW_VEC_FREE(d->mem, &d->paths.v[i]);
	TW_VEC_FREE(d->mem, &d->paths);
}

tw_status tw_diff_judge(
	struct tw_diffing *d, int age, const struct tw_piece *piece, struct tw_outcomes *ret)
{
	struct tw_results *r = &d->side[age];
	struct tw_pieces parts = TW_VEC_EMPTY;
	tw_status status = tw_pieces_add(r, &parts, piece);
	for (size_t i = 0; status == TW_OK && i < parts.n; i++)
		status = tw_judge_piece(r->judge, r->arena, &parts.v[i], ret);
	TW_VEC_FREE(d->mem, &parts);
	return status;
}

/* ---- what differs -----------------------------------------------------------------------------
 */

/* Somebody is known to sit somewhere: then only they count. */
static bool is_whole(const struct tw_diffing *d)
{
	bool whole = !d->options->filters;
	for (int age = 0; age < TW_AGES; age++) {
		const struct tw_net *net = d->side[age].net;
		whole &= net->holds[TW_KIND_SUBNET] || net->holds[TW_KIND_INTERFACE];
	}
	return whole;
}

/* Whether some network says who carries groups, or which subnets lists guard. */
static bool is_placed(const struct tw_diffing *d, enum tw_kind kind)
{
	bool placed = false;
	for (int age = 0; age < TW_AGES; age++) {
		const struct tw_net *net = d->side[age].net;
		if (kind == TW_KIND_GROUP)
			placed |= net->holds[TW_KIND_INTERFACE];
		for (size_t i = 0; kind == TW_KIND_ACL && i < net->acls; i++)
			placed |= net->acl[i].subnets_n > 0;
	}
	return placed;
}

static bool sits_behind(struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair)
{
	for (int age = 0; age < TW_AGES; age++) {
		const struct tw_net *net = d->side[age].net;
		uint32_t at = pair->index[age];
		if (at != TW_MISSING && (kind == TW_KIND_ACL ? net->acl[at].subnets_n > 0
							     : net->group[at].members_n > 0))
			return true;
	}
	return false;
}

/* A pair that does something else: who sits behind it is touched, or it is judged alone. */
static tw_status differs(struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair,
	bool whole, struct tw_touched *touched)
{
	const char *id = tw_pair_id(d, kind, pair);
	TW_TRY(TW_VEC_PUSH(d->mem, &d->differs, id));
	if (!whole || !is_placed(d, kind))
		return tw_diff_alone(d, kind, pair, NULL);
	bool **flags = kind == TW_KIND_ACL ? touched->acl : touched->group;
	for (int age = 0; age < TW_AGES; age++)
		if (pair->index[age] != TW_MISSING)
			flags[age][pair->index[age]] = true;
	return sits_behind(d, kind, pair) ? TW_OK : TW_VEC_PUSH(d->mem, &d->idle, id);
}

static tw_status compare_pair(struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair,
	bool whole, struct tw_touched *touched)
{
	struct tw_verdict_of_pair verdict;
	TW_TRY(tw_pair_compare(d, kind, pair, &verdict));
	for (int list = 0; list < 2; list++)
		if (verdict.doubt[list])
			TW_TRY(tw_diff_doubts(d, kind, pair, (enum tw_list)list));
	if (!verdict.same)
		return differs(d, kind, pair, whole, touched);
	if (verdict.reads_same || verdict.doubt[0] || verdict.doubt[1])
		return TW_OK;
	return TW_VEC_PUSH(d->mem, &d->same, tw_pair_id(d, kind, pair));
}

static tw_status compare_kind(struct tw_diffing *d, enum tw_kind kind, bool whole,
	struct tw_touched *touched, size_t *ret_n)
{
	struct tw_pairs pairs = TW_VEC_EMPTY;
	tw_status status = tw_pair_up(d, kind, kind == TW_KIND_ACL, &pairs);
	*ret_n += pairs.n;
	for (size_t i = 0; status == TW_OK && i < pairs.n; i++)
		status = compare_pair(d, kind, &pairs.v[i], whole, touched);
	TW_VEC_FREE(d->mem, &pairs);
	return status;
}

/* Subnets that are only names: one that another ACL guards now. */
static tw_status moved_subnets(struct tw_diffing *d)
{
	const struct tw_net *old = d->side[TW_OLD].net, *new = d->side[TW_NEW].net;
	for (size_t i = 0; i < old->subnets && (old->acls > 1 || new->acls > 1); i++) {
		const struct tw_subnet *subnet = &old->subnet[i];
		uint32_t at = tw_net_find(new, TW_KIND_SUBNET, subnet->object.id);
		if (at == TW_MISSING || subnet->acl == TW_MISSING ||
			new->subnet[at].acl == TW_MISSING)
			continue;
		struct tw_pair pair = {{subnet->acl, new->subnet[at].acl}};
		if (strcmp(old->acl[pair.index[TW_OLD]].object.id,
			    new->acl[pair.index[TW_NEW]].object.id) != 0)
			TW_TRY(tw_diff_alone(d, TW_KIND_ACL, &pair, subnet->object.id));
	}
	return TW_OK;
}

static tw_status compare(struct tw_diffing *d, struct tw_difference *ret)
{
	struct tw_touched touched;
	bool whole = is_whole(d);
	TW_TRY(tw_touched_open(d, &touched));
	TW_TRY(compare_kind(d, TW_KIND_ACL, whole, &touched, &ret->components));
	TW_TRY(compare_kind(d, TW_KIND_GROUP, whole, &touched, &ret->components));
	if (whole) {
		TW_TRY(tw_touched_spread(d, &touched));
		TW_TRY(tw_diff_whole(d, &touched));
	} else if (!d->options->filters) {
		TW_TRY(moved_subnets(d));
	}
	return tw_changes_finish(d);
}

/* ---- order ------------------------------------------------------------------------------------
 */

/* What nobody had or gets a reply to is told last: mostly a side effect of rules for replies. One
 * that is new may be a rule that somebody forgot, and comes before one that is gone. */
static int rank(const struct tw_change *change)
{
	static const int ranks[] = {[TW_CHANGE_VANISHES] = 0,
		[TW_CHANGE_BREAKS] = 1,
		[TW_CHANGE_CLIENTS] = 2,
		[TW_CHANGE_UNKNOWN] = 3,
		[TW_CHANGE_APPEARS] = 4,
		[TW_CHANGE_MENDS] = 5,
		[TW_CHANGE_ONE_WAY] = 6};
	bool forgot = change->kind == TW_CHANGE_ONE_WAY && change->after.verdict != TW_BLOCKED;
	return ranks[change->kind] + (change->kind == TW_CHANGE_ONE_WAY && !forgot) +
	       (change->slight ? 100 : 0);
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
	ret->idles = d->idle.n;
	ret->filters = d->options->filters;
	TW_TRY(keep_strings(d, d->idle.v, d->idle.n, &ret->idle));
	TW_TRY(keep_strings(d, d->same.v, d->same.n, &ret->same));
	TW_TRY(keep_strings(d, d->differs.v, d->differs.n, &ret->differs));
	return list_assumptions(d, ret);
}

tw_status tw_diff(struct tw_mem *mem, const struct tw_net *before, const struct tw_net *after,
	const struct tw_diff_options *options, struct tw_diags *ret_diags,
	struct tw_difference **ret)
{
	struct difference *one = tw_mem_alloc(mem, sizeof(*one));
	if (!one)
		return TW_ENOMEM;
	*one = (struct difference){.mem = mem};
	tw_arena_init(&one->arena, mem);
	struct tw_diffing d = {.mem = mem,
		.arena = &one->arena,
		.check = {.client = options->client,
			.clients = options->clients,
			.intents = options->intents},
		.options = options};
	tw_status status = tw_space_new(mem, 0, &d.space);
	if (status == TW_OK && options->intents)
		status = check_names(&d, before, after, ret_diags);
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
