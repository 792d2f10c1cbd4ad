/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows through one filter that nobody is known to sit behind: whoever it may guard, its two lists
 * decide together what completes. Only the packets that the pair of filters treats differently, as
 * requests or as replies, are judged.
 */
#include "declared.h"
#include "diffing.h"

#include "site.h"

struct alone {
	struct tw_diffing *d;
	enum tw_kind kind;
	const struct tw_pair *pair;
	const char *id, *near; /* whoever sits behind it, in words */
	bool doubts;	       /* what is unknown in both, by other rules */
};

static struct tw_crossing cross(const struct alone *a, int age, enum tw_list list,
	enum tw_direction direction, const struct tw_site *site)
{
	bool group = a->kind == TW_KIND_GROUP;
	return (struct tw_crossing){.kind = group ? TW_CROSS_GROUPS : TW_CROSS_ACL,
		.view = {list, direction},
		.state = TW_KNOWN,
		.acl = group ? TW_MISSING : a->pair->index[age],
		.subnet = TW_MISSING,
		.site = site,
		.tracked = group && direction == TW_REPLY}; /* SPEC: sg-reply-passes */
}

/* The way through the filter whose request meets `list`. */
static tw_status path_of(struct alone *a, int age, enum tw_list list, const struct tw_path **ret)
{
	struct tw_arena *arena = a->d->arena;
	struct tw_site *near = TW_NEW(arena, struct tw_site);
	struct tw_site *far = TW_NEW(arena, struct tw_site);
	struct tw_path *path = TW_NEW(arena, struct tw_path);
	struct tw_crossing *crossing = TW_NEW_ARRAY(arena, struct tw_crossing, 2);
	if (!near || !far || !path || !crossing)
		return TW_ENOMEM;
	bool nowhere = a->kind == TW_KIND_ACL && !a->d->options->filters &&
		       !a->d->side[age].net->holds[TW_KIND_SUBNET];
	*far = tw_site_nowhere(TW_SITE_OUTSIDE, (struct tw_ranges){NULL, 0});
	*near = tw_site_nowhere(TW_SITE_ACL, (struct tw_ranges){NULL, 0});
	near->groups = &a->pair->index[age];
	near->groups_n = a->kind == TW_KIND_GROUP;
	near->groups_state = TW_KNOWN;
	crossing[0] = cross(a, age, list, TW_REQUEST, near);
	crossing[1] = cross(a, age, list == TW_INGRESS ? TW_EGRESS : TW_INGRESS, TW_REPLY, near);
	*path = (struct tw_path){.domain = tw_set_all(a->d->space),
		.from = list == TW_INGRESS ? far : near,
		.to = list == TW_INGRESS ? near : far,
		.assumptions = TW_ASSUME_UNFRAGMENTED | (nowhere ? TW_ASSUME_NO_SUBNETS : 0U),
		.looks = 1,
		.legs = 1,
		.crossing = crossing,
		.crossings = a->d->options->filters ? 1 : 2};
	*ret = path;
	return tw_space_status(a->d->space);
}

/* Replies to ports that nobody picks are left out: what becomes of them is nobody's concern. */
static tw_set to_picked_ports(struct tw_space *space, tw_set set, const struct tw_port_list *picked)
{
	tw_set kept = set;
	for (int family = TW_IPV4; family <= TW_IPV6; family += 2) {
		static const uint8_t protocols[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP};
		for (size_t p = 0; p < TW_COUNT(protocols); p++) {
			struct tw_box box = tw_box_all((enum tw_family)family);
			tw_set ports = TW_EMPTY;
			box.protocol_lo = box.protocol_hi = protocols[p];
			tw_set all = tw_set_box(space, &box);
			for (size_t i = 0; i < picked->n; i++) {
				box.client = picked->v[i];
				ports = tw_set_union(space, ports, tw_set_box(space, &box));
			}
			kept = tw_set_subtract(space, kept, tw_set_subtract(space, all, ports));
		}
	}
	return kept;
}

