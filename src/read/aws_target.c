/* SPDX-License-Identifier: Apache-2.0 */

/*
 * elbv2 describe-target-groups, describe-target-group-attributes and describe-target-health. SPEC:
 * cli-target-groups, cli-preserve-in-attributes, cli-target-health
 */

#include "aws.h"

tw_status tw_aws_listener_protocol(
	struct tw_aws *aws, uint32_t object, const char *key, enum tw_listener_protocol *ret)
{
	static const struct tw_aws_choice protocols[] = {
		{"http", TW_LISTENER_HTTP},
		{"https", TW_LISTENER_HTTPS},
		{"tcp", TW_LISTENER_TCP},
		{"tls", TW_LISTENER_TLS},
		{"udp", TW_LISTENER_UDP},
		{"tcp_udp", TW_LISTENER_TCP_UDP},
		{"quic", TW_LISTENER_QUIC},
		{"tcp_quic", TW_LISTENER_TCP_QUIC},
		{"geneve", TW_LISTENER_GENEVE},
	};
	int protocol = TW_LISTENER_OTHER;

	TW_TRY(tw_aws_choose(
		aws, object, key, protocols, TW_COUNT(protocols), TW_LISTENER_OTHER, &protocol));
	*ret = (enum tw_listener_protocol)protocol;
	return TW_OK;
}

/* ---- groups ---------------------------------------------------------------------------------- */

/* *ret_known false: a type that came later than this program. */
static tw_status read_type(
	struct tw_aws *aws, uint32_t element, enum tw_target_type *ret, bool *ret_known)
{
	static const struct tw_aws_choice types[] = {{"instance", TW_TARGET_INSTANCES},
		{"ip", TW_TARGET_ADDRESSES}, {"lambda", TW_TARGET_LAMBDA}, {"alb", TW_TARGET_ALB}};
	int type = TW_TARGET_INSTANCES;

	TW_TRY(tw_aws_choose(aws, element, "TargetType", types, TW_COUNT(types), -1, &type));
	*ret_known = type >= 0;
	*ret = type >= 0 ? (enum tw_target_type)type : TW_TARGET_INSTANCES;
	return TW_OK;
}

static tw_status read_family(struct tw_aws *aws, uint32_t element, uint8_t *ret)
{
	static const struct tw_aws_choice families[] = {{"ipv4", TW_IPV4}, {"ipv6", TW_IPV6}};
	int family = TW_IPV4;

	TW_TRY(tw_aws_choose(
		aws, element, "IpAddressType", families, TW_COUNT(families), TW_IPV4, &family));
	*ret = (uint8_t)family;
	return TW_OK;
}

/* "traffic-port", or a number as a text. */
static tw_status read_health_check(
	struct tw_aws *aws, uint32_t element, struct tw_target_group *group)
{
	uint32_t port = tw_aws_member(aws, element, "HealthCheckPort");
	bool found, enabled = true;
	tw_status worst = TW_OK;

	TW_AWS_STEP(
		worst, tw_get_bool(aws->d, element, "HealthCheckEnabled", false, &found, &enabled));
	group->health_off = !enabled;
	if (port != TW_NODE_NONE && !tw_node_is(aws->d, port, "traffic-port"))
		TW_AWS_STEP(
			worst, tw_aws_port(aws, element, "HealthCheckPort", &group->health_port));
	TW_AWS_STEP(worst, tw_aws_listener_protocol(
				   aws, element, "HealthCheckProtocol", &group->health_protocol));
	return worst;
}

tw_status tw_aws_target_group(struct tw_aws *aws, uint32_t element)
{
	struct tw_target_group one = {.object = {.span = tw_node_span(aws->d, element)}};
	tw_status worst = TW_OK;
	bool known = true;

	TW_TRY(tw_aws_id(aws, element, "TargetGroupArn", &one.object.id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "TargetGroupName", &one.object.name));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "VpcId", &one.vpc_id));
	TW_AWS_STEP(worst, tw_aws_listener_protocol(aws, element, "Protocol", &one.protocol));
	TW_AWS_STEP(worst, tw_aws_port(aws, element, "Port", &one.port));
	TW_AWS_STEP(worst, read_type(aws, element, &one.type, &known));
	TW_AWS_STEP(worst, read_family(aws, element, &one.family));
	TW_AWS_STEP(worst, read_health_check(aws, element, &one));
	TW_AWS_STEP(worst, tw_aws_refs(aws, element, "LoadBalancerArns", NULL, &one.balancers));
	if (worst == TW_OK && known)
		TW_TRY(tw_net_add_target_group(aws->net, aws->diags, &one));
	return worst;
}

