/* SPDX-License-Identifier: Apache-2.0 */

/* Selections: what a text means, and what is said when it means nothing. */

#include "select_fixture.h"
#include "test_random.h"

/* What follows where nothing is near. */
#define HOW ": give an id, a Name tag, an address, a CIDR block or internet"

static void test_ids(void **state)
{
	struct world w;

	(void)state;
	office(&w);
	finds(&w, NULL, "i-1", "i-1", ENI_1 ENI_1B);
	finds(&w, NULL, "eni-2", "eni-2", ENI_2);
	finds(&w, NULL, "eni-lb", "eni-lb",
		"interfaces subnet-b acl-1 [sg-lb] {eni-lb} 10.0.2.99\n");
	finds(&w, NULL, "subnet-a", "subnet-a", ENI_2 ENI_1);
	finds(&w, NULL, "subnet-x", "subnet-x", "subnet subnet-x acl ? 10.0.1.0/24\n");
	finds(&w, NULL, "vpc-2", "vpc-2", "subnet subnet-x acl ? 10.0.1.0/24\n");
	finds(&w, NULL, "acl-1", "acl-1", ENI_2 ENI_1 ENI_45 ENI_1B ENI_LOST);
	/* objects that only others name */
	finds(&w, NULL, "i-gone", "i-gone", ENI_LOST);
	finds(&w, NULL, "sg-gone", "sg-gone", ENI_LOST);
	world_close(&w);
}

static void test_ids_refused(void **state)
{
	struct world w;

	(void)state;
	office(&w);
	refuses(&w, NULL, "i-off", "instance i-off has no network interface in the input");
	refuses(&w, NULL, "sg-idle", "no network interface in the input carries sg-idle");
	refuses(&w, NULL, "sg-lb",
		"the interfaces of security group sg-lb belong to gateways, load balancers or "
		"other services; name the service, or one of the interfaces");
	refuses(&w, NULL, "rtb-1",
		"rtb-1: a route table is no end of a flow; name an instance, an interface or a "
		"subnet");
	refuses(&w, NULL, "vpce-0abc", "nothing in the input is called \"vpce-0abc\"" HOW);
	refuses(&w, NULL, "nowhere", "nothing in the input is called \"nowhere\"" HOW);
	refuses(&w, NULL, "", "nothing in the input is called \"\"" HOW);
	/* the nearest first, then by name; ids and names alike */
	refuses(&w, NULL, "web-3",
		"nothing in the input is called \"web-3\"; did you mean \"web-1\" or \"web-2\"?");
	refuses(&w, NULL, "subnet-aa",
		"nothing in the input is called \"subnet-aa\"; did you mean \"subnet-a\", "
		"\"subnet-b\" or \"subnet-x\"?");
	/* neighbours swapped, capital letters, a part of the name, and the word for everybody */
	refuses(&w, NULL, "wbe-1",
		"nothing in the input is called \"wbe-1\"; did you mean \"web-1\"?");
	refuses(&w, NULL, "WEB-1",
		"nothing in the input is called \"WEB-1\"; did you mean \"web-1\" or \"web-2\"?");
	refuses(&w, NULL, "subn",
		"nothing in the input is called \"subn\"; did you mean \"subnet-a\", "
		"\"subnet-b\" or \"subnet-x\"?");
	refuses(&w, NULL, "intrenet",
		"nothing in the input is called \"intrenet\"; did you mean \"internet\"?");
	world_close(&w);
}

static void test_kind_absent(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add_vpc(&w, "vpc-1", "10.0.0.0/16");
	add_group(&w, "sg-1", "vpc-1", NULL, 0);
	add_instance(&w, "i-1", TW_PLATFORM_LINUX, NULL);
	finish_net(&w);
	refuses(&w, NULL, "sg-1",
		"no network interface in the input carries sg-1; add the output of "
		"describe-network-interfaces");
	refuses(&w, NULL, "i-1",
		"instance i-1 has no network interface in the input; add the output of "
		"describe-network-interfaces");
	refuses(&w, NULL, "vpc-1",
		"the input has no subnet of vpc-1; add the output of describe-subnets");
	world_close(&w);
}

