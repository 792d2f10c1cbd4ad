/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must never pass and does: TW602 names the rules that let it through, and one packet to try
 * it with. Only the request counts: a packet that is never answered can do harm.
 */
#include "report.h"
#include "stations.h"

/* The list of a way at which the request should have been stopped. */
struct culprit {
	const struct tw_crossing *crossing; /* NULL: nothing that is known filters it */
	const struct tw_passed *passed;
	size_t n;
	int rank;
};

/* It denies something of the family at all: one that lets everything pass was not meant to stop
 * anybody. */
static tw_status chooses(
	struct tw_results *r, const struct tw_crossing *c, uint8_t family, bool *ret)
{
	struct tw_space *space = r->judge->space;
	const struct tw_box all = tw_box_all((enum tw_family)family);
	struct tw_compiled compiled;
	TW_TRY(tw_judge_crossing(r->judge, c, &compiled));
	*ret = !tw_set_is_empty(tw_set_intersect(space, compiled.deny, tw_set_box(space, &all)));
	return tw_space_status(space);
}

static tw_status culprit_of(
	struct tw_results *r, const struct tw_station *station, uint8_t family, struct culprit *ret)
{
	struct culprit one = {.crossing = station->crossing};
	bool choosy;
	TW_TRY(tw_station_passed(r, station, &one.passed, &one.n));
	TW_TRY(chooses(r, station->crossing, family, &choosy));
	one.rank = (choosy ? 2 : 0) + (station->crossing->kind == TW_CROSS_ACL ? 1 : 0);
	*ret = one;
	return TW_OK;
}

/*
 * All of them in the order of the way, and the one to blame: the last ACL that chooses what it lets
 * pass, else the last group, else the last list of all.
 */
static tw_status culprits_of(struct tw_results *r, const struct tw_outcome *o,
	const struct tw_stations *stations, struct culprit *ret, size_t *ret_n, size_t *ret_worst)
{
	size_t n = 0;
	for (size_t i = 0; i < stations->n; i++) {
		if (!stations->v[i].ruled)
			continue;
		TW_TRY(culprit_of(r, &stations->v[i], o->family, &ret[n]));
		if (ret[n].n == 0)
			continue;
		if (n == 0 || ret[n].rank >= ret[*ret_worst].rank)
			*ret_worst = n;
		n++;
	}
	*ret_n = n;
	return TW_OK;
}

/* ---- the finding -----------------------------------------------------------------------------
 */

static bool is_same(const struct tw_finding_draft *f, const struct tw_draft *draft,
	const struct tw_cause *cause, const char *peer)
{
	return strcmp(f->code, "TW602") == 0 && strcmp(f->flow.v[0], draft->flow.id) == 0 &&
	       f->cause.acl == cause->acl && f->cause.list == cause->list &&
	       f->cause.family == cause->family && strcmp(f->peer, peer) == 0;
}

/* "... rule 110 lets it through, too: allow tcp/80 from 0.0.0.0/0" */
static tw_status relate(struct tw_results *r, struct tw_finding_draft *f,
	const struct culprit *culprit, const struct tw_passed *passed)
{
	enum tw_list list = culprit->crossing->view.list;
	const char *rule = tw_rule_text(r->arena, passed->rule, list);
	struct tw_related one = {.span = passed->rule->span};
	if (one.span.file == 0)
		return rule ? TW_OK : TW_ENOMEM;
	one.message =
		rule ? tw_arena_printf(r->arena, "%s %s rule %s lets it through, too: %s",
			       passed->component->id, tw_list_name(list), passed->rule->id, rule)
		     : NULL;
	return one.message ? tw_finding_relate(r, f, &one) : TW_ENOMEM;
}

/* The rules of the list, each once: the first is the place, the others stand beside it. */
static tw_status add_rules(
	struct tw_results *r, struct tw_finding_draft *f, const struct culprit *culprit)
{
	struct tw_cause *cause = &f->cause;
	for (size_t i = 0; i < culprit->n; i++) {
		const struct tw_passed *one = &culprit->passed[i];
		bool first = f->finding.cause_rule == NULL;
		if (first) {
			f->finding.cause_component = one->component->id;
			f->finding.cause_rule = one->rule->id;
			f->finding.cause_list = tw_list_name(culprit->crossing->view.list);
			f->finding.span =
				one->rule->span.file != 0 ? one->rule->span : one->component->span;
		}
		if (cause->acl != TW_MISSING) {
			const struct tw_rule *all = r->net->acl[cause->acl].list[cause->list].rule;
			uint32_t at = (uint32_t)(one->rule - all);
			size_t k = 0;
			while (k < cause->rules && cause->rule[k] != at)
				k++;
			if (k < cause->rules || cause->rules == TW_COUNT(cause->rule))
				continue;
			cause->rule[cause->rules++] = at;
		}
		if (!first)
			TW_TRY(relate(r, f, culprit, one));
	}
	return TW_OK;
}

