/* SPDX-License-Identifier: Apache-2.0 */

/* Questions about paths, with a check that no pair of addresses is lost or judged twice. */

#include "path_fixture.h"

void path_start(struct path_test *t)
{
	finish_net(&t->w);
	tw_arena_init(&t->arena, t->w.mem);
	assert_int_equal(tw_space_new(t->w.mem, 0, &t->space), TW_OK);
	assert_int_equal(tw_world_build(t->w.net, t->space, &t->world), TW_OK);
	t->paths = (struct tw_paths){NULL, 0, 0};
}

void path_stop(struct path_test *t)
{
	TW_VEC_FREE(t->w.mem, &t->paths);
	tw_space_free(t->space);
	tw_arena_fini(&t->arena);
	world_close(&t->w);
}

void path_choose(struct path_test *t, const char *text, struct tw_selection *ret)
{
	if (tw_select_text(t->w.net, NULL, &t->arena, t->w.diags, TW_NO_SPAN, text, false, ret) !=
		TW_OK)
		fail_msg("%s", only_error(t->w.diags));
	assert_int_equal(ret->sites.n, 1);
}

/* An interface and its own public address: not two ends. SPEC: igw-nat-private-addresses */
static tw_set own_pairs(struct path_test *t, const struct tw_site *from, const struct tw_site *to)
{
	bool out = to->kind == TW_SITE_OUTSIDE;
	const struct tw_site *inside = out ? from : to;
	tw_set set = TW_EMPTY;

	for (size_t i = 0; i < inside->interfaces_n; i++) {
		const struct tw_interface *one = &t->w.net->interface[inside->interfaces[i]];
		for (size_t k = 0; k < one->addresses.n * one->public_addresses.n; k++) {
			struct tw_range near =
				tw_prefix_range(one->addresses.v[k / one->public_addresses.n]);
			struct tw_range far = tw_prefix_range(
				one->public_addresses.v[k % one->public_addresses.n]);
			set = tw_set_union(t->space, set,
				tw_set_intersect(t->space,
					tw_ranges_set(
						t->space, TW_FIELD_FROM, out ? &near : &far, 1),
					tw_ranges_set(
						t->space, TW_FIELD_TO, out ? &far : &near, 1)));
		}
	}
	return set;
}

/* Domains must be disjoint and together all pairs of addresses. */
static void check_domains(struct path_test *t)
{
	const struct tw_site *from = &t->from.sites.v[0], *to = &t->to.sites.v[0];
	tw_set all = tw_set_intersect(t->space,
		tw_ranges_set(t->space, TW_FIELD_FROM, from->address, from->addresses_n),
		tw_ranges_set(t->space, TW_FIELD_TO, to->address, to->addresses_n));
	tw_set seen = TW_EMPTY;

	all = tw_set_subtract(t->space, all, own_pairs(t, from, to));
	for (size_t i = 0; i < t->paths.n; i++) {
		tw_set domain = t->paths.v[i].domain;
		assert_false(tw_set_is_empty(domain));
		assert_int_equal(tw_set_intersect(t->space, seen, domain), TW_EMPTY);
		seen = tw_set_union(t->space, seen, domain);
	}
	assert_int_equal(seen, all);
	assert_int_equal(tw_space_status(t->space), TW_OK);
}

void path_ask(struct path_test *t, const char *from, const char *to)
{
	path_choose(t, from, &t->from);
	path_choose(t, to, &t->to);
	t->paths.n = 0;
	assert_int_equal(tw_paths_between(t->w.net, t->space, &t->world, &t->arena,
				 &t->from.sites.v[0], &t->to.sites.v[0], &t->paths),
		TW_OK);
	check_domains(t);
}

struct tw_point point_of(const char *from, const char *to)
{
	struct tw_prefix a = prefix_of(from), b = prefix_of(to);
	struct tw_point point = {.family = a.family,
		.protocol = TW_PROTOCOL_TCP,
		.from = a.addr,
		.to = b.addr,
		.client = 40000,
		.service = 443};

	assert_int_equal(a.family, b.family);
	return point;
}

/* The path of one pair of addresses. */
const struct tw_path *path_of(struct path_test *t, const char *from, const char *to)
{
	struct tw_point point = point_of(from, to);

	for (size_t i = 0; i < t->paths.n; i++)
		if (tw_set_has(t->space, t->paths.v[i].domain, &point))
			return &t->paths.v[i];
	fail_msg("no path from %s to %s", from, to);
	return NULL;
}

