/* SPDX-License-Identifier: Apache-2.0 */
/* See test_jansson.h. */

#include "test_jansson.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

static void same_value(struct tw_document *d, uint32_t node, const json_t *value);

static void same_number(struct tw_document *d, uint32_t node, const json_t *value)
{
	struct tw_sv text = tw_node_text(d, node);
	char copy[2048];

	assert_int_equal(tw_node_kind(d, node), TW_NODE_NUMBER);
	assert_true(text.n < sizeof(copy));
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (json_is_integer(value)) {
		char *end;

		errno = 0;
		assert_true(strtoll(copy, &end, 10) == json_integer_value(value));
		assert_int_equal(*end, '\0');
		assert_int_equal(errno, 0);
	} else {
		/* Both come from the same text by strtod, so they are equal to the last bit. */
		assert_true(strtod(copy, NULL) == json_real_value(value));
	}
}

static void same_object(struct tw_document *d, uint32_t node, json_t *value)
{
	uint32_t key = tw_node_first(d, node);
	void *it = json_object_iter(value);

	assert_int_equal(tw_node_kind(d, node), TW_NODE_OBJECT);
	assert_int_equal(tw_node_count(d, node), json_object_size(value));
	/* jansson keeps members in the order of the text. */
	for (; it; it = json_object_iter_next(value, it)) {
		const char *name = json_object_iter_key(it);

		assert_true(key != TW_NODE_NONE);
		expect_text(d, key, name, strlen(name));
		assert_true(tw_node_is(d, key, name));
		same_value(d, tw_node_value(d, key), json_object_iter_value(it));
		key = tw_node_after(d, node, key);
	}
	assert_true(key == TW_NODE_NONE);
}

static void same_array(struct tw_document *d, uint32_t node, const json_t *value)
{
	uint32_t child = tw_node_first(d, node);

	assert_int_equal(tw_node_kind(d, node), TW_NODE_ARRAY);
	assert_int_equal(tw_node_count(d, node), json_array_size(value));
	for (size_t i = 0; i < json_array_size(value); i++) {
		assert_true(child != TW_NODE_NONE);
		same_value(d, child, json_array_get(value, i));
		child = tw_node_after(d, node, child);
	}
	assert_true(child == TW_NODE_NONE);
}

static void same_value(struct tw_document *d, uint32_t node, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		/* Its iterator asks for an object that may be changed, and does not change it. */
		same_object(d, node, (json_t *)(uintptr_t)value);
		break;
	case JSON_ARRAY:
		same_array(d, node, value);
		break;
	case JSON_STRING:
		assert_int_equal(tw_node_kind(d, node), TW_NODE_STRING);
		expect_text(d, node, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
	case JSON_REAL:
		same_number(d, node, value);
		break;
	case JSON_TRUE:
		assert_int_equal(tw_node_kind(d, node), TW_NODE_TRUE);
		break;
	case JSON_FALSE:
		assert_int_equal(tw_node_kind(d, node), TW_NODE_FALSE);
		break;
	case JSON_NULL:
		assert_int_equal(tw_node_kind(d, node), TW_NODE_NULL);
		break;
	}
}

/* The one thing that we refuse and JSON does not: RFC 8259, section 9, leaves depth to readers. */
static bool is_our_limit(const struct reading *r)
{
	return r->status != TW_OK &&
	       strstr(tw_diags_get(r->diags, 0)->message, "nested more than 128 deep");
}

enum opinion expect_same_as_jansson(const char *name, const char *text, size_t n, struct reading *r)
{
	size_t flags = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
	bool mark = n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
	json_error_t error = {.text = ""};
	json_t *value = json_loadb(text, n, flags, &error);
	enum opinion opinion = value ? OPINION_VALID : OPINION_INVALID;

	if (value && r->status == TW_OK) {
		same_value(r->d, TW_NODE_ROOT, value);
	} else if (!value && r->status == TW_OK) {
		enum json_error_code code = json_error_code(&error);

		if (!mark && code != json_error_numeric_overflow &&
			code != json_error_null_byte_in_key)
			fail_msg("%s: jansson refuses (%s): %.300s", name, error.text, text);
		opinion = OPINION_NONE;
	} else if (value) {
		/* jansson passes over a NUL between tokens; RFC 8259 section 2 has no such blank.
		 */
		if (!is_our_limit(r) && !memchr(text, 0, n))
			fail_msg("%s: jansson reads, we say \"%s\": %.300s", name,
				tw_diags_get(r->diags, 0)->message, text);
		opinion = OPINION_NONE;
	}
	json_decref(value);
	return opinion;
}
