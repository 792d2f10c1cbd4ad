/* SPDX-License-Identifier: Apache-2.0 */

/* Routes: what they let pass, stop or leave open between a subnet and the outside. */

#include "path_fixture.h"

enum fate { PASSES, BLOCKED, UNKNOWN };

struct route_row {
	const char *routes, *near, *near_address, *far;
	bool out;
	enum fate fate;
	const char *reason;
	unsigned assumption;
};

static void check_route(const struct route_row *row)
{
	struct path_test t;

	routed(&t, row->routes);
	path_start(&t);
	path_ask(&t, row->out ? row->near : row->far, row->out ? row->far : row->near);
	const struct tw_path *path = row->out ? path_of(&t, row->near_address, row->far)
					      : path_of(&t, row->far, row->near_address);
	if (path->blocked != (row->fate == BLOCKED) ||
		path->unknown_beyond != (row->fate == UNKNOWN))
		fail_msg("%s with %s: blocked %d, unknown %d", row->far, row->routes, path->blocked,
			path->unknown_beyond);
	if (row->reason) {
		assert_non_null(path->reason);
		assert_string_equal(path->reason, row->reason);
		assert_non_null(path->reason_text);
	} else {
		assert_null(path->reason);
	}
	assert_int_equal(
		path->assumptions, TW_ASSUME_UNFRAGMENTED | row->assumption | TW_ASSUME_NO_GROUPS);
	const char *request = row->out ? "sg? out request assumed, acl-a out request"
				       : "acl-a in request, sg? in request assumed";
	const char *reply = row->out ? ", acl-a in reply, sg? in reply tracked assumed"
				     : ", sg? out reply tracked assumed, acl-a out reply";
	/* What does not get there has no reply. */
	const char *both =
		row->fate == BLOCKED ? request : tw_arena_printf(&t.arena, "%s%s", request, reply);
	assert_string_equal(path_crossings(&t, path), both);
	path_stop(&t);
}

static const char igw[] = "10.0.0.0/16=local 0.0.0.0/0=igw-1 ::/0=igw-1";
static const char nat[] = "10.0.0.0/16=local 0.0.0.0/0=nat-1 ::/0=eigw-1";

static void test_gateways(void **state)
{
	static const struct route_row row[] = {
		{igw, "eni-1", "10.0.1.11", "198.51.100.1", true, PASSES, NULL, 0},
		{igw, "eni-1", "10.0.1.11", "198.51.100.1", false, PASSES, NULL, 0},
		{igw, "eni-2", "10.0.1.12", "198.51.100.1", true, BLOCKED, "no-public-address", 0},
		{igw, "eni-2", "10.0.1.12", "198.51.100.1", false, BLOCKED, "no-public-address", 0},
		/* IPv6 is public as it is */
		{igw, "eni-2", "2001:db8:1:1::12", "2001:db8:9::1", true, PASSES, NULL, 0},
		{igw, "eni-2", "2001:db8:1:1::12", "2001:db8:9::1", false, PASSES, NULL, 0},
		{igw, "eni-1", "10.0.1.11", "192.168.7.7", true, BLOCKED, "no-route", 0},
		{igw, "eni-1", "10.0.1.11", "192.168.7.7", false, BLOCKED, "no-route", 0},
		{igw, "eni-1", "2001:db8:1:1::11", "fd00::7", true, BLOCKED, "no-route", 0},
		/* SPEC: nat-reach: nobody outside starts a flow */
		{nat, "eni-2", "10.0.1.12", "198.51.100.1", false, BLOCKED, "nat-reach", 0},
		/* SPEC: eigw-stateful-v6 */
		{nat, "eni-2", "2001:db8:1:1::12", "2001:db8:9::1", true, PASSES, NULL, 0},
		{nat, "eni-2", "2001:db8:1:1::12", "2001:db8:9::1", false, BLOCKED,
			"eigw-stateful-v6", 0},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(row); i++)
		check_route(&row[i]);
}

