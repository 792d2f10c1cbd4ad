/* SPDX-License-Identifier: Apache-2.0 */
/* The world outside: which addresses are the internet, and which AWS answers itself. */
#include "path.h"
#include "world.h"

/* Private, link-local, loopback and multicast blocks: not the internet (contract section 1). */
static const char *const not_public[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
	"100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "fc00::/7", "fe80::/10",
	"::1/128", "ff00::/8"};

tw_set tw_ranges_set(
	struct tw_space *space, enum tw_field field, const struct tw_range *range, size_t n)
{
	tw_set set = TW_EMPTY;
	struct tw_box chunk[64];
	for (size_t i = 0; i < n;) {
		size_t k = 0;
		for (; k < TW_COUNT(chunk) && i < n; i++, k++) {
			chunk[k] = tw_box_all(range[i].family);
			*(field == TW_FIELD_FROM ? &chunk[k].from : &chunk[k].to) = range[i];
		}
		set = tw_set_union(space, set, tw_set_boxes(space, chunk, k));
	}
	return set;
}

tw_status tw_public_ranges(struct tw_arena *arena, struct tw_ranges *ret)
{
	struct tw_prefix prefix[TW_COUNT(not_public)];
	struct tw_ranges all, private;

	for (size_t i = 0; i < TW_COUNT(not_public); i++)
		if (tw_prefix_parse(not_public[i], strlen(not_public[i]), &prefix[i]) !=
			TW_PREFIX_OK)
			return TW_EBUG;
	TW_TRY(tw_ranges_of_prefixes(arena, prefix, TW_COUNT(not_public), &private));
	TW_TRY(tw_ranges_all(arena, &all));
	return tw_ranges_subtract(arena, all, private, ret);
}

/* A VPC that is in no input is known by the blocks of its subnets. */
tw_status tw_internet_ranges(
	const struct tw_net *net, struct tw_arena *arena, struct tw_ranges *ret)
{
	struct tw_ranges public;
	size_t n = 0;

	for (size_t i = 0; i < net->vpcs; i++)
		n += net->vpc[i].cidrs.n;
	for (size_t i = 0; i < net->subnets; i++)
		n += net->subnet[i].cidrs.n;
	struct tw_range *known = TW_NEW_ARRAY(arena, struct tw_range, n);
	if (!known)
		return TW_ENOMEM;
	n = 0;
	for (size_t i = 0; i < net->vpcs; i++)
		for (size_t k = 0; k < net->vpc[i].cidrs.n; k++)
			known[n++] = tw_prefix_range(net->vpc[i].cidrs.v[k]);
	for (size_t i = 0; i < net->subnets; i++)
		for (size_t k = 0; k < net->subnet[i].cidrs.n; k++)
			known[n++] = tw_prefix_range(net->subnet[i].cidrs.v[k]);
	n = tw_ranges_join(known, n);
	TW_TRY(tw_public_ranges(arena, &public));
	return tw_ranges_subtract(arena, public, (struct tw_ranges){known, n}, ret);
}

tw_status tw_world_build(const struct tw_net *net, struct tw_space *space, struct tw_world *ret)
{
	struct tw_ranges public;
	struct tw_arena arena;

	tw_arena_init(&arena, net->mem);
	tw_status status = tw_public_ranges(&arena, &public);
	if (status == TW_OK) {
		struct tw_world world = {
			.public_from = tw_ranges_set(space, TW_FIELD_FROM, public.v, public.n),
			.public_to = tw_ranges_set(space, TW_FIELD_TO, public.v, public.n)};
		for (size_t i = 0; i < public.n; i++) {
			struct tw_range inside = public.v[i];
			if (inside.family != TW_IPV4)
				continue;
			inside.family = TW_IPV6;
			inside.first.hi = inside.last.hi = TW_NAT64_HI;
			world.embedded_to = tw_set_union(space, world.embedded_to,
				tw_ranges_set(space, TW_FIELD_TO, &inside, 1));
		}
		status = tw_space_status(space);
		if (status == TW_OK)
			*ret = world;
	}
	tw_arena_fini(&arena);
	return status;
}

