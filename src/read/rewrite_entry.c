/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry of an ACL: which of its bytes must change so that it says something else. Members keep
 * their order, spacing and spelling; one that is new stands before "Protocol", where AWS prints it.
 */

#include <stdlib.h>

#include "rewrite.h"

/* ---- splices --------------------------------------------------------------------------------- */

tw_status tw_splice_add(struct tw_splices *splices, uint32_t begin, uint32_t end, struct tw_sv text)
{
	struct tw_splice splice = {begin, end, text};

	return TW_VEC_PUSH(splices->mem, &splices->list, splice);
}

static int cmp_splices(const void *a, const void *b)
{
	const struct tw_splice *left = a, *right = b;

	if (left->begin != right->begin)
		return left->begin < right->begin ? -1 : 1;
	return (left->end > right->end) - (left->end < right->end);
}

tw_status tw_splice_apply(struct tw_splices *splices, const char *bytes, uint32_t begin,
	uint32_t end, struct tw_sv *ret)
{
	struct tw_splice *splice = splices->list.v;
	size_t n = splices->list.n, size = end - begin, at = 0;
	uint32_t from = begin;

	if (n > 1)
		qsort(splice, n, sizeof(*splice), cmp_splices);
	for (size_t i = 0; i < n; i++) {
		if (splice[i].begin < from || splice[i].end < splice[i].begin ||
			splice[i].end > end)
			return TW_EBUG;
		size = size - (splice[i].end - splice[i].begin) + splice[i].text.n;
		from = splice[i].end;
	}
	char *text = tw_arena_alloc(splices->arena, size + 1);
	if (!text)
		return TW_ENOMEM;
	from = begin;
	for (size_t i = 0; i < n; i++) {
		memcpy(text + at, bytes + from, splice[i].begin - from);
		at += splice[i].begin - from;
		if (splice[i].text.n)
			memcpy(text + at, splice[i].text.p, splice[i].text.n);
		at += splice[i].text.n;
		from = splice[i].end;
	}
	memcpy(text + at, bytes + from, end - from);
	*ret = (struct tw_sv){text, size};
	return TW_OK;
}

void tw_splices_fini(struct tw_splices *splices)
{
	TW_VEC_FREE(splices->mem, &splices->list);
}

/* ---- layouts --------------------------------------------------------------------------------- */

static struct tw_sv between(const struct tw_document *d, uint32_t begin, uint32_t end)
{
	return (struct tw_sv){d->bytes + begin, end - begin};
}

struct tw_layout tw_layout_of(const struct tw_document *d, uint32_t node)
{
	bool object = tw_node_kind(d, node) == TW_NODE_OBJECT;
	uint32_t first = tw_node_first(d, node), next, last;
	struct tw_sv none = {"", 0};
	struct tw_layout layout = {none, none, none, none, .known = first != TW_NODE_NONE};

	if (!layout.known) {
		layout.open = between(d, d->node[node].begin + 1, d->node[node].end - 1);
		return layout;
	}
	uint32_t value = object ? tw_node_value(d, first) : first;
	for (last = first; (next = tw_node_after(d, node, last)) != TW_NODE_NONE;)
		last = next;
	layout.open = between(d, d->node[node].begin + 1, d->node[first].begin);
	if (object)
		layout.colon = between(d, d->node[first].end, d->node[value].begin);
	next = tw_node_after(d, node, first);
	if (next != TW_NODE_NONE)
		layout.gap = between(d, d->node[value].end, d->node[next].begin);
	last = object ? tw_node_value(d, last) : last;
	layout.close = between(d, d->node[last].end, d->node[node].end - 1);
	return layout;
}

/* ---- members of one entry -------------------------------------------------------------------- */

