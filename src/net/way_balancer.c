/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load balancers on a way: a listener, and what it does with the packet. One that ends the flow is
 * its end (the flow behind it is another one); one that preserves the client's address hands the
 * packet on to a target. SPEC: nlb-preserve-default, alb-two-connections
 */
#include "balancer.h"
#include "way.h"

/* What a listener hears: its port in its protocols. */
static tw_set heard(struct tw_walk *walk, const struct tw_listener *listener)
{
	static const enum tw_family families[] = {TW_IPV4, TW_IPV6};
	struct tw_box box[4];
	size_t n = 0;

	for (size_t f = 0; f < TW_COUNT(families); f++)
		for (int udp = 0; udp < 2; udp++) {
			if (!(udp ? tw_listener_is_udp(listener->protocol)
				  : tw_listener_is_tcp(listener->protocol)))
				continue;
			box[n] = tw_box_all(families[f]);
			box[n].protocol_lo = box[n].protocol_hi =
				udp ? TW_PROTOCOL_UDP : TW_PROTOCOL_TCP;
			box[n++].service = (struct tw_ports){listener->port, listener->port};
		}
	return tw_set_boxes(walk->space, box, n);
}

static const char *name_of(
	struct tw_walk *walk, const struct tw_target_group *group, const struct tw_member *member)
{
	return tw_arena_printf(
		walk->arena, "%s:%u", member->id, (unsigned)tw_member_port(group, member));
}

static tw_status unsettled(struct tw_walk *walk, struct tw_way way, const char *text)
{
	tw_way_doubt(&way, "unknown-input", text);
	return tw_way_end(walk, &way);
}

/* The packet with the target as destination; the client's port stays what it was. */
static tw_status hand_to(struct tw_walk *walk, struct tw_way way,
	const struct tw_target_group *group, const struct tw_member *member)
{
	struct tw_stop node = tw_stop_of_site(walk->to);
	struct tw_look look = way.look[way.at];
	uint16_t port = tw_member_port(group, member);
	struct tw_sites *sites = TW_NEW(walk->arena, struct tw_sites);

	if (!sites)
		return TW_ENOMEM;
	if (member->address.family == 0)
		return unsettled(walk, way, "the target's address is not in the input");
	TW_TRY(tw_site_of_member(walk->net, walk->arena, group, member, sites));
	if (sites->n == 0)
		return unsettled(walk, way, "the target is in no subnet of the input");
	if (way.looks == TW_LOOKS)
		return unsettled(walk, way, "more translations than are judged");
	look.to = tw_prefix_range(member->address);
	look.service = (struct tw_ports){port, port};
	way.handed = true;
	way.target_site = &sites->v[0];
	way.target = tw_stop_of_site(&sites->v[0]);
	way.translated[way.looks] = way.translated[way.at];
	way.private[way.looks] = way.private[way.at];
	way.translator[way.looks] = way.translator[way.at];
	way.look[way.looks] = look;
	way.at = way.looks++;
	return tw_way_leave(walk, way, &node);
}

/* Each member is a path of its own: the balancer may choose any. */
static tw_status hand_on(struct tw_walk *walk, struct tw_way way, const struct tw_balancer *b,
	const struct tw_target_group *group, size_t targets)
{
	if (!group->members_known)
		return unsettled(walk, way, "the targets of the listener are not in the input");
	for (size_t i = 0; i < group->members_n; i++) {
		const struct tw_member *member = &group->member[i];
		struct tw_way one = way;
		if (targets > 1) {
			const char *name = name_of(walk, group, member);
			one.by = "target";
			one.choice = name && way.choice ? tw_arena_printf(walk->arena, "%s, %s",
								  way.choice, name)
							: name;
			if (!one.choice)
				return TW_ENOMEM;
		}
		TW_TRY(tw_way_cross_place(
			walk, &one, "load-balancer", tw_balancer_name(b), member->span));
		TW_TRY(hand_to(walk, one, group, member));
	}
	return TW_OK;
}

/* A listener without a target that is known: it answers by itself, or the input lacks its groups.
 */
static tw_status without_groups(
	struct tw_walk *walk, struct tw_way way, const struct tw_listener *listener)
{
	if (listener->targets.n > 0)
		return unsettled(walk, way, "the target group of the listener is not in the input");
	return tw_way_end(walk, &way);
}

