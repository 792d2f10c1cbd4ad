/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge against the plain first-match scan, on random ACLs: every packet lies in exactly one
 * outcome, its request fares as the scan of the inbound list says, and its reply returns on exactly
 * the client ports that the scan of the outbound list lets through.
 */
#include "test_alloc.h"

#include "test_random.h"

#include "judge.h"

enum { RULES = 9, ACLS = 60, POINTS = 25 };

static struct tw_rule random_rule(struct test_random *random, uint32_t number)
{
	static const uint16_t edges[] = {
		0, 22, 80, 443, 1023, 1024, 3389, 32767, 32768, 49151, 49152, 60999, 61000, 65535};
	static const uint8_t lengths[] = {0, 1, 8, 16, 24, 31, 32};
	struct tw_rule rule = {.number = number, .id = "rule", .family = TW_IPV4};
	uint16_t a = edges[test_random_below(random, TW_COUNT(edges))];
	uint16_t b = edges[test_random_below(random, TW_COUNT(edges))];
	rule.action = test_random_below(random, 3) > 0 ? TW_ALLOW : TW_DENY;
	rule.protocol =
		(int16_t)(test_random_below(random, 4) == 0 ? TW_PROTOCOL_ALL : TW_PROTOCOL_TCP);
	rule.ports = (struct tw_ports){a < b ? a : b, a < b ? b : a};
	rule.every_port = rule.protocol == TW_PROTOCOL_ALL;
	if (rule.every_port)
		rule.ports = (struct tw_ports){0, 65535};
	rule.peer.family = TW_IPV4;
	rule.peer.len = lengths[test_random_below(random, TW_COUNT(lengths))];
	rule.peer.addr.lo = 0x0a000000 + test_random_below(random, 4);
	if (rule.peer.len < 32)
		rule.peer.addr.lo &= (uint64_t)UINT32_MAX << (32 - rule.peer.len) & UINT32_MAX;
	return rule;
}

static size_t fill(struct test_random *random, struct tw_rule *rule)
{
	size_t n = test_random_below(random, RULES);
	for (size_t i = 0; i < n; i++)
		rule[i] = random_rule(random, (uint32_t)(100 + i));
	rule[n] = (struct tw_rule){.number = TW_IMPLICIT_V4,
		.id = "*",
		.family = TW_IPV4,
		.action = TW_DENY,
		.protocol = TW_PROTOCOL_ALL,
		.ports = {0, 65535},
		.every_port = true,
		.implicit = true,
		.peer = {.family = TW_IPV4}};
	return n + 1;
}

static bool among(struct tw_port_list list, uint16_t port)
{
	return tw_ports_around(list, (struct tw_ports){port, port}) != NULL;
}

static void check_point(struct tw_judge *judge, const struct tw_outcomes *outcomes,
	const struct tw_acl *acl, struct test_random *random)
{
	struct tw_point point = {.family = TW_IPV4, .protocol = TW_PROTOCOL_TCP};
	struct tw_packet packet = {.family = TW_IPV4, .protocol = TW_PROTOCOL_TCP};
	const struct tw_outcome *found = NULL;
	size_t rule;
	point.from.lo = test_random_below(random, 2) ? 0x0a000000 + test_random_below(random, 8)
						     : test_random_below(random, UINT32_MAX);
	point.service = (uint16_t)test_random_below(random, 65536);
	for (size_t i = 0; i < outcomes->n; i++)
		if (tw_set_has(judge->space, outcomes->v[i].set, &point)) {
			assert_null(found);
			found = &outcomes->v[i];
		}
	assert_non_null(found);
	if (!found)
		return; /* not reached: for analysers that do not know assert_non_null */
	packet.peer = point.from;
	packet.port = point.service;
	assert_int_equal(found->request, tw_acl_decide(acl->list[TW_INGRESS], &packet, &rule));
	if (found->request == TW_DENY) {
		assert_int_equal(found->verdict, TW_BLOCKED);
		return;
	}
	uint32_t linux = 0;
	for (uint32_t port = 0; port < 65536; port++) {
		packet.port = (uint16_t)port;
		bool back = tw_acl_decide(acl->list[TW_EGRESS], &packet, &rule) == TW_ALLOW;
		assert_int_equal(among(found->leg[0].returns, (uint16_t)port), back);
		linux += back && port >= 32768 && port <= 60999;
	}
	assert_int_equal(found->clients_n, 1);
	assert_int_equal(found->client[0].passing, linux);
	assert_int_equal(found->client[0].total, 28232);
	assert_int_equal(found->verdict, linux == 28232 ? TW_COMPLETE
					 : linux == 0	? TW_ONE_WAY
							: TW_PARTIAL);
}

static void check_acl(struct tw_mem *mem, struct test_random *random)
{
	struct tw_rule rule[2][RULES + 1];
	struct tw_acl acl = {.object = {.id = "acl-1"}};
	struct tw_net net = {.mem = mem, .acl = &acl, .acls = 1};
	struct tw_site near = {.kind = TW_SITE_ACL}, far = {.kind = TW_SITE_OUTSIDE};
	const struct tw_crossing crossing[2] = {
		{.view = {TW_INGRESS, TW_REQUEST}, .subnet = TW_MISSING, .site = &near},
		{.view = {TW_EGRESS, TW_REPLY}, .subnet = TW_MISSING, .site = &near}};
	struct tw_path path = {.from = &far,
		.to = &near,
		.looks = 1,
		.legs = 1,
		.crossing = crossing,
		.crossings = 2};
	struct tw_judge *judge;
	struct tw_arena arena;
	struct tw_outcomes outcomes = TW_VEC_EMPTY;
	struct tw_levelled linux = {tw_client_find("linux"), TW_LEVEL_ERROR, false};
	struct tw_levels levels = {&linux, 1};
	for (int list = 0; list < 2; list++)
		acl.list[list] = (struct tw_rules){rule[list], fill(random, rule[list])};
	assert_int_equal(tw_judge_new(mem, &net, &judge), TW_OK);
	tw_arena_init(&arena, mem);
	path.domain = tw_set_all(judge->space);
	struct tw_box box = tw_box_all(TW_IPV4);
	box.protocol_lo = box.protocol_hi = TW_PROTOCOL_TCP;
	struct tw_piece piece = {.set = tw_set_box(judge->space, &box),
		.path = &path,
		.levels = &levels,
		.cap = TW_LEVEL_ERROR};
	assert_int_equal(tw_judge_piece(judge, &arena, &piece, &outcomes), TW_OK);
	for (int i = 0; i < POINTS; i++)
		check_point(judge, &outcomes, &acl, random);
	TW_VEC_FREE(mem, &outcomes);
	tw_arena_fini(&arena);
	tw_judge_free(judge);
}

static void test_random_acls(void **state)
{
	struct test_alloc alloc;
	struct test_random random;
	test_alloc_init(&alloc);
	struct tw_mem *mem = test_mem_new(&alloc);
	(void)state;
	test_random_init(&random, "judge");
	for (int i = 0; i < ACLS; i++)
		check_acl(mem, &random);
	test_mem_free(&alloc, mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_acls)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
