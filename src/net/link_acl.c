/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Network ACLs: lists in the order in which AWS tries them, with the implicit denies that every
 * list has, and the one ACL of every subnet.
 */

#include <stdlib.h>

#include "pending.h"

static int cmp_rules(const void *a, const void *b)
{
	const struct tw_rule *left = a, *right = b;

	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	if (left->span.file != right->span.file)
		return left->span.file < right->span.file ? -1 : 1;
	return (left->span.begin > right->span.begin) - (left->span.begin < right->span.begin);
}

static struct tw_rule implicit_deny(uint8_t family)
{
	struct tw_rule rule = {.id = "*",
		.number = family == TW_IPV4 ? TW_IMPLICIT_V4 : TW_IMPLICIT_V6,
		.action = TW_DENY,
		.family = family,
		.protocol = TW_PROTOCOL_ALL,
		.ports = {0, UINT16_MAX},
		.every_port = true,
		.peer = {.family = family},
		.implicit = true};
	return rule;
}

/*
 * SPEC: nacl-number-space-per-direction. Two rules with one number cannot both exist; which one is
 * tried first would be a guess.
 */
static tw_status check_numbers(struct tw_diags *diags, const struct tw_acl *acl, enum tw_list list,
	const struct tw_rule *rule, size_t n)
{
	tw_status worst = TW_OK;

	for (size_t i = 1; i < n; i++) {
		if (rule[i].number != rule[i - 1].number || rule[i].implicit)
			continue;
		TW_TRY(tw_diag_add_pair(diags, TW_LEVEL_ERROR, 0, rule[i].span, rule[i - 1].span,
			"the other one is here",
			"network ACL %s: two %s rules have number %s; IPv4 and IPv6 rules of one "
			"direction share one number space",
			acl->object.id, tw_list_name(list), rule[i].id));
		worst = TW_EPARSE;
	}
	return worst;
}

/* SPEC: nacl-sort-entries, nacl-implicit-deny-v4, nacl-implicit-deny-v6 */
static tw_status prepare_list(
	struct tw_net *net, struct tw_diags *diags, struct tw_acl *acl, enum tw_list list)
{
	struct tw_rules old = acl->list[list];
	struct tw_rule *rule = TW_NEW_ARRAY(&net->arena, struct tw_rule, old.n + 2);
	const struct tw_rule *implicit[2] = {NULL, NULL};
	size_t n = 0;

	if (!rule)
		return TW_ENOMEM;
	for (size_t i = 0; i < old.n; i++) {
		if (old.rule[i].implicit)
			implicit[old.rule[i].family == TW_IPV6] = &old.rule[i];
		else
			rule[n++] = old.rule[i];
	}
	if (n)
		qsort(rule, n, sizeof(*rule), cmp_rules);
	tw_status status = check_numbers(diags, acl, list, rule, n);
	rule[n++] = implicit[0] ? *implicit[0] : implicit_deny(TW_IPV4);
	rule[n++] = implicit[1] ? *implicit[1] : implicit_deny(TW_IPV6);
	acl->list[list] = (struct tw_rules){rule, n};
	return status;
}

static tw_status prepare_lists(struct tw_net *net, struct tw_diags *diags)
{
	tw_status worst = TW_OK;

	for (size_t i = 0; i < net->acls; i++)
		for (int list = TW_INGRESS; list <= TW_EGRESS; list++) {
			tw_status status =
				prepare_list(net, diags, &net->acl[i], (enum tw_list)list);
			if (status == TW_EPARSE)
				worst = TW_EPARSE;
			else if (status != TW_OK)
				return status;
		}
	return worst;
}

/* SPEC: nacl-one-per-subnet. `by`: the link that gave each subnet its ACL. */
static tw_status link_explicit(
	struct tw_net *net, struct tw_diags *diags, uint32_t acl, const struct tw_link **by)
{
	const struct tw_links *links = &net->build->acl_links.v[acl];
	tw_status worst = TW_OK;

	for (size_t i = 0; i < links->n; i++) {
		const struct tw_link *link = &links->v[i];
		uint32_t at = tw_net_find(net, TW_KIND_SUBNET, link->id);
		struct tw_subnet *subnet = &net->subnet[at];
		if (subnet->acl == TW_MISSING || subnet->acl == acl) {
			subnet->acl = acl;
			by[at] = link;
			continue;
		}
		TW_TRY(tw_diag_add_pair(diags, TW_LEVEL_ERROR, 0, link->span, by[at]->span,
			"its other association is here",
			"subnet %s is associated with network ACL %s here and with %s elsewhere; "
			"a subnet has exactly one",
			link->id, net->acl[acl].object.id, net->acl[subnet->acl].object.id));
		worst = TW_EPARSE;
	}
	return worst;
}

