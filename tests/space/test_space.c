/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a space: equal sets are one number, errors stick until a reset, the node limit holds,
 * and running out of memory anywhere is a status and leaves nothing behind.
 */

#include "test_alloc.h"
#include "test_random.h"

#include "cells_run.h"

struct fixture {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_space *space;
};

static int setup_limit(void **state, uint32_t limit)
{
	static struct fixture f;

	test_alloc_init(&f.alloc);
	f.mem = test_mem_new(&f.alloc);
	*state = &f;
	return tw_space_new(f.mem, limit, &f.space) != TW_OK;
}

static int setup(void **state)
{
	return setup_limit(state, 0);
}

static int setup_small(void **state)
{
	return setup_limit(state, 100);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	tw_space_free(f->space);
	test_mem_free(&f->alloc, f->mem);
	return 0;
}

/* A set that needs about `n` nodes: every address block of its own has a port of its own. */
static tw_set many_nodes(struct tw_space *space, unsigned n)
{
	struct parts {
		struct tw_box v[400];
	} *parts = test_malloc(sizeof(*parts));
	tw_set set;

	assert_true(n <= 400);
	for (unsigned i = 0; i < n; i++) {
		struct tw_box box = tw_box_all(TW_IPV4);

		box.from.first.lo = box.from.last.lo = (uint64_t)i * 1000;
		box.service.lo = box.service.hi = (uint16_t)(2 * i + 1);
		parts->v[i] = box;
	}
	set = tw_set_boxes(space, parts->v, n);
	test_free(parts);
	return set;
}

static void basics(void **state)
{
	struct fixture *f = *state;
	struct tw_box v4 = tw_box_all(TW_IPV4), v6 = tw_box_all(TW_IPV6);
	tw_set a = tw_set_box(f->space, &v4), b = tw_set_box(f->space, &v6);

	assert_int_equal(tw_space_status(f->space), TW_OK);
	assert_true(tw_set_is_empty(TW_EMPTY));
	assert_false(tw_set_is_empty(a));
	assert_int_not_equal(a, b);
	assert_int_equal(tw_set_union(f->space, a, b), tw_set_all(f->space));
	assert_int_equal(tw_set_intersect(f->space, a, b), TW_EMPTY);
	assert_int_equal(tw_space_nodes(f->space), 2);
	assert_int_equal(tw_set_box(f->space, &v4), a);
	assert_int_equal(tw_space_nodes(f->space), 2);
	tw_space_free(NULL);
}

/* One set, made in four ways, is one number; and what two families share is told apart by address.
 */
static void one_set_one_number(void **state)
{
	struct fixture *f = *state;
	struct tw_box web = tw_box_all(TW_IPV4), web6 = tw_box_all(TW_IPV6), low, high;
	tw_set a, b, both[2];

	web.protocol_lo = web.protocol_hi = TW_PROTOCOL_TCP;
	web.service = (struct tw_ports){443, 443};
	low = high = web;
	low.from.last.lo = 0x7fffffff;
	high.from.first.lo = 0x80000000;
	a = tw_set_box(f->space, &web);
	both[0] = tw_set_union(f->space, tw_set_box(f->space, &low), tw_set_box(f->space, &high));
	assert_int_equal(both[0], a);
	assert_int_equal(tw_set_boxes(f->space, (struct tw_box[]){high, low, web}, 3), a);
	web6.protocol_lo = web6.protocol_hi = TW_PROTOCOL_TCP;
	web6.service = web.service;
	b = tw_set_box(f->space, &web6);
	assert_int_not_equal(a, b);
	/* All addresses of both families: the family is skipped, and cutting it off gives the
	 * parts. */
	both[0] = tw_set_union(f->space, a, b);
	both[1] = tw_set_boxes(f->space, (struct tw_box[]){web6, web}, 2);
	assert_int_equal(both[0], both[1]);
	assert_int_equal(tw_set_subtract(f->space, both[0], b), a);
	/* The same numbers as addresses in both families are different sets. */
	web.to = web6.to = (struct tw_range){{0, 5}, {0, 9}, 0};
	a = tw_set_box(f->space, &web);
	b = tw_set_box(f->space, &web6);
	assert_int_equal(tw_set_intersect(f->space, a, b), TW_EMPTY);
	assert_false(tw_set_is_subset(f->space, a, b));
	assert_int_equal(tw_space_status(f->space), TW_OK);
}

