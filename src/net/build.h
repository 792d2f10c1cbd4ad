/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_BUILD_H
#define TW_NET_BUILD_H

/*
 * Building a model. A reader fills one object at a time (strings and arrays from net->arena, links
 * by id, lists of rules in file order and unresolved) and adds it; tw_net_finish then links
 * everything.
 *
 * The same id twice: fields that the model reads are compared where both have them; a contradiction
 * is a TW_LEVEL_ERROR diagnostic that names both places, agreement keeps the first (contract 1). An
 * object that only links to another one (an interface naming a group) does not add the other one.
 */

#include "net.h"

TW_NODISCARD tw_status tw_net_add_vpc(
	struct tw_net *net, struct tw_diags *diags, const struct tw_vpc *vpc);
TW_NODISCARD tw_status tw_net_add_subnet(
	struct tw_net *net, struct tw_diags *diags, const struct tw_subnet *subnet);
/* `subnet_ids`: the associations, with the span of each. */
struct tw_link {
	const char *id;
	struct tw_span span;
};
TW_NODISCARD tw_status tw_net_add_acl(struct tw_net *net, struct tw_diags *diags,
	const struct tw_acl *acl, const struct tw_link *subnet_ids, size_t subnets_n);
TW_NODISCARD tw_status tw_net_add_group(
	struct tw_net *net, struct tw_diags *diags, const struct tw_group *group);
/* One row of describe-security-group-rules: joins the group of that id, which may come later or
 * never. */
TW_NODISCARD tw_status tw_net_add_group_rule(struct tw_net *net, struct tw_diags *diags,
	const char *group_id, enum tw_list list, const struct tw_rule *rule);
TW_NODISCARD tw_status tw_net_add_interface(
	struct tw_net *net, struct tw_diags *diags, const struct tw_interface *interface);
TW_NODISCARD tw_status tw_net_add_instance(
	struct tw_net *net, struct tw_diags *diags, const struct tw_instance *instance);
TW_NODISCARD tw_status tw_net_add_table(struct tw_net *net, struct tw_diags *diags,
	const struct tw_route_table *table, const struct tw_link *subnet_ids, size_t subnets_n);
TW_NODISCARD tw_status tw_net_add_gateway(
	struct tw_net *net, struct tw_diags *diags, const struct tw_internet_gateway *gateway);
/* A list without entries and the entries of a list may come from different files. */
TW_NODISCARD tw_status tw_net_add_prefix_list(
	struct tw_net *net, struct tw_diags *diags, const struct tw_prefix_list *list);

TW_NODISCARD tw_status tw_net_add_nat(
	struct tw_net *net, struct tw_diags *diags, const struct tw_nat *nat);
TW_NODISCARD tw_status tw_net_add_peering(
	struct tw_net *net, struct tw_diags *diags, const struct tw_peering *peering);
TW_NODISCARD tw_status tw_net_add_transit(
	struct tw_net *net, struct tw_diags *diags, const struct tw_transit_gateway *transit);
/* describe-transit-gateway-vpc-attachments knows the subnets, -attachments the association: each
 * fills what the other lacks. */
TW_NODISCARD tw_status tw_net_add_attachment(
	struct tw_net *net, struct tw_diags *diags, const struct tw_attachment *attachment);
/* Routes and propagations of one table may come from different files. */
TW_NODISCARD tw_status tw_net_add_transit_table(
	struct tw_net *net, struct tw_diags *diags, const struct tw_transit_table *table);
TW_NODISCARD tw_status tw_net_add_endpoint(
	struct tw_net *net, struct tw_diags *diags, const struct tw_endpoint *endpoint);
TW_NODISCARD tw_status tw_net_add_balancer(
	struct tw_net *net, struct tw_diags *diags, const struct tw_balancer *balancer);
/* A listener and the rules of it may come from different files: rules have no balancer_id, and join
 * the listener of their id, which may come later or never. */
TW_NODISCARD tw_status tw_net_add_listener(
	struct tw_net *net, struct tw_diags *diags, const struct tw_listener *listener);
/* A group, its attributes and its targets' health may come from different files: `part` joins the
 * group of its id, or of an id that ends in it ("targetgroup/NAME/ID"). */
TW_NODISCARD tw_status tw_net_add_target_group(
	struct tw_net *net, struct tw_diags *diags, const struct tw_target_group *group);

/*
 * Links everything by id; gives every subnet its ACL (explicit, else the VPC's default) and its
 * route table (explicit, else main); resolves the peers of group rules (references become the
 * private addresses of the members' interfaces, SPEC: sg-ref-private-ips; prefix lists their
 * entries; what the model lacks makes the rule `maybe`); sorts ACL lists and appends missing
 * implicit denies. Reports contradictions: one subnet on two ACLs, two rules with one number. Call
 * once, after the last add.
 */
TW_NODISCARD tw_status tw_net_finish(struct tw_net *net, struct tw_diags *diags);

#endif
