/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refining two judgements against each other. Each becomes a partition whose labels are cells:
 * packets with one result, on one path. Their common refinement is one walk, and where both sides
 * have the same result the label is 0: what is left are the changes, exactly.
 */
#include "diffing.h"
#include "map.h"

/* What is compared: the same result is no change. Blocked is number 0, and so is "no such packet".
 */
struct result {
	uint8_t family, protocol;
	bool open; /* unknown */
	enum tw_action request, reply;
	enum tw_reply_kind kind;
	struct tw_port_list returns, undecided;		   /* only ports that a client picks */
	uint64_t passing[TW_LOOKS], undecided_n[TW_LOOKS]; /* of the translators' legs */
	unsigned legs;
	uint64_t hash;
};

/* Packets of one path with one result; or of alternatives, each with its own. */
struct cell {
	tw_set set;
	const struct tw_outcome *outcome; /* the worst of them */
	const struct tw_outcome *passing; /* the worst of those that are not blocked, or NULL */
	uint32_t result, passed;	  /* of `outcome` and of `passing` */
	uint16_t label;			  /* in the partition that is made next */
};

/* What one cell has of one result, whole: the outcomes of one path. */
struct cell_key {
	const struct tw_path *path;
	const struct tw_levels *levels;
	uint32_t result, protocol;
};

/* The fate of a cell: two are alike if both results are. */
struct fate {
	uint32_t result, passed;
};
enum { BLOCKED = 1 }; /* the label of a fate without any result, and 0 of no packets */

struct match {
	uint16_t a, b;
};

struct refining {
	struct tw_diffing *d;
	struct tw_port_list picked; /* by any client of any outcome */
	TW_VEC(struct result) result;
	TW_VEC(struct cell) cell[TW_AGES];
	TW_VEC(struct match) match; /* that of label i + 1 */
	struct tw_map by_key[TW_AGES], by_fate, by_match;
	tw_status status;
};

/* The number of a key, which is `next` where it is new. */
static tw_status number_in(
	struct refining *r, struct tw_map *map, struct tw_sv key, uint32_t next, uint32_t *ret)
{
	*ret = tw_map_get(map, key);
	if (*ret != TW_MAP_NONE)
		return TW_OK;
	char *own = TW_NEW_ARRAY(r->d->arena, char, key.n);
	if (!own)
		return TW_ENOMEM;
	memcpy(own, key.p, key.n);
	*ret = next;
	return tw_map_set(map, (struct tw_sv){own, key.n}, next);
}

tw_status tw_picked_by(struct tw_arena *arena, const struct tw_client_result *client, size_t n,
	struct tw_port_list *ret)
{
	for (size_t i = 0; i < n; i++) {
		struct tw_port_list own = {TW_NEW_ARRAY(arena, struct tw_ports, TW_CLIENT_RANGES),
			client[i].client->ranges};
		if (!own.v)
			return TW_ENOMEM;
		memcpy(own.v, client[i].client->range, own.n * sizeof(*own.v));
		TW_TRY(tw_ports_union(arena, *ret, own, ret));
	}
	return TW_OK;
}

static bool is_blocked(const struct tw_outcome *o)
{
	return o->request == TW_DENY || (o->path->blocked && !o->path->exempt);
}

static uint64_t hash_ports(struct tw_port_list list, uint64_t seed)
{
	return list.n > 0 ? tw_hash(list.v, list.n * sizeof(*list.v), seed) : seed;
}

static bool same_result(const struct result *a, const struct result *b)
{
	bool same = a->hash == b->hash && a->family == b->family && a->protocol == b->protocol &&
		    a->open == b->open && a->request == b->request && a->reply == b->reply &&
		    a->kind == b->kind && a->legs == b->legs &&
		    tw_ports_equal(a->returns, b->returns) &&
		    tw_ports_equal(a->undecided, b->undecided);
	for (unsigned i = 1; same && i < a->legs; i++)
		same = a->passing[i] == b->passing[i] && a->undecided_n[i] == b->undecided_n[i];
	return same;
}

