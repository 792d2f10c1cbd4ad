/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled lists by example: one test for each fact of the specification that compiling rests on.
 */

#include "test_alloc.h"

#include "lists.h"

static const struct tw_view in_request = {TW_INGRESS, TW_REQUEST};

struct fixture {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_space *space;
	struct list list;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
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

static struct tw_compiled compile_acl(struct fixture *f)
{
	struct tw_compiled compiled;

	assert_int_equal(tw_compile_acl(f->space, f->list.rules, in_request, &compiled), TW_OK);
	return compiled;
}

static struct tw_packet packet(const char *peer, unsigned protocol, unsigned port)
{
	struct tw_prefix prefix;

	assert_int_equal(tw_prefix_parse(peer, strlen(peer), &prefix), TW_PREFIX_OK);
	return (struct tw_packet){prefix.family, (uint8_t)protocol, prefix.addr, (uint16_t)port};
}

/* What the sets and the label say of a packet, and that the oracle says the same. */
static void decides(struct fixture *f, const struct tw_compiled *compiled, struct tw_packet p,
	enum tw_action want, size_t want_label)
{
	struct tw_point point = {p.family, p.protocol, p.peer, {0, 0}, 40000, p.port};
	size_t rule;

	assert_int_equal(tw_set_has(f->space, compiled->allow, &point), want == TW_ALLOW);
	assert_int_equal(tw_set_has(f->space, compiled->deny, &point), want == TW_DENY);
	assert_int_equal(
		tw_set_has(f->space, compiled->unknown, &point), want == TW_ACTION_UNKNOWN);
	assert_int_equal(tw_partition_label(f->space, compiled->decides, &point), want_label);
	assert_int_equal(tw_acl_decide(f->list.rules, &p, &rule), want);
	assert_int_equal(rule == f->list.rules.n ? 0 : rule + 1, want_label);
}

static void add(struct fixture *f, const char *cidr, enum tw_action action, int protocol,
	unsigned lo, unsigned hi)
{
	list_add(&f->list, list_rule(cidr, action, protocol, lo, hi));
}

static void views(void **state)
{
	(void)state;
	/* Requests come in from the initiator and go out to the responder; replies the other way.
	 */
	assert_int_equal(
		tw_view_peer_field((struct tw_view){TW_INGRESS, TW_REQUEST}), TW_FIELD_FROM);
	assert_int_equal(tw_view_peer_field((struct tw_view){TW_EGRESS, TW_REQUEST}), TW_FIELD_TO);
	assert_int_equal(tw_view_peer_field((struct tw_view){TW_INGRESS, TW_REPLY}), TW_FIELD_TO);
	assert_int_equal(tw_view_peer_field((struct tw_view){TW_EGRESS, TW_REPLY}), TW_FIELD_FROM);
	assert_int_equal(
		tw_view_port_field((struct tw_view){TW_INGRESS, TW_REQUEST}), TW_FIELD_SERVICE);
	assert_int_equal(
		tw_view_port_field((struct tw_view){TW_EGRESS, TW_REQUEST}), TW_FIELD_SERVICE);
	assert_int_equal(
		tw_view_port_field((struct tw_view){TW_INGRESS, TW_REPLY}), TW_FIELD_CLIENT);
	assert_int_equal(
		tw_view_port_field((struct tw_view){TW_EGRESS, TW_REPLY}), TW_FIELD_CLIENT);
}

/* SPEC: nacl-first-match, nacl-implicit-deny-v4, nacl-implicit-deny-v6 */
static void first_match(void **state)
{
	struct fixture *f = *state;
	struct tw_compiled c;

	add(f, "10.0.0.0/8", TW_DENY, 6, 22, 22);
	add(f, "0.0.0.0/0", TW_ALLOW, 6, 0, 1023);
	add(f, "10.0.0.0/8", TW_ALLOW, 6, 22, 22);
	list_end(&f->list);
	c = compile_acl(f);
	decides(f, &c, packet("10.1.2.3", 6, 22), TW_DENY, 1);
	decides(f, &c, packet("11.1.2.3", 6, 22), TW_ALLOW, 2);
	decides(f, &c, packet("10.1.2.3", 6, 80), TW_ALLOW, 2);
	decides(f, &c, packet("10.1.2.3", 6, 1024), TW_DENY, 4);
	decides(f, &c, packet("10.1.2.3", 17, 80), TW_DENY, 4);
	decides(f, &c, packet("2001:db8::1", 6, 80), TW_DENY, 5);
	assert_int_equal(c.unknown, TW_EMPTY);
	assert_int_equal(tw_set_union(f->space, c.allow, c.deny), tw_set_all(f->space));
}

/* SPEC: nacl-implicit-deny. Nothing covers it: denied, and no rule to blame. */
static void no_rule(void **state)
{
	struct fixture *f = *state;
	struct tw_compiled c = compile_acl(f);

	assert_int_equal(c.allow, TW_EMPTY);
	assert_int_equal(c.deny, tw_set_all(f->space));
	decides(f, &c, packet("10.0.0.1", 6, 1), TW_DENY, TW_LABEL_NONE);
}

/* SPEC: nacl-family-separate */
static void families(void **state)
{
	struct fixture *f = *state;
	struct tw_compiled c;

	add(f, "::/0", TW_ALLOW, TW_PROTOCOL_ALL, 0, 65535);
	list_end(&f->list);
	c = compile_acl(f);
	decides(f, &c, packet("::1", 6, 1), TW_ALLOW, 1);
	decides(f, &c, packet("0.0.0.1", 6, 1), TW_DENY, 2);
	/* A CIDR of one family in a rule that says it is of the other: touches neither. */
	f->list.rule[0].family = TW_IPV4;
	c = compile_acl(f);
	decides(f, &c, packet("::1", 6, 1), TW_DENY, 3);
	decides(f, &c, packet("0.0.0.1", 6, 1), TW_DENY, 2);
}

/* SPEC: nacl-ports-ignored, nacl-icmp-type-code, nacl-dst-port-only */
static void ports(void **state)
{
	struct fixture *f = *state;
	struct tw_compiled c;

	add(f, "0.0.0.0/0", TW_ALLOW, 50, 80, 80);
	add(f, "0.0.0.0/0", TW_ALLOW, 1, TW_ICMP(8, 0), TW_ICMP(8, 255));
	add(f, "::/0", TW_ALLOW, 58, TW_ICMP(128, 0), TW_ICMP(128, 0));
	add(f, "10.0.0.0/8", TW_ALLOW, TW_PROTOCOL_ALL, 80, 80);
	list_end(&f->list);
	c = compile_acl(f);
	decides(f, &c, packet("1.1.1.1", 50, 81), TW_ALLOW, 1);
	decides(f, &c, packet("1.1.1.1", 1, TW_ICMP(8, 7)), TW_ALLOW, 2);
	decides(f, &c, packet("1.1.1.1", 1, TW_ICMP(0, 0)), TW_DENY, 5);
	decides(f, &c, packet("::1", 58, TW_ICMP(128, 0)), TW_ALLOW, 3);
	decides(f, &c, packet("::1", 58, TW_ICMP(128, 1)), TW_DENY, 6);
	decides(f, &c, packet("10.0.0.1", 6, 81), TW_ALLOW, 4);
	decides(f, &c, packet("10.0.0.1", 58, 81), TW_ALLOW, 4);
}

/* SPEC: nacl-proto1-v6-cidr, nacl-proto58-v4-packet, nacl-proto58-v4-cidr: whatever the reader
 * said. */
static void foreign_icmp(void **state)
{
	struct fixture *f = *state;
	struct tw_compiled c;

	add(f, "0.0.0.0/0", TW_ALLOW, 58, TW_ICMP(128, 0), TW_ICMP(128, 0));
	add(f, "::/0", TW_ALLOW, 1, TW_ICMP(8, 0), TW_ICMP(8, 0));
	add(f, "10.0.0.0/8", TW_ALLOW, TW_PROTOCOL_ALL, 0, 65535);
	list_end(&f->list);
	c = compile_acl(f);
	decides(f, &c, packet("1.1.1.1", 58, 5), TW_ACTION_UNKNOWN, 1);
	decides(f, &c, packet("::1", 1, 5), TW_ACTION_UNKNOWN, 2);
	decides(f, &c, packet("::1", 58, TW_ICMP(128, 0)), TW_DENY, 5);
	/* Here both readings agree. */
	decides(f, &c, packet("10.0.0.1", 58, 5), TW_ALLOW, 3);
}

/* SPEC: unverified-default */
static void maybe_rules(void **state)
{
	struct fixture *f = *state;
	struct tw_compiled c;

	add(f, "0.0.0.0/0", TW_ALLOW, 6, 80, 89);
	add(f, "0.0.0.0/0", TW_DENY, 6, 85, 99);
	add(f, "0.0.0.0/0", TW_ALLOW, 6, 80, 95);
	f->list.rule[0].maybe = f->list.rule[1].maybe = true;
	list_end(&f->list);
	c = compile_acl(f);
	decides(f, &c, packet("1.1.1.1", 6, 80), TW_ALLOW, 3);
	/* Rule 1 agrees with rule 3; rule 2 is the one that leaves it open. */
	decides(f, &c, packet("1.1.1.1", 6, 87), TW_ACTION_UNKNOWN, 2);
	decides(f, &c, packet("1.1.1.1", 6, 92), TW_ACTION_UNKNOWN, 2);
	decides(f, &c, packet("1.1.1.1", 6, 97), TW_DENY, 4);
	/* Behind a sure rule nothing is open any more. */
	f->list.rule[0].maybe = false;
	c = compile_acl(f);
	decides(f, &c, packet("1.1.1.1", 6, 87), TW_ALLOW, 1);
}

static void unknown_action(void **state)
{
	struct fixture *f = *state;
	struct tw_compiled c;

	add(f, "10.0.0.0/8", TW_ACTION_UNKNOWN, 6, 80, 80);
	add(f, "0.0.0.0/0", TW_ALLOW, 6, 80, 80);
	list_end(&f->list);
	c = compile_acl(f);
	decides(f, &c, packet("10.0.0.1", 6, 80), TW_ACTION_UNKNOWN, 1);
	decides(f, &c, packet("11.0.0.1", 6, 80), TW_ALLOW, 2);
}

/* Type -1 with a definite code: open for every type. */
static void icmp_any_type(void **state)
{
	struct fixture *f = *state;
	struct tw_rule rule = list_rule("0.0.0.0/0", TW_ALLOW, 1, 3, 3);
	struct tw_compiled c;

	rule.icmp_any_type_code = true;
	list_add(&f->list, rule);
	list_end(&f->list);
	c = compile_acl(f);
	decides(f, &c, packet("10.0.0.1", 1, TW_ICMP(5, 3)), TW_ACTION_UNKNOWN, 1);
	decides(f, &c, packet("10.0.0.1", 1, TW_ICMP(5, 4)), TW_ACTION_UNKNOWN, 1);
	decides(f, &c, packet("10.0.0.1", 6, 3), TW_DENY, 2);
}

static struct tw_compiled compile_group(struct fixture *f)
{
	struct tw_compiled compiled;

