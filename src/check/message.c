/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a finding says: whom it hurts, which list drops the packets, by which rule. Written for
 * somebody who is tired: the subject first, then the place, then the rule.
 */
#include "results.h"
#include "twoway/intents.h"
#include "world.h"

/* "egress rule *", "egress rules 90, *" */
static const char *rules_text(struct tw_results *r, const struct tw_cause *c)
{
	const struct tw_rule *rule = r->net->acl[c->acl].list[c->list].rule;
	const char *text = NULL;
	if (c->zero > 0)
		return tw_arena_printf(
			r->arena, "%s rule %s", tw_list_name(c->list), rule[c->zero - 1].id);
	for (size_t i = 0; i < c->rules; i++) {
		const char *id = rule[c->rule[i]].id;
		text = text ? tw_arena_printf(r->arena, "%s, %s", text, id) : id;
		if (!text)
			return NULL;
	}
	if (!text)
		return "";
	return tw_arena_printf(
		r->arena, "%s rule%s %s", tw_list_name(c->list), c->rules > 1 ? "s" : "", text);
}

/* "egress rule *; near miss: rule 110": what drops the packets, and the rule to look at. */
static const char *blame_text(struct tw_results *r, const struct tw_finding_draft *f)
{
	const char *rules = rules_text(r, &f->cause), *near = f->finding.near_miss.rule;
	if (!rules || !near)
		return rules;
	return tw_arena_printf(r->arena, "%s%snear miss: rule %s", rules, *rules ? "; " : "", near);
}

/* The clients that get no reply at all, else those that lose a share; of the finding's leg alone,
 * or of all that lose. */
static const char *clients_text(
	struct tw_results *r, const struct tw_finding_draft *f, bool none, bool leg)
{
	const char *text = NULL;
	for (size_t i = 0; i < f->client.n; i++) {
		const struct tw_client_result *c = &f->client.v[i];
		struct tw_client_result own = leg ? tw_client_of_leg(c) : *c;
		bool is_none = tw_share_of(own.passing + own.undecided, own.total) == TW_SHARE_NONE;
		if (is_none != none || c->level < f->level)
			continue;
		text = text ? tw_arena_printf(r->arena, "%s, %s", text, c->client->id)
			    : c->client->id;
		if (!text)
			return NULL;
	}
	return text ? text : "some clients";
}

/* No earlier subject says the same. */
static bool is_first(const struct tw_finding_draft *f, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (tw_subject_same(&f->subject.v[i], &f->subject.v[at]))
			return false;
	return true;
}

/* The next subject that is no repetition, behind `at`; or NULL. */
static const struct tw_subject *next_subject(const struct tw_finding_draft *f, size_t *at)
{
	while (*at < f->subject.n) {
		size_t i = (*at)++;
		if (is_first(f, i))
			return &f->subject.v[i];
	}
	return NULL;
}

/* "tcp/80, tcp/443 from 0.0.0.0/0, tcp/5432 from sg-1": services of one peer stand together. */
static const char *subjects(
	struct tw_results *r, const struct tw_finding_draft *f, const char *preposition)
{
	enum { MOST = 6 };
	const char *text = NULL;
	size_t at = 0, n = 0;
	const struct tw_subject *one = next_subject(f, &at);
	for (; one && n < MOST; n++) {
		const struct tw_subject *next = next_subject(f, &at);
		text = text ? tw_arena_printf(r->arena, "%s, %s", text, one->service)
			    : one->service;
		bool last = !next || n + 1 == MOST || strcmp(next->peer, one->peer) != 0;
		if (text && last)
			text = tw_arena_printf(r->arena, "%s %s %s", text, preposition, one->peer);
		if (!text)
			return NULL;
		one = next;
	}
	size_t more = one ? 1 : 0;
	while (one && next_subject(f, &at))
		more++;
	if (more > 0)
		return tw_arena_printf(r->arena, "%s and %zu more", text, more);
	return text ? text : "unknown traffic";
}

/* "callers of tcp/443 from 0.0.0.0/0" or "calls to tcp/443 at 10.0.0.0/8" */
static const char *subject(struct tw_results *r, const struct tw_finding_draft *f)
{
	bool calls = f->cause.list == TW_INGRESS || f->cause.role == TW_ROLE_NAT;
	const char *text = subjects(r, f, calls ? "at" : "from");
	return text ? tw_arena_printf(r->arena, "%s %s", calls ? "calls to" : "callers of", text)
		    : NULL;
}

