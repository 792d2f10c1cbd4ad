/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_PENDING_H
#define TW_NET_PENDING_H

/*
 * Between the files of the floor: what tw_net_add_* keeps for tw_net_finish, and the steps of that
 * function. Nobody outside src/net includes this.
 */

#include "build.h"
#include "report_diag.h"
#include "same.h"
#include "vec.h"

/* The subnets that an ACL or a route table names. */
struct tw_links {
	const struct tw_link *v;
	size_t n;
};

/* One row of describe-security-group-rules. */
struct tw_row {
	const char *group_id;
	enum tw_list list;
	struct tw_rule rule;
};

struct tw_build {
	size_t room[TW_KINDS];				/* of the arrays in tw_net */
	TW_VEC(struct tw_links) acl_links, table_links; /* by index of the ACL, the table */
	TW_VEC(struct tw_row) rows;
	struct tw_map row_ids;			     /* id of a rule -> index of its row */
	TW_VEC(struct tw_listener) listener_parts;   /* of describe-rules: an id and targets */
	TW_VEC(struct tw_target_group) target_parts; /* attributes, health */
};

/* build.c: the arrays of objects, when the model ends. */
void tw_net_release_arrays(struct tw_net *net);
/* build.c: appends a copy of `object` and enters its id. */
TW_NODISCARD tw_status tw_net_append(
	struct tw_net *net, enum tw_kind kind, const char *id, const void *object);

/* ---- merge.c: the same object a second time ------------------------------------------------- */

/* Each fills what `old` lacks; a contradiction is a diagnostic and TW_EPARSE. */
TW_NODISCARD tw_status tw_merge_vpc(
	struct tw_net *net, struct tw_diags *diags, struct tw_vpc *old, const struct tw_vpc *vpc);
TW_NODISCARD tw_status tw_merge_subnet(struct tw_net *net, struct tw_diags *diags,
	struct tw_subnet *old, const struct tw_subnet *subnet);
TW_NODISCARD tw_status tw_merge_acl(struct tw_net *net, struct tw_diags *diags, struct tw_acl *old,
	const struct tw_acl *acl, struct tw_links *old_links, struct tw_links links);
TW_NODISCARD tw_status tw_merge_group(struct tw_net *net, struct tw_diags *diags,
	struct tw_group *old, const struct tw_group *group);
TW_NODISCARD tw_status tw_merge_row(
	struct tw_net *net, struct tw_diags *diags, struct tw_row *old, const struct tw_row *row);
TW_NODISCARD tw_status tw_merge_interface(struct tw_net *net, struct tw_diags *diags,
	struct tw_interface *old, const struct tw_interface *interface);
TW_NODISCARD tw_status tw_merge_instance(struct tw_net *net, struct tw_diags *diags,
	struct tw_instance *old, const struct tw_instance *instance);
TW_NODISCARD tw_status tw_merge_table(struct tw_net *net, struct tw_diags *diags,
	struct tw_route_table *old, const struct tw_route_table *table, struct tw_links *old_links,
	struct tw_links links);
TW_NODISCARD tw_status tw_merge_gateway(struct tw_net *net, struct tw_diags *diags,
	struct tw_internet_gateway *old, const struct tw_internet_gateway *gateway);
TW_NODISCARD tw_status tw_merge_prefix_list(struct tw_net *net, struct tw_diags *diags,
	struct tw_prefix_list *old, const struct tw_prefix_list *list);

/* ---- merge_between.c: the same for the network between -------------------------------------- */

TW_NODISCARD tw_status tw_merge_nat(
	struct tw_net *net, struct tw_diags *diags, struct tw_nat *old, const struct tw_nat *nat);
TW_NODISCARD tw_status tw_merge_peering(struct tw_net *net, struct tw_diags *diags,
	struct tw_peering *old, const struct tw_peering *peering);
TW_NODISCARD tw_status tw_merge_transit(struct tw_net *net, struct tw_diags *diags,
	struct tw_transit_gateway *old, const struct tw_transit_gateway *transit);
TW_NODISCARD tw_status tw_merge_attachment(struct tw_net *net, struct tw_diags *diags,
	struct tw_attachment *old, const struct tw_attachment *attachment);