/* "acl-1 (web) lets the request in (ingress rules 100, 110)" */
static const char *blame_text(struct tw_results *r, const struct tw_finding_draft *f)
{
	const struct tw_cause *c = &f->cause;
	const char *rules = f->finding.cause_rule, *id = f->finding.cause_component;
	if (!id)
		return "nothing in the input stops the request";
	for (size_t i = 1; rules && i < c->rules; i++)
		rules = tw_arena_printf(r->arena, "%s, %s", rules,
			r->net->acl[c->acl].list[c->list].rule[c->rule[i]].id);
	if (rules && c->acl != TW_MISSING && r->net->acl[c->acl].object.name)
		id = tw_arena_printf(r->arena, "%s (%s)", id, r->net->acl[c->acl].object.name);
	return rules && id ? tw_arena_printf(r->arena, "%s lets the request %s (%s rule%s %s)", id,
				     c->list == TW_INGRESS ? "in" : "out", tw_list_name(c->list),
				     c->rules > 1 ? "s" : "", rules)
			   : NULL;
}

static tw_status say(struct tw_results *r, struct tw_finding_draft *f, const struct tw_draft *draft)
{
	const struct tw_flow *flow = &draft->flow;
	const char *blame = blame_text(r, f);
	f->finding.message =
		blame ? tw_arena_printf(r->arena, "intent `%s` (%s from %s to %s) is violated: %s",
				flow->name, flow->service_text, flow->from.name, flow->to.name,
				blame)
		      : NULL;
	return f->finding.message ? TW_OK : TW_ENOMEM;
}

/* What holds of the finding whoever else gets through. */
static tw_status open_finding(struct tw_results *r, const struct tw_draft *draft,
	const struct tw_outcome *o, const struct tw_cause *cause, const char *peer,
	struct tw_finding_draft **ret)
{
	struct tw_finding_draft fresh = {
		.code = "TW602", .level = TW_LEVEL_ERROR, .cause = *cause, .peer = peer};
	const struct tw_witness *witness;
	TW_TRY(TW_VEC_PUSH(r->mem, &r->finding, fresh));
	struct tw_finding_draft *f = &r->finding.v[r->finding.n - 1];
	f->finding.direction = "request";
	TW_TRY(TW_VEC_PUSH(r->mem, &f->flow, draft->flow.id));
	TW_TRY(tw_witness_of(r, o, &witness));
	if (witness) {
		const char *note = tw_arena_printf(
			r->arena, "one packet that passes: %s", witness->request_text);
		TW_TRY(note ? tw_finding_note(r, f, note) : TW_ENOMEM);
	}
	*ret = f;
	return TW_OK;
}

static tw_status place(
	struct tw_results *r, struct tw_finding_draft *f, const struct tw_draft *draft)
{
	struct tw_span here = draft->flow.evidence[0].span;
	struct tw_related stated = {.message = "the intent is stated here", .span = here};
	if (f->finding.cause_rule) {
		f->finding.label = "this rule lets the request through";
		return TW_VEC_PUSH(r->mem, &f->related, stated);
	}
	f->finding.span = here;
	f->finding.label = "stated here";
	return TW_OK;
}

static tw_status tell(struct tw_results *r, const struct tw_draft *draft,
	const struct tw_outcome *o, const struct culprit *culprit, size_t n, size_t worst)
{
	struct tw_cause cause = {.acl = TW_MISSING,
		.direction = TW_REQUEST,
		.family = o->family,
		.protocol = o->protocol};
	const char *peer = draft->flow.name;
	struct tw_finding_draft *f = NULL;
	if (n > 0) {
		const struct culprit *one = &culprit[worst];
		cause.list = one->crossing->view.list;
		if (one->crossing->kind == TW_CROSS_ACL)
			cause.acl = one->crossing->acl;
		else
			peer = tw_arena_printf(
				r->arena, "%s at %s", peer, one->passed[0].component->id);
	}
	if (!peer)
		return TW_ENOMEM;
	for (size_t i = 0; i < r->finding.n && !f; i++)
		if (is_same(&r->finding.v[i], draft, &cause, peer))
			f = &r->finding.v[i];
	bool fresh = f == NULL;
	if (fresh)
		TW_TRY(open_finding(r, draft, o, &cause, peer, &f));
	if (n > 0)
		TW_TRY(add_rules(r, f, &culprit[worst]));
	for (size_t i = 0; i < n; i++)
		if (i != worst && culprit[i].rank >= 2)
			TW_TRY(relate(r, f, &culprit[i], &culprit[i].passed[0]));
	if (fresh)
		TW_TRY(place(r, f, draft));
	return say(r, f, draft);
}

static tw_status find_in(
	struct tw_results *r, const struct tw_draft *draft, const struct tw_outcome *o)
{
	struct tw_stations stations = TW_VEC_EMPTY;
	TW_TRY(tw_stations_of(r, o, false, &stations));
	struct culprit *culprit = TW_NEW_ARRAY(r->work, struct culprit, stations.n + 1);
	size_t n, worst = 0;
	tw_status status = culprit ? culprits_of(r, o, &stations, culprit, &n, &worst) : TW_ENOMEM;
	if (status == TW_OK)
		status = tell(r, draft, o, culprit, n, worst);
	TW_VEC_FREE(r->mem, &stations);
	return status;
}

tw_status tw_find_passing(struct tw_results *results, const struct tw_draft *draft)
{
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		if (o->request == TW_ALLOW && !o->path->blocked)
			TW_TRY(find_in(results, draft, o));
	}
	return tw_space_status(results->judge->space);
}
