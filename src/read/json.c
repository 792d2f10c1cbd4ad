/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON reader: RFC 8259 in full, one pass, no recursion, no conversions.
 *
 * Every value becomes a node with the bytes that it was read from; strings and numbers are checked
 * here and decoded only when somebody asks. The reader stops at the first byte that is wrong and
 * notes what it had expected; json_words.c turns that into a sentence. Most bytes of a file are
 * indentation and the insides of strings, so these two are scanned eight at a time.
 */

#include "json.h"

#define EACH_BYTE(b) (0x0101010101010101u * (b))
#define HIGH_BITS    EACH_BYTE(0x80u)

/* Which byte of a word loaded from memory comes first is only known for little-endian machines; the
 * others scan byte by byte. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SCAN_WORDS 1
#else
#define SCAN_WORDS 0
#endif

static inline uint64_t load(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* The high bit of each byte that is zero; bits above the lowest one set may be wrong. */
static inline uint64_t zero_bytes(uint64_t word)
{
	return (word - EACH_BYTE(1u)) & ~word & HIGH_BITS;
}

static inline ptrdiff_t first_byte(uint64_t bits)
{
	return __builtin_ctzll(bits) / 8;
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The first byte from p on that is not white space, or the end. */
static inline const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p)) {
		p++;
		while (SCAN_WORDS && end - p >= 8) {
			uint64_t other = load(p) ^ EACH_BYTE(' ');

			if (other) {
				p += first_byte(other);
				break;
			}
			p += 8;
		}
	}
	return p;
}

static inline bool is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* The first byte of a string's inside that is not an ordinary ASCII character, or the end. */
static inline const char *skip_plain(const char *p, const char *end)
{
	while (SCAN_WORDS && end - p >= 8) {
		uint64_t word = load(p);
		uint64_t stop = ((word - EACH_BYTE(0x20u)) & ~word & HIGH_BITS) |
				(word & HIGH_BITS) | zero_bytes(word ^ EACH_BYTE('"')) |
				zero_bytes(word ^ EACH_BYTE('\\'));

		if (stop)
			return p + first_byte(stop);
		p += 8;
	}
	while (p < end && is_plain(*p))
		p++;
	return p;
}

/* 0 at the end: a NUL byte is never right in JSON, so both are faults, told apart by the words. */
static inline char look(const struct json *json)
{
	return json->p < json->end ? *json->p : '\0';
}

static tw_status stop(struct json *json, enum json_fault fault, const char *at)
{
	json->fault = fault;
	json->at = at;
	return TW_EPARSE;
}

static inline uint32_t offset(const struct json *json, const char *p)
{
	return (uint32_t)(p - json->d->bytes);
}

static tw_status grow(struct json *json)
{
	tw_status status = tw_document_grow(json->d, offset(json, json->p));

	return status == TW_ELIMIT ? stop(json, JSON_NODES, json->p) : status;
}

static inline tw_status add_node(
	struct json *json, enum tw_node_kind kind, const char *end, bool escaped)
{
	struct tw_document *d = json->d;

	if (d->n == d->room)
		TW_TRY(grow(json));
	d->node[d->n] = (struct tw_node){
		.begin = offset(json, json->p),
		.end = offset(json, end),
		.next = d->n + 1,
		.kind = kind & 7u,
		.escaped = escaped,
	};
	d->n++;
	json->p = end;
	return TW_OK;
}

/* ---- strings --------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The four digits at p. */
static tw_status hex(struct json *json, const char *p, unsigned *ret)
{
	unsigned code = 0;

	for (int i = 0; i < 4; i++, p++) {
		int digit = p < json->end ? hex_digit(*p) : -1;

		if (digit < 0)
			return stop(json, JSON_HEX, p);
		code = code << 4 | (unsigned)digit;
	}
	*ret = code;
	return TW_OK;
}

