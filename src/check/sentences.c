/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a loss looks like from outside. Three situations, three sentences (contract section 3): many
 * clients and one server, one client and many destinations, one client and one destination.
 */
#include "results.h"

static const char *percent_text(struct tw_results *results, uint64_t part, uint64_t whole)
{
	struct tw_buf buf;
	tw_buf_init(&buf, results->mem);
	tw_buf_percent(&buf, part, whole, 0);
	const char *text = tw_buf_text(&buf);
	const char *copy = text ? tw_arena_str(results->arena, text) : NULL;
	tw_buf_fini(&buf);
	return copy;
}

const char *tw_number_text(struct tw_results *results, uint64_t n)
{
	struct tw_buf buf;
	tw_buf_init(&buf, results->mem);
	tw_buf_thousands(&buf, n);
	const char *text = tw_buf_text(&buf);
	const char *copy = text ? tw_arena_str(results->arena, text) : NULL;
	tw_buf_fini(&buf);
	return copy;
}

/* SPEC: linux-run-length, linux-few-samples, nat-port-distribution */
tw_status tw_sentence_of_client(struct tw_results *results, const struct tw_client_result *c,
	bool outbound, uint8_t protocol, const char **ret)
{
	struct tw_arena *arena = results->arena;
	uint64_t hoped = c->passing + c->undecided, lost = c->total - hoped;
	const char *who = c->client->title;
	const char *share = percent_text(results, lost, c->total);
	const char *a = tw_number_text(results, lost), *b = tw_number_text(results, c->total);
	const char *fail = tw_number_text(results, c->run_fail);
	const char *ok = tw_number_text(results, c->run_ok);
	if (!share || !a || !b || !fail || !ok)
		return TW_ENOMEM;
	const char *text;
	if (protocol == TW_PROTOCOL_UDP)
		text = hoped == 0 ? tw_arena_printf(arena, "%s: no answer ever arrives", who)
				  : tw_arena_printf(arena, "%s: %s %% of its ports get no answer",
					    who, share);
	else if (hoped == 0)
		text = tw_arena_printf(arena, "%s: every connection hangs", who);
	else if (lost * 1000 < c->total)
		text = tw_arena_printf(arena,
			"%s: %s of %s ports %s lost, so a connection hangs now and then", who, a, b,
			lost == 1 ? "is" : "are");
	else if (c->client->picks == TW_PICKS_UNPUBLISHED)
		text = tw_arena_printf(arena,
			"%s: %s %% of its ports get no reply; nobody publishes how it picks them",
			who, share);
	else if (c->runs && outbound)
		text = tw_arena_printf(arena,
			"%s: %s %% of connections hang; towards one destination about %s "
			"attempts in a row hang, then about %s in a row work",
			who, share, fail, ok);
	else if (c->runs)
		text = tw_arena_printf(arena,
			"at any moment about %s %% of %s clients cannot connect, each for about "
			"%s attempts on end; retrying soon does not help",
			share, who, fail);
	else
		text = tw_arena_printf(arena, "%s: %s %% of connections hang", who, share);
	*ret = text;
	return text ? TW_OK : TW_ENOMEM;
}

/* "linux, windows, macos" for the clients with a verdict at a level, or NULL if there is none. */
static tw_status list_clients(struct tw_results *results, const struct tw_flow *flow,
	enum tw_level at_least, bool complete, const char **ret)
{
	const char *text = NULL;
	for (size_t i = 0; i < flow->clients_n; i++) {
		const struct tw_client_result *c = &flow->client[i];
		if (c->level < at_least || (c->verdict == TW_COMPLETE) != complete)
			continue;
		text = text ? tw_arena_printf(results->arena, "%s, %s", text, c->client->id)
			    : c->client->id;
		if (!text)
			return TW_ENOMEM;
	}
	*ret = text;
	return TW_OK;
}

/* True if no earlier outcome of the same choice answers the question. */
static bool is_first(const struct tw_draft *draft, size_t at, bool lossy)
{
	const char *choice = draft->outcomes.v[at].path->choice;
	for (size_t i = 0; i < at; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		if (o->path->choice && strcmp(o->path->choice, choice) == 0 &&
			(!lossy || o->verdict != TW_COMPLETE))
			return false;
	}
	return true;
}

/* ": 1 of 3 targets" where a flow has several paths and not all are complete; else "". */
static const char *paths_text(struct tw_results *results, const struct tw_draft *draft)
{
	size_t n = 0, lossy = 0;
	const char *by = NULL;
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		if (!o->path->by || !o->path->choice)
			continue;
		by = o->path->by;
		n += is_first(draft, i, false);
		lossy += o->verdict != TW_COMPLETE && is_first(draft, i, true);
	}
	if (n < 2 || lossy == 0)
		return "";
	return tw_arena_printf(results->arena, ": %zu of %zu %s%s", lossy, n, by,
		strcmp(by, "address") == 0 ? "es" : "s");
}

tw_status tw_sentence_of_flow(
	struct tw_results *results, const struct tw_draft *draft, const char **ret)
{
	struct tw_arena *arena = results->arena;
	const struct tw_flow *flow = &draft->flow;
	const char *text = "the input leaves it open whether replies come back", *who;
	const char *paths = paths_text(results, draft);
	if (!paths)
		return TW_ENOMEM;
	switch (flow->verdict) {
	case TW_BLOCKED:
		text = flow->reason.message
			       ? tw_arena_printf(arena, "the request does not get there: %s",
					 flow->reason.message)
			       : "the request does not get there";
		break;
	case TW_COMPLETE:
		TW_TRY(list_clients(results, flow, TW_LEVEL_ERROR, true, &who));
		text = who ? tw_arena_printf(arena, "every reply returns for %s", who)
			   : "every reply returns";
		break;
	case TW_ONE_WAY:
		text = flow->reason.message
			       ? tw_arena_printf(arena,
					 "the request gets there, no reply comes back%s: %s", paths,
					 flow->reason.message)
			       : tw_arena_printf(arena,
					 "the request gets there, no reply comes back%s", paths);
		break;
	case TW_PARTIAL:
		TW_TRY(list_clients(results, flow, TW_LEVEL_ERROR, false, &who));
		text = tw_arena_printf(
			arena, "replies are lost for %s%s", who ? who : "some peers", paths);
		if (!who && *paths) /* every client, and yet not every path */
			text = tw_arena_printf(arena, "not every way gets through%s", paths);
		break;
	case TW_UNKNOWN:
		if (flow->reason.message)
			text = tw_arena_printf(
				arena, "cannot be decided: %s", flow->reason.message);
		break;
	}
	*ret = text;
	return text ? TW_OK : TW_ENOMEM;
}
