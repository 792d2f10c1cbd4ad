/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose ports replies go to, and who is left out where that is not everybody: callers from the
 * internet, and those that `check` expects where it does not know what was declared here.
 */
#include "demand.h"
#include "text.h"

#include <stdlib.h>

#include "levels.h"

#define NAMES_SHOWN 4

/* Every port that a client may have, where nobody says who asks. SPEC: eph-cover-all */
static const struct tw_ports any_client = {1024, 65535};

static int by_first_port(const void *a, const void *b)
{
	return (int)((const struct tw_ports *)a)->lo - (int)((const struct tw_ports *)b)->lo;
}

/* The ports of clients together, sorted and disjoint. */
static tw_status join_ports(struct tw_plan *plan, const struct tw_client *const *client, size_t n,
	const struct tw_ports **ret, size_t *ret_n)
{
	struct tw_ports *ports =
		TW_NEW_ARRAY(&plan->work, struct tw_ports, n * TW_CLIENT_RANGES + 1);
	size_t all = 0, kept = 0;

	if (!ports)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < client[i]->ranges; k++)
			ports[all++] = client[i]->range[k];
	if (all > 1)
		qsort(ports, all, sizeof(*ports), by_first_port);
	for (size_t i = 0; i < all; i++) {
		if (kept > 0 && (unsigned)ports[i].lo <= ports[kept - 1].hi + 1U)
			ports[kept - 1].hi =
				ports[i].hi > ports[kept - 1].hi ? ports[i].hi : ports[kept - 1].hi;
		else
			ports[kept++] = ports[i];
	}
	*ret = ports;
	*ret_n = kept;
	return TW_OK;
}

tw_status tw_plan_replies(struct tw_plan *plan, const struct tw_client *const *client, size_t n,
	struct tw_plan_flow *flow)
{
	flow->client = client;
	flow->clients = n;
	flow->reply = &any_client;
	flow->replies = 1;
	return n > 0 ? join_ports(plan, client, n, &flow->reply, &flow->replies) : TW_OK;
}

tw_status tw_plan_narrow(
	struct tw_plan *plan, const struct tw_plan_flow *flow, enum tw_initiator who, bool internet)
{
	struct tw_narrow narrow = {flow, who, internet};

	for (size_t i = 0; i < plan->narrow.n; i++)
		if (strcmp(plan->narrow.v[i].flow->name, flow->name) == 0)
			return TW_OK;
	return flow->clients > 0 ? TW_VEC_PUSH(plan->mem, &plan->narrow, narrow) : TW_OK;
}

/* ---- who loses ------------------------------------------------------------------------------- */

static uint32_t lost_by(const struct tw_plan_flow *flow, const struct tw_client *client)
{
	return tw_client_total(client) - tw_client_passing(client, flow->reply, flow->replies);
}

static bool same_replies(const struct tw_plan_flow *a, const struct tw_plan_flow *b)
{
	if (a->replies != b->replies || a->clients != b->clients)
		return false;
	for (size_t i = 0; i < a->clients; i++)
		if (a->client[i] != b->client[i])
			return false;
	return true;
}

/* "`shop`, `admin` and 3 more": flows from the i-th on that are told with it. */
static void name_flows(const struct tw_plan *plan, size_t i, struct tw_buf *buf)
{
	const struct tw_narrow *first = &plan->narrow.v[i];
	size_t n = 0;

	for (; i < plan->narrow.n; i++) {
		const struct tw_narrow *one = &plan->narrow.v[i];
		if (one->internet != first->internet || !same_replies(one->flow, first->flow))
			continue;
		if (n++ < NAMES_SHOWN)
			tw_buf_printf(buf, "%s`%s`", n > 1 ? ", " : "", one->flow->name);
	}
	if (n > NAMES_SHOWN)
		tw_buf_printf(buf, " and %zu more", n - NAMES_SHOWN);
}

/* "32768-65535 only (linux, windows, macos)" */
static void name_ports(const struct tw_plan_flow *flow, struct tw_buf *buf)
{
	for (size_t i = 0; i < flow->replies; i++)
		tw_buf_printf(buf, "%s%u-%u", i > 0 ? ", " : "", (unsigned)flow->reply[i].lo,
			(unsigned)flow->reply[i].hi);
	tw_buf_puts(buf, " only (");
	for (size_t i = 0; i < flow->clients; i++)
		tw_buf_printf(buf, "%s%s", i > 0 ? ", " : "", flow->client[i]->id);
	tw_buf_puts(buf, ")");
}

