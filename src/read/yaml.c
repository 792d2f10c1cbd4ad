/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The YAML reader: libyaml's events into the same nodes as JSON gives.
 *
 * Only the part of YAML that says the same as JSON is taken. Anchors, aliases, tags and merge keys
 * are refused: what a reader of the file cannot see at a place should not count there, and without
 * aliases no small file can grow into a huge document. Marks of libyaml count characters; nodes
 * have bytes, so a cursor walks along with the events. libyaml takes its memory from malloc.
 */

#include <yaml.h>

#include "document_build.h"
#include "vec.h"

enum role { ROLE_VALUE, ROLE_KEY };

struct yaml_open {
	uint32_t node, count;
	bool object, at_value; /* in an object: a key has been read, its value comes next */
};

struct yaml {
	struct tw_document *d;
	yaml_parser_t parser;
	yaml_event_t event;
	struct yaml_open open[TW_DOCUMENT_DEPTH];
	unsigned depth;
	bool unique, complete;
	size_t index; /* the cursor: a character of libyaml's text, and the byte where it begins */
	uint32_t at;
	uint32_t last; /* behind the last scalar or bracket: where a block ends */
};

/* ---- places ---------------------------------------------------------------------------------- */

static bool continues(const struct tw_document *d, uint32_t at)
{
	return ((unsigned char)d->bytes[at] & 0xc0) == 0x80;
}

/* The byte of a character that libyaml counted. Events come nearly in order, so steps are short. */
static uint32_t byte_of(struct yaml *yaml, size_t index)
{
	const struct tw_document *d = yaml->d;

	for (; yaml->index < index && yaml->at < d->size; yaml->index++) {
		do
			yaml->at++;
		while (yaml->at < d->size && continues(d, yaml->at));
	}
	for (; yaml->index > index && yaml->at > 0; yaml->index--) {
		do
			yaml->at--;
		while (yaml->at > 0 && continues(d, yaml->at));
	}
	return yaml->at;
}

static uint32_t begin_of(struct yaml *yaml)
{
	return byte_of(yaml, yaml->event.start_mark.index);
}

static uint32_t end_of(struct yaml *yaml)
{
	return byte_of(yaml, yaml->event.end_mark.index);
}

/* An error over the current event, or at its first byte if it has none. */
#define ERROR_HERE(yaml, ...)                                                                      \
	tw_document_error((yaml)->d, begin_of(yaml), end_of(yaml), __VA_ARGS__)

/* ---- nodes ----------------------------------------------------------------------------------- */

static tw_status add_node(struct yaml *yaml, enum tw_node_kind kind, uint32_t begin, uint32_t end)
{
	struct tw_document *d = yaml->d;
	tw_status status = d->n < d->room ? TW_OK : tw_document_grow(d, begin);

	if (status == TW_ELIMIT)
		return tw_document_error(d, begin, begin,
			"more than %u values in one file: split it", TW_DOCUMENT_NODES);
	TW_TRY(status);
	d->node[d->n] = (struct tw_node){
		.begin = begin,
		.end = end,
		.next = d->n + 1,
		.kind = kind & 7u,
	};
	d->n++;
	return TW_OK;
}

/* Keeps the text of the scalar that comes next. */
static tw_status keep_text(struct yaml *yaml, const char *text, size_t n)
{
	struct tw_document *d = yaml->d;
	char *copy;

	TW_TRY(tw_vec_grow(
		d->mem, (void **)&d->scalar, d->scalars, &d->scalars_room, sizeof(*d->scalar), 1));
	copy = tw_arena_dup(&d->text, text, n);
	if (!copy)
		return TW_ENOMEM;
	d->scalar[d->scalars++] = (struct tw_sv){copy, n};
	return TW_OK;
}

/* What an unquoted scalar means: JSON's words and numbers, else a string. */
static enum tw_node_kind plain_kind(struct tw_sv text)
{
	const char *p = text.p, *end = text.p + text.n;

	if (text.n == 0 || tw_sv_is(text, "~") || tw_sv_is(text, "null"))
		return TW_NODE_NULL;
	if (tw_sv_is(text, "true"))
		return TW_NODE_TRUE;
	if (tw_sv_is(text, "false"))
		return TW_NODE_FALSE;
	return tw_json_number(&p, end) && p == end ? TW_NODE_NUMBER : TW_NODE_STRING;
}

/* What the next node is in its container, which it also counts. */
static enum role take_place(struct yaml *yaml)
{
	struct yaml_open *open;
	bool key;

	if (!yaml->depth)
		return ROLE_VALUE;
	open = &yaml->open[yaml->depth - 1];
	key = open->object && !open->at_value;
	open->at_value = key;
	open->count += !key;
	return key ? ROLE_KEY : ROLE_VALUE;
}

