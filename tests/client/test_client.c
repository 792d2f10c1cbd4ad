/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The built-in clients against the numbers of the specification: the passing table is data that was
 * computed there, row by row; nothing here comes from the program.
 */

#include "test_alloc.h"

#include <stdlib.h>

#include "test_random.h"
#include "twoway/client.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct tw_client *client(const char *id)
{
	const struct tw_client *found = tw_client_find(id);

	if (found == NULL)
		fail_msg("there is no client %s", id);
	return found;
}

/* SPEC: broken-fraction, rule-49152-65535, rule-32768-65535, rule-32768-60999, rule-1024-65535 */
static void test_passing_table(void **state)
{
	static const struct tw_ports rule[] = {{49152, 65535}, {32768, 65535}, {32768, 60999},
		{32768, 61000}, {1024, 65535}, {1025, 5000}};
	static const struct {
		const char *ids[8];
		uint32_t total, passing[COUNT(rule)];
	} row[] = {
		{{"linux", "amazon-linux"}, 28232, {11848, 28232, 28232, 28232, 28232, 0}},
		{{"windows", "macos", "netbsd", "iana"}, 16384,
			{16384, 16384, 11848, 11849, 16384, 0}},
		{{"windows-xp", "windows-2003"}, 3976, {0, 0, 0, 0, 3976, 3976}},
		{{"nat-gateway", "elb", "alb", "lambda", "linux-snat", "eks-snat", "any"}, 64512,
			{16384, 32768, 28232, 28233, 64512, 3976}},
		{{"nat", "dns-resolver"}, 64512, {16384, 32768, 28232, 28233, 64512, 3976}},
		{{"freebsd"}, 55536, {16384, 32768, 28232, 28233, 55536, 0}},
		{{"openbsd"}, 48128, {0, 16384, 16384, 16384, 48128, 3976}},
		{{"solaris", "aix"}, 32768, {16384, 32768, 28232, 28233, 32768, 0}},
		{{"6005-65534"}, 59530, {16383, 32767, 28232, 28233, 59530, 0}},
		{{"10240-65535"}, 55296, {16384, 32768, 28232, 28233, 55296, 0}},
	};
	size_t checked = 0, built_in;

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		for (size_t k = 0; k < COUNT(row[i].ids) && row[i].ids[k] != NULL; k++) {
			const struct tw_client *c;
			struct tw_client range;

			if (tw_client_from_range(row[i].ids[k], &range)) {
				c = &range;
			} else {
				c = client(row[i].ids[k]);
				checked++;
			}
			assert_int_equal(tw_client_total(c), row[i].total);
			for (size_t r = 0; r < COUNT(rule); r++)
				assert_int_equal(
					tw_client_passing(c, &rule[r], 1), row[i].passing[r]);
		}
	}
	/* Every row of the table has been compared. */
	tw_clients(&built_in);
	assert_int_equal(checked, built_in);
}

static void test_ids(void **state)
{
	static const char *const order[] = {"linux", "amazon-linux", "windows", "windows-xp",
		"windows-2003", "macos", "freebsd", "openbsd", "netbsd", "solaris", "aix", "nat",
		"nat-gateway", "elb", "alb", "lambda", "linux-snat", "eks-snat", "dns-resolver",
		"iana", "any"};
	size_t n;
	const struct tw_client *table = tw_clients(&n);

	(void)state;
	assert_int_equal(n, COUNT(order));
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(table[i].id, order[i]);
		assert_ptr_equal(client(order[i]), &table[i]);
	}
	/* Withdrawn or never there. */
	assert_null(tw_client_find("nlb"));
	assert_null(tw_client_find("docker-snat"));
	assert_null(tw_client_find("Linux"));
	assert_null(tw_client_find(""));
}

static void test_rows_are_whole(void **state)
{
	size_t n;
	const struct tw_client *table = tw_clients(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct tw_client *c = &table[i];

		assert_true(strlen(c->title) > 0);
		assert_true(strlen(c->source) > 0);
		assert_true(strlen(c->reference) > 0);
		assert_non_null(c->note);
		assert_true(c->note[0] == '\0' || c->note[strlen(c->note) - 1] == '.');
		assert_in_range(c->ranges, 1, TW_CLIENT_RANGES);
		for (size_t k = 0; k < c->ranges; k++) {
			assert_true(c->range[k].lo >= 1); /* nobody picks port 0 */
			assert_true(c->range[k].lo <= c->range[k].hi);
			if (k > 0)
				assert_true(c->range[k - 1].hi + 1 < c->range[k].lo);
		}
	}
}

