/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_SOURCE_H
#define TWOWAY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "twoway/memory.h"

/**
 * Sources: the bytes that were read, and the way from a byte back to path, line and column.
 *
 * Every object of the model, every finding and every diagnostic carries a span. Lines and columns
 * are computed only when somebody asks (binary search over a table of line starts).
 */

#ifdef __cplusplus
extern "C" {
#endif

struct tw_sources;

/** Bytes [begin, end) of file number `file`; files count from 1, and file 0 means "no place". */
struct tw_span {
	uint32_t file, begin, end;
};

#define TW_NO_SPAN ((struct tw_span){0, 0, 0})

/** A span for people and programs: 1-based, end exclusive, columns in UTF-16 units (contract 4). */
struct tw_place {
	const char *path;
	uint32_t line, column, end_line, end_column;
};

/** One input as it was read, for the report (contract section 4, `inputs`). */
struct tw_input_file {
	const char *path;
	/** "aws-cli", "np-guard", "twoway.yaml", "unrecognised", "unsupported". */
	const char *kind;
	const char *detail;  /**< which answers it held: "describe-network-acls"; or NULL */
	const char *part_of; /**< the folder it was found in, or NULL */
};

TW_NODISCARD tw_status tw_sources_new(struct tw_mem *mem, struct tw_sources **ret);
void tw_sources_free(struct tw_sources *sources);

/**
 * Adds a file whose bytes are copied (`tw_sources_add`) or handed over (`tw_sources_adopt`: `bytes`
 * was drawn from the same tw_mem with exactly `size` bytes, and is freed with the sources; on
 * failure it stays the caller's). `path` is copied. At most 4 GiB - 2 a file: TW_ELIMIT.
 */
TW_NODISCARD tw_status tw_sources_add(struct tw_sources *sources, const char *path,
	const void *bytes, size_t size, uint32_t *ret_file);
TW_NODISCARD tw_status tw_sources_adopt(
	struct tw_sources *sources, const char *path, void *bytes, size_t size, uint32_t *ret_file);

/** Number of files; they are numbered 1 to this. Path and bytes of any other number are NULL. */
uint32_t tw_sources_count(const struct tw_sources *sources);
const char *tw_sources_path(const struct tw_sources *sources, uint32_t file);
const char *tw_sources_bytes(const struct tw_sources *sources, uint32_t file, size_t *ret_size);

/**
 * The place of a span. A span with file 0, or not within its file, gives TW_EINVAL. The first call
 * for a file builds its tables (memory: 4 bytes a line and 8 per 4 KiB), so it can fail with
 * TW_ENOMEM. Behind a line end at the end of a file stands one more line, which is empty.
 */
TW_NODISCARD tw_status tw_sources_place(
	struct tw_sources *sources, struct tw_span span, struct tw_place *ret_place);

/** The bytes of one 1-based line without its end; TW_EINVAL if there is no such line. */
TW_NODISCARD tw_status tw_sources_line(struct tw_sources *sources, uint32_t file, uint32_t line,
	const char **ret_text, size_t *ret_size);

#ifdef __cplusplus
}
#endif
#endif
