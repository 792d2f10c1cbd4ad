/* SPDX-License-Identifier: Apache-2.0 */

/*
 * elbv2 describe-load-balancers, describe-listeners and describe-rules. SPEC: cli-load-balancers,
 * cli-listeners
 */

#include "aws.h"

/* ---- load balancers -------------------------------------------------------------------------- */

static tw_status read_addresses(struct tw_aws *aws, uint32_t array)
{
	static const struct {
		const char *key;
		enum tw_family family;
	} members[] = {{"PrivateIPv4Address", TW_IPV4}, {"IPv6Address", TW_IPV6}};

	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node)) {
		TW_TRY(tw_aws_object(aws, node));
		for (size_t i = 0; i < TW_COUNT(members); i++) {
			uint32_t address = tw_aws_member(aws, node, members[i].key);
			struct tw_prefix prefix;
			if (address == TW_NODE_NONE)
				continue;
			TW_TRY(tw_aws_address(aws, address, members[i].family, &prefix));
			TW_TRY(TW_VEC_PUSH(aws->mem, &aws->addresses, prefix));
		}
	}
	return TW_OK;
}

static tw_status read_zone(struct tw_aws *aws, uint32_t node, struct tw_balancer_zone *zone)
{
	uint32_t array = TW_NODE_NONE;

	TW_TRY(tw_aws_object(aws, node));
	TW_TRY(tw_aws_text(aws, node, "ZoneName", &zone->zone));
	TW_TRY(tw_aws_text(aws, node, "SubnetId", &zone->subnet_id));
	TW_TRY(tw_get_array(aws->d, node, "LoadBalancerAddresses", false, &array));
	aws->addresses.n = 0;
	if (array != TW_NODE_NONE)
		TW_TRY(read_addresses(aws, array));
	return tw_aws_keep(aws, aws->addresses.v, aws->addresses.n, &zone->addresses);
}

static tw_status read_zones(struct tw_aws *aws, uint32_t element, struct tw_balancer *balancer)
{
	uint32_t array = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_get_array(aws->d, element, "AvailabilityZones", false, &array));
	if (array == TW_NODE_NONE)
		return TW_OK;
	struct tw_balancer_zone *zone = TW_NEW_ARRAY(
		&aws->net->arena, struct tw_balancer_zone, tw_node_count(aws->d, array));
	if (!zone)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node))
		TW_AWS_STEP(worst, read_zone(aws, node, &zone[balancer->zones_n++]));
	balancer->zone = zone;
	return worst;
}

/* *ret_known false: a type that came later than this program. */
static tw_status read_kind(
	struct tw_aws *aws, uint32_t element, struct tw_balancer *balancer, bool *ret_known)
{
	static const struct tw_aws_choice types[] = {{"application", TW_BALANCER_APPLICATION},
		{"network", TW_BALANCER_NETWORK}, {"gateway", TW_BALANCER_GATEWAY}};
	static const struct tw_aws_choice schemes[] = {{"internet-facing", 1}, {"internal", 0}};
	static const struct tw_aws_choice families[] = {
		{"ipv4", 0}, {"dualstack", 1}, {"dualstack-without-public-ipv4", 1}};
	int type = -1, facing = 0, dualstack = 0;
	tw_status worst = TW_OK;

	if (tw_aws_member(aws, element, "Type") == TW_NODE_NONE)
		return tw_node_lacks(aws->d, element, "Type");
	TW_AWS_STEP(worst, tw_aws_choose(aws, element, "Type", types, TW_COUNT(types), -1, &type));
	TW_AWS_STEP(worst,
		tw_aws_choose(aws, element, "Scheme", schemes, TW_COUNT(schemes), 0, &facing));
	TW_AWS_STEP(worst, tw_aws_choose(aws, element, "IpAddressType", families,
				   TW_COUNT(families), 0, &dualstack));
	*ret_known = type >= 0;
	balancer->type = type >= 0 ? (enum tw_balancer_type)type : TW_BALANCER_APPLICATION;
	balancer->internet_facing = facing != 0;
	balancer->dualstack = dualstack != 0;
	return worst;
}

tw_status tw_aws_balancer(struct tw_aws *aws, uint32_t element)
{
	struct tw_balancer one = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t state = TW_NODE_NONE;
	const char *code = NULL;
	tw_status worst = TW_OK;
	bool known = true;

	TW_TRY(tw_aws_id(aws, element, "LoadBalancerArn", &one.object.id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "LoadBalancerName", &one.object.name));
	TW_AWS_STEP(worst, read_kind(aws, element, &one, &known));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "VpcId", &one.vpc_id));
	TW_AWS_STEP(worst, tw_get_object(aws->d, element, "State", false, &state));
	if (state != TW_NODE_NONE)
		TW_AWS_STEP(worst, tw_aws_state(aws, state, "Code", &code, &one.gone));
	TW_AWS_STEP(worst, read_zones(aws, element, &one));
	TW_AWS_STEP(worst, tw_aws_refs(aws, element, "SecurityGroups", NULL, &one.groups));
	if (worst == TW_OK && known)
		TW_TRY(tw_net_add_balancer(aws->net, aws->diags, &one));
	return worst;
}

/* ---- where listeners and rules send what they take ------------------------------------------- */

/* A group of weight 0 gets nothing. */
static tw_status read_weighted(
	struct tw_aws *aws, uint32_t node, struct tw_refs *targets, const char **ids)
{
	int64_t weight = 1;
	bool found;

