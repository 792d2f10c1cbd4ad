/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What joins VPCs: peering connections, and transit gateways with their attachments' subnets, route
 * tables, propagations. SPEC: path-pcx, path-tgw, tgw-same-subnet, tgw-diff-subnet-attachment
 */
#include "way.h"

#include "order.h"

static const char *vpc_id(const struct tw_net *net, const struct tw_stop *place)
{
	if (place->vpc != TW_MISSING)
		return net->vpc[place->vpc].object.id;
	return place->subnet != TW_MISSING ? net->subnet[place->subnet].vpc_id : NULL;
}

static tw_set towards_all(struct tw_walk *walk, const struct tw_way *way, struct tw_prefixes blocks)
{
	tw_set set = TW_EMPTY;

	for (size_t i = 0; i < blocks.n; i++)
		set = tw_set_union(walk->space, set, tw_way_towards(walk, way, blocks.v[i]));
	return set;
}

/* The VPC is reached; its router knows every subnet of it. */
static tw_status deliver(struct tw_walk *walk, struct tw_way way, const char *id)
{
	struct tw_stop room;
	const struct tw_stop *goal = tw_way_goal(walk, &way, &room);

	if (!goal) {
		tw_way_doubt(&way, "unknown-input", "the other VPC's subnets are not in the input");
		way.assumptions |= TW_ASSUME_BEYOND_VPC;
		return tw_way_exit(walk, way, TW_TARGET_OTHER, TW_MISSING);
	}
	if (id && vpc_id(walk->net, goal) && !tw_known_same(id, vpc_id(walk->net, goal)))
		return tw_way_lose(
			walk, way, "no-route", "the route leads to another VPC than the address's");
	return tw_way_arrive(walk, way, false);
}

/* ---- peering --------------------------------------------------------------------------------- */

static tw_status not_described(struct tw_walk *walk, struct tw_way way, const char *text)
{
	struct tw_stop room;

	tw_way_doubt(&way, "unknown-input", text);
	way.assumptions |= TW_ASSUME_BEYOND_VPC;
	way.opaque = true; /* SPEC: tgw-same-subnet: even the end's own list may not be asked */
	return tw_way_goal(walk, &way, &room) ? tw_way_arrive(walk, way, false)
					      : tw_way_exit(walk, way, TW_TARGET_OTHER, TW_MISSING);
}

/* The blocks that the connection carries to one side. */
static struct tw_prefixes blocks_of(const struct tw_net *net, const struct tw_peering_side *side)
{
	if (side->cidrs.n > 0 || side->vpc == TW_MISSING)
		return side->cidrs;
	return net->vpc[side->vpc].cidrs;
}

tw_status tw_way_peering(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place,
	const struct tw_route *route)
{
	const struct tw_net *net = walk->net;
	uint32_t at = tw_net_find(net, TW_KIND_PEERING, route->target_id);

	if (at == TW_MISSING)
		return not_described(walk, way, "the peering connection is not in the input");
	const struct tw_peering *p = &net->peering[at];
	TW_TRY(tw_way_cross_place(walk, &way, "peering-connection", p->object.id, p->object.span));
	if (p->status && strcmp(p->status, "active") != 0) {
		way.component = p->object.id;
		way.span = p->object.span;
		const char *text = tw_arena_printf(
			walk->arena, "the peering connection is not active (%s)", p->status);
		return text ? tw_way_lose(walk, way, "peering-not-active", text) : TW_ENOMEM;
	}
	const char *here = vpc_id(net, place);
	int other = tw_known_same(p->side[0].vpc_id, here)   ? 1
		    : tw_known_same(p->side[1].vpc_id, here) ? 0
							     : -1;
	if (other < 0)
		return not_described(
			walk, way, "the input does not say which VPCs the connection joins");
	struct tw_prefixes blocks = blocks_of(net, &p->side[other]);
	if (blocks.n == 0)
		return not_described(
			walk, way, "the input does not say which addresses the other VPC has");
	tw_set inside = towards_all(walk, &way, blocks);
	struct tw_way rest = tw_way_part(&way, tw_set_subtract(walk->space, way.domain, inside));
	/* SPEC: pcx-no-transit */
	if (!tw_set_is_empty(rest.domain))
		TW_TRY(tw_way_lose(walk, rest, "pcx-no-transit",
			"a peering connection carries only the other VPC's addresses"));
	way.domain = inside;
	if (tw_set_is_empty(inside))
		return tw_space_status(walk->space);
	return deliver(walk, way, p->side[other].vpc_id);
}

/* ---- transit gateways: the attachment's subnets ---------------------------------------------- */

/* Ways through which a packet may go: one of each kind of subnet. */
struct choice {
	const uint32_t *subnet;
	size_t n;
};

