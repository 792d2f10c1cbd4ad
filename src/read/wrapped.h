/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_WRAPPED_H
#define TW_READ_WRAPPED_H

/*
 * Answers that do not say what they are about: the command had its id, the answer does not repeat
 * it. It stands in a wrapper beside the list, or in the name of the file.
 */

#include "aws.h"

struct tw_wrapped {
	const char *key;     /* of the list */
	const char *parent;  /* of the id beside it */
	const char *command; /* that prints the list */
	/* True if a list without an id beside it is such an answer. */
	bool (*is)(const struct tw_document *d, uint32_t page, uint32_t array);
	tw_aws_part_fn read; /* NULL: nothing is missed without it */
	enum tw_kind kind;   /* of the parent */
	bool holds;	     /* names objects of the kind; else only says more about them */
	const char *things, *in_path, *example; /* for the message that no id was found */
};

extern const struct tw_wrapped tw_wrapped[];
extern const size_t tw_wrapped_n;

/* True if the page is or holds such an answer: *ret is its list. */
bool tw_wrapped_is(
	const struct tw_document *d, uint32_t page, const struct tw_wrapped *w, uint32_t *ret);
TW_NODISCARD tw_status tw_wrapped_read(struct tw_aws *aws, const struct tw_wrapped *w,
	uint32_t page, uint32_t array, const char *path, bool whole);

#endif
