/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_NET_BALANCER_H
#define TW_NET_BALANCER_H

/* Load balancers as ends: their nodes, what their listeners hear, and the targets behind them. */

#include "path.h"

/* Its name, which people know, else its ARN. */
const char *tw_balancer_name(const struct tw_balancer *balancer);
bool tw_listener_is_tcp(enum tw_listener_protocol protocol);
bool tw_listener_is_udp(enum tw_listener_protocol protocol);
/*
 * Whether packets keep the client's address on their way to the targets: then it is one flow, else
 * the balancer starts another. SPEC: nlb-preserve-default, nlb-preserve-limits
 */
bool tw_balancer_preserves(const struct tw_balancer *balancer, const struct tw_listener *listener,
	const struct tw_target_group *group);
/* The port that a member listens on. */
uint16_t tw_member_port(const struct tw_target_group *group, const struct tw_member *member);

/*
 * The nodes, a site for each subnet. Their addresses are the subnet's unless the input names them
 * (SPEC: alb-source-is-subnet). A zone whose subnet is not in the model is left out.
 */
TW_NODISCARD tw_status tw_sites_of_balancer(
	const struct tw_net *net, struct tw_arena *arena, uint32_t balancer, struct tw_sites *ret);
/* Where one member sits; none if its address is in no subnet of the model. */
TW_NODISCARD tw_status tw_site_of_member(const struct tw_net *net, struct tw_arena *arena,
	const struct tw_target_group *group, const struct tw_member *member, struct tw_sites *ret);

#endif
