/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking at the nodes of a document: lookups, decoded text, typed access with its diagnostics.
 *
 * Whatever is wrong with a value is said in one form: the path to it, what was expected there and
 * what was found, at the value's own bytes.
 */

#include "document_build.h"

enum tw_node_kind tw_node_kind(const struct tw_document *d, uint32_t node)
{
	return (enum tw_node_kind)d->node[node].kind;
}

const char *tw_node_kind_name(enum tw_node_kind kind)
{
	static const char *const name[] = {
		[TW_NODE_NULL] = "null",
		[TW_NODE_FALSE] = "false",
		[TW_NODE_TRUE] = "true",
		[TW_NODE_NUMBER] = "a number",
		[TW_NODE_STRING] = "a string",
		[TW_NODE_ARRAY] = "an array",
		[TW_NODE_OBJECT] = "an object",
	};

	return name[kind];
}

struct tw_span tw_node_span(const struct tw_document *d, uint32_t node)
{
	return (struct tw_span){d->file, d->node[node].begin, d->node[node].end};
}

static bool is_container(const struct tw_document *d, uint32_t node)
{
	return d->node[node].kind == TW_NODE_ARRAY || d->node[node].kind == TW_NODE_OBJECT;
}

uint32_t tw_node_count(const struct tw_document *d, uint32_t node)
{
	return is_container(d, node) ? d->node[node].count : 0;
}

uint32_t tw_node_first(const struct tw_document *d, uint32_t parent)
{
	return tw_node_count(d, parent) ? parent + 1 : TW_NODE_NONE;
}

uint32_t tw_node_after(const struct tw_document *d, uint32_t parent, uint32_t child)
{
	uint32_t value = d->node[parent].kind == TW_NODE_OBJECT ? child + 1 : child;
	uint32_t next = d->node[value].next;

	return next == d->node[parent].next ? TW_NODE_NONE : next;
}

uint32_t tw_node_value(const struct tw_document *d, uint32_t key)
{
	(void)d; /* the value follows its key at once */
	return key + 1;
}

uint32_t tw_node_member(const struct tw_document *d, uint32_t object, const char *key)
{
	if (d->node[object].kind != TW_NODE_OBJECT)
		return TW_NODE_NONE;
	for (uint32_t k = object + 1; k != d->node[object].next; k = d->node[k + 1].next) {
		if (!tw_node_is(d, k, key))
			continue;
		/* SPEC: cli-null-or-absent */
		return d->node[k + 1].kind == TW_NODE_NULL ? TW_NODE_NONE : k + 1;
	}
	return TW_NODE_NONE;
}

/* ---- text ------------------------------------------------------------------------------------ */

static unsigned hex4(const char *p)
{
	unsigned code = 0;

	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];

		code = code << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return code;
}

