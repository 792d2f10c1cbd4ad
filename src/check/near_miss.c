/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Near misses: rules of the list at fault that nearly let the packets through. The default deny
 * drops them, but it is as it should be; the rule with the slip in its ports or in its CIDR block
 * is the one that a person must look at.
 *
 * The list is walked once. Each deny that somebody wrote takes its packets away, since a rule
 * behind it cannot save them; each allow is judged by what is left.
 */
#include "near_miss.h"

#include "atoms.h"
#include "index.h"

enum { SHOWN = 2 };

struct search {
	const struct tw_finding_draft *f;
	const struct tw_net *net;
	struct tw_mem *mem;
	struct tw_arena *arena; /* of the search alone */
	bool cut;
	TW_VEC(struct tw_need_box) left; /* no written deny has dropped it yet */
	TW_VEC(struct tw_need_box) next;
	TW_VEC(struct tw_ports) ports;
	TW_VEC(struct tw_range) peers;
	struct tw_miss best[SHOWN];
	size_t found;
};

/* ---- what a deny takes away ------------------------------------------------------------------ */

/* The parts of a box that are not of these peers and ports. */
static tw_status take_away(struct search *s, const struct tw_need_box *box,
	const struct tw_range *peer, struct tw_ports ports)
{
	const struct tw_ranges own = {&box->peer, 1}, off = {peer, 1};
	struct tw_ports mine = box->ports;
	struct tw_ranges rest, met;
	struct tw_port_list other;
	struct tw_need_box part = *box;
	TW_TRY(tw_ranges_subtract(s->arena, own, off, &rest));
	TW_TRY(tw_ranges_intersect(s->arena, own, off, &met));
	TW_TRY(tw_ports_subtract(s->arena, (struct tw_port_list){&mine, 1},
		(struct tw_port_list){&ports, 1}, &other));
	for (size_t i = 0; i < rest.n; i++) {
		part.peer = rest.v[i];
		TW_TRY(TW_VEC_PUSH(s->mem, &s->next, part));
	}
	for (size_t i = 0; i < met.n; i++)
		for (size_t k = 0; k < other.n; k++) {
			part.peer = met.v[i];
			part.ports = other.v[k];
			TW_TRY(TW_VEC_PUSH(s->mem, &s->next, part));
		}
	return TW_OK;
}

static tw_status pass_deny(struct search *s, const struct tw_rule *rule)
{
	const struct tw_range peer = tw_prefix_range(rule->peer);
	struct tw_ports ports;
	if (!tw_rule_ports_for(rule, s->f->cause.protocol, &ports))
		return TW_OK;
	s->next.n = 0;
	for (size_t i = 0; i < s->left.n; i++)
		TW_TRY(take_away(s, &s->left.v[i], &peer, ports));
	s->left.n = 0;
	TW_TRY(TW_VEC_RESERVE(s->mem, &s->left, s->next.n));
	if (s->next.n > 0)
		memcpy(s->left.v, s->next.v, s->next.n * sizeof(*s->left.v));
	s->left.n = s->next.n;
	return TW_OK;
}

/* ---- what an allow misses -------------------------------------------------------------------- */

/* A range that is wide enough for replies, though no client is known to pick half of it. */
static bool is_wide(const struct tw_rule *rule)
{
	return tw_protocol_has_ports(rule->protocol) && rule->ports.lo >= 1000 &&
	       rule->ports.hi - rule->ports.lo + 1 >= TW_NARROW_RULE;
}

/* Replies go to a reply rule, requests to one that is for their service. */
static bool is_for_such(
	const struct tw_finding_draft *f, const struct tw_rule *rule, const struct tw_need_box *box)
{
	if (f->cause.direction == TW_REPLY)
		return tw_ports_class(rule->ports) == TW_CLASS_REPLY;
	return rule->ports.lo <= box->ports.lo && box->ports.hi <= rule->ports.hi;
}

