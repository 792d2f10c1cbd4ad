/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_FILTER_RULE_H
#define TW_FILTER_RULE_H

/* Rules as boxes of the space. */

#include "filter.h"
#include "vec.h"

struct tw_labelled_boxes {
	struct tw_labelled_box *v;
	size_t n, room;
};

/* The boxes of a list, in list order: of rules that match for sure, and of those that may. */
struct tw_rule_boxes {
	struct tw_labelled_boxes sure, maybe;
};

/* Adds the boxes of a rule, none if it has no peers. */
TW_NODISCARD tw_status tw_rule_boxes_add(struct tw_mem *mem, struct tw_rule_boxes *boxes,
	const struct tw_rule *rule, struct tw_view view, uint16_t label);
void tw_rule_boxes_free(struct tw_mem *mem, struct tw_rule_boxes *boxes);

#endif
