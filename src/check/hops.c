/* SPDX-License-Identifier: Apache-2.0 */
/* Hops: the stations of an outcome as the reader gets them, with what each saw and its rules. */
#include "stations.h"

/* A rule that had a say: of a list one that decides, of groups one that lets something pass. */
struct said {
	const struct tw_object *component;
	const struct tw_rule *rule;
	tw_set part; /* of which packets; of a list's rules see part_of */
};

/* At one station, about `seen`. Lists by number, groups as they stand. */
struct said_list {
	const struct tw_crossing *crossing;
	tw_set seen, decided; /* a list's labels on what was seen */
	struct said *v;
	size_t n;
};

static tw_status said_by_acl(struct tw_results *r, struct said_list *said)
{
	struct tw_space *space = r->judge->space;
	const struct tw_crossing *c = said->crossing;
	const struct tw_acl *acl = &r->net->acl[c->acl];
	const struct tw_rule *rule = acl->list[c->view.list].rule;
	const struct tw_compiled *compiled;
	size_t room = TW_LABEL_RULE + acl->list[c->view.list].n; /* no rule twice, and none */
	uint16_t *label = TW_NEW_ARRAY(r->arena, uint16_t, room);
	if (!label)
		return TW_ENOMEM;
	TW_TRY(tw_judge_acl(r->judge, c->acl, c->view, &compiled));
	said->decided = tw_partition_restrict(space, compiled->decides, said->seen);
	size_t n = tw_partition_labels(space, said->decided, label, room);
	said->v = TW_NEW_ARRAY(r->arena, struct said, n + 1);
	if (!said->v)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (label[i] >= TW_LABEL_RULE)
			said->v[said->n++] =
				(struct said){&acl->object, &rule[label[i] - TW_LABEL_RULE], 0};
	return tw_space_status(space);
}

static tw_status said_by_groups(struct tw_results *r, struct said_list *said)
{
	struct tw_space *space = r->judge->space;
	const struct tw_crossing *c = said->crossing;
	size_t room = 1;
	for (size_t i = 0; i < c->site->groups_n; i++)
		if (c->site->groups[i] != TW_MISSING)
			room += r->net->group[c->site->groups[i]].list[c->view.list].n;
	said->v = TW_NEW_ARRAY(r->arena, struct said, room);
	if (!said->v)
		return TW_ENOMEM;
	for (size_t i = 0; i < c->site->groups_n; i++) {
		if (c->site->groups[i] == TW_MISSING)
			continue;
		const struct tw_group *group = &r->net->group[c->site->groups[i]];
		struct tw_rules rules = group->list[c->view.list];
		for (size_t k = 0; k < rules.n; k++) {
			tw_set part = tw_set_intersect(space, said->seen,
				tw_judge_covers(r->judge, &rules.rule[k], c->view));
			if (!tw_set_is_empty(part))
				said->v[said->n++] =
					(struct said){&group->object, &rules.rule[k], part};
		}
	}
	return tw_space_status(space);
}

static tw_status said_at(
	struct tw_results *r, const struct tw_station *station, tw_set seen, struct said_list *ret)
{
	*ret = (struct said_list){.crossing = station->crossing, .seen = seen};
	if (!station->ruled)
		return TW_OK;
	return station->crossing->kind == TW_CROSS_GROUPS ? said_by_groups(r, ret)
							  : said_by_acl(r, ret);
}

static tw_set part_of(struct tw_results *r, const struct said_list *said, const struct said *one)
{
	const struct tw_crossing *c = said->crossing;
	if (c->kind == TW_CROSS_GROUPS)
		return one->part;
	const struct tw_rule *first = r->net->acl[c->acl].list[c->view.list].rule;
	return tw_partition_where(
		r->judge->space, said->decided, (uint16_t)(TW_LABEL_RULE + (one->rule - first)));
}

/* ---- in words ---------------------------------------------------------------------------------
 */

static enum tw_field port_field(bool reply)
{
	return reply ? TW_FIELD_CLIENT : TW_FIELD_SERVICE;
}

static const char *action_name(const struct tw_rule *rule)
{
	return rule->maybe ? "unknown" : rule->action == TW_ALLOW ? "allow" : "deny";
}

static tw_status refer(
	struct tw_results *r, const struct said *one, enum tw_list list, struct tw_rule_ref *ret)
{
	*ret = (struct tw_rule_ref){.component = one->component->id, .rule = one->rule->id};
	ret->action = action_name(one->rule);
	ret->span = one->rule->span.file != 0 ? one->rule->span : one->component->span;
	ret->text = tw_rule_text(r->arena, one->rule, list);
	return ret->text ? TW_OK : TW_ENOMEM;
}

/* What a rule had a say on, as ports or ICMP types for the reader. */
static tw_status refer_part(struct tw_results *r, const struct tw_outcome *outcome, tw_set part,
	bool reply, struct tw_rule_ref *ref)
{
	struct tw_port_list list;
	if (outcome->reply_kind == TW_REPLY_WHOLE)
		return TW_OK;
	TW_TRY(tw_set_ports(r, part, port_field(reply), r->arena, &list));
	if (outcome->reply_kind == TW_REPLY_PORTS) {
		ref->ports = list.v;
		ref->ports_n = list.n;
		return TW_OK;
	}
	return tw_icmp_ranges(r->arena, list, &ref->icmp, &ref->icmp_n);
}

