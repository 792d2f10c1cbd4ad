/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every allocation of reading fails in turn: good inputs of all kinds, inputs that contradict each
 * other, and a folder. Each run must end in TW_ENOMEM and leave nothing behind.
 */

#define _POSIX_C_SOURCE 200809L

#include "aws_fixture.h"

#include <stdio.h>
#include <stdlib.h>

struct text {
	const char *name, *text;
	bool named;
};

struct texts {
	const struct text *v;
	size_t n;
};

static tw_status add_all(struct tw_input *in, const struct texts *texts)
{
	tw_status worst = TW_OK;

	for (size_t i = 0; i < texts->n; i++) {
		char quoted[4096];
		size_t n = strlen(texts->v[i].text);
		for (size_t j = 0; j < n; j++)
			quoted[j] = texts->v[i].text[j] == '\'' ? '"' : texts->v[i].text[j];
		tw_status status = tw_input_add_bytes(
			in, texts->v[i].name, quoted, n, TW_INPUT_AUTO, texts->v[i].named);
		if (status == TW_EPARSE)
			worst = TW_EPARSE;
		else if (status != TW_OK)
			return status;
	}
	tw_status status = tw_input_finish(in);
	return status == TW_OK ? worst : status;
}

static tw_status with_input(
	struct tw_mem *mem, tw_status (*run)(struct tw_input *in, const void *ctx), const void *ctx)
{
	struct tw_sources *sources = NULL;
	struct tw_diags *diags = NULL;
	struct tw_input *in = NULL;
	tw_status status = tw_sources_new(mem, &sources);

	if (status == TW_OK)
		status = tw_diags_new(mem, &diags);
	if (status == TW_OK)
		status = tw_input_new(mem, sources, diags, &in);
	if (status == TW_OK)
		status = run(in, ctx);
	tw_input_free(in);
	tw_diags_free(diags);
	tw_sources_free(sources);
	return status;
}

static tw_status run_texts(struct tw_input *in, const void *ctx)
{
	return add_all(in, ctx);
}

static tw_status read_texts(struct tw_mem *mem, void *ctx)
{
	return with_input(mem, run_texts, ctx);
}

