/* SPDX-License-Identifier: Apache-2.0 */

/* Where the targets of target groups are, and what a load balancer has behind it. */

#include "net_fixture.h"

static void add_eni(struct world *w, const char *id, const char *vpc_id, const char *instance_id,
	bool primary, const char *addresses)
{
	struct tw_interface one = {.object = {.id = id, .span = world_span(w)},
		.vpc_id = vpc_id,
		.instance_id = instance_id,
		.primary = primary,
		.addresses = prefixes_of(w, addresses)};

	assert_int_equal(tw_net_add_interface(w->net, w->diags, &one), TW_OK);
}

static void add_targets(struct world *w, const char *vpc_id, enum tw_target_type type,
	uint8_t family, const struct tw_member *member, size_t n)
{
	struct tw_target_group group = {.object = {.id = "t", .span = world_span(w)},
		.type = type,
		.vpc_id = vpc_id,
		.family = family,
		.member = member,
		.members_n = n,
		.members_known = true};

	assert_int_equal(tw_net_add_target_group(w->net, w->diags, &group), TW_OK);
	assert_int_equal(tw_net_finish(w->net, w->diags), TW_OK);
}

static void assert_member(struct world *w, size_t i, uint32_t interface, const char *address)
{
	const struct tw_member *member = &w->net->target_group[0].member[i];
	char text[TW_PREFIX_TEXT] = "";

	if (member->address.family)
		tw_prefix_text(member->address, text);
	assert_string_equal(text, address);
	assert_int_equal(member->interface, interface);
}

static void instances_have_a_primary_interface(void **state)
{
	static const struct tw_member member[] = {
		{.id = "i-1"}, {.id = "i-2"}, {.id = "i-3"}, {.id = "i-4"}, {.id = "i-9"}};
	struct world w;

	(void)state;
	world_open(&w);
	add_eni(&w, "eni-0", "vpc-2", "i-1", false, "10.9.0.1");
	add_eni(&w, "eni-1", "vpc-1", "i-1", false, "10.0.0.1");
	add_eni(&w, "eni-2", "vpc-1", "i-1", true, "10.0.0.2 10.0.0.3");
	add_eni(&w, "eni-3", "vpc-1", "i-2", false, "10.0.0.16/28 10.0.0.4");
	add_eni(&w, "eni-4", "vpc-1", "i-2", false, "10.0.0.5");
	add_eni(&w, "eni-5", "vpc-2", "i-3", true, "10.9.0.3");
	add_eni(&w, "eni-6", "vpc-1", "i-4", true, "2001:db8::4");
	add_targets(&w, "vpc-1", TW_TARGET_INSTANCES, TW_IPV4, member, TW_COUNT(member));
	assert_member(&w, 0, 2, "10.0.0.2/32");
	assert_member(&w, 1, 3, "10.0.0.4/32");
	assert_member(&w, 2, TW_MISSING, ""); /* in another VPC than the group */
	assert_member(&w, 3, 6, "");	      /* has no IPv4 address */
	assert_member(&w, 4, TW_MISSING, "");
	world_close(&w);
}

/* Which of several IPv6 addresses is the primary one, the input does not say. */
static void instances_of_an_ipv6_group(void **state)
{
	static const struct tw_member member[] = {{.id = "i-1"}, {.id = "i-2"}};
	struct world w;

	(void)state;
	world_open(&w);
	add_eni(&w, "eni-1", "vpc-1", "i-1", true, "10.0.0.1 2001:db8::1");
	add_eni(&w, "eni-2", "vpc-1", "i-2", true, "10.0.0.2 2001:db8::2 2001:db8::3");
	add_targets(&w, "vpc-1", TW_TARGET_INSTANCES, TW_IPV6, member, TW_COUNT(member));
	assert_member(&w, 0, 0, "2001:db8::1/128");
	assert_member(&w, 1, 1, "");
	world_close(&w);
}

