/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TW302, for --compliance: common rules look at one entry at a time and ask whether it allows 20,
 * 21, 22 or 3389 from 0.0.0.0/0 or ::/0. Here stands what they say, what is true once the order of
 * rules counts, and what obeying to the letter costs. The letter: EC2.21, CIS 5.1 and AWS-0105 look
 * for TCP to 22 and 3389; CKV_AWS_229 to 232 look for 21, 20, 3389, 22, of UDP too, and take a
 * range that begins at 0 for none.
 */
#include "lint.h"

static const struct port {
	uint16_t port;
	const char *name, *tcp, *ckv; /* rules about TCP, or NULL; the one of CKV_AWS */
} ports[] = {
	{20, "ftp-data", NULL, "CKV_AWS_230"},
	{21, "ftp", NULL, "CKV_AWS_229"},
	{22, "ssh", "EC2.21, CIS 5.1, AWS-0105", "CKV_AWS_232"},
	{3389, "rdp", "EC2.21, CIS 5.1, AWS-0105", "CKV_AWS_231"},
};

enum { PORTS = TW_COUNT(ports) };

/* What the letter looks for: an entry, by itself, that allows everybody a port. */
static bool holds(const struct tw_rule *rule, uint16_t port)
{
	if (rule->implicit || rule->action != TW_ALLOW || rule->peer.family == 0 ||
		rule->peer.len != 0)
		return false;
	return rule->protocol == TW_PROTOCOL_ALL ||
	       (tw_protocol_has_ports(rule->protocol) &&
		       (rule->every_port || (rule->ports.lo <= port && port <= rule->ports.hi)));
}

/* Which rules object to it. */
struct objections {
	const char *tcp, *ckv;
};

static struct objections objections(const struct tw_rule *rule, const struct port *port)
{
	bool all = rule->protocol == TW_PROTOCOL_ALL;
	bool from_zero = !all && (rule->every_port || rule->ports.lo == 0);
	if (!holds(rule, port->port))
		return (struct objections){NULL, NULL};
	return (struct objections){
		rule->protocol != TW_PROTOCOL_UDP ? port->tcp : NULL, from_zero ? NULL : port->ckv};
}

static bool offends(const struct tw_rule *rule, const struct port *port)
{
	struct objections o = objections(rule, port);
	return o.tcp || o.ckv;
}

/* The packets from public addresses to a port. */
static tw_set from_internet(struct tw_lint *lint, uint8_t family, uint8_t protocol, uint16_t port)
{
	struct tw_results *r = lint->results;
	tw_set set =
		tw_lint_packets(lint, TW_INGRESS, family, protocol, (struct tw_ports){port, port});
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

/* ---- an entry that offends ------------------------------------------------------------------- */

/* How much of the internet the list lets in to a service. */
enum state { SHUT, PARTLY, OPEN, STATES };

/* Ports in one state: "22", or "tcp/22" where UDP fares otherwise. */
struct group {
	const char *text;
	size_t n;
};

struct offence {
	struct tw_lint *lint;
	size_t rule;
	const char *all; /* ports that the letter names */
	struct group in[STATES];
	tw_set by_others;  /* packets that are shut, to name what shuts them */
	uint16_t high;	   /* a port that is open and that clients pick as their own, or 0 */
	uint8_t picked[2]; /* ... by these protocols */
	size_t picks;
	bool low;     /* a port is open that no client picks */
	bool reached; /* routes bring some of them to somebody behind the list */
};

static tw_status put(struct offence *o, struct group *group, const char *word)
{
	struct tw_arena *arena = o->lint->results->arena;
	group->text = group->text ? tw_arena_printf(arena, "%s, %s", group->text, word) : word;
	group->n++;
	return group->text && word ? TW_OK : TW_ENOMEM;
}

static enum state state_of(struct offence *o, uint8_t protocol, uint16_t port)
{
	struct tw_lint *lint = o->lint;
	struct tw_space *space = lint->results->judge->space;
	tw_set asked = from_internet(
		lint, lint->list[TW_INGRESS].rules.rule[o->rule].family, protocol, port);
	tw_set denied = tw_set_intersect(space, asked, lint->list[TW_INGRESS].compiled->deny);
	if (denied == asked) {
		o->by_others = tw_set_union(space, o->by_others, asked);
		return SHUT;
	}
	o->reached |= is_brought(lint, tw_set_subtract(space, asked, denied));
	if (port < 1024) {
		o->low = true;
	} else {
		o->high = port; /* there is one such port, by TCP and by UDP */
		if (o->picks < TW_COUNT(o->picked))
			o->picked[o->picks++] = protocol;
	}
	return tw_set_is_empty(denied) ? OPEN : PARTLY;
}

static tw_status look_at(struct offence *o)
{
	struct tw_arena *arena = o->lint->results->arena;
	const struct tw_rule *rule = &o->lint->list[TW_INGRESS].rules.rule[o->rule];
	bool tcp = rule->protocol != TW_PROTOCOL_UDP, udp = rule->protocol != TW_PROTOCOL_TCP;
	struct group all = {NULL, 0};
	for (size_t i = 0; i < PORTS; i++) {
		uint16_t port = ports[i].port;
		if (!offends(rule, &ports[i]))
			continue;
		TW_TRY(put(o, &all, tw_arena_printf(arena, "%u", port)));
		enum state of_tcp = tcp ? state_of(o, TW_PROTOCOL_TCP, port) : STATES;
		enum state of_udp = udp ? state_of(o, TW_PROTOCOL_UDP, port) : of_tcp;
		if (!tcp || of_tcp == of_udp) {
			TW_TRY(put(o, &o->in[of_udp], tw_arena_printf(arena, "%u", port)));
			continue;
		}
		TW_TRY(put(o, &o->in[of_tcp], tw_arena_printf(arena, "tcp/%u", port)));
		TW_TRY(put(o, &o->in[of_udp], tw_arena_printf(arena, "udp/%u", port)));
	}
	o->all = all.text;
	return tw_space_status(o->lint->results->judge->space);
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

static tw_status name_rules(struct offence *o, struct tw_finding_draft *f)
{
	struct tw_lint *lint = o->lint;
	const struct tw_rule *rule = &lint->list[TW_INGRESS].rules.rule[o->rule];
	for (size_t i = 0; i < PORTS; i++) {
		struct objections by = objections(rule, &ports[i]);
		if (by.tcp || by.ckv)
			TW_TRY(tw_lint_note(lint, f,
				tw_arena_printf(lint->results->arena, "%u (%s): %s%s%s",
					ports[i].port, ports[i].name, by.tcp ? by.tcp : "",
					by.tcp && by.ckv ? ", " : "", by.ckv ? by.ckv : "")));
	}
	return TW_OK;
}

static bool has_port(const struct tw_port_list *list, uint16_t port)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].lo <= port && port <= list->v[i].hi)
			return true;
	return false;
}

