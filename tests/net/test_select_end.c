/* SPDX-License-Identifier: Apache-2.0 */

/* Selections for intents: names of twoway.yaml and selectors, and too little memory. */

#include "select_fixture.h"

#include "find.h"
#include "intents_build.h"

/* ---- twoway.yaml ----------------------------------------------------------------------------- */

static struct tw_texts one(const char *const *text)
{
	return (struct tw_texts){text, 1};
}

/* A name that hides a Name tag, one that hides nothing, and one that an id hides. */
static struct tw_intents *intents_of(struct world *w, struct tw_named named[3])
{
	static const char *const subnet = "subnet-x", *const interface = "eni-4",
				 *const cidr = "203.0.113.0/24";
	struct tw_intents *intents;

	memset(named, 0, 3 * sizeof(*named));
	named[0].name = "web-2";
	named[0].selector.subnet = one(&subnet);
	named[0].client = tw_client_find("nat");
	named[1].name = "partners";
	named[1].selector.interface = one(&interface);
	named[1].selector.cidr = one(&cidr);
	named[1].selector.internet = true;
	named[2].name = "i-2";
	named[2].selector.internet = true;
	assert_int_equal(tw_intents_new(w->mem, &intents), TW_OK);
	intents->view.named = named;
	intents->view.nameds = 3;
	return intents;
}

static void test_yaml_names(void **state)
{
	struct tw_named named[3];
	struct tw_selection s = {0};
	struct tw_arena arena;
	struct world w;

	(void)state;
	office(&w);
	struct tw_intents *intents = intents_of(&w, named);
	finds(&w, intents, "web-2", "subnet-x", "subnet subnet-x acl ? 10.0.1.0/24\n");
	finds(&w, intents, "i-2", "i-2", ENI_2);
	refuses(&w, intents, "partner",
		"nothing in the input is called \"partner\"; did you mean \"partners\"?");
	tw_arena_init(&arena, w.mem);
	assert_int_equal(ask(&w, intents, &arena, "web-2:443", &s), TW_OK);
	assert_ptr_equal(s.client, named[0].client);
	/* the block lies within the internet: one site outside, not two */
	assert_int_equal(ask(&w, intents, &arena, "partners", &s), TW_OK);
	assert_null(s.client);
	assert_true(s.internet);
	assert_int_equal(s.sites.n, 2);
	assert_int_equal(s.sites.v[0].kind, TW_SITE_INTERFACES);
	assert_int_equal(s.sites.v[1].kind, TW_SITE_OUTSIDE);
	tw_arena_fini(&arena);
	tw_intents_free(intents);
	world_close(&w);
}

static tw_status select_end(
	struct world *w, struct tw_arena *arena, const struct tw_end *end, struct tw_selection *ret)
{
	return tw_select_end(w->net, NULL, arena, w->diags, end, ret);
}

static void test_ends(void **state)
{
	struct tw_named named[3];
	struct tw_selection s = {0};
	struct tw_arena arena;
	struct world w;

	(void)state;
	office(&w);
	struct tw_intents *intents = intents_of(&w, named);
	tw_arena_init(&arena, w.mem);
	struct tw_end end = {.text = "web-2", .named = &named[0]};
	assert_int_equal(select_end(&w, &arena, &end, &s), TW_OK);
	check_selection(&w, &s, "web-2", "subnet-x", "subnet subnet-x acl ? 10.0.1.0/24\n");
	assert_ptr_equal(s.client, named[0].client);
	end = (struct tw_end){.text = "i-2"};
	assert_int_equal(select_end(&w, &arena, &end, &s), TW_OK);
	check_selection(&w, &s, "i-2", "i-2", ENI_2);
	assert_null(s.client);
	tw_arena_fini(&arena);
	tw_intents_free(intents);
	world_close(&w);
}

/* A selector in place: what it selects, or what it is refused for. */
static void selects(struct world *w, const struct tw_selector *selector, const char *name,
	const char *ids, const char *sites, bool managed)
{
	struct tw_end end = {.selector = selector};
	struct tw_selection s = {0};
	struct tw_arena arena;

	tw_arena_init(&arena, w->mem);
	if (select_end(w, &arena, &end, &s) != TW_OK)
		fail_msg("%s", only_error(w->diags));
	check_selection(w, &s, name, ids, sites);
	assert_int_equal(s.managed, managed);
	tw_arena_fini(&arena);
}

static void selector_refused(
	struct world *w, const struct tw_selector *selector, const char *message)
{
	struct tw_end end = {.selector = selector, .span = {1, 3, 4}};
	struct tw_selection s = {0};
	struct tw_arena arena;

