/* SPDX-License-Identifier: Apache-2.0 */
/* The judge's memory: the space, and every filter compiled at most once per view. */
#include "judge.h"

#include "look.h"

/* Every filter is to be compiled again, in a space without its sets. */
static tw_status begin(struct tw_judge *judge)
{
	memset(judge->compiled, 0, (judge->net->acls + judge->net->groups) * 4);
	memset(judge->dead_end, 0, judge->net->dead_runs * sizeof(*judge->dead_end));
	memset(judge->covered, 0, sizeof(judge->covered));
	TW_TRY(tw_world_build(judge->net, judge->space, &judge->world));
	judge->world.dead_end = judge->dead_end;
	return TW_OK;
}

tw_status tw_judge_new_in(
	struct tw_mem *mem, const struct tw_net *net, struct tw_space *space, struct tw_judge **ret)
{
	struct tw_judge *judge = tw_mem_alloc(mem, sizeof(*judge));
	if (!judge)
		return TW_ENOMEM;
	*judge = (struct tw_judge){.mem = mem,
		.net = net,
		.space = space,
		.traffic = TW_TRAFFIC_ALL,
		.borrows = space != NULL};
	size_t acls = net->acls * 4, groups = net->groups * 4;
	judge->acl = tw_mem_alloc(mem, acls * sizeof(*judge->acl));
	judge->group = tw_mem_alloc(mem, groups * sizeof(*judge->group));
	judge->compiled = tw_mem_alloc(mem, acls + groups);
	judge->dead_end = tw_mem_alloc(mem, net->dead_runs * sizeof(*judge->dead_end));
	tw_status status = TW_ENOMEM;
	if (judge->acl && judge->group && judge->compiled && judge->dead_end)
		status = space ? TW_OK : tw_space_new(mem, 0, &judge->space);
	if (status == TW_OK)
		status = begin(judge);
	if (status != TW_OK) {
		tw_judge_free(judge);
		return status;
	}
	*ret = judge;
	return TW_OK;
}

tw_status tw_judge_new(struct tw_mem *mem, const struct tw_net *net, struct tw_judge **ret)
{
	return tw_judge_new_in(mem, net, NULL, ret);
}

void tw_judge_free(struct tw_judge *judge)
{
	if (!judge)
		return;
	size_t acls = judge->net->acls * 4, groups = judge->net->groups * 4;
	if (!judge->borrows)
		tw_space_free(judge->space);
	if (judge->acl)
		tw_mem_release(judge->mem, judge->acl, acls * sizeof(*judge->acl));
	if (judge->group)
		tw_mem_release(judge->mem, judge->group, groups * sizeof(*judge->group));
	if (judge->compiled)
		tw_mem_release(judge->mem, judge->compiled, acls + groups);
	if (judge->dead_end)
		tw_mem_release(judge->mem, judge->dead_end,
			judge->net->dead_runs * sizeof(*judge->dead_end));
	tw_mem_release(judge->mem, judge, sizeof(*judge));
}

tw_status tw_judge_reset(struct tw_judge *judge)
{
	TW_TRY(tw_space_status(judge->space));
	if (judge->borrows && !judge->lent)
		return TW_EBUG;
	tw_space_reset(judge->space);
	return begin(judge);
}

static size_t view_index(struct tw_view view)
{
	return (size_t)view.list * 2 + (size_t)view.direction;
}

tw_status tw_judge_acl(
	struct tw_judge *judge, uint32_t acl, struct tw_view view, const struct tw_compiled **ret)
{
	size_t i = (size_t)acl * 4 + view_index(view);
	if (judge->reading)
		TW_TRY(tw_reading_note(judge->reading, acl, (uint8_t)judge->traffic, false));
	if (!judge->compiled[i]) {
		struct tw_rules rules = judge->net->acl[acl].list[view.list];
		TW_TRY(judge->lists ? tw_recent_compile(judge->lists, rules, view, &judge->acl[i])
				    : tw_compile_acl(judge->space, rules, view, &judge->acl[i]));
		judge->compiled[i] = 1;
	}
	*ret = &judge->acl[i];
	return TW_OK;
}

tw_status tw_judge_group(
	struct tw_judge *judge, uint32_t group, struct tw_view view, const struct tw_compiled **ret)
{
	size_t i = (size_t)group * 4 + view_index(view);
	uint8_t *compiled = &judge->compiled[judge->net->acls * 4 + i];
	if (!*compiled) {
		TW_TRY(tw_compile_group(judge->space, judge->net->group[group].list[view.list],
			view, &judge->group[i]));
		*compiled = 1;
	}
	*ret = &judge->group[i];
	return TW_OK;
}