/* Everybody behind one listener: how many there are, whether the input has them all. */
static size_t count_targets(
	const struct tw_net *net, const struct tw_listener *listener, bool *ret_known)
{
	size_t n = 0;

	*ret_known = true;
	for (size_t i = 0; i < listener->targets.n; i++) {
		uint32_t at = listener->targets.at[i];
		*ret_known &=
			at != TW_MISSING && (net->target_group[at].members_known ||
						    net->target_group[at].type == TW_TARGET_LAMBDA);
		if (at != TW_MISSING)
			n += net->target_group[at].type == TW_TARGET_LAMBDA
				     ? 1
				     : net->target_group[at].members_n;
	}
	return n;
}

static tw_status listen(struct tw_walk *walk, struct tw_way way, const struct tw_balancer *b,
	const struct tw_listener *listener)
{
	const struct tw_net *net = walk->net;
	bool known, ended = false, groups = false;
	size_t targets = count_targets(net, listener, &known);

	if (listener->targets.n > 0 && known && targets == 0) {
		way.component = tw_balancer_name(b);
		way.span = listener->object.span;
		return tw_way_lose(
			walk, way, "no-target", "the listener's target groups have no targets");
	}
	for (size_t i = 0; i < listener->targets.n; i++) {
		uint32_t at = listener->targets.at[i];
		if (at == TW_MISSING)
			continue;
		groups = true;
		if (tw_balancer_preserves(b, listener, &net->target_group[at]))
			TW_TRY(hand_on(walk, way, b, &net->target_group[at], targets));
		else
			ended = true;
	}
	if (!groups)
		return without_groups(walk, way, listener);
	return ended ? tw_way_end(walk, &way) : TW_OK;
}

tw_status tw_way_balancer(struct tw_walk *walk, struct tw_way way)
{
	const struct tw_net *net = walk->net;
	const struct tw_balancer *b = &net->balancer[walk->to->balancer];

	for (size_t i = 0; i < b->zones_n; i++)
		if (b->zone[i].addresses.n == 0)
			way.assumptions |= TW_ASSUME_NODES;
	if (b->gone) {
		way.component = tw_balancer_name(b);
		way.span = b->object.span;
		return tw_way_lose(
			walk, way, "no-listener", "the load balancer was deleted or failed");
	}
	if (!net->holds[TW_KIND_LISTENER]) {
		way.assumptions |= TW_ASSUME_NO_LISTENERS;
		return tw_way_end(walk, &way);
	}
	for (size_t i = 0; i < b->listeners.n; i++) {
		const struct tw_listener *listener = &net->listener[b->listeners.at[i]];
		struct tw_way part = tw_way_part(
			&way, tw_set_intersect(walk->space, way.domain, heard(walk, listener)));
		if (tw_set_is_empty(part.domain))
			continue;
		way.domain = tw_set_subtract(walk->space, way.domain, part.domain);
		TW_TRY(listen(walk, part, b, listener));
	}
	if (tw_set_is_empty(way.domain))
		return tw_space_status(walk->space);
	way.component = tw_balancer_name(b);
	way.span = b->object.span;
	if (net->incomplete[TW_KIND_LISTENER])
		return unsettled(walk, way, "not all listeners are in the input");
	return tw_way_lose(walk, way, "no-listener", "no listener has this port");
}

/*
 * Back from the target. AWS does not say by which way: the target's own list is asked for sure,
 * those of the nodes' subnet may be. SPEC: nlb-preserve-lb-subnet-return
 */
tw_status tw_way_from_target(struct tw_walk *walk, struct tw_way *way)
{
	const struct tw_balancer *b = &walk->net->balancer[walk->to->balancer];
	struct tw_stop node = tw_stop_of_site(walk->to);

	TW_TRY(tw_way_cross_groups(walk, way, way->target_site, TW_EGRESS));
	if (way->target.subnet == TW_MISSING || way->target.subnet != node.subnet) {
		TW_TRY(tw_way_cross_list(walk, way, &way->target, TW_EGRESS));
		TW_TRY(tw_way_cross_list(walk, way, &node, TW_INGRESS));
	}
	TW_TRY(tw_way_cross_place(walk, way, "load-balancer", tw_balancer_name(b), b->object.span));
	way->at--;
	way->handed = false;
	return TW_OK;
}
