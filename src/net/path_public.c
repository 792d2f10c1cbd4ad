/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths from inside to a public address of the estate. Such a packet takes the sender's way to the
 * internet and comes back in by the responder's gateway: two paths in a row. The sender's lists see
 * the public address of the responder, the responder's lists and groups see that of the sender, so
 * no reference to a group matches. SPEC: igw-nat-private-addresses, sg-ref-public-ip
 */
#include "index.h"
#include "path.h"
#include "site.h"

/* What tw_paths_to_public works on: one public address, and who has it. */
struct hairpin {
	const struct tw_net *net;
	struct tw_space *space;
	const struct tw_world *world;
	struct tw_arena *arena;
	const struct tw_site *from, *to;
	struct tw_site *far; /* the public address, as the sender sees it */
	struct tw_paths *ret;
};

static tw_status push(struct hairpin *h, const struct tw_path *path)
{
	if (tw_set_is_empty(path->domain))
		return tw_space_status(h->space);
	return TW_VEC_PUSH(h->net->mem, h->ret, *path);
}

/* The sender's side is walked; the rest is not judged. */
static tw_status push_unknown(struct hairpin *h, struct tw_path path, const char *text)
{
	path.unknown_beyond = path.unknown_request = true;
	path.unanswered = false;
	path.reason = "unknown-input";
	path.reason_text = text;
	path.reason_component = h->net->interface[h->far->interfaces[0]].object.id;
	path.reason_span = h->net->interface[h->far->interfaces[0]].object.span;
	return push(h, &path);
}

/* The one pair of a private and a public address that an interface has; false: none, or several. */
static bool only_pair(
	const struct tw_interface *one, struct tw_range *ret_private, struct tw_range *ret_public)
{
	if (one->published.n != 1 || one->public_addresses.n != 1)
		return false;
	*ret_private = tw_prefix_range(one->published.v[0]);
	*ret_public = tw_prefix_range(one->public_addresses.v[0]);
	return true;
}

/* ---- two paths in a row ---------------------------------------------------------------------- */

static size_t append(struct tw_crossing *out, size_t n, const struct tw_path *path,
	enum tw_direction direction, uint8_t look, bool shift)
{
	for (size_t i = 0; i < path->crossings; i++) {
		if (path->crossing[i].view.direction != direction)
			continue;
		out[n] = path->crossing[i];
		if (shift)
			out[n].look = look;
		n++;
	}
	return n;
}

/* What stops the second half stops the whole; a doubt of the first half comes first. */
static void take_reason(struct tw_path *path, const struct tw_path *in)
{
	if (!in->reason || (path->reason && !in->blocked))
		return;
	path->blocked = in->blocked;
	path->unanswered |= in->unanswered;
	path->unknown_beyond |= in->unknown_beyond;
	path->unknown_request |= in->unknown_request;
	path->reason = in->reason;
	path->reason_text = in->reason_text;
	path->reason_component = in->reason_component;
	path->reason_span = in->reason_span;
}

