/* SPDX-License-Identifier: Apache-2.0 */

/* The one route table of every subnet, and the internet gateway of every VPC. */

#include "pending.h"

static tw_status link_explicit(
	struct tw_net *net, struct tw_diags *diags, uint32_t table, const struct tw_link **by)
{
	const struct tw_links *links = &net->build->table_links.v[table];
	tw_status worst = TW_OK;

	for (size_t i = 0; i < links->n; i++) {
		const struct tw_link *link = &links->v[i];
		uint32_t at = tw_net_find(net, TW_KIND_SUBNET, link->id);
		struct tw_subnet *subnet = &net->subnet[at];
		if (subnet->table == TW_MISSING || subnet->table == table) {
			subnet->table = table;
			by[at] = link;
			continue;
		}
		TW_TRY(tw_diag_add_pair(diags, TW_LEVEL_ERROR, 0, link->span, by[at]->span,
			"its other association is here",
			"subnet %s is associated with route table %s here and with %s elsewhere; "
			"a subnet has exactly one",
			link->id, net->table[table].object.id,
			net->table[subnet->table].object.id));
		worst = TW_EPARSE;
	}
	return worst;
}

static tw_status link_all_explicit(struct tw_net *net, struct tw_diags *diags)
{
	size_t size = net->subnets * sizeof(const struct tw_link *);
	const struct tw_link **by = tw_mem_alloc(net->mem, size);
	tw_status worst = TW_OK;

	if (!by)
		return TW_ENOMEM;
	for (uint32_t i = 0; i < net->tables; i++) {
		tw_status status = link_explicit(net, diags, i, by);
		if (status != TW_OK)
			worst = status;
		if (status != TW_OK && status != TW_EPARSE)
			break;
	}
	tw_mem_release(net->mem, by, size);
	return worst;
}

static tw_status collect_mains(
	struct tw_net *net, struct tw_diags *diags, struct tw_defaults *defaults)
{
	tw_status worst = TW_OK;

	for (uint32_t i = 0; i < net->tables; i++) {
		const struct tw_route_table *table = &net->table[i];
		struct tw_default *slot;
		if (!table->vpc_id || !table->main)
			continue;
		TW_TRY(tw_defaults_add(defaults, net->mem, table->vpc_id, &slot));
		if (slot->index == TW_MISSING) {
			slot->index = i;
			if (table->vpc != TW_MISSING)
				net->vpc[table->vpc].main_table = i;
			continue;
		}
		TW_TRY(tw_diag_add_pair(diags, TW_LEVEL_ERROR, 0, table->object.span,
			net->table[slot->index].object.span, "the other one is here",
			"%s has two main route tables, %s and %s; a VPC has exactly one",
			table->vpc_id, net->table[slot->index].object.id, table->object.id));
		worst = TW_EPARSE;
	}
	return worst;
}

/* SPEC: cli-main-route-table. In a cut answer the association may be in the missing part. */
tw_status tw_link_tables(struct tw_net *net, struct tw_diags *diags)
{
	struct tw_defaults defaults;
	tw_status subnets = link_all_explicit(net, diags);

	if (subnets != TW_OK && subnets != TW_EPARSE)
		return subnets;
	tw_defaults_init(&defaults, net->mem);
	tw_status mains = collect_mains(net, diags, &defaults);
	for (size_t i = 0; i < net->subnets && !net->incomplete[TW_KIND_ROUTE_TABLE]; i++) {
		struct tw_subnet *subnet = &net->subnet[i];
		const struct tw_default *slot = tw_defaults_get(&defaults, subnet->vpc_id);
		if (subnet->table == TW_MISSING && slot)
			subnet->table = slot->index;
	}
	tw_defaults_fini(&defaults, net->mem);
	return mains == TW_OK ? subnets : mains;
}

tw_status tw_link_gateways(struct tw_net *net)
{
	for (uint32_t i = 0; i < net->gateways; i++) {
		const struct tw_internet_gateway *gateway = &net->gateway[i];
		for (size_t j = 0; j < gateway->vpc_ids_n && !gateway->egress_only; j++) {
			uint32_t vpc = tw_net_find(net, TW_KIND_VPC, gateway->vpc_ids[j]);
			if (vpc != TW_MISSING && net->vpc[vpc].gateway == TW_MISSING)
				net->vpc[vpc].gateway = i;
		}
	}
	return TW_OK;
}
