/* SPDX-License-Identifier: Apache-2.0 */

/* Interfaces and instances, hand-derived from spec/aws.md 6 and 9.1. */

#include "aws_fixture.h"

#include <stdio.h>

#define ENI_BEGIN                                                                                  \
	"{'SecurityGroups':[{'GroupId':'sg-1'}],"                                                  \
	"'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1',"
#define ENI(rest) ENI_BEGIN rest "}]}"

/* SPEC: cli-network-interfaces, cli-eni-tagset */
static void the_whole_object_is_read(void **state)
{
	struct fixture f;
	const struct tw_interface *e;

	(void)state;
	fixture_load(&f,
		"{'SecurityGroups':[{'GroupId':'sg-1','VpcId':'vpc-1'}],\n"
		"'Vpcs':[{'VpcId':'vpc-1','CidrBlock':'10.0.0.0/16'}],\n"
		"'Subnets':[{'SubnetId':'subnet-1','VpcId':'vpc-1','CidrBlock':'10.0.1.0/24'}],\n"
		"'NetworkInterfaces':[\n"
		"{'NetworkInterfaceId':'eni-1','SubnetId':'subnet-1','VpcId':'vpc-1',\n"
		"'InterfaceType':'interface','RequesterManaged':false,'Description':'web',\n"
		"'Association':{'PublicIp':'203.0.113.9','IpOwnerId':'1'},\n"
		"'Groups':[{'GroupId':'sg-2','GroupName':'x'},{'GroupId':'sg-1'},"
		"{'GroupId':'sg-1'}],\n"
		"'PrivateIpAddress':'10.0.1.10',\n"
		"'PrivateIpAddresses':[{'PrivateIpAddress':'10.0.1.11','Primary':false,\n"
		"  'Association':{'PublicIp':'203.0.113.10'}},\n"
		"  {'PrivateIpAddress':'10.0.1.10','Primary':true,"
		"'Association':{'PublicIp':'203.0.113.9'}}],\n"
		"'Ipv6Addresses':[{'Ipv6Address':'2001:db8::10'}],\n"
		"'Ipv4Prefixes':[{'Ipv4Prefix':'10.0.1.16/28'}],"
		"'Ipv6Prefixes':[{'Ipv6Prefix':'2001:db8:0:0:1::/80'}],\n"
		"'Attachment':{'InstanceId':'i-1','DeviceIndex':0,'Status':'attached'},\n"
		"'MacAddress':'02:00:00:00:00:01','Status':'in-use',\n"
		"'TagSet':[{'Key':'Name','Value':'web-1'}]}]}");
	assert_diags(&f, 0);
	e = &f.net->interface[0];
	assert_string_equal(e->object.id, "eni-1");
	assert_string_equal(e->object.name, "web-1");
	assert_place(&f, e->object.span, "5:1");
	assert_int_equal(e->subnet, 0);
	assert_int_equal(e->vpc, 0);
	assert_int_equal(e->type, TW_INTERFACE_ORDINARY);
	assert_string_equal(e->type_text, "interface");
	assert_string_equal(e->description, "web");
	assert_string_equal(e->instance_id, "i-1");
	assert_int_equal(e->instance, TW_MISSING);
	/* Sorted, each once, and one that is in no input. */
	assert_int_equal(e->groups_n, 2);
	assert_int_equal(e->groups[0], 0);
	assert_string_equal(e->group_ids[0], "sg-1");
	assert_int_equal(e->groups[1], TW_MISSING);
	assert_string_equal(e->group_ids[1], "sg-2");
	assert_int_equal(e->addresses.n, 5);
	assert_prefix(e->addresses.v[0], "10.0.1.10/32");
	assert_prefix(e->addresses.v[1], "10.0.1.11/32");
	assert_prefix(e->addresses.v[2], "2001:db8::10/128");
	assert_prefix(e->addresses.v[3], "10.0.1.16/28");
	assert_prefix(e->addresses.v[4], "2001:db8:0:0:1::/80");
	assert_int_equal(e->public_addresses.n, 2);
	assert_prefix(e->public_addresses.v[0], "203.0.113.9/32");
	assert_prefix(e->public_addresses.v[1], "203.0.113.10/32");
	assert_int_equal(f.net->group[0].members_n, 1);
	assert_int_equal(f.net->group[0].members[0], 0);
	assert_false(f.net->incomplete[TW_KIND_INTERFACE]);
	fixture_close(&f);
}

