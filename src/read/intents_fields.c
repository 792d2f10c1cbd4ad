/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Single values of a twoway.yaml: known keys, texts, lists of texts, true or false, dates. The
 * words for what was found are those of YAML ("a mapping"), since people write this file by hand.
 */

#include "intents_parts.h"
#include "nearest.h"

const char *tw_intents_found(struct tw_intents_reader *r, uint32_t node)
{
	struct tw_sv text;

	switch (tw_node_kind(r->d, node)) {
	case TW_NODE_NULL:
		return "nothing";
	case TW_NODE_FALSE:
		return "false";
	case TW_NODE_TRUE:
		return "true";
	case TW_NODE_NUMBER:
		return "a number";
	case TW_NODE_STRING:
		text = tw_node_text(r->d, node);
		return text.p == NULL ? "a text" : tw_quote(&r->d->text, text);
	case TW_NODE_ARRAY:
		return "a list";
	case TW_NODE_OBJECT:
		return "a mapping";
	}
	return "something else";
}

/* "a, b, c" */
static const char *join(struct tw_intents_reader *r, const char *const *keys, size_t n)
{
	const char *all = keys[0];

	for (size_t i = 1; i < n && all != NULL; i++)
		all = tw_arena_printf(&r->d->text, "%s, %s", all, keys[i]);
	return all;
}

static tw_status refuse_key(struct tw_intents_reader *r, uint32_t key, struct tw_sv text,
	const char *const *keys, size_t n)
{
	struct tw_arena_mark mark = tw_arena_save(&r->d->text);
	const char *known = join(r, keys, n);
	const char *quoted = tw_quote(&r->d->text, text);
	struct tw_nearest nearest;
	tw_status status;

	if (known == NULL)
		return TW_ENOMEM;
	tw_nearest_init(&nearest, text);
	for (size_t i = 0; i < n; i++)
		tw_nearest_try(&nearest, keys[i]);
	if (nearest.best != NULL)
		status = TW_REFUSE(r, key, "unknown key %s, did you mean \"%s\"? Known here: %s",
			quoted, nearest.best, known);
	else
		status = TW_REFUSE(r, key, "unknown key %s; known here: %s", quoted, known);
	/* A file of nothing but errors must not grow the arena. */
	tw_arena_restore(&r->d->text, mark);
	return status;
}

tw_status tw_intents_keys(struct tw_intents_reader *r, uint32_t object, const char *const *keys,
	size_t n, bool *ret_known)
{
	bool known = true;

	for (uint32_t key = tw_node_first(r->d, object); key != TW_NODE_NONE;
		key = tw_node_after(r->d, object, key)) {
		struct tw_sv text = tw_node_text(r->d, key);
		size_t i = 0;

		if (text.p == NULL)
			return TW_ENOMEM;
		while (i < n && !tw_sv_is(text, keys[i]))
			i++;
		if (i < n)
			continue;
		known = false;
		TW_TRY(refuse_key(r, key, text, keys, n));
	}
	*ret_known = known;
	return TW_OK;
}

tw_status tw_intents_expect(struct tw_intents_reader *r, uint32_t node, enum tw_node_kind kind,
	const char *what, bool *ret_is)
{
	*ret_is = tw_node_kind(r->d, node) == kind;
	if (*ret_is)
		return TW_OK;
	return TW_REFUSE(r, node, "expected %s, found %s", what, tw_intents_found(r, node));
}

tw_status tw_intents_key(
	struct tw_intents_reader *r, uint32_t node, const char *what, const char **ret)
{
	struct tw_sv text = tw_node_text(r->d, node);
	const char *copy;

	if (text.p == NULL)
		return TW_ENOMEM;
	if (text.n == 0)
		return TW_REFUSE(r, node, "expected %s, found an empty text", what);
	if (memchr(text.p, '\0', text.n) != NULL)
		return TW_REFUSE(r, node, "expected %s, found a text with a NUL character", what);
	copy = tw_arena_dup(r->arena, text.p, text.n);
	if (copy == NULL)
		return TW_ENOMEM;
	*ret = copy;
	return TW_OK;
}

