/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A hash map with linear probing, at most three quarters full. Its seed is the address of its
 * slots, which differs between runs and changes when the map grows, so keys are hashed again then.
 * Nothing that a caller sees depends on the order of slots.
 */

#include "map.h"

#define ROOM_MIN 16

struct tw_map_slot {
	struct tw_sv key;
	uint32_t value; /* TW_MAP_NONE: the slot is free */
	uint32_t hash;	/* saves most comparisons of unequal keys */
};

/* A bijection of 64 bits; every input bit moves every output bit (SplitMix64's last step). */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

uint64_t tw_hash(const void *p, size_t n, uint64_t seed)
{
	const unsigned char *byte = p;
	uint64_t hash = mix(seed + 0x9e3779b97f4a7c15u) ^ (uint64_t)n;

	while (n > 0) {
		size_t step = n < 8 ? n : 8;
		uint64_t word = 0;

		/* Little-endian on every machine; compilers make one load of it. */
		if (step == 8)
			word = (uint64_t)byte[0] | (uint64_t)byte[1] << 8 |
			       (uint64_t)byte[2] << 16 | (uint64_t)byte[3] << 24 |
			       (uint64_t)byte[4] << 32 | (uint64_t)byte[5] << 40 |
			       (uint64_t)byte[6] << 48 | (uint64_t)byte[7] << 56;
		else
			for (size_t i = 0; i < step; i++)
				word |= (uint64_t)byte[i] << 8 * i;
		hash = mix(hash ^ word) + 0x9e3779b97f4a7c15u;
		byte += step;
		n -= step;
	}
	return mix(hash);
}

void tw_map_init(struct tw_map *map, struct tw_mem *mem)
{
	*map = (struct tw_map){.mem = mem};
}

void tw_map_fini(struct tw_map *map)
{
	tw_mem_release(map->mem, map->slot, map->room * sizeof(*map->slot));
	*map = (struct tw_map){.mem = map->mem};
}

/* The slot that holds `key`, or the free one where it belongs. There always is a free one. */
static struct tw_map_slot *find(
	struct tw_map_slot *slot, size_t room, struct tw_sv key, uint32_t *ret_hash)
{
	uint64_t hash = tw_hash(key.p, key.n, (uint64_t)(uintptr_t)slot);
	uint32_t check = (uint32_t)(hash >> 32);
	size_t i = (size_t)hash & (room - 1);

	while (slot[i].value != TW_MAP_NONE &&
		(slot[i].hash != check || !tw_sv_eq(slot[i].key, key)))
		i = (i + 1) & (room - 1);
	*ret_hash = check;
	return &slot[i];
}

uint32_t tw_map_get(const struct tw_map *map, struct tw_sv key)
{
	uint32_t hash;

	if (map->n == 0)
		return TW_MAP_NONE;
	return find(map->slot, map->room, key, &hash)->value;
}

static tw_status grow(struct tw_map *map)
{
	size_t room = map->room > 0 ? map->room * 2 : ROOM_MIN;
	struct tw_map_slot *slot;
	uint32_t hash;

	if (room > PTRDIFF_MAX / sizeof(*slot))
		return TW_ENOMEM;
	slot = tw_mem_alloc(map->mem, room * sizeof(*slot));
	if (slot == NULL)
		return TW_ENOMEM;
	for (size_t i = 0; i < room; i++)
		slot[i] = (struct tw_map_slot){.value = TW_MAP_NONE};
	for (size_t i = 0; i < map->room; i++) {
		struct tw_map_slot *to;

		if (map->slot[i].value == TW_MAP_NONE)
			continue;
		to = find(slot, room, map->slot[i].key, &hash);
		*to = (struct tw_map_slot){map->slot[i].key, map->slot[i].value, hash};
	}
	tw_mem_release(map->mem, map->slot, map->room * sizeof(*map->slot));
	map->slot = slot;
	map->room = room;
	return TW_OK;
}

tw_status tw_map_set(struct tw_map *map, struct tw_sv key, uint32_t value)
{
	struct tw_map_slot *slot;
	uint32_t hash;

	/* This value means "absent" to tw_map_get. */
	if (value == TW_MAP_NONE)
		return TW_EINVAL;
	if (map->n >= map->room / 4 * 3)
		TW_TRY(grow(map));
	slot = find(map->slot, map->room, key, &hash);
	if (slot->value == TW_MAP_NONE) {
		*slot = (struct tw_map_slot){.key = key, .hash = hash};
		map->n++;
	}
	slot->value = value;
	return TW_OK;
}