static tw_status place(struct tw_results *r, struct tw_finding_draft *f)
{
	const struct tw_acl *acl = &r->net->acl[f->cause.acl];
	f->finding.cause_component = acl->object.id;
	f->finding.cause_list = tw_list_name(f->cause.list);
	/* Lint speaks of rules, not of packets on their way. */
	if (!tw_code_is_lint(f->code))
		f->finding.direction = f->cause.direction == TW_REPLY ? "reply" : "request";
	f->finding.span = acl->object.span;
	bool labelled = f->finding.label != NULL;
	if (!labelled)
		f->finding.label = "no rule here lets the replies through";
	if (f->cause.rules == 0)
		return TW_OK;
	const struct tw_rule *rule = &acl->list[f->cause.list].rule[f->cause.rule[0]];
	if (f->cause.zero > 0) {
		rule = &acl->list[f->cause.list].rule[f->cause.zero - 1];
		f->finding.label = "0-0 is port 0 only, not all ports";
		TW_TRY(tw_finding_note(
			r, f, "a TCP or UDP range 0-0 means port 0 only; all ports are 0-65535"));
	} else if (rule->span.file != 0 && !labelled) {
		f->finding.label = rule->implicit ? "the default deny drops the replies"
						  : "this rule drops the replies";
	}
	if (f->cause.direction == TW_REQUEST && !labelled)
		f->finding.label = "the request stops here";
	f->finding.cause_rule = rule->id;
	if (rule->span.file != 0)
		f->finding.span = rule->span;
	return TW_OK;
}

/* What the subject suffers: no reply, none for some clients, or replies for a share only. */
static const char *verb(struct tw_results *r, const struct tw_finding_draft *f)
{
	const char *own = f->cause.family == TW_IPV6 ? "IPv6" : "IPv4";
	const char *other = f->cause.family == TW_IPV6 ? "IPv4" : "IPv6";
	if (strcmp(f->code, "TW102") == 0) {
		const char *who = clients_text(r, f, true, false);
		return who ? tw_arena_printf(r->arena, "get no reply if they are %s", who) : NULL;
	}
	if (strcmp(f->code, "TW103") == 0) {
		const char *who = clients_text(r, f, false, false);
		return who ? tw_arena_printf(r->arena,
				     "get replies on a share of their ports only (%s)", who)
			   : NULL;
	}
	if (strcmp(f->code, "TW107") == 0)
		return tw_arena_printf(
			r->arena, "get no reply over %s, while %s replies pass", own, other);
	return "get no reply";
}

static bool is_everybody(const char *name)
{
	return strcmp(name, "0.0.0.0/0") == 0 || strcmp(name, "::/0") == 0;
}

/* "10.0.1.0/24, 10.0.2.0/24": all peers that the rule must be for, each once. */
static const char *needed_peers(struct tw_results *r, const struct tw_finding_draft *f)
{
	enum { MOST = 4 };
	const char *said[MOST], *text = NULL;
	size_t n = 0;
	bool more = false;
	for (size_t i = 0; i < f->subject.n; i++) {
		const struct tw_subject *one = &f->subject.v[i];
		const char *name = one->block ? one->block : one->peer;
		size_t k = 0;
		if (is_everybody(name))
			return name;
		while (k < n && strcmp(said[k], name) != 0)
			k++;
		if (k < n || n == MOST) {
			more |= k == n;
			continue;
		}
		said[n++] = name;
		text = text ? tw_arena_printf(r->arena, "%s, %s", text, name) : name;
		if (!text)
			return NULL;
	}
	return more ? tw_arena_printf(r->arena, "%s and others", text) : text;
}

/* What would have to pass, in the words of a rule: who is hurt decides the ports. */
static tw_status say_what_is_missing(struct tw_results *r, struct tw_finding_draft *f)
{
	char buf[TW_SERVICE_TEXT];
	struct tw_pickers picked;
	if (f->subject.n == 0)
		return TW_OK;
	TW_TRY(tw_finding_pickers(r, f, &picked));
	unsigned lo = picked.ports.v[0].lo, hi = picked.ports.v[picked.ports.n - 1].hi;
	/* Callers are of every kind; who calls from inside is often known. SPEC: eph-cover-all */
	bool callers = f->cause.list == TW_EGRESS;
	const char *peers = needed_peers(r, f);
	if (!peers)
		return TW_ENOMEM;
	const char *note =
		tw_arena_printf(r->arena, "the replies need: %s, %s ports %u-%u, %s %s%s",
			tw_list_name(f->cause.list), tw_protocol_text(f->cause.protocol, buf),
			callers ? 1024 : lo, callers ? 65535 : hi, callers ? "to" : "from", peers,
			callers		   ? ""
			: f->cause.leg > 0 ? " (the NAT gateway picks any of them)"
					   : " (1024-65535 is every client's)");
	return note ? tw_finding_note(r, f, note) : TW_ENOMEM;
}

