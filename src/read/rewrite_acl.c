/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One edit in the bytes of one ACL: which entry it is about, where a new one goes, and which of
 * those that are there it is to look like.
 */

#include "rewrite.h"

/* ---- snippets -------------------------------------------------------------------------------- */

tw_status tw_snippet_open(struct tw_mem *mem, struct tw_sv text, struct tw_snippet *ret)
{
	struct tw_snippet snippet = {NULL, NULL, NULL};
	uint32_t file;

	tw_status status = tw_sources_new(mem, &snippet.sources);
	if (status == TW_OK)
		status = tw_diags_new(mem, &snippet.diags);
	if (status == TW_OK)
		status = tw_sources_add(snippet.sources, "acl", text.p, text.n, &file);
	if (status == TW_OK)
		status = tw_json_read(mem, snippet.sources, file, snippet.diags, &snippet.d);
	if (status != TW_OK) {
		tw_snippet_close(&snippet);
		return status;
	}
	*ret = snippet;
	return TW_OK;
}

void tw_snippet_close(struct tw_snippet *snippet)
{
	tw_document_free(snippet->d);
	tw_diags_free(snippet->diags);
	tw_sources_free(snippet->sources);
}

/* ---- entries of the ACL ---------------------------------------------------------------------- */

struct item {
	uint32_t node;
	struct tw_rule rule;
	enum tw_list list;
};

struct work {
	struct tw_arena *arena;
	struct tw_aws aws;
	struct tw_splices splices;
	const struct tw_edit *edit;
	uint32_t entries; /* the array */
	struct item *item;
	size_t n;
	const char *why;
};

static tw_status read_items(struct tw_aws *aws, struct tw_arena *arena, uint32_t array,
	struct item **ret, size_t *ret_n)
{
	size_t n = tw_node_count(aws->d, array), i = 0;
	struct item *item = TW_NEW_ARRAY(arena, struct item, n + 1);

	if (!item)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node), i++) {
		item[i].node = node;
		TW_TRY(tw_aws_acl_entry(aws, node, &item[i].rule, &item[i].list));
	}
	*ret = item;
	*ret_n = n;
	return TW_OK;
}

static enum tw_list list_of(const struct tw_entry *entry)
{
	return entry->egress ? TW_EGRESS : TW_INGRESS;
}

/* The index of the edit's rule, or `n`. SPEC: nacl-number-space-per-direction */
static size_t find_rule(const struct work *w)
{
	const struct tw_entry *entry = &w->edit->entry;

	for (size_t i = 0; i < w->n; i++)
		if (w->item[i].list == list_of(entry) && !w->item[i].rule.implicit &&
			w->item[i].rule.number == entry->number)
			return i;
	return w->n;
}

static tw_status refuse(struct work *w, const char *format)
{
	const struct tw_entry *entry = &w->edit->entry;

	w->why = tw_arena_printf(w->arena, "%s rule %u %s", tw_list_name(list_of(entry)),
		(unsigned)entry->number, format);
	return w->why ? TW_EPARSE : TW_ENOMEM;
}

/* ---- adding ---------------------------------------------------------------------------------- */

/* The entry that needs the fewest changes; of equals the last one. */
static const struct item *best_pattern(
	const struct item *item, size_t n, const struct tw_entry *entry)
{
	const struct item *best = NULL;
	int most = -1;

	for (size_t i = 0; i < n; i++) {
		const struct tw_rule *rule = &item[i].rule;
		int score = 4 * (rule->protocol == entry->protocol) +
			    4 * (tw_protocol_has_ports(rule->protocol) ==
					tw_protocol_has_ports(entry->protocol)) +
			    4 * (rule->family == entry->cidr.family) +
			    (item[i].list == list_of(entry)) + (!rule->implicit);
		if (score >= most) {
			most = score;
			best = &item[i];
		}
	}
	return best;
}

/*
 * In a list that is sorted: before the first rule that AWS tries later, which may be the implicit
 * deny; else at the end.
 */
static size_t find_place(const struct work *w)
{
	const struct tw_entry *entry = &w->edit->entry;
	size_t place = w->n, last = w->n;
	uint32_t before = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct item *item = &w->item[i];
		if (item->list != list_of(entry))
			continue;
		if (item->rule.number < before)
			return w->n;
		before = item->rule.number;
		if (place == w->n && item->rule.number > entry->number)
			place = i;
		last = i;
	}
	if (place == w->n && last < w->n)
		place = last + 1;
	return place;
}

static struct tw_sv bytes(const struct tw_document *d, uint32_t begin, uint32_t end)
{
	return (struct tw_sv){d->bytes + begin, end - begin};
}

