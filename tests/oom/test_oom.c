/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Out of memory at every allocation of the public entries: reading, checking, tracing, writing.
 * Each must end in TW_ENOMEM with nothing left behind, and give its full answer when memory
 * suffices.
 */
#include "test_alloc.h"

#include "twoway/twoway.h"

static const char network[] =
	"{\"Vpcs\": [{\"VpcId\": \"vpc-1\", \"CidrBlock\": \"10.0.0.0/16\"}],"
	"\"Subnets\": [{\"SubnetId\": \"subnet-1\", \"VpcId\": \"vpc-1\", \"CidrBlock\": "
	"\"10.0.1.0/24\"},"
	" {\"SubnetId\": \"subnet-2\", \"VpcId\": \"vpc-1\", \"CidrBlock\": \"10.0.2.0/24\"}],"
	"\"NetworkAcls\": [{\"NetworkAclId\": \"acl-1\", \"VpcId\": \"vpc-1\", \"IsDefault\": "
	"false,"
	" \"Associations\": [{\"SubnetId\": \"subnet-1\"}, {\"SubnetId\": \"subnet-2\"}], "
	"\"Entries\": ["
	" {\"RuleNumber\": 100, \"Egress\": false, \"Protocol\": \"6\", \"RuleAction\": \"allow\","
	"  \"CidrBlock\": \"0.0.0.0/0\", \"PortRange\": {\"From\": 443, \"To\": 443}},"
	" {\"RuleNumber\": 90, \"Egress\": true, \"Protocol\": \"6\", \"RuleAction\": \"deny\","
	"  \"CidrBlock\": \"0.0.0.0/0\", \"PortRange\": {\"From\": 50000, \"To\": 50000}},"
	" {\"RuleNumber\": 100, \"Egress\": true, \"Protocol\": \"6\", \"RuleAction\": \"allow\","
	"  \"CidrBlock\": \"0.0.0.0/0\", \"PortRange\": {\"From\": 49152, \"To\": 65535}}]}],"
	"\"SecurityGroups\": [{\"GroupId\": \"sg-1\", \"VpcId\": \"vpc-1\", \"IpPermissions\": ["
	" {\"IpProtocol\": \"tcp\", \"FromPort\": 443, \"ToPort\": 443, \"IpRanges\": "
	"[{\"CidrIp\": \"0.0.0.0/0\"}],"
	"  \"UserIdGroupPairs\": [{\"GroupId\": \"sg-1\"}]}],"
	" \"IpPermissionsEgress\": [{\"IpProtocol\": \"-1\", \"IpRanges\": [{\"CidrIp\": "
	"\"0.0.0.0/0\"}]}]}],"
	"\"NetworkInterfaces\": [{\"NetworkInterfaceId\": \"eni-1\", \"SubnetId\": \"subnet-1\","
	" \"VpcId\": \"vpc-1\", \"PrivateIpAddress\": \"10.0.1.10\", \"Groups\": [{\"GroupId\": "
	"\"sg-1\"}]},"
	" {\"NetworkInterfaceId\": \"eni-2\", \"SubnetId\": \"subnet-2\","
	" \"VpcId\": \"vpc-1\", \"PrivateIpAddress\": \"10.0.2.10\", \"Groups\": [{\"GroupId\": "
	"\"sg-1\"}]}],"
	"\"NatGateways\": [{\"NatGatewayId\": \"nat-1\", \"VpcId\": \"vpc-1\", \"SubnetId\": "
	"\"subnet-2\", \"NatGatewayAddresses\": [{\"PrivateIp\": \"10.0.2.9\"}]}],"
	"\"VpcPeeringConnections\": [{\"VpcPeeringConnectionId\": \"pcx-1\", "
	"\"Status\": {\"Code\": "
	"\"active\"}, \"RequesterVpcInfo\": {\"VpcId\": \"vpc-1\", "
	"\"CidrBlock\": \"10.0.0.0/16\"}}],"
	"\"TransitGateways\": [{\"TransitGatewayId\": \"tgw-1\", \"Options\": {}}],"
	"\"TransitGatewayVpcAttachments\": [{\"TransitGatewayAttachmentId\": \"tgw-attach-1\","
	" \"TransitGatewayId\": \"tgw-1\", \"VpcId\": \"vpc-1\", \"SubnetIds\": [\"subnet-2\"]}],"
	"\"TransitGatewayStaticRoutes\": [{\"TransitGatewayRouteTableId\": "
	"\"tgw-rtb-1\", \"Routes\": ["
	" {\"DestinationCidrBlock\": \"0.0.0.0/0\", \"TransitGatewayAttachments\": ["
	" {\"TransitGatewayAttachmentId\": \"tgw-attach-1\"}]}]}],"
	"\"VpcEndpoints\": [{\"VpcEndpointId\": \"vpce-1\", \"VpcEndpointType\": \"Interface\","
	" \"SubnetIds\": [\"subnet-2\"], \"Groups\": [{\"GroupId\": \"sg-1\"}]}],"
	"\"LoadBalancers\": [{\"LoadBalancerArn\": \"x:loadbalancer/app/w/1\", \"Type\": "
	"\"application\", \"SecurityGroups\": [\"sg-1\"], \"AvailabilityZones\": ["
	" {\"SubnetId\": \"subnet-2\"}]}],"
	"\"Listeners\": [{\"ListenerArn\": \"x:listener/app/w/1/2\", \"LoadBalancerArn\": "
	"\"x:loadbalancer/app/w/1\", \"Port\": 443, \"Protocol\": \"HTTPS\", \"DefaultActions\": ["
	" {\"Type\": \"forward\", \"TargetGroupArn\": \"x:targetgroup/b/02\"}]}],"
	"\"Rules\": [{\"RuleArn\": \"x:listener-rule/app/w/1/2/3\", \"Actions\": ["
	" {\"Type\": \"forward\", \"TargetGroupArn\": \"x:targetgroup/b/02\"}]}],"
	"\"TargetGroups\": [{\"TargetGroupArn\": \"x:targetgroup/b/02\", \"TargetType\": \"ip\","
	" \"Protocol\": \"HTTP\", \"Port\": 80, \"VpcId\": \"vpc-1\"}],"
	"\"LoadBalancerTargetHealth\": [{\"TargetGroupArn\": \"x:targetgroup/b/02\","
	" \"TargetHealthDescriptions\": [{\"Target\": {\"Id\": \"10.0.1.10\"}}]}]}";

