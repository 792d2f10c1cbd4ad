/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Telling kinds of input apart by content. Names of files say little (everything is a .json), so
 * they only break ties. Kinds without a reader are named, because "not supported yet" helps and
 * "not understood" does not.
 */

#include "sniff.h"

static const char cloudformation[] = "a CloudFormation template";
static const char terraform_plan[] = "a Terraform plan";
static const char terraform_state[] = "a Terraform state";
static const char terraform_source[] = "Terraform source";
static const char azure[] = "an Azure document";
static const char gcp[] = "a Google Cloud document";
static const char flow_log[] = "a VPC flow log";

const char *tw_path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool tw_path_ends(const char *path, const char *ending)
{
	size_t n = strlen(path), m = strlen(ending);

	return n >= m && !strcmp(path + n - m, ending);
}

/* The place of the first `needle`, or NULL. */
static const char *find(struct tw_sv text, const char *needle)
{
	size_t n = strlen(needle);
	const char *p = text.p, *end = text.p + text.n;

	while ((size_t)(end - p) >= n && (p = memchr(p, needle[0], (size_t)(end - p) - n + 1))) {
		if (!memcmp(p, needle, n))
			return p;
		p++;
	}
	return NULL;
}

static bool has(struct tw_sv text, const char *needle)
{
	return find(text, needle) != NULL;
}

