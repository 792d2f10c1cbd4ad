/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_EDIT_SERVICES_H
#define TW_EDIT_SERVICES_H

/*
 * Services that are worth a word when a rule opens their port (a fix, in opens.c), or when a rule
 * for replies shows it to the internet (a lint, TW301): data, not policy.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tw_known_service {
	uint8_t protocol;
	uint16_t port;
	const char *name;  /* "rdp" */
	const char *title; /* "RDP" */
	bool told;	   /* a fix that opens it says so */
	bool loud;	   /* ... before others, as there is room for a few only */
	uint8_t exposed;   /* TW301 tells of it, the least first, equals by port; 0: it does not */
};

/* By protocol and port. */
const struct tw_known_service *tw_known_services(size_t *ret_count);

#endif
