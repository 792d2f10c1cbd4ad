/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Finding: an id, a Name tag or a pattern becomes objects, and objects become the interfaces,
 * subnets and ACLs that make sites. Objects that only others name (the instance of an interface,
 * the VPC of a subnet) are found by their ids too.
 */

#include "find.h"

#include "index.h"
#include "order.h"

const enum tw_kind tw_end_kinds[TW_END_KINDS] = {TW_KIND_INSTANCE, TW_KIND_INTERFACE,
	TW_KIND_SUBNET, TW_KIND_LOAD_BALANCER, TW_KIND_NAT_GATEWAY, TW_KIND_ENDPOINT, TW_KIND_GROUP,
	TW_KIND_VPC, TW_KIND_ACL};

size_t tw_object_count(const struct tw_net *net, enum tw_kind kind)
{
	switch (kind) {
	case TW_KIND_INSTANCE:
		return net->instances;
	case TW_KIND_INTERFACE:
		return net->interfaces;
	case TW_KIND_SUBNET:
		return net->subnets;
	case TW_KIND_GROUP:
		return net->groups;
	case TW_KIND_VPC:
		return net->vpcs;
	case TW_KIND_ACL:
		return net->acls;
	case TW_KIND_LOAD_BALANCER:
		return net->balancers;
	case TW_KIND_NAT_GATEWAY:
		return net->nats;
	case TW_KIND_ENDPOINT:
		return net->endpoints;
	default:
		return 0;
	}
}

const struct tw_object *tw_object_at(const struct tw_net *net, enum tw_kind kind, size_t index)
{
	switch (kind) {
	case TW_KIND_INSTANCE:
		return &net->instance[index].object;
	case TW_KIND_INTERFACE:
		return &net->interface[index].object;
	case TW_KIND_SUBNET:
		return &net->subnet[index].object;
	case TW_KIND_GROUP:
		return &net->group[index].object;
	case TW_KIND_VPC:
		return &net->vpc[index].object;
	case TW_KIND_ACL:
		return &net->acl[index].object;
	case TW_KIND_LOAD_BALANCER:
		return &net->balancer[index].object;
	case TW_KIND_NAT_GATEWAY:
		return &net->nat[index].object;
	case TW_KIND_ENDPOINT:
		return &net->endpoint[index].object;
	default:
		return NULL;
	}
}

/* ---- what belongs to an object --------------------------------------------------------------- */

/* Gateways, load balancers and the like are no ends when something else than their id names them.
 */
static tw_status pick_ordinary(struct tw_picked *picked, uint32_t interface)
{
	if (picked->net->interface[interface].type == TW_INTERFACE_ORDINARY)
		return TW_VEC_PUSH(picked->net->mem, &picked->interface, interface);
	picked->managed = true;
	return TW_OK;
}

static bool carries(const struct tw_interface *interface, const char *group_id)
{
	for (size_t i = 0; i < interface->groups_n; i++)
		if (tw_known_same(interface->group_ids[i], group_id))
			return true;
	return false;
}

static tw_status pick_interfaces_of(struct tw_picked *picked, enum tw_kind kind, const char *id)
{
	const struct tw_net *net = picked->net;

	if (kind == TW_KIND_INSTANCE) {
		size_t i, end = tw_index_instance(net, id, &i);
		for (; i < end; i++)
			TW_TRY(pick_ordinary(picked, net->index->by_instance[i]));
		return TW_OK;
	}
	for (uint32_t i = 0; i < net->interfaces; i++)
		if (carries(&net->interface[i], id))
			TW_TRY(pick_ordinary(picked, i));
	return TW_OK;
}

static tw_status pick_subnets_of(struct tw_picked *picked, const char *vpc_id)
{
	for (uint32_t i = 0; i < picked->net->subnets; i++)
		if (tw_known_same(picked->net->subnet[i].vpc_id, vpc_id))
			TW_TRY(TW_VEC_PUSH(picked->net->mem, &picked->subnet, i));
	return TW_OK;
}

