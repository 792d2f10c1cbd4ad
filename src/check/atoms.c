/* SPDX-License-Identifier: Apache-2.0 */
/* Atoms: the peers of an ACL, cut by what its rules do to them. See atoms.h. */
#include "atoms.h"

/* Peers at FROM in both views, so that both lists of an ACL can be seen side by side. */
static const struct tw_view inbound = {TW_INGRESS, TW_REQUEST}, outbound = {TW_EGRESS, TW_REPLY};

static tw_status labelled(struct tw_judge *judge, struct tw_arena *arena, tw_set residual,
	enum tw_list list, struct tw_atom *atom, struct tw_rules rules)
{
	enum tw_field field = list == TW_INGRESS ? TW_FIELD_SERVICE : TW_FIELD_CLIENT;
	size_t n = tw_partition_ports(judge->space, residual, field, NULL, 0);
	struct tw_labelled_ports *part = TW_NEW_ARRAY(arena, struct tw_labelled_ports, n + 1);
	struct tw_port_list allowed = {TW_NEW_ARRAY(arena, struct tw_ports, n + 1), 0};
	if (!part || !allowed.v)
		return TW_ENOMEM;
	tw_partition_ports(judge->space, residual, field, part, n);
	for (size_t i = 0; i < n; i++) {
		if (part[i].label < TW_LABEL_RULE)
			continue;
		const struct tw_rule *rule = &rules.rule[part[i].label - TW_LABEL_RULE];
		if (rule->action == TW_DENY && !rule->maybe)
			continue;
		if (allowed.n > 0 && allowed.v[allowed.n - 1].hi + 1 == part[i].ports.lo)
			allowed.v[allowed.n - 1].hi = part[i].ports.hi;
		else
			allowed.v[allowed.n++] = part[i].ports;
	}
	atom->part[list] = part;
	atom->parts_n[list] = n;
	atom->allowed[list] = allowed;
	return tw_ports_bridge(arena, allowed, &atom->bridged[list]);
}

/* One list cut by residual: where each residual holds, as a set of peers. */
struct cut {
	tw_set partition;
	struct tw_residuals residuals;
};

static tw_status cut_list(
	struct tw_judge *judge, uint32_t acl, struct tw_view view, tw_set within, struct cut *ret)
{
	const struct tw_compiled *compiled;
	TW_TRY(tw_judge_acl(judge, acl, view, &compiled));
	tw_set part = tw_partition_restrict(judge->space, compiled->decides, within);
	ret->partition = tw_partition_split(
		judge->space, part, TW_FIELD_CLIENT, judge->mem, &ret->residuals);
	return tw_space_status(judge->space);
}

static tw_status add_atom(struct tw_judge *judge, struct tw_arena *arena, uint32_t acl,
	struct tw_atom atom, tw_set in, tw_set out, struct tw_atoms *ret)
{
	const struct tw_acl *a = &judge->net->acl[acl];
	atom.public = !tw_set_is_empty(
		tw_set_intersect(judge->space, atom.peers, judge->world.public_from));
	TW_TRY(labelled(judge, arena, in, TW_INGRESS, &atom, a->list[TW_INGRESS]));
	TW_TRY(labelled(judge, arena, out, TW_EGRESS, &atom, a->list[TW_EGRESS]));
	return TW_VEC_PUSH(judge->mem, ret, atom);
}

tw_status tw_atoms_of(struct tw_judge *judge, struct tw_arena *arena, uint32_t acl,
	enum tw_family family, uint8_t protocol, struct tw_atoms *ret)
{
	struct tw_space *space = judge->space;
	struct tw_box box = tw_box_all(family);
	box.protocol_lo = box.protocol_hi = protocol;
	tw_set within = tw_set_box(space, &box);
	struct cut in = {0}, out = {0};
	tw_status status = cut_list(judge, acl, inbound, within, &in);
	if (status == TW_OK)
		status = cut_list(judge, acl, outbound, within, &out);
	for (size_t i = 0; status == TW_OK && i < in.residuals.n; i++) {
		tw_set here = tw_partition_where(space, in.partition, (uint16_t)(i + 1));
		for (size_t k = 0; status == TW_OK && k < out.residuals.n; k++) {
			struct tw_atom atom = {.family = (uint8_t)family, .protocol = protocol};
			atom.peers = tw_set_intersect(space, here,
				tw_partition_where(space, out.partition, (uint16_t)(k + 1)));
			if (!tw_set_is_empty(atom.peers))
				status = add_atom(judge, arena, acl, atom, in.residuals.v[i],
					out.residuals.v[k], ret);
		}
	}
	tw_residuals_free(judge->mem, &in.residuals);
	tw_residuals_free(judge->mem, &out.residuals);
	return status == TW_OK ? tw_space_status(space) : status;
}

