/* SPDX-License-Identifier: Apache-2.0 */
/* Long ways in words: gateways, what they make of a packet, and what each leg loses. */

#include "passage.h"

#define ENDS_MAX  2 /* addresses named */
#define PORTS_MAX 4 /* intervals named */

static const struct {
	const char *kind, *words;
	bool brief;
} kinds[] = {
	{"network-acl", "network ACL", false},
	{"security-group", "security group", false},
	{"exempt", "exempt service", false},
	{"route", "route", true},
	{"nat-gateway", "NAT gateway", true},
	{"peering-connection", "peering connection", true},
	{"transit-gateway", "transit gateway", true},
	{"load-balancer", "load balancer", true},
};

const char *tw_hop_kind_words(const struct tw_hop *hop)
{
	for (size_t i = 0; i < TW_COUNT(kinds); i++) {
		if (strcmp(hop->kind, kinds[i].kind) == 0)
			return kinds[i].words;
	}
	return hop->kind;
}

bool tw_hop_is_brief(const struct tw_hop *hop)
{
	for (size_t i = 0; i < TW_COUNT(kinds); i++) {
		if (strcmp(hop->kind, kinds[i].kind) == 0)
			return kinds[i].brief && hop->action != TW_HOP_DENY;
	}
	return false;
}

bool tw_hop_translates(const struct tw_region *region, const struct tw_hop *hop)
{
	return !hop->reply && strcmp(hop->kind, "nat-gateway") == 0 &&
	       hop->leg + 1 < region->legs_n;
}

bool tw_hop_is_reason(const struct tw_region *region, const struct tw_hop *hop)
{
	const struct tw_reason *reason = &region->reason;
	/* Where the request arrives, it is the reply that finds no way. */
	bool reply = region->verdict == TW_ONE_WAY;

	if (hop->reply != reply || reason->component == NULL ||
		!tw_same_text(reason->component, hop->component))
		return false;
	if (strcmp(hop->kind, "route") != 0)
		return tw_hop_is_brief(hop);
	return hop->rules_n > 0 && reason->span.file == hop->rule[0].span.file &&
	       reason->span.begin == hop->rule[0].span.begin;
}

const char *tw_say_addresses(struct tw_paint *paint, const struct tw_prefix *prefix, size_t n)
{
	char text[TW_PREFIX_TEXT];

	if (n == 1 && prefix->len == (prefix->family == TW_IPV6 ? 128 : 32))
		return tw_paint_kept(
			paint, tw_arena_printf(paint->arena, "%s",
				       tw_addr_text(prefix->addr, prefix->family, text)));
	return tw_say_prefixes(paint, prefix, n, ENDS_MAX);
}

const struct tw_hop *tw_first_loss(const struct tw_region *region)
{
	for (size_t i = 0; i < region->hops_n; i++) {
		const struct tw_hop *hop = &region->hop[i];
		if (hop->reached && (hop->action == TW_HOP_DENY || hop->action == TW_HOP_MIXED))
			return hop;
	}
	return NULL;
}

static const char *say_translated_ports(struct tw_paint *paint, const struct tw_leg *leg)
{
	if (leg->leg == 0)
		return "the client's port";
	if (leg->client == NULL)
		return "a port of its own";
	return tw_paint_kept(paint,
		tw_arena_printf(paint->arena, "ports %s",
			tw_say_ports(paint, leg->client->range, leg->client->ranges, PORTS_MAX)));
}

bool tw_same_blocks(const struct tw_prefix *a, size_t a_n, const struct tw_prefix *b, size_t b_n)
{
	if (a_n != b_n)
		return false;
	for (size_t i = 0; i < a_n; i++) {
		if (a[i].family != b[i].family || a[i].len != b[i].len ||
			tw_addr_cmp(a[i].addr, b[i].addr) != 0)
			return false;
	}
	return true;
}

