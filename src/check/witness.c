/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Witnesses: one packet and its answer that show a verdict. The packet comes from the sets; its
 * fate is told by the plain first-match scan, so that the two ways of deciding meet in every
 * witness.
 */
#include "look.h"
#include "results.h"

/* Addresses that people recognise, tried before the smallest one (RFC 5737, RFC 3849, and private).
 */
static const char *const familiar[] = {
	"203.0.113.7", "198.51.100.7", "10.0.0.7", "172.16.0.7", "192.168.0.7", "2001:db8::7"};
/* The same for an end that lies inside a VPC. */
static const char *const familiar_inside[] = {
	"10.0.0.7", "172.16.0.7", "192.168.0.7", "198.51.100.7", "fd00::7", "2001:db8::7"};

static bool holds(struct tw_intervals values, struct tw_addr addr, uint8_t family)
{
	for (size_t i = 0; i < values.n; i++)
		if (values.v[i].family == family && tw_addr_cmp(values.v[i].first, addr) <= 0 &&
			tw_addr_cmp(addr, values.v[i].last) <= 0)
			return true;
	return false;
}

/* A familiar address of the family among the values that is not the `taken` one. */
static bool find_familiar(struct tw_intervals values, bool outside, uint8_t family,
	const struct tw_point *taken, struct tw_addr *ret)
{
	for (size_t i = 0; i < TW_COUNT(familiar); i++) {
		struct tw_prefix prefix;
		const char *text = outside ? familiar[i] : familiar_inside[i];
		if (tw_prefix_parse(text, strlen(text), &prefix) != TW_PREFIX_OK ||
			prefix.family != family ||
			(taken && tw_addr_cmp(taken->from, prefix.addr) == 0) ||
			!holds(values, prefix.addr, family))
			continue;
		*ret = prefix.addr;
		return true;
	}
	return false;
}

/*
 * Narrows a set of one family to one address of the field: a familiar one if it holds one that is
 * not `taken`, else a host inside the first block rather than the block's own address.
 */
static tw_status pick_address(struct tw_space *space, enum tw_field field,
	const struct tw_site *site, const struct tw_point *taken, tw_set *set)
{
	struct tw_intervals values = {0};
	struct tw_point first;
	if (!tw_set_witness(space, *set, &first))
		return tw_space_status(space);
	TW_TRY(tw_set_project(space, *set, field, &values));
	struct tw_range one = {.family = first.family};
	bool found = find_familiar(
		values, site->kind == TW_SITE_OUTSIDE, first.family, taken, &one.first);
	if (!found) {
		one.first = field == TW_FIELD_FROM ? first.from : first.to;
		for (int i = 0; i < 10; i++)
			one.first = tw_addr_next(one.first);
		found = holds(values, one.first, first.family);
	}
	tw_intervals_free(space, &values);
	one.last = one.first;
	if (found)
		*set = tw_set_intersect(space, *set, tw_ranges_set(space, field, &one, 1));
	return tw_space_status(space);
}

/* The client port that shows the verdict: the first one lost, of the client that matters most. */
static uint16_t pick_port(const struct tw_outcome *o)
{
	for (size_t i = 0; i < o->clients_n; i++) {
		const struct tw_client_result *c = &o->client[i];
		if (c->passing == c->total && o->verdict != TW_COMPLETE)
			continue;
		for (size_t k = 0; k < c->client->ranges; k++) {
			struct tw_ports range = c->client->range[k];
			for (uint32_t port = range.lo; port <= range.hi; port++) {
				struct tw_ports one = {(uint16_t)port, (uint16_t)port};
				const struct tw_ports *in = tw_ports_around(o->leg[0].returns, one);
				if ((in != NULL) == (c->passing == c->total) &&
					!tw_ports_around(o->leg[0].undecided, one))
					return (uint16_t)port;
				if (in)
					port = in->hi;
			}
		}
	}
	return o->clients_n > 0 ? o->client[0].client->range[0].lo : 32768;
}

/* What each translator picks in this example: a port that is lost, if it loses some. */
static void pick_ports(const struct tw_outcome *o, uint16_t client, uint16_t ports[TW_LOOKS])
{
	for (unsigned i = 0; i < TW_LOOKS; i++)
		ports[i] = client;
	if (o->reply_kind != TW_REPLY_PORTS)
		return;
	for (unsigned i = 1; i < o->legs; i++) {
		const struct tw_outcome_leg *leg = &o->leg[i];
		uint32_t port = leg->look->client->range[0].lo;
		struct tw_ports one = {(uint16_t)port, (uint16_t)port};
		const struct tw_ports *in = tw_ports_around(leg->returns, one);
		if (in && leg->passing < leg->total && in->hi < UINT16_MAX)
			port = in->hi + 1U;
		ports[i] = (uint16_t)port;
	}
}

