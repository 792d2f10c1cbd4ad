/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Far ways: what an ACL's flows meet beyond it when a route leads them through a NAT gateway or a
 * transit gateway. Near ends that routes treat alike share one walk; a way that meets no other list
 * is the ACL's own affair (scope.c).
 */
#include "infer.h"

#include "site.h"

/* Whoever sits behind the ACL, for the routes of one table and zone. */
static tw_status stand_in(struct tw_scope *scope, const struct tw_site *near, struct tw_site *ret)
{
	struct tw_ranges all;
	TW_TRY(tw_ranges_all(scope->results->work, &all));
	*ret = tw_site_nowhere(TW_SITE_ACL, all);
	ret->vpc = near->vpc;
	ret->subnet = near->subnet;
	ret->acl = scope->acl;
	ret->acl_state = TW_KNOWN;
	ret->table = near->table;
	ret->table_state = near->table_state;
	return TW_OK;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Routes treat two near ends alike: one table, one zone, and no gateway in either's own subnet. */
static bool is_alike(const struct tw_net *net, const struct tw_site *a, const struct tw_site *b)
{
	if (a->table != b->table || a->subnet == TW_MISSING || b->subnet == TW_MISSING)
		return false;
	const struct tw_subnet *x = &net->subnet[a->subnet], *y = &net->subnet[b->subnet];
	if (a->subnet == b->subnet)
		return true;
	return same_text(x->zone, y->zone) && !x->hosts_gateway && !y->hosts_gateway;
}

/* Through an attachment in the near end's own subnet, which asks nothing of what comes back. */
static bool is_attached(const struct tw_path *path, uint32_t subnet)
{
	for (size_t i = 0; i < path->crossings; i++)
		if (path->crossing[i].kind == TW_CROSS_ACL &&
			path->crossing[i].role == TW_ROLE_ATTACHMENT &&
			path->crossing[i].subnet == subnet)
			return true;
	return false;
}

/* Some list on the path is another one's, or not even its own is surely asked. */
static bool meets_others(const struct tw_scope *scope, const struct tw_path *path, uint32_t subnet)
{
	if (path->blocked || path->exempt)
		return false;
	if (path->unknown_request) /* SPEC: tgw-same-subnet */
		return is_attached(path, subnet);
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		if (c->kind == TW_CROSS_ACL && c->state == TW_KNOWN &&
			(c->acl != scope->acl || c->role != TW_ROLE_END))
			return true;
	}
	return false;
}

static tw_status walk(struct tw_scope *scope, struct tw_far *far)
{
	struct tw_results *r = scope->results;
	struct tw_judge *judge = r->judge;
	struct tw_ranges all;
	struct tw_site *outside = TW_NEW(r->work, struct tw_site);
	if (!outside)
		return TW_ENOMEM;
	TW_TRY(tw_ranges_all(r->work, &all));
	*outside = tw_site_nowhere(TW_SITE_OUTSIDE, all);
	for (int list = 0; list < 2; list++) {
		struct tw_paths *paths = &far->path[list];
		bool out = list == TW_EGRESS;
		TW_TRY(tw_paths_between(judge->net, judge->space, &judge->world, r->work,
			out ? far->site : outside, out ? outside : far->site, paths));
		size_t kept = 0;
		for (size_t i = 0; i < paths->n; i++)
			if (meets_others(scope, &paths->v[i], far->site->subnet))
				paths->v[kept++] = paths->v[i];
		paths->n = kept;
	}
	return TW_OK;
}

static tw_status far_of(struct tw_scope *scope, const struct tw_site *near, struct tw_far **ret)
{
	struct tw_results *r = scope->results;
	for (size_t i = 0; i < scope->fars; i++)
		if (is_alike(r->net, scope->far[i].near, near)) {
			*ret = &scope->far[i];
			return TW_OK;
		}
	struct tw_far *far = &scope->far[scope->fars];
	struct tw_site *site = TW_NEW(r->work, struct tw_site);
	if (!site)
		return TW_ENOMEM;
	TW_TRY(stand_in(scope, near, site));
	*far = (struct tw_far){.near = near, .site = site};
	scope->fars++;
	TW_TRY(walk(scope, far));
	*ret = far;
	return TW_OK;
}

tw_status tw_scope_fars(struct tw_scope *scope)
{
	struct tw_results *r = scope->results;
	scope->far = TW_NEW_ARRAY(r->work, struct tw_far, scope->near.n + 1);
	scope->far_of = TW_NEW_ARRAY(r->work, struct tw_far *, scope->near.n + 1);
	if (!scope->far || !scope->far_of)
		return TW_ENOMEM;
	for (size_t i = 0; i < scope->near.n; i++) {
		const struct tw_site *near = scope->near.v[i].site;
		if (near->table_state == TW_KNOWN && near->subnet != TW_MISSING)
			TW_TRY(far_of(scope, near, &scope->far_of[i]));
	}
	return TW_OK;
}

void tw_scope_fars_free(struct tw_scope *scope)
{
	for (size_t i = 0; i < scope->fars; i++)
		for (int list = 0; list < 2; list++)
			TW_VEC_FREE(scope->results->mem, &scope->far[i].path[list]);
}

tw_status tw_far_pieces(struct tw_scope *scope, size_t near, enum tw_list list,
	const struct tw_piece *like, struct tw_pieces *ret, tw_set *rest)
{
	struct tw_results *r = scope->results;
	struct tw_space *space = r->judge->space;
	const struct tw_far *far = scope->far_of[near];
	tw_set taken = TW_EMPTY;
	for (size_t i = 0; far && i < far->path[list].n; i++) {
		struct tw_piece piece = *like;
		piece.path = &far->path[list].v[i];
		piece.set = tw_set_intersect(space, *rest, piece.path->domain);
		if (tw_set_is_empty(piece.set))
			continue;
		/* Alternatives carry the same packets: each is asked. */
		taken = tw_set_union(space, taken, piece.set);
		TW_TRY(tw_pieces_add(r, ret, &piece));
	}
	*rest = tw_set_subtract(space, *rest, taken);
	return tw_space_status(space);
}
