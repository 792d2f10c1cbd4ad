/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_JUDGE_H
#define TW_CHECK_JUDGE_H

/*
 * The judge: packets and a path go in, outcomes come out.
 *
 * DOC: A request set and a reply partition share the initiator's and the responder's address; the
 * request depends on the service port, the reply on the client port. So the packets of a piece fall
 * apart by (does the request pass) x (which client ports return): the second is the residual of the
 * reply partition at the field `client`, and addresses with the same residual are one outcome
 * (split.h). Nothing is enumerated: not addresses, not ports.
 *
 * Filters are compiled once per view and kept until the judge is reset.
 */

#include "classes.h"
#include "levels.h"
#include "recent.h"
#include "path.h"
#include "reading.h"
#include "split.h"
#include "twoway/check.h"
#include "vec.h"

struct tw_piece {
	tw_set set; /* (family, protocol, from, to, service); the field client is free */
	const struct tw_path *path;
	const struct tw_levels *levels;
	enum tw_level cap;	    /* the loudest that a finding about it may be: inference.md */
	const struct tw_rule *twin; /* rule 8: the rule that was taken for a reply rule, or NULL */
	bool wide;     /* the rule names more than the VPC: nobody's word about other ones */
	bool unnamed;  /* names do not say who starts it (declared.h) */
	bool anywhere; /* a rule for 0.0.0.0/0 or ::/0 asks for it */
	uint64_t mark; /* equal for equal situations: most are told apart by it (ask.c) */
	size_t next;   /* the number, from 1, of the next piece with this mark; or 0 */
};

/* The replies to one port that somebody picked: the client (leg 0), or a translator. */
struct tw_outcome_leg {
	struct tw_port_list returns, undecided; /* ICMP: type and code of the reply */
	const struct tw_look *look;		/* the translator's; NULL for leg 0 */
	uint64_t passing, open, total;		/* of the translator's ports; leg 0: zero */
};

struct tw_outcome {
	const struct tw_path *path;
	const struct tw_levels *levels;
	enum tw_level cap;
	const struct tw_rule *twin;
	tw_set set; /* as in the piece: all packets of this outcome */
	uint8_t family;
	uint8_t protocol; /* the lowest one; several only among protocols without ports */
	enum tw_action request;
	enum tw_reply_kind reply_kind;
	enum tw_action reply; /* ICMP and whole: does the reply return */
	struct tw_outcome_leg leg[TW_LOOKS];
	unsigned legs;
	enum tw_verdict verdict;
	struct tw_client_result *client; /* one for each of levels; none for ICMP and whole */
	size_t clients_n;
};

struct tw_outcomes {
	struct tw_outcome *v;
	size_t n, room;
};

/* What one rule covers in a view. */
struct tw_covered {
	const struct tw_rule *rule; /* NULL: nothing is kept here */
	struct tw_view view;
	tw_set set;
};
#define TW_COVERED 64

struct tw_judge {
	struct tw_mem *mem;
	const struct tw_net *net;
	struct tw_space *space;
	struct tw_world world;
	struct tw_compiled *acl;	       /* [acl * 4 + list * 2 + direction] */
	struct tw_compiled *group;	       /* the same for groups */
	struct tw_recent_lists *lists;	       /* compiled for others in this space, or NULL */
	uint8_t *compiled;		       /* one byte each: acls first */
	struct tw_dead_end *dead_end;	       /* of the world, until the judge is reset */
	struct tw_covered covered[TW_COVERED]; /* the last rules that were asked about */
	struct tw_reading *reading;	       /* notes which lists are asked, or NULL */
	enum tw_traffic traffic;	       /* that they are asked about */
	bool borrows;			       /* the space is somebody else's */
	bool lent;			       /* and holds nothing that he needs */
};

TW_NODISCARD tw_status tw_judge_new(
	struct tw_mem *mem, const struct tw_net *net, struct tw_judge **ret);
/* The same in a space that outlives it, so that sets of two networks compare as numbers. Such a
 * judge is never reset, unless it is said to be `lent`. */
TW_NODISCARD tw_status tw_judge_new_in(struct tw_mem *mem, const struct tw_net *net,
	struct tw_space *space, struct tw_judge **ret);
