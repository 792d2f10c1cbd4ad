/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose rules stand together.
 *
 * DOC: A network ACL belongs to whole subnets: subnets in which the same ends stand share one, and
 * an end that is known by its blocks only gets one of its own. So blocks of two ends must not
 * overlap: nobody could say whose rules the subnet has.
 */
#include "ends.h"
#include "text.h"

#define BLOCKS_SHOWN 4

/* Letters, digits and `-`, beginning with a letter; each name once. */
static tw_status clean_name(struct tw_plan *plan, const char *raw, bool group, const char **ret)
{
	char *name = tw_arena_printf(plan->arena, "%s%s",
		(raw[0] | 32) >= 'a' && (raw[0] | 32) <= 'z' ? "" : "net-", raw);

	if (!name)
		return TW_ENOMEM;
	for (char *p = name; *p != '\0'; p++) {
		bool letter = (*p | 32) >= 'a' && (*p | 32) <= 'z';
		if (!letter && (*p < '0' || *p > '9'))
			*p = '-';
	}
	*ret = name;
	for (unsigned k = 2;; k++) {
		bool taken = false;
		for (size_t i = 0; i < plan->guard.n; i++)
			taken |= plan->guard.v[i].group == group &&
				 strcmp(plan->guard.v[i].name, *ret) == 0;
		if (!taken)
			return TW_OK;
		*ret = tw_arena_printf(plan->arena, "%s-%u", name, k);
		if (!*ret)
			return TW_ENOMEM;
	}
}

/* "web", "web and api": who stands in a unit. */
static tw_status name_ends(struct tw_plan *plan, const struct tw_gen_ends *ends,
	const struct tw_gen_unit *unit, const char *between, const char **ret)
{
	const char *text = "";

	for (size_t i = 0; i < unit->ends && text; i++)
		text = tw_arena_printf(plan->arena, "%s%s%s", text, i > 0 ? between : "",
			ends->end[unit->end[i]].name);
	*ret = text;
	return text ? TW_OK : TW_ENOMEM;
}

/* Blocks that nobody described are taken for subnets. */
static tw_status keep_blocks(struct tw_plan *plan, struct tw_ranges ranges, struct tw_guard *guard)
{
	const struct tw_prefix *block;
	struct tw_prefix *kept;
	size_t n;

	TW_TRY(tw_gen_prefixes(plan, ranges, &block, &n));
	kept = TW_NEW_ARRAY(plan->arena, struct tw_prefix, n + 1);
	if (!kept)
		return TW_ENOMEM;
	if (n > 0)
		memcpy(kept, block, n * sizeof(*kept));
	guard->block = kept;
	guard->blocks = n;
	return TW_OK;
}

static tw_status add_acl(struct tw_plan *plan, struct tw_gen_ends *ends, struct tw_gen_unit unit,
	const uint32_t *subnet, size_t subnets)
{
	const struct tw_net *net = plan->options->net;
	const char **ids = TW_NEW_ARRAY(plan->arena, const char *, subnets + 1);
	struct tw_guard guard = {
		.subnet = ids, .subnets = subnets, .span = ends->end[unit.end[0]].span};
	const char *raw;

	if (!ids)
		return TW_ENOMEM;
	TW_TRY(name_ends(plan, ends, &unit, "-", &raw));
	TW_TRY(clean_name(plan, raw, false, &guard.name));
	TW_TRY(name_ends(plan, ends, &unit, " and ", &raw));
	guard.about = tw_arena_printf(plan->arena, "the subnets of %s", raw);
	if (!guard.about)
		return TW_ENOMEM;
	for (size_t i = 0; i < subnets; i++) {
		const struct tw_subnet *one = &net->subnet[subnet[i]];
		ids[i] = tw_arena_str(plan->arena, one->object.id);
		if (!ids[i])
			return TW_ENOMEM;
		if (!guard.vpc_id && one->vpc_id) {
			guard.vpc_id = tw_arena_str(plan->arena, one->vpc_id);
			if (!guard.vpc_id)
				return TW_ENOMEM;
		}
	}
	if (subnets == 0)
		TW_TRY(keep_blocks(plan, unit.block, &guard));
	TW_TRY(tw_plan_guard(plan, &guard, &unit.guard));
	ends->unit[ends->units++] = unit;
	return TW_OK;
}

static bool same_ends(const struct tw_gen_ends *ends, uint32_t a, uint32_t b)
{
	for (size_t i = 0; i < ends->n; i++)
		if (tw_gen_end_stands_in(&ends->end[i], a) !=
			tw_gen_end_stands_in(&ends->end[i], b))
			return false;
	return true;
}

/* The unit of a subnet: with it those later ones that the same ends stand in, in the same VPC. */
static tw_status add_unit(
	struct tw_plan *plan, struct tw_gen_ends *ends, uint32_t first, bool *done)
{
	const struct tw_net *net = plan->options->net;
	uint32_t *subnet = TW_NEW_ARRAY(&plan->work, uint32_t, net->subnets + 1);
	size_t *end = TW_NEW_ARRAY(&plan->work, size_t, ends->n + 1), n = 0, blocks = 0;
	struct tw_gen_unit unit = {.end = end};

	if (!subnet || !end)
		return TW_ENOMEM;
	for (size_t i = 0; i < ends->n; i++)
		if (tw_gen_end_stands_in(&ends->end[i], first))
			end[unit.ends++] = i;
	for (uint32_t i = first; i < net->subnets && unit.ends > 0; i++) {
		if (done[i] || net->subnet[i].vpc != net->subnet[first].vpc ||
			!same_ends(ends, first, i))
			continue;
		done[i] = true;
		subnet[n++] = i;
		blocks += net->subnet[i].cidrs.n;
	}
	struct tw_range *range = TW_NEW_ARRAY(&plan->work, struct tw_range, blocks + 1);
	if (!range)
		return TW_ENOMEM;
	blocks = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < net->subnet[subnet[i]].cidrs.n; k++)
			range[blocks++] = tw_prefix_range(net->subnet[subnet[i]].cidrs.v[k]);
	unit.block = (struct tw_ranges){range, tw_ranges_join(range, blocks)};
	unit.subnets = n;
	return unit.ends > 0 ? add_acl(plan, ends, unit, subnet, n) : TW_OK;
}

