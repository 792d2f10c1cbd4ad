/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Near misses: rules of the list at fault that nearly let the packets through. The default deny
 * drops them, but it is as it should be; the rule with the slip in its ports or in its CIDR block
 * is the one that a person must look at.
 */
#include "addresses.h"
#include "results.h"

enum { SHOWN = 2, BLOCKS = 3, PORTS = 4 };

/* What a rule misses of the packets behind a finding. */
struct miss {
	const struct tw_rule *rule;
	struct tw_port_list ports; /* of peers that the rule is for */
	struct tw_ranges peers;	   /* that it is not for */
	bool cut;		   /* there are more */
};

/* ---- what is missed -------------------------------------------------------------------------- */

static bool is_loud(const struct tw_finding_draft *f, const struct tw_need *need)
{
	return need->level >= f->level;
}

/* Replies go to a reply rule, requests to one that is for their service. */
static bool is_for_such(
	const struct tw_finding_draft *f, const struct tw_rule *rule, const struct tw_need_box *box)
{
	if (rule->action != TW_ALLOW || rule->maybe || rule->family != f->cause.family ||
		rule->protocol != f->cause.protocol || rule->every_port)
		return false;
	if (f->cause.direction == TW_REPLY)
		return tw_ports_class(rule->ports) == TW_CLASS_REPLY;
	return rule->ports.lo <= box->ports.lo && box->ports.hi <= rule->ports.hi;
}

/* Adds what the rule misses of one box. */
static tw_status miss_box(struct tw_arena *arena, const struct tw_need_box *box, struct miss *miss)
{
	const struct tw_range own = tw_prefix_range(miss->rule->peer);
	struct tw_range *peer = TW_NEW_ARRAY(arena, struct tw_range, 1);
	struct tw_ports *ports = TW_NEW_ARRAY(arena, struct tw_ports, 1);
	struct tw_ranges rest;
	if (!peer || !ports)
		return TW_ENOMEM;
	*peer = box->peer;
	*ports = box->ports;
	struct tw_port_list lost = {ports, 1};
	if (tw_ranges_meet((struct tw_ranges){peer, 1}, own)) {
		/* What it allows and is denied before it comes to its turn is not its miss. */
		TW_TRY(tw_ports_subtract(arena, lost,
			(struct tw_port_list){(struct tw_ports[]){miss->rule->ports}, 1}, &lost));
		TW_TRY(tw_ports_union(arena, miss->ports, lost, &miss->ports));
	}
	TW_TRY(tw_ranges_subtract(
		arena, (struct tw_ranges){peer, 1}, (struct tw_ranges){&own, 1}, &rest));
	return tw_ranges_union(arena, miss->peers, rest, &miss->peers);
}

/* What a rule misses; nothing at all if it is not of the kind. */
static tw_status miss_of(struct tw_results *r, const struct tw_finding_draft *f,
	const struct tw_rule *rule, struct miss *ret)
{
	struct miss miss = {.rule = rule};
	for (size_t i = 0; i < f->need.n; i++) {
		const struct tw_need *need = &f->need.v[i];
		for (size_t k = 0; is_loud(f, need) && k < need->boxes; k++)
			if (is_for_such(f, rule, &need->box[k])) {
				TW_TRY(miss_box(r->arena, &need->box[k], &miss));
				miss.cut |= need->cut;
			}
	}
	*ret = miss;
	return TW_OK;
}

/* ---- in words -------------------------------------------------------------------------------- */

/* "32768-60999 (linux)": the ports that are asked for, and by whom. */
static const char *needed_text(struct tw_results *r, const struct tw_finding_draft *f)
{
	struct tw_port_list all = {NULL, 0};
	const char *who = NULL;
	size_t said = 0;
	if (f->cause.leg > 0) /* SPEC: eph-nat */
		return "1024-65535 (the NAT gateway picks any of them)";
	for (size_t i = 0; i < f->client.n; i++) {
		const struct tw_client_result *c = &f->client.v[i];
		struct tw_port_list own = {
			TW_NEW_ARRAY(r->arena, struct tw_ports, c->client->ranges + 1),
			c->client->ranges};
		if (c->level < f->level || c->passing == c->total)
			continue;
		if (!own.v)
			return NULL;
		memcpy(own.v, c->client->range, own.n * sizeof(*own.v));
		if (tw_ports_union(r->arena, all, own, &all) != TW_OK)
			return NULL;
		if (said++ >= BLOCKS)
			continue;
		who = who ? tw_arena_printf(r->arena, "%s, %s", who, c->client->id) : c->client->id;
		if (!who)
			return NULL;
	}
	const char *ports = tw_ports_text(r->arena, all.v, all.n, PORTS);
	if (!ports || !who)
		return ports;
	return said > BLOCKS ? tw_arena_printf(
				       r->arena, "%s (%s and %zu more)", ports, who, said - BLOCKS)
			     : tw_arena_printf(r->arena, "%s (%s)", ports, who);
}

