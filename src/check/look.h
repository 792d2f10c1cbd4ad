/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_LOOK_H
#define TW_CHECK_LOOK_H

/*
 * Packets as they look behind a translator (path.h, struct tw_look). Sets of a path are sets of
 * what was asked for; a filter behind a translator sees something else. `seen` is the image of a
 * set, and `asked` the set of all that looks like a member of another: what a filter decides is
 * asked with the first and answered with the second. The field client is the port of the look's own
 * leg in both.
 */

#include "judge.h"

/* True if packets look as they were asked for. */
bool tw_look_is_plain(const struct tw_look *look);
TW_NODISCARD tw_status tw_look_seen(
	struct tw_judge *judge, const struct tw_look *look, tw_set set, tw_set *ret);
TW_NODISCARD tw_status tw_look_asked(
	struct tw_judge *judge, const struct tw_look *look, tw_set set, tw_set *ret);
/* One packet of a path as a crossing sees it. */
struct tw_point tw_look_point(const struct tw_look *look, struct tw_point point);

#endif
