/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports whose text is known to the letter: the files in expected/ follow the mock-ups of the
 * design and the counts of spec/clients.md section 3. They are never written by a program.
 */

#include <stdio.h>

#include "sample.h"
#include "report_diag.h"

static struct sample_sink sink;
static char expected[1 << 16];

static const char *read_expected(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/expected/%s", TW_TEST_DIR, name);
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s cannot be opened", path);
	size_t n = fread(expected, 1, sizeof(expected) - 1, file);
	assert_int_equal(fclose(file), 0);
	expected[n] = '\0';
	return expected;
}

typedef tw_status (*writer)(struct tw_mem *mem, const struct tw_report *report,
	const struct tw_input_file *inputs, size_t inputs_n, struct tw_sources *sources,
	const struct tw_style *style, struct tw_sink sink);

static const char *written(
	writer write, const struct tw_report *report, const struct tw_style *style)
{
	struct test_alloc alloc;
	size_t n;
	const struct tw_input_file *inputs = sample_inputs(&n);

	test_alloc_init(&alloc);
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_sources *sources = sample_sources(mem);
	sample_sink_init(&sink);
	assert_int_equal(write(mem, report, inputs, n, sources, style, sink.sink), TW_OK);
	tw_sources_free(sources);
	test_mem_free(&alloc, mem);
	return sink.text;
}

static void check_of_a_partial_flow(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT};

	(void)state;
	assert_string_equal(
		written(tw_write_check, sample_partial(), &style), read_expected("partial-80.txt"));
	assert_int_equal(sink.calls, 1);
	style.format = TW_FORMAT_CONCISE;
	assert_string_equal(written(tw_write_check, sample_partial(), &style),
		read_expected("partial-concise.txt"));
	style.format = TW_FORMAT_JSON;
	assert_string_equal(
		written(tw_write_check, sample_partial(), &style), read_expected("partial.json"));
}

/* The finding of the partial flow, with two fixes. */
static const struct tw_report *with_fixes(void)
{
	static const char *const clients[] = {"linux", "windows"};
	static const struct tw_opened_service rdp[] = {{6, 3389, "rdp", "sg-1"}};
	static struct tw_edit edit[2];
	static struct tw_fix fix[2];
	static struct tw_finding finding;
	static struct tw_report report;

	edit[0] = (struct tw_edit){TW_ADD,
		{.component = "acl-1",
			.egress = true,
			.allow = true,
			.number = 120,
			.protocol = TW_PROTOCOL_TCP,
			.cidr = {.family = TW_IPV4},
			.ports = {1024, 65535},
			.icmp_type = -1,
			.icmp_code = -1},
		{0, 0, 0}};
	edit[1] = edit[0];
	edit[1].operation = TW_REMOVE;
	edit[1].entry.number = 110;
	edit[1].entry.allow = false;
	edit[1].entry.ports = (struct tw_ports){22, 22};
	fix[0] = (struct tw_fix){.title = "add outbound rule: allow TCP 1024-65535 to 0.0.0.0/0",
		.applicability = TW_FIX_SAFE,
		.rank = 1,
		.edit = edit,
		.edits = 2,
		.service = rdp,
		.services = 1,
		.opens = "tcp ports 1024-49151 to 0.0.0.0/0",
		.complete_for = clients,
		.complete_for_n = 2};
	fix[1] = (struct tw_fix){.title = "add outbound rule: allow TCP 32768-60999 to 0.0.0.0/0",
		.applicability = TW_FIX_REVIEW,
		.rank = 2,
		.edit = edit,
		.edits = 1};
	report = *sample_partial();
	finding = report.finding[0];
	finding.fix = fix;
	finding.fixes_n = 2;
	report.finding = &finding;
	report.findings_n = 1;
	return &report;
}