/* "10.0.3.0/24, 10.0.4.0/24" where a few blocks say it all, else the name that the flow has. */
static const char *peers_text(
	struct tw_results *r, const struct tw_finding_draft *f, const struct miss *miss)
{
	struct tw_prefix block[BLOCKS];
	char buf[TW_PREFIX_TEXT];
	size_t n = 0;
	for (size_t i = 0; i < miss->peers.n && n <= BLOCKS; i++)
		n += tw_range_prefixes(miss->peers.v[i], n < BLOCKS ? block + n : NULL, BLOCKS - n);
	if ((n > BLOCKS || miss->cut) && f->subject.n > 0)
		return tw_arena_printf(r->arena, "%s%s",
			f->subject.v[0].block ? f->subject.v[0].block : f->subject.v[0].peer,
			f->subject.n > 1 ? " and others" : "");
	const char *text = NULL;
	for (size_t i = 0; i < n && i < BLOCKS; i++) {
		tw_prefix_text(block[i], buf);
		text = tw_arena_printf(r->arena, "%s%s%s", text ? text : "", text ? ", " : "", buf);
		if (!text)
			return NULL;
	}
	return text ? text : "other addresses";
}

static const char *peers_sentence(
	struct tw_results *r, const struct tw_finding_draft *f, const struct miss *miss)
{
	char buf[TW_PREFIX_TEXT];
	bool in = f->cause.list == TW_INGRESS;
	const char *peers = peers_text(r, f, miss);
	if (!peers)
		return NULL;
	return tw_arena_printf(r->arena, "is for %s only, these %s %s %s",
		tw_prefix_text(miss->rule->peer, buf),
		f->cause.direction == TW_REPLY ? "replies" : "requests", in ? "come from" : "go to",
		peers);
}

static const char *ports_sentence(
	struct tw_results *r, const struct tw_finding_draft *f, const struct miss *miss)
{
	const char *own = tw_ports_text(r->arena, &miss->rule->ports, 1, 1);
	const char *needed = needed_text(r, f);
	const char *lost = tw_ports_text(r->arena, miss->ports.v, miss->ports.n, PORTS);
	if (!own || !needed || !lost)
		return NULL;
	return tw_arena_printf(r->arena, "allows %s, the replies need %s: %s %s missing", own,
		needed, lost,
		miss->ports.n == 1 && miss->ports.v[0].lo == miss->ports.v[0].hi ? "is" : "are");
}

static const char *sentence(
	struct tw_results *r, const struct tw_finding_draft *f, const struct miss *miss)
{
	const char *ports = miss->ports.n > 0 ? ports_sentence(r, f, miss) : NULL;
	const char *peers = miss->peers.n > 0 ? peers_sentence(r, f, miss) : NULL;
	if ((miss->ports.n > 0 && !ports) || (miss->peers.n > 0 && !peers))
		return NULL;
	return tw_arena_printf(r->arena, "%s rule %s %s%s%s", tw_list_name(f->cause.list),
		miss->rule->id, ports ? ports : "", ports && peers ? "; it " : "",
		peers ? peers : "");
}

/* ---- telling --------------------------------------------------------------------------------- */

/* The default deny alone drops the packets: no rule was written that does. */
static bool by_default(const struct tw_results *r, const struct tw_cause *cause)
{
	struct tw_rules rules = r->net->acl[cause->acl].list[cause->list];
	return cause->zero == 0 && (cause->rules == 0 || rules.rule[cause->rule[0]].implicit);
}

static const struct tw_near_miss *named_of(const struct tw_finding_draft *f)
{
	for (size_t i = 0; i < f->need.n; i++)
		if (is_loud(f, &f->need.v[i]) && f->need.v[i].named)
			return f->need.v[i].named;
	return NULL;
}

static void drop_note(struct tw_finding_draft *f, const char *text)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->note.n; i++)
		if (strcmp(f->note.v[i], text) != 0)
			f->note.v[kept++] = f->note.v[i];
	f->note.n = kept;
}

/* The rule to look at, if the default deny is the only one to blame; else a note. */
static tw_status tell(struct tw_results *r, struct tw_finding_draft *f, const struct miss *miss)
{
	const char *text = sentence(r, f, miss);
	if (!text)
		return TW_ENOMEM;
	if (f->finding.near_miss.rule || !by_default(r, &f->cause))
		return tw_finding_note(r, f, text);
	f->finding.near_miss = (struct tw_near_miss){miss->rule->id, text, miss->rule->span};
	return TW_OK;
}

/* Rules for these peers that lack ports, or with `peers` those for other peers. */
static tw_status tell_all(
	struct tw_results *r, struct tw_finding_draft *f, bool peers, size_t *said)
{
	struct tw_rules rules = r->net->acl[f->cause.acl].list[f->cause.list];
	for (size_t i = 0; i < rules.n && *said < SHOWN; i++) {
		struct miss miss;
		bool decides = false;
		for (size_t k = 0; k < f->cause.rules; k++)
			decides |= f->cause.rule[k] == i;
		if (decides)
			continue;
		TW_TRY(miss_of(r, f, &rules.rule[i], &miss));
		if (miss.ports.n > 0 ? peers : !peers || miss.peers.n == 0)
			continue;
		TW_TRY(tell(r, f, &miss));
		++*said;
	}
	return TW_OK;
}

/*
 * A rule for the same peers comes first; then one that names the service where the client's port
 * belongs, as was seen while the flows were judged; then one for other peers.
 */
tw_status tw_near_misses_tell(struct tw_results *r, struct tw_finding_draft *f)
{
	const struct tw_near_miss *named = named_of(f);
	size_t said = 0;
	TW_TRY(tell_all(r, f, false, &said));
	if (named && !f->finding.near_miss.rule && by_default(r, &f->cause))
		f->finding.near_miss = *named;
	TW_TRY(tell_all(r, f, true, &said));
	if (f->finding.near_miss.rule)
		drop_note(f, f->finding.near_miss.message);
	return TW_OK;
}
