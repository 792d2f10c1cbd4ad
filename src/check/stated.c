/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stated intents: what the owner wants to complete, and what must never pass. They are judged
 * first; where they speak for packets, nothing is inferred.
 */
#include "ask.h"
#include "declared.h"
#include "report.h"

static tw_status resolve(struct tw_results *r, struct tw_diags *diags,
	const struct tw_intent *intent, struct tw_selection *from, struct tw_selection *to)
{
	const struct tw_intents *intents = r->options->intents;
	TW_TRY(tw_select_end(r->net, intents, r->work, diags, &intent->from, from));
	return tw_select_end(r->net, intents, r->work, diags, &intent->to, to);
}

/* What `clients` of the intent says, else what its name connects with. */
static tw_status given_levels(struct tw_results *r, const struct tw_intent *intent,
	const struct tw_selection *from, struct tw_levels *levels, bool *ret_given)
{
	const struct tw_client *one[1] = {from->client};
	*ret_given = intent->clients > 0 || from->client;
	if (intent->clients > 0)
		return tw_levels_given(r->work, intent->client, intent->clients, levels);
	return from->client ? tw_levels_given(r->work, one, 1, levels) : TW_OK;
}

static tw_status draft_of(struct tw_results *r, const struct tw_intent *intent,
	const struct tw_selection *from, const struct tw_selection *to, struct tw_draft *ret)
{
	struct tw_draft draft = {.acl = TW_MISSING,
		.every_connection = intent->every_connection,
		.outbound = to->internet};
	struct tw_flow *flow = &draft.flow;
	struct tw_evidence *evidence = TW_NEW(r->arena, struct tw_evidence);
	flow->id = flow->name = tw_arena_str(r->arena, intent->name);
	flow->because = tw_arena_printf(r->arena, "the intent `%s`", intent->name);
	if (!evidence || !flow->id || !flow->because)
		return TW_ENOMEM;
	*evidence = (struct tw_evidence){flow->name, "intent", NULL, intent->span};
	flow->evidence = evidence;
	flow->evidence_n = 1;
	flow->origin = "intent";
	flow->purpose = "stated";
	flow->expect = intent->never ? "never" : "complete";
	TW_TRY(tw_peer_of(r, from, &flow->from));
	TW_TRY(tw_peer_of(r, to, &flow->to));
	TW_TRY(tw_question_text(r, intent->service, intent->services, flow));
	*ret = draft;
	return TW_OK;
}

/* The lists that drop the replies that somebody waits for: whoever is hurt, else those who lose an
 * edge. */
static tw_status losses_of(struct tw_results *r, const struct tw_draft *draft,
	const struct tw_outcome *o, struct tw_cause *ret, size_t *ret_n)
{
	bool edge;
	enum tw_level hurt = tw_hurt_level(o, draft->every_connection, &edge);
	TW_TRY(tw_causes_of_stated(r, o, hurt, ret, ret_n));
	if (*ret_n == 0 && hurt > TW_LEVEL_NONE)
		TW_TRY(tw_causes_of_stated(r, o, TW_LEVEL_NONE, ret, ret_n));
	return TW_OK;
}

/* The first list that stands in the way of the outcome, for the place of the finding. */
static tw_status first_cause(struct tw_results *r, const struct tw_draft *draft,
	const struct tw_outcome *o, struct tw_cause *ret)
{
	struct tw_cause cause[TW_CROSSINGS];
	size_t n = 0;
	*ret = (struct tw_cause){.acl = TW_MISSING, .family = o->family, .protocol = o->protocol};
	if (o->request == TW_DENY)
		TW_TRY(tw_denials_of(r, o, cause, &n));
	/* Those who decide may be well where others are hurt: it is complete then. */
	else if (o->request == TW_ALLOW && o->verdict != TW_UNKNOWN && !o->path->blocked)
		TW_TRY(losses_of(r, draft, o, cause, &n));
	if (n > 0)
		*ret = cause[0];
	return TW_OK;
}

