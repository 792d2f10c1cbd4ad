/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `lint`: every ACL and every group by itself, after check has judged the flows. Its report is made
 * of the same parts as check's, and holds findings only.
 */
#include "lint.h"
#include "report.h"

/* AWS takes at most 40 entries; beyond this no list is a real one, and its order is not asked. */
enum { RULES_MOST = 1000 };

/* ---- the ACL under work ---------------------------------------------------------------------- */

static tw_status open_list(struct tw_lint *lint, enum tw_list list)
{
	struct tw_results *r = lint->results;
	struct tw_lint_list *l = &lint->list[list];
	struct tw_rules rules = r->net->acl[lint->acl].list[list];
	static const struct tw_range nobody;
	*l = (struct tw_lint_list){.rules = rules, .view = {list, TW_REQUEST}};
	TW_TRY(tw_judge_acl(r->judge, lint->acl, l->view, &l->compiled));
	struct tw_rule *sure = TW_NEW_ARRAY(r->work, struct tw_rule, rules.n + 1);
	l->covers = TW_NEW_ARRAY(r->work, tw_set, rules.n + 1);
	l->decides = TW_NEW_ARRAY(r->work, tw_set, rules.n + 1);
	l->fate = TW_NEW_ARRAY(r->work, enum tw_lint_fate, rules.n + 1);
	if (!sure || !l->covers || !l->decides || !l->fate)
		return TW_ENOMEM;
	for (size_t i = 0; i < rules.n; i++) {
		sure[i] = rules.rule[i];
		l->covers[i] = tw_rule_covers(r->judge->space, &rules.rule[i], l->view);
		if (!rules.rule[i].maybe)
			continue;
		/* It stays in its place, so that labels are indexes, and matches nobody. */
		sure[i].maybe = false;
		sure[i].peers = &nobody;
		sure[i].peers_n = 0;
		l->doubtful = tw_set_union(r->judge->space, l->doubtful, l->covers[i]);
	}
	struct tw_compiled c;
	TW_TRY(tw_compile_acl(r->judge->space, (struct tw_rules){sure, rules.n}, l->view, &c));
	l->sure = c.decides;
	for (size_t i = 0; i < rules.n; i++)
		l->decides[i] =
			tw_partition_where(r->judge->space, l->sure, (uint16_t)(TW_LABEL_RULE + i));
	return tw_space_status(r->judge->space);
}

static tw_status open_services(struct tw_lint *lint)
{
	struct tw_results *r = lint->results;
	size_t n = lint->atoms.n * 2;
	lint->service = TW_NEW_ARRAY(r->work, struct tw_port_list *, n + 1);
	if (!lint->service)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct tw_rules rules = lint->list[i % 2].rules;
		lint->service[i] = TW_NEW_ARRAY(r->work, struct tw_port_list, rules.n + 1);
		if (!lint->service[i])
			return TW_ENOMEM;
		for (size_t k = 0; k < rules.n; k++)
			TW_TRY(tw_atom_services(r->judge, r->work, &lint->atoms.v[i / 2], rules, k,
				(enum tw_list)(i % 2), &lint->service[i][k]));
	}
	return TW_OK;
}

static tw_status open_atoms(struct tw_lint *lint)
{
	static const enum tw_family families[] = {TW_IPV4, TW_IPV6};
	static const uint8_t protocols[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP};
	struct tw_results *r = lint->results;
	for (size_t f = 0; f < TW_COUNT(families); f++)
		for (size_t p = 0; p < TW_COUNT(protocols); p++)
			TW_TRY(tw_atoms_of(r->judge, r->work, lint->acl, families[f], protocols[p],
				&lint->atoms));
	return open_services(lint);
}

/* Order first: what it says of a rule, the others need not say again. */
static tw_status look_at_rules(struct tw_lint *lint)
{
	TW_TRY(tw_lint_told(lint));
	for (int list = 0; list < 2; list++)
		TW_TRY(open_list(lint, (enum tw_list)list));
	TW_TRY(tw_nears_of(lint->results->judge, lint->results->work, lint->acl, &lint->near));
	TW_TRY(open_atoms(lint));
	for (int list = 0; list < 2; list++)
		TW_TRY(tw_lint_order(lint, (enum tw_list)list));
	for (int i = 0; i < 2; i++) {
		enum tw_list list = (enum tw_list)i;
		TW_TRY(tw_lint_holes(lint, list));
		TW_TRY(tw_lint_parts(lint, list));
		TW_TRY(tw_lint_traps(lint, list));
		TW_TRY(tw_lint_ranges(lint, list));
	}
	TW_TRY(tw_lint_icmp(lint));
	TW_TRY(tw_lint_replies(lint));
	TW_TRY(tw_lint_forgotten(lint));
	TW_TRY(tw_lint_exposed(lint));
	TW_TRY(tw_lint_compliance(lint));
	for (int list = 0; list < 2; list++)
		TW_TRY(tw_lint_merges(lint, (enum tw_list)list));
	return TW_OK;
}

static tw_status quotas(struct tw_lint *lint)
{
	for (int list = 0; list < 2; list++) {
		lint->list[list].rules = lint->results->net->acl[lint->acl].list[list];
		TW_TRY(tw_lint_quota(lint, (enum tw_list)list));
	}
	return TW_OK;
}

/* TW206. The default ACL stands by for subnets to come. */
static tw_status unattached(struct tw_lint *lint)
{
	struct tw_finding_draft *f;
	const struct tw_acl *acl = &lint->results->net->acl[lint->acl];
	if (acl->is_default)
		return TW_OK;
	return tw_lint_tell(lint, "TW206", TW_LEVEL_NOTE, TW_INGRESS, TW_MISSING,
		"no subnet has it",
		tw_arena_printf(lint->results->arena,
			"%s guards no subnet: none of its rules decides anything", acl->object.id),
		&f);
}

