/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_EDIT_NUMBER_H
#define TW_EDIT_NUMBER_H

/* Rule numbers: which are free, and how many entries a list may have. */

#include "filter.h"

enum { TW_NUMBER_MOST = 32766, TW_QUOTA_DEFAULT = 20 };

/*
 * A free number above `after` and below `before`, for a rule that may stand anywhere between; 0:
 * there is none. `reserved`: numbers of another version of the list that are not to be used, or n
 * 0. Multiples of ten first; behind the rules that are there, if there is room.
 * SPEC: nacl-number-space-per-direction, nacl-rule-number-range
 */
unsigned tw_number_free(
	struct tw_rules rules, struct tw_rules reserved, unsigned after, unsigned before);
/* Entries of one family, the default deny included. SPEC: quota-nacl-rules */
size_t tw_list_entries(struct tw_rules rules, uint8_t family);

#endif
