/* SPDX-License-Identifier: Apache-2.0 */

/* Which answers a document holds: keys, pages, cut answers, kinds of later, the collector's file.
 */

#include "aws_fixture.h"

#define ACL1 "{'NetworkAclId':'acl-1','VpcId':'vpc-1','Entries':[],'Associations':[]}"
#define ACL2 "{'NetworkAclId':'acl-2','VpcId':'vpc-1','Entries':[],'Associations':[]}"

static void one_object_holds_several_answers(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, "{'NetworkAcls':[" ACL1 "],'Vpcs':null,'Subnets':[],'Unknown':{'a':1},"
			 "'Instances':[{'InstanceId':'i-1'}]}");
	assert_diags(&f, 0);
	assert_int_equal(f.net->acls, 1);
	assert_int_equal(f.net->instances, 1);
	/* An empty answer is an answer: there are none. */
	assert_true(f.net->holds[TW_KIND_VPC] && f.net->holds[TW_KIND_SUBNET]);
	assert_false(f.net->holds[TW_KIND_ROUTE_TABLE]);
	assert_int_equal(tw_input_files(f.in), 1);
	assert_string_equal(tw_input_file(f.in, 0)->path, "input.json");
	assert_string_equal(tw_input_file(f.in, 0)->kind, "aws-cli");
	assert_string_equal(tw_input_file(f.in, 0)->detail,
		"describe-network-acls, describe-vpcs, describe-subnets, describe-instances");
	assert_null(tw_input_file(f.in, 0)->part_of);
	fixture_close(&f);
}

static void an_array_holds_pages(void **state)
{
	struct fixture f;

	(void)state;
	/* The first page's token is answered by the second page. */
	fixture_load(&f, "[{'NetworkAcls':[" ACL1 "],'NextToken':'x'},{'NetworkAcls':[" ACL2 "]}]");
	assert_diags(&f, 0);
	assert_int_equal(f.net->acls, 2);
	assert_false(f.net->incomplete[TW_KIND_ACL]);
	fixture_close(&f);
}

static void a_token_means_that_something_is_missing(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, "{'NetworkAcls':[" ACL1 "],\n 'NextToken':'eyJ'}");
	assert_true(f.net->incomplete[TW_KIND_ACL]);
	assert_false(f.net->incomplete[TW_KIND_GROUP]);
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_WARNING, 901, "2:14",
		"this answer was cut short: each network ACL that is missing from it is unknown");
	fixture_close(&f);

	fixture_load(
		&f, "[{'NetworkAcls':[" ACL1 "]},{'NetworkAcls':[" ACL2 "],'NextMarker':'x'}]");
	assert_true(f.net->incomplete[TW_KIND_ACL]);
	assert_diags(&f, 1);
	fixture_close(&f);

	/* Some programs print an empty one, or null. */
	fixture_load(&f, "{'NetworkAcls':[" ACL1 "],'NextToken':'','NextMarker':null}");
	assert_diags(&f, 0);
	fixture_close(&f);
}

/* A subnet without an association may be associated in the part that is missing. */
static void a_cut_answer_gives_no_default(void **state)
{
	static const char *const format[] = {
		"{'NetworkAcls':[{'NetworkAclId':'acl-1','VpcId':'vpc-1','IsDefault':true,"
		"'Entries':[],"
		"'Associations':[{'SubnetId':'subnet-1'}]}]}",
		"{'NetworkAcls':[{'NetworkAclId':'acl-1','VpcId':'vpc-1','IsDefault':true,"
		"'Entries':[],"
		"'Associations':[{'SubnetId':'subnet-1'}]}],'NextToken':'x'}"};

	(void)state;
	for (int cut = 0; cut < 2; cut++) {
		struct fixture f;
		fixture_open(&f);
		fixture_add(&f, "acls.json", format[cut]);
		fixture_add(&f, "subnets.json",
			"{'Subnets':[{'SubnetId':'subnet-1','VpcId':'vpc-1',"
			"'CidrBlock':'10.0.1.0/24'},"
			"{'SubnetId':'subnet-2','VpcId':'vpc-1','CidrBlock':'10.0.2.0/24'}]}");
		fixture_finish(&f);
		assert_int_equal(f.net->subnet[0].acl, 0);
		/* SPEC: nacl-default-association */
		assert_int_equal(f.net->subnet[1].acl, cut ? TW_MISSING : 0);
		fixture_close(&f);
	}
}

