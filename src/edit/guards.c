/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind a list: interfaces, and the load balancers, endpoints and gateways whose
 * interfaces need not be in the input. What they let through is exact; a group or an interface that
 * is not known stops nothing.
 */
#include "guards.h"

#include "addresses.h"
#include "balancer.h"

struct work {
	struct tw_arena *arena;
	struct tw_space *space;
	const struct tw_net *net;
	const struct tw_acl *acl;
	struct tw_view view;
	tw_set *lets; /* by group: what it lets through */
	bool *seen;   /* by group: `lets` is there */
	tw_set open, through;
	bool alone; /* what comes from an address of a subnet comes from that subnet */
	struct tw_guards *ret;
};

/* ---- groups -----------------------------------------------------------------------------------
 */

static tw_status add_group(struct work *w, uint32_t at, tw_set near)
{
	const struct tw_group *group = &w->net->group[at];
	if (!w->seen[at]) {
		struct tw_compiled one;
		TW_TRY(tw_compile_group(w->space, group->list[w->view.list], w->view, &one));
		w->lets[at] = tw_set_intersect(
			w->space, w->open, tw_set_union(w->space, one.allow, one.unknown));
		w->seen[at] = true;
	}
	if (!w->ret->guarded)
		w->ret->guard = group->object.id; /* a group is the better answer */
	w->ret->guarded = true;
	w->ret->inside |= !tw_set_is_empty(tw_set_intersect(w->space, w->lets[at], near));
	w->through =
		tw_set_union(w->space, w->through, tw_set_subtract(w->space, w->lets[at], near));
	return tw_space_status(w->space);
}

static tw_status nobody(struct work *w, const char *id, const char *why)
{
	w->ret->unguarded = tw_arena_printf(w->arena, "%s %s", id, why);
	return w->ret->unguarded ? TW_OK : TW_ENOMEM;
}

/*
 * SPEC: nat-no-sg. What has no group, or an unknown one, is guarded by nobody. Packets of `near`
 * do not meet the list.
 */
static tw_status add_groups(
	struct work *w, const char *id, const uint32_t *at, size_t n, tw_set near)
{
	if (n == 0)
		return nobody(w, id, "has no security group");
	for (size_t i = 0; i < n; i++)
		if (at[i] == TW_MISSING)
			return nobody(
				w, id, "has a security group that the input does not describe");
	for (size_t i = 0; i < n; i++)
		TW_TRY(add_group(w, at[i], near));
	return TW_OK;
}

/* ---- interfaces -------------------------------------------------------------------------------
 */

/*
 * SPEC: nat-reach, lambda-nacl. A NAT gateway forwards nothing that its clients did not ask for,
 * and a Lambda interface is for calls of its function only: neither takes in what is new, whatever
 * groups it has. What the clients ask of a NAT gateway: see below.
 */
static bool is_silent(const struct work *w, const struct tw_interface *one)
{
	return w->view.list == TW_INGRESS &&
	       (one->type == TW_INTERFACE_NAT_GATEWAY || one->type == TW_INTERFACE_LAMBDA);
}

static tw_status name_silent(struct work *w, const char *what, const char *id)
{
	if (w->ret->silent)
		return TW_OK;
	w->ret->silent = tw_arena_printf(w->arena, "the %s %s", what, id);
	if (!w->ret->guard)
		w->ret->guard = id;
	return w->ret->silent ? TW_OK : TW_ENOMEM;
}

/*
 * Between two machines of one subnet no list is asked (SPEC: nacl-subnet-boundary). What is sent to
 * an address of the subnet stays there. What comes from one could have left it, to come back with
 * another destination: by an appliance, or by a load balancer that keeps the clients' addresses
 * (SPEC: nlb-preserve-default). A NAT gateway does not keep them.
 */
static bool keeps_sources(const struct tw_net *net)
{
	for (size_t i = 0; i < net->balancers; i++)
		if (!net->balancer[i].gone && net->balancer[i].type != TW_BALANCER_APPLICATION)
			return true;
	for (size_t i = 0; i < net->interfaces; i++) {
		const struct tw_interface *one = &net->interface[i];
		const char *what = one->type_text ? one->type_text : "";
		if (one->forwards && one->type == TW_INTERFACE_ORDINARY)
			return true;
		if (strcmp(what, "network_load_balancer") == 0 ||
			strcmp(what, "gateway_load_balancer") == 0)
			return true;
	}
	return false;
}

static tw_status stays_inside(struct work *w, const struct tw_subnet *subnet, tw_set *ret)
{
	struct tw_ranges own;
	*ret = TW_EMPTY;
	if (w->view.list == TW_INGRESS && !w->alone)
		return TW_OK;
	TW_TRY(tw_ranges_of_prefixes(w->arena, subnet->cidrs.v, subnet->cidrs.n, &own));
	*ret = tw_ranges_set(w->space, tw_view_peer_field(w->view), own.v, own.n);
	return tw_space_status(w->space);
}