/* Addresses that AWS answers itself, and that no filter sees. */
static const struct {
	const char *prefix, *id, *text;
	bool assumed; /* the address is not confirmed by a source that was read */
} exempt[] = {
	{"169.254.169.253/32", "exempt-dns", "the VPC's DNS resolver", false},
	{"fd00:ec2::253/128", "exempt-dns", "the VPC's DNS resolver", false},
	{"169.254.169.254/32", "exempt-imds", "the instance metadata service", false},
	{"fd00:ec2::254/128", "exempt-imds", "the instance metadata service", false},
	{"169.254.169.123/32", "exempt-time", "the Amazon time service", false},
	{"fd00:ec2::123/128", "exempt-time", "the Amazon time service", false},
	{"169.254.170.2/32", "exempt-ecs-metadata", "the ECS task metadata service", true},
	{"169.254.169.250/32", "exempt-kms", "the Windows licence service", true},
	{"169.254.169.251/32", "exempt-kms", "the Windows licence service", true},
};

static void add(struct tw_exemption *list, size_t *n, struct tw_prefix prefix, const char *id,
	const char *text, bool assumed, bool nowhere)
{
	if (*n < TW_EXEMPTIONS)
		list[(*n)++] =
			(struct tw_exemption){tw_prefix_range(prefix), id, text, assumed, nowhere};
}

/* SPEC: exempt-dns */
bool tw_may_be_resolver(struct tw_range range)
{
	return range.family == TW_IPV4 && tw_addr_cmp(range.first, range.last) == 0 &&
	       range.first.lo % 16 == 2;
}

size_t tw_router_exemptions(
	const struct tw_net *net, uint32_t subnet, struct tw_exemption *list, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; subnet != TW_MISSING && i < net->subnet[subnet].cidrs.n; i++) {
		struct tw_prefix prefix = net->subnet[subnet].cidrs.v[i];
		if (prefix.family != TW_IPV4 || n == room)
			continue;
		prefix.addr.lo += 1;
		prefix.len = 32;
		list[n++] = (struct tw_exemption){
			tw_prefix_range(prefix), "exempt-router", "the VPC router", false, false};
	}
	return n;
}

/* SPEC: exempt-before-nacl, exempt-dns, exempt-router, exempt-imds, exempt-time, exempt-kms,
 * exempt-ecs-metadata, exempt-sg-same, exempt-not-own-dns */
tw_status tw_exemptions(const struct tw_net *net, uint32_t vpc, uint32_t subnet,
	struct tw_exemption list[TW_EXEMPTIONS], size_t *ret_n)
{
	size_t n = 0;
	for (size_t i = 0; i < TW_COUNT(exempt); i++) {
		struct tw_prefix prefix;
		if (tw_prefix_parse(exempt[i].prefix, strlen(exempt[i].prefix), &prefix) !=
			TW_PREFIX_OK)
			return TW_EBUG;
		add(list, &n, prefix, exempt[i].id, exempt[i].text, exempt[i].assumed, true);
	}
	/* The resolver answers at the primary IPv4 block's base + 2 only. */
	if (vpc != TW_MISSING && net->vpc[vpc].cidrs.n > 0 &&
		net->vpc[vpc].cidrs.v[0].family == TW_IPV4) {
		struct tw_prefix prefix = {net->vpc[vpc].cidrs.v[0].addr, TW_IPV4, 32};
		prefix.addr.lo += 2;
		add(list, &n, prefix, "exempt-dns", "the VPC's DNS resolver", false, false);
	}
	*ret_n = n + tw_router_exemptions(net, subnet, list + n, TW_EXEMPTIONS - n);
	return TW_OK;
}
