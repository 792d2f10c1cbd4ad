/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Everything" is permission, not intent: rule 6, and what rule 7 says of open UDP. An ACL that
 * lets everything out and no reply in is told once; one that lets replies in for a share only is
 * judged.
 */
#include "declared.h"
#include "infer.h"

static enum tw_list other_of(enum tw_list list)
{
	return list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
}

static bool is_open(const struct tw_atom *atom, enum tw_list list)
{
	return tw_ports_has_class(atom->bridged[list], TW_CLASS_OPEN);
}

/* What one rule lets pass at the atom that no stated flow explains. */
static tw_set unexplained(struct tw_scope *scope, const struct tw_atom *atom, enum tw_list list,
	const struct tw_rule *rule)
{
	struct tw_results *r = scope->results;
	struct tw_space *space = r->judge->space;
	struct tw_box box = tw_box_all(atom->family);
	struct tw_ports ports;
	if (rule->action != TW_ALLOW || !tw_rule_ports_for(rule, atom->protocol, &ports))
		return TW_EMPTY;
	box.protocol_lo = box.protocol_hi = atom->protocol;
	tw_set set = tw_set_intersect(space, tw_set_box(space, &box),
		tw_rule_covers(space, rule, (struct tw_view){list, TW_REQUEST}));
	return tw_set_subtract(space, set, tw_declared_answers(r, atom->protocol, ports));
}

/* Open, and also without what intents ask for and are answered: the rest is a permission. */
static tw_status is_permission(
	struct tw_scope *scope, const struct tw_atom *atom, enum tw_list list, bool *ret)
{
	struct tw_results *r = scope->results;
	struct tw_space *space = r->judge->space;
	struct tw_rules rules = r->net->acl[scope->acl].list[list];
	const struct tw_compiled *passing;
	struct tw_port_list ports;
	tw_set reach = TW_EMPTY, rest = TW_EMPTY;
	*ret = is_open(atom, list);
	if (!*ret || !r->options->intents)
		return TW_OK;
	for (size_t i = 0; i < scope->near.n; i++)
		reach = tw_set_union(space, reach,
			list == TW_EGRESS ? scope->near.v[i].out : scope->near.v[i].in);
	reach = tw_set_intersect(
		space, reach, list == TW_INGRESS ? atom->peers : tw_set_mirror(space, atom->peers));
	for (size_t i = 0; i < rules.n; i++)
		rest = tw_set_union(space, rest, unexplained(scope, atom, list, &rules.rule[i]));
	TW_TRY(tw_judge_acl(r->judge, scope->acl, (struct tw_view){list, TW_REQUEST}, &passing));
	rest = tw_set_subtract(space, tw_set_intersect(space, rest, reach), passing->deny);
	rest = tw_set_subtract(space, tw_set_subtract(space, rest, r->cover), r->internet);
	TW_TRY(tw_set_ports(r, rest, TW_FIELD_SERVICE, r->work, &ports));
	TW_TRY(tw_ports_bridge(r->work, ports, &ports));
	*ret = tw_ports_has_class(ports, TW_CLASS_OPEN);
	return TW_OK;
}

static bool allows_anything(const struct tw_acl *acl, enum tw_list list, uint8_t family)
{
	for (size_t i = 0; i < acl->list[list].n; i++) {
		const struct tw_rule *rule = &acl->list[list].rule[i];
		if (rule->family == family && (rule->action == TW_ALLOW || rule->maybe))
			return true;
	}
	return false;
}

/* What one atom says about TW108 in one direction: rule 6 (a), (c), (d). */
static enum tw_level one_direction(
	struct tw_scope *scope, const struct tw_atom *atom, enum tw_list open)
{
	const struct tw_acl *acl = &scope->results->net->acl[scope->acl];
	enum tw_list back = other_of(open);
	if (!is_open(atom, open) || tw_atom_answers(atom, back) ||
		!tw_scope_meets(scope, atom, open == TW_EGRESS))
		return TW_LEVEL_NONE;
	if (!allows_anything(acl, back, atom->family))
		return open == TW_INGRESS ? TW_LEVEL_ERROR : TW_LEVEL_WARNING;
	bool services = tw_ports_has_class(atom->bridged[back], TW_CLASS_SERVICE);
	if (open == TW_INGRESS)
		return services ? TW_LEVEL_NONE : TW_LEVEL_NOTE;
	if (!atom->public)
		return TW_LEVEL_NONE;
	if (services)
		return TW_LEVEL_WARNING;
	for (size_t i = 0; i < scope->near.n; i++)
		if (scope->near.v[i].site->table_state == TW_KNOWN)
			return TW_LEVEL_WARNING; /* a route leads there: tw_scope_meets has asked */
	return TW_LEVEL_NOTE;
}

/* The rule that drops the replies to the Linux range, for the place of the finding. */
static uint32_t dropping_rule(const struct tw_atom *atom, enum tw_list back)
{
	for (size_t i = 0; i < atom->parts_n[back]; i++)
		if (atom->part[back][i].ports.lo <= 32768 &&
			32768 <= atom->part[back][i].ports.hi &&
			atom->part[back][i].label >= TW_LABEL_RULE)
			return (uint32_t)(atom->part[back][i].label - TW_LABEL_RULE);
	return TW_MISSING;
}

