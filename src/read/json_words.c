/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words for what is wrong in a JSON text. Most broken files were edited by people, so the usual
 * slips (a comma too many, a comment, quotes of a word processor, None for null) are named as such
 * and come with the repair.
 */

#include "json.h"

static uint32_t offset(const struct json *json, const char *p)
{
	return (uint32_t)(p - json->d->bytes);
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c == '.' || c == '+' || c == '-';
}

static const char *word_end(const struct json *json, const char *p)
{
	while (p < json->end && is_word(*p))
		p++;
	return p;
}

/* The end of the thing at p, as far as a message shows it. */
static const char *token_end(const struct json *json, const char *p)
{
	uint32_t code_point;
	size_t n;

	if (p == json->end)
		return p;
	if (is_word(*p))
		return word_end(json, p);
	if (*p == '"') {
		for (p++; p < json->end && *p != '"' && (unsigned char)*p >= 0x20; p++) {
			if (*p == '\\' && p + 1 < json->end)
				p++;
		}
		return p < json->end && *p == '"' ? p + 1 : p;
	}
	n = tw_utf8_next(p, (size_t)(json->end - p), &code_point);
	return p + (n ? n : 1);
}

/* What stands at p, for "found ...". */
static const char *found(const struct json *json, const char *p)
{
	struct tw_arena *arena = &json->d->text;
	const char *end = token_end(json, p), *text;
	struct tw_sv token = {p, (size_t)(end - p)};
	uint32_t code_point;

	if (p == json->end)
		return "the end of the file";
	if (*p == '"') {
		token = (struct tw_sv){
			p + 1, (size_t)(end - p) - (end[-1] == '"' && end - p > 1 ? 2 : 1)};
		text = tw_arena_printf(arena, "the string %s", tw_node_quote(json->d, token));
	} else if (*p == '\0') {
		text = "a NUL byte (is the file damaged, or a binary one?)";
	} else if (!tw_utf8_next(p, token.n, &code_point)) {
		text = tw_document_not_utf8(json->d, offset(json, p));
	} else if (code_point < 0x20 || code_point == 0x7f) {
		text = tw_arena_printf(arena, "the control character U+%04X", (unsigned)code_point);
	} else if (code_point >= 0x80) {
		text = tw_arena_printf(arena, "the character %s (U+%04X)",
			tw_node_quote(json->d, token), (unsigned)code_point);
	} else {
		text = tw_node_quote(json->d, token);
	}
	return tw_document_kept(json->d, text);
}

#define ERROR(json, from, to, ...)                                                                 \
	tw_document_error((json)->d, offset((json), (from)), offset((json), (to)), __VA_ARGS__)

/* An error over the token at json->at. */
#define ERROR_HERE(json, ...) ERROR(json, (json)->at, token_end((json), (json)->at), __VA_ARGS__)

/* ---- the end of the file --------------------------------------------------------------------- */

/* An error at `at` about something that begins at `begin` and is not closed; `what` "the object".
 */
static tw_status not_closed(const struct json *json, const char *at, const char *begin,
	const char *what, const char *before, const char *expected)
{
	struct tw_document *d = json->d;
	struct tw_span span = {d->file, offset(json, at), offset(json, token_end(json, at))};
	struct tw_span other = {d->file, offset(json, begin), offset(json, begin) + 1};
	struct tw_place place;

	TW_TRY(tw_sources_place(d->sources, other, &place));
	return tw_document_said(
		d, tw_diag_add_pair(d->diags, TW_LEVEL_ERROR, 0, span, other, "it begins here",
			   "%s%s that begins at line %u is not closed%s", before, what,
			   (unsigned)place.line, expected));
}

static bool in_object(const struct json *json)
{
	const struct tw_document *d = json->d;

	return json->depth && d->node[json->open[json->depth - 1].node].kind == TW_NODE_OBJECT;
}

static const char *opener(const struct json *json)
{
	return json->d->bytes + json->d->node[json->open[json->depth - 1].node].begin;
}

static const char *container(const struct json *json)
{
	return in_object(json) ? "the object" : "the array";
}

static tw_status truncated(const struct json *json)
{
	static const char *const expected[] = {
		[JSON_VALUE] = ": expected a value",
		[JSON_ELEMENT] = ": expected a value or \"]\"",
		[JSON_MEMBER] = ": expected a key or \"}\"",
		[JSON_KEY] = ": expected a key",
		[JSON_COLON] = ": expected \":\"",
	};
	const char *closer =
		in_object(json) ? ": expected \",\" or \"}\"" : ": expected \",\" or \"]\"";

	if (!json->depth)
		return ERROR_HERE(
			json, "expected a JSON value, but the file holds only white space");
	return not_closed(json, json->end, opener(json), container(json), "the file ends, but ",
		json->fault == JSON_COMMA ? closer : expected[json->fault]);
}

