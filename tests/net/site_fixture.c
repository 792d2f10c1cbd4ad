/* SPDX-License-Identifier: Apache-2.0 */

/* Small networks for tests of sites, selections and paths. */

#include "site_fixture.h"

#include <stdio.h>

static const char **words(struct world *w, const char *text, size_t *ret_n)
{
	const char **word = TW_NEW_ARRAY(&w->net->arena, const char *, 32);
	size_t n = 0;

	assert_non_null(word);
	while (text && *text) {
		size_t length = strcspn(text, " ");
		assert_true(n < 32);
		word[n] = tw_arena_dup(&w->net->arena, text, length);
		assert_non_null(word[n++]);
		text += length + (text[length] == ' ');
	}
	*ret_n = n;
	return word;
}

void add_eni(struct world *w, const struct eni *eni)
{
	struct tw_interface interface = {
		.object = {.id = eni->id, .name = eni->name, .span = world_span(w)},
		.subnet_id = eni->subnet,
		.vpc_id = eni->vpc,
		.type = eni->type,
		.addresses = prefixes_of(w, eni->addresses),
		.public_addresses = prefixes_of(w, eni->public),
		.instance_id = eni->instance};

	interface.group_ids = words(w, eni->groups, &interface.groups_n);
	assert_int_equal(tw_net_add_interface(w->net, w->diags, &interface), TW_OK);
}

void add_instance(struct world *w, const char *id, enum tw_platform platform, const char *name)
{
	struct tw_instance instance = {
		.object = {.id = id, .name = name, .span = world_span(w)}, .platform = platform};

	assert_int_equal(tw_net_add_instance(w->net, w->diags, &instance), TW_OK);
}

static enum tw_target target_of(const char *id)
{
	static const struct {
		const char *prefix;
		enum tw_target target;
	} table[] = {
		{"local", TW_TARGET_LOCAL},
		{"igw-", TW_TARGET_INTERNET_GATEWAY},
		{"eigw-", TW_TARGET_EGRESS_ONLY},
		{"nat-", TW_TARGET_NAT_GATEWAY},
		{"pcx-", TW_TARGET_PEERING},
		{"tgw-", TW_TARGET_TRANSIT_GATEWAY},
		{"vgw-", TW_TARGET_VIRTUAL_GATEWAY},
		{"vpce-", TW_TARGET_ENDPOINT},
		{"eni-", TW_TARGET_INTERFACE},
	};

	for (size_t i = 0; i < TW_COUNT(table); i++)
		if (strncmp(id, table[i].prefix, strlen(table[i].prefix)) == 0)
			return table[i].target;
	return TW_TARGET_OTHER;
}

static struct tw_route route_of(struct world *w, const char *text)
{
	struct tw_route route = {.span = world_span(w)};
	const char *equals = strchr(text, '=');
	char *to = tw_arena_dup(&w->net->arena, text, (size_t)(equals - text));

	assert_non_null(to);
	if (strncmp(to, "pl-", 3) == 0)
		route.prefix_list = to;
	else
		route.to = prefix_of(to);
	route.blackhole = equals[1] == '!';
	route.propagated = equals[1] == '~';
	route.target_id = equals + 1 + (route.blackhole || route.propagated);
	route.target = target_of(route.target_id);
	return route;
}

void add_table(struct world *w, const char *id, const char *vpc_id, const char *subnets,
	const char *routes)
{
	struct tw_route_table table = {
		.object = {.id = id, .span = world_span(w)}, .vpc_id = vpc_id, .main = !subnets};
	size_t links;
	const char **subnet = words(w, subnets, &links);
	const char **text = words(w, routes, &table.routes_n);
	struct tw_link *link = TW_NEW_ARRAY(&w->net->arena, struct tw_link, links);
	struct tw_route *route = TW_NEW_ARRAY(&w->net->arena, struct tw_route, table.routes_n);

	assert_true(link && route);
	for (size_t i = 0; i < links; i++)
		link[i] = (struct tw_link){subnet[i], world_span(w)};
	for (size_t i = 0; i < table.routes_n; i++)
		route[i] = route_of(w, text[i]);
	table.route = route;
	assert_int_equal(tw_net_add_table(w->net, w->diags, &table, link, links), TW_OK);
}