static bool holds_rules(const struct tw_acl *acl)
{
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < acl->list[list].n; i++)
			if (!acl->list[list].rule[i].implicit)
				return true;
	return false;
}

/* Where some ACL has subnets, one without has no other fault than that: nobody meets its rules. */
static bool has_order(const struct tw_results *r, const struct tw_acl *acl)
{
	bool alone = acl->associations_known && acl->subnets_n == 0 && r->attached;
	return acl->entries_known && !alone && holds_rules(acl) &&
	       acl->list[TW_INGRESS].n <= RULES_MOST && acl->list[TW_EGRESS].n <= RULES_MOST;
}

static tw_status look_at_acl(struct tw_lint *lint, uint32_t at)
{
	struct tw_results *r = lint->results;
	const struct tw_acl *acl = &r->net->acl[at];
	lint->acl = at;
	lint->acls++;
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < acl->list[list].n; i++)
			lint->rules += !acl->list[list].rule[i].implicit;
	for (size_t i = 0; i < acl->subnets_n; i++)
		r->subnet_judged[acl->subnets[i]] = true;
	if (!acl->entries_known)
		return TW_OK;
	if (acl->associations_known && acl->subnets_n == 0) {
		TW_TRY(unattached(lint));
		if (r->attached)
			return TW_OK;
	}
	if (holds_rules(acl))
		TW_TRY(quotas(lint));
	if (!has_order(r, acl))
		return TW_OK;
	tw_status status = look_at_rules(lint);
	TW_VEC_FREE(r->mem, &lint->near);
	TW_VEC_FREE(r->mem, &lint->atoms);
	return status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const char *judged_text(const struct tw_lint *lint)
{
	struct tw_arena *arena = lint->results->arena;
	const char *compliance = tw_lint_compliance_text(lint);
	const char *text = tw_arena_printf(arena, "judged: %zu network ACL%s with %zu rule%s",
		lint->acls, lint->acls == 1 ? "" : "s", lint->rules, lint->rules == 1 ? "" : "s");
	if (text && lint->groups > 0)
		text = tw_arena_printf(arena, "%s, %zu security group%s", text, lint->groups,
			lint->groups == 1 ? "" : "s");
	return text && compliance ? tw_arena_printf(arena, "%s; %s", text, compliance) : text;
}

/* Whom each finding of check is about. */
static tw_status index_check(struct tw_lint *lint)
{
	struct tw_results *r = lint->results;
	lint->about = TW_NEW_ARRAY(r->arena, uint32_t, lint->check->findings_n + 1);
	if (!lint->about)
		return TW_ENOMEM;
	for (size_t i = 0; i < lint->check->findings_n; i++) {
		const char *id = lint->check->finding[i].cause_component;
		lint->about[i] = id ? tw_net_find(r->net, TW_KIND_ACL, id) : TW_MISSING;
	}
	return TW_OK;
}

static tw_status find_late(struct tw_lint *lint, uint32_t at)
{
	lint->acl = at;
	if (!has_order(lint->results, &lint->results->net->acl[at]))
		return TW_OK;
	for (int list = 0; list < 2; list++) {
		TW_TRY(open_list(lint, (enum tw_list)list));
		TW_TRY(tw_lint_late_add(lint, (enum tw_list)list));
	}
	return TW_OK;
}

/* Sets are forgotten in between, so that memory does not grow with the number of ACLs. */
static tw_status each_acl(
	struct tw_lint *lint, tw_status (*look)(struct tw_lint *lint, uint32_t acl))
{
	enum { NODES = 10000 };
	struct tw_results *r = lint->results;
	for (uint32_t i = 0; i < r->net->acls; i++) {
		struct tw_arena_mark mark = tw_arena_save(r->work);
		TW_TRY(look(lint, i));
		tw_arena_restore(r->work, mark);
		if (tw_space_nodes(r->judge->space) > NODES)
			TW_TRY(tw_judge_reset(r->judge));
	}
	return TW_OK;
}

static tw_status look_at_all(struct tw_lint *lint)
{
	struct tw_results *r = lint->results;
	TW_TRY(index_check(lint));
	for (size_t i = 0; i < r->net->acls; i++)
		r->attached |= r->net->acl[i].subnets_n > 0;
	TW_TRY(each_acl(lint, find_late));
	TW_TRY(tw_lint_late_try(lint));
	TW_TRY(each_acl(lint, look_at_acl));
	for (uint32_t i = 0; i < r->net->groups; i++) {
		lint->groups++;
		TW_TRY(tw_lint_group(lint, i));
	}
	TW_TRY(tw_lint_keep_flows(lint));
	r->judged = judged_text(lint);
	return r->judged ? TW_OK : TW_ENOMEM;
}

tw_status tw_lint(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_lint_options *options, struct tw_diags *ret_diags, struct tw_report **ret)
{
	struct tw_check_options how = options->check;
	struct tw_report *check;
	struct tw_results results;
	how.details = false;
	how.diags = NULL;
	TW_TRY(tw_check(mem, net, &how, ret_diags, &check));
	tw_status status = tw_report_open(mem, net, &how, false, NULL, &results);
	if (status == TW_OK) {
		struct tw_lint lint = {.results = &results,
			.options = options,
			.check = check,
			.diags = ret_diags};
		status = look_at_all(&lint);
		tw_lint_late_close(&lint);
		status = tw_report_close(&results, status, ret);
	}
	tw_report_free(check);
	return status;
}
