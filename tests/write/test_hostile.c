/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever a report holds, what is written is orderly: no line is wider than asked for, no line
 * ends in a blank, nothing steers the terminal, ASCII is ASCII, JSON is written whole, and running
 * out of memory anywhere leaves nothing behind and nothing half-written.
 */

#include "random_report.h"

#include "sample.h"

static struct sample_sink sink;

struct made {
	struct test_alloc alloc;
	struct tw_mem *mem;
	struct tw_arena arena;
	struct tw_sources *sources;
	const struct tw_report *report;
};

static void make(struct made *made, struct test_random *random)
{
	test_alloc_init(&made->alloc);
	made->mem = test_mem_new(&made->alloc);
	tw_arena_init(&made->arena, made->mem);
	assert_int_equal(tw_sources_new(made->mem, &made->sources), TW_OK);
	made->report = random_report(random, &made->arena, made->sources);
}

static void unmake(struct made *made)
{
	tw_sources_free(made->sources);
	tw_arena_fini(&made->arena);
	test_mem_free(&made->alloc, made->mem);
}

/* Fails with the line that is at fault. */
static void check_line(const char *line, size_t n, const struct tw_style *style)
{
	size_t width = tw_text_width(line, n);
	const char *fault = NULL;

	if (style->format == TW_FORMAT_TEXT && width > style->width)
		fault = "too wide";
	if (n > 0 && line[n - 1] == ' ')
		fault = "ends in a blank";
	for (size_t i = 0; i < n;) {
		uint32_t c = 0;
		size_t size = tw_utf8_next(line + i, n - i, &c);
		if (size == 0)
			fault = "is not UTF-8";
		else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x202e || c == 0x200b)
			fault = "holds a control character";
		else if (style->ascii && c > 0x7e)
			fault = "is not ASCII";
		i += size > 0 ? size : 1;
	}
	if (fault != NULL)
		fail_msg("a line of width %zu (asked for %u) %s: %.*s", width, style->width, fault,
			(int)n, line);
}

static void check_text(const struct tw_style *style)
{
	const char *line = sink.text, *end;

	assert_true(sink.calls <= 1);
	while ((end = strchr(line, '\n')) != NULL) {
		check_line(line, (size_t)(end - line), style);
		line = end + 1;
	}
	assert_int_equal(*line, '\0');
}

static void write_both(struct made *made, const struct tw_style *style)
{
	size_t n;
	const struct tw_input_file *inputs = sample_inputs(&n);

	sample_sink_init(&sink);
	assert_int_equal(
		tw_write_check(made->mem, made->report, inputs, n, made->sources, style, sink.sink),
		TW_OK);
	check_text(style);
	sample_sink_init(&sink);
	assert_int_equal(
		tw_write_trace(made->mem, made->report, inputs, n, made->sources, style, sink.sink),
		TW_OK);
	check_text(style);
}

static void orderly_at_every_width(void **state)
{
	struct test_random random;

	(void)state;
	test_random_init(&random, "orderly_at_every_width");
	for (unsigned round = 0; round < 60; round++) {
		struct made made;
		make(&made, &random);
		for (unsigned width = 40; width <= 200; width += 1 + (round * 7 + width) % 29) {
			struct tw_style style = {.format = TW_FORMAT_TEXT,
				.width = width,
				.ascii = test_random_below(&random, 2) == 0,
				.verbose = test_random_below(&random, 2) == 0,
				.all = test_random_below(&random, 2) == 0};
			write_both(&made, &style);
		}
		struct tw_style concise = {.format = TW_FORMAT_CONCISE, .verbose = true};
		write_both(&made, &concise);
		unmake(&made);
	}
}

