/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_CHECK_RESULTS_H
#define TW_CHECK_RESULTS_H

/*
 * Results under construction: flows are judged one by one, and what is kept of them goes into the
 * report's arena at once, so that the judge may forget its sets in between.
 */

#include "judge.h"
#include "map.h"
#include "needs.h"
#include "text.h"
#include "twoway/check.h"

/* A flow while it is judged. Text and arrays of `flow` are in the report's arena. */
struct tw_draft {
	struct tw_flow flow;
	struct tw_outcomes outcomes; /* drawn from results->mem */
	uint8_t protocol;	     /* of the findings: TCP, UDP, ICMP, ... */
	bool outbound;		     /* the near end starts it */
	bool every_connection;
	size_t faults;		/* findings that an intent has earned */
	uint32_t acl;		/* the list that was read for it; TW_MISSING for others */
	uint32_t interfaces;	/* at the near end */
	uint8_t missing_family; /* TW107: the family whose replies were forgotten; 0: none */
	bool balancer, health;	/* a load balancer's nodes start it; to see who is healthy */
	const char *nat; /* id of a NAT gateway that a route asks for: only its own subnet, or
			  * that of another one, is at fault; else NULL */
	bool wide; /* the responder lets everybody in: nobody says that this initiator calls */
	TW_VEC(struct tw_paths) paths; /* what the outcomes point to, if the draft owns it */
};

/* What one finding is about: equal causes are one finding (rule 11, contract section 4). */
struct tw_cause {
	uint32_t acl; /* or TW_MISSING */
	enum tw_list list;
	enum tw_direction direction;
	uint32_t rule[8]; /* deciding rules by index, sorted; further ones are dropped */
	size_t rules;
	uint32_t zero; /* rule 11: a 0-0 rule that was meant as "all", index + 1; or 0 */
	bool wanted;   /* rule 10: explicit denies of all ports of blocks, nothing else */
	uint8_t family, protocol;
	enum tw_role role; /* whose subnet the list guards on the path */
	unsigned leg;
	bool elsewhere; /* the reply took another way, and the request was never here */
	bool plain;	/* the list sees the packets as they were asked for */
	tw_set dead;	/* what is dropped, as the list sees it; gone when the judge forgets */
};

/* A service and the far end, seen from the list that is at fault: "tcp/443" of "0.0.0.0/0". */
struct tw_subject {
	const char *service, *peer;
	const char *block;     /* the peer as a rule of the list must name it; NULL: as `peer` */
	const char *from, *to; /* the ends of its flow: who calls, and who is called */
	bool near_calls;       /* the interfaces of the finding are those of `from` */
};

/* Names, each once: the first few, and one more if there are others. */
enum { TW_NAMES_SHOWN = 3 };
struct tw_end_names {
	const char *name[TW_NAMES_SHOWN + 1];
	size_t n;
};

/* A rule that names the service port of a flow whose replies die, as if they went there. */
struct tw_named_rule {
	const struct tw_near_miss *miss; /* NULL: none */
	enum tw_level level;		 /* of the flow's loss */
};

/* What the words of a finding tell of: the first boxes of its loudest needs, each need once. */
struct tw_word_boxes {
	struct tw_need_box *box;
	size_t n;
	bool cut; /* there are more */
};

struct tw_finding_draft {
	const char *code;
	enum tw_level level;
	struct tw_cause cause;
	struct tw_finding finding; /* texts, once finished */
	const char *aside;	   /* a note for whoever told this cause already */
	TW_VEC(const char *) flow;
	TW_VEC(struct tw_subject) subject;   /* whom it hurts, each service and peer once */
	struct tw_end_names callers, called; /* the ends of all its flows */
	TW_VEC(struct tw_client_result) client;
	TW_VEC(struct tw_related) related;
	TW_VEC(const char *) note;
	TW_VEC(struct tw_cause) more; /* TW110: further lists with holes */
	TW_VEC(uint32_t) twin;	      /* further ACLs with the same rules */
	TW_VEC(struct tw_need) need;  /* what is dropped; the first of it if !results->keep_needs */
	enum tw_level unkept;	      /* the loudest need that words have no room for */
	struct tw_named_rule named;
	const char *peer; /* of the first flow, for the fingerprint */
	uint32_t interfaces;
	/* What is lost of the draft that is being told. */
	struct {
		const struct tw_draft *draft;
		tw_set set; /* gone with the draft */
		bool whole; /* which part is not known */
	} part;
	bool served; /* some requests pass; or a client as likely as those it hurts gets all */
};

