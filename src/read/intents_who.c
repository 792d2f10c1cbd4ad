/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Who takes part: clients of one's own, names, selectors, and the two ends of an intent.
 *
 *	clients: {fleet: {ports: [10240-65535], picks: even}}
 *	names:   {web: {subnet: [subnet-1], client: fleet}, office: {cidr: 203.0.113.0/24}}
 */

#include "intents_parts.h"
#include "nearest.h"
#include "ranges.h"

/* ---- clients --------------------------------------------------------------------------------- */

static const struct tw_client *find_client(const struct tw_intents_reader *r, const char *id)
{
	uint32_t index = tw_map_get(&r->client_ids, tw_sv_of(id));

	return index != TW_MAP_NONE ? &r->client[index] : tw_client_find(id);
}

/* "linux, amazon-linux, ..., fleet, " */
static const char *list_clients(struct tw_intents_reader *r, struct tw_nearest *nearest)
{
	enum { OWN_SHOWN = 20 }; /* a message that nobody reads to its end helps nobody */
	size_t n, own = r->clients < OWN_SHOWN ? r->clients : OWN_SHOWN;
	const struct tw_client *table = tw_clients(&n);
	const char *known = "";

	for (size_t i = 0; i < n + own && known != NULL; i++) {
		const char *id = i < n ? table[i].id : r->client[i - n].id;

		tw_nearest_try(nearest, id);
		known = tw_arena_printf(&r->d->text, "%s%s, ", known, id);
	}
	if (known != NULL && own < r->clients)
		known = tw_arena_printf(&r->d->text, "%smore under \"clients\", ", known);
	return known;
}

static tw_status refuse_client(struct tw_intents_reader *r, uint32_t node, const char *id)
{
	static const char range[] = "any range within 1-65535 such as 40000-44999";
	struct tw_arena_mark mark = tw_arena_save(&r->d->text);
	struct tw_nearest nearest;
	const char *known;
	tw_status status;

	tw_nearest_init(&nearest, tw_sv_of(id));
	known = list_clients(r, &nearest);
	if (known == NULL)
		return TW_ENOMEM;
	if (nearest.best != NULL)
		status = TW_REFUSE(r, node,
			"unknown client %s, did you mean \"%s\"? Known: %sand %s", TW_QUOTE(r, id),
			nearest.best, known, range);
	else
		status = TW_REFUSE(r, node, "unknown client %s. Known: %sand %s", TW_QUOTE(r, id),
			known, range);
	/* A file of nothing but errors must not grow the arena. */
	tw_arena_restore(&r->d->text, mark);
	return status;
}

tw_status tw_intents_client(
	struct tw_intents_reader *r, uint32_t node, const struct tw_client **ret)
{
	const char *id = NULL;
	struct tw_client range, *copy;

	TW_TRY(tw_intents_text(r, node, "a client such as linux or 40000-44999", &id));
	if (id == NULL)
		return TW_OK;
	*ret = find_client(r, id);
	if (*ret != NULL)
		return TW_OK;
	if (!tw_client_from_range(id, &range))
		return refuse_client(r, node, id);
	copy = TW_NEW(r->arena, struct tw_client);
	if (copy == NULL)
		return TW_ENOMEM;
	*copy = range;
	copy->source = r->path;
	*ret = copy;
	return TW_OK;
}

/* A name under `clients:` must not hide what the same word means elsewhere. */
static tw_status client_name(struct tw_intents_reader *r, uint32_t key, const char **ret)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	const char *name = NULL;
	struct tw_client range;

	TW_TRY(tw_intents_key(r, key, "the name of a client", &name));
	if (name == NULL)
		return TW_OK;
	if (tw_client_find(name) != NULL)
		return TW_REFUSE(r, key, "the client %s is built in: give yours another name",
			TW_QUOTE(r, name));
	if (tw_client_from_range(name, &range))
		return TW_REFUSE(r, key,
			"%s is a range of ports already: give this client a name of letters",
			TW_QUOTE(r, name));
	if (name[strspn(name, allowed)] != '\0')
		return TW_REFUSE(r, key,
			"%s cannot name a client: use letters, digits, dots, hyphens and "
			"underscores",
			TW_QUOTE(r, name));
	*ret = name;
	return TW_OK;
}

