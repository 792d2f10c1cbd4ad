/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Causes: which list, and which of its rules, kills the packets that somebody waits for. A packet
 * is blamed on the first list that denies it.
 */
#include "look.h"
#include "results.h"

enum tw_level tw_hurt_level(const struct tw_outcome *o, bool every_connection, bool *ret_edge)
{
	enum tw_level level = TW_LEVEL_NONE;
	*ret_edge = false;
	for (size_t i = 0; i < o->clients_n; i++) {
		const struct tw_client_result *c = &o->client[i];
		enum tw_share share = tw_share_of(c->passing + c->undecided, c->total);
		if (share == TW_SHARE_ALL)
			continue;
		if (share == TW_SHARE_EDGE && !every_connection)
			*ret_edge = true;
		else if (c->level > level)
			level = c->level;
	}
	return level;
}

/* Client ports whose loss is asked about: those of hurt clients, or with level NONE of edges. */
static tw_set asked_ports(struct tw_results *r, const struct tw_outcome *o, enum tw_level level)
{
	struct tw_space *space = r->judge->space;
	tw_set set = TW_EMPTY;
	for (size_t i = 0; i < o->clients_n; i++) {
		const struct tw_client_result *c = &o->client[i];
		enum tw_share share = tw_share_of(c->passing + c->undecided, c->total);
		bool edge = share == TW_SHARE_EDGE;
		if (share == TW_SHARE_ALL || (level == TW_LEVEL_NONE) != edge || c->level < level)
			continue;
		set = tw_set_union(space, set, tw_clients_box(space, o->family, c, 1));
	}
	return set;
}

/* The replies of one leg that somebody waits for. */
static tw_set waiting_replies(
	struct tw_results *r, const struct tw_outcome *o, unsigned leg, enum tw_level level)
{
	struct tw_space *space = r->judge->space;
	if (o->reply_kind == TW_REPLY_ICMP)
		return tw_icmp_replies(r->judge, o);
	tw_set set = tw_set_forget(space, o->set, TW_FIELD_SERVICE);
	if (o->reply_kind != TW_REPLY_PORTS)
		return set;
	if (leg == 0)
		return tw_set_intersect(space, set, asked_ports(r, o, level));
	const struct tw_client_result translator = {.client = o->leg[leg].look->client};
	return tw_set_intersect(space, set, tw_clients_box(space, o->family, &translator, 1));
}

/* Rule 10: an explicit deny of all ports for a block narrower than /0 is meant. */
static bool is_wanted(const struct tw_rule *rule)
{
	bool all = rule->protocol == TW_PROTOCOL_ALL || rule->every_port ||
		   (rule->ports.lo == 0 && rule->ports.hi == 65535);
	return !rule->implicit && !rule->maybe && rule->action == TW_DENY && all &&
	       rule->peer.len > 0;
}

/* A 0-0 rule that would let these packets pass if it meant all ports, as index + 1 (rule 11). */
static uint32_t zero_rule(struct tw_results *r, struct tw_rules rules, struct tw_view view,
	tw_set dead, uint8_t protocol)
{
	for (size_t i = 0; i < rules.n && tw_protocol_has_ports(protocol); i++) {
		struct tw_rule rule = rules.rule[i];
		if (rule.action != TW_ALLOW || rule.protocol != protocol || rule.every_port ||
			rule.ports.hi != 0)
			continue;
		rule.ports.hi = 65535;
		if (!tw_set_is_empty(tw_set_intersect(
			    r->judge->space, dead, tw_rule_covers(r->judge->space, &rule, view))))
			return (uint32_t)(i + 1);
	}
	return 0;
}

tw_status tw_cause_blame(struct tw_results *r, uint32_t acl, struct tw_view view,
	const struct tw_compiled *compiled, tw_set dead, struct tw_cause *cause)
{
	struct tw_space *space = r->judge->space;
	struct tw_rules rules = r->net->acl[acl].list[view.list];
	tw_set part = tw_partition_restrict(space, compiled->decides, dead);
	size_t n = tw_partition_labels(space, part, NULL, 0), most = TW_COUNT(cause->rule);
	uint16_t *label = TW_NEW_ARRAY(r->work, uint16_t, n + 1);
	if (!label)
		return TW_ENOMEM;
	tw_partition_labels(space, part, label, n);
	cause->acl = acl;
	cause->list = view.list;
	cause->direction = view.direction;
	cause->dead = dead;
	cause->wanted = true;
	for (size_t i = 0; i < n; i++) {
		if (label[i] < TW_LABEL_RULE)
			continue;
		uint32_t rule = (uint32_t)(label[i] - TW_LABEL_RULE);
		cause->wanted &= is_wanted(&rules.rule[rule]);
		/* Of many rules the last is kept: it is the default deny, if that has a part in it.
		 */
		if (cause->rules < most)
			cause->rules++;
		cause->rule[cause->rules - 1] = rule;
	}
	cause->wanted &= cause->rules > 0;
	if (cause->rules > 0 && rules.rule[cause->rule[cause->rules - 1]].implicit &&
		view.direction == TW_REPLY)
		cause->zero = zero_rule(r, rules, view, dead, cause->protocol);
	return tw_space_status(space);
}

