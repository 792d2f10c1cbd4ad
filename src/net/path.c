/* SPDX-License-Identifier: Apache-2.0 */
/* Paths between two sites: the request's ways, and for each the ways of its reply. See path.h. */
#include "path.h"

#include "addresses.h"
#include "site.h"
#include "way.h"
#include "world.h"

/* What tw_paths_between works on. */
struct pairing {
	const struct tw_net *net;
	struct tw_space *space;
	const struct tw_world *world;
	struct tw_arena *arena;
	const struct tw_site *from, *to;
	struct tw_paths *paths;
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

static struct tw_path new_path(const struct pairing *p, tw_set domain)
{
	struct tw_path path = {.domain = domain,
		.from = p->from,
		.to = p->to,
		.looks = 1,
		.legs = 1,
		.assumptions = TW_ASSUME_UNFRAGMENTED};
	if (p->from->only_acl || p->to->only_acl)
		path.assumptions |= TW_ASSUME_ONLY_ACL;
	if (p->from->kind == TW_SITE_SUBNET || p->to->kind == TW_SITE_SUBNET)
		path.assumptions |= p->net->holds[TW_KIND_INTERFACE] ? TW_ASSUME_NO_INTERFACE
								     : TW_ASSUME_NO_INTERFACES;
	return path;
}

static tw_status push(struct pairing *p, const struct tw_path *path)
{
	if (tw_set_is_empty(path->domain))
		return tw_space_status(p->space);
	return TW_VEC_PUSH(p->net->mem, p->paths, *path);
}

/*
 * Pairs of an interface and its own public address: not the outside, but the interface itself.
 * SPEC: igw-nat-private-addresses
 */
static tw_set own_public(const struct pairing *p)
{
	bool out = is_inside(p->from);
	const struct tw_site *inside = out ? p->from : p->to;
	tw_set set = TW_EMPTY;
	/* A public address that is called from inside is out there, whoever has it. */
	if (is_inside(p->from) == is_inside(p->to) || (out ? p->to : p->from)->interfaces_n > 0)
		return set;
	for (size_t i = 0; i < inside->interfaces_n; i++) {
		const struct tw_interface *one = &p->net->interface[inside->interfaces[i]];
		if (one->public_addresses.n == 0)
			continue;
		tw_set near =
			prefixes_set(p->space, out ? TW_FIELD_FROM : TW_FIELD_TO, one->addresses);
		tw_set far = prefixes_set(
			p->space, out ? TW_FIELD_TO : TW_FIELD_FROM, one->public_addresses);
		set = tw_set_union(p->space, set, tw_set_intersect(p->space, near, far));
	}
	return set;
}

/* One address that AWS answers itself: a path without filters, for these packets. */
static tw_status exempt_one(struct pairing *p, tw_set here, const struct tw_exemption *one)
{
	struct tw_path path = new_path(p, here);
	/* Nobody needs an interface there: AWS itself answers. */
	path.assumptions = TW_ASSUME_UNFRAGMENTED;
	path.exempt = one->id;
	path.reason = one->id;
	path.reason_text = tw_arena_printf(
		p->arena, "%s is never filtered by network ACLs or security groups", one->text);
	if (!path.reason_text)
		return TW_ENOMEM;
	if (one->assumed)
		path.assumptions |= strcmp(one->id, "exempt-kms") == 0 ? TW_ASSUME_EXEMPT_KMS
								       : TW_ASSUME_EXEMPT_ECS;
	return push(p, &path);
}

/* A joined site has a router in each of its subnets, which answers that subnet: one path. */
static tw_status exempt_routers(struct pairing *p, tw_set domain, tw_set *ret_rest)
{
	struct tw_ranges targets = {p->to->address, p->to->addresses_n};
	struct tw_exemption list[TW_EXEMPTIONS], router = {.id = NULL};
	tw_set all = TW_EMPTY;
	for (size_t i = 0; i < p->from->parts; i++) {
		const struct tw_site *part = &p->from->part[i];
		size_t n = tw_router_exemptions(p->net, part->subnet, list, TW_EXEMPTIONS);
		for (size_t k = 0; k < n; k++) {
			if (targets.n > 0 && !tw_ranges_meet(targets, list[k].range))
				continue;
			router = list[k];
			all = tw_set_union(p->space, all,
				tw_set_intersect(p->space,
					tw_ranges_set(p->space, TW_FIELD_FROM, part->address,
						part->addresses_n),
					tw_ranges_set(p->space, TW_FIELD_TO, &list[k].range, 1)));
		}
	}
	all = tw_set_intersect(p->space, all, domain);
	if (!tw_set_is_empty(all))
		TW_TRY(exempt_one(p, all, &router));
	*ret_rest = tw_set_subtract(p->space, domain, all);
	return tw_space_status(p->space);
}

/* Traffic that AWS answers itself: paths without filters. Returns what is left of the domain. */
static tw_status exempt(struct pairing *p, tw_set domain, tw_set *ret_rest)
{
	struct tw_exemption list[TW_EXEMPTIONS];
	size_t n = 0;
	struct tw_ranges targets = {p->to->address, p->to->addresses_n};
	TW_TRY(tw_exemptions(p->net, p->from->vpc, p->from->subnet, list, &n));
	for (size_t i = 0; i < n; i++) {
		/* No subnet holds them, also one whose addresses the input does not give. */
		if (list[i].nowhere && is_inside(p->to))
			continue;
		/* Plain arithmetic first: most traffic is nowhere near these addresses. */
		if (targets.n > 0 && !tw_ranges_meet(targets, list[i].range))
			continue;
		tw_set here = tw_set_intersect(
			p->space, domain, tw_ranges_set(p->space, TW_FIELD_TO, &list[i].range, 1));
		if (tw_set_is_empty(here))
			continue;
		TW_TRY(exempt_one(p, here, &list[i]));
		domain = tw_set_subtract(p->space, domain, here);
	}
	return exempt_routers(p, domain, ret_rest);
}

/* ---- from two ways to one path --------------------------------------------------------------- */

static size_t count_steps(const struct tw_step *last)
{
	size_t n = 0;
	for (; last; last = last->before)
		n++;
	return n;
}

static void write_steps(const struct tw_step *last, size_t n, struct tw_crossing *out)
{
	for (; last; last = last->before)
		out[--n] = last->crossing;
}

/* Why the path does not prove what its lists say; the request's reason comes first. */
static void give_reason(struct tw_path *path, const struct tw_way *way, bool reply)
{
	if (!way || (!way->lost && !way->unknown) || path->reason)
		return;
	path->blocked = way->lost && !way->unknown && !reply;
	path->unanswered = way->lost && !way->unknown && reply;
	path->unknown_beyond = way->unknown;
	path->unknown_request = way->unknown && !reply;
	path->reason = way->code;
	path->reason_text = way->text;
	path->reason_component = way->component;
	path->reason_span = way->span;
}

/*
 * Behind a balancer that hands packets on, AWS does not say which lists of its subnet a reply meets
 * (SPEC: nlb-preserve-lb-subnet-return): what they alone would drop is unknown. A target in that
 * very subnet leaves it by them, whichever way the reply takes.
 */
static void be_lenient(struct tw_crossing *crossing, size_t n, uint32_t subnet)
{
	for (size_t i = 0; i < n; i++)
		crossing[i].lenient |=
			crossing[i].kind == TW_CROSS_ACL && crossing[i].subnet == subnet;
}

/* A path of two ways; `more` are steps between the two, `reply` may be NULL. */
static tw_status join(struct pairing *p, const struct tw_way *request, const struct tw_way *reply,
	const struct tw_way *looks, const struct tw_step *more)
{
	size_t n = count_steps(request->last), k = count_steps(more);
	size_t m = reply ? count_steps(reply->last) : 0;
	struct tw_path path = new_path(p, reply ? reply->domain : request->domain);
	struct tw_crossing *crossing = TW_NEW_ARRAY(p->arena, struct tw_crossing, n + k + m + 1);
	if (!crossing)
		return TW_ENOMEM;
	write_steps(request->last, n, crossing);
	write_steps(more, k, crossing + n);
	if (reply)
		write_steps(reply->last, m, crossing + n + k);
	if (request->handed && request->target.subnet != p->to->subnet)
		be_lenient(crossing + n, k + m, p->to->subnet);
	path.crossing = crossing;
	path.crossings = n + k + m;
	memcpy(path.look, looks->look, sizeof(path.look));
	path.looks = looks->looks;
	path.legs = looks->legs;
	path.same_subnet = request->direct && (!reply || reply->direct);
	path.assumptions |= request->assumptions | (reply ? reply->assumptions : 0);
	path.by = request->by ? request->by : reply ? reply->by : NULL;
	path.choice = request->choice;
	if (reply && reply->choice)
		path.choice = reply->choice;
	path.internet = !request->lost && request->exit == TW_EXIT_GATEWAY &&
			request->gateway == TW_TARGET_INTERNET_GATEWAY;
	give_reason(&path, request, false);
	give_reason(&path, reply, true);
	path.asymmetric = reply && !path.reason && request->trail != reply->trail;
	return push(p, &path);
}

static struct tw_walk walk_of(const struct pairing *p, enum tw_direction direction)
{
	return (struct tw_walk){.net = p->net,
		.space = p->space,
		.world = p->world,
		.arena = p->arena,
		.from = p->from,
		.to = p->to,
		.direction = direction};
}

static struct tw_way way_of(tw_set domain)
{
	return (struct tw_way){.domain = domain, .looks = 1, .legs = 1};
}

/* The reply to a request that has arrived sets out with the looks that the request ended with. */
static struct tw_way reply_to(const struct tw_way *request)
{
	struct tw_way way = *request;
	way.last = NULL;
	way.trail = 0;
	way.depth = 0;
	way.lost = way.unknown = way.opaque = way.direct = way.left = false;
	way.entries = 0;
	way.code = way.text = way.component = NULL;
	way.assumptions = 0;
	return way;
}

/*
 * The request left by an attachment in the sender's own subnet, where a reply by the same way is
 * asked nothing. SPEC: tgw-same-subnet
 */
static bool left_at_home(const struct tw_walk *walk, const struct tw_way *request)
{
	for (const struct tw_step *s = request->last; s; s = s->before)
		if (s->crossing.kind == TW_CROSS_ACL && s->crossing.role == TW_ROLE_ATTACHMENT &&
			s->crossing.subnet == walk->from->subnet)
			return true;
	return false;
}

static tw_status walk_reply(struct tw_walk *walk, const struct tw_way *request)
{
	struct tw_way way = reply_to(request);
	if (!is_inside(walk->to)) {
		/* Nobody knows by which way the reply comes: another one would ask. To a translator
		 * it comes back for sure, and from there by the routes. */
		way.opaque = request->exit != TW_EXIT_ATTACHMENT &&
			     !request->translated[request->at] && left_at_home(walk, request);
		return tw_way_enter(walk, way, request);
	}
	if (way.handed)
		TW_TRY(tw_way_from_target(walk, &way));
	return tw_way_start(walk, way, walk->to);
}

/* ---- flows that start inside ------------------------------------------------------------------
 */

static tw_status pair_one(struct pairing *p, const struct tw_way *request)
{
	struct tw_walk walk = walk_of(p, TW_REPLY);
	if (request->lost)
		return join(p, request, NULL, request, NULL);
	tw_status status = walk_reply(&walk, request);
	for (size_t i = 0; status == TW_OK && i < walk.done.n; i++)
		status = join(p, request, &walk.done.v[i], request, NULL);
	TW_VEC_FREE(p->net->mem, &walk.done);
	return status;
}

static tw_status from_inside(struct pairing *p, tw_set domain)
{
	struct tw_walk walk = walk_of(p, TW_REQUEST);
	tw_status status = tw_way_start(&walk, way_of(domain), p->from);
	for (size_t i = 0; status == TW_OK && i < walk.done.n; i++)
		status = pair_one(p, &walk.done.v[i]);
	TW_VEC_FREE(p->net->mem, &walk.done);
	return status;
}

/* ---- flows that start outside -----------------------------------------------------------------
 */

/*
 * Whoever calls from outside comes through the gateway that the way back leads to; the route that
 * says so is shown first. A way back that leads nowhere: nobody comes by it.
 */
static tw_status enter_by(struct pairing *p, const struct tw_way *back)
{
	struct tw_walk walk = walk_of(p, TW_REQUEST);
	struct tw_way way = way_of(back->domain);
	const struct tw_step *first = NULL;
	way.unknown = back->unknown;
	way.opaque = back->opaque;
	way.lost = back->lost;
	way.code = back->code;
	way.text = back->text;
	way.component = back->component;
	way.span = back->span;
	way.by = back->by;
	way.choice = back->choice;
	for (const struct tw_step *s = back->last; s; s = s->before)
		if (s->crossing.kind == TW_CROSS_ROUTE && s->crossing.table != TW_MISSING)
			first = s;
	tw_status status = TW_OK;
	if (first)
		status = tw_way_cross(&walk, &way, first->crossing);
	if (status == TW_OK)
		status = tw_way_enter(&walk, way, back);
	for (size_t i = 0; status == TW_OK && i < walk.done.n; i++) {
		struct tw_way *request = &walk.done.v[i];
		struct tw_way reply = *back, target = reply_to(request);
		struct tw_walk from_target = walk_of(p, TW_REPLY);
		reply.domain = request->domain;
		reply.unknown = reply.lost = false; /* told as the request's reason */
		reply.by = request->by;		    /* which go on from the reply's */
		reply.choice = request->choice;
		request->trail = back->trail;
		if (request->handed)
			status = tw_way_from_target(&from_target, &target);
		if (status == TW_OK)
			status = join(p, request, request->lost ? NULL : &reply, request,
				request->handed ? target.last : NULL);
	}
	TW_VEC_FREE(p->net->mem, &walk.done);
	return status;
}

static tw_status from_outside(struct pairing *p, tw_set domain)
{
	struct tw_walk walk = walk_of(p, TW_REPLY);
	tw_status status = tw_way_start(&walk, way_of(domain), p->to);
	for (size_t i = 0; status == TW_OK && i < walk.done.n; i++)
		status = enter_by(p, &walk.done.v[i]);
	TW_VEC_FREE(p->net->mem, &walk.done);
	return status;
}

static tw_status nowhere(struct pairing *p, tw_set domain)
{
	struct tw_path path = new_path(p, domain);
	path.unknown_beyond = path.unknown_request = true;
	path.reason = "unknown-input";
	path.reason_text = "neither end lies in a subnet of the input: nothing here to judge";
	return push(p, &path);
}

tw_status tw_paths_between(const struct tw_net *net, struct tw_space *space,
	const struct tw_world *world, struct tw_arena *arena, const struct tw_site *from,
	const struct tw_site *to, struct tw_paths *ret)
{
	struct pairing p = {net, space, world, arena, from, to, ret};
	if (is_inside(from) && to->called_n > 0) {
		TW_TRY(tw_paths_to_public(net, space, world, arena, from, to, ret));
		if (to->called_only)
			return TW_OK;
	}
	tw_set domain = tw_set_intersect(space,
		tw_ranges_set(space, TW_FIELD_FROM, from->address, from->addresses_n),
		tw_ranges_set(space, TW_FIELD_TO, to->address, to->addresses_n));
	domain = tw_set_subtract(space, domain, own_public(&p));
	/* AWS keeps the addresses that it answers itself: no load balancer has them. */
	if (is_inside(from) && to->kind != TW_SITE_BALANCER)
		TW_TRY(exempt(&p, domain, &domain));
	if (tw_set_is_empty(domain))
		return tw_space_status(space);
	if (is_inside(from))
		return from_inside(&p, domain);
	return is_inside(to) ? from_outside(&p, domain) : nowhere(&p, domain);
}

/* ---- reach ----------------------------------------------------------------------------------- */

/* Everybody out there that the site's routes lead to or from. */
static tw_status reach_outside(struct pairing *p, bool out, tw_set domain, tw_set *reach)
{
	struct tw_walk walk = walk_of(p, out ? TW_REQUEST : TW_REPLY);
	const struct tw_site *site = out ? p->from : p->to;
	struct tw_stop place = tw_stop_of_site(site);
	tw_status status = tw_way_route(&walk, way_of(domain), &place);
	for (size_t i = 0; status == TW_OK && i < walk.done.n; i++)
		if (!walk.done.v[i].lost || walk.done.v[i].unknown)
			*reach = tw_set_union(p->space, *reach, walk.done.v[i].domain);
	TW_VEC_FREE(p->net->mem, &walk.done);
	return status;
}

tw_status tw_reach(const struct tw_net *net, struct tw_space *space, const struct tw_world *world,
	struct tw_arena *arena, const struct tw_site *site, bool out, tw_set *ret)
{
	struct tw_site *outside = TW_NEW(arena, struct tw_site);
	if (!outside)
		return TW_ENOMEM;
	*outside = tw_site_nowhere(TW_SITE_OUTSIDE, (struct tw_ranges){NULL, 0});
	enum tw_field near = out ? TW_FIELD_FROM : TW_FIELD_TO;
	enum tw_field far = out ? TW_FIELD_TO : TW_FIELD_FROM;
	struct tw_paths paths = TW_VEC_EMPTY;
	struct pairing p = {
		net, space, world, arena, out ? site : outside, out ? outside : site, &paths};
	tw_set domain = tw_ranges_set(space, near, site->address, site->addresses_n);
	tw_set own = TW_EMPTY, vpc = TW_EMPTY;
	if (site->subnet != TW_MISSING)
		own = prefixes_set(space, far, net->subnet[site->subnet].cidrs);
	if (site->vpc != TW_MISSING)
		vpc = prefixes_set(space, far, net->vpc[site->vpc].cidrs);
	/* What AWS answers itself is no flow to judge. */
	tw_status status = out ? exempt(&p, domain, &domain) : TW_OK;
	TW_VEC_FREE(net->mem, &paths);
	TW_TRY(status);
	/* Inside the VPC everybody but the own subnet: SPEC: nacl-subnet-boundary. */
	tw_set reach = tw_set_subtract(space, tw_set_intersect(space, domain, vpc), own);
	domain = tw_set_subtract(space, tw_set_subtract(space, domain, vpc), own);
	if (!tw_set_is_empty(domain))
		TW_TRY(reach_outside(&p, out, domain, &reach));
	*ret = reach;
	return tw_space_status(space);
}
