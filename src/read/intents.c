/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The reader of twoway.yaml: what the owner of a network wants (contract, section 1;
 *twoway.yaml(5)).
 *
 *	flows:   [{name: web-in, from: internet, to: web, port: tcp/443}]
 *	never:   [{name: no-db, from: internet, to: db}]
 *	ignore:  [{code: TW102, at: acl-1, until: "2027-01-31", reason: "only Linux clients here"}]
 *	infer:   true
 *
 * `clients` and `names` are read first wherever they stand, since flows refer to them. Unknown keys
 * are errors: a misspelt `never` that is quietly skipped would be a hole in a wall.
 */

#include "intents_parts.h"
#include "intents_read.h"

#define WHAT_PORT "a service such as tcp/443"

/* ---- flows and never ------------------------------------------------------------------------- */

static tw_status read_service(struct tw_intents_reader *r, uint32_t node, struct tw_service *ret)
{
	const char *text = NULL;

	TW_TRY(tw_intents_number(r, node, WHAT_PORT, &text));
	if (text == NULL)
		return TW_OK;
	if (tw_service_parse(text, ret)) {
		ret->span = tw_node_span(r->d, node);
		return TW_OK;
	}
	return TW_REFUSE(r, node,
		"%s is no service: write tcp/443, udp/53, tcp/8000-8100, icmp/8/0, icmpv6/128, "
		"protocol/50, all, or a port number for TCP",
		TW_QUOTE(r, text));
}

static tw_status read_services(struct tw_intents_reader *r, uint32_t node, struct tw_intent *intent)
{
	uint32_t count = tw_intents_items(r, node);
	struct tw_service *service;

	if (count == 0)
		return TW_REFUSE(r, node, "expected " WHAT_PORT ", found an empty list");
	service = TW_NEW_ARRAY(r->arena, struct tw_service, count);
	if (service == NULL)
		return TW_ENOMEM;
	for (uint32_t item = tw_intents_item(r, node); item != TW_NODE_NONE;
		item = tw_intents_next(r, node, item))
		TW_TRY(read_service(r, item, &service[intent->services++]));
	intent->service = service;
	return TW_OK;
}

/* `never` without a port means every packet. */
static tw_status every_service(struct tw_intents_reader *r, struct tw_intent *intent)
{
	struct tw_service *service = TW_NEW(r->arena, struct tw_service);

	if (service == NULL)
		return TW_ENOMEM;
	if (!tw_service_parse("all", service))
		return TW_EBUG;
	service->span = intent->span;
	intent->service = service;
	intent->services = 1;
	return TW_OK;
}

static tw_status add_flow_client(struct tw_intents_reader *r, uint32_t item, struct tw_map *seen,
	const struct tw_client **client, size_t *n)
{
	const struct tw_client *found = NULL;
	struct tw_sv id;

	TW_TRY(tw_intents_client(r, item, &found));
	if (found == NULL)
		return TW_OK;
	id = tw_sv_of(found->id);
	if (tw_map_get(seen, id) != TW_MAP_NONE)
		return TW_REFUSE(r, item, "the client %s is listed twice", TW_QUOTE(r, found->id));
	client[(*n)++] = found;
	return tw_map_set(seen, id, 1);
}

static tw_status read_flow_clients(
	struct tw_intents_reader *r, uint32_t node, struct tw_intent *intent)
{
	uint32_t count = tw_intents_items(r, node);
	const struct tw_client **client;
	tw_status status = TW_OK;
	struct tw_map seen;

	if (count == 0)
		return TW_REFUSE(r, node,
			"expected a client such as linux, found an empty list: leave \"clients\" "
			"out for the default ones");
	client = TW_NEW_ARRAY(r->arena, const struct tw_client *, count);
	if (client == NULL)
		return TW_ENOMEM;
	tw_map_init(&seen, r->d->mem);
	for (uint32_t item = tw_intents_item(r, node); item != TW_NODE_NONE && status == TW_OK;
		item = tw_intents_next(r, node, item))
		status = add_flow_client(r, item, &seen, client, &intent->clients);
	tw_map_fini(&seen);
	intent->client = client;
	return status;
}

/* Names are the ids of flows in reports, so two of them may not be equal. */
static tw_status read_intent_name(struct tw_intents_reader *r, uint32_t node, size_t position,
	const struct tw_intent *first, struct tw_intent *intent)
{
	uint32_t name = tw_node_member(r->d, node, "name"), other;

	if (name == TW_NODE_NONE) {
		intent->name = tw_arena_printf(
			r->arena, "%s-%zu", intent->never ? "never" : "flow", position);
		if (intent->name == NULL)
			return TW_ENOMEM;
	} else {
		TW_TRY(tw_intents_text(r, name, "a name", &intent->name));
		if (intent->name == NULL)
			return TW_OK;
	}
	other = tw_map_get(&r->flows, tw_sv_of(intent->name));
	if (other == TW_MAP_NONE)
		return tw_map_set(&r->flows, tw_sv_of(intent->name), (uint32_t)(intent - first));
	r->bad = true;
	return tw_diag_add_pair(r->d->diags, TW_LEVEL_ERROR, 0,
		tw_node_span(r->d, name == TW_NODE_NONE ? node : name), first[other].span,
		"the other one is here", "two flows have the name %s%s", TW_QUOTE(r, intent->name),
		name == TW_NODE_NONE ? ", which this one gets for want of a \"name\"" : "");
}

