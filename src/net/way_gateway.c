/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gateways that lead out of a VPC, or that nobody can judge: internet and egress-only gateways,
 * virtual gateways, endpoints, appliances. NAT, peering and transit gateways have files of their
 * own.
 */
#include "way.h"

/* SPEC: bpa-mode. The subnet's own state, else that of its VPC. */
static enum tw_access_block access_block(const struct tw_net *net, const struct tw_stop *place)
{
	enum tw_access_block block = TW_BLOCK_UNSAID;

	if (place->subnet != TW_MISSING)
		block = net->subnet[place->subnet].access_block;
	if (block == TW_BLOCK_UNSAID && place->vpc != TW_MISSING)
		block = net->vpc[place->vpc].access_block;
	return block;
}

/* Whether this direction belongs to a flow that the outside starts. */
static bool from_outside(const struct tw_walk *walk)
{
	return walk->direction == TW_REPLY;
}

static tw_status blocked_publicly(
	struct tw_walk *walk, const struct tw_way *way, const struct tw_stop *place, bool *ret)
{
	enum tw_access_block block = access_block(walk->net, place);

	*ret = block == TW_BLOCK_BOTH || (block == TW_BLOCK_INGRESS && from_outside(walk));
	if (!*ret)
		return TW_OK;
	return tw_way_lose(walk, *way, "public-access-block",
		"VPC Block Public Access stops traffic with the internet here");
}

/* Some input lists gateways of this sort: what such a list lacks is not known. */
static bool lists_gateways(const struct tw_net *net, bool egress_only)
{
	bool other = false;

	for (size_t i = 0; i < net->gateways; i++) {
		if (net->gateway[i].egress_only == egress_only)
			return true;
		other = true;
	}
	return net->holds[TW_KIND_INTERNET_GATEWAY] && !other && !egress_only;
}

/*
 * Whether the gateway that a route names carries anything for this VPC: one that is attached
 * elsewhere, or nowhere, is a blackhole, as a target that was deleted is. Without any list of
 * gateways the route is believed.
 */
static enum tw_knowledge attached(const struct tw_net *net, const struct tw_stop *place,
	const struct tw_route *route, bool *ret_lost)
{
	bool egress_only = route->target == TW_TARGET_EGRESS_ONLY;
	uint32_t at = tw_net_find(net, TW_KIND_INTERNET_GATEWAY, route->target_id);
	const char *vpc = tw_stop_vpc_id(net, place);

	*ret_lost = false;
	if (at == TW_MISSING)
		return lists_gateways(net, egress_only) ? TW_NOT_KNOWN : TW_ASSUMED;
	for (size_t i = 0; vpc && i < net->gateway[at].vpc_ids_n; i++)
		if (!strcmp(net->gateway[at].vpc_ids[i], vpc))
			return TW_KNOWN;
	*ret_lost = vpc != NULL;
	return TW_KNOWN;
}

/* The near addresses that a public IPv4 address stands for. SPEC: igw-nat-private-addresses */
static tw_set published(struct tw_walk *walk, const struct tw_site *near)
{
	enum tw_field field = near == walk->from ? TW_FIELD_FROM : TW_FIELD_TO;
	tw_set set = TW_EMPTY;

	for (size_t i = 0; i < near->interfaces_n; i++) {
		struct tw_prefixes own = walk->net->interface[near->interfaces[i]].published;
		for (size_t k = 0; k < own.n; k++) {
			struct tw_range range = tw_prefix_range(own.v[k]);
			set = tw_set_union(
				walk->space, set, tw_ranges_set(walk->space, field, &range, 1));
		}
	}
	return set;
}

/*
 * IPv4 needs a public address at the sender: an interface's, for each private address its own; a
 * NAT gateway's; a load balancer's that faces the internet. Loses what has none; what is left stays
 * in `way`.
 */
