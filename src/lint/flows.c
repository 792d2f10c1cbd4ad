/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule that changes no packet may be the one that says what is a service: check judges the flows
 * that rules ask for, and a range for replies that lets the same packets in asks for none. So what
 * would be called safe, since the list stays the same, is made on a copy, all of it at once, and
 * check is asked again: fixes without which a flow is judged no more, or is a part of one that
 * fares otherwise, are not offered. What remains is tried again, until check tells the same flows.
 */
#include <stdio.h>

#include "order.h"
#include "patch.h"

#include "lint.h"

/* ---- does some flow say as much? ------------------------------------------------------------- */

static bool names_all(const struct tw_peer *wide, const struct tw_peer *peer)
{
	for (size_t i = 0; i < peer->ids_n; i++) {
		size_t k = 0;
		while (k < wide->ids_n && strcmp(wide->ids[k], peer->ids[i]) != 0)
			k++;
		if (k == wide->ids_n)
			return false;
	}
	return true;
}

static bool holds_all(const struct tw_peer *wide, const struct tw_peer *peer)
{
	for (size_t i = 0; i < peer->addresses_n; i++) {
		size_t k = 0;
		while (k < wide->addresses_n &&
			!tw_prefix_contains(wide->address[k], peer->address[i]))
			k++;
		if (k == wide->addresses_n)
			return false;
	}
	return true;
}

/* True if every end that `peer` means is one of `wide`. */
static bool is_among(const struct tw_peer *wide, const struct tw_peer *peer)
{
	if (peer->addresses_n > 0 && wide->addresses_n > 0)
		return holds_all(wide, peer);
	if (peer->ids_n > 0 && wide->ids_n > 0)
		return names_all(wide, peer);
	return tw_same_text(wide->name, peer->name);
}

static bool serves_all(const struct tw_flow *wide, const struct tw_flow *flow)
{
	if (strcmp(wide->protocol, flow->protocol) != 0)
		return false;
	if (flow->service_n == 0 || wide->service_n == 0)
		return tw_same_text(wide->service_text, flow->service_text);
	for (size_t i = 0; i < flow->service_n; i++) {
		size_t k = 0;
		while (k < wide->service_n && (wide->service[k].lo > flow->service[i].lo ||
						      wide->service[k].hi < flow->service[i].hi))
			k++;
		if (k == wide->service_n)
			return false;
	}
	return true;
}

/* What an intent wants complete counts for any flow between its ends. */
static bool says_as_much(const struct tw_flow *wide, const struct tw_flow *flow)
{
	bool alike =
		strcmp(wide->purpose, flow->purpose) == 0 || tw_same_text(wide->expect, "complete");
	return alike && wide->verdict == flow->verdict && serves_all(wide, flow) &&
	       is_among(&wide->from, &flow->from) && is_among(&wide->to, &flow->to);
}

/* Flows come by id, and hardly any is lost: the next one is most often the same. */
static bool is_kept(const struct tw_report *after, const struct tw_flow *flow, size_t *next)
{
	for (size_t i = 0; i < after->flows_n; i++) {
		size_t at = (*next + i) % after->flows_n;
		if (says_as_much(&after->flow[at], flow)) {
			*next = strcmp(after->flow[at].id, flow->id) == 0 ? at + 1 : *next;
			return true;
		}
	}
	return false;
}

/* ---- fixes that are tried together ----------------------------------------------------------- */

struct batch {
	struct tw_lint *lint;
	TW_VEC(size_t) finding; /* by index among those of the report */
	TW_VEC(struct tw_edit) edit;
	bool *tried; /* by finding */
	bool blamed;
};

static struct tw_finding *finding_at(const struct batch *b, size_t i)
{
	return &b->lint->results->finding.v[i].finding;
}

static bool is_safe(const struct tw_finding *finding)
{
	return finding->fixes_n > 0 && finding->fix[0].applicability == TW_FIX_SAFE;
}

static bool same_rule(const struct tw_entry *a, const struct tw_entry *b)
{
	return a->egress == b->egress && a->number == b->number &&
	       strcmp(a->component, b->component) == 0;
}

/* Two fixes may be about one rule: then they are tried one after the other. */
static bool meets(const struct batch *b, const struct tw_fix *fix)
{
	for (size_t i = 0; i < b->edit.n; i++)
		for (size_t k = 0; k < fix->edits; k++)
			if (same_rule(&b->edit.v[i].entry, &fix->edit[k].entry))
				return true;
	return false;
}

static tw_status add_edits(struct batch *b, const struct tw_fix *fix)
{
	for (size_t i = 0; i < fix->edits; i++)
		TW_TRY(TW_VEC_PUSH(b->lint->results->mem, &b->edit, fix->edit[i]));
	return TW_OK;
}