static void test_other_targets(void **state)
{
	static const struct route_row row[] = {
		{"0.0.0.0/0=!igw-1", "eni-1", "10.0.1.11", "198.51.100.1", true, BLOCKED,
			"blackhole", 0},
		{"10.0.0.0/16=local", "eni-1", "10.0.1.11", "198.51.100.1", true, BLOCKED,
			"no-route", 0},
		{"", "eni-1", "10.0.1.11", "198.51.100.1", false, BLOCKED, "no-route", 0},
		{"0.0.0.0/0=vgw-1", "eni-2", "10.0.1.12", "192.168.7.7", true, PASSES, NULL,
			TW_ASSUME_ON_PREMISES},
		{"0.0.0.0/0=tgw-1", "eni-2", "10.0.1.12", "192.168.7.7", true, UNKNOWN,
			"unknown-input", TW_ASSUME_BEYOND_VPC},
		{"0.0.0.0/0=pcx-1", "eni-2", "10.0.1.12", "192.168.7.7", false, UNKNOWN,
			"unknown-input", TW_ASSUME_BEYOND_VPC},
		{"0.0.0.0/0=eni-7", "eni-2", "10.0.1.12", "198.51.100.1", true, UNKNOWN,
			"unknown-input", TW_ASSUME_BEYOND_VPC},
		{"0.0.0.0/0=cagw-1", "eni-2", "10.0.1.12", "198.51.100.1", true, UNKNOWN,
			"unknown-input", TW_ASSUME_BEYOND_VPC},
		/* an address of the VPC in no subnet */
		{"10.0.0.0/16=local", "eni-2", "10.0.1.12", "10.0.9.9", true, PASSES, NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(row); i++)
		check_route(&row[i]);
}

/* SPEC: route-lpm */
static void test_longest_prefix(void **state)
{
	static const char routes[] = "0.0.0.0/0=igw-1 198.51.100.0/24=!pcx-1 "
				     "198.51.100.128/25=vgw-1 198.51.100.200/32=!pcx-1";
	static const struct route_row row[] = {
		{routes, "eni-1", "10.0.1.11", "198.51.99.255", true, PASSES, NULL, 0},
		{routes, "eni-1", "10.0.1.11", "198.51.100.0", true, BLOCKED, "blackhole", 0},
		{routes, "eni-1", "10.0.1.11", "198.51.100.127", true, BLOCKED, "blackhole", 0},
		{routes, "eni-1", "10.0.1.11", "198.51.100.128", true, PASSES, NULL,
			TW_ASSUME_ON_PREMISES},
		{routes, "eni-1", "10.0.1.11", "198.51.100.200", true, BLOCKED, "blackhole", 0},
		{routes, "eni-1", "10.0.1.11", "198.51.101.0", true, PASSES, NULL, 0},
	};
	struct path_test t;

	(void)state;
	for (size_t i = 0; i < TW_COUNT(row); i++)
		check_route(&row[i]);
	/* One question about all of it gives the same parts. */
	routed(&t, routes);
	path_start(&t);
	path_ask(&t, "vpc-1/10.0.1.11", "internet");
	assert_false(path_of(&t, "10.0.1.11", "198.51.99.255")->blocked);
	assert_true(path_of(&t, "10.0.1.11", "198.51.100.127")->blocked);
	assert_false(path_of(&t, "10.0.1.11", "198.51.100.128")->blocked);
	assert_true(path_of(&t, "10.0.1.11", "198.51.100.200")->blocked);
	assert_string_equal(path_route(path_of(&t, "10.0.1.11", "198.51.100.199")),
		"198.51.100.128/25 -> vgw-1");
	path_stop(&t);
}

/*
 * Two routes of one block: a static one before a propagated one, in any order (docs/paths.md); two
 * of one kind that lead apart prove nothing, in any order.
 */
static void test_equal_blocks(void **state)
{
	static const struct route_row row[] = {
		{"0.0.0.0/0=igw-1 0.0.0.0/0=~vgw-1", "eni-1", "10.0.1.11", "198.51.100.1", true,
			PASSES, NULL, 0},
		{"0.0.0.0/0=~vgw-1 0.0.0.0/0=igw-1", "eni-1", "10.0.1.11", "198.51.100.1", true,
			PASSES, NULL, 0},
		{"0.0.0.0/0=~vgw-1 0.0.0.0/0=!igw-1", "eni-1", "10.0.1.11", "198.51.100.1", true,
			BLOCKED, "blackhole", 0},
		{"0.0.0.0/0=!igw-1 0.0.0.0/0=~vgw-1", "eni-1", "10.0.1.11", "198.51.100.1", true,
			BLOCKED, "blackhole", 0},
		/* the longest prefix first, propagated or not */
		{"0.0.0.0/0=!igw-1 198.51.100.0/24=~vgw-1", "eni-1", "10.0.1.11", "198.51.100.1",
			true, PASSES, NULL, TW_ASSUME_ON_PREMISES},
		/* what AWS itself refuses to make */
		{"0.0.0.0/0=igw-1 0.0.0.0/0=vgw-1", "eni-1", "10.0.1.11", "198.51.100.1", true,
			UNKNOWN, "unknown-input", 0},
		{"0.0.0.0/0=vgw-1 0.0.0.0/0=igw-1", "eni-1", "10.0.1.11", "198.51.100.1", true,
			UNKNOWN, "unknown-input", 0},
		{"0.0.0.0/0=igw-1 0.0.0.0/0=!igw-1", "eni-1", "10.0.1.11", "198.51.100.1", true,
			UNKNOWN, "unknown-input", 0},
		{"0.0.0.0/0=igw-1 0.0.0.0/0=igw-1", "eni-1", "10.0.1.11", "198.51.100.1", true,
			PASSES, NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(row); i++)
		check_route(&row[i]);
}

/* ---- prefix lists ---------------------------------------------------------------------------- */

static void check_list_route(const char *routes, const char *list, const char *far, enum fate fate)
{
	struct path_test t;

	routed(&t, routes);
	add_prefix_list(&t.w, "pl-1", list);
	path_start(&t);
	path_ask(&t, "eni-1", far);
	const struct tw_path *path = path_of(&t, "10.0.1.11", far);
	if (path->blocked != (fate == BLOCKED) || path->unknown_beyond != (fate == UNKNOWN))
		fail_msg("%s with %s: blocked %d, unknown %d", far, routes, path->blocked,
			path->unknown_beyond);
	path_stop(&t);
}

/* A list whose entries are not in the input may hold any address but those of the VPC. */
static void test_prefix_lists(void **state)
{
	static const char closed[] = "10.0.0.0/16=local pl-1=vgw-1", list[] = "198.51.100.0/24";

	(void)state;
	check_list_route(closed, list, "198.51.100.7", PASSES);
	check_list_route(closed, list, "198.51.101.7", BLOCKED);
	check_list_route(closed, NULL, "198.51.101.7", UNKNOWN);
	check_list_route("0.0.0.0/0=igw-1 pl-1=!pcx-1", list, "198.51.100.7", BLOCKED);
	check_list_route("0.0.0.0/0=igw-1 pl-1=!pcx-1", list, "198.51.101.7", PASSES);
	check_list_route("0.0.0.0/0=igw-1 pl-1=!pcx-1", NULL, "198.51.101.7", UNKNOWN);
	check_list_route("0.0.0.0/0=!igw-1 pl-1=vpce-1", NULL, "198.51.101.7", UNKNOWN);
	check_list_route("10.0.0.0/16=local 0.0.0.0/0=igw-1 pl-1=tgw-1", NULL, "10.0.9.9", PASSES);
	/* the S3 endpoint of nearly every VPC: no list stands behind it */
	check_list_route("0.0.0.0/0=igw-1 pl-1=vpce-1", NULL, "198.51.101.7", PASSES);
	/* the longest entry of a list counts, not the list's place */
	check_list_route(
		"198.51.100.0/24=!pcx-1 pl-1=vgw-1", "198.51.100.7/32", "198.51.100.7", PASSES);
	check_list_route(
		"198.51.100.0/24=!pcx-1 pl-1=vgw-1", "198.51.0.0/16", "198.51.100.7", BLOCKED);
}

/* An explicit block and a list with that block, and two lists that the input lacks. */
static void test_lists_in_any_order(void **state)
{
	static const char *const routes[] = {"198.51.100.0/24=igw-1 pl-1=vgw-1",
		"pl-1=vgw-1 198.51.100.0/24=igw-1", "pl-1=igw-1 198.51.100.0/24=vgw-1"};
	static const char *const unknown[] = {"10.0.0.0/16=local pl-1=eni-7 pl-2=igw-1",
		"10.0.0.0/16=local pl-2=igw-1 pl-1=eni-7"};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(routes); i++)
		check_list_route(routes[i], "198.51.100.0/24", "198.51.100.1", UNKNOWN);
	for (size_t i = 0; i < TW_COUNT(unknown); i++) {
		struct path_test t;
		routed(&t, unknown[i]);
		add_subnet(&t.w, "subnet-9", "vpc-1", "10.0.9.0/24");
		path_start(&t);
		path_ask(&t, "eni-1", "subnet-9");
		/* the appliance may stand between any two of the VPC */
		assert_true(path_of(&t, "10.0.1.11", "10.0.9.9")->unknown_beyond);
		path_stop(&t);
	}
}

/* ---- NAT gateways ---------------------------------------------------------------------------- */

/* The state of a way through a NAT gateway whose subnet has the ACL `nat_acl` (NULL: no interface).
 */
static void check_nat(const char *nat_acl, bool open, enum fate fate)
{
	struct path_test t;
	struct tw_acl list = {.object = {.id = "acl-n"},
		.vpc_id = "vpc-1",
		.associations_known = true,
		.entries_known = true};

	routed(&t, nat);
	struct tw_rule all = acl_rule(&t.w, 100, "0.0.0.0/0", 0);
	all.protocol = TW_PROTOCOL_ALL;
	all.ports = (struct tw_ports){0, 65535};
	all.every_port = true;
	struct tw_link link = {"subnet-n", world_span(&t.w)};
	list.object.span = world_span(&t.w);
	list.list[TW_INGRESS] = list.list[TW_EGRESS] = (struct tw_rules){&all, open};
	add_subnet(&t.w, "subnet-n", "vpc-1", "10.0.3.0/24");
	if (nat_acl)
		add_eni(&t.w, &(struct eni){.id = "eni-n",
				      .subnet = "subnet-n",
				      .addresses = "10.0.3.4",
				      .type = TW_INTERFACE_NAT_GATEWAY});
	assert_int_equal(tw_net_add_acl(t.w.net, t.w.diags, &list, &link,
				 nat_acl && strcmp(nat_acl, "acl-n") == 0),
		TW_OK);
	path_start(&t);
	path_ask(&t, "eni-2", "198.51.100.1");
	const struct tw_path *path = path_of(&t, "10.0.1.12", "198.51.100.1");
	assert_true(path->assumptions & TW_ASSUME_BEYOND_NAT);
	assert_false(path->blocked);
	assert_int_equal(path->unknown_beyond, fate == UNKNOWN);
	path_stop(&t);
}

/* SPEC: nat-four-crossings */
static void test_nat(void **state)
{
	struct path_test t;

	(void)state;
	check_nat("acl-n", true, PASSES);
	check_nat("acl-n", false, UNKNOWN);
	check_nat("", true, UNKNOWN);	/* its subnet's ACL is not known */
	check_nat(NULL, true, UNKNOWN); /* where it stands is not known */
	/* no interfaces in the input */
	world_open(&t.w);
	add_subnet(&t.w, "subnet-a", "vpc-1", "10.0.1.0/24");
	assert_int_equal(path_acl(&t, "acl-a", "subnet-a"), TW_OK);
	add_table(&t.w, "rtb-1", "vpc-1", "subnet-a", nat);
	path_start(&t);
	path_ask(&t, "subnet-a", "198.51.100.1");
	const struct tw_path *path = path_of(&t, "10.0.1.12", "198.51.100.1");
	assert_string_equal(path->reason, "nat-four-crossings");
	assert_true(path->unknown_beyond);
	assert_true(path->assumptions & TW_ASSUME_BEYOND_NAT);
	path_stop(&t);
}

/* ---- route tables that are not known --------------------------------------------------------- */

static void test_tables(void **state)
{
	struct path_test t;

	(void)state;
	two_subnets(&t); /* no route table in the input */
	path_start(&t);
	path_ask(&t, "eni-1", "198.51.100.1");
	const struct tw_path *path = path_of(&t, "10.0.1.11", "198.51.100.1");
	assert_null(path->reason);
	assert_int_equal(path->assumptions, TW_ASSUME_UNFRAGMENTED | TW_ASSUME_NO_ROUTES);
	path_stop(&t);
	two_subnets(&t); /* one of another subnet, none of this one */
	add_table(&t.w, "rtb-1", "vpc-1", "subnet-b", "0.0.0.0/0=igw-1");
	path_start(&t);
	path_ask(&t, "eni-1", "198.51.100.1");
	path = path_of(&t, "10.0.1.11", "198.51.100.1");
	assert_string_equal(path->reason, "unknown-input");
	assert_true(path->unknown_beyond);
	assert_false(path->blocked);
	path_stop(&t);
}

/* ---- whom a site can talk to ----------------------------------------------------------------- */

static bool reaches(
	struct path_test *t, const char *near, const char *near_address, bool out, const char *far)
{
	struct tw_point point = out ? point_of(near_address, far) : point_of(far, near_address);
	tw_set set;

	path_choose(t, near, &t->from);
	assert_int_equal(
		tw_reach(t->w.net, t->space, &t->world, &t->arena, &t->from.sites.v[0], out, &set),
		TW_OK);
	return tw_set_has(t->space, set, &point);
}

static void test_reach(void **state)
{
	static const struct {
		const char *far;
		bool out, in;
	} row[] = {
		{"198.51.100.1", true, true}, {"198.51.200.1", false, false}, /* a blackhole */
		{"192.168.7.7", false, false},	   /* not through an internet gateway */
		{"10.0.1.12", false, false},	   /* its own subnet: SPEC: nacl-subnet-boundary */
		{"10.0.2.13", true, true},	   /* another subnet of the VPC */
		{"10.0.9.9", true, true},	   /* in no subnet that the input has */
		{"169.254.169.254", false, false}, /* AWS answers, and starts nothing */
		{"10.0.0.2", false, true}, /* the resolver; nobody says that it never asks */
	};
	struct path_test t;

	(void)state;
	routed(&t, "10.0.0.0/16=local 0.0.0.0/0=igw-1 198.51.200.0/24=!pcx-1");
	add_subnet(&t.w, "subnet-b", "vpc-1", "10.0.2.0/24");
	path_start(&t);
	for (size_t i = 0; i < TW_COUNT(row); i++) {
		if (reaches(&t, "vpc-1/10.0.1.11", "10.0.1.11", true, row[i].far) != row[i].out)
			fail_msg("out to %s", row[i].far);
		if (reaches(&t, "vpc-1/10.0.1.11", "10.0.1.11", false, row[i].far) != row[i].in)
			fail_msg("in from %s", row[i].far);
	}
	/* only its own addresses, and without a public one not the internet */
	assert_false(reaches(&t, "vpc-1/10.0.1.11", "10.0.1.12", true, "198.51.100.1"));
	assert_false(reaches(&t, "vpc-1/10.0.1.12", "10.0.1.12", true, "198.51.100.1"));
	assert_true(reaches(&t, "vpc-1/10.0.1.12", "10.0.1.12", true, "10.0.2.13"));
	path_stop(&t);
	routed(&t, nat);
	path_start(&t);
	assert_true(reaches(&t, "vpc-1/10.0.1.12", "10.0.1.12", true, "198.51.100.1"));
	assert_false(reaches(&t, "vpc-1/10.0.1.12", "10.0.1.12", false, "198.51.100.1"));
	path_stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gateways),
		cmocka_unit_test(test_other_targets),
		cmocka_unit_test(test_longest_prefix),
		cmocka_unit_test(test_equal_blocks),
		cmocka_unit_test(test_prefix_lists),
		cmocka_unit_test(test_lists_in_any_order),
		cmocka_unit_test(test_nat),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