static void fixes_of_a_finding(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT};

	(void)state;
	const char *text = written(tw_write_check, with_fixes(), &style);
	const char *help = strstr(text, "help: ");
	assert_non_null(help);
	const char *end = strstr(help, "\n\n");
	assert_non_null(end);
	sink.text[end + 1 - sink.text] = '\0';
	assert_string_equal(help,
		"help: add outbound rule: allow TCP 1024-65535 to 0.0.0.0/0   [fix, safe: no new\n"
		"  exposure, see below]\n"
		"   |\n"
		"   + acl-1 egress rule 120: allow TCP 1024-65535 to 0.0.0.0/0\n"
		"   - acl-1 egress rule 110: deny TCP 22 to 0.0.0.0/0\n"
		"   |\n"
		"   = opens: tcp ports 1024-49151 to 0.0.0.0/0\n"
		"   = proved: all replies return for linux, windows; no flow is worse off\n"
		"   = or [review]: add outbound rule: allow TCP 32768-60999 to 0.0.0.0/0\n");
	style.format = TW_FORMAT_CONCISE;
	text = written(tw_write_check, with_fixes(), &style);
	assert_non_null(strstr(text, ": error TW103 [fix] "));
	style.format = TW_FORMAT_JSON;
	text = written(tw_write_check, with_fixes(), &style);
	assert_non_null(strstr(text, "              \"component\": \"acl-1\",\n"
				     "              \"list\": \"egress\",\n"
				     "              \"operation\": \"remove\",\n"
				     "              \"rule\": \"110\",\n"
				     "              \"action\": \"deny\",\n"
				     "              \"protocol\": \"tcp\",\n"
				     "              \"cidr\": \"0.0.0.0/0\",\n"
				     "              \"ports\": [[22, 22]],\n"
				     "              \"icmp\": null,\n"
				     "              \"replaces\": null,\n"));
	assert_non_null(strstr(
		text, "\"proof\": {\"complete_for\": [\"linux\", \"windows\"], \"worse\": 0}"));
	assert_non_null(strstr(text,
		"\"aws\": \"aws ec2 create-network-acl-entry --network-acl-id acl-1 --egress "
		"\\\\\\n"));
}

static void check_of_clean_flows(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT, .width = 80};

	(void)state;
	assert_string_equal(
		written(tw_write_check, sample_clean(), &style), read_expected("clean-80.txt"));
	assert_null(strstr(sink.text, "fail"));
	style.format = TW_FORMAT_CONCISE;
	assert_string_equal(written(tw_write_check, sample_clean(), &style), "");
	assert_int_equal(sink.calls, 0);
}

static void trace_of_a_one_way_flow(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT, .width = 80};

	(void)state;
	assert_string_equal(
		written(tw_write_trace, sample_one_way(), &style), read_expected("one-way-80.txt"));
	style.width = 40;
	assert_string_equal(
		written(tw_write_trace, sample_one_way(), &style), read_expected("one-way-40.txt"));
	style.format = TW_FORMAT_CONCISE;
	assert_string_equal(written(tw_write_trace, sample_one_way(), &style),
		read_expected("one-way-concise.txt"));
}

static void trace_at_other_widths(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT, .width = 60};

	(void)state;
	assert_string_equal(written(tw_write_trace, sample_partial(), &style),
		read_expected("trace-partial-60.txt"));
	style.width = 120;
	assert_string_equal(written(tw_write_trace, sample_partial(), &style),
		read_expected("trace-partial-120.txt"));
}

static void trace_through_a_group_in_ascii(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT, .width = 80, .ascii = true};

	(void)state;
	assert_string_equal(written(tw_write_trace, sample_tracked(), &style),
		read_expected("tracked-80-ascii.txt"));
}

static void suppressed_findings_need_verbose(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT, .width = 120};
	struct tw_report report = *sample_partial();
	struct tw_finding finding = report.finding[0];

	(void)state;
	finding.suppressed = true;
	finding.suppressed_reason = "only Linux clients here";
	finding.suppressed_until = "2027-01-31";
	finding.suppressed_span = sample_span("\"acl-1\"");
	report.finding = &finding;
	report.summary.errors = 0;
	report.summary.suppressed = 1;
	const char *text = written(tw_write_check, &report, &style);
	assert_null(strstr(text, "TW103"));
	assert_non_null(strstr(text, "0 errors, 0 warnings, 2 notes (shown with -v), "
				     "1 finding suppressed (shown with -v)\n"));
	style.verbose = true;
	text = written(tw_write_check, &report, &style);
	assert_non_null(strstr(text, "error[TW103] (suppressed): replies from subnet-1"));
	assert_non_null(strstr(text, "= suppressed: only Linux clients here, until 2027-01-31\n"));
	assert_non_null(strstr(text, "::: net/acl.json:4:23\n"));
}

/* More than twenty flows as they should be are counted, not listed. */
static void many_clean_flows_are_counted(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT};
	struct tw_report report = *sample_clean();
	struct tw_flow flow[22];

	(void)state;
	for (size_t i = 0; i < TW_COUNT(flow); i++)
		flow[i] = report.flow[0];
	flow[21].verdict = TW_BLOCKED;
	flow[21].request = "none";
	flow[21].id = "the-bad-one";
	report.flow = flow;
	report.flows_n = 22;
	const char *text = written(tw_write_check, &report, &style);
	assert_null(strstr(text, "acl-1/ingress/100"));
	assert_non_null(strstr(text, "the-bad-one  internet -> subnet-1  tcp/443  denied"));
	assert_non_null(strstr(text, "21 flows more, as they should be (listed with -v)\n"));
	style.verbose = true;
	assert_non_null(strstr(written(tw_write_check, &report, &style), "acl-1/ingress/100"));
}

