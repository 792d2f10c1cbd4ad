/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subjects: the services and the ends that a finding speaks of. Of a flow that loses for some of
 * its peers only, these are named: others get their replies, or are told about elsewhere.
 */
#include "results.h"

#include "order.h"

enum { BLOCKS = 3 }; /* that a sentence can name */

static const char *name_of(const struct tw_peer *peer)
{
	return peer->name ? peer->name : "unknown addresses";
}

/* Who is behind the list has called: it sees their requests out, and the replies to them in. */
static bool called_from_behind(const struct tw_cause *cause)
{
	return (cause->list == TW_INGRESS) == (cause->direction == TW_REPLY) ||
	       cause->role == TW_ROLE_NAT;
}

/* The far end as the list at fault sees it: replies that come in were called from behind it. */
const char *tw_subject_far_end(const struct tw_cause *cause, const struct tw_flow *flow)
{
	return name_of(called_from_behind(cause) ? &flow->to : &flow->from);
}

bool tw_subject_same(const struct tw_subject *a, const struct tw_subject *b)
{
	return strcmp(a->service, b->service) == 0 && strcmp(a->peer, b->peer) == 0;
}

static void add_end(struct tw_end_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return;
	if (names->n < TW_COUNT(names->name))
		names->name[names->n++] = name;
}

void tw_finding_add_ends(struct tw_finding_draft *f, const struct tw_finding_draft *equal)
{
	for (size_t i = 0; i < equal->callers.n; i++)
		add_end(&f->callers, equal->callers.name[i]);
	for (size_t i = 0; i < equal->called.n; i++)
		add_end(&f->called, equal->called.name[i]);
}

tw_status tw_finding_add_subject(
	struct tw_results *r, struct tw_finding_draft *f, struct tw_subject one)
{
	add_end(&f->callers, one.from);
	add_end(&f->called, one.to);
	for (size_t i = 0; i < f->subject.n; i++) {
		const struct tw_subject *old = &f->subject.v[i];
		if (tw_subject_same(old, &one) && old->near_calls == one.near_calls &&
			tw_same_text(old->block, one.block))
			return TW_OK;
	}
	return TW_VEC_PUSH(r->mem, &f->subject, one);
}

/* "10.0.1.0/24, 10.0.2.0/24": a few blocks that a rule can name; NULL if there are none, or many.
 */
static tw_status blocks_of(struct tw_results *r, const struct tw_peer *peer, const char **ret)
{
	char buf[TW_PREFIX_TEXT];
	const char *text = NULL;
	*ret = NULL;
	if (peer->addresses_n == 0 || peer->addresses_n > BLOCKS)
		return TW_OK;
	for (size_t i = 0; i < peer->addresses_n; i++) {
		const char *one = tw_arena_str(r->arena, tw_prefix_text(peer->address[i], buf));
		text = text && one ? tw_arena_printf(r->arena, "%s, %s", text, one) : one;
		if (!text)
			return TW_ENOMEM;
	}
	*ret = text;
	return TW_OK;
}

/* ---- a part of a flow ------------------------------------------------------------------------ */

struct end {
	const char *name, *block;
};

/* "subnet-1" of a block that is one subnet's, else the block. */
static const char *block_name(struct tw_results *r, const struct tw_prefix *block)
{
	char buf[TW_PREFIX_TEXT];
	const char *name = NULL;
	size_t n = 0;
	for (size_t i = 0; i < r->net->subnets; i++)
		for (size_t k = 0; k < r->net->subnet[i].cidrs.n; k++) {
			const struct tw_prefix *own = &r->net->subnet[i].cidrs.v[k];
			if (own->family != block->family || own->len != block->len ||
				tw_addr_cmp(own->addr, block->addr) != 0)
				continue;
			name = r->net->subnet[i].object.id;
			n++;
		}
	return n == 1 ? name : tw_arena_str(r->arena, tw_prefix_text(*block, buf));
}

static bool covers(const struct tw_prefix *block, size_t n, const struct tw_peer *peer)
{
	for (size_t i = 0; i < peer->addresses_n; i++) {
		size_t k = 0;
		while (k < n && !tw_prefix_contains(block[k], peer->address[i]))
			k++;
		if (k == n)
			return false;
	}
	return true;
}

/* The end of a flow, of which the packets of `part` are lost: as it is called, unless a few blocks
 * say which part of its addresses it is. */
static tw_status narrow_end(struct tw_results *r, tw_set part, enum tw_field field,
	const struct tw_peer *peer, struct end *end)
{
	const struct tw_prefix *block;
	const char *name = NULL;
	size_t n;
	bool more;
	if (peer->addresses_n == 0) /* unknown, or too many */
		return TW_OK;
	TW_TRY(tw_blocks_of(r, part, field, BLOCKS, &block, &n, &more));
	if (n == 0 || more || covers(block, n, peer))
		return TW_OK;
	const struct tw_peer few = {.address = block, .addresses_n = n};
	TW_TRY(blocks_of(r, &few, &end->block));
	for (size_t i = 0; i < n; i++) {
		const char *one = block_name(r, &block[i]);
		name = name && one ? tw_arena_printf(r->arena, "%s, %s", name, one) : one;
		if (!name)
			return TW_ENOMEM;
	}
	end->name = name;
	return TW_OK;
}