/* The nearest filter in the same direction that saw the packet, before (step -1) or behind. */
static const struct tw_hop *nearest(
	const struct tw_region *region, const struct tw_hop *hop, int step)
{
	size_t i = (size_t)(hop - region->hop);

	while (step > 0 ? i + 1 < region->hops_n : i > 0) {
		i = step > 0 ? i + 1 : i - 1;
		const struct tw_hop *it = &region->hop[i];
		if (it->reply != hop->reply)
			break;
		if (it->from_n > 0 && it->to_n > 0)
			return it;
	}
	return NULL;
}

/* A request that dies has no legs; the filters behind the gateway saw what it became. */
static const char *unmeasured_becomes(
	struct tw_paint *paint, const struct tw_region *region, const struct tw_hop *hop)
{
	const struct tw_hop *behind = nearest(region, hop, 1);

	if (behind == NULL || behind->leg == hop->leg)
		return NULL;
	return tw_paint_kept(paint, tw_arena_printf(paint->arena, "becomes %s",
					    tw_say_addresses(paint, behind->from, behind->from_n)));
}

static const char *nat_becomes(
	struct tw_paint *paint, const struct tw_region *region, const struct tw_hop *hop)
{
	if (hop->reply) {
		if (hop->leg == 0 || hop->leg >= region->legs_n)
			return NULL;
		const struct tw_leg *leg = &region->leg[hop->leg - 1];
		return tw_paint_kept(paint, tw_arena_printf(paint->arena, "back to %s, %s",
						    tw_say_addresses(paint, leg->from, leg->from_n),
						    say_translated_ports(paint, leg)));
	}
	if (hop->leg + 1 >= region->legs_n)
		return unmeasured_becomes(paint, region, hop);
	const struct tw_leg *old = &region->leg[hop->leg], *leg = old + 1;
	/* NAT64 changes the other end, too. */
	bool other = !tw_same_blocks(old->to, old->to_n, leg->to, leg->to_n);
	return tw_paint_kept(
		paint, tw_arena_printf(paint->arena, "becomes %s, %s%s%s",
			       tw_say_addresses(paint, leg->from, leg->from_n),
			       say_translated_ports(paint, leg), other ? ", to " : "",
			       other ? tw_say_addresses(paint, leg->to, leg->to_n) : ""));
}

/* A load balancer that hands the client's packet on makes the target its destination. */
static const char *balancer_becomes(
	struct tw_paint *paint, const struct tw_region *region, const struct tw_hop *hop)
{
	const struct tw_hop *before = nearest(region, hop, -1), *behind = nearest(region, hop, 1);

	if (before == NULL || behind == NULL)
		return NULL;
	if (hop->reply) {
		if (tw_same_blocks(before->from, before->from_n, behind->from, behind->from_n))
			return NULL;
		return tw_paint_kept(
			paint, tw_arena_printf(paint->arena, "comes from %s again",
				       tw_say_addresses(paint, behind->from, behind->from_n)));
	}
	if (tw_same_blocks(before->to, before->to_n, behind->to, behind->to_n))
		return NULL;
	const char *to = tw_say_addresses(paint, behind->to, behind->to_n);
	if (behind->ports_n == 0)
		return tw_paint_kept(paint, tw_arena_printf(paint->arena, "goes on to %s", to));
	return tw_paint_kept(
		paint, tw_arena_printf(paint->arena, "goes on to %s, port %s", to,
			       tw_say_ports(paint, behind->ports, behind->ports_n, PORTS_MAX)));
}

const char *tw_say_becomes(
	struct tw_paint *paint, const struct tw_region *region, const struct tw_hop *hop)
{
	if (!hop->reached)
		return NULL;
	if (strcmp(hop->kind, "nat-gateway") == 0)
		return nat_becomes(paint, region, hop);
	if (strcmp(hop->kind, "load-balancer") == 0)
		return balancer_becomes(paint, region, hop);
	return NULL;
}

static uint64_t count_ports(const struct tw_ports *ports, size_t n)
{
	uint64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += (uint64_t)ports[i].hi - ports[i].lo + 1;
	return count;
}