/* Boxes that hold nothing, and those that reach past IPv4. */
static void odd_boxes(void **state)
{
	struct fixture *f = *state;
	struct tw_box v4 = tw_box_all(TW_IPV4), box = v4;
	tw_set all = tw_set_box(f->space, &v4);

	box.from.last = (struct tw_addr){UINT64_MAX, UINT64_MAX};
	assert_int_equal(tw_set_box(f->space, &box), all);
	assert_int_equal(tw_set_boxes(f->space, &box, 1), all);
	box.from.first = (struct tw_addr){1, 0};
	assert_int_equal(tw_set_box(f->space, &box), TW_EMPTY);
	assert_int_equal(tw_set_boxes(f->space, &box, 1), TW_EMPTY);
	box = v4;
	box.client = (struct tw_ports){2, 1};
	assert_int_equal(tw_set_box(f->space, &box), TW_EMPTY);
	assert_int_equal(tw_set_boxes(f->space, (struct tw_box[]){box, v4}, 2), all);
	box = v4;
	box.protocol_lo = 7;
	box.protocol_hi = 6;
	assert_int_equal(tw_set_box(f->space, &box), TW_EMPTY);
	box = v4;
	box.family = 5;
	assert_int_equal(tw_set_box(f->space, &box), TW_EMPTY);
	assert_int_equal(tw_set_boxes(f->space, &box, 1), TW_EMPTY);
	assert_int_equal(tw_set_boxes(f->space, NULL, 0), TW_EMPTY);
	assert_int_equal(tw_partition_first_match(f->space, NULL, 0, 77), 77);
	assert_int_equal(tw_space_status(f->space), TW_OK);
}

static void node_limit(void **state)
{
	struct fixture *f = *state;
	struct tw_box all = tw_box_all(TW_IPV4);
	struct tw_count count;
	struct tw_intervals intervals;
	tw_set small, large;

	small = many_nodes(f->space, 40);
	assert_int_equal(tw_space_status(f->space), TW_OK);
	assert_int_not_equal(small, TW_EMPTY);
	large = many_nodes(f->space, 200);
	assert_int_equal(large, TW_EMPTY);
	assert_int_equal(tw_space_status(f->space), TW_ELIMIT);
	assert_true(tw_space_nodes(f->space) <= 100);
	/* From now on everything is empty, and nobody is told "yes" by an empty set. */
	assert_int_equal(tw_set_all(f->space), TW_EMPTY);
	assert_int_equal(tw_set_box(f->space, &all), TW_EMPTY);
	assert_int_equal(tw_set_union(f->space, small, 1), TW_EMPTY);
	assert_int_equal(tw_set_mirror(f->space, small), TW_EMPTY);
	assert_int_equal(tw_set_forget(f->space, small, TW_FIELD_FROM), TW_EMPTY);
	assert_int_equal(tw_partition_where(f->space, small, 1), TW_EMPTY);
	assert_int_equal(tw_partition_relabel(f->space, small, NULL, 0), TW_EMPTY);
	assert_int_equal(tw_partition_first_match(f->space, NULL, 0, 1), TW_EMPTY);
	assert_int_equal(tw_partition_labels(f->space, small, NULL, 0), 0);
	assert_false(tw_set_is_subset(f->space, small, 1));
	tw_set_count(f->space, small, &count);
	assert_int_equal(count.w[0], 0);
	assert_int_equal(tw_set_project(f->space, small, TW_FIELD_TO, &intervals), TW_ELIMIT);
	assert_int_equal(tw_set_each_box(f->space, small, NULL, NULL), TW_ELIMIT);
	/* A reset forgives. */
	tw_space_reset(f->space);
	assert_int_equal(tw_space_status(f->space), TW_OK);
	assert_int_equal(tw_space_nodes(f->space), 0);
	assert_int_not_equal(many_nodes(f->space, 40), TW_EMPTY);
	assert_int_equal(tw_space_status(f->space), TW_OK);
}

