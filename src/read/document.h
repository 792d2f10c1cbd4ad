/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_DOCUMENT_H
#define TW_READ_DOCUMENT_H

/*
 * Documents: JSON or YAML as one flat array of nodes, each with the bytes that it was read from.
 *
 * A container is followed by its descendants in document order; `next` is the index of the node
 * behind a whole subtree, so skipping costs nothing. An object's children alternate key, value.
 * 16 bytes a node; strings and numbers stay in the source text and are decoded when asked for.
 */

#include "map.h"
#include "report_diag.h"
#include "twoway/source.h"

enum tw_node_kind {
	TW_NODE_NULL,
	TW_NODE_FALSE,
	TW_NODE_TRUE,
	TW_NODE_NUMBER,
	TW_NODE_STRING,
	TW_NODE_ARRAY,
	TW_NODE_OBJECT
};

struct tw_node {
	uint32_t begin;	      /* first byte; a string's begins at its quote */
	uint32_t end;	      /* behind the last byte */
	uint32_t next;	      /* index behind this node's subtree */
	uint32_t kind : 3;    /* enum tw_node_kind */
	uint32_t escaped : 1; /* a string with escapes: decode before use */
	uint32_t count : 28;  /* array: elements; object: members; YAML scalar: its text + 1 */
};

#define TW_DOCUMENT_DEPTH 128	      /* nested containers */
#define TW_DOCUMENT_NODES 0x0fffffffu /* per document */

struct tw_document {
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	uint32_t file;
	const char *bytes; /* of the whole file */
	uint32_t size;
	struct tw_node *node;
	uint32_t n, room;
	struct tw_arena text; /* decoded strings */
	bool yaml;
	bool speechless;      /* a message lost a part for lack of memory: see tw_document_said */
	struct tw_sv *scalar; /* YAML: decoded scalars */
	size_t scalars, scalars_room;
};

/*
 * Reads file number `file` of `sources`. On TW_EPARSE a diagnostic with the exact place and what
 * was expected has been added, and *ret is not set. RFC 8259 in full: one value, UTF-8 checked,
 * escapes and surrogates checked, numbers checked, no trailing junk; a BOM is tolerated; duplicate
 * keys are an error with both places; deeper than TW_DOCUMENT_DEPTH is an error.
 */
TW_NODISCARD tw_status tw_json_read(struct tw_mem *mem, struct tw_sources *sources, uint32_t file,
	struct tw_diags *diags, struct tw_document **ret);
/*
 * The same for YAML 1.1 as libyaml reads it: one document; anchors and aliases are an error ("write
 * it out"); merge keys and tags too; plain scalars become null, booleans (true/false only), numbers
 * (JSON syntax only) or strings.
 */
TW_NODISCARD tw_status tw_yaml_read(struct tw_mem *mem, struct tw_sources *sources, uint32_t file,
	struct tw_diags *diags, struct tw_document **ret);
void tw_document_free(struct tw_document *document);

/* ---- looking at nodes; the root is node 0 ---------------------------------------------------- */

#define TW_NODE_ROOT 0u
#define TW_NODE_NONE UINT32_MAX

enum tw_node_kind tw_node_kind(const struct tw_document *d, uint32_t node);
const char *tw_node_kind_name(enum tw_node_kind kind); /* "a string", "an object", ... */
struct tw_span tw_node_span(const struct tw_document *d, uint32_t node);
uint32_t tw_node_count(const struct tw_document *d, uint32_t node);
/* First child and the one behind `child` (TW_NODE_NONE at the end); for objects children are keys.
 */
uint32_t tw_node_first(const struct tw_document *d, uint32_t parent);
uint32_t tw_node_after(const struct tw_document *d, uint32_t parent, uint32_t child);
/* The value of a key node. */
uint32_t tw_node_value(const struct tw_document *d, uint32_t key);
/* The value of a member by name: TW_NODE_NONE if absent or explicitly null (SPEC:
 * cli-null-or-absent). */
