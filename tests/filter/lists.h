/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_LISTS_H
#define TW_TEST_LISTS_H

/* Rules for tests, by hand and at random. */

#include "filter.h"
#include "test_random.h"

enum { LIST_MOST = 48 };

struct list {
	struct tw_rule rule[LIST_MOST + 2];
	struct tw_range peers[LIST_MOST][3];
	struct tw_rules rules;
};

/* "100 allow tcp 443 10.0.0.0/8" as a rule; `protocol` -1 and ports 0-65535 for any. */
struct tw_rule list_rule(
	const char *cidr, enum tw_action action, int protocol, unsigned lo, unsigned hi);
void list_add(struct list *list, struct tw_rule rule);
/* The two implicit denies. */
void list_end(struct list *list);

/*
 * A random list. `doubt`: with maybe rules, unknown actions, ICMP of the wrong family. `group`:
 * with peer lists, rules of both families, and allows only. Addresses come from a small pool that
 * list_packet draws from too, so that rules overlap and packets hit.
 */
void list_random(struct list *list, struct test_random *random, bool doubt, bool group);
struct tw_packet list_packet(struct test_random *random);

/* The round trip that a list sees as this packet; the fields that it does not look at are random.
 */
struct tw_point list_point(
	const struct tw_packet *packet, struct tw_view view, struct test_random *random);

#endif