/* The escape whose backslash is at *p; moves behind it. */
static tw_status escape(struct json *json, const char **p)
{
	const char *at = *p;
	unsigned code, low;

	if (json->end - at < 2)
		return stop(json, JSON_STRING, json->end);
	if (at[1] != 'u') {
		if (!at[1] || !strchr("\"\\/bfnrt", at[1]))
			return stop(json, JSON_STRING, at);
		*p = at + 2;
		return TW_OK;
	}
	TW_TRY(hex(json, at + 2, &code));
	*p = at + 6;
	if (code < 0xd800 || code > 0xdfff)
		return TW_OK;
	if (code >= 0xdc00)
		return stop(json, JSON_LOW_ALONE, at);
	if (json->end - at < 8 || at[6] != '\\' || at[7] != 'u')
		return stop(json, JSON_HIGH_ALONE, at);
	TW_TRY(hex(json, at + 8, &low));
	if (low < 0xdc00 || low > 0xdfff)
		return stop(json, JSON_HIGH_ALONE, at);
	*p = at + 12;
	return TW_OK;
}

/* The rest of a string with something in it that is not ordinary ASCII, first at p. */
static tw_status odd_string(struct json *json, const char *p)
{
	bool escaped = false;

	for (;; p = skip_plain(p, json->end)) {
		if (p == json->end)
			return stop(json, JSON_STRING, p);
		if (*p == '"')
			return add_node(json, TW_NODE_STRING, p + 1, escaped);
		if (*p == '\\') {
			TW_TRY(escape(json, &p));
			escaped = true;
		} else {
			uint32_t code_point;
			size_t n = (unsigned char)*p < 0x20
					   ? 0
					   : tw_utf8_next(p, (size_t)(json->end - p), &code_point);

			if (!n)
				return stop(json, JSON_STRING, p);
			p += n;
		}
	}
}

static inline tw_status string(struct json *json)
{
	const char *p = skip_plain(json->p + 1, json->end);

	if (p < json->end && *p == '"')
		return add_node(json, TW_NODE_STRING, p + 1, false);
	return odd_string(json, p);
}

/* ---- other scalars --------------------------------------------------------------------------- */

/* One or more digits at *p; moves behind them. */
static bool digits(const char **p, const char *end)
{
	const char *begin = *p;

	while (*p < end && **p >= '0' && **p <= '9')
		++*p;
	return *p != begin;
}

static bool one_of(const char **p, const char *end, char a, char b)
{
	if (*p == end || (**p != a && **p != b))
		return false;
	++*p;
	return true;
}

bool tw_json_number(const char **p, const char *end)
{
	one_of(p, end, '-', '-');
	if (!one_of(p, end, '0', '0') && !digits(p, end))
		return false;
	if (one_of(p, end, '.', '.') && !digits(p, end))
		return false;
	if (one_of(p, end, 'e', 'E')) {
		one_of(p, end, '+', '-');
		return digits(p, end);
	}
	return true;
}

