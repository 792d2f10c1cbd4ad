/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Adding objects to the model, one by one, in the order of the input. An id that is already there
 * is merged (merge.c); links by id wait for tw_net_finish (link.c). The network between is in
 * build_between.c.
 */

#include "pending.h"

/* Where tw_net keeps the objects of a kind; one place instead of many copies of the growing code.
 */
struct shape {
	size_t array, count, size;
};

#define SHAPE(array, count)                                                                        \
	{                                                                                          \
		offsetof(struct tw_net, array), offsetof(struct tw_net, count),                    \
			sizeof(*((struct tw_net *)NULL)->array)                                    \
	}

static const struct shape shapes[TW_KINDS] = {
	[TW_KIND_VPC] = SHAPE(vpc, vpcs),
	[TW_KIND_SUBNET] = SHAPE(subnet, subnets),
	[TW_KIND_ACL] = SHAPE(acl, acls),
	[TW_KIND_GROUP] = SHAPE(group, groups),
	[TW_KIND_INTERFACE] = SHAPE(interface, interfaces),
	[TW_KIND_INSTANCE] = SHAPE(instance, instances),
	[TW_KIND_ROUTE_TABLE] = SHAPE(table, tables),
	[TW_KIND_INTERNET_GATEWAY] = SHAPE(gateway, gateways),
	[TW_KIND_PREFIX_LIST] = SHAPE(prefix_list, prefix_lists),
	[TW_KIND_NAT_GATEWAY] = SHAPE(nat, nats),
	[TW_KIND_PEERING] = SHAPE(peering, peerings),
	[TW_KIND_TRANSIT_GATEWAY] = SHAPE(transit, transits),
	[TW_KIND_ATTACHMENT] = SHAPE(attachment, attachments),
	[TW_KIND_TRANSIT_TABLE] = SHAPE(transit_table, transit_tables),
	[TW_KIND_ENDPOINT] = SHAPE(endpoint, endpoints),
	[TW_KIND_LOAD_BALANCER] = SHAPE(balancer, balancers),
	[TW_KIND_LISTENER] = SHAPE(listener, listeners),
	[TW_KIND_TARGET_GROUP] = SHAPE(target_group, target_groups),
};

void tw_net_release_arrays(struct tw_net *net)
{
	for (size_t kind = 0; kind < TW_KINDS; kind++) {
		void *array;
		memcpy(&array, (char *)net + shapes[kind].array, sizeof(array));
		tw_mem_release(net->mem, array, net->build->room[kind] * shapes[kind].size);
	}
}

tw_status tw_net_append(struct tw_net *net, enum tw_kind kind, const char *id, const void *object)
{
	const struct shape *shape = &shapes[kind];
	char *base = (char *)net;
	void *array;
	size_t n;

	/* All object pointers have one representation here; memcpy keeps to the aliasing rules. */
	memcpy(&array, base + shape->array, sizeof(array));
	memcpy(&n, base + shape->count, sizeof(n));
	if (n >= TW_MISSING)
		return TW_ELIMIT;
	TW_TRY(tw_vec_grow(net->mem, &array, n, &net->build->room[kind], shape->size, 1));
	memcpy(base + shape->array, &array, sizeof(array));
	TW_TRY(tw_map_set(&net->ids[kind], tw_sv_of(id), (uint32_t)n));
	memcpy((char *)array + n * shape->size, object, shape->size);
	n++;
	memcpy(base + shape->count, &n, sizeof(n));
	net->holds[kind] = true;
	return TW_OK;
}

tw_status tw_net_add_vpc(struct tw_net *net, struct tw_diags *diags, const struct tw_vpc *vpc)
{
	uint32_t at = tw_net_find(net, TW_KIND_VPC, vpc->object.id);
	struct tw_vpc copy = *vpc;

	if (at != TW_MISSING)
		return tw_merge_vpc(net, diags, &net->vpc[at], vpc);
	copy.default_acl = copy.main_table = copy.gateway = TW_MISSING;
	return tw_net_append(net, TW_KIND_VPC, vpc->object.id, &copy);
}

tw_status tw_net_add_subnet(
	struct tw_net *net, struct tw_diags *diags, const struct tw_subnet *subnet)
{
	uint32_t at = tw_net_find(net, TW_KIND_SUBNET, subnet->object.id);
	struct tw_subnet copy = *subnet;

	if (at != TW_MISSING)
		return tw_merge_subnet(net, diags, &net->subnet[at], subnet);
	copy.vpc = copy.acl = copy.table = TW_MISSING;
	return tw_net_append(net, TW_KIND_SUBNET, subnet->object.id, &copy);
}

tw_status tw_net_imply_subnet(
	struct tw_net *net, const char *id, const char *vpc_id, struct tw_span span)
{
	struct tw_subnet subnet = {.object = {.id = id, .span = span},
		.vpc_id = vpc_id,
		.vpc = TW_MISSING,
		.acl = TW_MISSING,
		.table = TW_MISSING,
		.implied = true};
	bool held = net->holds[TW_KIND_SUBNET];
	uint32_t at = tw_net_find(net, TW_KIND_SUBNET, id);

	if (at != TW_MISSING) {
		if (!net->subnet[at].vpc_id)
			net->subnet[at].vpc_id = vpc_id;
		return TW_OK;
	}
	TW_TRY(tw_net_append(net, TW_KIND_SUBNET, id, &subnet));
	net->holds[TW_KIND_SUBNET] = held; /* no input held it */
	return TW_OK;
}

