/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The reader of twoway.yaml: every key, the defaults, what happens when memory runs out, and that a
 * damaged file always ends in a diagnostic with a place. Exact messages are in tests/bad/intents.
 */

#include "test_alloc.h"

#include <stdio.h>

#include "intents_parts.h"
#include "intents_read.h"
#include "nearest.h"
#include "test_random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct reading {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_document *document;
	struct tw_intents *intents;
	struct tw_intents_view view;
};

/* JSON if the text begins with a brace, else YAML. */
static tw_status read_text(struct reading *r, const char *text, size_t size)
{
	uint32_t file;
	tw_status status = tw_sources_new(r->mem, &r->sources);

	if (status == TW_OK)
		status = tw_diags_new(r->mem, &r->diags);
	if (status == TW_OK)
		status = tw_sources_add(r->sources, "net/twoway.yaml", text, size, &file);
	if (status == TW_OK && size > 0 && text[0] == '{')
		status = tw_json_read(r->mem, r->sources, file, r->diags, &r->document);
	else if (status == TW_OK)
		status = tw_yaml_read(r->mem, r->sources, file, r->diags, &r->document);
	if (status == TW_OK)
		status = tw_intents_read(r->mem, r->document, &r->intents);
	if (status == TW_OK)
		r->view = tw_intents_view(r->intents);
	return status;
}

static void forget(struct reading *r)
{
	tw_intents_free(r->intents);
	tw_document_free(r->document);
	tw_diags_free(r->diags);
	tw_sources_free(r->sources);
	r->intents = NULL;
	r->document = NULL;
	r->diags = NULL;
	r->sources = NULL;
}

static tw_status begin(struct reading *r, const char *text)
{
	memset(r, 0, sizeof(*r));
	test_alloc_init(&r->alloc);
	r->mem = test_mem_new(&r->alloc);
	return read_text(r, text, strlen(text));
}

static void end(struct reading *r)
{
	forget(r);
	test_mem_free(&r->alloc, r->mem);
}

static void begin_good(struct reading *r, const char *text)
{
	tw_status status = begin(r, text);

	if (r->diags != NULL && tw_diags_count(r->diags) > 0)
		fail_msg("%s", tw_diags_get(r->diags, 0)->message);
	assert_int_equal(status, TW_OK);
}

/* The bytes of a span must read `text`. */
static void assert_span(struct reading *r, struct tw_span span, const char *text)
{
	size_t size;
	const char *bytes = tw_sources_bytes(r->sources, span.file, &size);

	assert_int_equal(span.end - span.begin, strlen(text));
	assert_true(span.end <= size);
	assert_memory_equal(bytes + span.begin, text, strlen(text));
}

static void assert_texts(struct tw_texts texts, size_t n, const char *first, const char *last)
{
	assert_int_equal(texts.n, n);
	assert_string_equal(texts.v[0], first);
	assert_string_equal(texts.v[n - 1], last);
}

/* Flows stand before the names and clients that they use: the order of keys means nothing. */
static const char whole_yaml[] =
	"flows:\n"
	"  - name: web-in\n"
	"    from: internet\n"
	"    to: web\n"
	"    port: [tcp/443, 80, udp/53, tcp/8000-8100, icmp/8/0, icmpv6/128, protocol/50, all]\n"
	"    clients: [linux, windows-2003, fleet, 40000-44999]\n"
	"    every-connection: true\n"
	"  - {from: web, to: 10.0.0.5, port: 5432}\n"
	"never:\n"
	"  - name: no-db\n"
	"    from: world\n"
	"    to: {cidr: 10.0.0.0/8, internet: false}\n"
	"  - {from: {internet: true}, to: vpc-1/10.0.0.5, port: [tcp/22, 3389]}\n"
	"ignore:\n"
	"  - {code: TW102, at: acl-1, flow: web-in, until: 2028-02-29, reason: \"Linux only\"}\n"
	"  - {code: TW103, reason: \"\"}\n"
	"names:\n"
	"  web: {subnet: [subnet-1, subnet-2], client: fleet}\n"
	"  office: {cidr: [203.0.113.0/24, \"2001:db8::/32\"]}\n"
	"  api: {tag: {Name: \"api-*\", Env: [prod, stage]}, client: 1024-65535}\n"
	"  db:\n"
	"    security-group: sg-1\n"
	"    instance: [i-1]\n"
	"    interface: eni-1\n"
	"    load-balancer: app/x/1\n"
	"    address: [aws_instance.db, DbInstance]\n"
	"  world: {internet: true}\n"
	"clients:\n"
	"  fleet: {ports: [10240-65535, 4096, 4097-5000], picks: even}\n"
	"  one: {ports: 2000}\n"
	"infer: false\n";

