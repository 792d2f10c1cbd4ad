/* SPDX-License-Identifier: Apache-2.0 */

/* Links: lists in order, one ACL and one route table for each subnet, members of groups. */

#include "net_fixture.h"

static const struct tw_diag *only_error(struct world *w)
{
	const struct tw_diag *diag = tw_diags_get(w->diags, 0);

	assert_int_equal(tw_diags_count(w->diags), 1);
	assert_int_equal(diag->level, TW_LEVEL_ERROR);
	return diag;
}

/* SPEC: nacl-sort-entries, nacl-implicit-deny-v4, nacl-implicit-deny-v6 */
static void lists_are_sorted_and_end_in_denies(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule implicit = {.id = "*",
		.number = TW_IMPLICIT_V6,
		.family = TW_IPV6,
		.protocol = TW_PROTOCOL_ALL,
		.implicit = true,
		.peer = {.family = TW_IPV6},
		.ports = {0, 65535},
		.every_port = true,
		.span = world_span(&w)};
	struct tw_rule rule[4] = {implicit, acl_rule(&w, 32766, "0.0.0.0/0", 1),
		acl_rule(&w, 9, "::/0", 2), acl_rule(&w, 100, "10.0.0.0/8", 3)};
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", false, "", rule, 4), TW_OK);
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_OK);
	const struct tw_rules *list = &w.net->acl[0].list[TW_INGRESS];
	const uint32_t numbers[] = {9, 100, 32766, 32767, 32768};
	assert_int_equal(list->n, TW_COUNT(numbers));
	for (size_t i = 0; i < list->n; i++) {
		assert_int_equal(list->rule[i].number, numbers[i]);
		assert_int_equal(list->rule[i].implicit, i >= 3);
	}
	/* The one that the input has keeps its place, the one that it lacks has none. */
	assert_int_equal(list->rule[3].span.file, 0);
	assert_int_equal(list->rule[4].span.file, 1);
	assert_int_equal(list->rule[3].action, TW_DENY);
	assert_int_equal(list->rule[3].family, TW_IPV4);
	assert_int_equal(w.net->acl[0].list[TW_EGRESS].n, 2);
	world_close(&w);
}

/* SPEC: nacl-number-space-per-direction */
static void one_number_twice_is_an_error(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule[3] = {acl_rule(&w, 100, "0.0.0.0/0", 1), acl_rule(&w, 90, "::/0", 2),
		acl_rule(&w, 100, "::/0", 3)};
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", false, "", rule, 3), TW_OK);
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_EPARSE);
	assert_int_equal(only_error(&w)->span.begin, rule[2].span.begin);
	assert_int_equal(only_error(&w)->other.begin, rule[0].span.begin);
	world_close(&w);
}

/* SPEC: nacl-one-per-subnet */
static void one_subnet_on_two_acls_is_an_error(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add_subnet(&w, "subnet-1", "vpc-1", "10.0.1.0/24");
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", false, "subnet-1 subnet-1", NULL, 0), TW_OK);
	assert_int_equal(add_acl(&w, "acl-2", "vpc-1", false, "subnet-1", NULL, 0), TW_OK);
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_EPARSE);
	assert_string_equal(only_error(&w)->message,
		"subnet subnet-1 is associated with network ACL acl-2 here and with acl-1 "
		"elsewhere; a subnet has exactly one");
	assert_int_equal(only_error(&w)->other.begin, 4);
	assert_int_equal(only_error(&w)->span.begin, 6);
	world_close(&w);
}

/* SPEC: nacl-default-association */
static void the_default_acl_serves_the_rest(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add_vpc(&w, "vpc-1", "10.0.0.0/16");
	add_subnet(&w, "subnet-c", "vpc-1", "10.0.3.0/24");
	add_subnet(&w, "subnet-b", "vpc-1", "10.0.2.0/24");
	add_subnet(&w, "subnet-a", "vpc-1", "10.0.1.0/24");
	add_subnet(&w, "subnet-x", "vpc-2", "10.9.1.0/24");
	assert_int_equal(add_acl(&w, "acl-own", "vpc-1", false, "subnet-b", NULL, 0), TW_OK);
	assert_int_equal(add_acl(&w, "acl-default", "vpc-1", true, "", NULL, 0), TW_OK);
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_OK);
	assert_int_equal(w.net->subnet[0].acl, 1);
	assert_int_equal(w.net->subnet[1].acl, 0);
	assert_int_equal(w.net->subnet[2].acl, 1);
	assert_int_equal(w.net->subnet[3].acl, TW_MISSING); /* of another VPC */
	assert_int_equal(w.net->vpc[0].default_acl, 1);
	/* The other way round, sorted by id. */
	assert_int_equal(w.net->acl[1].subnets_n, 2);
	assert_int_equal(w.net->acl[1].subnets[0], 2);
	assert_int_equal(w.net->acl[1].subnets[1], 0);
	assert_int_equal(w.net->acl[0].subnets_n, 1);
	world_close(&w);
}

