/* SPDX-License-Identifier: Apache-2.0 */
/* From two sets of sites to pieces that the judge takes: see ask.h. */
#include "ask.h"

#include "map.h"
#include "order.h"
#include "situation.h"

/* Whoever picks the port: a known interface, an unknown one inside, or the world. */
static enum tw_initiator who_starts(struct tw_judge *judge, const struct tw_path *path)
{
	const struct tw_site *from = path->from;
	if (from->kind == TW_SITE_OUTSIDE) {
		if (path->assumptions & TW_ASSUME_ON_PREMISES)
			return TW_BY_PUBLIC;
		tw_set public =
			tw_set_intersect(judge->space, path->domain, judge->world.public_from);
		return tw_set_is_empty(public) ? TW_BY_PRIVATE : TW_BY_PUBLIC;
	}
	enum tw_initiator who = tw_initiator_of(from);
	/* An unknown client inside that calls somebody inside is a private address to the other. */
	if (who == TW_BY_UNKNOWN && path->to->kind != TW_SITE_OUTSIDE)
		return TW_BY_PRIVATE;
	return who;
}

static tw_status levels_for(struct tw_results *r, const struct tw_question *q,
	enum tw_initiator who, const struct tw_levels *cache[TW_INITIATORS])
{
	if (cache[who])
		return TW_OK;
	struct tw_levels *levels = TW_NEW(r->work, struct tw_levels);
	if (!levels)
		return TW_ENOMEM;
	const struct tw_check_options *o = r->options;
	if (q->given)
		*levels = *q->given;
	else if (o->clients > 0 && !tw_initiator_is_fixed(who))
		TW_TRY(tw_levels_given(r->work, o->client, o->clients, levels));
	else
		TW_TRY(tw_levels_default(r->work, who, levels));
	/* --client never replaces what a platform fixes; it asks about more. */
	if (q->trace && (q->given || tw_initiator_is_fixed(who)))
		TW_TRY(tw_levels_named(r->work, levels, o->client, o->clients, levels));
	/* Nobody but the load balancer picks its ports; who sits on an instance may change. */
	if (q->trace && who != TW_BY_LOAD_BALANCER)
		TW_TRY(tw_levels_all(r->work, levels, levels));
	cache[who] = levels;
	return TW_OK;
}

static tw_set services_set(struct tw_space *space, const struct tw_question *q, bool foreign)
{
	tw_set set = TW_EMPTY;
	for (size_t i = 0; i < q->services; i++)
		set = tw_set_union(space, set, tw_service_set(space, &q->service[i], foreign));
	return set;
}

/* Groups that compile to the same sets are one situation, whatever they are called. */
static tw_status same_groups(
	struct tw_results *r, const struct tw_crossing *a, const struct tw_crossing *b, bool *ret)
{
	struct tw_compiled x, y;
	*ret = a->tracked == b->tracked;
	if (!*ret || a->tracked || a->site == b->site)
		return TW_OK;
	if (r->apart || r->named) { /* hops name the groups, so they must be the same ones */
		size_t n = a->site->groups_n; /* of none there is no array */
		*ret = n == b->site->groups_n &&
		       (n == 0 || memcmp(a->site->groups, b->site->groups,
					  n * sizeof(*a->site->groups)) == 0);
		return TW_OK;
	}
	TW_TRY(tw_judge_crossing(r->judge, a, &x));
	TW_TRY(tw_judge_crossing(r->judge, b, &y));
	*ret = x.allow == y.allow && x.unknown == y.unknown;
	return TW_OK;
}

/* Hops name subnets: with details, those that a joined site stands for are told by it alone. */
static bool same_end(const struct tw_site *a, const struct tw_site *b)
{
	return a == b || (a->parts == 0 && b->parts == 0 && a->subnet == b->subnet);
}

/* Equal situations are decided once: the same lists, groups that do the same, one kind of way. */
static tw_status same_situation(
	struct tw_results *r, const struct tw_path *a, const struct tw_path *b, bool *ret)
{
	*ret = a->crossings == b->crossings && a->same_subnet == b->same_subnet &&
	       a->reason == b->reason && a->unknown_beyond == b->unknown_beyond &&
	       a->blocked == b->blocked &&
	       (!r->named || tw_same_text(a->reason_text, b->reason_text)) &&
	       a->unanswered == b->unanswered && a->assumptions == b->assumptions &&
	       a->looks == b->looks && !a->by && !b->by &&
	       (!r->apart || (same_end(a->from, b->from) && same_end(a->to, b->to)));
	for (unsigned i = 1; *ret && i < a->looks; i++)
		*ret = a->look[i].at == b->look[i].at && a->look[i].to.family == 0 &&
		       b->look[i].to.family == 0;
	for (size_t i = 0; *ret && i < a->crossings; i++) {
		const struct tw_crossing *x = &a->crossing[i], *y = &b->crossing[i];
		*ret = x->kind == y->kind && x->state == y->state && x->look == y->look &&
		       x->view.list == y->view.list && x->view.direction == y->view.direction &&
		       x->sponsor == y->sponsor && x->lenient == y->lenient;
		if (*ret && (x->kind == TW_CROSS_ROUTE || x->kind == TW_CROSS_PLACE))
			*ret = tw_same_text(x->place, y->place) && tw_same_text(x->rule, y->rule);
		else if (*ret && x->kind == TW_CROSS_ACL)
			*ret = x->acl == y->acl;
		else if (*ret)
			TW_TRY(same_groups(r, x, y, ret));
	}
	return TW_OK;
}

