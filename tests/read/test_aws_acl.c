/* SPDX-License-Identifier: Apache-2.0 */

/* describe-network-acls: every field of an entry, hand-derived from spec/aws.md 3.1 to 3.4. */

#include "aws_fixture.h"

#include <stdio.h>

#define ACL(entries)                                                                               \
	"{'NetworkAcls':[{'NetworkAclId':'acl-1','VpcId':'vpc-1','Entries':[" entries "]}]}"
#define IN(number, rest) "{'RuleNumber':" number ",'Egress':false,'RuleAction':'allow'," rest "}"
#define ANY		 "'CidrBlock':'0.0.0.0/0'"
#define ANY6		 "'Ipv6CidrBlock':'::/0'"

/* One ingress entry, and the rule that it must become. */
static void becomes(const char *entry, const char *rule, size_t warnings)
{
	char text[2048];
	struct fixture f;

	snprintf(text, sizeof(text), ACL("%s"), entry);
	fixture_load(&f, text);
	assert_int_equal(f.net->acl[0].list[TW_INGRESS].n, 3);
	assert_rule(&f.net->acl[0].list[TW_INGRESS].rule[0], rule);
	assert_diags(&f, warnings);
	fixture_close(&f);
}

/* One ingress entry that must warn. */
static void warns(const char *entry, const char *rule, const char *message)
{
	char text[2048];
	struct fixture f;

	snprintf(text, sizeof(text), ACL("%s"), entry);
	fixture_load(&f, text);
	assert_rule(&f.net->acl[0].list[TW_INGRESS].rule[0], rule);
	assert_diags(&f, 1);
	assert_int_equal(tw_diags_get(f.diags, 0)->code, 901);
	assert_int_equal(tw_diags_get(f.diags, 0)->level, TW_LEVEL_WARNING);
	assert_string_equal(tw_diags_get(f.diags, 0)->message, message);
	fixture_close(&f);
}

/* SPEC: cli-network-acls */
static void the_whole_object_is_read(void **state)
{
	struct fixture f;
	const struct tw_acl *acl;

	(void)state;
	fixture_load(&f,
		"{'NetworkAcls': [\n"
		" {'NetworkAclId': 'acl-1', 'VpcId': 'vpc-1', 'IsDefault': true, 'OwnerId': '1',\n"
		"  'Associations': [{'NetworkAclAssociationId': 'a', 'SubnetId': 'subnet-b'},\n"
		"                   {'SubnetId': 'subnet-a', 'NetworkAclId': 'acl-1'}],\n"
		"  'Entries': [\n"
		"   {'RuleNumber': 200, 'Protocol': '6', 'RuleAction': 'allow', 'Egress': true,\n"
		"    'CidrBlock': '10.0.0.0/8', 'PortRange': {'From': 1024, 'To': 65535}},\n"
		"   {'RuleNumber': 100, 'Protocol': '17', 'RuleAction': 'DENY', 'Egress': true,\n"
		"    'CidrBlock': '10.1.0.0/16', 'PortRange': {'From': 53, 'To': 53}},\n"
		"   {'RuleNumber': 32767, 'Protocol': '-1', 'RuleAction': 'deny', 'Egress': true,\n"
		"    'CidrBlock': '0.0.0.0/0'}],\n"
		"  'Tags': [{'Key': 'Name', 'Value': 'public'}, {'Key': 'team', 'Value': ''}],\n"
		"  'Unknown': {'Later': [1]}}],\n"
		" 'NextToken': null}\n");
	assert_diags(&f, 0);
	acl = &f.net->acl[0];
	assert_string_equal(acl->object.id, "acl-1");
	assert_string_equal(acl->object.name, "public");
	assert_int_equal(acl->object.tags_n, 2);
	assert_string_equal(acl->object.tags[1].key, "team");
	assert_string_equal(acl->vpc_id, "vpc-1");
	assert_true(acl->is_default && acl->associations_known && acl->entries_known);
	assert_place(&f, acl->object.span, "2:2");
	assert_place(&f, acl->list_span, "5:14");
	/* SPEC: nacl-sort-entries. The deny that is not in the input has no place. */
	assert_int_equal(acl->list[TW_EGRESS].n, 4);
	assert_rule(&acl->list[TW_EGRESS].rule[0], "100 deny 10.1.0.0/16 17 53-53 sure");
	assert_rule(&acl->list[TW_EGRESS].rule[1], "200 allow 10.0.0.0/8 6 1024-65535 sure");
	assert_rule(&acl->list[TW_EGRESS].rule[2], "* deny 0.0.0.0/0 -1 0-65535 sure");
	assert_rule(&acl->list[TW_EGRESS].rule[3], "* deny ::/0 -1 0-65535 sure");
	assert_place(&f, acl->list[TW_EGRESS].rule[0].span, "8:4");
	assert_place(&f, acl->list[TW_EGRESS].rule[2].span, "10:4");
	assert_place(&f, acl->list[TW_EGRESS].rule[3].span, "");
	assert_int_equal(acl->list[TW_EGRESS].rule[2].number, 32767);
	assert_int_equal(acl->list[TW_EGRESS].rule[3].number, 32768);
	assert_true(acl->list[TW_EGRESS].rule[3].implicit);
	/* SPEC: nacl-implicit-deny-v4, nacl-implicit-deny-v6: of both families, in both lists. */
	assert_int_equal(acl->list[TW_INGRESS].n, 2);
	assert_rule(&acl->list[TW_INGRESS].rule[0], "* deny 0.0.0.0/0 -1 0-65535 sure");
	assert_rule(&acl->list[TW_INGRESS].rule[1], "* deny ::/0 -1 0-65535 sure");
	fixture_close(&f);
}

