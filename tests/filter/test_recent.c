/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists that were compiled lately, against compiling them anew: sets are canonical, so what comes
 * from memory must be the same numbers. Lists differ from one another in one member of one rule,
 * come again, and the space is reset now and then.
 */

#include "test_alloc.h"

#include "recent.h"
#include "lists.h"
#include "vec.h"

static const struct tw_view views[] = {{TW_INGRESS, TW_REQUEST}, {TW_INGRESS, TW_REPLY},
	{TW_EGRESS, TW_REQUEST}, {TW_EGRESS, TW_REPLY}};

enum { CHANGES = 10 };

/* Another rule, by one of the members that compiling looks at. */
static void change(struct tw_rule *rule, uint32_t which)
{
	switch (which) {
	case 0:
		rule->action = rule->action == TW_ALLOW ? TW_DENY : TW_ALLOW;
		break;
	case 1:
		rule->maybe = !rule->maybe;
		break;
	case 2:
		rule->protocol = rule->protocol == 6 ? 17 : 6;
		break;
	case 3:
		rule->ports.lo = (uint16_t)(rule->ports.lo / 2);
		break;
	case 4:
		rule->ports.hi = (uint16_t)(rule->ports.hi | 4095);
		break;
	case 5:
		rule->every_port = !rule->every_port;
		break;
	case 6:
		rule->icmp_any_type_code = !rule->icmp_any_type_code;
		break;
	case 7:
		rule->peer.addr.lo ^= (uint64_t)1 << (rule->peer.family == TW_IPV4 ? 31 : 63);
		break;
	case 8: /* everywhere, of the other family */
		rule->peer.addr = (struct tw_addr){0, 0};
		rule->peer.len = 0;
		rule->family = rule->family == TW_IPV4 ? TW_IPV6 : TW_IPV4;
		rule->peer.family = rule->family;
		break;
	default:
		rule->peer.len = rule->peer.len > 0 ? (uint8_t)(rule->peer.len - 1) : 0;
		break;
	}
}

static void same(struct tw_space *space, struct tw_recent_lists *recent, struct tw_rules rules)
{
	for (size_t i = 0; i < TW_COUNT(views); i++) {
		struct tw_compiled a, b;

		assert_int_equal(tw_recent_compile(recent, rules, views[i], &a), TW_OK);
		assert_int_equal(tw_compile_acl(space, rules, views[i], &b), TW_OK);
		assert_int_equal(a.allow, b.allow);
		assert_int_equal(a.deny, b.deny);
		assert_int_equal(a.unknown, b.unknown);
		assert_int_equal(a.decides, b.decides);
	}
}

static void as_compiled_anew(void **state)
{
	static struct list list;
	struct test_random random;
	struct test_alloc alloc;
	struct tw_space *space;
	struct tw_recent_lists *recent;

	(void)state;
	test_random_init(&random, "recent lists");
	test_alloc_init(&alloc);
	struct tw_mem *mem = test_mem_new(&alloc);
	assert_int_equal(tw_space_new(mem, 0, &space), TW_OK);
	assert_int_equal(tw_recent_new(space, &recent), TW_OK);
	for (int round = 0; round < 60; round++) {
		list_random(&list, &random, true, false);
		same(space, recent, list.rules);
		for (uint32_t which = 0; which < CHANGES && list.rules.n > 0; which++) {
			size_t at = (size_t)test_random_below(&random, list.rules.n);
			struct tw_rule old = list.rule[at];

			for (int twice = 0; twice < 2; twice++) {
				change(&list.rule[at], which);
				same(space, recent, list.rules);
			}
			list.rule[at] = old;
			if (test_random_below(&random, 8) == 0)
				tw_space_reset(space);
			same(space, recent, list.rules);
		}
	}
	tw_recent_free(recent);
	tw_space_free(space);
	test_mem_free(&alloc, mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_compiled_anew)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
