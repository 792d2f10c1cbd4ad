/* SPDX-License-Identifier: Apache-2.0 */

/* VPCs, subnets, route tables, gateways and prefix lists. */

#include "aws_fixture.h"

/* SPEC: cli-vpcs */
static void vpcs_have_blocks(void **state)
{
	struct fixture f;
	const struct tw_vpc *vpc;

	(void)state;
	fixture_load(&f,
		"{'Vpcs': [{'VpcId': 'vpc-1', 'CidrBlock': '10.0.0.0/16', 'IsDefault': false,\n"
		" 'CidrBlockAssociationSet': [\n"
		"  {'CidrBlock': '10.1.0.0/16', 'CidrBlockState': {'State': 'associated'}},\n"
		"  {'CidrBlock': '10.0.0.0/16', 'CidrBlockState': {'State': 'associated'}},\n"
		"  {'CidrBlock': '10.2.0.0/16', 'CidrBlockState': {'State': 'disassociated'}},\n"
		"  {'CidrBlock': '10.3.0.0/16', 'CidrBlockState': {'State': 'failed'}}],\n"
		" 'Ipv6CidrBlockAssociationSet': [\n"
		"  {'Ipv6CidrBlock': '2001:db8::/56', 'Ipv6CidrBlockState': {'State': "
		"'associated'}}],\n"
		" 'Tags': [{'Key': 'Name', 'Value': 'main'}]}],\n"
		" 'SecurityGroups': [{'GroupId': 'sg-1', 'VpcId': 'vpc-1'}]}");
	assert_diags(&f, 0);
	vpc = &f.net->vpc[0];
	assert_string_equal(vpc->object.name, "main");
	assert_int_equal(vpc->cidrs.n, 3);
	assert_prefix(vpc->cidrs.v[0], "10.0.0.0/16");
	assert_prefix(vpc->cidrs.v[1], "10.1.0.0/16");
	assert_prefix(vpc->cidrs.v[2], "2001:db8::/56");
	assert_int_equal(vpc->default_acl, TW_MISSING);
	assert_int_equal(vpc->main_table, TW_MISSING);
	assert_int_equal(vpc->gateway, TW_MISSING);
	assert_int_equal(f.net->group[0].vpc, 0);
	fixture_close(&f);
}

/* SPEC: cli-subnets */
static void subnets_have_blocks(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f,
		"{'Subnets': [{'SubnetId': 'subnet-1', 'VpcId': 'vpc-1', 'CidrBlock': "
		"'10.0.1.0/24',\n"
		" 'Ipv6CidrBlockAssociationSet': [{'Ipv6CidrBlock': '2001:db8:0:1::/64'}]},\n"
		" {'SubnetId': 'subnet-2', 'VpcId': 'vpc-1', 'CidrBlock': '', 'Ipv6Native': true,\n"
		" 'Ipv6CidrBlockAssociationSet': [{'Ipv6CidrBlock': '2001:db8:0:2::/64'}]}],\n"
		" 'SecurityGroups': [{'GroupId': 'sg-1'}]}");
	assert_diags(&f, 0);
	assert_int_equal(f.net->subnet[0].cidrs.n, 2);
	assert_prefix(f.net->subnet[0].cidrs.v[0], "10.0.1.0/24");
	assert_prefix(f.net->subnet[0].cidrs.v[1], "2001:db8:0:1::/64");
	assert_int_equal(f.net->subnet[1].cidrs.n, 1);
	assert_prefix(f.net->subnet[1].cidrs.v[0], "2001:db8:0:2::/64");
	assert_int_equal(f.net->subnet[0].acl, TW_MISSING);
	assert_false(f.net->subnet[0].implied);
	fixture_close(&f);
}

