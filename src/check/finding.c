/* SPDX-License-Identifier: Apache-2.0 */
/* Findings under construction: one mistake, one finding, however many flows it hurts. */
#include <stdlib.h>

#include "results.h"

bool tw_same_cause(const char *code, const struct tw_cause *a, const struct tw_cause *b)
{
	if (a->acl != b->acl)
		return false;
	/* Holes are told once per ACL (rule 11). */
	if (strcmp(code, "TW110") == 0)
		return true;
	if (a->list != b->list || a->direction != b->direction || a->family != b->family ||
		a->protocol != b->protocol || a->rules != b->rules || a->leg != b->leg)
		return false;
	return memcmp(a->rule, b->rule, a->rules * sizeof(*a->rule)) == 0;
}

static bool holds_text(const char *const *v, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i], text) == 0)
			return true;
	return false;
}

static bool is_related(const struct tw_finding_draft *f, struct tw_span span)
{
	for (size_t i = 0; i < f->related.n; i++)
		if (f->related.v[i].span.file == span.file &&
			f->related.v[i].span.begin == span.begin)
			return true;
	return false;
}

tw_status tw_finding_relate(
	struct tw_results *r, struct tw_finding_draft *f, const struct tw_related *one)
{
	enum { MOST = 4 };
	return f->related.n == MOST || is_related(f, one->span)
		       ? TW_OK
		       : TW_VEC_PUSH(r->mem, &f->related, *one);
}

/* Where the request was let through: the other half of the story. */
static tw_status relate(
	struct tw_results *r, struct tw_finding_draft *f, const struct tw_draft *draft)
{
	const struct tw_flow *flow = &draft->flow;
	for (size_t i = 0; i < flow->evidence_n; i++) {
		const struct tw_evidence *e = &flow->evidence[i];
		if (e->span.file == 0 || is_related(f, e->span))
			continue;
		struct tw_related one = {.span = e->span};
		one.message = strcmp(flow->origin, "intent") == 0
				      ? tw_arena_printf(r->arena, "the intent `%s` is stated here",
						flow->name)
			      : !e->rule ? tw_arena_printf(r->arena, "%s %s", e->component, e->text)
					 : tw_arena_printf(r->arena,
						   "%s rule %s lets the request through%s%s",
						   e->component, e->rule, e->text ? ": " : "",
						   e->text ? e->text : "");
		if (!one.message)
			return TW_ENOMEM;
		TW_TRY(tw_finding_relate(r, f, &one));
	}
	return TW_OK;
}

tw_status tw_finding_add_flow(struct tw_results *r, struct tw_finding_draft *f, const char *flow)
{
	return holds_text(f->flow.v, f->flow.n, flow) ? TW_OK : TW_VEC_PUSH(r->mem, &f->flow, flow);
}

static tw_status join_draft(struct tw_results *r, struct tw_finding_draft *f,
	const struct tw_cause *cause, const struct tw_draft *draft)
{
	TW_TRY(tw_finding_add_flow(r, f, draft->flow.id));
	TW_TRY(tw_finding_subject_of(r, f, cause, draft));
	if (draft->interfaces > f->interfaces)
		f->interfaces = draft->interfaces;
	return relate(r, f, draft);
}

static bool same_rules(const struct tw_cause *a, const struct tw_cause *b)
{
	return a->list == b->list && a->rules == b->rules &&
	       memcmp(a->rule, b->rule, a->rules * sizeof(*a->rule)) == 0;
}

/* TW110 speaks of all holes of an ACL: the lists and rules of the later ones. */
tw_status tw_finding_add_more(
	struct tw_results *r, struct tw_finding_draft *f, const struct tw_cause *cause)
{
	if (strcmp(f->code, "TW110") != 0 || same_rules(&f->cause, cause))
		return TW_OK;
	for (size_t i = 0; i < f->more.n; i++)
		if (same_rules(&f->more.v[i], cause))
			return TW_OK;
	return TW_VEC_PUSH(r->mem, &f->more, *cause);
}

