/* SPDX-License-Identifier: Apache-2.0 */

/*
 * describe-security-groups and describe-security-group-rules show the same rules: the first as
 * permissions of a group, the second one by one, with ids. Where both are in the input they are
 * joined by content, and the ids win; where only the second is, its rows make the groups.
 */

#include "pending.h"

/* The rows of each (group, list): CSR, `row[begin[slot] .. begin[slot + 1])`. */
struct rows_by_list {
	uint32_t *begin;
	uint32_t *row;
	size_t slots, rows;
};

static size_t slot_of(uint32_t group, enum tw_list list)
{
	return (size_t)group * 2 + (list == TW_EGRESS);
}

static void rows_fini(struct rows_by_list *by, struct tw_mem *mem)
{
	if (by->begin)
		tw_mem_release(mem, by->begin, (by->slots + 1) * sizeof(*by->begin));
	if (by->row)
		tw_mem_release(mem, by->row, by->rows * sizeof(*by->row));
}

/* Groups that only rows name. */
static tw_status add_groups(struct tw_net *net, struct tw_diags *diags)
{
	for (size_t i = 0; i < net->build->rows.n; i++) {
		const struct tw_row *row = &net->build->rows.v[i];
		struct tw_group group = {.object = {.id = row->group_id, .span = row->rule.span}};
		if (tw_net_find(net, TW_KIND_GROUP, row->group_id) == TW_MISSING)
			TW_TRY(tw_net_add_group(net, diags, &group));
	}
	return TW_OK;
}

static tw_status sort_rows(struct tw_net *net, struct rows_by_list *by)
{
	const struct tw_build *build = net->build;

	by->slots = net->groups * 2;
	by->rows = build->rows.n;
	by->begin = tw_mem_alloc(net->mem, (by->slots + 1) * sizeof(*by->begin));
	by->row = tw_mem_alloc(net->mem, by->rows * sizeof(*by->row));
	if (!by->begin || !by->row)
		return TW_ENOMEM;
	memset(by->begin, 0, (by->slots + 1) * sizeof(*by->begin));
	for (size_t i = 0; i < by->rows; i++) {
		uint32_t group = tw_net_find(net, TW_KIND_GROUP, build->rows.v[i].group_id);
		by->begin[slot_of(group, build->rows.v[i].list)]++;
	}
	/* Sums, so that begin[s] is the end of slot s; filling from the back makes it the begin. */
	for (size_t s = 1; s <= by->slots; s++)
		by->begin[s] += by->begin[s - 1];
	for (size_t i = by->rows; i-- > 0;) {
		uint32_t group = tw_net_find(net, TW_KIND_GROUP, build->rows.v[i].group_id);
		by->row[--by->begin[slot_of(group, build->rows.v[i].list)]] = (uint32_t)i;
	}
	return TW_OK;
}

static tw_status unmatched(
	struct tw_diags *diags, const struct tw_group *group, const struct tw_rule *row)
{
	TW_TRY(tw_diag_add_pair(diags, TW_LEVEL_ERROR, 0, row->span, group->object.span,
		"the group is here",
		"security group rule %s is not among the permissions of %s: give one state of "
		"the group",
		row->id, group->object.id));
	return TW_EPARSE;
}

/*
 * `rule` is the list being made, a copy of the permissions; `rows` say the same with ids. A
 * permission without a row keeps its place as id: the rows may be a selection.
 */
static tw_status name_rules(struct tw_mem *mem, struct tw_diags *diags,
	const struct tw_group *group, struct tw_rule *rule, size_t n, struct tw_rules rows)
{
	const struct tw_rule **left, **right;
	tw_status worst = TW_OK;
	size_t i = 0, j = 0;

	TW_TRY(tw_rules_by_content(mem, (struct tw_rules){rule, n}, &left));
	if (tw_rules_by_content(mem, rows, &right) != TW_OK) {
		tw_mem_release(mem, left, n * sizeof(*left));
		return TW_ENOMEM;
	}
	while (j < rows.n && (worst == TW_OK || worst == TW_EPARSE)) {
		int c = i < n ? tw_rule_content_cmp(left[i], right[j]) : 1;
		if (c > 0) {
			worst = unmatched(diags, group, right[j++]);
		} else {
			struct tw_rule *named = &rule[left[i] - rule];
			if (!c) {
				named->id = right[j]->id;
				named->span = right[j++]->span;
			}
			i++;
		}
	}
	tw_mem_release(mem, left, n * sizeof(*left));
	tw_mem_release(mem, right, rows.n * sizeof(*right));
	return worst;
}

static tw_status join(struct tw_net *net, struct tw_diags *diags, struct tw_group *group,
	enum tw_list list, bool only_rows, const uint32_t *row, size_t rows_n)
{
	struct tw_rules old = group->list[list];
	struct tw_rule *rows = TW_NEW_ARRAY(&net->arena, struct tw_rule, rows_n);

	if (!rows)
		return TW_ENOMEM;
	for (size_t i = 0; i < rows_n; i++)
		rows[i] = net->build->rows.v[row[i]].rule;
	if (only_rows) {
		group->list[list] = (struct tw_rules){rows, rows_n};
		return TW_OK;
	}
	struct tw_rule *rule = TW_NEW_ARRAY(&net->arena, struct tw_rule, old.n);
	if (!rule)
		return TW_ENOMEM;
	if (old.n)
		memcpy(rule, old.rule, old.n * sizeof(*rule));
	group->list[list] = (struct tw_rules){rule, old.n};
	return name_rules(net->mem, diags, group, rule, old.n, (struct tw_rules){rows, rows_n});
}

static tw_status join_all(
	struct tw_net *net, struct tw_diags *diags, size_t described, const struct rows_by_list *by)
{
	tw_status worst = TW_OK;

	for (size_t slot = 0; slot < by->slots; slot++) {
		uint32_t begin = by->begin[slot], end = by->begin[slot + 1];
		if (begin == end)
			continue;
		tw_status status =
			join(net, diags, &net->group[slot / 2], slot % 2 ? TW_EGRESS : TW_INGRESS,
				slot / 2 >= described, &by->row[begin], end - begin);
		if (status == TW_EPARSE)
			worst = TW_EPARSE;
		else if (status != TW_OK)
			return status;
	}
	return worst;
}

tw_status tw_link_rows(struct tw_net *net, struct tw_diags *diags)
{
	struct rows_by_list by = {NULL, NULL, 0, 0};
	size_t described = net->groups;

	if (!net->build->rows.n)
		return TW_OK;
	TW_TRY(add_groups(net, diags));
	tw_status status = sort_rows(net, &by);
	if (status == TW_OK)
		status = join_all(net, diags, described, &by);
	rows_fini(&by, net->mem);
	return status;
}
