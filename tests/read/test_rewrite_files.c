/* SPDX-License-Identifier: Apache-2.0 */
/* Edits in files by hand: odd spellings, several files, what cannot be done, saving, no memory. */

#define _POSIX_C_SOURCE 200809L

#include "aws_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- by hand --------------------------------------------------------------------------------- */

static struct tw_entry https(const char *acl, bool egress, uint16_t number)
{
	return (struct tw_entry){.component = acl,
		.egress = egress,
		.allow = true,
		.number = number,
		.protocol = 6,
		.cidr = {.family = TW_IPV4},
		.ports = {443, 443},
		.icmp_type = -1,
		.icmp_code = -1};
}

/* One edit in a text with ' for ", and what must come of it. */
static void assert_edit(
	const char *text, enum tw_operation operation, struct tw_entry entry, const char *expected)
{
	struct tw_edit edit = {operation, entry, {0, 0, 0}};
	struct tw_rewritten *file = NULL;
	struct fixture f;
	char found[4096];

	fixture_open(&f);
	assert_int_equal(fixture_add_as(&f, "acl.json", text, TW_INPUT_AUTO, true), TW_OK);
	size_t files = 0;
	assert_int_equal(tw_rewrite(f.mem, f.sources, &edit, 1, f.diags, &file, &files), TW_OK);
	assert_int_equal(files, 1);
	assert_string_equal(file->path, "acl.json");
	assert_true(file->size < sizeof(found));
	for (size_t i = 0; i < file->size; i++)
		found[i] = file->bytes[i] == '"' ? '\'' : file->bytes[i];
	found[file->size] = '\0';
	assert_string_equal(found, expected);
	tw_rewritten_free(f.mem, file, 1);
	fixture_close(&f);
}

static void no_entry_anywhere(void **state)
{
	(void)state;
	assert_edit("{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':[]}]}", TW_ADD,
		https("acl-1", false, 100),
		"{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':[{'CidrBlock':'0.0.0.0/0',"
		"'Egress':false,'PortRange':{'From':443,'To':443},'Protocol':'6','RuleAction':"
		"'allow','RuleNumber':100}]}]}");
	assert_edit("{\n  'NetworkAcls': [\n    {\n      'Entries': [],\n      'NetworkAclId': "
		    "'acl-1'\n    }\n  ]\n}\n",
		TW_ADD, https("acl-1", true, 100),
		"{\n  'NetworkAcls': [\n    {\n      'Entries': [\n        {\n          "
		"'CidrBlock': '0.0.0.0/0',\n          'Egress': true,\n          'PortRange': "
		"{\n            'From': 443,\n            'To': 443\n          },\n          "
		"'Protocol': '6',\n          'RuleAction': 'allow',\n          'RuleNumber': "
		"100\n        }\n      ],\n      'NetworkAclId': 'acl-1'\n    }\n  ]\n}\n");
}

/* A number that only a person would write stays as it is, and so does all else. */
static void replaces_what_differs_only(void **state)
{
	struct tw_entry entry = https("acl-1", false, 100);

	(void)state;
	assert_edit("[{'NetworkAcls': [ {'Entries' : [ {'RuleNumber':'100', 'Egress' :false , "
		    "'Protocol':'tcp','RuleAction':'ALLOW','CidrBlock':'0.0.0.0/0', "
		    "'PortRange':{ 'To': '800','From':'80'  } ,'x':[1 ,2]} ]\t, "
		    "'NetworkAclId':'acl-1' }]}]",
		TW_REPLACE, entry,
		"[{'NetworkAcls': [ {'Entries' : [ {'RuleNumber':'100', 'Egress' :false , "
		"'Protocol':'tcp','RuleAction':'ALLOW','CidrBlock':'0.0.0.0/0', "
		"'PortRange':{ 'To': '443','From':'443'  } ,'x':[1 ,2]} ]\t, "
		"'NetworkAclId':'acl-1' }]}]");
}

