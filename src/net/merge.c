/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The same object a second time: several inputs are one network, so overlapping answers are normal
 * (an interface is in describe-network-interfaces and inside its instance). What both readings say
 * and the model reads must agree; what one lacks is filled from the other. A contradiction is an
 * error that names both places, because a verdict on a mixture of two states would be about
 * neither.
 */

#include "merge.h"

#include "addresses.h"

tw_status tw_contradiction(const struct tw_merge *m, const char *what)
{
	TW_TRY(tw_diag_add_pair(m->diags, TW_LEVEL_ERROR, 0, m->now->span, m->old->span,
		"read here before",
		"%s %s has %s here that differ%s from what was read before: give one state of it",
		tw_kind_name(m->kind), m->old->id, what, what[strlen(what) - 1] == 's' ? "" : "s"));
	return TW_EPARSE;
}

void tw_merge_object(const struct tw_merge *m)
{
	if (!m->old->name)
		m->old->name = m->now->name;
	if (!m->old->tags_n) {
		m->old->tags = m->now->tags;
		m->old->tags_n = m->now->tags_n;
	}
}

tw_status tw_merge_text(
	const struct tw_merge *m, const char **old, const char *now, const char *what)
{
	if (!*old)
		*old = now;
	else if (now && strcmp(*old, now) != 0)
		return tw_contradiction(m, what);
	return TW_OK;
}

tw_status tw_merge_prefixes(
	const struct tw_merge *m, struct tw_prefixes *old, struct tw_prefixes now, const char *what)
{
	bool same = true;

	if (!old->n)
		*old = now;
	else if (now.n)
		TW_TRY(tw_prefixes_same(m->net->mem, *old, now, &same));
	return same ? TW_OK : tw_contradiction(m, what);
}

/* SPEC: bpa-mode */
static tw_status merge_block(
	const struct tw_merge *m, enum tw_access_block *old, enum tw_access_block now)
{
	if (*old == TW_BLOCK_UNSAID)
		*old = now;
	else if (now != TW_BLOCK_UNSAID && now != *old)
		return tw_contradiction(m, "public access modes");
	return TW_OK;
}

/* An id ("use1-az1", "usw2-lax1-az1") has a digit before its first dash, a name ("us-east-1a") has
 * none. */
static bool is_zone_id(const char *zone)
{
	const char *dash = strchr(zone, '-');

	return dash && dash > zone && dash[-1] >= '0' && dash[-1] <= '9';
}

/* Older readings have the name alone: the id says more, and the two cannot be compared. */
static tw_status merge_zone(const struct tw_merge *m, const char **old, const char *now)
{
	if (*old && now && is_zone_id(*old) != is_zone_id(now)) {
		if (is_zone_id(now))
			*old = now;
		return TW_OK;
	}
	return tw_merge_text(m, old, now, "an availability zone");
}

tw_status tw_merge_vpc(
	struct tw_net *net, struct tw_diags *diags, struct tw_vpc *old, const struct tw_vpc *vpc)
{
	struct tw_merge m = {net, diags, TW_KIND_VPC, &old->object, &vpc->object};

	tw_merge_object(&m);
	TW_TRY(merge_block(&m, &old->access_block, vpc->access_block));
	return tw_merge_prefixes(&m, &old->cidrs, vpc->cidrs, "CIDR blocks");
}

tw_status tw_merge_subnet(struct tw_net *net, struct tw_diags *diags, struct tw_subnet *old,
	const struct tw_subnet *subnet)
{
	struct tw_merge m = {net, diags, TW_KIND_SUBNET, &old->object, &subnet->object};

	tw_merge_object(&m);
	TW_TRY(tw_merge_text(&m, &old->vpc_id, subnet->vpc_id, "a VPC"));
	TW_TRY(merge_block(&m, &old->access_block, subnet->access_block));
	TW_TRY(merge_zone(&m, &old->zone, subnet->zone));
	return tw_merge_prefixes(&m, &old->cidrs, subnet->cidrs, "CIDR blocks");
}

tw_status tw_merge_acl(struct tw_net *net, struct tw_diags *diags, struct tw_acl *old,
	const struct tw_acl *acl, struct tw_links *old_links, struct tw_links links)
{
	struct tw_merge m = {net, diags, TW_KIND_ACL, &old->object, &acl->object};
	bool same = true;

	tw_merge_object(&m);
	TW_TRY(tw_merge_text(&m, &old->vpc_id, acl->vpc_id, "a VPC"));
	old->is_default = old->is_default || acl->is_default;
	if (!old->associations_known) {
		old->associations_known = acl->associations_known;
		*old_links = links;
	} else if (acl->associations_known) {
		TW_TRY(tw_links_same(net->mem, *old_links, links, &same));
		if (!same)
			return tw_contradiction(&m, "subnet associations");
	}
	if (!old->entries_known) {
		old->entries_known = acl->entries_known;
		old->list_span = acl->list_span;
		memcpy(old->list, acl->list, sizeof(old->list));
		return TW_OK;
	}
	for (int list = 0; list < 2 && acl->entries_known && same; list++)
		TW_TRY(tw_rules_same(net->mem, old->list[list], acl->list[list], &same));
	return same ? TW_OK : tw_contradiction(&m, "entries");
}

