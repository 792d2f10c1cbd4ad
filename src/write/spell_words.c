/* SPDX-License-Identifier: Apache-2.0 */
/* What all spellings of rules share: safe texts, names, and entries in words. */

#include "spell.h"

#define WIDTH	   80
#define IDENT_MOST 100 /* bytes of a name that are kept */
#define ABOUT_MOST 255 /* bytes of a description, by AWS */

const char *tw_spell_kept(struct tw_spell *s, const char *text)
{
	if (text)
		return text;
	if (s->buf->status == TW_OK)
		s->buf->status = TW_ENOMEM;
	return "";
}

const char *tw_spell_keep(struct tw_spell *s, struct tw_buf *buf)
{
	const char *text = tw_buf_text(buf);

	if (text)
		text = tw_arena_dup(s->arena, buf->p, buf->n);
	tw_buf_fini(buf);
	return tw_spell_kept(s, text);
}

const char *tw_spell_clean(struct tw_spell *s, const char *text)
{
	size_t n = text ? strlen(text) : 0;
	struct tw_buf buf;

	tw_buf_init(&buf, s->buf->mem);
	for (size_t i = 0; i < n;) {
		struct tw_unit unit;
		i += tw_clean_next(false, text + i, n - i, &unit);
		tw_buf_put(&buf, unit.text, unit.n);
	}
	return tw_spell_keep(s, &buf);
}

void tw_spell_comment(struct tw_spell *s, size_t margin, const char *text)
{
	const char *rest;
	size_t n;

	if (!text || !*text)
		return;
	rest = tw_spell_clean(s, text);
	n = strlen(rest);
	while (n > 0) {
		size_t skip = 0;
		size_t part = tw_clean_line(false, rest, n, WIDTH - 2 - margin, &skip);
		tw_buf_fill(s->buf, " ", margin);
		tw_buf_puts(s->buf, "# ");
		tw_buf_put(s->buf, rest, part);
		tw_buf_putc(s->buf, '\n');
		rest += part + skip;
		n -= part + skip;
	}
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *tw_spell_ident(struct tw_spell *s, const char *text, char joint)
{
	char name[IDENT_MOST + 2];
	size_t n = 0;
	bool fresh = true; /* a word begins here */

	if (!is_letter(text[0]))
		name[n++] = joint ? 'x' : 'X';
	for (size_t i = 0; text[i] && n < IDENT_MOST; i++) {
		char c = text[i];
		bool word = is_letter(c) || is_digit(c);
		if (word)
			name[n++] =
				!joint && fresh && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
		else if (joint)
			name[n++] = joint;
		fresh = !word;
	}
	return tw_spell_kept(s, tw_arena_dup(s->arena, name, n));
}

const char *tw_spell_unique(
	struct tw_spell *s, const char *scope, const char *base, const char *joint)
{
	const char *name = base;

	for (unsigned i = 2; tw_buf_status(s->buf) == TW_OK; i++) {
		const char *key = tw_spell_kept(s, tw_arena_printf(s->arena, "%s.%s", scope, name));
		if (tw_map_get(&s->used, tw_sv_of(key)) == TW_MAP_NONE) {
			tw_status status = tw_map_set(&s->used, tw_sv_of(key), 1);
			if (status != TW_OK)
				s->buf->status = status;
			return name;
		}
		name = tw_spell_kept(s, tw_arena_printf(s->arena, "%s%s%u", base, joint, i));
	}
	return name;
}

const char *tw_spell_quoted(struct tw_spell *s, const char *text)
{
	struct tw_jsonw w;
	struct tw_buf buf;

	tw_buf_init(&buf, s->buf->mem);
	tw_jsonw_init(&w, &buf);
	tw_jsonw_str(&w, tw_spell_clean(s, text));
	return tw_spell_keep(s, &buf);
}

const char *tw_spell_description(struct tw_spell *s, const char *text, const char *otherwise)
{
	static const char also[] = " ._-:/()#,@[]+=&;{}!*";
	char about[ABOUT_MOST];
	size_t n = 0;

	for (size_t i = 0; text && text[i] && n < ABOUT_MOST; i++)
		if (is_letter(text[i]) || is_digit(text[i]) || strchr(also, text[i]))
			about[n++] = text[i];
	while (n > 0 && about[n - 1] == ' ')
		n--;
	return n > 0 ? tw_spell_kept(s, tw_arena_dup(s->arena, about, n)) : otherwise;
}

/* ---- entries --------------------------------------------------------------------------------- */

const char *tw_spell_list(const struct tw_entry *entry)
{
	return tw_list_name(tw_entry_list(entry));
}

const char *tw_spell_whole_rule(struct tw_spell *s, const struct tw_entry *entry)
{
	struct tw_buf buf;

	tw_buf_init(&buf, s->buf->mem);
	tw_buf_puts(&buf, tw_spell_list(entry));
	tw_buf_puts(&buf, " rule ");
	if (!entry->group)
		tw_buf_printf(&buf, "%u ", (unsigned)entry->number);
	tw_buf_puts(&buf, "of ");
	tw_buf_puts(&buf, tw_spell_clean(s, entry->component));
	tw_buf_puts(&buf, " (");
	tw_buf_puts(&buf, tw_spell_clean(s, tw_spell_kept(s, tw_entry_text(s->arena, entry))));
	tw_buf_putc(&buf, ')');
	return tw_spell_keep(s, &buf);
}

void tw_spell_replaced(
	struct tw_spell *s, size_t margin, const struct tw_entry *entry, const char *name)
{
	const char *text = tw_arena_printf(s->arena,
		"Replaces %s rule %u of %s: keep that one's %s.", tw_spell_list(entry),
		(unsigned)entry->number, tw_spell_clean(s, entry->component), name);

	tw_spell_comment(s, margin,
		entry->group ? "In place of the resource that has the rule now: change that one to "
			       "this."
			     : tw_spell_kept(s, text));
}

const char *tw_spell_group_protocol(struct tw_spell *s, int16_t protocol)
{
	switch (protocol) {
	case TW_PROTOCOL_TCP:
		return "tcp";
	case TW_PROTOCOL_UDP:
		return "udp";
	case TW_PROTOCOL_ICMP:
		return "icmp";
	case TW_PROTOCOL_ICMPV6:
		return "icmpv6";
	default:
		return tw_spell_kept(s, tw_arena_printf(s->arena, "%d", protocol));
	}
}

size_t tw_spell_peer_set(const struct tw_spell *s, const char *name)
{
	for (size_t i = 0; name && i < s->sets; i++)
		if (s->set[i].group && strcmp(s->set[i].name, name) == 0)
			return i;
	return s->sets;
}

bool tw_spell_has_family(const struct tw_rule_set *set, bool egress, enum tw_family family)
{
	for (size_t i = 0; i < set->entries; i++)
		if (set->entry[i].egress == egress && !set->entry[i].peer_group &&
			set->entry[i].cidr.family == family)
			return true;
	return false;
}
