/* SPDX-License-Identifier: Apache-2.0 */

/* Load balancers, listeners and target groups, a second time: see merge.c. */

#include "merge.h"

/* The ids of the subnets of all zones; freed with tw_mem_release. */
static tw_status subnets_of(
	struct tw_mem *mem, const struct tw_balancer *balancer, const char ***ret)
{
	const char **ids = tw_mem_alloc(mem, balancer->zones_n * sizeof(*ids));

	if (!ids)
		return TW_ENOMEM;
	for (size_t i = 0; i < balancer->zones_n; i++)
		ids[i] = balancer->zone[i].subnet_id;
	*ret = ids;
	return TW_OK;
}

static tw_status same_zones(
	struct tw_mem *mem, const struct tw_balancer *a, const struct tw_balancer *b, bool *ret)
{
	const char **left, **right;

	TW_TRY(subnets_of(mem, a, &left));
	tw_status status = subnets_of(mem, b, &right);
	if (status == TW_OK) {
		status = tw_texts_same(mem, left, a->zones_n, right, b->zones_n, ret);
		tw_mem_release(mem, right, b->zones_n * sizeof(*right));
	}
	tw_mem_release(mem, left, a->zones_n * sizeof(*left));
	return status;
}

static tw_status merge_zones(
	const struct tw_merge *m, struct tw_balancer *old, const struct tw_balancer *balancer)
{
	bool same = true;

	if (!old->zones_n) {
		old->zone = balancer->zone;
		old->zones_n = balancer->zones_n;
	} else if (balancer->zones_n) {
		TW_TRY(same_zones(m->net->mem, old, balancer, &same));
	}
	return same ? TW_OK : tw_contradiction(m, "subnets");
}

tw_status tw_merge_balancer(struct tw_net *net, struct tw_diags *diags, struct tw_balancer *old,
	const struct tw_balancer *balancer)
{
	struct tw_merge m = {net, diags, TW_KIND_LOAD_BALANCER, &old->object, &balancer->object};

	tw_merge_object(&m);
	if (old->type != balancer->type)
		return tw_contradiction(&m, "a type");
	if (old->internet_facing != balancer->internet_facing)
		return tw_contradiction(&m, "a scheme");
	if (old->dualstack != balancer->dualstack)
		return tw_contradiction(&m, "an address type");
	TW_TRY(tw_merge_text(&m, &old->vpc_id, balancer->vpc_id, "a VPC"));
	TW_TRY(tw_merge_refs(&m, &old->groups, balancer->groups, "security groups"));
	return merge_zones(&m, old, balancer);
}

tw_status tw_merge_listener(struct tw_net *net, struct tw_diags *diags, struct tw_listener *old,
	const struct tw_listener *listener)
{
	struct tw_merge m = {net, diags, TW_KIND_LISTENER, &old->object, &listener->object};
	bool same;

	tw_merge_object(&m);
	TW_TRY(tw_merge_text(&m, &old->balancer_id, listener->balancer_id, "a load balancer"));
	if (old->port != listener->port)
		return tw_contradiction(&m, "a port");
	if (old->protocol != listener->protocol)
		return tw_contradiction(&m, "a protocol");
	TW_TRY(tw_texts_same(net->mem, old->targets.id, old->targets.n, listener->targets.id,
		listener->targets.n, &same));
	return same ? TW_OK : tw_contradiction(&m, "target groups");
}

/* The other place is where the targets were read, not where the group was. */
static tw_status other_targets(const struct tw_merge *m, const struct tw_target_group *old)
{
	struct tw_object was = old->object;
	struct tw_merge targets = *m;

	if (old->members_n)
		was.span = old->member[0].span;
	targets.old = &was;
	return tw_contradiction(&targets, "targets");
}

static tw_status merge_members(
	const struct tw_merge *m, struct tw_target_group *old, const struct tw_target_group *group)
{
	bool same = true;

	if (old->members_known && group->members_known)
		TW_TRY(tw_members_same(m->net->mem, old->member, old->members_n, group->member,
			group->members_n, &same));
	if (!same)
		return other_targets(m, old);
	if (!old->members_known && (group->members_known || group->members_n > old->members_n)) {
		old->member = group->member;
		old->members_n = group->members_n;
		old->members_known = group->members_known;
	}
	return TW_OK;
}

/* What describe-target-groups tells. */
static tw_status merge_described(
	const struct tw_merge *m, struct tw_target_group *old, const struct tw_target_group *group)
{
	TW_TRY(tw_merge_text(m, &old->vpc_id, group->vpc_id, "a VPC"));
	if (old->protocol != group->protocol)
		return tw_contradiction(m, "a protocol");
	if (old->type != group->type)
		return tw_contradiction(m, "a target type");
	if (old->port != group->port)
		return tw_contradiction(m, "a port");
	if (old->family != group->family)
		return tw_contradiction(m, "an address type");
	/* Checks go by TCP, whatever they speak: their protocol is not read. */
	if (old->health_off != group->health_off || old->health_port != group->health_port)
		return tw_contradiction(m, "a health check");
	return tw_merge_refs(m, &old->balancers, group->balancers, "load balancers");
}

tw_status tw_merge_target_group(struct tw_net *net, struct tw_diags *diags,
	struct tw_target_group *old, const struct tw_target_group *group)
{
	struct tw_merge m = {net, diags, TW_KIND_TARGET_GROUP, &old->object, &group->object};

	if (!group->part) {
		tw_merge_object(&m);
		TW_TRY(merge_described(&m, old, group));
	}
	if (old->preserve == TW_UNSAID)
		old->preserve = group->preserve;
	else if (group->preserve != TW_UNSAID && group->preserve != old->preserve)
		return tw_contradiction(&m, "a preservation of client addresses");
	return merge_members(&m, old, group);
}
