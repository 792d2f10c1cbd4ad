/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proposals: edits of one list that let certain packets pass. Several kinds are built, each is
 * tried on the list as exact sets, and they are ranked: denies that somebody wrote stay as they
 * are if they can; then the fewest edits, then the fewest packets that are newly let through.
 */
#include <stdio.h>
#include <stdlib.h>

#include "mend.h"

enum kind { WIDEN, ADD, ADD_IN_FRONT, SHRINK_DENY, REMOVE_DENY, TAKE_OVER, REPLACE_TWINS };

struct choice {
	enum kind kind;
	bool undoes, closes;
	struct tw_count opened;
	const struct tw_edit *edit;
	size_t edits;
};

struct proposal {
	struct tw_mender *m;
	const struct tw_gap *gap;
	struct tw_rules rules, reserved; /* of the list now, and of the input */
	struct tw_view view;
	const char *acl;
	struct tw_compiled old;
	tw_set wanted;		/* denied now, and must pass */
	bool *decides;		/* by rule: has a part in denying it */
	bool *idle;		/* by rule: decides nothing at all */
	struct tw_entry *entry; /* that would let it pass, without numbers */
	size_t entries;
	TW_VEC(struct choice) choice;
};

/* ---- rules ------------------------------------------------------------------------------------
 */

/* A deny of everything, of one protocol or all, from everywhere: what AWS does at the end anyway.
 */
static bool is_catch_all(const struct tw_rule *rule)
{
	return rule->implicit || (rule->peer.len == 0 && rule->every_port);
}

static bool is_aimed(const struct tw_rule *rule)
{
	return rule->action == TW_DENY && !is_catch_all(rule);
}

/* Rule 10 of the inference: all ports of a block are denied on purpose. */
static bool is_on_purpose(const struct tw_rule *rule)
{
	bool all = rule->protocol == TW_PROTOCOL_ALL || rule->every_port;
	return is_aimed(rule) && !rule->maybe && all && rule->peer.len > 0;
}

