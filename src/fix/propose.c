/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proposals: what a list denies of a gap's packets, the entries that would let it pass, and of the
 * choices of edits (choices.c) the one that is asked for.
 */
#include "proposal.h"

/* ---- who decides ------------------------------------------------------------------------------
 */

tw_status tw_decided_by(struct tw_proposal *p, const bool *rule, tw_set *ret)
{
	struct tw_space *space = p->m->book->space;
	size_t n = p->rules.n + TW_LABEL_RULE;
	uint16_t *table = TW_NEW_ARRAY(&p->m->work, uint16_t, n);
	if (!table)
		return TW_ENOMEM;
	for (size_t i = TW_LABEL_RULE; i < n; i++)
		table[i] = rule[i - TW_LABEL_RULE];
	*ret = tw_partition_relabel(space, p->old.decides, table, n);
	return tw_space_status(space);
}

tw_status tw_deciders_of(struct tw_proposal *p, tw_set set, bool *ret_rule)
{
	struct tw_space *space = p->m->book->space;
	tw_set part = tw_partition_restrict(space, p->old.decides, set);
	size_t n = tw_partition_labels(space, part, NULL, 0);
	uint16_t *label = TW_NEW_ARRAY(&p->m->work, uint16_t, n + 1);
	if (!label)
		return TW_ENOMEM;
	tw_partition_labels(space, part, label, n);
	for (size_t i = 0; i < n; i++)
		if (label[i] >= TW_LABEL_RULE)
			ret_rule[label[i] - TW_LABEL_RULE] = true;
	return tw_space_status(space);
}

/* Rule 10 of the inference: all ports of a block are denied on purpose. */
static bool is_on_purpose(const struct tw_rule *rule)
{
	bool all = rule->protocol == TW_PROTOCOL_ALL || rule->every_port;
	return tw_is_aimed(rule) && !rule->maybe && all && rule->peer.len > 0;
}

/* What the rules decide that somebody aimed, or that shut a whole block. */
static tw_status decided_where(
	struct tw_proposal *p, bool (*which)(const struct tw_rule *rule), tw_set *ret)
{
	bool *rule = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	if (!rule)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++)
		rule[i] = which(&p->rules.rule[i]);
	return tw_decided_by(p, rule, ret);
}

/* A deny that the finding does not speak of is none of its business, and replies that a whole block
 * is refused are refused on purpose. */
static tw_status find_wanted(struct tw_proposal *p)
{
	struct tw_space *space = p->m->book->space;
	tw_set lost, all, aimed, purpose = TW_EMPTY;
	TW_TRY(tw_gap_set(p->m, p->gap, p->finding, &lost, &all));
	TW_TRY(decided_where(p, tw_is_aimed, &aimed));
	if (p->gap->direction == TW_REPLY)
		TW_TRY(decided_where(p, is_on_purpose, &purpose));
	all = tw_set_subtract(space, tw_set_subtract(space, all, aimed), purpose);
	p->aim.wanted = tw_set_intersect(space, tw_set_union(space, lost, all), p->old.deny);
	return tw_space_status(space);
}

static tw_status find_deciders(struct tw_proposal *p)
{
	bool *any = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	p->aim.decides = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	p->idle = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	if (!any || !p->aim.decides || !p->idle)
		return TW_ENOMEM;
	TW_TRY(tw_deciders_of(p, tw_set_all(p->m->book->space), any));
	for (size_t i = 0; i < p->rules.n; i++)
		p->idle[i] = !any[i];
	return tw_deciders_of(p, p->aim.wanted, p->aim.decides);
}

/* ---- entries ----------------------------------------------------------------------------------
 */

static tw_status fill_entries(struct tw_proposal *p, enum tw_width width)
{
	const struct tw_ports *ports;
	const struct tw_prefix *block;
	size_t ports_n, blocks;
	TW_TRY(tw_gap_ports(p->m, p->gap, p->finding, width, &ports, &ports_n));
	TW_TRY(tw_gap_blocks(p->m, p->gap, width, &block, &blocks));
	p->entry = TW_NEW_ARRAY(&p->m->work, struct tw_entry, ports_n * blocks + 1);
	if (!p->entry)
		return TW_ENOMEM;
	bool icmp = tw_protocol_is_icmp((enum tw_family)p->gap->family, p->gap->protocol);
	bool has_ports = tw_protocol_has_ports(p->gap->protocol);
	for (size_t i = 0; i < blocks; i++)
		for (size_t k = 0; k < ports_n; k++) {
			struct tw_entry e = {.component = p->acl,
				.egress = p->gap->list == TW_EGRESS,
				.allow = true,
				.protocol = p->gap->protocol,
				.cidr = block[i],
				.ports = {0, UINT16_MAX},
				.icmp_type = -1,
				.icmp_code = -1};
			if (has_ports)
				e.ports = ports[k];
			if (icmp && ports[k].lo >> 8 == ports[k].hi >> 8) {
				e.icmp_type = (int16_t)(ports[k].lo >> 8);
				if (ports[k].lo == ports[k].hi)
					e.icmp_code = (int16_t)(ports[k].lo & 255);
			}
			p->entry[p->entries++] = e;
			if (!has_ports && !icmp)
				break;
		}
	return TW_OK;
}

