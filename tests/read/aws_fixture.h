/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_AWS_FIXTURE_H
#define TW_TEST_AWS_FIXTURE_H

/*
 * For tests of the AWS reader: an input that is fed with small texts. JSON in C is unreadable with
 * escaped quotes, so the texts use ' and it is turned into ".
 */

#include "test_alloc.h"

#include "net.h"
#include "twoway/read.h"

struct fixture {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_input *in;
	const struct tw_net *net;
};

void fixture_open(struct fixture *f);
/* Also checks that all memory came back. */
void fixture_close(struct fixture *f);

/* Adds a text under a name; *.json and *.yaml decide as for files. */
tw_status fixture_add_as(
	struct fixture *f, const char *name, const char *text, enum tw_input_type type, bool named);
/* The same, named and of any kind, and it must be read without an error. */
void fixture_add(struct fixture *f, const char *name, const char *text);
void fixture_finish(struct fixture *f);
/* fixture_open, one named text, and tw_input_finish. */
void fixture_load(struct fixture *f, const char *text);

/* One diagnostic at a place, "4:12" or "" for none, and with a message that begins so. */
void assert_diag(const struct fixture *f, size_t i, enum tw_level level, unsigned code,
	const char *place, const char *message);
void assert_diags(const struct fixture *f, size_t n);
/* A whole text that must give exactly one error, at a place, with that message. */
void assert_error(const char *text, const char *place, const char *message);

/* A CIDR block of the model as text: "10.0.0.0/16". */
void assert_prefix(struct tw_prefix prefix, const char *text);
/* A range as "10.0.0.1-10.0.0.4". */
void assert_range(struct tw_range range, const char *text);
/* One rule in one line: "100 allow 10.0.0.0/16 6 443-443 sure". */
void assert_rule(const struct tw_rule *rule, const char *text);
/* The place of a span, "4:12". */
void assert_place(const struct fixture *f, struct tw_span span, const char *place);

#endif