/* Those that were not tried yet; none: all were. */
static tw_status gather(struct batch *b)
{
	b->finding.n = b->edit.n = 0;
	for (size_t i = 0; i < b->lint->results->finding.n; i++) {
		const struct tw_finding *one = finding_at(b, i);
		if (b->tried[i] || !is_safe(one) || meets(b, &one->fix[0]))
			continue;
		b->tried[i] = true;
		TW_TRY(TW_VEC_PUSH(b->lint->results->mem, &b->finding, i));
		TW_TRY(add_edits(b, &one->fix[0]));
	}
	return TW_OK;
}

/* Those of the batch that are still safe. */
static tw_status keep_safe(struct batch *b)
{
	size_t n = 0;
	b->edit.n = 0;
	for (size_t i = 0; i < b->finding.n; i++) {
		size_t at = b->finding.v[i];
		if (!is_safe(finding_at(b, at)))
			continue;
		b->finding.v[n++] = at;
		TW_TRY(add_edits(b, &finding_at(b, at)->fix[0]));
	}
	b->finding.n = n;
	return TW_OK;
}

/* ---- whose fault it is ----------------------------------------------------------------------- */

/* A number names a rule of one list; the flows that its rules ask for are called so. */
static bool is_evidence(const struct tw_flow *flow, const struct tw_entry *entry)
{
	const char *purpose = entry->egress ? "call" : "service";
	char number[16];
	(void)snprintf(number, sizeof(number), "%u", (unsigned)entry->number);
	for (size_t i = 0; i < flow->evidence_n; i++)
		if (tw_same_text(flow->evidence[i].component, entry->component) &&
			tw_same_text(flow->evidence[i].rule, number) &&
			strcmp(flow->purpose, purpose) == 0)
			return true;
	return false;
}

/* Whom to suspect: the rule that says so; else its list's ACL, else everybody. */
enum suspects { SAYS_SO, OF_THE_ACL, ANYBODY, SUSPECTS };

static bool is_suspect(const struct tw_fix *fix, const struct tw_flow *flow, enum suspects suspects)
{
	if (suspects == ANYBODY)
		return true;
	for (size_t i = 0; i < fix->edits; i++) {
		const struct tw_entry *entry = &fix->edit[i].entry;
		if (suspects == SAYS_SO && is_evidence(flow, entry))
			return true;
		for (size_t k = 0; suspects == OF_THE_ACL && k < flow->evidence_n; k++)
			if (tw_same_text(flow->evidence[k].component, entry->component))
				return true;
	}
	return false;
}

static tw_status withdraw(struct batch *b, size_t at, const char *why)
{
	struct tw_finding_draft *f = &b->lint->results->finding.v[at];
	f->finding.fix = NULL;
	f->finding.fixes_n = 0;
	b->blamed = true;
	return tw_lint_note(b->lint, f, why);
}

/* One note a finding, of the first flow that it would cost. */
static tw_status withdraw_for(struct batch *b, size_t at, const struct tw_flow *flow)
{
	const char *what =
		finding_at(b, at)->fix[0].edits > 1 ? "they name services" : "it names a service";
	return withdraw(b, at,
		tw_arena_printf(b->lint->results->arena,
			"%s that `twoway check` judges (flow %s): keep %s, or state the flow in "
			"twoway.yaml",
			what, flow->id, what[0] == 't' ? "them" : "it"));
}

static tw_status blame(struct batch *b, const struct tw_flow *flow, enum suspects suspects)
{
	for (size_t i = 0; i < b->finding.n; i++) {
		const struct tw_finding *one = finding_at(b, b->finding.v[i]);
		if (is_safe(one) && is_suspect(&one->fix[0], flow, suspects))
			TW_TRY(withdraw_for(b, b->finding.v[i], flow));
	}
	return TW_OK;
}

static tw_status compare(struct batch *b, const struct tw_report *after)
{
	const struct tw_report *before = b->lint->check;
	struct tw_mem *mem = b->lint->results->mem;
	TW_VEC(const struct tw_flow *) lost = TW_VEC_EMPTY;
	tw_status status = TW_OK;
	size_t next = 0;
	for (size_t i = 0; status == TW_OK && i < before->flows_n; i++)
		if (!is_kept(after, &before->flow[i], &next))
			status = TW_VEC_PUSH(mem, &lost, &before->flow[i]);
	for (int suspects = 0; suspects < SUSPECTS && !b->blamed; suspects++)
		for (size_t i = 0; status == TW_OK && i < lost.n; i++)
			status = blame(b, lost.v[i], (enum suspects)suspects);
	TW_VEC_FREE(mem, &lost);
	return status;
}

