/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of addresses: joining, cutting and taking away by binary search, for long lists too. */
#include "addresses.h"
#include "order.h"

#include <stdlib.h>

int tw_prefix_cmp(struct tw_prefix a, struct tw_prefix b)
{
	int c = tw_order(a.family, b.family);

	c = c ? c : tw_addr_cmp(a.addr, b.addr);
	return c ? c : tw_order(a.len, b.len);
}

int tw_range_cmp(const void *a, const void *b)
{
	const struct tw_range *left = a, *right = b;

	if (left->family != right->family)
		return left->family < right->family ? -1 : 1;
	return tw_addr_cmp(left->first, right->first);
}

/* True if nothing lies between the two; `a` begins first. */
static bool touches(const struct tw_range *a, const struct tw_range *b)
{
	if (a->family != b->family)
		return false;
	if (tw_addr_cmp(b->first, a->last) <= 0)
		return true;
	return tw_addr_cmp(tw_addr_prev(b->first), a->last) == 0;
}

size_t tw_ranges_join(struct tw_range *v, size_t n)
{
	size_t kept = 0;

	if (n > 1)
		qsort(v, n, sizeof(*v), tw_range_cmp);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !touches(&v[kept - 1], &v[i]))
			v[kept++] = v[i];
		else if (tw_addr_cmp(v[i].last, v[kept - 1].last) > 0)
			v[kept - 1].last = v[i].last;
	}
	return kept;
}

/* True if all of `a` lies before the address `at` of a family. */
static bool is_before(const struct tw_range *a, uint8_t family, struct tw_addr at)
{
	if (a->family != family)
		return a->family < family;
	return tw_addr_cmp(a->last, at) < 0;
}

size_t tw_ranges_slice(struct tw_ranges list, struct tw_range range, size_t *ret_begin)
{
	size_t lo = 0, hi = list.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (is_before(&list.v[mid], range.family, range.first))
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret_begin = lo;
	while (lo < list.n && list.v[lo].family == range.family &&
		tw_addr_cmp(list.v[lo].first, range.last) <= 0)
		lo++;
	return lo;
}

bool tw_ranges_meet(struct tw_ranges list, struct tw_range range)
{
	size_t begin;

	return tw_ranges_slice(list, range, &begin) > begin;
}

/* How many ranges of b meet one of a, counted once for each. */
static size_t count_meetings(struct tw_ranges a, struct tw_ranges b)
{
	size_t n = 0;

	for (size_t i = 0; i < a.n; i++) {
		size_t begin;
		n += tw_ranges_slice(b, a.v[i], &begin) - begin;
	}
	return n;
}

tw_status tw_ranges_intersect(
	struct tw_arena *arena, struct tw_ranges a, struct tw_ranges b, struct tw_ranges *ret)
{
	size_t room = count_meetings(a, b), n = 0;
	struct tw_range *out = TW_NEW_ARRAY(arena, struct tw_range, room);

	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < a.n; i++) {
		size_t begin, end = tw_ranges_slice(b, a.v[i], &begin);
		for (size_t k = begin; k < end; k++) {
			struct tw_range both = a.v[i];
			if (tw_addr_cmp(b.v[k].first, both.first) > 0)
				both.first = b.v[k].first;
			if (tw_addr_cmp(b.v[k].last, both.last) < 0)
				both.last = b.v[k].last;
			out[n++] = both;
		}
	}
	*ret = (struct tw_ranges){out, n};
	return TW_OK;
}

tw_status tw_ranges_subtract(
	struct tw_arena *arena, struct tw_ranges a, struct tw_ranges b, struct tw_ranges *ret)
{
	size_t room = a.n + count_meetings(a, b), n = 0;
	struct tw_range *out = TW_NEW_ARRAY(arena, struct tw_range, room);

	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < a.n; i++) {
		size_t begin, end = tw_ranges_slice(b, a.v[i], &begin);
		struct tw_range left = a.v[i];
		bool any = true;
		for (size_t k = begin; k < end; k++) {
			if (tw_addr_cmp(b.v[k].first, left.first) > 0) {
				out[n] = left;
				out[n++].last = tw_addr_prev(b.v[k].first);
			}
			any = tw_addr_cmp(b.v[k].last, left.last) < 0;
			left.first = tw_addr_next(b.v[k].last);
		}
		if (any)
			out[n++] = left;
	}
	*ret = (struct tw_ranges){out, n};
	return TW_OK;
}

tw_status tw_ranges_union(
	struct tw_arena *arena, struct tw_ranges a, struct tw_ranges b, struct tw_ranges *ret)
{
	struct tw_range *out = TW_NEW_ARRAY(arena, struct tw_range, a.n + b.n);

	if (!out)
		return TW_ENOMEM;
	if (a.n > 0)
		memcpy(out, a.v, a.n * sizeof(*out));
	if (b.n > 0)
		memcpy(out + a.n, b.v, b.n * sizeof(*out));
	*ret = (struct tw_ranges){out, tw_ranges_join(out, a.n + b.n)};
	return TW_OK;
}

tw_status tw_ranges_of_prefixes(
	struct tw_arena *arena, const struct tw_prefix *v, size_t n, struct tw_ranges *ret)
{
	struct tw_range *out = TW_NEW_ARRAY(arena, struct tw_range, n);

	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		out[i] = tw_prefix_range(v[i]);
	*ret = (struct tw_ranges){out, tw_ranges_join(out, n)};
	return TW_OK;
}

struct tw_prefix tw_range_cover(struct tw_range range)
{
	struct tw_prefix block = {range.first, range.family, range.family == TW_IPV4 ? 32 : 128};
	struct tw_prefix last = {range.last, range.family, block.len};
	while (!tw_prefix_contains(block, last)) {
		unsigned bit = (range.family == TW_IPV4 ? 32U : 128U) - block.len--;
		if (bit < 64)
			block.addr.lo &= ~(UINT64_C(1) << bit);
		else
			block.addr.hi &= ~(UINT64_C(1) << (bit - 64));
	}
	return block;
}

tw_status tw_ranges_all(struct tw_arena *arena, struct tw_ranges *ret)
{
	struct tw_range *out = TW_NEW_ARRAY(arena, struct tw_range, 2);

	if (!out)
		return TW_ENOMEM;
	out[0] = (struct tw_range){{0, 0}, tw_addr_max(TW_IPV4), TW_IPV4};
	out[1] = (struct tw_range){{0, 0}, tw_addr_max(TW_IPV6), TW_IPV6};
	*ret = (struct tw_ranges){out, 2};
	return TW_OK;
}
