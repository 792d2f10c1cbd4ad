/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Inputs: files, folders and bytes become one model. Each document lives only while it is read;
 * what stays are the objects and the bytes of the files, for places and for showing lines.
 */

#include "aws.h"
#include "file.h"
#include "intents_read.h"
#include "sniff.h"
#include "twoway/read.h"

struct tw_input {
	struct tw_mem *mem;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_net *net;
	struct tw_intents *intents;
	struct tw_aws aws;
	struct tw_arena arena; /* texts of `files` */
	const char *first;     /* path or name of the first input, or NULL */
	TW_VEC(struct tw_input_file) files;
	TW_VEC(const char *) noted; /* kinds that are not supported, told once each */
	bool no_filters;	    /* and that is fine */
};

/* One input on its way. */
struct item {
	struct tw_input *in;
	uint32_t file;
	const char *path;    /* the sources' copy */
	const char *part_of; /* the folder it was found in, or NULL */
	enum tw_input_type type;
	bool named;
};

bool tw_input_type_parse(const char *text, enum tw_input_type *ret)
{
	static const char *const names[] = {
		[TW_INPUT_AUTO] = "auto",
		[TW_INPUT_AWS_CLI] = "aws-cli",
		[TW_INPUT_COLLECTOR] = "np-guard",
	};

	for (size_t i = 0; i < TW_COUNT(names); i++)
		if (!strcmp(text, names[i])) {
			*ret = (enum tw_input_type)i;
			return true;
		}
	return false;
}

tw_status tw_input_new(struct tw_mem *mem, struct tw_sources *sources, struct tw_diags *diags,
	struct tw_input **ret)
{
	struct tw_input *in = tw_mem_alloc(mem, sizeof(*in));

	if (!in)
		return TW_ENOMEM;
	memset(in, 0, sizeof(*in));
	in->mem = mem;
	in->sources = sources;
	in->diags = diags;
	tw_arena_init(&in->arena, mem);
	if (tw_net_new(mem, &in->net) != TW_OK) {
		tw_mem_release(mem, in, sizeof(*in));
		return TW_ENOMEM;
	}
	tw_aws_init(&in->aws, mem, diags, in->net);
	*ret = in;
	return TW_OK;
}

void tw_input_free(struct tw_input *in)
{
	if (!in)
		return;
	struct tw_mem *mem = in->mem;

	tw_aws_fini(&in->aws);
	tw_net_free(in->net);
	if (in->intents)
		tw_intents_free(in->intents);
	TW_VEC_FREE(mem, &in->files);
	TW_VEC_FREE(mem, &in->noted);
	tw_arena_fini(&in->arena);
	tw_mem_release(mem, in, sizeof(*in));
}

const struct tw_net *tw_input_net(const struct tw_input *in)
{
	return in->net;
}

const struct tw_intents *tw_input_intents(const struct tw_input *in)
{
	return in->intents;
}

size_t tw_input_files(const struct tw_input *in)
{
	return in->files.n;
}

const struct tw_input_file *tw_input_file(const struct tw_input *in, size_t i)
{
	return &in->files.v[i];
}

/* ---- what became of an input ----------------------------------------------------------------- */

/* `kind` and `detail` live as long as the input. */
static tw_status record(const struct item *item, const char *kind, const char *detail)
{
	struct tw_input_file file = {item->path, kind, detail, item->part_of};

	return TW_VEC_PUSH(item->in->mem, &item->in->files, file);
}

static tw_status record_detail(const struct item *item, const char *kind, struct tw_buf *detail)
{
	const char *text = NULL;

	if (tw_buf_status(detail) != TW_OK)
		return TW_ENOMEM;
	if (detail->n) {
		text = tw_arena_dup(&item->in->arena, detail->p, detail->n);
		if (!text)
			return TW_ENOMEM;
	}
	return record(item, kind, text);
}

static struct tw_span whole(const struct item *item)
{
	return (struct tw_span){item->file, 0, 0};
}