static const char intents[] = "clients: {fleet: {ports: [10240-65535], picks: even}}\n"
			      "names: {web: {subnet: [subnet-1], client: fleet}}\n"
			      "flows: [{name: in, from: subnet-2, to: web, port: [tcp/443]},\n"
			      "  {name: out, from: web, to: internet, port: [tcp/25]}]\n"
			      "never: [{name: no-ssh, from: internet, to: web, port: tcp/22}]\n"
			      "ignore: [{code: TW103, at: acl-1, reason: known}]\n";

enum what {
	READ,
	CHECK,
	FIX,
	PLAN,
	PLAN_RANK,
	TRACE,
	LINT,
	LINT_LATE,
	CLIENTS,
	DIFF,
	DIFF_FILTERS
};

struct job {
	enum what what;
	enum tw_format format;
	size_t written;
};

static tw_status count(void *ctx, const char *bytes, size_t size)
{
	(void)bytes;
	*(size_t *)ctx += size;
	return TW_OK;
}

struct world {
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_input *in;
};

/* A network whose fixes are short: each trial is another judgement of it. */
static const char broken[] =
	"{\"NetworkAcls\": [{\"NetworkAclId\": \"acl-1\", \"VpcId\": \"vpc-1\", \"IsDefault\": "
	"false, \"Associations\": [{\"SubnetId\": \"subnet-1\"}], \"Entries\": ["
	" {\"RuleNumber\": 100, \"Egress\": false, \"Protocol\": \"6\", \"RuleAction\": \"allow\","
	"  \"CidrBlock\": \"0.0.0.0/0\", \"PortRange\": {\"From\": 443, \"To\": 443}},"
	" {\"RuleNumber\": 90, \"Egress\": true, \"Protocol\": \"6\", \"RuleAction\": \"deny\","
	"  \"CidrBlock\": \"0.0.0.0/0\", \"PortRange\": {\"From\": 50000, \"To\": 59999}},"
	" {\"RuleNumber\": 100, \"Egress\": true, \"Protocol\": \"6\", \"RuleAction\": \"allow\","
	"  \"CidrBlock\": \"0.0.0.0/0\", \"PortRange\": {\"From\": 49152, \"To\": 65535}}]}]}";

