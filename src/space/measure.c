/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many points a set has. Sizes of children are added up per node, weighted with the width of
 * their intervals; a level that is skipped multiplies by its whole domain. An address node belongs
 * to one family, and below the addresses families do not differ; but what a node is worth depends
 * on whether the protocol has ports, so that is part of the memo's key.
 */

#include "node.h"

struct value {
	uint64_t key; /* 0: free slot */
	struct tw_count count;
};

struct measure {
	struct tw_space *space;
	struct value *slot; /* open addressing, `slots` a power of two */
	size_t slots, n;
	unsigned family;
	bool ports;
};

static struct value *find(struct value *slot, size_t slots, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (slots - 1);

	while (slot[i].key && slot[i].key != key)
		i = (i + 1) & (slots - 1);
	return &slot[i];
}

static bool grow(struct measure *m)
{
	size_t slots = m->slots ? m->slots * 2 : 64;
	struct value *slot = tw_mem_alloc(m->space->mem, slots * sizeof(*slot));

	if (!slot) {
		tw_space_fail(m->space, TW_ENOMEM);
		return false;
	}
	memset(slot, 0, slots * sizeof(*slot));
	for (size_t i = 0; i < m->slots; i++) {
		if (m->slot[i].key)
			*find(slot, slots, m->slot[i].key) = m->slot[i];
	}
	if (m->slot)
		tw_mem_release(m->space->mem, m->slot, m->slots * sizeof(*slot));
	m->slot = slot;
	m->slots = slots;
	return true;
}

/* last - first + 1, which can be 2^128. */
static struct tw_count width(struct tw_addr first, struct tw_addr last)
{
	struct tw_count count = {{0}};
	struct tw_count one = {{1}};

	count.w[0] = last.lo - first.lo;
	count.w[1] = last.hi - first.hi - (last.lo < first.lo);
	tw_count_add(&count, &one);
	return count;
}

static void count_at(struct measure *m, unsigned level, tw_set set, struct tw_count *ret);

static void count_edges(struct measure *m, unsigned level, tw_set set, struct tw_count *ret)
{
	struct tw_node node = *tw_node_at(m->space, set);
	struct tw_addr first = {0, 0};

	for (uint32_t i = 0; i < node.n; i++) {
		struct tw_addr last = tw_node_last(m->space, &node, i);
		struct tw_count size = width(first, last), points = {{0}};

		count_at(m, level + 1, tw_node_kid(m->space, &node, i), &points);
		tw_count_mul(&points, &size);
		tw_count_add(ret, &points);
		first = tw_addr_next(last);
	}
}

/* Adds to *ret (zero on entry) the points of a node of this level, or finds them. */
static void count_node(struct measure *m, unsigned level, tw_set set, struct tw_count *ret)
{
	uint64_t key = (uint64_t)set << 1 | m->ports;
	struct value *value;

	if (m->n * 2 >= m->slots && !grow(m))
		return;
	value = find(m->slot, m->slots, key);
	if (value->key) {
		*ret = value->count;
		return;
	}
	count_edges(m, level, set, ret);
	if (m->space->status != TW_OK)
		return;
	/* The recursion may have moved or filled the table. */
	if (m->n * 2 >= m->slots && !grow(m))
		return;
	*find(m->slot, m->slots, key) = (struct value){key, *ret};
	m->n++;
}

/* Points of a function of the fields from `level` (FROM or below) on; *ret is zero on entry. */
static void count_at(struct measure *m, unsigned level, tw_set set, struct tw_count *ret)
{
	struct tw_count size;

	if (set == TW_EMPTY || m->space->status != TW_OK)
		return;
	if (level == TW_FIELDS || (level >= TW_FIELD_CLIENT && !m->ports)) {
		ret->w[0] = 1;
		return;
	}
	if (tw_node_level(m->space, set) == level) {
		count_node(m, level, set, ret);
		return;
	}
	count_at(m, level + 1, set, ret);
	size = width(
		(struct tw_addr){0, 0}, tw_level_max(level, tw_level_is_wide(level, m->family)));
	tw_count_mul(ret, &size);
}

/* Protocols of first..last whose port fields count in this family. */
static uint64_t with_ports(unsigned family, uint64_t first, uint64_t last)
{
	const uint64_t protocol[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP,
		family == TW_IPV4 ? TW_PROTOCOL_ICMP : TW_PROTOCOL_ICMPV6};
	uint64_t n = 0;

	for (size_t i = 0; i < TW_COUNT(protocol); i++)
		n += protocol[i] >= first && protocol[i] <= last;
	return n;
}

/* Adds the points of `set`, for the protocols first..last. */
static void count_protocols(
	struct measure *m, tw_set set, uint64_t first, uint64_t last, struct tw_count *ret)
{
	uint64_t with = with_ports(m->family, first, last);
	uint64_t each[2] = {last - first + 1 - with, with};

	for (unsigned ports = 0; ports < 2; ports++) {
		struct tw_count points = {{0}}, size = {{each[ports]}};

		if (each[ports] == 0)
			continue;
		m->ports = ports;
		count_at(m, TW_FIELD_FROM, set, &points);
		tw_count_mul(&points, &size);
		tw_count_add(ret, &points);
	}
}

static void count_family(struct measure *m, tw_set set, struct tw_count *ret)
{
	uint64_t first = 0;
	struct tw_node node;

	if (tw_node_level(m->space, set) != TW_FIELD_PROTOCOL) {
		count_protocols(m, set, 0, 255, ret);
		return;
	}
	node = *tw_node_at(m->space, set);
	for (uint32_t i = 0; i < node.n; i++) {
		uint64_t last = tw_node_last(m->space, &node, i).lo;

		count_protocols(m, tw_node_kid(m->space, &node, i), first, last, ret);
		first = last + 1;
	}
}

void tw_set_count(struct tw_space *space, tw_set set, struct tw_count *ret)
{
	struct measure m = {.space = space};
	struct tw_count count = {{0}};

	for (m.family = TW_IPV4; m.family <= TW_IPV6; m.family += TW_IPV6 - TW_IPV4)
		count_family(&m, tw_family_kid(space, set, m.family), &count);
	if (m.slot)
		tw_mem_release(space->mem, m.slot, m.slots * sizeof(*m.slot));
	*ret = space->status == TW_OK ? count : (struct tw_count){{0}};
}