/* ---- slips that can stand anywhere ----------------------------------------------------------- */

static const struct spelling {
	const char *found, *right;
} spellings[] = {
	{"None", "null"},
	{"NULL", "null"},
	{"Null", "null"},
	{"nil", "null"},
	{"undefined", "null"},
	{"True", "true"},
	{"TRUE", "true"},
	{"False", "false"},
	{"FALSE", "false"},
};

/* True if one of them stands at json->at; the status is then that of its error. */
static bool common_slip(const struct json *json, tw_status *ret)
{
	const char *p = json->at;
	size_t left = (size_t)(json->end - p);
	uint32_t code_point = 0;

	if (*p == '#' || (*p == '/' && left > 1 && (p[1] == '/' || p[1] == '*'))) {
		*ret = ERROR(
			json, p, p + (*p == '#' ? 1 : 2), "a comment: JSON has none, so remove it");
		return true;
	}
	if (*p == '\'' || *p == '`') {
		*ret = ERROR(json, p, p + 1,
			"found \"%c\": JSON puts strings and keys in double quotes (\")", *p);
		return true;
	}
	if (tw_utf8_next(p, left, &code_point) < 2)
		return false;
	if (code_point >= 0x2018 && code_point <= 0x201f) {
		*ret = ERROR_HERE(json,
			"a typographic quote (U+%04X): JSON takes straight double quotes (\") only",
			(unsigned)code_point);
		return true;
	}
	if (code_point == 0xa0 || code_point == 0xfeff ||
		(code_point >= 0x2000 && code_point <= 0x200f) || code_point == 0x3000) {
		*ret = ERROR_HERE(json,
			"an invisible character (U+%04X) that JSON does not take as a space: "
			"remove it",
			(unsigned)code_point);
		return true;
	}
	return false;
}

static bool trailing_comma(const struct json *json)
{
	return *json->after == ',' && *json->at == (in_object(json) ? '}' : ']') && json->depth > 0;
}

static tw_status explain_trailing_comma(const struct json *json)
{
	return ERROR(json, json->after, json->after + 1,
		"a comma behind the last %s: JSON allows none before \"%c\", so remove it",
		in_object(json) ? "member" : "element", *json->at);
}

/* ---- one function for each kind of fault ----------------------------------------------------- */

