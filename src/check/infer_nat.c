/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What instances send towards the internet by a NAT gateway: the route asks for it, and the lists
 * of the gateway's own subnet decide four times (SPEC: nat-four-crossings). Only those lists are
 * judged here: what the instance's own list lets out is permission, not intent (rule 6).
 */
#include "ask.h"
#include "index.h"
#include "site.h"

/* Some route of the subnet's table leads to the gateway. */
static bool leads_to(const struct tw_net *net, uint32_t subnet, const struct tw_nat *nat)
{
	uint32_t table = net->subnet[subnet].table;

	if (table == TW_MISSING || subnet == nat->subnet)
		return false;
	for (size_t i = 0; i < net->table[table].routes_n; i++) {
		const struct tw_route *route = &net->table[table].route[i];
		if (route->target == TW_TARGET_NAT_GATEWAY && !route->blackhole &&
			strcmp(route->target_id, nat->object.id) == 0)
			return true;
	}
	return false;
}

/* One thing that clients may want out there: a rule of the gateway's list, or everything. */
struct wish {
	const struct tw_nat *nat;
	const struct tw_acl *acl;
	const struct tw_rule *rule; /* NULL: everything */
	const char *table;
	struct tw_span span;
	struct tw_prefixes clients; /* the blocks of their subnets */
	bool trial;		    /* worth telling only if no request of some client passes */
};

/* Where they sit, for whoever writes a rule for them. */
static tw_status add_blocks(struct tw_results *r, const struct tw_subnet *subnet, struct wish *wish)
{
	size_t n = wish->clients.n + subnet->cidrs.n;
	struct tw_prefix *v = TW_NEW_ARRAY(r->arena, struct tw_prefix, n + 1);

	if (!v)
		return TW_ENOMEM;
	if (wish->clients.n > 0)
		memcpy(v, wish->clients.v, wish->clients.n * sizeof(*v));
	n = wish->clients.n;
	for (size_t i = 0; i < subnet->cidrs.n; i++)
		if (subnet->cidrs.v[i].family == TW_IPV4)
			v[n++] = subnet->cidrs.v[i];
	wish->clients = (struct tw_prefixes){v, n};
	return TW_OK;
}

/* Its clients: the instances of those subnets, or the subnets if the input has no interfaces. */
static tw_status clients_of(
	struct tw_results *r, const struct tw_nat *nat, struct tw_sites *ret, struct wish *wish)
{
	const struct tw_net *net = r->net;
	uint32_t vpc = nat->vpc;
	size_t n = 0;

	if (vpc == TW_MISSING)
		return TW_OK;
	for (size_t i = 0; i < net->vpc[vpc].subnets_n; i++)
		n += net->subnet[net->vpc[vpc].subnets[i]].interfaces_n;
	uint32_t *list = TW_NEW_ARRAY(r->work, uint32_t, n + 1);
	if (!list)
		return TW_ENOMEM;
	n = 0;
	for (size_t i = 0; i < net->vpc[vpc].subnets_n; i++) {
		uint32_t at = net->vpc[vpc].subnets[i];
		const struct tw_subnet *subnet = &net->subnet[at];
		struct tw_site site;
		if (!leads_to(net, at, nat))
			continue;
		wish->table = net->table[subnet->table].object.id;
		wish->span = net->table[subnet->table].object.span;
		TW_TRY(add_blocks(r, subnet, wish));
		for (size_t k = 0; k < subnet->interfaces_n; k++)
			if (net->interface[subnet->interfaces[k]].type == TW_INTERFACE_ORDINARY)
				list[n++] = subnet->interfaces[k];
		if (net->holds[TW_KIND_INTERFACE])
			continue;
		TW_TRY(tw_site_of_subnet(net, r->work, at, &site));
		TW_TRY(tw_sites_add(r->work, ret, &site));
	}
	return n > 0 ? tw_sites_of_interfaces(net, r->work, list, n, ret) : TW_OK;
}