/* The replies of the atom that its own list drops, to the ports of all clients. */
static tw_status lost_replies(
	struct tw_scope *scope, const struct tw_atom *atom, enum tw_list back, tw_set *ret)
{
	struct tw_judge *judge = scope->results->judge;
	struct tw_box box = tw_box_all((enum tw_family)atom->family);
	const struct tw_compiled *list;
	TW_TRY(tw_judge_acl(judge, scope->acl, (struct tw_view){back, TW_REPLY}, &list));
	box.protocol_lo = box.protocol_hi = atom->protocol;
	box.client = (struct tw_ports){1024, 65535};
	tw_set set = back == TW_INGRESS ? tw_set_mirror(judge->space, atom->peers) : atom->peers;
	set = tw_set_intersect(judge->space, set, tw_set_box(judge->space, &box));
	*ret = tw_set_intersect(judge->space, set, list->deny);
	return tw_space_status(judge->space);
}

static tw_status tell_one_direction(
	struct tw_scope *scope, const struct tw_atom *atom, enum tw_list open, enum tw_level level)
{
	struct tw_results *r = scope->results;
	const struct tw_acl *acl = &r->net->acl[scope->acl];
	enum tw_list back = other_of(open);
	struct tw_cause cause = {.acl = scope->acl,
		.list = back,
		.direction = TW_REPLY,
		.family = atom->family,
		.protocol = TW_PROTOCOL_TCP};
	uint32_t rule = dropping_rule(atom, back);
	if (rule != TW_MISSING)
		cause.rule[cause.rules++] = rule;
	struct tw_finding_draft *finding;
	TW_TRY(lost_replies(scope, atom, back, &cause.dead));
	TW_TRY(tw_finding_add(r, "TW108", level, &cause, NULL, &finding));
	finding->interfaces = (uint32_t)scope->near.interfaces;
	const char *family = atom->family == TW_IPV4 ? "IPv4" : "IPv6";
	if (open == TW_EGRESS)
		finding->finding.message = tw_arena_printf(r->arena,
			"%s lets everything out over %s but no reply back in: what is behind it "
			"answers its callers, if any, and can call nobody",
			acl->object.id, family);
	else
		finding->finding.message = tw_arena_printf(r->arena,
			"%s lets everything in over %s but no reply back out: nobody gets an "
			"answer",
			acl->object.id, family);
	return finding->finding.message ? TW_OK : TW_ENOMEM;
}

/* Once per ACL and family: the loudest atom speaks. */
static tw_status infer_one_direction(struct tw_scope *scope, uint8_t family, bool *ret_told)
{
	const struct tw_atom *loudest = NULL;
	enum tw_list list = TW_INGRESS;
	enum tw_level level = TW_LEVEL_NONE;
	for (size_t i = 0; i < scope->atoms.n; i++) {
		const struct tw_atom *atom = &scope->atoms.v[i];
		if (atom->family != family || atom->protocol != TW_PROTOCOL_TCP)
			continue;
		for (int open = 0; open < 2; open++) {
			enum tw_level one = one_direction(scope, atom, (enum tw_list)open);
			bool permission = false;
			if (one > level)
				TW_TRY(is_permission(scope, atom, (enum tw_list)open, &permission));
			if (permission) {
				level = one;
				loudest = atom;
				list = (enum tw_list)open;
			}
		}
	}
	if (!loudest)
		return TW_OK;
	*ret_told = true;
	return tell_one_direction(scope, loudest, list, level);
}

/* ---- rule 6 (b): open, and replies come back for a share only ---------------------------------
 */

static bool loses(const struct tw_draft *draft)
{
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		bool edge;
		if (draft->outcomes.v[i].request == TW_ALLOW &&
			tw_hurt_level(&draft->outcomes.v[i], false, &edge) > TW_LEVEL_NONE)
			return true;
	}
	return false;
}

/* The packets that an open rule decides where the way back answers at least some. */
static tw_status collect_open(
	struct tw_scope *scope, enum tw_list list, size_t rule, struct tw_pieces *pieces)
{
	struct tw_results *r = scope->results;
	struct tw_space *space = r->judge->space;
	const struct tw_rule *one = &r->net->acl[scope->acl].list[list].rule[rule];
	for (size_t i = 0; i < scope->atoms.n; i++) {
		const struct tw_atom *atom = &scope->atoms.v[i];
		struct tw_ports ports;
		if (atom->protocol != TW_PROTOCOL_TCP || !is_open(atom, list) ||
			!tw_atom_answers(atom, other_of(list)) ||
			!tw_rule_ports_for(one, atom->protocol, &ports) ||
			tw_ports_class(ports) != TW_CLASS_OPEN)
			continue;
		struct tw_box box = tw_box_all(atom->family);
		box.service = ports;
		tw_set peers = list == TW_INGRESS ? atom->peers : tw_set_mirror(space, atom->peers);
		tw_set set = tw_set_intersect(space, peers, tw_set_box(space, &box));
		set = tw_set_intersect(
			space, set, tw_rule_covers(space, one, (struct tw_view){list, TW_REQUEST}));
		set = tw_set_subtract(space, set, tw_declared_answers(r, atom->protocol, ports));
		struct tw_piece like = {
			.cap = TW_LEVEL_ERROR, .anywhere = tw_rule_is_anywhere(one)};
		TW_TRY(tw_scope_pieces(scope, list, set, &like, true, pieces));
	}
	return tw_space_status(space);
}

