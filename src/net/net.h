/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_NET_H
#define TW_NET_NET_H

/*
 * The model: every object that the judgement needs, each with the span that it was read from. All
 * memory is in one arena; strings are NUL-terminated copies. Readers build it through build.h;
 * after tw_net_finish it does not change.
 */

#include "between.h"
#include "map.h"
#include "twoway/client.h"
#include "twoway/diag.h"
#include "twoway/net.h"

#define TW_MISSING UINT32_MAX /* an index of an object that is not in the model */

/* VPC Block Public Access, as a subnet or VPC states it. SPEC: bpa-mode */
enum tw_access_block { TW_BLOCK_UNSAID, TW_BLOCK_OFF, TW_BLOCK_INGRESS, TW_BLOCK_BOTH };

struct tw_vpc {
	struct tw_object object;
	enum tw_access_block access_block;
	struct tw_prefixes cidrs; /* all IPv4 and IPv6 blocks, the primary IPv4 block first */
	uint32_t default_acl;	  /* index, TW_MISSING if not in the input */
	uint32_t main_table;
	const uint32_t *subnets; /* its subnets, filled by finish */
	size_t subnets_n;
	bool nat_is_open; /* has NAT gateways, and the lists of their subnets let all IPv4 pass */
	uint32_t gateway; /* attached internet gateway, TW_MISSING if none */
};

struct tw_subnet {
	struct tw_object object;
	enum tw_access_block access_block;
	const char *vpc_id;
	uint32_t vpc;
	struct tw_prefixes cidrs;
	uint32_t acl;	/* explicit association, else the VPC's default ACL; TW_MISSING: unknown or
			   none */
	uint32_t table; /* explicit association, else the main table; TW_MISSING: unknown or none */
	bool implied;	/* not in any input: known only because something else names it */
	bool hosts_gateway; /* a NAT gateway or an attachment sits in it, filled by finish */
	const char *zone;   /* AvailabilityZoneId, else AvailabilityZone, or NULL */
	const uint32_t *interfaces; /* in it, filled by finish */
	size_t interfaces_n;
};

struct tw_acl {
	struct tw_object object;
	const char *vpc_id;
	uint32_t vpc;
	bool is_default;
	bool associations_known; /* the input had an Associations key */
	const uint32_t *subnets; /* filled by finish, sorted by subnet id */
	size_t subnets_n;
	/* By enum tw_list: sorted, implicit denies of both families last. */
	struct tw_rules list[2];
	bool entries_known; /* false: the ACL may be a fragment (TW904) */
	/* Where "no rule" can point: the Entries array, else the object. */
	struct tw_span list_span;
};

struct tw_group {
	struct tw_object object; /* name: the Name tag, else GroupName */
	const char *vpc_id;
	uint32_t vpc;
	/*
	 * Peers resolved by finish. A reference of which a part is known becomes two rules of one
	 * id: one with the known peers, and one that may match everybody.
	 */
	struct tw_rules list[2];
	const uint32_t *members; /* interfaces that carry the group, filled by finish */
	size_t members_n;
};

enum tw_interface_type {
	TW_INTERFACE_ORDINARY, /* an endpoint of flows */
	TW_INTERFACE_NAT_GATEWAY,
	TW_INTERFACE_LOAD_BALANCER,
	TW_INTERFACE_ENDPOINT, /* VPC endpoints of all kinds */
	TW_INTERFACE_LAMBDA,
	TW_INTERFACE_OTHER /* transit gateways and other managed kinds */
};

struct tw_interface {
	struct tw_object object;
	const char *subnet_id, *vpc_id;
	uint32_t subnet, vpc;
	enum tw_interface_type type;
	const char *type_text;	/* as the input spells it */
	const uint32_t *groups; /* indexes, sorted; a group that is not in the model: TW_MISSING */
	const char *const *group_ids; /* in the same order as groups */
	size_t groups_n;
	/* Private IPv4, IPv6, delegated prefixes; the primary IPv4 address first. */
	struct tw_prefixes addresses;
	bool addresses_partial; /* read from where a list of them was missing */
	/* Public IPv4 (Elastic or assigned); IPv6 is public as it is. */
	struct tw_prefixes public_addresses;
	/* The private addresses that these belong to: each public address stands for one. */
	struct tw_prefixes published;
	const char *instance_id; /* NULL if not attached to one */
	uint32_t instance;
	const char *description;
	bool forwards; /* SourceDestCheck is off: an appliance, or a NAT instance */
	bool primary;  /* the first one of its instance: device 0. False: another, or not said */
};

