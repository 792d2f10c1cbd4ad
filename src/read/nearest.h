/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_NEAREST_H
#define TW_READ_NEAREST_H

/* The nearest spelling: for "did you mean" in messages. */

#include "text.h"

struct tw_nearest {
	struct tw_sv text; /* what was written */
	const char *best;  /* the candidate nearest to it so far; NULL if none is near */
	unsigned distance;
};

void tw_nearest_init(struct tw_nearest *nearest, struct tw_sv text);
/* Of candidates at the same distance the first one stays. */
void tw_nearest_try(struct tw_nearest *nearest, const char *candidate);

#endif
