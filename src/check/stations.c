/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of an outcome's packets, station by station. A packet dies once, so each station is asked
 * only about what those before it let through.
 */
#include "stations.h"

#include "look.h"

struct trail {
	struct tw_results *r;
	const struct tw_outcome *outcome;
	struct tw_stations station;
	tw_set alive; /* what still travels in this direction, to ports that somebody picks */
	bool certain; /* all of it gets through: so says the outcome, and no filter is asked */
	unsigned leg; /* of the reply */
	/* The subnets of the two ends, where a site stands for several; NULL: not looked for yet */
	const char *const *subnets[2];
	size_t subnets_n[2];
};

/* "sg-1", or "sg-1, sg-2" for several groups on one interface. */
static const char *groups_text(struct trail *t, const struct tw_site *site)
{
	const struct tw_interface *first =
		site->interfaces_n > 0 ? &t->r->net->interface[site->interfaces[0]] : NULL;
	const char *text = NULL;
	for (size_t i = 0; i < site->groups_n; i++) {
		const char *id = first ? first->group_ids[i]
				 : site->groups[i] != TW_MISSING
					 ? t->r->net->group[site->groups[i]].object.id
					 : "a group that is not in the input";
		text = text ? tw_arena_printf(t->r->arena, "%s, %s", text, id) : id;
		if (!text)
			return NULL;
	}
	return text;
}

/* In which subnet, or subnets, a hop stands. */
static tw_status place_in(
	struct trail *t, const struct tw_site *site, uint32_t subnet, struct tw_hop *hop)
{
	bool to = !site || site != t->outcome->path->from;
	if (!site || site->parts == 0) {
		hop->subnet = subnet == TW_MISSING ? NULL : t->r->net->subnet[subnet].object.id;
		return TW_OK;
	}
	if (!t->subnets[to])
		TW_TRY(tw_subnets_of(t->r, t->outcome, site, &t->subnets[to], &t->subnets_n[to]));
	if (t->subnets_n[to] == 1) {
		hop->subnet = t->subnets[to][0];
	} else {
		hop->subnets = t->subnets[to];
		hop->subnets_n = t->subnets_n[to];
	}
	return TW_OK;
}

static tw_status add(struct trail *t, struct tw_hop hop)
{
	return TW_VEC_PUSH(t->r->mem, &t->station, (struct tw_station){.hop = hop});
}

/* What a filter does to what is alive, and what is alive behind it. */
static tw_status pass(struct trail *t, const struct tw_crossing *c, enum tw_hop_action *ret)
{
	struct tw_space *space = t->r->judge->space;
	struct tw_compiled asked;
	*ret = TW_HOP_ALLOW;
	if (t->certain)
		return TW_OK;
	TW_TRY(tw_judge_asked(t->r->judge, t->outcome->path, c, &asked));
	tw_set all = t->alive, rest = tw_set_subtract(space, all, asked.deny);
	t->alive = rest;
	if (!tw_set_is_empty(tw_set_intersect(space, all, asked.unknown)))
		*ret = TW_HOP_UNKNOWN;
	else if (rest == all)
		*ret = TW_HOP_ALLOW;
	/* Some is allowed if some is left, or if a translator shows the same packet as several. */
	else if (tw_set_is_empty(rest) &&
		 tw_set_is_empty(tw_set_intersect(space, all, asked.allow)))
		*ret = TW_HOP_DENY;
	else
		*ret = TW_HOP_MIXED;
	return tw_space_status(space);
}

