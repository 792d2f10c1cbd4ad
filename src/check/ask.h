/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_ASK_H
#define TW_CHECK_ASK_H

/*
 * Asking: "can these sites talk to those about this service?" becomes pieces, one for each path
 * between two sites. Used by groups, intents and trace alike.
 */

#include "infer.h"
#include "select.h"

struct tw_question {
	const struct tw_sites *from, *to;
	const struct tw_service *service;
	size_t services;
	const struct tw_levels
		*given; /* what an intent or a name says, whoever starts it; or NULL */
	bool trace;	/* judge every client of the table as well */
	bool inferred;	/* leave out what a route stops; paths of equal situations are one */
	bool lost;	/* `inferred`, but what a route stops is kept */
	bool anywhere;	/* as in struct tw_piece */
	enum tw_level cap;
	/* results */
	struct tw_paths paths;	 /* drawn from results->mem */
	struct tw_pieces pieces; /* the same; they point into `paths` */
};

/* Fills paths and pieces. Free with tw_question_free, after failure too. */
TW_NODISCARD tw_status tw_ask(struct tw_results *results, struct tw_question *question);
/* Asks, and judges what comes out, but for what intents speak for: the draft's outcomes. They point
 * into the question. */
TW_NODISCARD tw_status tw_question_judge(
	struct tw_results *results, struct tw_question *question, struct tw_draft *draft);
/* Finds what a judged draft loses, and keeps its flow; nothing if no packet of it exists. */
TW_NODISCARD tw_status tw_draft_keep(struct tw_results *results, struct tw_draft *draft);
void tw_question_free(struct tw_results *results, struct tw_question *question);
/* The services of a question as ports of one protocol, for the flow; n 0 if it has none. */
TW_NODISCARD tw_status tw_question_text(struct tw_results *results,
	const struct tw_service *service, size_t n, struct tw_flow *flow);
/* A selection as one end of a flow. */
TW_NODISCARD tw_status tw_peer_of(
	struct tw_results *results, const struct tw_selection *selection, struct tw_peer *ret);

#endif