static size_t put_utf8(unsigned code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* Decodes what begins at *p, an escape or one byte, and moves behind it. The reader has checked it.
 */
static size_t decode_one(const char **p, char out[4])
{
	static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *at = *p;
	unsigned code;

	if (*at != '\\') {
		out[0] = *at;
		*p = at + 1;
		return 1;
	}
	if (at[1] != 'u') {
		out[0] = meant[strchr(plain, at[1]) - plain];
		*p = at + 2;
		return 1;
	}
	code = hex4(at + 2);
	*p = at + 6;
	if (code >= 0xd800 && code <= 0xdbff) {
		code = 0x10000 + ((code & 0x3ff) << 10) + (hex4(at + 8) & 0x3ff);
		*p = at + 12;
	}
	return put_utf8(code, out);
}

/* The bytes of a scalar as they stand in the document; those of a string without its quotes. */
static struct tw_sv raw_text(const struct tw_document *d, uint32_t node)
{
	const struct tw_node *n = &d->node[node];

	if (d->yaml && !is_container(d, node))
		return d->scalar[n->count - 1];
	if (n->kind == TW_NODE_STRING)
		return (struct tw_sv){d->bytes + n->begin + 1, n->end - n->begin - 2};
	return (struct tw_sv){d->bytes + n->begin, n->end - n->begin};
}

bool tw_node_is(const struct tw_document *d, uint32_t node, const char *s)
{
	struct tw_sv raw = raw_text(d, node);
	const char *end = raw.p + raw.n;

	if (d->node[node].kind != TW_NODE_STRING)
		return false;
	if (!d->node[node].escaped)
		return tw_sv_is(raw, s);
	for (const char *p = raw.p; p < end;) {
		char part[4];
		size_t n = decode_one(&p, part);

		/* A text that ends early ends in a NUL, which no other part of a character is. */
		for (size_t i = 0; i < n; i++, s++) {
			if (*s == '\0' || *s != part[i])
				return false;
		}
	}
	return *s == '\0';
}

struct tw_sv tw_node_text(struct tw_document *d, uint32_t node)
{
	struct tw_sv raw = raw_text(d, node);
	char *text;
	size_t n = 0;

	if (d->node[node].kind != TW_NODE_STRING || !d->node[node].escaped)
		return raw;
	/* No escape is shorter than what it stands for. */
	text = tw_arena_alloc(&d->text, raw.n);
	if (!text)
		return (struct tw_sv){NULL, 0};
	for (const char *p = raw.p; p < raw.p + raw.n;) {
		char part[4];
		size_t more = decode_one(&p, part);

		memcpy(text + n, part, more);
		n += more;
	}
	return (struct tw_sv){text, n};
}

/* ---- messages -------------------------------------------------------------------------------- */

#define QUOTE_MOST 60 /* bytes of a text that a message shows */

/* Characters that would change how the rest of a line looks, or show nothing at all. */
static bool is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

#define QUOTE_ROOM (QUOTE_MOST * 6 + 8)

/* Writes the quoted text, and returns its end. */
static char *put_quoted(char out[QUOTE_ROOM], struct tw_sv text)
{
	char *p = out;
	size_t i = 0, n;

	*p++ = '"';
	for (; i < text.n && i < QUOTE_MOST; i += n) {
		uint32_t c;

		n = tw_utf8_next(text.p + i, text.n - i, &c);
		if (!n || is_hidden(c)) {
			static const char hex[] = "0123456789abcdef";

			c = n ? c : (unsigned char)text.p[i];
			p[0] = '\\';
			p[1] = n ? 'u' : 'x';
			p += 2;
			for (int shift = n ? 12 : 4; shift >= 0; shift -= 4)
				*p++ = hex[c >> shift & 15];
			n = n ? n : 1;
			continue;
		}
		memcpy(p, text.p + i, n);
		p += n;
	}
	if (i < text.n) {
		memcpy(p, "...", 3);
		p += 3;
	}
	*p++ = '"';
	return p;
}

const char *tw_quote(struct tw_arena *arena, struct tw_sv text)
{
	char out[QUOTE_ROOM];
	const char *quoted = tw_arena_dup(arena, out, (size_t)(put_quoted(out, text) - out));

	return quoted ? quoted : "...";
}

const char *tw_node_quote(struct tw_document *d, struct tw_sv text)
{
	char out[QUOTE_ROOM];
	size_t n = (size_t)(put_quoted(out, text) - out);

	return tw_document_kept(d, tw_arena_dup(&d->text, out, n));
}

static bool is_name(struct tw_sv text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			c != '_' && c != '-')
			return false;
	}
	return text.n > 0 && text.n <= QUOTE_MOST;
}

