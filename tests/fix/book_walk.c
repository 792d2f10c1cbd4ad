/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A book says the same as a judgement from nothing: random edits of the ACLs of a network, judged
 * with a book of the network before and without any, must give one report. Now and then the edited
 * network is kept, and the walk goes on from there.
 *
 *	book_walk FOLDER STEPS SEED
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "needs.h"
#include "patch.h"
#include "test_random.h"
#include "twoway/twoway.h"
#include "vec.h"

enum { EDITS = 3, KEPT = 64 };

struct walk {
	struct tw_mem *mem;
	struct tw_input *input;
	struct tw_check_options options;
	struct tw_sources *sources;
	struct tw_diags *diags;
	struct tw_book *book;
	struct test_random random;
	const struct tw_net *net;
	/* Networks and reports that the book speaks of. */
	struct tw_patch *patch[KEPT];
	struct tw_report *report[KEPT];
	size_t kept;
};

typedef TW_VEC(char) text;

struct sink {
	struct tw_mem *mem;
	text text;
};

static tw_status take(void *ctx, const char *bytes, size_t size)
{
	struct sink *s = ctx;
	TW_TRY(TW_VEC_RESERVE(s->mem, &s->text, size));
	memcpy(s->text.v + s->text.n, bytes, size);
	s->text.n += size;
	return TW_OK;
}

/* All that a report says but for its sums, and the needs of its findings. */
static tw_status write_down(struct walk *w, const struct tw_report *report,
	const struct tw_needs *needs, struct sink *ret)
{
	struct tw_report plain = *report;
	char line[256];
	plain.judged = "";
	plain.subnets_judged = plain.interfaces_judged = 0;
	*ret = (struct sink){.mem = w->mem};
	struct tw_style style = {.format = TW_FORMAT_JSON};
	TW_TRY(tw_write_check(
		w->mem, &plain, NULL, 0, w->sources, &style, (struct tw_sink){take, ret}));
	for (size_t i = 0; i < report->findings_n; i++)
		for (size_t k = 0; k < needs[i].n; k++) {
			const struct tw_need *n = &needs[i].v[k];
			int size = snprintf(line, sizeof(line),
				"%zu: %s %u %d %d %u %u %d %u %u:", i, n->flow ? n->flow : "",
				n->acl, (int)n->list, (int)n->direction, n->family, n->protocol,
				(int)n->level, n->leg, n->zero);
			TW_TRY(take(ret, line, (size_t)size));
			for (size_t b = 0; b < n->boxes; b++) {
				size = snprintf(line, sizeof(line), " %u-%u %u-%u %llx-%llx",
					n->box[b].protocol_lo, n->box[b].protocol_hi,
					n->box[b].ports.lo, n->box[b].ports.hi,
					(unsigned long long)n->box[b].peer.first.lo,
					(unsigned long long)n->box[b].peer.last.lo);
				TW_TRY(take(ret, line, (size_t)size));
			}
			TW_TRY(take(ret, "\n", 1));
		}
	return TW_OK;
}

/* ---- edits ------------------------------------------------------------------------------------
 */

static uint32_t pick(struct walk *w, uint32_t n)
{
	return (uint32_t)test_random_below(&w->random, n);
}

static struct tw_ports random_ports(struct walk *w)
{
	static const struct tw_ports some[] = {{443, 443}, {80, 80}, {22, 22}, {53, 53},
		{1024, 65535}, {32768, 60999}, {49152, 65535}, {0, 65535}, {40000, 50000}, {0, 0}};
	return some[pick(w, TW_COUNT(some))];
}

/* Blocks that the ACL names already, and everybody. */
static struct tw_prefix random_block(struct walk *w, const struct tw_acl *acl)
{
	struct tw_rules rules = acl->list[pick(w, 2)];
	if (rules.n == 0 || pick(w, 3) == 0)
		return (struct tw_prefix){
			.family = pick(w, 4) == 0 ? (uint8_t)TW_IPV6 : (uint8_t)TW_IPV4};
	struct tw_prefix block = rules.rule[pick(w, (uint32_t)rules.n)].peer;
	if (block.family == 0)
		block.family = TW_IPV4;
	return block;
}

static struct tw_edit random_edit(struct walk *w)
{
	static const int16_t protocols[] = {TW_PROTOCOL_TCP, TW_PROTOCOL_TCP, TW_PROTOCOL_UDP,
		TW_PROTOCOL_ALL, TW_PROTOCOL_ICMP};
	const struct tw_acl *acl = &w->net->acl[pick(w, (uint32_t)w->net->acls)];
	struct tw_rules rules = acl->list[pick(w, 2)];
	bool egress = rules.rule == acl->list[TW_EGRESS].rule;
	struct tw_edit edit = {.operation = (enum tw_operation)pick(w, 3)};
	struct tw_entry *e = &edit.entry;
	*e = (struct tw_entry){.component = acl->object.id,
		.egress = egress,
		.allow = pick(w, 4) > 0,
		.protocol = protocols[pick(w, TW_COUNT(protocols))],
		.cidr = random_block(w, acl),
		.ports = {0, UINT16_MAX},
		.icmp_type = -1,
		.icmp_code = -1};
	if (e->cidr.family == TW_IPV6 && e->protocol == TW_PROTOCOL_ICMP)
		e->protocol = TW_PROTOCOL_ICMPV6;
	if (tw_protocol_has_ports(e->protocol < 0 ? 0 : (uint8_t)e->protocol))
		e->ports = random_ports(w);
	e->number = (uint16_t)(1 + pick(w, 400));
	if (rules.n > 0 && edit.operation != TW_ADD)
		e->number = (uint16_t)rules.rule[pick(w, (uint32_t)rules.n)].number;
	return edit;
}

