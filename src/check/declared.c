/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the intents say besides flows, for flows that are inferred.
 *
 * DOC: Whoever starts a flow from an address of a name with a client is that client (contract
 * section 3: "whatever `clients` of an intent, a name or `--client` says"); an address of two names
 * may be either. And `internet` is 0.0.0.0/0 in a rule: what such a rule lets pass to and from
 * private addresses, in a service that a flow with `internet` asks for, nobody asked for. And a
 * rule may let replies of stated flows pass beside requests (gen writes the fewest rules, so
 * 1-65535 is the service 1-1023 and the replies to 1024-65535): the replies are no permission to
 * ask.
 */
#include "declared.h"

#include "report.h"
#include "select.h"

/* Addresses, at FROM, with the same clients, while they are sorted out. */
struct part {
	tw_set set;
	const struct tw_client **client;
	size_t clients;
};

struct parts {
	struct part *v;
	size_t n, room;
};

static tw_status select_end(
	struct tw_results *r, const struct tw_end *end, struct tw_selection *ret)
{
	struct tw_diags *diags;

	*ret = (struct tw_selection){0};
	TW_TRY(tw_diags_new(r->mem, &diags)); /* what is wrong with it was told with the intents */
	tw_status status = tw_select_end(r->net, r->options->intents, r->work, diags, end, ret);
	tw_diags_free(diags);
	return status;
}

/* Those who have the name: `internet` is whoever is outside and public (contract section 1). */
static tw_set addresses_of(
	struct tw_results *r, enum tw_field field, const struct tw_selection *selection)
{
	struct tw_space *space = r->judge->space;
	tw_set set = TW_EMPTY;

	for (size_t i = 0; i < selection->sites.n; i++) {
		const struct tw_site *one = &selection->sites.v[i];
		set = tw_set_union(
			space, set, tw_ranges_set(space, field, one->address, one->addresses_n));
		if (field == TW_FIELD_TO) /* callers inside may have another address for it */
			set = tw_set_union(space, set,
				tw_ranges_set(space, field, one->called, one->called_n));
	}
	return set;
}

/* The same in a rule: there `internet` is spelled as every address. */
static tw_set spelled_of(
	struct tw_results *r, enum tw_field field, const struct tw_selection *selection)
{
	return selection->internet ? tw_set_all(r->judge->space)
				   : addresses_of(r, field, selection);
}

static bool holds(const struct part *part, const struct tw_client *client)
{
	for (size_t i = 0; i < part->clients; i++)
		if (part->client[i] == client)
			return true;
	return false;
}

/* These addresses have the clients of `base` (or NULL) and one more. Parts are few: one for each
 * set of clients. */
static tw_status add_part(struct tw_results *r, const struct part *base,
	const struct tw_client *client, tw_set set, struct parts *parts)
{
	size_t n = base ? base->clients : 0;

	for (size_t i = 0; i < parts->n; i++) {
		struct part *one = &parts->v[i];
		bool same = one->clients == n + 1 && holds(one, client);
		for (size_t k = 0; same && k < n; k++)
			same = holds(one, base->client[k]);
		if (!same)
			continue;
		one->set = tw_set_union(r->judge->space, one->set, set);
		return tw_space_status(r->judge->space);
	}
	struct part fresh = {.set = set,
		.client = TW_NEW_ARRAY(r->work, const struct tw_client *, n + 1),
		.clients = n + 1};
	if (!fresh.client)
		return TW_ENOMEM;
	if (n > 0)
		memcpy(fresh.client, base->client, n * sizeof(*base->client));
	fresh.client[n] = client;
	return TW_VEC_PUSH(r->mem, parts, fresh);
}

/* What these addresses share with the parts so far gets the client besides; the rest has it alone.
 */
static tw_status declare(
	struct tw_results *r, tw_set rest, const struct tw_client *client, struct parts *parts)
{
	struct tw_space *space = r->judge->space;
	size_t known = parts->n;

	for (size_t i = 0; i < known; i++) {
		struct part one = parts->v[i];
		tw_set both = tw_set_intersect(space, rest, one.set);
		if (tw_set_is_empty(both))
			continue;
		rest = tw_set_subtract(space, rest, both);
		if (holds(&one, client))
			continue;
		parts->v[i].set = tw_set_subtract(space, one.set, both);
		TW_TRY(add_part(r, &one, client, both, parts));
	}
	TW_TRY(tw_space_status(space));
	return tw_set_is_empty(rest) ? TW_OK : add_part(r, NULL, client, rest, parts);
}

