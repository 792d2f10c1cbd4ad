/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who stands where.
 *
 * DOC: An end is ours if the network that was read has subnets for it, or, where it has none at
 * all, if its addresses are private. A network ACL belongs to whole subnets: subnets in which the
 * same ends stand share one, and an end that is known by its blocks only gets one of its own. So
 * blocks of two ends must not overlap: nobody could say whose rules the subnet has.
 */
#include "ends.h"

#include <stdlib.h>

#include "text.h"
#include "world.h"

#define BLOCKS_SHOWN 4

static int by_index(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

bool tw_gen_ranges_share(struct tw_ranges a, struct tw_ranges b, uint8_t family)
{
	for (size_t i = 0; i < a.n; i++)
		if (a.v[i].family == family && tw_ranges_meet(b, a.v[i]))
			return true;
	return false;
}

static bool has_family(struct tw_ranges ranges, uint8_t family)
{
	for (size_t i = 0; i < ranges.n; i++)
		if (ranges.v[i].family == family)
			return true;
	return false;
}

bool tw_gen_end_has(const struct tw_gen_end *end, uint8_t family)
{
	return has_family(end->exact, family);
}

bool tw_gen_unit_has(const struct tw_gen_unit *unit, uint8_t family)
{
	return has_family(unit->block, family);
}

bool tw_gen_unit_holds(const struct tw_gen_unit *unit, size_t end)
{
	for (size_t i = 0; i < unit->ends; i++)
		if (unit->end[i] == end)
			return true;
	return false;
}

bool tw_gen_unit_encloses(const struct tw_gen_unit *unit, const struct tw_gen_end *peer)
{
	struct tw_ranges block = unit->block;

	if (unit->subnets != 1)
		return false;
	for (size_t i = 0; i < peer->exact.n; i++) {
		size_t begin, end = tw_ranges_slice(block, peer->exact.v[i], &begin);
		if (end != begin + 1 ||
			tw_addr_cmp(block.v[begin].first, peer->exact.v[i].first) > 0 ||
			tw_addr_cmp(block.v[begin].last, peer->exact.v[i].last) < 0)
			return false;
	}
	return true;
}

tw_status tw_gen_prefixes(
	struct tw_plan *plan, struct tw_ranges ranges, const struct tw_prefix **ret, size_t *ret_n)
{
	size_t all = 0;

	for (size_t i = 0; i < ranges.n; i++)
		all += tw_range_prefixes(ranges.v[i], NULL, 0);
	struct tw_prefix *out = TW_NEW_ARRAY(&plan->work, struct tw_prefix, all + 1);
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0, n = 0; i < ranges.n; i++)
		n += tw_range_prefixes(ranges.v[i], out + n, all - n);
	*ret = out;
	*ret_n = all;
	return TW_OK;
}

/* ---- one end --------------------------------------------------------------------------------- */

struct blocks {
	TW_VEC(struct tw_range) v;
};

static tw_status push_text(struct tw_plan *plan, const char *text, struct blocks *blocks)
{
	struct tw_prefix prefix;

	if (tw_prefix_parse(text, strlen(text), &prefix) != TW_PREFIX_OK)
		return TW_OK;
	return TW_VEC_PUSH(plan->mem, &blocks->v, tw_prefix_range(prefix));
}

/* Blocks as the intents spell them, and those of subnets that they name: a site lacks addresses
 * that gateways have. */
static tw_status find_blocks(struct tw_plan *plan, const struct tw_end *end,
	const struct tw_selection *selection, struct blocks *blocks)
{
	const struct tw_selector *selector = end->named ? &end->named->selector : end->selector;
	const struct tw_net *net = plan->options->net;

	for (size_t i = 0; selector && i < selector->cidr.n; i++)
		TW_TRY(push_text(plan, selector->cidr.v[i], blocks));
	if (!selector)
		TW_TRY(push_text(plan, end->text, blocks));
	for (size_t i = 0; i < selection->ids_n; i++) {
		uint32_t subnet = tw_net_find(net, TW_KIND_SUBNET, selection->ids[i]);
		if (subnet == TW_MISSING)
			continue;
		for (size_t k = 0; k < net->subnet[subnet].cidrs.n; k++)
			TW_TRY(TW_VEC_PUSH(plan->mem, &blocks->v,
				tw_prefix_range(net->subnet[subnet].cidrs.v[k])));
	}
	return TW_OK;
}

