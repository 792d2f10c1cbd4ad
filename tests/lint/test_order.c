/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lint says of the order of rules, against a plain loop over the packets of a small world:
 * which rules decide nothing, which change nothing, what one rule can replace, and exact shares.
 */
#include "lint_fixture.h"

#include <stdlib.h>

enum { RUNS = 400 };

static const char *const cidr[] = {"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9",
	"10.0.0.0/16", "192.0.2.0/24", "0.0.0.0/1", "128.0.0.0/1"};
static const int16_t protocol[] = {6, 6, 6, 6, 17, 17, -1, 1, 50};

/* Ports of services only: no range for replies. */
static const uint16_t low[] = {0, 22, 23, 80, 81, 443, 444, 900};
/* And such with ranges for replies, and holes in them. */
static const uint16_t high[] = {0, 80, 443, 1024, 1025, 3389, 3390, 32768, 61001};

static const struct lint_world low_world = {cidr, 8, low, 8, protocol, 9},
			       high_world = {cidr, 8, high, 9, protocol, 9};

static void draw(struct test_random *random, const struct lint_world *world, struct lint_acl *acl)
{
	for (int list = 0; list < 2; list++) {
		acl->n[list] = test_random_below(random, LIST_MOST);
		for (size_t i = 0; i < acl->n[list]; i++)
			acl->rule[list][i] = lint_rule(random, world, (unsigned)i + 1);
	}
}

/* The lists do the same with every packet of the world. */
static bool same(const struct lint_cells *cells, const struct tw_rule *a, size_t n,
	const struct tw_rule *b, size_t m)
{
	for (size_t i = 0; i < cells->n; i++)
		if (lint_decide(a, n, &cells->v[i].packet, NULL) !=
			lint_decide(b, m, &cells->v[i].packet, NULL))
			return false;
	return true;
}

static size_t without(const struct tw_rule *rule, size_t n, const bool *gone, struct tw_rule *out)
{
	size_t k = 0;
	for (size_t i = 0; i < n; i++)
		if (!gone[i])
			out[k++] = rule[i];
	return k;
}

/* The list after the edits of a fix. */
static size_t edit(const struct tw_rule *rule, size_t n, enum tw_list list,
	const struct tw_fix *fix, struct tw_rule *out)
{
	bool gone[LIST_MOST] = {false};
	struct tw_rule copy[LIST_MOST];
	memcpy(copy, rule, n * sizeof(*copy));
	for (size_t e = 0; e < fix->edits; e++) {
		const struct tw_entry *entry = &fix->edit[e].entry;
		if (entry->egress != (list == TW_EGRESS))
			continue;
		for (size_t i = 0; i < n; i++) {
			if (rule[i].number != entry->number)
				continue;
			gone[i] = fix->edit[e].operation == TW_REMOVE;
			copy[i].peer = entry->cidr;
			copy[i].ports = entry->ports;
			copy[i].every_port = entry->ports.lo == 0 && entry->ports.hi == 65535;
		}
	}
	return without(copy, n, gone, out);
}

/* ---- rules that decide nothing, or change nothing -------------------------------------------- */

static void check_list(const struct lint_run *run, const struct lint_acl *acl, enum tw_list list,
	const struct lint_cells *cells)
{
	const struct tw_rule *rule = acl->rule[list];
	size_t n = acl->n[list], at;
	bool decides[LIST_MOST + 1] = {false}, told[LIST_MOST] = {false};
	struct tw_rule left[LIST_MOST];

	for (size_t i = 0; i < cells->n; i++) {
		(void)lint_decide(rule, n, &cells->v[i].packet, &at);
		decides[at] = true;
	}
	for (size_t i = 0; i < n; i++) {
		char id[4] = {(char)('0' + rule[i].number / 10), (char)('0' + rule[i].number % 10)};
		const char *name = rule[i].number < 10 ? id + 1 : id;
		bool shadowed = lint_finding(run, "TW201", list, name, NULL) != NULL;
		bool redundant = lint_finding(run, "TW202", list, name, NULL) != NULL;
		bool gone[LIST_MOST] = {false};

		assert_int_equal(shadowed, !decides[i]);
		assert_false(shadowed && redundant);
		gone[i] = true;
		told[i] = shadowed || redundant;
		if (told[i])
			assert_true(same(cells, rule, n, left, without(rule, n, gone, left)));
	}
	/* And all of them together. */
	assert_true(same(cells, rule, n, left, without(rule, n, told, left)));
}