	TW_TRY(tw_aws_object(aws, node));
	TW_TRY(tw_get_int(aws->d, node, "Weight", false, 0, INT32_MAX, &found, &weight));
	TW_TRY(tw_aws_id(aws, node, "TargetGroupArn", &ids[targets->n]));
	targets->n += !found || weight > 0;
	return TW_OK;
}

/* The weighted groups of an action, or TW_NODE_NONE. */
static tw_status find_weighted(struct tw_aws *aws, uint32_t action, uint32_t *ret)
{
	uint32_t config = TW_NODE_NONE;

	*ret = TW_NODE_NONE;
	TW_TRY(tw_get_object(aws->d, action, "ForwardConfig", false, &config));
	if (config == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_get_array(aws->d, config, "TargetGroups", false, ret));
	if (*ret != TW_NODE_NONE && !tw_node_count(aws->d, *ret))
		*ret = TW_NODE_NONE;
	return TW_OK;
}

/* Of one action; a single group stands beside the weighted ones once more. */
static tw_status read_action(struct tw_aws *aws, uint32_t action, struct tw_refs *targets)
{
	uint32_t type = tw_node_member(aws->d, action, "Type"), array;
	tw_status worst = TW_OK;

	if (type == TW_NODE_NONE || !tw_node_is(aws->d, type, "forward"))
		return TW_OK;
	TW_TRY(find_weighted(aws, action, &array));
	size_t more = array == TW_NODE_NONE ? 1 : tw_node_count(aws->d, array);
	const char **ids = TW_NEW_ARRAY(&aws->net->arena, const char *, targets->n + more);
	if (!ids)
		return TW_ENOMEM;
	if (targets->n)
		memcpy(ids, targets->id, targets->n * sizeof(*ids));
	targets->id = ids;
	if (array == TW_NODE_NONE) {
		TW_TRY(tw_aws_id(aws, action, "TargetGroupArn", &ids[targets->n]));
		targets->n++;
		return TW_OK;
	}
	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node))
		TW_AWS_STEP(worst, read_weighted(aws, node, targets, ids));
	return worst;
}

/* AWS allows one action that forwards, behind one that authenticates. */
#define MOST_ACTIONS 16

static tw_status read_actions(
	struct tw_aws *aws, uint32_t object, const char *key, struct tw_refs *targets)
{
	uint32_t array = TW_NODE_NONE;
	tw_status worst = TW_OK;

	TW_TRY(tw_get_array(aws->d, object, key, false, &array));
	if (array == TW_NODE_NONE)
		return TW_OK;
	if (tw_node_count(aws->d, array) > MOST_ACTIONS)
		return tw_node_unexpected(aws->d, array, "at most %d actions", MOST_ACTIONS);
	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node)) {
		tw_status status = tw_aws_object(aws, node);
		if (status == TW_OK)
			status = read_action(aws, node, targets);
		TW_AWS_STEP(worst, status);
	}
	return worst;
}

/* ---- listeners ------------------------------------------------------------------------------- */

tw_status tw_aws_listener(struct tw_aws *aws, uint32_t element)
{
	struct tw_listener one = {.object = {.span = tw_node_span(aws->d, element)}};
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_id(aws, element, "ListenerArn", &one.object.id));
	TW_AWS_STEP(worst, tw_aws_id(aws, element, "LoadBalancerArn", &one.balancer_id));
	TW_AWS_STEP(worst, tw_aws_port(aws, element, "Port", &one.port));
	TW_AWS_STEP(worst, tw_aws_listener_protocol(aws, element, "Protocol", &one.protocol));
	TW_AWS_STEP(worst, read_actions(aws, element, "DefaultActions", &one.targets));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_listener(aws->net, aws->diags, &one));
	return worst;
}

tw_status tw_aws_listeners_of(struct tw_aws *aws, uint32_t element)
{
	uint32_t array = TW_NODE_NONE, token = tw_aws_token(aws->d, element);

	TW_TRY(tw_get_array(aws->d, element, "Listeners", true, &array));
	if (token != TW_NODE_NONE)
		TW_TRY(tw_aws_cut(aws, token, TW_KIND_LISTENER));
	return tw_aws_each(aws, array, tw_aws_listener);
}

/* ".../listener-rule/app/NAME/LB/LISTENER/RULE" is a rule of ".../listener/app/NAME/LB/LISTENER".
 */
static tw_status listener_of(struct tw_aws *aws, uint32_t node, const char *rule, const char **ret)
{
	static const char word[] = ":listener-rule/";
	const char *at = strstr(rule, word), *last = strrchr(rule, '/');

	if (!at || last < at + sizeof(word))
		return tw_node_unexpected(aws->d, node,
			"the ARN of a rule: \"arn:...:listener-rule/app/NAME/ID/LISTENER/RULE\"");
	const char *rest = at + sizeof(word) - 1;
	*ret = tw_arena_printf(&aws->net->arena, "%.*s:listener/%.*s", (int)(at - rule), rule,
		(int)(last - rest), rest);
	return *ret ? TW_OK : TW_ENOMEM;
}

tw_status tw_aws_listener_rule(struct tw_aws *aws, uint32_t element)
{
	struct tw_listener one = {.object = {.span = tw_node_span(aws->d, element)}};
	tw_status worst = TW_OK;
	const char *rule;

	TW_TRY(tw_aws_id(aws, element, "RuleArn", &rule));
	TW_AWS_STEP(worst,
		listener_of(aws, tw_node_member(aws->d, element, "RuleArn"), rule, &one.object.id));
	TW_AWS_STEP(worst, read_actions(aws, element, "Actions", &one.targets));
	if (worst == TW_OK && one.targets.n)
		TW_TRY(tw_net_add_listener(aws->net, aws->diags, &one));
	return worst;
}