static tw_status client_ports(struct tw_intents_reader *r, uint32_t node, struct tw_client *client)
{
	static const char what[] = "a range of ports such as 10240-65535";

	if (tw_intents_items(r, node) == 0)
		return TW_REFUSE(r, node, "expected %s, found an empty list", what);
	for (uint32_t item = tw_intents_item(r, node); item != TW_NODE_NONE;
		item = tw_intents_next(r, node, item)) {
		const char *text = NULL;
		struct tw_ports ports;

		TW_TRY(tw_intents_number(r, item, what, &text));
		if (text == NULL)
			continue;
		if (!tw_ports_parse(tw_sv_of(text), &ports) || ports.lo == 0)
			TW_TRY(TW_REFUSE(r, item,
				"%s is no range of ports: write 10240-65535 or 4096, within "
				"1-65535",
				TW_QUOTE(r, text)));
		else if (!tw_client_add(client, ports))
			TW_TRY(TW_REFUSE(r, item, "a client has at most %d separate ranges",
				TW_CLIENT_RANGES));
	}
	return TW_OK;
}

static tw_status client_picks(struct tw_intents_reader *r, uint32_t node, enum tw_picks *ret)
{
	static const char what[] = "linux-connect, even or unpublished";
	const char *text = NULL;

	TW_TRY(tw_intents_text(r, node, what, &text));
	if (text == NULL || tw_picks_parse(text, ret))
		return TW_OK;
	return TW_REFUSE(
		r, node, "%s is no way of picking ports: expected %s", TW_QUOTE(r, text), what);
}

static tw_status own_client(struct tw_intents_reader *r, uint32_t key, struct tw_client *client)
{
	static const char *const keys[] = {"ports", "picks"};
	uint32_t value = tw_node_value(r->d, key), ports, picks;
	bool is, known;

	*client = (struct tw_client){
		.picks = TW_PICKS_UNPUBLISHED, .source = r->path, .note = "", .reference = ""};
	TW_TRY(client_name(r, key, &client->id));
	client->title = client->id;
	TW_TRY(tw_intents_expect(
		r, value, TW_NODE_OBJECT, "a mapping such as {ports: [10240-65535]}", &is));
	if (!is)
		return TW_OK;
	TW_TRY(tw_intents_keys(r, value, keys, TW_COUNT(keys), &known));
	ports = tw_node_member(r->d, value, "ports");
	picks = tw_node_member(r->d, value, "picks");
	if (ports != TW_NODE_NONE)
		TW_TRY(client_ports(r, ports, client));
	else if (known)
		TW_TRY(TW_REFUSE(r, key, "this client has no \"ports\": say which ones it picks"));
	return picks == TW_NODE_NONE ? TW_OK : client_picks(r, picks, &client->picks);
}

tw_status tw_intents_clients(struct tw_intents_reader *r, uint32_t node)
{
	bool is;

	TW_TRY(tw_intents_expect(r, node, TW_NODE_OBJECT,
		"a mapping of names to clients such as {fleet: {ports: [10240-65535]}}", &is));
	if (!is)
		return TW_OK;
	r->client = TW_NEW_ARRAY(r->arena, struct tw_client, tw_node_count(r->d, node));
	if (r->client == NULL)
		return TW_ENOMEM;
	for (uint32_t key = tw_node_first(r->d, node); key != TW_NODE_NONE;
		key = tw_node_after(r->d, node, key)) {
		struct tw_client *client = &r->client[r->clients];

		TW_TRY(own_client(r, key, client));
		/* A faulty one keeps its name, so that its uses are no second error. */
		if (client->id == NULL)
			continue;
		TW_TRY(tw_map_set(&r->client_ids, tw_sv_of(client->id), (uint32_t)r->clients));
		r->clients++;
	}
	return TW_OK;
}

/* ---- selectors ------------------------------------------------------------------------------- */

#define SELECTOR_KEYS                                                                              \
	"instance", "interface", "subnet", "security-group", "load-balancer", "tag", "cidr",       \
		"address", "internet"

static tw_status refuse_cidr(
	struct tw_intents_reader *r, uint32_t node, const char *text, enum tw_prefix_error error)
{
	const char *quoted = TW_QUOTE(r, text);
	struct tw_prefix block;
	char clear[TW_PREFIX_TEXT];

	switch (error) {
	case TW_PREFIX_HOST_BITS:
		(void)tw_prefix_parse(text, strlen(text), &block);
		return TW_REFUSE(r, node, "%s has bits set behind its prefix: the CIDR block is %s",
			quoted, tw_prefix_text(block, clear));
	case TW_PREFIX_LENGTH:
		return TW_REFUSE(r, node,
			"%s has no valid prefix length: 0 to 32 for IPv4, 0 to 128 for IPv6",
			quoted);
	default:
		return TW_REFUSE(r, node,
			"%s is no CIDR block: write for example 203.0.113.0/24 or 2001:db8::/32",
			quoted);
	}
}

