/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Folders: the names first, sorted by their bytes so that the same folder is always read in the
 * same order, whatever the file system says.
 */

#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "file.h"
#include "vec.h"

#define DEPTH_MOST 64 /* sub-folders of sub-folders */

struct walk {
	struct tw_mem *mem;
	struct tw_diags *diags;
	struct tw_arena arena; /* names and paths */
	tw_file_visitor visit;
	void *ctx;
	unsigned depth;
};

typedef TW_VEC(const char *) names_vec;

static int cmp_names(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

static bool is_wanted(const char *name)
{
	static const char *const endings[] = {".json", ".yaml", ".yml", ".template"};
	size_t n = strlen(name);

	for (size_t i = 0; i < TW_COUNT(endings); i++) {
		size_t m = strlen(endings[i]);
		if (n > m && !strcmp(name + n - m, endings[i]))
			return true;
	}
	return false;
}

static tw_status list_names(struct walk *walk, DIR *folder, names_vec *names)
{
	const struct dirent *entry;

	while ((entry = readdir(folder))) {
		const char *name;
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		name = tw_arena_str(&walk->arena, entry->d_name);
		if (!name)
			return TW_ENOMEM;
		TW_TRY(TW_VEC_PUSH(walk->mem, names, name));
	}
	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), cmp_names);
	return TW_OK;
}

static tw_status walk_folder(struct walk *walk, const char *path);

/* A link is not followed: it may lead out of the folder, or back into it. */
static tw_status walk_entry(struct walk *walk, const char *folder, const char *name)
{
	bool slash = folder[0] && folder[strlen(folder) - 1] == '/';
	const char *path = tw_arena_printf(&walk->arena, "%s%s%s", folder, slash ? "" : "/", name);
	struct stat info;

	if (!path)
		return TW_ENOMEM;
	if (lstat(path, &info) != 0) {
		if (errno == ENOENT)
			return TW_OK; /* gone since its name was read */
		TW_TRY(tw_diag_add_path(walk->diags, TW_LEVEL_ERROR, 0, path, "cannot be read: %s",
			errno == EACCES ? "permission denied"
					: "the system refuses to look at it"));
		return TW_EPARSE;
	}
	if (S_ISDIR(info.st_mode))
		return walk_folder(walk, path);
	if (S_ISREG(info.st_mode) && is_wanted(name))
		return walk->visit(walk->ctx, path);
	return TW_OK;
}

static tw_status walk_names(struct walk *walk, const char *path, DIR *folder)
{
	names_vec names = TW_VEC_EMPTY;
	tw_status worst = list_names(walk, folder, &names);

	closedir(folder); /* before going down: the number of open folders is limited */
	for (size_t i = 0; i < names.n && (worst == TW_OK || worst == TW_EPARSE); i++) {
		tw_status status = walk_entry(walk, path, names.v[i]);
		if (status != TW_OK)
			worst = status;
	}
	TW_VEC_FREE(walk->mem, &names);
	return worst;
}

static tw_status walk_folder(struct walk *walk, const char *path)
{
	DIR *folder = walk->depth < DEPTH_MOST ? opendir(path) : NULL;
	tw_status status;

	if (!folder) {
		const char *why = walk->depth >= DEPTH_MOST ? "too many folders inside each other"
				  : errno == EACCES	    ? "permission denied"
							    : "the folder cannot be opened";
		TW_TRY(tw_diag_add_path(
			walk->diags, TW_LEVEL_ERROR, 0, path, "cannot be read: %s", why));
		return TW_EPARSE;
	}
	struct tw_arena_mark mark = tw_arena_save(&walk->arena);
	walk->depth++;
	status = walk_names(walk, path, folder);
	walk->depth--;
	tw_arena_restore(&walk->arena, mark);
	return status;
}

tw_status tw_folder_each(struct tw_mem *mem, struct tw_diags *diags, const char *path,
	tw_file_visitor visit, void *ctx)
{
	struct walk walk = {.mem = mem, .diags = diags, .visit = visit, .ctx = ctx};

	tw_arena_init(&walk.arena, mem);
	tw_status status = walk_folder(&walk, path);
	tw_arena_fini(&walk.arena);
	return status;
}