/* ---- is it the same list? -------------------------------------------------------------------- */

/* What two versions of a list treat in different ways. */
static tw_status differing(struct tw_space *space, struct tw_rules old, struct tw_rules new,
	struct tw_view view, tw_set *ret)
{
	struct tw_compiled a, b;
	TW_TRY(tw_compile_acl(space, old, view, &a));
	TW_TRY(tw_compile_acl(space, new, view, &b));
	tw_set same = tw_set_union(space, tw_set_intersect(space, a.allow, b.allow),
		tw_set_union(space, tw_set_intersect(space, a.deny, b.deny),
			tw_set_intersect(space, a.unknown, b.unknown)));
	*ret = tw_set_subtract(space, tw_set_all(space), same);
	return tw_space_status(space);
}

/* Some rule of the list that the fix changes has a part in these packets. */
static bool has_part(struct tw_space *space, const struct tw_fix *fix, const struct tw_acl *acl,
	struct tw_view view, tw_set packets)
{
	struct tw_rules rules = acl->list[view.list];
	for (size_t i = 0; i < fix->edits; i++) {
		const struct tw_entry *entry = &fix->edit[i].entry;
		if (entry->egress != (view.list == TW_EGRESS) ||
			strcmp(entry->component, acl->object.id) != 0)
			continue;
		for (size_t k = 0; k < rules.n; k++)
			if (rules.rule[k].number == entry->number &&
				!tw_set_is_empty(tw_set_intersect(space, packets,
					tw_rule_covers(space, &rules.rule[k], view))))
				return true;
	}
	return false;
}

/*
 * Each fix leaves its list the same, and so do all that were told together. A fix that was
 * withdrawn meanwhile breaks that: a rule that stays may wake where all that shadow it go.
 */
static tw_status keep_list(
	struct batch *b, const struct tw_acl *old, const struct tw_acl *new, enum tw_list list)
{
	struct tw_results *r = b->lint->results;
	struct tw_space *space = r->judge->space;
	struct tw_view view = {list, TW_REQUEST};
	tw_set packets;
	if (old->list[list].rule == new->list[list].rule)
		return TW_OK;
	TW_TRY(differing(space, old->list[list], new->list[list], view, &packets));
	for (size_t i = 0; i < b->finding.n && !tw_set_is_empty(packets); i++) {
		const struct tw_finding *one = finding_at(b, b->finding.v[i]);
		if (is_safe(one) && has_part(space, &one->fix[0], old, view, packets))
			TW_TRY(withdraw(b, b->finding.v[i],
				"by itself only: with the others that could go, a rule that they "
				"shadow would wake"));
	}
	return tw_space_status(space);
}

static tw_status keep_lists(struct batch *b, const struct tw_net *after)
{
	const struct tw_net *before = b->lint->results->net;
	for (size_t i = 0; i < before->acls; i++)
		for (int list = 0; list < 2; list++)
			TW_TRY(keep_list(b, &before->acl[i], &after->acl[i], (enum tw_list)list));
	return TW_OK;
}

static tw_status try_batch(struct batch *b)
{
	struct tw_results *r = b->lint->results;
	struct tw_patch *patch = NULL;
	struct tw_report *after = NULL;
	tw_status status = tw_patch_new(r->mem, r->net, b->edit.v, b->edit.n, &patch);
	if (status == TW_OK)
		status = tw_check(r->mem, tw_patch_net(patch), r->options, b->lint->diags, &after);
	b->blamed = false;
	if (status == TW_OK)
		status = compare(b, after);
	if (status == TW_OK && !b->blamed)
		status = keep_lists(b, tw_patch_net(patch));
	tw_report_free(after);
	tw_patch_free(patch);
	return status;
}

tw_status tw_lint_keep_flows(struct tw_lint *lint)
{
	struct tw_results *r = lint->results;
	struct batch b = {.lint = lint};
	tw_status status;
	if (lint->check->flows_n == 0)
		return TW_OK;
	b.tried = TW_NEW_ARRAY(r->work, bool, r->finding.n + 1);
	if (!b.tried)
		return TW_ENOMEM;
	status = gather(&b);
	while (status == TW_OK && b.finding.n > 0) {
		status = try_batch(&b);
		if (status == TW_OK)
			status = b.blamed ? keep_safe(&b) : gather(&b);
		if (status == TW_OK && b.finding.n == 0)
			status = gather(&b);
	}
	TW_VEC_FREE(r->mem, &b.finding);
	TW_VEC_FREE(r->mem, &b.edit);
	return status;
}
