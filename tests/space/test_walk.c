/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into sets by example: counts with known answers, boxes in order, projections, witnesses.
 */

#include "test_alloc.h"
#include "test_random.h"

#include "twoway/space.h"

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

static void counts(struct tw_space *space, tw_set set, const char *want)
{
	struct tw_count count;
	char buf[TW_COUNT_TEXT];

	tw_set_count(space, set, &count);
	assert_string_equal(tw_count_text(&count, buf), want);
}

static struct tw_box box_of(enum tw_family family, unsigned protocol)
{
	struct tw_box box = tw_box_all(family);

	box.protocol_lo = box.protocol_hi = (uint8_t)protocol;
	return box;
}

/* Expected numbers: 2^64 or 2^256 address pairs times 2^32, or 1, worked out with big integers. */
static void known_counts(void **state)
{
	struct fixture *f = *state;
	struct tw_box box = box_of(TW_IPV4, TW_PROTOCOL_TCP);

	counts(f->space, TW_EMPTY, "0");
	counts(f->space, tw_set_box(f->space, &box), "79228162514264337593543950336");
	box = box_of(TW_IPV4, TW_PROTOCOL_ICMP);
	counts(f->space, tw_set_box(f->space, &box), "79228162514264337593543950336");
	/* ICMP of the other family, and protocols without ports: address pairs only. */
	box = box_of(TW_IPV4, TW_PROTOCOL_ICMPV6);
	counts(f->space, tw_set_box(f->space, &box), "18446744073709551616");
	box = box_of(TW_IPV4, 50);
	counts(f->space, tw_set_box(f->space, &box), "18446744073709551616");
	box = box_of(TW_IPV6, TW_PROTOCOL_ICMPV6);
	counts(f->space, tw_set_box(f->space, &box),
		"49732323640978664215538224814682084010045615079734771744046397"
		"6893159497012533375533056");
	box = box_of(TW_IPV6, TW_PROTOCOL_ICMP);
	counts(f->space, tw_set_box(f->space, &box),
		"115792089237316195423570985008687907853269984665640564039457584007913129639936");
	/* 2^64 (3 * 2^32 + 253), and with 2^256 (3 * 2^32 + 253) on top. */
	box = tw_box_all(TW_IPV4);
	counts(f->space, tw_set_box(f->space, &box), "237684492209819263429148409856");
	counts(f->space, tw_set_all(f->space),
		"14919697385247585035071441866039217274994091392693492727286923"
		"17154457064303051073912832");
}

/* A client port range of one server and one client: the numbers that verdicts are made of. */
static void counts_of_small_boxes(void **state)
{
	struct fixture *f = *state;
	struct tw_box box = box_of(TW_IPV4, TW_PROTOCOL_TCP);

	box.from = box.to = (struct tw_range){{0, 7}, {0, 7}, TW_IPV4};
	box.service = (struct tw_ports){443, 443};
	box.client = (struct tw_ports){32768, 60999};
	counts(f->space, tw_set_box(f->space, &box), "28232");
	box.from.last.lo = 9;
	counts(f->space, tw_set_box(f->space, &box), "84696");
	box.protocol_lo = 1;
	counts(f->space, tw_set_box(f->space, &box), "169404");
	/* ICMP and TCP: 28,232 times 3 each. Protocols 2 to 5: 3 each, as their ports do not count.
	 */
	assert_int_equal(169404 - 2 * 84696, 4 * 3);
}

/* Ranges whose ends borrow from the upper word: 2^64 - 2 addresses, and the other 2^128 - 2^64 + 2.
 */
static void counts_across_words(void **state)
{
	struct fixture *f = *state;
	struct tw_box box = box_of(TW_IPV6, 50), all;
	tw_set set;

	box.from = (struct tw_range){{0, 5}, {1, 2}, TW_IPV6};
	box.to = (struct tw_range){{7, 7}, {7, 7}, TW_IPV6};
	set = tw_set_box(f->space, &box);
	counts(f->space, set, "18446744073709551614");
	all = box;
	all.from = tw_box_all(TW_IPV6).from;
	set = tw_set_subtract(f->space, tw_set_box(f->space, &all), set);
	counts(f->space, set, "340282366920938463444927863358058659842");
}

struct seen {
	struct tw_box box[8];
	size_t n, stop_at;
};

static tw_status see(void *ctx, const struct tw_box *box)
{
	struct seen *seen = ctx;

	seen->box[seen->n++] = *box;
	return seen->n == seen->stop_at ? TW_EIO : TW_OK;
}

