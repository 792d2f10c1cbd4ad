/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_SPACE_PLAN_H
#define TW_SPACE_PLAN_H

/*
 * How a list of boxes becomes a diagram. A plan holds the boxes of one family, sorted once per
 * level; build.c walks it. All of a plan is scratch memory that the space keeps for the next list.
 *
 * DOC: first match by sweeping
 *
 * At each level, the boxes that are still *live* (hold the values chosen so far) are swept from the
 * lowest value to the highest. Where a box begins or ends, the set of live boxes changes; between
 * two such cuts it does not, so one child serves the whole interval. Two things keep this small:
 * behind the first live box that holds everything in the levels below no box matters any more, so
 * those are dropped; and two intervals with the same live boxes have the same child, which the memo
 * finds.
 *
 * Example, boxes in order A: ports 80-90, B: ports 85-99, C: everything. Cuts at 80, 85, 91, 100;
 * live {C}, {A,B,C}, {A,B,C}, {B,C}, {C}; all drop to their first box, as A, B and C are whole
 * below ports.
 */

#include "node.h"

enum { TW_LEVELS = TW_FIELDS - TW_FIELD_PROTOCOL };

/* One box beginning or ending, in the order of the sweep. */
struct tw_event {
	uint32_t cut; /* which elementary interval begins here */
	uint32_t box;
};

struct tw_plan_level {
	struct tw_addr *cut; /* first value of each elementary interval; cut[0] = 0 */
	uint32_t cuts;
	struct tw_event *event;	 /* two of each partial box, one if it ends with the domain */
	uint32_t *enter, *leave; /* of each partial box: its events */
	uint32_t events;
	uint64_t *partial; /* boxes that do not hold the whole domain of this level */
	uint64_t *whole;   /* boxes that hold everything from this level on */
	uint64_t *live;	   /* boxes at the place of the sweep */
	uint64_t *agenda;  /* events of this sweep */
};

/* What became of a set of live boxes at a level. Its key: pairs (word number, word). */
struct tw_state {
	uint32_t key, key_n, hash;
	tw_set result;
	uint8_t level;
};

struct tw_sort {
	struct tw_addr key;
	uint32_t box;
	bool leaving;
};

struct tw_plan {
	struct tw_space *space;
	unsigned family;
	uint32_t n;		   /* boxes of this family */
	size_t words, event_words; /* of a set of boxes, of an agenda */
	uint16_t otherwise;
	uint16_t *label; /* of each box */
	const struct tw_box **box;
	struct tw_plan_level level[TW_FIELDS];
	uint64_t *sub[TW_FIELDS + 1]; /* live boxes as handed down to a level */
	struct tw_sort *sort, *spare;
	void *block; /* all of the arrays above */
	size_t block_size;
	TW_VEC(struct tw_state) state;
	TW_VEC(uint64_t) key;
	uint32_t *slot;		 /* open addressing over states, index + 1 */
	size_t slots, slot_room; /* in use (a power of two); allocated */
};

/* Boxes in the order of their match: labelled, or plain ones that all have label 1. */
struct tw_box_list {
	const struct tw_labelled_box *labelled;
	const struct tw_box *plain;
	size_t n;
};

static inline const struct tw_box *tw_box_list_at(const struct tw_box_list *list, size_t i)
{
	return list->labelled ? &list->labelled[i].box : &list->plain[i];
}

/* Fills the space's plan with the boxes of one family; empty boxes are left out. False on failure.
 */
bool tw_plan_fill(struct tw_space *space, const struct tw_box_list *list, unsigned family,
	uint16_t otherwise);

#endif
