/* SPDX-License-Identifier: Apache-2.0 */

/* Which answers lack the id of what they are about, and where it is found. SPEC:
 * cli-plist-entries-no-id */

#include "wrapped.h"

/* ---- telling them from what other programs print --------------------------------------------- */

static bool first_has(const struct tw_document *d, uint32_t array, const char *key)
{
	uint32_t first = tw_node_first(d, array);

	return first != TW_NODE_NONE && tw_node_kind(d, first) == TW_NODE_OBJECT &&
	       tw_node_member(d, first, key) != TW_NODE_NONE;
}

static bool is_entries(const struct tw_document *d, uint32_t page, uint32_t array)
{
	(void)page;
	return first_has(d, array, "Cidr");
}

static bool is_routes(const struct tw_document *d, uint32_t page, uint32_t array)
{
	return tw_node_member(d, page, "AdditionalRoutesAvailable") != TW_NODE_NONE ||
	       first_has(d, array, "TransitGatewayAttachments");
}

static bool has_attribute(
	const struct tw_document *d, uint32_t array, const char *const *keys, size_t n)
{
	for (uint32_t node = tw_node_first(d, array); node != TW_NODE_NONE;
		node = tw_node_after(d, array, node)) {
		if (tw_node_kind(d, node) != TW_NODE_OBJECT)
			return false;
		uint32_t key = tw_node_member(d, node, "Key");
		for (size_t i = 0; i < n && key != TW_NODE_NONE; i++)
			if (tw_node_is(d, key, keys[i]))
				return true;
	}
	return false;
}

static bool is_target_attributes(const struct tw_document *d, uint32_t page, uint32_t array)
{
	static const char *const keys[] = {"preserve_client_ip.enabled", "stickiness.enabled",
		"deregistration_delay.timeout_seconds", "lambda.multi_value_headers.enabled",
		"target_failover.on_deregistration"};

	(void)page;
	return has_attribute(d, array, keys, TW_COUNT(keys));
}

static bool is_balancer_attributes(const struct tw_document *d, uint32_t page, uint32_t array)
{
	static const char *const keys[] = {
		"deletion_protection.enabled", "load_balancing.cross_zone.enabled"};

	return !is_target_attributes(d, page, array) &&
	       has_attribute(d, array, keys, TW_COUNT(keys));
}

/* No other program has this word. */
static bool is_always(const struct tw_document *d, uint32_t page, uint32_t array)
{
	(void)d;
	(void)page;
	(void)array;
	return true;
}

const struct tw_wrapped tw_wrapped[] = {
	{"Entries", "PrefixListId", "get-managed-prefix-list-entries", is_entries,
		tw_aws_prefix_entries, TW_KIND_PREFIX_LIST, true, "entries", "pl-0123abcd",
		"pl-0123abcd"},
	{"Routes", "TransitGatewayRouteTableId", "search-transit-gateway-routes", is_routes,
		tw_aws_transit_routes, TW_KIND_TRANSIT_TABLE, true, "routes", "tgw-rtb-0123abcd",
		"tgw-rtb-0123abcd"},
	{"TransitGatewayRouteTablePropagations", "TransitGatewayRouteTableId",
		"get-transit-gateway-route-table-propagations", is_always,
		tw_aws_table_propagations, TW_KIND_TRANSIT_TABLE, true, "propagations",
		"tgw-rtb-0123abcd", "tgw-rtb-0123abcd"},
	{"Attributes", "TargetGroupArn", "describe-target-group-attributes", is_target_attributes,
		tw_aws_target_attributes, TW_KIND_TARGET_GROUP, false, "attributes",
		"targetgroup_NAME_0123abcd", "arn:..."},
	{"Attributes", "LoadBalancerArn", "describe-load-balancer-attributes",
		is_balancer_attributes, NULL, TW_KIND_LOAD_BALANCER, false, NULL, NULL, NULL},
	{"TargetHealthDescriptions", "TargetGroupArn", "describe-target-health", is_always,
		tw_aws_target_health, TW_KIND_TARGET_GROUP, false, "targets",
		"targetgroup_NAME_0123abcd", "arn:..."},
};
const size_t tw_wrapped_n = TW_COUNT(tw_wrapped);

bool tw_wrapped_is(
	const struct tw_document *d, uint32_t page, const struct tw_wrapped *w, uint32_t *ret)
{
	uint32_t array = tw_node_member(d, page, w->key);

	if (array == TW_NODE_NONE || tw_node_kind(d, array) != TW_NODE_ARRAY)
		return false;
	*ret = array;
	return tw_node_member(d, page, w->parent) != TW_NODE_NONE || w->is(d, page, array);
}

/* ---- the id in the name of a file ------------------------------------------------------------ */

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_name(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-';
}

/* "pl-0123abcd" of "entries-pl-0123abcd.json". */
static struct tw_sv hex_id(const char *name, const char *prefix)
{
	const char *at = strstr(name, prefix);
	size_t n = strlen(prefix);

	if (!at || !is_hex(at[n]))
		return (struct tw_sv){NULL, 0};
	while (is_hex(at[n]))
		n++;
	return (struct tw_sv){at, n};
}

/* "targetgroup_NAME_ID", where an ARN has slashes. */
static struct tw_sv target_group_id(const char *name)
{
	static const char prefix[] = "targetgroup_";
	const char *at = strstr(name, prefix), *end;

	if (!at)
		return (struct tw_sv){NULL, 0};
	end = at + sizeof(prefix) - 1;
	while (is_name(*end))
		end++;
	if (*end != '_' || !is_hex(end[1]))
		return (struct tw_sv){NULL, 0};
	end++;
	while (is_hex(*end))
		end++;
	return (struct tw_sv){at, (size_t)(end - at)};
}

/* *ret NULL if the name holds no id of the kind. */
static tw_status id_in_path(
	struct tw_aws *aws, enum tw_kind kind, const char *path, const char **ret)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct tw_sv found;

	if (kind == TW_KIND_TARGET_GROUP)
		found = target_group_id(name);
	else
		found = hex_id(name, kind == TW_KIND_PREFIX_LIST ? "pl-" : "tgw-rtb-");
	if (!found.p)
		return TW_OK;
	char *id = tw_arena_dup(&aws->net->arena, found.p, found.n);
	if (!id)
		return TW_ENOMEM;
	for (char *c = id; *c; c++)
		*c = *c == '_' ? '/' : *c;
	*ret = id;
	return TW_OK;
}

tw_status tw_wrapped_read(struct tw_aws *aws, const struct tw_wrapped *w, uint32_t page,
	uint32_t array, const char *path, bool whole)
{
	struct tw_aws_part part = {page, array, NULL, whole};

	if (!w->read)
		return TW_OK;
	TW_TRY(tw_aws_text(aws, page, w->parent, &part.id));
	if (!part.id)
		TW_TRY(id_in_path(aws, w->kind, path, &part.id));
	if (!part.id)
		return tw_node_error(aws->d, page,
			"these %s do not say of which %s they are: name the file after it "
			"(%s.json), or wrap them: {\"%s\": \"%s\", \"%s\": [...]}",
			w->things, tw_kind_name(w->kind), w->in_path, w->parent, w->example,
			w->key);
	return w->read(aws, &part);
}
