/* SPDX-License-Identifier: Apache-2.0 */
/* Paths between two sites: see path.h for the order of the filters and for what cuts a path. */
#include "path.h"

#include "addresses.h"
#include "vec.h"
#include "world.h"

/* What tw_paths_between works on. */
struct walk {
	const struct tw_net *net;
	struct tw_space *space;
	const struct tw_world *world;
	struct tw_arena *arena;
	const struct tw_site *from, *to;
	struct tw_paths *paths;
	const struct tw_route *unknown; /* leads to a prefix list that the input lacks, or NULL */
};

static tw_set prefixes_set(struct tw_space *space, enum tw_field field, struct tw_prefixes prefixes)
{
	tw_set set = TW_EMPTY;
	for (size_t i = 0; i < prefixes.n; i++) {
		struct tw_range range = tw_prefix_range(prefixes.v[i]);
		set = tw_set_union(space, set, tw_ranges_set(space, field, &range, 1));
	}
	return set;
}

static bool is_inside(const struct tw_site *site)
{
	return site->kind != TW_SITE_OUTSIDE;
}

static void cross(struct tw_path *path, enum tw_crossing_kind kind, const struct tw_site *site,
	enum tw_list list, enum tw_direction direction)
{
	struct tw_crossing *c = &path->crossing[path->crossings++];
	*c = (struct tw_crossing){.kind = kind,
		.view = {list, direction},
		.site = site,
		.subnet = site->subnet,
		.acl = site->acl};
	c->state = kind == TW_CROSS_ACL ? site->acl_state : site->groups_state;
	if (c->state == TW_ASSUMED)
		path->assumptions |= kind == TW_CROSS_ACL ? TW_ASSUME_NO_ACLS : TW_ASSUME_NO_GROUPS;
	c->tracked = kind == TW_CROSS_GROUPS && direction == TW_REPLY;
}

/*
 * Groups stand at interfaces; an address without one is judged by the lists alone. Some managed
 * interfaces, such as a NAT gateway's, have none at all.
 */
static bool has_groups(const struct tw_site *site)
{
	return site->kind == TW_SITE_INTERFACES &&
	       (site->groups_n > 0 || site->type == TW_INTERFACE_ORDINARY);
}

/* SPEC: path-same-vpc, path-same-subnet, path-sg-nacl-order, nacl-subnet-boundary */
static void cross_all(struct tw_path *path, const struct tw_site *a, const struct tw_site *b)
{
	bool lists = !path->same_subnet;
	if (has_groups(a))
		cross(path, TW_CROSS_GROUPS, a, TW_EGRESS, TW_REQUEST);
	if (lists && is_inside(a))
		cross(path, TW_CROSS_ACL, a, TW_EGRESS, TW_REQUEST);
	if (lists && is_inside(b))
		cross(path, TW_CROSS_ACL, b, TW_INGRESS, TW_REQUEST);
	if (has_groups(b))
		cross(path, TW_CROSS_GROUPS, b, TW_INGRESS, TW_REQUEST);
	if (has_groups(b))
		cross(path, TW_CROSS_GROUPS, b, TW_EGRESS, TW_REPLY);
	if (lists && is_inside(b))
		cross(path, TW_CROSS_ACL, b, TW_EGRESS, TW_REPLY);
	if (lists && is_inside(a))
		cross(path, TW_CROSS_ACL, a, TW_INGRESS, TW_REPLY);
	if (has_groups(a))
		cross(path, TW_CROSS_GROUPS, a, TW_INGRESS, TW_REPLY);
}

static struct tw_path new_path(const struct walk *w, tw_set domain)
{
	struct tw_path path = {.domain = domain,
		.from = w->from,
		.to = w->to,
		.route_table = TW_MISSING,
		.assumptions = TW_ASSUME_UNFRAGMENTED};
	if (w->from->kind == TW_SITE_SUBNET || w->to->kind == TW_SITE_SUBNET)
		path.assumptions |= w->net->holds[TW_KIND_INTERFACE] ? TW_ASSUME_NO_INTERFACE
								     : TW_ASSUME_NO_INTERFACES;
	return path;
}

