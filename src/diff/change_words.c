/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change in words: its service, its ends as people call them, and the sentence. `from`, `to` and
 * `service` are of the change as a whole, and each by itself: not all of them go together. The
 * sentence is read alone, and so says of each service whose packets change.
 */
#include "diffing.h"
#include "order.h"

enum { BLOCKS_SHOWN = 3, PARTS_SHOWN = 3 };

struct telling {
	struct tw_diffing *d;
	const struct tw_where *where;
	struct tw_results *results;
	struct tw_change *change;
	tw_set set; /* what is told: the change, or the part of it that has some services */
	bool exact; /* an end that is not all of what its name says has its blocks, too */
};

static const char *blocks_text(struct tw_arena *arena, const struct tw_prefix *block, size_t n)
{
	const char *text = NULL;
	for (size_t i = 0; i < n && i < BLOCKS_SHOWN; i++) {
		char buf[TW_PREFIX_TEXT];
		const char *one = tw_prefix_text(block[i], buf);
		text = text ? tw_arena_printf(arena, "%s, %s", text, one)
			    : tw_arena_str(arena, one);
		if (!text)
			return NULL;
	}
	if (n > BLOCKS_SHOWN)
		text = tw_arena_printf(arena, "%s and %zu more", text, n - BLOCKS_SHOWN);
	return text;
}

/* All packets of the family whose address of this field is one of the change's. */
static tw_set only(const struct telling *t, enum tw_field field)
{
	tw_set set = t->set;
	for (int i = 0; i < TW_FIELDS; i++)
		if ((enum tw_field)i != field)
			set = tw_set_forget(t->d->space, set, (enum tw_field)i);
	return set;
}

static tw_set everything(const struct telling *t)
{
	struct tw_box box = tw_box_all((enum tw_family)t->change->family);
	return tw_set_box(t->d->space, &box);
}

static tw_status addresses_text(struct telling *t, enum tw_field field, const char **ret)
{
	const struct tw_prefix *block;
	size_t n;
	TW_TRY(tw_blocks_of(t->results, t->set, field, 0, &block, &n, NULL));
	*ret = blocks_text(t->d->arena, block, n);
	return *ret ? TW_OK : TW_ENOMEM;
}

/* "subnet-1 (10.0.1.0/25)": a name, and which of its addresses. */
static tw_status name_in_part(
	struct telling *t, enum tw_field field, const char *name, const char **ret)
{
	const char *blocks;
	TW_TRY(addresses_text(t, field, &blocks));
	*ret = tw_arena_printf(t->d->arena, "%s (%s)", name, blocks);
	return *ret ? TW_OK : TW_ENOMEM;
}

/* The subnets of a VPC that have addresses of the change, in words; NULL if there is none. */
static tw_status subnets_text(
	struct telling *t, const char *vpc_id, enum tw_field field, const char **ret)
{
	tw_set covered = TW_EMPTY;
	struct tw_diffing *d = t->d;
	const char *text = NULL;
	size_t n = 0;
	*ret = NULL;
	for (int age = TW_NEW; age >= TW_OLD && n == 0; age--) {
		const struct tw_net *net = d->side[age].net;
		for (size_t i = 0; i < net->subnets; i++) {
			const struct tw_subnet *subnet = &net->subnet[i];
			const char *id = subnet->vpc != TW_MISSING ? net->vpc[subnet->vpc].object.id
								   : subnet->vpc_id;
			struct tw_ranges own;
			if (!tw_same_text(id, vpc_id) || subnet->cidrs.n == 0)
				continue;
			TW_TRY(tw_ranges_of_prefixes(
				d->arena, subnet->cidrs.v, subnet->cidrs.n, &own));
			tw_set whole = tw_ranges_set(d->space, field, own.v, own.n);
			if (tw_set_is_empty(tw_set_intersect(d->space, t->set, whole)))
				continue;
			covered = tw_set_union(d->space, covered, whole);
			if (n++ >= BLOCKS_SHOWN)
				continue;
			text = text ? tw_arena_printf(d->arena, "%s, %s", text, subnet->object.id)
				    : subnet->object.id;
			if (!text)
				return TW_ENOMEM;
		}
	}
	if (n > BLOCKS_SHOWN)
		text = tw_arena_printf(d->arena, "%s and %zu more subnets", text, n - BLOCKS_SHOWN);
	if (n > BLOCKS_SHOWN && !text)
		return TW_ENOMEM;
	*ret = text;
	covered = tw_set_intersect(d->space, covered, everything(t));
	if (t->exact && text && covered != only(t, field))
		return name_in_part(t, field, text, ret);
	return tw_space_status(d->space);
}