static tw_status add_filter(struct trail *t, const struct tw_crossing *c)
{
	const struct tw_look *look = &t->outcome->path->look[c->look];
	struct tw_station station = {.crossing = c};
	struct tw_hop *hop = &station.hop;
	bool group = c->kind == TW_CROSS_GROUPS;
	hop->reply = c->view.direction == TW_REPLY;
	hop->leg = look->leg;
	hop->kind = group ? "security-group" : "network-acl";
	hop->list = tw_list_name(c->view.list);
	TW_TRY(place_in(t, c->site, c->subnet, hop));
	hop->reached = !tw_set_is_empty(t->alive);
	if (group && c->site->groups_state == TW_KNOWN &&
		!(hop->component = groups_text(t, c->site)) && c->site->groups_n > 0)
		return TW_ENOMEM;
	if (!group && c->state == TW_KNOWN)
		hop->component = t->r->net->acl[c->acl].object.id;
	hop->action = c->tracked ? TW_HOP_TRACKED : TW_HOP_NONE;
	if (hop->reached) {
		enum tw_hop_action action;
		TW_TRY(tw_look_seen(t->r->judge, look, t->alive, &station.seen));
		TW_TRY(pass(t, c, &action));
		if (!c->tracked)
			hop->action = action;
		station.ruled = !c->tracked && c->state == TW_KNOWN;
	}
	return TW_VEC_PUSH(t->r->mem, &t->station, station);
}

/* What stands between the ends without a route: one subnet, or a service that nothing filters. */
static tw_status add_others(struct trail *t)
{
	const struct tw_path *path = t->outcome->path;
	struct tw_hop hop = {.reached = !tw_set_is_empty(t->alive), .action = TW_HOP_NONE};
	if (path->exempt) {
		hop.kind = "exempt";
		return add(t, hop);
	}
	if (!path->same_subnet)
		return TW_OK;
	hop.kind = "subnet";
	TW_TRY(place_in(t, path->from, path->from->subnet, &hop));
	hop.component = hop.subnet;
	return add(t, hop);
}

/*
 * The last route of the direction in which a path ends is where it ends, if the reason is found in
 * its table: a listener that is missing is no fault of a route.
 */
static bool ends_here(const struct tw_path *path, size_t at)
{
	enum tw_direction direction = path->crossing[at].view.direction;
	if (!path->reason_component ||
		strcmp(path->reason_component, path->crossing[at].place) != 0)
		return false;
	if (direction == TW_REQUEST ? !path->blocked : !path->unanswered)
		return false;
	for (size_t i = at + 1; i < path->crossings; i++)
		if (path->crossing[i].view.direction == direction &&
			path->crossing[i].kind == path->crossing[at].kind)
			return false;
	return true;
}

/* A route that was shown for the request is not shown again for the reply. */
static bool is_shown(const struct trail *t, const char *component, const char *rule)
{
	for (size_t i = 0; i < t->station.n; i++) {
		const struct tw_hop *hop = &t->station.v[i].hop;
		if (strcmp(hop->kind, "route") == 0 && strcmp(hop->component, component) == 0 &&
			strcmp(hop->rule[0].rule, rule) == 0)
			return true;
	}
	return false;
}

static tw_status add_route(struct trail *t, size_t at)
{
	const struct tw_path *path = t->outcome->path;
	const struct tw_crossing *c = &path->crossing[at];
	bool ends = c->lost || ends_here(path, at);
	struct tw_hop hop = {.reply = c->view.direction == TW_REPLY,
		.leg = path->look[c->look].leg,
		.kind = "route",
		.component = c->place,
		.action = ends ? TW_HOP_DENY : TW_HOP_ALLOW,
		.reached = !tw_set_is_empty(t->alive)};
	struct tw_rule_ref *ref = TW_NEW(t->r->arena, struct tw_rule_ref);
	if (hop.reply && !ends && is_shown(t, c->place, c->rule))
		return TW_OK;
	if (!ref)
		return TW_ENOMEM;
	*ref = (struct tw_rule_ref){.component = c->place,
		.rule = c->rule,
		.text = c->text,
		.span = c->span,
		.action = ends ? "deny" : "allow"};
	hop.rule = ref;
	hop.rules_n = 1;
	return add(t, hop);
}

