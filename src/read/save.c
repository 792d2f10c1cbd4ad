/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that take the place of others, as a whole or not at all: each is written beside the old one
 * and brought to disk, and only when all are is the first renamed.
 */

#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report_diag.h"
#include "twoway/read.h"

/* Where a file really lies, and the new one beside it. */
struct names {
	char real[PATH_MAX], beside[PATH_MAX];
};

/* Beside the numbers of the system: the file may be written, its folder may not. */
#define FOLDER_SHUT (-1)

static const char *reason(int error)
{
	switch (error) {
	case FOLDER_SHUT:
		return "permission denied in its folder, where the new version is made first";
	case ENOENT:
		return "there is no such file";
	case EACCES:
	case EPERM:
		return "permission denied";
	case EROFS:
		return "the file system is read-only";
	case ENOSPC:
	case EDQUOT:
		return "no space is left";
	case ENAMETOOLONG:
		return "the name is too long";
	case EEXIST:
		return "its new version FILE.twoway-new is there already, of a run that goes on "
		       "or was cut off";
	case EISDIR:
	case EINVAL:
		return "this is no ordinary file";
	case EFBIG:
		return "it would be larger than the system allows";
	case ESTALE:
		return "it has changed since it was read";
	default:
		return "the system refuses";
	}
}

static tw_status cannot(struct tw_diags *diags, const char *path, int error, const char *rest)
{
	TW_TRY(tw_diag_add_path(
		diags, TW_LEVEL_ERROR, 0, path, "cannot be written: %s; %s", reason(error), rest));
	return TW_EPARSE;
}

/* A link stays a link: what it points to is replaced. 0, or what went wrong. */
static int find_names(const struct tw_rewritten *file, struct names *names)
{
	if (!realpath(file->path, names->real))
		return errno;
	int n = snprintf(names->beside, sizeof(names->beside), "%s.twoway-new", names->real);
	return n > 0 && (size_t)n < sizeof(names->beside) ? 0 : ENAMETOOLONG;
}

/* As far as the system lets us: the group at least. */
static void keep_owner(int fd, const struct stat *info)
{
	if (fchown(fd, info->st_uid, info->st_gid) != 0 && fchown(fd, (uid_t)-1, info->st_gid) != 0)
		return;
}

static bool write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

/* The file still holds what was read: 0, ESTALE, or what went wrong. */
static int compare(const char *path, const char *was, size_t size)
{
	char part[16384];
	ssize_t got = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return errno;
	while (got != 0) {
		got = read(fd, part, sizeof(part));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || (size_t)got > size || (got > 0 && memcmp(part, was, (size_t)got)))
			break;
		was += got;
		size -= (size_t)got;
	}
	int error = got < 0 ? errno : got > 0 || size ? ESTALE : 0;
	close(fd);
	return error;
}

/* Its folder may be another one by now than when it was read. */
static int is_as_read(const struct tw_rewritten *file)
{
	struct names names;
	int error = find_names(file, &names);

	return error ? error : compare(names.real, file->was, file->was_size);
}

/* 0, or what went wrong; then nothing is left beside the file. */
static int write_beside(const struct tw_rewritten *file)
{
	struct names names;
	struct stat info;
	int error = find_names(file, &names);

	if (error)
		return error;
	if (stat(names.real, &info) != 0)
		return errno;
	if (!S_ISREG(info.st_mode))
		return EINVAL;
	/* A file that may not be written is not to be replaced either. */
	if (access(names.real, W_OK) != 0)
		return errno;
	int fd = open(names.beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		S_IRUSR | S_IWUSR);
	if (fd < 0)
		return errno == EACCES ? FOLDER_SHUT : errno;
	keep_owner(fd, &info); /* before the mode, from which a change of owner takes bits */
	if (!write_all(fd, file->bytes, file->size) || fchmod(fd, info.st_mode & 07777) != 0 ||
		fsync(fd) != 0)
		error = errno;
	if (close(fd) != 0 && !error)
		error = errno;
	if (error)
		unlink(names.beside);
	return error;
}

static void remove_beside(const struct tw_rewritten *file, size_t n)
{
	struct names names;

	for (size_t i = 0; i < n; i++)
		if (find_names(&file[i], &names) == 0)
			unlink(names.beside);
}

/* So that the new name outlives a loss of power, too; where a folder cannot be synced, it may not.
 */
static void sync_folder(struct names *names)
{
	char *slash = strrchr(names->real, '/');

	if (!slash)
		return;
	slash[slash == names->real] = '\0';
	int fd = open(names->real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

static int put_in_place(const struct tw_rewritten *file)
{
	struct names names;
	int error = find_names(file, &names);

	if (error)
		return error;
	if (rename(names.beside, names.real) != 0)
		return errno;
	sync_folder(&names);
	return 0;
}

/* The file was read by another name, too, which comes before this one. */
static bool is_met(const struct tw_rewritten *file, size_t i)
{
	struct names names, before;

	if (find_names(&file[i], &names))
		return false;
	for (size_t k = 0; k < i; k++)
		if (!find_names(&file[k], &before) && !strcmp(before.real, names.real))
			return true;
	return false;
}

tw_status tw_rewritten_save(const struct tw_rewritten *file, size_t n, struct tw_diags *ret_diags)
{
	for (size_t i = 0; i < n; i++) {
		int error = write_beside(&file[i]);
		if (!error || (error == EEXIST && is_met(file, i)))
			continue;
		remove_beside(file, i);
		return cannot(ret_diags, file[i].path, error, "no file is changed");
	}
	/* Late, so that next to no time is left for anybody to change it. */
	for (size_t i = 0; i < n; i++) {
		int error = is_as_read(&file[i]);
		if (!error)
			continue;
		remove_beside(file, n);
		return cannot(ret_diags, file[i].path, error, "no file is changed");
	}
	for (size_t i = 0; i < n; i++) {
		int error = put_in_place(&file[i]);
		if (!error || (error == ENOENT && is_met(file, i)))
			continue;
		remove_beside(&file[i], n - i);
		for (size_t k = 0; k < i; k++)
			TW_TRY(tw_diag_add_path(ret_diags, TW_LEVEL_WARNING, 0, file[k].path,
				"is changed already"));
		return cannot(ret_diags, file[i].path, error,
			i ? "files before it are changed already" : "no file is changed");
	}
	return TW_OK;
}
