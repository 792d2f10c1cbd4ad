/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whom a group's rule means: a reference to a group becomes the private addresses of the interfaces
 * that carry it, a prefix list its entries. Each group and list is resolved once and shared by all
 * rules that name it. What the input leaves open makes a rule that *may* match everybody; where a
 * part is known, that part is a sure rule of its own, so that it can be judged.
 */

#include <stdlib.h>

#include "order.h"
#include "pending.h"

/* What a reference stands for. */
struct answer {
	struct tw_range *v; /* sorted, disjoint; NULL: not asked yet */
	size_t n;
	bool complete;
	const char *reason; /* why not */
};

struct resolver {
	struct tw_net *net;
	struct answer *group, *list; /* by index */
	struct tw_map populated;     /* ids of VPCs with an interface in the input */
};

static const struct tw_range nobody[1] = {{.family = TW_IPV4}};
static const struct tw_range everybody[2] = {
	{.last = {0, UINT32_MAX}, .family = TW_IPV4},
	{.last = {UINT64_MAX, UINT64_MAX}, .family = TW_IPV6},
};

static int cmp_ranges(const void *a, const void *b)
{
	const struct tw_range *left = a, *right = b;

	if (left->family != right->family)
		return left->family < right->family ? -1 : 1;
	return tw_addr_cmp(left->first, right->first);
}

/* Sorted ranges become disjoint ones that do not touch. */
static size_t unite(struct tw_range *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct tw_range *last = kept ? &v[kept - 1] : NULL;
		bool joins = last && last->family == v[i].family &&
			     (tw_addr_cmp(v[i].first, last->last) <= 0 ||
				     tw_addr_cmp(v[i].first, tw_addr_next(last->last)) == 0);
		if (!joins)
			v[kept++] = v[i];
		else if (tw_addr_cmp(v[i].last, last->last) > 0)
			last->last = v[i].last;
	}
	return kept;
}

static void finish_answer(struct answer *answer)
{
	if (answer->n)
		qsort(answer->v, answer->n, sizeof(*answer->v), cmp_ranges);
	answer->n = unite(answer->v, answer->n);
}

static tw_status allocate(struct tw_net *net, struct answer *answer, size_t n)
{
	answer->v = TW_NEW_ARRAY(&net->arena, struct tw_range, n + 1);
	return answer->v ? TW_OK : TW_ENOMEM;
}

static void add_prefixes(struct answer *answer, struct tw_prefixes prefixes)
{
	for (size_t i = 0; i < prefixes.n; i++)
		answer->v[answer->n++] = tw_prefix_range(prefixes.v[i]);
}

/* SPEC: sg-ref-private-ips */
static tw_status resolve_group(struct resolver *r, uint32_t index)
{
	const struct tw_group *group = &r->net->group[index];
	struct answer *answer = &r->group[index];
	size_t n = 0;

	for (size_t i = 0; i < group->members_n; i++)
		n += r->net->interface[group->members[i]].addresses.n;
	TW_TRY(allocate(r->net, answer, n));
	for (size_t i = 0; i < group->members_n; i++)
		add_prefixes(answer, r->net->interface[group->members[i]].addresses);
	finish_answer(answer);
	answer->complete =
		r->net->holds[TW_KIND_INTERFACE] && !r->net->incomplete[TW_KIND_INTERFACE];
	if (!answer->complete) {
		answer->reason = tw_arena_printf(&r->net->arena,
			"the input does not hold all interfaces that carry %s", group->object.id);
		return answer->reason ? TW_OK : TW_ENOMEM;
	}
	return TW_OK;
}

static tw_status resolve_list(struct resolver *r, uint32_t index)
{
	const struct tw_prefix_list *list = &r->net->prefix_list[index];
	struct answer *answer = &r->list[index];

	TW_TRY(allocate(r->net, answer, list->cidrs.n));
	add_prefixes(answer, list->cidrs);
	finish_answer(answer);
	answer->complete = list->entries_known;
	if (!answer->complete) {
		answer->reason = tw_arena_printf(&r->net->arena,
			"the input does not hold all entries of prefix list %s", list->object.id);
		return answer->reason ? TW_OK : TW_ENOMEM;
	}
	return TW_OK;
}

/*
 * A group of another VPC, none of whose interfaces is in the input, is a group of a part of the
 * network that the input does not show.
 */
static bool in_sight(const struct resolver *r, const struct tw_group *from, uint32_t to)
{
	const char *vpc_id = r->net->group[to].vpc_id;

	if (r->net->group[to].members_n || !vpc_id || !from->vpc_id ||
		!strcmp(vpc_id, from->vpc_id))
		return true;
	return tw_map_get(&r->populated, tw_sv_of(vpc_id)) != TW_MAP_NONE;
}

static tw_status unknown_answer(
	struct tw_net *net, const char *what, const char *id, struct answer *ret)
{
	struct answer answer = {NULL, 0, false,
		tw_arena_printf(&net->arena, "%s %s is not in the input", what, id)};

	if (!answer.reason)
		return TW_ENOMEM;
	*ret = answer;
	return TW_OK;
}

static bool peered(const struct tw_net *net, const char *a, const char *b)
{
	for (size_t i = 0; i < net->peerings; i++) {
		const struct tw_peering_side *x = &net->peering[i].side[0];
		const struct tw_peering_side *y = &net->peering[i].side[1];
		bool active =
			!net->peering[i].status || tw_known_same(net->peering[i].status, "active");
		bool ends = (tw_known_same(x->vpc_id, a) && tw_known_same(y->vpc_id, b)) ||
			    (tw_known_same(x->vpc_id, b) && tw_known_same(y->vpc_id, a));
		if (active && ends &&
			(!x->region || !y->region || tw_known_same(x->region, y->region)))
			return true;
	}
	return false;
}

