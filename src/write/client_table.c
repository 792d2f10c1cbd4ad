/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of what each client gets, under a finding and under a drawing. */

#include "passage.h"

static const char *level_text(enum tw_level level)
{
	return level == TW_LEVEL_ERROR ? "decides" : tw_level_name(level);
}

/* With several legs the whole is a product of shares, too long for a number: leg 0 alone. */
static const char *returns_text(struct tw_paint *paint, const struct tw_region *region,
	const struct tw_client_result *client)
{
	uint64_t passing, total;

	if (region == NULL || region->legs_n < 2)
		return tw_say_share(paint, client->passing, client->total);
	if (!tw_own_ports(region, client, &passing, &total))
		return "";
	return passing == total ? "all" : tw_say_share(paint, passing, total);
}

static void paint_table(struct tw_paint *paint, const struct tw_client_result *client, size_t n,
	const struct tw_region *region, const char *title, size_t margin)
{
	const struct tw_table_column columns[] = {
		{.title = "client", .wrap = true, .least = 14},
		{.title = title, .right = true, .keep = 3},
		{.title = "share", .right = true},
		{.title = "undecided", .right = true, .keep = 2},
		{.title = "verdict", .keep = 4},
		{.title = "counts as", .keep = 1},
	};
	struct tw_table table;
	size_t groups;
	const struct tw_client_group *group =
		tw_group_clients(paint, client, n, region != NULL, &groups);

	tw_table_init(&table, paint->arena->mem, columns, TW_COUNT(columns));
	for (size_t g = 0; g < groups; g++) {
		const struct tw_client_result *it = group[g].first;
		struct tw_table_cell cell[TW_COUNT(columns)] = {
			{group[g].ids, TW_HUE_NONE},
			{returns_text(paint, region, it), TW_HUE_NONE},
			{it->verdict == TW_UNKNOWN ? "unknown"
						   : tw_say_percent(paint, it->passing, it->total),
				TW_HUE_NONE},
			{it->undecided > 0 ? tw_say_number(paint, it->undecided) : "", TW_HUE_NONE},
			{tw_verdict_name(it->verdict), tw_paint_verdict_hue(it->verdict)},
			{region != NULL ? level_text(it->level) : "", TW_HUE_NONE},
		};
		tw_table_row(&table, cell);
	}
	tw_table_draw(&table, paint, margin, true);
	tw_table_fini(&table);
}

/* What a client gets on the finding's leg alone. */
static struct tw_client_result on_leg(struct tw_client_result it)
{
	if (it.leg_total == 0)
		return it;
	it.passing = it.leg_passing;
	it.undecided = it.leg_undecided;
	it.total = it.leg_total;
	if (it.undecided == 0)
		it.verdict = it.passing == 0	      ? TW_ONE_WAY
			     : it.passing == it.total ? TW_COMPLETE
						      : TW_PARTIAL;
	return it;
}

void tw_paint_clients(struct tw_paint *paint, const struct tw_finding *finding, size_t margin)
{
	const struct tw_client_result *client = finding->client;
	size_t n = finding->clients_n;
	struct tw_client_result *own = TW_NEW_ARRAY(paint->arena, struct tw_client_result, n + 1);
	bool legs = false;

	if (own == NULL) {
		tw_paint_status(paint, TW_ENOMEM);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		legs = legs || client[i].leg_total > 0;
		own[i] = on_leg(client[i]);
	}
	paint_table(paint, own, n, NULL,
		legs			 ? "return on this leg"
		: finding->clients_alone ? "left by this alone"
					 : "replies return",
		margin);
}

void tw_paint_region_clients(struct tw_paint *paint, const struct tw_region *region, size_t margin)
{
	paint_table(paint, region->client, region->clients_n, region,
		region->legs_n > 1 ? "leg 0 returns" : "replies return", margin);
}
