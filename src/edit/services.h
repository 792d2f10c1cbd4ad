/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_EDIT_SERVICES_H
#define TW_EDIT_SERVICES_H

/*
 * Services that are worth a word when a rule opens their port (a fix, in opens.c), or when a rule
 * for replies shows it to the internet (a lint, TW301): data, not policy.
 *
 * Ports and names are those that IANA or the maker assigns. Which services are in, and their order,
 * is a choice of this project; no page of AWS ranks them. First come those that hand whoever
 * reaches them a shell or somebody's data, often without asking for a password; then what else is
 * scanned for. Neither decides a verdict or whether a fix is safe: all services count there, and
 * all packets.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the sentence of a fix, which has room for a few. */
enum tw_told {
	TW_UNTOLD, /* TW301 names it, a fix does not */
	TW_TOLD,
	TW_TOLD_FIRST
};

struct tw_known_service {
	uint8_t protocol;
	uint16_t port;
	const char *name;  /* "rdp" */
	const char *title; /* "RDP" */
	enum tw_told told;
	uint8_t rank; /* place in the sentence of TW301, equals by port */
};

/* By protocol and port. */
const struct tw_known_service *tw_known_services(size_t *ret_count);

#endif
