/* SPDX-License-Identifier: Apache-2.0 */

/* Files, folders and other kinds of input, with real files in a folder of their own. */

#define _POSIX_C_SOURCE 200809L

#include "aws_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ACL "{\"NetworkAcls\":[{\"NetworkAclId\":\"acl-1\",\"VpcId\":\"vpc-1\",\"Entries\":[]}]}"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/twoway-test-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static const char *in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int remove_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static void write_bytes(const char *name, const char *bytes, size_t size)
{
	FILE *file = fopen(in_folder(name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void write_text(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static void a_file_is_read(void **state)
{
	struct fixture f;

	(void)state;
	write_text("acl.json", ACL);
	fixture_open(&f);
	assert_int_equal(tw_input_add_path(f.in, in_folder("acl.json"), TW_INPUT_AUTO), TW_OK);
	fixture_finish(&f);
	assert_int_equal(f.net->acls, 1);
	assert_string_equal(tw_input_file(f.in, 0)->path, in_folder("acl.json"));
	assert_null(tw_input_file(f.in, 0)->part_of);
	fixture_close(&f);
}

static void what_is_not_there_is_an_error_with_its_path(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	assert_int_equal(
		tw_input_add_path(f.in, in_folder("nothing.json"), TW_INPUT_AUTO), TW_EPARSE);
	assert_diags(&f, 1);
	assert_diag(
		&f, 0, TW_LEVEL_ERROR, 0, "", "cannot be read: there is no such file or folder");
	assert_string_equal(tw_diags_get(f.diags, 0)->path, in_folder("nothing.json"));
	assert_int_equal(tw_input_finish(f.in), TW_EPARSE);
	assert_diags(&f, 1); /* not "nothing to judge" on top of it */
	fixture_close(&f);
}

/* Sorted by bytes, sub-folders where their names stand, links and other endings left out. */
static void a_folder_is_read_in_the_order_of_its_names(void **state)
{
	static const char *const expected[] = {
		"net/B.json", "net/a.yml", "net/b/c.template", "net/b/d.json", "net/z.json"};
	struct fixture f;

	(void)state;
	assert_int_equal(mkdir(in_folder("net"), 0700), 0);
	assert_int_equal(mkdir(in_folder("net/b"), 0700), 0);
	write_text("net/z.json", ACL);
	write_text("net/a.yml", "Vpcs: []\n");
	write_text("net/B.json", "{\"Subnets\":[]}");
	write_text("net/b/d.json", "{\"name\":\"x\"}");
	write_text("net/b/c.template",
		"AWSTemplateFormatVersion: 2010-09-09\nResources:\n  V:\n    Type: "
		"AWS::EC2::VPC\n    X: !Ref Y\n");
	write_text("net/b/notes.txt", "hello");
	write_text("net/twoway.yaml", "flows: []\n");
	write_text("outside.json", "not json at all");
	assert_int_equal(symlink("../outside.json", in_folder("net/link.json")), 0);
	assert_int_equal(symlink(".", in_folder("net/loop")), 0);
	fixture_open(&f);
	assert_int_equal(tw_input_add_path(f.in, in_folder("net/"), TW_INPUT_AUTO), TW_OK);
	fixture_finish(&f);
	assert_int_equal(tw_input_files(f.in), TW_COUNT(expected));
	for (size_t i = 0; i < TW_COUNT(expected); i++) {
		assert_string_equal(tw_input_file(f.in, i)->path, in_folder(expected[i]));
		assert_string_equal(tw_input_file(f.in, i)->part_of, in_folder("net/"));
	}
	assert_string_equal(tw_input_file(f.in, 2)->kind, "unsupported");
	assert_string_equal(tw_input_file(f.in, 2)->detail, "a CloudFormation template");
	assert_string_equal(tw_input_file(f.in, 3)->kind, "unrecognised");
	assert_string_equal(tw_input_file(f.in, 4)->kind, "aws-cli");
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_NOTE, 901, "1:1",
		"this is a CloudFormation template, which is not supported yet: left out");
	fixture_close(&f);
}

/* Damaged files of others are passed over, damaged files of ours are not. */
static void broken_files_in_a_folder(void **state)
{
	struct fixture f;

	(void)state;
	assert_int_equal(mkdir(in_folder("broken"), 0700), 0);
	write_text("broken/tsconfig.json", "{ // comment\n}");
	write_text("broken/deploy.yaml", "a: !tag b\n");
	write_text("broken/empty.json", "");
	fixture_open(&f);
	assert_int_equal(tw_input_add_path(f.in, in_folder("broken"), TW_INPUT_AUTO), TW_OK);
	assert_diags(&f, 0);
	assert_int_equal(tw_input_files(f.in), 3);
	fixture_close(&f);

	write_text("broken/acl.json", "{\"NetworkAcls\":[{\"NetworkAclId\":");
	write_bytes("broken/utf16.json", "\xff\xfe{\0}\0", 6);
	fixture_open(&f);
	assert_int_equal(tw_input_add_path(f.in, in_folder("broken"), TW_INPUT_AUTO), TW_EPARSE);
	assert_diags(&f, 2);
	assert_diag(&f, 0, TW_LEVEL_ERROR, 0, "1:33", "");
	assert_diag(&f, 1, TW_LEVEL_ERROR, 0, "1:1", "this file is UTF-16; save it as UTF-8");
	fixture_close(&f);
}

static void add_named(const char *name, const char *text, const char *message)
{
	struct fixture f;

	fixture_open(&f);
	assert_int_equal(fixture_add_as(&f, name, text, TW_INPUT_AUTO, true), TW_EPARSE);
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_ERROR, 0, "1:1", message);
	fixture_close(&f);
}

static void kinds_without_a_reader_are_named(void **state)
{
	(void)state;
	add_named("plan.json",
		"{'format_version':'1.2','terraform_version':'1.5.0','planned_values':{}}",
		"this is a Terraform plan, which is not supported yet");
	add_named("x.tfstate",
		"{'version':4,'terraform_version':'1.5.0','serial':3,'resources':[]}",
		"this is a Terraform state, which is not supported yet");
	add_named("show.json", "{'format_version':'1.0','terraform_version':'1.5.0','values':{}}",
		"this is a Terraform state, which is not supported yet");
	add_named("t.json", "{'Resources':{'Acl':{'Type':'AWS::EC2::NetworkAcl'}}}",
		"this is a CloudFormation template, which is not supported yet");
	add_named("t.yaml", "Resources:\n  Acl:\n    Type: AWS::EC2::NetworkAcl\n    X: !Ref Y\n",
		"this is a CloudFormation template, which is not supported yet");
	add_named("main.tf", "resource 'aws_network_acl' 'main' {\n}\n",
		"this is Terraform source, which is not supported yet");
	add_named("log.txt",
		"2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 49152 6 1 40 1 2 ACCEPT OK\n",
		"this is a VPC flow log, which is not supported yet");
	add_named("log.txt", "version account-id interface-id srcaddr\n2 1 e 1\n",
		"this is a VPC flow log, which is not supported yet");
	add_named("nsg.json", "{'id':'/subscriptions/1/x','securityRules':[]}",
		"this is an Azure document, which is not supported yet");
	add_named("fw.json", "[{'kind':'compute#firewall'}]",
		"this is a Google Cloud document, which is not supported yet");
}

static void other_outputs_of_aws_are_refused(void **state)
{
	static const char *const table =
		"-----------------------\n|  DescribeNetworkAcls |\n+---------------------+\n";
	static const char *const text = "NETWORKACLS\tFalse\tacl-1\t123456789012\tvpc-1\n";
	struct fixture f;

	(void)state;
	add_named("acl.txt", table,
		"this is `aws --output table`, which leaves things out: run again with --output "
		"json");
	add_named("acl.json", text,
		"this is `aws --output text`, which leaves things out: run again with --output "
		"json");
	fixture_open(&f);
	assert_int_equal(fixture_add_as(&f, "a.json", table, TW_INPUT_AUTO, false), TW_EPARSE);
	fixture_close(&f);
}

static void what_is_no_input_is_refused(void **state)
{
	(void)state;
	add_named("notes.txt", "Remember the milk.\n", "this is no input that is known here");
	add_named("package.json", "{'name':'x','version':'1'}",
		"this is no input that is known here");
	add_named("k8s.yaml", "kind: Pod\n", "this is no input that is known here");
	add_named("empty.json", "", "the file is empty");
}

static void without_a_filter_there_is_nothing_to_judge(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_add(&f, "vpcs.json",
		"{'Vpcs':[{'VpcId':'vpc-1','CidrBlock':'10.0.0.0/16'}],'NetworkAcls':[]}");
	assert_int_equal(tw_input_finish(f.in), TW_EPARSE);
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_ERROR, 0, "",
		"nothing to judge: no network ACL and no security group in the input");
	assert_string_equal(tw_diags_get(f.diags, 0)->path, "vpcs.json");
	fixture_close(&f);
}

static void intents_are_no_network(void **state)
{
	struct fixture f;

	(void)state;
	write_text("twoway.yaml", "infer: false\n");
	fixture_open(&f);
	assert_int_equal(
		tw_input_add_path(f.in, in_folder("twoway.yaml"), TW_INPUT_AUTO), TW_EPARSE);
	assert_diag(&f, 0, TW_LEVEL_ERROR, 0, "", "this holds intents and no network");
	assert_null(tw_input_intents(f.in));
	assert_int_equal(tw_input_add_intents(f.in, in_folder("twoway.yaml")), TW_OK);
	assert_non_null(tw_input_intents(f.in));
	assert_false(tw_intents_view(tw_input_intents(f.in)).infer);
	assert_string_equal(tw_input_file(f.in, 0)->kind, "twoway.yaml");
	/* A second one could contradict the first. */
	assert_int_equal(
		tw_input_add_intents_bytes(f.in, "other.yaml", "infer: true\n", 12), TW_EPARSE);
	assert_diag(&f, 1, TW_LEVEL_ERROR, 0, "1:1", "intents were given already");
	assert_false(tw_intents_view(tw_input_intents(f.in)).infer);
	fixture_close(&f);
}

static void input_types_have_names(void **state)
{
	enum tw_input_type type = TW_INPUT_AUTO;

	(void)state;
	assert_true(tw_input_type_parse("np-guard", &type));
	assert_int_equal(type, TW_INPUT_COLLECTOR);
	assert_true(tw_input_type_parse("aws-cli", &type));
	assert_int_equal(type, TW_INPUT_AWS_CLI);
	assert_true(tw_input_type_parse("auto", &type));
	assert_false(tw_input_type_parse("terraform", &type));
	assert_int_equal(type, TW_INPUT_AUTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read),
		cmocka_unit_test(what_is_not_there_is_an_error_with_its_path),
		cmocka_unit_test(a_folder_is_read_in_the_order_of_its_names),
		cmocka_unit_test(broken_files_in_a_folder),
		cmocka_unit_test(kinds_without_a_reader_are_named),
		cmocka_unit_test(other_outputs_of_aws_are_refused),
		cmocka_unit_test(what_is_no_input_is_refused),
		cmocka_unit_test(without_a_filter_there_is_nothing_to_judge),
		cmocka_unit_test(intents_are_no_network),
		cmocka_unit_test(input_types_have_names),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