enum { CIDR, EGRESS, ICMP, CIDR6, PORTS, PROTOCOL, ACTION, NUMBER, MEMBERS };
static const char *const names[MEMBERS] = {[CIDR] = "CidrBlock",
	[EGRESS] = "Egress",
	[ICMP] = "IcmpTypeCode",
	[CIDR6] = "Ipv6CidrBlock",
	[PORTS] = "PortRange",
	[PROTOCOL] = "Protocol",
	[ACTION] = "RuleAction",
	[NUMBER] = "RuleNumber"};

struct change {
	struct tw_document *d;
	struct tw_splices splices;
	uint32_t node, array;  /* the entry, and the list of its neighbours */
	uint32_t key[MEMBERS]; /* explicit nulls too; or TW_NODE_NONE */
	struct tw_layout layout;
	bool nulls; /* absent members are said to be null here */
	bool gone[MEMBERS];
};

static void find_members(struct change *c)
{
	for (int i = 0; i < MEMBERS; i++)
		c->key[i] = TW_NODE_NONE;
	for (uint32_t key = tw_node_first(c->d, c->node); key != TW_NODE_NONE;
		key = tw_node_after(c->d, c->node, key)) {
		for (int i = 0; i < MEMBERS; i++)
			if (tw_node_is(c->d, key, names[i]))
				c->key[i] = key;
		if (tw_node_kind(c->d, tw_node_value(c->d, key)) == TW_NODE_NULL)
			c->nulls = true;
	}
}

static bool has(const struct change *c, int member)
{
	return c->key[member] != TW_NODE_NONE &&
	       tw_node_kind(c->d, tw_node_value(c->d, c->key[member])) != TW_NODE_NULL;
}

static tw_status put(struct change *c, uint32_t node, const char *text)
{
	if (!text)
		return TW_ENOMEM;
	return tw_splice_add(
		&c->splices, c->d->node[node].begin, c->d->node[node].end, tw_sv_of(text));
}

/* A value in place of the old one: in quotes if that was, or if there was none. */
static tw_status put_value(struct change *c, uint32_t value, const char *text)
{
	bool quoted = tw_node_kind(c->d, value) == TW_NODE_STRING ||
		      tw_node_kind(c->d, value) == TW_NODE_NULL;

	return put(c, value, tw_arena_printf(c->splices.arena, quoted ? "\"%s\"" : "%s", text));
}

static tw_status put_int(struct change *c, uint32_t value, int number)
{
	const char *text = tw_arena_printf(c->splices.arena, "%d", number);

	return text ? put_value(c, value, text) : TW_ENOMEM;
}

/* ---- objects in an entry: PortRange, IcmpTypeCode -------------------------------------------- */

bool tw_layout_spread(struct tw_sv text)
{
	return memchr(text.p, '\n', text.n) != NULL;
}

/* How much deeper the members stand than the bracket that closes them. */
struct tw_sv tw_layout_unit(const struct tw_layout *layout)
{
	const char *in = layout->open.p, *out = layout->close.p;
	size_t in_n = layout->open.n, out_n = layout->close.n;

	for (size_t i = in_n; i > 0; i--)
		if (in[i - 1] == '\n') {
			in += i;
			in_n -= i;
			break;
		}
	for (size_t i = out_n; i > 0; i--)
		if (out[i - 1] == '\n') {
			out += i;
			out_n -= i;
			break;
		}
	if (in_n > out_n)
		return (struct tw_sv){in + out_n, in_n - out_n};
	return TW_SV("    ");
}

#define SV(text) (int)(text).n, (text).p

/* A neighbour's key of this name, with an object behind it; or TW_NODE_NONE. */
static uint32_t neighbours_key(const struct change *c, int member)
{
	const struct tw_document *d = c->d;

	for (uint32_t entry = tw_node_first(d, c->array); entry != TW_NODE_NONE;
		entry = tw_node_after(d, c->array, entry)) {
		uint32_t value = tw_node_member(d, entry, names[member]);
		if (entry != c->node && value != TW_NODE_NONE && tw_node_count(d, value) == 2)
			return value - 1; /* a value follows its key at once */
	}
	return TW_NODE_NONE;
}