static tw_status peers_of(struct tw_results *r, const struct wish *wish, struct tw_flow *flow)
{
	const struct tw_object *nat = &wish->nat->object;
	const char **id = TW_NEW_ARRAY(r->arena, const char *, 1);
	char buf[TW_PREFIX_TEXT];
	bool whole = !wish->rule || wish->rule->peer.len == 0;

	if (!id)
		return TW_ENOMEM;
	id[0] = nat->id;
	flow->from = (struct tw_peer){
		.name = tw_arena_printf(r->arena, "clients of %s", nat->name ? nat->name : nat->id),
		.ids = id,
		.ids_n = 1,
		.address = wish->clients.v,
		.addresses_n = wish->clients.n};
	flow->to = (struct tw_peer){
		.name = whole ? "internet"
			      : tw_arena_str(r->arena, tw_prefix_text(wish->rule->peer, buf))};
	return flow->from.name && flow->to.name ? TW_OK : TW_ENOMEM;
}

static tw_status draft_of(struct tw_results *r, const struct wish *wish,
	const struct tw_service *service, struct tw_draft *ret)
{
	struct tw_draft draft = {.protocol = (uint8_t)service->protocol,
		.outbound = true,
		.acl = TW_MISSING,
		.only_nat = true};
	struct tw_flow *flow = &draft.flow;
	const char *nat = wish->nat->object.id;
	struct tw_evidence *evidence = TW_NEW_ARRAY(r->arena, struct tw_evidence, 2);

	if (!evidence)
		return TW_ENOMEM;
	flow->id = wish->rule ? tw_arena_printf(r->arena, "%s/egress/%s", nat, wish->rule->id)
			      : tw_arena_printf(
					r->arena, "%s/internet%s", nat, wish->trial ? "/443" : "");
	flow->because = tw_arena_printf(r->arena, "the route of %s to %s", wish->table, nat);
	flow->origin = "inferred";
	flow->purpose = wish->rule ? "call" : "permission";
	flow->satisfied = -1;
	evidence[0] = (struct tw_evidence){wish->table, NULL,
		tw_arena_printf(r->arena, "sends this traffic to %s", nat), wish->span};
	flow->evidence_n = 1;
	if (wish->rule) {
		evidence[1] = (struct tw_evidence){wish->acl->object.id, wish->rule->id,
			tw_rule_text(r->arena, wish->rule, TW_EGRESS), wish->rule->span};
		flow->evidence_n = 2;
	}
	flow->evidence = evidence;
	if (!flow->id || !flow->because || !evidence[0].text || (wish->rule && !evidence[1].text))
		return TW_ENOMEM;
	TW_TRY(peers_of(r, wish, flow));
	TW_TRY(tw_question_text(r, service, 1, flow));
	if (!wish->rule && !wish->trial)
		flow->service_text = "tcp, any port";
	*ret = draft;
	return TW_OK;
}

/* The internet, or the part of it that a rule speaks of. */
static tw_status targets_of(struct tw_results *r, const struct tw_rule *rule, struct tw_sites *ret)
{
	struct tw_ranges internet;

	internet = r->net->index->internet;
	if (rule) {
		struct tw_range peer = tw_prefix_range(rule->peer);
		TW_TRY(tw_ranges_intersect(
			r->work, internet, (struct tw_ranges){&peer, 1}, &internet));
	}
	if (internet.n == 0)
		return TW_OK;
	struct tw_site outside = tw_site_nowhere(TW_SITE_OUTSIDE, internet);
	return tw_sites_add(r->work, ret, &outside);
}

/*
 * Worth telling: a flow some of whose requests pass, unless it is a trial; one that dies as a
 * whole, for some client, only if the gateway's own list is at fault, not the clients' groups.
 */
static tw_status is_worth(
	struct tw_results *r, const struct wish *wish, const struct tw_draft *draft, bool *ret)
{
	struct tw_cause cause[TW_CROSSINGS];
	size_t n = 0;

	for (size_t i = 0; i < draft->outcomes.n && !wish->trial; i++)
		if (draft->outcomes.v[i].request != TW_DENY) {
			*ret = true;
			return TW_OK;
		}
	*ret = false;
	for (size_t i = 0; i < draft->outcomes.n && !*ret; i++) {
		struct tw_outcome shut = draft->outcomes.v[i];
		TW_TRY(tw_draft_unserved(r, draft, &shut, &shut.set));
		if (tw_set_is_empty(shut.set))
			continue;
		TW_TRY(tw_denials_of(r, &shut, cause, &n));
		for (size_t k = 0; k < n; k++)
			*ret |= cause[k].role == TW_ROLE_NAT;
	}
	return TW_OK;
}

