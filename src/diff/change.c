/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A twin becomes a change: its kind, its clients before and after, the rules that decide. Twins
 * that agree in all of this are one change, whichever sites they were found between; only then come
 * its boxes, its ends and its sentence.
 */
#include "diffing.h"
#include "order.h"

enum { SLIGHT = 1000 };

/* A change under construction. */
struct tw_making {
	struct tw_diffing *d;
	const struct tw_where *where;
	unsigned round;
	struct tw_twin twin; /* its set is that of the change; its outcomes are these: */
	struct tw_outcome outcome[TW_AGES]; /* copies, cut to the twin that it was made from */
	struct tw_making *next, *last;	    /* further twins that are the same change, in order */
	bool passes[TW_AGES], open[TW_AGES];
	struct tw_port_list returns[TW_AGES], undecided[TW_AGES], picked;
	bool nothing; /* other clients notice a difference, those who start this do not */
	struct tw_change change;
};

/* What is lost for sure is lost, whatever is unknown beside it. */
static bool is_open(const struct tw_outcome *o)
{
	return o->verdict == TW_UNKNOWN;
}

/* Nobody who has a public address starts it: the clients of private networks, unless a name says
 * who it is. Contract 3. */
static tw_status relevel(struct tw_making *m, struct tw_outcome *o)
{
	struct tw_judge *judge = m->d->side[TW_NEW].judge;
	if (!m->where->inside || o->reply_kind != TW_REPLY_PORTS || o->request == TW_DENY ||
		o->path->from->kind != TW_SITE_OUTSIDE ||
		(o->path->assumptions & TW_ASSUME_ON_PREMISES) ||
		(o->levels->n > 0 && o->levels->v[0].asked))
		return TW_OK;
	tw_set public = tw_set_intersect(m->d->space, o->set, judge->world.public_from);
	if (!tw_set_is_empty(public))
		return tw_space_status(m->d->space);
	o->levels = m->where->inside;
	TW_TRY(tw_outcome_clients(m->d->arena, o));
	for (size_t i = 0; o->request == TW_ACTION_UNKNOWN && i < o->clients_n; i++) {
		o->client[i].undecided += o->client[i].passing;
		o->client[i].passing = 0;
		o->client[i].verdict = TW_UNKNOWN;
	}
	if (o->request == TW_ACTION_UNKNOWN)
		o->verdict = TW_UNKNOWN;
	return TW_OK;
}

static tw_status take(struct tw_making *m, const struct tw_twin *twin)
{
	m->twin.set = twin->set;
	for (int age = 0; age < TW_AGES; age++) {
		struct tw_outcome *o = &m->outcome[age];
		if (!twin->outcome[age])
			continue;
		*o = *twin->outcome[age];
		o->set = twin->set;
		TW_TRY(relevel(m, o));
		m->twin.outcome[age] = o;
		m->passes[age] = o->request != TW_DENY && (!o->path->blocked || o->path->exempt);
		m->open[age] = m->passes[age] && is_open(o);
		if (m->passes[age])
			TW_TRY(tw_picked_by(m->d->arena, o->client, o->clients_n, &m->picked));
	}
	for (int age = 0; age < TW_AGES; age++)
		if (m->passes[age] && m->outcome[age].reply_kind == TW_REPLY_PORTS) {
			const struct tw_outcome_leg *leg = &m->outcome[age].leg[0];
			TW_TRY(tw_ports_intersect(
				m->d->arena, leg->returns, m->picked, &m->returns[age]));
			TW_TRY(tw_ports_intersect(
				m->d->arena, leg->undecided, m->picked, &m->undecided[age]));
		}
	return tw_space_status(m->d->space);
}

static tw_status minus(struct tw_making *m, int a, int b, struct tw_port_list *ret)
{
	return tw_ports_subtract(m->d->arena, m->returns[a], m->returns[b], ret);
}

/* ---- what kind of change ----------------------------------------------------------------------
 */

