/* SPDX-License-Identifier: Apache-2.0 */
#include "lint_fixture.h"

#include <stdio.h>
#include <stdlib.h>

struct tw_rule lint_rule_of(unsigned number, enum tw_action action, int protocol, unsigned lo,
	unsigned hi, const char *cidr)
{
	struct tw_rule rule = {.number = number,
		.action = action,
		.protocol = (int16_t)protocol,
		.ports = {(uint16_t)lo, (uint16_t)hi},
		.every_port = lo == 0 && hi == 65535};
	assert_int_equal(tw_prefix_parse(cidr, strlen(cidr), &rule.peer), TW_PREFIX_OK);
	rule.family = rule.peer.family;
	if (protocol != 6 && protocol != 17) {
		rule.ports = (struct tw_ports){0, 65535};
		rule.every_port = true;
	}
	return rule;
}

struct tw_rule lint_rule(struct test_random *random, const struct lint_world *w, unsigned number)
{
	size_t from = test_random_below(random, w->ports), to = test_random_below(random, w->ports);
	size_t a = from < to ? from : to, b = from < to ? to : from;
	unsigned hi = b + 1 < w->ports ? w->port[b + 1] - 1U : 65535;
	return lint_rule_of(number, test_random_below(random, 3) > 0 ? TW_ALLOW : TW_DENY,
		w->protocol[test_random_below(random, w->protocols)], w->port[a], hi,
		w->cidr[test_random_below(random, w->cidrs)]);
}

void lint_open(struct lint_run *run, const struct lint_acl *acl, bool compliance)
{
	static const char *const ids[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10",
		"11", "12", "13", "14", "15", "16", "17", "18", "19", "20"};
	static struct tw_rule rule[2][LIST_MOST];
	struct tw_acl one = {.object = {.id = "acl-1"}, .entries_known = true};
	struct tw_lint_options options = {.compliance = compliance};

	memset(run, 0, sizeof(*run));
	test_alloc_init(&run->alloc);
	run->mem = test_mem_new(&run->alloc);
	memcpy(rule, acl->rule, sizeof(rule));
	for (int list = 0; list < 2; list++) {
		for (size_t i = 0; i < acl->n[list]; i++)
			rule[list][i].id = ids[rule[list][i].number];
		one.list[list] = (struct tw_rules){rule[list], acl->n[list]};
	}
	assert_int_equal(tw_diags_new(run->mem, &run->diags), TW_OK);
	assert_int_equal(tw_net_new(run->mem, &run->net), TW_OK);
	assert_int_equal(tw_net_add_acl(run->net, run->diags, &one, NULL, 0), TW_OK);
	assert_int_equal(tw_net_finish(run->net, run->diags), TW_OK);
	assert_int_equal(tw_lint(run->mem, run->net, &options, run->diags, &run->report), TW_OK);
}

void lint_close(struct lint_run *run)
{
	tw_report_free(run->report);
	tw_net_free(run->net);
	tw_diags_free(run->diags);
	test_mem_free(&run->alloc, run->mem);
}

const struct tw_finding *lint_finding(const struct lint_run *run, const char *code,
	enum tw_list list, const char *rule, const struct tw_finding *after)
{
	const struct tw_report *report = run->report;
	size_t i = after ? (size_t)(after - report->finding) + 1 : 0;
	for (; i < report->findings_n; i++) {
		const struct tw_finding *one = &report->finding[i];
		if (strcmp(one->code, code) == 0 && one->cause_rule &&
			strcmp(one->cause_rule, rule) == 0 &&
			strcmp(one->cause_list, tw_list_name(list)) == 0)
			return one;
	}
	return NULL;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Where the blocks of the world begin and end, sorted: IPv4 only. */
static size_t cuts(const struct lint_world *w, uint64_t *out)
{
	size_t n = 0, k = 0;
	out[n++] = 0;
	out[n++] = (uint64_t)UINT32_MAX + 1;
	for (size_t i = 0; i < w->cidrs; i++) {
		struct tw_prefix p;
		assert_int_equal(tw_prefix_parse(w->cidr[i], strlen(w->cidr[i]), &p), TW_PREFIX_OK);
		out[n++] = tw_prefix_range(p).first.lo;
		out[n++] = tw_prefix_range(p).last.lo + 1;
	}
	qsort(out, n, sizeof(*out), by_number);
	for (size_t i = 0; i < n; i++)
		if (k == 0 || out[k - 1] != out[i])
			out[k++] = out[i];
	return k;
}

struct lint_cells lint_cells(const struct lint_world *w)
{
	/* The last one no rule names: those of all protocols decide it. */
	static const uint8_t protocols[] = {1, 6, 17, 50, 47};
	enum { PROTOCOLS = sizeof(protocols) };
	uint64_t cut[64];
	size_t n = cuts(w, cut);
	struct lint_cells cells = {calloc(n * PROTOCOLS * (w->ports + 1), sizeof(*cells.v)), 0};
	assert_non_null(cells.v);
	for (size_t a = 0; a + 1 < n; a++)
		for (size_t p = 0; p < PROTOCOLS; p++)
			for (size_t i = 0; i < w->ports; i++) {
				bool ports = protocols[p] == 6 || protocols[p] == 17;
				unsigned end = i + 1 < w->ports ? w->port[i + 1] : 65536;
				if (!ports && i > 0)
					continue;
				cells.v[cells.n++] = (struct lint_cell){
					{TW_IPV4, protocols[p], {0, cut[a]},
						ports ? w->port[i] : (uint16_t)0},
					cut[a + 1] - cut[a], ports ? end - w->port[i] : 1};
			}
	return cells;
}

enum tw_action lint_decide(
	const struct tw_rule *rule, size_t n, const struct tw_packet *packet, size_t *ret_rule)
{
	size_t at = n;
	struct tw_rules rules = {rule, n};
	enum tw_action action = tw_acl_decide(rules, packet, &at);
	if (ret_rule)
		*ret_rule = at;
	return action;
}
