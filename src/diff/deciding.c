/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rules decide a change: the one that drops the packets where they are dropped, and the one
 * that lets them pass at the same place in the other network.
 */
#include "diffing.h"
#include "order.h"
#include "stations.h"

/* The network in which packets are lost, and in which direction. */
static void losing_side(const struct tw_change *change, enum tw_age *ret_age, bool *ret_reply)
{
	bool worse_now = change->kind == TW_CHANGE_VANISHES || change->kind == TW_CHANGE_BREAKS ||
			 change->kind == TW_CHANGE_CLIENTS;
	if (change->kind == TW_CHANGE_ONE_WAY)
		worse_now = change->after.verdict == TW_BLOCKED;
	if (change->kind == TW_CHANGE_UNKNOWN)
		worse_now =
			change->after.verdict == TW_UNKNOWN || change->after.verdict == TW_BLOCKED;
	*ret_age = worse_now ? TW_NEW : TW_OLD;
	*ret_reply = change->kind == TW_CHANGE_BREAKS || change->kind == TW_CHANGE_MENDS ||
		     change->kind == TW_CHANGE_CLIENTS;
}

static bool is_filter(const struct tw_hop *hop)
{
	return strcmp(hop->kind, "network-acl") == 0 || strcmp(hop->kind, "security-group") == 0;
}

static bool loses(const struct tw_hop *hop)
{
	return hop->reached && (hop->action == TW_HOP_DENY || hop->action == TW_HOP_MIXED ||
				       hop->action == TW_HOP_UNKNOWN);
}

/* One network's way of the change, where it is looked at, and the rule there. */
struct side {
	struct tw_results *r;
	const struct tw_outcome *outcome; /* or NULL */
	struct tw_stations way;
	const struct tw_station *at; /* or NULL */
	struct tw_rule_ref rule;
	bool ruled;
};

/* A rule of the station that does not let pass, or does, and concerns these ports. */
static tw_status find_rule(struct side *s, bool allows, struct tw_port_list ports)
{
	s->ruled = false;
	if (!s->at)
		return TW_OK;
	return tw_station_rule(s->r, s->outcome, s->at, allows, ports, &s->rule, &s->ruled);
}

/* The first station that drops what is lost: one may drop other ports before. */
static tw_status find_loss(struct side *s, bool reply, bool any_direction, struct tw_port_list lost)
{
	const struct tw_station *first = NULL;
	for (size_t i = 0; i < s->way.n; i++) {
		s->at = &s->way.v[i];
		if ((s->at->hop.reply != reply && !any_direction) || !loses(&s->at->hop))
			continue;
		TW_TRY(find_rule(s, false, lost));
		if (s->ruled)
			return TW_OK;
		if (!first)
			first = s->at;
	}
	s->at = first;
	return TW_OK;
}

/* The same place in the other network: the same list, else the list of the same subnet. */
static const struct tw_station *counterpart(const struct tw_stations *way, const struct tw_hop *hop)
{
	for (int loose = 0; loose < 3; loose++)
		for (size_t i = 0; i < way->n; i++) {
			const struct tw_hop *one = &way->v[i].hop;
			if (one->reply != hop->reply || strcmp(one->kind, hop->kind) != 0 ||
				!tw_same_text(one->list, hop->list))
				continue;
			if (loose == 0 ? tw_same_text(one->component, hop->component)
				       : loose == 2 || tw_same_text(one->subnet, hop->subnet))
				return &way->v[i];
		}
	return NULL;
}

/* The first filter one of whose rules has a say. */
static tw_status find_filter(struct side *s)
{
	const struct tw_port_list any = {NULL, 0};
	for (size_t i = 0; i < s->way.n; i++) {
		s->at = &s->way.v[i];
		if (!is_filter(&s->at->hop))
			continue;
		TW_TRY(find_rule(s, true, any));
		if (!s->ruled)
			TW_TRY(find_rule(s, false, any));
		if (s->ruled)
			return TW_OK;
	}
	s->at = NULL;
	return TW_OK;
}

/* The place of an object of which no rule is at fault. */
static struct tw_span span_of(const struct tw_net *net, const char *id)
{
	static const enum tw_kind kinds[] = {TW_KIND_GROUP, TW_KIND_ACL};
	for (size_t i = 0; id && i < TW_COUNT(kinds); i++) {
		uint32_t at = tw_net_find(net, kinds[i], id);
		if (at != TW_MISSING)
			return kinds[i] == TW_KIND_ACL ? net->acl[at].object.span
						       : net->group[at].object.span;
	}
	return TW_NO_SPAN;
}

