/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Prefix lists: describe-managed-prefix-lists (no entries), get-managed-prefix-list-entries (no id)
 * and the older describe-prefix-lists (both). SPEC: cli-prefix-lists, cli-plist-entries-no-id
 */

#include "aws.h"

/* Blocks of an array; `key` NULL: of strings, else of objects with that member. */
static tw_status read_blocks(
	struct tw_aws *aws, uint32_t array, const char *key, struct tw_prefixes *ret)
{
	struct tw_document *d = aws->d;
	struct tw_prefixes cidrs = {
		TW_NEW_ARRAY(&aws->net->arena, struct tw_prefix, tw_node_count(d, array)), 0};
	tw_status worst = TW_OK;

	if (!cidrs.v)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(d, array); node != TW_NODE_NONE;
		node = tw_node_after(d, array, node)) {
		tw_status status = key ? tw_aws_object(aws, node) : TW_OK;
		uint32_t block = key && status == TW_OK ? tw_node_member(d, node, key) : node;
		if (status == TW_OK && block == TW_NODE_NONE)
			status = tw_node_lacks(d, node, key);
		if (status == TW_OK)
			status = tw_aws_any_cidr(aws, block, false, &cidrs.v[cidrs.n]);
		TW_AWS_STEP(worst, status);
		cidrs.n += status == TW_OK;
	}
	*ret = cidrs;
	return worst;
}

static void read_family(const struct tw_aws *aws, uint32_t element, struct tw_prefix_list *list)
{
	uint32_t node = tw_node_member(aws->d, element, "AddressFamily");

	if (node == TW_NODE_NONE)
		return;
	if (tw_node_is(aws->d, node, "IPv4"))
		list->family = TW_IPV4;
	else if (tw_node_is(aws->d, node, "IPv6"))
		list->family = TW_IPV6;
}

tw_status tw_aws_prefix_list(struct tw_aws *aws, uint32_t element)
{
	struct tw_document *d = aws->d;
	struct tw_prefix_list list = {.object = {.span = tw_node_span(d, element)}};
	uint32_t cidrs = TW_NODE_NONE, tags = TW_NODE_NONE;
	tw_status worst = TW_OK;
	int64_t most = 0;
	bool found;

	TW_TRY(tw_aws_id(aws, element, "PrefixListId", &list.object.id));
	TW_AWS_STEP(worst, tw_aws_text(aws, element, "PrefixListName", &list.object.name));
	const char *name = list.object.name;
	TW_AWS_STEP(worst, tw_get_array(d, element, "Tags", false, &tags));
	TW_AWS_STEP(worst, tw_aws_tags(aws, tags, &list.object));
	if (name)
		list.object.name = name; /* the list's own name says more than its tag */
	read_family(aws, element, &list);
	TW_AWS_STEP(worst, tw_get_int_of(d, element, "MaxEntries", false, "a number of entries", 0,
				   UINT16_MAX, &found, &most));
	list.most = (uint32_t)most;
	TW_AWS_STEP(worst, tw_get_array(d, element, "Cidrs", false, &cidrs));
	if (cidrs != TW_NODE_NONE) {
		list.entries_known = true;
		TW_AWS_STEP(worst, read_blocks(aws, cidrs, NULL, &list.cidrs));
	}
	if (worst == TW_OK)
		TW_TRY(tw_net_add_prefix_list(aws->net, aws->diags, &list));
	return worst;
}

tw_status tw_aws_prefix_entries(struct tw_aws *aws, const struct tw_aws_part *part)
{
	struct tw_prefix_list list = {
		.object = {.id = part->id, .span = tw_node_span(aws->d, part->page)},
		.entries_known = part->whole};

	TW_TRY(read_blocks(aws, part->array, "Cidr", &list.cidrs));
	return tw_net_add_prefix_list(aws->net, aws->diags, &list);
}
