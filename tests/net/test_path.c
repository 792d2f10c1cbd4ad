/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Paths between two sites: which filters are asked, in which order, and what is exempt.
 * Expectations are from contract section 3 and the facts that are named beside them.
 */

#include "path_fixture.h"

/* SPEC: path-same-subnet */
static void test_same_subnet(void **state)
{
	struct path_test t;

	(void)state;
	two_subnets(&t);
	path_start(&t);
	path_ask(&t, "eni-1", "eni-2");
	assert_int_equal(t.paths.n, 1);
	const struct tw_path *path = path_of(&t, "10.0.1.11", "10.0.1.12");
	assert_true(path->same_subnet);
	assert_null(path->reason);
	assert_string_equal(path_crossings(&t, path),
		"sg-1 out request, sg-2 in request, sg-2 out reply tracked, sg-1 in reply tracked");
	path_stop(&t);
}

/* SPEC: path-sg-nacl-order, nacl-subnet-boundary */
static void test_two_subnets(void **state)
{
	struct path_test t;

	(void)state;
	two_subnets(&t);
	path_start(&t);
	path_ask(&t, "eni-1", "eni-3");
	assert_int_equal(t.paths.n, 1);
	const struct tw_path *path = path_of(&t, "10.0.1.11", "10.0.2.13");
	assert_false(path->same_subnet);
	assert_false(path->blocked || path->unknown_beyond);
	assert_int_equal(path->assumptions, TW_ASSUME_UNFRAGMENTED);
	assert_string_equal(path_crossings(&t, path),
		"sg-1 out request, acl-a out request, acl-b in request, sg-2 in request, "
		"sg-2 out reply tracked, acl-b out reply, acl-a in reply, sg-1 in reply tracked");
	/* nobody's addresses have no groups */
	path_ask(&t, "eni-1", "10.0.2.99");
	path = path_of(&t, "10.0.1.11", "10.0.2.99");
	assert_int_equal(path->assumptions, TW_ASSUME_UNFRAGMENTED | TW_ASSUME_NO_INTERFACE);
	assert_string_equal(path_crossings(&t, path),
		"sg-1 out request, acl-a out request, acl-b in request, "
		"acl-b out reply, acl-a in reply, sg-1 in reply tracked");
	path_stop(&t);
}

/* Contract 3: kinds that are in no input are assumed, what is missing of others is unknown. */
static void test_states(void **state)
{
	struct path_test t;

	(void)state;
	world_open(&t.w);
	add_vpc(&t.w, "vpc-1", "10.0.0.0/16");
	add_subnet(&t.w, "subnet-a", "vpc-1", "10.0.1.0/24");
	add_subnet(&t.w, "subnet-b", "vpc-1", "10.0.2.0/24");
	path_start(&t);
	path_ask(&t, "subnet-a", "subnet-b");
	const struct tw_path *path = path_of(&t, "10.0.1.11", "10.0.2.11");
	assert_int_equal(path->assumptions,
		TW_ASSUME_UNFRAGMENTED | TW_ASSUME_NO_INTERFACES | TW_ASSUME_NO_ACLS);
	assert_string_equal(path_crossings(&t, path),
		"acl out request assumed, acl in request assumed, acl out reply assumed, "
		"acl in reply assumed");
	path_ask(&t, "subnet-a", "198.51.100.1");
	path = path_of(&t, "10.0.1.11", "198.51.100.1");
	assert_true(path->assumptions & TW_ASSUME_NO_ROUTES);
	assert_null(path->reason);
	path_stop(&t);

	two_subnets(&t);
	add_subnet(&t.w, "subnet-c", "vpc-1", "10.0.3.0/24");
	add_eni(&t.w, &(struct eni){.id = "eni-4",
			      .subnet = "subnet-c",
			      .groups = "sg-gone",
			      .addresses = "10.0.3.14"});
	path_start(&t);
	path_ask(&t, "eni-1", "eni-4");
	assert_string_equal(path_crossings(&t, path_of(&t, "10.0.1.11", "10.0.3.14")),
		"sg-1 out request, acl-a out request, acl in request unknown, sg? in request, "
		"sg? out reply tracked, acl out reply unknown, acl-a in reply, "
		"sg-1 in reply tracked");
	path_stop(&t);
}

