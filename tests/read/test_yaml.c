/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML reader: the same documents as JSON gives, its refusals, and places behind characters
 * that take several bytes. */

#include "test_document.h"

#include <stdlib.h>

/* ---- the same as JSON ------------------------------------------------------------------------ */

static void expect_same_document(struct tw_document *a, struct tw_document *b)
{
	assert_int_equal(a->n, b->n);
	for (uint32_t i = 0; i < a->n; i++) {
		struct tw_sv text = tw_node_text(a, i);

		assert_int_equal(tw_node_kind(a, i), tw_node_kind(b, i));
		assert_int_equal(a->node[i].next, b->node[i].next);
		assert_int_equal(tw_node_count(a, i), tw_node_count(b, i));
		if (tw_node_kind(a, i) == TW_NODE_STRING || tw_node_kind(a, i) == TW_NODE_NUMBER)
			expect_text(b, i, text.p, text.n);
	}
}

static void same_as_json(void **state)
{
	static const struct {
		const char *yaml, *json;
	} cases[] = {
		{"a: 1\nb: [x, \"y\", 'z']\nc: {}\n",
			"{\"a\": 1, \"b\": [\"x\", \"y\", \"z\"], \"c\": {}}"},
		{"null", "null"},
		{"~", "null"},
		{"---\n", "null"},
		{"true", "true"},
		{"'true'", "\"true\""},
		{"\"null\"", "\"null\""},
		{"- \n- ''\n", "[null, \"\"]"},
		/* Only JSON's words and numbers are such. */
		{"[yes, no, on, True, FALSE, Null, y]",
			"[\"yes\", \"no\", \"on\", \"True\", \"FALSE\", \"Null\", \"y\"]"},
		{"[0, -0, 10, -1.50e-7, 1E+2]", "[0, -0, 10, -1.50e-7, 1E+2]"},
		{"[010, 0x1f, 1_000, +1, .5, 1., 1e, 0o7, 12:30, .inf, -]",
			"[\"010\", \"0x1f\", \"1_000\", \"+1\", \".5\", \"1.\", \"1e\", \"0o7\", "
			"\"12:30\", \".inf\", \"-\"]"},
		{"[2026-12-31, 2001-01-01T00:00:00Z, 10.0.0.0/8, 2001:db8::/32]",
			"[\"2026-12-31\", \"2001-01-01T00:00:00Z\", \"10.0.0.0/8\", "
			"\"2001:db8::/32\"]"},
		/* Keys are strings whatever they look like. */
		{"80: a\ntrue: b\nnull: c\n\"\": d\n",
			"{\"80\": \"a\", \"true\": \"b\", \"null\": \"c\", \"\": \"d\"}"},
		{"a: |\n  one\n  two\nb: >-\n  three\n  four\nc: five\n  six\n",
			"{\"a\": \"one\\ntwo\\n\", \"b\": \"three four\", \"c\": \"five six\"}"},
		{"a: \"\\x41\\u00e9\\n\\0\"\n", "{\"a\": \"A\\u00e9\\n\\u0000\"}"},
		{"a: 'it''s'\n", "{\"a\": \"it's\"}"},
		{"[{a: 1}, [], {b: [c: d]}]", "[{\"a\": 1}, [], {\"b\": [{\"c\": \"d\"}]}]"},
		{"\xef\xbb\xbf{\"a\": [true, false, null, -1.5, \"\xc3\xa9\"]}",
			"{\"a\": [true, false, null, -1.5, \"\xc3\xa9\"]}"},
		{"? a\n: 1\n? b\n", "{\"a\": 1, \"b\": null}"},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(cases); i++) {
		struct reading yaml, json;

		reading_begin(&yaml, YAML, cases[i].yaml, strlen(cases[i].yaml));
		if (yaml.status != TW_OK)
			fail_msg("%s: %s", tw_diags_get(yaml.diags, 0)->message, cases[i].yaml);
		reading_begin(&json, JSON, cases[i].json, strlen(cases[i].json));
		assert_int_equal(json.status, TW_OK);
		expect_same_document(json.d, yaml.d);
		reading_end(&yaml);
		reading_end(&json);
	}
}