static tw_status refuse_extras(struct yaml *yaml, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		return ERROR_HERE(yaml,
			"an anchor (&%.40s): write the value out where it is needed",
			(const char *)anchor);
	if (tag)
		return ERROR_HERE(yaml,
			"a tag (%.60s), which is not read here: write a plain value",
			(const char *)tag);
	return TW_OK;
}

static tw_status on_scalar(struct yaml *yaml)
{
	const yaml_event_t *event = &yaml->event;
	const char *value = (const char *)event->data.scalar.value;
	struct tw_sv text = {value, event->data.scalar.length};
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	enum role role = take_place(yaml);
	uint32_t begin, end;

	TW_TRY(refuse_extras(yaml, event->data.scalar.anchor, event->data.scalar.tag));
	if (role == ROLE_KEY && plain && tw_sv_is(text, "<<"))
		return ERROR_HERE(yaml, "a merge key (<<): write the members out");
	if (role == ROLE_KEY && plain && text.n == 0)
		return ERROR_HERE(yaml, "a key is missing before \":\"");
	begin = begin_of(yaml);
	end = end_of(yaml);
	TW_TRY(keep_text(yaml, text.p, text.n));
	TW_TRY(add_node(
		yaml, plain && role == ROLE_VALUE ? plain_kind(text) : TW_NODE_STRING, begin, end));
	yaml->d->node[yaml->d->n - 1].count = (uint32_t)yaml->d->scalars & TW_DOCUMENT_NODES;
	yaml->last = end;
	return TW_OK;
}

static tw_status on_open(struct yaml *yaml, enum tw_node_kind kind, const yaml_char_t *anchor,
	const yaml_char_t *tag)
{
	struct tw_document *d = yaml->d;
	uint32_t begin;

	if (take_place(yaml) == ROLE_KEY)
		return ERROR_HERE(yaml, "%s as a key: keys are strings", tw_node_kind_name(kind));
	TW_TRY(refuse_extras(yaml, anchor, tag));
	if (yaml->depth == TW_DOCUMENT_DEPTH)
		return ERROR_HERE(yaml, "objects and arrays are nested more than %d deep here",
			TW_DOCUMENT_DEPTH);
	begin = begin_of(yaml);
	yaml->last = end_of(yaml);
	TW_TRY(add_node(yaml, kind, begin, yaml->last));
	yaml->open[yaml->depth++] =
		(struct yaml_open){.node = d->n - 1, .object = kind == TW_NODE_OBJECT};
	return TW_OK;
}

static tw_status on_close(struct yaml *yaml)
{
	struct tw_document *d = yaml->d;
	struct yaml_open open = yaml->open[--yaml->depth];
	struct tw_node *node = &d->node[open.node];
	bool unique;

	/* A block has no closing bracket: libyaml ends it where the next thing begins. */
	if (yaml->event.end_mark.index != yaml->event.start_mark.index)
		yaml->last = end_of(yaml);
	node->end = yaml->last;
	node->next = d->n;
	node->count = open.count & TW_DOCUMENT_NODES;
	if (!open.object)
		return TW_OK;
	TW_TRY(tw_document_unique(d, open.node, &unique));
	yaml->unique = yaml->unique && unique;
	return TW_OK;
}

