/* SPDX-License-Identifier: Apache-2.0 */

/* The same object twice: agreement keeps the first, gaps are filled, contradictions are errors. */

#include "net_fixture.h"

/* The last thing done was a contradiction about `what`, which names both places. */
static void contradicts(struct world *w, tw_status status, const char *message, uint32_t old)
{
	const struct tw_diag *diag = tw_diags_get(w->diags, 0);

	assert_int_equal(status, TW_EPARSE);
	assert_int_equal(tw_diags_count(w->diags), 1);
	assert_int_equal(diag->level, TW_LEVEL_ERROR);
	assert_string_equal(diag->message, message);
	assert_int_equal(diag->span.begin, w->next);
	assert_int_equal(diag->other.begin, old);
	world_close(w);
}

static void vpcs_and_subnets(void **state)
{
	struct world w;
	struct tw_tag tag = {"Name", "main"};

	(void)state;
	world_open(&w);
	add_vpc(&w, "vpc-1", "10.0.0.0/16 10.1.0.0/16");
	struct tw_vpc again = {.object = {.id = "vpc-1",
				       .name = "main",
				       .tags = &tag,
				       .tags_n = 1,
				       .span = world_span(&w)},
		.cidrs = prefixes_of(&w, "10.1.0.0/16 10.0.0.0/16")};
	assert_int_equal(tw_net_add_vpc(w.net, w.diags, &again), TW_OK);
	assert_int_equal(w.net->vpcs, 1);
	assert_string_equal(w.net->vpc[0].object.name, "main");
	assert_int_equal(w.net->vpc[0].object.tags_n, 1);
	assert_int_equal(w.net->vpc[0].object.span.begin, 1);
	again.object.span = world_span(&w);
	again.cidrs = prefixes_of(&w, "10.0.0.0/16");
	contradicts(&w, tw_net_add_vpc(w.net, w.diags, &again),
		"VPC vpc-1 has CIDR blocks here that differ from what was read before: give one "
		"state of it",
		1);

	world_open(&w);
	add_subnet(&w, "subnet-1", NULL, "10.0.1.0/24");
	add_subnet(&w, "subnet-1", "vpc-1", "");
	assert_string_equal(w.net->subnet[0].vpc_id, "vpc-1");
	struct tw_subnet other = {
		.object = {.id = "subnet-1", .span = world_span(&w)}, .vpc_id = "vpc-2"};
	contradicts(&w, tw_net_add_subnet(w.net, w.diags, &other),
		"subnet subnet-1 has a VPC here that differs from what was read before: give one "
		"state of it",
		1);
}

static void public_access_modes(void **state)
{
	struct tw_subnet subnet = {.object = {.id = "subnet-1"}};
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(tw_net_add_subnet(w.net, w.diags, &subnet), TW_OK);
	subnet.access_block = TW_BLOCK_INGRESS;
	assert_int_equal(tw_net_add_subnet(w.net, w.diags, &subnet), TW_OK);
	assert_int_equal(w.net->subnet[0].access_block, TW_BLOCK_INGRESS);
	subnet.access_block = TW_BLOCK_UNSAID;
	assert_int_equal(tw_net_add_subnet(w.net, w.diags, &subnet), TW_OK);
	subnet.access_block = TW_BLOCK_OFF;
	assert_int_equal(tw_net_add_subnet(w.net, w.diags, &subnet), TW_EPARSE);
	assert_int_equal(w.net->subnet[0].access_block, TW_BLOCK_INGRESS);
	world_close(&w);
}

static void acls(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule[3] = {acl_rule(&w, 100, "10.0.0.0/8", 1),
		acl_rule(&w, 200, "10.0.0.0/8", 2), {.implicit = true, .number = TW_IMPLICIT_V4}};
	struct tw_rule turned[2] = {
		acl_rule(&w, 200, "10.0.0.0/8", 2), acl_rule(&w, 100, "10.0.0.0/8", 1)};
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", true, "subnet-1 subnet-2", rule, 3), TW_OK);
	uint32_t old = w.net->acl[0].object.span.begin;
	/* Another order, and without the implicit deny: the same. */
	assert_int_equal(add_acl(&w, "acl-1", NULL, false, "subnet-2 subnet-1", turned, 2), TW_OK);
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", true, NULL, rule, 3), TW_OK);
	assert_int_equal(w.net->acls, 1);
	assert_true(w.net->acl[0].is_default);
	turned[0].action = TW_DENY;
	contradicts(&w, add_acl(&w, "acl-1", "vpc-1", true, NULL, turned, 2),
		"network ACL acl-1 has entries here that differ from what was read before: give "
		"one state of it",
		old);

	world_open(&w);
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", true, "subnet-1", NULL, 0), TW_OK);
	old = w.net->acl[0].object.span.begin;
	tw_status status = add_acl(&w, "acl-1", "vpc-1", true, "", NULL, 0);
	contradicts(&w, status,
		"network ACL acl-1 has subnet associations here that differ from what was read "
		"before: give one state of it",
		old);
}

