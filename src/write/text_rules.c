/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generated rule sets for people: a table for each network ACL and security group, with the reason
 * for each rule, then what else is to be known.
 */

#include "report_out.h"
#include "say.h"

static const char *say_protocol(struct tw_paint *paint, const struct tw_entry *entry)
{
	char buf[TW_SERVICE_TEXT];

	return tw_paint_kept(
		paint, tw_arena_str(paint->arena, tw_protocol_text(entry->protocol, buf)));
}

/* "443", "1024-65535", "8/0", "3/any", "all". */
static const char *say_what(struct tw_paint *paint, const struct tw_entry *entry)
{
	bool ports = tw_protocol_has_ports(entry->protocol);

	if (entry->icmp_type >= 0 && entry->icmp_code >= 0)
		return tw_paint_kept(paint,
			tw_arena_printf(paint->arena, "%d/%d", entry->icmp_type, entry->icmp_code));
	if (entry->icmp_type >= 0)
		return tw_paint_kept(
			paint, tw_arena_printf(paint->arena, "%d/any", entry->icmp_type));
	if (!ports || (entry->ports.lo == 0 && entry->ports.hi == 65535))
		return "all";
	return tw_say_ports(paint, &entry->ports, 1, 1);
}

static const char *say_number(struct tw_paint *paint, const struct tw_entry *entry)
{
	return entry->group ? ""
			    : tw_paint_kept(paint,
				      tw_arena_printf(paint->arena, "%u", (unsigned)entry->number));
}

static const char *say_other_end(struct tw_paint *paint, const struct tw_entry *entry)
{
	return entry->peer_group != NULL ? entry->peer_group
					 : tw_say_prefixes(paint, &entry->cidr, 1, 1);
}

static void draw_rules(struct tw_paint *paint, const struct tw_rule_set *set)
{
	static const struct tw_table_column columns[] = {
		{.title = "list"},
		{.title = "rule", .right = true},
		{.title = "action"},
		{.title = "protocol"},
		{.title = "ports", .right = true},
		{.title = "CIDR block"},
		{.title = "why", .wrap = true, .least = 16},
	};
	struct tw_table table;

	tw_table_init(&table, paint->arena->mem, columns, TW_COUNT(columns));
	for (size_t i = 0; i < set->entries; i++) {
		const struct tw_entry *entry = &set->entry[i];
		struct tw_table_cell cell[TW_COUNT(columns)] = {
			{entry->egress ? "egress" : "ingress", TW_HUE_NONE},
			{say_number(paint, entry), TW_HUE_STRONG},
			{entry->allow ? "allow" : "deny",
				entry->allow ? TW_HUE_GOOD : TW_HUE_ERROR},
			{say_protocol(paint, entry), TW_HUE_NONE},
			{say_what(paint, entry), TW_HUE_NONE},
			{say_other_end(paint, entry), TW_HUE_NONE},
			{entry->comment, TW_HUE_DIM},
		};
		tw_table_row(&table, cell);
	}
	tw_table_draw(&table, paint, 2, true);
	tw_table_fini(&table);
}

static void draw_set(struct tw_paint *paint, const struct tw_rule_set *set)
{
	paint->indent = 2;
	tw_paint_hue(paint, TW_HUE_STRONG);
	tw_paint_str(paint, set->group ? "security group " : "network ACL ");
	tw_paint_str(paint, set->name);
	tw_paint_hue(paint, TW_HUE_NONE);
	if (set->about != NULL) {
		tw_paint_str(paint, ":");
		tw_paint_gap(paint, 1);
		tw_paint_words(paint, set->about);
	}
	tw_paint_newline(paint);
	if (set->entries > 0) {
		draw_rules(paint, set);
	} else {
		tw_paint_gap(paint, 2);
		tw_paint_str(paint, "no rules: nothing passes");
		tw_paint_newline(paint);
	}
	paint->indent = 0;
	tw_paint_newline(paint);
}

static void draw_notes(struct tw_paint *paint, const struct tw_gen_result *result)
{
	for (size_t i = 0; i < result->notes; i++) {
		paint->indent = 2;
		tw_paint_hue(paint, TW_HUE_NOTE);
		tw_paint_str(paint, "note:");
		tw_paint_hue(paint, TW_HUE_NONE);
		tw_paint_gap(paint, 1);
		tw_paint_words(paint, result->note[i]);
		tw_paint_newline(paint);
	}
	paint->indent = 0;
}

static void draw_sum(struct tw_paint *paint, const struct tw_gen_result *result)
{
	size_t acls = 0, rules = 0;

	for (size_t i = 0; i < result->sets; i++) {
		acls += !result->set[i].group;
		rules += result->set[i].group ? 0 : result->set[i].entries;
	}
	tw_paint_words(paint, tw_say_count(paint, rules, "rule"));
	tw_paint_words(paint, " in ");
	tw_paint_words(paint, tw_say_count(paint, acls, "network ACL"));
	tw_paint_words(paint, result->exact ? ": fewer allow rules cannot do the same"
					    : ": perhaps not the fewest, the search was cut off");
	tw_paint_newline(paint);
}

static void write_text(struct tw_paint *paint, const struct tw_gen_result *result)
{
	for (size_t i = 0; i < result->sets; i++)
		draw_set(paint, &result->set[i]);
	draw_notes(paint, result);
	draw_sum(paint, result);
}

/* "acl web ingress 100 allow tcp 443 0.0.0.0/0 (requests: web-in)" */
static void write_concise(struct tw_paint *paint, const struct tw_gen_result *result)
{
	paint->color = false;
	for (size_t i = 0; i < result->sets; i++) {
		for (size_t k = 0; k < result->set[i].entries; k++) {
			const struct tw_entry *entry = &result->set[i].entry[k];
			const char *line =
				tw_arena_printf(paint->arena, "%s %s %s%s%s %s %s %s %s (%s)",
					result->set[i].group ? "sg" : "acl", result->set[i].name,
					entry->egress ? "egress" : "ingress",
					entry->group ? "" : " ", say_number(paint, entry),
					entry->allow ? "allow" : "deny", say_protocol(paint, entry),
					say_what(paint, entry), say_other_end(paint, entry),
					entry->comment != NULL ? entry->comment : "");
			tw_paint_str(paint, tw_paint_kept(paint, line));
			tw_paint_newline(paint);
		}
	}
}

tw_status tw_write_gen(struct tw_mem *mem, const struct tw_gen_result *result,
	const struct tw_style *style, struct tw_sink sink)
{
	struct tw_arena arena;
	struct tw_paint paint;
	struct tw_buf buf;

	if (style->format == TW_FORMAT_JSON)
		return tw_write_rule_sets(mem, result->set, result->sets, TW_SPELL_DESCRIBE, sink);
	tw_arena_init(&arena, mem);
	tw_buf_init(&buf, mem);
	tw_paint_init(&paint, &buf, &arena, style);
	if (style->format == TW_FORMAT_TEXT)
		write_text(&paint, result);
	else
		write_concise(&paint, result);
	tw_arena_fini(&arena);
	return tw_sink_flush(sink, &buf);
}