static tw_status say(struct tw_results *r, struct tw_finding_draft *finding,
	const struct tw_draft *draft, const char *what, const char *why)
{
	const struct tw_flow *flow = &draft->flow;
	if (finding->finding.message)
		return TW_OK;
	finding->finding.message = tw_arena_printf(r->arena,
		"intent `%s` (%s from %s to %s) %s%s%s", flow->name, flow->service_text,
		flow->from.name, flow->to.name, what, why ? ": " : "", why ? why : "");
	finding->peer = flow->name;
	return finding->finding.message ? TW_OK : TW_ENOMEM;
}

/* Some request of the intent gets through. */
static bool any_passes(const struct tw_draft *draft)
{
	for (size_t i = 0; i < draft->outcomes.n; i++)
		if (draft->outcomes.v[i].request == TW_ALLOW && !draft->outcomes.v[i].path->blocked)
			return true;
	return false;
}

/* What clients of the finding's level see of it, up to three. */
static tw_status say_clients(struct tw_results *r, struct tw_finding_draft *finding,
	const struct tw_draft *draft, const struct tw_outcome *o)
{
	for (size_t i = 0, said = 0; i < o->clients_n && said < 3 && o->request == TW_ALLOW; i++) {
		const char *text;
		if (o->client[i].passing == o->client[i].total ||
			o->client[i].level < finding->level)
			continue;
		TW_TRY(tw_sentence_of_client(
			r, &o->client[i], draft->outbound, o->protocol, &text));
		TW_TRY(tw_finding_note(r, finding, text));
		said++;
	}
	return TW_OK;
}

/* One finding for an intent and a cause; without an ACL to blame it points at the intent itself. */
static tw_status add(struct tw_results *r, const struct tw_draft *draft, const char *code,
	enum tw_level level, const struct tw_outcome *o, const char *what, const char *why)
{
	struct tw_cause cause;
	struct tw_finding_draft *finding;
	TW_TRY(first_cause(r, draft, o, &cause));
	/* Intents are told one by one: a cause without rules would merge two of them. */
	size_t before = r->finding.n;
	for (size_t i = 0; i < before; i++) {
		struct tw_finding_draft *one = &r->finding.v[i];
		if (strcmp(one->code, code) == 0 && one->flow.n == 1 &&
			strcmp(one->flow.v[0], draft->flow.id) == 0 &&
			one->cause.acl == cause.acl && one->cause.list == cause.list &&
			one->cause.direction == cause.direction &&
			one->cause.family == cause.family) {
			TW_TRY(tw_need_add(r, one, level, &cause, draft->flow.id));
			TW_TRY(tw_finding_clients(r, one, o->client, o->clients_n));
			if (level <= one->level)
				return TW_OK;
			one->level = level;
			one->finding.message = NULL; /* the louder loss says it */
			TW_TRY(say_clients(r, one, draft, o));
			return say(r, one, draft, what, why);
		}
	}
	struct tw_finding_draft fresh = {.code = code, .level = level, .cause = cause};
	TW_TRY(TW_VEC_PUSH(r->mem, &r->finding, fresh));
	finding = &r->finding.v[before];
	if (strcmp(code, "TW601") == 0)
		finding->finding.direction = o->request == TW_ALLOW ? "reply" : "request";
	finding->served = o->request == TW_DENY && any_passes(draft);
	TW_TRY(TW_VEC_PUSH(r->mem, &finding->flow, draft->flow.id));
	TW_TRY(tw_need_add(r, finding, level, &cause, draft->flow.id));
	if (strcmp(code, "TW601") == 0)
		TW_TRY(tw_finding_subject_of(r, finding, &cause, draft));
	if (cause.acl == TW_MISSING && draft->flow.evidence_n > 0) {
		finding->finding.span = draft->flow.evidence[0].span;
		finding->finding.label = "stated here";
	} else {
		struct tw_related here = {.message = "the intent is stated here",
			.span = draft->flow.evidence[0].span};
		TW_TRY(TW_VEC_PUSH(r->mem, &finding->related, here));
	}
	if (o->path->unanswered && o->path->reason_span.file != 0) {
		struct tw_related way = {.message = "the replies have no way from here",
			.span = o->path->reason_span};
		TW_TRY(TW_VEC_PUSH(r->mem, &finding->related, way));
	}
	TW_TRY(tw_finding_clients(r, finding, o->client, o->clients_n));
	TW_TRY(say_clients(r, finding, draft, o));
	return say(r, finding, draft, what, why);
}

