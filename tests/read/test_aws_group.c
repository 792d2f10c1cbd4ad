/* SPDX-License-Identifier: Apache-2.0 */

/* Security groups and their rules, hand-derived from spec/aws.md 4.1 and 9.1. */

#include "aws_fixture.h"

#include <stdio.h>

#define GROUP(ingress)                                                                             \
	"{'SecurityGroups':[{'GroupId':'sg-1','VpcId':'vpc-1','IpPermissions':[" ingress "]}]}"
#define ROWS(rows) "{'SecurityGroupRules':[" rows "]}"
#define TO_ALL	   "'IpRanges':[{'CidrIp':'0.0.0.0/0'}]"

/* One permission with one peer, and the rule that it must become. */
static void becomes(const char *permission, const char *rule)
{
	char text[2048];
	struct fixture f;

	snprintf(text, sizeof(text), GROUP("{%s}"), permission);
	fixture_load(&f, text);
	assert_diags(&f, 0);
	assert_int_equal(f.net->group[0].list[TW_INGRESS].n, 1);
	assert_rule(&f.net->group[0].list[TW_INGRESS].rule[0], rule);
	fixture_close(&f);
}

/* SPEC: cli-security-groups */
static void the_whole_object_is_read(void **state)
{
	struct fixture f;
	const struct tw_group *group;

	(void)state;
	fixture_load(&f,
		"{'SecurityGroups': [\n"
		" {'GroupId': 'sg-1', 'GroupName': 'web', 'Description': 'd', 'VpcId': 'vpc-1',\n"
		"  'IpPermissions': [\n"
		"   {'IpProtocol': 'tcp', 'FromPort': 80, 'ToPort': 80,\n"
		"    'IpRanges': [{'CidrIp': '10.0.0.0/8', 'Description': 'x'},\n"
		"                 {'CidrIp': '192.0.2.0/24'}],\n"
		"    'Ipv6Ranges': [{'CidrIpv6': '2001:db8::/32'}],\n"
		"    'PrefixListIds': [{'PrefixListId': 'pl-1'}],\n"
		"    'UserIdGroupPairs': [{'GroupId': 'sg-2', 'UserId': '1'}]},\n"
		"   {'IpProtocol': '-1', 'IpRanges': [], 'Ipv6Ranges': null,\n"
		"    'UserIdGroupPairs': [{'GroupId': 'sg-1'}]}],\n"
		"  'IpPermissionsEgress': [\n"
		"   {'IpProtocol': '-1', 'IpRanges': [{'CidrIp': '0.0.0.0/0'}]}],\n"
		"  'Tags': []},\n"
		" {'GroupId': 'sg-2', 'GroupName': 'db', 'Tags': [{'Key': 'Name', 'Value': "
		"'data'}]}]}");
	assert_diags(&f, 0);
	group = &f.net->group[0];
	assert_string_equal(group->object.name, "web");
	assert_string_equal(group->vpc_id, "vpc-1");
	assert_place(&f, group->object.span, "2:2");
	assert_int_equal(group->list[TW_INGRESS].n, 6);
	assert_rule(&group->list[TW_INGRESS].rule[0],
		"ingress[0].IpRanges[0] allow 10.0.0.0/8 6 80-80 sure");
	assert_rule(&group->list[TW_INGRESS].rule[1],
		"ingress[0].IpRanges[1] allow 192.0.2.0/24 6 80-80 sure");
	assert_rule(&group->list[TW_INGRESS].rule[2],
		"ingress[0].Ipv6Ranges[0] allow 2001:db8::/32 6 80-80 sure");
	assert_rule(&group->list[TW_INGRESS].rule[3],
		"ingress[0].PrefixListIds[0] allow pl-1 6 80-80 prefix list pl-1 is not in the "
		"input");
	assert_rule(&group->list[TW_INGRESS].rule[4],
		"ingress[0].UserIdGroupPairs[0] allow sg-2 6 80-80 the input does not hold all "
		"interfaces that carry sg-2");
	assert_rule(&group->list[TW_INGRESS].rule[5],
		"ingress[1].UserIdGroupPairs[0] allow sg-1 -1 0-65535 the input does not hold "
		"all interfaces that carry sg-1");
	assert_place(&f, group->list[TW_INGRESS].rule[1].span, "6:18");
	assert_place(&f, group->list[TW_INGRESS].rule[4].span, "9:26");
	assert_int_equal(group->list[TW_EGRESS].n, 1);
	assert_rule(&group->list[TW_EGRESS].rule[0],
		"egress[0].IpRanges[0] allow 0.0.0.0/0 -1 0-65535 sure");
	assert_string_equal(f.net->group[1].object.name, "data");
	assert_int_equal(f.net->group[1].list[TW_INGRESS].n, 0);
	fixture_close(&f);
}