/* Both requests pass: fewer replies, more, or others. */
static tw_status kind_of_replies(struct tw_making *m)
{
	const struct tw_outcome *a = &m->outcome[TW_OLD], *b = &m->outcome[TW_NEW];
	struct tw_port_list lost, gained;
	TW_TRY(minus(m, TW_OLD, TW_NEW, &lost));
	TW_TRY(minus(m, TW_NEW, TW_OLD, &gained));
	bool fewer = lost.n > 0, more = gained.n > 0;
	bool open = !tw_ports_equal(m->undecided[TW_OLD], m->undecided[TW_NEW]);
	if (a->reply_kind != TW_REPLY_PORTS) {
		fewer = a->reply == TW_ALLOW && b->reply != TW_ALLOW;
		more = a->reply != TW_ALLOW && b->reply == TW_ALLOW;
	}
	for (unsigned i = 1; i < a->legs && i < b->legs; i++) {
		fewer |= b->leg[i].passing * a->leg[i].total < a->leg[i].passing * b->leg[i].total;
		more |= b->leg[i].passing * a->leg[i].total > a->leg[i].passing * b->leg[i].total;
		open |= b->leg[i].open * a->leg[i].total != a->leg[i].open * b->leg[i].total;
	}
	m->nothing = !fewer && !more && !open;
	m->change.kind = fewer && more ? TW_CHANGE_CLIENTS
			 : fewer       ? TW_CHANGE_BREAKS
			 : more	       ? TW_CHANGE_MENDS
				       : TW_CHANGE_UNKNOWN;
	return TW_OK;
}

static tw_status find_kind(struct tw_making *m)
{
	struct tw_change *c = &m->change;
	bool before = m->passes[TW_OLD], after = m->passes[TW_NEW];
	for (int age = 0; age < TW_AGES; age++)
		tw_change_side_of(c, (enum tw_age)age)->verdict = m->open[age] ? TW_UNKNOWN
								  : m->passes[age]
									  ? m->outcome[age].verdict
									  : TW_BLOCKED;
	if (m->open[TW_OLD] || m->open[TW_NEW]) {
		c->kind = TW_CHANGE_UNKNOWN;
		return TW_OK;
	}
	if (before && after)
		return kind_of_replies(m);
	if ((after ? c->after.verdict : c->before.verdict) == TW_ONE_WAY && !m->d->options->filters)
		c->kind = TW_CHANGE_ONE_WAY;
	else
		c->kind = after ? TW_CHANGE_APPEARS : TW_CHANGE_VANISHES;
	return TW_OK;
}

/* ---- clients ----------------------------------------------------------------------------------
 */

/* The clients of the other network with nothing returned: their request does not pass. */
static tw_status shut_out(
	struct tw_making *m, const struct tw_outcome *like, const struct tw_client_result **ret)
{
	struct tw_client_result *out =
		TW_NEW_ARRAY(m->d->arena, struct tw_client_result, like->clients_n + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < like->clients_n; i++)
		out[i] = (struct tw_client_result){.client = like->client[i].client,
			.level = like->client[i].level,
			.asked = like->client[i].asked,
			.verdict = TW_BLOCKED,
			.total = like->client[i].total};
	*ret = out;
	return TW_OK;
}

/* The clients of the new network, as they fare in both; one that the old does not judge is left
 * out. */
static tw_status same_clients(struct tw_making *m)
{
	const struct tw_outcome *a = &m->outcome[TW_OLD], *b = &m->outcome[TW_NEW];
	struct tw_client_result *before =
		TW_NEW_ARRAY(m->d->arena, struct tw_client_result, b->clients_n + 1);
	struct tw_client_result *after =
		TW_NEW_ARRAY(m->d->arena, struct tw_client_result, b->clients_n + 1);
	size_t n = 0;
	if (!before || !after)
		return TW_ENOMEM;
	for (size_t i = 0; i < b->clients_n; i++)
		for (size_t k = 0; k < a->clients_n; k++)
			if (strcmp(a->client[k].client->id, b->client[i].client->id) == 0) {
				before[n] = a->client[k];
				after[n++] = b->client[i];
				break;
			}
	m->change.before.client = before;
	m->change.after.client = after;
	m->change.clients_n = n;
	return TW_OK;
}

static tw_status find_clients(struct tw_making *m)
{
	struct tw_change *c = &m->change;
	const struct tw_outcome *a = &m->outcome[TW_OLD], *b = &m->outcome[TW_NEW];
	if (m->d->options->filters)
		return TW_OK;
	if (m->passes[TW_OLD] && m->passes[TW_NEW])
		return same_clients(m);
	const struct tw_outcome *one = m->passes[TW_NEW] ? b : a;
	c->clients_n = one->clients_n;
	c->before.client = c->after.client = one->client;
	return shut_out(m, one, one == b ? &c->before.client : &c->after.client);
}

static bool fares_alike(const struct tw_client_result *a, const struct tw_client_result *b)
{
	return a->passing == b->passing && a->undecided == b->undecided && a->total == b->total &&
	       (a->verdict == TW_BLOCKED) == (b->verdict == TW_BLOCKED);
}

