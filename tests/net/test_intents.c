/* SPDX-License-Identifier: Apache-2.0 */

/* Services as text (contract, section 1) and the storage of intents. */

#include "test_alloc.h"

#include "intents_build.h"
#include "test_random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_service_good(void **state)
{
	static const struct {
		const char *text;
		int protocol;
		struct tw_ports ports;
		const char *again; /* as it is printed; NULL: the same */
	} row[] = {
		{"tcp/443", 6, {443, 443}, NULL},
		{"udp/53", 17, {53, 53}, NULL},
		{"tcp/8000-8100", 6, {8000, 8100}, NULL},
		{"tcp", 6, {0, 65535}, NULL},
		{"udp", 17, {0, 65535}, NULL},
		{"tcp/0-65535", 6, {0, 65535}, "tcp"},
		{"tcp/0-1023", 6, {0, 1023}, NULL},
		{"tcp/1-65535", 6, {1, 65535}, NULL},
		{"tcp/443-443", 6, {443, 443}, "tcp/443"},
		{"443", 6, {443, 443}, "tcp/443"},
		{"8000-8100", 6, {8000, 8100}, "tcp/8000-8100"},
		{"icmp", 1, {0, 65535}, NULL},
		{"icmp/8", 1, {2048, 2303}, NULL},
		{"icmp/8/0", 1, {2048, 2048}, NULL},
		{"icmp/255/255", 1, {65535, 65535}, NULL},
		{"icmp/0/0", 1, {0, 0}, NULL},
		{"icmpv6/128", 58, {32768, 33023}, NULL},
		{"icmpv6/1/4", 58, {260, 260}, NULL},
		{"protocol/50", 50, {0, 65535}, NULL},
		{"protocol/0", 0, {0, 65535}, NULL},
		{"protocol/255", 255, {0, 65535}, NULL},
		{"protocol/6", 6, {0, 65535}, "tcp"},
		{"protocol/1", 1, {0, 65535}, "icmp"},
		{"all", -1, {0, 65535}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct tw_service service;
		char text[TW_SERVICE_TEXT];

		if (!tw_service_parse(row[i].text, &service))
			fail_msg("refused: %s", row[i].text);
		assert_int_equal(service.protocol, row[i].protocol);
		assert_int_equal(service.ports.lo, row[i].ports.lo);
		assert_int_equal(service.ports.hi, row[i].ports.hi);
		assert_int_equal(service.span.file, 0);
		assert_ptr_equal(tw_service_text(&service, text), text);
		assert_string_equal(text, row[i].again != NULL ? row[i].again : row[i].text);
	}
}

static void test_service_bad(void **state)
{
	static const char *const row[] = {"", "tpc/443", "TCP/443", "tcp/", "tcp/65536", "tcp/0",
		"0", "tcp/0-0", "tcp/9-8", "tcp/https", "https", "443/tcp", "tcp:443", "tcp 443",
		"tcp/443/", "tcp/443/1", "/443", "/", "icmp/", "icmp/256", "icmp/8/", "icmp/8/256",
		"icmp/8/0/0", "icmp/8-9", "icmpv6/-1", "protocol", "protocol/", "protocol/256",
		"protocol/50/1", "protocol/esp", "50/protocol", "all/1", "all/", "ALL", "-1", "any",
		"*", "tcp/443,80", "tcp/443 ", " tcp/443", "tcp/0443", "tcp/+443",
		"99999999999999999999", "icmp6/128"};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct tw_service service = {.protocol = 77};

		if (tw_service_parse(row[i], &service))
			fail_msg("accepted: %s", row[i]);
		assert_int_equal(service.protocol, 77);
	}
}