/* One answer of describe-network-acls as `aws --output yaml` and `--output json` write it. */
static void output_of_aws(void **state)
{
	static const char yaml[] = "NetworkAcls:\n"
				   "- Associations:\n"
				   "  - NetworkAclAssociationId: aclassoc-1\n"
				   "    NetworkAclId: acl-1\n"
				   "    SubnetId: subnet-1\n"
				   "  Entries:\n"
				   "  - CidrBlock: 0.0.0.0/0\n"
				   "    Egress: false\n"
				   "    PortRange:\n"
				   "      From: 443\n"
				   "      To: 443\n"
				   "    Protocol: '6'\n"
				   "    RuleAction: allow\n"
				   "    RuleNumber: 100\n"
				   "  - Egress: true\n"
				   "    IcmpTypeCode:\n"
				   "      Code: -1\n"
				   "      Type: 8\n"
				   "    Ipv6CidrBlock: ::/0\n"
				   "    Protocol: '58'\n"
				   "    RuleAction: deny\n"
				   "    RuleNumber: 32768\n"
				   "  IsDefault: true\n"
				   "  NetworkAclId: acl-1\n"
				   "  OwnerId: '123456789012'\n"
				   "  Tags: []\n"
				   "  VpcId: vpc-1\n";
	static const char json[] =
		"{\"NetworkAcls\": [{\"Associations\": [{\"NetworkAclAssociationId\": "
		"\"aclassoc-1\", \"NetworkAclId\": \"acl-1\", \"SubnetId\": \"subnet-1\"}], "
		"\"Entries\": [{\"CidrBlock\": \"0.0.0.0/0\", \"Egress\": false, \"PortRange\": "
		"{\"From\": 443, \"To\": 443}, \"Protocol\": \"6\", \"RuleAction\": \"allow\", "
		"\"RuleNumber\": 100}, {\"Egress\": true, \"IcmpTypeCode\": {\"Code\": -1, "
		"\"Type\": 8}, \"Ipv6CidrBlock\": \"::/0\", \"Protocol\": \"58\", \"RuleAction\": "
		"\"deny\", \"RuleNumber\": 32768}], \"IsDefault\": true, \"NetworkAclId\": "
		"\"acl-1\", \"OwnerId\": \"123456789012\", \"Tags\": [], \"VpcId\": \"vpc-1\"}]}";
	struct reading a, b;

	(void)state;
	reading_begin(&a, JSON, json, sizeof(json) - 1);
	reading_begin(&b, YAML, yaml, sizeof(yaml) - 1);
	assert_int_equal(a.status, TW_OK);
	assert_int_equal(b.status, TW_OK);
	expect_same_document(a.d, b.d);
	reading_end(&a);
	reading_end(&b);
}

/* ---- places ---------------------------------------------------------------------------------- */

static void expect_span(const struct reading *r, const char *path, const char *bytes)
{
	struct tw_span span = tw_node_span(r->d, node_at(r->d, path));

	assert_int_equal(span.end - span.begin, strlen(bytes));
	assert_memory_equal(r->d->bytes + span.begin, bytes, strlen(bytes));
}

