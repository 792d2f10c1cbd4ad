/* SPDX-License-Identifier: Apache-2.0 */

/* Load balancers, listeners, rules, target groups, their attributes and their targets. */

#include "aws_fixture.h"

#define GROUP	"'SecurityGroups':[{'GroupId':'sg-1'}]"
#define PREFIX	"arn:aws:elasticloadbalancing:eu-west-1:111122223333:"
#define LB	PREFIX "loadbalancer/app/web/01"
#define LISTEN	PREFIX "listener/app/web/01/0a"
#define TARGETS PREFIX "targetgroup/"

/* SPEC: cli-load-balancers */
static void balancers_have_zones(void **state)
{
	const struct tw_balancer *one;
	struct fixture f;

	(void)state;
	fixture_load(&f,
		"{" GROUP ",'LoadBalancers':[{'LoadBalancerArn':'" LB "','LoadBalancerName':'web',"
		"'Type':'application','Scheme':'internet-facing','VpcId':'vpc-1',"
		"'State':{'Code':'active'},'IpAddressType':'dualstack','SecurityGroups':['sg-1'],"
		"'AvailabilityZones':[{'ZoneName':'eu-west-1a','SubnetId':'subnet-1',"
		"'LoadBalancerAddresses':[]},{'ZoneName':'eu-west-1b','SubnetId':'subnet-2'}]},"
		"{'LoadBalancerArn':'n','Type':'network','Scheme':'internal',"
		"'IpAddressType':'ipv4','State':{'Code':'failed'},"
		"'AvailabilityZones':[{'SubnetId':'subnet-3','LoadBalancerAddresses':["
		"{'PrivateIPv4Address':'10.0.0.9','IPv6Address':'2001:db8::9',"
		"'IpAddress':'192.0.2.1'}]}]},"
		"{'LoadBalancerArn':'g','Type':'gateway'}]}");
	assert_diags(&f, 0);
	one = f.net->balancer;
	assert_int_equal(f.net->balancers, 3);
	assert_string_equal(one[0].object.id, LB);
	assert_string_equal(one[0].object.name, "web");
	assert_int_equal(one[0].type, TW_BALANCER_APPLICATION);
	assert_true(one[0].internet_facing && one[0].dualstack && !one[0].gone);
	assert_int_equal(one[0].zones_n, 2);
	assert_string_equal(one[0].zone[1].zone, "eu-west-1b");
	assert_int_equal(one[0].zone[1].subnet, 1);
	assert_int_equal(one[0].zone[0].addresses.n, 0);
	assert_true(f.net->subnet[1].implied);
	assert_string_equal(f.net->subnet[1].vpc_id, "vpc-1");
	assert_int_equal(one[0].groups.at[0], 0);
	assert_int_equal(one[1].type, TW_BALANCER_NETWORK);
	assert_true(one[1].gone && !one[1].internet_facing && !one[1].dualstack);
	assert_int_equal(one[1].zone[0].subnet, TW_MISSING);
	assert_int_equal(one[1].zone[0].addresses.n, 2);
	assert_prefix(one[1].zone[0].addresses.v[0], "10.0.0.9/32");
	assert_prefix(one[1].zone[0].addresses.v[1], "2001:db8::9/128");
	assert_int_equal(one[1].groups.n, 0);
	assert_int_equal(one[2].type, TW_BALANCER_GATEWAY);
	fixture_close(&f);
}

static void a_balancer_of_another_type_is_left_out(void **state)
{
	struct fixture f;

	(void)state;
	fixture_load(&f, "{" GROUP ",'LoadBalancers':[\n"
			 "{'LoadBalancerArn':'a','Type':'quantum'},\n"
			 "{'LoadBalancerArn':'b','Type':'network'}],\n"
			 "'TargetGroups':[{'TargetGroupArn':'t','TargetType':'qubit'}]}");
	assert_diags(&f, 2);
	assert_diag(&f, 0, TW_LEVEL_WARNING, 901, "2:31",
		"LoadBalancers[0].Type: \"quantum\" is not known here");
	assert_diag(&f, 1, TW_LEVEL_WARNING, 901, "4:52",
		"TargetGroups[0].TargetType: \"qubit\" is not known here");
	assert_int_equal(f.net->balancers, 1);
	assert_int_equal(f.net->target_groups, 0);
	fixture_close(&f);
}