static tw_status read_intent(struct tw_intents_reader *r, uint32_t node, struct tw_intent *intent)
{
	static const char *const keys[] = {
		"name", "from", "to", "port", "clients", "every-connection"};
	uint32_t from = tw_node_member(r->d, node, "from");
	uint32_t to = tw_node_member(r->d, node, "to");
	uint32_t port = tw_node_member(r->d, node, "port");
	uint32_t clients = tw_node_member(r->d, node, "clients");
	bool known;

	/* What must never pass must not pass from any port: clients mean nothing there. */
	TW_TRY(tw_intents_keys(r, node, keys, TW_COUNT(keys) - (intent->never ? 2 : 0), &known));
	if (from != TW_NODE_NONE)
		TW_TRY(tw_intents_end(r, from, &intent->from));
	else if (known)
		TW_TRY(TW_REFUSE(r, node, "no \"from\" here: say who sends the request"));
	if (to != TW_NODE_NONE)
		TW_TRY(tw_intents_end(r, to, &intent->to));
	else if (known)
		TW_TRY(TW_REFUSE(r, node, "no \"to\" here: say who answers"));
	if (port != TW_NODE_NONE)
		TW_TRY(read_services(r, port, intent));
	else if (intent->never)
		TW_TRY(every_service(r, intent));
	else if (known)
		TW_TRY(TW_REFUSE(
			r, node, "no \"port\" here: say which service, such as tcp/443, or all"));
	if (intent->never)
		return TW_OK;
	if (clients != TW_NODE_NONE)
		TW_TRY(read_flow_clients(r, clients, intent));
	return tw_intents_bool(r, node, "every-connection", &intent->every_connection);
}

/* One of the lists `flows` and `never`, behind what `view` holds already; there is room. */
static tw_status read_intents(
	struct tw_intents_reader *r, uint32_t list, bool never, struct tw_intent *first, size_t *n)
{
	size_t position = 0;

	for (uint32_t node = tw_node_first(r->d, list); node != TW_NODE_NONE;
		node = tw_node_after(r->d, list, node)) {
		struct tw_intent *intent = &first[*n];
		bool is;

		position++;
		TW_TRY(tw_intents_expect(r, node, TW_NODE_OBJECT,
			"a flow such as {from: internet, to: subnet-1, port: tcp/443}", &is));
		if (!is)
			continue;
		intent->never = never;
		intent->span = tw_node_span(r->d, node);
		TW_TRY(read_intent_name(r, node, position, first, intent));
		TW_TRY(read_intent(r, node, intent));
		(*n)++;
	}
	return TW_OK;
}

/* ---- ignore ---------------------------------------------------------------------------------- */

static bool is_code(const char *text)
{
	return strlen(text) == 5 && text[0] == 'T' && text[1] == 'W' &&
	       strspn(text + 2, "0123456789") == 3;
}

static tw_status read_ignore(struct tw_intents_reader *r, uint32_t node, struct tw_ignore *ignore)
{
	static const char *const keys[] = {"code", "at", "flow", "until", "reason"};
	uint32_t code = tw_node_member(r->d, node, "code");
	uint32_t until = tw_node_member(r->d, node, "until");
	uint32_t reason = tw_node_member(r->d, node, "reason");
	bool known;

	ignore->span = tw_node_span(r->d, node);
	TW_TRY(tw_intents_keys(r, node, keys, TW_COUNT(keys), &known));
	if (code != TW_NODE_NONE)
		TW_TRY(tw_intents_text(r, code, "a code such as TW102", &ignore->code));
	else if (known)
		TW_TRY(TW_REFUSE(r, node, "no \"code\" here: say which finding, such as TW102"));
	if (ignore->code != NULL && !is_code(ignore->code)) {
		TW_TRY(TW_REFUSE(r, code,
			"%s is no code of a finding: write TW and three digits, such as TW102",
			TW_QUOTE(r, ignore->code)));
	}
	TW_TRY(tw_intents_member(
		r, node, "at", "the id of the component that is to blame", &ignore->at));
	TW_TRY(tw_intents_member(r, node, "flow", "the name or id of a flow", &ignore->flow));
	TW_TRY(tw_intents_member(r, node, "until", "a date such as 2027-01-31", &ignore->until));
	if (ignore->until != NULL && !tw_date_valid(ignore->until)) {
		TW_TRY(TW_REFUSE(r, until, "%s is no date: write year-month-day such as 2027-01-31",
			TW_QUOTE(r, ignore->until)));
	}
	/* An empty reason is told as a finding of its own, like none at all (TW902). */
	if (reason != TW_NODE_NONE && !tw_node_is(r->d, reason, ""))
		TW_TRY(tw_intents_text(r, reason, "a sentence", &ignore->reason));
	return TW_OK;
}

