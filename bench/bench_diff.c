/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One difference, warm: two files are read once and compared again and again, every time from
 * nothing, as after any change. Prints JSON. Called by diff_z3.py, which makes the files.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "twoway/twoway.h"

enum { ROUNDS = 400 };

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

struct network {
	struct tw_diags *diags;
	struct tw_input *input;
};

static tw_status read_network(
	struct tw_mem *mem, struct tw_sources *sources, const char *path, struct network *ret)
{
	tw_status status = tw_diags_new(mem, &ret->diags);
	if (status == TW_OK)
		status = tw_input_new(mem, sources, ret->diags, &ret->input);
	if (status == TW_OK)
		status = tw_input_add_path(ret->input, path, TW_INPUT_AUTO);
	return status == TW_OK ? tw_input_finish(ret->input) : status;
}

static tw_status measure(struct tw_mem *mem, const struct network *network, bool filters,
	uint64_t *times, size_t *ret_changes)
{
	const struct tw_diff_options options = {.filters = filters};
	for (size_t i = 0; i < ROUNDS; i++) {
		struct tw_difference *difference;
		uint64_t begin = now();
		tw_status status = tw_diff(mem, tw_input_net(network[0].input),
			tw_input_net(network[1].input), &options, network[0].diags, &difference);
		if (status != TW_OK)
			return status;
		times[i] = now() - begin;
		*ret_changes = difference->changes;
		tw_difference_free(difference);
	}
	qsort(times, ROUNDS, sizeof(*times), by_size);
	return TW_OK;
}

int main(int argc, char **argv)
{
	static uint64_t flows[ROUNDS], filters[ROUNDS];
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct network network[2] = {{0}, {0}};
	size_t changes = 0, sets = 0;

	if (argc != 3 || tw_mem_new(NULL, 0, &mem) != TW_OK ||
		tw_sources_new(mem, &sources) != TW_OK)
		return 1;
	for (int i = 0; i < 2; i++)
		if (read_network(mem, sources, argv[i + 1], &network[i]) != TW_OK)
			return 1;
	if (measure(mem, network, false, flows, &changes) != TW_OK ||
		measure(mem, network, true, filters, &sets) != TW_OK)
		return 1;
	printf("{\"rounds\": %d, \"flow_changes\": %zu, \"flow_median_ns\": %llu, "
	       "\"flow_p90_ns\": %llu, \"set_changes\": %zu, \"set_median_ns\": %llu}\n",
		ROUNDS, changes, (unsigned long long)flows[ROUNDS / 2],
		(unsigned long long)flows[ROUNDS * 9 / 10], sets,
		(unsigned long long)filters[ROUNDS / 2]);
	for (int i = 0; i < 2; i++) {
		tw_input_free(network[i].input);
		tw_diags_free(network[i].diags);
	}
	tw_sources_free(sources);
	tw_mem_free(mem);
	return 0;
}
