/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_READ_FILE_H
#define TW_READ_FILE_H

/* The only part of the library that touches the file system: whole files, and folders of them. */

#include "report_diag.h"

/* What a path is; symbolic links are followed. */
enum tw_path_kind { TW_PATH_FILE, TW_PATH_FOLDER, TW_PATH_NONE };
enum tw_path_kind tw_path_kind(const char *path);

/*
 * Reads a file, or standard input for "-". The bytes are drawn from `mem` with exactly *ret_size
 * bytes. What cannot be read is an error diagnostic with the path, and TW_EPARSE.
 */
TW_NODISCARD tw_status tw_file_read(struct tw_mem *mem, struct tw_diags *diags, const char *path,
	void **ret_bytes, size_t *ret_size);

/*
 * Calls `visit` for each *.json, *.yaml, *.yml and *.template below a folder, sub-folders too, in
 * the order of the bytes of their names; symbolic links and special files are left out. Goes on
 * after TW_EPARSE. A folder that cannot be opened is an error diagnostic.
 */
typedef tw_status (*tw_file_visitor)(void *ctx, const char *path);
TW_NODISCARD tw_status tw_folder_each(struct tw_mem *mem, struct tw_diags *diags, const char *path,
	tw_file_visitor visit, void *ctx);

#endif