tw_status tw_intents_text(
	struct tw_intents_reader *r, uint32_t node, const char *what, const char **ret)
{
	switch (tw_node_kind(r->d, node)) {
	case TW_NODE_STRING:
		return tw_intents_key(r, node, what, ret);
	case TW_NODE_NUMBER:
	case TW_NODE_TRUE:
	case TW_NODE_FALSE:
		return TW_REFUSE(r, node, "expected %s, found %s: put it in quotes if it is a text",
			what, tw_intents_found(r, node));
	default:
		return TW_REFUSE(r, node, "expected %s, found %s", what, tw_intents_found(r, node));
	}
}

tw_status tw_intents_number(
	struct tw_intents_reader *r, uint32_t node, const char *what, const char **ret)
{
	if (tw_node_kind(r->d, node) == TW_NODE_NUMBER)
		return tw_intents_key(r, node, what, ret);
	return tw_intents_text(r, node, what, ret);
}

tw_status tw_intents_member(struct tw_intents_reader *r, uint32_t object, const char *key,
	const char *what, const char **ret)
{
	uint32_t node = tw_node_member(r->d, object, key);

	return node == TW_NODE_NONE ? TW_OK : tw_intents_text(r, node, what, ret);
}

tw_status tw_intents_bool(struct tw_intents_reader *r, uint32_t object, const char *key, bool *ret)
{
	uint32_t node = tw_node_member(r->d, object, key);
	enum tw_node_kind kind;

	if (node == TW_NODE_NONE)
		return TW_OK;
	kind = tw_node_kind(r->d, node);
	if (kind != TW_NODE_TRUE && kind != TW_NODE_FALSE)
		return TW_REFUSE(r, node, "expected true or false for \"%s\", found %s", key,
			tw_intents_found(r, node));
	*ret = kind == TW_NODE_TRUE;
	return TW_OK;
}

uint32_t tw_intents_items(const struct tw_intents_reader *r, uint32_t node)
{
	return tw_node_kind(r->d, node) == TW_NODE_ARRAY ? tw_node_count(r->d, node) : 1;
}

uint32_t tw_intents_item(const struct tw_intents_reader *r, uint32_t node)
{
	return tw_node_kind(r->d, node) == TW_NODE_ARRAY ? tw_node_first(r->d, node) : node;
}

uint32_t tw_intents_next(const struct tw_intents_reader *r, uint32_t node, uint32_t item)
{
	return tw_node_kind(r->d, node) == TW_NODE_ARRAY ? tw_node_after(r->d, node, item)
							 : TW_NODE_NONE;
}

tw_status tw_intents_texts(
	struct tw_intents_reader *r, uint32_t node, const char *what, struct tw_texts *ret)
{
	uint32_t count = tw_intents_items(r, node);
	const char **v;
	size_t n = 0;

	if (count == 0)
		return TW_REFUSE(r, node, "expected %s, found an empty list", what);
	v = TW_NEW_ARRAY(r->arena, const char *, count);
	if (v == NULL)
		return TW_ENOMEM;
	for (uint32_t item = tw_intents_item(r, node); item != TW_NODE_NONE;
		item = tw_intents_next(r, node, item)) {
		TW_TRY(tw_intents_text(r, item, what, &v[n]));
		if (v[n] != NULL)
			n++;
	}
	*ret = (struct tw_texts){v, n};
	return TW_OK;
}

bool tw_date_valid(const char *text)
{
	static const unsigned char days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	static const char form[] = "0000-00-00";
	unsigned field[3] = {0, 0, 0}; /* year, month, day */
	size_t at = 0;
	bool leap;

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i] != '\0'; i++) {
		if (form[i] == '-') {
			if (text[i] != '-')
				return false;
			at++;
		} else {
			if (text[i] < '0' || text[i] > '9')
				return false;
			field[at] = field[at] * 10 + (unsigned)(text[i] - '0');
		}
	}
	if (field[0] == 0 || field[1] == 0 || field[1] > 12 || field[2] == 0)
		return false;
	leap = field[0] % 4 == 0 && (field[0] % 100 != 0 || field[0] % 400 == 0);
	if (field[1] == 2 && field[2] == 29)
		return leap;
	return field[2] <= days[field[1] - 1];
}