static void removes_one_comma(void **state)
{
	static const char rule[] = "{'RuleNumber':%d,'Egress':false,'Protocol':'6','RuleAction':"
				   "'allow','CidrBlock':'0.0.0.0/0','PortRange':{'From':443,"
				   "'To':443}}";
	char one[256], two[256], text[1024], expected[1024];

	(void)state;
	snprintf(one, sizeof(one), rule, 1);
	snprintf(two, sizeof(two), rule, 2);
	snprintf(text, sizeof(text),
		"{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':[\n %s\n ,%s ]}]}", one, two);
	snprintf(expected, sizeof(expected),
		"{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':[\n %s ]}]}", one);
	assert_edit(text, TW_REMOVE, https("acl-1", false, 2), expected);
	snprintf(expected, sizeof(expected),
		"{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':[\n %s ]}]}", two);
	assert_edit(text, TW_REMOVE, https("acl-1", false, 1), expected);
	snprintf(text, sizeof(text), "{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':[ %s ]}]}",
		one);
	assert_edit(text, TW_REMOVE, https("acl-1", false, 1),
		"{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':[]}]}");
}

/* A list without implicit denies, between the others of the other direction. */
static void stands_behind_its_own_list(void **state)
{
#define ONE(number, egress)                                                                        \
	"{'RuleNumber':" #number ",'Egress':" #egress                                              \
	",'Protocol':'-1','RuleAction':'deny','CidrBlock':'0.0.0.0/0'}"
	(void)state;
	struct tw_entry entry = https("acl-1", true, 120);
	entry.allow = false;
	entry.protocol = -1;
	assert_edit("{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':[" ONE(100, true) ",\n" ONE(
			    100, false) "]}]}",
		TW_ADD, entry,
		"{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':[" ONE(100, true) ",\n" ONE(
			120, true) ",\n" ONE(100, false) "]}]}");
#undef ONE
}

/* ---- several files, and what cannot be done -------------------------------------------------- */

#define ACL(number)                                                                                \
	"{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':[{'RuleNumber':" #number                \
	",'Egress':false,'Protocol':'6','RuleAction':'allow','CidrBlock':'0.0.0.0/0',"             \
	"'PortRange':{'From':443,'To':443}}]}]}"

static void all_copies_with_entries(void **state)
{
	struct tw_edit edit = {TW_REPLACE, https("acl-1", false, 100), {0, 0, 0}};
	struct tw_rewritten *file = NULL;
	struct fixture f;
	size_t n = 0;

	(void)state;
	edit.entry.allow = false;
	fixture_open(&f);
	fixture_add(&f, "a.json", "{'NetworkAcls':[{'NetworkAclId':'acl-1'}]}");
	fixture_add(&f, "b.json", ACL(100));
	fixture_add(&f, "c.json", "{'Vpcs':[]}");
	fixture_add(&f, "d.json", ACL(100));
	assert_int_equal(tw_rewrite(f.mem, f.sources, &edit, 1, f.diags, &file, &n), TW_OK);
	assert_int_equal(n, 2);
	assert_string_equal(file[0].path, "b.json");
	assert_string_equal(file[1].path, "d.json");
	assert_int_equal(file[0].size, file[1].size);
	assert_memory_equal(file[0].bytes, file[1].bytes, file[0].size);
	assert_int_equal(file[0].size, strlen(ACL(100)) - 1);
	tw_rewritten_free(f.mem, file, n);
	fixture_close(&f);
}

static void assert_refused(const char *name, const char *text, struct tw_edit edit,
	const char *place, const char *message)
{
	struct tw_rewritten *file = NULL;
	struct fixture f;
	size_t n = 7;

	fixture_open(&f);
	assert_int_equal(fixture_add_as(&f, name, text, TW_INPUT_AUTO, true), TW_OK);
	assert_int_equal(tw_rewrite(f.mem, f.sources, &edit, 1, f.diags, &file, &n), TW_EPARSE);
	assert_null(file);
	assert_int_equal(n, 7);
	assert_diag(&f, 0, TW_LEVEL_ERROR, 0, place, message);
	assert_diags(&f, 1);
	fixture_close(&f);
}

