/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_INDEX_H
#define TW_NET_INDEX_H

/*
 * Finding objects by what people call them, without a walk over a hundred thousand interfaces for
 * each question. Built once by tw_net_finish.
 */

#include "addresses.h"
#include "net.h"

/* An object that can be an end of a flow, by its name; sorted by name, kind, index. */
struct tw_named_object {
	const char *name;
	enum tw_kind kind;
	uint32_t at;
};

/* A public address, and the interface that has it; sorted. */
struct tw_public {
	struct tw_prefix address;
	uint32_t interface;
};

struct tw_index {
	struct tw_named_object *named;
	size_t nameds;
	uint32_t *by_instance; /* interfaces of instances, sorted by the instance's id */
	size_t by_instances;
	struct tw_public *public;
	size_t publics;
	/* Interfaces and subnets of VPCs whose blocks the model does not know. */
	uint32_t *stray_interface, *stray_subnet;
	size_t stray_interfaces, stray_subnets;
	struct tw_ranges internet; /* world.h, tw_internet_ranges */
	struct tw_ranges settled;  /* the blocks of all VPCs with subnets: nobody else is there */
};

TW_NODISCARD tw_status tw_link_index(struct tw_net *net);

/* The objects of that name: [*ret_begin, returned). */
size_t tw_index_named(const struct tw_net *net, const char *name, size_t *ret_begin);
/* The interfaces of an instance, in net->index->by_instance: [*ret_begin, returned). */
size_t tw_index_instance(const struct tw_net *net, const char *id, size_t *ret_begin);
/* Who has a public address, in net->index->public: [*ret_begin, returned). */
size_t tw_index_public(const struct tw_net *net, struct tw_prefix address, size_t *ret_begin);

#endif
