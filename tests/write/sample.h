/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_TEST_SAMPLE_H
#define TW_TEST_SAMPLE_H

/*
 * Reports built by hand, for the tests of writers: what `check` and `trace` would hand over for the
 * file net/acl.json of sample_text, and a sink that keeps what was written.
 */

#include "test_alloc.h"
#include "text.h"
#include "twoway/write.h"

/* The text of net/acl.json. */
extern const char sample_text[];

struct sample_sink {
	struct tw_sink sink;
	char text[1 << 18];
	size_t n;
	unsigned calls;
	bool broken; /* refuses all bytes */
};

void sample_sink_init(struct sample_sink *sink);

/* Sources that hold net/acl.json as file 1; the test fails if they cannot be made. */
struct tw_sources *sample_sources(struct tw_mem *mem);
/* The span of the first `needle` in sample_text. */
struct tw_span sample_span(const char *needle);

/* A flow whose replies are lost for most ports, with its finding. */
const struct tw_report *sample_partial(void);
/* Two flows as they should be. */
const struct tw_report *sample_clean(void);
/* `trace` of a request that arrives and gets no reply at all. */
const struct tw_report *sample_one_way(void);
/* `trace` through a security group and within one subnet. */
const struct tw_report *sample_tracked(void);
/* What was read. */
const struct tw_input_file *sample_inputs(size_t *ret_n);

#endif
