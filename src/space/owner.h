/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_SPACE_OWNER_H
#define TW_SPACE_OWNER_H

/* What other floors of the library may ask of the inside of a space. */

#include "twoway/space.h"

/* The account that the space draws its memory from. */
struct tw_mem *tw_space_mem(const struct tw_space *space);

/* How often the space was reset: sets are good as long as this stays the same. */
uint64_t tw_space_resets(const struct tw_space *space);

/* Remembers the first failure. Returns TW_EMPTY, for `return tw_space_fail(...)`. */
tw_set tw_space_fail(struct tw_space *space, tw_status status);

#endif
