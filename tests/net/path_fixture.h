/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_PATH_FIXTURE_H
#define TW_TEST_PATH_FIXTURE_H

/* For tests of paths: one question at a time, about two selections of one site each. */

#include "site_fixture.h"

/* A question under way: one network, one space, the world outside. */
struct path_test {
	struct world w;
	struct tw_space *space;
	struct tw_world world;
	struct tw_arena arena;
	struct tw_paths paths;
	struct tw_selection from, to;
};

/* Finishes t->w, and makes space and world. */
void path_start(struct path_test *t);
void path_stop(struct path_test *t);
/* A selection of one site. */
void path_choose(struct path_test *t, const char *text, struct tw_selection *ret);
/* Fills t->paths; fails unless their domains are disjoint and together all pairs. */
void path_ask(struct path_test *t, const char *from, const char *to);
struct tw_point point_of(const char *from, const char *to);
/* The path of one pair of addresses. */
const struct tw_path *path_of(struct path_test *t, const char *from, const char *to);
/* "sg-1 out request, acl-a out request, ..." as met. */
/* The first route on the path, "10.0.0.0/8 -> igw-1"; NULL if it takes none. */
const char *path_route(const struct tw_path *path);
const char *path_crossings(struct path_test *t, const struct tw_path *path);

/* An ACL of vpc-1 without rules. */
tw_status path_acl(struct path_test *t, const char *id, const char *subnets);
/* Two subnets with ACLs, two instances in the first, one in the second; not finished. */
void two_subnets(struct path_test *t);
/* A subnet with these routes; eni-1 has a public address, eni-2 none; not finished. */
void routed(struct path_test *t, const char *routes);

#endif