static void says_what_cannot_be_done(void **state)
{
	struct tw_edit edit = {TW_ADD, https("acl-1", false, 100), {0, 0, 0}};

	(void)state;
	assert_refused("a.json", ACL(100), edit, "1:51",
		"network ACL acl-1: ingress rule 100 is there already, so it cannot be added");
	edit.operation = TW_REPLACE;
	assert_refused("a.json", ACL(90), edit, "1:51",
		"network ACL acl-1: ingress rule 100 is not there, so it cannot be replaced");
	edit.operation = TW_REMOVE;
	assert_refused("a.json", ACL(90), edit, "1:51",
		"network ACL acl-1: ingress rule 100 is not there, so it cannot be removed");
	edit.entry.ports.hi = 444;
	assert_refused("a.json", ACL(100), edit, "1:51",
		"network ACL acl-1: ingress rule 100 says something else than the one that is to "
		"be removed");
	assert_refused(
		"-", ACL(100), edit, "1:51", "network ACL acl-1: it came from standard input");
	assert_refused("a.yaml",
		"NetworkAcls:\n- NetworkAclId: acl-1\n  Entries:\n  - {RuleNumber: 100, Egress: "
		"false, Protocol: '-1', RuleAction: allow, CidrBlock: 0.0.0.0/0}\n",
		edit, "4:3", "network ACL acl-1: it stands in YAML");
	edit.entry.component = "acl-2";
	assert_refused("a.json", ACL(100), edit, "",
		"network ACL acl-2: no file holds its entries, so none can be rewritten");
	edit.entry.group = true;
	assert_refused("a.json", ACL(100), edit, "",
		"security group acl-2: files of security groups are not rewritten");
}

/* ---- saving ---------------------------------------------------------------------------------- */

static char folder[] = "/tmp/tw-rewrite-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[4][256];
	static unsigned next;
	char *p = path[next++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
	return p;
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(path_of(name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path_of(name), mode), 0);
}

static void assert_content(const char *name, const char *text)
{
	char found[256];
	FILE *file = fopen(path_of(name), "rb");

	assert_non_null(file);
	size_t n = fread(found, 1, sizeof(found) - 1, file);
	assert_int_equal(fclose(file), 0);
	found[n] = '\0';
	assert_string_equal(found, text);
}