static tw_status add_subnet_units(struct tw_plan *plan, struct tw_gen_ends *ends)
{
	const struct tw_net *net = plan->options->net;
	bool *done = TW_NEW_ARRAY(&plan->work, bool, net->subnets + 1);

	if (!done)
		return TW_ENOMEM;
	for (uint32_t i = 0; i < net->subnets; i++)
		if (!done[i])
			TW_TRY(add_unit(plan, ends, i, done));
	return TW_OK;
}

static tw_status refuse_overlap(
	struct tw_plan *plan, const struct tw_gen_end *a, const struct tw_gen_end *b)
{
	TW_TRY(tw_diag_add_pair(plan->diags, TW_LEVEL_ERROR, 0, a->span, b->span,
		"the other one is here",
		"%s and %s overlap: a network ACL guards whole subnets, and these blocks do not "
		"say which there are. Give the subnets as input beside the intents, or make "
		"the blocks equal or apart",
		a->name, b->name));
	return TW_EINVAL;
}

/* Ends without known subnets: those with equal blocks share an ACL. */
static tw_status add_block_units(struct tw_plan *plan, struct tw_gen_ends *ends)
{
	tw_status worst = TW_OK;

	for (size_t i = 0; i < ends->n; i++) {
		const struct tw_gen_end *one = &ends->end[i];
		size_t *list = TW_NEW_ARRAY(&plan->work, size_t, ends->n);
		struct tw_gen_unit unit = {.end = list, .block = one->exact};
		bool first = true;
		if (!list)
			return TW_ENOMEM;
		if (!one->ours || one->subnets > 0)
			continue;
		for (size_t k = 0; k < ends->n; k++) {
			const struct tw_gen_end *other = &ends->end[k];
			if (!other->ours || other->subnets > 0)
				continue;
			if (tw_gen_end_has_blocks_of(one, other)) {
				list[unit.ends++] = k;
				first &= k >= i;
			} else if (k < i &&
				   (tw_gen_ranges_share(one->exact, other->exact, TW_IPV4) ||
					   tw_gen_ranges_share(
						   one->exact, other->exact, TW_IPV6))) {
				worst = refuse_overlap(plan, one, other);
				if (worst != TW_EINVAL)
					return worst;
			}
		}
		if (first)
			TW_TRY(add_acl(plan, ends, unit, NULL, 0));
	}
	return worst;
}

/* Whether a block is a subnet, half of one or several nobody said. */
static tw_status tell_blocks(struct tw_plan *plan)
{
	char text[TW_PREFIX_TEXT];
	struct tw_buf buf;
	size_t all = 0, n = 0;

	for (size_t i = 0; i < plan->guard.n; i++)
		all += plan->guard.v[i].blocks;
	if (all == 0)
		return TW_OK;
	tw_buf_init(&buf, plan->mem);
	for (size_t i = 0; i < plan->guard.n; i++) {
		const struct tw_guard *guard = &plan->guard.v[i];
		for (size_t k = 0; k < guard->blocks && n < BLOCKS_SHOWN; k++, n++)
			tw_buf_printf(&buf, "%s%s", n > 0 ? ", " : "",
				tw_prefix_text(guard->block[k], text));
	}
	if (all > n)
		tw_buf_printf(&buf, " and %zu more", all - n);
	tw_buf_printf(&buf,
		" %s taken for %s of yours, and the ids in JSON are made up: the input has no "
		"subnets (`aws ec2 describe-subnets`)",
		all == 1 ? "is" : "are", all == 1 ? "a subnet" : "subnets");
	const char *line = tw_buf_text(&buf);
	tw_status status = line ? tw_plan_note(plan, "%s", line) : TW_ENOMEM;
	tw_buf_fini(&buf);
	return status;
}

static tw_status add_groups(struct tw_plan *plan, struct tw_gen_ends *ends)
{
	const struct tw_net *net = plan->options->net;

	for (size_t i = 0; i < ends->n; i++) {
		struct tw_gen_end *end = &ends->end[i];
		struct tw_guard guard = {.group = true, .span = end->span};
		if (!end->ours)
			continue;
		TW_TRY(clean_name(plan, end->name, true, &guard.name));
		guard.about = tw_arena_printf(plan->arena, "the machines of %s", end->name);
		if (!guard.about)
			return TW_ENOMEM;
		if (end->subnets > 0 && net->subnet[end->subnet[0]].vpc_id) {
			guard.vpc_id =
				tw_arena_str(plan->arena, net->subnet[end->subnet[0]].vpc_id);
			if (!guard.vpc_id)
				return TW_ENOMEM;
		}
		TW_TRY(tw_plan_guard(plan, &guard, &end->group));
	}
	return TW_OK;
}

tw_status tw_gen_units(struct tw_plan *plan, struct tw_gen_ends *ends)
{
	ends->unit = TW_NEW_ARRAY(
		&plan->work, struct tw_gen_unit, ends->n + plan->options->net->subnets + 1);
	if (!ends->unit)
		return TW_ENOMEM;
	TW_TRY(add_subnet_units(plan, ends));
	TW_TRY(add_block_units(plan, ends));
	TW_TRY(tell_blocks(plan));
	return add_groups(plan, ends);
}
