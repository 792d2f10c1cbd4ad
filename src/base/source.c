/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sources: the bytes that were read, and the way back from a byte to line and column.
 *
 * Two tables are built for a file when the first place in it is asked for: where its lines start,
 * and, for every block of 4 KiB, how many UTF-16 units come before it. With the second one a column
 * costs at most one block to count, even where a whole file is one line, as plans of Terraform are.
 */

#include "text.h"
#include "twoway/source.h"
#include "vec.h"

#define BLOCK 4096u

/* Lines and columns count from 1 and must fit into 32 bits even if every byte ends a line. */
#define SIZE_LIMIT (UINT32_MAX - 1)

/* The first character that starts in a block, and the UTF-16 units before it in the file. */
struct milestone {
	uint32_t begin, units;
};

struct file {
	const char *path;
	char *bytes;
	uint32_t size;
	uint32_t lines; /* 0 as long as the tables are not built */
	uint32_t *line; /* where each line starts */
	struct milestone *milestone;
};

struct tw_sources {
	struct tw_mem *mem;
	struct tw_arena paths;
	TW_VEC(struct file) files;
};

tw_status tw_sources_new(struct tw_mem *mem, struct tw_sources **ret)
{
	struct tw_sources *sources = tw_mem_alloc(mem, sizeof(*sources));

	if (sources == NULL)
		return TW_ENOMEM;
	*sources = (struct tw_sources){.mem = mem};
	tw_arena_init(&sources->paths, mem);
	*ret = sources;
	return TW_OK;
}

static size_t milestones(const struct file *file)
{
	return (size_t)file->size / BLOCK + 1;
}

void tw_sources_free(struct tw_sources *sources)
{
	if (sources == NULL)
		return;
	for (size_t i = 0; i < sources->files.n; i++) {
		struct file *file = &sources->files.v[i];

		tw_mem_release(sources->mem, file->bytes, file->size);
		tw_mem_release(sources->mem, file->line, file->lines * sizeof(*file->line));
		tw_mem_release(
			sources->mem, file->milestone, milestones(file) * sizeof(*file->milestone));
	}
	TW_VEC_FREE(sources->mem, &sources->files);
	tw_arena_fini(&sources->paths);
	tw_mem_release(sources->mem, sources, sizeof(*sources));
}

tw_status tw_sources_adopt(
	struct tw_sources *sources, const char *path, void *bytes, size_t size, uint32_t *ret_file)
{
	struct file file = {.bytes = bytes, .size = (uint32_t)size};

	if (size > SIZE_LIMIT || sources->files.n >= UINT32_MAX)
		return TW_ELIMIT;
	TW_TRY(TW_VEC_RESERVE(sources->mem, &sources->files, 1));
	file.path = tw_arena_str(&sources->paths, path);
	if (file.path == NULL)
		return TW_ENOMEM;
	sources->files.v[sources->files.n++] = file;
	*ret_file = (uint32_t)sources->files.n;
	return TW_OK;
}

tw_status tw_sources_add(struct tw_sources *sources, const char *path, const void *bytes,
	size_t size, uint32_t *ret_file)
{
	tw_status status;
	void *copy;

	/* Before copying: a file that is too large must not end as out of memory. */
	if (size > SIZE_LIMIT)
		return TW_ELIMIT;
	copy = tw_mem_alloc(sources->mem, size);
	if (copy == NULL)
		return TW_ENOMEM;
	if (size > 0)
		memcpy(copy, bytes, size);
	status = tw_sources_adopt(sources, path, copy, size, ret_file);
	if (status != TW_OK)
		tw_mem_release(sources->mem, copy, size);
	return status;
}

uint32_t tw_sources_count(const struct tw_sources *sources)
{
	return (uint32_t)sources->files.n;
}

static struct file *file_at(const struct tw_sources *sources, uint32_t file)
{
	return file > 0 && file <= sources->files.n ? &sources->files.v[file - 1] : NULL;
}

const char *tw_sources_path(const struct tw_sources *sources, uint32_t file)
{
	const struct file *f = file_at(sources, file);

	return f != NULL ? f->path : NULL;
}

const char *tw_sources_bytes(const struct tw_sources *sources, uint32_t file, size_t *ret_size)
{
	const struct file *f = file_at(sources, file);

	if (f == NULL)
		return NULL;
	*ret_size = f->size;
	return f->bytes != NULL ? f->bytes : "";
}

/* ---- the tables ---- */