/* An outside end that holds the whole internet of its family: not a hundred blocks. */
static tw_status internet_text(struct telling *t, enum tw_field field, const char **ret)
{
	struct tw_space *space = t->d->space;
	tw_set internet = tw_set_intersect(space, t->where->public_from, everything(t));
	if (field == TW_FIELD_TO)
		internet = tw_set_mirror(space, internet);
	tw_set set = only(t, field);
	if (tw_set_is_subset(space, internet, set))
		*ret = set == internet ? "internet" : "internet and private addresses outside";
	return tw_space_status(space);
}

static tw_status end_text(struct telling *t, enum tw_field field, const char *given,
	const char *vpc_id, const char **ret)
{
	*ret = given;
	if (given && t->exact && only(t, field) != everything(t))
		return name_in_part(t, field, given, ret);
	if (!given && vpc_id)
		TW_TRY(subnets_text(t, vpc_id, field, ret));
	if (!*ret && t->where->public_from)
		TW_TRY(internet_text(t, field, ret));
	return *ret ? TW_OK : addresses_text(t, field, ret);
}

static tw_status find_ends(struct telling *t, const char **ret_from, const char **ret_to)
{
	const struct tw_where *w = t->where;
	TW_TRY(end_text(t, TW_FIELD_FROM, w->from, w->from_vpc, ret_from));
	return end_text(t, TW_FIELD_TO, w->to, w->to_vpc, ret_to);
}

static tw_status find_protocol(struct telling *t)
{
	struct tw_arena *arena = t->d->arena;
	struct tw_port_list list;
	TW_TRY(tw_set_ports(t->results, t->set, TW_FIELD_PROTOCOL, arena, &list));
	t->change->protocol_text =
		list.n == 1 && list.v[0].lo == list.v[0].hi
			? tw_what_text(arena, (uint8_t)list.v[0].lo, NULL, 0)
			: tw_arena_printf(arena, "protocol/%s",
				  tw_ports_text(arena, list.v, list.n, UINT8_MAX));
	return t->change->protocol_text ? TW_OK : TW_ENOMEM;
}

static tw_status find_service(struct telling *t, const char **ret)
{
	const struct tw_change *c = t->change;
	struct tw_arena *arena = t->d->arena;
	struct tw_port_list ports;
	TW_TRY(tw_set_ports(t->results, t->set, TW_FIELD_SERVICE, arena, &ports));
	*ret = c->protocol_text;
	if (c->reply_kind == TW_REPLY_PORTS)
		*ret = tw_what_text(arena, c->protocol, ports.v, ports.n);
	else if (tw_protocol_is_icmp(c->family, c->protocol) && ports.n > 0) {
		const char *text = NULL;
		for (size_t i = 0; i < ports.n && i < BLOCKS_SHOWN; i++) {
			const char *one = tw_what_text(arena, c->protocol, &ports.v[i], 1);
			text = text && one ? tw_arena_printf(arena, "%s, %s", text, one) : one;
		}
		if (text && ports.n > BLOCKS_SHOWN)
			text = tw_arena_printf(
				arena, "%s and %zu more", text, ports.n - BLOCKS_SHOWN);
		*ret = text;
	}
	return *ret ? TW_OK : TW_ENOMEM;
}

/* ---- the sentence -----------------------------------------------------------------------------
 */

