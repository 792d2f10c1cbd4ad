/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scope of one ACL's inference: its atoms, who sits behind it, the two ways through it, and
 * what every rule of the inference does with them: pieces, drafts, judgement.
 */
#include "declared.h"
#include "infer.h"

#include "site.h"

static tw_status add_piece(
	struct tw_results *results, struct tw_pieces *pieces, const struct tw_piece *piece)
{
	struct tw_space *space = results->judge->space;
	if (tw_set_is_empty(piece->set))
		return tw_space_status(space);
	for (size_t i = 0; i < pieces->n; i++) {
		struct tw_piece *one = &pieces->v[i];
		if (one->path != piece->path || one->levels != piece->levels ||
			one->cap != piece->cap || one->twin != piece->twin)
			continue;
		one->set = tw_set_union(space, one->set, piece->set);
		return tw_space_status(space);
	}
	return TW_VEC_PUSH(results->mem, pieces, *piece);
}

/* Apart by who starts them, where names say more than addresses do. */
static tw_status add_by_name(
	struct tw_results *results, struct tw_pieces *pieces, struct tw_piece piece)
{
	struct tw_space *space = results->judge->space;
	for (size_t i = 0; i < results->declareds && !piece.unnamed; i++) {
		struct tw_piece part = piece;
		part.levels = &results->declared[i].levels;
		part.set = tw_set_intersect(space, piece.set, results->declared[i].from);
		piece.set = tw_set_subtract(space, piece.set, part.set);
		TW_TRY(add_piece(results, pieces, &part));
	}
	return add_piece(results, pieces, &piece);
}

tw_status tw_pieces_add(
	struct tw_results *results, struct tw_pieces *pieces, const struct tw_piece *piece)
{
	struct tw_space *space = results->judge->space;
	struct tw_piece rest = *piece, aside = *piece;
	/* Where an intent speaks for packets, the intent wins. */
	rest.set = tw_set_subtract(space, rest.set, results->cover);
	if (!rest.anywhere)
		return add_by_name(results, pieces, rest);
	aside.set = tw_set_intersect(space, rest.set, results->internet);
	aside.cap = aside.cap > TW_LEVEL_NOTE ? TW_LEVEL_NOTE : aside.cap;
	rest.set = tw_set_subtract(space, rest.set, aside.set);
	TW_TRY(add_by_name(results, pieces, aside));
	return add_by_name(results, pieces, rest);
}

tw_status tw_judge_draft(
	struct tw_results *results, struct tw_draft *draft, const struct tw_pieces *pieces)
{
	tw_status status = TW_OK;
	for (size_t i = 0; status == TW_OK && i < pieces->n; i++)
		status = tw_judge_piece(
			results->judge, results->work, &pieces->v[i], &draft->outcomes);
	if (status == TW_OK)
		status = tw_find_losses(results, draft);
	if (status == TW_OK)
		status = tw_outcomes_join(results->judge, &draft->outcomes);
	if (status == TW_OK)
		status = tw_results_add_flow(results, draft);
	TW_VEC_FREE(results->mem, &draft->outcomes);
	return status;
}

/* Who may start a flow decides the levels: rule 9. */
tw_status tw_scope_pieces(struct tw_scope *scope, enum tw_list list, tw_set packets,
	const struct tw_piece *like, bool quiet, struct tw_pieces *ret)
{
	struct tw_results *r = scope->results;
	struct tw_space *space = r->judge->space;
	const struct tw_levels *levels = quiet ? scope->quiet : scope->levels;
	for (size_t i = 0; i < scope->near.n; i++) {
		const struct tw_near *near = &scope->near.v[i];
		struct tw_piece piece = *like;
		tw_set reach = list == TW_EGRESS ? near->out : near->in;
		/* Whoever sits behind an ACL without subnets could have any address. */
		piece.unnamed = list == TW_EGRESS && (near->site->kind == TW_SITE_ACL ||
							     tw_initiator_picks(near->initiator));
		tw_set rest =
			tw_set_subtract(space, tw_set_intersect(space, packets, reach), r->cover);
		/* A permission is asked about its own ACL only: it is nobody's intent elsewhere. */
		for (size_t k = 0; k < scope->besides && !quiet; k++) {
			const struct tw_beside *beside = &scope->beside[k];
			tw_set there = list == TW_EGRESS ? beside->to : beside->from;
			piece.path = beside->path[list];
			piece.set = tw_set_intersect(space, rest, there);
			piece.levels = &levels[list == TW_EGRESS ? near->initiator : TW_BY_PRIVATE];
			rest = tw_set_subtract(space, rest, piece.set);
			TW_TRY(tw_pieces_add(r, ret, &piece));
		}
		if (!quiet) {
			piece.levels = &levels[list == TW_EGRESS ? near->initiator : TW_BY_PRIVATE];
			TW_TRY(tw_far_pieces(scope, i, list, &piece, ret, &rest));
		}
		/* A region that holds public addresses is one of public clients as a whole. */
		bool public = !tw_set_is_empty(
			tw_set_intersect(space, rest, r->judge->world.public_from));
		piece.path = scope->path[list];
		piece.set = rest;
		piece.levels = &levels[list == TW_EGRESS ? near->initiator
				       : public		 ? TW_BY_PUBLIC
							 : TW_BY_PRIVATE];
		TW_TRY(tw_pieces_add(r, ret, &piece));
	}
	return tw_space_status(space);
}