/* SPEC: nat-no-sg: a NAT gateway's interface has no groups, so none are asked. */
static void test_interface_without_groups(void **state)
{
	struct path_test t;

	(void)state;
	two_subnets(&t);
	add_eni(&t.w, &(struct eni){.id = "eni-nat",
			      .subnet = "subnet-b",
			      .addresses = "10.0.2.5",
			      .type = TW_INTERFACE_NAT_GATEWAY});
	path_start(&t);
	path_ask(&t, "eni-nat", "eni-2");
	assert_string_equal(path_crossings(&t, path_of(&t, "10.0.2.5", "10.0.1.12")),
		"acl-b out request, acl-a in request, sg-2 in request, sg-2 out reply tracked, "
		"acl-a out reply, acl-b in reply");
	path_stop(&t);
}

static void test_two_vpcs(void **state)
{
	struct path_test t;

	(void)state;
	two_subnets(&t);
	add_vpc(&t.w, "vpc-2", "10.9.0.0/16");
	add_subnet(&t.w, "subnet-x", "vpc-2", "10.9.1.0/24");
	/* of VPCs that the input only names */
	add_subnet(&t.w, "subnet-y", "vpc-8", "10.8.1.0/24");
	add_subnet(&t.w, "subnet-z", "vpc-8", "10.8.2.0/24");
	add_subnet(&t.w, "subnet-zz", "vpc-7", "10.7.2.0/24");
	path_start(&t);
	path_ask(&t, "eni-1", "subnet-x");
	const struct tw_path *path = path_of(&t, "10.0.1.11", "10.9.1.1");
	assert_false(path->blocked);
	assert_true(path->unknown_beyond);
	assert_string_equal(path->reason, "unknown-input");
	path_ask(&t, "subnet-y", "subnet-z");
	assert_null(path_of(&t, "10.8.1.2", "10.8.2.2")->reason);
	path_ask(&t, "subnet-y", "subnet-zz");
	assert_string_equal(path_of(&t, "10.8.1.2", "10.7.2.2")->reason, "unknown-input");
	path_ask(&t, "subnet-y", "eni-1");
	assert_string_equal(path_of(&t, "10.8.1.2", "10.0.1.11")->reason, "unknown-input");
	path_stop(&t);
}

static void test_outside_only(void **state)
{
	struct path_test t;

	(void)state;
	two_subnets(&t);
	path_start(&t);
	path_ask(&t, "internet", "198.51.100.1");
	const struct tw_path *path = path_of(&t, "192.0.2.1", "198.51.100.1");
	assert_true(path->unknown_beyond);
	assert_int_equal(path->crossings, 0);
	path_stop(&t);
}

/* ---- exempt addresses ------------------------------------------------------------------------ */

/* SPEC: exempt-dns, exempt-router, exempt-imds, exempt-time, exempt-ecs-metadata, exempt-kms,
 * exempt-not-own-dns */
static void test_exempt(void **state)
{
	static const struct {
		const char *to, *id;
		unsigned assumed;
	} row[] = {
		{"10.0.0.2", "exempt-dns", 0}, /* the primary block + 2 */
		{"10.1.0.2", NULL, 0},	       /* another block's + 2 is not the resolver */
		{"169.254.169.253", "exempt-dns", 0}, {"169.254.169.254", "exempt-imds", 0},
		{"169.254.169.123", "exempt-time", 0},
		{"169.254.170.2", "exempt-ecs-metadata", TW_ASSUME_EXEMPT_ECS},
		{"169.254.169.250", "exempt-kms", TW_ASSUME_EXEMPT_KMS},
		{"169.254.169.251", "exempt-kms", TW_ASSUME_EXEMPT_KMS},
		{"169.254.169.252", NULL, 0}, {"10.0.1.1", "exempt-router", 0},
		{"10.0.2.1", NULL, 0},	/* the router of another subnet */
		{"10.0.1.2", NULL, 0},	/* reserved, but no resolver answers there */
		{"10.0.2.53", NULL, 0}, /* somebody's own DNS server */
	};
	static const char *const v6[][2] = {{"fd00:ec2::253", "exempt-dns"},
		{"fd00:ec2::254", "exempt-imds"}, {"fd00:ec2::123", "exempt-time"},
		{"fd00:ec2::252", NULL}, {"2001:db8:1:1::1", NULL}};
	struct path_test t;

	(void)state;
	two_subnets(&t);
	add_table(&t.w, "rtb-1", "vpc-1", NULL, "10.0.0.0/16=local 10.1.0.0/16=local");
	path_start(&t);
	for (size_t i = 0; i < TW_COUNT(row); i++) {
		path_ask(&t, "eni-1", row[i].to);
		const struct tw_path *path = path_of(&t, "10.0.1.11", row[i].to);
		if (!row[i].id) {
			assert_null(path->exempt);
			assert_true(path->crossings > 0);
			continue;
		}
		assert_string_equal(path->exempt, row[i].id);
		assert_string_equal(path->reason, row[i].id);
		assert_int_equal(path->crossings, 0);
		assert_false(path->blocked || path->unknown_beyond);
		assert_int_equal(path->assumptions, TW_ASSUME_UNFRAGMENTED | row[i].assumed);
	}
	for (size_t i = 0; i < TW_COUNT(v6); i++) {
		path_ask(&t, "eni-1", v6[i][0]);
		const struct tw_path *path = path_of(&t, "2001:db8:1:1::11", v6[i][0]);
		if (v6[i][1])
			assert_string_equal(path->exempt, v6[i][1]);
		else
			assert_null(path->exempt);
	}
	/* A block is cut: what is exempt, and the rest. */
	path_ask(&t, "eni-1", "169.254.169.252/31");
	assert_int_equal(t.paths.n, 2);
	assert_null(path_of(&t, "10.0.1.11", "169.254.169.252")->exempt);
	assert_non_null(path_of(&t, "10.0.1.11", "169.254.169.253")->exempt);
	/* Who is asked is what counts, not who asks. */
	path_ask(&t, "169.254.169.254", "eni-1");
	assert_null(path_of(&t, "169.254.169.254", "10.0.1.11")->exempt);
	path_stop(&t);
}