static tw_status say(
	struct tw_diffing *d, enum tw_age age, const struct side *side, struct tw_change *change)
{
	struct tw_arena *arena = d->arena;
	struct tw_span span = TW_NO_SPAN;
	const char *text;
	if (!side->at)
		return TW_OK;
	const struct tw_hop *hop = &side->at->hop;
	const struct tw_rule_ref *rule = side->ruled ? &side->rule : NULL;
	if (rule && !is_filter(hop))
		text = tw_arena_printf(arena, "%s: %s", rule->component, rule->text);
	else if (rule)
		text = tw_arena_printf(arena, "%s %s rule %s: %s", rule->component, hop->list,
			rule->rule, rule->text);
	else if (hop->action == TW_HOP_UNKNOWN)
		text = tw_arena_printf(arena, "%s%s%s: not fully known",
			hop->component ? hop->component : "a filter that is not in the input",
			hop->list ? " " : "", hop->list ? hop->list : "");
	else
		text = tw_arena_printf(arena, "%s: no %s rule lets it %s",
			hop->component ? hop->component : hop->kind, hop->list ? hop->list : "",
			hop->list && strcmp(hop->list, "ingress") == 0 ? "in" : "out");
	if (!text)
		return TW_ENOMEM;
	span = rule ? rule->span : span_of(d->side[age].net, hop->component);
	struct tw_change_side *told = tw_change_side_of(change, age);
	told->rule = text;
	told->span = span;
	return TW_OK;
}

/* A route, or what it leads to, decides on that side. */
static bool say_reason(enum tw_age age, const struct tw_outcome *o, struct tw_change *change)
{
	if (!o || !tw_outcome_has_reason(o) || o->path->exempt)
		return false;
	struct tw_change_side *told = tw_change_side_of(change, age);
	told->rule = o->path->reason_text;
	told->span = o->path->reason_span;
	if (!change->component)
		change->component = o->path->reason_component;
	return true;
}

/* The subnet of the end that is inside, the responder's if both are. */
static const char *subnet_of(const struct tw_net *net, const struct tw_path *path)
{
	const struct tw_site *ends[] = {path->to, path->from};
	for (size_t i = 0; i < TW_COUNT(ends); i++) {
		uint32_t subnet = ends[i]->parts > 0 ? ends[i]->part[0].subnet : ends[i]->subnet;
		if (subnet != TW_MISSING)
			return net->subnet[subnet].object.id;
	}
	return NULL;
}

/* One network has nobody there. */
static void say_nobody(struct tw_diffing *d, enum tw_age worse, const struct tw_twin *twin,
	struct tw_change *change)
{
	enum tw_age better = worse == TW_OLD ? TW_NEW : TW_OLD;
	static const char text[] = "nobody there has these addresses";
	tw_change_side_of(change, worse)->rule = text;
	if (!change->component)
		change->component = subnet_of(d->side[better].net, twin->outcome[better]->path);
}

static tw_status decide(struct tw_diffing *d, const struct tw_twin *twin, struct tw_port_list lost,
	struct side side[TW_AGES], struct tw_change *change)
{
	enum tw_age worse;
	bool reply, unknown = change->kind == TW_CHANGE_UNKNOWN;
	losing_side(change, &worse, &reply);
	enum tw_age better = worse == TW_OLD ? TW_NEW : TW_OLD;
	for (int age = 0; age < TW_AGES; age++)
		if (side[age].outcome)
			TW_TRY(tw_stations_of(
				side[age].r, side[age].outcome, reply || unknown, &side[age].way));
	struct side *bad = &side[worse], *good = &side[better];
	TW_TRY(find_loss(bad, reply, unknown, lost));
	if (bad->at)
		good->at = counterpart(&good->way, &bad->at->hop);
	else
		TW_TRY(find_filter(good));
	if (!bad->outcome && good->outcome->path->from->kind != TW_SITE_ACL &&
		good->outcome->path->to->kind != TW_SITE_ACL)
		say_nobody(d, worse, twin, change);
	else if (!say_reason(worse, bad->outcome, change))
		TW_TRY(say(d, worse, bad, change));
	TW_TRY(find_rule(good, true, lost));
	if (!good->ruled && unknown)
		TW_TRY(find_rule(good, false, lost));
	if (!say_reason(better, good->outcome, change) && good->ruled)
		TW_TRY(say(d, better, good, change));
	if (!change->component && bad->at)
		change->component = bad->at->hop.component;
	if (!change->component && good->at)
		change->component = good->at->hop.component;
	return TW_OK;
}

tw_status tw_deciding(struct tw_diffing *d, const struct tw_twin *twin, struct tw_port_list lost,
	struct tw_change *change)
{
	struct side side[TW_AGES] = {{0}, {0}};
	for (int age = 0; age < TW_AGES; age++) {
		side[age].r = &d->side[age];
		side[age].outcome = twin->outcome[age];
	}
	tw_status status = decide(d, twin, lost, side, change);
	for (int age = 0; age < TW_AGES; age++)
		TW_VEC_FREE(d->mem, &side[age].way);
	return status;
}
