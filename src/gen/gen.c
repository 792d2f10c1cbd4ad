/* SPDX-License-Identifier: Apache-2.0 */
/* Gen: from a plan to rule sets. What a caller holds is the first member of its result. */
#include "demand.h"

struct result {
	struct tw_gen_result public;
	struct tw_mem *mem;
	struct tw_arena arena;
};

/* Of every guard, so that all that do not fit are told at once. */
static tw_status make_sets(struct tw_plan *plan, struct tw_gen_result *out)
{
	struct tw_rule_set *set = TW_NEW_ARRAY(plan->arena, struct tw_rule_set, plan->guard.n + 1);
	tw_status worst = TW_OK;

	if (!set)
		return TW_ENOMEM;
	for (size_t i = 0; i < plan->guard.n; i++) {
		tw_status status = tw_rules_of(plan, &plan->guard.v[i], &set[i]);
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		worst = status != TW_OK ? status : worst;
	}
	out->set = set;
	out->sets = plan->guard.n;
	return worst;
}

/* Ours, and those that choosing the ends has left among the diagnostics. */
static tw_status keep_notes(struct tw_plan *plan, struct tw_gen_result *out)
{
	size_t found = tw_diags_count(plan->diags);
	const char **note = TW_NEW_ARRAY(plan->arena, const char *, found + plan->note.n + 1);

	if (!note)
		return TW_ENOMEM;
	for (size_t i = 0; i < found; i++) {
		const struct tw_diag *diag = tw_diags_get(plan->diags, i);
		if (diag->level != TW_LEVEL_NOTE)
			continue;
		note[out->notes] = tw_arena_str(plan->arena, diag->message);
		if (!note[out->notes++])
			return TW_ENOMEM;
	}
	for (size_t i = 0; i < plan->note.n; i++) {
		note[out->notes++] = plan->note.v[i];
		TW_TRY(tw_diag_add(
			plan->diags, TW_LEVEL_NOTE, 0, TW_NO_SPAN, "%s", plan->note.v[i]));
	}
	out->note = note;
	out->exact = plan->exact;
	return TW_OK;
}

static tw_status fill(struct tw_plan *plan, struct tw_gen_result *out)
{
	if (plan->options->intents)
		TW_TRY(tw_plan_intents(plan));
	else
		TW_TRY(tw_plan_patterns(plan));
	TW_TRY(tw_plan_tell_narrow(plan));
	TW_TRY(make_sets(plan, out));
	return keep_notes(plan, out);
}

tw_status tw_gen(struct tw_mem *mem, const struct tw_gen_options *options,
	struct tw_diags *ret_diags, struct tw_gen_result **ret)
{
	struct result *result = tw_mem_alloc(mem, sizeof(*result));

	if (!result)
		return TW_ENOMEM;
	*result = (struct result){.mem = mem};
	tw_arena_init(&result->arena, mem);
	struct tw_plan plan = {.mem = mem,
		.arena = &result->arena,
		.diags = ret_diags,
		.options = options,
		.exact = true};
	tw_arena_init(&plan.work, mem);
	tw_status status = fill(&plan, &result->public);
	for (size_t i = 0; i < plan.guard.n; i++) {
		TW_VEC_FREE(mem, &plan.guard.v[i].demand);
		TW_VEC_FREE(mem, &plan.guard.v[i].bound);
	}
	TW_VEC_FREE(mem, &plan.guard);
	TW_VEC_FREE(mem, &plan.note);
	TW_VEC_FREE(mem, &plan.narrow);
	tw_arena_fini(&plan.work);
	if (status != TW_OK)
		tw_gen_free(&result->public);
	else
		*ret = &result->public;
	return status;
}

void tw_gen_free(struct tw_gen_result *result)
{
	if (!result)
		return;
	struct result *r = (struct result *)(void *)result;
	tw_arena_fini(&r->arena);
	tw_mem_release(r->mem, r, sizeof(*r));
}
