/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_BETWEEN_H
#define TW_NET_BETWEEN_H

/*
 * The network between the ends: what carries, translates or ends a packet on its way. Parts of the
 * model (net.h): ids as the input gives them, indexes filled by tw_net_finish (TW_MISSING: the
 * model has no such object). An object that AWS has deleted, or that failed, is kept and `gone`: a
 * route that leads to it leads nowhere, which is not the same as an object that is missing.
 */

#include "filter.h"

struct tw_tag {
	const char *key, *value;
};

struct tw_object {
	const char *id;
	const char *name; /* the Name tag, or NULL */
	struct tw_span span;
	const struct tw_tag *tags;
	size_t tags_n;
};

struct tw_prefixes {
	struct tw_prefix *v;
	size_t n;
};

/* Objects that another one names, in its order. */
struct tw_refs {
	const char *const *id;
	uint32_t *at; /* filled by finish */
	size_t n;
};

/* ---- NAT gateways. SPEC: nat-four-crossings, nat-private, nat-regional ------------------------
 */

struct tw_nat {
	struct tw_object object;
	const char *vpc_id, *subnet_id; /* a regional one has no subnet */
	uint32_t vpc, subnet;
	bool private; /* connectivity: it never reaches an internet gateway */
	bool regional;
	bool gone;
	const char *state;	      /* as the input spells it, or NULL */
	struct tw_prefixes addresses; /* private IPv4, a /32 each, the primary one first */
	const char *table_id;	      /* a regional one's own route table */
	uint32_t table;
};

/* ---- peering. SPEC: pcx-nacl-both-ends, pcx-no-transit ----------------------------------------
 */

struct tw_peering_side {
	const char *vpc_id, *owner, *region;
	uint32_t vpc;
	struct tw_prefixes cidrs; /* as the connection names them: the VPC may be elsewhere */
};

struct tw_peering {
	struct tw_object object;
	const char *status; /* "active", "pending-acceptance", "deleted", ..., or NULL */
	struct tw_peering_side side[2]; /* requester, accepter */
};

/* ---- transit gateways. SPEC: tgw-diff-subnet-attachment, tgw-same-subnet ----------------------
 */

struct tw_transit_gateway {
	struct tw_object object;
	bool references; /* SecurityGroupReferencingSupport */
	const char *association_table_id, *propagation_table_id; /* the defaults, or NULL */
};

enum tw_attached {
	TW_ATTACHED_VPC,
	TW_ATTACHED_ON_PREMISES, /* vpn, vpn-concentrator, direct-connect-gateway, client-vpn */
	TW_ATTACHED_OTHER	 /* peering, connect, network-function, ... */
};

struct tw_attachment {
	struct tw_object object;
	const char *gateway_id;
	uint32_t gateway;
	enum tw_attached type;
	const char *type_text;	 /* as the input spells it */
	const char *resource_id; /* of a VPC attachment: the VPC */
	uint32_t vpc;
	struct tw_refs subnets; /* one in each zone that it serves */
	bool subnets_known;	/* describe-transit-gateway-vpc-attachments was read for it */
	bool gone;
	const char *state;
	const char *table_id; /* the route table it is associated with; NULL: none, or not read */
	uint32_t table;
	bool association_known; /* describe-transit-gateway-attachments was read for it */
	bool appliance_mode;
	bool references;
};

struct tw_transit_route {
	struct tw_prefix to; /* family 0: `prefix_list` */
	const char *prefix_list;
	struct tw_refs attachments; /* several: equal-cost ways */
	bool blackhole;
	bool propagated; /* else static, which wins over a propagated one of the same block */
	struct tw_span span;
};

/* From search-transit-gateway-routes, or from the static routes and propagations of a snapshot. */
struct tw_transit_table {
	struct tw_object object;
	const char *gateway_id;
	const struct tw_transit_route *route;
	size_t routes_n;
	bool routes_known;	     /* all static routes are here */
	bool propagated_known;	     /* all propagated routes are here, or in `propagations` */
	struct tw_refs propagations; /* attachments that propagate into it: their VPC's blocks */
};

