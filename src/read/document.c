/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a document: room for its nodes, the first look at its bytes, and the search for keys
 * that an object has twice. Two members of one name are an error here, because readers differ on
 * which one counts, and an answer about a network must not depend on that.
 */

#include "document_build.h"

#define FIRST_NODES 65536u /* before the file's own rate of nodes is known: 1 MiB */
#define FEW_KEYS    64u	   /* objects up to this size are searched without memory */
#define FEW_SLOTS   (2 * FEW_KEYS)

tw_status tw_document_new(struct tw_mem *mem, struct tw_sources *sources, uint32_t file,
	struct tw_diags *diags, struct tw_document **ret)
{
	size_t size;
	const char *bytes = tw_sources_bytes(sources, file, &size);
	struct tw_document *d;

	if (!bytes)
		return TW_EINVAL;
	d = tw_mem_alloc(mem, sizeof(*d));
	if (!d)
		return TW_ENOMEM;
	*d = (struct tw_document){
		.mem = mem,
		.sources = sources,
		.diags = diags,
		.file = file,
		.bytes = bytes,
		.size = (uint32_t)size,
	};
	tw_arena_init(&d->text, mem);
	*ret = d;
	return TW_OK;
}

void tw_document_free(struct tw_document *d)
{
	if (!d)
		return;
	if (d->node)
		tw_mem_release(d->mem, d->node, d->room * sizeof(*d->node));
	if (d->scalar)
		tw_mem_release(d->mem, d->scalar, d->scalars_room * sizeof(*d->scalar));
	tw_arena_fini(&d->text);
	tw_mem_release(d->mem, d, sizeof(*d));
}

static tw_status set_room(struct tw_document *d, uint32_t room)
{
	struct tw_node *node;

	if (d->node)
		node = tw_mem_resize(
			d->mem, d->node, d->room * sizeof(*node), room * sizeof(*node));
	else
		node = tw_mem_alloc(d->mem, room * sizeof(*node));
	if (!node)
		return TW_ENOMEM;
	d->node = node;
	d->room = room;
	return TW_OK;
}

tw_status tw_document_grow(struct tw_document *d, uint32_t done)
{
	uint64_t left = d->size - done;
	uint64_t most = d->n + left + 1; /* a node takes a byte at the very least */
	uint64_t room;

	if (d->n >= TW_DOCUMENT_NODES)
		return TW_ELIMIT;
	if (!d->node) {
		room = d->size / 16 + 16;
		if (room > FIRST_NODES)
			room = FIRST_NODES;
	} else {
		uint64_t least = (uint64_t)d->n + d->n / 4 + 16;

		room = done ? (uint64_t)d->n * d->size / done : 0;
		room += room / 64;
		if (room < least)
			room = least;
		if (room > 2 * least)
			room = 2 * least;
	}
	if (room > most)
		room = most;
	if (room > TW_DOCUMENT_NODES)
		room = TW_DOCUMENT_NODES;
	return set_room(d, (uint32_t)room);
}

tw_status tw_document_trim(struct tw_document *d)
{
	return d->n < d->room ? set_room(d, d->n) : TW_OK;
}

/* ---- errors ---------------------------------------------------------------------------------- */

tw_status tw_document_said(const struct tw_document *d, tw_status status)
{
	if (status != TW_OK)
		return status;
	return d->speechless ? TW_ENOMEM : TW_EPARSE;
}

const char *tw_document_kept(struct tw_document *d, const char *text)
{
	if (text)
		return text;
	d->speechless = true;
	return "...";
}

tw_status tw_document_error(
	struct tw_document *d, uint32_t begin, uint32_t end, const char *format, ...)
{
	struct tw_span span = {d->file, begin, end};
	const char *text;
	va_list args;

	va_start(args, format);
	text = tw_arena_vprintf(&d->text, format, args);
	va_end(args);
	if (!text)
		return TW_ENOMEM;
	return tw_document_said(d, tw_diag_add(d->diags, TW_LEVEL_ERROR, 0, span, "%s", text));
}

