/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_SELECT_H
#define TW_NET_SELECT_H

/* Selecting: a name, an id, an address or a selector becomes the sites at one end of a flow. */

#include "path.h"
#include "twoway/intents.h"

struct tw_selection {
	const char *name;	/* as asked for */
	const char *const *ids; /* the objects that were named or found, sorted */
	size_t ids_n;
	bool internet;
	bool managed;			/* some of it is an interface that is no endpoint yet */
	const struct tw_client *client; /* from `names:`, or NULL */
	struct tw_service
		service; /* from "Y:443"; protocol TW_PROTOCOL_ALL and every port if none */
	bool has_service;
	struct tw_sites sites; /* in `arena`; sites do not overlap */
};

/*
 * Resolves text (contract section 1, "X and Y") with the names of `intents` (or NULL). `with_port`
 * lets
 * ":443" follow. Errors are diagnostics at `span` (or without a place), TW_EINVAL.
 */
TW_NODISCARD tw_status tw_select_text(const struct tw_net *net, const struct tw_intents *intents,
	struct tw_arena *arena, struct tw_diags *diags, struct tw_span span, const char *text,
	bool with_port, struct tw_selection *ret);
TW_NODISCARD tw_status tw_select_end(const struct tw_net *net, const struct tw_intents *intents,
	struct tw_arena *arena, struct tw_diags *diags, const struct tw_end *end,
	struct tw_selection *ret);
/*
 * The sites of a set of addresses inside or outside of `vpc` (TW_MISSING: of any VPC): the
 * interfaces that have them, the rest of each subnet, and whatever is in no subnet. Managed
 * interfaces are left out unless a range is one address. An address that two VPCs have gives a site
 * in each.
 */
TW_NODISCARD tw_status tw_sites_of_ranges(const struct tw_net *net, struct tw_arena *arena,
	uint32_t vpc, const struct tw_range *range, size_t n, struct tw_sites *ret);
/* The sites of interfaces, given in any order; twice is once. Cheap: n log n. */
TW_NODISCARD tw_status tw_sites_of_interfaces(const struct tw_net *net, struct tw_arena *arena,
	const uint32_t *interface, size_t n, struct tw_sites *ret);
/* A site of one whole subnet; of every address if its CIDR blocks are not known. */
TW_NODISCARD tw_status tw_site_of_subnet(
	const struct tw_net *net, struct tw_arena *arena, uint32_t subnet, struct tw_site *ret);
/* Anybody behind an ACL that no subnet is known for. */
TW_NODISCARD tw_status tw_site_of_acl(
	const struct tw_net *net, struct tw_arena *arena, uint32_t acl, struct tw_site *ret);

#endif