/* A deny that comes too late: lint tries it in front. */
static const char late[] =
	"{\"NetworkAcls\": [{\"NetworkAclId\": \"acl-1\", \"Entries\": ["
	" {\"RuleNumber\": 100, \"Egress\": false, \"Protocol\": \"6\", \"RuleAction\": \"allow\","
	"  \"CidrBlock\": \"0.0.0.0/0\", \"PortRange\": {\"From\": 443, \"To\": 443}},"
	" {\"RuleNumber\": 90, \"Egress\": true, \"Protocol\": \"6\", \"RuleAction\": \"allow\","
	"  \"CidrBlock\": \"0.0.0.0/0\", \"PortRange\": {\"From\": 1024, \"To\": 65535}},"
	" {\"RuleNumber\": 100, \"Egress\": true, \"Protocol\": \"6\", \"RuleAction\": \"deny\","
	"  \"CidrBlock\": \"0.0.0.0/0\", \"PortRange\": {\"From\": 50000, \"To\": 59999}}]}]}";

static tw_status mend(struct world *w, struct job *job, const struct tw_check_options *check)
{
	const struct tw_style style = {.format = job->format, .width = 80, .verbose = true};
	const struct tw_fix_options options = {.check = *check,
		.least = TW_LEVEL_NOTE,
		.rank = job->what == PLAN_RANK ? 1 : 0,
		.review = true};
	struct tw_sink sink = {count, &job->written};
	struct tw_report *report;
	struct tw_fix_plan *plan;
	tw_status status;

	if (job->what == FIX) {
		status = tw_fixes(w->mem, tw_input_net(w->in), &options, w->diags, &report);
		if (status != TW_OK)
			return status;
		status = tw_write_check(w->mem, report, tw_input_file(w->in, 0),
			tw_input_files(w->in), w->sources, &style, sink);
		tw_report_free(report);
		return status;
	}
	status = tw_fix_plan_new(w->mem, tw_input_net(w->in), &options, w->diags, &plan);
	if (status != TW_OK)
		return status;
	status = tw_write_edits(w->mem, plan->edit, plan->edits, TW_SPELL_AWS, sink);
	tw_fix_plan_free(plan);
	return status;
}

static tw_status judge(struct world *w, struct job *job)
{
	const struct tw_style style = {.format = job->format, .width = 80, .verbose = true};
	struct tw_sink sink = {count, &job->written};
	struct tw_report *report;
	tw_status status;

	job->written = 0;
	if (job->what == CLIENTS)
		return tw_write_clients(w->mem, NULL, 0, &style, sink);
	if (job->what == TRACE) {
		const struct tw_trace_options options = {
			.from = "eni-2", .to = "10.0.1.10:443", .intents = tw_input_intents(w->in)};
		status = tw_trace(w->mem, tw_input_net(w->in), &options, w->diags, &report);
	} else {
		const struct tw_check_options options = {.intents = tw_input_intents(w->in),
			.diags = w->diags,
			.sources = w->sources,
			.details = true,
			.year = 2026,
			.month = 1,
			.day = 31};
		if (job->what >= FIX && job->what <= PLAN_RANK)
			return mend(w, job, &options);
		const struct tw_lint_options lint = {.check = options, .compliance = true};
		status = job->what == LINT || job->what == LINT_LATE
				 ? tw_lint(w->mem, tw_input_net(w->in), &lint, w->diags, &report)
				 : tw_check(w->mem, tw_input_net(w->in), &options, w->diags,
					   &report);
	}
	if (status != TW_OK)
		return status;
	status = job->what == TRACE ? tw_write_trace(w->mem, report, tw_input_file(w->in, 0),
					      tw_input_files(w->in), w->sources, &style, sink)
				    : tw_write_check(w->mem, report, tw_input_file(w->in, 0),
					      tw_input_files(w->in), w->sources, &style, sink);
	tw_report_free(report);
	return status;
}

/* The network against itself with other rules: a second input beside the first. */
static tw_status compare(struct world *w, struct tw_input *other, struct job *job)
{
	const struct tw_style style = {.format = job->format, .width = 80, .verbose = true};
	const struct tw_diff_options options = {.filters = job->what == DIFF_FILTERS};
	struct tw_sink sink = {count, &job->written};
	struct tw_difference *difference;
	tw_status status = tw_diff(
		w->mem, tw_input_net(w->in), tw_input_net(other), &options, w->diags, &difference);

	job->written = 0;
	if (status != TW_OK)
		return status;
	status = tw_write_diff(w->mem, difference, tw_input_file(w->in, 0), tw_input_files(w->in),
		tw_input_file(other, 0), tw_input_files(other), w->sources, &style, sink);
	tw_difference_free(difference);
	return status;
}