/* Adds what the rule misses of one box. */
static tw_status miss_box(
	struct search *s, const struct tw_rule *rule, const struct tw_need_box *box)
{
	const struct tw_range own = tw_prefix_range(rule->peer);
	const struct tw_ranges peer = {&box->peer, 1};
	bool such = is_for_such(s->f, rule, box);
	bool meets = tw_ranges_meet(peer, own);
	struct tw_ports ports = box->ports, allowed = rule->ports;
	struct tw_port_list lost = {NULL, 0};
	struct tw_ranges rest = {NULL, 0};
	if (meets && (such || (s->f->cause.direction == TW_REPLY && is_wide(rule))))
		TW_TRY(tw_ports_subtract(s->arena, (struct tw_port_list){&ports, 1},
			(struct tw_port_list){&allowed, 1}, &lost));
	if (such)
		TW_TRY(tw_ranges_subtract(s->arena, peer, (struct tw_ranges){&own, 1}, &rest));
	for (size_t i = 0; i < lost.n; i++)
		TW_TRY(TW_VEC_PUSH(s->mem, &s->ports, lost.v[i]));
	for (size_t i = 0; i < rest.n; i++)
		TW_TRY(TW_VEC_PUSH(s->mem, &s->peers, rest.v[i]));
	return TW_OK;
}

/*
 * The block is next to the rule's, or near it: both are in the same private network, or in one that
 * a registry hands out as a whole.
 */
static bool is_neighbour(
	const struct search *s, const struct tw_rule *rule, const struct tw_ranges *peers)
{
	enum { OF_ONE_V4 = 16, OF_ONE_V6 = 32 };
	struct tw_range all = tw_prefix_range(rule->peer);
	const struct tw_range *first = &peers->v[0], *last = &peers->v[peers->n - 1];
	all.first = tw_addr_cmp(first->first, all.first) < 0 ? first->first : all.first;
	all.last = tw_addr_cmp(last->last, all.last) > 0 ? last->last : all.last;
	struct tw_prefix cover = tw_range_cover(all);
	return cover.len + 1 >= rule->peer.len ||
	       cover.len >= (cover.family == TW_IPV6 ? OF_ONE_V6 : OF_ONE_V4) ||
	       !tw_ranges_meet(s->net->index->internet, tw_prefix_range(cover));
}

static enum tw_nearness nearness(
	const struct search *s, const struct tw_rule *rule, const struct tw_ranges *peers)
{
	if (s->ports.n > 0)
		return tw_ports_class(rule->ports) == TW_CLASS_REPLY ? TW_NEAR_PORTS
								     : TW_NEAR_RANGE;
	return is_neighbour(s, rule, peers) ? TW_NEAR_NEIGHBOUR : TW_NEAR_STRANGER;
}

/* ---- the nearest ----------------------------------------------------------------------------- */

static void *copy(struct tw_arena *arena, const void *v, size_t n, size_t size)
{
	void *to = tw_arena_array(arena, n + 1, size);
	if (to && n > 0)
		memcpy(to, v, n * size);
	return to;
}

/* Of rules that are equally near the first one. */
static tw_status rank(struct search *s, struct tw_miss miss)
{
	size_t at = s->found;
	while (at > 0 && miss.nearness < s->best[at - 1].nearness)
		at--;
	if (at == SHOWN)
		return TW_OK;
	miss.ports.v = copy(s->arena, s->ports.v, s->ports.n, sizeof(*miss.ports.v));
	miss.peers.v = copy(s->arena, miss.peers.v, miss.peers.n, sizeof(*miss.peers.v));
	if (!miss.ports.v || !miss.peers.v)
		return TW_ENOMEM;
	s->found += s->found < SHOWN;
	for (size_t i = s->found - 1; i > at; i--)
		s->best[i] = s->best[i - 1];
	s->best[at] = miss;
	return TW_OK;
}

