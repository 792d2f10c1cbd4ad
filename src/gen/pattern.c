/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns: the classical rule sets by name. Those for one subnet combine into one network ACL,
 * each with the numbers of its own hundred; the others are several subnets, each with its own.
 */
#include "demand.h"

enum { OUTSIDE = -1 }; /* the peer is --from, or --to */

struct flow {
	int tier;
	bool outbound; /* the tier asks */
	int peer;      /* another tier, or OUTSIDE */
	const char *name;
	uint16_t port; /* TCP */
	bool any;      /* a gateway or load balancer asks. SPEC: eph-remap-lb-nat */
};

#define TIERS_MAX 3
#define FLOWS_MAX 8

struct tier {
	const char *name, *about;
	const char *example; /* its block where --to says none; NULL: nobody needs it */
	bool group;	     /* it has a security group, too */
};

struct pattern {
	const char *name;
	unsigned section;
	bool from; /* --from means something */
	struct tier tier[TIERS_MAX];
	size_t tiers; /* 0: the one ACL that such patterns share */
	struct flow flow[FLOWS_MAX];
	size_t flows;
};

static const struct tw_gen_pattern names[] = {
	{"web-server", "HTTP and HTTPS from --from"},
	{"ssh", "SSH from --from"},
	{"outbound-api", "calls over HTTPS to --to"},
	{"load-balanced", "a load balancer that --from calls, and its targets; --to: both blocks"},
	{"three-tier", "web, application and database subnets; --to: their three blocks"},
	{"nat", "private subnets that call out through a NAT gateway, and its own subnet; "
		"--to: the private block"},
};

/* In the order of the names. */
static const struct pattern patterns[] = {
	{.name = "web-server",
		.section = 100,
		.from = true,
		.flow = {{0, false, OUTSIDE, "HTTP", 80, false},
			{0, false, OUTSIDE, "HTTPS", 443, false}},
		.flows = 2},
	{.name = "ssh",
		.section = 200,
		.from = true,
		.flow = {{0, false, OUTSIDE, "SSH", 22, false}},
		.flows = 1},
	{.name = "outbound-api",
		.section = 300,
		.flow = {{0, true, OUTSIDE, "HTTPS calls", 443, false}},
		.flows = 1},
	{.name = "load-balanced",
		.section = 100,
		.from = true,
		.tier = {{"balancer", "subnets of the load balancer", "10.0.1.0/24", true},
			{"targets", "subnets of the targets", "10.0.2.0/24", true}},
		.tiers = 2,
		.flow = {{0, false, OUTSIDE, "HTTP", 80, false},
			{0, false, OUTSIDE, "HTTPS", 443, false},
			{0, true, 1, "balancer to targets, health checks", 80, true},
			{1, false, 0, "balancer to targets, health checks", 80, true}},
		.flows = 4},
	{.name = "three-tier",
		.section = 100,
		.from = true,
		.tier = {{"web", "web servers", "10.0.1.0/24", true},
			{"app", "application servers", "10.0.2.0/24", true},
			{"db", "databases", "10.0.3.0/24", true}},
		.tiers = 3,
		.flow = {{0, false, OUTSIDE, "HTTP", 80, false},
			{0, false, OUTSIDE, "HTTPS", 443, false},
			{0, true, 1, "web to app", 8080, false},
			{1, false, 0, "web to app", 8080, false},
			{1, true, 2, "app to db", 5432, false},
			{2, false, 1, "app to db", 5432, false}},
		.flows = 6},
	{.name = "nat",
		.section = 100,
		.tier = {{"private", "private subnets behind the NAT gateway", "10.0.2.0/24", true},
			{"nat", "the subnet of the NAT gateway", NULL, false}},
		.tiers = 2,
		.flow = {{0, true, OUTSIDE, "HTTP calls", 80, false},
			{0, true, OUTSIDE, "HTTPS calls", 443, false},
			{1, false, 0, "HTTP calls of private subnets", 80, false},
			{1, false, 0, "HTTPS calls of private subnets", 443, false},
			{1, true, OUTSIDE, "HTTP calls of the gateway", 80, true},
			{1, true, OUTSIDE, "HTTPS calls of the gateway", 443, true}},
		.flows = 6},
};

const struct tw_gen_pattern *tw_gen_patterns(size_t *ret_count)
{
	*ret_count = TW_COUNT(names);
	return names;
}

