/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_SPACE_SPLIT_H
#define TW_SPACE_SPLIT_H

/*
 * Splitting a partition at a field: which points behave alike from that field on?
 *
 * Diagrams are canonical, so "behaves alike" is "has the same residual diagram": the split costs
 * one walk, whatever the residuals look like. This is how addresses with one outcome become one
 * region.
 */

#include "mem.h"
#include "twoway/space.h"

struct tw_residuals {
	tw_set *v;
	size_t n, room;
};

/*
 * Labels every point, by the fields before `field` alone, with 1 + the index of its residual: the
 * partition of the fields from `field` on that holds there. Points whose residual is 0 everywhere
 * get label 0. Residuals are appended to `ret`, which starts empty, is drawn from `mem`, and is
 * freed with tw_residuals_free. Failure sticks to the space; the result is then TW_EMPTY.
 */
tw_set tw_partition_split(struct tw_space *space, tw_set partition, enum tw_field field,
	struct tw_mem *mem, struct tw_residuals *ret);
void tw_residuals_free(struct tw_mem *mem, struct tw_residuals *residuals);

/* A port interval with its label. */
struct tw_labelled_ports {
	struct tw_ports ports;
	uint16_t label;
};

/*
 * A residual that depends on one port field only, as labelled intervals that cover 0-65535 in
 * order; neighbours have different labels. At most `room` are written; the number is returned.
 */
size_t tw_partition_ports(struct tw_space *space, tw_set residual, enum tw_field field,
	struct tw_labelled_ports *out, size_t room);

#endif
