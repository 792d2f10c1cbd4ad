/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_WORLD_H
#define TW_NET_WORLD_H

/* Addresses that AWS answers itself, as seen from one subnet. SPEC: exempt-before-nacl */

#include "net.h"

struct tw_exemption {
	struct tw_range range;
	const char *id;   /* SPEC id */
	const char *text; /* "the VPC's DNS resolver" */
	bool assumed;     /* by an address that no source read confirms */
};

#define TW_EXEMPTIONS 32

TW_NODISCARD tw_status tw_exemptions(const struct tw_net *net, uint32_t vpc, uint32_t subnet,
	struct tw_exemption list[TW_EXEMPTIONS], size_t *ret_n);

#endif
