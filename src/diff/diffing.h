/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_DIFF_DIFFING_H
#define TW_DIFF_DIFFING_H

/*
 * Two networks, judged in one space: sets of both are canonical there, so "does the same" is "is
 * the same number", however the rules are written. First it is found out what does something else
 * at all; only packets that such a thing can touch are judged, once in each network, and the
 * outcomes are refined against each other.
 */

#include "results.h"
#include "twoway/diff.h"

enum tw_age { TW_OLD, TW_NEW, TW_AGES };

static inline struct tw_change_side *tw_change_side_of(struct tw_change *change, enum tw_age age)
{
	return age == TW_OLD ? &change->before : &change->after;
}

struct tw_making;

struct tw_diffing {
	struct tw_mem *mem;
	struct tw_arena *arena; /* the difference's: all that a change points to */
	struct tw_space *space;
	struct tw_results side[TW_AGES];
	struct tw_check_options check;
	const struct tw_diff_options *options;
	TW_VEC(struct tw_making *) found; /* changes under construction: change.c */
	TW_VEC(struct tw_change) change;
	TW_VEC(const char *) same;
	TW_VEC(const char *) differs;  /* components that do something else */
	TW_VEC(const char *) idle;     /* those of them that nobody sits behind */
	TW_VEC(struct tw_paths) paths; /* what outcomes point to */
	unsigned rounds;	       /* comparisons so far: tw_change_add */
};

/* Packets that fare differently, and how in each network; NULL: no such packet exists there. */
struct tw_twin {
	tw_set set;
	const struct tw_outcome *outcome[TW_AGES];
};
struct tw_twins {
	struct tw_twin *v;
	size_t n, room;
};

/* Where twins were found. */
struct tw_where {
	const char *component;	       /* NULL: that of the rule that decides */
	const char *list;	       /* that the request meets there, or NULL */
	const char *from, *to;	       /* in words; NULL: by the addresses of the change */
	const char *from_vpc, *to_vpc; /* an end without words of its own: its subnets there */
	tw_set public_from;	       /* the internet, as initiators; TW_EMPTY: not to be named */
	/* Whoever starts it from outside, where no public address is among them; NULL: as judged.
	 */
	const struct tw_levels *inside;
};

/* ---- lists.c: what two lists of rules do ------------------------------------------------------
 */

/* An index in each network; TW_MISSING where it has none. */
struct tw_pair {
	uint32_t index[TW_AGES];
};
struct tw_pairs {
	struct tw_pair *v;
	size_t n, room;
};
/* ACLs, or groups, by id; an ACL that stands alone in each network is one pair whatever its id. */
TW_NODISCARD tw_status tw_pair_up(
	struct tw_diffing *d, enum tw_kind kind, bool lone, struct tw_pairs *ret);
/* The id, of the newer one where both have it. */
const char *tw_pair_id(struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair);
/* A list of both, compiled; where there is none, nothing passes. */
TW_NODISCARD tw_status tw_pair_compile(struct tw_diffing *d, enum tw_kind kind,
	const struct tw_pair *pair, struct tw_view view, struct tw_compiled ret[TW_AGES]);
/* The points that one lets pass and the other does not, or that only one leaves open. */
tw_set tw_differing(
	struct tw_space *space, const struct tw_compiled *a, const struct tw_compiled *b);
/* Whether the pair does the same in both lists, whether it reads the same, and in which lists rules
 * that cannot be resolved are others than before. */
struct tw_verdict_of_pair {
	bool same, reads_same, doubt[2];
};
TW_NODISCARD tw_status tw_pair_compare(struct tw_diffing *d, enum tw_kind kind,
	const struct tw_pair *pair, struct tw_verdict_of_pair *ret);

/* ---- the ways to look at it -------------------------------------------------------------------
 */

/* alone.c: flows through one ACL, or one group, that nobody is known to sit behind; with --filters
 * the packets that each of its lists lets pass. `near`: who sits behind it, or NULL. */
TW_NODISCARD tw_status tw_diff_alone(
	struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair, const char *near);

/* What a list of both leaves open by rules that are not the same: nobody knows whether it changes.
 */
TW_NODISCARD tw_status tw_diff_doubts(
	struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair, enum tw_list list);
/* touched.c: what a change can touch, by index in each network. */
struct tw_touched {
	bool everything;    /* something that stands on the way of anybody */
	bool *vpc[TW_AGES]; /* ... on the way of anybody in this VPC */
	bool *acl[TW_AGES], *group[TW_AGES];
	bool *table[TW_AGES], *subnet[TW_AGES], *interface[TW_AGES];
};
TW_NODISCARD tw_status tw_touched_open(struct tw_diffing *d, struct tw_touched *ret);
/* From the ACLs and groups that do something else, on to whoever sits behind them. */
TW_NODISCARD tw_status tw_touched_spread(struct tw_diffing *d, struct tw_touched *touched);
/* elsewhere.c: whether gateways, balancers and what else carries packets read the same. */
TW_NODISCARD tw_status tw_elsewhere_same(struct tw_diffing *d, bool *ret);
/* whole.c: flows between those who are touched and everybody else. */
TW_NODISCARD tw_status tw_diff_whole(struct tw_diffing *d, const struct tw_touched *touched);

/* diff.c: judges a piece in one network, in parts where names say who starts it. */
TW_NODISCARD tw_status tw_diff_judge(
	struct tw_diffing *d, int age, const struct tw_piece *piece, struct tw_outcomes *ret);

/* ---- from outcomes to changes -----------------------------------------------------------------
 */

/* refine.c: the common refinement of two judgements of the same packets: what differs. */
TW_NODISCARD tw_status tw_refine(
	struct tw_diffing *d, const struct tw_outcomes outcomes[TW_AGES], struct tw_twins *ret);
/* The ports that any of these clients picks. */
TW_NODISCARD tw_status tw_picked_by(struct tw_arena *arena, const struct tw_client_result *client,
	size_t n, struct tw_port_list *ret);
/* change.c: a twin becomes a change, unless no client notices it, or joins one that is the same but
 * for its packets; `round` tells apart where they may be joined. `where` must live as long as `d`.
 */
TW_NODISCARD tw_status tw_change_add(struct tw_diffing *d, const struct tw_where *where,
	unsigned round, const struct tw_twin *twin);
/* Completes what was found, into d->change. */
TW_NODISCARD tw_status tw_changes_finish(struct tw_diffing *d);
/* change_words.c: what a change of these packets is called; its kind, its verdicts, its
 * family, protocol and kind of replies are known. Sets are written down in `r`. */
TW_NODISCARD tw_status tw_change_words(struct tw_diffing *d, const struct tw_where *where,
	tw_set set, struct tw_results *r, struct tw_change *change);
/* deciding.c: the rules that decide it, before and after, and the component they belong to. `lost`:
 * the client ports that only one of the networks gives a reply. */
TW_NODISCARD tw_status tw_deciding(struct tw_diffing *d, const struct tw_twin *twin,
	struct tw_port_list lost, struct tw_change *change);
/* cuts.c: what becomes of connections that are up. */
TW_NODISCARD tw_status tw_cuts(
	struct tw_diffing *d, const struct tw_twin *twin, struct tw_change *change);

#endif
