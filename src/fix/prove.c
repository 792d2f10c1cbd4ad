/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof: the edits are made on a copy of the network, the whole of it is judged again, and the
 * two reports are compared flow by flow and finding by finding.
 */
#include "mend.h"
#include "order.h"

/* ---- flows ------------------------------------------------------------------------------------
 */

/* How much of it works: never less after a fix. */
static int merit(const struct tw_flow *flow)
{
	switch (flow->verdict) {
	case TW_COMPLETE:
		return 3;
	case TW_PARTIAL:
		return 2;
	case TW_UNKNOWN:
		return 1;
	default:
		return 0;
	}
}

static const struct tw_client_result *client_of(const struct tw_flow *flow, const char *id)
{
	for (size_t i = 0; i < flow->clients_n; i++)
		if (strcmp(flow->client[i].client->id, id) == 0)
			return &flow->client[i];
	return NULL;
}

bool tw_is_worse(const struct tw_flow *before, const struct tw_flow *after)
{
	if (before->satisfied == 1 && after->satisfied != 1)
		return true;
	if (before->expect && strcmp(before->expect, "never") == 0)
		return false; /* that it stays shut is all that is asked */
	if (merit(after) < merit(before))
		return true;
	bool asked = strcmp(before->request, "none") != 0;
	if (asked && strcmp(after->request, "none") == 0)
		return true;
	for (size_t i = 0; asked && i < before->clients_n; i++) {
		const struct tw_client_result *a = &before->client[i];
		const struct tw_client_result *b = client_of(after, a->client->id);
		/*
		 * A total is the product of the legs that lose something, so it differs where an
		 * edit mends one leg. A leg that loses nothing is n of n ports, a factor of 1: the
		 * shares compare, whatever the totals are. They are those of the worst packets, so
		 * requests that pass only now may lower one although nobody loses; such an edit is
		 * not offered either, which is at most too careful.
		 */
		if (b && a->total > 0 &&
			tw_share_cmp(b->passing, b->total, a->passing, a->total) < 0)
			return true;
		if (b && a->verdict == TW_COMPLETE && b->verdict != TW_COMPLETE)
			return true;
	}
	return false;
}

