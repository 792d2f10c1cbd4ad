/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Choices: the kinds of edits that may let a gap's packets pass. Each is tried on the list as exact
 * sets, and ranked: denies that somebody wrote stay as they are if they can; then the fewest edits,
 * then the fewest packets that are newly let through.
 */
#include <stdio.h>
#include <stdlib.h>

#include "proposal.h"

/* A deny of everything, of one protocol or all, from everywhere: what AWS does at the end anyway.
 */
static bool is_catch_all(const struct tw_rule *rule)
{
	return rule->implicit || (rule->peer.len == 0 && rule->every_port);
}

bool tw_is_aimed(const struct tw_rule *rule)
{
	return rule->action == TW_DENY && !is_catch_all(rule);
}

static bool meets(const struct tw_rule *rule, const struct tw_entry *e)
{
	bool protocol = rule->protocol == TW_PROTOCOL_ALL || e->protocol == TW_PROTOCOL_ALL ||
			rule->protocol == e->protocol;
	bool peers =
		rule->family == e->cidr.family && (tw_prefix_contains(rule->peer, e->cidr) ||
							  tw_prefix_contains(e->cidr, rule->peer));
	bool ports = rule->every_port || e->protocol != rule->protocol || e->icmp_type >= 0 ||
		     (rule->ports.lo <= e->ports.hi && e->ports.lo <= rule->ports.hi);
	return protocol && peers && ports;
}

/* Between the denies that must stay in front and the first rule that eats the packets. */
static void place_for(const struct tw_proposal *p, const struct tw_aim *aim,
	const struct tw_entry *e, unsigned *ret_after, unsigned *ret_before)
{
	unsigned after = 0, before = *ret_before;
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct tw_rule *rule = &p->rules.rule[i];
		if (aim->decides[i] && !rule->implicit && rule->number < before && meets(rule, e))
			before = rule->number;
	}
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct tw_rule *rule = &p->rules.rule[i];
		if (rule->action != TW_ALLOW && rule->number < before && meets(rule, e))
			after = rule->number;
	}
	*ret_after = after;
	*ret_before = before;
}

/* ---- trying -----------------------------------------------------------------------------------
 */

/* Adds come first, so for a moment all of them stand beside what goes. SPEC:
 * nacl-add-before-delete, quota-nacl-rules */
static bool fits(struct tw_proposal *p, const struct tw_edit *edit, size_t n)
{
	size_t count = tw_list_entries(p->rules, p->gap->family), more = 0;
	for (size_t i = 0; i < n; i++)
		more += edit[i].operation == TW_ADD;
	if (more == 0 || count + more <= p->m->quota)
		return true;
	size_t room = count < p->m->quota ? p->m->quota - count : 0;
	const char *short_of =
		room == 0 ? "no rule can be added"
			  : tw_arena_printf(p->m->arena, "%zu more fit%s, and it takes %zu", room,
				    room == 1 ? "s" : "", more);
	p->m->refusal = tw_arena_printf(p->m->arena,
		"%s has %zu of %u %s entries for IPv%u, the default deny included: %s", p->acl,
		count, p->m->quota, p->gap->list == TW_INGRESS ? "inbound" : "outbound",
		p->gap->family, short_of ? short_of : "the others do not fit");
	return false;
}

/* What others decided and this would now let through: denies written on purpose stay. */
static tw_status respects(struct tw_proposal *p, const struct tw_aim *aim, tw_set opened,
	struct tw_choice_marks *marks, bool *ret)
{
	bool *decides = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	if (!decides)
		return TW_ENOMEM;
	TW_TRY(tw_deciders_of(p, opened, decides));
	*ret = true;
	for (size_t i = 0; i < p->rules.n; i++) {
		if (!decides[i] || !tw_is_aimed(&p->rules.rule[i]))
			continue;
		marks->undoes = true;
		*ret &= aim->decides[i];
	}
	return TW_OK;
}

/* Nothing that passed may stop, but for port 0, which no client picks. */
static bool closes_nothing(struct tw_proposal *p, tw_set closed)
{
	struct tw_box box[2] = {tw_box_all(TW_IPV4), tw_box_all(TW_IPV6)};
	box[0].service = box[1].service = (struct tw_ports){0, 0};
	return tw_set_is_subset(p->m->book->space, closed,
		tw_set_boxes(p->m->book->space, box, p->gap->zero ? 2 : 0));
}

