/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as JSON: a document that keeps all rules, or a refusal with its place. */

#include <stdio.h>
#include <stdlib.h>

#include "../read/document_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_json: %s\n", what);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tw_mem *mem = NULL;
	struct tw_sources *sources = NULL;
	struct tw_diags *diags = NULL;
	struct tw_document *document = NULL;
	const char *fault;
	uint32_t file = 0;
	tw_status status;

	demand(tw_mem_new(NULL, 0, &mem) == TW_OK, "no memory account");
	demand(tw_sources_new(mem, &sources) == TW_OK, "no sources");
	demand(tw_diags_new(mem, &diags) == TW_OK, "no diagnostics");
	demand(tw_sources_add(sources, "input", data, size, &file) == TW_OK, "no file");
	status = tw_json_read(mem, sources, file, diags, &document);
	if (status == TW_OK) {
		fault = check_document(document);
		demand(tw_diags_count(diags) == 0, "a document with complaints");
	} else {
		demand(status == TW_EPARSE && !document, "a status that is no verdict");
		fault = check_refusal(sources, diags, file, size);
	}
	demand(!fault, fault ? fault : "");
	tw_document_free(document);
	tw_diags_free(diags);
	tw_sources_free(sources);
	demand(tw_mem_used(mem) == 0, "memory was not given back");
	tw_mem_free(mem);
	return 0;
}
