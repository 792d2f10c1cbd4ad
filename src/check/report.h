/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_REPORT_H
#define TW_CHECK_REPORT_H

/* The life of a report: opened empty, filled through tw_results, closed into plain arrays. */

#include "results.h"

/* `space`: NULL, or one that is lent: what it knows is used, and it may be reset. */
TW_NODISCARD tw_status tw_report_open(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_check_options *options, bool details, struct tw_space *space,
	struct tw_results *ret);
/* Sorts, sums up, and hands the report over; or frees everything when `status` is not TW_OK. */
TW_NODISCARD tw_status tw_report_close(
	struct tw_results *results, tw_status status, struct tw_report **ret);

/* Findings that no flow has: TW901, TW904, TW905. */
TW_NODISCARD tw_status tw_find_in_input(struct tw_results *results);
/* Suppressions: TW902, TW903. */
TW_NODISCARD tw_status tw_apply_ignores(struct tw_results *results);
/* Intents: judged first; their packets become results->cover. */
TW_NODISCARD tw_status tw_judge_intents(struct tw_results *results, struct tw_diags *diags);
TW_NODISCARD tw_status tw_cover_build(struct tw_results *results);
/* TW602: what must never pass and does, one finding for each list that lets it. */
TW_NODISCARD tw_status tw_find_passing(struct tw_results *results, const struct tw_draft *draft);

#endif
