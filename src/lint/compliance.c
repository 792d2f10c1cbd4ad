/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TW302, for --compliance: common rules look at one entry at a time and ask whether it allows 20,
 * 21, 22 or 3389 from 0.0.0.0/0 or ::/0. Here stands what they say, what is true once the order of
 * rules counts, and what obeying to the letter costs. The letter: EC2.21 and CIS 5.1 (22, 3389),
 * AWS-0105 (22, 3389), CKV_AWS_229 to 232 (21, 20, 3389, 22).
 */
#include "lint.h"

static const struct port {
	uint16_t port;
	const char *name, *rules;
} ports[] = {
	{20, "ftp-data", "CKV_AWS_230"},
	{21, "ftp", "CKV_AWS_229"},
	{22, "ssh", "EC2.21, CIS 5.1, AWS-0105, CKV_AWS_232"},
	{3389, "rdp", "EC2.21, CIS 5.1, AWS-0105, CKV_AWS_231"},
};

enum { PORTS = TW_COUNT(ports) };

/* What the letter of the rules asks: an entry, by itself. */
static bool offends(const struct tw_rule *rule, uint16_t port)
{
	bool all = rule->protocol == TW_PROTOCOL_ALL || rule->every_port;
	return !rule->implicit && rule->action == TW_ALLOW && rule->peer.family != 0 &&
	       rule->peer.len == 0 &&
	       (rule->protocol == TW_PROTOCOL_ALL || rule->protocol == TW_PROTOCOL_TCP) &&
	       (all || (rule->ports.lo <= port && port <= rule->ports.hi));
}

/* The packets from public addresses to a port. */
static tw_set from_internet(struct tw_lint *lint, uint8_t family, uint16_t port)
{
	struct tw_results *r = lint->results;
	tw_set set = tw_lint_packets(
		lint, TW_INGRESS, family, TW_PROTOCOL_TCP, (struct tw_ports){port, port});
	return tw_set_intersect(r->judge->space, set, r->judge->world.public_from);
}

/* Routes bring some of these packets to somebody, or nobody knows whom the list guards. */
static bool is_brought(struct tw_lint *lint, tw_set packets)
{
	for (size_t i = 0; i < lint->near.n; i++)
		if (!tw_set_is_empty(tw_set_intersect(
			    lint->results->judge->space, packets, lint->near.v[i].called)))
			return true;
	return lint->near.n == 0;
}

static const char *join(struct tw_arena *arena, const char *text, uint16_t port)
{
	return text ? tw_arena_printf(arena, "%s, %u", text, port)
		    : tw_arena_printf(arena, "%u", port);
}

/* ---- an entry that offends ------------------------------------------------------------------- */

struct offence {
	struct tw_lint *lint;
	size_t rule;
	const char *all, *shut,
		*open;	       /* ports: named by the letter, shut in truth, open in truth */
	uint16_t high;	       /* an open port that clients pick as their own, or 0 */
	tw_set by_others;      /* packets of `shut`, to name what shuts them */
	struct tw_ports *port; /* the open ones, sorted */
	size_t n;
	bool partly;  /* some public addresses only */
	bool reached; /* routes bring some of them to somebody behind the list */
};

static tw_status look_at(struct offence *o)
{
	struct tw_lint *lint = o->lint;
	struct tw_space *space = lint->results->judge->space;
	struct tw_arena *arena = lint->results->arena;
	const struct tw_rule *rule = &lint->list[TW_INGRESS].rules.rule[o->rule];
	for (size_t i = 0; i < PORTS; i++) {
		if (!offends(rule, ports[i].port))
			continue;
		o->all = join(arena, o->all, ports[i].port);
		tw_set asked = from_internet(lint, rule->family, ports[i].port);
		tw_set denied =
			tw_set_intersect(space, asked, lint->list[TW_INGRESS].compiled->deny);
		if (denied == asked) {
			o->shut = join(arena, o->shut, ports[i].port);
			o->by_others = tw_set_union(space, o->by_others, asked);
			if (!o->shut)
				return TW_ENOMEM;
		} else {
			o->partly |= !tw_set_is_empty(denied);
			o->reached |= is_brought(lint, tw_set_subtract(space, asked, denied));
			o->open = join(arena, o->open, ports[i].port);
			o->high = ports[i].port >= 1024 ? ports[i].port : o->high;
			o->port[o->n++] = (struct tw_ports){ports[i].port, ports[i].port};
			if (!o->open)
				return TW_ENOMEM;
		}
		if (!o->all)
			return TW_ENOMEM;
	}
	return tw_space_status(space);
}

/* The rules that shut the ports in truth. */
static tw_status shut_by(struct offence *o, const char **ret)
{
	struct tw_lint_list *l = &o->lint->list[TW_INGRESS];
	struct tw_space *space = o->lint->results->judge->space;
	uint16_t *label = TW_NEW_ARRAY(o->lint->results->work, uint16_t, l->rules.n + 1);
	size_t n = 0;
	if (!label)
		return TW_ENOMEM;
	for (size_t i = 0; i < l->rules.n; i++)
		if (!tw_set_is_empty(tw_set_intersect(space, o->by_others, l->decides[i])))
			label[n++] = (uint16_t)(i + TW_LABEL_RULE);
	*ret = n > 0 ? tw_lint_rules_text(o->lint, TW_INGRESS, label, n) : "other rules";
	return *ret ? tw_space_status(space) : TW_ENOMEM;
}