/* A fragment without entries and associations is filled by the whole ACL. */
static void a_fragment_of_an_acl_is_filled(void **state)
{
	struct world w;
	struct tw_acl fragment = {.object = {.id = "acl-1"}};

	(void)state;
	world_open(&w);
	struct tw_rule rule = acl_rule(&w, 100, "10.0.0.0/8", 1);
	assert_int_equal(tw_net_add_acl(w.net, w.diags, &fragment, NULL, 0), TW_OK);
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", false, "subnet-1", &rule, 1), TW_OK);
	assert_int_equal(tw_net_add_acl(w.net, w.diags, &fragment, NULL, 0), TW_OK);
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_OK);
	assert_true(w.net->acl[0].entries_known && w.net->acl[0].associations_known);
	assert_int_equal(w.net->acl[0].list[TW_INGRESS].n, 3);
	assert_int_equal(w.net->acl[0].subnets_n, 1);
	world_close(&w);
}

static void groups(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule[3] = {acl_rule(&w, 0, "10.0.0.0/8", 1),
		acl_rule(&w, 0, "10.0.0.0/8", 1), acl_rule(&w, 0, "10.0.0.0/8", 2)};
	struct tw_rule turned[3] = {rule[2], rule[1], rule[0]};
	add_group(&w, "sg-1", "vpc-1", rule, 3);
	uint32_t old = w.net->group[0].object.span.begin;
	add_group(&w, "sg-1", "vpc-1", turned, 3);
	assert_int_equal(w.net->groups, 1);
	/* As multisets: one of two equal rules less is another state. */
	struct tw_group less = {.object = {.id = "sg-1", .span = world_span(&w)}};
	less.list[TW_INGRESS] = (struct tw_rules){turned, 2};
	contradicts(&w, tw_net_add_group(w.net, w.diags, &less),
		"security group sg-1 has permissions here that differ from what was read before: "
		"give one state of it",
		old);
}

static struct tw_interface interface_of(struct world *w, const char *addresses)
{
	return (struct tw_interface){.object = {.id = "eni-1", .span = world_span(w)},
		.addresses = prefixes_of(w, addresses)};
}

static void interfaces(void **state)
{
	static const struct {
		const char *addresses, *subnet, *vpc, *instance, *public, *what;
	} wrong[] = {
		{"10.0.0.2", NULL, NULL, NULL, "", "addresses here that differ"},
		{"", "subnet-2", NULL, NULL, "", "a subnet here that differs"},
		{"", NULL, "vpc-2", NULL, "", "a VPC here that differs"},
		{"", NULL, NULL, "i-2", "", "an instance here that differs"},
		{"", NULL, NULL, NULL, "192.0.2.2", "public addresses here that differ"},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(wrong); i++) {
		struct world w;
		world_open(&w);
		struct tw_interface e = interface_of(&w, "10.0.0.1");
		e.subnet_id = "subnet-1";
		e.vpc_id = "vpc-1";
		e.instance_id = "i-1";
		e.public_addresses = prefixes_of(&w, "192.0.2.1");
		assert_int_equal(tw_net_add_interface(w.net, w.diags, &e), TW_OK);
		/* Delegated prefixes are not in every reading. */
		e = interface_of(&w, "10.0.0.16/28 10.0.0.1");
		assert_int_equal(tw_net_add_interface(w.net, w.diags, &e), TW_OK);
		assert_int_equal(w.net->interface[0].addresses.n, 2);
		e = interface_of(&w, "10.0.0.1");
		assert_int_equal(tw_net_add_interface(w.net, w.diags, &e), TW_OK);
		assert_int_equal(w.net->interface[0].addresses.n, 2);
		e = interface_of(&w, wrong[i].addresses);
		e.subnet_id = wrong[i].subnet;
		e.vpc_id = wrong[i].vpc;
		e.instance_id = wrong[i].instance;
		e.public_addresses = prefixes_of(&w, wrong[i].public);
		assert_int_equal(tw_net_add_interface(w.net, w.diags, &e), TW_EPARSE);
		assert_non_null(strstr(tw_diags_get(w.diags, 0)->message, wrong[i].what));
		world_close(&w);
	}
}