/* An ACL that does not say which subnets it serves may serve any. */
static void no_default_where_an_association_may_be(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add_subnet(&w, "subnet-a", "vpc-1", "10.0.1.0/24");
	assert_int_equal(add_acl(&w, "acl-own", "vpc-1", false, NULL, NULL, 0), TW_OK);
	assert_int_equal(add_acl(&w, "acl-default", "vpc-1", true, "", NULL, 0), TW_OK);
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_OK);
	assert_int_equal(w.net->subnet[0].acl, TW_MISSING);
	world_close(&w);

	/* The default ACL itself need not say it. */
	world_open(&w);
	add_subnet(&w, "subnet-a", "vpc-1", "10.0.1.0/24");
	assert_int_equal(add_acl(&w, "acl-default", "vpc-1", true, NULL, NULL, 0), TW_OK);
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_OK);
	assert_int_equal(w.net->subnet[0].acl, 0);
	world_close(&w);
}

static void two_defaults_are_an_error(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", true, "", NULL, 0), TW_OK);
	assert_int_equal(add_acl(&w, "acl-2", "vpc-1", true, "", NULL, 0), TW_OK);
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_EPARSE);
	assert_string_equal(only_error(&w)->message,
		"vpc-1 has two default network ACLs, acl-1 and acl-2; a VPC has exactly one");
	world_close(&w);
}

/* A subnet that only an association names is kept, and is the VPC's. */
static void named_subnets_are_implied(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add_subnet(&w, "subnet-1", "vpc-1", "10.0.1.0/24");
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", false, "subnet-1 subnet-2", NULL, 0), TW_OK);
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_OK);
	assert_int_equal(w.net->subnets, 2);
	assert_false(w.net->subnet[0].implied);
	assert_true(w.net->subnet[1].implied);
	assert_string_equal(w.net->subnet[1].vpc_id, "vpc-1");
	assert_int_equal(w.net->subnet[1].acl, 0);
	assert_int_equal(w.net->acl[0].subnets_n, 2);
	world_close(&w);
}

static void add_table(struct world *w, const char *id, bool main, const char *subnet)
{
	struct tw_route_table table = {
		.object = {.id = id, .span = world_span(w)}, .vpc_id = "vpc-1", .main = main};
	struct tw_link *link = TW_NEW(&w->net->arena, struct tw_link);

	assert_non_null(link);
	*link = (struct tw_link){subnet, world_span(w)};
	assert_int_equal(tw_net_add_table(w->net, w->diags, &table, link, subnet ? 1 : 0), TW_OK);
}

/* SPEC: cli-main-route-table */
static void the_main_table_serves_the_rest(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add_vpc(&w, "vpc-1", "10.0.0.0/16");
	add_subnet(&w, "subnet-1", "vpc-1", "10.0.1.0/24");
	add_subnet(&w, "subnet-2", "vpc-1", "10.0.2.0/24");
	add_table(&w, "rtb-main", true, NULL);
	add_table(&w, "rtb-own", false, "subnet-2");
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_OK);
	assert_int_equal(w.net->subnet[0].table, 0);
	assert_int_equal(w.net->subnet[1].table, 1);
	assert_int_equal(w.net->vpc[0].main_table, 0);
	world_close(&w);
}

static void tables_that_contradict_are_an_error(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add_table(&w, "rtb-1", false, "subnet-1");
	add_table(&w, "rtb-2", false, "subnet-1");
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_EPARSE);
	assert_string_equal(only_error(&w)->message,
		"subnet subnet-1 is associated with route table rtb-2 here and with rtb-1 "
		"elsewhere; a subnet has exactly one");
	world_close(&w);

	world_open(&w);
	add_table(&w, "rtb-1", true, NULL);
	add_table(&w, "rtb-2", true, NULL);
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_EPARSE);
	assert_string_equal(only_error(&w)->message,
		"vpc-1 has two main route tables, rtb-1 and rtb-2; a VPC has exactly one");
	world_close(&w);
}

