/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes open: the difference of two lists as a set of packets, in boxes and in words. */
#include "opens.h"

#include "addresses.h"
#include "entry.h"
#include "guards.h"
#include "services.h"
#include "twoway/intents.h"
#include "vec.h"

struct work {
	struct tw_arena *arena;
	struct tw_space *space;
	const struct tw_net *net; /* after */
	struct tw_view view;
	uint32_t acl;
	tw_set open; /* packets let in newly */
	struct tw_guards guards;
	TW_VEC(struct tw_opened) opened;
	TW_VEC(struct tw_opened_service) service;
	const char *opens;
	bool stopped;
};

/* ---- boxes ------------------------------------------------------------------------------------
 */

struct boxes {
	struct work *w;
	struct tw_opened now; /* of one protocol, being filled */
	struct tw_ports ports;
	TW_VEC(struct tw_range) peer;
	TW_VEC(struct tw_flow_box) box;
};

static tw_status prefixes_of(struct tw_arena *arena, const struct tw_range *range, size_t n,
	const struct tw_prefix **ret, size_t *ret_n)
{
	size_t count = 0, k = 0;
	for (size_t i = 0; i < n; i++)
		count += tw_range_prefixes(range[i], NULL, 0);
	struct tw_prefix *v = TW_NEW_ARRAY(arena, struct tw_prefix, count + 1);
	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		k += tw_range_prefixes(range[i], v + k, count - k);
	*ret = v;
	*ret_n = count;
	return TW_OK;
}

/* The blocks behind the list; all addresses where the subnets are not known. */
static tw_status near_blocks(
	struct work *w, uint8_t family, const struct tw_prefix **ret, size_t *ret_n)
{
	const struct tw_acl *acl = &w->net->acl[w->acl];
	size_t n = 1, k = 0;
	for (size_t i = 0; i < acl->subnets_n; i++)
		n += w->net->subnet[acl->subnets[i]].cidrs.n;
	struct tw_prefix *v = TW_NEW_ARRAY(w->arena, struct tw_prefix, n);
	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < acl->subnets_n; i++) {
		struct tw_prefixes cidrs = w->net->subnet[acl->subnets[i]].cidrs;
		for (size_t c = 0; c < cidrs.n; c++)
			if (cidrs.v[c].family == family)
				v[k++] = cidrs.v[c];
	}
	if (k == 0)
		v[k++] = (struct tw_prefix){.family = family};
	*ret = v;
	*ret_n = k;
	return TW_OK;
}

static tw_status close_box(struct boxes *b)
{
	struct work *w = b->w;
	const struct tw_prefix *peer, *near;
	size_t peers, nears;
	struct tw_flow_box box = {0};
	bool icmp = b->now.protocol == TW_PROTOCOL_ICMP || b->now.protocol == TW_PROTOCOL_ICMPV6;
	if (b->peer.n == 0)
		return TW_OK;
	TW_TRY(prefixes_of(w->arena, b->peer.v, b->peer.n, &peer, &peers));
	TW_TRY(near_blocks(w, b->now.family, &near, &nears));
	bool in = w->view.list == TW_INGRESS;
	box.from = in ? peer : near;
	box.from_n = in ? peers : nears;
	box.to = in ? near : peer;
	box.to_n = in ? nears : peers;
	if (tw_protocol_has_ports(b->now.protocol)) {
		struct tw_ports *ports = TW_NEW(w->arena, struct tw_ports);
		if (!ports)
			return TW_ENOMEM;
		*ports = b->ports;
		box.service = ports;
		box.service_n = 1;
	} else if (icmp) {
		struct tw_icmp_range *range = TW_NEW(w->arena, struct tw_icmp_range);
		if (!range)
			return TW_ENOMEM;
		*range = (struct tw_icmp_range){(uint8_t)(b->ports.lo >> 8),
			(uint8_t)(b->ports.hi >> 8), (uint8_t)b->ports.lo, (uint8_t)b->ports.hi};
		box.icmp = range;
		box.icmp_n = 1;
	}
	b->peer.n = 0;
	return TW_VEC_PUSH(w->arena->mem, &b->box, box);
}

static tw_status close_protocol(struct boxes *b)
{
	TW_TRY(close_box(b));
	if (b->box.n == 0)
		return TW_OK;
	struct tw_flow_box *v = TW_NEW_ARRAY(b->w->arena, struct tw_flow_box, b->box.n);
	if (!v)
		return TW_ENOMEM;
	memcpy(v, b->box.v, b->box.n * sizeof(*v));
	b->now.box = v;
	b->now.boxes_n = b->box.n;
	b->box.n = 0;
	return TW_VEC_PUSH(b->w->arena->mem, &b->w->opened, b->now);
}

