/* SPDX-License-Identifier: Apache-2.0 */

/* What the readers of AWS elements share: ids, tags, CIDR blocks, protocols. */

#include "aws.h"

void tw_aws_init(struct tw_aws *aws, struct tw_mem *mem, struct tw_diags *diags, struct tw_net *net)
{
	memset(aws, 0, sizeof(*aws));
	aws->mem = mem;
	aws->diags = diags;
	aws->net = net;
	tw_map_init(&aws->odd_types, mem);
	tw_map_init(&aws->odd_words, mem);
}

void tw_aws_fini(struct tw_aws *aws)
{
	tw_map_fini(&aws->odd_types);
	tw_map_fini(&aws->odd_words);
	TW_VEC_FREE(aws->mem, &aws->addresses);
	TW_VEC_FREE(aws->mem, &aws->public_addresses);
	TW_VEC_FREE(aws->mem, &aws->published);
}

size_t tw_aws_word(const struct tw_document *d, uint32_t key, const struct tw_word *word, size_t n)
{
	const struct tw_node *node = &d->node[key];
	size_t length = node->end - node->begin;

	for (size_t i = 0; i < n; i++) {
		/* In JSON a key without escapes has its quotes and nothing else around it. */
		if (!d->yaml && !node->escaped && length != word[i].n + 2)
			continue;
		if (tw_node_is(d, key, word[i].text))
			return i;
	}
	return n;
}

tw_status tw_aws_object(struct tw_aws *aws, uint32_t element)
{
	if (tw_node_kind(aws->d, element) != TW_NODE_OBJECT)
		return tw_node_unexpected(aws->d, element, "an object");
	return TW_OK;
}

tw_status tw_aws_array(struct tw_aws *aws, uint32_t node)
{
	if (tw_node_kind(aws->d, node) != TW_NODE_ARRAY)
		return tw_node_unexpected(aws->d, node, "an array");
	return TW_OK;
}

tw_status tw_aws_each(struct tw_aws *aws, uint32_t array, tw_aws_fn fn)
{
	tw_status worst = TW_OK;

	if (array == TW_NODE_NONE)
		return TW_OK;
	for (uint32_t element = tw_node_first(aws->d, array); element != TW_NODE_NONE;
		element = tw_node_after(aws->d, array, element)) {
		tw_status status = tw_aws_object(aws, element);
		if (status == TW_OK)
			status = fn(aws, element);
		TW_AWS_STEP(worst, status);
	}
	return worst;
}

uint32_t tw_aws_member(const struct tw_aws *aws, uint32_t object, const char *key)
{
	uint32_t node = tw_node_member(aws->d, object, key);

	if (node != TW_NODE_NONE && tw_node_is(aws->d, node, ""))
		return TW_NODE_NONE;
	return node;
}

tw_status tw_aws_id(struct tw_aws *aws, uint32_t object, const char *key, const char **ret)
{
	const char *id;

	TW_TRY(tw_get_str(aws->d, &aws->net->arena, object, key, true, &id));
	if (!*id)
		return tw_node_unexpected(aws->d, tw_node_member(aws->d, object, key), "an id");
	*ret = id;
	return TW_OK;
}

tw_status tw_aws_text(struct tw_aws *aws, uint32_t object, const char *key, const char **ret)
{
	const char *text;

	TW_TRY(tw_get_str(aws->d, &aws->net->arena, object, key, false, &text));
	*ret = text && *text ? text : NULL;
	return TW_OK;
}

static tw_status read_tag(struct tw_aws *aws, uint32_t element, struct tw_tag *ret)
{
	struct tw_tag tag = {NULL, NULL};

	TW_TRY(tw_aws_object(aws, element));
	TW_TRY(tw_get_str(aws->d, &aws->net->arena, element, "Key", true, &tag.key));
	TW_TRY(tw_get_str(aws->d, &aws->net->arena, element, "Value", false, &tag.value));
	if (!tag.value)
		tag.value = "";
	*ret = tag;
	return TW_OK;
}

tw_status tw_aws_tags(struct tw_aws *aws, uint32_t array, struct tw_object *object)
{
	tw_status worst = TW_OK;
	size_t n = 0;

	if (array == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_aws_array(aws, array));
	struct tw_tag *tags =
		TW_NEW_ARRAY(&aws->net->arena, struct tw_tag, tw_node_count(aws->d, array));
	if (!tags)
		return TW_ENOMEM;
	for (uint32_t element = tw_node_first(aws->d, array); element != TW_NODE_NONE;
		element = tw_node_after(aws->d, array, element)) {
		tw_status status = read_tag(aws, element, &tags[n]);
		TW_AWS_STEP(worst, status);
		if (status != TW_OK)
			continue;
		if (!strcmp(tags[n].key, "Name") && *tags[n].value)
			object->name = tags[n].value;
		n++;
	}
	object->tags = tags;
	object->tags_n = n;
	return worst;
}