/* Laid out as the same object of a neighbour, else as the entry that it stands in. */
static const char *pair(
	struct change *c, int member, const char *first, int a, const char *second, int b)
{
	uint32_t like = neighbours_key(c, member);
	struct tw_layout in = c->layout;

	if (like == TW_NODE_NONE)
		like = neighbours_key(c, member == PORTS ? ICMP : PORTS);
	if (like != TW_NODE_NONE) {
		in = tw_layout_of(c->d, tw_node_value(c->d, like));
	} else if (tw_layout_spread(in.open)) {
		struct tw_sv unit = tw_layout_unit(&in);
		const char *open =
			tw_arena_printf(c->splices.arena, "%.*s%.*s", SV(in.open), SV(unit));
		const char *gap =
			tw_arena_printf(c->splices.arena, "%.*s%.*s", SV(in.gap), SV(unit));
		if (!open || !gap)
			return NULL;
		in.close = in.open;
		in.open = tw_sv_of(open);
		in.gap = tw_sv_of(gap);
	}
	return tw_arena_printf(c->splices.arena, "{%.*s\"%s\"%.*s%d%.*s\"%s\"%.*s%d%.*s}",
		SV(in.open), first, SV(in.colon), a, SV(in.gap), second, SV(in.colon), b,
		SV(in.close));
}

/* The key of this entry that a neighbour has behind `like`; TW_NODE_NONE: it is the last one. */
static uint32_t key_behind(const struct change *c, uint32_t entry, uint32_t like)
{
	const struct tw_document *d = c->d;

	while ((like = tw_node_after(d, entry, like)) != TW_NODE_NONE)
		for (int i = 0; i < MEMBERS; i++) {
			if (!tw_node_is(d, like, names[i]))
				continue;
			/* An entry has one block, of the one family or of the other. */
			int here = c->key[i] != TW_NODE_NONE ? i
				   : i == CIDR		     ? CIDR6
				   : i == CIDR6		     ? CIDR
							     : i;
			if (c->key[here] != TW_NODE_NONE && !c->gone[here])
				return c->key[here];
		}
	return TW_NODE_NONE;
}

/* Of the members that stay. */
static uint32_t last_known(const struct change *c)
{
	uint32_t last = c->key[NUMBER];

	for (int i = 0; i < MEMBERS; i++)
		if (c->key[i] != TW_NODE_NONE && !c->gone[i] && c->key[i] > last)
			last = c->key[i];
	return last;
}

static uint32_t entry_of(const struct change *c, uint32_t key)
{
	uint32_t entry = tw_node_first(c->d, c->array);

	while (c->d->node[entry].next <= key)
		entry = tw_node_after(c->d, c->array, entry);
	return entry;
}

/* Where a neighbour has it; else before "Protocol". */
static tw_status insert(struct change *c, int member, const char *text)
{
	uint32_t like = neighbours_key(c, member), before = c->key[PROTOCOL];
	const struct tw_node *node = c->d->node;
	const char *whole;

	if (like != TW_NODE_NONE)
		before = key_behind(c, entry_of(c, like), like);
	if (before == TW_NODE_NONE) {
		uint32_t end = node[tw_node_value(c->d, last_known(c))].end;
		whole = tw_arena_printf(c->splices.arena, "%.*s\"%s\"%.*s%s", SV(c->layout.gap),
			names[member], SV(c->layout.colon), text);
		if (!whole)
			return TW_ENOMEM;
		return tw_splice_add(&c->splices, end, end, tw_sv_of(whole));
	}
	whole = tw_arena_printf(c->splices.arena, "\"%s\"%.*s%s%.*s", names[member],
		SV(c->layout.colon), text, SV(c->layout.gap));
	if (!whole)
		return TW_ENOMEM;
	return tw_splice_add(&c->splices, node[before].begin, node[before].begin, tw_sv_of(whole));
}

