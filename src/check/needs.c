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

static bool same_boxes(const struct tw_need *need, const struct tw_need_box *box, size_t n)
{
	for (size_t i = 0; need->boxes == n && i < n; i++) {
		const struct tw_need_box *a = &need->box[i], *b = &box[i];
		if (tw_range_cmp(&a->peer, &b->peer) != 0 ||
			tw_addr_cmp(a->peer.last, b->peer.last) != 0 ||
			a->ports.lo != b->ports.lo || a->ports.hi != b->ports.hi)
			return false;
	}
	return need->boxes == n;
}

/* For words: what another flow of the finding lost already is not kept twice. */
static bool is_kept(struct tw_finding_draft *finding, enum tw_level level, const struct collect *c)
{
	for (size_t i = 0; i < finding->need.n; i++) {
		struct tw_need *need = &finding->need.v[i];
		if (!same_boxes(need, c->box.v, c->box.n))
			continue;
		need->cut |= c->cut;
		need->level = level > need->level ? level : need->level;
		return true;
	}
	return false;
}

static tw_status keep(struct tw_results *r, struct tw_finding_draft *finding, struct tw_need need,
	const struct collect *c)
{
	struct tw_need_box *box = TW_NEW_ARRAY(r->arena, struct tw_need_box, c->box.n + 1);
	if (!box)
		return TW_ENOMEM;
	if (c->box.n > 0)
		memcpy(box, c->box.v, c->box.n * sizeof(*box));
	need.box = box;
	need.boxes = c->box.n;
	need.cut = c->cut;
	return TW_VEC_PUSH(r->mem, &finding->need, need);
}

tw_status tw_need_add(struct tw_results *r, struct tw_finding_draft *finding, enum tw_level level,
	const struct tw_cause *cause, const char *flow)
{
	struct collect c = {.mem = r->mem, .view = {cause->list, cause->direction}};
	if (cause->acl == TW_MISSING || tw_set_is_empty(cause->dead))
		return TW_OK;
	if (!r->keep_needs) {
		c.most = WORDS_BOXES;
		if (finding->need.n >= WORDS_NEEDS) {
			finding->need.v[finding->need.n - 1].cut = true;
			return TW_OK;
		}
	}
	const struct tw_need need = {.flow = flow,
		.acl = cause->acl,
		.list = cause->list,
		.direction = cause->direction,
		.family = cause->family,
		.protocol = cause->protocol,
		.leg = cause->leg,
		.level = level,
		.zero = cause->zero};
	tw_status status = tw_set_each_box(
		r->judge->space, seen_by(r->judge->space, c.view, cause->dead), take_box, &c);
	if (c.cut)
		status = TW_OK;
	if (status == TW_OK && (r->keep_needs || !is_kept(finding, level, &c)))
		status = keep(r, finding, need, &c);
	TW_VEC_FREE(r->mem, &c.box);
	return status == TW_OK ? tw_space_status(r->judge->space) : status;
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