/* The block of a subnet, if that is what the peer is. */
static tw_status subnet_block(
	struct tw_results *r, const struct tw_peer *peer, uint8_t family, const char **ret)
{
	char buf[TW_PREFIX_TEXT];
	for (size_t i = 0; peer->ids_n == 1 && i < r->net->subnets; i++) {
		const struct tw_subnet *subnet = &r->net->subnet[i];
		if (strcmp(subnet->object.id, peer->ids[0]) != 0)
			continue;
		for (size_t k = 0; k < subnet->cidrs.n; k++) {
			if (subnet->cidrs.v[k].family != family)
				continue;
			*ret = tw_arena_str(r->arena, tw_prefix_text(subnet->cidrs.v[k], buf));
			return *ret ? TW_OK : TW_ENOMEM;
		}
	}
	return TW_OK;
}

/* The list sees replies to the initiator go out, and replies of the responder come in. */
static tw_status add_subject(
	struct tw_results *r, struct tw_finding_draft *f, const struct tw_draft *draft, tw_set part)
{
	const struct tw_flow *flow = &draft->flow;
	bool far_is_to = f->cause.list == TW_INGRESS;
	const struct tw_peer *far = far_is_to ? &flow->to : &flow->from;
	struct end from = {.name = name_of(&flow->from)}, to = {.name = name_of(&flow->to)};
	struct end *seen = far_is_to ? &to : &from;
	TW_TRY(blocks_of(r, far, &seen->block));
	if (!seen->block)
		TW_TRY(subnet_block(r, far, f->cause.family, &seen->block));
	if (!tw_set_is_empty(part)) {
		TW_TRY(narrow_end(r, part, TW_FIELD_FROM, &flow->from, &from));
		TW_TRY(narrow_end(r, part, TW_FIELD_TO, &flow->to, &to));
	}
	if (!seen->block && f->cause.role == TW_ROLE_NAT && !far_is_to)
		seen->block = flow->from.name;
	const struct tw_subject one = {.service = flow->service_text,
		.peer = called_from_behind(&f->cause) ? to.name : from.name,
		.block = seen->block,
		.from = from.name,
		.to = to.name,
		.near_calls = draft->outbound};
	return one.service ? tw_finding_add_subject(r, f, one) : TW_OK;
}

static tw_set ends_of(struct tw_space *space, tw_set set)
{
	return tw_set_forget(space, tw_set_forget(space, set, TW_FIELD_SERVICE), TW_FIELD_CLIENT);
}

tw_status tw_finding_subject_of(struct tw_results *r, struct tw_finding_draft *f,
	const struct tw_cause *cause, const struct tw_draft *draft)
{
	struct tw_space *space = r->judge->space;
	if (r->telling != draft)
		return add_subject(r, f, draft, TW_EMPTY);
	if (f->part.draft != draft) {
		f->part.draft = draft;
		f->part.set = TW_EMPTY;
		f->part.whole = false;
	}
	/* A list behind a translator sees other addresses than those of the flow's ends, and names
	 * alone are not cut. */
	f->part.whole |= !cause->plain ||
			 (draft->flow.from.addresses_n == 0 && draft->flow.to.addresses_n == 0);
	if (!f->part.whole)
		f->part.set = tw_set_union(space, f->part.set, ends_of(space, cause->dead));
	return tw_space_status(space);
}

/* Requests of the draft pass, in that family, between ends that are no part of it. */
static bool has_others(
	struct tw_results *r, const struct tw_draft *draft, uint8_t family, tw_set part)
{
	struct tw_space *space = r->judge->space;
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		if (o->family == family && o->request == TW_ALLOW && !o->path->blocked &&
			!tw_set_is_empty(tw_set_subtract(space, ends_of(space, o->set), part)))
			return true;
	}
	return false;
}

void tw_subjects_open(struct tw_results *r, const struct tw_draft *draft)
{
	r->telling = draft;
}

tw_status tw_subjects_close(struct tw_results *r, tw_status status)
{
	const struct tw_draft *draft = r->telling;
	r->telling = NULL;
	for (size_t i = 0; i < r->finding.n; i++) {
		struct tw_finding_draft *f = &r->finding.v[i];
		if (f->part.draft != draft)
			continue;
		f->part.draft = NULL;
		if (status != TW_OK)
			continue;
		bool part = !f->part.whole && has_others(r, draft, f->cause.family, f->part.set);
		status = add_subject(r, f, draft, part ? f->part.set : TW_EMPTY);
	}
	return status == TW_OK ? tw_space_status(r->judge->space) : status;
}
