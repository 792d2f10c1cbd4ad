/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_READING_H
#define TW_CHECK_READING_H

/*
 * Which network ACLs were asked, and about what traffic: noted while a chapter of a report is
 * written (chapter.h), so that it is known what must be the same for it to hold in another network.
 */

#include "filter.h"
#include "net.h"
#include "vec.h"

/* What entries of a list can be about; one of protocol -1 is about all. */
enum tw_traffic {
	TW_TRAFFIC_TCP = 1,
	TW_TRAFFIC_UDP = 2,
	TW_TRAFFIC_OTHER = 4,
	TW_TRAFFIC_ALL = 7
};
enum tw_traffic tw_traffic_of(int16_t protocol);

struct tw_read {
	uint32_t acl;
	uint8_t traffic; /* of enum tw_traffic */
	bool judged;	 /* took part in a flow */
};
typedef TW_VEC(struct tw_read) tw_reads;

struct tw_reading {
	struct tw_mem *mem;
	tw_reads read; /* of the chapter that is being written */
	uint32_t *at;  /* by ACL: its place in `read`, from 1 on; 0: not read */
};

TW_NODISCARD tw_status tw_reading_note(
	struct tw_reading *reading, uint32_t acl, uint8_t traffic, bool judged);
/* Hands over what was read, and begins anew. */
tw_reads tw_reading_take(struct tw_reading *reading);

/*
 * The traffic that the lists of an ACL treat otherwise after an edit, by the entries alone. All of
 * it where the blocks change that its entries name, or whether they let anything of a family pass:
 * these are asked of the list as a whole.
 */
uint8_t tw_acl_changes(const struct tw_acl *before, const struct tw_acl *after);

#endif
