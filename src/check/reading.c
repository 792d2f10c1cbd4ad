/* SPDX-License-Identifier: Apache-2.0 */
/* What was read of the lists, and what of a list an edit changes: see reading.h. */
#include "reading.h"

#include "addresses.h"
#include "same.h"

enum tw_traffic tw_traffic_of(int16_t protocol)
{
	return protocol == TW_PROTOCOL_ALL   ? TW_TRAFFIC_ALL
	       : protocol == TW_PROTOCOL_TCP ? TW_TRAFFIC_TCP
	       : protocol == TW_PROTOCOL_UDP ? TW_TRAFFIC_UDP
					     : TW_TRAFFIC_OTHER;
}

tw_status tw_reading_note(struct tw_reading *reading, uint32_t acl, uint8_t traffic, bool judged)
{
	if (reading->at[acl] == 0) {
		TW_TRY(TW_VEC_PUSH(reading->mem, &reading->read, (struct tw_read){.acl = acl}));
		reading->at[acl] = (uint32_t)reading->read.n;
	}
	struct tw_read *one = &reading->read.v[reading->at[acl] - 1];
	one->traffic |= traffic;
	one->judged |= judged;
	return TW_OK;
}

tw_reads tw_reading_take(struct tw_reading *reading)
{
	tw_reads taken = reading->read;
	for (size_t i = 0; i < taken.n; i++)
		reading->at[taken.v[i].acl] = 0;
	reading->read = (tw_reads)TW_VEC_EMPTY;
	return taken;
}

/* ---- what an edit changes --------------------------------------------------------------------
 */

static bool same_rule(const struct tw_rule *a, const struct tw_rule *b)
{
	return tw_rule_content_cmp(a, b) == 0 && a->maybe == b->maybe &&
	       a->implicit == b->implicit && a->span.file == b->span.file &&
	       a->span.begin == b->span.begin; /* findings point there */
}

/* The next entry that is about such traffic, or rules.n. */
static size_t next_about(struct tw_rules rules, size_t i, enum tw_traffic traffic)
{
	while (i < rules.n && !(tw_traffic_of(rules.rule[i].protocol) & traffic))
		i++;
	return i;
}

static bool same_about(struct tw_rules a, struct tw_rules b, enum tw_traffic traffic)
{
	size_t i = next_about(a, 0, traffic), k = next_about(b, 0, traffic);
	while (i < a.n && k < b.n && same_rule(&a.rule[i], &b.rule[k])) {
		i = next_about(a, i + 1, traffic);
		k = next_about(b, k + 1, traffic);
	}
	return i == a.n && k == b.n;
}

/* Blocks that allow entries name: the inference looks who sits there (scope_far.c). */
static bool is_named(struct tw_rules rules, struct tw_prefix block)
{
	for (size_t i = 0; i < rules.n; i++)
		if (rules.rule[i].action == TW_ALLOW &&
			tw_prefix_cmp(rules.rule[i].peer, block) == 0)
			return true;
	return false;
}

static bool names_all_of(struct tw_rules rules, struct tw_rules other)
{
	for (size_t i = 0; i < other.n; i++)
		if (other.rule[i].action == TW_ALLOW && other.rule[i].peer.len > 0 &&
			!is_named(rules, other.rule[i].peer))
			return false;
	return true;
}

static bool allows(struct tw_rules rules, enum tw_family family)
{
	for (size_t i = 0; i < rules.n; i++)
		if (rules.rule[i].family == family &&
			(rules.rule[i].action == TW_ALLOW || rules.rule[i].maybe))
			return true;
	return false;
}

static uint8_t list_changes(struct tw_rules a, struct tw_rules b)
{
	uint8_t changes = 0;
	if (a.rule == b.rule && a.n == b.n)
		return 0;
	if (!names_all_of(a, b) || !names_all_of(b, a) ||
		allows(a, TW_IPV4) != allows(b, TW_IPV4) ||
		allows(a, TW_IPV6) != allows(b, TW_IPV6))
		return TW_TRAFFIC_ALL;
	for (unsigned one = TW_TRAFFIC_TCP; one <= TW_TRAFFIC_OTHER; one <<= 1)
		if (!same_about(a, b, (enum tw_traffic)one))
			changes |= (uint8_t)one;
	return changes;
}

uint8_t tw_acl_changes(const struct tw_acl *before, const struct tw_acl *after)
{
	return list_changes(before->list[TW_INGRESS], after->list[TW_INGRESS]) |
	       list_changes(before->list[TW_EGRESS], after->list[TW_EGRESS]);
}