bool tw_scope_meets(struct tw_scope *scope, const struct tw_atom *atom, bool outbound)
{
	struct tw_space *space = scope->results->judge->space;
	tw_set peers = outbound ? tw_set_mirror(space, atom->peers) : atom->peers;
	for (size_t i = 0; i < scope->near.n; i++) {
		tw_set reach = outbound ? scope->near.v[i].out : scope->near.v[i].in;
		if (!tw_set_is_empty(tw_set_intersect(space, peers, reach)))
			return true;
	}
	return false;
}

/* ---- the near end in words ------------------------------------------------------------------- */

static tw_status near_peer(struct tw_scope *scope, struct tw_peer *ret)
{
	struct tw_results *r = scope->results;
	const struct tw_acl *acl = &r->net->acl[scope->acl];
	const char **ids = TW_NEW_ARRAY(r->arena, const char *, acl->subnets_n + 1);
	if (!ids)
		return TW_ENOMEM;
	for (size_t i = 0; i < acl->subnets_n; i++)
		ids[i] = r->net->subnet[acl->subnets[i]].object.id;
	*ret = (struct tw_peer){.ids = ids, .ids_n = acl->subnets_n};
	if (acl->subnets_n == 1)
		ret->name = ids[0];
	else if (acl->subnets_n > 1)
		ret->name = tw_arena_printf(
			r->arena, "%zu subnets of %s", acl->subnets_n, acl->object.id);
	else
		ret->name = tw_arena_printf(r->arena, "the subnets of %s", acl->object.id);
	return ret->name ? TW_OK : TW_ENOMEM;
}

static tw_status far_peer(struct tw_results *r, const struct tw_rule *rule, struct tw_peer *ret)
{
	char buf[TW_PREFIX_TEXT];
	struct tw_prefix *address = TW_NEW(r->arena, struct tw_prefix);
	if (!address)
		return TW_ENOMEM;
	*address = rule->peer;
	*ret = (struct tw_peer){.address = address, .addresses_n = 1};
	ret->name = tw_arena_str(r->arena, tw_prefix_text(rule->peer, buf));
	return ret->name ? TW_OK : TW_ENOMEM;
}

tw_status tw_flow_of_rule(struct tw_results *results, const char *owner, enum tw_list list,
	const struct tw_rule *rule, struct tw_flow *flow)
{
	struct tw_arena *arena = results->arena;
	const char *name = tw_list_name(list);
	struct tw_evidence *evidence = TW_NEW(arena, struct tw_evidence);
	flow->id = tw_arena_printf(arena, "%s/%s/%s", owner, name, rule->id);
	flow->because = tw_arena_printf(arena, "%s rule %s of %s", name, rule->id, owner);
	const char *text = tw_rule_text(arena, rule, list);
	if (!evidence || !flow->id || !flow->because || !text)
		return TW_ENOMEM;
	*evidence = (struct tw_evidence){owner, rule->id, text, rule->span};
	flow->evidence = evidence;
	flow->evidence_n = 1;
	flow->origin = "inferred";
	flow->purpose = list == TW_EGRESS ? "call" : "service";
	flow->satisfied = -1;
	return TW_OK;
}

tw_status tw_scope_flow(struct tw_scope *scope, enum tw_list list, size_t rule, uint8_t protocol,
	struct tw_draft *ret)
{
	struct tw_results *r = scope->results;
	const struct tw_acl *acl = &r->net->acl[scope->acl];
	const struct tw_rule *one = &acl->list[list].rule[rule];
	struct tw_draft draft = {.protocol = protocol,
		.outbound = list == TW_EGRESS,
		.acl = scope->acl,
		.wide = list == TW_INGRESS && tw_rule_is_wide(r->net, acl->vpc, one),
		.interfaces = (uint32_t)scope->near.interfaces};
	struct tw_flow *flow = &draft.flow;
	TW_TRY(tw_flow_of_rule(r, acl->object.id, list, one, flow));
	flow->protocol = tw_what_text(r->arena, protocol, NULL, 0);
	if (!flow->protocol)
		return TW_ENOMEM;
	TW_TRY(near_peer(scope, draft.outbound ? &flow->from : &flow->to));
	TW_TRY(far_peer(r, one, draft.outbound ? &flow->to : &flow->from));
	*ret = draft;
	return TW_OK;
}

