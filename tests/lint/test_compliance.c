/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What --compliance calls true, against a plain loop over probing packets: is a port of the
 * compliance rules open to the internet once the order of rules counts?
 */
#include "lint_fixture.h"

#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 500, PORTS = 4 };

static const char *const cidr[] = {"0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1",
	"10.0.0.0/8", "198.18.0.0/16", "8.0.0.0/8"};
static const int16_t protocol[] = {6, 6, 6, 17, -1};
static const uint16_t port[] = {0, 20, 21, 22, 23, 1024, 3389, 3390};
static const struct lint_world world = {cidr, 7, port, 8, protocol, 5};
static const uint16_t asked[PORTS] = {20, 21, 22, 3389};

/* Public addresses, one in each cell of the world that has any. */
static const char *const probe[] = {"1.1.1.1", "8.8.8.8", "198.18.0.1", "203.0.114.1"};

static bool passes(const struct lint_acl *acl, const char *from, uint8_t by, uint16_t to)
{
	struct tw_prefix p;
	assert_int_equal(tw_prefix_parse(from, strlen(from), &p), TW_PREFIX_OK);
	struct tw_packet packet = {TW_IPV4, by, p.addr, to};
	return lint_decide(acl->rule[TW_INGRESS], acl->n[TW_INGRESS], &packet, NULL) == TW_ALLOW;
}

enum state { SHUT, PARTLY, OPEN };

static enum state state_of(const struct lint_acl *acl, uint8_t by, uint16_t to)
{
	size_t n = 0;
	for (size_t k = 0; k < sizeof(probe) / sizeof(*probe); k++)
		n += passes(acl, probe[k], by, to);
	return n == 0 ? SHUT : n == sizeof(probe) / sizeof(*probe) ? OPEN : PARTLY;
}

/* An entry that names a port for everybody. */
static bool names(const struct tw_rule *rule, uint16_t one)
{
	return rule->action == TW_ALLOW && rule->peer.len == 0 && rule->ports.lo <= one &&
	       one <= rule->ports.hi;
}

static void list_word(char text[96], const char *prefix, uint16_t one)
{
	size_t n = strlen(text);
	snprintf(text + n, 96 - n, "%s%s%u", n > 0 ? ", " : "", prefix, one);
}

static const char *be(const char *list)
{
	return strchr(list, ',') ? "are" : "is";
}

/* What must stand in the finding about a rule that offends; false if it offends nobody. */
static bool expected(
	const struct lint_acl *acl, const struct tw_rule *rule, char *text, size_t size)
{
	char in[3][96] = {"", "", ""}, all[96] = "";
	for (size_t i = 0; i < PORTS; i++) {
		bool tcp = rule->protocol != 17, udp = rule->protocol != 6;
		/* CKV_AWS takes a range from 0 for none; nobody else asks for UDP, 20 or 21. */
		bool ckv = rule->protocol == -1 || rule->ports.lo > 0;
		if (!names(rule, asked[i]) || (!ckv && (!tcp || asked[i] < 22)))
			continue;
		enum state by_tcp = state_of(acl, 6, asked[i]);
		enum state by_udp = state_of(acl, 17, asked[i]);
		list_word(all, "", asked[i]);
		if (tcp && udp && by_tcp != by_udp) {
			list_word(in[by_tcp], "tcp/", asked[i]);
			list_word(in[by_udp], "udp/", asked[i]);
		} else {
			list_word(in[tcp ? by_tcp : by_udp], "", asked[i]);
		}
	}
	if (*all == '\0')
		return false;
	size_t n = (size_t)snprintf(text, size, "that it opens %s; ", all);
	if (*in[OPEN] == '\0' && *in[PARTLY] == '\0')
		snprintf(text + n, size - n, "in truth no packet from the internet");
	else if (*in[SHUT] == '\0' && *in[PARTLY] == '\0')
		snprintf(text + n, size - n, "that is true for the internet");
	else if (*in[SHUT] == '\0' && *in[OPEN] == '\0')
		snprintf(text + n, size - n, "that is true for some of the internet");
	else if (*in[OPEN] == '\0')
		snprintf(text + n, size - n,
			"in truth %s %s open to some of the internet, and %s %s shut by",
			in[PARTLY], be(in[PARTLY]), in[SHUT], be(in[SHUT]));
	else if (*in[PARTLY] == '\0')
		snprintf(text + n, size - n,
			"in truth %s %s open to the internet, and %s %s shut by", in[OPEN],
			be(in[OPEN]), in[SHUT], be(in[SHUT]));
	else if (*in[SHUT] == '\0')
		snprintf(text + n, size - n,
			"in truth %s %s open to the internet, and %s to some of it", in[OPEN],
			be(in[OPEN]), in[PARTLY]);
	else
		snprintf(text + n, size - n,
			"in truth %s %s open to the internet, %s to some of it, and %s %s shut by",
			in[OPEN], be(in[OPEN]), in[PARTLY], in[SHUT], be(in[SHUT]));
	return true;
}

/* Open to every public address, and no rule for 0.0.0.0/0 says so. */
static bool evades(const struct lint_acl *acl, uint16_t one)
{
	for (size_t i = 0; i < acl->n[TW_INGRESS]; i++) {
		const struct tw_rule *rule = &acl->rule[TW_INGRESS][i];
		if (names(rule, one) && rule->protocol != 17)
			return false;
	}
	for (size_t k = 0; k < sizeof(probe) / sizeof(*probe); k++)
		if (!passes(acl, probe[k], 6, one))
			return false;
	return true;
}

static void check(const struct lint_acl *acl, const struct lint_run *run)
{
	size_t offences = 0, evasions = 0, told = 0, evading = 0;
	for (size_t i = 0; i < acl->n[TW_INGRESS]; i++) {
		const struct tw_rule *rule = &acl->rule[TW_INGRESS][i];
		char text[400], id[16];
		if (!expected(acl, rule, text, sizeof(text)))
			continue;
		snprintf(id, sizeof(id), "%u", (unsigned)rule->number);
		const struct tw_finding *f = lint_finding(run, "TW302", TW_INGRESS, id, NULL);
		while (f && !strstr(f->message, text))
			f = lint_finding(run, "TW302", TW_INGRESS, id, f);
		if (!f)
			fail_msg("rule %s: no finding says: %s", id, text);
		offences++;
	}
	for (size_t i = 0; i < PORTS; i++)
		evasions += evades(acl, asked[i]);
	for (size_t i = 0; i < run->report->findings_n; i++) {
		const struct tw_finding *f = &run->report->finding[i];
		bool ours = strcmp(f->code, "TW302") == 0;
		evading += ours && strstr(f->message, "passes the compliance rules");
		told += ours;
	}
	assert_int_equal(evading, evasions);
	assert_int_equal(told - evading, offences);
}

static void test_truth(void **state)
{
	struct test_random random;
	(void)state;
	test_random_init(&random, "lint compliance");
	for (int i = 0; i < RUNS; i++) {
		struct lint_acl acl = {.n = {1 + test_random_below(&random, LIST_MOST - 1), 0}};
		struct lint_run run;
		for (size_t k = 0; k < acl.n[TW_INGRESS]; k++)
			acl.rule[TW_INGRESS][k] = lint_rule(&random, &world, (unsigned)k + 1);
		lint_open(&run, &acl, true);
		check(&acl, &run);
		lint_close(&run);
		/* Without the option nobody is told. */
		lint_open(&run, &acl, false);
		for (size_t k = 0; k < run.report->findings_n; k++)
			assert_string_not_equal(run.report->finding[k].code, "TW302");
		lint_close(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_truth)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
