/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAT gateways: the request enters the gateway's own subnet, gets another source and another source
 * port, and leaves again. SPEC: path-nat, nat-four-crossings, path-nat-two-ranges
 */
#include "way.h"

/* What is not known of the gateway: behind it packets may look like anybody's. */
static tw_status not_known(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place,
	const char *code, const char *text)
{
	struct tw_stop room;

	tw_way_doubt(&way, code, text);
	way.opaque |= tw_way_goal(walk, &way, &room) != NULL;
	return tw_way_exit(walk, way, TW_TARGET_NAT_GATEWAY, place->vpc);
}

/* A gateway that the input does not describe: what its interfaces and their lists tell. */
static tw_status undescribed(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place)
{
	struct tw_stop room;

	way.assumptions |= TW_ASSUME_BEYOND_NAT;
	if (place->vpc == TW_MISSING || !walk->net->vpc[place->vpc].nat_is_open ||
		tw_way_goal(walk, &way, &room))
		return not_known(walk, way, place, "nat-four-crossings",
			"the NAT gateway is not in the input: the lists of its own subnet may stop "
			"this");
	return tw_way_exit(walk, way, TW_TARGET_NAT_GATEWAY, place->vpc);
}

/* What the gateway translates: TCP, UDP and ICMP over IPv4. SPEC: nat-protocols */
static tw_set carried(struct tw_walk *walk, enum tw_family family)
{
	static const uint8_t v4[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP, TW_PROTOCOL_ICMP};
	static const uint8_t v6[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP, TW_PROTOCOL_ICMPV6};
	struct tw_box box[TW_COUNT(v4)];

	for (size_t i = 0; i < TW_COUNT(v4); i++) {
		box[i] = tw_box_all(family);
		box[i].protocol_lo = box[i].protocol_hi = family == TW_IPV4 ? v4[i] : v6[i];
	}
	return tw_set_boxes(walk->space, box, TW_COUNT(v4));
}

/* SPEC: nat-nat64 */
static tw_set nat64_block(struct tw_walk *walk)
{
	struct tw_range range = {
		.first = {TW_NAT64_HI, 0}, .last = {TW_NAT64_HI, UINT32_MAX}, .family = TW_IPV6};

	return tw_ranges_set(walk->space, TW_FIELD_TO, &range, 1);
}

/* Loses what the gateway does not carry; the rest stays in `v4` and `v6`. */
static tw_status sort_out(
	struct tw_walk *walk, const struct tw_way *way, struct tw_way *v4, struct tw_way *v6)
{
	struct tw_space *space = walk->space;
	struct tw_box all4 = tw_box_all(TW_IPV4), all6 = tw_box_all(TW_IPV6);
	tw_set is4 = tw_set_intersect(space, way->domain, tw_set_box(space, &all4));
	tw_set is6 = tw_set_intersect(space, way->domain, tw_set_box(space, &all6));
	tw_set embedded = tw_set_intersect(space, is6, nat64_block(walk));

	*v4 = tw_way_part(way, tw_set_intersect(space, is4, carried(walk, TW_IPV4)));
	*v6 = tw_way_part(way, tw_set_intersect(space, embedded, carried(walk, TW_IPV6)));
	struct tw_way other = tw_way_part(way, tw_set_subtract(space, is6, embedded));
	if (!tw_set_is_empty(other.domain))
		TW_TRY(tw_way_lose(walk, other, "nat-nat64",
			"a NAT gateway carries IPv6 to 64:ff9b::/96 only"));
	other.domain = tw_set_union(space, tw_set_subtract(space, is4, v4->domain),
		tw_set_subtract(space, embedded, v6->domain));
	if (tw_set_is_empty(other.domain))
		return tw_space_status(space);
	return tw_way_lose(
		walk, other, "nat-protocols", "a NAT gateway carries TCP, UDP and ICMP only");
}

