/* SPDX-License-Identifier: Apache-2.0 */

/* Small models for tests, built as a reader builds them. */

#include "net_fixture.h"

#include <stdio.h>

void world_open(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->mem = test_mem_new(&w->alloc);
	assert_int_equal(tw_diags_new(w->mem, &w->diags), TW_OK);
	assert_int_equal(tw_net_new(w->mem, &w->net), TW_OK);
}

void world_close(struct world *w)
{
	tw_net_free(w->net);
	tw_diags_free(w->diags);
	test_mem_free(&w->alloc, w->mem);
}

struct tw_span world_span(struct world *w)
{
	w->next++;
	return (struct tw_span){1, w->next, w->next + 1};
}

struct tw_prefix prefix_of(const char *text)
{
	struct tw_prefix prefix;

	assert_int_equal(tw_prefix_parse(text, strlen(text), &prefix), TW_PREFIX_OK);
	return prefix;
}

/* Calls nothing for an empty text: the words of a list. */
static size_t words_of(struct world *w, const char *text, const char **word, size_t room)
{
	size_t n = 0;

	while (text && *text) {
		size_t length = strcspn(text, " ");
		assert_true(n < room);
		word[n] = tw_arena_dup(&w->net->arena, text, length);
		assert_non_null(word[n++]);
		text += length + (text[length] == ' ');
	}
	return n;
}

struct tw_prefixes prefixes_of(struct world *w, const char *text)
{
	const char *word[16];
	size_t n = words_of(w, text, word, 16);
	struct tw_prefixes list = {TW_NEW_ARRAY(&w->net->arena, struct tw_prefix, n), n};

	assert_non_null(list.v);
	for (size_t i = 0; i < n; i++)
		list.v[i] = prefix_of(word[i]);
	return list;
}

struct tw_rule acl_rule(struct world *w, uint32_t number, const char *cidr, uint16_t port)
{
	struct tw_rule rule = {.number = number,
		.action = TW_ALLOW,
		.protocol = TW_PROTOCOL_TCP,
		.ports = {port, port},
		.peer = prefix_of(cidr),
		.span = world_span(w)};

	rule.family = rule.peer.family;
	rule.id = tw_arena_printf(&w->net->arena, "%u", (unsigned)number);
	assert_non_null(rule.id);
	return rule;
}

void add_vpc(struct world *w, const char *id, const char *cidrs)
{
	struct tw_vpc vpc = {
		.object = {.id = id, .span = world_span(w)}, .cidrs = prefixes_of(w, cidrs)};

	assert_int_equal(tw_net_add_vpc(w->net, w->diags, &vpc), TW_OK);
}

void add_subnet(struct world *w, const char *id, const char *vpc_id, const char *cidrs)
{
	struct tw_subnet subnet = {.object = {.id = id, .span = world_span(w)},
		.vpc_id = vpc_id,
		.cidrs = prefixes_of(w, cidrs)};

	assert_int_equal(tw_net_add_subnet(w->net, w->diags, &subnet), TW_OK);
}

static struct tw_rules copy_rules(struct world *w, const struct tw_rule *rule, size_t n)
{
	struct tw_rule *copy = TW_NEW_ARRAY(&w->net->arena, struct tw_rule, n);

	assert_non_null(copy);
	if (n)
		memcpy(copy, rule, n * sizeof(*copy));
	return (struct tw_rules){copy, n};
}

tw_status add_acl(struct world *w, const char *id, const char *vpc_id, bool is_default,
	const char *subnets, const struct tw_rule *ingress, size_t n)
{
	struct tw_acl acl = {.object = {.id = id, .span = world_span(w)},
		.vpc_id = vpc_id,
		.is_default = is_default,
		.associations_known = subnets != NULL,
		.entries_known = true};
	const char *word[16];
	size_t links = words_of(w, subnets, word, 16);
	struct tw_link *link = TW_NEW_ARRAY(&w->net->arena, struct tw_link, links);

	assert_non_null(link);
	for (size_t i = 0; i < links; i++)
		link[i] = (struct tw_link){word[i], world_span(w)};
	acl.list[TW_INGRESS] = copy_rules(w, ingress, n);
	return tw_net_add_acl(w->net, w->diags, &acl, link, links);
}

void add_interface(struct world *w, const char *id, const char *vpc_id, const char *groups,
	const char *addresses)
{
	struct tw_interface interface = {.object = {.id = id, .span = world_span(w)},
		.vpc_id = vpc_id,
		.addresses = prefixes_of(w, addresses)};
	const char *word[16];
	size_t n = words_of(w, groups, word, 16);
	const char **ids = TW_NEW_ARRAY(&w->net->arena, const char *, n);

	assert_non_null(ids);
	for (size_t i = 0; i < n; i++)
		ids[i] = word[i];
	interface.group_ids = ids;
	interface.groups_n = n;
	assert_int_equal(tw_net_add_interface(w->net, w->diags, &interface), TW_OK);
}

void add_group(
	struct world *w, const char *id, const char *vpc_id, const struct tw_rule *rule, size_t n)
{
	struct tw_group group = {.object = {.id = id, .span = world_span(w)}, .vpc_id = vpc_id};

	group.list[TW_INGRESS] = copy_rules(w, rule, n);
	assert_int_equal(tw_net_add_group(w->net, w->diags, &group), TW_OK);
}