tw_status tw_merge_group(struct tw_net *net, struct tw_diags *diags, struct tw_group *old,
	const struct tw_group *group)
{
	struct tw_merge m = {net, diags, TW_KIND_GROUP, &old->object, &group->object};
	bool same = true;

	tw_merge_object(&m);
	TW_TRY(tw_merge_text(&m, &old->vpc_id, group->vpc_id, "a VPC"));
	for (int list = 0; list < 2 && same; list++)
		TW_TRY(tw_rules_same(net->mem, old->list[list], group->list[list], &same));
	return same ? TW_OK : tw_contradiction(&m, "permissions");
}

tw_status tw_merge_row(
	struct tw_net *net, struct tw_diags *diags, struct tw_row *old, const struct tw_row *row)
{
	(void)net;
	if (!strcmp(old->group_id, row->group_id) && old->list == row->list &&
		!tw_rule_content_cmp(&old->rule, &row->rule))
		return TW_OK;
	TW_TRY(tw_diag_add_pair(diags, TW_LEVEL_ERROR, 0, row->rule.span, old->rule.span,
		"read here before",
		"security group rule %s differs here from what was read before: give one state "
		"of it",
		row->rule.id));
	return TW_EPARSE;
}

/* The addresses of single hosts, leaving out delegated prefixes. */
static tw_status hosts_of(struct tw_mem *mem, struct tw_prefixes all, struct tw_prefixes *ret)
{
	struct tw_prefixes hosts = {tw_mem_alloc(mem, all.n * sizeof(*hosts.v)), 0};

	if (!hosts.v)
		return TW_ENOMEM;
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].len == (all.v[i].family == TW_IPV4 ? 32 : 128))
			hosts.v[hosts.n++] = all.v[i];
	*ret = hosts;
	return TW_OK;
}

static tw_status same_hosts(
	struct tw_mem *mem, struct tw_prefixes a, struct tw_prefixes b, bool *ret)
{
	struct tw_prefixes left, right;

	TW_TRY(hosts_of(mem, a, &left));
	tw_status status = hosts_of(mem, b, &right);
	if (status == TW_OK) {
		status = tw_prefixes_same(mem, left, right, ret);
		tw_mem_release(mem, right.v, b.n * sizeof(*right.v));
	}
	tw_mem_release(mem, left.v, a.n * sizeof(*left.v));
	return status;
}

static bool holds_prefix(struct tw_prefixes all, struct tw_prefix one)
{
	for (size_t i = 0; i < all.n; i++)
		if (tw_prefix_cmp(all.v[i], one) == 0)
			return true;
	return false;
}

static bool holds_all(struct tw_prefixes outer, struct tw_prefixes inner)
{
	for (size_t i = 0; i < inner.n; i++)
		if (!holds_prefix(outer, inner.v[i]))
			return false;
	return true;
}

/*
 * Addresses must agree; delegated prefixes are united, because readings made with older tools do
 * not show them. The reading with more blocks wins: it has the same addresses and the prefixes. A
 * reading that lacks a list of addresses (an interface inside an instance) may know fewer.
 */
static tw_status merge_addresses(
	const struct tw_merge *m, struct tw_interface *old, const struct tw_interface *interface)
{
	struct tw_prefixes now = interface->addresses;
	bool partial = old->addresses_partial || interface->addresses_partial, same = true;

	if (!old->addresses.n) {
		old->addresses = now;
		old->addresses_partial = interface->addresses_partial;
	} else if (now.n && partial) {
		bool wider = now.n > old->addresses.n;
		same = wider ? holds_all(now, old->addresses) : holds_all(old->addresses, now);
		if (same && wider)
			old->addresses = now;
		old->addresses_partial &= interface->addresses_partial;
	} else if (now.n) {
		TW_TRY(same_hosts(m->net->mem, old->addresses, now, &same));
		if (same && now.n > old->addresses.n)
			old->addresses = now;
	}
	return same ? TW_OK : tw_contradiction(m, "addresses");
}