/* "10.0.1.0/24 and 3 more blocks": who, of a part of a flow. */
static tw_status blocks_text(
	struct tw_results *r, tw_set set, enum tw_field field, const char **ret)
{
	enum { MOST = 2 };
	const struct tw_prefix *block;
	size_t n;
	bool more;
	char buf[TW_PREFIX_TEXT];
	const char *text = NULL;
	TW_TRY(tw_blocks_of(r, set, field, MOST, &block, &n, &more));
	for (size_t i = 0; i < n; i++) {
		const char *one = tw_arena_str(r->arena, tw_prefix_text(block[i], buf));
		text = text && one ? tw_arena_printf(r->arena, "%s, %s", text, one) : one;
		if (!text)
			return TW_ENOMEM;
	}
	*ret = more ? tw_arena_printf(r->arena, "%s and more", text) : text;
	return *ret ? TW_OK : TW_ENOMEM;
}

/*
 * Rule 10 holds beside requests that pass: a deny that somebody wrote against a few blocks is
 * wanted. An intent that is denied as a whole is not met, whoever wrote the deny.
 */
static tw_status find_denied(
	struct tw_results *r, const struct tw_draft *draft, const struct tw_outcome *o)
{
	const char *from, *to,
		*why = o->path->blocked ? o->path->reason_text : "the request is denied";
	if (!o->path->blocked && any_passes(draft)) {
		struct tw_cause cause[TW_CROSSINGS];
		size_t n;
		bool wanted = false;
		TW_TRY(tw_denials_of(r, o, cause, &n));
		for (size_t i = 0; i < n; i++)
			wanted = cause[i].wanted && (i == 0 || wanted);
		if (wanted)
			return TW_OK;
	}
	TW_TRY(blocks_text(r, o->set, TW_FIELD_FROM, &from));
	TW_TRY(blocks_text(r, o->set, TW_FIELD_TO, &to));
	why = tw_arena_printf(r->arena, "%s for %s -> %s", why, from, to);
	const char *what = any_passes(draft) ? "is blocked in part" : "is blocked";
	return why ? add(r, draft, "TW601", TW_LEVEL_ERROR, o, what, why) : TW_ENOMEM;
}

/* Requests of the intent that pass, and replies that do not all return. */
static tw_status find_lost(
	struct tw_results *r, const struct tw_draft *draft, const struct tw_outcome *o)
{
	bool edge;
	enum tw_level hurt = tw_hurt_level(o, draft->every_connection, &edge);
	if (o->verdict == TW_ONE_WAY && o->path->unanswered) {
		const char *why = tw_arena_printf(r->arena,
			"no reply comes back: %s has no way (%s)",
			o->path->reason_component ? o->path->reason_component : "the other side",
			o->path->reason_text);
		return why ? add(r, draft, "TW601", TW_LEVEL_ERROR, o, "is one-way", why)
			   : TW_ENOMEM;
	}
	if (o->verdict == TW_ONE_WAY)
		return add(
			r, draft, "TW601", TW_LEVEL_ERROR, o, "is one-way", "no reply comes back");
	if (hurt > TW_LEVEL_NONE)
		return add(r, draft, "TW601", hurt, o, "is incomplete",
			hurt == TW_LEVEL_ERROR ? "replies are lost for a share of the connections"
					       : "replies are lost for clients that may be there");
	if (edge)
		return add(r, draft, "TW601", TW_LEVEL_NOTE, o, "is met but for an edge",
			"less than one connection in a thousand is lost");
	return TW_OK;
}

/* TW601: an intent is blocked or incomplete; TW603: it cannot be decided. */
static tw_status find_unmet(struct tw_results *r, const struct tw_draft *draft)
{
	bool any = false;
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		any = true;
		if (o->path->blocked || o->request == TW_DENY)
			TW_TRY(find_denied(r, draft, o));
		else if (o->verdict == TW_UNKNOWN || o->request == TW_ACTION_UNKNOWN)
			TW_TRY(add(r, draft, "TW603", TW_LEVEL_ERROR, o, "cannot be decided",
				o->path->reason_text));
		else
			TW_TRY(find_lost(r, draft, o));
	}
	if (any)
		return TW_OK;
	struct tw_outcome nothing = {.path = NULL, .request = TW_DENY};
	static const struct tw_path empty = {.crossings = 0};
	nothing.path = &empty;
	return add(r, draft, "TW601", TW_LEVEL_ERROR, &nothing, "is blocked",
		"no packet of it exists: the two ends share no address family");
}

