/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Answers that are about an object of another answer: rules bring further target groups to their
 * listener, attributes and health belong to their target group. What belongs to nothing in the
 * input says nothing about it.
 */

#include "pending.h"

/* ---- rules of listeners ---------------------------------------------------------------------- */

/* A longer list for each listener that rules were read of; room[i] is what rules add to it. */
static tw_status make_room(struct tw_net *net, const size_t *room)
{
	for (size_t i = 0; i < net->listeners; i++) {
		struct tw_refs *targets = &net->listener[i].targets;
		if (!room[i])
			continue;
		const char **ids = TW_NEW_ARRAY(&net->arena, const char *, targets->n + room[i]);
		if (!ids)
			return TW_ENOMEM;
		if (targets->n)
			memcpy(ids, targets->id, targets->n * sizeof(*ids));
		for (size_t j = 0; j < room[i]; j++)
			ids[targets->n + j] = NULL;
		targets->id = ids;
	}
	return TW_OK;
}

static tw_status join_rules_with(struct tw_net *net, size_t *room)
{
	const struct tw_build *build = net->build;

	for (size_t i = 0; i < build->listener_parts.n; i++) {
		const struct tw_listener *part = &build->listener_parts.v[i];
		uint32_t at = tw_net_find(net, TW_KIND_LISTENER, part->object.id);
		if (at != TW_MISSING)
			room[at] += part->targets.n;
	}
	TW_TRY(make_room(net, room));
	for (size_t i = 0; i < build->listener_parts.n; i++) {
		const struct tw_listener *part = &build->listener_parts.v[i];
		uint32_t at = tw_net_find(net, TW_KIND_LISTENER, part->object.id);
		if (at == TW_MISSING || !part->targets.n)
			continue;
		struct tw_refs *targets = &net->listener[at].targets;
		/* make_room gave each listener an array that nobody else has. */
		const char **ids = (const char **)(uintptr_t)targets->id;
		memcpy(ids + targets->n, part->targets.id, part->targets.n * sizeof(*ids));
		targets->n += part->targets.n;
	}
	return TW_OK;
}

static tw_status join_rules(struct tw_net *net)
{
	size_t size = net->listeners * sizeof(size_t);

	if (!net->build->listener_parts.n)
		return TW_OK;
	size_t *room = tw_mem_alloc(net->mem, size);
	if (!room)
		return TW_ENOMEM;
	if (size)
		memset(room, 0, size);
	tw_status status = join_rules_with(net, room);
	tw_mem_release(net->mem, room, size);
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
