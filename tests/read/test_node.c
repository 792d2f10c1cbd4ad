/* SPDX-License-Identifier: Apache-2.0 */
/* Lookups, decoded text, paths and typed access, with the places and words of their diagnostics. */

#include "test_document.h"

static const char acl[] =
	"{\n"
	"  \"NetworkAcls\": [\n"
	"    {\"NetworkAclId\": \"acl-\\u0031\", \"IsDefault\": true, \"VpcId\": null,\n"
	"     \"Entries\": [\n"
	"       {\"RuleNumber\": 100, \"PortRange\": {\"From\": \"99999\", \"To\": \"443\"}},\n"
	"       {\"RuleNumber\": 1.5, \"Egress\": \"yes\", \"PortRange\": []}]},\n"
	"    7\n"
	"  ],\n"
	"  \"two words\": {\"tab\\there\": [null]},\n"
	"  \"nul\": \"a\\u0000b\",\n"
	"  \"\": -3\n"
	"}\n";

static void begin(struct reading *r)
{
	reading_begin(r, JSON, acl, sizeof(acl) - 1);
	assert_int_equal(r->status, TW_OK);
}

static void lookups(void **state)
{
	struct reading r;
	uint32_t list, first, second;

	(void)state;
	begin(&r);
	assert_int_equal(tw_node_count(r.d, TW_NODE_ROOT), 4);
	list = tw_node_member(r.d, TW_NODE_ROOT, "NetworkAcls");
	assert_int_equal(tw_node_kind(r.d, list), TW_NODE_ARRAY);
	assert_int_equal(tw_node_count(r.d, list), 2);
	first = tw_node_first(r.d, list);
	second = tw_node_after(r.d, list, first);
	assert_int_equal(tw_node_kind(r.d, second), TW_NODE_NUMBER);
	assert_int_equal(tw_node_after(r.d, list, second), TW_NODE_NONE);
	assert_int_equal(tw_node_count(r.d, second), 0);
	assert_int_equal(tw_node_first(r.d, second), TW_NODE_NONE);
	/* Absent, null, and no object at all look the same. */
	assert_int_equal(tw_node_member(r.d, first, "Entrie"), TW_NODE_NONE);
	assert_int_equal(tw_node_member(r.d, first, "Entriess"), TW_NODE_NONE);
	assert_int_equal(tw_node_member(r.d, first, "VpcId"), TW_NODE_NONE);
	assert_int_equal(tw_node_member(r.d, second, "VpcId"), TW_NODE_NONE);
	assert_int_equal(tw_node_member(r.d, list, "VpcId"), TW_NODE_NONE);
	assert_true(tw_node_member(r.d, TW_NODE_ROOT, "") != TW_NODE_NONE);
	assert_true(tw_node_is(r.d, node_at(r.d, "NetworkAcls/0/NetworkAclId"), "acl-1"));
	assert_false(tw_node_is(r.d, node_at(r.d, "NetworkAcls/0/NetworkAclId"), "acl-"));
	assert_false(tw_node_is(r.d, node_at(r.d, "NetworkAcls/0/NetworkAclId"), "acl-11"));
	assert_false(tw_node_is(r.d, second, "7"));
	/* A NUL in the text is not the end of the other one, whatever stands behind that. */
	assert_false(tw_node_is(r.d, node_at(r.d, "nul"), "a"));
	assert_false(tw_node_is(r.d, node_at(r.d, "nul"), "a\0b"));
	expect_text(r.d, node_at(r.d, "nul"), "a\0b", 3);
	expect_text(r.d, second, "7", 1);
	reading_end(&r);
}

