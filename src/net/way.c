/* SPDX-License-Identifier: Apache-2.0 */
/* Walking one direction of a path: leaving subnets, taking routes, entering subnets. See way.h. */
#include "way.h"

#include "site.h"

/* ---- places ---------------------------------------------------------------------------------- */

struct tw_stop tw_stop_of_site(const struct tw_site *site)
{
	return (struct tw_stop){.vpc = site->vpc,
		.subnet = site->subnet,
		.zone = site->zone,
		.acl = site->acl,
		.table = site->table,
		.acl_state = site->acl_state,
		.table_state = site->table_state,
		.role = site->kind == TW_SITE_BALANCER ? TW_ROLE_BALANCER : TW_ROLE_END,
		.site = site};
}

struct tw_stop tw_stop_of_subnet(const struct tw_net *net, uint32_t subnet, enum tw_role role)
{
	const struct tw_subnet *s = &net->subnet[subnet];

	return (struct tw_stop){.vpc = s->vpc,
		.subnet = subnet,
		.zone = s->zone,
		.acl = s->acl,
		.table = s->table,
		.acl_state = tw_knowledge_of(net, TW_KIND_ACL, s->acl),
		.table_state = tw_knowledge_of(net, TW_KIND_ROUTE_TABLE, s->table),
		.role = role};
}

static bool is_inside(const struct tw_site *site)
{
	return site->kind != TW_SITE_OUTSIDE;
}

const struct tw_stop *tw_way_goal(
	const struct tw_walk *walk, const struct tw_way *way, struct tw_stop *room)
{
	const struct tw_site *end = walk->direction == TW_REQUEST ? walk->to : walk->from;

	if (walk->direction == TW_REPLY && way->translated[way->at])
		return &way->translator[way->at];
	if (walk->direction == TW_REQUEST && way->handed) {
		*room = way->target;
		return room;
	}
	if (!is_inside(end))
		return NULL;
	*room = tw_stop_of_site(end);
	return room;
}

const char *tw_stop_vpc_id(const struct tw_net *net, const struct tw_stop *place)
{
	const struct tw_site *site = place->site;

	if (place->vpc != TW_MISSING)
		return net->vpc[place->vpc].object.id;
	if (place->subnet != TW_MISSING)
		return net->subnet[place->subnet].vpc_id;
	if (site && site->interfaces_n > 0)
		return net->interface[site->interfaces[0]].vpc_id;
	return place->acl != TW_MISSING ? net->acl[place->acl].vpc_id : NULL;
}

static bool same_vpc(const struct tw_net *net, const struct tw_stop *a, const struct tw_stop *b)
{
	const char *left = tw_stop_vpc_id(net, a), *right = tw_stop_vpc_id(net, b);

	return left && right ? strcmp(left, right) == 0 : left == right;
}

/* ---- steps ----------------------------------------------------------------------------------- */

tw_status tw_way_cross(struct tw_walk *walk, struct tw_way *way, struct tw_crossing crossing)
{
	struct tw_step *step = TW_NEW(walk->arena, struct tw_step);

	if (!step)
		return TW_ENOMEM;
	crossing.view.direction = walk->direction;
	crossing.look = (uint8_t)way->at;
	crossing.lenient |= way->opaque;
	*step = (struct tw_step){way->last, crossing};
	way->last = step;
	return TW_OK;
}

tw_status tw_way_cross_list(
	struct tw_walk *walk, struct tw_way *way, const struct tw_stop *place, enum tw_list list)
{
	struct tw_crossing c = {.kind = TW_CROSS_ACL,
		.view = {list, walk->direction},
		.state = place->acl_state,
		.acl = place->acl,
		.subnet = place->subnet,
		.site = place->site,
		.role = place->role};

	if (c.state == TW_ASSUMED)
		way->assumptions |= TW_ASSUME_NO_ACLS;
	return tw_way_cross(walk, way, c);
}