static tw_status consider(struct tw_proposal *p, const struct tw_aim *aim, enum tw_choice_kind kind,
	const struct tw_edit *edit, size_t n, bool *ret_works)
{
	struct tw_space *space = p->m->book->space;
	struct tw_choice one = {.kind = kind, .edit = edit, .edits = n};
	struct tw_rules rules;
	struct tw_compiled new;
	bool fine;
	TW_TRY(tw_patch_list(&p->m->work, p->rules, p->acl, p->gap->list, edit, n, &rules));
	TW_TRY(tw_recent_compile(p->m->book->lists, rules, p->view, &new));
	tw_set opened = tw_set_subtract(space, new.allow, p->old.allow);
	*ret_works = tw_set_is_subset(space, aim->wanted, new.allow);
	if (!*ret_works)
		return tw_space_status(space);
	one.marks.closes = kind == TW_REPLACE_TWINS;
	TW_TRY(respects(p, aim, opened, &one.marks, &fine));
	if (!fine || !fits(p, edit, n) ||
		(!one.marks.closes &&
			!closes_nothing(p, tw_set_subtract(space, p->old.allow, new.allow))))
		return tw_space_status(space);
	tw_set_count(space, opened, &one.opened);
	TW_TRY(tw_space_status(space));
	return TW_VEC_PUSH(p->m->mem, &p->choice, one);
}

static int by_merit(const void *a, const void *b)
{
	const struct tw_choice *x = a, *y = b;
	if (x->marks.undoes != y->marks.undoes)
		return x->marks.undoes ? 1 : -1;
	if (x->marks.closes != y->marks.closes)
		return x->marks.closes ? 1 : -1;
	if (x->edits != y->edits)
		return x->edits < y->edits ? -1 : 1;
	int cmp = tw_count_cmp(&x->opened, &y->opened);
	return cmp != 0 ? cmp : (x->kind > y->kind) - (x->kind < y->kind);
}

/* ---- kinds of edits ---------------------------------------------------------------------------
 */

static struct tw_edit *room_for(struct tw_proposal *p, size_t n)
{
	return TW_NEW_ARRAY(&p->m->work, struct tw_edit, n + 1);
}

static void no_number(struct tw_proposal *p, unsigned after, const struct tw_entry *e)
{
	const char *text = tw_entry_text(&p->m->work, e);
	if (text)
		p->m->refusal = tw_arena_printf(p->m->arena,
			"%s has no free %s rule number above %u for \"%s\" that keeps its denies "
			"effective",
			p->acl, p->gap->list == TW_INGRESS ? "inbound" : "outbound", after, text);
}

/* The number of the same entry in what was offered for another finding, if it fits here; or 0. */
static unsigned given_number(struct tw_proposal *p, struct tw_rules rules, const struct tw_entry *e,
	unsigned after, unsigned before)
{
	for (size_t i = 0; i < p->m->given.n; i++) {
		struct tw_entry same = *e;
		bool taken = false;
		same.number = p->m->given.v[i].entry.number;
		for (size_t k = 0; k < rules.n; k++)
			taken |= rules.rule[k].number == same.number;
		if (!taken && tw_entry_equal(&same, &p->m->given.v[i].entry) &&
			same.number > after && same.number < before)
			return same.number;
	}
	return 0;
}

/* One entry at its place behind the edits that are there; `*ret_n` grows if there is a number. */
static tw_status append(struct tw_proposal *p, const struct tw_aim *aim, const struct tw_entry *e,
	unsigned before, struct tw_edit *edit, size_t *ret_n, bool *ret_ok)
{
	struct tw_rules rules;
	unsigned after;
	TW_TRY(tw_patch_list(&p->m->work, p->rules, p->acl, p->gap->list, edit, *ret_n, &rules));
	struct tw_edit one = {.operation = TW_ADD, .entry = *e};
	place_for(p, aim, e, &after, &before);
	one.entry.number = (uint16_t)given_number(p, rules, e, after, before);
	if (one.entry.number == 0)
		one.entry.number = (uint16_t)tw_number_free(rules, p->reserved, after, before);
	*ret_ok = one.entry.number > 0;
	if (*ret_ok)
		edit[(*ret_n)++] = one;
	else
		no_number(p, after, e);
	return TW_OK;
}

