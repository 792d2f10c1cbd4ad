/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alternatives of one finding: for the clients at hand, for all clients, narrower by address. Each
 * is built list by list until the flows are complete, then every edit that is not needed is taken
 * out again.
 */
#include "map.h"
#include "mend.h"

struct attempt {
	tw_edits edits;
	struct tw_trial trial;
	struct tw_choice_marks marks;
	size_t choices;	   /* of the gap that has most */
	bool found, again; /* again: another width came to the same */
};

static void close_attempt(struct tw_mender *m, struct attempt *a)
{
	TW_VEC_FREE(m->mem, &a->edits);
	tw_trial_free(m, &a->trial);
}

/* Edits that were tried for this finding already, by hash: widths often come to the same. */
struct tried {
	uint64_t hash[16];
	bool good[16];
	size_t n;
};

static uint64_t hash_of(const tw_edits *edits)
{
	uint64_t hash = edits->n;
	for (size_t i = 0; i < edits->n; i++) {
		const struct tw_edit *e = &edits->v[i];
		const struct tw_entry *r = &e->entry;
		const uint64_t words[] = {hash, (uint64_t)e->operation, r->egress, r->number,
			(uint16_t)r->protocol, r->cidr.addr.hi, r->cidr.addr.lo, r->cidr.family,
			r->cidr.len, r->ports.lo, r->ports.hi, (uint16_t)r->icmp_type,
			(uint16_t)r->icmp_code};
		hash = tw_hash(
			words, sizeof(words), tw_hash(r->component, strlen(r->component), 0));
	}
	return hash;
}

/* Where the result is, or is to be kept; `ret_known`: it is there. */
static bool *find_tried(struct tried *tried, uint64_t hash, bool *ret_known)
{
	size_t i = 0;
	while (i < tried->n && tried->hash[i] != hash)
		i++;
	*ret_known = i < tried->n;
	if (i == TW_COUNT(tried->hash)) /* full: the last place is used again */
		i--;
	tried->hash[i] = hash;
	if (i == tried->n)
		tried->n++;
	return &tried->good[i];
}

/* Edits for every gap on top of those that are there; `*ret_all` false: some gap has none. */
static tw_status propose_all(struct tw_mender *m, const tw_gaps *gaps,
	const struct tw_finding *finding, enum tw_width width, unsigned variant, struct attempt *a,
	bool *ret_all)
{
	*ret_all = true;
	for (size_t i = 0; *ret_all && i < gaps->n; i++) {
		const struct tw_gap *gap = &gaps->v[i];
		/* Of a request that dies nobody knows who asks: the replies behind it tell. */
		const struct tw_finding *about = finding->clients_n > 0 ? finding : gap->finding;
		size_t choices;
		TW_TRY(tw_propose(m, gap, about, width, variant, &a->edits, &a->marks, &choices));
		*ret_all = choices > 0;
		if (choices > a->choices)
			a->choices = choices;
	}
	return TW_OK;
}

/* A flow may die at one list after the other: the next shows when the first lets it pass. */
static tw_status build(struct tw_mender *m, size_t at, enum tw_width width, unsigned variant,
	struct tried *tried, struct attempt *a)
{
	enum { ROUNDS = 8 };
	const struct tw_finding *finding = &m->now.report->finding[at];
	tw_gaps gaps = TW_VEC_EMPTY;
	bool *good = NULL;
	tw_status status = tw_gaps_add(m, finding, &m->now.needs[at], &gaps);
	for (unsigned round = 0; status == TW_OK && round < ROUNDS && gaps.n > 0; round++) {
		bool all;
		uint64_t before = hash_of(&a->edits);
		bool known = false;
		status = propose_all(m, &gaps, finding, width, round == 0 ? variant : 0, a, &all);
		if (status != TW_OK || !all || hash_of(&a->edits) == before)
			break;
		if (round == 0)
			good = find_tried(tried, hash_of(&a->edits), &known);
		a->again = known && *good;
		if (known)
			break;
		tw_gaps_free(m, &gaps);
		tw_trial_free(m, &a->trial);
		status = tw_try_edits(m, at, &a->edits, &a->trial);
		a->found = status == TW_OK && a->trial.proved;
		gaps = a->trial.more;
		a->trial.more = (tw_gaps)TW_VEC_EMPTY;
	}
	if (good)
		*good |= a->found;
	tw_gaps_free(m, &gaps);
	return status;
}

/* Edits that are not needed beside the others go; `*ret_any`: some went. */
static tw_status leave_out(struct tw_mender *m, size_t at, struct attempt *a, bool *ret_any)
{
	*ret_any = false;
	for (size_t i = a->edits.n; i > 0 && a->edits.n > 1; i--) {
		struct tw_edit edit = a->edits.v[i - 1];
		struct tw_trial trial;
		size_t rest = a->edits.n - i;
		memmove(&a->edits.v[i - 1], &a->edits.v[i], rest * sizeof(edit));
		a->edits.n--;
		tw_status status = tw_try_edits(m, at, &a->edits, &trial);
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		if (status == TW_OK && trial.proved) {
			tw_trial_free(m, &a->trial);
			a->trial = trial;
			*ret_any = true;
			continue;
		}
		if (status == TW_OK)
			tw_trial_free(m, &trial);
		memmove(&a->edits.v[i], &a->edits.v[i - 1], rest * sizeof(edit));
		a->edits.v[i - 1] = edit;
		a->edits.n++;
	}
	return TW_OK;
}

/* Whatever can be left out is left out: each edit that stays is needed beside those that stay. */
static tw_status thin_out(struct tw_mender *m, size_t at, struct attempt *a)
{
	bool any = a->edits.n > 1;
	while (any)
		TW_TRY(leave_out(m, at, a, &any));
	return TW_OK;
}