static tw_status push(struct walk *w, const struct tw_path *path)
{
	if (tw_set_is_empty(path->domain))
		return tw_space_status(w->space);
	return TW_VEC_PUSH(w->net->mem, w->paths, *path);
}

static void give_reason(struct tw_path *path, bool blocked, const char *code, const char *text)
{
	path->blocked = blocked;
	path->unknown_beyond = !blocked;
	path->reason = code;
	path->reason_text = text;
}

/*
 * Pairs of an interface and its own public address: not the outside, but the interface itself.
 * SPEC: igw-nat-private-addresses
 */
static tw_set own_public(const struct walk *w)
{
	bool out = is_inside(w->from);
	const struct tw_site *inside = out ? w->from : w->to;
	tw_set set = TW_EMPTY;
	if (is_inside(w->from) == is_inside(w->to))
		return set;
	for (size_t i = 0; i < inside->interfaces_n; i++) {
		const struct tw_interface *one = &w->net->interface[inside->interfaces[i]];
		if (one->public_addresses.n == 0)
			continue;
		tw_set near =
			prefixes_set(w->space, out ? TW_FIELD_FROM : TW_FIELD_TO, one->addresses);
		tw_set far = prefixes_set(
			w->space, out ? TW_FIELD_TO : TW_FIELD_FROM, one->public_addresses);
		set = tw_set_union(w->space, set, tw_set_intersect(w->space, near, far));
	}
	return set;
}

/* Traffic that AWS answers itself: a path without filters. Returns what is left of the domain. */
static tw_status exempt(struct walk *w, tw_set domain, tw_set *ret_rest)
{
	struct tw_exemption list[TW_EXEMPTIONS];
	size_t n = 0;
	struct tw_ranges targets = {w->to->address, w->to->addresses_n};
	TW_TRY(tw_exemptions(w->net, w->from->vpc, w->from->subnet, list, &n));
	for (size_t i = 0; i < n; i++) {
		/* Plain arithmetic first: most traffic is nowhere near these addresses. */
		if (targets.n > 0 && !tw_ranges_meet(targets, list[i].range))
			continue;
		tw_set here = tw_set_intersect(
			w->space, domain, tw_ranges_set(w->space, TW_FIELD_TO, &list[i].range, 1));
		if (tw_set_is_empty(here))
			continue;
		struct tw_path path = new_path(w, here);
		/* Nobody needs an interface there: AWS itself answers. */
		path.assumptions = TW_ASSUME_UNFRAGMENTED;
		path.exempt = list[i].id;
		path.reason = list[i].id;
		path.reason_text = tw_arena_printf(w->arena,
			"%s is never filtered by network ACLs or security groups", list[i].text);
		if (!path.reason_text)
			return TW_ENOMEM;
		if (list[i].assumed)
			path.assumptions |= strcmp(list[i].id, "exempt-kms") == 0
						    ? TW_ASSUME_EXEMPT_KMS
						    : TW_ASSUME_EXEMPT_ECS;
		TW_TRY(push(w, &path));
		domain = tw_set_subtract(w->space, domain, here);
	}
	*ret_rest = domain;
	return tw_space_status(w->space);
}

/*
 * Behind a NAT gateway its own subnet's lists are asked four times (SPEC: nat-four-crossings). They
 * are not judged yet: where the gateway's interface is known and those lists let all pass, that is
 * proof enough; else the way beyond is unknown.
 */
static void beyond_nat(const struct walk *w, struct tw_path *path, uint32_t vpc)
{
	path->assumptions |= TW_ASSUME_BEYOND_NAT;
	if (vpc == TW_MISSING || !w->net->vpc[vpc].nat_is_open)
		give_reason(path, false, "nat-four-crossings",
			"the lists of the NAT gateway's own subnet are not judged yet");
}

/* SPEC: bpa-mode. The subnet's own state, else that of its VPC. */
static enum tw_access_block access_block(const struct tw_net *net, const struct tw_site *inside)
{
	enum tw_access_block block = TW_BLOCK_UNSAID;
	if (inside->subnet != TW_MISSING)
		block = net->subnet[inside->subnet].access_block;
	if (block == TW_BLOCK_UNSAID && inside->vpc != TW_MISSING)
		block = net->vpc[inside->vpc].access_block;
	return block;
}

