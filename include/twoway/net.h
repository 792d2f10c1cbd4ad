/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_NET_H
#define TWOWAY_NET_H

/**
 * The model of a network: opaque here. Readers (read.h) fill it, check.h judges it.
 */

#ifdef __cplusplus
extern "C" {
#endif

struct tw_net;

/** The kinds of objects that an input may hold. A kind that no input holds is assumed at its AWS
 *  default; an object missing from a kind that is there is unknown (contract, section 3). */
enum tw_kind {
	TW_KIND_VPC,
	TW_KIND_SUBNET,
	TW_KIND_ACL,
	TW_KIND_GROUP,
	TW_KIND_INTERFACE,
	TW_KIND_INSTANCE,
	TW_KIND_ROUTE_TABLE,
	TW_KIND_INTERNET_GATEWAY,
	TW_KIND_PREFIX_LIST,
	TW_KIND_NAT_GATEWAY,
	TW_KIND_PEERING,
	TW_KIND_TRANSIT_GATEWAY,
	TW_KIND_ATTACHMENT,
	TW_KIND_TRANSIT_TABLE,
	TW_KIND_ENDPOINT,
	TW_KIND_LOAD_BALANCER,
	TW_KIND_LISTENER,
	TW_KIND_TARGET_GROUP,
	TW_KINDS
};

/** "network ACL", "security group", ... */
const char *tw_kind_name(enum tw_kind kind);

#ifdef __cplusplus
}
#endif
#endif