/* SPEC: sg-ports, sg-ports-ignored, cli-sg-minus1-absent, proto-spelling */
static void protocols_and_ports_are_read(void **state)
{
	(void)state;
	becomes("'IpProtocol':'tcp','FromPort':0,'ToPort':65535," TO_ALL,
		"ingress[0].IpRanges[0] allow 0.0.0.0/0 6 0-65535 sure");
	becomes("'IpProtocol':'17','FromPort':53,'ToPort':54," TO_ALL,
		"ingress[0].IpRanges[0] allow 0.0.0.0/0 17 53-54 sure");
	becomes("'IpProtocol':'icmp','FromPort':8,'ToPort':0," TO_ALL,
		"ingress[0].IpRanges[0] allow 0.0.0.0/0 1 2048-2048 sure");
	becomes("'IpProtocol':'icmp','FromPort':8,'ToPort':-1," TO_ALL,
		"ingress[0].IpRanges[0] allow 0.0.0.0/0 1 2048-2303 sure");
	becomes("'IpProtocol':'icmp','FromPort':-1,'ToPort':-1," TO_ALL,
		"ingress[0].IpRanges[0] allow 0.0.0.0/0 1 0-65535 sure");
	becomes("'IpProtocol':'icmp','FromPort':-1,'ToPort':4," TO_ALL,
		"ingress[0].IpRanges[0] allow 0.0.0.0/0 1 0-65535 sg-ports");
	becomes("'IpProtocol':'icmpv6','Ipv6Ranges':[{'CidrIpv6':'::/0'}]",
		"ingress[0].Ipv6Ranges[0] allow ::/0 58 0-65535 sure");
	becomes("'IpProtocol':'icmpv6','FromPort':128,'ToPort':0,"
		"'Ipv6Ranges':[{'CidrIpv6':'::/0'}]",
		"ingress[0].Ipv6Ranges[0] allow ::/0 58 32768-32768 sure");
	becomes("'IpProtocol':'50','FromPort':90,'ToPort':80," TO_ALL,
		"ingress[0].IpRanges[0] allow 0.0.0.0/0 50 0-65535 sure");
	becomes("'IpProtocol':'-1','FromPort':-1,'ToPort':-1," TO_ALL,
		"ingress[0].IpRanges[0] allow 0.0.0.0/0 -1 0-65535 sure");
}

/* "tcp, udp and icmp must give a range" (SPEC: sg-ports) */
static void wrong_permissions_are_errors(void **state)
{
	(void)state;
	assert_error(GROUP("{'IpProtocol':'tcp'," TO_ALL ",'ToPort':1}"), "1:71",
		"SecurityGroups[0].IpPermissions[0]: \"FromPort\" is missing");
	assert_error(GROUP("{'IpProtocol':'udp','FromPort':1," TO_ALL "}"), "1:71",
		"SecurityGroups[0].IpPermissions[0]: \"ToPort\" is missing");
	assert_error(GROUP("{'IpProtocol':'icmp','FromPort':1," TO_ALL "}"), "1:71",
		"SecurityGroups[0].IpPermissions[0]: \"ToPort\" is missing");
	assert_error(GROUP("{'IpProtocol':'tcp','FromPort':-1,'ToPort':80," TO_ALL "}"), "1:102",
		"SecurityGroups[0].IpPermissions[0].FromPort: expected a port from 0 to 65535, "
		"found -1");
	assert_error(GROUP("{'IpProtocol':'tcp','FromPort':81,'ToPort':80," TO_ALL "}"), "1:71",
		"SecurityGroups[0].IpPermissions[0]: FromPort 81 is above ToPort 80");
	assert_error(GROUP("{'FromPort':80,'ToPort':80," TO_ALL "}"), "1:71",
		"SecurityGroups[0].IpPermissions[0]: \"IpProtocol\" is missing");
	assert_error(GROUP("{'IpProtocol':'-1','IpRanges':[{'CidrIpv4':'0.0.0.0/0'}]}"), "1:102",
		"SecurityGroups[0].IpPermissions[0].IpRanges[0]: \"CidrIp\" is missing");
	assert_error(GROUP("{'IpProtocol':'-1','IpRanges':[{'CidrIp':'any'}]}"), "1:112",
		"SecurityGroups[0].IpPermissions[0].IpRanges[0].CidrIp: expected an IPv4 CIDR "
		"block");
	assert_error(GROUP("{'IpProtocol':'-1','UserIdGroupPairs':[{'UserId':'1'}]}"), "1:110",
		"SecurityGroups[0].IpPermissions[0].UserIdGroupPairs[0]: \"GroupId\" is missing");
}

