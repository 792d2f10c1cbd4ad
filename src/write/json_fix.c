/* SPDX-License-Identifier: Apache-2.0 */
/* FIX of contract section 4, as JSON: its edits, what they open, the proof, and the commands. */

#include "spell.h"

/* The protocol as everywhere in reports. */
static const char *protocol_word(struct tw_paint *paint, int16_t protocol)
{
	char buf[TW_SERVICE_TEXT];

	return tw_paint_kept(paint, tw_arena_str(paint->arena, tw_protocol_text(protocol, buf)));
}

static void write_icmp(struct tw_jsonw *w, const struct tw_entry *entry)
{
	bool type = entry->icmp_type >= 0, code = type && entry->icmp_code >= 0;
	struct tw_icmp_range range = {
		.type_lo = type ? (uint8_t)entry->icmp_type : 0,
		.type_hi = type ? (uint8_t)entry->icmp_type : UINT8_MAX,
		.code_lo = code ? (uint8_t)entry->icmp_code : 0,
		.code_hi = code ? (uint8_t)entry->icmp_code : UINT8_MAX,
	};

	tw_json_icmp(w, tw_entry_has_icmp(entry) ? &range : NULL, 1, true);
}

static void write_edit(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_edit *edit)
{
	const struct tw_entry *entry = &edit->entry;
	struct tw_paint *paint = &doc->paint;
	char cidr[TW_PREFIX_TEXT];
	const char *rule = NULL;

	if (!entry->group)
		rule = tw_paint_kept(
			paint, tw_arena_printf(paint->arena, "%u", (unsigned)entry->number));
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "component", entry->component);
	tw_json_key_str(w, "list", tw_spell_list(entry));
	tw_json_key_str(w, "operation", tw_operation_name(edit->operation));
	tw_json_key_str(w, "rule", rule);
	tw_json_key_str(w, "action", entry->allow || entry->group ? "allow" : "deny");
	tw_json_key_str(w, "protocol", protocol_word(paint, entry->protocol));
	tw_json_key_str(w, "cidr", entry->peer_group ? NULL : tw_prefix_text(entry->cidr, cidr));
	tw_jsonw_key(w, "ports");
	tw_json_ports(w, tw_protocol_has_ports(entry->protocol) ? &entry->ports : NULL, 1, true);
	tw_jsonw_key(w, "icmp");
	write_icmp(w, entry);
	tw_jsonw_key(w, "replaces");
	tw_json_location(doc, w, edit->replaces);
	tw_json_key_str(w, "group", entry->peer_group);
	tw_json_key_str(w, "comment", entry->comment);
	tw_jsonw_end_object(w);
}

static void write_opened(struct tw_jsonw *w, const struct tw_opened *opened)
{
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "component", opened->component);
	tw_json_key_str(w, "list", opened->list);
	tw_json_key_uint(w, "family", opened->family);
	tw_json_key_str(w, "protocol", opened->protocol_text);
	tw_jsonw_key(w, "boxes");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < opened->boxes_n; i++)
		tw_json_box(w, &opened->box[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_end_object(w);
}

static void write_opens(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_fix *fix)
{
	tw_jsonw_object(w, false);
	tw_jsonw_key(w, "regions");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < fix->opened_n; i++)
		write_opened(w, &fix->opened[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_key(w, "services");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < fix->services; i++) {
		const struct tw_opened_service *service = &fix->service[i];
		tw_jsonw_object(w, true);
		tw_json_key_uint(w, "port", service->port);
		tw_json_key_str(w, "name", service->name);
		tw_json_key_str(w, "stopped_by", service->stopped_by);
		tw_json_key_str(w, "protocol", protocol_word(&doc->paint, service->protocol));
		tw_jsonw_end_object(w);
	}
	tw_jsonw_end_array(w);
	tw_json_key_str(w, "message", fix->opens);
	tw_jsonw_end_object(w);
}

static void write_commands(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_fix *fix)
{
	static const struct {
		const char *key;
		enum tw_spelling spelling;
	} commands[] = {
		{"aws", TW_SPELL_AWS},
		{"terraform", TW_SPELL_TERRAFORM},
		{"cloudformation", TW_SPELL_CLOUDFORMATION},
	};

	tw_jsonw_object(w, false);
	for (size_t i = 0; i < TW_COUNT(commands); i++) {
		struct tw_buf text;
		tw_buf_init(&text, w->buf->mem);
		tw_status status =
			tw_spell_edits(&text, fix->edit, fix->edits, commands[i].spelling);
		tw_jsonw_key(w, commands[i].key);
		tw_jsonw_strn(w, text.n > 0 ? text.p : "", text.n);
		tw_buf_fini(&text);
		if (status != TW_OK)
			tw_paint_status(&doc->paint, status);
	}
	tw_jsonw_end_object(w);
}

void tw_json_fix(struct tw_doc *doc, struct tw_jsonw *w, const struct tw_fix *fix)
{
	tw_jsonw_object(w, false);
	tw_json_key_str(w, "title", fix->title);
	tw_json_key_str(w, "applicability", tw_applicability_name(fix->applicability));
	tw_json_key_uint(w, "rank", fix->rank);
	tw_jsonw_key(w, "edits");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < fix->edits; i++)
		write_edit(doc, w, &fix->edit[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_key(w, "opens");
	write_opens(doc, w, fix);
	tw_jsonw_key(w, "proof");
	tw_jsonw_object(w, true);
	tw_jsonw_key(w, "complete_for");
	tw_json_strings(w, fix->complete_for, fix->complete_for_n);
	tw_json_key_uint(w, "worse", fix->worse);
	tw_jsonw_end_object(w);
	tw_jsonw_key(w, "commands");
	write_commands(doc, w, fix);
	tw_jsonw_end_object(w);
}