/* ---- setting up ------------------------------------------------------------------------------ */

static struct tw_crossing cross(
	uint32_t acl, enum tw_list list, enum tw_direction direction, const struct tw_site *site)
{
	return (struct tw_crossing){.kind = TW_CROSS_ACL,
		.view = {list, direction},
		.state = TW_KNOWN,
		.acl = acl,
		.subnet = TW_MISSING,
		.site = site};
}

static tw_status build_paths(struct tw_scope *scope)
{
	struct tw_results *r = scope->results;
	struct tw_site *near = TW_NEW(r->work, struct tw_site);
	struct tw_site *far = TW_NEW(r->work, struct tw_site);
	if (!near || !far)
		return TW_ENOMEM;
	*near = tw_site_nowhere(TW_SITE_ACL, (struct tw_ranges){NULL, 0});
	near->acl = scope->acl;
	*far = tw_site_nowhere(TW_SITE_OUTSIDE, (struct tw_ranges){NULL, 0});
	for (int list = 0; list < 2; list++) {
		enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
		struct tw_path *path = TW_NEW(r->work, struct tw_path);
		if (!path)
			return TW_ENOMEM;
		struct tw_crossing *crossing = TW_NEW_ARRAY(r->work, struct tw_crossing, 2);
		if (!crossing)
			return TW_ENOMEM;
		crossing[0] = cross(scope->acl, (enum tw_list)list, TW_REQUEST, near);
		crossing[1] = cross(scope->acl, other, TW_REPLY, near);
		*path = (struct tw_path){.domain = tw_set_all(r->judge->space),
			.from = list == TW_INGRESS ? far : near,
			.to = list == TW_INGRESS ? near : far,
			.assumptions = TW_ASSUME_UNFRAGMENTED,
			.looks = 1,
			.legs = 1,
			.crossing = crossing,
			.crossings = 2};
		scope->path[list] = path;
	}
	return TW_OK;
}

static tw_status build_levels(struct tw_scope *scope)
{
	struct tw_results *r = scope->results;
	const struct tw_check_options *o = r->options;
	for (int i = 0; i < TW_INITIATORS; i++) {
		enum tw_initiator who = (enum tw_initiator)i;
		TW_TRY(o->clients > 0 && !tw_initiator_is_fixed(who)
				? tw_levels_given(r->work, o->client, o->clients, &scope->levels[i])
				: tw_levels_default(r->work, who, &scope->levels[i]));
		struct tw_levels quiet = {
			TW_NEW_ARRAY(r->work, struct tw_levelled, scope->levels[i].n + 1),
			scope->levels[i].n};
		if (!quiet.v)
			return TW_ENOMEM;
		for (size_t k = 0; k < quiet.n; k++) {
			quiet.v[k] = scope->levels[i].v[k];
			if (quiet.v[k].level == TW_LEVEL_WARNING)
				quiet.v[k].level = TW_LEVEL_NOTE;
		}
		scope->quiet[i] = quiet;
	}
	return TW_OK;
}

static tw_status build_atoms(struct tw_scope *scope)
{
	struct tw_results *r = scope->results;
	static const enum tw_family families[] = {TW_IPV4, TW_IPV6};
	static const uint8_t protocols[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP};
	for (size_t f = 0; f < TW_COUNT(families); f++)
		for (size_t p = 0; p < TW_COUNT(protocols); p++)
			TW_TRY(tw_atoms_of(r->judge, r->work, scope->acl, families[f], protocols[p],
				&scope->atoms));
	const struct tw_acl *acl = &r->net->acl[scope->acl];
	scope->service = TW_NEW_ARRAY(r->work, struct tw_port_list *, scope->atoms.n * 2 + 1);
	if (!scope->service)
		return TW_ENOMEM;
	for (size_t i = 0; i < scope->atoms.n * 2; i++) {
		struct tw_rules rules = acl->list[i % 2];
		scope->service[i] = TW_NEW_ARRAY(r->work, struct tw_port_list, rules.n + 1);
		if (!scope->service[i])
			return TW_ENOMEM;
		for (size_t k = 0; k < rules.n; k++)
			TW_TRY(tw_atom_services(r->judge, r->work, &scope->atoms.v[i / 2], rules, k,
				(enum tw_list)(i % 2), &scope->service[i][k]));
	}
	return TW_OK;
}

