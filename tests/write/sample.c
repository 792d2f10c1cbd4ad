/* SPDX-License-Identifier: Apache-2.0 */
/* Reports built by hand. Counts are those of spec/clients.md section 3. */

#include "sample.h"

const char sample_text[] =
	"{\n"
	"  \"NetworkAcls\": [\n"
	"    {\n"
	"      \"NetworkAclId\": \"acl-1\",\n"
	"      \"Entries\": [\n"
	"        {\n"
	"          \"RuleNumber\": 100,\n"
	"          \"Egress\": false,\n"
	"          \"RuleAction\": \"allow\",\n"
	"          \"Protocol\": \"6\",\n"
	"          \"CidrBlock\": \"0.0.0.0/0\",\n"
	"          \"PortRange\": {\"From\": 443, \"To\": 443}\n"
	"        },\n"
	"        {\"RuleNumber\": 110, \"Egress\": true, "
	"\"PortRange\": {\"From\": 49152, \"To\": 65535}},\n"
	"        {\"RuleNumber\": 32767, \"Egress\": true, \"RuleAction\": \"deny\"}\n"
	"      ]\n"
	"    }\n"
	"  ]\n"
	"}\n";

static tw_status keep(void *ctx, const char *bytes, size_t size)
{
	struct sample_sink *sink = ctx;

	sink->calls++;
	if (sink->broken || size >= sizeof(sink->text) - sink->n)
		return TW_EIO;
	memcpy(sink->text + sink->n, bytes, size);
	sink->n += size;
	sink->text[sink->n] = '\0';
	return TW_OK;
}

void sample_sink_init(struct sample_sink *sink)
{
	memset(sink, 0, sizeof(*sink));
	sink->sink = (struct tw_sink){keep, sink};
}

struct tw_sources *sample_sources(struct tw_mem *mem)
{
	struct tw_sources *sources;
	uint32_t file;

	assert_int_equal(tw_sources_new(mem, &sources), TW_OK);
	assert_int_equal(
		tw_sources_add(sources, "net/acl.json", sample_text, strlen(sample_text), &file),
		TW_OK);
	assert_int_equal(file, 1);
	return sources;
}

struct tw_span sample_span(const char *needle)
{
	const char *at = strstr(sample_text, needle);
	uint32_t begin;

	assert_non_null(at);
	begin = (uint32_t)(at - sample_text);
	return (struct tw_span){1, begin, begin + (uint32_t)strlen(needle)};
}

static const char entry_443[] = "{\n"
				"          \"RuleNumber\": 100,\n"
				"          \"Egress\": false,\n"
				"          \"RuleAction\": \"allow\",\n"
				"          \"Protocol\": \"6\",\n"
				"          \"CidrBlock\": \"0.0.0.0/0\",\n"
				"          \"PortRange\": {\"From\": 443, \"To\": 443}\n"
				"        }";
static const char entry_deny[] =
	"{\"RuleNumber\": 32767, \"Egress\": true, \"RuleAction\": \"deny\"}";
static const char entry_reply[] =
	"{\"RuleNumber\": 110, \"Egress\": true, \"PortRange\": {\"From\": 49152, \"To\": 65535}}";

static const struct tw_ports https[] = {{443, 443}};
static const struct tw_ports high[] = {{49152, 65535}};
static const struct tw_ports wide[] = {{1024, 65535}};
static const struct tw_ports every[] = {{0, 65535}};
static const struct tw_prefix anywhere[] = {{{0, 0}, TW_IPV4, 0}};
static const struct tw_prefix subnet[] = {{{0, 0x0a000100}, TW_IPV4, 24}};
static const char *const flow_ids[] = {"acl-1/ingress/100"};

static const struct tw_client *client(const char *id)
{
	const struct tw_client *found = tw_client_find(id);

	assert_non_null(found);
	return found;
}

static const struct tw_client **all_clients(size_t *ret_n)
{
	static const struct tw_client *list[4];

	list[0] = client("linux");
	list[1] = client("windows");
	list[2] = client("macos");
	list[3] = client("nat-gateway");
	*ret_n = 4;
	return list;
}