static const struct pattern *find(const char *name)
{
	for (size_t i = 0; i < TW_COUNT(patterns); i++)
		if (strcmp(patterns[i].name, name) == 0)
			return &patterns[i];
	return NULL;
}

static tw_status refuse(struct tw_plan *plan, const char *format, ...) TW_PRINTF(2, 3);

static tw_status refuse(struct tw_plan *plan, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const char *text = tw_arena_vprintf(&plan->work, format, args);
	va_end(args);
	if (!text)
		return TW_ENOMEM;
	TW_TRY(tw_diag_add(plan->diags, TW_LEVEL_ERROR, 0, TW_NO_SPAN, "%s", text));
	return TW_EINVAL;
}

static tw_status add_flow(struct tw_plan *plan, const size_t *guard, size_t guards,
	const struct tw_prefix *peer, size_t peers, const struct tw_plan_flow *flow)
{
	struct tw_plan_flow one = *flow;

	for (size_t i = 0; i < peers; i++) {
		one.peer = peer[i];
		for (size_t k = 0; k < guards; k++)
			TW_TRY(tw_plan_flow(plan, guard[k], &one));
	}
	return TW_OK;
}

/* The ACL and the group of a tier; the first is where patterns for one subnet go. */
struct tier_guards {
	size_t guard[2], n;
	struct tw_prefix block;
};

/* Somebody else's, or another tier's block; `internet`: it is every address. */
static const struct tw_prefix *find_peers(const struct tw_plan *plan, const struct pattern *pattern,
	const struct flow *flow, const struct tier_guards *tiers, size_t *ret_n, bool *ret_internet)
{
	static const struct tw_prefix anywhere = {.family = TW_IPV4};
	const struct tw_gen_options *options = plan->options;
	const struct tw_prefix *peer = flow->outbound ? options->to : options->from;

	*ret_n = flow->outbound ? options->to_n : options->from_n;
	if (*ret_n == 0 || (flow->outbound && pattern->tiers > 0)) {
		peer = &anywhere;
		*ret_n = 1;
	}
	if (flow->peer != OUTSIDE) {
		peer = &tiers[flow->peer].block;
		*ret_n = 1;
	}
	*ret_internet = false;
	for (size_t i = 0; i < *ret_n; i++)
		*ret_internet |= peer[i].len == 0;
	return peer;
}

static tw_status add_pattern(
	struct tw_plan *plan, const struct pattern *pattern, const struct tier_guards *tiers)
{
	const struct tw_gen_options *options = plan->options;

	for (size_t i = 0; i < pattern->flows; i++) {
		const struct flow *flow = &pattern->flow[i];
		const struct tier_guards *tier = &tiers[flow->tier];
		struct tw_plan_flow *draft = TW_NEW(&plan->work, struct tw_plan_flow);
		size_t peers;
		bool internet;
		if (!draft)
			return TW_ENOMEM;
		*draft = (struct tw_plan_flow){.name = flow->name,
			.outbound = flow->outbound,
			.service = {.protocol = TW_PROTOCOL_TCP, .ports = {flow->port, flow->port}},
			.section = pattern->section};
		const struct tw_prefix *peer =
			find_peers(plan, pattern, flow, tiers, &peers, &internet);
		TW_TRY(tw_plan_replies(
			plan, options->client, flow->any ? 0 : options->clients, draft));
		TW_TRY(add_flow(plan, tier->guard, tier->n, peer, peers, draft));
		TW_TRY(tw_plan_narrow(plan, draft,
			flow->outbound		? TW_BY_UNKNOWN
			: flow->peer == OUTSIDE ? TW_BY_PUBLIC
						: TW_BY_PRIVATE,
			internet && !flow->outbound));
	}
	return TW_OK;
}

/* ---- patterns of several subnets ------------------------------------------------------------- */

static tw_status find_blocks(
	struct tw_plan *plan, const struct pattern *pattern, struct tier_guards *tiers)
{
	const struct tw_gen_options *options = plan->options;
	size_t needed = 0, used = 0;

	for (size_t i = 0; i < pattern->tiers; i++)
		needed += pattern->tier[i].example != NULL;
	if (options->to_n != 0 && options->to_n != needed)
		return refuse(plan, "pattern %s takes %zu CIDR block%s with --to, not %zu",
			pattern->name, needed, needed == 1 ? "" : "s", options->to_n);
	for (size_t i = 0; i < pattern->tiers; i++) {
		const char *example = pattern->tier[i].example;
		if (!example)
			continue;
		if (options->to_n > 0) {
			tiers[i].block = options->to[used++];
			continue;
		}
		if (tw_prefix_parse(example, strlen(example), &tiers[i].block) != TW_PREFIX_OK)
			return TW_EBUG;
		TW_TRY(tw_plan_note(plan, "%s is an example for %s: give your own with --to",
			example, pattern->tier[i].about));
	}
	return TW_OK;
}

