/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The np-guard cloud resource collector's file: one object with six lists whose elements are those
 * of `aws ec2 describe-*`, with explicit nulls.
 *
 * The collector keeps only the first page of each answer and leaves no sign of it, so every kind is
 * taken as incomplete: an id that is not in the file is unknown, not absent.
 */

#include "aws.h"

static const struct {
	const char *key, *answer;
	enum tw_kind kind;
} lists[] = {
	{"vpcs", "Vpcs", TW_KIND_VPC},
	{"subnets", "Subnets", TW_KIND_SUBNET},
	{"network_acls", "NetworkAcls", TW_KIND_ACL},
	{"security_groups", "SecurityGroups", TW_KIND_GROUP},
	{"internet_gateways", "InternetGateways", TW_KIND_INTERNET_GATEWAY},
	{"instances", "Instances", TW_KIND_INSTANCE},
};

bool tw_collector_is(const struct tw_document *d)
{
	return tw_node_kind(d, TW_NODE_ROOT) == TW_NODE_OBJECT &&
	       tw_node_member(d, TW_NODE_ROOT, "collector_version") != TW_NODE_NONE &&
	       tw_node_member(d, TW_NODE_ROOT, "provider") != TW_NODE_NONE;
}

uint32_t tw_collector_list(const struct tw_document *d, const char *key)
{
	for (size_t i = 0; i < TW_COUNT(lists) && tw_collector_is(d); i++) {
		uint32_t array = tw_node_member(d, TW_NODE_ROOT, lists[i].key);
		if (!strcmp(lists[i].answer, key) && array != TW_NODE_NONE &&
			tw_node_kind(d, array) == TW_NODE_ARRAY)
			return array;
	}
	return TW_NODE_NONE;
}

tw_status tw_collector_read(
	struct tw_aws *aws, struct tw_document *d, bool *ret_aws, struct tw_buf *detail)
{
	uint32_t provider = tw_node_member(d, TW_NODE_ROOT, "provider");
	tw_status worst = TW_OK;

	*ret_aws = tw_node_is(d, provider, "aws");
	if (!*ret_aws)
		return TW_OK;
	aws->d = d;
	for (size_t i = 0; i < TW_COUNT(lists); i++) {
		uint32_t array = TW_NODE_NONE;
		TW_AWS_STEP(worst, tw_get_array(d, TW_NODE_ROOT, lists[i].key, false, &array));
		aws->net->incomplete[lists[i].kind] = true;
		if (array != TW_NODE_NONE)
			TW_AWS_STEP(worst, tw_aws_read_list(aws, lists[i].answer, array, detail));
	}
	aws->d = NULL;
	return worst;
}