/* The load balancers that carry a group: their interfaces come and go. */
static tw_status pick_balancers_with(struct tw_picked *picked, const char *group_id)
{
	const struct tw_net *net = picked->net;

	for (uint32_t i = 0; i < net->balancers; i++)
		for (size_t k = 0; k < net->balancer[i].groups.n; k++)
			if (tw_known_same(net->balancer[i].groups.id[k], group_id))
				TW_TRY(TW_VEC_PUSH(net->mem, &picked->balancer, i));
	return TW_OK;
}

/* The interface that has one of the gateway's addresses. */
static tw_status pick_nat(struct tw_picked *picked, const struct tw_nat *nat)
{
	const struct tw_net *net = picked->net;
	const struct tw_subnet *subnet =
		nat->subnet == TW_MISSING ? NULL : &net->subnet[nat->subnet];

	for (size_t i = 0; subnet && i < subnet->interfaces_n; i++) {
		const struct tw_interface *one = &net->interface[subnet->interfaces[i]];
		for (size_t k = 0; k < nat->addresses.n; k++)
			if (one->addresses.n > 0 && tw_addr_cmp(one->addresses.v[0].addr,
							    nat->addresses.v[k].addr) == 0)
				TW_TRY(TW_VEC_PUSH(
					net->mem, &picked->interface, subnet->interfaces[i]));
	}
	return TW_OK;
}

/* The service's own addresses: the entries of the prefix lists that routes send to the endpoint. */
static tw_status pick_service(struct tw_picked *picked, const char *id)
{
	const struct tw_net *net = picked->net;

	for (size_t i = 0; i < net->tables; i++)
		for (size_t k = 0; k < net->table[i].routes_n; k++) {
			const struct tw_route *route = &net->table[i].route[k];
			if (!tw_known_same(route->target_id, id) || !route->prefix_list)
				continue;
			uint32_t list = tw_net_find(net, TW_KIND_PREFIX_LIST, route->prefix_list);
			if (list == TW_MISSING || !net->prefix_list[list].entries_known)
				return TW_REFUSED(picked,
					"the entries of %s, which lead to %s, are not in the "
					"input: add the output of get-managed-prefix-list-entries",
					route->prefix_list, id);
			for (size_t c = 0; c < net->prefix_list[list].cidrs.n; c++)
				TW_TRY(TW_VEC_PUSH(net->mem, &picked->range,
					tw_prefix_range(net->prefix_list[list].cidrs.v[c])));
		}
	return TW_OK;
}

static tw_status pick_endpoint(struct tw_picked *picked, const struct tw_endpoint *endpoint)
{
	if (endpoint->type == TW_ENDPOINT_GATEWAY)
		return pick_service(picked, endpoint->object.id);
	for (size_t i = 0; i < endpoint->interfaces.n; i++)
		if (endpoint->interfaces.at[i] != TW_MISSING)
			TW_TRY(TW_VEC_PUSH(
				picked->net->mem, &picked->interface, endpoint->interfaces.at[i]));
	return TW_OK;
}

static tw_status pick_members(struct tw_picked *picked, enum tw_kind kind, const char *id)
{
	struct tw_mem *mem = picked->net->mem;
	uint32_t index = tw_net_find(picked->net, kind, id);

	switch (kind) {
	case TW_KIND_INTERFACE:
		return TW_VEC_PUSH(mem, &picked->interface, index);
	case TW_KIND_SUBNET:
		return TW_VEC_PUSH(mem, &picked->subnet, index);
	case TW_KIND_ACL:
		return TW_VEC_PUSH(mem, &picked->acl, index);
	case TW_KIND_LOAD_BALANCER:
		return TW_VEC_PUSH(mem, &picked->balancer, index);
	case TW_KIND_NAT_GATEWAY:
		return pick_nat(picked, &picked->net->nat[index]);
	case TW_KIND_ENDPOINT:
		return pick_endpoint(picked, &picked->net->endpoint[index]);
	case TW_KIND_GROUP:
		TW_TRY(pick_balancers_with(picked, id));
		if (index == TW_MISSING)
			return pick_interfaces_of(picked, kind, id);
		for (size_t i = 0; i < picked->net->group[index].members_n; i++)
			TW_TRY(pick_ordinary(picked, picked->net->group[index].members[i]));
		return TW_OK;
	case TW_KIND_INSTANCE:
		return pick_interfaces_of(picked, kind, id);
	default:
		return pick_subnets_of(picked, id);
	}
}

