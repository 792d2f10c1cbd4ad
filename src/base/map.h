/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_BASE_MAP_H
#define TW_BASE_MAP_H

/*
 * Open-addressing hash map from bytes to a 32-bit number. Keys are not copied: they must outlive
 * the map. No deletion. Seeded per map, so hostile ids cannot collide on purpose in all runs; no
 * order of keys is ever seen.
 */

#include "text.h"

#define TW_MAP_NONE UINT32_MAX

struct tw_map_slot;
struct tw_map {
	struct tw_mem *mem;
	struct tw_map_slot *slot;
	size_t n, room;
};

void tw_map_init(struct tw_map *map, struct tw_mem *mem);
void tw_map_fini(struct tw_map *map);
/* TW_MAP_NONE if absent. */
uint32_t tw_map_get(const struct tw_map *map, struct tw_sv key);
/* Adds or replaces; TW_EINVAL for the value TW_MAP_NONE. */
TW_NODISCARD tw_status tw_map_set(struct tw_map *map, struct tw_sv key, uint32_t value);
/* 64-bit hash of bytes, for fingerprints and hash-consing; the same on every machine. */
uint64_t tw_hash(const void *p, size_t n, uint64_t seed);

#endif