uint32_t tw_node_member(const struct tw_document *d, uint32_t object, const char *key);
/* True if the decoded text of a string or key equals s; never fails, no memory. */
bool tw_node_is(const struct tw_document *d, uint32_t node, const char *s);
/* The decoded text of a string, the text of a number. NULL pointer in the view: out of memory. */
struct tw_sv tw_node_text(struct tw_document *d, uint32_t node);

/* ---- typed access, with a diagnostic on mismatch --------------------------------------------- */

/*
 * Each takes an object and a key. A missing or null member gives TW_OK and *ret_found false, or,
 * with `required`, an error diagnostic at the object. A member of the wrong type or out of range is
 * an error diagnostic at the member: path, what was expected, what was found. Returns TW_EPARSE
 * after adding an error; readers go on with the next object and end in TW_EPARSE after the whole
 * file.
 */
TW_NODISCARD tw_status tw_get_str(struct tw_document *d, struct tw_arena *arena, uint32_t object,
	const char *key, bool required, const char **ret); /* *ret NULL if absent; no NUL inside */
TW_NODISCARD tw_status tw_get_int(struct tw_document *d, uint32_t object, const char *key,
	bool required, int64_t min, int64_t max, bool *ret_found,
	int64_t *ret); /* numbers, and strings of digits */
TW_NODISCARD tw_status tw_get_bool(struct tw_document *d, uint32_t object, const char *key,
	bool required, bool *ret_found, bool *ret);
TW_NODISCARD tw_status tw_get_array(struct tw_document *d, uint32_t object, const char *key,
	bool required, uint32_t *ret); /* TW_NODE_NONE if absent */
TW_NODISCARD tw_status tw_get_object(
	struct tw_document *d, uint32_t object, const char *key, bool required, uint32_t *ret);
/* tw_get_int with words: `what` "a port" gives "expected a port from 0 to 65535, found "99999"". */
TW_NODISCARD tw_status tw_get_int_of(struct tw_document *d, uint32_t object, const char *key,
	bool required, const char *what, int64_t min, int64_t max, bool *ret_found, int64_t *ret);
/* The same for a node that one has already, such as an element of an array. */
TW_NODISCARD tw_status tw_node_str(
	struct tw_document *d, struct tw_arena *arena, uint32_t node, const char **ret);
TW_NODISCARD tw_status tw_node_int(struct tw_document *d, uint32_t node, const char *what,
	int64_t min, int64_t max, int64_t *ret);

/* ---- saying what is wrong -------------------------------------------------------------------- */

/*
 * Adds an error at the node. Returns TW_EPARSE; or TW_ENOMEM, also if tw_node_path or tw_node_quote
 * had run out of memory for one of the arguments; never TW_OK.
 */
TW_NODISCARD tw_status tw_node_error(struct tw_document *d, uint32_t node, const char *format, ...)
	TW_PRINTF(3, 4);
/*
 * The error "PATH: expected EXPECTATION, found ..." at the node; the format gives the expectation,
 * as in tw_node_unexpected(d, node, "an IPv4 CIDR block"). Returns as tw_node_error.
 */
TW_NODISCARD tw_status tw_node_unexpected(
	struct tw_document *d, uint32_t node, const char *expectation, ...) TW_PRINTF(3, 4);
/* The same for a member that is not there: "PATH: "KEY" is missing", at the object. */
TW_NODISCARD tw_status tw_node_lacks(struct tw_document *d, uint32_t object, const char *key);
/*
 * "NetworkAcls[3].Entries[7].PortRange" for messages, in the document's text arena; never NULL. A
 * key has the path of its member; the root is "the document".
 */
const char *tw_node_path(struct tw_document *d, uint32_t node);
/* Text of the input for messages: in quotes, controls escaped, shortened; never NULL. */
const char *tw_node_quote(struct tw_document *d, struct tw_sv text);
/* The same where no document is at hand, in any arena; "..." when out of memory. */
const char *tw_quote(struct tw_arena *arena, struct tw_sv text);
/*
 * For readers that add a diagnostic of their own about a document: its status becomes the reader's.
 * TW_OK gives TW_EPARSE, or TW_ENOMEM if a part of the message was lost.
 */
TW_NODISCARD tw_status tw_document_said(const struct tw_document *d, tw_status status);

#endif
