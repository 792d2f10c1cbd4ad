/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rules decide a change: the one that drops the packets where they are dropped, and the one
 * that lets them pass at the same place in the other network.
 */
#include "diffing.h"
#include "order.h"

struct trail {
	const struct tw_hop *hop;
	size_t n;
};

/* The network in which packets are lost, and in which direction. */
static void losing_side(const struct tw_change *change, enum tw_age *ret_age, bool *ret_reply)
{
	bool worse_now = change->kind == TW_CHANGE_VANISHES || change->kind == TW_CHANGE_BREAKS ||
			 change->kind == TW_CHANGE_CLIENTS;
	if (change->kind == TW_CHANGE_ONE_WAY)
		worse_now = change->after == TW_BLOCKED;
	if (change->kind == TW_CHANGE_UNKNOWN)
		worse_now = change->after == TW_UNKNOWN || change->after == TW_BLOCKED;
	*ret_age = worse_now ? TW_NEW : TW_OLD;
	*ret_reply = change->kind == TW_CHANGE_BREAKS || change->kind == TW_CHANGE_MENDS ||
		     change->kind == TW_CHANGE_CLIENTS;
}

static bool meets(const struct tw_rule_ref *rule, struct tw_port_list ports)
{
	if (ports.n == 0 || !rule->ports)
		return true;
	for (size_t i = 0; i < rule->ports_n; i++)
		for (size_t k = 0; k < ports.n; k++)
			if (rule->ports[i].lo <= ports.v[k].hi &&
				ports.v[k].lo <= rule->ports[i].hi)
				return true;
	return false;
}

/* A rule of the hop that does not let pass, or does, and concerns these ports. */
static const struct tw_rule_ref *rule_of(
	const struct tw_hop *hop, bool allows, struct tw_port_list ports)
{
	for (size_t i = 0; hop && i < hop->rules_n; i++)
		if ((strcmp(hop->rule[i].action, "allow") == 0) == allows &&
			meets(&hop->rule[i], ports))
			return &hop->rule[i];
	return NULL;
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

/* The first hop that drops what is lost: one may drop other ports before. */
static const struct tw_hop *losing_hop(
	struct trail trail, bool reply, bool any_direction, struct tw_port_list lost)
{
	const struct tw_hop *first = NULL;
	for (size_t i = 0; i < trail.n; i++) {
		const struct tw_hop *hop = &trail.hop[i];
		if ((hop->reply != reply && !any_direction) || !loses(hop))
			continue;
		if (rule_of(hop, false, lost))
			return hop;
		if (!first)
			first = hop;
	}
	return first;
}

/* The same place in the other network: the same list, else the list of the same subnet. */
static const struct tw_hop *counterpart(struct trail trail, const struct tw_hop *hop)
{
	for (int loose = 0; hop && loose < 3; loose++)
		for (size_t i = 0; i < trail.n; i++) {
			const struct tw_hop *one = &trail.hop[i];
			if (one->reply != hop->reply || strcmp(one->kind, hop->kind) != 0 ||
				!tw_same_text(one->list, hop->list))
				continue;
			if (loose == 0 ? tw_same_text(one->component, hop->component)
				       : loose == 2 || tw_same_text(one->subnet, hop->subnet))
				return one;
		}
	return NULL;
}

static const struct tw_hop *first_filter(struct trail trail)
{
	for (size_t i = 0; i < trail.n; i++)
		if (is_filter(&trail.hop[i]) && trail.hop[i].rules_n > 0)
			return &trail.hop[i];
	return NULL;
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

static tw_status say(struct tw_diffing *d, enum tw_age age, const struct tw_hop *hop,
	const struct tw_rule_ref *rule, struct tw_change *change)
{
	struct tw_arena *arena = d->arena;
	struct tw_span span = TW_NO_SPAN;
	const char *text;
	if (!hop)
		return TW_OK;
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
	*(age == TW_OLD ? &change->before_rule : &change->after_rule) = text;
	*(age == TW_OLD ? &change->before_span : &change->after_span) = span;
	return TW_OK;
}

/* A route, or what it leads to, decides on that side. */
static bool say_reason(enum tw_age age, const struct tw_outcome *o, struct tw_change *change)
{
	if (!o || !tw_outcome_has_reason(o) || o->path->exempt)
		return false;
	*(age == TW_OLD ? &change->before_rule : &change->after_rule) = o->path->reason_text;
	*(age == TW_OLD ? &change->before_span : &change->after_span) = o->path->reason_span;
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
	*(worse == TW_OLD ? &change->before_rule : &change->after_rule) = text;
	if (!change->component)
		change->component = subnet_of(d->side[better].net, twin->outcome[better]->path);
}

tw_status tw_deciding(struct tw_diffing *d, const struct tw_twin *twin, struct tw_port_list lost,
	struct tw_change *change)
{
	struct trail trail[TW_AGES] = {{NULL, 0}, {NULL, 0}};
	enum tw_age worse;
	bool reply;
	for (int age = 0; age < TW_AGES; age++)
		if (twin->outcome[age])
			TW_TRY(tw_hops_of(
				&d->side[age], twin->outcome[age], &trail[age].hop, &trail[age].n));
	losing_side(change, &worse, &reply);
	enum tw_age better = worse == TW_OLD ? TW_NEW : TW_OLD;
	const struct tw_hop *bad =
		losing_hop(trail[worse], reply, change->kind == TW_CHANGE_UNKNOWN, lost);
	const struct tw_hop *good =
		bad ? counterpart(trail[better], bad) : first_filter(trail[better]);
	if (!twin->outcome[worse] && twin->outcome[better]->path->from->kind != TW_SITE_ACL &&
		twin->outcome[better]->path->to->kind != TW_SITE_ACL)
		say_nobody(d, worse, twin, change);
	else if (!say_reason(worse, twin->outcome[worse], change))
		TW_TRY(say(d, worse, bad, rule_of(bad, false, lost), change));
	const struct tw_rule_ref *rule = rule_of(good, true, lost);
	if (!rule && change->kind == TW_CHANGE_UNKNOWN)
		rule = rule_of(good, false, lost);
	if (!say_reason(better, twin->outcome[better], change) && rule)
		TW_TRY(say(d, better, good, rule, change));
	if (!change->component && bad)
		change->component = bad->component;
	if (!change->component && good)
		change->component = good->component;
	return TW_OK;
}
