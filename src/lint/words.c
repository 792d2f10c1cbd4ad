/* SPDX-License-Identifier: Apache-2.0 */
/* Words of lint: rules, shares, entries. */
#include "lint.h"
#include "text.h"

const char *tw_lint_way(enum tw_list list)
{
	return list == TW_INGRESS ? "inbound" : "outbound";
}

const char *tw_lint_rule_text(const struct tw_lint *lint, enum tw_list list, size_t rule)
{
	struct tw_arena *arena = lint->results->arena;
	const struct tw_acl *acl = &lint->results->net->acl[lint->acl];
	const struct tw_rule *one = &acl->list[list].rule[rule];
	const char *text = tw_rule_text(arena, one, list);
	return text ? tw_arena_printf(arena, "%s %s rule %s (%s)", acl->object.id,
			      tw_list_name(list), one->id, text)
		    : NULL;
}

const char *tw_lint_rules_text(
	const struct tw_lint *lint, enum tw_list list, const uint16_t *label, size_t n)
{
	enum { MOST = 4 };
	struct tw_arena *arena = lint->results->arena;
	struct tw_rules rules = lint->list[list].rules;
	const char *text = NULL;
	for (size_t i = 0; i < n && i < MOST; i++) {
		const struct tw_rule *one = &rules.rule[label[i] - TW_LABEL_RULE];
		if (one->implicit && n == 1)
			return "the default deny";
		text = text ? tw_arena_printf(
				      arena, "%s%s %s", text, i + 1 == n ? " and" : ",", one->id)
			    : tw_arena_printf(arena, "rule%s %s", n > 1 ? "s" : "", one->id);
		if (!text)
			return NULL;
	}
	return n > MOST ? tw_arena_printf(arena, "%s and %zu more", text, n - MOST) : text;
}

/* One value for each field that the list does not look at: what is counted are packets. */
static tw_set packets_only(const struct tw_lint *lint, enum tw_list list, tw_set set)
{
	struct tw_space *space = lint->results->judge->space;
	static const enum tw_family families[] = {TW_IPV4, TW_IPV6};
	tw_set slice = TW_EMPTY;
	for (size_t i = 0; i < TW_COUNT(families); i++) {
		struct tw_box box = tw_box_all(families[i]);
		struct tw_range *other = list == TW_INGRESS ? &box.to : &box.from;
		other->last = other->first;
		box.client = (struct tw_ports){0, 0};
		slice = tw_set_union(space, slice, tw_set_box(space, &box));
	}
	return tw_set_intersect(space, set, slice);
}

/* 18446744073709551616 as "18,446,744,073,709,551,616". */
static const char *count_text(struct tw_arena *arena, const struct tw_count *count)
{
	char digits[TW_COUNT_TEXT], out[TW_COUNT_TEXT + TW_COUNT_TEXT / 3 + 1];
	tw_count_text(count, digits);
	size_t n = strlen(digits), k = 0;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[k++] = ',';
		out[k++] = digits[i];
	}
	out[k] = '\0';
	return tw_arena_str(arena, out);
}

/* How many values of one field a set has. */
static tw_status values(struct tw_lint *lint, tw_set set, enum tw_field field, struct tw_count *ret)
{
	struct tw_space *space = lint->results->judge->space;
	struct tw_intervals v = {0};
	TW_TRY(tw_set_project(space, set, field, &v));
	*ret = (struct tw_count){{0}};
	for (size_t i = 0; i < v.n; i++) {
		struct tw_addr a = v.v[i].first, b = v.v[i].last;
		struct tw_count one = {{b.lo - a.lo, b.hi - a.hi - (b.lo < a.lo), 0, 0, 0}};
		static const struct tw_count unit = {{1}};
		tw_count_add(ret, &one);
		tw_count_add(ret, &unit);
	}
	tw_intervals_free(space, &v);
	return TW_OK;
}

static tw_status share(struct tw_lint *lint, const struct tw_count *part,
	const struct tw_count *all, const char *what, const char **ret)
{
	struct tw_arena *arena = lint->results->arena;
	const char *a = count_text(arena, part), *b = count_text(arena, all);
	*ret = a && b ? tw_arena_printf(arena, "%s of %s %s", a, b, what) : NULL;
	return *ret ? TW_OK : TW_ENOMEM;
}

tw_status tw_lint_share_text(
	struct tw_lint *lint, enum tw_list list, tw_set part, tw_set all, const char **ret)
{
	struct tw_space *space = lint->results->judge->space;
	struct tw_view view = lint->list[list].view;
	enum tw_field peer = tw_view_peer_field(view), port = tw_view_port_field(view);
	struct tw_count some, whole;
	/* Whole addresses, or the same ports of every address: then one number says it. */
	tw_set by_port = tw_set_intersect(space, tw_set_forget(space, part, peer), all);
	tw_set by_peer = tw_set_intersect(space, tw_set_forget(space, part, port), all);
	by_peer = tw_set_intersect(space, tw_set_forget(space, by_peer, TW_FIELD_PROTOCOL), all);
	struct tw_intervals protocols = {0};
	TW_TRY(tw_set_project(space, all, TW_FIELD_PROTOCOL, &protocols));
	bool ports = protocols.n == 1 && protocols.v[0].first.lo == protocols.v[0].last.lo &&
		     tw_protocol_has_ports((uint8_t)protocols.v[0].first.lo);
	tw_intervals_free(space, &protocols);
	if (by_port == part && ports) {
		TW_TRY(values(lint, part, port, &some));
		TW_TRY(values(lint, all, port, &whole));
		return share(lint, &some, &whole, "ports", ret);
	}
	if (by_peer == part) {
		TW_TRY(values(lint, part, peer, &some));
		TW_TRY(values(lint, all, peer, &whole));
		return share(lint, &some, &whole, "addresses", ret);
	}
	tw_set_count(space, packets_only(lint, list, part), &some);
	tw_set_count(space, packets_only(lint, list, all), &whole);
	TW_TRY(tw_space_status(space));
	return share(
		lint, &some, &whole, ports ? "pairs of address and port" : "kinds of packets", ret);
}
