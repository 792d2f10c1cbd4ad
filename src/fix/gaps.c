/* SPDX-License-Identifier: Apache-2.0 */
/* Gaps: what a finding needs from a list, gathered, and the ports and blocks that would close it.
 */
#include <stdlib.h>

#include "mend.h"

static struct tw_gap *find_gap(tw_gaps *gaps, const struct tw_need *need, int16_t protocol)
{
	for (size_t i = 0; i < gaps->n; i++) {
		struct tw_gap *g = &gaps->v[i];
		if (g->acl == need->acl && g->list == need->list &&
			g->direction == need->direction && g->family == need->family &&
			g->protocol == protocol && (g->leg > 0) == (need->leg > 0))
			return g;
	}
	return NULL;
}

tw_status tw_gaps_add(struct tw_mender *m, const struct tw_finding *finding,
	const struct tw_needs *needs, tw_gaps *ret)
{
	for (size_t i = 0; i < needs->n; i++) {
		const struct tw_need *need = &needs->v[i];
		int16_t protocol = need->protocol;
		for (size_t k = 0; k < need->boxes; k++)
			if (need->box[k].protocol_lo != need->box[k].protocol_hi ||
				need->box[k].protocol_lo != need->protocol)
				protocol = TW_PROTOCOL_ALL;
		struct tw_gap *gap = find_gap(ret, need, protocol);
		if (!gap) {
			struct tw_gap fresh = {.acl = need->acl,
				.list = need->list,
				.direction = need->direction,
				.family = need->family,
				.protocol = protocol,
				.leg = need->leg,
				.zero = need->zero,
				.finding = finding};
			TW_TRY(TW_VEC_PUSH(m->mem, ret, fresh));
			gap = &ret->v[ret->n - 1];
		}
		for (size_t k = 0; k < need->boxes; k++) {
			struct tw_lost lost = {need->box[k], need->flow};
			TW_TRY(TW_VEC_PUSH(m->mem, &gap->lost, lost));
		}
	}
	return TW_OK;
}

void tw_gaps_free(struct tw_mender *m, tw_gaps *gaps)
{
	for (size_t i = 0; i < gaps->n; i++)
		TW_VEC_FREE(m->mem, &gaps->v[i].lost);
	TW_VEC_FREE(m->mem, gaps);
}

/*
 * Whose replies go out are callers, of every kind: those that may be there count, too. Whose
 * replies come in are one's own machines: those that decide.
 */
bool tw_is_at_hand(
	const struct tw_finding *finding, enum tw_list list, const struct tw_client_result *client)
{
	enum tw_level least = finding->level;
	if (list == TW_EGRESS && least > TW_LEVEL_WARNING)
		least = TW_LEVEL_WARNING;
	return client->level >= least || client->asked;
}

/* Ports of clients decide, not what the judge saw lost: a rule for half a range helps nobody. */
static bool is_about_clients(const struct tw_gap *gap)
{
	return gap->direction == TW_REPLY && tw_protocol_has_ports(gap->protocol);
}

static void widen(struct tw_ports *hull, struct tw_ports by)
{
	hull->lo = by.lo < hull->lo ? by.lo : hull->lo;
	hull->hi = by.hi > hull->hi ? by.hi : hull->hi;
}

static struct tw_ports client_ports(const struct tw_gap *gap, const struct tw_finding *finding)
{
	struct tw_ports hull = {UINT16_MAX, 0};
	for (size_t i = 0; i < finding->clients_n && gap->leg == 0; i++) {
		const struct tw_client_result *c = &finding->client[i];
		for (size_t k = 0; k < c->client->ranges; k++)
			if (tw_is_at_hand(finding, gap->list, c))
				widen(&hull, c->client->range[k]);
	}
	if (hull.lo <= hull.hi)
		return hull;
	/* A translator's, or callers of whom nothing is known. SPEC: eph-nat, eph-cover-all */
	if (gap->leg > 0 || gap->list == TW_EGRESS)
		return (struct tw_ports){1024, UINT16_MAX};
	for (size_t i = 0; i < gap->lost.n; i++)
		widen(&hull, gap->lost.v[i].box.ports);
	/* Nobody in particular calls: the machines that are usual. SPEC: linux-range */
	if (hull.lo <= 32768 && hull.hi >= 60999)
		return (struct tw_ports){32768, 60999};
	return hull;
}

static int by_ports(const void *a, const void *b)
{
	const struct tw_ports *x = a, *y = b;
	return x->lo != y->lo ? (x->lo > y->lo) - (x->lo < y->lo)
			      : (x->hi > y->hi) - (x->hi < y->hi);
}