/* "01", "1x" and "nullx" are one thing that is wrong, not two in a row. */
static inline bool goes_on(const struct json *json, const char *p)
{
	if (p == json->end)
		return false;
	return (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
	       *p == '_' || *p == '.' || *p == '+' || *p == '-';
}

static tw_status number(struct json *json)
{
	const char *p = json->p;

	if (!tw_json_number(&p, json->end) || goes_on(json, p))
		return stop(json, JSON_NUMBER, json->p);
	return add_node(json, TW_NODE_NUMBER, p, false);
}

static tw_status word(
	struct json *json, const char *text, enum tw_node_kind kind, enum json_fault expected)
{
	size_t n = strlen(text);

	if ((size_t)(json->end - json->p) < n || memcmp(json->p, text, n) != 0 ||
		goes_on(json, json->p + n))
		return stop(json, expected, json->p);
	return add_node(json, kind, json->p + n, false);
}

/* A value that is no container; else the fault `expected`. */
static inline tw_status scalar(struct json *json, enum json_fault expected)
{
	switch (look(json)) {
	case '"':
		return string(json);
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		return number(json);
	case 't':
		return word(json, "true", TW_NODE_TRUE, expected);
	case 'f':
		return word(json, "false", TW_NODE_FALSE, expected);
	case 'n':
		return word(json, "null", TW_NODE_NULL, expected);
	default:
		return stop(json, expected, json->p);
	}
}

/* ---- containers ------------------------------------------------------------------------------ */

static inline bool in_object(const struct json *json)
{
	return json->d->node[json->open[json->depth - 1].node].kind == TW_NODE_OBJECT;
}

static tw_status open_container(struct json *json, enum tw_node_kind kind)
{
	uint32_t node = json->d->n;

	if (json->depth == TW_DOCUMENT_DEPTH)
		return stop(json, JSON_DEPTH, json->p);
	TW_TRY(add_node(json, kind, json->p + 1, false));
	json->after = json->p - 1;
	json->open[json->depth++] = (struct json_open){node, 0};
	return TW_OK;
}

static tw_status close_container(struct json *json)
{
	struct json_open open = json->open[--json->depth];
	struct tw_node *node = &json->d->node[open.node];
	bool unique;

	json->p++;
	node->end = offset(json, json->p);
	node->next = json->d->n;
	node->count = open.count & TW_DOCUMENT_NODES;
	if (node->kind == TW_NODE_OBJECT) {
		TW_TRY(tw_document_unique(json->d, open.node, &unique));
		json->unique = json->unique && unique;
	}
	return TW_OK;
}

/* Goes behind the punctuation at the current place, to what follows it. */
static inline void step(struct json *json)
{
	json->after = json->p;
	json->p = skip_blanks(json->p + 1, json->end);
}

/* A key with its colon, up to the value; else the fault `expected`. */
static inline tw_status key(struct json *json, enum json_fault expected)
{
	if (look(json) != '"')
		return stop(json, expected, json->p);
	TW_TRY(string(json));
	json->p = skip_blanks(json->p, json->end);
	if (look(json) != ':')
		return stop(json, JSON_COLON, json->p);
	step(json);
	return TW_OK;
}

/*
 * Behind a complete value: closes what closes here, and goes up to the next value. *ret_more is
 * false when the root is complete.
 */
static inline tw_status next_value(struct json *json, bool *ret_more)
{
	*ret_more = false;
	for (;;) {
		json->p = skip_blanks(json->p, json->end);
		if (json->depth == 0)
			return json->p == json->end ? TW_OK : stop(json, JSON_END, json->p);
		json->open[json->depth - 1].count++;
		if (look(json) == ',')
			break;
		if (look(json) != (in_object(json) ? '}' : ']'))
			return stop(json, JSON_COMMA, json->p);
		TW_TRY(close_container(json));
	}
	step(json);
	*ret_more = true;
	return in_object(json) ? key(json, JSON_KEY) : TW_OK;
}

static tw_status read_text(struct json *json)
{
	enum json_fault expected = JSON_VALUE;
	bool more = true;

	json->p = skip_blanks(json->p, json->end);
	while (more) {
		bool object = look(json) == '{';

		if (object || look(json) == '[') {
			TW_TRY(open_container(json, object ? TW_NODE_OBJECT : TW_NODE_ARRAY));
			json->p = skip_blanks(json->p, json->end);
			if (look(json) != (object ? '}' : ']')) {
				expected = object ? JSON_VALUE : JSON_ELEMENT;
				if (object)
					TW_TRY(key(json, JSON_MEMBER));
				continue;
			}
			TW_TRY(close_container(json));
		} else {
			TW_TRY(scalar(json, expected));
		}
		expected = JSON_VALUE;
		TW_TRY(next_value(json, &more));
	}
	return TW_OK;
}

static tw_status read_document(struct tw_document *d)
{
	struct json json = {.d = d, .unique = true};
	uint32_t begin;
	tw_status status;

	TW_TRY(tw_document_begin(d, &begin));
	json.p = json.after = d->bytes + begin;
	json.end = d->bytes + d->size;
	status = read_text(&json);
	if (json.fault)
		return tw_json_explain(&json);
	TW_TRY(status);
	TW_TRY(tw_document_trim(d));
	return json.unique ? TW_OK : TW_EPARSE;
}

tw_status tw_json_read(struct tw_mem *mem, struct tw_sources *sources, uint32_t file,
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
