/* SPDX-License-Identifier: Apache-2.0 */
/* A change in words: its service, its ends as people call them, and the sentence. */
#include "diffing.h"
#include "order.h"

enum { BLOCKS_SHOWN = 3 };

struct telling {
	struct tw_diffing *d;
	const struct tw_where *where;
	tw_set set;
	struct tw_change *change;
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

static tw_status addresses_text(
	struct telling *t, struct tw_results *r, enum tw_field field, const char **ret)
{
	const struct tw_prefix *block;
	size_t n;
	TW_TRY(tw_blocks_of(r, t->set, field, 0, &block, &n, NULL));
	*ret = blocks_text(t->d->arena, block, n);
	return *ret ? TW_OK : TW_ENOMEM;
}

/* The subnets of a VPC that have addresses of the change, in words; NULL if there is none. */
static tw_status subnets_text(
	struct telling *t, const char *vpc_id, enum tw_field field, const char **ret)
{
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
			tw_set here = tw_set_intersect(
				d->space, t->set, tw_ranges_set(d->space, field, own.v, own.n));
			if (tw_set_is_empty(here) || n++ >= BLOCKS_SHOWN)
				continue;
			text = text ? tw_arena_printf(d->arena, "%s, %s", text, subnet->object.id)
				    : subnet->object.id;
			if (!text)
				return TW_ENOMEM;
		}
	}
	if (n > BLOCKS_SHOWN)
		text = tw_arena_printf(d->arena, "%s and %zu more subnets", text, n - BLOCKS_SHOWN);
	*ret = text;
	return n > BLOCKS_SHOWN && !text ? TW_ENOMEM : tw_space_status(d->space);
}

/* An outside end that holds the whole internet of its family: not a hundred blocks. */
static tw_status internet_text(struct telling *t, enum tw_field field, const char **ret)
{
	struct tw_space *space = t->d->space;
	struct tw_box box = tw_box_all((enum tw_family)t->change->family);
	tw_set internet = tw_set_intersect(space, t->where->public_from, tw_set_box(space, &box));
	if (field == TW_FIELD_TO)
		internet = tw_set_mirror(space, internet);
	tw_set set = t->set;
	for (int i = 0; i < TW_FIELDS; i++)
		if ((enum tw_field)i != field)
			set = tw_set_forget(space, set, (enum tw_field)i);
	if (tw_set_is_subset(space, internet, set))
		*ret = set == internet ? "internet" : "internet and private addresses outside";
	return tw_space_status(space);
}

static tw_status end_text(struct telling *t, struct tw_results *r, enum tw_field field,
	const char *given, const char *vpc_id, const char **ret)
{
	*ret = given;
	if (!given && vpc_id)
		TW_TRY(subnets_text(t, vpc_id, field, ret));
	if (!*ret && t->where->public_from)
		TW_TRY(internet_text(t, field, ret));
	return *ret ? TW_OK : addresses_text(t, r, field, ret);
}

static tw_status find_ends(struct telling *t, struct tw_results *r)
{
	const struct tw_where *w = t->where;
	TW_TRY(end_text(t, r, TW_FIELD_FROM, w->from, w->from_vpc, &t->change->from));
	return end_text(t, r, TW_FIELD_TO, w->to, w->to_vpc, &t->change->to);
}

static tw_status find_protocol(struct telling *t, struct tw_results *r, const struct tw_outcome *o)
{
	struct tw_change *c = t->change;
	struct tw_arena *arena = t->d->arena;
	struct tw_port_list list, ports;
	TW_TRY(tw_set_ports(r, t->set, TW_FIELD_PROTOCOL, arena, &list));
	TW_TRY(tw_set_ports(r, t->set, TW_FIELD_SERVICE, arena, &ports));
	c->protocol_text = list.n == 1 && list.v[0].lo == list.v[0].hi
				   ? tw_what_text(arena, (uint8_t)list.v[0].lo, NULL, 0)
				   : tw_arena_printf(arena, "protocol/%s",
					     tw_ports_text(arena, list.v, list.n, UINT8_MAX));
	c->service_text = c->protocol_text;
	if (o->reply_kind == TW_REPLY_PORTS)
		c->service_text = tw_what_text(arena, o->protocol, ports.v, ports.n);
	else if (tw_protocol_is_icmp(o->family, o->protocol) && ports.n > 0) {
		const char *text = NULL;
		for (size_t i = 0; i < ports.n && i < BLOCKS_SHOWN; i++) {
			const char *one = tw_what_text(arena, o->protocol, &ports.v[i], 1);
			text = text && one ? tw_arena_printf(arena, "%s, %s", text, one) : one;
		}
		if (text && ports.n > BLOCKS_SHOWN)
			text = tw_arena_printf(
				arena, "%s and %zu more", text, ports.n - BLOCKS_SHOWN);
		c->service_text = text;
	}
	return c->protocol_text && c->service_text ? TW_OK : TW_ENOMEM;
}

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

static tw_status find_sentence(struct telling *t)
{
	struct tw_change *c = t->change;
	c->sentence = tw_arena_printf(
		t->d->arena, "%s from %s to %s %s", c->service_text, c->from, c->to, story(t));
	return c->sentence ? TW_OK : TW_ENOMEM;
}

tw_status tw_change_words(struct tw_diffing *d, const struct tw_where *where, tw_set set,
	struct tw_results *r, const struct tw_outcome *shown, struct tw_change *change)
{
	struct telling t = {d, where, set, change};
	TW_TRY(find_protocol(&t, r, shown));
	TW_TRY(find_ends(&t, r));
	return find_sentence(&t);
}