static void saves_all_or_none(void **state)
{
	struct tw_rewritten file[3] = {{NULL, "new a", 5, "old a", 5},
		{NULL, "new b", 5, "old b", 5}, {NULL, "new b", 5, "old b", 5}};
	struct stat info;
	struct fixture f;

	(void)state;
	fixture_open(&f);
	assert_non_null(mkdtemp(folder));
	write_file("a", "old a", 0640);
	write_file("b", "old b", 0600);
	assert_int_equal(symlink("b", path_of("link")), 0);
	file[0].path = strdup(path_of("a"));
	file[1].path = strdup(path_of("none"));
	assert_int_equal(tw_rewritten_save(file, 2, f.diags), TW_EPARSE);
	assert_diag(&f, 0, TW_LEVEL_ERROR, 0, "",
		"cannot be written: there is no such file; no file is changed");
	assert_content("a", "old a");
	assert_int_not_equal(stat(path_of("a.twoway-new"), &info), 0);
	free((void *)(uintptr_t)file[1].path);

	/* A run that was cut off, or one that goes on. */
	write_file("b.twoway-new", "whose?", 0600);
	file[1].path = strdup(path_of("link"));
	assert_int_equal(tw_rewritten_save(file, 2, f.diags), TW_EPARSE);
	assert_content("a", "old a");
	assert_content("b.twoway-new", "whose?");
	assert_int_equal(unlink(path_of("b.twoway-new")), 0);

	/* Somebody was faster: with more, with less, with as much. */
	static const char *const faster[] = {"old b, and more", "old", "odd b"};
	for (size_t i = 0; i < 3; i++) {
		write_file("b", faster[i], 0600);
		struct tw_diags *all = f.diags; /* which keep the same words once */
		assert_int_equal(tw_diags_new(f.mem, &f.diags), TW_OK);
		assert_int_equal(tw_rewritten_save(file, 2, f.diags), TW_EPARSE);
		assert_diag(&f, 0, TW_LEVEL_ERROR, 0, "",
			"cannot be written: it has changed since it was read; no file is changed");
		tw_diags_free(f.diags);
		f.diags = all;
		assert_content("a", "old a");
		assert_content("b", faster[i]);
		assert_int_not_equal(stat(path_of("a.twoway-new"), &info), 0);
		assert_int_not_equal(stat(path_of("b.twoway-new"), &info), 0);
	}
	write_file("b", "old b", 0600);

	/* One file by two names is written once. */
	file[2].path = strdup(path_of("b"));
	assert_int_equal(tw_rewritten_save(file, 3, f.diags), TW_OK);
	free((void *)(uintptr_t)file[2].path);
	assert_content("a", "new a");
	assert_content("b", "new b");
	assert_int_equal(stat(path_of("a"), &info), 0);
	assert_int_equal(info.st_mode & 07777, 0640);
	assert_int_equal(lstat(path_of("link"), &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	free((void *)(uintptr_t)file[0].path);
	free((void *)(uintptr_t)file[1].path);
	assert_int_equal(unlink(path_of("a")), 0);
	assert_int_equal(unlink(path_of("link")), 0);
	assert_int_equal(unlink(path_of("b")), 0);
	assert_int_equal(rmdir(folder), 0); /* nothing else was left there */
	fixture_close(&f);
}

/* ---- out of memory --------------------------------------------------------------------------- */

static tw_status rewrite_all(struct tw_mem *mem, void *ctx)
{
	static const char text[] =
		"{\"NetworkAcls\": [{\"NetworkAclId\": \"acl-1\", \"Entries\": [\n"
		"  {\"RuleNumber\": 1, \"Egress\": false, \"Protocol\": \"-1\", "
		"\"RuleAction\": \"deny\", \"CidrBlock\": \"0.0.0.0/0\"}]},\n"
		" {\"NetworkAclId\": \"acl-2\", \"Entries\": []}]}";
	struct tw_edit edit[4] = {{TW_ADD, https("acl-1", true, 7), {0, 0, 0}},
		{TW_REPLACE, https("acl-1", false, 1), {0, 0, 0}},
		{TW_REMOVE, https("acl-1", true, 7), {0, 0, 0}},
		{TW_ADD, https("acl-2", false, 7), {0, 0, 0}}};
	struct tw_rewritten *file = NULL;
	struct tw_sources *sources;
	struct tw_diags *diags;
	uint32_t number;
	size_t n = 0;

	(void)ctx;
	tw_status status = tw_sources_new(mem, &sources);
	if (status != TW_OK)
		return status;
	status = tw_diags_new(mem, &diags);
	if (status == TW_OK) {
		status = tw_sources_add(sources, "acl.json", text, strlen(text), &number);
		if (status == TW_OK)
			status = tw_rewrite(mem, sources, edit, 4, diags, &file, &n);
		tw_rewritten_free(mem, file, n);
		tw_diags_free(diags);
	}
	tw_sources_free(sources);
	return status;
}

static void out_of_memory(void **state)
{
	(void)state;
	assert_int_equal(tw_oom_sweep(rewrite_all, NULL), TW_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_entry_anywhere),
		cmocka_unit_test(replaces_what_differs_only),
		cmocka_unit_test(removes_one_comma),
		cmocka_unit_test(stands_behind_its_own_list),
		cmocka_unit_test(all_copies_with_entries),
		cmocka_unit_test(says_what_cannot_be_done),
		cmocka_unit_test(saves_all_or_none),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
