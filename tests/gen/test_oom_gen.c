/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Out of memory at every allocation of gen: intents with a network, intents alone, a pattern, a
 * quota that cannot be kept. Each ends in TW_ENOMEM with nothing left behind, and gives its full
 * answer when memory suffices.
 */
#include "test_alloc.h"

#include "twoway/twoway.h"

static const char network[] =
	"{\"Subnets\": [{\"SubnetId\": \"subnet-1\", \"VpcId\": \"vpc-1\", \"CidrBlock\": "
	"\"10.0.1.0/24\"}, {\"SubnetId\": \"subnet-2\", \"VpcId\": \"vpc-1\", \"CidrBlock\": "
	"\"10.0.2.0/24\"}]}";

static const char intents[] =
	"names: {web: {subnet: [subnet-1], client: linux}, db: {subnet: [subnet-2]}}\n"
	"flows:\n"
	"  - {name: in, from: internet, to: web, port: [tcp/443, tcp/80, icmp/8]}\n"
	"  - {name: calls, from: web, to: internet, port: 443}\n"
	"  - {name: sql, from: web, to: db, port: 5432, clients: [linux, windows]}\n"
	"never:\n"
	"  - {name: no-db, from: internet, to: db}\n"
	"  - {name: no-rdp, from: internet, to: web, port: [tcp/3389, tcp/40000]}\n";

/* Blocks that are taken for subnets, and clients that leave others out. */
static const char alone[] =
	"names: {web: {cidr: [10.0.1.0/24, \"fd00:1::/64\"], client: windows}, db: {cidr: "
	"[10.0.2.0/24]}}\n"
	"flows:\n"
	"  - {name: in, from: internet, to: web, port: tcp/443, clients: [linux]}\n"
	"  - {name: calls, from: web, to: internet, port: 443}\n"
	"  - {name: sql, from: web, to: db, port: 5432}\n"
	"never:\n"
	"  - {name: no-vnc, from: internet, to: web, port: tcp/50000}\n";

enum what { SUBNETS, TIGHT, PATTERN, ALONE };

struct job {
	enum what what;
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

static tw_status generate(struct world *w, struct job *job)
{
	static const char *const patterns[] = {"web-server", "outbound-api"};
	const struct tw_style style = {
		.format = job->what == ALONE ? TW_FORMAT_JSON : TW_FORMAT_TEXT, .width = 80};
	struct tw_gen_options options = {.intents = tw_input_intents(w->in),
		.net = tw_input_net(w->in),
		.quota = job->what == TIGHT ? 2 : 20};
	struct tw_gen_result *result;

	job->written = 0;
	if (job->what == PATTERN) {
		options.intents = NULL;
		options.pattern = patterns;
		options.patterns = 2;
	}
	tw_status status = tw_gen(w->mem, &options, w->diags, &result);
	if (job->what == TIGHT && status == TW_EINVAL)
		return tw_diags_count(w->diags) > 0 ? TW_OK : TW_EBUG;
	if (status != TW_OK)
		return status;
	status = tw_write_gen(w->mem, result, &style, (struct tw_sink){count, &job->written});
	tw_gen_free(result);
	return status;
}

static tw_status read_and_generate(struct world *w, struct job *job)
{
	bool by_blocks = job->what == ALONE;
	tw_status status = by_blocks ? TW_OK
				     : tw_input_add_bytes(w->in, "net.json", network,
					       sizeof(network) - 1, TW_INPUT_AUTO, true);
	if (status == TW_OK)
		status = tw_input_add_intents_bytes(w->in, "twoway.yaml",
			by_blocks ? alone : intents,
			by_blocks ? sizeof(alone) - 1 : sizeof(intents) - 1);
	tw_input_allow_no_filters(w->in);
	if (status == TW_OK)
		status = tw_input_finish(w->in);
	return status == TW_OK ? generate(w, job) : status;
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
		status = read_and_generate(&w, ctx);
	tw_input_free(w.in);
	tw_diags_free(w.diags);
	tw_sources_free(w.sources);
	return status;
}

static void sweep(enum what what)
{
	struct job job = {what, 0};
	assert_int_equal(tw_oom_sweep(run, &job), TW_OK);
	if (what != TIGHT)
		assert_true(job.written > 100);
}

static void test_subnets(void **state)
{
	(void)state;
	sweep(SUBNETS);
}

static void test_tight(void **state)
{
	(void)state;
	sweep(TIGHT);
}

static void test_pattern(void **state)
{
	(void)state;
	sweep(PATTERN);
}

static void test_alone(void **state)
{
	(void)state;
	sweep(ALONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_subnets),
		cmocka_unit_test(test_tight), cmocka_unit_test(test_pattern),
		cmocka_unit_test(test_alone)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
