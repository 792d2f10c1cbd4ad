/* SPDX-License-Identifier: Apache-2.0 */

/*
 * describe-network-interfaces and describe-instances. SPEC: cli-network-interfaces
 *
 * The two kinds that come in hundreds of thousands, so an object's members are walked once, with a
 * switch over the keys, instead of being looked up one by one.
 */

#include "addresses.h"
#include "aws.h"

/* ---- interfaces ------------------------------------------------------------------------------ */

enum interface_key {
	KEY_ID,
	KEY_SUBNET,
	KEY_VPC,
	KEY_TYPE,
	KEY_REQUESTER,
	KEY_DESCRIPTION,
	KEY_GROUPS,
	KEY_ADDRESS,
	KEY_ADDRESSES,
	KEY_IPV6,
	KEY_PREFIXES4,
	KEY_PREFIXES6,
	KEY_ASSOCIATION,
	KEY_ATTACHMENT,
	KEY_CHECK,
	KEY_TAG_SET,
	KEY_TAGS,
	INTERFACE_KEYS
};

static const struct tw_word interface_words[INTERFACE_KEYS] = {
	[KEY_ID] = TW_WORD("NetworkInterfaceId"),
	[KEY_SUBNET] = TW_WORD("SubnetId"),
	[KEY_VPC] = TW_WORD("VpcId"),
	[KEY_TYPE] = TW_WORD("InterfaceType"),
	[KEY_REQUESTER] = TW_WORD("RequesterManaged"),
	[KEY_DESCRIPTION] = TW_WORD("Description"),
	[KEY_GROUPS] = TW_WORD("Groups"),
	[KEY_ADDRESS] = TW_WORD("PrivateIpAddress"),
	[KEY_ADDRESSES] = TW_WORD("PrivateIpAddresses"),
	[KEY_IPV6] = TW_WORD("Ipv6Addresses"),
	[KEY_PREFIXES4] = TW_WORD("Ipv4Prefixes"),
	[KEY_PREFIXES6] = TW_WORD("Ipv6Prefixes"),
	[KEY_ASSOCIATION] = TW_WORD("Association"),
	[KEY_ATTACHMENT] = TW_WORD("Attachment"),
	[KEY_CHECK] = TW_WORD("SourceDestCheck"),
	[KEY_TAG_SET] = TW_WORD("TagSet"), /* SPEC: cli-eni-tagset */
	[KEY_TAGS] = TW_WORD("Tags"),
};

/* Sorts the values of an object's members into `slot`; absent and null ones are TW_NODE_NONE. */
static void walk(const struct tw_aws *aws, uint32_t object, const struct tw_word *word, size_t n,
	uint32_t *slot)
{
	const struct tw_document *d = aws->d;

	for (size_t i = 0; i < n; i++)
		slot[i] = TW_NODE_NONE;
	for (uint32_t key = tw_node_first(d, object); key != TW_NODE_NONE;
		key = tw_node_after(d, object, key)) {
		uint32_t value = tw_node_value(d, key);
		size_t i;
		if (tw_node_kind(d, value) == TW_NODE_NULL)
			continue;
		i = tw_aws_word(d, key, word, n);
		if (i < n)
			slot[i] = value;
	}
}

/* A string, or NULL if absent or empty. */
static tw_status text_of(struct tw_aws *aws, uint32_t node, const char **ret)
{
	const char *text;

	*ret = NULL;
	if (node == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_node_str(aws->d, &aws->net->arena, node, &text));
	*ret = *text ? text : NULL;
	return TW_OK;
}

static tw_status add_address(struct tw_aws *aws, struct tw_prefix prefix)
{
	return TW_VEC_PUSH(aws->mem, &aws->addresses, prefix);
}

