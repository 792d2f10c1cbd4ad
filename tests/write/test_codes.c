/* SPDX-License-Identifier: Apache-2.0 */
/* The table of finding codes: the numbers of contract section 5, each explained in full. */

#include "sample.h"

/* Contract section 5, what `check` reports; TW106 is reserved. */
static const struct {
	const char *code, *name;
} contract[] = {
	{"TW101", "reply-blocked"},
	{"TW102", "reply-blocked-for-some-clients"},
	{"TW103", "reply-partial"},
	{"TW104", "udp-reply-blocked"},
	{"TW105", "icmp-reply-blocked"},
	{"TW107", "reply-family-missing"},
	{"TW108", "one-direction"},
	{"TW109", "request-blocked-by-acl"},
	{"TW110", "reply-holes"},
	{"TW111", "nat-reply-blocked"},
	{"TW112", "nat-client-reply-blocked"},
	{"TW113", "load-balancer-reply-blocked"},
	{"TW114", "attachment-reply-blocked"},
	{"TW115", "health-check-blocked"},
	{"TW116", "asymmetric-path"},
	{"TW117", "listener-port-reply"},
	{"TW118", "no-way-back"},
	{"TW119", "path-shut"},
	{"TW201", "shadowed-rule"},
	{"TW202", "redundant-rule"},
	{"TW203", "idle-reply-rule"},
	{"TW204", "mergeable-rules"},
	{"TW205", "partly-shadowed-rule"},
	{"TW206", "unattached-acl"},
	{"TW207", "group-rule-without-peer"},
	{"TW301", "service-inside-reply-range"},
	{"TW302", "scanner-rule-cost"},
	{"TW303", "wider-than-needed"},
	{"TW304", "deny-hole"},
	{"TW401", "ports-on-all-protocols"},
	{"TW402", "port-zero"},
	{"TW403", "rule-quota"},
	{"TW404", "icmp-code-trap"},
	{"TW405", "range-end-slip"},
	{"TW406", "range-start-1025"},
	{"TW407", "udp-forgotten"},
	{"TW408", "ipv6-forgotten"},
	{"TW409", "path-mtu-blocked"},
	{"TW410", "fixed-source-port-only"},
	{"TW411", "snat-client-outside"},
	{"TW412", "prefix-list-weight"},
	{"TW413", "icmp-family-mismatch"},
	{"TW414", "likely-slip"},
	{"TW601", "intent-not-met"},
	{"TW602", "intent-never-violated"},
	{"TW603", "intent-undecided"},
	{"TW604", "intents-contradict"},
	{"TW901", "input-not-understood"},
	{"TW902", "ignore-without-reason"},
	{"TW903", "ignore-unused"},
	{"TW904", "acl-fragment"},
	{"TW905", "acl-not-judged"},
};

static void codes_are_those_of_the_contract(void **state)
{
	size_t n;
	const struct tw_code *code = tw_codes(&n);

	(void)state;
	assert_int_equal(n, TW_COUNT(contract));
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(code[i].code, contract[i].code);
		assert_string_equal(code[i].name, contract[i].name);
		assert_ptr_equal(tw_code_find(contract[i].code), &code[i]);
		assert_ptr_equal(tw_code_find(contract[i].name), &code[i]);
	}
	assert_null(tw_code_find("TW106"));
	assert_null(tw_code_find(""));
}

/* Sentences end in full stops; examples keep to ASCII and fit 80 columns with their indentation. */
static void every_code_is_explained(void **state)
{
	size_t n;
	const struct tw_code *code = tw_codes(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const char *parts[] = {code[i].meaning, code[i].example, code[i].remedy};
		assert_true(strlen(code[i].summary) > 20 && strlen(code[i].summary) < 100);
		assert_true(code[i].summary[strlen(code[i].summary) - 1] != '.');
		for (size_t k = 0; k < TW_COUNT(parts); k++) {
			/* A text that just fills its place in codes.h would run on. */
			if (k + 1 < TW_COUNT(parts))
				assert_null(strstr(parts[k], parts[k + 1]));
			if (strlen(parts[k]) < 40)
				fail_msg("%s says too little: %s", code[i].code, parts[k]);
			for (const char *p = parts[k]; *p != '\0'; p++)
				assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
		}
		for (const char *line = code[i].example; line != NULL && *line != '\0';) {
			const char *end = strchr(line, '\n');
			size_t width = end != NULL ? (size_t)(end - line) : strlen(line);
			if (*line == ' ' && width > 78)
				fail_msg("%s: a line of %zu columns", code[i].code, width);
			line = end != NULL ? end + 1 : NULL;
		}
	}
}

static struct sample_sink sink;

static void one_code_is_written_in_full(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT};
	struct tw_mem *mem;

	(void)state;
	assert_int_equal(tw_mem_new(NULL, 0, &mem), TW_OK);
	sample_sink_init(&sink);
	assert_int_equal(tw_write_codes(mem, tw_code_find("TW902"), &style, sink.sink), TW_OK);
	assert_string_equal(sink.text,
		"TW902 ignore-without-reason (warning)\n"
		"  an entry under `ignore:` has no reason, so it suppresses nothing\n"
		"\n"
		"What it means\n"
		"  A suppressed finding needs a reason that the next person can read.\n"
		"\n"
		"Example\n"
		"    ignore: [{code: TW102, at: acl-1}]\n"
		"  The finding stays as it was, and this one comes on top of it.\n"
		"\n"
		"What to do\n"
		"  Write why it may be ignored: `reason: \"only Linux clients here\"`, best with\n"
		"  `until:` and a day to look again.\n");
	style.format = TW_FORMAT_CONCISE;
	sample_sink_init(&sink);
	assert_int_equal(tw_write_codes(mem, tw_code_find("TW902"), &style, sink.sink), TW_OK);
	assert_string_equal(sink.text,
		"TW902 ignore-without-reason: an entry under `ignore:` has no reason, so it "
		"suppresses nothing\n");
	tw_mem_free(mem);
}

static void clients_of_ones_own_are_listed(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_CONCISE};
	struct tw_client own = {.id = "fleet",
		.title = "fleet",
		.range = {{10240, 65535}},
		.ranges = 1,
		.picks = TW_PICKS_EVEN,
		.source = "twoway.yaml",
		.note = "",
		.reference = ""};
	struct tw_mem *mem;

	(void)state;
	assert_int_equal(tw_mem_new(NULL, 0, &mem), TW_OK);
	sample_sink_init(&sink);
	assert_int_equal(tw_write_clients(mem, &own, 1, &style, sink.sink), TW_OK);
	assert_non_null(strstr(sink.text, "linux: 32768-60999 (28232) linux-connect\n"));
	assert_non_null(strstr(sink.text, "\nfleet: 10240-65535 (55296) even\n"));
	style.format = TW_FORMAT_TEXT;
	style.width = 120;
	sample_sink_init(&sink);
	assert_int_equal(tw_write_clients(mem, &own, 1, &style, sink.sink), TW_OK);
	assert_non_null(strstr(sink.text, "10240-65535  55,296  even           twoway.yaml\n"));
	tw_mem_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_of_the_contract),
		cmocka_unit_test(every_code_is_explained),
		cmocka_unit_test(one_code_is_written_in_full),
		cmocka_unit_test(clients_of_ones_own_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
