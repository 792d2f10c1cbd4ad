/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans: one fix after the other, each made and proved on top of those before it, until every
 * finding is mended or known to stay. Narrow fixes may leave clients that are only likely with a
 * loss, which shows once the louder one is gone: it is mended in its turn, so that what is left at
 * the end is clean. Who asks for alternatives of a certain rank gets these and no more: those that
 * the report shows, joined. Edits that the others make pointless are left out at the end.
 */
#include "mend.h"

/* What a caller holds is the first member. */
struct plan {
	struct tw_fix_plan public;
	struct tw_mem *mem;
	struct tw_arena arena;
};

/* What a finding is known by. */
struct name {
	const char *code, *fingerprint;
};
typedef TW_VEC(struct name) finding_names;

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
	TW_VEC(struct tw_fix_left) left;
	finding_names given_up; /* told in `left` */
	finding_names
		put_off; /* with a rank: what does not go beside the others as it is offered */
	bool advanced;	 /* an edit was made since the last look at those that stay */
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

static bool holds(const finding_names *names, const struct tw_finding *finding)
{
	for (size_t i = 0; i < names->n; i++)
		if (is_same(finding, names->v[i].code, names->v[i].fingerprint))
			return true;
	return false;
}

static tw_status remember(struct planner *p, finding_names *names, const struct tw_finding *f)
{
	struct tw_arena *arena = &p->plan->arena;
	struct name one = {tw_arena_str(arena, f->code), tw_arena_str(arena, f->fingerprint)};
	if (!one.code || !one.fingerprint)
		return TW_ENOMEM;
	return TW_VEC_PUSH(p->m.mem, names, one);
}

static void forget(finding_names *names, const struct tw_finding *finding)
{
	size_t kept = 0;
	for (size_t i = 0; i < names->n; i++)
		if (!is_same(finding, names->v[i].code, names->v[i].fingerprint))
			names->v[kept++] = names->v[i];
	names->n = kept;
}

static bool is_asked(const struct planner *p, const struct tw_finding *finding)
{
	return !finding->suppressed && finding->level >= p->least && !holds(&p->given_up, finding);
}

/* Of the findings as they are now, those that are still to be mended. */
static bool is_work(const struct planner *p, const struct tw_finding *finding)
{
	return is_asked(p, finding) && (p->rank == 0 || holds(&p->put_off, finding));
}

/*
 * The first that is allowed; of a rank the very one, or the first where there are not so many, and
 * none in its place if it is not allowed.
 */
static const struct tw_fix *choose(const struct planner *p, const struct tw_fix *fix, size_t n)
{
	for (size_t i = p->rank > 0 && p->rank <= n ? p->rank - 1 : 0; i < n; i++) {
		if (fix[i].applicability == TW_FIX_SAFE || p->review)
			return &fix[i];
		if (p->rank > 0)
			break;
	}
	return NULL;
}

static tw_status leave(struct planner *p, const struct tw_finding *f, const char *why)
{
	struct tw_arena *arena = &p->plan->arena;
	struct tw_span span = f->near_miss.span.file != 0 ? f->near_miss.span : f->span;
	struct tw_fix_left left = {.code = tw_arena_str(arena, f->code),
		.message = tw_arena_str(arena, f->message),
		.why = tw_arena_str(arena, why),
		.level = f->level,
		.span = span};
	if (!left.code || !left.message || !left.why)
		return TW_ENOMEM;
	TW_TRY(TW_VEC_PUSH(p->m.mem, &p->left, left));
	return remember(p, &p->given_up, f);
}

/* What is to be done about a finding of m.now; none: it is told in `left` why. */
static tw_status pick(struct planner *p, size_t at, const struct tw_fix **ret)
{
	const struct tw_finding *f = &p->m.now.report->finding[at];
	const struct tw_fix *fix;
	size_t n;
	*ret = NULL;
	if (p->m.now.needs[at].n == 0) {
		const char *why = tw_unmendable(&p->plan->arena, f);
		return why ? leave(p, f, why) : TW_ENOMEM;
	}
	TW_TRY(tw_mend_beside(&p->m, at, &fix, &n));
	*ret = choose(p, fix, n);
	if (*ret)
		return TW_OK;
	if (n > 0)
		return leave(p, f,
			"what mends it lets something else through and needs a review: run again "
			"with --review");
	return leave(p, f, tw_refusal(&p->m));
}