static tw_status open_protocol(struct boxes *b, const struct tw_box *box)
{
	struct work *w = b->w;
	char buf[TW_SERVICE_TEXT];
	TW_TRY(close_protocol(b));
	b->now = (struct tw_opened){.component = w->net->acl[w->acl].object.id,
		.list = tw_list_name(w->view.list),
		.family = box->family,
		.protocol = box->protocol_lo};
	if (box->protocol_lo == box->protocol_hi)
		b->now.protocol_text =
			tw_arena_str(w->arena, tw_protocol_text(box->protocol_lo, buf));
	else
		b->now.protocol_text = tw_arena_printf(
			w->arena, "protocol/%u-%u", box->protocol_lo, box->protocol_hi);
	return b->now.protocol_text ? TW_OK : TW_ENOMEM;
}

/* Boxes come by protocol, then peer: neighbours with the same ports stand together. */
static tw_status take_box(void *ctx, const struct tw_box *box)
{
	struct boxes *b = ctx;
	struct tw_range peer = b->w->view.list == TW_INGRESS ? box->from : box->to;
	peer.family = box->family;
	if (!b->now.protocol_text || b->now.family != box->family ||
		b->now.protocol != box->protocol_lo)
		TW_TRY(open_protocol(b, box));
	else if (b->ports.lo != box->service.lo || b->ports.hi != box->service.hi)
		TW_TRY(close_box(b));
	b->ports = box->service;
	return TW_VEC_PUSH(b->w->arena->mem, &b->peer, peer);
}

static tw_status add_boxes(struct work *w)
{
	struct boxes b = {.w = w};
	tw_status status = tw_set_each_box(w->space, w->open, take_box, &b);
	if (status == TW_OK)
		status = close_protocol(&b);
	TW_VEC_FREE(w->arena->mem, &b.peer);
	TW_VEC_FREE(w->arena->mem, &b.box);
	return status;
}

/* ---- services and words -----------------------------------------------------------------------
 */

/* Which of the known services a set of packets meets. */
struct meets {
	bool *known; /* by service */
};

static tw_status meet_box(void *ctx, const struct tw_box *box)
{
	const struct meets *meets = ctx;
	size_t n;
	const struct tw_known_service *known = tw_known_services(&n);
	for (size_t i = 0; i < n; i++)
		meets->known[i] |= box->protocol_lo <= known[i].protocol &&
				   known[i].protocol <= box->protocol_hi &&
				   box->service.lo <= known[i].port &&
				   known[i].port <= box->service.hi;
	return TW_OK;
}

/* Of all packets, only protocol and port are looked at: their boxes are few. */
static tw_status services_in(struct work *w, tw_set set, bool **ret)
{
	size_t n;
	tw_known_services(&n);
	struct meets meets = {TW_NEW_ARRAY(w->arena, bool, n)};
	if (!meets.known)
		return TW_ENOMEM;
	set = tw_set_forget(w->space, set, TW_FIELD_FROM);
	set = tw_set_forget(w->space, set, TW_FIELD_TO);
	set = tw_set_forget(w->space, set, TW_FIELD_CLIENT);
	*ret = meets.known;
	TW_TRY(tw_space_status(w->space));
	return tw_set_each_box(w->space, set, meet_box, &meets);
}

static tw_status join(struct work *w, const char **text, const char *one)
{
	*text = *text ? tw_arena_printf(w->arena, "%s, %s", *text, one)
		      : tw_arena_str(w->arena, one);
	return *text ? TW_OK : TW_ENOMEM;
}

/* The names of services for a sentence: the loud ones first, not all of them. */
struct names {
	const char *text;
	size_t n;
};

static tw_status name_one(struct work *w, const struct tw_known_service *one, struct names *names)
{
	const char *name = tw_arena_printf(w->arena, "%s %u", one->title, one->port);
	names->n++;
	return name ? join(w, &names->text, name) : TW_ENOMEM;
}

