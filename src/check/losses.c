/* SPDX-License-Identifier: Apache-2.0 */
/* Losses: what a judged flow loses becomes findings, with the code that says how much. */
#include "results.h"

static enum tw_level lower(enum tw_level a, enum tw_level b)
{
	return a < b ? a : b;
}

/*
 * TW101, 102, 103: of the clients of the deciding level (error; else the highest level hurt) none
 * gets a reply, some get none, some lose a share.
 */
static const char *share_code(const struct tw_outcome *o, enum tw_level hurt)
{
	size_t n = 0, none = 0;
	for (size_t i = 0; i < o->clients_n; i++) {
		const struct tw_client_result *c = &o->client[i];
		if (c->level != hurt)
			continue;
		n++;
		none += tw_share_of(c->passing + c->undecided, c->total) == TW_SHARE_NONE;
	}
	return none == 0 ? "TW103" : none == n ? "TW101" : "TW102";
}

/* A rule of the list that names a port of the service, where the reply goes to another; or NULL. */
static const struct tw_rule *names_service(
	struct tw_results *r, const struct tw_outcome *o, const struct tw_cause *cause)
{
	struct tw_rules rules = r->net->acl[cause->acl].list[cause->list];
	const struct tw_path *path = o->path;
	for (size_t i = 0; i < rules.n; i++) {
		const struct tw_rule *rule = &rules.rule[i];
		if (rule->action != TW_ALLOW || rule->protocol != o->protocol || rule->every_port ||
			rule->ports.lo != rule->ports.hi)
			continue;
		for (unsigned k = 0; k < path->looks; k++)
			if (path->look[k].service.hi != 0 &&
				path->look[k].service.hi == rule->ports.lo)
				return rule;
		struct tw_box box = tw_box_all((enum tw_family)o->family);
		box.service = rule->ports;
		if (!tw_set_is_empty(tw_set_intersect(
			    r->judge->space, o->set, tw_set_box(r->judge->space, &box))))
			return rule;
	}
	return NULL;
}

/* Behind a balancer that hands packets on, the target answers the client itself. */
static bool is_handed(const struct tw_path *path)
{
	for (unsigned i = 0; i < path->looks; i++)
		if (path->look[i].to.family != 0)
			return true;
	return false;
}

/* TW111 to TW117: what the place of the loss is called on the way. NULL: an end's own list. */
static const char *code_on_path(struct tw_results *r, const struct tw_draft *draft,
	const struct tw_outcome *o, const struct tw_cause *cause)
{
	if (draft->health)
		return "TW115";
	if (cause->role == TW_ROLE_NAT)
		return cause->leg > 0 ? "TW111" : "TW112";
	if (cause->elsewhere)
		return "TW116";
	if (cause->role == TW_ROLE_ATTACHMENT)
		return "TW114";
	if (cause->role == TW_ROLE_BALANCER)
		return "TW113";
	if (is_handed(o->path) && cause->list == TW_EGRESS && names_service(r, o, cause))
		return "TW117";
	return NULL;
}

static const char *code_of(struct tw_results *r, const struct tw_draft *draft,
	const struct tw_outcome *o, enum tw_level hurt, const struct tw_cause *cause)
{
	const char *code = code_on_path(r, draft, o, cause);
	if (code)
		return code;
	if (o->protocol == TW_PROTOCOL_UDP)
		return "TW104";
	code = share_code(o, hurt);
	if (strcmp(code, "TW101") == 0 && draft->missing_family == o->family)
		return "TW107";
	return code;
}

/*
 * The sentences of the clients at the finding's level, the worst first. Of several legs that lose
 * each finding tells its own; what comes of them all is said once, by the client's own leg.
 */
static tw_status add_sentences(struct tw_results *results, struct tw_finding_draft *finding,
	const struct tw_draft *draft, const struct tw_outcome *o, enum tw_level hurt,
	const struct tw_client_result *client)
{
	const char *text;
	bool outbound = draft->outbound;
	for (size_t i = 0, said = 0; i < o->clients_n && said < 3; i++) {
		struct tw_client_result own = tw_client_of_leg(&client[i]);
		bool both = client[i].leg_total > 0;
		if (own.level < hurt || own.passing + own.undecided == own.total)
			continue;
		TW_TRY(tw_sentence_of_client(results, &own, outbound, o->protocol, &text));
		TW_TRY(tw_finding_note(results, finding, text));
		said++;
		if (!both || finding->cause.leg > 0)
			continue;
		TW_TRY(tw_sentence_of_client(results, &client[i], outbound, o->protocol, &text));
		text = tw_arena_printf(
			results->arena, "with what is lost on the other leg: %s", text);
		TW_TRY(text ? tw_finding_note(results, finding, text) : TW_ENOMEM);
	}
	return TW_OK;
}