/* What stands between two elements: where there is one only, it begins as that one does. */
static tw_status gap_before(const struct work *w, size_t i, struct tw_sv *ret)
{
	const struct tw_document *d = w->aws.d;
	struct tw_layout list = tw_layout_of(d, w->entries);
	const char *made;

	if (w->n > 1) {
		i = i == 0 ? 1 : i == w->n ? w->n - 1 : i;
		*ret = bytes(d, d->node[w->item[i - 1].node].end, d->node[w->item[i].node].begin);
		return TW_OK;
	}
	if (list.open.n == 0) {
		struct tw_sv gap = tw_layout_of(d, w->item[0].node).gap;
		*ret = tw_layout_spread(gap) ? TW_SV(",") : gap;
		return TW_OK;
	}
	made = tw_arena_printf(w->arena, ",%.*s", (int)list.open.n, list.open.p);
	if (!made)
		return TW_ENOMEM;
	*ret = tw_sv_of(made);
	return TW_OK;
}

static tw_status put(struct work *w, uint32_t begin, uint32_t end, struct tw_sv a, struct tw_sv b)
{
	char *text = tw_arena_alloc(w->arena, a.n + b.n + 1);

	if (!text)
		return TW_ENOMEM;
	if (a.n)
		memcpy(text, a.p, a.n);
	if (b.n)
		memcpy(text + a.n, b.p, b.n);
	return tw_splice_add(&w->splices, begin, end, (struct tw_sv){text, a.n + b.n});
}

static tw_status add_beside(struct work *w)
{
	const struct item *pattern = best_pattern(w->item, w->n, &w->edit->entry);
	const struct tw_document *d = w->aws.d;
	size_t place = find_place(w);
	struct tw_sv gap, entry;

	if (!pattern)
		return TW_EBUG;
	TW_TRY(gap_before(w, place, &gap));
	TW_TRY(tw_rewrite_entry(
		&w->aws, w->arena, w->entries, pattern->node, &w->edit->entry, true, &entry));
	if (place < w->n) {
		uint32_t at = d->node[w->item[place].node].begin;
		return put(w, at, at, entry, gap);
	}
	uint32_t at = d->node[w->item[w->n - 1].node].end;
	return put(w, at, at, gap, entry);
}

/* `like` is an array of entries: the new one looks like one of them, and stands as they do. */
static tw_status copy_style(struct work *w, struct tw_sv like, const struct tw_entry *entry)
{
	struct tw_snippet snippet;
	struct tw_sv text;
	struct item *item;
	size_t n;

	TW_TRY(tw_snippet_open(w->aws.mem, like, &snippet));
	struct tw_aws aws = {
		.mem = w->aws.mem, .diags = snippet.diags, .net = w->aws.net, .d = snippet.d};
	struct tw_layout list = tw_layout_of(snippet.d, TW_NODE_ROOT);
	tw_status status = read_items(&aws, w->arena, TW_NODE_ROOT, &item, &n);
	const struct item *pattern = status == TW_OK ? best_pattern(item, n, entry) : NULL;
	if (status == TW_OK && !pattern)
		status = TW_EBUG;
	if (status == TW_OK)
		status = tw_rewrite_entry(
			&aws, w->arena, TW_NODE_ROOT, pattern->node, entry, true, &text);
	if (status == TW_OK) {
		const char *whole = tw_arena_printf(w->arena, "[%.*s%.*s%.*s]", (int)list.open.n,
			list.open.p, (int)text.n, text.p, (int)list.close.n, list.close.p);
		const struct tw_node *array = &w->aws.d->node[w->entries];
		status = whole ? tw_splice_add(
					 &w->splices, array->begin, array->end, tw_sv_of(whole))
			       : TW_ENOMEM;
	}
	tw_snippet_close(&snippet);
	return status;
}

static const char *joined(struct tw_arena *arena, struct tw_sv a, struct tw_sv b, struct tw_sv c)
{
	return tw_arena_printf(arena, "%.*s%.*s%.*s", (int)a.n, a.p, (int)b.n, b.p, (int)c.n, c.p);
}