tw_status tw_finding_add(struct tw_results *results, const char *code, enum tw_level level,
	const struct tw_cause *cause, const struct tw_draft *draft, struct tw_finding_draft **ret)
{
	struct tw_finding_draft *found = NULL;
	for (size_t i = results->finding.n; i > 0 && !found; i--) {
		struct tw_finding_draft *one = &results->finding.v[i - 1];
		if (one->cause.acl == cause->acl && strcmp(one->code, code) == 0 &&
			tw_same_cause(code, &one->cause, cause))
			found = one;
	}
	if (!found) {
		struct tw_finding_draft fresh = {.code = code, .level = level, .cause = *cause};
		if (draft)
			fresh.peer = tw_subject_far_end(cause, &draft->flow);
		TW_TRY(TW_VEC_PUSH(results->mem, &results->finding, fresh));
		found = &results->finding.v[results->finding.n - 1];
	}
	if (level > found->level)
		found->level = level;
	TW_TRY(tw_finding_add_more(results, found, cause));
	TW_TRY(tw_need_add(results, found, level, cause, draft ? draft->flow.id : NULL));
	if (draft)
		TW_TRY(join_draft(results, found, cause, draft));
	*ret = found;
	return TW_OK;
}

static bool is_loss(const char *code)
{
	return strcmp(code, "TW101") >= 0 && strcmp(code, "TW119") <= 0 &&
	       strcmp(code, "TW108") != 0 && strcmp(code, "TW109") != 0 &&
	       strcmp(code, "TW110") != 0 && strcmp(code, "TW118") != 0;
}

bool tw_code_is_lint(const char *code)
{
	return code[2] >= '2' && code[2] <= '4';
}

static bool is_on_path(const char *code)
{
	return strcmp(code, "TW111") >= 0 && strcmp(code, "TW119") <= 0;
}

const char *tw_finding_told(
	const struct tw_results *results, const char *code, const struct tw_cause *cause)
{
	for (size_t i = results->finding.n; i > 0; i--) {
		const struct tw_finding_draft *one = &results->finding.v[i - 1];
		if (one->cause.acl != cause->acl || cause->acl == TW_MISSING || !is_loss(one->code))
			continue;
		bool health = strcmp(code, "TW115") == 0 && strcmp(one->code, "TW115") != 0;
		if ((health || is_on_path(one->code) != is_on_path(code)) &&
			tw_same_cause(one->code, &one->cause, cause))
			return one->code;
	}
	return NULL;
}

tw_status tw_finding_tell(struct tw_results *results, const char *code, enum tw_level level,
	const struct tw_cause *cause, const char *message, struct tw_span span,
	const struct tw_draft *draft, struct tw_finding_draft **ret)
{
	struct tw_finding_draft *found = NULL;
	for (size_t i = results->finding.n; i > 0 && !found; i--) {
		struct tw_finding_draft *one = &results->finding.v[i - 1];
		if (strcmp(one->code, code) == 0 && one->finding.message &&
			strcmp(one->finding.message, message) == 0)
			found = one;
	}
	if (!found) {
		struct tw_finding_draft fresh = {
			.code = code, .level = level, .cause = *cause, .peer = message};
		fresh.finding.message = message;
		fresh.finding.span = span;
		TW_TRY(TW_VEC_PUSH(results->mem, &results->finding, fresh));
		found = &results->finding.v[results->finding.n - 1];
	}
	if (level > found->level)
		found->level = level;
	*ret = found;
	return join_draft(results, found, cause, draft);
}