static tw_status explain_value(const struct json *json)
{
	const char *p = json->at;
	struct tw_sv word = {p, (size_t)(word_end(json, p) - p)};
	const char *or_end = json->fault == JSON_ELEMENT ? " or \"]\"" : "";

	if (trailing_comma(json))
		return explain_trailing_comma(json);
	if (*p == '<' && !json->depth)
		return ERROR_HERE(json, "expected a JSON value, found \"<\": is this HTML or XML?");
	for (size_t i = 0; i < TW_COUNT(spellings); i++) {
		if (tw_sv_is(word, spellings[i].found))
			return ERROR_HERE(json, "expected a value, found \"%s\": JSON writes %s",
				spellings[i].found, spellings[i].right);
	}
	if (tw_sv_is(word, "NaN") || tw_sv_is(word, "Infinity"))
		return ERROR_HERE(json, "expected a value, found %s: JSON has no such number",
			found(json, p));
	if (*p == '+')
		return ERROR_HERE(json, "a number with \"+\" in front: JSON writes it without");
	if (*p == '.' && word.n > 1)
		return ERROR_HERE(json, "a number that begins with a point: write 0 before it");
	if (word.n && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_'))
		return ERROR_HERE(json,
			"expected a value%s, found %s: a string needs double quotes", or_end,
			found(json, p));
	return ERROR_HERE(json, "expected a value%s, found %s", or_end, found(json, p));
}

static tw_status explain_key(const struct json *json)
{
	const char *p = json->at;

	if (json->fault == JSON_KEY && trailing_comma(json))
		return explain_trailing_comma(json);
	if (is_word(*p))
		return ERROR_HERE(json, "a key without quotes: write \"%.*s\"",
			(int)(word_end(json, p) - p < 64 ? word_end(json, p) - p : 64), p);
	return ERROR_HERE(json, "expected a key in double quotes%s, found %s",
		json->fault == JSON_MEMBER ? " or \"}\"" : "", found(json, p));
}

static tw_status explain_comma(const struct json *json)
{
	const char *p = json->at;
	const char *closer = in_object(json) ? "}" : "]";
	const char *item = in_object(json) ? "member" : "element";

	if (*p == '}' || *p == ']')
		return not_closed(json, p, opener(json), container(json),
			*p == '}' ? "found \"}\", but " : "found \"]\", but ",
			in_object(json) ? ": expected \"}\"" : ": expected \"]\"");
	if (p[-1] == '"' && is_word(*p))
		return ERROR_HERE(json,
			"expected \",\" or \"%s\", found %s: if the quote before it belongs to the "
			"text, write \\\"",
			closer, found(json, p));
	if (*p == '"' || *p == '{' || *p == '[' || is_word(*p))
		return ERROR_HERE(json,
			"a comma is missing before this %s: expected \",\" or \"%s\", found %s",
			item, closer, found(json, p));
	return ERROR_HERE(json, "expected \",\" or \"%s\" behind this %s, found %s", closer, item,
		found(json, p));
}

static tw_status explain_end(const struct json *json)
{
	const char *p = json->at;

	if (*p == '}' || *p == ']')
		return ERROR_HERE(json, "found %s, but nothing is open here: a bracket too many",
			found(json, p));
	if (*p == '{' || *p == '[')
		return ERROR_HERE(json,
			"a second JSON value begins here: expected the end of the file, because a "
			"file holds one value");
	return ERROR_HERE(json, "expected the end of the file behind the JSON value, found %s",
		found(json, p));
}

/* Says where a number stops being one. */
static tw_status explain_number(const struct json *json)
{
	const char *p = json->at;

	if (tw_json_number(&p, json->end)) {
		if (p[-1] == '0' && *p >= '0' && *p <= '9')
			return ERROR(json, p, word_end(json, p),
				"a number with a leading zero: write it without, or in quotes as "
				"a string");
		return ERROR(json, p, word_end(json, p),
			"a number that goes on as %s: a string needs double quotes",
			found(json, p));
	}
	return ERROR(json, p, token_end(json, p), "expected a digit %s, found %s",
		p == json->at + 1 && p[-1] == '-' ? "behind \"-\""
		: p[-1] == '.'			  ? "behind the decimal point"
						  : "in the exponent",
		found(json, p));
}

static tw_status explain_string(const struct json *json)
{
	const char *p = json->at;
	unsigned char c;

	if (p == json->end)
		return not_closed(json, p, json->p, "the string", "the file ends, but ", "");
	c = (unsigned char)*p;
	if (c == '\n' || c == '\r')
		return not_closed(json, p, json->p, "the string", "the line ends, but ",
			": add the quote, or write \\n for a line break");
	if (c == '\t')
		return ERROR(json, p, p + 1, "a tab in a string: write \\t");
	if (c == 0)
		return ERROR(json, p, p + 1, "%s in a string", found(json, p));
	if (c < 0x20)
		return ERROR(json, p, p + 1,
			"the control character U+%04X in a string: write \\u%04x", c, c);
	if (c == '\\')
		return ERROR(json, p, token_end(json, p + 1),
			"a backslash before %s: JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t and "
			"\\uXXXX; a backslash itself is \\\\",
			found(json, p + 1));
	return ERROR(json, p, p + 1, "%s", tw_document_not_utf8(json->d, offset(json, p)));
}

static tw_status explain_hex(const struct json *json)
{
	const char *p = json->at;

	if (p == json->end)
		return explain_string(json);
	return ERROR(json, p, p + 1, "expected four hexadecimal digits behind \\u, found %s",
		*p == '"' ? "the end of the string" : found(json, p));
}

tw_status tw_json_explain(const struct json *json)
{
	const char *p = json->at;
	tw_status status;

	switch (json->fault) {
	case JSON_STRING:
		return explain_string(json);
	case JSON_HEX:
		return explain_hex(json);
	case JSON_HIGH_ALONE:
		return ERROR(json, p, p + 6,
			"the first half of a surrogate pair: expected the second (\\udc00 to "
			"\\udfff) right behind it");
	case JSON_LOW_ALONE:
		return ERROR(json, p, p + 6,
			"the second half of a surrogate pair without the first (\\ud800 to "
			"\\udbff)");
	case JSON_DEPTH:
		return ERROR(json, p, p + 1, "objects and arrays are nested more than %d deep here",
			TW_DOCUMENT_DEPTH);
	case JSON_NODES:
		return ERROR(
			json, p, p, "more than %u values in one file: split it", TW_DOCUMENT_NODES);
	case JSON_NUMBER:
		return explain_number(json);
	default:
		break;
	}
	if (p == json->end)
		return truncated(json);
	if (common_slip(json, &status))
		return status;
	switch (json->fault) {
	case JSON_MEMBER:
	case JSON_KEY:
		return explain_key(json);
	case JSON_COLON:
		return ERROR_HERE(json, "expected \":\" behind the key, found %s", found(json, p));
	case JSON_COMMA:
		return explain_comma(json);
	case JSON_END:
		return explain_end(json);
	default:
		return explain_value(json);
	}
}
