/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_SNIFF_H
#define TW_READ_SNIFF_H

/* What an input is, by its content: cheap looks that decide which reader is asked. */

#include "document.h"

enum tw_looks {
	TW_LOOKS_JSON,
	TW_LOOKS_YAML,
	TW_LOOKS_TABLE, /* aws --output table */
	TW_LOOKS_TEXT,	/* aws --output text */
	TW_LOOKS_KNOWN, /* a kind that has a name and no reader yet */
	TW_LOOKS_OTHER
};

/* Before reading; the end of `path` decides where the bytes do not. *ret_name: of TW_LOOKS_KNOWN.
 */
enum tw_looks tw_sniff(const char *path, struct tw_sv bytes, const char **ret_name);
/* After reading, if no reader took it: "a Terraform plan", or NULL. */
const char *tw_sniff_document(const struct tw_document *d);
/* A broken document that was meant as an answer of `aws`: a key of one is in the text. */
bool tw_sniff_answer(struct tw_sv bytes);
/* The part of a path behind the last slash. */
const char *tw_path_name(const char *path);
bool tw_path_ends(const char *path, const char *ending);

#endif