static tw_status add_all(struct tw_proposal *p, const struct tw_aim *aim)
{
	bool works;
	struct tw_edit *edit = room_for(p, p->entries);
	size_t n = 0;
	bool ok = edit != NULL;
	if (!edit)
		return TW_ENOMEM;
	for (size_t i = 0; ok && i < p->entries; i++)
		TW_TRY(append(p, aim, &p->entry[i], TW_NUMBER_MOST + 1, edit, &n, &ok));
	return ok ? consider(p, aim, TW_ADD_BEHIND, edit, n, &works) : TW_OK;
}

/* SPEC: nacl-entry-immutable */
static struct tw_edit replace(const struct tw_rule *rule, struct tw_entry by)
{
	by.number = (uint16_t)rule->number;
	return (struct tw_edit){TW_REPLACE, by, rule->span};
}

/* A reply rule that is there, and misses some ports or peers; or 0-0, which was meant as "all". */
static bool is_near(const struct tw_proposal *p, size_t i, const struct tw_entry *e)
{
	const struct tw_rule *rule = &p->rules.rule[i];
	if (rule->action != TW_ALLOW || rule->maybe || rule->family != e->cidr.family ||
		rule->protocol != e->protocol || e->protocol == TW_PROTOCOL_ALL)
		return false;
	if (p->gap->zero == i + 1 || (rule->ports.lo == 0 && rule->ports.hi == 0))
		return p->gap->direction == TW_REPLY;
	if (rule->every_port || e->icmp_type >= 0)
		return true;
	if (p->gap->direction == TW_REQUEST)
		return rule->ports.lo == e->ports.lo && rule->ports.hi == e->ports.hi;
	return tw_ports_class(rule->ports) == TW_CLASS_REPLY;
}

static tw_status widen(struct tw_proposal *p, const struct tw_aim *aim)
{
	bool works;
	for (size_t i = 0; i < p->rules.n && p->entries == 1; i++) {
		const struct tw_rule *rule = &p->rules.rule[i];
		struct tw_entry e = p->entry[0];
		struct tw_range span = {rule->peer.addr, e.cidr.addr, e.cidr.family};
		if (!is_near(p, i, &e))
			continue;
		bool zero = rule->ports.hi == 0 && !rule->every_port;
		if (tw_addr_cmp(span.first, span.last) > 0)
			span = (struct tw_range){e.cidr.addr, rule->peer.addr, e.cidr.family};
		struct tw_prefix cover = tw_range_cover(span);
		unsigned len = rule->peer.len < e.cidr.len ? rule->peer.len : e.cidr.len;
		if (cover.len > len)
			cover = rule->peer.len == len ? rule->peer : e.cidr;
		e.cidr = cover;
		if (!zero && rule->ports.lo < e.ports.lo && e.icmp_type < 0)
			e.ports.lo = rule->ports.lo;
		if (!zero && rule->ports.hi > e.ports.hi && e.icmp_type < 0)
			e.ports.hi = rule->ports.hi;
		struct tw_edit *edit = room_for(p, 1);
		if (!edit)
			return TW_ENOMEM;
		edit[0] = replace(rule, e);
		TW_TRY(consider(p, aim, TW_WIDEN, edit, 1, &works));
	}
	return TW_OK;
}

/* The part of an entry that a deny takes. False: none. */
static bool cut(const struct tw_rule *deny, struct tw_entry *e)
{
	if (!meets(deny, e))
		return false;
	if (e->protocol == TW_PROTOCOL_ALL)
		e->protocol = deny->protocol;
	if (deny->peer.len > e->cidr.len)
		e->cidr = deny->peer;
	if (!deny->every_port && e->icmp_type < 0) {
		e->ports.lo = deny->ports.lo > e->ports.lo ? deny->ports.lo : e->ports.lo;
		e->ports.hi = deny->ports.hi < e->ports.hi ? deny->ports.hi : e->ports.hi;
	}
	return true;
}