/* ---- steps ------------------------------------------------------------------------------------
 */

static void show(const struct sink *a, const struct sink *b)
{
	size_t i = 0;
	while (i < a->text.n && i < b->text.n && a->text.v[i] == b->text.v[i])
		i++;
	size_t from = i > 400 ? i - 400 : 0;
	printf("with a book: ...%.*s\n\n", (int)(a->text.n - from < 900 ? a->text.n - from : 900),
		a->text.v + from);
	printf("from nothing: ...%.*s\n", (int)(b->text.n - from < 900 ? b->text.n - from : 900),
		b->text.v + from);
}

static tw_status from_nothing(struct walk *w, const struct tw_net *net, struct sink *ret)
{
	struct tw_book *book;
	struct tw_report *report;
	const struct tw_needs *needs;
	TW_TRY(tw_book_new(w->mem, &book));
	tw_status status =
		tw_check_needs(w->mem, net, &w->options, book, false, w->diags, &report, &needs);
	if (status == TW_OK) {
		status = write_down(w, report, needs, ret);
		tw_report_free(report);
	}
	tw_book_free(book);
	return status;
}

/* False: the reports differ. */
static tw_status step(struct walk *w, bool *ret_same)
{
	struct tw_edit edit[EDITS];
	size_t n = 1 + pick(w, EDITS);
	struct tw_patch *patch;
	struct tw_report *report;
	const struct tw_needs *needs;
	struct sink with, without;
	bool keep = w->kept < KEPT && pick(w, 4) == 0;
	*ret_same = true;
	for (size_t i = 0; i < n; i++)
		edit[i] = random_edit(w);
	tw_status status = tw_patch_new(w->mem, w->net, edit, n, &patch);
	if (status == TW_EINVAL) /* a number that is taken, or not there */
		return TW_OK;
	TW_TRY(status);
	const struct tw_net *net = tw_patch_net(patch);
	TW_TRY(tw_check_needs(w->mem, net, &w->options, w->book, keep, w->diags, &report, &needs));
	TW_TRY(write_down(w, report, needs, &with));
	TW_TRY(from_nothing(w, net, &without));
	*ret_same = with.text.n == without.text.n &&
		    memcmp(with.text.v, without.text.v, with.text.n) == 0;
	if (!*ret_same) {
		for (size_t i = 0; i < n; i++)
			printf("%s %s %s rule %u protocol %d ports %u-%u /%u\n",
				tw_operation_name(edit[i].operation), edit[i].entry.component,
				edit[i].entry.egress ? "egress" : "ingress", edit[i].entry.number,
				edit[i].entry.protocol, edit[i].entry.ports.lo,
				edit[i].entry.ports.hi, edit[i].entry.cidr.len);
		show(&with, &without);
	}
	TW_VEC_FREE(w->mem, &with.text);
	TW_VEC_FREE(w->mem, &without.text);
	if (keep) {
		w->patch[w->kept] = patch;
		w->report[w->kept++] = report;
		w->net = net;
	} else {
		tw_report_free(report);
		tw_patch_free(patch);
	}
	return TW_OK;
}

static tw_status walk(struct walk *w, size_t steps, bool *ret_same)
{
	struct tw_report *report;
	const struct tw_needs *needs;
	TW_TRY(tw_check_needs(
		w->mem, w->net, &w->options, w->book, true, w->diags, &report, &needs));
	tw_status status = TW_OK;
	*ret_same = true;
	for (size_t i = 0; i < steps && status == TW_OK && *ret_same && w->net->acls > 0; i++)
		status = step(w, ret_same);
	while (w->kept > 0) {
		w->kept--;
		tw_report_free(w->report[w->kept]);
		tw_patch_free(w->patch[w->kept]);
	}
	tw_report_free(report);
	return status;
}

int main(int argc, char **argv)
{
	struct walk w = {.kept = 0};
	bool same = false;
	if (argc != 4 || tw_mem_new(NULL, 0, &w.mem) != TW_OK ||
		tw_sources_new(w.mem, &w.sources) != TW_OK ||
		tw_diags_new(w.mem, &w.diags) != TW_OK ||
		tw_input_new(w.mem, w.sources, w.diags, &w.input) != TW_OK ||
		tw_input_add_path(w.input, argv[1], TW_INPUT_AUTO) != TW_OK ||
		tw_input_finish(w.input) != TW_OK || tw_book_new(w.mem, &w.book) != TW_OK)
		return 2;
	w.random.state = strtoull(argv[3], NULL, 10);
	w.options = (struct tw_check_options){
		.intents = tw_input_intents(w.input), .diags = w.diags, .sources = w.sources};
	w.net = tw_input_net(w.input);
	tw_status status = walk(&w, strtoul(argv[2], NULL, 10), &same);
	tw_book_free(w.book);
	tw_input_free(w.input);
	tw_diags_free(w.diags);
	tw_sources_free(w.sources);
	tw_mem_free(w.mem);
	if (status != TW_OK)
		printf("%s: %s\n", argv[1], tw_status_text(status));
	return status != TW_OK || !same;
}