/* ---- the world outside ----------------------------------------------------------------------- */

static void test_world(void **state)
{
	static const struct {
		const char *address;
		bool public;
	} row[] = {
		{"8.8.8.8", true},
		{"10.0.0.1", false},
		{"172.31.9.9", false},
		{"172.32.0.0", true},
		{"192.168.0.1", false},
		{"100.64.0.1", false},
		{"100.128.0.0", true},
		{"127.0.0.1", false},
		{"169.254.1.1", false},
		{"224.0.0.1", false},
		{"2001:db8:9::1", true},
		{"2001:db8:1:1::1", true},
		{"fd00::1", false},
		{"fe80::1", false},
		{"ff02::1", false},
		{"::1", false},
	};
	struct path_test t;

	(void)state;
	two_subnets(&t);
	path_start(&t);
	for (size_t i = 0; i < TW_COUNT(row); i++) {
		struct tw_point p = point_of(row[i].address, row[i].address);
		assert_int_equal(tw_set_has(t.space, t.world.public_from, &p), row[i].public);
		assert_int_equal(tw_set_has(t.space, t.world.public_to, &p), row[i].public);
	}
	path_stop(&t);
}

/* ---- too little memory ----------------------------------------------------------------------- */

static tw_status all_of_it(struct path_test *t, struct tw_mem *mem, struct tw_space *space)
{
	struct tw_world world;
	struct tw_paths paths = {NULL, 0, 0};
	struct tw_arena arena;
	tw_set reach;

	tw_arena_init(&arena, mem);
	tw_status status = tw_world_build(t->w.net, space, &world);
	if (status == TW_OK)
		status = tw_paths_between(t->w.net, space, &world, &arena, &t->from.sites.v[0],
			&t->to.sites.v[0], &paths);
	if (status == TW_OK)
		status = tw_reach(
			t->w.net, space, &world, &arena, &t->from.sites.v[0], true, &reach);
	TW_VEC_FREE(mem, &paths);
	tw_arena_fini(&arena);
	return status;
}

static tw_status try_paths(struct tw_mem *mem, void *ctx)
{
	struct path_test *t = ctx;
	struct tw_mem *own = t->w.net->mem;
	struct tw_space *space;

	TW_TRY(tw_space_new(mem, 0, &space));
	t->w.net->mem = mem;
	tw_status status = all_of_it(t, mem, space);
	t->w.net->mem = own;
	tw_space_free(space);
	return status;
}

static void test_oom(void **state)
{
	struct path_test t;

	(void)state;
	routed(&t, "10.0.0.0/16=local 0.0.0.0/0=nat-1 pl-1=vpce-1");
	add_prefix_list(&t.w, "pl-1", "198.51.100.0/24");
	path_start(&t);
	path_choose(&t, "eni-1", &t.from);
	path_choose(&t, "internet", &t.to);
	assert_int_equal(tw_oom_sweep(try_paths, &t), TW_OK);
	path_stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_subnet),
		cmocka_unit_test(test_two_subnets),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_interface_without_groups),
		cmocka_unit_test(test_two_vpcs),
		cmocka_unit_test(test_outside_only),
		cmocka_unit_test(test_exempt),
		cmocka_unit_test(test_world),
		cmocka_unit_test(test_oom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