static const char *packet_text(struct tw_arena *arena, const struct tw_witness *w, bool reply)
{
	char a[TW_PREFIX_TEXT], b[TW_PREFIX_TEXT], name[TW_SERVICE_TEXT];
	tw_addr_text(reply ? w->to : w->from, w->family, a);
	tw_addr_text(reply ? w->from : w->to, w->family, b);
	const char *proto = tw_protocol_text(w->protocol, name);
	if (tw_protocol_is_icmp(w->family, w->protocol)) {
		unsigned at = reply ? w->client : w->service;
		return tw_arena_printf(
			arena, "%s type %u code %u %s -> %s", proto, at >> 8, at & 255, a, b);
	}
	if (!tw_protocol_has_ports(w->protocol))
		return tw_arena_printf(arena, "%s %s -> %s", proto, a, b);
	const char *format = w->family == TW_IPV6 ? "%s [%s]:%u -> [%s]:%u" : "%s %s:%u -> %s:%u";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return tw_arena_printf(arena, format, proto, a, reply ? w->service : w->client, b,
		reply ? w->client : w->service);
#pragma GCC diagnostic pop
}

/* A rule that names the load balancer's group lets its packet pass, whatever address it has. */
static bool sponsored(const struct tw_net *net, const struct tw_crossing *c,
	const struct tw_group *group, const struct tw_packet *packet, size_t *ret_rule)
{
	struct tw_rules rules = group->list[c->view.list];
	const struct tw_range own = {packet->peer, packet->peer, packet->family};
	for (size_t i = 0; i < rules.n; i++) {
		struct tw_rule rule = rules.rule[i];
		size_t at;
		rule.peers = &own;
		rule.peers_n = 1;
		if (!tw_rule_names(&rule, c->sponsor, net) ||
			tw_group_decide((struct tw_rules){&rule, 1}, packet, &at) == TW_DENY)
			continue;
		*ret_rule = i;
		return true;
	}
	return false;
}

static enum tw_action decide_groups(const struct tw_net *net, const struct tw_crossing *c,
	const struct tw_packet *packet, const char **ret_group, const char **ret_rule)
{
	enum tw_action best = TW_DENY;
	for (size_t i = 0; i < c->site->groups_n && best != TW_ALLOW; i++) {
		if (c->site->groups[i] == TW_MISSING) {
			best = TW_ACTION_UNKNOWN;
			continue;
		}
		const struct tw_group *group = &net->group[c->site->groups[i]];
		size_t rule;
		enum tw_action one = tw_group_decide(group->list[c->view.list], packet, &rule);
		if (one != TW_ALLOW && c->sponsor && sponsored(net, c, group, packet, &rule))
			one = TW_ALLOW;
		if (one == TW_DENY)
			continue;
		best = one;
		*ret_group = group->object.id;
		*ret_rule = group->list[c->view.list].rule[rule].id;
	}
	return best;
}

/* ", as tcp ...": the packet as a list behind a translator sees it; "" where it is the asked one.
 */
static const char *as_seen(struct tw_arena *arena, const struct tw_look *look,
	struct tw_point point, uint8_t protocol, enum tw_direction direction)
{
	const struct tw_witness seen = {.family = point.family,
		.protocol = protocol,
		.from = point.from,
		.to = point.to,
		.client = point.client,
		.service = point.service};
	if (tw_look_is_plain(look))
		return "";
	const char *text = packet_text(arena, &seen, direction == TW_REPLY);
	return text ? tw_arena_printf(arena, ", as %s", text) : NULL;
}

