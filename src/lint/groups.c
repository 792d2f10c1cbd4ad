/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Security groups: rules that name a peer which nobody is (TW207), ports on a protocol that has
 * none (TW401), and what prefix lists weigh in the quota (TW412).
 */
#include <string.h>

#include "lint.h"

/* A group that no interface carries, or a prefix list without blocks: it is in the input, and empty
 * for sure. */
static const char *nobody(const struct tw_net *net, const struct tw_rule *rule)
{
	if (rule->maybe)
		return NULL;
	if (rule->peer_group && net->holds[TW_KIND_INTERFACE] &&
		!net->incomplete[TW_KIND_INTERFACE]) {
		uint32_t at = tw_net_find(net, TW_KIND_GROUP, rule->peer_group);
		return at != TW_MISSING && net->group[at].members_n == 0
			       ? "a group that no interface carries"
			       : NULL;
	}
	if (rule->peer_prefix_list) {
		uint32_t at = tw_net_find(net, TW_KIND_PREFIX_LIST, rule->peer_prefix_list);
		return at != TW_MISSING && net->prefix_list[at].entries_known &&
				       net->prefix_list[at].cidrs.n == 0
			       ? "a prefix list without entries"
			       : NULL;
	}
	return NULL;
}

static const char *rule_text(
	struct tw_lint *lint, uint32_t group, enum tw_list list, const struct tw_rule *rule)
{
	struct tw_arena *arena = lint->results->arena;
	const char *text = tw_rule_text(arena, rule, list);
	return text ? tw_arena_printf(arena, "%s rule %s (%s)",
			      lint->results->net->group[group].object.id, rule->id, text)
		    : NULL;
}

static tw_status look_at_rule(struct tw_lint *lint, uint32_t group, enum tw_list list, uint32_t at)
{
	const struct tw_net *net = lint->results->net;
	struct tw_arena *arena = lint->results->arena;
	const struct tw_group *g = &net->group[group];
	const struct tw_rule *rule = &g->list[list].rule[at];
	struct tw_finding_draft *f;
	const char *why = nobody(net, rule);
	const char *text = why || rule->ignores_ports ? rule_text(lint, group, list, rule) : "";
	if (!text)
		return TW_ENOMEM;
	/* A group that nobody carries lets nobody in by any rule: that is not this rule's fault. */
	if (why && g->members_n > 0)
		TW_TRY(tw_lint_tell_group(lint, "TW207", TW_LEVEL_NOTE, group, list, at,
			"nobody is named here",
			tw_arena_printf(arena, "%s matches nobody: its peer is %s", text, why),
			&f));
	if (!rule->ignores_ports)
		return TW_OK;
	/* One permission with several peers is one mistake. */
	if (at > 0 && g->list[list].rule[at - 1].ignores_ports &&
		g->list[list].rule[at - 1].protocol == rule->protocol &&
		g->list[list].rule[at - 1].ignored.lo == rule->ignored.lo &&
		g->list[list].rule[at - 1].ignored.hi == rule->ignored.hi)
		return TW_OK;
	const char *ports = tw_ports_text(arena, &rule->ignored, 1, 1);
	/* SPEC: sg-ports-ignored */
	return tw_lint_tell_group(lint, "TW401", TW_LEVEL_WARNING, group, list, at,
		"ports count for TCP and UDP only",
		ports ? tw_arena_printf(arena,
				"%s gives ports %s, which AWS ignores: it lets pass every port%s",
				text, ports, rule->protocol < 0 ? " of every protocol" : "")
		      : NULL,
		&f);
}

/* ---- TW412 ----------------------------------------------------------------------------------- */

/* SPEC: sg-prefix-list-weight. 0: not known. */
static size_t weight(const struct tw_net *net, const struct tw_rule *rule)
{
	uint32_t at = tw_net_find(net, TW_KIND_PREFIX_LIST, rule->peer_prefix_list);
	if (at == TW_MISSING)
		return 0;
	const struct tw_prefix_list *list = &net->prefix_list[at];
	if (list->most > 0)
		return list->most;
	const char *name = list->object.name;
	return name && strcmp(name, "com.amazonaws.global.cloudfront.origin-facing") == 0 ? 55 : 0;
}

/* SPEC: quota-sg. Counted for one family; a reference to a group counts in both. */
static tw_status prefix_lists(
	struct tw_lint *lint, uint32_t group, enum tw_list list, uint8_t family)
{
	enum { QUOTA = 60, NEARLY = 5 };
	const struct tw_net *net = lint->results->net;
	struct tw_rules rules = net->group[group].list[list];
	struct tw_arena *arena = lint->results->arena;
	size_t n = 0, heaviest = 0;
	uint32_t at = TW_MISSING;
	for (size_t i = 0; i < rules.n; i++) {
		const struct tw_rule *one = &rules.rule[i];
		/* A reference of which a part is known is two rules of one id. */
		if (i > 0 && strcmp(rules.rule[i - 1].id, one->id) == 0)
			continue;
		if (one->peer_prefix_list) {
			uint32_t l = tw_net_find(net, TW_KIND_PREFIX_LIST, one->peer_prefix_list);
			if (l != TW_MISSING && net->prefix_list[l].family != 0 &&
				net->prefix_list[l].family != family)
				continue;
			size_t w = weight(net, one);
			n += w > 0 ? w : 1;
			if (w > heaviest) {
				heaviest = w;
				at = (uint32_t)i;
			}
		} else if (one->family == 0 || one->family == family) {
			n++;
		}
	}
	if (at == TW_MISSING || heaviest < 2 || n + NEARLY < QUOTA)
		return TW_OK;
	struct tw_finding_draft *f;
	const char *message = tw_arena_printf(arena,
		"%s %s uses %zu of %d rules for %s: %s counts as %zu, what it may hold and not "
		"what "
		"it holds",
		net->group[group].object.id, tw_list_name(list), n, QUOTA,
		family == TW_IPV4 ? "IPv4" : "IPv6", rules.rule[at].peer_prefix_list, heaviest);
	TW_TRY(tw_lint_tell_group(lint, "TW412", n > QUOTA ? TW_LEVEL_WARNING : TW_LEVEL_NOTE,
		group, list, at, "weighs more than one rule", message, &f));
	f->cause.family = family;
	return TW_OK;
}

tw_status tw_lint_group(struct tw_lint *lint, uint32_t group)
{
	const struct tw_group *g = &lint->results->net->group[group];
	for (int list = 0; list < 2; list++) {
		for (uint32_t i = 0; i < g->list[list].n; i++)
			TW_TRY(look_at_rule(lint, group, (enum tw_list)list, i));
		TW_TRY(prefix_lists(lint, group, (enum tw_list)list, TW_IPV4));
		TW_TRY(prefix_lists(lint, group, (enum tw_list)list, TW_IPV6));
	}
	return TW_OK;
}
