/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random programs of set operations against plain loops over cells (cells.h), and the laws of set
 * algebra as identities of numbers, on random sets whose cuts are anywhere.
 */

#include "test_alloc.h"
#include "test_random.h"

#include "cells_run.h"

static unsigned next(void *ctx, unsigned n)
{
	return (unsigned)test_random_below(ctx, n);
}

static void random_programs(void **state)
{
	struct test_random random;
	struct test_alloc alloc;
	struct tw_space *space = NULL;
	struct tw_mem *mem;
	size_t nodes = 0;

	(void)state;
	test_random_init(&random, "space random_programs");
	test_alloc_init(&alloc);
	mem = test_mem_new(&alloc);
	assert_int_equal(tw_space_new(mem, 0, &space), TW_OK);
	for (unsigned run = 0; run < 60; run++) {
		struct cells_program program = {next, &random, 40};
		const char *wrong = cells_run(space, &program);

		if (wrong)
			fail_msg("run %u: %s", run, wrong);
		assert_int_equal(tw_space_status(space), TW_OK);
		nodes += tw_space_nodes(space);
		/* Half of the runs meet the nodes of the runs before them. */
		if (run % 2)
			tw_space_reset(space);
	}
	assert_true(nodes > 1000);
	tw_space_free(space);
	test_mem_free(&alloc, mem);
}

static uint16_t random_port(struct test_random *random)
{
	return (uint16_t)(test_random_u64(random) >> test_random_below(random, 16) & 0xffff);
}

static struct tw_range random_range(struct test_random *random, unsigned family)
{
	struct tw_range range = {.family = (uint8_t)family};

	if (test_random_below(random, 4) == 0) {
		range.last = tw_addr_max(family == 6 ? TW_IPV6 : TW_IPV4);
		return range;
	}
	range.first.lo = test_random_u64(random) >> (family == 6 ? 0 : 32);
	range.first.hi = family == 6 ? test_random_below(random, 3) : 0;
	range.last = range.first;
	range.last.lo |= (1u << test_random_below(random, 32)) - 1;
	return range;
}

static struct tw_box random_box(struct test_random *random)
{
	unsigned family = test_random_below(random, 3) ? 4 : 6;
	struct tw_box box = tw_box_all(family == 6 ? TW_IPV6 : TW_IPV4);
	uint16_t a = random_port(random), b = random_port(random);

	if (test_random_below(random, 2))
		box.protocol_lo = box.protocol_hi = test_random_below(random, 2) ? 6 : 17;
	box.from = random_range(random, family);
	box.to = random_range(random, family);
	if (test_random_below(random, 2))
		box.client = (struct tw_ports){a < b ? a : b, a < b ? b : a};
	if (test_random_below(random, 2))
		box.service = (struct tw_ports){a, a};
	return box;
}

static tw_set random_set(struct tw_space *space, struct test_random *random)
{
	struct tw_box box[12];
	size_t n = 1 + test_random_below(random, 12);

	for (size_t i = 0; i < n; i++)
		box[i] = random_box(random);
	return tw_set_boxes(space, box, n);
}

static void laws_of_three(struct tw_space *space, tw_set a, tw_set b, tw_set c)
{
	tw_set all = tw_set_all(space);
	tw_set not_a = tw_set_subtract(space, all, a), not_b = tw_set_subtract(space, all, b);
	tw_set ab = tw_set_union(space, a, b), both = tw_set_intersect(space, a, b);

	assert_int_equal(ab, tw_set_union(space, b, a));
	assert_int_equal(both, tw_set_intersect(space, b, a));
	assert_int_equal(tw_set_union(space, a, a), a);
	assert_int_equal(tw_set_intersect(space, a, a), a);
	assert_int_equal(tw_set_subtract(space, a, a), TW_EMPTY);
	assert_int_equal(tw_set_subtract(space, all, not_a), a);
	assert_int_equal(tw_set_union(space, a, not_a), all);
	assert_int_equal(tw_set_intersect(space, a, not_a), TW_EMPTY);
	assert_int_equal(tw_set_subtract(space, all, ab), tw_set_intersect(space, not_a, not_b));
	assert_int_equal(tw_set_subtract(space, all, both), tw_set_union(space, not_a, not_b));
	assert_int_equal(tw_set_subtract(space, a, b), tw_set_intersect(space, a, not_b));
	assert_int_equal(
		tw_set_union(space, ab, c), tw_set_union(space, a, tw_set_union(space, b, c)));
	assert_int_equal(tw_set_intersect(space, ab, c),
		tw_set_union(space, tw_set_intersect(space, a, c), tw_set_intersect(space, b, c)));
	assert_int_equal(tw_set_union(space, both, a), a);
	assert_int_equal(tw_partition_restrict(space, a, b), both);
	assert_int_equal(tw_partition_where(space, a, 1), a);
	assert_int_equal(tw_partition_where(space, a, 0), not_a);
	assert_true(tw_set_is_subset(space, both, a));
	assert_true(tw_set_is_subset(space, a, ab));
	assert_true(tw_set_is_subset(space, a, b) == (both == a));
}

