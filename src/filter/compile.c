/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of rules to partitions of the space. The sure rules go through first match in one pass;
 * what `maybe` rules leave open is laid over that.
 *
 * DOC: rules that may or may not match
 *
 * A round trip meets, in list order, some maybe rules and then the first sure rule S that holds it
 * (or the end of the list, which denies). Each maybe rule either matches and decides, or does not.
 * The outcome is known exactly when all of them have the action of S; then S is the label. Else it
 * is unknown, and the label is the first of them whose action is not that of S: without it, and the
 * others like it, the outcome would be known. Example: maybe allow 100, maybe deny 110, allow 120:
 * the label is 110.
 */

#include "owner.h"
#include "rule.h"

enum { MOST_RULES = 65000 };

static enum tw_action action_of(struct tw_rules rules, uint16_t label)
{
	/* SPEC: nacl-implicit-deny */
	return label == TW_LABEL_NONE ? TW_DENY : rules.rule[label - TW_LABEL_RULE].action;
}

static tw_status collect(
	struct tw_mem *mem, struct tw_rules rules, struct tw_view view, struct tw_rule_boxes *boxes)
{
	TW_TRY(TW_VEC_RESERVE(mem, &boxes->sure, rules.n));
	for (size_t i = 0; i < rules.n; i++)
		TW_TRY(tw_rule_boxes_add(
			mem, boxes, &rules.rule[i], view, (uint16_t)(TW_LABEL_RULE + i)));
	return TW_OK;
}

/* A group's rules allow; should one not, it lets nothing pass for sure. */
static tw_status collect_group(
	struct tw_mem *mem, struct tw_rules rules, struct tw_view view, struct tw_rule_boxes *boxes)
{
	TW_TRY(TW_VEC_RESERVE(mem, &boxes->sure, rules.n));
	for (size_t i = 0; i < rules.n; i++) {
		struct tw_rule rule = rules.rule[i];

		rule.maybe |= rule.action == TW_ACTION_UNKNOWN;
		if (rule.action != TW_DENY)
			TW_TRY(tw_rule_boxes_add(
				mem, boxes, &rule, view, (uint16_t)(TW_LABEL_RULE + i)));
	}
	return TW_OK;
}

static tw_set first_match(struct tw_space *space, const struct tw_labelled_boxes *boxes)
{
	return tw_partition_first_match(space, boxes->v, boxes->n, TW_LABEL_NONE);
}

/* The points whose rule has this action, as a set. */
static tw_status where_action(struct tw_space *space, struct tw_rules rules, tw_set decides,
	enum tw_action action, tw_set *ret)
{
	struct tw_mem *mem = tw_space_mem(space);
	size_t n = rules.n + TW_LABEL_RULE, size = n * sizeof(uint16_t);
	uint16_t *table = tw_mem_alloc(mem, size);

	if (!table)
		return TW_ENOMEM;
	for (size_t label = 0; label < n; label++)
		table[label] = action_of(rules, (uint16_t)label) == action;
	*ret = tw_partition_relabel(space, decides, table, n);
	tw_mem_release(mem, table, size);
	return tw_space_status(space);
}

/* The maybe rules that would change the outcome of rules with one action. */
struct rivals {
	struct tw_rules rules;
	enum tw_action action;
};

/* Whether maybe rule `maybe`, the first rival here, comes before rule `sure`. */
static uint16_t comes_first(void *ctx, uint16_t sure, uint16_t maybe)
{
	const struct rivals *rivals = ctx;

	return action_of(rivals->rules, sure) == rivals->action && maybe != TW_LABEL_NONE &&
	       (sure == TW_LABEL_NONE || maybe < sure);
}

static uint16_t prefer_second(void *ctx, uint16_t a, uint16_t b)
{
	(void)ctx;
	return b != TW_LABEL_NONE ? b : a;
}

/*
 * Round trips whose sure rule has the action of `rivals`, with a maybe rule of another action
 * before it: they join `unknown`, and get that rule's label.
 */
static tw_status doubt(struct tw_space *space, const struct tw_labelled_boxes *maybe,
	struct rivals *rivals, tw_set sure, struct tw_compiled *compiled)
{
	struct tw_mem *mem = tw_space_mem(space);
	struct tw_labelled_boxes boxes = {NULL, 0, 0};
	tw_status status = TW_OK;
	tw_set first, open;

	for (size_t i = 0; i < maybe->n && status == TW_OK; i++) {
		if (action_of(rivals->rules, maybe->v[i].label) != rivals->action)
			status = TW_VEC_PUSH(mem, &boxes, maybe->v[i]);
	}
	if (status == TW_OK && boxes.n > 0) {
		first = first_match(space, &boxes);
		open = tw_partition_combine(space, sure, first, comes_first, rivals);
		first = tw_partition_restrict(space, first, open);
		compiled->unknown = tw_set_union(space, compiled->unknown, open);
		compiled->decides =
			tw_partition_combine(space, compiled->decides, first, prefer_second, NULL);
		status = tw_space_status(space);
	}
	TW_VEC_FREE(mem, &boxes);
	return status;
}