/* Rules decide disjoint parts; each denied interval is named, in the order of the rules. */
const char *tw_say_loss(struct tw_paint *paint, const struct tw_hop *hop)
{
	uint64_t came = count_ports(hop->ports, hop->ports_n), lost = 0;
	const char *which = NULL;

	if (!hop->reply || !hop->reached || came < 2 ||
		(hop->action != TW_HOP_DENY && hop->action != TW_HOP_MIXED))
		return NULL;
	for (size_t i = 0; i < hop->rules_n; i++) {
		const struct tw_rule_ref *rule = &hop->rule[i];
		if (strcmp(rule->action, "deny") != 0 || rule->ports_n == 0)
			continue;
		const char *ports = tw_say_ports(paint, rule->ports, rule->ports_n, PORTS_MAX);
		lost += count_ports(rule->ports, rule->ports_n);
		which = which == NULL ? ports
				      : tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s, %s",
								     which, ports));
	}
	if (which == NULL || lost > came)
		return NULL;
	if (lost == came)
		return tw_paint_kept(paint, tw_arena_printf(paint->arena, "loses all %s ports: %s",
						    tw_say_number(paint, came), which));
	return tw_paint_kept(paint, tw_arena_printf(paint->arena, "loses %s ports: %s",
					    tw_say_share(paint, lost, came), which));
}

static const char *service_words(struct tw_paint *paint, const struct tw_region *region,
	const struct tw_ports *service, size_t n)
{
	const struct tw_flow_box *box = region->boxes_n > 0 ? &region->box[0] : NULL;
	const char *what = region->protocol_text;

	if (n > 0)
		return tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s to port %s", what,
						    tw_say_ports(paint, service, n, 3)));
	if (box != NULL && box->icmp_n > 0)
		return tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s type %s", what,
						    tw_say_icmp(paint, box->icmp, box->icmp_n, 3)));
	return what;
}

const char *tw_say_leg(
	struct tw_paint *paint, const struct tw_region *region, unsigned leg, bool reply)
{
	const struct tw_flow_box *box = region->boxes_n > 0 ? &region->box[0] : NULL;

	if (region->legs_n < 2) {
		if (reply)
			return region->reply_kind == TW_REPLY_PORTS ? "to the client's port" : "";
		return service_words(paint, region, box != NULL ? box->service : NULL,
			box != NULL ? box->service_n : 0);
	}
	const struct tw_leg *it = &region->leg[leg < region->legs_n ? leg : 0];
	const char *own = tw_say_addresses(paint, it->from, it->from_n);
	if (reply)
		return tw_paint_kept(paint, tw_arena_printf(paint->arena, "leg %u: to %s, %s",
						    it->leg, own, say_translated_ports(paint, it)));
	if (it->service_n > 0)
		return tw_paint_kept(
			paint, tw_arena_printf(paint->arena, "leg %u: %s to %s port %s", it->leg,
				       own, region->protocol_text,
				       tw_say_ports(paint, it->service, it->service_n, 3)));
	return tw_paint_kept(paint, tw_arena_printf(paint->arena, "leg %u: from %s, %s", it->leg,
					    own, service_words(paint, region, NULL, 0)));
}

bool tw_own_ports(const struct tw_region *region, const struct tw_client_result *client,
	uint64_t *ret_passing, uint64_t *ret_total)
{
	uint64_t passing = client->passing, total = client->total;

	for (size_t i = 0; i < region->legs_n; i++) {
		const struct tw_leg *leg = &region->leg[i];
		/* A lossless leg counts as 1, so it is no factor. */
		if (leg->leg == 0 || leg->passing == leg->total)
			continue;
		if (leg->passing == 0 || passing % leg->passing != 0 || total % leg->total != 0)
			return false;
		passing /= leg->passing;
		total /= leg->total;
	}
	if (total == 0 || passing > total || client->undecided > 0)
		return false;
	*ret_passing = passing;
	*ret_total = total;
	return true;
}

static const char *say_own(
	struct tw_paint *paint, const struct tw_region *region, const struct tw_leg *leg)
{
	const struct tw_client_result *worst = tw_worst_client(region->client, region->clients_n);
	uint64_t passing, total;