/* The packet as the gateway sends it on. SPEC: nat-dst-unchanged, eph-nat */
static tw_status translate(struct tw_walk *walk, struct tw_way *way, const struct tw_nat *nat,
	const struct tw_range *address, size_t n, bool embedded)
{
	struct tw_look look = way->look[way->at];

	if (way->looks == TW_LOOKS)
		return TW_ELIMIT;
	look.from = (struct tw_ranges){address, n};
	look.embedded = embedded || look.embedded;
	look.leg = way->legs++;
	look.client = tw_client_find("nat-gateway");
	look.at = nat->object.id;
	way->at = way->looks++;
	way->look[way->at] = look;
	way->translated[way->at] = true;
	way->private[way->at] = nat->private;
	way->translator[way->at] = tw_stop_of_subnet(walk->net, nat->subnet, TW_ROLE_NAT);
	return TW_OK;
}

/* Its addresses, or any of its subnet if the input does not name them. */
static tw_status addresses_of(
	struct tw_walk *walk, const struct tw_nat *nat, struct tw_range **ret, size_t *ret_n)
{
	struct tw_prefixes own = nat->addresses;
	if (own.n == 0)
		own = walk->net->subnet[nat->subnet].cidrs;
	struct tw_range *v = TW_NEW_ARRAY(walk->arena, struct tw_range, own.n + 1);
	size_t n = 0;

	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < own.n; i++)
		if (own.v[i].family == TW_IPV4)
			v[n++] = tw_prefix_range(own.v[i]);
	*ret = v;
	*ret_n = n;
	return TW_OK;
}

/* The far lists see the gateway's address inside the network: each is a path of its own. */
static tw_status by_address(struct tw_walk *walk, struct tw_way way, const struct tw_nat *nat,
	const struct tw_stop *own, bool embedded)
{
	struct tw_range *address;
	size_t n;
	char buf[TW_PREFIX_TEXT];

	static const struct tw_range anything = {.last = {0, UINT32_MAX}, .family = TW_IPV4};

	TW_TRY(addresses_of(walk, nat, &address, &n));
	tw_set public =
		embedded ? tw_set_intersect(walk->space, way.domain, walk->world->embedded_to)
			 : tw_way_public(walk, &way);
	struct tw_way out = tw_way_part(&way, public);
	way.domain = tw_set_subtract(walk->space, way.domain, public);
	/* On the way out no list looks at the gateway's own address, so it need not be known. */
	if (!tw_set_is_empty(out.domain)) {
		TW_TRY(translate(
			walk, &out, nat, n > 0 ? address : &anything, n > 0 ? n : 1, embedded));
		TW_TRY(tw_way_leave(walk, out, own));
	}
	if (n == 0 && !tw_set_is_empty(way.domain)) {
		way.opaque = true;
		tw_way_doubt(
			&way, "unknown-input", "the NAT gateway's addresses are not in the input");
		return tw_way_exit(walk, way, TW_TARGET_NAT_GATEWAY, own->vpc);
	}
	for (size_t i = 0; i < n && !tw_set_is_empty(way.domain); i++) {
		struct tw_way one = way;
		if (n > 1) {
			struct tw_prefix prefix = {address[i].first, TW_IPV4, 32};
			one.by = "address";
			one.choice = tw_arena_str(walk->arena, tw_prefix_text(prefix, buf));
			if (!one.choice)
				return TW_ENOMEM;
		}
		TW_TRY(translate(walk, &one, nat, address + i, 1, embedded));
		TW_TRY(tw_way_leave(walk, one, own));
	}
	return tw_space_status(walk->space);
}

/*
 * A client in the gateway's own subnet never leaves it on its way there: the list that was crossed
 * for the route is not asked. SPEC: path-same-subnet
 */
static tw_status stay_inside(struct tw_walk *walk, struct tw_way *way)
{
	const struct tw_step *route = way->last;
	const struct tw_step *list = route ? route->before : NULL;
	struct tw_step *step = TW_NEW(walk->arena, struct tw_step);

	if (!step)
		return TW_ENOMEM;
	if (!list || list->crossing.kind != TW_CROSS_ACL || list->crossing.view.list != TW_EGRESS)
		return TW_OK;
	*step = (struct tw_step){list->before, route->crossing};
	way->last = step;
	return TW_OK;
}

