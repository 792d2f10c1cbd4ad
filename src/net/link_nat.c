/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAT gateways, as far as they are judged yet: whether the lists of their own subnets are plainly
 * open. SPEC: nat-four-crossings
 */
#include "pending.h"

bool tw_acl_is_open(const struct tw_acl *acl)
{
	for (int list = 0; list < 2; list++) {
		const struct tw_rule *first =
			acl->list[list].n > 0 ? &acl->list[list].rule[0] : NULL;

		if (!first || first->action != TW_ALLOW || first->protocol != TW_PROTOCOL_ALL ||
			first->family != TW_IPV4 || first->peer.len != 0 || first->maybe)
			return false;
	}
	return true;
}

static bool is_open(const struct tw_net *net, const struct tw_interface *nat)
{
	uint32_t acl = nat->subnet == TW_MISSING ? TW_MISSING : net->subnet[nat->subnet].acl;

	return acl != TW_MISSING && tw_acl_is_open(&net->acl[acl]);
}

/* Routes treat these subnets apart: a gateway's own subnet meets no list on the way to it. */
static void mark_hosts(struct tw_net *net)
{
	for (size_t i = 0; i < net->nats; i++)
		if (net->nat[i].subnet != TW_MISSING)
			net->subnet[net->nat[i].subnet].hosts_gateway = true;
	for (size_t i = 0; i < net->attachments; i++)
		for (size_t k = 0; k < net->attachment[i].subnets.n; k++)
			if (net->attachment[i].subnets.at[k] != TW_MISSING)
				net->subnet[net->attachment[i].subnets.at[k]].hosts_gateway = true;
}

/* Two passes: one gateway behind lists that are not open spoils the proof for its VPC. */
void tw_link_nat_open(struct tw_net *net)
{
	for (size_t i = 0; i < net->vpcs; i++)
		net->vpc[i].nat_is_open = false;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < net->interfaces; i++) {
			const struct tw_interface *one = &net->interface[i];

			if (one->type != TW_INTERFACE_NAT_GATEWAY || one->vpc == TW_MISSING)
				continue;
			if (is_open(net, one) == (pass == 0))
				net->vpc[one->vpc].nat_is_open = pass == 0;
		}
}

void tw_link_nat(struct tw_net *net)
{
	mark_hosts(net);
	tw_link_nat_open(net);
}
