/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_FILTER_ENTRY_H
#define TW_FILTER_ENTRY_H

/* Entries to be written, rules of the model, and words for both. */

#include "filter.h"
#include "mem.h"
#include "twoway/edit.h"

/* The rule that an ACL's entry would be; its id in `arena`. */
TW_NODISCARD tw_status tw_entry_rule(
	struct tw_arena *arena, const struct tw_entry *entry, struct tw_rule *ret);
/* A rule of an ACL as an entry. */
struct tw_entry tw_entry_of_rule(
	const struct tw_rule *rule, const char *component, enum tw_list list);
/* The list that it is for. */
enum tw_list tw_entry_list(const struct tw_entry *entry);
/* True if it states a type and a code. SPEC: nacl-field-icmp, sg-ports */
bool tw_entry_has_icmp(const struct tw_entry *entry);
bool tw_entry_equal(const struct tw_entry *a, const struct tw_entry *b);

/* Edits are made by turn, 0 to 2: what is added before what goes. SPEC: nacl-add-before-delete */
int tw_edit_turn(const struct tw_edit *edit);

/* "TCP 1024-65535", "ICMP type 0 code 0", "all traffic"; NULL when memory runs out. */
const char *tw_traffic_text(struct tw_arena *arena, const struct tw_entry *entry);
/* "allow TCP 1024-65535 from 0.0.0.0/0"; a group's rule may name a group in the block's place. */
const char *tw_entry_text(struct tw_arena *arena, const struct tw_entry *entry);
/* "add inbound rule: allow TCP 1024-65535 from 0.0.0.0/0"; of rules that are there with number. */
const char *tw_edit_text(struct tw_arena *arena, const struct tw_edit *edit);
/* The same with its place and number: "acl-1: add inbound rule 120: allow TCP 443 from 0.0.0.0/0".
 */
const char *tw_edit_line(struct tw_arena *arena, const struct tw_edit *edit);

#endif
