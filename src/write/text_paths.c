/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several paths of one flow: how many there are and what makes the choice, a line for each with its
 * verdict and the place that loses something, and which of them is worth a drawing.
 */

#include "passage.h"
#include "paths.h"

#define LINES_MAX 12 /* paths listed without --all */

enum tw_verdict tw_path_verdict(const struct tw_flow_path *path)
{
	/* Regions stand by severity, those whose request is denied last. */
	return path->regions_n > 0 ? path->region[0].verdict : TW_UNKNOWN;
}

/*
 * Which path to look at first. One that is denied is harmless where other packets take it, as those
 * of IPv6 to a service on IPv4 alone; it is a fault where the same packets may take either.
 */
static int rank(const struct tw_flow_path *path)
{
	switch (tw_path_verdict(path)) {
	case TW_ONE_WAY:
		return 0;
	case TW_BLOCKED:
		return path->choice != NULL ? 1 : 5;
	case TW_UNKNOWN:
		return 2;
	case TW_PARTIAL:
		return 3;
	case TW_COMPLETE:
		break;
	}
	return 4;
}

const struct tw_flow_path **tw_paths_ranked(struct tw_paint *paint, const struct tw_flow *flow)
{
	const struct tw_flow_path **v =
		TW_NEW_ARRAY(paint->arena, const struct tw_flow_path *, flow->paths_n);

	if (v == NULL) {
		tw_paint_status(paint, TW_ENOMEM);
		return NULL;
	}
	for (size_t i = 0; i < flow->paths_n; i++) {
		size_t k = i;
		while (k > 0 && rank(v[k - 1]) > rank(&flow->path[i])) {
			v[k] = v[k - 1];
			k--;
		}
		v[k] = &flow->path[i];
	}
	return v;
}

static const struct tw_flow_box *first_box(const struct tw_flow_path *path)
{
	return path->regions_n > 0 && path->region[0].boxes_n > 0 ? &path->region[0].box[0] : NULL;
}

static const char *join(
	struct tw_paint *paint, const char *text, const char *word, const char *more)
{
	return tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s%s%s%s", text,
					    *text != '\0' ? ", " : "", word, more));
}

const char *tw_say_path(
	struct tw_paint *paint, const struct tw_flow *flow, const struct tw_flow_path *path)
{
	const struct tw_flow_box *box = first_box(path);
	bool family = false, from = false, to = false;
	const char *text = path->choice != NULL ? path->choice : "";

	for (size_t i = 0; i < flow->paths_n && box != NULL; i++) {
		const struct tw_flow_box *it = first_box(&flow->path[i]);
		if (it == NULL)
			continue;
		family |= flow->path[i].region[0].family != path->region[0].family;
		from |= !tw_same_blocks(it->from, it->from_n, box->from, box->from_n);
		to |= !tw_same_blocks(it->to, it->to_n, box->to, box->to_n);
	}
	if (family)
		return join(paint, text, path->region[0].family == TW_IPV6 ? "IPv6" : "IPv4", "");
	if (from)
		text = join(paint, text, "from ", tw_say_addresses(paint, box->from, box->from_n));
	/* A target is named by the choice. */
	if (to && path->choice == NULL)
		text = join(paint, text, "to ", tw_say_addresses(paint, box->to, box->to_n));
	if ((from || to) && path->region[0].boxes_n > 1)
		text = tw_paint_kept(
			paint, tw_arena_printf(paint->arena, "%s (and %zu more such blocks)", text,
				       path->region[0].boxes_n - 1));
	return text;
}

/* "reply: acl-1 egress" */
static const char *lost_at(struct tw_paint *paint, const struct tw_region *region)
{
	const struct tw_hop *hop = tw_first_loss(region);

	if (hop == NULL)
		return region->reason.component != NULL ? region->reason.component : "";
	const char *leg =
		hop->leg == 0
			? ""
			: tw_paint_kept(paint, tw_arena_printf(paint->arena, ", leg %u", hop->leg));
	return tw_paint_kept(paint,
		tw_arena_printf(paint->arena, "%s%s: %s%s%s", hop->reply ? "reply" : "request", leg,
			hop->component != NULL ? hop->component : tw_hop_kind_words(hop),
			hop->list != NULL ? " " : "", hop->list != NULL ? hop->list : ""));
}

static bool same_share(const struct tw_region *a, const struct tw_region *b)
{
	const struct tw_client_result *x = tw_worst_client(a->client, a->clients_n);
	const struct tw_client_result *y = tw_worst_client(b->client, b->clients_n);

	if (x == NULL || y == NULL)
		return x == y;
	return x->client == y->client && x->passing == y->passing && x->total == y->total;
}

bool tw_same_losses(struct tw_paint *paint, const struct tw_flow *a, const struct tw_flow *b)
{
	if (a->paths_n != b->paths_n || a->verdict != b->verdict ||
		strcmp(a->service_text, b->service_text) != 0)
		return false;
	for (size_t i = 0; i < a->paths_n; i++) {
		const struct tw_flow_path *p = &a->path[i], *q = &b->path[i];
		if (p->regions_n != 1 || q->regions_n != 1 ||
			p->region->verdict != q->region->verdict ||
			!same_share(p->region, q->region) ||
			strcmp(lost_at(paint, p->region), lost_at(paint, q->region)) != 0 ||
			strcmp(tw_say_path(paint, a, p), tw_say_path(paint, b, q)) != 0)
			return false;
	}
	return true;
}