static tw_status add_subnet(struct work *w, const struct tw_subnet *subnet)
{
	tw_set near;
	TW_TRY(stays_inside(w, subnet, &near));
	for (size_t i = 0; i < subnet->interfaces_n && !w->ret->unguarded; i++) {
		const struct tw_interface *one = &w->net->interface[subnet->interfaces[i]];
		const char *what = one->type == TW_INTERFACE_LAMBDA ? "Lambda interface"
								    : "NAT gateway interface";
		TW_TRY(is_silent(w, one)
				? name_silent(w, what, one->object.id)
				: add_groups(w, one->object.id, one->groups, one->groups_n, near));
	}
	return TW_OK;
}

/* ---- what may have interfaces that the input lacks --------------------------------------------
 */

static bool is_behind(const struct work *w, uint32_t subnet)
{
	return subnet != TW_MISSING && w->net->subnet[subnet].acl != TW_MISSING &&
	       &w->net->acl[w->net->subnet[subnet].acl] == w->acl;
}

static bool is_any_behind(const struct work *w, const struct tw_refs *subnets)
{
	for (size_t i = 0; i < subnets->n; i++)
		if (is_behind(w, subnets->at[i]))
			return true;
	return false;
}

static tw_status add_balancers(struct work *w)
{
	for (size_t i = 0; i < w->net->balancers && !w->ret->unguarded; i++) {
		const struct tw_balancer *one = &w->net->balancer[i];
		bool behind = false;
		for (size_t k = 0; k < one->zones_n && !one->gone; k++)
			behind |= is_behind(w, one->zone[k].subnet);
		if (behind)
			TW_TRY(add_groups(
				w, tw_balancer_name(one), one->groups.at, one->groups.n, TW_EMPTY));
	}
	return TW_OK;
}

static tw_status add_endpoints(struct work *w)
{
	for (size_t i = 0; i < w->net->endpoints && !w->ret->unguarded; i++) {
		const struct tw_endpoint *one = &w->net->endpoint[i];
		if (!one->gone && is_any_behind(w, &one->subnets))
			TW_TRY(add_groups(
				w, one->object.id, one->groups.at, one->groups.n, TW_EMPTY));
	}
	return TW_OK;
}

/* SPEC: tgw-diff-subnet-attachment. It carries on whatever comes. */
static tw_status add_attachments(struct work *w)
{
	for (size_t i = 0; i < w->net->attachments && !w->ret->unguarded; i++) {
		const struct tw_attachment *one = &w->net->attachment[i];
		if (!one->gone && is_any_behind(w, &one->subnets))
			TW_TRY(nobody(w, one->object.id, "has no security group"));
	}
	return TW_OK;
}

/* ---- what clients of a NAT gateway ask --------------------------------------------------------
 */

/* Whether some route of the VPC leads packets of the family to a NAT gateway. */
static bool has_clients(const struct work *w, uint32_t vpc, uint8_t family)
{
	const struct tw_net *net = w->net;
	if (!net->holds[TW_KIND_ROUTE_TABLE])
		return family == TW_IPV4;
	for (size_t i = 0; i < net->tables; i++)
		for (size_t k = 0; net->table[i].vpc == vpc && k < net->table[i].routes_n; k++) {
			const struct tw_route *route = &net->table[i].route[k];
			if (route->target == TW_TARGET_NAT_GATEWAY &&
				(route->to.family == family || route->to.family == 0))
				return true;
		}
	return false;
}

static tw_set prefix_set(struct work *w, enum tw_field field, struct tw_prefix prefix)
{
	struct tw_range range = tw_prefix_range(prefix);
	return tw_ranges_set(w->space, field, &range, 1);
}

/* Where the clients are: in the VPC, and behind what else the gateway's own routes lead to. */
static tw_set clients_of(struct work *w, const struct tw_nat *nat, uint8_t family, tw_set inside)
{
	uint32_t table = w->net->subnet[nat->subnet].table;
	tw_set set = inside;
	for (size_t i = 0; table != TW_MISSING && i < w->net->table[table].routes_n; i++) {
		const struct tw_route *route = &w->net->table[table].route[i];
		struct tw_prefix all = {.family = family};
		if (route->target == TW_TARGET_TRANSIT_GATEWAY &&
			(route->to.family == family || route->to.family == 0))
			set = tw_set_union(w->space, set,
				prefix_set(w, TW_FIELD_FROM, route->to.family ? route->to : all));
	}
	return set;
}

/*
 * SPEC: nat-four-crossings. A client's packet comes in at the gateway and leaves by the other list
 * of the same ACL, with its destination unchanged. An IPv6 one leaves as IPv4, so there it is only
 * known to leave.
 */
