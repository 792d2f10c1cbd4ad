/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of two chapters that tell one mistake become one, as if they had been told in turn. */
#include "chapter.h"
#include "order.h"

#define COPY(mem, from, to)                                                                        \
	(TW_VEC_RESERVE((mem), (to), (from)->n) != TW_OK                                           \
			? TW_ENOMEM                                                                \
			: ((from)->n > 0 ? (void)memcpy((to)->v, (from)->v,                        \
						   (from)->n * sizeof(*(from)->v))                 \
					 : (void)0,                                                \
				  (to)->n = (from)->n, TW_OK))

static tw_status copy_lists(
	struct tw_mem *mem, const struct tw_finding_draft *from, struct tw_finding_draft *to)
{
	TW_TRY(COPY(mem, &from->flow, &to->flow));
	TW_TRY(COPY(mem, &from->subject, &to->subject));
	TW_TRY(COPY(mem, &from->client, &to->client));
	TW_TRY(COPY(mem, &from->related, &to->related));
	TW_TRY(COPY(mem, &from->note, &to->note));
	TW_TRY(COPY(mem, &from->more, &to->more));
	TW_TRY(COPY(mem, &from->twin, &to->twin));
	return COPY(mem, &from->need, &to->need);
}

tw_status tw_finding_copy(
	struct tw_mem *mem, const struct tw_finding_draft *from, struct tw_finding_draft *ret)
{
	*ret = (struct tw_finding_draft){.code = from->code,
		.level = from->level,
		.cause = from->cause,
		.finding = from->finding,
		.aside = from->aside,
		.callers = from->callers,
		.called = from->called,
		.unkept = from->unkept,
		.named = from->named,
		.peer = from->peer,
		.interfaces = from->interfaces,
		.served = from->served};
	tw_status status = copy_lists(mem, from, ret);
	if (status != TW_OK)
		tw_finding_draft_free(mem, ret);
	return status;
}

/* Intents are told one by one. One without an ACL is told by its message. */
static bool is_same(const struct tw_finding_draft *a, const struct tw_finding_draft *b)
{
	if (strcmp(a->code, b->code) != 0 || a->code[2] == '6')
		return false;
	if (a->cause.acl == TW_MISSING)
		return b->cause.acl == TW_MISSING &&
		       tw_same_text(a->finding.message, b->finding.message);
	return tw_same_cause(a->code, &a->cause, &b->cause);
}

static struct tw_finding_draft *find(struct tw_results *r, const struct tw_finding_draft *one)
{
	for (size_t i = r->finding.n; i > 0; i--)
		if (is_same(&r->finding.v[i - 1], one))
			return &r->finding.v[i - 1];
	return NULL;
}

/* Words of its own: a named service tells of open UDP already, and louder. */
static void take_words(struct tw_finding_draft *into, const struct tw_finding_draft *from)
{
	if (!from->finding.message || (into->subject.n > 0 && strcmp(into->code, "TW104") == 0))
		return;
	into->finding.message = from->finding.message;
	into->finding.label = from->finding.label;
	into->finding.direction = from->finding.direction;
	into->finding.cause_component = from->finding.cause_component;
}

static tw_status absorb(
	struct tw_results *r, struct tw_finding_draft *into, const struct tw_finding_draft *from)
{
	if (from->level > into->level)
		into->level = from->level;
	if (from->interfaces > into->interfaces)
		into->interfaces = from->interfaces;
	into->served |= from->served;
	take_words(into, from);
	for (size_t i = 0; i < from->flow.n; i++)
		TW_TRY(tw_finding_add_flow(r, into, from->flow.v[i]));
	for (size_t i = 0; i < from->subject.n; i++)
		TW_TRY(tw_finding_add_subject(r, into, from->subject.v[i]));
	tw_finding_add_ends(into, from);
	for (size_t i = 0; i < from->related.n; i++)
		TW_TRY(tw_finding_relate(r, into, &from->related.v[i]));
	TW_TRY(tw_finding_add_more(r, into, &from->cause));
	for (size_t i = 0; i < from->more.n; i++)
		TW_TRY(tw_finding_add_more(r, into, &from->more.v[i]));
	for (size_t i = 0; i < from->need.n; i++)
		TW_TRY(tw_need_join(r, into, &from->need.v[i]));
	if (from->unkept > into->unkept)
		into->unkept = from->unkept;
	tw_named_rule_take(&into->named, from->named);
	for (size_t i = 0; i < from->note.n; i++)
		TW_TRY(tw_finding_note(r, into, from->note.v[i]));
	return tw_finding_clients(r, into, from->client.v, from->client.n);
}

/*
 * What another chapter told under another code keeps that code, and the health checks that lose the
 * same packets are an aside.
 */
static tw_status take_code(struct tw_results *r, struct tw_finding_draft *one)
{
	const char *told = tw_finding_told(r, one->code, &one->cause);
	if (!told)
		return TW_OK;
	one->code = told;
	return one->aside ? tw_finding_note(r, find(r, one), one->aside) : TW_OK;
}

tw_status tw_finding_join(struct tw_results *r, struct tw_finding_draft *one)
{
	tw_status status = take_code(r, one);
	struct tw_finding_draft *into = status == TW_OK ? find(r, one) : NULL;
	if (into)
		status = absorb(r, into, one);
	else if (status == TW_OK && TW_VEC_PUSH(r->mem, &r->finding, *one) == TW_OK)
		return TW_OK;
	else
		status = TW_ENOMEM;
	tw_finding_draft_free(r->mem, one);
	return status;
}
