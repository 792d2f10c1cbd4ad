/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows that an ACL's own rules ask for: a rule that names a service is the intent of its
 * direction. Rules 1 to 5 and 8 to 11 of the inference; infer_open.c has rule 6, infer_icmp.c the
 * rest of rule 7.
 */
#include "infer.h"

static const char *const list_names[] = {"ingress", "egress"};

tw_status tw_pieces_add(
	struct tw_results *results, struct tw_pieces *pieces, const struct tw_piece *piece)
{
	struct tw_space *space = results->judge->space;
	/* Where an intent speaks for packets, the intent wins. */
	tw_set set = tw_set_subtract(space, piece->set, results->cover);
	if (tw_set_is_empty(set))
		return tw_space_status(space);
	for (size_t i = 0; i < pieces->n; i++) {
		struct tw_piece *one = &pieces->v[i];
		if (one->path != piece->path || one->levels != piece->levels ||
			one->cap != piece->cap || one->twin != piece->twin)
			continue;
		one->set = tw_set_union(space, one->set, set);
		return tw_space_status(space);
	}
	TW_TRY(TW_VEC_PUSH(results->mem, pieces, *piece));
	pieces->v[pieces->n - 1].set = set;
	return TW_OK;
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
		piece.path = scope->path[list];
		if (list == TW_EGRESS) {
			piece.set = tw_set_intersect(space, packets, near->out);
			piece.levels = &levels[near->initiator];
			TW_TRY(tw_pieces_add(r, ret, &piece));
			continue;
		}
		/* A region that holds public addresses is one of public clients as a whole. */
		piece.set = tw_set_intersect(space, packets, near->in);
		bool public = !tw_set_is_empty(
			tw_set_intersect(space, piece.set, r->judge->world.public_from));
		piece.levels = &levels[public ? TW_BY_PUBLIC : TW_BY_PRIVATE];
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

tw_status tw_scope_flow(struct tw_scope *scope, enum tw_list list, size_t rule, uint8_t protocol,
	struct tw_draft *ret)
{
	struct tw_results *r = scope->results;
	const struct tw_acl *acl = &r->net->acl[scope->acl];
	const struct tw_rule *one = &acl->list[list].rule[rule];
	struct tw_draft draft = {.protocol = protocol,
		.outbound = list == TW_EGRESS,
		.acl = scope->acl,
		.interfaces = (uint32_t)scope->near.interfaces};
	struct tw_flow *flow = &draft.flow;
	struct tw_evidence *evidence = TW_NEW(r->arena, struct tw_evidence);
	flow->id = tw_arena_printf(r->arena, "%s/%s/%s", acl->object.id, list_names[list], one->id);
	flow->because = tw_arena_printf(
		r->arena, "%s rule %s of %s", list_names[list], one->id, acl->object.id);
	flow->protocol = tw_what_text(r->arena, protocol, NULL, 0);
	if (!evidence || !flow->id || !flow->because || !flow->protocol)
		return TW_ENOMEM;
	*evidence = (struct tw_evidence){acl->object.id, one->id, one->span};
	flow->evidence = evidence;
	flow->evidence_n = 1;
	flow->origin = "inferred";
	flow->purpose = draft.outbound ? "call" : "service";
	flow->satisfied = -1;
	TW_TRY(near_peer(scope, draft.outbound ? &flow->from : &flow->to));
	TW_TRY(far_peer(r, one, draft.outbound ? &flow->to : &flow->from));
	*ret = draft;
	return TW_OK;
}

/* ---- rule 8 and rule 7: how loud a loss may be told ------------------------------------------ */

static bool any_answers(const struct tw_scope *scope, const struct tw_atom *like, enum tw_list list)
{
	for (size_t i = 0; i < scope->atoms.n; i++) {
		const struct tw_atom *atom = &scope->atoms.v[i];
		if (atom->family == like->family && atom->protocol == like->protocol &&
			tw_atom_answers(atom, list))
			return true;
	}
	return false;
}

/* The rule of the other list that names exactly the same ports here, or NULL. */
static const struct tw_rule *twin_of(
	const struct tw_scope *scope, size_t atom, enum tw_list list, size_t rule)
{
	enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
	struct tw_rules rules = scope->results->net->acl[scope->acl].list[other];
	struct tw_port_list own = scope->service[atom * 2 + (size_t)list][rule];
	for (size_t i = 0; i < rules.n; i++) {
		struct tw_port_list theirs = scope->service[atom * 2 + (size_t)other][i];
		if (theirs.n > 0 && tw_ports_equal(own, theirs))
			return &rules.rule[i];
	}
	return NULL;
}

static bool all_web_ports(struct tw_port_list ports)
{
	for (size_t i = 0; i < ports.n; i++)
		if (ports.v[i].lo != ports.v[i].hi ||
			(ports.v[i].lo != 80 && ports.v[i].lo != 443 && ports.v[i].lo != 8443))
			return false;
	return true;
}

/* Rule 8: many authors believe that replies use the service port. */
static enum tw_level tcp_cap(const struct tw_scope *scope, size_t at, enum tw_list list,
	struct tw_port_list ports, const struct tw_rule *twin)
{
	const struct tw_atom *atom = &scope->atoms.v[at];
	enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
	if (!twin || tw_atom_answers(atom, other))
		return TW_LEVEL_ERROR;
	if (!tw_atom_answers(atom, list)) /* neither side answers: told from the inbound side */
		return list == TW_INGRESS ? TW_LEVEL_ERROR : TW_LEVEL_NONE;
	bool loud = atom->public && !any_answers(scope, atom, other) &&
		    (list == TW_INGRESS || all_web_ports(ports));
	return loud ? TW_LEVEL_ERROR : TW_LEVEL_WARNING;
}

static bool all_among(struct tw_port_list ports, const uint16_t *set, size_t n)
{
	for (size_t i = 0; i < ports.n; i++)
		for (uint32_t port = ports.v[i].lo; port <= ports.v[i].hi; port++) {
			size_t k = 0;
			while (k < n && set[k] != port)
				k++;
			if (k == n)
				return false;
		}
	return true;
}

/* Rule 7: what is silent, and what is told once from the outbound side. */
static enum tw_level udp_cap(const struct tw_scope *scope, size_t at, enum tw_list list,
	struct tw_port_list ports, const struct tw_rule *twin)
{
	static const uint16_t one_way[] = {514, 162, 2055, 4739, 6343, 8125, 9995, 12201};
	static const uint16_t same_port[] = {500, 4500, 67, 68, 546, 547, 520, 5353, 137, 138};
	const struct tw_atom *atom = &scope->atoms.v[at];
	enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
	if (all_among(ports, one_way, TW_COUNT(one_way)))
		return TW_LEVEL_NONE;
	if (twin &&
		(all_among(ports, same_port, TW_COUNT(same_port)) || tw_ports_size(ports) >= 100))
		return TW_LEVEL_NONE;
	if (list == TW_EGRESS)
		return TW_LEVEL_WARNING;
	return twin && !tw_atom_answers(atom, other) ? TW_LEVEL_NONE : TW_LEVEL_ERROR;
}

/* TW107: this family's replies were forgotten, the other family's were not. */
static uint8_t missing_family(
	const struct tw_scope *scope, const struct tw_atom *atom, enum tw_list list)
{
	enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
	struct tw_atom elsewhere = *atom;
	elsewhere.family = atom->family == TW_IPV4 ? TW_IPV6 : TW_IPV4;
	bool forgotten = !any_answers(scope, atom, other) && any_answers(scope, &elsewhere, other);
	return forgotten ? atom->family : 0;
}

/* ---- rules 3 and 4: one flow for each rule that names a service ------------------------------ */

/* The packets of a rule's service at one atom, from the initiator's side. */
static tw_set service_packets(struct tw_scope *scope, const struct tw_atom *atom, enum tw_list list,
	const struct tw_rule *rule, struct tw_port_list ports)
{
	struct tw_space *space = scope->results->judge->space;
	tw_set set = TW_EMPTY;
	for (size_t i = 0; i < ports.n; i++) {
		struct tw_box box = tw_box_all(atom->family);
		box.service = ports.v[i];
		set = tw_set_union(space, set, tw_set_box(space, &box));
	}
	tw_set peers = list == TW_INGRESS ? atom->peers : tw_set_mirror(space, atom->peers);
	set = tw_set_intersect(space, set, peers);
	return tw_set_intersect(
		space, set, tw_rule_covers(space, rule, (struct tw_view){list, TW_REQUEST}));
}

static tw_status collect_rule(struct tw_scope *scope, enum tw_list list, size_t rule,
	uint8_t protocol, struct tw_pieces *pieces, struct tw_port_list *ports, uint8_t *missing)
{
	struct tw_results *r = scope->results;
	const struct tw_rule *one = &r->net->acl[scope->acl].list[list].rule[rule];
	struct tw_space *space = r->judge->space;
	for (size_t i = 0; i < scope->atoms.n; i++) {
		const struct tw_atom *atom = &scope->atoms.v[i];
		struct tw_port_list own = scope->service[i * 2 + (size_t)list][rule];
		if (atom->protocol != protocol || own.n == 0)
			continue;
		const struct tw_rule *twin = twin_of(scope, i, list, rule);
		struct tw_piece like = {.cap = protocol == TW_PROTOCOL_TCP
						       ? tcp_cap(scope, i, list, own, twin)
						       : udp_cap(scope, i, list, own, twin)};
		enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
		if (twin && like.cap > TW_LEVEL_NONE && !tw_atom_answers(atom, other)) {
			like.twin = tw_arena_printf(
				r->arena, "%s rule %s", list_names[other], twin->id);
			if (!like.twin)
				return TW_ENOMEM;
			for (size_t k = 0; k < pieces->n; k++) /* one text for one twin */
				if (pieces->v[k].twin && strcmp(pieces->v[k].twin, like.twin) == 0)
					like.twin = pieces->v[k].twin;
		}
		tw_set packets = service_packets(scope, atom, list, one, own);
		TW_TRY(tw_scope_pieces(scope, list, packets, &like, false, pieces));
		TW_TRY(tw_ports_union(r->arena, *ports, own, ports));
		*missing |= missing_family(scope, atom, list);
		tw_set far = list == TW_INGRESS ? packets : tw_set_mirror(space, packets);
		scope->peers = tw_set_union(space, scope->peers, far);
	}
	return tw_space_status(space);
}

static tw_status infer_rule(
	struct tw_scope *scope, enum tw_list list, size_t rule, uint8_t protocol)
{
	struct tw_results *r = scope->results;
	struct tw_pieces pieces = TW_VEC_EMPTY;
	struct tw_port_list ports = {0};
	struct tw_draft draft = {0};
	uint8_t missing = 0;
	tw_status status = collect_rule(scope, list, rule, protocol, &pieces, &ports, &missing);
	if (status == TW_OK && pieces.n > 0)
		status = tw_scope_flow(scope, list, rule, protocol, &draft);
	if (status == TW_OK && pieces.n > 0) {
		draft.missing_family = missing;
		draft.flow.service = ports.v;
		draft.flow.service_n = ports.n;
		draft.flow.service_text = tw_what_text(r->arena, protocol, ports.v, ports.n);
		status = draft.flow.service_text ? tw_judge_draft(r, &draft, &pieces) : TW_ENOMEM;
		scope->flows++;
	}
	TW_VEC_FREE(r->mem, &pieces);
	return status;
}

static tw_status infer_services(struct tw_scope *scope)
{
	static const uint8_t protocols[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP};
	const struct tw_acl *acl = &scope->results->net->acl[scope->acl];
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < acl->list[list].n; i++)
			for (size_t p = 0; p < TW_COUNT(protocols); p++)
				if (acl->list[list].rule[i].protocol == protocols[p])
					TW_TRY(infer_rule(
						scope, (enum tw_list)list, i, protocols[p]));
	return TW_OK;
}