	if (leg->returns_n == 0)
		return leg->undecided_n > 0 ? "unknown" : "none returns";
	if (leg->returns_n == 1 && leg->returns[0].lo <= 1024 && leg->returns[0].hi == 65535)
		return "all return";
	if (worst == NULL || !tw_own_ports(region, worst, &passing, &total))
		return tw_paint_kept(paint,
			tw_arena_printf(paint->arena, "%s return",
				tw_say_ports(paint, leg->returns, leg->returns_n, PORTS_MAX)));
	if (passing == total)
		return tw_paint_kept(paint, tw_arena_printf(paint->arena,
						    "all that %s picks return", worst->client->id));
	return tw_paint_kept(
		paint, tw_arena_printf(paint->arena, "%s that %s picks return",
			       tw_say_share(paint, passing, total), worst->client->id));
}

static const char *say_translated(struct tw_paint *paint, const struct tw_leg *leg)
{
	if (leg->undecided_n > 0)
		return "unknown";
	if (leg->passing == leg->total)
		return tw_paint_kept(paint, tw_arena_printf(paint->arena, "all %s return",
						    tw_say_number(paint, leg->total)));
	return tw_paint_kept(paint,
		tw_arena_printf(paint->arena, "%s return%s%s%s",
			tw_say_share(paint, leg->passing, leg->total), leg->passing > 0 ? " (" : "",
			leg->passing > 0
				? tw_say_ports(paint, leg->returns, leg->returns_n, PORTS_MAX)
				: "",
			leg->passing > 0 ? ")" : ""));
}

/* "windows: 72.31 % on leg 0 x 50.79 % on leg 1 = 36.73 % get their reply" */
static void paint_product(struct tw_paint *paint, const struct tw_region *region)
{
	const struct tw_client_result *worst = tw_worst_client(region->client, region->clients_n);
	const char *text = "";
	uint64_t passing, total;
	size_t factors = 0;

	if (worst == NULL || worst->total == 0 || worst->passing == 0 ||
		!tw_own_ports(region, worst, &passing, &total))
		return;
	for (size_t i = 0; i < region->legs_n; i++) {
		const struct tw_leg *leg = &region->leg[i];
		uint64_t part = leg->leg == 0 ? passing : leg->passing;
		uint64_t whole = leg->leg == 0 ? total : leg->total;
		if (part == whole)
			continue;
		text = tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s%s%s of leg %u", text,
						    factors > 0 ? " times " : "",
						    tw_say_percent(paint, part, whole), leg->leg));
		factors++;
	}
	if (factors < 2)
		return;
	paint->indent = 1;
	tw_paint_gap(paint, 1);
	tw_paint_words(paint,
		tw_paint_kept(paint, tw_arena_printf(paint->arena,
					     "A reply must return on every leg. For %s: %s is %s.",
					     worst->client->id, text,
					     tw_say_percent(paint, worst->passing, worst->total))));
	tw_paint_newline(paint);
}

void tw_paint_legs(struct tw_paint *paint, const struct tw_region *region)
{
	if (region->legs_n < 2 || region->reply_kind != TW_REPLY_PORTS)
		return;
	for (size_t i = 0; i < region->legs_n; i++) {
		const struct tw_leg *leg = &region->leg[i];
		bool lossless = leg->leg > 0 && leg->passing == leg->total;
		const char *at = leg->leg == 0 ? "the client's own ports"
				 : leg->at != NULL
					 ? tw_paint_kept(paint, tw_arena_printf(paint->arena,
									"ports of %s", leg->at))
					 : "translated ports";
		paint->indent = 8;
		tw_paint_gap(paint, 1);
		tw_paint_words(paint, tw_paint_kept(paint, tw_arena_printf(paint->arena,
								   "leg %u, %s: ", leg->leg, at)));
		tw_paint_hue(paint, leg->leg == 0 || lossless ? TW_HUE_NONE : TW_HUE_WARNING);
		tw_paint_words(paint,
			leg->leg == 0 ? say_own(paint, region, leg) : say_translated(paint, leg));
		tw_paint_hue(paint, TW_HUE_NONE);
		tw_paint_newline(paint);
	}
	paint_product(paint, region);
	tw_paint_newline(paint);
}