static tw_status infer_open_rule(struct tw_scope *scope, enum tw_list list, size_t rule)
{
	struct tw_results *r = scope->results;
	struct tw_pieces pieces = TW_VEC_EMPTY;
	struct tw_draft draft = {0};
	tw_status status = collect_open(scope, list, rule, &pieces);
	/* A trial first: a permission whose replies all return is no flow to speak of. */
	for (size_t i = 0; status == TW_OK && i < pieces.n; i++)
		status = tw_judge_piece(r->judge, r->work, &pieces.v[i], &draft.outcomes);
	bool worth = status == TW_OK && loses(&draft);
	TW_VEC_FREE(r->mem, &draft.outcomes);
	if (worth) {
		status = tw_scope_flow(scope, list, rule, TW_PROTOCOL_TCP, &draft);
		if (status == TW_OK) {
			struct tw_ports *all = TW_NEW(r->arena, struct tw_ports);
			draft.flow.purpose = "permission";
			draft.flow.service_text = "tcp, any port";
			scope->flows++;
			if (all)
				*all = (struct tw_ports){0, 65535};
			draft.flow.service = all;
			draft.flow.service_n = 1;
			status = all ? tw_judge_draft(r, &draft, &pieces) : TW_ENOMEM;
		}
	}
	TW_VEC_FREE(r->mem, &pieces);
	return status;
}

static tw_status infer_shares(struct tw_scope *scope)
{
	const struct tw_acl *acl = &scope->results->net->acl[scope->acl];
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < acl->list[list].n; i++) {
			const struct tw_rule *rule = &acl->list[list].rule[i];
			if (rule->action == TW_ALLOW && (rule->protocol == TW_PROTOCOL_ALL ||
								rule->protocol == TW_PROTOCOL_TCP))
				TW_TRY(infer_open_rule(scope, (enum tw_list)list, i));
		}
	return TW_OK;
}

/* ---- rule 7: open UDP -------------------------------------------------------------------------
 */

static tw_status infer_open_udp(struct tw_scope *scope, uint8_t family)
{
	struct tw_results *r = scope->results;
	const struct tw_atom *udp = NULL;
	bool tcp = false;
	for (size_t i = 0; i < scope->atoms.n; i++) {
		const struct tw_atom *atom = &scope->atoms.v[i];
		bool permission;
		if (atom->family != family || !atom->public || !tw_scope_meets(scope, atom, true))
			continue;
		TW_TRY(is_permission(scope, atom, TW_EGRESS, &permission));
		if (!permission)
			continue;
		if (atom->protocol == TW_PROTOCOL_TCP)
			tcp |= tw_atom_answers(atom, TW_INGRESS);
		else if (!tw_atom_answers(atom, TW_INGRESS))
			udp = atom;
	}
	if (!tcp || !udp)
		return TW_OK;
	struct tw_cause cause = {.acl = scope->acl,
		.list = TW_INGRESS,
		.direction = TW_REPLY,
		.family = family,
		.protocol = TW_PROTOCOL_UDP};
	uint32_t rule = dropping_rule(udp, TW_INGRESS);
	if (rule != TW_MISSING)
		cause.rule[cause.rules++] = rule;
	struct tw_finding_draft *finding;
	TW_TRY(lost_replies(scope, udp, TW_INGRESS, &cause.dead));
	TW_TRY(tw_finding_add(r, "TW104", TW_LEVEL_NOTE, &cause, NULL, &finding));
	if (finding->subject.n > 0)
		return TW_OK; /* a named service tells it already, and louder */
	finding->finding.message = tw_arena_printf(r->arena,
		"%s lets UDP out to the internet but no UDP reply back in, as it does for TCP "
		"(the VPC's DNS resolver and time service are not filtered)",
		r->net->acl[scope->acl].object.id);
	return finding->finding.message ? TW_OK : TW_ENOMEM;
}

tw_status tw_infer_open_udp(struct tw_scope *scope)
{
	size_t before = scope->results->finding.n;
	TW_TRY(infer_open_udp(scope, TW_IPV4));
	return scope->results->finding.n == before ? infer_open_udp(scope, TW_IPV6) : TW_OK;
}

tw_status tw_infer_open(struct tw_scope *scope)
{
	bool told = false;
	TW_TRY(infer_one_direction(scope, TW_IPV4, &told));
	TW_TRY(infer_one_direction(scope, TW_IPV6, &told));
	if (told)
		scope->flows++;
	return infer_shares(scope);
}