/* Walks one direction packet by packet; NULL if memory runs out. */
static const char *fate(struct tw_results *r, const struct tw_path *path,
	const struct tw_witness *w, const uint16_t ports[TW_LOOKS], enum tw_direction direction)
{
	/* A later deny decides, whatever an unknown filter before it does. */
	const char *last = "passes: nothing filters it", *open = NULL;
	if (path->blocked && direction == TW_REQUEST && path->reason_text)
		last = tw_arena_printf(r->arena, "does not get there: %s", path->reason_text);
	if (path->unanswered && direction == TW_REPLY && path->reason_text)
		return tw_arena_printf(r->arena, "does not get back: %s", path->reason_text);
	for (size_t i = 0; last && i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		if (c->view.direction != direction || c->tracked || c->state == TW_ASSUMED ||
			c->kind == TW_CROSS_ROUTE || c->kind == TW_CROSS_PLACE)
			continue;
		if (c->state == TW_NOT_KNOWN) {
			open = "unknown: a filter on the way is not in the input";
			continue;
		}
		bool peer_is_from = tw_view_peer_field(c->view) == TW_FIELD_FROM;
		const struct tw_look *look = &path->look[c->look];
		struct tw_point point = tw_look_point(look, (struct tw_point){.family = w->family,
								    .from = w->from,
								    .to = w->to,
								    .service = w->service,
								    .client = ports[look->leg]});
		struct tw_packet packet = {.family = point.family,
			.protocol = w->protocol,
			.peer = peer_is_from ? point.from : point.to,
			.port = direction == TW_REPLY ? point.client : point.service};
		const char *component = "the security groups", *rule = NULL, *group = NULL;
		enum tw_action action;
		const char *list = tw_list_name(c->view.list);
		if (c->kind == TW_CROSS_GROUPS) {
			action = decide_groups(r->net, c, &packet, &group, &rule);
			component = group ? group : component;
		} else {
			const struct tw_acl *acl = &r->net->acl[c->acl];
			size_t at;
			action = tw_acl_decide(acl->list[c->view.list], &packet, &at);
			component = acl->object.id;
			rule = at < acl->list[c->view.list].n ? acl->list[c->view.list].rule[at].id
							      : "*";
		}
		const char *there = as_seen(r->arena, look, point, w->protocol, direction);
		if (!there)
			return NULL;
		if (action == TW_DENY && !c->lenient)
			return rule ? tw_arena_printf(r->arena, "denied by %s %s rule %s%s",
					      component, list, rule, there)
				    : tw_arena_printf(r->arena,
					      "denied: no %s rule of %s lets it %s%s", list,
					      component, c->view.list == TW_INGRESS ? "in" : "out",
					      there);
		if (action == TW_ACTION_UNKNOWN || (action == TW_DENY && c->lenient)) {
			open = tw_arena_printf(r->arena, "unknown at %s %s", component, list);
			if (!open)
				return NULL;
		} else if (!path->blocked)
			last = tw_arena_printf(r->arena, "allowed by %s %s rule %s%s", component,
				list, rule ? rule : "?", there);
	}
	return open && last ? open : last;
}

tw_status tw_witness_of(
	struct tw_results *results, const struct tw_outcome *outcome, const struct tw_witness **ret)
{
	struct tw_space *space = results->judge->space;
	tw_set set = outcome->set;
	struct tw_point point;
	*ret = NULL;
	TW_TRY(pick_address(space, TW_FIELD_FROM, outcome->path->from, NULL, &set));
	if (!tw_set_witness(space, set, &point))
		return tw_space_status(space);
	TW_TRY(pick_address(space, TW_FIELD_TO, outcome->path->to, &point, &set));
	if (!tw_set_witness(space, set, &point))
		return tw_space_status(space);
	struct tw_witness *w = TW_NEW(results->arena, struct tw_witness);
	if (!w)
		return TW_ENOMEM;
	*w = (struct tw_witness){.family = point.family,
		.protocol = point.protocol,
		.from = point.from,
		.to = point.to,
		.service = point.service};
	w->client = pick_port(outcome);
	if (outcome->reply_kind == TW_REPLY_ICMP)
		tw_icmp_answer(point.family, point.service, &w->client);
	w->reply = outcome->request == TW_ALLOW && !outcome->path->blocked &&
		   outcome->reply_kind != TW_REPLY_NONE_EXPECTED;
	w->request_text = packet_text(results->arena, w, false);
	uint16_t ports[TW_LOOKS];
	pick_ports(outcome, w->client, ports);
	w->request_fate = fate(results, outcome->path, w, ports, TW_REQUEST);
	if (w->reply) {
		w->reply_text = packet_text(results->arena, w, true);
		w->reply_fate = fate(results, outcome->path, w, ports, TW_REPLY);
	}
	if (!w->request_text || !w->request_fate ||
		(w->reply && (!w->reply_text || !w->reply_fate)))
		return TW_ENOMEM;
	*ret = w;
	return TW_OK;
}
