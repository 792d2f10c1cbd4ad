/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One verdict, warm: a flow between two subnets with an ACL of 40 rules each, both directions, for
 * all clients of the built-in table. Lists are compiled anew each time, as after any change. Prints
 * JSON.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "judge.h"

enum { RULES = 40, ROUNDS = 400 };

static uint64_t seed = 20260214;

static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

/* The shape of real lists: services, reply ranges, a few denies, blocks of 10.0.0.0/8. */
static void fill(struct tw_rule *rule)
{
	static const uint16_t service[] = {22, 80, 443, 3306, 5432, 6379, 53, 123, 8080, 8443};
	static const uint8_t length[] = {0, 8, 16, 16, 20, 24, 24, 24, 28, 32};
	for (uint32_t i = 0; i < RULES - 1; i++) {
		struct tw_rule *r = &rule[i];
		*r = (struct tw_rule){.id = "rule", .number = 100 + i, .family = TW_IPV4};
		r->action = below(10) < 7 ? TW_ALLOW : TW_DENY;
		r->protocol = below(10) < 7 ? TW_PROTOCOL_TCP : TW_PROTOCOL_UDP;
		uint16_t port = service[below(TW_COUNT(service))];
		r->ports = below(10) < 5
				   ? (struct tw_ports){port, port}
				   : (struct tw_ports){(uint16_t)(below(3) * 16384 + 1024), 65535};
		r->peer = (struct tw_prefix){{0, 0}, TW_IPV4, length[below(TW_COUNT(length))]};
		if (r->peer.len > 0)
			r->peer.addr.lo = (0x0a000000u | below(1u << 24)) &
					  (uint32_t)((uint64_t)UINT32_MAX << (32 - r->peer.len));
	}
	rule[RULES - 1] = (struct tw_rule){.id = "*",
		.number = TW_IMPLICIT_V4,
		.family = TW_IPV4,
		.protocol = TW_PROTOCOL_ALL,
		.ports = {0, 65535},
		.every_port = true,
		.implicit = true,
		.peer = {.family = TW_IPV4}};
}

static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* One verdict from a fresh space; the number of outcomes keeps the work honest. */
static tw_status verdict(struct tw_judge *judge, struct tw_arena *arena, struct tw_path *path,
	const struct tw_levels *levels, size_t *ret_outcomes)
{
	struct tw_outcomes outcomes = TW_VEC_EMPTY;
	struct tw_box box = tw_box_all(TW_IPV4);
	TW_TRY(tw_judge_reset(judge));
	box.protocol_lo = box.protocol_hi = TW_PROTOCOL_TCP;
	path->domain = tw_set_all(judge->space);
	struct tw_piece piece = {.set = tw_set_box(judge->space, &box),
		.path = path,
		.levels = levels,
		.cap = TW_LEVEL_ERROR};
	tw_status status = tw_judge_piece(judge, arena, &piece, &outcomes);
	*ret_outcomes = outcomes.n;
	TW_VEC_FREE(judge->mem, &outcomes);
	return status;
}

static tw_status run(struct tw_mem *mem, uint64_t *times, size_t *ret_outcomes)
{
	static struct tw_rule rule[4][RULES];
	static struct tw_acl acl[2];
	static struct tw_site site[2];
	struct tw_net net = {.mem = mem, .acl = acl, .acls = 2};
	struct tw_crossing crossing[4];
	struct tw_path path = {.from = &site[0],
		.to = &site[1],
		.looks = 1,
		.legs = 1,
		.crossing = crossing,
		.crossings = 4};
	struct tw_judge *judge;
	struct tw_arena arena;
	struct tw_levels base, levels;
	static const struct {
		uint32_t acl;
		struct tw_view view;
	} way[] = {{0, {TW_EGRESS, TW_REQUEST}}, {1, {TW_INGRESS, TW_REQUEST}},
		{1, {TW_EGRESS, TW_REPLY}}, {0, {TW_INGRESS, TW_REPLY}}};

	for (size_t i = 0; i < 4; i++) {
		fill(rule[i]);
		acl[i / 2].list[i % 2] = (struct tw_rules){rule[i], RULES};
		crossing[i] = (struct tw_crossing){
			.view = way[i].view, .acl = way[i].acl, .site = &site[way[i].acl]};
	}
	tw_arena_init(&arena, mem);
	TW_TRY(tw_judge_new(mem, &net, &judge));
	TW_TRY(tw_levels_default(&arena, TW_BY_PUBLIC, &base));
	TW_TRY(tw_levels_all(&arena, &base, &levels));
	struct tw_arena_mark mark = tw_arena_save(&arena);
	for (size_t i = 0; i < ROUNDS; i++) {
		uint64_t begin = now();
		TW_TRY(verdict(judge, &arena, &path, &levels, ret_outcomes));
		times[i] = now() - begin;
		tw_arena_restore(&arena, mark);
	}
	tw_judge_free(judge);
	tw_arena_fini(&arena);
	return TW_OK;
}

int main(void)
{
	static uint64_t times[ROUNDS];
	struct tw_mem *mem;
	size_t outcomes = 0;

	if (tw_mem_new(NULL, 0, &mem) != TW_OK || run(mem, times, &outcomes) != TW_OK)
		return 1;
	qsort(times, ROUNDS, sizeof(*times), by_size);
	printf("{\"rules_per_list\": %d, \"lists\": 4, \"outcomes\": %zu, \"rounds\": %d, "
	       "\"median_ns\": %llu, \"p90_ns\": %llu}\n",
		RULES, outcomes, ROUNDS, (unsigned long long)times[ROUNDS / 2],
		(unsigned long long)times[ROUNDS * 9 / 10]);
	tw_mem_free(mem);
	return 0;
}
