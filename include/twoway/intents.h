/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_INTENTS_H
#define TWOWAY_INTENTS_H

#include <stdbool.h>

#include "twoway/client.h"
#include "twoway/source.h"

/**
 * Intents: what the owner wants, as read from a twoway.yaml (see twoway.yaml(5)). Everything lives
 * in the object's own arena and is read-only for users of the library.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Several texts of one selector key; patterns as in shell globs for tags only. */
struct tw_texts {
	const char *const *v;
	size_t n;
};

/** Who: everything that any of the lists selects. */
struct tw_selector {
	struct tw_texts instance, interface, subnet, security_group, load_balancer, cidr, address;
	struct tw_tag_pattern {
		const char *key, *pattern;
	} const *tag;
	size_t tags;
	bool internet;
	struct tw_span span;
};

struct tw_named {
	const char *name;
	struct tw_selector selector;
	/** What this end connects with, or NULL. */
	const struct tw_client *client;
	struct tw_span span;
};

/** What: "tcp/443", "udp/53", "tcp/8000-8100", "icmp/8/0", "icmpv6/128", "protocol/50", "all". */
struct tw_service {
	/** 0-255, or -1: all. */
	int16_t protocol;
	/** Destination ports, or type * 256 + code; all of them: 0-65535. */
	struct tw_ports ports;
	struct tw_span span;
};

/**
 * One end of an intent: either a text as `--from` takes it, with `named` if that is a name of
 * `names:`, or a selector in place.
 */
struct tw_end {
	const char *text;
	const struct tw_named *named;
	const struct tw_selector *selector;
	struct tw_span span;
};

struct tw_intent {
	const char *name;
	/** From `never:`. */
	bool never;
	struct tw_end from, to;
	const struct tw_service *service;
	size_t services;
	/** `clients:`, n 0: the default ones. */
	const struct tw_client *const *client;
	size_t clients;
	bool every_connection;
	struct tw_span span;
};

struct tw_ignore {
	/** "TW102". */
	const char *code;
	/** A component's id; a flow's name or id; or NULL. */
	const char *at, *flow;
	/** "2027-01-31" or NULL. */
	const char *until;
	/** NULL or "": does not suppress (TW902). */
	const char *reason;
	struct tw_span span;
};

struct tw_intents;

struct tw_intents_view {
	const struct tw_named *named;
	/** Flows first, then never, each in file order. */
	const struct tw_intent *intent;
	const struct tw_ignore *ignore;
	/** `clients:`. */
	const struct tw_client *client;
	size_t nameds, intents, ignores, clients;
	bool infer;
};

struct tw_intents_view tw_intents_view(const struct tw_intents *intents);
void tw_intents_free(struct tw_intents *intents);

/**
 * Reads a service: the forms above, "tcp" and the like for all ports, a bare port or range for
 * TCP. False, and *ret untouched, if it is none. Nothing else reads services.
 */
bool tw_service_parse(const char *text, struct tw_service *ret);
/** "tcp/443" into `buf` of TW_SERVICE_TEXT bytes. Returns buf. */
#define TW_SERVICE_TEXT 48
const char *tw_service_text(const struct tw_service *service, char buf[TW_SERVICE_TEXT]);
/** "tcp", "udp", "icmp", "icmpv6", "all", else "protocol/50"; the names of contract section 1. */
const char *tw_protocol_text(int protocol, char buf[TW_SERVICE_TEXT]);

#ifdef __cplusplus
}
#endif
#endif
