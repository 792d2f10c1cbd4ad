/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_CHAPTER_H
#define TW_CHECK_CHAPTER_H

/*
 * Chapters of a report: what one group, gateway or load balancer, or one kind of traffic of an ACL
 * gives rise to. Each is written by itself, as if nothing else were told, and then bound to the
 * others in their order, one mistake of several chapters becoming one finding. So a chapter that is
 * kept (book.h) holds in another report, if nothing that was read for it differs.
 */

#include "reading.h"
#include "results.h"

struct tw_chapter {
	tw_flows flow;
	tw_finding_drafts finding;
	tw_client_list client;
	tw_reads read;
	unsigned assumptions;
	const struct tw_net *net; /* whose rules its findings name, by their place in the lists */
};

typedef tw_status (*tw_chapter_write)(void *ctx);

/*
 * Tells chapter number `at` of the report: the kept one, or what `write` adds to the results, which
 * is asked about `traffic` only. Chapters come in one order in all reports of a network.
 */
TW_NODISCARD tw_status tw_chapter_tell(struct tw_results *results, size_t at,
	enum tw_traffic traffic, tw_chapter_write write, void *ctx);
void tw_chapter_free(struct tw_mem *mem, struct tw_chapter *chapter);

/* join.c: a finding of a chapter becomes one of the results', or a part of one. It is theirs then,
 * or freed. */
TW_NODISCARD tw_status tw_finding_join(struct tw_results *results, struct tw_finding_draft *one);
TW_NODISCARD tw_status tw_finding_copy(
	struct tw_mem *mem, const struct tw_finding_draft *from, struct tw_finding_draft *ret);

#endif
