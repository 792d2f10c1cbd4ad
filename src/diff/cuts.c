/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of connections that are up when a change denies their packets.
 *
 * A network ACL has no memory: its denial cuts at once (SPEC: nacl-live-effect). A security group
 * remembers flows that it tracks, and these live on until they end or are idle too long; what was
 * untracked is cut at once. Untracked are TCP and UDP of a family that a rule lets in from (or out
 * to) everybody while the other direction is open to everybody on all ports (SPEC: sg-untracked,
 * sg-narrow-tracked, sg-icmp-tracked, sg-tracking-per-family), but for paths that AWS tracks anyway
 * (SPEC: sg-autotracked-overrides).
 */
#include "diffing.h"

/* Places on a path that make it tracked always. SPEC: sg-autotracked-recent */
static bool tracks_always(const char *kind)
{
	static const char *const kinds[] = {
		"nat-gateway", "egress-only-internet-gateway", "load-balancer", "vpc-endpoint"};
	for (size_t i = 0; kind && i < TW_COUNT(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

/* The newer list leaves them out, and no page read says that they are untracked. */
static bool tracks_perhaps(const char *kind)
{
	return kind && (strcmp(kind, "transit-gateway") == 0 ||
			       strcmp(kind, "gateway-load-balancer-endpoint") == 0);
}

/* A group's rule for everybody of one family. */
static bool is_for_all(const struct tw_rule *rule, uint8_t family)
{
	return !rule->peer_group && !rule->peer_prefix_list && !rule->maybe &&
	       rule->peer.len == 0 && rule->peer.family == family;
}

static bool opens_all(const struct tw_rule *rule, const struct tw_change *change)
{
	bool protocol = rule->protocol == TW_PROTOCOL_ALL || rule->protocol == change->protocol;
	return protocol && is_for_all(rule, change->family) &&
	       (rule->every_port || (rule->ports.lo == 0 && rule->ports.hi == UINT16_MAX));
}

/* The packets of the change that the groups of a crossing do not track. */
static tw_status untracked(struct tw_diffing *d, const struct tw_crossing *c,
	const struct tw_twin *twin, const struct tw_change *change, tw_set *ret)
{
	const struct tw_net *net = d->side[TW_OLD].net;
	enum tw_list other = c->view.list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
	bool open = false;
	tw_set for_all = TW_EMPTY;
	*ret = TW_EMPTY;
	if (!tw_protocol_has_ports(change->protocol)) /* SPEC: sg-icmp-tracked */
		return TW_OK;
	for (size_t i = 0; i < c->site->groups_n; i++) {
		if (c->site->groups[i] == TW_MISSING)
			continue;
		const struct tw_group *group = &net->group[c->site->groups[i]];
		for (size_t k = 0; k < group->list[other].n; k++)
			open |= opens_all(&group->list[other].rule[k], change);
		struct tw_rules rules = group->list[c->view.list];
		for (size_t k = 0; k < rules.n; k++)
			if (is_for_all(&rules.rule[k], change->family))
				for_all = tw_set_union(d->space, for_all,
					tw_rule_covers(d->space, &rules.rule[k], c->view));
	}
	if (open)
		*ret = tw_set_intersect(d->space, twin->set, for_all);
	return tw_space_status(d->space);
}

/* What denies the packets of the change now. */
struct denier {
	bool acl, other;
	bool group[2]; /* by list: at the responder, at the initiator */
};

/* What the groups that deny now remember of these packets: as they were, on the old path. */
static tw_status of_groups(struct tw_diffing *d, const struct tw_twin *twin,
	const struct denier *denier, struct tw_change *change)
{
	const struct tw_path *path = twin->outcome[TW_OLD]->path;
	bool always = false, perhaps = false;
	tw_set cut = TW_EMPTY;
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		always |= tracks_always(c->place_kind);
		perhaps |= tracks_perhaps(c->place_kind);
	}
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		tw_set loose;
		if (c->kind != TW_CROSS_GROUPS || c->view.direction != TW_REQUEST ||
			c->state != TW_KNOWN || !denier->group[c->view.list])
			continue;
		TW_TRY(untracked(d, c, twin, change, &loose));
		cut = tw_set_union(d->space, cut, loose);
	}
	if (always || tw_set_is_empty(cut))
		change->cuts = "security groups track connections that are up: these live on "
			       "until they end or are idle too long";
	else if (perhaps)
		change->cuts = "unknown: AWS does not say whether security groups track "
			       "connections over a transit gateway; untracked ones are cut at "
			       "once";
	else if (cut == twin->set)
		change->cuts = "connections that are up are cut at once: the security group did "
			       "not track them";
	else
		change->cuts = "some connections that are up are cut at once, where the security "
			       "group did not track them; the others live on until they end or "
			       "are idle too long";
	return TW_OK;
}

static bool worked_before(const struct tw_change *change)
{
	return change->before == TW_COMPLETE || change->before == TW_PARTIAL;
}

static tw_status who_denies(
	struct tw_diffing *d, const struct tw_twin *twin, bool reply, struct denier *ret)
{
	const struct tw_outcome *o = twin->outcome[TW_NEW];
	*ret = (struct denier){.other = !o || o->path->blocked || o->path->unanswered};
	for (size_t i = 0; o && i < o->path->crossings; i++) {
		const struct tw_crossing *c = &o->path->crossing[i];
		struct tw_compiled one;
		if ((c->kind != TW_CROSS_ACL && c->kind != TW_CROSS_GROUPS) || c->tracked ||
			(c->view.direction == TW_REPLY) != reply)
			continue;
		TW_TRY(tw_judge_asked(d->side[TW_NEW].judge, o->path, c, &one));
		if (tw_set_is_empty(tw_set_intersect(d->space, one.deny, twin->set)))
			continue;
		*(c->kind == TW_CROSS_ACL ? &ret->acl : &ret->group[c->view.list]) = true;
	}
	return tw_space_status(d->space);
}

tw_status tw_cuts(struct tw_diffing *d, const struct tw_twin *twin, struct tw_change *change)
{
	struct denier denier;
	bool reply = change->kind == TW_CHANGE_BREAKS || change->kind == TW_CHANGE_CLIENTS;
	if (!worked_before(change) || (!reply && change->kind != TW_CHANGE_VANISHES))
		return TW_OK;
	TW_TRY(who_denies(d, twin, reply, &denier));
	if (denier.other)
		change->cuts = "connections that are up are cut: nothing carries their packets";
	else if (denier.acl)
		change->cuts = reply ? "connections that are up are cut at once on the ports that "
				       "are lost: a network ACL keeps no state"
				     : "connections that are up are cut at once: a network ACL "
				       "keeps no state";
	else if (denier.group[TW_INGRESS] || denier.group[TW_EGRESS])
		return of_groups(d, twin, &denier, change);
	return TW_OK;
}