TW_NODISCARD tw_status tw_merge_transit_table(struct tw_net *net, struct tw_diags *diags,
	struct tw_transit_table *old, const struct tw_transit_table *table);
TW_NODISCARD tw_status tw_merge_endpoint(struct tw_net *net, struct tw_diags *diags,
	struct tw_endpoint *old, const struct tw_endpoint *endpoint);

/* ---- merge_balancer.c: load balancers, listeners, target groups ----------------------------- */

TW_NODISCARD tw_status tw_merge_balancer(struct tw_net *net, struct tw_diags *diags,
	struct tw_balancer *old, const struct tw_balancer *balancer);
TW_NODISCARD tw_status tw_merge_listener(struct tw_net *net, struct tw_diags *diags,
	struct tw_listener *old, const struct tw_listener *listener);
/* `group` may be a part. */
TW_NODISCARD tw_status tw_merge_target_group(struct tw_net *net, struct tw_diags *diags,
	struct tw_target_group *old, const struct tw_target_group *group);

/* ---- same.c ---------------------------------------------------------------------------------- */

TW_NODISCARD tw_status tw_links_same(
	struct tw_mem *mem, struct tw_links a, struct tw_links b, bool *ret);

/* ---- steps of tw_net_finish ----------------------------------------------------------------- */

/* build.c: adds a subnet that only something else names. */
TW_NODISCARD tw_status tw_net_imply_subnet(
	struct tw_net *net, const char *id, const char *vpc_id, struct tw_span span);

/*
 * What a VPC gives to subnets without an association of their own, by the VPC's id: the VPC itself
 * may be in no input.
 */
struct tw_default {
	uint32_t index; /* TW_MISSING: none seen */
	bool doubtful;	/* some object of the kind did not say which subnets it serves */
};
struct tw_defaults {
	struct tw_map map;
	TW_VEC(struct tw_default) slots;
};
void tw_defaults_init(struct tw_defaults *defaults, struct tw_mem *mem);
void tw_defaults_fini(struct tw_defaults *defaults, struct tw_mem *mem);
/* Adds the VPC if needed. */
TW_NODISCARD tw_status tw_defaults_add(struct tw_defaults *defaults, struct tw_mem *mem,
	const char *vpc_id, struct tw_default **ret);
/* NULL if no object of that VPC was added. */
const struct tw_default *tw_defaults_get(const struct tw_defaults *defaults, const char *vpc_id);

/* link_acl.c */
TW_NODISCARD tw_status tw_link_acls(struct tw_net *net, struct tw_diags *diags);
/* link_route.c: route tables and gateways */
TW_NODISCARD tw_status tw_link_tables(struct tw_net *net, struct tw_diags *diags);
TW_NODISCARD tw_status tw_link_gateways(struct tw_net *net);
/* link_group.c: rows of describe-security-group-rules join their groups */
TW_NODISCARD tw_status tw_link_rows(struct tw_net *net, struct tw_diags *diags);
/* link_interface.c: an interface's subnet, groups and instance; members of groups */
TW_NODISCARD tw_status tw_link_interfaces(struct tw_net *net);
/* link_nat.c: which VPCs have NAT gateways behind open lists */
void tw_link_nat(struct tw_net *net);
/* `nat_is_open` of every VPC, from the lists as they are. */
void tw_link_nat_open(struct tw_net *net);
/* link_between.c: NAT gateways, peering, transit gateways, endpoints; the subnets that they and
 * load balancers name */
TW_NODISCARD tw_status tw_imply_between(struct tw_net *net);
TW_NODISCARD tw_status tw_link_refs(struct tw_net *net, enum tw_kind kind, struct tw_refs *refs);
TW_NODISCARD tw_status tw_link_between(struct tw_net *net);
/* link_parts.c: rules join their listeners, attributes and health their target groups */
TW_NODISCARD tw_status tw_link_parts(struct tw_net *net, struct tw_diags *diags);
/* link_balancer.c: load balancers, their listeners and target groups */
TW_NODISCARD tw_status tw_link_balancers(struct tw_net *net);
/* link_target.c: where the targets of target groups are */
TW_NODISCARD tw_status tw_link_targets(struct tw_net *net);
/* link_peer.c: addresses of groups and prefix lists that rules name */
TW_NODISCARD tw_status tw_link_peers(struct tw_net *net);

#endif
