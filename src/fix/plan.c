/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans: one fix after the other, each made and proved on top of those before it, until every
 * finding is mended or known to stay. Narrow fixes may leave clients that are only likely with a
 * loss, which shows once the louder one is gone: it is mended in its turn, so that what is left at
 * the end is clean. Who asks for alternatives of a certain rank gets these and no more.
 */
#include "mend.h"

/* What a caller holds is the first member. */
struct plan {
	struct tw_fix_plan public;
	struct tw_mem *mem;
	struct tw_arena arena;
};

/* A finding that stays. */
struct given_up {
	const char *code, *fingerprint;
};

/* The network with the edits up to here, and what check says of it. */
struct step {
	struct tw_patch *patch;
	struct tw_report *report;
};

struct planner {
	struct tw_mender m;
	struct plan *plan;
	const struct tw_net *net;
	unsigned rank;
	bool review;
	enum tw_level least;
	struct tw_report *first; /* of the input; its findings are the work list */
	const struct tw_needs *needs;
	TW_VEC(struct step) step; /* all of them: the book may still speak of them */
	tw_edits edits;
	TW_VEC(const char *) left;
	TW_VEC(struct given_up) given_up; /* told in `left` */
	bool advanced; /* an edit was made since the last look at those that stay */
};

void tw_fix_plan_free(struct tw_fix_plan *plan)
{
	if (!plan)
		return;
	struct plan *p = (struct plan *)(void *)plan;
	tw_arena_fini(&p->arena);
	tw_mem_release(p->mem, p, sizeof(*p));
}

/* ---- state ------------------------------------------------------------------------------------
 */

static void free_steps(struct planner *p)
{
	for (size_t i = p->step.n; i > 0; i--) {
		tw_report_free(p->step.v[i - 1].report);
		tw_patch_free(p->step.v[i - 1].patch);
	}
	TW_VEC_FREE(p->m.mem, &p->step);
}

/* The network with all edits made, judged again. */
static tw_status advance(struct planner *p)
{
	const struct tw_needs *needs;
	TW_TRY(TW_VEC_PUSH(p->m.mem, &p->step, (struct step){NULL, NULL}));
	struct step *step = &p->step.v[p->step.n - 1];
	TW_TRY(tw_patch_new(p->m.mem, p->net, p->edits.v, p->edits.n, &step->patch));
	const struct tw_net *net = tw_patch_net(step->patch);
	TW_TRY(tw_check_needs(
		p->m.mem, net, &p->m.check, p->m.book, true, p->m.diags, &step->report, &needs));
	p->advanced = true;
	p->m.now = (struct tw_state){net, step->report, needs};
	return TW_OK;
}

/* ---- one finding ------------------------------------------------------------------------------
 */

static bool is_same(const struct tw_finding *a, const char *code, const char *fingerprint)
{
	return strcmp(a->code, code) == 0 && strcmp(a->fingerprint, fingerprint) == 0;
}

static bool is_in(const struct tw_report *report, const struct tw_finding *finding)
{
	for (size_t i = 0; i < report->findings_n; i++)
		if (is_same(&report->finding[i], finding->code, finding->fingerprint))
			return true;
	return false;
}

static bool is_given_up(const struct planner *p, const struct tw_finding *finding)
{
	for (size_t i = 0; i < p->given_up.n; i++)
		if (is_same(finding, p->given_up.v[i].code, p->given_up.v[i].fingerprint))
			return true;
	return false;
}

/* Of the findings as they are now, those that are still to be mended. */
static bool is_work(const struct planner *p, const struct tw_finding *finding)
{
	return !finding->suppressed && finding->level >= p->least && !is_given_up(p, finding) &&
	       (p->rank == 0 || is_in(p->first, finding));
}

static const struct tw_fix *choose(const struct planner *p, const struct tw_fix *fix, size_t n)
{
	const struct tw_fix *first = NULL;
	for (size_t i = 0; i < n; i++) {
		if (fix[i].applicability != TW_FIX_SAFE && !p->review)
			continue;
		if (fix[i].rank == p->rank)
			return &fix[i];
		if (!first)
			first = &fix[i];
	}
	return first;
}

static tw_status leave(struct planner *p, const struct tw_finding *f, const char *why)
{
	struct tw_arena *arena = &p->plan->arena;
	struct given_up one = {tw_arena_str(arena, f->code), tw_arena_str(arena, f->fingerprint)};
	const char *text = tw_arena_printf(arena, "%s at %s: %s", f->code,
		f->cause_component ? f->cause_component : "the input", why);
	if (!text || !one.code || !one.fingerprint)
		return TW_ENOMEM;
	TW_TRY(TW_VEC_PUSH(p->m.mem, &p->left, text));
	return TW_VEC_PUSH(p->m.mem, &p->given_up, one);
}

static tw_status mend_one(struct planner *p, size_t at)
{
	const struct tw_finding *f = &p->m.now.report->finding[at];
	const struct tw_fix *fix, *chosen;
	size_t n;
	if (p->m.now.needs[at].n == 0) {
		const char *why = tw_unmendable(&p->plan->arena, f);
		return why ? leave(p, f, why) : TW_ENOMEM;
	}
	TW_TRY(tw_mend(&p->m, at, &fix, &n));
	chosen = choose(p, fix, n);
	if (!chosen && n > 0)
		return leave(p, f,
			"what mends it lets something else through and needs a review: run again "
			"with --review");
	if (!chosen)
		return leave(p, f,
			p->m.refusal ? p->m.refusal : "no edit of the list was proved to help");
	for (size_t i = 0; i < chosen->edits; i++)
		TW_TRY(tw_edits_join(p->m.mem, &p->edits, &chosen->edit[i]));
	return advance(p);
}