static void list_paths(struct tw_paint *paint, const struct tw_flow *flow,
	const struct tw_flow_path *const *path, size_t n)
{
	const struct tw_table_column columns[] = {
		{.title = "path"},
		{.title = "which", .wrap = true, .least = 12},
		{.title = "lost at", .wrap = true, .least = 16, .keep = 1},
		{.title = "reply", .right = true, .keep = 2},
		{.title = "verdict"},
	};
	struct tw_table table;

	tw_table_init(&table, paint->arena->mem, columns, TW_COUNT(columns));
	for (size_t i = 0; i < n; i++) {
		const struct tw_region *region = &path[i]->region[0];
		enum tw_verdict verdict = tw_path_verdict(path[i]);
		const struct tw_client_result *worst =
			path[i]->regions_n > 0 ? tw_worst_client(region->client, region->clients_n)
					       : NULL;
		bool share = worst != NULL && worst->total > 0 && verdict != TW_BLOCKED &&
			     verdict != TW_UNKNOWN;
		struct tw_table_cell cell[TW_COUNT(columns)] = {
			{path[i]->id, TW_HUE_NONE},
			{tw_say_path(paint, flow, path[i]), TW_HUE_NONE},
			{verdict == TW_COMPLETE || path[i]->regions_n == 0 ? ""
									   : lost_at(paint, region),
				TW_HUE_NONE},
			{share ? tw_say_percent(paint, worst->passing, worst->total) : "",
				TW_HUE_NONE},
			{tw_say_verdict(verdict), tw_paint_verdict_hue(verdict)},
		};
		tw_table_row(&table, cell);
	}
	tw_table_draw(&table, paint, 1, true);
	tw_table_fini(&table);
}

static size_t count_choices(const struct tw_flow *flow)
{
	size_t n = 0;

	for (size_t i = 0; i < flow->paths_n; i++) {
		size_t k = 0;
		while (k < i && !tw_same_text(flow->path[k].choice, flow->path[i].choice))
			k++;
		n += k == i;
	}
	return n;
}

/* "6 paths to 3 targets", "4 paths, by the zone that carries the packets" */
static const char *say_choice(struct tw_paint *paint, const struct tw_flow *flow)
{
	const struct tw_flow_path *first = &flow->path[0];
	const char *paths = tw_say_count(paint, flow->paths_n, "path"), *by = "";

	if (first->choice == NULL || first->by == NULL)
		by = ", for different packets";
	else if (strcmp(first->by, "target") == 0)
		by = tw_paint_kept(
			paint, tw_arena_printf(paint->arena, " to %s",
				       tw_say_count(paint, count_choices(flow), "target")));
	else if (strcmp(first->by, "zone") == 0)
		by = ", by the attachment subnets that carry the packets";
	else if (strcmp(first->by, "address") == 0)
		by = ", by the address that the gateway picks";
	return tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s%s", paths, by));
}

static const char *add_count(
	struct tw_paint *paint, const char *text, size_t n, const char *one, const char *many)
{
	if (n == 0)
		return text;
	return join(paint, text, tw_say_number(paint, n), n == 1 ? one : many);
}

void tw_text_paths(
	struct tw_doc *doc, const struct tw_flow *flow, const struct tw_flow_path *const *ranked)
{
	struct tw_paint *paint = &doc->paint;
	size_t lose = 0, blocked = 0, unknown = 0, shown = flow->paths_n;
	const char *counts;

	for (size_t i = 0; i < flow->paths_n; i++) {
		enum tw_verdict verdict = tw_path_verdict(&flow->path[i]);
		lose += verdict == TW_ONE_WAY || verdict == TW_PARTIAL;
		blocked += verdict == TW_BLOCKED;
		unknown += verdict == TW_UNKNOWN;
	}
	counts = add_count(paint, "", lose, " loses replies", " lose replies");
	counts = add_count(paint, counts, blocked, " is blocked", " are blocked");
	counts = add_count(paint, counts, unknown, " is unknown", " are unknown");
	paint->indent = 2;
	tw_paint_words(paint, tw_paint_kept(paint, tw_arena_printf(paint->arena, "%s: %s",
							   say_choice(paint, flow),
							   *counts ? counts : "all complete")));
	tw_paint_newline(paint);
	if (!doc->style->all && shown > LINES_MAX)
		shown = LINES_MAX;
	list_paths(paint, flow, ranked, shown);
	if (shown < flow->paths_n) {
		tw_paint_gap(paint, 1);
		tw_paint_words(paint, tw_paint_kept(paint, tw_arena_printf(paint->arena,
								   "and %zu more, none worse",
								   flow->paths_n - shown)));
		tw_paint_newline(paint);
	}
	tw_paint_newline(paint);
}