	tw_arena_init(&arena, w->mem);
	assert_int_equal(select_end(w, &arena, &end, &s), TW_EINVAL);
	assert_string_equal(only_error(w->diags), message);
	assert_int_equal(tw_diags_get(w->diags, 0)->span.begin,
		selector->span.file ? selector->span.begin : 3);
	tw_arena_fini(&arena);
	tw_diags_free(w->diags);
	assert_int_equal(tw_diags_new(w->mem, &w->diags), TW_OK);
}

static void test_selectors(void **state)
{
	static const char *const instances[] = {"i-1", "i-2"}, *const subnet = "subnet-a",
				 *const group = "sg-web", *const cidr = "10.0.2.14/31",
				 *const block = "10.0.2.96/30";
	static const struct tw_tag_pattern names = {"Name", "web-*"}, tier = {"tier", "d?ta"};
	struct world w;

	(void)state;
	office(&w);
	w.net->vpc[1].cidrs.n = 0; /* the second VPC would make every block ambiguous */
	selects(&w, &(struct tw_selector){.instance = {instances, 2}}, "i-1, i-2", "i-1 i-2",
		ENI_2 ENI_1 ENI_1B, false);
	/* the same interfaces by four ways: once each */
	selects(&w,
		&(struct tw_selector){.instance = {instances, 2},
			.subnet = one(&subnet),
			.security_group = one(&group),
			.cidr = one(&cidr)},
		"i-1, i-2, subnet-a and 2 more", "i-1 i-2 sg-web subnet-a",
		ENI_2 ENI_1 ENI_45 ENI_1B, false);
	selects(&w, &(struct tw_selector){.tag = &names, .tags = 1}, "Name=web-*", "i-1 i-2",
		ENI_2 ENI_1 ENI_1B, false);
	selects(&w, &(struct tw_selector){.tag = &tier, .tags = 1}, "tier=d?ta", "subnet-b",
		ENI_45 ENI_1B ENI_LOST, true);
	selects(&w, &(struct tw_selector){.cidr = one(&block)}, "10.0.2.96/30", "",
		"subnet subnet-b acl-1 10.0.2.96 to 10.0.2.98\n", true);
	world_close(&w);
}

/* What overlaps is one site: a subnet and a block of it, the internet and blocks out of it. */
static void test_selectors_overlap(void **state)
{
	static const char *const subnet = "subnet-x", *const inside = "10.0.1.0/25",
				 *const outside[] = {"192.168.0.0/16", "203.0.113.0/24"};
	struct tw_selector selector = {.cidr = {outside, 2}, .internet = true};
	struct tw_end end = {.selector = &selector};
	struct tw_selection s = {0};
	struct tw_arena arena;
	struct world w;

	(void)state;
	world_open(&w);
	add_subnet(&w, "subnet-x", "vpc-2", "10.0.1.0/24");
	finish_net(&w);
	selects(&w, &(struct tw_selector){.subnet = one(&subnet), .cidr = one(&inside)},
		"subnet-x, 10.0.1.0/25", "subnet-x", "subnet subnet-x acl - 10.0.1.0/24\n", false);
	tw_arena_init(&arena, w.mem);
	assert_int_equal(select_end(&w, &arena, &end, &s), TW_OK);
	assert_string_equal(s.name, "internet, 192.168.0.0/16, 203.0.113.0/24");
	assert_int_equal(s.sites.n, 1);
	struct tw_ranges all = {s.sites.v[0].address, s.sites.v[0].addresses_n};
	assert_true(tw_ranges_meet(all, range_of("192.168.7.7")));
	assert_true(tw_ranges_meet(all, range_of("203.0.113.7")));
	assert_false(tw_ranges_meet(all, range_of("172.16.7.7")));
	tw_arena_fini(&arena);
	world_close(&w);
}

static void test_selectors_refused(void **state)
{
	static const char *const gone = "i-9", *const lb = "app/x", *const address = "aws_lb.x",
				 *const bad = "10.0.0.0/x";
	static const struct tw_tag_pattern nothing = {"Name", "api-*"};
	struct world w;

	(void)state;
	office(&w);
	selector_refused(&w, &(struct tw_selector){.instance = one(&gone)},
		"the input has no instance \"i-9\"; did you mean \"i-1\", \"i-2\" or \"i-3\"?");
	selector_refused(&w, &(struct tw_selector){.tag = &nothing, .tags = 1, .span = {1, 40, 50}},
		"Name=api-* selects nothing in the input");
	selector_refused(&w, &(struct tw_selector){.load_balancer = one(&lb)},
		"the input has no load balancer \"app/x\"");
	selector_refused(&w, &(struct tw_selector){.address = one(&address)},
		"aws_lb.x: Terraform addresses and logical ids are not judged yet");
	selector_refused(&w, &(struct tw_selector){.cidr = one(&bad)},
		"\"10.0.0.0/x\" is no CIDR block: write for example 203.0.113.0/24 or "
		"2001:db8::/32");
	world_close(&w);
}