tw_set tw_judge_covers(struct tw_judge *judge, const struct tw_rule *rule, struct tw_view view)
{
	uint64_t at = tw_hash(&rule, sizeof(rule), view_index(view)) % TW_COVERED;
	struct tw_covered *one = &judge->covered[at];
	if (one->rule != rule || one->view.list != view.list ||
		one->view.direction != view.direction)
		*one = (struct tw_covered){rule, view, tw_rule_covers(judge->space, rule, view)};
	return one->set;
}

bool tw_rule_names(
	const struct tw_rule *rule, const struct tw_site *sponsor, const struct tw_net *net)
{
	for (size_t i = 0; rule->peer_group && i < sponsor->groups_n; i++)
		if (sponsor->groups[i] != TW_MISSING &&
			strcmp(net->group[sponsor->groups[i]].object.id, rule->peer_group) == 0)
			return true;
	return false;
}

/*
 * Rules that name a load balancer's group let its packets pass, whichever interfaces the input
 * knows it by, and even where the client's address is preserved. SPEC: nlb-sg
 */
static tw_set sponsored(struct tw_judge *judge, const struct tw_crossing *crossing)
{
	static const struct tw_range everybody[2] = {
		{.last = {0, UINT32_MAX}, .family = TW_IPV4},
		{.last = {UINT64_MAX, UINT64_MAX}, .family = TW_IPV6},
	};
	const struct tw_site *site = crossing->site;
	tw_set set = TW_EMPTY;
	for (size_t i = 0; crossing->sponsor && i < site->groups_n; i++) {
		if (site->groups[i] == TW_MISSING)
			continue;
		struct tw_rules rules =
			judge->net->group[site->groups[i]].list[crossing->view.list];
		for (size_t k = 0; k < rules.n; k++) {
			struct tw_rule rule = rules.rule[k];
			if (!tw_rule_names(&rule, crossing->sponsor, judge->net))
				continue;
			rule.peers = everybody;
			rule.peers_n = TW_COUNT(everybody);
			set = tw_set_union(judge->space, set,
				tw_rule_covers(judge->space, &rule, crossing->view));
		}
	}
	return set;
}

/* All groups of an interface together: SPEC: sg-allow-only-union. */
static tw_status cross_groups(
	struct tw_judge *judge, const struct tw_crossing *crossing, struct tw_compiled *ret)
{
	struct tw_space *space = judge->space;
	tw_set all = tw_set_all(space), allow = TW_EMPTY, unknown = TW_EMPTY;
	const struct tw_site *site = crossing->site;
	for (size_t i = 0; i < site->groups_n; i++) {
		if (site->groups[i] == TW_MISSING) {
			unknown = all;
			continue;
		}
		const struct tw_compiled *one;
		TW_TRY(tw_judge_group(judge, site->groups[i], crossing->view, &one));
		allow = tw_set_union(space, allow, one->allow);
		unknown = tw_set_union(space, unknown, one->unknown);
	}
	allow = tw_set_union(space, allow, sponsored(judge, crossing));
	unknown = tw_set_subtract(space, unknown, allow);
	*ret = (struct tw_compiled){.allow = allow, .unknown = unknown};
	ret->deny = tw_set_subtract(space, tw_set_subtract(space, all, allow), unknown);
	return tw_space_status(space);
}

tw_status tw_judge_crossing(
	struct tw_judge *judge, const struct tw_crossing *crossing, struct tw_compiled *ret)
{
	bool filter = crossing->kind == TW_CROSS_ACL || crossing->kind == TW_CROSS_GROUPS;
	if (!filter || crossing->tracked || crossing->state == TW_ASSUMED) {
		*ret = (struct tw_compiled){.allow = tw_set_all(judge->space)};
		return tw_space_status(judge->space);
	}
	if (crossing->state == TW_NOT_KNOWN) {
		*ret = (struct tw_compiled){.unknown = tw_set_all(judge->space)};
		return tw_space_status(judge->space);
	}
	if (crossing->kind == TW_CROSS_GROUPS)
		return cross_groups(judge, crossing, ret);
	const struct tw_compiled *acl;
	TW_TRY(tw_judge_acl(judge, crossing->acl, crossing->view, &acl));
	*ret = *acl;
	return TW_OK;
}

tw_status tw_judge_asked(struct tw_judge *judge, const struct tw_path *path,
	const struct tw_crossing *crossing, struct tw_compiled *ret)
{
	const struct tw_look *look = &path->look[crossing->look];
	struct tw_compiled c;
	TW_TRY(tw_judge_crossing(judge, crossing, &c));
	if (!tw_look_is_plain(look)) {
		TW_TRY(tw_look_asked(judge, look, c.allow, &c.allow));
		TW_TRY(tw_look_asked(judge, look, c.deny, &c.deny));
		TW_TRY(tw_look_asked(judge, look, c.unknown, &c.unknown));
		c.decides = TW_EMPTY;
	}
	if (crossing->lenient) {
		c.unknown = tw_set_union(judge->space, c.unknown, c.deny);
		c.deny = TW_EMPTY;
	}
	*ret = c;
	return tw_space_status(judge->space);
}