static tw_status merge_groups(
	const struct tw_merge *m, struct tw_interface *old, const struct tw_interface *interface)
{
	bool same = true;

	if (!old->groups_n) {
		old->group_ids = interface->group_ids;
		old->groups_n = interface->groups_n;
	} else if (interface->groups_n) {
		TW_TRY(tw_texts_same(m->net->mem, old->group_ids, old->groups_n,
			interface->group_ids, interface->groups_n, &same));
	}
	return same ? TW_OK : tw_contradiction(m, "security groups");
}

tw_status tw_merge_interface(struct tw_net *net, struct tw_diags *diags, struct tw_interface *old,
	const struct tw_interface *interface)
{
	struct tw_merge m = {net, diags, TW_KIND_INTERFACE, &old->object, &interface->object};

	tw_merge_object(&m);
	TW_TRY(tw_merge_text(&m, &old->subnet_id, interface->subnet_id, "a subnet"));
	TW_TRY(tw_merge_text(&m, &old->vpc_id, interface->vpc_id, "a VPC"));
	TW_TRY(tw_merge_text(&m, &old->instance_id, interface->instance_id, "an instance"));
	if (!old->type_text) {
		old->type_text = interface->type_text;
		old->type = interface->type;
	} else if (interface->type_text && interface->type != old->type) {
		return tw_contradiction(&m, "an interface type");
	}
	if (!old->description)
		old->description = interface->description;
	old->forwards = old->forwards || interface->forwards;
	old->primary = old->primary || interface->primary;
	TW_TRY(merge_groups(&m, old, interface));
	TW_TRY(merge_addresses(&m, old, interface));
	if (!old->published.n)
		old->published = interface->published;
	return tw_merge_prefixes(
		&m, &old->public_addresses, interface->public_addresses, "public addresses");
}

tw_status tw_merge_instance(struct tw_net *net, struct tw_diags *diags, struct tw_instance *old,
	const struct tw_instance *instance)
{
	struct tw_merge m = {net, diags, TW_KIND_INSTANCE, &old->object, &instance->object};

	tw_merge_object(&m);
	if (old->platform == TW_PLATFORM_UNKNOWN)
		old->platform = instance->platform;
	else if (instance->platform != TW_PLATFORM_UNKNOWN && instance->platform != old->platform)
		return tw_contradiction(&m, "a platform");
	return TW_OK;
}

tw_status tw_merge_table(struct tw_net *net, struct tw_diags *diags, struct tw_route_table *old,
	const struct tw_route_table *table, struct tw_links *old_links, struct tw_links links)
{
	struct tw_merge m = {net, diags, TW_KIND_ROUTE_TABLE, &old->object, &table->object};
	bool same = true;

	tw_merge_object(&m);
	TW_TRY(tw_merge_text(&m, &old->vpc_id, table->vpc_id, "a VPC"));
	old->main = old->main || table->main;
	if (!old_links->n)
		*old_links = links;
	else if (links.n)
		TW_TRY(tw_links_same(net->mem, *old_links, links, &same));
	if (!same)
		return tw_contradiction(&m, "subnet associations");
	TW_TRY(tw_routes_same(net->mem, old, table, &same));
	return same ? TW_OK : tw_contradiction(&m, "routes");
}

tw_status tw_merge_gateway(struct tw_net *net, struct tw_diags *diags,
	struct tw_internet_gateway *old, const struct tw_internet_gateway *gateway)
{
	struct tw_merge m = {net, diags, TW_KIND_INTERNET_GATEWAY, &old->object, &gateway->object};
	bool same;

	tw_merge_object(&m);
	TW_TRY(tw_texts_same(net->mem, old->vpc_ids, old->vpc_ids_n, gateway->vpc_ids,
		gateway->vpc_ids_n, &same));
	return same ? TW_OK : tw_contradiction(&m, "attachments");
}

tw_status tw_merge_prefix_list(struct tw_net *net, struct tw_diags *diags,
	struct tw_prefix_list *old, const struct tw_prefix_list *list)
{
	struct tw_merge m = {net, diags, TW_KIND_PREFIX_LIST, &old->object, &list->object};
	bool same = true;

	tw_merge_object(&m);
	if (!old->family)
		old->family = list->family;
	if (!old->most)
		old->most = list->most;
	if (!old->entries_known) {
		if (list->entries_known || list->cidrs.n > old->cidrs.n)
			old->cidrs = list->cidrs;
		old->entries_known = list->entries_known;
	} else if (list->entries_known) {
		TW_TRY(tw_prefixes_same(net->mem, old->cidrs, list->cidrs, &same));
	}
	return same ? TW_OK : tw_contradiction(&m, "entries");
}
