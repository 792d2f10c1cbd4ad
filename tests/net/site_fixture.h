/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_SITE_FIXTURE_H
#define TW_TEST_SITE_FIXTURE_H

/* For tests of sites, selections and paths: small networks, and sites as text to compare with. */

#include "net_fixture.h"

#include "site.h"

/* An interface in a few words; NULL or 0 where it has none. */
struct eni {
	const char *id, *subnet, *vpc, *groups, *addresses, *public, *instance, *name;
	enum tw_interface_type type;
};

void add_eni(struct world *w, const struct eni *eni);
void add_instance(struct world *w, const char *id, enum tw_platform platform, const char *name);
/*
 * `routes`: "10.0.0.0/16=local 0.0.0.0/0=igw-1 pl-1=vpce-1 10.9.0.0/16=!pcx-1"; the target's kind
 * is told by its id, `!` makes a blackhole, `~` a propagated route. `subnets`: explicit
 * associations, or NULL.
 */
void add_table(struct world *w, const char *id, const char *vpc_id, const char *subnets,
	const char *routes);
void add_prefix_list(struct world *w, const char *id, const char *cidrs);
/* A subnet with a Name tag and one more tag "Key=value". */
void add_tagged_subnet(struct world *w, const char *id, const char *vpc_id, const char *cidrs,
	const char *name, const char *tag);
void finish_net(struct world *w);

struct tw_range range_of(const char *text);
/* "10.0.1.10 10.0.2.0/24 2001:db8::1", in `arena`. */
const char *addresses_text(struct tw_arena *arena, const struct tw_range *range, size_t n);
/*
 * One line a site: kind, subnet, acl, groups, members, addresses. "interfaces subnet-a acl-1
 * [sg-1 sg-2] {eni-1 eni-2} 10.0.1.10 10.0.1.11\n". States that are not known are marked: acl ? is
 * not known, acl - assumed.
 */
const char *sites_text(const struct tw_net *net, struct tw_arena *arena, const struct tw_sites *s);
/* Fails with both texts if they differ. */
void assert_sites(const struct tw_net *net, const struct tw_sites *sites, const char *expected);
/* The message of the only diagnostic, which must be an error. */
const char *only_error(const struct tw_diags *diags);

#endif
