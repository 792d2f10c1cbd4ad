/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Far ways: what an ACL's flows meet beyond it when a route leads them through a NAT gateway, a
 * peering connection or a transit gateway. Near ends that routes treat alike share one walk; a way
 * that meets no other list is the ACL's own affair (scope.c). Subnets of other VPCs are walked to
 * where a rule names them; what a rule names by a block wider than its own VPC, it names for the
 * internet's sake, and other VPCs are assumed to let it pass.
 */
#include "infer.h"

#include "order.h"
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

/* Routes treat two near ends alike: one table, one zone, and no gateway in either's own subnet. */
static bool is_alike(const struct tw_net *net, const struct tw_site *a, const struct tw_site *b)
{
	if (a->table != b->table || a->subnet == TW_MISSING || b->subnet == TW_MISSING)
		return false;
	const struct tw_subnet *x = &net->subnet[a->subnet], *y = &net->subnet[b->subnet];
	if (a->subnet == b->subnet)
		return true;
	return tw_same_text(x->zone, y->zone) && !x->hosts_gateway && !y->hosts_gateway;
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

/* ---- subnets of other VPCs that rules name ----------------------------------------------------
 */

/* The blocks of narrow rules, as ranges. */
static tw_status named_ranges(struct tw_scope *scope, struct tw_ranges *ret)
{
	struct tw_results *r = scope->results;
	const struct tw_acl *acl = &r->net->acl[scope->acl];
	struct tw_range *v =
		TW_NEW_ARRAY(r->work, struct tw_range, acl->list[0].n + acl->list[1].n + 1);
	size_t n = 0;
	if (!v)
		return TW_ENOMEM;
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < acl->list[list].n; i++) {
			const struct tw_rule *rule = &acl->list[list].rule[i];
			if (rule->action == TW_ALLOW && rule->peer.len > 0 &&
				!tw_rule_is_wide(r->net, acl->vpc, rule))
				v[n++] = tw_prefix_range(rule->peer);
		}
	*ret = (struct tw_ranges){v, tw_ranges_join(v, n)};
	return TW_OK;
}

static bool is_named(struct tw_ranges named, struct tw_prefixes blocks)
{
	for (size_t i = 0; i < blocks.n; i++)
		if (tw_ranges_meet(named, tw_prefix_range(blocks.v[i])))
			return true;
	return false;
}

/* One end for all subnets of a VPC that share a list and that routes treat alike. */
static tw_status add_subnet(struct tw_scope *scope, uint32_t subnet, struct tw_sites *ret)
{
	struct tw_results *r = scope->results;
	struct tw_site site;
	TW_TRY(tw_site_of_subnet(r->net, r->work, subnet, &site));
	site.kind = TW_SITE_ACL;
	for (size_t i = 0; i < ret->n; i++) {
		struct tw_site *one = &ret->v[i];
		if (one->acl != site.acl || one->vpc != site.vpc || !is_alike(r->net, one, &site))
			continue;
		struct tw_range *v =
			TW_NEW_ARRAY(r->work, struct tw_range, one->addresses_n + site.addresses_n);
		if (!v)
			return TW_ENOMEM;
		memcpy(v, one->address, one->addresses_n * sizeof(*v));
		memcpy(v + one->addresses_n, site.address, site.addresses_n * sizeof(*v));
		one->addresses_n = tw_ranges_join(v, one->addresses_n + site.addresses_n);
		one->address = v;
		return TW_OK;
	}
	return tw_sites_add(r->work, ret, &site);
}

/* Where interfaces are known, nobody sits in a subnet without them. */
static bool has_ends(const struct tw_net *net, uint32_t at)
{
	const struct tw_subnet *subnet = &net->subnet[at];
	bool found = !net->holds[TW_KIND_INTERFACE];
	for (size_t i = 0; i < subnet->interfaces_n; i++)
		found |= net->interface[subnet->interfaces[i]].type == TW_INTERFACE_ORDINARY;
	return found;
}