static size_t picked_so_far(const struct tw_picked *picked)
{
	return picked->interface.n + picked->subnet.n + picked->acl.n + picked->balancer.n +
	       picked->range.n;
}

static tw_status refuse_empty(struct tw_picked *picked, enum tw_kind kind, const char *id)
{
	const char *advice = picked->net->holds[TW_KIND_INTERFACE]
				     ? ""
				     : "; add the output of describe-network-interfaces";

	if (picked->managed)
		return TW_REFUSED(picked,
			"the interfaces of %s %s belong to gateways, load balancers or other "
			"services; name the service, or one of the interfaces",
			tw_kind_name(kind), id);
	if (kind == TW_KIND_NAT_GATEWAY || kind == TW_KIND_ENDPOINT)
		return TW_REFUSED(picked, "%s has no network interface in the input%s", id, advice);
	if (kind == TW_KIND_VPC)
		return TW_REFUSED(picked,
			"the input has no subnet of %s; add the output of describe-subnets", id);
	if (kind == TW_KIND_GROUP)
		return TW_REFUSED(
			picked, "no network interface in the input carries %s%s", id, advice);
	return TW_REFUSED(
		picked, "instance %s has no network interface in the input%s", id, advice);
}

/* True if some object names another one that the model lacks. */
static bool is_named(const struct tw_net *net, enum tw_kind kind, const char *id)
{
	size_t begin;

	if (kind == TW_KIND_INSTANCE)
		return tw_index_instance(net, id, &begin) > begin;
	for (size_t i = 0; kind == TW_KIND_GROUP && i < net->interfaces; i++)
		if (carries(&net->interface[i], id))
			return true;
	for (size_t i = 0; kind == TW_KIND_VPC && i < net->subnets; i++)
		if (tw_known_same(net->subnet[i].vpc_id, id))
			return true;
	return false;
}

/* "app/web/50dc6c495c0c9188", the end of the ARN, is what the console and the metrics print. */
static const char *whole_arn(const struct tw_net *net, const char *id)
{
	size_t n = strlen(id);

	if (strncmp(id, "app/", 4) != 0 && strncmp(id, "net/", 4) != 0 &&
		strncmp(id, "gwy/", 4) != 0)
		return id;
	for (size_t i = 0; i < net->balancers; i++) {
		const char *arn = net->balancer[i].object.id;
		size_t m = strlen(arn);
		if (m > n && arn[m - n - 1] == '/' && strcmp(arn + m - n, id) == 0)
			return arn;
	}
	return id;
}

/* Whether a text is an id of a kind that others name: "i-0123abcd", never "web:443". */
static bool may_be(enum tw_kind kind, const char *id)
{
	const char *start = kind == TW_KIND_INSTANCE ? "i-"
			    : kind == TW_KIND_GROUP  ? "sg-"
						     : "vpc-";

	return strncmp(id, start, strlen(start)) == 0 && !strchr(id, ':');
}