tw_status tw_finding_clients(struct tw_results *results, struct tw_finding_draft *finding,
	const struct tw_client_result *client, size_t n)
{
	bool edges = strcmp(finding->code, "TW110") == 0;
	for (size_t i = 0; i < n; i++) {
		enum tw_share share =
			tw_share_of(client[i].passing + client[i].undecided, client[i].total);
		if (client[i].leg_total > 0 && client[i].leg_passing == client[i].leg_total)
			continue; /* what it loses, it loses on another leg */
		finding->served |= share == TW_SHARE_ALL && client[i].level >= finding->level;
		/* An edge belongs to TW110 and to intents that ask for every connection. */
		bool counts = edges ? share == TW_SHARE_EDGE
			      : finding->cause.acl == TW_MISSING || finding->code[2] == '6'
				      ? share != TW_SHARE_ALL
				      : share == TW_SHARE_PART || share == TW_SHARE_NONE;
		if (!counts)
			continue;
		size_t k = 0;
		while (k < finding->client.n &&
			strcmp(finding->client.v[k].client->id, client[i].client->id) != 0)
			k++;
		if (k == finding->client.n) {
			TW_TRY(TW_VEC_PUSH(results->mem, &finding->client, client[i]));
			continue;
		}
		/* It is as likely as in the flow where it is likeliest. */
		struct tw_client_result *known = &finding->client.v[k];
		enum tw_level level =
			client[i].level > known->level ? client[i].level : known->level;
		if (tw_client_passes_less(&client[i], known))
			*known = client[i];
		known->level = level;
	}
	return TW_OK;
}

tw_status tw_finding_note(
	struct tw_results *results, struct tw_finding_draft *finding, const char *text)
{
	if (holds_text(finding->note.v, finding->note.n, text))
		return TW_OK;
	return TW_VEC_PUSH(results->mem, &finding->note, text);
}

/* ---- equal ACLs are told once (rule 11) ------------------------------------------------------ */

static bool same_rule(const struct tw_rule *a, const struct tw_rule *b)
{
	return a->number == b->number && a->action == b->action && a->family == b->family &&
	       a->protocol == b->protocol && a->every_port == b->every_port &&
	       a->ports.lo == b->ports.lo && a->ports.hi == b->ports.hi &&
	       a->peer.len == b->peer.len && tw_addr_cmp(a->peer.addr, b->peer.addr) == 0;
}

bool tw_acl_same(const struct tw_net *net, uint32_t a, uint32_t b)
{
	for (int list = 0; list < 2; list++) {
		struct tw_rules x = net->acl[a].list[list], y = net->acl[b].list[list];
		if (x.n != y.n)
			return false;
		for (size_t i = 0; i < x.n; i++)
			if (!same_rule(&x.rule[i], &y.rule[i]))
				return false;
	}
	return true;
}

static bool is_of_intent(const char *code)
{
	return code[2] == '6';
}

static bool is_twin(const struct tw_results *r, const struct tw_finding_draft *a,
	const struct tw_finding_draft *b)
{
	struct tw_cause moved = b->cause;
	if (a->level != b->level || a->cause.list != b->cause.list ||
		a->cause.rules != b->cause.rules)
		return false;
	if (is_of_intent(a->code) && strcmp(a->peer, b->peer) != 0)
		return false; /* intents are told one by one */
	moved.acl = a->cause.acl;
	return strcmp(a->code, b->code) == 0 && a->cause.acl != TW_MISSING &&
	       b->cause.acl != TW_MISSING && a->cause.acl != b->cause.acl &&
	       tw_same_cause(a->code, &a->cause, &moved) &&
	       a->cause.direction == b->cause.direction &&
	       tw_acl_same(r->net, a->cause.acl, b->cause.acl);
}

void tw_finding_draft_free(struct tw_mem *mem, struct tw_finding_draft *f)
{
	TW_VEC_FREE(mem, &f->flow);
	TW_VEC_FREE(mem, &f->subject);
	TW_VEC_FREE(mem, &f->client);
	TW_VEC_FREE(mem, &f->related);
	TW_VEC_FREE(mem, &f->note);
	TW_VEC_FREE(mem, &f->more);
	TW_VEC_FREE(mem, &f->twin);
	TW_VEC_FREE(mem, &f->need);
}

void tw_finding_drafts_free(struct tw_mem *mem, tw_finding_drafts *drafts)
{
	for (size_t i = 0; i < drafts->n; i++)
		tw_finding_draft_free(mem, &drafts->v[i]);
	TW_VEC_FREE(mem, drafts);
}

