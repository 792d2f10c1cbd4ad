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

/* ---- what denies them now ---------------------------------------------------------------------
 */

/* Of the twin's packets. */
struct denied {
	bool other;	 /* nothing carries them */
	tw_set acl;	 /* by an ACL, on the way there or back: it keeps no state */
	tw_set request;	 /* of these, on the way there */
	tw_set group[2]; /* by list: at the responder, at the initiator */
};

/* Of the packets of a round trip, those that a list of an ACL drops. */
static tw_status dropped(struct tw_diffing *d, enum tw_age age, const struct tw_twin *twin,
	enum tw_direction direction, tw_set *ret)
{
	const struct tw_path *path = twin->outcome[age]->path;
	*ret = TW_EMPTY;
	if (direction == TW_REQUEST && twin->outcome[age]->request == TW_ALLOW)
		return TW_OK;
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		struct tw_compiled one;
		if (c->kind != TW_CROSS_ACL || c->view.direction != direction)
			continue;
		TW_TRY(tw_judge_asked(d->side[age].judge, path, c, &one));
		*ret = tw_set_union(d->space, *ret, one.deny);
	}
	*ret = tw_set_intersect(d->space, *ret, twin->set);
	return tw_space_status(d->space);
}

/* New requests meet groups; packets of connections that are up meet ACLs, too, in both directions.
 */
static tw_status who_denies(struct tw_diffing *d, const struct tw_twin *twin, struct denied *ret)
{
	const struct tw_outcome *o = twin->outcome[TW_NEW];
	tw_set back;
	*ret = (struct denied){.other = !o || o->path->blocked || o->path->unanswered};
	if (ret->other)
		return TW_OK;
	for (size_t i = 0; i < o->path->crossings; i++) {
		const struct tw_crossing *c = &o->path->crossing[i];
		tw_set *set = &ret->group[c->view.list];
		struct tw_compiled one;
		if (c->kind != TW_CROSS_GROUPS || c->tracked || c->view.direction != TW_REQUEST)
			continue;
		TW_TRY(tw_judge_asked(d->side[TW_NEW].judge, o->path, c, &one));
		*set = tw_set_union(
			d->space, *set, tw_set_intersect(d->space, one.deny, twin->set));
	}
	TW_TRY(dropped(d, TW_NEW, twin, TW_REQUEST, &ret->request));
	TW_TRY(dropped(d, TW_NEW, twin, TW_REPLY, &back));
	ret->acl = tw_set_union(d->space, ret->request, back);
	return tw_space_status(d->space);
}

/* The packets of connections that were up: from ports that somebody picks, and answered. */
static tw_status were_up(struct tw_diffing *d, const struct tw_twin *twin, tw_set *ret)
{
	const struct tw_outcome *o = twin->outcome[TW_OLD];
	struct tw_port_list list = {0};
	tw_set lost, set = TW_EMPTY;
	*ret = twin->set;
	if (!tw_protocol_has_ports(o->protocol))
		return TW_OK;
	TW_TRY(tw_picked_by(d->arena, o->client, o->clients_n, &list));
	for (size_t i = 0; i < list.n; i++) {
		struct tw_box box = tw_box_all(o->family);
		box.client = list.v[i];
		set = tw_set_union(d->space, set, tw_set_boxes(d->space, &box, 1));
	}
	TW_TRY(dropped(d, TW_OLD, twin, TW_REPLY, &lost));
	*ret = tw_set_subtract(d->space, tw_set_intersect(d->space, twin->set, set), lost);
	return tw_space_status(d->space);
}

/* ---- what becomes of them ---------------------------------------------------------------------
 */

