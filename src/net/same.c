/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Comparing what has no order: AWS promises no order of rules, blocks or associations, so two
 * readings of one object are compared as multisets. Sorting pointers keeps the objects in the order
 * of the file.
 */

#include <stdlib.h>

#include "addresses.h"
#include "order.h"
#include "pending.h"

int tw_rule_content_cmp(const struct tw_rule *a, const struct tw_rule *b)
{
	int c = tw_order(a->number, b->number);

	if (!c)
		c = tw_order(a->action, b->action);
	if (!c)
		c = tw_order(a->family, b->family);
	if (!c)
		c = (a->protocol > b->protocol) - (a->protocol < b->protocol);
	if (!c)
		c = tw_order(a->ports.lo, b->ports.lo);
	if (!c)
		c = tw_order(a->ports.hi, b->ports.hi);
	if (!c)
		c = tw_order(a->icmp_any_type_code, b->icmp_any_type_code);
	if (!c)
		c = tw_prefix_cmp(a->peer, b->peer);
	if (!c)
		c = tw_order_text(a->peer_group, b->peer_group);
	return c ? c : tw_order_text(a->peer_prefix_list, b->peer_prefix_list);
}

static int cmp_rule_pointers(const void *a, const void *b)
{
	const struct tw_rule *const *left = a, *const *right = b;

	return tw_rule_content_cmp(*left, *right);
}

tw_status tw_rules_by_content(
	struct tw_mem *mem, struct tw_rules rules, const struct tw_rule ***ret)
{
	const struct tw_rule **v = tw_mem_alloc(mem, rules.n * sizeof(*v));

	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < rules.n; i++)
		v[i] = &rules.rule[i];
	if (rules.n)
		qsort(v, rules.n, sizeof(*v), cmp_rule_pointers);
	*ret = v;
	return TW_OK;
}

/* The index of the next rule that a person wrote, from i on. */
static size_t next_written(const struct tw_rule *const *v, size_t n, size_t i)
{
	while (i < n && v[i]->implicit)
		i++;
	return i;
}

tw_status tw_rules_same(struct tw_mem *mem, struct tw_rules a, struct tw_rules b, bool *ret)
{
	const struct tw_rule **left, **right;
	size_t i = 0, j = 0;

	TW_TRY(tw_rules_by_content(mem, a, &left));
	if (tw_rules_by_content(mem, b, &right) != TW_OK) {
		tw_mem_release(mem, left, a.n * sizeof(*left));
		return TW_ENOMEM;
	}
	for (;;) {
		i = next_written(left, a.n, i);
		j = next_written(right, b.n, j);
		if (i == a.n || j == b.n || tw_rule_content_cmp(left[i], right[j]))
			break;
		i++;
		j++;
	}
	*ret = i == a.n && j == b.n;
	tw_mem_release(mem, left, a.n * sizeof(*left));
	tw_mem_release(mem, right, b.n * sizeof(*right));
	return TW_OK;
}

/*
 * The rest compares flat elements: both sides are copied, sorted and walked. `size` bytes an
 * element; duplicates within one side do not matter.
 */
typedef int (*cmp_fn)(const void *a, const void *b);

static bool same_sets(const char *a, size_t a_n, const char *b, size_t b_n, size_t size, cmp_fn cmp)
{
	size_t i = 0, j = 0;

	while (i < a_n && j < b_n) {
		if (cmp(a + i * size, b + j * size))
			return false;
		const char *seen = a + i * size;
		while (i < a_n && !cmp(a + i * size, seen))
			i++;
		while (j < b_n && !cmp(b + j * size, seen))
			j++;
	}
	return i == a_n && j == b_n;
}