/* A fix of one ACL becomes a fix of both: edits of the same rules. */
static tw_status join_fixes(
	struct tw_results *r, struct tw_finding_draft *into, const struct tw_finding_draft *from)
{
	size_t n = into->finding.fixes_n;
	if (n == 0 || n != from->finding.fixes_n)
		return TW_OK;
	struct tw_fix *fix = TW_NEW_ARRAY(r->arena, struct tw_fix, n);
	if (!fix)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct tw_fix *a = &into->finding.fix[i], *b = &from->finding.fix[i];
		struct tw_edit *edit = TW_NEW_ARRAY(r->arena, struct tw_edit, a->edits + b->edits);
		if (!edit)
			return TW_ENOMEM;
		memcpy(edit, a->edit, a->edits * sizeof(*edit));
		memcpy(edit + a->edits, b->edit, b->edits * sizeof(*edit));
		fix[i] = *a;
		fix[i].edit = edit;
		fix[i].edits = a->edits + b->edits;
		if (b->applicability > a->applicability)
			fix[i].applicability = b->applicability;
	}
	into->finding.fix = fix;
	return TW_OK;
}

static tw_status absorb(
	struct tw_results *r, struct tw_finding_draft *into, struct tw_finding_draft *from)
{
	TW_TRY(TW_VEC_PUSH(r->mem, &into->twin, from->cause.acl));
	for (size_t i = 0; i < from->flow.n; i++)
		TW_TRY(TW_VEC_PUSH(r->mem, &into->flow, from->flow.v[i]));
	for (size_t i = 0; i < from->need.n; i++)
		TW_TRY(tw_need_join(r, into, &from->need.v[i]));
	if (from->unkept > into->unkept)
		into->unkept = from->unkept;
	tw_named_rule_take(&into->named, from->named);
	for (size_t i = 0; i < from->subject.n; i++)
		TW_TRY(tw_finding_add_subject(r, into, from->subject.v[i]));
	tw_finding_add_ends(into, from);
	TW_TRY(tw_finding_clients(r, into, from->client.v, from->client.n));
	into->interfaces += from->interfaces;
	return join_fixes(r, into, from);
}

/* Whether some other ACL has the same rules; asked once for each. */
static bool has_equal(const struct tw_results *r, uint32_t acl, uint8_t *known)
{
	enum { ALONE = 1, EQUAL = 2 };
	for (uint32_t i = 0; known[acl] == 0 && i < r->net->acls; i++)
		if (i != acl && tw_acl_same(r->net, acl, i))
			known[acl] = EQUAL;
	if (known[acl] == 0)
		known[acl] = ALONE;
	return known[acl] == EQUAL;
}

/* ACLs come in the order of the input; the first one speaks for its twins. */
static tw_status join_twins(struct tw_results *r)
{
	uint8_t *known = TW_NEW_ARRAY(r->arena, uint8_t, r->net->acls + 1);
	size_t kept = 0;
	if (!known)
		return TW_ENOMEM;
	for (size_t i = 0; i < r->finding.n; i++) {
		struct tw_finding_draft *f = &r->finding.v[i];
		struct tw_finding_draft *first = NULL;
		bool alone = f->cause.acl == TW_MISSING || !has_equal(r, f->cause.acl, known);
		for (size_t k = 0; !alone && k < kept && !first; k++)
			if (is_twin(r, &r->finding.v[k], f))
				first = &r->finding.v[k];
		if (first) {
			tw_status status = absorb(r, first, f);
			if (status != TW_OK) {
				/* Close the gap before leaving, so that every draft is freed once.
				 */
				memmove(&r->finding.v[kept], f, (r->finding.n - i) * sizeof(*f));
				r->finding.n -= i - kept;
				return status;
			}
			tw_finding_draft_free(r->mem, f);
			continue;
		}
		if (kept != i)
			r->finding.v[kept] = *f;
		kept++;
	}
	r->finding.n = kept;
	return TW_OK;
}