static tw_status unrecognised(const struct item *item)
{
	static const char *const expected[] = {
		[TW_INPUT_AUTO] = "this is no input that is known here: expected what `aws ec2 "
				  "describe-...` prints with --output json or yaml, or a file of "
				  "the np-guard collector",
		[TW_INPUT_AWS_CLI] =
			"this is not what `aws ec2 describe-...` prints with --output "
			"json or yaml: no NetworkAcls, SecurityGroups, Subnets, ... in it",
		[TW_INPUT_COLLECTOR] = "this is not a file of the np-guard collector: no "
				       "\"collector_version\" and \"provider\" in it",
	};

	TW_TRY(record(item, "unrecognised", NULL));
	if (!item->named)
		return TW_OK;
	TW_TRY(tw_diag_add(
		item->in->diags, TW_LEVEL_ERROR, 0, whole(item), "%s", expected[item->type]));
	return TW_EPARSE;
}

/* A kind with a name and without a reader: an error if asked for, else one note per kind. */
static tw_status unsupported(const struct item *item, const char *name)
{
	struct tw_input *in = item->in;

	TW_TRY(record(item, "unsupported", name));
	if (item->named) {
		TW_TRY(tw_diag_add(in->diags, TW_LEVEL_ERROR, 0, whole(item),
			"this is %s, which is not supported yet", name));
		return TW_EPARSE;
	}
	for (size_t i = 0; i < in->noted.n; i++)
		if (!strcmp(in->noted.v[i], name))
			return TW_OK;
	TW_TRY(TW_VEC_PUSH(in->mem, &in->noted, name));
	return tw_diag_add(in->diags, TW_LEVEL_NOTE, 901, whole(item),
		"this is %s, which is not supported yet: left out", name);
}

static tw_status wrong_output(const struct item *item, const char *output)
{
	TW_TRY(record(item, "unsupported", "aws --output table or text"));
	TW_TRY(tw_diag_add(item->in->diags, TW_LEVEL_ERROR, 0, whole(item),
		"this is `aws --output %s`, which leaves things out: run again with --output json",
		output));
	return TW_EPARSE;
}

/* ---- documents ------------------------------------------------------------------------------- */

static tw_status read_collector(const struct item *item, struct tw_document *d)
{
	struct tw_buf detail;
	bool aws = false;

	tw_buf_init(&detail, item->in->mem);
	tw_status status = tw_collector_read(&item->in->aws, d, &aws, &detail);
	if (status == TW_OK || status == TW_EPARSE) {
		tw_status told =
			aws ? record_detail(item, "np-guard", &detail)
			    : unsupported(item, "an np-guard file of another provider than AWS");
		if (told != TW_OK)
			status = told;
	}
	tw_buf_fini(&detail);
	return status;
}

static tw_status read_answers(const struct item *item, struct tw_document *d, bool *ret_recognised)
{
	struct tw_buf detail;
	struct tw_aws_found found = {.detail = &detail};

	tw_buf_init(&detail, item->in->mem);
	tw_status status = tw_aws_read(&item->in->aws, d, item->path, &found);
	*ret_recognised = found.recognised;
	if (found.recognised && (status == TW_OK || status == TW_EPARSE)) {
		tw_status kept =
			record_detail(item, found.supported ? "aws-cli" : "unsupported", &detail);
		if (kept != TW_OK)
			status = kept;
	} else if (status == TW_OK && found.odd != TW_NODE_NONE && item->named) {
		*ret_recognised = true;
		status = tw_node_unexpected(d, found.odd, "an array of objects");
	}
	tw_buf_fini(&detail);
	return status;
}

static tw_status read_document(const struct item *item, struct tw_document *d)
{
	const char *name;
	bool recognised = false;

	if (item->type != TW_INPUT_AWS_CLI && tw_collector_is(d))
		return read_collector(item, d);
	if (item->type != TW_INPUT_COLLECTOR) {
		tw_status status = read_answers(item, d, &recognised);
		if (recognised || status != TW_OK)
			return status;
	}
	name = tw_sniff_document(d);
	return name ? unsupported(item, name) : unrecognised(item);
}