/* TW602: a `never` that some request gets through; TW603 only where nothing is certain. */
static tw_status find_violated(struct tw_results *r, const struct tw_draft *draft)
{
	if (any_passes(draft))
		return tw_find_passing(r, draft);
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		if (!o->path->blocked && o->request != TW_DENY)
			TW_TRY(add(
				r, draft, "TW603", TW_LEVEL_ERROR, o, "cannot be decided", NULL));
	}
	return TW_OK;
}

/* Findings from `first` on that say for certain that the intent is not met. */
static size_t count_faults(const struct tw_results *r, size_t first)
{
	size_t n = 0;
	for (size_t i = first; i < r->finding.n; i++)
		n += r->finding.v[i].level == TW_LEVEL_ERROR &&
		     strcmp(r->finding.v[i].code, "TW603") != 0;
	return n;
}

static tw_status judge_one(struct tw_results *r, const struct tw_intent *intent,
	const struct tw_selection *from, const struct tw_selection *to)
{
	struct tw_draft draft;
	struct tw_levels levels = {0};
	bool given;
	TW_TRY(draft_of(r, intent, from, to, &draft));
	TW_TRY(given_levels(r, intent, from, &levels, &given));
	if (from->managed || to->managed)
		r->assumptions |= TW_ASSUME_MANAGED;
	struct tw_question q = {.from = &from->sites,
		.to = &to->sites,
		.service = intent->service,
		.services = intent->services,
		.given = given ? &levels : NULL,
		.cap = TW_LEVEL_ERROR};
	tw_status status = tw_ask(r, &q);
	for (size_t i = 0; status == TW_OK && i < q.pieces.n; i++)
		status = tw_judge_piece(r->judge, r->work, &q.pieces.v[i], &draft.outcomes);
	size_t before = r->finding.n;
	if (status == TW_OK)
		status = intent->never ? find_violated(r, &draft) : find_unmet(r, &draft);
	draft.faults = count_faults(r, before);
	if (status == TW_OK)
		status = tw_results_add_flow(r, &draft);
	TW_VEC_FREE(r->mem, &draft.outcomes);
	tw_question_free(r, &q);
	return status;
}

/* Whom these packets are sent to, by callers inside or by those outside: who is called by a public
 * address has another one for each. */
static tw_set targets_of(struct tw_space *space, const struct tw_selection *to, bool inside)
{
	tw_set set = TW_EMPTY;

	for (size_t i = 0; i < to->sites.n; i++) {
		const struct tw_site *one = &to->sites.v[i];
		if (inside)
			set = tw_set_union(space, set,
				tw_ranges_set(space, TW_FIELD_TO, one->called, one->called_n));
		if (!inside || !one->called_only)
			set = tw_set_union(space, set,
				tw_ranges_set(space, TW_FIELD_TO, one->address, one->addresses_n));
	}
	return set;
}

/* All packets of an intent between its two ends. */
static tw_set packets_of(struct tw_results *r, const struct tw_intent *intent,
	const struct tw_selection *from, const struct tw_selection *to)
{
	struct tw_space *space = r->judge->space;
	tw_set ends = TW_EMPTY, services = TW_EMPTY;
	for (size_t i = 0; i < from->sites.n; i++) {
		const struct tw_site *one = &from->sites.v[i];
		tw_set a = tw_ranges_set(space, TW_FIELD_FROM, one->address, one->addresses_n);
		ends = tw_set_union(space, ends,
			tw_set_intersect(
				space, a, targets_of(space, to, one->kind != TW_SITE_OUTSIDE)));
	}
	for (size_t i = 0; i < intent->services; i++)
		services = tw_set_union(
			space, services, tw_service_set(space, &intent->service[i], false));
	return tw_set_intersect(space, ends, services);
}