/* Ports that no text of a twoway.yaml gives, but a rule may. */
static void test_service_text_of_rules(void **state)
{
	static const struct {
		int16_t protocol;
		struct tw_ports ports;
		const char *text;
	} row[] = {
		{1, {TW_ICMP(3, 0), TW_ICMP(3, 4)}, "icmp/3/0-4"},
		{1, {TW_ICMP(3, 0), TW_ICMP(4, 255)}, "icmp/3-4"},
		{58, {TW_ICMP(3, 1), TW_ICMP(255, 254)}, "icmpv6/3/1-255/254"},
		{50, {1, 2}, "protocol/50"},
		{-1, {0, 65535}, "all"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct tw_service service = {.protocol = row[i].protocol, .ports = row[i].ports};
		char text[TW_SERVICE_TEXT];

		assert_string_equal(tw_service_text(&service, text), row[i].text);
	}
}

static void test_protocol_text(void **state)
{
	static const struct {
		int protocol;
		const char *text;
	} row[] = {{-1, "all"}, {0, "protocol/0"}, {1, "icmp"}, {6, "tcp"}, {17, "udp"},
		{47, "protocol/47"}, {58, "icmpv6"}, {255, "protocol/255"}};
	char text[TW_SERVICE_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		assert_string_equal(tw_protocol_text(row[i].protocol, text), row[i].text);
}

/* Whatever is parsed prints as something that parses as the same. */
static void test_service_random(void **state)
{
	static const int16_t protocols[] = {-1, 0, 1, 6, 17, 50, 58, 255};
	struct test_random random;

	(void)state;
	test_random_init(&random, "service text");
	for (int round = 0; round < 20000; round++) {
		struct tw_service a = {.ports = {0, 65535}}, b;
		uint16_t lo = (uint16_t)test_random_below(&random, 65536);
		uint16_t hi = (uint16_t)test_random_below(&random, 65536);
		char text[TW_SERVICE_TEXT], again[TW_SERVICE_TEXT];

		a.protocol = protocols[test_random_below(&random, COUNT(protocols))];
		if (a.protocol == 6 || a.protocol == 17)
			a.ports = lo <= hi ? (struct tw_ports){lo, hi} : (struct tw_ports){hi, lo};
		else if (a.protocol == 1 || a.protocol == 58)
			a.ports = hi % 2 == 0 ? (struct tw_ports){lo, lo}
					      : (struct tw_ports){(uint16_t)(lo & 0xff00),
							(uint16_t)(lo | 0xff)};
		if (a.ports.hi == 0 && (a.protocol == 6 || a.protocol == 17))
			continue; /* port 0 alone is refused on purpose */
		tw_service_text(&a, text);
		if (!tw_service_parse(text, &b))
			fail_msg("refused: %s", text);
		assert_int_equal(a.protocol, b.protocol);
		assert_int_equal(a.ports.lo, b.ports.lo);
		assert_int_equal(a.ports.hi, b.ports.hi);
		assert_string_equal(tw_service_text(&b, again), text);
	}
}

static tw_status make(struct tw_mem *mem, void *ctx)
{
	struct tw_intents *intents;
	tw_status status = tw_intents_new(mem, &intents);

	(void)ctx;
	if (status != TW_OK)
		return status;
	if (tw_arena_str(&intents->arena, "a name") == NULL)
		status = TW_ENOMEM;
	tw_intents_free(intents);
	return status;
}

static void test_storage(void **state)
{
	struct tw_mem *mem;
	struct tw_intents *intents;
	struct tw_intents_view view;

	(void)state;
	assert_int_equal(tw_mem_new(NULL, 0, &mem), TW_OK);
	assert_int_equal(tw_intents_new(mem, &intents), TW_OK);
	view = tw_intents_view(intents);
	assert_true(view.infer);
	assert_int_equal(view.intents + view.nameds + view.clients + view.ignores, 0);
	tw_intents_free(intents);
	tw_intents_free(NULL);
	assert_int_equal(tw_mem_used(mem), 0);
	tw_mem_free(mem);
	assert_int_equal(tw_oom_sweep(make, NULL), TW_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_service_good),
		cmocka_unit_test(test_service_bad),
		cmocka_unit_test(test_service_text_of_rules),
		cmocka_unit_test(test_protocol_text),
		cmocka_unit_test(test_service_random),
		cmocka_unit_test(test_storage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