/* Takes over what a reader said about a file that turned out to matter. */
static tw_status keep_diags(struct tw_input *in, const struct tw_diags *diags)
{
	for (size_t i = 0; i < tw_diags_count(diags); i++) {
		const struct tw_diag *diag = tw_diags_get(diags, i);
		TW_TRY(tw_diag_add_pair(in->diags, diag->level, diag->code, diag->span, diag->other,
			diag->other_message ? diag->other_message : "", "%s", diag->message));
	}
	return TW_OK;
}

/*
 * In a folder, a document that cannot be read is somebody else's (comments in JSON, tags in YAML)
 * unless its text says that it was meant as one of ours: that is never passed over in silence.
 */
static tw_status parse(const struct item *item, bool yaml, struct tw_sv bytes,
	struct tw_diags *diags, struct tw_document **ret)
{
	struct tw_input *in = item->in;
	tw_status status = yaml ? tw_yaml_read(in->mem, in->sources, item->file, diags, ret)
				: tw_json_read(in->mem, in->sources, item->file, diags, ret);

	if (status == TW_OK)
		(*ret)->diags = in->diags;
	if (status != TW_EPARSE)
		return status;
	if (!item->named && !tw_sniff_answer(bytes))
		return unrecognised(item);
	TW_TRY(record(item, "unrecognised", NULL));
	TW_TRY(keep_diags(in, diags));
	return TW_EPARSE;
}

static tw_status read_text(const struct item *item, bool yaml, struct tw_sv bytes)
{
	struct tw_document *d = NULL;
	struct tw_diags *diags;

	TW_TRY(tw_diags_new(item->in->mem, &diags));
	tw_status status = parse(item, yaml, bytes, diags, &d);
	tw_diags_free(diags);
	if (status == TW_OK && d)
		status = read_document(item, d);
	tw_document_free(d);
	return status;
}

static tw_status read_item(const struct item *item)
{
	struct tw_sv bytes;
	const char *name = NULL;

	bytes.p = tw_sources_bytes(item->in->sources, item->file, &bytes.n);
	switch (tw_sniff(item->path, bytes, &name)) {
	case TW_LOOKS_JSON:
		return read_text(item, false, bytes);
	case TW_LOOKS_YAML:
		return read_text(item, true, bytes);
	case TW_LOOKS_TABLE:
		return wrong_output(item, "table");
	case TW_LOOKS_TEXT:
		return wrong_output(item, "text");
	case TW_LOOKS_KNOWN:
		return unsupported(item, name);
	case TW_LOOKS_OTHER:
		break;
	}
	return unrecognised(item);
}

/* ---- adding ---------------------------------------------------------------------------------- */

/* The intents of the owner are no part of the network: the program finds them by itself. */
static bool is_intents(const char *path)
{
	const char *name = tw_path_name(path);

	return !strcmp(name, "twoway.yaml") || !strcmp(name, "twoway.yml");
}

static tw_status note_first(struct tw_input *in, const char *path)
{
	if (!in->first)
		in->first = tw_arena_str(&in->arena, path);
	return in->first ? TW_OK : TW_ENOMEM;
}

/* Reads a file into the sources. */
static tw_status open_source(struct tw_input *in, const char *path, uint32_t *ret_file)
{
	void *bytes;
	size_t size;

	TW_TRY(tw_file_read(in->mem, in->diags, path, &bytes, &size));
	tw_status status = tw_sources_adopt(in->sources, path, bytes, size, ret_file);
	if (status != TW_OK)
		tw_mem_release(in->mem, bytes, size);
	return status;
}

static tw_status add_file(struct tw_input *in, const char *path, const char *part_of,
	enum tw_input_type type, bool named)
{
	struct item item = {.in = in, .part_of = part_of, .type = type, .named = named};

	TW_TRY(open_source(in, path, &item.file));
	item.path = tw_sources_path(in->sources, item.file);
	return read_item(&item);
}

struct folder {
	struct tw_input *in;
	const char *path;
	enum tw_input_type type;
	size_t files;
};

static tw_status visit(void *ctx, const char *path)
{
	struct folder *folder = ctx;

	folder->files++;
	if (is_intents(path))
		return TW_OK;
	return add_file(folder->in, path, folder->path, folder->type, false);
}