/* Replies to ports that no client of this very flow picks are no change of the flow. */
static bool is_noticed(const struct tw_making *m)
{
	const struct tw_change *c = &m->change;
	bool replies = c->kind == TW_CHANGE_BREAKS || c->kind == TW_CHANGE_MENDS ||
		       c->kind == TW_CHANGE_CLIENTS;
	if (!replies || c->clients_n == 0)
		return true;
	for (size_t i = 0; i < c->clients_n; i++)
		if (!fares_alike(&c->before.client[i], &c->after.client[i]))
			return true;
	/* The same number of other ports is a change of who is lucky, not of how many. */
	return c->kind == TW_CHANGE_CLIENTS;
}

static bool is_slight(const struct tw_making *m)
{
	const struct tw_change *c = &m->change;
	if ((c->kind != TW_CHANGE_BREAKS && c->kind != TW_CHANGE_MENDS) || c->clients_n == 0)
		return false;
	for (size_t i = 0; i < c->clients_n; i++) {
		const struct tw_client_result *a = &c->before.client[i], *b = &c->after.client[i];
		uint64_t moved =
			a->passing > b->passing ? a->passing - b->passing : b->passing - a->passing;
		if (a->total != b->total || moved >= (a->total + SLIGHT - 1) / SLIGHT)
			return false;
	}
	return true;
}

/* ---- what is shown ----------------------------------------------------------------------------
 */

static struct tw_results *results_of(struct tw_making *m, const struct tw_outcome **ret)
{
	int age = m->passes[TW_NEW] || !m->twin.outcome[TW_OLD] ? TW_NEW : TW_OLD;
	if (!m->passes[TW_NEW] && !m->passes[TW_OLD])
		age = m->twin.outcome[TW_NEW] ? TW_NEW : TW_OLD;
	*ret = m->twin.outcome[age];
	return &m->d->side[age];
}

/* A client port that shows it: one that is lost, or gained, or any that a client picks. */
static tw_status telling_port(struct tw_making *m, uint16_t *ret)
{
	struct tw_port_list telling = {NULL, 0}, any = m->picked;
	enum tw_change_kind kind = m->change.kind;
	if (kind == TW_CHANGE_BREAKS || kind == TW_CHANGE_CLIENTS)
		TW_TRY(minus(m, TW_OLD, TW_NEW, &telling));
	else if (kind == TW_CHANGE_MENDS)
		TW_TRY(minus(m, TW_NEW, TW_OLD, &telling));
	else if (kind == TW_CHANGE_APPEARS || kind == TW_CHANGE_VANISHES)
		telling = m->returns[kind == TW_CHANGE_APPEARS ? TW_NEW : TW_OLD];
	const struct tw_change *c = &m->change;
	for (size_t i = 0; i < c->clients_n && telling.n > 0; i++) {
		struct tw_port_list own = {NULL, 0}, both;
		TW_TRY(tw_picked_by(m->d->arena, &c->after.client[i], 1, &own));
		TW_TRY(tw_ports_intersect(m->d->arena, own, telling, &both));
		if (both.n > 0) {
			*ret = both.v[0].lo;
			return TW_OK;
		}
	}
	if (c->clients_n > 0)
		*ret = c->after.client[0].client->range[0].lo;
	else
		*ret = any.n > 0 ? any.v[0].lo : 32768;
	return TW_OK;
}

static bool serves(const struct tw_change *change, uint16_t port)
{
	for (size_t i = 0; i < change->boxes_n; i++)
		for (size_t k = 0; k < change->box[i].service_n; k++)
			if (change->box[i].service[k].lo <= port &&
				port <= change->box[i].service[k].hi)
				return true;
	return false;
}

/* A service that people know, if it is among them; never port 0 where there is another. */
static tw_set known_service(struct tw_making *m, tw_set set)
{
	static const uint16_t known[] = {443, 22, 80, 53};
	struct tw_box box = tw_box_all((enum tw_family)m->change.family);
	box.service = (struct tw_ports){1, UINT16_MAX};
	for (size_t i = 0; i < TW_COUNT(known); i++)
		if (serves(&m->change, known[i])) {
			box.service = (struct tw_ports){known[i], known[i]};
			break;
		}
	tw_set here = tw_set_intersect(m->d->space, set, tw_set_box(m->d->space, &box));
	return tw_set_is_empty(here) ? set : here;
}

/* Joined twins lie on different paths: an outcome with those of the change's packets that take its
 * own path; the first one that has any in the new network. */
static bool find_shown(const struct tw_making *m, struct tw_outcome *ret)
{
	for (const struct tw_making *one = m; one; one = one->next) {
		if (!one->twin.outcome[TW_NEW])
			continue;
		*ret = one->outcome[TW_NEW];
		ret->set = tw_set_intersect(m->d->space, ret->set, m->twin.set);
		if (!tw_set_is_empty(ret->set))
			return true;
	}
	return false;
}