static void boxes_in_order(void **state)
{
	struct fixture *f = *state;
	struct seen seen = {.n = 0}, stopped = {.stop_at = 2};
	struct tw_box list[3] = {box_of(TW_IPV6, 6), box_of(TW_IPV4, 17), box_of(TW_IPV4, 6)};
	tw_set set;

	list[2].service = (struct tw_ports){80, 81};
	list[1].client.lo = 1024;
	set = tw_set_boxes(f->space, list, 3);
	assert_int_equal(tw_set_each_box(f->space, set, see, &seen), TW_OK);
	assert_int_equal(seen.n, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(seen.box[i].family, list[2 - i].family);
		assert_int_equal(seen.box[i].protocol_lo, list[2 - i].protocol_lo);
		assert_int_equal(seen.box[i].service.hi, list[2 - i].service.hi);
		assert_int_equal(seen.box[i].client.lo, list[2 - i].client.lo);
		assert_int_equal(tw_addr_cmp(seen.box[i].from.last, list[2 - i].from.last), 0);
	}
	assert_int_equal(tw_set_each_box(f->space, set, see, &stopped), TW_EIO);
	assert_int_equal(stopped.n, 2);
	/* Everything is two boxes, and nothing none. */
	seen.n = 0;
	assert_int_equal(tw_set_each_box(f->space, tw_set_all(f->space), see, &seen), TW_OK);
	assert_int_equal(seen.n, 2);
	seen.n = 0;
	assert_int_equal(tw_set_each_box(f->space, TW_EMPTY, see, &seen), TW_OK);
	assert_int_equal(seen.n, 0);
}

/* A request that a server's list lets in, the replies that it lets out: which client ports remain?
 */
static void client_ports(void **state)
{
	struct fixture *f = *state;
	struct tw_box web = box_of(TW_IPV4, TW_PROTOCOL_TCP), reply = web;
	struct tw_intervals got = {0};
	struct tw_point point;
	tw_set both;

	web.service = (struct tw_ports){443, 443};
	web.client = (struct tw_ports){32768, 60999};
	reply.client = (struct tw_ports){49152, 65535};
	both = tw_set_intersect(f->space, tw_set_box(f->space, &web), tw_set_box(f->space, &reply));
	assert_int_equal(tw_set_project(f->space, both, TW_FIELD_CLIENT, &got), TW_OK);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.v[0].first.lo, 49152);
	assert_int_equal(got.v[0].last.lo, 60999);
	tw_intervals_free(f->space, &got);
	assert_true(tw_set_witness(f->space, both, &point));
	assert_int_equal(point.family, TW_IPV4);
	assert_int_equal(point.protocol, TW_PROTOCOL_TCP);
	assert_int_equal(point.client, 49152);
	assert_int_equal(point.service, 443);
	assert_int_equal(point.from.lo, 0);
	assert_false(tw_set_witness(f->space, TW_EMPTY, &point));
}

static void projections(void **state)
{
	struct fixture *f = *state;
	struct tw_intervals got = {0};
	struct tw_box list[2] = {box_of(TW_IPV6, 6), box_of(TW_IPV4, 17)};
	tw_set set;

	list[0].from = (struct tw_range){{1, 0}, {1, 5}, TW_IPV6};
	list[1].from = (struct tw_range){{0, 4}, {0, 5}, TW_IPV4};
	set = tw_set_boxes(f->space, list, 2);
	assert_int_equal(tw_set_project(f->space, set, TW_FIELD_FROM, &got), TW_OK);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.v[0].family, TW_IPV4);
	assert_int_equal(got.v[0].last.lo, 5);
	assert_int_equal(got.v[1].family, TW_IPV6);
	assert_int_equal(got.v[1].first.hi, 1);
	tw_intervals_free(f->space, &got);
	assert_int_equal(tw_set_project(f->space, set, TW_FIELD_FAMILY, &got), TW_OK);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.v[1].first.lo, 6);
	tw_intervals_free(f->space, &got);
	assert_int_equal(tw_set_project(f->space, set, TW_FIELD_SERVICE, &got), TW_OK);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.v[0].last.lo, 65535);
	tw_intervals_free(f->space, &got);
	assert_int_equal(tw_set_project(f->space, TW_EMPTY, TW_FIELD_TO, &got), TW_OK);
	assert_int_equal(got.n, 0);
	tw_intervals_free(f->space, &got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(known_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(counts_of_small_boxes, setup, teardown),
		cmocka_unit_test_setup_teardown(counts_across_words, setup, teardown),
		cmocka_unit_test_setup_teardown(boxes_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(client_ports, setup, teardown),
		cmocka_unit_test_setup_teardown(projections, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