/*
 * Groups stand at interfaces; an address without one is judged by the lists alone. Some managed
 * interfaces, such as a NAT gateway's or an NLB's, have none at all.
 */
static bool has_groups(const struct tw_site *site)
{
	if (site->kind == TW_SITE_BALANCER)
		return site->groups_n > 0;
	return site->kind == TW_SITE_INTERFACES &&
	       (site->groups_n > 0 || site->type == TW_INTERFACE_ORDINARY);
}

tw_status tw_way_cross_groups(
	struct tw_walk *walk, struct tw_way *way, const struct tw_site *site, enum tw_list list)
{
	/* The reply to what they let pass returns by state: SPEC: sg-reply-passes */
	struct tw_crossing c = {.kind = TW_CROSS_GROUPS,
		.view = {list, walk->direction},
		.state = site->groups_state,
		.acl = TW_MISSING,
		.subnet = site->subnet,
		.site = site,
		.tracked = walk->direction == TW_REPLY};

	if (!has_groups(site))
		return TW_OK;
	if (site != walk->from && walk->from->kind == TW_SITE_BALANCER)
		c.sponsor = walk->from;
	else if (site != walk->to && walk->to->kind == TW_SITE_BALANCER)
		c.sponsor = walk->to; /* SPEC: nlb-sg */
	if (c.state == TW_ASSUMED)
		way->assumptions |= TW_ASSUME_NO_GROUPS;
	return tw_way_cross(walk, way, c);
}

tw_status tw_way_cross_place(struct tw_walk *walk, struct tw_way *way, const char *kind,
	const char *id, struct tw_span span)
{
	way->trail |= (uint64_t)1 << (tw_hash(id, strlen(id), 0) & 63);
	return tw_way_cross(walk, way,
		(struct tw_crossing){.kind = TW_CROSS_PLACE,
			.state = TW_KNOWN,
			.acl = TW_MISSING,
			.subnet = TW_MISSING,
			.place = id,
			.place_kind = kind,
			.span = span});
}

struct tw_way tw_way_part(const struct tw_way *way, tw_set domain)
{
	struct tw_way part = *way;
	part.domain = domain;
	return part;
}

tw_status tw_way_end(struct tw_walk *walk, const struct tw_way *way)
{
	if (tw_set_is_empty(way->domain))
		return tw_space_status(walk->space);
	return TW_VEC_PUSH(walk->net->mem, &walk->done, *way);
}

tw_status tw_way_lose(struct tw_walk *walk, struct tw_way way, const char *code, const char *text)
{
	/* A doubt on the way stays a doubt, and what was lost before stays lost for that. */
	if (!way.unknown && !way.lost) {
		way.code = code;
		way.text = text;
	}
	way.lost = true;
	return tw_way_end(walk, &way);
}

void tw_way_doubt(struct tw_way *way, const char *code, const char *text)
{
	if (way->unknown)
		return;
	way->unknown = true;
	way->code = code;
	way->text = text;
}

tw_status tw_way_exit(struct tw_walk *walk, struct tw_way way, enum tw_target gateway, uint32_t vpc)
{
	struct tw_stop room;

	way.exit = TW_EXIT_GATEWAY;
	way.gateway = gateway;
	way.exit_vpc = vpc;
	if (gateway == TW_TARGET_VIRTUAL_GATEWAY && tw_way_goal(walk, &way, &room))
		tw_way_doubt(
			&way, "unknown-input", "the route leads on-premises, which is not judged");
	/* A known subnet is not out there, unless nobody knows where the way led. */
	if (tw_way_goal(walk, &way, &room) && !way.unknown)
		return tw_way_lose(walk, way, "no-route", "the route leads out of the network");
	if (way.unknown && tw_way_goal(walk, &way, &room))
		return tw_way_arrive(walk, way, false);
	return tw_way_end(walk, &way);
}

