/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_SPACE_H
#define TWOWAY_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "twoway/memory.h"

/**
 * Exact sets of round trips.
 *
 * A point of the space is one request together with the reply it would get, described once, from
 * the initiator's side:
 *
 *   family    IPv4 or IPv6
 *   protocol  0-255
 *   from      the initiator's address (source of the request, destination of the reply)
 *   to        the responder's address
 *   client    what a filter compares when it sees the *reply*: for TCP and UDP the destination port
 *             of the reply, which is the port the client picked; for ICMP the reply's type and code
 *   service   what a filter compares when it sees the *request*: the destination port, or the ICMP
 *             type and code of the request
 *
 * ICMP type and code share one number, type * 256 + code (TW_ICMP). Filters compare destination
 * ports only (SPEC: nacl-dst-port-only), so six fields are enough for both directions, and "which
 * share of the client's ports gets its reply" is a question about the field `client`.
 *
 * A *set* is a number that names a canonical diagram inside its space: two sets of one space are
 * equal exactly when their numbers are. A *partition* is the same thing with more than two labels:
 * it gives every point a label 0 to 65535; a set is a partition with the labels 0 and 1.
 *
 * Errors stick: when memory runs out or the node limit is reached, operations return TW_EMPTY and
 * tw_space_status says why. Whoever hands a result to somebody else asks for the status first.
 */

