/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conformance corpus in json-suite/: every file of valid/ is read, by us and by jansson with
 * the same result; every file of invalid/ is refused at the place and with the words of
 * invalid.tsv, and jansson refuses it too. The folder is the program's argument.
 */

#define _POSIX_C_SOURCE 200809L

#include "test_document.h"
#include "test_jansson.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const char *folder;

struct bytes {
	char *p;
	size_t n;
};

static struct bytes load(const char *part, const char *name, const char *suffix)
{
	struct bytes bytes;
	char path[1024];
	FILE *file;
	long size;

	assert_true(snprintf(path, sizeof(path), "%s/%s%s%s", folder, part, name, suffix) <
		    (int)sizeof(path));
	file = fopen(path, "rb");
	if (!file)
		fail_msg("%s is missing", path);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	assert_true(size >= 0);
	rewind(file);
	bytes = (struct bytes){malloc((size_t)size + 1), (size_t)size};
	assert_non_null(bytes.p);
	assert_int_equal(fread(bytes.p, 1, bytes.n, file), bytes.n);
	bytes.p[bytes.n] = '\0';
	fclose(file);
	return bytes;
}

/* Calls `each` with the name of every *.json file of a part of the folder; returns how many. */
static size_t each_file(const char *part, void (*each)(const char *name))
{
	char path[1024];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	assert_true(snprintf(path, sizeof(path), "%s/%s", folder, part) < (int)sizeof(path));
	dir = opendir(path);
	if (!dir)
		fail_msg("%s is missing", path);
	while ((entry = readdir(dir)) != NULL) {
		const char *dot = strrchr(entry->d_name, '.');

		if (dot && strcmp(dot, ".json") == 0) {
			each(entry->d_name);
			n++;
		}
	}
	closedir(dir);
	return n;
}

static void expect_valid(const char *name)
{
	struct bytes bytes = load("valid/", name, "");
	struct reading r;

	reading_begin(&r, JSON, bytes.p, bytes.n);
	if (r.status != TW_OK)
		fail_msg("%s: %s", name, tw_diags_get(r.diags, 0)->message);
	expect_same_as_jansson(name, bytes.p, bytes.n, &r);
	reading_end(&r);
	free(bytes.p);
}

static void valid_files(void **state)
{
	(void)state;
	assert_true(each_file("valid", expect_valid) >= 45);
}

/* "3:17" */
static void parse_place(const char *text, uint32_t *ret_line, uint32_t *ret_column)
{
	char *end;

	*ret_line = (uint32_t)strtoul(text, &end, 10);
	assert_int_equal(*end, ':');
	*ret_column = (uint32_t)strtoul(end + 1, &end, 10);
	assert_int_equal(*end, '\0');
}

static char *next_field(char **line)
{
	char *field = *line, *tab = strchr(field, '\t');

	if (tab) {
		*tab = '\0';
		*line = tab + 1;
	}
	return field;
}

static void expect_invalid(char *row)
{
	const char *name = next_field(&row), *place = next_field(&row), *other = next_field(&row);
	struct bytes bytes = load("invalid/", name, ".json");
	uint32_t line, column;
	struct reading r;

	print_message("%s\n", name);
	reading_begin(&r, JSON, bytes.p, bytes.n);
	if (r.status == TW_OK)
		fail_msg("%s was read", name);
	parse_place(place, &line, &column);
	expect_diag(&r, 0, line, column, row);
	assert_int_equal(tw_diags_count(r.diags), 1);
	if (strcmp(other, "-") != 0) {
		parse_place(other, &line, &column);
		expect_other(&r, 0, line, column);
	} else {
		assert_int_equal(tw_diags_get(r.diags, 0)->other.file, 0);
	}
	expect_same_as_jansson(name, bytes.p, bytes.n, &r);
	reading_end(&r);
	free(bytes.p);
}

static void count_only(const char *name)
{
	(void)name;
}

static void invalid_files(void **state)
{
	struct bytes table = load("", "invalid", ".tsv");
	size_t rows = 0;
	char *next;

	(void)state;
	for (char *line = table.p; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if (*line == '#')
			continue;
		expect_invalid(line);
		rows++;
	}
	free(table.p);
	/* Neither a file without a row, nor an empty table. */
	assert_true(rows >= 100);
	assert_int_equal(each_file("invalid", count_only), rows);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_files),
		cmocka_unit_test(invalid_files),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: test_json_suite FOLDER\n");
		return 2;
	}
	folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
