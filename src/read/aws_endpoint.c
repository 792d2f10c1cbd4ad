/* SPDX-License-Identifier: Apache-2.0 */

/* describe-vpc-endpoints. SPEC: cli-vpc-endpoints */

#include "aws.h"

static tw_status read_type(struct tw_aws *aws, uint32_t element, enum tw_endpoint_type *ret)
{
	static const struct tw_aws_choice types[] = {
		{"interface", TW_ENDPOINT_INTERFACE},
		{"gateway", TW_ENDPOINT_GATEWAY},
		{"gatewayloadbalancer", TW_ENDPOINT_LOAD_BALANCER},
		{"resource", TW_ENDPOINT_OTHER},
		{"servicenetwork", TW_ENDPOINT_OTHER},
	};
	int type = TW_ENDPOINT_OTHER;

	TW_TRY(tw_aws_choose(
		aws, element, "VpcEndpointType", types, TW_COUNT(types), TW_ENDPOINT_OTHER, &type));
	*ret = (enum tw_endpoint_type)type;
	return TW_OK;
}

tw_status tw_aws_endpoint(struct tw_aws *aws, uint32_t element)
{
	struct tw_endpoint one = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t tags = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "VpcEndpointId", &one.object.id));
	TW_AWS_STEP(worst, read_type(aws, element, &one.type));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "ServiceName", &one.service));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "VpcId", &one.vpc_id));
	TW_AWS_STEP(worst, tw_aws_state(aws, element, "State", &one.state, &one.gone));
	TW_AWS_STEP(worst, tw_aws_refs(aws, element, "SubnetIds", NULL, &one.subnets));
	TW_AWS_STEP(worst, tw_aws_refs(aws, element, "NetworkInterfaceIds", NULL, &one.interfaces));
	TW_AWS_STEP(worst, tw_aws_refs(aws, element, "Groups", "GroupId", &one.groups));
	TW_AWS_STEP(worst, tw_aws_refs(aws, element, "RouteTableIds", NULL, &one.tables));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &one.object));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_endpoint(aws->net, aws->diags, &one));
	return worst;
}