/* The ports that were lost, joined. */
static tw_status lost_ports(
	struct tw_mender *m, const struct tw_gap *gap, const struct tw_ports **ret, size_t *ret_n)
{
	struct tw_ports *v = TW_NEW_ARRAY(&m->work, struct tw_ports, gap->lost.n + 1);
	size_t n = 0;
	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < gap->lost.n; i++)
		v[i] = gap->lost.v[i].box.ports;
	qsort(v, gap->lost.n, sizeof(*v), by_ports);
	for (size_t i = 0; i < gap->lost.n; i++) {
		if (n > 0 && v[i].lo <= (unsigned)v[n - 1].hi + 1)
			v[n - 1].hi = v[i].hi > v[n - 1].hi ? v[i].hi : v[n - 1].hi;
		else
			v[n++] = v[i];
	}
	*ret = v;
	*ret_n = n;
	return TW_OK;
}

tw_status tw_gap_ports(struct tw_mender *m, const struct tw_gap *gap,
	const struct tw_finding *finding, enum tw_width width, const struct tw_ports **ret,
	size_t *ret_n)
{
	if (!is_about_clients(gap))
		return lost_ports(m, gap, ret, ret_n);
	struct tw_ports *one = TW_NEW(&m->work, struct tw_ports);
	if (!one)
		return TW_ENOMEM;
	*one = client_ports(gap, finding);
	if (width == TW_FOR_ALL)
		widen(one, (struct tw_ports){1024, UINT16_MAX});
	*ret = one;
	*ret_n = 1;
	return TW_OK;
}

static void add_block(struct tw_prefix *v, size_t *n, struct tw_prefix block)
{
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++)
		if (tw_prefix_contains(v[i], block))
			return;
	for (size_t i = 0; i < *n; i++)
		if (!tw_prefix_contains(block, v[i]))
			v[kept++] = v[i];
	v[kept++] = block;
	*n = kept;
}

/*
 * Replies to a machine go to its subnet as a rule names it: the next machine there would lose them
 * as well. Not where the narrowest is asked for, nor for requests, which open a service.
 */
static struct tw_range home_of(const struct tw_mender *m, const struct tw_gap *gap,
	struct tw_range peer, enum tw_width width)
{
	const struct tw_net *net = m->now.net;
	const struct tw_prefix *home = NULL;
	if (width == TW_FOR_PEERS || gap->direction != TW_REPLY)
		return peer;
	for (size_t i = 0; i < net->subnets; i++)
		for (size_t k = 0; k < net->subnet[i].cidrs.n; k++) {
			const struct tw_prefix *block = &net->subnet[i].cidrs.v[k];
			struct tw_range all = tw_prefix_range(*block);
			if (block->family == gap->family &&
				tw_addr_cmp(all.first, peer.first) <= 0 &&
				tw_addr_cmp(peer.last, all.last) <= 0 &&
				(!home || block->len > home->len))
				home = block;
		}
	return home ? tw_prefix_range(*home) : peer;
}

/* From the first to the last address that one flow loses. */
static struct tw_range span_of(
	const struct tw_mender *m, const struct tw_gap *gap, const char *flow, enum tw_width width)
{
	struct tw_range span = {{UINT64_MAX, UINT64_MAX}, {0, 0}, gap->family};
	for (size_t i = 0; i < gap->lost.n; i++) {
		const struct tw_lost *l = &gap->lost.v[i];
		if (l->flow != flow && (!l->flow || !flow || strcmp(l->flow, flow) != 0))
			continue;
		struct tw_range peer = home_of(m, gap, l->box.peer, width);
		if (tw_addr_cmp(peer.first, span.first) < 0)
			span.first = peer.first;
		if (tw_addr_cmp(peer.last, span.last) > 0)
			span.last = peer.last;
	}
	return span;
}

static tw_status cover_blocks(struct tw_mender *m, const struct tw_gap *gap, enum tw_width width,
	struct tw_prefix **ret, size_t *ret_n)
{
	struct tw_prefix *v = TW_NEW_ARRAY(&m->work, struct tw_prefix, gap->lost.n + 1);
	if (!v)
		return TW_ENOMEM;
	*ret_n = 0;
	for (size_t i = 0; i < gap->lost.n; i++) {
		bool again = false;
		for (size_t k = 0; k < i && !again; k++)
			again = gap->lost.v[k].flow == gap->lost.v[i].flow;
		if (!again)
			add_block(v, ret_n,
				tw_range_cover(span_of(m, gap, gap->lost.v[i].flow, width)));
	}
	*ret = v;
	return TW_OK;
}

