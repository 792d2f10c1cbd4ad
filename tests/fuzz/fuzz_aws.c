/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzz target: any bytes as one or more inputs (the byte 0x1e stands between them). What is refused
 * must come with an error that has a place; what is read must keep the promises of net.h.
 */

#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "net.h"
#include "twoway/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BETWEEN 0x1e
/* Answers that do not say what they are about find an id of each kind here. */
#define NAME  "pl-1 tgw-rtb-1 targetgroup_b_02.json"
#define LIMIT ((uint64_t)1 << 30)

static void check_rule(const struct tw_rule *rule)
{
	MUST(rule->id != NULL && rule->id[0] != '\0');
	MUST(rule->protocol >= TW_PROTOCOL_ALL && rule->protocol <= 255);
	MUST(rule->ports.lo <= rule->ports.hi);
	MUST(!rule->every_port || (rule->ports.lo == 0 && rule->ports.hi == 65535));
	MUST(rule->maybe == (rule->maybe_reason != NULL));
	MUST(rule->peer_group == NULL || rule->peer_prefix_list == NULL);
}

static void check_acl(const struct tw_net *net, const struct tw_acl *acl)
{
	for (int list = 0; list < 2; list++) {
		const struct tw_rules *rules = &acl->list[list];
		MUST(rules->n >= 2);
		for (size_t i = 0; i < rules->n; i++) {
			check_rule(&rules->rule[i]);
			MUST(rules->rule[i].implicit == (i + 2 >= rules->n));
			MUST(i == 0 || rules->rule[i - 1].number < rules->rule[i].number);
			MUST(rules->rule[i].family == rules->rule[i].peer.family);
		}
		MUST(rules->rule[rules->n - 2].family == TW_IPV4);
		MUST(rules->rule[rules->n - 1].family == TW_IPV6);
	}
	for (size_t i = 0; i < acl->subnets_n; i++) {
		MUST(acl->subnets[i] < net->subnets);
		MUST(&net->acl[net->subnet[acl->subnets[i]].acl] == acl);
	}
}

static void check_peers(const struct tw_rule *rule)
{
	MUST(rule->peers != NULL);
	for (size_t i = 0; i < rule->peers_n; i++) {
		const struct tw_range *range = &rule->peers[i];
		MUST(tw_addr_cmp(range->first, range->last) <= 0);
		if (i == 0 || range[-1].family != range->family) {
			MUST(i == 0 || range[-1].family < range->family);
			continue;
		}
		/* Neither overlapping nor adjacent. */
		MUST(tw_addr_cmp(tw_addr_next(range[-1].last), range->first) < 0);
	}
}

static void check_group(const struct tw_net *net, const struct tw_group *group)
{
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < group->list[list].n; i++) {
			const struct tw_rule *rule = &group->list[list].rule[i];
			check_rule(rule);
			MUST(rule->action == TW_ALLOW && !rule->implicit);
			MUST((rule->family == 0) ==
				(rule->peer_group != NULL || rule->peer_prefix_list != NULL));
			if (rule->family == 0)
				check_peers(rule);
		}
	for (size_t i = 0; i < group->members_n; i++)
		MUST(group->members[i] < net->interfaces);
}

static bool fits(uint32_t index, size_t n)
{
	return index == TW_MISSING || index < n;
}

static void check_refs(const struct tw_refs *refs, size_t n)
{
	MUST(refs->n == 0 || (refs->id != NULL && refs->at != NULL));
	for (size_t i = 0; i < refs->n; i++) {
		MUST(refs->id[i] != NULL && refs->id[i][0] != '\0');
		MUST(fits(refs->at[i], n));
	}
}

/* Each once, sorted. */
static void check_sorted(const struct tw_refs *refs)
{
	for (size_t i = 1; i < refs->n; i++)
		MUST(strcmp(refs->id[i - 1], refs->id[i]) < 0);
}

static void check_gateways(const struct tw_net *net)
{
	for (size_t i = 0; i < net->nats; i++) {
		const struct tw_nat *nat = &net->nat[i];
		MUST(fits(nat->vpc, net->vpcs) && fits(nat->subnet, net->subnets));
		MUST(nat->gone || !nat->subnet_id || nat->subnet != TW_MISSING);
		MUST(fits(nat->table, net->tables));
	}
	for (size_t i = 0; i < net->peerings; i++)
		for (int side = 0; side < 2; side++)
			MUST(fits(net->peering[i].side[side].vpc, net->vpcs));
	for (size_t i = 0; i < net->endpoints; i++) {
		const struct tw_endpoint *one = &net->endpoint[i];
		MUST(fits(one->vpc, net->vpcs));
		check_refs(&one->subnets, net->subnets);
		check_refs(&one->interfaces, net->interfaces);
		check_refs(&one->groups, net->groups);
		check_refs(&one->tables, net->tables);
	}
}

static void check_transit(const struct tw_net *net)
{
	for (size_t i = 0; i < net->attachments; i++) {
		const struct tw_attachment *one = &net->attachment[i];
		MUST(fits(one->gateway, net->transits) && fits(one->vpc, net->vpcs));
		MUST(fits(one->table, net->transit_tables));
		check_refs(&one->subnets, net->subnets);
	}
	for (size_t i = 0; i < net->transit_tables; i++) {
		const struct tw_transit_table *table = &net->transit_table[i];
		check_refs(&table->propagations, net->attachments);
		for (size_t j = 0; j < table->routes_n; j++) {
			const struct tw_transit_route *route = &table->route[j];
			MUST((route->to.family == 0) == (route->prefix_list != NULL));
			check_refs(&route->attachments, net->attachments);
		}
	}
}