static tw_status tell_rules(struct tw_results *r, const struct tw_outcome *outcome,
	const struct tw_station *station, struct tw_hop *hop)
{
	struct said_list said;
	TW_TRY(said_at(r, station, station->seen, &said));
	struct tw_rule_ref *ref = TW_NEW_ARRAY(r->arena, struct tw_rule_ref, said.n + 1);
	if (!ref)
		return TW_ENOMEM;
	for (size_t i = 0; i < said.n; i++) {
		TW_TRY(refer(r, &said.v[i], station->crossing->view.list, &ref[i]));
		TW_TRY(refer_part(r, outcome, part_of(r, &said, &said.v[i]), hop->reply, &ref[i]));
	}
	hop->rule = ref;
	hop->rules_n = said.n;
	return tw_space_status(r->judge->space);
}

/* What the hop sees on the wire: the reply's source is the responder. */
static tw_status tell_packets(
	struct tw_results *r, const struct tw_outcome *outcome, tw_set seen, struct tw_hop *hop)
{
	enum tw_field source = hop->reply ? TW_FIELD_TO : TW_FIELD_FROM;
	enum tw_field target = hop->reply ? TW_FIELD_FROM : TW_FIELD_TO;
	struct tw_port_list ports;
	TW_TRY(tw_blocks_of(r, seen, source, 0, &hop->from, &hop->from_n, NULL));
	TW_TRY(tw_blocks_of(r, seen, target, 0, &hop->to, &hop->to_n, NULL));
	if (outcome->reply_kind != TW_REPLY_PORTS)
		return TW_OK;
	TW_TRY(tw_set_ports(r, seen, port_field(hop->reply), r->arena, &ports));
	hop->ports = ports.v;
	hop->ports_n = ports.n;
	return TW_OK;
}

static tw_status tell(struct tw_results *r, const struct tw_outcome *outcome,
	const struct tw_stations *stations, struct tw_hop *ret)
{
	for (size_t i = 0; i < stations->n; i++) {
		const struct tw_station *station = &stations->v[i];
		ret[i] = station->hop;
		if (!station->crossing || !station->hop.reached)
			continue;
		TW_TRY(tell_packets(r, outcome, station->seen, &ret[i]));
		if (station->ruled)
			TW_TRY(tell_rules(r, outcome, station, &ret[i]));
	}
	return TW_OK;
}

tw_status tw_hops_of(struct tw_results *results, const struct tw_outcome *outcome,
	const struct tw_hop **ret, size_t *ret_n)
{
	struct tw_stations stations = TW_VEC_EMPTY;
	TW_TRY(tw_stations_of(results, outcome, true, &stations));
	struct tw_hop *out = TW_NEW_ARRAY(results->arena, struct tw_hop, stations.n + 1);
	tw_status status = out ? tell(results, outcome, &stations, out) : TW_ENOMEM;
	*ret = out;
	*ret_n = stations.n;
	TW_VEC_FREE(results->mem, &stations);
	return status;
}

/* ---- one rule ---------------------------------------------------------------------------------
 */

/* The packets to some ports. */
static tw_set to_ports(struct tw_space *space, const struct tw_outcome *outcome, tw_set set,
	bool reply, struct tw_port_list ports)
{
	tw_set all = TW_EMPTY;
	for (size_t i = 0; i < ports.n; i++) {
		struct tw_box box = tw_box_all((enum tw_family)outcome->family);
		*(reply ? &box.client : &box.service) = ports.v[i];
		all = tw_set_union(space, all, tw_set_box(space, &box));
	}
	return tw_set_intersect(space, set, all);
}

tw_status tw_station_rule(struct tw_results *results, const struct tw_outcome *outcome,
	const struct tw_station *station, bool allows, struct tw_port_list ports,
	struct tw_rule_ref *ret, bool *ret_found)
{
	const struct tw_hop *hop = &station->hop;
	struct said_list said;
	tw_set seen = station->seen;
	*ret_found = false;
	for (size_t i = 0; i < hop->rules_n && !*ret_found; i++)
		if ((strcmp(hop->rule[i].action, "allow") == 0) == allows) {
			*ret = hop->rule[i];
			*ret_found = true;
		}
	if (ports.n > 0 && outcome->reply_kind == TW_REPLY_PORTS)
		seen = to_ports(results->judge->space, outcome, seen, hop->reply, ports);
	TW_TRY(said_at(results, station, seen, &said));
	for (size_t i = 0; i < said.n && !*ret_found; i++)
		if ((!said.v[i].rule->maybe && said.v[i].rule->action == TW_ALLOW) == allows) {
			*ret_found = true;
			return refer(results, &said.v[i], station->crossing->view.list, ret);
		}
	return TW_OK;
}

tw_status tw_station_passed(struct tw_results *results, const struct tw_station *station,
	const struct tw_passed **ret, size_t *ret_n)
{
	struct said_list said;
	TW_TRY(said_at(results, station, station->seen, &said));
	struct tw_passed *out = TW_NEW_ARRAY(results->work, struct tw_passed, said.n + 1);
	size_t n = 0;
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < said.n; i++)
		if (!said.v[i].rule->maybe && said.v[i].rule->action == TW_ALLOW)
			out[n++] = (struct tw_passed){said.v[i].component, said.v[i].rule};
	*ret = out;
	*ret_n = n;
	return tw_space_status(results->judge->space);
}