static tw_status add_nat(struct work *w, const struct tw_nat *nat, uint8_t family)
{
	struct tw_compiled out;
	struct tw_prefixes own = w->net->vpc[nat->vpc].cidrs;
	struct tw_view view = {TW_EGRESS, w->view.direction};
	struct tw_prefix all = {.family = family};
	tw_set from = TW_EMPTY, to = TW_EMPTY;
	TW_TRY(tw_compile_acl(w->space, w->acl->list[TW_EGRESS], view, &out));
	for (size_t i = 0; i < own.n; i++)
		if (own.v[i].family == family) {
			from = tw_set_union(w->space, from, prefix_set(w, TW_FIELD_FROM, own.v[i]));
			to = tw_set_union(w->space, to, prefix_set(w, TW_FIELD_TO, own.v[i]));
		}
	if (tw_set_is_empty(from) && family == TW_IPV4) /* not in the input */
		from = prefix_set(w, TW_FIELD_FROM, all);
	tw_set asked = tw_set_subtract(w->space,
		tw_set_intersect(w->space, w->open, clients_of(w, nat, family, from)), to);
	if (family == TW_IPV4)
		asked = tw_set_intersect(
			w->space, asked, tw_set_union(w->space, out.allow, out.unknown));
	w->through = tw_set_union(w->space, w->through, asked);
	if (!tw_set_is_empty(asked))
		w->ret->clients = nat->object.id;
	return tw_space_status(w->space);
}

static tw_status add_nats(struct work *w)
{
	static const uint8_t families[] = {TW_IPV4, TW_IPV6};
	for (size_t i = 0; i < w->net->nats && !w->ret->unguarded; i++) {
		const struct tw_nat *nat = &w->net->nat[i];
		if (nat->gone || !is_behind(w, nat->subnet) || nat->vpc == TW_MISSING)
			continue;
		if (w->view.list == TW_EGRESS)
			return nobody(w, nat->object.id, "has no security group");
		TW_TRY(name_silent(w, "NAT gateway", nat->object.id));
		for (size_t f = 0; f < TW_COUNT(families); f++)
			if (has_clients(w, nat->vpc, families[f]))
				TW_TRY(add_nat(w, nat, families[f]));
	}
	return TW_OK;
}

/* ---- all of them ------------------------------------------------------------------------------
 */

static tw_status find(struct work *w)
{
	tw_status status = TW_OK;
	for (size_t i = 0; status == TW_OK && i < w->acl->subnets_n && !w->ret->unguarded; i++)
		status = add_subnet(w, &w->net->subnet[w->acl->subnets[i]]);
	if (status == TW_OK)
		status = add_balancers(w);
	if (status == TW_OK)
		status = add_endpoints(w);
	if (status == TW_OK)
		status = add_attachments(w);
	w->ret->lets = !tw_set_is_empty(tw_set_intersect(w->space, w->open, w->through));
	if (status == TW_OK)
		status = add_nats(w);
	return status;
}

static tw_status open_groups(struct work *w)
{
	size_t n = w->net->groups + 1;
	w->seen = tw_mem_alloc(w->arena->mem, n);
	w->lets = tw_mem_alloc(w->arena->mem, n * sizeof(*w->lets));
	if (!w->seen || !w->lets)
		return TW_ENOMEM;
	memset(w->seen, 0, n);
	return TW_OK;
}

tw_status tw_guards_of(struct tw_arena *arena, struct tw_space *space, const struct tw_net *net,
	uint32_t acl, struct tw_view view, tw_set open, struct tw_guards *ret)
{
	struct work w = {.arena = arena,
		.space = space,
		.net = net,
		.acl = &net->acl[acl],
		.view = view,
		.open = open,
		.through = TW_EMPTY,
		.ret = ret};
	*ret = (struct tw_guards){.through = open};
	if (!net->holds[TW_KIND_GROUP])
		ret->unguarded = "the input holds no security groups";
	else if (!net->holds[TW_KIND_INTERFACE] || net->incomplete[TW_KIND_INTERFACE])
		ret->unguarded = "the input does not hold all network interfaces";
	else if (w.acl->subnets_n == 0)
		ret->unguarded = "the input does not say which subnets it guards";
	if (ret->unguarded)
		return TW_OK;
	w.alone = view.list == TW_INGRESS && !keeps_sources(net);
	tw_status status = open_groups(&w);
	if (status == TW_OK)
		status = find(&w);
	tw_mem_release(arena->mem, w.seen, net->groups + 1);
	tw_mem_release(arena->mem, w.lets, (net->groups + 1) * sizeof(*w.lets));
	if (status == TW_OK && !ret->unguarded)
		ret->through = tw_set_intersect(space, open, w.through);
	return status == TW_OK ? tw_space_status(space) : status;
}
