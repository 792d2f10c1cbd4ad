/* SPDX-License-Identifier: Apache-2.0 */

/*
 * For check_schema.py: `intents_check FILE` reads one twoway.yaml (JSON if its name ends so) and
 * prints what is wrong with it, status 1 if anything is; `intents_check --clients` lists the
 * built-in ids.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intents_read.h"

static void list_clients(void)
{
	size_t n;
	const struct tw_client *client = tw_clients(&n);

	for (size_t i = 0; i < n; i++)
		puts(client[i].id);
}

static char *load(const char *path, size_t *ret_size)
{
	enum { MOST = 1 << 20 };
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(MOST);

	if (file == NULL || bytes == NULL) {
		perror(path);
		exit(3);
	}
	*ret_size = fread(bytes, 1, MOST, file);
	fclose(file);
	return bytes;
}

static void print_diags(struct tw_sources *sources, const struct tw_diags *diags)
{
	for (size_t i = 0; i < tw_diags_count(diags); i++) {
		const struct tw_diag *diag = tw_diags_get(diags, i);
		struct tw_place place;

		if (tw_sources_place(sources, diag->span, &place) == TW_OK)
			printf("%s:%u:%u: %s\n", place.path, (unsigned)place.line,
				(unsigned)place.column, diag->message);
	}
}

static tw_status read_file(
	struct tw_mem *mem, struct tw_sources *sources, struct tw_diags *diags, const char *path)
{
	struct tw_document *document = NULL;
	struct tw_intents *intents = NULL;
	const char *dot = strrchr(path, '.');
	bool json = dot != NULL && strcmp(dot, ".json") == 0;
	size_t size;
	char *bytes = load(path, &size);
	uint32_t file;
	tw_status status = tw_sources_add(sources, path, bytes, size, &file);

	if (status == TW_OK)
		status = (json ? tw_json_read : tw_yaml_read)(mem, sources, file, diags, &document);
	if (status == TW_OK)
		status = tw_intents_read(mem, document, &intents);
	tw_intents_free(intents);
	tw_document_free(document);
	free(bytes);
	return status;
}

int main(int argc, char **argv)
{
	struct tw_mem *mem = NULL;
	struct tw_sources *sources = NULL;
	struct tw_diags *diags = NULL;
	tw_status status;

	if (argc != 2)
		return 3;
	if (strcmp(argv[1], "--clients") == 0) {
		list_clients();
		return 0;
	}
	if (tw_mem_new(NULL, 0, &mem) != TW_OK || tw_sources_new(mem, &sources) != TW_OK ||
		tw_diags_new(mem, &diags) != TW_OK)
		return 3;
	status = read_file(mem, sources, diags, argv[1]);
	print_diags(sources, diags);
	tw_diags_free(diags);
	tw_sources_free(sources);
	tw_mem_free(mem);
	return status == TW_OK ? 0 : status == TW_EPARSE ? 1 : 3;
}