/* Rules that change nothing have a fix, unless they say what a service is, or lean on one that
 * does: property_flows.py. */
static bool has_to_stay(const struct tw_finding *finding)
{
	for (size_t i = 0; i < finding->notes_n; i++)
		if (strstr(finding->note[i], "or state the flow in twoway.yaml") ||
			strstr(finding->note[i], "by itself only: with the others"))
			return true;
	return false;
}

static void check_findings(
	const struct lint_run *run, const struct lint_acl *acl, const struct lint_cells *cells)
{
	for (size_t i = 0; i < run->report->findings_n; i++) {
		const struct tw_finding *one = &run->report->finding[i];
		assert_true(one->code[2] >= '2' && one->code[2] <= '4');
		if (one->cause_rule)
			assert_string_not_equal(one->cause_rule, "*");
		if (strcmp(one->code, "TW204") == 0 || strcmp(one->code, "TW201") == 0 ||
			strcmp(one->code, "TW202") == 0)
			assert_true(one->fixes_n == 1 ? one->fix[0].applicability == TW_FIX_SAFE
						      : has_to_stay(one));
		for (size_t f = 0; f < one->fixes_n; f++) {
			bool equal = true;
			for (int list = 0; list < 2; list++) {
				struct tw_rule out[LIST_MOST];
				size_t n = acl->n[list];
				size_t m = edit(
					acl->rule[list], n, (enum tw_list)list, &one->fix[f], out);
				if (strcmp(one->code, "TW204") == 0 && one->fix[f].edits > 0 &&
					one->fix[f].edit[0].entry.egress == (list == TW_EGRESS))
					assert_int_equal(m, n - one->fix[f].edits + 1);
				equal &= same(cells, acl->rule[list], n, out, m);
			}
			if (one->fix[f].applicability == TW_FIX_SAFE)
				assert_true(equal);
		}
	}
}

static void sweep(struct test_random *random, const struct lint_world *world)
{
	struct lint_cells cells = lint_cells(world);
	for (int i = 0; i < RUNS; i++) {
		struct lint_acl acl;
		struct lint_run run;
		draw(random, world, &acl);
		lint_open(&run, &acl, false);
		for (int list = 0; list < 2; list++)
			check_list(&run, &acl, (enum tw_list)list, &cells);
		check_findings(&run, &acl, &cells);
		lint_close(&run);
	}
	free(cells.v);
}

static void test_order(void **state)
{
	struct test_random random;
	(void)state;
	test_random_init(&random, "lint order");
	sweep(&random, &low_world);
	sweep(&random, &high_world);
}

/* ---- shares ---------------------------------------------------------------------------------- */

static uint64_t gcd(uint64_t a, uint64_t b)
{
	return b == 0 ? a : gcd(b, a % b);
}

/* A number with commas; moves behind it. */
static uint64_t number(const char **text)
{
	uint64_t n = 0;
	for (; (**text >= '0' && **text <= '9') || **text == ','; ++*text)
		if (**text != ',')
			n = n * 10 + (uint64_t)(**text - '0');
	return n;
}

static bool shuts(const struct tw_rule *rule)
{
	return rule->action == TW_DENY && rule->protocol == TW_PROTOCOL_ALL;
}