static bool stands_in(struct tw_rules rules, const struct tw_rule *rule)
{
	return rule >= rules.rule && rule < rules.rule + rules.n;
}

/*
 * Many believe that replies use the service port: the rule that says so is the one to look at. It
 * may stand in the list that the flow was read from, while another drops the replies.
 */
static tw_status name_twin(struct tw_results *r, struct tw_finding_draft *finding,
	enum tw_level level, const struct tw_draft *draft, const struct tw_outcome *o,
	const struct tw_cause *cause)
{
	bool handed = strcmp(finding->code, "TW117") == 0;
	const struct tw_rule *rule = handed ? names_service(r, o, cause) : o->twin;
	bool here = rule && stands_in(r->net->acl[cause->acl].list[cause->list], rule);
	const struct tw_acl *acl = here			      ? &r->net->acl[cause->acl]
				   : draft->acl != TW_MISSING ? &r->net->acl[draft->acl]
							      : NULL;
	if (!rule || !acl)
		return TW_OK;
	enum tw_list list = stands_in(acl->list[TW_INGRESS], rule) ? TW_INGRESS : TW_EGRESS;
	const char *text = tw_arena_printf(r->arena,
		"%s%s%s rule %s names the service port as if replies went there; a reply goes to "
		"the port that the client picked",
		here ? "" : acl->object.id, here ? "" : " ", tw_list_name(list), rule->id);
	if (!text)
		return TW_ENOMEM;
	struct tw_near_miss *named = TW_NEW(r->arena, struct tw_near_miss);
	if (!named)
		return TW_ENOMEM;
	*named = (struct tw_near_miss){rule->id, text, rule->span};
	if (here)
		tw_named_rule_take(&finding->named, (struct tw_named_rule){named, level});
	return tw_finding_note(r, finding, text);
}

/*
 * A group that lets a whole VPC in is permission for all of it: that one of them calls is nobody's
 * word, so what the caller's own list drops is a note (rule 6, seen from the other end).
 */
static enum tw_level level_of(
	const struct tw_draft *draft, enum tw_level level, const struct tw_cause *cause)
{
	bool own = cause->list == TW_INGRESS && cause->role == TW_ROLE_END;
	return draft->wide && own ? lower(level, TW_LEVEL_NOTE) : level;
}

/* What health checks lose as well: said where flows that they do not make lose it, here or in
 * another chapter. */
static tw_status add_aside(struct tw_results *r, struct tw_finding_draft *finding,
	const struct tw_draft *draft, const char *told, const char *aside)
{
	if (!draft->health)
		return TW_OK;
	if (told)
		return tw_finding_note(r, finding, aside);
	finding->aside = aside;
	return TW_OK;
}

static tw_status find_in_ports(
	struct tw_results *results, const struct tw_draft *draft, const struct tw_outcome *o)
{
	bool edge;
	enum tw_level hurt = tw_hurt_level(o, draft->every_connection, &edge);
	struct tw_cause cause[TW_CROSSINGS];
	size_t n;
	struct tw_finding_draft *finding;
	if (hurt > TW_LEVEL_NONE && o->cap > TW_LEVEL_NONE) {
		TW_TRY(tw_causes_of(results, o, hurt, cause, &n));
		for (size_t i = 0; i < n; i++) {
			if (draft->nat && cause[i].role != TW_ROLE_NAT)
				continue;
			const char *code = code_of(results, draft, o, hurt, &cause[i]);
			const char *told = tw_finding_told(results, code, &cause[i]);
			enum tw_level level = level_of(draft, lower(hurt, o->cap), &cause[i]);
			TW_TRY(tw_finding_add(
				results, told ? told : code, level, &cause[i], draft, &finding));
			TW_TRY(add_aside(results, finding, draft, told,
				"health checks of the targets lose the same replies"));
			const struct tw_client_result *client = o->client;
			if (o->legs > 1)
				TW_TRY(tw_outcome_leg_clients(
					results->arena, o, cause[i].leg, &client));
			TW_TRY(tw_finding_clients(results, finding, client, o->clients_n));
			TW_TRY(add_sentences(results, finding, draft, o, hurt, client));
			TW_TRY(name_twin(results, finding, level, draft, o, &cause[i]));
		}
	}
	if (!edge || draft->nat)
		return TW_OK;
	/* Holes and edges: one note for an ACL, whatever the flows and the lists. */
	TW_TRY(tw_causes_of(results, o, TW_LEVEL_NONE, cause, &n));
	for (size_t i = 0; i < n; i++) {
		TW_TRY(tw_finding_add(results, "TW110", TW_LEVEL_NOTE, &cause[i], draft, &finding));
		TW_TRY(tw_finding_clients(results, finding, o->client, o->clients_n));
	}
	return TW_OK;
}