static const char whole_json[] =
	"{\"infer\": false, \"clients\": {\"fleet\": {\"ports\": [\"10240-65535\", 4096, "
	"\"4097-5000\"], \"picks\": \"even\"}, \"one\": {\"ports\": \"2000\"}}, \"names\": "
	"{\"web\": {\"subnet\": [\"subnet-1\", \"subnet-2\"], \"client\": \"fleet\"}, \"office\": "
	"{\"cidr\": [\"203.0.113.0/24\", \"2001:db8::/32\"]}, \"api\": {\"tag\": {\"Name\": "
	"\"api-*\", \"Env\": [\"prod\", \"stage\"]}, \"client\": \"1024-65535\"}, \"db\": "
	"{\"security-group\": \"sg-1\", \"instance\": [\"i-1\"], \"interface\": \"eni-1\", "
	"\"load-balancer\": \"app/x/1\", \"address\": [\"aws_instance.db\", \"DbInstance\"]}, "
	"\"world\": {\"internet\": true}}, \"flows\": [{\"name\": \"web-in\", \"from\": "
	"\"internet\", \"to\": \"w\\u0065b\", \"port\": [\"tcp/443\", 80, \"udp/53\", "
	"\"tcp/8000-8100\", \"icmp/8/0\", \"icmpv6/128\", \"protocol/50\", \"all\"], \"clients\": "
	"[\"linux\", \"windows-2003\", \"fleet\", \"40000-44999\"], \"every-connection\": true}, "
	"{\"from\": \"web\", \"to\": \"10.0.0.5\", \"port\": 5432}], \"never\": [{\"name\": "
	"\"no-db\", \"from\": \"world\", \"to\": {\"cidr\": \"10.0.0.0/8\", \"internet\": false}}, "
	"{\"from\": {\"internet\": true}, \"to\": \"vpc-1/10.0.0.5\", \"port\": [\"tcp/22\", "
	"3389]}], \"ignore\": [{\"code\": \"TW102\", \"at\": \"acl-1\", \"flow\": \"web-in\", "
	"\"until\": \"2028-02-29\", \"reason\": \"Linux only\"}, {\"code\": \"TW103\", "
	"\"reason\": \"\"}]}";

