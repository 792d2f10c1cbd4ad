/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random lists, compiled, against the oracle that scans the rules: packets near every edge, all
 * 65,536 ports for chosen addresses, all four views; and the partition's own laws.
 */

#include "test_alloc.h"

#include "lists.h"

static const struct tw_view views[] = {{TW_INGRESS, TW_REQUEST}, {TW_INGRESS, TW_REPLY},
	{TW_EGRESS, TW_REQUEST}, {TW_EGRESS, TW_REPLY}};

struct world {
	struct test_random random;
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_space *space;
	struct list list;
	bool group;
	size_t seen[3];
};

static void begin(struct world *w, const char *what)
{
	memset(w, 0, sizeof(*w));
	test_random_init(&w->random, what);
	test_alloc_init(&w->alloc);
	w->mem = test_mem_new(&w->alloc);
	assert_int_equal(tw_space_new(w->mem, 0, &w->space), TW_OK);
}

static void end(struct world *w)
{
	tw_space_free(w->space);
	test_mem_free(&w->alloc, w->mem);
}

static struct tw_compiled compile(struct world *w, struct tw_view view)
{
	struct tw_compiled c;
	tw_status status = w->group ? tw_compile_group(w->space, w->list.rules, view, &c)
				    : tw_compile_acl(w->space, w->list.rules, view, &c);

	assert_int_equal(status, TW_OK);
	return c;
}

static void check(struct world *w, const struct tw_compiled *c, const struct tw_packet *packet,
	struct tw_view view)
{
	struct tw_point point = list_point(packet, view, &w->random);
	size_t rule;
	enum tw_action want = w->group ? tw_group_decide(w->list.rules, packet, &rule)
				       : tw_acl_decide(w->list.rules, packet, &rule);
	uint16_t label = tw_partition_label(w->space, c->decides, &point);
	size_t want_label = rule == w->list.rules.n ? TW_LABEL_NONE : rule + TW_LABEL_RULE;

	w->seen[want]++;
	if (label != want_label || tw_set_has(w->space, c->allow, &point) != (want == TW_ALLOW) ||
		tw_set_has(w->space, c->deny, &point) != (want == TW_DENY) ||
		tw_set_has(w->space, c->unknown, &point) != (want == TW_ACTION_UNKNOWN))
		fail_msg("protocol %u, port %u: label %u, the oracle says %zu (action %d)",
			packet->protocol, packet->port, label, want_label, (int)want);
}

static void check_laws(struct world *w, const struct tw_compiled *c)
{
	tw_set all = tw_set_union(w->space, c->allow, tw_set_union(w->space, c->deny, c->unknown));

	assert_int_equal(all, tw_set_all(w->space));
	assert_int_equal(tw_set_intersect(w->space, c->allow, c->deny), TW_EMPTY);
	assert_int_equal(tw_set_intersect(w->space, c->allow, c->unknown), TW_EMPTY);
	assert_int_equal(tw_set_intersect(w->space, c->deny, c->unknown), TW_EMPTY);
}

static void random_lists(struct world *w, bool doubt, bool group)
{
	w->group = group;
	for (unsigned run = 0; run < 150; run++) {
		struct tw_view view = views[run % 4];
		struct tw_compiled c;

		list_random(&w->list, &w->random, doubt, group);
		c = compile(w, view);
		check_laws(w, &c);
		for (unsigned i = 0; i < 600; i++) {
			struct tw_packet packet = list_packet(&w->random);

			check(w, &c, &packet, view);
		}
		tw_space_reset(w->space);
	}
	assert_true(w->seen[TW_ALLOW] > 1000);
	assert_true(w->seen[TW_DENY] > 1000);
	assert_true(!doubt == (w->seen[TW_ACTION_UNKNOWN] == 0));
}

static void sure_acls(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "filter sure_acls");
	random_lists(&w, false, false);
	end(&w);
}

static void doubtful_acls(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "filter doubtful_acls");
	random_lists(&w, true, false);
	end(&w);
}

static void sure_groups(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "filter sure_groups");
	random_lists(&w, false, true);
	end(&w);
}

static void doubtful_groups(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "filter doubtful_groups");
	random_lists(&w, true, true);
	end(&w);
}

static void every_port(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "filter every_port");
	for (unsigned run = 0; run < 8; run++) {
		struct tw_view view = views[run % 4];
		struct tw_compiled c;

		w.group = run % 3 == 2;
		list_random(&w.list, &w.random, run % 2 == 0, w.group);
		c = compile(&w, view);
		for (unsigned i = 0; i < 3; i++) {
			struct tw_packet packet = list_packet(&w.random);

			for (uint32_t port = 0; port < 65536; port++) {
				packet.port = (uint16_t)port;
				check(&w, &c, &packet, view);
			}
		}
	}
	end(&w);
}

/* Every address of a /22 against blocks of /22 to /32 inside it, on every protocol that matters. */
static void every_address(void **state)
{
	static const uint8_t protocols[] = {0, 1, 6, 17, 50, 58};
	struct world w;

	(void)state;
	begin(&w, "filter every_address");
	for (unsigned run = 0; run < 6; run++) {
		struct tw_compiled c;

		list_random(&w.list, &w.random, run % 2 == 0, false);
		for (size_t i = 0; i < w.list.rules.n; i++) {
			struct tw_prefix *peer = &w.list.rule[i].peer;

			if (peer->family != TW_IPV4)
				continue;
			peer->addr.lo = 10u << 24 | test_random_below(&w.random, 1024);
			peer->len = (uint8_t)(22 + test_random_below(&w.random, 11));
			peer->addr = tw_prefix_range(*peer).first;
		}
		c = compile(&w, views[run % 4]);
		for (uint64_t i = 0; i < 1024 + 2; i++) {
			for (unsigned p = 0; p < 6; p++) {
				struct tw_packet packet = list_packet(&w.random);

				packet.family = TW_IPV4;
				packet.protocol = protocols[p];
				packet.peer = (struct tw_addr){0, (10u << 24) - 1 + i};
				check(&w, &c, &packet, views[run % 4]);
			}
		}
	}
	end(&w);
}

/* ---- memory --------------------------------------------------------------------------------- */

static tw_status compile_all(struct tw_mem *mem, void *ctx)
{
	const struct list *list = ctx;
	struct tw_compiled c;
	struct tw_space *space;
	tw_status status = tw_space_new(mem, 0, &space);

	if (status != TW_OK)
		return status;
	status = tw_compile_acl(space, list->rules, views[0], &c);
	if (status == TW_OK)
		status = tw_compile_group(space, list->rules, views[3], &c);
	if (status == TW_OK && list->rules.n > 0) {
		(void)tw_rule_covers(space, &list->rule[0], views[1]);
		status = tw_space_status(space);
	}
	tw_space_free(space);
	return status;
}

static void out_of_memory(void **state)
{
	struct test_random random;
	struct list list;

	(void)state;
	test_random_init(&random, "filter out_of_memory");
	for (unsigned i = 0; i < 6; i++) {
		list_random(&list, &random, i % 2 == 0, i % 3 == 0);
		assert_int_equal(tw_oom_sweep(compile_all, &list), TW_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sure_acls),
		cmocka_unit_test(doubtful_acls),
		cmocka_unit_test(sure_groups),
		cmocka_unit_test(doubtful_groups),
		cmocka_unit_test(every_port),
		cmocka_unit_test(every_address),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