/* SPEC: linux-connect-step, freebsd-algorithm, openbsd-algorithm, snat-changes-class */
static void test_picks(void **state)
{
	static const char *const even[] = {"freebsd", "openbsd", "linux-snat", "eks-snat"};
	size_t n, claims = 0;
	const struct tw_client *table = tw_clients(&n);
	enum tw_picks picks;

	(void)state;
	assert_int_equal(client("linux")->picks, TW_PICKS_LINUX_CONNECT);
	assert_int_equal(client("amazon-linux")->picks, TW_PICKS_LINUX_CONNECT);
	for (size_t i = 0; i < COUNT(even); i++)
		assert_int_equal(client(even[i])->picks, TW_PICKS_EVEN);
	for (size_t i = 0; i < n; i++)
		claims += table[i].picks != TW_PICKS_UNPUBLISHED;
	assert_int_equal(claims, 2 + COUNT(even));

	assert_string_equal(tw_picks_name(TW_PICKS_LINUX_CONNECT), "linux-connect");
	assert_string_equal(tw_picks_name(TW_PICKS_EVEN), "even");
	assert_string_equal(tw_picks_name(TW_PICKS_UNPUBLISHED), "unpublished");
	for (int i = TW_PICKS_LINUX_CONNECT; i <= TW_PICKS_UNPUBLISHED; i++) {
		assert_true(tw_picks_parse(tw_picks_name((enum tw_picks)i), &picks));
		assert_int_equal(picks, i);
	}
	picks = TW_PICKS_EVEN;
	assert_false(tw_picks_parse("random", &picks));
	assert_false(tw_picks_parse("", &picks));
	assert_int_equal(picks, TW_PICKS_EVEN);
}

/* SPEC: linux-run-length */
static void test_runs(void **state)
{
	static const struct {
		uint32_t passing, total, fail, ok;
	} row[] = {
		{11848, 28232, 1820, 1316},
		{28232, 28232, 0, 3136},
		{0, 28232, 3136, 0},
		{8, 17, 1, 0},
		{0, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		uint32_t bad, good;

		tw_client_runs(row[i].passing, row[i].total, &bad, &good);
		assert_int_equal(bad, row[i].fail);
		assert_int_equal(good, row[i].ok);
	}
}

/* SPEC: deny-inside-range */
static void test_one_denied_port(void **state)
{
	static const struct tw_ports without_3389[] = {{0, 3388}, {3390, 65535}};
	static const struct tw_ports without_40000[] = {{0, 39999}, {40001, 65535}};

	(void)state;
	assert_int_equal(tw_client_passing(client("linux"), without_3389, 2), 28232);
	assert_int_equal(tw_client_passing(client("nat-gateway"), without_3389, 2), 64511);
	assert_int_equal(tw_client_passing(client("openbsd"), without_3389, 2), 48127);
	assert_int_equal(tw_client_passing(client("windows-xp"), without_3389, 2), 3975);
	assert_int_equal(tw_client_passing(client("linux"), without_40000, 2), 28231);
	assert_int_equal(tw_client_passing(client("linux"), NULL, 0), 0);
}

/* Random sets of ports; passing is compared with counting port by port. */
struct port_set {
	bool has[65536];
	struct tw_ports range[TW_CLIENT_RANGES];
	size_t n;
};

static void random_ports(struct test_random *random, struct port_set *set)
{
	uint32_t next = (uint32_t)test_random_below(random, 3000);

	memset(set, 0, sizeof(*set));
	while (set->n < COUNT(set->range) && next < 65536) {
		uint32_t longest = test_random_below(random, 4) > 0 ? 20 : 20000;
		uint32_t last = next + (uint32_t)test_random_below(random, longest);

		last = last > 65535 ? 65535 : last;
		set->range[set->n++] = (struct tw_ports){(uint16_t)next, (uint16_t)last};
		for (uint32_t p = next; p <= last; p++)
			set->has[p] = true;
		next = last + 2 + (uint32_t)test_random_below(random, 6000);
	}
}

static void test_random_laws(void **state)
{
	static const struct tw_ports every = {0, 65535};
	struct port_set *a = calloc(1, sizeof(*a)), *b = calloc(1, sizeof(*b));
	struct test_random random;

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	test_random_init(&random, "client laws");
	for (int round = 0; round < 300; round++) {
		struct tw_client c = {.id = "random"};
		uint32_t total = 0, passing = 0;

		random_ports(&random, a);
		random_ports(&random, b);
		memcpy(c.range, a->range, sizeof(c.range));
		c.ranges = a->n;
		for (uint32_t p = 0; p < 65536; p++) {
			total += a->has[p];
			passing += a->has[p] && b->has[p];
		}
		assert_int_equal(tw_client_total(&c), total);
		assert_int_equal(tw_client_passing(&c, b->range, b->n), passing);
		assert_int_equal(tw_client_passing(&c, &every, 1), total);
		assert_int_equal(tw_client_passing(&c, c.range, c.ranges), total);
	}
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passing_table),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_rows_are_whole),
		cmocka_unit_test(test_picks),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_one_denied_port),
		cmocka_unit_test(test_random_laws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
