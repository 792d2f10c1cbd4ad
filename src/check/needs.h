/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_NEEDS_H
#define TW_CHECK_NEEDS_H

/*
 * Needs: the packets behind a finding, exactly, as the list that drops them sees them. They outlive
 * the judge's sets, so that `fix` can write rules for them. Kept whole when somebody
 * asks, else only the first few boxes, for the words of the finding (near_miss.c).
 */

#include "filter.h"
#include "net.h"
#include "twoway/check.h"

/* Packets of one family that a list sees: the other end, and the destination port or ICMP type. */
struct tw_need_box {
	uint8_t protocol_lo, protocol_hi;
	struct tw_range peer;
	struct tw_ports ports;
};

struct tw_need {
	const char *flow; /* id, or NULL */
	uint32_t acl;
	enum tw_list list;
	enum tw_direction direction;
	uint8_t family, protocol;
	enum tw_level level; /* how loud this loss is; a finding is as loud as its loudest */
	unsigned leg;	     /* whose port a reply goes to: 0 the client's, else a translator's */
	uint32_t zero;	     /* a 0-0 rule that was meant as "all", index + 1; or 0 */
	const struct tw_need_box *box;
	size_t boxes;
	bool cut; /* there are more: nobody asked for needs, they are kept for words only */
};

struct tw_needs {
	const struct tw_need *v;
	size_t n;
};

/*
 * tw_check with ends told apart that filters treat alike, so that a part of them is no rest; and
 * the needs of each finding in the order of the report; they live as long as the report.
 *
 * What the book has of a network that differs in a few lists is not judged again. With `keep` the
 * book is about this network afterwards: network and report must then outlive its use. The sums of
 * subnets and interfaces that took part are those of what was judged anew. The report's arena takes
 * what is added to it later.
 */
struct tw_book;
TW_NODISCARD tw_status tw_check_needs(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_check_options *options, struct tw_book *book, bool keep,
	struct tw_diags *ret_diags, struct tw_report **ret, const struct tw_needs **ret_needs);
struct tw_arena *tw_report_arena(struct tw_report *report);
/* Its findings, for whoever fills in what they lack before it is handed over. */
struct tw_finding *tw_report_findings(struct tw_report *report);

#endif