const struct tw_flow *tw_flow_of(const struct tw_report *report, const char *id)
{
	size_t lo = 0, hi = report->flows_n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int cmp = strcmp(report->flow[mid].id, id);
		if (cmp == 0)
			return &report->flow[mid];
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static bool is_of(const struct tw_finding *finding, const char *flow)
{
	for (size_t i = 0; flow && i < finding->flows_n; i++)
		if (strcmp(finding->flow[i], flow) == 0)
			return true;
	return finding->flows_n == 0 && !flow;
}

const struct tw_flow *tw_worse_flow(const struct tw_report *before, const struct tw_report *after,
	const struct tw_finding *finding, bool own)
{
	for (size_t i = 0; i < before->flows_n; i++) {
		const struct tw_flow *flow = tw_flow_of(after, before->flow[i].id);
		if (flow && tw_is_worse(&before->flow[i], flow) &&
			(!finding || is_of(finding, before->flow[i].id) == own))
			return flow;
	}
	return NULL;
}

/* Why no edit is offered, unless a better reason is found. */
static tw_status refuse(struct tw_mender *m, const struct tw_flow *worse)
{
	bool never = worse->expect && strcmp(worse->expect, "never") == 0;
	if (m->refusal)
		return TW_OK;
	m->refusal = never ? tw_arena_printf(m->arena,
				     "what lets it pass also lets pass what `%s` says must never",
				     worse->name ? worse->name : worse->id)
			   : tw_arena_printf(m->arena, "what mends it takes from another flow, %s",
				     worse->name ? worse->name : worse->id);
	return m->refusal ? TW_OK : TW_ENOMEM;
}

/* ---- findings ---------------------------------------------------------------------------------
 */

static bool same_kind(const struct tw_need *a, const struct tw_need *b)
{
	return a->acl == b->acl && a->list == b->list && a->direction == b->direction &&
	       a->family == b->family && a->protocol == b->protocol &&
	       tw_same_text(a->flow, b->flow);
}

static bool ranges_meet(struct tw_range a, struct tw_range b)
{
	return tw_addr_cmp(a.first, b.last) <= 0 && tw_addr_cmp(b.first, a.last) <= 0;
}

static bool boxes_meet(const struct tw_need *a, const struct tw_need *b)
{
	for (size_t i = 0; i < a->boxes; i++)
		for (size_t k = 0; k < b->boxes; k++) {
			const struct tw_need_box *x = &a->box[i], *y = &b->box[k];
			if (x->protocol_lo <= y->protocol_hi && y->protocol_lo <= x->protocol_hi &&
				x->ports.lo <= y->ports.hi && y->ports.lo <= x->ports.hi &&
				ranges_meet(x->peer, y->peer))
				return true;
		}
	return false;
}

/*
 * The same flow loses at the same list as before; of the finding's own flow the same packets, as it
 * may come to a list twice.
 */
static bool is_known(
	const struct tw_state *before, const struct tw_need *need, enum tw_level level, bool own)
{
	for (size_t i = 0; i < before->report->findings_n; i++)
		for (size_t k = 0; k < before->needs[i].n; k++)
			if (before->needs[i].v[k].level >= level &&
				same_kind(&before->needs[i].v[k], need) &&
				(!own || boxes_meet(&before->needs[i].v[k], need)))
				return true;
	return false;
}

static bool is_known_finding(const struct tw_state *before, const struct tw_finding *finding)
{
	for (size_t i = 0; i < before->report->findings_n; i++)
		if (strcmp(before->report->finding[i].fingerprint, finding->fingerprint) == 0 &&
			before->report->finding[i].level >= finding->level)
			return true;
	return false;
}

/* A rule that lets requests pass asks for a flow of its own: it has to work, too. */
static bool is_asked_for(const struct tw_mender *m, size_t at, const char *flow)
{
	const struct tw_state *before = &m->now;
	bool requests = false;
	if (m->follow)
		return true;
	for (size_t i = 0; i < before->needs[at].n; i++)
		requests |= before->needs[at].v[i].direction == TW_REQUEST;
	return requests && flow && !tw_flow_of(before->report, flow);
}

static bool still_lost(const struct tw_needs *needs, const struct tw_need *need)
{
	for (size_t i = 0; i < needs->n; i++)
		if (same_kind(&needs->v[i], need) && boxes_meet(&needs->v[i], need))
			return true;
	return false;
}

/*
 * What the trial still loses of the finding's own flows goes into `more`: the same packets, even if
 * that is a warning now, and others that are lost as loudly as the finding is.
 */
static tw_status compare_needs(
	struct tw_mender *m, size_t at, struct tw_trial *trial, size_t f, bool *ret_others)
{
	const struct tw_finding *mine = &m->now.report->finding[at];
	for (size_t i = 0; i < trial->needs[f].n; i++) {
		const struct tw_need *need = &trial->needs[f].v[i];
		const struct tw_needs one = {need, 1};
		bool stays = still_lost(&m->now.needs[at], need);
		bool loud = need->level >= mine->level, own = is_of(mine, need->flow);
		/* An edge that is left is no reason to undo the deny that makes it. */
		if (stays ? !loud && need->level < TW_LEVEL_WARNING
			  : !loud || is_known(&m->now, need, need->level, own))
			continue;
		if (own || is_asked_for(m, at, need->flow))
			TW_TRY(tw_gaps_add(m, &trial->report->finding[f], &one, &trial->more));
		else
			*ret_others = true;
	}
	return TW_OK;
}

static bool reads_like(const struct tw_finding *a, const struct tw_finding *b)
{
	return strcmp(a->code, b->code) == 0 && strcmp(a->fingerprint, b->fingerprint) == 0;
}

size_t tw_count_like(const struct tw_report *report, const struct tw_finding *finding)
{
	size_t n = 0;
	for (size_t i = 0; i < report->findings_n; i++)
		n += !report->finding[i].suppressed && report->finding[i].level >= finding->level &&
		     reads_like(&report->finding[i], finding);
	return n;
}

/* A finding that is told as before is not mended, whatever else it is told of now. */
static tw_status compare_whole(struct tw_mender *m, size_t at, struct tw_trial *trial)
{
	const struct tw_finding *mine = &m->now.report->finding[at];
	const struct tw_report *after = trial->report;
	if (tw_count_like(after, mine) < tw_count_like(m->now.report, mine))
		return TW_OK;
	for (size_t f = 0; f < after->findings_n; f++)
		if (reads_like(&after->finding[f], mine))
			TW_TRY(tw_gaps_add(m, &after->finding[f], &trial->needs[f], &trial->more));
	return TW_OK;
}

static tw_status compare(struct tw_mender *m, size_t at, struct tw_trial *trial)
{
	const struct tw_finding *mine = &m->now.report->finding[at];
	const struct tw_report *now = m->now.report, *after = trial->report;
	const struct tw_flow *worse = tw_worse_flow(now, after, mine, false);
	bool others = worse != NULL;
	if (others)
		TW_TRY(refuse(m, worse));
	for (size_t f = 0; f < after->findings_n && !others; f++) {
		const struct tw_finding *one = &after->finding[f];
		if (one->suppressed)
			continue;
		if (trial->needs[f].n > 0)
			TW_TRY(compare_needs(m, at, trial, f, &others));
		else if (one->level >= mine->level)
			others = !is_known_finding(&m->now, one);
	}
	if (!others && trial->more.n == 0)
		TW_TRY(compare_whole(m, at, trial));
	/* Requests that pass now may lose their replies until these are let through, too. */
	trial->proved = !others && trial->more.n == 0 && !tw_worse_flow(now, after, mine, true);
	if (others)
		tw_gaps_free(m, &trial->more);
	return TW_OK;
}

tw_status tw_try_edits(
	struct tw_mender *m, size_t finding, const tw_edits *edits, struct tw_trial *ret)
{
	*ret = (struct tw_trial){0};
	tw_status status = tw_patch_new(m->mem, m->now.net, edits->v, edits->n, &ret->patch);
	if (status == TW_OK)
		status = tw_check_needs(m->mem, tw_patch_net(ret->patch), &m->check, m->book, false,
			m->diags, &ret->report, &ret->needs);
	if (status == TW_OK)
		status = compare(m, finding, ret);
	if (status != TW_OK)
		tw_trial_free(m, ret);
	return status;
}

void tw_trial_free(struct tw_mender *m, struct tw_trial *trial)
{
	tw_gaps_free(m, &trial->more);
	tw_report_free(trial->report);
	tw_patch_free(trial->patch);
	*trial = (struct tw_trial){0};
}

/* ---- for whom ---------------------------------------------------------------------------------
 */

/* In some flow of the finding, and complete in all of them that know it. */
static bool completes(
	const struct tw_finding *finding, const struct tw_report *after, const char *client)
{
	bool any = false;
	for (size_t i = 0; i < finding->flows_n; i++) {
		const struct tw_flow *flow = tw_flow_of(after, finding->flow[i]);
		const struct tw_client_result *c = flow ? client_of(flow, client) : NULL;
		if (c && (c->passing != c->total || flow->verdict == TW_BLOCKED))
			return false;
		any |= c != NULL;
	}
	return any;
}

tw_status tw_complete_for(struct tw_mender *m, const struct tw_finding *finding,
	const struct tw_trial *trial, const char *const **ret, size_t *ret_n)
{
	const struct tw_report *after = trial->report;
	const char **v = TW_NEW_ARRAY(m->arena, const char *, after->clients_n + 1);
	size_t n = 0;
	if (!v)
		return TW_ENOMEM;
	for (size_t i = 0; i < after->clients_n; i++)
		if (completes(finding, after, after->client[i]->id))
			v[n++] = after->client[i]->id;
	*ret = v;
	*ret_n = n;
	return TW_OK;
}