/* The number of an outcome's result. */
static tw_status number_of(struct refining *r, const struct tw_outcome *o, uint32_t *ret)
{
	struct tw_arena *arena = r->d->arena;
	struct result one = {.family = o->family,
		.protocol = o->protocol,
		.open = o->verdict == TW_UNKNOWN,
		.request = o->request,
		.kind = o->reply_kind,
		.legs = 1};
	*ret = 0;
	if (is_blocked(o))
		return TW_OK;
	if (r->d->options->filters) {
		one.kind = TW_REPLY_NONE_EXPECTED; /* packets, not flows: nobody answers */
	} else if (o->reply_kind == TW_REPLY_PORTS) {
		TW_TRY(tw_ports_intersect(arena, o->leg[0].returns, r->picked, &one.returns));
		TW_TRY(tw_ports_intersect(arena, o->leg[0].undecided, r->picked, &one.undecided));
		one.legs = o->legs;
		for (unsigned i = 1; i < o->legs; i++) {
			one.passing[i] = o->leg[i].passing;
			one.undecided_n[i] = o->leg[i].open;
		}
	} else if (o->reply_kind != TW_REPLY_NONE_EXPECTED) {
		one.reply = o->reply;
	}
	one.hash = hash_ports(one.undecided, hash_ports(one.returns, one.protocol));
	for (uint32_t i = 0; i < r->result.n; i++)
		if (same_result(&r->result.v[i], &one)) {
			*ret = i + 1;
			return TW_OK;
		}
	*ret = (uint32_t)r->result.n + 1;
	return TW_VEC_PUSH(r->d->mem, &r->result, one);
}

/* Alternatives cover the same packets: the worst of them is what somebody may get. */
static bool is_worse(const struct tw_outcome *a, const struct tw_outcome *b)
{
	static const int rank[] = {[TW_COMPLETE] = 0,
		[TW_PARTIAL] = 1,
		[TW_UNKNOWN] = 2,
		[TW_ONE_WAY] = 3,
		[TW_BLOCKED] = 4};
	return rank[a->verdict] > rank[b->verdict];
}

/* The first cell of its key whose packets have this one result; `next` if there is none. */
static tw_status cell_of(struct refining *r, int age, const struct tw_outcome *o, uint32_t result,
	uint32_t next, uint32_t *ret)
{
	const struct cell_key key = {o->path, o->levels, result, o->protocol};
	const struct tw_sv bytes = {(const char *)&key, sizeof(key)};
	return number_in(r, &r->by_key[age], bytes, next, ret);
}

/*
 * Takes what earlier alternatives hold off `rest`, and gives it to the worse one. Where one is
 * blocked, the others still count: a flow is blocked only if all of them are.
 */
static tw_status overlay(
	struct refining *r, int age, const struct tw_outcome *o, uint32_t result, tw_set *rest)
{
	struct tw_space *space = r->d->space;
	size_t n = r->cell[age].n;
	for (size_t i = 0; i < n && !tw_set_is_empty(*rest); i++) {
		struct cell *one = &r->cell[age].v[i];
		tw_set both = tw_set_intersect(space, one->set, *rest);
		if (tw_set_is_empty(both))
			continue;
		*rest = tw_set_subtract(space, *rest, both);
		struct cell joint = *one;
		joint.set = both;
		if (is_worse(o, one->outcome)) {
			joint.outcome = o;
			joint.result = result;
		}
		if (result != 0 && (!one->passing || is_worse(o, one->passing))) {
			joint.passing = o;
			joint.passed = result;
		}
		if (joint.outcome == one->outcome && joint.passing == one->passing)
			continue;
		one->set = tw_set_subtract(space, one->set, both);
		uint32_t at, next = (uint32_t)r->cell[age].n;
		if (joint.result == joint.passed)
			TW_TRY(cell_of(r, age, joint.outcome, joint.result, next, &at));
		TW_TRY(TW_VEC_PUSH(r->d->mem, &r->cell[age], joint));
	}
	return tw_space_status(space);
}

static tw_status push_cell(
	struct refining *r, int age, const struct tw_outcome *o, uint32_t result, tw_set set)
{
	return TW_VEC_PUSH(r->d->mem, &r->cell[age],
		(struct cell){set, o, result != 0 ? o : NULL, result, result, 0});
}

