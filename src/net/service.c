/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Services: "tcp/443", "icmp/8/0", "protocol/50", "all". This is the one place that reads and
 * writes them, for twoway.yaml, the command line and reports alike.
 *
 *	tcp  tcp/443  tcp/8000-8100     likewise udp; without ports: all of them
 *	443  8000-8100                  tcp
 *	icmp  icmp/8  icmp/8/0          type, type and code; likewise icmpv6
 *	protocol/50                     0-255
 *	all
 *
 * Whatever has no ports, or all of them, has the ports 0-65535. A service that is nothing but
 * port 0 is refused: no program listens there, and some tools misspell "all" like that.
 */

#include <stdio.h>

#include "ranges.h"
#include "twoway/intents.h"

static const struct tw_ports every_port = {0, 65535};

/* Splits at the first '/'; false if there is none, and then `*ret_rest` is empty. */
static bool split(struct tw_sv text, struct tw_sv *ret_head, struct tw_sv *ret_rest)
{
	const char *slash = text.n > 0 ? memchr(text.p, '/', text.n) : NULL;

	*ret_head = text;
	*ret_rest = (struct tw_sv){text.p + text.n, 0};
	if (slash == NULL)
		return false;
	ret_head->n = (size_t)(slash - text.p);
	*ret_rest = (struct tw_sv){slash + 1, text.n - ret_head->n - 1};
	return true;
}

static bool parse_ports(struct tw_sv text, struct tw_ports *ret)
{
	struct tw_ports ports;

	if (!tw_ports_parse(text, &ports) || ports.hi == 0)
		return false;
	*ret = ports;
	return true;
}

/* "8" or "8/0". */
static bool parse_icmp(struct tw_sv text, struct tw_ports *ret)
{
	struct tw_sv type_text, code_text;
	uint64_t type, code;
	bool coded = split(text, &type_text, &code_text);

	if (!tw_parse_uint(type_text, 255, &type))
		return false;
	if (!coded) {
		*ret = (struct tw_ports){TW_ICMP(type, 0), TW_ICMP(type, 255)};
		return true;
	}
	if (!tw_parse_uint(code_text, 255, &code))
		return false;
	*ret = (struct tw_ports){TW_ICMP(type, code), TW_ICMP(type, code)};
	return true;
}

static bool parse_protocol(
	struct tw_sv head, bool has_rest, struct tw_sv rest, struct tw_service *ret)
{
	static const struct {
		const char *name;
		int16_t protocol;
		bool (*parse)(struct tw_sv text, struct tw_ports *ret);
	} named[] = {
		{"tcp", TW_PROTOCOL_TCP, parse_ports},
		{"udp", TW_PROTOCOL_UDP, parse_ports},
		{"icmp", TW_PROTOCOL_ICMP, parse_icmp},
		{"icmpv6", TW_PROTOCOL_ICMPV6, parse_icmp},
	};
	uint64_t number;

	for (size_t i = 0; i < TW_COUNT(named); i++) {
		if (!tw_sv_is(head, named[i].name))
			continue;
		ret->protocol = named[i].protocol;
		return !has_rest || named[i].parse(rest, &ret->ports);
	}
	if (!tw_sv_is(head, "protocol") || !tw_parse_uint(rest, 255, &number))
		return false;
	ret->protocol = (int16_t)number;
	return true;
}

bool tw_service_parse(const char *text, struct tw_service *ret)
{
	struct tw_service service = {.protocol = -1, .ports = every_port, .span = TW_NO_SPAN};
	struct tw_sv head, rest;
	bool has_rest = split(tw_sv_of(text), &head, &rest);

	if (has_rest || !tw_sv_is(head, "all")) {
		if (!has_rest && parse_ports(head, &service.ports))
			service.protocol = TW_PROTOCOL_TCP;
		else if (!parse_protocol(head, has_rest, rest, &service))
			return false;
	}
	*ret = service;
	return true;
}

/* ICMP types and codes: "/8" for a whole type, "/8/0", "/3/0-4", "/3-4" for whole types. */
static void icmp_text(struct tw_ports p, char *buf, size_t size)
{
	unsigned type_lo = p.lo >> 8, type_hi = p.hi >> 8, code_lo = p.lo & 255,
		 code_hi = p.hi & 255;
	bool whole = code_lo == 0 && code_hi == 255;

	if (type_lo == type_hi && whole)
		snprintf(buf, size, "/%u", type_lo);
	else if (p.lo == p.hi)
		snprintf(buf, size, "/%u/%u", type_lo, code_lo);
	else if (type_lo == type_hi)
		snprintf(buf, size, "/%u/%u-%u", type_lo, code_lo, code_hi);
	else if (whole)
		snprintf(buf, size, "/%u-%u", type_lo, type_hi);
	else
		snprintf(buf, size, "/%u/%u-%u/%u", type_lo, code_lo, type_hi, code_hi);
}

const char *tw_service_text(const struct tw_service *service, char buf[TW_SERVICE_TEXT])
{
	struct tw_ports p = service->ports;
	size_t n, size;

	tw_protocol_text(service->protocol, buf);
	if (p.lo == every_port.lo && p.hi == every_port.hi)
		return buf;
	n = strlen(buf);
	size = TW_SERVICE_TEXT - n;
	switch (service->protocol) {
	case TW_PROTOCOL_ICMP:
	case TW_PROTOCOL_ICMPV6:
		icmp_text(p, buf + n, size);
		break;
	case TW_PROTOCOL_TCP:
	case TW_PROTOCOL_UDP:
		if (p.lo == p.hi)
			snprintf(buf + n, size, "/%u", (unsigned)p.lo);
		else
			snprintf(buf + n, size, "/%u-%u", (unsigned)p.lo, (unsigned)p.hi);
		break;
	default: /* no other protocol has ports */
		break;
	}
	return buf;
}

const char *tw_protocol_text(int protocol, char buf[TW_SERVICE_TEXT])
{
	const char *name = NULL;

	switch (protocol) {
	case -1:
		name = "all";
		break;
	case TW_PROTOCOL_ICMP:
		name = "icmp";
		break;
	case TW_PROTOCOL_TCP:
		name = "tcp";
		break;
	case TW_PROTOCOL_UDP:
		name = "udp";
		break;
	case TW_PROTOCOL_ICMPV6:
		name = "icmpv6";
		break;
	default:
		break;
	}
	if (name != NULL)
		snprintf(buf, TW_SERVICE_TEXT, "%s", name);
	else
		snprintf(buf, TW_SERVICE_TEXT, "protocol/%d", protocol);
	return buf;
}
