/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzz target: any bytes as a twoway.yaml. What is refused must come with an error that has a
 * place; what is read must keep the promises of intents.h.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "intents_read.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_service(const struct tw_service *service)
{
	char text[TW_SERVICE_TEXT];
	struct tw_service again;

	tw_service_text(service, text);
	MUST(tw_service_parse(text, &again));
	MUST(again.protocol == service->protocol);
	MUST(again.ports.lo == service->ports.lo && again.ports.hi == service->ports.hi);
}

static void check_client(const struct tw_client *client)
{
	MUST(client->ranges >= 1 && client->ranges <= TW_CLIENT_RANGES);
	MUST(client->range[0].lo >= 1);
	for (size_t i = 0; i < client->ranges; i++) {
		MUST(client->range[i].lo <= client->range[i].hi);
		MUST(i == 0 || client->range[i - 1].hi + 1 < client->range[i].lo);
	}
	MUST(client->id[0] != '\0' && client->source[0] != '\0');
}

static size_t selected(const struct tw_selector *s)
{
	return s->instance.n + s->interface.n + s->subnet.n + s->security_group.n +
	       s->load_balancer.n + s->cidr.n + s->address.n + s->tags + s->internet;
}

static void check_end(const struct tw_end *end)
{
	MUST((end->text != NULL) != (end->selector != NULL));
	MUST(end->named == NULL || strcmp(end->named->name, end->text) == 0);
	MUST(end->selector == NULL || selected(end->selector) > 0);
	MUST(end->span.file == 1);
}

static void check_view(struct tw_intents_view v)
{
	for (size_t i = 0; i < v.clients; i++)
		check_client(&v.client[i]);
	for (size_t i = 0; i < v.nameds; i++) {
		MUST(v.named[i].name[0] != '\0');
		MUST(selected(&v.named[i].selector) > 0);
		if (v.named[i].client != NULL)
			check_client(v.named[i].client);
	}
	for (size_t i = 0; i < v.intents; i++) {
		const struct tw_intent *intent = &v.intent[i];

		MUST(intent->name[0] != '\0');
		MUST(i == 0 || intent->never >= v.intent[i - 1].never);
		check_end(&intent->from);
		check_end(&intent->to);
		MUST(intent->services > 0);
		for (size_t k = 0; k < intent->services; k++)
			check_service(&intent->service[k]);
		for (size_t k = 0; k < intent->clients; k++)
			check_client(intent->client[k]);
	}
	for (size_t i = 0; i < v.ignores; i++) {
		MUST(strlen(v.ignore[i].code) == 5);
		MUST(v.ignore[i].until == NULL || strlen(v.ignore[i].until) == 10);
	}
}

static void check_diags(struct tw_sources *sources, const struct tw_diags *diags)
{
	MUST(tw_diags_worst(diags) == TW_LEVEL_ERROR);
	for (size_t i = 0; i < tw_diags_count(diags); i++) {
		struct tw_place place;

		MUST(tw_sources_place(sources, tw_diags_get(diags, i)->span, &place) == TW_OK);
		MUST(place.line >= 1 && place.column >= 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tw_mem *mem = NULL;
	struct tw_sources *sources = NULL;
	struct tw_diags *diags = NULL;
	struct tw_document *document = NULL;
	struct tw_intents *intents = NULL;
	tw_status status;
	uint32_t file;

	MUST(tw_mem_new(NULL, 0, &mem) == TW_OK);
	MUST(tw_sources_new(mem, &sources) == TW_OK);
	MUST(tw_diags_new(mem, &diags) == TW_OK);
	MUST(tw_sources_add(sources, "twoway.yaml", data, size, &file) == TW_OK);
	if (size > 0 && data[0] == '{')
		status = tw_json_read(mem, sources, file, diags, &document);
	else
		status = tw_yaml_read(mem, sources, file, diags, &document);
	if (status == TW_OK)
		status = tw_intents_read(mem, document, &intents);
	if (status == TW_OK) {
		MUST(tw_diags_count(diags) == 0);
		check_view(tw_intents_view(intents));
	} else {
		MUST(status == TW_EPARSE || status == TW_ELIMIT);
		check_diags(sources, diags);
	}
	tw_intents_free(intents);
	tw_document_free(document);
	tw_diags_free(diags);
	tw_sources_free(sources);
	MUST(tw_mem_used(mem) == 0);
	tw_mem_free(mem);
	return 0;
}