void add_prefix_list(struct world *w, const char *id, const char *cidrs)
{
	struct tw_prefix_list list = {.object = {.id = id, .span = world_span(w)},
		.entries_known = cidrs != NULL,
		.cidrs = prefixes_of(w, cidrs)};

	assert_int_equal(tw_net_add_prefix_list(w->net, w->diags, &list), TW_OK);
}

void add_tagged_subnet(struct world *w, const char *id, const char *vpc_id, const char *cidrs,
	const char *name, const char *tag)
{
	struct tw_subnet subnet = {.object = {.id = id, .name = name, .span = world_span(w)},
		.vpc_id = vpc_id,
		.cidrs = prefixes_of(w, cidrs)};
	struct tw_tag *own = TW_NEW(&w->net->arena, struct tw_tag);
	const char *equals = tag ? strchr(tag, '=') : NULL;

	assert_non_null(own);
	if (equals) {
		own->key = tw_arena_dup(&w->net->arena, tag, (size_t)(equals - tag));
		own->value = equals + 1;
		assert_non_null(own->key);
		subnet.object.tags = own;
		subnet.object.tags_n = 1;
	}
	assert_int_equal(tw_net_add_subnet(w->net, w->diags, &subnet), TW_OK);
}

void finish_net(struct world *w)
{
	assert_int_equal(tw_net_finish(w->net, w->diags), TW_OK);
	assert_int_equal(tw_diags_count(w->diags), 0);
}

struct tw_range range_of(const char *text)
{
	return tw_prefix_range(prefix_of(text));
}

/* ---- sites as text --------------------------------------------------------------------------- */

static const char *add(struct tw_arena *arena, const char *text, const char *more)
{
	const char *both = tw_arena_printf(arena, "%s%s", text, more);

	assert_non_null(both);
	return both;
}

const char *addresses_text(struct tw_arena *arena, const struct tw_range *range, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++) {
		const char *one = tw_range_say(arena, range[i]);
		assert_non_null(one);
		text = add(arena, add(arena, text, i ? " " : ""), one);
	}
	return text;
}

static const char *acl_text(const struct tw_net *net, const struct tw_site *site)
{
	if (site->acl_state == TW_KNOWN)
		return net->acl[site->acl].object.id;
	assert_int_equal(site->acl, TW_MISSING);
	return site->acl_state == TW_ASSUMED ? "acl -" : "acl ?";
}

static const char *site_text(
	const struct tw_net *net, struct tw_arena *arena, const struct tw_site *site)
{
	static const char *const kinds[] = {"interfaces", "subnet", "acl", "balancer", "outside"};
	const char *text = kinds[site->kind];

	if (site->kind == TW_SITE_OUTSIDE)
		return add(arena, add(arena, text, " "),
			addresses_text(arena, site->address, site->addresses_n));
	text = add(arena, add(arena, text, " "),
		site->subnet != TW_MISSING ? net->subnet[site->subnet].object.id : "nowhere");
	text = add(arena, add(arena, text, " "), acl_text(net, site));
	if (site->kind == TW_SITE_INTERFACES) {
		text = add(arena, text, " [");
		for (size_t i = 0; i < site->groups_n; i++)
			text = add(arena, add(arena, text, i ? " " : ""),
				site->groups[i] == TW_MISSING
					? "?"
					: net->group[site->groups[i]].object.id);
		text = add(arena, text, "] {");
		for (size_t i = 0; i < site->interfaces_n; i++)
			text = add(arena, add(arena, text, i ? " " : ""),
				net->interface[site->interfaces[i]].object.id);
		text = add(arena, text, "}");
	}
	text = add(arena, text, " ");
	return add(arena, text, addresses_text(arena, site->address, site->addresses_n));
}

const char *sites_text(const struct tw_net *net, struct tw_arena *arena, const struct tw_sites *s)
{
	const char *text = "";

	for (size_t i = 0; i < s->n; i++)
		text = add(arena, add(arena, text, site_text(net, arena, &s->v[i])), "\n");
	return text;
}

void assert_sites(const struct tw_net *net, const struct tw_sites *sites, const char *expected)
{
	struct tw_arena arena;

	tw_arena_init(&arena, net->mem);
	assert_string_equal(sites_text(net, &arena, sites), expected);
	tw_arena_fini(&arena);
}

const char *only_error(const struct tw_diags *diags)
{
	assert_int_equal(tw_diags_count(diags), 1);
	assert_int_equal(tw_diags_get(diags, 0)->level, TW_LEVEL_ERROR);
	return tw_diags_get(diags, 0)->message;
}
