/* SPDX-License-Identifier: Apache-2.0 */

/* describe-vpcs and describe-subnets. SPEC: cli-vpcs, cli-subnets */

#include "aws.h"

/* The primary block stands in the set of associations too; blocks within a set are distinct. */
static bool is_primary(struct tw_prefixes cidrs, struct tw_prefix cidr)
{
	return cidrs.n && cidrs.v[0].family == cidr.family && cidrs.v[0].len == cidr.len &&
	       !tw_addr_cmp(cidrs.v[0].addr, cidr.addr);
}

static tw_status read_block(struct tw_aws *aws, uint32_t object, const char *key,
	enum tw_family family, struct tw_prefixes *cidrs)
{
	uint32_t node = tw_aws_member(aws, object, key);
	struct tw_prefix cidr;

	if (node == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_aws_cidr(aws, node, family, true, &cidr));
	if (!is_primary(*cidrs, cidr))
		cidrs->v[cidrs->n++] = cidr;
	return TW_OK;
}

/* An association set: blocks with a state; one that is no longer associated does not count. */
static tw_status read_set(struct tw_aws *aws, uint32_t array, const char *key, const char *state,
	enum tw_family family, struct tw_prefixes *cidrs)
{
	tw_status worst = TW_OK;

	if (array == TW_NODE_NONE)
		return TW_OK;
	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node)) {
		tw_status status = tw_aws_object(aws, node);
		if (status == TW_OK && tw_aws_in_force(aws, node, state))
			status = read_block(aws, node, key, family, cidrs);
		TW_AWS_STEP(worst, status);
	}
	return worst;
}

tw_status tw_aws_blocks(struct tw_aws *aws, uint32_t element, const char *set, const char *ipv6_set,
	struct tw_prefixes *ret)
{
	uint32_t v4 = TW_NODE_NONE, v6 = TW_NODE_NONE;
	struct tw_prefixes cidrs = {NULL, 0};
	tw_status worst = TW_OK;
	size_t room = 1;

	TW_AWS_STEP(worst, tw_get_array(aws->d, element, set, false, &v4));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, ipv6_set, false, &v6));
	room += v4 == TW_NODE_NONE ? 0 : tw_node_count(aws->d, v4);
	room += v6 == TW_NODE_NONE ? 0 : tw_node_count(aws->d, v6);
	cidrs.v = TW_NEW_ARRAY(&aws->net->arena, struct tw_prefix, room);
	if (!cidrs.v)
		return TW_ENOMEM;
	TW_AWS_STEP(worst, read_block(aws, element, "CidrBlock", TW_IPV4, &cidrs));
	TW_AWS_STEP(worst, read_set(aws, v4, "CidrBlock", "CidrBlockState", TW_IPV4, &cidrs));
	TW_AWS_STEP(
		worst, read_set(aws, v6, "Ipv6CidrBlock", "Ipv6CidrBlockState", TW_IPV6, &cidrs));
	*ret = cidrs;
	return worst;
}

static tw_status read_blocks(struct tw_aws *aws, uint32_t element, struct tw_prefixes *ret)
{
	return tw_aws_blocks(
		aws, element, "CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet", ret);
}

/* SPEC: bpa-mode. A mode that is not known by name is told and counts as unsaid. */
static tw_status read_access_block(struct tw_aws *aws, uint32_t element, enum tw_access_block *ret)
{
	static const struct {
		const char *text;
		enum tw_access_block block;
	} modes[] = {{"off", TW_BLOCK_OFF}, {"block-ingress", TW_BLOCK_INGRESS},
		{"block-bidirectional", TW_BLOCK_BOTH}};
	uint32_t states = TW_NODE_NONE;
	const char *mode = NULL;

	TW_TRY(tw_get_object(aws->d, element, "BlockPublicAccessStates", false, &states));
	if (states == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_aws_text(aws, states, "InternetGatewayBlockMode", &mode));
	for (size_t i = 0; mode && i < TW_COUNT(modes); i++)
		if (!strcmp(mode, modes[i].text)) {
			*ret = modes[i].block;
			return TW_OK;
		}
	return mode ? tw_aws_warn(aws, states, "a mode that is not known here: left out") : TW_OK;
}

tw_status tw_aws_vpc(struct tw_aws *aws, uint32_t element)
{
	struct tw_vpc vpc = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t tags = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "VpcId", &vpc.object.id));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &vpc.object));
	TW_AWS_STEP(worst, read_blocks(aws, element, &vpc.cidrs));
	TW_AWS_STEP(worst, read_access_block(aws, element, &vpc.access_block));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_vpc(aws->net, aws->diags, &vpc));
	return worst;
}

tw_status tw_aws_subnet(struct tw_aws *aws, uint32_t element)
{
	struct tw_subnet subnet = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t tags = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "SubnetId", &subnet.object.id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "VpcId", &subnet.vpc_id));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &subnet.object));
	TW_AWS_STEP(worst, read_blocks(aws, element, &subnet.cidrs));
	TW_AWS_STEP(worst, read_access_block(aws, element, &subnet.access_block));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "AvailabilityZoneId", &subnet.zone));
	if (!subnet.zone)
		TW_AWS_STEP(worst, tw_aws_text(aws, element, "AvailabilityZone", &subnet.zone));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_subnet(aws->net, aws->diags, &subnet));
	return worst;
}
