/* SPDX-License-Identifier: Apache-2.0 */

/* An office to select things in. */

#include "select_fixture.h"

/* One VPC, two subnets, three instances; and a second VPC of the same addresses. */
void office(struct world *w)
{
	world_open(w);
	add_vpc(w, "vpc-1", "10.0.0.0/16 2001:db8:1::/56");
	add_vpc(w, "vpc-2", "10.0.0.0/16");
	add_tagged_subnet(
		w, "subnet-a", "vpc-1", "10.0.1.0/24 2001:db8:1:1::/64", "front", "tier=web");
	add_tagged_subnet(w, "subnet-b", "vpc-1", "10.0.2.0/24", "back", "tier=data");
	add_tagged_subnet(w, "subnet-x", "vpc-2", "10.0.1.0/24", "other", NULL);
	assert_int_equal(add_acl(w, "acl-1", "vpc-1", false, "subnet-a subnet-b", NULL, 0), TW_OK);
	add_group(w, "sg-web", "vpc-1", NULL, 0);
	add_group(w, "sg-idle", "vpc-1", NULL, 0);
	add_group(w, "sg-lb", "vpc-1", NULL, 0);
	add_instance(w, "i-1", TW_PLATFORM_LINUX, "web-1");
	add_instance(w, "i-2", TW_PLATFORM_LINUX, "web-2");
	add_instance(w, "i-3", TW_PLATFORM_UNKNOWN, "front");
	add_instance(w, "i-4", TW_PLATFORM_UNKNOWN, "twins");
	add_instance(w, "i-5", TW_PLATFORM_UNKNOWN, "twins");
	add_instance(w, "i-off", TW_PLATFORM_UNKNOWN, "off");
	add_eni(w, &(struct eni){.id = "eni-1",
			   .subnet = "subnet-a",
			   .groups = "sg-web",
			   .addresses = "10.0.1.11 2001:db8:1:1::11",
			   .public = "203.0.113.11",
			   .instance = "i-1"});
	add_eni(w, &(struct eni){.id = "eni-1b",
			   .subnet = "subnet-b",
			   .groups = "sg-web",
			   .addresses = "10.0.2.11",
			   .instance = "i-1"});
	add_eni(w, &(struct eni){.id = "eni-2",
			   .subnet = "subnet-a",
			   .groups = "sg-web",
			   .addresses = "10.0.1.12",
			   .instance = "i-2",
			   .name = "web:443"});
	add_eni(w, &(struct eni){.id = "eni-4",
			   .subnet = "subnet-b",
			   .groups = "sg-web",
			   .addresses = "10.0.2.14",
			   .instance = "i-4"});
	add_eni(w, &(struct eni){.id = "eni-5",
			   .subnet = "subnet-b",
			   .groups = "sg-web",
			   .addresses = "10.0.2.15",
			   .instance = "i-5"});
	add_eni(w, &(struct eni){.id = "eni-lost",
			   .subnet = "subnet-b",
			   .groups = "sg-gone",
			   .addresses = "10.0.2.16",
			   .instance = "i-gone"});
	add_eni(w, &(struct eni){.id = "eni-lb",
			   .subnet = "subnet-b",
			   .groups = "sg-lb",
			   .addresses = "10.0.2.99",
			   .type = TW_INTERFACE_LOAD_BALANCER});
	add_table(w, "rtb-1", "vpc-1", NULL, "10.0.0.0/16=local");
	finish_net(w);
}

tw_status ask(struct world *w, const struct tw_intents *intents, struct tw_arena *arena,
	const char *text, struct tw_selection *ret)
{
	return tw_select_text(
		w->net, intents, arena, w->diags, (struct tw_span){1, 7, 9}, text, true, ret);
}

void check_selection(const struct world *w, const struct tw_selection *s, const char *name,
	const char *ids, const char *sites)
{
	struct tw_arena arena;
	const char *text = "";

	tw_arena_init(&arena, w->mem);
	for (size_t i = 0; i < s->ids_n; i++)
		text = tw_arena_printf(&arena, "%s%s%s", text, i ? " " : "", s->ids[i]);
	assert_string_equal(s->name, name);
	assert_string_equal(text, ids);
	assert_sites(w->net, &s->sites, sites);
	tw_arena_fini(&arena);
}

/* The text gives these ids and sites; no diagnostics. */
void finds(struct world *w, const struct tw_intents *intents, const char *text, const char *ids,
	const char *sites)
{
	struct tw_selection s = {0};
	struct tw_arena arena;

	tw_arena_init(&arena, w->mem);
	tw_status status = ask(w, intents, &arena, text, &s);
	if (tw_diags_count(w->diags) > 0)
		fail_msg("%s: %s", text, tw_diags_get(w->diags, 0)->message);
	assert_int_equal(status, TW_OK);
	check_selection(w, &s, text, ids, sites);
	assert_false(s.has_service);
	assert_int_equal(s.service.protocol, -1);
	assert_int_equal(s.service.ports.hi, 65535);
	tw_arena_fini(&arena);
}

/* The text is refused with one message, at the span that was given. Diagnostics are then renewed.
 */
void refuses(
	struct world *w, const struct tw_intents *intents, const char *text, const char *message)
{
	struct tw_selection s = {.name = "untouched"};
	struct tw_arena arena;

	tw_arena_init(&arena, w->mem);
	assert_int_equal(ask(w, intents, &arena, text, &s), TW_EINVAL);
	assert_string_equal(s.name, "untouched");
	assert_string_equal(only_error(w->diags), message);
	assert_int_equal(tw_diags_get(w->diags, 0)->span.begin, 7);
	tw_arena_fini(&arena);
	tw_diags_free(w->diags);
	assert_int_equal(tw_diags_new(w->mem, &w->diags), TW_OK);
}