static tw_status check_cidrs(struct tw_intents_reader *r, uint32_t node)
{
	for (uint32_t item = tw_intents_item(r, node); item != TW_NODE_NONE;
		item = tw_intents_next(r, node, item)) {
		const char *text = NULL;
		struct tw_prefix block;
		enum tw_prefix_error error;

		TW_TRY(tw_intents_text(
			r, item, "a CIDR block such as 203.0.113.0/24, or a list of them", &text));
		if (text == NULL)
			continue;
		error = tw_prefix_parse(text, strlen(text), &block);
		if (error != TW_PREFIX_OK)
			TW_TRY(refuse_cidr(r, item, text, error));
	}
	return TW_OK;
}

static tw_status add_tag(
	struct tw_intents_reader *r, uint32_t key, struct tw_tag_pattern *tag, size_t *ret_n)
{
	uint32_t value = tw_node_value(r->d, key);
	struct tw_texts patterns = {NULL, 0};
	const char *name = NULL;

	TW_TRY(tw_intents_key(r, key, "the key of a tag", &name));
	TW_TRY(tw_intents_texts(r, value, "a pattern such as \"api-*\"", &patterns));
	if (name == NULL)
		return TW_OK;
	for (size_t i = 0; i < patterns.n; i++)
		tag[(*ret_n)++] = (struct tw_tag_pattern){name, patterns.v[i]};
	return TW_OK;
}

static tw_status read_tags(struct tw_intents_reader *r, uint32_t node, struct tw_selector *selector)
{
	static const char what[] = "tags and their patterns such as {Name: \"api-*\"}";
	struct tw_tag_pattern *tag;
	size_t room = 0, n = 0;
	bool is;

	TW_TRY(tw_intents_expect(r, node, TW_NODE_OBJECT, what, &is));
	if (!is)
		return TW_OK;
	if (tw_node_count(r->d, node) == 0)
		return TW_REFUSE(r, node, "expected %s, found an empty mapping", what);
	for (uint32_t key = tw_node_first(r->d, node); key != TW_NODE_NONE;
		key = tw_node_after(r->d, node, key))
		room += tw_intents_items(r, tw_node_value(r->d, key));
	tag = TW_NEW_ARRAY(r->arena, struct tw_tag_pattern, room);
	if (tag == NULL)
		return TW_ENOMEM;
	for (uint32_t key = tw_node_first(r->d, node); key != TW_NODE_NONE;
		key = tw_node_after(r->d, node, key))
		TW_TRY(add_tag(r, key, tag, &n));
	selector->tag = tag;
	selector->tags = n;
	return TW_OK;
}

/* `known`: no key is misspelt. `place` is where "it selects nothing" points. */
static tw_status read_selector(struct tw_intents_reader *r, uint32_t node, uint32_t place,
	bool known, struct tw_selector *ret)
{
	struct tw_selector s = {.span = tw_node_span(r->d, node)};
	const struct {
		const char *key, *what;
		struct tw_texts *texts;
	} lists[] = {
		{"instance", "the id of an instance, or a list of them", &s.instance},
		{"interface", "the id of an interface, or a list of them", &s.interface},
		{"subnet", "the id of a subnet, or a list of them", &s.subnet},
		{"security-group", "the id of a security group, or a list of them",
			&s.security_group},
		{"load-balancer", "the id of a load balancer, or a list of them", &s.load_balancer},
		{"address", "a Terraform address or CloudFormation logical id, or a list of them",
			&s.address},
	};
	uint32_t tag = tw_node_member(r->d, node, "tag");
	uint32_t cidr = tw_node_member(r->d, node, "cidr");
	bool any = tag != TW_NODE_NONE || cidr != TW_NODE_NONE;
	bool bad = r->bad;

	r->bad = false; /* for this selector alone */
	for (size_t i = 0; i < TW_COUNT(lists); i++) {
		uint32_t list = tw_node_member(r->d, node, lists[i].key);

		if (list == TW_NODE_NONE)
			continue;
		any = true;
		TW_TRY(tw_intents_texts(r, list, lists[i].what, lists[i].texts));
	}
	if (tag != TW_NODE_NONE)
		TW_TRY(read_tags(r, tag, &s));
	if (cidr != TW_NODE_NONE) {
		TW_TRY(check_cidrs(r, cidr));
		if (!r->bad)
			TW_TRY(tw_intents_texts(r, cidr, "a CIDR block", &s.cidr));
	}
	TW_TRY(tw_intents_bool(r, node, "internet", &s.internet));
	if (known && !any && !s.internet && !r->bad)
		TW_TRY(TW_REFUSE(r, place,
			"this selects nothing: give at least one of instance, interface, subnet, "
			"security-group, load-balancer, tag, cidr, address, or internet: true"));
	r->bad = r->bad || bad;
	*ret = s;
	return TW_OK;
}

