/* SPDX-License-Identifier: Apache-2.0 */

/* Statuses: every one has a text and the exit code of contract section 2. */

#include "test_alloc.h"

#include "twoway/status.h"

static void every_status_has_its_exit_code(void **state)
{
	(void)state;
	assert_int_equal(tw_status_exit(TW_OK), 0);
	assert_int_equal(tw_status_exit(TW_EIO), 2);
	assert_int_equal(tw_status_exit(TW_EPARSE), 2);
	assert_int_equal(tw_status_exit(TW_EINVAL), 2);
	assert_int_equal(tw_status_exit(TW_EUNSUP), 2);
	assert_int_equal(tw_status_exit(TW_ENOMEM), 3);
	assert_int_equal(tw_status_exit(TW_ELIMIT), 3);
	assert_int_equal(tw_status_exit(TW_EBUG), 3);
}

static void every_status_has_a_text_of_its_own(void **state)
{
	(void)state;
	for (int i = TW_OK; i <= TW_EBUG; i++) {
		assert_true(strlen(tw_status_text((tw_status)i)) > 0);
		for (int j = TW_OK; j < i; j++)
			assert_string_not_equal(
				tw_status_text((tw_status)i), tw_status_text((tw_status)j));
	}
}

static void a_number_that_is_no_status_is_a_fault(void **state)
{
	(void)state;
	assert_string_equal(tw_status_text((tw_status)(TW_EBUG + 1)), "unknown status");
	assert_string_equal(tw_status_text((tw_status)-1), "unknown status");
	assert_int_equal(tw_status_exit((tw_status)(TW_EBUG + 1)), 3);
	assert_int_equal(tw_status_exit((tw_status)-1), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_its_exit_code),
		cmocka_unit_test(every_status_has_a_text_of_its_own),
		cmocka_unit_test(a_number_that_is_no_status_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
