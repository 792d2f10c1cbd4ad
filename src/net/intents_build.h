/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_INTENTS_BUILD_H
#define TW_NET_INTENTS_BUILD_H

/*
 * Intents from the inside: the reader makes an empty one, draws everything from its arena and fills
 * the view. After that nobody changes it.
 */

#include "mem.h"
#include "twoway/intents.h"

struct tw_intents {
	struct tw_mem *mem;
	struct tw_arena arena;
	struct tw_intents_view view;
};

/* Empty, with `infer` on. */
TW_NODISCARD tw_status tw_intents_new(struct tw_mem *mem, struct tw_intents **ret);

#endif