/* {"PublicIp": ...}: the same one may stand at the interface and at its address. */
static tw_status read_association(struct tw_aws *aws, uint32_t node)
{
	struct tw_prefix prefix;

	if (node == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_aws_object(aws, node));
	uint32_t ip = tw_aws_member(aws, node, "PublicIp");
	if (ip == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_aws_address(aws, ip, TW_IPV4, &prefix));
	if (aws->public_addresses.n && tw_prefix_cmp(aws->public_addresses.v[0], prefix) == 0)
		return TW_OK;
	return TW_VEC_PUSH(aws->mem, &aws->public_addresses, prefix);
}

static tw_status read_private(struct tw_aws *aws, uint32_t element)
{
	uint32_t node = tw_aws_member(aws, element, "PrivateIpAddress");
	struct tw_prefix prefix;

	if (node != TW_NODE_NONE) {
		TW_TRY(tw_aws_address(aws, node, TW_IPV4, &prefix));
		TW_TRY(add_address(aws, prefix));
	}
	uint32_t association = tw_node_member(aws->d, element, "Association");
	if (node != TW_NODE_NONE && association != TW_NODE_NONE)
		TW_TRY(TW_VEC_PUSH(aws->mem, &aws->published, prefix));
	return read_association(aws, association);
}

static tw_status read_ipv6(struct tw_aws *aws, uint32_t element)
{
	uint32_t node = tw_aws_member(aws, element, "Ipv6Address");
	struct tw_prefix prefix;

	if (node == TW_NODE_NONE)
		return tw_node_lacks(aws->d, element, "Ipv6Address");
	TW_TRY(tw_aws_address(aws, node, TW_IPV6, &prefix));
	return add_address(aws, prefix);
}

static tw_status read_delegated(
	struct tw_aws *aws, uint32_t element, const char *key, enum tw_family family)
{
	uint32_t node = tw_aws_member(aws, element, key);
	struct tw_prefix prefix;

	if (node == TW_NODE_NONE)
		return tw_node_lacks(aws->d, element, key);
	TW_TRY(tw_aws_cidr(aws, node, family, true, &prefix));
	return add_address(aws, prefix);
}

static tw_status read_prefix4(struct tw_aws *aws, uint32_t element)
{
	return read_delegated(aws, element, "Ipv4Prefix", TW_IPV4);
}

static tw_status read_prefix6(struct tw_aws *aws, uint32_t element)
{
	return read_delegated(aws, element, "Ipv6Prefix", TW_IPV6);
}

static tw_status each_of(struct tw_aws *aws, uint32_t array, tw_aws_fn fn)
{
	if (array == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_aws_array(aws, array));
	return tw_aws_each(aws, array, fn);
}

/* The primary address stands alone and in the list; it comes first in the model. */
static tw_status put_primary_first(struct tw_aws *aws, uint32_t node)
{
	struct tw_prefix primary;

	if (node == TW_NODE_NONE || tw_node_is(aws->d, node, ""))
		return TW_OK;
	TW_TRY(tw_aws_address(aws, node, TW_IPV4, &primary));
	for (size_t i = 0; i < aws->addresses.n; i++)
		if (tw_prefix_cmp(aws->addresses.v[i], primary) == 0) {
			aws->addresses.v[i] = aws->addresses.v[0];
			aws->addresses.v[0] = primary;
			return TW_OK;
		}
	TW_TRY(add_address(aws, primary));
	aws->addresses.v[aws->addresses.n - 1] = aws->addresses.v[0];
	aws->addresses.v[0] = primary;
	return TW_OK;
}

static tw_status read_addresses(
	struct tw_aws *aws, const uint32_t *slot, struct tw_interface *interface)
{
	tw_status worst = TW_OK;