static tw_status pass_allow(struct search *s, const struct tw_rule *rule)
{
	if (rule->maybe || rule->family != s->f->cause.family ||
		rule->protocol != s->f->cause.protocol || rule->every_port)
		return TW_OK;
	s->ports.n = s->peers.n = 0;
	for (size_t i = 0; i < s->left.n; i++)
		TW_TRY(miss_box(s, rule, &s->left.v[i]));
	if (s->ports.n + s->peers.n == 0)
		return TW_OK;
	s->ports.n = tw_ports_join(s->ports.v, s->ports.n);
	s->peers.n = tw_ranges_join(s->peers.v, s->peers.n);
	const struct tw_ranges peers = {s->peers.v, s->peers.n};
	return rank(s, (struct tw_miss){.rule = rule,
			       .nearness = nearness(s, rule, &peers),
			       .ports = {NULL, s->ports.n},
			       .peers = peers,
			       .cut = s->cut});
}

static tw_status walk(struct search *s)
{
	const struct tw_cause *cause = &s->f->cause;
	struct tw_rules rules = s->net->acl[cause->acl].list[cause->list];
	struct tw_word_boxes lost;
	TW_TRY(tw_needs_words(s->arena, s->f, &lost));
	s->cut = lost.cut;
	for (size_t i = 0; i < lost.n; i++)
		TW_TRY(TW_VEC_PUSH(s->mem, &s->left, lost.box[i]));
	for (size_t i = 0; i < rules.n && s->left.n > 0; i++) {
		const struct tw_rule *rule = &rules.rule[i];
		if (rule->action == TW_ALLOW)
			TW_TRY(pass_allow(s, rule));
		else if (!rule->implicit && !rule->maybe)
			TW_TRY(pass_deny(s, rule));
	}
	return TW_OK;
}

/* ---- telling --------------------------------------------------------------------------------- */

void tw_named_rule_take(struct tw_named_rule *into, struct tw_named_rule one)
{
	if (one.miss && (!into->miss || one.level > into->level))
		*into = one;
}

/* The default deny alone drops the packets: no rule was written that does. */
static bool by_default(const struct tw_net *net, const struct tw_cause *cause)
{
	struct tw_rules rules = net->acl[cause->acl].list[cause->list];
	return cause->zero == 0 && (cause->rules == 0 || rules.rule[cause->rule[0]].implicit);
}

static void drop_note(struct tw_finding_draft *f, const char *text)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->note.n; i++)
		if (strcmp(f->note.v[i], text) != 0)
			f->note.v[kept++] = f->note.v[i];
	f->note.n = kept;
}

/* The rule to look at, if the default deny is the only one to blame; the others are notes. */
static tw_status tell(struct tw_results *r, struct tw_finding_draft *f, const struct search *s)
{
	bool by_rule = !by_default(r->net, &f->cause);
	const struct tw_near_miss *named =
		f->named.level >= f->level && !by_rule ? f->named.miss : NULL;
	struct tw_near_miss *near = &f->finding.near_miss;
	for (size_t i = 0; i < s->found; i++) {
		const struct tw_miss *miss = &s->best[i];
		const char *text;
		TW_TRY(tw_miss_text(r, f, miss, &text));
		if (named && !near->rule && miss->nearness > TW_NEAR_SERVICE)
			*near = *named;
		if (near->rule || by_rule || miss->nearness == TW_NEAR_STRANGER)
			TW_TRY(tw_finding_note(r, f, text));
		else
			*near = (struct tw_near_miss){miss->rule->id, text, miss->rule->span};
	}
	if (named && !near->rule)
		*near = *named;
	if (near->rule)
		drop_note(f, near->message);
	return TW_OK;
}

tw_status tw_near_misses_tell(struct tw_results *r, struct tw_finding_draft *f)
{
	struct tw_arena arena;
	struct search s = {.f = f, .net = r->net, .mem = r->mem, .arena = &arena};
	tw_arena_init(&arena, r->mem);
	tw_status status = walk(&s);
	if (status == TW_OK)
		status = tell(r, f, &s);
	TW_VEC_FREE(r->mem, &s.left);
	TW_VEC_FREE(r->mem, &s.next);
	TW_VEC_FREE(r->mem, &s.ports);
	TW_VEC_FREE(r->mem, &s.peers);
	tw_arena_fini(&arena);
	return status;
}
