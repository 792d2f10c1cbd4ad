/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the engine takes, beside BuDDy, a library for binary decision diagrams, doing the same
 * work in the same run: the allow set of network ACLs of 20 and 40 rules, and the work of a
 * verdict, which compiles four lists and intersects requests and replies. Interleaved rounds,
 * because the machine's speed moves; medians over random lists, as JSON on standard output.
 *
 * Every round starts from an empty diagram: twoway resets its space, BuDDy collects its garbage,
 * which empties its caches ("cleared"); BuDDy is also timed on the same list a second time
 * ("repeated").
 */

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <bdd.h>

#include "filter.h"

enum { LISTS = 64, ROUNDS = 9, MOST_RULES = 40, ADDR_BITS = 32, PORT_BITS = 16, PROTO_BITS = 8 };
enum { PORT_VAR = ADDR_BITS, PROTO_VAR = PORT_VAR + PORT_BITS, VARS = PROTO_VAR + PROTO_BITS };

struct list {
	struct tw_rule rule[MOST_RULES + 2];
	struct tw_rules rules;
};

struct samples {
	uint64_t v[LISTS * ROUNDS];
	size_t n;
};

static uint64_t random_state = 20240923;

static uint64_t random_below(uint64_t n)
{
	uint64_t x = random_state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return (x ^ x >> 31) % n;
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static struct tw_ports random_ports(void)
{
	static const uint16_t service[] = {
		22, 80, 443, 3306, 5432, 6379, 53, 123, 389, 8080, 8443, 2049, 25, 587, 993, 3389};
	uint64_t kind = random_below(10);
	uint16_t a, b;

	if (kind < 5) {
		a = service[random_below(16)];
		return (struct tw_ports){a, a};
	}
	if (kind == 5)
		return (struct tw_ports){1024, 65535};
	if (kind == 6)
		return (struct tw_ports){32768, 60999};
	if (kind == 7)
		return (struct tw_ports){49152, 65535};
	if (kind == 8)
		return (struct tw_ports){0, 65535};
	a = (uint16_t)random_below(65536);
	b = (uint16_t)random_below(65536);
	return (struct tw_ports){a < b ? a : b, a < b ? b : a};
}

/* n - 1 random rules, seven of ten allow, and the implicit denies of both families. */
static void random_list(struct list *list, size_t n)
{
	static const uint8_t lens[] = {0, 8, 16, 16, 20, 24, 24, 24, 28, 32};
	static const struct tw_prefix any[] = {{{0, 0}, TW_IPV4, 0}, {{0, 0}, TW_IPV6, 0}};

	for (size_t i = 0; i + 1 < n; i++) {
		struct tw_prefix peer = {
			{0, 10u << 24 | random_below(1u << 24)}, TW_IPV4, lens[random_below(10)]};
		uint64_t protocol = random_below(10);
		struct tw_rule rule = {.number = (uint32_t)i + 1, .family = TW_IPV4};

		peer.addr = tw_prefix_range(peer).first;
		rule.action = random_below(10) < 7 ? TW_ALLOW : TW_DENY;
		rule.peer = peer;
		rule.protocol = TW_PROTOCOL_ALL;
		if (protocol < 9)
			rule.protocol = protocol < 7 ? TW_PROTOCOL_TCP : TW_PROTOCOL_UDP;
		rule.every_port = protocol == 9;
		rule.ports = rule.every_port ? (struct tw_ports){0, 65535} : random_ports();
		list->rule[i] = rule;
	}
	for (size_t i = 0; i < 2; i++)
		list->rule[n - 1 + i] = (struct tw_rule){.number = TW_IMPLICIT_V4 + (uint32_t)i,
			.action = TW_DENY,
			.family = any[i].family,
			.protocol = TW_PROTOCOL_ALL,
			.ports = {0, 65535},
			.every_port = true,
			.peer = any[i],
			.implicit = true};
	list->rules = (struct tw_rules){list->rule, n + 1};
}

/* ---- BuDDy ---------------------------------------------------------------------------------- */

static BDD bdd_keep(BDD old, BDD made)
{
	bdd_addref(made);
	bdd_delref(old);
	return made;
}

/* The highest `bits` of `width` variables from `var` on equal those of `value`. */
static BDD bdd_bits(unsigned var, unsigned width, unsigned bits, uint64_t value)
{
	BDD all = bdd_addref(bddtrue);

	for (unsigned i = bits; i-- > 0;) {
		bool one = value >> (width - 1 - i) & 1;

		all = bdd_keep(
			all, bdd_and(one ? bdd_ithvar((int)(var + i)) : bdd_nithvar((int)(var + i)),
				     all));
	}
	return all;
}

/* Port <= limit, or port >= limit. */
static BDD bdd_bound(uint16_t limit, bool below)
{
	BDD all = bdd_addref(bddtrue);

	for (unsigned i = PORT_BITS; i-- > 0;) {
		bool one = limit >> (PORT_BITS - 1 - i) & 1;
		int var = (int)(PORT_VAR + i);
		BDD literal = below ? bdd_nithvar(var) : bdd_ithvar(var);

		all = bdd_keep(all, one == below ? bdd_or(literal, all) : bdd_and(literal, all));
	}
	return all;
}

static BDD bdd_rule(const struct tw_rule *rule)
{
	BDD all = bdd_bits(0, ADDR_BITS, rule->peer.len, rule->peer.addr.lo), part;

	if (rule->protocol != TW_PROTOCOL_ALL) {
		part = bdd_bits(PROTO_VAR, PROTO_BITS, PROTO_BITS, (uint64_t)rule->protocol);
		all = bdd_keep(all, bdd_and(all, part));
		bdd_delref(part);
	}
	if (!rule->every_port) {
		part = bdd_bound(rule->ports.lo, false);
		all = bdd_keep(all, bdd_and(all, part));
		bdd_delref(part);
		part = bdd_bound(rule->ports.hi, true);
		all = bdd_keep(all, bdd_and(all, part));
		bdd_delref(part);
	}
	return all;
}

/* The allow set of the IPv4 rules, folded from the last rule to the first. */
static BDD bdd_list(struct tw_rules rules)
{
	BDD allow = bdd_addref(bddfalse);

	for (size_t i = rules.n; i-- > 0;) {
		BDD rule;

		if (rules.rule[i].family != TW_IPV4)
			continue;
		rule = bdd_rule(&rules.rule[i]);
		if (rules.rule[i].action == TW_ALLOW)
			allow = bdd_keep(allow, bdd_or(allow, rule));
		else
			allow = bdd_keep(allow, bdd_apply(allow, rule, bddop_diff));
		bdd_delref(rule);
	}
	return allow;
}

/* ---- measuring ------------------------------------------------------------------------------ */

static void add(struct samples *samples, uint64_t ns)
{
	samples->v[samples->n++] = ns;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t median(struct samples *samples)
{
	qsort(samples->v, samples->n, sizeof(samples->v[0]), compare);
	return samples->v[samples->n / 2];
}

static const struct tw_view request_in = {TW_INGRESS, TW_REQUEST};
static const struct tw_view request_out = {TW_EGRESS, TW_REQUEST};
static const struct tw_view reply_in = {TW_INGRESS, TW_REPLY};
static const struct tw_view reply_out = {TW_EGRESS, TW_REPLY};

static struct tw_compiled compile(
	struct tw_space *space, struct tw_rules rules, struct tw_view view)
{
	struct tw_compiled compiled = {0};

	if (tw_compile_acl(space, rules, view, &compiled) != TW_OK) {
		fprintf(stderr, "bench_engine: a list did not compile\n");
		exit(1);
	}
	return compiled;
}

static uint64_t time_compile(struct tw_space *space, struct tw_rules rules)
{
	uint64_t start = now();

	tw_space_reset(space);
	(void)compile(space, rules, request_in);
	return now() - start;
}

/* Four lists of two ACLs: the requests that pass both, and those of them whose replies pass both.
 */
static uint64_t time_verdict(struct tw_space *space, const struct list list[4])
{
	uint64_t start = now();
	tw_set request, reply;

	tw_space_reset(space);
	request = tw_set_intersect(space, compile(space, list[0].rules, request_out).allow,
		compile(space, list[1].rules, request_in).allow);
	reply = tw_set_intersect(space, compile(space, list[2].rules, reply_out).allow,
		compile(space, list[3].rules, reply_in).allow);
	(void)tw_set_intersect(space, request, reply);
	return now() - start;
}

static uint64_t time_buddy(struct tw_rules rules)
{
	uint64_t start = now();

	bdd_delref(bdd_list(rules));
	return now() - start;
}

struct row {
	const char *name;
	struct samples twoway, cleared, repeated, nodes;
};

static void print_row(struct row *row, const char *end)
{
	uint64_t twoway = median(&row->twoway);
	uint64_t cleared = median(&row->cleared), repeated = median(&row->repeated);

	printf("    \"%s\": {\"twoway_ns\": %llu, \"buddy_cleared_ns\": %llu, "
	       "\"buddy_repeated_ns\": %llu, \"cleared_ratio_percent\": %llu, "
	       "\"repeated_ratio_percent\": %llu, \"nodes\": %llu}%s\n",
		row->name, (unsigned long long)twoway, (unsigned long long)cleared,
		(unsigned long long)repeated, (unsigned long long)(100 * cleared / twoway),
		(unsigned long long)(100 * repeated / twoway),
		(unsigned long long)median(&row->nodes), end);
}

static void run_row(struct tw_space *space, struct row *row, struct tw_rules rules)
{
	add(&row->twoway, time_compile(space, rules));
	add(&row->nodes, tw_space_nodes(space));
	bdd_gbc();
	add(&row->cleared, time_buddy(rules));
	add(&row->repeated, time_buddy(rules));
}

int main(void)
{
	static struct list lists20[LISTS], lists40[LISTS + 3];
	static struct row nacl20 = {.name = "nacl20"}, nacl40 = {.name = "nacl40"};
	static struct samples verdict;
	struct tw_mem *mem;
	struct tw_space *space;

	if (tw_mem_new(NULL, 0, &mem) != TW_OK || tw_space_new(mem, 0, &space) != TW_OK)
		return 1;
	bdd_init(2000000, 200000);
	bdd_setvarnum(VARS);
	bdd_gbc_hook(NULL);
	for (size_t i = 0; i < LISTS; i++)
		random_list(&lists20[i], 20);
	for (size_t i = 0; i < LISTS + 3; i++)
		random_list(&lists40[i], 40);
	/* The first round warms memory up and is not counted. */
	for (size_t round = 0; round <= ROUNDS; round++) {
		if (round == 1)
			nacl20.nodes.n = nacl40.nodes.n = nacl20.twoway.n = nacl20.cleared.n =
				nacl20.repeated.n = nacl40.twoway.n = nacl40.cleared.n =
					nacl40.repeated.n = verdict.n = 0;
		for (size_t i = 0; i < (round ? LISTS : 8); i++) {
			run_row(space, &nacl20, lists20[i].rules);
			run_row(space, &nacl40, lists40[i].rules);
			add(&verdict, time_verdict(space, &lists40[i]));
		}
	}
	printf("{\n  \"schema\": \"twoway-bench-engine/1\",\n  \"compile\": {\n");
	print_row(&nacl20, ",");
	print_row(&nacl40, "");
	printf("  },\n  \"verdict\": {\"lists\": 4, \"rules\": 40, \"twoway_ns\": %llu}\n}\n",
		(unsigned long long)median(&verdict));
	bdd_done();
	tw_space_free(space);
	tw_mem_free(mem);
	return 0;
}