/* ---- names ----------------------------------------------------------------------------------- */

static tw_status read_name(struct tw_intents_reader *r, uint32_t key, struct tw_named *named)
{
	static const char *const keys[] = {SELECTOR_KEYS, "client"};
	uint32_t value = tw_node_value(r->d, key), client;
	bool is, known;

	named->span = tw_node_span(r->d, key);
	TW_TRY(tw_intents_key(r, key, "a name", &named->name));
	if (named->name != NULL && strcmp(named->name, "internet") == 0)
		TW_TRY(TW_REFUSE(r, key,
			"\"internet\" means all public addresses already: choose another name"));
	TW_TRY(tw_intents_expect(
		r, value, TW_NODE_OBJECT, "a selector such as {subnet: [subnet-1]}", &is));
	if (!is)
		return TW_OK;
	TW_TRY(tw_intents_keys(r, value, keys, TW_COUNT(keys), &known));
	TW_TRY(read_selector(r, value, key, known, &named->selector));
	client = tw_node_member(r->d, value, "client");
	return client == TW_NODE_NONE ? TW_OK : tw_intents_client(r, client, &named->client);
}

tw_status tw_intents_names(struct tw_intents_reader *r, uint32_t node)
{
	bool is;

	TW_TRY(tw_intents_expect(r, node, TW_NODE_OBJECT,
		"a mapping of names to selectors such as {web: {subnet: [subnet-1]}}", &is));
	if (!is)
		return TW_OK;
	r->named = TW_NEW_ARRAY(r->arena, struct tw_named, tw_node_count(r->d, node));
	if (r->named == NULL)
		return TW_ENOMEM;
	for (uint32_t key = tw_node_first(r->d, node); key != TW_NODE_NONE;
		key = tw_node_after(r->d, node, key)) {
		struct tw_named *named = &r->named[r->nameds];

		TW_TRY(read_name(r, key, named));
		if (named->name == NULL)
			continue;
		TW_TRY(tw_map_set(&r->names, tw_sv_of(named->name), (uint32_t)r->nameds));
		r->nameds++;
	}
	return TW_OK;
}

/* ---- ends ------------------------------------------------------------------------------------ */

static tw_status end_text(struct tw_intents_reader *r, uint32_t node, struct tw_end *end)
{
	struct tw_prefix block;
	enum tw_prefix_error error;
	uint32_t index;

	TW_TRY(tw_intents_text(r, node, "a name", &end->text));
	if (end->text == NULL)
		return TW_OK;
	index = tw_map_get(&r->names, tw_sv_of(end->text));
	if (index != TW_MAP_NONE) {
		end->named = &r->named[index];
		return TW_OK;
	}
	/* Ids and Name tags are looked up later; a broken CIDR block can be neither. */
	error = tw_prefix_parse(end->text, strlen(end->text), &block);
	if (error == TW_PREFIX_HOST_BITS || error == TW_PREFIX_LENGTH)
		return refuse_cidr(r, node, end->text, error);
	return TW_OK;
}

tw_status tw_intents_end(struct tw_intents_reader *r, uint32_t node, struct tw_end *ret)
{
	static const char *const keys[] = {SELECTOR_KEYS};
	struct tw_selector *selector;
	bool known;

	ret->span = tw_node_span(r->d, node);
	switch (tw_node_kind(r->d, node)) {
	case TW_NODE_STRING:
		return end_text(r, node, ret);
	case TW_NODE_OBJECT:
		selector = TW_NEW(r->arena, struct tw_selector);
		if (selector == NULL)
			return TW_ENOMEM;
		TW_TRY(tw_intents_keys(r, node, keys, TW_COUNT(keys), &known));
		TW_TRY(read_selector(r, node, node, known, selector));
		ret->selector = selector;
		return TW_OK;
	default:
		return TW_REFUSE(r, node,
			"expected a name, an id, an address, a CIDR block, internet, or a selector "
			"such as {subnet: [subnet-1]}; found %s",
			tw_intents_found(r, node));
	}
}
