/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_WRITE_SPELL_H
#define TW_WRITE_SPELL_H

/*
 * Spellings of rules: what they share. Ids and comments come from files of strangers, and what is
 * written here is run by a shell or applied to a network: every text passes one of the functions
 * below on its way out, and none can end the comment, the string or the scalar that it stands in.
 */

#include "entry.h"
#include "map.h"
#include "report_out.h"

struct tw_spell {
	struct tw_buf *buf;
	struct tw_arena *arena;
	struct tw_map used; /* names that are taken, with their scope */
	/* Rule sets: `ident` is what each set is called in the output. */
	const struct tw_rule_set *set;
	size_t sets;
	const char **ident;
};

/* ---- texts; all live in the arena, and are "" after memory ran out --------------------------- */

/* The text, or "" and out of memory kept for NULL. */
const char *tw_spell_kept(struct tw_spell *s, const char *text);
/* The text of a buffer, which ends. */
const char *tw_spell_keep(struct tw_spell *s, struct tw_buf *buf);
/* Without what steers a terminal or hides itself: such characters are shown as escapes. */
const char *tw_spell_clean(struct tw_spell *s, const char *text);
/* One `#` comment, each line within 80 columns where words allow it. NULL: nothing. */
void tw_spell_comment(struct tw_spell *s, size_t margin, const char *text);
/* A name of letters and digits, with `joint` for all others; or, without a joint, CamelCase. */
const char *tw_spell_ident(struct tw_spell *s, const char *text, char joint);
/* `base`, with a number behind it if the name was taken in this scope. */
const char *tw_spell_unique(
	struct tw_spell *s, const char *scope, const char *base, const char *joint);
/* A JSON string, which is a YAML scalar too. */
const char *tw_spell_quoted(struct tw_spell *s, const char *text);
/* Only what AWS takes in a description: ASCII without quotes, at most 255 bytes; never empty. */
const char *tw_spell_description(struct tw_spell *s, const char *text, const char *otherwise);

/* ---- entries --------------------------------------------------------------------------------- */

/* "ingress", "egress". */
const char *tw_spell_list(const struct tw_entry *entry);
/* "ingress rule 100 of acl-1 (allow TCP 443 from 10.0.0.0/8)". */
const char *tw_spell_whole_rule(struct tw_spell *s, const struct tw_entry *entry);
/*
 * A comment: whose resource gets these values. It must stay the same resource by its `name`, since
 * another one would be made while the number is still taken. A group's rule has no number.
 */
void tw_spell_replaced(
	struct tw_spell *s, size_t margin, const struct tw_entry *entry, const char *name);
/* The protocol of a group's rule: a name where AWS has one. SPEC: proto-spelling */
const char *tw_spell_group_protocol(struct tw_spell *s, int16_t protocol);
/* The set of this name that is a group; `sets` if there is none. */
size_t tw_spell_peer_set(const struct tw_spell *s, const char *name);
/* All blocks are IPv4 or IPv6: whether a list of an ACL has one of this family. */
bool tw_spell_has_family(const struct tw_rule_set *set, bool egress, enum tw_family family);

/* ---- one file a spelling --------------------------------------------------------------------- */

void tw_spell_aws_edits(struct tw_spell *s, const struct tw_edit *edit, size_t n);
void tw_spell_aws_sets(struct tw_spell *s);
void tw_spell_terraform_edits(struct tw_spell *s, const struct tw_edit *edit, size_t n);
void tw_spell_terraform_sets(struct tw_spell *s);
void tw_spell_inline_edits(struct tw_spell *s, const struct tw_edit *edit, size_t n);
void tw_spell_inline_sets(struct tw_spell *s);
void tw_spell_cloudformation_edits(struct tw_spell *s, const struct tw_edit *edit, size_t n);
void tw_spell_cloudformation_sets(struct tw_spell *s);
void tw_spell_describe_sets(struct tw_spell *s);

/* Edits into a buffer, for a report that holds them as text. */
TW_NODISCARD tw_status tw_spell_edits(
	struct tw_buf *buf, const struct tw_edit *edit, size_t n, enum tw_spelling spelling);

#endif
