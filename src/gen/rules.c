/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what a list must let pass to its rules: the fewest, in a stable order, with numbers and with
 * the reason for each.
 *
 * First come wanted requests that a deny behind them would hit, then denies, then everything else.
 * In one direction both families share the numbers (SPEC: nacl-number-space-per-direction): IPv4
 * has 100, 110, ..., IPv6 has 105, 115, ...
 */
#include "demand.h"
#include "number.h"

#include <stdlib.h>

#define GAP	     10
#define HUNDRED	     100
#define NAMES_SHOWN  4
#define IPV6_NUMBERS 5 /* behind the IPv4 rule of the same place */

enum place { FRONT, DENY, BEHIND };

struct rule {
	struct tw_cover_box box;
	enum place place;
	enum tw_why why; /* the loudest reason that it is there */
	unsigned section;
};

struct list {
	struct tw_plan *plan;
	const struct tw_guard *guard;
	bool egress;
	uint8_t family;
	TW_VEC(struct tw_cover_box) box; /* input of a cover */
	TW_VEC(struct rule) rule;
	bool exact;
};

static bool is_here(const struct list *list, const struct tw_demand *demand)
{
	return demand->egress == list->egress && demand->box.cidr.family == list->family;
}

static bool meets(const struct tw_cover_box *a, const struct tw_cover_box *b)
{
	if (!tw_prefix_contains(a->cidr, b->cidr) && !tw_prefix_contains(b->cidr, a->cidr))
		return false;
	if (a->protocol >= 0 && b->protocol >= 0 && a->protocol != b->protocol)
		return false;
	return a->protocol < 0 || b->protocol < 0 ||
	       (a->ports.lo <= b->ports.hi && b->ports.lo <= a->ports.hi);
}

/* ---- covers ---------------------------------------------------------------------------------- */

static tw_status push_box(struct list *list, struct tw_cover_box box, enum tw_cover_part part)
{
	box.part = part;
	return TW_VEC_PUSH(list->plan->mem, &list->box, box);
}

/* Covers the boxes that were pushed; all of them must fit, since each is a rule itself. */
static tw_status cover_boxes(struct list *list, enum place place)
{
	struct tw_cover cover;

	TW_TRY(tw_cover(&list->plan->work, list->box.v, list->box.n, &cover));
	list->box.n = 0;
	list->exact &= cover.exact;
	for (size_t i = 0; i < cover.n; i++) {
		struct rule rule = {.box = cover.rule[i], .place = place};
		TW_TRY(TW_VEC_PUSH(list->plan->mem, &list->rule, rule));
	}
	return TW_OK;
}

static tw_status cover_denies(struct list *list)
{
	const struct tw_guard *guard = list->guard;

	for (size_t i = 0; i < guard->demand.n; i++)
		if (is_here(list, &guard->demand.v[i]) && guard->demand.v[i].why == TW_WHY_NEVER)
			TW_TRY(push_box(list, guard->demand.v[i].box, TW_COVER_MUST));
	for (size_t i = 0; i < guard->bound.n; i++)
		if (is_here(list, &guard->bound.v[i]))
			TW_TRY(push_box(list, guard->bound.v[i].box, guard->bound.v[i].box.part));
	return cover_boxes(list, DENY);
}

/* A wanted request that a deny would hit stands in front of it, if no never speaks against it. */
static bool is_front(const struct list *list, const struct tw_demand *demand, size_t denies)
{
	bool hit = false;

	if (demand->why != TW_WHY_REQUEST)
		return false;
	for (size_t i = 0; i < denies; i++)
		hit |= meets(&list->rule.v[i].box, &demand->box);
	for (size_t i = 0; i < list->guard->demand.n && hit; i++) {
		const struct tw_demand *never = &list->guard->demand.v[i];
		if (is_here(list, never) && never->why == TW_WHY_NEVER)
			hit = !meets(&never->box, &demand->box);
	}
	return hit;
}

static tw_status cover_allows(struct list *list)
{
	const struct tw_guard *guard = list->guard;
	size_t denies = list->rule.n;

	for (size_t i = 0; i < guard->demand.n; i++)
		if (is_here(list, &guard->demand.v[i]) &&
			is_front(list, &guard->demand.v[i], denies))
			TW_TRY(push_box(list, guard->demand.v[i].box, TW_COVER_MUST));
	TW_TRY(cover_boxes(list, FRONT));
	/* What is decided in front may be in a rule behind. */
	for (size_t i = 0; i < list->rule.n; i++)
		TW_TRY(push_box(list, list->rule.v[i].box, TW_COVER_MAY));
	for (size_t i = 0; i < guard->demand.n; i++) {
		const struct tw_demand *demand = &guard->demand.v[i];
		if (is_here(list, demand) && demand->why != TW_WHY_NEVER &&
			!is_front(list, demand, denies))
			TW_TRY(push_box(list, demand->box, TW_COVER_MUST));
	}
	return cover_boxes(list, BEHIND);
}

