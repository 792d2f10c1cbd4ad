/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_FIX_PROPOSAL_H
#define TW_FIX_PROPOSAL_H

/* One list that drops what a finding wants, and the choices of edits that let it pass. */

#include "mend.h"

/* Of what the list denies: the packets that must pass, and the rules that have a part in it. */
struct tw_aim {
	tw_set wanted;
	bool *decides; /* by rule */
};

enum tw_choice_kind {
	TW_WIDEN,
	TW_ADD_BEHIND,
	TW_ADD_IN_FRONT,
	TW_SHRINK_DENY,
	TW_REMOVE_DENY,
	TW_TAKE_OVER,
	TW_REPLACE_TWINS
};

struct tw_choice {
	enum tw_choice_kind kind;
	struct tw_choice_marks marks;
	struct tw_count opened;
	const struct tw_edit *edit;
	size_t edits;
};

struct tw_proposal {
	struct tw_mender *m;
	const struct tw_gap *gap;
	const struct tw_finding *finding;
	struct tw_rules rules, reserved; /* of the list now, and of the input */
	struct tw_view view;
	const char *acl;
	struct tw_compiled old;
	struct tw_aim aim;	/* all that is wanted */
	bool *idle;		/* by rule: decides nothing at all */
	struct tw_entry *entry; /* that would let it pass, without numbers */
	size_t entries;
	TW_VEC(struct tw_choice) choice; /* those that work; the best first at the end */
};

/* A deny that somebody aimed: not one of everything, from everywhere, as AWS denies at the end. */
bool tw_is_aimed(const struct tw_rule *rule);
/* What the marked rules decide of the old list, and the rules that decide of a set. */
TW_NODISCARD tw_status tw_decided_by(struct tw_proposal *p, const bool *rule, tw_set *ret);
TW_NODISCARD tw_status tw_deciders_of(struct tw_proposal *p, tw_set set, bool *ret_rule);

/* choices.c: every kind of edits is built, and kept if it works and respects what others meant. */
TW_NODISCARD tw_status tw_choose_edits(struct tw_proposal *p);

#endif