static tw_status add_picked(
	struct tw_diffing *d, const struct tw_levels *levels, struct tw_port_list *picked)
{
	struct tw_client_result client = {0};
	for (size_t i = 0; i < levels->n; i++) {
		client.client = levels->v[i].client;
		TW_TRY(tw_picked_by(d->arena, &client, 1, picked));
	}
	return TW_OK;
}

/* The requests whose fate may differ: their own, or that of their replies. */
static tw_status touched(
	struct alone *a, enum tw_list list, const struct tw_levels *levels, tw_set *ret)
{
	struct tw_diffing *d = a->d;
	struct tw_space *space = d->space;
	struct tw_compiled request[TW_AGES], reply[TW_AGES];
	enum tw_list other = list == TW_INGRESS ? TW_EGRESS : TW_INGRESS;
	TW_TRY(tw_pair_compile(d, a->kind, a->pair, (struct tw_view){list, TW_REQUEST}, request));
	*ret = tw_differing(space, &request[TW_OLD], &request[TW_NEW]);
	if (a->kind == TW_KIND_GROUP || d->options->filters)
		return tw_space_status(space);
	TW_TRY(tw_pair_compile(d, a->kind, a->pair, (struct tw_view){other, TW_REPLY}, reply));
	tw_set answers = tw_differing(space, &reply[TW_OLD], &reply[TW_NEW]);
	struct tw_port_list picked = {NULL, 0};
	TW_TRY(add_picked(d, levels, &picked));
	for (int age = 0; age < TW_AGES; age++)
		for (size_t i = 0; i < d->side[age].declareds; i++)
			TW_TRY(add_picked(d, &d->side[age].declared[i].levels, &picked));
	answers = tw_set_forget(space, to_picked_ports(space, answers, &picked), TW_FIELD_CLIENT);
	tw_set asked = TW_EMPTY;
	for (int age = 0; age < TW_AGES; age++)
		asked = tw_set_union(space, asked,
			tw_set_union(space, request[age].allow, request[age].unknown));
	*ret = tw_set_union(space, *ret, tw_set_intersect(space, answers, asked));
	return tw_space_status(space);
}

static tw_status levels_of(
	struct tw_diffing *d, enum tw_initiator who, const struct tw_levels **ret)
{
	struct tw_levels *levels = TW_NEW(d->arena, struct tw_levels);
	*ret = levels;
	if (!levels)
		return TW_ENOMEM;
	return d->check.clients > 0
		       ? tw_levels_given(d->arena, d->check.client, d->check.clients, levels)
		       : tw_levels_default(d->arena, who, levels);
}

static tw_status judge_both(struct alone *a, enum tw_list list, tw_set set,
	const struct tw_levels *levels, struct tw_outcomes outcomes[TW_AGES])
{
	for (int age = 0; age < TW_AGES; age++) {
		/* Whoever sits behind it could have any address: no name says who that is. */
		struct tw_piece piece = {.set = set,
			.levels = levels,
			.cap = TW_LEVEL_ERROR,
			.unnamed = list == TW_EGRESS};
		if (a->pair->index[age] == TW_MISSING)
			continue;
		TW_TRY(path_of(a, age, list, &piece.path));
		a->d->side[age].assumptions |= piece.path->assumptions;
		TW_TRY(tw_diff_judge(a->d, age, &piece, &outcomes[age]));
	}
	return TW_OK;
}

/* Unknown before and after, by other rules: both outcomes as they are. */
static tw_status pair_doubts(
	struct tw_diffing *d, struct tw_outcomes outcomes[TW_AGES], struct tw_twins *ret)
{
	for (size_t i = 0; i < outcomes[TW_OLD].n; i++)
		for (size_t k = 0; k < outcomes[TW_NEW].n; k++) {
			const struct tw_outcome *a = &outcomes[TW_OLD].v[i];
			const struct tw_outcome *b = &outcomes[TW_NEW].v[k];
			if (a->request == TW_DENY || b->request == TW_DENY || a->set != b->set)
				continue;
			struct tw_twin twin = {a->set, {a, b}};
			TW_TRY(TW_VEC_PUSH(d->mem, ret, twin));
		}
	return TW_OK;
}