typedef TW_VEC(struct tw_flow) tw_flows;
typedef TW_VEC(struct tw_finding_draft) tw_finding_drafts;
typedef TW_VEC(const struct tw_client *) tw_client_list;

/* CIDR blocks that were written once for all (blocks.c). */
struct tw_block_list {
	const struct tw_prefix *block;
	size_t n;
};

struct tw_block_lists {
	struct tw_map at; /* by the addresses */
	TW_VEC(struct tw_block_list) list;
	TW_VEC(uint64_t) key; /* room for one */
};

struct tw_results {
	struct tw_mem *mem;
	struct tw_report *report;
	struct tw_arena *arena; /* the report's */
	struct tw_arena *work;	/* for outcomes: the report's with details, else a scratch one */
	struct tw_judge *judge;
	const struct tw_net *net;
	const struct tw_check_options *options;
	/* What is said so far: of the chapter that is being written (chapter.h), else of all. */
	tw_flows flow;
	tw_finding_drafts finding;
	const struct tw_draft *telling; /* whose losses become findings now, or NULL */
	tw_client_list client;		/* every client that was judged */
	struct tw_block_lists blocks;
	/* What clients get where the request is stopped, for the levels that were last met. */
	const struct tw_levels *stopped_levels;
	const struct tw_client_result *stopped;
	unsigned assumptions;
	tw_set cover;	    /* packets that intents speak for: no flow is inferred for them */
	size_t cover_nodes; /* in the space when it was fresh */
	bool attached;	    /* some ACL guards a subnet */
	bool details;	    /* keep hops, boxes and witnesses */
	bool apart;	    /* ends that filters treat alike are told apart, as with details */
	bool named; /* groups are alike only if they are the same ones: they will be named */
	bool today_mattered;
	const char *judged; /* of lint: what was looked at, in place of flows; else NULL */
	bool keep_needs;
	const struct tw_needs *needs; /* by finding of the finished report */
	struct tw_book *book;	      /* of chapters that may hold here (book.h), or NULL */
	const uint8_t *changes;	      /* traffic, by ACL, that the book does not know */
	bool keeps;		      /* chapters go into the book */
	bool *subnet_judged;	      /* by index */
	bool *interface_judged;
	bool *acl_judged;
	/* What the intents say besides flows (declared.h): clients of names, NULL until they are
	 * known; what their flows are answered; and packets of flows with `internet`, taken for
	 * every address. */
	struct tw_declared *declared;
	size_t declareds;
	struct tw_answers *answer;
	size_t answers;
	tw_set internet;
};

/*
 * Empty results about a network, what is kept of them going into `arena`. `space` NULL: one of
 * their own. Close after failure, too; the arena stays the caller's.
 */
TW_NODISCARD tw_status tw_results_open(struct tw_mem *mem, const struct tw_net *net,
	const struct tw_check_options *options, struct tw_arena *arena, struct tw_space *space,
	struct tw_results *ret);
void tw_results_close(struct tw_results *results);

/* Takes the paths that outcomes of the draft point to; `paths` is empty then. */
TW_NODISCARD tw_status tw_results_keep_paths(
	struct tw_results *results, struct tw_draft *draft, struct tw_paths *paths);
/*
 * The part of an outcome whose request dies and that is worth telling: to a target that no request
 * of the draft reaches or, where a NAT gateway is asked for, from an address of which none passes
 * it. It goes by addresses, since a site may be joined of many machines. `reached` is that of the
 * draft; an empty set: nothing dies, or not all of it.
 */
TW_NODISCARD tw_status tw_draft_reached(
	struct tw_results *results, const struct tw_draft *draft, tw_set *ret);
struct tw_outcome tw_outcome_shut(
	struct tw_results *results, const struct tw_outcome *outcome, tw_set reached);
