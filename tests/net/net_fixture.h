/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_NET_FIXTURE_H
#define TW_TEST_NET_FIXTURE_H

/* For tests of the model: an empty one, and objects with few fields. */

#include "test_alloc.h"

#include "build.h"

struct world {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_diags *diags;
	struct tw_net *net;
	uint32_t next; /* where the next object is said to have been read */
};

void world_open(struct world *w);
void world_close(struct world *w);
/* A span of one byte that no other object has. */
struct tw_span world_span(struct world *w);
struct tw_prefix prefix_of(const char *text);
/* Copies of prefixes in the arena: "10.0.0.0/8 10.1.0.0/16". */
struct tw_prefixes prefixes_of(struct world *w, const char *text);
struct tw_rule acl_rule(struct world *w, uint32_t number, const char *cidr, uint16_t port);

void add_vpc(struct world *w, const char *id, const char *cidrs);
void add_subnet(struct world *w, const char *id, const char *vpc_id, const char *cidrs);
/* `subnets`: ids with blanks between them, NULL: associations not known. */
tw_status add_acl(struct world *w, const char *id, const char *vpc_id, bool is_default,
	const char *subnets, const struct tw_rule *ingress, size_t n);
/* `groups`: ids with blanks between them. */
void add_interface(struct world *w, const char *id, const char *vpc_id, const char *groups,
	const char *addresses);
/* A group whose ingress list has these rules. */
void add_group(
	struct world *w, const char *id, const char *vpc_id, const struct tw_rule *rule, size_t n);

#endif
