/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a chapter apart, and binding it to what is told already: see chapter.h. */
#include "chapter.h"

#include "book.h"

void tw_chapter_free(struct tw_mem *mem, struct tw_chapter *chapter)
{
	tw_finding_drafts_free(mem, &chapter->finding);
	TW_VEC_FREE(mem, &chapter->flow);
	TW_VEC_FREE(mem, &chapter->client);
	TW_VEC_FREE(mem, &chapter->read);
}

/* ---- writing ----------------------------------------------------------------------------------
 */

/* What is said so far, leaving nothing. */
static struct tw_chapter take(struct tw_results *r)
{
	struct tw_chapter said = {.flow = r->flow,
		.finding = r->finding,
		.client = r->client,
		.assumptions = r->assumptions};
	r->flow = (tw_flows)TW_VEC_EMPTY;
	r->finding = (tw_finding_drafts)TW_VEC_EMPTY;
	r->client = (tw_client_list)TW_VEC_EMPTY;
	r->assumptions = 0;
	return said;
}

static void put_back(struct tw_results *r, const struct tw_chapter *said)
{
	r->flow = said->flow;
	r->finding = said->finding;
	r->client = said->client;
	r->assumptions = said->assumptions;
}

static tw_status write_apart(struct tw_results *r, enum tw_traffic traffic, tw_chapter_write write,
	void *ctx, struct tw_chapter *ret)
{
	const struct tw_chapter before = take(r);
	r->judge->traffic = traffic;
	tw_status status = write(ctx);
	r->judge->traffic = TW_TRAFFIC_ALL;
	*ret = take(r);
	ret->net = r->net;
	put_back(r, &before);
	if (r->judge->reading)
		ret->read = tw_reading_take(r->judge->reading);
	return status;
}

/* ---- binding ----------------------------------------------------------------------------------
 */

/* Where an entry of the old list stands in the new one: it is there, or the chapter would not hold.
 */
static uint32_t place_in(struct tw_rules old, struct tw_rules new, uint32_t at)
{
	const struct tw_rule *rule = &old.rule[at];
	for (uint32_t i = 0; i < new.n; i++)
		if (new.rule[i].number == rule->number &&new.rule[i].family ==
			rule->family &&new.rule[i].implicit == rule->implicit)
			return i;
	return at;
}

static void move_cause(const struct tw_net *old, const struct tw_net *new, struct tw_cause *cause)
{
	if (cause->acl == TW_MISSING)
		return;
	struct tw_rules from = old->acl[cause->acl].list[cause->list];
	struct tw_rules to = new->acl[cause->acl].list[cause->list];
	if (from.rule == to.rule)
		return;
	for (uint32_t i = 0; i < cause->rules; i++)
		cause->rule[i] = place_in(from, to, cause->rule[i]);
	if (cause->zero > 0)
		cause->zero = place_in(from, to, cause->zero - 1) + 1;
}

static void move_need(const struct tw_net *old, const struct tw_net *new, struct tw_need *need)
{
	struct tw_cause cause = {.acl = need->acl, .list = need->list, .zero = need->zero};
	move_cause(old, new, &cause);
	need->zero = cause.zero;
}

/* A kept finding names rules by their place in the lists of another network. */
static void move_finding(
	const struct tw_net *old, const struct tw_net *new, struct tw_finding_draft *f)
{
	move_cause(old, new, &f->cause);
	for (size_t i = 0; i < f->more.n; i++)
		move_cause(old, new, &f->more.v[i]);
	for (size_t i = 0; i < f->need.n; i++)
		move_need(old, new, &f->need.v[i]);
}

static tw_status add_client(struct tw_results *r, const struct tw_client *client)
{
	for (size_t i = 0; i < r->client.n; i++)
		if (strcmp(r->client.v[i]->id, client->id) == 0)
			return TW_OK;
	return TW_VEC_PUSH(r->mem, &r->client, client);
}

static tw_status bind(struct tw_results *r, const struct tw_chapter *chapter)
{
	for (size_t i = 0; i < chapter->flow.n; i++)
		TW_TRY(TW_VEC_PUSH(r->mem, &r->flow, chapter->flow.v[i]));
	for (size_t i = 0; i < chapter->finding.n; i++) {
		struct tw_finding_draft copy;
		TW_TRY(tw_finding_copy(r->mem, &chapter->finding.v[i], &copy));
		if (chapter->net != r->net)
			move_finding(chapter->net, r->net, &copy);
		TW_TRY(tw_finding_join(r, &copy));
	}
	for (size_t i = 0; i < chapter->client.n; i++)
		TW_TRY(add_client(r, chapter->client.v[i]));
	for (size_t i = 0; i < chapter->read.n; i++)
		r->acl_judged[chapter->read.v[i].acl] |= chapter->read.v[i].judged;
	r->assumptions |= chapter->assumptions;
	return TW_OK;
}

tw_status tw_chapter_tell(
	struct tw_results *r, size_t at, enum tw_traffic traffic, tw_chapter_write write, void *ctx)
{
	const struct tw_chapter *kept = r->book ? tw_book_find(r->book, r->changes, at) : NULL;
	if (kept)
		return bind(r, kept);
	struct tw_chapter fresh;
	tw_status status = write_apart(r, traffic, write, ctx, &fresh);
	if (status == TW_OK)
		status = bind(r, &fresh);
	if (status == TW_OK && r->keeps)
		status = tw_book_keep(r->book, at, &fresh);
	tw_chapter_free(r->mem, &fresh);
	return status;
}
