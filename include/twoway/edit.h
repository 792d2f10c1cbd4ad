/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_EDIT_H
#define TWOWAY_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "twoway/source.h"
#include "twoway/space.h"

/**
 * Rules to be written, and changes of rules that are there: what `fix` proposes, what `gen` makes
 * and what `lint` would take away. Plain read-only data that belongs to the report or the result
 * that it came with.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** One rule of a network ACL or of a security group, as it is to be written. */
struct tw_entry {
	/** Id of the ACL or the group; in a generated set its name. */
	const char *component;
	bool group;  /**< a security group's rule: it allows, and has no number */
	bool egress; /**< else ingress */
	bool allow;
	uint16_t number;  /**< 1-32766 (SPEC: nacl-rule-number-range); of a group 0 */
	int16_t protocol; /**< 0-255, or -1: all */
	struct tw_prefix cidr;
	const char *peer_group; /**< a group's rule may name a group in place of `cidr`; or NULL */
	/** TCP and UDP: destination ports. Others: 0-65535. */
	struct tw_ports ports;
	/** ICMP and ICMPv6: -1 is any. Others: -1. */
	int16_t icmp_type, icmp_code;
	const char *comment; /**< why it is there, one line; or NULL */
};

/** Rules that belong together: both lists of one network ACL, or those of one security group. */
struct tw_rule_set {
	const char *name;  /**< letters, digits and `-`, begins with a letter */
	const char *about; /**< one line for people: what it guards */
	bool group;
	const struct tw_entry *entry; /**< ingress first, each list by number */
	size_t entries;
	const char *vpc_id;	   /**< or NULL: unknown */
	const char *const *subnet; /**< ids of the subnets that it is for; n 0: unknown */
	size_t subnets;
	/** Then CIDR blocks that were taken for subnets of one's own; n 0: not known either. */
	const struct tw_prefix *block;
	size_t blocks;
};

enum tw_operation { TW_ADD, TW_REPLACE, TW_REMOVE };
const char *tw_operation_name(enum tw_operation operation); /* "add", "replace", "remove" */

/** TW_REPLACE: `entry` takes the place of the rule of its number; TW_REMOVE: `entry` goes. */
struct tw_edit {
	enum tw_operation operation;
	struct tw_entry entry;
	struct tw_span replaces; /**< the rule that is replaced or removed; else no place */
};

/** Packets that a list lets pass only after the edits: exact. */
struct tw_opened {
	const char *component, *list; /**< "acl-1", "ingress" */
	uint8_t family, protocol;
	const char *protocol_text; /**< "tcp", "protocol/2-5" */
	/** As packets: `from` and `to` are source and destination, `service` the destination port.
	 */
	const struct tw_flow_box *box;
	size_t boxes_n;
};

/** A well-known service among them. */
struct tw_opened_service {
	uint8_t protocol;
	uint16_t port;
	const char *name;	/**< "rdp" */
	const char *stopped_by; /**< a group that lets none of it reach anybody; or NULL */
};

/** safe: no group lets anything new reach a machine, or leave it. placeholder: a value is missing.
 */
enum tw_applicability { TW_FIX_SAFE, TW_FIX_REVIEW, TW_FIX_PLACEHOLDER };
const char *tw_applicability_name(enum tw_applicability applicability);

/** FIX of contract section 4: edits that were applied to the model and proved. */
struct tw_fix {
	const char *title; /**< "add inbound rule: allow TCP 1024-65535 from 0.0.0.0/0" */
	enum tw_applicability applicability;
	unsigned rank;		    /**< 1 is the first choice */
	const struct tw_edit *edit; /**< in the order in which they must be made */
	size_t edits;
	const struct tw_opened *opened;
	size_t opened_n;
	const struct tw_opened_service *service;
	size_t services;
	const char *opens;		 /**< what else it lets in, in words */
	const char *const *complete_for; /**< ids of clients for which the flows are complete */
	size_t complete_for_n;
	size_t worse; /**< flows that are worse off; a fix that has any is never offered */
};

#ifdef __cplusplus
}
#endif
#endif