static bool alike(const struct tw_net *net, uint32_t a, uint32_t b, uint32_t special)
{
	if (a == special || b == special)
		return a == b;
	return net->subnet[a].acl == net->subnet[b].acl &&
	       net->subnet[a].table == net->subnet[b].table;
}

/*
 * The subnets of an attachment that a packet may cross: that of the sender's zone (`zone`, or
 * NULL), else one for each list and table. `special` is judged apart: it is the goal's own subnet.
 */
static tw_status choose(struct tw_walk *walk, const struct tw_attachment *a,
	const struct tw_stop *from, uint32_t special, struct choice *ret)
{
	const struct tw_net *net = walk->net;
	uint32_t *v = TW_NEW_ARRAY(walk->arena, uint32_t, a->subnets.n + 1);
	size_t n = 0;

	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < a->subnets.n && from; i++) {
		uint32_t at = a->subnets.at[i];
		bool own = at != TW_MISSING && at == from->subnet;
		bool near = at != TW_MISSING && tw_known_same(net->subnet[at].zone, from->zone);
		if (own || (n == 0 && near)) {
			v[0] = at;
			n = 1;
		}
		if (own)
			break;
	}
	if (n > 0) {
		*ret = (struct choice){v, n};
		return TW_OK;
	}
	for (size_t i = 0; i < a->subnets.n; i++) {
		uint32_t at = a->subnets.at[i];
		bool known = at == TW_MISSING;
		for (size_t k = 0; k < n && !known; k++)
			known = alike(net, v[k], at, special);
		if (!known)
			v[n++] = at;
	}
	*ret = (struct choice){v, n};
	return TW_OK;
}

static tw_status name_choice(
	struct tw_walk *walk, struct tw_way *way, uint32_t subnet, size_t choices)
{
	const struct tw_subnet *s = &walk->net->subnet[subnet];

	if (choices < 2)
		return TW_OK;
	const char *text = s->zone ? tw_arena_printf(walk->arena, "%s in %s", s->object.id, s->zone)
				   : s->object.id;
	way->by = way->by && strcmp(way->by, "zone") != 0 ? way->by : "zone";
	way->choice = way->choice && text
			      ? tw_arena_printf(walk->arena, "%s, %s", way->choice, text)
			      : text;
	return way->choice ? TW_OK : TW_ENOMEM;
}

static const struct tw_attachment *attachment_of(
	const struct tw_net *net, const char *gateway_id, const char *vpc)
{
	const struct tw_attachment *found = NULL;

	for (size_t i = 0; i < net->attachments; i++) {
		const struct tw_attachment *a = &net->attachment[i];
		if (a->type == TW_ATTACHED_VPC && tw_known_same(a->gateway_id, gateway_id) &&
			tw_known_same(a->resource_id, vpc) && (!found || found->gone))
			found = a;
	}
	return found;
}

tw_status tw_way_transit(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place,
	const struct tw_route *route)
{
	const struct tw_net *net = walk->net;
	const struct tw_attachment *a = attachment_of(net, route->target_id, vpc_id(net, place));
	struct choice choice;

	if (!a)
		return not_described(walk, way,
			"the VPC's attachment to the transit gateway is not in the input");
	if (a->gone)
		return tw_way_lose(walk, way, "blackhole", "the attachment was deleted or failed");
	if (!a->subnets_known)
		return not_described(
			walk, way, "the subnets of the VPC's attachment are not in the input");
	TW_TRY(choose(walk, a, place, TW_MISSING, &choice));
	if (choice.n == 0)
		return not_described(
			walk, way, "the subnets of the VPC's attachment are not in the input");
	for (size_t i = 0; i < choice.n; i++) {
		struct tw_way one = way;
		struct tw_stop there = tw_stop_of_subnet(net, choice.subnet[i], TW_ROLE_ATTACHMENT);
		TW_TRY(name_choice(walk, &one, choice.subnet[i], choice.n));
		TW_TRY(tw_way_cross_list(walk, &one, &there, TW_INGRESS));
		TW_TRY(tw_way_from_attachment(walk, one, (uint32_t)(a - net->attachment)));
	}
	return TW_OK;
}

/* ---- transit gateways: from one attachment to another -----------------------------------------
 */

