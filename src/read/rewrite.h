/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_REWRITE_H
#define TW_READ_REWRITE_H

/*
 * Editing JSON without touching what is not edited: bytes are replaced, never printed anew. What is
 * inserted looks like what stands beside it.
 */

#include "aws.h"
#include "entry.h"
#include "twoway/edit.h"
#include "vec.h"

/* Bytes [begin, end) become `text`. */
struct tw_splice {
	uint32_t begin, end;
	struct tw_sv text;
};

struct tw_splices {
	struct tw_arena *arena; /* of the texts, and of results */
	struct tw_mem *mem;
	TW_VEC(struct tw_splice) list; /* sorted by place once they are made */
};

/* Adds one; `text` is kept as it is. */
TW_NODISCARD tw_status tw_splice_add(
	struct tw_splices *splices, uint32_t begin, uint32_t end, struct tw_sv text);
/* The bytes [begin, end) with all splices made; they lie within and do not overlap. */
TW_NODISCARD tw_status tw_splice_apply(struct tw_splices *splices, const char *bytes,
	uint32_t begin, uint32_t end, struct tw_sv *ret);
void tw_splices_fini(struct tw_splices *splices);

/* White space and signs around the children of a container. */
struct tw_layout {
	struct tw_sv open;  /* behind the bracket */
	struct tw_sv gap;   /* between two children, with the comma */
	struct tw_sv close; /* before the closing bracket */
	struct tw_sv colon; /* between key and value; of arrays empty */
	bool known;	    /* false: the container is empty */
};
struct tw_layout tw_layout_of(const struct tw_document *d, uint32_t node);
/* Whether there is a line end in it. */
bool tw_layout_spread(struct tw_sv text);
/* How much deeper the children stand than the bracket that closes them. */
struct tw_sv tw_layout_unit(const struct tw_layout *layout);

/* A small text that is a document of its own for a while. */
struct tw_snippet {
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_document *d;
};
TW_NODISCARD tw_status tw_snippet_open(
	struct tw_mem *mem, struct tw_sv text, struct tw_snippet *ret);
void tw_snippet_close(struct tw_snippet *snippet);

/*
 * The bytes of the entry at `node` of the list `array`, changed where they say something else than
 * `entry`. `fresh`: the node is only a pattern for another entry, so that number and list change
 * too, and members that twoway does not know stay behind.
 */
TW_NODISCARD tw_status tw_rewrite_entry(struct tw_aws *aws, struct tw_arena *arena, uint32_t array,
	uint32_t node, const struct tw_entry *entry, bool fresh, struct tw_sv *ret);
/* Some entry to be the pattern where there is none, laid out like that. */
TW_NODISCARD tw_status tw_rewrite_pattern(
	struct tw_arena *arena, const struct tw_layout *layout, struct tw_sv *ret);

/*
 * One edit in the bytes of one ACL. `like`: an array of entries of the same file, for an ACL that
 * has none; or empty. TW_EPARSE: *ret_why says what stands against it.
 */
TW_NODISCARD tw_status tw_rewrite_acl(struct tw_mem *mem, struct tw_arena *arena,
	struct tw_net *net, struct tw_sv acl, struct tw_sv like, const struct tw_edit *edit,
	struct tw_sv *ret, const char **ret_why);

#endif
