/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_READ_DOCUMENT_CHECK_H
#define TW_TEST_READ_DOCUMENT_CHECK_H

/*
 * What holds for every document and every refusal, whatever the input was. Shared by the unit tests
 * and the fuzz targets. Functions return NULL, or the first rule that is broken.
 */

#include "document.h"

#define CHECK_PATHS 64 /* nodes whose path is asked for: a path costs a walk from the root */

static inline bool check_utf8(const char *p, size_t n)
{
	uint32_t code_point;

	for (size_t i = 0, step; i < n; i += step) {
		step = tw_utf8_next(p + i, n - i, &code_point);
		if (!step)
			return false;
	}
	return true;
}

/* The first and the last byte of a JSON value say what it is. */
static inline const char *check_json_bytes(const struct tw_document *d, const struct tw_node *node)
{
	static const char *const first[] = {
		[TW_NODE_NULL] = "n",
		[TW_NODE_FALSE] = "f",
		[TW_NODE_TRUE] = "t",
		[TW_NODE_NUMBER] = "-0123456789",
		[TW_NODE_STRING] = "\"",
		[TW_NODE_ARRAY] = "[",
		[TW_NODE_OBJECT] = "{",
	};
	static const char *const last[] = {
		[TW_NODE_NULL] = "l",
		[TW_NODE_FALSE] = "e",
		[TW_NODE_TRUE] = "e",
		[TW_NODE_NUMBER] = "0123456789",
		[TW_NODE_STRING] = "\"",
		[TW_NODE_ARRAY] = "]",
		[TW_NODE_OBJECT] = "}",
	};

	if (node->end <= node->begin)
		return "a JSON value without bytes";
	if (!strchr(first[node->kind], d->bytes[node->begin]))
		return "the first byte of a value is not of its kind";
	if (!strchr(last[node->kind], d->bytes[node->end - 1]))
		return "the last byte of a value is not of its kind";
	return NULL;
}

/* Unquoted words and numbers of YAML stand in the file as they are: a slip in places shows here. */
static inline const char *check_yaml_bytes(struct tw_document *d, uint32_t node)
{
	struct tw_sv text = tw_node_text(d, node);
	const struct tw_node *n = &d->node[node];

	if (n->kind == TW_NODE_STRING || n->kind == TW_NODE_ARRAY || n->kind == TW_NODE_OBJECT)
		return NULL;
	if (text.n != n->end - n->begin || memcmp(text.p, d->bytes + n->begin, text.n) != 0)
		return "a YAML scalar does not stand where its span says";
	return NULL;
}

static inline const char *check_text(struct tw_document *d, uint32_t node)
{
	struct tw_arena_mark mark = tw_arena_save(&d->text);
	struct tw_sv text = tw_node_text(d, node);
	const char *fault = NULL, *copy;

	if (!text.p)
		fault = "a text without memory";
	else if (!check_utf8(text.p, text.n))
		fault = "a decoded text is not UTF-8";
	else if (d->node[node].kind == TW_NODE_STRING && !memchr(text.p, 0, text.n)) {
		copy = tw_arena_dup(&d->text, text.p, text.n);
		if (!copy || !tw_node_is(d, node, copy))
			fault = "a string is not equal to its own text";
		copy = copy ? tw_arena_printf(&d->text, "%sx", copy) : NULL;
		if (copy && tw_node_is(d, node, copy))
			fault = "a string is equal to a longer one";
	}
	tw_arena_restore(&d->text, mark);
	return fault;
}

/* A container's children follow each other inside it, and are as many as it says. */
static inline const char *check_children(struct tw_document *d, uint32_t parent)
{
	const struct tw_node *p = &d->node[parent];
	uint32_t at = p->begin, n = 0, expected = parent + 1;

	for (uint32_t c = tw_node_first(d, parent); c != TW_NODE_NONE;
		c = tw_node_after(d, parent, c), n++) {
		uint32_t value = p->kind == TW_NODE_OBJECT ? tw_node_value(d, c) : c;

		if (c != expected || value >= d->n)
			return "children do not follow each other";
		if (value != c && (d->node[c].kind != TW_NODE_STRING || d->node[c].next != value))
			return "a key is not a string before its value";
		if (value != c && d->node[c].end > d->node[value].begin)
			return "a value begins before its key ends";
		if (d->node[c].begin < at || d->node[value].end > p->end)
			return "a child lies outside its parent or its place";
		at = d->node[value].end;
		expected = d->node[value].next;
	}
	if (expected != p->next)
		return "a container's end is not that of its last child";
	return n == tw_node_count(d, parent) ? NULL : "a container miscounts its children";
}

static inline const char *check_document(struct tw_document *d)
{
	if (d->n == 0 || d->n > d->room || d->node[0].next != d->n)
		return "the root does not cover the nodes";
	for (uint32_t i = 0; i < d->n; i++) {
		const struct tw_node *node = &d->node[i];
		bool container = node->kind == TW_NODE_ARRAY || node->kind == TW_NODE_OBJECT;
		const char *fault;

		if (node->begin > node->end || node->end > d->size)
			return "a span lies outside the file";
		if (!container && node->next != i + 1)
			return "a scalar has descendants";
		fault = container ? check_children(d, i) : check_text(d, i);
		if (!fault)
			fault = d->yaml ? check_yaml_bytes(d, i) : check_json_bytes(d, node);
		if (!fault && i < CHECK_PATHS && !check_utf8(tw_node_path(d, i), 1))
			fault = "a path that is no text";
		if (fault)
			return fault;
	}
	return NULL;
}

/* A refusal has an error with words, in a place that exists. */
static inline const char *check_refusal(
	struct tw_sources *sources, const struct tw_diags *diags, uint32_t file, size_t size)
{
	if (tw_diags_worst(diags) != TW_LEVEL_ERROR || tw_diags_count(diags) == 0)
		return "a refusal without an error";
	for (size_t i = 0; i < tw_diags_count(diags); i++) {
		const struct tw_diag *diag = tw_diags_get(diags, i);
		size_t n = strlen(diag->message);
		struct tw_place place;

		if (diag->span.file != file || diag->span.begin > diag->span.end ||
			diag->span.end > size)
			return "an error without a place";
		if (diag->other.file && (diag->other.file != file || diag->other.end > size ||
						diag->other.begin >= diag->other.end))
			return "an error whose second place is none";
		if (n == 0 || n > 600 || !check_utf8(diag->message, n))
			return "an error without readable words";
		if (tw_sources_place(sources, diag->span, &place) != TW_OK)
			return "an error whose place has no line";
		for (size_t k = 0; k < n; k++) {
			if ((unsigned char)diag->message[k] < 0x20)
				return "an error with control characters";
		}
	}
	return NULL;
}

#endif