/* The very addresses, or subnets, if a few blocks make them up; else n 0. */
static tw_status exact_blocks(struct tw_mender *m, const struct tw_gap *gap, enum tw_width width,
	struct tw_prefix **ret, size_t *ret_n)
{
	enum { MOST = 4 };
	struct tw_prefix *v = TW_NEW_ARRAY(&m->work, struct tw_prefix, 3 * MOST);
	size_t n = 0;
	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < gap->lost.n && n <= MOST; i++) {
		struct tw_prefix some[MOST];
		size_t got = tw_range_prefixes(
			home_of(m, gap, gap->lost.v[i].box.peer, width), some, MOST);
		if (got > MOST)
			n = MOST + 1;
		for (size_t k = 0; k < got && n <= MOST; k++)
			add_block(v, &n, some[k]);
	}
	*ret = v;
	*ret_n = n <= MOST ? n : 0;
	return TW_OK;
}

/* Addresses of some blocks, as a share of 2^30 of a block of `len`. */
static uint64_t weight(const struct tw_prefix *v, size_t n, unsigned len)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += v[i].len - len <= 30 ? UINT64_C(1) << (30 - (v[i].len - len)) : 0;
	return sum;
}

/* One block for each flow; but few blocks as they are where one would be mostly other people's. */
tw_status tw_gap_blocks(struct tw_mender *m, const struct tw_gap *gap, enum tw_width width,
	const struct tw_prefix **ret, size_t *ret_n)
{
	struct tw_prefix *exact, *cover;
	size_t exacts, covers;
	unsigned len = 128;
	TW_TRY(exact_blocks(m, gap, width, &exact, &exacts));
	TW_TRY(cover_blocks(m, gap, width, &cover, &covers));
	for (size_t i = 0; i < covers; i++)
		len = cover[i].len < len ? cover[i].len : len;
	bool strange = weight(exact, exacts, len) * 2 < weight(cover, covers, len);
	bool narrow = exacts > 0 && (width == TW_FOR_PEERS || strange);
	*ret = narrow ? exact : cover;
	*ret_n = narrow ? exacts : covers;
	return TW_OK;
}

/* ---- the packets ------------------------------------------------------------------------------
 */

typedef TW_VEC(struct tw_box) box_vec;

static struct tw_box box_of(const struct tw_gap *gap, const struct tw_lost *lost)
{
	struct tw_box box = tw_box_all((enum tw_family)gap->family);
	box.protocol_lo = lost->box.protocol_lo;
	box.protocol_hi = lost->box.protocol_hi;
	if (gap->list == TW_INGRESS)
		box.from = lost->box.peer;
	else
		box.to = lost->box.peer;
	box.service = lost->box.ports;
	return box;
}

static tw_status client_boxes(struct tw_mender *m, const struct tw_gap *gap,
	const struct tw_finding *finding, struct tw_box box, box_vec *boxes)
{
	for (size_t c = 0; c < finding->clients_n; c++) {
		const struct tw_client_result *one = &finding->client[c];
		for (size_t k = 0; k < one->client->ranges; k++) {
			box.service = one->client->range[k];
			if (tw_is_at_hand(finding, gap->list, one))
				TW_TRY(TW_VEC_PUSH(m->mem, boxes, box));
		}
	}
	return TW_OK;
}

/* Only what the entries can cover: it may be that nobody in particular calls. */
static tw_set within_reach(
	struct tw_mender *m, const struct tw_gap *gap, const struct tw_finding *finding, tw_set set)
{
	struct tw_box box = tw_box_all((enum tw_family)gap->family);
	if (!is_about_clients(gap))
		return set;
	box.service = client_ports(gap, finding);
	return tw_set_intersect(m->book->space, set, tw_set_box(m->book->space, &box));
}

tw_status tw_gap_set(struct tw_mender *m, const struct tw_gap *gap,
	const struct tw_finding *finding, tw_set *ret_lost, tw_set *ret_all)
{
	box_vec lost = TW_VEC_EMPTY, all = TW_VEC_EMPTY;
	tw_status status = TW_OK;
	for (size_t i = 0; status == TW_OK && i < gap->lost.n; i++) {
		struct tw_box box = box_of(gap, &gap->lost.v[i]);
		status = TW_VEC_PUSH(m->mem, &lost, box);
		if (status == TW_OK && is_about_clients(gap) && gap->leg == 0)
			status = client_boxes(m, gap, finding, box, &all);
	}
	if (status == TW_OK) {
		*ret_lost =
			within_reach(m, gap, finding, tw_set_boxes(m->book->space, lost.v, lost.n));
		*ret_all =
			within_reach(m, gap, finding, tw_set_boxes(m->book->space, all.v, all.n));
		status = tw_space_status(m->book->space);
	}
	TW_VEC_FREE(m->mem, &lost);
	TW_VEC_FREE(m->mem, &all);
	return status;
}
