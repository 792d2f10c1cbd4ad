/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hops: what each filter on the way did to the packets of one outcome, and which of its rules. A
 * packet dies once, so each hop is asked only about what the hops before it let through.
 */
#include "look.h"
#include "results.h"

struct trail {
	struct tw_results *r;
	const struct tw_outcome *outcome;
	TW_VEC(struct tw_hop) hop;
	tw_set alive; /* what still travels in this direction, to ports that somebody picks */
	tw_set seen;  /* the same as the crossing at hand sees it */
	unsigned leg; /* of the reply */
	/* The subnets of the two ends, where a site stands for several; NULL: not looked for yet */
	const char *const *subnets[2];
	size_t subnets_n[2];
};

static enum tw_field port_field(bool reply)
{
	return reply ? TW_FIELD_CLIENT : TW_FIELD_SERVICE;
}

/* The part of `set` that a rule decides, as ports or ICMP types for the reader. */
static tw_status part_of(struct trail *t, tw_set set, bool reply, struct tw_rule_ref *ref)
{
	struct tw_port_list list;
	if (t->outcome->reply_kind == TW_REPLY_WHOLE)
		return TW_OK;
	TW_TRY(tw_set_ports(t->r, set, port_field(reply), t->r->arena, &list));
	if (t->outcome->reply_kind == TW_REPLY_PORTS) {
		ref->ports = list.v;
		ref->ports_n = list.n;
		return TW_OK;
	}
	return tw_icmp_ranges(t->r->arena, list, &ref->icmp, &ref->icmp_n);
}

static tw_status refer(struct trail *t, const struct tw_object *component,
	const struct tw_rule *rule, enum tw_list list, tw_set part, bool reply,
	struct tw_rule_ref *ret)
{
	*ret = (struct tw_rule_ref){.component = component->id, .rule = rule->id};
	ret->action = rule->maybe ? "unknown" : rule->action == TW_ALLOW ? "allow" : "deny";
	ret->span = rule->span.file != 0 ? rule->span : component->span;
	ret->text = tw_rule_text(t->r->arena, rule, list);
	if (!ret->text)
		return TW_ENOMEM;
	return part_of(t, part, reply, ret);
}

static enum tw_hop_action action_of(struct trail *t, const struct tw_compiled *c)
{
	struct tw_space *space = t->r->judge->space;
	bool allow = !tw_set_is_empty(tw_set_intersect(space, t->seen, c->allow));
	bool deny = !tw_set_is_empty(tw_set_intersect(space, t->seen, c->deny));
	bool open = !tw_set_is_empty(tw_set_intersect(space, t->seen, c->unknown));
	if (open)
		return TW_HOP_UNKNOWN;
	if (allow && deny)
		return TW_HOP_MIXED;
	return deny ? TW_HOP_DENY : TW_HOP_ALLOW;
}

static tw_status acl_rules(struct trail *t, const struct tw_crossing *c,
	const struct tw_compiled *compiled, struct tw_hop *hop)
{
	struct tw_space *space = t->r->judge->space;
	const struct tw_acl *acl = &t->r->net->acl[c->acl];
	struct tw_rules rules = acl->list[c->view.list];
	tw_set here = tw_partition_restrict(space, compiled->decides, t->seen);
	size_t room = TW_LABEL_RULE + rules.n; /* no rule twice, and what is no rule's */
	uint16_t *label = TW_NEW_ARRAY(t->r->arena, uint16_t, room);
	if (!label)
		return TW_ENOMEM;
	size_t n = tw_partition_labels(space, here, label, room);
	struct tw_rule_ref *ref = TW_NEW_ARRAY(t->r->arena, struct tw_rule_ref, n + 1);
	if (!ref)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (label[i] < TW_LABEL_RULE)
			continue;
		TW_TRY(refer(t, &acl->object, &rules.rule[label[i] - TW_LABEL_RULE], c->view.list,
			tw_partition_where(space, here, label[i]), hop->reply, &ref[hop->rules_n]));
		hop->rules_n++;
	}
	hop->rule = ref;
	return tw_space_status(space);
}

