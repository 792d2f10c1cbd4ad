/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Real inputs, where they are present (a folder `shared/corpus` beside the checkout, or the one in
 * TW_CORPUS): whole snapshots must be read without a word that an engineer would wave away, with
 * every link found; everything else without a crash and without silence. Skipped where absent.
 */

#define _POSIX_C_SOURCE 200809L

#include "test_alloc.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "net.h"
#include "twoway/read.h"

enum { SKIPPED = 77 };

static const char *corpus;

struct reading {
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_input *in;
};

static void open_reading(struct reading *r)
{
	assert_int_equal(tw_mem_new(NULL, 0, &r->mem), TW_OK);
	assert_int_equal(tw_sources_new(r->mem, &r->sources), TW_OK);
	assert_int_equal(tw_diags_new(r->mem, &r->diags), TW_OK);
	assert_int_equal(tw_input_new(r->mem, r->sources, r->diags, &r->in), TW_OK);
}

static void close_reading(struct reading *r)
{
	tw_input_free(r->in);
	tw_diags_free(r->diags);
	tw_sources_free(r->sources);
	assert_int_equal(tw_mem_used(r->mem), 0);
	tw_mem_free(r->mem);
}

/* What a snapshot of a whole VPC must look like once it is linked. */
static void check_links(const struct tw_net *net)
{
	assert_true(net->acls > 0 && net->groups > 0 && net->subnets > 0 && net->vpcs > 0);
	for (size_t i = 0; i < net->subnets; i++) {
		assert_false(net->subnet[i].implied);
		assert_int_not_equal(net->subnet[i].vpc, TW_MISSING);
		assert_int_not_equal(net->subnet[i].acl, TW_MISSING);
		assert_int_not_equal(net->subnet[i].table, TW_MISSING);
		assert_int_equal(net->subnet[i].cidrs.n, 1);
	}
	for (size_t i = 0; i < net->interfaces; i++) {
		const struct tw_interface *e = &net->interface[i];
		assert_int_not_equal(e->subnet, TW_MISSING);
		assert_true(e->addresses.n > 0);
		assert_true(
			tw_prefix_contains(net->subnet[e->subnet].cidrs.v[0], e->addresses.v[0]));
		assert_int_equal(e->instance == TW_MISSING, e->instance_id == NULL);
		for (size_t j = 0; j < e->groups_n; j++)
			assert_int_not_equal(e->groups[j], TW_MISSING);
	}
	for (size_t i = 0; i < net->vpcs; i++) {
		assert_int_not_equal(net->vpc[i].default_acl, TW_MISSING);
		assert_int_not_equal(net->vpc[i].main_table, TW_MISSING);
	}
	for (size_t i = 0; i < net->groups; i++)
		for (int list = 0; list < 2; list++)
			for (size_t j = 0; j < net->group[i].list[list].n; j++)
				assert_false(net->group[i].list[list].rule[j].maybe);
}

static void read_snapshot(const char *path)
{
	struct reading r;

	print_message("%s\n", path);
	open_reading(&r);
	assert_int_equal(tw_input_add_path(r.in, path, TW_INPUT_AUTO), TW_OK);
	assert_int_equal(tw_input_finish(r.in), TW_OK);
	for (size_t i = 0; i < tw_diags_count(r.diags); i++) {
		const struct tw_diag *diag = tw_diags_get(r.diags, i);
		print_message("  %s\n", diag->message);
		assert_int_equal(diag->level, TW_LEVEL_NOTE);
		assert_non_null(strstr(diag->message, "are not supported yet"));
	}
	for (size_t i = 0; i < tw_input_files(r.in); i++)
		assert_string_not_equal(tw_input_file(r.in, i)->kind, "unrecognised");
	check_links(tw_input_net(r.in));
	close_reading(&r);
}

static void snapshots_are_read_whole(void **state)
{
	char path[512], folder[256];
	const struct dirent *entry;
	unsigned n = 0;
	DIR *dir;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/aws-snapshot", corpus);
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%.200s", folder, entry->d_name);
		read_snapshot(path);
		n++;
	}
	closedir(dir);
	assert_true(n > 0);
}

/* A file somebody names: read, or refused with an error. */
static void named_files_are_read_or_refused(void **state)
{
	char path[512], folder[256];
	const struct dirent *entry;
	DIR *dir;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/aws-cli", corpus);
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		struct reading r;
		bool recorded;
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%.200s", folder, entry->d_name);
		print_message("%s\n", path);
		open_reading(&r);
		tw_status status = tw_input_add_path(r.in, path, TW_INPUT_AUTO);
		/* A recorded test holds answers deep inside; it is no answer itself. */
		recorded = strstr(entry->d_name, ".snapshot.json") != NULL;
		assert_int_equal(status, recorded ? TW_EPARSE : TW_OK);
		assert_int_equal(tw_diags_count(r.diags), recorded ? 1 : 0);
		if (!recorded) {
			assert_int_equal(tw_input_finish(r.in), TW_OK);
			assert_int_equal(tw_input_net(r.in)->acls, 1);
		}
		close_reading(&r);
	}
	closedir(dir);
}

/* Everything at once, as a folder that somebody points at by mistake. */
static void the_rest_does_no_harm(void **state)
{
	struct reading r;
	size_t n[3] = {0, 0, 0};

	(void)state;
	open_reading(&r);
	tw_status status = tw_input_add_path(r.in, corpus, TW_INPUT_AUTO);
	assert_true(status == TW_OK || status == TW_EPARSE);
	assert_int_equal(status == TW_EPARSE, tw_diags_worst(r.diags) == TW_LEVEL_ERROR);
	for (size_t i = 0; i < tw_input_files(r.in); i++) {
		const char *kind = tw_input_file(r.in, i)->kind;
		n[!strcmp(kind, "unsupported") ? 1 : !strcmp(kind, "unrecognised") ? 2 : 0]++;
	}
	print_message("%zu read, %zu not supported, %zu not recognised\n", n[0], n[1], n[2]);
	for (size_t i = 0; i < tw_diags_count(r.diags); i++) {
		const struct tw_diag *diag = tw_diags_get(r.diags, i);
		struct tw_place place = {.path = diag->path};
		if (diag->span.file)
			assert_int_equal(tw_sources_place(r.sources, diag->span, &place), TW_OK);
		assert_non_null(place.path);
		print_message("  %s:%u:%u: %s: %s\n", place.path, (unsigned)place.line,
			(unsigned)place.column, tw_level_name(diag->level), diag->message);
	}
	close_reading(&r);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snapshots_are_read_whole),
		cmocka_unit_test(named_files_are_read_or_refused),
		cmocka_unit_test(the_rest_does_no_harm),
	};
	struct stat info;

	corpus = getenv("TW_CORPUS");
	if (!corpus)
		corpus = argc > 1 ? argv[1] : "../shared/corpus";
	if (stat(corpus, &info) != 0 || strlen(corpus) > 200) {
		fprintf(stderr, "skipped: there is no folder of real inputs at %s\n", corpus);
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