const char *tw_document_not_utf8(struct tw_document *d, uint32_t at)
{
	const unsigned char *p = (const unsigned char *)d->bytes + at;
	unsigned next = at + 1 < d->size ? p[1] : 0;
	const char *why = "which is no UTF-8: is the file in an older encoding, such as Latin-1?";

	if (p[0] >= 0x80 && p[0] < 0xc0)
		why = "which in UTF-8 only continues a character";
	else if (p[0] == 0xc0 || p[0] == 0xc1 || (p[0] == 0xe0 && next >= 0x80 && next < 0xa0) ||
		 (p[0] == 0xf0 && next >= 0x80 && next < 0x90))
		why = "which begins an overlong form: UTF-8 writes each character in its "
		      "shortest one";
	else if (p[0] == 0xed && next >= 0xa0 && next < 0xc0)
		why = "which begins a surrogate: UTF-8 has none";
	else if (p[0] > 0xf4 || (p[0] == 0xf4 && next >= 0x90 && next < 0xc0))
		why = "which begins nothing that Unicode has (past U+10FFFF)";
	return tw_document_kept(d, tw_arena_printf(&d->text, "byte 0x%02x, %s", p[0], why));
}

/* ---- the first look -------------------------------------------------------------------------- */

static bool starts(const struct tw_document *d, const char *magic, uint32_t n)
{
	return d->size >= n && memcmp(d->bytes, magic, n) == 0;
}

tw_status tw_document_begin(struct tw_document *d, uint32_t *ret_begin)
{
	uint32_t look = d->size < 4096 ? d->size : 4096;
	const char *nul;

	if (d->size == 0)
		return tw_document_error(d, 0, 0, "the file is empty");
	if (starts(d, "\xff\xfe", 2) || starts(d, "\xfe\xff", 2) ||
		(d->size >= 4 && !d->bytes[0] != !d->bytes[1] && !d->bytes[2] != !d->bytes[3]))
		return tw_document_error(d, 0, 0, "this file is UTF-16; save it as UTF-8");
	if (starts(d, "\x1f\x8b", 2) || starts(d, "PK\x03\x04", 4) ||
		starts(d, "\x28\xb5\x2f\xfd", 4))
		return tw_document_error(d, 0, 0, "this file is compressed; unpack it first");
	nul = memchr(d->bytes, 0, look);
	if (nul) {
		uint32_t at = (uint32_t)(nul - d->bytes);

		return tw_document_error(
			d, at, at + 1, "a NUL byte: this is a binary file, or a damaged one");
	}
	*ret_begin = starts(d, "\xef\xbb\xbf", 3) ? 3 : 0;
	return TW_OK;
}

/* ---- keys that stand there twice ------------------------------------------------------------- */

static tw_status key_text(struct tw_document *d, uint32_t key, struct tw_sv *ret)
{
	struct tw_sv text = tw_node_text(d, key);

	if (!text.p)
		return TW_ENOMEM;
	*ret = text;
	return TW_OK;
}

static tw_status twice(struct tw_document *d, uint32_t first, uint32_t again)
{
	struct tw_sv text;
	tw_status status;

	TW_TRY(key_text(d, again, &text));
	status = tw_diag_add_pair(d->diags, TW_LEVEL_ERROR, 0, tw_node_span(d, again),
		tw_node_span(d, first), "the first one is here",
		"%s stands twice in this object: keep one of them", tw_node_quote(d, text));
	status = tw_document_said(d, status);
	return status == TW_EPARSE ? TW_OK : status;
}

/*
 * A quick mark of a key: its length, its first and its last eight bytes. Keys that differ in the
 * middle only share a mark; in a small object that costs little.
 */
static uint32_t mark_of(struct tw_sv key)
{
	uint64_t first = 0, last = 0;

	if (key.n >= 8) {
		memcpy(&first, key.p, 8);
		memcpy(&last, key.p + key.n - 8, 8);
	} else {
		for (size_t i = 0; i < key.n; i++)
			first = first << 8 | (unsigned char)key.p[i];
	}
	first = (first ^ key.n) * 0x9e3779b97f4a7c15u;
	last = (first ^ (first >> 29) ^ last) * 0xd6e8feb86659fd93u;
	return (uint32_t)(last >> 32);
}