/* Somebody who may send to the port can be asked, so that a reply may go to it. */
static bool is_awaited(const struct offence *o, uint8_t protocol)
{
	const struct tw_lint *lint = o->lint;
	uint8_t family = lint->list[TW_INGRESS].rules.rule[o->rule].family;
	bool named = tw_lint_named_elsewhere(lint, protocol);
	for (size_t i = 0; i < lint->atoms.n; i++) {
		const struct tw_atom *atom = &lint->atoms.v[i];
		if (atom->family == family && atom->protocol == protocol && atom->public &&
			has_port(&atom->allowed[TW_INGRESS], o->high) &&
			atom->allowed[TW_EGRESS].n > 0 &&
			(named || tw_lint_serves(lint, i, TW_INGRESS)))
			return true;
	}
	return false;
}

static tw_status tell_price(struct offence *o, struct tw_finding_draft *f)
{
	struct tw_lint *lint = o->lint;
	struct tw_arena *arena = lint->results->arena;
	struct tw_ports port = {o->high, o->high};
	bool much, awaited = false;
	for (size_t i = 0; i < o->picks; i++)
		awaited |= is_awaited(o, o->picked[i]);
	if (!awaited)
		return tw_lint_note(lint, f,
			tw_arena_printf(arena,
				"closing %u here costs no reply: no outbound rule lets out a "
				"request of a service, so none waits for one",
				o->high));
	TW_TRY(tw_lint_price(lint, f, (struct tw_port_list){&port, 1}, &much));
	return tw_lint_note(lint, f,
		tw_arena_printf(arena,
			"closing %u here takes the replies of connections that use %u as "
			"their own port: the table says how many%s",
			o->high, o->high,
			tw_lint_is_reply(lint, TW_INGRESS, o->rule)
				? "; a security group that does not let it in costs none"
				: ""));
}

/* Which rules complain, and what the letter costs. */
static tw_status add_notes(struct offence *o, struct tw_finding_draft *f)
{
	TW_TRY(name_rules(o, f));
	if (o->high == 0 && !o->low)
		return tw_lint_note(o->lint, f,
			"the finding of such a rule is false here; obeying it means to split the "
			"rule around the port: that costs rules, and no connection that is not "
			"lost already");
	if (o->high != 0)
		TW_TRY(tell_price(o, f));
	if (o->low)
		TW_TRY(tw_lint_note(o->lint, f,
			"closing a port below 1024 costs no reply: no client picks it; callers of "
			"the service itself are shut out"));
	return TW_OK;
}

