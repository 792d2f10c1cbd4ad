/* SPDX-License-Identifier: Apache-2.0 */

/* Sites: which interfaces belong together, and how addresses are cut. All by hand. */

#include "site_fixture.h"

#include <stdio.h>

#include "test_random.h"

static tw_status sites_of(struct world *w, struct tw_arena *arena, const char *const *id, size_t n,
	struct tw_sites *ret)
{
	uint32_t index[16];

	for (size_t i = 0; i < n; i++) {
		index[i] = tw_net_find(w->net, TW_KIND_INTERFACE, id[i]);
		assert_int_not_equal(index[i], TW_MISSING);
	}
	return tw_sites_of_interfaces(w->net, arena, index, n, ret);
}

static tw_status ranges_of(struct world *w, struct tw_arena *arena, const char *vpc,
	const char *text, struct tw_sites *ret)
{
	struct tw_prefixes list = prefixes_of(w, text);
	struct tw_range range[16];

	for (size_t i = 0; i < list.n; i++)
		range[i] = tw_prefix_range(list.v[i]);
	return tw_sites_of_ranges(w->net, arena,
		vpc ? tw_net_find(w->net, TW_KIND_VPC, vpc) : TW_MISSING, range, list.n, ret);
}

static void check_interfaces(struct world *w, const char *const *id, size_t n, const char *expected)
{
	struct tw_sites sites = TW_VEC_EMPTY;
	struct tw_arena arena;

	tw_arena_init(&arena, w->mem);
	assert_int_equal(sites_of(w, &arena, id, n, &sites), TW_OK);
	assert_sites(w->net, &sites, expected);
	tw_arena_fini(&arena);
}

static void check_ranges(struct world *w, const char *vpc, const char *text, const char *expected)
{
	struct tw_sites sites = TW_VEC_EMPTY;
	struct tw_arena arena;

	tw_arena_init(&arena, w->mem);
	assert_int_equal(ranges_of(w, &arena, vpc, text, &sites), TW_OK);
	assert_sites(w->net, &sites, expected);
	tw_arena_fini(&arena);
}

/* Two subnets of one VPC with an ACL each, two groups, no interfaces. */
static void two_subnets(struct world *w)
{
	world_open(w);
	add_vpc(w, "vpc-1", "10.0.0.0/16 2001:db8:1::/56");
	add_subnet(w, "subnet-a", "vpc-1", "10.0.1.0/24 2001:db8:1:1::/64");
	add_subnet(w, "subnet-b", "vpc-1", "10.0.2.0/24");
	assert_int_equal(add_acl(w, "acl-a", "vpc-1", false, "subnet-a", NULL, 0), TW_OK);
	assert_int_equal(add_acl(w, "acl-b", "vpc-1", false, "subnet-b", NULL, 0), TW_OK);
	add_group(w, "sg-1", "vpc-1", NULL, 0);
	add_group(w, "sg-2", "vpc-1", NULL, 0);
}

