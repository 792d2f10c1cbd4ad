/* SPDX-License-Identifier: Apache-2.0 */
/* What a list drops and somebody waits for, out of the judge's sets and into plain boxes. */
#include "results.h"

/* Words name a few ports and blocks: what is kept for them, of one cause and of one finding. */
enum { WORDS_BOXES = 16, WORDS_NEEDS = 16 };

struct collect {
	struct tw_mem *mem;
	struct tw_view view;
	size_t most; /* boxes; 0: all */
	bool cut;
	TW_VEC(struct tw_need_box) box;
};

static tw_status take_box(void *ctx, const struct tw_box *box)
{
	struct collect *c = ctx;
	bool from = tw_view_peer_field(c->view) == TW_FIELD_FROM;
	bool client = tw_view_port_field(c->view) == TW_FIELD_CLIENT;
	struct tw_need_box one = {.protocol_lo = box->protocol_lo,
		.protocol_hi = box->protocol_hi,
		.peer = from ? box->from : box->to,
		.ports = client ? box->client : box->service};
	one.peer.family = box->family;
	if (c->most > 0 && c->box.n == c->most) {
		c->cut = true;
		return TW_ELIMIT; /* ends the walk */
	}
	return TW_VEC_PUSH(c->mem, &c->box, one);
}

/* All that a list cannot see is forgotten: who is behind it, and the other port. */
static tw_set seen_by(struct tw_space *space, struct tw_view view, tw_set set)
{
	bool from = tw_view_peer_field(view) == TW_FIELD_FROM;
	bool client = tw_view_port_field(view) == TW_FIELD_CLIENT;
	set = tw_set_forget(space, set, from ? TW_FIELD_TO : TW_FIELD_FROM);
	return tw_set_forget(space, set, client ? TW_FIELD_SERVICE : TW_FIELD_CLIENT);
}

static bool same_need(const struct tw_need *x, const struct tw_need *y)
{
	for (size_t i = 0; x->boxes == y->boxes && i < x->boxes; i++) {
		const struct tw_need_box *a = &x->box[i], *b = &y->box[i];
		if (tw_range_cmp(&a->peer, &b->peer) != 0 ||
			tw_addr_cmp(a->peer.last, b->peer.last) != 0 ||
			a->ports.lo != b->ports.lo || a->ports.hi != b->ports.hi)
			return false;
	}
	return x->boxes == y->boxes;
}

/* For words: what another flow of the finding lost already is not kept twice. */
static bool is_kept(struct tw_finding_draft *finding, const struct tw_need *one)
{
	for (size_t i = 0; i < finding->need.n; i++) {
		struct tw_need *need = &finding->need.v[i];
		if (!same_need(need, one))
			continue;
		need->cut |= one->cut;
		need->level = one->level > need->level ? one->level : need->level;
		return true;
	}
	return false;
}

/* For words there is room for a few: the quietest gives way. */
static void squeeze_in(struct tw_finding_draft *finding, const struct tw_need *one)
{
	struct tw_need *quiet = &finding->need.v[0];
	enum tw_level unkept = one->level;
	for (size_t i = 1; i < finding->need.n; i++)
		if (finding->need.v[i].level < quiet->level)
			quiet = &finding->need.v[i];
	if (quiet->level < one->level) {
		unkept = quiet->level;
		*quiet = *one;
	}
	finding->unkept = unkept > finding->unkept ? unkept : finding->unkept;
}

tw_status tw_need_join(
	struct tw_results *r, struct tw_finding_draft *finding, const struct tw_need *one)
{
	if (!r->keep_needs && is_kept(finding, one))
		return TW_OK;
	if (r->keep_needs || finding->need.n < WORDS_NEEDS)
		return TW_VEC_PUSH(r->mem, &finding->need, *one);
	squeeze_in(finding, one);
	return TW_OK;
}

/* The boxes outlive the walk that found them, if they are worth it. */
static tw_status keep(struct tw_results *r, struct tw_finding_draft *finding, struct tw_need need)
{
	bool full = finding->need.n >= WORDS_NEEDS && need.level <= finding->unkept;
	if (!r->keep_needs && (full || is_kept(finding, &need)))
		return TW_OK;
	struct tw_need_box *box = TW_NEW_ARRAY(r->arena, struct tw_need_box, need.boxes + 1);
	if (!box)
		return TW_ENOMEM;
	if (need.boxes > 0)
		memcpy(box, need.box, need.boxes * sizeof(*box));
	need.box = box;
	return tw_need_join(r, finding, &need);
}

tw_status tw_need_add(struct tw_results *r, struct tw_finding_draft *finding, enum tw_level level,
	const struct tw_cause *cause, const char *flow)
{
	struct collect c = {.mem = r->mem, .view = {cause->list, cause->direction}};
	if (cause->acl == TW_MISSING || tw_set_is_empty(cause->dead))
		return TW_OK;
	c.most = r->keep_needs ? 0 : WORDS_BOXES;
	tw_status status = tw_set_each_box(
		r->judge->space, seen_by(r->judge->space, c.view, cause->dead), take_box, &c);
	if (c.cut)
		status = TW_OK;
	if (status == TW_OK)
		status = keep(r, finding,
			(struct tw_need){.flow = flow,
				.acl = cause->acl,
				.list = cause->list,
				.direction = cause->direction,
				.family = cause->family,
				.protocol = cause->protocol,
				.leg = cause->leg,
				.level = level,
				.zero = cause->zero,
				.box = c.box.v,
				.boxes = c.box.n,
				.cut = c.cut});
	TW_VEC_FREE(r->mem, &c.box);
	return status == TW_OK ? tw_space_status(r->judge->space) : status;
}

/* ---- what words tell of ---------------------------------------------------------------------- */

/* With needs kept whole: another flow of the finding lost the same, as loudly. */
static bool is_repeated(const struct tw_finding_draft *f, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (f->need.v[i].level >= f->level && same_need(&f->need.v[i], &f->need.v[at]))
			return true;
	return false;
}

tw_status tw_needs_words(
	struct tw_arena *arena, const struct tw_finding_draft *f, struct tw_word_boxes *ret)
{
	struct tw_word_boxes lost = {.cut = f->unkept >= f->level};
	lost.box = TW_NEW_ARRAY(arena, struct tw_need_box, WORDS_NEEDS * WORDS_BOXES);
	if (!lost.box)
		return TW_ENOMEM;
	for (size_t i = 0, needs = 0; i < f->need.n; i++) {
		const struct tw_need *need = &f->need.v[i];
		size_t n = need->boxes < WORDS_BOXES ? need->boxes : WORDS_BOXES;
		if (need->level < f->level || is_repeated(f, i))
			continue;
		if (needs++ == WORDS_NEEDS) {
			lost.cut = true;
			break;
		}
		lost.cut |= need->cut || n < need->boxes;
		memcpy(lost.box + lost.n, need->box, n * sizeof(*lost.box));
		lost.n += n;
	}
	*ret = lost;
	return TW_OK;
}

tw_status tw_needs_keep(
	struct tw_results *r, const struct tw_finding_draft *f, struct tw_needs *ret)
{
	struct tw_need *v = TW_NEW_ARRAY(r->arena, struct tw_need, f->need.n + 1);
	if (!v)
		return TW_ENOMEM;
	if (f->need.n > 0)
		memcpy(v, f->need.v, f->need.n * sizeof(*v));
	*ret = (struct tw_needs){v, f->need.n};
	return TW_OK;
}