/* Those of one kind, for which there is room, the loud ones first. */
static tw_status name_services(
	struct work *w, const bool *in, const bool *not_in, struct names *ret)
{
	enum { MOST = 8 };
	size_t n, all = 0;
	const struct tw_known_service *known = tw_known_services(&n);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++) {
			enum tw_told turn = pass == 0 ? TW_TOLD_FIRST : TW_TOLD;
			if (!in[i] || (not_in && not_in[i]) || known[i].told != turn)
				continue;
			all++;
			if (ret->n < MOST)
				TW_TRY(name_one(w, &known[i], ret));
		}
	if (all > ret->n)
		ret->text = tw_arena_printf(w->arena, "%s and %zu more", ret->text, all - ret->n);
	return all > 0 && !ret->text ? TW_ENOMEM : TW_OK;
}

/* Each service once, as the worst list has it. */
static tw_status add_services(struct work *w, const bool *open, const bool *through)
{
	size_t n;
	const struct tw_known_service *known = tw_known_services(&n);
	for (size_t i = 0; i < n; i++) {
		if (known[i].told == TW_UNTOLD || !open[i])
			continue;
		size_t k = 0;
		while (k < w->service.n && (w->service.v[k].port != known[i].port ||
						   w->service.v[k].protocol != known[i].protocol))
			k++;
		struct tw_opened_service one = {known[i].protocol, known[i].port, known[i].name,
			through[i] ? NULL : w->guards.guard};
		if (k == w->service.n)
			TW_TRY(TW_VEC_PUSH(w->arena->mem, &w->service, one));
		else if (through[i])
			w->service.v[k].stopped_by = NULL;
	}
	return TW_OK;
}

/* All peers and ports of what opens of one protocol, from the first to the last. */
struct hull {
	struct tw_range peer;
	unsigned lo, hi; /* lo > hi: no ports */
};

static struct hull hull_of(const struct tw_opened *o, bool in)
{
	struct hull hull = {{{0, 0}, {0, 0}, o->family}, UINT16_MAX, 0};
	for (size_t k = 0; k < o->boxes_n; k++) {
		const struct tw_flow_box *b = &o->box[k];
		const struct tw_prefix *peer = in ? b->from : b->to;
		size_t peers = in ? b->from_n : b->to_n;
		struct tw_range first = tw_prefix_range(peer[0]);
		struct tw_range last = tw_prefix_range(peer[peers - 1]);
		if (k == 0 || tw_addr_cmp(first.first, hull.peer.first) < 0)
			hull.peer.first = first.first;
		if (k == 0 || tw_addr_cmp(last.last, hull.peer.last) > 0)
			hull.peer.last = last.last;
		if (b->service_n > 0) {
			hull.lo = b->service->lo < hull.lo ? b->service->lo : hull.lo;
			hull.hi = b->service->hi > hull.hi ? b->service->hi : hull.hi;
		}
	}
	return hull;
}

/* "TCP", "ICMP type 3 code 4", "protocol/50" */
static const char *protocol_words(struct work *w, const struct tw_opened *o)
{
	const char *name = o->protocol == TW_PROTOCOL_TCP      ? "TCP"
			   : o->protocol == TW_PROTOCOL_UDP    ? "UDP"
			   : o->protocol == TW_PROTOCOL_ICMP   ? "ICMP"
			   : o->protocol == TW_PROTOCOL_ICMPV6 ? "ICMPv6"
							       : o->protocol_text;
	const struct tw_icmp_range *icmp = o->boxes_n == 1 ? o->box[0].icmp : NULL;
	if (!icmp || icmp->type_lo != icmp->type_hi)
		return name;
	if (icmp->code_lo != icmp->code_hi)
		return tw_arena_printf(w->arena, "%s type %u", name, icmp->type_lo);
	return tw_arena_printf(w->arena, "%s type %u code %u", name, icmp->type_lo, icmp->code_lo);
}

/* "TCP 1024-65535 from 0.0.0.0/0", around all of it. */
static const char *hull_words(struct work *w, const struct tw_opened *o, bool in)
{
	struct hull hull = hull_of(o, in);
	char buf[TW_PREFIX_TEXT];
	const char *text = protocol_words(w, o);
	if (text && hull.lo == hull.hi)
		text = tw_arena_printf(w->arena, "%s %u", text, hull.lo);
	else if (text && hull.lo < hull.hi)
		text = tw_arena_printf(w->arena, "%s %u-%u", text, hull.lo, hull.hi);
	return text ? tw_arena_printf(w->arena, "%s %s %s", text, in ? "from" : "to",
			      tw_prefix_text(tw_range_cover(hull.peer), buf))
		    : NULL;
}

/* The peers of a box: of a list's boxes, the other end. */
struct peers {
	const struct tw_prefix *v;
	size_t n;
};

static struct peers peers_of(const struct tw_flow_box *box, bool in)
{
	return in ? (struct peers){box->from, box->from_n} : (struct peers){box->to, box->to_n};
}