/* Adds the step from `parent` to the child that holds `node`, and returns that child's value. */
static uint32_t path_step(struct tw_document *d, struct tw_buf *buf, uint32_t parent, uint32_t node)
{
	bool object = d->node[parent].kind == TW_NODE_OBJECT;
	uint32_t child = tw_node_first(d, parent);
	uint32_t ordinal = 0;
	struct tw_sv key;

	for (;; ordinal++) {
		uint32_t value = object ? child + 1 : child;

		if (node < d->node[value].next)
			break;
		child = d->node[value].next;
	}
	if (!object) {
		tw_buf_printf(buf, "[%u]", (unsigned)ordinal);
		return child;
	}
	key = tw_node_text(d, child);
	if (!key.p) {
		tw_buf_puts(buf, tw_document_kept(d, NULL));
	} else if (is_name(key)) {
		if (buf->n)
			tw_buf_putc(buf, '.');
		tw_buf_put(buf, key.p, key.n);
	} else {
		tw_buf_printf(buf, "[%s]", tw_node_quote(d, key));
	}
	return child + 1;
}

const char *tw_node_path(struct tw_document *d, uint32_t node)
{
	uint32_t at = TW_NODE_ROOT;
	struct tw_buf buf;
	const char *text;

	if (node == TW_NODE_ROOT)
		return "the document";
	tw_buf_init(&buf, d->mem);
	while (at < node)
		at = path_step(d, &buf, at, node);
	text = tw_buf_text(&buf);
	if (text)
		text = tw_arena_dup(&d->text, buf.p, buf.n);
	tw_buf_fini(&buf);
	return tw_document_kept(d, text);
}

static const char *found(struct tw_document *d, uint32_t node)
{
	enum tw_node_kind kind = tw_node_kind(d, node);
	struct tw_sv text;
	bool cut;

	if (kind != TW_NODE_STRING && kind != TW_NODE_NUMBER)
		return tw_node_kind_name(kind);
	text = tw_node_text(d, node);
	if (!text.p)
		return tw_document_kept(d, NULL);
	if (kind == TW_NODE_STRING)
		return tw_node_quote(d, text);
	cut = text.n > QUOTE_MOST;
	return tw_document_kept(
		d, tw_arena_printf(&d->text, "%.*s%s", cut ? QUOTE_MOST : (int)text.n, text.p,
			   cut ? "..." : ""));
}

tw_status tw_node_error(struct tw_document *d, uint32_t node, const char *format, ...)
{
	const char *text;
	va_list args;

	va_start(args, format);
	text = tw_arena_vprintf(&d->text, format, args);
	va_end(args);
	if (!text)
		return TW_ENOMEM;
	return tw_document_said(
		d, tw_diag_add(d->diags, TW_LEVEL_ERROR, 0, tw_node_span(d, node), "%s", text));
}

tw_status tw_node_unexpected(struct tw_document *d, uint32_t node, const char *expectation, ...)
{
	const char *text;
	va_list args;

	va_start(args, expectation);
	text = tw_arena_vprintf(&d->text, expectation, args);
	va_end(args);
	if (!text)
		return TW_ENOMEM;
	return tw_node_error(
		d, node, "%s: expected %s, found %s", tw_node_path(d, node), text, found(d, node));
}

tw_status tw_node_lacks(struct tw_document *d, uint32_t object, const char *key)
{
	return tw_node_error(d, object, "%s: \"%s\" is missing", tw_node_path(d, object), key);
}

/* ---- typed access ---------------------------------------------------------------------------- */

tw_status tw_node_str(
	struct tw_document *d, struct tw_arena *arena, uint32_t node, const char **ret)
{
	struct tw_sv text;
	const char *copy;

	if (tw_node_kind(d, node) != TW_NODE_STRING)
		return tw_node_unexpected(d, node, "a string%s",
			d->yaml && !is_container(d, node) ? " (in quotes)" : "");
	text = tw_node_text(d, node);
	if (!text.p)
		return TW_ENOMEM;
	if (memchr(text.p, 0, text.n))
		return tw_node_unexpected(d, node, "a string without NUL characters");
	copy = tw_arena_dup(arena, text.p, text.n);
	if (!copy)
		return TW_ENOMEM;
	*ret = copy;
	return TW_OK;
}

