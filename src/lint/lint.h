/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_LINT_LINT_H
#define TW_LINT_LINT_H

/*
 * Lint: what can be said of rules without asking whether a flow completes. Statements about the
 * order of rules are exact: they come from the sets that the rules decide. What `check` tells of
 * the same list already is not told loudly a second time.
 */

#include "atoms.h"
#include "entry.h"
#include "near.h"
#include "results.h"
#include "twoway/lint.h"

/* What was said about a rule so far: one mistake, one finding. */
enum tw_lint_fate {
	TW_LINT_KEPT,
	TW_LINT_SHADOWED,
	TW_LINT_REDUNDANT,
	TW_LINT_HOLE,  /* a deny inside a reply range: TW304 */
	TW_LINT_IDLE,  /* TW203 */
	TW_LINT_MERGED /* TW204 */
};

/* One list of the ACL under work. Rules that may or may not match (`maybe`) take no part in the
 * order: what they decide is not known. */
struct tw_lint_list {
	struct tw_rules rules;
	struct tw_view view;		    /* of a request: ingress sees FROM, egress TO */
	const struct tw_compiled *compiled; /* with all rules */
	tw_set sure;			    /* first match among the sure rules, by label */
	tw_set *covers, *decides;	    /* by rule; decides: of the sure order */
	tw_set doubtful;		    /* what maybe rules cover */
	enum tw_lint_fate *fate;
};

/* A rule that another one before it keeps from what it would do (late.c). */
struct tw_lint_late {
	uint32_t acl;
	enum tw_list list;
	size_t rule, before; /* `before`: the first that decides otherwise */
	enum tw_action action;
	bool full;	     /* no number is free in front of it */
	uint16_t number;     /* that it has in the trial; 0: none is left */
	bool tried;	     /* false: nobody asked check */
	enum tw_level level; /* what check would tell then and does not tell now */
	const char *code;    /* ... or NULL */
};

struct tw_lint {
	struct tw_results *results;
	const struct tw_lint_options *options;
	const struct tw_report *check;	/* what check says of the same input */
	uint32_t *about;		/* by finding of check: the ACL at fault, or TW_MISSING */
	const struct tw_finding **told; /* those of the ACL under work that are no notes */
	size_t tolds;
	/* The ACL under work. */
	uint32_t acl;
	struct tw_lint_list list[2];
	struct tw_nears near;
	struct tw_atoms atoms;
	struct tw_port_list **service; /* [atom * 2 + list][rule] */
	struct tw_diags *diags;
	TW_VEC(struct tw_lint_late) late; /* by ACL, list and rule */
	/* Looked at. */
	size_t acls, rules, groups;
};

/* ---- tell.c: findings and their fixes -------------------------------------------------------- */

/*
 * A finding at a rule of the ACL under work; `rule` TW_MISSING: at the ACL. `message` NULL: out of
 * memory. The draft moves with the next finding.
 */
TW_NODISCARD tw_status tw_lint_tell(struct tw_lint *lint, const char *code, enum tw_level level,
	enum tw_list list, uint32_t rule, const char *label, const char *message,
	struct tw_finding_draft **ret);
/* The same at a rule of a group. */
TW_NODISCARD tw_status tw_lint_tell_group(struct tw_lint *lint, const char *code,
	enum tw_level level, uint32_t group, enum tw_list list, uint32_t rule, const char *label,
	const char *message, struct tw_finding_draft **ret);
/* Points at another rule of the ACL. */
TW_NODISCARD tw_status tw_lint_relate(struct tw_lint *lint, struct tw_finding_draft *finding,
	enum tw_list list, size_t rule, const char *message);
/* A note; NULL: out of memory. */
TW_NODISCARD tw_status tw_lint_note(
	struct tw_lint *lint, struct tw_finding_draft *finding, const char *text);
/*
 * The level for a loss in this list: `level`, or a note where check tells of lost replies there; if
 * so, `ret_code` (may be NULL) is set to check's code, else to NULL.
 */