/* Out of the gateway by an attachment of a VPC. SPEC: tgw-same-subnet */
static tw_status into_vpc(struct tw_walk *walk, struct tw_way way, const struct tw_attachment *a)
{
	struct tw_stop room;
	const struct tw_stop *goal = tw_way_goal(walk, &way, &room);
	uint32_t own = goal ? goal->subnet : TW_MISSING;
	struct choice choice;

	if (!a->subnets_known)
		return not_described(walk, way,
			"the subnets of the other VPC's attachment are not in the input");
	TW_TRY(choose(walk, a, NULL, own, &choice));
	if (choice.n == 0)
		return not_described(walk, way,
			"the subnets of the other VPC's attachment are not in the input");
	for (size_t i = 0; i < choice.n; i++) {
		struct tw_way one = way;
		struct tw_stop there =
			tw_stop_of_subnet(walk->net, choice.subnet[i], TW_ROLE_ATTACHMENT);
		TW_TRY(name_choice(walk, &one, choice.subnet[i], choice.n));
		if (own != TW_MISSING && there.subnet == own) {
			TW_TRY(tw_way_arrive(walk, one, true));
			continue;
		}
		TW_TRY(tw_way_cross_list(walk, &one, &there, TW_EGRESS));
		TW_TRY(tw_way_route(walk, one, &there));
	}
	return TW_OK;
}

static tw_status out_by(struct tw_walk *walk, struct tw_way way, uint32_t attachment)
{
	const struct tw_attachment *a =
		attachment == TW_MISSING ? NULL : &walk->net->attachment[attachment];
	struct tw_stop room;

	if (!a)
		return not_described(
			walk, way, "the attachment that the route leads to is not in the input");
	if (a->gone)
		return tw_way_lose(walk, way, "blackhole", "the attachment was deleted or failed");
	if (a->type == TW_ATTACHED_VPC)
		return into_vpc(walk, way, a);
	if (a->type == TW_ATTACHED_OTHER)
		return not_described(
			walk, way, "what lies behind this kind of attachment is not judged");
	if (tw_way_goal(walk, &way, &room) && !way.unknown)
		return not_described(walk, way, "the route leads on-premises, which is not judged");
	way.assumptions |= TW_ASSUME_ON_PREMISES;
	way.exit = TW_EXIT_ATTACHMENT;
	way.exit_attachment = attachment;
	way.gateway = TW_TARGET_TRANSIT_GATEWAY;
	if (way.unknown && tw_way_goal(walk, &way, &room))
		return tw_way_arrive(walk, way, false);
	return TW_VEC_PUSH(walk->net->mem, &walk->done, way);
}

static tw_status cross_transit_route(struct tw_walk *walk, struct tw_way *way,
	const struct tw_transit_table *table, const struct tw_routed *routed, const char *target)
{
	const struct tw_transit_route *route = routed ? routed->transit : NULL;
	struct tw_crossing c = {.kind = TW_CROSS_ROUTE,
		.state = TW_KNOWN,
		.acl = TW_MISSING,
		.subnet = TW_MISSING,
		.table = TW_MISSING,
		.place = table->object.id,
		.rule = "none",
		.text = "no route matches",
		.span = route ? route->span : table->object.span,
		.lost = !routed || (route && route->blackhole)};
	char buf[TW_PREFIX_TEXT];

	if (routed) {
		c.rule = tw_arena_str(walk->arena, tw_prefix_text(routed->to, buf));
		c.text = c.rule ? tw_arena_printf(walk->arena, "%s -> %s", c.rule, target) : NULL;
		if (!c.rule || !c.text)
			return TW_ENOMEM;
	}
	if (!way->unknown) {
		way->component = c.place;
		way->span = c.span;
	}
	return tw_way_cross(walk, way, c);
}

/* One entry of the gateway's table. */
static tw_status follow(struct tw_walk *walk, struct tw_way way,
	const struct tw_transit_table *table, const struct tw_routed *routed)
{
	const struct tw_transit_route *route = routed->transit;
	uint32_t one = routed->propagated;
	struct tw_refs to = {NULL, &one, 1};

	if (route && route->blackhole) {
		TW_TRY(cross_transit_route(walk, &way, table, routed, "blackhole"));
		return tw_way_lose(
			walk, way, "blackhole", "the transit gateway's route is a blackhole");
	}
	if (route)
		to = route->attachments;
	if (to.n == 0)
		return not_described(walk, way,
			"the input does not say where the transit gateway's route leads");
	for (size_t i = 0; i < to.n; i++) {
		struct tw_way part = way;
		const char *id = to.at[i] != TW_MISSING ? walk->net->attachment[to.at[i]].object.id
				 : to.id		? to.id[i]
							: "an attachment";
		if (to.n > 1) {
			part.by = "zone";
			part.choice = part.choice ? tw_arena_printf(
							    walk->arena, "%s, %s", part.choice, id)
						  : id;
			if (!part.choice)
				return TW_ENOMEM;
		}
		TW_TRY(cross_transit_route(walk, &part, table, routed, id));
		TW_TRY(out_by(walk, part, to.at[i]));
	}
	return TW_OK;
}