static void check_clients_and_names(const struct tw_intents_view *v)
{
	const struct tw_named *named = v->named;

	assert_int_equal(v->clients, 2);
	assert_string_equal(v->client[0].id, "fleet");
	assert_string_equal(v->client[0].source, "net/twoway.yaml");
	assert_int_equal(v->client[0].picks, TW_PICKS_EVEN);
	assert_int_equal(v->client[0].ranges, 2);
	assert_int_equal(v->client[0].range[0].lo, 4096);
	assert_int_equal(v->client[0].range[0].hi, 5000);
	assert_int_equal(v->client[0].range[1].lo, 10240);
	assert_int_equal(v->client[0].range[1].hi, 65535);
	assert_int_equal(tw_client_total(&v->client[1]), 1);
	assert_int_equal(v->client[1].picks, TW_PICKS_UNPUBLISHED);

	assert_int_equal(v->nameds, 5);
	assert_string_equal(named[0].name, "web");
	assert_texts(named[0].selector.subnet, 2, "subnet-1", "subnet-2");
	assert_ptr_equal(named[0].client, &v->client[0]);
	assert_texts(named[1].selector.cidr, 2, "203.0.113.0/24", "2001:db8::/32");
	assert_null(named[1].client);
	assert_int_equal(named[2].selector.tags, 3);
	assert_string_equal(named[2].selector.tag[0].key, "Name");
	assert_string_equal(named[2].selector.tag[0].pattern, "api-*");
	assert_string_equal(named[2].selector.tag[2].key, "Env");
	assert_string_equal(named[2].selector.tag[2].pattern, "stage");
	assert_string_equal(named[2].client->id, "1024-65535");
	assert_string_equal(named[2].client->source, "net/twoway.yaml");
	assert_texts(named[3].selector.security_group, 1, "sg-1", "sg-1");
	assert_texts(named[3].selector.instance, 1, "i-1", "i-1");
	assert_texts(named[3].selector.interface, 1, "eni-1", "eni-1");
	assert_texts(named[3].selector.load_balancer, 1, "app/x/1", "app/x/1");
	assert_texts(named[3].selector.address, 2, "aws_instance.db", "DbInstance");
	assert_false(named[3].selector.internet);
	assert_true(named[4].selector.internet);
}

static void check_flows(const struct tw_intents_view *v)
{
	static const struct {
		int protocol;
		struct tw_ports ports;
	} service[] = {{6, {443, 443}}, {6, {80, 80}}, {17, {53, 53}}, {6, {8000, 8100}},
		{1, {2048, 2048}}, {58, {32768, 33023}}, {50, {0, 65535}}, {-1, {0, 65535}}};
	static const char *const client[] = {"linux", "windows-2003", "fleet", "40000-44999"};
	const struct tw_intent *flow = &v->intent[0];

	assert_int_equal(v->intents, 4);
	assert_string_equal(flow->name, "web-in");
	assert_false(flow->never);
	assert_true(flow->every_connection);
	assert_string_equal(flow->from.text, "internet");
	assert_null(flow->from.named);
	assert_ptr_equal(flow->to.named, &v->named[0]);
	assert_int_equal(flow->services, COUNT(service));
	for (size_t i = 0; i < COUNT(service); i++) {
		assert_int_equal(flow->service[i].protocol, service[i].protocol);
		assert_int_equal(flow->service[i].ports.lo, service[i].ports.lo);
		assert_int_equal(flow->service[i].ports.hi, service[i].ports.hi);
	}
	assert_int_equal(flow->clients, COUNT(client));
	for (size_t i = 0; i < COUNT(client); i++)
		assert_string_equal(flow->client[i]->id, client[i]);
	assert_ptr_equal(flow->client[0], tw_client_find("linux"));
	assert_ptr_equal(flow->client[2], &v->client[0]);

	flow = &v->intent[1];
	assert_string_equal(flow->name, "flow-2");
	assert_string_equal(flow->to.text, "10.0.0.5");
	assert_int_equal(flow->clients, 0);
	assert_false(flow->every_connection);
}

static void check_rest(const struct tw_intents_view *v)
{
	const struct tw_intent *never = &v->intent[2];

	assert_string_equal(never[0].name, "no-db");
	assert_true(never[0].never);
	assert_ptr_equal(never[0].from.named, &v->named[4]);
	assert_null(never[0].to.text);
	assert_texts(never[0].to.selector->cidr, 1, "10.0.0.0/8", "10.0.0.0/8");
	assert_int_equal(never[0].services, 1);
	assert_int_equal(never[0].service[0].protocol, -1);
	assert_int_equal(never[0].service[0].ports.hi, 65535);
	assert_string_equal(never[1].name, "never-2");
	assert_true(never[1].from.selector->internet);
	assert_string_equal(never[1].to.text, "vpc-1/10.0.0.5");
	assert_int_equal(never[1].services, 2);

	assert_int_equal(v->ignores, 2);
	assert_string_equal(v->ignore[0].code, "TW102");
	assert_string_equal(v->ignore[0].at, "acl-1");
	assert_string_equal(v->ignore[0].flow, "web-in");
	assert_string_equal(v->ignore[0].until, "2028-02-29");
	assert_string_equal(v->ignore[0].reason, "Linux only");
	assert_null(v->ignore[1].at);
	assert_null(v->ignore[1].until);
	assert_null(v->ignore[1].reason); /* no error here: TW902 */
	assert_false(v->infer);
}