/* The packets of `set` that wanted denies of one list decide. */
static tw_status wanted_part(struct tw_results *r, const struct tw_crossing *c,
	const struct tw_compiled *compiled, tw_set set, tw_set *ret)
{
	struct tw_space *space = r->judge->space;
	struct tw_rules rules = r->net->acl[c->acl].list[c->view.list];
	tw_set wanted = TW_EMPTY;
	for (size_t i = 0; i < rules.n; i++)
		if (is_wanted(&rules.rule[i]))
			wanted = tw_set_union(space, wanted,
				tw_partition_where(
					space, compiled->decides, (uint16_t)(TW_LABEL_RULE + i)));
	*ret = tw_set_intersect(space, set, wanted);
	return tw_space_status(space);
}

/* Ports from 1024 up whose replies do not return; all of them where too many do (rule 5). */
static tw_status shut_ports(
	struct tw_results *r, const struct tw_outcome *o, struct tw_port_list *ret)
{
	struct tw_port_list all = {TW_NEW(r->work, struct tw_ports), 1}, back;
	if (!all.v)
		return TW_ENOMEM;
	*all.v = (struct tw_ports){1024, 65535};
	TW_TRY(tw_ports_intersect(r->work, all, o->leg[0].returns, &back));
	if (tw_share_of(tw_ports_size(back), tw_ports_size(all)) == TW_SHARE_NONE)
		return tw_ports_subtract(r->work, all, back, ret);
	*ret = all;
	return TW_OK;
}

/* The packets of `set` whose client's port is one of these. */
static tw_set to_ports(
	struct tw_space *space, uint8_t family, tw_set set, struct tw_port_list ports)
{
	tw_set within = TW_EMPTY;
	for (size_t i = 0; i < ports.n; i++) {
		struct tw_box box = tw_box_all(family);
		box.client = ports.v[i];
		within = tw_set_union(space, within, tw_set_box(space, &box));
	}
	return tw_set_intersect(space, set, within);
}

/*
 * Rule 10: the pairs of addresses whose replies are shut on purpose, on every port from 1024 up; a
 * service that is let in before the deny is no way back. What is left of the outcome is what
 * somebody may miss.
 */
static tw_status shut_on_purpose(struct tw_results *r, const struct tw_outcome *o, tw_set *ret)
{
	struct tw_space *space = r->judge->space;
	tw_set all = tw_set_forget(space, o->set, TW_FIELD_SERVICE);
	if (o->reply_kind == TW_REPLY_PORTS) {
		struct tw_port_list shut;
		TW_TRY(shut_ports(r, o, &shut));
		all = to_ports(space, o->family, all, shut);
	} else if (o->reply_kind == TW_REPLY_ICMP) {
		all = tw_icmp_replies(r->judge, o);
	}
	tw_set open = all;
	for (size_t i = 0; i < o->path->crossings; i++) {
		const struct tw_crossing *c = &o->path->crossing[i];
		struct tw_compiled compiled;
		tw_set wanted;
		/* A translator's port is nobody's block: only the client's own leg counts. */
		if (c->view.direction != TW_REPLY || c->kind != TW_CROSS_ACL ||
			c->state != TW_KNOWN || !tw_look_is_plain(&o->path->look[c->look]))
			continue;
		TW_TRY(tw_judge_crossing(r->judge, c, &compiled));
		TW_TRY(wanted_part(r, c, &compiled, open, &wanted));
		open = tw_set_subtract(space, open, wanted);
	}
	*ret = tw_set_subtract(space, tw_set_forget(space, all, TW_FIELD_CLIENT),
		tw_set_forget(space, open, TW_FIELD_CLIENT));
	return tw_space_status(space);
}

/* What a list alone denies of the packets that wait at it, as they were asked for. */
static tw_status dead_at(struct tw_results *r, const struct tw_path *path,
	const struct tw_crossing *c, tw_set waiting, tw_set *ret)
{
	struct tw_compiled asked;
	TW_TRY(tw_judge_asked(r->judge, path, c, &asked));
	*ret = tw_set_intersect(r->judge->space, waiting, asked.deny);
	return tw_space_status(r->judge->space);
}