/* What the route of the inside site does to traffic with the outside. `out`: the inside starts it.
 */
static void take_route(const struct walk *w, struct tw_path *path, const struct tw_site *inside,
	const struct tw_route *route, bool out, enum tw_family family, bool public)
{
	path->route = route;
	path->route_table = inside->table;
	path->reason_component = w->net->table[inside->table].object.id;
	path->reason_span = route ? route->span : w->net->table[inside->table].object.span;
	if (!route) {
		give_reason(path, true, "no-route", "no route leads there");
		return;
	}
	if (route->blackhole) {
		give_reason(path, true, "blackhole", "the route is a blackhole");
		return;
	}
	enum tw_access_block block = access_block(w->net, inside);
	bool gateway = route->target == TW_TARGET_INTERNET_GATEWAY ||
		       route->target == TW_TARGET_EGRESS_ONLY;
	if (gateway && (block == TW_BLOCK_BOTH || (block == TW_BLOCK_INGRESS && !out))) {
		give_reason(path, true, "public-access-block",
			"VPC Block Public Access stops traffic with the internet here");
		return;
	}
	switch (route->target) {
	case TW_TARGET_INTERNET_GATEWAY:
		if (!public)
			give_reason(path, true, "no-route",
				"the internet gateway does not carry private addresses");
		else if (family == TW_IPV4 && inside->kind == TW_SITE_INTERFACES &&
			 !inside->public_v4)
			give_reason(path, true, "no-public-address",
				"the interface has no public IPv4 address");
		return;
	case TW_TARGET_EGRESS_ONLY:
		if (!out)
			give_reason(path, true, "eigw-stateful-v6",
				"an egress-only internet gateway lets nobody outside start a flow");
		return;
	case TW_TARGET_NAT_GATEWAY:
		if (!out)
			give_reason(path, true, "nat-reach",
				"a NAT gateway lets nobody outside start a flow");
		else
			beyond_nat(w, path, inside->vpc);
		return;
	case TW_TARGET_VIRTUAL_GATEWAY: /* SPEC: vgw-nacl */
		path->assumptions |= TW_ASSUME_BEYOND_VPC;
		return;
	case TW_TARGET_LOCAL:
		return;
	case TW_TARGET_PEERING:
	case TW_TARGET_TRANSIT_GATEWAY:
	case TW_TARGET_ENDPOINT:
	case TW_TARGET_INTERFACE:
	case TW_TARGET_OTHER:
		give_reason(path, false, "unknown-input",
			"what lies behind this route is not judged yet");
		path->assumptions |= TW_ASSUME_BEYOND_VPC;
		return;
	}
}

/*
 * A prefix list that the input lacks may hold any address of this part. What is stopped here may
 * pass there; what passes here is proved only if the list leads to a gateway endpoint, which no
 * list guards.
 */
static void doubt_route(const struct walk *w, struct tw_path *path)
{
	if (!w->unknown || (path->route && path->route->target == TW_TARGET_LOCAL))
		return;
	if (!path->blocked && (path->reason || w->unknown->target == TW_TARGET_ENDPOINT))
		return;
	path->route = w->unknown;
	path->reason_span = w->unknown->span;
	give_reason(path, false, "unknown-input",
		"a route leads to a prefix list whose entries are not in the input");
}

/*
 * An internet gateway carries a private IPv4 address only if a public one stands for it
 * (SPEC: igw-nat-private-addresses): the others are cut out of `part` and get a path of their own.
 */