/* Outcomes and paths. */
void tw_draft_free(struct tw_results *results, struct tw_draft *draft);

/* Sums a draft up (request, verdict, clients, sentence), keeps its details, and appends the flow.
 */
TW_NODISCARD tw_status tw_results_add_flow(struct tw_results *results, struct tw_draft *draft);
/* Notes what paths were assumed and which clients were judged. */
TW_NODISCARD tw_status tw_results_seen(
	struct tw_results *results, const struct tw_outcome *outcome);
/* Why an outcome is unknown when the path gives no reason of its own. */
struct tw_reason tw_unknown_reason(const struct tw_path *path);
/* Counts the subnets, interfaces and ACLs of a path as judged. */
TW_NODISCARD tw_status tw_results_visit(struct tw_results *results, const struct tw_path *path);
/* The share of the ports decides: the totals of ways with several legs differ. Of equals the
 * plainer.
 */
bool tw_client_passes_less(const struct tw_client_result *a, const struct tw_client_result *b);
/* Of a finding's client: what it gets on the finding's leg alone. */
struct tw_client_result tw_client_of_leg(const struct tw_client_result *client);

/* outcomes -> regions, in the report's arena; sorted by severity, family, boxes. */
TW_NODISCARD tw_status tw_regions_of(struct tw_results *results, const struct tw_outcomes *outcomes,
	const struct tw_flow_path **ret, size_t *ret_n);
/* The hops of one outcome. */
TW_NODISCARD tw_status tw_hops_of(struct tw_results *results, const struct tw_outcome *outcome,
	const struct tw_hop **ret, size_t *ret_n);
/* The subnets of a site at an end of the outcome's path that its packets touch, by id; in the
 * report's arena. Of a site that is not joined there is at most one. */
TW_NODISCARD tw_status tw_subnets_of(struct tw_results *results, const struct tw_outcome *outcome,
	const struct tw_site *site, const char *const **ret, size_t *ret_n);
/* One packet that shows the verdict, with its fate. */
TW_NODISCARD tw_status tw_witness_of(struct tw_results *results, const struct tw_outcome *outcome,
	const struct tw_witness **ret);
/* "no-route-tables" and its sentence, by bit number. */
const char *tw_assumption_id(unsigned bit);
const char *tw_assumption_text(unsigned bit);

/* Parts of a region. */
TW_NODISCARD tw_status tw_region_boxes(
	struct tw_results *results, const struct tw_outcome *outcome, struct tw_region *region);
TW_NODISCARD tw_status tw_region_reply(
	struct tw_results *results, const struct tw_outcome *outcome, struct tw_region *region);

/* A rule in words: "allow tcp 443 from 0.0.0.0/0". */
const char *tw_rule_text(struct tw_arena *arena, const struct tw_rule *rule, enum tw_list list);
/* "443", "80, 443", "8000-8100"; at most `most` intervals, then "and 3 more". */
const char *tw_ports_text(
	struct tw_arena *arena, const struct tw_ports *ports, size_t n, size_t most);
/* "tcp/443", "udp/53", "icmp/8", "all", ... */
const char *tw_what_text(
	struct tw_arena *arena, uint8_t protocol, const struct tw_ports *ports, size_t n);
/* CIDR blocks of the values of an address field. `most` 0: no bound. Equal lists are one. */
TW_NODISCARD tw_status tw_blocks_of(struct tw_results *results, tw_set set, enum tw_field field,
	size_t most, const struct tw_prefix **ret, size_t *ret_n, bool *ret_more);
void tw_block_lists_free(struct tw_results *results);
/* Intervals of type * 256 + code as boxes of types and codes. */
TW_NODISCARD tw_status tw_icmp_ranges(struct tw_arena *arena, struct tw_port_list list,
	const struct tw_icmp_range **ret, size_t *ret_n);
/* Port intervals of a set. */
TW_NODISCARD tw_status tw_set_ports(struct tw_results *results, tw_set set, enum tw_field field,
	struct tw_arena *arena, struct tw_port_list *ret);