static void types_and_groups_of_interfaces(void **state)
{
	static const char *const ab[] = {"sg-a", "sg-b"}, *const ba[] = {"sg-b", "sg-a"};
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_interface e = interface_of(&w, "10.0.0.1");
	assert_int_equal(tw_net_add_interface(w.net, w.diags, &e), TW_OK);
	e.type_text = "lambda";
	e.type = TW_INTERFACE_LAMBDA;
	e.group_ids = ab;
	e.groups_n = 2;
	assert_int_equal(tw_net_add_interface(w.net, w.diags, &e), TW_OK);
	assert_int_equal(w.net->interface[0].type, TW_INTERFACE_LAMBDA);
	e.group_ids = ba;
	assert_int_equal(tw_net_add_interface(w.net, w.diags, &e), TW_OK);
	e.groups_n = 1;
	assert_int_equal(tw_net_add_interface(w.net, w.diags, &e), TW_EPARSE);
	assert_string_equal(tw_diags_get(w.diags, 0)->message,
		"network interface eni-1 has security groups here that differ from what was read "
		"before: give one state of it");
	e.groups_n = 0;
	e.type = TW_INTERFACE_ORDINARY;
	e.type_text = "interface";
	assert_int_equal(tw_net_add_interface(w.net, w.diags, &e), TW_EPARSE);
	world_close(&w);
}

static void the_rest(void **state)
{
	struct tw_instance instance = {.object = {.id = "i-1"}};
	static const char *const vpcs[] = {"vpc-1"};
	struct tw_internet_gateway gateway = {
		.object = {.id = "igw-1"}, .vpc_ids = vpcs, .vpc_ids_n = 1};
	struct tw_route route[2] = {
		{.target = TW_TARGET_LOCAL, .target_id = "local"}, {.prefix_list = "pl-1"}};
	struct tw_route turned[2] = {route[1], route[0]};
	struct tw_route_table table = {.object = {.id = "rtb-1"}, .route = route, .routes_n = 2};
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(tw_net_add_instance(w.net, w.diags, &instance), TW_OK);
	instance.platform = TW_PLATFORM_LINUX;
	assert_int_equal(tw_net_add_instance(w.net, w.diags, &instance), TW_OK);
	assert_int_equal(w.net->instance[0].platform, TW_PLATFORM_LINUX);
	instance.platform = TW_PLATFORM_WINDOWS;
	assert_int_equal(tw_net_add_instance(w.net, w.diags, &instance), TW_EPARSE);

	assert_int_equal(tw_net_add_gateway(w.net, w.diags, &gateway), TW_OK);
	assert_int_equal(tw_net_add_gateway(w.net, w.diags, &gateway), TW_OK);
	gateway.vpc_ids_n = 0;
	assert_int_equal(tw_net_add_gateway(w.net, w.diags, &gateway), TW_EPARSE);

	assert_int_equal(tw_net_add_table(w.net, w.diags, &table, NULL, 0), TW_OK);
	table.route = turned;
	assert_int_equal(tw_net_add_table(w.net, w.diags, &table, NULL, 0), TW_OK);
	turned[0].blackhole = true;
	assert_int_equal(tw_net_add_table(w.net, w.diags, &table, NULL, 0), TW_EPARSE);
	assert_int_equal(tw_diags_count(w.diags), 3);
	world_close(&w);
}

static void prefix_lists(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_prefix_list named = {.object = {.id = "pl-1", .name = "x"}, .family = TW_IPV4};
	struct tw_prefix_list entries = {.object = {.id = "pl-1"},
		.entries_known = true,
		.cidrs = prefixes_of(&w, "192.0.2.0/24")};
	assert_int_equal(tw_net_add_prefix_list(w.net, w.diags, &entries), TW_OK);
	assert_int_equal(tw_net_add_prefix_list(w.net, w.diags, &named), TW_OK);
	assert_int_equal(tw_net_add_prefix_list(w.net, w.diags, &entries), TW_OK);
	assert_true(w.net->prefix_list[0].entries_known);
	assert_int_equal(w.net->prefix_list[0].cidrs.n, 1);
	assert_int_equal(w.net->prefix_list[0].family, TW_IPV4);
	assert_string_equal(w.net->prefix_list[0].object.name, "x");
	entries.cidrs = prefixes_of(&w, "198.51.100.0/24");
	assert_int_equal(tw_net_add_prefix_list(w.net, w.diags, &entries), TW_EPARSE);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vpcs_and_subnets),
		cmocka_unit_test(public_access_modes),
		cmocka_unit_test(acls),
		cmocka_unit_test(a_fragment_of_an_acl_is_filled),
		cmocka_unit_test(groups),
		cmocka_unit_test(interfaces),
		cmocka_unit_test(types_and_groups_of_interfaces),
		cmocka_unit_test(the_rest),
		cmocka_unit_test(prefix_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
