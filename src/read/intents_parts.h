/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_INTENTS_PARTS_H
#define TW_READ_INTENTS_PARTS_H

/*
 * What the files of the intents reader share. intents.c walks the document; intents_who.c reads who
 * takes part (clients, names, selectors, ends); intents_fields.c reads single values.
 *
 * Everywhere here: a fault in the document becomes a diagnostic and TW_OK, with `bad` set and the
 * output left as it was, so that reading goes on. Other statuses mean that reading must stop.
 */

#include "document.h"
#include "intents_build.h"
#include "map.h"

struct tw_intents_reader {
	struct tw_document *d;
	struct tw_intents *intents;
	struct tw_arena *arena; /* of the intents */
	const char *path;	/* of the file, kept in the arena */
	bool bad;		/* an error was told */
	struct tw_client *client;
	size_t clients;
	struct tw_named *named;
	size_t nameds;
	struct tw_map client_ids; /* own clients: id -> index in `client` */
	struct tw_map names;	  /* name -> index in `named` */
	struct tw_map flows;	  /* name of a flow -> index in the view's `intent` */
};

/* A text of the file for a message. */
#define TW_QUOTE(r, s) tw_quote(&(r)->d->text, tw_sv_of(s))

/* Tells an error at a node. */
#define TW_REFUSE(r, node, ...)                                                                    \
	((r)->bad = true, tw_diag_add((r)->d->diags, TW_LEVEL_ERROR, 0,                            \
				  tw_node_span((r)->d, (node)), __VA_ARGS__))

/* ---- single values (intents_fields.c) -------------------------------------------------------- */

/* What a node is, for messages: "a list", "nothing", or its text in quotes. */
const char *tw_intents_found(struct tw_intents_reader *r, uint32_t node);
/*
 * Tells every key of a mapping that is not among `keys`. *ret_known: there was none. A key that is
 * missing is told only then, since it is probably the misspelt one.
 */
TW_NODISCARD tw_status tw_intents_keys(struct tw_intents_reader *r, uint32_t object,
	const char *const *keys, size_t n, bool *ret_known);
/* Tells if the node is not of that kind; `what` follows "expected". */
TW_NODISCARD tw_status tw_intents_expect(struct tw_intents_reader *r, uint32_t node,
	enum tw_node_kind kind, const char *what, bool *ret_is);
/* A text that is not empty. */
TW_NODISCARD tw_status tw_intents_text(
	struct tw_intents_reader *r, uint32_t node, const char *what, const char **ret);
/* The same; a bare number will do too. */
TW_NODISCARD tw_status tw_intents_number(
	struct tw_intents_reader *r, uint32_t node, const char *what, const char **ret);
/* The same for a key, whose kind says nothing. */
TW_NODISCARD tw_status tw_intents_key(
	struct tw_intents_reader *r, uint32_t key, const char *what, const char **ret);
/* A member of a mapping; an absent one leaves *ret as it was. */
TW_NODISCARD tw_status tw_intents_member(struct tw_intents_reader *r, uint32_t object,
	const char *key, const char *what, const char **ret);
TW_NODISCARD tw_status tw_intents_bool(
	struct tw_intents_reader *r, uint32_t object, const char *key, bool *ret);
/* One text or a list of them. */
TW_NODISCARD tw_status tw_intents_texts(
	struct tw_intents_reader *r, uint32_t node, const char *what, struct tw_texts *ret);
/* "2027-01-31", a day that exists. */
bool tw_date_valid(const char *text);

/* A node that is a list or stands for a list of one: how many items, and one after the other. */
uint32_t tw_intents_items(const struct tw_intents_reader *r, uint32_t node);
uint32_t tw_intents_item(const struct tw_intents_reader *r, uint32_t node);
uint32_t tw_intents_next(const struct tw_intents_reader *r, uint32_t node, uint32_t item);

/* ---- who takes part (intents_who.c) ---------------------------------------------------------- */

/* The value of the key `clients` or `names` at the top. */
TW_NODISCARD tw_status tw_intents_clients(struct tw_intents_reader *r, uint32_t node);
TW_NODISCARD tw_status tw_intents_names(struct tw_intents_reader *r, uint32_t node);
/* A client by id, own name or range; *ret stays NULL if there is none, which has then been told. */
TW_NODISCARD tw_status tw_intents_client(
	struct tw_intents_reader *r, uint32_t node, const struct tw_client **ret);
/* The value of `from` or `to`. */
TW_NODISCARD tw_status tw_intents_end(
	struct tw_intents_reader *r, uint32_t node, struct tw_end *ret);

#endif