/* Numbers that are not to be used: those of the input, and those offered for other findings. */
static tw_status reserve(struct tw_proposal *p)
{
	struct tw_mender *m = p->m;
	struct tw_rules input = m->original->acl[p->gap->acl].list[p->gap->list];
	struct tw_rule *rule = TW_NEW_ARRAY(&m->work, struct tw_rule, input.n + m->given.n + 1);
	size_t n = input.n;
	if (!rule)
		return TW_ENOMEM;
	memcpy(rule, input.rule, input.n * sizeof(*rule));
	for (size_t i = 0; i < m->given.n; i++) {
		const struct tw_entry *e = &m->given.v[i].entry;
		if (e->egress == (p->gap->list == TW_EGRESS) && strcmp(e->component, p->acl) == 0)
			rule[n++] = (struct tw_rule){.number = e->number};
	}
	p->reserved = (struct tw_rules){rule, n};
	return TW_OK;
}

static tw_status propose(struct tw_proposal *p, enum tw_width width)
{
	TW_TRY(reserve(p));
	TW_TRY(tw_recent_compile(p->m->book->lists, p->rules, p->view, &p->old));
	TW_TRY(find_wanted(p));
	if (tw_set_is_empty(p->aim.wanted))
		return TW_OK;
	TW_TRY(find_deciders(p));
	TW_TRY(fill_entries(p, width));
	return tw_choose_edits(p);
}

static bool same_place(const struct tw_edit *a, const struct tw_edit *b)
{
	return a->entry.number == b->entry.number && a->entry.egress == b->entry.egress &&
	       strcmp(a->entry.component, b->entry.component) == 0;
}

/* What the input does not hold needs no replacing, and no removing. */
tw_status tw_edits_join(struct tw_mem *mem, tw_edits *edits, const struct tw_edit *edit)
{
	for (size_t i = 0; i < edits->n; i++) {
		struct tw_edit *old = &edits->v[i];
		if (!same_place(old, edit))
			continue;
		if (old->operation == TW_ADD && edit->operation == TW_REMOVE) {
			*old = edits->v[--edits->n];
			return TW_OK;
		}
		if (old->operation == TW_REPLACE && edit->operation == TW_REMOVE)
			old->operation = TW_REMOVE;
		old->entry = edit->entry;
		return TW_OK;
	}
	return TW_VEC_PUSH(mem, edits, *edit);
}

static tw_status push_all(struct tw_mender *m, const struct tw_choice *choice, tw_edits *edits)
{
	for (size_t i = 0; i < choice->edits; i++)
		TW_TRY(tw_edits_join(m->mem, edits, &choice->edit[i]));
	return TW_OK;
}

tw_status tw_propose(struct tw_mender *m, const struct tw_gap *gap,
	const struct tw_finding *finding, enum tw_width width, unsigned variant, tw_edits *edits,
	struct tw_choice_marks *marks, size_t *ret_choices)
{
	const struct tw_acl *acl = &m->now.net->acl[gap->acl];
	struct tw_proposal p = {.m = m,
		.gap = gap,
		.finding = finding,
		.view = {gap->list, TW_REQUEST},
		.acl = acl->object.id};
	tw_mender_tidy(m);
	TW_TRY(tw_patch_list(
		&m->work, acl->list[gap->list], p.acl, gap->list, edits->v, edits->n, &p.rules));
	tw_status status = propose(&p, width);
	*ret_choices = tw_set_is_empty(p.aim.wanted) ? 1 : p.choice.n;
	if (status == TW_OK && p.choice.n > 0) {
		const struct tw_choice *choice = &p.choice.v[variant < p.choice.n ? variant : 0];
		marks->undoes |= choice->marks.undoes;
		marks->closes |= choice->marks.closes;
		status = push_all(m, choice, edits);
	}
	TW_VEC_FREE(m->mem, &p.choice);
	return status;
}