#define BALANCER "{" GROUP ",'LoadBalancers':[{'LoadBalancerArn':'" LB "','Type':'application'}]}"
#define LISTENER                                                                                   \
	"{'ListenerArn':'" LISTEN "','LoadBalancerArn':'" LB "','Port':443,'Protocol':'HTTPS',"    \
	"'DefaultActions':[{'Type':'authenticate-oidc'},{'Type':'forward',"                        \
	"'TargetGroupArn':'" TARGETS "b/02','ForwardConfig':{'TargetGroups':["                     \
	"{'TargetGroupArn':'" TARGETS "b/02','Weight':1},"                                         \
	"{'TargetGroupArn':'" TARGETS "z/09','Weight':0}]}}]}"
#define RULES                                                                                      \
	"{'Rules':[{'RuleArn':'" PREFIX "listener-rule/app/web/01/0a/77','IsDefault':false,"       \
	"'Actions':[{'Type':'forward','TargetGroupArn':'" TARGETS "a/01'}]},"                      \
	"{'RuleArn':'" PREFIX "listener-rule/app/web/01/0a/78','IsDefault':true,"                  \
	"'Actions':[{'Type':'forward','TargetGroupArn':'" TARGETS "b/02'}]},"                      \
	"{'RuleArn':'" PREFIX "listener-rule/app/web/01/0a/79','Actions':[{'Type':'redirect'}]},"  \
	"{'RuleArn':'" PREFIX "listener-rule/app/web/01/0b/80',"                                   \
	"'Actions':[{'Type':'forward','TargetGroupArn':'" TARGETS "c/03'}]}]}"
#define GROUPS                                                                                     \
	"{'TargetGroups':[{'TargetGroupArn':'" TARGETS "b/02','Protocol':'HTTP','Port':8080,"      \
	"'LoadBalancerArns':['" LB "']},{'TargetGroupArn':'" TARGETS "d/04','Protocol':'HTTP',"    \
	"'LoadBalancerArns':['" LB "','elsewhere']}]}"

/* Whichever file comes first. SPEC: cli-listeners */
static void listeners_and_rules_forward(void **state)
{
	static const char *const texts[] = {
		BALANCER, "{'Listeners':[" LISTENER "]}", RULES, GROUPS};

	(void)state;
	for (size_t turn = 0; turn < TW_COUNT(texts); turn++) {
		struct fixture f;
		fixture_open(&f);
		for (size_t i = 0; i < TW_COUNT(texts); i++)
			fixture_add(&f, "x.json", texts[(turn + i) % TW_COUNT(texts)]);
		fixture_finish(&f);
		assert_diags(&f, 0);
		const struct tw_listener *one = f.net->listener;
		/* The rule of a listener that nothing describes makes none. */
		assert_int_equal(f.net->listeners, 1);
		assert_int_equal(one->port, 443);
		assert_int_equal(one->protocol, TW_LISTENER_HTTPS);
		assert_int_equal(one->balancer, 0);
		assert_int_equal(one->targets.n, 2);
		assert_string_equal(one->targets.id[0], TARGETS "b/02");
		assert_string_equal(one->targets.id[1], TARGETS "a/01");
		assert_int_equal(one->targets.at[0], 0);
		assert_int_equal(one->targets.at[1], TW_MISSING);
		const struct tw_balancer *balancer = f.net->balancer;
		assert_int_equal(balancer->listeners.n, 1);
		assert_int_equal(balancer->listeners.at[0], 0);
		assert_int_equal(balancer->targets.n, 3);
		assert_string_equal(balancer->targets.id[0], TARGETS "a/01");
		assert_string_equal(balancer->targets.id[1], TARGETS "b/02");
		assert_string_equal(balancer->targets.id[2], TARGETS "d/04");
		assert_int_equal(balancer->targets.at[2], 1);
		fixture_close(&f);
	}
}