static void test_every_key(void **state)
{
	static const char *const text[] = {whole_yaml, whole_json};

	(void)state;
	for (size_t i = 0; i < COUNT(text); i++) {
		struct reading r;

		begin_good(&r, text[i]);
		check_clients_and_names(&r.view);
		check_flows(&r.view);
		check_rest(&r.view);
		end(&r);
	}
}

static void test_spans(void **state)
{
	struct reading r;

	(void)state;
	begin_good(&r, whole_yaml);
	assert_span(&r, r.view.named[0].span, "web");
	assert_span(&r, r.view.intent[0].from.span, "internet");
	assert_span(&r, r.view.intent[0].service[3].span, "tcp/8000-8100");
	assert_span(&r, r.view.intent[1].span, "{from: web, to: 10.0.0.5, port: 5432}");
	assert_span(&r, r.view.intent[2].to.span, "{cidr: 10.0.0.0/8, internet: false}");
	assert_span(&r, r.view.ignore[1].span, "{code: TW103, reason: \"\"}");
	assert_span(&r, r.view.named[4].selector.span, "{internet: true}");
	end(&r);
}

static void test_defaults(void **state)
{
	struct reading r;

	(void)state;
	begin_good(&r, "flows:\nnever: ~\nnames: null\n");
	assert_true(r.view.infer);
	assert_int_equal(r.view.intents + r.view.nameds + r.view.clients + r.view.ignores, 0);
	end(&r);
	begin_good(&r, "flows:\n- {name: ~, from: a, to: b, port: 1, clients: , "
		       "every-connection: }\n- {from: b, to: a, port: 2}\n"
		       "never:\n- {from: a, to: b}\n");
	assert_string_equal(r.view.intent[0].name, "flow-1");
	assert_string_equal(r.view.intent[1].name, "flow-2");
	assert_string_equal(r.view.intent[2].name, "never-1");
	assert_int_equal(r.view.intent[0].clients, 0);
	end(&r);
}

