/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_AWS_H
#define TW_READ_AWS_H

/*
 * Between the files of the AWS reader: the state of one reading, one reader per family of kinds,
 * and what they share. Elements are those of `aws ec2 describe-*`, whatever file they come wrapped
 * in.
 */

#include "build.h"
#include "document.h"
#include "vec.h"

/* Kinds that are recognised and not modelled yet, and whose absence a reader should know of. */
enum tw_aws_later { TW_LATER_CLASSIC_BALANCERS, TW_LATERS };

struct tw_aws {
	struct tw_mem *mem;
	struct tw_diags *diags;
	struct tw_net *net;
	struct tw_document *d;	 /* the one being read */
	bool noted[TW_LATERS];	 /* told once in all files */
	bool interfaces_listed;	 /* some describe-network-interfaces was read */
	struct tw_map odd_types; /* interface types that are not known, told once each */
	struct tw_map odd_words; /* other words that are not known: "Type carrier" */
	/* of the interface being read */
	TW_VEC(struct tw_prefix) addresses, public_addresses, published;
};

void tw_aws_init(
	struct tw_aws *aws, struct tw_mem *mem, struct tw_diags *diags, struct tw_net *net);
void tw_aws_fini(struct tw_aws *aws);

/* What a document turned out to be. */
struct tw_aws_found {
	bool recognised;       /* some key of an answer was in it */
	bool supported;	       /* ... and one that is modelled, or that does not matter */
	uint32_t odd;	       /* the key of an answer whose value is none, or TW_NODE_NONE */
	struct tw_buf *detail; /* "describe-network-acls, describe-subnets"; appended to */
};

/*
 * Reads a document of answers: one, several in one object, or an array of pages. `path` may hold
 * the id of what the answer is about (wrapped.h). TW_EPARSE if there were errors; all of them are
 * diagnostics.
 */
TW_NODISCARD tw_status tw_aws_read(
	struct tw_aws *aws, struct tw_document *d, const char *path, struct tw_aws_found *ret);
/* Reads the elements of one array as the answer of this key, such as "NetworkAcls". */
TW_NODISCARD tw_status tw_aws_read_list(
	struct tw_aws *aws, const char *key, uint32_t array, struct tw_buf *detail);

/*
 * Calls fn for each array of the document that is read as the answer of this key, of a collector's
 * file (collector.c) too: for those who edit what was read.
 */
typedef tw_status (*tw_aws_list_fn)(void *ctx, uint32_t array);
TW_NODISCARD tw_status tw_aws_each_list(
	const struct tw_document *d, const char *key, tw_aws_list_fn fn, void *ctx);

/*
 * The np-guard collector's single object (collector.c). Call tw_collector_is first; *ret_aws false:
 * it is about another provider, and nothing was read.
 */
bool tw_collector_is(const struct tw_document *d);
/* Its array for the answer of this key, or TW_NODE_NONE. */
uint32_t tw_collector_list(const struct tw_document *d, const char *key);
TW_NODISCARD tw_status tw_collector_read(
	struct tw_aws *aws, struct tw_document *d, bool *ret_aws, struct tw_buf *detail);

/* ---- readers of one element; errors are diagnostics and TW_EPARSE -----------------------------
 */