/* Rules and health say more about objects of their kind; they do not say which there are. */
static void a_part_lists_nothing(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_add(&f, "a.json", BALANCER);
	fixture_add(&f, "b.json", RULES);
	fixture_add(&f, "c.json", "{'TargetGroupArn':'t','TargetHealthDescriptions':[]}");
	fixture_add(&f, "d.json",
		"{'LoadBalancerTargetHealth':[{'TargetGroupArn':'t',"
		"'TargetHealthDescriptions':[]}]}");
	fixture_finish(&f);
	assert_false(f.net->holds[TW_KIND_LISTENER]);
	assert_false(f.net->holds[TW_KIND_TARGET_GROUP]);
	assert_int_equal(f.net->listeners + f.net->target_groups, 0);
	fixture_close(&f);
}

static void a_snapshot_wraps_listeners(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_add(&f, "a.json", BALANCER);
	fixture_add(&f, "b.json",
		"{'LoadBalancerListeners':[{'LoadBalancerArn':'" LB "','Listeners':[" LISTENER
		"],'NextMarker':'x'}]}");
	fixture_finish(&f);
	assert_int_equal(f.net->listeners, 1);
	assert_true(f.net->holds[TW_KIND_LISTENER] && f.net->incomplete[TW_KIND_LISTENER]);
	assert_diags(&f, 1);
	fixture_close(&f);
}

/* SPEC: cli-target-groups */
static void target_groups_are_read(void **state)
{
	const struct tw_target_group *one;
	struct fixture f;

	(void)state;
	fixture_load(&f,
		"{" GROUP ",'TargetGroups':[{'TargetGroupArn':'t1','TargetGroupName':'web',"
		"'Protocol':'TCP_UDP','Port':53,'VpcId':'vpc-1','TargetType':'ip',"
		"'HealthCheckEnabled':true,'HealthCheckPort':'8080','HealthCheckProtocol':'HTTP',"
		"'IpAddressType':'ipv6','LoadBalancerArns':[]},"
		"{'TargetGroupArn':'t2','TargetType':'lambda','HealthCheckEnabled':false},"
		"{'TargetGroupArn':'t3','TargetType':'alb','Protocol':'TCP','Port':443,"
		"'HealthCheckPort':'traffic-port','HealthCheckProtocol':'HTTPS'}]}");
	assert_diags(&f, 0);
	one = f.net->target_group;
	assert_string_equal(one[0].object.name, "web");
	assert_int_equal(one[0].protocol, TW_LISTENER_TCP_UDP);
	assert_int_equal(one[0].port, 53);
	assert_int_equal(one[0].type, TW_TARGET_ADDRESSES);
	assert_int_equal(one[0].family, TW_IPV6);
	assert_int_equal(one[0].health_port, 8080);
	assert_int_equal(one[0].health_protocol, TW_LISTENER_HTTP);
	assert_false(one[0].health_off || one[0].members_known);
	assert_int_equal(one[0].preserve, TW_UNSAID);
	assert_int_equal(one[1].type, TW_TARGET_LAMBDA);
	assert_true(one[1].health_off);
	assert_int_equal(one[1].protocol, TW_LISTENER_OTHER);
	assert_int_equal(one[2].type, TW_TARGET_ALB);
	assert_int_equal(one[2].health_port, 0);
	assert_int_equal(one[2].family, TW_IPV4);
	fixture_close(&f);
}

#define ATTRIBUTES                                                                                 \
	"'Attributes':[{'Key':'stickiness.enabled','Value':'false'},"                              \
	"{'Key':'preserve_client_ip.enabled','Value':'false'}]"
#define HEALTH                                                                                     \
	"'TargetHealthDescriptions':[{'Target':{'Id':'i-1','Port':8080},'HealthCheckPort':'8080'," \
	"'TargetHealth':{'State':'unhealthy','Reason':'Target.Timeout'}},"                         \
	"{'Target':{'Id':'i-2'}}]"