static void laws_of_maps(struct tw_space *space, tw_set a, tw_set b)
{
	tw_set mirrored = tw_set_mirror(space, a);

	assert_int_equal(tw_set_mirror(space, mirrored), a);
	assert_int_equal(tw_set_mirror(space, tw_set_union(space, a, b)),
		tw_set_union(space, mirrored, tw_set_mirror(space, b)));
	for (unsigned i = TW_FIELD_PROTOCOL; i < TW_FIELDS; i++) {
		enum tw_field field = (enum tw_field)i, other = field;
		tw_set wide = tw_set_forget(space, a, field);

		if (field == TW_FIELD_FROM)
			other = TW_FIELD_TO;
		else if (field == TW_FIELD_TO)
			other = TW_FIELD_FROM;
		assert_true(tw_set_is_subset(space, a, wide));
		assert_int_equal(tw_set_forget(space, wide, field), wide);
		assert_int_equal(tw_set_mirror(space, wide), tw_set_forget(space, mirrored, other));
		assert_int_equal(tw_set_forget(space, tw_set_union(space, a, b), field),
			tw_set_union(space, wide, tw_set_forget(space, b, field)));
	}
}

/* |a| + |b| = |a or b| + |a and b|, and mirrors are of one size. */
static void laws_of_counts(struct tw_space *space, tw_set a, tw_set b)
{
	struct tw_count na, nb, either, both, mirrored;

	/* Only where ports count in all protocols is counting additive whatever the sets are. */
	struct tw_box tcp = tw_box_all(TW_IPV4);

	tcp.protocol_lo = tcp.protocol_hi = TW_PROTOCOL_TCP;
	a = tw_set_intersect(space, a, tw_set_box(space, &tcp));
	b = tw_set_intersect(space, b, tw_set_box(space, &tcp));
	tw_set_count(space, a, &na);
	tw_set_count(space, b, &nb);
	tw_set_count(space, tw_set_union(space, a, b), &either);
	tw_set_count(space, tw_set_intersect(space, a, b), &both);
	tw_set_count(space, tw_set_mirror(space, a), &mirrored);
	assert_int_equal(tw_count_cmp(&na, &mirrored), 0);
	tw_count_add(&na, &nb);
	tw_count_add(&either, &both);
	assert_int_equal(tw_count_cmp(&na, &either), 0);
}

struct collect {
	struct tw_box box[20000];
	size_t n;
};

static tw_status collect_box(void *ctx, const struct tw_box *box)
{
	struct collect *collect = ctx;

	if (collect->n == 20000)
		return TW_ELIMIT;
	collect->box[collect->n++] = *box;
	return TW_OK;
}

/* The boxes of a set make the set again; the smallest point lies in the first of them. */
static void laws_of_boxes(struct tw_space *space, tw_set a)
{
	static struct collect collect;
	struct tw_point point;

	collect.n = 0;
	if (tw_set_each_box(space, a, collect_box, &collect) == TW_ELIMIT)
		return;
	assert_int_equal(tw_set_boxes(space, collect.box, collect.n), a);
	assert_true(tw_set_witness(space, a, &point) == (collect.n > 0));
	if (collect.n == 0)
		return;
	assert_true(tw_set_has(space, a, &point));
	assert_int_equal(point.family, collect.box[0].family);
	assert_int_equal(point.service, collect.box[0].service.lo);
	assert_int_equal(tw_addr_cmp(point.from, collect.box[0].from.first), 0);
	for (size_t i = 1; i < collect.n && i < 50; i++) {
		tw_set one = tw_set_box(space, &collect.box[i - 1]);
		tw_set two = tw_set_box(space, &collect.box[i]);

		assert_int_equal(tw_set_intersect(space, one, two), TW_EMPTY);
	}
}

static void random_laws(void **state)
{
	struct test_random random;
	struct test_alloc alloc;
	struct tw_space *space = NULL;
	struct tw_mem *mem;

	(void)state;
	test_random_init(&random, "space random_laws");
	test_alloc_init(&alloc);
	mem = test_mem_new(&alloc);
	assert_int_equal(tw_space_new(mem, 0, &space), TW_OK);
	for (unsigned run = 0; run < 150; run++) {
		tw_set a = random_set(space, &random);
		tw_set b = random_set(space, &random);
		tw_set c = random_set(space, &random);

		laws_of_three(space, a, b, c);
		laws_of_maps(space, a, b);
		laws_of_counts(space, a, b);
		laws_of_boxes(space, a);
		assert_int_equal(tw_space_status(space), TW_OK);
		if (run % 3 == 0)
			tw_space_reset(space);
	}
	tw_space_free(space);
	test_mem_free(&alloc, mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_programs),
		cmocka_unit_test(random_laws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
