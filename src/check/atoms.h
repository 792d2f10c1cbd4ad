/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_ATOMS_H
#define TW_CHECK_ATOMS_H

/*
 * Atoms of a network ACL: rule 2 of the inference. The peers of an ACL fall apart into sets that
 * none of its rules tells apart, for one family and one protocol; each has the ports that the two
 * lists let through. What an ACL means is read from its atoms.
 */

#include "judge.h"

struct tw_atom {
	uint8_t family, protocol;
	tw_set peers; /* at FROM, in the family and protocol; other fields free */
	bool public;  /* holds public addresses */
	struct tw_labelled_ports *part[2]; /* by list: intervals labelled with the deciding rule */
	size_t parts_n[2];
	struct tw_port_list allowed[2]; /* by list: ports that may pass: allowed, or undecided */
	struct tw_port_list bridged[2]; /* allowed, with small gaps closed */
};

struct tw_atoms {
	struct tw_atom *v;
	size_t n, room;
};

/* The atoms of one family and protocol (TCP or UDP), appended; memory from `arena`. */
TW_NODISCARD tw_status tw_atoms_of(struct tw_judge *judge, struct tw_arena *arena, uint32_t acl,
	enum tw_family family, uint8_t protocol, struct tw_atoms *ret);

/* True if the way through `list` at this atom has a reply range, or is open. */
bool tw_atom_answers(const struct tw_atom *atom, enum tw_list list);

/*
 * The ports that rule number `rule` of `list` names as a service at this atom (rules 3 and 4): none
 * for permissions, reply ranges and 0-0. `covers`: whether the rule applies to the atom is the
 * caller's.
 */
TW_NODISCARD tw_status tw_atom_services(struct tw_judge *judge, struct tw_arena *arena,
	const struct tw_atom *atom, struct tw_rules rules, size_t rule, enum tw_list list,
	struct tw_port_list *ret);

/* The ports of a rule that are meant for this protocol: all for -1, none for another protocol. */
bool tw_rule_ports_for(const struct tw_rule *rule, uint8_t protocol, struct tw_ports *ret);
/* True if some peer of the atom is covered by the rule. */
bool tw_rule_meets(struct tw_judge *judge, const struct tw_atom *atom, const struct tw_rule *rule);

#endif
