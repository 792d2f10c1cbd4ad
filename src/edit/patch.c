/* SPDX-License-Identifier: Apache-2.0 */
/* Edits on a shallow copy of a network: only the lists that change are built anew. */
#include "patch.h"

#include "entry.h"
#include "pending.h"

struct tw_patch {
	struct tw_net net; /* first: what a caller holds */
	struct tw_mem *mem;
	struct tw_arena arena;
};

static size_t find_number(const struct tw_rule *rule, size_t n, unsigned number)
{
	size_t i = 0;
	while (i < n && rule[i].number < number)
		i++;
	return i;
}

/* Sorted by number as all lists are; the implicit denies have the highest. */
static tw_status edit_list(
	struct tw_arena *arena, struct tw_rule *rule, size_t *n, const struct tw_edit *edit)
{
	size_t at = find_number(rule, *n, edit->entry.number);
	bool there = at < *n && rule[at].number == edit->entry.number && !rule[at].implicit;
	if (there != (edit->operation != TW_ADD))
		return TW_EINVAL;
	if (edit->operation == TW_REMOVE) {
		memmove(&rule[at], &rule[at + 1], (*n - at - 1) * sizeof(*rule));
		(*n)--;
		return TW_OK;
	}
	if (edit->operation == TW_ADD) {
		memmove(&rule[at + 1], &rule[at], (*n - at) * sizeof(*rule));
		(*n)++;
	}
	return tw_entry_rule(arena, &edit->entry, &rule[at]);
}

static bool is_for(const struct tw_edit *edit, const char *acl, enum tw_list list)
{
	return !edit->entry.group && edit->entry.egress == (list == TW_EGRESS) &&
	       strcmp(edit->entry.component, acl) == 0;
}

tw_status tw_patch_list(struct tw_arena *arena, struct tw_rules rules, const char *acl,
	enum tw_list list, const struct tw_edit *edit, size_t n, struct tw_rules *ret)
{
	struct tw_rule *rule = TW_NEW_ARRAY(arena, struct tw_rule, rules.n + n + 1);
	size_t count = rules.n;
	if (!rule)
		return TW_ENOMEM;
	if (rules.n > 0)
		memcpy(rule, rules.rule, rules.n * sizeof(*rule));
	for (size_t i = 0; i < n; i++)
		if (is_for(&edit[i], acl, list))
			TW_TRY(edit_list(arena, rule, &count, &edit[i]));
	*ret = (struct tw_rules){rule, count};
	return TW_OK;
}

static tw_status edit_acl(
	struct tw_arena *arena, struct tw_acl *acl, const struct tw_edit *edit, size_t n)
{
	for (int list = 0; list < 2; list++) {
		bool any = false;
		for (size_t i = 0; i < n; i++)
			any |= is_for(&edit[i], acl->object.id, (enum tw_list)list);
		if (any)
			TW_TRY(tw_patch_list(arena, acl->list[list], acl->object.id,
				(enum tw_list)list, edit, n, &acl->list[list]));
	}
	return TW_OK;
}

static tw_status fill(struct tw_patch *patch, const struct tw_edit *edit, size_t n)
{
	struct tw_net *net = &patch->net;
	struct tw_acl *acl = TW_NEW_ARRAY(&patch->arena, struct tw_acl, net->acls + 1);
	struct tw_vpc *vpc = TW_NEW_ARRAY(&patch->arena, struct tw_vpc, net->vpcs + 1);
	if (!acl || !vpc)
		return TW_ENOMEM;
	if (net->acls > 0)
		memcpy(acl, net->acl, net->acls * sizeof(*acl));
	if (net->vpcs > 0)
		memcpy(vpc, net->vpc, net->vpcs * sizeof(*vpc));
	net->acl = acl;
	net->vpc = vpc;
	for (size_t i = 0; i < n; i++) {
		uint32_t at = tw_net_find(net, TW_KIND_ACL, edit[i].entry.component);
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again |= strcmp(edit[k].entry.component, edit[i].entry.component) == 0;
		if (at == TW_MISSING)
			return TW_EINVAL;
		if (!again)
			TW_TRY(edit_acl(&patch->arena, &acl[at], edit, n));
	}
	tw_link_nat_open(net);
	return TW_OK;
}

tw_status tw_patch_new(struct tw_mem *mem, const struct tw_net *net, const struct tw_edit *edit,
	size_t n, struct tw_patch **ret)
{
	struct tw_patch *patch = tw_mem_alloc(mem, sizeof(*patch));
	if (!patch)
		return TW_ENOMEM;
	*patch = (struct tw_patch){.net = *net, .mem = mem};
	tw_arena_init(&patch->arena, mem);
	tw_status status = fill(patch, edit, n);
	if (status != TW_OK) {
		tw_patch_free(patch);
		return status;
	}
	*ret = patch;
	return TW_OK;
}

const struct tw_net *tw_patch_net(const struct tw_patch *patch)
{
	return &patch->net;
}

void tw_patch_free(struct tw_patch *patch)
{
	if (!patch)
		return;
	tw_arena_fini(&patch->arena);
	tw_mem_release(patch->mem, patch, sizeof(*patch));
}
