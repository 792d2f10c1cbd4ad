/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First match in one pass against the slow way that nobody can get wrong: fold the list rule by
 * rule with set operations. Also lists that are long, deep, or hostile.
 */

#include "test_alloc.h"
#include "test_random.h"

#include "twoway/space.h"

enum { MOST = 5000 };

struct fixture {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_space *space;
	struct tw_labelled_box *list;
};

static int setup(void **state)
{
	static struct fixture f;

	test_alloc_init(&f.alloc);
	f.mem = test_mem_new(&f.alloc);
	f.list = test_malloc(MOST * sizeof(*f.list));
	*state = &f;
	return tw_space_new(f.mem, 0, &f.space) != TW_OK;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	test_free(f->list);
	tw_space_free(f->space);
	test_mem_free(&f->alloc, f->mem);
	return 0;
}

static struct tw_range random_block(struct test_random *random, unsigned family)
{
	static const uint8_t lens[] = {0, 0, 8, 16, 20, 24, 28, 32};
	struct tw_prefix prefix = {.family = (uint8_t)family};

	prefix.len = lens[test_random_below(random, 8)];
	prefix.addr.lo = 10u << 24 | (test_random_u64(random) & 0x0303ff);
	if (family == TW_IPV6) {
		prefix.addr = (struct tw_addr){0x20010db800000000 | test_random_below(random, 4),
			test_random_below(random, 4) << 62};
		prefix.len = (uint8_t)(prefix.len * 2 + (prefix.len > 24 ? 64 : 0));
	}
	return tw_prefix_range(prefix);
}

static struct tw_labelled_box random_rule(struct test_random *random, unsigned labels)
{
	static const uint16_t services[] = {22, 80, 443, 3306, 1024, 65535, 0};
	unsigned family = test_random_below(random, 4) ? TW_IPV4 : TW_IPV6;
	struct tw_labelled_box rule = {tw_box_all(family == TW_IPV4 ? TW_IPV4 : TW_IPV6), 0};
	uint16_t port = services[test_random_below(random, 7)];

	rule.label = (uint16_t)test_random_below(random, labels);
	if (test_random_below(random, 5))
		rule.box.protocol_lo = rule.box.protocol_hi = test_random_below(random, 2) ? 6 : 17;
	rule.box.from = random_block(random, family);
	rule.box.to = random_block(random, family);
	if (test_random_below(random, 2))
		rule.box.service = (struct tw_ports){port, port};
	else if (test_random_below(random, 2))
		rule.box.service.lo = port;
	if (test_random_below(random, 3) == 0)
		rule.box.client.lo = 1024;
	return rule;
}

static uint16_t second_or_first(void *ctx, uint16_t a, uint16_t b)
{
	(void)ctx;
	return b != 0 ? (uint16_t)(b - 1) : a;
}

/* From the last rule to the first: inside the rule its label, outside what was there. */
static tw_set fold(
	struct tw_space *space, const struct tw_labelled_box *list, size_t n, uint16_t otherwise)
{
	tw_set result = otherwise;

	for (size_t i = n; i-- > 0;) {
		uint16_t table[] = {0, (uint16_t)(list[i].label + 1)};
		tw_set rule =
			tw_partition_relabel(space, tw_set_box(space, &list[i].box), table, 2);

		result = tw_partition_combine(space, result, rule, second_or_first, NULL);
	}
	return result;
}

static void against_fold(void **state)
{
	struct fixture *f = *state;
	struct test_random random;

	test_random_init(&random, "space first_match");
	for (unsigned run = 0; run < 200; run++) {
		size_t n = test_random_below(&random, run % 20 == 0 ? 200 : 40);
		unsigned labels = 2 + (unsigned)test_random_below(&random, 60);

		for (size_t i = 0; i < n; i++)
			f->list[i] = random_rule(&random, labels);
		assert_int_equal(tw_partition_first_match(f->space, f->list, n, 3),
			fold(f->space, f->list, n, 3));
		assert_int_equal(tw_space_status(f->space), TW_OK);
		if (run % 10 == 0)
			tw_space_reset(f->space);
	}
}