static void test_grouping(void **state)
{
	static const char *const all[] = {
		"eni-7", "eni-1", "eni-2", "eni-3", "eni-4", "eni-5", "eni-6", "eni-1"};
	struct world w;

	(void)state;
	two_subnets(&w);
	add_instance(&w, "i-linux", TW_PLATFORM_LINUX, NULL);
	/* one site, whatever the order in which groups are written; neighbours join */
	add_eni(&w, &(struct eni){.id = "eni-1",
			    .subnet = "subnet-a",
			    .groups = "sg-1 sg-2",
			    .addresses = "10.0.1.11"});
	add_eni(&w, &(struct eni){.id = "eni-2",
			    .subnet = "subnet-a",
			    .groups = "sg-2 sg-1",
			    .addresses = "10.0.1.10 2001:db8:1:1::10 10.0.1.16/28"});
	/* each differs from the first in one thing */
	add_eni(&w, &(struct eni){.id = "eni-3",
			    .subnet = "subnet-a",
			    .groups = "sg-1",
			    .addresses = "10.0.1.30"});
	add_eni(&w, &(struct eni){.id = "eni-4",
			    .subnet = "subnet-a",
			    .groups = "sg-1 sg-2",
			    .addresses = "10.0.1.40",
			    .type = TW_INTERFACE_LAMBDA});
	add_eni(&w, &(struct eni){.id = "eni-5",
			    .subnet = "subnet-a",
			    .groups = "sg-1 sg-2",
			    .addresses = "10.0.1.50",
			    .instance = "i-linux"});
	add_eni(&w, &(struct eni){.id = "eni-6",
			    .subnet = "subnet-a",
			    .groups = "sg-1 sg-2",
			    .addresses = "10.0.1.60",
			    .public = "203.0.113.6"});
	add_eni(&w, &(struct eni){.id = "eni-7",
			    .subnet = "subnet-b",
			    .groups = "sg-1 sg-2",
			    .addresses = "10.0.2.70"});
	finish_net(&w);
	check_interfaces(&w, all, 8,
		"interfaces subnet-a acl-a [sg-1] {eni-3} 10.0.1.30\n"
		"interfaces subnet-a acl-a [sg-1 sg-2] {eni-1 eni-2} "
		"10.0.1.10/31 10.0.1.16/28 2001:db8:1:1::10\n"
		"interfaces subnet-a acl-a [sg-1 sg-2] {eni-6} 10.0.1.60\n"
		"interfaces subnet-a acl-a [sg-1 sg-2] {eni-5} 10.0.1.50\n"
		"interfaces subnet-a acl-a [sg-1 sg-2] {eni-4} 10.0.1.40\n"
		"interfaces subnet-b acl-b [sg-1 sg-2] {eni-7} 10.0.2.70\n");
	world_close(&w);
}

static void test_site_fields(void **state)
{
	static const char *const one[] = {"eni-1"};
	struct tw_sites sites = TW_VEC_EMPTY;
	struct tw_arena arena;
	struct world w;

	(void)state;
	two_subnets(&w);
	add_instance(&w, "i-w", TW_PLATFORM_WINDOWS, NULL);
	add_table(&w, "rtb-1", "vpc-1", NULL, "10.0.0.0/16=local");
	add_eni(&w, &(struct eni){.id = "eni-1",
			    .subnet = "subnet-a",
			    .groups = "sg-1",
			    .addresses = "10.0.1.11",
			    .public = "203.0.113.6",
			    .instance = "i-w",
			    .type = TW_INTERFACE_OTHER});
	finish_net(&w);
	tw_arena_init(&arena, w.mem);
	assert_int_equal(sites_of(&w, &arena, one, 1, &sites), TW_OK);
	assert_int_equal(sites.n, 1);
	const struct tw_site *site = &sites.v[0];
	assert_int_equal(site->kind, TW_SITE_INTERFACES);
	assert_int_equal(site->vpc, 0);
	assert_int_equal(site->table_state, TW_KNOWN);
	assert_int_equal(site->table, 0);
	assert_int_equal(site->groups_state, TW_KNOWN);
	assert_int_equal(site->platform, TW_PLATFORM_WINDOWS);
	assert_int_equal(site->type, TW_INTERFACE_OTHER);
	assert_true(site->public_v4);
	tw_arena_fini(&arena);
	world_close(&w);
}

/* Contract 3: a kind that is absent is assumed, an object that is absent is unknown. */
static void test_knowledge(void **state)
{
	static const char *const one[] = {"eni-1"};
	struct tw_sites sites = TW_VEC_EMPTY;
	struct tw_arena arena;
	struct world w;

	(void)state;
	for (int kinds = 0; kinds < 2; kinds++) {
		world_open(&w);
		tw_arena_init(&arena, w.mem);
		if (kinds) {
			add_subnet(&w, "subnet-z", "vpc-1", "10.0.9.0/24");
			assert_int_equal(
				add_acl(&w, "acl-z", "vpc-1", false, "subnet-z", NULL, 0), TW_OK);
			add_group(&w, "sg-z", "vpc-1", NULL, 0);
			add_table(&w, "rtb-z", "vpc-1", "subnet-z", "10.0.0.0/16=local");
		}
		add_eni(&w, &(struct eni){.id = "eni-1",
				    .subnet = "subnet-a",
				    .groups = "sg-1",
				    .addresses = "10.0.1.11"});
		finish_net(&w);
		assert_int_equal(sites_of(&w, &arena, one, 1, &sites), TW_OK);
		assert_int_equal(sites.v[0].acl_state, kinds ? TW_NOT_KNOWN : TW_ASSUMED);
		assert_int_equal(sites.v[0].table_state, kinds ? TW_NOT_KNOWN : TW_ASSUMED);
		/* a group that is missing while others are there shows as a missing index */
		assert_int_equal(sites.v[0].groups_state, kinds ? TW_KNOWN : TW_ASSUMED);
		assert_int_equal(sites.v[0].groups_n, 1);
		assert_int_equal(sites.v[0].groups[0], TW_MISSING);
		tw_arena_fini(&arena);
		world_close(&w);
	}
}

