/* SPDX-License-Identifier: Apache-2.0 */
/* Random rules: every protocol that is spelled in a way of its own is frequent. */

#include "test_alloc.h"

#include "random_rules.h"

static const char *const nasty[] = {
	"acl-1",
	"",
	"it's",
	"a \"quoted\" one",
	"line\nrm -rf /",
	"carriage\rreturn",
	"$(touch pwned)",
	"`touch pwned`",
	"${HOME} %{ if true }",
	"*/ } */",
	"'; touch pwned; '",
	"\"'\"; touch pwned #",
	"back\\slash\\",
	"\x1b[31mred\x07",
	"\xe2\x80\xae"
	"desrever",
	"not \xff utf-8",
	"--no-verify-ssl",
	"-",
	"file:///etc/passwd",
	"null",
	"1e3",
	"a: b # c",
	"- item",
	"{x: y}",
	"&anchor *alias !tag",
	"EOF\nEOF\n",
	"\xe2\x80\xa8line separator",
	"a very long text that goes on and on, so that it has to be wrapped somewhere: "
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567",
};

static uint64_t below(struct test_random *random, uint64_t n)
{
	return test_random_below(random, n);
}

static const char *nasty_text(struct test_random *random)
{
	return nasty[below(random, TW_COUNT(nasty))];
}

static char *print(struct tw_arena *arena, const char *format, unsigned number)
{
	char *text = tw_arena_printf(arena, "%s%x", format, number);

	assert_non_null(text);
	return text;
}

static struct tw_prefix random_prefix(struct test_random *random)
{
	bool v6 = below(random, 3) == 0;
	unsigned bits = v6 ? 128 : 32, len = (unsigned)below(random, bits + 1);
	struct tw_prefix prefix = {.family = v6 ? TW_IPV6 : TW_IPV4, .len = (uint8_t)len};
	struct tw_addr addr = {v6 ? test_random_u64(random) : 0, test_random_u64(random)};

	if (!v6)
		addr.lo &= UINT32_MAX;
	if (v6)
		addr.hi &= len >= 64 ? UINT64_MAX : len == 0 ? 0 : UINT64_MAX << (64 - len);
	if (v6)
		addr.lo &= len <= 64 ? 0 : UINT64_MAX << (128 - len);
	else
		addr.lo &= len == 0 ? 0 : UINT64_MAX << (32 - len);
	prefix.addr = addr;
	return prefix;
}

static void random_service(struct test_random *random, struct tw_entry *entry)
{
	static const int16_t protocols[] = {6, 6, 6, 17, 17, 1, 58, -1, 50, 57, 0, 143, 255};

	entry->protocol = protocols[below(random, TW_COUNT(protocols))];
	entry->ports = (struct tw_ports){0, UINT16_MAX};
	entry->icmp_type = entry->icmp_code = -1;
	if (entry->protocol == TW_PROTOCOL_TCP || entry->protocol == TW_PROTOCOL_UDP) {
		uint16_t a = (uint16_t)below(random, 65536), b = (uint16_t)below(random, 65536);
		entry->ports = (struct tw_ports){a < b ? a : b, a < b ? b : a};
		if (below(random, 4) == 0)
			entry->ports.hi = entry->ports.lo = below(random, 2) ? 443 : 0;
	} else if (entry->protocol == TW_PROTOCOL_ICMP || entry->protocol == TW_PROTOCOL_ICMPV6) {
		if (below(random, 3) > 0)
			entry->icmp_type = (int16_t)below(random, 256);
		if (entry->icmp_type >= 0 && below(random, 2) > 0)
			entry->icmp_code = (int16_t)below(random, 256);
	}
}

static struct tw_entry random_entry(
	struct test_random *random, const char *component, bool group, bool hostile)
{
	struct tw_entry entry = {.component = component,
		.group = group,
		.egress = below(random, 2) == 0,
		.allow = group || below(random, 2) == 0,
		.number = group ? 0 : (uint16_t)(1 + below(random, 32766)),
		.cidr = random_prefix(random)};