/* The slots hold 1 + the ordinal of a key; everything lives on the stack. */
static tw_status unique_few(struct tw_document *d, uint32_t object, bool *ret_unique)
{
	uint8_t slot[FEW_SLOTS] = {0};
	uint32_t mark[FEW_KEYS], key[FEW_KEYS];
	struct tw_sv text[FEW_KEYS];
	uint32_t end = d->node[object].next, n = 0;
	bool unique = true;

	for (uint32_t k = object + 1; k != end; k = d->node[k + 1].next, n++) {
		uint32_t at;

		TW_TRY(key_text(d, k, &text[n]));
		key[n] = k;
		mark[n] = mark_of(text[n]);
		for (at = mark[n] % FEW_SLOTS; slot[at]; at = (at + 1) % FEW_SLOTS) {
			uint32_t other = slot[at] - 1u;

			if (mark[other] != mark[n] || !tw_sv_eq(text[other], text[n]))
				continue;
			TW_TRY(twice(d, key[other], k));
			unique = false;
			break;
		}
		if (!slot[at])
			slot[at] = (uint8_t)(n + 1);
	}
	*ret_unique = unique;
	return TW_OK;
}

struct key_slot {
	uint32_t hash, key; /* key 0: free; node 0 is never a key */
};

/* The slot of the same key, or the free one where it belongs. */
static tw_status find_slot(struct tw_document *d, struct key_slot *slot, size_t slots, uint32_t key,
	struct key_slot **ret)
{
	struct tw_arena_mark mark = tw_arena_save(&d->text);
	struct tw_sv text, other;
	uint64_t hash;
	size_t at;

	TW_TRY(key_text(d, key, &text));
	/* The seed keeps a file from being made slow on purpose; it changes no result. */
	hash = tw_hash(text.p, text.n, (uint64_t)(uintptr_t)d);
	for (at = (size_t)hash & (slots - 1); slot[at].key; at = (at + 1) & (slots - 1)) {
		if (slot[at].hash != (uint32_t)(hash >> 32))
			continue;
		TW_TRY(key_text(d, slot[at].key, &other));
		if (tw_sv_eq(text, other))
			break;
	}
	if (!slot[at].key)
		slot[at].hash = (uint32_t)(hash >> 32);
	tw_arena_restore(&d->text, mark);
	*ret = &slot[at];
	return TW_OK;
}

static tw_status search_many(struct tw_document *d, uint32_t object, struct key_slot *slot,
	size_t slots, bool *ret_unique)
{
	uint32_t end = d->node[object].next;
	bool unique = true;

	for (uint32_t k = object + 1; k != end; k = d->node[k + 1].next) {
		struct key_slot *found;

		TW_TRY(find_slot(d, slot, slots, k, &found));
		if (!found->key) {
			found->key = k;
			continue;
		}
		TW_TRY(twice(d, found->key, k));
		unique = false;
	}
	*ret_unique = unique;
	return TW_OK;
}

static tw_status unique_many(struct tw_document *d, uint32_t object, bool *ret_unique)
{
	size_t slots = FEW_SLOTS, size;
	struct key_slot *slot;
	tw_status status;

	while (slots < 2 * (size_t)d->node[object].count)
		slots *= 2;
	size = slots * sizeof(*slot);
	slot = tw_mem_alloc(d->mem, size);
	if (!slot)
		return TW_ENOMEM;
	memset(slot, 0, size);
	status = search_many(d, object, slot, slots, ret_unique);
	tw_mem_release(d->mem, slot, size);
	return status;
}

tw_status tw_document_unique(struct tw_document *d, uint32_t object, bool *ret_unique)
{
	struct tw_arena_mark mark;
	tw_status status;

	if (d->node[object].count < 2) {
		*ret_unique = true;
		return TW_OK;
	}
	if (d->node[object].count > FEW_KEYS)
		return unique_many(d, object, ret_unique);
	mark = tw_arena_save(&d->text);
	status = unique_few(d, object, ret_unique);
	tw_arena_restore(&d->text, mark);
	return status;
}