static void a_permission_without_peers_allows_nothing(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, GROUP("{'IpProtocol':'-1','IpRanges':[]}"));
	assert_int_equal(f.net->group[0].list[TW_INGRESS].n, 0);
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_WARNING, 901, "1:71",
		"SecurityGroups[0].IpPermissions[0]: this permission names no peer, so it allows "
		"nothing");
	fixture_close(&f);
}

/* SPEC: cli-security-group-rules, cli-sgr-minus1 */
static void rows_alone_make_the_groups(void **state)
{
	struct fixture f;
	const struct tw_group *group;

	(void)state;
	fixture_load(
		&f, ROWS("\n{'SecurityGroupRuleId':'sgr-1','GroupId':'sg-1','IsEgress':false,"
			 "'IpProtocol':'tcp','FromPort':443,'ToPort':443,'CidrIpv4':'0.0.0.0/0'},\n"
			 "{'SecurityGroupRuleId':'sgr-2','GroupId':'sg-1','IsEgress':true,"
			 "'IpProtocol':'-1','FromPort':-1,'ToPort':-1,'CidrIpv6':'::/0'},\n"
			 "{'SecurityGroupRuleId':'sgr-3','GroupId':'sg-2','IsEgress':true,"
			 "'IpProtocol':'-1','FromPort':-1,'ToPort':-1,'PrefixListId':'pl-1'},\n"
			 "{'SecurityGroupRuleId':'sgr-4','GroupId':'sg-2','IsEgress':false,"
			 "'IpProtocol':'udp','FromPort':53,'ToPort':53,"
			 "'ReferencedGroupInfo':{'GroupId':'sg-1','UserId':'1'}}"));
	assert_diags(&f, 0);
	assert_int_equal(f.net->groups, 2);
	assert_true(f.net->holds[TW_KIND_GROUP]);
	group = &f.net->group[0];
	assert_string_equal(group->object.id, "sg-1");
	assert_int_equal(group->list[TW_INGRESS].n, 1);
	assert_rule(&group->list[TW_INGRESS].rule[0], "sgr-1 allow 0.0.0.0/0 6 443-443 sure");
	assert_place(&f, group->list[TW_INGRESS].rule[0].span, "2:1");
	assert_rule(&group->list[TW_EGRESS].rule[0], "sgr-2 allow ::/0 -1 0-65535 sure");
	assert_string_equal(f.net->group[1].list[TW_EGRESS].rule[0].peer_prefix_list, "pl-1");
	assert_string_equal(f.net->group[1].list[TW_INGRESS].rule[0].peer_group, "sg-1");
	fixture_close(&f);
}

/* Both commands show the same rules: named, not doubled, in whatever order the files come. */
static void rows_name_the_rules_of_a_group(void **state)
{
	static const char *const groups =
		GROUP("{'IpProtocol':'tcp','FromPort':443,'ToPort':443,"
		      "'IpRanges':[{'CidrIp':'10.0.0.0/8'},{'CidrIp':'0.0.0.0/0'}]},"
		      "{'IpProtocol':'-1','UserIdGroupPairs':[{'GroupId':'sg-9','UserId':'1'}]}");
	static const char *const rows =
		ROWS("{'SecurityGroupRuleId':'sgr-b','GroupId':'sg-1','IsEgress':false,"
		     "'IpProtocol':'6','FromPort':443,'ToPort':443,'CidrIpv4':'0.0.0.0/0'},"
		     "{'SecurityGroupRuleId':'sgr-c','GroupId':'sg-1','IsEgress':false,"
		     "'IpProtocol':'-1','FromPort':-1,'ToPort':-1,"
		     "'ReferencedGroupInfo':{'GroupId':'sg-9'}}");
	struct fixture f;

	(void)state;
	for (int order = 0; order < 2; order++) {
		const struct tw_rules *list;
		fixture_open(&f);
		fixture_add(&f, "a.json", order ? rows : groups);
		fixture_add(&f, "b.json", order ? groups : rows);
		fixture_finish(&f);
		assert_diags(&f, 0);
		list = &f.net->group[0].list[TW_INGRESS];
		assert_int_equal(list->n, 3);
		/* No row: its place stays its name. */
		assert_string_equal(list->rule[0].id, "ingress[0].IpRanges[0]");
		assert_string_equal(list->rule[1].id, "sgr-b");
		assert_string_equal(list->rule[2].id, "sgr-c");
		assert_int_equal(list->rule[1].span.file, order ? 1 : 2);
		assert_int_equal(list->rule[0].span.file, order ? 2 : 1);
		fixture_close(&f);
	}
}

