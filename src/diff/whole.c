/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows of whole networks: those who are touched, with everybody else and the outside, in both
 * directions. Both networks are asked about the same pairs of VPCs, since an address is only unique
 * inside one, and what comes out is refined against each other.
 */
#include "whole.h"

#include "site.h"

/* ---- who there is -----------------------------------------------------------------------------
 */

/*
 * Flows begin or end there. Endpoints and functions do so by interfaces with groups; without any
 * they hand packets on, as those of a Gateway Load Balancer.
 */
static bool is_end(const struct tw_interface *one)
{
	if (one->type == TW_INTERFACE_ENDPOINT || one->type == TW_INTERFACE_LAMBDA)
		return one->groups_n > 0;
	return one->type == TW_INTERFACE_ORDINARY;
}

/* Interfaces of one sort; subnets of that sort in which neither network has anybody. */
static tw_status sites_of(struct whole *w, int age, bool touched, struct tw_sites *ret)
{
	struct tw_diffing *d = w->d;
	const struct tw_net *net = d->side[age].net, *other = d->side[!age].net;
	struct tw_picked picked;
	tw_status status = TW_OK;
	tw_picked_init(&picked, net, d->arena, NULL, TW_NO_SPAN);
	for (uint32_t i = 0; status == TW_OK && i < net->interfaces; i++)
		if (is_end(&net->interface[i]) &&
			(w->touched->everything || w->touched->interface[age][i]) == touched)
			status = TW_VEC_PUSH(net->mem, &picked.interface, i);
	for (uint32_t i = 0; status == TW_OK && i < net->subnets; i++) {
		uint32_t at = tw_net_find(other, TW_KIND_SUBNET, net->subnet[i].object.id);
		bool empty = net->subnet[i].interfaces_n == 0 &&
			     (at == TW_MISSING || other->subnet[at].interfaces_n == 0);
		if (empty && (w->touched->everything || w->touched->subnet[age][i]) == touched)
			status = TW_VEC_PUSH(net->mem, &picked.subnet, i);
	}
	if (status == TW_OK)
		status = tw_picked_sites(&picked, ret);
	tw_picked_fini(&picked);
	return status;
}

static tw_status add_blocks(
	struct tw_arena *arena, struct tw_prefixes blocks, struct tw_ranges *inside)
{
	struct tw_ranges own;
	TW_TRY(tw_ranges_of_prefixes(arena, blocks.v, blocks.n, &own));
	return tw_ranges_union(arena, *inside, own, inside);
}

/* Public addresses outside that are no interface's own. */
static tw_status find_internet(struct whole *w)
{
	struct tw_space *space = w->d->space;
	tw_set own = TW_EMPTY;
	for (int age = 0; age < TW_AGES; age++) {
		const struct tw_net *net = w->d->side[age].net;
		for (size_t i = 0; i < net->interfaces; i++)
			for (size_t k = 0; k < net->interface[i].public_addresses.n; k++) {
				struct tw_range range =
					tw_prefix_range(net->interface[i].public_addresses.v[k]);
				own = tw_set_union(
					space, own, tw_ranges_set(space, TW_FIELD_FROM, &range, 1));
			}
	}
	tw_set outside =
		tw_ranges_set(space, TW_FIELD_FROM, w->outside->address, w->outside->addresses_n);
	w->public_from = tw_set_subtract(space,
		tw_set_intersect(space, w->d->side[TW_NEW].judge->world.public_from, outside), own);
	return tw_space_status(space);
}

/* Every address that no VPC of either network has. */
static tw_status find_outside(struct whole *w)
{
	struct tw_arena *arena = w->d->arena;
	struct tw_ranges inside = {NULL, 0}, all, rest;
	for (int age = 0; age < TW_AGES; age++) {
		const struct tw_net *net = w->d->side[age].net;
		for (size_t i = 0; i < net->vpcs; i++)
			TW_TRY(add_blocks(arena, net->vpc[i].cidrs, &inside));
		for (size_t i = 0; i < net->subnets; i++)
			TW_TRY(add_blocks(arena, net->subnet[i].cidrs, &inside));
	}
	TW_TRY(tw_ranges_all(arena, &all));
	TW_TRY(tw_ranges_subtract(arena, all, inside, &rest));
	w->outside = TW_NEW(arena, struct tw_site);
	if (!w->outside)
		return TW_ENOMEM;
	*w->outside = tw_site_nowhere(TW_SITE_OUTSIDE, rest);
	return find_internet(w);
}

static const char *vpc_of(const struct tw_net *net, const struct tw_site *site)
{
	return site->vpc != TW_MISSING ? net->vpc[site->vpc].object.id : "";
}

static tw_status quarter_of(struct whole *w, const char *vpc_id, struct quarter **ret)
{
	for (size_t i = 0; i < w->quarter.n; i++)
		if (w->quarter.v[i].vpc_id && strcmp(w->quarter.v[i].vpc_id, vpc_id) == 0) {
			*ret = &w->quarter.v[i];
			return TW_OK;
		}
	TW_TRY(TW_VEC_PUSH(w->d->mem, &w->quarter, (struct quarter){.vpc_id = vpc_id}));
	*ret = &w->quarter.v[w->quarter.n - 1];
	return TW_OK;
}