/* "22 is open to the internet, 3389 to some of it, and 20, 21 are shut by rule 30" */
static const char *states_text(struct offence *o, const char *by)
{
	struct tw_arena *arena = o->lint->results->arena;
	const struct group *open = &o->in[OPEN], *partly = &o->in[PARTLY], *shut = &o->in[SHUT];
	const char *text = NULL;
	if (open->n > 0)
		text = tw_arena_printf(arena, "%s %s open to the internet", open->text,
			open->n > 1 ? "are" : "is");
	if (partly->n > 0 && open->n > 0)
		text = text ? tw_arena_printf(arena, "%s%s %s to some of it", text,
				      shut->n > 0 ? "," : ", and", partly->text)
			    : NULL;
	else if (partly->n > 0)
		text = tw_arena_printf(arena, "%s %s open to some of the internet", partly->text,
			partly->n > 1 ? "are" : "is");
	if (shut->n > 0 && text)
		text = tw_arena_printf(arena, "%s, and %s %s shut by %s", text, shut->text,
			shut->n > 1 ? "are" : "is", by);
	return text;
}

/* What is true, behind "compliance rules say of it that it opens 22; ". */
static tw_status truth(struct offence *o, bool reply, const char **ret)
{
	struct tw_arena *arena = o->lint->results->arena;
	const char *by = "", *states;
	const char *side = reply ? ", as a side effect of letting replies in" : "";
	const char *who = o->in[OPEN].n > 0 ? "the internet" : "some of the internet";
	if (o->in[SHUT].n > 0)
		TW_TRY(shut_by(o, &by));
	if (!o->in[OPEN].text && !o->in[PARTLY].text) {
		*ret = tw_arena_printf(arena,
			"in truth no packet from the internet gets there: %s decides first", by);
		return *ret ? TW_OK : TW_ENOMEM;
	}
	bool alike = !o->in[SHUT].text && (!o->in[OPEN].text || !o->in[PARTLY].text);
	states = alike ? "" : states_text(o, by);
	if (!states)
		return TW_ENOMEM;
	if (!o->reached)
		*ret = tw_arena_printf(arena,
			alike ? "the list lets %s in there, but no route brings the internet to "
				"anybody behind it"
			      : "by the list %s, but no route brings the internet to anybody "
				"behind it",
			alike ? who : states);
	else
		*ret = tw_arena_printf(arena, alike ? "that is true for %s%s" : "in truth %s%s",
			alike ? who : states, side);
	return *ret ? TW_OK : TW_ENOMEM;
}

static tw_status tell_offence(struct offence *o)
{
	struct tw_lint *lint = o->lint;
	const char *text = tw_lint_rule_text(lint, TW_INGRESS, o->rule), *what = NULL;
	struct tw_finding_draft *f;
	bool reply = tw_lint_is_reply(lint, TW_INGRESS, o->rule);
	TW_TRY(truth(o, reply, &what));
	const char *message = text ? tw_arena_printf(lint->results->arena,
					     "compliance rules say of %s that it opens %s; %s",
					     text, o->all, what)
				   : NULL;
	bool loud = (o->high != 0 || o->low) && o->reached && !reply;
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
	tw_set asked = from_internet(lint, family, TW_PROTOCOL_TCP, port->port);
	size_t n = 0;
	if (!label)
		return TW_ENOMEM;
	for (size_t i = 0; i < l->rules.n; i++)
		if (holds(&l->rules.rule[i], port->port) && l->rules.rule[i].family == family &&
			l->rules.rule[i].protocol != TW_PROTOCOL_UDP)
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
		tw_arena_printf(r->arena, "the rules look for 0.0.0.0/0 and ::/0 only: %s%s%s",
			port->tcp ? port->tcp : "", port->tcp ? ", " : "", port->ckv));
}

tw_status tw_lint_compliance(struct tw_lint *lint)
{
	struct tw_lint_list *l = &lint->list[TW_INGRESS];
	if (!lint->options->compliance)
		return TW_OK;
	for (size_t i = 0; i < l->rules.n; i++) {
		struct offence o = {.lint = lint, .rule = i};
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

const char *tw_lint_compliance_text(const struct tw_lint *lint)
{
	const struct tw_net *net = lint->results->net;
	if (!lint->options->compliance)
		return NULL;
	for (size_t a = 0; a < net->acls; a++)
		for (size_t i = 0; i < net->acl[a].list[TW_INGRESS].n; i++)
			for (size_t p = 0; p < PORTS; p++)
				if (offends(&net->acl[a].list[TW_INGRESS].rule[i], &ports[p]))
					return NULL;
	return "compliance: none of EC2.21, CIS 5.1, AWS-0105 and CKV_AWS_229 to 232 objects to a "
	       "network ACL rule here";
}
