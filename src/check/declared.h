/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_DECLARED_H
#define TW_CHECK_DECLARED_H

/* What the intents say besides flows, where flows are inferred. */

#include "results.h"

/* Who connects with which client, as names say. */
struct tw_declared {
	tw_set from;
	struct tw_levels levels;
};

/* Fills results->declared and results->internet, which must be built anew after each reset of the
 * judge. All names and ends are known to select something. */
TW_NODISCARD tw_status tw_declared_build(struct tw_results *results);
/* Fills results->declared only; a name that selects nobody says nothing. */
TW_NODISCARD tw_status tw_declared_names(struct tw_results *results);

#endif