static tw_status unpublished(struct walk *w, tw_set *part, const struct tw_site *inside,
	const struct tw_route *route, enum tw_family family, bool public)
{
	if (!public || family != TW_IPV4 || inside->kind != TW_SITE_INTERFACES ||
		!inside->public_v4 || !route || route->blackhole ||
		route->target != TW_TARGET_INTERNET_GATEWAY)
		return TW_OK;
	tw_set known = TW_EMPTY;
	enum tw_field near = inside == w->from ? TW_FIELD_FROM : TW_FIELD_TO;
	for (size_t i = 0; i < inside->interfaces_n; i++)
		known = tw_set_union(w->space, known,
			prefixes_set(w->space, near,
				w->net->interface[inside->interfaces[i]].published));
	struct tw_path path = new_path(w, tw_set_subtract(w->space, *part, known));
	*part = tw_set_intersect(w->space, *part, known);
	path.route = route;
	path.route_table = inside->table;
	path.reason_component = w->net->table[inside->table].object.id;
	path.reason_span = route->span;
	give_reason(&path, true, "no-public-address",
		"no public IPv4 address stands for this private one");
	cross_all(&path, w->from, w->to);
	return push(w, &path);
}

/* One part of the outside that takes one route, split by family and by public or not. */
static tw_status route_part(
	struct walk *w, tw_set domain, const struct tw_site *inside, const struct tw_route *route)
{
	bool out = inside == w->from;
	static const enum tw_family families[] = {TW_IPV4, TW_IPV6};
	for (size_t f = 0; f < TW_COUNT(families); f++) {
		struct tw_box box = tw_box_all(families[f]);
		tw_set of_family = tw_set_intersect(w->space, domain, tw_set_box(w->space, &box));
		tw_set public = out ? w->world->public_to : w->world->public_from;
		tw_set part[2];
		part[0] = tw_set_intersect(w->space, of_family, public);
		part[1] = tw_set_subtract(w->space, of_family, public);
		for (int i = 0; i < 2; i++) {
			TW_TRY(unpublished(w, &part[i], inside, route, families[f], i == 0));
			struct tw_path path = new_path(w, part[i]);
			take_route(w, &path, inside, route, out, families[f], i == 0);
			doubt_route(w, &path);
			cross_all(&path, w->from, w->to);
			TW_TRY(push(w, &path));
		}
	}
	return tw_space_status(w->space);
}

struct keyed_route {
	struct tw_prefix to;
	const struct tw_route *route;
};

/* Expands prefix-list routes; longest prefix first is what decides. */
static tw_status routes_by_length(
	struct walk *w, const struct tw_route_table *table, struct keyed_route **ret, size_t *ret_n)
{
	size_t room = 0;
	for (size_t i = 0; i < table->routes_n; i++) {
		const struct tw_route *r = &table->route[i];
		uint32_t list = r->prefix_list
					? tw_net_find(w->net, TW_KIND_PREFIX_LIST, r->prefix_list)
					: TW_MISSING;
		room += r->prefix_list && list != TW_MISSING ? w->net->prefix_list[list].cidrs.n
							     : 1;
	}
	struct keyed_route *out = TW_NEW_ARRAY(w->arena, struct keyed_route, room + 1);
	if (!out)
		return TW_ENOMEM;
	size_t n = 0;
	for (size_t i = 0; i < table->routes_n; i++) {
		const struct tw_route *r = &table->route[i];
		if (!r->prefix_list) {
			out[n++] = (struct keyed_route){r->to, r};
			continue;
		}
		uint32_t list = tw_net_find(w->net, TW_KIND_PREFIX_LIST, r->prefix_list);
		if (list == TW_MISSING || !w->net->prefix_list[list].entries_known) {
			/* The one that proves least: anything but an endpoint. */
			if (!w->unknown || r->target != TW_TARGET_ENDPOINT)
				w->unknown = r;
			continue;
		}
		for (size_t k = 0; k < w->net->prefix_list[list].cidrs.n; k++)
			out[n++] = (struct keyed_route){w->net->prefix_list[list].cidrs.v[k], r};
	}
	for (size_t i = 1; i < n; i++) /* insertion: tables are short and mostly sorted */
		for (size_t k = i; k > 0 && out[k - 1].to.len < out[k].to.len; k--) {
			struct keyed_route swap = out[k];
			out[k] = out[k - 1];
			out[k - 1] = swap;
		}
	*ret = out;
	*ret_n = n;
	return TW_OK;
}