enum tw_platform { TW_PLATFORM_UNKNOWN, TW_PLATFORM_LINUX, TW_PLATFORM_WINDOWS };

struct tw_instance {
	struct tw_object object;
	enum tw_platform platform;
};

enum tw_target {
	TW_TARGET_LOCAL,
	TW_TARGET_INTERNET_GATEWAY,
	TW_TARGET_EGRESS_ONLY,
	TW_TARGET_NAT_GATEWAY,
	TW_TARGET_PEERING,
	TW_TARGET_TRANSIT_GATEWAY,
	TW_TARGET_VIRTUAL_GATEWAY,
	TW_TARGET_ENDPOINT,
	TW_TARGET_INTERFACE,
	TW_TARGET_OTHER
};

struct tw_route {
	struct tw_prefix to; /* family 0: `prefix_list` */
	const char *prefix_list;
	enum tw_target target;
	const char *target_id;
	bool blackhole;
	bool propagated; /* told by a virtual gateway: loses against a static one */
	struct tw_span span;
};

struct tw_route_table {
	struct tw_object object;
	const char *vpc_id;
	uint32_t vpc;
	bool main;
	const struct tw_route *route;
	size_t routes_n;
};

struct tw_internet_gateway {
	struct tw_object object;
	const char *const *vpc_ids;
	size_t vpc_ids_n;
	bool egress_only;
};

struct tw_prefix_list {
	struct tw_object object; /* name: PrefixListName */
	uint8_t family;		 /* 0 if the input does not say */
	bool entries_known;
	struct tw_prefixes cidrs;
	uint32_t most; /* MaxEntries, 0 if the input does not say. SPEC: sg-prefix-list-weight */
};

struct tw_net {
	struct tw_mem *mem;
	struct tw_arena arena;
	bool holds[TW_KINDS];	   /* some input holds this kind, if only an empty list */
	bool incomplete[TW_KINDS]; /* some answer was cut: absent objects are unknown */
	struct tw_vpc *vpc;
	struct tw_subnet *subnet;
	struct tw_acl *acl;
	struct tw_group *group;
	struct tw_interface *interface;
	struct tw_instance *instance;
	struct tw_route_table *table;
	struct tw_internet_gateway *gateway;
	struct tw_prefix_list *prefix_list;
	struct tw_nat *nat;
	struct tw_peering *peering;
	struct tw_transit_gateway *transit;
	struct tw_attachment *attachment;
	struct tw_transit_table *transit_table;
	struct tw_endpoint *endpoint;
	struct tw_balancer *balancer;
	struct tw_listener *listener;
	struct tw_target_group *target_group;
	size_t vpcs, subnets, acls, groups, interfaces, instances, tables, gateways, prefix_lists;
	size_t nats, peerings, transits, attachments, transit_tables, endpoints, balancers,
		listeners, target_groups;
	/* By table: its routes as they decide (routes.h), filled by finish. */
	const struct tw_routing *routing, *transit_routing;
	uint32_t dead_runs;	      /* runs of dead ends in transit gateways' tables */
	const struct tw_index *index; /* by name, instance, public address (index.h) */
	struct tw_map ids[TW_KINDS];  /* id -> index */
	struct tw_build *build;	      /* links that wait for tw_net_finish (pending.h) */
};

/* True if both lists let everything of IPv4 pass with their first rule. Less plain is not "open".
 */
bool tw_acl_is_open(const struct tw_acl *acl);
/* True if an entry speaks of IPv6: what is behind the ACL may have such addresses then (site.c). */
bool tw_acl_names_ipv6(const struct tw_acl *acl);
/* Index of an object by id, TW_MISSING if the model has none. */
uint32_t tw_net_find(const struct tw_net *net, enum tw_kind kind, const char *id);
void tw_net_free(struct tw_net *net);

/*
 * Building. Readers fill a struct of the right kind with the ids as text (links and lists of rules
 * unresolved, memory from `net->arena`) and hand it in: the same id twice is merged, contradictions
 * in fields that the model reads are an error with both places (contract, section 1).
 */
TW_NODISCARD tw_status tw_net_new(struct tw_mem *mem, struct tw_net **ret);

#endif