static void spans(void **state)
{
	static const char text[] = "\xef\xbb\xbf# caf\xc3\xa9 \xf0\x9f\x98\x80\r\n"
				   "\xc3\xa4: \"\xe2\x82\xac\r\n  \xe2\x82\xac\"\r\n"
				   "list:\r\n"
				   "- a: 1\r\n"
				   "  b: >\r\n"
				   "    t\xc3\xa9xt\r\n"
				   "\r\n"
				   "    more\r\n"
				   "- {c: '\xc3\xa9', d: [x]}  # comment\r\n"
				   "\r\n"
				   "# comment\r\n"
				   "empty:\r\n"
				   "last: 77\r\n";
	struct reading r;
	struct tw_span span;

	(void)state;
	reading_begin(&r, YAML, text, sizeof(text) - 1);
	assert_int_equal(r.status, TW_OK);
	expect_span(&r, "\xc3\xa4", "\"\xe2\x82\xac\r\n  \xe2\x82\xac\"");
	expect_span(&r, "list/0/a", "1");
	expect_span(&r, "list/1", "{c: '\xc3\xa9', d: [x]}");
	expect_span(&r, "list/1/c", "'\xc3\xa9'");
	expect_span(&r, "list/1/d", "[x]");
	expect_span(&r, "list/1/d/0", "x");
	expect_span(&r, "last", "77");
	/* A block ends with its last value, not with the comments behind it. */
	span = tw_node_span(r.d, node_at(r.d, "list"));
	assert_memory_equal(r.d->bytes + span.begin, "- a: 1", 6);
	assert_int_equal(r.d->bytes[span.end - 1], '}');
	assert_int_equal(tw_node_span(r.d, TW_NODE_ROOT).end, sizeof(text) - 1 - 2);
	reading_end(&r);
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void refusals(void **state)
{
	static const struct refusal cases[] = {
		{"", 1, 1, "the file is empty"},
		{"# nothing\n", 1, 1, "the file holds no value, only comments or blanks"},
		{"a: 1\nb: 2\na: 3\n", 3, 1, "\"a\" stands twice in this object: keep one of them"},
		{"a: 1\n'a': 3\n", 2, 1, "\"a\" stands twice in this object: keep one of them"},
		{"a: &x 1\n", 1, 4, "an anchor (&x): write the value out where it is needed"},
		{"a: &x\n  b: 1\n", 1, 4, "an anchor (&x): write the value out where it is needed"},
		{"a: &x [1]\n", 1, 4, "an anchor (&x): write the value out where it is needed"},
		{"\xc3\xa9: [\xc3\xa9, *x]\n", 1, 8, "an alias (*x): write the value out here"},
		{"<<: {a: 1}\n", 1, 1, "a merge key (<<): write the members out"},
		{"a: !Ref b\n", 1, 4, "a tag (!Ref), which is not read here: write a plain value"},
		{"a: !!str 1\n", 1, 4,
			"a tag (tag:yaml.org,2002:str), which is not read here: write a plain "
			"value"},
		{"a: ! 1\n", 1, 4, "a tag (!), which is not read here: write a plain value"},
		{"a: !x [1]\n", 1, 4, "a tag (!x), which is not read here: write a plain value"},
		{"a: !x {b: 1}\n", 1, 4, "a tag (!x), which is not read here: write a plain value"},
		{"--- a\n--- b\n", 2, 1,
			"a second document begins here: a file holds one, so split it"},
		{"? [a]\n: 1\n", 1, 3, "an array as a key: keys are strings"},
		{"{{a: b}: 1}\n", 1, 2, "an object as a key: keys are strings"},
		{"{: 1}\n", 1, 2, "expected a key or a value"},
		{"?\n: 1\n", 1, 2, "a key is missing before \":\""},
		{"a:\n\t- b\n", 2, 1, "a tab: YAML is indented with spaces only"},
		{"a: b: c\n", 1, 5,
			"a \":\" that cannot stand here: quote the text, or check the indentation"},
		{"a:\n  - b\n c: d\n", 3, 2,
			"expected another key of this object, or its end: check indentation and "
			"quotes"},
		{"a: @x\n", 1, 4, "a character that cannot begin a value: quote the text"},
		{"a: \"x\n", 2, 1, "the file ends: a quoted text is not closed"},
		{"a: [1, 2\n", 2, 1, "the file ends: expected \",\" or \"]\""},
		{"a: {b: 1\n", 2, 1, "the file ends: expected \",\" or \"}\""},
		{"[a, b]]\n", 1, 7,
			"expected the end of the file behind the value: check the indentation"},
		{"a: \"\\q\"\n", 1, 5,
			"an escape that YAML does not know: write \\\\ for a backslash"},
		{"\"\\ud83d\\ude00\"", 1, 4,
			"an escape that is no character: YAML has no surrogate pairs, so write the "
			"character"},
		{"a: \xff\n", 1, 4,
			"byte 0xff, which begins nothing that Unicode has (past U+10FFFF)"},
		{"\xc3\xa9: \xc0\x80\n", 1, 4,
			"byte 0xc0, which begins an overlong form: UTF-8 writes each character in "
			"its shortest one"},
		{"\xef\xbb\xbf\xc3\xa9: \xed\xa0\x80\n", 1, 5,
			"byte 0xed, which begins a surrogate: UTF-8 has none"},
		{"a: \xe2\x82", 1, 4,
			"byte 0xe2, which is no UTF-8: is the file in an older encoding, such as "
			"Latin-1?"},
		{"a: \x07\n", 1, 4, "the control character U+0007: YAML has none"},
		{"\xff\xfe"
		 "a",
			1, 1, "this file is UTF-16; save it as UTF-8"},
	};
	static const char binary[] = "a: 1\n\0";
	struct reading r;

	(void)state;
	expect_refusals(YAML, cases, TW_COUNT(cases));
	reading_begin(&r, YAML, binary, sizeof(binary) - 1);
	expect_diag(&r, 0, 2, 1, "a NUL byte: this is a binary file, or a damaged one");
	reading_end(&r);
}

static void second_places(void **state)
{
	struct reading r;

	(void)state;
	reading_begin(&r, YAML, "k:\n  a: 1\n  b: 2\n  a: 3\n", 23);
	expect_diag(&r, 0, 4, 3, "\"a\" stands twice in this object: keep one of them");
	expect_other(&r, 0, 2, 3);
	reading_end(&r);
	reading_begin(&r, YAML, "\xc3\xa9: \"x\n", 7);
	expect_other(&r, 0, 1, 4);
	reading_end(&r);
}

/* Refused where it begins, so it cannot grow: the second line alone would give 10 values. */
static void billion_laughs(void **state)
{
	static const char text[] = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
				   "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
				   "c: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n";
	const struct refusal refusal = {
		text, 1, 4, "an anchor (&a): write the value out where it is needed"};

	(void)state;
	expect_refusals(YAML, &refusal, 1);
}

static void depth_has_a_limit(void **state)
{
	const size_t limit = TW_DOCUMENT_DEPTH;
	char text[2 * (TW_DOCUMENT_DEPTH + 1)];
	size_t hostile = 10000;
	char *long_text = malloc(hostile);
	struct reading r;

	(void)state;
	assert_non_null(long_text);
	memset(text, '[', limit + 1);
	memset(text + limit + 1, ']', limit + 1);
	expect_read(YAML, text + 1, 2 * limit);
	reading_begin(&r, YAML, text, sizeof(text));
	expect_diag(&r, 0, 1, 129, "objects and arrays are nested more than 128 deep here");
	reading_end(&r);
	memset(long_text, '[', hostile);
	reading_begin(&r, YAML, long_text, hostile);
	assert_int_equal(r.status, TW_EPARSE);
	reading_end(&r);
	/* Blocks in blocks, all on one line. */
	for (size_t i = 0; i < hostile; i += 2)
		memcpy(long_text + i, "- ", 2);
	reading_begin(&r, YAML, long_text, hostile);
	expect_diag(&r, 0, 1, 257, "objects and arrays are nested more than 128 deep here");
	reading_end(&r);
	free(long_text);
}

static void out_of_memory(void **state)
{
	(void)state;
	expect_oom_safe(YAML, "a: 1\nb: [x, 'y', {c: \"d\"}]\n", TW_OK);
	expect_oom_safe(YAML, "a: 1\na: 2\n", TW_EPARSE);
	expect_oom_safe(YAML, "a: [", TW_EPARSE);
	expect_oom_safe(YAML, "a: \xff", TW_EPARSE);
	expect_oom_safe(YAML, "a: *b", TW_EPARSE);
	expect_oom_safe(YAML, "# x", TW_EPARSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_json),
		cmocka_unit_test(output_of_aws),
		cmocka_unit_test(spans),
		cmocka_unit_test(refusals),
		cmocka_unit_test(second_places),
		cmocka_unit_test(billion_laughs),
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
