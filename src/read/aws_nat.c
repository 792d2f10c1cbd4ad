/* SPDX-License-Identifier: Apache-2.0 */

/* describe-nat-gateways. SPEC: cli-nat-gateways */

#include "aws.h"

/* An address that did not come to be has the status "failed". */
static tw_status read_address(struct tw_aws *aws, uint32_t element, struct tw_prefixes *addresses)
{
	uint32_t node = tw_aws_member(aws, element, "PrivateIp");
	struct tw_prefix address;
	bool found, primary = false;

	if (node == TW_NODE_NONE || !tw_aws_in_force(aws, element, "Status"))
		return TW_OK;
	TW_TRY(tw_aws_address(aws, node, TW_IPV4, &address));
	TW_TRY(tw_get_bool(aws->d, element, "IsPrimary", false, &found, &primary));
	addresses->v[addresses->n++] = address;
	if (primary) {
		addresses->v[addresses->n - 1] = addresses->v[0];
		addresses->v[0] = address;
	}
	return TW_OK;
}

static tw_status read_addresses(struct tw_aws *aws, uint32_t element, struct tw_prefixes *ret)
{
	struct tw_prefixes addresses = {NULL, 0};
	uint32_t array = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_get_array(aws->d, element, "NatGatewayAddresses", false, &array));
	if (array == TW_NODE_NONE)
		return TW_OK;
	addresses.v =
		TW_NEW_ARRAY(&aws->net->arena, struct tw_prefix, tw_node_count(aws->d, array));
	if (!addresses.v)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node)) {
		tw_status status = tw_aws_object(aws, node);
		if (status == TW_OK)
			status = read_address(aws, node, &addresses);
		TW_AWS_STEP(worst, status);
	}
	*ret = addresses;
	return worst;
}

/* Readings from before there were private or regional gateways say nothing about them. */
static tw_status read_kind(struct tw_aws *aws, uint32_t element, struct tw_nat *nat)
{
	static const struct tw_aws_choice types[] = {{"public", 0}, {"private", 1}};
	static const struct tw_aws_choice modes[] = {{"zonal", 0}, {"regional", 1}};
	int private = 0, regional = 0;
	tw_status worst = TW_OK;

	TW_AWS_STEP(worst, tw_aws_choose(aws, element, "ConnectivityType", types, TW_COUNT(types),
				   0, &private));
	TW_AWS_STEP(worst, tw_aws_choose(aws, element, "AvailabilityMode", modes, TW_COUNT(modes),
				   0, &regional));
	nat->private = private != 0;
	nat->regional = regional != 0;
	return worst;
}

tw_status tw_aws_nat(struct tw_aws *aws, uint32_t element)
{
	struct tw_nat nat = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t tags = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "NatGatewayId", &nat.object.id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "VpcId", &nat.vpc_id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "SubnetId", &nat.subnet_id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "RouteTableId", &nat.table_id));
	TW_AWS_STEP(worst, tw_aws_state(aws, element, "State", &nat.state, &nat.gone));
	TW_AWS_STEP(worst, read_kind(aws, element, &nat));
	TW_AWS_STEP(worst, read_addresses(aws, element, &nat.addresses));
	TW_AWS_STEP(worst, tw_get_array(aws->d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &nat.object));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_nat(aws->net, aws->diags, &nat));
	return worst;
}