static void paths(void **state)
{
	struct reading r;
	uint32_t tab;

	(void)state;
	begin(&r);
	tab = tw_node_first(r.d, node_at(r.d, "two words"));
	assert_string_equal(tw_node_path(r.d, TW_NODE_ROOT), "the document");
	assert_string_equal(tw_node_path(r.d, node_at(r.d, "NetworkAcls")), "NetworkAcls");
	assert_string_equal(tw_node_path(r.d, node_at(r.d, "NetworkAcls/1")), "NetworkAcls[1]");
	assert_string_equal(tw_node_path(r.d, node_at(r.d, "NetworkAcls/0/Entries/1/RuleNumber")),
		"NetworkAcls[0].Entries[1].RuleNumber");
	assert_string_equal(tw_node_path(r.d, node_at(r.d, "two words")), "[\"two words\"]");
	/* A key has the path of its member. */
	assert_string_equal(tw_node_path(r.d, tab), "[\"two words\"][\"tab\\u0009here\"]");
	assert_string_equal(tw_node_path(r.d, tab + 2), "[\"two words\"][\"tab\\u0009here\"][0]");
	reading_end(&r);
}

static void quotes(void **state)
{
	static const struct {
		const char *text, *quoted;
	} cases[] = {
		{"", "\"\""},
		{"plain", "\"plain\""},
		{"\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\""},
		{"a\x1b[2J\x7f", "\"a\\u001b[2J\\u007f\""},
		/* Right-to-left override, a C1 control, a byte that is no UTF-8. */
		{"\xe2\x80\xae\xc2\x9b\xff", "\"\\u202e\\u009b\\xff\""},
		{"123456789012345678901234567890123456789012345678901234567890",
			"\"123456789012345678901234567890123456789012345678901234567890\""},
		{"1234567890123456789012345678901234567890123456789012345678901",
			"\"123456789012345678901234567890123456789012345678901234567890...\""},
	};
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_arena arena;

	(void)state;
	tw_arena_init(&arena, mem);
	for (size_t i = 0; i < TW_COUNT(cases); i++)
		assert_string_equal(tw_quote(&arena, tw_sv_of(cases[i].text)), cases[i].quoted);
	tw_arena_fini(&arena);
	test_mem_free(&alloc, mem);
}

static void strings(void **state)
{
	struct reading r;
	uint32_t first;
	const char *s = "untouched";

	(void)state;
	begin(&r);
	first = node_at(r.d, "NetworkAcls/0");
	assert_int_equal(tw_get_str(r.d, &r.d->text, first, "NetworkAclId", true, &s), TW_OK);
	assert_string_equal(s, "acl-1");
	assert_int_equal(tw_get_str(r.d, &r.d->text, first, "VpcId", false, &s), TW_OK);
	assert_null(s);
	s = "untouched";
	assert_int_equal(tw_get_str(r.d, &r.d->text, first, "VpcId", true, &s), TW_EPARSE);
	expect_diag(&r, 0, 3, 5, "NetworkAcls[0]: \"VpcId\" is missing");
	assert_int_equal(tw_get_str(r.d, &r.d->text, first, "IsDefault", false, &s), TW_EPARSE);
	expect_diag(&r, 1, 3, 49, "NetworkAcls[0].IsDefault: expected a string, found true");
	assert_int_equal(tw_get_str(r.d, &r.d->text, TW_NODE_ROOT, "nul", false, &s), TW_EPARSE);
	expect_diag(&r, 2, 10, 10,
		"nul: expected a string without NUL characters, found \"a\\u0000b\"");
	assert_int_equal(tw_get_str(r.d, &r.d->text, node_at(r.d, "NetworkAcls/1"), "x", false, &s),
		TW_EPARSE);
	expect_diag(&r, 3, 7, 5, "NetworkAcls[1]: expected an object, found 7");
	assert_string_equal(s, "untouched");
	assert_int_equal(tw_diags_count(r.diags), 4);
	reading_end(&r);
}

