/* SPDX-License-Identifier: Apache-2.0 */
/* Losses: what a judged flow loses becomes findings, with the code that says how much. */
#include "results.h"

static enum tw_level lower(enum tw_level a, enum tw_level b)
{
	return a < b ? a : b;
}

/*
 * TW101, 102, 103: of the clients of the deciding level (error; else the highest level hurt) none
 * gets a reply, some get none, some lose a share.
 */
static const char *share_code(const struct tw_outcome *o, enum tw_level hurt)
{
	size_t n = 0, none = 0;
	for (size_t i = 0; i < o->clients_n; i++) {
		const struct tw_client_result *c = &o->client[i];
		if (c->level != hurt)
			continue;
		n++;
		none += tw_share_of(c->passing + c->undecided, c->total) == TW_SHARE_NONE;
	}
	return none == 0 ? "TW103" : none == n ? "TW101" : "TW102";
}

static const char *code_of(
	const struct tw_draft *draft, const struct tw_outcome *o, enum tw_level hurt)
{
	if (o->protocol == TW_PROTOCOL_UDP)
		return "TW104";
	const char *code = share_code(o, hurt);
	if (strcmp(code, "TW101") == 0 && draft->missing_family == o->family)
		return "TW107";
	return code;
}

/* The sentences of the clients at the finding's level, the worst first. */
static tw_status add_sentences(struct tw_results *results, struct tw_finding_draft *finding,
	const struct tw_outcome *o, enum tw_level hurt, bool outbound)
{
	const char *text;
	for (size_t i = 0, said = 0; i < o->clients_n && said < 3; i++) {
		const struct tw_client_result *c = &o->client[i];
		if (c->level < hurt || c->passing == c->total)
			continue;
		TW_TRY(tw_sentence_of_client(results, c, outbound, o->protocol, &text));
		TW_TRY(tw_finding_note(results, finding, text));
		said++;
	}
	return TW_OK;
}

static tw_status name_twin(
	struct tw_results *results, struct tw_finding_draft *finding, const struct tw_outcome *o)
{
	if (!o->twin)
		return TW_OK;
	const char *note = tw_arena_printf(results->arena,
		"%s names the service port as if replies went there; a reply goes to the port "
		"that the client picked",
		o->twin);
	return note ? tw_finding_note(results, finding, note) : TW_ENOMEM;
}

static tw_status find_in_ports(
	struct tw_results *results, const struct tw_draft *draft, const struct tw_outcome *o)
{
	bool edge;
	enum tw_level hurt = tw_hurt_level(o, draft->every_connection, &edge);
	struct tw_cause cause[TW_CROSSINGS];
	size_t n;
	struct tw_finding_draft *finding;
	if (hurt > TW_LEVEL_NONE && o->cap > TW_LEVEL_NONE) {
		TW_TRY(tw_causes_of(results, o, hurt, cause, &n));
		for (size_t i = 0; i < n; i++) {
			TW_TRY(tw_finding_add(results, code_of(draft, o, hurt), lower(hurt, o->cap),
				&cause[i], draft, &finding));
			TW_TRY(tw_finding_clients(results, finding, o->client, o->clients_n));
			TW_TRY(add_sentences(results, finding, o, hurt, draft->outbound));
			TW_TRY(name_twin(results, finding, o));
		}
	}
	if (!edge)
		return TW_OK;
	/* Holes and edges: one note for an ACL, whatever the flows and the lists. */
	TW_TRY(tw_causes_of(results, o, TW_LEVEL_NONE, cause, &n));
	for (size_t i = 0; i < n; i++) {
		TW_TRY(tw_finding_add(results, "TW110", TW_LEVEL_NOTE, &cause[i], draft, &finding));
		TW_TRY(tw_finding_clients(results, finding, o->client, o->clients_n));
	}
	return TW_OK;
}

/* Rule 7: echo that is named and not answered is a warning. */
static tw_status find_in_icmp(
	struct tw_results *results, const struct tw_draft *draft, const struct tw_outcome *o)
{
	if (o->reply != TW_DENY || o->cap == TW_LEVEL_NONE)
		return TW_OK;
	struct tw_cause cause[TW_CROSSINGS];
	size_t n;
	struct tw_finding_draft *finding;
	TW_TRY(tw_causes_of(results, o, TW_LEVEL_ERROR, cause, &n));
	for (size_t i = 0; i < n; i++)
		TW_TRY(tw_finding_add(results, "TW105", lower(TW_LEVEL_WARNING, o->cap), &cause[i],
			draft, &finding));
	return TW_OK;
}

tw_status tw_find_losses(struct tw_results *results, const struct tw_draft *draft)
{
	for (size_t i = 0; i < draft->outcomes.n; i++) {
		const struct tw_outcome *o = &draft->outcomes.v[i];
		if (o->request != TW_ALLOW || o->path->blocked || o->path->exempt)
			continue;
		if (o->reply_kind == TW_REPLY_PORTS)
			TW_TRY(find_in_ports(results, draft, o));
		else if (o->reply_kind == TW_REPLY_ICMP)
			TW_TRY(find_in_icmp(results, draft, o));
	}
	return TW_OK;
}
