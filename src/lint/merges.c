/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TW204: rules that one rule can replace. Two rules join where their ports touch or their blocks
 * are halves of one; whether the list stays what it was is asked of the list, not of the two.
 */
#include "lint.h"

/* One entry that covers what both cover and nothing else, if the shapes allow it. */
static bool joined(struct tw_entry a, const struct tw_entry *b, struct tw_entry *ret)
{
	bool same_block = a.cidr.len == b->cidr.len && tw_addr_cmp(a.cidr.addr, b->cidr.addr) == 0;
	bool same_ports = a.ports.lo == b->ports.lo && a.ports.hi == b->ports.hi &&
			  a.icmp_type == b->icmp_type && a.icmp_code == b->icmp_code;
	if (a.allow != b->allow || a.protocol != b->protocol || a.cidr.family != b->cidr.family)
		return false;
	if (same_block && a.icmp_type < 0 && b->icmp_type < 0 &&
		(uint32_t)a.ports.lo <= (uint32_t)b->ports.hi + 1 &&
		(uint32_t)b->ports.lo <= (uint32_t)a.ports.hi + 1) {
		a.ports.lo = a.ports.lo < b->ports.lo ? a.ports.lo : b->ports.lo;
		a.ports.hi = a.ports.hi > b->ports.hi ? a.ports.hi : b->ports.hi;
		*ret = a;
		return true;
	}
	if (!same_ports || same_block || a.cidr.len != b->cidr.len || a.cidr.len == 0)
		return false;
	struct tw_prefix parent = a.cidr;
	parent.len--;
	parent.addr = tw_prefix_range(parent).first;
	if (!tw_prefix_contains(parent, b->cidr))
		return false;
	a.cidr = parent;
	*ret = a;
	return true;
}

struct merge {
	struct tw_lint *lint;
	enum tw_list list;
	struct tw_edit edit[8]; /* the replacement, then what goes */
	size_t edits;
	uint32_t rule[8];
};

static bool is_free(const struct tw_lint_list *l, size_t rule)
{
	return tw_lint_is_sure(&l->rules.rule[rule]) && l->fate[rule] == TW_LINT_KEPT &&
	       !l->rules.rule[rule].icmp_any_type_code;
}

/* True in *ret if the list is the same after the edits. */
static tw_status is_exact(struct merge *m, const struct tw_edit *edit, size_t n, bool *ret)
{
	const struct tw_lint_list *l = &m->lint->list[m->list];
	struct tw_compiled c;
	TW_TRY(tw_lint_edited(m->lint, m->list, edit, n, &c));
	*ret = c.allow == l->compiled->allow && c.unknown == l->compiled->unknown;
	return TW_OK;
}

/* Takes rule `at` into the merge if the list stays the same: in the first rule's place or its own.
 */
static tw_status take(struct merge *m, size_t at, bool *ret)
{
	const struct tw_lint_list *l = &m->lint->list[m->list];
	const struct tw_rule *one = &l->rules.rule[at];
	struct tw_entry own = tw_lint_entry(m->lint, one, m->list), whole;
	struct tw_edit trial[8];
	*ret = false;
	if (m->edits == TW_COUNT(m->edit) || !joined(m->edit[0].entry, &own, &whole))
		return TW_OK;
	for (int place = 0; place < 2 && !*ret; place++) {
		memcpy(trial, m->edit, m->edits * sizeof(*trial));
		trial[0].entry.cidr = whole.cidr;
		trial[0].entry.ports = whole.ports;
		trial[m->edits] = (struct tw_edit){TW_REMOVE, own, one->span};
		if (place == 1) {
			/* The number of the later rule, and the earlier one goes. */
			const struct tw_rule *first = &l->rules.rule[m->rule[0]];
			trial[m->edits].entry = tw_lint_entry(m->lint, first, m->list);
			trial[m->edits].replaces = first->span;
			trial[0].entry.number = (uint16_t)one->number;
			trial[0].replaces = one->span;
		}
		TW_TRY(is_exact(m, trial, m->edits + 1, ret));
		if (*ret && place == 1) {
			m->rule[m->edits] = m->rule[0];
			m->rule[0] = (uint32_t)at;
		} else if (*ret) {
			m->rule[m->edits] = (uint32_t)at;
		}
	}
	if (*ret) {
		m->edits++;
		memcpy(m->edit, trial, m->edits * sizeof(*trial));
	}
	return TW_OK;
}

static tw_status tell(struct merge *m)
{
	struct tw_lint *lint = m->lint;
	struct tw_lint_list *l = &lint->list[m->list];
	struct tw_arena *arena = lint->results->arena;
	uint16_t label[8];
	struct tw_finding_draft *f;
	uint32_t first = m->rule[0];
	for (size_t i = 0; i < m->edits; i++) {
		size_t at = i;
		for (; at > 0 && label[at - 1] > m->rule[i] + TW_LABEL_RULE; at--)
			label[at] = label[at - 1];
		label[at] = (uint16_t)(m->rule[i] + TW_LABEL_RULE);
		first = m->rule[i] < first ? m->rule[i] : first;
		l->fate[m->rule[i]] = TW_LINT_MERGED;
	}
	const char *rules = tw_lint_rules_text(lint, m->list, label, m->edits);
	const char *entry = tw_entry_text(arena, &m->edit[0].entry);
	const char *id = lint->results->net->acl[lint->acl].object.id;
	const char *message = rules && entry
				      ? tw_arena_printf(arena, "%s %s %s do what one rule does: %s",
						id, tw_list_name(m->list), rules, entry)
				      : NULL;
	TW_TRY(tw_lint_tell(lint, "TW204", TW_LEVEL_NOTE, m->list, first,
		"can be one rule with another", message, &f));
	for (size_t i = 0; i < m->edits; i++)
		if (label[i] - TW_LABEL_RULE != (int)first)
			TW_TRY(tw_lint_relate(lint, f, m->list, (size_t)label[i] - TW_LABEL_RULE,
				"and this one"));
	const char *title =
		tw_arena_printf(arena, "merge %s %s: %s", tw_lint_way(m->list), rules, entry);
	return title ? tw_lint_fix(lint, f, title, true, TW_EMPTY, m->edit, m->edits) : TW_ENOMEM;
}

tw_status tw_lint_merges(struct tw_lint *lint, enum tw_list list)
{
	struct tw_lint_list *l = &lint->list[list];
	for (size_t i = 0; i < l->rules.n; i++) {
		if (!is_free(l, i))
			continue;
		const struct tw_rule *one = &l->rules.rule[i];
		struct merge m = {.lint = lint, .list = list, .edits = 1, .rule = {(uint32_t)i}};
		m.edit[0] = (struct tw_edit){TW_REPLACE, tw_lint_entry(lint, one, list), one->span};
		bool grown = true;
		while (grown) {
			grown = false;
			for (size_t k = i + 1; k < l->rules.n && !grown; k++) {
				bool in = !is_free(l, k);
				for (size_t e = 0; e < m.edits; e++)
					in |= m.rule[e] == k;
				if (!in)
					TW_TRY(take(&m, k, &grown));
			}
		}
		if (m.edits > 1)
			TW_TRY(tell(&m));
	}
	return TW_OK;
}
