/* SPDX-License-Identifier: Apache-2.0 */
/* See test_document.h. */

#include "test_document.h"

#include <stdio.h>
#include <stdlib.h>

static tw_status read_text(enum syntax syntax, struct tw_mem *mem, struct tw_sources *sources,
	uint32_t file, struct tw_diags *diags, struct tw_document **ret)
{
	return (syntax == YAML ? tw_yaml_read : tw_json_read)(mem, sources, file, diags, ret);
}

void reading_begin(struct reading *r, enum syntax syntax, const char *text, size_t n)
{
	const char *fault;

	memset(r, 0, sizeof(*r));
	r->mem = test_mem_new(&r->alloc);
	assert_int_equal(tw_sources_new(r->mem, &r->sources), TW_OK);
	assert_int_equal(tw_diags_new(r->mem, &r->diags), TW_OK);
	assert_int_equal(tw_sources_add(r->sources, "input", text, n, &r->file), TW_OK);
	r->status = read_text(syntax, r->mem, r->sources, r->file, r->diags, &r->d);
	if (r->status == TW_OK) {
		assert_non_null(r->d);
		assert_int_equal(tw_diags_count(r->diags), 0);
		fault = check_document(r->d);
	} else {
		assert_null(r->d);
		assert_int_equal(r->status, TW_EPARSE);
		fault = check_refusal(r->sources, r->diags, r->file, n);
	}
	if (fault)
		fail_msg("%s: %.200s", fault, text);
}

void reading_end(struct reading *r)
{
	tw_document_free(r->d);
	tw_diags_free(r->diags);
	tw_sources_free(r->sources);
	test_mem_free(&r->alloc, r->mem);
}

static void expect_place(
	const struct reading *r, struct tw_span span, uint32_t line, uint32_t column)
{
	struct tw_place place;

	assert_int_equal(tw_sources_place(r->sources, span, &place), TW_OK);
	if (place.line != line || place.column != column)
		fail_msg("at %u:%u, expected %u:%u", (unsigned)place.line, (unsigned)place.column,
			(unsigned)line, (unsigned)column);
}

void expect_diag(
	const struct reading *r, size_t i, uint32_t line, uint32_t column, const char *message)
{
	const struct tw_diag *diag = tw_diags_get(r->diags, i);

	assert_non_null(diag);
	assert_string_equal(diag->message, message);
	assert_int_equal(diag->level, TW_LEVEL_ERROR);
	expect_place(r, diag->span, line, column);
}

void expect_other(const struct reading *r, size_t i, uint32_t line, uint32_t column)
{
	const struct tw_diag *diag = tw_diags_get(r->diags, i);

	assert_non_null(diag);
	assert_non_null(diag->other_message);
	expect_place(r, diag->other, line, column);
}

void expect_refusals(enum syntax syntax, const struct refusal *refusal, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct reading r;

		reading_begin(&r, syntax, refusal[i].text, strlen(refusal[i].text));
		if (r.status == TW_OK)
			fail_msg("was read: %s", refusal[i].text);
		assert_int_equal(tw_diags_count(r.diags), 1);
		expect_diag(&r, 0, refusal[i].line, refusal[i].column, refusal[i].message);
		reading_end(&r);
	}
}

void expect_read(enum syntax syntax, const char *text, size_t n)
{
	struct reading r;

	reading_begin(&r, syntax, text, n);
	if (r.status != TW_OK)
		fail_msg("%s: %.200s", tw_diags_get(r.diags, 0)->message, text);
	reading_end(&r);
}

struct oom_case {
	enum syntax syntax;
	const char *text;
};

static tw_status read_once(struct tw_mem *mem, void *ctx)
{
	const struct oom_case *oom = ctx;
	struct tw_sources *sources = NULL;
	struct tw_diags *diags = NULL;
	struct tw_document *d = NULL;
	uint32_t file = 0;
	tw_status status = tw_sources_new(mem, &sources);

	if (status == TW_OK)
		status = tw_diags_new(mem, &diags);
	if (status == TW_OK)
		status = tw_sources_add(sources, "input", oom->text, strlen(oom->text), &file);
	if (status == TW_OK)
		status = read_text(oom->syntax, mem, sources, file, diags, &d);
	tw_document_free(d);
	tw_diags_free(diags);
	tw_sources_free(sources);
	return status;
}

void expect_oom_safe(enum syntax syntax, const char *text, tw_status expected)
{
	struct oom_case oom = {syntax, text};

	assert_int_equal(tw_oom_sweep(read_once, &oom), expected);
}

uint32_t node_at(const struct tw_document *d, const char *path)
{
	uint32_t node = TW_NODE_ROOT;

	while (*path) {
		size_t n = strcspn(path, "/");
		char step[64];

		assert_true(n < sizeof(step));
		memcpy(step, path, n);
		step[n] = '\0';
		if (tw_node_kind(d, node) == TW_NODE_ARRAY) {
			uint32_t parent = node;

			node = tw_node_first(d, parent);
			for (unsigned long i = strtoul(step, NULL, 10); i > 0; i--)
				node = tw_node_after(d, parent, node);
		} else {
			node = tw_node_member(d, node, step);
		}
		if (node == TW_NODE_NONE)
			fail_msg("no node %s", path);
		path += n + (path[n] == '/');
	}
	return node;
}

void expect_text(struct tw_document *d, uint32_t node, const char *text, size_t n)
{
	struct tw_sv got = tw_node_text(d, node);

	assert_non_null(got.p);
	assert_int_equal(got.n, n);
	assert_memory_equal(got.p, text, n);
}