/* A block that holds many VPCs names the organisation: its subnets are not walked to. */
static tw_status named_subnets(struct tw_scope *scope, struct tw_sites *ret)
{
	enum { MOST = 8 };
	const struct tw_net *net = scope->results->net;
	struct tw_ranges named;
	uint32_t vpc[MOST];
	size_t n = 0;
	TW_TRY(named_ranges(scope, &named));
	for (uint32_t i = 0; named.n > 0 && i < net->vpcs; i++) {
		if (i == net->acl[scope->acl].vpc || !is_named(named, net->vpc[i].cidrs))
			continue;
		if (n == MOST)
			return TW_OK;
		vpc[n++] = i;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < net->vpc[vpc[i]].subnets_n; k++) {
			uint32_t subnet = net->vpc[vpc[i]].subnets[k];
			if (is_named(named, net->subnet[subnet].cidrs) && has_ends(net, subnet))
				TW_TRY(add_subnet(scope, subnet, ret));
		}
	return TW_OK;
}

/* ---- the walks --------------------------------------------------------------------------------
 */

static tw_status walk_between(struct tw_scope *scope, const struct tw_far *far,
	const struct tw_site *there, bool out, struct tw_paths *ret)
{
	struct tw_judge *judge = scope->results->judge;
	return tw_paths_between(judge->net, judge->space, &judge->world, scope->results->work,
		out ? far->site : there, out ? there : far->site, ret);
}

/* The ACL alone, and nobody knows what lies beyond: what is lost is lost, the rest is open. */
static tw_status keep_doubt(
	struct tw_scope *scope, const struct tw_path *path, int list, struct tw_paths *ret)
{
	struct tw_path doubt = *scope->path[list];
	doubt.domain = path->domain;
	doubt.unknown_beyond = true;
	doubt.assumptions |= path->assumptions;
	doubt.reason = path->reason;
	doubt.reason_text = path->reason_text;
	doubt.reason_component = path->reason_component;
	doubt.reason_span = path->reason_span;
	return TW_VEC_PUSH(scope->results->mem, ret, doubt);
}

/* To named subnets: what gets there is judged; a way that leads elsewhere is not theirs. */
static tw_status walk_named(
	struct tw_scope *scope, struct tw_far *far, const struct tw_sites *named, int list)
{
	for (size_t i = 0; i < named->n; i++) {
		struct tw_paths *paths = &far->named[list];
		size_t kept = paths->n;
		TW_TRY(walk_between(scope, far, &named->v[i], list == TW_EGRESS, paths));
		for (size_t k = kept; k < paths->n; k++)
			if (!paths->v[k].blocked && !paths->v[k].exempt &&
				!paths->v[k].unknown_request)
				paths->v[kept++] = paths->v[k];
		paths->n = kept;
	}
	return TW_OK;
}

static tw_status walk_outside(
	struct tw_scope *scope, struct tw_far *far, const struct tw_site *outside, int list)
{
	struct tw_paths *paths = &far->path[list];
	size_t kept = 0;
	TW_TRY(walk_between(scope, far, outside, list == TW_EGRESS, paths));
	for (size_t i = 0; i < paths->n; i++) {
		const struct tw_path *path = &paths->v[i];
		if (meets_others(scope, path, far->site->subnet))
			paths->v[kept++] = *path;
		else if (!path->blocked && !path->exempt && path->unknown_beyond)
			TW_TRY(keep_doubt(scope, path, list, &far->doubt[list]));
	}
	paths->n = kept;
	return TW_OK;
}

static tw_status walk(struct tw_scope *scope, struct tw_far *far, const struct tw_sites *named)
{
	struct tw_results *r = scope->results;
	struct tw_ranges all;
	struct tw_site *outside = TW_NEW(r->work, struct tw_site);
	if (!outside)
		return TW_ENOMEM;
	TW_TRY(tw_ranges_all(r->work, &all));
	*outside = tw_site_nowhere(TW_SITE_OUTSIDE, all);
	for (int list = 0; list < 2; list++) {
		TW_TRY(walk_named(scope, far, named, list));
		TW_TRY(walk_outside(scope, far, outside, list));
	}
	return TW_OK;
}