static tw_set decided_by(struct proposal *p, size_t rule)
{
	return tw_partition_where(p->m->space, p->old.decides, (uint16_t)(TW_LABEL_RULE + rule));
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
static void place_for(
	struct proposal *p, const struct tw_entry *e, unsigned *ret_after, unsigned *ret_before)
{
	unsigned after = 0, before = *ret_before;
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct tw_rule *rule = &p->rules.rule[i];
		if (p->decides[i] && !rule->implicit && rule->number < before && meets(rule, e))
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
static bool fits(struct proposal *p, const struct tw_edit *edit, size_t n)
{
	size_t count = tw_list_entries(p->rules, p->gap->family);
	for (size_t i = 0; i < n; i++)
		count += edit[i].operation == TW_ADD;
	bool fits = count <= p->m->quota || n == 0 ||
		    count == tw_list_entries(p->rules, p->gap->family);
	if (!fits)
		p->m->refusal = tw_arena_printf(p->m->arena,
			"%s has %zu of %u %s entries for IPv%u, the default deny included: no rule "
			"can be added",
			p->acl, tw_list_entries(p->rules, p->gap->family), p->m->quota,
			p->gap->list == TW_INGRESS ? "inbound" : "outbound", p->gap->family);
	return fits;
}

/* What others decided and this would now let through: denies written on purpose stay. */
static bool respects(struct proposal *p, tw_set opened, bool *ret_undoes)
{
	*ret_undoes = false;
	for (size_t i = 0; i < p->rules.n; i++) {
		if (!is_aimed(&p->rules.rule[i]) ||
			tw_set_is_empty(tw_set_intersect(p->m->space, opened, decided_by(p, i))))
			continue;
		if (!p->decides[i])
			return false;
		*ret_undoes = true;
	}
	return true;
}

/* Nothing that passed may stop, but for port 0, which no client picks. */
static bool closes_nothing(struct proposal *p, tw_set closed)
{
	struct tw_box box[2] = {tw_box_all(TW_IPV4), tw_box_all(TW_IPV6)};
	box[0].service = box[1].service = (struct tw_ports){0, 0};
	return tw_set_is_subset(
		p->m->space, closed, tw_set_boxes(p->m->space, box, p->gap->zero ? 2 : 0));
}

static tw_status consider(
	struct proposal *p, enum kind kind, const struct tw_edit *edit, size_t n, bool *ret_works)
{
	struct tw_space *space = p->m->space;
	struct choice one = {.kind = kind, .edit = edit, .edits = n};
	struct tw_rules rules;
	struct tw_compiled new;
	if (ret_works)
		*ret_works = false;
	TW_TRY(tw_patch_list(&p->m->work, p->rules, p->acl, p->gap->list, edit, n, &rules));
	TW_TRY(tw_compile_acl(space, rules, p->view, &new));
	tw_set opened = tw_set_subtract(space, new.allow, p->old.allow);
	bool works = tw_set_is_subset(space, p->wanted, new.allow);
	if (ret_works)
		*ret_works = works;
	one.closes = kind == REPLACE_TWINS;
	if (!works || !respects(p, opened, &one.undoes) || !fits(p, edit, n) ||
		(!one.closes &&
			!closes_nothing(p, tw_set_subtract(space, p->old.allow, new.allow))))
		return tw_space_status(space);
	tw_set_count(space, opened, &one.opened);
	TW_TRY(tw_space_status(space));
	return TW_VEC_PUSH(p->m->mem, &p->choice, one);
}

static int by_merit(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;
	if (x->undoes != y->undoes)
		return x->undoes ? 1 : -1;
	if (x->closes != y->closes)
		return x->closes ? 1 : -1;
	if (x->edits != y->edits)
		return x->edits < y->edits ? -1 : 1;
	int cmp = tw_count_cmp(&x->opened, &y->opened);
	return cmp != 0 ? cmp : (x->kind > y->kind) - (x->kind < y->kind);
}

/* ---- kinds of edits ---------------------------------------------------------------------------
 */

static struct tw_edit *room_for(struct proposal *p, size_t n)
{
	return TW_NEW_ARRAY(&p->m->work, struct tw_edit, n + 1);
}

static void no_number(struct proposal *p, unsigned after, const struct tw_entry *e)
{
	const char *text = tw_entry_text(&p->m->work, e);
	if (text)
		p->m->refusal = tw_arena_printf(p->m->arena,
			"%s has no free %s rule number above %u for \"%s\" that keeps its denies "
			"effective",
			p->acl, p->gap->list == TW_INGRESS ? "inbound" : "outbound", after, text);
}

/* The number of the same entry in what was offered for another finding, if it fits here; or 0. */
static unsigned given_number(struct proposal *p, struct tw_rules rules, const struct tw_entry *e,
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
static tw_status append(struct proposal *p, const struct tw_entry *e, unsigned before,
	struct tw_edit *edit, size_t *ret_n, bool *ret_ok)
{
	struct tw_rules rules;
	unsigned after;
	TW_TRY(tw_patch_list(&p->m->work, p->rules, p->acl, p->gap->list, edit, *ret_n, &rules));
	struct tw_edit one = {.operation = TW_ADD, .entry = *e};
	place_for(p, e, &after, &before);
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

static tw_status add_all(struct proposal *p)
{
	struct tw_edit *edit = room_for(p, p->entries);
	size_t n = 0;
	bool ok = edit != NULL;
	if (!edit)
		return TW_ENOMEM;
	for (size_t i = 0; ok && i < p->entries; i++)
		TW_TRY(append(p, &p->entry[i], TW_NUMBER_MOST + 1, edit, &n, &ok));
	return ok ? consider(p, ADD, edit, n, NULL) : TW_OK;
}

/* SPEC: nacl-entry-immutable */
static struct tw_edit replace(const struct tw_rule *rule, struct tw_entry by)
{
	by.number = (uint16_t)rule->number;
	return (struct tw_edit){TW_REPLACE, by, rule->span};
}

/* A reply rule that is there, and misses some ports or peers; or 0-0, which was meant as "all". */
static bool is_near(const struct proposal *p, size_t i, const struct tw_entry *e)
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

static tw_status widen(struct proposal *p)
{
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
		TW_TRY(consider(p, WIDEN, edit, 1, NULL));
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
static tw_status add_in_front(struct proposal *p)
{
	struct tw_edit *edit = room_for(p, p->entries * (p->rules.n + 1));
	size_t n = 0;
	bool ok = edit != NULL, rest = false;
	if (!edit)
		return TW_ENOMEM;
	for (size_t i = 0; ok && i < p->rules.n; i++) {
		if (!p->decides[i])
			continue;
		rest |= !is_aimed(&p->rules.rule[i]);
		for (size_t k = 0; ok && k < p->entries && is_aimed(&p->rules.rule[i]); k++) {
			struct tw_entry e = p->entry[k];
			if (cut(&p->rules.rule[i], &e))
				TW_TRY(append(p, &e, p->rules.rule[i].number, edit, &n, &ok));
		}
	}
	if (n == 0 || !ok)
		return TW_OK;
	/* Behind all denies: those are answered for. */
	bool *decides = p->decides;
	bool *only = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	if (!only)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++)
		only[i] = decides[i] && !is_aimed(&p->rules.rule[i]);
	p->decides = only;
	tw_status status = TW_OK;
	for (size_t k = 0; status == TW_OK && ok && rest && k < p->entries; k++)
		status = append(p, &p->entry[k], TW_NUMBER_MOST + 1, edit, &n, &ok);
	p->decides = decides;
	return status == TW_OK && ok ? consider(p, ADD_IN_FRONT, edit, n, NULL) : status;
}

/* What is left of a deny's ports without those of the entries, if it is one range of the same
 * peers. */
static bool shrink(const struct proposal *p, const struct tw_rule *deny, struct tw_entry *ret)
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
static tw_status take_denies_away(struct proposal *p, bool whole)
{
	struct tw_edit *edit = room_for(p, p->rules.n + p->entries);
	size_t n = 0;
	bool works, ok = true;
	if (!edit)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct tw_rule *rule = &p->rules.rule[i];
		struct tw_entry e;
		if (!p->decides[i] || !is_aimed(rule))
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
	enum kind kind = whole ? REMOVE_DENY : SHRINK_DENY;
	TW_TRY(consider(p, kind, edit, n, &works));
	for (size_t k = 0; !works && ok && k < p->entries; k++)
		TW_TRY(append(p, &p->entry[k], TW_NUMBER_MOST + 1, edit, &n, &ok));
	return works || !ok ? TW_OK : consider(p, kind, edit, n, NULL);
}

/* A deny of everything at the end is what AWS does anyway, and a rule that decides nothing is no
 * loss: where no rule can be added, its number is taken. */
static tw_status take_over(struct proposal *p)
{
	for (size_t i = 0; i < p->rules.n && p->entries == 1; i++) {
		const struct tw_rule *rule = &p->rules.rule[i];
		bool end = p->decides[i] && is_catch_all(rule) && !rule->implicit;
		if (rule->implicit || rule->maybe || rule->family != p->gap->family ||
			(!end && !p->idle[i]))
			continue;
		struct tw_edit *edit = room_for(p, 1);
		if (!edit)
			return TW_ENOMEM;
		edit[0] = replace(rule, p->entry[0]);
		TW_TRY(consider(p, TAKE_OVER, edit, 1, NULL));
	}
	return TW_OK;
}

/*
 * A rule that names the service port where a reply goes to another: it was meant as the reply rule
 * (rule 8 of the inference), so beside a true one it would be read as a call of its own. Not one
 * by which anything works.
 */
static bool is_twin(
	struct proposal *p, const struct tw_finding *finding, const struct tw_rule *rule)
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
	for (size_t i = 0; i < finding->flows_n; i++) {
		const struct tw_flow *flow = tw_flow_of(report, finding->flow[i]);
		for (size_t k = 0; flow && k < flow->service_n; k++)
			if (flow->service[k].lo == rule->ports.lo &&
				flow->service[k].hi == rule->ports.hi)
				return true;
	}
	return false;
}

static tw_status replace_twins(struct proposal *p, const struct tw_finding *finding)
{
	enum { MOST = 4 };
	struct tw_edit *edit = room_for(p, MOST);
	size_t n = 0;
	if (!edit)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->rules.n && p->entries == 1; i++) {
		const struct tw_rule *rule = &p->rules.rule[i];
		if (!is_twin(p, finding, rule))
			continue;
		if (n == MOST)
			return TW_OK;
		edit[n] =
			n == 0 ? replace(rule, p->entry[0])
			       : (struct tw_edit){TW_REMOVE,
					 tw_entry_of_rule(rule, p->acl, p->gap->list), rule->span};
		n++;
	}
	return n > 0 ? consider(p, REPLACE_TWINS, edit, n, NULL) : TW_OK;
}

/* ---- all together -----------------------------------------------------------------------------
 */

static tw_status find_deciders(struct proposal *p)
{
	struct tw_space *space = p->m->space;
	p->decides = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	p->idle = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	if (!p->decides || !p->idle)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++) {
		tw_set part = decided_by(p, i);
		p->idle[i] = tw_set_is_empty(part);
		if (p->rules.rule[i].action == TW_ALLOW)
			continue;
		/* Replies that a whole block is refused are refused on purpose. */
		if (p->gap->direction == TW_REPLY && is_on_purpose(&p->rules.rule[i]))
			p->wanted = tw_set_subtract(space, p->wanted, part);
		else
			p->decides[i] = !tw_set_is_empty(tw_set_intersect(space, p->wanted, part));
	}
	return tw_space_status(space);
}

static tw_status fill_entries(
	struct proposal *p, const struct tw_finding *finding, enum tw_width width)
{
	const struct tw_ports *ports;
	const struct tw_prefix *block;
	size_t ports_n, blocks;
	TW_TRY(tw_gap_ports(p->m, p->gap, finding, width, &ports, &ports_n));
	TW_TRY(tw_gap_blocks(p->m, p->gap, width, &block, &blocks));
	p->entry = TW_NEW_ARRAY(&p->m->work, struct tw_entry, ports_n * blocks + 1);
	if (!p->entry)
		return TW_ENOMEM;
	bool icmp = tw_protocol_is_icmp((enum tw_family)p->gap->family, p->gap->protocol);
	bool has_ports = tw_protocol_has_ports(p->gap->protocol);
	for (size_t i = 0; i < blocks; i++)
		for (size_t k = 0; k < ports_n; k++) {
			struct tw_entry e = {.component = p->acl,
				.egress = p->gap->list == TW_EGRESS,
				.allow = true,
				.protocol = p->gap->protocol,
				.cidr = block[i],
				.ports = {0, UINT16_MAX},
				.icmp_type = -1,
				.icmp_code = -1};
			if (has_ports)
				e.ports = ports[k];
			if (icmp && ports[k].lo >> 8 == ports[k].hi >> 8) {
				e.icmp_type = (int16_t)(ports[k].lo >> 8);
				if (ports[k].lo == ports[k].hi)
					e.icmp_code = (int16_t)(ports[k].lo & 255);
			}
			p->entry[p->entries++] = e;
			if (!has_ports && !icmp)
				break;
		}
	return TW_OK;
}

/* Numbers that are not to be used: those of the input, and those offered for other findings. */
static tw_status reserve(struct proposal *p)
{
	struct tw_mender *m = p->m;
	struct tw_rules input = m->original->acl[p->gap->acl].list[p->gap->list];
	struct tw_rule *rule = TW_NEW_ARRAY(&m->work, struct tw_rule, input.n + m->given.n + 1);
	size_t n = input.n;
	if (!rule)
		return TW_ENOMEM;
	memcpy(rule, input.rule, input.n * sizeof(*rule));
	for (size_t i = 0; i < m->given.n; i++) {
		const struct tw_entry *e = &m->given.v[i].entry;
		if (e->egress == (p->gap->list == TW_EGRESS) && strcmp(e->component, p->acl) == 0)
			rule[n++] = (struct tw_rule){.number = e->number};
	}
	p->reserved = (struct tw_rules){rule, n};
	return TW_OK;
}

/* Edits that leave the denies that somebody aimed as they are, and let the rest pass. */
static tw_status beside_denies(struct proposal *p, const struct tw_finding *finding)
{
	struct tw_space *space = p->m->space;
	bool *all = p->decides;
	tw_set wanted = p->wanted;
	bool *some = TW_NEW_ARRAY(&p->m->work, bool, p->rules.n + 1);
	if (!some)
		return TW_ENOMEM;
	for (size_t i = 0; i < p->rules.n; i++) {
		some[i] = all[i] && !is_aimed(&p->rules.rule[i]);
		if (all[i] && !some[i])
			p->wanted = tw_set_subtract(space, p->wanted, decided_by(p, i));
	}
	TW_TRY(tw_space_status(space));
	tw_status status = TW_OK;
	p->decides = some;
	if (!tw_set_is_empty(p->wanted))
		status = widen(p);
	if (status == TW_OK && !tw_set_is_empty(p->wanted))
		status = add_all(p);
	if (status == TW_OK && !tw_set_is_empty(p->wanted))
		status = take_over(p);
	if (status == TW_OK && !tw_set_is_empty(p->wanted))
		status = replace_twins(p, finding);
	p->decides = all;
	p->wanted = wanted;
	return status;
}

static tw_status propose(struct proposal *p, const struct tw_finding *finding, enum tw_width width)
{
	struct tw_space *space = p->m->space;
	TW_TRY(reserve(p));
	TW_TRY(tw_compile_acl(space, p->rules, p->view, &p->old));
	tw_set lost, all;
	TW_TRY(tw_gap_set(p->m, p->gap, finding, &lost, &all));
	/* A deny that the finding does not speak of is none of its business. */
	for (size_t i = 0; i < p->rules.n; i++)
		if (is_aimed(&p->rules.rule[i]))
			all = tw_set_subtract(space, all, decided_by(p, i));
	p->wanted = tw_set_intersect(space, tw_set_union(space, lost, all), p->old.deny);
	TW_TRY(find_deciders(p));
	if (tw_set_is_empty(p->wanted))
		return TW_OK;
	TW_TRY(fill_entries(p, finding, width));
	TW_TRY(beside_denies(p, finding));
	TW_TRY(add_in_front(p));
	TW_TRY(take_denies_away(p, false));
	TW_TRY(take_denies_away(p, true));
	if (p->choice.n > 0)
		qsort(p->choice.v, p->choice.n, sizeof(*p->choice.v), by_merit);
	return TW_OK;
}

static bool same_place(const struct tw_edit *a, const struct tw_edit *b)
{
	return a->entry.number == b->entry.number && a->entry.egress == b->entry.egress &&
	       strcmp(a->entry.component, b->entry.component) == 0;
}

/* What the input does not hold needs no replacing, and no removing. */
tw_status tw_edits_join(struct tw_mem *mem, tw_edits *edits, const struct tw_edit *edit)
{
	for (size_t i = 0; i < edits->n; i++) {
		struct tw_edit *old = &edits->v[i];
		if (!same_place(old, edit))
			continue;
		if (old->operation == TW_ADD && edit->operation == TW_REMOVE) {
			*old = edits->v[--edits->n];
			return TW_OK;
		}
		if (old->operation == TW_REPLACE && edit->operation == TW_REMOVE)
			old->operation = TW_REMOVE;
		old->entry = edit->entry;
		return TW_OK;
	}
	return TW_VEC_PUSH(mem, edits, *edit);
}

static tw_status push_all(struct tw_mender *m, const struct choice *choice, tw_edits *edits)
{
	for (size_t i = 0; i < choice->edits; i++)
		TW_TRY(tw_edits_join(m->mem, edits, &choice->edit[i]));
	return TW_OK;
}

tw_status tw_propose(struct tw_mender *m, const struct tw_gap *gap,
	const struct tw_finding *finding, enum tw_width width, unsigned variant, tw_edits *edits,
	struct tw_choice_marks *marks, bool *ret_any)
{
	const struct tw_acl *acl = &m->now.net->acl[gap->acl];
	struct proposal p = {
		.m = m, .gap = gap, .view = {gap->list, TW_REQUEST}, .acl = acl->object.id};
	tw_space_reset(m->space);
	TW_TRY(tw_patch_list(
		&m->work, acl->list[gap->list], p.acl, gap->list, edits->v, edits->n, &p.rules));
	tw_status status = propose(&p, finding, width);
	*ret_any = status == TW_OK &&
		   (tw_set_is_empty(p.wanted) ? variant == 0 : variant < p.choice.n);
	if (*ret_any && variant < p.choice.n) {
		marks->undoes |= p.choice.v[variant].undoes;
		marks->closes |= p.choice.v[variant].closes;
		status = push_all(m, &p.choice.v[variant], edits);
	}
	TW_VEC_FREE(m->mem, &p.choice);
	return status;
}