/* The address among those that are asked that may be the VPC's own resolver, where the input does
 * not have the VPC; NULL if none. SPEC: exempt-dns */
static const char *possible_resolver(struct tw_results *r, const struct tw_finding_draft *f)
{
	uint32_t vpc = f->cause.acl != TW_MISSING ? r->net->acl[f->cause.acl].vpc : TW_MISSING;
	if (vpc != TW_MISSING && r->net->vpc[vpc].cidrs.n > 0)
		return NULL;
	for (size_t i = 0; i < f->subject.n; i++) {
		const struct tw_subject *one = &f->subject.v[i];
		const char *block = one->block ? one->block : one->peer;
		struct tw_prefix prefix;
		if (one->service && strcmp(one->service, "udp/53") == 0 &&
			tw_prefix_parse(block, strlen(block), &prefix) == TW_PREFIX_OK &&
			tw_may_be_resolver(tw_prefix_range(prefix)))
			return tw_arena_dup(r->arena, block, strcspn(block, "/"));
	}
	return NULL;
}

/* What calls of the VPC's own services have to do with a loss of UDP replies: nothing. */
static tw_status tell_own_services(struct tw_results *r, struct tw_finding_draft *f)
{
	const char *address = possible_resolver(r, f);
	if (!address)
		return tw_finding_note(
			r, f, "the VPC's own DNS resolver and time service are not filtered");
	const char *note = tw_arena_printf(r->arena,
		"if %s is the VPC's own DNS resolver, nothing filters it: add the output of "
		"describe-vpcs",
		address);
	return note ? tw_finding_note(r, f, note) : TW_ENOMEM;
}

/* "acl-1", or "acl-1 (web)" where it has a Name tag. */
static const char *acl_text(struct tw_results *r, uint32_t acl)
{
	const struct tw_object *object = &r->net->acl[acl].object;
	return object->name ? tw_arena_printf(r->arena, "%s (%s)", object->id, object->name)
			    : object->id;
}

/* The packets of a loss on a longer path, and where they die. */
static const char *place_on_path(const struct tw_finding_draft *f)
{
	static const struct {
		const char *code, *text;
	} places[] = {
		{"TW111", "on the way back in from outside, to the ports 1024-65535 that the NAT "
			  "gateway picks"},
		{"TW112", "on the way from the NAT gateway to the instance, which picked the port"},
		{"TW113", "in the load balancer's subnet"},
		{"TW114", "in the subnet of a transit gateway attachment"},
		{"TW115", "of health checks, which come from ports 1024-65535 of the nodes"},
		{"TW116", "which take another way back than the requests came"},
		{"TW117", "to clients whose addresses the load balancer preserves"},
	};
	for (size_t i = 0; i < TW_COUNT(places); i++)
		if (strcmp(f->code, places[i].code) == 0)
			return places[i].text;
	return NULL;
}

/* "none of its ports" or "on a share of its ports", of the worst client. */
static const char *suffering(struct tw_results *r, const struct tw_finding_draft *f)
{
	bool share = false;
	for (size_t i = 0; i < f->client.n; i++) {
		struct tw_client_result own = tw_client_of_leg(&f->client.v[i]);
		if (own.level >= f->level)
			share |= tw_share_of(own.passing, own.total) != TW_SHARE_NONE;
	}
	if (f->client.n == 0 || !share)
		return "get no reply";
	const char *who = clients_text(r, f, false, true);
	return who ? tw_arena_printf(r->arena, "get replies on a share of the ports only (%s)", who)
		   : NULL;
}