static tw_status sort_out(struct whole *w, int age, bool touched)
{
	struct tw_diffing *d = w->d;
	struct tw_sites all = TW_VEC_EMPTY;
	TW_TRY(sites_of(w, age, touched, &all));
	for (size_t i = 0; i < all.n; i++) {
		struct quarter *quarter;
		TW_TRY(quarter_of(w, vpc_of(d->side[age].net, &all.v[i]), &quarter));
		struct ends *ends = &quarter->side[age];
		TW_TRY(tw_sites_add(d->arena, touched ? &ends->touched : &ends->rest, &all.v[i]));
	}
	return TW_OK;
}

/* One by one, and so not for the largest networks, where nobody would see it. */
static tw_status find_itself(struct whole *w)
{
	enum { MOST = 1024 };
	struct tw_space *space = w->d->space;
	for (int age = 0; age < TW_AGES; age++) {
		const struct tw_net *net = w->d->side[age].net;
		for (size_t i = 0; i < net->interfaces && net->interfaces <= MOST; i++)
			for (size_t k = 0; k < net->interface[i].addresses.n; k++) {
				struct tw_range one =
					tw_prefix_range(net->interface[i].addresses.v[k]);
				tw_set from = tw_ranges_set(space, TW_FIELD_FROM, &one, 1);
				if (tw_addr_cmp(one.first, one.last) == 0)
					w->itself = tw_set_union(space, w->itself,
						tw_set_intersect(
							space, from, tw_set_mirror(space, from)));
			}
	}
	return tw_space_status(space);
}

static tw_status settle(struct whole *w)
{
	struct quarter out = {.vpc_id = NULL};
	TW_TRY(find_outside(w));
	TW_TRY(find_itself(w));
	for (int age = 0; age < TW_AGES; age++) {
		TW_TRY(sort_out(w, age, true));
		TW_TRY(sort_out(w, age, false));
		TW_TRY(tw_sites_add(w->d->arena, &out.side[age].rest, w->outside));
	}
	return TW_VEC_PUSH(w->d->mem, &w->quarter, out);
}

/* ---- asking -----------------------------------------------------------------------------------
 */

const struct tw_service tw_every_service = {.protocol = TW_PROTOCOL_ALL, .ports = {0, UINT16_MAX}};

tw_status tw_round_ask(struct whole *w, struct round *round, int age, const struct tw_sites *from,
	const struct tw_sites *to, const struct tw_service *service)
{
	struct tw_results *r = &w->d->side[age];
	struct tw_question fresh = {.from = from,
		.to = to,
		.service = service,
		.services = 1,
		.inferred = true,
		.lost = true,
		.cap = TW_LEVEL_ERROR};
	if (from->n == 0 || to->n == 0)
		return TW_OK;
	TW_TRY(TW_VEC_PUSH(w->d->mem, &round->asked, (struct asked){fresh, age}));
	struct tw_question *q = &round->asked.v[round->asked.n - 1].question;
	TW_TRY(tw_ask(r, q));
	for (size_t i = 0; i < q->pieces.n; i++) {
		struct tw_piece *piece = &q->pieces.v[i];
		r->assumptions |= piece->path->assumptions;
		piece->set = tw_set_subtract(w->d->space, piece->set, w->itself);
	}
	return tw_space_status(w->d->space);
}

/* What passes in one of the networks, or may. Most pairs of a large network do not talk at all:
 * what is stopped in both is no change, whatever stops it. */
static tw_status find_passing(struct whole *w, const struct round *round, tw_set *ret)
{
	struct tw_space *space = w->d->space;
	TW_VEC(tw_set) part = TW_VEC_EMPTY;
	tw_status status = TW_OK;
	for (size_t i = 0; i < round->asked.n; i++) {
		const struct asked *asked = &round->asked.v[i];
		const struct tw_pieces *pieces = &asked->question.pieces;
		for (size_t k = 0; status == TW_OK && k < pieces->n; k++) {
			tw_set one;
			status =
				tw_judge_passing(w->d->side[asked->age].judge, &pieces->v[k], &one);
			if (status == TW_OK && !tw_set_is_empty(one))
				status = TW_VEC_PUSH(w->d->mem, &part, one);
		}
	}
	/* In pairs, so that each is touched log n times. */
	for (; part.n > 1; part.n = (part.n + 1) / 2)
		for (size_t i = 0; i < part.n; i += 2)
			part.v[i / 2] = i + 1 < part.n
						? tw_set_union(space, part.v[i], part.v[i + 1])
						: part.v[i];
	*ret = part.n > 0 ? part.v[0] : TW_EMPTY;
	TW_VEC_FREE(w->d->mem, &part);
	return status == TW_OK ? tw_space_status(space) : status;
}