static tw_status group_rules(struct trail *t, const struct tw_crossing *c, struct tw_hop *hop)
{
	struct tw_space *space = t->r->judge->space;
	const struct tw_net *net = t->r->net;
	size_t room = 1;
	for (size_t i = 0; i < c->site->groups_n; i++)
		if (c->site->groups[i] != TW_MISSING)
			room += net->group[c->site->groups[i]].list[c->view.list].n;
	struct tw_rule_ref *ref = TW_NEW_ARRAY(t->r->arena, struct tw_rule_ref, room);
	if (!ref)
		return TW_ENOMEM;
	for (size_t i = 0; i < c->site->groups_n; i++) {
		if (c->site->groups[i] == TW_MISSING)
			continue;
		const struct tw_group *group = &net->group[c->site->groups[i]];
		struct tw_rules rules = group->list[c->view.list];
		for (size_t k = 0; k < rules.n; k++) {
			tw_set part = tw_set_intersect(space, t->seen,
				tw_judge_covers(t->r->judge, &rules.rule[k], c->view));
			if (tw_set_is_empty(part))
				continue;
			TW_TRY(refer(t, &group->object, &rules.rule[k], c->view.list, part,
				hop->reply, &ref[hop->rules_n]));
			hop->rules_n++;
		}
	}
	hop->rule = ref;
	return tw_space_status(space);
}

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

/* What the hop sees on the wire: the reply's source is the responder. */
static tw_status seen(struct trail *t, struct tw_hop *hop)
{
	enum tw_field source = hop->reply ? TW_FIELD_TO : TW_FIELD_FROM;
	enum tw_field target = hop->reply ? TW_FIELD_FROM : TW_FIELD_TO;
	struct tw_port_list ports;
	TW_TRY(tw_blocks_of(t->r, t->seen, source, 0, &hop->from, &hop->from_n, NULL));
	TW_TRY(tw_blocks_of(t->r, t->seen, target, 0, &hop->to, &hop->to_n, NULL));
	if (t->outcome->reply_kind != TW_REPLY_PORTS)
		return TW_OK;
	TW_TRY(tw_set_ports(t->r, t->seen, port_field(hop->reply), t->r->arena, &ports));
	hop->ports = ports.v;
	hop->ports_n = ports.n;
	return TW_OK;
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

static tw_status filter_hop(struct trail *t, const struct tw_crossing *c)
{
	struct tw_space *space = t->r->judge->space;
	const struct tw_net *net = t->r->net;
	const struct tw_look *look = &t->outcome->path->look[c->look];
	struct tw_hop hop = {.reply = c->view.direction == TW_REPLY, .leg = look->leg};
	bool group = c->kind == TW_CROSS_GROUPS;
	hop.kind = group ? "security-group" : "network-acl";
	hop.list = tw_list_name(c->view.list);
	TW_TRY(place_in(t, c->site, c->subnet, &hop));
	hop.reached = !tw_set_is_empty(t->alive);
	if (group && c->site->groups_state == TW_KNOWN &&
		!(hop.component = groups_text(t, c->site)) && c->site->groups_n > 0)
		return TW_ENOMEM;
	if (!group && c->state == TW_KNOWN)
		hop.component = net->acl[c->acl].object.id;
	struct tw_compiled compiled, asked;
	TW_TRY(tw_judge_crossing(t->r->judge, c, &compiled));
	TW_TRY(tw_judge_asked(t->r->judge, t->outcome->path, c, &asked));
	TW_TRY(tw_look_seen(t->r->judge, look, t->alive, &t->seen));
	hop.action = c->tracked ? TW_HOP_TRACKED : TW_HOP_NONE;
	if (hop.reached) {
		TW_TRY(seen(t, &hop));
		if (!c->tracked)
			hop.action = action_of(t, &compiled);
		if (c->lenient && hop.action != TW_HOP_ALLOW)
			hop.action = TW_HOP_UNKNOWN;
		if (!c->tracked && c->state == TW_KNOWN)
			TW_TRY(group ? group_rules(t, c, &hop) : acl_rules(t, c, &compiled, &hop));
		t->alive = tw_set_subtract(space, t->alive, asked.deny);
	}
	return TW_VEC_PUSH(t->r->mem, &t->hop, hop);
}

/* What stands between the ends without a route: one subnet, or a service that nothing filters. */
static tw_status other_hops(struct trail *t)
{
	const struct tw_path *path = t->outcome->path;
	struct tw_hop hop = {.reached = !tw_set_is_empty(t->alive), .action = TW_HOP_NONE};
	if (path->exempt) {
		hop.kind = "exempt";
		return TW_VEC_PUSH(t->r->mem, &t->hop, hop);
	}
	if (!path->same_subnet)
		return TW_OK;
	hop.kind = "subnet";
	TW_TRY(place_in(t, path->from, path->from->subnet, &hop));
	hop.component = hop.subnet;
	return TW_VEC_PUSH(t->r->mem, &t->hop, hop);
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
	for (size_t i = 0; i < t->hop.n; i++)
		if (strcmp(t->hop.v[i].kind, "route") == 0 &&
			strcmp(t->hop.v[i].component, component) == 0 &&
			strcmp(t->hop.v[i].rule[0].rule, rule) == 0)
			return true;
	return false;
}

static tw_status route_hop(struct trail *t, size_t at)
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
	return TW_VEC_PUSH(t->r->mem, &t->hop, hop);
}