static void a_bare_interface_is_read(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, ENI("'PrivateIpAddress':'10.0.0.4','Groups':null,'Attachment':null,"
			     "'Association':null,'Ipv6Addresses':[],'InterfaceType':null"));
	assert_diags(&f, 0);
	assert_int_equal(f.net->interface[0].addresses.n, 1);
	assert_int_equal(f.net->interface[0].groups_n, 0);
	assert_int_equal(f.net->interface[0].subnet, TW_MISSING);
	assert_null(f.net->interface[0].instance_id);
	assert_null(f.net->interface[0].type_text);
	fixture_close(&f);
}

/* SPEC: eni-types */
static void types_are_mapped(void **state)
{
	static const struct {
		const char *text;
		enum tw_interface_type type;
	} types[] = {
		{"interface", TW_INTERFACE_ORDINARY},
		{"efa", TW_INTERFACE_ORDINARY},
		{"trunk", TW_INTERFACE_ORDINARY},
		{"branch", TW_INTERFACE_ORDINARY},
		{"natGateway", TW_INTERFACE_NAT_GATEWAY},
		{"nat_gateway", TW_INTERFACE_NAT_GATEWAY},
		{"network_load_balancer", TW_INTERFACE_LOAD_BALANCER},
		{"gateway_load_balancer", TW_INTERFACE_LOAD_BALANCER},
		{"load_balancer", TW_INTERFACE_LOAD_BALANCER},
		{"gateway_load_balancer_endpoint", TW_INTERFACE_ENDPOINT},
		{"vpc_endpoint", TW_INTERFACE_ENDPOINT},
		{"lambda", TW_INTERFACE_LAMBDA},
		{"transit_gateway", TW_INTERFACE_OTHER},
		{"quicksight", TW_INTERFACE_OTHER},
		{"aws_codestar_connections_managed", TW_INTERFACE_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(types); i++) {
		char text[512];
		struct fixture f;
		snprintf(text, sizeof(text), ENI("'InterfaceType':'%s'"), types[i].text);
		fixture_load(&f, text);
		assert_diags(&f, 0);
		assert_int_equal(f.net->interface[0].type, types[i].type);
		fixture_close(&f);
	}
}

static void unknown_types_are_ordinary_and_told_once(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, "{'SecurityGroups':[{'GroupId':'sg-1'}],'NetworkInterfaces':[\n"
			 "{'NetworkInterfaceId':'eni-1','InterfaceType':'quantum'},\n"
			 "{'NetworkInterfaceId':'eni-2','InterfaceType':'quantum'},\n"
			 "{'NetworkInterfaceId':'eni-3','InterfaceType':'warp'}]}");
	assert_int_equal(f.net->interface[1].type, TW_INTERFACE_ORDINARY);
	assert_diags(&f, 2);
	assert_diag(&f, 0, TW_LEVEL_NOTE, 901, "2:47", "interfaces of type \"quantum\"");
	assert_diag(&f, 1, TW_LEVEL_NOTE, 901, "4:47", "interfaces of type \"warp\"");
	fixture_close(&f);
}

