/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_FILTER_FILTER_H
#define TW_FILTER_FILTER_H

/*
 * Filters: what one list of rules does to the packets that it sees.
 *
 * A list has one direction, ingress or egress, and sees a packet with a peer address (the other
 * end, seen from the subnet or interface that the list guards) and a port field (destination port,
 * or ICMP type and code). Which fields of a round trip these are depends on the view: the inbound
 * list sees the request coming from the initiator with the service port, or the reply coming from
 * the responder with the client port.
 *
 * A compiled list is a partition of the space: every round trip gets the label of the rule that
 * decides it, TW_LABEL_RULE + index in list order. tw_compiled_* then answers {allow, deny,
 * unknown}.
 */

#include "twoway/source.h"
#include "twoway/space.h"

enum tw_list { TW_INGRESS, TW_EGRESS };
enum tw_direction { TW_REQUEST, TW_REPLY };
enum tw_action { TW_DENY, TW_ALLOW, TW_ACTION_UNKNOWN };

/* As AWS names it: "ingress", "egress". */
const char *tw_list_name(enum tw_list list);

/* Rule numbers of the implicit denies. SPEC: nacl-implicit-deny-v4, nacl-implicit-deny-v6 */
enum { TW_IMPLICIT_V4 = 32767, TW_IMPLICIT_V6 = 32768 };

#define TW_PROTOCOL_ALL (-1)
/* True if the protocol has ports, in the sense of the client and service fields. */
bool tw_protocol_has_ports(int protocol);
/* The ICMP of this family; what a rule with the other one does, AWS does not say. */
bool tw_protocol_is_icmp(enum tw_family family, int protocol);
/* True if an ACL's entry of this family states a type and a code: ICMP, and ICMPv6 on an IPv6
 * block. SPEC: nacl-field-icmp, nacl-proto58-v4-cidr */
bool tw_protocol_states_icmp(enum tw_family family, int protocol);

/*
 * One rule of an ACL, or one (permission, peer) pair of a group.
 *
 * `maybe`: the reader could not tell whether the rule matches (unknown peer, undocumented
 * matching): a packet that it covers is decided twice, with the rule and without it (SPEC:
 * unverified-default).
 */
struct tw_rule {
	const char *id;		 /* "100", "*", "sgr-0a1", "ingress[2].IpRanges[0]" */
	uint32_t number;	 /* ACL: 1-32768; group: 0 */
	enum tw_action action;	 /* a group's rules all allow */
	uint8_t family;		 /* of the peers; 0: of both (peers by `peers`) */
	int16_t protocol;	 /* 0-255 or TW_PROTOCOL_ALL */
	struct tw_ports ports;	 /* TCP, UDP: destination ports; ICMP: type * 256 + code */
	bool every_port;	 /* all ports, or the protocol has none: `ports` is 0-65535 */
	bool icmp_any_type_code; /* type -1 with a given code: AWS does not define it */
	/* What the input gives as ports where AWS ignores them (SPEC: nacl-ports-ignored,
	 * sg-ports-ignored); 0-65535 and nothing are no statement. */
	bool ignores_ports;
	struct tw_ports ignored;
	bool maybe;
	const char *maybe_reason; /* why: a SPEC id or what is missing; NULL if not maybe */
	struct tw_prefix peer;	  /* as written, host bits cleared; ACL rules and CIDR peers */
	const struct tw_range
		*peers; /* resolved peers of a group rule, sorted, disjoint; NULL: `peer` */
	size_t peers_n;
	/* Where a group rule's peers come from: at most one is not NULL. */
	const char *peer_group; /* id of the referenced group */
	const char *peer_prefix_list;
	bool implicit;	     /* the `*` rule, in the input or added */
	struct tw_span span; /* the entry; file 0 for an implicit rule that the input lacks */
};

/* A list of rules. An ACL's are sorted by number (SPEC: nacl-sort-entries) and end in the implicit
 * denies of both families; a group's have no order. */
struct tw_rules {
	const struct tw_rule *rule;
	size_t n;
};

enum { TW_LABEL_NONE = 0, TW_LABEL_RULE = 1 }; /* label of rule i: TW_LABEL_RULE + i */

/* Which fields of a round trip a list looks at. */
struct tw_view {
	enum tw_list list;
	enum tw_direction direction;
};

/* FROM or TO; CLIENT or SERVICE. */
enum tw_field tw_view_peer_field(struct tw_view view);
enum tw_field tw_view_port_field(struct tw_view view);

/*
 * A compiled list. `decides` labels every round trip with the rule that decides it (for a group:
 * with the first of the rules that let it pass, or TW_LABEL_NONE). Where a `maybe` rule leaves it
 * open the round trip is in `unknown`, and the label is that rule's (of several, the first whose
 * action is not that of the sure rule behind them; if all agree with it, the sure rule decides).
 * allow, deny and unknown are disjoint and cover everything.
 */
struct tw_compiled {
	tw_set allow, deny, unknown;
	tw_set decides;
};

/*
 * SPEC: nacl-first-match, nacl-family-separate, nacl-ports-ignored, nacl-icmp-type-code.
 * At most 65,000 rules: TW_ELIMIT. The result is valid as long as the space is not reset.
 */
TW_NODISCARD tw_status tw_compile_acl(struct tw_space *space, struct tw_rules rules,
	struct tw_view view, struct tw_compiled *ret);
/* SPEC: sg-allow-only-union. */
TW_NODISCARD tw_status tw_compile_group(struct tw_space *space, struct tw_rules rules,
	struct tw_view view, struct tw_compiled *ret);
/* The round trips that one rule covers, whatever the rules before it do. */
tw_set tw_rule_covers(struct tw_space *space, const struct tw_rule *rule, struct tw_view view);

/*
 * The oracle: one packet, one pass over the rules, no sets. Kept in the library so that tests,
 * fuzzers and `--self-check` share it; 40 lines, to be read beside the specification.
 */
struct tw_packet {
	uint8_t family, protocol;
	struct tw_addr peer;
	uint16_t port; /* destination port, or type * 256 + code */
};
enum tw_action tw_acl_decide(
	struct tw_rules rules, const struct tw_packet *packet, size_t *ret_rule);
enum tw_action tw_group_decide(
	struct tw_rules rules, const struct tw_packet *packet, size_t *ret_rule);

#endif
