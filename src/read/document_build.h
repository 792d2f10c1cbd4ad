/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_DOCUMENT_BUILD_H
#define TW_READ_DOCUMENT_BUILD_H

/*
 * Building a document: what the JSON and the YAML reader share. Users of documents do not need it.
 */

#include "document.h"

TW_NODISCARD tw_status tw_document_new(struct tw_mem *mem, struct tw_sources *sources,
	uint32_t file, struct tw_diags *diags, struct tw_document **ret);

/*
 * Makes room for one more node. `done` of the file's bytes have been read: the rate of nodes so far
 * says how many will come, so that one step usually gets the final size. TW_ELIMIT past
 * TW_DOCUMENT_NODES.
 */
TW_NODISCARD tw_status tw_document_grow(struct tw_document *d, uint32_t done);
/* Gives back the room behind the last node. */
TW_NODISCARD tw_status tw_document_trim(struct tw_document *d);

/*
 * Adds an error for each member of a complete object whose key stood there before. *ret_unique says
 * if there was none; it is set on TW_OK only.
 */
TW_NODISCARD tw_status tw_document_unique(struct tw_document *d, uint32_t object, bool *ret_unique);

/* `text`; or, where it is NULL for lack of memory, "..." after noting that (tw_document_said). */
const char *tw_document_kept(struct tw_document *d, const char *text);

/* Adds an error at bytes [begin, end) and returns TW_EPARSE, or TW_ENOMEM. */
TW_NODISCARD tw_status tw_document_error(struct tw_document *d, uint32_t begin, uint32_t end,
	const char *format, ...) TW_PRINTF(4, 5);

/*
 * What both readers ask first: is this a text at all? An empty, compressed, UTF-16 or binary file
 * is an error in plain words. *ret_begin is the byte behind a byte order mark.
 */
TW_NODISCARD tw_status tw_document_begin(struct tw_document *d, uint32_t *ret_begin);

/* "byte 0xff, which no UTF-8 text holds": why the bytes at `at` are not UTF-8. In the text arena.
 */
const char *tw_document_not_utf8(struct tw_document *d, uint32_t at);

/*
 * Moves *p behind the longest number in JSON's syntax that begins there. False: a digit was
 * expected, and *p is where.
 */
bool tw_json_number(const char **p, const char *end);

#endif