tw_status tw_aws_warn(struct tw_aws *aws, uint32_t node, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const char *text = tw_arena_vprintf(&aws->d->text, format, args);
	va_end(args);
	if (!text)
		return TW_ENOMEM;
	TW_TRY(tw_diag_add(aws->diags, TW_LEVEL_WARNING, 901, tw_node_span(aws->d, node), "%s: %s",
		tw_node_path(aws->d, node), text));
	return aws->d->speechless ? TW_ENOMEM : TW_OK;
}

/* ---- CIDR blocks and addresses --------------------------------------------------------------- */

static tw_status expected_cidr(struct tw_aws *aws, uint32_t node, enum tw_family family)
{
	return tw_node_unexpected(aws->d, node, "an %s CIDR block such as %s",
		family == TW_IPV4 ? "IPv4" : "IPv6",
		family == TW_IPV4 ? "10.0.0.0/16" : "2001:db8::/56");
}

static tw_status cleared(struct tw_aws *aws, uint32_t node, bool strict, struct tw_prefix prefix)
{
	char text[TW_PREFIX_TEXT];

	tw_prefix_text(prefix, text);
	if (strict)
		return tw_node_unexpected(
			aws->d, node, "a CIDR block without host bits, such as %s", text);
	/* SPEC: nacl-cidr-canonical */
	return tw_aws_warn(aws, node,
		"%s has host bits, which AWS clears and never prints: read as %s",
		tw_node_quote(aws->d, tw_node_text(aws->d, node)), text);
}

tw_status tw_aws_cidr(struct tw_aws *aws, uint32_t node, enum tw_family family, bool strict,
	struct tw_prefix *ret)
{
	struct tw_prefix prefix;

	if (tw_node_kind(aws->d, node) != TW_NODE_STRING)
		return expected_cidr(aws, node, family);
	struct tw_sv text = tw_node_text(aws->d, node);
	if (!text.p)
		return TW_ENOMEM;
	enum tw_prefix_error error = tw_prefix_parse(text.p, text.n, &prefix);
	if (error == TW_PREFIX_LENGTH)
		return tw_node_unexpected(
			aws->d, node, "a prefix length from 0 to %d", family == TW_IPV4 ? 32 : 128);
	if (error == TW_PREFIX_SYNTAX || prefix.family != family)
		return expected_cidr(aws, node, family);
	if (error == TW_PREFIX_HOST_BITS)
		TW_TRY(cleared(aws, node, strict, prefix));
	*ret = prefix;
	return TW_OK;
}

tw_status tw_aws_address(
	struct tw_aws *aws, uint32_t node, enum tw_family family, struct tw_prefix *ret)
{
	struct tw_prefix prefix;

	if (tw_node_kind(aws->d, node) == TW_NODE_STRING) {
		struct tw_sv text = tw_node_text(aws->d, node);
		if (!text.p)
			return TW_ENOMEM;
		if (tw_prefix_parse(text.p, text.n, &prefix) == TW_PREFIX_OK &&
			prefix.family == family && !memchr(text.p, '/', text.n)) {
			*ret = prefix;
			return TW_OK;
		}
	}
	return tw_node_unexpected(
		aws->d, node, "an %s address", family == TW_IPV4 ? "IPv4" : "IPv6");
}

tw_status tw_aws_any_cidr(struct tw_aws *aws, uint32_t node, bool strict, struct tw_prefix *ret)
{
	struct tw_node n = aws->d->node[node];
	/* Only to say what was expected: a colon is in every IPv6 block and in no IPv4 block. */
	bool colon = memchr(aws->d->bytes + n.begin, ':', n.end - n.begin) != NULL;

	return tw_aws_cidr(aws, node, colon ? TW_IPV6 : TW_IPV4, strict, ret);
}

tw_status tw_aws_keep(
	struct tw_aws *aws, const struct tw_prefix *v, size_t n, struct tw_prefixes *ret)
{
	struct tw_prefix *copy;

