/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TW403: how much of AWS's quota a list uses. It counts each direction and each family by itself,
 * the default deny included. SPEC: quota-nacl-rules. What runs with more than the default has had
 * its quota raised, to 40 at most.
 */
#include "lint.h"
#include "number.h"

enum { RAISED = 40, NEARLY = 2 };

static size_t entries(const struct tw_lint_list *list, uint8_t family, uint32_t *ret_last)
{
	size_t n = 1; /* the default deny */
	for (size_t i = 0; i < list->rules.n; i++)
		if (!list->rules.rule[i].implicit && list->rules.rule[i].family == family) {
			n++;
			*ret_last = (uint32_t)i;
		}
	return n;
}

static tw_status tell(struct tw_lint *lint, enum tw_list list, uint8_t family, size_t n,
	uint32_t rule, size_t quota, enum tw_level level)
{
	struct tw_arena *arena = lint->results->arena;
	struct tw_finding_draft *f;
	const char *name = family == TW_IPV4 ? "IPv4" : "IPv6";
	const char *id = lint->results->net->acl[lint->acl].object.id;
	bool raised = n > quota && lint->options->quota == 0 && quota < RAISED;
	const char *rest =
		n > quota
			? raised ? tw_arena_printf(arena,
					   "more than the %zu of the default quota: it was raised, "
					   "to %d at "
					   "most",
					   quota, RAISED)
				 : tw_arena_printf(arena, "the quota is %zu", quota)
		: n == quota ? tw_arena_printf(arena, "as many as the quota: no rule can be added")
			     : tw_arena_printf(arena, "of %zu: nearly full", quota);
	const char *message =
		rest ? tw_arena_printf(arena,
			       "%s has %zu %s entries for %s, the default deny included, %s", id, n,
			       tw_list_name(list), name, rest)
		     : NULL;
	TW_TRY(tw_lint_tell(lint, "TW403", level, list, rule,
		"the last rule before the default deny", message, &f));
	if (quota < RAISED && !raised)
		TW_TRY(tw_lint_note(lint, f,
			"AWS raises the quota to 40 on request; more rules may cost performance"));
	return tw_lint_note(lint, f,
		"both families share the rule numbers of a direction, and each has its own quota");
}

static tw_status look_at(struct tw_lint *lint, enum tw_list list, uint8_t family)
{
	uint32_t last = TW_MISSING;
	size_t given = lint->options->quota;
	size_t quota = given > 0 ? given : TW_QUOTA_DEFAULT;
	size_t n = entries(&lint->list[list], family, &last);
	if (last == TW_MISSING || n + NEARLY < quota)
		return TW_OK;
	if (n > quota && given > 0)
		return tell(lint, list, family, n, last, quota, TW_LEVEL_WARNING);
	/* It runs with more than the default: it is the raised one that counts. */
	if (n > quota && n <= RAISED && n + NEARLY < RAISED)
		return tell(lint, list, family, n, last, quota, TW_LEVEL_NOTE);
	if (n > quota)
		quota = RAISED;
	return tell(lint, list, family, n, last, quota,
		n > quota    ? TW_LEVEL_ERROR
		: n == quota ? TW_LEVEL_WARNING
			     : TW_LEVEL_NOTE);
}

tw_status tw_lint_quota(struct tw_lint *lint, enum tw_list list)
{
	TW_TRY(look_at(lint, list, TW_IPV4));
	return look_at(lint, list, TW_IPV6);
}
