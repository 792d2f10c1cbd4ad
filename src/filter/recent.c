/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled lists that are kept: see recent.h. */
#include "recent.h"

#include "map.h"
#include "mem.h"
#include "owner.h"

/* Two ACLs have eight views; the edits of one finding are a handful more. */
enum { KEPT = 64 };

/* All that compiling looks at in a rule; without padding, to be compared as bytes. */
struct said {
	struct tw_addr peer;
	uint16_t lo, hi;
	int16_t protocol;
	uint8_t family, length, peer_family, action;
	uint8_t every_port, icmp_any_type_code, maybe;
	uint8_t zero[3];
};
_Static_assert(sizeof(struct said) == 32, "no padding");

struct kept {
	struct said *said;
	size_t n;
	struct tw_view view;
	uint64_t hash;
	struct tw_compiled compiled;
};

struct tw_recent_lists {
	struct tw_space *space;
	uint64_t resets; /* of the space, when the first of them was compiled */
	struct kept list[KEPT];
};

tw_status tw_recent_new(struct tw_space *space, struct tw_recent_lists **ret)
{
	struct tw_recent_lists *lists = tw_mem_alloc(tw_space_mem(space), sizeof(*lists));
	if (!lists)
		return TW_ENOMEM;
	*lists = (struct tw_recent_lists){.space = space, .resets = tw_space_resets(space)};
	*ret = lists;
	return TW_OK;
}

static void drop(struct tw_recent_lists *lists, struct kept *one)
{
	tw_mem_release(tw_space_mem(lists->space), one->said, one->n * sizeof(*one->said));
	*one = (struct kept){.said = NULL};
}

static void drop_all(struct tw_recent_lists *lists)
{
	for (size_t i = 0; i < KEPT; i++)
		drop(lists, &lists->list[i]);
}

void tw_recent_free(struct tw_recent_lists *lists)
{
	if (!lists)
		return;
	drop_all(lists);
	tw_mem_release(tw_space_mem(lists->space), lists, sizeof(*lists));
}

static struct said say(const struct tw_rule *rule)
{
	return (struct said){.peer = rule->peer.addr,
		.lo = rule->ports.lo,
		.hi = rule->ports.hi,
		.protocol = rule->protocol,
		.family = rule->family,
		.length = rule->peer.len,
		.peer_family = rule->peer.family,
		.action = (uint8_t)rule->action,
		.every_port = rule->every_port,
		.icmp_any_type_code = rule->icmp_any_type_code,
		.maybe = rule->maybe};
}

static bool is_same(const struct kept *a, const struct kept *b)
{
	return a->said && a->hash == b->hash && a->n == b->n && a->view.list == b->view.list &&
	       a->view.direction == b->view.direction &&
	       memcmp(a->said, b->said, a->n * sizeof(*a->said)) == 0;
}

static bool has_resolved_peers(struct tw_rules rules)
{
	for (size_t i = 0; i < rules.n; i++)
		if (rules.rule[i].peers)
			return true;
	return false;
}

/* Takes over `asked`, whose list is compiled into the place of the one that was kept there. */
static tw_status keep(struct tw_recent_lists *lists, struct tw_rules rules, struct kept *place,
	struct kept *asked)
{
	TW_TRY(tw_compile_acl(lists->space, rules, asked->view, &asked->compiled));
	drop(lists, place);
	*place = *asked;
	asked->said = NULL;
	return TW_OK;
}

tw_status tw_recent_compile(struct tw_recent_lists *lists, struct tw_rules rules,
	struct tw_view view, struct tw_compiled *ret)
{
	struct tw_mem *mem = tw_space_mem(lists->space);
	if (rules.n == 0 || has_resolved_peers(rules))
		return tw_compile_acl(lists->space, rules, view, ret);
	if (lists->resets != tw_space_resets(lists->space))
		drop_all(lists);
	lists->resets = tw_space_resets(lists->space);

	struct kept asked = {.n = rules.n, .view = view};
	size_t size = rules.n * sizeof(*asked.said);
	asked.said = tw_mem_alloc(mem, size);
	if (!asked.said)
		return TW_ENOMEM;
	for (size_t i = 0; i < rules.n; i++)
		asked.said[i] = say(&rules.rule[i]);
	asked.hash = tw_hash(asked.said, size, (uint64_t)view.list * 2 + (uint64_t)view.direction);
	struct kept *place = &lists->list[asked.hash % KEPT];
	tw_status status = is_same(place, &asked) ? TW_OK : keep(lists, rules, place, &asked);
	if (status == TW_OK)
		*ret = place->compiled;
	if (asked.said)
		tw_mem_release(mem, asked.said, size);
	return status;
}
