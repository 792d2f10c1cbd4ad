/* SPDX-License-Identifier: Apache-2.0 */

/* NAT gateways, peering connections, transit gateways and endpoints, as `aws` prints them. */

#include "aws_fixture.h"

#include <stdio.h>

#define GROUP "'SecurityGroups':[{'GroupId':'sg-1'}]"

/* SPEC: cli-nat-gateways */
static void nat_gateways_are_read(void **state)
{
	const struct tw_nat *nat;
	struct fixture f;

	(void)state;
	fixture_load(&f,
		"{" GROUP ",'Vpcs':[{'VpcId':'vpc-1','CidrBlock':'10.0.0.0/16'}],'NatGateways':[\n"
		"{'NatGatewayId':'nat-1','VpcId':'vpc-1','SubnetId':'subnet-1','State':'available',"
		"'ConnectivityType':'public','NatGatewayAddresses':["
		"{'PrivateIp':'10.0.0.8','IsPrimary':false,'Status':'succeeded'},"
		"{'PrivateIp':'10.0.0.9','PublicIp':'192.0.2.1','IsPrimary':true},"
		"{'PrivateIp':'10.0.0.7','Status':'failed'},{'AllocationId':'a'}],"
		"'Tags':[{'Key':'Name','Value':'out'}]},\n"
		"{'NatGatewayId':'nat-2','VpcId':'vpc-1','State':'deleted','SubnetId':'subnet-2',"
		"'ConnectivityType':'private'},\n"
		"{'NatGatewayId':'nat-3','VpcId':'vpc-1','State':'pending','SubnetId':null,"
		"'AvailabilityMode':'regional','RouteTableId':'rtb-1'}]}");
	assert_diags(&f, 0);
	assert_int_equal(f.net->nats, 3);
	nat = &f.net->nat[0];
	assert_string_equal(nat->object.name, "out");
	assert_int_equal(nat->vpc, 0);
	assert_int_equal(nat->subnet, 0);
	assert_true(f.net->subnet[0].implied);
	assert_int_equal(nat->addresses.n, 2);
	assert_prefix(nat->addresses.v[0], "10.0.0.9/32");
	assert_prefix(nat->addresses.v[1], "10.0.0.8/32");
	assert_false(nat->private || nat->regional || nat->gone);
	assert_place(&f, nat->object.span, "2:1");
	/* What is gone needs no subnet. */
	assert_true(nat[1].gone && nat[1].private);
	assert_int_equal(nat[1].subnet, TW_MISSING);
	assert_int_equal(f.net->subnets, 1);
	assert_true(nat[2].regional && !nat[2].gone);
	assert_string_equal(nat[2].state, "pending");
	assert_string_equal(nat[2].table_id, "rtb-1");
	assert_int_equal(nat[2].table, TW_MISSING);
	assert_null(nat[2].subnet_id);
	fixture_close(&f);
}

static void an_unknown_word_is_told_once(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, "{" GROUP ",'NatGateways':[\n"
			 "{'NatGatewayId':'nat-1','ConnectivityType':'odd'},\n"
			 "{'NatGatewayId':'nat-2','ConnectivityType':'odd'},\n"
			 "{'NatGatewayId':'nat-3','ConnectivityType':'odder'}]}");
	assert_diags(&f, 2);
	assert_diag(&f, 0, TW_LEVEL_WARNING, 901, "2:44",
		"NatGateways[0].ConnectivityType: \"odd\" is not known here, and what "
		"depends on it "
		"is not judged");
	assert_diag(&f, 1, TW_LEVEL_WARNING, 901, "4:44", "NatGateways[2].ConnectivityType: \"o");
	assert_int_equal(f.net->nats, 3);
	fixture_close(&f);
}