/* ---- setting up ------------------------------------------------------------------------------ */

static tw_status build_paths(struct tw_scope *scope)
{
	struct tw_results *r = scope->results;
	struct tw_site *near = TW_NEW(r->work, struct tw_site);
	struct tw_site *far = TW_NEW(r->work, struct tw_site);
	if (!near || !far)
		return TW_ENOMEM;
	*near = (struct tw_site){.kind = TW_SITE_ACL, .subnet = TW_MISSING, .acl = scope->acl};
	*far = (struct tw_site){.kind = TW_SITE_OUTSIDE, .subnet = TW_MISSING, .acl = TW_MISSING};
	for (int list = 0; list < 2; list++) {
		enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
		struct tw_path *path = TW_NEW(r->work, struct tw_path);
		if (!path)
			return TW_ENOMEM;
		*path = (struct tw_path){.domain = tw_set_all(r->judge->space),
			.from = list == TW_INGRESS ? far : near,
			.to = list == TW_INGRESS ? near : far,
			.route_table = TW_MISSING,
			.assumptions = TW_ASSUME_UNFRAGMENTED,
			.crossings = 2};
		path->crossing[0] =
			(struct tw_crossing){TW_CROSS_ACL, {(enum tw_list)list, TW_REQUEST},
				TW_KNOWN, scope->acl, TW_MISSING, near, false};
		path->crossing[1] = (struct tw_crossing){TW_CROSS_ACL, {other, TW_REPLY}, TW_KNOWN,
			scope->acl, TW_MISSING, near, false};
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

static tw_status infer(struct tw_scope *scope)
{
	struct tw_results *r = scope->results;
	const struct tw_acl *acl = &r->net->acl[scope->acl];
	TW_TRY(tw_nears_of(r->judge, r->work, scope->acl, &scope->near));
	if (scope->near.n == 0)
		return TW_OK;
	TW_TRY(build_paths(scope));
	TW_TRY(build_levels(scope));
	TW_TRY(build_atoms(scope));
	TW_TRY(infer_services(scope));
	TW_TRY(tw_infer_icmp(scope));
	TW_TRY(tw_infer_open(scope));
	if (scope->flows == 0)
		return TW_OK;
	/* Its own flows were judged by the ACL alone: its subnets and interfaces took part. */
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
	return TW_OK;
}

tw_status tw_infer_acl(struct tw_results *results, uint32_t acl)
{
	struct tw_scope scope = {.results = results, .acl = acl};
	tw_status status = infer(&scope);
	TW_VEC_FREE(results->mem, &scope.near);
	TW_VEC_FREE(results->mem, &scope.atoms);
	return status;
}
