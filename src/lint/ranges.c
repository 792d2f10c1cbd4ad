/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two ends of a rule for replies: ends that look like slips of the pen (TW405), a start one
 * above 1024 (TW406), and ranges that fit hosts but not the containers behind them, whose source
 * NAT picks from 1024 up (TW411). Silent where another rule lets the missing ports pass.
 */
#include "lint.h"

/* How people miss 65535, and what they copy for Linux: SPEC: linux-range. */
static const struct {
	uint16_t end, meant;
} slips[] = {
	{61000, 60999},
	{65525, 65535},
	{65353, 65535},
	{65534, 65535},
	{65335, 65535},
	{65355, 65535},
	{65345, 65535},
	{65515, 65535},
	{65530, 65535},
	{65533, 65535},
	{65435, 65535},
	{63535, 65535},
	{65235, 65535},
	{56535, 65535},
};

/* True if the rule's peers get none of these ports by any rule of the list. */
static bool is_missing(const struct tw_lint *lint, enum tw_list list, const struct tw_rule *rule,
	struct tw_ports ports)
{
	const struct tw_compiled *c = lint->list[list].compiled;
	struct tw_space *space = lint->results->judge->space;
	tw_set wanted = tw_lint_packets_of(lint, list, rule, (uint8_t)rule->protocol, ports);
	return tw_set_is_subset(space, wanted, c->deny);
}

static tw_status tell_range(struct tw_lint *lint, enum tw_list list, size_t rule, const char *code,
	enum tw_level level, const char *label, const char *message, struct tw_ports lost,
	struct tw_ports meant)
{
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	struct tw_finding_draft *f;
	const char *told;
	bool much;
	level = tw_lint_loss(lint, list, (uint8_t)one->protocol, level, &told);
	TW_TRY(tw_lint_tell(lint, code, level, list, (uint32_t)rule, label, message, &f));
	TW_TRY(tw_lint_price(lint, f, (struct tw_port_list){&lost, 1}, &much));
	TW_TRY(tw_lint_refer(lint, f, much ? told : NULL));
	struct tw_entry entry = tw_lint_entry(lint, one, list);
	entry.ports = meant;
	return tw_lint_fix_replace(lint, f, list, rule, entry, false,
		tw_lint_packets_of(lint, list, one, (uint8_t)one->protocol, meant));
}

static tw_status end_slip(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	struct tw_arena *arena = lint->results->arena;
	size_t i = 0;
	while (i < TW_COUNT(slips) && slips[i].end != one->ports.hi)
		i++;
	if (i == TW_COUNT(slips))
		return TW_OK;
	struct tw_ports lost = {(uint16_t)(one->ports.hi + 1), 65535};
	if (!is_missing(lint, list, one, lost))
		return TW_OK;
	const char *text = tw_lint_rule_text(lint, list, rule);
	bool linux = slips[i].end == 61000;
	const char *message =
		!text	? NULL
		: linux ? tw_arena_printf(arena,
				  "%s ends at 61000: Linux picks up to 60999, and Windows, macOS, "
				  "NAT and load balancers go on to 65535",
				  text)
			: tw_arena_printf(arena, "%s ends at %u, which looks like a slip for 65535",
				  text, slips[i].end);
	return tell_range(lint, list, rule, "TW405", linux ? TW_LEVEL_NOTE : TW_LEVEL_WARNING,
		"the range ends here", message, lost, (struct tw_ports){one->ports.lo, 65535});
}

static tw_status start_slip(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	struct tw_ports lost = {1024, 1024};
	if (one->ports.lo != 1025 || !is_missing(lint, list, one, lost))
		return TW_OK;
	const char *text = tw_lint_rule_text(lint, list, rule);
	const char *message = text ? tw_arena_printf(lint->results->arena,
					     "%s starts at 1025: NAT gateways, load balancers and "
					     "other services of AWS pick from 1024 up",
					     text)
				   : NULL;
	return tell_range(lint, list, rule, "TW406", TW_LEVEL_NOTE, "the range starts here",
		message, lost, (struct tw_ports){1024, one->ports.hi});
}

/* SPEC: linux-range. What the machines behind the list call; callers from outside are check's. */
static tw_status snat(struct tw_lint *lint, enum tw_list list, size_t rule)
{
	const struct tw_rule *one = &lint->list[list].rules.rule[rule];
	struct tw_ports lost = {1024, (uint16_t)(one->ports.lo - 1)};
	const char *told;
	bool serves = false;
	if (list != TW_INGRESS || one->ports.lo < 1027 || one->ports.lo > 32768 ||
		one->ports.hi < 60999 || !is_missing(lint, list, one, lost))
		return TW_OK;
	for (size_t i = 0; i < lint->atoms.n && !serves; i++)
		serves = lint->atoms.v[i].family == one->family &&
			 lint->atoms.v[i].protocol == one->protocol &&
			 tw_lint_decides_at(lint, &lint->atoms.v[i], list, rule) &&
			 tw_lint_serves(lint, i, list);
	(void)tw_lint_loss(lint, list, (uint8_t)one->protocol, TW_LEVEL_NOTE, &told);
	if (!serves || told)
		return TW_OK;
	const char *text = tw_lint_rule_text(lint, list, rule);
	const char *message = text ? tw_arena_printf(lint->results->arena,
					     "%s fits Linux hosts, not containers whose source NAT "
					     "picks from 1024-65535",
					     text)
				   : NULL;
	struct tw_finding_draft *f;
	TW_TRY(tw_lint_tell(lint, "TW411", TW_LEVEL_NOTE, list, (uint32_t)rule,
		"the range starts here", message, &f));
	const struct tw_client *client = tw_client_find("linux-snat");
	uint32_t total = client ? tw_client_total(client) : 0;
	if (!client)
		return TW_EBUG;
	struct tw_client_result result = {.client = client,
		.level = TW_LEVEL_NOTE,
		.verdict = TW_PARTIAL,
		.passing = total - tw_client_passing(client, &lost, 1),
		.total = total};
	f->finding.clients_alone = true;
	TW_TRY(TW_VEC_PUSH(lint->results->mem, &f->client, result));
	struct tw_entry entry = tw_lint_entry(lint, one, list);
	entry.ports.lo = 1024;
	return tw_lint_fix_replace(lint, f, list, rule, entry, false,
		tw_lint_packets_of(lint, list, one, (uint8_t)one->protocol, entry.ports));
}

tw_status tw_lint_ranges(struct tw_lint *lint, enum tw_list list)
{
	for (size_t i = 0; i < lint->list[list].rules.n; i++) {
		if (!tw_lint_is_reply(lint, list, i))
			continue;
		TW_TRY(end_slip(lint, list, i));
		TW_TRY(start_slip(lint, list, i));
		TW_TRY(snat(lint, list, i));
	}
	return TW_OK;
}
