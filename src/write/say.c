/* SPDX-License-Identifier: Apache-2.0 */
/* Small texts: counts, shares, lists, ends of flows, groups of equal clients. */

#include "say.h"

static const char *finish(struct tw_paint *paint, struct tw_buf *buf)
{
	const char *text = "";

	tw_paint_status(paint, tw_buf_status(buf));
	if (tw_buf_status(buf) == TW_OK && buf->n > 0)
		text = tw_paint_kept(paint, tw_arena_dup(paint->arena, buf->p, buf->n));
	tw_buf_fini(buf);
	return text;
}

const char *tw_say_number(struct tw_paint *paint, uint64_t n)
{
	struct tw_buf buf;

	tw_buf_init(&buf, paint->arena->mem);
	tw_buf_thousands(&buf, n);
	return finish(paint, &buf);
}

const char *tw_say_count(struct tw_paint *paint, uint64_t n, const char *noun)
{
	struct tw_buf buf;

	tw_buf_init(&buf, paint->arena->mem);
	tw_buf_thousands(&buf, n);
	tw_buf_printf(&buf, " %s%s", noun, n == 1 ? "" : "s");
	return finish(paint, &buf);
}

const char *tw_say_share(struct tw_paint *paint, uint64_t part, uint64_t whole)
{
	struct tw_buf buf;

	tw_buf_init(&buf, paint->arena->mem);
	tw_buf_thousands(&buf, part);
	tw_buf_puts(&buf, " of ");
	tw_buf_thousands(&buf, whole);
	return finish(paint, &buf);
}

const char *tw_say_percent(struct tw_paint *paint, uint64_t part, uint64_t whole)
{
	struct tw_buf buf;

	tw_buf_init(&buf, paint->arena->mem);
	tw_buf_percent(&buf, part, whole, 2);
	if (whole > 0)
		tw_buf_puts(&buf, " %");
	return finish(paint, &buf);
}

/* Starts the next entry of a list; false if the list ends with "and N more" here. */
static bool list_next(struct tw_buf *buf, size_t i, size_t n, size_t most)
{
	if (i == most && n > most) {
		tw_buf_printf(buf, " and %zu more", n - most);
		return false;
	}
	if (i > 0)
		tw_buf_puts(buf, ", ");
	return true;
}

static void put_interval(struct tw_buf *buf, unsigned lo, unsigned hi)
{
	if (lo == hi)
		tw_buf_printf(buf, "%u", lo);
	else
		tw_buf_printf(buf, "%u-%u", lo, hi);
}

const char *tw_say_ports(
	struct tw_paint *paint, const struct tw_ports *ports, size_t n, size_t most)
{
	struct tw_buf buf;

	tw_buf_init(&buf, paint->arena->mem);
	for (size_t i = 0; i < n && list_next(&buf, i, n, most); i++)
		put_interval(&buf, ports[i].lo, ports[i].hi);
	return finish(paint, &buf);
}

const char *tw_say_prefixes(
	struct tw_paint *paint, const struct tw_prefix *prefix, size_t n, size_t most)
{
	char text[TW_PREFIX_TEXT];
	struct tw_buf buf;

	tw_buf_init(&buf, paint->arena->mem);
	for (size_t i = 0; i < n && list_next(&buf, i, n, most); i++)
		tw_buf_puts(&buf, tw_prefix_text(prefix[i], text));
	return finish(paint, &buf);
}

const char *tw_say_icmp(
	struct tw_paint *paint, const struct tw_icmp_range *range, size_t n, size_t most)
{
	struct tw_buf buf;

	tw_buf_init(&buf, paint->arena->mem);
	for (size_t i = 0; i < n && list_next(&buf, i, n, most); i++) {
		put_interval(&buf, range[i].type_lo, range[i].type_hi);
		if (range[i].code_lo == 0 && range[i].code_hi == 255)
			continue;
		tw_buf_putc(&buf, '/');
		put_interval(&buf, range[i].code_lo, range[i].code_hi);
	}
	return finish(paint, &buf);
}

