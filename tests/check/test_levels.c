/* SPDX-License-Identifier: Apache-2.0 */
/* The table of contract section 3, row by row: which client is told how loudly. */
#include "test_alloc.h"

#include <stdio.h>

#include "levels.h"

static const char *names_at(const struct tw_levels *levels, enum tw_level level, char *buf)
{
	size_t n = 0;
	buf[0] = 0;
	for (size_t i = 0; i < levels->n; i++)
		if (levels->v[i].level == level)
			n += (size_t)snprintf(buf + n, 512 - n, "%s ", levels->v[i].client->id);
	return buf;
}

static void test_table(void **state)
{
	static const struct {
		enum tw_initiator who;
		const char *error, *warning, *note;
	} rows[] = {
		{TW_BY_PUBLIC, "linux windows macos ", "nat nat-gateway elb linux-snat freebsd ",
			"openbsd netbsd solaris "},
		{TW_BY_LINUX, "linux ", "linux-snat ", ""},
		{TW_BY_WINDOWS, "windows ", "", ""},
		{TW_BY_UNKNOWN, "linux ", "",
			"windows macos nat-gateway elb linux-snat lambda freebsd "},
		{TW_BY_PRIVATE, "linux ", "windows nat-gateway elb linux-snat lambda ",
			"macos freebsd "},
		{TW_BY_NAT_GATEWAY, "nat-gateway ", "", ""},
		{TW_BY_LOAD_BALANCER, "elb ", "", ""},
		{TW_BY_LAMBDA, "lambda ", "", ""},
	};
	struct test_alloc alloc;
	test_alloc_init(&alloc);
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_arena arena;
	tw_arena_init(&arena, mem);
	char buf[512];
	(void)state;
	assert_int_equal(TW_COUNT(rows), TW_INITIATORS);
	for (size_t i = 0; i < TW_COUNT(rows); i++) {
		struct tw_levels levels;
		assert_int_equal(tw_levels_default(&arena, rows[i].who, &levels), TW_OK);
		assert_string_equal(names_at(&levels, TW_LEVEL_ERROR, buf), rows[i].error);
		assert_string_equal(names_at(&levels, TW_LEVEL_WARNING, buf), rows[i].warning);
		assert_string_equal(names_at(&levels, TW_LEVEL_NOTE, buf), rows[i].note);
	}
	tw_arena_fini(&arena);
	test_mem_free(&alloc, mem);
}

/* "always listed by `trace`": every fact of the table once, on top of the default levels. */
static void test_all(void **state)
{
	struct test_alloc alloc;
	test_alloc_init(&alloc);
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_arena arena;
	tw_arena_init(&arena, mem);
	struct tw_levels base, all;
	size_t xp = 0, linux = 0;
	(void)state;
	assert_int_equal(tw_levels_default(&arena, TW_BY_WINDOWS, &base), TW_OK);
	assert_int_equal(tw_levels_all(&arena, &base, &all), TW_OK);
	for (size_t i = 0; i < all.n; i++) {
		xp += strcmp(all.v[i].client->id, "windows-xp") == 0;
		linux += strcmp(all.v[i].client->id, "linux") == 0;
		assert_int_equal(all.v[i].level, strcmp(all.v[i].client->id, "windows") == 0
							 ? TW_LEVEL_ERROR
							 : TW_LEVEL_NOTE);
	}
	assert_int_equal(xp, 1);
	assert_int_equal(linux, 1);
	tw_arena_fini(&arena);
	test_mem_free(&alloc, mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table), cmocka_unit_test(test_all)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