/* What the reply rule 49152-65535 gives: spec/clients.md section 3. */
static const struct tw_client_result *partial_clients(size_t *ret_n)
{
	static struct tw_client_result list[4];

	list[0] = (struct tw_client_result){.client = client("linux"),
		.level = TW_LEVEL_ERROR,
		.verdict = TW_PARTIAL,
		.passing = 11848,
		.total = 28232,
		.runs = true,
		.run_fail = 1820,
		.run_ok = 1316};
	list[1] = (struct tw_client_result){.client = client("windows"),
		.level = TW_LEVEL_ERROR,
		.verdict = TW_COMPLETE,
		.passing = 16384,
		.total = 16384};
	list[2] = list[1];
	list[2].client = client("macos");
	list[3] = (struct tw_client_result){.client = client("nat-gateway"),
		.level = TW_LEVEL_WARNING,
		.verdict = TW_PARTIAL,
		.passing = 16384,
		.total = 64512};
	*ret_n = 4;
	return list;
}

static const struct tw_client_result *same_clients(uint64_t percent, enum tw_verdict verdict)
{
	static struct tw_client_result list[4];
	size_t n;

	memcpy(list, partial_clients(&n), sizeof(list));
	for (size_t i = 0; i < n; i++) {
		list[i].verdict = verdict;
		list[i].passing = list[i].total / 100 * percent;
		if (percent == 100)
			list[i].passing = list[i].total;
		list[i].runs = false;
	}
	return list;
}

static const struct tw_flow_box *one_box(void)
{
	static struct tw_flow_box box;

	box = (struct tw_flow_box){.from = anywhere,
		.to = subnet,
		.from_n = 1,
		.to_n = 1,
		.service = https,
		.service_n = 1};
	return &box;
}

/* The request passes; of the replies a rule lets some pass, or with `shut` none. */
static const struct tw_hop *acl_hops(bool shut)
{
	static struct tw_rule_ref in, out[2];
	static struct tw_hop list[2][2];
	struct tw_hop *hop = list[shut];

	in = (struct tw_rule_ref){.component = "acl-1",
		.rule = "100",
		.action = "allow",
		.ports = https,
		.ports_n = 1,
		.text = "allow tcp/443 from 0.0.0.0/0",
		.span = sample_span(entry_443)};
	out[0] = (struct tw_rule_ref){.component = "acl-1",
		.rule = "110",
		.action = "allow",
		.ports = high,
		.ports_n = 1,
		.text = "allow tcp/49152-65535 to 0.0.0.0/0",
		.span = sample_span(entry_reply)};
	out[1] = (struct tw_rule_ref){.component = "acl-1",
		.rule = "*",
		.action = "deny",
		.text = "deny all (the default deny)",
		.span = sample_span(entry_deny)};
	hop[0] = (struct tw_hop){.component = "acl-1",
		.kind = "network-acl",
		.list = "ingress",
		.subnet = "subnet-1",
		.from = anywhere,
		.to = subnet,
		.from_n = 1,
		.to_n = 1,
		.ports = https,
		.ports_n = 1,
		.action = TW_HOP_ALLOW,
		.reached = true,
		.rule = &in,
		.rules_n = 1};
	hop[1] = hop[0];
	hop[1].reply = true;
	hop[1].list = "egress";
	hop[1].action = shut ? TW_HOP_DENY : TW_HOP_MIXED;
	hop[1].rule = shut ? &out[1] : out;
	hop[1].rules_n = shut ? 1 : 2;
	return hop;
}

static struct tw_region *partial_region(void)
{
	static struct tw_witness witness;
	static struct tw_region region;

