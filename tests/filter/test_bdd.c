/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BuDDy as a second engine: the allow set of random ACLs, folded from the last rule to the first
 * over bits of (address, port, protocol), must be ours exactly. No counting, which BuDDy does in
 * doubles: our boxes are turned into diagrams of its kind, united, and must be the same diagram;
 * and the boxes of our deny set must make its complement.
 */

#include "test_alloc.h"
#include "test_random.h"

#include <bdd.h>

#include "lists.h"

enum { ADDR = 0, PORT = 32, PROTOCOL = 48, VARS = 56 };

static const struct tw_view view = {TW_INGRESS, TW_REQUEST};

static BDD keep(BDD old, BDD made)
{
	bdd_addref(made);
	bdd_delref(old);
	return made;
}

/* The variables var.., most significant first, as a number: number <= limit or number >= limit. */
static BDD bound(int var, unsigned width, uint64_t limit, bool below)
{
	BDD all = bdd_addref(bddtrue);

	for (unsigned i = 0; i < width; i++) {
		bool one = limit >> i & 1;
		int bit = var + (int)(width - 1 - i);
		BDD literal = below ? bdd_nithvar(bit) : bdd_ithvar(bit);

		all = keep(all, one == below ? bdd_or(literal, all) : bdd_and(literal, all));
	}
	return all;
}

static BDD between(int var, unsigned width, uint64_t lo, uint64_t hi)
{
	BDD low = bound(var, width, lo, false), high = bound(var, width, hi, true);

	low = keep(low, bdd_and(low, high));
	bdd_delref(high);
	return low;
}

static BDD box_bdd(
	struct tw_range peers, struct tw_ports ports, unsigned protocol_lo, unsigned protocol_hi)
{
	BDD all = between(ADDR, 32, peers.first.lo, peers.last.lo), part;

	part = between(PORT, 16, ports.lo, ports.hi);
	all = keep(all, bdd_and(all, part));
	bdd_delref(part);
	part = between(PROTOCOL, 8, protocol_lo, protocol_hi);
	all = keep(all, bdd_and(all, part));
	bdd_delref(part);
	return all;
}

/* The specification once more, in its own words: what one IPv4 rule covers. */
static BDD rule_bdd(const struct tw_rule *rule)
{
	bool any = rule->protocol == TW_PROTOCOL_ALL;
	/* SPEC: nacl-ports-ignored */
	bool has_ports = rule->protocol == 6 || rule->protocol == 17 || rule->protocol == 1;
	struct tw_ports ports = {0, 65535};

	if (has_ports)
		ports = rule->ports;
	return box_bdd(tw_prefix_range(rule->peer), ports, any ? 0 : (unsigned)rule->protocol,
		any ? 255 : (unsigned)rule->protocol);
}

static BDD acl_bdd(struct tw_rules rules)
{
	BDD allow = bdd_addref(bddfalse);

	for (size_t i = rules.n; i-- > 0;) {
		const struct tw_rule *rule = &rules.rule[i];
		BDD covers;

		/* SPEC: nacl-family-separate */
		if (rule->family != TW_IPV4)
			continue;
		covers = rule_bdd(rule);
		if (rule->action == TW_ALLOW)
			allow = keep(allow, bdd_or(allow, covers));
		else
			allow = keep(allow, bdd_apply(allow, covers, bddop_diff));
		bdd_delref(covers);
	}
	return allow;
}

static tw_status unite(void *ctx, const struct tw_box *box)
{
	BDD *all = ctx, one;

	if (box->family != TW_IPV4)
		return TW_OK;
	/* The list looks at neither the responder nor the client's port. */
	assert_int_equal(box->to.first.lo, 0);
	assert_int_equal(box->to.last.lo, 0xffffffff);
	assert_int_equal(box->client.lo, 0);
	assert_int_equal(box->client.hi, 65535);
	one = box_bdd(box->from, box->service, box->protocol_lo, box->protocol_hi);
	/* Boxes of one set are disjoint. */
	assert_int_equal(bdd_and(*all, one), bddfalse);
	*all = keep(*all, bdd_or(*all, one));
	bdd_delref(one);
	return TW_OK;
}

static void allow_sets(void **state)
{
	struct test_random random;
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_space *space;
	struct list list;
	unsigned mixed = 0;

	(void)state;
	test_random_init(&random, "filter bdd");
	test_alloc_init(&alloc);
	mem = test_mem_new(&alloc);
	assert_int_equal(tw_space_new(mem, 0, &space), TW_OK);
	assert_true(bdd_init(200000, 20000) == 0);
	bdd_setvarnum(VARS);
	bdd_gbc_hook(NULL);
	for (unsigned run = 0; run < 120; run++) {
		BDD theirs, ours = bdd_addref(bddfalse), denied = bdd_addref(bddfalse);
		struct tw_compiled c;

		list_random(&list, &random, false, false);
		assert_int_equal(tw_compile_acl(space, list.rules, view, &c), TW_OK);
		theirs = acl_bdd(list.rules);
		assert_int_equal(tw_set_each_box(space, c.allow, unite, &ours), TW_OK);
		assert_int_equal(tw_set_each_box(space, c.deny, unite, &denied), TW_OK);
		assert_int_equal(ours, theirs);
		assert_int_equal(bdd_not(denied), theirs);
		mixed += theirs != bddfalse && theirs != bddtrue;
		bdd_delref(ours);
		bdd_delref(denied);
		bdd_delref(theirs);
		tw_space_reset(space);
	}
	assert_true(mixed > 50);
	bdd_done();
	tw_space_free(space);
	test_mem_free(&alloc, mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allow_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
