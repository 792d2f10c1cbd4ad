/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_FIX_MEND_H
#define TW_FIX_MEND_H

/*
 * Mending one finding: what its lists drop becomes gaps, gaps become edits, edits are tried on a
 * copy of the network and judged again. Nothing is offered that was not proved.
 */

#include "addresses.h"
#include "book.h"
#include "classes.h"
#include "entry.h"
#include "needs.h"
#include "number.h"
#include "opens.h"
#include "patch.h"
#include "twoway/fix.h"
#include "vec.h"

/* A network and what check says of it. */
struct tw_state {
	const struct tw_net *net;
	const struct tw_report *report;
	const struct tw_needs *needs; /* by finding */
};

struct tw_mender {
	struct tw_mem *mem;
	struct tw_arena *arena;	       /* what is offered */
	struct tw_arena work;	       /* what is tried */
	struct tw_book *book;	       /* of m->now: most of what trials ask is the same */
	struct tw_check_options check; /* of trials: without details */
	struct tw_diags *diags;
	unsigned quota;
	const struct tw_net *original; /* its rule numbers are not used again */
	struct tw_state now;	       /* with everything mended so far */
	TW_VEC(struct tw_edit) given;  /* offered for other findings: numbers are theirs */
	bool follow;		       /* flows that the edits bring up are to be mended, too */
	const char *refusal;	       /* why there is no edit, a whole sentence; or NULL */
};

/* Packets of one family and protocol that one list must let pass for a finding. */
struct tw_lost {
	struct tw_need_box box;
	const char *flow;
};
struct tw_gap {
	uint32_t acl;
	enum tw_list list;
	enum tw_direction direction;
	uint8_t family;
	int16_t protocol; /* -1: several */
	unsigned leg;
	uint32_t zero;			  /* as in the need */
	const struct tw_finding *finding; /* that lost the first of them, now or in a trial */
	TW_VEC(struct tw_lost) lost;
};
typedef TW_VEC(struct tw_gap) tw_gaps;

/* How wide a fix is to be. */
enum tw_width {
	TW_FOR_CLIENTS, /* the ports of the clients that the finding is about */
	TW_FOR_ALL,	/* 1024-65535: those of every client. SPEC: eph-cover-all */
	TW_FOR_PEERS,	/* the first, and the flow's own addresses, block by block */
	TW_WIDTHS
};

typedef TW_VEC(struct tw_edit) tw_edits;

/* Appends an edit; one that follows on another of the same rule becomes one with it. */
TW_NODISCARD tw_status tw_edits_join(
	struct tw_mem *mem, tw_edits *edits, const struct tw_edit *edit);

/* gaps.c */
TW_NODISCARD tw_status tw_gaps_add(struct tw_mender *m, const struct tw_finding *finding,
	const struct tw_needs *needs, tw_gaps *ret);
void tw_gaps_free(struct tw_mender *m, tw_gaps *gaps);
/* Clients whose ports a fix of the finding must cover: see docs/fix.md. */
bool tw_is_at_hand(
	const struct tw_finding *finding, enum tw_list list, const struct tw_client_result *client);
/* Ports and blocks of the entries that close a gap, in the work arena. */
TW_NODISCARD tw_status tw_gap_ports(struct tw_mender *m, const struct tw_gap *gap,
	const struct tw_finding *finding, enum tw_width width, const struct tw_ports **ret,
	size_t *ret_n);
TW_NODISCARD tw_status tw_gap_blocks(struct tw_mender *m, const struct tw_gap *gap,
	enum tw_width width, const struct tw_prefix **ret, size_t *ret_n);
/* The packets themselves, as requests that the list sees; and those to the other ports of the
 * clients at hand. */
TW_NODISCARD tw_status tw_gap_set(struct tw_mender *m, const struct tw_gap *gap,
	const struct tw_finding *finding, tw_set *ret_lost, tw_set *ret_all);

/* What people must be told of edits: a deny that somebody wrote goes, or what passed may not. */
struct tw_choice_marks {
	bool undoes, closes;
};

/*
 * propose.c: appends the edits that close a gap on top of those that are there, by choice number
 * `variant`, 0 the best; by the best where there are not so many. `*ret_choices`: how many there
 * are. One, without edits, where the list lets it all pass already; none, and m->refusal may say
 * why, where no edit would do.
 */
TW_NODISCARD tw_status tw_propose(struct tw_mender *m, const struct tw_gap *gap,
	const struct tw_finding *finding, enum tw_width width, unsigned variant, tw_edits *edits,
	struct tw_choice_marks *marks, size_t *ret_choices);

/* prove.c: less of the flow works than before: its verdict, or some client's share of ports. */
bool tw_is_worse(const struct tw_flow *before, const struct tw_flow *after);
/* Some flow of the finding that is worse off, or with `own` false some other one; of any where
 * `finding` is NULL. NULL: none. One that nothing asks for any more was a permission that lost
 * something: it is mended. */
const struct tw_flow *tw_worse_flow(const struct tw_report *before, const struct tw_report *after,
	const struct tw_finding *finding, bool own);
/* How often the finding is told, as loudly at least. */
size_t tw_count_like(const struct tw_report *report, const struct tw_finding *finding);
/* A flow by id, or NULL. */
const struct tw_flow *tw_flow_of(const struct tw_report *report, const char *id);
/* A trial and what it says. */
struct tw_trial {
	struct tw_patch *patch;
	struct tw_report *report;
	const struct tw_needs *needs;
	bool proved;
	tw_gaps more; /* what the flows of the finding lose next */
};
TW_NODISCARD tw_status tw_try_edits(
	struct tw_mender *m, size_t finding, const tw_edits *edits, struct tw_trial *ret);
void tw_trial_free(struct tw_mender *m, struct tw_trial *trial);
/* Ids of the clients at hand whose flows are complete now, in the arena. */
TW_NODISCARD tw_status tw_complete_for(struct tw_mender *m, const struct tw_finding *finding,
	const struct tw_trial *trial, const char *const **ret, size_t *ret_n);

/* fix.c: why a finding without needs stays, a whole sentence; NULL if memory runs out. What must
 * never pass is closed by a person: taking a rule away may cut off what is wanted. */
const char *tw_unmendable(struct tw_arena *arena, const struct tw_finding *finding);
/* Why tw_mend found nothing, a whole sentence. */
const char *tw_refusal(const struct tw_mender *m);

/* alternatives.c: the fixes of one finding of m->now, by rank, in the arena. */
TW_NODISCARD tw_status tw_mend(
	struct tw_mender *m, size_t finding, const struct tw_fix **ret, size_t *ret_n);

/* fix.c: the same, and the numbers of what is offered are not offered for another rule again. */
TW_NODISCARD tw_status tw_mend_beside(
	struct tw_mender *m, size_t finding, const struct tw_fix **ret, size_t *ret_n);
TW_NODISCARD tw_status tw_mender_open(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *diags, struct tw_mender *ret);
void tw_mender_close(struct tw_mender *m);
/* Where no set is in use: forgets all of them if they have become many. */
void tw_mender_tidy(struct tw_mender *m);

#endif