static tw_status needs_public(struct tw_walk *walk, struct tw_way *way, const struct tw_stop *place)
{
	const struct tw_site *near = walk->direction == TW_REQUEST ? walk->from : walk->to;
	const char *text = "the interface has no public IPv4 address";
	tw_set known = way->domain;

	if (way->look[way->at].leg > 0 && way->look[way->at].from.n > 0) {
		if (!way->private[way->at])
			return TW_OK;
		tw_status status = tw_way_lose(walk, *way, "nat-private",
			"an internet gateway drops what a private NAT gateway sends");
		way->domain = TW_EMPTY;
		return status;
	}
	if (near->kind == TW_SITE_BALANCER && !near->public_v4) {
		known = TW_EMPTY;
		text = "the load balancer is internal: it has no public address";
	} else if (near->vpc != place->vpc && near->vpc != TW_MISSING) {
		known = TW_EMPTY; /* an address of another VPC has no public one here */
	} else if (near->kind == TW_SITE_INTERFACES && !near->public_v4) {
		known = TW_EMPTY;
	} else if (near->kind == TW_SITE_INTERFACES && near->interfaces_n > 0) {
		known = published(walk, near);
		text = "no public IPv4 address stands for this private one";
	}
	struct tw_way rest = tw_way_part(way, tw_set_subtract(walk->space, way->domain, known));
	way->domain = tw_set_intersect(walk->space, way->domain, known);
	if (tw_set_is_empty(rest.domain))
		return tw_space_status(walk->space);
	return tw_way_lose(walk, rest, "no-public-address", text);
}

static tw_set of_family(struct tw_walk *walk, tw_set set, enum tw_family family)
{
	struct tw_box box = tw_box_all(family);

	return tw_set_intersect(walk->space, set, tw_set_box(walk->space, &box));
}

/*
 * IPv6 addresses are public in every VPC: beyond the gateway one of another VPC is met by that
 * VPC's own gateway, and its lists are asked as those of any end.
 */
static tw_status across(struct tw_walk *walk, struct tw_way way, enum tw_target gateway,
	const struct tw_stop *place)
{
	struct tw_stop room;

	if (tw_way_goal(walk, &way, &room))
		return tw_way_arrive(walk, way, false);
	return tw_way_exit(walk, way, gateway, place->vpc);
}

/* What nobody knows is said last: what cannot go anyway is lost for sure. */
static void doubt_gateway(struct tw_way *way, enum tw_knowledge known)
{
	if (known == TW_NOT_KNOWN)
		tw_way_doubt(way, "unknown-input",
			"the gateway is not in the input, although others are");
}

static tw_status internet_gateway(struct tw_walk *walk, struct tw_way way,
	const struct tw_stop *place, enum tw_knowledge known)
{
	tw_set public = tw_way_public(walk, &way);
	struct tw_way private = tw_way_part(&way, tw_set_subtract(walk->space, way.domain, public));

	if (!tw_set_is_empty(private.domain))
		TW_TRY(tw_way_lose(walk, private, "no-route",
			"the internet gateway does not carry private addresses"));
	struct tw_way v4 = tw_way_part(&way, of_family(walk, public, TW_IPV4));
	struct tw_way v6 = tw_way_part(&way, of_family(walk, public, TW_IPV6));
	if (way.look[way.at].embedded) { /* outside it is IPv4 */
		v4.domain = v6.domain;
		v6.domain = TW_EMPTY;
	}
	if (!tw_set_is_empty(v4.domain))
		TW_TRY(needs_public(walk, &v4, place));
	doubt_gateway(&v4, known);
	doubt_gateway(&v6, known);
	if (!tw_set_is_empty(v4.domain))
		TW_TRY(tw_way_exit(walk, v4, TW_TARGET_INTERNET_GATEWAY, place->vpc));
	if (tw_set_is_empty(v6.domain))
		return tw_space_status(walk->space);
	return across(walk, v6, TW_TARGET_INTERNET_GATEWAY, place);
}

/* SPEC: vpce-gateway-protocols */
static tw_set endpoint_carries(struct tw_walk *walk)
{
	struct tw_box box[3] = {tw_box_all(TW_IPV4), tw_box_all(TW_IPV6), tw_box_all(TW_IPV4)};

	box[0].protocol_lo = box[0].protocol_hi = TW_PROTOCOL_TCP;
	box[1].protocol_lo = box[1].protocol_hi = TW_PROTOCOL_TCP;
	box[2].protocol_lo = box[2].protocol_hi = TW_PROTOCOL_ICMP;
	box[2].service = (struct tw_ports){TW_ICMP(8, 0), TW_ICMP(8, 255)};
	return tw_set_boxes(walk->space, box, TW_COUNT(box));
}