static tw_status put_member_int(struct change *c, uint32_t object, const char *key, int number)
{
	uint32_t value = tw_node_member(c->d, object, key);
	int64_t old;

	if (value == TW_NODE_NONE)
		return TW_EPARSE;
	TW_TRY(tw_node_int(c->d, value, NULL, -1, UINT16_MAX, &old));
	return old == number ? TW_OK : put_int(c, value, number);
}

/* {first: a, second: b} in the member, which may be absent, null, or say something else. */
static tw_status set_pair(
	struct change *c, int member, const char *first, int a, const char *second, int b)
{
	const char *text;

	if (has(c, member)) {
		uint32_t object = tw_node_value(c->d, c->key[member]);
		TW_TRY(put_member_int(c, object, first, a));
		return put_member_int(c, object, second, b);
	}
	text = pair(c, member, first, a, second, b);
	if (!text)
		return TW_ENOMEM;
	if (c->key[member] != TW_NODE_NONE)
		return put(c, tw_node_value(c->d, c->key[member]), text);
	return insert(c, member, text);
}

static tw_status drop(struct change *c, int member)
{
	if (!has(c, member))
		return TW_OK;
	if (c->nulls)
		return put(c, tw_node_value(c->d, c->key[member]), "null");
	c->gone[member] = true;
	return TW_OK;
}

/* ---- the entry ------------------------------------------------------------------------------- */

/* SPEC: nacl-field-cidr-xor */
static tw_status set_cidr(struct change *c, const struct tw_rule *old, struct tw_prefix prefix)
{
	int now = prefix.family == TW_IPV6 ? CIDR6 : CIDR, before = now == CIDR ? CIDR6 : CIDR;
	char text[TW_PREFIX_TEXT];

	tw_prefix_text(prefix, text);
	if (old->family == prefix.family) {
		if (old->peer.len == prefix.len && !tw_addr_cmp(old->peer.addr, prefix.addr))
			return TW_OK;
		return put_value(c, tw_node_value(c->d, c->key[now]), text);
	}
	if (c->key[now] != TW_NODE_NONE) {
		TW_TRY(put_value(c, tw_node_value(c->d, c->key[now]), text));
		return put(c, tw_node_value(c->d, c->key[before]), "null");
	}
	TW_TRY(put(c, c->key[before], tw_arena_printf(c->splices.arena, "\"%s\"", names[now])));
	return put_value(c, tw_node_value(c->d, c->key[before]), text);
}

/* SPEC: nacl-field-portrange */
static tw_status set_service(
	struct change *c, const struct tw_rule *old, const struct tw_entry *entry, bool fresh)
{
	bool ports = tw_protocol_has_ports(entry->protocol), icmp = tw_entry_has_icmp(entry);
	bool had_ports = tw_protocol_has_ports(old->protocol),
	     had_icmp = tw_protocol_states_icmp((enum tw_family)old->family, old->protocol);

	/* First out, then in: what comes in stands beside what stays. */
	if (!ports && (fresh || had_ports))
		TW_TRY(drop(c, PORTS));
	if (!icmp && (fresh || had_icmp))
		TW_TRY(drop(c, ICMP));
	/* Absent, and read as all: an edit that changes nothing else need not say it. */
	bool all = entry->ports.lo == 0 && entry->ports.hi == UINT16_MAX,
	     any = entry->icmp_type < 0;
	if (ports && !(had_ports && !fresh && all && !has(c, PORTS)))
		TW_TRY(set_pair(c, PORTS, "From", entry->ports.lo, "To", entry->ports.hi));
	if (icmp && !(had_icmp && !fresh && any && !has(c, ICMP)))
		TW_TRY(set_pair(c, ICMP, "Code", any ? -1 : entry->icmp_code, "Type",
			any ? -1 : entry->icmp_type));
	return TW_OK;
}

static tw_status set_all(
	struct change *c, const struct tw_rule *old, const struct tw_entry *entry, bool fresh)
{
	bool allow = old->action == TW_ALLOW;

