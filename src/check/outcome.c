/* SPDX-License-Identifier: Apache-2.0 */
/* From a piece to its outcomes: the request, the reply, and what each client gets. */
#include "judge.h"

enum { PASSES = 1, DROPPED = 2, OPEN_QUESTION = 3 }; /* labels of the reply partition */

/* What all crossings of one direction do to the packets of `within`; of replies, those of one leg.
 */
struct sifted {
	tw_set allow, deny, unknown;
};

static tw_status sift(struct tw_judge *judge, const struct tw_path *path,
	enum tw_direction direction, unsigned leg, tw_set within, struct sifted *ret)
{
	struct tw_space *space = judge->space;
	struct sifted s = {within, TW_EMPTY, TW_EMPTY};
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *crossing = &path->crossing[i];
		if (crossing->view.direction != direction || crossing->tracked ||
			crossing->kind == TW_CROSS_ROUTE || crossing->kind == TW_CROSS_PLACE)
			continue;
		if (direction == TW_REPLY && path->look[crossing->look].leg != leg)
			continue;
		struct tw_compiled one;
		TW_TRY(tw_judge_asked(judge, path, crossing, &one));
		s.allow = tw_set_intersect(space, s.allow, one.allow);
		s.deny = tw_set_union(space, s.deny, tw_set_intersect(space, within, one.deny));
	}
	s.unknown = tw_set_subtract(space, tw_set_subtract(space, within, s.allow), s.deny);
	*ret = s;
	return tw_space_status(space);
}

static uint16_t first_of(void *ctx, uint16_t a, uint16_t b)
{
	(void)ctx;
	return a ? a : b;
}

/*
 * The reply partition of a leg over (family, protocol, from, to, client): PASSES, DROPPED or
 * OPEN_QUESTION. The client port is that of the leg.
 */
static tw_status reply_partition(
	struct tw_judge *judge, const struct tw_path *path, unsigned leg, tw_set asked, tw_set *ret)
{
	struct tw_space *space = judge->space;
	tw_set within = tw_set_forget(space, asked, TW_FIELD_SERVICE);
	struct sifted s;
	TW_TRY(sift(judge, path, TW_REPLY, leg, within, &s));
	if (path->unanswered) /* no route carries it back */
		s = (struct sifted){TW_EMPTY, within, TW_EMPTY};
	static const uint16_t dropped[] = {0, DROPPED}, open[] = {0, OPEN_QUESTION};
	tw_set part = tw_partition_combine(space, s.allow,
		tw_partition_relabel(space, s.deny, dropped, TW_COUNT(dropped)), first_of, NULL);
	*ret = tw_partition_combine(space, part,
		tw_partition_relabel(space, s.unknown, open, TW_COUNT(open)), first_of, NULL);
	return tw_space_status(space);
}

enum tw_verdict tw_verdict_of_clients(const struct tw_client_result *client, size_t n)
{
	size_t deciding = 0, complete = 0, none = 0, unknown = 0, partial = 0;
	for (size_t i = 0; i < n; i++) {
		if (client[i].level != TW_LEVEL_ERROR)
			continue;
		deciding++;
		complete += client[i].verdict == TW_COMPLETE;
		none += client[i].verdict == TW_ONE_WAY;
		partial += client[i].verdict == TW_PARTIAL;
		unknown += client[i].verdict == TW_UNKNOWN;
	}
	if (partial > 0 || (complete > 0 && none > 0))
		return TW_PARTIAL;
	if (unknown > 0)
		return TW_UNKNOWN;
	return deciding > 0 && none == deciding ? TW_ONE_WAY : TW_COMPLETE;
}

enum tw_verdict tw_verdict_worse(enum tw_verdict a, enum tw_verdict b)
{
	/* One-way is the worst there is; after it an unknown, which could be one-way. */
	static const int rank[] = {[TW_BLOCKED] = 0,
		[TW_COMPLETE] = 1,
		[TW_PARTIAL] = 2,
		[TW_UNKNOWN] = 3,
		[TW_ONE_WAY] = 4};
	return rank[a] >= rank[b] ? a : b;
}

static enum tw_verdict client_verdict(uint64_t passing, uint64_t undecided, uint64_t total)
{
	if (passing == total)
		return TW_COMPLETE;
	if (undecided == 0)
		return passing == 0 ? TW_ONE_WAY : TW_PARTIAL;
	/* Some ports are lost for sure and some pass for sure: whatever the rest does, partial. */
	return passing > 0 && passing + undecided < total ? TW_PARTIAL : TW_UNKNOWN;
}

