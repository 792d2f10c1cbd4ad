/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixes, warm: a network is read once and mended again and again, every time from nothing, as after
 * any change. `check` of the same network is measured beside it, as what a fix is proved by. Prints
 * JSON. Called by fix_run.py, which makes the files.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "twoway/twoway.h"

enum { MOST = 1000 };

static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

struct counts {
	size_t flows, findings, fixes, plan;
};

typedef tw_status (*measured)(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *diags, struct counts *counts);

static tw_status check(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *diags, struct counts *counts)
{
	struct tw_report *report;
	tw_status status = tw_check(mem, net, &options->check, diags, &report);
	if (status != TW_OK)
		return status;
	counts->flows = report->flows_n;
	counts->findings = report->findings_n;
	tw_report_free(report);
	return TW_OK;
}

static tw_status fix(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *diags, struct counts *counts)
{
	struct tw_report *report;
	tw_status status = tw_fixes(mem, net, options, diags, &report);
	if (status != TW_OK)
		return status;
	counts->fixes = 0;
	for (size_t i = 0; i < report->findings_n; i++)
		counts->fixes += report->finding[i].fixes_n;
	tw_report_free(report);
	return TW_OK;
}

static tw_status plan(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *diags, struct counts *counts)
{
	struct tw_fix_plan *ret;
	tw_status status = tw_fix_plan_new(mem, net, options, diags, &ret);
	if (status != TW_OK)
		return status;
	counts->plan = ret->edits;
	tw_fix_plan_free(ret);
	return TW_OK;
}

static void run(const char *name, measured call, struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *diags, struct counts *counts,
	size_t rounds)
{
	static uint64_t times[MOST];
	for (size_t i = 0; i < rounds; i++) {
		uint64_t begin = now();
		if (call(mem, net, options, diags, counts) != TW_OK)
			exit(1);
		times[i] = now() - begin;
	}
	qsort(times, rounds, sizeof(*times), by_size);
	printf("\"%s_median_ns\": %llu, \"%s_p90_ns\": %llu, ", name,
		(unsigned long long)times[rounds / 2], name,
		(unsigned long long)times[rounds * 9 / 10]);
}

int main(int argc, char **argv)
{
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_input *input;
	struct tw_fix_options options = {0};
	struct counts counts = {0};
	size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;

	if (argc != 4 || rounds == 0 || rounds > MOST || tw_mem_new(NULL, 0, &mem) != TW_OK ||
		tw_sources_new(mem, &sources) != TW_OK || tw_diags_new(mem, &diags) != TW_OK ||
		tw_input_new(mem, sources, diags, &input) != TW_OK ||
		tw_input_add_path(input, argv[1], TW_INPUT_AUTO) != TW_OK ||
		tw_input_finish(input) != TW_OK)
		return 1;
	options.quota = (unsigned)strtoul(argv[3], NULL, 10);
	options.review = true;
	options.check.intents = tw_input_intents(input);
	options.check.diags = diags;
	options.check.sources = sources;
	printf("{");
	const struct tw_net *net = tw_input_net(input);
	run("check", check, mem, net, &options, diags, &counts, rounds);
	run("fix", fix, mem, net, &options, diags, &counts, rounds);
	run("plan", plan, mem, net, &options, diags, &counts, rounds);
	printf("\"rounds\": %zu, \"flows\": %zu, \"findings\": %zu, \"fixes\": %zu, "
	       "\"plan_edits\": %zu}\n",
		rounds, counts.flows, counts.findings, counts.fixes, counts.plan);
	tw_input_free(input);
	tw_diags_free(diags);
	tw_sources_free(sources);
	tw_mem_free(mem);
	return 0;
}
