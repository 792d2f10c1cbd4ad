/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_SPACE_NODE_H
#define TW_SPACE_NODE_H

/*
 * The inside of a space: interval decision diagrams, hash-consed.
 *
 * DOC: the diagram
 *
 * A function from points to labels is a rooted acyclic graph. An id below TW_TERMINALS is the
 * label itself. Any other id is a node: a level (the field it asks about, enum tw_field) and a
 * sorted list of edges (last value of an interval, child). The intervals follow one another and
 * cover the whole domain of the level. "TCP to port 443, or anything in protocols 7-16":
 *
 *	protocol: ..5 -> 0, ..6 -> S, ..16 -> 1, ..255 -> 0
 *	S, at service: ..442 -> 0, ..443 -> 1, ..65535 -> 0
 *
 * Invariants, which make equal functions equal ids:
 *
 *  (1) Levels grow along every path, so no path is longer than TW_FIELDS and recursion is bounded.
 *  (2) Neighbouring edges of a node have different children.
 *  (3) No node has a single edge: its child stands in its place (a skipped level: any value).
 *  (4) No two nodes have the same level, width and edges: tw_node_make looks before it adds.
 *  (5) Address nodes are narrow (IPv4: domain 0 to 2^32-1, keys of one word) or wide (IPv6: 128
 *      bits, keys of four words). Below family 4 all address nodes are narrow, below family 6 all
 *      of them are wide, and address nodes stand below a family node only.
 *
 * (5) is what keeps the domains of the two families from mixing although the family level may be
 * skipped as any other: the children for 4 and 6 can only be the same id when there is no address
 * node below it, that is, when the function looks at no address; and then "for both families" is
 * exactly what skipping the level means. By induction from the bottom, two functions that agree on
 * all points of both families have one id.
 *
 * Children are made before their parents, so ids grow upwards. Nodes are never freed one by one:
 * tw_space_reset forgets all of them.
 */

#include "mem.h"
#include "owner.h"
#include "vec.h"

enum { TW_TERMINALS = 65536 };

/* Words of the node at `at`: n children, then n last values of 1 or 4 words each, high word first.
 */
struct tw_node {
	uint32_t at, n, hash;
	uint8_t level;
	bool wide;
};

struct tw_edge {
	struct tw_addr last;
	tw_set kid;
};

enum tw_op {
	TW_OP_NONE,
	TW_OP_UNION,
	TW_OP_INTERSECT,
	TW_OP_SUBTRACT,
	TW_OP_RESTRICT,
	TW_OP_COMBINE,
	TW_OP_WHERE,
	TW_OP_RELABEL,
	TW_OP_FORGET,
	TW_OP_PROJECT,
	TW_OP_MIRROR,
	TW_OP_SPLIT,
	TW_OPS
};

/* One remembered result. The tag says which operation it belongs to, see tw_cache_ticket. */
struct tw_cached {
	uint32_t tag, a, b;
	tw_set result;
};

struct tw_space {
	struct tw_mem *mem;
	tw_status status;
	uint64_t resets;	     /* how often all was forgotten */
	uint32_t limit;		     /* nodes */
	TW_VEC(struct tw_node) node; /* node of id i: node.v[i - TW_TERMINALS] */
	TW_VEC(uint32_t) word;	     /* edges of all nodes */
	TW_VEC(struct tw_edge) edge; /* stack of edges of nodes that are being made */
	uint32_t *slot;		     /* open addressing, id or 0; `slots`: power of two */
	size_t slots;
	struct tw_cached *cache; /* direct-mapped */
	uint32_t ticket[TW_OPS]; /* current tag of each operation */
	uint32_t last_ticket;
	struct tw_plan *plan; /* scratch memory of build.c */
};

/*
 * Turns the edges from stack index `base` on into a node, or finds the one that is already there,
 * or returns the only child. Takes the edges off the stack, on failure too.
 */
tw_set tw_node_make(struct tw_space *space, unsigned level, bool wide, size_t base);

/* The node that tells the families apart. */
tw_set tw_family_node(struct tw_space *space, tw_set v4, tw_set v6);

