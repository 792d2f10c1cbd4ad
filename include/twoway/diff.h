/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_DIFF_H
#define TWOWAY_DIFF_H

#include "twoway/check.h"

/**
 * Diff: what changes for flows between two networks, as exact regions. Rules that are renumbered,
 * split or merged without effect are no change.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What becomes of the packets of a change. */
enum tw_change_kind {
	TW_CHANGE_APPEARS,  /**< was blocked, completes for somebody now */
	TW_CHANGE_VANISHES, /**< completed for somebody, is blocked now */
	TW_CHANGE_BREAKS,   /**< the request still passes, fewer replies return */
	TW_CHANGE_MENDS,    /**< the request passed before, more replies return */
	TW_CHANGE_CLIENTS,  /**< replies return on other ports, neither more nor fewer for all */
	TW_CHANGE_ONE_WAY, /**< was blocked, the request passes now and no reply returns; or back */
	TW_CHANGE_UNKNOWN  /**< one of the two networks leaves it open */
};
const char *tw_change_name(enum tw_change_kind kind); /* "appears", "vanishes", ... */

/** How the packets of a change fare in one of the two networks. */
struct tw_change_side {
	enum tw_verdict verdict;
	const struct tw_ports *returns; /**< client ports that get a reply; n 0 where none */
	size_t returns_n;
	const struct tw_client_result *client; /**< tw_change.clients_n of them, the same in both */
	/** The rule that decides: "acl-1 egress rule 100: allow tcp/443 to 0.0.0.0/0"; or NULL. */
	const char *rule;
	struct tw_span span; /**< where it stands */
};

struct tw_change {
	/* What it is. */
	enum tw_change_kind kind;
	bool slight; /**< no client gains or loses as much as one port in a thousand */
	const char *sentence;
	const char *cuts; /**< what happens to connections that are up, or NULL: nothing */

	/* Where it was found: the ACL, group or path end whose flows these are. */
	const char *component;
	const char *list; /**< "ingress", "egress": what the request meets there; or NULL */

	/* Which packets. */
	const char *from, *to; /**< who starts, who answers, in words */
	uint8_t family, protocol;
	const char *protocol_text;
	const char *service_text; /**< "tcp/443" */
	enum tw_reply_kind reply_kind;
	const struct tw_flow_box *box; /**< exact */
	size_t boxes_n;

	/* How they fare. */
	struct tw_change_side before, after;
	size_t clients_n;
	const struct tw_witness *witness; /**< one packet that shows it, as it fares now */
};

struct tw_difference {
	const struct tw_change *change; /**< worst first, then by component and boxes */
	size_t changes;
	/** Components whose rules read differently and do the same. */
	const char *const *same;
	size_t sames;
	/** Components that do something else than before, whether or not a flow notices. */
	const char *const *differs;
	size_t differs_n;
	const char *const *idle; /**< those of them that guard nobody in either network */
	size_t idles;
	bool filters;	   /**< as asked for */
	size_t components; /**< network ACLs and security groups that were compared */
	const struct tw_assumption *assumption;
	size_t assumptions_n;
};

struct tw_diff_options {
	const struct tw_client *const *client;
	size_t clients;
	/**
	 * Whose names say who connects with which client; or NULL. One set for both networks: what
	 * differs is the network. A name that selects nobody in one of them says nothing there.
	 */
	const struct tw_intents *intents;
	/**
	 * Compare each ACL and group as a set of packets, without flows: what a list newly lets
	 * pass appears, what it no longer does vanishes; changes have no clients and no replies.
	 */
	bool filters;
};

/**
 * The difference points into both networks, the clients and the intents: free it before them, with
 * tw_difference_free. An empty one is no error. TW_EINVAL, told in `ret_diags`: a name of the
 * intents whose client counts selects nothing, in neither network.
 */
TW_NODISCARD tw_status tw_diff(struct tw_mem *mem, const struct tw_net *before,
	const struct tw_net *after, const struct tw_diff_options *options,
	struct tw_diags *ret_diags, struct tw_difference **ret);
void tw_difference_free(struct tw_difference *difference);

#ifdef __cplusplus
}
#endif
#endif