/*
 * Each step makes a finding go or gives one up. Fixes never make a flow worse, so this ends by
 * itself; the bound is for a judgement that contradicts itself.
 */
static tw_status mend_each(struct planner *p, size_t *steps)
{
	for (size_t i = 0; i<p->m.now.report->findings_n && * steps> 0;) {
		if (!is_work(p, &p->m.now.report->finding[i])) {
			i++;
			continue;
		}
		TW_TRY(mend_one(p, i));
		(*steps)--;
		i = 0; /* the report may be another one */
	}
	return TW_OK;
}

/*
 * Nothing that is offered may leave anything as loud as what it mends, and what it would leave may
 * be the next one's to mend: those that stay are tried again for as long as others get mended.
 */
static tw_status mend_all(struct planner *p)
{
	size_t steps = 8 * p->first->findings_n + 32;
	TW_TRY(mend_each(p, &steps));
	while (p->advanced && p->given_up.n > 0 && steps > 0) {
		p->advanced = false;
		p->given_up.n = p->left.n = 0;
		TW_TRY(mend_each(p, &steps));
	}
	return TW_OK;
}

/* ---- the end ----------------------------------------------------------------------------------
 */

static tw_status keep_entry(struct planner *p, struct tw_edit *edit)
{
	edit->entry.component = tw_arena_str(&p->plan->arena, edit->entry.component);
	return edit->entry.component ? TW_OK : TW_ENOMEM;
}

/* SPEC: nacl-add-before-delete */
static tw_status finish(struct planner *p)
{
	struct plan *plan = p->plan;
	struct tw_edit *edit = TW_NEW_ARRAY(&plan->arena, struct tw_edit, p->edits.n + 1);
	const char **left = TW_NEW_ARRAY(&plan->arena, const char *, p->left.n + 1);
	const char **text = TW_NEW_ARRAY(&plan->arena, const char *, p->edits.n + 1);
	if (!edit || !left || !text)
		return TW_ENOMEM;
	for (int pass = 0; pass < 3; pass++)
		for (size_t i = 0; i < p->edits.n; i++)
			if (tw_edit_turn(&p->edits.v[i]) == pass)
				edit[plan->public.edits++] = p->edits.v[i];
	for (size_t i = 0; i < plan->public.edits; i++) {
		TW_TRY(keep_entry(p, &edit[i]));
		text[i] = tw_edit_line(&plan->arena, &edit[i]);
		if (!text[i])
			return TW_ENOMEM;
	}
	for (size_t i = 0; i < p->left.n; i++)
		left[i] = p->left.v[i];
	plan->public.edit = edit;
	plan->public.text = text;
	plan->public.left_text = left;
	plan->public.left = p->left.n;
	plan->public.found = tw_report_worst(p->first);
	plan->public.worst = tw_report_worst(p->m.now.report);
	for (size_t i = 0; i < p->first->findings_n; i++) {
		const struct tw_finding *f = &p->first->finding[i];
		plan->public.mended += p->needs[i].n > 0 && !f->suppressed &&
				       f->level >= p->least && !is_given_up(p, f) &&
				       !is_in(p->m.now.report, f);
	}
	return TW_OK;
}

/* With a rank of one's own: what the chosen fixes do not cover, such as clients that may be there.
 */
static tw_status tell_rest(struct planner *p)
{
	const struct tw_report *now = p->m.now.report;
	for (size_t i = 0; i < now->findings_n; i++) {
		const struct tw_finding *f = &now->finding[i];
		if (f->suppressed || f->level < p->least || is_given_up(p, f))
			continue;
		TW_TRY(leave(
			p, f, "shows once the others are mended: run again, or without --rank"));
	}
	return TW_OK;
}

static tw_status run(struct planner *p)
{
	TW_TRY(tw_check_needs(
		p->m.mem, p->net, &p->m.check, p->m.book, true, p->m.diags, &p->first, &p->needs));
	p->m.now = (struct tw_state){p->net, p->first, p->needs};
	TW_TRY(mend_all(p));
	TW_TRY(tell_rest(p));
	return finish(p);
}

tw_status tw_fix_plan_new(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, struct tw_diags *ret_diags, struct tw_fix_plan **ret)
{
	struct planner p = {.net = net, .rank = options->rank, .review = options->review};
	p.least = options->least > TW_LEVEL_NONE ? options->least : TW_LEVEL_WARNING;
	p.plan = tw_mem_alloc(mem, sizeof(*p.plan));
	if (!p.plan)
		return TW_ENOMEM;
	*p.plan = (struct plan){.mem = mem};
	tw_arena_init(&p.plan->arena, mem);
	tw_status status = tw_mender_open(mem, net, options, ret_diags, &p.m);
	p.m.arena = &p.plan->arena;
	p.m.check.details = false;
	if (status == TW_OK)
		status = run(&p);
	free_steps(&p);
	tw_report_free(p.first);
	TW_VEC_FREE(mem, &p.edits);
	TW_VEC_FREE(mem, &p.left);
	TW_VEC_FREE(mem, &p.given_up);
	tw_mender_close(&p.m);
	if (status != TW_OK)
		tw_fix_plan_free(&p.plan->public);
	else
		*ret = &p.plan->public;
	return status;
}