/* `out` as far as the internet, then `in` with the sender's public address as its source. */
static tw_status chain(struct hairpin *h, const struct tw_path *out, const struct tw_path *in,
	const struct tw_range *source, const char *choice)
{
	struct tw_path path = *out;
	uint8_t at = (uint8_t)out->looks;
	struct tw_crossing *crossing =
		TW_NEW_ARRAY(h->arena, struct tw_crossing, out->crossings + in->crossings + 1);
	size_t n = 0;

	if (!crossing)
		return TW_ENOMEM;
	if (out->looks == TW_LOOKS || in->looks > 1)
		return push_unknown(h, path, "more translations than are judged");
	/* Protocols and ports as both halves carry them; the ends are those of the first. */
	path.domain = tw_set_intersect(h->space, out->domain,
		tw_set_forget(
			h->space, tw_set_forget(h->space, in->domain, TW_FIELD_FROM), TW_FIELD_TO));
	path.look[at] = out->look[at - 1];
	path.look[at].from = (struct tw_ranges){source, 1};
	path.look[at].to = in->to->address[0];
	path.looks = at + 1u;
	n = append(crossing, n, out, TW_REQUEST, 0, false);
	n = append(crossing, n, in, TW_REQUEST, at, true);
	if (!in->blocked) {
		n = append(crossing, n, in, TW_REPLY, at, true);
		n = append(crossing, n, out, TW_REPLY, 0, false);
	}
	path.crossing = crossing;
	path.crossings = n;
	path.assumptions |= in->assumptions;
	path.asymmetric |= in->asymmetric;
	if (!path.by)
		path.by = choice ? "address" : in->by;
	if (choice || in->choice) {
		const char *more = choice ? choice : in->choice;
		path.choice =
			path.choice ? tw_arena_printf(h->arena, "%s, %s", path.choice, more) : more;
		if (!path.choice)
			return TW_ENOMEM;
	}
	take_reason(&path, in);
	return push(h, &path);
}

/* In from the internet, as from anybody with this address. */
static tw_status enter(
	struct hairpin *h, const struct tw_path *out, struct tw_range source, bool several)
{
	struct tw_range *address = TW_NEW(h->arena, struct tw_range);
	struct tw_site *outside = TW_NEW(h->arena, struct tw_site);
	struct tw_paths in = TW_VEC_EMPTY;
	const char *choice = NULL;

	if (!address || !outside)
		return TW_ENOMEM;
	*address = source;
	*outside = tw_site_nowhere(TW_SITE_OUTSIDE, (struct tw_ranges){address, 1});
	outside->interfaces = h->far->interfaces; /* this is no interface's own address */
	outside->interfaces_n = h->far->interfaces_n;
	if (several) {
		choice = tw_range_say(h->arena, source);
		if (!choice)
			return TW_ENOMEM;
	}
	tw_status status =
		tw_paths_between(h->net, h->space, h->world, h->arena, outside, h->to, &in);
	for (size_t i = 0; status == TW_OK && i < in.n; i++)
		status = chain(h, out, &in.v[i], address, choice);
	TW_VEC_FREE(h->net->mem, &in);
	return status;
}

/* ---- the sender's public address ------------------------------------------------------------- */

/* The interface of the translator's subnet that has a private address, or NULL. */
static const struct tw_interface *holder_of(
	const struct hairpin *h, const struct tw_look *look, struct tw_range private)
{
	uint32_t nat = tw_net_find(h->net, TW_KIND_NAT_GATEWAY, look->at);
	uint32_t at = nat == TW_MISSING ? TW_MISSING : h->net->nat[nat].subnet;
	const struct tw_subnet *subnet = at == TW_MISSING ? NULL : &h->net->subnet[at];

	for (size_t i = 0; subnet && i < subnet->interfaces_n; i++) {
		const struct tw_interface *one = &h->net->interface[subnet->interfaces[i]];
		struct tw_range own, public;
		if (only_pair(one, &own, &public) && tw_addr_cmp(own.first, private.first) == 0)
			return one;
	}
	return NULL;
}

static const char unknown_source[] =
	"the public address that this comes from is not in the input: nobody knows what the lists "
	"and groups of its target do";

static tw_status enter_translated(
	struct hairpin *h, const struct tw_path *out, const struct tw_look *look)
{
	for (size_t i = 0; i < look->from.n; i++) {
		const struct tw_interface *one = holder_of(h, look, look->from.v[i]);
		struct tw_range private, public;
		if (!one || !only_pair(one, &private, &public))
			return push_unknown(h, *out, unknown_source);
	}
	for (size_t i = 0; i < look->from.n; i++) {
		const struct tw_interface *one = holder_of(h, look, look->from.v[i]);
		TW_TRY(enter(
			h, out, tw_prefix_range(one->public_addresses.v[0]), look->from.n > 1));
	}
	return TW_OK;
}