static tw_status read_and_compare(struct world *w, struct job *job)
{
	static const struct {
		const char *old, *new;
	} edits[] = {
		{"\"From\": 49152", "\"From\": 40000"}, {"\"FromPort\": 443", "\"FromPort\": 442"}};
	char changed[sizeof(network)];
	struct tw_input *other;
	tw_status status = tw_input_new(w->mem, w->sources, w->diags, &other);

	memcpy(changed, network, sizeof(network));
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
		memcpy(strstr(changed, edits[i].old), edits[i].new, strlen(edits[i].new));
	if (status != TW_OK)
		return status;
	status = tw_input_add_bytes(
		other, "new.json", changed, sizeof(changed) - 1, TW_INPUT_AUTO, true);
	if (status == TW_OK)
		status = tw_input_finish(other);
	if (status == TW_OK)
		status = compare(w, other, job);
	tw_input_free(other);
	return status;
}

static tw_status read_and_judge(struct world *w, struct job *job)
{
	bool mends = job->what >= FIX && job->what <= PLAN_RANK,
	     comes_late = job->what == LINT_LATE;
	const char *text = mends ? broken : comes_late ? late : network;
	tw_status status =
		tw_input_add_bytes(w->in, "net.json", text, strlen(text), TW_INPUT_AUTO, true);
	if (status == TW_OK && !mends && !comes_late)
		status = tw_input_add_intents_bytes(
			w->in, "twoway.yaml", intents, sizeof(intents) - 1);
	if (status == TW_OK)
		status = tw_input_finish(w->in);
	if (status != TW_OK || job->what == READ)
		return status;
	return job->what >= DIFF ? read_and_compare(w, job) : judge(w, job);
}

static tw_status run(struct tw_mem *mem, void *ctx)
{
	struct world w = {.mem = mem};
	tw_status status = tw_sources_new(mem, &w.sources);
	if (status == TW_OK)
		status = tw_diags_new(mem, &w.diags);
	if (status == TW_OK)
		status = tw_input_new(mem, w.sources, w.diags, &w.in);
	if (status == TW_OK)
		status = read_and_judge(&w, ctx);
	tw_input_free(w.in);
	tw_diags_free(w.diags);
	tw_sources_free(w.sources);
	return status;
}

static void sweep(enum what what, enum tw_format format)
{
	struct job job = {what, format, 0};
	assert_int_equal(tw_oom_sweep(run, &job), TW_OK);
	if (what != READ)
		assert_true(job.written > 100);
}

static void test_read(void **state)
{
	(void)state;
	sweep(READ, TW_FORMAT_TEXT);
}

static void test_check(void **state)
{
	(void)state;
	sweep(CHECK, TW_FORMAT_TEXT);
}

static void test_check_json(void **state)
{
	(void)state;
	sweep(CHECK, TW_FORMAT_JSON);
}

static void test_fix(void **state)
{
	(void)state;
	sweep(FIX, TW_FORMAT_TEXT);
}

static void test_fix_json(void **state)
{
	(void)state;
	sweep(FIX, TW_FORMAT_JSON);
}

static void test_plan(void **state)
{
	(void)state;
	sweep(PLAN, TW_FORMAT_TEXT);
}

static void test_plan_of_a_rank(void **state)
{
	(void)state;
	sweep(PLAN_RANK, TW_FORMAT_TEXT);
}

static void test_trace(void **state)
{
	(void)state;
	sweep(TRACE, TW_FORMAT_TEXT);
}

static void test_trace_json(void **state)
{
	(void)state;
	sweep(TRACE, TW_FORMAT_JSON);
}

static void test_lint(void **state)
{
	(void)state;
	sweep(LINT, TW_FORMAT_TEXT);
}

static void test_lint_late(void **state)
{
	(void)state;
	sweep(LINT_LATE, TW_FORMAT_TEXT);
}

static void test_diff(void **state)
{
	(void)state;
	sweep(DIFF, TW_FORMAT_TEXT);
}

static void test_diff_json(void **state)
{
	(void)state;
	sweep(DIFF_FILTERS, TW_FORMAT_JSON);
}

static void test_clients(void **state)
{
	(void)state;
	sweep(CLIENTS, TW_FORMAT_JSON);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_read),
		cmocka_unit_test(test_check), cmocka_unit_test(test_check_json),
		cmocka_unit_test(test_fix), cmocka_unit_test(test_fix_json),
		cmocka_unit_test(test_plan), cmocka_unit_test(test_plan_of_a_rank),
		cmocka_unit_test(test_trace), cmocka_unit_test(test_trace_json),
		cmocka_unit_test(test_lint), cmocka_unit_test(test_lint_late),
		cmocka_unit_test(test_diff), cmocka_unit_test(test_diff_json),
		cmocka_unit_test(test_clients)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