/* SPEC: proto-spelling */
static void protocols_have_names_and_numbers(void **state)
{
	(void)state;
	becomes(IN("1", "'Protocol':'-1'," ANY), "1 allow 0.0.0.0/0 -1 0-65535 sure", 0);
	becomes(IN("1", "'Protocol':-1," ANY), "1 allow 0.0.0.0/0 -1 0-65535 sure", 0);
	becomes(IN("1", "'Protocol':'All'," ANY), "1 allow 0.0.0.0/0 -1 0-65535 sure", 0);
	becomes(IN("1", "'Protocol':'50'," ANY), "1 allow 0.0.0.0/0 50 0-65535 sure", 0);
	becomes(IN("1", "'Protocol':255," ANY6), "1 allow ::/0 255 0-65535 sure", 0);
	becomes(IN("1", "'Protocol':'TCP','PortRange':{'From':22,'To':22}," ANY),
		"1 allow 0.0.0.0/0 6 22-22 sure", 0);
	becomes(IN("1", "'Protocol':'udp','PortRange':{'From':53,'To':53}," ANY),
		"1 allow 0.0.0.0/0 17 53-53 sure", 0);
	becomes(IN("1", "'Protocol':'icmp','IcmpTypeCode':{'Type':8,'Code':-1}," ANY),
		"1 allow 0.0.0.0/0 1 2048-2303 sure", 0);
	becomes(IN("1", "'Protocol':'icmpv6','IcmpTypeCode':{'Type':128,'Code':0}," ANY6),
		"1 allow ::/0 58 32768-32768 sure", 0);
}

static void ports_are_read(void **state)
{
	(void)state;
	becomes(IN("32766", "'Protocol':'6','PortRange':{'From':0,'To':65535}," ANY),
		"32766 allow 0.0.0.0/0 6 0-65535 sure", 0);
	/* 0 to 0 is port 0, not all of them. */
	becomes(IN("1", "'Protocol':'6','PortRange':{'From':0,'To':0}," ANY),
		"1 allow 0.0.0.0/0 6 0-0 sure", 0);
	becomes(IN("1", "'Protocol':'6','PortRange':{'From':'80','To':'81'}," ANY),
		"1 allow 0.0.0.0/0 6 80-81 sure", 0);
	/* SPEC: nacl-missing-portrange; explicit null is absent (SPEC: cli-null-or-absent). */
	warns(IN("1", "'Protocol':'6'," ANY), "1 allow 0.0.0.0/0 6 0-65535 sure",
		"NetworkAcls[0].Entries[0]: TCP without \"PortRange\", which AWS requires: read "
		"as all ports");
	warns(IN("1", "'Protocol':'17','PortRange':null," ANY), "1 allow 0.0.0.0/0 17 0-65535 sure",
		"NetworkAcls[0].Entries[0]: UDP without \"PortRange\", which AWS requires: read "
		"as all ports");
}