/* SPEC: cli-vpc-peerings */
static void peerings_have_two_sides(void **state)
{
	const struct tw_peering *one;
	struct fixture f;

	(void)state;
	fixture_load(&f,
		"{" GROUP ",'Vpcs':[{'VpcId':'vpc-1','CidrBlock':'10.0.0.0/16'}],"
		"'VpcPeeringConnections':[{'VpcPeeringConnectionId':'pcx-1',"
		"'Status':{'Code':'active','Message':'Active'},"
		"'RequesterVpcInfo':{'VpcId':'vpc-9','OwnerId':'1','Region':'eu-west-1',"
		"'CidrBlock':'10.9.0.0/16','CidrBlockSet':[{'CidrBlock':'10.8.0.0/16'},"
		"{'CidrBlock':'10.9.0.0/16'}],'Ipv6CidrBlockSet':["
		"{'Ipv6CidrBlock':'2001:db8::/56'}]},"
		"'AccepterVpcInfo':{'VpcId':'vpc-1'}},"
		"{'VpcPeeringConnectionId':'pcx-2','Status':{'Code':'pending-acceptance'}},"
		"{'VpcPeeringConnectionId':'pcx-3'}]}");
	assert_diags(&f, 0);
	one = &f.net->peering[0];
	assert_string_equal(one->status, "active");
	assert_string_equal(one->side[0].vpc_id, "vpc-9");
	assert_string_equal(one->side[0].owner, "1");
	assert_string_equal(one->side[0].region, "eu-west-1");
	assert_int_equal(one->side[0].vpc, TW_MISSING);
	assert_int_equal(one->side[0].cidrs.n, 3);
	assert_prefix(one->side[0].cidrs.v[0], "10.9.0.0/16");
	assert_prefix(one->side[0].cidrs.v[1], "10.8.0.0/16");
	assert_prefix(one->side[0].cidrs.v[2], "2001:db8::/56");
	assert_int_equal(one->side[1].vpc, 0);
	assert_string_equal(one[1].status, "pending-acceptance");
	assert_null(one[2].status);
	fixture_close(&f);
}

/* SPEC: cli-transit-gateways */
static void transit_gateways_have_defaults(void **state)
{
	const struct tw_transit_gateway *one;
	struct fixture f;

	(void)state;
	fixture_load(&f, "{" GROUP ",'TransitGateways':[{'TransitGatewayId':'tgw-1','Options':{"
			 "'SecurityGroupReferencingSupport':'enable',"
			 "'DefaultRouteTableAssociation':'enable',"
			 "'AssociationDefaultRouteTableId':'tgw-rtb-1',"
			 "'DefaultRouteTablePropagation':'disable',"
			 "'PropagationDefaultRouteTableId':'tgw-rtb-2'},"
			 "'Tags':[{'Key':'Name','Value':'hub'}]},{'TransitGatewayId':'tgw-2'}]}");
	assert_diags(&f, 0);
	one = &f.net->transit[0];
	assert_string_equal(one->object.name, "hub");
	assert_true(one->references);
	assert_string_equal(one->association_table_id, "tgw-rtb-1");
	assert_null(one->propagation_table_id);
	assert_false(one[1].references);
	assert_null(one[1].association_table_id);
	fixture_close(&f);
}

#define VPC_ATTACHMENT                                                                             \
	"{'TransitGatewayVpcAttachments':[{'TransitGatewayAttachmentId':'tgw-attach-1',"           \
	"'TransitGatewayId':'tgw-1','VpcId':'vpc-1','SubnetIds':['subnet-1','subnet-2'],"          \
	"'State':'available','Options':{'ApplianceModeSupport':'enable'}}]}"
#define ATTACHMENTS                                                                                \
	"{'TransitGatewayAttachments':[{'TransitGatewayAttachmentId':'tgw-attach-1',"              \
	"'TransitGatewayId':'tgw-1','ResourceType':'vpc','ResourceId':'vpc-1',"                    \
	"'State':'available',"                                                                     \
	"'Association':{'TransitGatewayRouteTableId':'tgw-rtb-1','State':'associated'}},"          \
	"{'TransitGatewayAttachmentId':'tgw-attach-2','ResourceType':'vpn',"                       \
	"'State':'deleting'},"                                                                     \
	"{'TransitGatewayAttachmentId':'tgw-attach-3','ResourceType':'peering',"                   \
	"'Association':{'TransitGatewayRouteTableId':'tgw-rtb-1','State':'disassociated'}}]}"