/* Each path is one piece's, so that outcomes of several are never joined. */
static tw_status judge_piece(
	struct tw_diffing *d, int age, const struct tw_piece *piece, struct tw_outcomes *ret)
{
	struct tw_outcomes own = TW_VEC_EMPTY;
	tw_status status = tw_diff_judge(d, age, piece, &own);
	for (size_t i = 0; status == TW_OK && i < own.n; i++)
		status = TW_VEC_PUSH(d->mem, ret, own.v[i]);
	TW_VEC_FREE(d->mem, &own);
	return status;
}

static tw_status judge_round(struct whole *w, struct round *round)
{
	struct tw_space *space = w->d->space;
	tw_set passing;
	TW_TRY(find_passing(w, round, &passing));
	for (size_t i = 0; i < round->asked.n; i++) {
		const struct asked *asked = &round->asked.v[i];
		const struct tw_pieces *pieces = &asked->question.pieces;
		for (size_t k = 0; k < pieces->n; k++)
			if (!tw_set_is_empty(tw_set_intersect(space, passing, pieces->v[k].set)))
				TW_TRY(judge_piece(w->d, asked->age, &pieces->v[k],
					&round->outcomes[asked->age]));
	}
	return tw_space_status(space);
}

static tw_status tell(struct whole *w, struct round *round, const struct tw_where *where)
{
	struct tw_diffing *d = w->d;
	struct tw_twins twins = TW_VEC_EMPTY;
	tw_status status = tw_refine(d, round->outcomes, &twins);
	for (size_t i = 0; status == TW_OK && i < twins.n; i++)
		status = tw_change_add(d, where, d->rounds, &twins.v[i]);
	d->rounds++;
	TW_VEC_FREE(d->mem, &twins);
	return status;
}

tw_status tw_round_end(
	struct whole *w, struct round *round, const struct tw_where *where, tw_status status)
{
	struct tw_mem *mem = w->d->mem;
	if (status == TW_OK)
		status = judge_round(w, round);
	if (status == TW_OK)
		status = tell(w, round, where);
	for (size_t i = 0; i < round->asked.n; i++) {
		struct tw_question *q = &round->asked.v[i].question;
		if (status == TW_OK)
			status = TW_VEC_PUSH(mem, &w->d->paths, q->paths);
		if (status != TW_OK)
			TW_VEC_FREE(mem, &q->paths);
		TW_VEC_FREE(mem, &q->pieces);
	}
	TW_VEC_FREE(mem, &round->asked);
	for (int age = 0; age < TW_AGES; age++)
		TW_VEC_FREE(mem, &round->outcomes[age]);
	return status;
}

static bool is_touched(const struct quarter *quarter)
{
	return quarter->side[TW_OLD].touched.n > 0 || quarter->side[TW_NEW].touched.n > 0;
}

static tw_status compare(struct whole *w, struct quarter *from, struct quarter *to)
{
	struct round round = {0};
	tw_status status = TW_OK;
	if (!is_touched(from) && !is_touched(to))
		return TW_OK;
	struct tw_where *where = TW_NEW(w->d->arena, struct tw_where);
	if (!where)
		return TW_ENOMEM;
	*where = (struct tw_where){.from_vpc = from->vpc_id,
		.to_vpc = to->vpc_id,
		.public_from = w->public_from,
		.inside = w->inside};
	for (int age = 0; status == TW_OK && age < TW_AGES; age++) {
		const struct ends *a = &from->side[age], *b = &to->side[age];
		const struct tw_sites *way[][2] = {{&a->touched, &b->touched},
			{&a->touched, &b->rest}, {&a->rest, &b->touched}};
		for (size_t i = 0; status == TW_OK && i < TW_COUNT(way); i++)
			status = tw_round_ask(
				w, &round, age, way[i][0], way[i][1], &tw_every_service);
	}
	return tw_round_end(w, &round, where, status);
}

static tw_status find_levels(struct whole *w)
{
	struct tw_diffing *d = w->d;
	struct tw_levels *levels = TW_NEW(d->arena, struct tw_levels);
	w->inside = levels;
	if (!levels)
		return TW_ENOMEM;
	return d->check.clients > 0
		       ? tw_levels_given(d->arena, d->check.client, d->check.clients, levels)
		       : tw_levels_default(d->arena, TW_BY_PRIVATE, levels);
}

tw_status tw_diff_whole(struct tw_diffing *d, const struct tw_touched *touched)
{
	struct whole w = {.d = d, .touched = touched};
	tw_status status = find_levels(&w);
	if (status == TW_OK)
		status = settle(&w);
	for (size_t i = 0; status == TW_OK && i < w.quarter.n; i++)
		for (size_t k = 0; status == TW_OK && k < w.quarter.n; k++)
			if (w.quarter.v[i].vpc_id || w.quarter.v[k].vpc_id)
				status = compare(&w, &w.quarter.v[i], &w.quarter.v[k]);
	if (status == TW_OK)
		status = tw_diff_nodes(&w);
	TW_VEC_FREE(d->mem, &w.quarter);
	return status;
}