/* Every ordinary interface has a group in AWS; a NAT gateway's has none. SPEC: nat-no-sg */
static void test_no_groups(void **state)
{
	static const char *const both[] = {"eni-1", "eni-nat"};
	struct tw_sites sites = TW_VEC_EMPTY;
	struct tw_arena arena;
	struct world w;

	(void)state;
	two_subnets(&w);
	add_eni(&w, &(struct eni){.id = "eni-1", .subnet = "subnet-a", .addresses = "10.0.1.11"});
	add_eni(&w, &(struct eni){.id = "eni-nat",
			    .subnet = "subnet-a",
			    .addresses = "10.0.1.12",
			    .type = TW_INTERFACE_NAT_GATEWAY});
	finish_net(&w);
	tw_arena_init(&arena, w.mem);
	assert_int_equal(sites_of(&w, &arena, both, 2, &sites), TW_OK);
	assert_int_equal(sites.n, 2);
	assert_int_equal(sites.v[0].groups_state, TW_NOT_KNOWN);
	assert_int_equal(sites.v[1].groups_state, TW_KNOWN);
	tw_arena_fini(&arena);
	world_close(&w);
}

static void test_subnet_and_acl(void **state)
{
	struct tw_site site;
	struct tw_sites one = {&site, 1, 1};
	struct tw_arena arena;
	struct world w;

	(void)state;
	two_subnets(&w);
	assert_int_equal(add_acl(&w, "acl-c", "vpc-1", false, "subnet-c", NULL, 0), TW_OK);
	finish_net(&w);
	tw_arena_init(&arena, w.mem);
	assert_int_equal(tw_site_of_subnet(w.net, &arena, 0, &site), TW_OK);
	assert_sites(w.net, &one, "subnet subnet-a acl-a 10.0.1.0/24 2001:db8:1:1::/64\n");
	/* implied by its ACL: its addresses can be any */
	assert_int_equal(tw_site_of_subnet(w.net, &arena, 2, &site), TW_OK);
	assert_sites(w.net, &one, "subnet subnet-c acl-c 0.0.0.0/0\n");
	assert_int_equal(tw_site_of_acl(w.net, &arena, 2, &site), TW_OK);
	assert_sites(w.net, &one, "acl nowhere acl-c 0.0.0.0/0\n");
	assert_int_equal(site.table_state, TW_ASSUMED);
	tw_arena_fini(&arena);
	world_close(&w);
}