/* Steps over one character, or one malformed byte, which counts one UTF-16 unit. */
static uint32_t step(const struct file *file, uint32_t at, uint32_t *units)
{
	uint32_t code = 0;
	size_t length = tw_utf8_next(file->bytes + at, file->size - at, &code);

	*units += length == 4 ? 2 : 1;
	return at + (length > 0 ? (uint32_t)length : 1);
}

static uint32_t count_lines(const struct file *file)
{
	uint32_t lines = 1, at = 0;

	while (at < file->size) {
		const char *p = memchr(file->bytes + at, '\n', file->size - at);

		if (p == NULL)
			break;
		at = (uint32_t)(p - file->bytes) + 1;
		lines++;
	}
	return lines;
}

static void fill_tables(struct file *file, uint32_t *line, struct milestone *milestone)
{
	uint32_t at = 0, units = 0;
	size_t lines = 0, blocks = 0;

	line[lines++] = 0;
	milestone[blocks++] = (struct milestone){0, 0};
	while (at < file->size) {
		bool ends_line = file->bytes[at] == '\n';

		at = step(file, at, &units);
		if (ends_line)
			line[lines++] = at;
		if (at / BLOCK >= blocks)
			milestone[blocks++] = (struct milestone){at, units};
	}
}

static tw_status build_tables(struct tw_mem *mem, struct file *file)
{
	struct milestone *milestone;
	uint32_t lines, *line;

	if (file->lines > 0)
		return TW_OK;
	lines = count_lines(file);
	if ((uint64_t)lines * sizeof(*line) > PTRDIFF_MAX)
		return TW_ENOMEM;
	line = tw_mem_alloc(mem, lines * sizeof(*line));
	if (line == NULL)
		return TW_ENOMEM;
	milestone = tw_mem_alloc(mem, milestones(file) * sizeof(*milestone));
	if (milestone == NULL) {
		tw_mem_release(mem, line, lines * sizeof(*line));
		return TW_ENOMEM;
	}
	fill_tables(file, line, milestone);
	file->lines = lines;
	file->line = line;
	file->milestone = milestone;
	return TW_OK;
}

/* The 1-based line that byte `at` is in. */
static uint32_t line_of(const struct file *file, uint32_t at)
{
	uint32_t low = 0, high = file->lines;

	/* Line number `low` starts at or before `at`, line number `high` behind it. */
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (file->line[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return low + 1;
}

/* UTF-16 units of the file before byte `at`; inside a character: before that character. */
static uint32_t units_before(const struct file *file, uint32_t at)
{
	size_t block = at / BLOCK;
	uint32_t position, units;

	if (file->milestone[block].begin > at)
		block--;
	position = file->milestone[block].begin;
	units = file->milestone[block].units;
	while (position < at) {
		uint32_t more = units, after = step(file, position, &more);

		if (after > at)
			break;
		position = after;
		units = more;
	}
	return units;
}

static uint32_t column_of(const struct file *file, uint32_t line, uint32_t at)
{
	return units_before(file, at) - units_before(file, file->line[line - 1]) + 1;
}

tw_status tw_sources_place(
	struct tw_sources *sources, struct tw_span span, struct tw_place *ret_place)
{
	struct file *file = file_at(sources, span.file);
	struct tw_place place;

	if (file == NULL || span.begin > span.end || span.end > file->size)
		return TW_EINVAL;
	TW_TRY(build_tables(sources->mem, file));
	place.path = file->path;
	place.line = line_of(file, span.begin);
	place.column = column_of(file, place.line, span.begin);
	place.end_line = line_of(file, span.end);
	place.end_column = column_of(file, place.end_line, span.end);
	*ret_place = place;
	return TW_OK;
}

tw_status tw_sources_line(struct tw_sources *sources, uint32_t file, uint32_t line,
	const char **ret_text, size_t *ret_size)
{
	struct file *f = file_at(sources, file);
	uint32_t begin, end;

	if (f == NULL || line == 0)
		return TW_EINVAL;
	TW_TRY(build_tables(sources->mem, f));
	if (line > f->lines)
		return TW_EINVAL;
	begin = f->line[line - 1];
	end = f->size;
	if (line < f->lines) {
		end = f->line[line] - 1;
		if (end > begin && f->bytes[end - 1] == '\r')
			end--;
	}
	*ret_text = f->bytes != NULL ? f->bytes + begin : "";
	*ret_size = end - begin;
	return TW_OK;
}
