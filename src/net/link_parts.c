/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Answers that are about an object of another answer: rules bring further target groups to their
 * listener, attributes and health belong to their target group. What belongs to nothing in the
 * input says nothing about it.
 */

#include "pending.h"

/* ---- rules of listeners ---------------------------------------------------------------------- */

/* A listener's list while it grows: first `n` is what rules add to it, then what it holds. */
struct longer {
	const char **ids;
	size_t n;
};

static void count_rules(const struct tw_net *net, struct longer *longer)
{
	const struct tw_build *build = net->build;

	for (size_t i = 0; i < build->listener_parts.n; i++) {
		const struct tw_listener *part = &build->listener_parts.v[i];
		uint32_t at = tw_net_find(net, TW_KIND_LISTENER, part->object.id);
		if (at != TW_MISSING)
			longer[at].n += part->targets.n;
	}
}

/* Copies the lists that will grow, with room for what is added. */
static tw_status make_room(struct tw_net *net, struct longer *longer)
{
	for (size_t i = 0; i < net->listeners; i++) {
		const struct tw_refs *targets = &net->listener[i].targets;
		if (!longer[i].n)
			continue;
		longer[i].ids = TW_NEW_ARRAY(&net->arena, const char *, targets->n + longer[i].n);
		if (!longer[i].ids)
			return TW_ENOMEM;
		if (targets->n)
			memcpy(longer[i].ids, targets->id, targets->n * sizeof(*targets->id));
		longer[i].n = targets->n;
	}
	return TW_OK;
}

static tw_status join_rules_with(struct tw_net *net, struct longer *longer)
{
	const struct tw_build *build = net->build;

	count_rules(net, longer);
	TW_TRY(make_room(net, longer));
	for (size_t i = 0; i < build->listener_parts.n; i++) {
		const struct tw_refs *more = &build->listener_parts.v[i].targets;
		uint32_t at =
			tw_net_find(net, TW_KIND_LISTENER, build->listener_parts.v[i].object.id);
		for (size_t j = 0; j < more->n && at != TW_MISSING; j++)
			longer[at].ids[longer[at].n++] = more->id[j];
	}
	for (size_t i = 0; i < net->listeners; i++)
		if (longer[i].ids) {
			net->listener[i].targets.id = longer[i].ids;
			net->listener[i].targets.n = longer[i].n;
		}
	return TW_OK;
}

static tw_status join_rules(struct tw_net *net)
{
	size_t size = net->listeners * sizeof(struct longer);

	if (!net->build->listener_parts.n || !net->listeners)
		return TW_OK;
	struct longer *longer = tw_mem_alloc(net->mem, size);
	if (!longer)
		return TW_ENOMEM;
	memset(longer, 0, size);
	tw_status status = join_rules_with(net, longer);
	tw_mem_release(net->mem, longer, size);
	return status;
}

/* ---- attributes and health of target groups -------------------------------------------------- */

static const char short_id[] = "targetgroup/";

/* A file's name has no room for an ARN: its end, "targetgroup/NAME/ID", is as unique. */
static tw_status map_short_ids(const struct tw_net *net, struct tw_map *map)
{
	for (uint32_t i = 0; i < net->target_groups; i++) {
		const char *at = strstr(net->target_group[i].object.id, short_id);
		if (at && tw_map_get(map, tw_sv_of(at)) == TW_MAP_NONE)
			TW_TRY(tw_map_set(map, tw_sv_of(at), i));
	}
	return TW_OK;
}

static tw_status join_targets(struct tw_net *net, struct tw_diags *diags, const struct tw_map *map)
{
	const struct tw_build *build = net->build;
	tw_status worst = TW_OK;

	for (size_t i = 0; i < build->target_parts.n; i++) {
		const struct tw_target_group *part = &build->target_parts.v[i];
		uint32_t at = tw_net_find(net, TW_KIND_TARGET_GROUP, part->object.id);
		if (at == TW_MISSING)
			at = tw_map_get(map, tw_sv_of(part->object.id));
		if (at == TW_MAP_NONE)
			continue;
		tw_status status = tw_merge_target_group(net, diags, &net->target_group[at], part);
		if (status != TW_OK && status != TW_EPARSE)
			return status;
		if (status == TW_EPARSE)
			worst = status;
	}
	return worst;
}

tw_status tw_link_parts(struct tw_net *net, struct tw_diags *diags)
{
	struct tw_map map;

	TW_TRY(join_rules(net));
	if (!net->build->target_parts.n)
		return TW_OK;
	tw_map_init(&map, net->mem);
	tw_status status = map_short_ids(net, &map);
	if (status == TW_OK)
		status = join_targets(net, diags, &map);
	tw_map_fini(&map);
	return status;
}
