/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What AWS answers itself, before any network ACL or security group is asked: it needs no rule, and
 * no rule can forbid it. SPEC: exempt-before-nacl, exempt-sg-same
 */
#include "ends.h"

static bool holds(struct tw_range outer, struct tw_range inner)
{
	return tw_ranges_meet((struct tw_ranges){&outer, 1}, inner) &&
	       tw_addr_cmp(outer.first, inner.first) <= 0 &&
	       tw_addr_cmp(outer.last, inner.last) >= 0;
}

static bool is_inside(const struct tw_site *site, const struct tw_vpc *vpc)
{
	for (size_t i = 0; i < site->addresses_n; i++) {
		bool inside = false;
		for (size_t k = 0; k < vpc->cidrs.n; k++)
			inside |= holds(tw_prefix_range(vpc->cidrs.v[k]), site->address[i]);
		if (!inside)
			return false;
	}
	return site->addresses_n > 0;
}

/* Whose resolver it asks: without known subnets, that of the only VPC that has its addresses. */
static uint32_t vpc_of(const struct tw_net *net, const struct tw_site *site)
{
	uint32_t found = TW_MISSING;

	if (site->vpc != TW_MISSING)
		return site->vpc;
	for (uint32_t i = 0; i < net->vpcs; i++) {
		if (!is_inside(site, &net->vpc[i]))
			continue;
		if (found != TW_MISSING)
			return TW_MISSING;
		found = i;
	}
	return found;
}

/* All of `to` is exempt as one site sees it. */
static tw_status is_exempt(struct tw_plan *plan, const struct tw_site *from,
	const struct tw_gen_end *to, struct tw_exemption *ret, bool *ret_all)
{
	const struct tw_net *net = plan->options->net;
	struct tw_exemption list[TW_EXEMPTIONS];
	size_t n = 0, held = 0;

	TW_TRY(tw_exemptions(net, vpc_of(net, from), from->subnet, list, &n));
	for (size_t i = 0; i < to->exact.n; i++) {
		for (size_t k = 0; k < n; k++) {
			if (!holds(list[k].range, to->exact.v[i]))
				continue;
			*ret = list[k];
			held++;
			break;
		}
	}
	*ret_all = held == to->exact.n;
	return TW_OK;
}

tw_status tw_gen_exempt(struct tw_plan *plan, const struct tw_gen_end *from,
	const struct tw_gen_end *to, struct tw_exemption *ret)
{
	struct tw_exemption found = {.text = NULL};

	*ret = found;
	if (!from->ours || to->internet || to->exact.n == 0)
		return TW_OK;
	for (size_t i = 0; i < from->sites.n; i++) {
		bool all;
		TW_TRY(is_exempt(plan, &from->sites.v[i], to, &found, &all));
		if (!all)
			return TW_OK;
	}
	*ret = found;
	return TW_OK;
}

tw_status tw_gen_tell_exempt(struct tw_plan *plan, const struct tw_intent *intent,
	const struct tw_gen_end *to, const struct tw_exemption *exempt)
{
	const char *is = exempt->assumed ? "is taken as" : "is";

	if (!intent->never)
		return tw_plan_note(plan,
			"`%s`: %s %s %s, which network ACLs and security groups do not filter: it "
			"gets no rule",
			intent->name, to->name, is, exempt->text);
	TW_TRY(tw_diag_add(plan->diags, TW_LEVEL_ERROR, 0, intent->span,
		"never `%s` cannot be kept: %s %s %s, which network ACLs and security groups do "
		"not filter",
		intent->name, to->name, is, exempt->text));
	return TW_EINVAL;
}

/* ---- what may be the resolver ---------------------------------------------------------------- */

/* Where nobody says which VPC an end is in. */
static bool may_be_resolver(
	const struct tw_net *net, const struct tw_gen_end *from, const struct tw_gen_end *to)
{
	if (to->exact.n != 1 || to->subnets > 0 || !tw_may_be_resolver(to->exact.v[0]))
		return false;
	for (size_t i = 0; i < from->sites.n; i++) {
		uint32_t vpc = vpc_of(net, &from->sites.v[i]);
		if (vpc == TW_MISSING || net->vpc[vpc].cidrs.n == 0)
			return true;
	}
	return false;
}

tw_status tw_gen_tell_resolver(struct tw_plan *plan, const struct tw_intent *intent,
	const struct tw_gen_end *from, const struct tw_gen_end *to)
{
	bool dns = false;

	for (size_t i = 0; i < intent->services; i++)
		dns |= (intent->service[i].protocol == TW_PROTOCOL_UDP ||
			       intent->service[i].protocol == TW_PROTOCOL_TCP) &&
		       intent->service[i].ports.lo <= 53 && intent->service[i].ports.hi >= 53;
	if (!dns || !from->ours || !may_be_resolver(plan->options->net, from, to))
		return TW_OK;
	return tw_plan_note(plan,
		"`%s`: if %s is the VPC's own DNS resolver, nothing filters it, and what is "
		"written for it here is not needed: add the output of describe-vpcs",
		intent->name, to->name);
}