/* TW604: the same packets must complete and must never pass. */
static tw_status find_contradiction(struct tw_results *r, const struct tw_intent *wanted,
	const struct tw_intent *never, tw_set a, tw_set b)
{
	struct tw_space *space = r->judge->space;
	if (tw_set_is_empty(tw_set_intersect(space, a, b)))
		return tw_space_status(space);
	struct tw_finding_draft fresh = {
		.code = "TW604", .level = TW_LEVEL_ERROR, .cause = {.acl = TW_MISSING}};
	TW_TRY(TW_VEC_PUSH(r->mem, &r->finding, fresh));
	struct tw_finding_draft *f = &r->finding.v[r->finding.n - 1];
	f->finding.span = never->span;
	f->finding.label = "must never pass";
	f->peer = never->name;
	f->finding.message = tw_arena_printf(r->arena,
		"intents `%s` and `%s` contradict each other: packets of both must complete and "
		"must never pass",
		wanted->name, never->name);
	struct tw_related other = {"must complete", wanted->span};
	TW_TRY(TW_VEC_PUSH(r->mem, &f->related, other));
	return f->finding.message ? TW_OK : TW_ENOMEM;
}

static tw_status judge_all(struct tw_results *r, const struct tw_intents_view *view,
	const struct tw_selection *ends, tw_set *packets)
{
	for (size_t i = 0; i < view->intents; i++) {
		const struct tw_intent *one = &view->intent[i];
		TW_TRY(judge_one(r, one, &ends[2 * i], &ends[2 * i + 1]));
		packets[i] = packets_of(r, one, &ends[2 * i], &ends[2 * i + 1]);
		if (!one->never)
			r->cover = tw_set_union(r->judge->space, r->cover, packets[i]);
		for (size_t k = 0; one->never && k < i; k++)
			if (!view->intent[k].never)
				TW_TRY(find_contradiction(
					r, &view->intent[k], one, packets[k], packets[i]));
	}
	return tw_space_status(r->judge->space);
}

/* Resolves every intent, so that all errors are told at once. */
static tw_status resolve_all(struct tw_results *r, struct tw_diags *diags,
	const struct tw_intents_view *view, struct tw_selection *ends)
{
	tw_status worst = TW_OK;
	for (size_t i = 0; i < view->nameds; i++) { /* a name that selects nothing is an error */
		const struct tw_end end = {.text = view->named[i].name,
			.named = &view->named[i],
			.span = view->named[i].span};
		struct tw_selection selection = {0};
		tw_status status = tw_select_end(
			r->net, r->options->intents, r->work, diags, &end, &selection);
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		if (status == TW_EINVAL)
			worst = status;
	}
	if (worst != TW_OK)
		return worst;
	for (size_t i = 0; i < view->intents; i++) {
		tw_status status =
			resolve(r, diags, &view->intent[i], &ends[2 * i], &ends[2 * i + 1]);
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		if (status == TW_EINVAL)
			worst = status;
	}
	return worst;
}

tw_status tw_judge_intents(struct tw_results *results, struct tw_diags *diags)
{
	if (!results->options->intents)
		return TW_OK;
	struct tw_intents_view view = tw_intents_view(results->options->intents);
	struct tw_selection *ends =
		TW_NEW_ARRAY(results->work, struct tw_selection, view.intents * 2 + 1);
	tw_set *packets = TW_NEW_ARRAY(results->work, tw_set, view.intents + 1);
	if (!ends || !packets)
		return TW_ENOMEM;
	TW_TRY(resolve_all(results, diags, &view, ends));
	TW_TRY(judge_all(results, &view, ends, packets));
	return tw_declared_build(results);
}

tw_status tw_cover_build(struct tw_results *results)
{
	results->cover = TW_EMPTY;
	if (!results->options->intents)
		return TW_OK;
	struct tw_intents_view view = tw_intents_view(results->options->intents);
	struct tw_diags *diags;
	TW_TRY(tw_diags_new(results->mem, &diags));
	tw_status status = TW_OK;
	for (size_t i = 0; status == TW_OK && i < view.intents; i++) {
		struct tw_selection from = {0}, to = {0};
		if (view.intent[i].never)
			continue;
		status = resolve(results, diags, &view.intent[i], &from, &to);
		if (status == TW_OK)
			results->cover = tw_set_union(results->judge->space, results->cover,
				packets_of(results, &view.intent[i], &from, &to));
	}
	tw_diags_free(diags);
	return status == TW_OK ? tw_declared_build(results) : status;
}