const char *tw_say_ids(struct tw_paint *paint, const struct tw_peer *peer, size_t most)
{
	struct tw_buf buf;

	tw_buf_init(&buf, paint->arena->mem);
	for (size_t i = 0; i < peer->ids_n && list_next(&buf, i, peer->ids_n, most); i++)
		tw_buf_puts(&buf, peer->ids[i]);
	return finish(paint, &buf);
}

const char *tw_say_subnets(struct tw_paint *paint, const struct tw_hop *hop)
{
	if (hop->subnets_n == 0)
		return hop->subnet;
	return tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s and %zu more",
					    hop->subnets[0], hop->subnets_n - 1));
}

const char *tw_say_peer(struct tw_paint *paint, const struct tw_peer *peer)
{
	if (peer->name != NULL)
		return peer->name;
	if (peer->ids_n == 0 && peer->addresses_n == 0)
		return "unknown addresses";
	if (peer->ids_n == 0)
		return tw_say_prefixes(paint, peer->address, peer->addresses_n, 2);
	return tw_say_ids(paint, peer, 2);
}

const char *tw_say_verdict(enum tw_verdict verdict)
{
	switch (verdict) {
	case TW_COMPLETE:
		return "COMPLETE";
	case TW_PARTIAL:
		return "PARTIAL";
	case TW_ONE_WAY:
		return "ONE-WAY";
	case TW_BLOCKED:
		return "BLOCKED";
	case TW_UNKNOWN:
		break;
	}
	return "UNKNOWN";
}

const char *tw_say_flow_verdict(const struct tw_flow *flow)
{
	if (flow->expect != NULL && strcmp(flow->expect, "never") == 0)
		return flow->satisfied == 1   ? "NEVER PASSES"
		       : flow->satisfied == 0 ? "VIOLATED"
					      : "UNKNOWN";
	/* What passes completes, but something that was asked for does not pass. */
	if (flow->satisfied == 0 && flow->verdict == TW_COMPLETE)
		return "IN PART";
	return tw_say_verdict(flow->verdict);
}

const struct tw_client_result *tw_worst_client(const struct tw_client_result *client, size_t n)
{
	const struct tw_client_result *worst = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct tw_client_result *it = &client[i];
		if (it->verdict == TW_BLOCKED) /* nothing of it was asked */
			continue;
		if (worst == NULL || it->level > worst->level ||
			(it->level == worst->level && tw_share_cmp(it->passing, it->total,
							      worst->passing, worst->total) < 0))
			worst = it;
	}
	return worst;
}

static bool same_result(
	const struct tw_client_result *a, const struct tw_client_result *b, bool level)
{
	const struct tw_client *x = a->client, *y = b->client;

	return (!level || a->level == b->level) && a->verdict == b->verdict &&
	       a->passing == b->passing && a->undecided == b->undecided && a->total == b->total &&
	       x->ranges == y->ranges &&
	       memcmp(x->range, y->range, x->ranges * sizeof(x->range[0])) == 0;
}

struct tw_client_group *tw_group_clients(struct tw_paint *paint,
	const struct tw_client_result *client, size_t n, bool level, size_t *ret_n)
{
	struct tw_client_group *group = TW_NEW_ARRAY(paint->arena, struct tw_client_group, n);
	size_t groups = 0;

	*ret_n = 0;
	if (group == NULL) {
		tw_paint_status(paint, TW_ENOMEM);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		size_t g = 0;
		while (g < groups && !same_result(group[g].first, &client[i], level))
			g++;
		if (g == groups) {
			group[groups++] =
				(struct tw_client_group){&client[i], client[i].client->id};
			continue;
		}
		group[g].ids = tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s, %s",
							    group[g].ids, client[i].client->id));
	}
	*ret_n = groups;
	return group;
}