static void test_cut(void **state)
{
	struct world w;

	(void)state;
	two_subnets(&w);
	add_eni(&w, &(struct eni){.id = "eni-1",
			    .subnet = "subnet-a",
			    .groups = "sg-1",
			    .addresses = "10.0.1.11 10.0.1.200"});
	add_eni(&w, &(struct eni){.id = "eni-nat",
			    .subnet = "subnet-a",
			    .addresses = "10.0.1.12",
			    .type = TW_INTERFACE_NAT_GATEWAY});
	finish_net(&w);
	/* The interface with its address in the range only, the rest of the subnet without the NAT
	 * gateway's address, and nothing else. */
	check_ranges(&w, NULL, "10.0.1.8/29",
		"subnet subnet-a acl-a 10.0.1.8 to 10.0.1.10 10.0.1.13 to 10.0.1.15\n"
		"interfaces subnet-a acl-a [sg-1] {eni-1} 10.0.1.11\n");
	check_ranges(&w, NULL, "10.0.1.11", "interfaces subnet-a acl-a [sg-1] {eni-1} 10.0.1.11\n");
	/* A managed interface is meant if its address is asked for, and not if a block is. */
	check_ranges(&w, NULL, "10.0.1.12", "interfaces subnet-a acl-a [] {eni-nat} 10.0.1.12\n");
	check_ranges(&w, NULL, "10.0.1.12 10.0.1.13",
		"subnet subnet-a acl-a 10.0.1.13\n"
		"interfaces subnet-a acl-a [] {eni-nat} 10.0.1.12\n");
	check_ranges(&w, NULL, "10.0.1.12/31", "subnet subnet-a acl-a 10.0.1.13\n");
	/* Two subnets, and an address of the VPC in neither of them. */
	check_ranges(&w, "vpc-1", "10.0.1.255 10.0.2.0/31 10.0.3.0",
		"subnet subnet-a acl-a 10.0.1.255\n"
		"subnet subnet-b acl-b 10.0.2.0/31\n"
		"outside 10.0.3.0\n");
	check_ranges(&w, NULL, "192.0.2.0/24 2001:db8:1:1::7 2001:db8:9::/48",
		"subnet subnet-a acl-a 2001:db8:1:1::7\n"
		"outside 192.0.2.0/24 2001:db8:9::/48\n");
	check_ranges(&w, NULL, "", "");
	world_close(&w);
}

static void test_cut_by_vpc(void **state)
{
	struct world w;

	(void)state;
	two_subnets(&w);
	add_vpc(&w, "vpc-2", "10.0.0.0/16");
	add_subnet(&w, "subnet-x", "vpc-2", "10.0.1.0/25");
	finish_net(&w);
	check_ranges(&w, "vpc-1", "10.0.1.7", "subnet subnet-a acl-a 10.0.1.7\n");
	check_ranges(&w, "vpc-2", "10.0.1.7", "subnet subnet-x acl ? 10.0.1.7\n");
	check_ranges(&w, "vpc-2", "10.0.1.128", "outside 10.0.1.128\n");
	check_ranges(&w, NULL, "10.0.1.7",
		"subnet subnet-a acl-a 10.0.1.7\nsubnet subnet-x acl ? 10.0.1.7\n");
	world_close(&w);
}

/* Without subnets one ACL stands before every private address; several are no one's. */
static void test_cut_by_acl(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", false, "", NULL, 0), TW_OK);
	finish_net(&w);
	check_ranges(&w, NULL, "10.0.0.5 203.0.113.5 169.254.169.254",
		"acl nowhere acl-1 10.0.0.5\noutside 169.254.169.254 203.0.113.5\n");
	check_ranges(&w, NULL, "0.0.0.0/0",
		"acl nowhere acl-1 10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16\n"
		"outside 0.0.0.0 to 9.255.255.255 11.0.0.0 to 100.63.255.255 "
		"100.128.0.0 to 172.15.255.255 172.32.0.0 to 192.167.255.255 "
		"192.169.0.0 to 255.255.255.255\n");
	world_close(&w);
	/* a VPC that is known says which addresses are its own */
	world_open(&w);
	add_vpc(&w, "vpc-1", "198.51.100.0/24");
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", false, "", NULL, 0), TW_OK);
	finish_net(&w);
	check_ranges(&w, NULL, "10.0.0.5 198.51.100.7",
		"acl nowhere acl-1 198.51.100.7\noutside 10.0.0.5\n");
	world_close(&w);
	world_open(&w);
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", false, "", NULL, 0), TW_OK);
	assert_int_equal(add_acl(&w, "acl-2", "vpc-1", false, "", NULL, 0), TW_OK);
	finish_net(&w);
	check_ranges(&w, NULL, "10.0.0.5", "outside 10.0.0.5\n");
	world_close(&w);
	world_open(&w);
	finish_net(&w);
	check_ranges(&w, NULL, "10.0.0.5", "outside 10.0.0.5\n");
	world_close(&w);
}