static tw_status read_ignores(struct tw_intents_reader *r, uint32_t list)
{
	struct tw_intents_view *view = &r->intents->view;
	struct tw_ignore *ignore;
	bool is;

	ignore = TW_NEW_ARRAY(r->arena, struct tw_ignore, tw_node_count(r->d, list));
	if (ignore == NULL)
		return TW_ENOMEM;
	view->ignore = ignore;
	for (uint32_t node = tw_node_first(r->d, list); node != TW_NODE_NONE;
		node = tw_node_after(r->d, list, node)) {
		TW_TRY(tw_intents_expect(r, node, TW_NODE_OBJECT,
			"a mapping such as {code: TW102, at: acl-1, reason: \"why\"}", &is));
		if (is)
			TW_TRY(read_ignore(r, node, &ignore[view->ignores++]));
	}
	return TW_OK;
}

/* ---- the whole file -------------------------------------------------------------------------- */

/* The value of a top-level key that holds a list; TW_NODE_NONE if absent or no list. */
static tw_status section(
	struct tw_intents_reader *r, const char *key, const char *what, uint32_t *ret)
{
	uint32_t node = tw_node_member(r->d, TW_NODE_ROOT, key);
	bool is;

	*ret = TW_NODE_NONE;
	if (node == TW_NODE_NONE)
		return TW_OK;
	TW_TRY(tw_intents_expect(r, node, TW_NODE_ARRAY, what, &is));
	if (is)
		*ret = node;
	return TW_OK;
}

static tw_status read_sections(struct tw_intents_reader *r)
{
	struct tw_intents_view *view = &r->intents->view;
	uint32_t clients = tw_node_member(r->d, TW_NODE_ROOT, "clients");
	uint32_t names = tw_node_member(r->d, TW_NODE_ROOT, "names");
	uint32_t flows, never, ignores;
	struct tw_intent *intent;
	size_t room = 0;

	if (clients != TW_NODE_NONE)
		TW_TRY(tw_intents_clients(r, clients));
	if (names != TW_NODE_NONE)
		TW_TRY(tw_intents_names(r, names));
	TW_TRY(section(r, "flows", "a list of flows, each beginning with \"- \"", &flows));
	TW_TRY(section(r, "never", "a list of flows, each beginning with \"- \"", &never));
	TW_TRY(section(r, "ignore", "a list of findings, each beginning with \"- \"", &ignores));
	room += flows == TW_NODE_NONE ? 0 : tw_node_count(r->d, flows);
	room += never == TW_NODE_NONE ? 0 : tw_node_count(r->d, never);
	intent = TW_NEW_ARRAY(r->arena, struct tw_intent, room);
	if (intent == NULL)
		return TW_ENOMEM;
	if (flows != TW_NODE_NONE)
		TW_TRY(read_intents(r, flows, false, intent, &view->intents));
	if (never != TW_NODE_NONE)
		TW_TRY(read_intents(r, never, true, intent, &view->intents));
	if (ignores != TW_NODE_NONE)
		TW_TRY(read_ignores(r, ignores));
	TW_TRY(tw_intents_bool(r, TW_NODE_ROOT, "infer", &view->infer));
	view->intent = intent;
	view->named = r->named;
	view->nameds = r->nameds;
	view->client = r->client;
	view->clients = r->clients;
	return TW_OK;
}

static tw_status read_root(struct tw_intents_reader *r)
{
	static const char *const keys[] = {"clients", "names", "flows", "never", "ignore", "infer"};
	enum tw_node_kind kind = tw_node_kind(r->d, TW_NODE_ROOT);
	bool is, known;

	if (kind == TW_NODE_NULL ||
		(kind == TW_NODE_OBJECT && tw_node_count(r->d, TW_NODE_ROOT) == 0))
		return TW_REFUSE(r, TW_NODE_ROOT,
			"nothing is stated here: expected at least one of clients, names, flows, "
			"never, ignore, infer");
	TW_TRY(tw_intents_expect(r, TW_NODE_ROOT, TW_NODE_OBJECT,
		"a mapping with keys such as flows and never", &is));
	if (!is)
		return TW_OK;
	TW_TRY(tw_intents_keys(r, TW_NODE_ROOT, keys, TW_COUNT(keys), &known));
	return read_sections(r);
}

tw_status tw_intents_read(struct tw_mem *mem, struct tw_document *document, struct tw_intents **ret)
{
	struct tw_intents_reader r = {.d = document};
	tw_status status = tw_intents_new(mem, &r.intents);

	if (status != TW_OK)
		return status;
	r.arena = &r.intents->arena;
	r.path = tw_arena_str(r.arena, tw_sources_path(document->sources, document->file));
	tw_map_init(&r.client_ids, mem);
	tw_map_init(&r.names, mem);
	tw_map_init(&r.flows, mem);
	status = r.path == NULL ? TW_ENOMEM : read_root(&r);
	tw_map_fini(&r.flows);
	tw_map_fini(&r.names);
	tw_map_fini(&r.client_ids);
	if (status == TW_OK && r.bad)
		status = TW_EPARSE;
	if (status != TW_OK) {
		tw_intents_free(r.intents);
		return status;
	}
	*ret = r.intents;
	return TW_OK;
}
