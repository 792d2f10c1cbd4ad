/* SPDX-License-Identifier: Apache-2.0 */

/* Whom a group's rule means: references, prefix lists, and what the input leaves open. */

#include "net_fixture.h"

#include <stdio.h>

static struct tw_rule to_group(struct world *w, const char *id)
{
	return (struct tw_rule){.id = "sgr-1",
		.action = TW_ALLOW,
		.protocol = TW_PROTOCOL_ALL,
		.ports = {0, 65535},
		.every_port = true,
		.peer_group = id,
		.span = world_span(w)};
}

static struct tw_rule to_list(struct world *w, const char *id)
{
	struct tw_rule rule = to_group(w, NULL);

	rule.peer_prefix_list = id;
	return rule;
}

static void assert_peer(const struct tw_rule *rule, size_t i, const char *text)
{
	char first[TW_PREFIX_TEXT], last[TW_PREFIX_TEXT], both[2 * TW_PREFIX_TEXT + 1];
	struct tw_range range = rule->peers[i];

	assert_true(i < rule->peers_n);
	tw_addr_text(range.first, (enum tw_family)range.family, first);
	tw_addr_text(range.last, (enum tw_family)range.family, last);
	snprintf(both, sizeof(both), "%s-%s", first, last);
	assert_string_equal(both, text);
}