static tw_status compare_sets(struct tw_mem *mem, const void *a, size_t a_n, const void *b,
	size_t b_n, size_t size, cmp_fn cmp, bool *ret)
{
	size_t total = (a_n + b_n) * size;
	char *copy = tw_mem_alloc(mem, total);

	if (!copy)
		return TW_ENOMEM;
	if (a_n) {
		memcpy(copy, a, a_n * size);
		qsort(copy, a_n, size, cmp);
	}
	if (b_n) {
		memcpy(copy + a_n * size, b, b_n * size);
		qsort(copy + a_n * size, b_n, size, cmp);
	}
	*ret = same_sets(copy, a_n, copy + a_n * size, b_n, size, cmp);
	tw_mem_release(mem, copy, total);
	return TW_OK;
}

static int cmp_prefixes(const void *a, const void *b)
{
	return tw_prefix_cmp(*(const struct tw_prefix *)a, *(const struct tw_prefix *)b);
}

tw_status tw_prefixes_same(
	struct tw_mem *mem, struct tw_prefixes a, struct tw_prefixes b, bool *ret)
{
	return compare_sets(mem, a.v, a.n, b.v, b.n, sizeof(*a.v), cmp_prefixes, ret);
}

static int cmp_texts(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return tw_order_text(*left, *right);
}

tw_status tw_texts_same(struct tw_mem *mem, const char *const *a, size_t a_n, const char *const *b,
	size_t b_n, bool *ret)
{
	return compare_sets(mem, a, a_n, b, b_n, sizeof(*a), cmp_texts, ret);
}

static int cmp_links(const void *a, const void *b)
{
	const struct tw_link *left = a, *right = b;

	return tw_order_text(left->id, right->id);
}

tw_status tw_links_same(struct tw_mem *mem, struct tw_links a, struct tw_links b, bool *ret)
{
	return compare_sets(mem, a.v, a.n, b.v, b.n, sizeof(*a.v), cmp_links, ret);
}

static int cmp_routes(const void *a, const void *b)
{
	const struct tw_route *left = a, *right = b;
	int c = tw_prefix_cmp(left->to, right->to);

	if (!c)
		c = tw_order_text(left->prefix_list, right->prefix_list);
	if (!c)
		c = tw_order(left->target, right->target);
	if (!c)
		c = tw_order_text(left->target_id, right->target_id);
	if (!c)
		c = tw_order(left->propagated, right->propagated);
	return c ? c : tw_order(left->blackhole, right->blackhole);
}

tw_status tw_routes_same(struct tw_mem *mem, const struct tw_route_table *a,
	const struct tw_route_table *b, bool *ret)
{
	return compare_sets(mem, a->route, a->routes_n, b->route, b->routes_n, sizeof(*a->route),
		cmp_routes, ret);
}

static int cmp_transit_routes(const void *a, const void *b)
{
	const struct tw_transit_route *left = a, *right = b;
	int c = tw_prefix_cmp(left->to, right->to);

	if (!c)
		c = tw_order_text(left->prefix_list, right->prefix_list);
	if (!c)
		c = tw_order(left->propagated, right->propagated);
	if (!c)
		c = tw_order(left->blackhole, right->blackhole);
	if (!c)
		c = tw_order(left->attachments.n, right->attachments.n);
	for (size_t i = 0; i < left->attachments.n && !c; i++)
		c = tw_order_text(left->attachments.id[i], right->attachments.id[i]);
	return c;
}

tw_status tw_transit_routes_same(struct tw_mem *mem, const struct tw_transit_route *a, size_t a_n,
	const struct tw_transit_route *b, size_t b_n, bool *ret)
{
	return compare_sets(mem, a, a_n, b, b_n, sizeof(*a), cmp_transit_routes, ret);
}

static int cmp_members(const void *a, const void *b)
{
	const struct tw_member *left = a, *right = b;
	int c = tw_order_text(left->id, right->id);

	return c ? c : tw_order(left->port, right->port);
}

tw_status tw_members_same(struct tw_mem *mem, const struct tw_member *a, size_t a_n,
	const struct tw_member *b, size_t b_n, bool *ret)
{
	return compare_sets(mem, a, a_n, b, b_n, sizeof(*a), cmp_members, ret);
}