static const struct text good[] = {
	{"acl.json",
		"{'NetworkAcls':[{'NetworkAclId':'acl-1','VpcId':'vpc-1','IsDefault':true,"
		"'Associations':[{'SubnetId':'subnet-1'},{'SubnetId':'subnet-2'}],'Entries':["
		"{'RuleNumber':200,'Egress':true,'RuleAction':'allow','Protocol':'6',"
		"'CidrBlock':'10.0.0.1/8'},{'RuleNumber':100,'Egress':true,'RuleAction':'deny',"
		"'Protocol':'1','Ipv6CidrBlock':'::/0'}],'Tags':[{'Key':'Name',"
		"'Value':'\\u00e9'}]}],"
		"'NextToken':'x'}",
		true},
	{"groups.json",
		"{'SecurityGroups':[{'GroupId':'sg-1','VpcId':'vpc-1','GroupName':'web',"
		"'IpPermissions':[{'IpProtocol':'tcp','FromPort':80,'ToPort':80,"
		"'IpRanges':[{'CidrIp':'0.0.0.0/0'}],'PrefixListIds':[{'PrefixListId':'pl-1'},"
		"{'PrefixListId':'pl-2'}],'UserIdGroupPairs':[{'GroupId':'sg-1'},"
		"{'GroupId':'sg-2'},{'GroupId':'sg-9'}]}]}],'SecurityGroupRules':["
		"{'SecurityGroupRuleId':'sgr-1','GroupId':'sg-1','IsEgress':false,"
		"'IpProtocol':'tcp',"
		"'FromPort':80,'ToPort':80,'CidrIpv4':'0.0.0.0/0'},"
		"{'SecurityGroupRuleId':'sgr-2','GroupId':'sg-2','IsEgress':true,'IpProtocol':'-1',"
		"'ReferencedGroupInfo':{'GroupId':'sg-1','PeeringStatus':'deleted'}}]}",
		true},
	{"nets.json",
		"[{'Vpcs':[{'VpcId':'vpc-1','CidrBlock':'10.0.0.0/16'}],'Subnets':["
		"{'SubnetId':'subnet-1','VpcId':'vpc-1','CidrBlock':'10.0.1.0/24'}]},"
		"{'RouteTables':[{'RouteTableId':'rtb-1','VpcId':'vpc-1','Associations':["
		"{'Main':true},{'SubnetId':'subnet-3'}],"
		"'Routes':[{'DestinationCidrBlock':'0.0.0.0/0',"
		"'GatewayId':'igw-1','State':'filtered'}]}],'InternetGateways':["
		"{'InternetGatewayId':'igw-1','Attachments':[{'VpcId':'vpc-1'}]}],"
		"'PrefixLists':[{'PrefixListId':'pl-2','PrefixListName':'x'}]}]",
		true},
	{"pl-1.json", "{'Entries':[{'Cidr':'192.0.2.0/24'},{'Cidr':'2001:db8::/32'}]}", true},
	{"instances.json",
		"{'Reservations':[{'Instances':[{'InstanceId':'i-1','NetworkInterfaces':["
		"{'NetworkInterfaceId':'eni-1','SubnetId':'subnet-1',"
		"'PrivateIpAddress':'10.0.1.10',"
		"'Groups':[{'GroupId':'sg-1'},{'GroupId':'sg-2'}]}]}]}],'NetworkInterfaces':["
		"{'NetworkInterfaceId':'eni-1','SubnetId':'subnet-1',"
		"'PrivateIpAddress':'10.0.1.10',"
		"'InterfaceType':'odd','Groups':[{'GroupId':'sg-2'},{'GroupId':'sg-1'}],"
		"'Association':{'PublicIp':'192.0.2.1'},'TagSet':[{'Key':'a','Value':'b'}]}]}",
		true},
	{"between.json",
		"{'NatGateways':[{'NatGatewayId':'nat-1','VpcId':'vpc-1','SubnetId':'subnet-4',"
		"'ConnectivityType':'odd','NatGatewayAddresses':[{'PrivateIp':'10.0.1.9'}],"
		"'Tags':[{'Key':'a','Value':'b'}]}],'VpcPeeringConnections':["
		"{'VpcPeeringConnectionId':'pcx-1','Status':{'Code':'active'},"
		"'RequesterVpcInfo':{'VpcId':'vpc-1','CidrBlock':'10.0.0.0/16'},"
		"'AccepterVpcInfo':{'VpcId':'vpc-2',"
		"'CidrBlockSet':[{'CidrBlock':'10.1.0.0/16'}]}}],"
		"'TransitGateways':[{'TransitGatewayId':'tgw-1','Options':{"
		"'AssociationDefaultRouteTableId':'tgw-rtb-1'}}],"
		"'TransitGatewayVpcAttachments':[{'TransitGatewayAttachmentId':'tgw-attach-1',"
		"'TransitGatewayId':'tgw-1','VpcId':'vpc-1','SubnetIds':['subnet-5']}],"
		"'TransitGatewayAttachments':[{'TransitGatewayAttachmentId':'tgw-attach-1',"
		"'ResourceType':'vpc','Association':{'TransitGatewayRouteTableId':'tgw-rtb-1'}}],"
		"'TransitGatewayPeeringAttachments':["
		"{'TransitGatewayAttachmentId':'tgw-attach-3'}],"
		"'VpcEndpoints':[{'VpcEndpointId':'vpce-1','VpcEndpointType':'Interface',"
		"'SubnetIds':['subnet-6'],'Groups':[{'GroupId':'sg-1'}],"
		"'NetworkInterfaceIds':['eni-1'],'RouteTableIds':['rtb-1']}]}",
		true},
	{"tables.json",
		"[{'TransitGatewayRouteTables':[{'TransitGatewayRouteTableId':'tgw-rtb-1'}],"
		"'TransitGatewayStaticRoutes':[{'TransitGatewayRouteTableId':'tgw-rtb-1',"
		"'Routes':[{'DestinationCidrBlock':'10.0.0.0/8','TransitGatewayAttachments':["
		"{'TransitGatewayAttachmentId':'tgw-attach-2'},"
		"{'TransitGatewayAttachmentId':'tgw-attach-1'}]}],"
		"'AdditionalRoutesAvailable':true}],"
		"'TransitGatewayPropagations':[{'TransitGatewayRouteTableId':'tgw-rtb-1',"
		"'TransitGatewayRouteTablePropagations':[{'TransitGatewayAttachmentId':'a'}]},"
		"{'TransitGatewayRouteTableId':'tgw-rtb-2','NextToken':'x',"
		"'TransitGatewayRouteTablePropagations':[]}]},"
		"{'TransitGatewayRouteTableId':'tgw-rtb-1','Routes':["
		"{'PrefixListId':'pl-1','Type':'static'},"
		"{'DestinationCidrBlock':'10.1.0.0/16','Type':'propagated'}]}]",
		true},
	{"balancers.json",
		"[{'LoadBalancers':[{'LoadBalancerArn':'lb','LoadBalancerName':'web',"
		"'Type':'network','State':{'Code':'active'},'SecurityGroups':['sg-1'],"
		"'AvailabilityZones':[{'ZoneName':'a','SubnetId':'subnet-7',"
		"'LoadBalancerAddresses':[{'PrivateIPv4Address':'10.0.7.7'}]}]},"
		"{'LoadBalancerArn':'lb','Type':'network','AvailabilityZones':["
		"{'SubnetId':'subnet-7'}]}],'Listeners':["
		"{'ListenerArn':'x:listener/net/web/01/0a','LoadBalancerArn':'lb','Port':443,"
		"'Protocol':'TCP','DefaultActions':[{'Type':'forward','TargetGroupArn':"
		"'x:targetgroup/b/02'},{'Type':'forward','ForwardConfig':{'TargetGroups':["
		"{'TargetGroupArn':'x:targetgroup/b/02'}]}}]}],"
		"'Rules':[{'RuleArn':'x:listener-rule/net/web/01/0a/7','Actions':["
		"{'Type':'forward','TargetGroupArn':'c'}]}]},"
		"{'TargetGroups':[{'TargetGroupArn':'x:targetgroup/b/02','TargetGroupName':'b',"
		"'Protocol':'TCP','Port':1,'VpcId':'vpc-1','TargetType':'instance',"
		"'HealthCheckPort':'80','HealthCheckProtocol':'HTTP','LoadBalancerArns':['lb']}],"
		"'TargetGroupArn':'x:targetgroup/b/02','Attributes':["
		"{'Key':'preserve_client_ip.enabled','Value':'true'}],"
		"'TargetHealthDescriptions':[{'Target':{'Id':'i-1','Port':80},"
		"'TargetHealth':{'State':'unhealthy','Reason':'Target.Timeout'}}]},"
		"{'LoadBalancerTargetHealth':[{'TargetGroupArn':'x:targetgroup/b/02',"
		"'TargetHealthDescriptions':["
		"{'Target':{'Id':'i-1','Port':80}}]}]}]",
		true},
	{"plan.json", "{'planned_values':{},'format_version':'1'}", false},
	{"other.json", "{'a':1}", false},
	{"broken.json", "{", false},
	{"collector.json",
		"{'collector_version':'1','provider':'aws','subnets':[],'vpcs':null,"
		"'instances':[]}",
		true},
};

