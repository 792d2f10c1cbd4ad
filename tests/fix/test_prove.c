/* SPDX-License-Identifier: Apache-2.0 */
/* When a flow is worse off after a fix: shares of ports, whatever they are counted in. */
#include "test_alloc.h"

#include "mend.h"

/* A partial flow of one Linux client, with so many ports of a total. */
static bool worse(uint64_t passing, uint64_t total, uint64_t then, uint64_t of)
{
	const struct tw_client *linux = tw_client_find("linux");
	struct tw_client_result a = {.client = linux, .verdict = TW_PARTIAL};
	struct tw_client_result b = a;
	struct tw_flow before = {.verdict = TW_PARTIAL, .request = "all", .satisfied = -1};
	struct tw_flow after = before;
	a.passing = passing;
	a.total = total;
	b.passing = then;
	b.total = of;
	before.client = &a;
	after.client = &b;
	before.clients_n = after.clients_n = 1;
	return tw_is_worse(&before, &after);
}

static void test_shares(void **state)
{
	const uint64_t one = 28232, two = one * 64512;
	assert_true(worse(100, one, 99, one));
	assert_false(worse(100, one, 100, one));
	assert_false(worse(100, one, 101, one));
	/* The leg of a gateway comes in or goes: half of the ports is half of the pairs. */
	assert_false(worse(one / 2, one, two / 2, two));
	assert_true(worse(one / 2, one, two / 2 - 1, two));
	assert_false(worse(one / 2, one, two / 2 + 1, two));
	assert_false(worse(two / 2, two, one / 2, one));
	assert_true(worse(two / 2 + 1, two, one / 2, one));
	/* Numbers whose products do not fit. */
	assert_true(worse(UINT64_MAX - 2, UINT64_MAX, one - 1, one));
	assert_false(worse(1, UINT64_MAX, 1, one));
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_shares)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