static tw_status link_all_explicit(struct tw_net *net, struct tw_diags *diags)
{
	size_t size = net->subnets * sizeof(const struct tw_link *);
	const struct tw_link **by = tw_mem_alloc(net->mem, size);
	tw_status worst = TW_OK;

	if (!by)
		return TW_ENOMEM;
	for (uint32_t i = 0; i < net->acls; i++) {
		tw_status status = link_explicit(net, diags, i, by);
		if (status != TW_OK)
			worst = status;
		if (status != TW_OK && status != TW_EPARSE)
			break;
	}
	tw_mem_release(net->mem, by, size);
	return worst;
}

/* The default ACL of each VPC. */
static tw_status collect_defaults(
	struct tw_net *net, struct tw_diags *diags, struct tw_defaults *defaults)
{
	tw_status worst = TW_OK;

	for (uint32_t i = 0; i < net->acls; i++) {
		const struct tw_acl *acl = &net->acl[i];
		struct tw_default *slot;
		if (!acl->vpc_id)
			continue;
		TW_TRY(tw_defaults_add(defaults, net->mem, acl->vpc_id, &slot));
		if (!acl->is_default) {
			slot->doubtful = slot->doubtful || !acl->associations_known;
			continue;
		}
		if (slot->index == TW_MISSING) {
			slot->index = i;
			if (acl->vpc != TW_MISSING)
				net->vpc[acl->vpc].default_acl = i;
			continue;
		}
		TW_TRY(tw_diag_add_pair(diags, TW_LEVEL_ERROR, 0, acl->object.span,
			net->acl[slot->index].object.span, "the other one is here",
			"%s has two default network ACLs, %s and %s; a VPC has exactly one",
			acl->vpc_id, net->acl[slot->index].object.id, acl->object.id));
		worst = TW_EPARSE;
	}
	return worst;
}

/*
 * SPEC: nacl-default-association. Where the answer was cut, or an ACL of the VPC does not say which
 * subnets it serves, the association may be in the part that is missing: unknown, not default.
 */
static tw_status link_defaults(struct tw_net *net, struct tw_diags *diags)
{
	struct tw_defaults defaults;

	tw_defaults_init(&defaults, net->mem);
	tw_status status = collect_defaults(net, diags, &defaults);
	for (size_t i = 0; i < net->subnets && !net->incomplete[TW_KIND_ACL]; i++) {
		struct tw_subnet *subnet = &net->subnet[i];
		const struct tw_default *slot = tw_defaults_get(&defaults, subnet->vpc_id);
		if (subnet->acl == TW_MISSING && slot && !slot->doubtful)
			subnet->acl = slot->index;
	}
	tw_defaults_fini(&defaults, net->mem);
	return status;
}

struct served {
	uint32_t acl, subnet;
	const char *id;
};

static int cmp_served(const void *a, const void *b)
{
	const struct served *left = a, *right = b;

	if (left->acl != right->acl)
		return left->acl < right->acl ? -1 : 1;
	return strcmp(left->id, right->id);
}

/* The other way round: which subnets an ACL serves, sorted by id. */
static tw_status list_subnets(struct tw_net *net)
{
	size_t size = net->subnets * sizeof(struct served), n = 0;
	struct served *served = tw_mem_alloc(net->mem, size);
	uint32_t *index = TW_NEW_ARRAY(&net->arena, uint32_t, net->subnets);

	if (!served || !index) {
		if (served)
			tw_mem_release(net->mem, served, size);
		return TW_ENOMEM;
	}
	for (uint32_t i = 0; i < net->subnets; i++)
		if (net->subnet[i].acl != TW_MISSING)
			served[n++] =
				(struct served){net->subnet[i].acl, i, net->subnet[i].object.id};
	if (n)
		qsort(served, n, sizeof(*served), cmp_served);
	for (size_t i = 0; i < n; i++) {
		struct tw_acl *acl = &net->acl[served[i].acl];
		if (!acl->subnets)
			acl->subnets = &index[i];
		acl->subnets_n++;
		index[i] = served[i].subnet;
	}
	tw_mem_release(net->mem, served, size);
	return TW_OK;
}

tw_status tw_link_acls(struct tw_net *net, struct tw_diags *diags)
{
	tw_status lists = prepare_lists(net, diags), subnets, defaults;

	if (lists != TW_OK && lists != TW_EPARSE)
		return lists;
	subnets = link_all_explicit(net, diags);
	if (subnets != TW_OK && subnets != TW_EPARSE)
		return subnets;
	defaults = link_defaults(net, diags);
	if (defaults != TW_OK && defaults != TW_EPARSE)
		return defaults;
	TW_TRY(list_subnets(net));
	return lists == TW_OK && subnets == TW_OK && defaults == TW_OK ? TW_OK : TW_EPARSE;
}