/* SPEC: bpa-mode */
static void public_access_may_be_blocked(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f,
		"{'SecurityGroups':[{'GroupId':'sg-1'}],'Vpcs':[{'VpcId':'vpc-1',\n"
		"'BlockPublicAccessStates':{'InternetGatewayBlockMode':'block-ingress'}},\n"
		"{'VpcId':'vpc-2',"
		"'BlockPublicAccessStates':{'InternetGatewayBlockMode':'sideways'}}],\n"
		"'Subnets':[{'SubnetId':'subnet-1',\n"
		"'BlockPublicAccessStates':{'InternetGatewayBlockMode':'block-bidirectional'}},\n"
		"{'SubnetId':'subnet-2',"
		"'BlockPublicAccessStates':{'InternetGatewayBlockMode':'off'}},\n"
		"{'SubnetId':'subnet-3'}]}");
	assert_int_equal(f.net->vpc[0].access_block, TW_BLOCK_INGRESS);
	assert_int_equal(f.net->vpc[1].access_block, TW_BLOCK_UNSAID);
	assert_int_equal(f.net->subnet[0].access_block, TW_BLOCK_BOTH);
	assert_int_equal(f.net->subnet[1].access_block, TW_BLOCK_OFF);
	assert_int_equal(f.net->subnet[2].access_block, TW_BLOCK_UNSAID);
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_WARNING, 901, "3:44",
		"Vpcs[1].BlockPublicAccessStates: a mode that is not known here: left out");
	fixture_close(&f);
}

static void host_bits_of_a_vpc_are_an_error(void **state)
{
	(void)state;
	assert_error("{'Vpcs':[{'VpcId':'vpc-1','CidrBlock':'10.0.0.1/16'}]}", "1:39",
		"Vpcs[0].CidrBlock: expected a CIDR block without host bits, such as 10.0.0.0/16,"
		" found \"10.0.0.1/16\"");
	assert_error("{'Subnets':[{'SubnetId':'subnet-1','CidrBlock':'10.0.0.0/33'}]}", "1:48",
		"Subnets[0].CidrBlock: expected a prefix length from 0 to 32");
	assert_error("{'Subnets':[{'VpcId':'vpc-1','CidrBlock':'10.0.0.0/24'}]}", "1:13",
		"Subnets[0]: \"SubnetId\" is missing");
	assert_error("{'Subnets':[{'SubnetId':7}]}", "1:25",
		"Subnets[0].SubnetId: expected a string, found 7");
}

/* SPEC: cli-route-tables, cli-route-local */
static void routes_have_targets(void **state)
{
	static const struct {
		const char *to, *id;
		enum tw_target target;
		bool blackhole;
	} expected[] = {
		{"10.0.0.0/16", "local", TW_TARGET_LOCAL, false},
		{"0.0.0.0/0", "igw-1", TW_TARGET_INTERNET_GATEWAY, false},
		{"10.1.0.0/16", "nat-1", TW_TARGET_NAT_GATEWAY, true},
		{"10.2.0.0/16", "tgw-1", TW_TARGET_TRANSIT_GATEWAY, false},
		{"10.3.0.0/16", "pcx-1", TW_TARGET_PEERING, false},
		{"::/0", "eigw-1", TW_TARGET_EGRESS_ONLY, false},
		{"10.4.0.0/16", "eni-1", TW_TARGET_INTERFACE, false},
		{"10.5.0.0/16", "vgw-1", TW_TARGET_VIRTUAL_GATEWAY, false},
		{NULL, "vpce-1", TW_TARGET_ENDPOINT, false},
		{"10.6.0.0/16", "cagw-1", TW_TARGET_OTHER, false},
		{"10.7.0.0/16", NULL, TW_TARGET_OTHER, true},
	};
	const struct tw_route_table *table;
	struct fixture f;

	(void)state;
	fixture_load(&f,
		"{'SecurityGroups':[{'GroupId':'sg-1'}],'RouteTables':[\n"
		"{'RouteTableId':'rtb-1','VpcId':'vpc-1','Associations':[{'Main':false,"
		"'GatewayId':'igw-1'}],\n"
		"'PropagatingVgws':[],'Routes':[\n"
		"{'DestinationCidrBlock':'10.0.0.0/16','GatewayId':'local','State':'active'},\n"
		"{'DestinationCidrBlock':'0.0.0.0/0','GatewayId':'igw-1','State':'active'},\n"
		"{'DestinationCidrBlock':'10.1.0.0/16','NatGatewayId':'nat-1',"
		"'State':'blackhole'},\n"
		"{'DestinationCidrBlock':'10.2.0.0/16','TransitGatewayId':'tgw-1'},\n"
		"{'DestinationCidrBlock':'10.3.0.0/16','VpcPeeringConnectionId':'pcx-1'},\n"
		"{'DestinationIpv6CidrBlock':'::/0','EgressOnlyInternetGatewayId':'eigw-1'},\n"
		"{'DestinationCidrBlock':'10.4.0.0/16','InstanceId':'i-1',"
		"'NetworkInterfaceId':'eni-1'},\n"
		"{'DestinationCidrBlock':'10.5.0.0/16','GatewayId':'vgw-1'},\n"
		"{'DestinationPrefixListId':'pl-1','GatewayId':'vpce-1'},\n"
		"{'DestinationCidrBlock':'10.6.0.0/16','CarrierGatewayId':'cagw-1'},\n"
		"{'DestinationCidrBlock':'10.7.0.0/16','State':'blackhole'}]}]}");
	assert_diags(&f, 0);
	table = &f.net->table[0];
	assert_false(table->main);
	assert_int_equal(table->routes_n, TW_COUNT(expected));
	for (size_t i = 0; i < TW_COUNT(expected); i++) {
		const struct tw_route *route = &table->route[i];
		if (expected[i].to)
			assert_prefix(route->to, expected[i].to);
		else
			assert_string_equal(route->prefix_list, "pl-1");
		if (expected[i].id)
			assert_string_equal(route->target_id, expected[i].id);
		else
			assert_null(route->target_id);
		assert_int_equal(route->target, expected[i].target);
		assert_int_equal(route->blackhole, expected[i].blackhole);
	}
	assert_place(&f, table->route[1].span, "5:1");
	fixture_close(&f);
}