/* An address of the VPC may lie in a subnet that the input lacks: then its ACL is not known. */
static void test_cut_unknown_subnet(void **state)
{
	struct world w;

	(void)state;
	two_subnets(&w);
	add_eni(&w, &(struct eni){.id = "eni-1",
			    .subnet = "subnet-lost",
			    .vpc = "vpc-1",
			    .groups = "sg-1",
			    .addresses = "10.0.7.7"});
	finish_net(&w);
	check_ranges(&w, NULL, "10.0.2.9 10.0.7.6/31 10.1.0.0",
		"subnet subnet-b acl-b 10.0.2.9\n"
		"subnet nowhere acl ? 10.0.7.6\n"
		"interfaces subnet-lost acl ? [sg-1] {eni-1} 10.0.7.7\n"
		"outside 10.1.0.0\n");
	world_close(&w);
	two_subnets(&w);
	w.net->incomplete[TW_KIND_SUBNET] = true;
	finish_net(&w);
	check_ranges(&w, NULL, "10.0.7.6", "subnet nowhere acl ? 10.0.7.6\n");
	world_close(&w);
}

/* ---- a random network, address by address ---------------------------------------------------- */

enum { HOSTS = 256 };

/* Where each address 10.0.0.x is: an interface, a subnet, or outside. */
struct truth {
	int interface[HOSTS], subnet[HOSTS];
};

static void random_net(struct world *w, struct test_random *random, struct truth *truth)
{
	static const char *const ids[] = {"subnet-0", "subnet-1", "subnet-2", "subnet-3",
		"subnet-4", "subnet-5", "subnet-6", "subnet-7"};
	char cidr[64];

	memset(truth, 0xff, sizeof(*truth));
	world_open(w);
	add_vpc(w, "vpc-1", "10.0.0.0/24");
	add_group(w, "sg-1", "vpc-1", NULL, 0);
	add_group(w, "sg-2", "vpc-1", NULL, 0);
	int subnets = 0, enis = 0;
	for (int i = 0; i < 8; i++) {
		if (test_random_below(random, 3) == 0)
			continue;
		(void)snprintf(cidr, sizeof(cidr), "10.0.0.%d/27", i * 32);
		add_subnet(w, ids[i], "vpc-1", cidr);
		for (int host = i * 32; host < i * 32 + 32; host++) {
			truth->subnet[host] = subnets;
			if (test_random_below(random, 4) != 0)
				continue;
			(void)snprintf(cidr, sizeof(cidr), "eni-%d", enis);
			const char *id = tw_arena_str(&w->net->arena, cidr);
			(void)snprintf(cidr, sizeof(cidr), "10.0.0.%d", host);
			add_eni(w, &(struct eni){.id = id,
					   .subnet = ids[i],
					   .groups = test_random_below(random, 2) ? "sg-1" : "sg-2",
					   .addresses = cidr});
			truth->interface[host] = enis++;
		}
		subnets++;
	}
	finish_net(w);
}

static bool lists(const struct tw_site *site, int interface)
{
	for (size_t i = 0; i < site->interfaces_n; i++)
		if ((int)site->interfaces[i] == interface)
			return true;
	return false;
}

static bool is_right(const struct tw_site *site, const struct truth *truth, int host)
{
	if (truth->interface[host] >= 0)
		return site->kind == TW_SITE_INTERFACES &&
		       (int)site->subnet == truth->subnet[host] &&
		       lists(site, truth->interface[host]);
	if (truth->subnet[host] >= 0)
		return site->kind == TW_SITE_SUBNET && (int)site->subnet == truth->subnet[host];
	return site->kind == TW_SITE_OUTSIDE;
}

static void test_random_cuts(void **state)
{
	struct test_random random;
	struct truth truth;
	struct world w;

	(void)state;
	test_random_init(&random, "site");
	for (int round = 0; round < 60; round++) {
		struct tw_range range[6];
		bool asked[HOSTS] = {false};
		struct tw_sites sites = TW_VEC_EMPTY;
		struct tw_arena arena;
		random_net(&w, &random, &truth);
		tw_arena_init(&arena, w.mem);
		size_t n = test_random_below(&random, 6);
		for (size_t i = 0; i < n; i++) {
			uint64_t lo = test_random_below(&random, HOSTS);
			uint64_t hi = lo + test_random_below(&random, HOSTS - lo);
			range[i] = (struct tw_range){
				{0, 0x0a000000u + lo}, {0, 0x0a000000u + hi}, TW_IPV4};
			for (uint64_t k = lo; k <= hi; k++)
				asked[k] = true;
		}
		assert_int_equal(
			tw_sites_of_ranges(w.net, &arena, TW_MISSING, range, n, &sites), TW_OK);
		for (int host = 0; host < HOSTS; host++) {
			struct tw_addr at = {0, 0x0a000000u + (unsigned)host};
			struct tw_range one = {at, at, TW_IPV4};
			int hits = 0;
			for (size_t i = 0; i < sites.n; i++) {
				struct tw_ranges own = {sites.v[i].address, sites.v[i].addresses_n};
				if (!tw_ranges_meet(own, one))
					continue;
				hits++;
				assert_true(is_right(&sites.v[i], &truth, host));
			}
			assert_int_equal(hits, asked[host]);
		}
		tw_arena_fini(&arena);
		world_close(&w);
	}
}