/* ---- endpoints. SPEC: vpce-interface-nacl, vpce-gateway-nacl ----------------------------------
 */

enum tw_endpoint_type {
	TW_ENDPOINT_INTERFACE,
	TW_ENDPOINT_GATEWAY,
	TW_ENDPOINT_LOAD_BALANCER, /* GatewayLoadBalancer: an appliance */
	TW_ENDPOINT_OTHER
};

struct tw_endpoint {
	struct tw_object object;
	enum tw_endpoint_type type;
	const char *service, *vpc_id;
	uint32_t vpc;
	struct tw_refs subnets, interfaces, groups, tables;
	bool gone;
	const char *state;
};

/* ---- load balancers (elbv2). SPEC: alb-two-connections, nlb-preserve-default ------------------
 */

enum tw_balancer_type { TW_BALANCER_APPLICATION, TW_BALANCER_NETWORK, TW_BALANCER_GATEWAY };

struct tw_balancer_zone {
	const char *zone, *subnet_id;
	uint32_t subnet;
	struct tw_prefixes addresses; /* private, if the input names them; else any of the subnet */
};

struct tw_balancer {
	struct tw_object object; /* id: the ARN; name: LoadBalancerName */
	enum tw_balancer_type type;
	bool internet_facing;
	bool dualstack; /* IPv6 from clients */
	bool gone;
	const char *vpc_id;
	uint32_t vpc;
	const struct tw_balancer_zone *zone;
	size_t zones_n;
	struct tw_refs groups;		   /* none: an NLB without groups, which nothing guards */
	struct tw_refs listeners, targets; /* filled by finish: its listeners; its target groups */
};

enum tw_listener_protocol {
	TW_LISTENER_HTTP,
	TW_LISTENER_HTTPS,
	TW_LISTENER_TCP,
	TW_LISTENER_TLS,
	TW_LISTENER_UDP,
	TW_LISTENER_TCP_UDP,
	TW_LISTENER_QUIC,
	TW_LISTENER_TCP_QUIC,
	TW_LISTENER_GENEVE,
	TW_LISTENER_OTHER
};

struct tw_listener {
	struct tw_object object; /* id: the ARN */
	const char *balancer_id;
	uint32_t balancer;
	uint16_t port; /* 0: a gateway load balancer has none */
	enum tw_listener_protocol protocol;
	/* Of its default action, then of describe-rules; each once. None: redirects, fixed answers.
	 */
	struct tw_refs targets;
};

enum tw_target_type { TW_TARGET_INSTANCES, TW_TARGET_ADDRESSES, TW_TARGET_LAMBDA, TW_TARGET_ALB };
enum tw_said { TW_UNSAID, TW_SAID_NO, TW_SAID_YES };

struct tw_member {
	const char *id;		     /* an instance, an address, a function, a load balancer */
	uint16_t port;		     /* 0: the group's */
	uint32_t interface;	     /* filled by finish: whose address `address` is, if known */
	struct tw_prefix address;    /* filled by finish: where packets go; family 0: not known */
	const char *health, *reason; /* "healthy", "Target.Timeout", or NULL */
	struct tw_span span;
};

struct tw_target_group {
	struct tw_object object; /* id: the ARN; name: TargetGroupName */
	enum tw_listener_protocol protocol;
	enum tw_target_type type;
	uint16_t port;
	const char *vpc_id;
	uint32_t vpc;
	uint8_t family; /* IpAddressType */
	bool health_off;
	uint16_t health_port; /* 0: the traffic port */
	enum tw_listener_protocol health_protocol;
	struct tw_refs balancers;
	enum tw_said preserve; /* preserve_client_ip.enabled. SPEC: cli-preserve-in-attributes */
	const struct tw_member *member; /* from describe-target-health */
	size_t members_n;
	bool members_known;
	/* While building: attributes or health alone, which join the group. Never in the model. */
	bool part;
};

#endif