/* A gateway that carries, or makes another packet of what comes. */
static tw_status place_hop(struct trail *t, size_t at)
{
	const struct tw_crossing *c = &t->outcome->path->crossing[at];
	struct tw_hop hop = {.reply = c->view.direction == TW_REPLY,
		.leg = t->outcome->path->look[c->look].leg,
		.kind = c->place_kind,
		.component = c->place,
		.action = TW_HOP_NONE,
		.reached = !tw_set_is_empty(t->alive)};
	return TW_VEC_PUSH(t->r->mem, &t->hop, hop);
}

/* The ports that somebody picked: judged clients on leg 0, else the translator. */
static tw_set picked_ports(struct trail *t, unsigned leg)
{
	struct tw_space *space = t->r->judge->space;
	const struct tw_outcome *o = t->outcome;
	const struct tw_client_result translator = {
		.client = leg > 0 && leg < o->legs ? o->leg[leg].look->client : NULL};
	if (!translator.client)
		return tw_clients_box(
			space, o->family, o->client, o->clients_n, TW_LEVEL_NONE, false);
	return tw_clients_box(space, o->family, &translator, 1, TW_LEVEL_NONE, false);
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

static tw_status one_hop(struct trail *t, size_t at)
{
	const struct tw_crossing *c = &t->outcome->path->crossing[at];
	if (c->kind == TW_CROSS_ROUTE)
		return route_hop(t, at);
	return c->kind == TW_CROSS_PLACE ? place_hop(t, at) : filter_hop(t, c);
}

static tw_status walk(struct trail *t)
{
	const struct tw_outcome *o = t->outcome;
	const struct tw_path *path = o->path;
	bool others = false, replied = false;
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		bool reply = c->view.direction == TW_REPLY;
		/* What is no filter stands between the two ends, behind the initiator's own. */
		if (!others && (reply || c->view.list == TW_INGRESS)) {
			TW_TRY(other_hops(t));
			others = true;
		}
		if (reply && (o->request == TW_DENY || path->blocked ||
				     o->reply_kind == TW_REPLY_NONE_EXPECTED))
			break;
		unsigned leg = path->look[c->look].leg;
		if (reply && (!replied || leg != t->leg))
			change_leg(t, leg, !replied);
		replied |= reply;
		TW_TRY(one_hop(t, i));
	}
	return others ? TW_OK : other_hops(t);
}

tw_status tw_hops_of(struct tw_results *results, const struct tw_outcome *outcome,
	const struct tw_hop **ret, size_t *ret_n)
{
	struct trail t = {.r = results, .outcome = outcome, .alive = outcome->set};
	tw_status status = walk(&t);
	struct tw_hop *out = NULL;
	if (status == TW_OK) {
		out = TW_NEW_ARRAY(results->arena, struct tw_hop, t.hop.n + 1);
		if (!out)
			status = TW_ENOMEM;
		else if (t.hop.n > 0)
			memcpy(out, t.hop.v, t.hop.n * sizeof(*out));
	}
	if (status == TW_OK) {
		*ret = out;
		*ret_n = t.hop.n;
	}
	TW_VEC_FREE(results->mem, &t.hop);
	return status;
}