	assert_int_equal(tw_compile_group(f->space, f->list.rules, in_request, &compiled), TW_OK);
	return compiled;
}

static void passes(struct fixture *f, const struct tw_compiled *compiled, struct tw_packet p,
	enum tw_action want, size_t want_label)
{
	struct tw_point point = {p.family, p.protocol, p.peer, {0, 0}, 40000, p.port};
	size_t rule;

	assert_int_equal(tw_set_has(f->space, compiled->allow, &point), want == TW_ALLOW);
	assert_int_equal(tw_set_has(f->space, compiled->deny, &point), want == TW_DENY);
	assert_int_equal(
		tw_set_has(f->space, compiled->unknown, &point), want == TW_ACTION_UNKNOWN);
	assert_int_equal(tw_partition_label(f->space, compiled->decides, &point), want_label);
	assert_int_equal(tw_group_decide(f->list.rules, &p, &rule), want);
	assert_int_equal(rule == f->list.rules.n ? 0 : rule + 1, want_label);
}

/* SPEC: sg-allow-only-union */
static void group(void **state)
{
	const struct tw_range peers[] = {{{0, 5}, {0, 6}, TW_IPV4}, {{0, 9}, {0, 9}, TW_IPV6}};
	struct fixture *f = *state;
	struct tw_compiled c = compile_group(f);
	struct tw_rule rule;

	assert_int_equal(c.deny, tw_set_all(f->space));
	add(f, "10.0.0.0/8", TW_ALLOW, 6, 80, 90);
	rule = list_rule("0.0.0.0/0", TW_ALLOW, 6, 85, 95);
	rule.maybe = true;
	list_add(&f->list, rule);
	add(f, "10.0.0.0/8", TW_ALLOW, 6, 90, 95);
	rule = list_rule("0.0.0.0/0", TW_ALLOW, 17, 53, 53);
	rule.family = 0;
	rule.peers = peers;
	rule.peers_n = 2;
	list_add(&f->list, rule);
	rule.protocol = 6;
	rule.peers_n = 0;
	list_add(&f->list, rule);
	c = compile_group(f);
	passes(f, &c, packet("10.0.0.1", 6, 80), TW_ALLOW, 1);
	passes(f, &c, packet("10.0.0.1", 6, 90), TW_ALLOW, 1);
	passes(f, &c, packet("10.0.0.1", 6, 93), TW_ALLOW, 3);
	passes(f, &c, packet("11.0.0.1", 6, 93), TW_ACTION_UNKNOWN, 2);
	passes(f, &c, packet("11.0.0.1", 6, 80), TW_DENY, 0);
	passes(f, &c, packet("0.0.0.6", 17, 53), TW_ALLOW, 4);
	passes(f, &c, packet("0.0.0.9", 17, 53), TW_DENY, 0);
	passes(f, &c, packet("::9", 17, 53), TW_ALLOW, 4);
	passes(f, &c, packet("::9", 6, 53), TW_DENY, 0);
}

static void covers(void **state)
{
	struct fixture *f = *state;
	struct tw_rule rule = list_rule("10.0.0.0/8", TW_DENY, 6, 80, 80);
	struct tw_box box = tw_box_all(TW_IPV4);

	box.protocol_lo = box.protocol_hi = 6;
	box.from = tw_prefix_range(rule.peer);
	box.service = rule.ports;
	assert_int_equal(tw_rule_covers(f->space, &rule, in_request), tw_set_box(f->space, &box));
	rule.maybe = true;
	assert_int_equal(tw_rule_covers(f->space, &rule, in_request), tw_set_box(f->space, &box));
	box.to = box.from;
	box.from = tw_box_all(TW_IPV4).from;
	box.client = box.service;
	box.service = (struct tw_ports){0, 65535};
	assert_int_equal(tw_rule_covers(f->space, &rule, (struct tw_view){TW_INGRESS, TW_REPLY}),
		tw_set_box(f->space, &box));
	rule.peer.family = rule.family = 0;
	rule.protocol = TW_PROTOCOL_ALL;
	assert_int_equal(tw_rule_covers(f->space, &rule, in_request), tw_set_all(f->space));
}

static void limits(void **state)
{
	struct fixture *f = *state;
	struct tw_rules many = {NULL, 65001};
	struct tw_compiled untouched = {7, 7, 7, 7};
	struct tw_space *small;

	assert_int_equal(tw_compile_acl(f->space, many, in_request, &untouched), TW_ELIMIT);
	assert_int_equal(tw_compile_group(f->space, many, in_request, &untouched), TW_ELIMIT);
	/* That says nothing about the space. */
	assert_int_equal(tw_space_status(f->space), TW_OK);
	for (unsigned i = 0; i < 20; i++)
		add(f, "10.0.0.0/8", i % 2 ? TW_ALLOW : TW_DENY, (int)i + 2, 80 + i, 80 + i);
	assert_int_equal(tw_space_new(f->mem, 3, &small), TW_OK);
	assert_int_equal(tw_compile_acl(small, f->list.rules, in_request, &untouched), TW_ELIMIT);
	assert_int_equal(tw_compile_group(small, f->list.rules, in_request, &untouched), TW_ELIMIT);
	tw_space_free(small);
	assert_int_equal(untouched.allow, 7);
	assert_int_equal(untouched.decides, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views),
		cmocka_unit_test_setup_teardown(first_match, setup, teardown),
		cmocka_unit_test_setup_teardown(no_rule, setup, teardown),
		cmocka_unit_test_setup_teardown(families, setup, teardown),
		cmocka_unit_test_setup_teardown(ports, setup, teardown),
		cmocka_unit_test_setup_teardown(foreign_icmp, setup, teardown),
		cmocka_unit_test_setup_teardown(maybe_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(unknown_action, setup, teardown),
		cmocka_unit_test_setup_teardown(icmp_any_type, setup, teardown),
		cmocka_unit_test_setup_teardown(group, setup, teardown),
		cmocka_unit_test_setup_teardown(covers, setup, teardown),
		cmocka_unit_test_setup_teardown(limits, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