/* Equal for equal situations. `named`: of those only the same groups are equal. */
static uint64_t mark_of(const struct tw_path *path, bool named)
{
	uint64_t mark = path->crossings;
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		mark = tw_hash(&c->kind, sizeof(c->kind), mark);
		if (c->kind == TW_CROSS_ACL)
			mark = tw_hash(&c->acl, sizeof(c->acl), mark);
		else if (c->kind == TW_CROSS_GROUPS && named && !c->tracked)
			mark = tw_hash(c->site->groups,
				c->site->groups_n * sizeof(*c->site->groups), mark);
		else if (c->kind != TW_CROSS_GROUPS && c->rule)
			mark = tw_hash(c->rule, strlen(c->rule), mark);
	}
	return mark;
}

/* Keeps a piece that is the first one with its mark, or comes behind the `last` one that has it. */
static tw_status keep_piece(struct tw_results *r, struct tw_question *q, struct tw_map *first,
	size_t last, struct tw_piece piece)
{
	TW_TRY(TW_VEC_PUSH(r->mem, &q->pieces, piece));
	if (last > 0) {
		q->pieces.v[last - 1].next = q->pieces.n;
		return TW_OK;
	}
	uint64_t *key = TW_NEW(r->work, uint64_t);
	if (!key)
		return TW_ENOMEM;
	*key = piece.mark;
	return tw_map_set(first, (struct tw_sv){(const char *)key, sizeof(*key)},
		(uint32_t)(q->pieces.n - 1));
}

/* Adds a piece, or joins it to one of the same situation and levels. `first`: by mark. */
static tw_status add_piece(
	struct tw_results *r, struct tw_question *q, struct tw_map *first, struct tw_piece piece)
{
	if (!q->inferred)
		return TW_VEC_PUSH(r->mem, &q->pieces, piece);
	TW_TRY(tw_results_visit(r, piece.path));
	piece.mark = mark_of(piece.path, r->apart || r->named);
	uint32_t at =
		tw_map_get(first, (struct tw_sv){(const char *)&piece.mark, sizeof(piece.mark)});
	size_t last = 0;
	for (size_t i = at == TW_MAP_NONE ? 0 : at + 1; i > 0; i = q->pieces.v[i - 1].next) {
		struct tw_piece *one = &q->pieces.v[i - 1];
		bool same = one->levels == piece.levels;
		last = i;
		if (same)
			TW_TRY(same_situation(r, one->path, piece.path, &same));
		if (!same)
			continue;
		/* The path is ours, in q->paths: its domain may grow. */
		struct tw_path *path = &q->paths.v[one->path - q->paths.v];
		path->domain = tw_set_union(r->judge->space, path->domain, piece.path->domain);
		one->set = tw_set_union(r->judge->space, one->set, piece.set);
		return tw_space_status(r->judge->space);
	}
	return keep_piece(r, q, first, last, piece);
}

static tw_status add_all(
	struct tw_results *results, struct tw_question *q, tw_set services, struct tw_map *first)
{
	struct tw_judge *judge = results->judge;
	const struct tw_levels *cache[TW_INITIATORS] = {0};
	for (size_t i = 0; i < q->paths.n; i++) {
		const struct tw_path *path = &q->paths.v[i];
		if (q->inferred && (path->exempt || (path->blocked && !q->lost)))
			continue;
		enum tw_initiator who = who_starts(judge, path);
		TW_TRY(levels_for(results, q, who, cache));
		struct tw_piece piece = {.path = path,
			.levels = cache[who],
			.cap = q->cap,
			.unnamed = tw_initiator_picks(who),
			.anywhere = q->anywhere,
			.set = tw_set_intersect(judge->space, path->domain, services)};
		if (!tw_set_is_empty(piece.set))
			TW_TRY(add_piece(results, q, first, piece));
	}
	return tw_space_status(judge->space);
}