enum tw_level tw_lint_loss(const struct tw_lint *lint, enum tw_list list, uint8_t protocol,
	enum tw_level level, const char **ret_code);
/* What check tells, as a note of the finding; nothing if `code` is NULL. */
TW_NODISCARD tw_status tw_lint_refer(
	struct tw_lint *lint, struct tw_finding_draft *finding, const char *code);

/* What check tells of the ACL under work. */
TW_NODISCARD tw_status tw_lint_told(struct tw_lint *lint);
/* True if check tells that requests are stopped here: then replies wait for nothing, and that is
 * why. */
bool tw_lint_is_shut(const struct tw_lint *lint);

/* A rule as an edit has it. */
struct tw_entry tw_lint_entry(
	const struct tw_lint *lint, const struct tw_rule *rule, enum tw_list list);
/* The list after the edits. */
TW_NODISCARD tw_status tw_lint_edited(struct tw_lint *lint, enum tw_list list,
	const struct tw_edit *edit, size_t n, struct tw_compiled *ret);
/*
 * Offers a fix, if the edits do what they must: afterwards the first edit's list lets pass
 * all of `wanted`, and if `safe`, each list exactly what it let pass before. `title` NULL: made of
 * the first edit.
 */
TW_NODISCARD tw_status tw_lint_fix(struct tw_lint *lint, struct tw_finding_draft *finding,
	const char *title, bool safe, tw_set wanted, const struct tw_edit *edit, size_t n);
/* The fix that takes one rule out. */
TW_NODISCARD tw_status tw_lint_fix_remove(struct tw_lint *lint, struct tw_finding_draft *finding,
	enum tw_list list, size_t rule, bool safe);
/* The fix that puts `entry` in the place of a rule. */
TW_NODISCARD tw_status tw_lint_fix_replace(struct tw_lint *lint, struct tw_finding_draft *finding,
	enum tw_list list, size_t rule, struct tw_entry entry, bool safe, tw_set wanted);
/* The fix that adds `entry` behind a rule. */
TW_NODISCARD tw_status tw_lint_fix_add(struct tw_lint *lint, struct tw_finding_draft *finding,
	enum tw_list list, uint32_t behind, struct tw_entry entry, tw_set wanted);

/* ---- late.c ---------------------------------------------------------------------------------- */

/* Adds the rules of this list of the ACL under work that come too late. */
TW_NODISCARD tw_status tw_lint_late_add(struct tw_lint *lint, enum tw_list list);
/* Tries all of them in front. */
TW_NODISCARD tw_status tw_lint_late_try(struct tw_lint *lint);
/* A rule of the ACL under work; NULL if it was left out, as one of too many. */
const struct tw_lint_late *tw_lint_late(const struct tw_lint *lint, enum tw_list list, size_t rule);
void tw_lint_late_close(struct tw_lint *lint);

/* ---- flows.c --------------------------------------------------------------------------------- */

/* Withdraws safe fixes of the findings so far that would take a flow from check. */
TW_NODISCARD tw_status tw_lint_keep_flows(struct tw_lint *lint);

/* ---- words.c --------------------------------------------------------------------------------- */

/* "acl-1 ingress rule 100 (allow tcp/443 from 0.0.0.0/0)" */
const char *tw_lint_rule_text(const struct tw_lint *lint, enum tw_list list, size_t rule);
/* "rule 100", "rules 100, 110 and 3 more", from labels of a partition of that list. */
const char *tw_lint_rules_text(
	const struct tw_lint *lint, enum tw_list list, const uint16_t *label, size_t n);
/* "1 of 64,512 ports", "256 of 65,536 addresses", "... packets": how much of `all` is `part`. */
TW_NODISCARD tw_status tw_lint_share_text(
	struct tw_lint *lint, enum tw_list list, tw_set part, tw_set all, const char **ret);
/* "inbound", "outbound" */
const char *tw_lint_way(enum tw_list list);

/* ---- what rules are -------------------------------------------------------------------------- */

