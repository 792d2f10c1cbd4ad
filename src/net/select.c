/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Selecting: what a person wrote, tried as an id, a name of twoway.yaml, an address or CIDR block,
 * a Name tag, and "internet", in this order (contract section 1).
 */

#include "select.h"

#include <stdlib.h>

#include "find.h"
#include "index.h"

struct work {
	struct tw_picked picked;
	const struct tw_intents *intents;
	const struct tw_client *client;
};

/* ---- addresses ------------------------------------------------------------------------------- */

/* A public IPv4 address is the interface that has it: filters see the private one behind it. */
static tw_status pick_public(struct work *w, struct tw_prefix prefix, bool *ret_found)
{
	const struct tw_net *net = w->picked.net;
	size_t i = 0, end = 0;

	if (prefix.family == TW_IPV4 && prefix.len == 32)
		end = tw_index_public(net, prefix, &i);
	*ret_found = end > i;
	for (; i < end; i++) {
		uint32_t at = net->index->public[i].interface;
		TW_TRY(TW_VEC_PUSH(net->mem, &w->picked.interface, at));
		TW_TRY(TW_VEC_PUSH(net->mem, &w->picked.id, net->interface[at].object.id));
		TW_TRY(TW_VEC_PUSH(net->mem, &w->picked.called, tw_prefix_range(prefix)));
	}
	return TW_OK;
}

static tw_status pick_prefix(struct work *w, struct tw_prefix prefix)
{
	bool found;

	TW_TRY(pick_public(w, prefix, &found));
	if (found)
		return TW_OK;
	return TW_VEC_PUSH(w->picked.net->mem, &w->picked.range, tw_prefix_range(prefix));
}

/* An address or CIDR block as far as the text is one; `bare`: IPv6 may stand without brackets. */
static tw_status read_address(
	struct work *w, const char *text, bool bare, struct tw_prefix *ret, bool *ret_is)
{
	size_t n = strlen(text);
	bool bracketed = n > 2 && text[0] == '[' && text[n - 1] == ']';
	char buf[TW_PREFIX_TEXT];
	struct tw_prefix prefix;

	*ret_is = false;
	if (bracketed) {
		text++;
		n -= 2;
	}
	/* "10.0.0.0/24:443" and "web/blue" are none, rather than bad ones. */
	const char *slash = memchr(text, '/', n);
	if (slash && strspn(slash + 1, "0123456789") + 1 != n - (size_t)(slash - text))
		return TW_OK;
	switch (tw_prefix_parse(text, n, &prefix)) {
	case TW_PREFIX_SYNTAX:
		return TW_OK;
	case TW_PREFIX_LENGTH:
		return TW_REFUSED(&w->picked,
			"\"%s\" has no valid prefix length: 0 to 32 for IPv4, 0 to 128 for IPv6",
			text);
	case TW_PREFIX_HOST_BITS:
		return TW_REFUSED(&w->picked,
			"\"%s\" has bits set behind its prefix: the CIDR block is %s", text,
			tw_prefix_text(prefix, buf));
	case TW_PREFIX_OK:
		break;
	}
	if (bracketed && prefix.family != TW_IPV6)
		return TW_OK;
	if (!bracketed && !bare && !slash && prefix.family == TW_IPV6)
		return TW_REFUSED(&w->picked,
			"\"%s\" is an IPv6 address: put it in brackets before a port, as "
			"in [2001:db8::1]:443",
			text);
	*ret = prefix;
	*ret_is = true;
	return TW_OK;
}