static void rows_and_groups_that_disagree_are_an_error(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_add(&f, "groups.json",
		GROUP("{'IpProtocol':'tcp','FromPort':443,'ToPort':443," TO_ALL "}"));
	fixture_add(&f, "rows.json",
		ROWS("{'SecurityGroupRuleId':'sgr-1','GroupId':'sg-1','IsEgress':false,"
		     "'IpProtocol':'tcp','FromPort':80,'ToPort':80,'CidrIpv4':'0.0.0.0/0'}"));
	assert_int_equal(tw_input_finish(f.in), TW_EPARSE);
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_ERROR, 0, "1:24",
		"security group rule sgr-1 is not among the permissions of sg-1: give one state "
		"of the group");
	assert_int_equal(tw_diags_get(f.diags, 0)->other.file, 1);
	fixture_close(&f);
}

static void a_row_twice_counts_once(void **state)
{
	static const char *const row =
		ROWS("{'SecurityGroupRuleId':'sgr-1','GroupId':'sg-1','IsEgress':false,"
		     "'IpProtocol':'tcp','FromPort':80,'ToPort':80,'CidrIpv4':'0.0.0.0/0'}");
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_add(&f, "a.json", row);
	fixture_add(&f, "b.json", row);
	fixture_finish(&f);
	assert_int_equal(f.net->group[0].list[TW_INGRESS].n, 1);
	fixture_close(&f);

	fixture_open(&f);
	fixture_add(&f, "a.json", row);
	assert_int_equal(
		fixture_add_as(&f, "b.json",
			ROWS("{'SecurityGroupRuleId':'sgr-1','GroupId':'sg-1','IsEgress':true,"
			     "'IpProtocol':'tcp','FromPort':80,'ToPort':80,"
			     "'CidrIpv4':'0.0.0.0/0'}"),
			TW_INPUT_AUTO, true),
		TW_EPARSE);
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_ERROR, 0, "1:24",
		"security group rule sgr-1 differs here from what was read before");
	fixture_close(&f);
}

/* SPEC: sg-peer-exactly-one */
static void a_row_has_one_peer(void **state)
{
	(void)state;
	assert_error(ROWS("{'SecurityGroupRuleId':'sgr-1','GroupId':'sg-1','IsEgress':true,"
			  "'IpProtocol':'-1'}"),
		"1:24", "SecurityGroupRules[0]: has none of \"CidrIpv4\"");
	assert_error(ROWS("{'SecurityGroupRuleId':'sgr-1','GroupId':'sg-1','IsEgress':true,"
			  "'IpProtocol':'-1','CidrIpv4':'0.0.0.0/0','PrefixListId':'pl-1'}"),
		"1:24", "SecurityGroupRules[0]: has several of \"CidrIpv4\"");
	assert_error(ROWS("{'SecurityGroupRuleId':'sgr-1','GroupId':'sg-1','IsEgress':true,"
			  "'IpProtocol':'tcp','FromPort':-1,'ToPort':0,'CidrIpv4':'0.0.0.0/0'}"),
		"1:118",
		"SecurityGroupRules[0].FromPort: expected a port from 0 to 65535, found -1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_object_is_read),
		cmocka_unit_test(protocols_and_ports_are_read),
		cmocka_unit_test(wrong_permissions_are_errors),
		cmocka_unit_test(a_permission_without_peers_allows_nothing),
		cmocka_unit_test(rows_alone_make_the_groups),
		cmocka_unit_test(rows_name_the_rules_of_a_group),
		cmocka_unit_test(rows_and_groups_that_disagree_are_an_error),
		cmocka_unit_test(a_row_twice_counts_once),
		cmocka_unit_test(a_row_has_one_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
