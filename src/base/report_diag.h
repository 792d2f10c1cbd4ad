/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_BASE_REPORT_DIAG_H
#define TW_BASE_REPORT_DIAG_H

/*
 * How readers say things: formatted diagnostics. All copy what they are given, and return TW_ENOMEM
 * when it cannot be kept.
 */

#include "mem.h"
#include "twoway/diag.h"

TW_NODISCARD tw_status tw_diag_add(struct tw_diags *diags, enum tw_level level, unsigned code,
	struct tw_span span, const char *format, ...) TW_PRINTF(5, 6);
/* The same with a second place: "two rules with one number", "the other one is here". */
TW_NODISCARD tw_status tw_diag_add_pair(struct tw_diags *diags, enum tw_level level, unsigned code,
	struct tw_span span, struct tw_span other, const char *other_message, const char *format,
	...) TW_PRINTF(7, 8);
/* For a file that could not even be read. */
TW_NODISCARD tw_status tw_diag_add_path(struct tw_diags *diags, enum tw_level level, unsigned code,
	const char *path, const char *format, ...) TW_PRINTF(5, 6);

#endif