/* ---- many, and too little memory ------------------------------------------------------------- */

static void test_many(void **state)
{
	enum { MANY = 20000 };
	struct tw_sites sites = TW_VEC_EMPTY;
	struct tw_arena arena;
	struct world w;
	char id[32], address[32];

	(void)state;
	world_open(&w);
	add_vpc(&w, "vpc-1", "10.0.0.0/8");
	add_subnet(&w, "subnet-a", "vpc-1", "10.0.0.0/9");
	add_subnet(&w, "subnet-b", "vpc-1", "10.128.0.0/9");
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(id, sizeof(id), "eni-%d", i);
		(void)snprintf(
			address, sizeof(address), "10.%d.%d.%d", i % 2 * 128, i / 250, i % 250 + 4);
		add_eni(&w, &(struct eni){.id = tw_arena_str(&w.net->arena, id),
				    .subnet = i % 2 ? "subnet-b" : "subnet-a",
				    .addresses = address});
	}
	finish_net(&w);
	tw_arena_init(&arena, w.mem);
	struct tw_range all = range_of("10.0.0.0/8");
	assert_int_equal(tw_sites_of_ranges(w.net, &arena, 0, &all, 1, &sites), TW_OK);
	size_t members = 0, insides = 0;
	for (size_t i = 0; i < sites.n; i++)
		if (sites.v[i].kind == TW_SITE_INTERFACES) {
			members += sites.v[i].interfaces_n;
			insides++;
		}
	assert_int_equal(members, MANY);
	assert_int_equal(insides, 2);
	assert_int_equal(sites.n, 4); /* and the rest of each subnet */
	tw_arena_fini(&arena);
	world_close(&w);
}

static tw_status try_sites(struct tw_mem *mem, void *ctx)
{
	struct tw_net *net = ctx;
	struct tw_mem *own = net->mem;
	struct tw_sites sites = TW_VEC_EMPTY;
	struct tw_range range[2] = {range_of("10.0.0.0/8"), range_of("192.0.2.0/24")};
	uint32_t both[2] = {1, 0};
	struct tw_arena arena;

	net->mem = mem;
	tw_arena_init(&arena, mem);
	tw_status status = tw_sites_of_ranges(net, &arena, TW_MISSING, range, 2, &sites);
	if (status == TW_OK)
		status = tw_sites_of_interfaces(net, &arena, both, 2, &sites);
	tw_arena_fini(&arena);
	net->mem = own;
	return status;
}

static void test_oom(void **state)
{
	struct world w;

	(void)state;
	two_subnets(&w);
	add_eni(&w, &(struct eni){.id = "eni-1",
			    .subnet = "subnet-a",
			    .groups = "sg-1",
			    .addresses = "10.0.1.11"});
	add_eni(&w, &(struct eni){.id = "eni-2",
			    .subnet = "subnet-lost",
			    .vpc = "vpc-1",
			    .groups = "sg-1",
			    .addresses = "10.0.7.7"});
	finish_net(&w);
	assert_int_equal(tw_oom_sweep(try_sites, w.net), TW_OK);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grouping),
		cmocka_unit_test(test_site_fields),
		cmocka_unit_test(test_knowledge),
		cmocka_unit_test(test_no_groups),
		cmocka_unit_test(test_subnet_and_acl),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_by_vpc),
		cmocka_unit_test(test_cut_by_acl),
		cmocka_unit_test(test_cut_unknown_subnet),
		cmocka_unit_test(test_random_cuts),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_oom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