static bool same_peers(struct peers a, struct peers b)
{
	bool same = a.n == b.n;
	for (size_t i = 0; same && i < a.n; i++)
		same = tw_prefix_cmp(a.v[i], b.v[i]) == 0;
	return same;
}

/* "TCP 1024-3388, 3390-65535 from 0.0.0.0/0": all boxes from `first` on that have its peers. */
static const char *part_words(struct work *w, const struct tw_opened *o, size_t first, bool in)
{
	struct peers peers = peers_of(&o->box[first], in);
	char buf[TW_PREFIX_TEXT];
	const char *text = protocol_words(w, o), *comma = "";
	for (size_t i = first; i < o->boxes_n; i++) {
		const struct tw_flow_box *box = &o->box[i];
		for (size_t k = 0; text && k < box->service_n; k++, comma = ",") {
			struct tw_ports p = box->service[k];
			if (!same_peers(peers, peers_of(box, in)))
				break;
			text = p.lo == p.hi
				       ? tw_arena_printf(w->arena, "%s%s %u", text, comma, p.lo)
				       : tw_arena_printf(
						 w->arena, "%s%s %u-%u", text, comma, p.lo, p.hi);
		}
	}
	for (size_t i = 0; text && i < peers.n; i++)
		text = tw_arena_printf(w->arena, "%s%s %s", text,
			i > 0 ? ","
			: in  ? " from"
			      : " to",
			tw_prefix_text(peers.v[i], buf));
	return text;
}

/* Few enough to be told one by one. */
static bool are_few(const struct tw_opened *o, bool in)
{
	enum { MOST = 3 };
	size_t ranges = 0;
	for (size_t i = 0; i < o->boxes_n; i++) {
		ranges += o->box[i].service_n > 0 ? o->box[i].service_n : 1;
		if (ranges > MOST || peers_of(&o->box[i], in).n > MOST)
			return false;
	}
	return true;
}

/* All of it in parts; of many parts what is around them, and that it is not all of that. */
static const char *opened_words(struct work *w, const struct tw_opened *o)
{
	bool in = w->view.list == TW_INGRESS;
	const char *text = NULL;
	if (!are_few(o, in)) {
		text = hull_words(w, o, in);
		return text ? tw_arena_printf(w->arena, "parts of %s", text) : NULL;
	}
	for (size_t i = 0; i < o->boxes_n; i++) {
		bool told = false;
		for (size_t k = 0; k < i; k++)
			told |= same_peers(peers_of(&o->box[k], in), peers_of(&o->box[i], in));
		const char *one = told ? NULL : part_words(w, o, i, in);
		if (!told)
			text = text && one ? tw_arena_printf(w->arena, "%s, %s", text, one) : one;
		if (!text)
			return NULL;
	}
	return text;
}

/* "TCP 1024-65535 from 0.0.0.0/0": what this list opens, protocol by protocol. */
static tw_status traffic_text(struct work *w, const char **ret)
{
	const char *text = NULL;
	for (size_t i = 0; i < w->opened.n; i++) {
		const struct tw_opened *o = &w->opened.v[i];
		if (strcmp(o->component, w->net->acl[w->acl].object.id) != 0 ||
			strcmp(o->list, tw_list_name(w->view.list)) != 0)
			continue;
		const char *one = opened_words(w, o);
		if (!one)
			return TW_ENOMEM;
		TW_TRY(join(w, &text, one));
	}
	*ret = text ? text : "nothing";
	return TW_OK;
}

/* Who stops all of it. Where nobody is there, nobody is said to. */
static const char *stoppers(struct work *w)
{
	const struct tw_guards *g = &w->guards;
	bool in = w->view.list == TW_INGRESS;
	const char *groups = !g->inside ? "the security groups behind it stop all of it"
			     : in	? "the security groups behind it stop all of it that comes "
					  "from outside the subnet"
					: "the security groups behind it stop all of it that goes "
					  "out of the subnet";
	if (!g->silent)
		return g->guarded ? groups
				  : "no network interface is behind it, so it reaches nobody";
	return tw_arena_printf(w->arena, "%s behind it takes no requests in%s%s", g->silent,
		g->guarded ? ", and " : "", g->guarded ? groups : "");
}