static tw_status add_cell(struct refining *r, int age, const struct tw_outcome *o)
{
	struct tw_space *space = r->d->space;
	tw_set set = o->set;
	uint32_t result;
	TW_TRY(number_of(r, o, &result));
	if (o->path->by)
		TW_TRY(overlay(r, age, o, result, &set));
	if (tw_set_is_empty(set))
		return tw_space_status(space);
	uint32_t next = (uint32_t)r->cell[age].n, at;
	TW_TRY(cell_of(r, age, o, result, next, &at));
	if (at == next)
		return push_cell(r, age, o, result, set);
	struct cell *one = &r->cell[age].v[at];
	one->set = tw_set_union(space, one->set, set);
	return tw_space_status(space);
}

static uint16_t first_of(void *ctx, uint16_t a, uint16_t b)
{
	(void)ctx;
	return a ? a : b;
}

/* The cells by their labels; put together in pairs, so that each is touched log n times. */
static tw_status partition_of(struct refining *r, int age, tw_set *ret)
{
	struct tw_space *space = r->d->space;
	size_t n = r->cell[age].n;
	tw_set *part = TW_NEW_ARRAY(r->d->arena, tw_set, n + 1);
	if (!part)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct cell *one = &r->cell[age].v[i];
		const uint16_t label[2] = {0, one->label};
		part[i] = tw_partition_relabel(space, one->set, label, 2);
	}
	for (; n > 1; n = (n + 1) / 2)
		for (size_t i = 0; i < n; i += 2)
			part[i / 2] = i + 1 < n ? tw_partition_combine(space, part[i], part[i + 1],
							  first_of, NULL)
						: part[i];
	*ret = n > 0 ? part[0] : TW_EMPTY;
	return tw_space_status(space);
}

static uint16_t differ(void *ctx, uint16_t a, uint16_t b)
{
	(void)ctx;
	return (a ? a : BLOCKED) != (b ? b : BLOCKED);
}

/* All packets that fare differently: most cells have none, and need no label of their own. */
static tw_status find_changed(struct refining *r, tw_set *ret)
{
	const struct fate blocked = {0, 0};
	tw_set part[TW_AGES];
	uint32_t fates = BLOCKED, label;
	TW_TRY(number_in(r, &r->by_fate, (struct tw_sv){(const char *)&blocked, sizeof(blocked)},
		fates, &label));
	for (int age = 0; age < TW_AGES; age++) {
		for (size_t i = 0; i < r->cell[age].n; i++) {
			struct cell *one = &r->cell[age].v[i];
			const struct fate fate = {one->result, one->passed};
			TW_TRY(number_in(r, &r->by_fate,
				(struct tw_sv){(const char *)&fate, sizeof(fate)}, fates + 1,
				&label));
			if (label > fates)
				fates = label;
			if (fates >= UINT16_MAX)
				return TW_ELIMIT;
			one->label = (uint16_t)label;
		}
		TW_TRY(partition_of(r, age, &part[age]));
	}
	*ret = tw_partition_combine(r->d->space, part[TW_OLD], part[TW_NEW], differ, NULL);
	return tw_space_status(r->d->space);
}

/* Leaves of the cells what changed; cell i gets label i + 1. */
static tw_status narrow(struct refining *r, int age, tw_set changed)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->cell[age].n; i++) {
		struct cell one = r->cell[age].v[i];
		one.set = tw_set_intersect(r->d->space, one.set, changed);
		if (tw_set_is_empty(one.set))
			continue;
		if (kept + 1 >= UINT16_MAX)
			return TW_ELIMIT;
		one.label = (uint16_t)(kept + 1);
		r->cell[age].v[kept++] = one;
	}
	r->cell[age].n = kept;
	return tw_space_status(r->d->space);
}

/* The label where a cell of the old network meets one of the new; 0 where nothing changed. */
static uint16_t meet(void *ctx, uint16_t a, uint16_t b)
{
	struct refining *r = ctx;
	const struct match match = {a, b};
	uint32_t next = (uint32_t)r->match.n + 1, label;
	if ((a == 0 && b == 0) || r->status != TW_OK)
		return 0;
	if (next >= UINT16_MAX)
		r->status = TW_ELIMIT;
	else
		r->status = number_in(r, &r->by_match,
			(struct tw_sv){(const char *)&match, sizeof(match)}, next, &label);
	if (r->status == TW_OK && label == next)
		r->status = TW_VEC_PUSH(r->d->mem, &r->match, match);
	return r->status == TW_OK ? (uint16_t)label : 0;
}

