/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans: one fix after the other, each made and proved on top of those before it, until every
 * finding is mended or known to stay.
 */
#include "mend.h"

/* What a caller holds is the first member. */
struct plan {
	struct tw_fix_plan public;
	struct tw_mem *mem;
	struct tw_arena arena;
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
	struct tw_patch *patch; /* m.now, unless that is the input */
	struct tw_report *report;
	tw_edits edits;
	TW_VEC(const char *) left;
	bool *stays; /* by finding of `first`: told in `left` */
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

static void drop_state(struct planner *p)
{
	if (p->report != p->first)
		tw_report_free(p->report);
	tw_patch_free(p->patch);
	p->report = NULL;
	p->patch = NULL;
}

/* The network with all edits made, judged again. */
static tw_status advance(struct planner *p)
{
	struct tw_patch *patch;
	struct tw_report *report;
	const struct tw_needs *needs;
	TW_TRY(tw_patch_new(p->m.mem, p->net, p->edits.v, p->edits.n, &patch));
	tw_status status = tw_check_needs(p->m.mem, tw_patch_net(patch), &p->m.check, p->m.proofs,
		p->m.diags, &report, &needs);
	if (status != TW_OK) {
		tw_patch_free(patch);
		return status;
	}
	drop_state(p);
	p->patch = patch;
	p->report = report;
	p->m.now = (struct tw_state){tw_patch_net(patch), report, needs};
	return TW_OK;
}

/* ---- one finding ------------------------------------------------------------------------------
 */

/* The same finding in the report as it is now; findings_n: it is gone. */
static size_t find_now(const struct planner *p, const struct tw_finding *finding)
{
	const struct tw_report *now = p->m.now.report;
	size_t i = 0;
	while (i < now->findings_n &&
		(strcmp(now->finding[i].fingerprint, finding->fingerprint) != 0 ||
			strcmp(now->finding[i].code, finding->code) != 0))
		i++;
	return i;
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

static tw_status leave(struct planner *p, size_t at, const char *why)
{
	const struct tw_finding *f = &p->first->finding[at];
	const char *text = tw_arena_printf(&p->plan->arena, "%s at %s: %s", f->code,
		f->cause_component ? f->cause_component : "the input", why);
	p->stays[at] = true;
	return text ? TW_VEC_PUSH(p->m.mem, &p->left, text) : TW_ENOMEM;
}

static tw_status mend_one(struct planner *p, size_t at)
{
	const struct tw_finding *f = &p->first->finding[at];
	size_t now = find_now(p, f), n;
	const struct tw_fix *fix, *chosen;
	if (f->suppressed || f->level < p->least || now == p->m.now.report->findings_n)
		return TW_OK;
	if (p->m.now.needs[now].n == 0)
		return leave(p, at, "no rule of a network ACL mends it");
	TW_TRY(tw_mend(&p->m, now, &fix, &n));
	chosen = choose(p, fix, n);
	if (!chosen && n > 0)
		return leave(p, at,
			"what mends it lets something else through and needs a review: run again "
			"with --review");
	if (!chosen)
		return leave(p, at,
			p->m.refusal ? p->m.refusal : "no edit of the list was proved to help");
	for (size_t i = 0; i < chosen->edits; i++)
		TW_TRY(tw_edits_join(p->m.mem, &p->edits, &chosen->edit[i]));
	return advance(p);
}

/* ---- the end ----------------------------------------------------------------------------------
 */

static int order(const struct tw_edit *e)
{
	return e->operation == TW_ADD ? 0 : e->operation == TW_REPLACE ? 1 : 2;
}

static tw_status keep_entry(struct planner *p, struct tw_edit *edit)
{
	edit->entry.component = tw_arena_str(&p->plan->arena, edit->entry.component);
	return edit->entry.component ? TW_OK : TW_ENOMEM;
}

/* "acl-1: add inbound rule 120: allow TCP 443 from 0.0.0.0/0" */
static const char *edit_words(struct plan *plan, const struct tw_edit *edit)
{
	const struct tw_entry *e = &edit->entry;
	const char *rule = tw_entry_text(&plan->arena, e);
	if (!rule)
		return NULL;
	return tw_arena_printf(&plan->arena, "%s: %s %s rule %u%s: %s", e->component,
		tw_operation_name(edit->operation), e->egress ? "outbound" : "inbound", e->number,
		edit->operation == TW_REPLACE ? " by" : "", rule);
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
			if (order(&p->edits.v[i]) == pass)
				edit[plan->public.edits++] = p->edits.v[i];
	for (size_t i = 0; i < plan->public.edits; i++) {
		TW_TRY(keep_entry(p, &edit[i]));
		text[i] = edit_words(plan, &edit[i]);
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
	for (size_t i = 0; i < p->first->findings_n; i++)
		plan->public.mended += p->needs[i].n > 0 && !p->first->finding[i].suppressed &&
				       p->first->finding[i].level >= p->least && !p->stays[i];
	return TW_OK;
}

/* What the chosen fixes do not cover, such as clients that may be there. */
static tw_status tell_rest(struct planner *p)
{
	const struct tw_report *now = p->m.now.report;
	for (size_t i = 0; i < now->findings_n; i++) {
		const struct tw_finding *f = &now->finding[i];
		bool known = false;
		for (size_t k = 0; k < p->first->findings_n; k++)
			known |= strcmp(p->first->finding[k].fingerprint, f->fingerprint) == 0 &&
				 strcmp(p->first->finding[k].code, f->code) == 0;
		if (known || f->suppressed || f->level < p->least)
			continue;
		const char *text = tw_arena_printf(&p->plan->arena,
			"%s at %s: shows once the others are mended; run again%s", f->code,
			f->cause_component ? f->cause_component : "the input",
			p->rank < 2 ? ", or take wider fixes with --rank 2" : "");
		TW_TRY(text ? TW_VEC_PUSH(p->m.mem, &p->left, text) : TW_ENOMEM);
	}
	return TW_OK;
}

static tw_status run(struct planner *p)
{
	TW_TRY(tw_check_needs(
		p->m.mem, p->net, &p->m.check, p->m.proofs, p->m.diags, &p->first, &p->needs));
	p->report = p->first;
	p->m.now = (struct tw_state){p->net, p->first, p->needs};
	p->stays = TW_NEW_ARRAY(&p->plan->arena, bool, p->first->findings_n + 1);
	if (!p->stays)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->first->findings_n; i++)
		TW_TRY(mend_one(p, i));
	TW_TRY(tell_rest(p));
	return finish(p);
}

tw_status tw_fix_plan_new(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_fix_options *options, unsigned rank, bool review,
	struct tw_diags *ret_diags, struct tw_fix_plan **ret)
{
	struct planner p = {.net = net, .rank = rank, .review = review};
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
	drop_state(&p);
	tw_report_free(p.first);
	TW_VEC_FREE(mem, &p.edits);
	TW_VEC_FREE(mem, &p.left);
	tw_mender_close(&p.m);
	if (status != TW_OK)
		tw_fix_plan_free(&p.plan->public);
	else
		*ret = &p.plan->public;
	return status;
}