static void kinds_of_later_are_told_once_and_only_if_there_are_any(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_add(&f, "a.json", "{'LoadBalancerDescriptions':[]}");
	fixture_add(&f, "b.json", "{'LoadBalancerDescriptions':[{'LoadBalancerName':'a'}]}");
	fixture_add(&f, "c.json",
		"{'LoadBalancerDescriptions':[{'LoadBalancerName':'b'}],'NatGateways':[]}");
	fixture_add(&f, "d.json",
		"{'AvailabilityZones':[{'ZoneName':'a'}],'Tags':[{'ResourceId':'a'}],"
		"'Addresses':[{}],'KeyPairs':[{}],'LoadBalancerAttributes':[{}]}");
	fixture_add(&f, "e.json", "{'NetworkAcls':[" ACL1 "]}");
	fixture_finish(&f);
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_NOTE, 901, "1:29",
		"classic load balancers are not supported yet: these are left out, and what goes "
		"through them is not judged");
	assert_int_equal(tw_diags_get(f.diags, 0)->span.file, 2);
	assert_string_equal(tw_input_file(f.in, 0)->kind, "aws-cli");
	assert_string_equal(tw_input_file(f.in, 1)->kind, "unsupported");
	assert_string_equal(tw_input_file(f.in, 1)->detail, "classic load balancers");
	assert_string_equal(tw_input_file(f.in, 2)->kind, "aws-cli");
	assert_string_equal(
		tw_input_file(f.in, 2)->detail, "classic load balancers, describe-nat-gateways");
	assert_string_equal(tw_input_file(f.in, 3)->kind, "aws-cli");
	assert_true(f.net->holds[TW_KIND_NAT_GATEWAY]);
	assert_false(f.net->holds[TW_KIND_LOAD_BALANCER]);
	fixture_close(&f);
}

/* Other programs use these words too. */
static void words_alone_make_no_answer(void **state)
{
	static const char *const texts[] = {
		"{'SecurityGroups':['sg-1','sg-2']}",
		"{'Subnets':'subnet-1'}",
		"{'Instances':[{'Name':'x'}]}",
		"{'Entries':[{'Key':'x'}]}",
		"{'Parameters':{'NetworkAcls':[]}}",
		"['NetworkAcls']",
		"[]",
		"7",
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(texts); i++) {
		struct fixture f;
		fixture_open(&f);
		assert_int_equal(
			fixture_add_as(&f, "x.json", texts[i], TW_INPUT_AUTO, false), TW_OK);
		assert_string_equal(tw_input_file(f.in, 0)->kind, "unrecognised");
		assert_diags(&f, 0);
		assert_int_equal(
			fixture_add_as(&f, "x.json", texts[i], TW_INPUT_AUTO, true), TW_EPARSE);
		assert_int_equal(tw_diags_worst(f.diags), TW_LEVEL_ERROR);
		assert_diags(&f, 1);
		fixture_close(&f);
	}
	assert_error("{'NetworkAcls':{'a':1}}", "1:16",
		"NetworkAcls: expected an array of objects, found an object");
	assert_error("{'NetworkAcls':[{'NetworkAclId':'acl-1'},7]}", "1:42",
		"NetworkAcls[1]: expected an object, found 7");
}

static void yaml_reads_like_json(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_add(&f, "acls.yaml",
		"NetworkAcls:\n"
		"- Associations:\n"
		"  - SubnetId: subnet-1\n"
		"  Entries:\n"
		"  - CidrBlock: 10.0.0.0/8\n"
		"    Egress: true\n"
		"    PortRange:\n"
		"      From: 443\n"
		"      To: 443\n"
		"    Protocol: '6'\n"
		"    RuleAction: allow\n"
		"    RuleNumber: 100\n"
		"  IsDefault: false\n"
		"  NetworkAclId: acl-1\n"
		"  VpcId: vpc-1\n");
	fixture_finish(&f);
	assert_diags(&f, 0);
	assert_rule(&f.net->acl[0].list[TW_EGRESS].rule[0], "100 allow 10.0.0.0/8 6 443-443 sure");
	assert_place(&f, f.net->acl[0].list[TW_EGRESS].rule[0].span, "5:5");
	assert_string_equal(tw_input_file(f.in, 0)->kind, "aws-cli");
	fixture_close(&f);
}