/* By a wrapper, or by the name of the file. SPEC: cli-preserve-in-attributes, cli-target-health */
static void attributes_and_health_join_their_group(void **state)
{
	static const struct {
		const char *name, *attributes, *health;
	} ways[] = {
		{"x.json", "{'TargetGroupArn':'" TARGETS "b/02'," ATTRIBUTES "}",
			"{'TargetGroupArn':'" TARGETS "b/02'," HEALTH "}"},
		{"in/target-health-targetgroup_b_02.json", "{" ATTRIBUTES "}", "{" HEALTH "}"},
		{"y.json", "{'TargetGroupArn':'" TARGETS "b/02'," ATTRIBUTES "}",
			"{'LoadBalancerTargetHealth':[{'TargetGroupArn':'" TARGETS "b/02'," HEALTH
			"}]}"},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(ways) * 2; i++) {
		struct fixture f;
		fixture_open(&f);
		fixture_add(&f, "a.json", i % 2 ? BALANCER : GROUPS);
		fixture_add(&f, ways[i / 2].name, ways[i / 2].attributes);
		fixture_add(&f, ways[i / 2].name, ways[i / 2].health);
		fixture_add(&f, "b.json", i % 2 ? GROUPS : BALANCER);
		fixture_finish(&f);
		assert_diags(&f, 0);
		const struct tw_target_group *one = f.net->target_group;
		assert_int_equal(f.net->target_groups, 2);
		assert_int_equal(one[0].preserve, TW_SAID_NO);
		assert_true(one[0].members_known && !one[0].part);
		assert_int_equal(one[0].port, 8080);
		assert_int_equal(one[0].members_n, 2);
		assert_string_equal(one[0].member[0].id, "i-1");
		assert_int_equal(one[0].member[0].port, 8080);
		assert_string_equal(one[0].member[0].health, "unhealthy");
		assert_string_equal(one[0].member[0].reason, "Target.Timeout");
		assert_int_equal(one[0].member[0].interface, TW_MISSING);
		assert_int_equal(one[0].member[1].port, 0);
		assert_null(one[0].member[1].health);
		assert_int_equal(one[1].preserve, TW_UNSAID);
		assert_false(one[1].members_known);
		fixture_close(&f);
	}
}

/* Attributes of a load balancer have the same shape. */
static void attributes_of_a_balancer_are_none_of_a_group(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	fixture_add(&f, "a.json",
		"{'Attributes':[{'Key':'deletion_protection.enabled','Value':'false'}]}");
	assert_diags(&f, 0);
	assert_string_equal(tw_input_file(f.in, 0)->detail, "describe-load-balancer-attributes");
	assert_int_equal(
		fixture_add_as(&f, "b.json", "{'Attributes':[{'Key':'x'}]}", TW_INPUT_AUTO, false),
		TW_OK);
	assert_string_equal(tw_input_file(f.in, 1)->kind, "unrecognised");
	fixture_close(&f);
}

static void wrong_shapes_are_errors(void **state)
{
	(void)state;
	assert_error("{'LoadBalancers':[{'LoadBalancerArn':'a'}]}", "1:19",
		"LoadBalancers[0]: \"Type\" is missing");
	assert_error("{'Rules':[{'RuleArn':'arn:x'}]}", "1:22",
		"Rules[0].RuleArn: expected the ARN of a rule");
	assert_error("{'Listeners':[{'ListenerArn':'a','LoadBalancerArn':'b','Port':65536}]}",
		"1:63", "Listeners[0].Port: expected a port from 0 to 65535");
	assert_error("{'TargetGroups':[{'TargetGroupArn':'a','HealthCheckPort':'x'}]}", "1:58",
		"TargetGroups[0].HealthCheckPort: expected a port from 0 to 65535");
	assert_error("{'TargetGroupArn':'a','TargetHealthDescriptions':[{'Target':{}}]}", "1:61",
		"TargetHealthDescriptions[0].Target: \"Id\" is missing");
	assert_error("{'TargetGroupArn':'a','Attributes':[{'Key':'preserve_client_ip.enabled',"
		     "'Value':'maybe'}]}",
		"1:81", "Attributes[0].Value: expected \"true\" or \"false\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(balancers_have_zones),
		cmocka_unit_test(a_balancer_of_another_type_is_left_out),
		cmocka_unit_test(listeners_and_rules_forward),
		cmocka_unit_test(a_part_lists_nothing),
		cmocka_unit_test(a_snapshot_wraps_listeners),
		cmocka_unit_test(target_groups_are_read),
		cmocka_unit_test(attributes_and_health_join_their_group),
		cmocka_unit_test(attributes_of_a_balancer_are_none_of_a_group),
		cmocka_unit_test(wrong_shapes_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