static const char *story(const struct telling *t)
{
	const struct tw_change *c = t->change;
	if (t->d->options->filters)
		return c->kind == TW_CHANGE_APPEARS    ? "passes now, and did not before"
		       : c->kind == TW_CHANGE_VANISHES ? "no longer passes"
						       : "passes or not: the input leaves it open";
	switch (c->kind) {
	case TW_CHANGE_APPEARS:
		return c->after.verdict == TW_PARTIAL
			       ? "was blocked; the request passes now, and some replies return"
			       : "was blocked and completes now";
	case TW_CHANGE_VANISHES:
		return c->before.verdict == TW_PARTIAL
			       ? "got some of its replies, and its request is blocked now"
			       : "completed and is blocked now";
	case TW_CHANGE_BREAKS:
		return c->after.verdict == TW_ONE_WAY
			       ? "still lets its request pass, but no reply returns any more"
			       : "still lets its request pass, but fewer replies return";
	case TW_CHANGE_MENDS:
		return c->after.verdict == TW_COMPLETE ? "gets all its replies now"
						       : "gets more of its replies than before";
	case TW_CHANGE_CLIENTS:
		return "gets its replies on other ports than before";
	case TW_CHANGE_ONE_WAY:
		return c->after.verdict == TW_BLOCKED
			       ? "passed without any reply, and is blocked now"
			       : "was blocked; the request passes now, and no reply returns";
	case TW_CHANGE_UNKNOWN:
		break;
	}
	if (c->before.verdict == TW_UNKNOWN && c->after.verdict == TW_UNKNOWN)
		return "may fare otherwise: both networks leave it open";
	return c->after.verdict == TW_UNKNOWN
		       ? "may fare otherwise: the new network leaves it open"
		       : "may have fared otherwise: the old network leaves it open";
}

/* The points of `set` whose services go between the same ends as its lowest one. */
static tw_status alike(struct telling *t, tw_set set, tw_set *ret)
{
	struct tw_space *space = t->d->space;
	struct tw_port_list ports;
	struct tw_box box = tw_box_all((enum tw_family)t->change->family);
	TW_TRY(tw_set_ports(t->results, set, TW_FIELD_SERVICE, t->d->arena, &ports));
	box.service = (struct tw_ports){ports.v[0].lo, ports.v[0].lo};
	tw_set ends = tw_set_forget(
		space, tw_set_intersect(space, set, tw_set_box(space, &box)), TW_FIELD_SERVICE);
	/* A service with fewer ends, or with others, has a packet in one of these. */
	tw_set fewer = tw_set_subtract(space, ends, set), more = tw_set_subtract(space, set, ends);
	tw_set other = tw_set_union(space, fewer, more);
	for (int i = 0; i < TW_FIELDS; i++)
		if (i != TW_FIELD_SERVICE)
			other = tw_set_forget(space, other, (enum tw_field)i);
	*ret = tw_set_subtract(space, set, other);
	return tw_space_status(space);
}

/* "tcp/443 from A to B" */
static tw_status part_text(struct telling *t, tw_set set, const char **ret)
{
	struct telling part = *t;
	struct tw_space *space = t->d->space;
	const char *service, *from, *to;
	part.set = set;
	part.exact = true;
	TW_TRY(find_service(&part, &service));
	TW_TRY(find_ends(&part, &from, &to));
	tw_set every_pair = tw_set_intersect(space, tw_set_forget(space, set, TW_FIELD_FROM),
		tw_set_forget(space, set, TW_FIELD_TO));
	*ret = tw_arena_printf(t->d->arena, "%s from %s to %s%s", service, from, to,
		every_pair == set ? "" : " (some pairs of these)");
	return *ret ? tw_space_status(space) : TW_ENOMEM;
}

static tw_status find_sentence(struct telling *t)
{
	struct tw_arena *arena = t->d->arena;
	const char *text = NULL, *one;
	tw_set rest = t->set, part;
	size_t n = 0;
	for (; !tw_set_is_empty(rest) && n < PARTS_SHOWN; n++) {
		TW_TRY(alike(t, rest, &part));
		TW_TRY(part_text(t, part, &one));
		text = text ? tw_arena_printf(arena, "%s; %s", text, one) : one;
		rest = tw_set_subtract(t->d->space, rest, part);
	}
	TW_TRY(tw_space_status(t->d->space));
	t->change->sentence = tw_arena_printf(arena, "%s%s%s %s", text,
		tw_set_is_empty(rest) ? "" : "; and others", n > 1 ? ": each" : "", story(t));
	return text && t->change->sentence ? TW_OK : TW_ENOMEM;
}

tw_status tw_change_words(struct tw_diffing *d, const struct tw_where *where, tw_set set,
	struct tw_results *r, struct tw_change *change)
{
	struct telling t = {d, where, r, change, set, false};
	TW_TRY(find_protocol(&t));
	TW_TRY(find_service(&t, &change->service_text));
	TW_TRY(find_ends(&t, &change->from, &change->to));
	return find_sentence(&t);
}
