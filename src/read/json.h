/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_JSON_H
#define TW_READ_JSON_H

/*
 * Between the JSON reader, which only notes which fault it met and where, and the part that finds
 * the words for it.
 */

#include "document_build.h"

enum json_fault {
	JSON_NO_FAULT,
	JSON_VALUE,   /* a value was expected */
	JSON_ELEMENT, /* behind '[': a value or ']' */
	JSON_MEMBER,  /* behind '{': a key or '}' */
	JSON_KEY,     /* behind ',' in an object: a key */
	JSON_COLON,   /* behind a key */
	JSON_COMMA,   /* behind an element or a member: ',' or the closing bracket */
	JSON_END,     /* behind the one value: the end */
	JSON_DEPTH,
	JSON_NODES,
	JSON_NUMBER,
	JSON_STRING,	 /* something in a string, at the byte that is wrong */
	JSON_HEX,	 /* in \uXXXX */
	JSON_HIGH_ALONE, /* a surrogate without its partner, at its backslash */
	JSON_LOW_ALONE
};

struct json_open {
	uint32_t node, count;
};

struct json {
	struct tw_document *d;
	const char *p;				  /* the token that is being read */
	const char *end;			  /* of the file */
	const char *after;			  /* the punctuation before that token */
	struct json_open open[TW_DOCUMENT_DEPTH]; /* containers around the current place */
	unsigned depth;
	bool unique; /* no key stood twice so far */
	enum json_fault fault;
	const char *at; /* the byte that is wrong; the end of the file, too */
};

/* Adds the diagnostic for the fault. Returns TW_EPARSE, or TW_ENOMEM. */
TW_NODISCARD tw_status tw_json_explain(const struct json *json);

#endif