/* In either order. SPEC: cli-tgw-vpc-attachments, cli-tgw-attachments */
static void two_answers_make_one_attachment(void **state)
{
	static const char *const texts[] = {VPC_ATTACHMENT, ATTACHMENTS};

	(void)state;
	for (int first = 0; first < 2; first++) {
		struct fixture f;
		fixture_open(&f);
		fixture_add(&f, "group.json",
			"{" GROUP ",'TransitGateways':[{'TransitGatewayId':'tgw-1'}],"
			"'TransitGatewayRouteTables':["
			"{'TransitGatewayRouteTableId':'tgw-rtb-1','TransitGatewayId':'tgw-1'}],"
			"'Subnets':[{'SubnetId':'subnet-2','VpcId':'vpc-1',"
			"'CidrBlock':'10.0.2.0/24'}]}");
		fixture_add(&f, "a.json", texts[first]);
		fixture_add(&f, "b.json", texts[!first]);
		fixture_finish(&f);
		assert_diags(&f, 0);
		assert_int_equal(f.net->attachments, 3);
		const struct tw_attachment *one = &f.net->attachment[0];
		assert_int_equal(one->type, TW_ATTACHED_VPC);
		assert_string_equal(one->resource_id, "vpc-1");
		assert_int_equal(one->gateway, 0);
		assert_int_equal(one->table, 0);
		assert_true(one->subnets_known && one->association_known && one->appliance_mode);
		assert_false(one->gone || one->references);
		assert_int_equal(one->subnets.n, 2);
		assert_int_equal(one->subnets.at[0], 1);
		assert_int_equal(one->subnets.at[1], 0);
		assert_true(f.net->subnet[1].implied);
		assert_string_equal(f.net->subnet[1].vpc_id, "vpc-1");
		assert_int_equal(one[1].type, TW_ATTACHED_ON_PREMISES);
		assert_true(one[1].gone && one[1].association_known);
		assert_null(one[1].table_id);
		assert_int_equal(one[2].type, TW_ATTACHED_OTHER);
		assert_null(one[2].table_id);
		assert_false(one[2].subnets_known);
		fixture_close(&f);
	}
}

static void peering_attachments_are_read(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, "{" GROUP ",'TransitGatewayPeeringAttachments':["
			 "{'TransitGatewayAttachmentId':'tgw-attach-1','State':'rejected'}]}");
	assert_int_equal(f.net->attachment[0].type, TW_ATTACHED_OTHER);
	assert_string_equal(f.net->attachment[0].type_text, "peering");
	assert_true(f.net->attachment[0].gone);
	fixture_close(&f);
}

#define ROUTES                                                                                     \
	"'Routes':[{'DestinationCidrBlock':'10.1.0.0/16','Type':'propagated','State':'active',"    \
	"'TransitGatewayAttachments':[{'TransitGatewayAttachmentId':'tgw-attach-1',"               \
	"'ResourceId':'vpc-1','ResourceType':'vpc'}]},\n"                                          \
	"{'DestinationCidrBlock':'0.0.0.0/0','Type':'static','State':'active',"                    \
	"'TransitGatewayAttachments':[{'TransitGatewayAttachmentId':'tgw-attach-3'},"              \
	"{'TransitGatewayAttachmentId':'tgw-attach-2'}]},\n"                                       \
	"{'DestinationCidrBlock':'2001:db8::/32','Type':'static','State':'blackhole'},\n"          \
	"{'PrefixListId':'pl-1','Type':'static','State':'active',"                                 \
	"'TransitGatewayAttachments':[{'TransitGatewayAttachmentId':'tgw-attach-9'}]},\n"          \
	"{'DestinationCidrBlock':'10.7.0.0/16','Type':'static','State':'deleted'}]"