/* ---- what is offered --------------------------------------------------------------------------
 */

static bool several_acls(const tw_edits *edits)
{
	for (size_t i = 1; i < edits->n; i++)
		if (strcmp(edits->v[i].entry.component, edits->v[0].entry.component) != 0)
			return true;
	return false;
}

static const char *title_of(struct tw_mender *m, const tw_edits *edits)
{
	bool named = several_acls(edits);
	const char *text = NULL;
	for (size_t i = 0; i < edits->n; i++) {
		const char *one = tw_edit_text(m->arena, &edits->v[i]);
		if (one && named)
			one = tw_arena_printf(m->arena, "%s: %s", edits->v[i].entry.component, one);
		text = text && one ? tw_arena_printf(m->arena, "%s; %s", text, one) : one;
		if (!text)
			return NULL;
	}
	return text;
}

/* SPEC: nacl-add-before-delete */
static tw_status keep_edits(struct tw_mender *m, const tw_edits *edits, struct tw_fix *fix)
{
	struct tw_edit *v = TW_NEW_ARRAY(m->arena, struct tw_edit, edits->n + 1);
	if (!v)
		return TW_ENOMEM;
	for (int pass = 0; pass < 3; pass++)
		for (size_t i = 0; i < edits->n; i++)
			if (tw_edit_turn(&edits->v[i]) == pass)
				v[fix->edits++] = edits->v[i];
	fix->edit = v;
	return TW_OK;
}

static tw_status describe(
	struct tw_mender *m, size_t at, struct attempt *a, unsigned rank, struct tw_fix *ret)
{
	const struct tw_finding *finding = &m->now.report->finding[at];
	struct tw_fix fix = {.rank = rank, .title = title_of(m, &a->edits)};
	struct tw_openings open;
	if (!fix.title)
		return TW_ENOMEM;
	TW_TRY(keep_edits(m, &a->edits, &fix));
	tw_mender_tidy(m);
	TW_TRY(tw_opens(m->arena, m->book->space, m->now.net, tw_patch_net(a->trial.patch), &open));
	fix.opened = open.opened;
	fix.opened_n = open.opened_n;
	fix.service = open.service;
	fix.services = open.services;
	fix.opens = open.opens;
	bool plain = !a->marks.undoes && !a->marks.closes;
	fix.applicability = open.stopped && plain ? TW_FIX_SAFE : TW_FIX_REVIEW;
	if (a->marks.closes)
		fix.opens = tw_arena_printf(m->arena,
			"%s. What the old rules let through stops: no reply to it ever came back, "
			"but look whether it was meant",
			open.opens);
	if (a->marks.undoes)
		fix.opens = tw_arena_printf(m->arena,
			"%s. It undoes a deny that somebody wrote: ask why it is there",
			open.opens);
	TW_TRY(tw_complete_for(m, finding, &a->trial, &fix.complete_for, &fix.complete_for_n));
	*ret = fix;
	return fix.opens ? TW_OK : TW_ENOMEM;
}

static bool same_edits(const struct tw_fix *fix, const tw_edits *edits)
{
	size_t same = 0;
	for (size_t i = 0; i < edits->n; i++)
		for (size_t k = 0; k < fix->edits; k++)
			if (fix->edit[k].operation == edits->v[i].operation &&
				tw_entry_equal(&fix->edit[k].entry, &edits->v[i].entry)) {
				same++;
				break;
			}
	return same == edits->n && fix->edits == edits->n;
}

static tw_status offer(struct tw_mender *m, size_t at, enum tw_width width, struct tried *tried,
	struct tw_fix *fix, size_t *n)
{
	enum { VARIANTS = 4 };
	size_t choices = 1;
	for (unsigned variant = 0; variant < VARIANTS && variant < choices; variant++) {
		struct attempt a = {.found = false};
		struct tw_arena_mark mark = tw_arena_save(&m->work);
		tw_status status = build(m, at, width, variant, tried, &a);
		bool again = a.again;
		if (status == TW_OK && a.found)
			status = thin_out(m, at, &a);
		for (size_t i = 0; i < *n && !again; i++)
			again = same_edits(&fix[i], &a.edits);
		bool found = a.found || a.again;
		if (status == TW_OK && found && !again) {
			status = describe(m, at, &a, (unsigned)*n + 1, &fix[*n]);
			*n += status == TW_OK;
		}
		if (a.choices > choices)
			choices = a.choices;
		close_attempt(m, &a);
		tw_arena_restore(&m->work, mark);
		if (status != TW_OK || found)
			return status;
	}
	return TW_OK;
}

tw_status tw_mend(struct tw_mender *m, size_t finding, const struct tw_fix **ret, size_t *ret_n)
{
	struct tw_fix *fix = TW_NEW_ARRAY(m->arena, struct tw_fix, TW_WIDTHS);
	*ret_n = 0;
	m->refusal = NULL;
	if (!fix)
		return TW_ENOMEM;
	struct tried tried = {.n = 0}, again = {.n = 0};
	m->follow = false;
	for (int width = 0; width < TW_WIDTHS; width++)
		TW_TRY(offer(m, finding, (enum tw_width)width, &tried, fix, ret_n));
	/* Rules may be read in another way once replies pass: then that is mended, too. Where no
	 * edit could be tried, none can now. */
	m->follow = tried.n > 0;
	for (int width = 0; m->follow && *ret_n == 0 && width < TW_WIDTHS; width++)
		TW_TRY(offer(m, finding, (enum tw_width)width, &again, fix, ret_n));
	*ret = fix;
	return TW_OK;
}