/* SPEC: eni-alb-description */
static void load_balancers_are_known_by_their_label(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, "{'SecurityGroups':[{'GroupId':'sg-1'}],'NetworkInterfaces':["
			 "{'NetworkInterfaceId':'eni-1','InterfaceType':'interface',"
			 "'RequesterManaged':true,'Description':'ELB app/web/50dc6c495c0c9188'},"
			 "{'Description':'ELB app/web/50dc6c495c0c9188','RequesterManaged':false,"
			 "'NetworkInterfaceId':'eni-2','InterfaceType':'interface'},"
			 "{'NetworkInterfaceId':'eni-3','InterfaceType':'interface',"
			 "'RequesterManaged':true,'Description':'RDSNetworkInterface'}]}");
	assert_int_equal(f.net->interface[0].type, TW_INTERFACE_LOAD_BALANCER);
	assert_int_equal(f.net->interface[1].type, TW_INTERFACE_ORDINARY);
	assert_int_equal(f.net->interface[2].type, TW_INTERFACE_ORDINARY);
	fixture_close(&f);
}

static void wrong_interfaces_are_errors(void **state)
{
	(void)state;
	assert_error("{'NetworkInterfaces':[{'SubnetId':'subnet-1'}]}", "1:23",
		"NetworkInterfaces[0]: \"NetworkInterfaceId\" is missing");
	assert_error("{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1',"
		     "'PrivateIpAddress':'10.0.0.300'}]}",
		"1:72",
		"NetworkInterfaces[0].PrivateIpAddress: expected an IPv4 address, found "
		"\"10.0.0.300\"");
	assert_error("{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1',"
		     "'PrivateIpAddress':'10.0.0.3/32'}]}",
		"1:72", "NetworkInterfaces[0].PrivateIpAddress: expected an IPv4 address");
	assert_error("{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1',"
		     "'Groups':[{'GroupName':'x'}]}]}",
		"1:63", "NetworkInterfaces[0].Groups[0]: \"GroupId\" is missing");
	assert_error("{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1',"
		     "'Ipv4Prefixes':[{'Ipv4Prefix':'10.0.0.1/28'}]}]}",
		"1:83",
		"NetworkInterfaces[0].Ipv4Prefixes[0].Ipv4Prefix: expected a CIDR block without "
		"host bits, such as 10.0.0.0/28");
	assert_error("{'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1','Ipv6Addresses':{}}]}",
		"1:69", "NetworkInterfaces[0].Ipv6Addresses: expected an array, found an object");
}

static void instances_have_platforms(void **state)
{
	static const struct {
		const char *fields;
		enum tw_platform platform;
	} platforms[] = {
		{"'Platform':'windows'", TW_PLATFORM_WINDOWS},
		{"'Platform':'Windows'", TW_PLATFORM_WINDOWS},
		{"'PlatformDetails':'Windows with SQL Server Standard'", TW_PLATFORM_WINDOWS},
		{"'PlatformDetails':'Linux/UNIX'", TW_PLATFORM_LINUX},
		{"'PlatformDetails':'Red Hat Enterprise Linux','Platform':''", TW_PLATFORM_LINUX},
		{"'Platform':null", TW_PLATFORM_LINUX},
		{"'PlatformDetails':'Linux/UNIX','InstanceType':'mac2.metal'", TW_PLATFORM_UNKNOWN},
		{"'InstanceType':'m5.large'", TW_PLATFORM_LINUX},
		{"'Platform':'solaris'", TW_PLATFORM_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(platforms); i++) {
		char text[512];
		struct fixture f;
		snprintf(text, sizeof(text),
			"{'SecurityGroups':[{'GroupId':'sg-1'}],"
			"'Reservations':[{'Instances':[{'InstanceId':'i-1',%s}]}]}",
			platforms[i].fields);
		fixture_load(&f, text);
		assert_diags(&f, 0);
		assert_int_equal(f.net->instance[0].platform, platforms[i].platform);
		fixture_close(&f);
	}
}

/* Instances show their interfaces too; others, such as a load balancer's, are not among them. */
static void instances_bring_their_interfaces(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f,
		"{'SecurityGroups':[{'GroupId':'sg-1'}],'Reservations':[{'Instances':[\n"
		"{'InstanceId':'i-1','Tags':[{'Key':'Name','Value':'web'}],'NetworkInterfaces':[\n"
		"{'NetworkInterfaceId':'eni-1','SubnetId':'subnet-1','VpcId':'vpc-1',"
		"'PrivateIpAddress':'10.0.1.10','Groups':[{'GroupId':'sg-1'}],"
		"'Attachment':{'Status':'attached'}}]}]}]}");
	assert_diags(&f, 0);
	assert_string_equal(f.net->instance[0].object.name, "web");
	assert_int_equal(f.net->interfaces, 1);
	assert_int_equal(f.net->interface[0].instance, 0);
	assert_place(&f, f.net->interface[0].object.span, "3:1");
	assert_true(f.net->holds[TW_KIND_INTERFACE]);
	assert_true(f.net->incomplete[TW_KIND_INTERFACE]);
	/* The subnet that it names has interfaces to judge, though no input describes it. */
	assert_int_equal(f.net->subnets, 1);
	assert_true(f.net->subnet[0].implied);
	assert_false(f.net->holds[TW_KIND_SUBNET]);
	fixture_close(&f);
}