static void check_routes(const struct tw_net *net)
{
	const struct tw_transit_table *table = &net->transit_table[0];
	const struct tw_transit_route *route = table->route;

	assert_int_equal(net->transit_tables, 1);
	assert_string_equal(table->object.id, "tgw-rtb-01");
	assert_int_equal(table->routes_n, 4);
	assert_prefix(route[0].to, "10.1.0.0/16");
	assert_true(route[0].propagated && !route[0].blackhole);
	assert_int_equal(route[0].attachments.n, 1);
	assert_int_equal(route[0].attachments.at[0], 0);
	assert_false(route[1].propagated);
	assert_int_equal(route[1].attachments.n, 2);
	assert_string_equal(route[1].attachments.id[0], "tgw-attach-2");
	assert_int_equal(route[1].attachments.at[0], 1);
	assert_int_equal(route[1].attachments.at[1], 2);
	assert_prefix(route[2].to, "2001:db8::/32");
	assert_true(route[2].blackhole);
	assert_int_equal(route[2].attachments.n, 0);
	assert_int_equal(route[3].to.family, 0);
	assert_string_equal(route[3].prefix_list, "pl-1");
	assert_int_equal(route[3].attachments.at[0], TW_MISSING);
}

/* The id is in a wrapper, or in the name of the file. SPEC: cli-tgw-routes */
static void routes_of_transit_gateways(void **state)
{
	static const char *const names[] = {"x.json", "a/tgw-routes-tgw-rtb-01.json"};
	static const char *const texts[] = {"{'TransitGatewayRouteTableId':'tgw-rtb-01'," ROUTES
					    ",'AdditionalRoutesAvailable':false}",
		"{" ROUTES ",'AdditionalRoutesAvailable':false}"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct fixture f;
		fixture_open(&f);
		fixture_add(&f, "a.json", "{" GROUP "}");
		fixture_add(&f, "b.json", ATTACHMENTS);
		fixture_add(&f, names[i], texts[i]);
		fixture_finish(&f);
		assert_diags(&f, 0);
		check_routes(f.net);
		assert_true(f.net->transit_table[0].routes_known);
		assert_true(f.net->transit_table[0].propagated_known);
		assert_true(f.net->holds[TW_KIND_TRANSIT_TABLE]);
		assert_string_equal(
			tw_input_file(f.in, 2)->detail, "search-transit-gateway-routes");
		fixture_close(&f);
	}
}

static void more_routes_than_printed_are_unknown(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, "{" GROUP ",'TransitGatewayRouteTableId':'tgw-rtb-01','Routes':[],\n"
			 "'AdditionalRoutesAvailable':true}");
	assert_diags(&f, 1);
	assert_diag(&f, 0, TW_LEVEL_WARNING, 901, "2:29",
		"this answer was cut short: each route of tgw-rtb-01 that is missing from it is "
		"unknown; ask again with filters for a part of the routes at a time");
	assert_false(f.net->transit_table[0].routes_known);
	assert_false(f.net->transit_table[0].propagated_known);
	fixture_close(&f);
}

