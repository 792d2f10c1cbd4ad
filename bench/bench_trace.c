/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and judging a folder, each by itself: the CPU time and the memory of reading, of one
 * `check`, and of single questions to a network that is read already.
 *
 *	bench_trace FOLDER [--no-check] [NAME FROM TO]...
 *
 * Each question is asked many times over, the answer freed in between. Prints JSON; the memory is
 * the library's own account.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "twoway/twoway.h"

enum { MOST_ROUNDS = 200 };

static const uint64_t ENOUGH_NS = 2000000000;

static uint64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t cpu(void)
{
	return now(CLOCK_PROCESS_CPUTIME_ID);
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void complain(const char *what, tw_status status, const struct tw_diags *diags)
{
	fprintf(stderr, "bench_trace: %s: %s\n", what, tw_status_text(status));
	for (size_t i = 0; i < tw_diags_count(diags) && i < 5; i++)
		fprintf(stderr, "bench_trace: %s\n", tw_diags_get(diags, i)->message);
}

static tw_status judge_all(struct tw_mem *mem, const struct tw_net *net, struct tw_sources *sources,
	struct tw_diags *diags)
{
	struct tw_check_options options = {.diags = diags, .sources = sources};
	struct tw_report *report = NULL;
	uint64_t begin = cpu();
	tw_status status = tw_check(mem, net, &options, diags, &report);

	if (status != TW_OK)
		return status;
	printf(", \"check_cpu_s\": %.4f, \"flows\": %zu, \"findings\": %zu",
		(double)(cpu() - begin) / 1e9, report->summary.flows, report->findings_n);
	tw_report_free(report);
	return TW_OK;
}

static tw_status ask_once(struct tw_mem *mem, const struct tw_net *net, const char *from,
	const char *to, const char **ret_verdict, size_t *ret_paths)
{
	struct tw_trace_options options = {.from = from, .to = to};
	struct tw_report *report = NULL;
	struct tw_diags *diags = NULL;
	tw_status status = tw_diags_new(mem, &diags);

	if (status == TW_OK)
		status = tw_trace(mem, net, &options, diags, &report);
	if (status == TW_OK) {
		*ret_verdict = tw_verdict_name(report->flow[0].verdict);
		*ret_paths = report->flow[0].paths_n;
	} else if (diags) {
		complain(to, status, diags);
	}
	tw_report_free(report);
	tw_diags_free(diags);
	return status;
}

/* Until it has taken two seconds, or 200 rounds; the first round warms up and is not counted. */
static tw_status ask(struct tw_mem *mem, const struct tw_net *net, char *const question[3])
{
	static uint64_t times[MOST_ROUNDS];
	uint64_t start = now(CLOCK_MONOTONIC);
	const char *verdict = "";
	size_t n = 0, paths = 0;
	tw_status status = ask_once(mem, net, question[1], question[2], &verdict, &paths);

	while (status == TW_OK && n < MOST_ROUNDS &&
		(n < 3 || now(CLOCK_MONOTONIC) - start < ENOUGH_NS)) {
		uint64_t begin = now(CLOCK_MONOTONIC);
		status = ask_once(mem, net, question[1], question[2], &verdict, &paths);
		times[n++] = now(CLOCK_MONOTONIC) - begin;
	}
	if (status != TW_OK)
		return status;
	qsort(times, n, sizeof(*times), by_size);
	printf("\"%s\": {\"verdict\": \"%s\", \"paths\": %zu, \"rounds\": %zu, "
	       "\"median_us\": %" PRIu64 ", \"min_us\": %" PRIu64 "}",
		question[0], verdict, paths, n, times[n / 2] / 1000, times[0] / 1000);
	return TW_OK;
}

static tw_status measure(struct tw_mem *mem, struct tw_input *in, struct tw_sources *sources,
	struct tw_diags *diags, char **argv)
{
	bool check = !argv[2] || strcmp(argv[2], "--no-check") != 0;
	char **question = argv + (check ? 2 : 3);
	uint64_t begin = cpu();
	tw_status status = tw_input_add_path(in, argv[1], TW_INPUT_AUTO);

	if (status == TW_OK)
		status = tw_input_finish(in);
	if (status != TW_OK)
		return status;
	printf("{\"read_cpu_s\": %.4f, \"files\": %zu", (double)(cpu() - begin) / 1e9,
		tw_input_files(in));
	if (check)
		status = judge_all(mem, tw_input_net(in), sources, diags);
	printf(", \"peak_bytes\": %" PRIu64 ", \"trace\": {", tw_mem_peak(mem));
	for (const char *between = ""; status == TW_OK && question[0]; question += 3) {
		printf("%s", between);
		status = ask(mem, tw_input_net(in), question);
		between = ", ";
	}
	printf("}}\n");
	return status;
}

static tw_status run(struct tw_mem *mem, char **argv)
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
		status = measure(mem, in, sources, diags, argv);
	if (status != TW_OK && diags)
		complain(argv[1], status, diags);
	tw_input_free(in);
	tw_diags_free(diags);
	tw_sources_free(sources);
	return status;
}

int main(int argc, char **argv)
{
	int rest = argc - 2 - (argc > 2 && strcmp(argv[2], "--no-check") == 0);
	struct tw_mem *mem;

	if (rest < 0 || rest % 3) {
		fprintf(stderr, "usage: bench_trace FOLDER [--no-check] [NAME FROM TO]...\n");
		return 2;
	}
	if (tw_mem_new(NULL, 0, &mem) != TW_OK)
		return 1;
	tw_status status = run(mem, argv);
	tw_mem_free(mem);
	return status != TW_OK;
}
