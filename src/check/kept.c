/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kept clients: `--client` replaces the clients that are only likely, never what a platform, a
 * gateway or twoway.yaml fixes (contract section 3). Who keeps its own is said, or the answer looks
 * as if the option had not been read.
 */
#include "levels.h"
#include "results.h"

enum { NAMES = 3, LINES = 8 };

struct kept {
	const struct tw_client *client;
	bool said; /* by twoway.yaml */
	const char *name[NAMES];
	size_t names;
	bool more;
};

static bool is_asked(const struct tw_check_options *o, const struct tw_client *client)
{
	const char *id = client->alias_of ? client->alias_of : client->id;
	for (size_t i = 0; i < o->clients; i++) {
		const struct tw_client *one = o->client[i];
		if (one == client || strcmp(one->alias_of ? one->alias_of : one->id, id) == 0)
			return true;
	}
	return false;
}

static void add_name(struct kept *kept, const char *name)
{
	for (size_t i = 0; i < kept->names; i++)
		if (strcmp(kept->name[i], name) == 0)
			return;
	if (kept->names == NAMES)
		kept->more = true;
	else
		kept->name[kept->names++] = name;
}

static void add(struct kept *line, size_t *n, const struct tw_client_result *c, const char *name)
{
	for (size_t i = 0; i < *n; i++)
		if (line[i].client == c->client && line[i].said == c->asked) {
			add_name(&line[i], name);
			return;
		}
	if (*n == LINES)
		return;
	line[*n] = (struct kept){.client = c->client, .said = c->asked};
	add_name(&line[(*n)++], name);
}

/* Why `--client` does not reach it. */
static const char *reason(const struct kept *kept)
{
	if (kept->said)
		return "twoway.yaml says so";
	if (strcmp(kept->client->id, "nat-gateway") == 0)
		return "a NAT gateway picks its own ports";
	if (strcmp(kept->client->id, "elb") == 0)
		return "a load balancer picks its own ports";
	if (strcmp(kept->client->id, "lambda") == 0)
		return "a function has the ports of its service";
	return "the input has the platform";
}

static const char *line_text(struct tw_results *r, const struct kept *kept)
{
	const char *names = NULL;
	for (size_t i = 0; i < kept->names; i++) {
		names = names ? tw_arena_printf(r->arena, "%s, %s", names, kept->name[i])
			      : kept->name[i];
		if (!names)
			return NULL;
	}
	return tw_arena_printf(r->arena, "--client does not replace %s for %s%s: %s",
		kept->client->id, names, kept->more ? " and others" : "", reason(kept));
}

/* "part of 0.0.0.0/0" where others at that end have the client that was asked for. */
static tw_status add_flow(
	struct tw_results *r, const struct tw_flow *flow, struct kept *line, size_t *n)
{
	const char *name = flow->from.name ? flow->from.name : flow->id;
	for (size_t i = 0; i < flow->clients_n; i++)
		if (flow->client[i].level == TW_LEVEL_ERROR &&
			is_asked(r->options, flow->client[i].client)) {
			name = tw_arena_printf(r->arena, "part of %s", name);
			break;
		}
	if (!name)
		return TW_ENOMEM;
	for (size_t i = 0; i < flow->clients_n; i++) {
		const struct tw_client_result *c = &flow->client[i];
		if (c->level == TW_LEVEL_ERROR && !is_asked(r->options, c->client))
			add(line, n, c, name);
	}
	return TW_OK;
}

tw_status tw_kept_clients(struct tw_results *r)
{
	struct kept line[LINES];
	size_t n = 0;
	for (size_t i = 0; r->options->clients > 0 && i < r->report->flows_n; i++)
		TW_TRY(add_flow(r, &r->report->flow[i], line, &n));
	const char **note = TW_NEW_ARRAY(r->arena, const char *, n + 1);
	if (!note)
		return TW_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		note[i] = line_text(r, &line[i]);
		if (!note[i])
			return TW_ENOMEM;
	}
	r->report->note = note;
	r->report->notes_n = n;
	return TW_OK;
}