/* The union in one pass, against unions one by one; the order of boxes does not matter. */
static void union_of_boxes(void **state)
{
	struct fixture *f = *state;
	struct test_random random;

	test_random_init(&random, "space union_of_boxes");
	for (unsigned run = 0; run < 100; run++) {
		struct tw_box box[100];
		size_t n = test_random_below(&random, 100);
		tw_set slow = TW_EMPTY, fast;

		for (size_t i = 0; i < n; i++) {
			box[i] = random_rule(&random, 2).box;
			slow = tw_set_union(f->space, slow, tw_set_box(f->space, &box[i]));
		}
		fast = tw_set_boxes(f->space, box, n);
		assert_int_equal(fast, slow);
		for (size_t i = 0; i < n / 2; i++) {
			struct tw_box swap = box[i];

			box[i] = box[n - 1 - i];
			box[n - 1 - i] = swap;
		}
		assert_int_equal(tw_set_boxes(f->space, box, n), slow);
	}
	assert_int_equal(tw_space_status(f->space), TW_OK);
}

/* Thousands of rules, each with a label of its own, judged at points by a scan of the list. */
static void long_list(void **state)
{
	struct fixture *f = *state;
	struct test_random random;
	tw_set partition;
	uint16_t labels[4];

	test_random_init(&random, "space long_list");
	for (size_t i = 0; i < MOST; i++) {
		struct tw_box box = tw_box_all(TW_IPV4);

		box.from.first.lo = test_random_below(&random, 100000);
		box.from.last.lo = box.from.first.lo + test_random_below(&random, 64);
		box.service.lo = (uint16_t)test_random_below(&random, 65536);
		box.service.hi = (uint16_t)(box.service.lo | test_random_below(&random, 256));
		f->list[i] = (struct tw_labelled_box){box, (uint16_t)(i + 1)};
	}
	partition = tw_partition_first_match(f->space, f->list, MOST, 0);
	assert_int_equal(tw_space_status(f->space), TW_OK);
	assert_true(tw_partition_labels(f->space, partition, labels, 4) > MOST / 2);
	assert_int_equal(labels[0], 0);
	for (unsigned run = 0; run < 4000; run++) {
		const struct tw_box *near = &f->list[test_random_below(&random, MOST)].box;
		struct tw_point point = {.family = TW_IPV4, .protocol = 17};
		uint16_t want = 0;

		point.from.lo = near->from.first.lo + test_random_below(&random, 66);
		point.service = (uint16_t)(near->service.lo + test_random_below(&random, 3));
		for (size_t i = 0; i < MOST && want == 0; i++) {
			const struct tw_box *box = &f->list[i].box;

			if (box->from.first.lo <= point.from.lo &&
				point.from.lo <= box->from.last.lo &&
				box->service.lo <= point.service &&
				point.service <= box->service.hi)
				want = f->list[i].label;
		}
		assert_int_equal(tw_partition_label(f->space, partition, &point), want);
	}
}

/* Labels at the top of their range, and a list that is all behind its first rule. */
static void edges(void **state)
{
	struct fixture *f = *state;
	struct tw_labelled_box list[3] = {{tw_box_all(TW_IPV4), 65535},
		{tw_box_all(TW_IPV6), 65534}, {tw_box_all(TW_IPV4), 1}};
	struct tw_point point = {.family = TW_IPV4};
	uint16_t labels[3];
	tw_set p = tw_partition_first_match(f->space, list, 3, 7);

	assert_int_equal(tw_partition_label(f->space, p, &point), 65535);
	point.family = TW_IPV6;
	assert_int_equal(tw_partition_label(f->space, p, &point), 65534);
	assert_int_equal(tw_partition_labels(f->space, p, labels, 3), 2);
	assert_int_equal(labels[0], 65534);
	assert_int_equal(labels[1], 65535);
	list[1].label = 65535;
	assert_int_equal(tw_partition_first_match(f->space, list, 3, 7), 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(against_fold, setup, teardown),
		cmocka_unit_test_setup_teardown(union_of_boxes, setup, teardown),
		cmocka_unit_test_setup_teardown(long_list, setup, teardown),
		cmocka_unit_test_setup_teardown(edges, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