/* A narrow entry in front of each deny that is aimed at these packets, and one for the rest. */
static tw_status add_in_front(struct tw_proposal *p, const struct tw_aim *aim)
{
	bool works;
	struct tw_edit *edit = room_for(p, p->entries * (p->rules.n + 1));
	size_t n = 0;
	bool ok = edit != NULL, rest = false;
	if (!edit)
		return TW_ENOMEM;
	for (size_t i = 0; ok && i < p->rules.n; i++) {
		if (!aim->decides[i])
			continue;
		rest |= !tw_is_aimed(&p->rules.rule[i]);
		for (size_t k = 0; ok && k < p->entries && tw_is_aimed(&p->rules.rule[i]); k++) {
			struct tw_entry e = p->entry[k];
			if (cut(&p->rules.rule[i], &e))
				TW_TRY(append(p, aim, &e, p->rules.rule[i].number, edit, &n, &ok));
		}
	}
	if (n == 0 || !ok)
		return TW_OK;
	/* Behind all denies: those are answered for. */
	struct tw_aim rest_aim = *aim;
	bool *only = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	if (!only)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++)
		only[i] = aim->decides[i] && !tw_is_aimed(&p->rules.rule[i]);
	rest_aim.decides = only;
	tw_status status = TW_OK;
	for (size_t k = 0; status == TW_OK && ok && rest && k < p->entries; k++)
		status = append(p, &rest_aim, &p->entry[k], TW_NUMBER_MOST + 1, edit, &n, &ok);
	return status == TW_OK && ok ? consider(p, aim, TW_ADD_IN_FRONT, edit, n, &works) : status;
}

/* What is left of a deny's ports without those of the entries, if it is one range of the same
 * peers. */
static bool shrink(const struct tw_proposal *p, const struct tw_rule *deny, struct tw_entry *ret)
{
	struct tw_entry e = tw_entry_of_rule(deny, p->acl, p->gap->list);
	const struct tw_entry *by = &p->entry[0];
	if (p->entries != 1 || deny->every_port || deny->protocol != by->protocol ||
		by->icmp_type >= 0 || !tw_prefix_contains(by->cidr, deny->peer))
		return false;
	bool head = deny->ports.lo<by->ports.lo, tail = deny->ports.hi> by->ports.hi;
	if (head == tail)
		return false;
	if (head)
		e.ports.hi = (uint16_t)(by->ports.lo - 1);
	else
		e.ports.lo = (uint16_t)(by->ports.hi + 1);
	*ret = e;
	return true;
}

/* Without the denies that are aimed at these packets, or with what is left of them. */
static tw_status take_denies_away(struct tw_proposal *p, const struct tw_aim *aim, bool whole)
{
	struct tw_edit *edit = room_for(p, p->rules.n + p->entries);
	size_t n = 0;
	bool works, ok = true;
	if (!edit)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct tw_rule *rule = &p->rules.rule[i];
		struct tw_entry e;
		if (!aim->decides[i] || !tw_is_aimed(rule))
			continue;
		if (!whole && !shrink(p, rule, &e))
			return TW_OK;
		edit[n++] =
			whole ? (struct tw_edit){TW_REMOVE,
					tw_entry_of_rule(rule, p->acl, p->gap->list), rule->span}
			      : replace(rule, e);
	}
	if (n == 0)
		return TW_OK;
	enum tw_choice_kind kind = whole ? TW_REMOVE_DENY : TW_SHRINK_DENY;
	TW_TRY(consider(p, aim, kind, edit, n, &works));
	for (size_t k = 0; !works && ok && k < p->entries; k++)
		TW_TRY(append(p, aim, &p->entry[k], TW_NUMBER_MOST + 1, edit, &n, &ok));
	return works || !ok ? TW_OK : consider(p, aim, kind, edit, n, &works);
}

/* No rule behind it lets anything of its family pass. */
static bool is_at_the_end(struct tw_rules rules, size_t rule)
{
	for (size_t i = rule + 1; i < rules.n; i++)
		if (rules.rule[i].family == rules.rule[rule].family &&
			(rules.rule[i].action != TW_DENY || rules.rule[i].maybe))
			return false;
	return true;
}

/* A deny of everything at the end is what AWS does anyway, and a rule that decides nothing is no
 * loss: where no rule can be added, its number is taken. */