static tw_status path_message(struct tw_results *r, struct tw_finding_draft *f, const char *where)
{
	const char *what = subject(r, f), *suffers = suffering(r, f);
	const char *rules = blame_text(r, f), *acl = acl_text(r, f->cause.acl);
	bool request = f->cause.direction == TW_REQUEST;
	if (request) {
		what = subjects(r, f, f->cause.list == TW_EGRESS ? "at" : "from");
		suffers = "cannot be asked";
	}
	if (!what || !suffers || !rules || !acl)
		return TW_ENOMEM;
	f->finding.message = tw_arena_printf(r->arena, "%s %s%s: %s drops the %s %s (%s)", what,
		suffers, f->cause.family == TW_IPV6 ? " over IPv6" : "", acl,
		request ? "requests" : "replies", where, rules);
	return f->finding.message ? TW_OK : TW_ENOMEM;
}

/* TW119: every request dies at a list between the ends. */
static tw_status shut_message(struct tw_results *r, struct tw_finding_draft *f)
{
	bool calls = f->cause.list == TW_EGRESS || f->cause.role == TW_ROLE_NAT;
	const char *what = subjects(r, f, calls ? "at" : "from");
	const char *rules = blame_text(r, f), *acl = acl_text(r, f->cause.acl);
	static const char *const places[] = {[TW_ROLE_END] = "the targets' subnet",
		[TW_ROLE_NAT] = "the NAT gateway's subnet",
		[TW_ROLE_BALANCER] = "the load balancer's subnet",
		[TW_ROLE_ATTACHMENT] = "the subnet of a transit gateway attachment"};
	if (!what || !rules || !acl)
		return TW_ENOMEM;
	f->finding.message = tw_arena_printf(r->arena,
		"%s %s: no request gets through%s, %s lets none of them %s %s (%s)",
		calls ? "calls to" : "callers of", what,
		f->cause.family == TW_IPV6 ? " over IPv6" : "", acl,
		f->cause.list == TW_INGRESS ? "into" : "out of", places[f->cause.role], rules);
	return f->finding.message ? TW_OK : TW_ENOMEM;
}

static tw_status loss_message(struct tw_results *r, struct tw_finding_draft *f)
{
	const char *what = subject(r, f), *suffers = verb(r, f), *rules = blame_text(r, f);
	const char *acl = acl_text(r, f->cause.acl);
	const char *where = place_on_path(f);
	if (where)
		return path_message(r, f, where);
	if (!what || !suffers || !rules || !acl)
		return TW_ENOMEM;
	f->finding.message =
		tw_arena_printf(r->arena, "%s %s: %s drops the replies on the way back %s%s%s%s",
			what, suffers, acl, f->cause.list == TW_INGRESS ? "in" : "out",
			rules[0] ? " (" : "", rules, rules[0] ? ")" : "");
	return f->finding.message ? TW_OK : TW_ENOMEM;
}

/* TW109: what groups ask for and an ACL on the way stops. */
static tw_status denied_message(struct tw_results *r, struct tw_finding_draft *f)
{
	bool calls = f->cause.list == TW_EGRESS;
	const char *what = subjects(r, f, calls ? "at" : "from");
	const char *rules = blame_text(r, f), *acl = acl_text(r, f->cause.acl);
	if (!what || !rules || !acl)
		return TW_ENOMEM;
	f->finding.message = tw_arena_printf(r->arena,
		"security groups ask for %s %s, but %s does not let the requests %s (%s)",
		calls ? "calls to" : "callers of", what, acl, calls ? "out" : "in", rules);
	return f->finding.message ? TW_OK : TW_ENOMEM;
}

/* TW110: what is missing, and what it costs, client by client. */
static tw_status holes_message(struct tw_results *r, struct tw_finding_draft *f)
{
	const struct tw_client_result *worst = NULL;
	for (size_t i = 0; i < f->client.n; i++)
		if (!worst || f->client.v[i].total - f->client.v[i].passing >
				      worst->total - worst->passing)
			worst = &f->client.v[i];
	const char *rules = rules_text(r, &f->cause);
	for (size_t i = 0; rules && i < f->more.n; i++) {
		const char *more = rules_text(r, &f->more.v[i]);
		rules = more ? tw_arena_printf(r->arena, "%s, %s", rules, more) : NULL;
	}
	if (!rules)
		return TW_ENOMEM;
	if (!worst)
		return TW_EBUG;
	uint64_t lost = worst->total - worst->passing;
	const char *a = tw_number_text(r, lost), *b = tw_number_text(r, worst->total);
	if (!a || !b)
		return TW_ENOMEM;
	f->finding.message = tw_arena_printf(r->arena,
		"holes in the reply range of %s cost %s %s of %s ports: rare and hard to find: %s",
		r->net->acl[f->cause.acl].object.id, worst->client->id, a, b, rules);
	return f->finding.message ? TW_OK : TW_ENOMEM;
}