	aws->addresses.n = aws->public_addresses.n = aws->published.n = 0;
	TW_AWS_STEP(worst, read_association(aws, slot[KEY_ASSOCIATION]));
	TW_AWS_STEP(worst, each_of(aws, slot[KEY_ADDRESSES], read_private));
	TW_AWS_STEP(worst, put_primary_first(aws, slot[KEY_ADDRESS]));
	TW_AWS_STEP(worst, each_of(aws, slot[KEY_IPV6], read_ipv6));
	TW_AWS_STEP(worst, each_of(aws, slot[KEY_PREFIXES4], read_prefix4));
	TW_AWS_STEP(worst, each_of(aws, slot[KEY_PREFIXES6], read_prefix6));
	interface->addresses_partial =
		slot[KEY_ADDRESSES] == TW_NODE_NONE || slot[KEY_IPV6] == TW_NODE_NONE;
	TW_TRY(tw_aws_keep(aws, aws->addresses.v, aws->addresses.n, &interface->addresses));
	TW_TRY(tw_aws_keep(aws, aws->public_addresses.v, aws->public_addresses.n,
		&interface->public_addresses));
	TW_TRY(tw_aws_keep(aws, aws->published.v, aws->published.n, &interface->published));
	return worst;
}

static tw_status read_groups(struct tw_aws *aws, uint32_t array, struct tw_interface *interface)
{
	struct tw_document *d = aws->d;
	tw_status worst = TW_OK;

	if (array == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_aws_array(aws, array));
	if (!tw_node_count(d, array))
		return TW_OK;
	const char **ids = TW_NEW_ARRAY(&aws->net->arena, const char *, tw_node_count(d, array));
	if (!ids)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(d, array); node != TW_NODE_NONE;
		node = tw_node_after(d, array, node)) {
		tw_status status = tw_aws_object(aws, node);
		if (status == TW_OK)
			status = tw_aws_id(aws, node, "GroupId", &ids[interface->groups_n]);
		TW_AWS_STEP(worst, status);
		interface->groups_n += status == TW_OK;
	}
	interface->group_ids = ids;
	return worst;
}

/* ---- types ----------------------------------------------------------------------------------- */

static const struct {
	const char *text;
	enum tw_interface_type type;
} interface_types[] = {
	{"interface", TW_INTERFACE_ORDINARY},
	{"efa", TW_INTERFACE_ORDINARY},
	{"efa-only", TW_INTERFACE_ORDINARY},
	{"trunk", TW_INTERFACE_ORDINARY},
	{"branch", TW_INTERFACE_ORDINARY},
	{"natGateway", TW_INTERFACE_NAT_GATEWAY},
	{"nat_gateway", TW_INTERFACE_NAT_GATEWAY},
	{"load_balancer", TW_INTERFACE_LOAD_BALANCER},
	{"network_load_balancer", TW_INTERFACE_LOAD_BALANCER},
	{"gateway_load_balancer", TW_INTERFACE_LOAD_BALANCER},
	{"gateway_load_balancer_endpoint", TW_INTERFACE_ENDPOINT},
	{"vpc_endpoint", TW_INTERFACE_ENDPOINT},
	{"lambda", TW_INTERFACE_LAMBDA},
	{"transit_gateway", TW_INTERFACE_OTHER},
	{"quicksight", TW_INTERFACE_OTHER},
	{"global_accelerator_managed", TW_INTERFACE_OTHER},
	{"api_gateway_managed", TW_INTERFACE_OTHER},
	{"iot_rules_managed", TW_INTERFACE_OTHER},
	{"aws_codestar_connections_managed", TW_INTERFACE_OTHER},
};

/* SPEC: eni-types. An unknown type is judged as an ordinary interface, and told once. */
static tw_status note_odd_type(struct tw_aws *aws, uint32_t node, const char *text)
{
	if (tw_map_get(&aws->odd_types, tw_sv_of(text)) != TW_MAP_NONE)
		return TW_OK;
	TW_TRY(tw_map_set(&aws->odd_types, tw_sv_of(text), 0));
	TW_TRY(tw_diag_add(aws->diags, TW_LEVEL_NOTE, 901, tw_node_span(aws->d, node),
		"interfaces of type %s, which is not known here, are judged as ordinary ones",
		tw_node_quote(aws->d, tw_sv_of(text))));
	return aws->d->speechless ? TW_ENOMEM : TW_OK;
}