	if (!n)
		return TW_OK;
	copy = tw_arena_alloc(&aws->net->arena, n * sizeof(*copy));
	if (!copy)
		return TW_ENOMEM;
	memcpy(copy, v, n * sizeof(*copy));
	*ret = (struct tw_prefixes){copy, n};
	return TW_OK;
}

/* ---- lists and words ------------------------------------------------------------------------- */

static tw_status read_ref(struct tw_aws *aws, uint32_t node, const char *id, const char **ret)
{
	const char *text;

	if (id) {
		TW_TRY(tw_aws_object(aws, node));
		return tw_aws_id(aws, node, id, ret);
	}
	TW_TRY(tw_node_str(aws->d, &aws->net->arena, node, &text));
	if (!*text)
		return tw_node_unexpected(aws->d, node, "an id");
	*ret = text;
	return TW_OK;
}

tw_status tw_aws_refs(
	struct tw_aws *aws, uint32_t object, const char *key, const char *id, struct tw_refs *ret)
{
	uint32_t array = TW_NODE_NONE;
	tw_status worst = TW_OK;
	size_t n = 0;

	TW_TRY(tw_get_array(aws->d, object, key, false, &array));
	if (array == TW_NODE_NONE || !tw_node_count(aws->d, array))
		return TW_OK;
	const char **ids =
		TW_NEW_ARRAY(&aws->net->arena, const char *, tw_node_count(aws->d, array));
	if (!ids)
		return TW_ENOMEM;
	for (uint32_t node = tw_node_first(aws->d, array); node != TW_NODE_NONE;
		node = tw_node_after(aws->d, array, node)) {
		tw_status status = read_ref(aws, node, id, &ids[n]);
		TW_AWS_STEP(worst, status);
		n += status == TW_OK;
	}
	*ret = (struct tw_refs){ids, NULL, n};
	return worst;
}

/* A word that nobody here knows is worth a warning, and one is enough. */
static tw_status tell_odd(struct tw_aws *aws, uint32_t node, const char *key, const char *text)
{
	const char *name = tw_arena_printf(&aws->net->arena, "%s %s", key, text);

	if (!name)
		return TW_ENOMEM;
	if (tw_map_get(&aws->odd_words, tw_sv_of(name)) != TW_MAP_NONE)
		return TW_OK;
	TW_TRY(tw_map_set(&aws->odd_words, tw_sv_of(name), 0));
	return tw_aws_warn(aws, node, "%s is not known here, and what depends on it is not judged",
		tw_node_quote(aws->d, tw_sv_of(text)));
}

tw_status tw_aws_choose(struct tw_aws *aws, uint32_t object, const char *key,
	const struct tw_aws_choice *choice, size_t n, int other, int *ret)
{
	const char *text;

	TW_TRY(tw_aws_text(aws, object, key, &text));
	if (!text)
		return TW_OK;
	for (size_t i = 0; i < n; i++)
		if (tw_aws_is(tw_sv_of(text), choice[i].text)) {
			*ret = choice[i].value;
			return TW_OK;
		}
	*ret = other;
	return tell_odd(aws, tw_node_member(aws->d, object, key), key, text);
}

tw_status tw_aws_enabled(struct tw_aws *aws, uint32_t object, const char *key, bool *ret)
{
	static const struct tw_aws_choice choices[] = {{"enable", 1}, {"disable", 0}};
	int value = 0;

	TW_TRY(tw_aws_choose(aws, object, key, choices, TW_COUNT(choices), 0, &value));
	*ret = value != 0;
	return TW_OK;
}

tw_status tw_aws_state(
	struct tw_aws *aws, uint32_t object, const char *key, const char **ret, bool *ret_gone)
{
	static const char *const gone[] = {
		"deleted", "deleting", "failed", "failing", "rejected", "rejecting", "expired"};
	const char *text;

	TW_TRY(tw_aws_text(aws, object, key, &text));
	*ret = text;
	*ret_gone = false;
	for (size_t i = 0; i < TW_COUNT(gone) && text; i++)
		*ret_gone = *ret_gone || tw_aws_is(tw_sv_of(text), gone[i]);
	return TW_OK;
}

tw_status tw_aws_port(struct tw_aws *aws, uint32_t object, const char *key, uint16_t *ret)
{
	int64_t port = 0;
	bool found;

	TW_TRY(tw_get_int_of(aws->d, object, key, false, "a port", 0, UINT16_MAX, &found, &port));
	*ret = found ? (uint16_t)port : 0;
	return TW_OK;
}