/* Colour adds escapes of our own and changes nothing else. */
static void colour_changes_nothing_else(void **state)
{
	static char plain[sizeof(sink.text)];
	struct test_random random;

	(void)state;
	test_random_init(&random, "colour_changes_nothing_else");
	for (unsigned round = 0; round < 20; round++) {
		struct made made;
		make(&made, &random);
		struct tw_style style = {.format = TW_FORMAT_TEXT, .width = 80, .verbose = true};
		sample_sink_init(&sink);
		assert_int_equal(tw_write_check(made.mem, made.report, NULL, 0, made.sources,
					 &style, sink.sink),
			TW_OK);
		memcpy(plain, sink.text, sizeof(plain));
		style.color = true;
		sample_sink_init(&sink);
		assert_int_equal(tw_write_check(made.mem, made.report, NULL, 0, made.sources,
					 &style, sink.sink),
			TW_OK);
		size_t to = 0;
		for (size_t i = 0; i < sink.n; i++) {
			if (sink.text[i] == '\x1b') {
				while (sink.text[i] != 'm')
					i++;
				continue;
			}
			sink.text[to++] = sink.text[i];
		}
		sink.text[to] = '\0';
		assert_string_equal(sink.text, plain);
		unmake(&made);
	}
}

struct task {
	const struct tw_report *report;
	struct tw_style style;
	bool trace;
};

static tw_status write_task(struct tw_mem *mem, void *ctx)
{
	const struct task *task = ctx;
	struct tw_sources *sources;
	size_t n;
	const struct tw_input_file *inputs = sample_inputs(&n);
	uint32_t file;

	sample_sink_init(&sink);
	TW_TRY(tw_sources_new(mem, &sources));
	tw_status status =
		tw_sources_add(sources, "net/acl.json", sample_text, strlen(sample_text), &file);
	if (status == TW_OK)
		status = (task->trace ? tw_write_trace : tw_write_check)(
			mem, task->report, inputs, n, sources, &task->style, sink.sink);
	tw_sources_free(sources);
	if (status != TW_OK && sink.calls > 0)
		fail_msg("%s", "something was written before memory ran out");
	return status;
}

static void no_memory_leaves_nothing(void **state)
{
	(void)state;
	for (int format = TW_FORMAT_TEXT; format <= TW_FORMAT_JSON; format++) {
		struct task check = {.report = sample_partial(),
			.style = {.format = (enum tw_format)format, .verbose = true}};
		struct task trace = {.report = sample_one_way(),
			.style = {.format = (enum tw_format)format},
			.trace = true};
		assert_int_equal(tw_oom_sweep(write_task, &check), TW_OK);
		assert_int_equal(tw_oom_sweep(write_task, &trace), TW_OK);
	}
}

static tw_status write_tables(struct tw_mem *mem, void *ctx)
{
	const struct tw_style *style = ctx;

	sample_sink_init(&sink);
	TW_TRY(tw_write_clients(mem, NULL, 0, style, sink.sink));
	sample_sink_init(&sink);
	TW_TRY(tw_write_codes(mem, NULL, style, sink.sink));
	sample_sink_init(&sink);
	return tw_write_codes(mem, tw_code_find("TW101"), style, sink.sink);
}

static void no_memory_for_tables(void **state)
{
	(void)state;
	for (int format = TW_FORMAT_TEXT; format <= TW_FORMAT_JSON; format++) {
		struct tw_style style = {.format = (enum tw_format)format};
		assert_int_equal(tw_oom_sweep(write_tables, &style), TW_OK);
	}
}

static void a_broken_sink_is_told(void **state)
{
	struct tw_style style = {.format = TW_FORMAT_TEXT};
	struct tw_mem *mem;

	(void)state;
	assert_int_equal(tw_mem_new(NULL, 0, &mem), TW_OK);
	struct tw_sources *sources = sample_sources(mem);
	sample_sink_init(&sink);
	sink.broken = true;
	assert_int_equal(
		tw_write_check(mem, sample_partial(), NULL, 0, sources, &style, sink.sink), TW_EIO);
	tw_sources_free(sources);
	tw_mem_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orderly_at_every_width),
		cmocka_unit_test(colour_changes_nothing_else),
		cmocka_unit_test(no_memory_leaves_nothing),
		cmocka_unit_test(no_memory_for_tables),
		cmocka_unit_test(a_broken_sink_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
