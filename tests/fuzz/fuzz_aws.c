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
#define LIMIT	((uint64_t)1 << 30)

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
		tw_status status = tw_input_add_bytes(
			in, json ? "pl-1.json" : "fuzz", data, n, TW_INPUT_AUTO, json);
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
