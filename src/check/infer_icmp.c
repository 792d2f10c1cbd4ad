/* SPDX-License-Identifier: Apache-2.0 */
/* ICMP, where a rule names it: echo and its reply, and the path-MTU message that must come in. */
#include "infer.h"

static uint8_t icmp_of(enum tw_family family)
{
	return family == TW_IPV4 ? TW_PROTOCOL_ICMP : TW_PROTOCOL_ICMPV6;
}

static uint8_t echo_of(enum tw_family family)
{
	return family == TW_IPV4 ? 8 : 128;
}

static tw_set packets_of_type(
	struct tw_space *space, enum tw_family family, unsigned type, unsigned lo, unsigned hi)
{
	struct tw_box box = tw_box_all(family);
	box.protocol_lo = box.protocol_hi = icmp_of(family);
	box.service = (struct tw_ports){TW_ICMP(type, lo), TW_ICMP(type, hi)};
	return tw_set_box(space, &box);
}

/* A rule names echo if it is of the family's ICMP and covers the type. Protocol -1 names nothing.
 */
static bool names_echo(const struct tw_rule *rule)
{
	if (rule->action != TW_ALLOW || rule->maybe ||
		(rule->family != TW_IPV4 && rule->family != TW_IPV6))
		return false;
	enum tw_family family = (enum tw_family)rule->family;
	if (rule->protocol != icmp_of(family))
		return false;
	uint16_t echo = TW_ICMP(echo_of(family), 0);
	return rule->every_port || (rule->ports.lo <= echo && echo <= rule->ports.hi);
}

static tw_status infer_echo(struct tw_scope *scope, enum tw_list list, size_t at)
{
	struct tw_results *r = scope->results;
	struct tw_space *space = r->judge->space;
	const struct tw_rule *rule = &r->net->acl[scope->acl].list[list].rule[at];
	enum tw_family family = (enum tw_family)rule->family;
	tw_set packets =
		tw_set_intersect(space, packets_of_type(space, family, echo_of(family), 0, 255),
			tw_rule_covers(space, rule, (struct tw_view){list, TW_REQUEST}));
	struct tw_pieces pieces = TW_VEC_EMPTY;
	struct tw_piece like = {.cap = TW_LEVEL_WARNING};
	struct tw_draft draft;
	struct tw_ports *echo = TW_NEW(r->arena, struct tw_ports);
	tw_status status =
		echo ? tw_scope_pieces(scope, list, packets, &like, false, &pieces) : TW_ENOMEM;
	if (status == TW_OK && pieces.n > 0)
		status = tw_scope_flow(scope, list, at, icmp_of(family), &draft);
	if (status == TW_OK && pieces.n > 0) {
		*echo = (struct tw_ports){
			TW_ICMP(echo_of(family), 0), TW_ICMP(echo_of(family), 255)};
		draft.flow.purpose = "echo";
		draft.flow.service_text = tw_what_text(r->arena, icmp_of(family), echo, 1);
		scope->flows++;
		status = draft.flow.service_text ? tw_judge_draft(r, &draft, &pieces) : TW_ENOMEM;
	}
	TW_VEC_FREE(r->mem, &pieces);
	return status;
}

/*
 * SPEC: pmtud-v4, pmtud-v6, pmtud-sg. A path-MTU message comes from any router on the way back, so
 * it must be let in from everywhere; where it is not, large packets vanish. A note: no flow is
 * called broken for lack of it.
 */
static tw_status infer_path_mtu(struct tw_scope *scope, enum tw_family family)
{
	struct tw_results *r = scope->results;
	struct tw_space *space = r->judge->space;
	const struct tw_view view = {TW_INGRESS, TW_REQUEST};
	const struct tw_compiled *in;
	TW_TRY(tw_judge_acl(r->judge, scope->acl, view, &in));
	unsigned type = family == TW_IPV4 ? 3 : 2, code = family == TW_IPV4 ? 4 : 0;
	tw_set peers = tw_set_forget(space, scope->peers, TW_FIELD_PROTOCOL);
	peers = tw_set_forget(
		space, tw_set_forget(space, peers, TW_FIELD_SERVICE), TW_FIELD_CLIENT);
	tw_set wanted =
		tw_set_intersect(space, peers, packets_of_type(space, family, type, code, code));
	tw_set dropped = tw_set_intersect(space, wanted, in->deny);
	TW_TRY(tw_space_status(space));
	if (tw_set_is_empty(dropped))
		return TW_OK;
	struct tw_cause cause = {.family = (uint8_t)family, .protocol = icmp_of(family)};
	TW_TRY(tw_cause_blame(r, scope->acl, view, in, dropped, &cause));
	struct tw_finding_draft *finding;
	TW_TRY(tw_finding_add(r, "TW105", TW_LEVEL_NOTE, &cause, NULL, &finding));
	finding->finding.label = "the message is dropped here";
	finding->finding.message = tw_arena_printf(r->arena,
		"%s lets no path-MTU message in (%s): where a smaller link is on the way, large "
		"packets vanish",
		r->net->acl[scope->acl].object.id,
		family == TW_IPV4 ? "ICMP type 3 code 4" : "ICMPv6 type 2");
	return finding->finding.message ? tw_space_status(space) : TW_ENOMEM;
}

tw_status tw_infer_icmp(struct tw_scope *scope)
{
	const struct tw_acl *acl = &scope->results->net->acl[scope->acl];
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < acl->list[list].n; i++)
			if (names_echo(&acl->list[list].rule[i]))
				TW_TRY(infer_echo(scope, (enum tw_list)list, i));
	TW_TRY(tw_scope_peers(scope));
	/* Once per ACL: IPv4 speaks first. */
	if (!tw_set_is_empty(scope->peers)) {
		size_t before = scope->results->finding.n;
		TW_TRY(infer_path_mtu(scope, TW_IPV4));
		if (scope->results->finding.n == before)
			TW_TRY(infer_path_mtu(scope, TW_IPV6));
	}
	return TW_OK;
}