static tw_status read_type(struct tw_aws *aws, const uint32_t *slot, struct tw_interface *interface)
{
	uint32_t requester = slot[KEY_REQUESTER];
	const char *about = interface->description ? interface->description : "";
	size_t i = 0;

	TW_TRY(text_of(aws, slot[KEY_TYPE], &interface->type_text));
	if (interface->type_text) {
		while (i < TW_COUNT(interface_types) &&
			strcmp(interface->type_text, interface_types[i].text) != 0)
			i++;
		if (i == TW_COUNT(interface_types))
			TW_TRY(note_odd_type(aws, slot[KEY_TYPE], interface->type_text));
		else
			interface->type = interface_types[i].type;
	}
	/* SPEC: eni-alb-description. Until load balancers are modelled the label has to do. */
	if (interface->type == TW_INTERFACE_ORDINARY && requester != TW_NODE_NONE &&
		tw_node_kind(aws->d, requester) == TW_NODE_TRUE && !strncmp(about, "ELB ", 4))
		interface->type = TW_INTERFACE_LOAD_BALANCER;
	return TW_OK;
}

/* Whose interface it is, unless it was found in its instance; and if it is the first one there. */
static tw_status read_attachment(struct tw_aws *aws, uint32_t node, struct tw_interface *interface)
{
	int64_t device = 0, card = 0;
	bool found;

	if (node == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_aws_object(aws, node));
	if (!interface->instance_id)
		TW_TRY(tw_aws_text(aws, node, "InstanceId", &interface->instance_id));
	TW_TRY(tw_get_int(aws->d, node, "NetworkCardIndex", false, 0, INT32_MAX, &found, &card));
	TW_TRY(tw_get_int(aws->d, node, "DeviceIndex", false, 0, INT32_MAX, &found, &device));
	interface->primary = found && !device && !card;
	return TW_OK;
}

/* `instance_id`: of the instance that the interface was found in, or NULL. */
static tw_status read_interface(struct tw_aws *aws, uint32_t element, const char *instance_id)
{
	struct tw_interface interface = {
		.object = {.span = tw_node_span(aws->d, element)}, .instance_id = instance_id};
	uint32_t slot[INTERFACE_KEYS];
	tw_status worst = TW_OK;

	walk(aws, element, interface_words, INTERFACE_KEYS, slot);
	if (slot[KEY_ID] == TW_NODE_NONE)
		return tw_node_lacks(aws->d, element, "NetworkInterfaceId");
	TW_TRY(text_of(aws, slot[KEY_ID], &interface.object.id));
	if (!interface.object.id)
		return tw_node_unexpected(aws->d, slot[KEY_ID], "an id");
	TW_AWS_STEP(worst, text_of(aws, slot[KEY_SUBNET], &interface.subnet_id));
	TW_AWS_STEP(worst, text_of(aws, slot[KEY_VPC], &interface.vpc_id));
	TW_AWS_STEP(worst, text_of(aws, slot[KEY_DESCRIPTION], &interface.description));
	TW_AWS_STEP(worst, read_type(aws, slot, &interface));
	TW_AWS_STEP(worst, read_groups(aws, slot[KEY_GROUPS], &interface));
	TW_AWS_STEP(worst, read_addresses(aws, slot, &interface));
	TW_AWS_STEP(worst, tw_aws_tags(aws, slot[KEY_TAGS], &interface.object));
	TW_AWS_STEP(worst, tw_aws_tags(aws, slot[KEY_TAG_SET], &interface.object));
	TW_AWS_STEP(worst, read_attachment(aws, slot[KEY_ATTACHMENT], &interface));
	interface.forwards = slot[KEY_CHECK] != TW_NODE_NONE &&
			     tw_node_kind(aws->d, slot[KEY_CHECK]) == TW_NODE_FALSE;
	if (worst == TW_OK)
		TW_TRY(tw_net_add_interface(aws->net, aws->diags, &interface));
	return worst;
}

tw_status tw_aws_interface(struct tw_aws *aws, uint32_t element)
{
	return read_interface(aws, element, NULL);
}

