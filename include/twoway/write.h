/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_WRITE_H
#define TWOWAY_WRITE_H

#include <stdbool.h>

#include "twoway/check.h"
#include "twoway/diff.h"
#include "twoway/gen.h"

/**
 * Writing: reports as text for people and as JSON for programs. A writer is handed results and
 * computes nothing but layout. Output goes into a sink in one piece at the end, so nothing is ever
 * half-written; a writer with nothing to say does not call the sink.
 */

#ifdef __cplusplus
extern "C" {
#endif

enum tw_format { TW_FORMAT_TEXT, TW_FORMAT_CONCISE, TW_FORMAT_JSON };
bool tw_format_parse(const char *text, enum tw_format *ret);

/** Takes bytes; TW_EIO if it cannot. */
struct tw_sink {
	tw_status (*write)(void *ctx, const char *bytes, size_t size);
	void *ctx;
};

struct tw_style {
	enum tw_format format;
	unsigned width;	  /**< columns, at least 40; 0: 80 */
	bool ascii;	  /**< no box drawing, no dashes beyond ASCII */
	bool color;	  /**< ANSI colour; nothing is said by colour alone */
	bool verbose;	  /**< notes in full */
	bool brief;	  /**< flows that are as they should be are counted, not listed */
	bool all;	  /**< `trace` only: draw every region, not only the four worst */
	const char *link; /**< `trace` only: NULL */
};

/** `inputs` are listed in JSON; `sources` resolves spans and gives excerpts. */
TW_NODISCARD tw_status tw_write_check(struct tw_mem *mem, const struct tw_report *report,
	const struct tw_input_file *inputs, size_t inputs_n, struct tw_sources *sources,
	const struct tw_style *style, struct tw_sink sink);
TW_NODISCARD tw_status tw_write_trace(struct tw_mem *mem, const struct tw_report *report,
	const struct tw_input_file *inputs, size_t inputs_n, struct tw_sources *sources,
	const struct tw_style *style, struct tw_sink sink);
/** A difference, with the files of both networks. Spans of both are resolved in `sources`. */
TW_NODISCARD tw_status tw_write_diff(struct tw_mem *mem, const struct tw_difference *difference,
	const struct tw_input_file *old_input, size_t old_inputs,
	const struct tw_input_file *new_input, size_t new_inputs, struct tw_sources *sources,
	const struct tw_style *style, struct tw_sink sink);
/** The client table; `extra`: clients of one's own, printed behind the built-in ones. */
TW_NODISCARD tw_status tw_write_clients(struct tw_mem *mem, const struct tw_client *extra,
	size_t extras, const struct tw_style *style, struct tw_sink sink);
/** One code in full, or with `code` NULL the list of all. */
TW_NODISCARD tw_status tw_write_codes(struct tw_mem *mem, const struct tw_code *code,
	const struct tw_style *style, struct tw_sink sink);
/** Diagnostics as `path:line:column: level: message`, for standard error; notes if `verbose`. */
TW_NODISCARD tw_status tw_write_diags(struct tw_mem *mem, const struct tw_diags *diags,
	struct tw_sources *sources, const struct tw_style *style, struct tw_sink sink);

/**
 * Text as it may stand on one line of a terminal: what moves the cursor, hides itself, turns the
 * writing direction or is no UTF-8 becomes an escape such as \\x1b. Needs no memory; calls the sink
 * once for each 512 bytes or less.
 */
TW_NODISCARD tw_status tw_write_clean(const char *text, bool ascii, struct tw_sink sink);

/** How edits and rule sets are spelled: for a shell, as source, or in the shape of describe-*. */
enum tw_spelling {
	TW_SPELL_AWS,		   /**< commands of the AWS CLI */
	TW_SPELL_TERRAFORM,	   /**< separate rule resources */
	TW_SPELL_TERRAFORM_INLINE, /**< blocks inside the resource of the ACL or group */
	TW_SPELL_CLOUDFORMATION,   /**< YAML */
	TW_SPELL_DESCRIBE /**< JSON of describe-network-acls and describe-security-groups */
};
/** "aws", "terraform", "terraform-inline", "cloudformation", "json": false if it names none. */
bool tw_spelling_parse(const char *text, enum tw_spelling *ret);
/** Edits in their order. TW_EINVAL: TW_SPELL_DESCRIBE has no words for an edit. */
TW_NODISCARD tw_status tw_write_edits(struct tw_mem *mem, const struct tw_edit *edit, size_t n,
	enum tw_spelling spelling, struct tw_sink sink);
/** Whole rule sets: new ACLs and groups. */
TW_NODISCARD tw_status tw_write_rule_sets(struct tw_mem *mem, const struct tw_rule_set *set,
	size_t n, enum tw_spelling spelling, struct tw_sink sink);
/** Generated rule sets for people, with the reason for each rule; concise: one line a rule. JSON
 * is that of TW_SPELL_DESCRIBE. */
TW_NODISCARD tw_status tw_write_gen(struct tw_mem *mem, const struct tw_gen_result *result,
	const struct tw_style *style, struct tw_sink sink);

#ifdef __cplusplus
}
#endif
#endif
