/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are a program for the machine of tests/space/cells_run.h: set operations in a space,
 * and the same on a small world as plain loops. Where they differ, it aborts. The first byte
 * chooses a node limit, so that running into it is fuzzed too.
 */

#include <stdio.h>
#include <stdlib.h>

/* The small world as source, so that this target links to nothing but the library. */
#include "../space/cells.c"
#include "../space/cells_run.c"

struct bytes {
	const uint8_t *p;
	size_t n;
};

/* A byte at a time; behind the end zeros. */
static unsigned next_byte(void *ctx, unsigned n)
{
	struct bytes *bytes = ctx;

	if (bytes->n == 0)
		return 0;
	bytes->n--;
	return *bytes->p++ % n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = {data, size};
	/* About eight bytes a step, and an end, as zeros would be steps for ever. */
	struct cells_program program = {
		next_byte, &bytes, (unsigned)(size < 512 ? size / 8 + 1 : 64)};
	unsigned limit = next_byte(&bytes, 256);
	struct tw_mem *mem;
	struct tw_space *space;
	const char *wrong;

	if (tw_mem_new(NULL, 0, &mem) != TW_OK)
		return 0;
	if (tw_space_new(mem, limit < 32 ? limit * 8 + 1 : 0, &space) == TW_OK) {
		wrong = cells_run(space, &program);
		if (wrong) {
			fprintf(stderr, "fuzz_space: %s\n", wrong);
			abort();
		}
		tw_space_free(space);
	}
	tw_mem_free(mem);
	return 0;
}