static bool has_unknown_action(struct tw_rules rules)
{
	for (size_t i = 0; i < rules.n; i++) {
		if (rules.rule[i].action == TW_ACTION_UNKNOWN)
			return true;
	}
	return false;
}

static tw_status compile_acl(struct tw_space *space, struct tw_rules rules,
	const struct tw_rule_boxes *boxes, struct tw_compiled *ret)
{
	struct rivals rivals = {.rules = rules};
	struct tw_compiled compiled = {0};
	tw_set sure = first_match(space, &boxes->sure), denied;

	TW_TRY(tw_space_status(space));
	compiled.decides = sure;
	if (has_unknown_action(rules))
		TW_TRY(where_action(space, rules, sure, TW_ACTION_UNKNOWN, &compiled.unknown));
	if (boxes->maybe.n > 0) {
		rivals.action = TW_DENY;
		TW_TRY(doubt(space, &boxes->maybe, &rivals, sure, &compiled));
		rivals.action = TW_ALLOW;
		TW_TRY(doubt(space, &boxes->maybe, &rivals, sure, &compiled));
		rivals.action = TW_ACTION_UNKNOWN;
		TW_TRY(doubt(space, &boxes->maybe, &rivals, sure, &compiled));
	}
	TW_TRY(where_action(space, rules, sure, TW_ALLOW, &compiled.allow));
	TW_TRY(where_action(space, rules, sure, TW_DENY, &denied));
	compiled.allow = tw_set_subtract(space, compiled.allow, compiled.unknown);
	compiled.deny = tw_set_subtract(space, denied, compiled.unknown);
	TW_TRY(tw_space_status(space));
	*ret = compiled;
	return TW_OK;
}

/* Every rule allows, so what counts is only whether some rule covers the round trip for sure. */
static tw_status compile_group(
	struct tw_space *space, const struct tw_rule_boxes *boxes, struct tw_compiled *ret)
{
	struct tw_compiled compiled = {0};
	tw_set everything = tw_set_all(space), none, covered;

	compiled.decides = first_match(space, &boxes->sure);
	none = tw_partition_where(space, compiled.decides, TW_LABEL_NONE);
	compiled.allow = tw_set_subtract(space, everything, none);
	if (boxes->maybe.n > 0) {
		covered = tw_partition_restrict(space, first_match(space, &boxes->maybe), none);
		compiled.decides =
			tw_partition_combine(space, compiled.decides, covered, prefer_second, NULL);
		compiled.deny = tw_partition_where(space, compiled.decides, TW_LABEL_NONE);
		compiled.unknown = tw_set_subtract(space, none, compiled.deny);
	} else {
		compiled.deny = none;
	}
	TW_TRY(tw_space_status(space));
	*ret = compiled;
	return TW_OK;
}

tw_status tw_compile_acl(
	struct tw_space *space, struct tw_rules rules, struct tw_view view, struct tw_compiled *ret)
{
	struct tw_rule_boxes boxes = {0};
	tw_status status;

	TW_TRY(tw_space_status(space));
	if (rules.n > MOST_RULES)
		return TW_ELIMIT;
	status = collect(tw_space_mem(space), rules, view, &boxes);
	if (status == TW_OK)
		status = compile_acl(space, rules, &boxes, ret);
	tw_rule_boxes_free(tw_space_mem(space), &boxes);
	return status;
}

tw_status tw_compile_group(
	struct tw_space *space, struct tw_rules rules, struct tw_view view, struct tw_compiled *ret)
{
	struct tw_rule_boxes boxes = {0};
	tw_status status;

	TW_TRY(tw_space_status(space));
	if (rules.n > MOST_RULES)
		return TW_ELIMIT;
	status = collect_group(tw_space_mem(space), rules, view, &boxes);
	if (status == TW_OK)
		status = compile_group(space, &boxes, ret);
	tw_rule_boxes_free(tw_space_mem(space), &boxes);
	return status;
}

tw_set tw_rule_covers(struct tw_space *space, const struct tw_rule *rule, struct tw_view view)
{
	struct tw_mem *mem = tw_space_mem(space);
	struct tw_rule_boxes boxes = {0};
	tw_set covered = TW_EMPTY;

	/* A rule covers the same either way: `maybe` says whether it works. */
	if (tw_rule_boxes_add(mem, &boxes, rule, view, 1) != TW_OK)
		(void)tw_space_fail(space, TW_ENOMEM);
	covered = tw_set_union(
		space, first_match(space, &boxes.sure), first_match(space, &boxes.maybe));
	tw_rule_boxes_free(mem, &boxes);
	return covered;
}