/* "31,744 of 64,512 ports of nat, elb; 22,768 of 55,536 of freebsd"; nothing if nobody loses. */
static bool name_losers(
	const struct tw_plan_flow *flow, const struct tw_levels *levels, struct tw_buf *buf)
{
	bool any = false;

	for (size_t i = 0; i < levels->n; i++) {
		const struct tw_client *one = levels->v[i].client;
		uint32_t lost = lost_by(flow, one), total = tw_client_total(one);
		bool told = lost == 0 || levels->v[i].level < TW_LEVEL_WARNING;
		for (size_t k = 0; k < i; k++)
			told |= lost_by(flow, levels->v[k].client) == lost &&
				tw_client_total(levels->v[k].client) == total;
		if (told)
			continue;
		tw_buf_puts(buf, any ? "; " : "");
		tw_buf_thousands(buf, lost);
		tw_buf_puts(buf, " of ");
		tw_buf_thousands(buf, total);
		tw_buf_printf(buf, "%s of %s", any ? "" : " ports", one->id);
		for (size_t k = i + 1; k < levels->n; k++)
			if (levels->v[k].level >= TW_LEVEL_WARNING &&
				lost_by(flow, levels->v[k].client) == lost &&
				tw_client_total(levels->v[k].client) == total)
				tw_buf_printf(buf, ", %s", levels->v[k].client->id);
		any = true;
	}
	return any;
}

/* Of the internet anybody may call, whatever was declared. */
static tw_status tell_internet(struct tw_plan *plan, size_t i)
{
	const struct tw_narrow *narrow = &plan->narrow.v[i];
	struct tw_levels levels;
	struct tw_buf buf;

	for (size_t k = 0; k < i; k++)
		if (plan->narrow.v[k].internet &&
			same_replies(plan->narrow.v[k].flow, narrow->flow))
			return TW_OK;
	TW_TRY(tw_levels_default(&plan->work, TW_BY_PUBLIC, &levels));
	tw_buf_init(&buf, plan->mem);
	name_flows(plan, i, &buf);
	tw_buf_puts(&buf, ": replies go to ports ");
	name_ports(narrow->flow, &buf);
	tw_buf_puts(&buf,
		". Many callers from the internet sit behind NAT, whose ports are 1024-65535; "
		"replies are lost at ");
	bool any = name_losers(narrow->flow, &levels, &buf);
	const char *text = tw_buf_text(&buf);
	tw_status status = !text ? TW_ENOMEM : any ? tw_plan_note(plan, "%s", text) : TW_OK;
	tw_buf_fini(&buf);
	return status;
}

/* ---- what check would say -------------------------------------------------------------------- */

/* A client that decides for `check` where nobody declares one, and that the replies do not hold. */
static tw_status find_judged(
	struct tw_plan *plan, const struct tw_narrow *narrow, const struct tw_client **ret)
{
	struct tw_levels levels;

	*ret = NULL;
	TW_TRY(tw_levels_default(&plan->work, narrow->who, &levels));
	for (size_t i = 0; i < levels.n && !*ret; i++)
		if (levels.v[i].level == TW_LEVEL_ERROR &&
			lost_by(narrow->flow, levels.v[i].client) > 0)
			*ret = levels.v[i].client;
	return TW_OK;
}

/* The rules alone do not say who asks. */
static tw_status tell_check(struct tw_plan *plan)
{
	const struct tw_gen_options *options = plan->options;
	const struct tw_client *judged = NULL;
	struct tw_buf buf;
	size_t i = 0;

	for (; i < plan->narrow.n && !judged; i++)
		TW_TRY(find_judged(plan, &plan->narrow.v[i], &judged));
	if (!judged)
		return TW_OK;
	tw_buf_init(&buf, plan->mem);
	tw_buf_printf(&buf,
		"the rules do not say who asks: `check` by itself judges `%s` for %s and finds "
		"losses; give it ",
		plan->narrow.v[i - 1].flow->name, judged->id);
	if (options->intents)
		tw_buf_puts(&buf, "the same intents");
	for (size_t k = 0; k < options->clients; k++)
		tw_buf_printf(&buf, "%s%s",
			k > 0		   ? ","
			: options->intents ? " and --client "
					   : "--client ",
			options->client[k]->id);
	const char *text = tw_buf_text(&buf);
	tw_status status = text ? tw_plan_note(plan, "%s", text) : TW_ENOMEM;
	tw_buf_fini(&buf);
	return status;
}

tw_status tw_plan_tell_narrow(struct tw_plan *plan)
{
	for (size_t i = 0; i < plan->narrow.n; i++)
		if (plan->narrow.v[i].internet)
			TW_TRY(tell_internet(plan, i));
	return tell_check(plan);
}