/* Run lengths are true for one interval cut out of the range: SPEC: linux-run-length. */
static void set_runs(struct tw_client_result *result, struct tw_port_list returns)
{
	const struct tw_client *client = result->client;
	if (client->picks != TW_PICKS_LINUX_CONNECT || result->verdict != TW_PARTIAL ||
		client->ranges != 1 || result->undecided > 0 ||
		result->total != tw_client_total(client)) /* another leg loses, too */
		return;
	size_t cuts = 0;
	for (size_t i = 0; i < returns.n; i++)
		if (returns.v[i].lo <= client->range[0].hi &&
			returns.v[i].hi >= client->range[0].lo)
			cuts++;
	if (cuts != 1 || tw_share_of(result->passing, result->total) != TW_SHARE_PART)
		return;
	result->runs = true;
	tw_client_runs((uint32_t)result->passing, (uint32_t)result->total, &result->run_fail,
		&result->run_ok);
}

/* A leg that loses something multiplies; one that loses nothing counts as 1 (contract 3). */
static void multiply(struct tw_client_result *result, uint64_t passing, uint64_t open,
	uint64_t total, bool *ret_any)
{
	if (passing == total)
		return;
	uint64_t both = *ret_any ? result->passing + result->undecided : 1;
	result->passing = (*ret_any ? result->passing : 1) * passing;
	result->undecided = both * (passing + open) - result->passing;
	result->total = (*ret_any ? result->total : 1) * total;
	*ret_any = true;
}

tw_status tw_outcome_clients(struct tw_arena *arena, struct tw_outcome *outcome)
{
	const struct tw_levels *levels = outcome->levels;
	const struct tw_outcome_leg *own = &outcome->leg[0];
	outcome->client = TW_NEW_ARRAY(arena, struct tw_client_result, levels->n + 1);
	if (!outcome->client)
		return TW_ENOMEM;
	outcome->clients_n = levels->n;
	for (size_t i = 0; i < levels->n; i++) {
		struct tw_client_result *result = &outcome->client[i];
		bool any = false;
		result->client = levels->v[i].client;
		result->level = levels->v[i].level;
		result->asked = levels->v[i].asked;
		result->total = tw_client_total(result->client);
		result->passing = result->total;
		multiply(result, tw_client_passing(result->client, own->returns.v, own->returns.n),
			tw_client_passing(result->client, own->undecided.v, own->undecided.n),
			result->total, &any);
		for (unsigned k = 1; k < outcome->legs; k++)
			multiply(result, outcome->leg[k].passing, outcome->leg[k].open,
				outcome->leg[k].total, &any);
		result->verdict = client_verdict(result->passing, result->undecided, result->total);
		set_runs(result, own->returns);
	}
	outcome->verdict = tw_verdict_of_clients(outcome->client, outcome->clients_n);
	return TW_OK;
}

tw_status tw_outcome_leg_clients(struct tw_arena *arena, const struct tw_outcome *outcome,
	unsigned leg, const struct tw_client_result **ret)
{
	const struct tw_outcome_leg *own = &outcome->leg[leg];
	struct tw_client_result *out =
		TW_NEW_ARRAY(arena, struct tw_client_result, outcome->clients_n + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < outcome->clients_n; i++) {
		const struct tw_client *client = outcome->client[i].client;
		struct tw_client_result *one = &out[i];
		*one = outcome->client[i];
		one->leg_passing = own->passing;
		one->leg_undecided = own->open;
		one->leg_total = own->total;
		if (leg == 0) {
			one->leg_passing =
				tw_client_passing(client, own->returns.v, own->returns.n);
			one->leg_undecided =
				tw_client_passing(client, own->undecided.v, own->undecided.n);
			one->leg_total = tw_client_total(client);
		}
		/* Where no other leg loses anything, the whole is the leg's. */
		if (one->leg_passing == one->passing && one->leg_total == one->total)
			one->leg_total = 0;
	}
	*ret = out;
	return TW_OK;
}