static void wrong_routes_are_errors(void **state)
{
	(void)state;
	assert_error("{'RouteTables':[{'RouteTableId':'rtb-1','Routes':[{'GatewayId':'local'}]}]}",
		"1:51", "RouteTables[0].Routes[0]: expected exactly one of");
	assert_error("{'RouteTables':[{'RouteTableId':'rtb-1','Routes':[{'DestinationCidrBlock':"
		     "'10.0.0.0/8','DestinationPrefixListId':'pl-1'}]}]}",
		"1:51", "RouteTables[0].Routes[0]: expected exactly one of");
	assert_error("{'RouteTables':[{'RouteTableId':'rtb-1','Routes':[7]}]}", "1:51",
		"RouteTables[0].Routes[0]: expected an object, found 7");
}

static void a_filtered_route_is_not_in_force(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f,
		"{'SecurityGroups':[{'GroupId':'sg-1'}],'RouteTables':[\n"
		"{'RouteTableId':'rtb-1','Routes':[\n"
		"{'DestinationCidrBlock':'10.0.0.0/16','GatewayId':'local','State':'active'},\n"
		"{'DestinationCidrBlock':'10.2.0.0/16','NetworkInterfaceId':'eni-1',"
		"'State':'filtered'}]}]}");
	assert_int_equal(f.net->table[0].routes_n, 1);
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_WARNING, 901, "4:1",
		"RouteTables[0].Routes[1]: a filtered route is read as not in force");
	fixture_close(&f);
}

/* SPEC: cli-internet-gateways */
static void gateways_belong_to_vpcs(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, "{'SecurityGroups':[{'GroupId':'sg-1'}],"
			 "'Vpcs':[{'VpcId':'vpc-1','CidrBlock':'10.0.0.0/16'},"
			 "{'VpcId':'vpc-2','CidrBlock':'10.1.0.0/16'}],"
			 "'EgressOnlyInternetGateways':[{'EgressOnlyInternetGatewayId':'eigw-1',"
			 "'Attachments':[{'VpcId':'vpc-2','State':'attached'}]}],"
			 "'InternetGateways':[{'InternetGatewayId':'igw-1',"
			 "'Attachments':[{'VpcId':'vpc-1','State':'available'}]},"
			 "{'InternetGatewayId':'igw-2','Attachments':[{'VpcId':'vpc-2',"
			 "'State':'detached'}]},"
			 "{'InternetGatewayId':'igw-3'}]}");
	assert_diags(&f, 0);
	assert_int_equal(f.net->gateways, 4);
	assert_string_equal(f.net->gateway[0].object.id, "eigw-1");
	assert_true(f.net->gateway[0].egress_only);
	assert_false(f.net->gateway[1].egress_only);
	/* An egress-only gateway lets nothing in: it is not the VPC's internet gateway. */
	assert_int_equal(f.net->vpc[0].gateway, 1);
	assert_int_equal(f.net->vpc[1].gateway, TW_MISSING);
	assert_int_equal(f.net->gateway[2].vpc_ids_n, 0);
	fixture_close(&f);
}