/* "vpc-1/10.0.0.5" */
static tw_status pick_in_vpc(struct work *w, const char *text, bool bare, bool *ret_found)
{
	const struct tw_net *net = w->picked.net;
	const char *slash = strchr(text, '/');
	struct tw_prefix prefix;
	bool known = false, is;

	*ret_found = false;
	if (!slash || slash == text)
		return TW_OK;
	/* An ARN has slashes, too, and whoever has no such id costs a walk over all that have. */
	if (slash[1 + strspn(slash + 1, "0123456789abcdefABCDEF.:[]/")] != '\0')
		return TW_OK;
	const char *id = tw_arena_dup(w->picked.arena, text, (size_t)(slash - text));
	if (!id)
		return TW_ENOMEM;
	known = tw_net_find(net, TW_KIND_VPC, id) != TW_MISSING;
	for (size_t i = 0; i < net->subnets && !known; i++)
		known = net->subnet[i].vpc_id && strcmp(net->subnet[i].vpc_id, id) == 0;
	for (size_t i = 0; i < net->interfaces && !known; i++)
		known = net->interface[i].vpc_id && strcmp(net->interface[i].vpc_id, id) == 0;
	if (!known && !tw_sv_starts(tw_sv_of(id), "vpc-"))
		return TW_OK;
	TW_TRY(read_address(w, slash + 1, bare, &prefix, &is));
	if (!is)
		return TW_OK;
	if (!known)
		return tw_refuse_unknown(&w->picked, NULL, "VPC", id);
	w->picked.vpc_id = id;
	w->picked.must_be_inside = true;
	*ret_found = true;
	return TW_VEC_PUSH(net->mem, &w->picked.range, tw_prefix_range(prefix));
}

static tw_status pick_address(struct work *w, const char *text, bool bare, bool *ret_found)
{
	struct tw_prefix prefix;

	TW_TRY(pick_in_vpc(w, text, bare, ret_found));
	if (*ret_found)
		return TW_OK;
	TW_TRY(read_address(w, text, bare, &prefix, ret_found));
	return *ret_found ? pick_prefix(w, prefix) : TW_OK;
}

/* ---- selectors ------------------------------------------------------------------------------- */

static tw_status pick_ids(struct work *w, enum tw_kind kind, struct tw_texts ids)
{
	for (size_t i = 0; i < ids.n; i++) {
		bool found;
		TW_TRY(tw_pick_id(&w->picked, kind, ids.v[i], &found));
		if (!found)
			return tw_refuse_unknown(&w->picked, NULL, tw_kind_name(kind), ids.v[i]);
	}
	return TW_OK;
}

/* Load balancers by ARN, or by the name that people know. */
static tw_status pick_balancers(struct work *w, struct tw_texts ids)
{
	const struct tw_net *net = w->picked.net;

	for (size_t i = 0; i < ids.n; i++) {
		bool found = false;
		for (uint32_t k = 0; k < net->balancers; k++) {
			const struct tw_object *one = &net->balancer[k].object;
			if (strcmp(one->id, ids.v[i]) != 0 &&
				(!one->name || strcmp(one->name, ids.v[i]) != 0))
				continue;
			found = true;
			TW_TRY(tw_pick_id(&w->picked, TW_KIND_LOAD_BALANCER, one->id, &found));
		}
		if (!found)
			return tw_refuse_unknown(
				&w->picked, NULL, tw_kind_name(TW_KIND_LOAD_BALANCER), ids.v[i]);
	}
	return TW_OK;
}

static tw_status pick_cidrs(struct work *w, struct tw_texts cidrs)
{
	for (size_t i = 0; i < cidrs.n; i++) {
		struct tw_prefix prefix;
		bool is;
		TW_TRY(read_address(w, cidrs.v[i], true, &prefix, &is));
		if (!is)
			return TW_REFUSED(&w->picked,
				"\"%s\" is no CIDR block: write for example 203.0.113.0/24 "
				"or 2001:db8::/32",
				cidrs.v[i]);
		TW_TRY(pick_prefix(w, prefix));
	}
	return TW_OK;
}

static tw_status pick_selector(struct work *w, const struct tw_selector *s)
{
	if (s->span.file != 0)
		w->picked.span = s->span;
	if (s->address.n > 0)
		return TW_REFUSED(&w->picked,
			"%s: Terraform addresses and logical ids are not judged yet",
			s->address.v[0]);
	TW_TRY(pick_ids(w, TW_KIND_INSTANCE, s->instance));
	TW_TRY(pick_ids(w, TW_KIND_INTERFACE, s->interface));
	TW_TRY(pick_ids(w, TW_KIND_SUBNET, s->subnet));
	TW_TRY(pick_ids(w, TW_KIND_GROUP, s->security_group));
	TW_TRY(pick_balancers(w, s->load_balancer));
	for (size_t i = 0; i < s->tags; i++)
		TW_TRY(tw_pick_tag(&w->picked, &s->tag[i]));
	w->picked.internet = s->internet;
	return pick_cidrs(w, s->cidr);
}