/* Cuts the outside by the route table of the inside site. */
static tw_status by_routes(struct walk *w, tw_set domain, const struct tw_site *inside)
{
	if (inside->table_state != TW_KNOWN) {
		struct tw_path path = new_path(w, domain);
		if (inside->table_state == TW_ASSUMED)
			path.assumptions |= TW_ASSUME_NO_ROUTES;
		else
			give_reason(&path, false, "unknown-input",
				"the subnet's route table is not in the input");
		cross_all(&path, w->from, w->to);
		return push(w, &path);
	}
	struct keyed_route *route;
	size_t n;
	TW_TRY(routes_by_length(w, &w->net->table[inside->table], &route, &n));
	enum tw_field far = inside == w->from ? TW_FIELD_TO : TW_FIELD_FROM;
	for (size_t i = 0; i < n && !tw_set_is_empty(domain); i++) {
		struct tw_range range = tw_prefix_range(route[i].to);
		tw_set here =
			tw_set_intersect(w->space, domain, tw_ranges_set(w->space, far, &range, 1));
		if (tw_set_is_empty(here))
			continue;
		domain = tw_set_subtract(w->space, domain, here);
		TW_TRY(route_part(w, here, inside, route[i].route));
	}
	return route_part(w, domain, inside, NULL);
}

/* The VPC's id, which may be all that the input says of it. */
static const char *vpc_id_of(const struct tw_net *net, const struct tw_site *site)
{
	if (site->vpc != TW_MISSING)
		return net->vpc[site->vpc].object.id;
	if (site->subnet != TW_MISSING)
		return net->subnet[site->subnet].vpc_id;
	if (site->interfaces_n > 0)
		return net->interface[site->interfaces[0]].vpc_id;
	return site->acl != TW_MISSING ? net->acl[site->acl].vpc_id : NULL;
}

static bool same_vpc(const struct tw_net *net, const struct tw_site *a, const struct tw_site *b)
{
	const char *left = vpc_id_of(net, a), *right = vpc_id_of(net, b);

	return left && right ? strcmp(left, right) == 0 : left == right;
}

static bool is_inside_vpc(const struct tw_net *net, uint32_t vpc, struct tw_prefix block)
{
	for (size_t i = 0; vpc != TW_MISSING && i < net->vpc[vpc].cidrs.n; i++)
		if (tw_prefix_contains(net->vpc[vpc].cidrs.v[i], block))
			return true;
	return false;
}

/*
 * Routes narrower than the local one lead traffic inside the VPC to an appliance, or nowhere: these
 * pairs are cut out of `path` and get paths of their own. `far`: the other end's address.
 */
static tw_status detours(
	struct walk *w, const struct tw_site *site, enum tw_field far, struct tw_path *path)
{
	if (site->table_state != TW_KNOWN)
		return TW_OK;
	const struct tw_route_table *table = &w->net->table[site->table];
	const struct tw_site *other = far == TW_FIELD_TO ? w->to : w->from;
	struct tw_ranges targets = {other->address, other->addresses_n};
	for (size_t i = 0; i < table->routes_n; i++) {
		const struct tw_route *route = &table->route[i];
		struct tw_range range = tw_prefix_range(route->to);
		if (route->prefix_list || route->target == TW_TARGET_LOCAL ||
			!is_inside_vpc(w->net, site->vpc, route->to) ||
			!tw_ranges_meet(targets, range))
			continue;
		struct tw_path detour = *path;
		tw_set here = tw_ranges_set(w->space, far, &range, 1);
		detour.domain = tw_set_intersect(w->space, path->domain, here);
		path->domain = tw_set_subtract(w->space, path->domain, here);
		detour.route = route;
		detour.route_table = site->table;
		detour.reason_component = table->object.id;
		detour.reason_span = route->span;
		give_reason(&detour, route->blackhole && far == TW_FIELD_TO,
			route->blackhole ? "blackhole" : "unknown-input",
			route->blackhole
				? "the route is a blackhole"
				: "a route leads through an appliance, which is not judged yet");
		TW_TRY(push(w, &detour));
	}
	return tw_space_status(w->space);
}

