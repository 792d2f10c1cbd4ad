/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Clients of one's own: text becomes a sorted set of port ranges. The built-in ones are in
 * client.c.
 */

#include "ranges.h"

bool tw_ports_parse(struct tw_sv text, struct tw_ports *ret)
{
	const char *dash = text.n > 0 ? memchr(text.p, '-', text.n) : NULL;
	struct tw_sv low = text, high = text;
	uint64_t lo, hi;

	if (dash != NULL) {
		low.n = (size_t)(dash - text.p);
		high = (struct tw_sv){dash + 1, text.n - low.n - 1};
	}
	if (!tw_parse_uint(low, 65535, &lo) || !tw_parse_uint(high, 65535, &hi))
		return false;
	if (lo > hi)
		return false;
	*ret = (struct tw_ports){(uint16_t)lo, (uint16_t)hi};
	return true;
}

bool tw_client_add(struct tw_client *client, struct tw_ports ports)
{
	struct tw_ports *range = client->range;
	size_t first = 0, last;

	/* Ranges first to last - 1 touch the new one, and become one range with it. */
	while (first < client->ranges && (uint32_t)range[first].hi + 1 < ports.lo)
		first++;
	for (last = first; last < client->ranges; last++) {
		if (range[last].lo > (uint32_t)ports.hi + 1)
			break;
		if (range[last].lo < ports.lo)
			ports.lo = range[last].lo;
		if (range[last].hi > ports.hi)
			ports.hi = range[last].hi;
	}
	if (first == last && client->ranges == TW_CLIENT_RANGES)
		return false;
	memmove(range + first + 1, range + last, (client->ranges - last) * sizeof(*range));
	range[first] = ports;
	client->ranges = client->ranges - (last - first) + 1;
	return true;
}

bool tw_client_from_range(const char *text, struct tw_client *ret)
{
	struct tw_client client = {
		.id = text,
		.title = text,
		.picks = TW_PICKS_UNPUBLISHED,
		.source = "command line",
		.note = "",
		.reference = "",
	};

	for (const char *p = text;; p++) {
		size_t n = strcspn(p, ",");
		struct tw_ports ports;

		if (!tw_ports_parse((struct tw_sv){p, n}, &ports) || ports.lo == 0)
			return false;
		if (!tw_client_add(&client, ports))
			return false;
		p += n;
		if (*p == '\0')
			break;
	}
	*ret = client;
	return true;
}
