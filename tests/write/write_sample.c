/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints one report as JSON, for check_json.py:
 *
 *	write_sample partial | clean | one-way | tracked | clients | codes | WORD
 *
 * Any other word is the seed of a random report.
 */

#include <stdio.h>

#include "random_report.h"
#include "sample.h"

static tw_status print(void *ctx, const char *bytes, size_t size)
{
	(void)ctx;
	return fwrite(bytes, 1, size, stdout) == size ? TW_OK : TW_EIO;
}

static tw_status write_report(
	struct tw_mem *mem, const char *name, const struct tw_style *style, struct tw_sink sink)
{
	struct tw_sources *sources = sample_sources(mem);
	struct tw_arena arena;
	struct test_random random;
	const struct tw_report *report = NULL;
	size_t n;
	const struct tw_input_file *inputs = sample_inputs(&n);

	tw_arena_init(&arena, mem);
	if (strcmp(name, "partial") == 0) {
		report = sample_partial();
	} else if (strcmp(name, "clean") == 0) {
		report = sample_clean();
	} else if (strcmp(name, "one-way") == 0) {
		report = sample_one_way();
	} else if (strcmp(name, "tracked") == 0) {
		report = sample_tracked();
	} else {
		random.state = 1;
		for (const char *p = name; *p != '\0'; p++)
			random.state = random.state * 131 + (unsigned char)*p;
		tw_sources_free(sources);
		if (tw_sources_new(mem, &sources) != TW_OK)
			return TW_ENOMEM;
		report = random_report(&random, &arena, sources);
	}
	tw_status status = tw_write_check(mem, report, inputs, n, sources, style, sink);
	tw_arena_fini(&arena);
	tw_sources_free(sources);
	return status;
}

int main(int argc, char **argv)
{
	struct tw_style style = {.format = TW_FORMAT_JSON};
	struct tw_sink sink = {print, NULL};
	struct tw_mem *mem;
	tw_status status;

	if (argc != 2 || tw_mem_new(NULL, 0, &mem) != TW_OK)
		return 2;
	if (strcmp(argv[1], "clients") == 0)
		status = tw_write_clients(mem, NULL, 0, &style, sink);
	else if (strcmp(argv[1], "codes") == 0)
		status = tw_write_codes(mem, NULL, &style, sink);
	else
		status = write_report(mem, argv[1], &style, sink);
	tw_mem_free(mem);
	return status == TW_OK ? 0 : 1;
}
