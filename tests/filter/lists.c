/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and packets for the tests of filters. */

#include "lists.h"

#include <string.h>

struct tw_rule list_rule(
	const char *cidr, enum tw_action action, int protocol, unsigned lo, unsigned hi)
{
	struct tw_rule rule = {.action = action,
		.protocol = (int16_t)protocol,
		.ports = {(uint16_t)lo, (uint16_t)hi},
		.every_port = lo == 0 && hi == 65535};

	if (tw_prefix_parse(cidr, strlen(cidr), &rule.peer) != TW_PREFIX_OK)
		rule.peer.family = 99;
	rule.family = rule.peer.family;
	return rule;
}

void list_add(struct list *list, struct tw_rule rule)
{
	list->rule[list->rules.n++] = rule;
	list->rules.rule = list->rule;
}

void list_end(struct list *list)
{
	list_add(list, list_rule("0.0.0.0/0", TW_DENY, TW_PROTOCOL_ALL, 0, 65535));
	list_add(list, list_rule("::/0", TW_DENY, TW_PROTOCOL_ALL, 0, 65535));
}

static struct tw_addr random_addr(struct test_random *random, unsigned family)
{
	if (family == TW_IPV4)
		return (struct tw_addr){0, 10u << 24 | test_random_below(random, 2) << 16 |
						   test_random_below(random, 5)};
	return (struct tw_addr){0xfd00000000000000 | test_random_below(random, 2),
		test_random_below(random, 2) << 63 | test_random_below(random, 4)};
}

static struct tw_prefix random_peer(struct test_random *random, unsigned family)
{
	static const uint8_t v4[] = {0, 0, 8, 16, 24, 30, 31, 32};
	static const uint8_t v6[] = {0, 0, 8, 64, 65, 126, 127, 128};
	struct tw_prefix prefix = {random_addr(random, family), (uint8_t)family, 0};

	prefix.len = (family == TW_IPV4 ? v4 : v6)[test_random_below(random, 8)];
	prefix.addr = tw_prefix_range(prefix).first;
	return prefix;
}

static const int16_t protocols[] = {6, 6, 6, 6, 17, 17, 1, 58, 50, 0, 255, TW_PROTOCOL_ALL};
static const uint16_t edges[] = {0, 22, 80, 443, 1023, 1024, 8 << 8, 32768, 60999, 65535};

static struct tw_ports random_ports(struct test_random *random)
{
	uint16_t a = edges[test_random_below(random, 10)], b = edges[test_random_below(random, 10)];

	return (struct tw_ports){a < b ? a : b, a < b ? b : a};
}

static struct tw_rule random_rule(struct test_random *random, bool doubt, bool group)
{
	unsigned family = test_random_below(random, 3) ? TW_IPV4 : TW_IPV6;
	int16_t protocol = protocols[test_random_below(random, 12)];
	struct tw_rule rule = {.family = (uint8_t)family, .protocol = protocol};

	rule.peer = random_peer(random, family);
	rule.ports = random_ports(random);
	rule.action = group || test_random_below(random, 2) ? TW_ALLOW : TW_DENY;
	if (test_random_below(random, 5) == 0) {
		rule.every_port = true;
		rule.ports = (struct tw_ports){0, 65535};
	}
	if (!doubt) {
		if (protocol == (family == TW_IPV4 ? 58 : 1))
			rule.protocol = TW_PROTOCOL_TCP;
		return rule;
	}
	rule.maybe = test_random_below(random, 4) == 0;
	rule.icmp_any_type_code = test_random_below(random, 6) == 0;
	if (test_random_below(random, 8) == 0)
		rule.action = TW_ACTION_UNKNOWN;
	return rule;
}

void list_random(struct list *list, struct test_random *random, bool doubt, bool group)
{
	size_t n = test_random_below(random, LIST_MOST);

	list->rules = (struct tw_rules){list->rule, 0};
	for (size_t i = 0; i < n; i++) {
		struct tw_rule rule = random_rule(random, doubt, group);

		if (group && test_random_below(random, 2)) {
			rule.peers = list->peers[i];
			rule.peers_n = test_random_below(random, 4);
			/* Peers of both families: ICMP is of the wrong family for some of them. */
			if (!doubt && (rule.protocol == 1 || rule.protocol == 58))
				rule.protocol = TW_PROTOCOL_UDP;
			if (test_random_below(random, 2))
				rule.family = 0;
			for (size_t p = 0; p < rule.peers_n; p++)
				list->peers[i][p] = tw_prefix_range(random_peer(
					random, test_random_below(random, 2) ? TW_IPV4 : TW_IPV6));
		} else if (doubt && test_random_below(random, 20) == 0) {
			/* The reader could not tell the peer at all. */
			rule.peer = (struct tw_prefix){{0, 0}, 0, 0};
			rule.family = 0;
			rule.maybe = true;
		}
		list_add(list, rule);
	}
	if (!group && test_random_below(random, 4))
		list_end(list);
}

struct tw_packet list_packet(struct test_random *random)
{
	static const uint8_t others[] = {2, 51, 254};
	unsigned family = test_random_below(random, 3) ? TW_IPV4 : TW_IPV6;
	int16_t protocol = protocols[test_random_below(random, 12)];
	struct tw_packet packet = {.family = (uint8_t)family};

	packet.protocol = (uint8_t)protocol;
	if (protocol == TW_PROTOCOL_ALL)
		packet.protocol = others[test_random_below(random, 3)];
	packet.peer = random_addr(random, family);
	packet.port =
		(uint16_t)(edges[test_random_below(random, 10)] + test_random_below(random, 3) - 1);
	return packet;
}

struct tw_point list_point(
	const struct tw_packet *packet, struct tw_view view, struct test_random *random)
{
	struct tw_point point = {.family = packet->family, .protocol = packet->protocol};
	uint16_t other = (uint16_t)test_random_u64(random);
	bool from = tw_view_peer_field(view) == TW_FIELD_FROM;
	bool service = tw_view_port_field(view) == TW_FIELD_SERVICE;

	point.from = from ? packet->peer : random_addr(random, packet->family);
	point.to = from ? random_addr(random, packet->family) : packet->peer;
	point.service = service ? packet->port : other;
	point.client = service ? other : packet->port;
	return point;
}