/* SPEC: nacl-ports-ignored */
static void ports_are_ignored_where_there_are_none(void **state)
{
	(void)state;
	becomes(IN("1", "'Protocol':'-1','PortRange':{'From':80,'To':80}," ANY),
		"1 allow 0.0.0.0/0 -1 0-65535 sure", 0);
	becomes(IN("1", "'Protocol':'47','PortRange':{'From':90,'To':80}," ANY),
		"1 allow 0.0.0.0/0 47 0-65535 sure", 0);
	becomes(IN("1", "'Protocol':'-1','IcmpTypeCode':{'Type':8,'Code':0}," ANY),
		"1 allow 0.0.0.0/0 -1 0-65535 sure", 0);
}

/* SPEC: nacl-icmp-type-code, nacl-field-icmp */
static void icmp_has_types_and_codes(void **state)
{
	struct fixture f;

	(void)state;
	becomes(IN("1", "'Protocol':'1','IcmpTypeCode':{'Type':-1,'Code':-1}," ANY),
		"1 allow 0.0.0.0/0 1 0-65535 sure", 0);
	becomes(IN("1", "'Protocol':'1','IcmpTypeCode':{'Type':3,'Code':4}," ANY),
		"1 allow 0.0.0.0/0 1 772-772 sure", 0);
	becomes(IN("1", "'Protocol':'1','IcmpTypeCode':{'Type':255,'Code':255}," ANY),
		"1 allow 0.0.0.0/0 1 65535-65535 sure", 0);
	warns(IN("1", "'Protocol':'1'," ANY), "1 allow 0.0.0.0/0 1 0-65535 sure",
		"NetworkAcls[0].Entries[0]: ICMP without \"IcmpTypeCode\", which AWS requires: "
		"read as all types");
	warns(IN("1", "'Protocol':'58'," ANY6), "1 allow ::/0 58 0-65535 sure",
		"NetworkAcls[0].Entries[0]: ICMP without \"IcmpTypeCode\", which AWS requires: "
		"read as all types");
	fixture_load(&f, ACL(IN("1", "'Protocol':'1','IcmpTypeCode':{'Type':-1,'Code':4}," ANY)));
	assert_rule(&f.net->acl[0].list[TW_INGRESS].rule[0],
		"1 allow 0.0.0.0/0 1 0-65535 nacl-field-icmp");
	assert_true(f.net->acl[0].list[TW_INGRESS].rule[0].icmp_any_type_code);
	fixture_close(&f);
}

static void icmp_of_the_other_family_is_unknown(void **state)
{
	(void)state;
	/* SPEC: nacl-proto1-v6-cidr */
	becomes(IN("1", "'Protocol':'1','IcmpTypeCode':{'Type':8,'Code':-1}," ANY6),
		"1 allow ::/0 1 2048-2303 nacl-proto1-v6-cidr", 0);
	/* SPEC: nacl-proto58-v4-cidr, nacl-proto58-v4-packet: all types, whatever the entry says */
	becomes(IN("1", "'Protocol':'58','IcmpTypeCode':{'Type':128,'Code':-1}," ANY),
		"1 allow 0.0.0.0/0 58 0-65535 nacl-proto58-v4-packet", 0);
	becomes(IN("1", "'Protocol':'58'," ANY),
		"1 allow 0.0.0.0/0 58 0-65535 nacl-proto58-v4-packet", 0);
}

static void cidr_blocks_are_read(void **state)
{
	(void)state;
	becomes(IN("1", "'Protocol':'-1','CidrBlock':'10.1.2.3/32','Ipv6CidrBlock':''"),
		"1 allow 10.1.2.3/32 -1 0-65535 sure", 0);
	becomes(IN("1", "'Protocol':'-1','CidrBlock':null,'Ipv6CidrBlock':'2001:DB8::/32'"),
		"1 allow 2001:db8::/32 -1 0-65535 sure", 0);
	/* SPEC: nacl-cidr-canonical, with the example of the source */
	warns(IN("1", "'Protocol':'-1','CidrBlock':'100.68.0.18/18'"),
		"1 allow 100.68.0.0/18 -1 0-65535 sure",
		"NetworkAcls[0].Entries[0].CidrBlock: \"100.68.0.18/18\" has host bits, which "
		"AWS clears and never prints: read as 100.68.0.0/18");
}

