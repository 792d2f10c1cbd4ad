/* SPDX-License-Identifier: Apache-2.0 */
/* `check`: intents first, then what groups and ACLs ask for, VPC by VPC. */
#include "book.h"
#include "infer.h"
#include "report.h"

/* Sets are forgotten in between, so that memory does not grow with the number of ACLs. */
static tw_status fresh(struct tw_results *results, size_t nodes)
{
	if (tw_space_nodes(results->judge->space) < nodes + results->cover_nodes)
		return TW_OK;
	struct tw_arena_mark mark = tw_arena_save(results->work);
	TW_TRY(tw_judge_reset(results->judge));
	TW_TRY(tw_cover_build(results));
	results->cover_nodes = tw_space_nodes(results->judge->space);
	if (results->work != results->arena)
		tw_arena_restore(results->work, mark);
	return TW_OK;
}

/*
 * AWS takes at most 40 entries a direction and family (quota-nacl-rules). A list of many times that
 * is no real one; what its rules mean is not asked, so that no input costs minutes.
 */
static bool is_beyond_quota(const struct tw_acl *acl)
{
	enum { MOST = 1000 };
	return acl->list[TW_INGRESS].n > MOST || acl->list[TW_EGRESS].n > MOST;
}

typedef tw_status (*infer_fn)(struct tw_results *results, uint32_t index);

/* One object, and the function that knows what to tell of it. */
struct one {
	struct tw_results *results;
	infer_fn infer;
	uint32_t at;
};

static tw_status write_one(void *ctx)
{
	const struct one *one = ctx;
	return one->infer(one->results, one->at);
}

/* An ACL without subnets stands between no endpoints, unless all do. */
static tw_status infer_acl(struct tw_results *results, uint32_t at, size_t chapter)
{
	const struct tw_acl *acl = &results->net->acl[at];
	bool idle = results->attached && acl->associations_known && acl->subnets_n == 0;
	if (!acl->entries_known || is_beyond_quota(acl) || idle)
		return TW_OK;
	return tw_infer_acl(results, at, chapter + at * TW_TOPICS);
}

/*
 * One kind of objects after the other, each in a chapter, and with the memory of the last one given
 * back. ACLs (infer NULL) have several.
 */
static tw_status infer_each(struct tw_results *results, size_t n, infer_fn infer, size_t *chapter)
{
	/* A small space stays in the caches: half the time of 200,000 nodes at 100,000 interfaces.
	 */
	enum { NODES = 10000 };
	for (uint32_t i = 0; i < n; i++) {
		struct tw_arena_mark mark = tw_arena_save(results->work);
		struct one one = {results, infer, i};
		TW_TRY(infer ? tw_chapter_tell(
				       results, *chapter + i, TW_TRAFFIC_ALL, write_one, &one)
			     : infer_acl(results, i, *chapter));
		if (results->work != results->arena)
			tw_arena_restore(results->work, mark);
		TW_TRY(fresh(results, NODES));
	}
	*chapter += n;
	return TW_OK;
}

static tw_status infer_all(struct tw_results *results)
{
	const struct tw_net *net = results->net;
	size_t chapter = 0;
	for (size_t i = 0; i < net->acls; i++)
		results->attached |= net->acl[i].subnets_n > 0 || !net->acl[i].associations_known;
	if (!results->attached && net->acls > 0)
		results->assumptions |= TW_ASSUME_UNATTACHED;
	TW_TRY(infer_each(results, net->groups, tw_infer_group, &chapter));
	TW_TRY(infer_each(results, net->nats, tw_infer_nat, &chapter));
	TW_TRY(infer_each(results, net->balancers, tw_infer_balancer, &chapter));
	return infer_each(results, net->acls, NULL, &chapter);
}

static tw_status check(struct tw_results *results, struct tw_diags *diags)
{
	const struct tw_check_options *o = results->options;
	TW_TRY(tw_judge_intents(results, diags));
	if (!o->intents || tw_intents_view(o->intents).infer)
		TW_TRY(infer_all(results));
	return tw_find_in_input(results);
}

tw_status tw_check(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_check_options *options, struct tw_diags *ret_diags, struct tw_report **ret)
{
	struct tw_results results;
	TW_TRY(tw_report_open(mem, net, options, options->details, NULL, &results));
	return tw_report_close(&results, check(&results, ret_diags), ret);
}

static tw_status check_with(
	struct tw_results *results, struct tw_book *book, bool keep, struct tw_diags *diags)
{
	struct tw_reading reading = {.mem = results->mem};
	uint8_t *changes;
	results->keep_needs = results->apart = true;
	TW_TRY(tw_book_open(book, results->arena, results->net, &changes));
	if (keep) {
		reading.at = TW_NEW_ARRAY(results->work, uint32_t, results->net->acls + 1);
		if (!reading.at)
			return TW_ENOMEM;
		results->judge->reading = &reading;
	}
	results->book = book;
	results->judge->lists = book->lists;
	results->changes = changes;
	results->keeps = keep;
	tw_status status = check(results, diags);
	results->judge->reading = NULL;
	TW_VEC_FREE(results->mem, &reading.read);
	if (keep)
		book->net = status == TW_OK ? results->net : NULL;
	return status;
}

tw_status tw_check_needs(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_check_options *options, struct tw_book *book, bool keep,
	struct tw_diags *ret_diags, struct tw_report **ret, const struct tw_needs **ret_needs)
{
	struct tw_results results;
	TW_TRY(tw_report_open(mem, net, options, options->details, book->space, &results));
	TW_TRY(tw_report_close(&results, check_with(&results, book, keep, ret_diags), ret));
	*ret_needs = results.needs;
	return TW_OK;
}
