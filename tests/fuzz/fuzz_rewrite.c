/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzz target: any bytes as one file. Where they are a network with an ACL, a rule of it is added,
 * replaced and removed in the bytes; the result must be read again without an error, and differ in
 * that one rule only.
 */

#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "net.h"
#include "twoway/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LIMIT ((uint64_t)1 << 30)

struct world {
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_input *in;
	const struct tw_acl *acl; /* the first one, or NULL */
};

static bool open_world(struct world *w, const void *bytes, size_t size)
{
	memset(w, 0, sizeof(*w));
	MUST(tw_mem_new(NULL, LIMIT, &w->mem) == TW_OK);
	MUST(tw_sources_new(w->mem, &w->sources) == TW_OK);
	MUST(tw_diags_new(w->mem, &w->diags) == TW_OK);
	MUST(tw_input_new(w->mem, w->sources, w->diags, &w->in) == TW_OK);
	tw_status status = tw_input_add_bytes(w->in, "acl.json", bytes, size, TW_INPUT_AUTO, true);
	if (status == TW_OK)
		status = tw_input_finish(w->in);
	const struct tw_net *net = tw_input_net(w->in);
	if (status == TW_OK && net->acls)
		w->acl = &net->acl[0];
	return status == TW_OK;
}

static void close_world(struct world *w)
{
	tw_input_free(w->in);
	tw_diags_free(w->diags);
	tw_sources_free(w->sources);
	tw_mem_free(w->mem);
}

static bool same_rule(const struct tw_rule *a, const struct tw_rule *b)
{
	return a->number == b->number && a->action == b->action && a->family == b->family &&
	       a->protocol == b->protocol && a->ports.lo == b->ports.lo &&
	       a->ports.hi == b->ports.hi && a->peer.len == b->peer.len &&
	       !tw_addr_cmp(a->peer.addr, b->peer.addr);
}

/* `old` without the number, and `now` without it, are the same. */
static void check_others(const struct tw_rules *old, const struct tw_rules *now, uint32_t number)
{
	size_t i = 0, k = 0;

	for (;;) {
		i += i < old->n && old->rule[i].number == number;
		k += k < now->n && now->rule[k].number == number;
		if (i == old->n || k == now->n)
			break;
		MUST(same_rule(&old->rule[i++], &now->rule[k++]));
	}
	MUST(i == old->n && k == now->n);
}

static const struct tw_rule *rule_of(const struct tw_rules *rules, uint32_t number)
{
	for (size_t i = 0; i < rules->n; i++)
		if (rules->rule[i].number == number && !rules->rule[i].implicit)
			return &rules->rule[i];
	return NULL;
}

static void try_edit(struct world *w, enum tw_operation operation, struct tw_entry entry)
{
	enum tw_list list = entry.egress ? TW_EGRESS : TW_INGRESS;
	struct tw_edit edit = {operation, entry, {0, 0, 0}};
	struct tw_rewritten *file = NULL;
	struct world now;
	size_t n = 0;

	entry.component = w->acl->object.id;
	edit.entry.component = w->acl->object.id;
	tw_status status = tw_rewrite(w->mem, w->sources, &edit, 1, w->diags, &file, &n);
	if (!w->acl->entries_known) {
		MUST(status == TW_EPARSE);
		return;
	}
	/* Such a file may be YAML by its content. */
	if (status == TW_EPARSE)
		return;
	MUST(status == TW_OK && n == 1);
	MUST(open_world(&now, file->bytes, file->size) && now.acl);
	for (int i = 0; i < 2; i++)
		check_others(&w->acl->list[i], &now.acl->list[i],
			i == (int)list ? entry.number : UINT32_MAX);
	const struct tw_rule *rule = rule_of(&now.acl->list[list], entry.number);
	MUST((rule == NULL) == (operation == TW_REMOVE));
	if (rule) {
		MUST(rule->protocol == entry.protocol && rule->ports.lo == entry.ports.lo);
		MUST((rule->action == TW_ALLOW) == entry.allow && rule->peer.len == 0);
	}
	close_world(&now);
	tw_rewritten_free(w->mem, file, n);
}

static struct tw_entry entry_like(const struct tw_rule *rule, bool egress)
{
	bool icmp = !rule->every_port;

	return (struct tw_entry){.egress = egress,
		.allow = rule->action == TW_ALLOW,
		.number = (uint16_t)rule->number,
		.protocol = rule->protocol,
		.cidr = rule->peer,
		.ports = rule->ports,
		.icmp_type = icmp ? (int16_t)(rule->ports.lo >> 8) : (int16_t)-1,
		.icmp_code = icmp && rule->ports.lo == rule->ports.hi
				     ? (int16_t)(rule->ports.lo & 255)
				     : (int16_t)-1};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tw_entry ssh = {.allow = true,
		.number = 12345,
		.protocol = TW_PROTOCOL_TCP,
		.cidr = {.family = TW_IPV6},
		.ports = {22, 22},
		.icmp_type = -1,
		.icmp_code = -1};
	struct world w;

	if (open_world(&w, data, size) && w.acl) {
		for (int list = 0; list < 2; list++) {
			const struct tw_rule *rule = &w.acl->list[list].rule[0];
			ssh.egress = list == TW_EGRESS;
			if (!rule_of(&w.acl->list[list], ssh.number))
				try_edit(&w, TW_ADD, ssh);
			if (rule->implicit)
				continue;
			struct tw_entry other = ssh;
			other.number = (uint16_t)rule->number;
			try_edit(&w, TW_REPLACE, other);
			try_edit(&w, TW_REMOVE, entry_like(rule, ssh.egress));
		}
	}
	close_world(&w);
	return 0;
}
