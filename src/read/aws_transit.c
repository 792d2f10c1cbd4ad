/* SPDX-License-Identifier: Apache-2.0 */

/*
 * describe-transit-gateways and what is attached to them. Two commands tell about one attachment:
 * the one for VPC attachments knows the subnets, the one for all knows the route table. SPEC:
 * cli-transit-gateways, cli-tgw-vpc-attachments, cli-tgw-attachments
 */

#include "aws.h"

/* A default table counts only while the default is switched on. */
static tw_status read_default(
	struct tw_aws *aws, uint32_t options, const char *on, const char *key, const char **ret)
{
	uint32_t node = tw_node_member(aws->d, options, on);

	if (node != TW_NODE_NONE && tw_node_is(aws->d, node, "disable"))
		return TW_OK;
	return tw_aws_text(aws, options, key, ret);
}

static tw_status read_options(
	struct tw_aws *aws, uint32_t options, struct tw_transit_gateway *transit)
{
	tw_status worst = TW_OK;

	TW_AWS_STEP(worst, tw_aws_enabled(aws, options, "SecurityGroupReferencingSupport",
				   &transit->references));
	TW_AWS_STEP(
		worst, read_default(aws, options, "DefaultRouteTableAssociation",
			       "AssociationDefaultRouteTableId", &transit->association_table_id));
	TW_AWS_STEP(
		worst, read_default(aws, options, "DefaultRouteTablePropagation",
			       "PropagationDefaultRouteTableId", &transit->propagation_table_id));
	return worst;
}

tw_status tw_aws_transit(struct tw_aws *aws, uint32_t element)
{
	struct tw_transit_gateway transit = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t tags = TW_NODE_NONE, options = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "TransitGatewayId", &transit.object.id));
	TW_AWS_STEP(worst, tw_get_object(aws->d, element, "Options", false, &options));
	if (options != TW_NODE_NONE)
		TW_AWS_STEP(worst, read_options(aws, options, &transit));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &transit.object));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_transit(aws->net, aws->diags, &transit));
	return worst;
}

/* ---- attachments ----------------------------------------------------------------------------- */

/* What all three answers have. */
static tw_status read_common(struct tw_aws *aws, uint32_t element, struct tw_attachment *one)
{
	uint32_t tags = TW_NODE_NONE;
	tw_status worst = TW_OK;

	one->object.span = tw_node_span(aws->d, element);
	TW_TRY(tw_aws_id(aws, element, "TransitGatewayAttachmentId", &one->object.id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "TransitGatewayId", &one->gateway_id));
	TW_AWS_STEP(worst, tw_aws_state(aws, element, "State", &one->state, &one->gone));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &one->object));
	return worst;
}

tw_status tw_aws_vpc_attachment(struct tw_aws *aws, uint32_t element)
{
	struct tw_attachment one = {
		.type = TW_ATTACHED_VPC, .type_text = "vpc", .subnets_known = true};
	uint32_t options = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_AWS_STEP(worst, read_common(aws, element, &one));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "VpcId", &one.resource_id));
	TW_AWS_STEP(worst, tw_aws_refs(aws, element, "SubnetIds", NULL, &one.subnets));
	TW_AWS_STEP(worst, tw_get_object(aws->d, element, "Options", false, &options));
	if (options != TW_NODE_NONE) {
		TW_AWS_STEP(worst,
			tw_aws_enabled(aws, options, "ApplianceModeSupport", &one.appliance_mode));
		TW_AWS_STEP(worst, tw_aws_enabled(aws, options, "SecurityGroupReferencingSupport",
					   &one.references));
	}
	if (worst == TW_OK)
		TW_TRY(tw_net_add_attachment(aws->net, aws->diags, &one));
	return worst;
}

static tw_status read_type(struct tw_aws *aws, uint32_t element, struct tw_attachment *one)
{
	static const struct tw_aws_choice types[] = {
		{"vpc", TW_ATTACHED_VPC},
		{"vpn", TW_ATTACHED_ON_PREMISES},
		{"vpn-concentrator", TW_ATTACHED_ON_PREMISES},
		{"direct-connect-gateway", TW_ATTACHED_ON_PREMISES},
		{"client-vpn", TW_ATTACHED_ON_PREMISES},
		{"connect", TW_ATTACHED_OTHER},
		{"peering", TW_ATTACHED_OTHER},
		{"tgw-peering", TW_ATTACHED_OTHER},
		{"network-function", TW_ATTACHED_OTHER},
	};
	int type = TW_ATTACHED_OTHER;

	TW_TRY(tw_aws_text(aws, element, "ResourceType", &one->type_text));
	TW_TRY(tw_aws_choose(
		aws, element, "ResourceType", types, TW_COUNT(types), TW_ATTACHED_OTHER, &type));
	one->type = (enum tw_attached)type;
	return TW_OK;
}

static tw_status read_association(struct tw_aws *aws, uint32_t element, struct tw_attachment *one)
{
	uint32_t association = TW_NODE_NONE;

	one->association_known = true;
	TW_TRY(tw_get_object(aws->d, element, "Association", false, &association));
	if (association == TW_NODE_NONE || !tw_aws_in_force(aws, association, "State"))
		return TW_OK;
	return tw_aws_text(aws, association, "TransitGatewayRouteTableId", &one->table_id);
}

tw_status tw_aws_attachment(struct tw_aws *aws, uint32_t element)
{
	struct tw_attachment one = {.type = TW_ATTACHED_OTHER};
	tw_status worst = TW_OK;

	TW_AWS_STEP(worst, read_common(aws, element, &one));
	TW_AWS_STEP(worst, read_type(aws, element, &one));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "ResourceId", &one.resource_id));
	TW_AWS_STEP(worst, read_association(aws, element, &one));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_attachment(aws->net, aws->diags, &one));
	return worst;
}

/* Between two gateways: which of them is ours is told by describe-transit-gateway-attachments. */
tw_status tw_aws_peering_attachment(struct tw_aws *aws, uint32_t element)
{
	struct tw_attachment one = {.type = TW_ATTACHED_OTHER, .type_text = "peering"};

	TW_TRY(read_common(aws, element, &one));
	return tw_net_add_attachment(aws->net, aws->diags, &one);
}