/* Which rules complain, and what the letter costs. */
static tw_status add_notes(struct offence *o, struct tw_finding_draft *f)
{
	struct tw_lint *lint = o->lint;
	struct tw_arena *arena = lint->results->arena;
	const struct tw_rule *rule = &lint->list[TW_INGRESS].rules.rule[o->rule];
	for (size_t i = 0; i < PORTS; i++)
		if (offends(rule, ports[i].port))
			TW_TRY(tw_lint_note(lint, f,
				tw_arena_printf(arena, "%u (%s): %s", ports[i].port, ports[i].name,
					ports[i].rules)));
	if (o->shut && !o->open)
		return tw_lint_note(lint, f,
			"the finding of such a rule is false here; obeying it means to split the "
			"rule around the port: that costs rules, and no connection that is not "
			"lost already");
	bool much, reply = tw_lint_is_reply(lint, TW_INGRESS, o->rule);
	if (o->high != 0) {
		TW_TRY(tw_lint_price(
			lint, f, (struct tw_port_list){o->port + (o->n - 1), 1}, &much));
		TW_TRY(tw_lint_note(lint, f,
			tw_arena_printf(arena,
				"closing %u here takes the replies of connections that use %u as "
				"their own port: the table says how many%s",
				o->high, o->high,
				reply ? "; a security group that does not let it in costs none"
				      : "")));
	}
	if (o->n > (o->high != 0 ? 1U : 0U))
		TW_TRY(tw_lint_note(lint, f,
			"closing a port below 1024 costs no reply: no client picks it; callers of "
			"the service itself are shut out"));
	return TW_OK;
}

static tw_status tell_offence(struct offence *o)
{
	struct tw_lint *lint = o->lint;
	struct tw_arena *arena = lint->results->arena;
	const char *text = tw_lint_rule_text(lint, TW_INGRESS, o->rule), *by = "";
	struct tw_finding_draft *f;
	bool reply = tw_lint_is_reply(lint, TW_INGRESS, o->rule);
	const char *message = NULL;
	if (o->shut)
		TW_TRY(shut_by(o, &by));
	const char *who = o->partly ? "some of the internet" : "the internet";
	if (text && o->shut && o->open)
		message = tw_arena_printf(arena,
			"compliance rules say of %s that it opens %s; in truth %s is open to %s, "
			"and "
			"%s is shut by %s",
			text, o->all, o->open, who, o->shut, by);
	else if (text && o->shut)
		message = tw_arena_printf(arena,
			"compliance rules say of %s that it opens %s; in truth no packet from the "
			"internet gets there: %s decides first",
			text, o->all, by);
	else if (text && !o->reached)
		message = tw_arena_printf(arena,
			"compliance rules say of %s that it opens %s; the list lets %s in there, "
			"but no route brings the internet to anybody behind it",
			text, o->all, who);
	else if (text)
		message = tw_arena_printf(arena,
			"compliance rules say of %s that it opens %s; that is true for %s%s", text,
			o->all, who, reply ? ", as a side effect of letting replies in" : "");
	bool loud = o->open && o->reached && !reply;
	TW_TRY(tw_lint_tell(lint, "TW302", loud ? TW_LEVEL_WARNING : TW_LEVEL_NOTE, TW_INGRESS,
		(uint32_t)o->rule, "what compliance rules look at", message, &f));
	return add_notes(o, f);
}

/* ---- a list that passes the letter and is open ----------------------------------------------- */

static tw_status evades(struct tw_lint *lint, uint8_t family, const struct port *port)
{
	struct tw_lint_list *l = &lint->list[TW_INGRESS];
	struct tw_results *r = lint->results;
	struct tw_space *space = r->judge->space;
	uint16_t *label = TW_NEW_ARRAY(r->work, uint16_t, l->rules.n + 1);
	tw_set asked = from_internet(lint, family, port->port);
	size_t n = 0;
	if (!label)
		return TW_ENOMEM;
	for (size_t i = 0; i < l->rules.n; i++)
		if (offends(&l->rules.rule[i], port->port) && l->rules.rule[i].family == family)
			return TW_OK;
	if (!tw_set_is_subset(space, asked, l->compiled->allow))
		return tw_space_status(space);
	for (size_t i = 0; i < l->rules.n; i++)
		if (!tw_set_is_empty(tw_set_intersect(space, asked, l->decides[i])))
			label[n++] = (uint16_t)(i + TW_LABEL_RULE);
	struct tw_finding_draft *f;
	if (n == 0)
		return tw_space_status(space);
	const char *rules = tw_lint_rules_text(lint, TW_INGRESS, label, n);
	const char *message =
		rules ? tw_arena_printf(r->arena,
				"%s passes the compliance rules for %u (%s), and is open "
				"to the whole internet there: ingress %s together hold "
				"every public address",
				r->net->acl[lint->acl].object.id, port->port, port->name, rules)
		      : NULL;
	TW_TRY(tw_lint_tell(lint, "TW302", TW_LEVEL_WARNING, TW_INGRESS,
		(uint32_t)label[0] - TW_LABEL_RULE, "one of the blocks", message, &f));
	return tw_lint_note(lint, f,
		tw_arena_printf(
			r->arena, "the rules look for 0.0.0.0/0 and ::/0 only: %s", port->rules));
}

tw_status tw_lint_compliance(struct tw_lint *lint)
{
	struct tw_lint_list *l = &lint->list[TW_INGRESS];
	if (!lint->options->compliance)
		return TW_OK;
	for (size_t i = 0; i < l->rules.n; i++) {
		struct offence o = {.lint = lint, .rule = i};
		o.port = TW_NEW_ARRAY(lint->results->work, struct tw_ports, PORTS);
		if (!o.port)
			return TW_ENOMEM;
		TW_TRY(look_at(&o));
		if (o.all)
			TW_TRY(tell_offence(&o));
	}
	for (size_t i = 0; i < PORTS; i++) {
		TW_TRY(evades(lint, TW_IPV4, &ports[i]));
		TW_TRY(evades(lint, TW_IPV6, &ports[i]));
	}
	return TW_OK;
}