static void wrong_fields_are_errors_with_their_place(void **state)
{
	(void)state;
	assert_error(ACL(IN("0", "'Protocol':'-1'," ANY)), "1:82",
		"NetworkAcls[0].Entries[0].RuleNumber: expected a rule number from 1 to 32768, "
		"found 0");
	assert_error(ACL(IN("32769", "'Protocol':'-1'," ANY)), "1:82",
		"NetworkAcls[0].Entries[0].RuleNumber: expected a rule number from 1 to 32768, "
		"found 32769");
	assert_error(ACL(IN("1", "'Protocol':'tpc'," ANY)), "1:131",
		"NetworkAcls[0].Entries[0].Protocol: expected a protocol: \"-1\" (all), a number "
		"from 0 to 255, tcp, udp, icmp or icmpv6, found \"tpc\"");
	assert_error(ACL(IN("1", "'Protocol':'256'," ANY)), "1:131",
		"NetworkAcls[0].Entries[0].Protocol: expected a protocol");
	assert_error(ACL(IN("1", "'Protocol':'6','PortRange':{'From':443,'To':80}," ANY)), "1:147",
		"NetworkAcls[0].Entries[0].PortRange: From 443 is above To 80");
	assert_error(ACL(IN("1", "'Protocol':'6','PortRange':{'From':443,'To':65536}," ANY)),
		"1:164",
		"NetworkAcls[0].Entries[0].PortRange.To: expected a port from 0 to 65535, found "
		"65536");
	assert_error(ACL(IN("1", "'Protocol':'6','PortRange':{'From':443}," ANY)), "1:147",
		"NetworkAcls[0].Entries[0].PortRange: \"To\" is missing");
	assert_error(ACL(IN("1", "'Protocol':'1','IcmpTypeCode':{'Type':256,'Code':0}," ANY)),
		"1:158",
		"NetworkAcls[0].Entries[0].IcmpTypeCode.Type: expected an ICMP type (-1: any) "
		"from -1 to 255, found 256");
	assert_error(ACL(IN("1", "'Protocol':'-1'")), "1:68",
		"NetworkAcls[0].Entries[0]: has neither \"CidrBlock\" nor \"Ipv6CidrBlock\"");
	assert_error(ACL(IN("1", "'Protocol':'-1'," ANY "," ANY6)), "1:68",
		"NetworkAcls[0].Entries[0]: has both \"CidrBlock\" and \"Ipv6CidrBlock\"");
	assert_error(ACL(IN("1", "'Protocol':'-1','CidrBlock':'::/0'")), "1:148",
		"NetworkAcls[0].Entries[0].CidrBlock: expected an IPv4 CIDR block such as "
		"10.0.0.0/16, found \"::/0\"");
	assert_error(ACL(IN("1", "'Protocol':'-1','Ipv6CidrBlock':'::/129'")), "1:152",
		"NetworkAcls[0].Entries[0].Ipv6CidrBlock: expected a prefix length from 0 to 128,"
		" found \"::/129\"");
}

static void missing_fields_are_errors(void **state)
{
	(void)state;
	assert_error(ACL("{'RuleNumber':1,'RuleAction':'allow','Protocol':'-1'," ANY "}"), "1:68",
		"NetworkAcls[0].Entries[0]: \"Egress\" is missing");
	assert_error(ACL("{'Egress':true,'RuleAction':'allow','Protocol':'-1'," ANY "}"), "1:68",
		"NetworkAcls[0].Entries[0]: \"RuleNumber\" is missing");
	assert_error(ACL("{'RuleNumber':1,'Egress':true,'Protocol':'-1'," ANY "}"), "1:68",
		"NetworkAcls[0].Entries[0]: \"RuleAction\" is missing");
	assert_error(
		ACL("{'RuleNumber':1,'Egress':true,'RuleAction':'permit','Protocol':'-1'," ANY "}"),
		"1:111",
		"NetworkAcls[0].Entries[0].RuleAction: expected \"allow\" or \"deny\", found "
		"\"permit\"");
	assert_error(
		ACL("{'RuleNumber':1,'Egress':'true','RuleAction':'deny','Protocol':'-1'," ANY "}"),
		"1:93", "NetworkAcls[0].Entries[0].Egress: expected true or false, found \"true\"");
	assert_error("{'NetworkAcls':[{'VpcId':'vpc-1','Entries':[]}]}", "1:17",
		"NetworkAcls[0]: \"NetworkAclId\" is missing");
	assert_error("{'NetworkAcls':[{'NetworkAclId':'','Entries':[]}]}", "1:33",
		"NetworkAcls[0].NetworkAclId: expected an id, found \"\"");
	assert_error("{'NetworkAcls':[{'NetworkAclId':'acl-1','Entries':{}}]}", "1:51",
		"NetworkAcls[0].Entries: expected an array, found an object");
}