/* The intervals of a reply residual with one label. */
static tw_status ports_with(struct tw_judge *judge, struct tw_arena *arena, tw_set residual,
	uint16_t label, struct tw_port_list *ret)
{
	size_t n = tw_partition_ports(judge->space, residual, TW_FIELD_CLIENT, NULL, 0);
	struct tw_labelled_ports *part = TW_NEW_ARRAY(arena, struct tw_labelled_ports, n + 1);
	struct tw_port_list list = {TW_NEW_ARRAY(arena, struct tw_ports, n + 1), 0};
	if (!part || !list.v)
		return TW_ENOMEM;
	tw_partition_ports(judge->space, residual, TW_FIELD_CLIENT, part, n);
	for (size_t i = 0; i < n; i++)
		if (part[i].label == label)
			list.v[list.n++] = part[i].ports;
	*ret = list;
	return tw_space_status(judge->space);
}

/* Without ports there is one reply: it must return on every leg. */
static enum tw_action action_at(const struct tw_outcome *outcome, uint16_t at)
{
	struct tw_ports one = {at, at};
	enum tw_action action = TW_ALLOW;
	for (unsigned i = 0; i < outcome->legs; i++) {
		if (tw_ports_around(outcome->leg[i].returns, one))
			continue;
		if (!tw_ports_around(outcome->leg[i].undecided, one))
			return TW_DENY;
		action = TW_ACTION_UNKNOWN;
	}
	return action;
}

static enum tw_verdict whole_verdict(enum tw_action request, enum tw_action reply)
{
	if (request != TW_ALLOW)
		return request == TW_DENY ? TW_BLOCKED : TW_UNKNOWN;
	if (reply == TW_ACTION_UNKNOWN)
		return TW_UNKNOWN;
	return reply == TW_ALLOW ? TW_COMPLETE : TW_ONE_WAY;
}

/*
 * What is unknown for the flow is not settled for its clients, nor for its ports: what passes is
 * undecided.
 */
static tw_status unsettle(struct tw_arena *arena, struct tw_outcome *outcome)
{
	outcome->verdict = TW_UNKNOWN;
	for (size_t i = 0; i < outcome->clients_n; i++) {
		struct tw_client_result *client = &outcome->client[i];
		client->undecided += client->passing;
		client->passing = 0;
		client->runs = false;
		client->verdict = client_verdict(0, client->undecided, client->total);
	}
	for (unsigned i = 0; i < outcome->legs; i++) {
		struct tw_outcome_leg *leg = &outcome->leg[i];
		TW_TRY(tw_ports_union(arena, leg->undecided, leg->returns, &leg->undecided));
		leg->returns = (struct tw_port_list){0};
		leg->open += leg->passing;
		leg->passing = 0;
	}
	if (outcome->reply == TW_ALLOW)
		outcome->reply = TW_ACTION_UNKNOWN;
	return TW_OK;
}

/* Nothing returns of a request that does not get there. */
static void stop(struct tw_outcome *outcome)
{
	outcome->verdict = TW_BLOCKED;
	outcome->reply = TW_DENY;
	for (unsigned i = 0; i < outcome->legs; i++) {
		struct tw_outcome_leg *leg = &outcome->leg[i];
		leg->returns = leg->undecided = (struct tw_port_list){0};
		leg->passing = leg->open = 0;
	}
}

/* A path that something else decides, or whose far part is not judged, tempers what filters say. */
static tw_status temper(struct tw_arena *arena, struct tw_outcome *outcome)
{
	const struct tw_path *path = outcome->path;
	enum tw_verdict verdict = outcome->verdict;
	if (path->blocked)
		stop(outcome);
	if (path->blocked || !path->unknown_beyond || verdict == TW_BLOCKED)
		return TW_OK;
	TW_TRY(unsettle(arena, outcome)); /* what is lost is lost, what passes may be */
	if (verdict == TW_ONE_WAY)
		outcome->verdict = TW_ONE_WAY;
	return TW_OK;
}

/* The same packets' fate: request, replies and clients are alike on the same path. */
static bool alike(const struct tw_outcome *a, const struct tw_outcome *b)
{
	if (a->path != b->path || a->family != b->family || a->protocol != b->protocol ||
		a->request != b->request || a->reply_kind != b->reply_kind ||
		a->reply != b->reply || a->legs != b->legs || !tw_levels_same(a->levels, b->levels))
		return false;
	for (unsigned i = 0; i < a->legs; i++)
		if (!tw_ports_equal(a->leg[i].returns, b->leg[i].returns) ||
			!tw_ports_equal(a->leg[i].undecided, b->leg[i].undecided))
			return false;
	return true;
}

