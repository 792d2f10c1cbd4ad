/* SPDX-License-Identifier: Apache-2.0 */

/* Diagnostics: kept texts, the bound, and the worst level. */

#include "test_alloc.h"

#include "report_diag.h"

static const struct tw_span span = {1, 2, 3}, other = {4, 5, 6};

static void level_names(void **state)
{
	(void)state;
	assert_string_equal(tw_level_name(TW_LEVEL_NONE), "none");
	assert_string_equal(tw_level_name(TW_LEVEL_NOTE), "note");
	assert_string_equal(tw_level_name(TW_LEVEL_WARNING), "warning");
	assert_string_equal(tw_level_name(TW_LEVEL_ERROR), "error");
	assert_true(TW_LEVEL_NONE < TW_LEVEL_NOTE && TW_LEVEL_NOTE < TW_LEVEL_WARNING &&
		    TW_LEVEL_WARNING < TW_LEVEL_ERROR);
}

static void everything_is_kept(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	char text[] = "acl-1", path[] = "a.json", more[] = "here";
	const struct tw_diag *diag;
	struct tw_diags *diags = NULL;

	(void)state;
	assert_int_equal(tw_diags_new(mem, &diags), TW_OK);
	assert_int_equal(tw_diags_count(diags), 0);
	assert_null(tw_diags_get(diags, 0));
	assert_int_equal(tw_diags_worst(diags), TW_LEVEL_NONE);
	assert_int_equal(tw_diag_add(diags, TW_LEVEL_NOTE, 901, span, "%s is %d", text, 7), TW_OK);
	assert_int_equal(tw_diags_worst(diags), TW_LEVEL_NOTE);
	assert_int_equal(
		tw_diag_add_pair(diags, TW_LEVEL_ERROR, 0, span, other, more, "two"), TW_OK);
	assert_int_equal(
		tw_diag_add_path(diags, TW_LEVEL_WARNING, 902, path, "not %s", "read"), TW_OK);
	text[0] = path[0] = more[0] = 'x';
	assert_int_equal(tw_diags_count(diags), 3);
	assert_int_equal(tw_diags_worst(diags), TW_LEVEL_ERROR);

	diag = tw_diags_get(diags, 0);
	assert_int_equal(diag->level, TW_LEVEL_NOTE);
	assert_int_equal(diag->code, 901);
	assert_memory_equal(&diag->span, &span, sizeof(span));
	assert_string_equal(diag->message, "acl-1 is 7");
	assert_null(diag->path);
	assert_int_equal(diag->other.file, 0);
	assert_null(diag->other_message);

	diag = tw_diags_get(diags, 1);
	assert_int_equal(diag->level, TW_LEVEL_ERROR);
	assert_memory_equal(&diag->span, &span, sizeof(span));
	assert_memory_equal(&diag->other, &other, sizeof(other));
	assert_string_equal(diag->other_message, "here");
	assert_string_equal(diag->message, "two");

	diag = tw_diags_get(diags, 2);
	assert_int_equal(diag->code, 902);
	assert_int_equal(diag->span.file, 0);
	assert_string_equal(diag->path, "a.json");
	assert_string_equal(diag->message, "not read");
	assert_null(tw_diags_get(diags, 3));
	assert_int_equal(tw_diags_dropped(diags), 0);
	tw_diags_free(diags);
	tw_diags_free(NULL);
	test_mem_free(&alloc, mem);
}

static void fill(struct tw_diags *diags, enum tw_level level, int n)
{
	for (int i = 0; i < n; i++)
		assert_int_equal(tw_diag_add(diags, level, 0, TW_NO_SPAN, "%d", i), TW_OK);
}

static void the_list_is_bounded(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_diags *diags;
	uint64_t used;

	(void)state;
	assert_int_equal(tw_diags_new(mem, &diags), TW_OK);
	fill(diags, TW_LEVEL_NOTE, TW_DIAGS_MAX);
	assert_int_equal(tw_diags_dropped(diags), 0);
	used = tw_mem_used(mem);
	fill(diags, TW_LEVEL_NOTE, 5000);
	fill(diags, TW_LEVEL_WARNING, 1);
	assert_int_equal(tw_diags_count(diags), TW_DIAGS_MAX);
	assert_int_equal(tw_diags_dropped(diags), 5001);
	assert_int_equal(tw_diags_worst(diags), TW_LEVEL_WARNING);
	assert_int_equal(tw_mem_used(mem), used);
	assert_string_equal(tw_diags_get(diags, 999)->message, "999");
	tw_diags_free(diags);
	test_mem_free(&alloc, mem);
}

