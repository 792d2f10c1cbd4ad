/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_SPACE_OPS_H
#define TW_SPACE_OPS_H

/* The recursion over two diagrams (ops.c), for the files that build on it. */

#include "node.h"

struct tw_job {
	enum tw_op op;
	tw_label_pair pair; /* TW_OP_COMBINE */
	void *ctx;
};

/* `op` of job over two diagrams; the space's status must be TW_OK on entry. */
tw_set tw_apply(struct tw_space *space, const struct tw_job *job, tw_set a, tw_set b);

/* All points that agree with some point of the set in one field and in the family (derive.c). */
tw_set tw_set_values(struct tw_space *space, tw_set set, enum tw_field field);

#endif
