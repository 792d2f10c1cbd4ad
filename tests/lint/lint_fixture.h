/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_LINT_FIXTURE_H
#define TW_TEST_LINT_FIXTURE_H

/*
 * For the tests of lint: one network ACL of rules that are drawn from a small world, its report,
 * and a plain count over that world. The world is cut so finely that each rule covers whole cells
 * of it: what holds for one packet of each cell holds for every packet.
 */
#include "test_alloc.h"

#include "build.h"
#include "filter.h"
#include "test_random.h"
#include "twoway/lint.h"

enum { LIST_MOST = 12 };

struct lint_acl {
	struct tw_rule rule[2][LIST_MOST]; /* without the default denies */
	size_t n[2];
};

/* What the rules of a test are made of. `ports` are where ranges may begin; a range ends before
 * another begin, or at 65535. */
struct lint_world {
	const char *const *cidr;
	size_t cidrs;
	const uint16_t *port;
	size_t ports;
	const int16_t *protocol;
	size_t protocols;
};

struct tw_rule lint_rule(
	struct test_random *random, const struct lint_world *world, unsigned number);
/* A rule by hand. */
struct tw_rule lint_rule_of(unsigned number, enum tw_action action, int protocol, unsigned lo,
	unsigned hi, const char *cidr);
/* The report of the ACL; ends the test if there is none. The network is freed by lint_close. */
struct lint_run {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_net *net;
	struct tw_diags *diags;
	struct tw_report *report;
};
void lint_open(struct lint_run *run, const struct lint_acl *acl, bool compliance);
void lint_close(struct lint_run *run);

/* The first finding of a code at a rule, from `from` on; NULL: none. */
const struct tw_finding *lint_finding(const struct lint_run *run, const char *code,
	enum tw_list list, const char *rule, const struct tw_finding *after);

/* One packet of every cell, with the number of packets in it. */
struct lint_cell {
	struct tw_packet packet;
	uint64_t addresses, ports;
};
struct lint_cells {
	struct lint_cell *v;
	size_t n;
};
struct lint_cells lint_cells(const struct lint_world *world);
/* What a list does with a packet; `ret_rule` (may be NULL): by which rule, `n` for the default. */
enum tw_action lint_decide(
	const struct tw_rule *rule, size_t n, const struct tw_packet *packet, size_t *ret_rule);

#endif
