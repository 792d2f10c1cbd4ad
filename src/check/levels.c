/* SPDX-License-Identifier: Apache-2.0 */
/* The table of contract section 3, as data: initiator, client, level. */
#include "levels.h"

static const struct row {
	enum tw_initiator initiator;
	enum tw_level level;
	const char *client;
} table[] = {
	{TW_BY_PUBLIC, TW_LEVEL_ERROR, "linux"},
	{TW_BY_PUBLIC, TW_LEVEL_ERROR, "windows"},
	{TW_BY_PUBLIC, TW_LEVEL_ERROR, "macos"},
	{TW_BY_PUBLIC, TW_LEVEL_WARNING, "nat"},
	{TW_BY_PUBLIC, TW_LEVEL_WARNING, "nat-gateway"},
	{TW_BY_PUBLIC, TW_LEVEL_WARNING, "elb"},
	{TW_BY_PUBLIC, TW_LEVEL_WARNING, "linux-snat"},
	{TW_BY_PUBLIC, TW_LEVEL_WARNING, "freebsd"},
	{TW_BY_PUBLIC, TW_LEVEL_NOTE, "openbsd"},
	{TW_BY_PUBLIC, TW_LEVEL_NOTE, "netbsd"},
	{TW_BY_PUBLIC, TW_LEVEL_NOTE, "solaris"},
	{TW_BY_PRIVATE, TW_LEVEL_ERROR, "linux"},
	{TW_BY_PRIVATE, TW_LEVEL_WARNING, "windows"},
	{TW_BY_PRIVATE, TW_LEVEL_WARNING, "nat-gateway"},
	{TW_BY_PRIVATE, TW_LEVEL_WARNING, "elb"},
	{TW_BY_PRIVATE, TW_LEVEL_WARNING, "linux-snat"},
	{TW_BY_PRIVATE, TW_LEVEL_WARNING, "lambda"},
	{TW_BY_PRIVATE, TW_LEVEL_NOTE, "macos"},
	{TW_BY_PRIVATE, TW_LEVEL_NOTE, "freebsd"},
	{TW_BY_UNKNOWN, TW_LEVEL_ERROR, "linux"},
	{TW_BY_UNKNOWN, TW_LEVEL_NOTE, "windows"},
	{TW_BY_UNKNOWN, TW_LEVEL_NOTE, "macos"},
	{TW_BY_UNKNOWN, TW_LEVEL_NOTE, "nat-gateway"},
	{TW_BY_UNKNOWN, TW_LEVEL_NOTE, "elb"},
	{TW_BY_UNKNOWN, TW_LEVEL_NOTE, "linux-snat"},
	{TW_BY_UNKNOWN, TW_LEVEL_NOTE, "lambda"},
	{TW_BY_UNKNOWN, TW_LEVEL_NOTE, "freebsd"},
	{TW_BY_LINUX, TW_LEVEL_ERROR, "linux"},
	{TW_BY_LINUX, TW_LEVEL_WARNING, "linux-snat"},
	{TW_BY_WINDOWS, TW_LEVEL_ERROR, "windows"},
	{TW_BY_NAT_GATEWAY, TW_LEVEL_ERROR, "nat-gateway"},
	{TW_BY_LOAD_BALANCER, TW_LEVEL_ERROR, "elb"},
	{TW_BY_LAMBDA, TW_LEVEL_ERROR, "lambda"},
};

tw_status tw_levels_default(
	struct tw_arena *arena, enum tw_initiator initiator, struct tw_levels *ret)
{
	struct tw_levels levels = {TW_NEW_ARRAY(arena, struct tw_levelled, TW_COUNT(table)), 0};
	if (!levels.v)
		return TW_ENOMEM;
	for (size_t i = 0; i < TW_COUNT(table); i++) {
		if (table[i].initiator != initiator)
			continue;
		const struct tw_client *client = tw_client_find(table[i].client);
		if (!client)
			return TW_EBUG;
		levels.v[levels.n++] = (struct tw_levelled){client, table[i].level, false};
	}
	*ret = levels;
	return TW_OK;
}

bool tw_levels_same(const struct tw_levels *a, const struct tw_levels *b)
{
	if (a == b)
		return true;
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].client != b->v[i].client || a->v[i].level != b->v[i].level ||
			a->v[i].asked != b->v[i].asked)
			return false;
	return true;
}

static bool holds(const struct tw_levels *levels, const char *id)
{
	for (size_t i = 0; i < levels->n; i++)
		if (strcmp(levels->v[i].client->id, id) == 0)
			return true;
	return false;
}

tw_status tw_levels_given(struct tw_arena *arena, const struct tw_client *const *client, size_t n,
	struct tw_levels *ret)
{
	struct tw_levels levels = {TW_NEW_ARRAY(arena, struct tw_levelled, n + 1), 0};
	if (!levels.v)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (!holds(&levels, client[i]->id))
			levels.v[levels.n++] =
				(struct tw_levelled){client[i], TW_LEVEL_ERROR, true};
	*ret = levels;
	return TW_OK;
}

tw_status tw_levels_all(struct tw_arena *arena, const struct tw_levels *base, struct tw_levels *ret)
{
	size_t n;
	const struct tw_client *client = tw_clients(&n);
	struct tw_levels levels = {TW_NEW_ARRAY(arena, struct tw_levelled, base->n + n), base->n};
	if (!levels.v)
		return TW_ENOMEM;
	memcpy(levels.v, base->v, base->n * sizeof(*base->v));
	for (size_t i = 0; i < n; i++)
		if (!client[i].alias_of && !holds(&levels, client[i].id))
			levels.v[levels.n++] =
				(struct tw_levelled){&client[i], TW_LEVEL_NOTE, false};
	*ret = levels;
	return TW_OK;
}

tw_status tw_levels_named(struct tw_arena *arena, const struct tw_levels *base,
	const struct tw_client *const *client, size_t n, struct tw_levels *ret)
{
	struct tw_levels levels = {
		TW_NEW_ARRAY(arena, struct tw_levelled, base->n + n + 1), base->n};
	if (!levels.v)
		return TW_ENOMEM;
	memcpy(levels.v, base->v, base->n * sizeof(*base->v));
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < levels.n && strcmp(levels.v[k].client->id, client[i]->id) != 0)
			k++;
		if (k == levels.n)
			levels.v[levels.n++] = (struct tw_levelled){client[i], TW_LEVEL_NOTE, true};
		levels.v[k].asked = true;
	}
	*ret = levels;
	return TW_OK;
}

bool tw_initiator_picks(enum tw_initiator initiator)
{
	return initiator >= TW_BY_NAT_GATEWAY;
}

bool tw_initiator_is_fixed(enum tw_initiator initiator)
{
	return initiator >= TW_BY_LINUX;
}