/* A snapshot's two wrappers, in either order. */
static void static_routes_and_propagations_of_a_snapshot(void **state)
{
	static const char *const texts[] = {
		"{'TransitGatewayStaticRoutes':[{'TransitGatewayRouteTableId':'tgw-rtb-01',"
		"'Routes':[{'DestinationCidrBlock':'10.0.0.0/8','State':'active',"
		"'TransitGatewayAttachments':[{'TransitGatewayAttachmentId':'tgw-attach-1'}]}]}]}",
		"{'TransitGatewayPropagations':[{'TransitGatewayRouteTableId':'tgw-rtb-01',"
		"'TransitGatewayRouteTablePropagations':["
		"{'TransitGatewayAttachmentId':'tgw-attach-1','ResourceId':'vpc-1',"
		"'ResourceType':'vpc','State':'enabled'},"
		"{'TransitGatewayAttachmentId':'tgw-attach-2','State':'disabled'}]}]}"};

	(void)state;
	for (int first = 0; first < 2; first++) {
		struct fixture f;
		fixture_open(&f);
		fixture_add(&f, "a.json", "{" GROUP "}");
		fixture_add(&f, "b.json", ATTACHMENTS);
		fixture_add(&f, "c.json", texts[first]);
		assert_int_equal(f.net->transit_table[0].routes_known, first == 0);
		assert_int_equal(f.net->transit_table[0].propagated_known, first == 1);
		fixture_add(&f, "d.json", texts[!first]);
		fixture_finish(&f);
		assert_diags(&f, 0);
		const struct tw_transit_table *table = &f.net->transit_table[0];
		assert_true(table->routes_known && table->propagated_known);
		assert_int_equal(table->routes_n, 1);
		assert_false(table->route[0].propagated);
		assert_int_equal(table->propagations.n, 1);
		assert_int_equal(table->propagations.at[0], 0);
		fixture_close(&f);
	}
}

/* SPEC: cli-vpc-endpoints */
static void endpoints_name_what_they_use(void **state)
{
	const struct tw_endpoint *one;
	struct fixture f;

	(void)state;
	fixture_load(&f, "{" GROUP ",'VpcEndpoints':[{'VpcEndpointId':'vpce-1',"
			 "'VpcEndpointType':'Interface','ServiceName':'com.amazonaws.x.sqs',"
			 "'VpcId':'vpc-1','SubnetIds':['subnet-1'],'RouteTableIds':[],"
			 "'NetworkInterfaceIds':['eni-1'],'Groups':[{'GroupId':'sg-1'}],"
			 "'State':'available'},"
			 "{'VpcEndpointId':'vpce-2','VpcEndpointType':'Gateway',"
			 "'RouteTableIds':['rtb-1'],'State':'Deleted'},"
			 "{'VpcEndpointId':'vpce-3','VpcEndpointType':'GatewayLoadBalancer'},"
			 "{'VpcEndpointId':'vpce-4','VpcEndpointType':'Resource'}],"
			 "'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1',"
			 "'SubnetId':'subnet-1','VpcId':'vpc-1'}],"
			 "'RouteTables':[{'RouteTableId':'rtb-1','VpcId':'vpc-1'}]}");
	assert_diags(&f, 0);
	one = f.net->endpoint;
	assert_int_equal(one[0].type, TW_ENDPOINT_INTERFACE);
	assert_string_equal(one[0].service, "com.amazonaws.x.sqs");
	assert_int_equal(one[0].subnets.at[0], 0);
	assert_int_equal(one[0].interfaces.at[0], 0);
	assert_int_equal(one[0].groups.at[0], 0);
	assert_int_equal(one[0].tables.n, 0);
	assert_int_equal(one[1].type, TW_ENDPOINT_GATEWAY);
	assert_int_equal(one[1].tables.at[0], 0);
	assert_true(one[1].gone);
	assert_int_equal(one[2].type, TW_ENDPOINT_LOAD_BALANCER);
	assert_int_equal(one[3].type, TW_ENDPOINT_OTHER);
	fixture_close(&f);
}