/* The VPC's attachment to a gateway, both of which carry references. */
static bool refers_over(const struct tw_net *net, const char *gateway_id, const char *vpc)
{
	for (size_t i = 0; i < net->attachments; i++) {
		const struct tw_attachment *a = &net->attachment[i];
		if (!a->gone && a->references && tw_known_same(a->gateway_id, gateway_id) &&
			tw_known_same(a->resource_id, vpc))
			return true;
	}
	return false;
}

/*
 * A reference to a group of another VPC means somebody only over peering, or over a transit gateway
 * that supports it, and there in inbound rules alone. SPEC: sg-ref-scope, sg-ref-tgw
 */
static bool is_in_scope(const struct tw_net *net, const char *a, const char *b, enum tw_list list)
{
	if (!a || !b || !strcmp(a, b) || !net->holds[TW_KIND_PEERING] ||
		!net->holds[TW_KIND_ATTACHMENT] || !net->holds[TW_KIND_TRANSIT_GATEWAY])
		return true; /* nobody knows what joins them */
	if (peered(net, a, b))
		return true;
	for (size_t i = 0; i < net->transits && list == TW_INGRESS; i++)
		if (net->transit[i].references && refers_over(net, net->transit[i].object.id, a) &&
			refers_over(net, net->transit[i].object.id, b))
			return true;
	return false;
}

static tw_status answer_for(struct resolver *r, const struct tw_group *from, enum tw_list list,
	const struct tw_rule *rule, struct answer *ret)
{
	struct tw_net *net = r->net;
	bool is_group = rule->peer_group != NULL;
	const char *id = is_group ? rule->peer_group : rule->peer_prefix_list;
	uint32_t at = tw_net_find(net, is_group ? TW_KIND_GROUP : TW_KIND_PREFIX_LIST, id);

	if (at == TW_MISSING)
		return unknown_answer(net, is_group ? "security group" : "prefix list", id, ret);
	if (is_group && !is_in_scope(net, from->vpc_id, net->group[at].vpc_id, list)) {
		*ret = (struct answer){.complete = true};
		return TW_OK;
	}
	struct answer *answer = is_group ? &r->group[at] : &r->list[at];
	if (!answer->v)
		TW_TRY(is_group ? resolve_group(r, at) : resolve_list(r, at));
	if (is_group && answer->complete && !in_sight(r, from, at))
		return unknown_answer(net, "the VPC of security group", id, ret);
	*ret = *answer;
	return TW_OK;
}

static bool refers(const struct tw_rule *rule)
{
	return rule->peer_group || rule->peer_prefix_list;
}

/* Writes one or two rules for one: the part that is known, the part that may be. */
static tw_status resolve_rule(struct resolver *r, const struct tw_group *group, enum tw_list list,
	const struct tw_rule *rule, struct tw_rule *out, size_t *n)
{
	struct answer answer;

	out[*n] = *rule;
	if (!refers(rule)) {
		(*n)++;
		return TW_OK;
	}
	TW_TRY(answer_for(r, group, list, rule, &answer));
	if (answer.complete || (answer.n && !rule->maybe)) {
		out[*n].peers = answer.n ? answer.v : nobody;
		out[(*n)++].peers_n = answer.n;
	}
	if (answer.complete)
		return TW_OK;
	out[*n] = *rule;
	out[*n].peers = everybody;
	out[*n].peers_n = TW_COUNT(everybody);
	if (!rule->maybe) {
		out[*n].maybe = true;
		out[*n].maybe_reason = answer.reason;
	}
	(*n)++;
	return TW_OK;
}

static tw_status resolve_rules(
	struct resolver *r, const struct tw_group *group, enum tw_list list, struct tw_rules *rules)
{
	size_t references = 0, n = 0;

	for (size_t i = 0; i < rules->n; i++)
		references += refers(&rules->rule[i]);
	if (!references)
		return TW_OK;
	struct tw_rule *out = TW_NEW_ARRAY(&r->net->arena, struct tw_rule, rules->n + references);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < rules->n; i++)
		TW_TRY(resolve_rule(r, group, list, &rules->rule[i], out, &n));
	*rules = (struct tw_rules){out, n};
	return TW_OK;
}

static tw_status resolve_all(struct resolver *r)
{
	struct tw_net *net = r->net;

	for (size_t i = 0; i < net->interfaces; i++)
		if (net->interface[i].vpc_id)
			TW_TRY(tw_map_set(&r->populated, tw_sv_of(net->interface[i].vpc_id), 0));
	for (size_t i = 0; i < net->groups; i++)
		for (int list = 0; list < 2; list++)
			TW_TRY(resolve_rules(
				r, &net->group[i], (enum tw_list)list, &net->group[i].list[list]));
	return TW_OK;
}

tw_status tw_link_peers(struct tw_net *net)
{
	size_t groups = net->groups * sizeof(struct answer);
	size_t lists = net->prefix_lists * sizeof(struct answer);
	struct resolver r = {.net = net,
		.group = tw_mem_alloc(net->mem, groups),
		.list = tw_mem_alloc(net->mem, lists)};
	tw_status status = TW_ENOMEM;

	tw_map_init(&r.populated, net->mem);
	if (r.group && r.list) {
		memset(r.group, 0, groups);
		memset(r.list, 0, lists);
		status = resolve_all(&r);
	}
	tw_map_fini(&r.populated);
	if (r.group)
		tw_mem_release(net->mem, r.group, groups);
	if (r.list)
		tw_mem_release(net->mem, r.list, lists);
	return status;
}
