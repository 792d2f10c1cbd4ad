/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_WRITE_PATHS_H
#define TW_WRITE_PATHS_H

/* Several paths of one flow, for people. */

#include "report_out.h"

/* That of its worst region whose request passes, as they stand. */
enum tw_verdict tw_path_verdict(const struct tw_flow_path *path);
/* The paths, the worst first; NULL if memory ran out, which the painter remembers. */
const struct tw_flow_path **tw_paths_ranked(struct tw_paint *paint, const struct tw_flow *flow);
/* "i-1:8080, from 10.0.1.0/24": how a path differs from the others; "" if nothing tells it. */
const char *tw_say_path(
	struct tw_paint *paint, const struct tw_flow *flow, const struct tw_flow_path *path);
/* Whether two flows have the same service and the same paths, which lose the same at one place. */
bool tw_same_losses(struct tw_paint *paint, const struct tw_flow *a, const struct tw_flow *b);
/* The summary: how many, by what, and a line for each. */
void tw_text_paths(
	struct tw_doc *doc, const struct tw_flow *flow, const struct tw_flow_path *const *ranked);

#endif