/* The addresses of all sites, with every block that has some of them. */
static tw_status find_addresses(struct tw_plan *plan, const struct tw_selection *selection,
	const struct blocks *blocks, struct tw_ranges *ret)
{
	const struct tw_sites *sites = &selection->sites;
	size_t n = 0;

	for (size_t i = 0; i < sites->n; i++)
		n += sites->v[i].addresses_n;
	struct tw_range *all = TW_NEW_ARRAY(&plan->work, struct tw_range, n + blocks->v.n + 1);
	if (!all)
		return TW_ENOMEM;
	n = 0;
	for (size_t i = 0; i < sites->n; i++)
		for (size_t k = 0; k < sites->v[i].addresses_n; k++)
			all[n++] = sites->v[i].address[k];
	n = tw_ranges_join(all, n);
	size_t known = n;
	for (size_t i = 0; i < blocks->v.n; i++)
		if (tw_ranges_meet((struct tw_ranges){all, known}, blocks->v.v[i]))
			all[n++] = blocks->v.v[i];
	*ret = (struct tw_ranges){all, tw_ranges_join(all, n)};
	return TW_OK;
}

static tw_status find_subnets(
	struct tw_plan *plan, const struct tw_selection *selection, struct tw_gen_end *end)
{
	uint32_t *subnet = TW_NEW_ARRAY(&plan->work, uint32_t, selection->sites.n + 1);
	size_t n = 0, kept = 0;

	if (!subnet)
		return TW_ENOMEM;
	for (size_t i = 0; i < selection->sites.n; i++)
		if (selection->sites.v[i].subnet != TW_MISSING)
			subnet[n++] = selection->sites.v[i].subnet;
	if (n > 1)
		qsort(subnet, n, sizeof(*subnet), by_index);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || subnet[kept - 1] != subnet[i])
			subnet[kept++] = subnet[i];
	end->subnet = subnet;
	end->subnets = kept;
	return TW_OK;
}

/* The internet is every address in a rule: block by block it would fill any quota. */
static tw_status find_peers(struct tw_plan *plan, struct tw_gen_end *end)
{
	static const struct tw_prefix anywhere[] = {{.family = TW_IPV4}, {.family = TW_IPV6}};

	if (!end->internet)
		return tw_gen_prefixes(plan, end->exact, &end->peer, &end->peers);
	end->peer = anywhere;
	end->peers = TW_COUNT(anywhere);
	return TW_OK;
}

static tw_status refuse(
	struct tw_plan *plan, struct tw_span span, const char *name, const char *why)
{
	TW_TRY(tw_diag_add(plan->diags, TW_LEVEL_ERROR, 0, span, "%s %s", name, why));
	return TW_EINVAL;
}

/* Both kinds in IPv4, or in one block: a name may have private IPv4 and public IPv6 blocks, as a
 * subnet has. */
static bool is_mixed(struct tw_ranges exact, struct tw_ranges public, struct tw_ranges private)
{
	bool v4[2] = {false, false};

	for (size_t i = 0; i < exact.n; i++) {
		bool in = tw_ranges_meet(private, exact.v[i]);
		bool out = tw_ranges_meet(public, exact.v[i]);
		if (in && out)
			return true;
		v4[0] |= in && exact.v[i].family == TW_IPV4;
		v4[1] |= out && exact.v[i].family == TW_IPV4;
	}
	return v4[0] && v4[1];
}

/* Private IPv4 or ULA addresses, of a network that nobody described. */
static tw_status find_owner(struct tw_plan *plan, struct tw_gen_end *end)
{
	struct tw_ranges public, private;

	end->ours = end->subnets > 0;
	if (end->ours || end->internet || plan->options->net->holds[TW_KIND_SUBNET])
		return TW_OK;
	TW_TRY(tw_public_ranges(&plan->work, &public));
	TW_TRY(tw_ranges_subtract(&plan->work, end->exact, public, &private));
	end->ours = private.n > 0;
	if (end->ours && is_mixed(end->exact, public, private))
		return refuse(plan, end->span, end->name,
			"has private and public addresses: only the private ones can be a subnet "
			"of yours; write `internet` for everybody outside, or give each kind a "
			"name of its own");
	return TW_OK;
}

