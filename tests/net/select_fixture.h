/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_SELECT_FIXTURE_H
#define TW_TEST_SELECT_FIXTURE_H

/* For tests of selections: a network with something of every kind, and what texts give in it. */

#include "site_fixture.h"

#define ENI_1  "interfaces subnet-a acl-1 [sg-web] {eni-1} 10.0.1.11 2001:db8:1:1::11\n"
#define ENI_1B "interfaces subnet-b acl-1 [sg-web] {eni-1b} 10.0.2.11\n"
#define ENI_2  "interfaces subnet-a acl-1 [sg-web] {eni-2} 10.0.1.12\n"
/* a group that is not in the input has the last place */
#define ENI_LOST "interfaces subnet-b acl-1 [?] {eni-lost} 10.0.2.16\n"
#define ENI_45	 "interfaces subnet-b acl-1 [sg-web] {eni-4 eni-5} 10.0.2.14/31\n"

/* One VPC, two subnets, instances; and a second VPC of the same addresses. Finished. */
void office(struct world *w);
/* With a port, and at bytes 7 to 9 of a file. */
tw_status ask(struct world *w, const struct tw_intents *intents, struct tw_arena *arena,
	const char *text, struct tw_selection *ret);
void check_selection(const struct world *w, const struct tw_selection *s, const char *name,
	const char *ids, const char *sites);
/* The text gives these ids and sites, no port and no diagnostics. */
void finds(struct world *w, const struct tw_intents *intents, const char *text, const char *ids,
	const char *sites);
/* The text is refused with one message at its place. Diagnostics are then renewed. */
void refuses(
	struct world *w, const struct tw_intents *intents, const char *text, const char *message);

#endif