static void test_addresses(void **state)
{
	struct world w;

	(void)state;
	office(&w);
	finds(&w, NULL, "vpc-1/10.0.1.12", "eni-2", ENI_2);
	finds(&w, NULL, "vpc-2/10.0.1.12", "", "subnet subnet-x acl ? 10.0.1.12\n");
	finds(&w, NULL, "vpc-1/10.0.2.14/31", "eni-4 eni-5", ENI_45);
	finds(&w, NULL, "2001:db8:1:1::11", "eni-1",
		"interfaces subnet-a acl-1 [sg-web] {eni-1} 2001:db8:1:1::11\n");
	finds(&w, NULL, "[2001:db8:1:1::12]", "", "subnet subnet-a acl-1 2001:db8:1:1::12\n");
	finds(&w, NULL, "vpc-1/[2001:db8:1:1::12]", "", "subnet subnet-a acl-1 2001:db8:1:1::12\n");
	finds(&w, NULL, "198.51.100.0/24", "", "outside 198.51.100.0/24\n");
	/* a public address is the interface that has it, with all its addresses */
	finds(&w, NULL, "203.0.113.11", "eni-1", ENI_1);
	finds(&w, NULL, "203.0.113.12", "", "outside 203.0.113.12\n");
	world_close(&w);
}

static void test_addresses_refused(void **state)
{
	struct world w;

	(void)state;
	office(&w);
	refuses(&w, NULL, "10.0.1.12",
		"several VPCs have 10.0.1.12: vpc-1, vpc-2; put the VPC in front, as in "
		"vpc-1/10.0.1.12, or name an interface or subnet");
	refuses(&w, NULL, "10.0.0.0/8",
		"several VPCs have 10.0.0.0/16: vpc-1, vpc-2; put the VPC in front, as in "
		"vpc-1/10.0.0.0/16, or name an interface or subnet");
	refuses(&w, NULL, "vpc-1/192.0.2.1", "no subnet of vpc-1 has 192.0.2.1");
	refuses(&w, NULL, "vpc-3/10.0.1.12",
		"the input has no VPC \"vpc-3\"; did you mean \"vpc-1\" or \"vpc-2\"?");
	refuses(&w, NULL, "10.0.1.12/24",
		"\"10.0.1.12/24\" has bits set behind its prefix: the CIDR block is 10.0.1.0/24");
	refuses(&w, NULL, "10.0.1.0/33",
		"\"10.0.1.0/33\" has no valid prefix length: 0 to 32 for IPv4, 0 to 128 for IPv6");
	refuses(&w, NULL, "[10.0.1.12]", "nothing in the input is called \"[10.0.1.12]\"" HOW);
	refuses(&w, NULL, "vpc-1/web", "nothing in the input is called \"vpc-1/web\"" HOW);
	world_close(&w);
	world_open(&w);
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", false, "", NULL, 0), TW_OK);
	assert_int_equal(add_acl(&w, "acl-2", "vpc-1", false, "", NULL, 0), TW_OK);
	finish_net(&w);
	refuses(&w, NULL, "10.0.0.5",
		"cannot tell which network ACL guards 10.0.0.5: name its subnet, or add the "
		"output of describe-subnets");
	finds(&w, NULL, "203.0.113.5", "", "outside 203.0.113.5\n");
	world_close(&w);
}

static void test_names(void **state)
{
	struct world w;

	(void)state;
	office(&w);
	finds(&w, NULL, "web-2", "i-2", ENI_2);
	finds(&w, NULL, "twins", "i-4 i-5", ENI_45);
	finds(&w, NULL, "other", "subnet-x", "subnet subnet-x acl ? 10.0.1.0/24\n");
	refuses(&w, NULL, "off", "instance off has no network interface in the input");
	refuses(&w, NULL, "front",
		"\"front\" is the Name tag of things of several kinds: instance i-3, subnet "
		"subnet-a; use an id");
	world_close(&w);
}

static void add_named_acl(struct world *w, const char *id, const char *name)
{
	struct tw_acl acl = {
		.object = {.id = id, .name = name, .span = world_span(w)}, .vpc_id = "vpc-1"};

	assert_int_equal(tw_net_add_acl(w->net, w->diags, &acl, NULL, 0), TW_OK);
}

