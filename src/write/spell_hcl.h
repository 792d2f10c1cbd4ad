/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_WRITE_SPELL_HCL_H
#define TW_WRITE_SPELL_HCL_H

/*
 * Terraform's language: blocks of attributes, with their `=` in one column as `terraform fmt` wants
 * it.
 */

#include "spell.h"

#define TW_HCL_ATTRIBUTES 12

struct tw_hcl {
	struct tw_spell *s;
	size_t margin; /* of the block's first line */
	size_t n;
	struct {
		const char *key, *value;
	} attribute[TW_HCL_ATTRIBUTES];
};

/* A string; NULL gives "". */
const char *tw_hcl_string(struct tw_spell *s, const char *text);
/* Attributes are kept until the block is written. */
void tw_hcl_raw(struct tw_hcl *h, const char *key, const char *value);
void tw_hcl_text(struct tw_hcl *h, const char *key, const char *value);
void tw_hcl_int(struct tw_hcl *h, const char *key, int value);
/* The attributes that are kept, aligned. */
void tw_hcl_attributes(struct tw_hcl *h);
/* `head` and the attributes in braces. */
void tw_hcl_block(struct tw_hcl *h, const char *head);

/* A protocol as the AWS provider takes it for an ACL; NULL: it takes none such. */
const char *tw_hcl_acl_protocol(struct tw_spell *s, int16_t protocol);
/* Ports, and ICMP's type and code, of an ACL's rule. */
void tw_hcl_acl_service(struct tw_hcl *h, const struct tw_entry *entry);
/* "aws_security_group.db.id" for a set, else the quoted id. */
const char *tw_hcl_peer(struct tw_spell *s, const char *group);

/* Parts of the separate form that the inline form needs, too (spell_terraform.c). */

/* Names all sets, and asks for the VPC if a set does not know its own. */
void tw_hcl_begin_sets(struct tw_spell *s);
/* vpc_id. */
void tw_hcl_vpc(struct tw_hcl *h, const struct tw_rule_set *set);
/* The resource of a set without its rules. */
void tw_hcl_empty_set(struct tw_spell *s, size_t set);
/* A group's rule as a resource of its own; `group`: what names the group. */
void tw_hcl_group_rule(struct tw_spell *s, const struct tw_entry *entry, const char *group,
	const char *stem, size_t ordinal);

#endif