/* Every mistake of a file is told in one run. */
static void all_errors_are_told(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	assert_int_equal(
		fixture_add_as(&f, "acl.json",
			ACL("{'RuleNumber':0,'Egress':1,'RuleAction':'x','Protocol':'y'},7," IN(
				"5", "'Protocol':'6','PortRange':{'From':-1,'To':99999}," ANY)),
			TW_INPUT_AUTO, true),
		TW_EPARSE);
	assert_diags(&f, 8);
	assert_int_equal(tw_input_finish(f.in), TW_EPARSE);
	assert_diags(&f, 8);
	fixture_close(&f);
}

/* SPEC: nacl-rule-number-range */
static void the_last_numbers_belong_to_aws(void **state)
{
	(void)state;
	assert_error(ACL(IN("32767", "'Protocol':'-1'," ANY)), "1:68",
		"NetworkAcls[0].Entries[0]: rule number 32767 is AWS's own deny of everything");
	assert_error(ACL("{'RuleNumber':32768,'Egress':true,'RuleAction':'deny','Protocol':'6',"
			 "'PortRange':{'From':1,'To':2}," ANY6 "}"),
		"1:68",
		"NetworkAcls[0].Entries[0]: rule number 32768 is AWS's own deny of everything");
}

/* SPEC: nacl-number-space-per-direction */
static void a_number_occurs_once_in_a_direction(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	assert_int_equal(fixture_add_as(&f, "acl.json",
				 ACL("\n" IN("100", "'Protocol':'-1'," ANY) ",\n" IN(
					 "100", "'Protocol':'-1'," ANY6)),
				 TW_INPUT_AUTO, true),
		TW_OK);
	assert_int_equal(tw_input_finish(f.in), TW_EPARSE);
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_ERROR, 0, "3:1",
		"network ACL acl-1: two ingress rules have number 100; IPv4 and IPv6 rules of "
		"one direction share one number space");
	assert_place(&f, tw_diags_get(f.diags, 0)->other, "2:1");
	fixture_close(&f);

	/* One number in both directions is how everybody writes them. */
	fixture_load(&f,
		ACL(IN("100", "'Protocol':'-1'," ANY) ",{'RuleNumber':100,'Egress':true,"
						      "'RuleAction':'allow','Protocol':'-1'," ANY
						      "}"));
	assert_diags(&f, 0);
	fixture_close(&f);
}

static void what_is_not_there_is_not_known(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(
		&f, "{'NetworkAcls':[{'NetworkAclId':'acl-1','VpcId':null,'Associations':null}]}");
	assert_false(f.net->acl[0].entries_known);
	assert_false(f.net->acl[0].associations_known);
	assert_null(f.net->acl[0].vpc_id);
	assert_place(&f, f.net->acl[0].list_span, "1:17");
	assert_true(f.net->holds[TW_KIND_ACL]);
	assert_false(f.net->holds[TW_KIND_GROUP]);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_object_is_read),
		cmocka_unit_test(protocols_have_names_and_numbers),
		cmocka_unit_test(ports_are_read),
		cmocka_unit_test(ports_are_ignored_where_there_are_none),
		cmocka_unit_test(icmp_has_types_and_codes),
		cmocka_unit_test(icmp_of_the_other_family_is_unknown),
		cmocka_unit_test(cidr_blocks_are_read),
		cmocka_unit_test(wrong_fields_are_errors_with_their_place),
		cmocka_unit_test(missing_fields_are_errors),
		cmocka_unit_test(all_errors_are_told),
		cmocka_unit_test(the_last_numbers_belong_to_aws),
		cmocka_unit_test(a_number_occurs_once_in_a_direction),
		cmocka_unit_test(what_is_not_there_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