/* The witness fares as the packets of the change do now; its port is the one that shows it. */
static tw_status find_witness(struct tw_making *m)
{
	struct tw_client client = {.id = "", .ranges = 1};
	struct tw_client_result result = {.client = &client, .total = 1};
	struct tw_outcome shown;
	uint16_t port;
	if (!find_shown(m, &shown))
		return tw_space_status(m->d->space);
	TW_TRY(telling_port(m, &port));
	if (shown.reply_kind == TW_REPLY_PORTS)
		shown.set = known_service(m, shown.set);
	client.range[0] = (struct tw_ports){port, port};
	shown.client = &result;
	shown.clients_n = 1;
	TW_TRY(tw_witness_of(&m->d->side[TW_NEW], &shown, &m->change.witness));
	if (!m->d->options->filters || !m->change.witness || !m->change.witness->reply)
		return TW_OK;
	struct tw_witness *alone = TW_NEW(m->d->arena, struct tw_witness);
	if (!alone)
		return TW_ENOMEM;
	*alone = *m->change.witness;
	alone->reply = false;
	alone->reply_text = alone->reply_fate = NULL;
	m->change.witness = alone;
	return TW_OK;
}

static void keep_returns(struct tw_making *m)
{
	struct tw_change *c = &m->change;
	if (m->d->options->filters)
		return;
	for (int age = 0; age < TW_AGES; age++) {
		struct tw_change_side *side = tw_change_side_of(c, (enum tw_age)age);
		side->returns = m->returns[age].v;
		side->returns_n = m->returns[age].n;
	}
}

/* What two twins must agree in to be one change. */
static tw_status find_reasons(struct tw_making *m)
{
	struct tw_change *c = &m->change;
	struct tw_port_list lost = {NULL, 0};
	const struct tw_outcome *shown;
	results_of(m, &shown);
	c->family = shown->family;
	c->protocol = shown->protocol;
	c->reply_kind = shown->reply_kind;
	keep_returns(m);
	if (c->kind == TW_CHANGE_BREAKS || c->kind == TW_CHANGE_CLIENTS)
		TW_TRY(minus(m, TW_OLD, TW_NEW, &lost));
	else if (c->kind == TW_CHANGE_MENDS)
		TW_TRY(minus(m, TW_NEW, TW_OLD, &lost));
	TW_TRY(tw_deciding(m->d, &m->twin, lost, c));
	return m->d->options->filters ? TW_OK : tw_cuts(m->d, &m->twin, c);
}

static bool same_clients_list(
	const struct tw_client_result *a, const struct tw_client_result *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(a[i].client->id, b[i].client->id) != 0 || a[i].level != b[i].level ||
			!fares_alike(&a[i], &b[i]))
			return false;
	return true;
}

static bool same_side(const struct tw_change_side *a, const struct tw_change_side *b, size_t n)
{
	return a->verdict == b->verdict && tw_same_text(a->rule, b->rule) &&
	       same_clients_list(a->client, b->client, n);
}

static bool is_one(const struct tw_making *x, const struct tw_making *y)
{
	const struct tw_change *a = &x->change, *b = &y->change;
	return x->round == y->round && a->kind == b->kind && a->family == b->family &&
	       a->protocol == b->protocol && a->reply_kind == b->reply_kind &&
	       a->clients_n == b->clients_n && tw_same_text(a->component, b->component) &&
	       tw_same_text(a->cuts, b->cuts) && same_side(&a->before, &b->before, a->clients_n) &&
	       same_side(&a->after, &b->after, a->clients_n) &&
	       tw_ports_equal(x->returns[TW_OLD], y->returns[TW_OLD]) &&
	       tw_ports_equal(x->returns[TW_NEW], y->returns[TW_NEW]);
}

struct sets {
	tw_set *v;
	size_t n, room;
};

/* The set in parts whose protocols have the same addresses. */
static tw_status by_protocol(struct tw_diffing *d, tw_set set, struct sets *ret)
{
	struct tw_space *space = d->space;
	struct tw_residuals groups = TW_VEC_EMPTY;
	tw_set split = tw_partition_split(space, set, TW_FIELD_FROM, d->mem, &groups);
	tw_status status = tw_space_status(space);
	for (size_t i = 0; status == TW_OK && i < groups.n; i++)
		status = TW_VEC_PUSH(d->mem, ret,
			groups.n == 1
				? set
				: tw_set_intersect(space, set,
					  tw_partition_where(space, split, (uint16_t)(i + 1))));
	tw_residuals_free(d->mem, &groups);
	return status == TW_OK ? tw_space_status(space) : status;
}

