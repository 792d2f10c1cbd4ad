/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small domains completely: every pair of subsets of a line of eight ports, in either port field,
 * and every first-match list of three rules over a line of four addresses. What holds for all of
 * these by enumeration leaves little room for a case that was not thought of.
 */

#include "test_alloc.h"

#include "twoway/space.h"

enum { LINE = 8, SUBSETS = 1 << LINE };

struct fixture {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_space *space;
};

static int setup(void **state)
{
	static struct fixture f;

	test_alloc_init(&f.alloc);
	f.mem = test_mem_new(&f.alloc);
	*state = &f;
	return tw_space_new(f.mem, 0, &f.space) != TW_OK;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	tw_space_free(f->space);
	test_mem_free(&f->alloc, f->mem);
	return 0;
}

/* Place i of the line in a field: at both ends of the domain, so that its borders take part. */
static uint16_t place(unsigned i)
{
	return (uint16_t)(i < LINE / 2 ? i : 65536 - LINE + i);
}

static tw_set subset(struct tw_space *space, unsigned bits, enum tw_field field)
{
	struct tw_box box[LINE];
	size_t n = 0;

	for (unsigned i = 0; i < LINE; i++) {
		struct tw_ports one = {place(i), place(i)};

		if (!(bits >> i & 1))
			continue;
		box[n] = tw_box_all(TW_IPV4);
		*(field == TW_FIELD_CLIENT ? &box[n].client : &box[n].service) = one;
		n++;
	}
	return tw_set_boxes(space, box, n);
}

static void pairs_of_port_sets(struct tw_space *space, enum tw_field field)
{
	tw_set set[SUBSETS];

	for (unsigned a = 0; a < SUBSETS; a++) {
		set[a] = subset(space, a, field);
		for (unsigned b = 0; b < a; b++)
			assert_int_not_equal(set[a], set[b]);
	}
	for (unsigned a = 0; a < SUBSETS; a++) {
		for (unsigned b = 0; b < SUBSETS; b++) {
			assert_int_equal(tw_set_union(space, set[a], set[b]), set[a | b]);
			assert_int_equal(tw_set_intersect(space, set[a], set[b]), set[a & b]);
			assert_int_equal(tw_set_subtract(space, set[a], set[b]), set[a & ~b]);
			assert_true(tw_set_is_subset(space, set[a], set[b]) == ((a & ~b) == 0));
		}
		for (unsigned i = 0; i < LINE; i++) {
			struct tw_point point = {.family = 4, .protocol = 6};

			*(field == TW_FIELD_CLIENT ? &point.client : &point.service) = place(i);
			assert_true(tw_set_has(space, set[a], &point) == (a >> i & 1));
			point.family = 6;
			assert_false(tw_set_has(space, set[a], &point));
		}
	}
}

static void port_sets(void **state)
{
	struct fixture *f = *state;

	pairs_of_port_sets(f->space, TW_FIELD_SERVICE);
	tw_space_reset(f->space);
	pairs_of_port_sets(f->space, TW_FIELD_CLIENT);
	assert_int_equal(tw_space_status(f->space), TW_OK);
}

/* The ten intervals of a line of four quarters of the address domain. */
static struct tw_range interval(unsigned i, unsigned family)
{
	static const unsigned char lo[] = {0, 0, 0, 0, 1, 1, 1, 2, 2, 3};
	static const unsigned char hi[] = {0, 1, 2, 3, 1, 2, 3, 2, 3, 3};
	struct tw_range range = {.family = (uint8_t)family};

	if (family == TW_IPV4) {
		range.first.lo = (uint64_t)lo[i] << 30;
		range.last.lo = (((uint64_t)hi[i] + 1) << 30) - 1;
	} else {
		range.first.hi = (uint64_t)lo[i] << 62;
		range.last.hi = ((uint64_t)hi[i] << 62) | UINT64_MAX >> 2;
		range.last.lo = UINT64_MAX;
	}
	return range;
}

static void check_list(struct tw_space *space, const struct tw_labelled_box *list, unsigned family,
	enum tw_field field)
{
	tw_set partition = tw_partition_first_match(space, list, 3, 9);

	for (unsigned quarter = 0; quarter < 4; quarter++) {
		struct tw_point point = {.family = (uint8_t)family};
		struct tw_addr *addr = field == TW_FIELD_FROM ? &point.from : &point.to;
		uint16_t want = 9;

		if (family == TW_IPV4)
			addr->lo = (uint64_t)quarter << 30 | 12345;
		else
			addr->hi = (uint64_t)quarter << 62 | 12345;
		for (unsigned i = 3; i-- > 0;) {
			struct tw_range r =
				field == TW_FIELD_FROM ? list[i].box.from : list[i].box.to;

			if (tw_addr_cmp(r.first, *addr) <= 0 && tw_addr_cmp(*addr, r.last) <= 0)
				want = list[i].label;
		}
		assert_int_equal(tw_partition_label(space, partition, &point), want);
		point.family = family == TW_IPV4 ? TW_IPV6 : TW_IPV4;
		assert_int_equal(tw_partition_label(space, partition, &point), 9);
	}
}

/* All lists of three rules over the ten intervals, with labels that repeat and that do not. */
static void lists_of_three(void **state)
{
	static const uint16_t labels[][3] = {{1, 2, 3}, {1, 2, 1}, {1, 1, 0}, {0, 1, 9}, {5, 5, 5}};
	struct fixture *f = *state;

	for (unsigned code = 0; code < 1000; code++) {
		for (unsigned family = 4; family <= 6; family += 2) {
			for (unsigned l = 0; l < sizeof(labels) / sizeof(labels[0]); l++) {
				struct tw_labelled_box from[3], to[3];
				unsigned v[] = {code % 10, code / 10 % 10, code / 100};

				for (unsigned i = 0; i < 3; i++) {
					from[i].box = to[i].box =
						tw_box_all(family == 4 ? TW_IPV4 : TW_IPV6);
					from[i].label = to[i].label = labels[l][i];
					from[i].box.from = to[i].box.to = interval(v[i], family);
				}
				check_list(f->space, from, family, TW_FIELD_FROM);
				check_list(f->space, to, family, TW_FIELD_TO);
				assert_int_equal(
					tw_set_mirror(f->space,
						tw_partition_first_match(f->space, from, 3, 9)),
					tw_partition_first_match(f->space, to, 3, 9));
			}
		}
	}
	assert_int_equal(tw_space_status(f->space), TW_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(port_sets, setup, teardown),
		cmocka_unit_test_setup_teardown(lists_of_three, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