/* Each interface of the sender has an address of its own. */
static tw_status enter_plain(struct hairpin *h, const struct tw_path *out)
{
	struct tw_path rest = *out;

	for (size_t i = 0; h->from->kind == TW_SITE_INTERFACES && i < h->from->interfaces_n; i++) {
		struct tw_path one = rest;
		struct tw_range private, public;
		if (!only_pair(&h->net->interface[h->from->interfaces[i]], &private, &public))
			continue;
		one.domain = tw_set_intersect(
			h->space, rest.domain, tw_ranges_set(h->space, TW_FIELD_FROM, &private, 1));
		rest.domain = tw_set_subtract(h->space, rest.domain, one.domain);
		if (!tw_set_is_empty(one.domain))
			TW_TRY(enter(h, &one, public, false));
	}
	return push_unknown(h, rest, unknown_source);
}

static tw_status go_on(struct hairpin *h, const struct tw_path *out)
{
	const struct tw_look *look = &out->look[out->looks - 1];

	if (out->blocked || out->unknown_request || out->exempt)
		return push(h, out);
	if (!out->internet)
		return push_unknown(h, *out,
			"the route to this public address leads to no internet gateway: what lies "
			"beyond is not judged");
	return look->leg > 0 ? enter_translated(h, out, look) : enter_plain(h, out);
}

static const char which_address[] =
	"several addresses of the interface are public: which one this is, is not judged";

/* One public address of one interface. */
static tw_status reach(struct hairpin *h, uint32_t interface, struct tw_range address)
{
	struct tw_site *near = TW_NEW(h->arena, struct tw_site);
	struct tw_range *range = TW_NEW_ARRAY(h->arena, struct tw_range, 2);
	uint32_t *index = TW_NEW(h->arena, uint32_t);
	struct tw_paths out = TW_VEC_EMPTY;
	bool known;

	h->far = TW_NEW(h->arena, struct tw_site);
	if (!h->far || !near || !range || !index)
		return TW_ENOMEM;
	*index = interface;
	range[0] = address;
	*h->far = tw_site_nowhere(TW_SITE_OUTSIDE, (struct tw_ranges){range, 1});
	*near = *h->to;
	known = only_pair(&h->net->interface[interface], &range[1], &range[0]);
	near->address = range + 1;
	near->addresses_n = 1;
	near->called = NULL;
	near->called_n = 0;
	near->interfaces = h->far->interfaces = index;
	near->interfaces_n = h->far->interfaces_n = 1;
	h->to = near;
	tw_status status =
		tw_paths_between(h->net, h->space, h->world, h->arena, h->from, h->far, &out);
	for (size_t i = 0; status == TW_OK && i < out.n; i++)
		status = known || out.v[i].blocked ? go_on(h, &out.v[i])
						   : push_unknown(h, out.v[i], which_address);
	TW_VEC_FREE(h->net->mem, &out);
	return status;
}

static bool has(const struct tw_site *site, uint32_t interface)
{
	for (size_t i = 0; i < site->interfaces_n; i++)
		if (site->interfaces[i] == interface)
			return true;
	return false;
}

tw_status tw_paths_to_public(const struct tw_net *net, struct tw_space *space,
	const struct tw_world *world, struct tw_arena *arena, const struct tw_site *from,
	const struct tw_site *to, struct tw_paths *ret)
{
	for (size_t i = 0; i < to->called_n; i++) {
		struct tw_prefix address = {to->called[i].first, TW_IPV4, 32};
		size_t at, end = tw_index_public(net, address, &at);
		for (; at < end; at++) {
			struct hairpin h = {net, space, world, arena, from, to, NULL, ret};
			uint32_t interface = net->index->public[at].interface;
			if (has(to, interface))
				TW_TRY(reach(&h, interface, to->called[i]));
		}
	}
	return TW_OK;
}