tw_status tw_judge_passing(struct tw_judge *judge, const struct tw_piece *piece, tw_set *ret)
{
	const struct tw_path *path = piece->path;
	tw_set rest = tw_set_intersect(judge->space, piece->set, path->domain);
	*ret = TW_EMPTY;
	if (path->blocked && !path->exempt)
		return TW_OK;
	for (size_t i = 0; i < path->crossings && !tw_set_is_empty(rest); i++) {
		const struct tw_crossing *crossing = &path->crossing[i];
		struct tw_compiled one;
		if (crossing->view.direction != TW_REQUEST || crossing->tracked ||
			crossing->kind == TW_CROSS_ROUTE || crossing->kind == TW_CROSS_PLACE)
			continue;
		TW_TRY(tw_judge_asked(judge, path, crossing, &one));
		rest = tw_set_subtract(judge->space, rest, one.deny);
	}
	*ret = rest;
	return tw_space_status(judge->space);
}

bool tw_outcome_has_reason(const struct tw_outcome *o)
{
	const struct tw_path *path = o->path;
	if (!path->reason || path->exempt || path->blocked)
		return path->reason != NULL;
	/* A filter that denies for sure comes before what is unknown. */
	return o->request != TW_DENY && (path->unanswered || o->verdict == TW_UNKNOWN);
}

static bool is_node(const struct tw_site *site)
{
	return site->kind == TW_SITE_BALANCER;
}

static bool is_target(const struct tw_path *path)
{
	return path->one_of_targets || (path->by && strcmp(path->by, "target") == 0);
}

/*
 * Alternatives have the same packets; nodes of a balancer and targets behind it differ in their own
 * address: whoever calls does not choose.
 */
static bool are_alternatives(
	struct tw_judge *judge, const struct tw_outcome *a, const struct tw_outcome *b)
{
	struct tw_space *space = judge->space;
	const struct tw_path *x = a->path, *y = b->path;
	tw_set one = a->set, other = b->set;
	bool to = (is_target(x) && is_target(y)) || (is_node(x->to) && is_node(y->to));
	bool from = is_node(x->from) && is_node(y->from);
	if (!to && !from && (!x->by || !y->by))
		return false;
	if (to) {
		one = tw_set_forget(space, one, TW_FIELD_TO);
		other = tw_set_forget(space, other, TW_FIELD_TO);
	}
	if (from) {
		one = tw_set_forget(space, one, TW_FIELD_FROM);
		other = tw_set_forget(space, other, TW_FIELD_FROM);
	}
	return !tw_set_is_empty(tw_set_intersect(space, one, other));
}

bool tw_outcome_has_rival(
	struct tw_judge *judge, const struct tw_outcomes *outcomes, const struct tw_outcome *o)
{
	for (size_t i = 0; i < outcomes->n; i++) {
		const struct tw_outcome *one = &outcomes->v[i];
		if (one != o && one->request != TW_DENY && !one->path->blocked &&
			are_alternatives(judge, o, one))
			return true;
	}
	return false;
}

struct tw_box tw_service_box(enum tw_family family, const struct tw_service *service)
{
	struct tw_box box = tw_box_all(family);
	if (service->protocol >= 0) {
		box.protocol_lo = box.protocol_hi = (uint8_t)service->protocol;
		if (tw_protocol_has_ports(box.protocol_lo) ||
			tw_protocol_is_icmp(family, box.protocol_lo))
			box.service = service->ports;
	}
	return box;
}

tw_set tw_service_set(struct tw_space *space, const struct tw_service *service, bool foreign)
{
	tw_set set = TW_EMPTY;
	static const enum tw_family families[] = {TW_IPV4, TW_IPV6};
	for (size_t i = 0; i < TW_COUNT(families); i++) {
		/* SPEC: nacl-proto1-v6-cidr, nacl-proto58-v4-packet: asked for by name, ICMP means
		 * the family's own. */
		if (!foreign &&
			((service->protocol == TW_PROTOCOL_ICMP && families[i] == TW_IPV6) ||
				(service->protocol == TW_PROTOCOL_ICMPV6 &&
					families[i] == TW_IPV4)))
			continue;
		struct tw_box box = tw_service_box(families[i], service);
		set = tw_set_union(space, set, tw_set_box(space, &box));
	}
	return set;
}