tw_status tw_input_add_path(struct tw_input *in, const char *path, enum tw_input_type type)
{
	struct folder folder = {in, NULL, type, 0};

	TW_TRY(note_first(in, path));
	if (tw_path_kind(path) != TW_PATH_FOLDER) {
		if (!is_intents(path))
			return add_file(in, path, NULL, type, true);
		TW_TRY(tw_diag_add_path(in->diags, TW_LEVEL_ERROR, 0, path,
			"this holds intents and no network: give it with --intents"));
		return TW_EPARSE;
	}
	folder.path = tw_arena_str(&in->arena, path);
	if (!folder.path)
		return TW_ENOMEM;
	TW_TRY(tw_folder_each(in->mem, in->diags, path, visit, &folder));
	if (folder.files > 0)
		return TW_OK;
	TW_TRY(tw_diag_add_path(in->diags, TW_LEVEL_ERROR, 0, path,
		"the folder holds no files to read: none ends in .json, .yaml, .yml or .template"));
	return TW_EPARSE;
}

tw_status tw_input_add_bytes(struct tw_input *in, const char *name, const void *bytes, size_t size,
	enum tw_input_type type, bool named)
{
	struct item item = {.in = in, .type = type, .named = named};

	TW_TRY(note_first(in, name));
	TW_TRY(tw_sources_add(in->sources, name, bytes, size, &item.file));
	item.path = tw_sources_path(in->sources, item.file);
	return read_item(&item);
}

static tw_status read_intents(struct tw_input *in, uint32_t file)
{
	struct item item = {
		.in = in, .file = file, .path = tw_sources_path(in->sources, file), .named = true};
	struct tw_document *d;
	tw_status status;

	TW_TRY(record(&item, "twoway.yaml", NULL));
	if (in->intents) {
		TW_TRY(tw_diag_add(in->diags, TW_LEVEL_ERROR, 0, whole(&item),
			"intents were given already: put all of them into one file"));
		return TW_EPARSE;
	}
	if (tw_path_ends(item.path, ".json"))
		TW_TRY(tw_json_read(in->mem, in->sources, file, in->diags, &d));
	else
		TW_TRY(tw_yaml_read(in->mem, in->sources, file, in->diags, &d));
	status = tw_intents_read(in->mem, d, &in->intents);
	tw_document_free(d);
	return status;
}

tw_status tw_input_add_intents(struct tw_input *in, const char *path)
{
	uint32_t file;

	TW_TRY(open_source(in, path, &file));
	return read_intents(in, file);
}

tw_status tw_input_add_intents_bytes(
	struct tw_input *in, const char *name, const void *bytes, size_t size)
{
	uint32_t file;

	TW_TRY(tw_sources_add(in->sources, name, bytes, size, &file));
	return read_intents(in, file);
}

/* ---- the end --------------------------------------------------------------------------------- */

/* Where there is no filter at all, "everything passes" would be an answer to nobody's question. */
static tw_status nothing_to_judge(struct tw_input *in)
{
	return tw_diag_add_path(in->diags, TW_LEVEL_ERROR, 0, in->first ? in->first : "-",
		"nothing to judge: no network ACL and no security group in the input");
}

void tw_input_allow_no_filters(struct tw_input *in)
{
	in->no_filters = true;
}

tw_status tw_input_finish(struct tw_input *in)
{
	struct tw_net *net = in->net;

	/* Instances show their own interfaces only: load balancers, functions and others are
	 * missing. */
	if (net->interfaces && !in->aws.interfaces_listed)
		net->incomplete[TW_KIND_INTERFACE] = true;
	tw_status status = tw_net_finish(net, in->diags);
	if (status != TW_OK && status != TW_EPARSE)
		return status;
	if (tw_diags_worst(in->diags) < TW_LEVEL_ERROR && !net->acls && !net->groups &&
		!in->no_filters)
		TW_TRY(nothing_to_judge(in));
	return tw_diags_worst(in->diags) == TW_LEVEL_ERROR ? TW_EPARSE : TW_OK;
}
