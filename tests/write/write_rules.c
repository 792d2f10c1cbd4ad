/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints random rules in one spelling, or with `facts` as plain JSON for the test to compare with:
 *
 *	write_rules sets|edits SPELLING|facts SEED [hostile]
 */

#include "test_alloc.h"

#include <stdio.h>
#include <stdlib.h>

#include "jsonw.h"
#include "random_rules.h"
#include "twoway/write.h"

static tw_status print(void *ctx, const char *bytes, size_t size)
{
	(void)ctx;
	return fwrite(bytes, 1, size, stdout) == size ? TW_OK : TW_EIO;
}

static void put_str(struct tw_jsonw *w, const char *key, const char *value)
{
	tw_jsonw_key(w, key);
	tw_jsonw_str(w, value);
}

static void put_int(struct tw_jsonw *w, const char *key, int value)
{
	tw_jsonw_key(w, key);
	tw_jsonw_int(w, value);
}

static void put_bool(struct tw_jsonw *w, const char *key, bool value)
{
	tw_jsonw_key(w, key);
	tw_jsonw_bool(w, value);
}

static void put_entry(struct tw_jsonw *w, const char *operation, const struct tw_entry *entry)
{
	char cidr[TW_PREFIX_TEXT];

	tw_jsonw_object(w, true);
	put_str(w, "operation", operation);
	put_str(w, "component", entry->component);
	put_bool(w, "group", entry->group);
	put_bool(w, "egress", entry->egress);
	put_bool(w, "allow", entry->allow);
	put_int(w, "number", entry->number);
	put_int(w, "protocol", entry->protocol);
	put_str(w, "cidr", tw_prefix_text(entry->cidr, cidr));
	put_str(w, "peer", entry->peer_group);
	put_int(w, "from", entry->ports.lo);
	put_int(w, "to", entry->ports.hi);
	put_int(w, "type", entry->icmp_type);
	put_int(w, "code", entry->icmp_code);
	put_str(w, "comment", entry->comment);
	tw_jsonw_end_object(w);
}

static void put_set(struct tw_jsonw *w, const struct tw_rule_set *set)
{
	tw_jsonw_object(w, false);
	put_str(w, "name", set->name);
	put_bool(w, "group", set->group);
	put_str(w, "vpc", set->vpc_id);
	tw_jsonw_key(w, "subnets");
	tw_jsonw_array(w, true);
	for (size_t i = 0; i < set->subnets; i++)
		tw_jsonw_str(w, set->subnet[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_key(w, "entries");
	tw_jsonw_array(w, false);
	for (size_t i = 0; i < set->entries; i++)
		put_entry(w, "add", &set->entry[i]);
	tw_jsonw_end_array(w);
	tw_jsonw_end_object(w);
}

int main(int argc, char **argv)
{
	static const char *const operations[] = {"add", "replace", "remove"};
	struct tw_sink sink = {print, NULL};
	struct test_alloc alloc;
	struct test_random random;
	enum tw_spelling spelling;
	struct tw_arena arena;
	struct tw_jsonw w;
	struct tw_buf buf;
	size_t n;

	if (argc < 4)
		return 2;
	bool sets = strcmp(argv[1], "sets") == 0, hostile = argc > 4;
	random.state = strtoull(argv[3], NULL, 10);
	test_alloc_init(&alloc);
	struct tw_mem *mem = test_mem_new(&alloc);
	tw_arena_init(&arena, mem);
	const struct tw_rule_set *set = sets ? random_sets(&random, &arena, hostile, &n) : NULL;
	const struct tw_edit *edit = sets ? NULL : random_edits(&random, &arena, hostile, &n);
	tw_status status = TW_OK;
	if (tw_spelling_parse(argv[2], &spelling)) {
		status = sets ? tw_write_rule_sets(mem, set, n, spelling, sink)
			      : tw_write_edits(mem, edit, n, spelling, sink);
	} else {
		tw_buf_init(&buf, mem);
		tw_jsonw_init(&w, &buf);
		tw_jsonw_array(&w, false);
		for (size_t i = 0; i < n; i++) {
			if (sets)
				put_set(&w, &set[i]);
			else
				put_entry(&w, operations[edit[i].operation], &edit[i].entry);
		}
		tw_jsonw_end_array(&w);
		status = print(NULL, buf.p, buf.n);
		tw_buf_fini(&buf);
	}
	tw_arena_fini(&arena);
	test_mem_free(&alloc, mem);
	return status == TW_OK ? 0 : 1;
}