/*
 * The request met lists of this subnet, so a reply by the same way would meet this one. Not so
 * where it left by an attachment in its own subnet. SPEC: tgw-same-subnet
 */
static bool met_by_request(const struct tw_path *path, const struct tw_crossing *c)
{
	bool met = false;
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *one = &path->crossing[i];
		if (one->kind != TW_CROSS_ACL || one->view.direction != TW_REQUEST ||
			one->acl != c->acl || one->subnet != c->subnet)
			continue;
		if (one->role == TW_ROLE_ATTACHMENT && c->role == TW_ROLE_END)
			return false;
		met = true;
	}
	return met;
}

static tw_status blame(struct tw_results *r, const struct tw_outcome *o,
	const struct tw_crossing *c, tw_set dead, struct tw_cause *ret)
{
	const struct tw_look *look = &o->path->look[c->look];
	struct tw_compiled compiled;
	*ret = (struct tw_cause){.family = o->family, .protocol = o->protocol};
	if (look->embedded)
		ret->family = TW_IPV4;
	ret->role = c->role;
	ret->plain = tw_look_is_plain(look);
	ret->leg = look->leg;
	ret->elsewhere = o->path->asymmetric && !met_by_request(o->path, c);
	TW_TRY(tw_judge_crossing(r->judge, c, &compiled));
	TW_TRY(tw_look_seen(r->judge, look, dead, &dead));
	return tw_cause_blame(r, c->acl, c->view, &compiled, dead, ret);
}

/* A packet is blamed on the first list that denies it; of replies, each leg has its own. */
static tw_status causes(struct tw_results *r, const struct tw_outcome *o,
	enum tw_direction direction, tw_set *waiting, struct tw_cause *ret, size_t *ret_n)
{
	const struct tw_path *path = o->path;
	size_t n = 0;
	for (size_t i = 0; i < path->crossings && n < TW_CROSSINGS; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		unsigned leg = direction == TW_REPLY ? path->look[c->look].leg : 0;
		tw_set dead;
		if (c->view.direction != direction || c->tracked || c->kind == TW_CROSS_ROUTE ||
			c->kind == TW_CROSS_PLACE)
			continue;
		TW_TRY(dead_at(r, path, c, waiting[leg], &dead));
		if (tw_set_is_empty(dead))
			continue;
		waiting[leg] = tw_set_subtract(r->judge->space, waiting[leg], dead);
		if (c->kind != TW_CROSS_ACL || c->state != TW_KNOWN)
			continue;
		TW_TRY(blame(r, o, c, dead, &ret[n]));
		n++;
	}
	*ret_n = n;
	return tw_space_status(r->judge->space);
}

/* Of the replies that are waited for, but for those of `apart`. */
static tw_status causes_but(struct tw_results *results, const struct tw_outcome *outcome,
	enum tw_level level, tw_set apart, struct tw_cause *ret, size_t *ret_n)
{
	struct tw_space *space = results->judge->space;
	tw_set waiting[TW_LOOKS] = {TW_EMPTY};
	/* Without ports there is one reply, and it travels on every leg. */
	unsigned legs = outcome->reply_kind == TW_REPLY_PORTS ? outcome->legs : outcome->path->legs;
	for (unsigned i = 0; i < legs; i++)
		waiting[i] =
			tw_set_subtract(space, waiting_replies(results, outcome, i, level), apart);
	if (outcome->path->unanswered) { /* no list is to blame */
		*ret_n = 0;
		return tw_space_status(space);
	}
	return causes(results, outcome, TW_REPLY, waiting, ret, ret_n);
}

tw_status tw_causes_of(struct tw_results *results, const struct tw_outcome *outcome,
	enum tw_level level, struct tw_cause *ret, size_t *ret_n)
{
	tw_set wanted;
	TW_TRY(shut_on_purpose(results, outcome, &wanted));
	return causes_but(results, outcome, level, wanted, ret, ret_n);
}

tw_status tw_causes_of_stated(struct tw_results *results, const struct tw_outcome *outcome,
	enum tw_level level, struct tw_cause *ret, size_t *ret_n)
{
	return causes_but(results, outcome, level, TW_EMPTY, ret, ret_n);
}

tw_status tw_denials_of(struct tw_results *results, const struct tw_outcome *outcome,
	struct tw_cause *ret, size_t *ret_n)
{
	tw_set waiting[TW_LOOKS] = {outcome->set};
	return causes(results, outcome, TW_REQUEST, waiting, ret, ret_n);
}