/* A subnet and its list mostly have one name: only the subnet can send or receive. */
static void test_shared_names(void **state)
{
	struct tw_selection s = {0};
	struct tw_arena arena;
	struct world w;

	(void)state;
	world_open(&w);
	add_vpc(&w, "vpc-1", "10.0.0.0/16");
	add_tagged_subnet(&w, "subnet-db", "vpc-1", "10.0.3.0/24", "db", NULL);
	add_tagged_subnet(&w, "subnet-app", "vpc-1", "10.0.2.0/24", "app", NULL);
	add_named_acl(&w, "acl-db", "db");
	add_named_acl(&w, "acl-app", "app");
	add_instance(&w, "i-app", TW_PLATFORM_UNKNOWN, "app");
	finish_net(&w);
	tw_arena_init(&arena, w.mem);
	for (int i = 0; i < 2; i++) { /* asked twice, told once */
		assert_int_equal(ask(&w, NULL, &arena, "db", &s), TW_OK);
		check_selection(&w, &s, "db", "subnet-db", "subnet subnet-db acl ? 10.0.3.0/24\n");
		assert_int_equal(tw_diags_count(w.diags), 1);
	}
	const struct tw_diag *note = tw_diags_get(w.diags, 0);
	assert_int_equal(note->level, TW_LEVEL_NOTE);
	assert_string_equal(note->message,
		"\"db\" is taken for subnet subnet-db; the same Name tag is on network ACL "
		"acl-db, which cannot send or receive");
	tw_arena_fini(&arena);
	tw_diags_free(w.diags);
	assert_int_equal(tw_diags_new(w.mem, &w.diags), TW_OK);
	refuses(&w, NULL, "app",
		"\"app\" is the Name tag of things of several kinds: instance i-app, subnet "
		"subnet-app, network ACL acl-app; use an id");
	world_close(&w);
}

/* Everything but the blocks of contract section 1 and those of known VPCs. */
static void test_internet(void **state)
{
	struct tw_selection s = {0};
	struct tw_arena arena;
	struct world w;

	(void)state;
	office(&w);
	tw_arena_init(&arena, w.mem);
	assert_int_equal(ask(&w, NULL, &arena, "internet", &s), TW_OK);
	assert_true(s.internet);
	check_selection(&w, &s, "internet", "",
		"outside 0.0.0.0 to 9.255.255.255 11.0.0.0 to 100.63.255.255 "
		"100.128.0.0 to 126.255.255.255 128.0.0.0 to 169.253.255.255 "
		"169.255.0.0 to 172.15.255.255 172.32.0.0 to 192.167.255.255 "
		"192.169.0.0 to 223.255.255.255 240.0.0.0/4 "
		":: ::2 to 2001:db8:0:ffff:ffff:ffff:ffff:ffff "
		"2001:db8:1:100:: to fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
		"fe00::/9 fec0::/10\n");
	tw_arena_fini(&arena);
	world_close(&w);
}

/* A VPC that is in no input is known by its subnets. */
static void test_internet_without_vpcs(void **state)
{
	struct tw_selection s = {0};
	struct tw_arena arena;
	struct world w;

	(void)state;
	world_open(&w);
	add_subnet(&w, "subnet-a", "vpc-1", "2000::/4");
	finish_net(&w);
	tw_arena_init(&arena, w.mem);
	assert_int_equal(ask(&w, NULL, &arena, "internet", &s), TW_OK);
	struct tw_ranges all = {s.sites.v[0].address, s.sites.v[0].addresses_n};
	assert_false(tw_ranges_meet(all, range_of("2000::/4")));
	assert_true(tw_ranges_meet(all, range_of("3000::")));
	tw_arena_fini(&arena);
	world_close(&w);
}

static void test_ports(void **state)
{
	static const struct {
		const char *text, *name, *ids;
		uint16_t lo, hi;
	} row[] = {
		{"i-2:443", "i-2", "i-2", 443, 443},
		{"i-2:8000-8100", "i-2", "i-2", 8000, 8100},
		{"web-2:22", "web-2", "i-2", 22, 22},
		{"web:443:80", "web:443", "eni-2", 80, 80},
		{"vpc-1/10.0.1.12:443", "vpc-1/10.0.1.12", "eni-2", 443, 443},
		{"vpc-1/10.0.1.12/32:443", "vpc-1/10.0.1.12/32", "eni-2", 443, 443},
		{"198.51.100.0/24:1", "198.51.100.0/24", "", 1, 1},
		{"[2001:db8:1:1::11]:443", "[2001:db8:1:1::11]", "eni-1", 443, 443},
		{"2001:db8:9::/48:443", "2001:db8:9::/48", "", 443, 443},
		{"internet:65535", "internet", "", 65535, 65535},
	};
	struct tw_arena arena;
	struct world w;

	(void)state;
	office(&w);
	for (size_t i = 0; i < TW_COUNT(row); i++) {
		struct tw_selection s = {0};
		tw_arena_init(&arena, w.mem);
		if (ask(&w, NULL, &arena, row[i].text, &s) != TW_OK)
			fail_msg("%s: %s", row[i].text, only_error(w.diags));
		assert_string_equal(s.name, row[i].name);
		assert_int_equal(s.ids_n, *row[i].ids != '\0');
		if (s.ids_n > 0)
			assert_string_equal(s.ids[0], row[i].ids);
		assert_true(s.has_service);
		assert_int_equal(s.service.protocol, TW_PROTOCOL_TCP);
		assert_int_equal(s.service.ports.lo, row[i].lo);
		assert_int_equal(s.service.ports.hi, row[i].hi);
		tw_arena_fini(&arena);
	}
	/* what has the whole text as its name comes first, and so does an IPv6 address */
	finds(&w, NULL, "web:443", "eni-2", ENI_2);
	finds(&w, NULL, "2001:db8:1:1::11:443", "", "subnet subnet-a acl-1 2001:db8:1:1::11:443\n");
	world_close(&w);
}