static void good_inputs(void **state)
{
	struct texts texts = {good, TW_COUNT(good)};

	(void)state;
	assert_int_equal(tw_oom_sweep(read_texts, &texts), TW_OK);
}

static const struct text bad[] = {
	{"a.json",
		"{'NetworkAcls':[{'NetworkAclId':'acl-1','VpcId':'vpc-1','IsDefault':true,"
		"'Associations':[{'SubnetId':'subnet-1'}],'Entries':["
		"{'RuleNumber':100,'Egress':true,'RuleAction':'allow','Protocol':'-1',"
		"'CidrBlock':'0.0.0.0/0'},{'RuleNumber':100,'Egress':true,'RuleAction':'allow',"
		"'Protocol':'-1','CidrBlock':'0.0.0.0/0'},{'RuleNumber':-1,'Protocol':'x'},7]},"
		"{'NetworkAclId':'acl-2','VpcId':'vpc-1','IsDefault':true,"
		"'Associations':[{'SubnetId':'subnet-1'}],'Entries':[]}],'Vpcs':[{'VpcId':'vpc-1',"
		"'CidrBlock':'10.0.0.1/8'}]}",
		true},
	{"b.json",
		"{'NetworkAcls':[{'NetworkAclId':'acl-2','Associations':[{'SubnetId':'subnet-2'}],"
		"'Entries':[]}],'NetworkInterfaces':[{'NetworkInterfaceId':'eni-1',"
		"'PrivateIpAddress':'10.0.0.1'},{'NetworkInterfaceId':'eni-1',"
		"'PrivateIpAddress':'10.0.0.2'}],'SecurityGroups':[{'GroupId':'sg-1'},"
		"{'GroupId':'sg-1','IpPermissions':[{'IpProtocol':'-1',"
		"'IpRanges':[{'CidrIp':'0.0.0.0/0'}]}]}],'SecurityGroupRules':["
		"{'SecurityGroupRuleId':'sgr-1','GroupId':'sg-1','IsEgress':false,"
		"'IpProtocol':'-1',"
		"'CidrIpv4':'0.0.0.0/0'}]}",
		true},
	{"acl.json", "{'NetworkAcls':[", false},
	{"notes.txt", "hello", true},
	{"plan.json", "{'planned_values':{}}", true},
	{"t.json", "NETWORKACLS\tx\n", false},
	{"odd.json", "{'NetworkAcls':7}", true},
	{"e.json", "{'Entries':[{'Cidr':'10.0.0.0/8'}]}", true},
	{"r.json", "{'Routes':[],'AdditionalRoutesAvailable':false}", true},
	{"between.json",
		"{'NatGateways':[{'NatGatewayId':'nat-1','SubnetId':'subnet-1'},"
		"{'NatGatewayId':'nat-1','SubnetId':'subnet-2'}],"
		"'Rules':[{'RuleArn':'x'}],"
		"'TargetGroups':[{'TargetGroupArn':'x:targetgroup/b/02'}],"
		"'TransitGatewayStaticRoutes':["
		"{'TransitGatewayRouteTableId':'tgw-rtb-1','Routes':[{}]},"
		"{'TransitGatewayRouteTableId':'tgw-rtb-2','Routes':[]},"
		"{'TransitGatewayRouteTableId':'tgw-rtb-2','Routes':["
		"{'DestinationCidrBlock':'10.0.0.0/8'}]}]}",
		true},
	{"targetgroup_b_02.json", "{'TargetHealthDescriptions':[{'Target':{'Id':'a'}}]}", true},
	{"targetgroup_b_02.json", "{'TargetHealthDescriptions':[{'Target':{'Id':'b'}}]}", true},
};

