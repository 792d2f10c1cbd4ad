/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The list of diagnostics: bounded, with texts of its own. A full list still takes errors, in place
 * of the newest entry of a lower level, because an exit code 2 without its reason helps nobody. The
 * same words of the same place are told once.
 */

#include "report_diag.h"
#include "vec.h"

struct tw_diags {
	struct tw_mem *mem;
	struct tw_arena text;
	TW_VEC(struct tw_diag) entries;
	size_t errors; /* among the entries */
	size_t dropped;
	enum tw_level worst;
};

const char *tw_level_name(enum tw_level level)
{
	switch (level) {
	case TW_LEVEL_NONE:
		break;
	case TW_LEVEL_NOTE:
		return "note";
	case TW_LEVEL_WARNING:
		return "warning";
	case TW_LEVEL_ERROR:
		return "error";
	}
	return "none";
}

tw_status tw_diags_new(struct tw_mem *mem, struct tw_diags **ret)
{
	struct tw_diags *diags = tw_mem_alloc(mem, sizeof(*diags));

	if (diags == NULL)
		return TW_ENOMEM;
	*diags = (struct tw_diags){.mem = mem, .worst = TW_LEVEL_NONE};
	tw_arena_init(&diags->text, mem);
	*ret = diags;
	return TW_OK;
}

void tw_diags_free(struct tw_diags *diags)
{
	if (diags == NULL)
		return;
	TW_VEC_FREE(diags->mem, &diags->entries);
	tw_arena_fini(&diags->text);
	tw_mem_release(diags->mem, diags, sizeof(*diags));
}

size_t tw_diags_count(const struct tw_diags *diags)
{
	return diags->entries.n;
}

const struct tw_diag *tw_diags_get(const struct tw_diags *diags, size_t i)
{
	return i < diags->entries.n ? &diags->entries.v[i] : NULL;
}

size_t tw_diags_dropped(const struct tw_diags *diags)
{
	return diags->dropped;
}

enum tw_level tw_diags_worst(const struct tw_diags *diags)
{
	return diags->worst;
}

/* True if the full list has an entry that one of `level` may displace: the newest such one. */
static bool find_lower(const struct tw_diags *diags, enum tw_level level, size_t *ret_index)
{
	size_t i = diags->entries.n;

	if (level != TW_LEVEL_ERROR || diags->errors == diags->entries.n)
		return false;
	/* There is one, by the count of errors. */
	do
		i--;
	while (diags->entries.v[i].level == TW_LEVEL_ERROR);
	*ret_index = i;
	return true;
}

/* Copies the texts that `diag` has besides its message; false when memory runs out. */
static bool keep_texts(struct tw_arena *arena, struct tw_diag *diag)
{
	if (diag->path != NULL && (diag->path = tw_arena_str(arena, diag->path)) == NULL)
		return false;
	if (diag->other_message != NULL &&
		(diag->other_message = tw_arena_str(arena, diag->other_message)) == NULL)
		return false;
	return true;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_span(struct tw_span a, struct tw_span b)
{
	return a.file == b.file && a.begin == b.begin && a.end == b.end;
}

/* One fault can be met on several ways, such as a name that two intents use. */
static bool is_told(const struct tw_diags *diags, const struct tw_diag *diag)
{
	for (size_t i = 0; i < diags->entries.n; i++) {
		const struct tw_diag *one = &diags->entries.v[i];
		if (one->level == diag->level && one->code == diag->code &&
			same_span(one->span, diag->span) && same_span(one->other, diag->other) &&
			same_text(one->path, diag->path) &&
			same_text(one->other_message, diag->other_message) &&
			same_text(one->message, diag->message))
			return true;
	}
	return false;
}

TW_PRINTF(3, 0)
static tw_status append(
	struct tw_diags *diags, struct tw_diag diag, const char *format, va_list args)
{
	struct tw_arena_mark mark = tw_arena_save(&diags->text);
	bool full = diags->entries.n >= TW_DIAGS_MAX;
	size_t victim = 0;

	if (full && !find_lower(diags, diag.level, &victim)) {
		diags->dropped++;
	} else {
		TW_TRY(TW_VEC_RESERVE(diags->mem, &diags->entries, 1));
		diag.message = tw_arena_vprintf(&diags->text, format, args);
		if (diag.message == NULL || !keep_texts(&diags->text, &diag)) {
			tw_arena_restore(&diags->text, mark);
			return TW_ENOMEM;
		}
		if (is_told(diags, &diag)) {
			tw_arena_restore(&diags->text, mark);
			return TW_OK;
		}
		if (full) {
			struct tw_diag *hole = &diags->entries.v[victim];

			memmove(hole, hole + 1, (diags->entries.n - victim - 1) * sizeof(*hole));
			diags->entries.n--;
			diags->dropped++;
		}
		diags->entries.v[diags->entries.n++] = diag;
		diags->errors += diag.level == TW_LEVEL_ERROR;
	}
	if (diag.level > diags->worst)
		diags->worst = diag.level;
	return TW_OK;
}

tw_status tw_diag_add(struct tw_diags *diags, enum tw_level level, unsigned code,
	struct tw_span span, const char *format, ...)
{
	struct tw_diag diag = {.level = level, .code = code, .span = span};
	tw_status status;
	va_list args;

	va_start(args, format);
	status = append(diags, diag, format, args);
	va_end(args);
	return status;
}

tw_status tw_diag_add_pair(struct tw_diags *diags, enum tw_level level, unsigned code,
	struct tw_span span, struct tw_span other, const char *other_message, const char *format,
	...)
{
	struct tw_diag diag = {.level = level,
		.code = code,
		.span = span,
		.other = other,
		.other_message = other_message};
	tw_status status;
	va_list args;

	va_start(args, format);
	status = append(diags, diag, format, args);
	va_end(args);
	return status;
}

tw_status tw_diag_add_path(struct tw_diags *diags, enum tw_level level, unsigned code,
	const char *path, const char *format, ...)
{
	struct tw_diag diag = {.level = level, .code = code, .path = path};
	tw_status status;
	va_list args;

	va_start(args, format);
	status = append(diags, diag, format, args);
	va_end(args);
	return status;
}