	witness = (struct tw_witness){.family = TW_IPV4,
		.protocol = TW_PROTOCOL_TCP,
		.from = {0, 0xcb007107},
		.to = {0, 0x0a000100},
		.client = 32768,
		.service = 443,
		.reply = true,
		.request_text = "tcp 203.0.113.7:32768 -> 10.0.1.0:443",
		.reply_text = "tcp 10.0.1.0:443 -> 203.0.113.7:32768",
		.request_fate = "allowed by acl-1 ingress rule 100",
		.reply_fate = "denied by acl-1 egress rule *"};
	region = (struct tw_region){.family = TW_IPV4,
		.protocol = TW_PROTOCOL_TCP,
		.protocol_text = "tcp",
		.box = one_box(),
		.boxes_n = 1,
		.request = "allow",
		.reply_kind = TW_REPLY_PORTS,
		.returns = high,
		.returns_n = 1,
		.verdict = TW_PARTIAL,
		.hop = acl_hops(false),
		.hops_n = 2,
		.witness = &witness};
	region.client = partial_clients(&region.clients_n);
	return &region;
}

static struct tw_flow *partial_flow(void)
{
	static const struct tw_evidence evidence[] = {{"acl-1", "100", NULL, {0, 0, 0}}};
	static const char *const ids[] = {"subnet-1"};
	static struct tw_flow_path path;
	static struct tw_flow flow;

	path = (struct tw_flow_path){
		.id = "p0", .region = partial_region(), .regions_n = 1, .regions_total = 1};
	flow = (struct tw_flow){.id = flow_ids[0],
		.origin = "inferred",
		.purpose = "service",
		.satisfied = -1,
		.because = "ingress rule 100 of acl-1",
		.evidence = evidence,
		.evidence_n = 1,
		.from = {.name = "internet"},
		.to = {.name = "subnet-1",
			.ids = ids,
			.ids_n = 1,
			.address = subnet,
			.addresses_n = 1},
		.protocol = "tcp",
		.service = https,
		.service_n = 1,
		.service_text = "tcp/443",
		.request = "all",
		.verdict = TW_PARTIAL,
		.path = &path,
		.paths_n = 1,
		.sentence = "replies are lost for linux"};
	flow.client = partial_clients(&flow.clients_n);
	return &flow;
}

static const struct tw_finding *partial_finding(void)
{
	static struct tw_related related[2];
	static const char *const note[] = {
		"at any moment about 58 % of Linux clients cannot connect, each for about 1,820 "
		"attempts on end; retrying soon does not help"};
	static const char *const example[] = {"subnet-1"};
	static struct tw_finding finding;

	related[0] = (struct tw_related){"the request comes in here", sample_span(entry_443)};
	related[1] = (struct tw_related){"the replies that return", sample_span(entry_reply)};
	finding = (struct tw_finding){.code = "TW103",
		.name = "reply-partial",
		.level = TW_LEVEL_ERROR,
		.message =
			"replies from subnet-1 to internet (tcp/443) are lost for linux: egress of "
			"acl-1 drops them",
		.span = sample_span(entry_deny),
		.label = "this drops the replies",
		.related = related,
		.related_n = 2,
		.note = note,
		.notes_n = 1,
		.flow = flow_ids,
		.flows_n = 1,
		.direction = "reply",
		.subnets = 1,
		.interfaces = 0,
		.example = example,
		.examples_n = 1,
		.cause_component = "acl-1",
		.cause_list = "egress",
		.cause_rule = "*",
		.fingerprint = "0123456789abcdef"};
	finding.client = partial_clients(&finding.clients_n);
	finding.clients_n = 1;
	return &finding;
}

static const struct tw_assumption assumed[] = {{"no-route-tables",
	"no route table in the input: every address is taken for reachable", {0, 0, 0}}};

const struct tw_report *sample_partial(void)
{
	static struct tw_report report;

	report = (struct tw_report){.assumption = assumed,
		.assumptions_n = 1,
		.subnets_judged = 1,
		.subnets = 1,
		.flow = partial_flow(),
		.flows_n = 1,
		.finding = partial_finding(),
		.findings_n = 1,
		.summary = {.flows = 1, .partial = 1, .errors = 1, .notes = 2},
		.judged = "judged: 1 flow, 1 of 1 subnet"};
	report.client = all_clients(&report.clients_n);
	return &report;
}

