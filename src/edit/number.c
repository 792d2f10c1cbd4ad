/* SPDX-License-Identifier: Apache-2.0 */
/* Free rule numbers, as a person would pick them: the next ten, else what is left. */
#include "number.h"

static bool holds(struct tw_rules rules, unsigned number)
{
	for (size_t i = 0; i < rules.n; i++)
		if (rules.rule[i].number == number && !rules.rule[i].implicit)
			return true;
	return false;
}

static bool is_free(struct tw_rules rules, struct tw_rules reserved, unsigned number)
{
	return !holds(rules, number) && !holds(reserved, number);
}

/* The highest number in use below `before`. */
static unsigned last_below(struct tw_rules rules, unsigned before, unsigned last)
{
	for (size_t i = 0; i < rules.n; i++)
		if (!rules.rule[i].implicit && rules.rule[i].number < before &&
			rules.rule[i].number > last)
			last = rules.rule[i].number;
	return last;
}

unsigned tw_number_free(
	struct tw_rules rules, struct tw_rules reserved, unsigned after, unsigned before)
{
	unsigned last = last_below(reserved, before, last_below(rules, before, after));
	if (before > TW_NUMBER_MOST + 1)
		before = TW_NUMBER_MOST + 1;
	/* An empty list begins with 100, as AWS's own do. */
	unsigned next = last == 0 ? 100 : (last / 10 + 1) * 10;
	if (next < before)
		return next;
	for (unsigned n = (before - 1) / 10 * 10; n > after && n > 0; n -= 10)
		if (n < before && is_free(rules, reserved, n))
			return n;
	for (unsigned n = last + 1; n < before; n++)
		if (is_free(rules, reserved, n))
			return n;
	for (unsigned n = before - 1; before > 0 && n > after; n--)
		if (is_free(rules, reserved, n))
			return n;
	return 0;
}

size_t tw_list_entries(struct tw_rules rules, uint8_t family)
{
	size_t n = 0;
	for (size_t i = 0; i < rules.n; i++)
		n += rules.rule[i].family == family;
	return n;
}