tw_status tw_pick_id(struct tw_picked *picked, enum tw_kind kind, const char *id, bool *ret_found)
{
	if (kind == TW_KIND_LOAD_BALANCER)
		id = whole_arn(picked->net, id);
	uint32_t index = tw_net_find(picked->net, kind, id);
	size_t before = picked_so_far(picked);

	*ret_found = index != TW_MISSING || (may_be(kind, id) && is_named(picked->net, kind, id));
	if (!*ret_found)
		return TW_OK;
	TW_TRY(pick_members(picked, kind, id));
	if (picked_so_far(picked) == before)
		return refuse_empty(picked, kind, id);
	return TW_VEC_PUSH(picked->net->mem, &picked->id, id);
}

/* ---- many at once ---------------------------------------------------------------------------- */

/* Picks all marked objects of a kind; one pass over the interfaces for all instances together. */
static tw_status pick_marked(struct tw_picked *picked, enum tw_kind kind, const bool *mark)
{
	const struct tw_net *net = picked->net;

	for (size_t i = 0; i < tw_object_count(net, kind); i++) {
		const char *id = tw_object_at(net, kind, i)->id;
		if (!mark[i])
			continue;
		TW_TRY(TW_VEC_PUSH(net->mem, &picked->id, id));
		if (kind != TW_KIND_INSTANCE)
			TW_TRY(pick_members(picked, kind, id));
	}
	for (uint32_t i = 0; kind == TW_KIND_INSTANCE && i < net->interfaces; i++) {
		uint32_t instance = net->interface[i].instance;
		if (instance != TW_MISSING && mark[instance])
			TW_TRY(pick_ordinary(picked, i));
	}
	return TW_OK;
}

/* ---- Name tags ------------------------------------------------------------------------------- */

struct hits {
	bool *mark;
	size_t n;
};

static tw_status find_named(
	struct tw_picked *picked, enum tw_kind kind, const char *name, struct hits *ret)
{
	const struct tw_net *net = picked->net;
	struct hits hits = {NULL, 0};
	size_t i, end = tw_index_named(net, name, &i);

	for (; i < end; i++) {
		if (net->index->named[i].kind != kind)
			continue;
		if (!hits.mark)
			hits.mark = TW_NEW_ARRAY(picked->arena, bool, tw_object_count(net, kind));
		if (!hits.mark)
			return TW_ENOMEM;
		hits.mark[net->index->named[i].at] = true;
		hits.n++;
	}
	*ret = hits;
	return TW_OK;
}

/* What can send or receive. Lists and VPCs only hold what does. SPEC: nacl-subnet-boundary */
static bool acts(enum tw_kind kind)
{
	return kind != TW_KIND_GROUP && kind != TW_KIND_VPC && kind != TW_KIND_ACL;
}

struct named {
	const char *list; /* "subnet subnet-1, network ACL acl-1" */
	const struct tw_object *last;
};

/* The hits of the kinds that act, of those that do not, or of all. */
static tw_status list_hits(struct tw_picked *picked, const struct hits hits[TW_END_KINDS],
	bool actors, bool others, struct named *ret)
{
	enum { SHOWN = 20 };
	struct named named = {"", NULL};
	size_t shown = 0, total = 0;

	for (size_t k = 0; k < TW_END_KINDS; k++)
		for (size_t i = 0; i < tw_object_count(picked->net, tw_end_kinds[k]); i++) {
			if (!hits[k].mark || !hits[k].mark[i] ||
				!(acts(tw_end_kinds[k]) ? actors : others) || total++ >= SHOWN)
				continue;
			named.last = tw_object_at(picked->net, tw_end_kinds[k], i);
			named.list = tw_arena_printf(picked->arena, "%s%s%s %s", named.list,
				shown++ ? ", " : "", tw_kind_name(tw_end_kinds[k]), named.last->id);
			if (!named.list)
				return TW_ENOMEM;
		}
	if (total > shown)
		named.list = tw_arena_printf(
			picked->arena, "%s and %zu more", named.list, total - shown);
	*ret = named;
	return named.list ? TW_OK : TW_ENOMEM;
}

