/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_CHECK_H
#define TWOWAY_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "twoway/client.h"
#include "twoway/diag.h"
#include "twoway/edit.h"
#include "twoway/intents.h"
#include "twoway/net.h"
#include "twoway/space.h"

/**
 * Judgement: which flows complete in both directions, for which clients, and what breaks the
 * others.
 *
 * The result is a tw_report: plain arrays and NUL-terminated strings, read-only, freed at once. Its
 * shape is that of the JSON of `check` and `trace`; texts in it are whole sentences, so that a
 * writer computes nothing. Optional strings are NULL, optional arrays have n 0 and v NULL.
 *
 * A report points into what it was made from: ids into the network, names and reasons into the
 * intents, second places into the diagnostics of reading, clients into the caller's own. All of
 * these must live until the report is freed.
 */

#ifdef __cplusplus
extern "C" {
#endif

/** In rising order of harm; the worst region decides a flow, see contract section 3. */
enum tw_verdict { TW_COMPLETE, TW_PARTIAL, TW_ONE_WAY, TW_BLOCKED, TW_UNKNOWN };
const char *tw_verdict_name(enum tw_verdict verdict); /* "complete", "partial", "one-way", ... */

/** Why a path is blocked or unknown when it is not, or not only, a filter. `code` as in the
 * contract. */
struct tw_reason {
	const char *code; /**< "filter", "no-route", "no-public-address", ..., a SPEC id; NULL: no
			     reason */
	const char *message;
	const char *component; /**< or NULL */
	struct tw_span span;
};

/** One end of a flow. */
struct tw_peer {
	const char *name; /**< "internet", "subnet-1", "web", or NULL */
	const char *const *ids;
	size_t ids_n;
	const struct tw_prefix *address; /**< n 0: unknown, or too many: named instead */
	size_t addresses_n;
};

/** What a client gets. `pattern` only where the way it picks is known and one interval is cut. */
struct tw_client_result {
	const struct tw_client *client;
	enum tw_level level; /**< what its loss would cost in this flow */
	bool asked; /**< named by --client or an intent, if only beside those that decide */
	enum tw_verdict verdict;
	uint64_t passing, undecided, total;
	/** Of a finding about one of several legs that lose replies: what that leg alone lets
	 * return; else leg_total is 0. */
	uint64_t leg_passing, leg_undecided, leg_total;
	bool runs; /**< run lengths towards one destination follow */
	uint32_t run_fail, run_ok;
};

/** A rule that decides some part of a region at one hop. */
struct tw_rule_ref {
	const char *component, *rule;
	const char *action;	      /**< "allow", "deny", "unknown" */
	const struct tw_ports *ports; /**< the part it decides; NULL where the protocol has none */
	size_t ports_n;
	const struct tw_icmp_range *icmp;
	size_t icmp_n;
	const char *text; /**< the rule in words: "tcp 443 from 0.0.0.0/0" */
	struct tw_span span;
};

enum tw_hop_action {
	TW_HOP_ALLOW,
	TW_HOP_DENY,
	TW_HOP_MIXED,
	TW_HOP_TRACKED,
	TW_HOP_NONE,
	TW_HOP_UNKNOWN
};
const char *tw_hop_action_name(enum tw_hop_action action);

/** One place on the way that decides. Hops stand as the packet meets them, request first. */
struct tw_hop {
	bool reply; /**< direction */
	unsigned leg;
	const char *component; /**< "acl-1", "sg-1", "rtb-1"; NULL for a kind that is assumed */
	const char *kind;      /**< "network-acl", "security-group", "route", "subnet", "exempt",
				    "nat-gateway", "peering-connection", "transit-gateway",
				    "load-balancer" */
	const char *list;      /**< "ingress", "egress", or NULL */
	const char *subnet;    /**< or NULL: none, or several */
	/** Several subnets that lists, groups and routes treat alike are one hop: all of them that
	 * its packets touch, by id; else n 0. */
	const char *const *subnets;
	size_t subnets_n;
	const struct tw_prefix *from, *to; /**< as seen on the wire by this hop */
	size_t from_n, to_n;
	const struct tw_ports *ports;
	size_t ports_n;
	enum tw_hop_action action;
	bool reached; /**< false: everything was dropped at an earlier hop */
	const struct tw_rule_ref *rule;
	size_t rules_n;
};

/** What comes back. */
enum tw_reply_kind { TW_REPLY_PORTS, TW_REPLY_ICMP, TW_REPLY_WHOLE, TW_REPLY_NONE_EXPECTED };

struct tw_leg {
	unsigned leg;
	const char *at;			/**< the translator's id; NULL for the initiator */
	const char *kind;		/**< "initiator" or "translated" */
	const struct tw_client *client; /**< NULL for the initiator's own leg */
	const struct tw_prefix *from, *to;
	size_t from_n, to_n;
	const struct tw_ports *service, *returns, *undecided;
	size_t service_n, returns_n, undecided_n;
	uint64_t passing, total;
};

/** A packet, for people to try: both directions of one round trip. */
struct tw_witness {
	uint8_t family, protocol;
	struct tw_addr from, to;
	uint16_t client, service; /**< ports, or type * 256 + code of reply and request */
	bool reply; /**< false: the request does not get through, so there is no reply */
	const char *request_text,
		*reply_text; /**< "tcp 203.0.113.7:50000 -> 10.0.1.10:443", dropped or not */
	const char *request_fate,
		*reply_fate; /**< "allowed", "denied by acl-1 ingress rule *", ... */
};

/** All packets with one outcome, of one family and one protocol. */
struct tw_region {
	uint8_t family, protocol;
	const char *protocol_text;
	const struct tw_flow_box *box;
	size_t boxes_n;
	const char *request; /**< "allow", "deny", "unknown" */
	struct tw_reason reason;
	enum tw_reply_kind reply_kind;
	const struct tw_ports *returns, *undecided;
	size_t returns_n, undecided_n;
	const struct tw_icmp_range *icmp_returns;
	size_t icmp_returns_n;
	bool whole_returns;
	enum tw_verdict verdict;
	const struct tw_client_result *client;
	size_t clients_n;
	const struct tw_leg *leg;
	size_t legs_n;
	const struct tw_hop *hop;
	size_t hops_n;
	const struct tw_witness *witness;
	const char *const *assumption; /**< ids */
	size_t assumptions_n;
};

struct tw_flow_path {
	const char *id;	    /**< "p0" */
	const char *by;	    /**< NULL, "address", "zone" or "target": what makes the choice */
	const char *choice; /**< which one: "i-1:8080", "subnet-1 in use1-az1"; or NULL */
	const struct tw_region *region;
	size_t regions_n;
	size_t regions_total; /**< before the list was cut */
};

struct tw_evidence {
	const char *component, *rule;
	const char *text; /**< the rule in words, or NULL */
	struct tw_span span;
};

struct tw_flow {
	const char *id, *name;
	const char *origin;  /**< "intent", "inferred", "asked" */
	const char *purpose; /**< "service", "call", "permission", "stated", "asked", "targets",
				    "health-check" */
	const char *expect;  /**< "complete", "never" or NULL */
	int satisfied;	     /**< 1, 0, or -1 for null */
	const char *because;
	const struct tw_evidence *evidence;
	size_t evidence_n;
	const char
		*via; /**< the flow that ends at a load balancer, and that this one follows; NULL */
	struct tw_peer from, to;
	const char *protocol;
	const struct tw_ports *service; /**< NULL where the protocol has no ports */
	size_t service_n;
	const char *service_text; /**< "tcp/443", "icmp/8/0", for people */
	const char *request;	  /**< "all", "some", "none", "unknown" */
	enum tw_verdict verdict;
	struct tw_reason reason;
	const struct tw_client_result
		*client; /**< over all regions whose request passes: the worst of each */
	size_t clients_n;
	const struct tw_flow_path *path;
	size_t paths_n;
	const char *sentence; /**< the verdict in words, one line */
};

struct tw_related {
	const char *message;
	struct tw_span span;
};

/**
 * A rule of the list that nearly lets through what the finding is about, where nothing but the
 * default deny drops it: the rule that a person must look at.
 */
struct tw_near_miss {
	const char *rule;    /**< NULL: there is none */
	const char *message; /**< what it misses */
	struct tw_span span;
};

struct tw_finding {
	const char *code, *name; /**< "TW101", "reply-blocked" */
	enum tw_level level;
	const char *message;
	struct tw_span span; /**< a rule `*` points at its entry, else at its ACL */
	const char *label;   /**< what to write under the excerpt: "this rule drops the replies" */
	struct tw_near_miss near_miss; /**< text shows it first, `span` second */
	const struct tw_related *related;
	size_t related_n;
	const char *const *
		note; /**< "looks like: ...", "why others work: ..."; shown by text, kept in JSON */
	size_t notes_n;
	const char *const *flow; /**< ids */
	size_t flows_n;
	const char *direction;		       /**< "request", "reply" or NULL */
	const struct tw_client_result *client; /**< those it hurts, or all it judged for holes */
	size_t clients_n;
	/** Of a lint: `client` is what this loss by itself leaves of the replies, whatever else the
	 * list drops; tw_check counts all losses together. */
	bool clients_alone;
	const char
		*suffers; /**< which end, and how: "web, whose connections to db hang"; or NULL */
	size_t subnets, interfaces; /**< affects: behind the list at fault, and of the near end */
	const char *const *example;
	size_t examples_n;
	const char *cause_component, *cause_list, *cause_rule; /**< or NULL */
	bool suppressed;
	const char *suppressed_reason, *suppressed_until;
	struct tw_span suppressed_span;
	const struct tw_fix *fix; /**< by rank; filled by tw_fixes and tw_lint */
	size_t fixes_n;
	const char *fingerprint; /**< 16 hex digits */
};

struct tw_assumption {
	const char *id, *message;
	struct tw_span span;
};

struct tw_summary {
	size_t flows, complete, partial, one_way, blocked, unknown, violated;
	size_t errors, warnings, notes, suppressed;
};

struct tw_report {
	const char *today; /**< set only where it mattered */
	const struct tw_assumption *assumption;
	size_t assumptions_n;
	const char *const *note; /**< whom --client does not reach, and why */
	size_t notes_n;
	const struct tw_client *const *client; /**< every client that some flow was judged for */
	size_t clients_n;
	size_t subnets_judged, subnets, interfaces_judged, interfaces, open_acls;
	const struct tw_flow *flow;
	size_t flows_n;
	const struct tw_finding *finding;
	size_t findings_n;
	struct tw_summary summary;
	const char *judged; /**< "judged: 12 flows, 8 of 9 subnets" */
	bool no_flows;	    /**< of lint: no flow was asked for */
};

struct tw_check_options {
	const struct tw_intents *intents; /**< or NULL */
	const struct tw_client *const
		*client; /**< `--client`: replaces the default clients; or n 0 */
	size_t clients;
	int year, month, day;	      /**< today, for `until`; year 0: no day is past */
	const struct tw_diags *diags; /**< warnings and notes of reading become findings; or NULL */
	const struct tw_sources *sources; /**< orders findings by path; NULL: by order of reading */
	bool details; /**< keep hops and witnesses of complete flows too (JSON) */
};

/**
 * Judges intents and inferred flows. The report points into the network, the intents and the
 * clients that it was made from: free it before them, with tw_report_free.
 * TW_EINVAL: an intent selects nothing or cannot be resolved; the diagnostics in `ret_diags` say
 * why.
 */
TW_NODISCARD tw_status tw_check(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_check_options *options, struct tw_diags *ret_diags, struct tw_report **ret);

struct tw_trace_options {
	const char *from, *to; /**< X and Y of contract section 1; `to` may end in ":443" */
	const char *port;      /**< "443", "8000-8100", or NULL */
	const char *protocol;  /**< "tcp", "udp", "icmp/8/0", "all", or NULL: tcp */
	const struct tw_client *const *client;
	size_t clients;
	const struct tw_intents *intents; /**< for its names; or NULL */
};

/**
 * Judges one question: the report holds one flow of origin "asked", with all hops, and the table of
 * all clients. TW_EINVAL: X or Y names nothing, or several things; the diagnostics list them.
 */
TW_NODISCARD tw_status tw_trace(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_trace_options *options, struct tw_diags *ret_diags, struct tw_report **ret);

void tw_report_free(struct tw_report *report);

/** The highest level among the findings that are not suppressed. */
enum tw_level tw_report_worst(const struct tw_report *report);
/** Contract section 2, `trace`: complete for every client that decides, or that was asked for. */
bool tw_report_complete(const struct tw_report *report);

/** Finding codes: one row each, for `twoway rule`, the JSON and the manual. */
struct tw_code {
	const char *code, *name;
	const char *level; /**< "error", "warning", "note", or "error or warning": what it can be */
	const char *summary; /**< one line */
	const char *meaning; /**< what it means, in a few sentences */
	const char *example; /**< a rule set that earns it, and what is seen from outside */
	const char *remedy;  /**< what to do */
};
const struct tw_code *tw_codes(size_t *ret_count);
const struct tw_code *tw_code_find(const char *code);

#ifdef __cplusplus
}
#endif
#endif