/* Whatever has a client port that one of these clients picks. */
tw_set tw_clients_box(struct tw_space *space, enum tw_family family,
	const struct tw_client_result *client, size_t n);

/* ---- findings ---- */

/*
 * The clients of an outcome that lose more than an edge (undecided ports are taken kindly), as a
 * level: the highest of them, NONE if nobody is hurt. `ret_edge`: somebody loses an edge only.
 */
enum tw_level tw_hurt_level(
	const struct tw_outcome *outcome, bool every_connection, bool *ret_edge);

/*
 * Which lists drop the replies that hurt clients at or above a level wait for, and by which rules;
 * first come, first blamed. `ret` of TW_CROSSINGS entries. Denials that somebody wrote on purpose
 * are left out (rule 10). TW_LEVEL_NONE asks about the edges.
 */
TW_NODISCARD tw_status tw_causes_of(struct tw_results *results, const struct tw_outcome *outcome,
	enum tw_level level, struct tw_cause *ret, size_t *ret_n);
/* The same of a flow that somebody states: whoever wrote a denial, it is not what was asked for. */
TW_NODISCARD tw_status tw_causes_of_stated(struct tw_results *results,
	const struct tw_outcome *outcome, enum tw_level level, struct tw_cause *ret, size_t *ret_n);
/* The rules of one list that decide `dead`, as a cause whose family and protocol are set. */
TW_NODISCARD tw_status tw_cause_blame(struct tw_results *results, uint32_t acl, struct tw_view view,
	const struct tw_compiled *compiled, tw_set dead, struct tw_cause *cause);
/* The same for the request. */
TW_NODISCARD tw_status tw_denials_of(struct tw_results *results, const struct tw_outcome *outcome,
	struct tw_cause *ret, size_t *ret_n);

/* What is wrong with a judged draft becomes findings: TW101 to TW105, TW107, TW110. */
TW_NODISCARD tw_status tw_find_losses(struct tw_results *results, const struct tw_draft *draft);

/* A finding of one's own; merged with an equal cause of the same code. `draft` may be NULL. */
TW_NODISCARD tw_status tw_finding_add(struct tw_results *results, const char *code,
	enum tw_level level, const struct tw_cause *cause, const struct tw_draft *draft,
	struct tw_finding_draft **ret);
/*
 * One mistake, one finding: the code under which this cause was told already, if it is one for an
 * end's own list where `code` is for a place on the way, or the other way round; else NULL.
 */
const char *tw_finding_told(
	const struct tw_results *results, const char *code, const struct tw_cause *cause);
/* What the cause drops is kept with the finding (needs.h), if needs are kept at all. */
TW_NODISCARD tw_status tw_need_add(struct tw_results *results, struct tw_finding_draft *finding,
	enum tw_level level, const struct tw_cause *cause, const char *flow);
/* A need that was kept for an equal finding; words alone need few of them, each once. */
TW_NODISCARD tw_status tw_need_join(
	struct tw_results *results, struct tw_finding_draft *finding, const struct tw_need *need);
/* What words tell of; in `arena`. */
TW_NODISCARD tw_status tw_needs_words(
	struct tw_arena *arena, const struct tw_finding_draft *finding, struct tw_word_boxes *ret);
/* The first of the loudest. */
void tw_named_rule_take(struct tw_named_rule *into, struct tw_named_rule one);
/* The needs of a finished finding, in the report's arena. */
TW_NODISCARD tw_status tw_needs_keep(
	struct tw_results *results, const struct tw_finding_draft *finding, struct tw_needs *ret);
/* A finding whose message says it all: merged with one of the same code and message. */
TW_NODISCARD tw_status tw_finding_tell(struct tw_results *results, const char *code,
	enum tw_level level, const struct tw_cause *cause, const char *message, struct tw_span span,
	const struct tw_draft *draft, struct tw_finding_draft **ret);
/* Keeps the worst result of each client that a finding is about: edges for TW110, else shares. */
TW_NODISCARD tw_status tw_finding_clients(struct tw_results *results,
	struct tw_finding_draft *finding, const struct tw_client_result *client, size_t n);
TW_NODISCARD tw_status tw_finding_note(
	struct tw_results *results, struct tw_finding_draft *finding, const char *text);