/* Who does not. */
static const char *passers(struct work *w, bool in)
{
	const struct tw_guards *g = &w->guards;
	const char *lets = in ? " and the security groups behind it let some of it reach machines"
			      : " and the security groups behind it let machines send some of it";
	if (g->unguarded)
		return tw_arena_printf(
			w->arena, ", and nothing is known to stop it (%s)", g->unguarded);
	if (!g->clients)
		return lets;
	return tw_arena_printf(w->arena, "%s and the NAT gateway %s sends on what its clients ask",
		g->lets ? lets : "", g->clients);
}

static tw_status say(struct work *w)
{
	struct names names[2] = {{0}, {0}};
	bool *open, *through;
	const char *traffic, *text;
	const char *id = w->net->acl[w->acl].object.id;
	bool in = w->view.list == TW_INGRESS;
	TW_TRY(services_in(w, w->open, &open));
	TW_TRY(services_in(w, w->guards.through, &through));
	TW_TRY(add_services(w, open, through));
	/* Of what gets through and what does not, the first counts. */
	TW_TRY(name_services(w, through, NULL, &names[0]));
	TW_TRY(name_services(w, open, through, &names[1]));
	const char *let = names[0].text, *held = names[1].text;
	TW_TRY(traffic_text(w, &traffic));
	text = tw_arena_printf(w->arena, "%s newly lets %s %s", id, in ? "in" : "out", traffic);
	if (text && tw_set_is_empty(w->guards.through)) {
		const char *by = stoppers(w);
		text = by ? tw_arena_printf(w->arena, "%s; %s%s%s", text, by,
				    held ? ", such as " : "", held ? held : "")
			  : NULL;
	} else if (text) {
		const char *who = passers(w, in);
		text = who ? tw_arena_printf(w->arena, "%s%s%s%s%s%s", text, who,
				     let ? ": among it " : "", let ? let : "",
				     held ? "; they stop " : "", held ? held : "")
			   : NULL;
	}
	if (!text)
		return TW_ENOMEM;
	w->opens = w->opens ? tw_arena_printf(w->arena, "%s. %s", w->opens, text) : text;
	w->stopped &= tw_set_is_empty(w->guards.through);
	return w->opens ? TW_OK : TW_ENOMEM;
}

static tw_status open_list(struct work *w, struct tw_rules old, struct tw_rules new)
{
	struct tw_compiled a, b;
	TW_TRY(tw_compile_acl(w->space, old, w->view, &a));
	TW_TRY(tw_compile_acl(w->space, new, w->view, &b));
	w->open = tw_set_subtract(w->space, tw_set_union(w->space, b.allow, b.unknown), a.allow);
	TW_TRY(tw_space_status(w->space));
	if (tw_set_is_empty(w->open))
		return TW_OK;
	TW_TRY(tw_guards_of(w->arena, w->space, w->net, w->acl, w->view, w->open, &w->guards));
	TW_TRY(add_boxes(w));
	return say(w);
}

static tw_status keep(struct work *w, struct tw_openings *ret)
{
	struct tw_opened *opened = TW_NEW_ARRAY(w->arena, struct tw_opened, w->opened.n + 1);
	struct tw_opened_service *service =
		TW_NEW_ARRAY(w->arena, struct tw_opened_service, w->service.n + 1);
	if (!opened || !service)
		return TW_ENOMEM;
	if (w->opened.n > 0)
		memcpy(opened, w->opened.v, w->opened.n * sizeof(*opened));
	if (w->service.n > 0)
		memcpy(service, w->service.v, w->service.n * sizeof(*service));
	*ret = (struct tw_openings){.opened = opened,
		.opened_n = w->opened.n,
		.service = service,
		.services = w->service.n,
		.opens = w->opens ? w->opens : "it lets nothing else pass",
		.stopped = w->stopped};
	return TW_OK;
}

tw_status tw_opens(struct tw_arena *arena, struct tw_space *space, const struct tw_net *before,
	const struct tw_net *after, struct tw_openings *ret)
{
	struct work w = {.arena = arena, .space = space, .net = after, .stopped = true};
	tw_status status = TW_OK;
	for (uint32_t i = 0; status == TW_OK && i < after->acls; i++)
		for (int list = 0; status == TW_OK && list < 2; list++) {
			struct tw_rules old = before->acl[i].list[list];
			struct tw_rules new = after->acl[i].list[list];
			w.acl = i;
			w.view = (struct tw_view){(enum tw_list)list, TW_REQUEST};
			if (old.rule != new.rule)
				status = open_list(&w, old, new);
		}
	if (status == TW_OK)
		status = keep(&w, ret);
	TW_VEC_FREE(arena->mem, &w.opened);
	TW_VEC_FREE(arena->mem, &w.service);
	return status;
}