/* Written by somebody, and it is known what it matches. */
static inline bool tw_lint_is_sure(const struct tw_rule *rule)
{
	return !rule->implicit && !rule->maybe && rule->action != TW_ACTION_UNKNOWN;
}

/* A sure allow of TCP or UDP whose ports are a range for replies, and that does something. */
bool tw_lint_is_reply(const struct tw_lint *lint, enum tw_list list, size_t rule);
/* The packets of a protocol and ports from or to everybody, as the list sees them. */
tw_set tw_lint_packets(const struct tw_lint *lint, enum tw_list list, uint8_t family,
	uint8_t protocol, struct tw_ports ports);
/* The packets of a rule's peers with a protocol and ports. */
tw_set tw_lint_packets_of(const struct tw_lint *lint, enum tw_list list, const struct tw_rule *rule,
	uint8_t protocol, struct tw_ports ports);
/*
 * Adds the clients that lose ports to the finding, with what this loss alone leaves them; true in
 * `ret_much` if one that counts loses a thousandth. Replies that come in are for what sits behind
 * the ACL, those that go out for callers (rule 9); --client replaces both.
 */
TW_NODISCARD tw_status tw_lint_price(struct tw_lint *lint, struct tw_finding_draft *finding,
	struct tw_port_list lost, bool *ret_much);

/* ---- the lints ------------------------------------------------------------------------------- */

/* What each looks at is said where it is defined. */
/* The first rule that decides what this one names, and not as it would, where it decides nothing;
 * else SIZE_MAX. */
TW_NODISCARD tw_status tw_lint_first_against(
	struct tw_lint *lint, enum tw_list list, size_t rule, size_t *ret);
TW_NODISCARD tw_status tw_lint_order(struct tw_lint *lint, enum tw_list list);
TW_NODISCARD tw_status tw_lint_merges(struct tw_lint *lint, enum tw_list list);
/*
 * What a deny of a few high ports takes, or would take, out of the replies that rules from `from`
 * on let pass; `packets` are those that it decides. *ret_reply: the first of these rules.
 */
tw_set tw_lint_hole(struct tw_lint *lint, enum tw_list list, size_t rule, tw_set packets,
	size_t from, size_t *ret_reply);
TW_NODISCARD tw_status tw_lint_holes(struct tw_lint *lint, enum tw_list list);
TW_NODISCARD tw_status tw_lint_parts(struct tw_lint *lint, enum tw_list list);
TW_NODISCARD tw_status tw_lint_traps(struct tw_lint *lint, enum tw_list list);
TW_NODISCARD tw_status tw_lint_icmp(struct tw_lint *lint);
TW_NODISCARD tw_status tw_lint_replies(struct tw_lint *lint);
TW_NODISCARD tw_status tw_lint_ranges(struct tw_lint *lint, enum tw_list list);
TW_NODISCARD tw_status tw_lint_forgotten(struct tw_lint *lint);
TW_NODISCARD tw_status tw_lint_exposed(struct tw_lint *lint);
TW_NODISCARD tw_status tw_lint_compliance(struct tw_lint *lint);
/* What it says where no rule of the input offends, in any ACL; NULL: one does, or nobody asked. */
const char *tw_lint_compliance_text(const struct tw_lint *lint);
TW_NODISCARD tw_status tw_lint_quota(struct tw_lint *lint, enum tw_list list);
TW_NODISCARD tw_status tw_lint_group(struct tw_lint *lint, uint32_t group);
/* True if the rule decides ports of this atom. */
bool tw_lint_decides_at(
	const struct tw_lint *lint, const struct tw_atom *atom, enum tw_list list, size_t rule);
/* True if a reply rule answers requests of the other list at this atom: rule 12. */
bool tw_lint_serves(const struct tw_lint *lint, size_t atom, enum tw_list list);
/* True if something other than the ACL's own rules names a service that may use a reply range:
 * groups, intents, targets. Then nothing is called idle. */
bool tw_lint_named_elsewhere(const struct tw_lint *lint, uint8_t protocol);

#endif
