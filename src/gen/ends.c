/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who stands at the two sides of each intent.
 *
 * DOC: An end is ours if the network that was read has subnets for it, or, where it has none at
 * all, if its addresses are private.
 */
#include "ends.h"

#include <stdlib.h>

#include "text.h"
#include "world.h"

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
	end.sites = selection.sites;
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

bool tw_gen_end_stands_in(const struct tw_gen_end *end, uint32_t subnet)
{
	return end->subnets > 0 &&
	       bsearch(&subnet, end->subnet, end->subnets, sizeof(subnet), by_index) != NULL;
}

bool tw_gen_end_has_blocks_of(const struct tw_gen_end *a, const struct tw_gen_end *b)
{
	if (a->exact.n != b->exact.n || a->internet != b->internet || a->ours != b->ours)
		return false;
	for (size_t i = 0; i < a->exact.n; i++)
		if (tw_range_cmp(&a->exact.v[i], &b->exact.v[i]) != 0 ||
			tw_addr_cmp(a->exact.v[i].last, b->exact.v[i].last) != 0)
			return false;
	return true;
}

static bool is_same(const struct tw_gen_end *a, const struct tw_gen_end *b)
{
	return a->client == b->client && strcmp(a->name, b->name) == 0 &&
	       tw_gen_end_has_blocks_of(a, b);
}

static size_t keep_end(struct tw_gen_ends *ends, const struct tw_gen_end *end)
{
	size_t at = 0;

	while (at < ends->n && !is_same(&ends->end[at], end))
		at++;
	if (at == ends->n)
		ends->end[ends->n++] = *end;
	return at;
}

/* What AWS answers itself is nobody's subnet. */
static tw_status resolve_both(
	struct tw_plan *plan, const struct tw_intent *intent, size_t i, struct tw_gen_ends *ends)
{
	struct tw_gen_end from, to;
	tw_status first = resolve(plan, &intent->from, &from);

	if (first != TW_OK && first != TW_EINVAL)
		return first;
	TW_TRY(resolve(plan, &intent->to, &to));
	TW_TRY(first);
	TW_TRY(tw_gen_exempt(plan, &from, &to, &ends->exempt[i]));
	if (ends->exempt[i].text) {
		to.ours = false;
		to.subnets = 0;
	}
	ends->of[2 * i] = keep_end(ends, &from);
	ends->of[2 * i + 1] = keep_end(ends, &to);
	return TW_OK;
}

/* All ends of all intents, so that every error is told. */
tw_status tw_gen_ends(struct tw_plan *plan, struct tw_gen_ends *ret)
{
	struct tw_intents_view view = tw_intents_view(plan->options->intents);
	struct tw_gen_ends ends = {
		.end = TW_NEW_ARRAY(&plan->work, struct tw_gen_end, view.intents * 2 + 1),
		.of = TW_NEW_ARRAY(&plan->work, size_t, view.intents * 2 + 1),
		.exempt = TW_NEW_ARRAY(&plan->work, struct tw_exemption, view.intents + 1)};
	tw_status worst = TW_OK;

	if (!ends.end || !ends.of || !ends.exempt)
		return TW_ENOMEM;
	for (size_t i = 0; i < view.intents; i++) {
		tw_status status = resolve_both(plan, &view.intent[i], i, &ends);
		if (status != TW_OK && status != TW_EINVAL)
			return status;
		worst = status != TW_OK ? status : worst;
	}
	*ret = ends;
	return worst;
}