static void test_ports_refused(void **state)
{
	struct tw_selection s = {0};
	struct tw_arena arena;
	struct world w;

	(void)state;
	office(&w);
	refuses(&w, NULL, "i-2:0",
		"\"0\" is no port: expected 1 to 65535, or a range such as 8000-8100");
	refuses(&w, NULL, "i-2:65536",
		"\"65536\" is no port: expected 1 to 65535, or a range such as 8000-8100");
	refuses(&w, NULL, "i-2:90-80",
		"\"90-80\" is no port: expected 1 to 65535, or a range such as 8000-8100");
	refuses(&w, NULL, "2001:db8:0:0:0:0:0:1:443",
		"\"2001:db8:0:0:0:0:0:1\" is an IPv6 address: put it in brackets before a port, as "
		"in [2001:db8::1]:443");
	refuses(&w, NULL, "nobody:443", "nothing in the input is called \"nobody\"" HOW);
	refuses(&w, NULL, "i-2:https",
		"\"https\" is no port: expected 1 to 65535, or a range such as 8000-8100");
	refuses(&w, NULL, ":443",
		"nothing in the input is called \":443\"; did you mean \"web:443\"?");
	tw_arena_init(&arena, w.mem);
	assert_int_equal(
		tw_select_text(w.net, NULL, &arena, w.diags, TW_NO_SPAN, "i-2:443", false, &s),
		TW_EINVAL);
	assert_string_equal(only_error(w.diags), "nothing in the input is called \"i-2:443\"" HOW);
	tw_arena_fini(&arena);
	world_close(&w);
}

static void test_no_address(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add_eni(&w, &(struct eni){.id = "eni-1", .subnet = "subnet-a"});
	finish_net(&w);
	refuses(&w, NULL, "eni-1", "the input has no address of eni-1");
	world_close(&w);
}

/* Whatever is written: a selection with addresses, or exactly one error. */
static void test_random_texts(void **state)
{
	static const char *const piece[] = {"i-1", "vpc-1", "web", "10.0.1", ".12", "/", "24", ":",
		"443", "[", "]", "::", "2001:db8", "-", "sg-web", "0", "99999", " ", "\xc3", "*",
		"internet", "subnet-", "a"};
	struct test_random random;
	struct world w;

	(void)state;
	test_random_init(&random, "select");
	office(&w);
	for (int round = 0; round < 3000; round++) {
		struct tw_selection s = {0};
		struct tw_arena arena;
		const char *text = "";
		tw_arena_init(&arena, w.mem);
		for (uint64_t n = test_random_below(&random, 6); n > 0; n--)
			text = tw_arena_printf(&arena, "%s%s", text,
				piece[test_random_below(&random, TW_COUNT(piece))]);
		tw_status status = ask(&w, NULL, &arena, text, &s);
		if (status != TW_OK)
			assert_int_equal(status, TW_EINVAL);
		assert_int_equal(tw_diags_count(w.diags), status != TW_OK);
		assert_int_equal(s.sites.n > 0, status == TW_OK);
		tw_diags_free(w.diags);
		assert_int_equal(tw_diags_new(w.mem, &w.diags), TW_OK);
		tw_arena_fini(&arena);
	}
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_ids_refused),
		cmocka_unit_test(test_kind_absent),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_addresses_refused),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_shared_names),
		cmocka_unit_test(test_internet),
		cmocka_unit_test(test_internet_without_vpcs),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_ports_refused),
		cmocka_unit_test(test_no_address),
		cmocka_unit_test(test_random_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
