/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_READ_DOCUMENT_H
#define TW_TEST_READ_DOCUMENT_H

/* A document read from a text in memory, with everything around it; and what to expect of refusals.
 */

#include "test_alloc.h"

#include "document_check.h"

struct reading {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_document *d; /* NULL after a refusal */
	tw_status status;
	uint32_t file;
};

enum syntax { JSON, YAML };

/* Reads, and checks what holds for every document and every refusal. */
void reading_begin(struct reading *r, enum syntax syntax, const char *text, size_t n);
void reading_end(struct reading *r);

/* Expects diagnostic number i to stand at line:column and to say just this. */
void expect_diag(
	const struct reading *r, size_t i, uint32_t line, uint32_t column, const char *message);
/* Expects its second place. */
void expect_other(const struct reading *r, size_t i, uint32_t line, uint32_t column);

/* A text that is refused with one error. */
struct refusal {
	const char *text;
	uint32_t line, column;
	const char *message;
};
void expect_refusals(enum syntax syntax, const struct refusal *refusal, size_t n);
/* Expects a text to be read. */
void expect_read(enum syntax syntax, const char *text, size_t n);

/* Makes each allocation of reading the text fail; the reading must end as `expected` in the end. */
void expect_oom_safe(enum syntax syntax, const char *text, tw_status expected);

/* The node of a path such as "a/0/b" (no '/' or digits-only keys in it), which must exist. */
uint32_t node_at(const struct tw_document *d, const char *path);
/* Expects the decoded text of a node. */
void expect_text(struct tw_document *d, uint32_t node, const char *text, size_t n);

#endif