/* "subnet-1, 10.0.0.0/24 and 3 more": how a selector without a name is called. */
static tw_status name_selector(
	struct tw_arena *arena, const struct tw_selector *s, const char **ret)
{
	enum { SHOWN = 3 };
	const struct tw_texts lists[] = {
		s->instance, s->interface, s->subnet, s->security_group, s->load_balancer, s->cidr};
	const char *name = s->internet ? "internet" : "";
	size_t n = s->internet;

	for (size_t i = 0; i < TW_COUNT(lists); i++)
		for (size_t k = 0; k < lists[i].n; k++)
			if (n++ < SHOWN && name)
				name = tw_arena_printf(
					arena, "%s%s%s", name, *name ? ", " : "", lists[i].v[k]);
	for (size_t i = 0; i < s->tags; i++)
		if (n++ < SHOWN && name)
			name = tw_arena_printf(arena, "%s%s%s=%s", name, *name ? ", " : "",
				s->tag[i].key, s->tag[i].pattern);
	if (name && n > SHOWN)
		name = tw_arena_printf(arena, "%s and %zu more", name, n - SHOWN);
	if (!name)
		return TW_ENOMEM;
	*ret = name;
	return TW_OK;
}

/* ---- texts ----------------------------------------------------------------------------------- */

static tw_status pick_yaml_name(struct work *w, const char *text, bool *ret_found)
{
	struct tw_intents_view view = {0};

	if (w->intents)
		view = tw_intents_view(w->intents);
	for (size_t i = 0; i < view.nameds; i++) {
		if (!view.named[i].name || strcmp(view.named[i].name, text) != 0)
			continue;
		*ret_found = true;
		w->client = view.named[i].client;
		return pick_selector(w, &view.named[i].selector);
	}
	return TW_OK;
}

static tw_status pick_text(struct work *w, const char *text, bool bare, bool *ret_found)
{
	bool found = false;

	for (size_t i = 0; i < TW_END_KINDS && !found; i++)
		TW_TRY(tw_pick_id(&w->picked, tw_end_kinds[i], text, &found));
	if (!found)
		TW_TRY(pick_yaml_name(w, text, &found));
	if (!found)
		TW_TRY(pick_address(w, text, bare, &found));
	if (!found)
		TW_TRY(tw_pick_name(&w->picked, text, &found));
	if (!found && strcmp(text, "internet") == 0)
		found = w->picked.internet = true;
	*ret_found = found;
	return TW_OK;
}

/* The ':' before a port or range of ports, or NULL. */
static const char *port_of(const char *text)
{
	const char *colon = strrchr(text, ':');

	if (!colon || colon == text || colon[1] < '0' || colon[1] > '9')
		return NULL;
	return colon[1 + strspn(colon + 1, "0123456789-")] == '\0' ? colon : NULL;
}

static tw_status refuse_port(struct work *w, const char *port)
{
	return TW_REFUSED(&w->picked,
		"\"%s\" is no port: expected 1 to 65535, or a range such as 8000-8100", port);
}

/* "web:https": the end is known, and the port is a number. */
static tw_status refuse_service_name(struct work *w, const char *text)
{
	const char *colon = strrchr(text, ':');
	bool found;

	if (!colon || colon == text || colon[1] == '\0')
		return TW_OK;
	const char *name = tw_arena_dup(w->picked.arena, text, (size_t)(colon - text));
	if (!name)
		return TW_ENOMEM;
	TW_TRY(pick_text(w, name, true, &found));
	return found ? refuse_port(w, colon + 1) : TW_OK;
}

/* As it stands, then with a port behind it. *ret_name: what was found. */
static tw_status pick_with_port(struct work *w, const char *text, bool with_port,
	const char **ret_name, struct tw_selection *selection)
{
	const char *colon = with_port ? port_of(text) : NULL, *name = text;
	bool found;

	TW_TRY(pick_text(w, text, true, &found));
	if (!found && colon) {
		name = tw_arena_dup(w->picked.arena, text, (size_t)(colon - text));
		if (!name)
			return TW_ENOMEM;
		TW_TRY(pick_text(w, name, false, &found));
		if (!found)
			return tw_refuse_unknown(&w->picked, w->intents, NULL, name);
		if (!tw_service_parse(colon + 1, &selection->service))
			return refuse_port(w, colon + 1);
		selection->service.span = w->picked.span;
		selection->has_service = true;
	}
	if (!found && with_port)
		TW_TRY(refuse_service_name(w, text));
	if (!found)
		return tw_refuse_unknown(&w->picked, w->intents, NULL, text);
	*ret_name = name;
	return TW_OK;
}

