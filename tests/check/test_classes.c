/* SPDX-License-Identifier: Apache-2.0 */
/* Rule 3 and rule 5 of the inference: what a range of ports is for, and what counts as a share. */
#include "test_alloc.h"

#include "classes.h"

static struct tw_port_list bridge(struct tw_arena *arena, const struct tw_ports *ports, size_t n)
{
	struct tw_ports copy[8];
	struct tw_port_list list = {copy, n}, ret;
	memcpy(copy, ports, n * sizeof(*ports));
	assert_int_equal(tw_ports_bridge(arena, list, &ret), TW_OK);
	return ret;
}

/* inference.md rule 3, its examples, and the edges of its numbers. */
static void test_class(void **state)
{
	static const struct {
		struct tw_ports ports;
		enum tw_port_class class;
	} rows[] = {
		{{0, 0}, TW_CLASS_ZERO},
		{{443, 443}, TW_CLASS_SERVICE},
		{{0, 65535}, TW_CLASS_OPEN},
		{{80, 65535}, TW_CLASS_OPEN},
		{{999, 65535}, TW_CLASS_OPEN},
		{{1000, 65535}, TW_CLASS_REPLY},
		{{1024, 65535}, TW_CLASS_REPLY},
		{{32768, 60999}, TW_CLASS_REPLY},
		{{49152, 65535}, TW_CLASS_REPLY},
		/* half of Linux is 14,116 ports: 32768-46883 */
		{{32768, 46883}, TW_CLASS_REPLY},
		{{32768, 46882}, TW_CLASS_SERVICE},
		/* half of Windows is 8,192 ports: 57344-65535 */
		{{57344, 65535}, TW_CLASS_REPLY},
		{{57345, 65535}, TW_CLASS_SERVICE},
		{{1024, 4999}, TW_CLASS_REPLY},
		{{1025, 5000}, TW_CLASS_REPLY},
		{{1026, 5000}, TW_CLASS_REPLY},
		{{1027, 5000}, TW_CLASS_SERVICE},
		{{1025, 5001}, TW_CLASS_SERVICE},
		{{30000, 32767}, TW_CLASS_SERVICE},
		{{10000, 20000}, TW_CLASS_SERVICE},
		{{8080, 8090}, TW_CLASS_SERVICE},
	};
	(void)state;
	for (size_t i = 0; i < TW_COUNT(rows); i++)
		assert_int_equal(tw_ports_class(rows[i].ports), rows[i].class);
}

static void test_bridge(void **state)
{
	struct test_alloc alloc;
	test_alloc_init(&alloc);
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_arena arena;
	tw_arena_init(&arena, mem);
	(void)state;

	/* "1024-3388 + 3390-65535 is one REPLY with a hole" */
	const struct tw_ports hole[] = {{1024, 3388}, {3390, 65535}};
	struct tw_port_list one = bridge(&arena, hole, 2);
	assert_int_equal(one.n, 1);
	assert_int_equal(one.v[0].lo, 1024);
	assert_int_equal(one.v[0].hi, 65535);
	/* a gap of 16 is a hole, one of 17 is not */
	const struct tw_ports sixteen[] = {{2000, 2999}, {3016, 3016}};
	const struct tw_ports seventeen[] = {{2000, 2999}, {3017, 3017}};
	assert_int_equal(bridge(&arena, sixteen, 2).n, 1);
	assert_int_equal(bridge(&arena, seventeen, 2).n, 2);
	/* 999 ports are not wide: 80 and 82 stay two services */
	const struct tw_ports narrow[] = {{2000, 2998}, {3000, 3000}};
	assert_int_equal(bridge(&arena, narrow, 2).n, 2);
	tw_arena_fini(&arena);
	test_mem_free(&alloc, mem);
}

/* Interval algebra against bits, for every pair of subsets of a line of six ports. */
static void test_algebra(void **state)
{
	struct test_alloc alloc;
	test_alloc_init(&alloc);
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_arena arena;
	tw_arena_init(&arena, mem);
	(void)state;
	for (unsigned a = 0; a < 64; a++)
		for (unsigned b = 0; b < 64; b++) {
			struct tw_arena_mark mark = tw_arena_save(&arena);
			struct tw_ports x[8], y[8];
			struct tw_port_list p = {x, 0}, q = {y, 0}, got[3];
			for (uint16_t i = 0; i < 6; i++) {
				if (a >> i & 1 && (i == 0 || !(a >> (i - 1) & 1)))
					x[p.n++] = (struct tw_ports){i, i};
				else if (a >> i & 1)
					x[p.n - 1].hi = i;
				if (b >> i & 1 && (i == 0 || !(b >> (i - 1) & 1)))
					y[q.n++] = (struct tw_ports){i, i};
				else if (b >> i & 1)
					y[q.n - 1].hi = i;
			}
			assert_int_equal(tw_ports_union(&arena, p, q, &got[0]), TW_OK);
			assert_int_equal(tw_ports_intersect(&arena, p, q, &got[1]), TW_OK);
			assert_int_equal(tw_ports_subtract(&arena, p, q, &got[2]), TW_OK);
			const unsigned want[3] = {a | b, a & b, a & ~b};
			for (int op = 0; op < 3; op++) {
				unsigned bits = 0;
				for (size_t i = 0; i < got[op].n; i++)
					for (unsigned k = got[op].v[i].lo; k <= got[op].v[i].hi;
						k++)
						bits |= 1U << k;
				assert_int_equal(bits, want[op]);
				assert_int_equal(tw_ports_size(got[op]),
					(uint32_t)__builtin_popcount(want[op]));
			}
			tw_arena_restore(&arena, mark);
		}
	tw_arena_fini(&arena);
	test_mem_free(&alloc, mem);
}

/* Rule 5: "less than 1/1000 of a client's range passing counts as none; less than 1/1000 lost is an
 * edge"; inference rule 10: from 1/1000 on a share. */
static void test_share(void **state)
{
	(void)state;
	assert_int_equal(tw_share_of(28232, 28232), TW_SHARE_ALL);
	assert_int_equal(tw_share_of(28232 - 28, 28232), TW_SHARE_EDGE);
	assert_int_equal(tw_share_of(28232 - 29, 28232), TW_SHARE_PART);
	assert_int_equal(tw_share_of(29, 28232), TW_SHARE_PART);
	assert_int_equal(tw_share_of(28, 28232), TW_SHARE_NONE);
	assert_int_equal(tw_share_of(0, 28232), TW_SHARE_NONE);
	assert_int_equal(tw_share_of(64511, 64512), TW_SHARE_EDGE);
	assert_int_equal(tw_share_of(1, 64512), TW_SHARE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_class),
		cmocka_unit_test(test_bridge), cmocka_unit_test(test_algebra),
		cmocka_unit_test(test_share)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