static void integers(void **state)
{
	struct reading r;
	uint32_t entry, other, range;
	int64_t n = -1;
	bool found = false;

	(void)state;
	begin(&r);
	entry = node_at(r.d, "NetworkAcls/0/Entries/0");
	other = node_at(r.d, "NetworkAcls/0/Entries/1");
	range = node_at(r.d, "NetworkAcls/0/Entries/0/PortRange");
	assert_int_equal(tw_get_int(r.d, entry, "RuleNumber", true, 1, 100, &found, &n), TW_OK);
	assert_true(found);
	assert_int_equal(n, 100);
	/* Strings of digits are numbers, too. */
	assert_int_equal(tw_get_int(r.d, range, "To", true, 443, 443, &found, &n), TW_OK);
	assert_int_equal(n, 443);
	assert_int_equal(tw_get_int(r.d, TW_NODE_ROOT, "", true, -3, 0, &found, &n), TW_OK);
	assert_int_equal(n, -3);
	assert_int_equal(tw_get_int(r.d, range, "Absent", false, 0, 1, &found, &n), TW_OK);
	assert_false(found);
	assert_int_equal(tw_diags_count(r.diags), 0);

	found = true;
	assert_int_equal(
		tw_get_int_of(r.d, range, "From", true, "a port", 0, 65535, &found, &n), TW_EPARSE);
	expect_diag(&r, 0, 5, 50,
		"NetworkAcls[0].Entries[0].PortRange.From: expected a port from 0 to 65535, "
		"found \"99999\"");
	assert_int_equal(tw_get_int(r.d, entry, "RuleNumber", true, 1, 99, &found, &n), TW_EPARSE);
	expect_diag(&r, 1, 5, 23,
		"NetworkAcls[0].Entries[0].RuleNumber: expected a whole number from 1 to 99, "
		"found 100");
	assert_int_equal(tw_get_int(r.d, other, "RuleNumber", true, 1, 99, &found, &n), TW_EPARSE);
	expect_diag(&r, 2, 6, 23,
		"NetworkAcls[0].Entries[1].RuleNumber: expected a whole number from 1 to 99, "
		"found 1.5");
	assert_int_equal(tw_get_int(r.d, other, "PortRange", true, 1, 99, &found, &n), TW_EPARSE);
	expect_diag(&r, 3, 6, 58,
		"NetworkAcls[0].Entries[1].PortRange: expected a whole number from 1 to 99, "
		"found an array");
	assert_int_equal(n, -3);
	assert_true(found);
	reading_end(&r);
}

static void booleans(void **state)
{
	struct reading r;
	uint32_t first;
	bool found = false, value = false;

	(void)state;
	begin(&r);
	first = node_at(r.d, "NetworkAcls/0");
	assert_int_equal(tw_get_bool(r.d, first, "IsDefault", true, &found, &value), TW_OK);
	assert_true(found && value);
	assert_int_equal(tw_get_bool(r.d, first, "VpcId", false, &found, &value), TW_OK);
	assert_true(!found && value);
	assert_int_equal(tw_get_bool(r.d, node_at(r.d, "NetworkAcls/0/Entries/1"), "Egress", true,
				 &found, &value),
		TW_EPARSE);
	expect_diag(&r, 0, 6, 38,
		"NetworkAcls[0].Entries[1].Egress: expected true or false, found \"yes\"");
	assert_true(!found && value);
	reading_end(&r);
}

static void containers(void **state)
{
	struct reading r;
	uint32_t node = 1234;

	(void)state;
	begin(&r);
	assert_int_equal(tw_get_object(r.d, TW_NODE_ROOT, "NetworkAcls", true, &node), TW_EPARSE);
	expect_diag(&r, 0, 2, 18, "NetworkAcls: expected an object, found an array");
	assert_int_equal(tw_get_array(r.d, TW_NODE_ROOT, "nul", true, &node), TW_EPARSE);
	expect_diag(&r, 1, 10, 10, "nul: expected an array, found \"a\\u0000b\"");
	assert_int_equal(tw_get_array(r.d, TW_NODE_ROOT, "nil", true, &node), TW_EPARSE);
	expect_diag(&r, 2, 1, 1, "the document: \"nil\" is missing");
	assert_int_equal(node, 1234);
	assert_int_equal(tw_get_array(r.d, TW_NODE_ROOT, "nil", false, &node), TW_OK);
	assert_int_equal(node, TW_NODE_NONE);
	assert_int_equal(tw_get_array(r.d, TW_NODE_ROOT, "NetworkAcls", false, &node), TW_OK);
	assert_int_equal(node, node_at(r.d, "NetworkAcls"));
	assert_int_equal(tw_get_object(r.d, TW_NODE_ROOT, "two words", false, &node), TW_OK);
	assert_int_equal(node, node_at(r.d, "two words"));
	reading_end(&r);
}

