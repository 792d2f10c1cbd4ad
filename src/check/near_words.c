/* SPDX-License-Identifier: Apache-2.0 */
/* Near misses in words: what the rule has, what it would need, what is missing. */
#include "near_miss.h"

#include "index.h"

enum { BLOCKS = 3, PORTS = 4 };

/* ---- ports ----------------------------------------------------------------------------------- */

/* "linux", "linux, windows", "nat, elb, freebsd and 2 more" */
static tw_status picker_text(
	struct tw_results *r, const struct tw_finding_draft *f, struct tw_pickers *ret)
{
	enum { MOST = 3 };
	size_t n = 0;
	for (size_t i = 0; i < f->client.n; i++) {
		const struct tw_client_result *c = &f->client.v[i];
		if (c->level < f->level || n++ >= MOST)
			continue;
		ret->who = ret->who ? tw_arena_printf(r->arena, "%s, %s", ret->who, c->client->id)
				    : c->client->id;
		if (!ret->who)
			return TW_ENOMEM;
	}
	ret->several = n > 1;
	if (n > MOST)
		ret->who = tw_arena_printf(r->arena, "%s and %zu more", ret->who, n - MOST);
	return n > MOST && !ret->who ? TW_ENOMEM : TW_OK;
}

static tw_status all_ports(struct tw_results *r, struct tw_pickers *ret)
{
	ret->ports.v = TW_NEW(r->arena, struct tw_ports);
	if (!ret->ports.v)
		return TW_ENOMEM;
	ret->ports.v[0] = (struct tw_ports){1024, 65535};
	ret->ports.n = 1;
	return TW_OK;
}

tw_status tw_finding_pickers(
	struct tw_results *r, const struct tw_finding_draft *f, struct tw_pickers *ret)
{
	struct tw_pickers picked = {0};
	if (f->cause.leg > 0) { /* SPEC: eph-nat */
		picked.who = "the NAT gateway";
		*ret = picked;
		return all_ports(r, ret);
	}
	TW_TRY(picker_text(r, f, &picked));
	for (size_t i = 0; i < f->client.n; i++) {
		const struct tw_client_result *c = &f->client.v[i];
		struct tw_port_list own = {
			TW_NEW_ARRAY(r->arena, struct tw_ports, c->client->ranges + 1),
			c->client->ranges};
		if (!own.v)
			return TW_ENOMEM;
		memcpy(own.v, c->client->range, own.n * sizeof(*own.v));
		if (c->level >= f->level)
			TW_TRY(tw_ports_union(r->arena, picked.ports, own, &picked.ports));
	}
	*ret = picked;
	if (picked.ports.n > 0)
		return TW_OK;
	ret->who = "clients"; /* of every kind. SPEC: eph-cover-all */
	ret->several = true;
	return all_ports(r, ret);
}

static tw_status ports_text(struct tw_results *r, const struct tw_finding_draft *f,
	const struct tw_miss *miss, const char **ret)
{
	struct tw_pickers picked;
	TW_TRY(tw_finding_pickers(r, f, &picked));
	const char *own = tw_ports_text(r->arena, &miss->rule->ports, 1, 1);
	const char *need = tw_ports_text(r->arena, picked.ports.v, picked.ports.n, PORTS);
	const char *lost = tw_ports_text(r->arena, miss->ports.v, miss->ports.n, PORTS);
	bool one = miss->ports.n == 1 && miss->ports.v[0].lo == miss->ports.v[0].hi;
	*ret = own && need && lost ? tw_arena_printf(r->arena, "allows %s; %s %s %s: %s %s missing",
					     own, picked.who, picked.several ? "pick" : "picks",
					     need, lost, one ? "is" : "are")
				   : NULL;
	return *ret ? TW_OK : TW_ENOMEM;
}

/* ---- peers ----------------------------------------------------------------------------------- */

static bool has_family(struct tw_ranges ranges, uint8_t family)
{
	for (size_t i = 0; i < ranges.n; i++)
		if (ranges.v[i].family == family)
			return true;
	return false;
}

/* "the internet", if it is missed as a whole, but for what the rule is for; and others, if some of
 * them are in a known VPC. Else NULL. */