/* ---- attributes ------------------------------------------------------------------------------ */

static tw_status read_attribute(struct tw_aws *aws, uint32_t node, enum tw_said *preserve)
{
	uint32_t key, value;

	TW_TRY(tw_aws_object(aws, node));
	key = tw_node_member(aws->d, node, "Key");
	if (key == TW_NODE_NONE || !tw_node_is(aws->d, key, "preserve_client_ip.enabled"))
		return TW_OK;
	value = tw_aws_member(aws, node, "Value");
	if (value == TW_NODE_NONE)
		return TW_OK;
	if (tw_node_is(aws->d, value, "true"))
		*preserve = TW_SAID_YES;
	else if (tw_node_is(aws->d, value, "false"))
		*preserve = TW_SAID_NO;
	else
		return tw_node_unexpected(aws->d, value, "\"true\" or \"false\"");
	return TW_OK;
}

tw_status tw_aws_target_attributes(struct tw_aws *aws, const struct tw_aws_part *part)
{
	struct tw_document *d = aws->d;
	struct tw_target_group one = {
		.object = {.id = part->id, .span = tw_node_span(d, part->page)}, .part = true};
	tw_status worst = TW_OK;

	for (uint32_t node = tw_node_first(d, part->array); node != TW_NODE_NONE;
		node = tw_node_after(d, part->array, node))
		TW_AWS_STEP(worst, read_attribute(aws, node, &one.preserve));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_target_group(aws->net, aws->diags, &one));
	return worst;
}

/* ---- health ---------------------------------------------------------------------------------- */

static tw_status read_member(struct tw_aws *aws, uint32_t node, struct tw_member *ret)
{
	struct tw_member member = {.span = tw_node_span(aws->d, node)};
	uint32_t target, health = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_object(aws, node));
	TW_TRY(tw_get_object(aws->d, node, "Target", true, &target));
	TW_AWS_STEP(worst, tw_aws_id(aws, target, "Id", &member.id));
	TW_AWS_STEP(worst, tw_aws_port(aws, target, "Port", &member.port));
	TW_AWS_STEP(worst, tw_get_object(aws->d, node, "TargetHealth", false, &health));
	if (health != TW_NODE_NONE) {
		TW_AWS_STEP(worst, tw_aws_text(aws, health, "State", &member.health));
		TW_AWS_STEP(worst, tw_aws_text(aws, health, "Reason", &member.reason));
	}
	*ret = member;
	return worst;
}

tw_status tw_aws_target_health(struct tw_aws *aws, const struct tw_aws_part *part)
{
	struct tw_document *d = aws->d;
	struct tw_target_group one = {
		.object = {.id = part->id, .span = tw_node_span(d, part->page)},
		.members_known = part->whole,
		.part = true};
	struct tw_member *member =
		TW_NEW_ARRAY(&aws->net->arena, struct tw_member, tw_node_count(d, part->array));
	tw_status worst = TW_OK;

	if (!member)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(d, part->array); node != TW_NODE_NONE;
		node = tw_node_after(d, part->array, node)) {
		tw_status status = read_member(aws, node, &member[one.members_n]);
		TW_AWS_STEP(worst, status);
		one.members_n += status == TW_OK;
	}
	one.member = member;
	if (worst == TW_OK)
		TW_TRY(tw_net_add_target_group(aws->net, aws->diags, &one));
	return worst;
}

tw_status tw_aws_health_of(struct tw_aws *aws, uint32_t element)
{
	uint32_t token = tw_aws_token(aws->d, element);
	struct tw_aws_part part = {.page = element, .whole = token == TW_NODE_NONE};

	TW_TRY(tw_aws_id(aws, element, "TargetGroupArn", &part.id));
	TW_TRY(tw_get_array(aws->d, element, "TargetHealthDescriptions", true, &part.array));
	if (token != TW_NODE_NONE)
		TW_TRY(tw_aws_cut(aws, token, TW_KIND_TARGET_GROUP));
	return tw_aws_target_health(aws, &part);
}