static tw_status infer_wish(struct tw_results *r, const struct wish *wish,
	const struct tw_sites *from, const struct tw_service *service)
{
	struct tw_sites to = TW_VEC_EMPTY;
	struct tw_draft draft;

	TW_TRY(targets_of(r, wish->rule, &to));
	if (to.n == 0)
		return TW_OK;
	TW_TRY(draft_of(r, wish, service, &draft));
	for (size_t i = 0; i < from->n; i++)
		draft.interfaces += (uint32_t)from->v[i].interfaces_n;
	struct tw_question q = {.from = from,
		.to = &to,
		.service = service,
		.services = 1,
		.inferred = true,
		.cap = service->protocol == TW_PROTOCOL_UDP ? TW_LEVEL_WARNING : TW_LEVEL_ERROR};
	tw_status status = tw_question_judge(r, &q, &draft);
	bool worth = false;
	if (status == TW_OK)
		status = is_worth(r, wish, &draft, &worth);
	if (status == TW_OK && worth)
		status = tw_draft_keep(r, &draft);
	tw_draft_free(r, &draft);
	tw_question_free(r, &q);
	return status;
}

/* A rule that names a service, or lets everything out. */
static tw_status infer_rule(struct tw_results *r, struct wish wish, const struct tw_sites *from,
	const struct tw_rule *rule, bool *open)
{
	bool all = rule->protocol == TW_PROTOCOL_ALL || rule->every_port;
	bool ports = tw_protocol_has_ports(rule->protocol);
	struct tw_service service = {.protocol = rule->protocol, .ports = rule->ports};

	if (rule->action != TW_ALLOW || rule->family != TW_IPV4)
		return TW_OK;
	if (all || (ports && tw_ports_class(rule->ports) == TW_CLASS_OPEN)) {
		*open |= rule->protocol != TW_PROTOCOL_UDP;
		return TW_OK;
	}
	if (!ports || tw_ports_class(rule->ports) != TW_CLASS_SERVICE)
		return TW_OK;
	wish.rule = rule;
	return infer_wish(r, &wish, from, &service);
}

/* Some rule says what goes in from the clients: nobody needs to guess what they want. */
static bool names_service(const struct wish *wish)
{
	struct tw_rules rules = wish->acl->list[TW_INGRESS];

	for (size_t i = 0; i < rules.n; i++) {
		const struct tw_rule *rule = &rules.rule[i];
		bool ports = rule->protocol == TW_PROTOCOL_TCP && !rule->every_port;
		if (!ports || rule->action != TW_ALLOW || rule->peer.len == 0 ||
			tw_ports_class(rule->ports) != TW_CLASS_SERVICE)
			continue;
		for (size_t k = 0; k < wish->clients.n; k++)
			if (tw_prefix_contains(rule->peer, wish->clients.v[k]))
				return true;
	}
	return false;
}

tw_status tw_infer_nat(struct tw_results *r, uint32_t at)
{
	const struct tw_net *net = r->net;
	const struct tw_nat *nat = &net->nat[at];
	const struct tw_service everything = {.protocol = TW_PROTOCOL_TCP, .ports = {0, 65535}};
	const struct tw_service https = {.protocol = TW_PROTOCOL_TCP, .ports = {443, 443}};
	struct tw_sites from = TW_VEC_EMPTY;
	struct wish wish = {.nat = nat, .span = TW_NO_SPAN};
	uint32_t acl = nat->subnet == TW_MISSING ? TW_MISSING : net->subnet[nat->subnet].acl;
	bool open = false;

	if (acl != TW_MISSING && r->judge->reading)
		TW_TRY(tw_reading_note(r->judge->reading, acl, TW_TRAFFIC_ALL, false));
	/* Lists that let everything pass lose nothing. */
	if (nat->gone || nat->regional || nat->private || acl == TW_MISSING ||
		tw_acl_is_open(&net->acl[acl]))
		return TW_OK;
	wish.acl = &net->acl[acl];
	TW_TRY(clients_of(r, nat, &from, &wish));
	for (size_t i = 0; from.n > 0 && i < wish.acl->list[TW_EGRESS].n; i++)
		TW_TRY(infer_rule(r, wish, &from, &wish.acl->list[TW_EGRESS].rule[i], &open));
	if (from.n == 0 || !open)
		return TW_OK;
	TW_TRY(infer_wish(r, &wish, &from, &everything));
	if (names_service(&wish))
		return TW_OK;
	/* Whatever else is meant by everything: a gateway that carries no HTTPS carries nothing. */
	wish.trial = true;
	return infer_wish(r, &wish, &from, &https);
}
