/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port lists as plain interval algebra (they are short: a handful of intervals), and the classes
 * that the inference reads intents from.
 */
#include <stdlib.h>

#include "classes.h"

static uint32_t width(struct tw_ports p)
{
	return (uint32_t)p.hi - p.lo + 1;
}

/* How many of lo..hi lie in `ports`. */
static uint32_t overlap(struct tw_ports ports, uint16_t lo, uint16_t hi)
{
	uint16_t a = ports.lo > lo ? ports.lo : lo;
	uint16_t b = ports.hi < hi ? ports.hi : hi;
	return a <= b ? (uint32_t)b - a + 1 : 0;
}

/* SPEC: linux-range, windows-range. Half of either is what people mean by an ephemeral range. */
static bool holds_half_a_client(struct tw_ports ports)
{
	return overlap(ports, 32768, 60999) * 2 >= 28232 ||
	       overlap(ports, 49152, 65535) * 2 >= 16384;
}

enum tw_port_class tw_ports_class(struct tw_ports ports)
{
	if (ports.lo == 0 && ports.hi == 0)
		return TW_CLASS_ZERO;
	if (holds_half_a_client(ports))
		return ports.lo < 1000 ? TW_CLASS_OPEN : TW_CLASS_REPLY;
	/* SPEC: windows-xp-range: 1025-5000 and its spellings are a reply range too. */
	if (ports.lo >= 1024 && ports.lo <= 1026 && (ports.hi == 4999 || ports.hi == 5000))
		return TW_CLASS_REPLY;
	return TW_CLASS_SERVICE;
}

bool tw_ports_has_class(struct tw_port_list bridged, enum tw_port_class class)
{
	for (size_t i = 0; i < bridged.n; i++)
		if (tw_ports_class(bridged.v[i]) == class)
			return true;
	return false;
}

const struct tw_ports *tw_ports_around(struct tw_port_list list, struct tw_ports ports)
{
	for (size_t i = 0; i < list.n; i++)
		if (list.v[i].lo <= ports.lo && ports.hi <= list.v[i].hi)
			return &list.v[i];
	return NULL;
}

tw_status tw_ports_bridge(
	struct tw_arena *arena, struct tw_port_list ports, struct tw_port_list *ret)
{
	struct tw_port_list out = {TW_NEW_ARRAY(arena, struct tw_ports, ports.n + 1), 0};
	if (!out.v)
		return TW_ENOMEM;
	for (size_t i = 0; i < ports.n; i++) {
		struct tw_ports p = ports.v[i];
		if (out.n > 0) {
			struct tw_ports *last = &out.v[out.n - 1];
			bool wide = width(*last) >= TW_BRIDGE_RANGE || width(p) >= TW_BRIDGE_RANGE;
			if (wide && p.lo - last->hi - 1 <= TW_BRIDGE_GAP) {
				last->hi = p.hi;
				continue;
			}
		}
		out.v[out.n++] = p;
	}
	*ret = out;
	return TW_OK;
}

/* Appends to a list under construction, joining what touches. */
static void append(struct tw_port_list *list, struct tw_ports p)
{
	if (list->n > 0 && (uint32_t)list->v[list->n - 1].hi + 1 >= p.lo) {
		if (p.hi > list->v[list->n - 1].hi)
			list->v[list->n - 1].hi = p.hi;
		return;
	}
	list->v[list->n++] = p;
}

static int by_first_port(const void *a, const void *b)
{
	const struct tw_ports *x = a, *y = b;
	return (x->lo > y->lo) - (x->lo < y->lo);
}

size_t tw_ports_join(struct tw_ports *v, size_t n)
{
	struct tw_port_list out = {v, 0};
	if (n > 1)
		qsort(v, n, sizeof(*v), by_first_port);
	for (size_t i = 0; i < n; i++)
		append(&out, v[i]);
	return out.n;
}

tw_status tw_ports_union(struct tw_arena *arena, struct tw_port_list a, struct tw_port_list b,
	struct tw_port_list *ret)
{
	struct tw_port_list out = {TW_NEW_ARRAY(arena, struct tw_ports, a.n + b.n + 1), 0};
	if (!out.v)
		return TW_ENOMEM;
	size_t i = 0, j = 0;
	while (i < a.n || j < b.n) {
		bool from_a = j == b.n || (i < a.n && a.v[i].lo <= b.v[j].lo);
		append(&out, from_a ? a.v[i++] : b.v[j++]);
	}
	*ret = out;
	return TW_OK;
}

tw_status tw_ports_intersect(struct tw_arena *arena, struct tw_port_list a, struct tw_port_list b,
	struct tw_port_list *ret)
{
	struct tw_port_list out = {TW_NEW_ARRAY(arena, struct tw_ports, a.n + b.n + 1), 0};
	if (!out.v)
		return TW_ENOMEM;
	for (size_t i = 0, j = 0; i < a.n && j < b.n;) {
		uint16_t lo = a.v[i].lo > b.v[j].lo ? a.v[i].lo : b.v[j].lo;
		uint16_t hi = a.v[i].hi < b.v[j].hi ? a.v[i].hi : b.v[j].hi;
		if (lo <= hi)
			out.v[out.n++] = (struct tw_ports){lo, hi};
		if (a.v[i].hi < b.v[j].hi)
			i++;
		else
			j++;
	}
	*ret = out;
	return TW_OK;
}

tw_status tw_ports_subtract(struct tw_arena *arena, struct tw_port_list a, struct tw_port_list b,
	struct tw_port_list *ret)
{
	struct tw_port_list out = {TW_NEW_ARRAY(arena, struct tw_ports, a.n + b.n + 1), 0};
	if (!out.v)
		return TW_ENOMEM;
	for (size_t i = 0; i < a.n; i++) {
		uint32_t lo = a.v[i].lo, hi = a.v[i].hi;
		for (size_t j = 0; j < b.n && lo <= hi; j++) {
			if (b.v[j].hi < lo || b.v[j].lo > hi)
				continue;
			if (b.v[j].lo > lo)
				out.v[out.n++] =
					(struct tw_ports){(uint16_t)lo, (uint16_t)(b.v[j].lo - 1)};
			lo = (uint32_t)b.v[j].hi + 1;
		}
		if (lo <= hi)
			out.v[out.n++] = (struct tw_ports){(uint16_t)lo, (uint16_t)hi};
	}
	*ret = out;
	return TW_OK;
}

uint32_t tw_ports_size(struct tw_port_list list)
{
	uint32_t n = 0;
	for (size_t i = 0; i < list.n; i++)
		n += width(list.v[i]);
	return n;
}

bool tw_ports_equal(struct tw_port_list a, struct tw_port_list b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (a.v[i].lo != b.v[i].lo || a.v[i].hi != b.v[i].hi)
			return false;
	return true;
}

enum tw_share tw_share_of(uint64_t passing, uint64_t total)
{
	if (passing >= total)
		return TW_SHARE_ALL;
	uint64_t thousandth = total / 1000 + (total % 1000 != 0); /* a product could overflow */
	if (passing < thousandth)
		return TW_SHARE_NONE;
	if (total - passing < thousandth)
		return TW_SHARE_EDGE;
	return TW_SHARE_PART;
}