/* Writes messages, merges equal ACLs, applies ignores, sorts. */
TW_NODISCARD tw_status tw_findings_finish(struct tw_results *results);
/* True if the two ACLs have equal rules: what is said of one holds for the other. */
bool tw_acl_same(const struct tw_net *net, uint32_t a, uint32_t b);
/* A code of lint (TW2xx to TW4xx), not of check. */
bool tw_code_is_lint(const char *code);
/* Parts of a finding, each once; of `related`, the first few. */
bool tw_same_cause(const char *code, const struct tw_cause *a, const struct tw_cause *b);
TW_NODISCARD tw_status tw_finding_add_flow(
	struct tw_results *results, struct tw_finding_draft *finding, const char *flow);
/* The same service of the same peer: said once. */
bool tw_subject_same(const struct tw_subject *a, const struct tw_subject *b);
TW_NODISCARD tw_status tw_finding_add_subject(
	struct tw_results *results, struct tw_finding_draft *finding, struct tw_subject subject);
/* The ends of an equal finding. */
void tw_finding_add_ends(struct tw_finding_draft *finding, const struct tw_finding_draft *equal);
/* The flow's ends, or the part of them that the cause drops while a draft is told (subjects.c). */
TW_NODISCARD tw_status tw_finding_subject_of(struct tw_results *results,
	struct tw_finding_draft *finding, const struct tw_cause *cause,
	const struct tw_draft *draft);
/* The far end as the list at fault sees it. */
const char *tw_subject_far_end(const struct tw_cause *cause, const struct tw_flow *flow);
/* While what is lost of a draft is told, its findings gather what they lose of it; then it becomes
 * their subject. `status` is handed on. */
void tw_subjects_open(struct tw_results *results, const struct tw_draft *draft);
TW_NODISCARD tw_status tw_subjects_close(struct tw_results *results, tw_status status);
TW_NODISCARD tw_status tw_finding_relate(struct tw_results *results,
	struct tw_finding_draft *finding, const struct tw_related *related);
/* TW110 speaks of all holes of an ACL: the lists and rules of the later ones. */
TW_NODISCARD tw_status tw_finding_add_more(
	struct tw_results *results, struct tw_finding_draft *finding, const struct tw_cause *cause);
void tw_finding_draft_free(struct tw_mem *mem, struct tw_finding_draft *draft);
void tw_finding_drafts_free(struct tw_mem *mem, tw_finding_drafts *drafts);
/*
 * near_miss.c: the rule that nearly lets the packets through becomes the finding's, further ones
 * notes.
 */
TW_NODISCARD tw_status tw_near_misses_tell(
	struct tw_results *results, struct tw_finding_draft *finding);
/* The ports that the clients pick whom a finding hurts; several pick, one picks (near_words.c). */
struct tw_pickers {
	struct tw_port_list ports;
	const char *who;
	bool several;
};

TW_NODISCARD tw_status tw_finding_pickers(
	struct tw_results *results, const struct tw_finding_draft *finding, struct tw_pickers *ret);
/* sufferers.c: which end the finding hurts. */
TW_NODISCARD tw_status tw_finding_sufferers(
	struct tw_results *results, struct tw_finding_draft *finding);
/* The message of one finding (message.c). */
TW_NODISCARD tw_status tw_finding_message(
	struct tw_results *results, struct tw_finding_draft *finding);

/* kept.c: who keeps its client although --client names others, as notes of the report. */
TW_NODISCARD tw_status tw_kept_clients(struct tw_results *results);

/* ---- sentences ---- */

/* What a partial loss looks like from outside: the right one of the contract's three sentences. */
TW_NODISCARD tw_status tw_sentence_of_client(struct tw_results *results,
	const struct tw_client_result *client, bool outbound, uint8_t protocol, const char **ret);
/* 28232 as "28,232"; NULL when memory runs out. */
const char *tw_number_text(struct tw_results *results, uint64_t n);
TW_NODISCARD tw_status tw_sentence_of_flow(
	struct tw_results *results, const struct tw_draft *draft, const char **ret);

#endif
