/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_CLASSES_H
#define TW_CHECK_CLASSES_H

/*
 * Lists of ports and what they are for: rules 3 and 5 of the inference.
 *
 * A wide range at or above 1024 is how people let replies back; a narrow one is a service; a range
 * that starts low and reaches far is "everything". The class of a set of ports is what tells an
 * intent from a permission when nobody stated either.
 */

#include "mem.h"
#include "twoway/client.h"

/* A sorted, disjoint list of ports in fixed storage of the caller's arena. */
struct tw_port_list {
	struct tw_ports *v;
	size_t n;
};

enum tw_port_class {
	TW_CLASS_ZERO, /* exactly 0-0: allows nothing that anybody uses */
	TW_CLASS_SERVICE,
	TW_CLASS_REPLY,
	TW_CLASS_OPEN
};

enum {
	TW_BRIDGE_GAP = 16,	/* gaps of up to this many ports are holes, beside ... */
	TW_BRIDGE_RANGE = 1000, /* ... a range of at least this many */
	TW_NARROW_RULE = 1000	/* a rule narrower than this names a service */
};

/* Joins neighbours across small gaps beside a wide range; the holes are no longer visible. */
TW_NODISCARD tw_status tw_ports_bridge(
	struct tw_arena *arena, struct tw_port_list ports, struct tw_port_list *ret);
/* The class of one bridged interval. */
enum tw_port_class tw_ports_class(struct tw_ports ports);
/* True if some bridged interval of the list has class `class`. */
bool tw_ports_has_class(struct tw_port_list bridged, enum tw_port_class class);
/* The interval that contains `ports` wholly, or NULL. */
const struct tw_ports *tw_ports_around(struct tw_port_list list, struct tw_ports ports);

/* Sorts n intervals and joins what overlaps or touches, in place. Returns how many are left. */
size_t tw_ports_join(struct tw_ports *v, size_t n);
TW_NODISCARD tw_status tw_ports_union(struct tw_arena *arena, struct tw_port_list a,
	struct tw_port_list b, struct tw_port_list *ret);
TW_NODISCARD tw_status tw_ports_intersect(struct tw_arena *arena, struct tw_port_list a,
	struct tw_port_list b, struct tw_port_list *ret);
TW_NODISCARD tw_status tw_ports_subtract(struct tw_arena *arena, struct tw_port_list a,
	struct tw_port_list b, struct tw_port_list *ret);
uint32_t tw_ports_size(struct tw_port_list list);
bool tw_ports_equal(struct tw_port_list a, struct tw_port_list b);

/* Rule 5: under a thousandth of the range counts as none, under a thousandth lost as an edge. */
enum tw_share { TW_SHARE_ALL, TW_SHARE_EDGE, TW_SHARE_PART, TW_SHARE_NONE };
enum tw_share tw_share_of(uint64_t passing, uint64_t total);

#endif
