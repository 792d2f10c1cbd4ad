/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_EDIT_SERVICES_H
#define TW_EDIT_SERVICES_H

/* Services that are worth a word when a rule opens their port: data, not policy. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tw_known_service {
	uint8_t protocol;
	uint16_t port;
	const char *name;  /* "rdp" */
	const char *title; /* "RDP" */
	const char *what;  /* "remote desktop of Windows" */
	bool loud;	   /* named first where there is room for a few only */
};

/* By protocol and port. */
const struct tw_known_service *tw_known_services(size_t *ret_count);

#endif