tw_status tw_net_add_acl(struct tw_net *net, struct tw_diags *diags, const struct tw_acl *acl,
	const struct tw_link *subnet_ids, size_t subnets_n)
{
	uint32_t at = tw_net_find(net, TW_KIND_ACL, acl->object.id);
	struct tw_links links = {subnet_ids, subnets_n};
	struct tw_build *build = net->build;
	struct tw_acl copy = *acl;

	if (at != TW_MISSING)
		return tw_merge_acl(net, diags, &net->acl[at], acl, &build->acl_links.v[at], links);
	copy.vpc = TW_MISSING;
	copy.subnets = NULL;
	copy.subnets_n = 0;
	TW_TRY(TW_VEC_RESERVE(net->mem, &build->acl_links, 1));
	TW_TRY(tw_net_append(net, TW_KIND_ACL, acl->object.id, &copy));
	build->acl_links.v[build->acl_links.n++] = links;
	return TW_OK;
}

tw_status tw_net_add_group(struct tw_net *net, struct tw_diags *diags, const struct tw_group *group)
{
	uint32_t at = tw_net_find(net, TW_KIND_GROUP, group->object.id);
	struct tw_group copy = *group;

	if (at != TW_MISSING)
		return tw_merge_group(net, diags, &net->group[at], group);
	copy.vpc = TW_MISSING;
	copy.members = NULL;
	copy.members_n = 0;
	return tw_net_append(net, TW_KIND_GROUP, group->object.id, &copy);
}

tw_status tw_net_add_group_rule(struct tw_net *net, struct tw_diags *diags, const char *group_id,
	enum tw_list list, const struct tw_rule *rule)
{
	struct tw_build *build = net->build;
	struct tw_row row = {group_id, list, *rule};
	uint32_t at = tw_map_get(&build->row_ids, tw_sv_of(rule->id));

	if (at != TW_MAP_NONE)
		return tw_merge_row(net, diags, &build->rows.v[at], &row);
	if (build->rows.n >= TW_MISSING)
		return TW_ELIMIT;
	TW_TRY(TW_VEC_RESERVE(net->mem, &build->rows, 1));
	TW_TRY(tw_map_set(&build->row_ids, tw_sv_of(rule->id), (uint32_t)build->rows.n));
	build->rows.v[build->rows.n++] = row;
	return TW_OK;
}

tw_status tw_net_add_interface(
	struct tw_net *net, struct tw_diags *diags, const struct tw_interface *interface)
{
	uint32_t at = tw_net_find(net, TW_KIND_INTERFACE, interface->object.id);
	struct tw_interface copy = *interface;

	if (at != TW_MISSING)
		return tw_merge_interface(net, diags, &net->interface[at], interface);
	copy.subnet = copy.vpc = copy.instance = TW_MISSING;
	copy.groups = NULL;
	return tw_net_append(net, TW_KIND_INTERFACE, interface->object.id, &copy);
}

tw_status tw_net_add_instance(
	struct tw_net *net, struct tw_diags *diags, const struct tw_instance *instance)
{
	uint32_t at = tw_net_find(net, TW_KIND_INSTANCE, instance->object.id);

	if (at != TW_MISSING)
		return tw_merge_instance(net, diags, &net->instance[at], instance);
	return tw_net_append(net, TW_KIND_INSTANCE, instance->object.id, instance);
}

tw_status tw_net_add_table(struct tw_net *net, struct tw_diags *diags,
	const struct tw_route_table *table, const struct tw_link *subnet_ids, size_t subnets_n)
{
	uint32_t at = tw_net_find(net, TW_KIND_ROUTE_TABLE, table->object.id);
	struct tw_links links = {subnet_ids, subnets_n};
	struct tw_build *build = net->build;
	struct tw_route_table copy = *table;

	if (at != TW_MISSING)
		return tw_merge_table(
			net, diags, &net->table[at], table, &build->table_links.v[at], links);
	copy.vpc = TW_MISSING;
	TW_TRY(TW_VEC_RESERVE(net->mem, &build->table_links, 1));
	TW_TRY(tw_net_append(net, TW_KIND_ROUTE_TABLE, table->object.id, &copy));
	build->table_links.v[build->table_links.n++] = links;
	return TW_OK;
}

tw_status tw_net_add_gateway(
	struct tw_net *net, struct tw_diags *diags, const struct tw_internet_gateway *gateway)
{
	uint32_t at = tw_net_find(net, TW_KIND_INTERNET_GATEWAY, gateway->object.id);

	if (at != TW_MISSING)
		return tw_merge_gateway(net, diags, &net->gateway[at], gateway);
	return tw_net_append(net, TW_KIND_INTERNET_GATEWAY, gateway->object.id, gateway);
}

tw_status tw_net_add_prefix_list(
	struct tw_net *net, struct tw_diags *diags, const struct tw_prefix_list *list)
{
	uint32_t at = tw_net_find(net, TW_KIND_PREFIX_LIST, list->object.id);

	if (at != TW_MISSING)
		return tw_merge_prefix_list(net, diags, &net->prefix_list[at], list);
	return tw_net_append(net, TW_KIND_PREFIX_LIST, list->object.id, list);
}