static tw_status join(struct planner *p, const struct tw_fix *fix)
{
	for (size_t i = 0; i < fix->edits; i++)
		TW_TRY(tw_edits_join(p->m.mem, &p->edits, &fix->edit[i]));
	return TW_OK;
}

static tw_status mend_one(struct planner *p, size_t at)
{
	const struct tw_fix *fix;
	p->m.given.n = 0; /* what was offered is made by now, or never is */
	forget(&p->put_off, &p->m.now.report->finding[at]);
	TW_TRY(pick(p, at, &fix));
	if (!fix)
		return TW_OK;
	TW_TRY(join(p, fix));
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

/* ---- alternatives of one rank -----------------------------------------------------------------
 */

/* The same rule is changed already, and in another way. */
static bool is_taken(const struct planner *p, const struct tw_edit *edit)
{
	for (size_t i = 0; i < p->edits.n; i++) {
		const struct tw_edit *other = &p->edits.v[i];
		if (other->entry.number == edit->entry.number &&
			other->entry.egress == edit->entry.egress &&
			strcmp(other->entry.component, edit->entry.component) == 0)
			return other->operation != edit->operation ||
			       !tw_entry_equal(&other->entry, &edit->entry);
	}
	return false;
}

/* SPEC: quota-nacl-rules */
static bool fits_all(const struct planner *p)
{
	for (size_t a = 0; a < p->net->acls; a++)
		for (int i = 0; i < 4; i++) {
			enum tw_list list = i % 2 == 0 ? TW_INGRESS : TW_EGRESS;
			uint8_t family = i < 2 ? TW_IPV4 : TW_IPV6;
			size_t n = 0;
			for (size_t k = 0; k < p->edits.n; k++) {
				const struct tw_entry *e = &p->edits.v[k].entry;
				n += p->edits.v[k].operation == TW_ADD &&
				     e->egress == (list == TW_EGRESS) && e->cidr.family == family &&
				     strcmp(e->component, p->net->acl[a].object.id) == 0;
			}
			if (n > 0 &&
				n + tw_list_entries(p->net->acl[a].list[list], family) > p->m.quota)
				return false;
		}
	return true;
}

/* The fix beside those that were taken before; what does not go with them is put off. */
static tw_status take(struct planner *p, const struct tw_finding *f, const struct tw_fix *fix)
{
	const struct tw_report *before = p->m.now.report;
	size_t old = p->edits.n;
	bool fine = true;
	for (size_t i = 0; i < fix->edits; i++)
		fine &= !is_taken(p, &fix->edit[i]);
	if (!fine)
		return remember(p, &p->put_off, f);
	TW_TRY(join(p, fix));
	if (p->edits.n == old)
		return TW_OK; /* all of it is there */
	fine = fits_all(p);
	if (fine) {
		TW_TRY(advance(p));
		size_t n = tw_count_like(before, f);
		fine = !tw_worse_flow(before, p->m.now.report, NULL, false) &&
		       (n == 0 || tw_count_like(p->m.now.report, f) < n);
	}
	if (fine)
		return TW_OK;
	p->edits.n = old;
	TW_TRY(remember(p, &p->put_off, f));
	return advance(p);
}

/* What the report shows, each proved beside the others. */
static tw_status take_offers(struct planner *p)
{
	struct tw_state first = p->m.now, now = first;
	for (size_t i = 0; i < p->first->findings_n; i++) {
		const struct tw_finding *f = &p->first->finding[i];
		const struct tw_fix *fix = NULL, *offered;
		size_t n;
		if (f->suppressed || (p->needs[i].n == 0 && f->level < p->least))
			continue;
		p->m.now = first;
		if (f->level < p->least) /* its numbers are shown, and are not used again */
			TW_TRY(tw_mend_beside(&p->m, i, &offered, &n));
		else
			TW_TRY(pick(p, i, &fix));
		p->m.now = now;
		if (fix)
			TW_TRY(take(p, f, fix));
		now = p->m.now;
	}
	return TW_OK;
}

/* ---- what is not needed -----------------------------------------------------------------------
 */

/* Nothing that it tells is new, or louder; and no flow is worse off. */
static bool is_as_good(const struct tw_report *full, const struct tw_report *less)
{
	for (size_t i = 0; i < less->findings_n; i++) {
		const struct tw_finding *f = &less->finding[i];
		if (!f->suppressed && tw_count_like(less, f) > tw_count_like(full, f))
			return false;
	}
	return !tw_worse_flow(full, less, NULL, false);
}

/* TW_EINVAL: such edits cannot be made. */
static tw_status judge(struct planner *p, bool *ret_good)
{
	struct tw_patch *patch;
	struct tw_report *report;
	const struct tw_needs *needs;
	*ret_good = false;
	TW_TRY(tw_patch_new(p->m.mem, p->net, p->edits.v, p->edits.n, &patch));
	tw_status status = tw_check_needs(p->m.mem, tw_patch_net(patch), &p->m.check, p->m.book,
		false, p->m.diags, &report, &needs);
	if (status == TW_OK) {
		*ret_good = is_as_good(p->m.now.report, report);
		tw_report_free(report);
	}
	tw_patch_free(patch);
	return status;
}

/* Later edits may make earlier ones pointless, so the earliest go first. */
static tw_status leave_out(struct planner *p, bool *ret_any)
{
	*ret_any = false;
	for (size_t i = 0; i < p->edits.n && p->edits.n > 1;) {
		struct tw_edit edit = p->edits.v[i];
		size_t rest = p->edits.n - i - 1;
		bool good;
		memmove(&p->edits.v[i], &p->edits.v[i + 1], rest * sizeof(edit));
		p->edits.n--;
		tw_status status = judge(p, &good);
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		*ret_any |= good;
		if (good)
			continue;
		memmove(&p->edits.v[i + 1], &p->edits.v[i], rest * sizeof(edit));
		p->edits.v[i++] = edit;
		p->edits.n++;
	}
	return TW_OK;
}

static tw_status thin_out(struct planner *p)
{
	size_t before = p->edits.n;
	bool any = true;
	while (any)
		TW_TRY(leave_out(p, &any));
	return p->edits.n < before ? advance(p) : TW_OK;
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
	struct tw_fix_left *left = TW_NEW_ARRAY(&plan->arena, struct tw_fix_left, p->left.n + 1);
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
	plan->public.left = left;
	plan->public.left_n = p->left.n;
	plan->public.found = tw_report_worst(p->first);
	plan->public.worst = tw_report_worst(p->m.now.report);
	for (size_t i = 0; i < p->first->findings_n; i++) {
		const struct tw_finding *f = &p->first->finding[i];
		plan->public.mended +=
			p->needs[i].n > 0 && is_asked(p, f) && !is_in(p->m.now.report, f);
	}
	return TW_OK;
}

/* With a rank of one's own: what the chosen fixes do not cover, such as clients that may be there.
 */
static tw_status tell_rest(struct planner *p)
{
	const struct tw_report *now = p->m.now.report;
	const char *why = p->rank > 0 ? "the alternatives of that rank leave it: run again, or "
					"without --rank"
				      : "it came up at the end: run again";
	for (size_t i = 0; i < now->findings_n; i++)
		if (is_asked(p, &now->finding[i]))
			TW_TRY(leave(p, &now->finding[i], why));
	return TW_OK;
}

static tw_status run(struct planner *p)
{
	TW_TRY(tw_check_needs(
		p->m.mem, p->net, &p->m.check, p->m.book, true, p->m.diags, &p->first, &p->needs));
	p->m.now = (struct tw_state){p->net, p->first, p->needs};
	if (p->rank > 0)
		TW_TRY(take_offers(p));
	TW_TRY(mend_all(p));
	TW_TRY(thin_out(p));
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
	TW_VEC_FREE(mem, &p.put_off);
	tw_mender_close(&p.m);
	if (status != TW_OK)
		tw_fix_plan_free(&p.plan->public);
	else
		*ret = &p.plan->public;
	return status;
}