/* `other` is the same change as `m`. */
static void join(struct tw_making *m, struct tw_making *other)
{
	m->twin.set = tw_set_union(m->d->space, m->twin.set, other->twin.set);
	*(m->last ? &m->last->next : &m->next) = other;
	m->last = other->last ? other->last : other;
}

static tw_status add_one(struct tw_diffing *d, const struct tw_where *where, unsigned round,
	const struct tw_twin *twin)
{
	struct tw_making *m = TW_NEW(d->arena, struct tw_making);
	if (!m)
		return TW_ENOMEM;
	*m = (struct tw_making){.d = d, .where = where, .round = round};
	m->change.component = where->component;
	m->change.list = where->list;
	TW_TRY(take(m, twin));
	if (!m->passes[TW_OLD] && !m->passes[TW_NEW])
		return TW_EBUG; /* blocked is one result */
	TW_TRY(find_kind(m));
	TW_TRY(find_clients(m));
	if (m->nothing || !is_noticed(m))
		return TW_OK;
	m->change.slight = is_slight(m);
	TW_TRY(find_reasons(m));
	for (size_t i = 0; i < d->found.n; i++)
		if (is_one(d->found.v[i], m)) {
			join(d->found.v[i], m);
			return tw_space_status(d->space);
		}
	TW_TRY(tw_space_status(d->space));
	return TW_VEC_PUSH(d->mem, &d->found, m);
}

/* Protocols without ports come several at once: those with other addresses met other rules. */
tw_status tw_change_add(struct tw_diffing *d, const struct tw_where *where, unsigned round,
	const struct tw_twin *twin)
{
	enum tw_age age = twin->outcome[TW_NEW] ? TW_NEW : TW_OLD;
	struct sets parts = TW_VEC_EMPTY;
	if (twin->outcome[age]->reply_kind != TW_REPLY_WHOLE)
		return add_one(d, where, round, twin);
	tw_status status = by_protocol(d, twin->set, &parts);
	for (size_t i = 0; status == TW_OK && i < parts.n; i++) {
		struct tw_twin part = *twin;
		part.set = parts.v[i];
		status = add_one(d, where, round, &part);
	}
	TW_VEC_FREE(d->mem, &parts);
	return status;
}

static tw_status fill(struct tw_making *m)
{
	const struct tw_outcome *shown;
	struct tw_results *r = results_of(m, &shown);
	struct tw_region region = {0};
	struct tw_outcome whole = *shown; /* of which boxes see the packets, not the path */
	whole.set = m->twin.set;
	TW_TRY(tw_region_boxes(r, &whole, &region));
	m->change.box = region.box;
	m->change.boxes_n = region.boxes_n;
	TW_TRY(tw_change_words(m->d, m->where, m->twin.set, r, &m->change));
	TW_TRY(find_witness(m));
	return TW_VEC_PUSH(m->d->mem, &m->d->change, m->change);
}

/* Boxes have no protocol: those with other addresses are another change. */
static tw_status fill_by_protocol(struct tw_making *m)
{
	struct sets parts = TW_VEC_EMPTY;
	tw_status status = by_protocol(m->d, m->twin.set, &parts);
	for (size_t i = 0; status == TW_OK && i < parts.n; i++) {
		m->twin.set = parts.v[i];
		status = fill(m);
	}
	TW_VEC_FREE(m->d->mem, &parts);
	return status;
}

/* Protocols without ports are alike, and told together. */
static bool absorbs(const struct tw_making *x, struct tw_making *y)
{
	uint8_t protocol = y->change.protocol;
	if (x->change.reply_kind != TW_REPLY_WHOLE || y->change.reply_kind != TW_REPLY_WHOLE)
		return false;
	y->change.protocol = x->change.protocol;
	bool one = is_one(x, y);
	y->change.protocol = protocol;
	return one;
}

static void join_protocols(struct tw_diffing *d)
{
	size_t kept = 0;
	for (size_t i = 0; i < d->found.n; i++) {
		struct tw_making *m = d->found.v[i];
		size_t k = 0;
		while (k < kept && !absorbs(d->found.v[k], m))
			k++;
		if (k == kept)
			d->found.v[kept++] = m;
		else
			join(d->found.v[k], m);
	}
	d->found.n = kept;
}

tw_status tw_changes_finish(struct tw_diffing *d)
{
	join_protocols(d);
	for (size_t i = 0; i < d->found.n; i++)
		TW_TRY(fill_by_protocol(d->found.v[i]));
	return tw_space_status(d->space);
}