/* ---- destinations ---------------------------------------------------------------------------- */

/* 64:ff9b::/96, the well-known prefix. SPEC: nat-nat64 */
static struct tw_prefix embed(struct tw_prefix v4)
{
	return (struct tw_prefix){.addr = {TW_NAT64_HI, v4.addr.lo},
		.family = TW_IPV6,
		.len = (uint8_t)(96 + v4.len)};
}

static bool within(struct tw_range range, struct tw_prefix block)
{
	struct tw_range all = tw_prefix_range(block);

	return range.family == block.family && tw_addr_cmp(all.first, range.first) <= 0 &&
	       tw_addr_cmp(range.last, all.last) <= 0;
}

tw_set tw_way_towards(struct tw_walk *walk, const struct tw_way *way, struct tw_prefix block)
{
	const struct tw_look *look = &way->look[way->at];
	struct tw_range range = tw_prefix_range(block);
	tw_set here;

	if (walk->direction == TW_REPLY && way->translated[way->at])
		return look->from.n > 0 && within(look->from.v[0], block) ? way->domain : TW_EMPTY;
	if (walk->direction == TW_REPLY)
		here = tw_ranges_set(walk->space, TW_FIELD_FROM, &range, 1);
	else if (look->to.family != 0)
		return within(look->to, block) ? way->domain : TW_EMPTY;
	else if (look->embedded) {
		if (block.family != TW_IPV4)
			return TW_EMPTY;
		range = tw_prefix_range(embed(block));
		here = tw_ranges_set(walk->space, TW_FIELD_TO, &range, 1);
	} else
		here = tw_ranges_set(walk->space, TW_FIELD_TO, &range, 1);
	return tw_set_intersect(walk->space, way->domain, here);
}

bool tw_way_is_plain(const struct tw_walk *walk, const struct tw_way *way)
{
	const struct tw_look *look = &way->look[way->at];

	if (walk->direction == TW_REPLY)
		return !way->translated[way->at];
	return look->to.family == 0 && !look->embedded;
}

bool tw_way_may_reach(const struct tw_walk *walk, const struct tw_way *way, struct tw_prefix block)
{
	const struct tw_site *end = walk->direction == TW_REQUEST ? walk->to : walk->from;
	struct tw_ranges address = {end->address, end->addresses_n};

	return address.n == 0 || !tw_way_is_plain(walk, way) ||
	       tw_ranges_meet(address, tw_prefix_range(block));
}

tw_set tw_way_public(struct tw_walk *walk, const struct tw_way *way)
{
	const struct tw_look *look = &way->look[way->at];

	if (walk->direction == TW_REPLY && way->translated[way->at])
		return TW_EMPTY;
	if (walk->direction == TW_REPLY)
		return tw_set_intersect(walk->space, way->domain, walk->world->public_from);
	if (look->to.family != 0)
		return TW_EMPTY;
	if (look->embedded)
		return tw_set_intersect(walk->space, way->domain, walk->world->embedded_to);
	return tw_set_intersect(walk->space, way->domain, walk->world->public_to);
}

/* ---- arriving -------------------------------------------------------------------------------- */

/* The translator takes its own address off, and the reply goes on to whom it stood for. */
static tw_status untranslate(struct tw_walk *walk, struct tw_way way)
{
	struct tw_stop nat = way.translator[way.at];
	const char *id = way.look[way.at].at;
	uint32_t index = tw_net_find(walk->net, TW_KIND_NAT_GATEWAY, id);
	struct tw_span span = index == TW_MISSING ? TW_NO_SPAN : walk->net->nat[index].object.span;

	TW_TRY(tw_way_cross_place(walk, &way, "nat-gateway", id, span));
	way.at--;
	return tw_way_leave(walk, way, &nat);
}

