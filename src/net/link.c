/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Linking: after the last object was added, ids become indexes, in an order in which each step
 * finds what it needs. Every step goes on after a contradiction, so that one run tells them all.
 */

#include "index.h"
#include "pending.h"
#include "routes.h"

void tw_defaults_init(struct tw_defaults *defaults, struct tw_mem *mem)
{
	memset(defaults, 0, sizeof(*defaults));
	tw_map_init(&defaults->map, mem);
}

void tw_defaults_fini(struct tw_defaults *defaults, struct tw_mem *mem)
{
	tw_map_fini(&defaults->map);
	TW_VEC_FREE(mem, &defaults->slots);
}

tw_status tw_defaults_add(struct tw_defaults *defaults, struct tw_mem *mem, const char *vpc_id,
	struct tw_default **ret)
{
	uint32_t at = tw_map_get(&defaults->map, tw_sv_of(vpc_id));
	struct tw_default none = {TW_MISSING, false};

	if (at == TW_MAP_NONE) {
		at = (uint32_t)defaults->slots.n;
		TW_TRY(TW_VEC_PUSH(mem, &defaults->slots, none));
		TW_TRY(tw_map_set(&defaults->map, tw_sv_of(vpc_id), at));
	}
	*ret = &defaults->slots.v[at];
	return TW_OK;
}

const struct tw_default *tw_defaults_get(const struct tw_defaults *defaults, const char *vpc_id)
{
	uint32_t at = vpc_id ? tw_map_get(&defaults->map, tw_sv_of(vpc_id)) : TW_MAP_NONE;

	return at == TW_MAP_NONE ? NULL : &defaults->slots.v[at];
}

/* Subnets that nothing describes and something names still have ACLs and interfaces to judge. */
static tw_status imply_subnets(struct tw_net *net)
{
	const struct tw_build *build = net->build;

	for (size_t i = 0; i < net->acls; i++)
		for (size_t j = 0; j < build->acl_links.v[i].n; j++) {
			const struct tw_link *link = &build->acl_links.v[i].v[j];
			TW_TRY(tw_net_imply_subnet(net, link->id, net->acl[i].vpc_id, link->span));
		}
	for (size_t i = 0; i < net->tables; i++)
		for (size_t j = 0; j < build->table_links.v[i].n; j++) {
			const struct tw_link *link = &build->table_links.v[i].v[j];
			TW_TRY(tw_net_imply_subnet(
				net, link->id, net->table[i].vpc_id, link->span));
		}
	for (size_t i = 0; i < net->interfaces; i++) {
		const struct tw_interface *interface = &net->interface[i];
		if (interface->subnet_id)
			TW_TRY(tw_net_imply_subnet(net, interface->subnet_id, interface->vpc_id,
				interface->object.span));
	}
	return tw_imply_between(net);
}

static void link_vpcs(struct tw_net *net)
{
	for (size_t i = 0; i < net->subnets; i++)
		net->subnet[i].vpc = tw_net_find(net, TW_KIND_VPC, net->subnet[i].vpc_id);
	for (size_t i = 0; i < net->acls; i++)
		net->acl[i].vpc = tw_net_find(net, TW_KIND_VPC, net->acl[i].vpc_id);
	for (size_t i = 0; i < net->groups; i++)
		net->group[i].vpc = tw_net_find(net, TW_KIND_VPC, net->group[i].vpc_id);
	for (size_t i = 0; i < net->tables; i++)
		net->table[i].vpc = tw_net_find(net, TW_KIND_VPC, net->table[i].vpc_id);
}

/* Goes on after TW_EPARSE, which a diagnostic explains. */
#define STEP(expr)                                                                                 \
	do {                                                                                       \
		tw_status step_ = (expr);                                                          \
		if (step_ == TW_EPARSE)                                                            \
			worst = TW_EPARSE;                                                         \
		else if (step_ != TW_OK)                                                           \
			return step_;                                                              \
	} while (0)

tw_status tw_net_finish(struct tw_net *net, struct tw_diags *diags)
{
	tw_status worst = TW_OK;

	STEP(tw_link_rows(net, diags));
	STEP(tw_link_parts(net, diags));
	TW_TRY(imply_subnets(net));
	link_vpcs(net);
	STEP(tw_link_acls(net, diags));
	STEP(tw_link_tables(net, diags));
	TW_TRY(tw_link_gateways(net));
	TW_TRY(tw_link_interfaces(net));
	TW_TRY(tw_link_peers(net));
	TW_TRY(tw_link_between(net));
	tw_link_nat(net);
	TW_TRY(tw_link_routing(net));
	TW_TRY(tw_link_index(net));
	TW_TRY(tw_link_balancers(net));
	TW_TRY(tw_link_targets(net));
	return worst;
}