static tw_status declare_name(
	struct tw_results *r, const struct tw_named *named, struct parts *parts)
{
	const struct tw_end end = {.text = named->name, .named = named, .span = named->span};
	struct tw_selection selection;

	TW_TRY(select_end(r, &end, &selection));
	return declare(r, addresses_of(r, TW_FIELD_FROM, &selection), named->client, parts);
}

/* Levels are made once, since pieces are told apart by where they stand; the sets come anew. */
static tw_status keep(struct tw_results *r, const struct parts *parts)
{
	if (!r->declared) {
		struct tw_declared *declared =
			TW_NEW_ARRAY(r->arena, struct tw_declared, parts->n + 1);
		if (!declared)
			return TW_ENOMEM;
		for (size_t i = 0; i < parts->n; i++)
			TW_TRY(tw_levels_given(r->arena, parts->v[i].client, parts->v[i].clients,
				&declared[i].levels));
		r->declared = declared;
		r->declareds = parts->n;
	}
	for (size_t i = 0; i < parts->n; i++)
		r->declared[i].from = parts->v[i].set;
	return TW_OK;
}

/* The packets of a flow with `internet`, as rules have to spell it. */
static tw_status add_internet(struct tw_results *r, const struct tw_intent *intent)
{
	struct tw_space *space = r->judge->space;
	struct tw_selection from, to;
	tw_set set = TW_EMPTY;

	TW_TRY(select_end(r, &intent->from, &from));
	TW_TRY(select_end(r, &intent->to, &to));
	if (!from.internet && !to.internet)
		return TW_OK;
	for (size_t i = 0; i < intent->services; i++)
		set = tw_set_union(space, set, tw_service_set(space, &intent->service[i], false));
	set = tw_set_intersect(space, set, spelled_of(r, TW_FIELD_FROM, &from));
	set = tw_set_intersect(space, set, spelled_of(r, TW_FIELD_TO, &to));
	r->internet = tw_set_union(space, r->internet, set);
	return tw_space_status(space);
}

/* ---- answers ----------------------------------------------------------------------------------
 */

typedef TW_VEC(struct tw_answers) answer_list;

static tw_status add_answer(struct tw_results *r, int16_t protocol, struct tw_ports ports,
	tw_set ends, answer_list *list)
{
	struct tw_space *space = r->judge->space;
	const struct tw_service service = {.protocol = protocol, .ports = ports};
	tw_set set = tw_set_intersect(space, ends, tw_service_set(space, &service, false));

	for (size_t i = 0; i < list->n; i++) {
		struct tw_answers *one = &list->v[i];
		if (one->protocol != protocol || one->ports.lo != ports.lo ||
			one->ports.hi != ports.hi)
			continue;
		one->set = tw_set_union(space, one->set, set);
		return tw_space_status(space);
	}
	return TW_VEC_PUSH(r->mem, list, ((struct tw_answers){protocol, ports, set}));
}

/* The ports of whoever asks: as the flow says, its name, or who runs this; else of any client. */
static tw_status add_answers(struct tw_results *r, const struct tw_intent *intent,
	const struct tw_client *named, int16_t protocol, tw_set ends, answer_list *list)
{
	const struct tw_check_options *o = r->options;
	size_t n = intent->clients > 0 ? intent->clients : named ? 1 : o->clients;

	if (n == 0) /* SPEC: eph-cover-all */
		return add_answer(r, protocol, (struct tw_ports){1024, 65535}, ends, list);
	for (size_t i = 0; i < n; i++) {
		const struct tw_client *one = intent->clients > 0 ? intent->client[i]
					      : named		  ? named
								  : o->client[i];
		for (size_t k = 0; k < one->ranges; k++)
			TW_TRY(add_answer(r, protocol, one->range[k], ends, list));
	}
	return TW_OK;
}

static tw_status answer_intent(
	struct tw_results *r, const struct tw_intent *intent, answer_list *list)
{
	struct tw_selection from, to;
	static const int16_t ported[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP};

