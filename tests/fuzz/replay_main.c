/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Runs a fuzz target over files without libFuzzer, so that every corpus is an ordinary test with
 * any compiler. Arguments are files, or folders of which every file is taken. A run without any
 * input is a failure: a corpus that vanished must not look like a passing test.
 */

#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int complain(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return -1;
}

/* Reads `size` bytes into memory of exactly that size, so that a sanitizer sees any read past it.
 */
static int run_file(const char *path, size_t size)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		return complain(path);
	uint8_t *data = malloc(size ? size : 1);
	size_t got = data ? fread(data, 1, size, file) : 0;
	int status = data && got == size ? 0 : complain(path);

	fclose(file);
	if (status == 0) {
		printf("%s\n", path);
		fflush(stdout); /* the last line names the input that crashed */
		LLVMFuzzerTestOneInput(data, size);
	}
	free(data);
	return status;
}

static int run_path(const char *path, unsigned *ran);

static int run_folder(const char *path, unsigned *ran)
{
	DIR *folder = opendir(path);
	int status = 0;

	if (!folder)
		return complain(path);
	for (struct dirent *entry; (entry = readdir(folder));) {
		char inner[PATH_SIZE];
		int length = snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);

		if (entry->d_name[0] == '.')
			continue;
		if (length < 0 || (size_t)length >= sizeof(inner)) {
			errno = ENAMETOOLONG;
			status = complain(path);
		} else if (run_path(inner, ran)) {
			status = -1;
		}
	}
	closedir(folder);
	return status;
}

static int run_path(const char *path, unsigned *ran)
{
	struct stat info;

	if (stat(path, &info))
		return complain(path);
	if (S_ISDIR(info.st_mode))
		return run_folder(path, ran);
	++*ran;
	return run_file(path, (size_t)info.st_size);
}

int main(int argc, char **argv)
{
	unsigned ran = 0;
	int status = EXIT_SUCCESS;

	for (int i = 1; i < argc; i++) {
		if (run_path(argv[i], &ran))
			status = EXIT_FAILURE;
	}
	printf("%u inputs\n", ran);
	return ran ? status : EXIT_FAILURE;
}