static void intents_that_must_never_pass(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT, .width = 120};
	struct tw_report report = *sample_clean();
	struct tw_flow flow[2] = {report.flow[0], report.flow[1]};

	(void)state;
	flow[1].expect = "never";
	flow[1].verdict = TW_BLOCKED;
	flow[1].request = "none";
	flow[1].satisfied = 1;
	flow[1].clients_n = 0;
	report.flow = flow;
	const char *text = written(tw_write_check, &report, &style);
	assert_non_null(strstr(text, "NEVER PASSES\n"));
	assert_non_null(strstr(text,
		"1 flow, complete. 1 flow that must never pass is shut. All replies return for: "));
	flow[1].satisfied = 0;
	flow[1].verdict = TW_COMPLETE;
	text = written(tw_write_check, &report, &style);
	assert_non_null(strstr(text, "VIOLATED\n"));
	assert_null(strstr(text, "that must never pass"));
}

/* Four regions are drawn, and all of them with --all. */
static void many_regions(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT};
	struct tw_report report = *sample_one_way();
	struct tw_flow flow = report.flow[0];
	struct tw_region region[6];
	struct tw_flow_path path = {
		.id = "p0", .region = region, .regions_n = 6, .regions_total = 6};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(region); i++)
		region[i] = flow.path[0].region[0];
	flow.path = &path;
	report.flow = &flow;
	const char *text = written(tw_write_trace, &report, &style);
	assert_non_null(
		strstr(text, "packets 4 of 6, IPv4 tcp from 0.0.0.0/0 to 10.0.1.0/24: ONE-WAY\n"));
	assert_null(strstr(text, "packets 5 of 6"));
	assert_non_null(strstr(text, "2 kinds of packets more, none worse (drawn with --all)\n"));
	style.all = true;
	text = written(tw_write_trace, &report, &style);
	assert_non_null(strstr(text, "packets 6 of 6"));
	assert_null(strstr(text, "--all"));
}

static void diagnostics_are_one_line_each(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT};
	struct test_alloc alloc;
	struct tw_diags *diags;

	(void)state;
	test_alloc_init(&alloc);
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_sources *sources = sample_sources(mem);
	assert_int_equal(tw_diags_new(mem, &diags), TW_OK);
	assert_int_equal(
		tw_diag_add_pair(diags, TW_LEVEL_ERROR, 0, sample_span("32767"), sample_span("110"),
			"the other one is here", "rule number %d\x1b[2J occurs twice", 110),
		TW_OK);
	assert_int_equal(
		tw_diag_add_path(diags, TW_LEVEL_ERROR, 0, "no/such\nfile", "cannot be read"),
		TW_OK);
	assert_int_equal(tw_diag_add(diags, TW_LEVEL_NOTE, 901, TW_NO_SPAN, "3 files"), TW_OK);
	sample_sink_init(&sink);
	assert_int_equal(tw_write_diags(mem, diags, sources, &style, sink.sink), TW_OK);
	assert_string_equal(sink.text,
		"net/acl.json:15:24: error: rule number 110\\x1b[2J occurs twice\n"
		"net/acl.json:14:24: note: the other one is here\n"
		"no/such\\nfile: error: cannot be read\n");
	style.verbose = true;
	sample_sink_init(&sink);
	assert_int_equal(tw_write_diags(mem, diags, sources, &style, sink.sink), TW_OK);
	assert_non_null(strstr(sink.text, "twoway: note: 3 files [TW901]\n"));
	tw_diags_free(diags);
	tw_sources_free(sources);
	test_mem_free(&alloc, mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_of_a_partial_flow),
		cmocka_unit_test(fixes_of_a_finding),
		cmocka_unit_test(check_of_clean_flows),
		cmocka_unit_test(trace_of_a_one_way_flow),
		cmocka_unit_test(trace_at_other_widths),
		cmocka_unit_test(trace_through_a_group_in_ascii),
		cmocka_unit_test(suppressed_findings_need_verbose),
		cmocka_unit_test(many_clean_flows_are_counted),
		cmocka_unit_test(intents_that_must_never_pass),
		cmocka_unit_test(many_regions),
		cmocka_unit_test(diagnostics_are_one_line_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