/* The blocks of a run of dead ends, at the field that this direction looks at. */
static tw_status blocks_of_run(struct tw_walk *walk, const struct tw_routed *first, tw_set *ret)
{
	bool to = walk->direction == TW_REQUEST;
	struct tw_dead_end *kept =
		walk->world->dead_end ? &walk->world->dead_end[first->run] : NULL;
	tw_set *slot = !kept ? NULL : to ? &kept->to : &kept->from;

	if (slot && !tw_set_is_empty(*slot)) {
		*ret = *slot;
		return TW_OK;
	}
	struct tw_range *range = TW_NEW_ARRAY(walk->arena, struct tw_range, first->run_n);
	if (!range)
		return TW_ENOMEM;
	for (size_t i = 0; i < first->run_n; i++)
		range[i] = tw_prefix_range(first[i].to);
	*ret = tw_ranges_set(walk->space, to ? TW_FIELD_TO : TW_FIELD_FROM, range, first->run_n);
	if (slot)
		*slot = *ret;
	return tw_space_status(walk->space);
}

static tw_status end_dead(struct tw_walk *walk, struct tw_way *way, const struct tw_routed *first)
{
	tw_set blocks;

	TW_TRY(blocks_of_run(walk, first, &blocks));
	struct tw_way part = tw_way_part(way, tw_set_intersect(walk->space, way->domain, blocks));
	if (tw_set_is_empty(part.domain))
		return tw_space_status(walk->space);
	way->domain = tw_set_subtract(walk->space, way->domain, part.domain);
	return not_described(walk, part, "the other VPC's subnets are not in the input");
}

static tw_status by_table(
	struct tw_walk *walk, struct tw_way way, const struct tw_transit_table *table)
{
	const struct tw_net *net = walk->net;
	const struct tw_routing *routing = &net->transit_routing[table - net->transit_table];
	static const char text[] = "not all routes of the transit gateway's table are in the input";
	struct tw_stop room;
	bool together = !tw_way_goal(walk, &way, &room) && tw_way_is_plain(walk, &way);

	for (size_t i = 0; i < routing->n && !tw_set_is_empty(way.domain); i++) {
		if (together && routing->v[i].run_n > 0) {
			TW_TRY(end_dead(walk, &way, &routing->v[i]));
			i += routing->v[i].run_n - 1;
			continue;
		}
		if (!tw_way_may_reach(walk, &way, routing->v[i].to))
			continue;
		struct tw_way part =
			tw_way_part(&way, tw_way_towards(walk, &way, routing->v[i].to));
		if (tw_set_is_empty(part.domain))
			continue;
		way.domain = tw_set_subtract(walk->space, way.domain, part.domain);
		if (routing->open) /* a narrower one may be missing */
			tw_way_doubt(&part, "unknown-input", text);
		if (routing->v[i].tied) {
			tw_way_doubt(&part, "unknown-input",
				"two routes of the transit gateway's table have this block and "
				"lead apart: nobody says which one counts");
			part.opaque = true;
		}
		TW_TRY(follow(walk, part, table, &routing->v[i]));
	}
	if (tw_set_is_empty(way.domain))
		return tw_space_status(walk->space);
	if (routing->open)
		return not_described(walk, way, text);
	TW_TRY(cross_transit_route(walk, &way, table, NULL, NULL));
	return tw_way_lose(
		walk, way, "no-route", "the transit gateway's route table has no route there");
}

tw_status tw_way_from_attachment(struct tw_walk *walk, struct tw_way way, uint32_t attachment)
{
	const struct tw_net *net = walk->net;
	const struct tw_attachment *a = &net->attachment[attachment];

	for (unsigned i = 0; i < way.entries; i++)
		if (way.entered[i] == attachment && way.entered_as[i] == way.at)
			return tw_way_lose(walk, way, "no-route", "the routes lead in a circle");
	if (++way.depth > TW_WAY_DEPTH || way.entries == TW_WAY_DEPTH)
		return tw_way_lose(walk, way, "no-route", "the routes lead in a circle");
	if (walk->done.n > TW_WAYS)
		return not_described(walk, way, "there are more ways than are judged");
	way.entered[way.entries] = attachment;
	way.entered_as[way.entries++] = way.at;
	TW_TRY(tw_way_cross_place(walk, &way, "transit-gateway",
		a->gateway_id ? a->gateway_id : a->object.id, a->object.span));
	if (!a->association_known)
		return not_described(walk, way,
			"the input does not say which route table the attachment is associated "
			"with");
	if (!a->table_id)
		return tw_way_lose(
			walk, way, "no-route", "the attachment is associated with no route table");
	if (a->table == TW_MISSING)
		return not_described(
			walk, way, "the transit gateway's route table is not in the input");
	return by_table(walk, way, &net->transit_table[a->table]);
}