static void bad_inputs(void **state)
{
	struct texts texts = {bad, TW_COUNT(bad)};

	(void)state;
	assert_int_equal(tw_oom_sweep(read_texts, &texts), TW_EPARSE);
}

static tw_status run_folder(struct tw_input *in, const void *ctx)
{
	const char *path = ctx;
	tw_status status = tw_input_add_path(in, path, TW_INPUT_AUTO);

	return status == TW_OK ? tw_input_finish(in) : status;
}

static tw_status read_folder(struct tw_mem *mem, void *ctx)
{
	return with_input(mem, run_folder, ctx);
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void a_folder(void **state)
{
	char folder[] = "/tmp/twoway-test-XXXXXX", command[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	write_file(folder, "a.json", "{\"SecurityGroups\":[{\"GroupId\":\"sg-1\"}]}");
	write_file(folder, "b.json", "{\"a\":1}");
	write_file(folder, "c.json", "");
	assert_int_equal(tw_oom_sweep(read_folder, folder), TW_OK);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	assert_int_equal(system(command), 0);
}

static tw_status run_nothing(struct tw_input *in, const void *ctx)
{
	(void)ctx;
	return tw_input_finish(in);
}

static tw_status read_nothing(struct tw_mem *mem, void *ctx)
{
	return with_input(mem, run_nothing, ctx);
}

static void nothing(void **state)
{
	(void)state;
	assert_int_equal(tw_oom_sweep(read_nothing, NULL), TW_EPARSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_inputs),
		cmocka_unit_test(bad_inputs),
		cmocka_unit_test(a_folder),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