/* ---- order and numbers ----------------------------------------------------------------------- */

/* Of a demand that the rule holds whole, or else of one that it meets: the range of a reply rule
 * is what people look for, whatever else fell into it. */
static void find_reason(const struct list *list, struct rule *rule)
{
	const struct tw_guard *guard = list->guard;

	rule->why = rule->place == DENY ? TW_WHY_NEVER : TW_WHY_REQUEST;
	rule->section = UINT32_MAX;
	for (size_t i = 0; i < guard->demand.n; i++) {
		const struct tw_demand *demand = &guard->demand.v[i];
		bool never = demand->why == TW_WHY_NEVER;
		if (!is_here(list, demand) || never != (rule->place == DENY) ||
			!meets(&demand->box, &rule->box))
			continue;
		/* A rule for all protocols holds path-MTU messages, and is there for others. */
		if (demand->why == TW_WHY_MTU && !tw_cover_is_icmp(rule->box.protocol))
			continue;
		rule->why = demand->why > rule->why ? demand->why : rule->why;
		rule->section = demand->section < rule->section ? demand->section : rule->section;
	}
	if (tw_cover_is_icmp(rule->box.protocol) && rule->place == BEHIND)
		rule->why = TW_WHY_MTU; /* ICMP stands last */
}

static int by_order(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	if (x->why != y->why)
		return x->why < y->why ? -1 : 1;
	if (x->box.ports.lo != y->box.ports.lo)
		return x->box.ports.lo < y->box.ports.lo ? -1 : 1;
	if (x->box.protocol != y->box.protocol)
		return x->box.protocol < y->box.protocol ? -1 : 1;
	if (x->box.ports.hi != y->box.ports.hi)
		return x->box.ports.hi < y->box.ports.hi ? -1 : 1;
	int cmp = tw_addr_cmp(x->box.cidr.addr, y->box.cidr.addr);
	return cmp != 0 ? cmp : (int)x->box.cidr.len - (int)y->box.cidr.len;
}

/* The number behind `last` for a rule of the section; sections begin at hundreds. */
static unsigned next_number(unsigned last, unsigned section, bool fresh)
{
	unsigned next = last + GAP;

	if (fresh && next > section)
		next = (next + HUNDRED - 1) / HUNDRED * HUNDRED;
	return next > section ? next : section;
}

/* ---- reasons --------------------------------------------------------------------------------- */