/* `word` at the beginning of a line. */
static bool has_line(struct tw_sv text, const char *word)
{
	struct tw_sv rest = text;
	const char *at;

	while ((at = find(rest, word))) {
		if (at == text.p || at[-1] == '\n')
			return true;
		rest.n -= (size_t)(at + 1 - rest.p);
		rest.p = at + 1;
	}
	return false;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The bytes behind a byte order mark and white space. */
static struct tw_sv trimmed(struct tw_sv text)
{
	if (tw_sv_starts(text, "\xef\xbb\xbf")) {
		text.p += 3;
		text.n -= 3;
	}
	while (text.n && strchr(" \t\r\n", *text.p)) {
		text.p++;
		text.n--;
	}
	return text;
}

/* A line of dashes, then one that begins with a bar. */
static bool is_table(struct tw_sv text)
{
	size_t n = 0;

	while (n < text.n && (text.p[n] == '-' || text.p[n] == '+'))
		n++;
	if (n < 8)
		return false;
	while (n < text.n && (text.p[n] == '\r' || text.p[n] == '\n'))
		n++;
	return n < text.n && text.p[n] == '|';
}

/* Names of shapes in capitals, then tabs: "NETWORKACLS\tFalse\tacl-1". */
static bool is_text_output(struct tw_sv text)
{
	size_t n = 0;

	while (n < text.n && (is_upper(text.p[n]) || is_digit(text.p[n])))
		n++;
	return n >= 4 && n < text.n && text.p[n] == '\t' && is_upper(text.p[0]);
}

/* The header, or a record of version 2: "2 123456789012 eni-". */
static bool is_flow_log(struct tw_sv text)
{
	size_t n = 0, digits = 0;

	if (tw_sv_starts(text, "version account-id ") || tw_sv_starts(text, "account-id "))
		return true;
	while (n < text.n && is_digit(text.p[n]))
		n++;
	if (n == 0 || n > 2 || n == text.n || text.p[n++] != ' ')
		return false;
	while (n < text.n && is_digit(text.p[n])) {
		n++;
		digits++;
	}
	text.p += n;
	text.n -= n;
	return digits == 12 && tw_sv_starts(text, " eni-");
}

static bool is_cloudformation(struct tw_sv text)
{
	return (has(text, "AWSTemplateFormatVersion") && has(text, "AWS::")) ||
	       (has_line(text, "Resources:") && has(text, "Type: ") && has(text, "AWS::"));
}

static bool is_hcl(const char *path, struct tw_sv text)
{
	return tw_path_ends(path, ".tf") || has_line(text, "resource \"aws_") ||
	       has_line(text, "module \"");
}

/* "Word:" in the first line: a mapping. */
static bool is_mapping(struct tw_sv text)
{
	size_t n = 0;

	if (tw_sv_starts(text, "---") || text.p[0] == '#')
		return true;
	while (n < text.n && text.p[n] > ' ' && text.p[n] != ':')
		n++;
	return n > 0 && n < text.n && text.p[n] == ':' &&
	       (n + 1 == text.n || strchr(" \r\n", text.p[n + 1]));
}

enum tw_looks tw_sniff(const char *path, struct tw_sv bytes, const char **ret_name)
{
	struct tw_sv text = trimmed(bytes);
	bool yaml = tw_path_ends(path, ".yaml") || tw_path_ends(path, ".yml");

	if (text.n && !yaml && (*text.p == '{' || *text.p == '['))
		return TW_LOOKS_JSON;
	if (text.n && is_table(text))
		return TW_LOOKS_TABLE;
	if (text.n && is_text_output(text))
		return TW_LOOKS_TEXT;
	if (text.n && is_flow_log(text)) {
		*ret_name = flow_log;
		return TW_LOOKS_KNOWN;
	}
	if (text.n && is_hcl(path, text)) {
		*ret_name = terraform_source;
		return TW_LOOKS_KNOWN;
	}
	if (text.n && is_cloudformation(text)) {
		*ret_name = cloudformation;
		return TW_LOOKS_KNOWN;
	}
	if (yaml || (text.n && is_mapping(text) && !tw_path_ends(path, ".json")))
		return TW_LOOKS_YAML;
	/* What is no text, or empty, or damaged: the JSON reader says it best. */
	if (tw_path_ends(path, ".json") || !text.n ||
		memchr(text.p, 0, text.n < 64 ? text.n : 64) || (unsigned char)*text.p >= 0x80 ||
		*text.p == '\x1f' || *text.p == '"')
		return TW_LOOKS_JSON;
	return TW_LOOKS_OTHER;
}

/* `word` as a key whose value begins with `bracket`: "word" : [ */
static bool has_json_key(struct tw_sv text, const char *word, char bracket)
{
	struct tw_sv rest = text;
	const char *at;

	while ((at = find(rest, word))) {
		const char *p = at + strlen(word), *end = text.p + text.n;
		bool quoted = at > text.p && at[-1] == '"' && p < end && *p++ == '"';
		while (quoted && p < end && strchr(" \t\r\n:", *p))
			p++;
		if (quoted && p < end && (!bracket || *p == bracket))
			return true;
		rest.n -= (size_t)(at + 1 - rest.p);
		rest.p = at + 1;
	}
	return false;
}

bool tw_sniff_answer(struct tw_sv bytes)
{
	static const char *const words[] = {"NetworkAcls", "SecurityGroups", "SecurityGroupRules",
		"NetworkInterfaces", "Reservations", "RouteTables", "Subnets", "Vpcs",
		"InternetGateways", "EgressOnlyInternetGateways", "PrefixLists", "NatGateways",
		"VpcPeeringConnections", "VpcEndpoints", "TransitGateways",
		"TransitGatewayVpcAttachments", "TransitGatewayAttachments",
		"TransitGatewayRouteTables", "TransitGatewayStaticRoutes",
		"TransitGatewayPropagations", "LoadBalancers", "LoadBalancerListeners",
		"TargetGroups", "LoadBalancerTargetHealth", "TargetHealthDescriptions"};

	/* UTF-16, as PowerShell redirects it: the words are not found as they are. */
	if (tw_sv_starts(bytes, "\xff\xfe") || tw_sv_starts(bytes, "\xfe\xff"))
		return true;
	for (size_t i = 0; i < TW_COUNT(words); i++)
		if (has_json_key(bytes, words[i], '[') || has_line(bytes, words[i]))
			return true;
	return has_json_key(bytes, "collector_version", 0);
}

/* ---- documents ------------------------------------------------------------------------------- */

static bool has_key(const struct tw_document *d, uint32_t object, const char *key)
{
	return tw_node_member(d, object, key) != TW_NODE_NONE;
}

static bool member_starts(
	const struct tw_document *d, uint32_t object, const char *key, const char *prefix)
{
	uint32_t node = tw_node_member(d, object, key);
	struct tw_span span;

	if (node == TW_NODE_NONE || tw_node_kind(d, node) != TW_NODE_STRING)
		return false;
	span = tw_node_span(d, node);
	struct tw_sv text = {d->bytes + span.begin, span.end - span.begin};
	if (text.n && *text.p == '"') {
		text.p++;
		text.n--;
	}
	return tw_sv_starts(text, prefix);
}

/* {"Resources": {"Acl": {"Type": "AWS::..."}}} */
static bool is_template(const struct tw_document *d, uint32_t root)
{
	uint32_t resources = tw_node_member(d, root, "Resources"), key;

	if (has_key(d, root, "AWSTemplateFormatVersion"))
		return true;
	if (resources == TW_NODE_NONE || tw_node_kind(d, resources) != TW_NODE_OBJECT)
		return false;
	key = tw_node_first(d, resources);
	return key != TW_NODE_NONE && member_starts(d, tw_node_value(d, key), "Type", "AWS::");
}

static const char *sniff_object(const struct tw_document *d, uint32_t root)
{
	bool terraform = has_key(d, root, "terraform_version");

	if (is_template(d, root))
		return cloudformation;
	if (has_key(d, root, "planned_values") ||
		(has_key(d, root, "resource_changes") && has_key(d, root, "format_version")))
		return terraform_plan;
	if (terraform && (has_key(d, root, "serial") || has_key(d, root, "lineage") ||
				 has_key(d, root, "values") || has_key(d, root, "modules")))
		return terraform_state;
	if (member_starts(d, root, "id", "/subscriptions/") ||
		member_starts(d, root, "type", "Microsoft.Network/") ||
		member_starts(d, root, "$schema", "https://schema.management.azure.com/"))
		return azure;
	if (member_starts(d, root, "kind", "compute#"))
		return gcp;
	return NULL;
}

const char *tw_sniff_document(const struct tw_document *d)
{
	uint32_t node = TW_NODE_ROOT;

	if (tw_node_kind(d, node) == TW_NODE_ARRAY)
		node = tw_node_first(d, node);
	if (node == TW_NODE_NONE || tw_node_kind(d, node) != TW_NODE_OBJECT)
		return NULL;
	return sniff_object(d, node);
}