/* The np-guard collector: six lists with explicit nulls, each perhaps cut off without a sign. */
static void the_collector_is_read(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f,
		"{'collector_version':'0.11.0','provider':'aws',\n"
		"'instances':[{'InstanceId':'i-1','Platform':'','State':{'Name':'running'},"
		"'VpcId':'vpc-1',\n"
		"  'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1',"
		"'PrivateIpAddress':'10.0.1.10',\n"
		"  'SubnetId':'subnet-1','Groups':[{'GroupId':'sg-1','GroupName':'web'}],"
		"'Association':null}]}],\n"
		"'internet_gateways':[{'InternetGatewayId':'igw-1',"
		"'Attachments':[{'VpcId':'vpc-1'}]}],\n"
		"'network_acls':[{'NetworkAclId':'acl-1','VpcId':'vpc-1','IsDefault':true,"
		"'Tags':null,\n"
		"  'Associations':[{'SubnetId':'subnet-1'}],'Entries':[{'RuleNumber':100,"
		"'Egress':true,\n"
		"  'RuleAction':'allow','Protocol':'-1','CidrBlock':'0.0.0.0/0',"
		"'Ipv6CidrBlock':null,\n"
		"  'PortRange':null,'IcmpTypeCode':null}]}],\n"
		"'security_groups':[{'GroupId':'sg-1','VpcId':'vpc-1',"
		"'IpPermissions':[{'IpProtocol':'-1',\n"
		"  'FromPort':null,'ToPort':null,'IpRanges':[],"
		"'UserIdGroupPairs':[{'GroupId':'sg-1'}]}]}],\n"
		"'subnets':[{'SubnetId':'subnet-1','VpcId':'vpc-1','CidrBlock':'10.0.1.0/24'}],\n"
		"'vpcs':[{'VpcId':'vpc-1','CidrBlock':'10.0.0.0/16','Region':'eu-west-1'}]}");
	assert_diags(&f, 0);
	assert_string_equal(tw_input_file(f.in, 0)->kind, "np-guard");
	assert_int_equal(f.net->vpcs, 1);
	assert_int_equal(f.net->interfaces, 1);
	assert_int_equal(f.net->instance[0].platform, TW_PLATFORM_LINUX);
	assert_int_equal(f.net->vpc[0].gateway, 0);
	assert_int_equal(f.net->subnet[0].acl, 0);
	for (int kind = 0; kind < TW_KINDS; kind++)
		assert_int_equal(f.net->incomplete[kind],
			kind <= TW_KIND_INTERNET_GATEWAY && kind != TW_KIND_ROUTE_TABLE);
	/* The known member is sure, others may be there. */
	assert_int_equal(f.net->group[0].list[TW_INGRESS].n, 2);
	assert_false(f.net->group[0].list[TW_INGRESS].rule[0].maybe);
	assert_range(f.net->group[0].list[TW_INGRESS].rule[0].peers[0], "10.0.1.10-10.0.1.10");
	assert_true(f.net->group[0].list[TW_INGRESS].rule[1].maybe);
	fixture_close(&f);
}

static void the_collector_of_another_provider_is_not(void **state)
{
	struct fixture f;

	(void)state;
	assert_error("{'collector_version':'0.11.0','provider':'ibm','vpcs':[]}", "1:1",
		"this is an np-guard file of another provider than AWS, which is not supported "
		"yet");
	fixture_open(&f);
	assert_int_equal(
		fixture_add_as(&f, "x.json", "{'NetworkAcls':[]}", TW_INPUT_COLLECTOR, true),
		TW_EPARSE);
	assert_diag(
		&f, 0, TW_LEVEL_ERROR, 0, "1:1", "this is not a file of the np-guard collector");
	assert_int_equal(fixture_add_as(&f, "x.json", "{'collector_version':'1','provider':'aws'}",
				 TW_INPUT_AWS_CLI, true),
		TW_EPARSE);
	assert_diag(
		&f, 1, TW_LEVEL_ERROR, 0, "1:1", "this is not what `aws ec2 describe-...` prints");
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_object_holds_several_answers),
		cmocka_unit_test(an_array_holds_pages),
		cmocka_unit_test(a_token_means_that_something_is_missing),
		cmocka_unit_test(a_cut_answer_gives_no_default),
		cmocka_unit_test(kinds_of_later_are_told_once_and_only_if_there_are_any),
		cmocka_unit_test(words_alone_make_no_answer),
		cmocka_unit_test(yaml_reads_like_json),
		cmocka_unit_test(the_collector_is_read),
		cmocka_unit_test(the_collector_of_another_provider_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