/* Faults that no case of tests/bad shows: how many are told, and where the first one is. */
static void test_faults(void **state)
{
	static const struct {
		const char *text;
		size_t faults;
		uint32_t line, column;
	} row[] = {
		{"", 1, 1, 1},
		{"# only a comment\n", 1, 1, 1},
		{"~\n", 1, 1, 1},
		{"infer: 1\n", 1, 1, 8},
		{"flows: {from: a}\n", 1, 1, 8},
		{"flows: [a, [], 3]\n", 3, 1, 9},
		{"never: x\nignore: 3\nclients: []\nnames: y\n", 4, 3, 10},
		{"flows: [{from: [a], to: '', port: [], name: []}]\n", 4, 1, 45},
		{"flows: [{from: ~, to: a, port: 1}]\n", 1, 1, 9},
		{"flows: [{from: a, to: b, port: ~}]\n", 1, 1, 9},
		{"flows: [{from: a, to: b, port: [1, ~]}]\n", 1, 1, 36},
		{"flows: [{from: a, to: b, port: 1.0}]\n", 1, 1, 32},
		{"flows: [{from: a, to: b, port: 1, clients: []}]\n", 1, 1, 44},
		{"flows: [{from: a, to: b, port: 1, clients: 1024}]\n", 1, 1, 44},
		{"flows: [{from: a, to: b, port: 1, clients: 0-1024}]\n", 1, 1, 44},
		{"flows: [{from: a, to: b, port: 1, every-connection: 1}]\n", 1, 1, 53},
		{"flows: [{from: {client: linux}, to: b, port: 1}]\n", 1, 1, 17},
		{"flows: [{from: {}, to: b, port: 1}]\n", 1, 1, 16},
		{"flows: [{from: 10.0.0.0/33, to: \"::1/64\", port: 1}]\n", 2, 1, 16},
		{"names: {a: b}\n", 1, 1, 12},
		{"names: {a: ~}\n", 1, 1, 12},
		{"names: {a: {tag: {}}}\n", 1, 1, 18},
		{"names: {a: {tag: [x]}}\n", 1, 1, 18},
		{"names: {a: {tag: {k: []}}}\n", 1, 1, 22},
		{"names: {a: {cidr: []}}\n", 1, 1, 19},
		{"names: {a: {subnet: {b: c}}}\n", 1, 1, 21},
		{"names: {a: {internet: internet}}\n", 1, 1, 23},
		{"clients: {\"a,b\": {ports: 1}}\n", 1, 1, 11},
		{"clients: {1-2: {ports: 1}, \"3\": {ports: 4}}\n", 2, 1, 11},
		{"clients: {a: 1024-2047}\n", 1, 1, 14},
		{"clients: {a: {ports: [], picks: []}}\n", 2, 1, 22},
		{"clients: {a: {ports: [1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33]}}\n", 1, 1,
			66},
		{"ignore: [{code: TW10a}]\n", 1, 1, 17},
		{"ignore: [{code: TW102, at: 5, flow: [], until: 3, reason: {}}]\n", 4, 1, 28},
		{"{\"names\": {\"a\\u0000b\": {\"internet\": true}}}", 1, 1, 12},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct tw_place place;
		struct reading r;

		assert_int_equal(begin(&r, row[i].text), TW_EPARSE);
		assert_null(r.intents);
		if (tw_diags_count(r.diags) != row[i].faults)
			fail_msg("%zu faults: %s", tw_diags_count(r.diags), row[i].text);
		assert_int_equal(tw_diags_worst(r.diags), TW_LEVEL_ERROR);
		assert_int_equal(
			tw_sources_place(r.sources, tw_diags_get(r.diags, 0)->span, &place), TW_OK);
		if (place.line != row[i].line || place.column != row[i].column)
			fail_msg("at %u:%u: %s", place.line, place.column, row[i].text);
		end(&r);
	}
}

static void test_dates(void **state)
{
	static const char *const good[] = {"2027-01-31", "2028-02-29", "2000-02-29", "2027-12-31",
		"2027-04-30", "0001-01-01", "9999-12-31", "2400-02-29"};
	static const char *const bad[] = {"", "2027-1-31", "2027-01-32", "2027-00-10", "2027-13-01",
		"2027-02-29", "1900-02-29", "2100-02-29", "2027-04-31", "2027-06-31", "2027-09-31",
		"2027-11-31", "2027-01-00", "0000-01-01", "2027/01/31", "2027-01-31 ",
		" 2027-01-31", "27-01-31", "20270131", "2027-01-3x", "-027-01-31"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		if (!tw_date_valid(good[i]))
			fail_msg("refused: %s", good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (tw_date_valid(bad[i]))
			fail_msg("accepted: %s", bad[i]);
	}
}

static void test_nearest(void **state)
{
	static const char *const words[] = {"linux", "windows", "nat-gateway", "elb", "from"};
	static const struct {
		const char *text, *near;
	} row[] = {{"linx", "linux"}, {"wnidows", "windows"}, {"windws", "windows"},
		{"nat_gatway", "nat-gateway"}, {"el", "elb"}, {"form", "from"}, {"lambda", NULL},
		{"", NULL}, {"e", NULL}, {"Linux", "linux"}, {"lxinu", NULL},
		{"a-very-long-word-that-is-longer-than-any-known", NULL}};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct tw_nearest nearest;

		tw_nearest_init(&nearest, tw_sv_of(row[i].text));
		for (size_t k = 0; k < COUNT(words); k++)
			tw_nearest_try(&nearest, words[k]);
		if (row[i].near == NULL) {
			assert_null(nearest.best);
		} else {
			assert_non_null(nearest.best);
			assert_string_equal(nearest.best, row[i].near);
		}
	}
}

