/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses as CIDR blocks. The same few lists stand in every hop of every path (the internet is
 * more than a hundred blocks), so equal ones are made and kept once.
 */
#include "results.h"

void tw_block_lists_free(struct tw_results *results)
{
	tw_map_fini(&results->blocks.at);
	TW_VEC_FREE(results->mem, &results->blocks.list);
	TW_VEC_FREE(results->mem, &results->blocks.key);
}

/* The intervals as bytes that are equal if they are: nothing between the fields. */
static tw_status key_of(struct tw_results *results, struct tw_intervals from, struct tw_sv *ret)
{
	struct tw_block_lists *b = &results->blocks;
	b->key.n = 0;
	TW_TRY(TW_VEC_RESERVE(results->mem, &b->key, from.n * 5));
	for (size_t i = 0; i < from.n; i++) {
		const struct tw_range *r = &from.v[i];
		const uint64_t word[5] = {
			r->first.hi, r->first.lo, r->last.hi, r->last.lo, r->family};
		memcpy(b->key.v + b->key.n, word, sizeof(word));
		b->key.n += TW_COUNT(word);
	}
	*ret = (struct tw_sv){(const char *)b->key.v, b->key.n * sizeof(*b->key.v)};
	return TW_OK;
}

static tw_status write_blocks(
	struct tw_results *results, struct tw_intervals from, struct tw_block_list *ret)
{
	size_t n = 0, k = 0;
	for (size_t i = 0; i < from.n; i++)
		n += tw_range_prefixes(from.v[i], NULL, 0);
	struct tw_prefix *out = TW_NEW_ARRAY(results->arena, struct tw_prefix, n + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < from.n; i++)
		k += tw_range_prefixes(from.v[i], out + k, n - k);
	*ret = (struct tw_block_list){out, n};
	return TW_OK;
}

static tw_status find_or_write(
	struct tw_results *results, struct tw_intervals from, struct tw_block_list *ret)
{
	struct tw_block_lists *b = &results->blocks;
	struct tw_sv key;
	TW_TRY(key_of(results, from, &key));
	uint32_t at = key.n > 0 ? tw_map_get(&b->at, key) : TW_MAP_NONE;
	if (at != TW_MAP_NONE) {
		*ret = b->list.v[at];
		return TW_OK;
	}
	TW_TRY(write_blocks(results, from, ret));
	/* Short lists are not worth remembering: each target is one. */
	if (from.n < 4 || b->list.n == TW_MAP_NONE)
		return TW_OK;
	const char *kept = tw_arena_dup(results->arena, key.p, key.n);
	if (!kept)
		return TW_ENOMEM;
	TW_TRY(TW_VEC_PUSH(results->mem, &b->list, *ret));
	return tw_map_set(&b->at, (struct tw_sv){kept, key.n}, (uint32_t)(b->list.n - 1));
}

tw_status tw_blocks_of(struct tw_results *results, tw_set set, enum tw_field field, size_t most,
	const struct tw_prefix **ret, size_t *ret_n, bool *ret_more)
{
	struct tw_space *space = results->judge->space;
	struct tw_intervals intervals = {0};
	struct tw_block_list list = {0};
	TW_TRY(tw_set_project(space, set, field, &intervals));
	tw_status status = find_or_write(results, intervals, &list);
	tw_intervals_free(space, &intervals);
	TW_TRY(status);
	bool more = most > 0 && list.n > most;
	*ret = list.block;
	*ret_n = more ? most : list.n;
	if (ret_more)
		*ret_more = more;
	return TW_OK;
}