static tw_status add_guards(
	struct tw_plan *plan, const struct pattern *pattern, bool groups, struct tier_guards *tiers)
{
	for (size_t i = 0; i < pattern->tiers; i++) {
		const struct tier *tier = &pattern->tier[i];
		struct tw_guard guard = {.name = tier->name, .about = tier->about, .group = groups};
		if (groups && !tier->group)
			continue;
		TW_TRY(tw_plan_guard(plan, &guard, &tiers[i].guard[tiers[i].n]));
		tiers[i].n++;
	}
	return TW_OK;
}

static tw_status plan_tiers(struct tw_plan *plan, const struct pattern *pattern)
{
	struct tier_guards tiers[TIERS_MAX] = {{{0}, 0, {{0}, 0, 0}}};

	if (plan->options->patterns > 1)
		return refuse(
			plan, "pattern %s has ACLs of its own: ask for it alone", pattern->name);
	TW_TRY(find_blocks(plan, pattern, tiers));
	TW_TRY(add_guards(plan, pattern, false, tiers));
	TW_TRY(add_guards(plan, pattern, true, tiers));
	return add_pattern(plan, pattern, tiers);
}

/* ---- patterns of one subnet ------------------------------------------------------------------ */

/* "web-server-ssh", of all patterns. */
static tw_status name_shared(struct tw_plan *plan, const char **ret)
{
	const char *name = plan->options->pattern[0];

	for (size_t i = 1; name && i < plan->options->patterns; i++)
		name = tw_arena_printf(plan->arena, "%s-%s", name, plan->options->pattern[i]);
	*ret = name ? tw_arena_str(plan->arena, name) : NULL;
	return *ret ? TW_OK : TW_ENOMEM;
}

static tw_status plan_shared(struct tw_plan *plan)
{
	const struct tw_gen_options *options = plan->options;
	struct tier_guards tier = {.n = 2};
	struct tw_guard guard = {.about = "one subnet, or several that are alike"};

	TW_TRY(name_shared(plan, &guard.name));
	TW_TRY(tw_plan_guard(plan, &guard, &tier.guard[0]));
	guard.group = true;
	guard.about = "its machines";
	TW_TRY(tw_plan_guard(plan, &guard, &tier.guard[1]));
	for (size_t i = 0; i < options->patterns; i++) {
		for (size_t k = 0; k < i; k++)
			if (strcmp(options->pattern[k], options->pattern[i]) == 0)
				return refuse(
					plan, "pattern %s is given twice", options->pattern[i]);
		TW_TRY(add_pattern(plan, find(options->pattern[i]), &tier));
	}
	return TW_OK;
}

/* --from and --to are for patterns that ask for them. */
static tw_status check_blocks(struct tw_plan *plan, bool from, bool to)
{
	if (plan->options->from_n > 0 && !from)
		return refuse(plan, "no pattern that was given is called by others: --from has "
				    "no meaning here");
	if (plan->options->to_n > 0 && !to)
		return refuse(plan, "no pattern that was given calls others: --to has no meaning "
				    "here");
	return TW_OK;
}

tw_status tw_plan_patterns(struct tw_plan *plan)
{
	const struct tw_gen_options *options = plan->options;
	const struct pattern *tiered = NULL;
	bool from = false, to = false;

	for (size_t i = 0; i < options->patterns; i++) {
		const struct pattern *pattern = find(options->pattern[i]);
		if (!pattern)
			return refuse(plan, "there is no pattern \"%s\"", options->pattern[i]);
		tiered = pattern->tiers > 0 ? pattern : tiered;
		from |= pattern->from;
		to |= pattern->tiers > 0 || pattern->flow[0].outbound;
	}
	if (options->patterns == 0)
		return refuse(plan, "there is nothing to generate: no intents and no pattern");
	TW_TRY(check_blocks(plan, from, to));
	TW_TRY(tiered ? plan_tiers(plan, tiered) : plan_shared(plan));
	return tw_plan_note(plan,
		"path-MTU messages (ICMP type 3 code 4, ICMPv6 type 2) are not in "
		"a pattern; intents make rules for them, or add them by hand in "
		"both directions");
}
