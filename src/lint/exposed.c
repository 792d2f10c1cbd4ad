/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TW301: a rule for replies lets any packet to its ports in, and some of these ports are services
 * that nobody means to show to the internet. What stands between are security groups: each set of
 * interfaces behind the ACL is asked whether its groups stop them. Where routes bring no internet
 * to the subnet, nothing is said.
 */
#include "lint.h"
#include "services.h"

enum { SERVICES_MOST = 64 };

struct exposure {
	struct tw_lint *lint;
	size_t rule;
	const struct tw_known_service *service[SERVICES_MOST];
	bool open[SERVICES_MOST];
	size_t n;
	size_t interfaces_open, interfaces_shut; /* behind groups that are known */
	const char *group, *example;		 /* a group that lets one in, and who carries it */
	bool unknown; /* somebody is there whose groups are not in the input */
};

/* The service is let in by a rule of its own: then somebody means it. */
static bool is_named(const struct tw_lint *lint, const struct tw_known_service *service)
{
	struct tw_rules rules = lint->list[TW_INGRESS].rules;
	for (size_t i = 0; i < rules.n; i++) {
		const struct tw_rule *one = &rules.rule[i];
		if (one->action == TW_ALLOW && one->protocol == service->protocol &&
			!one->every_port && one->ports.lo <= service->port &&
			service->port <= one->ports.hi &&
			tw_ports_class(one->ports) == TW_CLASS_SERVICE)
			return true;
	}
	return false;
}

/* The group of a site that lets the packets in. */
static const char *group_that_lets(struct tw_lint *lint, const struct tw_site *site, tw_set packets)
{
	struct tw_judge *judge = lint->results->judge;
	for (size_t i = 0; i < site->groups_n; i++) {
		const struct tw_compiled *c;
		if (site->groups[i] == TW_MISSING ||
			tw_judge_group(judge, site->groups[i],
				(struct tw_view){TW_INGRESS, TW_REQUEST}, &c) != TW_OK)
			continue;
		if (!tw_set_is_empty(tw_set_intersect(judge->space, c->allow, packets)))
			return judge->net->group[site->groups[i]].object.id;
	}
	return NULL;
}

static tw_status ask_site(
	struct exposure *e, const struct tw_near *near, const tw_set *packets, bool *ret_reached)
{
	struct tw_judge *judge = e->lint->results->judge;
	struct tw_space *space = judge->space;
	const struct tw_site *site = near->site;
	bool known = site->kind == TW_SITE_INTERFACES && site->groups_state == TW_KNOWN;
	bool reached = false, open = false;
	for (size_t i = 0; i < e->n; i++) {
		tw_set here = tw_set_intersect(space, packets[i], near->called);
		if (tw_set_is_empty(here))
			continue;
		reached = true;
		if (!known) {
			e->unknown = true;
			continue;
		}
		const struct tw_crossing crossing = {.kind = TW_CROSS_GROUPS,
			.view = {TW_INGRESS, TW_REQUEST},
			.state = TW_KNOWN,
			.site = site};
		struct tw_compiled c;
		TW_TRY(tw_judge_crossing(judge, &crossing, &c));
		tw_set in = tw_set_intersect(space, here, c.allow);
		if (!tw_set_is_empty(tw_set_intersect(space, here, c.unknown)))
			e->unknown = true;
		if (tw_set_is_empty(in))
			continue;
		e->open[i] = open = true;
		if (!e->group) {
			e->group = group_that_lets(e->lint, site, in);
			e->example = site->interfaces_n > 0
					     ? judge->net->interface[site->interfaces[0]].object.id
					     : NULL;
		}
	}
	if (reached && known)
		*(open ? &e->interfaces_open : &e->interfaces_shut) += site->interfaces_n;
	*ret_reached |= reached;
	return tw_space_status(space);
}

/* "3389 (rdp), 5432 (postgresql) and 4 more" */
static const char *services_text(const struct exposure *e, bool open)
{
	enum { MOST = 5 };
	struct tw_arena *arena = e->lint->results->arena;
	const char *text = NULL;
	size_t n = 0;
	for (size_t i = 0; i < e->n; i++) {
		if (open && !e->open[i])
			continue;
		if (n++ >= MOST)
			continue;
		text = tw_arena_printf(arena, "%s%s%u (%s)", text ? text : "", text ? ", " : "",
			e->service[i]->port, e->service[i]->name);
		if (!text)
			return NULL;
	}
	return n > MOST ? tw_arena_printf(arena, "%s and %zu more", text, n - MOST) : text;
}