/* ---- instances ------------------------------------------------------------------------------- */

enum instance_key {
	INSTANCE_ID,
	INSTANCE_PLATFORM,
	INSTANCE_DETAILS,
	INSTANCE_TYPE,
	INSTANCE_INTERFACES,
	INSTANCE_TAGS,
	INSTANCE_KEYS
};

static const struct tw_word instance_words[INSTANCE_KEYS] = {
	[INSTANCE_ID] = TW_WORD("InstanceId"),
	[INSTANCE_PLATFORM] = TW_WORD("Platform"),
	[INSTANCE_DETAILS] = TW_WORD("PlatformDetails"),
	[INSTANCE_TYPE] = TW_WORD("InstanceType"),
	[INSTANCE_INTERFACES] = TW_WORD("NetworkInterfaces"),
	[INSTANCE_TAGS] = TW_WORD("Tags"),
};

/*
 * AWS prints Platform for Windows only, and PlatformDetails ("Linux/UNIX", "Red Hat Enterprise
 * Linux", "Windows with SQL Server") for all. A Mac has neither of the two platforms, though it is
 * printed as Linux/UNIX.
 */
static tw_status read_platform(struct tw_aws *aws, const uint32_t *slot, enum tw_platform *ret)
{
	const char *platform, *details, *type;

	TW_TRY(text_of(aws, slot[INSTANCE_PLATFORM], &platform));
	TW_TRY(text_of(aws, slot[INSTANCE_DETAILS], &details));
	TW_TRY(text_of(aws, slot[INSTANCE_TYPE], &type));
	if ((platform && tw_aws_is(tw_sv_of(platform), "windows")) ||
		(details && strstr(details, "Windows")))
		*ret = TW_PLATFORM_WINDOWS;
	else if (platform || (type && !strncmp(type, "mac", 3)))
		*ret = TW_PLATFORM_UNKNOWN;
	else
		*ret = TW_PLATFORM_LINUX;
	return TW_OK;
}

static tw_status read_interfaces_of(struct tw_aws *aws, uint32_t array, const char *instance_id)
{
	tw_status worst = TW_OK;

	TW_TRY(tw_aws_array(aws, array));
	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node)) {
		tw_status status = tw_aws_object(aws, node);
		if (status == TW_OK)
			status = read_interface(aws, node, instance_id);
		TW_AWS_STEP(worst, status);
	}
	return worst;
}

tw_status tw_aws_instance(struct tw_aws *aws, uint32_t element)
{
	struct tw_instance instance = {.object = {.span = tw_node_span(aws->d, element)}};
	uint32_t slot[INSTANCE_KEYS];
	tw_status worst = TW_OK;

	walk(aws, element, instance_words, INSTANCE_KEYS, slot);
	if (slot[INSTANCE_ID] == TW_NODE_NONE)
		return tw_node_lacks(aws->d, element, "InstanceId");
	TW_TRY(text_of(aws, slot[INSTANCE_ID], &instance.object.id));
	if (!instance.object.id)
		return tw_node_unexpected(aws->d, slot[INSTANCE_ID], "an id");
	TW_AWS_STEP(worst, read_platform(aws, slot, &instance.platform));
	TW_AWS_STEP(worst, tw_aws_tags(aws, slot[INSTANCE_TAGS], &instance.object));
	if (slot[INSTANCE_INTERFACES] != TW_NODE_NONE)
		TW_AWS_STEP(worst,
			read_interfaces_of(aws, slot[INSTANCE_INTERFACES], instance.object.id));
	if (worst == TW_OK)
		TW_TRY(tw_net_add_instance(aws->net, aws->diags, &instance));
	return worst;
}

tw_status tw_aws_reservation(struct tw_aws *aws, uint32_t element)
{
	uint32_t array;

	TW_TRY(tw_get_array(aws->d, element, "Instances", true, &array));
	return tw_aws_each(aws, array, tw_aws_instance);
}
