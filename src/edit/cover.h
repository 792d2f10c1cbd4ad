/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_EDIT_COVER_H
#define TW_EDIT_COVER_H

/*
 * Minimal rule lists: the fewest rules (CIDR block, protocol, ports) that together hold everything
 * that must be in, and nothing outside of what may be in.
 */

#include "mem.h"
#include "twoway/space.h"

/* Later ones win: what is in a NOT box is outside, whatever else says. */
enum tw_cover_part { TW_COVER_MUST, TW_COVER_MAY, TW_COVER_NOT };

/*
 * What one rule can say. `protocol` -1 is all of them. Ports are those of TCP and UDP, or type *
 * 256 + code of ICMP, where a rule takes one code, one type or everything. Of other protocols ports
 * do not count.
 */
struct tw_cover_box {
	struct tw_prefix cidr;
	int16_t protocol;
	struct tw_ports ports;
	enum tw_cover_part part; /* of a result: TW_COVER_MUST */
};

struct tw_cover {
	struct tw_cover_box *rule; /* in no order that means anything, but always the same */
	size_t n;
	bool exact; /* fewer are impossible: proved */
	bool whole; /* false: a part of MUST fits into no rule, such as a type without one code */
};

/* Candidates of one hard part up to which the answer is always exact. */
#define TW_COVER_EXACT 24

/* All boxes are of one family. The result is drawn from `arena`; boxes may overlap. */
TW_NODISCARD tw_status tw_cover(
	struct tw_arena *arena, const struct tw_cover_box *box, size_t n, struct tw_cover *ret);

/* Rules with ports of their own; a protocol that has none has 0-65535. */
bool tw_cover_is_icmp(int protocol);

/* ---- between cover.c and set_cover.c --------------------------------------------------------- */

/*
 * The bare problem: `cell[i]` is a set of candidates, as bits; choose the fewest candidates so that
 * each cell has one. Every cell has at least one candidate.
 */
struct tw_cells {
	const uint64_t *bits; /* cells * words */
	size_t cells, candidates, words;
};
/* `chosen`: an array of `candidates`, set by the call. */
TW_NODISCARD tw_status tw_set_cover(
	struct tw_mem *mem, const struct tw_cells *cells, bool *chosen, bool *ret_exact);

#endif