/* A family's packets through the gateway's own subnet. */
static tw_status pass(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place,
	const struct tw_nat *nat, bool embedded)
{
	struct tw_stop own = tw_stop_of_subnet(walk->net, nat->subnet, TW_ROLE_NAT);

	if (tw_set_is_empty(way.domain))
		return tw_space_status(walk->space);
	if (way.looks == TW_LOOKS)
		return tw_way_lose(walk, way, "no-route", "the routes lead in a circle");
	for (unsigned i = 0; i < way.looks; i++)
		if (way.translated[i] && way.look[i].at == nat->object.id)
			return tw_way_lose(walk, way, "no-route",
				"the NAT gateway's own subnet sends it back to the NAT gateway");
	if (place->subnet == TW_MISSING || place->subnet != nat->subnet)
		TW_TRY(tw_way_cross_list(walk, &way, &own, TW_INGRESS));
	else
		TW_TRY(stay_inside(walk, &way));
	TW_TRY(tw_way_cross_place(walk, &way, "nat-gateway", nat->object.id, nat->object.span));
	if (embedded) {
		struct tw_box icmp = tw_box_all(TW_IPV6);
		icmp.protocol_lo = icmp.protocol_hi = TW_PROTOCOL_ICMPV6;
		struct tw_way echo = tw_way_part(&way,
			tw_set_intersect(walk->space, way.domain, tw_set_box(walk->space, &icmp)));
		way.domain = tw_set_subtract(walk->space, way.domain, echo.domain);
		tw_way_doubt(&echo, "nat-nat64", "how ICMP is translated is not judged");
		if (!tw_set_is_empty(echo.domain))
			TW_TRY(tw_way_exit(walk, echo, TW_TARGET_NAT_GATEWAY, place->vpc));
	}
	return by_address(walk, way, nat, &own, embedded);
}

tw_status tw_way_nat(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place,
	const struct tw_route *route)
{
	const struct tw_net *net = walk->net;
	uint32_t at = tw_net_find(net, TW_KIND_NAT_GATEWAY, route->target_id);
	const struct tw_site *near = walk->direction == TW_REQUEST ? walk->from : walk->to;
	struct tw_way v4, v6;
	struct tw_stop room;

	/* A translator's own reply; the routes between it and its clients are local as a rule. */
	if (walk->direction == TW_REPLY && way.at + 1 < way.looks && way.translated[way.at + 1])
		return not_known(walk, way, place, "unknown-input",
			"the NAT gateway's own subnet routes the reply to a NAT gateway");
	if (walk->direction == TW_REPLY)
		return tw_way_lose(walk, way, "nat-reach",
			tw_way_goal(walk, &way, &room)
				? "the reply comes to a NAT gateway that has not seen the request"
				: "a NAT gateway lets nobody outside start a flow");
	if (at == TW_MISSING && !net->holds[TW_KIND_NAT_GATEWAY])
		return undescribed(walk, way, place);
	if (at == TW_MISSING)
		return not_known(
			walk, way, place, "unknown-input", "the NAT gateway is not in the input");
	const struct tw_nat *nat = &net->nat[at];
	if (nat->gone)
		return tw_way_lose(walk, way, "blackhole", "the NAT gateway was deleted or failed");
	if (nat->vpc != TW_MISSING && place->vpc != TW_MISSING && nat->vpc != place->vpc)
		return tw_way_lose(walk, way, "nat-reach",
			"a NAT gateway of another VPC is reached by a transit gateway only");
	if (nat->regional)
		return not_known(walk, way, place, "nat-regional-no-nacl",
			"AWS does not say which lists a regional NAT gateway meets");
	if (nat->subnet == TW_MISSING)
		return not_known(walk, way, place, "unknown-input",
			"the NAT gateway's subnet is not in the input");
	if (near->vpc != TW_MISSING && nat->vpc != TW_MISSING && near->vpc != nat->vpc)
		way.assumptions |= TW_ASSUME_NAT_TRANSIT;
	TW_TRY(sort_out(walk, &way, &v4, &v6));
	TW_TRY(pass(walk, v4, place, nat, false));
	return pass(walk, v6, place, nat, true);
}