static tw_status add_twin(
	struct refining *r, const struct match *m, tw_set set, struct tw_twins *ret)
{
	struct tw_twin twin = {.set = set};
	const struct cell *old = m->a > 0 ? &r->cell[TW_OLD].v[m->a - 1] : NULL;
	const struct cell *new = m->b > 0 ? &r->cell[TW_NEW].v[m->b - 1] : NULL;
	bool same = (old ? old->result : 0) == (new ? new->result : 0);
	if (old)
		twin.outcome[TW_OLD] = same && old->passing ? old->passing : old->outcome;
	if (new)
		twin.outcome[TW_NEW] = same && new->passing ? new->passing : new->outcome;
	return tw_set_is_empty(set) ? TW_OK : TW_VEC_PUSH(r->d->mem, ret, twin);
}

/*
 * The twins of n matches, whose labels in `changed` are 1 to n. In halves, so that a walk for one
 * label does not see all the others.
 */
static tw_status add_twins(struct refining *r, const struct match *match, size_t n, tw_set changed,
	uint16_t *table, struct tw_twins *ret)
{
	struct tw_space *space = r->d->space;
	size_t half = n / 2;
	if (n == 1)
		return add_twin(r, match, changed, ret);
	for (int upper = 0; upper < 2; upper++) {
		size_t first = upper ? half : 0, count = upper ? n - half : half;
		memset(table, 0, (n + 1) * sizeof(*table));
		for (size_t i = 1; i <= count; i++)
			table[first + i] = (uint16_t)i;
		tw_set part = tw_partition_relabel(space, changed, table, n + 1);
		TW_TRY(add_twins(r, match + first, count, part, table, ret));
	}
	return tw_space_status(space);
}

static tw_status compare(struct refining *r, struct tw_twins *ret)
{
	struct tw_space *space = r->d->space;
	tw_set part[TW_AGES], changed;
	TW_TRY(find_changed(r, &changed));
	if (tw_set_is_empty(changed))
		return TW_OK;
	for (int age = 0; age < TW_AGES; age++) {
		TW_TRY(narrow(r, age, changed));
		TW_TRY(partition_of(r, age, &part[age]));
	}
	changed = tw_partition_combine(space, part[TW_OLD], part[TW_NEW], meet, r);
	TW_TRY(r->status);
	TW_TRY(tw_space_status(space));
	if (r->match.n == 0)
		return TW_OK;
	uint16_t *table = TW_NEW_ARRAY(r->d->arena, uint16_t, r->match.n + 1);
	return table ? add_twins(r, r->match.v, r->match.n, changed, table, ret) : TW_ENOMEM;
}

static tw_status gather(struct refining *r, const struct tw_outcomes outcomes[TW_AGES])
{
	for (int age = 0; age < TW_AGES; age++)
		for (size_t i = 0; i < outcomes[age].n; i++) {
			const struct tw_outcome *o = &outcomes[age].v[i];
			bool known = i > 0 && o->levels == outcomes[age].v[i - 1].levels &&
				     outcomes[age].v[i - 1].clients_n > 0;
			if (!known)
				TW_TRY(tw_picked_by(
					r->d->arena, o->client, o->clients_n, &r->picked));
		}
	for (int age = 0; age < TW_AGES; age++)
		for (size_t i = 0; i < outcomes[age].n; i++)
			TW_TRY(add_cell(r, age, &outcomes[age].v[i]));
	return TW_OK;
}

tw_status tw_refine(
	struct tw_diffing *d, const struct tw_outcomes outcomes[TW_AGES], struct tw_twins *ret)
{
	struct refining r = {.d = d};
	struct tw_map *const maps[] = {
		&r.by_key[TW_OLD], &r.by_key[TW_NEW], &r.by_fate, &r.by_match};
	for (size_t i = 0; i < TW_COUNT(maps); i++)
		tw_map_init(maps[i], d->mem);
	tw_status status = gather(&r, outcomes);
	if (status == TW_OK)
		status = compare(&r, ret);
	for (size_t i = 0; i < TW_COUNT(maps); i++)
		tw_map_fini(maps[i]);
	TW_VEC_FREE(d->mem, &r.result);
	TW_VEC_FREE(d->mem, &r.match);
	for (int age = 0; age < TW_AGES; age++)
		TW_VEC_FREE(d->mem, &r.cell[age]);
	return status;
}