static tw_status name_twins(struct tw_results *r, struct tw_finding_draft *f)
{
	if (f->twin.n == 0)
		return TW_OK;
	const char *text = NULL;
	for (size_t i = 0; i < f->twin.n && i < 8; i++) {
		const char *id = r->net->acl[f->twin.v[i]].object.id;
		text = text ? tw_arena_printf(r->arena, "%s, %s", text, id) : id;
		if (!text)
			return TW_ENOMEM;
	}
	text = f->twin.n > 8 ? tw_arena_printf(r->arena, "the same rules stand in %s and %zu more",
				       text, f->twin.n - 8)
			     : tw_arena_printf(r->arena, "the same rules stand in %s", text);
	return text ? tw_finding_note(r, f, text) : TW_ENOMEM;
}

/* What it looks like on the machine that waits. */
static const char *looks_like(const struct tw_finding_draft *f)
{
	if (f->cause.direction != TW_REPLY || strcmp(f->code, "TW110") == 0)
		return NULL;
	switch (f->cause.protocol) {
	case TW_PROTOCOL_TCP:
		return "looks like: connect() times out; the SYN arrives, the SYN-ACK is "
		       "dropped, nothing is refused";
	case TW_PROTOCOL_UDP:
		return "looks like: the question arrives, the answer never does";
	case TW_PROTOCOL_ICMP:
	case TW_PROTOCOL_ICMPV6:
		return "looks like: ping gets no answer";
	default:
		return NULL;
	}
}

/* An intent that is not met says so itself; which list is to blame is known only now. */
static tw_status blame_list(struct tw_results *r, struct tw_finding_draft *f)
{
	const char *rules = blame_text(r, f), *acl = acl_text(r, f->cause.acl);
	if (!rules || !acl)
		return TW_ENOMEM;
	f->finding.message = tw_arena_printf(r->arena, "%s: %s drops %s%s%s%s", f->finding.message,
		acl, f->cause.direction == TW_REPLY ? "the replies" : "the request",
		rules[0] ? " (" : "", rules, rules[0] ? ")" : "");
	return f->finding.message ? TW_OK : TW_ENOMEM;
}

tw_status tw_finding_message(struct tw_results *results, struct tw_finding_draft *finding)
{
	if (finding->cause.acl != TW_MISSING && finding->finding.span.file == 0)
		TW_TRY(place(results, finding));
	if (finding->cause.acl != TW_MISSING && !tw_code_is_lint(finding->code) &&
		strcmp(finding->code, "TW110") != 0)
		TW_TRY(tw_near_misses_tell(results, finding));
	if (!finding->finding.message)
		TW_TRY(strcmp(finding->code, "TW110") == 0    ? holes_message(results, finding)
			: strcmp(finding->code, "TW109") == 0 ? denied_message(results, finding)
			: strcmp(finding->code, "TW119") == 0 ? shut_message(results, finding)
							      : loss_message(results, finding));
	if (strcmp(finding->code, "TW601") == 0 && finding->cause.acl != TW_MISSING)
		TW_TRY(blame_list(results, finding));
	bool told_by_ports = finding->cause.direction == TW_REPLY && finding->client.n > 0 &&
			     finding->cause.acl != TW_MISSING &&
			     strcmp(finding->code, "TW110") != 0;
	if (told_by_ports) {
		TW_TRY(say_what_is_missing(results, finding));
	}
	if (strcmp(finding->code, "TW117") == 0) /* SPEC: pub-nlb-trap */
		TW_TRY(tw_finding_note(results, finding,
			"the AWS guide to Network Load Balancers, 2023 text, prints rules "
			"like this one"));
	if (strcmp(finding->code, "TW104") == 0 && finding->cause.list == TW_INGRESS &&
		finding->client.n > 0)
		TW_TRY(tell_own_services(results, finding));
	if (!tw_code_is_lint(finding->code) && strcmp(finding->code, "TW110") != 0)
		TW_TRY(tw_finding_sufferers(results, finding));
	const char *looks = looks_like(finding);
	if (looks)
		TW_TRY(tw_finding_note(results, finding, looks));
	return name_twins(results, finding);
}
