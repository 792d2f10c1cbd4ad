/* SPDX-License-Identifier: Apache-2.0 */
/* Summing a judged flow up: what became of its requests, its replies, and each client. */
#include "results.h"

#include "order.h"

static const struct {
	const char *id, *text;
} assumptions[TW_ASSUMPTIONS] = {
	{"no-network-acls", "no network ACLs in the input: they are assumed to let all pass"},
	{"no-security-groups", "no security groups in the input: they are assumed to let all pass"},
	{"no-route-tables", "no route tables in the input: every address is assumed reachable"},
	{"no-interface", "addresses without an interface are judged by network ACLs alone"},
	{"beyond-nat-gateway",
		"no NAT gateways in the input: the lists of their own subnets are assumed open "
		"where that is all the input shows of them"},
	{"beyond-vpc",
		"a route leads to something that the input does not describe, or that is not "
		"judged yet"},
	{"managed-interfaces",
		"interfaces of services that the input does not describe are no ends of flows"},
	{"no-subnets",
		"no subnets in the input: the addresses behind each network ACL are unknown"},
	{"no-interfaces",
		"no network interfaces in the input: every subnet is assumed to hold instances "
		"whose platform is unknown"},
	{"no-associations",
		"no network ACL is associated with a subnet: each is judged as if it were"},
	{"exempt-ecs-metadata",
		"169.254.170.2 is taken as ECS task metadata, which nothing filters; no AWS page "
		"read confirms the address"},
	{"exempt-kms", "169.254.169.250 and .251 are taken as the Windows licence service, which "
		       "nothing filters; no AWS page read confirms the addresses"},
	{"unfragmented", "verdicts hold for packets that are not fragmented (nacl-fragments)"},
	{"nat-through-transit-gateway",
		"a NAT gateway serves another VPC by a transit gateway; AWS shows this design and "
		"no page read describes its lists"},
	{"no-listeners",
		"no listeners in the input: every port of a load balancer is assumed to answer"},
	{"load-balancer-nodes", "a load balancer's nodes may have any address of their subnets "
				"(alb-source-is-subnet)"},
	{"on-premises",
		"beyond a VPN or Direct Connect nothing is judged: replies are assumed to come "
		"back"},
	{"wide-rules",
		"a rule for more than its own VPC is judged by the lists of that VPC alone where a "
		"route leads to other VPCs"},
	{"only-network-acl",
		"private addresses of no known subnet are taken to lie behind the only network "
		"ACL of the input: it judges callers on their way out, too"},
};

const char *tw_assumption_id(unsigned bit)
{
	return assumptions[bit].id;
}

const char *tw_assumption_text(unsigned bit)
{
	return assumptions[bit].text;
}

/* ---- open and close ---------------------------------------------------------------------------
 */

tw_status tw_results_open(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_check_options *options, struct tw_arena *arena, struct tw_space *space,
	struct tw_results *ret)
{
	*ret = (struct tw_results){
		.mem = mem, .arena = arena, .work = arena, .net = net, .options = options};
	tw_map_init(&ret->blocks.at, mem);
	ret->subnet_judged = TW_NEW_ARRAY(arena, bool, net->subnets + 1);
	ret->interface_judged = TW_NEW_ARRAY(arena, bool, net->interfaces + 1);
	ret->acl_judged = TW_NEW_ARRAY(arena, bool, net->acls + 1);
	if (!ret->subnet_judged || !ret->interface_judged || !ret->acl_judged)
		return TW_ENOMEM;
	return tw_judge_new_in(mem, net, space, &ret->judge);
}

void tw_results_close(struct tw_results *results)
{
	tw_judge_free(results->judge);
	tw_finding_drafts_free(results->mem, &results->finding);
	tw_block_lists_free(results);
	TW_VEC_FREE(results->mem, &results->flow);
	TW_VEC_FREE(results->mem, &results->client);
}

tw_status tw_results_seen(struct tw_results *results, const struct tw_outcome *outcome)
{
	results->assumptions |= outcome->path->assumptions;
	for (size_t i = 0; i < outcome->clients_n; i++) {
		const struct tw_client *client = outcome->client[i].client;
		size_t k = 0;
		while (k < results->client.n && strcmp(results->client.v[k]->id, client->id) != 0)
			k++;
		if (k == results->client.n)
			TW_TRY(TW_VEC_PUSH(results->mem, &results->client, client));
	}
	return tw_results_visit(results, outcome->path);
}