void tw_judge_free(struct tw_judge *judge);
/* Forgets all sets, so that memory does not grow with the number of VPCs. Rebuilds the world. */
TW_NODISCARD tw_status tw_judge_reset(struct tw_judge *judge);

/* One ACL list or one group, compiled for a view. */
TW_NODISCARD tw_status tw_judge_acl(
	struct tw_judge *judge, uint32_t acl, struct tw_view view, const struct tw_compiled **ret);
TW_NODISCARD tw_status tw_judge_group(struct tw_judge *judge, uint32_t group, struct tw_view view,
	const struct tw_compiled **ret);
/* tw_rule_covers, which hops ask about the same few rules again and again. */
tw_set tw_judge_covers(struct tw_judge *judge, const struct tw_rule *rule, struct tw_view view);
/* What a crossing does: one ACL list, or all groups of an interface together. `decides` is set for
 * ACLs only. A tracked crossing lets all pass, and so does one that is no filter. Packets are those
 * that the crossing sees. */
TW_NODISCARD tw_status tw_judge_crossing(
	struct tw_judge *judge, const struct tw_crossing *crossing, struct tw_compiled *ret);
/* True if a group's rule names one of the load balancer's groups: its packets pass. SPEC: nlb-sg */
bool tw_rule_names(
	const struct tw_rule *rule, const struct tw_site *sponsor, const struct tw_net *net);
/* The same for the packets of a path as they were asked for; without `decides`. What only a lenient
 * crossing denies is unknown. */
TW_NODISCARD tw_status tw_judge_asked(struct tw_judge *judge, const struct tw_path *path,
	const struct tw_crossing *crossing, struct tw_compiled *ret);

/* The packets of a piece whose request passes, or may: the outcomes of all others are blocked. */
TW_NODISCARD tw_status tw_judge_passing(
	struct tw_judge *judge, const struct tw_piece *piece, tw_set *ret);
/* Appends the outcomes of a piece; what they point to is in `arena`. Order: by set, see outcome.c.
 */
TW_NODISCARD tw_status tw_judge_piece(struct tw_judge *judge, struct tw_arena *arena,
	const struct tw_piece *piece, struct tw_outcomes *ret);

/* Outcomes that only findings tell apart (by cap or twin) become one, as the contract's regions
 * are: all packets with one outcome. After the findings are made. */
TW_NODISCARD tw_status tw_outcomes_join(struct tw_judge *judge, struct tw_outcomes *outcomes);
/* What each client of `outcome->levels` gets of an outcome with ports whose request passes: fills
 * its clients and its verdict. */
TW_NODISCARD tw_status tw_outcome_clients(struct tw_arena *arena, struct tw_outcome *outcome);
/* Its clients with what one leg alone lets return, where other legs lose, too. */
TW_NODISCARD tw_status tw_outcome_leg_clients(struct tw_arena *arena,
	const struct tw_outcome *outcome, unsigned leg, const struct tw_client_result **ret);

/* True if the path's own reason, not a filter, is why this outcome is what it is. */
bool tw_outcome_has_reason(const struct tw_outcome *outcome);
/* Some alternative of the same packets gets through where this one does not. */
bool tw_outcome_has_rival(struct tw_judge *judge, const struct tw_outcomes *outcomes,
	const struct tw_outcome *outcome);

/* The box of one family with one protocol and service ports; other fields free. */
struct tw_box tw_service_box(enum tw_family family, const struct tw_service *service);
/* The packets of a service in both families; ICMP in its own only, unless `foreign`. */
tw_set tw_service_set(struct tw_space *space, const struct tw_service *service, bool foreign);

/* Type and code of the answer to an ICMP request; false if none is expected. */
bool tw_icmp_answer(enum tw_family family, uint16_t request, uint16_t *ret_reply);
/* The answers to an outcome's ICMP requests, as (from, to, client). */
tw_set tw_icmp_replies(struct tw_judge *judge, const struct tw_outcome *outcome);

/* Verdicts from results: deciding clients only (contract 3). */
enum tw_verdict tw_verdict_of_clients(const struct tw_client_result *client, size_t n);
/* The worse of two, for flows over regions. */
enum tw_verdict tw_verdict_worse(enum tw_verdict a, enum tw_verdict b);

#endif