/* ---- the selection --------------------------------------------------------------------------- */

static int cmp_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static tw_status keep_ids(struct work *w, struct tw_selection *selection)
{
	size_t n = w->picked.id.n, kept = 0;
	const char **ids = TW_NEW_ARRAY(w->picked.arena, const char *, n);

	if (!ids)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		ids[i] = w->picked.id.v[i];
	if (n > 1)
		qsort(ids, n, sizeof(*ids), cmp_text);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(ids[kept - 1], ids[i]) != 0)
			ids[kept++] = ids[i];
	for (size_t i = 0; i < kept; i++) { /* a text that was asked for may die before us */
		ids[i] = tw_arena_str(w->picked.arena, ids[i]);
		if (!ids[i])
			return TW_ENOMEM;
	}
	selection->ids = ids;
	selection->ids_n = kept;
	return TW_OK;
}

static tw_status finish(struct work *w, const char *name, struct tw_selection *selection)
{
	bool any = false;

	TW_TRY(tw_picked_sites(&w->picked, &selection->sites));
	for (size_t i = 0; i < selection->sites.n; i++)
		any |= selection->sites.v[i].addresses_n > 0;
	if (!any && selection->sites.n > 0)
		return TW_REFUSED(&w->picked, "the input has no address of %s", name);
	if (!any && w->picked.managed)
		return TW_REFUSED(&w->picked,
			"%s selects nothing but interfaces of gateways, load balancers and other "
			"services: name the service, or one of the interfaces",
			name);
	if (!any)
		return TW_REFUSED(&w->picked, "%s selects nothing in the input", name);
	TW_TRY(keep_ids(w, selection));
	selection->name = tw_arena_str(w->picked.arena, name);
	selection->internet = w->picked.internet;
	selection->managed = w->picked.managed;
	selection->client = w->client;
	return selection->name ? TW_OK : TW_ENOMEM;
}

static struct tw_selection empty_selection(void)
{
	return (struct tw_selection){
		.service = {.protocol = -1, .ports = {0, 65535}, .span = TW_NO_SPAN}};
}

tw_status tw_select_text(const struct tw_net *net, const struct tw_intents *intents,
	struct tw_arena *arena, struct tw_diags *diags, struct tw_span span, const char *text,
	bool with_port, struct tw_selection *ret)
{
	struct tw_selection selection = empty_selection();
	struct work w = {.intents = intents};
	const char *name = text;

	tw_picked_init(&w.picked, net, arena, diags, span);
	tw_status status = pick_with_port(&w, text, with_port, &name, &selection);
	if (status == TW_OK)
		status = finish(&w, name, &selection);
	tw_picked_fini(&w.picked);
	if (status == TW_OK)
		*ret = selection;
	return status;
}

tw_status tw_select_end(const struct tw_net *net, const struct tw_intents *intents,
	struct tw_arena *arena, struct tw_diags *diags, const struct tw_end *end,
	struct tw_selection *ret)
{
	const struct tw_selector *selector = end->named ? &end->named->selector : end->selector;
	struct tw_selection selection = empty_selection();
	struct work w = {.intents = intents};
	const char *name = end->named ? end->named->name : NULL;

	if (!selector)
		return tw_select_text(net, intents, arena, diags, end->span, end->text, false, ret);
	if (!name)
		TW_TRY(name_selector(arena, selector, &name));
	tw_picked_init(&w.picked, net, arena, diags, end->span);
	w.client = end->named ? end->named->client : NULL;
	tw_status status = pick_selector(&w, selector);
	if (status == TW_OK)
		status = finish(&w, name, &selection);
	tw_picked_fini(&w.picked);
	if (status == TW_OK)
		*ret = selection;
	return status;
}