tw_status tw_results_visit(struct tw_results *results, const struct tw_path *path)
{
	const struct tw_site *ends[] = {path->from, path->to};
	for (size_t e = 0; e < TW_COUNT(ends); e++) {
		if (ends[e]->subnet != TW_MISSING)
			results->subnet_judged[ends[e]->subnet] = true;
		for (size_t i = 0; i < ends[e]->parts; i++)
			if (ends[e]->part[i].subnet != TW_MISSING)
				results->subnet_judged[ends[e]->part[i].subnet] = true;
		for (size_t i = 0; i < ends[e]->interfaces_n; i++)
			results->interface_judged[ends[e]->interfaces[i]] = true;
	}
	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		if (c->kind != TW_CROSS_ACL || c->state != TW_KNOWN)
			continue;
		results->acl_judged[c->acl] = true;
		if (results->judge->reading)
			TW_TRY(tw_reading_note(results->judge->reading, c->acl, 0, true));
		if (c->subnet != TW_MISSING)
			results->subnet_judged[c->subnet] = true;
	}
	return TW_OK;
}

bool tw_client_passes_less(const struct tw_client_result *a, const struct tw_client_result *b)
{
	int share = tw_share_cmp(a->passing, a->total, b->passing, b->total);
	return share < 0 || (share == 0 && a->total < b->total);
}

struct tw_client_result tw_client_of_leg(const struct tw_client_result *client)
{
	struct tw_client_result own = *client;
	if (client->leg_total == 0)
		return own;
	own.passing = client->leg_passing;
	own.undecided = client->leg_undecided;
	own.total = client->leg_total;
	own.runs = false; /* told of a client's own ports only */
	return own;
}

/* Of two results of one client. */
static bool is_worse(const struct tw_client_result *a, const struct tw_client_result *b)
{
	enum tw_verdict worse = tw_verdict_worse(a->verdict, b->verdict);
	if (a->verdict != b->verdict)
		return worse == a->verdict;
	return tw_client_passes_less(a, b);
}

/* The worst result of each client over the regions whose request passes. */
static tw_status sum_clients(struct tw_results *results, struct tw_draft *draft)
{
	size_t room = 1;
	for (size_t i = 0; i < draft->outcomes.n; i++)
		room += draft->outcomes.v[i].clients_n;
	if (room > results->client.n + 1) /* tw_results_seen has them all */
		room = results->client.n + 1;
	struct tw_client_result *out = TW_NEW_ARRAY(results->arena, struct tw_client_result, room);
	size_t n = 0;
	if (!out)
		return TW_ENOMEM;
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		if (o->request == TW_DENY || o->path->blocked)
			continue;
		for (size_t k = 0; k < o->clients_n; k++) {
			const struct tw_client_result *c = &o->client[k];
			size_t at = 0;
			while (at < n && strcmp(out[at].client->id, c->client->id) != 0)
				at++;
			if (at == n) {
				out[n++] = *c;
			} else {
				enum tw_level level =
					c->level > out[at].level ? c->level : out[at].level;
				if (is_worse(c, &out[at]))
					out[at] = *c;
				out[at].level = level;
			}
		}
	}
	draft->flow.client = out;
	draft->flow.clients_n = n;
	return TW_OK;
}

/* Where the unknown comes from when nothing on the path says so: a list whose part is not
 * documented, or a filter that is not known. */
struct tw_reason tw_unknown_reason(const struct tw_path *path)
{
	bool lenient = false, balancer = false;

	for (size_t i = 0; i < path->crossings; i++) {
		const struct tw_crossing *c = &path->crossing[i];
		lenient |= c->lenient;
		balancer |= c->kind == TW_CROSS_PLACE && !strcmp(c->place_kind, "load-balancer");
	}
	if (lenient && balancer)
		return (struct tw_reason){.code = "nlb-preserve-lb-subnet-return",
			.message = "AWS does not say whether the lists of the load balancer's "
				   "subnet see this reply"};
	if (lenient)
		return (struct tw_reason){.code = "tgw-same-subnet",
			.message = "nobody knows by which way the reply comes back: if not by the "
				   "transit gateway, the subnet's list sees it"};
	return (struct tw_reason){
		.code = "unknown-input", .message = "a filter on the way is not fully known"};
}