/* Rule 7: echo that is named and not answered is a warning. */
static tw_status find_in_icmp(
	struct tw_results *results, const struct tw_draft *draft, const struct tw_outcome *o)
{
	if (o->reply != TW_DENY || o->cap == TW_LEVEL_NONE)
		return TW_OK;
	struct tw_cause cause[TW_CROSSINGS];
	size_t n;
	struct tw_finding_draft *finding;
	TW_TRY(tw_causes_of(results, o, TW_LEVEL_ERROR, cause, &n));
	for (size_t i = 0; i < n; i++)
		TW_TRY(tw_finding_add(results, "TW105", lower(TW_LEVEL_WARNING, o->cap), &cause[i],
			draft, &finding));
	return TW_OK;
}

/* The gateway by which the requests come, for the message; NULL if there is none to name. */
static const struct tw_crossing *gateway_of(const struct tw_path *path)
{
	for (size_t i = 0; i < path->crossings; i++)
		if (path->crossing[i].kind == TW_CROSS_PLACE &&
			path->crossing[i].view.direction == TW_REQUEST)
			return &path->crossing[i];
	return NULL;
}

/* TW118: the request arrives and no route carries its reply: told once for a route table. */
static tw_status find_unanswered(
	struct tw_results *r, const struct tw_draft *draft, const struct tw_outcome *o)
{
	const struct tw_path *path = o->path;
	const struct tw_flow *flow = &draft->flow;
	const struct tw_crossing *gateway = gateway_of(path);
	enum tw_level level = lower(draft->wide ? TW_LEVEL_NOTE : TW_LEVEL_ERROR, o->cap);
	struct tw_cause none = {.acl = TW_MISSING, .family = o->family, .protocol = o->protocol};
	struct tw_finding_draft *finding;
	if (level == TW_LEVEL_NONE)
		return TW_OK;
	const char *table = path->reason_component ? path->reason_component : "the other side";
	const char *message = tw_arena_printf(r->arena,
		"callers of %s from %s reach %s and get no reply: %s has no way back to them (%s)",
		flow->service_text, flow->from.name ? flow->from.name : "unknown addresses",
		flow->to.name ? flow->to.name : "it", table, path->reason_text);
	if (!message)
		return TW_ENOMEM;
	TW_TRY(tw_finding_tell(
		r, "TW118", level, &none, message, path->reason_span, draft, &finding));
	finding->finding.direction = "reply";
	finding->finding.label = "the replies have no way from here";
	finding->finding.cause_component = path->reason_component;
	if (gateway) {
		const char *note = tw_arena_printf(r->arena,
			"the requests come by %s: the replies need a route of %s back to it",
			gateway->place, table);
		TW_TRY(note ? tw_finding_note(r, finding, note) : TW_ENOMEM);
	}
	return tw_finding_note(r, finding, "no network ACL is to blame");
}

/* A list denies the request, for sure. */
static bool dies(const struct tw_outcome *o)
{
	return o->request == TW_DENY && !o->path->blocked && !o->path->unknown_request;
}

/* The request goes by that gateway. */
static bool goes_by(const struct tw_path *path, const char *nat)
{
	for (size_t i = 0; i < path->crossings; i++)
		if (path->crossing[i].kind == TW_CROSS_PLACE &&
			path->crossing[i].view.direction == TW_REQUEST &&
			strcmp(path->crossing[i].place, nat) == 0)
			return true;
	return false;
}