static tw_status endpoint(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place,
	const struct tw_route *route)
{
	const struct tw_net *net = walk->net;
	uint32_t at = tw_net_find(net, TW_KIND_ENDPOINT, route->target_id);

	/* Only gateway endpoints are reached by a prefix list; others are appliances. */
	bool gateway = at == TW_MISSING ? route->prefix_list != NULL
					: net->endpoint[at].type == TW_ENDPOINT_GATEWAY;
	if (at != TW_MISSING && net->endpoint[at].gone)
		return tw_way_lose(walk, way, "blackhole", "the endpoint was deleted");
	if (!gateway) {
		tw_way_doubt(&way, "unknown-input",
			"a route leads through an appliance, which is not judged");
		way.assumptions |= TW_ASSUME_BEYOND_VPC;
		way.opaque = true;
		return tw_way_exit(walk, way, TW_TARGET_OTHER, place->vpc);
	}
	if (from_outside(walk))
		return tw_way_lose(walk, way, "vpce-gateway-nacl",
			"a gateway endpoint lets nobody outside start a flow");
	struct tw_way rest =
		tw_way_part(&way, tw_set_subtract(walk->space, way.domain, endpoint_carries(walk)));
	way.domain = tw_set_subtract(walk->space, way.domain, rest.domain);
	if (!tw_set_is_empty(rest.domain))
		TW_TRY(tw_way_lose(walk, rest, "vpce-gateway-protocols",
			"a gateway endpoint carries TCP and ICMP echo only"));
	if (tw_set_is_empty(way.domain))
		return tw_space_status(walk->space);
	return tw_way_exit(walk, way, TW_TARGET_ENDPOINT, place->vpc);
}

/* Internet gateways and egress-only ones. SPEC: eigw-stateful-v6 */
static tw_status public_gateway(struct tw_walk *walk, struct tw_way way,
	const struct tw_stop *place, const struct tw_route *route)
{
	bool ended = false;
	enum tw_knowledge known = attached(walk->net, place, route, &ended);

	if (ended)
		return tw_way_lose(walk, way, "blackhole",
			"the gateway is attached to another VPC, or to none");
	TW_TRY(blocked_publicly(walk, &way, place, &ended));
	if (ended)
		return TW_OK;
	if (route->target == TW_TARGET_INTERNET_GATEWAY)
		return internet_gateway(walk, way, place, known);
	if (from_outside(walk))
		return tw_way_lose(walk, way, "eigw-stateful-v6",
			"an egress-only internet gateway lets nobody outside start a flow");
	doubt_gateway(&way, known);
	return across(walk, way, TW_TARGET_EGRESS_ONLY, place);
}

tw_status tw_way_gateway(struct tw_walk *walk, struct tw_way way, const struct tw_stop *place,
	const struct tw_route *route)
{
	switch (route->target) {
	case TW_TARGET_INTERNET_GATEWAY:
	case TW_TARGET_EGRESS_ONLY:
		return public_gateway(walk, way, place, route);
	case TW_TARGET_VIRTUAL_GATEWAY: /* SPEC: vgw-nacl */
		way.assumptions |= TW_ASSUME_ON_PREMISES;
		return tw_way_exit(walk, way, TW_TARGET_VIRTUAL_GATEWAY, place->vpc);
	case TW_TARGET_LOCAL:
		return tw_way_exit(walk, way, TW_TARGET_LOCAL, place->vpc);
	case TW_TARGET_ENDPOINT:
		return endpoint(walk, way, place, route);
	default:
		tw_way_doubt(&way, "unknown-input", "what lies behind this route is not judged");
		way.assumptions |= TW_ASSUME_BEYOND_VPC;
		way.opaque = true;
		return tw_way_exit(walk, way, TW_TARGET_OTHER, place->vpc);
	}
}