tw_status tw_way_arrive(struct tw_walk *walk, struct tw_way way, bool direct)
{
	struct tw_stop room;
	const struct tw_stop *goal = tw_way_goal(walk, &way, &room);
	const struct tw_site *end = walk->direction == TW_REQUEST ? walk->to : walk->from;

	if (!goal)
		return tw_way_end(walk, &way);
	if (!direct)
		TW_TRY(tw_way_cross_list(walk, &way, goal, TW_INGRESS));
	if (walk->direction == TW_REPLY && way.translated[way.at])
		return untranslate(walk, way);
	if (walk->direction == TW_REQUEST && way.handed) {
		if (way.target_site)
			TW_TRY(tw_way_cross_groups(walk, &way, way.target_site, TW_INGRESS));
		return tw_way_end(walk, &way);
	}
	way.direct = direct && !way.left && way.looks == 1;
	/* SPEC: nat-reach */
	if (walk->direction == TW_REQUEST && end->kind == TW_SITE_INTERFACES &&
		end->type == TW_INTERFACE_NAT_GATEWAY)
		return tw_way_lose(
			walk, way, "nat-reach", "a NAT gateway takes in replies only, no requests");
	TW_TRY(tw_way_cross_groups(walk, &way, end, TW_INGRESS));
	if (walk->direction == TW_REQUEST && end->kind == TW_SITE_BALANCER && !way.lost)
		return tw_way_balancer(walk, way);
	return tw_way_end(walk, &way);
}

tw_status tw_way_enter(struct tw_walk *walk, struct tw_way way, const struct tw_way *exit)
{
	if (exit->exit == TW_EXIT_ATTACHMENT)
		return tw_way_from_attachment(walk, way, exit->exit_attachment);
	return tw_way_arrive(walk, way, false);
}

/* ---- leaving --------------------------------------------------------------------------------- */

tw_status tw_way_start(struct tw_walk *walk, struct tw_way way, const struct tw_site *site)
{
	struct tw_stop place = tw_stop_of_site(site);

	TW_TRY(tw_way_cross_groups(walk, &way, site, TW_EGRESS));
	return tw_way_leave(walk, way, &place);
}

tw_status tw_way_leave(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place)
{
	struct tw_stop room;
	const struct tw_stop *goal = tw_way_goal(walk, &way, &room);

	/* SPEC: path-same-subnet, nacl-subnet-boundary */
	if (goal && goal->subnet != TW_MISSING && goal->subnet == place->subnet)
		return tw_way_arrive(walk, way, true);
	TW_TRY(tw_way_cross_list(walk, &way, place, TW_EGRESS));
	way.left = true;
	return tw_way_route(walk, way, place);
}

static tw_status cross_route(struct tw_walk *walk, struct tw_way *way, const struct tw_stop *place,
	const struct tw_route *route)
{
	const struct tw_object *table = &walk->net->table[place->table].object;
	struct tw_crossing c = {.kind = TW_CROSS_ROUTE,
		.state = TW_KNOWN,
		.acl = TW_MISSING,
		.subnet = TW_MISSING,
		.table = place->table,
		.place = table->id,
		.rule = "none",
		.text = "no route matches",
		.span = route ? route->span : table->span,
		.lost = !route || route->blackhole};
	char buf[TW_PREFIX_TEXT];

	if (route) {
		c.rule = route->prefix_list
				 ? route->prefix_list
				 : tw_arena_str(walk->arena, tw_prefix_text(route->to, buf));
		c.text = c.rule ? tw_arena_printf(walk->arena, "%s -> %s", c.rule,
					  route->target_id ? route->target_id : "nothing")
				: NULL;
		if (!c.rule || !c.text)
			return TW_ENOMEM;
	}
	if (!way->unknown) {
		way->component = c.place;
		way->span = c.span;
	}
	return tw_way_cross(walk, way, c);
}

static const char two_routes[] =
	"two routes of the table have this block and lead apart: nobody says which one counts";