/* Whom it reaches, whoever asks; by a NAT gateway: who reaches anybody. */
static tw_set reached_by(
	struct tw_results *r, const struct tw_draft *draft, const struct tw_outcome *o)
{
	struct tw_space *space = r->judge->space;
	if (o->request == TW_DENY || o->path->blocked)
		return TW_EMPTY;
	if (!draft->nat)
		return tw_set_forget(space, o->set, TW_FIELD_FROM);
	if (!goes_by(o->path, draft->nat))
		return TW_EMPTY;
	return tw_set_forget(space, tw_set_forget(space, o->set, TW_FIELD_TO), TW_FIELD_SERVICE);
}

/* Of n outcomes, by halves, so that a thousand targets do not cost a thousand walks of a set that
 * grows. */
static tw_set reached(
	struct tw_results *r, const struct tw_draft *draft, const struct tw_outcome *o, size_t n)
{
	if (n > 1)
		return tw_set_union(r->judge->space, reached(r, draft, o, n / 2),
			reached(r, draft, o + n / 2, n - n / 2));
	return n == 0 ? TW_EMPTY : reached_by(r, draft, o);
}

tw_status tw_draft_reached(struct tw_results *r, const struct tw_draft *draft, tw_set *ret)
{
	*ret = TW_EMPTY;
	for (size_t i = 0; i < draft->outcomes.n; i++)
		if (dies(&draft->outcomes.v[i])) {
			*ret = reached(r, draft, draft->outcomes.v, draft->outcomes.n);
			break;
		}
	return tw_space_status(r->judge->space);
}

struct tw_outcome tw_outcome_shut(struct tw_results *r, const struct tw_outcome *o, tw_set reached)
{
	struct tw_outcome shut = *o;
	shut.set = dies(o) ? tw_set_subtract(r->judge->space, o->set, reached) : TW_EMPTY;
	return shut;
}

static tw_status tell_shut(
	struct tw_results *r, const struct tw_draft *draft, const struct tw_cause *cause)
{
	struct tw_finding_draft *finding;
	const char *code = draft->health ? "TW115" : "TW119";
	const char *told = tw_finding_told(r, code, cause);
	TW_TRY(tw_finding_add(r, told ? told : code, draft->nat ? TW_LEVEL_WARNING : TW_LEVEL_ERROR,
		cause, draft, &finding));
	return add_aside(r, finding, draft, told, "health checks of the targets die there, too");
}

/*
 * TW119: a route, a listener or a health check asks for the flow, and at a list on the way dies
 * every request to some target (for a health check TW115), or every one from some address to a NAT
 * gateway.
 */
static tw_status find_shut(struct tw_results *r, const struct tw_draft *draft)
{
	struct tw_cause cause[TW_CROSSINGS];
	size_t n = 0;
	tw_set reached;
	TW_TRY(tw_draft_reached(r, draft, &reached));
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		struct tw_outcome shut = tw_outcome_shut(r, &draft->outcomes.v[i], reached);
		if (tw_set_is_empty(shut.set))
			continue;
		TW_TRY(tw_denials_of(r, &shut, cause, &n));
		for (size_t k = 0; k < n; k++)
			if (!cause[k].wanted && (!draft->nat || cause[k].role == TW_ROLE_NAT))
				TW_TRY(tell_shut(r, draft, &cause[k]));
	}
	return tw_space_status(r->judge->space);
}

static tw_status find_losses(struct tw_results *results, const struct tw_draft *draft)
{
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		if (o->request != TW_ALLOW || o->path->blocked || o->path->exempt ||
			o->path->unknown_request)
			continue;
		if (o->path->unanswered)
			TW_TRY(find_unanswered(results, draft, o));
		else if (o->reply_kind == TW_REPLY_PORTS)
			TW_TRY(find_in_ports(results, draft, o));
		else if (o->reply_kind == TW_REPLY_ICMP)
			TW_TRY(find_in_icmp(results, draft, o));
	}
	return draft->balancer || draft->nat ? find_shut(results, draft) : TW_OK;
}

tw_status tw_find_losses(struct tw_results *results, const struct tw_draft *draft)
{
	tw_subjects_open(results, draft);
	return tw_subjects_close(results, find_losses(results, draft));
}