#ifdef __cplusplus
extern "C" {
#endif

enum tw_family { TW_IPV4 = 4, TW_IPV6 = 6 };

/** An address; IPv4 in the low 32 bits of `lo`, the rest zero. */
struct tw_addr {
	uint64_t hi, lo;
};

/** A CIDR block. Bits past `len` are zero. */
struct tw_prefix {
	struct tw_addr addr;
	uint8_t family; /**< enum tw_family */
	uint8_t len;
};

/** Addresses first..last of one family, inclusive. */
struct tw_range {
	struct tw_addr first, last;
	uint8_t family;
};

/** Ports lo..hi, inclusive; also ICMP type * 256 + code. */
struct tw_ports {
	uint16_t lo, hi;
};

struct tw_icmp_range {
	uint8_t type_lo, type_hi, code_lo, code_hi;
};

/** CIDR blocks and ports that stand together. */
struct tw_flow_box {
	const struct tw_prefix *from, *to;
	size_t from_n, to_n;
	const struct tw_ports *service; /**< NULL where the protocol has no ports */
	size_t service_n;
	const struct tw_icmp_range *icmp;
	size_t icmp_n;
};

#define TW_ICMP(type, code) ((uint16_t)((unsigned)(type) << 8 | (unsigned)(code)))

enum { TW_PROTOCOL_ICMP = 1, TW_PROTOCOL_TCP = 6, TW_PROTOCOL_UDP = 17, TW_PROTOCOL_ICMPV6 = 58 };

/* ---- addresses ------------------------------------------------------------------------------ */

int tw_addr_cmp(struct tw_addr a, struct tw_addr b);
struct tw_addr tw_addr_max(enum tw_family family);
/** a + 1 and a - 1, wrapping in 128 bits. */
struct tw_addr tw_addr_next(struct tw_addr a);
struct tw_addr tw_addr_prev(struct tw_addr a);

/** What was wrong with the text of a CIDR block. */
enum tw_prefix_error { TW_PREFIX_OK, TW_PREFIX_SYNTAX, TW_PREFIX_LENGTH, TW_PREFIX_HOST_BITS };

/**
 * Reads "10.0.0.0/16", "2001:db8::/32", "10.0.0.5" (a /32), "::1". Host bits are reported as
 * TW_PREFIX_HOST_BITS with the cleared block in *ret; on the other errors *ret is untouched.
 */
enum tw_prefix_error tw_prefix_parse(const char *text, size_t size, struct tw_prefix *ret);
/** Writes "10.0.0.0/16" or RFC 5952 text; `buf` of TW_PREFIX_TEXT bytes. Returns buf. */
#define TW_PREFIX_TEXT 64
const char *tw_prefix_text(struct tw_prefix prefix, char buf[TW_PREFIX_TEXT]);
const char *tw_addr_text(struct tw_addr addr, enum tw_family family, char buf[TW_PREFIX_TEXT]);
struct tw_range tw_prefix_range(struct tw_prefix prefix);
bool tw_prefix_contains(struct tw_prefix outer, struct tw_prefix inner);
/**
 * The fewest CIDR blocks that make up a range, lowest first: at most 254. Returns their number and
 * writes up to `room` of them.
 */
size_t tw_range_prefixes(struct tw_range range, struct tw_prefix *out, size_t room);

/* ---- exact counts --------------------------------------------------------------------------- */

/** An exact count: 320 bits, least significant word first. The whole space has under 2^298 points.
 */
struct tw_count {
	uint64_t w[5];
};

int tw_count_cmp(const struct tw_count *a, const struct tw_count *b);
void tw_count_add(struct tw_count *a, const struct tw_count *b);
void tw_count_mul(struct tw_count *a, const struct tw_count *b);
/** Decimal digits; `buf` of TW_COUNT_TEXT bytes. Returns buf. */
#define TW_COUNT_TEXT 104
const char *tw_count_text(const struct tw_count *count, char buf[TW_COUNT_TEXT]);

/* ---- the space ------------------------------------------------------------------------------ */

struct tw_space;
typedef uint32_t tw_set;

#define TW_EMPTY ((tw_set)0)

enum tw_field {
	TW_FIELD_FAMILY,
	TW_FIELD_PROTOCOL,
	TW_FIELD_FROM,
	TW_FIELD_TO,
	TW_FIELD_CLIENT,
	TW_FIELD_SERVICE,
	TW_FIELDS
};

/**
 * A box: one interval per field, inclusive. Boxes have one family. A box with an interval whose
 * first value is above its last, or with another family, is empty; IPv4 addresses past 2^32-1 are
 * cut off.
 */
struct tw_box {
	uint8_t family;
	uint8_t protocol_lo, protocol_hi;
	struct tw_range from, to; /**< their `family` is ignored */
	struct tw_ports client, service;
};

/** One round trip. */
struct tw_point {
	uint8_t family, protocol;
	struct tw_addr from, to;
	uint16_t client, service;
};

/** A box that holds everything of a family. */
struct tw_box tw_box_all(enum tw_family family);

/** `node_limit` 0: 16 million nodes. */
TW_NODISCARD tw_status tw_space_new(struct tw_mem *mem, uint32_t node_limit, struct tw_space **ret);
void tw_space_free(struct tw_space *space);
/** TW_OK, TW_ENOMEM or TW_ELIMIT: the first thing that went wrong since creation or the last reset.
 */
tw_status tw_space_status(const struct tw_space *space);
/** Nodes alive, for measurements. */
size_t tw_space_nodes(const struct tw_space *space);
/** Forgets every set and the sticky status; keeps memory for reuse. All earlier sets are invalid.
 */
void tw_space_reset(struct tw_space *space);

/** Everything: both families, all protocols. */
tw_set tw_set_all(struct tw_space *space);
tw_set tw_set_box(struct tw_space *space, const struct tw_box *box);
/** Union of boxes that may overlap; much faster than one by one. */
tw_set tw_set_boxes(struct tw_space *space, const struct tw_box *boxes, size_t n);
tw_set tw_set_union(struct tw_space *space, tw_set a, tw_set b);
tw_set tw_set_intersect(struct tw_space *space, tw_set a, tw_set b);
tw_set tw_set_subtract(struct tw_space *space, tw_set a, tw_set b);
bool tw_set_is_empty(tw_set set);
bool tw_set_is_subset(struct tw_space *space, tw_set inner, tw_set outer);
bool tw_set_has(struct tw_space *space, tw_set set, const struct tw_point *point);
/**
 * How many points: of `client` and `service`, only what the protocol has is counted (TCP, UDP:
 * both; ICMP in its family: both, as type and code; others: neither).
 */
void tw_set_count(struct tw_space *space, tw_set set, struct tw_count *ret);
/** The smallest point in field order. False if the set is empty. */
bool tw_set_witness(struct tw_space *space, tw_set set, struct tw_point *ret);

/**
 * Visits disjoint boxes that make up the set, in field order, in the one canonical slicing of the
 * set: equal sets give equal boxes. The visitor returns TW_OK to go on; anything else ends the walk
 * and is returned. Boxes are maximal intervals per level, not CIDR blocks.
 */
typedef tw_status (*tw_box_visitor)(void *ctx, const struct tw_box *box);
TW_NODISCARD tw_status tw_set_each_box(
	struct tw_space *space, tw_set set, tw_box_visitor visit, void *ctx);

/**
 * The values of one field over all points of a set, as sorted, disjoint, not adjacent intervals.
 * `ret` is drawn from the space's memory and belongs to the caller: tw_intervals_free.
 */
struct tw_intervals {
	struct tw_range *v; /**< for ports and protocols only the low 16 bits of lo count */
	size_t n, room;
};
TW_NODISCARD tw_status tw_set_project(
	struct tw_space *space, tw_set set, enum tw_field field, struct tw_intervals *ret);
void tw_intervals_free(struct tw_space *space, struct tw_intervals *intervals);

/**
 * All points that agree with some point of the set in every field but `field`. An address belongs
 * to its family, so TW_FIELD_FAMILY gives the set itself.
 */
tw_set tw_set_forget(struct tw_space *space, tw_set set, enum tw_field field);
/** The same set seen from the other end: `from` and `to` exchanged. */
tw_set tw_set_mirror(struct tw_space *space, tw_set set);

/* ---- partitions ----------------------------------------------------------------------------- */

/**
 * First match: every point gets the label of the first box that holds it, or `otherwise`. Labels
 * are 0 to 65535. Several boxes may carry one label.
 */
struct tw_labelled_box {
	struct tw_box box;
	uint16_t label;
};
tw_set tw_partition_first_match(
	struct tw_space *space, const struct tw_labelled_box *boxes, size_t n, uint16_t otherwise);
/** The points with one label, as a set. */
tw_set tw_partition_where(struct tw_space *space, tw_set partition, uint16_t label);
/** Renames labels: label l becomes table[l] for l < n, 0 else. */
tw_set tw_partition_relabel(
	struct tw_space *space, tw_set partition, const uint16_t *table, size_t n);
/** Inside `set` the partition's labels, outside 0. */
tw_set tw_partition_restrict(struct tw_space *space, tw_set partition, tw_set set);
/** The label of one point. */
uint16_t tw_partition_label(
	const struct tw_space *space, tw_set partition, const struct tw_point *point);
/** The labels that occur, sorted; returns their number and writes up to `room`. */
size_t tw_partition_labels(struct tw_space *space, tw_set partition, uint16_t *out, size_t room);
/**
 * The common refinement of two partitions: `pair(ctx, a, b)` gives the label where they have labels
 * a and b, and must be a pure function. Results are kept only during the call.
 */
typedef uint16_t (*tw_label_pair)(void *ctx, uint16_t a, uint16_t b);
tw_set tw_partition_combine(
	struct tw_space *space, tw_set a, tw_set b, tw_label_pair pair, void *ctx);

#ifdef __cplusplus
}
#endif
#endif
