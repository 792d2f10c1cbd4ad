/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Causes: which list, and which of its rules, kills the packets that somebody waits for. A packet
 * is blamed on the first list that denies it.
 */
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
		set = tw_set_union(
			space, set, tw_clients_box(space, o->family, c, 1, TW_LEVEL_NONE, false));
	}
	return set;
}

static tw_set waiting_replies(struct tw_results *r, const struct tw_outcome *o, enum tw_level level)
{
	struct tw_space *space = r->judge->space;
	if (o->reply_kind == TW_REPLY_ICMP)
		return tw_icmp_replies(r->judge, o);
	tw_set set = tw_set_forget(space, o->set, TW_FIELD_SERVICE);
	return o->reply_kind == TW_REPLY_PORTS
		       ? tw_set_intersect(space, set, asked_ports(r, o, level))
		       : set;
}

/* The labels of a list on some packets become the rules of a cause. */
static tw_status blame(struct tw_results *r, const struct tw_crossing *c,
	const struct tw_compiled *compiled, tw_set dead, struct tw_cause *cause)
{
	struct tw_space *space = r->judge->space;
	tw_set part = tw_partition_restrict(space, compiled->decides, dead);
	uint16_t label[64];
	size_t n = tw_partition_labels(space, part, label, TW_COUNT(label));
	if (n > TW_COUNT(label))
		n = TW_COUNT(label);
	cause->acl = c->acl;
	cause->list = c->view.list;
	cause->direction = c->view.direction;
	for (size_t i = 0; i < n && cause->rules < TW_COUNT(cause->rule); i++)
		if (label[i] >= TW_LABEL_RULE)
			cause->rule[cause->rules++] = (uint32_t)(label[i] - TW_LABEL_RULE);
	return tw_space_status(space);
}

/* Rule 10: an explicit deny of all ports for a block narrower than /0 is meant. */
bool tw_cause_is_wanted(const struct tw_net *net, const struct tw_cause *cause)
{
	const struct tw_rule *rule = net->acl[cause->acl].list[cause->list].rule;
	for (size_t i = 0; i < cause->rules; i++) {
		const struct tw_rule *one = &rule[cause->rule[i]];
		bool all = one->protocol == TW_PROTOCOL_ALL || one->every_port ||
			   (one->ports.lo == 0 && one->ports.hi == 65535);
		if (one->implicit || one->action != TW_DENY || !all || one->peer.len == 0)
			return false;
	}
	return cause->rules > 0;
}

/* Rule 10 asks for every port from 1024 up to be shut that way. */
static tw_status all_shut_on_purpose(struct tw_results *r, const struct tw_outcome *o, bool *ret)
{
	struct tw_space *space = r->judge->space;
	struct tw_box box = tw_box_all(o->family);
	if (o->reply_kind == TW_REPLY_PORTS)
		box.client = (struct tw_ports){1024, 65535};
	tw_set alive = tw_set_intersect(
		space, tw_set_forget(space, o->set, TW_FIELD_SERVICE), tw_set_box(space, &box));
	*ret = false;
	for (size_t i = 0; i < o->path->crossings; i++) {
		const struct tw_crossing *c = &o->path->crossing[i];
		if (c->view.direction != TW_REPLY || c->kind != TW_CROSS_ACL ||
			c->state != TW_KNOWN)
			continue;
		struct tw_compiled compiled;
		struct tw_cause cause = {0};
		TW_TRY(tw_judge_crossing(r->judge, c, &compiled));
		tw_set dead = tw_set_intersect(space, alive, compiled.deny);
		if (tw_set_is_empty(dead))
			continue;
		TW_TRY(blame(r, c, &compiled, dead, &cause));
		if (!tw_cause_is_wanted(r->net, &cause))
			return TW_OK;
		alive = tw_set_subtract(space, alive, dead);
	}
	*ret = tw_set_is_empty(alive);
	return tw_space_status(space);
}

static tw_status causes(struct tw_results *r, const struct tw_outcome *o,
	enum tw_direction direction, tw_set waiting, struct tw_cause *ret, size_t *ret_n)
{
	struct tw_space *space = r->judge->space;
	size_t n = 0;
	for (size_t i = 0; i < o->path->crossings; i++) {
		const struct tw_crossing *c = &o->path->crossing[i];
		if (c->view.direction != direction || c->tracked)
			continue;
		struct tw_compiled compiled;
		TW_TRY(tw_judge_crossing(r->judge, c, &compiled));
		tw_set dead = tw_set_intersect(space, waiting, compiled.deny);
		if (tw_set_is_empty(dead))
			continue;
		waiting = tw_set_subtract(space, waiting, dead);
		if (c->kind != TW_CROSS_ACL || c->state != TW_KNOWN)
			continue;
		ret[n] = (struct tw_cause){.family = o->family, .protocol = o->protocol};
		TW_TRY(blame(r, c, &compiled, dead, &ret[n]));
		n++;
	}
	*ret_n = n;
	return tw_space_status(space);
}

tw_status tw_causes_of(struct tw_results *results, const struct tw_outcome *outcome,
	enum tw_level level, struct tw_cause *ret, size_t *ret_n, bool *ret_wanted)
{
	TW_TRY(all_shut_on_purpose(results, outcome, ret_wanted));
	return causes(
		results, outcome, TW_REPLY, waiting_replies(results, outcome, level), ret, ret_n);
}

tw_status tw_denials_of(struct tw_results *results, const struct tw_outcome *outcome,
	struct tw_cause *ret, size_t *ret_n)
{
	return causes(results, outcome, TW_REQUEST, outcome->set, ret, ret_n);
}
