/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of filters: which ACL, or group, of one network is which of the other, and whether the two
 * do the same. */
#include "diffing.h"

#include "same.h"

static size_t count_of(const struct tw_net *net, enum tw_kind kind)
{
	return kind == TW_KIND_ACL ? net->acls : net->groups;
}

static const char *id_of(const struct tw_net *net, enum tw_kind kind, uint32_t i)
{
	return kind == TW_KIND_ACL ? net->acl[i].object.id : net->group[i].object.id;
}

static struct tw_rules rules_of(
	const struct tw_net *net, enum tw_kind kind, uint32_t i, enum tw_list list)
{
	return kind == TW_KIND_ACL ? net->acl[i].list[list] : net->group[i].list[list];
}

tw_status tw_pair_up(struct tw_diffing *d, enum tw_kind kind, bool lone, struct tw_pairs *ret)
{
	const struct tw_net *old = d->side[TW_OLD].net, *new = d->side[TW_NEW].net;
	size_t n = count_of(old, kind), m = count_of(new, kind);
	if (lone && n == 1 && m == 1)
		return TW_VEC_PUSH(d->mem, ret, (struct tw_pair){{0, 0}});
	for (uint32_t i = 0; i < n; i++) {
		struct tw_pair pair = {{i, tw_net_find(new, kind, id_of(old, kind, i))}};
		TW_TRY(TW_VEC_PUSH(d->mem, ret, pair));
	}
	for (uint32_t i = 0; i < m; i++)
		if (tw_net_find(old, kind, id_of(new, kind, i)) == TW_MISSING)
			TW_TRY(TW_VEC_PUSH(d->mem, ret, (struct tw_pair){{TW_MISSING, i}}));
	return TW_OK;
}

const char *tw_pair_id(struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair)
{
	enum tw_age age = pair->index[TW_NEW] != TW_MISSING ? TW_NEW : TW_OLD;
	return id_of(d->side[age].net, kind, pair->index[age]);
}

tw_status tw_pair_compile(struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair,
	struct tw_view view, struct tw_compiled ret[TW_AGES])
{
	for (int age = 0; age < TW_AGES; age++) {
		const struct tw_compiled *one;
		struct tw_judge *judge = d->side[age].judge;
		uint32_t at = pair->index[age];
		ret[age] = (struct tw_compiled){.deny = tw_set_all(d->space)};
		if (at == TW_MISSING)
			continue;
		TW_TRY(kind == TW_KIND_ACL ? tw_judge_acl(judge, at, view, &one)
					   : tw_judge_group(judge, at, view, &one));
		ret[age] = *one;
	}
	return tw_space_status(d->space);
}

static tw_set either_alone(struct tw_space *space, tw_set a, tw_set b)
{
	if (a == b)
		return TW_EMPTY;
	return tw_set_union(space, tw_set_subtract(space, a, b), tw_set_subtract(space, b, a));
}

tw_set tw_differing(
	struct tw_space *space, const struct tw_compiled *a, const struct tw_compiled *b)
{
	return tw_set_union(space, either_alone(space, a->allow, b->allow),
		either_alone(space, a->unknown, b->unknown));
}

static bool same_ranges(const struct tw_rule *a, const struct tw_rule *b)
{
	if (a->peers_n != b->peers_n || a->maybe != b->maybe)
		return false;
	for (size_t i = 0; i < a->peers_n; i++)
		if (a->peers[i].family != b->peers[i].family ||
			tw_addr_cmp(a->peers[i].first, b->peers[i].first) != 0 ||
			tw_addr_cmp(a->peers[i].last, b->peers[i].last) != 0)
			return false;
	return true;
}

/* Rule by rule, with what references stand for: the shortest proof that nothing changed. */
static bool is_copy(struct tw_rules a, struct tw_rules b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (tw_rule_content_cmp(&a.rule[i], &b.rule[i]) != 0 ||
			!same_ranges(&a.rule[i], &b.rule[i]))
			return false;
	return true;
}

/* The rules of a list that cannot be resolved. */
static tw_status doubtful(struct tw_diffing *d, struct tw_rules rules, struct tw_rules *ret)
{
	struct tw_rule *rule = TW_NEW_ARRAY(d->arena, struct tw_rule, rules.n + 1);
	size_t n = 0;
	if (!rule)
		return TW_ENOMEM;
	for (size_t i = 0; i < rules.n; i++)
		if (rules.rule[i].maybe)
			rule[n++] = rules.rule[i];
	*ret = (struct tw_rules){rule, n};
	return TW_OK;
}

/* Unknown is only the same unknown if the same rules leave it open. */
static tw_status same_doubts(struct tw_diffing *d, const struct tw_rules rules[TW_AGES], bool *ret)
{
	struct tw_rules open[TW_AGES];
	for (int age = 0; age < TW_AGES; age++)
		TW_TRY(doubtful(d, rules[age], &open[age]));
	return tw_rules_same(d->mem, open[TW_OLD], open[TW_NEW], ret);
}

tw_status tw_pair_compare(struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair,
	struct tw_verdict_of_pair *ret)
{
	bool both = pair->index[TW_OLD] != TW_MISSING && pair->index[TW_NEW] != TW_MISSING;
	*ret = (struct tw_verdict_of_pair){.same = both, .reads_same = both};
	for (int list = 0; both && list < 2; list++) {
		struct tw_rules rules[TW_AGES];
		struct tw_compiled one[TW_AGES];
		for (int age = 0; age < TW_AGES; age++)
			rules[age] = rules_of(
				d->side[age].net, kind, pair->index[age], (enum tw_list)list);
		if (is_copy(rules[TW_OLD], rules[TW_NEW]))
			continue;
		bool reads = false, doubts = true;
		TW_TRY(tw_rules_same(d->mem, rules[TW_OLD], rules[TW_NEW], &reads));
		TW_TRY(tw_pair_compile(
			d, kind, pair, (struct tw_view){(enum tw_list)list, TW_REQUEST}, one));
		tw_set open = tw_set_intersect(d->space, one[TW_OLD].unknown, one[TW_NEW].unknown);
		if (!tw_set_is_empty(open))
			TW_TRY(same_doubts(d, rules, &doubts));
		ret->reads_same &= reads;
		ret->doubt[list] = !doubts;
		ret->same &= one[TW_OLD].allow == one[TW_NEW].allow &&
			     one[TW_OLD].unknown == one[TW_NEW].unknown;
	}
	return tw_space_status(d->space);
}