	TW_TRY(select_end(r, &intent->from, &from));
	TW_TRY(select_end(r, &intent->to, &to));
	tw_set ends = tw_set_intersect(r->judge->space, spelled_of(r, TW_FIELD_FROM, &to),
		spelled_of(r, TW_FIELD_TO, &from));
	for (size_t p = 0; p < TW_COUNT(ported); p++) {
		bool asks = false;
		for (size_t i = 0; i < intent->services; i++)
			asks |= intent->service[i].protocol == ported[p];
		if (asks)
			TW_TRY(add_answers(r, intent, from.client, ported[p], ends, list));
	}
	return tw_space_status(r->judge->space);
}

/*
 * Replies to whoever has a name and picks ports that no usual client does: a rule for them looks
 * like one for a service. The usual ranges are told by themselves (classes.h).
 */
static tw_status answer_name(struct tw_results *r, const struct tw_named *named, answer_list *list)
{
	static const int16_t ported[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_UDP};
	const struct tw_end end = {.text = named->name, .named = named, .span = named->span};
	struct tw_selection selection;

	TW_TRY(select_end(r, &end, &selection));
	tw_set ends = spelled_of(r, TW_FIELD_TO, &selection);
	for (size_t i = 0; i < named->client->ranges; i++)
		for (size_t p = 0; p < TW_COUNT(ported); p++)
			if (tw_ports_class(named->client->range[i]) == TW_CLASS_SERVICE)
				TW_TRY(add_answer(
					r, ported[p], named->client->range[i], ends, list));
	return TW_OK;
}

static tw_status keep_answers(struct tw_results *r, const answer_list *list)
{
	if (!r->answer) /* the same ones come after each reset, with sets anew */
		r->answer = TW_NEW_ARRAY(r->arena, struct tw_answers, list->n + 1);
	if (!r->answer)
		return TW_ENOMEM;
	if (list->n > 0)
		memcpy(r->answer, list->v, list->n * sizeof(*list->v));
	r->answers = list->n;
	return TW_OK;
}

tw_set tw_declared_answers(struct tw_results *r, int16_t protocol, struct tw_ports ports)
{
	tw_set set = TW_EMPTY;

	for (size_t i = 0; i < r->answers; i++) {
		const struct tw_answers *one = &r->answer[i];
		if (one->protocol == protocol && ports.lo <= one->ports.lo &&
			one->ports.hi <= ports.hi)
			set = tw_set_union(r->judge->space, set, one->set);
	}
	return set;
}

/* ---- all together -----------------------------------------------------------------------------
 */

static tw_status build_names(struct tw_results *results, bool perhaps_nobody)
{
	struct tw_intents_view view = tw_intents_view(results->options->intents);
	struct parts parts = TW_VEC_EMPTY;
	tw_status status = TW_OK;

	for (size_t i = 0; i < view.nameds && status == TW_OK; i++) {
		if (view.named[i].client)
			status = declare_name(results, &view.named[i], &parts);
		if (status == TW_EINVAL && perhaps_nobody)
			status = TW_OK;
	}
	if (status == TW_OK)
		status = keep(results, &parts);
	TW_VEC_FREE(results->mem, &parts);
	return status;
}

static tw_status build_answers(struct tw_results *results)
{
	struct tw_intents_view view = tw_intents_view(results->options->intents);
	answer_list answers = TW_VEC_EMPTY;
	tw_status status = TW_OK;

	results->internet = TW_EMPTY;
	for (size_t i = 0; i < view.intents && status == TW_OK; i++) {
		if (view.intent[i].never)
			continue;
		status = add_internet(results, &view.intent[i]);
		if (status == TW_OK)
			status = answer_intent(results, &view.intent[i], &answers);
	}
	for (size_t i = 0; i < view.nameds && status == TW_OK; i++)
		if (view.named[i].client)
			status = answer_name(results, &view.named[i], &answers);
	if (status == TW_OK)
		status = keep_answers(results, &answers);
	TW_VEC_FREE(results->mem, &answers);
	return status;
}

tw_status tw_declared_build(struct tw_results *results)
{
	TW_TRY(build_answers(results));
	return build_names(results, false);
}

tw_status tw_declared_names(struct tw_results *results)
{
	return results->options->intents ? build_names(results, true) : TW_OK;
}