static void an_error_finds_a_place_in_a_full_list(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_diags *diags;

	(void)state;
	assert_int_equal(tw_diags_new(mem, &diags), TW_OK);
	assert_int_equal(tw_diag_add(diags, TW_LEVEL_ERROR, 0, span, "first"), TW_OK);
	fill(diags, TW_LEVEL_WARNING, TW_DIAGS_MAX - 2);
	fill(diags, TW_LEVEL_ERROR, 3);
	assert_int_equal(tw_diags_count(diags), TW_DIAGS_MAX);
	assert_int_equal(tw_diags_dropped(diags), 2);
	/* One error, 996 warnings, three errors, in the order they came in. */
	assert_int_equal(tw_diags_get(diags, 0)->level, TW_LEVEL_ERROR);
	assert_int_equal(tw_diags_get(diags, 996)->level, TW_LEVEL_WARNING);
	assert_string_equal(tw_diags_get(diags, 996)->message, "995");
	for (size_t i = 0; i < 3; i++) {
		const char expected[] = {(char)('0' + i), '\0'};

		assert_int_equal(tw_diags_get(diags, 997 + i)->level, TW_LEVEL_ERROR);
		assert_string_equal(tw_diags_get(diags, 997 + i)->message, expected);
	}
	fill(diags, TW_LEVEL_ERROR, 5000);
	for (size_t i = 0; i < TW_DIAGS_MAX; i++)
		assert_int_equal(tw_diags_get(diags, i)->level, TW_LEVEL_ERROR);
	assert_int_equal(tw_diags_count(diags), TW_DIAGS_MAX);
	assert_int_equal(tw_diags_dropped(diags), 2 + 5000 - 3); /* three were there already */
	tw_diags_free(diags);
	test_mem_free(&alloc, mem);
}

static void what_cannot_be_kept_is_not_counted(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_diags *diags;

	(void)state;
	assert_int_equal(tw_diags_new(mem, &diags), TW_OK);
	test_alloc_fail(&alloc, 1, true);
	assert_int_equal(tw_diag_add(diags, TW_LEVEL_ERROR, 0, TW_NO_SPAN, "%s", "x"), TW_ENOMEM);
	assert_int_equal(tw_diags_count(diags), 0);
	assert_int_equal(tw_diags_worst(diags), TW_LEVEL_NONE);
	tw_diags_free(diags);
	test_mem_free(&alloc, mem);
}

static void the_same_is_told_once(void **state)
{
	struct test_alloc alloc;
	struct tw_mem *mem = test_mem_new(&alloc);
	struct tw_diags *diags = NULL;

	(void)state;
	assert_int_equal(tw_diags_new(mem, &diags), TW_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(tw_diag_add(diags, TW_LEVEL_NOTE, 0, span, "one"), TW_OK);
		assert_int_equal(tw_diag_add(diags, TW_LEVEL_NOTE, 0, other, "one"), TW_OK);
		assert_int_equal(tw_diag_add(diags, TW_LEVEL_ERROR, 0, span, "one"), TW_OK);
		assert_int_equal(tw_diag_add(diags, TW_LEVEL_NOTE, 901, span, "one"), TW_OK);
		assert_int_equal(tw_diag_add_path(diags, TW_LEVEL_NOTE, 0, "a.json", "one"), TW_OK);
		assert_int_equal(tw_diag_add_path(diags, TW_LEVEL_NOTE, 0, "b.json", "one"), TW_OK);
	}
	assert_int_equal(tw_diags_count(diags), 6);
	assert_int_equal(tw_diags_dropped(diags), 0);
	tw_diags_free(diags);
	test_mem_free(&alloc, mem);
}

/* Texts so long that each needs memory of its own, so that each is refused once. */
static tw_status add_long(struct tw_diags *diags)
{
	char text[6000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 10; i++) {
		TW_TRY(tw_diag_add_pair(diags, TW_LEVEL_NOTE, 0, span, other, text, "%s", text));
		TW_TRY(tw_diag_add_path(diags, TW_LEVEL_NOTE, 0, text, "%s", text));
	}
	return TW_OK;
}

static tw_status add_many(struct tw_diags *diags)
{
	for (int i = 0; i < 40; i++) {
		TW_TRY(tw_diag_add(diags, TW_LEVEL_NOTE, 901, span, "%0200d", i));
		TW_TRY(tw_diag_add_pair(
			diags, TW_LEVEL_ERROR, 0, span, other, "the other one", "%d", i));
		TW_TRY(tw_diag_add_path(diags, TW_LEVEL_NOTE, 0, "some/path", "%d", i));
	}
	return TW_OK;
}

static tw_status build(struct tw_mem *mem, void *ctx)
{
	struct tw_diags *diags;
	tw_status status;

	(void)ctx;
	TW_TRY(tw_diags_new(mem, &diags));
	status = add_many(diags);
	if (status == TW_OK)
		status = add_long(diags);
	tw_diags_free(diags);
	return status;
}

static void out_of_memory_is_survived(void **state)
{
	(void)state;
	assert_int_equal(tw_oom_sweep(build, NULL), TW_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(level_names),
		cmocka_unit_test(everything_is_kept),
		cmocka_unit_test(the_same_is_told_once),
		cmocka_unit_test(the_list_is_bounded),
		cmocka_unit_test(an_error_finds_a_place_in_a_full_list),
		cmocka_unit_test(what_cannot_be_kept_is_not_counted),
		cmocka_unit_test(out_of_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
