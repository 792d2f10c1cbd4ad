/* SPDX-License-Identifier: Apache-2.0 */

/* Feeding an input with small texts, and looking at what became of them. */

#include "aws_fixture.h"

#include <stdio.h>

void fixture_open(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->mem = test_mem_new(&f->alloc);
	assert_int_equal(tw_sources_new(f->mem, &f->sources), TW_OK);
	assert_int_equal(tw_diags_new(f->mem, &f->diags), TW_OK);
	assert_int_equal(tw_input_new(f->mem, f->sources, f->diags, &f->in), TW_OK);
	f->net = tw_input_net(f->in);
}

void fixture_close(struct fixture *f)
{
	tw_input_free(f->in);
	tw_diags_free(f->diags);
	tw_sources_free(f->sources);
	test_mem_free(&f->alloc, f->mem);
}

static void print_diags(const struct fixture *f)
{
	for (size_t i = 0; i < tw_diags_count(f->diags); i++)
		print_error("%s\n", tw_diags_get(f->diags, i)->message);
}

tw_status fixture_add_as(
	struct fixture *f, const char *name, const char *text, enum tw_input_type type, bool named)
{
	char quoted[16384];
	size_t n = strlen(text);

	assert_true(n < sizeof(quoted));
	for (size_t i = 0; i < n; i++)
		quoted[i] = text[i];
	for (size_t i = 0; i < n; i++)
		if (quoted[i] == '\'')
			quoted[i] = '"';
	return tw_input_add_bytes(f->in, name, quoted, n, type, named);
}

void fixture_add(struct fixture *f, const char *name, const char *text)
{
	tw_status status = fixture_add_as(f, name, text, TW_INPUT_AUTO, true);

	if (status != TW_OK)
		print_diags(f);
	assert_int_equal(status, TW_OK);
}

void fixture_finish(struct fixture *f)
{
	tw_status status = tw_input_finish(f->in);

	if (status != TW_OK)
		print_diags(f);
	assert_int_equal(status, TW_OK);
}

void fixture_load(struct fixture *f, const char *text)
{
	fixture_open(f);
	fixture_add(f, "input.json", text);
	fixture_finish(f);
}

void assert_place(const struct fixture *f, struct tw_span span, const char *place)
{
	struct tw_place at;
	char text[64] = "";

	if (span.file) {
		assert_int_equal(tw_sources_place(f->sources, span, &at), TW_OK);
		snprintf(text, sizeof(text), "%u:%u", (unsigned)at.line, (unsigned)at.column);
	}
	assert_string_equal(text, place);
}

void assert_diag(const struct fixture *f, size_t i, enum tw_level level, unsigned code,
	const char *place, const char *message)
{
	const struct tw_diag *diag = tw_diags_get(f->diags, i);

	assert_non_null(diag);
	if (strncmp(diag->message, message, strlen(message)) != 0)
		assert_string_equal(diag->message, message);
	assert_int_equal(diag->level, level);
	assert_int_equal(diag->code, code);
	assert_place(f, diag->span, place);
}

void assert_diags(const struct fixture *f, size_t n)
{
	if (tw_diags_count(f->diags) != n)
		print_diags(f);
	assert_int_equal(tw_diags_count(f->diags), n);
}

void assert_error(const char *text, const char *place, const char *message)
{
	struct fixture f;

	fixture_open(&f);
	tw_status added = fixture_add_as(&f, "input.json", text, TW_INPUT_AUTO, true);
	assert_true(added == TW_OK || added == TW_EPARSE);
	assert_int_equal(tw_input_finish(f.in), TW_EPARSE);
	assert_diag(&f, 0, TW_LEVEL_ERROR, 0, place, message);
	assert_diags(&f, 1);
	fixture_close(&f);
}

void assert_prefix(struct tw_prefix prefix, const char *text)
{
	char buf[TW_PREFIX_TEXT];

	assert_string_equal(tw_prefix_text(prefix, buf), text);
}

void assert_range(struct tw_range range, const char *text)
{
	char first[TW_PREFIX_TEXT], last[TW_PREFIX_TEXT], both[2 * TW_PREFIX_TEXT + 1];

	tw_addr_text(range.first, (enum tw_family)range.family, first);
	tw_addr_text(range.last, (enum tw_family)range.family, last);
	snprintf(both, sizeof(both), "%s-%s", first, last);
	assert_string_equal(both, text);
}

void assert_rule(const struct tw_rule *rule, const char *text)
{
	char peer[TW_PREFIX_TEXT] = "", line[512];

	if (rule->family)
		tw_prefix_text(rule->peer, peer);
	snprintf(line, sizeof(line), "%s %s %s%s%s %d %u-%u %s", rule->id,
		rule->action == TW_ALLOW ? "allow" : "deny", peer,
		rule->peer_group ? rule->peer_group : "",
		rule->peer_prefix_list ? rule->peer_prefix_list : "", rule->protocol,
		(unsigned)rule->ports.lo, (unsigned)rule->ports.hi,
		rule->maybe ? rule->maybe_reason : "sure");
	assert_string_equal(line, text);
	/* every_port says the same as the ports, but for the undefined type with a code. */
	if (!rule->icmp_any_type_code)
		assert_int_equal(rule->every_port, rule->ports.lo == 0 && rule->ports.hi == 65535);
}