static void addresses_have_an_interface(void **state)
{
	static const struct tw_member member[] = {{.id = "10.0.0.1"}, {.id = "10.0.0.20"},
		{.id = "10.0.0.99"}, {.id = "10.9.0.1"}, {.id = "10.8.0.1"}, {.id = "2001:db8::77"},
		{.id = "nonsense"}, {.id = "10.0.0.0/24"}};
	struct world w;

	(void)state;
	world_open(&w);
	add_vpc(&w, "vpc-1", "10.0.0.0/16");
	add_eni(&w, "eni-0", "vpc-2", NULL, false, "10.0.0.1 10.0.0.99");
	add_eni(&w, "eni-1", "vpc-1", NULL, false, "10.0.0.9 10.0.0.1 10.0.0.16/28");
	add_eni(&w, "eni-2", "vpc-2", NULL, false, "10.9.0.1");
	add_eni(&w, "eni-3", "vpc-2", NULL, false, "10.8.0.1");
	add_eni(&w, "eni-4", "vpc-3", NULL, false, "10.8.0.1");
	add_eni(&w, "eni-5", "vpc-1", NULL, false, "2001:db8::/80");
	add_targets(&w, "vpc-1", TW_TARGET_ADDRESSES, TW_IPV4, member, TW_COUNT(member));
	assert_member(&w, 0, 1, "10.0.0.1/32");
	assert_member(&w, 1, 1, "10.0.0.20/32");	  /* of a delegated block */
	assert_member(&w, 2, TW_MISSING, "10.0.0.99/32"); /* the other VPC's is another one */
	assert_member(&w, 3, 2, "10.9.0.1/32");
	assert_member(&w, 4, TW_MISSING, "10.8.0.1/32"); /* which of two? */
	assert_member(&w, 5, 5, "2001:db8::77/128");
	assert_member(&w, 6, TW_MISSING, "");
	assert_member(&w, 7, TW_MISSING, "");
	world_close(&w);
}

static void functions_and_balancers_have_no_address(void **state)
{
	static const struct tw_member member[] = {{.id = "10.0.0.1"}};
	static const enum tw_target_type types[] = {TW_TARGET_LAMBDA, TW_TARGET_ALB};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(types); i++) {
		struct world w;
		world_open(&w);
		add_eni(&w, "eni-1", "vpc-1", "10.0.0.1", true, "10.0.0.1");
		add_targets(&w, "vpc-1", types[i], TW_IPV4, member, 1);
		assert_member(&w, 0, TW_MISSING, "");
		world_close(&w);
	}
}

/* ---- a hundred thousand interfaces, ten thousand groups -------------------------------------- */

#define INTERFACES 100000
#define GROUPS	   10000

static const char *name_of(struct world *w, const char *kind, unsigned i)
{
	const char *name = tw_arena_printf(&w->net->arena, "%s-%u", kind, i);

	assert_non_null(name);
	return name;
}

/* Every group names all balancers' one, and every listener a group: nothing is tried pairwise. */
static void many_are_linked(void **state)
{
	static const char *const balancer[] = {"lb"};
	struct world w;

	(void)state;
	world_open(&w);
	for (unsigned i = 0; i < INTERFACES; i++) {
		struct tw_prefix *address = TW_NEW(&w.net->arena, struct tw_prefix);
		assert_non_null(address);
		*address = (struct tw_prefix){
			.addr = {0, 0x0a000000u + i}, .family = TW_IPV4, .len = 32};
		struct tw_interface one = {.object = {.id = name_of(&w, "eni", i)},
			.vpc_id = "vpc-1",
			.instance_id = name_of(&w, "i", i),
			.addresses = {address, 1}};
		assert_int_equal(tw_net_add_interface(w.net, w.diags, &one), TW_OK);
	}
	struct tw_balancer lb = {.object = {.id = "lb"}};
	assert_int_equal(tw_net_add_balancer(w.net, w.diags, &lb), TW_OK);
	for (unsigned i = 0; i < GROUPS; i++) {
		struct tw_member *member = TW_NEW(&w.net->arena, struct tw_member);
		assert_non_null(member);
		member->id = name_of(&w, "i", INTERFACES - 1 - i);
		struct tw_target_group group = {.object = {.id = name_of(&w, "t", i)},
			.vpc_id = "vpc-1",
			.family = TW_IPV4,
			.member = member,
			.members_n = 1,
			.balancers = {balancer, NULL, 1}};
		assert_int_equal(tw_net_add_target_group(w.net, w.diags, &group), TW_OK);
	}
	assert_int_equal(tw_net_finish(w.net, w.diags), TW_OK);
	assert_int_equal(w.net->balancer[0].targets.n, GROUPS);
	for (unsigned i = 0; i < GROUPS; i++)
		assert_int_equal(w.net->target_group[i].member[0].interface, INTERFACES - 1 - i);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instances_have_a_primary_interface),
		cmocka_unit_test(instances_of_an_ipv6_group),
		cmocka_unit_test(addresses_have_an_interface),
		cmocka_unit_test(functions_and_balancers_have_no_address),
		cmocka_unit_test(many_are_linked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