static tw_status far_of(struct tw_scope *scope, const struct tw_site *near,
	const struct tw_sites *named, struct tw_far **ret)
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
	TW_TRY(walk(scope, far, named));
	*ret = far;
	return TW_OK;
}

static tw_status build_assumed(struct tw_scope *scope)
{
	for (int list = 0; list < 2; list++) {
		scope->assumed[list] = TW_NEW(scope->results->work, struct tw_path);
		if (!scope->assumed[list])
			return TW_ENOMEM;
		*scope->assumed[list] = *scope->path[list];
		scope->assumed[list]->assumptions |= TW_ASSUME_WIDE;
	}
	return TW_OK;
}

tw_status tw_scope_fars(struct tw_scope *scope)
{
	struct tw_results *r = scope->results;
	struct tw_sites named = TW_VEC_EMPTY;
	scope->far = TW_NEW_ARRAY(r->work, struct tw_far, scope->near.n + 1);
	scope->far_of = TW_NEW_ARRAY(r->work, struct tw_far *, scope->near.n + 1);
	if (!scope->far || !scope->far_of)
		return TW_ENOMEM;
	TW_TRY(build_assumed(scope));
	TW_TRY(named_subnets(scope, &named));
	for (size_t i = 0; i < scope->near.n; i++) {
		const struct tw_site *near = scope->near.v[i].site;
		if (near->table_state == TW_KNOWN && near->subnet != TW_MISSING)
			TW_TRY(far_of(scope, near, &named, &scope->far_of[i]));
	}
	return TW_OK;
}

void tw_scope_fars_free(struct tw_scope *scope)
{
	for (size_t i = 0; i < scope->fars; i++)
		for (int list = 0; list < 2; list++) {
			TW_VEC_FREE(scope->results->mem, &scope->far[i].named[list]);
			TW_VEC_FREE(scope->results->mem, &scope->far[i].path[list]);
			TW_VEC_FREE(scope->results->mem, &scope->far[i].doubt[list]);
		}
}

/* ---- pieces -----------------------------------------------------------------------------------
 */

static tw_status take(struct tw_scope *scope, const struct tw_path *path, tw_set domain,
	tw_set rest, const struct tw_piece *like, struct tw_pieces *ret, tw_set *taken)
{
	struct tw_space *space = scope->results->judge->space;
	struct tw_piece piece = *like;
	piece.path = path;
	piece.set = tw_set_intersect(space, rest, domain);
	if (tw_set_is_empty(piece.set))
		return tw_space_status(space);
	*taken = tw_set_union(space, *taken, piece.set);
	return tw_pieces_add(scope->results, ret, &piece);
}

tw_status tw_far_pieces(struct tw_scope *scope, size_t near, enum tw_list list,
	const struct tw_piece *like, struct tw_pieces *ret, tw_set *rest)
{
	struct tw_space *space = scope->results->judge->space;
	const struct tw_far *far = scope->far_of[near];
	tw_set taken = TW_EMPTY;
	if (!far)
		return TW_OK;
	/* Alternatives carry the same packets: each is asked. */
	for (size_t i = 0; i < far->named[list].n && !like->wide; i++) {
		const struct tw_path *path = &far->named[list].v[i];
		TW_TRY(take(scope, path, path->domain, *rest, like, ret, &taken));
	}
	*rest = tw_set_subtract(space, *rest, taken);
	for (size_t i = 0; i < far->path[list].n; i++) {
		const struct tw_path *path = &far->path[list].v[i];
		TW_TRY(take(scope, path, path->domain, *rest, like, ret, &taken));
	}
	*rest = tw_set_subtract(space, *rest, taken);
	for (size_t i = 0; i < far->doubt[list].n; i++) {
		const struct tw_path *path = &far->doubt[list].v[i];
		bool assumed = like->wide && strcmp(path->reason, "unknown-input") == 0;
		TW_TRY(take(scope, assumed ? scope->assumed[list] : path, path->domain, *rest, like,
			ret, &taken));
	}
	*rest = tw_set_subtract(space, *rest, taken);
	return tw_space_status(space);
}