/* A limit that is hit inside every operation in turn, by having ever fewer nodes left. */
static void limit_everywhere(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (uint32_t limit = 1; limit < 400; limit += limit / 16 + 1) {
		struct test_random random = {limit};
		struct test_alloc alloc;
		struct tw_mem *mem;
		struct tw_space *space = NULL;
		tw_set a, b;

		test_alloc_init(&alloc);
		mem = test_mem_new(&alloc);
		assert_int_equal(tw_space_new(mem, limit, &space), TW_OK);
		a = many_nodes(space, 3 + (unsigned)test_random_below(&random, 50));
		b = tw_set_mirror(space, a);
		a = tw_set_union(space, a, b);
		b = tw_set_forget(space, tw_set_subtract(space, a, b), TW_FIELD_SERVICE);
		a = tw_set_intersect(space, a, b);
		assert_true(tw_space_nodes(space) <= limit);
		if (tw_space_status(space) != TW_OK) {
			assert_int_equal(tw_space_status(space), TW_ELIMIT);
			assert_int_equal(a, TW_EMPTY);
			failed++;
		}
		tw_space_free(space);
		test_mem_free(&alloc, mem);
	}
	assert_true(failed > 5);
}

static void reset_forgets(void **state)
{
	struct fixture *f = *state;
	tw_set first = many_nodes(f->space, 300), again;
	size_t nodes = tw_space_nodes(f->space);

	for (unsigned i = 0; i < 50; i++) {
		/* Both ways of emptying the table: few nodes and many. */
		tw_space_reset(f->space);
		(void)many_nodes(f->space, 1 + i % 3);
		tw_space_reset(f->space);
		again = many_nodes(f->space, 300);
		assert_int_equal(again, first);
		assert_int_equal(tw_space_nodes(f->space), nodes);
	}
	assert_int_equal(tw_space_status(f->space), TW_OK);
}

/* ---- memory --------------------------------------------------------------------------------- */

struct oom {
	uint64_t seed;
	unsigned steps;
};

static unsigned next(void *ctx, unsigned n)
{
	return (unsigned)test_random_below(ctx, n);
}

static tw_status run_program(struct tw_mem *mem, void *ctx)
{
	const struct oom *oom = ctx;
	struct test_random random = {oom->seed};
	struct cells_program program = {next, &random, oom->steps};
	struct tw_space *space;
	const char *wrong;
	tw_status status = tw_space_new(mem, 0, &space);

	if (status != TW_OK)
		return status;
	wrong = cells_run(space, &program);
	status = tw_space_status(space);
	tw_space_free(space);
	return wrong ? TW_EBUG : status;
}

static tw_status run_large(struct tw_mem *mem, void *ctx)
{
	struct tw_space *space;
	struct tw_intervals ports = {0};
	struct tw_count count;
	tw_status status = tw_space_new(mem, 0, &space);
	tw_set set;

	(void)ctx;
	if (status != TW_OK)
		return status;
	set = many_nodes(space, 60);
	set = tw_set_union(space, set, tw_set_mirror(space, set));
	tw_set_count(space, set, &count);
	(void)tw_partition_labels(space, set, NULL, 0);
	status = tw_set_project(space, set, TW_FIELD_SERVICE, &ports);
	if (status == TW_OK) {
		tw_intervals_free(space, &ports);
		status = tw_space_status(space);
	}
	tw_space_free(space);
	return status;
}

static void out_of_memory(void **state)
{
	struct test_random random;

	(void)state;
	test_random_init(&random, "space out_of_memory");
	for (unsigned i = 0; i < 4; i++) {
		struct oom oom = {test_random_u64(&random), 12};

		assert_int_equal(tw_oom_sweep(run_program, &oom), TW_OK);
	}
	assert_int_equal(tw_oom_sweep(run_large, NULL), TW_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(basics, setup, teardown),
		cmocka_unit_test_setup_teardown(one_set_one_number, setup, teardown),
		cmocka_unit_test_setup_teardown(odd_boxes, setup, teardown),
		cmocka_unit_test_setup_teardown(node_limit, setup_small, teardown),
		cmocka_unit_test(limit_everywhere),
		cmocka_unit_test_setup_teardown(reset_forgets, setup, teardown),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