/* "sg-1 out request, acl-a out request, ..." as met. */
const char *path_crossings(struct path_test *t, const struct tw_path *path)
{
	const char *text = "";

	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		const char *id = c->kind == TW_CROSS_GROUPS ? "groups" : "acl";
		if (c->kind == TW_CROSS_ROUTE || c->kind == TW_CROSS_PLACE)
			continue;
		if (c->kind == TW_CROSS_GROUPS && c->site->groups_n > 0)
			id = c->site->groups[0] == TW_MISSING
				     ? "sg?"
				     : t->w.net->group[c->site->groups[0]].object.id;
		if (c->kind == TW_CROSS_ACL && c->acl != TW_MISSING)
			id = t->w.net->acl[c->acl].object.id;
		text = tw_arena_printf(&t->arena, "%s%s%s%s%s%s%s", text, *text ? ", " : "", id,
			c->view.list == TW_INGRESS ? " in" : " out",
			c->view.direction == TW_REQUEST ? " request" : " reply",
			c->tracked ? " tracked" : "",
			c->state == TW_ASSUMED	   ? " assumed"
			: c->state == TW_NOT_KNOWN ? " unknown"
						   : "");
		assert_non_null(text);
	}
	return text;
}

const char *path_route(const struct tw_path *path)
{
	for (size_t i = 0; i < path->crossings; i++)
		if (path->crossing[i].kind == TW_CROSS_ROUTE)
			return path->crossing[i].text;
	return NULL;
}

tw_status path_acl(struct path_test *t, const char *id, const char *subnets)
{
	return add_acl(&t->w, id, "vpc-1", false, subnets, NULL, 0);
}

/* Two subnets with ACLs, two instances in the first, one in the second. */
void two_subnets(struct path_test *t)
{
	struct world *w = &t->w;

	world_open(w);
	add_vpc(w, "vpc-1", "10.0.0.0/16 10.1.0.0/16 2001:db8:1::/56");
	add_subnet(w, "subnet-a", "vpc-1", "10.0.1.0/24 2001:db8:1:1::/64");
	add_subnet(w, "subnet-b", "vpc-1", "10.0.2.0/24");
	assert_int_equal(path_acl(t, "acl-a", "subnet-a"), TW_OK);
	assert_int_equal(path_acl(t, "acl-b", "subnet-b"), TW_OK);
	add_group(w, "sg-1", "vpc-1", NULL, 0);
	add_group(w, "sg-2", "vpc-1", NULL, 0);
	add_eni(w, &(struct eni){.id = "eni-1",
			   .subnet = "subnet-a",
			   .groups = "sg-1",
			   .addresses = "10.0.1.11 2001:db8:1:1::11"});
	add_eni(w, &(struct eni){.id = "eni-2",
			   .subnet = "subnet-a",
			   .groups = "sg-2",
			   .addresses = "10.0.1.12"});
	add_eni(w, &(struct eni){.id = "eni-3",
			   .subnet = "subnet-b",
			   .groups = "sg-2",
			   .addresses = "10.0.2.13"});
}

/* A subnet with these routes; eni-1 has a public address, eni-2 none. */
void routed(struct path_test *t, const char *routes)
{
	world_open(&t->w);
	add_vpc(&t->w, "vpc-1", "10.0.0.0/16 2001:db8:1::/56");
	add_subnet(&t->w, "subnet-a", "vpc-1", "10.0.1.0/24 2001:db8:1:1::/64");
	assert_int_equal(path_acl(t, "acl-a", "subnet-a"), TW_OK);
	add_eni(&t->w, &(struct eni){.id = "eni-1",
			       .subnet = "subnet-a",
			       .groups = "sg-1",
			       .addresses = "10.0.1.11 2001:db8:1:1::11",
			       .public = "203.0.113.1"});
	add_eni(&t->w, &(struct eni){.id = "eni-2",
			       .subnet = "subnet-a",
			       .groups = "sg-1",
			       .addresses = "10.0.1.12 2001:db8:1:1::12"});
	add_table(&t->w, "rtb-1", "vpc-1", "subnet-a", routes);
}