static void both_readings_of_an_interface_agree(void **state)
{
	static const char *const of_instance =
		"{'Reservations':[{'Instances':[{'InstanceId':'i-1','NetworkInterfaces':["
		"{'NetworkInterfaceId':'eni-1','SubnetId':'subnet-1','InterfaceType':'interface',"
		"'PrivateIpAddresses':[{'PrivateIpAddress':'10.0.1.11'},"
		"{'PrivateIpAddress':'10.0.1.10'}],"
		"'PrivateIpAddress':'10.0.1.10','Groups':[{'GroupId':'sg-1'},"
		"{'GroupId':'sg-2'}]}]}]}]}";
	static const char *const described =
		"{'SecurityGroups':[{'GroupId':'sg-1'}],'NetworkInterfaces':["
		"{'NetworkInterfaceId':'eni-1','SubnetId':'subnet-1','InterfaceType':'interface',"
		"'PrivateIpAddress':'10.0.1.10',"
		"'PrivateIpAddresses':[{'PrivateIpAddress':'10.0.1.10'},"
		"{'PrivateIpAddress':'10.0.1.11'}],'Groups':[{'GroupId':'sg-2'},"
		"{'GroupId':'sg-1'}],"
		"'Ipv4Prefixes':[{'Ipv4Prefix':'10.0.1.16/28'}],'Attachment':{'InstanceId':'i-1'},"
		"'TagSet':[{'Key':'Name','Value':'web'}]}]}";
	struct fixture f;

	(void)state;
	for (int order = 0; order < 2; order++) {
		fixture_open(&f);
		fixture_add(&f, "a.json", order ? described : of_instance);
		fixture_add(&f, "b.json", order ? of_instance : described);
		fixture_finish(&f);
		assert_diags(&f, 0);
		assert_int_equal(f.net->interfaces, 1);
		assert_int_equal(f.net->interface[0].addresses.n, 3);
		assert_prefix(f.net->interface[0].addresses.v[0], "10.0.1.10/32");
		assert_string_equal(f.net->interface[0].object.name, "web");
		assert_int_equal(f.net->interface[0].object.span.file, 1);
		assert_int_equal(f.net->interface[0].instance, 0);
		assert_false(f.net->incomplete[TW_KIND_INTERFACE]);
		fixture_close(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_object_is_read),
		cmocka_unit_test(a_bare_interface_is_read),
		cmocka_unit_test(types_are_mapped),
		cmocka_unit_test(unknown_types_are_ordinary_and_told_once),
		cmocka_unit_test(load_balancers_are_known_by_their_label),
		cmocka_unit_test(wrong_interfaces_are_errors),
		cmocka_unit_test(instances_have_platforms),
		cmocka_unit_test(instances_bring_their_interfaces),
		cmocka_unit_test(both_readings_of_an_interface_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