/* No entry anywhere: the list goes on as the ACL's own members stand. */
static tw_status add_first(struct work *w, struct tw_sv like)
{
	struct tw_layout acl = tw_layout_of(w->aws.d, TW_NODE_ROOT), in = acl;
	struct tw_sv open = {"", 0}, close = {"", 0}, pattern, none = {"", 0};

	if (like.n)
		return copy_style(w, like, &w->edit->entry);
	if (tw_layout_spread(acl.open)) {
		struct tw_sv unit = tw_layout_unit(&acl);
		open = in.close = tw_sv_of(joined(w->arena, acl.open, unit, none));
		in.open = tw_sv_of(joined(w->arena, acl.open, unit, unit));
		in.gap = tw_sv_of(joined(w->arena, acl.gap, unit, unit));
		close = acl.open;
		if (!open.n || !in.open.n || !in.gap.n)
			return TW_ENOMEM;
	}
	TW_TRY(tw_rewrite_pattern(w->arena, &in, &pattern));
	const char *list = tw_arena_printf(w->arena, "[%.*s%.*s%.*s]", (int)open.n, open.p,
		(int)pattern.n, pattern.p, (int)close.n, close.p);
	if (!list)
		return TW_ENOMEM;
	return copy_style(w, tw_sv_of(list), &w->edit->entry);
}

/* ---- removing -------------------------------------------------------------------------------- */

static bool says(const struct tw_rule *rule, const struct tw_entry *entry)
{
	struct tw_rule same = {.ports = {0, UINT16_MAX}};

	if (tw_protocol_has_ports(entry->protocol))
		same.ports = entry->ports;
	else if (entry->protocol == TW_PROTOCOL_ICMP ||
		 (entry->protocol == TW_PROTOCOL_ICMPV6 && entry->cidr.family == TW_IPV6))
		tw_aws_icmp(&same, entry->icmp_type, entry->icmp_code);
	return (rule->action == TW_ALLOW) == entry->allow && rule->protocol == entry->protocol &&
	       rule->family == entry->cidr.family && rule->peer.len == entry->cidr.len &&
	       !tw_addr_cmp(rule->peer.addr, entry->cidr.addr) && rule->ports.lo == same.ports.lo &&
	       rule->ports.hi == same.ports.hi;
}

/* With the comma behind it, or before it if it is the last. */
static tw_status take_out(struct work *w, size_t i)
{
	const struct tw_node *node = w->aws.d->node, *list = &node[w->entries];
	struct tw_sv none = {"", 0};

	if (w->n == 1)
		return tw_splice_add(&w->splices, list->begin + 1, list->end - 1, none);
	if (i + 1 < w->n)
		return tw_splice_add(&w->splices, node[w->item[i].node].begin,
			node[w->item[i + 1].node].begin, none);
	return tw_splice_add(
		&w->splices, node[w->item[i - 1].node].end, node[w->item[i].node].end, none);
}

/* ---- one edit -------------------------------------------------------------------------------- */

static tw_status make_edit(struct work *w, struct tw_sv like)
{
	const struct tw_entry *entry = &w->edit->entry;
	size_t i = find_rule(w);
	struct tw_sv text;

	switch (w->edit->operation) {
	case TW_ADD:
		if (i < w->n)
			return refuse(w, "is there already, so it cannot be added");
		return w->n ? add_beside(w) : add_first(w, like);
	case TW_REPLACE:
		if (i == w->n)
			return refuse(w, "is not there, so it cannot be replaced");
		TW_TRY(tw_rewrite_entry(
			&w->aws, w->arena, w->entries, w->item[i].node, entry, false, &text));
		return tw_splice_add(&w->splices, w->aws.d->node[w->item[i].node].begin,
			w->aws.d->node[w->item[i].node].end, text);
	case TW_REMOVE:
		if (i == w->n)
			return refuse(w, "is not there, so it cannot be removed");
		if (!says(&w->item[i].rule, entry))
			return refuse(w, "says something else than the one that is to be removed");
		return take_out(w, i);
	}
	return TW_EBUG;
}

tw_status tw_rewrite_acl(struct tw_mem *mem, struct tw_arena *arena, struct tw_net *net,
	struct tw_sv acl, struct tw_sv like, const struct tw_edit *edit, struct tw_sv *ret,
	const char **ret_why)
{
	struct tw_snippet snippet;

	TW_TRY(tw_snippet_open(mem, acl, &snippet));
	struct work w = {.arena = arena,
		.aws = {.mem = mem, .diags = snippet.diags, .net = net, .d = snippet.d},
		.splices = {.arena = arena, .mem = mem},
		.edit = edit,
		.entries = tw_node_member(snippet.d, TW_NODE_ROOT, "Entries")};
	tw_status status = read_items(&w.aws, arena, w.entries, &w.item, &w.n);
	if (status == TW_EPARSE)
		w.why = "an entry of it cannot be understood";
	if (status == TW_OK)
		status = make_edit(&w, like);
	if (status == TW_OK)
		status = tw_splice_apply(&w.splices, snippet.d->bytes, 0, snippet.d->size, ret);
	tw_splices_fini(&w.splices);
	tw_snippet_close(&snippet);
	if (status == TW_EPARSE)
		*ret_why = w.why ? w.why : "the result would not be an ACL";
	return status;
}