/* The pieces of all paths for some packets, by who starts them. */
static tw_status add_pieces(struct tw_results *results, struct tw_question *q, tw_set services)
{
	struct tw_map first;
	tw_map_init(&first, results->mem);
	tw_status status = add_all(results, q, services, &first);
	tw_map_fini(&first);
	return status;
}

tw_status tw_ask(struct tw_results *results, struct tw_question *q)
{
	struct tw_judge *judge = results->judge;
	struct tw_sites from, to;
	TW_TRY(tw_situations_of(results, q->from, true, &from));
	TW_TRY(tw_situations_of(results, q->to, false, &to));
	for (size_t i = 0; i < from.n; i++)
		for (size_t k = 0; k < to.n; k++)
			TW_TRY(tw_situation_paths(results, &from.v[i], &to.v[k], &q->paths));
	TW_TRY(add_pieces(results, q, services_set(judge->space, q, false)));
	/* ICMP between addresses of the other family only: undocumented, and so unknown. */
	if (q->pieces.n == 0)
		TW_TRY(add_pieces(results, q, services_set(judge->space, q, true)));
	return tw_space_status(judge->space);
}

tw_status tw_question_judge(
	struct tw_results *results, struct tw_question *q, struct tw_draft *draft)
{
	struct tw_pieces pieces = TW_VEC_EMPTY;
	tw_status status = tw_ask(results, q);
	for (size_t i = 0; status == TW_OK && i < q->pieces.n; i++)
		status = tw_pieces_add(results, &pieces, &q->pieces.v[i]);
	for (size_t i = 0; status == TW_OK && i < pieces.n; i++)
		status = tw_judge_piece(
			results->judge, results->work, &pieces.v[i], &draft->outcomes);
	TW_VEC_FREE(results->mem, &pieces);
	return status;
}

tw_status tw_draft_keep(struct tw_results *results, struct tw_draft *draft)
{
	if (draft->outcomes.n == 0)
		return TW_OK;
	TW_TRY(tw_find_losses(results, draft));
	return tw_results_add_flow(results, draft);
}

void tw_question_free(struct tw_results *results, struct tw_question *question)
{
	TW_VEC_FREE(results->mem, &question->paths);
	TW_VEC_FREE(results->mem, &question->pieces);
}

tw_status tw_question_text(struct tw_results *results, const struct tw_service *service, size_t n,
	struct tw_flow *flow)
{
	char buf[TW_SERVICE_TEXT];
	const char *text = NULL;
	struct tw_ports *ports = TW_NEW_ARRAY(results->arena, struct tw_ports, n + 1);
	if (!ports)
		return TW_ENOMEM;
	bool one_protocol = true;
	for (size_t i = 0; i < n; i++) {
		const char *one = tw_arena_str(results->arena, tw_service_text(&service[i], buf));
		if (one)
			text = text ? tw_arena_printf(results->arena, "%s, %s", text, one) : one;
		if (!text || !one)
			return TW_ENOMEM;
		ports[i] = service[i].ports;
		one_protocol &= service[i].protocol == service[0].protocol;
	}
	flow->service_text = text;
	flow->protocol = n > 0 && one_protocol ? tw_arena_str(results->arena,
							 tw_protocol_text(service[0].protocol, buf))
					       : "several";
	if (n > 0 && one_protocol && service[0].protocol >= 0 &&
		tw_protocol_has_ports((uint8_t)service[0].protocol)) {
		flow->service = ports;
		flow->service_n = n;
	}
	return flow->protocol ? TW_OK : TW_ENOMEM;
}

tw_status tw_peer_of(
	struct tw_results *results, const struct tw_selection *selection, struct tw_peer *ret)
{
	enum { MOST = 32 };
	*ret = (struct tw_peer){.ids_n = selection->ids_n};
	ret->name = tw_arena_str(results->arena, selection->name);
	const char **ids = TW_NEW_ARRAY(results->arena, const char *, selection->ids_n + 1);
	struct tw_prefix *address = TW_NEW_ARRAY(results->arena, struct tw_prefix, MOST);
	if (!ret->name || !ids || !address)
		return TW_ENOMEM;
	for (size_t i = 0; i < selection->ids_n; i++)
		ids[i] = selection->ids[i];
	ret->ids = ids;
	if (selection->internet)
		return TW_OK;
	size_t n = 0;
	for (size_t i = 0; i < selection->sites.n && n <= MOST; i++)
		for (size_t k = 0; k < selection->sites.v[i].addresses_n && n <= MOST; k++) {
			size_t room = MOST - n;
			size_t got = tw_range_prefixes(
				selection->sites.v[i].address[k], address + n, room);
			n = got > room ? MOST + 1 : n + got;
		}
	if (n <= MOST) {
		ret->address = address;
		ret->addresses_n = n;
	}
	return TW_OK;
}
