/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWOWAY_READ_H
#define TWOWAY_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "twoway/diag.h"
#include "twoway/edit.h"
#include "twoway/intents.h"
#include "twoway/net.h"

/**
 * Reading: files, folders and bytes become one network.
 *
 *	tw_input_new(mem, sources, diags, &in);
 *	tw_input_add_path(in, "net/", TW_INPUT_AUTO);
 *	tw_input_finish(in);                       // links; what is wrong stands in diags
 *	tw_check(mem, tw_input_net(in), &options, diags, &report);
 *
 * Adding goes on after TW_EPARSE, so that one run reports the errors of every file; a file that
 * cannot be opened is one of them. Any error diagnostic means that nothing may be judged;
 * tw_input_finish then returns TW_EPARSE.
 */

#ifdef __cplusplus
extern "C" {
#endif

enum tw_input_type { TW_INPUT_AUTO, TW_INPUT_AWS_CLI, TW_INPUT_COLLECTOR };
/** "auto", "aws-cli", "np-guard": false if the text names none. */
bool tw_input_type_parse(const char *text, enum tw_input_type *ret);

struct tw_input;

TW_NODISCARD tw_status tw_input_new(struct tw_mem *mem, struct tw_sources *sources,
	struct tw_diags *diags, struct tw_input **ret);
void tw_input_free(struct tw_input *in);

/** A file, a folder (sub-folders too, symbolic links not followed), or "-" for standard input. */
TW_NODISCARD tw_status tw_input_add_path(
	struct tw_input *in, const char *path, enum tw_input_type type);
/** Bytes in memory under a name. `named`: somebody named this very input, so not understanding it
 * is an error; else it is counted as unrecognised. */
TW_NODISCARD tw_status tw_input_add_bytes(struct tw_input *in, const char *name, const void *bytes,
	size_t size, enum tw_input_type type, bool named);
/** The owner's intents; a second one is an error. */
TW_NODISCARD tw_status tw_input_add_intents(struct tw_input *in, const char *path);
TW_NODISCARD tw_status tw_input_add_intents_bytes(
	struct tw_input *in, const char *name, const void *bytes, size_t size);

/** Before tw_input_finish: input without any network ACL and security group is fine, since nothing
 * is going to be judged. */
void tw_input_allow_no_filters(struct tw_input *in);

TW_NODISCARD tw_status tw_input_finish(struct tw_input *in);

const struct tw_net *tw_input_net(const struct tw_input *in);
/** NULL if none was added. */
const struct tw_intents *tw_input_intents(const struct tw_input *in);

/**
 * The bytes of the files that hold the edited ACLs and groups, with the edits made and every other
 * byte kept. A result is one array, drawn from `mem`; free it with tw_rewritten_free. Nothing is
 * written to disk here.
 * TW_EPARSE: an edit cannot be made (the ACL stands in no file, in YAML, in standard input, or its
 * rule is no longer as the edit has it); the diagnostics say where and why, and nothing is
 * returned.
 */
struct tw_rewritten {
	const char *path; /**< as it was read */
	const char *bytes;
	size_t size;
	const char *was; /**< the bytes that were read; they belong to the sources */
	size_t was_size;
};
TW_NODISCARD tw_status tw_rewrite(struct tw_mem *mem, struct tw_sources *sources,
	const struct tw_edit *edit, size_t n, struct tw_diags *ret_diags, struct tw_rewritten **ret,
	size_t *ret_n);
void tw_rewritten_free(struct tw_mem *mem, struct tw_rewritten *file, size_t n);
/**
 * Puts the files in place of those that were read: all are written in full beside them and brought
 * to disk first, then renamed, with the mode and, as far as the system lets us, the owner of the
 * old file. TW_EPARSE: one cannot be written, or holds something else by now than what was read;
 * the diagnostics say which and why, and nothing has changed. Should a rename be refused after
 * others were done, the diagnostic names the files that are new already. A file that was read by
 * two names is written once. Hold signals that would end the program: what is written beside the
 * files would stay.
 */
TW_NODISCARD tw_status tw_rewritten_save(
	const struct tw_rewritten *file, size_t n, struct tw_diags *ret_diags);

/** What was read, one entry a file, in the order of reading; contiguous: entry 0 begins an array.
 */
size_t tw_input_files(const struct tw_input *in);
const struct tw_input_file *tw_input_file(const struct tw_input *in, size_t i);

#ifdef __cplusplus
}
#endif
#endif