TW_NODISCARD tw_status tw_aws_acl(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_group(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_group_rule(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_vpc(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_subnet(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_interface(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_instance(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_reservation(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_table(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_gateway(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_egress_gateway(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_prefix_list(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_nat(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_peering(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_endpoint(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_transit(struct tw_aws *aws, uint32_t element);
/* describe-transit-gateway-vpc-attachments, -attachments, -peering-attachments */
TW_NODISCARD tw_status tw_aws_vpc_attachment(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_attachment(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_peering_attachment(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_transit_table(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_balancer(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_listener(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_listener_rule(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_target_group(struct tw_aws *aws, uint32_t element);
/* Elements of Batfish's wrappers, each an answer with the id of what it is about. */
TW_NODISCARD tw_status tw_aws_static_routes(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_propagations(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_listeners_of(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_health_of(struct tw_aws *aws, uint32_t element);

/*
 * An answer whose elements do not say whose they are: `array` is the list, in `page`; `id` is of
 * its parent. `whole`: no page is missing.
 */
struct tw_aws_part {
	uint32_t page, array;
	const char *id;
	bool whole;
};
typedef tw_status (*tw_aws_part_fn)(struct tw_aws *aws, const struct tw_aws_part *part);
TW_NODISCARD tw_status tw_aws_prefix_entries(struct tw_aws *aws, const struct tw_aws_part *part);
TW_NODISCARD tw_status tw_aws_transit_routes(struct tw_aws *aws, const struct tw_aws_part *part);
TW_NODISCARD tw_status tw_aws_table_propagations(
	struct tw_aws *aws, const struct tw_aws_part *part);
TW_NODISCARD tw_status tw_aws_target_attributes(struct tw_aws *aws, const struct tw_aws_part *part);
TW_NODISCARD tw_status tw_aws_target_health(struct tw_aws *aws, const struct tw_aws_part *part);

/* The token of a page that is not the last one, or TW_NODE_NONE. SPEC: cli-network-acls */
uint32_t tw_aws_token(const struct tw_document *d, uint32_t page);
/* Tells that an answer about a kind was cut short, at its token; objects may be missing. */
TW_NODISCARD tw_status tw_aws_cut(struct tw_aws *aws, uint32_t token, enum tw_kind kind);

/* One entry of an ACL (aws_acl.c), for those who edit them. */
TW_NODISCARD tw_status tw_aws_acl_entry(
	struct tw_aws *aws, uint32_t node, struct tw_rule *ret, enum tw_list *ret_list);

/* ---- shared (aws_common.c) ------------------------------------------------------------------- */

/* Goes on after TW_EPARSE and keeps it in `worst`; returns on anything worse. */
#define TW_AWS_STEP(worst, expr)                                                                   \
	do {                                                                                       \
		tw_status step_ = (expr);                                                          \
		if (step_ == TW_EPARSE)                                                            \
			(worst) = TW_EPARSE;                                                       \
		else if (step_ != TW_OK)                                                           \
			return step_;                                                              \
	} while (0)

/* A list of names of members, for objects that are walked once. */
struct tw_word {
	const char *text;
	size_t n;
};
#define TW_WORD(text)                                                                              \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}
/* The index of a key in the list, `n` if it is not there. */
size_t tw_aws_word(const struct tw_document *d, uint32_t key, const struct tw_word *word, size_t n);

typedef tw_status (*tw_aws_fn)(struct tw_aws *aws, uint32_t element);
/* Calls fn for each element of an array, all of which must be objects. */
TW_NODISCARD tw_status tw_aws_each(struct tw_aws *aws, uint32_t array, tw_aws_fn fn);
/* The elements of `array` must be objects: TW_OK or an error for each that is none. */
TW_NODISCARD tw_status tw_aws_object(struct tw_aws *aws, uint32_t element);
TW_NODISCARD tw_status tw_aws_array(struct tw_aws *aws, uint32_t node);

/* An id: a string that is not empty. */
TW_NODISCARD tw_status tw_aws_id(
	struct tw_aws *aws, uint32_t object, const char *key, const char **ret);
/* A string member; NULL if absent, null or empty. */
TW_NODISCARD tw_status tw_aws_text(
	struct tw_aws *aws, uint32_t object, const char *key, const char **ret);
/* The member as a node; TW_NODE_NONE if absent, null or an empty string. */
uint32_t tw_aws_member(const struct tw_aws *aws, uint32_t object, const char *key);
/* Fills tags and the name from an array of {Key, Value}; TW_NODE_NONE: none. */
TW_NODISCARD tw_status tw_aws_tags(struct tw_aws *aws, uint32_t array, struct tw_object *object);

/* `strict`: host bits are an error; else AWS clears them, and so do we, with a warning. */
TW_NODISCARD tw_status tw_aws_cidr(struct tw_aws *aws, uint32_t node, enum tw_family family,
	bool strict, struct tw_prefix *ret);
/* A single address, as a /32 or /128. */
TW_NODISCARD tw_status tw_aws_address(
	struct tw_aws *aws, uint32_t node, enum tw_family family, struct tw_prefix *ret);
/* A block of either family, as its text shows. */
TW_NODISCARD tw_status tw_aws_any_cidr(
	struct tw_aws *aws, uint32_t node, bool strict, struct tw_prefix *ret);
/* All blocks of a VPC, a subnet, or a side of a peering (aws_vpc.c): "CidrBlock" first, then those
 * of the two sets. */
TW_NODISCARD tw_status tw_aws_blocks(struct tw_aws *aws, uint32_t element, const char *set,
	const char *ipv6_set, struct tw_prefixes *ret);
/* The list of ids in a member: of strings, or, with `id`, of objects that have it. */
TW_NODISCARD tw_status tw_aws_refs(
	struct tw_aws *aws, uint32_t object, const char *key, const char *id, struct tw_refs *ret);
/* A copy in the model's arena. */
TW_NODISCARD tw_status tw_aws_keep(
	struct tw_aws *aws, const struct tw_prefix *v, size_t n, struct tw_prefixes *ret);

/* Words and what they mean. */
struct tw_aws_choice {
	const char *text;
	int value;
};
/* Absent: *ret stays; unknown: told once for each word, and `other`. */
TW_NODISCARD tw_status tw_aws_choose(struct tw_aws *aws, uint32_t object, const char *key,
	const struct tw_aws_choice *choice, size_t n, int other, int *ret);
/* "enable" or "disable"; absent: disabled. */
TW_NODISCARD tw_status tw_aws_enabled(
	struct tw_aws *aws, uint32_t object, const char *key, bool *ret);
/* A state as it is spelled, and whether it means that the object is no more. */
TW_NODISCARD tw_status tw_aws_state(
	struct tw_aws *aws, uint32_t object, const char *key, const char **ret, bool *ret_gone);
/* A port; absent: 0. */
TW_NODISCARD tw_status tw_aws_port(
	struct tw_aws *aws, uint32_t object, const char *key, uint16_t *ret);
/* A protocol of listeners and target groups (aws_target.c); absent: TW_LISTENER_OTHER. */
TW_NODISCARD tw_status tw_aws_listener_protocol(
	struct tw_aws *aws, uint32_t object, const char *key, enum tw_listener_protocol *ret);
/* {"State": ...}: false if the association that it belongs to is gone or never came to be. */
bool tw_aws_in_force(const struct tw_aws *aws, uint32_t object, const char *key);

/* Equal in letters of either case; `lower` is in lower case, and ASCII. */
bool tw_aws_is(struct tw_sv text, const char *lower);
/* A protocol by name or number, TW_PROTOCOL_ALL for "-1" and "all". SPEC: proto-spelling */
TW_NODISCARD tw_status tw_aws_protocol(struct tw_aws *aws, uint32_t node, int16_t *ret);
/* Type and code (-1: any) as ports of a rule. */
void tw_aws_icmp(struct tw_rule *rule, int64_t type, int64_t code);
void tw_aws_every_port(struct tw_rule *rule);
/* Ports of an object that AWS ignores, if they are ports at all and not all of them. */
TW_NODISCARD tw_status tw_aws_ignored(struct tw_aws *aws, uint32_t object, const char *from,
	const char *to, struct tw_rule *rule);

/* A warning (TW901) at a node: "PATH: text". */
TW_NODISCARD tw_status tw_aws_warn(struct tw_aws *aws, uint32_t node, const char *format, ...)
	TW_PRINTF(3, 4);

#endif