/* Subnets whose addresses the input does not say. */
static void test_open_subnets(void **state)
{
	static const char *const three[] = {"subnet-1", "subnet-2", "subnet-3"};
	struct world w;

	(void)state;
	world_open(&w);
	add_subnet(&w, "subnet-3", "vpc-1", "10.0.0.0/8");
	assert_int_equal(add_acl(&w, "acl-1", "vpc-1", false, "subnet-1 subnet-2", NULL, 0), TW_OK);
	assert_int_equal(add_acl(&w, "acl-2", "vpc-1", false, "subnet-3 subnet-4", NULL, 0), TW_OK);
	finish_net(&w);
	finds(&w, NULL, "subnet-1", "subnet-1", "subnet subnet-1 acl-1 0.0.0.0/0\n");
	finds(&w, NULL, "acl-1", "acl-1", "acl nowhere acl-1 0.0.0.0/0\n");
	/* their addresses are among those that the others do not have */
	selects(&w, &(struct tw_selector){.subnet = {three, 3}}, "subnet-1, subnet-2, subnet-3",
		"subnet-1 subnet-2 subnet-3",
		"subnet subnet-3 acl-2 10.0.0.0/8\n"
		"acl nowhere acl-1 0.0.0.0 to 9.255.255.255 11.0.0.0 to 255.255.255.255\n",
		false);
	refuses(&w, NULL, "vpc-1",
		"subnet-1 and subnet-4 differ, but the input does not say which addresses they "
		"have: name one of them, or add the output of describe-subnets");
	world_close(&w);
}

static void test_patterns(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} row[] = {
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "abc", true},
		{"?", "", false},
		{"?", "a", true},
		{"?", "ab", false},
		{"a?c", "abc", true},
		{"api-*", "api-", true},
		{"api-*", "api-1", true},
		{"api-*", "xapi-1", false},
		{"*-prod", "web-prod", true},
		{"*-prod", "web-prod-2", false},
		{"*a*b", "xxaxxab", true},
		{"*a*b", "xxaxxac", false},
		{"a*b*c", "abbcbc", true},
		{"**", "x", true},
		{"[ab]", "a", false},
		{"[ab]", "[ab]", true},
		{"\\*", "*", false},
		/* one character, two bytes */
		{"caf?", "caf\xc3\xa9", true},
		{"caf??", "caf\xc3\xa9", false},
		{"*\xa9", "caf\xc3\xa9", true},
		{"WEB", "web", false},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(row); i++)
		if (tw_pattern_matches(row[i].pattern, row[i].text) != row[i].matches)
			fail_msg("%s against %s", row[i].pattern, row[i].text);
}

/* ---- too little memory ----------------------------------------------------------------------- */

static tw_status try_select(struct tw_mem *mem, void *ctx)
{
	static const char *const texts[] = {"i-1:443", "twins", "acl-1", "vpc-1/10.0.0.0/16",
		"internet", "eni-3", "front", "10.0.1.12"};
	static const struct tw_tag_pattern names = {"Name", "web-*"};
	struct world *w = ctx;
	struct tw_mem *own = w->net->mem;
	struct tw_diags *diags;
	struct tw_arena arena;
	struct tw_selection s;
	struct tw_selector selector = {.tag = &names, .tags = 1, .internet = true};
	struct tw_end end = {.selector = &selector};

	TW_TRY(tw_diags_new(mem, &diags));
	w->net->mem = mem;
	tw_arena_init(&arena, mem);
	tw_status status = tw_select_end(w->net, NULL, &arena, diags, &end, &s);
	for (size_t i = 0; i < TW_COUNT(texts) && status != TW_ENOMEM; i++)
		status =
			tw_select_text(w->net, NULL, &arena, diags, TW_NO_SPAN, texts[i], true, &s);
	tw_arena_fini(&arena);
	w->net->mem = own;
	tw_diags_free(diags);
	return status;
}

static void test_oom(void **state)
{
	struct world w;

	(void)state;
	office(&w);
	assert_int_equal(tw_oom_sweep(try_select, &w), TW_EINVAL); /* what the last text gives */
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml_names),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_selectors),
		cmocka_unit_test(test_selectors_overlap),
		cmocka_unit_test(test_selectors_refused),
		cmocka_unit_test(test_open_subnets),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_oom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
