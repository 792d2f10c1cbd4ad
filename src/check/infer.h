/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_INFER_H
#define TW_CHECK_INFER_H

/* Flows that nobody stated: the twelve rules of the inference, one ACL or one group at a time. */

#include "atoms.h"
#include "near.h"
#include "results.h"

/* Other subnets of the VPC, by their ACL: their lists are asked, too (SPEC: path-same-vpc). */
struct tw_beside {
	uint32_t acl;
	tw_set from, to;	 /* their addresses, as initiators and as responders */
	struct tw_path *path[2]; /* by the list of the ACL under inference that the request meets */
};

/*
 * Near ends that routes treat alike, and their ways through gateways, by the list that the request
 * meets: to subnets of other VPCs that a narrow rule names; those with lists of their own; those
 * that lead where nobody knows what is asked.
 */
struct tw_far {
	const struct tw_site *near, *site; /* the first of them; one that stands for all */
	struct tw_paths named[2], path[2], doubt[2];
};

/* One ACL under inference: its atoms for TCP and UDP in both families, and who sits behind it. */
struct tw_scope {
	struct tw_results *results;
	uint32_t acl;
	struct tw_nears near;
	struct tw_atoms atoms;
	struct tw_port_list **service; /* [atom * 2 + list][rule] */
	struct tw_path *path[2];       /* by the list that the request meets */
	struct tw_beside *beside;
	size_t besides;
	struct tw_far *far, **far_of; /* far_of: by near end, NULL if its routes are not known */
	size_t fars;
	struct tw_path *assumed[2]; /* path[], where what lies beyond is assumed open */
	struct tw_levels levels[TW_INITIATORS], quiet[TW_INITIATORS]; /* quiet: warnings as notes */
	tw_set peers;	   /* every peer of a flow, at FROM; for path MTU */
	bool has_peers[2]; /* those of TCP, of UDP are among them */
	bool open;	   /* all of the above is there */
	size_t flows;
};

/* Everything about one ACL, in chapters from `chapter` on: flows (rules 1 to 5, 8 to 11), UDP and
 * ICMP (rule 7), OPEN sets (rule 6). */
#define TW_TOPICS 4
TW_NODISCARD tw_status tw_infer_acl(struct tw_results *results, uint32_t acl, size_t chapter);
TW_NODISCARD tw_status tw_infer_open(struct tw_scope *scope);
TW_NODISCARD tw_status tw_infer_open_udp(struct tw_scope *scope);
TW_NODISCARD tw_status tw_infer_icmp(struct tw_scope *scope);
/* All peers of its services are in scope->peers afterwards. */
TW_NODISCARD tw_status tw_scope_peers(struct tw_scope *scope);
/* Flows that one group's narrow rules ask for. */
TW_NODISCARD tw_status tw_infer_group(struct tw_results *results, uint32_t group);

/* What the subnets of a NAT gateway's clients send through it. */
TW_NODISCARD tw_status tw_infer_nat(struct tw_results *results, uint32_t nat);
/* A load balancer: its callers, if no group says who they are; its targets; their health. */
TW_NODISCARD tw_status tw_infer_balancer(struct tw_results *results, uint32_t balancer);

/* scope.c: opening, once, and what the above share. Close after failure too. */
TW_NODISCARD tw_status tw_scope_open(struct tw_scope *scope);
void tw_scope_close(struct tw_scope *scope);
/* scope_far.c: walks once for all near ends that are alike; freed by tw_scope_close. */
TW_NODISCARD tw_status tw_scope_fars(struct tw_scope *scope);
void tw_scope_fars_free(struct tw_scope *scope);
/* The part of `rest` that goes such a way becomes pieces, and is taken off. */
struct tw_pieces;
TW_NODISCARD tw_status tw_far_pieces(struct tw_scope *scope, size_t near, enum tw_list list,
	const struct tw_piece *like, struct tw_pieces *ret, tw_set *rest);
/* Its flows were judged by the ACL alone: its subnets and interfaces took part. */
void tw_scope_visit(struct tw_scope *scope);
bool tw_scope_meets(struct tw_scope *scope, const struct tw_atom *atom, bool outbound);
/* What a flow has from the rule of `owner`, an ACL or a group, that asks for it: its id, because,
 * evidence, origin and purpose. */
TW_NODISCARD tw_status tw_flow_of_rule(struct tw_results *results, const char *owner,
	enum tw_list list, const struct tw_rule *rule, struct tw_flow *flow);
TW_NODISCARD tw_status tw_scope_flow(struct tw_scope *scope, enum tw_list list, size_t rule,
	uint8_t protocol, struct tw_draft *ret);
/* Judges the pieces of a draft that is complete but for its outcomes; finds losses; keeps the flow.
 */
struct tw_pieces {
	struct tw_piece *v;
	size_t n, room;
};
TW_NODISCARD tw_status tw_judge_draft(
	struct tw_results *results, struct tw_draft *draft, const struct tw_pieces *pieces);
/* Adds packets to the piece with the same path, levels, cap and twin. */
TW_NODISCARD tw_status tw_pieces_add(
	struct tw_results *results, struct tw_pieces *pieces, const struct tw_piece *piece);
/* The packets that a near end can send or get, as pieces by who starts them. */
TW_NODISCARD tw_status tw_scope_pieces(struct tw_scope *scope, enum tw_list list, tw_set packets,
	const struct tw_piece *like, bool quiet, struct tw_pieces *ret);

#endif
