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

static const char *reason(int error)
{
	switch (error) {
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
		return errno;
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

tw_status tw_rewritten_save(const struct tw_rewritten *file, size_t n, struct tw_diags *ret_diags)
{
	for (size_t i = 0; i < n; i++) {
		int error = write_beside(&file[i]);
		if (!error)
			continue;
		remove_beside(file, i);
		return cannot(ret_diags, file[i].path, error, "no file is changed");
	}
	for (size_t i = 0; i < n; i++) {
		int error = put_in_place(&file[i]);
		if (!error)
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