/* Where no ports are counted, the same answer from another part of a list is the same outcome. */
static bool joins(const struct tw_outcome *a, const struct tw_outcome *b)
{
	return a->cap == b->cap && a->twin == b->twin && alike(a, b);
}

tw_status tw_outcomes_join(struct tw_judge *judge, struct tw_outcomes *outcomes)
{
	size_t kept = 0;

	for (size_t i = 0; i < outcomes->n; i++) {
		struct tw_outcome *one = &outcomes->v[i];
		size_t k = 0;
		while (k < kept && !alike(&outcomes->v[k], one))
			k++;
		if (k < kept)
			outcomes->v[k].set =
				tw_set_union(judge->space, outcomes->v[k].set, one->set);
		else
			outcomes->v[kept++] = *one;
	}
	outcomes->n = kept;
	return tw_space_status(judge->space);
}

static tw_status push(struct tw_judge *judge, struct tw_arena *arena, struct tw_outcome outcome,
	struct tw_outcomes *ret)
{
	if (outcome.reply_kind == TW_REPLY_PORTS) {
		if (outcome.request == TW_DENY || outcome.path->blocked)
			outcome.verdict = TW_BLOCKED;
		else
			TW_TRY(tw_outcome_clients(arena, &outcome));
		if (outcome.request == TW_ACTION_UNKNOWN)
			TW_TRY(unsettle(arena, &outcome));
	} else if (outcome.reply_kind == TW_REPLY_NONE_EXPECTED) {
		outcome.verdict = whole_verdict(outcome.request, TW_ALLOW);
	} else {
		outcome.verdict = whole_verdict(outcome.request, outcome.reply);
	}
	TW_TRY(temper(arena, &outcome));
	for (size_t i = 0; outcome.reply_kind != TW_REPLY_PORTS && i < ret->n; i++)
		if (joins(&ret->v[i], &outcome)) {
			ret->v[i].set = tw_set_union(judge->space, ret->v[i].set, outcome.set);
			return tw_space_status(judge->space);
		}
	return TW_VEC_PUSH(judge->mem, ret, outcome);
}

static tw_set of_type(struct tw_judge *judge, enum tw_family family, tw_set set, unsigned type)
{
	struct tw_box box = tw_box_all(family);
	box.service = (struct tw_ports){TW_ICMP(type, 0), TW_ICMP(type, 255)};
	return tw_set_intersect(judge->space, set, tw_set_box(judge->space, &box));
}

tw_set tw_icmp_replies(struct tw_judge *judge, const struct tw_outcome *outcome)
{
	struct tw_space *space = judge->space;
	tw_set replies = TW_EMPTY;
	for (unsigned type = 0; type < 256; type++) {
		struct tw_box box = tw_box_all(outcome->family);
		uint16_t reply;
		if (!tw_icmp_answer(outcome->family, TW_ICMP(type, 0), &reply))
			continue;
		box.client = (struct tw_ports){reply, reply};
		tw_set asked = of_type(judge, outcome->family, outcome->set, type);
		replies = tw_set_union(space, replies,
			tw_set_intersect(space, tw_set_forget(space, asked, TW_FIELD_SERVICE),
				tw_set_box(space, &box)));
	}
	return replies;
}

/* Requests of one type, and whether their answer returns. */
static tw_status push_answered(struct tw_judge *judge, struct tw_arena *arena,
	struct tw_outcome outcome, uint16_t reply, struct tw_outcomes *ret)
{
	struct tw_port_list answer = {TW_NEW(arena, struct tw_ports), 1};
	if (!answer.v)
		return TW_ENOMEM;
	answer.v[0] = (struct tw_ports){reply, reply};
	struct tw_outcome_leg leg = {0};
	if (outcome.reply == TW_ALLOW)
		leg.returns = answer;
	if (outcome.reply == TW_ACTION_UNKNOWN)
		leg.undecided = answer;
	outcome.leg[0] = leg;
	outcome.legs = 1;
	return push(judge, arena, outcome, ret);
}

/*
 * ICMP: requests without an answer are one outcome, those whose answer is lost another; an answer
 * that returns is told by its type.
 */