static tw_status resolve(struct tw_plan *plan, const struct tw_end *from, struct tw_gen_end *ret)
{
	struct tw_selection selection;
	struct blocks blocks = {TW_VEC_EMPTY};
	struct tw_gen_end end = {.span = from->span};

	TW_TRY(tw_select_end(plan->options->net, plan->options->intents, &plan->work, plan->diags,
		from, &selection));
	end.name = selection.name;
	end.internet = selection.internet;
	end.client = selection.client;
	tw_status status = find_blocks(plan, from, &selection, &blocks);
	if (status == TW_OK)
		status = find_addresses(plan, &selection, &blocks, &end.exact);
	TW_VEC_FREE(plan->mem, &blocks.v);
	TW_TRY(status);
	TW_TRY(find_subnets(plan, &selection, &end));
	TW_TRY(find_peers(plan, &end));
	TW_TRY(find_owner(plan, &end));
	*ret = end;
	return TW_OK;
}

/* ---- each once ------------------------------------------------------------------------------- */

static bool is_same(const struct tw_gen_end *a, const struct tw_gen_end *b)
{
	if (a->exact.n != b->exact.n || a->internet != b->internet || a->client != b->client ||
		strcmp(a->name, b->name) != 0)
		return false;
	for (size_t i = 0; i < a->exact.n; i++)
		if (tw_range_cmp(&a->exact.v[i], &b->exact.v[i]) != 0 ||
			tw_addr_cmp(a->exact.v[i].last, b->exact.v[i].last) != 0)
			return false;
	return true;
}

/* All ends of all intents, so that every error is told. */
static tw_status resolve_all(
	struct tw_plan *plan, const struct tw_intents_view *view, struct tw_gen_ends *ret)
{
	size_t *of = TW_NEW_ARRAY(&plan->work, size_t, view->intents * 2 + 1);
	tw_status worst = TW_OK;

	ret->end = TW_NEW_ARRAY(&plan->work, struct tw_gen_end, view->intents * 2 + 1);
	if (!of || !ret->end)
		return TW_ENOMEM;
	for (size_t i = 0; i < view->intents * 2; i++) {
		const struct tw_intent *intent = &view->intent[i / 2];
		struct tw_gen_end end;
		tw_status status = resolve(plan, i % 2 == 0 ? &intent->from : &intent->to, &end);
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		worst = status != TW_OK ? status : worst;
		if (status != TW_OK)
			continue;
		for (of[i] = 0; of[i] < ret->n && !is_same(&ret->end[of[i]], &end);)
			of[i]++;
		if (of[i] == ret->n)
			ret->end[ret->n++] = end;
	}
	ret->of = of;
	return worst;
}

/* ---- network ACLs ---------------------------------------------------------------------------- */

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

static bool stands_in(const struct tw_gen_end *end, uint32_t subnet)
{
	return end->subnets > 0 &&
	       bsearch(&subnet, end->subnet, end->subnets, sizeof(subnet), by_index) != NULL;
}

static bool same_ends(const struct tw_gen_ends *ends, uint32_t a, uint32_t b)
{
	for (size_t i = 0; i < ends->n; i++)
		if (stands_in(&ends->end[i], a) != stands_in(&ends->end[i], b))
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
		if (stands_in(&ends->end[i], first))
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

static bool same_blocks(const struct tw_gen_end *a, const struct tw_gen_end *b)
{
	struct tw_gen_end x = *a, y = *b;

	x.name = y.name = "";
	x.client = y.client = NULL;
	return is_same(&x, &y);
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
			if (same_blocks(one, other)) {
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

tw_status tw_gen_ends(struct tw_plan *plan, struct tw_gen_ends *ret)
{
	struct tw_intents_view view = tw_intents_view(plan->options->intents);
	struct tw_gen_ends ends = {0};

	TW_TRY(resolve_all(plan, &view, &ends));
	ends.unit = TW_NEW_ARRAY(
		&plan->work, struct tw_gen_unit, ends.n + plan->options->net->subnets + 1);
	if (!ends.unit)
		return TW_ENOMEM;
	TW_TRY(add_subnet_units(plan, &ends));
	TW_TRY(add_block_units(plan, &ends));
	TW_TRY(tell_blocks(plan));
	TW_TRY(add_groups(plan, &ends));
	*ret = ends;
	return TW_OK;
}