static void check_share(const struct lint_run *run, const struct lint_acl *acl, enum tw_list list,
	size_t at, const struct lint_cells *cells, size_t *ret_told)
{
	const struct tw_rule *rule = acl->rule[list];
	uint64_t lost = 0, whole = 0;
	bool decides = false;
	char id[4] = {(char)('0' + rule[at].number / 10), (char)('0' + rule[at].number % 10)};
	const char *name = rule[at].number < 10 ? id + 1 : id;
	const struct tw_finding *f = lint_finding(run, "TW205", list, name, NULL);

	for (size_t i = 0; i < cells->n; i++) {
		struct tw_rule alone = rule[at];
		size_t by;
		uint64_t packets = cells->v[i].addresses * cells->v[i].ports;
		alone.action = TW_ALLOW;
		if (lint_decide(&alone, 1, &cells->v[i].packet, NULL) != TW_ALLOW)
			continue;
		(void)lint_decide(rule, acl->n[list], &cells->v[i].packet, &by);
		decides |= by == at;
		whole += packets;
		/* Blocks that are shut as a whole are wanted. */
		if (by < at && rule[by].action != rule[at].action &&
			!(shuts(&rule[by]) && rule[by].peer.len > 0))
			lost += packets;
	}
	if (!decides || lint_finding(run, "TW202", list, name, NULL) ||
		(shuts(&rule[at]) && rule[at].peer.len == 0))
		lost = 0;
	assert_int_equal(f != NULL, lost > 0);
	/* Of several protocols at once, the world holds some only: no count to compare. */
	if (!f || (rule[at].protocol == TW_PROTOCOL_ALL && !strstr(f->message, " addresses")))
		return;
	const char *text = strstr(f->message, " take");
	assert_non_null(text);
	text += strcspn(text, "0123456789");
	uint64_t a = number(&text);
	assert_int_equal(strncmp(text, " of ", 4), 0);
	text += 4;
	uint64_t b = number(&text), g = gcd(a, b), h = gcd(lost, whole);
	assert_int_equal(a / g, lost / h);
	assert_int_equal(b / g, whole / h);
	++*ret_told;
}

static void test_shares(void **state)
{
	struct lint_cells cells = lint_cells(&low_world);
	struct test_random random;
	size_t told = 0;
	(void)state;
	test_random_init(&random, "lint shares");
	for (int i = 0; i < RUNS; i++) {
		struct lint_acl acl;
		struct lint_run run;
		draw(&random, &low_world, &acl);
		lint_open(&run, &acl, false);
		for (int list = 0; list < 2; list++)
			for (size_t k = 0; k < acl.n[list]; k++)
				check_share(&run, &acl, (enum tw_list)list, k, &cells, &told);
		lint_close(&run);
	}
	free(cells.v);
	assert_true(told > RUNS / 4);
}

/* ---- no relation, no finding ------------------------------------------------------------------
 */

static void test_silent(void **state)
{
	static const char *const block[] = {
		"10.1.0.0/24", "10.2.0.0/24", "10.4.0.0/24", "0.0.0.0/0", "172.16.0.0/12"};
	struct test_random random;
	(void)state;
	test_random_init(&random, "lint silent");
	for (int i = 0; i < RUNS / 4; i++) {
		struct lint_acl acl = {.n = {LIST_MOST, LIST_MOST}};
		struct lint_run run;
		for (int list = 0; list < 2; list++)
			for (unsigned k = 0; k < LIST_MOST; k++) {
				/* Ports that do not touch, of services. */
				unsigned port =
					600 + k * 10 + (unsigned)test_random_below(&random, 8);
				acl.rule[list][k] = lint_rule_of(k + 1, TW_ALLOW,
					test_random_below(&random, 2) ? 6 : 17, port, port,
					block[test_random_below(&random, 5)]);
			}
		lint_open(&run, &acl, false);
		for (size_t k = 0; k < run.report->findings_n; k++)
			assert_int_not_equal(run.report->finding[k].code[2], '2');
		lint_close(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_order),
		cmocka_unit_test(test_shares), cmocka_unit_test(test_silent)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