static tw_status take_over(struct tw_proposal *p, const struct tw_aim *aim)
{
	bool works;
	for (size_t i = 0; i < p->rules.n && p->entries == 1; i++) {
		const struct tw_rule *rule = &p->rules.rule[i];
		bool end = aim->decides[i] && is_catch_all(rule) && is_at_the_end(p->rules, i);
		if (rule->implicit || rule->maybe || rule->family != p->gap->family ||
			(!end && !p->idle[i]))
			continue;
		struct tw_edit *edit = room_for(p, 1);
		if (!edit)
			return TW_ENOMEM;
		edit[0] = replace(rule, p->entry[0]);
		TW_TRY(consider(p, aim, TW_TAKE_OVER, edit, 1, &works));
	}
	return TW_OK;
}

/*
 * A rule that names the service port where a reply goes to another: it was meant as the reply rule
 * (rule 8 of the inference), so beside a true one it would be read as a call of its own. Not one
 * by which anything works.
 */
static bool is_twin(const struct tw_proposal *p, const struct tw_rule *rule)
{
	const struct tw_report *report = p->m->now.report;
	char id[256];
	snprintf(id, sizeof(id), "%s/%s/%s", p->acl, tw_list_name(p->gap->list), rule->id);
	if (p->gap->direction != TW_REPLY || rule->action != TW_ALLOW || rule->maybe ||
		rule->every_port || rule->family != p->gap->family ||
		rule->protocol != p->gap->protocol)
		return false;
	const struct tw_flow *own = tw_flow_of(report, id);
	if (own && own->verdict != TW_ONE_WAY && own->verdict != TW_BLOCKED)
		return false;
	for (size_t i = 0; i < p->finding->flows_n; i++) {
		const struct tw_flow *flow = tw_flow_of(report, p->finding->flow[i]);
		for (size_t k = 0; flow && k < flow->service_n; k++)
			if (flow->service[k].lo == rule->ports.lo &&
				flow->service[k].hi == rule->ports.hi)
				return true;
	}
	return false;
}

static tw_status replace_twins(struct tw_proposal *p, const struct tw_aim *aim)
{
	enum { MOST = 4 };
	bool works;
	struct tw_edit *edit = room_for(p, MOST);
	size_t n = 0;
	if (!edit)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->rules.n && p->entries == 1; i++) {
		const struct tw_rule *rule = &p->rules.rule[i];
		if (!is_twin(p, rule))
			continue;
		if (n == MOST)
			return TW_OK;
		edit[n] =
			n == 0 ? replace(rule, p->entry[0])
			       : (struct tw_edit){TW_REMOVE,
					 tw_entry_of_rule(rule, p->acl, p->gap->list), rule->span};
		n++;
	}
	return n > 0 ? consider(p, aim, TW_REPLACE_TWINS, edit, n, &works) : TW_OK;
}

/* ---- all together -----------------------------------------------------------------------------
 */

/* Edits that leave the denies that somebody aimed as they are, and let the rest pass. */
static tw_status beside_denies(struct tw_proposal *p)
{
	bool *aimed = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	struct tw_aim aim = {.decides = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1)};
	tw_set shut;
	if (!aimed || !aim.decides)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++) {
		aimed[i] = p->aim.decides[i] && tw_is_aimed(&p->rules.rule[i]);
		aim.decides[i] = p->aim.decides[i] && !aimed[i];
	}
	TW_TRY(tw_decided_by(p, aimed, &shut));
	aim.wanted = tw_set_subtract(p->m->book->space, p->aim.wanted, shut);
	TW_TRY(tw_space_status(p->m->book->space));
	if (tw_set_is_empty(aim.wanted))
		return TW_OK;
	TW_TRY(widen(p, &aim));
	TW_TRY(add_all(p, &aim));
	TW_TRY(take_over(p, &aim));
	return replace_twins(p, &aim);
}

tw_status tw_choose_edits(struct tw_proposal *p)
{
	TW_TRY(beside_denies(p));
	TW_TRY(add_in_front(p, &p->aim));
	TW_TRY(take_denies_away(p, &p->aim, false));
	TW_TRY(take_denies_away(p, &p->aim, true));
	if (p->choice.n > 0)
		qsort(p->choice.v, p->choice.n, sizeof(*p->choice.v), by_merit);
	return TW_OK;
}
