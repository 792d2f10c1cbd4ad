/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_DIAG_H
#define TWOWAY_DIAG_H

#include <stddef.h>
#include <stdint.h>

#include "twoway/source.h"

/**
 * Diagnostics: what a reader wants a person to know about the input.
 *
 * An error means that the input cannot be used (exit code 2). Warnings and notes carry a finding
 * code (901 to 905) and reappear as findings of `check`. The list is bounded: past
 * TW_DIAGS_MAX entries only the count goes on, but an error still displaces the newest entry of a
 * lower level, so the reason of an exit code 2 is never among the dropped. Entries that are the
 * same in every respect are one.
 */

#ifdef __cplusplus
extern "C" {
#endif

#define TW_DIAGS_MAX 1000

/** Levels of diagnostics and findings, and what a client's loss costs. In rising order. */
enum tw_level { TW_LEVEL_NONE, TW_LEVEL_NOTE, TW_LEVEL_WARNING, TW_LEVEL_ERROR };

/** "none", "note", "warning", "error". */
const char *tw_level_name(enum tw_level level);

struct tw_diag {
	enum tw_level level;
	unsigned code;	      /**< 0, or the number of a finding code: 901 is TW901 */
	struct tw_span span;  /**< the place at fault; file 0 if there is none */
	const char *path;     /**< instead of a span: a file that could not be read; or NULL */
	const char *message;  /**< one sentence, what is wrong and what was expected */
	struct tw_span other; /**< a second place ("first defined here"); file 0 if none */
	const char *other_message;
};

struct tw_diags;

TW_NODISCARD tw_status tw_diags_new(struct tw_mem *mem, struct tw_diags **ret);
void tw_diags_free(struct tw_diags *diags);

size_t tw_diags_count(const struct tw_diags *diags);
const struct tw_diag *tw_diags_get(const struct tw_diags *diags, size_t i);
/** Entries dropped because the list was full. */
size_t tw_diags_dropped(const struct tw_diags *diags);
/** The highest level seen, dropped entries included. */
enum tw_level tw_diags_worst(const struct tw_diags *diags);

#ifdef __cplusplus
}
#endif
#endif