/* Where two routes tie, one is walked, and nothing on it is sure. */
static void follow_one_of_two(struct tw_walk *walk, struct tw_way *way, const struct tw_stop *place,
	const struct tw_routed *routed)
{
	if (!routed->tied)
		return;
	if (!way->unknown) {
		way->component = walk->net->table[place->table].object.id;
		way->span = routed->route->span;
	}
	tw_way_doubt(way, "unknown-input", two_routes);
	way->opaque = true;
}

static tw_status follow(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place,
	const struct tw_route *route)
{
	TW_TRY(cross_route(walk, &way, place, route));
	if (!route)
		return tw_way_lose(walk, way, "no-route", "no route leads there");
	if (route->blackhole)
		return tw_way_lose(walk, way, "blackhole", "the route is a blackhole");
	switch (route->target) {
	case TW_TARGET_NAT_GATEWAY:
		return tw_way_nat(walk, way, place, route);
	case TW_TARGET_PEERING:
		return tw_way_peering(walk, way, place, route);
	case TW_TARGET_TRANSIT_GATEWAY:
		return tw_way_transit(walk, way, place, route);
	default:
		return tw_way_gateway(walk, way, place, route);
	}
}

/*
 * A prefix list that the input lacks may hold any address. What is lost by the other routes may get
 * through by this one; what gets through is proved only if the list leads to a gateway endpoint,
 * which no list guards.
 */
static tw_status follow_in_doubt(struct tw_walk *walk, struct tw_way way,
	const struct tw_stop *place, const struct tw_route *route, const struct tw_route *unknown)
{
	static const char text[] =
		"a route leads to a prefix list whose entries are not in the input";
	size_t before = walk->done.n;
	bool doubtful = unknown && !(route && route->target == TW_TARGET_LOCAL);

	/* The other way may meet none of the lists of this one. */
	way.opaque |= doubtful && unknown->target != TW_TARGET_ENDPOINT;
	TW_TRY(follow(walk, way, place, route));
	if (!doubtful)
		return TW_OK;
	for (size_t i = before; i < walk->done.n; i++) {
		struct tw_way *one = &walk->done.v[i];
		if (!one->lost && (one->unknown || unknown->target == TW_TARGET_ENDPOINT))
			continue;
		if (one->lost && one->unknown)
			continue;
		one->lost = false;
		one->unknown = true;
		one->code = "unknown-input";
		one->text = text;
		one->component = walk->net->table[place->table].object.id;
		one->span = unknown->span;
		if (one->exit == TW_EXIT_NONE) {
			one->exit = TW_EXIT_GATEWAY;
			one->gateway = TW_TARGET_OTHER;
			one->exit_vpc = place->vpc;
		}
	}
	return TW_OK;
}

static bool is_inside_vpc(const struct tw_net *net, uint32_t vpc, struct tw_prefix block)
{
	for (size_t i = 0; vpc != TW_MISSING && i < net->vpc[vpc].cidrs.n; i++)
		if (tw_prefix_contains(net->vpc[vpc].cidrs.v[i], block))
			return true;
	return false;
}

/*
 * A route of a VPC's own addresses that is not local: to a NAT gateway, which translates here as
 * anywhere, to an appliance, or nowhere. Whether one that a virtual gateway has told counts here is
 * not documented.
 */
static tw_status detour(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place,
	const struct tw_routed *routed)
{
	const struct tw_route *route = routed->route;
	const char *text = "a route leads through an appliance, which is not judged";

	follow_one_of_two(walk, &way, place, routed);
	TW_TRY(cross_route(walk, &way, place, route));
	if (route->propagated)
		text = "a propagated route has addresses of the VPC itself: nobody says whether it "
		       "counts";
	else if (route->blackhole)
		return tw_way_lose(walk, way, "blackhole", "the route is a blackhole");
	else if (route->target == TW_TARGET_NAT_GATEWAY)
		return tw_way_nat(walk, way, place, route);
	tw_way_doubt(&way, "unknown-input", text);
	way.opaque = true;
	return tw_way_arrive(walk, way, false);
}