static void assert_everybody(const struct tw_rule *rule, const char *reason)
{
	assert_true(rule->maybe);
	assert_string_equal(rule->maybe_reason, reason);
	assert_int_equal(rule->peers_n, 2);
	assert_peer(rule, 0, "0.0.0.0-255.255.255.255");
	assert_peer(rule, 1, "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static const struct tw_rules *finish(struct world *w)
{
	assert_int_equal(tw_net_finish(w->net, w->diags), TW_OK);
	assert_int_equal(tw_diags_count(w->diags), 0);
	return &w->net->group[0].list[TW_INGRESS];
}

/* SPEC: sg-ref-private-ips */
static void a_reference_means_the_private_addresses_of_members(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule = to_group(&w, "sg-2");
	add_group(&w, "sg-1", "vpc-1", &rule, 1);
	add_group(&w, "sg-2", "vpc-1", NULL, 0);
	add_interface(&w, "eni-1", "vpc-1", "sg-2 sg-1", "10.0.0.9 2001:db8::1");
	add_interface(&w, "eni-2", "vpc-1", "sg-2", "10.0.0.4");
	add_interface(&w, "eni-3", "vpc-1", "sg-2", "10.0.0.5 10.0.0.8 10.0.0.16/28");
	add_interface(&w, "eni-4", "vpc-1", "sg-1", "10.0.0.6");
	const struct tw_rules *list = finish(&w);
	/* Sorted, and united where they touch: 8 and 9. */
	assert_int_equal(list->n, 1);
	assert_false(list->rule[0].maybe);
	assert_int_equal(list->rule[0].peers_n, 4);
	assert_peer(&list->rule[0], 0, "10.0.0.4-10.0.0.5");
	assert_peer(&list->rule[0], 1, "10.0.0.8-10.0.0.9");
	assert_peer(&list->rule[0], 2, "10.0.0.16-10.0.0.31");
	assert_peer(&list->rule[0], 3, "2001:db8::1-2001:db8::1");
	world_close(&w);
}

static void rules_share_what_a_reference_means(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule[2] = {to_group(&w, "sg-1"), to_group(&w, "sg-1")};
	add_group(&w, "sg-1", "vpc-1", rule, 2);
	add_interface(&w, "eni-1", "vpc-1", "sg-1", "10.0.0.9");
	const struct tw_rules *list = finish(&w);
	assert_ptr_equal(list->rule[0].peers, list->rule[1].peers);
	world_close(&w);
}

/* All interfaces are in the input, and none carries it: surely nobody. */
static void a_group_without_members_means_nobody(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule = to_group(&w, "sg-2");
	add_group(&w, "sg-1", "vpc-1", &rule, 1);
	add_group(&w, "sg-2", "vpc-1", NULL, 0);
	add_interface(&w, "eni-1", "vpc-1", "sg-1", "10.0.0.9");
	const struct tw_rules *list = finish(&w);
	assert_int_equal(list->n, 1);
	assert_false(list->rule[0].maybe);
	assert_non_null(list->rule[0].peers);
	assert_int_equal(list->rule[0].peers_n, 0);
	world_close(&w);
}

static void without_interfaces_everybody_may_be_meant(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule = to_group(&w, "sg-1");
	add_group(&w, "sg-1", "vpc-1", &rule, 1);
	const struct tw_rules *list = finish(&w);
	assert_int_equal(list->n, 1);
	assert_everybody(&list->rule[0], "the input does not hold all interfaces that carry sg-1");
	world_close(&w);
}

static void of_a_cut_answer_the_known_part_is_sure(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule = to_group(&w, "sg-1");
	add_group(&w, "sg-1", "vpc-1", &rule, 1);
	add_interface(&w, "eni-1", "vpc-1", "sg-1", "10.0.0.9");
	w.net->incomplete[TW_KIND_INTERFACE] = true;
	const struct tw_rules *list = finish(&w);
	assert_int_equal(list->n, 2);
	assert_false(list->rule[0].maybe);
	assert_int_equal(list->rule[0].peers_n, 1);
	assert_peer(&list->rule[0], 0, "10.0.0.9-10.0.0.9");
	assert_everybody(&list->rule[1], "the input does not hold all interfaces that carry sg-1");
	assert_string_equal(list->rule[0].id, list->rule[1].id);
	world_close(&w);
}

static void a_group_out_of_sight_may_be_anybody(void **state)
{
	struct world w;

	(void)state;
	/* Another account's: not in the input at all. */
	world_open(&w);
	struct tw_rule rule = to_group(&w, "sg-9");
	add_group(&w, "sg-1", "vpc-1", &rule, 1);
	add_interface(&w, "eni-1", "vpc-1", "sg-1", "10.0.0.9");
	const struct tw_rules *list = finish(&w);
	assert_int_equal(list->n, 1);
	assert_everybody(&list->rule[0], "security group sg-9 is not in the input");
	world_close(&w);

	/* Another VPC's, of which no interface is in the input. */
	world_open(&w);
	rule = to_group(&w, "sg-2");
	add_group(&w, "sg-1", "vpc-1", &rule, 1);
	add_group(&w, "sg-2", "vpc-2", NULL, 0);
	add_interface(&w, "eni-1", "vpc-1", "sg-1", "10.0.0.9");
	list = finish(&w);
	assert_everybody(&list->rule[0], "the VPC of security group sg-2 is not in the input");
	world_close(&w);

	/* The same, and that VPC is there: surely nobody. */
	world_open(&w);
	rule = to_group(&w, "sg-2");
	add_group(&w, "sg-1", "vpc-1", &rule, 1);
	add_group(&w, "sg-2", "vpc-2", NULL, 0);
	add_interface(&w, "eni-1", "vpc-2", "", "10.0.0.9");
	list = finish(&w);
	assert_false(list->rule[0].maybe);
	assert_int_equal(list->rule[0].peers_n, 0);
	world_close(&w);
}

/* What the reader left open stays open, with its reason. */
static void a_rule_that_is_open_stays_open(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule[2] = {to_group(&w, "sg-1"), to_group(&w, "sg-9")};
	for (int i = 0; i < 2; i++) {
		rule[i].maybe = true;
		rule[i].maybe_reason = "stale";
	}
	add_group(&w, "sg-1", "vpc-1", rule, 2);
	add_interface(&w, "eni-1", "vpc-1", "sg-1", "10.0.0.9");
	const struct tw_rules *list = finish(&w);
	assert_int_equal(list->n, 2);
	assert_true(list->rule[0].maybe);
	assert_int_equal(list->rule[0].peers_n, 1);
	assert_everybody(&list->rule[1], "stale");
	world_close(&w);
}

static void prefix_lists_mean_their_entries(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule[4] = {
		to_list(&w, "pl-1"), to_list(&w, "pl-2"), to_list(&w, "pl-3"), to_list(&w, "pl-4")};
	struct tw_prefix_list known = {.object = {.id = "pl-1"},
		.entries_known = true,
		.cidrs = prefixes_of(&w, "192.0.2.128/25 192.0.2.0/25 198.51.100.0/24")};
	struct tw_prefix_list part = {
		.object = {.id = "pl-2"}, .cidrs = prefixes_of(&w, "192.0.2.0/24")};
	struct tw_prefix_list named = {.object = {.id = "pl-3"}};
	add_group(&w, "sg-1", "vpc-1", rule, 4);
	assert_int_equal(tw_net_add_prefix_list(w.net, w.diags, &known), TW_OK);
	assert_int_equal(tw_net_add_prefix_list(w.net, w.diags, &part), TW_OK);
	assert_int_equal(tw_net_add_prefix_list(w.net, w.diags, &named), TW_OK);
	const struct tw_rules *list = finish(&w);
	assert_int_equal(list->n, 5);
	assert_false(list->rule[0].maybe);
	assert_int_equal(list->rule[0].peers_n, 2);
	assert_peer(&list->rule[0], 0, "192.0.2.0-192.0.2.255");
	assert_peer(&list->rule[0], 1, "198.51.100.0-198.51.100.255");
	assert_false(list->rule[1].maybe);
	assert_peer(&list->rule[1], 0, "192.0.2.0-192.0.2.255");
	assert_everybody(&list->rule[2], "the input does not hold all entries of prefix list pl-2");
	assert_everybody(&list->rule[3], "the input does not hold all entries of prefix list pl-3");
	assert_everybody(&list->rule[4], "prefix list pl-4 is not in the input");
	world_close(&w);
}

/* The last addresses of both families do not wrap around. */
static void the_last_addresses_stay_last(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	struct tw_rule rule = to_list(&w, "pl-1");
	struct tw_prefix_list list = {.object = {.id = "pl-1"},
		.entries_known = true,
		.cidrs = prefixes_of(&w, "::/128 255.255.255.255/32 ffff::/16 0.0.0.0/32")};
	add_group(&w, "sg-1", "vpc-1", &rule, 1);
	assert_int_equal(tw_net_add_prefix_list(w.net, w.diags, &list), TW_OK);
	const struct tw_rules *rules = finish(&w);
	assert_int_equal(rules->rule[0].peers_n, 4);
	assert_peer(&rules->rule[0], 0, "0.0.0.0-0.0.0.0");
	assert_peer(&rules->rule[0], 1, "255.255.255.255-255.255.255.255");
	assert_peer(&rules->rule[0], 2, "::-::");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reference_means_the_private_addresses_of_members),
		cmocka_unit_test(rules_share_what_a_reference_means),
		cmocka_unit_test(a_group_without_members_means_nobody),
		cmocka_unit_test(without_interfaces_everybody_may_be_meant),
		cmocka_unit_test(of_a_cut_answer_the_known_part_is_sure),
		cmocka_unit_test(a_group_out_of_sight_may_be_anybody),
		cmocka_unit_test(a_rule_that_is_open_stays_open),
		cmocka_unit_test(prefix_lists_mean_their_entries),
		cmocka_unit_test(the_last_addresses_stay_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