/* ---- from drafts to the report --------------------------------------------------------------- */

static tw_status count_affected(struct tw_results *r, struct tw_finding_draft *f)
{
	const struct tw_net *net = r->net;
	if (f->cause.acl == TW_MISSING)
		return TW_OK;
	const char **example = TW_NEW_ARRAY(r->arena, const char *, 3);
	if (!example)
		return TW_ENOMEM;
	for (size_t i = 0; i <= f->twin.n; i++) {
		const struct tw_acl *acl = &net->acl[i == 0 ? f->cause.acl : f->twin.v[i - 1]];
		f->finding.subnets += acl->subnets_n;
		for (size_t k = 0; k < acl->subnets_n && f->finding.examples_n < 3; k++) {
			const struct tw_object *subnet = &net->subnet[acl->subnets[k]].object;
			example[f->finding.examples_n++] = subnet->name ? subnet->name : subnet->id;
		}
	}
	f->finding.example = example;
	f->finding.interfaces = f->interfaces;
	return TW_OK;
}

/* Not lines, not numbers: the same finding keeps its fingerprint when rules move (contract 4). */
static tw_status set_fingerprint(struct tw_results *r, struct tw_finding_draft *f)
{
	const char *component = f->cause.acl == TW_MISSING ? (f->peer ? f->peer : "")
							   : r->net->acl[f->cause.acl].object.id;
	const char *rule = "";
	/* What must never pass does so by one rule or another: it is the same hole. */
	if (f->cause.acl != TW_MISSING && f->cause.rules > 0 && strcmp(f->code, "TW602") != 0)
		rule = tw_rule_text(r->arena,
			&r->net->acl[f->cause.acl].list[f->cause.list].rule[f->cause.rule[0]],
			f->cause.list);
	const char *key = rule ? tw_arena_printf(r->arena, "%s|%s|%d|%d|%d|%s|%s", f->code,
					 component, (int)f->cause.list, f->cause.family,
					 f->cause.protocol, f->peer ? f->peer : "", rule)
			       : NULL;
	if (!key)
		return TW_ENOMEM;
	f->finding.fingerprint = tw_arena_printf(
		r->arena, "%016llx", (unsigned long long)tw_hash(key, strlen(key), 0));
	return f->finding.fingerprint ? TW_OK : TW_ENOMEM;
}

static void *keep(struct tw_results *r, const void *v, size_t n, size_t size)
{
	void *copy = tw_arena_array(r->arena, n + 1, size);
	if (copy && n > 0)
		memcpy(copy, v, n * size);
	return copy;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static tw_status finish_one(struct tw_results *r, struct tw_finding_draft *f)
{
	struct tw_finding *out = &f->finding;
	const struct tw_code *code = tw_code_find(f->code);
	if (!code)
		return TW_EBUG;
	out->code = f->code;
	out->name = code->name;
	out->level = f->level;
	TW_TRY(count_affected(r, f));
	TW_TRY(tw_finding_message(r, f));
	TW_TRY(set_fingerprint(r, f));
	if (f->flow.n > 0)
		qsort(f->flow.v, f->flow.n, sizeof(*f->flow.v), by_text);
	out->flow = keep(r, f->flow.v, f->flow.n, sizeof(*f->flow.v));
	out->client = keep(r, f->client.v, f->client.n, sizeof(*f->client.v));
	out->related = keep(r, f->related.v, f->related.n, sizeof(*f->related.v));
	out->note = keep(r, f->note.v, f->note.n, sizeof(*f->note.v));
	if (!out->flow || !out->client || !out->related || !out->note)
		return TW_ENOMEM;
	out->flows_n = f->flow.n;
	out->clients_n = f->client.n;
	out->related_n = f->related.n;
	out->notes_n = f->note.n;
	return TW_OK;
}

tw_status tw_findings_finish(struct tw_results *results)
{
	TW_TRY(join_twins(results));
	for (size_t i = 0; i < results->finding.n; i++)
		TW_TRY(finish_one(results, &results->finding.v[i]));
	return TW_OK;
}