static tw_status push_icmp(struct tw_judge *judge, struct tw_arena *arena, struct tw_outcome base,
	struct tw_outcomes *ret)
{
	struct tw_space *space = judge->space;
	tw_set rest = base.set, lost = TW_EMPTY;
	base.reply_kind = TW_REPLY_ICMP;
	for (unsigned type = 0; type < 256; type++) {
		uint16_t reply;
		struct tw_outcome outcome = base;
		if (!tw_icmp_answer(base.family, TW_ICMP(type, 0), &reply))
			continue;
		outcome.set = of_type(judge, base.family, rest, type);
		if (tw_set_is_empty(outcome.set))
			continue;
		rest = tw_set_subtract(space, rest, outcome.set);
		outcome.reply = action_at(&base, reply);
		if (outcome.reply == TW_DENY)
			lost = tw_set_union(space, lost, outcome.set);
		else
			TW_TRY(push_answered(judge, arena, outcome, reply, ret));
	}
	base.leg[0] = (struct tw_outcome_leg){0};
	base.legs = 1;
	base.reply = TW_DENY;
	base.set = lost;
	if (!tw_set_is_empty(lost))
		TW_TRY(push(judge, arena, base, ret));
	base.set = rest;
	base.reply_kind = TW_REPLY_NONE_EXPECTED;
	return tw_set_is_empty(rest) ? tw_space_status(space) : push(judge, arena, base, ret);
}

bool tw_icmp_answer(enum tw_family family, uint16_t request, uint16_t *ret_reply)
{
	/* Echo, timestamp, information: the queries of RFC 792; and ICMPv6 echo, RFC 4443. */
	unsigned type = request >> 8;
	if (family == TW_IPV6) {
		if (type != 128)
			return false;
		*ret_reply = TW_ICMP(129, 0);
		return true;
	}
	if (type != 8 && type != 13 && type != 15)
		return false;
	*ret_reply = type == 8 ? TW_ICMP(0, 0) : TW_ICMP(type + 1, 0);
	return true;
}

/* Packets with one residual of replies on each leg. */
struct cell {
	tw_set set;
	tw_set residual[TW_LOOKS];
};

/* The look that a leg begins with: that of its translator. */
static const struct tw_look *look_of_leg(const struct tw_path *path, unsigned leg)
{
	unsigned i = 0;
	while (leg > 0 && i + 1 < path->looks && path->look[i].leg != leg)
		i++;
	return leg > 0 ? &path->look[i] : NULL;
}

static tw_status fill_leg(struct tw_judge *judge, struct tw_arena *arena,
	const struct tw_path *path, unsigned leg, tw_set residual, struct tw_outcome_leg *ret)
{
	const struct tw_client *client;
	TW_TRY(ports_with(judge, arena, residual, PASSES, &ret->returns));
	TW_TRY(ports_with(judge, arena, residual, OPEN_QUESTION, &ret->undecided));
	ret->look = look_of_leg(path, leg);
	if (!ret->look)
		return TW_OK;
	client = ret->look->client;
	ret->total = tw_client_total(client);
	ret->passing = tw_client_passing(client, ret->returns.v, ret->returns.n);
	ret->open = tw_client_passing(client, ret->undecided.v, ret->undecided.n);
	return TW_OK;
}

/* One set with one request action and one reply residual a leg, cut by family and protocol. */
static tw_status push_set(struct tw_judge *judge, struct tw_arena *arena,
	const struct tw_piece *piece, const struct cell *cell, enum tw_action request,
	struct tw_outcomes *ret)
{
	struct tw_space *space = judge->space;
	tw_set set = cell->set;
	struct tw_outcome base = {.path = piece->path,
		.levels = piece->levels,
		.cap = piece->cap,
		.twin = piece->twin,
		.legs = request == TW_DENY ? 1 : piece->path->legs,
		.request = request};
	for (unsigned i = 0; i < base.legs; i++)
		TW_TRY(fill_leg(judge, arena, piece->path, i, cell->residual[i], &base.leg[i]));
	while (!tw_set_is_empty(set)) {
		struct tw_point first;
		if (!tw_set_witness(space, set, &first))
			break;
		struct tw_outcome outcome = base;
		outcome.family = first.family;
		outcome.protocol = first.protocol;
		bool ports = tw_protocol_has_ports(first.protocol);
		bool icmp = tw_protocol_is_icmp(first.family, first.protocol);
		struct tw_box box = tw_box_all(first.family);
		box.protocol_lo = box.protocol_hi = first.protocol;
		if (!ports &&
			!icmp) /* protocols without ports stand together up to the next one with */
			while (box.protocol_hi < 255 &&
				!tw_protocol_has_ports((uint8_t)(box.protocol_hi + 1)) &&
				!tw_protocol_is_icmp(first.family, (uint8_t)(box.protocol_hi + 1)))
				box.protocol_hi++;
		outcome.set = tw_set_intersect(space, set, tw_set_box(space, &box));
		set = tw_set_subtract(space, set, outcome.set);
		outcome.reply_kind = ports ? TW_REPLY_PORTS : icmp ? TW_REPLY_ICMP : TW_REPLY_WHOLE;
		outcome.reply = action_at(&base, 0);
		if (icmp && request != TW_DENY && !piece->path->blocked)
			TW_TRY(push_icmp(judge, arena, outcome, ret));
		else
			TW_TRY(push(judge, arena, outcome, ret));
	}
	return tw_space_status(space);
}