/* Between two VPCs: both ends' lists are asked; what joins them is not judged yet. */
static tw_status between_vpcs(struct walk *w, tw_set domain)
{
	struct tw_path path = new_path(w, domain);
	give_reason(&path, false, "unknown-input", "what joins the two VPCs is not judged yet");
	path.assumptions |= TW_ASSUME_BEYOND_VPC;
	cross_all(&path, w->from, w->to);
	return push(w, &path);
}

tw_status tw_paths_between(const struct tw_net *net, struct tw_space *space,
	const struct tw_world *world, struct tw_arena *arena, const struct tw_site *from,
	const struct tw_site *to, struct tw_paths *ret)
{
	struct walk w = {net, space, world, arena, from, to, ret, NULL};
	tw_set domain = tw_set_intersect(space,
		tw_ranges_set(space, TW_FIELD_FROM, from->address, from->addresses_n),
		tw_ranges_set(space, TW_FIELD_TO, to->address, to->addresses_n));
	domain = tw_set_subtract(space, domain, own_public(&w));
	if (is_inside(from))
		TW_TRY(exempt(&w, domain, &domain));
	if (!is_inside(from) && !is_inside(to)) {
		struct tw_path path = new_path(&w, domain);
		give_reason(&path, false, "unknown-input",
			"neither end lies in a subnet of the input: nothing here to judge");
		return push(&w, &path);
	}
	if (!is_inside(from))
		return by_routes(&w, domain, to);
	if (!is_inside(to))
		return by_routes(&w, domain, from);
	if (!same_vpc(net, from, to))
		return between_vpcs(&w, domain);
	struct tw_path path = new_path(&w, domain);
	path.same_subnet = from->subnet != TW_MISSING && from->subnet == to->subnet;
	cross_all(&path, from, to);
	if (!path.same_subnet)
		TW_TRY(detours(&w, from, TW_FIELD_TO, &path));
	if (!path.same_subnet)
		TW_TRY(detours(&w, to, TW_FIELD_FROM, &path));
	return push(&w, &path);
}

tw_status tw_reach(const struct tw_net *net, struct tw_space *space, const struct tw_world *world,
	struct tw_arena *arena, const struct tw_site *site, bool out, tw_set *ret)
{
	struct tw_site *outside = TW_NEW(arena, struct tw_site);
	if (!outside)
		return TW_ENOMEM;
	*outside = (struct tw_site){.kind = TW_SITE_OUTSIDE,
		.vpc = TW_MISSING,
		.subnet = TW_MISSING,
		.acl = TW_MISSING,
		.table = TW_MISSING};
	enum tw_field near = out ? TW_FIELD_FROM : TW_FIELD_TO;
	enum tw_field far = out ? TW_FIELD_TO : TW_FIELD_FROM;
	tw_set domain = tw_ranges_set(space, near, site->address, site->addresses_n);
	tw_set own = TW_EMPTY, vpc = TW_EMPTY, reach = TW_EMPTY;
	if (site->subnet != TW_MISSING)
		own = prefixes_set(space, far, net->subnet[site->subnet].cidrs);
	if (site->vpc != TW_MISSING)
		vpc = prefixes_set(space, far, net->vpc[site->vpc].cidrs);
	struct tw_paths paths = TW_VEC_EMPTY;
	struct walk w = {
		net, space, world, arena, out ? site : outside, out ? outside : site, &paths, NULL};
	tw_status status = TW_OK;
	if (out)
		status = exempt(&w, domain, &domain);
	paths.n = 0; /* what AWS answers itself is no flow to judge */
	if (status == TW_OK) {
		/* Inside the VPC everybody but the own subnet: SPEC: nacl-subnet-boundary. */
		reach = tw_set_subtract(space, tw_set_intersect(space, domain, vpc), own);
		domain = tw_set_subtract(space, tw_set_subtract(space, domain, vpc), own);
		status = by_routes(&w, domain, site);
	}
	for (size_t i = 0; status == TW_OK && i < paths.n; i++)
		if (!paths.v[i].blocked)
			reach = tw_set_union(space, reach, paths.v[i].domain);
	TW_VEC_FREE(net->mem, &paths);
	if (status == TW_OK)
		*ret = reach;
	return status == TW_OK ? tw_space_status(space) : status;
}
