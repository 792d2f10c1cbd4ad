/* SPDX-License-Identifier: Apache-2.0 */

/* describe-vpc-peering-connections. SPEC: cli-vpc-peerings */

#include "aws.h"

/* The other side may be of another account, and before it accepts it tells no blocks. */
static tw_status read_side(
	struct tw_aws *aws, uint32_t element, const char *key, struct tw_peering_side *side)
{
	uint32_t info = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_get_object(aws->d, element, key, false, &info));
	if (info == TW_NODE_NONE)
		return TW_OK;
	TW_AWS_STEP(worst, tw_aws_text(aws, info, "VpcId", &side->vpc_id));
	TW_AWS_STEP(worst, tw_aws_text(aws, info, "OwnerId", &side->owner));
	TW_AWS_STEP(worst, tw_aws_text(aws, info, "Region", &side->region));
	TW_AWS_STEP(
		worst, tw_aws_blocks(aws, info, "CidrBlockSet", "Ipv6CidrBlockSet", &side->cidrs));
	return worst;
}

tw_status tw_aws_peering(struct tw_aws *aws, uint32_t element)
{
	struct tw_peering peering = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t tags = TW_NODE_NONE, status = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "VpcPeeringConnectionId", &peering.object.id));
	TW_AWS_STEP(worst, tw_get_object(aws->d, element, "Status", false, &status));
	if (status != TW_NODE_NONE)
		TW_AWS_STEP(worst, tw_aws_text(aws, status, "Code", &peering.status));
	TW_AWS_STEP(worst, read_side(aws, element, "RequesterVpcInfo", &peering.side[0]));
	TW_AWS_STEP(worst, read_side(aws, element, "AccepterVpcInfo", &peering.side[1]));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &peering.object));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_peering(aws->net, aws->diags, &peering));
	return worst;
}