/*
 * Inside the VPC everything is local, but for routes narrower than the local one. A prefix list
 * that the input lacks may be one of those, if it leads where only such a route can.
 */
static tw_status route_inside(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place)
{
	const struct tw_routing none = {.n = 0};
	const struct tw_routing *routing =
		place->table_state == TW_KNOWN ? &walk->net->routing[place->table] : &none;
	tw_set rest = way.domain, local = TW_EMPTY;

	for (size_t i = 0; i < routing->n; i++) {
		const struct tw_routed *one = &routing->v[i];
		if (!is_inside_vpc(walk->net, place->vpc, one->to) ||
			!tw_way_may_reach(walk, &way, one->to))
			continue;
		struct tw_way part = tw_way_part(&way, rest);
		part.domain = tw_way_towards(walk, &part, one->to);
		rest = tw_set_subtract(walk->space, rest, part.domain);
		if (one->route->target == TW_TARGET_LOCAL && !one->tied)
			local = tw_set_union(walk->space, local, part.domain);
		else if (!tw_set_is_empty(part.domain))
			TW_TRY(detour(walk, part, place, one));
	}
	way.domain = tw_set_union(walk->space, rest, local);
	if (tw_set_is_empty(way.domain))
		return tw_space_status(walk->space);
	if (routing->unknown && (routing->unknown->target == TW_TARGET_INTERFACE ||
					routing->unknown->target == TW_TARGET_OTHER)) {
		way.opaque = true;
		tw_way_doubt(&way, "unknown-input",
			"a route leads to a prefix list whose entries are not in the input");
	}
	return tw_way_arrive(walk, way, false);
}

/* Without a table nothing says where packets go. */
static tw_status route_blindly(
	struct tw_walk *walk, struct tw_way way, const struct tw_stop *place, bool inside)
{
	if (place->table_state == TW_NOT_KNOWN)
		tw_way_doubt(&way, "unknown-input", "the subnet's route table is not in the input");
	else if (inside)
		tw_way_doubt(&way, "unknown-input", "what joins the two VPCs is not in the input");
	else
		way.assumptions |= TW_ASSUME_NO_ROUTES;
	if (inside) {
		way.assumptions |= TW_ASSUME_BEYOND_VPC;
		return tw_way_arrive(walk, way, false);
	}
	return tw_way_exit(walk, way, TW_TARGET_OTHER, place->vpc);
}

tw_status tw_way_route(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place)
{
	struct tw_stop room;
	const struct tw_stop *goal = tw_way_goal(walk, &way, &room);
	const struct tw_routing *routing;

	if (++way.depth > TW_WAY_DEPTH)
		return tw_way_lose(walk, way, "no-route", "the routes lead in a circle");
	if (goal && same_vpc(walk->net, place, goal))
		return route_inside(walk, way, place);
	if (place->table_state != TW_KNOWN)
		return route_blindly(walk, way, place, goal != NULL);
	routing = &walk->net->routing[place->table];
	for (size_t i = 0; i < routing->n && !tw_set_is_empty(way.domain); i++) {
		if (!tw_way_may_reach(walk, &way, routing->v[i].to))
			continue;
		struct tw_way part =
			tw_way_part(&way, tw_way_towards(walk, &way, routing->v[i].to));
		if (tw_set_is_empty(part.domain))
			continue;
		way.domain = tw_set_subtract(walk->space, way.domain, part.domain);
		follow_one_of_two(walk, &part, place, &routing->v[i]);
		TW_TRY(follow_in_doubt(walk, part, place, routing->v[i].route, routing->unknown));
	}
	if (tw_set_is_empty(way.domain))
		return tw_space_status(walk->space);
	return follow_in_doubt(walk, way, place, NULL, routing->unknown);
}