/* A gateway that carries, or makes another packet of what comes. */
static tw_status add_place(struct trail *t, size_t at)
{
	const struct tw_crossing *c = &t->outcome->path->crossing[at];
	struct tw_hop hop = {.reply = c->view.direction == TW_REPLY,
		.leg = t->outcome->path->look[c->look].leg,
		.kind = c->place_kind,
		.component = c->place,
		.action = TW_HOP_NONE,
		.reached = !tw_set_is_empty(t->alive)};
	return add(t, hop);
}

/* The ports that somebody picked: judged clients on leg 0, else the translator. */
static tw_set picked_ports(struct trail *t, unsigned leg)
{
	struct tw_space *space = t->r->judge->space;
	const struct tw_outcome *o = t->outcome;
	const struct tw_client_result translator = {
		.client = leg > 0 && leg < o->legs ? o->leg[leg].look->client : NULL};
	if (!translator.client)
		return tw_clients_box(space, o->family, o->client, o->clients_n);
	return tw_clients_box(space, o->family, &translator, 1);
}

/* Every reply that a judged client waits for returns, on all legs. */
static bool returns_all(const struct tw_outcome *o)
{
	if (o->reply_kind != TW_REPLY_PORTS)
		return o->reply == TW_ALLOW;
	for (size_t i = 0; i < o->clients_n; i++)
		if (o->client[i].passing != o->client[i].total)
			return false;
	return o->clients_n > 0;
}

/* The reply sets out, or changes its port at a translator. */
static void change_leg(struct trail *t, unsigned leg, bool first)
{
	struct tw_space *space = t->r->judge->space;
	const struct tw_outcome *o = t->outcome;
	t->leg = leg;
	if (o->reply_kind == TW_REPLY_ICMP) {
		if (first)
			t->alive = tw_icmp_replies(t->r->judge, o);
		return;
	}
	if (first)
		t->alive = tw_set_forget(space, o->set, TW_FIELD_SERVICE);
	if (o->reply_kind == TW_REPLY_PORTS)
		t->alive = tw_set_intersect(space, tw_set_forget(space, t->alive, TW_FIELD_CLIENT),
			picked_ports(t, leg));
}

static tw_status add_crossing(struct trail *t, size_t at)
{
	const struct tw_crossing *c = &t->outcome->path->crossing[at];
	if (c->kind == TW_CROSS_ROUTE)
		return add_route(t, at);
	return c->kind == TW_CROSS_PLACE ? add_place(t, at) : add_filter(t, c);
}

static tw_status walk(struct trail *t, bool replies)
{
	const struct tw_outcome *o = t->outcome;
	const struct tw_path *path = o->path;
	bool others = false, replied = false;
	t->certain = o->request == TW_ALLOW;
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		bool reply = c->view.direction == TW_REPLY;
		/* What is no filter stands between the two ends, behind the initiator's own. */
		if (!others && (reply || c->view.list == TW_INGRESS)) {
			TW_TRY(add_others(t));
			others = true;
		}
		if (reply && (!replies || o->request == TW_DENY || path->blocked ||
				     o->reply_kind == TW_REPLY_NONE_EXPECTED))
			break;
		unsigned leg = path->look[c->look].leg;
		if (reply && !replied)
			t->certain &= returns_all(o);
		if (reply && (!replied || leg != t->leg))
			change_leg(t, leg, !replied);
		replied |= reply;
		TW_TRY(add_crossing(t, i));
	}
	return others ? TW_OK : add_others(t);
}

tw_status tw_stations_of(struct tw_results *results, const struct tw_outcome *outcome, bool replies,
	struct tw_stations *ret)
{
	struct trail t = {.r = results, .outcome = outcome, .alive = outcome->set};
	tw_status status = walk(&t, replies);
	if (status == TW_OK)
		status = tw_space_status(results->judge->space);
	if (status == TW_OK)
		*ret = t.station;
	else
		TW_VEC_FREE(results->mem, &t.station);
	return status;
}
