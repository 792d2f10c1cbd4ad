/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The model's life: an empty one, looking up objects by id, and its end. What fills it is in
 * build.c, what links it in link.c.
 */

#include "pending.h"

const char *tw_kind_name(enum tw_kind kind)
{
	static const char *const names[TW_KINDS] = {
		[TW_KIND_VPC] = "VPC",
		[TW_KIND_SUBNET] = "subnet",
		[TW_KIND_ACL] = "network ACL",
		[TW_KIND_GROUP] = "security group",
		[TW_KIND_INTERFACE] = "network interface",
		[TW_KIND_INSTANCE] = "instance",
		[TW_KIND_ROUTE_TABLE] = "route table",
		[TW_KIND_INTERNET_GATEWAY] = "internet gateway",
		[TW_KIND_PREFIX_LIST] = "prefix list",
		[TW_KIND_NAT_GATEWAY] = "NAT gateway",
		[TW_KIND_PEERING] = "peering connection",
		[TW_KIND_TRANSIT_GATEWAY] = "transit gateway",
		[TW_KIND_ATTACHMENT] = "transit gateway attachment",
		[TW_KIND_TRANSIT_TABLE] = "transit gateway route table",
		[TW_KIND_ENDPOINT] = "VPC endpoint",
		[TW_KIND_LOAD_BALANCER] = "load balancer",
		[TW_KIND_LISTENER] = "listener",
		[TW_KIND_TARGET_GROUP] = "target group",
	};
	return (unsigned)kind < TW_KINDS ? names[kind] : "object";
}

tw_status tw_net_new(struct tw_mem *mem, struct tw_net **ret)
{
	struct tw_net *net = tw_mem_alloc(mem, sizeof(*net));
	struct tw_build *build = tw_mem_alloc(mem, sizeof(*build));

	if (!net || !build) {
		if (net)
			tw_mem_release(mem, net, sizeof(*net));
		if (build)
			tw_mem_release(mem, build, sizeof(*build));
		return TW_ENOMEM;
	}
	memset(net, 0, sizeof(*net));
	memset(build, 0, sizeof(*build));
	net->mem = mem;
	net->build = build;
	tw_arena_init(&net->arena, mem);
	for (size_t i = 0; i < TW_KINDS; i++)
		tw_map_init(&net->ids[i], mem);
	tw_map_init(&build->row_ids, mem);
	*ret = net;
	return TW_OK;
}

static void free_build(struct tw_mem *mem, struct tw_build *build)
{
	TW_VEC_FREE(mem, &build->acl_links);
	TW_VEC_FREE(mem, &build->table_links);
	TW_VEC_FREE(mem, &build->rows);
	TW_VEC_FREE(mem, &build->listener_parts);
	TW_VEC_FREE(mem, &build->target_parts);
	tw_map_fini(&build->row_ids);
	tw_mem_release(mem, build, sizeof(*build));
}

void tw_net_free(struct tw_net *net)
{
	if (!net)
		return;
	struct tw_mem *mem = net->mem;

	tw_net_release_arrays(net);
	for (size_t i = 0; i < TW_KINDS; i++)
		tw_map_fini(&net->ids[i]);
	free_build(mem, net->build);
	tw_arena_fini(&net->arena);
	tw_mem_release(mem, net, sizeof(*net));
}

uint32_t tw_net_find(const struct tw_net *net, enum tw_kind kind, const char *id)
{
	if (!id)
		return TW_MISSING;
	uint32_t at = tw_map_get(&net->ids[kind], tw_sv_of(id));
	return at == TW_MAP_NONE ? TW_MISSING : at;
}
