/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows that an ACL's own rules ask for: a rule that names a service is the intent of its
 * direction. Rules 1 to 5 and 8 to 11 of the inference; infer_open.c has rule 6, infer_icmp.c the
 * rest of rule 7.
 */
#include "chapter.h"
#include "declared.h"
#include "infer.h"

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

/* Public addresses of the atom have a way to somebody here. */
static bool is_called(const struct tw_scope *scope, const struct tw_atom *atom)
{
	struct tw_judge *judge = scope->results->judge;
	tw_set public = tw_set_intersect(judge->space, atom->peers, judge->world.public_from);
	for (size_t i = 0; i < scope->near.n; i++)
		if (!tw_set_is_empty(
			    tw_set_intersect(judge->space, public, scope->near.v[i].called)))
			return true;
	return false;
}

/* Rule 8: many authors believe that replies use the service port. */
static enum tw_level tcp_cap(const struct tw_scope *scope, size_t at, enum tw_list list,
	struct tw_port_list ports, const struct tw_rule *twin)
{
	const struct tw_atom *atom = &scope->atoms.v[at];
	enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
	if (!twin || tw_atom_answers(atom, other))
		return TW_LEVEL_ERROR;
	/* Neither side answers: told from the inbound side, unless nobody out there can call. */
	if (!tw_atom_answers(atom, list))
		return list == TW_INGRESS || (atom->public && !is_called(scope, atom))
			       ? TW_LEVEL_ERROR
			       : TW_LEVEL_NONE;
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

static void add_peers(struct tw_scope *scope, enum tw_list list, tw_set packets)
{
	struct tw_space *space = scope->results->judge->space;
	tw_set far = list == TW_INGRESS ? packets : tw_set_mirror(space, packets);
	scope->peers = tw_set_union(space, scope->peers, far);
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
		struct tw_piece like = {
			.wide = tw_rule_is_wide(r->net, r->net->acl[scope->acl].vpc, one),
			.anywhere = tw_rule_is_anywhere(one),
			.cap = protocol == TW_PROTOCOL_TCP ? tcp_cap(scope, i, list, own, twin)
							   : udp_cap(scope, i, list, own, twin)};
		enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
		if (twin && like.cap > TW_LEVEL_NONE && !tw_atom_answers(atom, other))
			like.twin = twin;
		tw_set packets = service_packets(scope, atom, list, one, own);
		packets = tw_set_subtract(
			space, packets, tw_declared_answers(r, protocol, one->ports));
		TW_TRY(tw_scope_pieces(scope, list, packets, &like, false, pieces));
		TW_TRY(tw_ports_union(r->arena, *ports, own, ports));
		*missing |= missing_family(scope, atom, list);
		add_peers(scope, list, packets);
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

static const uint8_t protocols[2] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP};

static tw_status infer_services(struct tw_scope *scope, int p)
{
	const struct tw_acl *acl = &scope->results->net->acl[scope->acl];
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < acl->list[list].n; i++)
			if (acl->list[list].rule[i].protocol == protocols[p])
				TW_TRY(infer_rule(scope, (enum tw_list)list, i, protocols[p]));
	scope->has_peers[p] = true;
	return TW_OK;
}

/* The services of the rules of one list at one atom. */
static void add_peers_of(struct tw_scope *scope, size_t at, enum tw_list list)
{
	const struct tw_atom *atom = &scope->atoms.v[at];
	struct tw_rules rules = scope->results->net->acl[scope->acl].list[list];
	for (size_t i = 0; i < rules.n; i++) {
		struct tw_port_list own = scope->service[at * 2 + (size_t)list][i];
		if (rules.rule[i].protocol == atom->protocol && own.n > 0)
			add_peers(scope, list,
				service_packets(scope, atom, list, &rules.rule[i], own));
	}
}

tw_status tw_scope_peers(struct tw_scope *scope)
{
	for (int p = 0; p < 2; p++) {
		for (size_t i = 0; i < scope->atoms.n && !scope->has_peers[p]; i++) {
			if (scope->atoms.v[i].protocol != protocols[p])
				continue;
			add_peers_of(scope, i, TW_INGRESS);
			add_peers_of(scope, i, TW_EGRESS);
		}
		scope->has_peers[p] = true;
	}
	return tw_space_status(scope->results->judge->space);
}

/* ---- chapters -------------------------------------------------------------------------------- */

static tw_status infer_tcp(struct tw_scope *scope)
{
	return infer_services(scope, 0);
}

static tw_status infer_udp(struct tw_scope *scope)
{
	TW_TRY(infer_services(scope, 1));
	return tw_infer_open_udp(scope);
}

/* What an ACL says of one kind of traffic, and what of its own lists has a part in it. */
struct topic {
	tw_status (*infer)(struct tw_scope *scope);
	enum tw_traffic own, traffic;
};

static const struct topic topics[TW_TOPICS] = {
	{infer_tcp, TW_TRAFFIC_TCP, TW_TRAFFIC_TCP},
	{infer_udp, TW_TRAFFIC_TCP | TW_TRAFFIC_UDP, TW_TRAFFIC_UDP},
	/* Path-MTU messages are for whoever has a flow. */
	{tw_infer_icmp, TW_TRAFFIC_ALL, TW_TRAFFIC_OTHER},
	{tw_infer_open, TW_TRAFFIC_TCP, TW_TRAFFIC_TCP},
};

struct writer {
	struct tw_scope *scope;
	const struct topic *topic;
};

static tw_status write_topic(void *ctx)
{
	const struct writer *w = ctx;
	struct tw_scope *scope = w->scope;
	struct tw_judge *judge = scope->results->judge;
	size_t before = scope->flows;
	if (judge->reading)
		TW_TRY(tw_reading_note(judge->reading, scope->acl, (uint8_t)w->topic->own, false));
	TW_TRY(tw_scope_open(scope));
	if (scope->near.n == 0)
		return TW_OK;
	TW_TRY(w->topic->infer(scope));
	if (scope->flows > before)
		tw_scope_visit(scope);
	return TW_OK;
}

tw_status tw_infer_acl(struct tw_results *results, uint32_t acl, size_t chapter)
{
	struct tw_scope scope = {.results = results, .acl = acl};
	tw_status status = TW_OK;
	for (size_t i = 0; status == TW_OK && i < TW_TOPICS; i++) {
		struct writer writer = {&scope, &topics[i]};
		status = tw_chapter_tell(
			results, chapter + i, topics[i].traffic, write_topic, &writer);
	}
	tw_scope_close(&scope);
	return status;
}