tw_status tw_node_int(struct tw_document *d, uint32_t node, const char *what, int64_t min,
	int64_t max, int64_t *ret)
{
	enum tw_node_kind kind = tw_node_kind(d, node);

	if (kind == TW_NODE_NUMBER || kind == TW_NODE_STRING) {
		struct tw_sv text = tw_node_text(d, node);

		if (!text.p)
			return TW_ENOMEM;
		if (tw_parse_int(text, min, max, ret))
			return TW_OK;
	}
	return tw_node_unexpected(d, node, "%s from %lld to %lld", what ? what : "a whole number",
		(long long)min, (long long)max);
}

/* The member, or TW_NODE_NONE; an error if it is required, or if `object` is none. */
static tw_status get(
	struct tw_document *d, uint32_t object, const char *key, bool required, uint32_t *ret)
{
	uint32_t node;

	if (tw_node_kind(d, object) != TW_NODE_OBJECT)
		return tw_node_unexpected(d, object, "an object");
	node = tw_node_member(d, object, key);
	if (node == TW_NODE_NONE && required)
		return tw_node_lacks(d, object, key);
	*ret = node;
	return TW_OK;
}

tw_status tw_get_str(struct tw_document *d, struct tw_arena *arena, uint32_t object,
	const char *key, bool required, const char **ret)
{
	uint32_t node = TW_NODE_NONE;

	TW_TRY(get(d, object, key, required, &node));
	if (node != TW_NODE_NONE)
		return tw_node_str(d, arena, node, ret);
	*ret = NULL;
	return TW_OK;
}

tw_status tw_get_int_of(struct tw_document *d, uint32_t object, const char *key, bool required,
	const char *what, int64_t min, int64_t max, bool *ret_found, int64_t *ret)
{
	uint32_t node = TW_NODE_NONE;

	TW_TRY(get(d, object, key, required, &node));
	if (node != TW_NODE_NONE)
		TW_TRY(tw_node_int(d, node, what, min, max, ret));
	*ret_found = node != TW_NODE_NONE;
	return TW_OK;
}

tw_status tw_get_int(struct tw_document *d, uint32_t object, const char *key, bool required,
	int64_t min, int64_t max, bool *ret_found, int64_t *ret)
{
	return tw_get_int_of(d, object, key, required, NULL, min, max, ret_found, ret);
}

tw_status tw_get_bool(struct tw_document *d, uint32_t object, const char *key, bool required,
	bool *ret_found, bool *ret)
{
	uint32_t node = TW_NODE_NONE;

	TW_TRY(get(d, object, key, required, &node));
	if (node != TW_NODE_NONE) {
		enum tw_node_kind kind = tw_node_kind(d, node);

		if (kind != TW_NODE_TRUE && kind != TW_NODE_FALSE)
			return tw_node_unexpected(d, node, "true or false");
		*ret = kind == TW_NODE_TRUE;
	}
	*ret_found = node != TW_NODE_NONE;
	return TW_OK;
}

static tw_status get_container(struct tw_document *d, uint32_t object, const char *key,
	bool required, enum tw_node_kind kind, uint32_t *ret)
{
	uint32_t node = TW_NODE_NONE;

	TW_TRY(get(d, object, key, required, &node));
	if (node != TW_NODE_NONE && tw_node_kind(d, node) != kind)
		return tw_node_unexpected(d, node, "%s", tw_node_kind_name(kind));
	*ret = node;
	return TW_OK;
}

tw_status tw_get_array(
	struct tw_document *d, uint32_t object, const char *key, bool required, uint32_t *ret)
{
	return get_container(d, object, key, required, TW_NODE_ARRAY, ret);
}

tw_status tw_get_object(
	struct tw_document *d, uint32_t object, const char *key, bool required, uint32_t *ret)
{
	return get_container(d, object, key, required, TW_NODE_OBJECT, ret);
}