typedef TW_VEC(struct cell) cell_vec;

/* Cuts a cell by what returns on one leg. */
static tw_status split_cell(struct tw_judge *judge, const struct tw_path *path, unsigned leg,
	const struct cell *cell, cell_vec *ret)
{
	struct tw_space *space = judge->space;
	struct tw_residuals residuals = TW_VEC_EMPTY;
	tw_set replies;
	TW_TRY(reply_partition(judge, path, leg, cell->set, &replies));
	tw_set split = tw_partition_split(space, replies, TW_FIELD_CLIENT, judge->mem, &residuals);
	tw_status status = tw_space_status(space);
	for (size_t i = 0; status == TW_OK && i < residuals.n; i++) {
		struct cell part = *cell;
		part.set = tw_set_intersect(
			space, cell->set, tw_partition_where(space, split, (uint16_t)(i + 1)));
		part.residual[leg] = residuals.v[i];
		if (!tw_set_is_empty(part.set))
			status = TW_VEC_PUSH(judge->mem, ret, part);
	}
	tw_residuals_free(judge->mem, &residuals);
	return status == TW_OK ? tw_space_status(space) : status;
}

/* Requests that pass, or may: by what returns on every leg. */
static tw_status split_legs(
	struct tw_judge *judge, const struct tw_path *path, tw_set asked, cell_vec *ret)
{
	struct cell whole = {.set = asked};
	tw_status status = TW_VEC_PUSH(judge->mem, ret, whole);
	for (unsigned leg = 0; status == TW_OK && leg < path->legs; leg++) {
		cell_vec next = TW_VEC_EMPTY;
		for (size_t i = 0; status == TW_OK && i < ret->n; i++)
			status = split_cell(judge, path, leg, &ret->v[i], &next);
		TW_VEC_FREE(judge->mem, ret);
		*ret = next;
	}
	return status;
}

static tw_status push_cell(struct tw_judge *judge, struct tw_arena *arena,
	const struct tw_piece *piece, const struct cell *cell, const struct sifted *request,
	struct tw_outcomes *ret)
{
	struct cell allow = *cell, open = *cell;
	allow.set = tw_set_intersect(judge->space, cell->set, request->allow);
	open.set = tw_set_intersect(judge->space, cell->set, request->unknown);
	if (!tw_set_is_empty(allow.set))
		TW_TRY(push_set(judge, arena, piece, &allow, TW_ALLOW, ret));
	if (tw_set_is_empty(open.set))
		return tw_space_status(judge->space);
	return push_set(judge, arena, piece, &open, TW_ACTION_UNKNOWN, ret);
}

tw_status tw_judge_piece(struct tw_judge *judge, struct tw_arena *arena,
	const struct tw_piece *piece, struct tw_outcomes *ret)
{
	struct tw_space *space = judge->space;
	tw_set set = tw_set_intersect(space, piece->set, piece->path->domain);
	struct sifted request;
	cell_vec cells = TW_VEC_EMPTY;
	TW_TRY(sift(judge, piece->path, TW_REQUEST, 0, set, &request));
	if (!tw_set_is_empty(request.deny)) {
		struct cell denied = {.set = request.deny, .residual = {DROPPED}};
		TW_TRY(push_set(judge, arena, piece, &denied, TW_DENY, ret));
	}
	tw_set asked = tw_set_union(space, request.allow, request.unknown);
	if (tw_set_is_empty(asked))
		return tw_space_status(space);
	tw_status status = split_legs(judge, piece->path, asked, &cells);
	for (size_t i = 0; status == TW_OK && i < cells.n; i++)
		status = push_cell(judge, arena, piece, &cells.v[i], &request, ret);
	TW_VEC_FREE(judge->mem, &cells);
	return status;
}