/* Those that the groups that deny them now did not track: as they were, on the old path. */
static tw_status forgotten(struct tw_diffing *d, const struct tw_twin *twin,
	const struct denied *denied, struct tw_change *change, tw_set *ret, bool *ret_perhaps)
{
	const struct tw_path *path = twin->outcome[TW_OLD]->path;
	bool always = false;
	*ret = TW_EMPTY;
	*ret_perhaps = false;
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		tw_set loose;
		always |= tracks_always(c->place_kind);
		*ret_perhaps |= tracks_perhaps(c->place_kind);
		if (c->kind != TW_CROSS_GROUPS || c->view.direction != TW_REQUEST ||
			c->state != TW_KNOWN)
			continue;
		TW_TRY(untracked(d, c, twin, change, &loose));
		*ret = tw_set_union(d->space, *ret,
			tw_set_intersect(d->space, loose, denied->group[c->view.list]));
	}
	if (always)
		*ret = TW_EMPTY;
	return tw_space_status(d->space);
}

/* By whether ACLs cut some, groups some, and whether some are left. */
static const char *words(bool acl, bool request, bool group, bool left, bool perhaps)
{
	if (group && perhaps)
		return acl ? "unknown: a network ACL cuts some connections that are up at once; of "
			     "the others AWS does not say whether security groups track "
			     "connections over a transit gateway"
			   : "unknown: AWS does not say whether security groups track "
			     "connections over a transit gateway; untracked ones are cut at once";
	if (!left && !group)
		return request ? "connections that are up are cut at once: a network ACL keeps no "
				 "state"
			       : "connections that are up are cut at once: a network ACL drops "
				 "their replies, and keeps no state";
	if (!left && !acl)
		return "connections that are up are cut at once: the security group did not track "
		       "them";
	if (!left)
		return "connections that are up are cut at once: a network ACL keeps no state, and "
		       "the security group did not track the others";
	if (acl)
		return group ? "some connections that are up are cut at once, where a network ACL "
			       "drops their packets or the security group did not track them; the "
			       "others live on until they end or are idle too long"
			     : "some connections that are up are cut at once, where a network ACL "
			       "drops their packets; security groups track the others: these live "
			       "on until they end or are idle too long";
	return group ? "some connections that are up are cut at once, where the security group did "
		       "not track them; the others live on until they end or are idle too long"
		     : "security groups track connections that are up: these live on until they "
		       "end or are idle too long";
}

static tw_status of_vanished(struct tw_diffing *d, const struct tw_twin *twin,
	const struct denied *denied, struct tw_change *change)
{
	tw_set live, loose;
	bool perhaps;
	TW_TRY(were_up(d, twin, &live));
	TW_TRY(forgotten(d, twin, denied, change, &loose, &perhaps));
	tw_set acl = tw_set_intersect(d->space, live, denied->acl);
	tw_set rest = tw_set_subtract(d->space, live, acl);
	tw_set group = tw_set_intersect(d->space, rest, loose);
	tw_set left = tw_set_subtract(d->space, rest, group);
	bool request = !tw_set_is_empty(tw_set_intersect(d->space, live, denied->request));
	TW_TRY(tw_space_status(d->space));
	change->cuts = words(!tw_set_is_empty(acl), request, !tw_set_is_empty(group),
		!tw_set_is_empty(left), perhaps);
	return TW_OK;
}

static bool worked_before(const struct tw_change *change)
{
	return change->before.verdict == TW_COMPLETE || change->before.verdict == TW_PARTIAL;
}

tw_status tw_cuts(struct tw_diffing *d, const struct tw_twin *twin, struct tw_change *change)
{
	struct denied denied;
	bool reply = change->kind == TW_CHANGE_BREAKS || change->kind == TW_CHANGE_CLIENTS;
	if (!worked_before(change) || (!reply && change->kind != TW_CHANGE_VANISHES))
		return TW_OK;
	TW_TRY(who_denies(d, twin, &denied));
	if (denied.other)
		change->cuts = "connections that are up are cut: nothing carries their packets";
	else if (!reply)
		return of_vanished(d, twin, &denied, change);
	else if (!tw_set_is_empty(denied.acl))
		change->cuts = "connections that are up are cut at once on the ports that are "
			       "lost: a network ACL keeps no state";
	return TW_OK;
}