static struct tw_reason reason_of(const struct tw_draft *draft)
{
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		if (tw_outcome_has_reason(o) &&
			(o->verdict == draft->flow.verdict || o->path->exempt))
			return (struct tw_reason){o->path->reason, o->path->reason_text,
				o->path->reason_component, o->path->reason_span};
	}
	if (draft->outcomes.n == 0)
		return (struct tw_reason){.code = "no-packets",
			.message = "no packet of it exists: the two ends share no address family"};
	if (draft->flow.verdict == TW_BLOCKED)
		return (struct tw_reason){
			.code = "filter", .message = "a filter denies the request"};
	for (size_t i = 0; draft->flow.verdict == TW_UNKNOWN && i < draft->outcomes.n; i++)
		if (draft->outcomes.v[i].verdict == TW_UNKNOWN)
			return tw_unknown_reason(draft->outcomes.v[i].path);
	return (struct tw_reason){0};
}

/* A path's words go when the memory of its walk is given back. */
static tw_status keep_reason(struct tw_results *r, struct tw_reason *reason)
{
	const char **text[] = {&reason->code, &reason->message, &reason->component};
	for (size_t i = 0; i < TW_COUNT(text); i++) {
		if (!*text[i])
			continue;
		*text[i] = tw_arena_str(r->arena, *text[i]);
		if (!*text[i])
			return TW_ENOMEM;
	}
	return TW_OK;
}

/*
 * A flow may take any of its alternatives: one that is denied beside one that passes makes it
 * partial.
 */
static void sum_verdict(struct tw_results *results, struct tw_draft *draft)
{
	size_t passing = 0, denied = 0, open = 0;
	enum tw_verdict verdict = TW_BLOCKED;
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		bool denies = o->request == TW_DENY || o->path->blocked;
		bool unknown = o->request == TW_ACTION_UNKNOWN || o->path->unknown_request;
		passing += !denies && !unknown;
		open += !denies && unknown;
		denied += denies;
		if (!denies)
			verdict = tw_verdict_worse(verdict, o->verdict);
		else if (tw_outcome_has_rival(results->judge, &draft->outcomes, o))
			verdict = tw_verdict_worse(verdict, TW_PARTIAL);
	}
	draft->flow.verdict = verdict;
	draft->flow.request = open > 0	    ? "unknown"
			      : passing > 0 ? denied > 0 ? "some" : "all"
					    : "none";
}

tw_status tw_results_keep_paths(
	struct tw_results *results, struct tw_draft *draft, struct tw_paths *paths)
{
	TW_TRY(TW_VEC_PUSH(results->mem, &draft->paths, *paths));
	*paths = (struct tw_paths)TW_VEC_EMPTY;
	return TW_OK;
}

void tw_draft_free(struct tw_results *results, struct tw_draft *draft)
{
	for (size_t i = 0; i < draft->paths.n; i++)
		TW_VEC_FREE(results->mem, &draft->paths.v[i]);
	TW_VEC_FREE(results->mem, &draft->paths);
	TW_VEC_FREE(results->mem, &draft->outcomes);
}

tw_status tw_results_add_flow(struct tw_results *results, struct tw_draft *draft)
{
	struct tw_flow *flow = &draft->flow;
	for (size_t i = 0; i < draft->outcomes.n; i++)
		TW_TRY(tw_results_seen(results, &draft->outcomes.v[i]));
	sum_verdict(results, draft);
	TW_TRY(sum_clients(results, draft));
	flow->reason = reason_of(draft);
	TW_TRY(keep_reason(results, &flow->reason));
	TW_TRY(tw_sentence_of_flow(results, draft, &flow->sentence));
	bool open = flow->verdict == TW_UNKNOWN || strcmp(flow->request, "unknown") == 0;
	flow->satisfied = !flow->expect || (open && draft->faults == 0) ? -1 : draft->faults == 0;
	if (results->details)
		TW_TRY(tw_regions_of(results, &draft->outcomes, &flow->path, &flow->paths_n));
	return TW_VEC_PUSH(results->mem, &results->flow, *flow);
}