static void numbers_in_yaml_want_quotes(void **state)
{
	static const char text[] = "id: 123\nport: 0443\n";
	struct reading r;
	const char *s;
	int64_t n;
	bool found;

	(void)state;
	reading_begin(&r, YAML, text, sizeof(text) - 1);
	assert_int_equal(tw_get_str(r.d, &r.d->text, TW_NODE_ROOT, "id", true, &s), TW_EPARSE);
	expect_diag(&r, 0, 1, 5, "id: expected a string (in quotes), found 123");
	assert_int_equal(
		tw_get_int(r.d, TW_NODE_ROOT, "port", true, 0, 65535, &found, &n), TW_EPARSE);
	expect_diag(&r, 1, 2, 7, "port: expected a whole number from 0 to 65535, found \"0443\"");
	reading_end(&r);
}

/* Long texts are shortened in messages, and the numbers of hostile files are only text. */
static void long_values(void **state)
{
	char text[5000];
	struct reading r;
	const char *s;
	int64_t n;
	bool found;

	(void)state;
	memset(text, '9', sizeof(text));
	memcpy(text, "{\"n\": ", 6);
	text[sizeof(text) - 1] = '}';
	reading_begin(&r, JSON, text, sizeof(text));
	assert_int_equal(
		tw_get_int(r.d, TW_NODE_ROOT, "n", true, 0, INT64_MAX, &found, &n), TW_EPARSE);
	expect_diag(&r, 0, 1, 7,
		"n: expected a whole number from 0 to 9223372036854775807, found "
		"999999999999999999999999999999999999999999999999999999999999...");
	assert_int_equal(tw_get_str(r.d, &r.d->text, TW_NODE_ROOT, "n", true, &s), TW_EPARSE);
	expect_diag(&r, 1, 1, 7,
		"n: expected a string, found "
		"999999999999999999999999999999999999999999999999999999999999...");
	reading_end(&r);
}

static tw_status use_nodes(struct tw_mem *mem, struct tw_sources *sources, struct tw_diags *diags)
{
	struct tw_document *d;
	const char *s;
	uint32_t file, first;
	int64_t n;
	bool found;
	tw_status status;

	TW_TRY(tw_sources_add(sources, "input", acl, sizeof(acl) - 1, &file));
	TW_TRY(tw_json_read(mem, sources, file, diags, &d));
	first = node_at(d, "NetworkAcls/0");
	status = tw_get_str(d, &d->text, first, "NetworkAclId", true, &s);
	if (status == TW_OK)
		status = tw_node_error(d, first, "%s %s", tw_node_path(d, first),
			tw_node_quote(d, TW_SV("a text")));
	if (status == TW_EPARSE)
		status = tw_get_int(d, node_at(d, "NetworkAcls/0/Entries/0/PortRange"), "From",
			true, 0, 65535, &found, &n);
	tw_document_free(d);
	return status;
}

static tw_status use_once(struct tw_mem *mem, void *ctx)
{
	struct tw_sources *sources = NULL;
	struct tw_diags *diags = NULL;
	tw_status status = tw_sources_new(mem, &sources);

	(void)ctx;
	if (status == TW_OK)
		status = tw_diags_new(mem, &diags);
	if (status == TW_OK)
		status = use_nodes(mem, sources, diags);
	tw_diags_free(diags);
	tw_sources_free(sources);
	return status;
}

static void out_of_memory(void **state)
{
	(void)state;
	assert_int_equal(tw_oom_sweep(use_once, NULL), TW_EPARSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookups),
		cmocka_unit_test(paths),
		cmocka_unit_test(quotes),
		cmocka_unit_test(strings),
		cmocka_unit_test(integers),
		cmocka_unit_test(booleans),
		cmocka_unit_test(containers),
		cmocka_unit_test(numbers_in_yaml_want_quotes),
		cmocka_unit_test(long_values),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