/* The requests of which neither network says whether the list lets them pass. */
static tw_status doubted(struct alone *a, enum tw_list list, tw_set *ret)
{
	struct tw_compiled one[TW_AGES];
	TW_TRY(tw_pair_compile(a->d, a->kind, a->pair, (struct tw_view){list, TW_REQUEST}, one));
	*ret = tw_set_intersect(a->d->space, one[TW_OLD].unknown, one[TW_NEW].unknown);
	return tw_space_status(a->d->space);
}

static tw_status one_direction(struct alone *a, enum tw_list list)
{
	struct tw_diffing *d = a->d;
	bool in = list == TW_INGRESS;
	const struct tw_levels *levels, *inside;
	struct tw_outcomes outcomes[TW_AGES] = {TW_VEC_EMPTY, TW_VEC_EMPTY};
	struct tw_twins twins = TW_VEC_EMPTY;
	struct tw_where *where = TW_NEW(d->arena, struct tw_where);
	tw_set set;
	if (!where)
		return TW_ENOMEM;
	TW_TRY(levels_of(d, in ? TW_BY_PUBLIC : TW_BY_UNKNOWN, &levels));
	TW_TRY(levels_of(d, TW_BY_PRIVATE, &inside));
	TW_TRY(a->doubts ? doubted(a, list, &set) : touched(a, list, levels, &set));
	if (tw_set_is_empty(set))
		return TW_OK;
	*where = (struct tw_where){.component = a->id,
		.list = tw_list_name(list),
		.from = in ? NULL : a->near,
		.to = in ? a->near : NULL,
		.inside = in ? inside : NULL};
	tw_status status = judge_both(a, list, set, levels, outcomes);
	if (status == TW_OK)
		status = a->doubts ? pair_doubts(d, outcomes, &twins)
				   : tw_refine(d, outcomes, &twins);
	for (size_t i = 0; status == TW_OK && i < twins.n; i++)
		status = tw_change_add(d, where, d->rounds, &twins.v[i]);
	d->rounds++;
	TW_VEC_FREE(d->mem, &twins);
	for (int age = 0; age < TW_AGES; age++)
		TW_VEC_FREE(d->mem, &outcomes[age]);
	return status;
}

/* The subnets of the ACL by name, where the input has them. */
static const char *near_text(struct alone *a)
{
	enum { SHOWN = 3 };
	struct tw_diffing *d = a->d;
	int age = a->pair->index[TW_NEW] != TW_MISSING ? TW_NEW : TW_OLD;
	const struct tw_net *net = d->side[age].net;
	if (a->kind == TW_KIND_GROUP)
		return tw_arena_printf(d->arena, "the interfaces of %s", a->id);
	const struct tw_acl *acl = &net->acl[a->pair->index[age]];
	const char *text = NULL;
	if (acl->subnets_n == 0 || acl->subnets_n > SHOWN)
		return tw_arena_printf(d->arena, "the subnets of %s", a->id);
	for (size_t i = 0; i < acl->subnets_n; i++) {
		const char *id = net->subnet[acl->subnets[i]].object.id;
		text = text ? tw_arena_printf(d->arena, "%s, %s", text, id) : id;
		if (!text)
			return NULL;
	}
	return text;
}

tw_status tw_diff_alone(
	struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair, const char *near)
{
	struct tw_pair *own = TW_NEW(d->arena, struct tw_pair); /* paths point to it */
	if (!own)
		return TW_ENOMEM;
	*own = *pair;
	struct alone a = {d, kind, own, tw_pair_id(d, kind, pair), near, false};
	if (!a.near)
		a.near = near_text(&a);
	if (!a.near)
		return TW_ENOMEM;
	for (int list = 0; list < 2; list++)
		TW_TRY(one_direction(&a, (enum tw_list)list));
	return TW_OK;
}

tw_status tw_diff_doubts(
	struct tw_diffing *d, enum tw_kind kind, const struct tw_pair *pair, enum tw_list list)
{
	struct tw_pair *own = TW_NEW(d->arena, struct tw_pair);
	if (!own)
		return TW_ENOMEM;
	*own = *pair;
	struct alone a = {d, kind, own, tw_pair_id(d, kind, pair), NULL, true};
	a.near = near_text(&a);
	return a.near ? one_direction(&a, list) : TW_ENOMEM;
}