struct oom {
	const char *text;
	tw_status want;
};

static tw_status read_once(struct tw_mem *mem, void *ctx)
{
	const struct oom *oom = ctx;
	struct reading r = {.mem = mem};
	tw_status status = read_text(&r, oom->text, strlen(oom->text));

	forget(&r);
	return status == oom->want ? TW_OK : status;
}

static void test_out_of_memory(void **state)
{
	/* libyaml takes its memory elsewhere, so both ways in are tried; faults take memory too. */
	static struct oom good_json = {whole_json, TW_OK}, good_yaml = {whole_yaml, TW_OK};
	static struct oom bad = {"clients: {x: {prts: 1}}\nflows: [{name: a, from: {cdir: x}, "
				 "to: 10.0.0.1/8, port: x, clients: linx}, {name: a}, 3]\n"
				 "ignore: [{until: x}]\nnames: {a: {}, b: {tag: {x: 1}}}\n",
		TW_EPARSE};

	(void)state;
	assert_int_equal(tw_oom_sweep(read_once, &good_json), TW_OK);
	assert_int_equal(tw_oom_sweep(read_once, &good_yaml), TW_OK);
	assert_int_equal(tw_oom_sweep(read_once, &bad), TW_OK);
}

/* A damaged file is read, or refused with at least one error that has a place in the file. */
static void check_outcome(struct reading *r, tw_status status, const char *text, size_t size)
{
	if (status == TW_OK) {
		assert_int_equal(tw_diags_count(r->diags), 0);
		return;
	}
	if (status != TW_EPARSE || tw_diags_worst(r->diags) != TW_LEVEL_ERROR)
		fail_msg("status %d without an error: %.*s", (int)status, (int)size, text);
	for (size_t i = 0; i < tw_diags_count(r->diags); i++) {
		const struct tw_diag *diag = tw_diags_get(r->diags, i);
		struct tw_place place;

		assert_int_equal(tw_sources_place(r->sources, diag->span, &place), TW_OK);
		assert_true(diag->span.begin <= diag->span.end && diag->span.end <= size);
		assert_true(strlen(diag->message) > 0);
	}
}

static void test_damaged(void **state)
{
	static const char splice[] = "{}[]:,-\"'#&*! \n0a~";
	struct test_random random;

	(void)state;
	test_random_init(&random, "damaged intents");
	for (int round = 0; round < 3000; round++) {
		bool json = round % 2 == 0;
		const char *whole = json ? whole_json : whole_yaml;
		size_t size = strlen(whole);
		char text[sizeof(whole_json) > sizeof(whole_yaml) ? sizeof(whole_json)
								  : sizeof(whole_yaml)];
		struct reading r = {0};

		memcpy(text, whole, size);
		for (uint64_t n = 1 + test_random_below(&random, 3); n > 0; n--) {
			size_t at = (size_t)test_random_below(&random, size);
			size_t from = (size_t)test_random_below(&random, size);

			if (test_random_below(&random, 2) > 0)
				text[at] = splice[test_random_below(&random, sizeof(splice) - 1)];
			else
				memmove(text + at, text + from, size - (at > from ? at : from));
		}
		test_alloc_init(&r.alloc);
		r.mem = test_mem_new(&r.alloc);
		check_outcome(&r, read_text(&r, text, size), text, size);
		end(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