static tw_status on_event(struct yaml *yaml, bool *ret_end)
{
	const yaml_event_t *event = &yaml->event;

	*ret_end = event->type == YAML_STREAM_END_EVENT;
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return on_scalar(yaml);
	case YAML_SEQUENCE_START_EVENT:
		return on_open(yaml, TW_NODE_ARRAY, event->data.sequence_start.anchor,
			event->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return on_open(yaml, TW_NODE_OBJECT, event->data.mapping_start.anchor,
			event->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_close(yaml);
	case YAML_ALIAS_EVENT:
		return ERROR_HERE(yaml, "an alias (*%.40s): write the value out here",
			(const char *)event->data.alias.anchor);
	case YAML_DOCUMENT_START_EVENT:
		if (yaml->complete)
			return ERROR_HERE(yaml,
				"a second document begins here: a file holds one, so split it");
		return TW_OK;
	case YAML_DOCUMENT_END_EVENT:
		yaml->complete = true;
		return TW_OK;
	default:
		return TW_OK;
	}
}

/* ---- what libyaml has to say ----------------------------------------------------------------- */

/* Its most frequent complaints, in words for somebody who does not know its insides. */
static const struct complaint {
	const char *problem, *words;
} complaints[] = {
	{"found character that cannot start any token",
		"a character that cannot begin a value: quote the text"},
	{"mapping values are not allowed in this context",
		"a \":\" that cannot stand here: quote the text, or check the indentation"},
	{"did not find expected key",
		"expected another key of this object, or its end: check indentation and quotes"},
	{"did not find expected '-' indicator",
		"expected another \"-\" of this list, or its end: check the indentation"},
	{"block sequence entries are not allowed in this context",
		"a \"-\" that cannot stand here: check the indentation"},
	{"could not find expected ':'", "expected \":\" behind the key"},
	{"did not find expected ',' or ']'", "expected \",\" or \"]\""},
	{"did not find expected ',' or '}'", "expected \",\" or \"}\""},
	{"found unexpected end of stream", "a quoted text is not closed"},
	{"did not find expected <document start>",
		"expected the end of the file behind the value: check the indentation"},
	{"found undefined tag handle", "a tag, which is not read here: write a plain value"},
	{"did not find expected node content", "expected a key or a value"},
	{"found unknown escape character",
		"an escape that YAML does not know: write \\\\ for a backslash"},
	{"found invalid Unicode character escape code",
		"an escape that is no character: YAML has no surrogate pairs, so write the "
		"character"},
};

static const char *words_for(const struct yaml *yaml, uint32_t at)
{
	const char *problem = yaml->parser.problem;

	if (at < yaml->d->size && yaml->d->bytes[at] == '\t')
		return "a tab: YAML is indented with spaces only";
	for (size_t i = 0; problem && i < TW_COUNT(complaints); i++) {
		if (strcmp(problem, complaints[i].problem) == 0)
			return complaints[i].words;
	}
	return problem ? problem : "this is not YAML";
}

/* libyaml's reader, below its scanner, counts in bytes and has no marks. */
static tw_status explain_bytes(struct yaml *yaml, uint32_t begin)
{
	struct tw_document *d = yaml->d;
	uint32_t at = begin + (uint32_t)yaml->parser.problem_offset, code_point;

	if (at >= d->size)
		return tw_document_error(d, d->size, d->size, "the file ends inside a character");
	if (!tw_utf8_next(d->bytes + at, d->size - at, &code_point))
		return tw_document_error(d, at, at + 1, "%s", tw_document_not_utf8(d, at));
	if (code_point == 0)
		return tw_document_error(
			d, at, at + 1, "a NUL byte: this is a binary file, or a damaged one");
	return tw_document_error(
		d, at, at + 1, "the control character U+%04X: YAML has none", (unsigned)code_point);
}

static tw_status explain(struct yaml *yaml, uint32_t begin)
{
	const yaml_parser_t *parser = &yaml->parser;
	struct tw_document *d = yaml->d;
	struct tw_span span = {d->file, 0, 0}, other;
	const char *words;

	if (parser->error == YAML_READER_ERROR)
		return explain_bytes(yaml, begin);
	if (parser->error != YAML_SCANNER_ERROR && parser->error != YAML_PARSER_ERROR)
		return TW_ENOMEM;
	span.begin = span.end = byte_of(yaml, parser->problem_mark.index);
	span.end += span.end < d->size;
	words = tw_arena_printf(&d->text, "%s%s", span.begin == d->size ? "the file ends: " : "",
		words_for(yaml, span.begin));
	if (!words)
		return TW_ENOMEM;
	other = span;
	other.begin = byte_of(yaml, parser->context_mark.index);
	other.end = other.begin + 1;
	if (!parser->context || other.begin >= span.begin)
		return tw_document_error(d, span.begin, span.end, "%s", words);
	return tw_document_said(d, tw_diag_add_pair(d->diags, TW_LEVEL_ERROR, 0, span, other,
					   "what is being read begins here", "%s", words));
}

/* ---- reading --------------------------------------------------------------------------------- */

static tw_status read_events(struct yaml *yaml, uint32_t begin)
{
	bool end = false;

	while (!end) {
		tw_status status;

		if (!yaml_parser_parse(&yaml->parser, &yaml->event))
			return explain(yaml, begin);
		status = on_event(yaml, &end);
		yaml_event_delete(&yaml->event);
		TW_TRY(status);
	}
	return TW_OK;
}

static tw_status read_document(struct tw_document *d)
{
	struct yaml yaml = {.d = d, .unique = true};
	uint32_t begin;
	tw_status status;

	d->yaml = true;
	TW_TRY(tw_document_begin(d, &begin));
	yaml.at = begin;
	if (!yaml_parser_initialize(&yaml.parser))
		return TW_ENOMEM;
	yaml_parser_set_encoding(&yaml.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&yaml.parser, (const unsigned char *)d->bytes + begin, d->size - begin);
	status = read_events(&yaml, begin);
	yaml_parser_delete(&yaml.parser);
	TW_TRY(status);
	if (d->n == 0)
		return tw_document_error(
			d, 0, 0, "the file holds no value, only comments or blanks");
	TW_TRY(tw_document_trim(d));
	return yaml.unique ? TW_OK : TW_EPARSE;
}

tw_status tw_yaml_read(struct tw_mem *mem, struct tw_sources *sources, uint32_t file,
	struct tw_diags *diags, struct tw_document **ret)
{
	struct tw_document *d;
	tw_status status;

	TW_TRY(tw_document_new(mem, sources, file, diags, &d));
	status = read_document(d);
	if (status != TW_OK) {
		tw_document_free(d);
		return status;
	}
	*ret = d;
	return TW_OK;
}