static bool is_named(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* "requests: web-in, shop and 3 more"; NULL in *ret if there is none for this reason. */
static tw_status name_flows(
	const struct list *list, const struct rule *rule, enum tw_why why, const char **ret)
{
	static const char *const titles[] = {"never: ", "requests: ", "replies: ", ""};
	const struct tw_guard *guard = list->guard;
	struct tw_arena *work = &list->plan->work;
	const char **names = TW_NEW_ARRAY(work, const char *, guard->demand.n + 1);
	const char *text = titles[why];
	size_t n = 0;

	if (!names)
		return TW_ENOMEM;
	for (size_t i = 0; i < guard->demand.n; i++) {
		const struct tw_demand *demand = &guard->demand.v[i];
		if (!is_here(list, demand) || demand->why != why ||
			!meets(&demand->box, &rule->box) || is_named(names, n, demand->flow))
			continue;
		if (n < NAMES_SHOWN)
			text = tw_arena_printf(
				work, "%s%s%s", text, n > 0 ? ", " : "", demand->flow);
		if (!text)
			return TW_ENOMEM;
		names[n++] = demand->flow;
	}
	if (n > NAMES_SHOWN)
		text = tw_arena_printf(work, "%s and %zu more", text, n - NAMES_SHOWN);
	*ret = n > 0 ? text : NULL;
	return text ? TW_OK : TW_ENOMEM;
}

static tw_status comment_on(const struct list *list, const struct rule *rule, const char **ret)
{
	enum tw_why first = rule->place == DENY ? TW_WHY_NEVER : TW_WHY_REQUEST;
	enum tw_why last = rule->place == BEHIND ? TW_WHY_MTU : first;
	const char *text = "";

	for (int why = (int)first; why <= (int)last; why++) {
		const char *part;
		TW_TRY(name_flows(list, rule, (enum tw_why)why, &part));
		if (part)
			text = tw_arena_printf(
				&list->plan->work, "%s%s%s", text, *text ? "; " : "", part);
		if (!text)
			return TW_ENOMEM;
	}
	*ret = tw_arena_str(list->plan->arena, text);
	return *ret ? TW_OK : TW_ENOMEM;
}

/* ---- entries --------------------------------------------------------------------------------- */

static struct tw_entry entry_of(const struct list *list, const struct rule *rule)
{
	struct tw_entry entry = {.component = list->guard->name,
		.group = list->guard->group,
		.egress = list->egress,
		.allow = rule->place != DENY,
		.protocol = rule->box.protocol,
		.cidr = rule->box.cidr,
		.ports = rule->box.ports,
		.icmp_type = -1,
		.icmp_code = -1};

	if (!tw_cover_is_icmp(entry.protocol))
		return entry;
	entry.ports = (struct tw_ports){0, 65535};
	if (rule->box.ports.lo >> 8 == rule->box.ports.hi >> 8)
		entry.icmp_type = (int16_t)(rule->box.ports.lo >> 8);
	if (rule->box.ports.lo == rule->box.ports.hi)
		entry.icmp_code = (int16_t)(rule->box.ports.lo & 0xff);
	return entry;
}

static tw_status check_quota(struct list *list, unsigned last)
{
	unsigned quota = list->plan->options->quota;
	size_t count = list->rule.n + 1;

	quota = quota == 0 ? TW_QUOTA_DEFAULT : quota;
	if (count <= quota && last <= TW_NUMBER_MOST)
		return TW_OK;
	const char *text = list->exact ? "no shorter list of allow rules does the same"
				       : "a shorter one may exist, but was not found";
	TW_TRY(tw_diag_add(list->plan->diags, TW_LEVEL_ERROR, 0, list->guard->span,
		"network ACL %s: the %s list needs %zu IPv%u rules, the default deny included, and "
		"the quota is %u; %s. Ask AWS for more (40 at most), join CIDR blocks, or split "
		"the subnets",
		list->guard->name, list->egress ? "egress" : "ingress", count,
		(unsigned)list->family, quota, text));
	return TW_EINVAL;
}

struct entries {
	TW_VEC(struct tw_entry) v;
	/* Rules that replies force, for a note: those with ports, and whole protocols. */
	struct forced {
		const char *text; /* or NULL */
		size_t n;
	} forced[2];
};

/* What people asked for by name is no surprise, even where it is somebody's reply as well. */
static bool is_requested(const struct list *list, const struct rule *rule)
{
	bool all = false;

	for (size_t i = 0; i < list->guard->demand.n && !all; i++) {
		const struct tw_demand *demand = &list->guard->demand.v[i];
		const struct tw_cover_box *box = &demand->box;
		all = is_here(list, demand) && demand->why == TW_WHY_REQUEST &&
		      tw_prefix_contains(box->cidr, rule->box.cidr) &&
		      (box->protocol < 0 || (box->protocol == rule->box.protocol &&
						    box->ports.lo <= rule->box.ports.lo &&
						    box->ports.hi >= rule->box.ports.hi));
	}
	return all;
}

/* "ingress 120 (tcp/1024-65535 from 0.0.0.0/0)" */
static tw_status keep_forced(struct list *list, const struct rule *rule,
	const struct tw_entry *entry, struct entries *entries)
{
	struct forced *forced = &entries->forced[!tw_protocol_has_ports(entry->protocol)];
	struct tw_service service = {.protocol = entry->protocol, .ports = entry->ports};
	char what[TW_SERVICE_TEXT], block[TW_PREFIX_TEXT];

	if (list->guard->group || rule->place != BEHIND || rule->why != TW_WHY_REPLY ||
		is_requested(list, rule) || forced->n++ >= NAMES_SHOWN)
		return TW_OK;
	forced->text = tw_arena_printf(&list->plan->work, "%s%s%s %u (%s %s %s)",
		forced->text ? forced->text : "", forced->text ? ", " : "",
		entry->egress ? "egress" : "ingress", (unsigned)entry->number,
		tw_service_text(&service, what), entry->egress ? "to" : "from",
		tw_prefix_text(entry->cidr, block));
	return forced->text ? TW_OK : TW_ENOMEM;
}

/* What replies let in besides. */
static tw_status tell_forced(
	struct tw_plan *plan, const struct tw_guard *guard, const struct entries *entries)
{
	static const char *const what[] = {"to reply ports", "of these protocols"};

	for (size_t i = 0; i < TW_COUNT(what); i++) {
		const struct forced *forced = &entries->forced[i];
		const char *more = "";
		if (!forced->text)
			continue;
		if (forced->n > NAMES_SHOWN)
			more = tw_arena_printf(
				&plan->work, " and %zu more", forced->n - NAMES_SHOWN);
		if (!more)
			return TW_ENOMEM;
		TW_TRY(tw_plan_note(plan,
			"network ACL %s lets any packet %s pass, not replies only: %s%s; security "
			"groups stop what is no reply",
			guard->name, what[i], forced->text, more));
	}
	return TW_OK;
}

static tw_status write_list(struct list *list, struct entries *entries)
{
	unsigned last = 0, section = 0;

	TW_TRY(cover_denies(list));
	TW_TRY(cover_allows(list));
	for (size_t i = 0; i < list->rule.n; i++)
		find_reason(list, &list->rule.v[i]);
	if (list->rule.n > 1)
		qsort(list->rule.v, list->rule.n, sizeof(*list->rule.v), by_order);
	for (size_t i = 0; i < list->rule.n; i++) {
		const struct rule *rule = &list->rule.v[i];
		struct tw_entry entry = entry_of(list, rule);
		unsigned from = rule->place == BEHIND ? rule->section : GAP;
		TW_TRY(comment_on(list, rule, &entry.comment));
		last = next_number(last, from, from != section);
		section = from;
		if (!list->guard->group && last <= TW_NUMBER_MOST - GAP)
			entry.number =
				(uint16_t)(last + (list->family == TW_IPV6 ? IPV6_NUMBERS : 0));
		TW_TRY(TW_VEC_PUSH(list->plan->mem, &entries->v, entry));
		TW_TRY(keep_forced(list, rule, &entry, entries));
	}
	list->plan->exact &= list->exact;
	return list->guard->group ? TW_OK : check_quota(list, last);
}

/* Ingress first, each list by number; those of a group by family. */
static int by_number(const void *a, const void *b)
{
	const struct tw_entry *x = a, *y = b;

	if (x->egress != y->egress)
		return x->egress ? 1 : -1;
	return (int)x->number - (int)y->number;
}

static tw_status write_lists(
	struct tw_plan *plan, const struct tw_guard *guard, struct entries *entries)
{
	tw_status worst = TW_OK;

	for (int i = 0; i < 4; i++) {
		struct list list = {.plan = plan,
			.guard = guard,
			.egress = i >= 2,
			.family = i % 2 == 0 ? TW_IPV4 : TW_IPV6,
			.exact = true};
		tw_status status = write_list(&list, entries);
		TW_VEC_FREE(plan->mem, &list.box);
		TW_VEC_FREE(plan->mem, &list.rule);
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		worst = status != TW_OK ? status : worst;
	}
	return worst;
}

tw_status tw_rules_of(struct tw_plan *plan, const struct tw_guard *guard, struct tw_rule_set *ret)
{
	struct entries entries = {.v = TW_VEC_EMPTY};
	tw_status status = write_lists(plan, guard, &entries);
	struct tw_entry *out = NULL;

	if (status == TW_OK) {
		out = TW_NEW_ARRAY(plan->arena, struct tw_entry, entries.v.n + 1);
		status = out ? TW_OK : TW_ENOMEM;
	}
	if (status == TW_OK && entries.v.n > 0) {
		memcpy(out, entries.v.v, entries.v.n * sizeof(*out));
		if (!guard->group)
			qsort(out, entries.v.n, sizeof(*out), by_number);
	}
	if (status == TW_OK)
		status = tell_forced(plan, guard, &entries);
	if (status == TW_OK)
		*ret = (struct tw_rule_set){.name = guard->name,
			.about = guard->about,
			.group = guard->group,
			.entry = out,
			.entries = entries.v.n,
			.vpc_id = guard->vpc_id,
			.subnet = guard->subnet,
			.subnets = guard->subnets,
			.block = guard->block,
			.blocks = guard->blocks};
	TW_VEC_FREE(plan->mem, &entries.v);
	return status;
}