static void check_balancers(const struct tw_net *net)
{
	for (size_t i = 0; i < net->balancers; i++) {
		const struct tw_balancer *one = &net->balancer[i];
		MUST(fits(one->vpc, net->vpcs));
		for (size_t j = 0; j < one->zones_n; j++)
			MUST(fits(one->zone[j].subnet, net->subnets));
		check_refs(&one->groups, net->groups);
		check_refs(&one->listeners, net->listeners);
		check_refs(&one->targets, net->target_groups);
		check_sorted(&one->listeners);
		check_sorted(&one->targets);
	}
	for (size_t i = 0; i < net->listeners; i++) {
		MUST(net->listener[i].balancer_id != NULL);
		MUST(fits(net->listener[i].balancer, net->balancers));
		check_refs(&net->listener[i].targets, net->target_groups);
	}
	for (size_t i = 0; i < net->target_groups; i++) {
		const struct tw_target_group *group = &net->target_group[i];
		MUST(!group->part && fits(group->vpc, net->vpcs));
		MUST(group->family == TW_IPV4 || group->family == TW_IPV6);
		check_refs(&group->balancers, net->balancers);
		for (size_t j = 0; j < group->members_n; j++) {
			const struct tw_prefix *address = &group->member[j].address;
			MUST(group->member[j].id != NULL);
			MUST(fits(group->member[j].interface, net->interfaces));
			MUST(address->family == 0 ||
				address->len == (address->family == TW_IPV4 ? 32 : 128));
		}
	}
}

static void check_net(const struct tw_net *net)
{
	for (size_t i = 0; i < net->acls; i++)
		check_acl(net, &net->acl[i]);
	for (size_t i = 0; i < net->groups; i++)
		check_group(net, &net->group[i]);
	for (size_t i = 0; i < net->subnets; i++) {
		MUST(fits(net->subnet[i].acl, net->acls));
		MUST(fits(net->subnet[i].table, net->tables));
		MUST(fits(net->subnet[i].vpc, net->vpcs));
	}
	for (size_t i = 0; i < net->interfaces; i++) {
		const struct tw_interface *interface = &net->interface[i];
		MUST(fits(interface->subnet, net->subnets));
		MUST(fits(interface->instance, net->instances));
		for (size_t j = 0; j < interface->groups_n; j++) {
			MUST(fits(interface->groups[j], net->groups));
			MUST(j == 0 || interface->groups[j - 1] <= interface->groups[j]);
			MUST(interface->group_ids[j] != NULL);
		}
	}
	for (size_t i = 0; i < net->tables; i++)
		for (size_t j = 0; j < net->table[i].routes_n; j++)
			MUST((net->table[i].route[j].to.family == 0) ==
				(net->table[i].route[j].prefix_list != NULL));
	check_gateways(net);
	check_transit(net);
	check_balancers(net);
}

static void check_diags(const struct tw_diags *diags, struct tw_sources *sources)
{
	for (size_t i = 0; i < tw_diags_count(diags); i++) {
		const struct tw_diag *diag = tw_diags_get(diags, i);
		struct tw_place place;
		MUST(diag->span.file != 0 || diag->path != NULL);
		if (diag->span.file != 0)
			MUST(tw_sources_place(sources, diag->span, &place) == TW_OK);
		MUST(diag->level == TW_LEVEL_ERROR || diag->code == 901);
	}
}

static tw_status add_parts(struct tw_input *in, const uint8_t *data, size_t size)
{
	tw_status worst = TW_OK;

	for (;;) {
		const uint8_t *end = size ? memchr(data, BETWEEN, size) : NULL;
		size_t n = end ? (size_t)(end - data) : size;
		bool json = n && (data[0] == '{' || data[0] == '[');
		tw_status status =
			tw_input_add_bytes(in, json ? NAME : "fuzz", data, n, TW_INPUT_AUTO, json);
		MUST(status == TW_OK || status == TW_EPARSE || status == TW_ENOMEM ||
			status == TW_ELIMIT);
		if (status != TW_OK)
			worst = status;
		if (!end)
			return worst;
		data += n + 1;
		size -= n + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_input *in;
	struct tw_mem *mem;

	MUST(tw_mem_new(NULL, LIMIT, &mem) == TW_OK);
	MUST(tw_sources_new(mem, &sources) == TW_OK);
	MUST(tw_diags_new(mem, &diags) == TW_OK);
	MUST(tw_input_new(mem, sources, diags, &in) == TW_OK);
	tw_status added = add_parts(in, data, size);
	MUST(added != TW_EPARSE || tw_diags_worst(diags) == TW_LEVEL_ERROR);
	tw_status status = tw_input_finish(in);
	MUST(status != TW_EPARSE || tw_diags_worst(diags) == TW_LEVEL_ERROR);
	if (status == TW_OK)
		check_net(tw_input_net(in));
	check_diags(diags, sources);
	tw_input_free(in);
	tw_diags_free(diags);
	tw_sources_free(sources);
	MUST(tw_mem_used(mem) == 0);
	tw_mem_free(mem);
	return 0;
}