bool tw_atom_answers(const struct tw_atom *atom, enum tw_list list)
{
	return tw_ports_has_class(atom->bridged[list], TW_CLASS_REPLY) ||
	       tw_ports_has_class(atom->bridged[list], TW_CLASS_OPEN);
}

bool tw_rule_ports_for(const struct tw_rule *rule, uint8_t protocol, struct tw_ports *ret)
{
	if (rule->protocol != TW_PROTOCOL_ALL && rule->protocol != protocol)
		return false;
	*ret = rule->protocol == TW_PROTOCOL_ALL || rule->every_port ? (struct tw_ports){0, 65535}
								     : rule->ports;
	return true;
}

bool tw_rule_meets(struct tw_judge *judge, const struct tw_atom *atom, const struct tw_rule *rule)
{
	if (rule->family != 0 && rule->family != atom->family)
		return false;
	struct tw_box box = tw_box_all(atom->family);
	box.from = tw_prefix_range(rule->peer);
	tw_set peers = tw_set_box(judge->space, &box);
	return !tw_set_is_empty(tw_set_intersect(judge->space, atom->peers, peers));
}

static bool is_narrow(struct tw_ports ports)
{
	return (uint32_t)ports.hi - ports.lo + 1 < TW_NARROW_RULE;
}

/*
 * Rule 3: a narrow rule inside a wider allow stays a service: somebody named it. The wider one may
 * be several rules: 1024-3388 and 3390-65535 are one range, and 3389 in its hole is not a part of
 * it.
 */
static tw_status inside_a_wider(struct tw_judge *judge, struct tw_arena *arena,
	const struct tw_atom *atom, struct tw_rules rules, struct tw_ports ports, bool *ret)
{
	struct tw_port_list wide = {NULL, 0};
	for (size_t i = 0; i < rules.n; i++) {
		struct tw_ports one;
		if (rules.rule[i].action == TW_ALLOW &&
			tw_rule_ports_for(&rules.rule[i], atom->protocol, &one) &&
			!is_narrow(one) && tw_rule_meets(judge, atom, &rules.rule[i]))
			TW_TRY(tw_ports_union(arena, wide, (struct tw_port_list){&one, 1}, &wide));
	}
	TW_TRY(tw_ports_bridge(arena, wide, &wide));
	*ret = tw_ports_around(wide, ports) != NULL;
	return TW_OK;
}

tw_status tw_atom_services(struct tw_judge *judge, struct tw_arena *arena,
	const struct tw_atom *atom, struct tw_rules rules, size_t rule, enum tw_list list,
	struct tw_port_list *ret)
{
	const struct tw_rule *r = &rules.rule[rule];
	struct tw_ports ports;
	*ret = (struct tw_port_list){0};
	/* Protocol -1 names no service: it is permission. */
	if (r->action == TW_DENY || r->protocol == TW_PROTOCOL_ALL ||
		!tw_rule_ports_for(r, atom->protocol, &ports))
		return TW_OK;
	struct tw_port_list own = {&ports, 1}, pieces;
	TW_TRY(tw_ports_intersect(arena, own, atom->allowed[list], &pieces));
	if (pieces.n == 0 || !tw_rule_meets(judge, atom, r))
		return TW_OK;
	/* A rule that is a reply range or open by itself stays one, whatever denies cut out of it.
	 */
	if (tw_ports_class(ports) == TW_CLASS_REPLY || tw_ports_class(ports) == TW_CLASS_OPEN)
		return TW_OK;
	bool named = false;
	if (is_narrow(ports) && tw_ports_class(ports) == TW_CLASS_SERVICE)
		TW_TRY(inside_a_wider(judge, arena, atom, rules, ports, &named));
	struct tw_port_list out = {TW_NEW_ARRAY(arena, struct tw_ports, pieces.n), 0};
	if (!out.v)
		return TW_ENOMEM;
	for (size_t i = 0; i < pieces.n; i++) {
		const struct tw_ports *around = tw_ports_around(atom->bridged[list], pieces.v[i]);
		if (!around)
			return TW_EBUG;
		if (named || tw_ports_class(*around) == TW_CLASS_SERVICE)
			out.v[out.n++] = pieces.v[i];
	}
	*ret = out;
	return TW_OK;
}
