/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_INTENTS_READ_H
#define TW_READ_INTENTS_READ_H

/* The entry of the reader of twoway.yaml. */

#include "document.h"
#include "twoway/intents.h"

/*
 * Reads a whole document, and goes on after an error so that one run tells them all. TW_EPARSE if
 * there was any (each is a diagnostic with its place); *ret is then untouched.
 */
TW_NODISCARD tw_status tw_intents_read(
	struct tw_mem *mem, struct tw_document *document, struct tw_intents **ret);

#endif