static void groups_know_their_members(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add_group(&w, "sg-b", "vpc-1", NULL, 0);
	add_group(&w, "sg-a", "vpc-1", NULL, 0);
	add_interface(&w, "eni-1", "vpc-1", "sg-a", "10.0.0.1");
	add_interface(&w, "eni-2", "vpc-1", "sg-x sg-a sg-b", "10.0.0.2");
	add_interface(&w, "eni-3", "vpc-1", "", "10.0.0.3");
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_OK);
	assert_int_equal(w.net->group[0].members_n, 1);
	assert_int_equal(w.net->group[0].members[0], 1);
	assert_int_equal(w.net->group[1].members_n, 2);
	assert_int_equal(w.net->group[1].members[0], 0);
	assert_int_equal(w.net->group[1].members[1], 1);
	assert_int_equal(w.net->interface[1].groups_n, 3);
	assert_int_equal(w.net->interface[1].groups[0], 0);
	assert_int_equal(w.net->interface[1].groups[1], 1);
	assert_int_equal(w.net->interface[1].groups[2], TW_MISSING);
	assert_string_equal(w.net->interface[1].group_ids[2], "sg-x");
	assert_int_equal(w.net->interface[2].groups_n, 0);
	world_close(&w);
}

static void subnets_know_their_interfaces(void **state)
{
	static const char *const subnets[] = {"subnet-2", "subnet-1", "subnet-2", NULL};
	static const char *const ids[] = {"eni-1", "eni-2", "eni-3", "eni-4"};
	struct world w;

	(void)state;
	world_open(&w);
	add_subnet(&w, "subnet-1", "vpc-1", "10.0.1.0/24");
	for (size_t i = 0; i < TW_COUNT(ids); i++) {
		struct tw_interface e = {.object = {.id = ids[i]}, .subnet_id = subnets[i]};
		assert_int_equal(tw_net_add_interface(w.net, w.diags, &e), TW_OK);
	}
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_OK);
	assert_int_equal(w.net->subnet[0].interfaces_n, 1);
	assert_int_equal(w.net->subnet[0].interfaces[0], 1);
	assert_true(w.net->subnet[1].implied);
	assert_int_equal(w.net->subnet[1].interfaces_n, 2);
	assert_int_equal(w.net->subnet[1].interfaces[0], 0);
	assert_int_equal(w.net->subnet[1].interfaces[1], 2);
	assert_int_equal(w.net->interface[3].subnet, TW_MISSING);
	world_close(&w);
}

static void objects_are_found_by_id(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add_vpc(&w, "vpc-1", "10.0.0.0/16");
	add_vpc(&w, "vpc-2", "10.1.0.0/16");
	assert_int_equal(tw_net_find(w.net, TW_KIND_VPC, "vpc-2"), 1);
	assert_int_equal(tw_net_find(w.net, TW_KIND_VPC, "vpc-3"), TW_MISSING);
	assert_int_equal(tw_net_find(w.net, TW_KIND_SUBNET, "vpc-1"), TW_MISSING);
	assert_int_equal(tw_net_find(w.net, TW_KIND_SUBNET, NULL), TW_MISSING);
	assert_true(w.net->holds[TW_KIND_VPC]);
	assert_false(w.net->holds[TW_KIND_SUBNET]);
	for (int kind = 0; kind < TW_KINDS; kind++)
		assert_non_null(tw_kind_name((enum tw_kind)kind));
	assert_string_equal(tw_kind_name(TW_KIND_ACL), "network ACL");
	tw_net_free(NULL);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_sorted_and_end_in_denies),
		cmocka_unit_test(one_number_twice_is_an_error),
		cmocka_unit_test(one_subnet_on_two_acls_is_an_error),
		cmocka_unit_test(the_default_acl_serves_the_rest),
		cmocka_unit_test(no_default_where_an_association_may_be),
		cmocka_unit_test(two_defaults_are_an_error),
		cmocka_unit_test(named_subnets_are_implied),
		cmocka_unit_test(the_main_table_serves_the_rest),
		cmocka_unit_test(tables_that_contradict_are_an_error),
		cmocka_unit_test(groups_know_their_members),
		cmocka_unit_test(subnets_know_their_interfaces),
		cmocka_unit_test(objects_are_found_by_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
