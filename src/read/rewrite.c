/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits in the files that they are about. Each copy of an ACL that has its entries is cut out,
 * edited, and put back; all other bytes stay as they were read.
 */

#include "rewrite.h"

#include "sniff.h"
#include "twoway/read.h"

struct job {
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_arena arena;
	struct tw_net *net; /* holds what is read of entries */
	const struct tw_edit *edit;
	size_t n;
	bool *found; /* for each edit: its ACL stands somewhere */
	struct tw_rewritten *out;
	size_t outs;
};

/* One file on its way. */
struct file {
	struct job *job;
	struct tw_document *d;
	const char *path;
	struct tw_sv like; /* some list of entries in it */
	struct tw_splices splices;
};

/* What the array names, without the array. */
static void free_files(struct tw_mem *mem, const struct tw_rewritten *file, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		tw_mem_release(mem, (void *)(uintptr_t)file[i].path, strlen(file[i].path) + 1);
		tw_mem_release(mem, (void *)(uintptr_t)file[i].bytes, file[i].size);
	}
}

void tw_rewritten_free(struct tw_mem *mem, struct tw_rewritten *file, size_t n)
{
	free_files(mem, file, n);
	if (n)
		tw_mem_release(mem, file, n * sizeof(*file));
}

/* ---- one ACL --------------------------------------------------------------------------------- */

/* The elements are objects with an id, or the reader would have refused the file. */
static bool is_about(const struct file *file, uint32_t acl, const struct tw_edit *edit)
{
	uint32_t id = tw_node_member(file->d, acl, "NetworkAclId");

	return id != TW_NODE_NONE && tw_node_is(file->d, id, edit->entry.component);
}

static tw_status cannot(
	struct file *file, uint32_t node, const struct tw_edit *edit, const char *why)
{
	TW_TRY(tw_diag_add(file->job->diags, TW_LEVEL_ERROR, 0, tw_node_span(file->d, node),
		"network ACL %s: %s", edit->entry.component, why));
	return TW_EPARSE;
}

static tw_status edit_acl(struct file *file, uint32_t acl, uint32_t entries)
{
	struct job *job = file->job;
	const struct tw_node *node = &file->d->node[acl];
	struct tw_sv text = {file->d->bytes + node->begin, node->end - node->begin};
	bool edited = false;

	for (size_t i = 0; i < job->n; i++) {
		const char *why = NULL;
		if (job->edit[i].entry.group || !is_about(file, acl, &job->edit[i]))
			continue;
		job->found[i] = edited = true;
		if (file->d->yaml)
			return cannot(file, entries, &job->edit[i],
				"it stands in YAML, which is not rewritten: make the change by "
				"hand, or keep the answer as JSON");
		if (!strcmp(file->path, "-"))
			return cannot(file, entries, &job->edit[i],
				"it came from standard input, which cannot be rewritten: give its "
				"file by path");
		tw_status status = tw_rewrite_acl(job->mem, &job->arena, job->net, text, file->like,
			&job->edit[i], &text, &why);
		if (status == TW_EPARSE)
			return cannot(file, entries, &job->edit[i], why);
		TW_TRY(status);
	}
	return edited ? tw_splice_add(&file->splices, node->begin, node->end, text) : TW_OK;
}

/* ---- one file -------------------------------------------------------------------------------- */

/* Calls fn for each ACL of a list that has its entries. */
static tw_status each_acl(struct file *file, uint32_t list,
	tw_status (*fn)(struct file *file, uint32_t acl, uint32_t entries))
{
	const struct tw_document *d = file->d;
	tw_status worst = TW_OK;

	for (uint32_t acl = tw_node_first(d, list); acl != TW_NODE_NONE;
		acl = tw_node_after(d, list, acl)) {
		uint32_t entries = tw_node_member(d, acl, "Entries");
		if (entries != TW_NODE_NONE && tw_node_kind(d, entries) == TW_NODE_ARRAY)
			TW_AWS_STEP(worst, fn(file, acl, entries));
	}
	return worst;
}

/* The first list that is not empty shows how entries look in this file. */
static tw_status note_style(struct file *file, uint32_t acl, uint32_t entries)
{
	const struct tw_node *node = &file->d->node[entries];

	(void)acl;
	if (!file->like.n && tw_node_count(file->d, entries))
		file->like = (struct tw_sv){file->d->bytes + node->begin, node->end - node->begin};
	return TW_OK;
}

static tw_status note_styles(void *ctx, uint32_t list)
{
	return each_acl(ctx, list, note_style);
}

static tw_status edit_acls(void *ctx, uint32_t list)
{
	return each_acl(ctx, list, edit_acl);
}

static bool is_done(const struct job *job, const char *path)
{
	for (size_t i = 0; i < job->outs; i++)
		if (!strcmp(job->out[i].path, path))
			return true;
	return false;
}

static char *copy(struct tw_mem *mem, const char *p, size_t n)
{
	char *made = tw_mem_alloc(mem, n);

	if (made && n)
		memcpy(made, p, n);
	return made;
}

static tw_status keep(
	struct job *job, const char *path, const struct tw_document *was, struct tw_sv text)
{
	struct tw_rewritten *out = &job->out[job->outs];
	char *name = copy(job->mem, path, strlen(path) + 1);
	char *bytes = copy(job->mem, text.p, text.n);