static tw_status refuse_kinds(
	struct tw_picked *picked, const char *name, const struct hits hits[TW_END_KINDS])
{
	struct named all;

	TW_TRY(list_hits(picked, hits, true, true, &all));
	TW_TRY(tw_diag_add_pair(picked->diags, TW_LEVEL_ERROR, 0, picked->span, all.last->span,
		"one of them is here",
		"\"%s\" is the Name tag of things of several kinds: %s; use an id", name,
		all.list));
	return TW_EINVAL;
}

/* Without a place: however often the name stands in the intents, the choice is the same one. */
static tw_status note_choice(
	struct tw_picked *picked, const char *name, const struct hits hits[TW_END_KINDS])
{
	struct named chosen, left;

	TW_TRY(list_hits(picked, hits, true, false, &chosen));
	TW_TRY(list_hits(picked, hits, false, true, &left));
	return tw_diag_add(picked->diags, TW_LEVEL_NOTE, 0, TW_NO_SPAN,
		"\"%s\" is taken for %s; the same Name tag is on %s, which cannot send or receive",
		name, chosen.list, left.list);
}

/* Of several kinds the only one that acts: people give a subnet and its list the same name. */
tw_status tw_pick_name(struct tw_picked *picked, const char *name, bool *ret_found)
{
	struct hits hits[TW_END_KINDS];
	size_t kinds = 0, actors = 0, at = 0;
	size_t before = picked_so_far(picked);

	for (size_t i = 0; i < TW_END_KINDS; i++) {
		TW_TRY(find_named(picked, tw_end_kinds[i], name, &hits[i]));
		if (hits[i].n == 0)
			continue;
		kinds++;
		actors += acts(tw_end_kinds[i]);
		if (kinds == 1 || acts(tw_end_kinds[i]))
			at = i;
	}
	*ret_found = kinds > 0;
	if (kinds == 0)
		return TW_OK;
	if (kinds > 1 && actors != 1)
		return refuse_kinds(picked, name, hits);
	if (kinds > 1)
		TW_TRY(note_choice(picked, name, hits));
	TW_TRY(pick_marked(picked, tw_end_kinds[at], hits[at].mark));
	if (picked_so_far(picked) == before)
		return refuse_empty(picked, tw_end_kinds[at], name);
	return TW_OK;
}

/* ---- tags ------------------------------------------------------------------------------------ */

/* One UTF-8 character further. */
static const char *step(const char *text)
{
	do
		text++;
	while (((unsigned char)*text & 0xc0) == 0x80);
	return text;
}

bool tw_pattern_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL; /* the last `*`, and where it was tried to end */

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = text;
		} else if (*pattern == '?') {
			pattern++;
			text = step(text);
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool has_tag(const struct tw_object *object, const struct tw_tag_pattern *pattern)
{
	for (size_t i = 0; i < object->tags_n; i++)
		if (tw_known_same(object->tags[i].key, pattern->key))
			return tw_pattern_matches(pattern->pattern, object->tags[i].value);
	return tw_known_same(pattern->key, "Name") && object->name &&
	       tw_pattern_matches(pattern->pattern, object->name);
}

tw_status tw_pick_tag(struct tw_picked *picked, const struct tw_tag_pattern *pattern)
{
	static const enum tw_kind kinds[] = {TW_KIND_INSTANCE, TW_KIND_INTERFACE, TW_KIND_SUBNET};

	for (size_t k = 0; k < TW_COUNT(kinds); k++) {
		size_t n = tw_object_count(picked->net, kinds[k]);
		bool *mark = TW_NEW_ARRAY(picked->arena, bool, n);
		if (!mark)
			return TW_ENOMEM;
		for (size_t i = 0; i < n; i++)
			mark[i] = has_tag(tw_object_at(picked->net, kinds[k], i), pattern);
		TW_TRY(pick_marked(picked, kinds[k], mark));
	}
	return TW_OK;
}
