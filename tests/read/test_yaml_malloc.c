/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libyaml takes its memory from malloc. Here malloc is ours: it fails on request, and counts what
 * is alive, so that each of libyaml's failures must become TW_ENOMEM with everything given back.
 * Our own memory comes from an allocator that does not pass through it. Skipped where a sanitizer
 * owns malloc or the C library is not glibc.
 */

#include "test_alloc.h"

#include <stdio.h>
#include <stdlib.h>

#include "document.h"

#define SKIPPED 77

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) ||                         \
	__has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

#if !defined(__GLIBC__) || defined(SANITIZED)
int main(void)
{
	puts("skipped: the sanitizer has malloc to itself here; the plain build runs this");
	return SKIPPED;
}
#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

static struct {
	bool on;
	size_t requests, fail_at; /* 1 is the first */
	long alive;
} hook;

static bool must_fail(void)
{
	return hook.on && ++hook.requests == hook.fail_at;
}

static void *counted(void *p)
{
	hook.alive += hook.on && p;
	return p;
}

void *malloc(size_t size)
{
	return must_fail() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return must_fail() ? NULL : counted(__libc_calloc(n, size));
}

void *realloc(void *p, size_t size)
{
	void *moved;

	if (must_fail())
		return NULL;
	moved = __libc_realloc(p, size);
	hook.alive += hook.on && !p && moved;
	return moved;
}

void free(void *p)
{
	hook.alive -= hook.on && p;
	__libc_free(p);
}

/* The library's own memory, aside from malloc. */
static void *aside_alloc(void *ctx, size_t size)
{
	(void)ctx;
	return __libc_malloc(size);
}

static void *aside_resize(void *ctx, void *p, size_t old_size, size_t new_size)
{
	(void)ctx;
	(void)old_size;
	return __libc_realloc(p, new_size);
}

static void aside_release(void *ctx, void *p, size_t size)
{
	(void)ctx;
	(void)size;
	__libc_free(p);
}

/* Reads with request number `fail_at` of libyaml failing; false if it asked less often. */
static bool read_failing(const char *text, size_t fail_at, tw_status *ret)
{
	const struct tw_alloc aside = {aside_alloc, aside_resize, aside_release, NULL};
	struct tw_mem *mem = NULL;
	struct tw_sources *sources = NULL;
	struct tw_diags *diags = NULL;
	struct tw_document *d = NULL;
	uint32_t file = 0;
	bool failed;
	long alive;

	assert_int_equal(tw_mem_new(&aside, 0, &mem), TW_OK);
	assert_int_equal(tw_sources_new(mem, &sources), TW_OK);
	assert_int_equal(tw_diags_new(mem, &diags), TW_OK);
	assert_int_equal(tw_sources_add(sources, "input", text, strlen(text), &file), TW_OK);
	hook.requests = 0;
	hook.alive = 0;
	hook.fail_at = fail_at;
	hook.on = true;
	*ret = tw_yaml_read(mem, sources, file, diags, &d);
	hook.on = false;
	failed = hook.requests >= fail_at;
	alive = hook.alive;
	if (failed && *ret != TW_ENOMEM)
		fail_msg("request %zu failed, status %d: %s", fail_at, (int)*ret, text);
	if (alive != 0)
		fail_msg("request %zu failed, %ld blocks are alive: %s", fail_at, alive, text);
	assert_true(*ret == TW_OK || !d);
	tw_document_free(d);
	tw_diags_free(diags);
	tw_sources_free(sources);
	assert_int_equal(tw_mem_used(mem), 0);
	tw_mem_free(mem);
	return failed;
}

static void every_request_fails(void **state)
{
	static const struct {
		const char *text;
		tw_status expected;
	} cases[] = {
		{"a: 1\nb: [x, 'y', {c: \"d\\u00e9\"}]\ne: |\n  text\n  more\nf: >-\n  g\n", TW_OK},
		{"%YAML 1.1\n%TAG !x! tag:x\n--- # c\n? a\n: - b\n  - - c\n...\n", TW_OK},
		{"a: plain text\n  that goes on\n\n  and on\n", TW_OK},
		{"a: &x !t b\n", TW_EPARSE},
		{"a: *x\n", TW_EPARSE},
		{"a: !x!y [1\n", TW_EPARSE},
		{"a: \"open\n", TW_EPARSE},
		{"a: b: c\n", TW_EPARSE},
		{"a: \xff\n", TW_EPARSE},
	};

	(void)state;
	for (size_t i = 0; i < TW_COUNT(cases); i++) {
		tw_status status = TW_OK;
		size_t nth = 1;

		while (read_failing(cases[i].text, nth, &status))
			nth++;
		assert_int_equal(status, cases[i].expected);
		/* The hook did see libyaml. */
		assert_true(nth > 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_request_fails)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