/* The two ways between the ACL under inference and another one of its VPC. */
static tw_status build_ways(struct tw_scope *scope, struct tw_beside *beside)
{
	struct tw_results *r = scope->results;
	for (int list = 0; list < 2; list++) {
		struct tw_path *path = TW_NEW(r->work, struct tw_path);
		struct tw_crossing *crossing = TW_NEW_ARRAY(r->work, struct tw_crossing, 4);
		if (!path || !crossing)
			return TW_ENOMEM;
		*path = *scope->path[list];
		const struct tw_site *site = path->from;
		bool out = list == TW_EGRESS;
		uint32_t first = out ? scope->acl : beside->acl;
		uint32_t second = out ? beside->acl : scope->acl;
		crossing[0] = cross(first, TW_EGRESS, TW_REQUEST, site);
		crossing[1] = cross(second, TW_INGRESS, TW_REQUEST, site);
		crossing[2] = cross(second, TW_EGRESS, TW_REPLY, site);
		crossing[3] = cross(first, TW_INGRESS, TW_REPLY, site);
		path->crossing = crossing;
		path->crossings = 4;
		beside->path[list] = path;
	}
	return TW_OK;
}

static struct tw_beside *beside_of(struct tw_scope *scope, uint32_t acl)
{
	for (size_t i = 0; i < scope->besides; i++)
		if (scope->beside[i].acl == acl)
			return &scope->beside[i];
	scope->beside[scope->besides] = (struct tw_beside){.acl = acl};
	return &scope->beside[scope->besides++];
}

/* The other subnets of the VPC whose addresses and ACL are known. */
static tw_status build_besides(struct tw_scope *scope)
{
	struct tw_results *r = scope->results;
	struct tw_space *space = r->judge->space;
	const struct tw_net *net = r->net;
	uint32_t vpc = net->acl[scope->acl].vpc;
	if (vpc == TW_MISSING || scope->near.v[0].site->kind == TW_SITE_ACL)
		return TW_OK;
	scope->beside = TW_NEW_ARRAY(r->work, struct tw_beside, net->vpc[vpc].subnets_n + 1);
	if (!scope->beside)
		return TW_ENOMEM;
	for (size_t i = 0; i < net->vpc[vpc].subnets_n; i++) {
		const struct tw_subnet *subnet = &net->subnet[net->vpc[vpc].subnets[i]];
		if (subnet->acl == TW_MISSING || subnet->cidrs.n == 0)
			continue;
		struct tw_beside *beside = beside_of(scope, subnet->acl);
		for (size_t k = 0; k < subnet->cidrs.n; k++) {
			struct tw_range range = tw_prefix_range(subnet->cidrs.v[k]);
			beside->from = tw_set_union(space, beside->from,
				tw_ranges_set(space, TW_FIELD_FROM, &range, 1));
			beside->to = tw_set_union(
				space, beside->to, tw_ranges_set(space, TW_FIELD_TO, &range, 1));
		}
	}
	for (size_t i = 0; i < scope->besides; i++)
		TW_TRY(build_ways(scope, &scope->beside[i]));
	return tw_space_status(space);
}

static tw_status build(struct tw_scope *scope)
{
	struct tw_results *r = scope->results;
	TW_TRY(tw_nears_of(r->judge, r->work, scope->acl, &scope->near));
	if (scope->near.n == 0)
		return TW_OK;
	TW_TRY(build_paths(scope));
	TW_TRY(build_besides(scope));
	TW_TRY(tw_scope_fars(scope));
	TW_TRY(build_levels(scope));
	return build_atoms(scope);
}

tw_status tw_scope_open(struct tw_scope *scope)
{
	if (scope->open)
		return TW_OK;
	scope->open = true;
	return build(scope);
}

void tw_scope_close(struct tw_scope *scope)
{
	tw_scope_fars_free(scope);
	TW_VEC_FREE(scope->results->mem, &scope->near);
	TW_VEC_FREE(scope->results->mem, &scope->atoms);
}

void tw_scope_visit(struct tw_scope *scope)
{
	struct tw_results *r = scope->results;
	const struct tw_acl *acl = &r->net->acl[scope->acl];
	for (size_t i = 0; i < acl->subnets_n; i++)
		r->subnet_judged[acl->subnets[i]] = true;
	for (size_t i = 0; i < scope->near.n; i++) {
		const struct tw_site *site = scope->near.v[i].site;
		if (site->kind == TW_SITE_SUBNET)
			r->assumptions |= TW_ASSUME_NO_INTERFACES;
		if (site->kind == TW_SITE_ACL)
			r->assumptions |= TW_ASSUME_NO_SUBNETS | TW_ASSUME_NO_INTERFACES;
		if (site->table_state == TW_ASSUMED)
			r->assumptions |= TW_ASSUME_NO_ROUTES;
		if (site->groups_state == TW_ASSUMED && !r->net->holds[TW_KIND_GROUP])
			r->assumptions |= TW_ASSUME_NO_GROUPS;
		for (size_t k = 0; k < site->interfaces_n; k++)
			r->interface_judged[site->interfaces[k]] = true;
	}
}