static const char *shut_text(const struct exposure *e)
{
	struct tw_arena *arena = e->lint->results->arena;
	const char *n = tw_number_text(e->lint->results, e->interfaces_shut);
	return n ? tw_arena_printf(arena, "security groups stop all of them at %s interface%s", n,
			   e->interfaces_shut == 1 ? "" : "s")
		 : NULL;
}

static tw_status tell(struct exposure *e)
{
	struct tw_lint *lint = e->lint;
	struct tw_arena *arena = lint->results->arena;
	struct tw_finding_draft *f;
	bool open = e->interfaces_open > 0;
	const char *text = tw_lint_rule_text(lint, TW_INGRESS, e->rule);
	const char *services = services_text(e, open);
	const char *message = NULL;
	if (text && services)
		message =
			open ? tw_arena_printf(arena,
				       "%s is for replies, and lets the internet in to %s: no "
				       "security group stops it",
				       text, services)
			: e->unknown
				? tw_arena_printf(arena,
					  "%s is for replies, and lets the internet in to %s: only "
					  "security groups stand between",
					  text, services)
				: tw_arena_printf(arena,
					  "%s is for replies, and lets the internet in to %s: "
					  "security groups stop all of it",
					  text, services);
	TW_TRY(tw_lint_tell(lint, "TW301", open ? TW_LEVEL_WARNING : TW_LEVEL_NOTE, TW_INGRESS,
		(uint32_t)e->rule, "lets in requests as well as replies", message, &f));
	if (e->group)
		TW_TRY(tw_lint_note(lint, f,
			tw_arena_printf(arena, "%s lets it in%s%s", e->group,
				e->example ? ", to such as " : "", e->example ? e->example : "")));
	if (open && e->interfaces_shut > 0)
		TW_TRY(tw_lint_note(lint, f, shut_text(e)));
	f->interfaces = (uint32_t)e->interfaces_open;
	return TW_OK;
}

/* The services that TW301 tells of, in the order in which it does. */
static size_t by_rank(const struct tw_known_service *ret[SERVICES_MOST])
{
	size_t n, kept = 0;
	const struct tw_known_service *service = tw_known_services(&n);
	for (size_t i = 0; i < n && kept < SERVICES_MOST; i++) {
		size_t at = kept++;
		for (; at > 0 && ret[at - 1]->rank > service[i].rank; at--)
			ret[at] = ret[at - 1];
		ret[at] = &service[i];
	}
	return kept;
}

static tw_status expose(struct tw_lint *lint, size_t rule)
{
	struct tw_results *r = lint->results;
	struct tw_space *space = r->judge->space;
	const struct tw_rule *one = &lint->list[TW_INGRESS].rules.rule[rule];
	struct exposure e = {.lint = lint, .rule = rule};
	tw_set packets[SERVICES_MOST];
	const struct tw_known_service *known[SERVICES_MOST];
	size_t n = by_rank(known);
	for (size_t i = 0; i < n; i++) {
		const struct tw_known_service *service = known[i];
		if (service->protocol != one->protocol || service->port < one->ports.lo ||
			service->port > one->ports.hi || is_named(lint, service))
			continue;
		tw_set set = tw_lint_packets(lint, TW_INGRESS, one->family, service->protocol,
			(struct tw_ports){service->port, service->port});
		set = tw_set_intersect(space, set, lint->list[TW_INGRESS].decides[rule]);
		set = tw_set_intersect(space, set, r->judge->world.public_from);
		if (tw_set_is_empty(set))
			continue;
		packets[e.n] = set;
		e.service[e.n++] = service;
	}
	TW_TRY(tw_space_status(space));
	bool reached = false;
	for (size_t i = 0; e.n > 0 && i < lint->near.n; i++)
		TW_TRY(ask_site(&e, &lint->near.v[i], packets, &reached));
	return reached ? tell(&e) : TW_OK;
}

/* A block that somebody names is not the internet. */
static bool is_wide(const struct tw_lint *lint, size_t rule)
{
	struct tw_prefix peer = lint->list[TW_INGRESS].rules.rule[rule].peer;
	return peer.len < (peer.family == TW_IPV4 ? 8 : 16);
}

tw_status tw_lint_exposed(struct tw_lint *lint)
{
	for (size_t i = 0; i < lint->list[TW_INGRESS].rules.n; i++)
		if (tw_lint_is_reply(lint, TW_INGRESS, i) && is_wide(lint, i) &&
			lint->list[TW_INGRESS].fate[i] != TW_LINT_IDLE)
			TW_TRY(expose(lint, i));
	return TW_OK;
}