static tw_status internet_text(
	struct tw_results *r, const struct tw_miss *miss, struct tw_arena *arena, const char **ret)
{
	const struct tw_range own = tw_prefix_range(miss->rule->peer);
	const struct tw_index *index = r->net->index;
	struct tw_ranges public, other, inside;
	*ret = NULL;
	TW_TRY(tw_ranges_subtract(arena, index->internet, (struct tw_ranges){&own, 1}, &public));
	TW_TRY(tw_ranges_subtract(arena, public, miss->peers, &other));
	TW_TRY(tw_ranges_intersect(arena, index->settled, miss->peers, &inside));
	if (has_family(public, own.family) && !has_family(other, own.family))
		*ret = inside.n > 0 ? "the internet and others" : "the internet";
	return TW_OK;
}

/* The name that all flows of the finding have for the far end; NULL if they have several. */
static const char *name_of_all(const struct tw_finding_draft *f)
{
	const char *name = NULL;
	for (size_t i = 0; i < f->subject.n; i++) {
		const struct tw_subject *one = &f->subject.v[i];
		const char *own = one->block ? one->block : one->peer;
		if (name && strcmp(name, own) != 0)
			return NULL;
		name = own;
	}
	return name;
}

/* "10.0.3.0/24, 10.0.4.0/24"; "and others" if there are more. */
static tw_status blocks_text(
	struct tw_results *r, const struct tw_miss *miss, bool *ret_more, const char **ret)
{
	struct tw_prefix block[BLOCKS + 1];
	char buf[TW_PREFIX_TEXT];
	const char *text = NULL;
	size_t n = 0;
	for (size_t i = 0; i < miss->peers.n && n <= BLOCKS; i++)
		n += tw_range_prefixes(miss->peers.v[i], block + n, BLOCKS + 1 - n);
	*ret_more = n > BLOCKS || miss->cut;
	for (size_t i = 0; i < n && i < BLOCKS; i++) {
		tw_prefix_text(block[i], buf);
		text = tw_arena_printf(r->arena, "%s%s%s", text ? text : "", text ? ", " : "", buf);
		if (!text)
			return TW_ENOMEM;
	}
	*ret = *ret_more ? tw_arena_printf(r->arena, "%s and others", text) : text;
	return *ret ? TW_OK : TW_ENOMEM;
}

static tw_status peers_name(struct tw_results *r, const struct tw_finding_draft *f,
	const struct tw_miss *miss, const char **ret)
{
	struct tw_arena arena;
	bool more;
	tw_arena_init(&arena, r->mem);
	tw_status status = internet_text(r, miss, &arena, ret);
	tw_arena_fini(&arena);
	if (status != TW_OK || *ret)
		return status;
	TW_TRY(blocks_text(r, miss, &more, ret));
	const char *name = more ? name_of_all(f) : NULL;
	*ret = name ? name : *ret;
	return TW_OK;
}

static tw_status peers_text(struct tw_results *r, const struct tw_finding_draft *f,
	const struct tw_miss *miss, const char **ret)
{
	char buf[TW_PREFIX_TEXT];
	bool in = f->cause.list == TW_INGRESS;
	const char *peers;
	TW_TRY(peers_name(r, f, miss, &peers));
	*ret = tw_arena_printf(r->arena, "is for %s only, these %s %s %s",
		tw_prefix_text(miss->rule->peer, buf),
		f->cause.direction == TW_REPLY ? "replies" : "requests", in ? "come from" : "go to",
		peers);
	return *ret ? TW_OK : TW_ENOMEM;
}

tw_status tw_miss_text(struct tw_results *r, const struct tw_finding_draft *f,
	const struct tw_miss *miss, const char **ret)
{
	const char *ports = NULL, *peers = NULL;
	if (miss->ports.n > 0)
		TW_TRY(ports_text(r, f, miss, &ports));
	if (miss->peers.n > 0)
		TW_TRY(peers_text(r, f, miss, &peers));
	*ret = tw_arena_printf(r->arena, "%s rule %s %s%s%s", tw_list_name(f->cause.list),
		miss->rule->id, ports ? ports : "", ports && peers ? "; it " : "",
		peers ? peers : "");
	return *ret ? TW_OK : TW_ENOMEM;
}