/* Makes room on the edge stack; false when memory runs out. */
bool tw_edge_grow(struct tw_space *space);

/* Forgets the remembered results of one operation, whose meaning is about to change. */
void tw_cache_ticket(struct tw_space *space, enum tw_op op);

/* Frees the scratch memory of build.c. */
void tw_plan_free(struct tw_space *space);

/* The interval of a box in one field, cut to the family's domain; false if it is empty. */
bool tw_box_field(const struct tw_box *box, unsigned field, struct tw_range *ret);

/* The largest value of a field. */
static inline struct tw_addr tw_level_max(unsigned level, bool wide)
{
	if (level == TW_FIELD_FROM || level == TW_FIELD_TO)
		return wide ? (struct tw_addr){UINT64_MAX, UINT64_MAX}
			    : (struct tw_addr){0, UINT32_MAX};
	if (level == TW_FIELD_FAMILY)
		return (struct tw_addr){0, TW_IPV6};
	return (struct tw_addr){0, level == TW_FIELD_PROTOCOL ? 255 : 65535};
}

static inline bool tw_level_is_wide(unsigned level, unsigned family)
{
	return family == TW_IPV6 && (level == TW_FIELD_FROM || level == TW_FIELD_TO);
}

/* -1, 0 or 1, inline for the inner loops. */
static inline int tw_key_cmp(struct tw_addr a, struct tw_addr b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static inline const struct tw_node *tw_node_at(const struct tw_space *space, tw_set id)
{
	return &space->node.v[id - TW_TERMINALS];
}

/* TW_FIELDS for terminals, which are below all levels. */
static inline unsigned tw_node_level(const struct tw_space *space, tw_set id)
{
	return id < TW_TERMINALS ? (unsigned)TW_FIELDS : tw_node_at(space, id)->level;
}

static inline tw_set tw_node_kid(
	const struct tw_space *space, const struct tw_node *node, uint32_t i)
{
	return space->word.v[node->at + i];
}

/* What a diagram is within one family; the family node has an edge for each of the two. */
static inline tw_set tw_family_kid(const struct tw_space *space, tw_set set, unsigned family)
{
	if (tw_node_level(space, set) != TW_FIELD_FAMILY)
		return set;
	return tw_node_kid(space, tw_node_at(space, set), family == TW_IPV6);
}

static inline struct tw_addr tw_node_last(
	const struct tw_space *space, const struct tw_node *node, uint32_t i)
{
	const uint32_t *key = &space->word.v[node->at + node->n];

	if (!node->wide)
		return (struct tw_addr){0, key[i]};
	key += 4 * (size_t)i;
	return (struct tw_addr){
		(uint64_t)key[0] << 32 | key[1],
		(uint64_t)key[2] << 32 | key[3],
	};
}

/* Adds an edge to the node whose edges begin at `base`; equal neighbours become one (invariant 2).
 */
static inline bool tw_edge_push(
	struct tw_space *space, size_t base, struct tw_addr last, tw_set kid)
{
	if (space->edge.n > base && space->edge.v[space->edge.n - 1].kid == kid) {
		space->edge.v[space->edge.n - 1].last = last;
		return true;
	}
	if (space->edge.n == space->edge.room && !tw_edge_grow(space))
		return false;
	space->edge.v[space->edge.n++] = (struct tw_edge){last, kid};
	return true;
}

/* The slot of the operation cache for these operands. */
struct tw_cached *tw_cache_slot(struct tw_space *space, enum tw_op op, uint32_t a, uint32_t b);

static inline bool tw_cache_has(const struct tw_space *space, const struct tw_cached *slot,
	enum tw_op op, uint32_t a, uint32_t b)
{
	return slot->tag == space->ticket[op] && slot->a == a && slot->b == b;
}

/* Remembers a result, unless it came out of a failure. */
static inline void tw_cache_keep(
	struct tw_space *space, enum tw_op op, uint32_t a, uint32_t b, tw_set result)
{
	if (space->status == TW_OK)
		*tw_cache_slot(space, op, a, b) =
			(struct tw_cached){space->ticket[op], a, b, result};
}

#endif