	if (!name || !bytes) {
		if (name)
			tw_mem_release(job->mem, name, strlen(path) + 1);
		if (bytes)
			tw_mem_release(job->mem, bytes, text.n);
		return TW_ENOMEM;
	}
	*out = (struct tw_rewritten){name, bytes, text.n, was->bytes, was->size};
	job->outs++;
	return TW_OK;
}

static tw_status edit_document(struct job *job, struct tw_document *d, const char *path)
{
	struct file file = {.job = job,
		.d = d,
		.path = path,
		.splices = {.arena = &job->arena, .mem = job->mem}};
	struct tw_sv text;

	tw_status status = tw_aws_each_list(d, "NetworkAcls", note_styles, &file);
	if (status == TW_OK)
		status = tw_aws_each_list(d, "NetworkAcls", edit_acls, &file);
	if (status == TW_OK && file.splices.list.n && !is_done(job, path)) {
		status = tw_splice_apply(&file.splices, d->bytes, 0, d->size, &text);
		if (status == TW_OK)
			status = keep(job, path, d, text);
	}
	tw_splices_fini(&file.splices);
	return status;
}

/* What cannot be read was not read the first time either: it is somebody else's file. */
static tw_status edit_file(struct job *job, uint32_t number)
{
	const char *path = tw_sources_path(job->sources, number), *name = NULL;
	struct tw_document *d = NULL;
	struct tw_diags *diags;
	struct tw_sv bytes;

	bytes.p = tw_sources_bytes(job->sources, number, &bytes.n);
	enum tw_looks looks = tw_sniff(path, bytes, &name);
	if (looks != TW_LOOKS_JSON && looks != TW_LOOKS_YAML)
		return TW_OK;
	TW_TRY(tw_diags_new(job->mem, &diags));
	tw_status status = looks == TW_LOOKS_YAML
				   ? tw_yaml_read(job->mem, job->sources, number, diags, &d)
				   : tw_json_read(job->mem, job->sources, number, diags, &d);
	if (status == TW_OK)
		status = edit_document(job, d, path);
	else if (status == TW_EPARSE)
		status = TW_OK;
	tw_document_free(d);
	tw_diags_free(diags);
	return status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static tw_status refuse_groups(struct job *job)
{
	tw_status worst = TW_OK;

	for (size_t i = 0; i < job->n; i++) {
		if (!job->edit[i].entry.group)
			continue;
		TW_TRY(tw_diag_add(job->diags, TW_LEVEL_ERROR, 0, job->edit[i].replaces,
			"security group %s: files of security groups are not rewritten: make the "
			"change by a command",
			job->edit[i].entry.component));
		worst = TW_EPARSE;
	}
	return worst;
}

static tw_status tell_missing(struct job *job)
{
	tw_status worst = TW_OK;

	for (size_t i = 0; i < job->n; i++) {
		bool told = job->found[i] || job->edit[i].entry.group;
		for (size_t k = 0; k < i && !told; k++)
			told = !strcmp(job->edit[k].entry.component, job->edit[i].entry.component);
		if (told)
			continue;
		TW_TRY(tw_diag_add(job->diags, TW_LEVEL_ERROR, 0, job->edit[i].replaces,
			"network ACL %s: no file holds its entries, so none can be rewritten",
			job->edit[i].entry.component));
		worst = TW_EPARSE;
	}
	return worst;
}

static tw_status edit_files(struct job *job)
{
	uint32_t files = tw_sources_count(job->sources);
	tw_status worst = refuse_groups(job);

	if (worst != TW_OK && worst != TW_EPARSE)
		return worst;
	job->found = TW_NEW_ARRAY(&job->arena, bool, job->n + 1);
	job->out = TW_NEW_ARRAY(&job->arena, struct tw_rewritten, files + (size_t)1);
	if (!job->found || !job->out)
		return TW_ENOMEM;
	TW_TRY(tw_net_new(job->mem, &job->net));
	for (uint32_t i = 1; i <= files; i++)
		TW_AWS_STEP(worst, edit_file(job, i));
	TW_AWS_STEP(worst, tell_missing(job));
	return worst;
}

tw_status tw_rewrite(struct tw_mem *mem, struct tw_sources *sources, const struct tw_edit *edit,
	size_t n, struct tw_diags *ret_diags, struct tw_rewritten **ret, size_t *ret_n)
{
	struct job job = {.mem = mem, .sources = sources, .diags = ret_diags, .edit = edit, .n = n};
	struct tw_rewritten *files = NULL;

	tw_arena_init(&job.arena, mem);
	tw_status status = edit_files(&job);
	if (status == TW_OK && job.outs) {
		files = tw_mem_alloc(mem, job.outs * sizeof(*files));
		if (files)
			memcpy(files, job.out, job.outs * sizeof(*files));
		else
			status = TW_ENOMEM;
	}
	if (status == TW_OK) {
		*ret = files;
		*ret_n = job.outs;
	} else {
		free_files(mem, job.out, job.outs);
	}
	tw_net_free(job.net);
	tw_arena_fini(&job.arena);
	return status;
}