bool tw_aws_in_force(const struct tw_aws *aws, uint32_t object, const char *key)
{
	static const char *const gone[] = {"disassociated", "failed", "detached"};
	uint32_t state = key ? tw_node_member(aws->d, object, key) : object;

	if (state != TW_NODE_NONE && tw_node_kind(aws->d, state) == TW_NODE_OBJECT)
		state = tw_node_member(aws->d, state, "State");
	for (size_t i = 0; i < TW_COUNT(gone) && state != TW_NODE_NONE; i++)
		if (tw_node_is(aws->d, state, gone[i]))
			return false;
	return true;
}

/* ---- protocols and ports --------------------------------------------------------------------- */

bool tw_aws_is(struct tw_sv text, const char *lower)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != lower[i] || !c)
			return false;
	}
	return !lower[text.n];
}

tw_status tw_aws_protocol(struct tw_aws *aws, uint32_t node, int16_t *ret)
{
	static const struct {
		const char *name;
		int16_t number;
	} names[] = {{"all", TW_PROTOCOL_ALL}, {"tcp", TW_PROTOCOL_TCP}, {"udp", TW_PROTOCOL_UDP},
		{"icmp", TW_PROTOCOL_ICMP}, {"icmpv6", TW_PROTOCOL_ICMPV6},
		{"ipv6-icmp", TW_PROTOCOL_ICMPV6}};
	enum tw_node_kind kind = tw_node_kind(aws->d, node);

	if (kind == TW_NODE_STRING || kind == TW_NODE_NUMBER) {
		struct tw_sv text = tw_node_text(aws->d, node);
		int64_t number;
		if (!text.p)
			return TW_ENOMEM;
		if (tw_parse_int(text, -1, 255, &number)) {
			*ret = (int16_t)number;
			return TW_OK;
		}
		for (size_t i = 0; i < TW_COUNT(names); i++)
			if (tw_aws_is(text, names[i].name)) {
				*ret = names[i].number;
				return TW_OK;
			}
	}
	return tw_node_unexpected(aws->d, node,
		"a protocol: \"-1\" (all), a number from 0 to 255, tcp, udp, icmp or icmpv6");
}

void tw_aws_every_port(struct tw_rule *rule)
{
	rule->ports = (struct tw_ports){0, UINT16_MAX};
	rule->every_port = true;
}

/* The port that a member gives; -1 if it gives none. */
static tw_status plain_port(struct tw_aws *aws, uint32_t object, const char *key, int32_t *ret)
{
	uint32_t node = tw_aws_member(aws, object, key);
	int32_t port = 0;

	*ret = -1;
	if (node == TW_NODE_NONE || (tw_node_kind(aws->d, node) != TW_NODE_STRING &&
					    tw_node_kind(aws->d, node) != TW_NODE_NUMBER))
		return TW_OK;
	struct tw_sv text = tw_node_text(aws->d, node);
	if (!text.p)
		return TW_ENOMEM;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9' || port > UINT16_MAX)
			return TW_OK;
		port = port * 10 + (text.p[i] - '0');
	}
	if (text.n > 0 && port <= UINT16_MAX)
		*ret = port;
	return TW_OK;
}

tw_status tw_aws_ignored(
	struct tw_aws *aws, uint32_t object, const char *from, const char *to, struct tw_rule *rule)
{
	int32_t lo, hi;

	if (tw_node_kind(aws->d, object) != TW_NODE_OBJECT)
		return TW_OK;
	TW_TRY(plain_port(aws, object, from, &lo));
	TW_TRY(plain_port(aws, object, to, &hi));
	if (lo < 0 || hi < lo || (lo == 0 && (hi == 0 || hi == UINT16_MAX)))
		return TW_OK;
	rule->ignores_ports = true;
	rule->ignored = (struct tw_ports){(uint16_t)lo, (uint16_t)hi};
	return TW_OK;
}

/* SPEC: nacl-icmp-type-code, sg-ports */
void tw_aws_icmp(struct tw_rule *rule, int64_t type, int64_t code)
{
	if (type >= 0 && code >= 0) {
		rule->ports.lo = rule->ports.hi = TW_ICMP(type, code);
	} else if (type >= 0) {
		rule->ports = (struct tw_ports){TW_ICMP(type, 0), TW_ICMP(type, 255)};
	} else {
		tw_aws_every_port(rule);
		/* SPEC: nacl-field-icmp. What AWS does with it is nowhere said. */
		rule->icmp_any_type_code = code >= 0;
		rule->every_port = code < 0;
		rule->maybe = code >= 0;
		rule->maybe_reason = code >= 0 ? "nacl-field-icmp" : NULL;
	}
}