const struct tw_report *sample_clean(void)
{
	static struct tw_report report;
	static struct tw_flow flow[2];
	static struct tw_flow_path path;
	static struct tw_region region;

	region = *partial_region();
	region.returns = wide;
	region.verdict = TW_COMPLETE;
	region.client = same_clients(100, TW_COMPLETE);
	path = (struct tw_flow_path){
		.id = "p0", .region = &region, .regions_n = 1, .regions_total = 1};
	flow[0] = *partial_flow();
	flow[0].verdict = TW_COMPLETE;
	flow[0].path = &path;
	flow[0].client = region.client;
	flow[1] = flow[0];
	flow[1].id = "acl-1/egress/100";
	flow[1].from = flow[0].to;
	flow[1].to = flow[0].from;
	report = (struct tw_report){.subnets_judged = 1,
		.subnets = 1,
		.flow = flow,
		.flows_n = 2,
		.summary = {.flows = 2, .complete = 2},
		.judged = "judged: 2 flows, 1 of 1 subnet"};
	report.client = all_clients(&report.clients_n);
	return &report;
}

const struct tw_report *sample_one_way(void)
{
	static struct tw_report report;
	static struct tw_flow flow;
	static struct tw_flow_path path;
	static struct tw_region region;

	region = *partial_region();
	region.hop = acl_hops(true);
	region.returns = NULL;
	region.returns_n = 0;
	region.verdict = TW_ONE_WAY;
	region.client = same_clients(0, TW_ONE_WAY);
	path = (struct tw_flow_path){
		.id = "p0", .region = &region, .regions_n = 1, .regions_total = 1};
	flow = *partial_flow();
	flow.id = "asked";
	flow.origin = "asked";
	flow.verdict = TW_ONE_WAY;
	flow.path = &path;
	flow.client = region.client;
	flow.sentence = "the request gets there, no reply comes back";
	report = (struct tw_report){.assumption = assumed,
		.assumptions_n = 1,
		.flow = &flow,
		.flows_n = 1,
		.summary = {.flows = 1, .one_way = 1}};
	report.client = all_clients(&report.clients_n);
	return &report;
}

const struct tw_report *sample_tracked(void)
{
	static struct tw_report report;
	static struct tw_flow flow;
	static struct tw_flow_path path;
	static struct tw_region region;
	static struct tw_hop hop[3];
	static const struct tw_rule_ref rule = {.component = "sg-1",
		.rule = "sgr-1",
		.action = "allow",
		.text = "allow tcp/443 from sg-2"};

	hop[0] = (struct tw_hop){.component = "subnet-1",
		.subnet = "subnet-1",
		.kind = "subnet",
		.action = TW_HOP_NONE,
		.reached = true};
	hop[1] = (struct tw_hop){.component = "sg-1",
		.kind = "security-group",
		.list = "ingress",
		.action = TW_HOP_ALLOW,
		.reached = true,
		.rule = &rule,
		.rules_n = 1};
	hop[2] = (struct tw_hop){.reply = true,
		.component = "sg-1",
		.kind = "security-group",
		.list = "egress",
		.action = TW_HOP_TRACKED,
		.reached = true};
	region = *partial_region();
	region.returns = every;
	region.verdict = TW_COMPLETE;
	region.client = same_clients(100, TW_COMPLETE);
	region.hop = hop;
	region.hops_n = 3;
	region.witness = NULL;
	path = (struct tw_flow_path){
		.id = "p0", .region = &region, .regions_n = 1, .regions_total = 1};
	flow = *partial_flow();
	flow.id = "asked";
	flow.origin = "asked";
	flow.from.name = "web";
	flow.to.name = "db";
	flow.verdict = TW_COMPLETE;
	flow.path = &path;
	flow.client = region.client;
	flow.sentence = "every reply returns for linux, windows, macos";
	report = (struct tw_report){
		.flow = &flow, .flows_n = 1, .summary = {.flows = 1, .complete = 1}};
	report.client = all_clients(&report.clients_n);
	return &report;
}

const struct tw_input_file *sample_inputs(size_t *ret_n)
{
	static const struct tw_input_file inputs[] = {
		{"net/acl.json", "aws-cli", "describe-network-acls", "net"}};

	*ret_n = TW_COUNT(inputs);
	return inputs;
}