	random_service(random, &entry);
	/* What AWS does with ICMP on a block of IPv6 is not documented: nobody asks for it. */
	if (!group && entry.protocol == TW_PROTOCOL_ICMP && entry.cidr.family == TW_IPV6)
		entry.protocol = TW_PROTOCOL_ICMPV6;
	if (group && below(random, 4) == 0)
		entry.peer_group = hostile ? nasty_text(random) : "sg-0123456789abcdef0";
	if (below(random, 2) == 0)
		entry.comment = hostile ? nasty_text(random) : "replies to the callers";
	return entry;
}

/* ---- edits ----------------------------------------------------------------------------------- */

const struct tw_edit *random_edits(
	struct test_random *random, struct tw_arena *arena, bool hostile, size_t *ret_n)
{
	size_t n = 1 + below(random, 5);
	struct tw_edit *edit = TW_NEW_ARRAY(arena, struct tw_edit, n);

	assert_non_null(edit);
	for (size_t i = 0; i < n; i++) {
		bool group = below(random, 3) == 0;
		const char *id =
			print(arena, group ? "sg-" : "acl-", (unsigned)below(random, 0xfff));
		edit[i].operation = (enum tw_operation)below(random, 3);
		edit[i].entry =
			random_entry(random, hostile ? nasty_text(random) : id, group, hostile);
	}
	*ret_n = n;
	return edit;
}

/* ---- rule sets ------------------------------------------------------------------------------- */

static int cmp_entries(const void *a, const void *b)
{
	const struct tw_entry *left = a, *right = b;

	if (left->egress != right->egress)
		return left->egress ? 1 : -1;
	return (left->number > right->number) - (left->number < right->number);
}

static bool number_taken(const struct tw_entry *entry, size_t n, const struct tw_entry *new)
{
	for (size_t i = 0; i < n; i++)
		if (entry[i].egress == new->egress && entry[i].number == new->number)
			return true;
	return false;
}

static void sort(struct tw_entry *entry, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && cmp_entries(&entry[k - 1], &entry[k]) > 0; k--) {
			struct tw_entry swap = entry[k];
			entry[k] = entry[k - 1];
			entry[k - 1] = swap;
		}
}

static void random_set(
	struct test_random *random, struct tw_arena *arena, bool hostile, struct tw_rule_set *set)
{
	size_t n = below(random, 12), kept = 0;
	struct tw_entry *entry = TW_NEW_ARRAY(arena, struct tw_entry, n + 1);
	const char **subnet = TW_NEW_ARRAY(arena, const char *, 3);

	assert_non_null(entry);
	assert_non_null(subnet);
	for (size_t i = 0; i < n; i++) {
		struct tw_entry new = random_entry(random, set->name, set->group, hostile);
		if (set->group || !number_taken(entry, kept, &new))
			entry[kept++] = new;
	}
	sort(entry, kept);
	set->entry = entry;
	set->entries = kept;
	set->about = hostile ? nasty_text(random) : "the web servers";
	if (below(random, 2) == 0)
		set->vpc_id = hostile ? nasty_text(random) : "vpc-0123456789abcdef0";
	set->subnets = set->group ? 0 : below(random, 3);
	for (size_t i = 0; i < set->subnets; i++)
		subnet[i] = hostile ? nasty_text(random)
				    : print(arena, "subnet-", (unsigned)below(random, 1u << 31));
	set->subnet = subnet;
}

/* Groups that name each other, and themselves. */
static void random_peers(struct test_random *random, struct tw_rule_set *set, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct tw_entry *entry = (struct tw_entry *)(uintptr_t)set[i].entry;
		for (size_t k = 0; k < set[i].entries; k++) {
			const struct tw_rule_set *peer = &set[below(random, n)];
			if (set[i].group && peer->group && below(random, 3) == 0)
				entry[k].peer_group = peer->name;
		}
	}
}

const struct tw_rule_set *random_sets(
	struct test_random *random, struct tw_arena *arena, bool hostile, size_t *ret_n)
{
	size_t n = 1 + below(random, 4), acls = below(random, n + 1);
	struct tw_rule_set *set = TW_NEW_ARRAY(arena, struct tw_rule_set, n);

	assert_non_null(set);
	for (size_t i = 0; i < n; i++) {
		set[i].name = print(arena, "web-", (unsigned)i);
		set[i].group = i >= acls;
		random_set(random, arena, hostile, &set[i]);
	}
	random_peers(random, set, n);
	*ret_n = n;
	return set;
}