/* The tests of the cut answers of all other kinds are in test_aws_answers.c. */
static void cut_answers_are_told(void **state)
{
	static const struct {
		const char *text, *what;
		enum tw_kind kind;
	} cuts[] = {
		{"'NatGateways':[]", "NAT gateway", TW_KIND_NAT_GATEWAY},
		{"'VpcPeeringConnections':[]", "peering connection", TW_KIND_PEERING},
		{"'TransitGateways':[]", "transit gateway", TW_KIND_TRANSIT_GATEWAY},
		{"'TransitGatewayVpcAttachments':[]", "transit gateway attachment",
			TW_KIND_ATTACHMENT},
		{"'TransitGatewayAttachments':[]", "transit gateway attachment",
			TW_KIND_ATTACHMENT},
		{"'TransitGatewayRouteTables':[]", "transit gateway route table",
			TW_KIND_TRANSIT_TABLE},
		{"'VpcEndpoints':[]", "VPC endpoint", TW_KIND_ENDPOINT},
		{"'LoadBalancers':[]", "load balancer", TW_KIND_LOAD_BALANCER},
		{"'Listeners':[]", "listener", TW_KIND_LISTENER},
		{"'Rules':[]", "listener", TW_KIND_LISTENER},
		{"'TargetGroups':[]", "target group", TW_KIND_TARGET_GROUP},
		{"'TargetGroupArn':'a','TargetHealthDescriptions':[]", "target group",
			TW_KIND_TARGET_GROUP},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(cuts) * 2; i++) {
		char text[256], message[256];
		struct fixture f;
		snprintf(text, sizeof(text), "{'%s':'x'," GROUP ",%s}",
			i % 2 ? "NextToken" : "NextMarker", cuts[i / 2].text);
		snprintf(message, sizeof(message),
			"this answer was cut short: each %s that is missing from it is unknown",
			cuts[i / 2].what);
		fixture_load(&f, text);
		assert_true(f.net->incomplete[cuts[i / 2].kind]);
		bool told = false;
		for (size_t j = 0; j < tw_diags_count(f.diags); j++) {
			const struct tw_diag *diag = tw_diags_get(f.diags, j);
			assert_int_equal(diag->code, 901);
			told = told || !strncmp(diag->message, message, strlen(message));
		}
		assert_true(told);
		fixture_close(&f);
	}
}

/* SPEC: cli-subnets, cli-network-interfaces */
static void zones_and_forwarding(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, "{" GROUP ",'Subnets':[{'SubnetId':'subnet-1',"
			 "'AvailabilityZone':'eu-west-1a','AvailabilityZoneId':'euw1-az2'},"
			 "{'SubnetId':'subnet-2','AvailabilityZone':'eu-west-1b'}],"
			 "'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1',"
			 "'SourceDestCheck':false,"
			 "'Attachment':{'InstanceId':'i-1','DeviceIndex':0}},"
			 "{'NetworkInterfaceId':'eni-2','SourceDestCheck':true,"
			 "'Attachment':{'InstanceId':'i-1','DeviceIndex':1}},"
			 "{'NetworkInterfaceId':'eni-3',"
			 "'Attachment':{'DeviceIndex':0,'NetworkCardIndex':1}}]}");
	assert_diags(&f, 0);
	assert_string_equal(f.net->subnet[0].zone, "euw1-az2");
	assert_string_equal(f.net->subnet[1].zone, "eu-west-1b");
	assert_true(f.net->interface[0].forwards && f.net->interface[0].primary);
	assert_false(f.net->interface[1].forwards || f.net->interface[1].primary);
	assert_false(f.net->interface[2].forwards || f.net->interface[2].primary);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nat_gateways_are_read),
		cmocka_unit_test(an_unknown_word_is_told_once),
		cmocka_unit_test(peerings_have_two_sides),
		cmocka_unit_test(transit_gateways_have_defaults),
		cmocka_unit_test(two_answers_make_one_attachment),
		cmocka_unit_test(peering_attachments_are_read),
		cmocka_unit_test(routes_of_transit_gateways),
		cmocka_unit_test(more_routes_than_printed_are_unknown),
		cmocka_unit_test(static_routes_and_propagations_of_a_snapshot),
		cmocka_unit_test(endpoints_name_what_they_use),
		cmocka_unit_test(cut_answers_are_told),
		cmocka_unit_test(zones_and_forwarding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