	if (fresh) {
		TW_TRY(put_int(c, tw_node_value(c->d, c->key[NUMBER]), entry->number));
		TW_TRY(put(
			c, tw_node_value(c->d, c->key[EGRESS]), entry->egress ? "true" : "false"));
	}
	if (allow != entry->allow)
		TW_TRY(put_value(
			c, tw_node_value(c->d, c->key[ACTION]), entry->allow ? "allow" : "deny"));
	if (old->protocol != entry->protocol)
		TW_TRY(put_int(c, tw_node_value(c->d, c->key[PROTOCOL]), entry->protocol));
	TW_TRY(set_cidr(c, old, entry->cidr));
	return set_service(c, old, entry, fresh);
}

static bool is_gone(const struct change *c, uint32_t key, bool fresh)
{
	for (int i = 0; i < MEMBERS; i++)
		if (c->key[i] == key)
			return c->gone[i];
	return fresh;
}

/* Members go with one comma each: the one behind them, but before the last that stays. */
static tw_status take_out(struct change *c, bool fresh)
{
	const struct tw_document *d = c->d;
	uint32_t last = TW_NODE_NONE;

	for (uint32_t key = tw_node_first(d, c->node); key != TW_NODE_NONE;
		key = tw_node_after(d, c->node, key))
		if (!is_gone(c, key, fresh))
			last = key;
	for (uint32_t key = tw_node_first(d, c->node); key != last;
		key = tw_node_after(d, c->node, key)) {
		uint32_t next = tw_node_after(d, c->node, key);
		if (is_gone(c, key, fresh))
			TW_TRY(tw_splice_add(&c->splices, d->node[key].begin, d->node[next].begin,
				(struct tw_sv){"", 0}));
	}
	uint32_t begin = d->node[tw_node_value(d, last)].end;
	uint32_t end = d->node[c->node].end - 1 - (uint32_t)c->layout.close.n;
	if (begin == end)
		return TW_OK;
	return tw_splice_add(&c->splices, begin, end, (struct tw_sv){"", 0});
}

tw_status tw_rewrite_entry(struct tw_aws *aws, struct tw_arena *arena, uint32_t array,
	uint32_t node, const struct tw_entry *entry, bool fresh, struct tw_sv *ret)
{
	struct change c = {.d = aws->d,
		.splices = {.arena = arena, .mem = aws->mem},
		.node = node,
		.array = array,
		.layout = tw_layout_of(aws->d, node)};
	struct tw_rule old;
	enum tw_list list;

	TW_TRY(tw_aws_acl_entry(aws, node, &old, &list));
	find_members(&c);
	tw_status status = set_all(&c, &old, entry, fresh);
	if (status == TW_OK)
		status = take_out(&c, fresh);
	if (status == TW_OK)
		status = tw_splice_apply(&c.splices, aws->d->bytes, aws->d->node[node].begin,
			aws->d->node[node].end, ret);
	tw_splices_fini(&c.splices);
	return status;
}

/* ---- without a pattern ----------------------------------------------------------------------- */

tw_status tw_rewrite_pattern(
	struct tw_arena *arena, const struct tw_layout *layout, struct tw_sv *ret)
{
	const char *text = tw_arena_printf(arena,
		"{%.*s\"CidrBlock\"%.*s\"0.0.0.0/0\"%.*s\"Egress\"%.*sfalse%.*s\"Protocol\"%.*s"
		"\"-1\"%.*s\"RuleAction\"%.*s\"deny\"%.*s\"RuleNumber\"%.*s1%.*s}",
		SV(layout->open), SV(layout->colon), SV(layout->gap), SV(layout->colon),
		SV(layout->gap), SV(layout->colon), SV(layout->gap), SV(layout->colon),
		SV(layout->gap), SV(layout->colon), SV(layout->close));

	if (!text)
		return TW_ENOMEM;
	*ret = tw_sv_of(text);
	return TW_OK;
}