/* SPEC: cli-prefix-lists, cli-plist-entries-no-id */
static void prefix_lists_come_in_parts(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_add(&f, "managed-prefix-lists.json",
		"{'SecurityGroups':[{'GroupId':'sg-1'}],'PrefixLists':["
		"{'PrefixListId':'pl-0a','PrefixListName':'offices','AddressFamily':'IPv4',"
		"'MaxEntries':9},"
		"{'PrefixListId':'pl-0b','PrefixListName':'six','AddressFamily':'IPv6'},"
		"{'PrefixListId':'pl-0c','PrefixListName':'s3','Cidrs':['52.219.80.0/20']},"
		"{'PrefixListId':'pl-0d'}]}");
	fixture_add(&f, "lists/pl-0a.json",
		"{'Entries':[{'Cidr':'192.0.2.0/24','Description':'x'},"
		"{'Cidr':'198.51.100.0/24'}]}");
	fixture_add(&f, "b.json", "{'PrefixListId':'pl-0b','Entries':[{'Cidr':'2001:db8::/32'}]}");
	fixture_finish(&f);
	assert_diags(&f, 0);
	assert_int_equal(f.net->prefix_lists, 4);
	assert_string_equal(f.net->prefix_list[0].object.name, "offices");
	assert_int_equal(f.net->prefix_list[0].family, TW_IPV4);
	assert_true(f.net->prefix_list[0].entries_known);
	assert_int_equal(f.net->prefix_list[0].cidrs.n, 2);
	assert_prefix(f.net->prefix_list[0].cidrs.v[1], "198.51.100.0/24");
	assert_true(f.net->prefix_list[1].entries_known);
	assert_prefix(f.net->prefix_list[1].cidrs.v[0], "2001:db8::/32");
	assert_true(f.net->prefix_list[2].entries_known);
	assert_int_equal(f.net->prefix_list[2].family, 0);
	assert_false(f.net->prefix_list[3].entries_known);
	assert_string_equal(tw_input_file(f.in, 1)->detail, "get-managed-prefix-list-entries");
	fixture_close(&f);
}

static void entries_without_an_id_are_an_error(void **state)
{
	(void)state;
	assert_error("{'Entries':[{'Cidr':'192.0.2.0/24'}]}", "1:1",
		"these entries do not say of which prefix list they are");
	assert_error("{'PrefixListId':'pl-1','Entries':[{'Cidr':'192.0.2'}]}", "1:43",
		"Entries[0].Cidr: expected an IPv4 CIDR block such as 10.0.0.0/16, found "
		"\"192.0.2\"");
	assert_error("{'PrefixListId':'pl-1','Entries':[{'Description':'x'}]}", "1:35",
		"Entries[0]: \"Cidr\" is missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vpcs_have_blocks),
		cmocka_unit_test(subnets_have_blocks),
		cmocka_unit_test(public_access_may_be_blocked),
		cmocka_unit_test(host_bits_of_a_vpc_are_an_error),
		cmocka_unit_test(routes_have_targets),
		cmocka_unit_test(wrong_routes_are_errors),
		cmocka_unit_test(a_filtered_route_is_not_in_force),
		cmocka_unit_test(gateways_belong_to_vpcs),
		cmocka_unit_test(prefix_lists_come_in_parts),
		cmocka_unit_test(entries_without_an_id_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
