/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whole files into memory. read() into a block of the file's size: for files that are in the page
 * cache mapping them is slower, and a mapped file can change under the reader.
 */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

enum tw_path_kind tw_path_kind(const char *path)
{
	struct stat info;

	if (!strcmp(path, "-"))
		return TW_PATH_FILE;
	if (stat(path, &info) != 0)
		return TW_PATH_NONE;
	return S_ISDIR(info.st_mode) ? TW_PATH_FOLDER : TW_PATH_FILE;
}

/* In our own words: the C library's depend on the locale. */
static tw_status cannot(struct tw_diags *diags, const char *path, int error)
{
	static const struct {
		int error;
		const char *text;
	} texts[] = {
		{ENOENT, "there is no such file or folder"},
		{ENOTDIR, "a part of the path is not a folder"},
		{EACCES, "permission denied"},
		{EPERM, "permission denied"},
		{EISDIR, "this is a folder"},
		{ELOOP, "too many symbolic links"},
		{ENAMETOOLONG, "the name is too long"},
		{EMFILE, "too many open files"},
		{ENFILE, "too many open files"},
		{EIO, "input or output error"},
		{EFBIG, "larger than 4 GiB"},
	};

	for (size_t i = 0; i < TW_COUNT(texts); i++)
		if (texts[i].error == error) {
			TW_TRY(tw_diag_add_path(diags, TW_LEVEL_ERROR, 0, path,
				"cannot be read: %s", texts[i].text));
			return TW_EPARSE;
		}
	TW_TRY(tw_diag_add_path(
		diags, TW_LEVEL_ERROR, 0, path, "cannot be read: system error %d", error));
	return TW_EPARSE;
}

struct block {
	struct tw_mem *mem;
	char *p;
	size_t n, room;
};

static tw_status resize(struct block *block, size_t room)
{
	char *p = tw_mem_resize(block->mem, block->p, block->room, room);

	if (!p)
		return TW_ENOMEM;
	block->p = p;
	block->room = room;
	return TW_OK;
}

static tw_status append(struct block *block, const char *p, size_t n)
{
	if (n > block->room - block->n)
		TW_TRY(resize(block, block->room + block->room / 2 + n));
	memcpy(block->p + block->n, p, n);
	block->n += n;
	return TW_OK;
}

/* read() that goes on after a signal; -1: *error says why. */
static ssize_t read_some(int fd, char *p, size_t n, int *error)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		*error = errno;
	return got;
}

/*
 * To the end of the file. A file that has its size is read in place; only what comes on top of that
 * (a pipe, a file that grew) goes through a buffer.
 */
static tw_status read_all(int fd, struct block *block, int *error)
{
	char more[16384];

	for (;;) {
		bool direct = block->n < block->room;
		ssize_t got =
			direct ? read_some(fd, block->p + block->n, block->room - block->n, error)
			       : read_some(fd, more, sizeof(more), error);
		if (got <= 0)
			return got < 0 ? TW_EIO : TW_OK;
		if (direct)
			block->n += (size_t)got;
		else
			TW_TRY(append(block, more, (size_t)got));
		if (block->n >= UINT32_MAX) {
			*error = EFBIG;
			return TW_EIO;
		}
	}
}

static tw_status read_open(struct tw_mem *mem, int fd, struct block *ret, int *error)
{
	struct block block = {mem, NULL, 0, 0};
	struct stat info;
	tw_status status;

	if (fstat(fd, &info) != 0) {
		*error = errno;
		return TW_EIO;
	}
	if (S_ISREG(info.st_mode) && info.st_size > 0) {
		if ((uint64_t)info.st_size >= UINT32_MAX) {
			*error = EFBIG;
			return TW_EIO;
		}
		block.room = (size_t)info.st_size;
	}
	block.p = tw_mem_alloc(mem, block.room);
	if (!block.p)
		return TW_ENOMEM;
	status = read_all(fd, &block, error);
	if (status == TW_OK && block.n != block.room)
		status = resize(&block, block.n);
	if (status != TW_OK) {
		tw_mem_release(mem, block.p, block.room);
		return status;
	}
	*ret = block;
	return TW_OK;
}

tw_status tw_file_read(struct tw_mem *mem, struct tw_diags *diags, const char *path,
	void **ret_bytes, size_t *ret_size)
{
	bool standard = !strcmp(path, "-");
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct block block;
	int error = 0;

	if (fd < 0)
		return cannot(diags, path, errno);
	tw_status status = read_open(mem, fd, &block, &error);
	if (!standard)
		close(fd);
	if (status == TW_EIO)
		return cannot(diags, path, error);
	TW_TRY(status);
	*ret_bytes = block.p;
	*ret_size = block.n;
	return TW_OK;
}
